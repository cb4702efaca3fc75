//! Sound from a spectrum in five parts, by one inverse short-time Fourier transform:
//!
//! S = e^lh · e^{iπ tanh θ} · E + e^ln · Z + e^lr · e^{iφ}
//!
//! E is the spectrum of a train of pulses at the voice's pitch, whose harmonics the first part makes loud
//! or quiet, as the vocal tract does to the folds' sound; Z is noise, which the second part shapes into
//! hisses; the third is whatever has a phase of its own.

use std::f64::consts::TAU;

use super::network::{BINS, PARTS};
use crate::{
    kernels::math::{exp, sin_cos, tanh},
    rng::{Purpose, Rng},
};

/// Samples a second.
pub const RATE: usize = 24_000;
/// Samples of a window.
pub const WINDOW: usize = 1200;
/// Samples from one frame to the next.
pub const HOP: usize = 300;

/// Frames a second.
pub const FRAME_RATE: usize = RATE / HOP;

/// A pitch below this is none.
const VOICED: f32 = 40.0;
/// No harmonic above this.
const HIGHEST: f32 = 11_000.0;

/// A number of the plane.
type Complex = [f32; 2];

fn times([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a * c - b * d, a * d + b * c]
}

/// The discrete Fourier transform of a fixed length, by its prime factors and fours (Cooley & Tukey 1965).
struct Fourier {
    factors: Vec<usize>,
    /// e^{−2πi k/n}.
    roots: Vec<Complex>,
}

impl Fourier {
    fn new(n: usize) -> Self {
        let (mut factors, mut rest) = (Vec::new(), n);
        for p in [4, 2, 3, 5] {
            while rest.is_multiple_of(p) {
                factors.push(p);
                rest /= p;
            }
        }
        if rest > 1 {
            factors.push(rest);
        }
        let root = |k: usize| {
            let angle = -TAU * k as f64 / n as f64;
            [angle.cos() as f32, angle.sin() as f32]
        };
        let roots = (0..n).map(root).collect();
        Self { factors, roots }
    }

    /// Of `input` into `out`.
    fn forward(&self, input: &[Complex], out: &mut [Complex]) {
        self.part(input, 1, out, 0);
    }

    /// Of every `stride`-th number of `input`.
    fn part(&self, input: &[Complex], stride: usize, out: &mut [Complex], depth: usize) {
        let Some(&p) = self.factors.get(depth) else {
            out[0] = input[0];
            return;
        };
        let m = out.len() / p;
        for (q, out) in out.chunks_mut(m).enumerate() {
            self.part(&input[q * stride..], stride * p, out, depth + 1);
        }
        let n = self.roots.len();
        let mut gathered = [[0.0; 2]; 8];
        for k in 0..m {
            for (q, g) in gathered[..p].iter_mut().enumerate() {
                *g = times(out[q * m + k], self.roots[q * k * stride]);
            }
            for r in 0..p {
                let mut sum = gathered[0];
                for (q, g) in gathered[..p].iter().enumerate().skip(1) {
                    let turned = times(*g, self.roots[q * r * (n / p) % n]);
                    sum = [sum[0] + turned[0], sum[1] + turned[1]];
                }
                out[r * m + k] = sum;
            }
        }
    }
}

/// Short-time Fourier transforms with Hann's window, and back.
pub struct Stft {
    fourier: Fourier,
    window: Vec<f32>,
}

impl Default for Stft {
    fn default() -> Self {
        let hann = |k: usize| (0.5 - 0.5 * (TAU * k as f64 / WINDOW as f64).cos()) as f32;
        Self {
            fourier: Fourier::new(WINDOW),
            window: (0..WINDOW).map(hann).collect(),
        }
    }
}

impl Stft {
    /// The spectrum of a sound at `frames` places, a row of [`BINS`] numbers of the plane for each; the
    /// sound goes on beyond its ends as in a mirror. Scaled so that a cosine of height 1 has 1.
    pub fn forward(&self, sound: &[f32], frames: usize) -> Vec<Complex> {
        let half = (WINDOW / 2) as isize;
        let last = sound.len() as isize - 1;
        let at = |place: isize| {
            let place = place.abs();
            let place = if place > last {
                2 * last - place
            } else {
                place
            };
            sound.get(place as usize).copied().unwrap_or(0.0)
        };
        let mut out = vec![[0.0; 2]; frames * BINS];
        let mut input = vec![[0.0; 2]; WINDOW];
        let mut both = input.clone();
        // Two frames at a time, one as real and one as imaginary numbers.
        for first in (0..frames).step_by(2) {
            for (k, (both, window)) in input.iter_mut().zip(&self.window).enumerate() {
                let place = (first * HOP + k) as isize - half;
                let w = window / HOP as f32;
                *both = [w * at(place), w * at(place + HOP as isize)];
            }
            self.fourier.forward(&input, &mut both);
            for k in 0..BINS {
                let ([a, b], [c, d]) = (both[k], both[(WINDOW - k) % WINDOW]);
                out[first * BINS + k] = [0.5 * (a + c), 0.5 * (b - d)];
                if first + 1 < frames {
                    out[(first + 1) * BINS + k] = [0.5 * (b + d), 0.5 * (c - a)];
                }
            }
        }
        out
    }

    /// The sound whose spectrum comes nearest to this one (Griffin & Lim 1984), [`HOP`] samples for each
    /// frame. Not scaled: it undoes a transform without the division by [`HOP`].
    pub fn inverse(&self, spectrum: &[Complex]) -> Vec<f32> {
        let frames = spectrum.len() / BINS;
        let mut sound = vec![0.0f32; (frames + 3) * HOP];
        let mut weight = vec![0.0f32; sound.len()];
        let mut input = vec![[0.0; 2]; WINDOW];
        let mut both = input.clone();
        let nothing = vec![[0.0; 2]; BINS];
        for first in (0..frames).step_by(2) {
            let one = &spectrum[first * BINS..][..BINS];
            let two = spectrum
                .get((first + 1) * BINS..)
                .filter(|s| s.len() >= BINS);
            let two = two.unwrap_or(&nothing);
            // Backwards is forwards with the numbers mirrored at the real axis.
            for k in 0..BINS {
                let (mut a, mut b) = (one[k], two[k]);
                if k == 0 || 2 * k == WINDOW {
                    (a[1], b[1]) = (0.0, 0.0);
                }
                input[k] = [a[0] - b[1], -(a[1] + b[0])];
                input[(WINDOW - k) % WINDOW] = [a[0] + b[1], a[1] - b[0]];
            }
            self.fourier.forward(&input, &mut both);
            for (k, ([re, im], w)) in both.iter().zip(&self.window).enumerate() {
                let place = first * HOP + k;
                sound[place] += w * re / WINDOW as f32;
                weight[place] += w * w;
                if first + 1 < frames {
                    sound[place + HOP] -= w * im / WINDOW as f32;
                    weight[place + HOP] += w * w;
                }
            }
        }
        let inside = WINDOW / 2..WINDOW / 2 + frames * HOP;
        let scaled = sound[inside.clone()].iter().zip(&weight[inside]);
        scaled.map(|(s, w)| s / w.max(1e-11)).collect()
    }
}

/// A train of pulses whose pitch follows a curve with a point for each frame: every harmonic below 11 kHz
/// at height 1, by Dirichlet's kernel Σ cos(h t) = sin((H + ½) t) / (2 sin(t/2)) − ½; nothing where there
/// is no pitch.
pub fn pulses(pitch: &[f32]) -> Vec<f32> {
    let mut out = Vec::with_capacity(pitch.len() * HOP);
    let mut phase = 0f64;
    let at = |frame: isize| {
        let frame = frame.clamp(0, pitch.len() as isize - 1);
        pitch.get(frame as usize).copied().unwrap_or(0.0)
    };
    for k in 0..pitch.len() * HOP {
        // Points lie in the middle of their frames.
        let place = (k as f32 % HOP as f32 + 0.5) / HOP as f32 - 0.5;
        let frame = (k / HOP) as isize - isize::from(place < 0.0);
        let t = if place < 0.0 { place + 1.0 } else { place };
        let hertz = at(frame) * (1.0 - t) + at(frame + 1) * t;
        let (voiced, hertz) = (hertz > VOICED, hertz.max(VOICED));
        phase = (phase + f64::from(hertz) / RATE as f64).fract();
        if !voiced {
            out.push(0.0);
            continue;
        }
        let angle = (phase * TAU) as f32;
        let sum = (HIGHEST / hertz).floor() + 0.5;
        let (below, _) = sin_cos(0.5 * angle);
        let near = (2.0 * below).abs() <= 2e-3;
        let kernel = if near {
            sum
        } else {
            sin_cos(sum * angle).0 / (2.0 * below)
        };
        out.push(kernel - 0.5);
    }
    out
}

/// A loudness from its logarithm.
fn loud(log: f32) -> f32 {
    exp(log.min(7.0))
}

/// The spectrum of the sound that a network's `parts` and its `pitch` ask for, with noise from `seed`, or
/// without where there is none.
pub fn spectrum(
    stft: &Stft,
    parts: &[f32],
    pitch: &[f32],
    seed: Option<(u64, u64)>,
) -> Vec<Complex> {
    let frames = parts.len() / (PARTS * BINS);
    let mut out = stft.forward(&pulses(&pitch[..frames.min(pitch.len())]), frames);
    let mut noise = seed.map(|(seed, step)| Rng::new(seed, Purpose::Sample, step));
    for (row, parts) in out.chunks_mut(BINS).zip(parts.chunks(PARTS * BINS)) {
        let part = |i: usize| &parts[i * BINS..(i + 1) * BINS];
        let z = noise.as_mut().map(|rng| rng.normal(2 * BINS));
        for (k, s) in row.iter_mut().enumerate() {
            let (sin, cos) = sin_cos(std::f32::consts::PI * tanh(part(1)[k]));
            let harmonic = loud(part(0)[k]);
            *s = times(*s, [harmonic * cos, harmonic * sin]);
            if let Some(z) = &z {
                let hiss = loud(part(2)[k]);
                *s = [s[0] + hiss * z[2 * k], s[1] + hiss * z[2 * k + 1]];
            }
            let (sin, cos) = sin_cos(part(4)[k].clamp(-1e3, 1e3));
            let rest = loud(part(3)[k]);
            *s = [s[0] + rest * cos, s[1] + rest * sin];
        }
    }
    out
}

/// Rows of a [`picture`].
pub const ROWS: usize = 80;

/// Where a band begins, counted from the lowest: as wide as the ear hears them (the mel scale), up to 8 kHz.
fn hertz(band: f32) -> f32 {
    let top = (1.0 + 8000.0f32 / 700.0).ln();
    700.0 * ((band / ROWS as f32 * top).exp() - 1.0)
}

/// The middle of each band of a [`picture`], from the highest on.
pub fn bands() -> Vec<f32> {
    (0..ROWS)
        .rev()
        .map(|band| hertz(band as f32 + 0.5))
        .collect()
}

/// How loud each of [`ROWS`] bands is in each frame, row after row from the highest: 0 for silence, 255 for
/// the loudest, 70 dB from end to end.
pub fn picture(spectrum: &[Complex]) -> Vec<u8> {
    let frames = spectrum.len() / BINS;
    let bin = |row: usize| hertz(row as f32) * WINDOW as f32 / RATE as f32;
    let mut out = vec![0; ROWS * frames];
    for (frame, row) in spectrum.chunks(BINS).enumerate() {
        for band in 0..ROWS {
            let (from, to) = (bin(band), bin(band + 1));
            let from = (from.round() as usize).min(BINS - 1);
            let to = (to.round() as usize).clamp(from + 1, BINS);
            let power = row[from..to].iter().map(|[a, b]| a * a + b * b);
            let power = power.sum::<f32>() / (to - from) as f32;
            let decibels = 10.0 * (power + 1e-12).log10();
            // A voice's loudest bands lie near 30 dB on this scale.
            let level = (decibels + 40.0) / 70.0 * 255.0;
            out[(ROWS - 1 - band) * frames + frame] = level.clamp(0.0, 255.0) as u8;
        }
    }
    out
}

/// A sound as a file: 16 bits, one channel.
pub fn wav(sound: &[f32]) -> Vec<u8> {
    let bytes = 2 * sound.len() as u32;
    let mut out = Vec::with_capacity(44 + bytes as usize);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + bytes).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&(RATE as u32).to_le_bytes());
    out.extend_from_slice(&(2 * RATE as u32).to_le_bytes());
    out.extend_from_slice(b"\x02\0\x10\0data");
    out.extend_from_slice(&bytes.to_le_bytes());
    out.extend_from_slice(&samples(sound));
    out
}

/// Samples of 16 bits, the low byte first.
pub fn samples(sound: &[f32]) -> Vec<u8> {
    let one = |v: &f32| ((v.clamp(-1.0, 1.0) * 32767.0).round() as i16).to_le_bytes();
    sound.iter().flat_map(one).collect()
}
