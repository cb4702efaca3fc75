//! Text to speech: English text into phonemes ([`English`]), these into a spectrum ([`Network`]), and that
//! into sound ([`sound`]), a sentence at a time.
//!
//! A voice does not learn here, it only speaks: so it is no family of models, and all of it runs on the
//! host, on the kernels' products of matrices.

#[cfg(not(target_family = "wasm"))]
pub mod digits;
mod english;
mod layers;
mod network;
pub mod sound;
mod tensors;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use self::tensors::Tensors;
use crate::{
    error::{Error, Result},
    kernels::stft::Stft,
};

pub use english::{English, MOST_PHONEMES, Sentence, Word};
pub use network::{BINS, FRAMES, Network, PARTS, Prosody};

/// The longest text that is taken, in characters.
pub const LONGEST_TEXT: usize = 20_000;

/// A voice that reads English; see the module's documentation.
pub struct Voice {
    english: English,
    network: Network,
    symbols: HashMap<char, usize>,
    stft: Stft,
}

/// What is asked of a voice besides the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Manner {
    /// How fast: 1 as the voice learned it, ½ to 2.
    pub speed: f32,
    /// How much higher or lower, in semitones.
    pub pitch: f32,
    /// How far the pitch moves about its mean: 1 as the voice would, 0 for a monotone.
    pub melody: f32,
    /// Of the noise in its hisses.
    pub seed: u32,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            speed: 1.0,
            pitch: 0.0,
            melody: 1.0,
            seed: 0,
        }
    }
}

impl Manner {
    /// # Errors
    /// [`Error::BadOption`] for what is out of range.
    pub fn check(&self) -> Result<()> {
        let options = [
            ("speed", self.speed, 0.5, 2.0),
            ("pitch", self.pitch, -12.0, 12.0),
            ("melody", self.melody, 0.0, 2.0),
        ];
        for (option, value, least, most) in options {
            if !(least..=most).contains(&value) {
                return Err(Error::BadOption {
                    option: option.into(),
                    value: value.to_string(),
                    reason: format!("it must lie between {least} and {most}"),
                });
            }
        }
        Ok(())
    }
}

/// What a listener wants otherwise in a phoneme of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bend {
    /// Which one, by its place.
    pub phoneme: u32,
    /// How many times as long: ¼ to 4.
    pub length: f32,
    /// How much higher or lower in its middle, in semitones; between two middles it goes from one to the other.
    pub pitch: f32,
}

impl Bend {
    /// # Errors
    /// [`Error::BadOption`] for what is out of range.
    pub fn check(&self) -> Result<()> {
        let options = [
            ("length", self.length, 0.25, 4.0),
            ("pitch", self.pitch, -12.0, 12.0),
        ];
        for (option, value, least, most) in options {
            if !(least..=most).contains(&value) {
                let reason = format!("it must lie between {least} and {most}");
                return Err(Error::bad_option(option, value, reason));
            }
        }
        Ok(())
    }
}

/// A symbol of a sentence, and when it sounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Phoneme {
    /// The phoneme, stress mark, stop or space.
    pub symbol: char,
    /// When it begins, in seconds.
    pub start: f32,
    /// When it ends.
    pub end: f32,
    /// The word that it belongs to.
    pub word: usize,
}

/// A sentence as sound, with what it was made of.
#[derive(Debug, Clone)]
pub struct Spoken {
    /// [`sound::RATE`] samples a second, none beyond ±1.
    pub sound: Vec<f32>,
    /// The phonemes in order.
    pub phonemes: Vec<Phoneme>,
    /// In Hz, [`sound::FRAME_RATE`] times a second; 0 where there is none.
    pub pitch: Vec<f32>,
    /// See [`sound::picture`].
    pub picture: Vec<u8>,
}

impl Voice {
    /// From its two files.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn open(voice: &[u8], english: &[u8]) -> Result<Self> {
        let from = Tensors::open(voice, "voice-1")?;
        let symbols: HashMap<char, usize> =
            serde_json::from_str(from.about("symbols")?).map_err(|e| Error::CheckpointSchema {
                reason: e.to_string(),
            })?;
        Ok(Self {
            english: English::open(english)?,
            network: Network::load(&from)?,
            symbols,
            stft: sound::stft(),
        })
    }

    /// How it reads.
    pub fn english(&self) -> &English {
        &self.english
    }

    /// Its network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The sentences of a text, each still to be [`read`](English::say).
    ///
    /// # Errors
    /// [`Error::BadText`] if it is empty, too long, or in a script that no English voice reads.
    pub fn sentences(&self, text: &str) -> Result<Vec<String>> {
        let bad = |reason: &str, hint: &str| Error::BadText {
            reason: reason.into(),
            hint: hint.into(),
        };
        let length = text.chars().count();
        if length > LONGEST_TEXT {
            return Err(Error::BadText {
                reason: format!(
                    "it has {length} characters, and the voice takes {LONGEST_TEXT} at a time"
                ),
                hint: "Let it read a part of it.".into(),
            });
        }
        if text.trim().is_empty() {
            return Err(bad("there is nothing in it", "Write a sentence."));
        }
        let letters = text.chars().filter(|c| c.is_alphabetic());
        let (latin, others): (Vec<char>, Vec<char>) = letters.partition(|&c| c < '\u{250}');
        if others.len() > latin.len() {
            let hint = "The voice reads English, in Latin letters.";
            return Err(bad("most of its letters are of another script", hint));
        }
        Ok(self.english.sentences(text))
    }

    /// A whole text in pieces that are spoken one after the other.
    ///
    /// # Errors
    /// As [`Voice::sentences`]; [`Error::BadText`] if there is nothing that can be said.
    pub fn read(&self, text: &str) -> Result<Vec<Sentence>> {
        let sentences = self.sentences(text)?;
        let said: Vec<Sentence> = sentences.iter().flat_map(|s| self.english.say(s)).collect();
        match said.is_empty() {
            true => Err(unspeakable()),
            false => Ok(said),
        }
    }

    /// The network's numbers for phonemes: silence, they, silence. Also which character each is of.
    pub fn ids(&self, phonemes: &str) -> (Vec<usize>, Vec<usize>) {
        let known = |(i, c): (usize, char)| Some((*self.symbols.get(&c)?, i));
        let (mut ids, mut places): (Vec<usize>, Vec<usize>) =
            phonemes.chars().enumerate().filter_map(known).unzip();
        ids.insert(0, 0);
        ids.push(0);
        places.insert(0, usize::MAX);
        places.push(usize::MAX);
        (ids, places)
    }

    /// Speak one sentence, the `number`-th of a text.
    pub fn speak(&self, sentence: &Sentence, manner: &Manner, number: usize) -> Spoken {
        self.speak_bent(sentence, manner, &[], number)
    }

    /// Speak one sentence with some of its phonemes longer, shorter, higher or lower.
    pub fn speak_bent(
        &self,
        sentence: &Sentence,
        manner: &Manner,
        bends: &[Bend],
        number: usize,
    ) -> Spoken {
        let phonemes = sentence.phonemes();
        let (ids, places) = self.ids(&phonemes);
        let mut prosody = self.network.prosody(&ids, manner.speed, None);
        // Silence at both ends is no phoneme.
        let bent = |i: usize| bends.iter().find(|b| b.phoneme as usize + 1 == i);
        if bends.iter().any(|b| b.length != 1.0) {
            let lengths = prosody.durations.iter().enumerate();
            let lengths: Vec<usize> = lengths
                .map(|(i, &n)| bent(i).map_or(n, |b| stretched(n, b.length)))
                .collect();
            prosody = self.network.prosody(&ids, manner.speed, Some(&lengths));
        }
        bend(&mut prosody.pitch, manner);
        let offsets: Vec<f32> = (0..ids.len())
            .map(|i| bent(i).map_or(0.0, |b| b.pitch))
            .collect();
        raise(&mut prosody.pitch, &prosody.durations, &offsets);
        let parts = self.network.spectrum(&ids, &prosody);
        let seed = (u64::from(manner.seed), number as u64);
        let spectrum = sound::spectrum(&self.stft, &parts, &prosody.pitch, Some(seed));
        let mut sound = self.stft.inverse(&spectrum);
        finish(&mut sound);
        for hertz in &mut prosody.pitch {
            *hertz = if *hertz > 40.0 { *hertz } else { 0.0 };
        }
        Spoken {
            sound,
            phonemes: timed(sentence, &phonemes, &places, &prosody.durations),
            pitch: prosody.pitch,
            picture: sound::picture(&spectrum),
        }
    }
}

/// Told where a text has only what makes no sound.
pub fn unspeakable() -> Error {
    Error::BadText {
        reason: "there is nothing in it that can be said".into(),
        hint: "Write a sentence.".into(),
    }
}

/// A length in units, so many times as long; of every phoneme something is heard.
fn stretched(units: usize, by: f32) -> usize {
    ((units as f32 * by).round() as usize).max(1)
}

/// Pitch higher or lower by so many semitones in the middle of each symbol, and in between from one to the next.
fn raise(pitch: &mut [f32], durations: &[usize], semitones: &[f32]) {
    if semitones.iter().all(|&s| s == 0.0) {
        return;
    }
    let mut from = 0;
    let middles: Vec<f32> = (durations.iter())
        .map(|&n| {
            let middle = (from as f32 + n as f32 / 2.0) * FRAMES as f32;
            from += n;
            middle
        })
        .collect();
    for (frame, hertz) in pitch.iter_mut().enumerate().filter(|(_, h)| **h > 40.0) {
        let at = frame as f32 + 0.5;
        let next = middles.partition_point(|&middle| middle <= at);
        let of = |i: usize| semitones.get(i).copied().unwrap_or(0.0);
        let moved = match next {
            0 => of(0),
            n if n == middles.len() => of(n - 1),
            n => {
                let part = (at - middles[n - 1]) / (middles[n] - middles[n - 1]);
                of(n - 1) + part * (of(n) - of(n - 1))
            }
        };
        *hertz = (*hertz * (moved / 12.0).exp2()).clamp(50.0, 1000.0);
    }
}

/// Pitch higher or lower, and livelier or calmer, on the scale of semitones.
fn bend(pitch: &mut [f32], manner: &Manner) {
    let voiced = |hertz: &f32| *hertz > 40.0;
    let logs: Vec<f32> = pitch.iter().copied().filter(voiced).map(f32::ln).collect();
    if logs.is_empty() || manner.pitch == 0.0 && manner.melody == 1.0 {
        return;
    }
    let mean = logs.iter().sum::<f32>() / logs.len() as f32;
    let moved = manner.pitch / 12.0 * std::f32::consts::LN_2;
    for hertz in pitch {
        if voiced(hertz) {
            let log = mean + manner.melody * (hertz.ln() - mean) + moved;
            *hertz = log.exp().clamp(50.0, 1000.0);
        }
    }
}

/// A sound that neither clips nor clicks where another follows.
fn finish(sound: &mut [f32]) {
    const FADE: usize = sound::RATE / 200;
    let peak = sound.iter().fold(0f32, |m, v| m.max(v.abs()));
    let scale = if peak > 0.98 { 0.98 / peak } else { 1.0 };
    let n = sound.len();
    for (i, v) in sound.iter_mut().enumerate() {
        let edge = i.min(n - 1 - i) as f32 / FADE as f32;
        *v *= scale * edge.min(1.0);
    }
}

/// When each phoneme sounds, and of which word it is.
fn timed(
    sentence: &Sentence,
    phonemes: &str,
    places: &[usize],
    durations: &[usize],
) -> Vec<Phoneme> {
    let unit = (FRAMES * sound::HOP) as f32 / sound::RATE as f32;
    // The word of each character of the phonemes, which are trimmed.
    let mut words = Vec::new();
    for (i, word) in sentence.words.iter().enumerate() {
        let width = word.phonemes.chars().count() + usize::from(word.space);
        words.extend(std::iter::repeat_n(i, width));
    }
    let all: String = sentence
        .words
        .iter()
        .map(|w| format!("{}{}", w.phonemes, if w.space { " " } else { "" }))
        .collect();
    let skipped = all.chars().count() - all.trim_start().chars().count();
    let symbols: Vec<char> = phonemes.chars().collect();
    let (mut out, mut time) = (Vec::new(), 0.0);
    for (&place, &duration) in places.iter().zip(durations) {
        let end = time + duration as f32 * unit;
        if let Some(&symbol) = symbols.get(place) {
            let word = words.get(place + skipped).copied().unwrap_or(0);
            let start = time;
            out.push(Phoneme {
                symbol,
                start,
                end,
                word,
            });
        }
        time = end;
    }
    out
}
