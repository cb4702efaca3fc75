//! A training under way.

use std::{collections::BTreeMap, rc::Rc};

use burn::tensor::{Device, Tensor};
use serde_json::Value;

use super::{Budget, Crew, crew::Step, next_number};
use crate::{
    data::{Batch, Dataset, Stream, remembered, test_batch},
    error::{Error, Result},
    families::{self, tuned},
    model::{Losses, Model, StepContext, TrainConfig, part_count},
    nn::weights::Weights,
    optim::Optimizer,
    rng::{Purpose, Rng},
};

/// No loss of a training that is going anywhere is as large: nats of an example, or an energy.
const RUNAWAY: f32 = 1e15;

/// Where a training's weights come from, if they were not drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Name of their checkpoint.
    pub id: Option<String>,
    /// Name of the data that they had learned from, where it was other data than this training's.
    pub data: Option<String>,
}

/// A training under way.
pub struct Trainer {
    /// The model, inside autodiff.
    pub model: Box<dyn Model>,
    /// The running average of its weights, outside autodiff, where the options ask for one.
    pub average: Option<Box<dyn Model>>,
    /// One optimizer for each network.
    pub optimizers: Vec<Optimizer>,
    /// Options; those that do not touch the past may change at any time.
    pub config: TrainConfig,
    /// The data.
    pub data: Rc<Dataset>,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// The only network that moves, if not all do.
    pub only: Option<usize>,
    /// Where its weights come from.
    pub origin: Origin,
    /// Some of what they had learned from before; its loss tells what is forgotten.
    pub old: Option<Batch>,
    /// Tells trainings of this process from each other.
    id: u64,
    stream: Stream,
    step: u64,
    sums: BTreeMap<&'static str, (Tensor<1>, u32)>,
}

impl Trainer {
    /// A training from the start.
    ///
    /// # Errors
    /// As [`families::init`]; [`Error::OverBudget`].
    pub fn new(
        family: &str,
        config: &Value,
        train: TrainConfig,
        data: Rc<Dataset>,
        seed: u64,
        device: &Device,
    ) -> Result<Self> {
        Budget::of(device).check(family, config, &train, data.info())?;
        let mut rng = Rng::new(seed, Purpose::Init, 0);
        let device = device.clone().autodiff();
        let model = families::init(family, config, data.info(), &mut rng, &device)?;
        let optimizers = model.optimizers();
        Ok(Self::resume(model, optimizers, train, data, seed, 0, 0))
    }

    /// A training that goes on after `step` steps and `seen` images.
    pub fn resume(
        model: Box<dyn Model>,
        optimizers: Vec<Optimizer>,
        config: TrainConfig,
        data: Rc<Dataset>,
        seed: u64,
        step: u64,
        seen: u64,
    ) -> Self {
        Self {
            model,
            average: None,
            optimizers,
            config,
            data,
            seed,
            only: None,
            origin: Origin::default(),
            old: None,
            id: next_number(),
            stream: Stream::new(seed, seen),
            step,
            sums: BTreeMap::new(),
        }
    }

    /// Take these weights into a training that has not begun. Names of those that stay as they were drawn,
    /// because there are none for them.
    ///
    /// # Errors
    /// [`Error::CheckpointShape`] if one has no place in this model, and what the device reports.
    pub async fn begin_with(&mut self, given: Weights) -> Result<Vec<String>> {
        let mut weights = self.model.weights().await?;
        let drawn = weights.keys().filter(|name| !given.contains_key(*name));
        let drawn = drawn.cloned().collect();
        weights.extend(given);
        self.model = self.model.clone().with_weights(weights)?;
        Ok(drawn)
    }

    /// The same of a model of another size: what has another shape there stays as it was drawn as well.
    ///
    /// # Errors
    /// As [`begin_with`](Self::begin_with).
    pub async fn begin_near(&mut self, mut given: Weights) -> Result<Vec<String>> {
        let shapes: BTreeMap<String, Vec<usize>> = self.model.shapes().into_iter().collect();
        given.retain(|name, values| {
            let fits = |dims: &Vec<usize>| dims[..] == values.shape()[..];
            shapes.get(name).is_none_or(fits)
        });
        self.begin_with(given).await
    }

    /// Note where the weights come from, and watch the loss on what they had learned from, where it is known.
    pub fn remember(&mut self, origin: Origin) {
        let known = origin.data.as_ref();
        self.old = known.and_then(|data| remembered_by(&*self.model, data));
        self.origin = origin;
    }

    /// The model outside autodiff: with the averaged weights where there are any.
    pub fn averaged(&self) -> Box<dyn Model> {
        match &self.average {
            Some(average) => average.clone(),
            None => self.model.valid(),
        }
    }

    /// Steps taken.
    pub fn step_count(&self) -> u64 {
        self.step
    }

    /// Images seen.
    pub fn seen(&self) -> u64 {
        self.stream.seen()
    }

    /// Passes over the training examples, counting parts; 0 where they never end.
    pub fn epoch(&self) -> f64 {
        match self.data.train_len() {
            0 => 0.0,
            n => (self.seen() * self.model.block_size().max(1) as u64) as f64 / n as f64,
        }
    }

    /// Take one step.
    ///
    /// # Errors
    /// What the device reports.
    pub fn step(&mut self) -> Result<()> {
        let batch = self.batch()?;
        let losses = self.model.train_step(
            &batch,
            &mut StepContext {
                hyper: self.config.hyper_at(self.step),
                step: self.step,
                rng: &mut Rng::new(self.seed, Purpose::Train, self.step),
                optimizers: &mut self.optimizers,
                only: self.only,
            },
        )?;
        self.took(losses);
        Ok(())
    }

    /// Take the same step, its parts dealt out to a crew.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn step_with(&mut self, crew: &Crew) -> Result<()> {
        if crew.size() == 0 || !self.model.in_parts() {
            return self.step();
        }
        let batch = self.batch()?;
        let mut context = StepContext {
            hyper: self.config.hyper_at(self.step),
            step: self.step,
            rng: &mut Rng::new(self.seed, Purpose::Train, self.step),
            optimizers: &mut self.optimizers,
            only: self.only,
        };
        self.model.prepare(&batch, &mut context)?;
        let step = Step {
            training: self.id,
            model: &*self.model,
            data: self.data.info(),
            seed: self.seed,
            step: self.step,
        };
        let mut sum = crew.sum(&step, &batch).await?;
        if let Some(optimizer) = context.optimizers.first_mut() {
            optimizer.take(std::mem::take(&mut sum.gradients));
            let matrices = optimizer.matrices(&self.model.shapes(), context.hyper);
            let directions = match matrices.is_empty() {
                true => Vec::new(),
                false => crew.directions(&matrices).await?,
            };
            for (matrix, direction) in matrices.into_iter().zip(directions) {
                optimizer.know(matrix.name, direction);
            }
        }
        let losses = self.model.end_step(sum, &mut context);
        self.took(losses);
        Ok(())
    }

    /// Parts of a step that may be computed side by side.
    pub fn parts(&self) -> usize {
        match self.model.in_parts() {
            true => part_count(
                self.config.batch_size,
                self.model.micro_batch(),
                self.model.together(),
            ),
            false => 1,
        }
    }

    /// The examples of the next step.
    fn batch(&mut self) -> Result<Batch> {
        self.stream.vary(self.config.vary);
        self.stream.next(
            &self.data,
            self.config.batch_size,
            self.model.block_size(),
            self.config.binarize,
        )
    }

    /// A step has been taken.
    fn took(&mut self, losses: Losses) {
        self.step += 1;
        self.follow();
        for (name, value) in losses {
            let sum = match self.sums.remove(name) {
                Some((sum, n)) => (sum + value, n + 1),
                None => (value, 1),
            };
            self.sums.insert(name, sum);
        }
    }

    /// Let the average follow the model. It starts at the first step and follows fast at first:
    /// decay min(ema, t / (t + 10)), as in TensorFlow's ExponentialMovingAverage with `num_updates`
    /// (there (1 + t) / (10 + t)).
    fn follow(&mut self) {
        if self.config.ema == 0.0 {
            self.average = None;
            return;
        }
        let t = self.step as f64;
        let decay = self.config.ema.min(t / (t + 10.0)) as f32;
        match &mut self.average {
            Some(average) => average.follow(&*self.model, decay),
            None => self.average = Some(self.model.valid()),
        }
    }

    /// The mean of each loss since the last call, in the order of their names.
    ///
    /// # Errors
    /// [`Error::TrainingDiverged`] if one is not finite or beyond all measure, and what the device
    /// reports.
    pub async fn take_losses(&mut self) -> Result<Vec<(&'static str, f32)>> {
        let mut means = Vec::new();
        for (name, (sum, n)) in std::mem::take(&mut self.sums) {
            let sum: f32 = sum.into_scalar_async().await?;
            // A loss as large as this is on its way to infinity.
            if sum.is_nan() || sum.abs() > n as f32 * RUNAWAY {
                return Err(Error::TrainingDiverged {
                    step: self.step,
                    loss: name.into(),
                });
            }
            means.push((name, sum / n as f32));
        }
        Ok(means)
    }

    /// Take the planned steps that are left. After each, `after` gets the training, and every
    /// `every` steps the mean losses since the last time; it may stop it by `false`.
    ///
    /// # Errors
    /// [`Error::TrainingDiverged`], what `after` returns, and what the device reports.
    pub async fn run(
        &mut self,
        every: u64,
        after: impl FnMut(&Self, Option<&[(&'static str, f32)]>) -> Result<bool>,
    ) -> Result<()> {
        self.run_with(None, every, after).await
    }

    /// The same, the parts of each step dealt out to a crew.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_with(
        &mut self,
        crew: Option<&Crew>,
        every: u64,
        mut after: impl FnMut(&Self, Option<&[(&'static str, f32)]>) -> Result<bool>,
    ) -> Result<()> {
        while self.step < self.config.steps {
            match crew {
                Some(crew) => self.step_with(crew).await?,
                None => self.step()?,
            }
            let last = self.step == self.config.steps;
            let means = if self.step.is_multiple_of(every) || last {
                Some(self.take_losses().await?)
            } else {
                None
            };
            if !after(self, means.as_deref())? {
                break;
            }
        }
        Ok(())
    }

    /// The losses on the first `count` test images, with noise that never changes; and the one on what was learned
    /// before, if that is watched.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn held_out(&self, count: usize) -> Result<Vec<(&'static str, f32)>> {
        let length = self.model.block_size();
        let batch = test_batch(&self.data, 0, count, length, self.config.binarize);
        let model = self.averaged();
        let rng = || Rng::new(0, Purpose::Evaluate, 0);
        let mut losses: Losses = model.losses(&batch, &mut rng())?;
        if let Some(old) = &self.old {
            let first = model.losses(old, &mut rng())?.into_iter().next();
            losses.extend(first.map(|(_, loss)| (tuned::OLD, loss)));
        }
        let mut out = Vec::new();
        for (name, value) in losses {
            out.push((name, value.into_scalar_async().await?));
        }
        Ok(out)
    }
}

/// Some of what a model had learned from data of this name: as many tokens as a page looks at of a text held out.
fn remembered_by(model: &dyn Model, data: &str) -> Option<Batch> {
    const TOKENS: usize = 3072;
    let language = model.language()?;
    let ids = language
        .tokenizer()
        .encode(remembered::held_out(data)?)
        .ok()?;
    let length = language.block_size();
    remembered::windows(&ids, length, TOKENS / length.max(1))
}
