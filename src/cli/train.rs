//! `playground train RECIPE`.

use std::{
    collections::BTreeMap,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Deserialize;
use serde_json::Value;

use super::{Place, manifest, read, write};
use crate::{
    checkpoint::{self, Precision},
    data::{DataInfo, Dataset, ImageSet, PointSet, TextSet},
    device,
    error::{Error, Result},
    model::{self, TrainConfig},
    protocol::{DataKind, LossCurve, Split},
    train::{Trainer, record},
};

/// How a shipped checkpoint is trained: `recipes/*.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the checkpoint.
    pub id: String,
    /// Its title in the page.
    pub title: String,
    /// Id of the family.
    pub family: String,
    /// Name of the data set.
    pub data: String,
    /// Options of a toy data set.
    #[serde(default)]
    pub data_options: Value,
    /// SHA-256 of the data, unpacked; it is refused if it has another.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// The family's options.
    #[serde(default)]
    pub config: Value,
    /// Options of the training.
    #[serde(default)]
    pub train: Value,
    /// What `playground evaluate` should measure, by the id of the measure: at least this many
    /// `modes` and this share of `highQuality`, at most this of all others.
    #[serde(default)]
    pub goals: BTreeMap<String, f64>,
}

impl Recipe {
    /// # Errors
    /// [`Error::FileNotFound`], [`Error::Io`], [`Error::BadRecipe`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        toml::from_str(&text).map_err(|e| Error::BadRecipe {
            path: path.display().to_string(),
            reason: e.to_string().trim_end().replace('\n', " "),
        })
    }
}

impl Recipe {
    /// Its data.
    ///
    /// # Errors
    /// What the data set says; [`Error::BadRecipe`] if it is not what the recipe names.
    pub fn load(&self, path: &Path, place: &Place) -> Result<Dataset> {
        let text = model::kinds(&self.family)?.contains(&DataKind::Text);
        let data: Dataset = if PointSet::is_toy(&self.data) {
            PointSet::toy(&self.data, &self.data_options, self.seed)?.into()
        } else if text {
            TextSet::from_folder(&self.data, &self.data_options, None, &place.data)?.into()
        } else {
            ImageSet::from_folder(&self.data, &place.data)?.into()
        };
        let found = &data.info().sha256;
        if self.sha256.as_ref().is_some_and(|want| want != found) {
            return Err(Error::BadRecipe {
                path: path.display().to_string(),
                reason: format!("the data called {} has the SHA-256 {found}", self.data),
            });
        }
        Ok(data)
    }

    /// Its model's config and its training: what it asks for, over what its family starts from on
    /// such data.
    ///
    /// # Errors
    /// [`Error::UnknownFamily`], [`Error::BadOption`].
    pub fn options(&self, data: &DataInfo) -> Result<(Value, TrainConfig)> {
        model::with_defaults(&self.family, data.kind, &self.config, &self.train)
    }
}

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
    let (config, train) = recipe.options(data.info())?;
    let state = runs.join(format!("{}.safetensors", recipe.id));

    let (mut trainer, mut losses, before) = if state.exists() && !restart {
        let opened = checkpoint::open(&read(&state)?, None, &device)?;
        if opened.meta.seed != recipe.seed
            || opened.model.config()? != model::full_config(&recipe.family, &config)?
        {
            return Err(Error::BadRecipe {
                path: path.display().to_string(),
                reason: format!(
                    "{} was begun with another seed or config; --restart begins anew",
                    state.display()
                ),
            });
        }
        let (losses, seconds) = (opened.meta.losses.clone(), opened.meta.seconds);
        let mut trainer = pollster::block_on(opened.into_trainer(data.clone(), &device))?;
        // The recipe may have been lengthened since.
        trainer.config = train.clone();
        (trainer, losses, seconds)
    } else {
        let trainer = Trainer::new(
            &recipe.family,
            &config,
            train.clone(),
            data.clone(),
            recipe.seed,
            &device,
        )?;
        (trainer, Vec::new(), 0.0)
    };
    println!(
        "{}: {} with {} parameters on {}, {} steps",
        recipe.id,
        trainer.model.title(),
        trainer.model.num_params(),
        recipe.data,
        train.steps
    );

    let bar = ProgressBar::new(train.steps).with_position(trainer.step_count());
    let style = "{elapsed_precise} {wide_bar} {pos}/{len} {per_sec} left {eta_precise} {msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.reset_eta();
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
    let held_out_every = match data.info().kind {
        DataKind::Text => HELD_OUT_TEXT,
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
                let show: Vec<_> = held_out
                    .iter()
                    .map(|(n, v)| format!("{n} {v:.4}"))
                    .collect();
                let line = format!("train {}  held out {}", text.join(" "), show.join(" "));
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
    let model = trainer.looked_at();
    if PointSet::is_toy(&recipe.data) {
        // A reader trains one in seconds: nothing that the site would serve.
        let bytes = pollster::block_on(checkpoint::write(&*model, &meta, Precision::Single))?;
        let file = runs.join(format!("{}.model.safetensors", recipe.id));
        write(&file, &bytes)?;
        println!("{} bytes in {}", bytes.len(), file.display());
        return Ok(());
    }
    let bytes = pollster::block_on(checkpoint::write(&*model, &meta, Precision::Half))?;
    let file = format!("{}.safetensors", recipe.id);
    write(&place.checkpoints.join(&file), &bytes)?;
    manifest::put_model(&place.checkpoints, &recipe, &*model, &meta, &file, &bytes)?;
    println!(
        "{} bytes in {}",
        bytes.len(),
        place.checkpoints.join(file).display()
    );
    Ok(())
}
