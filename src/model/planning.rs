//! What a model that plans can be asked.

use super::Reading;
use crate::{
    pause::Pause,
    worlds::maze::{Place, Task},
};

/// It plans paths from noise, all places of a path at once.
pub trait Planning {
    /// Paths for tasks, `asked.count` for each in turn, in cells, as they are after a share of all steps.
    fn plans<'a>(
        &'a self,
        tasks: &'a [Task],
        asked: &'a AskedPlans,
        pause: Pause,
    ) -> Reading<'a, Vec<Vec<Place>>>;

    /// Steps that it takes where as many are asked for.
    fn steps(&self, asked: usize) -> usize;
}

/// Which plans are asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct AskedPlans {
    /// Paths for each task.
    pub count: usize,
    /// Seed of their noise.
    pub seed: u64,
    /// Steps from noise to paths.
    pub steps: usize,
    /// How strongly walls push them away: 0 not at all, 1 as far as it takes.
    pub walls: f64,
    /// The share of the steps that is taken, from 0 to 1.
    pub share: f32,
}

impl Default for AskedPlans {
    fn default() -> Self {
        Self {
            count: 1,
            seed: 0,
            steps: 20,
            walls: 0.0,
            share: 1.0,
        }
    }
}
