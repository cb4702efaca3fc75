//! Music in four voices on a grid of sixteenths, and the set of Bach's chorales.
//!
//! In each sixteenth each voice has one of [`SYMBOLS`]: a rest, the note before it goes on, or a note begins. So a
//! long note and the same note struck again differ, which pitches alone would not say. Beside the voices stands what
//! the sixteenth is: its place in its bar, and whether there is a fermata, the end of a line of the hymn.

pub mod abc;
pub mod engrave;
pub mod humming;
pub mod midi;
#[cfg(not(target_family = "wasm"))]
pub mod musicxml;
mod notes;
mod set;
pub mod writing;

pub use notes::{Asked, Note, Roll, RollInput, Voice, name_of};
pub use set::{NAME, Part, ScoreSet, from_pitches, is_score};

use crate::error::{Error, Result};

/// Soprano, alto, tenor, bass.
pub const VOICES: usize = 4;
/// What they are called.
pub const NAMES: [&str; VOICES] = ["Soprano", "Alto", "Tenor", "Bass"];
/// The lowest note, in MIDI: C2.
pub const LOW: u8 = 36;
/// The highest: A5.
pub const HIGH: u8 = 81;
/// Nothing sounds.
pub const REST: u8 = 0;
/// The note before it goes on.
pub const HOLD: u8 = 1;
/// The symbol of the lowest note, where it begins.
pub const FIRST: u8 = 2;
/// All of them.
pub const SYMBOLS: usize = FIRST as usize + (HIGH - LOW) as usize + 1;
/// Sixteenths of a bar, at most (of 3/2).
pub const PLACES: usize = 24;
/// What a sixteenth can be: a place in a bar, with a fermata or without.
pub const CONTEXTS: usize = 2 * PLACES + 1;
/// Of a sixteenth of which neither is known.
pub const UNKNOWN: u8 = 2 * PLACES as u8;
/// Sixteenths that a model sees at once, without an option that says otherwise: four bars.
pub const STEPS: usize = 64;
/// The most that a score can have in the page.
pub const MOST_STEPS: usize = 256;

/// The symbol of a note that begins; nothing for one beyond the grid.
pub fn symbol(pitch: u8) -> Option<u8> {
    (LOW..=HIGH).contains(&pitch).then(|| pitch - LOW + FIRST)
}

/// The pitch that a symbol begins.
pub fn pitch(symbol: u8) -> Option<u8> {
    (FIRST..SYMBOLS as u8)
        .contains(&symbol)
        .then(|| symbol - FIRST + LOW)
}

/// What a sixteenth at a place of its bar is.
pub fn context(place: usize, fermata: bool) -> u8 {
    (place.min(PLACES - 1) + PLACES * usize::from(fermata)) as u8
}

/// The place in its bar, and whether there is a fermata; nothing where neither is known.
pub fn told(context: u8) -> Option<(usize, bool)> {
    let context = usize::from(context);
    (context < 2 * PLACES).then_some((context % PLACES, context >= PLACES))
}

/// Four voices on the grid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Score {
    /// Symbols, voice after voice: `VOICES · steps`.
    pub cells: Vec<u8>,
    /// What each sixteenth is.
    pub context: Vec<u8>,
}

impl Score {
    /// Nothing but rests, in bars of 4/4.
    pub fn empty(steps: usize) -> Self {
        Self {
            cells: vec![REST; VOICES * steps],
            context: (0..steps).map(|i| context(i % 16, false)).collect(),
        }
    }

    /// Sixteenths.
    pub fn steps(&self) -> usize {
        self.context.len()
    }

    /// The symbols of a voice.
    pub fn voice(&self, voice: usize) -> &[u8] {
        let steps = self.steps();
        &self.cells[voice * steps..(voice + 1) * steps]
    }

    /// Sixteenths `from..from + steps`. A note that goes on from before them begins with them.
    #[must_use]
    pub fn part(&self, from: usize, steps: usize) -> Self {
        let cells = (0..VOICES).flat_map(|voice| {
            let all = self.voice(voice);
            let mut part = all[from..from + steps].to_vec();
            if part.first() == Some(&HOLD) {
                let begun = all[..from].iter().rev().find(|&&s| s != HOLD);
                part[0] = begun.copied().unwrap_or(REST);
            }
            part
        });
        Self {
            cells: cells.collect(),
            context: self.context[from..from + steps].to_vec(),
        }
    }

    /// It so many semitones higher.
    #[must_use]
    pub fn transposed(&self, by: i32) -> Self {
        let moved = |&s: &u8| match s {
            REST | HOLD => s,
            s => (i32::from(s) + by).clamp(i32::from(FIRST), SYMBOLS as i32 - 1) as u8,
        };
        Self {
            cells: self.cells.iter().map(moved).collect(),
            context: self.context.clone(),
        }
    }

    /// What sounds in each sixteenth of a voice, in MIDI; 0 for nothing.
    pub fn sounding(&self, voice: usize) -> Vec<u8> {
        let mut now = 0;
        let each = self.voice(voice).iter().map(|&symbol| {
            now = match symbol {
                HOLD => now,
                symbol => pitch(symbol).unwrap_or(0),
            };
            now
        });
        each.collect()
    }

    /// Refuse what is no score.
    ///
    /// # Errors
    /// [`Error::BadScore`].
    pub fn check(&self) -> Result<()> {
        let bad = |reason: &str| {
            Err(Error::BadScore {
                reason: reason.into(),
            })
        };
        if self.cells.len() != VOICES * self.context.len() {
            return bad("its voices are not of one length");
        }
        if !self.cells.iter().all(|&s| usize::from(s) < SYMBOLS) {
            return bad("it has a note that is none");
        }
        if !self.context.iter().all(|&c| usize::from(c) < CONTEXTS) {
            return bad("it has a place in a bar that is none");
        }
        Ok(())
    }
}
