"""The law of recipes/scaling fitted by SciPy: python tests/reference/scaling.py, with numpy and scipy 1.17.

Least squares of all five numbers at once by a trust region (scipy.optimize.least_squares) from many starts, on the
losses of web/data/scaling.json. Writes tests/reference/scaling.json.
"""

import json
from itertools import product
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares

root = Path(__file__).parents[2]
measured = json.loads((root / "web/data/scaling.json").read_text())

N, D, L = np.array(
    [
        (model["weights"], step * measured["tokensPerStep"], loss)
        for model in measured["models"]
        for step, loss in zip(model["steps"], model["losses"])
        if step >= measured["from"]
    ]
).T


def residuals(p):
    # A and B as logarithms, of the loss at a typical size and number of tokens, so that all numbers are alike in size.
    E, a, alpha, b, beta = p
    return E + np.exp(a) * (N / 1e4) ** -alpha + np.exp(b) * (D / 1e5) ** -beta - L


starts = product([0.5, 1.0, 1.5], [-1.0, 0.0], [0.2, 0.6], [-1.0, 0.0], [0.2, 0.6])
fits = [least_squares(residuals, start, xtol=1e-15, ftol=1e-15, gtol=1e-12, max_nfev=5000) for start in starts]
E, a, alpha, b, beta = min(fits, key=lambda f: f.cost).x
law = {"E": E, "A": np.exp(a) * 1e4**alpha, "alpha": alpha, "B": np.exp(b) * 1e5**beta, "beta": beta}
error = float(np.sqrt(np.mean(residuals([E, a, alpha, b, beta]) ** 2)))
(root / "tests/reference/scaling.json").write_text(json.dumps({"law": law, "error": error}, indent=1) + "\n")
print(law, error)
