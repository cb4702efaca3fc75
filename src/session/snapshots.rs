//! Snapshots of a training, for the time slider.

use super::{Clock, Session, State};
use crate::{
    checkpoint::{self, Precision},
    error::{Error, Result},
    model::{Condition, Model, finish},
    plots,
    scene::View,
    training::Trainer,
};

/// Snapshots kept for the time slider; beyond it every second one is dropped.
const SNAPSHOTS: usize = 48;

/// A kept state of the model, in half precision.
pub(super) struct Snapshot {
    pub(super) step: u64,
    pub(super) bytes: Vec<u8>,
}

impl Session {
    pub(super) async fn take_snapshot(&mut self) -> Result<()> {
        let meta = self.meta(Vec::new())?;
        let step = self.step();
        let bytes = match checkpoint::write(&*self.model(), &meta, Precision::Half).await {
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

    pub(super) fn snapshot(&self, index: u32) -> Result<&Snapshot> {
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
        self.fixed_samples(&*opened.model, count as usize).await
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
        let optimizers = model.optimizers();
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

    /// Samples at noise that belongs to the session, so that they can be compared over time.
    pub(super) async fn fixed_samples(&self, model: &dyn Model, count: usize) -> Result<View> {
        let most = self.most_samples();
        let (free, count) = (Condition::default(), count.clamp(1, most));
        let mut sampler = model.sampler(&model.preview()?, &free, count, self.seed())?;
        let samples = finish(&mut *sampler).await?;
        plots::samples(samples, 8, self.window()).await
    }
}
