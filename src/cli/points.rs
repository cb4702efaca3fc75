//! `playground evaluate` for models of 2-D points: one checkpoint, or a recipe trained with several
//! seeds.

use std::{
    collections::BTreeMap,
    path::Path,
    rc::Rc,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{
    Place,
    files::{Output, read},
    recipe::Recipe,
    terminal::{self, say},
};
use crate::{
    checkpoint::Opened,
    data::{DataInfo, PointSet, SpaceKind},
    device,
    error::{Error, Result},
    evaluate::points::{Metric, Protocol, report},
    training::Trainer,
};

/// Published values: data set, metric, value, source.
const PUBLISHED: [(&str, &str, &str, &str); 16] = [
    ("ring", "modes", "7.9", PAC_2),
    ("ring", "highQuality", "95.6", PAC_2),
    ("ring", "modeKl", "0.07", PAC_2),
    ("ring", "modes", "6.3", GAN),
    ("ring", "highQuality", "98.2", GAN),
    ("ring", "modeKl", "0.45", GAN),
    ("grid", "modes", "24.8", PAC_4),
    ("grid", "highQuality", "93.6", PAC_4),
    ("grid", "modeKl", "0.04", PAC_4),
    ("grid", "modes", "17.3", GAN),
    ("grid", "highQuality", "94.8", GAN),
    ("grid", "modeKl", "0.70", GAN),
    ("circle", "knnKl", "0.354", DIFFUSION),
    ("dino", "knnKl", "0.989", DIFFUSION),
    ("line", "knnKl", "0.161", DIFFUSION),
    ("moons-tight", "knnKl", "0.090", DIFFUSION),
];
const PAC_2: &str = "PacGAN2 (Lin et al. 2018)";
const PAC_4: &str = "PacGAN4 (Lin et al. 2018)";
const GAN: &str = "GAN (Lin et al. 2018)";
const DIFFUSION: &str = "DDPM, 0.30 M (github.com/SakanaAI/AI-Scientist, 2d_diffusion)";

fn published(data: &str, metric: &str) -> Vec<String> {
    let found = PUBLISHED.iter().filter(|p| p.0 == data && p.1 == metric);
    found.map(|p| format!("{} {}", p.2, p.3)).collect()
}

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
    if set.info.sha256 != data.sha256 {
        say!("note: this is not the very data that the model was trained on");
    }
    Ok(set)
}

/// Measure one model.
pub fn checkpoint(id: &str, opened: &Opened, place: &Place) -> Result<()> {
    let data = &opened.meta.data;
    let set = points_of(data, opened.meta.seed, place)?;
    let (model, seed) = (&*opened.model, opened.meta.seed);
    let metrics = pollster::block_on(report(model, &set, Protocol::FULL, seed, pause))?;
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
            "{:<40} {}{} {}",
            m.title,
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
}

/// What one seed came to.
struct Run {
    seed: u64,
    seconds: f64,
    parameters: usize,
    metrics: Vec<Metric>,
}

/// Train `path` with several seeds, measure each and print the medians.
pub fn recipe(path: &Path, runs: &Runs, place: &Place) -> Result<()> {
    let recipe = Recipe::read(path)?;
    let kind = recipe.load(path, recipe.seed, place)?.info().space.kind();
    if !matches!(kind, SpaceKind::Points | SpaceKind::Energy) {
        return Err(Error::BadRecipe {
            path: path.display().to_string(),
            reason: "only recipes of 2-D points are trained for an evaluation".into(),
        });
    }
    device::native(&place.device)?;
    let results = path.with_file_name("RESULTS.md");
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
                    let run = one(&recipe, path, recipe.seed + i, place);
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
    let mut rows = Vec::new();
    for (i, m) in first.metrics.iter().enumerate() {
        let values: Vec<f64> = done.iter().map(|run| run.metrics[i].value).collect();
        let middle = median(values.iter().copied());
        let verdict = verdict(&recipe, m.id, middle);
        let middle = format!("{} {}", shown(middle, m.digits), m.unit);
        say!("{:<40} {middle:<14} {verdict}", m.title);
        let others = published(&recipe.data, m.id);
        for line in &others {
            say!("{:<40} {line}", "");
        }
        let all: Vec<_> = values.iter().map(|&v| shown(v, m.digits)).collect();
        rows.push(format!(
            "| {} | {} | {} | {} | {} | {} | {verdict} | {} | {seconds:.0} |",
            recipe.id,
            recipe.family,
            recipe.data,
            m.title,
            middle.trim(),
            all.join(", "),
            others.join("; ")
        ));
    }
    if runs.keep {
        keep(&results, &recipe.id, &rows)?;
        say!("kept in {}", results.display());
    }
    Ok(())
}

/// Whether a median meets the recipe's goal; nothing where it names none.
fn verdict(recipe: &Recipe, id: &str, median: f64) -> String {
    let Some(&goal) = recipe.goals.get(id) else {
        return String::new();
    };
    let (more, met) = match id {
        "modes" | "highQuality" => ("≥", median >= goal),
        _ => ("≤", median <= goal),
    };
    format!("{more} {goal}, {}", if met { "met" } else { "missed" })
}

fn one(recipe: &Recipe, path: &Path, seed: u64, place: &Place) -> Result<Run> {
    let start = Instant::now();
    let device = device::native(&place.device)?;
    let data = Rc::new(recipe.load(path, seed, place)?);
    let (config, train) = recipe.options(data.info())?;
    let family = &recipe.family;
    let mut trainer = Trainer::new(family, &config, train, data.clone(), seed, &device)?;
    pollster::block_on(trainer.run(500, |_, _| Ok(true)))?;
    let seconds = start.elapsed().as_secs_f64();
    let model = trainer.averaged();
    let metrics = pollster::block_on(report(&*model, data.points()?, Protocol::FULL, seed, pause))?;
    Ok(Run {
        seed,
        seconds,
        parameters: model.num_params(),
        metrics,
    })
}

fn line(run: &Run) -> String {
    let parts = run.metrics.iter().map(|m| {
        let error = m.standard_error.map(|e| format!("±{e:.3}"));
        let error = error.unwrap_or_default();
        format!("{} {}{error}", m.id, shown(m.value, m.digits))
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

/// The middle value; what is not a number counts as the worst.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values
        .map(|v| if v.is_nan() { f64::INFINITY } else { v })
        .collect();
    values.sort_by(f64::total_cmp);
    match (values.len(), values.len() / 2) {
        (0, _) => f64::NAN,
        (n, middle) if n % 2 == 1 => values[middle],
        (_, middle) => 0.5 * (values[middle - 1] + values[middle]),
    }
}

const HEAD: &str = "# Measured

Written by `playground evaluate recipes/points/NAME.toml --seeds 5 --write`. Each seed trains the recipe
anew; the median and every seed's value are kept, in the order of the seeds. Held-out: 20,000 points.
Modes: 2,500 samples, high quality within 3σ of the nearest centre. k-NN KL: 100,000 real points against
10,000 samples, k = 5, maximum norm, in bits as NPEET's `kldiv` gives it.

| recipe | family | data | metric | median | each seed | goal | published | seconds of training |
|---|---|---|---|---|---|---|---|---|
";

/// Put or replace the rows of one recipe.
fn keep(path: &Path, id: &str, rows: &[String]) -> Result<()> {
    let output = Output::wait_for(path)?;
    let old = match read(path) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(Error::FileNotFound { .. }) => String::new(),
        Err(error) => return Err(error),
    };
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let body = old.lines().skip_while(|line| !line.starts_with("|---"));
    for line in body.skip(1).filter(|line| line.starts_with("| ")) {
        let name = line.split('|').nth(1).unwrap_or_default().trim();
        all.entry(name.into()).or_default().push(line.into());
    }
    all.insert(id.into(), rows.to_vec());
    let body: Vec<String> = all.into_values().flatten().collect();
    output.write(format!("{HEAD}{}\n", body.join("\n")).as_bytes())
}
