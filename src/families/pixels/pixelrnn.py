# Noise for one sample, and how it is drawn: a number in [0, 1) for each pixel, or for each level of it.
LEVELS = CONFIG["levels"]
NOISE, DRAW = HEIGHT * WIDTH * (LEVELS if LEVELS > 2 else 1), torch.rand


def step(name, x, above, beside):
    """One step of an LSTM, from the state and memory above a pixel and beside it."""
    gates = linear(name + ".input", x) + torch.cat([above[0], beside[0]], 1) @ W[name + ".state"]
    o, f, i, g = gates.chunk(4, 1)
    memory = torch.sigmoid(f) * beside[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(memory), memory


def drawn(scores, u):
    """Values in [0, 1] for logits [n, 1 or levels] and numbers u [n, 1 or levels]."""
    if LEVELS == 2:
        return (torch.sigmoid(scores) > u).float()[:, 0]
    gumbel = -torch.log(-torch.log(u.clamp(min=1e-20)))  # the largest sum is a draw from the softmax
    return (scores + gumbel).argmax(1) / (LEVELS - 1)


def sample(noise, labels=None):
    """Images in [0, 1], pixel by pixel, for noise [n, NOISE] in [0, 1)."""
    n, units, reach, layers = len(noise), CONFIG["units"], CONFIG["reach"], range(CONFIG["layers"])
    noise = noise.reshape(n, HEIGHT, WIDTH, -1)
    image = torch.zeros(n, HEIGHT, WIDTH)
    # With zeros around it: the last `reach` rows, and the row under way, in [-1, 1].
    above = torch.zeros(n, 1, reach, WIDTH + 2 * reach)
    nothing = (torch.zeros(n, units), torch.zeros(n, units))
    from_left = [[nothing] * WIDTH for _ in layers]
    from_right = [[nothing] * WIDTH for _ in layers]
    seen = [[torch.zeros(n, 2 * units)] * WIDTH for _ in layers]  # what each layer read in the row above
    near = torch.zeros(n, 2 * units, WIDTH)
    for y in range(HEIGHT):
        if y:
            near = F.conv2d(above, W["above.weight"], W["above.bias"])[:, :, 0]
        seen[0] = list(near.unbind(2))
        row = torch.zeros(n, reach + WIDTH)
        for k in layers:  # a row behind, from the right
            last = nothing
            for x in reversed(range(WIDTH)):
                last = from_right[k][x] = step(f"layers.{k}.from_right", seen[k][x], from_right[k][x], last)
        lasts = [nothing for _ in layers]
        for x in range(WIDTH):
            s = near[:, :, x] + F.conv2d(
                row[:, None, None, x : x + reach], W["left.weight"], W["left.bias"]
            ).flatten(1)
            for k in layers:
                seen[k][x] = s
                lasts[k] = from_left[k][x] = step(f"layers.{k}.from_left", s, from_left[k][x], lasts[k])
                s = s + linear(f"layers.{k}.out", lasts[k][0] + from_right[k][x][0])
            scores = linear("logits", torch.relu(linear("head", torch.relu(s))))
            image[:, y, x] = drawn(scores, noise[:, y, x])
            row[:, reach + x] = 2 * image[:, y, x] - 1
        above = torch.cat([above[:, :, 1:], F.pad(row[:, None, None, reach:], (reach, reach))], 2)
    return image[:, None]
