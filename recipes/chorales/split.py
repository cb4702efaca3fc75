"""Which chorale is in which part of the set: recipes/chorales/split.tsv.

    python recipes/chorales/split.py CELLS.json jsb-chorales-16th.json.gz

CELLS.json is what tests/reference/chorales.py writes. The other file is that of github.com/czhuang/JSB-Chorales-dataset,
of which only one thing is taken: what is held out there (its `test` and `valid`) is held out here, so that no chorale on
which published numbers were measured is learned from. A chorale is the same if most of its bars are, in any key.
"""

import collections
import gzip
import json
import sys

WINDOW = 16


def shingles(frames):
    """Stretches of a bar, relative to their lowest note; those in which nothing moves tell nothing."""
    out = set()
    for i in range(0, len(frames) - WINDOW + 1, 2):
        window = frames[i : i + WINDOW]
        low = min((p for frame in window for p in frame if p > 0), default=0)
        if len(set(window)) > 3:
            out.add(tuple(tuple(p - low if p > 0 else -99 for p in frame) for frame in window))
    return out


ours = {}
for name, voices in json.load(open(sys.argv[1])).items():
    ours[name] = shingles(list(zip(*[[p % 128 for p in voice] for voice in voices])))
index = collections.defaultdict(set)
for name, all_of_it in ours.items():
    for shingle in all_of_it:
        index[shingle].add(name)

part = {}
found = collections.Counter()
rank = {"test": 2, "valid": 1, "train": 0}
names = {"test": "test", "valid": "choice", "train": "train"}
jsb = json.load(gzip.open(sys.argv[2]))
for split, pieces in jsb.items():
    for piece in pieces:
        theirs = shingles([tuple(int(p) for p in frame) for frame in piece])
        votes = collections.Counter(name for shingle in theirs for name in index.get(shingle, ()))
        # All that share a third of its bars: the same chorale, or another setting that repeats most of it.
        same = [name for name, n in votes.items() if n >= len(theirs) / 3]
        found[split, bool(same)] += 1
        for name in same:
            if rank[split] >= rank.get(part.get(name), -1):
                part[name] = split
print(dict(found))

with open("recipes/chorales/split.tsv", "w") as out:
    for name in sorted(ours):
        out.write(f"{name}\t{names[part.get(name, 'train')]}\n")
print(collections.Counter(names[part.get(name, "train")] for name in ours), sum(name not in part for name in ours))
