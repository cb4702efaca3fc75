"""What the Groove MIDI Dataset holds on a grid of sixteenths, read by nothing but Python's standard library.

    python3 tests/reference/grooves.py FOLDER > tests/reference/grooves.json

FOLDER is the unpacked archive (info.csv and the folders of the drummers). The reduction to nine drums is that of
Gillick, Roberts, Engel, Eck & Bamman 2019, "Learning to Groove with Inverse Sequence Transformations",
arXiv:1905.06118. For each beat in 4/4: its sixteenths, its hits, and the first eight bytes of a SHA-256 of
(sixteenth, drum, velocity class, offset class) of each hit, as little-endian u16 and three bytes. Of what is learned
from the first 128 bars of a performance count.
"""

import csv
import hashlib
import json
import struct
import sys
from pathlib import Path

DRUMS = {
    0: [36],
    1: [38, 40, 37],
    2: [42, 22, 44],
    3: [46, 26],
    4: [43, 58],
    5: [47, 45],
    6: [50, 48],
    7: [49, 55, 57, 52],
    8: [51, 59, 53],
}
OF = {key: drum for drum, keys in DRUMS.items() for key in keys}


def events(data):
    """Quarter's ticks, and (tick, key, velocity) of each note that begins."""
    assert data[:4] == b"MThd"
    length, _, tracks, quarter = struct.unpack(">IHHH", data[4:14])
    at, out = 8 + length, []
    for _ in range(tracks):
        assert data[at : at + 4] == b"MTrk"
        (size,) = struct.unpack(">I", data[at + 4 : at + 8])
        i, end = at + 8, at + 8 + size
        at, now, status = end, 0, 0

        def number():
            nonlocal i
            value = 0
            while True:
                byte = data[i]
                i += 1
                value = value << 7 | byte & 127
                if byte < 128:
                    return value

        while i < end:
            now += number()
            if data[i] >= 128:
                status = data[i]
                i += 1
            if status == 0xFF:
                i += 1
                size = number()
                i += size
            elif status in (0xF0, 0xF7):
                size = number()
                i += size
            else:
                wide = 1 if status >> 4 in (0xC, 0xD) else 2
                if status >> 4 == 9 and data[i + 1] > 0:
                    out.append((now, data[i], data[i + 1]))
                i += wide
    return quarter, out


def hits(data):
    quarter, notes = events(data)
    found = {}
    for tick, key, velocity in notes:
        if key not in OF:
            continue
        # 480 ticks to the quarter, so 120 to the sixteenth.
        tick = tick * 480 // quarter
        step = (tick + 60) // 120
        offset = (tick - 120 * step + 60) // 8
        cell = (step, OF[key])
        if cell not in found or found[cell][0] < velocity:
            found[cell] = (velocity, offset)
    return [(step, drum, v // 16, o) for (step, drum), (v, o) in sorted(found.items())]


def main(folder):
    out = {}
    for row in csv.DictReader((folder / "info.csv").open()):
        if row["beat_type"] != "beat" or row["time_signature"] != "4-4":
            continue
        all_hits = hits((folder / row["midi_filename"]).read_bytes())
        steps = -(-(all_hits[-1][0] + 1) // 16) * 16 if all_hits else 0
        if row["split"] == "train":
            steps = min(steps, 128 * 16)
            all_hits = [hit for hit in all_hits if hit[0] < steps]
        digest = hashlib.sha256(b"".join(struct.pack("<HBBB", *hit) for hit in all_hits))
        out[row["id"]] = {
            "split": row["split"],
            "style": row["style"].split("/")[0],
            "tempo": int(row["bpm"]),
            "steps": steps,
            "hits": len(all_hits),
            "hash": digest.hexdigest()[:16],
        }
    lines = [f"{json.dumps(name)}: {json.dumps(out[name])}" for name in sorted(out)]
    print("{", ",\n".join(lines), "}", sep="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
