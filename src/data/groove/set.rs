//! The Groove MIDI Dataset as a set to learn from.
//!
//! One packed file, gzip around: a table of the performances, then for all of them which drums are hit in each
//! sixteenth, then velocities, then offsets, each where its like stands, so that it packs well. `playground pack
//! grooves` writes it from the MIDI files.

use std::io::Read;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use super::{BAR, DRUMS, Groove, Hit, OFFSETS, STEPS, STYLES, VELOCITIES, context};
use crate::{
    data::{Batch, DataInfo, Space, score::Part, shipped},
    error::{Error, Result},
    hash::hex,
};

/// The name of the set.
pub const NAME: &str = "grooves";
/// With which a packed file begins.
const MAGIC: &[u8; 8] = b"grooves1";
/// Bytes of the largest file, unpacked.
const LIMIT: u64 = 8 << 20;

/// Whether data of this name is one.
pub fn is_groove(name: &str) -> bool {
    name == NAME
}

/// What a drummer played: its name, the part of the set that it is in, and it.
pub type Performance = (String, Part, Groove);

/// Grooves.
#[derive(Debug, Clone)]
pub struct GrooveSet {
    /// Name and window.
    pub info: DataInfo,
    /// All performances.
    pub performances: Vec<Performance>,
    steps: usize,
    /// Performance and beginning of each window that is learned from.
    windows: Vec<(u32, u32)>,
    /// The same of those that are held out.
    tests: Vec<(u32, u32)>,
}

fn bad(reason: &str) -> Error {
    Error::BadData {
        name: NAME.into(),
        reason: reason.into(),
    }
}

impl GrooveSet {
    /// Of these performances, in windows of `steps`.
    ///
    /// # Errors
    /// [`Error::BadData`] if nothing is long enough.
    pub fn new(performances: Vec<Performance>, sha256: String, steps: usize) -> Result<Self> {
        let mut info = DataInfo::new(NAME, Space::Groove { steps });
        info.sha256 = sha256;
        let mut set = Self {
            info,
            performances,
            steps,
            windows: Vec::new(),
            tests: Vec::new(),
        };
        set.windows = set.windows_of(Part::Train, BAR);
        set.tests = set.windows_of(Part::Test, steps);
        match set.windows.is_empty() || set.tests.is_empty() {
            true => Err(bad("it holds nothing to learn from or nothing to test on")),
            false => Ok(set),
        }
    }

    /// Windows begin with a bar.
    fn windows_of(&self, part: Part, stride: usize) -> Vec<(u32, u32)> {
        let each = self.performances.iter().enumerate();
        let these = each.filter(|(_, p)| p.1 == part);
        let windows = these.flat_map(|(i, (_, _, groove))| {
            let last = groove.steps().checked_sub(self.steps);
            let starts = last.into_iter().flat_map(|last| (0..=last).step_by(stride));
            starts.map(move |start| (i as u32, start as u32))
        });
        windows.collect()
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
        let rest = all
            .strip_prefix(MAGIC)
            .ok_or_else(|| bad("it is no set of grooves"))?;
        let performances = performances(rest).ok_or_else(|| bad("it is damaged"))?;
        Self::new(performances, hex(&Sha256::digest(bytes)), STEPS)
    }

    /// Write a packed file.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn pack(performances: &[Performance]) -> Result<Vec<u8>> {
        let mut all = MAGIC.to_vec();
        all.extend((performances.len() as u16).to_le_bytes());
        for (name, part, groove) in performances {
            all.push(name.len().min(255) as u8);
            all.extend(name.bytes().take(255));
            all.extend([*part as u8, groove.style]);
            all.extend(groove.tempo.to_le_bytes());
            all.extend((groove.steps() as u16).to_le_bytes());
        }
        let masks = performances.iter().flat_map(|(_, _, groove)| {
            groove.cells.chunks_exact(DRUMS).map(|cells| {
                let hits = cells.iter().enumerate().filter(|(_, code)| **code > 0);
                hits.fold(0u16, |mask, (drum, _)| mask | 1 << drum)
            })
        });
        let masks: Vec<u16> = masks.collect();
        all.extend(masks.iter().map(|mask| *mask as u8));
        all.extend(masks.iter().map(|mask| (mask >> 8) as u8));
        let hits = || {
            performances.iter().flat_map(|(_, _, groove)| {
                let at = in_order(groove).into_iter();
                at.filter_map(|at| Hit::of(groove.cells[at]))
            })
        };
        all.extend(hits().map(|hit| hit.velocity));
        all.extend(hits().map(|hit| hit.offset));
        shipped::packed(&all)
    }

    /// From the packed file that the site serves, in `folder/grooves/grooves.bin` or `folder/grooves.bin`.
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
        let each = self.performances.iter().map(|p| p.2.cells.len());
        each.sum::<usize>() + 8 * (self.windows.len() + self.tests.len())
    }

    /// The performances of a part.
    pub fn of(&self, part: Part) -> impl Iterator<Item = (&str, &Groove)> {
        let these = self.performances.iter().filter(move |p| p.1 == part);
        these.map(|(name, _, groove)| (name.as_str(), groove))
    }

    /// Training window `i`.
    pub fn learned(&self, i: usize) -> Groove {
        self.window(self.windows[i])
    }

    /// Held-out window `i`.
    pub fn held_out(&self, i: usize) -> Groove {
        self.window(self.tests[i])
    }

    fn window(&self, (i, from): (u32, u32)) -> Groove {
        self.performances[i as usize]
            .2
            .part(from as usize, self.steps)
    }

    /// Windows as a batch of music: codes of the drums, sixteenth after sixteenth, and what each sixteenth is.
    pub fn batch(grooves: impl Iterator<Item = Groove>) -> Batch {
        let (mut cells, mut contexts, mut steps) = (Vec::new(), Vec::new(), 0);
        for groove in grooves {
            steps = groove.steps();
            cells.extend(groove.cells.iter().map(|&code| u32::from(code)));
            contexts.extend((0..steps).map(|step| context(step, groove.style, groove.tempo)));
        }
        Batch::Scores {
            steps,
            cells,
            contexts,
        }
    }
}

/// The cells that are hit, drum after drum, and of each the places of the bar one after the other.
fn in_order(groove: &Groove) -> Vec<usize> {
    let mut hits: Vec<(usize, usize)> = groove.hits().map(|(step, drum, _)| (drum, step)).collect();
    hits.sort_by_key(|&(drum, step)| (drum, step % BAR, step));
    hits.into_iter()
        .map(|(drum, step)| step * DRUMS + drum)
        .collect()
}

/// The first `N` bytes, and what follows them.
fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    let first: &'a [u8; N] = first;
    Some(*first)
}

/// The first `n` bytes, and what follows them.
fn take_some<'a>(bytes: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (first, rest) = bytes.split_at_checked(n)?;
    *bytes = rest;
    Some(first)
}

fn performances(mut bytes: &[u8]) -> Option<Vec<Performance>> {
    let rest = &mut bytes;
    let count = u16::from_le_bytes(take(rest)?);
    let mut all: Vec<Performance> = Vec::new();
    let mut total = 0;
    for _ in 0..count {
        let [length] = take(rest)?;
        let name = String::from_utf8(take_some(rest, usize::from(length))?.to_vec()).ok()?;
        let [part, style] = take(rest)?;
        let part = [Part::Train, Part::Choice, Part::Test]
            .into_iter()
            .find(|p| *p as u8 == part)?;
        let tempo = u16::from_le_bytes(take(rest)?);
        let steps = usize::from(u16::from_le_bytes(take(rest)?));
        total += steps;
        // Each sixteenth takes two bytes below, so what is claimed is there before anything is allocated for it.
        if usize::from(style) > STYLES.len() || !steps.is_multiple_of(BAR) || 2 * total > rest.len()
        {
            return None;
        }
        let groove = Groove {
            cells: vec![0; steps * DRUMS],
            style,
            tempo,
        };
        all.push((name, part, groove));
    }
    let (low, high) = (take_some(rest, total)?, take_some(rest, total)?);
    let mut masks = low
        .iter()
        .zip(high)
        .map(|(&low, &high)| u16::from_le_bytes([low, high]));
    for (_, _, groove) in &mut all {
        for (cells, mask) in groove.cells.chunks_exact_mut(DRUMS).zip(&mut masks) {
            if mask >> DRUMS > 0 {
                return None;
            }
            for (drum, cell) in cells.iter_mut().enumerate() {
                *cell = (mask >> drum & 1) as u8;
            }
        }
    }
    let places: Vec<Vec<usize>> = all.iter().map(|p| in_order(&p.2)).collect();
    let hits = places.iter().map(Vec::len).sum();
    let (velocities, offsets) = (take_some(rest, hits)?, take_some(rest, hits)?);
    let mut hits = velocities.iter().zip(offsets);
    for ((_, _, groove), places) in all.iter_mut().zip(places) {
        for (at, (&velocity, &offset)) in places.into_iter().zip(&mut hits) {
            if usize::from(velocity) >= VELOCITIES || usize::from(offset) >= OFFSETS {
                return None;
            }
            groove.cells[at] = Hit { velocity, offset }.code();
        }
    }
    rest.is_empty().then_some(all)
}
