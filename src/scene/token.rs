//! Tokens as they are told to the page.

use super::{Alternative, Text, Token, View};
use crate::data::tokenizer::{Speller, Tokenizer};

/// Alternatives told of each token.
const ALTERNATIVES: usize = 6;

/// log Σ exp of one row of logits.
pub fn log_sum_exp(logits: &[f32]) -> f32 {
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

/// The likeliest token of a row of logits, and how likely it is.
pub fn guess(row: &[f32]) -> (u32, f32) {
    let best = largest(row, 1).first().map_or(0, |&(i, _)| i);
    let logit = row.get(best).copied().unwrap_or(f32::NEG_INFINITY);
    (best as u32, (logit - log_sum_exp(row)).exp().min(1.0))
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

/// Texts that take the place of what was told of them before.
pub fn anew(texts: Vec<Vec<Token>>) -> View {
    let each = texts.into_iter().map(|tokens| Text {
        start: 0,
        tokens,
        anew: true,
    });
    View::Texts {
        texts: each.collect(),
    }
}

/// Tokens of texts, of each from place `start` on.
pub fn texts(texts: Vec<Vec<Token>>, start: usize) -> View {
    let start = start as u32;
    let each = texts.into_iter().map(|tokens| Text {
        start,
        tokens,
        anew: false,
    });
    View::Texts {
        texts: each.collect(),
    }
}
