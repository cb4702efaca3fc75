//! What a voice answers.

use serde::Serialize;
use ts_rs::TS;

use crate::bytes::Bytes;

/// A sentence as sound, with what it was made of.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SpokenSentence {
    /// Which it is, from 0 on.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// As it was written.
    pub text: String,
    /// Samples a second.
    pub rate: u32,
    /// Its samples, 16 bits each, the low byte first.
    pub sound: Bytes,
    /// Its words and stops.
    pub words: Vec<SpokenWord>,
    /// Its phonemes in order.
    pub phonemes: Vec<SpokenPhoneme>,
    /// The pitch of each frame in Hz, 0 where there is none.
    pub pitch: Vec<f32>,
    /// How loud each band is in each frame, row after row from the highest: 0 to 255.
    pub picture: Bytes,
    /// How many bands.
    pub rows: u32,
    /// The middle of each band in Hz, from the highest on.
    pub bands: Vec<f32>,
}

/// A word of a sentence.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SpokenWord {
    /// As it is read.
    pub text: String,
    /// Whether a space follows.
    pub space: bool,
    /// Whether no dictionary has it, so that a network guessed.
    pub guessed: bool,
}

/// A sound of a sentence.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SpokenPhoneme {
    /// The phoneme, stress mark, stop or space.
    pub symbol: String,
    /// When it begins, in seconds.
    pub start: f32,
    /// When it ends.
    pub end: f32,
    /// The word that it belongs to.
    pub word: u32,
}
