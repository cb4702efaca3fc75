VOCABULARY = __VOCABULARY__
HEADS, CONTEXT = CONFIG["n_head"], CONFIG["block_size"]


def norm(name, x):
    if CONFIG["norm"] == "layer":
        x = x - x.mean(-1, keepdim=True)
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * W[name]


def turned(x):
    """Queries or keys [heads, t, d], turned by angles that grow with their place."""
    half = x.shape[-1] // 2
    waves = 10000 ** (-torch.arange(half, dtype=torch.float64) / half)
    angles = torch.arange(x.shape[-2])[:, None] * waves
    (a, b), (cos, sin) = x.chunk(2, -1), (angles.cos().float(), angles.sin().float())
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


def attention(name, x):
    t, c = x.shape
    q, k, v = (part.reshape(t, HEADS, -1).transpose(0, 1) for part in (x @ W[name + ".qkv"]).chunk(3, -1))
    if CONFIG["positions"] == "rotary":
        q, k = turned(q), turned(k)
    seen = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return seen.transpose(0, 1).reshape(t, c) @ W[name + ".proj"]


def mlp(name, x):
    h = x @ W[name + ".up"]
    if CONFIG["mlp"] == "gelu":
        return F.gelu(h, approximate="tanh") @ W[name + ".down"]
    value, gate = h.chunk(2, -1)
    return (value * F.silu(gate)) @ W[name + ".down"]


def logits(ids):
    """Logits of the token after each of `ids`, at most CONTEXT of them."""
    x = W["wte"][ids]
    if "wpe" in W:
        x = x + W["wpe"][: len(ids)]
    for i in range(CONFIG["n_layer"]):
        x = x + attention(f"layers.{i}", norm(f"layers.{i}.norm_1", x))
        x = x + mlp(f"layers.{i}", norm(f"layers.{i}.norm_2", x))
    return norm("norm_f", x) @ W.get("head", W["wte"]).T


def drawn(scores, u, temperature):
    """The first token, from the likeliest on, at which the probabilities add up to more than u."""
    order = scores.argsort(descending=True, stable=True)
    if temperature == 0:
        return order[0].item()
    sums = torch.softmax(scores.double()[order] / temperature, 0).cumsum(0)
    return order[min(int((sums <= u).sum()), len(order) - 1)].item()


def write(noise, prompt="", temperature=0.8):
    """A text that begins with `prompt`, for numbers in [0, 1), one for each token to come."""
    ids = [VOCABULARY.index(character) for character in prompt]
    # A text without a beginning begins like a line.
    read = ids[-CONTEXT:] or [VOCABULARY.index("\n") if "\n" in VOCABULARY else 0]
    for u in noise:
        ids.append(drawn(logits(torch.tensor(read))[-1], u, temperature))
        # When the context is full, it goes on from its second half.
        read = read + ids[-1:] if len(read) < CONTEXT else ids[-max(1, CONTEXT // 2) :]
    return "".join(VOCABULARY[i] for i in ids)
