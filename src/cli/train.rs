//! `playground train RECIPE`.

use std::{
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use burn::tensor::Device;

use super::{Place, bar::steps_bar, manifest, read, recipe::Recipe, write};
use crate::{
    checkpoint::{self, Meta, Precision},
    data::{Dataset, PointSet, SpaceKind},
    device,
    error::{Error, Result},
    families,
    training::{LossCurve, Split, Trainer, record},
};

/// Between two looks at the losses.
const REPORT: u64 = 100;
/// Between two looks at the held-out images.
const HELD_OUT: u64 = 2000;
/// Between two looks at the held-out text, whose steps are longer.
const HELD_OUT_TEXT: u64 = 200;
/// Between two saves of what is needed to go on.
const SAVE: Duration = Duration::from_secs(60);

pub fn run(
    path: &Path,
    runs: &Path,
    restart: bool,
    minutes: Option<f64>,
    place: &Place,
) -> Result<()> {
    let recipe = Recipe::read(path)?;
    let device = device::native(&place.device)?;
    let data = Rc::new(recipe.load(path, place)?);
    let state = runs.join(format!("{}.safetensors", recipe.id));

    let Begun {
        mut trainer,
        mut losses,
        seconds: before,
    } = begin(&recipe, path, data.clone(), &state, restart, &device)?;
    let train = trainer.config.clone();
    announce(&recipe, &trainer);
    let bar = steps_bar(train.steps, trainer.step_count());
    let start = Instant::now();
    let mut saved = Instant::now();
    let seconds = || before + start.elapsed().as_secs_f64();
    let keep = |trainer: &Trainer, losses: &[LossCurve], seconds: f64| -> Result<()> {
        let mut meta = checkpoint::meta_of(trainer, losses.to_vec())?;
        meta.id = Some(recipe.id.clone());
        meta.seconds = seconds;
        let bytes = pollster::block_on(checkpoint::write_resumable(trainer, &meta))?;
        write(&state, &bytes)
    };
    let mut stopped = false;
    let held_out_every = match data.info().space.kind() {
        SpaceKind::Text => HELD_OUT_TEXT,
        _ => HELD_OUT,
    };
    pollster::block_on(trainer.run(REPORT, |trainer, means| {
        let step = trainer.step_count();
        bar.set_position(step);
        if let Some(means) = means {
            let text: Vec<_> = means.iter().map(|(n, v)| format!("{n} {v:.3}")).collect();
            bar.set_message(text.join("  "));
            if step.is_multiple_of(held_out_every) {
                record(&mut losses, Split::Train, step, means);
                let held_out = pollster::block_on(trainer.held_out(2000))?;
                record(&mut losses, Split::HeldOut, step, &held_out);
                let show = held_out.iter().map(|(n, v)| format!("{n} {v:.4}"));
                let show = show.collect::<Vec<_>>().join(" ");
                let line = format!("train {}  held out {show}", text.join(" "));
                bar.println(format!("step {step}  {line}"));
                if !bar.is_hidden() {
                    bar.tick();
                } else {
                    println!("step {step} {:.0} s  {line}", seconds());
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
    }))?;
    if stopped {
        let step = trainer.step_count();
        println!("stopped at step {step}; run it again to go on");
        return Ok(());
    }
    bar.finish();
    keep(&trainer, &losses, seconds())?;

    let mut meta = checkpoint::meta_of(&trainer, losses)?;
    meta.id = Some(recipe.id.clone());
    meta.seconds = seconds();
    publish(&recipe, &trainer, &meta, runs, place)
}

/// Say what is trained.
fn announce(recipe: &Recipe, trainer: &Trainer) {
    println!(
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
    device: &Device,
) -> Result<Begun> {
    let (config, train) = recipe.options(data.info())?;
    if !state.exists() || restart {
        let (family, seed) = (&recipe.family, recipe.seed);
        return Ok(Begun {
            trainer: Trainer::new(family, &config, train, data, seed, device)?,
            losses: Vec::new(),
            seconds: 0.0,
        });
    }
    let opened = checkpoint::open(&read(state)?, None, device)?;
    let same = opened.meta.seed == recipe.seed
        && opened.model.config()? == families::full_config(&recipe.family, &config)?;
    if !same {
        return Err(Error::BadRecipe {
            path: path.display().to_string(),
            reason: format!(
                "{} was begun with another seed or config; --restart begins anew",
                state.display()
            ),
        });
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

/// Write the trained model: that of a toy data set with the runs, others among the shipped ones.
fn publish(
    recipe: &Recipe,
    trainer: &Trainer,
    meta: &Meta,
    runs: &Path,
    place: &Place,
) -> Result<()> {
    let model = trainer.averaged();
    if PointSet::is_toy(&recipe.data) {
        // A reader trains one in seconds: nothing that the site would serve.
        let bytes = pollster::block_on(checkpoint::write(&*model, meta, Precision::Single))?;
        let file = runs.join(format!("{}.model.safetensors", recipe.id));
        write(&file, &bytes)?;
        println!("{} bytes in {}", bytes.len(), file.display());
        return Ok(());
    }
    let bytes = pollster::block_on(checkpoint::write(&*model, meta, Precision::Half))?;
    let file = format!("{}.safetensors", recipe.id);
    write(&place.checkpoints.join(&file), &bytes)?;
    manifest::put_model(&place.checkpoints, recipe, &*model, meta, &file, &bytes)?;
    let path = place.checkpoints.join(file);
    println!("{} bytes in {}", bytes.len(), path.display());
    Ok(())
}
