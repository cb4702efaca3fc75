//! Scenes: coloured shapes on paper, with a sentence that says what is there.
//!
//! A toy on which a model that paints what it is told can be judged exactly. Scenes are drawn from a
//! seed ([`Scene::draw`]), described in a small English ([`words`]), painted ([`paint`]), and read back
//! from their pixels without any network ([`read`]): whether a picture is what a sentence says is a
//! matter of counting. Of all pairs of a colour and a shape a fifth is never shown in training, so that
//! what a model makes of them tells whether it has understood both words or learned pictures by heart.
//! Changes that are asked for in words are understood as well ([`edit`]).

pub mod edit;
mod paint;
mod read;
pub mod words;

pub(super) use paint::coverage;
pub use paint::{SIDE, paint};
pub use read::{Found, read, satisfies};
pub(super) use read::{inks, parts};
pub use words::{Demand, Relation, Wanted};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DataInfo, ImageSet, images::Captioned};
use crate::{
    error::Result,
    options::{self, Options},
    rng::{Purpose, Rng},
};

/// Shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A disc.
    Circle,
    /// A square.
    Square,
    /// A triangle that stands on its base.
    Triangle,
    /// A square that stands on a corner.
    Diamond,
    /// A disc with a hole.
    Ring,
    /// Two bars across each other.
    Cross,
}

impl Shape {
    /// What one of them is called.
    pub fn name(self) -> &'static str {
        words::shape_word(self, false)
    }
}

/// All of them.
pub const SHAPES: [Shape; 6] = [
    Shape::Circle,
    Shape::Square,
    Shape::Triangle,
    Shape::Diamond,
    Shape::Ring,
    Shape::Cross,
];

/// Names of the colours.
pub const COLOURS: [&str; 8] = [
    "red", "orange", "yellow", "green", "cyan", "blue", "purple", "black",
];
/// What they look like, as bytes of red, green and blue.
pub const INKS: [[u8; 3]; 8] = [
    [214, 48, 44],
    [240, 140, 30],
    [236, 208, 40],
    [56, 158, 66],
    [60, 196, 206],
    [48, 88, 200],
    [146, 66, 176],
    [36, 36, 40],
];
/// The paper.
pub const PAPER: [u8; 3] = [246, 245, 240];

/// Black ink on the paper, as values in [0, 1]: how much of it there is at each pixel, to red, green and blue.
pub fn inked(ink: &[f32]) -> Vec<f32> {
    let black = INKS[COLOURS.len() - 1];
    let channel = |c: usize| {
        let [paper, black] = [PAPER[c], black[c]].map(|v| f32::from(v) / 255.0);
        ink.iter().map(move |&v| paper + (black - paper) * v)
    };
    (0..3).flat_map(channel).collect()
}

/// One thing in a scene.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Object {
    /// Its shape.
    pub shape: Shape,
    /// Index of its colour.
    pub colour: usize,
    /// Whether it is a large one.
    pub large: bool,
    /// Column and row of its middle, in pixels.
    pub at: [f32; 2],
}

impl Object {
    /// Pixels from one side to the other.
    pub fn extent(&self) -> f32 {
        if self.large { 13.0 } else { 8.0 }
    }

    /// Whether its colour and shape are ever shown together in training.
    pub fn is_seen(&self) -> bool {
        is_seen(self.colour, self.shape)
    }
}

/// Whether a colour and a shape are ever shown together in training: of 48 pairs, 38 are; each colour
/// and each shape is shown with several others.
pub fn is_seen(colour: usize, shape: Shape) -> bool {
    !(colour + 2 * shape as usize).is_multiple_of(5)
}

/// Things on paper, and what is said of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// The things.
    pub objects: Vec<Object>,
    /// What is asked for.
    pub demand: Demand,
}

/// Least distance between the edges of two things, in pixels.
const GAP: f32 = 2.0;
/// Places that are tried for a thing before a scene is begun anew.
const TRIES: usize = 40;

impl Scene {
    /// A scene drawn from `rng`. With `seen`, of pairs that are shown in training; else at least one of
    /// its pairs is not.
    pub fn draw(rng: &mut Rng, seen: bool) -> Self {
        loop {
            let demand = words::draw(rng);
            let all_seen = demand.wanted.iter().all(|w| is_seen(w.colour, w.shape));
            if all_seen != seen {
                continue;
            }
            if let Some(objects) = place(&demand, rng) {
                return Self { objects, demand };
            }
        }
    }
}

/// Places for what is wanted, if some are found.
fn place(demand: &Demand, rng: &mut Rng) -> Option<Vec<Object>> {
    let mut objects = Vec::<Object>::new();
    for wanted in &demand.wanted {
        // What is not said is the same for all of them.
        let large = wanted.large.unwrap_or_else(|| rng.below(2) == 1);
        for _ in 0..wanted.count {
            let mut object = Object {
                shape: wanted.shape,
                colour: wanted.colour,
                large,
                at: [0.0; 2],
            };
            let free = (0..TRIES).find_map(|_| {
                let margin = object.extent() / 2.0 + 1.0;
                let room = SIDE as f32 - 2.0 * margin;
                let drawn = rng.uniform(2);
                object.at = [margin + room * drawn[0], margin + room * drawn[1]];
                let apart = |other: &Object| {
                    let least = (object.extent() + other.extent()) / 2.0 + GAP;
                    let [dx, dy] = [0, 1].map(|i| (object.at[i] - other.at[i]).abs());
                    dx.max(dy) >= least
                };
                objects.iter().all(apart).then_some(object)
            })?;
            objects.push(free);
        }
    }
    let holds = match (demand.relation, objects.as_slice()) {
        (Some(relation), [a, b]) => relation.holds_clearly(a.at, b.at),
        _ => true,
    };
    holds.then_some(objects)
}

/// The name of the data set.
pub const NAME: &str = "scenes";
/// Scenes that are held out.
pub const TEST: usize = 1000;
/// Their seed.
const SEED: u64 = 7;

/// Options of the data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScenesOptions {
    /// Scenes to learn from.
    #[schemars(title = "Scenes", range(min = 100, max = 100_000))]
    pub count: usize,
}

impl Default for ScenesOptions {
    fn default() -> Self {
        Self { count: 5000 }
    }
}

impl Options for ScenesOptions {}

/// Whether data of this name is made here.
pub fn is_scenes(name: &str) -> bool {
    name == NAME
}

/// The data set: scenes to learn from and [`TEST`] others, all of pairs that are shown.
///
/// # Errors
/// [`Error::BadOption`](crate::error::Error::BadOption).
pub fn dataset(options: &serde_json::Value) -> Result<ImageSet> {
    let options = ScenesOptions::from_json(options)?;
    let train = options.count;
    let draw = |purpose: Purpose, i: u64| {
        let scene = Scene::draw(&mut Rng::new(SEED, purpose, i), true);
        (paint(&scene.objects), words::tokens_of(&scene.demand))
    };
    let several = |purpose: Purpose, n: usize| (0..n as u64).map(move |i| draw(purpose, i));
    ImageSet::captioned(Captioned {
        info: DataInfo {
            words: words::vocabulary(),
            options: options::to_json(&options)?,
            ..DataInfo::new(
                NAME,
                super::Space::Image {
                    channels: 3,
                    height: SIDE,
                    width: SIDE,
                },
            )
        },
        train: several(Purpose::Data, train).collect(),
        test: several(Purpose::TestSet, TEST).collect(),
    })
}
