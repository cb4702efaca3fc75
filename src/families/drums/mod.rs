//! Drums: a groove that goes on, and one that is played as a drummer would.
//!
//! Gillick, Roberts, Engel, Eck & Bamman 2019, "Learning to Groove with Inverse Sequence Transformations",
//! arXiv:1905.06118, for the grid and for what is asked of a model; a transformer (Vaswani et al. 2017) reads what was,
//! and what comes next is a NADE within a sixteenth, as in Boulanger-Lewandowski, Bengio & Vincent 2012, "Modeling
//! Temporal Dependencies in High-Dimensional Sequences", arXiv:1206.6392.
//!
//! In sixteenth t each drum d is hit or not, h ∈ {0, 1}; a hit has a class of velocity v and one of offset o. First all
//! drums are hit, then those that are hit are played:
//!
//! ```text
//! p(x_t | x_<t) = ∏_d p(h_d | x_<t, h_<d) · ∏_{d: h_d = 1} p(v_d | x_<t, h, v_<d, o_<d) p(o_d | x_<t, h, v_≤d, o_<d)
//! ```
//!
//! Some hits may be told beforehand: none of them where a groove goes on from nothing, all where one is to be humanised,
//! those of some drums where others are to join in. A row of the transformer sees what is told of its own and the next
//! seven sixteenths, so a drummer knows what is coming; it is trained on all of these, and what is told costs nothing:
//!
//! ```text
//! loss = −1/T Σ_t [ Σ_{d not told} log p(h_d | …) + Σ_{d: h_d = 1} log p(v_d | …) + log p(o_d | …) ]
//! ```

mod sampler;

use std::sync::Arc;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::sampler::{Drumming, DrumsSampleOptions};
use crate::{
    data::{
        Batch, DataInfo, Space, SpaceKind,
        groove::{BAR, DRUMS, Groove, Hit, OFFSETS, STYLES, TEMPI, VELOCITIES, context},
    },
    error::Result,
    kernels::{
        self,
        activation::Activation,
        attention::Mask,
        cross_entropy::cross_entropy,
        elementwise::{relu, softplus},
        embedding::embedding,
        linear::linear,
        reduce,
        rotary::Angles,
    },
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Drummer, Family, Losses, Nats,
        OptimizerKind, Sampler, TrainConfig, config_and_net,
    },
    nn::{
        dropout::Dropout,
        init,
        transformer::{Block, INIT, Pass, Shape, gain, matrix, rotary_heads},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
    scene::PlotSpec,
};

/// Sixteenths of which a row sees what is told, its own among them.
const AHEAD: usize = 8;
/// What is told of how a drum was hit: its velocity, its offset.
const PLAYED: usize = VELOCITIES + OFFSETS;
/// What a row is told: how the drums were hit in the sixteenth before; what is told of those that come, hit or silent;
/// place in the bar, style, tempo.
const READ: usize = DRUMS * PLAYED + AHEAD * DRUMS * 2 + BAR + (STYLES.len() + 1) + TEMPI;
/// What is told of a drum that may be hit: those before it that are, and which it is.
const BEFORE: usize = 2 * DRUMS;
/// What is told of a drum that is hit: all that are, which it is, and how those before it are played.
const PLAYING: usize = 2 * DRUMS + DRUMS * PLAYED;
/// Sixteenths that go through the network together while it trains.
const MICRO_BATCH: usize = 512;
/// Share of the pieces that go on, and of those of which all hits are told; of the others some drums are.
const GOES_ON: f64 = 0.45;
/// See [`GOES_ON`].
const HUMANISED: f64 = 0.35;
/// Share of the pieces whose style, and of those whose tempo, is not told.
const UNTOLD: f64 = 0.3;

/// Options of [`Drums`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DrumsConfig {
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
}

impl Default for DrumsConfig {
    fn default() -> Self {
        Self {
            n_layer: 2,
            n_head: 4,
            n_embd: 64,
            hidden: 192,
            dropout: 0.1,
        }
    }
}

impl Options for DrumsConfig {
    fn check(&self) -> Result<()> {
        rotary_heads(self.n_head, self.n_embd)
    }
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// What a row is told, `[READ, C]`.
    read: Param<Tensor<2>>,
    layers: Vec<Block>,
    /// `[C]`.
    norm_f: Param<Tensor<1>>,
    /// Of whether a drum is hit: from the row, `[C, C]`, and from the drums before it, `[18, C]`, to `[C, 9]` and `[9]`.
    hit_row: Param<Tensor<2>>,
    hit_before: Param<Tensor<2>>,
    hit_out: Param<Tensor<2>>,
    hit_bias: Param<Tensor<1>>,
    /// Of how it is: from the row, `[C, C]`, from the other drums, `[PLAYING, C]`, and from its velocity, `[8, C]`.
    play_row: Param<Tensor<2>>,
    play_others: Param<Tensor<2>>,
    play_velocity: Param<Tensor<2>>,
    /// `[C, 8]` and `[8]`.
    velocity_out: Param<Tensor<2>>,
    velocity_bias: Param<Tensor<1>>,
    /// `[C, 15]` and `[15]`.
    offset_out: Param<Tensor<2>>,
    offset_bias: Param<Tensor<1>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Drums {
    config: DrumsConfig,
    shape: Shape,
    /// Sixteenths that it sees at once.
    steps: usize,
    net: Net,
}

/// Pieces of `t` sixteenths as the network sees them.
struct Seen<'a> {
    t: usize,
    /// Codes, `n · t · 9`.
    cells: &'a [u32],
    /// `n · t`.
    contexts: &'a [u32],
    /// For each cell whether it is told that the drum is hit or not.
    told: &'a [bool],
}

impl Seen<'_> {
    /// What each row is told, `[n t, READ]`.
    fn read(&self) -> Vec<f32> {
        let rows = self.contexts.len();
        let mut out = vec![0.0; rows * READ];
        for (row, out) in out.chunks_exact_mut(READ).enumerate() {
            let step = row % self.t;
            let (past, rest) = out.split_at_mut(DRUMS * PLAYED);
            if step > 0 {
                played(&self.cells[(row - 1) * DRUMS..row * DRUMS], past);
            }
            let (ahead, rest) = rest.split_at_mut(AHEAD * DRUMS * 2);
            let within = AHEAD.min(self.t - step) * DRUMS;
            let cells = row * DRUMS..row * DRUMS + within;
            for (i, at) in cells.enumerate().filter(|(_, at)| self.told[*at]) {
                ahead[2 * i + usize::from(self.cells[at] == 0)] = 1.0;
            }
            let context = self.contexts[row] as usize;
            let (styles, place) = (STYLES.len() + 1, context % BAR);
            rest[place] = 1.0;
            rest[BAR + context / BAR % styles] = 1.0;
            rest[BAR + styles + (context / BAR / styles).min(TEMPI - 1)] = 1.0;
        }
        out
    }

    fn sixteenth(&self, row: usize) -> &[u32] {
        &self.cells[row * DRUMS..(row + 1) * DRUMS]
    }
}

/// Writes how drums are hit, each by its velocity and its offset: `9 · 23` numbers.
fn played(codes: &[u32], out: &mut [f32]) {
    for (code, out) in codes.iter().zip(out.chunks_exact_mut(PLAYED)) {
        if let Some(hit) = Hit::of(*code as u8) {
            out[usize::from(hit.velocity)] = 1.0;
            out[VELOCITIES + usize::from(hit.offset)] = 1.0;
        }
    }
}

/// What is told of a drum of a sixteenth that may be hit: [`BEFORE`] numbers.
fn before(codes: &[u32], drum: usize) -> [f32; BEFORE] {
    let mut out = [0.0; BEFORE];
    for (out, code) in out.iter_mut().zip(&codes[..drum]) {
        *out = f32::from(u8::from(*code > 0));
    }
    out[DRUMS + drum] = 1.0;
    out
}

/// What is told of a drum of a sixteenth that is hit: [`PLAYING`] numbers.
fn others(codes: &[u32], drum: usize) -> [f32; PLAYING] {
    let mut out = [0.0; PLAYING];
    for (out, code) in out.iter_mut().zip(codes) {
        *out = f32::from(u8::from(*code > 0));
    }
    out[DRUMS + drum] = 1.0;
    played(&codes[..drum], &mut out[2 * DRUMS..]);
    out
}

/// Numbers as rows on the device of `like`.
fn on_device(values: Vec<f32>, width: usize, like: &Tensor<2>) -> Tensor<2> {
    let rows = values.len() / width;
    Tensor::from_data(TensorData::new(values, [rows, width]), &like.device())
}

impl Drums {
    /// What the first `t` rows of each piece have read, `[n t, C]`: of the sixteenths before them, and of what is told.
    fn forward(&self, seen: &Seen, t: usize, dropout: Option<&mut Dropout>) -> Tensor<2> {
        let read = self.net.read.val();
        let told = seen.read();
        let first = told
            .chunks_exact(seen.t * READ)
            .flat_map(|piece| &piece[..t * READ]);
        let told = on_device(first.copied().collect(), READ, &read);
        let x = linear(told, read, None, Activation::Identity);
        let mut pass = Pass::Whole {
            t,
            dropout,
            weights: None,
        };
        let mut x = pass.drop(x);
        for block in &self.net.layers {
            x = block.forward(&self.shape, x, &mut pass);
        }
        self.shape.norm(x, &self.net.norm_f)
    }

    /// Logits of hits, `[m]`: of drum `drums[i]` in the sixteenth of row `rows[i]` of `x`, `before[i]` of which is told.
    fn hit_logits(
        &self,
        x: Tensor<2>,
        rows: &[u32],
        drums: &[usize],
        before: Vec<f32>,
    ) -> Tensor<1> {
        let net = &self.net;
        let identity = Activation::Identity;
        let row = embedding(linear(x, net.hit_row.val(), None, identity), rows); // [m, C]
        let before = on_device(before, BEFORE, &row);
        let h = relu(row + linear(before, net.hit_before.val(), None, identity));
        let all = linear(h, net.hit_out.val(), Some(net.hit_bias.val()), identity); // [m, 9]
        let mut own = vec![0.0; drums.len() * DRUMS];
        for (own, &drum) in own.chunks_exact_mut(DRUMS).zip(drums) {
            own[drum] = 1.0;
        }
        let own = on_device(own, DRUMS, &all);
        (all * own).sum_dim(1).squeeze_dim::<1>(1)
    }

    /// What velocities and offsets of hits follow from, `[m, C]`, but for the velocity of an offset.
    fn playing(&self, x: Tensor<2>, rows: &[u32], others: Vec<f32>) -> Tensor<2> {
        let net = &self.net;
        let identity = Activation::Identity;
        let row = embedding(linear(x, net.play_row.val(), None, identity), rows);
        let others = on_device(others, PLAYING, &row);
        row + linear(others, net.play_others.val(), None, identity)
    }

    /// Logits of velocities, `[m, 8]`.
    fn velocity_logits(&self, playing: Tensor<2>) -> Tensor<2> {
        let bias = Some(self.net.velocity_bias.val());
        linear(
            relu(playing),
            self.net.velocity_out.val(),
            bias,
            Activation::Identity,
        )
    }

    /// Logits of offsets, `[m, 15]`, of hits of these velocities.
    fn offset_logits(&self, playing: Tensor<2>, velocities: &[u32]) -> Tensor<2> {
        let bias = Some(self.net.offset_bias.val());
        let h = relu(playing + embedding(self.net.play_velocity.val(), velocities));
        linear(h, self.net.offset_out.val(), bias, Activation::Identity)
    }

    /// −log p of all that is not told: hits, velocities, offsets.
    fn nats(&self, seen: &Seen, dropout: Option<&mut Dropout>) -> [Option<Nats>; 3] {
        let x = self.forward(seen, seen.t, dropout);
        let cells = 0..seen.cells.len();
        let asked: Vec<usize> = cells.clone().filter(|&at| !seen.told[at]).collect();
        let hit: Vec<usize> = cells.filter(|&at| seen.cells[at] > 0).collect();
        let rows =
            |cells: &[usize]| -> Vec<u32> { cells.iter().map(|at| (at / DRUMS) as u32).collect() };
        let some = |cells: Vec<usize>, nats: Tensor<1>| Some(Nats { cells, nats });
        let hits = (!asked.is_empty()).then(|| {
            let told = |&at: &usize| before(seen.sixteenth(at / DRUMS), at % DRUMS);
            let told = asked.iter().flat_map(told).collect();
            let drums: Vec<usize> = asked.iter().map(|at| at % DRUMS).collect();
            let logits = self.hit_logits(x.clone(), &rows(&asked), &drums, told);
            let signs = asked
                .iter()
                .map(|&at| if seen.cells[at] > 0 { -1.0 } else { 1.0 });
            let signs = TensorData::new(signs.collect::<Vec<f32>>(), [asked.len()]);
            // −log σ(±logit)
            softplus(logits.clone() * Tensor::from_data(signs, &logits.device()))
        });
        let hits = hits.and_then(|nats| some(asked, nats));
        if hit.is_empty() {
            return [hits, None, None];
        }
        let told = |&at: &usize| others(seen.sixteenth(at / DRUMS), at % DRUMS);
        let playing = self.playing(x, &rows(&hit), hit.iter().flat_map(told).collect());
        let how = || hit.iter().filter_map(|&at| Hit::of(seen.cells[at] as u8));
        let velocities: Vec<u32> = how().map(|hit| u32::from(hit.velocity)).collect();
        let offsets: Vec<u32> = how().map(|hit| u32::from(hit.offset)).collect();
        let logits = self.velocity_logits(playing.clone());
        let of_offsets = self.offset_logits(playing, &velocities);
        let velocity = cross_entropy(logits, velocities);
        let offset = cross_entropy(of_offsets, offsets);
        [hits, some(hit.clone(), velocity), some(hit, offset)]
    }

    /// Nats a sixteenth of what is not told.
    fn loss(&self, batch: &Batch, mut dropout: Option<Dropout>, rng: &mut Rng) -> Result<Losses> {
        let (t, cells, contexts) = batch.scores()?;
        let rows = contexts.len().max(1);
        let mut contexts = contexts.to_vec();
        let mut told = Vec::with_capacity(cells.len());
        for contexts in contexts.chunks_exact_mut(t) {
            told.extend(told_of(t, rng));
            untell(contexts, rng);
        }
        let seen = Seen {
            t,
            cells,
            contexts: &contexts,
            told: &told,
        };
        let nats = self.nats(&seen, dropout.as_mut());
        let sums = nats.into_iter().flatten().map(|n| reduce::sum(n.nats));
        let loss = sums.reduce(|a, b| a + b).unwrap_or_else(|| {
            // Silence of which all is told.
            reduce::sum(self.net.norm_f.val()) * 0.0
        });
        Ok(vec![("loss", loss / rows as f64)])
    }
}

/// Which hits of a piece of `t` sixteenths are told: those before some sixteenth, or none; all; or those of some drums.
fn told_of(t: usize, rng: &mut Rng) -> Vec<bool> {
    let kind = rng.unit();
    if kind < GOES_ON {
        let known = match rng.unit() < 0.5 {
            true => 0,
            false => rng.below(t),
        };
        return (0..t * DRUMS).map(|at| at / DRUMS < known).collect();
    }
    let drums = match kind < GOES_ON + HUMANISED {
        true => (1 << DRUMS) - 1,
        false => rng.below(1 << DRUMS),
    };
    (0..t * DRUMS)
        .map(|at| drums >> (at % DRUMS) & 1 == 1)
        .collect()
}

/// Now and then takes style or tempo from what is told of a piece.
fn untell(contexts: &mut [u32], rng: &mut Rng) {
    let [style, tempo] = [(); 2].map(|()| rng.unit() < UNTOLD);
    let (bar, styles) = (BAR as u32, STYLES.len() as u32 + 1);
    for context in contexts {
        let place = *context % bar;
        let of_style = if style { 0 } else { *context / bar % styles };
        let of_tempo = if tempo { 0 } else { *context / bar / styles };
        *context = place + bar * (of_style + styles * of_tempo);
    }
}

/// Grooves of one length as [`Seen`] has them: codes and contexts.
fn flat(grooves: &[Groove]) -> (Vec<u32>, Vec<u32>) {
    let cells = grooves.iter().flat_map(|groove| &groove.cells);
    let contexts = grooves.iter().flat_map(|groove| {
        let steps = 0..groove.steps();
        steps.map(|step| context(step, groove.style, groove.tempo))
    });
    (
        cells.map(|&code| u32::from(code)).collect(),
        contexts.collect(),
    )
}

impl Drummer for Drums {
    fn nats(&self, grooves: &[Groove], told: bool) -> [Option<Nats>; 3] {
        let (cells, contexts) = flat(grooves);
        let seen = Seen {
            t: grooves.first().map_or(1, Groove::steps),
            cells: &cells,
            contexts: &contexts,
            told: &vec![told; cells.len()],
        };
        self.valid().nats(&seen, None)
    }
}

impl Family for Drums {
    type Config = DrumsConfig;
    type SampleOptions = DrumsSampleOptions;
    type Net = Net;

    const ID: &'static str = "drums";
    const TITLE: &'static str = "Drum transformer";
    const PAPER: &'static str = "Gillick, Roberts, Engel, Eck & Bamman 2019, Learning to Groove with Inverse Sequence Transformations, arXiv:1905.06118; Boulanger-Lewandowski, Bengio & Vincent 2012, Modeling Temporal Dependencies in High-Dimensional Sequences, arXiv:1206.6392";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Score];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::drums()
    }

    fn defaults(space: &Space) -> Option<Defaults<DrumsConfig>> {
        match space {
            Space::Groove { .. } => Some(Defaults::new(
                DrumsConfig::default(),
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

    fn init(config: &DrumsConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
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
            mask: Mask::Causal,
        };
        let layers = (0..config.n_layer).map(|_| Block::init(&shape, config.n_layer, rng, device));
        let layers = layers.collect();
        // Sums of C numbers of a row are about as large as what a single thing that is told adds.
        let from_row = 1.0 / (c as f32).sqrt();
        let zeros = |n: usize, rng: &mut Rng| init::parameter([n], rng, device, |_| vec![0.0; n]);
        let net = Net {
            layers,
            read: matrix([READ, c], INIT, rng, device),
            norm_f: gain(c, device),
            hit_row: matrix([c, c], from_row, rng, device),
            hit_before: matrix([BEFORE, c], from_row, rng, device),
            hit_out: matrix([c, DRUMS], INIT, rng, device),
            hit_bias: zeros(DRUMS, rng),
            play_row: matrix([c, c], from_row, rng, device),
            play_others: matrix([PLAYING, c], from_row, rng, device),
            play_velocity: matrix([VELOCITIES, c], from_row, rng, device),
            velocity_out: matrix([c, VELOCITIES], INIT, rng, device),
            velocity_bias: zeros(VELOCITIES, rng),
            offset_out: matrix([c, OFFSETS], INIT, rng, device),
            offset_bias: zeros(OFFSETS, rng),
        };
        Ok(Self {
            config: config.clone(),
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
            "hit_before" | "hit_out" => t * DRUMS as f64,
            _ => t,
        });
        let (layers, heads) = (self.config.n_layer as f64, self.config.n_head as f64);
        cost.plus(
            layers * t * t * self.config.n_embd as f64,
            layers * heads * t * t,
        )
    }

    fn sampler(
        &self,
        options: &DrumsSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let asked = condition.groove(self.steps)?;
        Ok(Box::new(Drumming::new(
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
            "Drums",
            "Nine drums, time goes to the right, a bar between two lines. The larger and stronger a hit, the harder it is; how far it stands from the line of its sixteenth is how much earlier or later it comes. Hits with a rim are given; all others the model makes, a sixteenth after the other.",
        )]
    }

    fn drummer(&self) -> Option<&dyn Drummer> {
        Some(self)
    }
}
