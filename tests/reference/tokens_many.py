"""Writes tests/reference/opened/tokens-many.json: what the library `tokenizers` makes of 2,000 strings.

    pip install tokenizers==0.23.3; python tests/reference/tokens_many.py

The strings are parts of the texts of tokens.json in twenty languages, cut anywhere and put together by a formula that
tests/opened.rs repeats; the tokenizers are those of that file. Of the tokens of each string 16 bits of a digest are kept.
"""

import json
from pathlib import Path

from tokenizers import Tokenizer

COUNT = 2000
BETWEEN = ["", " ", "  ", "\n", ", ", "'s ", " 12345 ", "\t", "—", "\u0301", " \n\n ", "’", "🇩🇪", "x²"]


class Dice:
    """Splitmix64 (Steele, Lea & Flood 2014), as tests/common has it."""

    def __init__(self):
        self.state = 22

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return (z ^ (z >> 31)) % n


def strings(texts):
    dice, out = Dice(), []
    for _ in range(COUNT):
        made = ""
        for part in range(2 + dice.below(2)):
            text = texts[dice.below(len(texts))]
            start = dice.below(len(text) + 1)
            long = dice.below(24)
            made += (BETWEEN[dice.below(len(BETWEEN))] if part else "") + text[start:start + long]
        out.append(made)
    return out


def digest(ids):
    """FNV-1a over the tokens as four bytes each, folded to 16 bits."""
    h = 0x811C9DC5
    for i in ids:
        for byte in i.to_bytes(4, "little"):
            h = ((h ^ byte) * 0x01000193) % 2**32
    return f"{(h >> 16) ^ (h & 0xFFFF):04x}"


folder = Path(__file__).parent / "opened"
known = json.loads((folder / "tokens.json").read_text())
made = strings(known["texts"][:20])
found = {}
for name, case in known["tokenizers"].items():
    tokenizer = Tokenizer.from_str(json.dumps(case["file"]))
    found[name] = "".join(digest(tokenizer.encode(s, add_special_tokens=False).ids) for s in made)
out = {"first": made[:3], "digests": found}
(folder / "tokens-many.json").write_text(json.dumps(out, ensure_ascii=False))
