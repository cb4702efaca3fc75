//! An agent that follows instructions: a transformer that is told a mission, sees what lies before it at each moment,
//! and guesses what an expert would do.
//!
//! Chen et al. 2021, "Decision Transformer: Reinforcement Learning via Sequence Modeling", arXiv:2106.01345, with a
//! mission in words where they have a wished-for return, as Brohan et al. 2023 do with robots ("RT-2:
//! Vision-Language-Action Models Transfer Web Knowledge to Robotic Control", arXiv:2307.15818). It learns by imitation:
//!
//! ```text
//! loss = −1/T Σ log π(a*_t | w, o_≤t, a_<t)  −  γ/T Σ log π(g*_t | w, o_≤t, a_<t)
//! ```
//!
//! where w are the mission's words, o_t is what is seen, a_t what was done, a*_t what the expert would do next, and
//! g*_t what it is up to, in words. One row of numbers x stands for each moment:
//!
//! ```text
//! x  = mlp(ground) + place + turn + last action + time
//! x += attention(norm(x), norm(x), causal)       what happened before
//! x += attention(norm(x), words)                 what is to be done
//! x += attention(norm(x), things)                what is to be seen now
//! x += mlp(norm(x))
//! ```
//!
//! The ground is which of the 49 cells can be walked on. Things are doors, keys, balls and boxes in sight, what lies
//! right before the agent, and what it carries: each is the sum of what it is, its colour, its state
//! and where it is, so
//! that colours and sorts that were never named together can be told apart. Words are read by a layer of their own.
//!
//! It may have a voice, which is learned afterwards: see `voice.rs`.

mod following;
mod rollout;
mod voice;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    data::{
        Batch, DataInfo, Space, SpaceKind,
        episodes::{self, FAR, GOALS, LENGTH, Moment},
    },
    device::floats,
    error::{Error, Result},
    kernels::{
        activation::Activation,
        cross_entropy::cross_entropy,
        embedding::embedding,
        host::is_host,
        linear::linear,
        norm::{Norm, norm},
        packed::{Sequences, packed_attention, packed_weights},
        reduce,
    },
    model::{
        Acting, Attended, Capabilities, Condition, ConditionKind, Cost, Decision, Defaults, Family,
        Losses, OptimizerKind, Reading, Sampler, Size, Speaking, TrainConfig, config_and_net,
    },
    nn::{
        transformer::{EPSILON, INIT, even_heads, gain, matrix},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
    worlds::rooms::{
        ACTIONS, COLOURS, Cell, Door, FRONT, OWN, SEEN, Symbol, cell_of,
        mission::{MOST_WORDS, WORDS},
    },
};

pub use rollout::AgentSampleOptions;
use voice::{VOICE, Voice};

/// Options of an [`Agent`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentConfig {
    /// Layers that each moment goes through.
    #[schemars(title = "Layers", range(min = 1, max = 6))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Numbers that stand for a moment on its way through the layers.
    #[schemars(title = "Width", range(min = 16, max = 256))]
    pub n_embd: usize,
    /// How much it counts to say what the expert is up to, beside doing what it does.
    #[schemars(title = "Weight of plans", range(min = 0.0, max = 1.0))]
    pub plan: f64,
    /// Layers of the voice with which it says what it sees; 0 for none. With a voice nothing else learns.
    #[schemars(title = "Layers of the voice", range(min = 0, max = 4), extend("x-recipe" = true))]
    pub n_say: usize,
}

impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            n_layer: 3,
            n_head: 4,
            n_embd: 96,
            plan: 0.1,
            n_say: 0,
        }
    }
}

impl Options for AgentConfig {
    fn check(&self) -> Result<()> {
        even_heads(self.n_head, self.n_embd)
    }
}

/// What looks at what.
#[derive(Module, Debug)]
struct Attention {
    norm: Param<Tensor<1>>,
    /// `[C, C]`: queries of the rows that look.
    q: Param<Tensor<2>>,
    /// `[C, 2C]`: keys and values of the rows that are looked at.
    kv: Param<Tensor<2>>,
    /// `[C, C]`.
    proj: Param<Tensor<2>>,
}

/// What is thought about each row by itself.
#[derive(Module, Debug)]
struct Mlp {
    norm: Param<Tensor<1>>,
    /// `[C, 4C]`.
    up: Param<Tensor<2>>,
    /// `[4C, C]`.
    down: Param<Tensor<2>>,
}

#[derive(Module, Debug)]
struct Layer {
    past: Attention,
    words: Attention,
    things: Attention,
    mlp: Mlp,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// `[words, C]`.
    words: Param<Tensor<2>>,
    /// Where a word stands, `[MOST_WORDS, C]`.
    word_at: Param<Tensor<2>>,
    read: Attention,
    read_mlp: Mlp,
    /// What things are, their colours and states, and where they are: `[7, C]`, `[7, C]`, `[3, C]`, `[49, C]`.
    sorts: Param<Tensor<2>>,
    colours: Param<Tensor<2>>,
    states: Param<Tensor<2>>,
    places: Param<Tensor<2>>,
    /// `[49 · 6, 2C]` and `[2C, C]`.
    ground: Param<Tensor<2>>,
    ground_out: Param<Tensor<2>>,
    /// `[31, C]` twice: how far before and to the right of the beginning; `[4, C]`: how it is turned.
    before: Param<Tensor<2>>,
    beside: Param<Tensor<2>>,
    turned: Param<Tensor<2>>,
    /// `[7, C]`: the last action, or none.
    last: Param<Tensor<2>>,
    /// `[64, C]`.
    time: Param<Tensor<2>>,
    layers: Vec<Layer>,
    norm: Param<Tensor<1>>,
    /// `[C, 6]`.
    action: Param<Tensor<2>>,
    /// `[C, 5]`, `[C, 7]`, `[C, 5]`: verb, colour and sort of what it is up to.
    verb: Param<Tensor<2>>,
    colour: Param<Tensor<2>>,
    sort: Param<Tensor<2>>,
    /// How it says what it sees.
    voice: Option<Voice>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Agent {
    config: AgentConfig,
    net: Net,
}

/// Episodes that go through the network together while it trains.
const MICRO_BATCH: usize = 32;
/// What a cell of the ground can be.
const GROUND: usize = 6;
/// Standard deviation of fresh tables of what is seen, which no norm comes after.
const SEEN_INIT: f32 = 0.2;

fn product(x: Tensor<2>, w: &Param<Tensor<2>>) -> Tensor<2> {
    linear(x, w.val(), None, Activation::Identity)
}

fn normed(x: Tensor<2>, gain: &Param<Tensor<1>>) -> Tensor<2> {
    norm(x, gain.val(), Norm::Rms, EPSILON)
}

/// Not seen, free, a wall, a closed door, a locked one, something in the way.
fn ground(symbol: Symbol) -> usize {
    match cell_of(symbol) {
        None => 0,
        Some(Cell::Empty | Cell::Door(_, Door::Open)) => 1,
        Some(Cell::Wall) => 2,
        Some(Cell::Door(_, Door::Closed)) => 3,
        Some(Cell::Door(_, Door::Locked)) => 4,
        Some(Cell::Thing(_)) => 5,
    }
}

/// Sort, colour (or none) and state of a symbol.
pub(super) fn traits(symbol: Symbol) -> [u32; 3] {
    let none = COLOURS.len() as u32;
    match cell_of(symbol) {
        None => [0, none, 0],
        Some(Cell::Empty) => [1, none, 0],
        Some(Cell::Wall) => [2, none, 0],
        Some(Cell::Door(colour, state)) => [3, u32::from(colour), state as u32],
        Some(Cell::Thing(thing)) => [4 + thing.kind as u32, u32::from(thing.colour), 0],
    }
}

/// The places of a view that a moment looks at one by one: things and doors, and always its own and the one before it.
fn attended(moment: &Moment) -> impl Iterator<Item = usize> + '_ {
    let thing = |&i: &usize| moment.sight[i] > 2 || i == OWN || i == FRONT;
    (0..SEEN).filter(thing)
}

impl Attention {
    fn init(c: usize, end: f32, rng: &mut Rng, device: &Device) -> Self {
        Self {
            norm: gain(c, device),
            q: matrix([c, c], INIT, rng, device),
            kv: matrix([c, 2 * c], INIT, rng, device),
            proj: matrix([c, c], end, rng, device),
        }
    }

    /// `x` `[n, C]` with what it takes from rows whose keys and values are `kv` `[m, 2C]`; without `kv` from its own.
    fn forward(
        &self,
        x: Tensor<2>,
        kv: Option<Tensor<2>>,
        heads: usize,
        sequences: &Sequences,
        seen: Option<&mut Vec<Tensor<3>>>,
    ) -> Tensor<2> {
        let h = normed(x.clone(), &self.norm);
        let kv = kv.unwrap_or_else(|| product(h.clone(), &self.kv));
        let q = product(h, &self.q);
        if let Some(seen) = seen {
            seen.push(packed_weights(q.clone(), kv.clone(), heads, sequences));
        }
        x + product(packed_attention(q, kv, heads, sequences), &self.proj)
    }
}

impl Mlp {
    fn init(c: usize, end: f32, rng: &mut Rng, device: &Device) -> Self {
        Self {
            norm: gain(c, device),
            up: matrix([c, 4 * c], INIT, rng, device),
            down: matrix([4 * c, c], end, rng, device),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let h = normed(x.clone(), &self.norm);
        let up = linear(h, self.up.val(), None, Activation::Gelu);
        x + product(up, &self.down)
    }
}

/// Where each moment looks: for each layer `[heads, moments, words]` and `[heads, moments, things]` of all episodes.
#[derive(Default)]
struct Looks {
    words: Vec<Tensor<3>>,
    things: Vec<Tensor<3>>,
}

impl Agent {
    /// What stands for each word of missions, read in its mission: `[n, C]`.
    fn read(&self, missions: &[&[u32]]) -> (Tensor<2>, Vec<usize>) {
        let net = &self.net;
        let cut = |words: &&[u32]| words.len().min(MOST_WORDS);
        let lengths: Vec<usize> = missions.iter().map(cut).collect();
        let each = missions.iter().zip(&lengths);
        let ids: Vec<u32> = each.flat_map(|(words, &n)| words[..n].to_vec()).collect();
        let at: Vec<u32> = lengths.iter().flat_map(|&n| 0..n as u32).collect();
        let x = embedding(net.words.val(), &ids) + embedding(net.word_at.val(), &at);
        let own = Sequences::own(&lengths, false);
        let x = net.read.forward(x, None, self.config.n_head, &own, None);
        (net.read_mlp.forward(x), lengths)
    }

    /// The rows that moments enter as, `[n, C]`.
    fn embed(&self, told: &[(&[u32], &[Moment])]) -> Tensor<2> {
        let (net, device) = (&self.net, self.net.words.val().device());
        let all = || told.iter().flat_map(|(_, moments)| moments.iter());
        let n = all().count();
        let mut cells = vec![0f32; n * SEEN * GROUND];
        for (moment, row) in all().zip(cells.chunks_exact_mut(SEEN * GROUND)) {
            for (i, &symbol) in moment.sight.iter().enumerate() {
                row[i * GROUND + ground(symbol)] = 1.0;
            }
        }
        let cells = Tensor::from_data(TensorData::new(cells, [n, SEEN * GROUND]), &device);
        let hidden = linear(cells, net.ground.val(), None, Activation::Gelu);
        let ids = |number: &dyn Fn(&Moment) -> usize| -> Vec<u32> {
            all().map(|moment| number(moment) as u32).collect()
        };
        let far = |v: i8| (isize::from(v) + FAR as isize).clamp(0, 2 * FAR as isize) as usize;
        let time = told.iter().flat_map(|(_, moments)| 0..moments.len() as u32);
        let time: Vec<u32> = time.map(|t| t.min(LENGTH as u32 - 1)).collect();
        let rows = |table: &Param<Tensor<2>>, number: &dyn Fn(&Moment) -> usize| {
            embedding(table.val(), &ids(number))
        };
        product(hidden, &net.ground_out)
            + rows(&net.before, &|m| far(m.place[0]))
            + rows(&net.beside, &|m| far(m.place[1]))
            + rows(&net.turned, &|m| usize::from(m.turned % 4))
            + rows(&net.last, &|m| m.last.map_or(ACTIONS.len(), |a| a as usize))
            + embedding(net.time.val(), &time)
    }

    /// What is made of each moment of episodes, one after the other, each with its mission: `[n, C]`.
    fn forward(&self, told: &[(&[u32], &[Moment])], mut looks: Option<&mut Looks>) -> Tensor<2> {
        let (net, heads) = (&self.net, self.config.n_head);
        let missions: Vec<&[u32]> = told.iter().map(|(words, _)| *words).collect();
        let (words, read) = self.read(&missions);
        let lengths: Vec<usize> = told.iter().map(|(_, moments)| moments.len()).collect();
        let past = Sequences::own(&lengths, true);
        let across = Sequences::across(&lengths, &read, false);

        // Each thing in sight by its symbol and its place.
        let (mut symbols, mut places, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for moment in told.iter().flat_map(|(_, moments)| moments.iter()) {
            let before = symbols.len();
            for i in attended(moment) {
                symbols.push(u32::from(moment.sight[i]));
                places.push(i as u32);
            }
            counts.push(symbols.len() - before);
        }
        let in_sight = Sequences::across(&vec![1; counts.len()], &counts, false);
        let kinds = net.kinds();

        let mut x = self.embed(told);
        for layer in &net.layers {
            x = layer.past.forward(x, None, heads, &past, None);
            let kv = product(words.clone(), &layer.words.kv);
            let seen = looks.as_deref_mut().map(|looks| &mut looks.words);
            x = layer.words.forward(x, Some(kv), heads, &across, seen);
            // Keys and values are linear in what a thing is and where: a table of each is enough.
            let kv = embedding(product(kinds.clone(), &layer.things.kv), &symbols)
                + embedding(product(net.places.val(), &layer.things.kv), &places);
            let seen = looks.as_deref_mut().map(|looks| &mut looks.things);
            x = layer.things.forward(x, Some(kv), heads, &in_sight, seen);
            x = layer.mlp.forward(x);
        }
        normed(x, &net.norm)
    }

    /// Logits of the actions at each moment, `[n, 6]`.
    pub fn logits(&self, told: &[(&[u32], &[Moment])]) -> Tensor<2> {
        product(self.forward(told, None), &self.net.action)
    }

    /// Logits of verb, colour and sort of what it is up to.
    fn plans(&self, x: &Tensor<2>) -> [Tensor<2>; 3] {
        let net = &self.net;
        [&net.verb, &net.colour, &net.sort].map(|table| product(x.clone(), table))
    }
}

impl Family for Agent {
    type Config = AgentConfig;
    type SampleOptions = AgentSampleOptions;
    type Net = Net;

    const ID: &'static str = "agent";
    const TITLE: &'static str = "Agent";
    const PAPER: &'static str = "Chen et al. 2021, Decision Transformer: Reinforcement Learning via Sequence Modeling, arXiv:2106.01345";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Prompt];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(config: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::agent(config.n_say > 0)
    }

    fn defaults(space: &Space) -> Option<Defaults<AgentConfig>> {
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
            config: AgentConfig::default(),
            train: TrainConfig {
                batch_size: 32,
                learning_rate: 3e-3,
                optimizer: OptimizerKind::Muon,
                beta_2: 0.99,
                warmup: 50,
                clip: 1.0,
                ..TrainConfig::default()
            },
            sizes: vec![
                size("small", "Small", [2, 48], 2000),
                size("medium", "Medium", [3, 64], 4000),
                size("large", "Large", [3, 96], 8000),
            ],
        })
    }

    fn init(config: &AgentConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        config.check()?;
        if !matches!(data.space, Space::Episodes { .. }) {
            return Err(Error::CheckpointSchema {
                reason: "an agent without a world".into(),
            });
        }
        let c = config.n_embd;
        // The branches' ends are smaller, so that the stream does not grow with the depth (GPT-2).
        let end = INIT / (4.0 * config.n_layer as f32).sqrt();
        let mut table = |rows: usize, deviation: f32| matrix([rows, c], deviation, rng, device);
        let words = table(WORDS.len(), SEEN_INIT);
        let word_at = table(MOST_WORDS, SEEN_INIT);
        let [sorts, colours, states] = [7, COLOURS.len() + 1, 3].map(|n| table(n, SEEN_INIT));
        let places = table(SEEN, SEEN_INIT);
        let [before, beside] = [2 * FAR + 1; 2].map(|n| table(n, INIT));
        let [turned, last, time] = [4, ACTIONS.len() + 1, LENGTH].map(|n| table(n, INIT));
        let attention = |rng: &mut Rng| Attention::init(c, end, rng, device);
        let layers = (0..config.n_layer).map(|_| Layer {
            past: attention(rng),
            words: attention(rng),
            things: attention(rng),
            mlp: Mlp::init(c, end, rng, device),
        });
        let layers = layers.collect();
        let [verb, colour, sort] = GOALS.map(|n| matrix([c, n], INIT, rng, device));
        let mut model = Self {
            config: config.clone(),
            net: Net {
                words,
                word_at,
                read: attention(rng),
                read_mlp: Mlp::init(c, end, rng, device),
                sorts,
                colours,
                states,
                places,
                ground: matrix([SEEN * GROUND, 2 * c], 2.0 * INIT, rng, device),
                ground_out: matrix([2 * c, c], 2.0 * INIT, rng, device),
                before,
                beside,
                turned,
                last,
                time,
                layers,
                norm: gain(c, device),
                action: matrix([c, ACTIONS.len()], INIT, rng, device),
                verb,
                colour,
                sort,
                voice: None,
            },
        };
        if config.n_say > 0 {
            model.net.voice = Some(Voice::init(c, config.n_say, rng, device));
        }
        Ok(model)
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| {
            ["layers.", "read", "ground", "voice.layers."]
                .iter()
                .any(|part| name.starts_with(part))
        };
        let mut groups = ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside);
        if self.net.voice.is_some() {
            for group in &mut groups {
                group.parameters.retain(|p| p.name.starts_with(VOICE));
            }
            groups.retain(|group| !group.parameters.is_empty());
        }
        groups
    }

    fn follow(&mut self, model: &Self, decay: f32) {
        let before = self.net.clone();
        self.net = weights::blend(before.clone(), &model.net, decay);
        if let Some(voice) = self.net.voice.take() {
            // An average of what never moves is the same up to rounding, and it has to be the same.
            self.net = Net {
                voice: Some(voice),
                ..before
            };
        }
    }

    /// Means over all moments at which somebody said what is right, nats: of the expert's action, of what it is up to
    /// (verb, colour and sort together), and what training lowers. Of one with a voice those of what it says.
    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        let episodes = batch.episodes()?;
        if let Some(losses) = self.spoken_losses(episodes, rng) {
            return Ok(losses);
        }
        let told = episodes.iter().filter(|e| !e.moments.is_empty());
        let told: Vec<(&[u32], &[Moment])> = told.map(|e| (&e.words[..], &e.moments[..])).collect();
        let moments = || told.iter().flat_map(|(_, moments)| moments.iter());
        let mut x = self.forward(&told, None);
        // Where nobody said what is right there is nothing to learn; it is only what was before.
        let said = (0u32..).zip(moments()).filter(|(_, m)| m.right.is_some());
        let said: Vec<u32> = said.map(|(i, _)| i).collect();
        if said.is_empty() {
            return Err(Error::BadData {
                name: episodes::NAME.into(),
                reason: "nobody says what would have been right".into(),
            });
        }
        if said.len() < x.dims()[0] {
            x = embedding(x, &said);
        }
        let moments = || moments().filter(|m| m.right.is_some());
        let right = moments().flat_map(|m| m.right).map(|a| a as u32).collect();
        let action = cross_entropy(product(x.clone(), &self.net.action), right);
        let action = reduce::mean(action);
        let mut plan: Option<Tensor<1>> = None;
        for (i, logits) in self.plans(&x).into_iter().enumerate() {
            let right = moments().map(|m| u32::from(m.goal[i])).collect();
            let loss = reduce::mean(cross_entropy(logits, right));
            plan = Some(match plan {
                Some(sum) => sum + loss,
                None => loss,
            });
        }
        let plan = plan.unwrap_or_else(|| action.clone() * 0.0);
        let loss = action.clone() + plan.clone() * self.config.plan;
        Ok(vec![("loss", loss), ("action", action), ("plan", plan)])
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    /// As of an episode of a quarter of the longest, with a mission of six words and six things in sight.
    fn cost(&self) -> Cost {
        let (t, words, things) = (LENGTH as f64 / 4.0, 6.0, 6.0);
        let shapes = weights::shapes(&self.net);
        let speaks = self.net.voice.is_some();
        // Words of a description and of two answers, of each of three moments.
        let said = 3.0 * (25.0 + 2.0 * 10.0);
        let cost = Cost::of(&shapes, |name| match name {
            "voice.words" | "voice.at" | "voice.number" => 0.0,
            name if name.starts_with("voice.") && name.ends_with("things.kv") => 3.0,
            name if name.starts_with("voice.") => said,
            _ if speaks => 0.0,
            "before" | "beside" | "turned" | "last" | "time" | "words" | "word_at" => 0.0,
            "sorts" | "colours" | "states" | "places" => 0.0,
            name if name.starts_with("read") || name.ends_with("words.kv") => words,
            name if name.ends_with("things.kv") => 3.0,
            _ => t,
        });
        let (layers, c) = (self.config.n_layer as f64, self.config.n_embd as f64);
        let looked_at = t / 2.0 + words + things;
        let heads = self.config.n_head as f64;
        cost.plus(
            2.0 * layers * t * looked_at * c,
            layers * t * looked_at * heads
                + 4.0 * layers * t * things * c
                + t * (SEEN * GROUND) as f64,
        )
    }

    fn sampler(
        &self,
        options: &AgentSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let rollout = rollout::Rollout::new(self, options, condition, count, seed)?;
        Ok(Box::new(rollout))
    }

    fn acting(&self) -> Option<&dyn Acting> {
        Some(self)
    }
}

impl Acting for Agent {
    fn decide<'a>(&'a self, told: &'a [(&'a [u32], &'a [Moment])]) -> Reading<'a, Vec<Decision>> {
        Box::pin(async move {
            let model = self.valid();
            let x = model.forward(told, None);
            // The last moment of each.
            let mut end = 0;
            let lasts = told.iter().map(|(_, moments)| {
                end += moments.len();
                end as u32 - 1
            });
            let lasts: Vec<u32> = lasts.collect();
            let x = embedding(x, &lasts);
            let [verb, colour, sort] = model.plans(&x);
            let tables = [product(x, &model.net.action), verb, colour, sort];
            let logits = floats(Tensor::cat(tables.to_vec(), 1)).await?;
            let each = logits.len() / told.len().max(1);
            Ok(logits.chunks_exact(each.max(1)).map(Decision::of).collect())
        })
    }

    fn follow(&self, words: &[u32]) -> Box<dyn crate::model::Deciding> {
        Box::new(following::Following::new(self, words))
    }

    fn remembers(&self) -> bool {
        is_host(&self.net.words.val())
    }

    fn attends<'a>(
        &'a self,
        words: &'a [u32],
        moments: &'a [Moment],
    ) -> Reading<'a, Vec<Attended>> {
        Box::pin(async move {
            let model = self.valid();
            let mut looks = Looks::default();
            model.forward(&[(words, moments)], Some(&mut looks));
            let words = average(looks.words).await?;
            let things = average(looks.things).await?;
            let (n, mut from) = (moments.len().max(1), 0);
            let (wide, far) = (words.len() / n, things.len() / n);
            let each = moments.iter().enumerate().map(|(t, moment)| {
                let mut cells = vec![0.0; SEEN];
                let places: Vec<usize> = attended(moment).collect();
                for (i, &place) in places.iter().enumerate() {
                    cells[place] = things.get(t * far + from + i).copied().unwrap_or(0.0);
                }
                from += places.len();
                Attended {
                    words: words[t * wide..(t + 1) * wide].to_vec(),
                    cells,
                }
            });
            Ok(each.collect())
        })
    }

    fn speaking(&self) -> Option<&dyn Speaking> {
        self.net.voice.is_some().then_some(self as &dyn Speaking)
    }
}

/// The mean over layers and heads, `[n, m]` row by row.
async fn average(weights: Vec<Tensor<3>>) -> Result<Vec<f32>> {
    let count = weights.len() as f64;
    let sum = weights.into_iter().reduce(|sum, weights| sum + weights);
    let Some(sum) = sum else {
        return Ok(Vec::new());
    };
    let [_, n, m] = sum.dims();
    floats((sum.mean_dim(0) / count).reshape([n * m])).await
}
