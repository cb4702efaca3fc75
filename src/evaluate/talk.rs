//! Whether a model that was tuned on a talk does as it is told there.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{
    data::{talk::Talk, text::TextSet},
    error::Result,
    model::{Condition, Model, Samples, finish},
    scene::Token,
};

/// Exchanges of a talk that were held out, each question once, at most `count` of them.
pub fn held_out(talk: &Talk, set: &TextSet, count: usize) -> Vec<(String, String)> {
    let ids: Vec<u32> = set.test().iter().map(|&id| id.into()).collect();
    let mut seen = BTreeSet::new();
    let all = talk.exchanges(&set.tokenizer.decode(&ids)).into_iter();
    let fresh = all.filter(|(ask, _)| seen.insert(ask.clone()));
    fresh.take(count).collect()
}

/// How many exchanges a model ends word by word, each answer written from its likeliest tokens; `strength` says how far
/// it has gone from the model before.
///
/// # Errors
/// What its sampler and the device report.
pub async fn right(
    model: &dyn Model,
    exchanges: &[(String, String)],
    strength: f64,
) -> Result<usize> {
    let mut right = 0;
    for (ask, answer) in exchanges {
        let length = answer.chars().count() + Talk::END.len() + 8;
        let options = json!({ "strength": strength, "temperature": 0.0, "length": length });
        let mut sampler = model.sampler(&options, &Condition::prompt(ask), 1, 1)?;
        if let Samples::Texts(texts) = finish(&mut *sampler).await? {
            right += usize::from(said(texts.first().map_or(&[], |t| t)) == *answer);
        }
    }
    Ok(right)
}

/// What a model has said, without what it was given and what comes after its answer.
fn said(tokens: &[Token]) -> String {
    let own = tokens.iter().filter(|token| !token.given);
    let text: String = own.map(|token| token.text.as_str()).collect();
    let answer = text.split(Talk::END).next().unwrap_or_default();
    answer.trim().into()
}
