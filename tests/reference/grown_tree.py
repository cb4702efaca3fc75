#!/usr/bin/env python3
"""What trees say that scikit-learn grew (CART), for tests/in_context.rs to compare with.

    pip install scikit-learn==1.9.1 torch        (any PyTorch does)
    python3 tests/reference/grown_tree.py

writes  grown_tree.json     for k = 1 … 20 what a tree of two questions says of the next input that was grown from k
                            pairs, of which it sees nothing but the signs; null where two questions are as good and
                            scikit-learn chooses by chance
"""
import json
import pathlib

import numpy as np
from sklearn.tree import DecisionTreeRegressor

from formula import signed

x = np.asarray(signed(1004, 21 * 5, 2.0)).reshape(21, 5)
y = np.asarray(signed(1005, 21, 3.0))


def grown(k):
    trees = [DecisionTreeRegressor(max_depth=2, random_state=seed).fit(x[:k] > 0, y[:k]) for seed in range(30)]
    said = {round(float(tree.predict(x[k : k + 1] > 0)[0]), 9) for tree in trees}
    return said.pop() if len(said) == 1 else None


out = [grown(k) for k in range(1, 21)]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
