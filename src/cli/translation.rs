//! `playground evaluate` for models that translate.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::json;

use super::{Place, bar::bar, card, files::write, manifest, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{PairSet, Space, calendar, pairs},
    error::{Error, Result},
    evaluate::translation::{Score, exact, held_out},
};

/// Held-out things that are translated in every direction.
const COUNT: usize = 400;

/// What a set of pairs is called in a card, and what is asked for in every direction.
struct Asked {
    /// Many of them.
    things: &'static str,
    goal: f64,
}

impl Asked {
    fn of(name: &str) -> Self {
        match name {
            name if pairs::is_called(name, pairs::DATES) => Self {
                things: "dates and times",
                goal: 99.0,
            },
            name if pairs::is_called(name, pairs::NAME) => Self {
                things: "numbers",
                goal: 99.5,
            },
            pairs::NAMES => Self {
                things: "compounds",
                goal: 70.0,
            },
            _ => Self {
                things: "lines",
                goal: 100.0,
            },
        }
    }
}

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
    let (name, options) = (&meta.data.name, &meta.data.options);
    let set = match pairs::is_table(name) {
        true => PairSet::from_folder(name, options, &place.data)?,
        false => PairSet::new(name, options)?,
    };
    let asked = Asked::of(name);
    let (goal, things) = (asked.goal, asked.things);
    meta.data.space.must_fit(&set.info.space, &meta.data.name)?;
    say!(
        "{id}: {} parameters, {} held-out {things} in {} directions",
        model.num_params(),
        held_out(&set, COUNT).len(),
        set.directions()
    );
    let bar = bar(set.directions());
    let scores = pollster::block_on(exact(&*model, &set, COUNT, |done| {
        bar.set_position(done as u64);
    }));
    bar.finish_and_clear();
    let scores = scores?;
    for score in scores.iter().filter(|score| percent(score) < goal) {
        let [from, to] = score.direction.map(|place| languages[place].as_str());
        say!("{from:>6} → {to:<6} {:.2} %", percent(score));
        for [text, wanted, found] in &score.wrong {
            say!("       {text} → {found}, and not {wanted}");
        }
    }
    let found = Found::of(&scores, goal);
    for (kind, [right, count]) in &found.kinds {
        let share = 100.0 * *right as f64 / (*count).max(1) as f64;
        say!("{kind:>32} {share:.2} % of {count}");
    }
    say!(
        "mean {:.2} %, worst {:.2} %, {} of {} directions at {goal} % or more",
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
        let held = match things {
            "numbers" => "heldOutNumbers",
            _ => "heldOutThings",
        };
        metrics.insert(held.into(), json!(held_out(&set, COUNT).len()));
        let card = page(&entry, &meta, languages, &scores, &found, &asked);
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
    /// Right ones and all, of each kind of thing.
    kinds: BTreeMap<String, [usize; 2]>,
}

impl Found {
    fn of(scores: &[Score], goal: f64) -> Self {
        let mut kinds: BTreeMap<String, [usize; 2]> = BTreeMap::new();
        for (kind, [right, count]) in scores.iter().flat_map(|score| &score.kinds) {
            let all = kinds.entry(kind.clone()).or_default();
            *all = [all[0] + right, all[1] + count];
        }
        let all = || scores.iter().map(percent);
        Self {
            mean: all().sum::<f64>() / scores.len().max(1) as f64,
            worst: all().fold(100.0, f64::min),
            reached: all().filter(|&p| p >= goal).count(),
            kinds,
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
    asked: &Asked,
) -> String {
    let batch = meta.train["batch_size"].as_u64().unwrap_or(0);
    let data = about(meta, languages);
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
    let kinds = match found.kinds.len() {
        0 | 1 => String::new(),
        _ => {
            let rows = found.kinds.iter().map(|(kind, [right, count])| {
                let share = 100.0 * *right as f64 / (*count).max(1) as f64;
                format!("| {kind} | {share:.2} % | {count} |\n")
            });
            let rows: String = rows.collect();
            format!("| kind | right | asked, in all directions |\n|---|---|---|\n{rows}\n")
        }
    };
    format!(
        "{head}\
         Translations that are right to the letter, in hundredths, of {n} held-out {things} in each of {all} \
         directions, with the likeliest piece at every place; `playground evaluate`. {how}Higher is better.\n\n\
         | | this checkpoint | goal |\n|---|---|---|\n\
         | worst direction | {worst:.2} % | {goal} % |\n\
         | mean of all directions | {mean:.2} % | |\n\
         | directions at {goal} % or more | {reached} of {all} | all |\n\n\
         {kinds}{table}{wrong}",
        head = card::head(entry, meta, "", &data, &training),
        n = scores.first().map_or(0, |score| score.count),
        things = asked.things,
        how = match asked.things {
            "numbers" =>
                "Half of the numbers are drawn evenly, the others are as often short as long and often have zeros. ",
            _ => "",
        },
        all = scores.len(),
        goal = asked.goal,
        worst = found.worst,
        mean = found.mean,
        reached = found.reached,
        table = table(languages, scores),
    )
}

/// What a model learned from.
fn about(meta: &Meta, languages: &[String]) -> String {
    let others = languages.len() - 1;
    match meta.data.name.as_str() {
        name if pairs::is_called(name, pairs::NAME) => {
            let most = meta.data.options["most"].as_u64().unwrap_or(0);
            format!(
                "whole numbers from 0 to {most} in digits and in {others} languages, spelled by the rules of CLDR 48.2 \
                 (Unicode License V3); one number in twenty, by a hash of its value, is in no pair that was learned from"
            )
        }
        name if pairs::is_called(name, pairs::DATES) => format!(
            "dates from the year {} to {}, with their day of the week and without, days and months alone, and times of \
             day, in digits (ISO 8601) and in {others} languages, by the patterns of CLDR 48.2 (Unicode License V3); one \
             of each in twenty, by a hash of its value, is in no pair that was learned from",
            calendar::FIRST_YEAR,
            calendar::LAST_YEAR
        ),
        pairs::NAMES => format!(
            "the names of emoji and of regions in {} languages, from CLDR 48.2 (Unicode License V3); of the names that \
             are made of others (flags, skin tones, hair, clocks) one in five, by a hash of its English name, is in no \
             pair that was learned from; SHA-256 of the packed table: `{}`",
            languages.len(),
            meta.data.sha256
        ),
        name => format!("the table `{name}`"),
    }
}
