//! Texts with gaps: `playground evaluate` for models that fill them.

use serde_json::json;

use super::{Place, bar::bar, card, files::write, manifest, terminal::say, text};
use crate::{
    checkpoint::{Meta, Opened},
    data::{TextSet, labelled::Labelled},
    error::{Error, Result},
    evaluate::{
        few_shot::{Plan, Point, Trial},
        masked::{Guesses, Measured, measure},
    },
    pause::Pause,
};

/// Windows of the held-out part of which tokens are hidden together, and those of which each token is by itself.
const WINDOWS: (usize, usize) = (400, 60);

const NO_PAUSE: Pause = || Box::pin(async {});

/// The rows of a table of few examples: what learned, and its shares.
type Shots = Vec<(&'static str, Vec<Point>)>;

/// Measure how well a checkpoint guesses hidden tokens of the part of its text that was held out, and what classifiers
/// that begin with it learn from few examples.
pub fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let set = text::set_of(&meta.data, place)?;
    let windows = bar(WINDOWS.0);
    let found = pollster::block_on(measure(&*model, &set, WINDOWS, NO_PAUSE, |done| {
        windows.set_position(done as u64);
        true
    }));
    windows.finish_and_clear();
    let found = found?;
    say!(
        "{id}: {} parameters, tokens held out of {}",
        model.num_params(),
        meta.data.name
    );
    for (what, guesses) in rows(&found) {
        say!(
            "{:.1} % right, perplexity {:.1}: {what}, {} tokens",
            100.0 * guesses.accuracy(),
            guesses.perplexity(),
            guesses.count
        );
    }
    let shots = few_shots(&*model)?;
    for (method, points) in &shots {
        let each: Vec<String> = points.iter().map(share).collect();
        say!("{method:<16} {}", each.join("  "));
    }
    if let Some(mut entry) = entry {
        let rounded = |value: f64| json!((value * 1e4).round() / 1e4);
        let best = |method: &str| {
            let row = shots.iter().find(|(m, _)| *m == method);
            let last = row.and_then(|(_, points)| points.last()?.mean);
            rounded(last.unwrap_or(f64::NAN))
        };
        for (name, value) in [
            ("maskedAccuracy", rounded(found.masked.accuracy())),
            ("pseudoPerplexity", rounded(found.pseudo.perplexity())),
            ("authorsOf64", best("frozen features")),
        ] {
            entry.metrics.insert(name.into(), value);
        }
        let card = page(&entry, &meta, &found, &shots, &set);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// All trials of [`Plan::WHOLE`].
fn few_shots(model: &dyn crate::model::Model) -> Result<Shots> {
    let masked = model.masked().ok_or_else(|| Error::Unsupported {
        what: "This needs a model that fills gaps".into(),
    })?;
    let data = Labelled::authors()?;
    let plan = Plan::WHOLE;
    let all = 2 * plan.draws * plan.shots.len() + 2 * plan.tuned_draws * plan.tuned_shots.len();
    let bar = bar(all);
    let trial = pollster::block_on(async {
        let mut trial = Trial::new(masked, &data, plan, NO_PAUSE).await?;
        while trial.next().await? {
            bar.inc(1);
        }
        Ok::<_, Error>(trial)
    });
    bar.finish_and_clear();
    let curves = trial?.curves().into_iter();
    Ok(curves.map(|(m, points)| (m.title(), points)).collect())
}

/// What was guessed by whom.
fn rows(found: &Measured) -> [(&'static str, &Guesses); 5] {
    [
        ("masked tokens, this checkpoint", &found.masked),
        (
            "masked tokens, trigram that sees all others",
            &found.masked_ngram,
        ),
        ("each token in its turn, this checkpoint", &found.pseudo),
        (
            "each token in its turn, trigram from both sides",
            &found.pseudo_ngram,
        ),
        (
            "each token in its turn, trigram from the left",
            &found.left_ngram,
        ),
    ]
}

/// A share in per cent, with its spread.
fn share(point: &Point) -> String {
    match (point.mean, point.spread) {
        (Some(mean), Some(spread)) => format!("{:.1} ± {:.1}", 100.0 * mean, 100.0 * spread),
        (Some(mean), None) => format!("{:.1}", 100.0 * mean),
        _ => "–".into(),
    }
}

/// The card that is served beside the checkpoint.
fn page(
    entry: &manifest::ModelEntry,
    meta: &Meta,
    found: &Measured,
    shots: &Shots,
    set: &TextSet,
) -> String {
    let context = meta.config["block_size"].as_u64().unwrap_or(0);
    let batch = meta.train["batch_size"].as_u64().unwrap_or(0);
    let data = format!(
        "five plays and poems by Shakespeare, Alice’s Adventures in Wonderland, The Man Who Was Thursday, Emma and \
         Moby-Dick (public domain; `web/texts`), a paragraph a line as `web/texts/books.mjs` writes them; {} characters, \
         of which the ends of the books, {} in all, are held out; SHA-256 `{}`",
        set.characters, set.test_characters, meta.data.sha256
    );
    let training = format!(
        "{} steps of {batch} windows of {context} tokens ({:.1} million tokens, {:.1} passes over the text), {:.0} minutes \
         on a part of one core",
        meta.step,
        (meta.seen * context) as f64 / 1e6,
        meta.epoch,
        meta.seconds / 60.0
    );
    let guessed: String = rows(found)
        .iter()
        .map(|(what, g)| {
            format!(
                "| {what} | {} | {:.1} % | {:.1} |\n",
                g.count,
                100.0 * g.accuracy(),
                g.perplexity()
            )
        })
        .collect();
    let plan = Plan::WHOLE;
    let heads: String = plan.shots.iter().map(|k| format!(" {k} |")).collect();
    let lines: String = shots
        .iter()
        .map(|(method, points)| {
            let cells: String = points.iter().map(|p| format!(" {} |", share(p))).collect();
            format!("| {method} |{cells}\n")
        })
        .collect();
    format!(
        "{head}\
         Tokens of the part held out, which are hidden and guessed; `playground evaluate`. *Masked*: in {windows} windows \
         of {context} tokens at equal distances, 15 % of them, by whole words, hidden together and always by gaps. *Each in \
         its turn*: every token of {singles} windows, hidden alone; the perplexity is the pseudo-perplexity of Salazar et \
         al. 2020. Beside it an interpolated trigram of the same tokens (Witten–Bell, nothing tuned), learned from the same \
         part of the text, which at masked places sees what is hidden elsewhere: from both sides it is as \
         probable as the whole text with the token in it; from the left it has a true perplexity.\n\n\
         | | tokens | right | perplexity |\n|---|---|---|---|\n{guessed}\n\
         ## Few examples\n\n\
         Who wrote a sentence, one of six authors (`web/texts/authors.txt.gz`: 160 sentences of each, out of the parts held \
         out; of Blake’s poems the model saw nothing at all). Shares of right answers in per cent on {tests} other sentences \
         of each, mean ± standard deviation over {draws} draws of k examples of each author, of networks that learn over \
         {tuned}; chance is {chance:.1}.\n\n\
         | k |{heads}\n|---|{rule}\n{lines}",
        head = card::head(entry, meta, "", &data, &training),
        windows = WINDOWS.0,
        singles = WINDOWS.1,
        tests = plan.tests,
        draws = plan.draws,
        tuned = plan.tuned_draws,
        chance = 100.0 / 6.0,
        rule = "---|".repeat(plan.shots.len()),
    )
}
