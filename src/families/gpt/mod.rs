//! GPT: a transformer that guesses the next token.
//!
//! Radford et al. 2018, "Improving Language Understanding by Generative Pre-Training", on the
//! decoder of Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762. The chain rule is
//! exact, so the loss is the exact negative log-likelihood of a text (equation 1):
//!
//! ```text
//! p(x) = ∏ p(x_t | x_<t)          loss = −1/T Σ log p(x_t | x_<t)
//! ```
//!
//! Each token's vector is added to, layer by layer, by two branches (before each a norm, as in
//! GPT-2). Attention mixes what earlier tokens carry; a perceptron works on each token alone:
//!
//! ```text
//! attention(q, k, v) = softmax(q kᵀ / √d + mask) v
//! ```
//!
//! By choice the parts are those of GPT-2 (learned positions, LayerNorm, GELU) or those that
//! followed: rotary positions (Su et al. 2021, RoFormer, arXiv:2104.09864), RMSNorm (Zhang &
//! Sennrich 2019, arXiv:1910.07467), SwiGLU (Shazeer 2020, arXiv:2002.05202). No layer has a bias.

mod sampler;

use std::{rc::Rc, sync::Arc};

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    data::{Batch, DataInfo, Space, SpaceKind, tokenizer::Tokenizer},
    device::floats,
    error::{Error, Result},
    kernels::{
        self,
        attention::{Cache, Mask},
        cross_entropy::cross_entropy,
        embedding::embedding,
        host::{is_host, values},
        linear::linear_transposed,
        reduce,
        rotary::Angles,
    },
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Insight, Language, Losses,
        OptimizerKind, Reading, Sampler, Size, TrainConfig, config_and_net,
    },
    nn::{
        decoder::Decoder,
        dropout::Dropout,
        transformer::{Block, INIT, Pass, Shape, even_heads, gain, gated_hidden, matrix},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
    scene::{PlotSpec, token::guess},
};

use sampler::Writing;
pub use sampler::{GptSampleOptions, candidates, draw, stops};

/// Options of a [`Gpt`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GptConfig {
    /// Layers, each of attention and an MLP.
    #[schemars(title = "Layers", range(min = 1, max = 12))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Width of the residual stream: numbers in the embedding of a token.
    #[schemars(title = "Width", range(min = 16, max = 768))]
    pub n_embd: usize,
    /// Context length: the most tokens before the next one that the model sees.
    #[schemars(title = "Context length", range(min = 8, max = 1024))]
    pub block_size: usize,
    /// How the position of a token is encoded.
    #[schemars(title = "Positions")]
    pub positions: Positions,
    /// Normalisation before attention and before the MLP.
    #[schemars(title = "Norm")]
    pub norm: Norm,
    /// Activation of the MLP.
    #[schemars(title = "Activation")]
    pub mlp: MlpKind,
    /// Use the embedding matrix for the output as well.
    #[schemars(title = "Tied weights")]
    pub tied: bool,
    /// Share of the outputs of attention and MLP that is set to zero at random while training.
    #[schemars(title = "Dropout", range(min = 0.0, max = 0.9))]
    pub dropout: f64,
}

impl Default for GptConfig {
    fn default() -> Self {
        Self {
            n_layer: 4,
            n_head: 4,
            n_embd: 128,
            block_size: 64,
            positions: Positions::Rotary,
            norm: Norm::Rms,
            mlp: MlpKind::Swiglu,
            tied: true,
            dropout: 0.0,
        }
    }
}

impl Options for GptConfig {
    fn check(&self) -> Result<()> {
        even_heads(self.n_head, self.n_embd)?;
        let bad = |reason: String| Err(Error::bad_option("n_head", self.n_head, reason));
        let rotary = self.positions == Positions::Rotary;
        if rotary && !(self.n_embd / self.n_head).is_multiple_of(2) {
            return bad("rotary positions need an even width of each head".into());
        }
        Ok(())
    }
}

/// How a [`Gpt`] knows where a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Positions {
    /// Queries and keys are turned by an angle that grows with the position.
    Rotary,
    /// Each position has a vector, which is learned.
    Learned,
}

/// Normalisation before attention and before the MLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// Divide by the root mean square.
    Rms,
    /// Take off the mean, divide by the standard deviation.
    Layer,
}

/// Activation of the MLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MlpKind {
    /// (h V) ⊙ silu(h W), two thirds as wide.
    Swiglu,
    /// gelu(h W), four times as wide as the model.
    Gelu,
}

impl GptConfig {
    /// Numbers inside a perceptron.
    pub fn hidden(&self) -> usize {
        match self.mlp {
            MlpKind::Swiglu => gated_hidden(self.n_embd),
            MlpKind::Gelu => 4 * self.n_embd,
        }
    }

    fn shape(&self) -> Shape {
        let angles = || Arc::new(Angles::new(self.block_size, self.n_embd / self.n_head));
        Shape {
            n_head: self.n_head,
            n_embd: self.n_embd,
            hidden: self.hidden(),
            norm: match self.norm {
                Norm::Rms => kernels::norm::Norm::Rms,
                Norm::Layer => kernels::norm::Norm::Layer,
            },
            swiglu: self.mlp == MlpKind::Swiglu,
            angles: (self.positions == Positions::Rotary).then(angles),
            mask: Mask::Causal,
        }
    }
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// What stands for each token, `[V, C]`.
    pub(super) wte: Param<Tensor<2>>,
    /// What stands for each position, `[T, C]`, if it is learned.
    wpe: Option<Param<Tensor<2>>>,
    pub(super) layers: Vec<Block>,
    /// `[C]`.
    norm_f: Param<Tensor<1>>,
    /// What is guessed, `[V, C]`, if it is not `wte`.
    head: Option<Param<Tensor<2>>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Gpt {
    pub(super) config: GptConfig,
    pub(super) tokenizer: Arc<Tokenizer>,
    pub(super) shape: Shape,
    pub(super) net: Net,
}

/// Tokens that go through the network together while it trains.
const MICRO_BATCH: usize = 256;

impl Gpt {
    /// The stream `[n, C]` that a text enters as: texts of `t` tokens, the first of which stands at
    /// `from`.
    fn embed(&self, ids: &[u32], t: usize, from: usize) -> Tensor<2> {
        let x = embedding(self.net.wte.val(), ids);
        match &self.net.wpe {
            None => x,
            Some(wpe) => {
                let places: Vec<u32> = (0..ids.len()).map(|i| (from + i % t) as u32).collect();
                x + embedding(wpe.val(), &places)
            }
        }
    }

    /// Logits of the stream `[n, C]` at its end: `[n, V]`.
    fn logits_of(&self, x: Tensor<2>) -> Tensor<2> {
        let head = self.net.head.as_ref().unwrap_or(&self.net.wte).val();
        linear_transposed(self.shape.norm(x, &self.net.norm_f), head)
    }

    /// Logits of the token after each of `ids`, texts of `t` tokens: `[n, V]`.
    fn forward(&self, ids: &[u32], t: usize, dropout: Option<&mut Dropout>) -> Tensor<2> {
        let mut pass = Pass::Whole {
            t,
            dropout,
            weights: None,
        };
        let mut x = pass.drop(self.embed(ids, t, 0)); // [n, C]
        for block in &self.net.layers {
            x = block.forward(&self.shape, x, &mut pass);
        }
        self.logits_of(x)
    }

    /// Mean of −log p(x_t | x_<t), nats a token.
    fn loss(&self, batch: &Batch, mut dropout: Option<Dropout>) -> Result<Losses> {
        let (ids, t) = batch.tokens()?;
        let windows = || ids.chunks_exact(t + 1);
        let read: Vec<u32> = windows().flat_map(|w| &w[..t]).copied().collect();
        let next: Vec<u32> = windows().flat_map(|w| &w[1..]).copied().collect();
        let logits = self.forward(&read, t, dropout.as_mut());
        Ok(vec![("loss", reduce::mean(cross_entropy(logits, next)))])
    }

    /// A reader of one text on this model's device.
    pub fn reader(&self) -> Reader {
        let model = self.valid();
        let on_host = is_host(&model.net.wte.val());
        let caches = model.net.layers.iter().map(|_| Cache::new(on_host));
        Reader {
            caches: caches.collect(),
            decoders: on_host.then(|| model.net.layers.iter().map(Decoder::new).collect()),
            model,
            read: 0,
            logits: None,
        }
    }
}

impl Family for Gpt {
    type Config = GptConfig;
    type SampleOptions = GptSampleOptions;
    type Net = Net;

    const ID: &'static str = "gpt";
    const TITLE: &'static str = "GPT";
    const PAPER: &'static str = "Radford, Narasimhan, Salimans & Sutskever 2018, Improving Language Understanding by Generative Pre-Training";
    const SCHEMA_VERSION: u32 = 1;
    const PAGE: Option<&'static str> = Some(include_str!("page.py"));
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Prompt];
    const CAPABILITIES: Capabilities = Capabilities {
        language: true,
        ..Capabilities::NONE
    };

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::autoregressive("t")
    }

    fn defaults(space: &Space) -> Option<Defaults<GptConfig>> {
        if !matches!(space, Space::Text { .. }) {
            return None;
        }
        let size =
            |id: &str, title: &str, [n_layer, n_head, n_embd, block_size]: [usize; 4], steps| {
                Size {
                    id: id.into(),
                    title: title.into(),
                    config: json!({
                        "n_layer": n_layer,
                        "n_head": n_head,
                        "n_embd": n_embd,
                        "block_size": block_size,
                    }),
                    steps,
                }
            };
        Some(Defaults {
            config: GptConfig::default(),
            train: TrainConfig {
                batch_size: 16,
                learning_rate: 3e-3,
                optimizer: OptimizerKind::Muon,
                beta_2: 0.99,
                weight_decay: 0.1,
                warmup: 50,
                clip: 1.0,
                ..TrainConfig::default()
            },
            sizes: vec![
                size("small", "Small", [2, 2, 48, 48], 1500),
                size("medium", "Medium", [4, 4, 96, 64], 2500),
                size("large", "Large", [6, 4, 128, 128], 4000),
            ],
        })
    }

    fn init(config: &GptConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        config.check()?;
        let vocabulary = data.space.vocabulary().ok_or(Error::CheckpointSchema {
            reason: "a text without a vocabulary".into(),
        })?;
        let tokenizer = Arc::new(Tokenizer::new(vocabulary.clone())?);
        let (v, c, shape) = (tokenizer.len(), config.n_embd, config.shape());
        let wte = matrix([v, c], INIT, rng, device);
        let wpe = (config.positions == Positions::Learned)
            .then(|| matrix([config.block_size, c], INIT, rng, device));
        let layers = (0..config.n_layer)
            .map(|_| Block::init(&shape, config.n_layer, rng, device))
            .collect();
        let head = (!config.tied).then(|| matrix([v, c], INIT, rng, device));
        Ok(Self {
            config: config.clone(),
            tokenizer,
            shape,
            net: Net {
                wte,
                wpe,
                layers,
                norm_f: gain(c, device),
                head,
            },
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.starts_with("layers.");
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        self.loss(batch, None)
    }

    fn training_losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.loss(batch, Dropout::new(self.config.dropout, rng))
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH / self.config.block_size
    }

    fn cost(&self) -> Cost {
        let t = self.config.block_size as f64;
        let shapes = weights::shapes(&self.net);
        let cost = Cost::of(&shapes, |name| match name {
            "wpe" => 0.0,
            // Looking a token up costs nothing; asking which comes next does.
            "wte" if self.net.head.is_some() => 0.0,
            _ => t,
        });
        let (layers, heads) = (self.config.n_layer as f64, self.config.n_head as f64);
        let (v, c) = (self.tokenizer.len() as f64, self.config.n_embd as f64);
        // Queries meet keys, and weights values, of half of all pairs; the weights and the logits
        // (of which `Cost::of` saw a transposed matrix) are kept.
        cost.plus(layers * t * t * c, layers * heads * t * t + 3.0 * t * v)
    }

    fn sampler(
        &self,
        options: &GptSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        Ok(Box::new(Writing::new(
            self, options, condition, count, seed,
        )?))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![PlotSpec::new(
            "samples",
            "Text",
            "One token after another, each drawn from a guess over the whole vocabulary that is made from the tokens before it. The redder the line beneath it, the less the model expected it. The same prompt, seed and options give the same text anywhere.",
        )]
    }

    fn language(&self) -> Option<&dyn Language> {
        Some(self)
    }
}

/// Reads a text token by token; what it needs of the past is kept.
#[derive(Clone)]
pub struct Reader {
    model: Gpt,
    /// Keys and values of each layer.
    caches: Vec<Cache>,
    /// The layers, for one token at a time on the host.
    decoders: Option<Rc<[Decoder]>>,
    read: usize,
    logits: Option<Tensor<2>>,
}

impl Reader {
    /// Tokens it remembers.
    pub fn len(&self) -> usize {
        self.read
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// Begin anew with `ids`, one to T of them.
    pub fn start(&mut self, ids: &[u32]) {
        self.caches.iter_mut().for_each(Cache::clear);
        self.read = 0;
        self.next(ids);
    }

    /// Read one token more, while it remembers fewer than T.
    pub fn push(&mut self, id: u32) {
        let Some(decoders) = self.decoders.clone() else {
            return self.next(&[id]);
        };
        let model = &self.model;
        let x = model.embed(&[id], 1, self.read);
        let (dims, device) = (x.dims(), x.device());
        let mut x = values(x);
        for (decoder, cache) in decoders.iter().zip(&mut self.caches) {
            if let Cache::Host(cache) = cache {
                decoder.next(&model.shape, &mut x, self.read, cache);
            }
        }
        let x = Tensor::from_data(TensorData::new(x, dims), &device);
        self.logits = Some(model.logits_of(x));
        self.read += 1;
    }

    fn next(&mut self, ids: &[u32]) {
        let (model, t) = (&self.model, ids.len());
        let mut x = model.embed(ids, t, self.read); // [t, C]
        for (block, cache) in model.net.layers.iter().zip(&mut self.caches) {
            let mut pass = Pass::Next {
                from: self.read,
                cache,
            };
            x = block.forward(&model.shape, x, &mut pass);
        }
        let last = match t {
            1 => x,
            _ => x.slice([t - 1..t, 0..model.config.n_embd]),
        };
        self.logits = Some(model.logits_of(last));
        self.read += t;
    }

    /// Logits of the token after the last one, `[V]`.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn logits(&self) -> Result<Vec<f32>> {
        match &self.logits {
            Some(logits) => floats(logits.clone()).await,
            None => Ok(Vec::new()),
        }
    }
}

impl Language for Gpt {
    fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    fn block_size(&self) -> usize {
        self.config.block_size
    }

    fn logits<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>> {
        Box::pin(async move {
            let logits = self.valid().forward(ids, ids.len(), None);
            floats(logits).await
        })
    }

    fn insight<'a>(&'a self, ids: &'a [u32], lens: bool) -> Reading<'a, Insight> {
        Box::pin(async move {
            let model = self.valid();
            let mut weights = Vec::new();
            let mut pass = Pass::Whole {
                t: ids.len(),
                dropout: None,
                weights: Some(&mut weights),
            };
            let mut x = model.embed(ids, ids.len(), 0);
            // After the embedding and after each layer.
            let mut stream = vec![x.clone()];
            for block in &model.net.layers {
                x = block.forward(&model.shape, x, &mut pass);
                stream.push(x.clone());
            }
            let mut insight = Insight {
                tokens: ids.to_vec(),
                attention: Vec::new(),
                layers: self.config.n_layer,
                heads: self.config.n_head,
                lens: Vec::new(),
            };
            for weights in weights {
                insight.attention.extend(floats(weights).await?);
            }
            for x in stream.into_iter().filter(|_| lens) {
                let logits = floats(model.logits_of(x)).await?;
                insight
                    .lens
                    .extend(logits.chunks_exact(model.tokenizer.len()).map(guess));
            }
            Ok(insight)
        })
    }
}
