//! A model of another program as one of ours, so that it can be trained on.
//!
//! A [`Gpt`](crate::families::gpt::Gpt) with rotary positions, RMSNorm and SwiGLU is what a Llama without shared keys is.
//! Its weights come out of their blocks as `f32`; matrices are laid out the other way here, queries, keys and values are
//! one, and so are a perceptron's two ways in. Where a file turns neighbours of a head by its position
//! ([`Rope::halves`](super::network::Rope)), the rows of queries and keys change places, since here halves are turned.

use burn::tensor::TensorData;

use super::{
    Opened,
    network::{Activation, Linear, Norm},
};
use crate::{
    data::{DataInfo, Space, tokenizer::Vocabulary},
    error::{Error, Result},
    families::gpt::GptConfig,
    nn::{transformer::EPSILON, weights::Weights},
    open::tokenizer::kept::Kept,
    options,
};

/// Tokens that such a model looks back on here: each costs as much memory and time while it is trained.
const CONTEXT: usize = 128;
/// The base of the angles.
const BASE: f32 = 10_000.0;
/// Name of what it learned from, which no file says.
pub const ELSEWHERE: &str = "elsewhere";
/// Characters of a token, about: no file says that either.
const CHARACTERS: f32 = 4.0;

/// What a [`Gpt`](crate::families::gpt::Gpt) is made of.
pub struct AsGpt {
    /// Its options.
    pub config: GptConfig,
    /// What it learned from: its tokens.
    pub data: DataInfo,
    /// Its weights, by name.
    pub weights: Weights,
}

/// What of a model no [`Gpt`](crate::families::gpt::Gpt) has.
fn obstacle(opened: &Opened) -> Option<&'static str> {
    let (decoder, shape) = (&opened.decoder, &opened.decoder.shape);
    let config = config(opened);
    let rope = shape.rope.as_ref();
    let plain = rope.is_some_and(|r| r.base == BASE && r.factors.iter().all(|&f| f == 1.0));
    let known = shape.norm == Norm::Rms && shape.activation == Activation::Swiglu && plain;
    let biased = |l: &super::network::Layer| {
        let each = [&l.q, &l.k, &l.v, &l.out, &l.up, &l.down];
        let gained = [&l.attention_norm, &l.mlp_norm];
        each.iter().any(|l| l.bias.is_some())
            || gained.iter().any(|g| g.bias.is_some())
            || l.gate.as_ref().is_none_or(|gate| gate.bias.is_some())
            || l.qk_norm.is_some()
    };
    if !known || decoder.positions.is_some() || decoder.layers.iter().any(biased) {
        Some("its layers are made in another way")
    } else if shape.kv_heads != shape.heads {
        Some("several of its heads share keys and values")
    } else if shape.hidden != config.hidden() || shape.heads * shape.head_width != shape.width {
        Some("its layers have other widths")
    } else if (shape.epsilon / EPSILON - 1.0).abs() > 1e-3 {
        Some("its norms are rounded otherwise")
    } else if options::check_all(&config).is_err() {
        Some("it is too large")
    } else {
        None
    }
}

fn config(opened: &Opened) -> GptConfig {
    let shape = &opened.decoder.shape;
    GptConfig {
        n_layer: shape.layers,
        n_head: shape.heads,
        n_embd: shape.width,
        block_size: shape.context.min(CONTEXT),
        tied: opened.decoder.head.is_none(),
        ..GptConfig::default()
    }
}

/// A model that was opened as one of ours.
///
/// # Errors
/// [`Error::Unsupported`] for one that has what ours have not.
pub fn as_gpt(opened: &Opened) -> Result<AsGpt> {
    let unsupported = |why: &str| Error::Unsupported {
        what: format!("This model cannot be fine-tuned here: {why}"),
    };
    if let Some(why) = obstacle(opened) {
        return Err(unsupported(why));
    }
    let kept = Kept::of(&opened.tokenizer);
    let kept = kept.ok_or_else(|| unsupported("its tokens are made in another way"))?;
    let (decoder, shape) = (&opened.decoder, &opened.decoder.shape);
    let vocabulary = Vocabulary::Sentences(kept);
    // A network may have more places than there are tokens, but none fewer.
    let known = vocabulary.len();
    if shape.vocabulary < known {
        return Err(unsupported("it has fewer places than tokens"));
    }
    let mut weights = Weights::new();
    let mut put = |name: String, dims: Vec<usize>, values: Vec<f32>| {
        weights.insert(name, TensorData::new(values, dims));
    };
    let (c, f, d) = (shape.width, shape.hidden, shape.head_width);
    let rows = |m: &super::matrix::Matrix| {
        let mut numbers = m.numbers();
        numbers.truncate(known * c);
        numbers
    };
    put("wte".into(), vec![known, c], rows(&decoder.embedding));
    if let Some(head) = &decoder.head {
        put("head".into(), vec![known, c], rows(head));
    }
    put("norm_f".into(), vec![c], decoder.norm.gain.clone());
    let halves = shape.rope.as_ref().is_some_and(|rope| rope.halves);
    // Number i of a head here is this one there.
    let turned = |i: usize| match (halves, i % d < d / 2) {
        (true, _) => i,
        (_, true) => i - i % d + 2 * (i % d),
        (_, false) => i - i % d + 2 * (i % d - d / 2) + 1,
    };
    for (i, layer) in decoder.layers.iter().enumerate() {
        let gate = layer.gate.as_ref().unwrap_or(&layer.up);
        let named = |name: &str| format!("layers.{i}.{name}");
        let straight = |i: usize| i;
        let qkv: [(&Linear, &dyn Fn(usize) -> usize); 3] = [
            (&layer.q, &turned),
            (&layer.k, &turned),
            (&layer.v, &straight),
        ];
        put(named("qkv"), vec![c, 3 * c], beside(&qkv));
        put(
            named("proj"),
            vec![c, c],
            beside(&[(&layer.out, &straight)]),
        );
        let up: [(&Linear, &dyn Fn(usize) -> usize); 2] =
            [(&layer.up, &straight), (gate, &straight)];
        put(named("up"), vec![c, 2 * f], beside(&up));
        put(
            named("down"),
            vec![f, c],
            beside(&[(&layer.down, &straight)]),
        );
        put(named("norm_1"), vec![c], layer.attention_norm.gain.clone());
        put(named("norm_2"), vec![c], layer.mlp_norm.gain.clone());
    }
    let space = Space::Text {
        vocabulary,
        characters_per_token: CHARACTERS,
    };
    Ok(AsGpt {
        config: config(opened),
        data: DataInfo::new(ELSEWHERE, space),
        weights,
    })
}

/// Matrices beside each other, turned so that rows come in and columns go out; row `i` of the result of each is the one
/// that it is told.
fn beside(matrices: &[(&Linear, &dyn Fn(usize) -> usize)]) -> Vec<f32> {
    let wide: usize = matrices.iter().map(|(m, _)| m.weight.dims()[0]).sum();
    let tall = matrices.first().map_or(0, |(m, _)| m.weight.dims()[1]);
    let mut out = vec![0.0; tall * wide];
    let mut at = 0;
    for (matrix, from) in matrices {
        let [rows, columns] = matrix.weight.dims();
        let numbers = matrix.weight.numbers();
        for row in 0..rows {
            let there = from(row) * columns;
            for (column, value) in numbers[there..there + columns].iter().enumerate() {
                out[column * wide + at + row] = *value;
            }
        }
        at += rows;
    }
    out
}
