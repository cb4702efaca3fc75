# Noise for one sample, and how it is drawn.
NOISE, DRAW = CHANNELS * HEIGHT * WIDTH, torch.randn
LEVELS, ALPHA = CONFIG["levels"], 1e-3


def conv(name, x):
    w = W[name + ".weight"]
    return F.conv2d(x, w, W[name + ".bias"], padding=w.shape[-1] // 2)


def coupling(name, seen):
    """Log scales, which stay below 2, and shifts of what moves, from what stays."""
    h = torch.relu(conv(name + ".conv_2", torch.relu(conv(name + ".conv_1", seen))))
    s, t = conv(name + ".conv_3", h).chunk(2, 1)
    return 2 * torch.tanh(s / 2), t


def mixing(name):
    """W = P L (U + diag exp s) of a 1x1 convolution; P turns the order of the channels round."""
    one = torch.eye(len(W[name + ".lower"]))
    lower = W[name + ".lower"].tril(-1) + one
    upper = W[name + ".upper"].triu(1) + one * W[name + ".log_scale"].exp()
    return (lower @ upper).flip(0)


def step_back(name, h):
    stays, moved = h.chunk(2, 1)
    s, t = coupling(name + ".coupling", stays)
    h = torch.cat([stays, (moved - t) * torch.exp(-s)], 1)
    if name + ".mix.lower" in W:
        h = F.conv2d(h, torch.linalg.inv(mixing(name + ".mix"))[:, :, None, None])
    else:
        h = h.flip(1)
    by_channel = lambda what: W[f"{name}.{what}"][None, :, None, None]
    return h * torch.exp(-by_channel("log_scale")) - by_channel("bias")


def unsqueeze(x):
    """Four channels become 2 x 2 pixels."""
    n, c, h, w = x.shape
    return x.reshape(n, c // 4, 2, 2, h, w).permute(0, 1, 4, 2, 5, 3).reshape(n, c // 4, 2 * h, 2 * w)


def inverse(z):
    """Noise [n, NOISE] to images in (0, 1): the flow backwards, from the coarsest scale."""
    (c, h, w), scales, parts = (CHANNELS, HEIGHT, WIDTH), CONFIG["scales"], []
    for scale in range(scales):  # what left at each scale; at the last one, all that was left
        c, h, w = 4 * c // (2 if scale + 1 < scales else 1), h // 2, w // 2
        part, z = z[:, : c * h * w], z[:, c * h * w :]
        parts.append(part.reshape(-1, c, h, w))
    x = None
    for scale in reversed(range(scales)):
        x = parts[scale] if x is None else torch.cat([x, parts[scale]], 1)
        for i in reversed(range(CONFIG["steps"])):
            x = step_back(f"steps.{scale}.{i}", x)
        x = unsqueeze(x)
    board = (torch.arange(HEIGHT)[:, None] + torch.arange(WIDTH)) % 2
    for i in reversed(range(CONFIG["checkerboards"])):
        stays = ((board + i) % 2).float()
        s, t = (y * (1 - stays) for y in coupling(f"checkerboards.{i}", x * stays))
        x = (x - t) * torch.exp(-s)
    return (torch.sigmoid(x) - ALPHA) / (1 - 2 * ALPHA)


def sample(z, labels=None):
    """Images in [0, 1], for z [n, NOISE] ~ N(0, I). The middle of level x is at (x + 1/2) / LEVELS."""
    return ((inverse(z) * LEVELS - 0.5) / (LEVELS - 1)).clamp(0, 1)
