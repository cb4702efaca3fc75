//! [`Request::Train`](crate::protocol::Request::Train).

use std::rc::Rc;

use web_time::{Duration, Instant};

use super::{Host, Slot, helped::Helped};
use crate::{
    error::{Error, Result},
    protocol::{Bytes, Outcome, Progress},
};

/// A training goes on so long before it is helped.
const ALONE: Duration = Duration::from_secs(2);
/// How long a slice of training may hold the thread.
const SLICE: Duration = Duration::from_millis(40);

/// When a training stops by itself, and how fast it may go.
pub(super) struct Limits {
    pub(super) steps: Option<u32>,
    pub(super) rate: Option<f32>,
    pub(super) seconds: Option<f32>,
    /// Whether a resumable checkpoint is wanted at its end.
    pub(super) keep: bool,
}

/// Marks a session as being trained for as long as it lives.
struct Training(Rc<Slot>);

impl Training {
    fn begin(slot: &Rc<Slot>, session: u32) -> Result<Self> {
        match slot.training.replace(true) {
            true => Err(Error::SessionBusy { session }),
            false => Ok(Self(slot.clone())),
        }
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        self.0.training.set(false);
    }
}

impl Host {
    pub(super) async fn train(
        &self,
        id: u32,
        number: u32,
        limits: Limits,
        network: Option<&str>,
    ) -> Result<Outcome> {
        let Limits {
            steps,
            rate,
            seconds,
            keep,
        } = limits;
        if let Some(rate) = rate.filter(|r| !(0.1..=10_000.0).contains(r)) {
            let reason = "it must lie between 0.1 and 10000";
            return Err(Error::bad_option("rate", rate, reason));
        }
        let slot = self.session(number)?;
        let _training = Training::begin(&slot, number)?;
        let until = {
            let mut session = slot.session.lock().await;
            // A training keeps its data, whatever has come under the same name since.
            if !session.is_training() {
                let data = {
                    let info = session.data();
                    self.library.borrow_mut().make_for(info, session.seed())?
                };
                session.prepare_training(data).await?;
            }
            session.set_network(network)?;
            session.resume_clock();
            steps.map(|s| session.step() + u64::from(s))
        };
        let computed = slot.session.lock().await.computed();
        let mut helped = Helped::begin(self, id);
        let started = Instant::now();
        let mut paid_steps = 0f32;
        loop {
            // A cancel ends it well: what was learned stays. So does another model's arrival.
            let replaced = !matches!(
                self.sessions.borrow().get(&number),
                Some(s) if Rc::ptr_eq(s, &slot)
            );
            let mut held = slot.session.lock().await;
            let spent = (held.computed() - computed).as_secs_f32();
            let done =
                until.is_some_and(|u| held.step() >= u) || seconds.is_some_and(|s| spent >= s);
            if done || replaced || self.is_cancelled(id) {
                // What was learned since the last checkpoint is kept too; of a session that is gone
                // nobody wants to hear.
                if keep
                    && !replaced
                    && let Some(saved) = held.save().await?
                {
                    self.saved(id, saved);
                }
                let state = held.train_state();
                return Ok(Outcome::Trained { state });
            }
            let due = rate.is_none_or(|r| started.elapsed().as_secs_f32() * r >= paid_steps);
            if due {
                // Slow motion takes one step at a time.
                let slice = if rate.is_some() {
                    Duration::ZERO
                } else {
                    SLICE
                };
                let crew = helped.crew();
                let news = held.train_slice_with(crew, slice, until).await?;
                if rate.is_none() && started.elapsed() >= ALONE {
                    helped.ask(held.helpers() as u32);
                }
                paid_steps += 1.0;
                if let Some(state) = news.state {
                    let samples = news.samples;
                    self.progress(id, Progress::Training { state, samples });
                }
                if let Some(saved) = news.saved {
                    self.saved(id, saved);
                }
            }
            drop(held);
            // Slow motion waits for its next step without keeping the thread busy.
            if due {
                (self.pause)().await;
            } else {
                (self.rest)().await;
            }
        }
    }

    fn saved(&self, id: u32, (step, bytes): (u64, Vec<u8>)) {
        let (step, bytes) = (step as u32, Bytes(bytes));
        self.progress(id, Progress::Snapshot { step, bytes });
    }
}
