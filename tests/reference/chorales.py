"""What music21 reads in its four-part chorales, as a reference for the reader in src/data/chorales/.

    pip install music21==10.5.1
    python tests/reference/chorales.py [CELLS.json]

Writes tests/reference/chorales.json: of each chorale in four parts the length in sixteenths, the notes of each part, and
a hash of each part on the grid. A cell of the grid is what sounds when the sixteenth begins: 0 for a rest, the pitch
in MIDI plus 128 where a note begins, the pitch alone where it goes on. What is not on the grid is counted. The cells
themselves are written to CELLS.json, if that is named (recipes/chorales/split.py reads it).
"""

import hashlib
import json
import math
import sys
from fractions import Fraction
from pathlib import Path

import music21

corpus = Path(music21.__file__).parent / "corpus" / "bach"
out, all_cells = {}, {}
for path in sorted(corpus.glob("*.mxl")):
    score = music21.converter.parse(path, forceSource=True)
    if len(score.parts) != 4:
        continue
    voices, notes, off_grid, grace, cells = [], [], 0, 0, []
    last = max(Fraction(part.highestTime) for part in score.parts)
    length = math.ceil(last * 4)
    for part in score.parts:
        grid = [0] * length
        count = 0
        for note in part.stripTies().flatten().notes:
            if note.duration.isGrace:
                grace += 1
                continue
            count += 1
            start, end = Fraction(note.offset) * 4, (Fraction(note.offset) + Fraction(note.quarterLength)) * 4
            if start.denominator != 1 or end.denominator != 1:
                off_grid += 1
            inside = range(math.ceil(start), math.ceil(end))
            for i in inside:
                grid[i] = note.pitch.midi + (128 if i == inside[0] else 0)
        notes.append(count)
        cells.append(grid)
        voices.append(hashlib.sha256(bytes(grid)).hexdigest()[:16])
    out[path.stem] = {"length": length, "notes": notes, "offGrid": off_grid, "grace": grace, "voices": voices}
    all_cells[path.stem] = cells
    print(path.stem, length, notes, off_grid, grace, flush=True)

folder = Path(__file__).parent
rows = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in out.items()]
(folder / "chorales.json").write_text("{\n" + ",\n".join(rows) + "\n}\n")
if len(sys.argv) > 1:
    Path(sys.argv[1]).write_text(json.dumps(all_cells))
print(len(out), "chorales in four parts")
