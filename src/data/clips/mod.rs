//! Clips: digits that move, with a sentence that says which and how.
//!
//! A toy on which a model of moving pictures can be judged exactly. One or two digits of MNIST at half their
//! size move on straight lines, turn back at the walls, and pass one behind another: the one in front is
//! bright, the other dimmer, and nothing of it shows through a thin edge around the first. Making new
//! clips of known digits is cheap, so there is no end to what can be learned from ([`ClipSet`]). Each clip is
//! described in a small English ([`words`]), and what moves in one is found without any network
//! ([`track`]). The data set is a variant of Moving MNIST (Srivastava, Mansimov & Salakhutdinov 2015,
//! arXiv:1502.04681).

pub mod track;
pub mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use words::{Mover, Sentence};

use super::{Batch, DataInfo, ImageSet, Space, images::Images};
use crate::{
    error::{Error, Result},
    options::{self, Options},
    rng::{Purpose, Rng},
};

/// Rows and columns of a frame.
pub const SIDE: usize = 32;
/// Frames of a clip.
pub const FRAMES: usize = 16;
/// Frames in which no digit turns yet: what the sentence says is to be seen in them.
pub const STRAIGHT: usize = 5;
/// Values of a clip.
pub const VALUES: usize = FRAMES * SIDE * SIDE;

/// The name of the data set.
pub const NAME: &str = "moving-digits";
/// The images that it is made of.
pub const SOURCE: &str = "mnist";
/// Clips that are held out.
pub const TEST: usize = 500;
/// Their seed.
const SEED: u64 = 11;
/// How bright the digit behind is.
const BEHIND: f32 = 0.55;
/// What counts as ink, of 255.
const INK: u8 = 24;
/// Halved digits lose ink at their edges; this much is given back.
const STRONGER: u32 = 3;
/// Ways that are tried until two digits meet.
const TRIES: usize = 20;

/// Whether data of this name is made here.
pub fn is_clips(name: &str) -> bool {
    name == NAME
}

/// Options of the data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClipOptions {
    /// Share of the clips in which there are two digits.
    #[schemars(title = "Two digits", range(min = 0.0, max = 1.0))]
    pub two: f64,
}

impl Default for ClipOptions {
    fn default() -> Self {
        Self { two: 0.33 }
    }
}

impl Options for ClipOptions {}

/// A digit, cut out around its ink.
#[derive(Debug, Clone, PartialEq)]
struct Digit {
    label: u8,
    width: usize,
    height: usize,
    ink: Vec<u8>,
}

impl Digit {
    /// Of an image of `width` pixels in a row, at half its size; nothing where there is no ink.
    fn of(image: &[u8], width: usize, label: u8) -> Option<Self> {
        let height = image.len() / width.max(1);
        let (columns, rows) = (width / 2, height / 2);
        let at = |x: usize, y: usize| u32::from(image[y * width + x]);
        let half = |i: usize| {
            let (x, y) = (2 * (i % columns), 2 * (i / columns));
            let sum = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1);
            (sum * STRONGER / 8).min(255) as u8
        };
        let small: Vec<u8> = (0..columns * rows).map(half).collect();
        let inked = (0..small.len()).filter(|&i| small[i] >= INK);
        let (mut left, mut right, mut top, mut bottom) = (columns, 0, rows, 0);
        for i in inked {
            (left, right) = (left.min(i % columns), right.max(i % columns));
            (top, bottom) = (top.min(i / columns), bottom.max(i / columns));
        }
        if right < left || bottom < top {
            return None;
        }
        let (width, height) = (right + 1 - left, bottom + 1 - top);
        let cut = (0..width * height)
            .map(|i| small[(top + i / width) * columns + left + i % width])
            .collect();
        Some(Self {
            label,
            width,
            height,
            ink: cut,
        })
    }

    /// How much ink it has at a place seen from its corner, 0 to 1.
    fn at(&self, x: isize, y: isize) -> f32 {
        let inside = |v: isize, size: usize| v >= 0 && v < size as isize;
        match inside(x, self.width) && inside(y, self.height) {
            true => f32::from(self.ink[y as usize * self.width + x as usize]) / 255.0,
            false => 0.0,
        }
    }

    /// Whether there is ink there or beside it.
    fn near(&self, x: isize, y: isize) -> bool {
        let around = |i: isize| self.at(x + i % 3 - 1, y + i / 3 - 1);
        (0..9).any(|i| around(i) > 0.3)
    }
}

/// A digit on its way: where its corner is in each frame.
#[derive(Debug, Clone, PartialEq)]
struct Way {
    digit: Digit,
    mover: Mover,
    corners: [[isize; 2]; FRAMES],
}

impl Way {
    fn draw(digit: &Digit, rng: &mut Rng) -> Self {
        let mover = words::draw(digit.label, rng);
        let pace = mover.pace() as isize;
        let size = [digit.width, digit.height];
        let (mut start, mut velocity) = ([0; 2], [0; 2]);
        for axis in 0..2 {
            let room = SIDE.saturating_sub(size[axis]) as isize;
            velocity[axis] = mover.direction[axis] as isize * pace;
            // So far from the wall that it goes straight at first.
            let ahead = velocity[axis] * (STRAIGHT as isize - 1);
            let (low, high) = ((-ahead).max(0), (room - ahead.max(0)).max(0));
            start[axis] = low + rng.below((high - low + 1).max(1) as usize) as isize;
        }
        let mut corners = [[0; 2]; FRAMES];
        for (frame, corner) in corners.iter_mut().enumerate() {
            *corner = [0, 1].map(|axis| {
                let room = SIDE.saturating_sub(size[axis]) as isize;
                turned(start[axis] + velocity[axis] * frame as isize, room)
            });
        }
        Self {
            digit: digit.clone(),
            mover,
            corners,
        }
    }

    /// Whether the boxes of two digits overlap in some frame.
    fn meets(&self, other: &Self) -> bool {
        let apart = |a: isize, wide: usize, b: isize| a + wide as isize <= b;
        (self.corners.iter().zip(&other.corners)).any(|(a, b)| {
            let [w, h] = [self.digit.width, self.digit.height];
            let [v, g] = [other.digit.width, other.digit.height];
            let beside = apart(a[0], w, b[0]) || apart(b[0], v, a[0]);
            let above = apart(a[1], h, b[1]) || apart(b[1], g, a[1]);
            !(beside || above)
        })
    }
}

/// A place on the way to and fro between 0 and `room`, after `gone` steps from 0.
fn turned(gone: isize, room: isize) -> isize {
    if room == 0 {
        return 0;
    }
    let around = gone.rem_euclid(2 * room);
    around.min(2 * room - around)
}

/// A clip and what is said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Clip {
    /// [`VALUES`] bytes, frame by frame and row by row.
    pub pixels: Vec<u8>,
    /// What is to be seen.
    pub sentence: Sentence,
    /// Column and row of the middle of each digit's box in each frame, that in front first.
    pub middles: Vec<[[f32; 2]; FRAMES]>,
}

/// Digits, cut out and small.
#[derive(Debug, Clone, Default)]
struct Digits(Vec<Digit>);

impl Digits {
    fn of(images: &Images, width: usize) -> Self {
        let digit = |i: usize| Digit::of(images.image(i), width, images.label(i)?);
        Self((0..images.len()).filter_map(digit).collect())
    }

    /// A clip of them.
    fn clip(&self, two: f64, rng: &mut Rng) -> Clip {
        let several = rng.unit() < two;
        let one = |rng: &mut Rng| Way::draw(&self.0[rng.below(self.0.len())], rng);
        let front = one(rng);
        let mut behind = several.then(|| one(rng));
        for _ in 0..TRIES {
            match &behind {
                Some(other) if !front.meets(other) => behind = Some(one(rng)),
                _ => break,
            }
        }
        let ways: Vec<Way> = std::iter::once(front).chain(behind).collect();
        let (said, pixels) = (rng.below(4) > 0, painted(&ways));
        let mut movers: Vec<Mover> = ways.iter().map(|way| way.mover).collect();
        if !said {
            // The pace is not always said.
            movers.iter_mut().for_each(|mover| mover.quick = None);
        }
        Clip {
            pixels,
            sentence: Sentence { movers },
            middles: ways.iter().map(middles).collect(),
        }
    }
}

fn middles(way: &Way) -> [[f32; 2]; FRAMES] {
    let half = [way.digit.width, way.digit.height].map(|size| size as f32 / 2.0);
    way.corners
        .map(|corner| [0, 1].map(|axis| corner[axis] as f32 + half[axis]))
}

/// The pixels of digits on their ways, the first in front.
fn painted(ways: &[Way]) -> Vec<u8> {
    let mut out = Vec::with_capacity(VALUES);
    for frame in 0..FRAMES {
        for pixel in 0..SIDE * SIDE {
            let seen = |way: &Way| {
                let [left, top] = way.corners[frame];
                [
                    (pixel % SIDE) as isize - left,
                    (pixel / SIDE) as isize - top,
                ]
            };
            let value = match ways {
                [front, behind, ..] => {
                    let ([x, y], [u, v]) = (seen(front), seen(behind));
                    match front.digit.near(x, y) {
                        true => front.digit.at(x, y),
                        false => front.digit.at(x, y).max(BEHIND * behind.digit.at(u, v)),
                    }
                }
                [only] => {
                    let [x, y] = seen(only);
                    only.digit.at(x, y)
                }
                [] => 0.0,
            };
            out.push((value * 255.0).round() as u8);
        }
    }
    out
}

/// Clips without end, and [`TEST`] of other digits.
#[derive(Debug, Clone)]
pub struct ClipSet {
    /// Name, size, words.
    pub info: DataInfo,
    train: Digits,
    test: Digits,
    options: ClipOptions,
}

impl ClipSet {
    /// Clips of the digits of a set of grey images.
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] if there are no digits.
    pub fn of(set: &ImageSet, options: &serde_json::Value) -> Result<Self> {
        let options = ClipOptions::from_json(options)?;
        let [channels, height, width] = set.shape();
        let (train, test) = (Digits::of(&set.train, width), Digits::of(&set.test, width));
        let fits = channels == 1 && height <= SIDE && width <= SIDE && set.info.classes.len() == 10;
        if !fits || train.0.is_empty() || test.0.is_empty() {
            return Err(Error::BadData {
                name: NAME.into(),
                reason: "it is made of small grey images of digits, and there are none".into(),
            });
        }
        let space = Space::Video {
            frames: FRAMES,
            channels: 1,
            height: SIDE,
            width: SIDE,
        };
        let info = DataInfo {
            words: words::vocabulary(),
            options: options::to_json(&options)?,
            sha256: set.info.sha256.clone(),
            ..DataInfo::new(NAME, space)
        };
        Ok(Self {
            info,
            train,
            test,
            options,
        })
    }

    /// The clips of MNIST in a folder of data.
    ///
    /// # Errors
    /// As [`ImageSet::from_folder`] and [`ClipSet::of`].
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(options: &serde_json::Value, root: &std::path::Path) -> Result<Self> {
        Self::of(&ImageSet::from_folder(SOURCE, root)?, options)
    }

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        let at = self.train.0.len() - self.train.0.len().div_ceil(10);
        let held = self.train.0.split_off(at.max(1));
        if !held.is_empty() {
            self.test = Digits(held);
        }
        self
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let all = self.train.0.iter().chain(&self.test.0);
        all.map(|digit| size_of::<Digit>() + digit.ink.len()).sum()
    }

    /// A clip of the digits to learn from.
    pub fn draw(&self, rng: &mut Rng) -> Clip {
        self.train.clip(self.options.two, rng)
    }

    /// Held-out clip `i` of [`TEST`].
    pub fn held_out(&self, i: usize) -> Clip {
        let mut rng = Rng::new(SEED, Purpose::TestSet, i as u64);
        self.test.clip(self.options.two, &mut rng)
    }

    /// Clips as a batch: frames are its channels.
    pub(super) fn batch(clips: impl Iterator<Item = Clip>) -> Batch {
        let (mut values, mut captions, mut count) = (Vec::new(), Vec::new(), 0);
        for clip in clips {
            values.extend(clip.pixels.iter().map(|&p| f32::from(p) / 255.0));
            captions.extend(words::tokens_of(&clip.sentence));
            count += 1;
        }
        Batch::Images {
            shape: [count, FRAMES, SIDE, SIDE],
            values,
            labels: Vec::new(),
            captions,
        }
    }
}
