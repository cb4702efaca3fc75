//! A sentence encoder out of somebody else's file: a text becomes a vector, and texts that mean the same lie close.
//!
//! The network is BERT's (Devlin et al. 2019, arXiv:1810.04805), a transformer in which every token sees all others,
//! with the norm behind each branch:
//!
//! ```text
//! x ← norm(x + W_o · attention(x))          attention: softmax(q kᵀ / √d) v, head by head, without a mask
//! x ← norm(x + W_down · gelu(W_up x))
//! ```
//!
//! A text's vector is the mean over its tokens, of length 1 (Reimers & Gurevych 2019, "Sentence-BERT",
//! arXiv:1908.10084; MiniLM: Wang et al. 2020, arXiv:2002.10957). How near two texts are is the product of their
//! vectors, the cosine. So a text can be laid under one of some labels that nobody trained it for, zero-shot: the
//! nearest is the guess (Yin et al. 2019, arXiv:1909.00161).

use std::sync::Arc;

use serde_json::Value;

use super::{
    Opening, bad, bundle, gguf,
    matrix::{Matrix, Rows, add_scaled, dot},
    network::{Gain, Linear},
    pace, safetensors,
    store::{Store, short},
    tokenizer::{self, Tokenizer},
    unsupported,
};
use crate::{error::Result, nn::softmax::softmax};

/// The most tokens of a text that are read.
const MOST_TOKENS: usize = 512;
/// How the name of the weights ends.
const WEIGHTS: &str = ".safetensors";
/// The one architecture.
const BERT: &str = "bert";

/// A layer.
struct Layer {
    q: Linear,
    k: Linear,
    v: Linear,
    out: Linear,
    out_norm: Gain,
    up: Linear,
    down: Linear,
    down_norm: Gain,
}

/// How the vectors of tokens become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pooling {
    /// Their mean.
    Mean,
    /// The first one, that of the token before the text.
    First,
}

/// A sentence encoder.
pub struct Encoder {
    /// What it calls itself; may be empty.
    pub name: String,
    /// Its numbers.
    pub parameters: usize,
    /// How most of its weights lie, for example `Q8_0`.
    pub weights: &'static str,
    tokenizer: Tokenizer,
    /// The tokens before and behind a text.
    marks: [u32; 2],
    sizes: Sizes,
    words: Matrix,
    places: Matrix,
    kinds: Matrix,
    norm: Gain,
    layers: Vec<Layer>,
}

/// Whether a file is an archive with the `config.json` of an encoder, or GGUF of one.
pub fn is(bytes: &[u8]) -> bool {
    if bytes.starts_with(gguf::MAGIC) {
        // What comes first in the file tells; a long one is not read for it.
        let head = bytes.len().min(1 << 16);
        return gguf::architecture(&bytes[..head]) == Some(BERT);
    }
    bundle::is_tar(bytes)
        && bundle::files(bytes).is_ok_and(|files| {
            let config = files.iter().find(|(name, _)| name == "config.json");
            let config = config.and_then(|(_, place)| bytes.get(place.clone()));
            let config = config.and_then(|b| serde_json::from_slice::<Value>(b).ok());
            config.is_some_and(|config| config["model_type"] == BERT)
        })
}

/// Open GGUF, or an archive of `model.safetensors`, `config.json` and `tokenizer.json`.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::TooLargeModel`](crate::error::Error::TooLargeModel).
pub fn open(bytes: Vec<u8>) -> Result<Encoder> {
    let size = bytes.len();
    super::check_size(size as u64)?;
    let file = Arc::new(bytes);
    let found = find(&file, size)?;
    let tokenizer = match &found.rest {
        Rest::Gguf(header) => tokenizer::gguf::read(header)?,
        Rest::Json(place) => tokenizer::json::read(file.get(place.clone()).unwrap_or_default())?,
    };
    Encoder::of(&found, tokenizer)
}

/// How large the encoder in a file of `size` bytes is, by the beginning of it.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile).
pub(super) fn peek(file: &Arc<Vec<u8>>, size: usize) -> Result<Opening> {
    let found = find(file, size)?;
    let (s, kind) = (&found.sizes, found.store.kind());
    let parameters = found.store.parameters();
    // Words and places are looked up, which costs nothing.
    let looked_up = s.width.saturating_mul(s.vocabulary + s.context);
    let work = parameters.saturating_sub(looked_up);
    Ok(Opening {
        name: found.name.clone(),
        format: match found.rest {
            Rest::Gguf(_) => "GGUF".into(),
            Rest::Json(_) => "safetensors".into(),
        },
        architecture: BERT.into(),
        weights: kind.name().into(),
        licence: found.licence.clone(),
        parameters: parameters as u64,
        bytes: size as u64,
        memory: size.saturating_add(300 * s.vocabulary) as u64,
        context: s.context.min(MOST_TOKENS) as u32,
        seconds: (work as f64 / pace(kind)) as f32,
        encoder: true,
    })
}

/// Its sizes.
struct Sizes {
    layers: usize,
    width: usize,
    heads: usize,
    hidden: usize,
    context: usize,
    vocabulary: usize,
    kinds: usize,
    epsilon: f32,
    pooling: Pooling,
}

impl Sizes {
    fn checked(self) -> Result<Self> {
        let fits = self.width.is_multiple_of(self.heads);
        if !fits || !(0.0..=1.0).contains(&self.epsilon) || self.context < 3 {
            return Err(bad("the sizes that it gives do not fit each other"));
        }
        Ok(self)
    }

    fn of_config(config: &Value) -> Result<Self> {
        let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or_default();
        for (name, known) in [
            ("model_type", BERT),
            ("hidden_act", "gelu"),
            ("position_embedding_type", "absolute"),
        ] {
            let found = text(name);
            if found != known && !(found.is_empty() && name != "model_type") {
                return Err(unsupported(format!("“{}” as {name}", short(found))));
            }
        }
        let whole = |name: &str, most| {
            let found = config.get(name).and_then(Value::as_u64);
            let found = found.and_then(|n| usize::try_from(n).ok());
            let found = found.ok_or_else(|| bad(format!("its config.json lacks “{name}”")))?;
            within(name, found, most)
        };
        let epsilon = config.get("layer_norm_eps").and_then(Value::as_f64);
        Self {
            layers: whole("num_hidden_layers", 1 << 10)?,
            width: whole("hidden_size", 1 << 16)?,
            heads: whole("num_attention_heads", 1 << 10)?,
            hidden: whole("intermediate_size", 1 << 18)?,
            context: whole("max_position_embeddings", 1 << 16)?,
            vocabulary: whole("vocab_size", 1 << 20)?,
            kinds: whole("type_vocab_size", 1 << 10)?,
            epsilon: epsilon.unwrap_or(1e-12) as f32,
            // A file of its own says it, which few bring along; the mean is what most were trained for.
            pooling: Pooling::Mean,
        }
        .checked()
    }

    fn of_gguf(header: &gguf::Header, store: &Store) -> Result<Self> {
        let whole = |name: &str, most| {
            let key = format!("{BERT}.{name}");
            let found = header.whole(&key);
            let found = found.ok_or_else(|| bad(format!("it does not say “{key}”")))?;
            within(name, found, most)
        };
        let rows = |name: &str, most| {
            let found = store.find(name).and_then(|t| t.dims.first().copied());
            within(name, found.unwrap_or(0), most)
        };
        let epsilon = header.number(&format!("{BERT}.attention.layer_norm_epsilon"));
        Self {
            layers: whole("block_count", 1 << 10)?,
            width: whole("embedding_length", 1 << 16)?,
            heads: whole("attention.head_count", 1 << 10)?,
            hidden: whole("feed_forward_length", 1 << 18)?,
            context: whole("context_length", 1 << 16)?,
            vocabulary: rows("token_embd.weight", 1 << 20)?,
            kinds: rows("token_types.weight", 1 << 10)?,
            epsilon: epsilon.unwrap_or(1e-12) as f32,
            // llama.cpp's numbers: 0 none, 1 mean, 2 the first token, 3 the last.
            pooling: match header.whole(&format!("{BERT}.pooling_type")) {
                None | Some(0 | 1) => Pooling::Mean,
                Some(2) => Pooling::First,
                Some(other) => {
                    return Err(unsupported(format!("“{other}” as pooling_type")));
                }
            },
        }
        .checked()
    }
}

/// A number from 1 to `most`.
fn within(name: &str, found: usize, most: usize) -> Result<usize> {
    match (1..=most).contains(&found) {
        true => Ok(found),
        false => Err(bad(format!("its {name} of {found} cannot be right"))),
    }
}

/// Where the tokenizer is.
enum Rest<'a> {
    Gguf(gguf::Header<'a>),
    Json(std::ops::Range<usize>),
}

/// What was found in a file besides the bytes of its tensors.
struct Found<'a> {
    name: String,
    licence: String,
    sizes: Sizes,
    store: Store,
    rest: Rest<'a>,
}

fn find(file: &Arc<Vec<u8>>, size: usize) -> Result<Found<'_>> {
    if file.starts_with(gguf::MAGIC) {
        let (header, store) = gguf::read(file)?;
        store.check(size)?;
        let text = |key: &str| short(header.text(key).unwrap_or_default());
        return Ok(Found {
            name: text("general.name"),
            licence: text("general.license"),
            sizes: Sizes::of_gguf(&header, &store)?,
            store,
            rest: Rest::Gguf(header),
        });
    }
    let files = bundle::files(file)?;
    let place = |name: &str| {
        let is = |other: &str| other == name || name == WEIGHTS && other.ends_with(name);
        let found = files.iter().find(|(other, _)| is(other));
        found.map(|(_, place)| place.clone()).ok_or_else(|| {
            bad(format!(
                "{name} is missing beside it; choose it together with the weights"
            ))
        })
    };
    let config = file.get(place("config.json")?).unwrap_or_default();
    let config: Value = serde_json::from_slice(config)
        .map_err(|e| bad(format!("its config.json cannot be read: {e}")))?;
    let tokenizer = place("tokenizer.json")?;
    let weights = place(WEIGHTS)?;
    let store = safetensors::read(file, weights.start)?;
    store.check(weights.end)?;
    let name = config.get("_name_or_path").and_then(Value::as_str);
    let name = name.and_then(|name| name.rsplit('/').next());
    Ok(Found {
        name: short(name.unwrap_or_default()),
        licence: String::new(),
        sizes: Sizes::of_config(&config)?,
        store,
        rest: Rest::Json(tokenizer),
    })
}

/// What GGUF calls the weights that are called so in safetensors, `blk.i.` before those of layer i.
const IN_GGUF: [(&str, &str); 12] = [
    ("embeddings.word_embeddings", "token_embd"),
    ("embeddings.position_embeddings", "position_embd"),
    ("embeddings.token_type_embeddings", "token_types"),
    ("embeddings.LayerNorm", "token_embd_norm"),
    ("attention.self.query", "attn_q"),
    ("attention.self.key", "attn_k"),
    ("attention.self.value", "attn_v"),
    ("attention.output.dense", "attn_output"),
    ("attention.output.LayerNorm", "attn_output_norm"),
    ("intermediate.dense", "ffn_up"),
    ("output.dense", "ffn_down"),
    ("output.LayerNorm", "layer_output_norm"),
];

/// Finds weights by their names.
struct Names<'a> {
    store: &'a Store,
    /// Of safetensors, what all of them may stand behind.
    prefix: &'static str,
    gguf: bool,
}

impl Names<'_> {
    fn at(&self, layer: Option<usize>, name: &str, end: &str) -> String {
        let known = IN_GGUF.iter().find(|(ours, _)| *ours == name);
        let known = known.map_or(name, |(_, theirs)| theirs);
        match (self.gguf, layer) {
            (true, Some(i)) => format!("blk.{i}.{known}.{end}"),
            (true, None) => format!("{known}.{end}"),
            (false, Some(i)) => format!("{}encoder.layer.{i}.{name}.{end}", self.prefix),
            (false, None) => format!("{}{name}.{end}", self.prefix),
        }
    }

    fn matrix(&self, layer: Option<usize>, name: &str, dims: [usize; 2]) -> Result<Matrix> {
        self.store.matrix(&self.at(layer, name, "weight"), dims)
    }

    fn linear(&self, layer: usize, name: &str, dims: [usize; 2]) -> Result<Linear> {
        let bias = self.at(Some(layer), name, "bias");
        Ok(Linear {
            weight: self.matrix(Some(layer), name, dims)?,
            bias: Some(self.store.vector(&bias, dims[0])?),
        })
    }

    fn gain(&self, layer: Option<usize>, name: &str, n: usize) -> Result<Gain> {
        let vector = |end| self.store.vector(&self.at(layer, name, end), n);
        Ok(Gain {
            gain: vector("weight")?,
            bias: Some(vector("bias")?),
        })
    }
}

impl Encoder {
    fn of(found: &Found, tokenizer: Tokenizer) -> Result<Self> {
        let (s, store) = (&found.sizes, &found.store);
        if tokenizer.len() > s.vocabulary {
            let (tokens, vocabulary) = (tokenizer.len(), s.vocabulary);
            return Err(bad(format!(
                "its tokenizer has {tokens} tokens, and its network {vocabulary}"
            )));
        }
        let mark = |text: &str| {
            let found = tokenizer.special(text);
            found.ok_or_else(|| bad(format!("its tokenizer lacks “{text}”")))
        };
        let marks = [mark("[CLS]")?, mark("[SEP]")?];
        let names = Names {
            store,
            prefix: match store.find("bert.embeddings.word_embeddings.weight") {
                Some(_) => "bert.",
                None => "",
            },
            gguf: matches!(found.rest, Rest::Gguf(_)),
        };
        let (c, f) = (s.width, s.hidden);
        let layer = |i: usize| -> Result<Layer> {
            Ok(Layer {
                q: names.linear(i, "attention.self.query", [c, c])?,
                k: names.linear(i, "attention.self.key", [c, c])?,
                v: names.linear(i, "attention.self.value", [c, c])?,
                out: names.linear(i, "attention.output.dense", [c, c])?,
                out_norm: names.gain(Some(i), "attention.output.LayerNorm", c)?,
                up: names.linear(i, "intermediate.dense", [f, c])?,
                down: names.linear(i, "output.dense", [c, f])?,
                down_norm: names.gain(Some(i), "output.LayerNorm", c)?,
            })
        };
        Ok(Self {
            name: found.name.clone(),
            parameters: store.parameters(),
            weights: store.kind().name(),
            marks,
            words: names.matrix(None, "embeddings.word_embeddings", [s.vocabulary, c])?,
            places: names.matrix(None, "embeddings.position_embeddings", [s.context, c])?,
            kinds: names.matrix(None, "embeddings.token_type_embeddings", [s.kinds, c])?,
            norm: names.gain(None, "embeddings.LayerNorm", c)?,
            layers: (0..s.layers).map(layer).collect::<Result<_>>()?,
            sizes: Sizes {
                context: s.context.min(MOST_TOKENS),
                ..*s
            },
            tokenizer,
        })
    }

    /// Layers, heads of each, and the most tokens of a text that it reads.
    pub fn shape(&self) -> [usize; 3] {
        let s = &self.sizes;
        [s.layers, s.heads, s.context]
    }

    /// Tokens that there are.
    pub fn vocabulary(&self) -> usize {
        self.tokenizer.len()
    }

    /// Numbers in a vector.
    pub fn width(&self) -> usize {
        self.sizes.width
    }

    /// The tokens of a text with those around it, as many as it reads.
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        let [first, last] = self.marks;
        let mut ids = vec![first];
        ids.extend(self.tokenizer.encode(text));
        ids.truncate(self.sizes.context - 1);
        ids.push(last);
        ids
    }

    /// The vector of a text: the mean of what its tokens have become (of some encoders what the first has), of length 1.
    ///
    /// # Errors
    /// [`Error::BadModelFile`](crate::error::Error::BadModelFile) where its weights make of it what is no number.
    pub fn vector(&self, text: &str) -> Result<Vec<f32>> {
        let x = self.read(&self.tokens(text));
        let width = self.sizes.width;
        let rows = match self.sizes.pooling {
            Pooling::Mean => &x[..],
            Pooling::First => &x[..width],
        };
        let mut mean = vec![0.0; width];
        rows.chunks_exact(width)
            .for_each(|row| add_scaled(&mut mean, row, 1.0));
        let length = dot(&mean, &mean).sqrt();
        if !length.is_finite() {
            return Err(bad("its weights give what is no number"));
        }
        mean.iter_mut().for_each(|x| *x /= length.max(1e-12));
        Ok(mean)
    }

    /// How near each of some texts is to `text`, as cosines from −1 to 1, the nearest first, with its place among them.
    ///
    /// # Errors
    /// As [`Encoder::vector`].
    pub fn nearest(&self, text: &str, others: &[&str]) -> Result<Vec<(usize, f32)>> {
        let own = self.vector(text)?;
        let near = |other: &&str| -> Result<f32> { Ok(dot(&own, &self.vector(other)?)) };
        let near: Vec<f32> = others.iter().map(near).collect::<Result<_>>()?;
        let mut order: Vec<(usize, f32)> = near.into_iter().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(order)
    }

    /// What tokens become: `[n, width]`.
    pub fn read(&self, ids: &[u32]) -> Vec<f32> {
        let (c, n) = (self.sizes.width, ids.len());
        let mut x = vec![0.0; n * c];
        let mut more = vec![0.0; c];
        for (i, (row, &id)) in x.chunks_exact_mut(c).zip(ids).enumerate() {
            self.words.row(id as usize, row);
            self.places.row(i, &mut more);
            add_scaled(row, &more, 1.0);
            self.kinds.row(0, &mut more);
            add_scaled(row, &more, 1.0);
        }
        self.normalise(&mut x, &self.norm);
        for layer in &self.layers {
            let h = Rows::new(&x, n);
            let mixed = self.attend(&layer.q.of(&h), &layer.k.of(&h), &layer.v.of(&h));
            let mut added = layer.out.of(&Rows::new(&mixed, n));
            add_scaled(&mut added, &x, 1.0);
            self.normalise(&mut added, &layer.out_norm);
            let mut up = layer.up.of(&Rows::new(&added, n));
            up.iter_mut().for_each(|x| *x = gelu(*x));
            x = layer.down.of(&Rows::new(&up, n));
            add_scaled(&mut x, &added, 1.0);
            self.normalise(&mut x, &layer.down_norm);
        }
        x
    }

    fn normalise(&self, x: &mut [f32], by: &Gain) {
        let n = by.gain.len();
        for row in x.chunks_exact_mut(n) {
            let mean = row.iter().sum::<f32>() / n as f32;
            row.iter_mut().for_each(|x| *x -= mean);
            let scale = 1.0 / (dot(row, row) / n as f32 + self.sizes.epsilon).sqrt();
            let gains = row.iter_mut().zip(&by.gain);
            gains.for_each(|(x, g)| *x *= scale * g);
            if let Some(bias) = &by.bias {
                add_scaled(row, bias, 1.0);
            }
        }
    }

    /// What each token's heads take over from all tokens: `[n, width]`.
    fn attend(&self, q: &[f32], k: &[f32], v: &[f32]) -> Vec<f32> {
        let (c, d) = (self.sizes.width, self.sizes.width / self.sizes.heads);
        let scale = 1.0 / (d as f32).sqrt();
        let mut out = vec![0.0; q.len()];
        let mut weights = vec![0.0; q.len() / c];
        for at in (0..c).step_by(d) {
            for (q, out) in q.chunks_exact(c).zip(out.chunks_exact_mut(c)) {
                for (w, k) in weights.iter_mut().zip(k.chunks_exact(c)) {
                    *w = scale * dot(&q[at..at + d], &k[at..at + d]);
                }
                softmax(&mut weights);
                for (w, v) in weights.iter().zip(v.chunks_exact(c)) {
                    add_scaled(&mut out[at..at + d], &v[at..at + d], *w);
                }
            }
        }
        out
    }
}

/// x Φ(x), with Φ by Abramowitz & Stegun 1964, 7.1.26, which is off by 1.5e-7 at most.
fn gelu(x: f32) -> f32 {
    const A: [f64; 5] = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ];
    let z = f64::from(x).abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let tail = 0.5 * t * A.iter().fold(0.0, |sum, a| sum * t + a) * (-z * z).exp();
    let below = if x < 0.0 { tail } else { 1.0 - tail };
    (f64::from(x) * below) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_is_that_of_tables() {
        // x Φ(x) of a table of the normal distribution.
        for (x, want) in [
            (0.0, 0.0),
            (1.0, 0.841_344_8),
            (-1.0, -0.158_655_25),
            (2.0, 1.954_499_7),
            (-3.0, -0.004_049_694),
            (9.0, 9.0),
        ] {
            assert!((gelu(x) - want).abs() < 1e-6, "{x}: {}", gelu(x));
        }
        assert!(gelu(f32::NAN).is_nan());
    }
}
