//! A second of sound as an image, and sound out of such an image again.
//!
//! The image is a **mel spectrogram**: of every 1/64 of a second how loud 32 bands of frequency are, narrow below and
//! wide above, as the ear hears them (Stevens, Volkmann & Newman 1937; the formula is that of the HTK book, m = 1127
//! ln(1 + f/700)). With x the sound, w Hann's window of N samples, H the hop and F_bk the triangular filters,
//!
//! ```text
//! X_tk = Σ_n w_n x_{tH+n} e^{−2πi kn/N},    M_bt = Σ_k F_bk |X_tk|,    v_bt = max(0, 1 + 20 log₁₀(M_bt / max M) / 60)
//! ```
//!
//! so that 1 is the loudest of the second and 0 what lies 60 dB below it. The way back is a guess twice over: the
//! magnitudes |X| ≥ 0 are those whose bands come nearest (multiplicative updates, Lee & Seung 2001), and the phase,
//! which no spectrogram has, is found by [`phase::found`].

pub mod cut;
pub mod own;
pub mod phase;
#[cfg(not(target_family = "wasm"))]
pub mod recordings;
pub mod wav;

use std::f32::consts::PI;

use super::{DataInfo, pictures::PREFIX};
use crate::kernels::stft::Stft;

/// Name of the set of spoken digits.
pub const NAME: &str = "spoken-digits";
/// Samples a second.
pub const RATE: usize = 8000;
/// Samples of a window.
pub const WINDOW: usize = 500;
/// Samples from one frame to the next.
pub const HOP: usize = 125;
/// Frames of an image, its columns: one second.
pub const FRAMES: usize = RATE / HOP;
/// Bands of an image, its rows, the highest first.
pub const BANDS: usize = 32;
/// Channels, rows and columns of an image.
pub const SHAPE: [usize; 3] = [1, BANDS, FRAMES];

/// Where the lowest band begins and the highest ends, Hz.
const RANGE: [f32; 2] = [40.0, 4000.0];
/// Decibels from black to white.
const DECIBELS: f32 = 60.0;
/// Rounds in which magnitudes are found that fit the bands.
const FITS: usize = 60;
/// The peak of a sound that is made.
const PEAK: f32 = 0.9;
/// What is fainter than this everywhere is silence.
const FAINT: f32 = 1e-7;

/// Whether the images of this data are sounds: spoken digits, or a reader's recordings.
pub fn is_sound(info: &DataInfo) -> bool {
    let own = info.name.starts_with(PREFIX) && info.options["sounds"] == true;
    own || info.name == NAME
}

/// A band: how much of each frequency it takes, from one on.
struct Filter {
    first: usize,
    weights: Vec<f32>,
}

fn mel(hertz: f32) -> f32 {
    1127.0 * (1.0 + hertz / 700.0).ln()
}

fn hertz(mel: f32) -> f32 {
    700.0 * ((mel / 1127.0).exp() - 1.0)
}

/// Triangles whose corners lie evenly on the mel scale; each adds up to one.
fn filters() -> Vec<Filter> {
    let [low, high] = RANGE.map(mel);
    let corner = |i: usize| hertz(low + (high - low) * i as f32 / (BANDS + 1) as f32);
    let at = |bin: usize| bin as f32 * RATE as f32 / WINDOW as f32;
    let filter = |band: usize| {
        let [left, middle, right] = [0, 1, 2].map(|i| corner(band + i));
        let height = |bin: usize| {
            let f = at(bin);
            ((f - left) / (middle - left)).min((right - f) / (right - middle))
        };
        let first = (0..=WINDOW / 2).find(|&bin| height(bin) > 0.0).unwrap_or(0);
        let weights = (first..=WINDOW / 2).map(height).take_while(|&h| h > 0.0);
        let weights: Vec<f32> = weights.collect();
        let sum: f32 = weights.iter().sum();
        Filter {
            first,
            weights: weights
                .iter()
                .map(|w| w / sum.max(f32::MIN_POSITIVE))
                .collect(),
        }
    };
    (0..BANDS).map(filter).collect()
}

/// Makes images of sounds, and sounds of images.
pub struct Ear {
    stft: Stft,
    filters: Vec<Filter>,
}

impl Default for Ear {
    fn default() -> Self {
        Self {
            stft: Stft::new(WINDOW, HOP),
            filters: filters(),
        }
    }
}

impl Ear {
    /// The transform.
    pub fn stft(&self) -> &Stft {
        &self.stft
    }

    /// What band `band`, counted from the lowest, takes of each frequency.
    pub fn filter(&self, band: usize) -> Vec<f32> {
        let mut out = vec![0.0; self.stft.bins()];
        if let Some(filter) = self.filters.get(band) {
            let places = out[filter.first..].iter_mut();
            places.zip(&filter.weights).for_each(|(out, w)| *out = *w);
        }
        out
    }

    /// Bands of magnitudes, frame by frame.
    fn bands(&self, magnitudes: &[f32]) -> Vec<f32> {
        let frames = magnitudes.chunks_exact(self.stft.bins());
        let band = |frame: &[f32], filter: &Filter| -> f32 {
            let part = frame[filter.first..].iter().zip(&filter.weights);
            part.map(|(m, w)| m * w).sum()
        };
        frames
            .flat_map(|frame| self.filters.iter().map(move |filter| band(frame, filter)))
            .collect()
    }

    /// Magnitudes of which each is the sum of what the bands that take it give back.
    fn spread(&self, bands: &[f32]) -> Vec<f32> {
        let bins = self.stft.bins();
        let mut out = vec![0.0; bands.len() / BANDS * bins];
        for (frame, bands) in out.chunks_exact_mut(bins).zip(bands.chunks_exact(BANDS)) {
            for (filter, band) in self.filters.iter().zip(bands) {
                let part = frame[filter.first..].iter_mut().zip(&filter.weights);
                part.for_each(|(out, w)| *out += w * band);
            }
        }
        out
    }

    /// The image of a sound of [`RATE`] samples: [`BANDS`] rows from the highest band, values in [0, 1]. Silence is
    /// black.
    pub fn image(&self, sound: &[f32]) -> Vec<f32> {
        let spectrum = self.stft.forward(sound, FRAMES);
        let magnitudes: Vec<f32> = spectrum.iter().map(|[a, b]| a.hypot(*b)).collect();
        let bands = self.bands(&magnitudes);
        let loudest = bands.iter().copied().fold(0.0, f32::max);
        let value = |m: f32| match loudest > FAINT {
            true => (1.0 + 20.0 / DECIBELS * (m / loudest).max(1e-9).log10()).max(0.0),
            false => 0.0,
        };
        let place = |i: usize| (i % FRAMES) * BANDS + (BANDS - 1 - i / FRAMES);
        (0..BANDS * FRAMES)
            .map(|i| value(bands[place(i)]))
            .collect()
    }

    /// Magnitudes that an image may have come from, frame by frame; its loudest band has 1.
    pub fn magnitudes(&self, image: &[f32]) -> Vec<f32> {
        let level = |i: usize| {
            let (frame, band) = (i / BANDS, i % BANDS);
            let v = image.get((BANDS - 1 - band) * FRAMES + frame).copied();
            // Also what is not a number is silence.
            match v.unwrap_or(0.0) {
                v if v > 0.0 => 10f32.powf((v.min(1.0) - 1.0) * DECIBELS / 20.0),
                _ => 0.0,
            }
        };
        let wanted: Vec<f32> = (0..BANDS * FRAMES).map(level).collect();
        let numerators = self.spread(&wanted);
        let mut out = numerators.clone();
        for _ in 0..FITS {
            let reached = self.spread(&self.bands(&out));
            let pairs = numerators.iter().zip(&reached);
            let moved = out.iter_mut().zip(pairs);
            moved.for_each(|(x, (want, got))| *x *= want / got.max(1e-12));
        }
        out
    }

    /// The sound of an image, one second at most 0.9 high; nothing but noughts for a black one. The phase begins
    /// with noise of `seed`.
    pub fn sound(&self, image: &[f32], rounds: usize, seed: u64) -> Vec<f32> {
        let magnitudes = self.magnitudes(image);
        let (mut sound, _) = phase::found(&self.stft, HOP, &magnitudes, rounds, phase::FAST, seed);
        let peak = sound.iter().fold(0f32, |peak, v| peak.max(v.abs()));
        let scale = if peak > FAINT { PEAK / peak } else { 0.0 };
        // Neither end clicks.
        let fade = RATE / 200;
        let last = sound.len().saturating_sub(1);
        for (i, v) in sound.iter_mut().enumerate() {
            let edge = (i.min(last - i) as f32 / fade as f32).min(1.0);
            *v *= scale * (0.5 - 0.5 * (PI * edge).cos());
        }
        sound
    }
}
