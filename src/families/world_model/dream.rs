//! Dreams: random play in a world that is only imagined.

use burn::tensor::{Device, Tensor, TensorData};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::WorldModel;
use crate::{
    data::episodes,
    model::{Asked, Family, Imagining, Reading, Sampler, Samples},
    options::Options,
    rng::{Purpose, Rng},
    worlds::rooms::{
        Memory, Noun, Part, SIGHT, Sight, draw,
        layout::{self, Naming},
        mission::Sort,
    },
};

/// Steps of a dream.
const LONG: usize = 24;

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DreamOptions {
    /// Whether each cell is drawn as likely as the model believes. Without it each is what is likeliest.
    #[schemars(title = "Draw cells")]
    pub draw: bool,
}

impl Default for DreamOptions {
    fn default() -> Self {
        Self { draw: true }
    }
}

impl Options for DreamOptions {}

/// Several dreams at once: [`Family::sampler`].
pub(super) struct Dreams {
    model: WorldModel,
    draw: bool,
    seed: u64,
    step: usize,
    dreamt: Vec<Memory>,
    /// What each has seen so far.
    films: Vec<Vec<Sight>>,
    device: Device,
}

impl Dreams {
    /// `count` dreams that begin with what is seen in worlds of a seed; nothing after that is theirs.
    pub(super) fn new(model: &WorldModel, options: &DreamOptions, count: usize, seed: u64) -> Self {
        let world = |i| layout::draw(seed, i as u64, None, Naming::Said).rooms;
        let dreamt: Vec<Memory> = (0..count).map(|i| Memory::new(world(i).sight())).collect();
        Self {
            device: model.device(),
            model: model.valid(),
            draw: options.draw,
            seed,
            step: 0,
            films: dreamt.iter().map(|m| vec![*m.sight()]).collect(),
            dreamt,
        }
    }
}

impl Sampler for Dreams {
    fn steps(&self) -> usize {
        LONG
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(async move {
            if self.step >= LONG || self.dreamt.is_empty() {
                return Ok(false);
            }
            let (seed, step) = (self.seed, self.step);
            let rng = |i: usize| Rng::new(seed, Purpose::Sample, (i as u64) << 32 | step as u64);
            let mut dice: Vec<Rng> = (0..self.dreamt.len()).map(rng).collect();
            // Nothing is to be done in a dream.
            let part = Part::GoTo(Noun {
                sort: Sort::Door,
                colour: None,
            });
            let each = self.dreamt.iter().zip(&mut dice);
            let asked = each.map(|(m, rng)| (m, episodes::random(m.sight(), rng), part));
            let asked: Vec<Asked> = asked.collect();
            let expected = self.model.expect(&asked).await?;
            for (i, (expected, rng)) in expected.iter().zip(&mut dice).enumerate() {
                let (motion, sight) = match self.draw {
                    true => expected.draw(rng),
                    false => expected.likeliest(),
                };
                self.dreamt[i].step(motion, sight);
                self.films[i].push(sight);
            }
            self.step += 1;
            Ok(true)
        })
    }

    fn state(&self) -> Samples {
        let side = SIGHT * draw::TILE;
        let frames = self.step + 1;
        let mut values = Vec::with_capacity(self.films.len() * frames * 3 * side * side);
        for sight in self.films.iter().flatten() {
            values.extend(draw::sight(sight, &[]).values());
        }
        let shape = [self.films.len(), frames, 3, side, side];
        Samples::Clips(Tensor::from_data(
            TensorData::new(values, shape),
            &self.device,
        ))
    }
}
