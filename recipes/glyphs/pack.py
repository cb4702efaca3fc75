"""Makes the data set `glyphs` of open fonts: A to Z and 0 to 9, each 32 × 32 grey pixels.

    python3 -m venv VENV && VENV/bin/pip install fonttools==4.68.0 brotli==1.2.1 pillow==13.0.0 numpy==2.4.6
    VENV/bin/python recipes/glyphs/pack.py DATA            # writes DATA/glyphs/*.gz, for --data DATA
    VENV/bin/python recipes/glyphs/pack.py DATA --choose   # validation fonts in place of the test fonts

The fonts are npm packages of fontsource, with the versions that fonts.tsv beside this file names: package, version,
licence, part (train, validation or test), credit. npm brings them. Each must say that it is under the SIL Open Font
License. No font is in this repository, and no checkpoint holds any.

Of a font all letters are drawn to one scale on one base line, in the middle of their own ink from left to right: its
capitals are 22 pixels high, less where a letter would not fit. Training fonts are drawn in the regular and, where there
is one, the bold weight, each a hand of its own. Images come hand by hand, each with its 36 letters in order.
"""

import argparse
import gzip
import io
import json
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).parent
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SIDE = 32
# Rows from the top to the base line, and a capital's height, in pixels.
BASE, CAPITAL = 26, 22
# Drawn so much larger, then averaged.
FINE = 8
# Seed of the order of the hands.
SEED = 20_180_704


def fonts():
    """The list: package, version, licence, part, credit."""
    rows = (HERE / "fonts.tsv").read_text(encoding="utf8").splitlines()[1:]
    return [row.split("\t") for row in rows]


def install(folder, rows):
    """Lets npm bring the packages into `folder`."""
    wanted = {name: version for name, version, *_ in rows}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": wanted}))
    command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=folder, check=True)


def font_file(package, weight):
    """The bytes of an upright font of about that weight, as TrueType or CFF; None if there is none."""
    files = sorted((package / "files").glob("*-latin-*-normal.woff2"))
    files = [f for f in files if "latin-ext" not in f.name]
    weights = {}
    for file in files:
        number = file.stem.split("-")[-2]
        if number.isdigit():
            weights[int(number)] = file
    if not weights:
        return None
    best = min(weights, key=lambda w: (abs(w - weight), w))
    if weight != 400 and best < 600:
        return None
    font = TTFont(weights[best])
    found = font.getBestCmap()
    if any(ord(letter) not in found for letter in LETTERS):
        return None
    font.flavor = None
    plain = io.BytesIO()
    font.save(plain)
    return plain.getvalue()


def draw(data):
    """The 36 letters of a font, [36, 32, 32] bytes; None where it cannot be drawn so."""
    probe = ImageFont.truetype(io.BytesIO(data), 1000)
    boxes = [probe.getbbox(letter, anchor="ls") for letter in LETTERS]
    if any(right <= left or bottom <= top for left, top, right, bottom in boxes):
        return None
    capital = -probe.getbbox("H", anchor="ls")[1]
    wide = max(right - left for left, _, right, _ in boxes)
    high = max(-top for _, top, _, _ in boxes)
    deep = max(bottom for _, _, _, bottom in boxes)
    if capital <= 0:
        return None
    scale = min(CAPITAL / capital, (SIDE - 1) / wide, (BASE - 0.5) / high, (SIDE - BASE - 0.5) / max(deep, 1))
    if scale * capital < 12:
        return None
    font = ImageFont.truetype(io.BytesIO(data), scale * 1000 * FINE)
    glyphs = []
    for letter in LETTERS:
        left, _, right, _ = font.getbbox(letter, anchor="ls")
        image = Image.new("L", (SIDE * FINE, SIDE * FINE))
        x = (SIDE * FINE - (right - left)) / 2 - left
        ImageDraw.Draw(image).text((round(x), BASE * FINE), letter, fill=255, font=font, anchor="ls")
        fine = np.asarray(image, dtype=np.float64).reshape(SIDE, FINE, SIDE, FINE)
        glyphs.append(np.rint(fine.mean(axis=(1, 3))).astype(np.uint8))
    return np.stack(glyphs)


def hands(folder, rows, weights):
    """Each font of `rows` in each of `weights` that it has: names and images."""
    found = []
    for name, version, licence, *_ in rows:
        package = folder / "node_modules" / name
        about = json.loads((package / "package.json").read_text())
        if about["version"] != version or "OFL" not in about["license"] or "OFL" not in licence:
            raise SystemExit(f"{name} is not what fonts.tsv says: {about['version']}, {about['license']}")
        seen = []
        for weight in weights:
            data = font_file(package, weight)
            glyphs = None if data is None else draw(data)
            if glyphs is not None and not any(np.array_equal(glyphs, other) for other in seen):
                seen.append(glyphs)
                found.append((f"{name} {weight}", glyphs))
    return found


def write(path, array):
    """An idx file of bytes, packed without a date."""
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes(), mtime=0))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--choose", action="store_true")
    parser.add_argument("--fonts", type=pathlib.Path, help="folder in which npm has installed them")
    arguments = parser.parse_args()
    rows = fonts()
    folder = arguments.fonts or pathlib.Path(tempfile.mkdtemp(prefix="fonts-"))
    if arguments.fonts is None:
        install(folder, rows)
    of = lambda part: [row for row in rows if row[3] == part]
    judged = "validation" if arguments.choose else "test"
    train = hands(folder, of("train"), [400, 700])
    test = hands(folder, of(judged), [400])
    order = np.random.default_rng(SEED).permutation(len(train))
    train = [train[i] for i in order]
    out = arguments.data / "glyphs"
    out.mkdir(parents=True, exist_ok=True)
    for stem, part in [("train", train), ("t10k", test)]:
        images = np.concatenate([glyphs for _, glyphs in part])
        labels = np.tile(np.arange(len(LETTERS), dtype=np.uint8), len(part))
        write(out / f"{stem}-images-idx3-ubyte.gz", images)
        write(out / f"{stem}-labels-idx1-ubyte.gz", labels)
        (out / f"{stem}-hands.txt").write_text("".join(f"{name}\n" for name, _ in part))
        print(f"{stem}: {len(part)} hands, {len(images)} images")


if __name__ == "__main__":
    main()
