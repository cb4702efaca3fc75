//! `playground evaluate` for models that translate.

use std::fmt::Write as _;

use serde_json::json;

use super::{Place, bar::bar, card, files::write, manifest, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{PairSet, Space},
    error::{Error, Result},
    evaluate::translation::{Score, exact},
};

/// Held-out numbers that are translated in every direction.
const NUMBERS: usize = 400;
/// What is asked for in every direction.
const GOAL: f64 = 99.5;

/// What of a direction is right, in hundredths.
fn percent(score: &Score) -> f64 {
    100.0 * score.right as f64 / score.count.max(1) as f64
}

/// Measure how many translations of held-out numbers are right to the letter.
///
/// # Errors
/// What the model and the data say.
pub fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let Space::Pairs { languages, .. } = &meta.data.space else {
        let what = "This needs a model that translates".into();
        return Err(Error::Unsupported { what });
    };
    let set = PairSet::new(&meta.data.name, &meta.data.options)?;
    meta.data.space.must_fit(&set.info.space, &meta.data.name)?;
    say!(
        "{id}: {} parameters, {NUMBERS} held-out numbers in {} directions",
        model.num_params(),
        set.directions()
    );
    let bar = bar(set.directions());
    let scores = pollster::block_on(exact(&*model, &set, NUMBERS, |done| {
        bar.set_position(done as u64);
    }));
    bar.finish_and_clear();
    let scores = scores?;
    for score in scores.iter().filter(|score| percent(score) < GOAL) {
        let [from, to] = score.direction.map(|place| languages[place].as_str());
        say!("{from:>6} → {to:<6} {:.2} %", percent(score));
        for [text, wanted, found] in &score.wrong {
            say!("       {text} → {found}, and not {wanted}");
        }
    }
    let found = Found::of(&scores);
    say!(
        "mean {:.2} %, worst {:.2} %, {} of {} directions at {GOAL} % or more",
        found.mean,
        found.worst,
        found.reached,
        scores.len()
    );
    if let Some(mut entry) = entry {
        let rounded = |value: f64| json!((value * 100.0).round() / 100.0);
        let metrics = &mut entry.metrics;
        metrics.insert("exactMean".into(), rounded(found.mean));
        metrics.insert("exactWorst".into(), rounded(found.worst));
        metrics.insert("directions".into(), json!(scores.len()));
        metrics.insert("directionsReached".into(), json!(found.reached));
        metrics.insert("heldOutNumbers".into(), json!(NUMBERS));
        let card = page(&entry, &meta, languages, &scores, &found);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// What all directions come to.
struct Found {
    mean: f64,
    worst: f64,
    /// Directions that reach the goal.
    reached: usize,
}

impl Found {
    fn of(scores: &[Score]) -> Self {
        let all = || scores.iter().map(percent);
        Self {
            mean: all().sum::<f64>() / scores.len().max(1) as f64,
            worst: all().fold(100.0, f64::min),
            reached: all().filter(|&p| p >= GOAL).count(),
        }
    }
}

/// A row for each language from which, a column for each into which.
fn table(languages: &[String], scores: &[Score]) -> String {
    let mut out = format!("| from \\ into | {} |\n", languages.join(" | "));
    out += &format!("|---|{}\n", "---|".repeat(languages.len()));
    for (from, code) in languages.iter().enumerate() {
        let _ = write!(out, "| {code} |");
        for to in 0..languages.len() {
            let score = scores.iter().find(|s| s.direction == [from, to]);
            let _ = match score {
                Some(score) => write!(out, " {:.2} |", percent(score)),
                None => write!(out, " |"),
            };
        }
        out.push('\n');
    }
    out
}

/// The card that is served beside the checkpoint.
fn page(
    entry: &manifest::ModelEntry,
    meta: &Meta,
    languages: &[String],
    scores: &[Score],
    found: &Found,
) -> String {
    let batch = meta.train["batch_size"].as_u64().unwrap_or(0);
    let most = meta.data.options["most"].as_u64().unwrap_or(0);
    let data = format!(
        "whole numbers from 0 to {most} in digits and in {} languages, spelled by the rules of CLDR 48.2 (Unicode \
         License V3); one number in twenty, by a hash of its value, is in no pair that was learned from",
        languages.len() - 1
    );
    let training = format!(
        "{} steps of {batch} pairs ({:.0} thousand pairs), {:.0} minutes on a processor",
        meta.step,
        meta.seen as f64 / 1e3,
        meta.seconds / 60.0
    );
    let wrong = scores.iter().flat_map(|score| {
        let [from, to] = score.direction.map(|place| languages[place].as_str());
        let row = move |[text, wanted, found]: &[String; 3]| {
            format!("| {from} → {to} | {text} | {wanted} | {found} |\n")
        };
        score.wrong.first().map(row)
    });
    let wrong: String = wrong.take(12).collect();
    let wrong = match wrong.is_empty() {
        true => String::new(),
        false => format!(
            "\n## Some of what is wrong\n\n| direction | text | right | written |\n|---|---|---|---|\n{wrong}"
        ),
    };
    format!(
        "{head}\
         Translations that are right to the letter, in hundredths, of {n} held-out numbers in each of {all} \
         directions, with the likeliest piece at every place; `playground evaluate`. Half of the numbers are drawn \
         evenly, the others are as often short as long and often have zeros. Higher is better.\n\n\
         | | this checkpoint | goal |\n|---|---|---|\n\
         | worst direction | {worst:.2} % | {GOAL} % |\n\
         | mean of all directions | {mean:.2} % | |\n\
         | directions at {GOAL} % or more | {reached} of {all} | all |\n\n\
         {table}{wrong}",
        head = card::head(entry, meta, "", &data, &training),
        n = scores.first().map_or(0, |score| score.count),
        all = scores.len(),
        worst = found.worst,
        mean = found.mean,
        reached = found.reached,
        table = table(languages, scores),
    )
}
