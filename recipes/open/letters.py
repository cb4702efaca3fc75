"""Writes src/open/tokenizer/letters.rs: what Unicode says of characters that Rust's own library does not.

    python recipes/open/letters.py > src/open/tokenizer/letters.rs

Python's `unicodedata` is the source; its version is written down.
"""

import unicodedata


def ranges(fits):
    found, start = [], None
    for code in range(0x110000 + 1):
        inside = code < 0x110000 and fits(unicodedata.category(chr(code)))
        if inside and start is None:
            start = code
        if not inside and start is not None:
            found.append((start, code - 1))
            start = None
    return found


def table(name, about, rows):
    print(f"\n/// {about}")
    print(f"pub const {name}: [(u32, u32); {len(rows)}] = [")
    for i in range(0, len(rows), 6):
        print("    " + " ".join(f"(0x{a:x}, 0x{b:x})," for a, b in rows[i : i + 6]))
    print("];")


def plain():
    """Characters that are one other character with marks above or below it."""
    found = []
    for code in range(0x110000):
        if 0xAC00 <= code <= 0xD7A3:  # Hangul follows a rule.
            continue
        whole = unicodedata.normalize("NFD", chr(code))
        bare = "".join(c for c in whole if unicodedata.category(c) != "Mn")
        if whole != chr(code) and len(bare) == 1:
            found.append((chr(code), bare))
    return found


print("//! Written by recipes/open/letters.py; not to be edited.")
print("//!")
print(f"//! Unicode {unicodedata.unidata_version}.")
table("MARKS", "Marks without a place of their own (Mn).", ranges(lambda c: c == "Mn"))
table("OTHER_MARKS", "Other marks (Mc, Me).", ranges(lambda c: c in ("Mc", "Me")))
table("PUNCTUATION", "Punctuation (P).", ranges(lambda c: c[0] == "P"))
table("FORMAT", "Characters that are not seen (Cf).", ranges(lambda c: c == "Cf"))
pairs = plain()
print("\n/// Characters with marks, each followed by itself without them.")
print('pub const PLAIN: &str = "\\')
text = "".join(a + b for a, b in pairs)
escaped = [f"\\u{{{ord(c):x}}}" if ord(c) > 0x7E or c in '\\"' else c for c in text]
line = ""
for piece in escaped:
    if len(line) + len(piece) > 110:
        print(line + "\\")
        line = ""
    line += piece
print(line + '";')
