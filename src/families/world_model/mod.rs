//! A world model: what an agent in rooms will see if it does this or that, learned from random play.
//!
//! Ha & Schmidhuber 2018, "World Models", arXiv:1803.10122; that it is told with views of symbols, and each symbol of the
//! next view predicted by a transformer, is after Micheli, Alonso & Fleuret 2023, "Transformers are Sample-Efficient World
//! Models", arXiv:2209.00588.
//!
//! ```text
//! loss = −1/49 Σ_i log p(o_{t+1,i} | m_t, a_t)  −  log p(d_t | m_t, a_t)  −  log p(r_t | m_t, a_t, g)
//! ```
//!
//! m_t is what is seen and remembered at time t, a_t the action, o_{t+1,i} cell i of the next view, d_t how the agent moves
//! (not at all, a quarter left or right, one cell on) and r_t whether a mission g is done by it. Given m_t and a_t the
//! cells of a view are independent; a row of numbers x stands for each:
//!
//! ```text
//! x_i = here(o_t,i) + Σ_j A_a[i, j] around(m_t,j) + place_i + action_a + front(o_t) + carried(o_t)
//! x  += attention(norm(x))
//! x  += mlp(norm(x))
//! ```
//!
//! A_a `[49, 169]` says for each action where the cells of the next view lie among the 13 × 13 around the agent. It is a
//! softmax of a table that is learned: nobody says that the world turns when the agent does. What is remembered is not
//! learned: a map of the last that was seen of each cell ([`Memory`]), by the agent's own count of its steps, which in
//! imagination follows the imagined d_t. That takes the place of the recurrent state of the papers.

mod dream;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, activation},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::agent::traits;
use crate::{
    data::{
        Batch, DataInfo, Space, SpaceKind,
        episodes::{Episode, Moment},
    },
    device::floats,
    error::{Error, Result},
    kernels::{
        activation::Activation,
        attention::Mask,
        cross_entropy::cross_entropy,
        embedding::embedding,
        linear::{linear, matmul},
        reduce,
    },
    model::{
        Asked, Capabilities, Condition, Cost, Defaults, Expected, Family, Imagining, Losses,
        OptimizerKind, Reading, Sampler, Size, TrainConfig, config_and_net,
    },
    nn::{
        transformer::{Block, INIT, Pass, Shape, even_heads, gain, matrix},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
    worlds::rooms::{
        ACTIONS, Action, COLOURS, FRONT, Memory, Noun, OWN, Part, Pose, SEEN, SYMBOLS, Symbol,
        cell_of,
        memory::{MOTIONS, Motion, NEAR, is_done},
        mission::Sort,
    },
};

pub use dream::DreamOptions;

/// Options of a [`WorldModel`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WorldModelConfig {
    /// Layers, each of attention and an MLP.
    #[schemars(title = "Layers", range(min = 1, max = 6))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Numbers that stand for a cell of a view on its way through the layers.
    #[schemars(title = "Width", range(min = 16, max = 128))]
    pub n_embd: usize,
}

impl Default for WorldModelConfig {
    fn default() -> Self {
        Self {
            n_layer: 2,
            n_head: 4,
            n_embd: 48,
        }
    }
}

impl Options for WorldModelConfig {
    fn check(&self) -> Result<()> {
        even_heads(self.n_head, self.n_embd)
    }
}

impl WorldModelConfig {
    fn shape(&self) -> Shape {
        Shape::gated(self.n_head, self.n_embd, Mask::Full)
    }
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// What things are, their colours and states: `[7, C]`, `[7, C]`, `[3, C]`.
    sorts: Param<Tensor<2>>,
    colours: Param<Tensor<2>>,
    states: Param<Tensor<2>>,
    /// `[C, C]` each: what a thing means where it lies in the view now, around the agent, right before it, in its hands.
    here: Param<Tensor<2>>,
    around: Param<Tensor<2>>,
    front: Param<Tensor<2>>,
    carried: Param<Tensor<2>>,
    /// Where the cells of the next view come from, before the softmax, a row for each action and cell: `[6 · 49, 169]`.
    shift: Param<Tensor<2>>,
    /// `[49, C]` and `[6, C]`.
    places: Param<Tensor<2>>,
    actions: Param<Tensor<2>>,
    layers: Vec<Block>,
    /// `[C]`.
    norm: Param<Tensor<1>>,
    /// `[C, 39]`: the next symbol of a cell.
    view: Param<Tensor<2>>,
    /// `[C, 4]`: the motion, from the agent's own cell.
    motion: Param<Tensor<2>>,
    /// What is asked about: `[3, C]`, `[7, C]`, `[4, C]`.
    verb: Param<Tensor<2>>,
    colour: Param<Tensor<2>>,
    sort: Param<Tensor<2>>,
    /// `[3C, 2C]` and `[2C, 2]`: whether it is done.
    reward: Param<Tensor<2>>,
    reward_out: Param<Tensor<2>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct WorldModel {
    config: WorldModelConfig,
    shape: Shape,
    net: Net,
}

/// Episodes that go through the network together while it trains.
const MICRO_BATCH: usize = 4;
/// Steps of an episode that are learned from at once: neighbours teach much the same.
const STEPS: usize = 16;
/// Missions that are asked about for each step.
const ASKED: usize = 4;
/// Standard deviation of fresh tables of what is seen, which no norm comes after.
const SEEN_INIT: f32 = 0.2;
/// What the table of shifts is multiplied by before the softmax, so that it need not grow large to be sharp.
const SHARP: f32 = 16.0;

/// A step that is learned from.
#[derive(Debug, Clone)]
pub struct Step {
    /// What was remembered before it.
    pub memory: Memory,
    /// What was done.
    pub action: Action,
    /// How the agent moved.
    pub motion: Motion,
    /// What was remembered, and seen, after it.
    pub after: Memory,
}

/// All steps of an episode.
pub fn steps(moments: &[Moment]) -> Vec<Step> {
    let Some(first) = moments.first() else {
        return Vec::new();
    };
    let pose = |moment: &Moment| Pose {
        // How far before and to the right of the beginning, as a place of a map on which the agent looked up.
        x: (i16::from(moment.place[1]) + 128).clamp(0, 255) as u8,
        y: (128 - i16::from(moment.place[0])).clamp(0, 255) as u8,
        facing: (3 + moment.turned % 4) % 4,
    };
    let mut memory = Memory::new(first.sight);
    let pairs = moments.windows(2);
    let step = |two: &[Moment]| {
        let motion = Motion::between(pose(&two[0]), pose(&two[1]));
        let before = memory.clone();
        memory.step(motion, two[1].sight);
        Some(Step {
            memory: before,
            // A file may leave it out.
            action: two[1].last?,
            motion,
            after: memory.clone(),
        })
    };
    pairs.filter_map(step).collect()
}

/// A part of a mission as numbers: its verb, its colour (or none), its sort.
fn numbers(part: Part) -> [u32; 3] {
    let verb = match part {
        Part::GoTo(_) => 0,
        Part::PickUp(_) => 1,
        Part::Open(_) => 2,
    };
    let noun = part.noun();
    let colour = noun.colour.map_or(COLOURS.len() as u32, u32::from);
    [verb, colour, noun.sort.place() as u32]
}

/// Missions about a step, and whether each is done by it. Drawn at random they would hardly ever be: each is about what
/// lies before the agent or is carried, after the step, as often as not with another colour or sort.
pub fn questions(step: &Step, rng: &mut Rng) -> [(Part, bool); ASKED] {
    let (before, after) = (step.memory.sight(), step.after.sight());
    let noun = |symbol: Symbol| cell_of(symbol).and_then(Noun::in_cell);
    let (front, held) = (noun(after[FRONT]), noun(after[OWN]));
    std::array::from_fn(|i| {
        let about = if i == 1 { held.or(front) } else { front };
        let mut asked = about.unwrap_or(Noun {
            sort: Sort::ALL[rng.below(Sort::ALL.len())],
            colour: Some(rng.below(COLOURS.len()) as u8),
        });
        if i == ASKED - 1 || rng.below(3) == 0 {
            match rng.below(2) {
                0 => asked.colour = Some(rng.below(COLOURS.len()) as u8),
                _ => asked.sort = Sort::ALL[rng.below(Sort::ALL.len())],
            }
        }
        if rng.below(8) == 0 {
            asked.colour = None;
        }
        let part = match (asked.sort, i) {
            (Sort::Door, 1 | 2) => Part::Open(asked),
            (Sort::Thing(_), 1) => Part::PickUp(asked),
            (Sort::Thing(_), 3) if rng.below(2) == 0 => Part::PickUp(asked),
            _ => Part::GoTo(asked),
        };
        (part, is_done(part, step.action, before, after))
    })
}

fn product(x: Tensor<2>, w: &Param<Tensor<2>>) -> Tensor<2> {
    linear(x, w.val(), None, Activation::Identity)
}

impl WorldModel {
    fn device(&self) -> Device {
        self.net.view.val().device()
    }

    /// Where the cells of the next view come from, for each action: `[6, 49 · 169]`, each 169 of which add up to one.
    pub fn shifts(&self) -> Tensor<2> {
        let shift = activation::softmax(self.net.shift.val() * SHARP, 1);
        shift.reshape([ACTIONS.len(), SEEN * NEAR])
    }

    /// What is made of each cell of the next views, `[n · 49, C]`.
    pub fn forward(&self, asked: &[(&Memory, Action)]) -> Tensor<2> {
        let (net, n, c) = (&self.net, asked.len(), self.config.n_embd);
        let all: Vec<[u32; 3]> = (0..SYMBOLS as Symbol).map(traits).collect();
        let of = |table: &Param<Tensor<2>>, which: usize| {
            let ids: Vec<u32> = all.iter().map(|traits| traits[which]).collect();
            embedding(table.val(), &ids)
        };
        let kinds = of(&net.sorts, 0) + of(&net.colours, 1) + of(&net.states, 2); // [SYMBOLS, C]
        let meaning = |means: &Param<Tensor<2>>, symbols: Vec<u32>| {
            embedding(product(kinds.clone(), means), &symbols)
        };
        let seen = |&(memory, _): &(&Memory, Action)| memory.sight().map(u32::from);
        let here = meaning(&net.here, asked.iter().flat_map(seen).collect());
        let near = |&(memory, _): &(&Memory, Action)| memory.around().map(u32::from);
        let around = meaning(&net.around, asked.iter().flat_map(near).collect());
        let around = around.reshape([n, NEAR, c]);
        let actions: Vec<u32> = asked.iter().map(|&(_, action)| action as u32).collect();
        let shifts = embedding(self.shifts(), &actions).reshape([n, SEEN, NEAR]);
        let moved = matmul(shifts, around).reshape([n * SEEN, c]);
        // What all cells of a view are told.
        let at = |place: usize| -> Vec<u32> {
            let symbols = asked.iter().map(|(memory, _)| memory.sight()[place]);
            symbols.map(u32::from).collect()
        };
        let told = embedding(net.actions.val(), &actions)
            + meaning(&net.front, at(FRONT))
            + meaning(&net.carried, at(OWN));
        let rows: Vec<u32> = (0..n * SEEN).map(|row| (row / SEEN) as u32).collect();
        let places: Vec<u32> = (0..n * SEEN).map(|row| (row % SEEN) as u32).collect();
        let mut x = here + moved + embedding(told, &rows) + embedding(net.places.val(), &places);
        let mut pass = Pass::Whole {
            t: SEEN,
            dropout: None,
            weights: None,
        };
        for block in &net.layers {
            x = block.forward(&self.shape, x, &mut pass);
        }
        self.shape.norm(x, &net.norm)
    }

    /// Logits of the motion, `[n, 4]`.
    fn motions(&self, x: &Tensor<2>) -> Tensor<2> {
        product(rows_of(x, OWN), &self.net.motion)
    }

    /// Logits of not done and done, `[n · k, 2]`, of k missions for each of n steps.
    fn rewards(&self, x: &Tensor<2>, parts: &[Part]) -> Tensor<2> {
        let net = &self.net;
        let each = parts.len() / (x.dims()[0] / SEEN).max(1);
        let numbers: Vec<[u32; 3]> = parts.iter().map(|&part| numbers(part)).collect();
        let of = |table: &Param<Tensor<2>>, which: usize| {
            let ids: Vec<u32> = numbers.iter().map(|numbers| numbers[which]).collect();
            embedding(table.val(), &ids)
        };
        let asked = of(&net.verb, 0) + of(&net.colour, 1) + of(&net.sort, 2);
        let steps: Vec<u32> = (0..parts.len()).map(|i| (i / each.max(1)) as u32).collect();
        let at = |place: usize| embedding(rows_of(x, place), &steps);
        let told = Tensor::cat(vec![at(FRONT), at(OWN), asked], 1); // [n · k, 3C]
        let hidden = linear(told, net.reward.val(), None, Activation::Gelu);
        product(hidden, &net.reward_out)
    }

    /// Losses of steps with their questions: see [`Family::losses`].
    pub fn step_losses(&self, steps: &[Step], asked: &[[(Part, bool); ASKED]]) -> Losses {
        let told: Vec<(&Memory, Action)> = steps.iter().map(|s| (&s.memory, s.action)).collect();
        let x = self.forward(&told);
        let right = steps.iter().flat_map(|s| s.after.sight().map(u32::from));
        let view = cross_entropy(product(x.clone(), &self.net.view), right.collect());
        let right = steps.iter().map(|s| s.motion as u32).collect();
        let motion = cross_entropy(self.motions(&x), right);
        let parts: Vec<Part> = asked.iter().flatten().map(|&(part, _)| part).collect();
        let right = asked.iter().flatten().map(|&(_, done)| u32::from(done));
        let reward = cross_entropy(self.rewards(&x, &parts), right.collect());
        let [view, motion, reward] = [view, motion, reward].map(reduce::mean);
        let loss = view.clone() + motion.clone() + reward.clone();
        vec![
            ("loss", loss),
            ("view", view),
            ("motion", motion),
            ("reward", reward),
        ]
    }
}

/// The row of one place of each view, `[n, C]`.
fn rows_of(x: &Tensor<2>, place: usize) -> Tensor<2> {
    let n = x.dims()[0] / SEEN;
    let rows: Vec<u32> = (0..n).map(|i| (i * SEEN + place) as u32).collect();
    embedding(x.clone(), &rows)
}

impl Family for WorldModel {
    type Config = WorldModelConfig;
    type SampleOptions = DreamOptions;
    type Net = Net;

    const ID: &'static str = "world-model";
    const TITLE: &'static str = "World model";
    const PAPER: &'static str = "Ha & Schmidhuber 2018, World Models, arXiv:1803.10122";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::world_model()
    }

    fn defaults(space: &Space) -> Option<Defaults<WorldModelConfig>> {
        if !matches!(space, Space::Episodes { .. }) {
            return None;
        }
        let size = |id: &str, title: &str, [n_layer, n_embd]: [usize; 2], steps| Size {
            id: id.into(),
            title: title.into(),
            config: json!({"n_layer": n_layer, "n_embd": n_embd}),
            steps,
        };
        Some(Defaults {
            config: WorldModelConfig::default(),
            train: TrainConfig {
                batch_size: 8,
                learning_rate: 3e-3,
                optimizer: OptimizerKind::Muon,
                beta_2: 0.99,
                warmup: 50,
                clip: 1.0,
                ..TrainConfig::default()
            },
            sizes: vec![
                size("small", "Small", [2, 32], 3000),
                size("medium", "Medium", [2, 48], 6000),
            ],
        })
    }

    fn init(
        config: &WorldModelConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        config.check()?;
        if !matches!(data.space, Space::Episodes { .. }) {
            return Err(Error::CheckpointSchema {
                reason: "a model of a world without a world".into(),
            });
        }
        let (c, shape) = (config.n_embd, config.shape());
        let mut table = |rows: usize| matrix([rows, c], SEEN_INIT, rng, device);
        let [sorts, colours, states] = [7, COLOURS.len() + 1, 3].map(&mut table);
        let [places, actions] = [SEEN, ACTIONS.len()].map(&mut table);
        let [verb, colour, sort] = [3, COLOURS.len() + 1, Sort::ALL.len()].map(&mut table);
        let even = 1.0 / (c as f32).sqrt();
        let mut square = || matrix([c, c], even, rng, device);
        let [here, around, front, carried] = std::array::from_fn(|_| square());
        Ok(Self {
            config: config.clone(),
            net: Net {
                sorts,
                colours,
                states,
                here,
                around,
                front,
                carried,
                shift: matrix([ACTIONS.len() * SEEN, NEAR], INIT, rng, device),
                places,
                actions,
                layers: (0..config.n_layer)
                    .map(|_| Block::init(&shape, config.n_layer, rng, device))
                    .collect(),
                norm: gain(c, device),
                view: matrix([c, SYMBOLS], INIT, rng, device),
                motion: matrix([c, MOTIONS.len()], INIT, rng, device),
                verb,
                colour,
                sort,
                reward: matrix([3 * c, 2 * c], even, rng, device),
                reward_out: matrix([2 * c, 2], INIT, rng, device),
            },
            shape,
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.starts_with("layers.");
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    /// Means over `STEPS` steps of each episode, nats: of a cell of the next view, of the motion, of whether a mission
    /// is done, and their sum, which training lowers.
    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let (mut chosen, mut asked) = (Vec::new(), Vec::new());
        for episode in batch.episodes()? {
            for step in some_steps(episode, rng) {
                asked.push(questions(&step, rng));
                chosen.push(step);
            }
        }
        if chosen.is_empty() {
            // Episodes of one moment: nothing is learned.
            let none = reduce::sum(self.net.view.val()) * 0.0;
            let names = ["loss", "view", "motion", "reward"];
            return Ok(names.map(|name| (name, none.clone())).to_vec());
        }
        Ok(self.step_losses(&chosen, &asked))
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    /// As of an episode of which all `STEPS` steps are there.
    fn cost(&self) -> Cost {
        let (steps, cells, near) = (STEPS as f64, SEEN as f64, NEAR as f64);
        let (c, layers) = (self.config.n_embd as f64, self.config.n_layer as f64);
        let heads = self.config.n_head as f64;
        let cost = Cost::of(&weights::shapes(&self.net), |name| match name {
            "here" | "around" | "front" | "carried" => SYMBOLS as f64 / MICRO_BATCH as f64,
            "motion" => steps,
            "reward" | "reward_out" => steps * ASKED as f64,
            "view" => steps * cells,
            name if name.starts_with("layers.") => steps * cells,
            _ => 0.0,
        });
        cost.plus(
            steps * cells * (near * c + layers * 2.0 * cells * c),
            steps * (cells * (2.0 * near + layers * heads * cells + 4.0 * c) + 2.0 * near * c),
        )
    }

    fn sampler(
        &self,
        options: &DreamOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        options.check()?;
        Ok(Box::new(dream::Dreams::new(self, options, count, seed)))
    }

    fn imagining(&self) -> Option<&dyn Imagining> {
        Some(self)
    }
}

/// [`STEPS`] steps of an episode, or all of them if there are fewer.
fn some_steps(episode: &Episode, rng: &mut Rng) -> Vec<Step> {
    let all = steps(&episode.moments);
    let order = rng.permutation(all.len());
    let mut chosen: Vec<u32> = order.into_iter().take(STEPS).collect();
    chosen.sort_unstable();
    chosen.iter().map(|&i| all[i as usize].clone()).collect()
}

impl Imagining for WorldModel {
    fn expect<'a>(&'a self, asked: &'a [Asked<'a>]) -> Reading<'a, Vec<Expected>> {
        Box::pin(async move {
            if asked.is_empty() {
                return Ok(Vec::new());
            }
            let model = self.valid();
            let told = asked.iter().map(|&(memory, action, _)| (memory, action));
            let parts: Vec<Part> = asked.iter().map(|&(.., part)| part).collect();
            let x = model.forward(&told.collect::<Vec<_>>());
            let share = |logits: Tensor<2>| activation::softmax(logits, 1);
            let motions = share(model.motions(&x));
            let rewards = share(model.rewards(&x, &parts));
            let few = floats(Tensor::cat(vec![motions, rewards], 1)).await?;
            let cells = floats(share(product(x, &model.net.view))).await?;
            let each = cells.chunks_exact(SEEN * SYMBOLS);
            let few = few.chunks_exact(MOTIONS.len() + 2);
            let expected = each.zip(few).map(|(cells, few)| Expected {
                cells: cells.to_vec(),
                motion: std::array::from_fn(|i| few[i]),
                done: few[MOTIONS.len() + 1],
            });
            Ok(expected.collect())
        })
    }
}
