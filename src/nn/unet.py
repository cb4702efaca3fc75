def conv(name, x, stride=1):
    w = W[name + ".weight"]
    return F.conv2d(x, w, W[name + ".bias"], stride, w.shape[-1] // 2)


def norm(name, x, groups):
    return F.group_norm(x, groups, W[name + ".gain"], W[name + ".bias"], 1e-5)


def block(name, x, groups, time=None):
    """Two convolutions that are added to what comes in, told the time where there is one."""
    h = conv(name + ".conv_1", F.silu(norm(name + ".norm_1", x, groups)))
    if time is not None:
        h = h + linear(name + ".time", time)[:, :, None, None]
    h = conv(name + ".conv_2", F.silu(norm(name + ".norm_2", h, groups)))
    return h + (conv(name + ".skip", x) if name + ".skip.weight" in W else x)


def attention(name, x, groups):
    n, c, h, w = x.shape
    rows = norm(name + ".norm", x, groups).flatten(2).transpose(1, 2)  # [n, hw, c]
    q, k, v = (t.reshape(n, h * w, HEADS, -1).transpose(1, 2) for t in linear(name + ".qkv", rows).chunk(3, -1))
    seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, h * w, c)
    return x + linear(name + ".out", seen).transpose(1, 2).reshape(x.shape)


def unet(x, time, labels):
    """The network's answer to x_t [n, c, height, width] at a time in [0, 1]; labels None for no class."""
    half, groups = UNET_CHANNELS // 2, min(8, UNET_CHANNELS // 2)
    angles = 1000 * 10000 ** (-torch.arange(half) / half)
    waves = lambda t: torch.cat([(t * angles).sin(), (t * angles).cos()])[None]
    told = linear(UNET + "time_2", F.silu(linear(UNET + "time_1", waves(time))))
    if UNET + "step.weight" in W:  # it can also answer for whole steps; here it is asked about the moment
        told = told + linear(UNET + "step", waves(0))
    if UNET + "classes" in W:
        told = told + (W[UNET + "classes"][labels] if labels is not None else W[UNET + "classes"][-1:])
    told = F.silu(told)
    h, kept = conv(UNET + "input", x), []
    for i in range(LEVELS):
        h = block(f"{UNET}down.{i}.block", h, groups, told)
        kept.append(h)
        if i + 1 < LEVELS:
            h = conv(f"{UNET}down.{i}.next", h, 2)
    h = attention(UNET + "attention", block(UNET + "middle_1", h, groups, told), groups)
    h = block(UNET + "middle_2", h, groups, told)
    for i in range(LEVELS):
        h = block(f"{UNET}up.{i}.block", torch.cat([h, kept.pop()], 1), groups, told)
        if i + 1 < LEVELS:
            h = conv(f"{UNET}up.{i}.next", F.interpolate(h, scale_factor=2, mode="nearest"))
    return conv(UNET + "output", F.silu(norm(UNET + "norm", h, groups)))
