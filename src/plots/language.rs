//! Plots of every model of text: how probable each token is, where the model looks, what it would guess
//! on the way.

use crate::{
    bytes::Bytes,
    data::tokenizer::{Speller, Tokenizer},
    error::{Error, Result},
    model::{Insight, Language},
    pause::Pause,
    scene::{
        Cell, PlotInput, PlotRequest, PlotSpec, View,
        token::{texts, token},
    },
};

/// The most tokens whose attention is shown.
const MOST_ATTENTION: usize = 96;
/// The most tokens under the logit lens.
const MOST_LENS: usize = 48;
/// The longest text that is read, in tokens.
const MOST_READ: usize = 20_000;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    let plot = |id, title, help| PlotSpec::new(id, title, help).with(PlotInput::Text);
    vec![
        plot(
            "read",
            "Read",
            "For each token the model says how probable it was, given those before it, as far back as its context reaches. A nat is what a guess among e = 2.718… equally likely things costs; the perplexity says among how many tokens the model was torn, on average.",
        ),
        plot(
            "attention",
            "Attention",
            "A query of each token meets the keys of those before it and its own, as far back as the context reaches; what fits best is looked at most, and every row adds up to one. One head may look at the token before, another for the same letter, another for the beginning of the line.",
        ),
        plot(
            "lens",
            "Logit lens",
            "Every layer adds to a running sum, and only at the end is a guess read off it. Here it is read off early, after each layer. Underlined guesses are right; the redder, the surer. It is read with what the last layer is read with, so a guess that appears halfway up was there by then; that none appears lower down does not show that it was not (nostalgebraist 2020).",
        ),
    ]
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadText`], [`Error::UnknownCharacter`], [`Error::BadOption`] and what the device reports.
pub async fn answer(
    language: &dyn Language,
    request: &PlotRequest<'_>,
    pause: Pause,
) -> Result<View> {
    match request.plot {
        "read" => read(language, request.text, pause).await,
        "attention" => attention(language, request.text).await,
        "lens" => logit_lens(language, request.text).await,
        _ => Err(request.unknown()),
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

/// How probable each token of `text` is, given those before it. A text of any length is read in windows
/// of the context that overlap by half, and of each window's logits nothing is kept but what they say
/// of its tokens.
///
/// # Errors
/// [`Error::BadText`], [`Error::UnknownCharacter`] and what the device reports.
async fn read(language: &dyn Language, text: &str, pause: Pause) -> Result<View> {
    let ids = encode(language, text)?;
    let tokenizer = language.tokenizer();
    let t = language.block_size();
    let step = (t / 2).max(1);
    let mut speller = Speller::default();
    let mut tokens = vec![token(tokenizer, &mut speller, ids[0], None, true)];
    // Tokens whose successor has been guessed.
    let mut done = 0;
    while tokens.len() < ids.len() {
        let end = (done + if done == 0 { t } else { step }).min(ids.len());
        let start = end.saturating_sub(t);
        let mut place = start;
        let mut take = |row: &[f32]| {
            if let Some(&id) = ids.get(place + 1).filter(|_| place >= done) {
                tokens.push(token(tokenizer, &mut speller, id, Some(row), true));
            }
            place += 1;
        };
        language.rows(&ids[start..end], &mut take).await?;
        done = end;
        pause().await;
    }
    Ok(texts(vec![tokens], 0))
}

/// The last `most` tokens of `text`, and what the model does inside while it reads them.
async fn look_inside(
    language: &dyn Language,
    text: &str,
    most: usize,
    lens: bool,
) -> Result<Insight> {
    let mut ids = encode(language, text)?;
    ids.drain(..ids.len().saturating_sub(most.min(language.block_size())));
    language.insight(&ids, lens).await
}

fn pieces(tokenizer: &Tokenizer, ids: &[u32]) -> Vec<String> {
    ids.iter().map(|&id| tokenizer.piece(id)).collect()
}

/// Which tokens each token looks at, by layer and head.
///
/// # Errors
/// As [`read`].
async fn attention(language: &dyn Language, text: &str) -> Result<View> {
    let insight = look_inside(language, text, MOST_ATTENTION, false).await?;
    let values = insight.attention.iter().flat_map(|v| v.to_le_bytes());
    Ok(View::Matrices {
        tokens: pieces(language.tokenizer(), &insight.tokens),
        layers: insight.layers as u32,
        heads: insight.heads as u32,
        values: Bytes(values.collect()),
    })
}

/// What the model would guess if it ended after each layer.
///
/// # Errors
/// As [`read`].
async fn logit_lens(language: &dyn Language, text: &str) -> Result<View> {
    let insight = look_inside(language, text, MOST_LENS, true).await?;
    let tokenizer = language.tokenizer();
    let cells = insight.lens.iter().map(|&(id, value)| Cell {
        text: tokenizer.piece(id),
        value,
    });
    let rows = (0..=insight.layers).map(|l| match l {
        0 => "embedding".into(),
        l if l == insight.layers => "output".into(),
        l => format!("layer {l}"),
    });
    Ok(View::Table {
        columns: pieces(tokenizer, &insight.tokens),
        rows: rows.collect(),
        cells: cells.collect(),
    })
}
