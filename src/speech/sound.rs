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
    kernels::{
        math::{sin_cos, tanh},
        stft::{Complex, Stft, add_loud, add_turned, turn},
    },
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
/// The largest logarithm of a loudness.
const LOUDEST: f32 = 7.0;
/// No harmonic above this.
const HIGHEST: f32 = 11_000.0;

/// The transform of windows and hops of these lengths.
pub fn stft() -> Stft {
    Stft::new(WINDOW, HOP)
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
    let mut angles = vec![0.0; BINS];
    let mut noise = seed.map(|(seed, step)| Rng::new(seed, Purpose::Sample, step));
    for (row, parts) in out.chunks_mut(BINS).zip(parts.chunks(PARTS * BINS)) {
        let part = |i: usize| &parts[i * BINS..(i + 1) * BINS];
        let z = noise.as_mut().map(|rng| rng.normal(2 * BINS));
        for (angle, theta) in angles.iter_mut().zip(part(1)) {
            *angle = std::f32::consts::PI * tanh(*theta);
        }
        turn(row, part(0), &angles, LOUDEST);
        if let Some(z) = &z {
            add_loud(row, part(2), z, LOUDEST);
        }
        for (angle, phi) in angles.iter_mut().zip(part(4)) {
            *angle = phi.clamp(-1e3, 1e3);
        }
        add_turned(row, part(3), &angles, LOUDEST);
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

/// A sound of [`RATE`] samples a second as a file.
pub fn wav(sound: &[f32]) -> Vec<u8> {
    wav_at(sound, RATE)
}

/// A sound of so many samples a second as a file: 16 bits, one channel.
pub fn wav_at(sound: &[f32], rate: usize) -> Vec<u8> {
    let bytes = 2 * sound.len() as u32;
    let mut out = Vec::with_capacity(44 + bytes as usize);
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + bytes).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&(rate as u32).to_le_bytes());
    out.extend_from_slice(&(2 * rate as u32).to_le_bytes());
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
