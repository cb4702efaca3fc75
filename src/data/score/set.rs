//! The chorales as a set to learn from.
//!
//! One packed file: gzip around, for each chorale, its name, the part of the set that it is in, and its cells and
//! contexts as bytes. `playground pack chorales` writes it from MusicXML.

use std::io::Read;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::{HIGH, LOW, Score, VOICES, pitch, symbol};
use crate::{
    data::{Batch, DataInfo, Space, shipped},
    error::{Error, Result},
    hash::hex,
    rng::{Purpose, Rng},
};

/// The name of the set.
pub const NAME: &str = "chorales";
/// With which a packed file begins.
const MAGIC: &[u8; 8] = b"chorale1";
/// Bytes of the largest file, unpacked.
const LIMIT: u64 = 8 << 20;
/// Between two beginnings of windows that are learned from: a quarter.
const STRIDE: usize = 4;

/// Whether data of this name is one.
pub fn is_score(name: &str) -> bool {
    name == NAME
}

/// What a chorale is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// To learn from.
    Train,
    /// To choose a recipe by.
    Choice,
    /// To measure on once.
    Test,
}

impl Part {
    /// By its name in `recipes/chorales/split.tsv`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "train" => Some(Self::Train),
            "choice" => Some(Self::Choice),
            "test" => Some(Self::Test),
            _ => None,
        }
    }
}

/// Chorales.
#[derive(Debug, Clone)]
pub struct ScoreSet {
    /// Name and window.
    pub info: DataInfo,
    /// Name, part and music of each.
    pub pieces: Vec<(String, Part, Score)>,
    /// What is held out.
    held_out: Part,
    steps: usize,
    /// Piece and beginning of each window that is learned from.
    windows: Vec<(u32, u32)>,
    /// The same of those that are held out.
    tests: Vec<(u32, u32)>,
    /// The lowest and the highest note of each voice.
    ranges: [[u8; 2]; VOICES],
}

fn bad(reason: &str) -> Error {
    Error::BadData {
        name: NAME.into(),
        reason: reason.into(),
    }
}

impl ScoreSet {
    /// Of these pieces, in windows of `steps`.
    ///
    /// # Errors
    /// [`Error::BadData`] if nothing is long enough.
    pub fn new(pieces: Vec<(String, Part, Score)>, sha256: String, steps: usize) -> Result<Self> {
        let mut info = DataInfo::new(NAME, Space::Score { steps });
        info.sha256 = sha256;
        let mut set = Self {
            info,
            pieces,
            held_out: Part::Test,
            steps,
            windows: Vec::new(),
            tests: Vec::new(),
            ranges: [[HIGH, LOW]; VOICES],
        };
        for (_, _, score) in &set.pieces {
            for (voice, range) in set.ranges.iter_mut().enumerate() {
                for p in score.voice(voice).iter().filter_map(|&s| pitch(s)) {
                    *range = [range[0].min(p), range[1].max(p)];
                }
            }
        }
        set.windows = set.windows_of(Part::Train, STRIDE);
        set.tests = set.windows_of(Part::Test, steps);
        match set.windows.is_empty() || set.tests.is_empty() {
            true => Err(bad("it holds nothing to learn from or nothing to test on")),
            false => Ok(set),
        }
    }

    fn windows_of(&self, part: Part, stride: usize) -> Vec<(u32, u32)> {
        let pieces = self.pieces.iter().enumerate().filter(|(_, p)| p.1 == part);
        let each = pieces.flat_map(|(i, (_, _, score))| {
            // Windows begin with a beat, after the pick-up as before it.
            let last = score.steps().checked_sub(self.steps);
            let starts = last.into_iter().flat_map(|last| (0..=last).step_by(stride));
            starts.map(move |start| (i as u32, start as u32))
        });
        each.collect()
    }

    /// Read a packed file.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn unpack(bytes: &[u8]) -> Result<Self> {
        let mut all = Vec::new();
        // A server may have unpacked it on the way.
        let read = match bytes.starts_with(MAGIC) {
            true => bytes.take(LIMIT).read_to_end(&mut all),
            false => GzDecoder::new(bytes).take(LIMIT).read_to_end(&mut all),
        };
        read.map_err(|_| bad("it cannot be unpacked"))?;
        let mut rest = all
            .strip_prefix(MAGIC)
            .ok_or_else(|| bad("it is no set of chorales"))?;
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let (piece, after) = piece(rest).ok_or_else(|| bad("it ends too early"))?;
            piece.2.check()?;
            pieces.push(piece);
            rest = after;
        }
        Self::new(pieces, hex(&Sha256::digest(bytes)), super::STEPS)
    }

    /// Write a packed file.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn pack(pieces: &[(String, Part, Score)]) -> Result<Vec<u8>> {
        let mut all = MAGIC.to_vec();
        for (name, part, score) in pieces {
            all.push(name.len().min(255) as u8);
            all.extend(name.bytes().take(255));
            all.push(*part as u8);
            all.extend((score.steps() as u16).to_le_bytes());
            all.extend(&score.cells);
            all.extend(&score.context);
        }
        shipped::packed(&all)
    }

    /// From the packed file that the site serves, in `folder/chorales.bin` or `folder/chorales/chorales.bin`.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::BadData`].
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(folder: &std::path::Path) -> Result<Self> {
        Self::unpack(&shipped::from_folder(folder, NAME)?)
    }

    /// As [`Dataset::for_choice`](crate::data::Dataset::for_choice).
    #[must_use]
    pub fn for_choice(mut self) -> Self {
        self.held_out = Part::Choice;
        self.tests = self.windows_of(Part::Choice, self.steps);
        self
    }

    /// Windows that are learned from.
    pub fn train_len(&self) -> usize {
        self.windows.len()
    }

    /// Windows that are held out.
    pub fn test_len(&self) -> usize {
        self.tests.len()
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let each = self
            .pieces
            .iter()
            .map(|p| p.2.cells.len() + p.2.context.len());
        each.sum::<usize>() + 8 * (self.windows.len() + self.tests.len())
    }

    /// The chorales of a part.
    pub fn of(&self, part: Part) -> impl Iterator<Item = (&str, &Score)> {
        let these = self.pieces.iter().filter(move |p| p.1 == part);
        these.map(|(name, _, score)| (name.as_str(), score))
    }

    /// The lowest and the highest note of each voice, in MIDI.
    pub fn ranges(&self) -> [[u8; 2]; VOICES] {
        self.ranges
    }

    /// Training window `i`, in a key drawn from `rng`: any in which no voice leaves its range.
    pub fn draw(&self, i: usize, rng: &mut Rng) -> Score {
        let score = window(&self.pieces, self.windows[i], self.steps);
        let (mut down, mut up) = (12, 12);
        for (voice, [low, high]) in self.ranges.iter().enumerate() {
            for p in score.voice(voice).iter().filter_map(|&s| pitch(s)) {
                down = down.min(i32::from(p) - i32::from(*low));
                up = up.min(i32::from(*high) - i32::from(p));
            }
        }
        let by = rng.below((down + up + 1).max(1) as usize) as i32 - down;
        score.transposed(by)
    }

    /// Held-out window `i`, as it is.
    pub fn held_out(&self, i: usize) -> Score {
        window(&self.pieces, self.tests[i], self.steps)
    }

    /// Windows as a batch.
    pub fn batch(scores: impl Iterator<Item = Score>) -> Batch {
        let (mut cells, mut contexts, mut steps) = (Vec::new(), Vec::new(), 0);
        for score in scores {
            steps = score.steps();
            cells.extend(score.cells.iter().map(|&s| u32::from(s)));
            contexts.extend(score.context.iter().map(|&c| u32::from(c)));
        }
        Batch::Scores {
            steps,
            cells,
            contexts,
        }
    }

    /// A generator for the key of the example `seen`.
    pub(in crate::data) fn key(seed: u64, seen: u64) -> Rng {
        Rng::new(seed, Purpose::Data, seen)
    }
}

/// Name, part and music of a chorale.
type Piece = (String, Part, Score);

/// A window of a piece.
pub fn window(pieces: &[(String, Part, Score)], (i, from): (u32, u32), steps: usize) -> Score {
    pieces[i as usize].2.part(from as usize, steps)
}

/// The first piece of packed bytes, and what follows it.
fn piece(bytes: &[u8]) -> Option<(Piece, &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(length))?;
    let (&part, rest) = rest.split_first()?;
    let part = [Part::Train, Part::Choice, Part::Test]
        .into_iter()
        .find(|p| *p as u8 == part)?;
    let (steps, rest) = rest.split_first_chunk::<2>()?;
    let steps = usize::from(u16::from_le_bytes(*steps));
    let (cells, rest) = rest.split_at_checked(VOICES * steps)?;
    let (context, rest) = rest.split_at_checked(steps)?;
    let score = Score {
        cells: cells.to_vec(),
        context: context.to_vec(),
    };
    let name = String::from_utf8(name.to_vec()).ok()?;
    Some(((name, part, score), rest))
}

/// Cells whose notes sound, as the symbols of pitches: what sets without lengths know.
pub fn from_pitches(frames: &[[i32; VOICES]]) -> Score {
    let steps = frames.len();
    let mut score = Score::empty(steps);
    score.context = vec![super::UNKNOWN; steps];
    for voice in 0..VOICES {
        let mut before = -1;
        for (i, frame) in frames.iter().enumerate() {
            let now = frame[voice];
            let begun = u8::try_from(now).ok().and_then(symbol);
            score.cells[voice * steps + i] = match begun {
                None => super::REST,
                Some(_) if now == before => super::HOLD,
                Some(symbol) => symbol,
            };
            before = now;
        }
    }
    score
}
