//! Recordings of any length and rate as one second.

use std::f32::consts::PI;

use super::{HOP, RATE};
use crate::error::{Error, Result};

/// The longest recording that is taken, seconds.
pub const LONGEST: usize = 20;
/// Zero crossings of the kernel on each side.
const CROSSINGS: f32 = 16.0;
/// The share of what can be heard at a rate that is kept of it, so that nothing is mirrored at its end.
const KEPT: f32 = 0.95;
/// A recording that is nowhere louder is silent.
const SILENT: f32 = 1e-3;
/// Seconds that hold nearly as much of the sound as the best do are as good.
const NEARLY: f64 = 0.99;

/// A sound at another rate, by a sinc under Hann's window.
///
/// # Errors
/// [`Error::BadSound`] for rates that no recording has, and for one that is too long.
pub fn resampled(sound: &[f32], from: f32, to: f32) -> Result<Vec<f32>> {
    let rates = 1000.0..=400_000.0;
    if !rates.contains(&from) || !rates.contains(&to) {
        return bad(format!("it has {from} samples a second"));
    }
    if sound.len() as f32 > LONGEST as f32 * from {
        return bad(format!("it is longer than {LONGEST} seconds"));
    }
    let cutoff = KEPT * (to / from).min(1.0);
    let reach = CROSSINGS / cutoff;
    let value = |i: usize| -> f32 {
        let centre = i as f64 * f64::from(from) / f64::from(to);
        let first = (centre - f64::from(reach)).ceil().max(0.0) as usize;
        let last = ((centre + f64::from(reach)).floor() as usize).min(sound.len() - 1);
        let weighed = (first..=last).map(|k| {
            let d = (k as f64 - centre) as f32;
            let x = PI * cutoff * d;
            let sinc = if x.abs() < 1e-4 { 1.0 } else { x.sin() / x };
            sound[k] * cutoff * sinc * (0.5 + 0.5 * (PI * d / reach).cos())
        });
        weighed.sum()
    };
    let length = (sound.len() as f64 * f64::from(to) / f64::from(from)) as usize;
    Ok((0..length).map(value).collect())
}

/// The loudest second of a recording of [`RATE`] samples a second, what is heard of it in its middle; a shorter one has
/// silence about it.
///
/// # Errors
/// [`Error::BadSound`] if nothing is heard.
pub fn one_second(sound: &[f32]) -> Result<Vec<f32>> {
    let peak = sound.iter().fold(0f32, |peak, v| peak.max(v.abs()));
    if !peak.is_finite() {
        return bad("a sample of it is not a number".into());
    }
    if peak < SILENT {
        return bad("nothing is heard in it".into());
    }
    // Loudness added up, hop by hop.
    let mut sums = vec![0f64];
    for part in sound.chunks(HOP) {
        let loud: f64 = part.iter().map(|v| f64::from(*v).powi(2)).sum();
        sums.push(sums.last().copied().unwrap_or(0.0) + loud);
    }
    let hops = (RATE / HOP) as isize;
    let last = sums.len() as isize - 1;
    let until = |hop: isize| sums[hop.clamp(0, last) as usize];
    let within = |start: isize| until(start + hops) - until(start);
    let starts = -hops..=last;
    let best = starts.clone().map(within).fold(0.0, f64::max);
    let good = |start: &isize| within(*start) >= NEARLY * best;
    let first = starts.clone().find(good).unwrap_or(0);
    let behind = (first..=last).take_while(good).last().unwrap_or(first);
    let start = (first + behind).div_euclid(2) * HOP as isize;
    let sample = |i: isize| usize::try_from(start + i).ok().and_then(|i| sound.get(i));
    Ok((0..RATE as isize)
        .map(|i| sample(i).copied().unwrap_or(0.0))
        .collect())
}

pub(super) fn bad<T>(reason: String) -> Result<T> {
    Err(Error::BadSound { reason })
}
