//! `playground evaluate` for models that plan.

use serde_json::json;

use super::{Place, card, files::write, manifest, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{Dataset, PathSet, paths::TEST},
    error::Result,
    evaluate::planning::{CHOICE, FORKS, Forks, Plans, baselines, forks, plans},
    model::AskedPlans,
};

/// How strongly walls push, where they do.
const PUSH: f64 = 1.0;

/// What was measured.
struct Found {
    alone: Plans,
    pushed: Plans,
    chosen: Plans,
    best: Plans,
    straight: Plans,
    forks: Forks,
}

/// Measure how often plans meet no wall, how long they are, and what comes of following them.
///
/// # Errors
/// What the model and the data say.
pub fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let mut set = PathSet::new(&meta.data.options)?;
    // What is not kept is for choosing, on tasks of its own.
    if !keep && let Dataset::Paths(choice) = Dataset::Paths(set.clone()).for_choice() {
        set = choice;
    }
    say!("{id}: {} parameters", model.num_params());
    let none = || -> std::pin::Pin<Box<dyn Future<Output = ()>>> { Box::pin(async {}) };
    let alone = AskedPlans::default();
    let pushed = AskedPlans {
        walls: PUSH,
        ..AskedPlans::default()
    };
    let choice = AskedPlans {
        count: CHOICE,
        ..pushed.clone()
    };
    let [best, straight] = baselines(&set, TEST);
    let found = Found {
        alone: pollster::block_on(plans(&*model, &set, TEST, &alone, none))?,
        pushed: pollster::block_on(plans(&*model, &set, TEST, &pushed, none))?,
        chosen: pollster::block_on(plans(&*model, &set, TEST, &choice, none))?,
        best,
        straight,
        forks: pollster::block_on(forks(&*model, &set, FORKS, &pushed, none))?,
    };
    for (name, plans) in found.rows() {
        say!(
            "{name:<24} free {:.1} %, length {:.3}, arrives {:.1} %, without touching a wall {:.1} %",
            plans.percent_free(),
            plans.ratio(),
            plans.percent_arrived(),
            plans.percent_clean()
        );
    }
    let Forks {
        count,
        both,
        rarer,
        free,
    } = found.forks;
    say!(
        "two equal ways: both taken in {both} of {count}, the rarer by {rarer:.3}, free {free:.1} %"
    );
    if let Some(mut entry) = entry {
        let rounded = |value: f64, by: f64| json!((value * by).round() / by);
        for (key, value, by) in [
            ("planFree", found.alone.percent_free(), 10.0),
            ("planFreePushed", found.pushed.percent_free(), 10.0),
            ("planFreeChosen", found.chosen.percent_free(), 10.0),
            ("planRatio", found.chosen.ratio(), 1000.0),
            ("planArrived", found.chosen.percent_arrived(), 10.0),
            ("planBoth", 100.0 * both as f64 / count.max(1) as f64, 10.0),
        ] {
            entry.metrics.insert(key.into(), rounded(value, by));
        }
        let card = page(&entry, &meta, &found);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

impl Found {
    fn rows(&self) -> [(&'static str, &Plans); 5] {
        [
            ("this checkpoint", &self.alone),
            ("with walls that push", &self.pushed),
            ("the first free of four", &self.chosen),
            ("A*", &self.best),
            ("a straight way", &self.straight),
        ]
    }
}

/// The card that is served beside the checkpoint.
fn page(entry: &manifest::ModelEntry, meta: &Meta, found: &Found) -> String {
    let batch = meta.train["batch_size"].as_u64().unwrap_or(0);
    let data = "paths of an expert (A* over cells, then drawn taut) in mazes that are drawn from a seed without end by \
                src/worlds/maze/layout.rs, half of them of corridors, half with walls strewn at random; what it costs to \
                cross a cell differs by chance by up to a fifth";
    let training = format!(
        "{} steps of {batch} paths ({:.0} thousand paths), {:.0} minutes by the clock",
        meta.step,
        meta.seen as f64 / 1e3,
        meta.seconds / 60.0
    );
    let rows: String = (found.rows().iter())
        .map(|(name, plans)| {
            format!(
                "| {name} | {:.1} % | {:.3} | {:.1} % | {:.1} % |\n",
                plans.percent_free(),
                plans.ratio(),
                plans.percent_arrived(),
                plans.percent_clean()
            )
        })
        .collect();
    let Forks {
        count,
        both,
        rarer,
        free,
    } = found.forks;
    format!(
        "{head}\
         One path for each of {TEST} tasks in mazes of a seed from which nothing was learned, in 20 steps from noise; \
         `playground evaluate`. A path counts as free if none of its straight pieces meets a wall; lengths are those of \
         free paths beside A*'s. A point with inertia then follows each path, free or not, by a controller; it arrives if \
         it ends within a quarter of a cell of the goal. In the third row walls push as well and {CHOICE} paths are drawn, of which \
         the first that meets no wall is followed, as in the page; what meets a wall is known from the maze alone. Goals: \
         free 95 %, length 1.2.\n\n\
         | | free | length beside A*'s | the point arrives | without touching a wall |\n|---|---|---|---|---|\n{rows}\n\
         In {count} mazes that are their own mirror images, with two ways that are exactly equally long, 16 paths with \
         walls that push went both ways in {both}; the rarer way was taken by {:.0} % of the free paths in the mean (half \
         would be even). {free:.1} % of them were free.\n",
        100.0 * rarer,
        head = card::head(entry, meta, "", data, &training),
    )
}
