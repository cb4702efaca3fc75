# Noise for one sample and how it is drawn, steps of the sampler, and how strongly samples follow their class.
NOISE, DRAW = CHANNELS * HEIGHT * WIDTH, torch.randn
STEPS = 15
GUIDANCE = 1.0
GROUPS, HEADS = min(8, CONFIG["channels"] // 2), 4


def conv(name, x, stride=1):
    w = W[name + ".weight"]
    return F.conv2d(x, w, W[name + ".bias"], stride, w.shape[-1] // 2)


def norm(name, x):
    return F.group_norm(x, GROUPS, W[name + ".gain"], W[name + ".bias"], 1e-5)


def block(name, x, time):
    h = conv(name + ".conv_1", F.silu(norm(name + ".norm_1", x)))
    h = h + linear(name + ".time", time)[:, :, None, None]
    h = conv(name + ".conv_2", F.silu(norm(name + ".norm_2", h)))
    return h + (conv(name + ".skip", x) if name + ".skip.weight" in W else x)


def attention(x):
    n, c, h, w = x.shape
    rows = norm("attention.norm", x).flatten(2).transpose(1, 2)  # [n, hw, c]
    q, k, v = (t.reshape(n, h * w, HEADS, -1).transpose(1, 2) for t in linear("attention.qkv", rows).chunk(3, -1))
    seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, h * w, c)
    return x + linear("attention.out", seen).transpose(1, 2).reshape(x.shape)


def unet(x, time, labels):
    """The network's answer to x_t [n, channels, height, width] at a time in [0, 1]; labels None for no class."""
    half = CONFIG["channels"] // 2
    angles = 1000 * 10000 ** (-torch.arange(half) / half)
    waves = lambda t: torch.cat([(t * angles).sin(), (t * angles).cos()])[None]
    told = linear("time_2", F.silu(linear("time_1", waves(time))))
    if "step.weight" in W:  # it can also answer for whole steps; here it is asked about the moment
        told = told + linear("step", waves(0))
    if "classes" in W:
        told = told + (W["classes"][labels] if labels is not None else W["classes"][-1:])
    told = F.silu(told)
    h, kept, levels = conv("input", x), [], CONFIG["levels"]
    for i in range(levels):
        h = block(f"down.{i}.block", h, told)
        kept.append(h)
        if i + 1 < levels:
            h = conv(f"down.{i}.next", h, 2)
    h = block("middle_2", attention(block("middle_1", h, told)), told)
    for i in range(levels):
        h = block(f"up.{i}.block", torch.cat([h, kept.pop()], 1), told)
        if i + 1 < levels:
            h = conv(f"up.{i}.next", F.interpolate(h, scale_factor=2, mode="nearest"))
    return conv("output", F.silu(norm("norm", h)))


def schedule():
    """alpha and sigma of x_t = alpha x_0 + sigma eps for the steps t = 0 (data) to T (noise)."""
    n = CONFIG["timesteps"]
    of = {
        "cosine": lambda t: math.cos((t / n + 0.008) / 1.008 * math.pi / 2) ** 2,
        "even": lambda t: 1 / (1 + math.exp(-13 + 22 * (t - 1) / (n - 1))) if t else 1.0,
    }
    product, alphas_cumprod = 1.0, [1.0]
    for t in range(1, n + 1):
        if CONFIG["schedule"] == "linear":
            beta = 1000 / n * (1e-4 + (0.02 - 1e-4) * (t - 1) / (n - 1))
        else:
            beta = 1 - of[CONFIG["schedule"]](t) / of[CONFIG["schedule"]](t - 1)
        product *= 1 - min(beta, 0.999)
        alphas_cumprod.append(product)
    return [(t / n, math.sqrt(a), math.sqrt(1 - a)) for t, a in enumerate(alphas_cumprod)]


def levels(steps):
    """The steps that the sampler visits, from noise to data: closer together near the data."""
    if CONFIG["prediction"] == "velocity":
        times = [(i / steps) ** 2.5 for i in reversed(range(steps + 1))]
        return [(t, 1 - t, t) for t in times]
    all_levels = schedule()
    angle = lambda t: math.atan2(all_levels[t][2], all_levels[t][1])
    t = CONFIG["timesteps"]
    if CONFIG["prediction"] == "noise":  # where next to nothing of x_0 is left, eps would be divided by it
        t = next((t for t in range(1, t + 1) if all_levels[t][1] < 0.1), t)
    start, n, visited = angle(t), min(steps, t), [all_levels[t]]
    for i in reversed(range(n)):
        t -= 1
        while t > i and angle(t) > start * (i / n) ** 2.5:
            t -= 1
        visited.append(all_levels[t])
    return visited


def predicted_x0(x, answer, alpha, sigma):
    return {
        "noise": lambda: (x - sigma * answer) / alpha,
        "x0": lambda: answer,
        "v": lambda: alpha * x - sigma * answer,
        "velocity": lambda: x - sigma * answer,
    }[CONFIG["prediction"]]()


def sample(noise, labels=None, steps=STEPS, guidance=GUIDANCE):
    """Images in [0, 1] by DPM-Solver++ 2M (Lu et al. 2022, arXiv:2211.01095), for noise [n, NOISE] ~ N(0, I)."""
    x = noise.reshape(-1, CHANNELS, HEIGHT, WIDTH)
    growth = lambda alpha, sigma: math.log(alpha / sigma) if alpha else -math.inf  # at pure noise
    before, path = None, levels(steps)
    for (time, alpha, sigma), (_, alpha_next, sigma_next) in zip(path, path[1:]):
        answer = unet(x, time, labels)
        if labels is not None and guidance != 1:
            none = unet(x, time, None)
            answer = none + guidance * (answer - none)
        x0 = predicted_x0(x, answer, alpha, sigma).clamp(-1, 1)
        ratio = sigma_next / sigma
        rest = alpha_next - ratio * alpha
        more = 0.0
        if before and sigma_next > 0:
            now = growth(alpha, sigma)
            more = 0.5 * (growth(alpha_next, sigma_next) - now) / (now - growth(*before[:2]))
        x = ratio * x + rest * (1 + more) * x0
        if more:
            x = x - rest * more * before[2]
        before = (alpha, sigma, x0)
    return x.clamp(-1, 1) / 2 + 0.5
