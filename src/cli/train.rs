//! `playground train RECIPE`.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use burn::tensor::Device;
use serde_json::Value;

use super::{
    Place,
    bar::steps_bar,
    files::{self, Output, read, write},
    manifest,
    recipe::Recipe,
    terminal::{complain, say},
};
use crate::{
    checkpoint::{self, Meta, Precision},
    data::{DataInfo, Dataset, SpaceKind},
    device,
    error::{Error, Result},
    families,
    model::{Schedule, TrainConfig},
    options::Options,
    training::{LossCurve, Split, Trainer, record, threads::Threads},
};

/// What is trained, and where it goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// A recipe, for example recipes/vae-mnist.toml.
    recipe: PathBuf,
    /// Folder for what is needed to go on after a stop.
    #[arg(long, default_value = "runs")]
    runs: PathBuf,
    /// To choose a recipe by: holds the last part of what is learned from out, and leaves the test set
    /// unseen; what is trained stays with the runs, as ID-choice.
    #[arg(long)]
    choose: bool,
    /// Start over even if there is something to go on from.
    #[arg(long)]
    restart: bool,
    /// Stop after this many minutes, to go on another time.
    #[arg(long)]
    minutes: Option<f64>,
    /// Threads that share the work of each step, at most one for each of its parts; all cores without it. What is
    /// learned is the same for any number.
    #[arg(long)]
    workers: Option<NonZero<usize>>,
    #[command(flatten)]
    place: Place,
}

/// Between two looks at the losses.
const REPORT: u64 = 100;
/// Between two looks at the held-out images.
const HELD_OUT: u64 = 2000;
/// Between two looks at the held-out text, whose steps are longer.
const HELD_OUT_TEXT: u64 = 200;
/// Between two saves of what is needed to go on.
const SAVE: Duration = Duration::from_secs(60);

/// Train a recipe to its end, or as long as is asked for.
///
/// # Errors
/// What recipe, data and checkpoint say; [`Error::InUse`] while another program trains it.
pub fn run(arguments: &Arguments) -> Result<()> {
    let Arguments {
        recipe: path,
        runs,
        choose,
        restart,
        minutes,
        workers,
        place,
    } = arguments;
    let mut recipe = Recipe::read(path)?;
    let device = device::native(&place.device)?;
    let mut data = recipe.load(path, recipe.seed, place)?;
    if *choose {
        recipe.id.push_str("-choice");
        data = data.for_choice();
    }
    let data = Rc::new(data);
    let state = runs.join(format!("{}.safetensors", recipe.id));
    let output = Output::claim(&state)?;

    let Begun {
        mut trainer,
        mut losses,
        seconds: before,
    } = begin(
        &recipe,
        path,
        data.clone(),
        &state,
        *restart,
        place,
        &device,
    )?;
    let train = trainer.config.clone();
    announce(&recipe, &trainer);
    let threads = Threads::of_program(*workers, trainer.parts(), &device)?;
    let bar = steps_bar(train.steps, trainer.step_count());
    let start = Instant::now();
    let mut saved = Instant::now();
    let seconds = || before + start.elapsed().as_secs_f64();
    let keep = |trainer: &Trainer, losses: &[LossCurve], seconds: f64| -> Result<()> {
        let mut meta = checkpoint::meta_of(trainer, losses.to_vec())?;
        meta.id = Some(recipe.id.clone());
        meta.from = recipe.from.clone();
        meta.seconds = seconds;
        let bytes = pollster::block_on(checkpoint::write_resumable(trainer, &meta))?;
        output.write_and_keep(&bytes)
    };
    let mut stopped = false;
    let (held_out_every, held_out_count) = match data.info().space.kind() {
        SpaceKind::Text => (HELD_OUT_TEXT, 2000),
        SpaceKind::Video => (HELD_OUT, 64),
        SpaceKind::Pairs => (HELD_OUT_TEXT, 500),
        SpaceKind::Score | SpaceKind::Groove | SpaceKind::Episodes | SpaceKind::Paths => {
            (HELD_OUT_TEXT, 256)
        }
        _ => (HELD_OUT, 2000),
    };
    let training = trainer.run_with(Some(threads.crew()), REPORT, |trainer, means| {
        let step = trainer.step_count();
        bar.set_position(step);
        if let Some(means) = means {
            let text: Vec<_> = means.iter().map(|(n, v)| format!("{n} {v:.3}")).collect();
            bar.set_message(text.join("  "));
            if step.is_multiple_of(held_out_every) {
                record(&mut losses, Split::Train, step, means);
                let held_out = pollster::block_on(trainer.held_out(held_out_count))?;
                record(&mut losses, Split::HeldOut, step, &held_out);
                let show = held_out.iter().map(|(n, v)| format!("{n} {v:.4}"));
                let show = show.collect::<Vec<_>>().join(" ");
                let line = format!("train {}  held out {show}", text.join(" "));
                bar.println(format!("step {step}  {line}"));
                if !bar.is_hidden() {
                    bar.tick();
                } else {
                    say!("step {step} {:.0} s  {line}", seconds());
                }
            }
        }
        stopped =
            step < train.steps && minutes.is_some_and(|m| start.elapsed().as_secs_f64() > m * 60.0);
        if stopped || saved.elapsed() > SAVE {
            keep(trainer, &losses, seconds())?;
            saved = Instant::now();
        }
        Ok(!stopped)
    });
    pollster::block_on(threads.during(training))?;
    if stopped {
        let step = trainer.step_count();
        say!("stopped at step {step}; run it again to go on");
        return Ok(());
    }
    bar.finish();
    keep(&trainer, &losses, seconds())?;

    let mut meta = checkpoint::meta_of(&trainer, losses)?;
    meta.id = Some(recipe.id.clone());
    meta.from = recipe.from.clone();
    meta.seconds = seconds();
    publish(&recipe, &trainer, &meta, (!choose).then_some(place), runs)
}

/// Say what is trained.
fn announce(recipe: &Recipe, trainer: &Trainer) {
    say!(
        "{}: {} with {} parameters on {}, {} steps",
        recipe.id,
        trainer.model.title(),
        trainer.model.num_params(),
        recipe.data,
        trainer.config.steps
    );
}

/// A training from its beginning, or from where it was stopped.
struct Begun {
    trainer: Trainer,
    losses: Vec<LossCurve>,
    /// Spent on it before.
    seconds: f64,
}

fn begin(
    recipe: &Recipe,
    path: &Path,
    data: Rc<Dataset>,
    state: &Path,
    restart: bool,
    place: &Place,
    device: &Device,
) -> Result<Begun> {
    let (config, train) = recipe.options(data.info())?;
    if !state.exists() || restart {
        let (family, seed) = (&recipe.family, recipe.seed);
        let mut trainer = Trainer::new(family, &config, train, data, seed, device)?;
        if let Some(from) = &recipe.from {
            let file = place.checkpoints.join(format!("{from}.safetensors"));
            let opened = checkpoint::open(&read(&file)?, None, device)?;
            let weights = pollster::block_on(opened.model.weights())?;
            let drawn = pollster::block_on(trainer.begin_near(weights))?;
            say!(
                "begun with the weights of {from}; drawn: {}",
                drawn.join(", ")
            );
        }
        return Ok(Begun {
            trainer,
            losses: Vec::new(),
            seconds: 0.0,
        });
    }
    let opened = match checkpoint::open(&read(state)?, None, device) {
        Err(error) if files::previous(state).exists() => {
            let previous = files::previous(state);
            complain(&format!(
                "note: the state before it is in {}; in its place it can be gone on from",
                previous.display()
            ));
            return Err(error);
        }
        opened => opened?,
    };
    if let Some(what) = difference(recipe, &config, data.info(), &opened.meta)? {
        return Err(Error::BadRecipe {
            path: path.display().to_string(),
            reason: format!(
                "{} was begun with another {what}; --restart begins anew",
                state.display()
            ),
        });
    }
    let before = TrainConfig::from_json(&opened.meta.train)?.steps;
    if train.schedule == Schedule::Cosine && before != train.steps {
        say!(
            "note: planned were {before} steps, now {}; the learning rate goes on from the curve of these",
            train.steps
        );
    }
    let (losses, seconds) = (opened.meta.losses.clone(), opened.meta.seconds);
    let mut trainer = pollster::block_on(opened.into_trainer(data, device))?;
    // The recipe may have been lengthened since.
    trainer.config = train;
    Ok(Begun {
        trainer,
        losses,
        seconds,
    })
}

/// What of a recipe is not as it was when the training began, apart from what may change.
fn difference(
    recipe: &Recipe,
    config: &Value,
    data: &DataInfo,
    begun: &Meta,
) -> Result<Option<&'static str>> {
    if begun.family != recipe.family {
        return Ok(Some("family"));
    }
    let config = families::full_config(&recipe.family, config)?;
    let parts = [
        ("data set", begun.data.name == data.name),
        ("version of its data", begun.data.sha256 == data.sha256),
        ("version of its data", begun.data.units == data.units),
        ("choice of data options", begun.data.options == data.options),
        ("seed", begun.seed == recipe.seed),
        (
            "config",
            families::full_config(&begun.family, &begun.config)? == config,
        ),
    ];
    let other = parts.into_iter().find(|(_, same)| !same);
    Ok(other.map(|(what, _)| what))
}

/// Write the trained model: that of 2-D points, and one to choose a recipe by, with the runs, others among the
/// shipped ones.
fn publish(
    recipe: &Recipe,
    trainer: &Trainer,
    meta: &Meta,
    shipped: Option<&Place>,
    runs: &Path,
) -> Result<()> {
    let model = trainer.averaged();
    let kind = meta.data.space.kind();
    // A reader trains one of points in seconds: nothing that the site would serve.
    let shipped = shipped.filter(|_| !kind.in_plane());
    let Some(place) = shipped else {
        let bytes = pollster::block_on(checkpoint::write(&*model, meta, Precision::Single))?;
        let file = runs.join(format!("{}.model.safetensors", recipe.id));
        write(&file, &bytes)?;
        say!("{} bytes in {}", bytes.len(), file.display());
        return Ok(());
    };
    let bytes = pollster::block_on(checkpoint::write(&*model, meta, Precision::Half))?;
    let file = format!("{}.safetensors", recipe.id);
    write(&place.checkpoints.join(&file), &bytes)?;
    manifest::put_model(&place.checkpoints, recipe, &*model, meta, &file, &bytes)?;
    let path = place.checkpoints.join(file);
    say!("{} bytes in {}", bytes.len(), path.display());
    Ok(())
}
