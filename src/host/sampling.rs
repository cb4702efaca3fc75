//! [`Request::Sample`](crate::protocol::Request::Sample).

use std::rc::Rc;

use serde_json::Value;
use web_time::{Duration, Instant};

use super::{Host, dealing::Dealing};
use crate::{
    error::{Error, Result},
    model::{Condition, Reading, Sampler, Samples, drive},
    plots,
    protocol::Progress,
    scene::View,
};

/// Between two looks at a sampler under way.
const SHOW: Duration = Duration::from_millis(100);
/// What is drawn.
pub(super) struct Wish<'a> {
    pub(super) session: u32,
    pub(super) count: u32,
    pub(super) seed: u32,
    pub(super) options: &'a Value,
    pub(super) condition: &'a Condition,
}

impl Host {
    /// Draw samples; progress carries earlier states.
    pub(super) async fn sample(&self, id: u32, wish: Wish<'_>) -> Result<View> {
        let Wish { count, seed, .. } = wish;
        let session = self.session(wish.session)?;
        let (mut sampler, window) = {
            let session = session.session.lock().await;
            let mut sampler = session.sampler(wish.options, wish.condition, count, seed)?;
            let dealing = (sampler.divided().is_some()).then(|| {
                let drawing = session.drawing(wish.options, wish.condition, count, seed);
                let most = session.drawers(&drawing);
                Dealing::begin(self, id, Rc::new(drawing), most)
            });
            let sampler = Dealt { sampler, dealing };
            (sampler, session.window())
        };
        // About four wide to three high.
        let columns = (f64::from(count) * 4.0 / 3.0).sqrt().ceil() as usize;
        let (of, mut shown, mut sent) = (sampler.steps(), Instant::now(), 0);
        let driven = drive(&mut sampler, async |sampler, step| {
            if step == of || shown.elapsed() <= SHOW {
                return Ok(());
            }
            shown = Instant::now();
            let view = plots::under_way(sampler, columns, window, &mut sent).await?;
            let (step, of, view) = (step as u32, of as u32, Some(view));
            self.progress(id, Progress::Sampling { step, of, view });
            (self.pause)().await;
            if self.is_cancelled(id) {
                return Err(Error::Cancelled);
            }
            Ok(())
        });
        driven.await?;
        plots::made(&sampler, columns, window).await
    }
}

/// A sampler whose steps are dealt out to helpers where those pay.
struct Dealt<'a> {
    sampler: Box<dyn Sampler>,
    /// Where its steps can be.
    dealing: Option<Dealing<'a>>,
}

impl Dealt<'_> {
    async fn step(&mut self) -> Result<bool> {
        let Some(dealing) = &mut self.dealing else {
            return self.sampler.next().await;
        };
        let (begun, help) = (Instant::now(), dealing.help());
        let left = match (&help, self.sampler.divided()) {
            (Some((crew, drawing)), Some(divided)) => crew.draw(drawing, divided).await?,
            _ => self.sampler.next().await?,
        };
        let (seconds, steps) = (begun.elapsed().as_secs_f64(), self.sampler.steps());
        dealing.took(seconds, help.is_some(), left, steps);
        Ok(left)
    }
}

impl Sampler for Dealt<'_> {
    fn steps(&self) -> usize {
        self.sampler.steps()
    }

    fn next(&mut self) -> Reading<'_, bool> {
        Box::pin(self.step())
    }

    fn state(&self) -> Samples {
        self.sampler.state()
    }

    fn state_from(&self, start: usize) -> Samples {
        self.sampler.state_from(start)
    }

    fn revises(&self) -> bool {
        self.sampler.revises()
    }
}
