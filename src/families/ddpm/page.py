# Noise for one sample and how it is drawn, steps of the sampler, and how strongly samples follow their class.
NOISE, DRAW = CHANNELS * HEIGHT * WIDTH, torch.randn
STEPS = 15
GUIDANCE = 1.0
TIMESTEPS, SCHEDULE, PREDICTION = (CONFIG[name] for name in ("timesteps", "schedule", "prediction"))
# The network: what its weights' names begin with, its first level's channels, its levels, heads of its attention.
UNET, UNET_CHANNELS, LEVELS, HEADS = "", CONFIG["channels"], CONFIG["levels"], 4


# __UNET__


# __SOLVER__


def sample(noise, labels=None, steps=STEPS, guidance=GUIDANCE):
    """Images in [0, 1] for noise [n, NOISE] ~ N(0, I)."""
    x = noise.reshape(-1, CHANNELS, HEIGHT, WIDTH)
    x = solve(x, labels, steps, guidance, clean=lambda x0: x0.clamp(-1, 1))
    return x.clamp(-1, 1) / 2 + 0.5
