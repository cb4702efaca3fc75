#!/usr/bin/env python3
"""What SciPy and numpy make of a second of sound, for tests/spoken.rs to compare with.

    python3 tests/reference/spectrogram.py        (SciPy >= 1.11)

writes  spectrogram.json    mel filters, parts of the short-time transform and the picture of a sound by a formula

Everything is in double precision and goes by the formulas at the top of src/data/sound/mod.rs, not by its code: the
transform is scipy.signal.stft's, filters are interpolated between their corners by numpy.
"""
import json
from pathlib import Path

import numpy as np
from scipy import signal

RATE, WINDOW, HOP, FRAMES, BANDS, LOW, HIGH, DECIBELS = 8000, 500, 125, 64, 32, 40.0, 4000.0, 60.0


def sound():
    """A rising and a falling tone, and one that stays; louder in the middle."""
    t = np.arange(RATE) / RATE
    tones = (0.5 * np.sin(2 * np.pi * (200 * t + 300 * t**2)) + 0.25 * np.sin(2 * np.pi * (3000 * t - 900 * t**2))
             + 0.1 * np.sin(2 * np.pi * 1234.5 * t))
    return tones * np.sin(np.pi * t)


def filters():
    mel = lambda f: 1127 * np.log(1 + f / 700)
    corners = 700 * (np.exp(np.linspace(mel(LOW), mel(HIGH), BANDS + 2) / 1127) - 1)
    bins = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    rows = [np.interp(bins, corners[b:b + 3], [0, 1, 0], left=0, right=0) for b in range(BANDS)]
    return np.array([row / row.sum() for row in rows])


x = sound()
hann = signal.get_window("hann", WINDOW, fftbins=True)
_, _, spectrum = signal.stft(np.pad(x, WINDOW // 2, mode="reflect"), window=hann, nperseg=WINDOW, noverlap=WINDOW - HOP,
                             boundary=None, padded=False)
spectrum = (spectrum * hann.sum() / HOP).T[:FRAMES]  # scipy divides by the sum of the window
bank = filters()
bands = np.abs(spectrum) @ bank.T
image = np.maximum(0, 1 + 20 * np.log10(bands / bands.max()) / DECIBELS).T[::-1]

frames = [0, 1, 17, 40, 63]
bins = [0, 1, 13, 77, 120, 200, 250]
out = {
    "filters": [[[b, int(k), round(float(bank[b, k]), 9)] for k in np.flatnonzero(bank[b])] for b in (0, 1, 9, 20, 31)],
    "spectrum": [[f, k, round(float(spectrum[f, k].real), 7), round(float(spectrum[f, k].imag), 7)]
                 for f in frames for k in bins],
    "loudest": round(float(bands.max()), 7),
    "image": [round(float(v), 6) for v in image.ravel()],
}
path = Path(__file__).with_name("spectrogram.json")
path.write_text(json.dumps(out, separators=(",", ":")) + "\n")
print(f"{path.name}: {path.stat().st_size} bytes, picture from {image.min():.2f} to {image.max():.2f}")
