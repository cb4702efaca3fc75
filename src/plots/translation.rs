//! The plot of every model that translates: what it makes of a text, with what it might have written
//! instead and where it looked.

use crate::{
    bytes::Bytes,
    error::Result,
    model::{Guess, Translation},
    scene::{PlotInput, PlotRequest, PlotSpec, Proposal, View},
};

/// Translations that a beam follows.
const BEAM: usize = 5;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "translate",
            "Translate",
            "Each piece of the translation is a guess over all pieces, made from the text and from what has been written so far. A beam follows the likeliest beginnings side by side, so that the translations below are those with the highest probability that it met. The alignment shows which pieces of the text the network looked at while it guessed each piece: every row adds up to one.",
        )
        .with(PlotInput::Phrase)
        .answered("translation"),
    ]
}

/// Draw one of them.
///
/// # Errors
/// What [`Translation::phrase`] says of a text, and what the device reports.
pub async fn answer(translation: &dyn Translation, request: &PlotRequest<'_>) -> Result<View> {
    let [from, into] = request.languages;
    let phrase = translation.phrase(request.text, from, into)?;
    let guesses = translation.beam(&phrase, BEAM).await?;
    let best = guesses.first().map(|guess| guess.tokens.clone());
    let tokens = best.unwrap_or_default();
    let ids: Vec<u32> = tokens.iter().map(|token| token.id).collect();
    let looks = translation.looks(&phrase, &ids).await?;
    let alignment = looks.cross.iter().flat_map(|v| v.to_le_bytes());
    Ok(View::Translation {
        read: looks.read,
        written: looks.guessed,
        tokens,
        proposals: proposals(&guesses),
        layers: looks.layers as u32,
        heads: looks.heads as u32,
        alignment: Bytes(alignment.collect()),
    })
}

/// Guesses as they are told: a text that came of different pieces is one, as likely as all of them together.
fn proposals(guesses: &[Guess]) -> Vec<Proposal> {
    let mut all: Vec<Proposal> = Vec::new();
    for guess in guesses {
        let (text, prob, ended) = (guess.text(), guess.log_prob.exp(), guess.ended);
        match all.iter_mut().find(|p| p.text == text && p.ended == ended) {
            Some(same) => same.prob += prob,
            None => all.push(Proposal { text, prob, ended }),
        }
    }
    all
}
