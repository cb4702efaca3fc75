//! Ten words, said in many ways: the set of spoken digits that ships.
//!
//! A voice that reads can be asked to say a word faster or slower, higher or lower, livelier, and each of its sounds
//! longer or shorter. With its pitch lowered and then played faster, all that the throat adds moves up as well, as in a
//! smaller head (vocal-tract length perturbation, Jaitly & Hinton 2013). So one voice sounds as if it were several,
//! though not as several people would.

use super::{Bend, Manner, Sentence, Voice, sound, unspeakable};
use crate::{
    data::{
        ImageSet,
        sound::{
            Ear, RATE,
            cut::{one_second, resampled},
            recordings::{Taken, bytes, set},
        },
    },
    error::Result,
    rng::{Purpose, Rng},
};

/// What is said.
pub const WORDS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];
/// How fast: so many steps, the first, and from one to the next.
const SPEEDS: usize = 7;
const SLOWEST: f32 = 0.6;
const FASTER: f32 = 0.09;
/// How high, likewise, in semitones.
const PITCHES: usize = 10;
const LOWEST: f32 = -9.0;
const HIGHER: f32 = 1.5;
/// Ways to say a word.
pub const TAKES: usize = SPEEDS * PITCHES;
/// Of what is drawn.
const SEED: u64 = 20_260;

/// Whether a take of a digit is held out: of every pitch another speed, so that no pair of the two is in both parts.
pub fn is_held_out(digit: usize, take: usize) -> bool {
    let (speed, pitch) = (take / PITCHES, take % PITCHES);
    speed == (3 * pitch + digit) % SPEEDS
}

/// A take of a digit: one second of [`RATE`] samples.
///
/// # Errors
/// What the voice says.
pub fn said(voice: &Voice, digit: usize, take: usize) -> Result<Vec<f32>> {
    let sentence: Sentence =
        (voice.read(WORDS[digit % 10])?.into_iter().next()).ok_or_else(unspeakable)?;
    let mut rng = Rng::new(SEED, Purpose::Data, (digit * TAKES + take) as u64);
    let mut within = |from: f32, to: f32| from + (to - from) * rng.unit() as f32;
    let semitones = LOWEST + HIGHER * (take % PITCHES) as f32;
    let speed = SLOWEST + FASTER * (take / PITCHES) as f32;
    // A high voice has a short throat.
    let throat = 1.0 + 0.012 * (semitones + 2.0) + within(-0.05, 0.05);
    let manner = Manner {
        speed: speed / throat,
        pitch: semitones - 12.0 * throat.log2(),
        melody: within(0.3, 1.6),
        seed: take as u32,
    };
    let bends: Vec<Bend> = (0..sentence.phonemes().chars().count())
        .map(|phoneme| Bend {
            phoneme: phoneme as u32,
            length: within(0.85, 1.2),
            pitch: within(-1.0, 1.0),
        })
        .collect();
    let spoken = voice.speak_bent(&sentence, &manner, &bends, digit);
    one_second(&resampled(
        &spoken.sound,
        sound::RATE as f32 * throat,
        RATE as f32,
    )?)
}

/// The set: of each digit 60 takes to learn from and 10 held out.
///
/// # Errors
/// What the voice says.
pub fn made(voice: &Voice) -> Result<ImageSet> {
    let ear = Ear::default();
    let (mut train, mut test) = (Taken::new(), Taken::new());
    for take in 0..TAKES {
        for digit in 0..WORDS.len() {
            let image = bytes(&ear.image(&said(voice, digit, take)?));
            let part = if is_held_out(digit, take) {
                &mut test
            } else {
                &mut train
            };
            part.push((image, digit as u8));
        }
    }
    set(String::new(), train, test)
}
