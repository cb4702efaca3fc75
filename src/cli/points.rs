//! `playground evaluate` for models of 2-D points: one checkpoint, or a recipe trained with several
//! seeds.

use std::{
    path::Path,
    rc::Rc,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{
    Place, note_other_data,
    recipe::Recipe,
    results::{self, Row, median, published},
    terminal::{self, say},
};
use serde_json::Value;

use crate::{
    checkpoint::Opened,
    data::{DataInfo, PointSet},
    device,
    error::{Error, Result},
    evaluate::points::{Metric, Protocol, of_real_points, report},
    training::Trainer,
};

/// Natively nothing else waits for the thread.
fn pause() -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(std::future::ready(()))
}

/// The points that a model learned from: a toy is made again, a reader's own are read again.
fn points_of(data: &DataInfo, seed: u64, place: &Place) -> Result<PointSet> {
    if PointSet::is_toy(&data.name) {
        return PointSet::toy(&data.name, &data.options, seed);
    }
    let set = PointSet::from_folder(&data.name, &place.data).map_err(|error| match error {
        Error::FileNotFound { path } => Error::BadPoints {
            reason: format!(
                "a model does not hold those that it learned from, and there is no {path}"
            ),
            hint: "Put the table there, or say by --data where its folder is.".into(),
        },
        other => other,
    })?;
    note_other_data(&set.info, data);
    Ok(set)
}

/// Measure one model.
pub fn checkpoint(id: &str, opened: &Opened, place: &Place) -> Result<()> {
    let data = &opened.meta.data;
    let set = points_of(data, opened.meta.seed, place)?;
    let (model, seed) = (&*opened.model, opened.meta.seed);
    let metrics = pollster::block_on(report(model, &set, Protocol::FULL, seed, pause, None))?;
    say!(
        "{id}: {}, {} parameters, {} steps on {}",
        model.title(),
        model.num_params(),
        opened.meta.step,
        data.name
    );
    for m in &metrics {
        let error = m.standard_error.map(|e| format!(" ± {e:.3}"));
        say!(
            "{:<40} {}{}{} {}",
            m.title,
            at_most(m),
            shown(m.value, m.digits),
            error.unwrap_or_default(),
            m.unit
        );
        for line in published(&data.name, m.id) {
            say!("{:<40} {line}", "");
        }
    }
    Ok(())
}

/// How a recipe is trained and measured again and again.
pub struct Runs {
    /// How many seeds, from the recipe's own on.
    pub seeds: u64,
    /// How many at a time.
    pub jobs: usize,
    /// Whether to keep the result in RESULTS.md beside the recipe.
    pub keep: bool,
    /// Whether it is to choose a recipe by: see [`Dataset::for_choice`](crate::data::Dataset::for_choice).
    pub choose: bool,
}

/// What one seed came to.
struct Run {
    seed: u64,
    seconds: f64,
    parameters: usize,
    metrics: Vec<Metric>,
}

/// Train `path` with several seeds, measure each and print the means.
pub fn recipe(path: &Path, runs: &Runs, place: &Place) -> Result<()> {
    let recipe = Recipe::read(path)?;
    let kind = recipe.load(path, recipe.seed, place)?.info().space.kind();
    if !kind.in_plane() {
        return Err(Error::BadRecipe {
            path: path.display().to_string(),
            reason: "only recipes of 2-D points are trained for an evaluation".into(),
        });
    }
    device::native(&place.device)?;
    let next = AtomicU64::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..runs.jobs.clamp(1, 64) {
            scope.spawn(|| {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    // Nobody waits for what is neither read nor kept.
                    if i >= runs.seeds || terminal::is_closed() && !runs.keep {
                        return;
                    }
                    let run = one(&recipe, path, recipe.seed + i, runs.choose, place);
                    if let Ok(run) = &run {
                        say!("{}", line(run));
                    }
                    // A poisoned lock would mean a panic while pushing.
                    if let Ok(mut done) = done.lock() {
                        done.push(run);
                    }
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_default();
    let mut done = done.into_iter().collect::<Result<Vec<Run>>>()?;
    done.sort_by_key(|run| run.seed);
    let Some(first) = done.first() else {
        return Ok(());
    };
    let seconds = median(done.iter().map(|run| run.seconds));
    say!(
        "{}: {} on {}, {} parameters, {} seeds, {seconds:.0} s each (median)",
        recipe.id,
        recipe.family,
        recipe.data,
        first.parameters,
        done.len()
    );
    let rows: Vec<Row> = rows(&recipe, &done, seconds);
    for row in &rows {
        say!(
            "{:<40} {:<22} {}",
            row.metric,
            row.mean(),
            results::verdict(&recipe, row)
        );
        for line in published(&recipe.data, results::id_of(&row.metric)) {
            say!("{:<40} {line}", "");
        }
    }
    if runs.keep {
        let file = path.with_file_name("RESULTS.md");
        results::keep(&file, &rows, place)?;
        say!("kept in {}", file.display());
    }
    Ok(())
}

/// What the seeds of a recipe came to, metric by metric.
fn rows(recipe: &Recipe, done: &[Run], seconds: f64) -> Vec<Row> {
    let metrics = done.first().map_or(&[][..], |run| &run.metrics);
    let row = |(i, m): (usize, &Metric)| Row {
        recipe: recipe.id.clone(),
        family: recipe.family.clone(),
        data: recipe.data.clone(),
        metric: m.title.clone(),
        unit: m.unit.into(),
        values: done
            .iter()
            .map(|run| shown(run.metrics[i].value, m.digits))
            .collect(),
        seconds: format!("{seconds:.0}"),
    };
    metrics.iter().enumerate().map(row).collect()
}

/// Measure real points of a toy as if they were samples: what a perfect sampler would come to.
pub fn real(data: &str, runs: &Runs, place: &Place) -> Result<()> {
    let mut all: Vec<Vec<Metric>> = Vec::new();
    for seed in 1..=runs.seeds {
        let set = PointSet::toy(data, &Value::Null, seed)?;
        let metrics = of_real_points(&set, Protocol::FULL, seed);
        if metrics.is_empty() {
            return Err(Error::bad_option(
                "id",
                data,
                "an energy has no points to be measured",
            ));
        }
        all.push(metrics);
    }
    let first = all.first().map_or(&[][..], |metrics| metrics);
    let rows: Vec<Row> = first
        .iter()
        .enumerate()
        .map(|(i, m)| {
            let values = all
                .iter()
                .map(|metrics| shown(metrics[i].value, m.digits))
                .collect();
            Row::of_real_points(data, &m.title, m.unit, values)
        })
        .collect();
    say!(
        "{data}: real points against real points, {} seeds",
        runs.seeds
    );
    for row in &rows {
        say!("{:<40} {}", row.metric, row.mean());
    }
    if runs.keep {
        let path = Path::new("recipes/points/RESULTS.md");
        results::keep(path, &rows, place)?;
        say!("kept in {}", path.display());
    }
    Ok(())
}

fn one(recipe: &Recipe, path: &Path, seed: u64, choose: bool, place: &Place) -> Result<Run> {
    let start = Instant::now();
    let device = device::native(&place.device)?;
    let data = recipe.load(path, seed, place)?;
    let data = Rc::new(if choose { data.for_choice() } else { data });
    let (config, train) = recipe.options(data.info())?;
    let family = &recipe.family;
    let mut trainer = Trainer::new(family, &config, train, data.clone(), seed, &device)?;
    pollster::block_on(trainer.run(500, |_, _| Ok(true)))?;
    let seconds = start.elapsed().as_secs_f64();
    let model = trainer.averaged();
    let metrics = pollster::block_on(report(
        &*model,
        data.points()?,
        Protocol::FULL,
        seed,
        pause,
        None,
    ))?;
    Ok(Run {
        seed,
        seconds,
        parameters: model.num_params(),
        metrics,
    })
}

/// What stands before an upper bound.
fn at_most(m: &Metric) -> &'static str {
    if m.at_most { "≤ " } else { "" }
}

fn line(run: &Run) -> String {
    let parts = run.metrics.iter().map(|m| {
        let error = m.standard_error.map(|e| format!("±{e:.3}"));
        let error = error.unwrap_or_default();
        format!("{} {}{}{error}", m.id, at_most(m), shown(m.value, m.digits))
    });
    let parts: Vec<_> = parts.collect();
    let (seed, seconds) = (run.seed, run.seconds);
    format!("seed {seed} {seconds:.0} s  {}", parts.join("  "))
}

fn shown(value: f64, digits: u32) -> String {
    match value.is_finite() {
        true => format!("{value:.*}", digits as usize),
        false => "none".into(),
    }
}
