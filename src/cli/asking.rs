//! `playground asking`.

use std::path::PathBuf;

use serde_json::json;

use super::{bar::bar, files::write, terminal::say};
use crate::{
    device,
    error::{Error, Result},
    evaluate::{
        Estimate,
        asking::{Asked, Study},
    },
};

/// What it is asked.
#[derive(clap::Args)]
pub struct Arguments {
    /// Seeds, each a training from the beginning.
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// Episodes of the expert to begin with.
    #[arg(long, default_value_t = 100)]
    begin: usize,
    /// Steps on those.
    #[arg(long, default_value_t = 400)]
    begin_steps: usize,
    /// Answers after each round, all together.
    #[arg(long, value_delimiter = ',', default_values_t = [100, 200, 400, 800])]
    answers: Vec<usize>,
    /// Steps after each round.
    #[arg(long, default_value_t = 200)]
    steps: usize,
    /// How unsure it has to be to ask, 0 to 1.
    #[arg(long, default_value_t = 0.25)]
    threshold: f32,
    /// The share of moments that are drawn by lot, beside.
    #[arg(long, default_value_t = 0.2)]
    lot: f64,
    /// Unseen missions on which success is measured.
    #[arg(long, default_value_t = 200)]
    missions: usize,
    /// File for the numbers.
    #[arg(long, default_value = "asking.json")]
    out: PathBuf,
}

/// Measure it, and say mean and standard error over seeds.
///
/// # Errors
/// As [`Study::run`]; [`Error::Io`]; [`Error::BadOption`] for a share of no moments, by which nothing would ever end.
pub fn run(arguments: &Arguments) -> Result<()> {
    let share = |name: &str, value: f64| match (0.0..=1.0).contains(&value) {
        true => Ok(value),
        false => Err(Error::bad_option(
            name,
            value,
            "it must lie between 0 and 1",
        )),
    };
    share("threshold", arguments.threshold.into())?;
    if share("lot", arguments.lot)? < 0.01 {
        let reason = "it must lie between 0.01 and 1";
        return Err(Error::bad_option("lot", arguments.lot, reason));
    }
    let study = Study {
        config: json!({"n_layer": 2, "n_head": 4, "n_embd": 64}),
        begin: arguments.begin.clamp(1, 10_000),
        begin_steps: arguments.begin_steps,
        answers: arguments.answers.clone(),
        steps: arguments.steps,
        threshold: arguments.threshold,
        lot: arguments.lot,
        missions: arguments.missions.clamp(1, 10_000),
    };
    let seeds = arguments.seeds.clamp(1, 100);
    let parts = 1 + Asked::ALL.len() * study.answers.len();
    let bar = bar(parts * seeds as usize);
    let (mut begun, mut found) = (Vec::new(), Vec::new());
    for seed in 1..=seeds {
        let (begin, shares) = study.run(seed, &device::cpu(), &|| bar.inc(1))?;
        say!("seed {seed}: begins with {begin:.3}; {shares:.3?}");
        begun.push(begin);
        found.push(shares);
    }
    bar.finish_and_clear();
    let arm = |(i, asked): (usize, &Asked)| {
        let at = |k: usize| -> Vec<f64> { found.iter().map(|shares| shares[i][k]).collect() };
        let all = std::iter::once(begun.clone()).chain((0..study.answers.len()).map(at));
        let each = all.map(Estimate::of).map(|e| (e.mean, e.standard_error));
        let (means, errors): (Vec<f64>, Vec<f64>) = each.unzip();
        let told = means.iter().zip(&errors);
        let told = told.map(|(mean, error)| format!("{:.1} ± {:.1}", 100.0 * mean, 100.0 * error));
        say!(
            "{:<32} {}",
            asked.title(),
            told.collect::<Vec<_>>().join(", ")
        );
        json!({"title": asked.title(), "means": means, "errors": errors})
    };
    let arms: Vec<_> = Asked::ALL.iter().enumerate().map(arm).collect();
    let answers: Vec<usize> = std::iter::once(0).chain(study.answers.clone()).collect();
    let page = json!({
        "answers": answers, "arms": arms, "seeds": seeds, "begin": study.begin, "beginSteps": study.begin_steps,
        "steps": study.steps, "threshold": study.threshold, "lot": study.lot, "missions": study.missions,
    });
    let text = serde_json::to_string_pretty(&page).map_err(|e| Error::Internal {
        reason: e.to_string(),
    })?;
    write(&arguments.out, (text + "\n").as_bytes())
}
