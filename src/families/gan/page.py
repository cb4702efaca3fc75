# Noise for one sample, and how it is drawn.
NOISE, DRAW = CONFIG["z_dim"], torch.randn


def generate(z, labels):
    """The generator: noise [n, z_dim] and classes [n], or None, to images in [-1, 1]."""
    act = lambda x: F.leaky_relu(x, 0.2)
    if labels is not None:
        z = torch.cat([z, W["generator.classes"][labels]], 1)  # a learned code for each class
    times = 0  # how often the image is doubled
    while f"generator.up.{times}.weight" in W:
        times += 1
    x = act(linear("generator.input", z))
    x = x.reshape(len(z), -1, HEIGHT >> times, WIDTH >> times)
    for i in range(times):
        x = act(F.conv_transpose2d(x, W[f"generator.up.{i}.weight"], W[f"generator.up.{i}.bias"], 2, 1))
    return torch.tanh(F.conv2d(x, W["generator.output.weight"], W["generator.output.bias"], padding=1))


def sample(z, labels=None):
    """Images in [0, 1], for z [n, NOISE] ~ N(0, I)."""
    return generate(z, labels) / 2 + 0.5
