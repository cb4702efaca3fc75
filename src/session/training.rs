//! A session that trains.

use std::rc::Rc;

use serde_json::Value;
use web_time::{Duration, Instant};

use super::{Session, State};
use crate::{
    checkpoint::Opened,
    data::{Dataset, SpaceKind, tokenizer::Vocabulary},
    device,
    error::{Error, Result},
    model::TrainConfig,
    options::{self, Options},
    pause::Pause,
    protocol::TrainState,
    scene::View,
    training::{Crew, MOST_HELPERS, Plan, Split, Trainer, Trial, record},
};

/// Images behind the held-out curve.
const HELD_OUT: usize = 256;
/// A network that takes fewer images at once takes long for each.
const FEW: usize = 64;
/// Tokens behind the held-out curve.
const HELD_OUT_TOKENS: usize = 3072;
/// The same of a model that knows many tokens, each of which has a logit at each place.
const FEW_TOKENS: usize = 512;
/// So many are many.
const MANY: usize = 1 << 13;
/// Held-out clips on which losses are measured.
const HELD_OUT_CLIPS: usize = 8;
/// Held-out pairs on which losses are measured.
const HELD_OUT_PAIRS: usize = 192;
/// Held-out episodes whose loss is shown.
const HELD_OUT_EPISODES: usize = 32;
/// Held-out paths whose loss is shown.
const HELD_OUT_PATHS: usize = 64;
/// Paths that a training shows of itself.
const TRAINING_PATHS: usize = 8;
/// Episodes that a training shows of itself.
const TRAINING_EPISODES: usize = 2;
/// Translations that a training shows of itself.
const TRAINING_PAIRS: usize = 6;
/// Held-out windows of music on which losses are measured.
const HELD_OUT_SCORES: usize = 48;
/// Held-out prompts of functions on which losses are measured.
const HELD_OUT_FUNCTIONS: usize = 256;
/// Functions of which a training shows its guesses.
const TRAINING_FUNCTIONS: usize = 200;
/// Clips that a training shows of itself.
const TRAINING_CLIPS: usize = 2;
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

/// When the parts of a training were last done.
pub(super) struct Clock {
    pub(super) reported: Instant,
    pub(super) reported_step: u64,
    pub(super) refreshed: Option<Instant>,
    /// When samples and held-out losses may be computed again.
    pub(super) refresh_after: Duration,
    /// Time in training since the last resumable checkpoint, pauses left out.
    pub(super) unsaved: Duration,
    /// How much of it may come together: a checkpoint that takes long is rarer.
    pub(super) save_after: Duration,
    /// The step of that checkpoint.
    pub(super) saved_step: u64,
    /// Until when time is counted in `unsaved`.
    pub(super) counted: Instant,
    pub(super) next_snapshot: u64,
}

impl Clock {
    pub(super) fn new(step: u64) -> Self {
        Self {
            reported: Instant::now(),
            reported_step: step,
            refreshed: None,
            refresh_after: REFRESH,
            unsaved: Duration::ZERO,
            save_after: SAVE,
            saved_step: step,
            counted: Instant::now(),
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
            if opened.model.networks().is_empty() {
                return Err(Error::Unsupported {
                    what: "A model out of another program's file is read here, and not trained"
                        .into(),
                });
            }
            let train = TrainConfig::from_json(&opened.meta.train)?;
            self.budget.check_model(&*opened.model, &train)?;
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
        self.clock.counted = Instant::now();
        self.workers = 1;
    }

    /// A resumable checkpoint and its step, if steps were taken since the last one.
    ///
    /// # Errors
    /// What the device reports; [`Error::TrainingDiverged`].
    pub async fn save(&mut self) -> Result<Option<(u64, Vec<u8>)>> {
        let step = self.step();
        if step == self.clock.saved_step || !self.is_training() || self.diverged.is_some() {
            return Ok(None);
        }
        let begun = Instant::now();
        let bytes = self.export(true).await?;
        self.clock.saved_step = step;
        self.clock.unsaved = Duration::ZERO;
        self.clock.counted = Instant::now();
        // What is kept may take a twentieth of the time.
        self.clock.save_after = SAVE.max(begun.elapsed() * 19);
        Ok(Some((step, bytes)))
    }

    /// Let only the network of this name move from now on; all without a name.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a name that the model does not know.
    pub fn set_network(&mut self, name: Option<&str>) -> Result<()> {
        let trainer = self.trainer()?;
        let networks = trainer.model.networks();
        trainer.only = match name {
            None => None,
            Some(name) => {
                let found = networks.iter().position(|&p| p == name);
                let reason = || format!("choose one of {}", networks.join(", "));
                Some(found.ok_or_else(|| Error::bad_option("network", name, reason()))?)
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
        self.train_slice_with(None, budget, until).await
    }

    /// The same with the help of a crew.
    ///
    /// # Errors
    /// As [`Session::train_slice`].
    pub async fn train_slice_with(
        &mut self,
        crew: Option<&Crew>,
        budget: Duration,
        until: Option<u64>,
    ) -> Result<News> {
        // From a wreck there is no way on, only back.
        if let Some(error) = &self.diverged {
            return Err(error.clone());
        }
        let news = self.train_a_while(crew, budget, until).await;
        if let Err(error @ Error::TrainingDiverged { .. }) = &news {
            self.diverged = Some(error.clone());
        }
        news
    }

    async fn train_a_while(
        &mut self,
        crew: Option<&Crew>,
        budget: Duration,
        until: Option<u64>,
    ) -> Result<News> {
        let start = Instant::now();
        if self.step() >= self.clock.next_snapshot {
            self.take_snapshot().await?;
        }
        loop {
            let begun = Instant::now();
            let trainer = self.trainer()?;
            let helpers = crew.map_or(0, Crew::size).min(trainer.parts() - 1);
            match crew {
                Some(crew) if helpers > 0 => trainer.step_with(crew).await?,
                _ => trainer.step()?,
            }
            let step = trainer.step_count();
            self.workers = 1 + helpers;
            self.trial.saw(begun.elapsed().as_secs_f64(), self.workers);
            if start.elapsed() >= budget || until.is_some_and(|u| step >= u) {
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

    /// How many helpers its steps are to be dealt out to: none where that does not make them shorter, or where the
    /// memory of all together would be more than a training may have.
    pub fn helpers(&self) -> usize {
        let State::Training(trainer) = &self.state else {
            return 0;
        };
        if !self.trial.pays() || !device::is_cpu(&self.device) {
            return 0;
        }
        let plan = Plan::of_model(&*trainer.model, &trainer.config);
        let room = (self.budget.memory - plan.memory) / plan.helper;
        let room = room.max(0.0) as usize;
        (trainer.parts() - 1).min(room).min(MOST_HELPERS)
    }

    /// Seconds of a step, measured on a few; for a step that is quick (see [`pace_of`](super::pace_of)).
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

    pub(super) async fn report(&mut self, ended: bool, news: &mut News) -> Result<()> {
        let step = self.step();
        let seconds = self.clock.reported.elapsed().as_secs_f32().max(1e-6);
        let steps = (step - self.clock.reported_step) as f32;
        let means = self.trainer()?.take_losses().await?;
        record(&mut self.losses, Split::Train, step, &means);
        let due = |t: Instant| t.elapsed() >= self.clock.refresh_after;
        if ended || self.clock.refreshed.is_none_or(due) {
            let begun = Instant::now();
            self.look_ahead().await?;
            let count = match self.data().space.kind() {
                SpaceKind::Image if self.takes_few() => TRAINING_SAMPLES / 4,
                SpaceKind::Image => TRAINING_SAMPLES,
                SpaceKind::Video => TRAINING_CLIPS,
                SpaceKind::Pairs => TRAINING_PAIRS,
                SpaceKind::Text | SpaceKind::Score | SpaceKind::Groove => 1,
                SpaceKind::Functions => TRAINING_FUNCTIONS,
                SpaceKind::Episodes => TRAINING_EPISODES,
                SpaceKind::Paths => TRAINING_PATHS,
                SpaceKind::Points | SpaceKind::Classes | SpaceKind::Energy => TRAINING_POINTS,
            };
            news.samples = Some(self.fixed_samples(&*self.model(), count, None).await?);
            // What is looked at may take a tenth of the time.
            self.clock.refresh_after = REFRESH.max(begun.elapsed() * 9);
            self.clock.refreshed = Some(Instant::now());
        }
        self.clock.unsaved += self.clock.counted.elapsed();
        self.clock.counted = Instant::now();
        if self.clock.unsaved >= self.clock.save_after {
            news.saved = self.save().await?;
        }
        self.rate = steps / seconds;
        self.clock.reported = Instant::now();
        self.clock.reported_step = step;
        news.state = Some(self.train_state());
        Ok(())
    }

    /// Whether the network takes few images at once, and so takes long for many.
    fn takes_few(&self) -> bool {
        self.model().micro_batch() < FEW
    }

    /// Note the losses on what is held out as they are now.
    ///
    /// # Errors
    /// What the device reports.
    pub(super) async fn look_ahead(&mut self) -> Result<()> {
        let count = match self.data().space.kind() {
            SpaceKind::Image if self.takes_few() => HELD_OUT / 4,
            SpaceKind::Image => HELD_OUT,
            SpaceKind::Video => HELD_OUT_CLIPS,
            SpaceKind::Pairs => HELD_OUT_PAIRS,
            SpaceKind::Score | SpaceKind::Groove => HELD_OUT_SCORES,
            SpaceKind::Functions => HELD_OUT_FUNCTIONS,
            SpaceKind::Episodes => HELD_OUT_EPISODES,
            SpaceKind::Paths => HELD_OUT_PATHS,
            SpaceKind::Text => {
                let known = self.data().space.vocabulary().map_or(0, Vocabulary::len);
                let tokens = if known < MANY {
                    HELD_OUT_TOKENS
                } else {
                    FEW_TOKENS
                };
                tokens / self.model().block_size().max(1)
            }
            SpaceKind::Points | SpaceKind::Classes | SpaceKind::Energy => HELD_OUT_POINTS,
        };
        let held_out = self.trainer()?.held_out(count).await?;
        let step = self.step();
        record(&mut self.losses, Split::HeldOut, step, &held_out);
        Ok(())
    }

    pub(super) fn trainer(&mut self) -> Result<&mut Trainer> {
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
    /// [`Error::BadOption`], [`Error::OverBudget`]; the options then stay as they were.
    pub fn set_train(&mut self, change: &Value) -> Result<()> {
        match &mut self.state {
            State::Training(trainer) => {
                let train = trainer.config.with_json(change)?;
                self.budget.check_model(&*trainer.model, &train)?;
                trainer.config = train;
                self.trial = Trial::default();
            }
            State::Opened(opened) => {
                let train = TrainConfig::from_json(&opened.meta.train)?.with_json(change)?;
                self.budget.check_model(&*opened.model, &train)?;
                opened.meta.train = options::to_json(&train)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{data::PointSet, device};

    #[test]
    fn pauses_do_not_put_off_a_checkpoint() {
        let set = PointSet::toy("moons", &Value::Null, 1).expect("a toy");
        let (config, train) = (json!({"hidden": 8}), json!({"batch_size": 8}));
        let (set, device) = (Rc::new(set.into()), device::cpu());
        let session = Session::create("mdn", &config, &train, set, 1, &device);
        let mut session = session.expect("a session");
        let slice = |unsaved: Duration, session: &mut Session| {
            session.clock.unsaved = unsaved;
            // Paused, and begun again.
            session.resume_clock();
            let until = session.step() + 1;
            let news = pollster::block_on(session.train_slice(Duration::ZERO, Some(until)));
            news.expect("a step").saved.map(|saved| saved.0)
        };
        assert_eq!(slice(Duration::from_secs(1), &mut session), None);
        assert_eq!(slice(SAVE, &mut session), Some(2));
        assert!(session.clock.unsaved < SAVE, "it counts from there");
        assert_eq!(
            pollster::block_on(session.save()).expect("nothing new"),
            None
        );
    }
}
