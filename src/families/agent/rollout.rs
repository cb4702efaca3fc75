//! Episodes being played.

use burn::tensor::{Device, Tensor, TensorData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Agent;
use crate::{
    error::Result,
    model::{Condition, Played, Reading, Sampler, Samples, SideBySide},
    options::Options,
    rng::{Purpose, Rng},
    worlds::rooms::{
        Mission, Rooms, Task, draw,
        layout::{self, Naming, SIDE},
    },
};

/// Frames that are shown of an episode, at most.
pub const FRAMES: usize = 32;
/// Steps after which an episode ends.
const MOST_STEPS: usize = 64;

/// Options of its sampler.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentSampleOptions {
    /// Logits are divided by it: 0 always takes the likeliest action, 1 draws as the model believes.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Options for AgentSampleOptions {}

/// Several episodes at once: [`Family::sampler`](crate::model::Family::sampler).
pub struct Rollout {
    model: Agent,
    temperature: f64,
    seed: u64,
    step: usize,
    played: Vec<Played>,
    side_by_side: SideBySide,
    /// Each world at each moment.
    films: Vec<Vec<Rooms>>,
    device: Device,
}

impl Rollout {
    /// `count` worlds of a seed, each with the mission that `condition` names, or else one of its own.
    ///
    /// # Errors
    /// What [`Mission::parse`] says.
    pub fn new(
        model: &Agent,
        options: &AgentSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Self> {
        let mission = condition
            .prompt
            .as_deref()
            .map(Mission::parse)
            .transpose()?;
        let task = |i: usize| {
            let drawn = layout::draw(seed, i as u64, None, Naming::Said);
            match &mission {
                None => drawn,
                Some(mission) => Task::new(drawn.rooms, mission.clone()),
            }
        };
        let played: Vec<Played> = (0..count).map(task).map(Played::new).collect();
        Ok(Self {
            device: model.net.words.val().device(),
            model: model.clone(),
            temperature: options.temperature,
            seed,
            step: 0,
            side_by_side: SideBySide::default(),
            films: played.iter().map(|p| vec![p.task.rooms.clone()]).collect(),
            played,
        })
    }
}

impl Sampler for Rollout {
    fn steps(&self) -> usize {
        MOST_STEPS
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            let live: Vec<usize> = (0..self.played.len())
                .filter(|&i| !self.played[i].task.is_done())
                .collect();
            if live.is_empty() || self.step >= MOST_STEPS {
                return Ok(false);
            }
            for &i in &live {
                self.played[i].look();
            }
            let side_by_side = &mut self.side_by_side;
            let decisions = side_by_side.next(&self.model, &self.played, &live).await?;
            for (&i, decision) in live.iter().zip(&decisions) {
                let place = (i as u64) << 32 | self.step as u64;
                let mut rng = Rng::new(self.seed, Purpose::Sample, place);
                let action = decision.draw(self.temperature, &mut rng);
                self.played[i].act(action);
                self.films[i].push(self.played[i].task.rooms.clone());
            }
            self.step += 1;
            Ok(true)
        })
    }

    /// As many frames of each as the longest has, [`FRAMES`] at most: of a longer episode some are left out, and the
    /// last of a shorter one stays. They are many numbers, so room is made for them once.
    fn state(&self) -> Samples {
        let side = SIDE * draw::TILE;
        let longest = self.films.iter().map(Vec::len).max();
        let frames = longest.unwrap_or(1).clamp(1, FRAMES);
        let mut values = Vec::with_capacity(self.films.len() * frames * 3 * side * side);
        for film in &self.films {
            for frame in 0..frames {
                let last = film.len() - 1;
                let at = match last < frames {
                    true => frame.min(last),
                    false => frame * last / (frames - 1),
                };
                values.extend(draw::world(&film[at], SIDE).values());
            }
        }
        let shape = [self.films.len(), frames, 3, side, side];
        Samples::Clips(Tensor::from_data(
            TensorData::new(values, shape),
            &self.device,
        ))
    }
}
