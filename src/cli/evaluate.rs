//! `playground evaluate ID`.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{
    Place, acting, bar::bar, card, classifier, clips, files::write, functions, groove, idle,
    imagining, manifest, masked, note_other_data, planning, points, sample::add_options, score,
    terminal::say, text, translation,
};
use crate::{
    checkpoint::{Meta, Opened},
    data::{Binarize, ImageSet, PointSet, SpaceKind, images, scenes},
    error::{Error, Result},
    evaluate::{
        Estimate,
        fidelity::fidelity,
        letters::letters,
        matcher::Matcher,
        negative_log_likelihood, pictures,
        prompts::{edited, obeyed},
    },
    model::{DensityKind, DensityOptions, Model, TrainConfig},
    options::Options,
};

/// Published values to stand beside ours: data set, metric, numbers in the latent code (0 without one), value,
/// source. They stand beside measurements by the same protocol of models with as large a code.
const PUBLISHED: [Published; 5] = [
    (
        "mnist",
        "IS-5000",
        50,
        "86.76",
        "VAE, 1 stochastic layer (Burda et al. 2016, table 1)",
    ),
    (
        "mnist",
        "IS-5000",
        50,
        "84.78",
        "IWAE, k = 50 (Burda et al. 2016, table 1)",
    ),
    (
        "mnist",
        "IS-5000",
        50,
        "86.35",
        "VAE (github.com/nbip/IWAE, README)",
    ),
    (
        "mnist",
        "−ELBO",
        50,
        "86.77",
        "convolutional VAE, 0.97 M (github.com/EugenHotaj/pytorch-generative)",
    ),
    (
        "mnist",
        "−log p",
        0,
        "81.30",
        "PixelCNN, exact; on another, fixed binarization, about 2 nats apart (van den Oord et al. 2016)",
    ),
];

/// What is measured, and how.
#[derive(clap::Args)]
pub struct Arguments {
    /// Name of a shipped checkpoint, a .safetensors file, a recipe of 2-D points (.toml), or a toy data set, of
    /// which fresh points are measured as if they were samples.
    id: String,
    /// Of a recipe or a toy: how many seeds, of a recipe from its own on; 5 without it.
    #[arg(long)]
    seeds: Option<u64>,
    /// Of a recipe: measure on other points than those held out, to choose the recipe by.
    #[arg(long)]
    choose: bool,
    /// Of a recipe: seeds trained at a time; 1 without it.
    #[arg(long)]
    jobs: Option<usize>,
    /// Of a model of images: test images; 10,000 without it.
    #[arg(long)]
    images: Option<usize>,
    /// Of a model of images: importance samples for each; without it 5000 of a latent code, 8 of the noise
    /// between two levels.
    #[arg(long)]
    samples: Option<usize>,
    /// Of a model of images: how many of its own are compared with the test images by the classifier
    /// of their set; 10,000 without it, 0 for none.
    #[arg(long)]
    drawn: Option<usize>,
    /// Of a model of images: how strongly these follow their class.
    #[arg(long)]
    guidance: Option<f64>,
    /// An option of the sampler that draws them, for example steps=50; may be given several times.
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<String>,
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
    if id.ends_with(".toml") || PointSet::is_toy(id) {
        const IMAGES: &str = "only a model of images takes it";
        idle("images", arguments.images, IMAGES)?;
        idle("samples", arguments.samples, IMAGES)?;
        let runs = points::Runs {
            seeds: within("seeds", seeds.unwrap_or(5), 100)?,
            jobs: within("jobs", jobs.unwrap_or(1) as u64, 64)? as usize,
            keep: *write,
            choose: arguments.choose,
        };
        if arguments.choose {
            let why = "what a recipe is chosen by is not kept beside what it is judged by";
            idle("write", write.then_some(true), why)?;
        }
        if PointSet::is_toy(id) {
            idle("jobs", jobs, "only a recipe takes it")?;
            idle(
                "choose",
                arguments.choose.then_some(true),
                "only a recipe takes it",
            )?;
            return points::real(id, &runs, place);
        }
        return points::recipe(Path::new(id), &runs, place);
    }
    idle("seeds", seeds, "only a recipe or a toy takes it")?;
    idle("jobs", jobs, "only a recipe takes it")?;
    idle(
        "choose",
        arguments.choose.then_some(true),
        "only a recipe takes it",
    )?;
    let opened = place.open(id)?;
    let kind = opened.meta.data.space.kind();
    if !matches!(kind, SpaceKind::Image | SpaceKind::Video) {
        let why = format!("a model of {} does not take it", kind.name());
        idle("images", arguments.images, &why)?;
        idle("samples", arguments.samples, &why)?;
        idle("drawn", arguments.drawn, &why)?;
        idle("guidance", arguments.guidance, &why)?;
        idle("option", arguments.options.first(), &why)?;
    }
    match kind {
        SpaceKind::Image => {
            let count = |name, value: Option<usize>, otherwise: usize| {
                within(name, value.unwrap_or(otherwise) as u64, 1_000_000)
            };
            count("images", arguments.images, 10_000)?;
            count("samples", arguments.samples, 1)?;
            of_images(opened, arguments)
        }
        SpaceKind::Video => clips(opened, arguments),
        SpaceKind::Score => score::run(id, opened, *write, place),
        SpaceKind::Groove => groove::run(id, opened, *write, place),
        SpaceKind::Text if opened.model.masked().is_some() => {
            masked::run(id, opened, *write, place)
        }
        SpaceKind::Functions => functions::run(id, opened, *write, place),
        SpaceKind::Text => text::run(id, opened, *write, place),
        SpaceKind::Pairs => translation::run(id, opened, *write, place),
        SpaceKind::Episodes if opened.model.imagining().is_some() => {
            imagining::run(id, opened, *write, place)
        }
        SpaceKind::Episodes => acting::run(id, opened, *write, place),
        SpaceKind::Paths => planning::run(id, opened, *write, place),
        SpaceKind::Points | SpaceKind::Classes | SpaceKind::Energy => {
            let why = "results of 2-D points are kept for recipes alone";
            idle("write", write.then_some(true), why)?;
            points::checkpoint(id, &opened, place)
        }
    }
}

fn clips(opened: Opened, arguments: &Arguments) -> Result<()> {
    let why = "a model of clips does not take it";
    idle("images", arguments.images, why)?;
    idle("samples", arguments.samples, why)?;
    let mut options = Map::new();
    add_options(&mut options, &arguments.options)?;
    let wish = clips::Wish {
        id: &arguments.id,
        options: &Value::Object(options),
        count: arguments.drawn,
        guidance: arguments.guidance,
        keep: arguments.write,
    };
    clips::run(opened, &wish, &arguments.place)
}

fn of_images(opened: Opened, arguments: &Arguments) -> Result<()> {
    let Arguments { id, place, .. } = arguments;
    let entry = arguments
        .write
        .then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let set = place.images(&meta.data)?;
    note_other_data(&set.info, &meta.data);
    say!(
        "{id}: {} parameters, {}",
        model.num_params(),
        meta.data.name
    );
    let binarize = TrainConfig::from_json(&meta.train)?.binarize;
    let mut measured = likelihoods(&*model, &set, binarize, arguments)?;
    match set.info.together() {
        1 => measured.extend(fidelities(&*model, &set, arguments)?),
        _ => measured.extend(alphabets(&*model, &set)?),
    }
    if scenes::is_scenes(&meta.data.name) {
        measured.extend(prompts(&*model, arguments)?);
    }
    measured.extend(named(&*model, &set, arguments)?);
    for Measured { short, text, .. } in &measured {
        say!("{short:<20} {text}");
    }
    let latent = model.latent().map_or(0, |l| l.latent_dim());
    let published = published(&meta.data.name, latent, &measured);
    for (_, metric, _, value, source) in &published {
        say!("{metric:<20} {value:>8}        {source}");
    }
    if let Some(mut entry) = entry {
        for Measured { key, value, .. } in &measured {
            entry.metrics.insert(key.clone(), value.clone());
        }
        let card = page(&entry, &meta, &measured, &published, &set);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// A published value: see [`PUBLISHED`].
type Published = (
    &'static str,
    &'static str,
    usize,
    &'static str,
    &'static str,
);

/// Published likelihoods of the data, to stand beside measured ones.
fn published(data: &str, latent: usize, measured: &[Measured]) -> Vec<Published> {
    let like =
        |p: &&Published| p.0 == data && p.2 == latent && measured.iter().any(|m| m.short == p.1);
    PUBLISHED.iter().filter(like).copied().collect()
}

/// What is measured of a model's likelihood: the exact value where it has one, else two bounds; nothing
/// of a model without a density.
fn likelihoods(
    model: &dyn Model,
    set: &ImageSet,
    binarize: Binarize,
    arguments: &Arguments,
) -> Result<Vec<Measured>> {
    let usual = if model.latent().is_some() { 5000 } else { 8 };
    let (images, samples) = (
        arguments.images.unwrap_or(10_000).min(set.test.len()),
        arguments.samples.unwrap_or(usual),
    );
    let measure = |samples: usize| -> Result<Estimate> {
        let bar = bar(images);
        let estimate = pollster::block_on(negative_log_likelihood(
            model,
            set,
            binarize,
            (images, samples),
            |done, mean| {
                bar.set_position(done as u64);
                bar.set_message(format!("{mean:.2}"));
                true
            },
        ));
        bar.finish_and_clear();
        estimate
    };
    let plain = DensityOptions {
        importance_samples: 0,
    };
    let row = |short: &str, key: &str, long: &str, of: Estimate| Measured {
        short: short.into(),
        key: key.into(),
        long: long.into(),
        text: format!(
            "{:.2} ± {:.2} nats{}",
            of.mean,
            of.standard_error,
            bits(of.mean, set, binarize)
        ),
        value: json!(round(of.mean)),
    };
    let mut rows = match model.density().map(|d| d.kind(plain)) {
        None => return Ok(Vec::new()),
        Some(DensityKind::Exact) => vec![row(
            "−log p",
            "negativeLogLikelihood",
            "−log p(x), exact",
            measure(0)?,
        )],
        Some(_) => vec![
            row("−ELBO", "negativeElbo", "−ELBO (1 sample)", measure(0)?),
            row(
                &format!("IS-{samples}"),
                &format!("is{samples}"),
                &format!("−log p(x) ≤, {samples} importance samples"),
                measure(samples)?,
            ),
        ],
    };
    rows.push(Measured {
        short: "test images".into(),
        key: "testImages".into(),
        long: match binarize {
            Binarize::Dynamic => {
                "the first test images, binarized once with the fixed seed of `playground evaluate` \
                 (dynamic binarization: x ~ Bernoulli(pixel))"
            }
            Binarize::None => "the first test images, as grey as the model's levels",
        }
        .into(),
        text: images.to_string(),
        value: json!(images),
    });
    Ok(rows)
}

/// How well a model of scenes paints what it is told.
fn prompts(model: &dyn Model, arguments: &Arguments) -> Result<Vec<Measured>> {
    let count = arguments.drawn.unwrap_or(1000);
    if count == 0 {
        return Ok(Vec::new());
    }
    let (options, how) = how(arguments)?;
    let measure = |seen: bool| {
        let bar = bar(count);
        let share = pollster::block_on(obeyed(
            model,
            seen,
            &options,
            (count, arguments.guidance),
            |done| {
                bar.set_position(done as u64);
                true
            },
        ));
        bar.finish_and_clear();
        share
    };
    let row = |short: &str, key: &str, of: &str, share: f64| Measured {
        short: short.into(),
        key: key.into(),
        long: format!(
            "share of {count} sentences {of} that their picture satisfies in full ({how})"
        ),
        text: format!("{share:.3}"),
        value: json!((share * 1000.0).round() / 1000.0),
    };
    let (shown, new) = (
        "of pairs shown in training",
        "with a pair never shown in training",
    );
    let (seen, unseen) = (measure(true)?, measure(false)?);
    let bar = bar(count);
    let words = scenes::words::vocabulary();
    let changed = pollster::block_on(edited(model, &words, &options, count, |done| {
        bar.set_position(done as u64);
        true
    }))?;
    bar.finish_and_clear();
    let anywhere = |of: &str| format!("{of}, wherever their things are,");
    Ok(vec![
        row("obeyed, seen", "obeyedSeen", shown, seen.whole),
        row(
            "the things, seen",
            "thingsSeen",
            &anywhere(shown),
            seen.things,
        ),
        row("obeyed, unseen", "obeyedUnseen", new, unseen.whole),
        row(
            "the things, unseen",
            "thingsUnseen",
            &anywhere(new),
            unseen.things,
        ),
        Measured {
            short: "changed as told".into(),
            key: "wordsChanged".into(),
            long: format!(
                "share of {count} changes of one thing's colour, asked for in words, after which all of the \
                 picture is as it should be ({how})"
            ),
            text: format!("{changed:.3}"),
            value: json!((changed * 1000.0).round() / 1000.0),
        },
    ])
}

/// The sampler's options, and in words.
fn how(arguments: &Arguments) -> Result<(Value, String)> {
    let mut options = Map::new();
    add_options(&mut options, &arguments.options)?;
    let how = options
        .iter()
        .map(|(name, value)| format!("{name} {value}"));
    let mut how: Vec<String> = how.collect();
    how.extend(arguments.guidance.map(|g| format!("guidance {g}")));
    let how = match how.is_empty() {
        true => "its sampler's defaults".into(),
        false => how.join(", "),
    };
    Ok((Value::Object(options), how))
}

/// Letters that a model is shown of a hand: as many as a reader can give, and one.
const SHOWN: [usize; 2] = [3, 1];

/// How well a model makes the letters of held-out hands, where there is a classifier that reads them.
fn alphabets(model: &dyn Model, set: &ImageSet) -> Result<Vec<Measured>> {
    let Some(classifier) = classifier::open(set)? else {
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    for shown in SHOWN {
        let bar = bar(set.test.len() / set.info.classes.len().max(1));
        let found = pollster::block_on(letters(model, &classifier, set, shown, |done| {
            bar.set_position(done as u64);
            true
        }));
        bar.finish_and_clear();
        let found = found?;
        let mut row = |short: &str, key: &str, long: String, share: f64| {
            rows.push(Measured {
                short: format!("{short}, {shown} shown"),
                key: format!("{key}{shown}"),
                long,
                text: format!("{share:.3}"),
                value: json!((share * 1000.0).round() / 1000.0),
            });
        };
        let count = found.count;
        row(
            "read",
            "lettersRead",
            format!(
                "share of {count} made letters of held-out hands, {shown} shown of each, that the classifier \
                 reads as what they are to be"
            ),
            found.read,
        );
        row(
            "read, true",
            "lettersReadTrue",
            "the same of the true letters".into(),
            found.read_true,
        );
        row(
            "nearer",
            "lettersNearer",
            "share of the made letters nearer to the true one than to that of another held-out hand".into(),
            found.nearer,
        );
    }
    Ok(rows)
}

/// Strengths by which pictures are brought over into another hand.
const STRENGTHS: [f32; 3] = [0.2, 0.4, 0.6];

/// How well a model makes pictures of what it is told in hands in which it has not seen them, where there is a
/// matcher that judges them.
fn named(model: &dyn Model, set: &ImageSet, arguments: &Arguments) -> Result<Vec<Measured>> {
    let Some(matcher) = classifier::open_matcher(set)? else {
        return Ok(Vec::new());
    };
    let all = pictures::held_out(set);
    let all = &all[..arguments.drawn.unwrap_or(all.len()).min(all.len())];
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let (options, how) = how(arguments)?;
    // A model that takes hands alone is told no names.
    if model
        .sampler(&options, &pictures::asked(&all[0], set, None), 1, 0)
        .is_err()
    {
        return Ok(Vec::new());
    }
    let (n, first, of) = (all.len(), pictures::FIRST, pictures::CANDIDATES);
    let mut rows = Vec::new();
    let mut row = |short: String, key: String, long: String, share: f64| {
        rows.push(Measured {
            short,
            key,
            long,
            text: format!("{share:.3}"),
            value: json!((share * 1000.0).round() / 1000.0),
        });
    };
    let judge =
        |made: Option<&[Vec<f32>]>| pollster::block_on(pictures::judge(&matcher, set, all, made));
    let truth = judge(None)?;
    let bar = bar(n);
    let tick = |done: usize| {
        bar.set_position(done as u64);
        true
    };
    let options = &options;
    let guidance = arguments.guidance;
    let made = pollster::block_on(pictures::made(model, set, all, options, guidance, tick))?;
    let found = judge(Some(&made))?;
    row(
        "found".into(),
        "namesFound".into(),
        format!(
            "share of {n} pictures, each made by a name in a hand in which it was never shown ({how}), of which the \
             matcher has the right name among the first {first} of {of}"
        ),
        found.found,
    );
    row(
        "found, true".into(),
        "namesFoundTrue".into(),
        "the same of the true pictures".into(),
        truth.found,
    );
    row(
        "hand".into(),
        "handsRight".into(),
        "share of them which the matcher takes for the hand that was asked for".into(),
        found.hand,
    );
    row(
        "hand, true".into(),
        "handsRightTrue".into(),
        "the same of the true pictures".into(),
        truth.hand,
    );
    row(
        "nearer".into(),
        "namesNearer".into(),
        "share of them nearer to the true picture than the nearest that was shown of the same name"
            .into(),
        found.nearer,
    );
    for strength in STRENGTHS {
        let made = pictures::restyled(model, set, all, strength, tick);
        let found = judge(Some(&pollster::block_on(made)?))?;
        let percent = (100.0 * strength).round();
        let at = format!("by {percent} % of noise");
        for (key, what, share) in [
            (
                "Found",
                format!("of which the matcher has the right name among the first {first} of {of}"),
                found.found,
            ),
            (
                "Hand",
                "which the matcher takes for the hand that was asked for".into(),
                found.hand,
            ),
            (
                "Nearer",
                "nearer to the true picture than the nearest that was shown of the same name"
                    .into(),
                found.nearer,
            ),
        ] {
            row(
                format!("restyled {percent}, {}", key.to_lowercase()),
                format!("restyled{key}{percent}"),
                format!("share of {n} pictures, brought over from another hand {at}, {what}"),
                share,
            );
        }
    }
    bar.finish_and_clear();
    Ok(rows)
}

/// How much like the data samples are, where there is a classifier of the data.
fn fidelities(model: &dyn Model, set: &ImageSet, arguments: &Arguments) -> Result<Vec<Measured>> {
    // A likelihood says more; who wants both asks for both.
    let otherwise = match model.density() {
        Some(_) => 0,
        None => set.train.len().min(10_000),
    };
    let count = arguments.drawn.unwrap_or(otherwise);
    let classifier = match classifier::open(set)? {
        None => classifier::open_matcher(set)?.map(Matcher::into_classifier),
        found => found,
    };
    let Some(classifier) = classifier.filter(|_| count > 1) else {
        return Ok(Vec::new());
    };
    let (options, how) = how(arguments)?;
    let bar = bar(count);
    let found = pollster::block_on(fidelity(
        model,
        &classifier,
        set,
        &options,
        (count, arguments.guidance),
        |done| {
            bar.set_position(done as u64);
            true
        },
    ));
    bar.finish_and_clear();
    let found = found?;
    let row = |short: &str, key: &str, long: String, value: f64| Measured {
        short: short.into(),
        key: key.into(),
        long,
        text: format!("{value:.3}"),
        value: json!((value * 1000.0).round() / 1000.0),
    };
    let mut rows = vec![
        row(
            "Fréchet",
            "frechet",
            format!("Fréchet distance of {count} samples ({how}) to the test images"),
            found.frechet,
        ),
        row(
            "floor",
            "frechetFloor",
            format!("the same of {count} training images, the floor"),
            found.floor,
        ),
        row(
            "over the floor",
            "frechetOverFloor",
            "the one over the other".into(),
            found.frechet / found.floor,
        ),
        row(
            "largest share",
            "largestShare",
            "largest share of a class × classes".into(),
            found.most,
        ),
        row(
            "smallest share",
            "smallestShare",
            "smallest share of a class × classes".into(),
            found.least,
        ),
    ];
    rows.extend(found.agreement.map(|agreement| {
        let long = "share of samples seen as the class asked for".into();
        row("agreement", "agreement", long, agreement)
    }));
    Ok(rows)
}

/// The same in bits for each value of an image that is not binarized.
fn bits(nats: f64, set: &ImageSet, binarize: Binarize) -> String {
    let bits = nats / set.values() as f64 / std::f64::consts::LN_2;
    match binarize {
        Binarize::None => format!(" ({bits:.3} bits/dim)"),
        Binarize::Dynamic => String::new(),
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// What was measured and what it goes by: in the terminal, in the manifest, on the card.
struct Measured {
    short: String,
    key: String,
    long: String,
    text: String,
    value: Value,
}

/// A number as people read it: 60,000.
fn thousands(n: usize) -> String {
    match n {
        0..1000 => n.to_string(),
        _ => format!("{},{:03}", thousands(n / 1000), n % 1000),
    }
}

/// The card that is served beside the checkpoint.
fn page(
    entry: &manifest::ModelEntry,
    meta: &Meta,
    measured: &[Measured],
    published: &[Published],
    set: &ImageSet,
) -> String {
    let rows = measured.iter();
    let rows = rows.map(|m| format!("| {} | {} | this checkpoint |\n", m.long, m.text));
    let rows: String = rows.collect();
    let published = published.iter();
    let published =
        published.map(|(_, m, _, value, source)| format!("| {m} | {value} | {source} |\n"));
    let published: String = published.collect();
    let latent = match entry.latent_dim {
        0 => String::new(),
        d => format!(", latent size {d}"),
    };
    let any = |start: &str| measured.iter().any(|m| m.key.starts_with(start));
    let how = if any("frechet") {
        "Fréchet distances are taken on the features of the classifier \
         `recipes/classifiers/`, never on Inception's; the classes are those that it sees."
    } else if any("obeyed") {
        "One picture for each sentence, read back by a program without a network \
         (`src/data/scenes/read.rs`): all of the sentence has to hold."
    } else if any("names") {
        "Of a tenth of the names the picture in one hand was held out; that one is asked for. Names are found by the \
         matcher `recipes/classifiers/`, which no model is trained with and which has not seen these pictures either; \
         distances are squared differences of pixels. A picture is brought over from one that was learned, by name."
    } else if any("letters") {
        "Letters are read by the classifier `recipes/classifiers/`, which no model is trained with; \
         distances are squared differences of pixels."
    } else {
        "Nats per image, ± one standard error over images; lower is better."
    };
    let data = match images::known(&meta.data.name) {
        Ok(known) => format!(
            "{} ({}), {} training and {} test images; SHA-256 of the files in order: `{}`",
            known.title,
            known.source,
            thousands(set.train.len()),
            thousands(set.test.len()),
            meta.data.sha256
        ),
        Err(_) if scenes::is_scenes(&meta.data.name) => format!(
            "scenes drawn by this program (`src/data/scenes/`, options `{}`), each with a sentence",
            meta.data.options
        ),
        Err(_) => format!("{} (unknown source)", meta.data.name),
    };
    let training = format!(
        "{} steps, {:.0} epochs, {:.0} minutes on the CPU",
        meta.step,
        meta.epoch,
        meta.seconds / 60.0
    );
    let head = card::head(entry, meta, &latent, &data, &training);
    format!("{head}{how}\n\n| metric | value | |\n|---|---|---|\n{rows}{published}")
}
