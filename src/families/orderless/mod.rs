//! Orderless autoregression: any part of a piece of music from any other.
//!
//! Uria, Murray & Larochelle 2014, "A Deep and Tractable Density Estimator", arXiv:1310.1757; for chorales Huang et al.
//! 2017, "Counterpoint by Convolution" (Coconet), arXiv:1903.07227.
//!
//! A piece x has D cells: four voices in each sixteenth. The chain rule holds in any order o of them,
//!
//! ```text
//! p(x) = ∏_d p(x_{o_d} | x_{o_1}, …, x_{o_{d−1}})
//! ```
//!
//! so one network that guesses each cell from any set C of others is a model in every order at once. It is trained by
//! hiding cells and guessing them, a mean over those that are hidden:
//!
//! ```text
//! loss = E_{x, C} −1/|¬C| Σ_{i ∉ C} log p(x_i | x_C)
//! ```
//!
//! Going on, harmonising a melody and recomposing a bar differ only in what is hidden. Samples are drawn by block Gibbs
//! steps (Yao et al. 2014, "On the Equivalence between Deep NADE and Generative Stochastic Networks"): some of the
//! cells that are to be made are hidden and drawn anew, each from its own guess, first nearly all of them, then fewer
//! and fewer.
//!
//! The network is a transformer whose rows are the sixteenths; each sees all others (Vaswani et al. 2017). What stands
//! in a sixteenth is a sum of vectors: one for each voice, hidden or not, and one for the place in its bar. With
//! `pitches` there are three more for each voice: the pitch that sounds, which a note that goes on does not say, and
//! symbol and pitch of the sixteenth before. Since a row then knows its past even where a part of it is hidden, the same
//! network can also be read from left to right, with a causal mask: each row guesses what is hidden of it from all
//! sixteenths before. Half of the pieces of a batch are learned so, which gives a guess in every row.

mod sampler;

use std::sync::Arc;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::sampler::{Composing, OrderlessSampleOptions, allowed, weigh};
use crate::{
    data::{
        Batch, DataInfo, Space, SpaceKind,
        score::{CONTEXTS, HOLD, REST, SYMBOLS, Score, UNKNOWN, VOICES},
    },
    error::Result,
    kernels::{
        self, activation::Activation, attention::Mask, cross_entropy::cross_entropy,
        embedding::embedding, linear::linear, reduce, rotary::Angles,
    },
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Losses, OptimizerKind,
        Orderless, Sampler, TrainConfig, config_and_net,
    },
    nn::{
        dropout::Dropout,
        transformer::{Block, INIT, Pass, Shape, gain, matrix, rotary_heads},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
    scene::PlotSpec,
};

/// The symbol of a cell that is hidden.
const HIDDEN: u32 = SYMBOLS as u32;
/// Symbols of a voice that the network can be shown.
const SHOWN: usize = SYMBOLS + 1;
/// Sixteenths that go through the network together while it trains.
const MICRO_BATCH: usize = 512;
/// Share of the training pieces whose bars and fermatas are kept from it, so that it can do without.
const UNTOLD: f64 = 0.25;
/// What is told of the pitch that sounds: one of the notes, a rest, or nothing known.
const SOUNDS: usize = SYMBOLS;
/// Nothing is known of what sounds.
const UNHEARD: u32 = HOLD as u32;
/// Share of the sixteenths read from left to right of which voices are hidden from some voice down, as a piece is
/// written; of the others any voices are.
const DOWNWARDS: f64 = 0.7;
/// Sixteenths in which hidden cells count where all that follows is hidden.
const AHEAD: usize = 16;

/// Options of an [`OrderlessTransformer`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OrderlessConfig {
    /// Layers, each of attention and an MLP.
    #[schemars(title = "Layers", range(min = 1, max = 12))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Width of the residual stream: numbers that stand for a sixteenth.
    #[schemars(title = "Width", range(min = 16, max = 512))]
    pub n_embd: usize,
    /// Numbers inside an MLP.
    #[schemars(title = "MLP width", range(min = 16, max = 2048))]
    pub hidden: usize,
    /// Share of the outputs of attention and MLP that is set to zero at random while training.
    #[schemars(title = "Dropout", range(min = 0.0, max = 0.9))]
    pub dropout: f64,
    /// Whether a sixteenth is also told which pitches sound in it and what stood in the one before; then half of
    /// the training goes from left to right.
    #[schemars(title = "Pitches told")]
    pub pitches: bool,
}

impl Default for OrderlessConfig {
    fn default() -> Self {
        Self {
            n_layer: 2,
            n_head: 4,
            n_embd: 64,
            hidden: 192,
            dropout: 0.0,
            pitches: false,
        }
    }
}

impl Options for OrderlessConfig {
    fn check(&self) -> Result<()> {
        rotary_heads(self.n_head, self.n_embd)
    }
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// What stands for each symbol of each voice, hidden ones included, `[4 · 49, C]`.
    notes: Param<Tensor<2>>,
    /// What stands for what a sixteenth is, `[49, C]`.
    places: Param<Tensor<2>>,
    /// What stands for the pitch that sounds in each voice, `[4 · 48, C]`.
    sounding: Option<Param<Tensor<2>>>,
    /// What stands for each symbol of each voice in the sixteenth before, `[4 · 49, C]`.
    before: Option<Param<Tensor<2>>>,
    /// What stands for the pitch that sounded there, `[4 · 48, C]`.
    sounded: Option<Param<Tensor<2>>>,
    layers: Vec<Block>,
    /// `[C]`.
    norm_f: Param<Tensor<1>>,
    /// `[C, 4 · 48]`.
    head: Param<Tensor<2>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct OrderlessTransformer {
    config: OrderlessConfig,
    shape: Shape,
    /// The same where rows see those before them.
    causal: Shape,
    /// Sixteenths that it sees at once.
    steps: usize,
    net: Net,
}

impl OrderlessTransformer {
    /// Logits of all symbols of all voices, `[n t, 4 · 48]`, of pieces of `t` sixteenths. Rows see all others, or with
    /// `causal` those before them.
    fn forward(&self, seen: &Seen, causal: bool, dropout: Option<&mut Dropout>) -> Tensor<2> {
        let t = seen.t;
        let mut x = embedding(self.net.places.val(), seen.contexts); // [n t, C]
        for voice in 0..VOICES {
            let add = |x: Tensor<2>, table: &Param<Tensor<2>>, ids: Vec<u32>, of: usize| {
                let ids: Vec<u32> = ids.iter().map(|id| (voice * of) as u32 + id).collect();
                x + embedding(table.val(), &ids)
            };
            x = add(x, &self.net.notes, seen.of(seen.cells, voice), SHOWN);
            let net = &self.net;
            if let (Some(sounding), Some(before), Some(sounded)) =
                (&net.sounding, &net.before, &net.sounded)
            {
                x = add(x, sounding, seen.sounding(voice), SOUNDS);
                x = add(
                    x,
                    before,
                    shifted(&seen.of(seen.past, voice), t, HIDDEN),
                    SHOWN,
                );
                let heard = shifted(&seen.heard(voice), t, UNHEARD);
                x = add(x, sounded, heard, SOUNDS);
            }
        }
        let mut pass = Pass::Whole {
            t,
            dropout,
            weights: None,
        };
        x = pass.drop(x);
        let shape = match causal {
            true => &self.causal,
            false => &self.shape,
        };
        for block in &self.net.layers {
            x = block.forward(shape, x, &mut pass);
        }
        let x = self.shape.norm(x, &self.net.norm_f);
        linear(x, self.net.head.val(), None, Activation::Identity)
    }

    /// Mean of −log p over cells that are hidden, nats, a mean over pieces.
    fn loss(&self, batch: &Batch, mut dropout: Option<Dropout>, rng: &mut Rng) -> Result<Losses> {
        let (t, cells, contexts) = batch.scores()?;
        let n = batch.len();
        let forwards = if self.config.pitches { n / 2 } else { 0 };
        let mut loss = None;
        for (causal, pieces) in [(false, 0..n - forwards), (true, n - forwards..n)] {
            if pieces.is_empty() {
                continue;
            }
            let size = VOICES * t;
            let cells = &cells[pieces.start * size..pieces.end * size];
            let contexts = &contexts[pieces.start * t..pieces.end * t];
            let task = Task::draw((t, n), cells, contexts, causal, rng);
            let seen = Seen {
                t,
                cells: &task.shown,
                past: if causal { &task.cells } else { &task.shown },
                contexts: &task.told,
            };
            let logits = self.forward(&seen, causal, dropout.as_mut());
            let off = cross_entropy(logits.reshape([pieces.len() * size, SYMBOLS]), task.targets);
            let weights = TensorData::new(task.weights, [pieces.len() * size]);
            let weights = Tensor::<1>::from_data(weights, &off.device());
            let sum = reduce::sum(off * weights);
            loss = Some(match loss {
                Some(loss) => sum + loss,
                None => sum,
            });
        }
        Ok(loss.into_iter().map(|loss| ("loss", loss)).collect())
    }
}

/// Pieces as the network sees them.
struct Seen<'a> {
    /// Sixteenths.
    t: usize,
    /// Symbols of each sixteenth, hidden ones as [`HIDDEN`], `n · 4 · t`.
    cells: &'a [u32],
    /// The same as later sixteenths know them.
    past: &'a [u32],
    /// `n · t`.
    contexts: &'a [u32],
}

impl Seen<'_> {
    /// Those of a voice, piece after piece.
    fn of(&self, cells: &[u32], voice: usize) -> Vec<u32> {
        let pieces = cells.chunks_exact(VOICES * self.t);
        let rows = pieces.flat_map(|piece| &piece[voice * self.t..(voice + 1) * self.t]);
        rows.copied().collect()
    }

    /// What sounds in each sixteenth of a voice, as far as its past tells: the symbol that begins the note, a rest,
    /// or [`UNHEARD`].
    fn heard(&self, voice: usize) -> Vec<u32> {
        let mut heard = self.of(self.past, voice);
        for piece in heard.chunks_exact_mut(self.t) {
            let mut now = UNHEARD;
            for symbol in piece {
                now = match *symbol {
                    HIDDEN => UNHEARD,
                    UNHEARD => now,
                    begun => begun,
                };
                *symbol = now;
            }
        }
        heard
    }

    /// The same of what is shown.
    fn sounding(&self, voice: usize) -> Vec<u32> {
        let shown = self.of(self.cells, voice);
        let heard = self.heard(voice).into_iter().zip(shown);
        heard
            .map(|(heard, shown)| if shown == HIDDEN { UNHEARD } else { heard })
            .collect()
    }
}

/// Rows of `t` moved to the right by one; `first` comes before them.
fn shifted(ids: &[u32], t: usize, first: u32) -> Vec<u32> {
    let rows = ids.chunks_exact(t);
    rows.flat_map(|row| std::iter::once(first).chain(row[..t - 1].iter().copied()))
        .collect()
}

/// Pieces of which something is to be guessed.
struct Task {
    cells: Vec<u32>,
    /// What is not hidden of them.
    shown: Vec<u32>,
    told: Vec<u32>,
    /// Row by row of logits: a piece's sixteenths, each with its voices.
    targets: Vec<u32>,
    weights: Vec<f32>,
}

impl Task {
    /// Of pieces of `t` sixteenths, so many of a batch of `n`.
    fn draw(
        (t, n): (usize, usize),
        cells: &[u32],
        contexts: &[u32],
        causal: bool,
        rng: &mut Rng,
    ) -> Self {
        let size = VOICES * t;
        let mut task = Self {
            cells: cells.to_vec(),
            shown: Vec::new(),
            told: contexts.to_vec(),
            targets: vec![0; cells.len()],
            weights: vec![0.0; cells.len()],
        };
        let mut hiding = Vec::new();
        for (piece, told) in task.told.chunks_exact_mut(t).enumerate() {
            if rng.unit() < UNTOLD {
                told.fill(u32::from(UNKNOWN));
                // Where nobody notes bars, nobody notes either whether a note is struck again.
                let cells = &mut task.cells[piece * size..(piece + 1) * size];
                cells.chunks_exact_mut(t).for_each(tied);
            }
            let Hidden { hidden, counted } = match causal {
                true => Hidden::forwards(t, rng),
                false => Hidden::draw(t, rng),
            };
            let count = counted.iter().filter(|&&c| c).count().max(1);
            let weight = 1.0 / (count * n) as f32;
            for (i, counted) in counted.into_iter().enumerate() {
                let at = (piece * t + i % t) * VOICES + i / t;
                task.targets[at] = task.cells[piece * size + i];
                task.weights[at] = if counted { weight } else { 0.0 };
            }
            hiding.extend(hidden);
        }
        let shown = task.cells.iter().zip(hiding);
        task.shown = shown.map(|(&c, h)| if h { HIDDEN } else { c }).collect();
        task
    }
}

/// Notes of a voice that are struck again go on instead.
fn tied(voice: &mut [u32]) {
    let mut sounds = u32::from(HOLD);
    for symbol in voice {
        match *symbol {
            s if s == u32::from(HOLD) => {}
            s if s == sounds && s != u32::from(REST) => *symbol = u32::from(HOLD),
            s => sounds = s,
        }
    }
}

/// Which cells of a piece are hidden, and which of these count.
struct Hidden {
    hidden: Vec<bool>,
    counted: Vec<bool>,
}

impl Hidden {
    /// For a piece of `t` sixteenths: any number of cells anywhere; all from some place on, of all voices or some; whole
    /// voices; or a stretch of some of them.
    fn draw(t: usize, rng: &mut Rng) -> Self {
        let size = VOICES * t;
        let mut hidden = vec![false; size];
        let kind = rng.unit();
        if kind < 0.3 {
            let count = 1 + rng.below(size);
            for i in rng.permutation(size).into_iter().take(count) {
                hidden[i as usize] = true;
            }
            return Self {
                counted: hidden.clone(),
                hidden,
            };
        }
        let voices = Self::voices(rng);
        if kind < 0.6 {
            // As a piece is written: sixteenth by sixteenth, from the highest voice down.
            let all = rng.unit() < 0.6;
            let (from, first) = (rng.below(t), rng.below(VOICES));
            let mut counted = hidden.clone();
            for (voice, &drawn) in voices.iter().enumerate() {
                let begin = from + usize::from(voice < first);
                for step in (begin..t).filter(|_| all || drawn) {
                    hidden[voice * t + step] = true;
                    counted[voice * t + step] = step < from + AHEAD;
                }
            }
            if counted.contains(&true) {
                return Self { hidden, counted };
            }
        }
        let whole = kind < 0.85;
        let (from, to) = match whole {
            true => (0, t),
            false => {
                let long = 1 + rng.below(t / 2);
                let from = rng.below(t - long + 1);
                (from, from + long)
            }
        };
        let kept = match rng.unit() < 0.5 {
            true => 0.0,
            false => rng.unit(),
        };
        for (voice, _) in voices.iter().enumerate().filter(|(_, drawn)| **drawn) {
            for step in from..to {
                hidden[voice * t + step] = kept == 0.0 || rng.unit() >= kept;
            }
        }
        if !hidden.contains(&true) {
            hidden[rng.below(size)] = true;
        }
        Self {
            counted: hidden.clone(),
            hidden,
        }
    }

    /// For a piece that is read from left to right: some voices of each sixteenth.
    fn forwards(t: usize, rng: &mut Rng) -> Self {
        let mut hidden = vec![false; VOICES * t];
        for step in 0..t {
            let voices = match rng.unit() < DOWNWARDS {
                true => {
                    let first = rng.below(VOICES);
                    [0, 1, 2, 3].map(|voice| voice >= first)
                }
                false => Self::voices(rng),
            };
            for (voice, hides) in voices.into_iter().enumerate() {
                hidden[voice * t + step] = hides;
            }
        }
        Self {
            counted: hidden.clone(),
            hidden,
        }
    }

    /// Some of the voices, at least one.
    fn voices(rng: &mut Rng) -> [bool; VOICES] {
        let bits = 1 + rng.below((1 << VOICES) - 1);
        [0, 1, 2, 3].map(|voice| bits >> voice & 1 == 1)
    }
}

/// Where the note that sounds in a sixteenth of a voice began.
fn begun(voice: &[u8], step: usize) -> usize {
    (voice[..=step].iter())
        .rposition(|&s| s != HOLD)
        .unwrap_or(0)
}

impl Orderless for OrderlessTransformer {
    /// Longer pieces are seen in windows that overlap by half; of each sixteenth that guess counts in whose window it
    /// stands nearest to the middle.
    fn guess(&self, scores: &[Score], hidden: &[&[bool]]) -> Tensor<2> {
        let model = self.valid();
        let steps = scores.first().map_or(0, Score::steps);
        let t = steps.min(self.steps);
        let mut starts: Vec<usize> = (0..=steps - t).step_by((t / 2).max(1)).collect();
        if starts.last().is_some_and(|last| last + t < steps) {
            starts.push(steps - t);
        }
        let (mut cells, mut contexts) = (Vec::new(), Vec::new());
        for (score, hidden) in scores.iter().zip(hidden) {
            for &from in &starts {
                let part = score.part(from, t);
                let shown = part.cells.iter().enumerate().map(|(i, &symbol)| {
                    let (voice, step) = (i / t, from + i % t);
                    // The first symbol of a window tells where its note began, which may be hidden.
                    let of = match i % t {
                        0 => begun(score.voice(voice), step),
                        _ => step,
                    };
                    match hidden[voice * steps + step] || hidden[voice * steps + of] {
                        true => HIDDEN,
                        false => u32::from(symbol),
                    }
                });
                cells.extend(shown);
                contexts.extend(part.context.iter().map(|&c| u32::from(c)));
            }
        }
        let seen = Seen {
            t,
            cells: &cells,
            past: &cells,
            contexts: &contexts,
        };
        let logits = model.forward(&seen, false, None);
        if starts.len() == 1 {
            return logits;
        }
        let rows = (0..scores.len() * steps).map(|row| {
            let (piece, step) = (row / steps, row % steps);
            let off = |i: usize| (2 * step).abs_diff(2 * starts[i] + t);
            let best = (0..starts.len())
                .filter(|&i| (starts[i]..starts[i] + t).contains(&step))
                .min_by_key(|&i| off(i))
                .unwrap_or(0);
            ((piece * starts.len() + best) * t + step - starts[best]) as u32
        });
        embedding(logits, &rows.collect::<Vec<_>>())
    }

    fn read(&self, scores: &[Score], voice: usize) -> Option<Tensor<2>> {
        let t = scores.first().map_or(0, Score::steps);
        if !self.config.pitches || t > self.steps || t == 0 {
            return None;
        }
        let cells = scores.iter().flat_map(|score| &score.cells);
        let past: Vec<u32> = cells.map(|&symbol| u32::from(symbol)).collect();
        let shown = past.iter().enumerate().map(|(i, &symbol)| {
            let above = i / t % VOICES < voice;
            if above { symbol } else { HIDDEN }
        });
        let shown: Vec<u32> = shown.collect();
        let contexts = scores.iter().flat_map(|score| &score.context);
        let contexts: Vec<u32> = contexts.map(|&c| u32::from(c)).collect();
        let seen = Seen {
            t,
            cells: &shown,
            past: &past,
            contexts: &contexts,
        };
        let logits = self.valid().forward(&seen, true, None);
        let rows = logits.dims()[0];
        let from = voice * SYMBOLS;
        Some(logits.slice([0..rows, from..from + SYMBOLS]))
    }
}

impl Family for OrderlessTransformer {
    type Config = OrderlessConfig;
    type SampleOptions = OrderlessSampleOptions;
    type Net = Net;

    const ID: &'static str = "orderless";
    const TITLE: &'static str = "Orderless autoregression";
    const PAPER: &'static str = "Uria, Murray & Larochelle 2014, A Deep and Tractable Density Estimator, arXiv:1310.1757; Huang et al. 2017, Counterpoint by Convolution, arXiv:1903.07227";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Score];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::orderless()
    }

    fn defaults(space: &Space) -> Option<Defaults<OrderlessConfig>> {
        match space {
            Space::Score { .. } => Some(Defaults::new(
                OrderlessConfig {
                    pitches: true,
                    ..OrderlessConfig::default()
                },
                TrainConfig {
                    batch_size: 16,
                    learning_rate: 3e-3,
                    optimizer: OptimizerKind::Muon,
                    beta_2: 0.99,
                    weight_decay: 0.1,
                    warmup: 50,
                    clip: 1.0,
                    ema: 0.995,
                    ..TrainConfig::default()
                },
            )),
            _ => None,
        }
    }

    fn init(
        config: &OrderlessConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        config.check()?;
        let steps = data.space.steps()?;
        let c = config.n_embd;
        let shape = Shape {
            n_head: config.n_head,
            n_embd: c,
            hidden: config.hidden,
            norm: kernels::norm::Norm::Rms,
            swiglu: false,
            angles: Some(Arc::new(Angles::new(steps, c / config.n_head))),
            mask: Mask::Full,
        };
        let layers = (0..config.n_layer).map(|_| Block::init(&shape, config.n_layer, rng, device));
        let layers = layers.collect();
        let notes = matrix([VOICES * SHOWN, c], INIT, rng, device);
        let places = matrix([CONTEXTS, c], INIT, rng, device);
        let head = matrix([c, VOICES * SYMBOLS], INIT, rng, device);
        let mut more =
            |rows: usize| (config.pitches).then(|| matrix([VOICES * rows, c], INIT, rng, device));
        let net = Net {
            layers,
            notes,
            places,
            sounding: more(SOUNDS),
            before: more(SHOWN),
            sounded: more(SOUNDS),
            norm_f: gain(c, device),
            head,
        };
        Ok(Self {
            config: config.clone(),
            causal: Shape {
                mask: Mask::Causal,
                ..shape.clone()
            },
            shape,
            steps,
            net,
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.starts_with("layers.");
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.loss(batch, None, rng)
    }

    fn training_losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let dropout = Dropout::new(self.config.dropout, rng);
        self.loss(batch, dropout, rng)
    }

    fn micro_batch(&self) -> usize {
        (MICRO_BATCH / self.steps).max(1)
    }

    fn cost(&self) -> Cost {
        let t = self.steps as f64;
        let shapes = weights::shapes(&self.net);
        let cost = Cost::of(&shapes, |name| match name {
            // Looking symbols up costs nothing.
            "notes" | "places" | "sounding" | "before" | "sounded" => 0.0,
            _ => t,
        });
        let (layers, heads) = (self.config.n_layer as f64, self.config.n_head as f64);
        cost.plus(
            2.0 * layers * t * t * self.config.n_embd as f64,
            layers * heads * t * t,
        )
    }

    fn preview(&self) -> OrderlessSampleOptions {
        OrderlessSampleOptions {
            steps: 24,
            ..OrderlessSampleOptions::default()
        }
    }

    fn sampler(
        &self,
        options: &OrderlessSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let asked = condition.score(self.steps)?;
        Ok(Box::new(Composing::new(
            self.valid(),
            options,
            asked,
            count,
            seed,
        )))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![PlotSpec::new(
            "samples",
            "Music",
            "Four voices from the highest to the lowest; time goes to the right, a bar between two lines. Notes that are given stay as they are; all others are hidden and drawn again, first nearly all of them at once, then fewer and fewer, each from what the model thinks of it given all that is not hidden.",
        )]
    }

    fn orderless(&self) -> Option<&dyn Orderless> {
        Some(self)
    }
}
