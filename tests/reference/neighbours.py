"""Weights of neighbours and the quality of a map by umap-learn (McInnes et al. 2018), for tests/neighbours.rs.

pip install umap-learn==0.5.12; python tests/reference/neighbours.py > tests/reference/neighbours.json
"""

import json
import math

import numpy as np
from sklearn.manifold import trustworthiness
from sklearn.metrics import pairwise_distances
from umap import UMAP
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

N, D, GROUPS = 42, 8, 3


def vectors():
    """Three groups in eight directions, from a formula that needs no random numbers."""
    rows = []
    for i in range(N):
        group = i % GROUPS
        rows.append([
            (2.0 if d == group else 0.0) + 0.6 * math.sin(1.7 * i * (d + 1) + 0.3 * d * d)
            for d in range(D)
        ])
    return np.array(rows)


def main():
    rows = vectors()
    distances = pairwise_distances(rows, metric="cosine")
    np.fill_diagonal(distances, 0.0)
    out = {"curve": [float(v) for v in find_ab_params(1.0, 0.1)], "weights": {}}
    for k in (5, 15):
        graph, _, _ = fuzzy_simplicial_set(
            distances, n_neighbors=k, random_state=np.random.RandomState(0), metric="precomputed"
        )
        out["weights"][str(k)] = np.round(graph.toarray(), 7).tolist()
    kept = []
    for seed in range(5):
        places = UMAP(n_neighbors=15, min_dist=0.1, metric="cosine", random_state=seed).fit_transform(rows)
        kept.append(float(trustworthiness(rows, places, n_neighbors=5, metric="cosine")))
    out["trustworthiness"] = sorted(kept)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
