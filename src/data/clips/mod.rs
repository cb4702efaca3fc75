//! Clips: digits, coloured shapes or people that move, with a sentence that says which and how.
//!
//! A toy on which a model of moving pictures can be judged exactly. One or two things move on straight lines, turn
//! back at the walls, and pass one behind another. Of digits (of MNIST, at half their size) the one in front is
//! bright, the other dimmer, and nothing of it shows through a thin edge around the first; shapes are those of
//! [scenes], in colour; people walk on the spot ([`people`]). Making new clips is cheap, so there is no end to what
//! can be learned from ([`ClipSet`]). Each clip is described in a small English ([`words`]), and what moves in one is
//! found without any network ([`track`], [`follow`], [`people::read`]). Those of digits are a variant of Moving MNIST
//! (Srivastava, Mansimov & Salakhutdinov 2015, arXiv:1502.04681).

pub mod follow;
pub mod people;
mod sprite;
pub mod track;
pub mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use words::{Mover, Sentence, Thing};

use self::sprite::Sprite;
use super::{Batch, DataInfo, ImageSet, Space, images::Images, scenes};
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
/// Values of a frame in grey, or of one of its colours.
pub const FRAME: usize = SIDE * SIDE;
/// Values of a clip in grey.
pub const VALUES: usize = FRAMES * FRAME;

/// The images that clips of digits are made of.
pub const SOURCE: &str = "mnist";
/// Clips that are held out.
pub const TEST: usize = 500;
/// Their seed.
const SEED: u64 = 11;
/// The seed of those by which a recipe is chosen.
const CHOICE_SEED: u64 = 12;
/// How bright the digit behind is.
const BEHIND: f32 = 0.55;
/// Ways that are tried until two things meet.
const TRIES: usize = 20;

/// What moves in clips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Digits, in grey.
    Digits,
    /// Coloured shapes.
    Scenes,
    /// Somebody who walks.
    People,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Digits, Self::Scenes, Self::People];

    /// Of data of this name, if it is made here.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The name of the data set.
    pub fn name(self) -> &'static str {
        match self {
            Self::Digits => "moving-digits",
            Self::Scenes => "moving-scenes",
            Self::People => "walking-people",
        }
    }

    /// The images that it is made of, if it is.
    pub fn source(self) -> Option<&'static str> {
        (self == Self::Digits).then_some(SOURCE)
    }

    /// Colours of a pixel: one, which is grey, or three.
    pub fn channels(self) -> usize {
        match self {
            Self::Digits => 1,
            Self::Scenes | Self::People => 3,
        }
    }
}

/// Options of the data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ClipOptions {
    /// Share of the clips in which two things move; somebody who walks is alone.
    #[schemars(title = "Two things", range(min = 0.0, max = 1.0))]
    pub two: f64,
}

impl Default for ClipOptions {
    fn default() -> Self {
        Self { two: 0.33 }
    }
}

impl Options for ClipOptions {}

/// A thing on its way: where its corner is in each frame.
#[derive(Debug, Clone, PartialEq)]
struct Way {
    sprite: Sprite,
    mover: Mover,
    corners: [[isize; 2]; FRAMES],
}

impl Way {
    fn draw(sprite: &Sprite, rng: &mut Rng) -> Self {
        let mover = words::draw(sprite.thing, rng);
        let pace = mover.pace() as isize;
        let size = [sprite.width, sprite.height];
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
            sprite: sprite.clone(),
            mover,
            corners,
        }
    }

    /// Whether the boxes of two things overlap in some frame.
    fn meets(&self, other: &Self) -> bool {
        let apart = |a: isize, wide: usize, b: isize| a + wide as isize <= b;
        (self.corners.iter().zip(&other.corners)).any(|(a, b)| {
            let [w, h] = [self.sprite.width, self.sprite.height];
            let [v, g] = [other.sprite.width, other.sprite.height];
            let beside = apart(a[0], w, b[0]) || apart(b[0], v, a[0]);
            let above = apart(a[1], h, b[1]) || apart(b[1], g, a[1]);
            !(beside || above)
        })
    }

    /// Whether it has the colour of another, so that nobody could tell which is meant, or moves as it does, maybe
    /// behind it all the time.
    fn is_like(&self, other: &Self) -> bool {
        match (self.mover.thing, other.mover.thing) {
            (Thing::Shape { colour: a, .. }, Thing::Shape { colour: b, .. }) => {
                let motion = |mover: Mover| (mover.direction, mover.quick);
                a == b || motion(self.mover) == motion(other.mover)
            }
            _ => false,
        }
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
    /// Bytes, frame by frame, in each colour by colour and row by row.
    pub pixels: Vec<u8>,
    /// What is to be seen.
    pub sentence: Sentence,
    /// Column and row of the middle of each thing's box in each frame, that in front first.
    pub middles: Vec<[[f32; 2]; FRAMES]>,
}

impl Clip {
    /// Its values, 0 to 1.
    pub fn values(&self) -> Vec<f32> {
        self.pixels.iter().map(|&p| f32::from(p) / 255.0).collect()
    }
}

/// What clips are made of.
#[derive(Debug, Clone)]
enum Things {
    /// Digits, cut out and small.
    Digits(Vec<Sprite>),
    /// All coloured shapes.
    Shapes,
    /// Everybody.
    People,
}

impl Things {
    fn digits(images: &Images, width: usize) -> Self {
        let digit = |i: usize| Sprite::digit(images.image(i), width, images.label(i)?);
        Self::Digits((0..images.len()).filter_map(digit).collect())
    }

    /// The way of a digit or a shape.
    fn way(&self, rng: &mut Rng) -> Way {
        match self {
            Self::Digits(all) => Way::draw(&all[rng.below(all.len())], rng),
            _ => Way::draw(&Sprite::any_shape(rng), rng),
        }
    }

    /// A clip of them.
    fn clip(&self, two: f64, rng: &mut Rng) -> Clip {
        if matches!(self, Self::People) {
            return people::clip(rng);
        }
        let several = rng.unit() < two;
        let front = self.way(rng);
        let mut behind = several.then(|| self.way(rng));
        for _ in 0..TRIES {
            match &behind {
                Some(other) if !front.meets(other) || front.is_like(other) => {
                    behind = Some(self.way(rng));
                }
                _ => break,
            }
        }
        let behind = behind.filter(|other| !front.is_like(other));
        let ways: Vec<Way> = std::iter::once(front).chain(behind).collect();
        let said = rng.below(4) > 0;
        let mut movers: Vec<Mover> = ways.iter().map(|way| way.mover).collect();
        if !said {
            // The pace is not always said.
            movers.iter_mut().for_each(|mover| mover.quick = None);
        }
        let pixels = match self {
            Self::Digits(_) => painted(&ways),
            _ => {
                let several = movers.len() > 1;
                let sized = !several && rng.below(3) > 0;
                for mover in &mut movers {
                    mover.leave_out(!sized, several);
                }
                coloured(&ways)
            }
        };
        Clip {
            pixels,
            sentence: Sentence { movers },
            middles: ways.iter().map(middles).collect(),
        }
    }
}

fn middles(way: &Way) -> [[f32; 2]; FRAMES] {
    let half = [way.sprite.width, way.sprite.height].map(|size| size as f32 / 2.0);
    way.corners
        .map(|corner| [0, 1].map(|axis| corner[axis] as f32 + half[axis]))
}

/// The pixels of digits on their ways, the first in front: in grey.
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
                    match front.sprite.near(x, y) {
                        true => front.sprite.at(x, y),
                        false => front.sprite.at(x, y).max(BEHIND * behind.sprite.at(u, v)),
                    }
                }
                [only] => {
                    let [x, y] = seen(only);
                    only.sprite.at(x, y)
                }
                [] => 0.0,
            };
            out.push((value * 255.0).round() as u8);
        }
    }
    out
}

/// The pixels of shapes on their ways, the first in front: in colour, on the paper of scenes.
fn coloured(ways: &[Way]) -> Vec<u8> {
    let paper = scenes::PAPER.map(|value| [value; FRAME]).concat();
    let mut out = paper.repeat(FRAMES);
    for (frame, pixels) in out.chunks_exact_mut(3 * FRAME).enumerate() {
        for way in ways.iter().rev() {
            way.sprite.paint(way.corners[frame], pixels);
        }
    }
    out
}

/// Clips without end, and [`TEST`] of other digits, or from another seed.
#[derive(Debug, Clone)]
pub struct ClipSet {
    /// Name, size, words.
    pub info: DataInfo,
    kind: Kind,
    train: Things,
    test: Things,
    /// That of the held-out clips.
    seed: u64,
    options: ClipOptions,
}

impl ClipSet {
    /// Clips of the digits of a set of grey images.
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] if there are no digits.
    pub fn of(set: &ImageSet, options: &serde_json::Value) -> Result<Self> {
        let [channels, height, width] = set.shape();
        let [train, test] = [&set.train, &set.test].map(|set| Things::digits(set, width));
        let empty = |things: &Things| matches!(things, Things::Digits(all) if all.is_empty());
        let fits = channels == 1 && height <= SIDE && width <= SIDE && set.info.classes.len() == 10;
        if !fits || empty(&train) || empty(&test) {
            return Err(Error::BadData {
                name: Kind::Digits.name().into(),
                reason: "it is made of small grey images of digits, and there are none".into(),
            });
        }
        let mut all = Self::new(Kind::Digits, [train, test], options)?;
        all.info.sha256.clone_from(&set.info.sha256);
        Ok(all)
    }

    /// Clips of coloured shapes.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn scenes(options: &serde_json::Value) -> Result<Self> {
        Self::new(Kind::Scenes, [Things::Shapes, Things::Shapes], options)
    }

    /// Clips of people who walk.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn people(options: &serde_json::Value) -> Result<Self> {
        Self::new(Kind::People, [Things::People, Things::People], options)
    }

    fn new(kind: Kind, [train, test]: [Things; 2], options: &serde_json::Value) -> Result<Self> {
        let options = ClipOptions::from_json(options)?;
        let space = Space::Video {
            frames: FRAMES,
            channels: kind.channels(),
            height: SIDE,
            width: SIDE,
        };
        let info = DataInfo {
            words: words::vocabulary(kind),
            options: options::to_json(&options)?,
            ..DataInfo::new(kind.name(), space)
        };
        Ok(Self {
            info,
            kind,
            train,
            test,
            seed: SEED,
            options,
        })
    }

    /// Clips of a kind; of digits, those of MNIST in a folder of data.
    ///
    /// # Errors
    /// As [`ImageSet::from_folder`] and [`ClipSet::of`].
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(
        kind: Kind,
        options: &serde_json::Value,
        root: &std::path::Path,
    ) -> Result<Self> {
        match kind {
            Kind::Digits => Self::of(&ImageSet::from_folder(SOURCE, root)?, options),
            Kind::Scenes => Self::scenes(options),
            Kind::People => Self::people(options),
        }
    }

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        if let Things::Digits(train) = &mut self.train {
            let at = train.len() - train.len().div_ceil(10);
            let held = train.split_off(at.max(1));
            if !held.is_empty() {
                self.test = Things::Digits(held);
            }
        }
        self.seed = CHOICE_SEED;
        self
    }

    /// What moves in them.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        let all = [&self.train, &self.test].into_iter();
        let all = all.filter_map(|things| match things {
            Things::Digits(all) => Some(all),
            Things::Shapes | Things::People => None,
        });
        all.flatten().map(Sprite::bytes).sum()
    }

    /// A clip to learn from.
    pub fn draw(&self, rng: &mut Rng) -> Clip {
        self.train.clip(self.options.two, rng)
    }

    /// Held-out clip `i` of [`TEST`].
    pub fn held_out(&self, i: usize) -> Clip {
        let mut rng = Rng::new(self.seed, Purpose::TestSet, i as u64);
        self.test.clip(self.options.two, &mut rng)
    }

    /// Clips as a batch: colours of frames are its channels.
    pub(super) fn batch(&self, clips: impl Iterator<Item = Clip>) -> Batch {
        let (mut values, mut captions, mut count) = (Vec::new(), Vec::new(), 0);
        for clip in clips {
            values.extend(clip.values());
            captions.extend(words::tokens_of(&clip.sentence, self.kind));
            count += 1;
        }
        Batch::Images {
            shape: [count, FRAMES * self.kind.channels(), SIDE, SIDE],
            values,
            labels: Vec::new(),
            captions,
        }
    }
}
