//! `playground evaluate ID`.

use std::path::Path;

use serde_json::json;

use super::{Place, bar::bar, files::write, idle, manifest, points, terminal::say, text};
use crate::{
    checkpoint::{Meta, Opened},
    data::{ImageSet, SpaceKind, images},
    error::{Error, Result},
    evaluate::{Estimate, negative_log_likelihood},
    model::{DensityKind, DensityOptions, Model},
};

/// Published values to stand beside ours: data set, metric, value, source.
const PUBLISHED: [(&str, &str, &str, &str); 5] = [
    (
        "mnist",
        "IS-5000",
        "86.76",
        "VAE, 1 stochastic layer (Burda et al. 2016, table 1)",
    ),
    (
        "mnist",
        "IS-5000",
        "84.78",
        "IWAE, k = 50 (Burda et al. 2016, table 1)",
    ),
    (
        "mnist",
        "IS-5000",
        "86.35",
        "VAE (github.com/nbip/IWAE, README)",
    ),
    (
        "mnist",
        "−ELBO",
        "86.77",
        "convolutional VAE, 0.97 M (github.com/EugenHotaj/pytorch-generative)",
    ),
    (
        "mnist",
        "−log p",
        "81.30",
        "PixelCNN, exact; on another, fixed binarization, about 2 nats apart (van den Oord et al. 2016)",
    ),
];

/// What is measured, and how.
#[derive(clap::Args)]
pub struct Arguments {
    /// Name of a shipped checkpoint, a .safetensors file, or a recipe of 2-D points (.toml).
    id: String,
    /// Of a recipe: how many seeds, from its own on; 5 without it.
    #[arg(long)]
    seeds: Option<u64>,
    /// Of a recipe: seeds trained at a time; 1 without it.
    #[arg(long)]
    jobs: Option<usize>,
    /// Of a model of images: test images; 10,000 without it.
    #[arg(long)]
    images: Option<usize>,
    /// Of a model of images: importance samples for each; 5000 without it.
    #[arg(long)]
    samples: Option<usize>,
    /// Keep the result: of a shipped checkpoint in the manifest and on its card, of a recipe in
    /// RESULTS.md beside it.
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    place: Place,
}

/// Measure a checkpoint, or train a recipe with several seeds and measure each.
///
/// # Errors
/// What models and data say; [`Error::BadOption`] for an option that would do nothing or measure
/// nothing.
pub fn run(arguments: &Arguments) -> Result<()> {
    let Arguments {
        id, write, place, ..
    } = arguments;
    let within = |name: &str, value: u64, most: u64| match (1..=most).contains(&value) {
        true => Ok(value),
        false => {
            let reason = format!("1 to {most} are possible");
            Err(Error::bad_option(name, value, reason))
        }
    };
    let (seeds, jobs) = (arguments.seeds, arguments.jobs);
    if id.ends_with(".toml") {
        const IMAGES: &str = "only a model of images takes it";
        idle("images", arguments.images, IMAGES)?;
        idle("samples", arguments.samples, IMAGES)?;
        let runs = points::Runs {
            seeds: within("seeds", seeds.unwrap_or(5), 100)?,
            jobs: within("jobs", jobs.unwrap_or(1) as u64, 64)? as usize,
            keep: *write,
        };
        return points::recipe(Path::new(id), &runs, place);
    }
    idle("seeds", seeds, "only a recipe takes it")?;
    idle("jobs", jobs, "only a recipe takes it")?;
    let (images, samples) = (arguments.images, arguments.samples);
    let count = |name, value: usize| within(name, value as u64, 1_000_000).map(|n| n as usize);
    let counts = [
        count("images", images.unwrap_or(10_000))?,
        count("samples", samples.unwrap_or(5000))?,
    ];
    let opened = place.open(id)?;
    let kind = opened.meta.data.space.kind();
    if kind != SpaceKind::Image {
        let why = format!("a model of {} does not take it", kind.name());
        idle("images", images, &why)?;
        idle("samples", samples, &why)?;
    }
    match kind {
        SpaceKind::Image => of_images(id, opened, counts, *write, place),
        SpaceKind::Text => text::run(id, opened, *write, place),
        SpaceKind::Points | SpaceKind::Energy => {
            let why = "results of 2-D points are kept for recipes alone";
            idle("write", write.then_some(true), why)?;
            points::checkpoint(id, &opened, place)
        }
    }
}

fn of_images(
    id: &str,
    opened: Opened,
    [images, samples]: [usize; 2],
    keep: bool,
    place: &Place,
) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let set = ImageSet::from_folder(&meta.data.name, &place.data)?;
    if set.info.sha256 != meta.data.sha256 {
        say!("note: this is not the very data that the model was trained on");
    }
    let measure = |samples: usize| -> Result<Estimate> {
        let bar = bar(images.min(set.test.len()));
        let estimate = pollster::block_on(negative_log_likelihood(
            &*model,
            &set,
            images,
            samples,
            |done, mean| {
                bar.set_position(done as u64);
                bar.set_message(format!("{mean:.2}"));
                true
            },
        ));
        bar.finish_and_clear();
        estimate
    };
    let measured = likelihoods(&*model, samples, measure)?;
    let n = measured.first().map_or(0, |m| m.value.n);
    say!(
        "{id}: {} parameters, {} test images of {}, dynamic binarization with a fixed seed",
        model.num_params(),
        n,
        meta.data.name
    );
    for Measured { short, value, .. } in &measured {
        let (mean, error) = (value.mean, value.standard_error);
        say!("{short:<12} {mean:8.2} ± {error:.2} nats");
    }
    for (_, metric, value, source) in PUBLISHED.iter().filter(|p| p.0 == meta.data.name) {
        say!("{metric:<12} {value:>8}        {source}");
    }
    if let Some(mut entry) = entry {
        for Measured { key, value, .. } in &measured {
            let value = json!(round(value.mean));
            entry.metrics.insert(key.clone(), value);
        }
        entry.metrics.insert("testImages".into(), json!(n));
        let card = card(&entry, &meta, &measured);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// What is measured of a model: the exact value where it has one, else two bounds.
fn likelihoods(
    model: &dyn Model,
    samples: usize,
    measure: impl Fn(usize) -> Result<Estimate>,
) -> Result<Vec<Measured>> {
    let plain = DensityOptions {
        importance_samples: 0,
    };
    let row = |short: &str, key: &str, long: &str, value| Measured {
        short: short.into(),
        key: key.into(),
        long: long.into(),
        value,
    };
    if model.density().map(|d| d.kind(plain)) == Some(DensityKind::Exact) {
        let value = measure(0)?;
        return Ok(vec![row(
            "−log p",
            "negativeLogLikelihood",
            "−log p(x), exact",
            value,
        )]);
    }
    Ok(vec![
        row("−ELBO", "negativeElbo", "−ELBO (1 sample)", measure(0)?),
        row(
            &format!("IS-{samples}"),
            &format!("is{samples}"),
            &format!("−log p(x) ≤, {samples} importance samples"),
            measure(samples)?,
        ),
    ])
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A measured likelihood and what it goes by.
struct Measured {
    short: String,
    key: String,
    long: String,
    value: Estimate,
}

/// The card that is served beside the checkpoint.
fn card(entry: &manifest::ModelEntry, meta: &Meta, measured: &[Measured]) -> String {
    let rows = measured.iter().map(|Measured { long, value, .. }| {
        let (mean, error) = (value.mean, value.standard_error);
        format!("| {long} | {mean:.2} ± {error:.2} | this checkpoint |\n")
    });
    let rows: String = rows.collect();
    let published: String = PUBLISHED
        .iter()
        .filter(|p| p.0 == meta.data.name)
        .map(|(_, metric, value, source)| format!("| {metric} | {value} | {source} |\n"))
        .collect();
    let (data_title, data_source) = match images::known(&meta.data.name) {
        Ok(set) => (set.title, set.source),
        Err(_) => (meta.data.name.as_str(), "unknown source"),
    };
    format!(
        "# {id}\n\n\
         {title}. Family `{family}`, {parameters} parameters, latent size {latent}.\n\n\
         - **Data**: {data_title} ({data_source}), 60,000 training and 10,000 test images; SHA-256 \
         of the four files in order: `{data_hash}`.\n\
         - **Recipe**: `recipes/{id}.toml`, seed {seed}.\n\
         - **Training**: {step} steps, {epochs:.0} epochs, {minutes:.0} minutes on the CPU; \
         config `{config}`, training `{train}`.\n\
         - **File**: `{file}`, {bytes} bytes, half precision, SHA-256 `{sha}`.\n\
         - **Licence of the weights**: {licence}.\n\n\
         ## Measured\n\n\
         The first {n} test images, binarized once with the fixed seed of \
         `playground evaluate` (dynamic binarization: x ~ Bernoulli(pixel)); nats per image, ± one \
         standard error over images. Lower is better.\n\n\
         | metric | value | |\n|---|---|---|\n\
         {rows}{published}",
        id = entry.id,
        title = entry.title,
        family = entry.family,
        parameters = entry.parameters,
        latent = entry.latent_dim,
        data_hash = meta.data.sha256,
        seed = meta.seed,
        step = meta.step,
        epochs = meta.seen as f64 / 60_000.0,
        minutes = meta.seconds / 60.0,
        config = meta.config,
        train = meta.train,
        file = entry.file,
        bytes = entry.bytes,
        sha = entry.sha256,
        licence = entry.licence,
        n = measured.first().map_or(0, |m| m.value.n),
    )
}
