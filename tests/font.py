#!/usr/bin/env python3
"""Reads fonts that the program wrote with FontTools, which knows the whole format.

    cargo test --release --test native -- --ignored neural_process::write_fonts
    python3 tests/font.py target/fonts/*.ttf        (pip install fonttools==4.68.0)

Every table is read and written again; what letters there are, how wide and how high they are, whether contours turn
the right way, and what a checksum says of the file, must be as a font of capitals has it.
"""
import io
import sys

from fontTools.pens.areaPen import AreaPen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def check(path):
    font = TTFont(path, checkChecksums=2)
    for tag in font.keys():
        font[tag]  # Each is read.
    copy = io.BytesIO()
    font.save(copy)
    TTFont(io.BytesIO(copy.getvalue()), checkChecksums=2)
    cmap, glyphs = font.getBestCmap(), font.getGlyphSet()
    assert set(map(ord, LETTERS + LETTERS.lower() + " ")) == set(cmap), sorted(map(chr, cmap))
    assert font["head"].unitsPerEm == 1000
    heights = {}
    for letter in LETTERS:
        name = cmap[ord(letter)]
        bounds, area = BoundsPen(glyphs), AreaPen(glyphs)
        glyphs[name].draw(bounds)
        glyphs[name].draw(area)
        left, bottom, right, top = bounds.bounds
        heights[letter] = top
        assert 0 < left and right < glyphs[name].width, (letter, bounds.bounds, glyphs[name].width)
        # Ink lies to the right of a contour, so that the sum of all areas is negative.
        assert area.value < 0, (letter, area.value)
    # Fonts with wide letters are drawn smaller, down to 12 of 22 pixels.
    assert 370 < heights["H"] < 715, heights["H"]
    print(f"{path}: {len(font['glyf'].glyphs)} glyphs, {len(copy.getvalue())} bytes, H {heights['H']} high")


for path in sys.argv[1:]:
    check(path)
