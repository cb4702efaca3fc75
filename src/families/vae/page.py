# Noise for one sample, and how it is drawn.
NOISE, DRAW = CONFIG["latent_dim"], torch.randn


def decode(z):
    """Logits of the pixels, for codes z [n, latent_dim]: p(x|z) is Bernoulli(sigmoid(logits))."""
    act = {"relu": torch.relu, "tanh": torch.tanh}[CONFIG["activation"]]
    h, i = z, 0
    while f"decoder.hidden.{i}.weight" in W:
        h, i = act(linear(f"decoder.hidden.{i}", h)), i + 1
    if CONFIG["architecture"] == "mlp":
        return linear("decoder.logits", h)
    h = h.reshape(len(z), 32, HEIGHT // 4, WIDTH // 4)
    h = act(F.conv_transpose2d(h, W["decoder.convolutions.0.weight"], W["decoder.convolutions.0.bias"], 2, 1))
    return F.conv_transpose2d(h, W["decoder.convolutions.1.weight"], W["decoder.convolutions.1.bias"], 2, 1)


def sample(z, labels=None):
    """The means of p(x|z), in [0, 1], for z [n, NOISE] ~ N(0, I)."""
    return torch.sigmoid(decode(z)).reshape(len(z), CHANNELS, HEIGHT, WIDTH)
