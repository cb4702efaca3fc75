//! `playground evaluate ID`.

use serde_json::json;

use super::{Place, bar::bar, manifest, points, text, write};
use crate::{
    checkpoint::Meta,
    data::{ImageSet, SpaceKind, images},
    error::Result,
    evaluate::{Estimate, negative_log_likelihood},
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
        "PixelCNN, exact (van den Oord et al. 2016)",
    ),
];

pub fn run(id: &str, images: usize, samples: usize, keep: bool, place: &Place) -> Result<()> {
    let opened = place.open(id)?;
    match opened.meta.data.space.kind() {
        SpaceKind::Image => {}
        SpaceKind::Text => return text::run(id, opened, keep, place),
        SpaceKind::Points | SpaceKind::Energy => return points::checkpoint(id, &opened),
    }
    let (model, meta) = (opened.model, opened.meta);
    let set = ImageSet::from_folder(&meta.data.name, &place.data)?;
    if set.info.sha256 != meta.data.sha256 {
        println!("note: this is not the very data that the model was trained on");
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
    let elbo = measure(0)?;
    let is = measure(samples)?;
    let row = |name: &str, e: &Estimate| {
        println!("{name:<12} {:8.2} ± {:.2} nats", e.mean, e.standard_error);
    };
    println!(
        "{id}: {} parameters, {} test images of {}, dynamic binarization with a fixed seed",
        model.num_params(),
        elbo.n,
        meta.data.name
    );
    row("−ELBO", &elbo);
    row(&format!("IS-{samples}"), &is);
    for (_, metric, value, source) in PUBLISHED.iter().filter(|p| p.0 == meta.data.name) {
        println!("{metric:<12} {value:>8}        {source}");
    }
    if keep {
        let mut entry = manifest::model(&place.checkpoints, id)?;
        entry
            .metrics
            .insert("negativeElbo".into(), json!(round(elbo.mean)));
        entry
            .metrics
            .insert(format!("is{samples}"), json!(round(is.mean)));
        entry.metrics.insert("testImages".into(), json!(elbo.n));
        let card = card(&entry, &meta, &elbo, &is, samples);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The card that is served beside the checkpoint.
fn card(
    entry: &manifest::ModelEntry,
    meta: &Meta,
    elbo: &Estimate,
    is: &Estimate,
    samples: usize,
) -> String {
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
         | −ELBO (1 sample) | {elbo:.2} ± {elbo_se:.2} | this checkpoint |\n\
         | −log p(x), {samples} importance samples | {is:.2} ± {is_se:.2} | this checkpoint |\n\
         {published}",
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
        n = elbo.n,
        elbo = elbo.mean,
        elbo_se = elbo.standard_error,
        is = is.mean,
        is_se = is.standard_error,
    )
}
