//! Drums on a grid of sixteenths, and the set of grooves that drummers played.
//!
//! Gillick, Roberts, Engel, Eck & Bamman 2019, "Learning to Groove with Inverse Sequence Transformations",
//! arXiv:1905.06118. A kit is reduced to nine drums. In each sixteenth each of them is silent or hit once, at most; a
//! hit has a velocity, how hard, and an offset, how much earlier or later than the sixteenth it comes, within half a
//! sixteenth. Both are classes here: eight of velocity, fifteen of offset, of which the middle one is on the grid.

pub mod midi;
mod set;

use serde::{Deserialize, Serialize};

pub use set::{GrooveSet, NAME, Performance, is_groove};

use super::score::{Note, Roll, RollInput, Voice};
use crate::error::{Error, Result};

/// Drums of the kit.
pub const DRUMS: usize = 9;
/// What they are called.
pub const NAMES: [&str; DRUMS] = [
    "Bass drum",
    "Snare",
    "Closed hi-hat",
    "Open hi-hat",
    "Low tom",
    "Mid tom",
    "High tom",
    "Crash",
    "Ride",
];
/// The keys of General MIDI that hit each of them, the one that is written first (the paper's table of the Roland
/// TD-11's keys).
pub const KEYS: [&[u8]; DRUMS] = [
    &[36, 35],
    &[38, 40, 37],
    &[42, 22, 44],
    &[46, 26],
    &[43, 58, 41],
    &[47, 45],
    &[50, 48],
    &[49, 55, 57, 52],
    &[51, 59, 53],
];
/// Classes of velocity.
pub const VELOCITIES: usize = 8;
/// Velocities of MIDI in a class.
const VELOCITY: u8 = 16;
/// Classes of offset.
pub const OFFSETS: usize = 15;
/// Parts of a sixteenth in which offsets are told.
pub const TICKS: i32 = 120;
/// Parts of a sixteenth in a class.
const OFFSET: i32 = TICKS / OFFSETS as i32;
/// What a drum can do in a sixteenth: nothing, or a hit of some velocity and offset.
pub const CODES: usize = 1 + VELOCITIES * OFFSETS;
/// Sixteenths of a bar: all is in 4/4.
pub const BAR: usize = 16;
/// Sixteenths that a model sees at once: four bars.
pub const STEPS: usize = 4 * BAR;
/// The most that a groove can have in the page.
pub const MOST_STEPS: usize = 16 * BAR;
/// The velocity of a hit that is only written, and not played yet.
pub const STIFF: u8 = 80;
/// Styles, the commonest first.
pub const STYLES: [&str; 18] = [
    "rock",
    "funk",
    "latin",
    "jazz",
    "hiphop",
    "soul",
    "pop",
    "neworleans",
    "afrobeat",
    "dance",
    "afrocuban",
    "punk",
    "reggae",
    "blues",
    "country",
    "highlife",
    "gospel",
    "middleeastern",
];
/// Classes of tempo, the first for none that is told.
pub const TEMPI: usize = 11;

/// How a drum is hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Class of velocity.
    pub velocity: u8,
    /// Class of offset.
    pub offset: u8,
}

impl Hit {
    /// Of a velocity of MIDI and an offset in [`TICKS`].
    pub fn new(velocity: u8, ticks: i32) -> Self {
        let offset = (ticks + TICKS / 2).div_euclid(OFFSET);
        Self {
            velocity: (velocity / VELOCITY).min(VELOCITIES as u8 - 1),
            offset: offset.clamp(0, OFFSETS as i32 - 1) as u8,
        }
    }

    /// Its velocity of MIDI, the middle of its class.
    pub fn level(self) -> u8 {
        self.velocity * VELOCITY + VELOCITY / 2
    }

    /// Its offset in [`TICKS`], the middle of its class: −56 to 56.
    pub fn ticks(self) -> i32 {
        i32::from(self.offset) * OFFSET + OFFSET / 2 - TICKS / 2
    }

    /// It as a number from 1; 0 is silence.
    pub fn code(self) -> u8 {
        1 + self.velocity * OFFSETS as u8 + self.offset
    }

    /// The hit of such a number; nothing for silence and for what is none.
    pub fn of(code: u8) -> Option<Self> {
        let class = code.checked_sub(1)?;
        (usize::from(code) < CODES).then_some(Self {
            velocity: class / OFFSETS as u8,
            offset: class % OFFSETS as u8,
        })
    }
}

/// The class of a tempo in quarters a minute; 0 for none.
pub fn tempo_class(tempo: u32) -> usize {
    match tempo {
        0 => 0,
        t => 1 + (t.saturating_sub(50) as usize / 20).min(TEMPI - 2),
    }
}

/// Drums on the grid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Groove {
    /// The code of each drum in each sixteenth ([`Hit::code`]), sixteenth after sixteenth: `steps · 9`.
    pub cells: Vec<u8>,
    /// Number of the style, from 1; 0 for none that is told.
    pub style: u8,
    /// Quarters a minute; 0 for none that is told.
    pub tempo: u16,
}

impl Groove {
    /// Silence.
    pub fn empty(steps: usize) -> Self {
        Self {
            cells: vec![0; DRUMS * steps],
            ..Self::default()
        }
    }

    /// Sixteenths.
    pub fn steps(&self) -> usize {
        self.cells.len() / DRUMS
    }

    /// Sixteenths `from..from + steps`.
    #[must_use]
    pub fn part(&self, from: usize, steps: usize) -> Self {
        Self {
            cells: self.cells[from * DRUMS..(from + steps) * DRUMS].to_vec(),
            ..*self
        }
    }

    /// The hit of a drum in a sixteenth.
    pub fn hit(&self, step: usize, drum: usize) -> Option<Hit> {
        Hit::of(self.cells[step * DRUMS + drum])
    }

    /// All hits: sixteenth, drum, how.
    pub fn hits(&self) -> impl Iterator<Item = (usize, usize, Hit)> {
        let cells = self.cells.iter().enumerate();
        cells.filter_map(|(i, &code)| Some((i / DRUMS, i % DRUMS, Hit::of(code)?)))
    }

    /// The hit of a cell as a note, with its velocity and its offset.
    fn note((step, drum, hit): (usize, usize, Hit), given: bool) -> Note {
        Note {
            start: step as u32,
            length: 1,
            pitch: KEYS[drum][0],
            given,
            velocity: Some(hit.level()),
            shift: Some(hit.ticks() as i8),
        }
    }

    /// As the page has it; those hits are given that `given` says so of, by sixteenth and drum, and all are as `note`
    /// makes them.
    pub fn roll(
        &self,
        given: impl Fn(usize, usize) -> bool,
        note: impl Fn(usize, usize, Note) -> Note,
    ) -> Roll {
        let mut voices: Vec<Voice> = NAMES
            .iter()
            .map(|&title| Voice {
                title: title.into(),
                notes: Vec::new(),
            })
            .collect();
        for (step, drum, hit) in self.hits() {
            let one = Self::note((step, drum, hit), given(step, drum));
            voices[drum].notes.push(note(step, drum, one));
        }
        let steps = self.steps() as u32;
        Roll {
            steps,
            low: 35,
            high: 59,
            voices,
            bars: (0..steps).step_by(BAR).collect(),
            fermatas: Vec::new(),
            tempo: u32::from(self.tempo),
            faults: Vec::new(),
            drums: true,
        }
    }
}

/// What a sampler is asked: a groove, and what of it is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// With silence where hits are to be made, and [`STIFF`] hits where only their playing is.
    pub groove: Groove,
    /// For each cell whether it is to be made whether the drum is hit.
    pub free: Vec<bool>,
    /// For each cell whether a hit there is to be played: its velocity and its offset are to be made.
    pub played: Vec<bool>,
    /// Velocities and offsets as they were given, finer than their classes.
    notes: Vec<Option<Note>>,
}

impl Asked {
    /// Nothing given.
    pub fn anything(steps: usize) -> Self {
        let cells = DRUMS * steps;
        Self {
            groove: Groove::empty(steps),
            free: vec![true; cells],
            played: vec![true; cells],
            notes: vec![None; cells],
        }
    }

    /// What a reader wrote or asks for: stretches that are free are to be made, and hits without a velocity are to be
    /// played.
    ///
    /// # Errors
    /// [`Error::BadScore`].
    pub fn of(input: &RollInput) -> Result<Self> {
        let bad = |reason: String| Err(Error::BadScore { reason });
        let steps = input.steps as usize;
        if !(4..=MOST_STEPS).contains(&steps) {
            return bad(format!(
                "it has {steps} sixteenths; 4 to {MOST_STEPS} are possible"
            ));
        }
        if input.voices.len() > DRUMS {
            return bad(format!("it has {} drums", input.voices.len()));
        }
        let mut groove = Groove::empty(steps);
        groove.tempo = match input.tempo {
            0 => 0,
            tempo => tempo.clamp(20, 300) as u16,
        };
        let mut asked = Self {
            groove,
            free: vec![false; DRUMS * steps],
            played: vec![false; DRUMS * steps],
            notes: vec![None; DRUMS * steps],
        };
        for &[drum, from, count] in &input.free {
            let (drum, from, count) = (drum as usize, from as usize, count as usize);
            if drum >= DRUMS || from > steps || count > steps - from {
                return bad("it is to be made anew where it has nothing".into());
            }
            for step in from..from + count {
                asked.free[step * DRUMS + drum] = true;
                asked.played[step * DRUMS + drum] = true;
            }
        }
        for (drum, notes) in input.voices.iter().enumerate() {
            for note in notes {
                let step = note.start as usize;
                if step >= steps {
                    return bad("it has a hit that lies outside of it".into());
                }
                let at = step * DRUMS + drum;
                if asked.free[at] {
                    continue;
                }
                let ticks = i32::from(note.shift.unwrap_or(0));
                let hit = Hit::new(note.velocity.unwrap_or(STIFF).min(127), ticks);
                asked.groove.cells[at] = hit.code();
                asked.played[at] = note.velocity.is_none();
                asked.notes[at] = Some(Note {
                    start: note.start,
                    length: 1,
                    pitch: KEYS[drum][0],
                    given: true,
                    velocity: note.velocity.map(|v| v.min(127)),
                    shift: note.shift.map(|s| s.clamp(-60, 60)),
                });
            }
        }
        Ok(asked)
    }

    /// A groove that has been made of it, as the page has it: what is given stays as it was told, and of what is played
    /// a share `amount` is kept, from a stiff machine to all.
    pub fn roll(&self, made: &Groove, amount: f64) -> Roll {
        let stiff = f64::from(STIFF);
        made.roll(
            |step, drum| !self.free[step * DRUMS + drum],
            |step, drum, note| {
                let at = step * DRUMS + drum;
                match self.notes[at] {
                    Some(given) if !self.played[at] => given,
                    _ => {
                        let level = f64::from(note.velocity.unwrap_or(STIFF));
                        let shift = f64::from(note.shift.unwrap_or(0));
                        Note {
                            velocity: Some((stiff + amount * (level - stiff)).round() as u8),
                            shift: Some((amount * shift).round() as i8),
                            ..note
                        }
                    }
                }
            },
        )
    }

    /// It as it stands, with nothing made: hits that are to be played have no velocity.
    pub fn written(&self) -> Roll {
        let as_told =
            |step: usize, drum: usize, note| self.notes[step * DRUMS + drum].unwrap_or(note);
        self.groove.roll(|_, _| true, as_told)
    }
}

/// What is told of each sixteenth of a batch besides its drums: place in the bar, style, class of tempo, as one number.
pub fn context(place: usize, style: u8, tempo: u16) -> u32 {
    let styles = STYLES.len() + 1;
    (place % BAR + BAR * (usize::from(style) + styles * tempo_class(u32::from(tempo)))) as u32
}

/// A style by its name.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// None is told.
    #[default]
    Any,
    /// Rock.
    Rock,
    /// Funk.
    Funk,
    /// Latin.
    Latin,
    /// Jazz.
    Jazz,
    /// Hip-hop.
    Hiphop,
    /// Soul.
    Soul,
    /// Pop.
    Pop,
    /// New Orleans.
    Neworleans,
    /// Afrobeat.
    Afrobeat,
    /// Dance.
    Dance,
    /// Afro-Cuban.
    Afrocuban,
    /// Punk.
    Punk,
    /// Reggae.
    Reggae,
}

impl Style {
    /// Its number: its place in [`STYLES`] from 1, or 0.
    pub fn number(self) -> u8 {
        self as u8
    }
}
