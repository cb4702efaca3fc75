//! The files of llama2.c (github.com/karpathy/llama2.c): seven numbers and the weights behind each other.
//!
//! The first form, without a mark of its own, is known by its length: the weights, and behind them, if at all,
//! the tokenizer's file as it is.

use std::{collections::HashMap, sync::Arc};

use super::{
    cursor::Cursor,
    network::{Activation, Norm, Rope, Shape},
    quant::Kind,
    store::{Store, Stored},
};
use crate::error::Result;

/// Bytes of the seven numbers.
const HEAD: usize = 28;

/// The seven numbers, where they can be those of a model.
pub fn shape(bytes: &[u8]) -> Option<(Shape, bool)> {
    let mut cursor = Cursor::new(bytes);
    let mut next = || cursor.u32().ok().map(|n| n as i32);
    let (width, hidden, layers) = (next()?, next()?, next()?);
    let (heads, kv_heads, vocabulary, context) = (next()?, next()?, next()?, next()?);
    let size = |n: i32, most: i32| (1..=most).contains(&n).then_some(n as usize);
    let (width, heads) = (size(width, 1 << 16)?, size(heads, 1 << 10)?);
    let shape = Shape {
        architecture: "llama2.c".into(),
        layers: size(layers, 1 << 10)?,
        width,
        heads,
        kv_heads: size(kv_heads, heads as i32)?,
        head_width: width / heads,
        hidden: size(hidden, 1 << 18)?,
        context: size(context, 1 << 20)?,
        vocabulary: size(vocabulary.checked_abs()?, 1 << 20)?,
        norm: Norm::Rms,
        epsilon: 1e-5,
        activation: Activation::Swiglu,
        rope: Some(Rope {
            base: 10000.0,
            halves: false,
            factors: Vec::new(),
        }),
    };
    (width.is_multiple_of(heads) && heads.is_multiple_of(shape.kv_heads))
        .then_some((shape, vocabulary > 0))
}

/// Where the weights lie in such a file from `from` on, under the names of GGUF, and where they end.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile).
pub fn store(
    file: &Arc<Vec<u8>>,
    from: usize,
    shape: &Shape,
    tied: bool,
) -> Result<(Store, usize)> {
    let (l, c, f) = (shape.layers, shape.width, shape.hidden);
    let (kv, v) = (shape.kv_heads * shape.head_width, shape.vocabulary);
    let mut tensors = HashMap::new();
    let mut at = from + HEAD;
    let mut put = |name: String, dims: Vec<usize>| {
        let stored = Stored::new(&name, Kind::F32, dims, at)?;
        at = at.saturating_add(stored.bytes().unwrap_or_default());
        tensors.insert(name, stored);
        Ok::<(), crate::error::Error>(())
    };
    put("token_embd.weight".into(), vec![v, c])?;
    let each: [(&str, Vec<usize>); 9] = [
        ("attn_norm", vec![c]),
        ("attn_q", vec![c, c]),
        ("attn_k", vec![kv, c]),
        ("attn_v", vec![kv, c]),
        ("attn_output", vec![c, c]),
        ("ffn_norm", vec![c]),
        ("ffn_gate", vec![f, c]),
        ("ffn_down", vec![c, f]),
        ("ffn_up", vec![f, c]),
    ];
    for (name, dims) in each {
        for layer in 0..l {
            put(format!("blk.{layer}.{name}.weight"), dims.clone())?;
        }
    }
    put("output_norm.weight".into(), vec![c])?;
    // Sines and cosines, which are computed.
    put("angles".into(), vec![shape.context, shape.head_width])?;
    if !tied {
        put("output.weight".into(), vec![v, c])?;
    }
    tensors.remove("angles");
    let store = Store {
        file: file.clone(),
        tensors,
    };
    Ok((store, at))
}

/// Whether bytes of a file of `size` can be such a file.
pub fn is(bytes: &[u8], size: usize) -> bool {
    let Some((shape, tied)) = shape(bytes) else {
        return false;
    };
    let nothing = Arc::new(Vec::new());
    let Ok((_, end)) = store(&nothing, 0, &shape, tied) else {
        return false;
    };
    // Behind it a tokenizer of at most 300 bytes to a token.
    end <= size && size - end <= 300 * shape.vocabulary + 4
}

/// The tokens of a tokenizer's file, and how good each is.
///
/// # Errors
/// [`Error::BadModelFile`](crate::error::Error::BadModelFile).
pub fn tokens(bytes: &[u8], count: usize) -> Result<Vec<(&[u8], f32)>> {
    let mut cursor = Cursor::new(bytes);
    cursor.u32()?;
    let mut tokens = Vec::new();
    for _ in 0..count {
        let score = cursor.f32()?;
        let n = cursor.u32()? as usize;
        tokens.push((cursor.take(n)?, score));
    }
    Ok(tokens)
}
