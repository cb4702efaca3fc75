//! BERT: a transformer that guesses hidden words from the words on both sides.
//!
//! Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
//! arXiv:1810.04805, by the masked-word objective alone, as in Liu et al. 2019, "RoBERTa", arXiv:1907.11692. Of each
//! text x a set M of tokens is chosen, whole words of them, and x̃ is what is left of it: most of these tokens are hidden
//! ([`masking`]). The network guesses each of them from all others:
//!
//! ```text
//! loss = −1/|M| Σ_{i ∈ M} log p(x_i | x̃)
//! ```
//!
//! It is a bound on nothing and no likelihood of a text. What comes closest to one is the pseudo-log-likelihood, a sum
//! over tokens that are hidden one at a time (Salazar et al. 2020, "Masked Language Model Scoring", arXiv:1910.14659):
//!
//! ```text
//! PLL(x) = Σ_i log p(x_i | x_{∖i})
//! ```
//!
//! The blocks are those of the GPT ([`nn::transformer`](crate::nn::transformer)) with a mask that hides nothing: RMSNorm
//! before each branch, SwiGLU, rotary positions. The table of tokens has one row more than there are tokens, for the gap;
//! guesses are read off with its other rows.

pub mod masking;
mod sampler;
mod tuning;

use std::sync::Arc;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    data::{Batch, DataInfo, Space, SpaceKind, tokenizer::Tokenizer},
    device::floats,
    error::{Error, Result},
    kernels::{
        attention::Mask, cross_entropy::cross_entropy, embedding::embedding,
        linear::linear_transposed, reduce, rotary::Angles,
    },
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Insight, Losses, Masked,
        OptimizerKind, Reading, Sampler, Size, TrainConfig, Tuning, config_and_net,
    },
    nn::{
        dropout::Dropout,
        transformer::{Block, INIT, Pass, Shape, gain, matrix, rotary_heads},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    pause::Pause,
    rng::Rng,
    scene::PlotSpec,
};

use masking::{Task, Words};
pub use sampler::{BertSampleOptions, Filling, Order};

/// Options of a [`Bert`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BertConfig {
    /// Layers, each of attention and an MLP.
    #[schemars(title = "Layers", range(min = 1, max = 12))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Width of the residual stream: numbers in the embedding of a token.
    #[schemars(title = "Width", range(min = 16, max = 768))]
    pub n_embd: usize,
    /// Context length: the most tokens of a text that the model sees at once.
    #[schemars(title = "Context length", range(min = 8, max = 512))]
    pub block_size: usize,
    /// Share of the tokens of a text that are to be guessed.
    #[schemars(title = "Masked share", range(min = 0.02, max = 0.9))]
    pub masked: f64,
    /// Hide all tokens of a word or none, so that no part of a word gives the rest of it away.
    #[schemars(title = "Whole words")]
    pub whole_words: bool,
    /// Share of the outputs of attention and MLP that is set to zero at random while training.
    #[schemars(title = "Dropout", range(min = 0.0, max = 0.9))]
    pub dropout: f64,
}

impl Default for BertConfig {
    fn default() -> Self {
        Self {
            n_layer: 4,
            n_head: 4,
            n_embd: 128,
            block_size: 64,
            masked: 0.15,
            whole_words: true,
            dropout: 0.0,
        }
    }
}

impl Options for BertConfig {
    fn check(&self) -> Result<()> {
        rotary_heads(self.n_head, self.n_embd)
    }
}

impl BertConfig {
    fn shape(&self) -> Shape {
        let angles = Angles::new(self.block_size, self.n_embd / self.n_head);
        Shape {
            angles: Some(Arc::new(angles)),
            ..Shape::gated(self.n_head, self.n_embd, Mask::Full)
        }
    }
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// What stands for each token and for the gap, `[V + 1, C]`.
    wte: Param<Tensor<2>>,
    layers: Vec<Block>,
    /// `[C]`.
    norm_f: Param<Tensor<1>>,
}

impl Net {
    fn init(
        config: &BertConfig,
        shape: &Shape,
        tokens: usize,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let c = config.n_embd;
        Self {
            wte: matrix([tokens + 1, c], INIT, rng, device),
            layers: (0..config.n_layer)
                .map(|_| Block::init(shape, config.n_layer, rng, device))
                .collect(),
            norm_f: gain(c, device),
        }
    }

    /// What the network makes of each token of texts of `t` tokens: `[n, C]`.
    fn forward(&self, shape: &Shape, ids: &[u32], pass: &mut Pass) -> Tensor<2> {
        let mut x = pass.drop(embedding(self.wte.val(), ids)); // [n, C]
        for block in &self.layers {
            x = block.forward(shape, x, pass);
        }
        shape.norm(x, &self.norm_f)
    }

    /// Logits of the tokens at `places` of what [`Net::forward`] made: `[places, V]`.
    fn logits(&self, x: Tensor<2>, places: &[u32]) -> Tensor<2> {
        let [rows, c] = self.wte.val().dims();
        let tokens = self.wte.val().slice([0..rows - 1, 0..c]);
        linear_transposed(embedding(x, places), tokens)
    }
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Bert {
    config: BertConfig,
    tokenizer: Arc<Tokenizer>,
    words: Arc<Words>,
    shape: Shape,
    net: Net,
}

/// Tokens that go through the network together while it trains.
const MICRO_BATCH: usize = 512;

impl Bert {
    /// A fresh one over these tokens.
    fn fresh(
        config: &BertConfig,
        tokenizer: Arc<Tokenizer>,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let shape = config.shape();
        Self {
            config: config.clone(),
            words: Arc::new(Words::of(&tokenizer)),
            net: Net::init(config, &shape, tokenizer.len(), rng, device),
            tokenizer,
            shape,
        }
    }

    /// Which tokens of texts of `t` tokens are to be guessed, and what is shown of them.
    pub fn task(&self, ids: &[u32], t: usize, rng: &mut Rng) -> Task {
        let (share, whole) = (self.config.masked, self.config.whole_words);
        Task::draw(ids, t, &self.words, (share, whole), rng)
    }

    /// Logits of the tokens at `places` of texts of `t` tokens: `[places, V]`.
    pub fn logits(
        &self,
        ids: &[u32],
        t: usize,
        places: &[u32],
        dropout: Option<&mut Dropout>,
    ) -> Tensor<2> {
        let mut pass = Pass::Whole {
            t,
            dropout,
            weights: None,
        };
        let x = self.net.forward(&self.shape, ids, &mut pass);
        self.net.logits(x, places)
    }

    /// Mean of −log p(x_i | x̃) over the tokens that are to be guessed, nats.
    pub fn loss_of(&self, task: Task, t: usize, dropout: Option<&mut Dropout>) -> Tensor<1> {
        let logits = self.logits(&task.shown, t, &task.places, dropout);
        reduce::mean(cross_entropy(logits, task.targets))
    }

    fn loss(&self, batch: &Batch, mut dropout: Option<Dropout>, rng: &mut Rng) -> Result<Losses> {
        let (ids, length) = batch.tokens()?;
        let t = length + 1;
        let task = self.task(ids, t, rng);
        let loss = self.loss_of(task, t, dropout.as_mut());
        Ok(vec![("loss", loss)])
    }
}

impl Family for Bert {
    type Config = BertConfig;
    type SampleOptions = BertSampleOptions;
    type Net = Net;

    const ID: &'static str = "bert";
    const TITLE: &'static str = "BERT";
    const PAPER: &'static str = "Devlin, Chang, Lee & Toutanova 2019, BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding, arXiv:1810.04805";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Prompt];
    const CAPABILITIES: Capabilities = Capabilities {
        language: true,
        masked: true,
        ..Capabilities::NONE
    };

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::masked()
    }

    fn defaults(space: &Space) -> Option<Defaults<BertConfig>> {
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
            config: BertConfig::default(),
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
                size("small", "Small", [2, 2, 48, 48], 3000),
                size("medium", "Medium", [4, 4, 96, 64], 5000),
                size("large", "Large", [6, 4, 128, 64], 8000),
            ],
        })
    }

    fn init(config: &BertConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        config.check()?;
        let vocabulary = data.space.vocabulary().ok_or(Error::CheckpointSchema {
            reason: "a text without a vocabulary".into(),
        })?;
        let tokenizer = Arc::new(Tokenizer::new(vocabulary.clone())?);
        Ok(Self::fresh(config, tokenizer, rng, device))
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
        (MICRO_BATCH / self.config.block_size).max(1)
    }

    fn cost(&self) -> Cost {
        let t = self.config.block_size as f64;
        let guessed = (self.config.masked * t).ceil();
        let shapes = weights::shapes(&self.net);
        let cost = Cost::of(&shapes, |name| match name {
            // Looking a token up costs nothing; asking which it is does.
            "wte" => guessed,
            _ => t,
        });
        let (layers, heads) = (self.config.n_layer as f64, self.config.n_head as f64);
        let (v, c) = (self.tokenizer.len() as f64, self.config.n_embd as f64);
        // Queries meet keys, and weights values, of all pairs; the weights and the logits (of which `Cost::of` saw a
        // transposed matrix) are kept.
        cost.plus(
            2.0 * layers * t * t * c,
            layers * heads * t * t + 3.0 * guessed * v,
        )
    }

    fn sampler(
        &self,
        options: &BertSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let prompt = condition.prompt.as_deref().unwrap_or_default();
        Ok(Box::new(Filling::new(self, options, prompt, count, seed)?))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        vec![PlotSpec::new(
            "samples",
            "Text",
            "It begins with nothing but gaps, or with the gaps that you leave, and fills those first of which it is surest. Each guess is made from the tokens on both sides that are there by then. At last some tokens at a time are hidden again and drawn anew. The redder the line beneath a token, the less the model expected it where it drew it.",
        )]
    }

    fn masked(&self) -> Option<&dyn Masked> {
        Some(self)
    }
}

impl Masked for Bert {
    fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    fn context(&self) -> usize {
        self.config.block_size
    }

    fn gap(&self) -> u32 {
        self.tokenizer.len() as u32
    }

    fn hide(&self, ids: &[u32], rng: &mut Rng) -> Vec<u32> {
        let (share, whole) = (self.config.masked, self.config.whole_words);
        masking::choose(ids, &self.words, (share, whole), rng)
    }

    fn guess<'a>(&'a self, ids: &'a [u32], t: usize, places: &'a [u32]) -> Reading<'a, Vec<f32>> {
        Box::pin(async move { floats(self.valid().logits(ids, t, places, None)).await })
    }

    fn insight<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Insight> {
        Box::pin(async move {
            let model = self.valid();
            let mut weights = Vec::new();
            let mut pass = Pass::Whole {
                t: ids.len(),
                dropout: None,
                weights: Some(&mut weights),
            };
            model.net.forward(&model.shape, ids, &mut pass);
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
            Ok(insight)
        })
    }

    fn features<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>> {
        Box::pin(async move {
            let model = self.valid();
            floats(tuning::features(&model.net, &model.shape, ids, None)).await
        })
    }

    fn tune<'a>(&'a self, tuning: &'a Tuning<'a>, pause: Pause) -> Reading<'a, Vec<u32>> {
        Box::pin(tuning::tune(self, tuning, pause))
    }
}
