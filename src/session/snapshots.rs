//! Snapshots of a training, for the time slider.

use web_time::{Duration, Instant};

use super::{Clock, Session, State};
use crate::{
    checkpoint::{self, Precision},
    error::{Error, Result},
    families::tuned,
    model::{Condition, Model, drive},
    pause::Pause,
    plots,
    scene::View,
    training::Trainer,
};

/// Snapshots kept for the time slider; beyond it every second one is dropped.
const SNAPSHOTS: usize = 48;
/// Bytes of all of them; beyond it every second one is dropped, down to two.
const BYTES: usize = 64 << 20;

/// A kept state of the model, in half precision.
pub(super) struct Snapshot {
    pub(super) step: u64,
    pub(super) bytes: Vec<u8>,
}

impl Session {
    pub(super) async fn take_snapshot(&mut self) -> Result<()> {
        let meta = self.meta(Vec::new())?;
        let step = self.step();
        let written = checkpoint::write(&*self.model(), &meta, Precision::Half).await;
        // The losses would tell, but only at the next look at them.
        let bytes = written.map_err(|error| self.diverging(error))?;
        self.snapshots.retain(|s| s.step < step);
        self.snapshots.push(Snapshot { step, bytes });
        thin(&mut self.snapshots, BYTES);
        // Close together at first, when much happens: each gap a quarter of the way so far.
        self.clock.next_snapshot = step + (step / 4).max(5);
        Ok(())
    }

    pub(super) fn snapshot(&self, index: u32) -> Result<&Snapshot> {
        self.snapshots
            .get(index as usize)
            .ok_or_else(|| Error::bad_option("snapshot", index, "there is none of that number"))
    }

    /// Samples of a past snapshot at the session's fixed noise; between steps of a long sampler the
    /// thread is given back.
    ///
    /// # Errors
    /// [`Error::BadOption`] for an index that is not there, and what the device reports.
    pub async fn show_snapshot(&self, index: u32, count: u32, pause: Pause) -> Result<View> {
        let opened = checkpoint::open(&self.snapshot(index)?.bytes, None, &self.device)?;
        self.fixed_samples(&*opened.model, count as usize, Some(pause))
            .await
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
        // What never moves stays as precise as it is.
        let mut all = trainer.model.weights().await?;
        let moved = weights.into_iter();
        all.extend(moved.filter(|(name, _)| !name.starts_with(tuned::BEFORE)));
        let model = trainer.model.clone().with_weights(all)?;
        let optimizers = model.optimizers();
        let (config, data, seed) = (trainer.config.clone(), trainer.data.clone(), trainer.seed);
        let origin = trainer.origin.clone();
        let mut trainer = Trainer::resume(model, optimizers, config, data, seed, step, seen);
        trainer.remember(origin);
        self.state = State::Training(Box::new(trainer));
        self.snapshots.truncate(index as usize + 1);
        for curve in &mut self.losses {
            let keep = curve.steps.partition_point(|&s| u64::from(s) <= step);
            curve.steps.truncate(keep);
            curve.values.truncate(keep);
        }
        self.diverged = None;
        self.clock = Clock::new(step);
        self.clock.next_snapshot = step + (step / 4).max(5);
        // What was kept last is of a later step: this one is to take its place.
        self.clock.saved_step = u64::MAX;
        Ok(())
    }

    /// Samples at noise that belongs to the session, so that they can be compared over time.
    pub(super) async fn fixed_samples(
        &self,
        model: &dyn Model,
        count: usize,
        pause: Option<Pause>,
    ) -> Result<View> {
        /// How long the thread is held.
        const SLICE: Duration = Duration::from_millis(40);
        let most = self.most_samples();
        let (free, count) = (Condition::default(), count.clamp(1, most));
        let mut sampler = model.sampler(&model.preview()?, &free, count, self.seed())?;
        let mut held = Instant::now();
        let driven = drive(&mut *sampler, async |_, _| {
            if let Some(pause) = pause
                && held.elapsed() > SLICE
            {
                pause().await;
                held = Instant::now();
            }
            Ok(())
        });
        driven.await?;
        plots::samples(sampler.state(), 8, self.window()).await
    }
}

/// Keep at most [`SNAPSHOTS`], and of more than two at most `most` bytes. The first and the last stay,
/// and of what lies between every second one goes.
fn thin(snapshots: &mut Vec<Snapshot>, most: usize) {
    loop {
        let bytes: usize = snapshots.iter().map(|s| s.bytes.len()).sum();
        let count = snapshots.len();
        if count <= SNAPSHOTS && (bytes <= most || count <= 2) {
            return;
        }
        let mut index = 0;
        snapshots.retain(|_| {
            index += 1;
            index % 2 == 1 || index == count
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_kept_by_number_and_by_size() {
        let of = |n: u64, size: usize| -> Vec<Snapshot> {
            let bytes = vec![0; size];
            let each = (0..n).map(|step| Snapshot {
                step,
                bytes: bytes.clone(),
            });
            each.collect()
        };
        let steps = |s: &[Snapshot]| s.iter().map(|s| s.step).collect::<Vec<_>>();
        let mut small = of(49, 1);
        thin(&mut small, 1000);
        assert_eq!(small.len(), 25);
        let mut large = of(9, 100);
        thin(&mut large, 450);
        assert_eq!(steps(&large), [0, 4, 8]);
        // However large they are, the beginning and the last stay.
        thin(&mut large, 1);
        assert_eq!(steps(&large), [0, 8]);
        let mut one = of(1, 100);
        thin(&mut one, 1);
        assert_eq!(steps(&one), [0]);
    }
}
