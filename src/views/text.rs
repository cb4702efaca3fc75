//! Views of text: how probable each token is, where a model looks, what it guesses on the way.

use super::Pause;
use crate::{
    data::tokenizer::{Speller, Tokenizer},
    error::{Error, Result},
    model::Language,
    protocol::{Alternative, Bytes, Cell, Text, Token, View},
};

/// Alternatives told of each token.
const ALTERNATIVES: usize = 6;
/// The most tokens whose attention is shown.
const MOST_ATTENTION: usize = 96;
/// The most tokens under the logit lens.
const MOST_LENS: usize = 48;
/// The longest text that is read, in tokens.
const MOST_READ: usize = 20_000;

/// log Σ exp of one row of logits.
fn log_sum_exp(logits: &[f32]) -> f32 {
    let max = logits.iter().fold(f32::NEG_INFINITY, |m, &l| m.max(l));
    let sum: f32 = logits.iter().map(|&l| (l - max).exp()).sum();
    max + sum.ln()
}

/// The `k` largest values with their places, largest first; of equals the first.
pub fn largest(values: &[f32], k: usize) -> Vec<(usize, f32)> {
    let mut best: Vec<(usize, f32)> = Vec::with_capacity(k + 1);
    for (i, &v) in values.iter().enumerate() {
        if best.len() == k && best.last().is_none_or(|&(_, b)| v <= b) {
            continue;
        }
        let at = best.partition_point(|&(_, b)| b >= v);
        best.insert(at, (i, v));
        best.truncate(k);
    }
    best
}

/// A token as it is told to the page; `logits` are those of its place, if the model gave any.
pub fn token(
    tokenizer: &Tokenizer,
    speller: &mut Speller,
    id: u32,
    logits: Option<&[f32]>,
    given: bool,
) -> Token {
    let mut told = Token {
        id,
        text: speller.push(tokenizer, id),
        log_prob: None,
        alternatives: Vec::new(),
        given,
    };
    if let Some(logits) = logits {
        let log_sum = log_sum_exp(logits);
        told.log_prob = logits.get(id as usize).map(|l| l - log_sum);
        let best = largest(logits, ALTERNATIVES);
        told.alternatives = best
            .into_iter()
            .map(|(i, l)| Alternative {
                id: i as u32,
                text: tokenizer.piece(i as u32),
                prob: (l - log_sum).exp(),
            })
            .collect();
    }
    told
}

/// Tokens of texts, of each from place `start` on.
pub fn texts(texts: Vec<Vec<Token>>, start: usize) -> View {
    let start = start as u32;
    let each = texts.into_iter().map(|tokens| Text { start, tokens });
    View::Texts {
        texts: each.collect(),
    }
}

/// The tokens of a text that a reader typed.
fn encode(language: &dyn Language, text: &str) -> Result<Vec<u32>> {
    let ids = language.tokenizer().encode(text)?;
    let bad = |reason: String, hint: &str| {
        Err(Error::BadText {
            reason,
            hint: hint.into(),
        })
    };
    match ids.len() {
        0 => bad("it is empty".into(), "Type something."),
        n if n > MOST_READ => bad(
            format!("it has {n} tokens, and at most {MOST_READ} are read at once"),
            "Take a part of it.",
        ),
        _ => Ok(ids),
    }
}

/// Logits after each token of a text of any length: windows of the context that overlap by half.
async fn logits_along(language: &dyn Language, ids: &[u32], pause: Pause) -> Result<Vec<f32>> {
    let (t, v) = (language.block_size(), language.tokenizer().len());
    let mut out = language.logits(&ids[..ids.len().min(t)]).await?;
    let step = (t / 2).max(1);
    while out.len() < ids.len() * v {
        pause().await;
        let done = out.len() / v;
        let end = (done + step).min(ids.len());
        let start = end.saturating_sub(t);
        let part = language.logits(&ids[start..end]).await?;
        out.extend_from_slice(&part[(done - start) * v..]);
    }
    Ok(out)
}

/// How probable each token of `text` is, given those before it.
///
/// # Errors
/// [`Error::BadText`], [`Error::UnknownCharacter`] and what the device reports.
pub async fn read(language: &dyn Language, text: &str, pause: Pause) -> Result<View> {
    let ids = encode(language, text)?;
    let tokenizer = language.tokenizer();
    let logits = logits_along(language, &ids, pause).await?;
    let mut rows = logits.chunks_exact(tokenizer.len());
    let mut speller = Speller::default();
    let mut tokens = Vec::with_capacity(ids.len());
    for (i, &id) in ids.iter().enumerate() {
        let row = if i == 0 { None } else { rows.next() };
        tokens.push(token(tokenizer, &mut speller, id, row, true));
    }
    Ok(texts(vec![tokens], 0))
}

/// The last `most` tokens of `text`, and what the model does inside while it reads them.
async fn look_inside(
    language: &dyn Language,
    text: &str,
    most: usize,
) -> Result<(Vec<u32>, crate::model::Insight)> {
    let mut ids = encode(language, text)?;
    ids.drain(..ids.len().saturating_sub(most.min(language.block_size())));
    let insight = language.insight(&ids).await?;
    Ok((ids, insight))
}

fn pieces(tokenizer: &Tokenizer, ids: &[u32]) -> Vec<String> {
    ids.iter().map(|&id| tokenizer.piece(id)).collect()
}

/// Which tokens each token looks at, by layer and head.
///
/// # Errors
/// As [`read`].
pub async fn attention(language: &dyn Language, text: &str) -> Result<View> {
    let (ids, insight) = look_inside(language, text, MOST_ATTENTION).await?;
    let values = insight.attention.iter().flat_map(|v| v.to_le_bytes());
    Ok(View::Matrices {
        tokens: pieces(language.tokenizer(), &ids),
        layers: insight.layers as u32,
        heads: insight.heads as u32,
        values: Bytes(values.collect()),
    })
}

/// What the model would guess if it ended after each layer.
///
/// # Errors
/// As [`read`].
pub async fn logit_lens(language: &dyn Language, text: &str) -> Result<View> {
    let (ids, insight) = look_inside(language, text, MOST_LENS).await?;
    let tokenizer = language.tokenizer();
    let cells = insight.lens.chunks_exact(tokenizer.len()).map(|row| {
        let best = largest(row, 1).first().map_or(0, |&(i, _)| i);
        Cell {
            text: tokenizer.piece(best as u32),
            value: (row[best] - log_sum_exp(row)).exp().min(1.0),
        }
    });
    let rows = (0..=insight.layers).map(|l| match l {
        0 => "embedding".into(),
        l if l == insight.layers => "output".into(),
        l => format!("layer {l}"),
    });
    Ok(View::Table {
        columns: pieces(tokenizer, &ids),
        rows: rows.collect(),
        cells: cells.collect(),
    })
}
