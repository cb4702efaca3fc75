//! `playground evaluate` for models that guess functions.

use std::fmt::Write as _;

use serde_json::json;

use super::{Place, card, files::write, manifest, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{FunctionSet, functions::Class},
    error::Result,
    evaluate::functions::{Errors, errors, learner},
    families::in_context::ALPHAS,
};

/// Held-out functions of each class.
const COUNT: usize = 10_000;

/// Measure the errors after 0, 1, 2, … examples beside what can be computed.
///
/// # Errors
/// What the model and the data say.
pub fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let model = learner(&*model)?;
    let set = FunctionSet::new(&meta.data.name, &meta.data.options)?;
    let inputs = set.options().inputs;
    let most = 2 * inputs;
    let mut all = Vec::new();
    for class in set.classes() {
        let found = pollster::block_on(errors(model, &set, class, COUNT))?;
        say!("{id}: {COUNT} {}", class.title());
        say!(
            "{:>9} {:>8} {:>8} {:>8} {:>8}",
            "examples",
            "model",
            "ridge",
            "squares",
            "lasso"
        );
        for k in 0..found.model.len() {
            let row = [
                &found.model,
                &found.ridge,
                &found.least_squares,
                &found.lasso,
            ];
            let row: String = row.iter().fold(String::new(), |mut text, e| {
                let _ = write!(text, " {:8.4}", e[k]);
                text
            });
            say!("{k:>9}{row}  ± {:.4}", found.deviation[k]);
        }
        let ratios = found.ratios(most);
        say!(
            "over {}, 1 to {most} examples: worst {:.3}, mean {:.3}",
            beside(class),
            worst(&ratios),
            mean(&ratios)
        );
        all.push(found);
    }
    if let Some(mut entry) = entry {
        let rounded = |value: f64| json!((value * 1e3).round() / 1e3);
        for found in &all {
            let ratios = found.ratios(most);
            let name = match found.class {
                Class::Linear => "linear",
                Class::Sparse => "sparse",
                Class::Curves => "curves",
                Class::Trees => "trees",
            };
            entry
                .metrics
                .insert(format!("{name}RatioWorst"), rounded(worst(&ratios)));
            entry
                .metrics
                .insert(format!("{name}RatioMean"), rounded(mean(&ratios)));
        }
        let card = page(&entry, &meta, &set, &all);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// What a model is compared with.
fn beside(class: Class) -> &'static str {
    match class {
        Class::Sparse => "the lasso",
        _ => "ridge regression",
    }
}

fn worst(ratios: &[f64]) -> f64 {
    ratios.iter().copied().fold(0.0, f64::max)
}

fn mean(ratios: &[f64]) -> f64 {
    ratios.iter().sum::<f64>() / ratios.len().max(1) as f64
}

/// The card that is served beside the checkpoint.
fn page(entry: &manifest::ModelEntry, meta: &Meta, set: &FunctionSet, all: &[Errors]) -> String {
    let options = set.options();
    let (d, most) = (options.inputs, 2 * options.inputs);
    let names: Vec<&str> = all.iter().map(|found| found.class.title()).collect();
    let data = format!(
        "`{}`: {} of {d} inputs with noise of standard deviation {} on y, {} pairs in a prompt, drawn without end by \
         src/data/functions.rs; held-out functions from a seed of their own",
        meta.data.name,
        names.join(", "),
        options.noise,
        options.length
    );
    let training = format!(
        "{} steps, {:.2} million prompts, {:.0} minutes on one core",
        meta.step,
        meta.seen as f64 / 1e6,
        meta.seconds / 60.0
    );
    let mut out = card::head(entry, meta, "", &data, &training);
    let _ = writeln!(
        out,
        "Mean square of what the guess is off f(x), without its noise, after k examples, over {COUNT} held-out functions \
         of each class; `playground evaluate`. Ridge regression knows the noise: of linear functions and curves no guess \
         has a smaller error. Of the lasso the best α of {} is taken for each k. Lower is better.",
        ALPHAS.map(|alpha| alpha.to_string()).join(", ")
    );
    for found in all {
        let ratios = found.ratios(most);
        let _ = write!(
            out,
            "\n### {}\n\nModel over {}, 1 to {most} examples: {:.3} at worst, {:.3} in the mean.\n\n\
             | k | this checkpoint | standard error | ridge regression | least squares | lasso |\n\
             |---|---|---|---|---|---|\n",
            sentence(found.class.title()),
            beside(found.class),
            worst(&ratios),
            mean(&ratios)
        );
        for k in 0..found.model.len() {
            let _ = writeln!(
                out,
                "| {k} | {:.4} | {:.4} | {:.4} | {:.4} | {:.4} |",
                found.model[k],
                found.deviation[k],
                found.ridge[k],
                found.least_squares[k],
                found.lasso[k]
            );
        }
    }
    out
}

/// A title that begins a line.
fn sentence(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
