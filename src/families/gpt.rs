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
//!
//! On the CPU training and writing run through [`transformer`], the same network with its gradient
//! written out; everything else, and all of it on a GPU, through the tensors below.

use std::{collections::BTreeMap, rc::Rc, sync::Arc};

use burn::{
    module::{Module, Param},
    tensor::{Bool, Device, Int, Tensor, TensorData, activation},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    data::{
        Batch, DataInfo,
        tokenizer::{Speller, Tokenizer},
    },
    device,
    error::{Error, Result},
    family::{Family, Insight, Language, Losses, Reading, Sampler, Samples, StepContext, plain},
    nn::{
        by_hand,
        linear::matmul,
        transformer::{self, Angles, Dropout, EPSILON, Numbers, Shape},
    },
    optim::{ParameterGroup, Rule},
    options::Options,
    protocol::{Capabilities, DataKind, Size, Token},
    rng::{Purpose, Rng},
    views::{floats, text::largest, text::token},
};

/// Options of a [`Gpt`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GptConfig {
    /// Layers: attention and a perceptron each.
    #[schemars(title = "Layers", range(min = 1, max = 12))]
    pub n_layer: usize,
    /// Heads of attention in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Numbers that stand for a token.
    #[schemars(title = "Width", range(min = 16, max = 768))]
    pub n_embd: usize,
    /// Tokens that it looks back on.
    #[schemars(title = "Context", range(min = 8, max = 1024))]
    pub block_size: usize,
    /// How it knows where a token stands.
    #[schemars(title = "Positions")]
    pub positions: Positions,
    /// What comes before each branch.
    #[schemars(title = "Norm")]
    pub norm: Norm,
    /// What the perceptrons bend by.
    #[schemars(title = "Perceptron")]
    pub mlp: MlpKind,
    /// The vectors that are read are also those that are guessed.
    #[schemars(title = "Tied weights")]
    pub tied: bool,
    /// Share of what each branch adds that is left out at random while training.
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
        let bad = |reason: String| Err(Error::bad_option("n_head", self.n_head, reason));
        if !self.n_embd.is_multiple_of(self.n_head) {
            return bad(format!("{} numbers do not part among them", self.n_embd));
        }
        let rotary = self.positions == Positions::Rotary;
        if rotary && !(self.n_embd / self.n_head).is_multiple_of(2) {
            return bad("rotary positions need an even number for each head".into());
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

/// What comes before each branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Norm {
    /// Divide by the root mean square.
    Rms,
    /// Take off the mean, divide by the standard deviation.
    Layer,
}

/// What the perceptrons bend by.
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
            // As many weights as the other, to the next multiple of 16.
            MlpKind::Swiglu => (8 * self.n_embd).div_ceil(3).next_multiple_of(16),
            MlpKind::Gelu => 4 * self.n_embd,
        }
    }

    fn shape(&self, vocabulary: usize) -> Shape {
        Shape {
            n_head: self.n_head,
            n_embd: self.n_embd,
            hidden: self.hidden(),
            vocabulary,
            rms: self.norm == Norm::Rms,
            swiglu: self.mlp == MlpKind::Swiglu,
            rotary: self.positions == Positions::Rotary,
        }
    }
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GptSampleOptions {
    /// What the text begins with.
    #[schemars(title = "Prompt", length(max = 20000))]
    pub prompt: String,
    /// Tokens to write.
    #[schemars(title = "Length", range(min = 1, max = 20000))]
    pub length: usize,
    /// Logits are divided by it: 1 samples the model, less keeps to what is likely, 0 takes the
    /// likeliest.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
    /// Draw among so many of the likeliest; 0 = all.
    #[schemars(title = "Top k", range(min = 0, max = 1000))]
    pub top_k: usize,
    /// Draw among the likeliest that together have this probability; 1 = all.
    #[schemars(title = "Top p", range(min = 0.01, max = 1.0))]
    pub top_p: f64,
    /// Tokens among the last 64 become less likely by it (Keskar et al. 2019, CTRL); 1 = not.
    #[schemars(title = "Against repetition", range(min = 1.0, max = 2.0))]
    pub repetition: f64,
    /// Stop when this has been written; empty = go on.
    #[schemars(title = "Stop at", length(max = 40))]
    pub stop: String,
}

impl Default for GptSampleOptions {
    fn default() -> Self {
        Self {
            prompt: String::new(),
            length: 300,
            temperature: 0.8,
            top_k: 0,
            top_p: 1.0,
            repetition: 1.0,
            stop: String::new(),
        }
    }
}

impl Options for GptSampleOptions {}

/// A layer's weights.
#[derive(Module, Debug)]
pub struct Block {
    /// `[C]`.
    norm_1: Param<Tensor<1>>,
    /// `[C, 3C]`.
    qkv: Param<Tensor<2>>,
    /// `[C, C]`.
    proj: Param<Tensor<2>>,
    /// `[C]`.
    norm_2: Param<Tensor<1>>,
    /// `[C, F]`, or `[C, 2F]` with a gate.
    up: Param<Tensor<2>>,
    /// `[F, C]`.
    down: Param<Tensor<2>>,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// What stands for each token, `[V, C]`.
    wte: Param<Tensor<2>>,
    /// What stands for each position, `[T, C]`, if it is learned.
    wpe: Option<Param<Tensor<2>>>,
    layers: Vec<Block>,
    /// `[C]`.
    norm_f: Param<Tensor<1>>,
    /// What is guessed, `[V, C]`, if it is not `wte`.
    head: Option<Param<Tensor<2>>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Gpt {
    config: GptConfig,
    tokenizer: Arc<Tokenizer>,
    /// Of all positions; unused where these are learned.
    angles: Arc<Angles>,
    net: Net,
}

/// Standard deviation of fresh weights, as in GPT-2.
const INIT: f32 = 0.02;

/// What a pass over tensors notes on its way.
#[derive(Default)]
struct Notes {
    /// `[b, H, t, t]` of each layer.
    attention: Vec<Tensor<4>>,
    /// The stream after the embedding and after each layer, `[b t, C]`.
    stream: Vec<Tensor<2>>,
}

impl Gpt {
    fn device(&self) -> Device {
        self.net.wte.val().device()
    }

    fn shape(&self) -> Shape {
        self.config.shape(self.tokenizer.len())
    }

    /// `x` `[n, C]`, normalised.
    fn norm(&self, x: Tensor<2>, gain: &Param<Tensor<1>>) -> Tensor<2> {
        let x = match self.config.norm {
            Norm::Rms => x,
            Norm::Layer => x.clone() - x.mean_dim(1),
        };
        let scale = (x.clone().square().mean_dim(1) + EPSILON).sqrt().recip();
        x * scale * gain.val().unsqueeze()
    }

    fn head(&self) -> Tensor<2> {
        self.net.head.as_ref().unwrap_or(&self.net.wte).val()
    }

    /// Logits of a stream `[n, C]` at its end: `[n, V]`.
    fn guess(&self, x: Tensor<2>) -> Tensor<2> {
        matmul(self.norm(x, &self.net.norm_f), self.head().transpose())
    }

    /// Queries or keys `[b, H, t, d]` turned by their positions, the first of which is `from`.
    fn turned(&self, x: Tensor<4>, from: usize) -> Tensor<4> {
        if self.config.positions == Positions::Learned {
            return x;
        }
        let ([b, h, t, d], device) = (x.dims(), x.device());
        let (cos, sin) = {
            let rows = |all: &[f32]| -> Tensor<4> {
                let here = all[from * d / 2..(from + t) * d / 2].to_vec();
                let data = TensorData::new(here, [1, 1, t, d / 2]);
                Tensor::from_data(data, &device)
            };
            let (cos, sin) = self.angles.rows();
            (rows(cos), rows(sin))
        };
        let half = |i: usize| {
            x.clone()
                .slice([0..b, 0..h, 0..t, i * d / 2..(i + 1) * d / 2])
        };
        let (a, b) = (half(0), half(1));
        let turned = [
            a.clone() * cos.clone() - b.clone() * sin.clone(),
            a * sin + b * cos,
        ];
        Tensor::cat(turned.to_vec(), 3)
    }

    /// A layer's attention over the normed stream h `[b t, C]`, keys and values of the past before
    /// it; returns what is added `[b t, C]`, the weights, and all keys and values.
    fn attention(
        &self,
        block: &Block,
        h: Tensor<2>,
        [b, t]: [usize; 2],
        past: Option<[Tensor<4>; 2]>,
    ) -> (Tensor<2>, Tensor<4>, [Tensor<4>; 2]) {
        let (c, heads) = (self.config.n_embd, self.config.n_head);
        let d = c / heads;
        let qkv = matmul(h, block.qkv.val()).reshape([b, t, 3, heads, d]);
        let part = |i: usize| -> Tensor<4> {
            let part = qkv.clone().slice([0..b, 0..t, i..i + 1]);
            part.reshape([b, t, heads, d]).swap_dims(1, 2) // [b, H, t, d]
        };
        let before = past.as_ref().map_or(0, |[k, _]| k.dims()[2]);
        let q = self.turned(part(0), before);
        let (mut k, mut v) = (self.turned(part(1), before), part(2));
        if let Some([past_k, past_v]) = past {
            k = Tensor::cat(vec![past_k, k], 2);
            v = Tensor::cat(vec![past_v, v], 2);
        }
        let scores = matmul(q, k.clone().swap_dims(2, 3)) / (d as f64).sqrt(); // [b, H, t, all]
        let future: Vec<bool> = (0..t)
            .flat_map(|i| (0..before + t).map(move |j| j > before + i))
            .collect();
        let future = TensorData::new(future, [1, 1, t, before + t]);
        let future = Tensor::<4, Bool>::from_data(future, &scores.device());
        let dims = scores.dims();
        let weights = activation::softmax(scores.mask_fill(future.expand(dims), -1e9), 3);
        let mixed = matmul(weights.clone(), v.clone()); // [b, H, t, d]
        let mixed = mixed.swap_dims(1, 2).reshape([b * t, c]);
        (matmul(mixed, block.proj.val()), weights, [k, v])
    }

    /// A layer's perceptron over the normed stream `[n, C]`.
    fn perceptron(&self, block: &Block, h: Tensor<2>) -> Tensor<2> {
        let up = matmul(h, block.up.val());
        let activated = match self.config.mlp {
            MlpKind::Gelu => activation::gelu_approximate(up),
            MlpKind::Swiglu => {
                let ([n, _], f) = (up.dims(), self.config.hidden());
                let value = up.clone().slice([0..n, 0..f]);
                value * activation::silu(up.slice([0..n, f..2 * f]))
            }
        };
        matmul(activated, block.down.val())
    }

    /// The stream `[b t, C]` that a text enters as; its first token stands at `from`.
    fn embed(&self, ids: &[u32], [b, t]: [usize; 2], from: usize) -> Tensor<2> {
        let c = self.config.n_embd;
        let ids: Vec<i32> = ids.iter().map(|&id| id as i32).collect();
        // Indices are no part of what is differentiated.
        let ids = Tensor::<1, Int>::from_data(TensorData::new(ids, [b * t]), &self.device());
        let x = self.net.wte.val().select(0, ids);
        match &self.net.wpe {
            None => x,
            Some(wpe) => {
                let here = wpe.val().slice([from..from + t, 0..c]).unsqueeze::<3>();
                (x.reshape([b, t, c]) + here).reshape([b * t, c])
            }
        }
    }

    /// Logits of the token after each of `ids` (`b` texts of `t`), `[b t, V]`.
    fn forward(
        &self,
        ids: &[u32],
        [b, t]: [usize; 2],
        dropout: Option<Dropout>,
        mut notes: Option<&mut Notes>,
    ) -> Tensor<2> {
        let c = self.config.n_embd;
        let drop = |x: Tensor<2>, place: usize| match dropout {
            None => x,
            Some(dropout) => {
                let mask: Vec<f32> = (0..b).flat_map(|i| dropout.mask(i, place, t * c)).collect();
                let mask = TensorData::new(mask, [b * t, c]);
                x * Tensor::from_data(mask, &self.device())
            }
        };
        let mut x = drop(self.embed(ids, [b, t], 0), 0);
        for (i, block) in self.net.layers.iter().enumerate() {
            if let Some(notes) = &mut notes {
                notes.stream.push(x.clone());
            }
            let h = self.norm(x.clone(), &block.norm_1);
            let (added, weights, _) = self.attention(block, h, [b, t], None);
            if let Some(notes) = &mut notes {
                notes.attention.push(weights);
            }
            x = x + drop(added, 1 + 2 * i);
            let h = self.norm(x.clone(), &block.norm_2);
            x = x + drop(self.perceptron(block, h), 2 + 2 * i);
        }
        if let Some(notes) = notes {
            notes.stream.push(x.clone());
        }
        self.guess(x)
    }

    /// Mean of −log p(x_t | x_<t), nats a token.
    fn loss(&self, batch: &Batch, dropout: Option<Dropout>) -> Result<Tensor<1>> {
        let (ids, t) = batch.tokens()?;
        let b = batch.len();
        let windows = || ids.chunks_exact(t + 1);
        let read: Vec<u32> = windows().flat_map(|w| &w[..t]).copied().collect();
        let next: Vec<i32> = windows()
            .flat_map(|w| &w[1..])
            .map(|&id| id as i32)
            .collect();
        let logits = self.forward(&read, [b, t], dropout, None);
        let next = TensorData::new(next, [b * t, 1]);
        let next = Tensor::<2, Int>::from_data(next, &self.device());
        let log_probs = activation::log_softmax(logits, 1).gather(1, next);
        Ok(log_probs.mean().neg())
    }

    /// Its weights on the host, for the CPU.
    fn numbers(&self) -> Numbers {
        fn host<const D: usize>(param: &Param<Tensor<D>>) -> Vec<f32> {
            by_hand::host(param.val().without_autodiff())
        }
        let layers = self.net.layers.iter().map(|block| transformer::Layer {
            norm_1: host(&block.norm_1),
            qkv: host(&block.qkv),
            proj: host(&block.proj),
            norm_2: host(&block.norm_2),
            up: host(&block.up),
            down: host(&block.down),
        });
        Numbers {
            wte: host(&self.net.wte),
            wpe: self.net.wpe.as_ref().map(host).unwrap_or_default(),
            layers: layers.collect(),
            norm_f: host(&self.net.norm_f),
            head: self.net.head.as_ref().map(host).unwrap_or_default(),
        }
    }

    /// The loss and its gradient by each weight, written out: for the CPU.
    fn loss_by_hand(
        &self,
        ids: &[u32],
        length: usize,
        dropout: Option<Dropout>,
    ) -> (f64, BTreeMap<String, Vec<f32>>) {
        let (loss, grad) = transformer::loss_and_gradient(
            self.shape(),
            &self.numbers(),
            &self.angles,
            dropout,
            ids,
            length,
        );
        let mut named = BTreeMap::new();
        let mut put = |name: String, values: Vec<f32>| {
            if !values.is_empty() {
                named.insert(name, values);
            }
        };
        put("wte".into(), grad.wte);
        put("wpe".into(), grad.wpe);
        for (i, layer) in grad.layers.into_iter().enumerate() {
            put(format!("layers.{i}.norm_1"), layer.norm_1);
            put(format!("layers.{i}.qkv"), layer.qkv);
            put(format!("layers.{i}.proj"), layer.proj);
            put(format!("layers.{i}.norm_2"), layer.norm_2);
            put(format!("layers.{i}.up"), layer.up);
            put(format!("layers.{i}.down"), layer.down);
        }
        put("norm_f".into(), grad.norm_f);
        put("head".into(), grad.head);
        (loss, named)
    }

    fn dropout(&self, rng: &mut Rng) -> Option<Dropout> {
        let share = self.config.dropout;
        (share > 0.0).then(|| Dropout {
            share,
            key: rng.bits(),
        })
    }

    fn descend_tensors(
        &mut self,
        batch: &Batch,
        dropout: Option<Dropout>,
        context: &mut StepContext,
    ) -> Result<Losses> {
        let loss = self.loss(batch, dropout)?;
        context.descend(0, &mut self.net, &loss);
        Ok(plain(vec![("loss", loss)]))
    }

    /// One step by automatic differentiation, whatever the device; for comparison.
    ///
    /// # Errors
    /// What the device reports.
    pub fn step_on_tensors(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        let dropout = self.dropout(context.rng);
        self.descend_tensors(batch, dropout, context)
    }

    /// A reader of one text on this model's device.
    pub fn reader(&self) -> Reader {
        let model = self.valid();
        if device::is_cpu(&model.device()) {
            let (numbers, angles) = (Rc::new(model.numbers()), model.angles.clone());
            return Reader::Host(transformer::Reader::new(model.shape(), numbers, angles));
        }
        Reader::on_device(self)
    }
}

impl Family for Gpt {
    type Config = GptConfig;
    type SampleOptions = GptSampleOptions;
    type Net = Net;

    const ID: &'static str = "gpt";
    const TITLE: &'static str = "GPT";
    const PAPER: &'static str = "Radford, Narasimhan, Salimans & Sutskever 2018, Improving Language Understanding by Generative Pre-Training";
    const EQUATION: &'static str = "p(x) = ∏ p(x_t | x_<t)";
    const SCHEMA_VERSION: u32 = 1;
    const DATA: &'static [DataKind] = &[DataKind::Text];
    const CAPABILITIES: Capabilities = Capabilities {
        density: None,
        latent: false,
        invertible: false,
        language: true,
    };

    fn text_train() -> Value {
        json!({
            "batch_size": 16,
            "learning_rate": 0.003,
            "optimizer": "muon",
            "beta_2": 0.99,
            "weight_decay": 0.1,
            "warmup": 50,
            "clip": 1.0,
        })
    }

    fn sizes() -> Vec<Size> {
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
                    train: Self::text_train(),
                    steps,
                }
            };
        vec![
            size("small", "Small", [2, 2, 48, 48], 1500),
            size("medium", "Medium", [4, 4, 96, 64], 2500),
            size("large", "Large", [6, 4, 128, 128], 4000),
        ]
    }

    fn init(config: &GptConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        data.need(Self::DATA, Self::TITLE)?;
        config.check()?;
        let vocabulary = data.vocabulary.clone().ok_or(Error::CheckpointSchema {
            reason: "a text without a vocabulary".into(),
        })?;
        let tokenizer = Arc::new(Tokenizer::new(vocabulary)?);
        let (v, c, f) = (tokenizer.len(), config.n_embd, config.hidden());
        let wide = match config.mlp {
            MlpKind::Swiglu => 2 * f,
            MlpKind::Gelu => f,
        };
        let mut matrix = |rows: usize, columns: usize, sigma: f32| -> Param<Tensor<2>> {
            let values = rng.normal(rows * columns).into_iter().map(|e| e * sigma);
            let data = TensorData::new(values.collect::<Vec<_>>(), [rows, columns]);
            Param::from_data(data, device)
        };
        let gain = || Param::from_data(TensorData::new(vec![1f32; c], [c]), device);
        // So that the stream does not grow with the depth (GPT-2).
        let residual = INIT / (2.0 * config.n_layer as f32).sqrt();
        let wte = matrix(v, c, INIT);
        let wpe =
            (config.positions == Positions::Learned).then(|| matrix(config.block_size, c, INIT));
        let layers = (0..config.n_layer)
            .map(|_| Block {
                norm_1: gain(),
                qkv: matrix(c, 3 * c, INIT),
                proj: matrix(c, c, residual),
                norm_2: gain(),
                up: matrix(c, wide, INIT),
                down: matrix(f, c, residual),
            })
            .collect();
        let head = (!config.tied).then(|| matrix(v, c, INIT));
        Ok(Self {
            config: config.clone(),
            tokenizer,
            angles: Arc::new(Angles::new(config.block_size, c / config.n_head)),
            net: Net {
                wte,
                wpe,
                layers,
                norm_f: gain(),
                head,
            },
        })
    }

    fn config(&self) -> &GptConfig {
        &self.config
    }

    fn net(&self) -> &Net {
        &self.net
    }

    fn net_mut(&mut self) -> &mut Net {
        &mut self.net
    }

    /// Matrices between hidden layers may move by Muon; embeddings and what is guessed from may not.
    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        ParameterGroup::of(Self::NETWORKS[0], &self.net, |name, dims| {
            match dims.len() {
                2 if name.starts_with("layers.") => Rule::HIDDEN,
                2 => Rule::MATRIX,
                _ => Rule::PLAIN,
            }
        })
    }

    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        let dropout = self.dropout(context.rng);
        if device::is_cpu_autodiff(&self.device()) {
            let (ids, length) = batch.tokens()?;
            let (loss, gradients) = self.loss_by_hand(ids, length, dropout);
            context.descend_by(0, &mut self.net, gradients);
            let loss = Tensor::from_floats([loss as f32], &device::cpu());
            return Ok(vec![("loss", loss)]);
        }
        self.descend_tensors(batch, dropout, context)
    }

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        if device::is_cpu(&self.device()) {
            let (ids, length) = batch.tokens()?;
            let numbers = self.numbers();
            let loss = transformer::loss(self.shape(), &numbers, &self.angles, ids, length);
            let loss = Tensor::from_floats([loss as f32], &device::cpu());
            return Ok(vec![("loss", loss)]);
        }
        Ok(vec![("loss", self.loss(batch, None)?)])
    }

    fn sampler(
        &self,
        options: &GptSampleOptions,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let tokenizer = &self.tokenizer;
        let prompt = tokenizer.encode(&options.prompt)?;
        let mut speller = Speller::default();
        let given: Vec<Token> = prompt
            .iter()
            .map(|&id| token(tokenizer, &mut speller, id, None, true))
            .collect();
        let first = Writer {
            reader: self.reader(),
            ids: prompt,
            tokens: given,
            speller,
            written: String::new(),
            ended: false,
        };
        Ok(Box::new(Writing {
            options: options.clone(),
            tokenizer: self.tokenizer.clone(),
            block_size: self.config.block_size,
            seed,
            writers: vec![first; count],
        }))
    }

    fn language(&self) -> Option<&dyn Language> {
        Some(self)
    }
}

/// Reads a text token by token; what it needs of the past is kept.
#[derive(Clone)]
pub enum Reader {
    /// On the CPU.
    Host(transformer::Reader),
    /// On any device.
    Device(Box<DeviceReader>),
}

/// A [`Reader`] over tensors.
#[derive(Clone)]
pub struct DeviceReader {
    model: Gpt,
    /// Keys and values of each layer, `[1, H, t, d]`.
    past: Vec<[Tensor<4>; 2]>,
    read: usize,
    logits: Option<Tensor<2>>,
}

impl DeviceReader {
    fn read(&mut self, ids: &[u32]) {
        let (model, t) = (&self.model, ids.len());
        let mut x = model.embed(ids, [1, t], self.read);
        let mut past = std::mem::take(&mut self.past).into_iter();
        for block in &model.net.layers {
            let h = model.norm(x.clone(), &block.norm_1);
            let (added, _, kept) = model.attention(block, h, [1, t], past.next());
            self.past.push(kept);
            x = x + added;
            let h = model.norm(x.clone(), &block.norm_2);
            x = x + model.perceptron(block, h);
        }
        let last = x.slice([t - 1..t, 0..model.config.n_embd]);
        self.logits = Some(model.guess(last));
        self.read += t;
    }
}

impl Reader {
    /// The same on tensors, whatever the device; for comparison.
    pub fn on_device(model: &Gpt) -> Self {
        Reader::Device(Box::new(DeviceReader {
            model: model.valid(),
            past: Vec::new(),
            read: 0,
            logits: None,
        }))
    }

    /// Tokens it remembers.
    pub fn len(&self) -> usize {
        match self {
            Reader::Host(reader) => reader.len(),
            Reader::Device(reader) => reader.read,
        }
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Begin anew with `ids`, one to T of them.
    pub fn start(&mut self, ids: &[u32]) {
        match self {
            Reader::Host(reader) => reader.start(ids),
            Reader::Device(reader) => {
                reader.past.clear();
                reader.read = 0;
                reader.read(ids);
            }
        }
    }

    /// Read one token more, while it remembers fewer than T.
    pub fn push(&mut self, id: u32) {
        match self {
            Reader::Host(reader) => reader.push(id),
            Reader::Device(reader) => reader.read(&[id]),
        }
    }

    /// Logits of the token after the last one, `[V]`.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn logits(&self) -> Result<Vec<f32>> {
        match self {
            Reader::Host(reader) => Ok(reader.logits().to_vec()),
            Reader::Device(reader) => match &reader.logits {
                Some(logits) => floats(logits.clone()).await,
                None => Ok(Vec::new()),
            },
        }
    }
}

/// What a draw among logits leaves of them: places and probabilities, likeliest first.
///
/// In this order: repetition, temperature, top k, top p (Holtzman et al. 2019, arXiv:1904.09751).
/// At temperature 0 one is left.
pub fn candidates(logits: &[f32], recent: &[u32], options: &GptSampleOptions) -> Vec<(u32, f64)> {
    let mut logits = logits.to_vec();
    if options.repetition != 1.0 {
        let by = options.repetition as f32;
        let mut seen = recent.to_vec();
        seen.sort_unstable();
        seen.dedup();
        for id in seen {
            if let Some(l) = logits.get_mut(id as usize) {
                *l = if *l > 0.0 { *l / by } else { *l * by };
            }
        }
    }
    let k = match options.top_k {
        _ if options.temperature == 0.0 => 1,
        0 => logits.len(),
        k => k.min(logits.len()),
    };
    let best = if k < 64 {
        largest(&logits, k)
    } else {
        let mut all: Vec<_> = logits.iter().copied().enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all.truncate(k);
        all
    };
    let temperature = options.temperature.max(1e-6);
    let max = best.first().map_or(0.0, |&(_, l)| f64::from(l));
    let weigh = |&(i, l): &(usize, f32)| (i as u32, ((f64::from(l) - max) / temperature).exp());
    let mut kept: Vec<(u32, f64)> = best.iter().map(weigh).collect();
    let total: f64 = kept.iter().map(|k| k.1).sum();
    let mut so_far = 0.0;
    let enough = kept.iter().position(|k| {
        so_far += k.1;
        so_far >= options.top_p * total
    });
    if options.top_p < 1.0 {
        kept.truncate(enough.map_or(kept.len(), |i| i + 1));
    }
    let total: f64 = kept.iter().map(|k| k.1).sum();
    kept.iter_mut().for_each(|k| k.1 /= total);
    kept
}

/// A text being written.
#[derive(Clone)]
struct Writer {
    reader: Reader,
    ids: Vec<u32>,
    tokens: Vec<Token>,
    speller: Speller,
    written: String,
    ended: bool,
}

/// Tokens behind which repetition is looked for.
const RECENT: usize = 64;

impl Writer {
    /// Read what has been written since the last time.
    fn read(&mut self, tokenizer: &Tokenizer, block_size: usize) {
        match self.ids.last() {
            // A text without a beginning begins like a line.
            None => {
                let newline = tokenizer.encode("\n").unwrap_or_default();
                let start = newline.first().copied().unwrap_or(0);
                self.reader.start(&[start]);
            }
            Some(&last) if !self.reader.is_empty() && self.reader.len() < block_size => {
                self.reader.push(last);
            }
            // The context is full: go on from its second half. So every logit is what the model
            // makes of at most T tokens read in one go.
            Some(_) => {
                let keep = if self.reader.is_empty() {
                    block_size
                } else {
                    (block_size / 2).max(1)
                };
                let from = self.ids.len().saturating_sub(keep);
                self.reader.start(&self.ids[from..]);
            }
        }
    }
}

/// Texts being written, each token from −log p of the one before: [`Family::sampler`].
struct Writing {
    options: GptSampleOptions,
    tokenizer: Arc<Tokenizer>,
    block_size: usize,
    seed: u64,
    writers: Vec<Writer>,
}

impl Sampler for Writing {
    fn steps(&self) -> usize {
        self.options.length
    }

    fn step(&mut self) -> Result<()> {
        for writer in self.writers.iter_mut().filter(|w| !w.ended) {
            writer.read(&self.tokenizer, self.block_size);
        }
        Ok(())
    }

    fn settle(&mut self) -> Reading<'_, ()> {
        Box::pin(async move {
            for (i, writer) in self.writers.iter_mut().enumerate() {
                if writer.ended {
                    continue;
                }
                let logits = writer.reader.logits().await?;
                let recent = writer.ids.len().saturating_sub(RECENT);
                let kept = candidates(&logits, &writer.ids[recent..], &self.options);
                // Keyed by the place in the text, so that a text goes on as it would have.
                let place = (i as u64) << 32 | writer.ids.len() as u64;
                let mut left = Rng::new(self.seed, Purpose::Sample, place).unit();
                let drawn = kept.iter().find(|(_, p)| {
                    left -= p;
                    left < 0.0
                });
                let Some(&(id, _)) = drawn.or(kept.last()) else {
                    return Err(Error::Internal {
                        reason: "a model without tokens".into(),
                    });
                };
                let told = token(
                    &self.tokenizer,
                    &mut writer.speller,
                    id,
                    Some(&logits),
                    false,
                );
                writer.written.push_str(&told.text);
                let stop = &self.options.stop;
                // A token may hold the stop and what comes after it.
                let new = told.text.len() + stop.len();
                let from = writer.written.len().saturating_sub(new);
                let from = writer.written.floor_char_boundary(from);
                writer.ended = !stop.is_empty() && writer.written[from..].contains(stop.as_str());
                writer.tokens.push(told);
                writer.ids.push(id);
            }
            Ok(())
        })
    }

    fn ended(&self) -> bool {
        self.writers.iter().all(|w| w.ended)
    }

    fn state(&self) -> Samples {
        Samples::Texts(self.writers.iter().map(|w| w.tokens.clone()).collect())
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
            let logits = self.valid().forward(ids, [1, ids.len()], None, None);
            floats(logits).await
        })
    }

    fn insight<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Insight> {
        Box::pin(async move {
            let (model, mut notes) = (self.valid(), Notes::default());
            model.forward(ids, [1, ids.len()], None, Some(&mut notes));
            let mut insight = Insight {
                attention: Vec::new(),
                layers: self.config.n_layer,
                heads: self.config.n_head,
                lens: Vec::new(),
            };
            for weights in notes.attention {
                insight.attention.extend(floats(weights).await?);
            }
            for x in notes.stream {
                insight.lens.extend(floats(model.guess(x)).await?);
            }
            Ok(insight)
        })
    }
}
