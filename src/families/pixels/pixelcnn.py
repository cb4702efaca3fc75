# Noise for one sample, and how it is drawn: a number in [0, 1) for each pixel, or for each level of it.
LEVELS = CONFIG["levels"]
NOISE, DRAW = HEIGHT * WIDTH * (LEVELS if LEVELS > 2 else 1), torch.rand


def conv(name, x, left=0, right=0, top=0):
    return F.conv2d(F.pad(x, (left, right, top, 0)), W[name + ".weight"], W[name + ".bias"])


def gate(x):
    a, b = x.chunk(2, 1)
    return torch.tanh(a) * torch.sigmoid(b)


def layer(name, v, seen):
    """Both stacks: v sees all rows above, `seen` is what the horizontal one looks at."""
    rows, columns = W[name + ".vertical.weight"].shape[2:]
    taps = W[name + ".horizontal.weight"].shape[3]
    v = conv(name + ".vertical", v, columns // 2, columns // 2, rows - 1)
    above = F.pad(v, (0, 0, 1, 0))[:, :, :-1]  # moved down by a row
    h = conv(name + ".horizontal", seen, taps - 1) + conv(name + ".across", above)
    return gate(v), conv(name + ".out", gate(h))


def attention(name, h):
    """Each pixel looks at itself and all earlier ones."""
    n, c, rows, columns = h.shape
    heads = next(k for k in range(max(1, c // 16), 0, -1) if c % k == 0)
    x = h.flatten(2).transpose(1, 2)  # [n, pixels, c]
    normed = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * W[name + ".gain"]
    # Sines and cosines of row and column say where a pixel is.
    angles = lambda length: torch.arange(length)[:, None] * 2 * math.pi / 4 / 2 ** torch.arange(5)
    waves = lambda length: torch.stack([angles(length).sin(), angles(length).cos()], -1).flatten(1)
    places = torch.cat([waves(rows).repeat_interleave(columns, 0), waves(columns).repeat(rows, 1)], 1)
    qkv = linear(name + ".qkv", normed) + places @ W[name + ".place"]
    q, k, v = (t.reshape(n, -1, heads, c // heads).transpose(1, 2) for t in qkv.chunk(3, -1))
    seen = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
    return h + linear(name + ".out", seen).transpose(1, 2).reshape(h.shape)


def logits(x):
    """Logits of every pixel of x [n, 1, rows, columns], in [0, 1], given those before it."""
    x = 2 * x - 1
    v, h = layer("first", x, F.pad(x, (1, 0))[:, :, :, :-1])  # the horizontal stack begins left of the pixel
    for i in range(CONFIG["layers"]):
        v, more = layer(f"layers.{i}", v, h)
        h = h + more
        for k in range(CONFIG["attention"]):  # spread evenly among the layers
            if i * CONFIG["attention"] // CONFIG["layers"] <= k < (i + 1) * CONFIG["attention"] // CONFIG["layers"]:
                h = attention(f"attention.{k}", h)
    return conv("logits", torch.relu(conv("head", torch.relu(h))))


def drawn(scores, u):
    """Values in [0, 1] for logits [n, 1 or levels] and numbers u [n, 1 or levels]."""
    if LEVELS == 2:
        return (torch.sigmoid(scores) > u).float()[:, 0]
    gumbel = -torch.log(-torch.log(u.clamp(min=1e-20)))  # the largest sum is a draw from the softmax
    return (scores + gumbel).argmax(1) / (LEVELS - 1)


def sample(noise, labels=None):
    """Images in [0, 1], pixel by pixel, for noise [n, NOISE] in [0, 1)."""
    noise = noise.reshape(len(noise), HEIGHT, WIDTH, -1)
    x = torch.zeros(len(noise), 1, HEIGHT, WIDTH)
    for i in range(HEIGHT):
        for j in range(WIDTH):
            scores = logits(x[:, :, : i + 1])[:, :, i, j]  # what comes later is not there yet
            x[:, 0, i, j] = drawn(scores, noise[:, i, j])
    return x
