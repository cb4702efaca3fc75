# Channels, height and width of a code; noise for one sample and how it is drawn, steps of the sampler, and how strongly
# samples follow their class.
CODE = CONFIG["latent_channels"], HEIGHT // 4, WIDTH // 4
NOISE, DRAW = math.prod(CODE), torch.randn
STEPS = 15
GUIDANCE = 1.0
TIMESTEPS, SCHEDULE, PREDICTION = 1000, "cosine", "v"
# The denoiser: what its weights' names begin with, its first level's channels, its levels, heads of its attention.
UNET, UNET_CHANNELS, LEVELS, HEADS = "denoiser.", CONFIG["denoiser_channels"], CONFIG["levels"], 4


# __UNET__


# __SOLVER__


def decode(z):
    """Logits of the pixels [n, channels, height, width] for codes z [n, *CODE]."""
    groups = min(8, CONFIG["channels"] // 2)
    double = lambda h: F.interpolate(h, scale_factor=2, mode="nearest")
    h = block("decoder.block_1", conv("decoder.input", z), groups)
    h = block("decoder.block_2", conv("decoder.half", double(h)), groups)
    h = conv("decoder.whole", double(h))
    return conv("decoder.output", F.silu(norm("decoder.norm", h, groups)))


def sample(noise, labels=None, steps=STEPS, guidance=GUIDANCE):
    """Images in [0, 1] for noise [n, NOISE] ~ N(0, I)."""
    return torch.sigmoid(decode(solve(noise.reshape(-1, *CODE), labels, steps, guidance)))
