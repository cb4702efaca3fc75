//! A model of elsewhere as a [`Model`]: it writes, reads and is looked into, and is not trained.

use std::rc::Rc;

use burn::tensor::Device;
use serde_json::{Value, json};
use web_time::Instant;

use super::{
    Opened,
    as_gpt::{AsGpt, as_gpt},
    network::{self, Inside},
    on_device::{self, OnDevice},
    sampler::{GuestSampleOptions, Writing},
};
use crate::{
    data::{
        Batch, DataInfo, Space, SpaceKind,
        tokenizer::{Tokenizer, Vocabulary},
    },
    device::{Backend, is_cpu},
    error::{Error, Result},
    families::gpt::Gpt,
    model::{
        Capabilities, Condition, ConditionKind, Cost, Family, FamilyInfo, FamilySpace, Insight,
        Language, Losses, Model, Reading, Sampler, StepContext, ready, with_conditions,
    },
    nn::weights::{Shapes, Weights},
    optim::ParameterGroup,
    options::{self, Options},
    rng::Rng,
    scene::{PlotRequest, PlotSpec, Scene, token::guess},
};

/// The id under which its models stand among the families.
pub const FAMILY: &str = "opened";
const TITLE: &str = "Opened model";
/// The conditions that it honours.
const CONDITIONS: &[ConditionKind] = &[ConditionKind::Prompt];
/// Tokens whose logits are computed at once: each has as many as there are tokens.
const AT_ONCE: usize = 32;
/// Tokens of a prompt that are read at once on the host, and on a GPU, which is idle with few.
const CHUNK: usize = 16;
const DEVICE_CHUNK: usize = 64;
/// Tokens of a window in which a long text is read.
const WINDOW: usize = 512;

/// What copies of a model share.
pub struct Inner {
    pub(super) opened: Rc<Opened>,
    pub(super) tokenizer: Tokenizer,
    /// The most tokens that are looked back on.
    pub(super) context: usize,
    /// The network on a GPU, where it is faster there.
    on_device: Option<OnDevice>,
}

/// What was read of a text, where the network computes.
#[derive(Clone, Default)]
pub(super) struct Memory {
    host: network::Cache,
    device: on_device::Cache,
}

impl Memory {
    /// Tokens that were read.
    pub(super) fn len(&self) -> usize {
        self.host.len() + self.device.len()
    }
}

impl Inner {
    /// Tokens of a prompt that are best read at once.
    pub(super) fn chunk(&self) -> usize {
        match self.on_device {
            Some(_) => DEVICE_CHUNK,
            None => CHUNK,
        }
    }

    /// Read tokens on, and give the logits after those from number `skip` on: `[ids − skip, tokens]`.
    ///
    /// # Errors
    /// [`Error::CheckpointNotFinite`], and what the device reports.
    pub(super) async fn read(
        &self,
        ids: &[u32],
        memory: &mut Memory,
        skip: usize,
    ) -> Result<Vec<f32>> {
        let decoder = &self.opened.decoder;
        let width = decoder.shape.width;
        let logits = match &self.on_device {
            Some(network) => {
                let stream = network.read(decoder, ids, &mut memory.device);
                if skip >= ids.len() {
                    return Ok(Vec::new());
                }
                let asked = stream.slice([skip..ids.len(), 0..width]);
                network.logits(&decoder.shape, asked).await?
            }
            None => {
                let stream = decoder.read(ids, &mut memory.host, None);
                if skip >= ids.len() {
                    return Ok(Vec::new());
                }
                decoder.logits(&stream[skip * width..])
            }
        };
        self.known(logits)
    }

    /// Seconds for a token, by some that are read one after another.
    async fn seconds(&self) -> Result<f64> {
        /// The first of them compile and allocate.
        const TOKENS: usize = 4;
        let (mut memory, mut best) = (Memory::default(), f64::INFINITY);
        for _ in 0..TOKENS.min(self.context) {
            let start = Instant::now();
            self.read(&[0], &mut memory, 0).await?;
            best = best.min(start.elapsed().as_secs_f64());
        }
        Ok(best)
    }

    /// Logits of tokens that exist, each a number.
    ///
    /// # Errors
    /// [`Error::CheckpointNotFinite`].
    fn known(&self, mut logits: Vec<f32>) -> Result<Vec<f32>> {
        let (all, known) = (self.opened.decoder.shape.vocabulary, self.tokenizer.len());
        if known < all {
            // Some networks have more places than there are tokens.
            let rows = logits.chunks_exact(all).flat_map(|row| &row[..known]);
            logits = rows.copied().collect();
        }
        match logits.iter().all(|l| l.is_finite()) {
            true => Ok(logits),
            false => Err(Error::CheckpointNotFinite {
                tensor: "logits".into(),
            }),
        }
    }

    /// Tokens without the one that begins a text.
    pub(super) fn shown<'a>(&self, ids: &'a [u32]) -> &'a [u32] {
        match (ids.first(), self.opened.tokenizer.begin) {
            (Some(first), Some(begin)) if *first == begin => &ids[1..],
            _ => ids,
        }
    }

    /// Tokens with the one that begins a text, if texts have one.
    fn begun(&self, ids: &[u32]) -> Vec<u32> {
        let ids = self.shown(ids);
        let begin = self.opened.tokenizer.begin;
        begin.into_iter().chain(ids.iter().copied()).collect()
    }
}

/// See the module's documentation.
#[derive(Clone)]
pub struct Guest(Rc<Inner>);

impl Guest {
    /// The model in a file.
    pub fn new(opened: Opened) -> Self {
        let context = opened.decoder.shape.context.min(super::MOST_CONTEXT);
        let tokenizer = Tokenizer::opened(opened.tokenizer.clone());
        Self(Rc::new(Inner {
            tokenizer,
            context,
            opened: Rc::new(opened),
            on_device: None,
        }))
    }

    /// The same on a GPU: where that was `asked` for, or reads a token faster than the host does. On the host's device
    /// it stays as it is.
    ///
    /// # Errors
    /// What a device reports that was asked for.
    pub async fn on(self, device: &Device, asked: bool) -> Result<Self> {
        if is_cpu(device) {
            return Ok(self);
        }
        let host = match asked {
            true => f64::INFINITY,
            false => self.0.seconds().await?,
        };
        let there = Rc::new(Inner {
            tokenizer: self.0.tokenizer.clone(),
            context: self.0.context,
            opened: self.0.opened.clone(),
            on_device: Some(OnDevice::new(&self.0.opened.decoder, device)),
        });
        match there.seconds().await {
            Ok(seconds) if seconds < host => Ok(Self(there)),
            Err(error) if asked => Err(error),
            _ => Ok(self),
        }
    }

    /// About its data, of which nothing is known but its tokens.
    pub fn data(&self) -> DataInfo {
        let space = Space::Text {
            vocabulary: Vocabulary::Opened {
                tokens: self.0.tokenizer.len(),
            },
            characters_per_token: 0.0,
        };
        DataInfo::new("", space)
    }

    /// What it calls itself.
    pub fn name(&self) -> &str {
        &self.0.opened.name
    }
}

/// What is declared of these models, as of a family.
pub fn info() -> FamilyInfo {
    let writing = "One token after another, each drawn from a guess over the whole vocabulary that is made from the tokens before it. The redder the line beneath it, the less the model expected it. The same prompt, seed and options give the same text anywhere.";
    FamilyInfo {
        id: FAMILY.into(),
        title: TITLE.into(),
        paper: String::new(),
        from: None,
        like: Some(Gpt::ID.into()),
        capabilities: Capabilities {
            language: true,
            ..Capabilities::NONE
        },
        spaces: vec![FamilySpace {
            kind: SpaceKind::Text,
            equation: Vec::new(),
            config: json!({}),
            train: json!({}),
            sizes: Vec::new(),
            colour: false,
            plots: vec![PlotSpec::new("samples", "Text", writing)],
        }],
        networks: Vec::new(),
        config_schema: json!({ "type": "object", "properties": {} }),
        conditions: CONDITIONS.to_vec(),
        sample_schema: with_conditions(options::schema::<GuestSampleOptions>(), CONDITIONS),
    }
}

/// The error for what only a model that is trained here can do.
fn only_read() -> Error {
    Error::Unsupported {
        what: "A model that was opened from a file of another program is read here, and not trained or saved".into(),
    }
}

impl Language for Guest {
    fn tokenizer(&self) -> &Tokenizer {
        &self.0.tokenizer
    }

    fn block_size(&self) -> usize {
        self.0.context.min(WINDOW)
    }

    fn logits<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>> {
        Box::pin(async move {
            let mut all = Vec::new();
            let mut take = |row: &[f32]| all.extend_from_slice(row);
            self.each_logits(ids, &mut take).await?;
            Ok(all)
        })
    }

    fn rows<'a>(&'a self, ids: &'a [u32], take: &'a mut dyn FnMut(&[f32])) -> Reading<'a, ()> {
        Box::pin(self.each_logits(ids, take))
    }

    fn insight<'a>(&'a self, ids: &'a [u32], lens: bool) -> Reading<'a, Insight> {
        ready(self.look(ids, lens))
    }
}

impl Guest {
    /// Logits after each of `ids`, some at a time.
    async fn each_logits(&self, ids: &[u32], take: &mut dyn FnMut(&[f32])) -> Result<()> {
        let begun = self.0.begun(ids);
        let (mut memory, mut left) = (Memory::default(), begun.len() - ids.len().min(begun.len()));
        for part in begun.chunks(AT_ONCE) {
            // The guess for the first token is nobody's.
            let logits = self.0.read(part, &mut memory, left).await?;
            left = left.saturating_sub(part.len());
            logits
                .chunks_exact(self.0.tokenizer.len())
                .for_each(&mut *take);
        }
        Ok(())
    }

    fn look(&self, ids: &[u32], lens: bool) -> Result<Insight> {
        let decoder = &self.0.opened.decoder;
        let tokens = self.0.begun(ids);
        let mut inside = Inside::default();
        decoder.read(&tokens, &mut network::Cache::default(), Some(&mut inside));
        let mut guesses = Vec::new();
        let streams = if lens { inside.streams.as_slice() } else { &[] };
        for stream in streams {
            for part in stream.chunks(AT_ONCE * decoder.shape.width) {
                let logits = self.0.known(decoder.logits(part))?;
                guesses.extend(logits.chunks_exact(self.0.tokenizer.len()).map(guess));
            }
        }
        Ok(Insight {
            tokens,
            attention: inside.attention,
            layers: decoder.shape.layers,
            heads: decoder.shape.heads,
            lens: guesses,
        })
    }
}

impl Model for Guest {
    fn family(&self) -> &'static str {
        FAMILY
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn paper(&self) -> &'static str {
        ""
    }

    fn page(&self) -> Option<&'static str> {
        None
    }

    fn networks(&self) -> &'static [&'static str] {
        &[]
    }

    fn equation(&self, _: SpaceKind) -> Vec<String> {
        Vec::new()
    }

    fn config(&self) -> Result<Value> {
        let (opened, shape) = (&self.0.opened, &self.0.opened.decoder.shape);
        Ok(json!({
            "name": opened.name,
            "format": opened.format,
            "architecture": shape.architecture,
            "weights": opened.kind.name(),
            "licence": opened.licence,
            "n_layer": shape.layers,
            "n_head": shape.heads,
            "n_embd": shape.width,
            "block_size": self.0.context,
            "chat": opened.chat.is_some(),
            "backend": match self.0.on_device {
                Some(_) => Backend::Webgpu,
                None => Backend::Cpu,
            },
        }))
    }

    fn boxed(&self) -> Box<dyn Model> {
        Box::new(self.clone())
    }

    fn valid(&self) -> Box<dyn Model> {
        self.boxed()
    }

    fn train_step(&mut self, _: &Batch, _: &mut StepContext) -> Result<Losses> {
        Err(only_read())
    }

    fn losses(&self, _: &Batch, _: &mut Rng) -> Result<Losses> {
        Err(only_read())
    }

    fn sampler(
        &self,
        options: &Value,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let options = GuestSampleOptions::from_json(options)?;
        condition.check_for(CONDITIONS, TITLE)?;
        Ok(Box::new(Writing::new(
            &self.0, &options, condition, count, seed,
        )?))
    }

    fn num_params(&self) -> usize {
        self.0.opened.parameters
    }

    fn micro_batch(&self) -> usize {
        1
    }

    fn cost(&self) -> Cost {
        Cost::default()
    }

    fn preview(&self) -> Result<Value> {
        options::to_json(&GuestSampleOptions::default())
    }

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        Vec::new()
    }

    fn shapes(&self) -> Shapes {
        Shapes::new()
    }

    fn weights(&self) -> Reading<'_, Weights> {
        ready(Err(only_read()))
    }

    fn with_weights(self: Box<Self>, _: Weights) -> Result<Box<dyn Model>> {
        Err(only_read())
    }

    fn follow(&mut self, _: &dyn Model, _: f32) {}

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        Err(request.unknown())
    }

    fn language(&self) -> Option<&dyn Language> {
        Some(self)
    }

    fn as_gpt(&self) -> Option<Result<AsGpt>> {
        Some(as_gpt(&self.0.opened))
    }
}
