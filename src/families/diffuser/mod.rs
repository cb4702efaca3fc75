//! Planning as sampling: diffusion over whole paths through a maze.
//!
//! Janner, Du, Tenenbaum & Levine 2022, "Planning with Diffusion for Flexible Behavior Synthesis", arXiv:2205.09991.
//!
//! A path τ of H places is one example: all its places are denoised together, and none is planned before another.
//!
//! ```text
//! τ_t  = √ᾱ_t τ_0 + √(1−ᾱ_t) ε,   its first and last place replaced by start s and goal g
//! loss = E ‖τ_0 − τ̂(τ_t, t; m, s, g)‖²                                    m: the maze
//! ```
//!
//! That both ends are known is inpainting, as in the paper: they are put in at every step, in training as well. The
//! paper has a model for each maze; this one is told the maze, so that it plans in mazes that it has never seen. It
//! reads the maze once for all steps, by one convolution that is applied over and over and keeps to the floor, so that
//! what is known at the goal can spread from cell to cell, as in value iteration (Tamar et al. 2016, "Value Iteration
//! Networks", arXiv:1602.02867). Then a transformer looks at the places of a path and at all cells together; each place
//! is also told what was read at the cells around it.
//!
//! Walls can push besides, without any training (section 3.2 of the paper): with d(p) the distance of a place from the
//! nearest wall, negative inside of one, each step moves the predicted path down the gradient of
//!
//! ```text
//! C(τ) = Σ_i ½ max(0, margin − d(τ_i))²
//! ```
//!
//! and once no noise is left the path goes on down it for some steps, its places pulled evenly apart like those of an
//! elastic band (Quinlan & Khatib 1993, "Elastic Bands: Connecting Path Planning and Control").

mod walls;

pub use walls::{Pushes, push};

use burn::{
    module::{Module, Param},
    nn::{Linear, conv::Conv2d},
    tensor::{Device, Tensor, TensorData, activation},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ddpm::{
    DdpmSampleOptions, Level, NoiseSchedule, Prediction, Process, Reverse, SamplerKind,
};
use crate::{
    data::{
        Batch, DataInfo, Space, SpaceKind,
        paths::{LENGTH, Path},
    },
    device::floats,
    error::{Error, Result},
    kernels::{attention::Mask, waves::waves},
    model::{
        AskedPlans, Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Losses,
        OptimizerKind, Planning, Reading, Sampler, Samples, Schedule, Size, TrainConfig,
        config_and_net, ready,
    },
    nn::{
        conv::conv,
        init,
        linear::{linear, matmul},
        transformer::{Block, INIT, Pass, Shape, even_heads, gain, matrix},
        unet, weights,
    },
    optim::ParameterGroup,
    options::Options,
    pause::Pause,
    rng::{Purpose, Rng},
    worlds::maze::{CELLS, Maze, Place, SIDE, Task, cell_of, expert, layout},
};

/// Cells for one unit of what the network sees: places are (p − middle) / UNIT.
const UNIT: f32 = 2.0;
/// What a cell is read from: a wall, the start, the goal.
const READ: usize = 3;
/// Frequencies of places and of the time, from the slowest to the fastest, in radians for a unit.
const PLACE_WAVES: (usize, f32, f32) = (8, 0.5, 12.0);
const TIME_WAVES: (usize, f32, f32) = (8, 1.0, 60.0);
/// Groups of channels that are normalised together.
const GROUPS: usize = 4;
/// Paths that go through the network together while it trains.
const MICRO_BATCH: usize = 16;

/// Options of a [`Diffuser`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DiffuserConfig {
    /// Steps of the chain from paths to noise.
    #[schemars(title = "Timesteps", range(min = 10, max = 1000))]
    pub timesteps: usize,
    /// Numbers that are known of each cell while the maze is read, a multiple of 4.
    #[schemars(title = "Channels", range(min = 8, max = 128))]
    pub channels: usize,
    /// Times that what is known of each cell spreads to its neighbours.
    #[schemars(title = "Sweeps", range(min = 1, max = 40))]
    pub sweeps: usize,
    /// Layers, each of attention and an MLP.
    #[schemars(title = "Layers", range(min = 1, max = 12))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Width of the residual stream: numbers that stand for a place or a cell.
    #[schemars(title = "Width", range(min = 16, max = 512))]
    pub n_embd: usize,
}

impl Default for DiffuserConfig {
    fn default() -> Self {
        Self {
            timesteps: 100,
            channels: 32,
            sweeps: 16,
            n_layer: 3,
            n_head: 4,
            n_embd: 64,
        }
    }
}

impl Options for DiffuserConfig {
    fn check(&self) -> Result<()> {
        if !self.channels.is_multiple_of(GROUPS) {
            let reason = "channels are normalised in 4 groups; a multiple of 4 is needed";
            return Err(Error::bad_option("channels", self.channels, reason));
        }
        even_heads(self.n_head, self.n_embd)
    }
}

impl DiffuserConfig {
    fn shape(&self) -> Shape {
        Shape::gated(self.n_head, self.n_embd, Mask::Full)
    }
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DiffuserSampleOptions {
    /// Steps from noise to paths.
    #[schemars(title = "Steps", range(min = 1, max = 100))]
    pub steps: usize,
    /// How strongly walls push a path away: 0 not at all, 1 as far as it takes.
    #[schemars(title = "Walls", range(min = 0.0, max = 1.0))]
    pub push: f64,
}

impl Default for DiffuserSampleOptions {
    fn default() -> Self {
        Self {
            steps: 20,
            push: 0.0,
        }
    }
}

impl Options for DiffuserSampleOptions {}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// From what a cell is to the channels.
    enter: Conv2d,
    /// What spreads from cell to cell, in every sweep.
    sweep: Conv2d,
    norm: unet::Norm,
    /// From a cell's channels and place to the stream.
    cell: Linear,
    /// From a place and what was read around it to the stream.
    place: Linear,
    /// From the time.
    time: Linear,
    /// Which place of a path it is, `[H, C]`.
    order: Param<Tensor<2>>,
    layers: Vec<Block>,
    /// `[C]`.
    norm_f: Param<Tensor<1>>,
    /// `[C, 2]`.
    head: Param<Tensor<2>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Diffuser {
    config: DiffuserConfig,
    shape: Shape,
    process: Process,
    net: Net,
}

/// What is known of a task for all steps.
#[derive(Clone)]
pub struct Seen {
    /// What was read at each cell, `[n, CELLS, channels]`.
    cells: Tensor<3>,
    /// The straight way from start to goal, `[n, H, 2]`.
    line: Tensor<3>,
}

impl Seen {
    /// The same, each task `times` times in a row.
    fn each(self, times: usize) -> Self {
        let each = |t: Tensor<3>| {
            let [n, rows, columns] = t.dims();
            let wide: Tensor<4> = t.unsqueeze_dim(1);
            let wide = wide.expand([n, times, rows, columns]);
            wide.reshape([n * times, rows, columns])
        };
        Self {
            cells: each(self.cells),
            line: each(self.line),
        }
    }
}

/// Values from the first to the last in equal ratios.
fn geometric((count, first, last): (usize, f32, f32)) -> Vec<f32> {
    let ratio = |i: usize| (last / first).powf(i as f32 / (count - 1) as f32);
    (0..count).map(|i| first * ratio(i)).collect()
}

/// Places in the network's units.
fn units(places: impl IntoIterator<Item = Place>) -> Vec<f32> {
    let middle = SIDE as f32 / 2.0;
    let unit = |v: f32| (v - middle) / UNIT;
    places.into_iter().flat_map(|p| p.map(unit)).collect()
}

/// Places in the network's units as places in cells.
pub(super) fn in_cells<const D: usize>(places: Tensor<D>) -> Tensor<D> {
    places * UNIT + SIDE as f32 / 2.0
}

/// How much each of `count` nodes with a spacing of `1 / fine` cells counts at places `[n, H, 1]` in cells: linear
/// between both nodes around it, `[n, H, count]`. Beyond the outer nodes they count alone.
fn tents(places: Tensor<3>, count: usize, fine: f32) -> Tensor<3> {
    let nodes: Vec<f32> = (0..count).map(|i| i as f32).collect();
    let nodes = TensorData::new(nodes, [1, 1, count]);
    let nodes = Tensor::<3>::from_data(nodes, &places.device());
    // The first node lies in the middle of its share of the first cell.
    let at = (places * fine - 0.5).clamp(0.0, (count - 1) as f32);
    activation::relu((at - nodes).abs().neg() + 1.0)
}

impl Diffuser {
    fn device(&self) -> Device {
        self.net.head.val().device()
    }

    /// Reads mazes with their starts and goals.
    pub fn read(&self, tasks: &[Task]) -> Seen {
        let (n, device) = (tasks.len(), self.device());
        let mut values = Vec::with_capacity(n * READ * CELLS);
        let mut floor = Vec::with_capacity(n * CELLS);
        for task in tasks {
            let wall = task.maze.walls().map(|wall| f32::from(u8::from(wall)));
            floor.extend(wall.map(|wall| 1.0 - wall));
            values.extend(wall);
            for end in [task.start, task.goal] {
                let tent = |v: f32, i: usize| (1.0 - (v - 0.5 - i as f32).abs()).max(0.0);
                let node = |i: usize| tent(end[0], i % SIDE) * tent(end[1], i / SIDE);
                values.extend((0..CELLS).map(node));
            }
        }
        let values = TensorData::new(values, [n, READ, SIDE, SIDE]);
        let values = Tensor::<4>::from_data(values, &device);
        let floor = TensorData::new(floor, [n, 1, SIDE, SIDE]);
        let floor = Tensor::<4>::from_data(floor, &device);
        let mut h = conv(&self.net.enter, values) * floor.clone(); // [n, channels, SIDE, SIDE]
        for _ in 0..self.config.sweeps {
            let more = conv(&self.net.sweep, self.net.norm.forward(h.clone(), true));
            h = (h + more) * floor.clone();
        }
        let channels = self.config.channels;
        let lines = tasks.iter().flat_map(|task| {
            (0..LENGTH).map(|i| {
                let share = i as f32 / (LENGTH - 1) as f32;
                [0, 1].map(|axis| task.start[axis] + share * (task.goal[axis] - task.start[axis]))
            })
        });
        let line = TensorData::new(units(lines), [n, LENGTH, 2]);
        Seen {
            cells: h.reshape([n, channels, CELLS]).swap_dims(1, 2),
            line: Tensor::from_data(line, &device),
        }
    }

    /// The predicted path τ̂ for τ_t at `times`, one for each or one for all.
    ///
    /// # Shapes
    /// - paths, output: `[n, H, 2]`; both ends are the task's own whatever is said of them
    pub fn predict(&self, seen: &Seen, paths: Tensor<3>, times: &[f64]) -> Tensor<3> {
        let (net, c) = (&self.net, self.config.n_embd);
        let [n, h, _] = paths.dims();
        let device = paths.device();
        let paths = with_ends(paths, &seen.line);
        // What was read around each place: a mean of the four cells around it.
        let cells = in_cells(paths.clone());
        let across = tents(cells.clone().narrow(2, 0, 1), SIDE, 1.0).unsqueeze_dim::<4>(2);
        let up = tents(cells.narrow(2, 1, 1), SIDE, 1.0).unsqueeze_dim::<4>(3);
        let share = (up * across).reshape([n, h, CELLS]);
        let around = matmul(share, seen.cells.clone()); // [n, H, channels]
        let channels = self.config.channels;
        let places = waves(paths.reshape([n * h, 2]), geometric(PLACE_WAVES));
        let places = Tensor::cat(vec![places, around.reshape([n * h, channels])], 1);
        let places = linear(&net.place, places).reshape([n, h, c]);
        let times: Vec<f32> = times.iter().map(|&t| t as f32).collect();
        let count = times.len();
        let times = Tensor::from_data(TensorData::new(times, [count, 1]), &device);
        let times = linear(&net.time, waves(times, geometric(TIME_WAVES))); // [n or 1, C]
        let places = places + net.order.val().unsqueeze_dim(0) + times.unsqueeze_dim(1);
        let middles = (0..CELLS).map(|i| [(i % SIDE) as f32 + 0.5, (i / SIDE) as f32 + 0.5]);
        let middles = TensorData::new(units(middles), [CELLS, 2]);
        let middles = waves(Tensor::from_data(middles, &device), geometric(PLACE_WAVES));
        let width = middles.dims()[1];
        let middles = middles.unsqueeze_dim::<3>(0).expand([n, CELLS, width]);
        let cells = Tensor::cat(vec![middles, seen.cells.clone()], 2);
        let cells = linear(&net.cell, cells.reshape([n * CELLS, width + channels]));
        let cells = cells.reshape([n, CELLS, c]);
        let t = h + CELLS;
        let mut x = Tensor::cat(vec![places, cells], 1).reshape([n * t, c]);
        let mut pass = Pass::Whole {
            t,
            dropout: None,
            weights: None,
        };
        for block in &net.layers {
            x = block.forward(&self.shape, x, &mut pass);
        }
        let x = x.reshape([n, t, c]).narrow(1, 0, h).reshape([n * h, c]);
        let x = self.shape.norm(x, &net.norm_f);
        let off = matmul(x, net.head.val()).reshape([n, h, 2]);
        // Both ends are off by nothing.
        off * inner(&device) + seen.line.clone()
    }

    /// The loss of paths `[n, H, 2]` with noise `epsilon` of the same shape, at one level each.
    pub fn loss(
        &self,
        seen: &Seen,
        paths: Tensor<3>,
        epsilon: Tensor<3>,
        levels: &[Level],
    ) -> Tensor<1> {
        let [n, h, _] = paths.dims();
        let flat = |t: Tensor<3>| t.reshape([n, 2 * h]);
        let noisy = Process::q_sample(flat(paths.clone()), flat(epsilon), levels);
        let times: Vec<f64> = levels.iter().map(|level| level.time).collect();
        let guess = self.predict(seen, noisy.reshape([n, h, 2]), &times);
        (paths - guess).square().mean()
    }

    /// A walk from noise to `count` paths for each task.
    fn walk(&self, tasks: &[Task], asked: &AskedPlans) -> Walk {
        let model = Family::valid(self);
        let count = asked.count.max(1);
        let seen = model.read(tasks).each(count);
        let line = seen.line.clone();
        let n = tasks.len() * count;
        let walls = || (Pushes::new(tasks, count, &model.device()), asked.walls);
        let pushes = (asked.walls > 0.0).then(walls);
        let each_step = pushes.clone();
        let noise = Rng::new(asked.seed, Purpose::Sample, 0)
            .normal_tensor([n, 2 * LENGTH], &model.device());
        let process = self.process.clone();
        let predict = move |x: Tensor<2>, time: f64, _| {
            let mut guess = model.predict(&seen, x.reshape([n, LENGTH, 2]), &[time]);
            if let Some((pushes, strength)) = &each_step {
                guess = pushes.away(guess, *strength);
            }
            guess.reshape([n, 2 * LENGTH])
        };
        let options = DdpmSampleOptions {
            sampler: SamplerKind::Ddpm,
            steps: asked.steps,
            eta: 0.0,
            resample: 1,
        };
        let predict = Box::new(predict);
        let reverse = Reverse::new(process, predict, &options, noise, asked.seed);
        Walk {
            reverse,
            line,
            pushes,
        }
    }
}

/// 0 for both ends of a path, 1 for what is between: `[1, H, 1]`.
fn inner(device: &Device) -> Tensor<3> {
    let end = |i: usize| if i == 0 || i + 1 == LENGTH { 0.0 } else { 1.0 };
    let values: Vec<f32> = (0..LENGTH).map(end).collect();
    Tensor::from_data(TensorData::new(values, [1, LENGTH, 1]), device)
}

/// Paths with the ends of others.
fn with_ends(paths: Tensor<3>, ends: &Tensor<3>) -> Tensor<3> {
    let inner = inner(&paths.device());
    paths * inner.clone() + ends.clone() * (inner.neg() + 1.0)
}

impl Family for Diffuser {
    type Config = DiffuserConfig;
    type SampleOptions = DiffuserSampleOptions;
    type Net = Net;

    const ID: &'static str = "diffuser";
    const TITLE: &'static str = "Diffuser";
    const PAPER: &'static str = "Janner, Du, Tenenbaum & Levine 2022, Planning with Diffusion for Flexible Behavior Synthesis, arXiv:2205.09991";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[
        ConditionKind::Start,
        ConditionKind::Goal,
        ConditionKind::Walls,
    ];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::diffuser()
    }

    fn defaults(space: &Space) -> Option<Defaults<DiffuserConfig>> {
        if !matches!(space, Space::Paths { .. }) {
            return None;
        }
        let size = |id: &str, title: &str, config, steps| Size {
            id: id.into(),
            title: title.into(),
            config,
            steps,
        };
        Some(Defaults {
            config: DiffuserConfig::default(),
            train: TrainConfig {
                batch_size: 64,
                learning_rate: 3e-3,
                optimizer: OptimizerKind::Muon,
                beta_2: 0.99,
                warmup: 50,
                clip: 1.0,
                ema: 0.995,
                schedule: Schedule::Constant,
                ..TrainConfig::default()
            },
            sizes: vec![
                size(
                    "small",
                    "Small",
                    serde_json::json!({"channels": 16, "sweeps": 12, "n_layer": 2, "n_embd": 32}),
                    2000,
                ),
                size("medium", "Medium", serde_json::json!({}), 4000),
            ],
        })
    }

    fn init(
        config: &DiffuserConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        config.check()?;
        let space = Space::Paths { length: LENGTH };
        space.must_fit(&data.space, &data.name)?;
        let (c, k, shape) = (config.n_embd, config.channels, config.shape());
        let seen = |(count, ..): (usize, f32, f32)| 2 * count;
        let net = Net {
            enter: init::conv([READ, k], 3, 1, 1.0, rng, device),
            sweep: init::conv([k, k], 3, 1, 0.5, rng, device),
            norm: unet::Norm::init(k, GROUPS, device),
            cell: init::linear(2 * seen(PLACE_WAVES) + k, c, 1.0, rng, device),
            place: init::linear(2 * seen(PLACE_WAVES) + k, c, 1.0, rng, device),
            time: init::linear(seen(TIME_WAVES), c, 1.0, rng, device),
            order: matrix([LENGTH, c], 0.5, rng, device),
            layers: (0..config.n_layer)
                .map(|_| Block::init(&shape, config.n_layer, rng, device))
                .collect(),
            norm_f: gain(c, device),
            head: matrix([c, 2], INIT, rng, device),
        };
        Ok(Self {
            config: config.clone(),
            shape,
            process: Process::of(Prediction::X0, NoiseSchedule::Cosine, config.timesteps),
            net,
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.starts_with("layers.");
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let paths = batch.paths()?;
        let (n, device) = (paths.len(), self.device());
        if paths.iter().any(|path| path.places.len() != LENGTH) {
            return Err(Error::Unsupported {
                what: "A path has another length than the model's".into(),
            });
        }
        let tasks: Vec<Task> = paths.iter().map(|path: &Path| path.task).collect();
        let places = units(paths.iter().flat_map(|path| path.places.iter().copied()));
        let places = TensorData::new(places, [n, LENGTH, 2]);
        let levels = self.process.draw_levels(n, rng);
        let epsilon = rng.normal_tensor([n, LENGTH, 2], &device);
        let seen = self.read(&tasks);
        let places = Tensor::from_data(places, &device);
        Ok(vec![("loss", self.loss(&seen, places, epsilon, &levels))])
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    fn cost(&self) -> Cost {
        let (t, cells) = ((LENGTH + CELLS) as f64, CELLS as f64);
        let (layers, heads) = (self.config.n_layer as f64, self.config.n_head as f64);
        let (c, sweeps) = (self.config.n_embd as f64, self.config.sweeps as f64);
        let uses = |name: &str| match name.split('.').next() {
            Some("sweep") => sweeps * cells,
            Some("enter" | "cell") => cells,
            Some("place" | "head") => LENGTH as f64,
            Some("layers") => t,
            _ => 1.0,
        };
        Cost::of(&weights::shapes(&self.net), uses).plus(
            layers * 2.0 * t * t * c,
            layers * heads * t * t + sweeps * cells * self.config.channels as f64,
        )
    }

    fn sampler(
        &self,
        options: &DiffuserSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        options.check()?;
        let task = task_of(condition, seed)?;
        let asked = AskedPlans {
            count,
            seed,
            steps: options.steps,
            walls: options.push,
            share: 1.0,
        };
        let (walk, maze) = (self.walk(&[task], &asked), task.maze);
        Ok(Box::new(InMaze { walk, maze }))
    }

    fn planning(&self) -> Option<&dyn Planning> {
        Some(self)
    }
}

/// The task of a seed, with what a condition says instead.
fn task_of(condition: &Condition, seed: u64) -> Result<Task> {
    let (drawn, _) = layout::draw(seed, 0, LENGTH);
    let place = |name: &str, given: &Option<Vec<f32>>, otherwise: Place| match given.as_deref() {
        None => Ok(otherwise),
        Some(&[x, y]) if x.is_finite() && y.is_finite() => Ok([x, y]),
        Some(other) => {
            let value = format!("{} values", other.len());
            Err(Error::bad_option(
                name,
                value,
                "two finite numbers are needed",
            ))
        }
    };
    let maze = match &condition.walls {
        Some(text) => Maze::parse(text)?,
        None => drawn.maze,
    };
    let start = place("start", &condition.start, drawn.start)?;
    let goal = place("goal", &condition.goal, drawn.goal)?;
    let task = Task::new(maze, start, goal)?;
    let cells = cell_of(start).zip(cell_of(goal));
    match cells.and_then(|(from, to)| expert::route(&maze, from, to, &expert::EVEN)) {
        Some(_) => Ok(task),
        None => {
            let value = format!("{}, {}", goal[0], goal[1]);
            Err(Error::bad_option(
                "goal",
                value,
                "no way leads there from the start",
            ))
        }
    }
}

/// A walk from noise to paths.
struct Walk {
    reverse: Reverse,
    /// The straight way for each path, whose ends are its own.
    line: Tensor<3>,
    /// Walls that push, how strongly.
    pushes: Option<(Pushes, f64)>,
}

impl Walk {
    /// The paths as they are now, in cells, `[n, H, 2]`.
    fn paths(&self) -> Tensor<3> {
        let x = self.reverse.x();
        let n = x.dims()[0];
        let paths = with_ends(x.reshape([n, LENGTH, 2]), &self.line);
        in_cells(match &self.pushes {
            Some((pushes, strength)) if self.reverse.is_done() => pushes.clear(paths, *strength),
            _ => paths,
        })
    }
}

/// A walk with its maze.
struct InMaze {
    walk: Walk,
    maze: Maze,
}

impl Sampler for InMaze {
    fn steps(&self) -> usize {
        self.walk.reverse.steps()
    }

    fn next(&mut self) -> Reading<'_, bool> {
        let left = self.walk.reverse.step();
        ready(Ok(left))
    }

    fn state(&self) -> Samples {
        Samples::Paths {
            maze: self.maze,
            paths: self.walk.paths(),
        }
    }
}

impl Planning for Diffuser {
    fn plans<'a>(
        &'a self,
        tasks: &'a [Task],
        asked: &'a AskedPlans,
        pause: Pause,
    ) -> Reading<'a, Vec<Vec<Place>>> {
        Box::pin(async move {
            let mut walk = self.walk(tasks, asked);
            let steps = (asked.share * walk.reverse.steps() as f32).round() as usize;
            for _ in 0..steps {
                walk.reverse.step();
                pause().await;
            }
            let values = floats(walk.paths()).await?;
            let path = |values: &[f32]| values.chunks_exact(2).map(|p| [p[0], p[1]]).collect();
            Ok(values.chunks_exact(2 * LENGTH).map(path).collect())
        })
    }

    fn steps(&self, asked: usize) -> usize {
        self.process.levels(asked).len() - 1
    }
}
