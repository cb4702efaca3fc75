//! Paths of an expert through mazes that are drawn from a seed without end.

mod lines;

pub use lines::{read_lines, write_line};

use std::sync::Arc;

use super::{Batch, DataInfo, Space};
use crate::{
    error::{Error, Result},
    rng::{Purpose, Rng},
    worlds::maze::{Place, SIDE, Task, layout},
};

/// The name of the data set.
pub const NAME: &str = "maze";
/// Places of a path, its ends among them.
pub const LENGTH: usize = 32;
/// Tasks that are held out.
pub const TEST: usize = 1000;
/// The seed of held-out tasks; no training draws from it.
const HELD_OUT: u64 = 0x4d5a_0000_0000_0000;
/// The seed of those by which recipes are chosen.
const FOR_CHOICE: u64 = 0x4d5a_0000_0000_0001;

/// Whether data of this name is made here.
pub fn is_paths(name: &str) -> bool {
    name == NAME
}

/// Left, right, bottom, top of a drawing of a maze.
pub fn window() -> [f32; 4] {
    let side = SIDE as f32;
    [0.0, side, 0.0, side]
}

/// A task and how the expert does it.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// Walls, start and goal.
    pub task: Task,
    /// [`LENGTH`] places at equal distances along its way, from start to goal.
    pub places: Vec<Place>,
}

/// Paths without end, and [`TEST`] of another seed.
#[derive(Debug, Clone)]
pub struct PathSet {
    /// Name and options.
    pub info: DataInfo,
    /// Paths from a file: half of what is learned from, if there are any.
    played: Arc<[Path]>,
    held_out: u64,
}

impl PathSet {
    /// It; there is nothing to choose.
    ///
    /// # Errors
    /// [`Error::BadData`] for options.
    pub fn new(options: &serde_json::Value) -> Result<Self> {
        let none = options.is_null() || options.as_object().is_some_and(|o| o.is_empty());
        if !none {
            return Err(Error::BadData {
                name: NAME.into(),
                reason: "it has no options".into(),
            });
        }
        Ok(Self {
            info: DataInfo::new(NAME, Space::Paths { length: LENGTH }),
            played: Arc::new([]),
            held_out: HELD_OUT,
        })
    }

    /// Half of what is learned from is drawn from these paths. `sha256` is that of their file.
    pub fn with(mut self, paths: Vec<Path>, sha256: String) -> Self {
        self.played = paths.into();
        self.info.sha256 = sha256;
        self
    }

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        self.held_out = FOR_CHOICE;
        self
    }

    /// Path `number` of those to learn from with a seed.
    pub fn draw(&self, seed: u64, number: u64) -> Path {
        if !self.played.is_empty() {
            let mut rng = Rng::new(seed, Purpose::World, number);
            if rng.below(2) == 0 {
                return self.played[rng.below(self.played.len())].clone();
            }
        }
        let (task, places) = layout::draw(seed & !(0xffff << 48), number, LENGTH);
        Path { task, places }
    }

    /// Held-out path `i` of [`TEST`].
    pub fn held_out(&self, i: usize) -> Path {
        let (task, places) = layout::draw(self.held_out, i as u64, LENGTH);
        Path { task, places }
    }

    /// Held-out task `i` with two ways that are equally long.
    pub fn fork(&self, i: usize) -> Task {
        layout::fork(self.held_out, i as u64)
    }

    /// Paths as a batch.
    pub fn batch(paths: impl Iterator<Item = Path>) -> Batch {
        Batch::Paths {
            paths: paths.collect(),
        }
    }
}
