//! [`Request::Sample`](crate::protocol::Request::Sample).

use serde_json::Value;
use web_time::{Duration, Instant};

use super::Host;
use crate::{
    error::{Error, Result},
    protocol::{Progress, View},
    views,
};

impl Host {
    pub(super) async fn sample(
        &self,
        id: u32,
        session: u32,
        count: u32,
        seed: u32,
        options: &Value,
    ) -> Result<View> {
        let session = self.session(session)?;
        let (mut sampler, window) = {
            let session = session.lock().await;
            (session.sampler(options, count, seed)?, session.window())
        };
        // About four wide to three high.
        let columns = (f64::from(count) * 4.0 / 3.0).sqrt().ceil() as usize;
        let (of, mut shown, mut sent) = (sampler.steps(), Instant::now(), 0);
        for step in 1..=of {
            sampler.step()?;
            sampler.settle().await?;
            if sampler.ended() {
                break;
            }
            if step < of && shown.elapsed() > Duration::from_millis(100) {
                shown = Instant::now();
                let view = views::under_way(&*sampler, columns, window, &mut sent).await?;
                let (step, of) = (step as u32, of as u32);
                let view = Some(view);
                self.progress(id, Progress::Sampling { step, of, view });
                (self.pause)().await;
                if self.is_cancelled(id) {
                    return Err(Error::Cancelled);
                }
            }
        }
        views::samples(sampler.state(), columns, window).await
    }
}
