//! Scores as the page has them: notes with a beginning and a length.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    HIGH, HOLD, LOW, MOST_STEPS, NAMES, REST, Score, VOICES, context, pitch, symbol, told,
};
use crate::error::{Error, Result};

/// A note of a voice.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, TS,
)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Note {
    /// The sixteenth with which it begins.
    pub start: u32,
    /// Sixteenths that it lasts.
    pub length: u32,
    /// In MIDI: 60 is middle C.
    pub pitch: u8,
    /// Whether it was given, and not made.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub given: bool,
    /// How hard a drum is hit, 0 to 127; nothing where that is to be made, and in the voices of singers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub velocity: Option<u8>,
    /// How much later a drum is hit than its sixteenth begins, in 120ths of a sixteenth, −60 to 60.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub shift: Option<i8>,
}

/// A voice of a [`Roll`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Voice {
    /// For example `Soprano`.
    pub title: String,
    /// Its notes, in order.
    pub notes: Vec<Note>,
}

/// A score to be drawn, heard and changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Roll {
    /// Sixteenths.
    pub steps: u32,
    /// The lowest note that there can be, in MIDI.
    pub low: u8,
    /// The highest.
    pub high: u8,
    /// From the highest voice to the lowest.
    pub voices: Vec<Voice>,
    /// Sixteenths with which a bar begins.
    pub bars: Vec<u32>,
    /// Sixteenths over which there is a fermata.
    pub fermatas: Vec<u32>,
    /// Quarters a minute; 0 where nothing is said.
    pub tempo: u32,
    /// What the voices do that the rules of part-writing forbid, as (sixteenth, what) in order.
    pub faults: Vec<(u32, String)>,
    /// Whether the voices are the drums of a kit.
    pub drums: bool,
}

/// A score that a reader has written or changed, and what of it is to be made anew.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema, TS)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct RollInput {
    /// Sixteenths.
    pub steps: u32,
    /// The notes of each voice, from the highest to the lowest.
    pub voices: Vec<Vec<Note>>,
    /// Stretches that are to be made: voice, first sixteenth, how many.
    pub free: Vec<[u32; 3]>,
    /// Sixteenths with which a bar begins; what comes before the first belongs to a bar begun earlier.
    pub bars: Vec<u32>,
    /// Sixteenths over which there is a fermata.
    pub fermatas: Vec<u32>,
    /// Quarters a minute; 0 where nothing is said.
    pub tempo: u32,
}

/// What a sampler is asked: a score, and which of its cells are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// With rests where it is free.
    pub score: Score,
    /// For each cell whether it is to be made.
    pub free: Vec<bool>,
}

impl Asked {
    /// Nothing given: bars of 4/4, and a line of the hymn ends with the third beat of every second one.
    pub fn anything(steps: usize) -> Self {
        let mut score = Score::empty(steps);
        for (i, c) in score.context.iter_mut().enumerate() {
            let ends = (24..28).contains(&(i % 32)) || i + 8 >= steps && i % 32 >= 24;
            *c = context(i % 16, ends);
        }
        Self {
            free: vec![true; score.cells.len()],
            score,
        }
    }
}

/// The name of a note, such as F♯4.
pub fn name_of(pitch: u8) -> String {
    const STEPS: [&str; 12] = [
        "C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B",
    ];
    let octave = i32::from(pitch / 12) - 1;
    format!("{}{octave}", STEPS[usize::from(pitch % 12)])
}

impl RollInput {
    /// It on the grid. A note that begins where its voice is free is free altogether; one that begins before and
    /// goes on into it ends there.
    ///
    /// # Errors
    /// [`Error::BadScore`].
    pub fn asked(&self) -> Result<Asked> {
        let bad = |reason: String| Err(Error::BadScore { reason });
        let steps = self.steps as usize;
        if !(4..=MOST_STEPS).contains(&steps) {
            return bad(format!(
                "it has {steps} sixteenths; 4 to {MOST_STEPS} are possible"
            ));
        }
        if self.voices.len() > VOICES {
            return bad(format!("it has {} voices", self.voices.len()));
        }
        let mut score = Score::empty(steps);
        score.context = self.context(steps)?;
        let mut free = vec![false; VOICES * steps];
        for &[voice, from, count] in &self.free {
            let (voice, from, count) = (voice as usize, from as usize, count as usize);
            if voice >= VOICES || from > steps || count > steps - from {
                return bad("it is to be made anew where it has nothing".into());
            }
            free[voice * steps + from..voice * steps + from + count].fill(true);
        }
        for (voice, notes) in self.voices.iter().enumerate() {
            for note in notes {
                let (from, length) = (note.start as usize, note.length as usize);
                let Some(symbol) = symbol(note.pitch) else {
                    let (low, high) = (name_of(LOW), name_of(HIGH));
                    return bad(format!("it has a note outside of {low} to {high}"));
                };
                if from >= steps || length == 0 || length > steps - from {
                    return bad("it has a note that lies outside of it".into());
                }
                let at = voice * steps;
                let cells = at + from..at + from + length;
                if free[cells.start] {
                    // Its tail would be a note without a beginning.
                    free[cells].fill(true);
                    continue;
                }
                for i in cells {
                    if free[i] {
                        break;
                    }
                    score.cells[i] = if i == at + from { symbol } else { HOLD };
                }
            }
        }
        mend(&mut score, &free);
        Ok(Asked { score, free })
    }

    fn context(&self, steps: usize) -> Result<Vec<u8>> {
        let bad = |reason: &str| {
            Err(Error::BadScore {
                reason: reason.into(),
            })
        };
        let mut bars: Vec<usize> = self.bars.iter().map(|&b| b as usize).collect();
        bars.sort_unstable();
        bars.dedup();
        if bars.iter().any(|&bar| bar >= steps) {
            return bad("it has a bar that lies outside of it");
        }
        let longest = |w: &[usize]| w[1] - w[0];
        let usual = bars.windows(2).map(longest).max().unwrap_or(16).max(1);
        let place = |i: usize| match bars.iter().rev().find(|&&bar| bar <= i) {
            Some(bar) => i - bar,
            // Before the first bar line: the end of a bar.
            None => {
                let first = bars.first().copied().unwrap_or(0);
                match first {
                    0 => i % usual,
                    first => (usual - (first - i) % usual) % usual,
                }
            }
        };
        let fermatas: Vec<usize> = self.fermatas.iter().map(|&f| f as usize).collect();
        if fermatas.iter().any(|&f| f >= steps) {
            return bad("it has a fermata that lies outside of it");
        }
        Ok((0..steps)
            .map(|i| context(place(i), fermatas.contains(&i)))
            .collect())
    }
}

/// Lets nothing go on that has not begun: overlapping notes of one voice leave such tails.
fn mend(score: &mut Score, free: &[bool]) {
    let steps = score.steps();
    for i in 0..score.cells.len() {
        let begun = i % steps > 0 && (score.cells[i - 1] != REST && !free[i - 1]);
        if score.cells[i] == HOLD && !begun {
            score.cells[i] = REST;
        }
    }
}

impl Roll {
    /// A score as notes; those are given that begin where `given` says so of their cell.
    pub fn of(score: &Score, given: impl Fn(usize) -> bool) -> Self {
        let steps = score.steps();
        let voices = (0..VOICES).map(|voice| {
            let mut notes: Vec<Note> = Vec::new();
            let mut sounds = false;
            for (i, &symbol) in score.voice(voice).iter().enumerate() {
                match (pitch(symbol), symbol == HOLD && sounds) {
                    (Some(pitch), _) => {
                        notes.push(Note {
                            start: i as u32,
                            length: 1,
                            pitch,
                            given: given(voice * steps + i),
                            ..Note::default()
                        });
                        sounds = true;
                    }
                    (None, true) => {
                        if let Some(note) = notes.last_mut() {
                            note.length += 1;
                        }
                    }
                    (None, false) => sounds = false,
                }
            }
            Voice {
                title: NAMES[voice].into(),
                notes,
            }
        });
        let places = score.context.iter().enumerate();
        let told: Vec<(u32, usize, bool)> = places
            .filter_map(|(i, &c)| told(c).map(|(place, fermata)| (i as u32, place, fermata)))
            .collect();
        Self {
            steps: steps as u32,
            low: LOW,
            high: HIGH,
            voices: voices.collect(),
            bars: told.iter().filter(|t| t.1 == 0).map(|t| t.0).collect(),
            fermatas: told.iter().filter(|t| t.2).map(|t| t.0).collect(),
            tempo: 0,
            faults: super::writing::faults(score)
                .into_iter()
                .map(|(i, fault)| (i as u32, fault.title().into()))
                .collect(),
            drums: false,
        }
    }

    /// It as if a reader had written it, with nothing to be made.
    pub fn as_input(&self) -> RollInput {
        RollInput {
            steps: self.steps,
            voices: self.voices.iter().map(|v| v.notes.clone()).collect(),
            free: Vec::new(),
            bars: self.bars.clone(),
            fermatas: self.fermatas.clone(),
            tempo: self.tempo,
        }
    }
}
