//! A melody that was hummed or sung.
//!
//! Pitch is found every hundredth of a second by YIN (de Cheveigné & Kawahara 2002, JASA 111:1917): of all lags τ the
//! first at which the sound is like itself,
//!
//! ```text
//! d(τ) = Σⱼ (xⱼ − xⱼ₊τ)²        d′(τ) = d(τ) · τ / Σ_{k ≤ τ} d(k)        d′(τ) < 0.15
//! ```
//!
//! The notes are the likeliest sequence of semitones and silence behind it (Viterbi 1967), so that vibrato and glides
//! do not count, and are struck again where the voice becomes softer. Nobody hums at 440 Hz or by a metronome: the
//! tuning is the mean of what is left over of semitones, the tempo the one whose eighths the notes begin on.

use std::f32::consts::TAU;

use super::{
    RollInput, VOICES,
    midi::{Sounding, TEMPO, on_grid},
};
use crate::{
    data::sound::{cut::resampled, wav},
    error::{Error, Result},
};

/// Samples a second that are looked at.
const RATE: f32 = 16_000.0;
/// Samples from one look to the next: a hundredth of a second.
const HOP: usize = 160;
/// Samples that are compared with what comes a lag later.
const WINDOW: usize = 512;
/// Lags: 1000 to 70 Hz.
const SHORTEST: usize = 16;
const LONGEST: usize = 228;
/// How unlike itself a voice may be (step 4 of the paper says 0.1 to 0.15).
const UNLIKE: f32 = 0.15;
/// What is this much softer than the loud parts is silence.
const SOFT: f32 = 0.05;
/// The lowest semitone, in MIDI, and how many there are.
const LOWEST: usize = 33;
const SEMITONES: usize = 56;
/// Costs of the sequence: of another note or silence, of a look off by a semitone (the square), at most, of a look
/// without a pitch within a note, and of a pitch within silence.
const CHANGE: f32 = 6.0;
const OFF: f32 = 3.0;
const MOST_OFF: f32 = 5.0;
const UNVOICED: f32 = 1.5;
const VOICED: f32 = 2.0;
/// Looks of the shortest note.
const SHORT: usize = 7;
/// A note is struck again where it was softer than this share of what is loud before and after.
const DIP: f32 = 0.4;
/// Looks before and after.
const ROUND: usize = 30;
/// Where a soprano is at home.
const HOME: f32 = 70.0;

/// What is heard in a hundredth of a second.
#[derive(Debug, Clone, Copy)]
struct Look {
    /// In semitones, as MIDI counts them; nothing where there is none.
    pitch: Option<f32>,
    /// Root of the mean square.
    loud: f32,
}

/// A note by the looks that it lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sung {
    from: usize,
    to: usize,
    pitch: usize,
}

/// The melody of a WAV file as the highest of four voices, on a grid of sixteenths in 4/4, in the octave of a soprano.
///
/// # Errors
/// [`Error::BadSound`] for what is no such file, [`Error::NotHummed`].
pub fn read(file: &[u8]) -> Result<RollInput> {
    let (rate, sound) = wav::read(file)?;
    if sound.is_empty() {
        return silent();
    }
    let looks = looks(&resampled(&sound, rate as f32, RATE)?);
    let notes = notes(&looks);
    if notes.is_empty() {
        return silent();
    }
    Ok(written(&notes))
}

fn silent<T>() -> Result<T> {
    Err(Error::NotHummed)
}

fn looks(sound: &[f32]) -> Vec<Look> {
    let count = sound.len().saturating_sub(WINDOW + LONGEST) / HOP;
    let mut all: Vec<Look> = (0..count)
        .map(|i| {
            let here = &sound[i * HOP..i * HOP + WINDOW + LONGEST];
            let power = here.iter().map(|x| x * x).sum::<f32>() / here.len() as f32;
            Look {
                pitch: pitch(here),
                loud: power.sqrt(),
            }
        })
        .collect();
    let mut louds: Vec<f32> = all.iter().map(|look| look.loud).collect();
    louds.sort_by(f32::total_cmp);
    let loud = louds.get(louds.len() * 9 / 10).copied().unwrap_or(0.0);
    for look in &mut all {
        if look.loud <= SOFT * loud {
            look.pitch = None;
        }
    }
    all
}

/// Steps 2 to 5 of the paper.
fn pitch(x: &[f32]) -> Option<f32> {
    let mut unlike = [1.0f32; LONGEST + 1];
    let mut sum = 0.0;
    for lag in 1..=LONGEST {
        let pairs = x[..WINDOW].iter().zip(&x[lag..]);
        let d: f32 = pairs.map(|(a, b)| (a - b) * (a - b)).sum();
        sum += d;
        unlike[lag] = if sum > 0.0 { d * lag as f32 / sum } else { 1.0 };
    }
    let mut lag = (SHORTEST..LONGEST).find(|&lag| unlike[lag] < UNLIKE)?;
    while lag + 1 < LONGEST && unlike[lag + 1] < unlike[lag] {
        lag += 1;
    }
    // The lowest point of the parabola through three.
    let [a, b, c] = [unlike[lag - 1], unlike[lag], unlike[lag + 1]];
    let bend = a - 2.0 * b + c;
    let by = if bend > 0.0 {
        0.5 * (a - c) / bend
    } else {
        0.0
    };
    let hertz = RATE / (lag as f32 + by.clamp(-0.5, 0.5));
    Some(69.0 + 12.0 * (hertz / 440.0).log2())
}

/// How much higher than 440 Hz is meant all is, in semitones from −½ to ½.
fn tuning(looks: &[Look]) -> f32 {
    let pitches = looks.iter().filter_map(|look| look.pitch);
    let (sin, cos) = pitches.fold((0.0, 0.0), |(sin, cos), pitch| {
        let (s, c) = (TAU * pitch).sin_cos();
        (sin + s, cos + c)
    });
    sin.atan2(cos) / TAU
}

/// For each look its semitone, from [`LOWEST`] on, or nothing: the cheapest sequence.
fn sequence(looks: &[Look]) -> Vec<Option<usize>> {
    const SILENCE: usize = SEMITONES;
    let tuning = tuning(looks);
    let cost = |look: &Look, state: usize| match (look.pitch, state) {
        (None, SILENCE) => 0.0,
        (None, _) => UNVOICED,
        (Some(_), SILENCE) => VOICED,
        (Some(pitch), state) => {
            let off = pitch - tuning - (LOWEST + state) as f32;
            (OFF * off * off).min(MOST_OFF)
        }
    };
    let mut costs = [CHANGE; SEMITONES + 1];
    costs[SILENCE] = 0.0;
    let mut before: Vec<[u8; SEMITONES + 1]> = Vec::with_capacity(looks.len());
    for look in looks {
        let best = (0..costs.len()).min_by(|&a, &b| costs[a].total_cmp(&costs[b]));
        let best = best.unwrap_or(SILENCE);
        let from = std::array::from_fn(|state| match costs[best] + CHANGE < costs[state] {
            true => best as u8,
            false => state as u8,
        });
        costs =
            std::array::from_fn(|state| costs[state].min(costs[best] + CHANGE) + cost(look, state));
        before.push(from);
    }
    let last = (0..costs.len()).min_by(|&a, &b| costs[a].total_cmp(&costs[b]));
    let mut state = last.unwrap_or(SILENCE);
    let mut states: Vec<Option<usize>> = before
        .iter()
        .rev()
        .map(|from| {
            let here = (state != SILENCE).then_some(state + LOWEST);
            state = usize::from(from[state]);
            here
        })
        .collect();
    states.reverse();
    states
}

fn notes(looks: &[Look]) -> Vec<Sung> {
    let mut notes: Vec<Sung> = Vec::new();
    let mut from = 0;
    for run in sequence(looks).chunk_by(|a, b| a == b) {
        let to = from + run.len();
        if let Some(pitch) = run[0] {
            let mut begin = from;
            for i in from + SHORT..to.saturating_sub(SHORT) {
                if i - begin >= SHORT && is_dip(looks, i, [from, to]) {
                    notes.push(Sung {
                        from: begin,
                        to: i,
                        pitch,
                    });
                    begin = i;
                }
            }
            notes.push(Sung {
                from: begin,
                to,
                pitch,
            });
        }
        from = to;
    }
    notes.retain(|note| note.to - note.from >= SHORT);
    notes
}

/// Whether it is softest here, and louder before and after, within a run.
fn is_dip(looks: &[Look], i: usize, [from, to]: [usize; 2]) -> bool {
    let here = looks[i].loud;
    let near = &looks[i.saturating_sub(SHORT / 2).max(from)..(i + SHORT / 2 + 1).min(to)];
    let loudest = |part: &[Look]| part.iter().fold(0.0f32, |most, look| most.max(look.loud));
    let (before, after) = (
        loudest(&looks[i.saturating_sub(ROUND).max(from)..i]),
        loudest(&looks[i..(i + ROUND).min(to)]),
    );
    near.iter().all(|look| look.loud >= here) && here < DIP * before.min(after)
}

/// Quarters a minute, and when an eighth begins, in seconds.
fn beat(onsets: &[f32]) -> (u32, f32) {
    let mut between: Vec<f32> = onsets.windows(2).map(|pair| pair[1] - pair[0]).collect();
    between.sort_by(f32::total_cmp);
    let (Some(&usual), true) = (between.get(between.len() / 2), onsets.len() > 3) else {
        return (TEMPO, onsets.first().copied().unwrap_or(0.0));
    };
    let (mut best, mut found) = (-1.0, (TEMPO, 0.0));
    for tempo in 50..=140u32 {
        let eighth = 30.0 / tempo as f32;
        let (sin, cos) = onsets.iter().fold((0.0, 0.0), |(sin, cos), onset| {
            let (s, c) = (TAU * onset / eighth).sin_cos();
            (sin + s, cos + c)
        });
        // A hymn goes in quarters, and at no unusual tempo.
        let off = |ratio: f32, by: f32| (-0.5 * (ratio.log2() / by).powi(2)).exp();
        let likely = off(usual / (2.0 * eighth), 0.6) * off(tempo as f32 / TEMPO as f32, 0.7);
        let strength = sin.hypot(cos) / onsets.len() as f32 * likely;
        if strength > best {
            best = strength;
            found = (tempo, sin.atan2(cos) / TAU * eighth);
        }
    }
    found
}

fn written(notes: &[Sung]) -> RollInput {
    let seconds = |look: usize| look as f32 * HOP as f32 / RATE;
    let onsets: Vec<f32> = notes.iter().map(|note| seconds(note.from)).collect();
    let (tempo, begin) = beat(&onsets);
    let step = 15.0 / tempo as f32;
    let on = |time: f32| ((time - begin) / step).round() as i64;
    // The first note begins with an eighth, at the beginning.
    let first = onsets.first().map_or(0, |&onset| on(onset)) & !1;
    let at = |time: f32| (on(time) - first).max(0) as u64;
    let mut pitches: Vec<usize> = notes.iter().map(|note| note.pitch).collect();
    pitches.sort_unstable();
    let octaves = ((HOME - pitches[pitches.len() / 2] as f32) / 12.0).round() as i32;
    let line = notes.iter().enumerate().map(|(i, note)| {
        let (from, end) = (at(onsets[i]), at(seconds(note.to)));
        // Breath shorter than an eighth is no rest.
        let next = onsets.get(i + 1).map(|&onset| at(onset));
        let to = next.filter(|&next| next < end + 2).unwrap_or(end);
        Sounding {
            from,
            to: to.max(from + 1),
            pitch: (note.pitch as i32 + 12 * octaves).clamp(0, 127) as u8,
        }
    });
    let mut lines = vec![line.collect()];
    lines.resize_with(VOICES, Vec::new);
    on_grid(lines, 16, tempo)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    /// A voice that sings `notes` (seconds, semitone; nothing for a rest) with overtones, vibrato, glides, noise and
    /// consonants between them.
    fn sung(notes: &[(f32, Option<f32>)], rate: f32, sharp: f32) -> Vec<f32> {
        let mut rng = Rng::new(3, Purpose::Data, 0);
        let (mut phase, mut last, mut out) = (0.0f32, None, Vec::new());
        for &(long, pitch) in notes {
            let n = (long * rate) as usize;
            for i in 0..n {
                let t = i as f32 / rate;
                let noise = 0.004 * rng.gaussian();
                let Some(pitch) = pitch else {
                    out.push(noise);
                    continue;
                };
                // From the note before within 50 ms; a vibrato of a third of a semitone.
                let glide = (last.unwrap_or(pitch) - pitch) * (1.0 - t / 0.05).max(0.0);
                let now = pitch + sharp + glide + 0.33 * (TAU * 5.0 * t).sin();
                phase += 440.0 * ((now - 69.0) / 12.0).exp2() / rate;
                let tone: f32 = (1..6)
                    .map(|k| (TAU * phase * k as f32).sin() / k as f32)
                    .sum();
                let swell = (t / 0.04).min((long - t) / 0.04).clamp(0.1, 1.0);
                out.push(0.2 * swell * tone + noise);
            }
            last = pitch.or(last);
        }
        out
    }

    #[test]
    fn a_tone_has_its_pitch() {
        for semitone in [40.0f32, 52.3, 60.0, 69.0, 76.5, 81.0] {
            let hertz = 440.0 * ((semitone - 69.0) / 12.0).exp2();
            let sound: Vec<f32> = (0..WINDOW + LONGEST)
                .map(|i| (TAU * hertz * i as f32 / RATE).sin())
                .collect();
            let found = pitch(&sound).expect("it has one");
            assert!((found - semitone).abs() < 0.05, "{found} for {semitone}");
        }
        let mut rng = Rng::new(1, Purpose::Data, 0);
        let noise = rng.normal(WINDOW + LONGEST);
        assert_eq!(pitch(&noise), None);
    }

    #[test]
    fn a_melody_is_written_as_it_was_sung() {
        // A hymn's beginning an octave too low, a third of a semitone sharp, at 96 quarters a minute, off by up to
        // 20 ms: struck again, in quarters, eighths, a half and a rest.
        let quarter = 60.0 / 96.0;
        let melody: [(f32, Option<f32>); 12] = [
            (1.0, Some(57.0)),
            (1.0, Some(57.0)),
            (0.5, Some(59.0)),
            (0.5, Some(61.0)),
            (1.0, Some(62.0)),
            (2.0, Some(61.0)),
            (1.0, None),
            (1.0, Some(64.0)),
            (1.0, Some(64.0)),
            (1.0, Some(61.0)),
            (1.0, Some(57.0)),
            (2.0, Some(59.0)),
        ];
        let mut rng = Rng::new(2, Purpose::Data, 0);
        let mut played = vec![(0.37, None)];
        played.extend(
            melody.map(|(long, pitch)| (long * quarter + 0.02 * (rng.unit() as f32 - 0.5), pitch)),
        );
        for rate in [44_100.0, 16_000.0] {
            let sound = sung(&played, rate, 0.33);
            let resampled = resampled(&sound, rate, RATE).expect("short enough");
            let roll = written(&notes(&looks(&resampled)));
            assert!((95..=97).contains(&roll.tempo), "{}", roll.tempo);
            let mut start = 0;
            let mut expected = Vec::new();
            for (long, pitch) in melody {
                let length = (4.0 * long) as u32;
                expected.extend(pitch.map(|pitch| (start, length, pitch as u8 + 12)));
                start += length;
            }
            let found: Vec<_> = roll.voices[0]
                .iter()
                .map(|note| (note.start, note.length, note.pitch))
                .collect();
            assert_eq!(found, expected, "at {rate}");
            assert!(roll.voices[1..].iter().all(Vec::is_empty));
            assert!(roll.asked().is_ok());
        }
    }

    #[test]
    fn what_is_no_melody_is_told() {
        let mut rng = Rng::new(1, Purpose::Data, 0);
        let noise: Vec<f32> = rng.normal(32_000).iter().map(|x| 0.1 * x).collect();
        for sound in [noise, vec![0.0; 32_000], vec![0.5; 100], Vec::new()] {
            assert!(notes(&looks(&sound)).is_empty());
        }
    }
}
