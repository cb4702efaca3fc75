//! Plots of every model that guesses tokens from both sides: what could stand in a gap, how gaps are filled one after
//! the other, how probable each token is given all others, where the model looks, and what its pre-training is worth.

use serde_json::json;

use crate::{
    bytes::Bytes,
    data::{gaps, labelled::Labelled, tokenizer::Speller},
    error::{Error, Result},
    evaluate::{
        few_shot::{Plan, Trial},
        masked::pseudo,
    },
    model::{Condition, Masked, Model, Samples},
    pause::Pause,
    scene::{
        Curve, PlotInput, PlotRequest, PlotSpec, Token, View,
        token::{texts, token},
    },
};

/// The longest text of which each token is hidden in its turn, in tokens.
const MOST_READ: usize = 400;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    let gaps = |id, title, help| {
        PlotSpec::new(id, title, help).with(PlotInput::Gaps {
            example: "She ___ at him, and said ___ for a long time.".into(),
        })
    };
    vec![
        gaps(
            "fill",
            "Fill in",
            "What could stand in each gap, and how probable it is, made from the words on both sides. Each gap is guessed by itself: two guesses that are likely each need not go together.",
        )
        .answered("texts"),
        gaps(
            "steps",
            "Step by step",
            "The gaps are filled one after the other, each with its likeliest token, the surest gap first. After each step all other gaps are guessed anew, with what stands there by then. Move the slider, and see how one word changes what fits elsewhere.",
        )
        .along("steps")
        .answered("texts"),
        PlotSpec::new(
            "read",
            "Read",
            "Each token in its turn is hidden and guessed from all others, before it and after it. The sum of the logarithms of these probabilities is the pseudo-log-likelihood (Salazar et al. 2020). It ranks sentences well, but it is no likelihood: the guesses know of each other, and the perplexity is not to be compared with that of a model that reads from left to right.",
        )
        .with(PlotInput::Text),
        gaps(
            "attention",
            "Attention",
            "A query of each token meets the keys of all tokens, before it and after it, and of gaps as well; what fits best is looked at most, and every row adds up to one. See where a gap looks.",
        )
        .answered("matrices"),
        PlotSpec::new(
            "shots",
            "Few examples",
            "Who wrote this sentence, one of six authors? Each classifier sees the same k sentences of each author, and is asked about others. Frozen features are what the pre-trained network makes of a sentence, and only a logistic regression on them learns; in fine-tuning the whole network goes on learning; from scratch it begins with fresh weights; a bag of words counts tokens. The bars show how much the share varies from draw to draw of the examples (one standard deviation).",
        )
        .answered("chart")
        .slow(),
    ]
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadText`], [`Error::UnknownCharacter`], [`Error::BadOption`] and what the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let masked = super::masked_of(model)?;
    match request.plot {
        "fill" => fill(model, masked, request, 0.0).await,
        "steps" => fill(model, masked, request, request.at).await,
        "read" => read(masked, request.text, pause).await,
        "attention" => attention(masked, request.text).await,
        "shots" => shots(masked, request, pause).await,
        _ => Err(request.unknown()),
    }
}

fn bad<T>(reason: impl Into<String>, hint: &str) -> Result<T> {
    Err(Error::BadText {
        reason: reason.into(),
        hint: hint.into(),
    })
}

/// The tokens of a text that a reader typed, at most `most`.
fn encode(masked: &dyn Masked, text: &str, most: usize) -> Result<Vec<u32>> {
    // A text that is far too long is not read to its end.
    let cut = text.floor_char_boundary(64 * most);
    let ids = gaps::encode(masked.tokenizer(), masked.gap(), &text[..cut])?;
    match ids.len() {
        0 => bad("it is empty", "Type something."),
        n if n > most || cut < text.len() => bad(
            format!("it has more than {most} tokens, which is the most that are read at once"),
            "Take a part of it.",
        ),
        _ => Ok(ids),
    }
}

/// The text with a share `at` of its gaps filled; of the others, what could stand there.
async fn fill(
    model: &dyn Model,
    masked: &dyn Masked,
    request: &PlotRequest<'_>,
    at: f32,
) -> Result<View> {
    let ids = encode(masked, request.text, masked.context())?;
    let gap = masked.gap();
    let open = ids.iter().filter(|&&id| id == gap).count();
    if open == 0 {
        return bad(
            "it has no gap",
            "Write ___ or [MASK] where a word is missing.",
        );
    }
    let options = json!({ "temperature": 0.0, "sweeps": 0 });
    let condition = Condition::prompt(request.text);
    let mut sampler = model.sampler(&options, &condition, 1, request.seed)?;
    for _ in 0..(at * open as f32).round() as usize {
        sampler.next().await?;
    }
    let Samples::Texts(mut drafts) = sampler.state() else {
        return Err(request.unknown());
    };
    let mut draft = drafts.pop().unwrap_or_default();
    let ids: Vec<u32> = draft.iter().map(|token| token.id).collect();
    let places = (0..ids.len() as u32).filter(|&p| ids[p as usize] == gap);
    let places: Vec<u32> = places.collect();
    if places.is_empty() {
        return Ok(texts(vec![draft], 0));
    }
    let rows = masked.guess(&ids, ids.len(), &places).await?;
    let tokenizer = masked.tokenizer();
    let rows = rows.chunks_exact(tokenizer.len());
    for (&place, row) in places.iter().zip(rows) {
        let guessed = token(tokenizer, &mut Speller::default(), 0, Some(row), false);
        draft[place as usize].alternatives = guessed.alternatives;
    }
    Ok(texts(vec![draft], 0))
}

/// How probable each token of `text` is, given all others; gaps are none of them.
async fn read(masked: &dyn Masked, text: &str, pause: Pause) -> Result<View> {
    let ids = encode(masked, text, MOST_READ)?;
    let (tokenizer, gap) = (masked.tokenizer(), masked.gap());
    let mut speller = Speller::default();
    let mut tokens: Vec<Token> = Vec::with_capacity(ids.len());
    let mut take = |place: usize, row: &[f32]| {
        tokens.push(match ids[place] {
            id if id == gap => gaps::token(tokenizer, gap),
            id => token(tokenizer, &mut speller, id, Some(row), true),
        });
    };
    pseudo(masked, &ids, &mut take, pause).await?;
    Ok(texts(vec![tokens], 0))
}

/// Which tokens each token looks at, by layer and head.
async fn attention(masked: &dyn Masked, text: &str) -> Result<View> {
    let ids = encode(masked, text, masked.context())?;
    let insight = masked.insight(&ids).await?;
    let (tokenizer, gap) = (masked.tokenizer(), masked.gap());
    let pieces = insight.tokens.iter();
    let values = insight.attention.iter().flat_map(|v| v.to_le_bytes());
    Ok(View::Matrices {
        tokens: pieces.map(|&id| gaps::piece(tokenizer, gap, id)).collect(),
        layers: insight.layers as u32,
        heads: insight.heads as u32,
        values: Bytes(values.collect()),
    })
}

/// The curves of classifiers that learn from few examples, which the request's reporter sees grow.
async fn shots(masked: &dyn Masked, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let data = Labelled::authors()?;
    let plan = Plan {
        seed: request.seed,
        ..Plan::LIVE
    };
    let mut trial = Trial::new(masked, &data, plan, pause).await?;
    while trial.next().await? {
        if let Some(report) = request.report {
            report(chart(&trial));
        }
        pause().await;
    }
    Ok(chart(&trial))
}

/// Its curves so far.
pub fn chart(trial: &Trial) -> View {
    let curves = trial.curves().into_iter().map(|(method, points)| Curve {
        title: method.title().into(),
        values: points.iter().map(|p| p.mean.map(|v| v as f32)).collect(),
        errors: points.iter().map(|p| p.spread.map(|v| v as f32)).collect(),
    });
    View::Chart {
        across: "examples of each author".into(),
        up: "share of sentences that are told right".into(),
        ticks: trial.plan().shots.iter().map(usize::to_string).collect(),
        range: [0.0, 1.0],
        curves: curves.collect(),
        level: Some(("chance".into(), 1.0 / trial.classes() as f32)),
    }
}
