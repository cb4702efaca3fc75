//! Sequence to sequence: a transformer that reads a text in one language and writes it in another.
//!
//! Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762, on the idea of an encoder and a decoder
//! of Sutskever et al. 2014, arXiv:1409.3215. The chain rule is exact, so the loss is the exact negative
//! log-likelihood of the translation y of a text x:
//!
//! ```text
//! p(y | x) = ∏ p(y_t | y_<t, x)          loss = −1/T Σ log p(y_t | y_<t, x)
//! ```
//!
//! The encoder's pieces all look at each other. A piece of the decoder looks at those before it, and then at
//! what the encoder made of the text (section 3.2.3):
//!
//! ```text
//! encoder   x += attention(norm(x), norm(x));  x += mlp(norm(x))                 m = norm(x)
//! decoder   y += attention(norm(y), norm(y));  y += attention(norm(y), m);  y += mlp(norm(y))
//! attention(a, b) = softmax(q(a) k(b)ᵀ / √d + mask) v(b)
//! ```
//!
//! Which languages is told by tokens, as Johnson et al. 2016 do (arXiv:1611.04558): the encoder reads
//! `from to x₁ … x_n`, the decoder reads `to y₁ … y_m` and guesses `y₁ … y_m end`. One table holds what stands
//! for each piece, in both and at the output (section 3.4). Norms stand before each branch, as in GPT-2, and
//! positions are learned; no layer has a bias. Texts of a batch lie one after the other without padding
//! ([`packed`](crate::kernels::packed)).

mod decoding;
mod host;
mod sampler;

use std::sync::Arc;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    data::{Batch, DataInfo, Pair, Space, SpaceKind, pairs::Example, tokenizer::Tokenizer},
    device::floats,
    error::{Error, Result},
    kernels::{
        activation::Activation,
        cross_entropy::cross_entropy,
        embedding::embedding,
        linear::{linear, linear_transposed},
        norm::{Norm, norm},
        packed::{Sequences, packed_attention, packed_weights},
        reduce,
    },
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Guess, Looks, Losses,
        OptimizerKind, Phrase, Reading, Sampler, Size, TrainConfig, Translation, config_and_net,
    },
    nn::{
        transformer::{EPSILON, INIT, even_heads, gain, matrix},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::Rng,
};

pub use decoding::Decoding;
pub use sampler::Seq2SeqSampleOptions;
use sampler::Writing;

/// Options of a [`Seq2Seq`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Seq2SeqConfig {
    /// Layers of the encoder, and as many of the decoder.
    #[schemars(title = "Layers", range(min = 1, max = 8))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Numbers that stand for a piece on its way through the layers.
    #[schemars(title = "Width", range(min = 16, max = 512))]
    pub n_embd: usize,
    /// The most pieces of a text, with those that name its languages.
    #[schemars(title = "Longest text", range(min = 8, max = 256))]
    pub block_size: usize,
}

impl Default for Seq2SeqConfig {
    fn default() -> Self {
        Self {
            n_layer: 2,
            n_head: 4,
            n_embd: 64,
            block_size: 40,
        }
    }
}

impl Options for Seq2SeqConfig {
    fn check(&self) -> Result<()> {
        even_heads(self.n_head, self.n_embd)
    }
}

/// What looks at what.
#[derive(Module, Debug)]
struct Attention {
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
    /// `[C, 4C]`.
    up: Param<Tensor<2>>,
    /// `[4C, C]`.
    down: Param<Tensor<2>>,
}

#[derive(Module, Debug)]
struct EncoderLayer {
    norm_1: Param<Tensor<1>>,
    own: Attention,
    norm_2: Param<Tensor<1>>,
    mlp: Mlp,
}

#[derive(Module, Debug)]
struct DecoderLayer {
    norm_1: Param<Tensor<1>>,
    own: Attention,
    norm_2: Param<Tensor<1>>,
    cross: Attention,
    norm_3: Param<Tensor<1>>,
    mlp: Mlp,
}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// What stands for each piece, for each language and for the end, `[V, C]`.
    table: Param<Tensor<2>>,
    /// What stands for each position of a text to read, `[T, C]`.
    read_at: Param<Tensor<2>>,
    /// And of one to write.
    written_at: Param<Tensor<2>>,
    encoder: Vec<EncoderLayer>,
    encoder_norm: Param<Tensor<1>>,
    decoder: Vec<DecoderLayer>,
    decoder_norm: Param<Tensor<1>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Seq2Seq {
    config: Seq2SeqConfig,
    tokenizer: Arc<Tokenizer>,
    languages: Vec<String>,
    examples: Vec<Example>,
    net: Net,
}

/// Pairs that go through the network together while it trains.
const MICRO_BATCH: usize = 32;

fn product(x: Tensor<2>, w: &Param<Tensor<2>>) -> Tensor<2> {
    linear(x, w.val(), None, Activation::Identity)
}

fn normed(x: Tensor<2>, gain: &Param<Tensor<1>>) -> Tensor<2> {
    norm(x, gain.val(), Norm::Rms, EPSILON)
}

impl Attention {
    fn init(c: usize, end: f32, rng: &mut Rng, device: &Device) -> Self {
        Self {
            q: matrix([c, c], INIT, rng, device),
            kv: matrix([c, 2 * c], INIT, rng, device),
            proj: matrix([c, c], end, rng, device),
        }
    }

    /// What rows `x` `[n, C]` take from rows whose keys and values are `kv` `[m, 2C]`.
    fn look(&self, x: Tensor<2>, kv: Tensor<2>, heads: usize, sequences: &Sequences) -> Tensor<2> {
        let mixed = packed_attention(product(x, &self.q), kv, heads, sequences);
        product(mixed, &self.proj)
    }
}

impl Mlp {
    fn init(c: usize, end: f32, rng: &mut Rng, device: &Device) -> Self {
        Self {
            up: matrix([c, 4 * c], INIT, rng, device),
            down: matrix([4 * c, c], end, rng, device),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let up = linear(x, self.up.val(), None, Activation::Gelu);
        product(up, &self.down)
    }
}

impl EncoderLayer {
    /// `x` `[n, C]`, texts one after the other; notes where it looks, if it is asked to.
    fn forward(
        &self,
        mut x: Tensor<2>,
        heads: usize,
        texts: &Sequences,
        seen: Option<&mut Vec<Tensor<3>>>,
    ) -> Tensor<2> {
        let h = normed(x.clone(), &self.norm_1);
        let kv = product(h.clone(), &self.own.kv);
        note(seen, &self.own, &h, &kv, heads, texts);
        x = x + self.own.look(h, kv, heads, texts);
        let h = normed(x.clone(), &self.norm_2);
        x + self.mlp.forward(h)
    }
}

impl DecoderLayer {
    /// `y` `[n, C]`, of which `own` are the keys and values of what has been written and `cross` those of what
    /// was read.
    fn forward(
        &self,
        mut y: Tensor<2>,
        heads: usize,
        own: (Tensor<2>, &Sequences),
        cross: (Tensor<2>, &Sequences),
        mut seen: Option<&mut [Vec<Tensor<3>>; 2]>,
    ) -> Tensor<2> {
        let h = normed(y.clone(), &self.norm_1);
        let notes = seen.as_mut().map(|seen| &mut seen[0]);
        note(notes, &self.own, &h, &own.0, heads, own.1);
        y = y + self.own.look(h, own.0, heads, own.1);
        let h = normed(y.clone(), &self.norm_2);
        let notes = seen.as_mut().map(|seen| &mut seen[1]);
        note(notes, &self.cross, &h, &cross.0, heads, cross.1);
        y = y + self.cross.look(h, cross.0, heads, cross.1);
        let h = normed(y.clone(), &self.norm_3);
        y + self.mlp.forward(h)
    }

    /// Keys and values of the next rows of what is written.
    fn remembered(&self, y: &Tensor<2>) -> Tensor<2> {
        product(normed(y.clone(), &self.norm_1), &self.own.kv)
    }
}

fn note(
    seen: Option<&mut Vec<Tensor<3>>>,
    attention: &Attention,
    x: &Tensor<2>,
    kv: &Tensor<2>,
    heads: usize,
    sequences: &Sequences,
) {
    if let Some(seen) = seen {
        let q = product(x.clone(), &attention.q);
        seen.push(packed_weights(q, kv.clone(), heads, sequences));
    }
}

/// Lengths of texts.
fn lengths(texts: &[Vec<u32>]) -> Vec<usize> {
    texts.iter().map(Vec::len).collect()
}

impl Seq2Seq {
    /// The token of a language.
    fn language(&self, place: u32) -> u32 {
        self.tokenizer.len() as u32 + place.min(self.languages.len() as u32 - 1)
    }

    /// The token at the end of a text.
    pub fn end(&self) -> u32 {
        (self.tokenizer.len() + self.languages.len()) as u32
    }

    /// What the encoder reads of a text.
    fn read_of(&self, from: u32, to: u32, source: &[u32]) -> Vec<u32> {
        let mut all = vec![self.language(from), self.language(to)];
        all.extend(&source[..source.len().min(self.config.block_size - 2)]);
        all
    }

    /// What the decoder reads of a text before it guesses what comes next.
    fn written_of(&self, to: u32, target: &[u32]) -> Vec<u32> {
        let mut all = vec![self.language(to)];
        all.extend(&target[..target.len().min(self.config.block_size - 1)]);
        all
    }

    /// The rows that texts enter as, each from position `from` on.
    fn embed(&self, texts: &[Vec<u32>], at: &Param<Tensor<2>>, from: usize) -> Tensor<2> {
        let ids: Vec<u32> = texts.iter().flatten().copied().collect();
        let places = texts
            .iter()
            .flat_map(|t| from as u32..(from + t.len()) as u32);
        let places: Vec<u32> = places.collect();
        embedding(self.net.table.val(), &ids) + embedding(at.val(), &places)
    }

    /// What the encoder makes of texts, one after the other: `[n, C]`.
    fn encode(&self, texts: &[Vec<u32>], mut seen: Option<&mut Vec<Tensor<3>>>) -> Tensor<2> {
        let sequences = Sequences::own(&lengths(texts), false);
        let mut x = self.embed(texts, &self.net.read_at, 0);
        for layer in &self.net.encoder {
            x = layer.forward(x, self.config.n_head, &sequences, seen.as_deref_mut());
        }
        normed(x, &self.net.encoder_norm)
    }

    /// Logits of the piece after each of those written, `[n, V]`; `memory` is what the encoder made of texts
    /// of these lengths.
    fn decode(
        &self,
        memory: Tensor<2>,
        read: &[usize],
        written: &[Vec<u32>],
        mut seen: Option<&mut [Vec<Tensor<3>>; 2]>,
    ) -> Tensor<2> {
        let own = Sequences::own(&lengths(written), true);
        let cross = Sequences::across(&lengths(written), read, false);
        let mut y = self.embed(written, &self.net.written_at, 0);
        for layer in &self.net.decoder {
            let kv = layer.remembered(&y);
            let of_memory = product(memory.clone(), &layer.cross.kv);
            let heads = self.config.n_head;
            y = layer.forward(
                y,
                heads,
                (kv, &own),
                (of_memory, &cross),
                seen.as_deref_mut(),
            );
        }
        self.logits_of(y)
    }

    fn logits_of(&self, y: Tensor<2>) -> Tensor<2> {
        linear_transposed(normed(y, &self.net.decoder_norm), self.net.table.val())
    }

    /// Logits of every piece of the targets of `pairs` and of their ends, one after the other: `[n, V]`, and
    /// what is right.
    pub fn forward(&self, pairs: &[Pair]) -> (Tensor<2>, Vec<u32>) {
        let read = pairs.iter().map(|p| self.read_of(p.from, p.to, &p.source));
        let read: Vec<Vec<u32>> = read.collect();
        let written = pairs.iter().map(|p| self.written_of(p.to, &p.target));
        let written: Vec<Vec<u32>> = written.collect();
        let right = written.iter().flat_map(|text| {
            let pieces = text[1..].iter().copied();
            pieces.chain([self.end()])
        });
        let right = right.collect();
        let memory = self.encode(&read, None);
        let logits = self.decode(memory, &lengths(&read), &written, None);
        (logits, right)
    }
}

impl Family for Seq2Seq {
    type Config = Seq2SeqConfig;
    type SampleOptions = Seq2SeqSampleOptions;
    type Net = Net;

    const ID: &'static str = "seq2seq";
    const TITLE: &'static str = "Encoder–decoder transformer";
    const PAPER: &'static str = "Vaswani et al. 2017, Attention Is All You Need, arXiv:1706.03762";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[ConditionKind::Prompt];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::translation()
    }

    fn defaults(space: &Space) -> Option<Defaults<Seq2SeqConfig>> {
        if !matches!(space, Space::Pairs { .. }) {
            return None;
        }
        let size = |id: &str, title: &str, [n_layer, n_embd]: [usize; 2], steps| Size {
            id: id.into(),
            title: title.into(),
            config: json!({"n_layer": n_layer, "n_embd": n_embd}),
            steps,
        };
        Some(Defaults {
            config: Seq2SeqConfig::default(),
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
                size("small", "Small", [1, 48], 1500),
                size("medium", "Medium", [2, 64], 3000),
                size("large", "Large", [2, 96], 6000),
            ],
        })
    }

    fn init(
        config: &Seq2SeqConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        config.check()?;
        let Space::Pairs {
            vocabulary,
            languages,
            examples,
        } = &data.space
        else {
            return Err(Error::CheckpointSchema {
                reason: "a translation without languages".into(),
            });
        };
        let tokenizer = Arc::new(Tokenizer::new(vocabulary.clone())?);
        let (v, c) = (tokenizer.len() + languages.len() + 1, config.n_embd);
        // The branches' ends are smaller, so that the stream does not grow with the depth (GPT-2).
        let end = INIT / (3.0 * config.n_layer as f32).sqrt();
        let t = config.block_size;
        let table = matrix([v, c], INIT, rng, device);
        let read_at = matrix([t, c], INIT, rng, device);
        let written_at = matrix([t, c], INIT, rng, device);
        let encoder = (0..config.n_layer).map(|_| EncoderLayer {
            norm_1: gain(c, device),
            own: Attention::init(c, end, rng, device),
            norm_2: gain(c, device),
            mlp: Mlp::init(c, end, rng, device),
        });
        let encoder = encoder.collect();
        let decoder = (0..config.n_layer).map(|_| DecoderLayer {
            norm_1: gain(c, device),
            own: Attention::init(c, end, rng, device),
            norm_2: gain(c, device),
            cross: Attention::init(c, end, rng, device),
            norm_3: gain(c, device),
            mlp: Mlp::init(c, end, rng, device),
        });
        let decoder = decoder.collect();
        Ok(Self {
            config: config.clone(),
            tokenizer,
            languages: languages.clone(),
            examples: examples.clone(),
            net: Net {
                table,
                read_at,
                written_at,
                encoder,
                encoder_norm: gain(c, device),
                decoder,
                decoder_norm: gain(c, device),
            },
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.contains("coder.");
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    /// Mean of −log p(y_t | y_<t, x) over all pieces, nats a piece.
    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        let (logits, right) = self.forward(batch.pairs()?);
        Ok(vec![("loss", reduce::mean(cross_entropy(logits, right)))])
    }

    fn micro_batch(&self) -> usize {
        MICRO_BATCH
    }

    /// As of texts half as long as the longest.
    fn cost(&self) -> Cost {
        let t = self.config.block_size as f64 / 2.0;
        let shapes = weights::shapes(&self.net);
        let cost = Cost::of(&shapes, |name| match name {
            "read_at" | "written_at" => 0.0,
            _ => t,
        });
        let (layers, heads) = (self.config.n_layer as f64, self.config.n_head as f64);
        let (v, c) = (self.end() as f64 + 1.0, self.config.n_embd as f64);
        cost.plus(
            3.0 * layers * t * t * c,
            3.0 * layers * heads * t * t + 3.0 * t * v,
        )
    }

    fn sampler(
        &self,
        options: &Seq2SeqSampleOptions,
        condition: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        Ok(Box::new(Writing::new(
            self, options, condition, count, seed,
        )?))
    }

    fn translation(&self) -> Option<&dyn Translation> {
        Some(self)
    }
}

impl Translation for Seq2Seq {
    fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    fn languages(&self) -> &[String] {
        &self.languages
    }

    fn most(&self) -> usize {
        self.config.block_size - 2
    }

    fn greedy<'a>(&'a self, phrases: &'a [Phrase]) -> Reading<'a, Vec<Vec<u32>>> {
        Box::pin(decoding::greedy(self, phrases))
    }

    fn beam<'a>(&'a self, phrase: &'a Phrase, width: usize) -> Reading<'a, Vec<Guess>> {
        Box::pin(decoding::beam(self, phrase, width))
    }

    fn looks<'a>(&'a self, phrase: &'a Phrase, target: &'a [u32]) -> Reading<'a, Looks> {
        Box::pin(async move {
            let model = self.valid();
            let read = vec![self.read_of(phrase.from, phrase.to, &phrase.source)];
            let written = vec![self.written_of(phrase.to, target)];
            let (mut encoder, mut decoder) = (Vec::new(), [Vec::new(), Vec::new()]);
            let memory = model.encode(&read, Some(&mut encoder));
            model.decode(memory, &lengths(&read), &written, Some(&mut decoder));
            let [own, cross] = decoder;
            let all = async |weights: Vec<Tensor<3>>| -> Result<Vec<f32>> {
                let mut all = Vec::new();
                for weights in weights {
                    all.extend(floats(weights).await?);
                }
                Ok(all)
            };
            let name = |id: u32| self.name(id);
            let guessed = written[0][1..].iter().copied().chain([self.end()]);
            Ok(Looks {
                layers: self.config.n_layer,
                heads: self.config.n_head,
                read: read[0].iter().map(|&id| name(id)).collect(),
                written: written[0].iter().map(|&id| name(id)).collect(),
                guessed: guessed.map(name).collect(),
                encoder: all(encoder).await?,
                decoder: all(own).await?,
                cross: all(cross).await?,
            })
        })
    }
}

impl Seq2Seq {
    /// A token for people: a piece, the code of a language, the end.
    fn name(&self, id: u32) -> String {
        let place = (id as usize).checked_sub(self.tokenizer.len());
        match place {
            None => self.tokenizer.piece(id),
            Some(place) => match self.languages.get(place) {
                Some(code) => format!("⟨{code}⟩"),
                None => "⟨end⟩".into(),
            },
        }
    }
}
