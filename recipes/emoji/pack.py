"""Makes the data set `emoji`: the same emoji in three hands, 32 × 32 pixels in colour, with captions.

    python3 -m venv VENV && VENV/bin/pip install resvg-py==0.5.0 pillow==13.0.0 numpy==2.4.6
    VENV/bin/python recipes/emoji/pack.py DATA             # writes DATA/emoji/*.gz, for --data DATA

npm brings the drawings and the words, of the versions in PACKAGES: Noto Emoji (Apache-2.0), Fluent Emoji (MIT) and
Twemoji (CC-BY-4.0); names and keywords of emojibase and emojilib (MIT) and of CLDR (Unicode-3.0). resvg draws them on
white paper, four times as large, and squares of pixels are averaged.

Emoji of GROUPS are taken which all three draw, but none that are put together of several. A tenth of them is held out in
all hands, and of another tenth one hand each. Test images are those of one hand first, then those held out whole, hand by
hand. Each image has ALTERNATIVES captions: its name first, then others of its keywords. A word is known if it is in a
name of a training emoji or a keyword of at least two.
"""

import argparse
import gzip
import io
import json
import pathlib
import re
import struct
import subprocess
import tempfile
from collections import Counter

import numpy as np
import resvg_py
from PIL import Image

PACKAGES = {
    "@iconify-json/noto": "1.2.9",
    "@iconify-json/fluent-emoji-flat": "1.2.6",
    "@iconify-json/twemoji": "1.2.5",
    "emojibase-data": "17.0.0",
    "emojilib": "4.0.3",
    "cldr-annotations-full": "48.2.0",
}
HANDS = ["noto", "fluent-emoji-flat", "twemoji"]
# By emojibase's numbers: smileys and hearts, animals and nature, food, places, activities, objects.
GROUPS = [0, 3, 4, 5, 6, 7]
SIDE = 32
# Drawn so much larger, then averaged.
FINE = 4
ALTERNATIVES = 4
# Words of the longest caption, as in src/data/scenes/words.rs.
CONTEXT = 16
# Seed of what is held out, of the order and of the captions.
SEED = 20_261_114


def install(folder):
    """Lets npm bring the packages into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": PACKAGES}))
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True)


def words_of(text):
    """Its words, in small letters and without signs."""
    plain = text.lower().replace("’", "'").replace("_", " ").replace("-", " ")
    return re.findall(r"[a-z]+(?:'[a-z]+)?|[0-9]+", plain)


class Hand:
    """The emoji of one hand."""

    def __init__(self, modules, name):
        folder = modules / "@iconify-json" / name
        self.icons = json.loads((folder / "icons.json").read_text())
        self.chars = json.loads((folder / "chars.json").read_text())

    def icon(self, code):
        """What draws the emoji of a code, and where its paper is; None if nothing does."""
        code = code.lower()
        name = self.chars.get(code) or self.chars.get(code.replace("-fe0f", ""))
        icons, aliases = self.icons["icons"], self.icons.get("aliases", {})
        if name in aliases and len(aliases[name]) == 1:
            name = aliases[name]["parent"]
        if name not in icons:
            return None
        icon = icons[name]
        usual = {"left": 0, "top": 0, "width": 16, "height": 16}
        return icon["body"], [icon.get(key, self.icons.get(key, usual[key])) for key in usual]

    def draw(self, code):
        """The emoji of a code as [3, 32, 32] bytes."""
        body, (left, top, width, height) = self.icon(code)
        side = max(width, height)
        paper = f"{left - (side - width) / 2} {top - (side - height) / 2} {side} {side}"
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{paper}">{body}</svg>'
        png = resvg_py.svg_to_bytes(svg_string=svg, width=SIDE * FINE, height=SIDE * FINE)
        fine = np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGBA"), dtype=np.float64) / 255
        fine = fine[:, :, :3] * fine[:, :, 3:] + 1 - fine[:, :, 3:]
        image = fine.reshape(SIDE, FINE, SIDE, FINE, 3).mean(axis=(1, 3))
        return np.rint(255 * image).astype(np.uint8).transpose(2, 0, 1)


def emoji(modules, hands):
    """The emoji that are taken: code, name and keywords, each as words."""
    base = json.loads((modules / "emojibase-data/en/data.json").read_text())
    lib = json.loads((modules / "emojilib/dist/emoji-en-US.json").read_text())
    cldr = json.loads((modules / "cldr-annotations-full/annotations/en/annotations.json").read_text())
    cldr = cldr["annotations"]["annotations"]
    found, names = [], set()
    for entry in base:
        code, sign = entry["hexcode"], entry["emoji"]
        name = tuple(words_of(entry["label"]))[:CONTEXT]
        if entry.get("group") not in GROUPS or "200D" in code or name in names:
            continue
        if not all(hand.icon(code) for hand in hands):
            continue
        names.add(name)
        bare = sign.replace("\ufe0f", "")
        said = list(entry.get("tags", [])) + lib.get(sign, lib.get(bare, []))
        said += cldr.get(bare, {}).get("default", [])
        # No single letters, which are of emoticons, and no numbers.
        keywords = [word for phrase in said for word in words_of(phrase) if len(word) > 1 and not word.isdigit()]
        keywords = list(dict.fromkeys(keywords))
        found.append((code, list(name), [k for k in keywords if k not in name]))
    return found


def captions(name, keywords, known, rng):
    """The captions of an image."""
    name, keywords = ([w for w in words if w in known] for words in (name, keywords))
    some = lambda most: [keywords[i] for i in rng.permutation(len(keywords))[:most]]
    all_of = [name, name + some(3), some(5) or name, some(5) or name]
    return [" ".join(words[:CONTEXT]) for words in all_of]


def write(path, array):
    """An idx file of bytes, packed without a date."""
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes(), mtime=0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--packages", type=pathlib.Path, help="folder in which npm has installed them")
    arguments = parser.parse_args()
    folder = arguments.packages or pathlib.Path(tempfile.mkdtemp(prefix="emoji-"))
    if arguments.packages is None:
        install(folder)
    modules = folder / "node_modules"
    for name, version in PACKAGES.items():
        is_version = json.loads((modules / name / "package.json").read_text())["version"]
        if is_version != version:
            raise SystemExit(f"{name} is {is_version}, not {version}")
    hands = [Hand(modules, name) for name in HANDS]
    found = emoji(modules, hands)
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(found))
    tenth = len(found) // 10
    whole, partly, rest = order[:tenth], order[tenth : 2 * tenth], order[2 * tenth :]
    everywhere = [(e, h) for e in rest for h in range(3)]
    kept = [(e, h) for i, e in enumerate(partly) for h in range(3) if h != i % 3]
    train = everywhere + kept
    train = [train[i] for i in rng.permutation(len(train))]
    test = [(e, i % 3) for i, e in enumerate(partly)] + [(e, h) for h in range(3) for e in whole]

    taught = [found[e] for e in [*rest, *partly]]
    named = {word for _, name, _ in taught for word in name}
    often = Counter(word for _, name, keywords in taught for word in {*name, *keywords})
    known = sorted(named | {word for word, n in often.items() if n > 1})
    out = arguments.data / "emoji"
    out.mkdir(parents=True, exist_ok=True)
    text = lambda lines: gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)
    (out / "words.txt.gz").write_bytes(text(known))
    for stem, part in [("train", train), ("t10k", test)]:
        images = np.stack([hands[h].draw(found[e][0]) for e, h in part])
        write(out / f"{stem}-images-idx3-ubyte.gz", images)
        write(out / f"{stem}-labels-idx1-ubyte.gz", np.array([h for _, h in part], dtype=np.uint8))
        said = [caption for e, _ in part for caption in captions(*found[e][1:], set(known), rng)]
        (out / f"{stem}-captions.txt.gz").write_bytes(text(said))
        print(f"{stem}: {len(part)} images")
    print(f"{len(found)} emoji, {len(known)} words; {tenth} held out, {tenth} more in one hand")


if __name__ == "__main__":
    main()
