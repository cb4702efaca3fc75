def schedule():
    """alpha and sigma of x_t = alpha x_0 + sigma eps for the steps t = 0 (data) to T (noise)."""
    n = TIMESTEPS
    of = {
        "cosine": lambda t: math.cos((t / n + 0.008) / 1.008 * math.pi / 2) ** 2,
        "even": lambda t: 1 / (1 + math.exp(-13 + 22 * (t - 1) / (n - 1))) if t else 1.0,
    }
    product, alphas_cumprod = 1.0, [1.0]
    for t in range(1, n + 1):
        if SCHEDULE == "linear":
            beta = 1000 / n * (1e-4 + (0.02 - 1e-4) * (t - 1) / (n - 1))
        else:
            beta = 1 - of[SCHEDULE](t) / of[SCHEDULE](t - 1)
        product *= 1 - min(beta, 0.999)
        alphas_cumprod.append(product)
    return [(t / n, math.sqrt(a), math.sqrt(1 - a)) for t, a in enumerate(alphas_cumprod)]


def levels(steps):
    """The steps that the sampler visits, from noise to data: closer together near the data."""
    if PREDICTION == "velocity":
        times = [(i / steps) ** 2.5 for i in reversed(range(steps + 1))]
        return [(t, 1 - t, t) for t in times]
    all_levels = schedule()
    angle = lambda t: math.atan2(all_levels[t][2], all_levels[t][1])
    t = TIMESTEPS
    if PREDICTION == "noise":  # where next to nothing of x_0 is left, eps would be divided by it
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
    }[PREDICTION]()


def solve(x, labels, steps, guidance, clean=lambda x0: x0):
    """From noise to data by DPM-Solver++ 2M (Lu et al. 2022, arXiv:2211.01095), each predicted x_0 cleaned."""
    growth = lambda alpha, sigma: math.log(alpha / sigma) if alpha else -math.inf  # at pure noise
    before, path = None, levels(steps)
    for (time, alpha, sigma), (_, alpha_next, sigma_next) in zip(path, path[1:]):
        answer = unet(x, time, labels)
        if labels is not None and guidance != 1:
            none = unet(x, time, None)
            answer = none + guidance * (answer - none)
        x0 = clean(predicted_x0(x, answer, alpha, sigma))
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
    return x
