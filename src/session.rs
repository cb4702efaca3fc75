//! What one widget does with one model: a state machine with no DOM, tested natively.
//!
//! A session holds a model that is looked at, or a training under way; its loss history; and
//! snapshots for the time slider. Opening something else replaces all of it at once, and only
//! after the new model stands.

use std::{collections::BTreeMap, rc::Rc};

use burn::tensor::Device;
use serde_json::Value;
use web_time::{Duration, Instant};

use crate::{
    checkpoint::{self, Meta, Opened, Precision},
    data::{
        Batch, DataInfo, Dataset, ImageSet, PointSet, TextSet, input, text::TextOptions,
        tokenizer::Vocabulary,
    },
    error::{Error, Result},
    evaluate,
    family::{Model, TrainConfig},
    nn::adam::Adam,
    options::{self, Options},
    protocol::{
        Bytes, DataKind, ImageInput, LossCurve, ModelInfo, PointSource, Split, TrainState, View,
        ViewQuery,
    },
    train::{Trainer, record},
    views::{self, Pause, plane::LookRequest},
};

/// Snapshots kept for the time slider; beyond it every second one is dropped.
const SNAPSHOTS: usize = 48;
/// Images behind the held-out curve.
const HELD_OUT: usize = 256;
/// Tokens behind the held-out curve.
const HELD_OUT_TOKENS: usize = 3072;
/// Points behind the held-out curve.
const HELD_OUT_POINTS: usize = 1000;
/// Between two looks at the losses.
const REPORT: Duration = Duration::from_millis(250);
/// Between two refreshes of the samples, and of the held-out curve.
const REFRESH: Duration = Duration::from_millis(1000);
/// Between two messages with everything that is needed to go on after a crash.
const SAVE: Duration = Duration::from_secs(10);
/// Samples shown while training.
const TRAINING_SAMPLES: usize = 32;
/// Points shown while training.
const TRAINING_POINTS: usize = 500;

enum State {
    Opened(Box<Opened>),
    Training(Box<Trainer>),
}

/// A kept state of the model, in half precision.
struct Snapshot {
    step: u64,
    bytes: Vec<u8>,
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
}

/// When the parts of a training were last done.
struct Clock {
    reported: Instant,
    reported_step: u64,
    refreshed: Option<Instant>,
    /// When samples and held-out losses may be computed again.
    refresh_after: Duration,
    saved: Instant,
    next_snapshot: u64,
}

impl Clock {
    fn new(step: u64) -> Self {
        Self {
            reported: Instant::now(),
            reported_step: step,
            refreshed: None,
            refresh_after: REFRESH,
            saved: Instant::now(),
            next_snapshot: step,
        }
    }
}

/// What a slice of training has to say.
#[derive(Default)]
pub struct News {
    /// Where it stands, when it is time to say so.
    pub state: Option<TrainState>,
    /// Samples at the session's fixed noise, when they were refreshed.
    pub samples: Option<View>,
    /// A resumable checkpoint, when it is time to keep one.
    pub saved: Option<(u64, Vec<u8>)>,
}

impl Session {
    /// A session with a checkpoint.
    ///
    /// # Errors
    /// As [`checkpoint::open`].
    pub fn open(bytes: &[u8], sha256: Option<&str>, device: &Device) -> Result<Self> {
        let opened = checkpoint::open(bytes, sha256, device)?;
        let step = opened.meta.step;
        Ok(Self {
            id: opened.meta.id.clone(),
            losses: opened.meta.losses.clone(),
            state: State::Opened(Box::new(opened)),
            device: device.clone(),
            snapshots: Vec::new(),
            rate: 0.0,
            computed: Duration::ZERO,
            clock: Clock::new(step),
        })
    }

    /// A session with an untrained model.
    ///
    /// # Errors
    /// [`Error::UnknownFamily`], [`Error::BadOption`], [`Error::Unsupported`].
    pub fn create(
        family: &str,
        config: &Value,
        train: &Value,
        data: Rc<Dataset>,
        seed: u64,
        device: &Device,
    ) -> Result<Self> {
        let (config, train) = with_defaults(family, data.info().kind, config, train)?;
        let train = TrainConfig::from_json(&train)?;
        let trainer = Trainer::new(family, &config, train, data, seed, device)?;
        Ok(Self {
            state: State::Training(Box::new(trainer)),
            id: None,
            device: device.clone(),
            losses: Vec::new(),
            snapshots: Vec::new(),
            rate: 0.0,
            computed: Duration::ZERO,
            clock: Clock::new(0),
        })
    }

    /// The model as it is now, outside autodiff.
    pub fn model(&self) -> Model {
        match &self.state {
            State::Opened(opened) => opened.model.clone(),
            State::Training(trainer) => trainer.looked_at(),
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

    /// Of a model of the plane: left, right, bottom, top of what is drawn.
    pub fn window(&self) -> [f32; 4] {
        match &self.state {
            State::Training(trainer) => trainer.data.points().map_or([0.0; 4], PointSet::window),
            State::Opened(opened) => PointSet::window_of(&opened.meta.data),
        }
    }

    /// The most samples that are drawn at once.
    fn most_samples(&self) -> usize {
        match self.data().kind {
            DataKind::Images => 400,
            DataKind::Text => 16,
            _ => 20_000,
        }
    }

    /// Seed of everything that is drawn.
    pub fn seed(&self) -> u64 {
        match &self.state {
            State::Opened(opened) => opened.meta.seed,
            State::Training(trainer) => trainer.seed,
        }
    }

    /// Of a text: characters in a held-out token, on average; 1 where the text is not at hand.
    fn characters_per_token(&self) -> f32 {
        match (&self.state, self.data().kind) {
            (State::Training(trainer), DataKind::Text) => trainer
                .data
                .text()
                .map_or(1.0, |t| t.characters_per_token() as f32),
            (State::Opened(opened), DataKind::Text) => opened.meta.data.scale,
            _ => 0.0,
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
            kind: data.kind,
            window: self.window(),
            classes: data.classes.clone(),
            width: data.width as u32,
            height: data.height as u32,
            block_size: model.block_size() as u32,
            vocabulary: data.vocabulary.as_ref().map_or(0, Vocabulary::len) as u32,
            characters_per_token: self.characters_per_token(),
            latent_dim: model.latent().map_or(0, |l| l.latent_dim()) as u32,
            parameters: model.num_params() as u32,
            step: self.step() as u32,
            seed: self.seed() as u32,
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
                State::Opened(_) => 0.0,
                State::Training(trainer) => trainer.epoch() as f32,
            },
            rate: self.rate,
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
            State::Opened(opened) => match set {
                Some(set) => Some(set),
                None if PointSet::is_toy(&opened.meta.data.name) => {
                    let data = &opened.meta.data;
                    Some(Rc::new(PointSet::toy(&data.name, &data.options, 0)?.into()))
                }
                None if opened.meta.data.kind == DataKind::Points => {
                    Some(Rc::new(PointSet::only_mean(&opened.meta.data).into()))
                }
                None => None,
            },
        };
        Ok(Viewer {
            model,
            info: self.data().clone(),
            set,
            device: self.device.clone(),
        })
    }
}

/// The step after which the held-out loss has only grown, if it has for long enough to be no chance:
/// by a hundredth, over five looks.
fn overfitting(losses: &[LossCurve]) -> Option<u32> {
    let held_out = |c: &&LossCurve| c.split == Split::HeldOut && c.name == "loss";
    let curve = losses.iter().find(held_out)?;
    let best =
        (0..curve.values.len()).min_by(|&a, &b| curve.values[a].total_cmp(&curve.values[b]))?;
    let last = *curve.values.last()?;
    let grown = last > curve.values[best] + 0.01 * curve.values[best].abs();
    (grown && curve.values.len() - best > 5).then(|| curve.steps[best])
}

/// The options of a new model: what is asked for, over what its family starts from on such data.
fn with_defaults(
    family: &str,
    kind: DataKind,
    config: &Value,
    train: &Value,
) -> Result<(Value, Value)> {
    let (base_config, base_train) = Model::defaults(family, kind)?;
    let over = |base: Value, given: &Value| match (base, given) {
        (Value::Object(mut base), Value::Object(given)) => {
            base.extend(given.clone());
            Value::Object(base)
        }
        (base, Value::Null) => base,
        (_, given) => given.clone(),
    };
    Ok((over(base_config, config), over(base_train, train)))
}

/// A model at one moment, to be looked at. See [`Session::viewer`].
pub struct Viewer {
    model: Model,
    info: DataInfo,
    set: Option<Rc<Dataset>>,
    device: Device,
}

impl Viewer {
    fn data(&self) -> &DataInfo {
        &self.info
    }

    fn bad_data(&self, reason: &str) -> Error {
        Error::BadData {
            name: self.info.name.clone(),
            reason: reason.into(),
        }
    }

    fn points(&self) -> Result<&PointSet> {
        match &self.set {
            Some(set) => set.points(),
            None => Err(self.bad_data("it has not been loaded yet")),
        }
    }

    /// Answer a question about the model; between parts of a long answer the thread is given back.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the model cannot answer it, the errors of the views, and what the
    /// device reports.
    pub async fn view(&self, query: &ViewQuery, pause: Pause) -> Result<View> {
        let model = &self.model;
        let set: Option<&ImageSet> = match self.set.as_deref() {
            Some(Dataset::Images(set)) => Some(set),
            _ => None,
        };
        let latent = || {
            model.latent().ok_or_else(|| Error::Unsupported {
                what: format!("A {} has no latent space", model.title()),
            })
        };
        let language = || {
            model.language().ok_or_else(|| Error::Unsupported {
                what: format!("A {} does not read text", model.title()),
            })
        };
        let loaded = || {
            let (bad, data) = (|reason: &str| self.bad_data(reason), self.data());
            let set = set.ok_or_else(|| bad("it has not been loaded yet"))?;
            if [set.info.height, set.info.width] != [data.height, data.width] {
                return Err(bad("its images are of another size than this model's"));
            }
            Ok(set)
        };
        let images = |inputs: &[&ImageInput]| -> Result<Batch> {
            let mut pixels = Vec::new();
            for image in inputs {
                pixels.extend(input::prepare(image, self.data(), set)?);
            }
            Ok(Batch::Images {
                count: inputs.len(),
                pixels,
            })
        };
        let side = [self.data().height, self.data().width];
        match query {
            ViewQuery::Look {
                look,
                at,
                pointer,
                count,
                seed,
                resolution,
            } => {
                let request = LookRequest {
                    look,
                    at: *at,
                    pointer: *pointer,
                    count: *count as usize,
                    seed: u64::from(*seed),
                    resolution: *resolution as usize,
                    data: self.points()?,
                    device: self.device.clone(),
                };
                views::plane::answer(model, &request, pause).await
            }
            ViewQuery::Data { count, resolution } => {
                let (count, resolution) = (*count as usize, *resolution as usize);
                views::plane::data(self.points()?, count, resolution, &self.device).await
            }
            ViewQuery::Metrics { count, seed } => {
                let count = (*count as usize).clamp(200, 10_000);
                let set = self.points()?;
                if !set.is_whole() {
                    return Err(self.bad_data("its points are not at hand"));
                }
                let numbers =
                    evaluate::plane::metrics(model, set, count, u64::from(*seed), pause).await?;
                Ok(View::Numbers { numbers })
            }
            ViewQuery::DataImages { start, count } => {
                let test = &loaded()?.test;
                let start = *start as usize;
                let end = (start + (*count).min(400) as usize).min(test.len());
                let grey: Vec<u8> = (start.min(end)..end)
                    .flat_map(|i| test.image(i))
                    .copied()
                    .collect();
                let n = end - start.min(end);
                Ok(views::grid_of_bytes(&grey, [n, side[0], side[1]], n))
            }
            ViewQuery::LatentMosaic { columns, extent } => {
                views::latent::mosaic(latent()?, *columns, *extent, &self.device).await
            }
            ViewQuery::LatentPoints { count } => {
                let test = &loaded()?.test;
                let n = (*count as usize).clamp(1, 2000).min(test.len());
                let pixels = (0..n)
                    .flat_map(|i| test.image(i))
                    .map(|&p| f32::from(p) / 255.0)
                    .collect();
                let classes = (0..n).filter_map(|i| test.label(i)).collect();
                views::latent::points(latent()?, &Batch::Images { count: n, pixels }, classes).await
            }
            ViewQuery::Decode { z } => {
                views::latent::decode(latent()?, z.clone(), &self.device).await
            }
            ViewQuery::Encode { image } => {
                views::latent::posterior(latent()?, &images(&[image])?).await
            }
            ViewQuery::Reconstruct { image, seed, draws } => {
                let batch = images(&[image])?;
                let seed = u64::from(*seed);
                views::latent::reconstruct(latent()?, &batch, side, seed, *draws, &self.device)
                    .await
            }
            ViewQuery::ReadText { text } => views::text::read(language()?, text, pause).await,
            ViewQuery::Attention { text } => views::text::attention(language()?, text).await,
            ViewQuery::LogitLens { text } => views::text::logit_lens(language()?, text).await,
            ViewQuery::Interpolate { from, to, at, path } => {
                let pair = images(&[from, to])?;
                views::latent::interpolate(latent()?, &pair, at, *path, &self.device).await
            }
        }
    }
}

impl Session {
    /// Whether it can be trained as it is, with the data that it has.
    pub fn is_training(&self) -> bool {
        matches!(self.state, State::Training(_))
    }

    /// Make the model trainable on `data`, if it is not yet.
    ///
    /// # Errors
    /// As [`Opened::into_trainer`]; the session then stays as it was.
    pub async fn prepare_training(&mut self, data: Rc<Dataset>) -> Result<()> {
        if let State::Opened(opened) = &self.state {
            let trainer = Opened::clone(opened)
                .into_trainer(data, &self.device)
                .await?;
            self.clock = Clock::new(trainer.step_count());
            self.state = State::Training(Box::new(trainer));
        }
        Ok(())
    }

    /// Forget how long nothing happened: the training starts (again) now.
    pub fn resume_clock(&mut self) {
        let step = self.step();
        self.clock.reported = Instant::now();
        self.clock.reported_step = step;
        self.clock.saved = Instant::now();
    }

    /// Let only the player of this name move from now on; all without a name.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a name that the model does not know.
    pub fn set_player(&mut self, name: Option<&str>) -> Result<()> {
        let trainer = self.trainer()?;
        let players = trainer.model.players();
        trainer.only = match name {
            None => None,
            Some(name) => {
                let found = players.iter().position(|&p| p == name);
                let reason = || format!("choose one of {}", players.join(", "));
                Some(found.ok_or_else(|| Error::bad_option("player", name, reason()))?)
            }
        };
        Ok(())
    }

    /// Time spent on training steps.
    pub fn computed(&self) -> Duration {
        self.computed
    }

    /// Train for about `budget`, at least one step, at most up to step `until`.
    ///
    /// # Errors
    /// [`Error::TrainingDiverged`] and what the device reports; [`Error::Unsupported`] before
    /// [`Session::prepare_training`].
    pub async fn train_slice(&mut self, budget: Duration, until: Option<u64>) -> Result<News> {
        let start = Instant::now();
        if self.step() >= self.clock.next_snapshot {
            self.take_snapshot().await?;
        }
        let trainer = self.trainer()?;
        loop {
            trainer.step()?;
            if start.elapsed() >= budget || until.is_some_and(|u| trainer.step_count() >= u) {
                break;
            }
        }
        self.computed += start.elapsed();
        let ended = until.is_some_and(|u| self.step() >= u);
        let mut news = News::default();
        if ended || self.clock.reported.elapsed() >= REPORT {
            self.report(ended, &mut news).await?;
        }
        Ok(news)
    }

    /// Seconds of a step, measured on a few.
    ///
    /// # Errors
    /// As [`Session::train_slice`].
    pub async fn pace(&mut self, pause: Pause) -> Result<f32> {
        /// How long to measure, at least.
        const ENOUGH: Duration = Duration::from_millis(250);
        let trainer = self.trainer()?;
        // The first compiles and allocates.
        trainer.step()?;
        trainer.take_losses().await?;
        let (mut spent, mut steps) = (Duration::ZERO, 0);
        while spent < ENOUGH && steps < 200 {
            pause().await;
            let start = Instant::now();
            trainer.step()?;
            trainer.take_losses().await?;
            spent += start.elapsed();
            steps += 1;
        }
        Ok(spent.as_secs_f32() / steps as f32)
    }

    async fn report(&mut self, ended: bool, news: &mut News) -> Result<()> {
        let step = self.step();
        let seconds = self.clock.reported.elapsed().as_secs_f32().max(1e-6);
        let steps = (step - self.clock.reported_step) as f32;
        let means = self.trainer()?.take_losses().await?;
        record(&mut self.losses, Split::Train, step, &means);
        let due = |t: Instant| t.elapsed() >= self.clock.refresh_after;
        if ended || self.clock.refreshed.is_none_or(due) {
            let begun = Instant::now();
            let count = match self.data().kind {
                DataKind::Images => HELD_OUT,
                DataKind::Text => HELD_OUT_TOKENS / self.model().block_size().max(1),
                _ => HELD_OUT_POINTS,
            };
            let held_out = self.trainer()?.held_out(count).await?;
            record(&mut self.losses, Split::HeldOut, step, &held_out);
            let count = match self.data().kind {
                DataKind::Images => TRAINING_SAMPLES,
                DataKind::Text => 1,
                _ => TRAINING_POINTS,
            };
            news.samples = Some(self.fixed_samples(&self.model(), count).await?);
            // What is looked at may take a tenth of the time.
            self.clock.refresh_after = REFRESH.max(begun.elapsed() * 9);
            self.clock.refreshed = Some(Instant::now());
        }
        if self.clock.saved.elapsed() >= SAVE {
            self.clock.saved = Instant::now();
            news.saved = Some((step, self.export(true).await?));
        }
        self.rate = steps / seconds;
        self.clock.reported = Instant::now();
        self.clock.reported_step = step;
        news.state = Some(self.train_state());
        Ok(())
    }

    fn trainer(&mut self) -> Result<&mut Trainer> {
        match &mut self.state {
            State::Training(trainer) => Ok(trainer),
            State::Opened(_) => Err(Error::Unsupported {
                what: "This model is not being trained".into(),
            }),
        }
    }

    /// Change options of the training.
    ///
    /// # Errors
    /// [`Error::BadOption`]; the options then stay as they were.
    pub fn set_train(&mut self, change: &Value) -> Result<()> {
        match &mut self.state {
            State::Training(trainer) => trainer.config = trainer.config.with_json(change)?,
            State::Opened(opened) => {
                let train = TrainConfig::from_json(&opened.meta.train)?.with_json(change)?;
                opened.meta.train = options::to_json(&train)?;
            }
        }
        Ok(())
    }

    /// Samples at noise that belongs to the session, so that they can be compared over time.
    async fn fixed_samples(&self, model: &Model, count: usize) -> Result<View> {
        let most = self.most_samples();
        let mut sampler = model.sampler(&Value::Null, count.clamp(1, most), self.seed())?;
        for _ in 0..sampler.steps() {
            sampler.step()?;
            sampler.settle().await?;
            if sampler.ended() {
                break;
            }
        }
        views::samples(sampler.state(), 8, self.window()).await
    }

    async fn take_snapshot(&mut self) -> Result<()> {
        let meta = self.meta(Vec::new())?;
        let step = self.step();
        let bytes = match checkpoint::write(&self.model(), &meta, Precision::Half).await {
            // The losses would tell, but only at the next look at them.
            Err(Error::CheckpointNotFinite { tensor }) => {
                return Err(Error::TrainingDiverged { step, loss: tensor });
            }
            other => other?,
        };
        self.snapshots.retain(|s| s.step < step);
        self.snapshots.push(Snapshot { step, bytes });
        if self.snapshots.len() > SNAPSHOTS {
            let mut index = 0;
            // The first stays; then every second one goes.
            self.snapshots.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        // Close together at first, when much happens: each gap a quarter of the way so far.
        self.clock.next_snapshot = step + (step / 4).max(5);
        Ok(())
    }

    fn snapshot(&self, index: u32) -> Result<&Snapshot> {
        self.snapshots
            .get(index as usize)
            .ok_or_else(|| Error::bad_option("snapshot", index, "there is none of that number"))
    }

    /// Samples of a past snapshot at the session's fixed noise.
    ///
    /// # Errors
    /// [`Error::BadOption`] for an index that is not there, and what the device reports.
    pub async fn show_snapshot(&self, index: u32, count: u32) -> Result<View> {
        let opened = checkpoint::open(&self.snapshot(index)?.bytes, None, &self.device)?;
        self.fixed_samples(&opened.model, count as usize).await
    }

    /// Make a past snapshot the current state, with fresh optimizers; what came after it is
    /// forgotten.
    ///
    /// # Errors
    /// [`Error::BadOption`] for an index that is not there, and what the device reports.
    pub async fn restore_snapshot(&mut self, index: u32) -> Result<()> {
        let step = self.snapshot(index)?.step;
        let weights = checkpoint::open(&self.snapshot(index)?.bytes, None, &self.device)?
            .model
            .weights()
            .await?;
        let trainer = self.trainer()?;
        let seen = step * trainer.config.batch_size as u64;
        let model = trainer.model.clone().with_weights(weights)?;
        let optimizers = model.players().iter().map(|_| Adam::default()).collect();
        let (config, data, seed) = (trainer.config.clone(), trainer.data.clone(), trainer.seed);
        let trainer = Trainer::resume(model, optimizers, config, data, seed, step, seen);
        self.state = State::Training(Box::new(trainer));
        self.snapshots.truncate(index as usize + 1);
        for curve in &mut self.losses {
            let keep = curve.steps.partition_point(|&s| u64::from(s) <= step);
            curve.steps.truncate(keep);
            curve.values.truncate(keep);
        }
        self.clock = Clock::new(step);
        self.clock.next_snapshot = step + (step / 4).max(5);
        Ok(())
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

    /// The model as a file; `resumable` with everything that is needed to train on.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn export(&self, resumable: bool) -> Result<Vec<u8>> {
        let meta = self.meta(self.losses.clone())?;
        match &self.state {
            State::Training(trainer) if resumable => {
                checkpoint::write_resumable(trainer, &meta).await
            }
            _ => checkpoint::write(&self.model(), &meta, Precision::Single).await,
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
    /// [`Error::BadOption`] and what the device reports.
    pub fn sampler(
        &self,
        options: &Value,
        count: u32,
        seed: u32,
    ) -> Result<Box<dyn crate::family::Sampler>> {
        let most = self.most_samples();
        if !(1..=most).contains(&(count as usize)) {
            let reason = format!("it must lie between 1 and {most}");
            return Err(Error::bad_option("count", count, reason));
        }
        self.model().sampler(options, count as usize, seed.into())
    }
}

/// Refuse a data file that is not the one promised.
fn promised(name: &str, bytes: &Bytes, sha256: Option<&str>) -> Result<()> {
    if sha256.is_some_and(|h| !checkpoint::sha256(&bytes.0).eq_ignore_ascii_case(h)) {
        return Err(Error::BadData {
            name: name.into(),
            reason: "it is not the file that the manifest promises".into(),
        });
    }
    Ok(())
}

/// The data sets that were handed over, by name.
#[derive(Default)]
pub struct Library {
    sets: BTreeMap<String, Rc<Dataset>>,
    texts: BTreeMap<String, Rc<str>>,
    /// The text that was last made into tokens, and whether by a vocabulary of its own.
    tokens: Option<(Rc<Dataset>, bool)>,
}

impl Library {
    /// Keep a packed data file under `name`.
    ///
    /// # Errors
    /// [`Error::BadData`].
    pub fn put(&mut self, name: &str, bytes: &Bytes, sha256: Option<&str>) -> Result<()> {
        promised(name, bytes, sha256)?;
        let set = ImageSet::unpack(&bytes.0)?;
        if set.info.name != name {
            return Err(Error::BadData {
                name: name.into(),
                reason: "it holds another set".into(),
            });
        }
        self.sets.insert(name.into(), Rc::new(set.into()));
        Ok(())
    }

    /// Keep a reader's points under the name `custom`.
    ///
    /// # Errors
    /// [`Error::BadData`]; what was kept stays.
    pub fn put_points(&mut self, source: &PointSource) -> Result<Rc<Dataset>> {
        let set: Rc<Dataset> = Rc::new(PointSet::custom(source)?.into());
        self.sets.insert(set.info().name.clone(), set.clone());
        Ok(set)
    }

    /// The set called `name`, if it was handed over.
    pub fn get(&self, name: &str) -> Option<Rc<Dataset>> {
        self.sets.get(name).cloned()
    }

    /// The set called `name`.
    ///
    /// # Errors
    /// [`Error::BadData`] if it was not handed over.
    pub fn need(&self, name: &str) -> Result<Rc<Dataset>> {
        self.get(name).ok_or_else(|| Error::BadData {
            name: name.into(),
            reason: "it has not been loaded yet".into(),
        })
    }

    /// The toy or text called `name` with its options, else the set of that name.
    ///
    /// # Errors
    /// [`Error::BadOption`]; [`Error::BadData`] if it is no toy and was not handed over.
    pub fn make(&mut self, name: &str, options: &Value, seed: u64) -> Result<Rc<Dataset>> {
        if PointSet::is_toy(name) {
            return Ok(Rc::new(PointSet::toy(name, options, seed)?.into()));
        }
        if let Some(text) = self.texts.get(name).cloned() {
            let make = || TextSet::new(name, &text, options);
            return self.tokens_of(name, options, None, make);
        }
        self.need(name)
    }

    /// The data of a model, to go on with it: of a text, as the tokens that it knows.
    ///
    /// # Errors
    /// As [`Library::make`]; [`Error::UnknownCharacter`].
    pub fn make_for(&mut self, info: &DataInfo, seed: u64) -> Result<Rc<Dataset>> {
        match (&info.vocabulary, self.texts.get(&info.name).cloned()) {
            (Some(vocabulary), Some(text)) => {
                let options = TextOptions::from_json(&info.options)?;
                self.tokens_of(&info.name, &info.options, Some(vocabulary), || {
                    TextSet::with(&info.name, &text, vocabulary.clone(), &options)
                })
            }
            _ => self.make(&info.name, &info.options, seed),
        }
    }

    /// A text as tokens: those at hand if nothing has changed and they are of this vocabulary.
    fn tokens_of(
        &mut self,
        name: &str,
        options: &Value,
        vocabulary: Option<&Vocabulary>,
        make: impl FnOnce() -> Result<TextSet>,
    ) -> Result<Rc<Dataset>> {
        let asked = options::to_json(&TextOptions::from_json(options)?)?;
        if let Some((set, own)) = &self.tokens {
            let info = set.info();
            let same = match vocabulary {
                None => *own,
                Some(_) => info.vocabulary.as_ref() == vocabulary,
            };
            if info.name == name && info.options == asked && same {
                return Ok(set.clone());
            }
        }
        let set: Rc<Dataset> = Rc::new(make()?.into());
        self.tokens = Some((set.clone(), vocabulary.is_none()));
        Ok(set)
    }

    /// Keep a reader's text, or one of the site's, under `name`.
    ///
    /// # Errors
    /// [`Error::BadText`], [`Error::BadData`], [`Error::BadOption`]; what was kept stays.
    pub fn put_text(
        &mut self,
        name: &str,
        bytes: &Bytes,
        sha256: Option<&str>,
        options: &Value,
    ) -> Result<Rc<Dataset>> {
        promised(name, bytes, sha256)?;
        let text = TextSet::read(&bytes.0)?;
        let set: Rc<Dataset> = Rc::new(TextSet::new(name, &text, options)?.into());
        self.texts.insert(name.into(), text.as_ref().into());
        self.tokens = Some((set.clone(), true));
        Ok(set)
    }
}
