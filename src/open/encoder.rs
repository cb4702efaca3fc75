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
    bad, bundle,
    matrix::{Matrix, Rows, add_scaled, dot},
    network::{Gain, Linear, softmax},
    safetensors,
    store::{Store, short},
    tokenizer::{self, Tokenizer},
    unsupported,
};
use crate::error::Result;

/// The most tokens of a text that are read.
const MOST_TOKENS: usize = 512;
/// How the name of the weights ends.
const WEIGHTS: &str = ".safetensors";

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

/// A sentence encoder.
pub struct Encoder {
    /// What it calls itself; may be empty.
    pub name: String,
    /// Its numbers.
    pub parameters: usize,
    tokenizer: Tokenizer,
    /// The tokens before and behind a text.
    marks: [u32; 2],
    width: usize,
    heads: usize,
    context: usize,
    epsilon: f32,
    words: Matrix,
    places: Matrix,
    kinds: Matrix,
    norm: Gain,
    layers: Vec<Layer>,
}

/// Whether a file is an archive with the `config.json` of an encoder.
pub fn is(bytes: &[u8]) -> bool {
    bundle::is_tar(bytes)
        && bundle::files(bytes).is_ok_and(|files| {
            let config = files.iter().find(|(name, _)| name == "config.json");
            let config = config.and_then(|(_, place)| bytes.get(place.clone()));
            let config = config.and_then(|b| serde_json::from_slice::<Value>(b).ok());
            config.is_some_and(|config| config["model_type"] == "bert")
        })
}

/// Open an archive of `model.safetensors`, `config.json` and `tokenizer.json`.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile), [`Error::TooLargeModel`](crate::error::Error::TooLargeModel).
pub fn open(bytes: Vec<u8>) -> Result<Encoder> {
    super::check_size(bytes.len() as u64)?;
    let file = Arc::new(bytes);
    let files = bundle::files(&file)?;
    let place = |name: &str| {
        let is = |other: &str| other == name || name == WEIGHTS && other.ends_with(name);
        let found = files.iter().find(|(other, _)| is(other));
        found.map(|(_, place)| place.clone()).ok_or_else(|| {
            bad(format!(
                "{name} is missing beside it; choose it together with the weights"
            ))
        })
    };
    let bytes = |name: &str| place(name).map(|place| file.get(place).unwrap_or_default());
    let config: Value = serde_json::from_slice(bytes("config.json")?)
        .map_err(|e| bad(format!("its config.json cannot be read: {e}")))?;
    let tokenizer = tokenizer::json::read(bytes("tokenizer.json")?)?;
    let weights = place(WEIGHTS)?;
    let store = safetensors::read(&file, weights.start)?;
    store.check(weights.end)?;
    Encoder::of(&store, &config, tokenizer)
}

/// A number of a `config.json` from 1 to `most`.
fn whole(config: &Value, name: &str, most: usize) -> Result<usize> {
    let found = config.get(name).and_then(Value::as_u64);
    let found = found.and_then(|n| usize::try_from(n).ok());
    let found = found.ok_or_else(|| bad(format!("its config.json lacks “{name}”")))?;
    match (1..=most).contains(&found) {
        true => Ok(found),
        false => Err(bad(format!("its {name} of {found} cannot be right"))),
    }
}

/// Finds weights by their names, which may all stand behind a prefix.
struct Names<'a>(&'a Store, &'static str);

impl Names<'_> {
    fn matrix(&self, name: &str, dims: [usize; 2]) -> Result<Matrix> {
        self.0.matrix(&format!("{}{name}.weight", self.1), dims)
    }

    fn vector(&self, name: &str, n: usize) -> Result<Vec<f32>> {
        self.0.vector(&format!("{}{name}", self.1), n)
    }

    fn linear(&self, name: &str, dims: [usize; 2]) -> Result<Linear> {
        Ok(Linear {
            weight: self.matrix(name, dims)?,
            bias: Some(self.vector(&format!("{name}.bias"), dims[0])?),
        })
    }

    fn gain(&self, name: &str, n: usize) -> Result<Gain> {
        Ok(Gain {
            gain: self.vector(&format!("{name}.weight"), n)?,
            bias: Some(self.vector(&format!("{name}.bias"), n)?),
        })
    }
}

impl Encoder {
    fn of(store: &Store, config: &Value, tokenizer: Tokenizer) -> Result<Self> {
        let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or_default();
        for (name, known) in [
            ("model_type", "bert"),
            ("hidden_act", "gelu"),
            ("position_embedding_type", "absolute"),
        ] {
            let found = text(name);
            if found != known && !(found.is_empty() && name != "model_type") {
                return Err(unsupported(format!("“{}” as {name}", short(found))));
            }
        }
        let c = whole(config, "hidden_size", 1 << 16)?;
        let heads = whole(config, "num_attention_heads", 1 << 10)?;
        let f = whole(config, "intermediate_size", 1 << 18)?;
        let context = whole(config, "max_position_embeddings", 1 << 16)?;
        let vocabulary = whole(config, "vocab_size", 1 << 20)?;
        let kinds = whole(config, "type_vocab_size", 1 << 10)?;
        let layers = whole(config, "num_hidden_layers", 1 << 10)?;
        let epsilon = config.get("layer_norm_eps").and_then(Value::as_f64);
        let epsilon = epsilon.unwrap_or(1e-12) as f32;
        if !c.is_multiple_of(heads) || !(0.0..=1.0).contains(&epsilon) || context < 3 {
            return Err(bad("the sizes that it gives do not fit each other"));
        }
        if tokenizer.len() > vocabulary {
            let tokens = tokenizer.len();
            return Err(bad(format!(
                "its tokenizer has {tokens} tokens, and its network {vocabulary}"
            )));
        }
        let mark = |text: &str| {
            let found = tokenizer.special(text);
            found.ok_or_else(|| bad(format!("its tokenizer lacks “{text}”")))
        };
        let marks = [mark("[CLS]")?, mark("[SEP]")?];
        let prefix = match store.find("bert.embeddings.word_embeddings.weight") {
            Some(_) => "bert.",
            None => "",
        };
        let names = Names(store, prefix);
        let layer = |i: usize| -> Result<Layer> {
            let at = |name: &str| format!("encoder.layer.{i}.{name}");
            Ok(Layer {
                q: names.linear(&at("attention.self.query"), [c, c])?,
                k: names.linear(&at("attention.self.key"), [c, c])?,
                v: names.linear(&at("attention.self.value"), [c, c])?,
                out: names.linear(&at("attention.output.dense"), [c, c])?,
                out_norm: names.gain(&at("attention.output.LayerNorm"), c)?,
                up: names.linear(&at("intermediate.dense"), [f, c])?,
                down: names.linear(&at("output.dense"), [c, f])?,
                down_norm: names.gain(&at("output.LayerNorm"), c)?,
            })
        };
        let name = text("_name_or_path").rsplit('/').next().unwrap_or_default();
        Ok(Self {
            name: short(name),
            parameters: store.parameters(),
            marks,
            width: c,
            heads,
            context: context.min(MOST_TOKENS),
            epsilon,
            words: names.matrix("embeddings.word_embeddings", [vocabulary, c])?,
            places: names.matrix("embeddings.position_embeddings", [context, c])?,
            kinds: names.matrix("embeddings.token_type_embeddings", [kinds, c])?,
            norm: names.gain("embeddings.LayerNorm", c)?,
            layers: (0..layers).map(layer).collect::<Result<_>>()?,
            tokenizer,
        })
    }

    /// Numbers in a vector.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The tokens of a text with those around it, as many as it reads.
    pub fn tokens(&self, text: &str) -> Vec<u32> {
        let [first, last] = self.marks;
        let mut ids = vec![first];
        ids.extend(self.tokenizer.encode(text));
        ids.truncate(self.context - 1);
        ids.push(last);
        ids
    }

    /// The vector of a text: the mean of what its tokens have become, of length 1.
    ///
    /// # Errors
    /// [`Error::BadModelFile`](crate::error::Error::BadModelFile) where its weights make of it what is no number.
    pub fn vector(&self, text: &str) -> Result<Vec<f32>> {
        let x = self.read(&self.tokens(text));
        let mut mean = vec![0.0; self.width];
        x.chunks_exact(self.width)
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
        let (c, n) = (self.width, ids.len());
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
            let scale = 1.0 / (dot(row, row) / n as f32 + self.epsilon).sqrt();
            let gains = row.iter_mut().zip(&by.gain);
            gains.for_each(|(x, g)| *x *= scale * g);
            if let Some(bias) = &by.bias {
                add_scaled(row, bias, 1.0);
            }
        }
    }

    /// What each token's heads take over from all tokens: `[n, width]`.
    fn attend(&self, q: &[f32], k: &[f32], v: &[f32]) -> Vec<f32> {
        let (c, d) = (self.width, self.width / self.heads);
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
