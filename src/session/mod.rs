//! What one widget does with one model: a state machine with no DOM, tested natively.
//!
//! A session holds a model that is looked at, or a training under way; its loss history; and
//! snapshots for the time slider. Opening something else replaces all of it at once, and only
//! after the new model stands.

mod library;
mod pace;
mod snapshots;
mod training;
mod viewer;

pub use library::{Library, SPARE};
pub use pace::pace_of;
pub use training::News;
pub use viewer::Viewer;

use std::rc::Rc;

use burn::tensor::Device;
use serde_json::Value;
use web_time::Duration;

use crate::{
    checkpoint::{self, Meta, Opened, Precision, Tuning},
    data::{DataInfo, Dataset, PointSet, Space, SpaceKind, clips, free, scenes, sound},
    device,
    error::{Error, Result},
    export,
    families::{self, tuned},
    model::{Condition, Model, Sampler},
    open::{self, encoder, guest::Guest, meaning::Meaning},
    options,
    plots::{self, edit},
    protocol::{ExampleInfo, LossCurve, ModelInfo, SpaceInfo, Split, TrainState},
    training::{
        Budget, Drawing, MOST_HELPERS, Trainer, Trial, Wished, Work, next_number, pointwise,
    },
    worlds::maze,
};
use snapshots::Snapshot;
use training::Clock;

enum State {
    Opened(Box<Opened>),
    Training(Box<Trainer>),
}

/// See the module's documentation.
pub struct Session {
    state: State,
    id: Option<String>,
    device: Device,
    losses: Vec<LossCurve>,
    snapshots: Vec<Snapshot>,
    rate: f32,
    computed: Duration,
    clock: Clock,
    budget: Budget,
    /// Whether helpers pay.
    trial: Trial,
    /// Workers that took the last step.
    workers: usize,
    /// Tells the weights of a model that is looked at from others.
    weights: u64,
    /// Why the training cannot go on from where it is.
    diverged: Option<Error>,
}

/// Passes through the network for samples of a model of points; 0 for other data, whose samplers cost more
/// than a glance.
fn passes(model: &dyn Model, kind: SpaceKind) -> u32 {
    let free = Condition::default();
    let sampler = match kind.in_plane() {
        true => model.sampler(&serde_json::Value::Null, &free, 1, 0).ok(),
        false => None,
    };
    sampler.map_or(0, |sampler| sampler.steps() as u32)
}

impl Session {
    /// A session with a checkpoint.
    ///
    /// # Errors
    /// As [`checkpoint::open`].
    pub fn open(bytes: &[u8], sha256: Option<&str>, device: &Device) -> Result<Self> {
        Ok(Self::of(checkpoint::open(bytes, sha256, device)?, device))
    }

    /// A session with a model out of another program's file. It computes on `device` where that was `asked` for, or is
    /// faster than the host.
    ///
    /// # Errors
    /// [`Error::CheckpointHash`] for another file than is promised; as [`open::open`] and [`Guest::on`].
    pub async fn guest(
        bytes: Vec<u8>,
        sha256: Option<&str>,
        device: &Device,
        asked: bool,
    ) -> Result<Self> {
        checkpoint::check_hash(&bytes, sha256)?;
        let (model, data): (Box<dyn Model>, DataInfo) = match encoder::is(&bytes) {
            true => {
                let model = Meaning::new(encoder::open(bytes)?);
                let data = model.data();
                (Box::new(model), data)
            }
            false => {
                let model = Guest::new(open::open(bytes)?).on(device, asked).await?;
                let data = model.data();
                (Box::new(model), data)
            }
        };
        Ok(Self::of(Opened::guest(model, data)?, device))
    }

    fn of(opened: Opened, device: &Device) -> Self {
        let (id, losses, step) = (
            opened.meta.id.clone(),
            opened.meta.losses.clone(),
            opened.meta.step,
        );
        Self {
            id,
            losses,
            clock: Clock::new(step),
            ..Self::new(State::Opened(Box::new(opened)), device)
        }
    }

    /// A session in which nothing has happened yet, within the device's budget.
    fn new(state: State, device: &Device) -> Self {
        Self {
            state,
            id: None,
            device: device.clone(),
            losses: Vec::new(),
            snapshots: Vec::new(),
            rate: 0.0,
            computed: Duration::ZERO,
            clock: Clock::new(0),
            budget: Budget::of(device),
            trial: Trial::default(),
            workers: 1,
            weights: next_number(),
            diverged: None,
        }
    }

    /// The same within another budget.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// A session with an untrained model, within the device's budget.
    ///
    /// # Errors
    /// As [`Session::create_within`].
    pub fn create(
        family: &str,
        config: &Value,
        train: &Value,
        data: Rc<Dataset>,
        seed: u64,
        device: &Device,
    ) -> Result<Self> {
        let budget = Budget::of(device);
        Self::create_within(budget, family, config, train, data, seed, device)
    }

    /// A session with an untrained model.
    ///
    /// # Errors
    /// [`Error::UnknownFamily`], [`Error::BadOption`], [`Error::Unsupported`],
    /// [`Error::OverBudget`].
    pub fn create_within(
        budget: Budget,
        family: &str,
        config: &Value,
        train: &Value,
        data: Rc<Dataset>,
        seed: u64,
        device: &Device,
    ) -> Result<Self> {
        let (config, train) = families::with_defaults(family, &data.info().space, config, train)?;
        budget.check(family, &config, &train, data.info())?;
        let trainer = Trainer::new(family, &config, train, data, seed, device)?;
        Ok(Self::begun(trainer, budget, device))
    }

    /// A session with a training that has not begun.
    fn begun(trainer: Trainer, budget: Budget, device: &Device) -> Self {
        Self::new(State::Training(Box::new(trainer)), device).within(budget)
    }

    /// A session with the model of a checkpoint, which is to be trained further on a text. Its first losses are those
    /// before.
    ///
    /// # Errors
    /// As [`checkpoint::open`] and [`Opened::tune`].
    pub async fn tune(
        budget: Budget,
        base: &[u8],
        tuning: &Tuning<'_>,
        device: &Device,
    ) -> Result<Self> {
        let base = checkpoint::open(base, None, device)?;
        let trainer = base.tune(tuning, device).await?;
        budget.check_model(&*trainer.model, &trainer.config)?;
        let mut session = Self::begun(trainer, budget, device);
        session.look_ahead().await?;
        Ok(session)
    }

    /// A session with an agent that goes on from that of a checkpoint, and learns from a reader's own episodes. Its
    /// first losses are those before.
    ///
    /// # Errors
    /// As [`checkpoint::open`] and [`Opened::imitate`]; [`Error::OverBudget`].
    pub async fn imitate(
        budget: Budget,
        base: &[u8],
        data: Rc<Dataset>,
        train: &Value,
        seed: u64,
        device: &Device,
    ) -> Result<Self> {
        let base = checkpoint::open(base, None, device)?;
        let trainer = base.imitate(data, train, seed, device).await?;
        budget.check_model(&*trainer.model, &trainer.config)?;
        let mut session = Self::begun(trainer, budget, device);
        session.look_ahead().await?;
        Ok(session)
    }

    /// A session with a file of adapters on their model.
    ///
    /// # Errors
    /// As [`checkpoint::open`] and [`Opened::adapt`].
    pub async fn adapt(base: &[u8], adapters: &[u8], device: &Device) -> Result<Self> {
        let base = checkpoint::open(base, None, device)?;
        Ok(Self::of(base.adapt(adapters, device).await?, device))
    }

    /// The model as it is now, outside autodiff.
    pub fn model(&self) -> Box<dyn Model> {
        match &self.state {
            State::Opened(opened) => opened.model.clone(),
            State::Training(trainer) => trainer.averaged(),
        }
    }

    /// Its data.
    pub fn data(&self) -> &DataInfo {
        match &self.state {
            State::Opened(opened) => &opened.meta.data,
            State::Training(trainer) => trainer.data.info(),
        }
    }

    /// Steps behind the model.
    pub fn step(&self) -> u64 {
        match &self.state {
            State::Opened(opened) => opened.meta.step,
            State::Training(trainer) => trainer.step_count(),
        }
    }

    /// Of points or an energy: left, right, bottom, top of what is drawn.
    pub fn window(&self) -> [f32; 4] {
        match &self.state {
            State::Training(trainer) => match &*trainer.data {
                Dataset::Points(set) => set.window(),
                Dataset::Functions(set) => PointSet::window_of(&set.info),
                Dataset::Paths(set) => PointSet::window_of(&set.info),
                _ => [0.0; 4],
            },
            State::Opened(opened) => PointSet::window_of(&opened.meta.data),
        }
    }

    /// The most samples that are drawn at once.
    pub fn most_samples(&self) -> usize {
        match self.data().space.kind() {
            SpaceKind::Image => 400,
            SpaceKind::Video => 16,
            SpaceKind::Text | SpaceKind::Pairs => 16,
            SpaceKind::Functions => 2000,
            SpaceKind::Score | SpaceKind::Groove | SpaceKind::Episodes => 8,
            SpaceKind::Paths => 64,
            SpaceKind::Points | SpaceKind::Classes | SpaceKind::Energy => 20_000,
        }
    }

    /// Seed of everything that is drawn.
    pub fn seed(&self) -> u64 {
        match &self.state {
            State::Opened(opened) => opened.meta.seed,
            State::Training(trainer) => trainer.seed,
        }
    }

    /// What its data is, for the page.
    fn space_info(&self) -> SpaceInfo {
        let window = self.window();
        match &self.data().space {
            &Space::Image {
                channels,
                height,
                width,
            } => SpaceInfo::Image {
                channels: channels as u32,
                width: width as u32,
                height: height as u32,
            },
            &Space::Video {
                frames,
                channels,
                height,
                width,
            } => SpaceInfo::Video {
                frames: frames as u32,
                channels: channels as u32,
                width: width as u32,
                height: height as u32,
            },
            Space::Points { .. } => SpaceInfo::Points {
                window,
                units: self.data().units.map(|units| units.of_window(window)),
            },
            Space::Classes { .. } => SpaceInfo::Classes { window },
            Space::Energy { .. } => SpaceInfo::Energy { window },
            Space::Text {
                vocabulary,
                characters_per_token,
            } => SpaceInfo::Text {
                block_size: self.model().block_size() as u32,
                vocabulary: vocabulary.len() as u32,
                characters_per_token: *characters_per_token,
            },
            Space::Pairs {
                vocabulary,
                languages,
                examples,
            } => {
                let code = |place: u32| languages.get(place as usize).cloned();
                SpaceInfo::Pairs {
                    languages: languages.clone(),
                    vocabulary: vocabulary.len() as u32,
                    longest: self.model().translation().map_or(0, |t| t.most()) as u32,
                    examples: (examples.iter())
                        .map(|example| ExampleInfo {
                            from: code(example.from).unwrap_or_default(),
                            into: code(example.to).unwrap_or_default(),
                            text: example.text.clone(),
                        })
                        .collect(),
                }
            }
            &Space::Score { steps } => SpaceInfo::Score {
                steps: steps as u32,
            },
            &Space::Groove { steps } => SpaceInfo::Groove {
                steps: steps as u32,
            },
            &Space::Functions { inputs, length, .. } => SpaceInfo::Functions {
                inputs: inputs as u32,
                length: length as u32,
            },
            &Space::Episodes { steps } => SpaceInfo::Episodes {
                steps: steps as u32,
            },
            Space::Paths { .. } => SpaceInfo::Paths {
                side: maze::SIDE as u32,
            },
        }
    }

    /// About the model, for the page.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn info(&self) -> Result<ModelInfo> {
        let model = self.model();
        let data = self.data();
        let train = match &self.state {
            State::Opened(opened) => opened.meta.train.clone(),
            State::Training(trainer) => options::to_json(&trainer.config)?,
        };
        Ok(ModelInfo {
            family: model.family().into(),
            id: self.id.clone(),
            data: data.name.clone(),
            space: self.space_info(),
            classes: data.classes.clone(),
            sound: sound::is_sound(data),
            prompt: (!data.words.is_empty()).then(|| match clips::Kind::of(&data.name) {
                Some(kind) => clips::words::example(kind),
                None if free::is_free(&data.words) => free::EXAMPLE.into(),
                None => scenes::words::example(),
            }),
            question: plots::question_for(&*model),
            changes: edit::understands(&data.words),
            latent_dim: model.latent().map_or(0, |l| l.latent_dim()) as u32,
            parameters: model.num_params() as u32,
            passes: passes(&*model, data.space.kind()),
            page: export::has_page(&*model, data),
            adapter: model.adapter().is_some(),
            changed: match &self.state {
                State::Training(trainer) => match &*trainer.data {
                    Dataset::Text(set) => set.told.clone(),
                    _ => None,
                },
                State::Opened(_) => None,
            },
            step: self.step() as u32,
            seed: self.seed() as u32,
            equation: model.equation(data.space.kind()),
            config: model.config()?,
            train,
            state: self.train_state(),
        })
    }

    /// Where the training stands.
    pub fn train_state(&self) -> TrainState {
        TrainState {
            step: self.step() as u32,
            epoch: match &self.state {
                State::Opened(opened) => opened.meta.epoch as f32,
                State::Training(trainer) => trainer.epoch() as f32,
            },
            rate: self.rate,
            workers: self.workers as u32,
            seconds: self.computed.as_secs_f32(),
            losses: self.losses.clone(),
            snapshots: self.snapshots.iter().map(|s| s.step as u32).collect(),
            overfitting: overfitting(&self.losses),
        }
    }

    /// What answers questions about the model as it is now, or as it was at a snapshot, while the
    /// session goes on.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a snapshot that is not there, and what the device reports.
    pub fn viewer(&self, snapshot: Option<u32>, set: Option<Rc<Dataset>>) -> Result<Viewer> {
        let model = match snapshot {
            Some(index) => {
                checkpoint::open(&self.snapshot(index)?.bytes, None, &self.device)?.model
            }
            None => self.model(),
        };
        let set = match &self.state {
            State::Training(trainer) => Some(trainer.data.clone()),
            State::Opened(opened) => {
                // A set of the same name may hold something else altogether.
                let (data, kind) = (&opened.meta.data, opened.meta.data.space.kind());
                let fits = |set: &Rc<Dataset>| set.info().space.kind() == kind;
                let plane = kind.in_plane();
                let toy = || -> Result<Rc<Dataset>> {
                    Ok(Rc::new(PointSet::toy(&data.name, &data.options, 0)?.into()))
                };
                match set.filter(fits) {
                    Some(set) => Some(set),
                    None if plane && PointSet::is_toy(&data.name) => Some(toy()?).filter(fits),
                    None if matches!(kind, SpaceKind::Points | SpaceKind::Classes) => {
                        Some(Rc::new(PointSet::only_mean(data).into()))
                    }
                    None => None,
                }
            }
        };
        Ok(Viewer {
            model,
            info: self.data().clone(),
            set,
            device: self.device.clone(),
            before: None,
        })
    }

    /// The same, which also knows the model as it was when its training began, if it did here.
    ///
    /// # Errors
    /// As [`Session::viewer`].
    pub fn comparing(&self, snapshot: Option<u32>, set: Option<Rc<Dataset>>) -> Result<Viewer> {
        let first = match self.snapshots.first() {
            Some(first) => Some(checkpoint::open(&first.bytes, None, &self.device)?.model),
            None => None,
        };
        Ok(Viewer {
            before: first,
            ..self.viewer(snapshot, set)?
        })
    }

    fn meta(&self, losses: Vec<LossCurve>) -> Result<Meta> {
        let mut meta = match &self.state {
            State::Opened(opened) => Meta {
                losses,
                ..opened.meta.clone()
            },
            State::Training(trainer) => checkpoint::meta_of(trainer, losses)?,
        };
        meta.id = self.id.clone();
        Ok(meta)
    }

    /// The model as a file; `resumable` with everything that is needed to train on. A model of another program becomes
    /// one of ours.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for one of another program that cannot; what the device reports.
    pub async fn export(&self, resumable: bool) -> Result<Vec<u8>> {
        let meta = self.meta(self.losses.clone())?;
        let written = match &self.state {
            State::Training(trainer) if resumable => {
                checkpoint::write_resumable(trainer, &meta).await
            }
            State::Training(_) => checkpoint::write(&*self.model(), &meta, Precision::Single).await,
            State::Opened(opened) => match opened.as_gpt(&self.device)? {
                Some(own) => {
                    let meta = Meta {
                        id: meta.id,
                        ..own.meta
                    };
                    checkpoint::write(&*own.model, &meta, Precision::Single).await
                }
                None if resumable => checkpoint::write_opened(opened, &meta).await,
                None => checkpoint::write(&*opened.model, &meta, Precision::Single).await,
            },
        };
        written.map_err(|error| self.diverging(error))
    }

    /// The adapters of the model as a file.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model without any, and what the device reports.
    pub async fn export_adapter(&self) -> Result<Vec<u8>> {
        let meta = self.meta(self.losses.clone())?;
        let written = checkpoint::write_adapter(&*self.model(), &meta).await;
        written.map_err(|error| self.diverging(error))
    }

    /// The error as a training has it: what is not finite has diverged.
    fn diverging(&self, error: Error) -> Error {
        match error {
            Error::CheckpointNotFinite { tensor } if self.is_training() => {
                Error::TrainingDiverged {
                    step: self.step(),
                    loss: tensor,
                }
            }
            other => other,
        }
    }

    /// Suggested name of an exported file, without its ending.
    pub fn file_name(&self) -> String {
        match &self.id {
            Some(id) => id.clone(),
            None => format!(
                "{}-{}-step-{}",
                self.model().family(),
                self.data().name,
                self.step()
            ),
        }
    }

    /// The sampler of the current model.
    ///
    /// # Errors
    /// [`Error::BadOption`], [`Error::Unsupported`] and what the device reports.
    pub fn sampler(
        &self,
        options: &Value,
        condition: &Condition,
        count: u32,
        seed: u32,
    ) -> Result<Box<dyn Sampler>> {
        let most = self.most_samples();
        if !(1..=most).contains(&(count as usize)) {
            let reason = format!("it must lie between 1 and {most}");
            return Err(Error::bad_option("count", count, reason));
        }
        let model = self.model();
        self.budget.check_samples(&*model, count as usize)?;
        model.sampler(options, condition, count as usize, seed.into())
    }

    /// Such samples, as helpers are told of them.
    pub fn drawing(
        &self,
        options: &Value,
        condition: &Condition,
        count: u32,
        seed: u32,
    ) -> Drawing {
        let wished = Wished {
            options: options.clone(),
            condition: condition.clone(),
            count: count as usize,
            seed: seed.into(),
        };
        let work = Work::Samples(wished);
        Drawing::new(self.weights(), self.model(), self.data().clone(), work)
    }

    /// The density of the model that a viewer of this session looks at, if it can be dealt out, as helpers are told
    /// of it.
    pub fn density(&self, snapshot: Option<u32>, viewer: &Viewer) -> Option<Drawing> {
        pointwise(&*viewer.model)?;
        let weights = match snapshot {
            None => self.weights(),
            Some(_) => next_number(),
        };
        let (model, data) = (viewer.model.boxed(), self.data().clone());
        Some(Drawing::new(weights, model, data, Work::Density))
    }

    /// Tells the weights from others.
    fn weights(&self) -> u64 {
        match &self.state {
            State::Opened(_) => self.weights,
            // They change from step to step.
            State::Training(_) => next_number(),
        }
    }

    /// How many helpers such samples may be dealt out to, if their steps can be: no more than have something to do,
    /// and than there is memory for.
    pub fn drawers(&self, drawing: &Drawing) -> usize {
        if !device::is_cpu(&self.device) {
            return 0;
        }
        let room = self.budget.drawers(drawing.model(), drawing.count());
        (drawing.workers() - 1).min(room).min(MOST_HELPERS)
    }
}

/// The step after which the held-out loss has only grown, if it has for long enough to be no chance:
/// by a hundredth, over five looks.
fn overfitting(losses: &[LossCurve]) -> Option<u32> {
    let names = ["loss", tuned::NEW];
    let held_out = |c: &&LossCurve| c.split == Split::HeldOut && names.contains(&c.name.as_str());
    let curve = losses.iter().find(held_out)?;
    let best =
        (0..curve.values.len()).min_by(|&a, &b| curve.values[a].total_cmp(&curve.values[b]))?;
    let last = *curve.values.last()?;
    let grown = last > curve.values[best] + 0.01 * curve.values[best].abs();
    (grown && curve.values.len() - best > 5).then(|| curve.steps[best])
}
