//! `playground evaluate` for models that guess functions.

use std::fmt::Write as _;

use serde_json::json;

use super::{Place, card, files::write, manifest, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{
        FunctionSet,
        functions::Class,
        rivals::{ALPHAS, Rival},
    },
    error::Result,
    evaluate::functions::{Errors, errors, learner},
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
        let names = found.beside.iter().map(|&(rival, _)| named(rival));
        let names: Vec<_> = names.map(|name| format!("{name:>16}")).collect();
        say!("examples    model         {}", names.join(" "));
        for k in 0..found.model.len() {
            let row = found.beside.iter().map(|(_, e)| format!("{:16.4}", e[k]));
            let row: Vec<_> = row.collect();
            say!(
                "{k:>8} {:8.4} ± {:.4} {}",
                found.model[k],
                found.deviation[k],
                row.join(" ")
            );
        }
        for &rival in judges(class) {
            let ratios = found.ratios(rival, most);
            say!(
                "over {}, 1 to {most} examples: worst {:.3}, mean {:.3}",
                named(rival),
                worst(&ratios),
                mean(&ratios)
            );
        }
        all.push(found);
    }
    if let Some(mut entry) = entry {
        let rounded = |value: f64| json!((value * 1e3).round() / 1e3);
        for found in &all {
            for &rival in judges(found.class) {
                let ratios = found.ratios(rival, most);
                let name = match (found.class, rival) {
                    (Class::Linear, _) => "linearRatio",
                    (Class::Sparse, Rival::Lasso) => "sparseRatio",
                    (Class::Sparse, _) => "sparseBest",
                    (Class::Curves, _) => "curvesRatio",
                    (Class::Trees, Rival::Grown) => "treesRatio",
                    (Class::Trees, _) => "treesBest",
                };
                let mut put = |what: &str, value: f64| {
                    entry
                        .metrics
                        .insert(format!("{name}{what}"), rounded(value));
                };
                put("Worst", worst(&ratios));
                put("Mean", mean(&ratios));
            }
        }
        let card = page(&entry, &meta, &set, &all);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// What a model's errors are divided by: what is best, and who looks for functions of this class.
fn judges(class: Class) -> &'static [Rival] {
    match class {
        Class::Linear | Class::Curves => &[Rival::Ridge],
        Class::Sparse => &[Rival::Lasso, Rival::Best],
        Class::Trees => &[Rival::Grown, Rival::Best],
    }
}

fn named(rival: Rival) -> &'static str {
    match rival {
        Rival::Best => "best possible",
        Rival::Ridge => "ridge regression",
        Rival::LeastSquares => "least squares",
        Rival::Lasso => "lasso",
        Rival::Grown => "grown tree",
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
        "{} steps, {:.2} million prompts, {:.0} minutes by the clock",
        meta.step,
        meta.seen as f64 / 1e6,
        meta.seconds / 60.0
    );
    let mut out = card::head(entry, meta, "", &data, &training);
    let _ = writeln!(
        out,
        "Mean square of what the guess is off f(x), without its noise, after k examples, over {COUNT} held-out functions \
         of each class; `playground evaluate`. *Best possible* is the mean over all functions of the class, by how well \
         they explain the examples (src/data/posterior.rs): no guess has a smaller error. Ridge regression knows the \
         noise, and is the best possible of linear functions and curves. Of the lasso the best α of {} is taken for each k. \
         A tree is grown greedily, at most two questions deep. Lower is better.",
        ALPHAS.map(|alpha| alpha.to_string()).join(", ")
    );
    for found in all {
        let _ = write!(out, "\n### {}\n\n", sentence(found.class.title()));
        for &rival in judges(found.class) {
            let ratios = found.ratios(rival, most);
            let _ = writeln!(
                out,
                "- Model over {}, 1 to {most} examples: {:.3} at worst, {:.3} in the mean.",
                named(rival),
                worst(&ratios),
                mean(&ratios)
            );
        }
        let names = found.beside.iter().map(|&(rival, _)| named(rival));
        let names: Vec<_> = names.collect();
        let _ = write!(
            out,
            "\n| k | this checkpoint | standard error | {} |\n|---|---|---|{}\n",
            names.join(" | "),
            "---|".repeat(names.len())
        );
        for k in 0..found.model.len() {
            let row = found.beside.iter().map(|(_, e)| format!("{:.4}", e[k]));
            let row: Vec<_> = row.collect();
            let _ = writeln!(
                out,
                "| {k} | {:.4} | {:.4} | {} |",
                found.model[k],
                found.deviation[k],
                row.join(" | ")
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
