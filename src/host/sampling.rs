//! [`Request::Sample`](crate::protocol::Request::Sample).

use serde_json::Value;
use web_time::{Duration, Instant};

use super::{Host, helped::Helped};
use crate::{
    error::{Error, Result},
    model::{Condition, Reading, Sampler, Samples, drive},
    plots,
    protocol::Progress,
    scene::View,
    training::Drawing,
};

/// Between two looks at a sampler under way.
const SHOW: Duration = Duration::from_millis(100);
/// Samples are drawn so long before helpers are asked for, seconds; the first steps are slower than others.
const ALONE: f64 = 0.25;
/// Helpers are asked for where so much is left to do, seconds; and where some are there already.
const LONG: f64 = 3.0;
const LONG_ENOUGH: f64 = 1.0;
/// A step that is shorter is not worth the messages, seconds.
const SHORT: f64 = 0.004;
/// Steps with helpers after which it is known whether they pay, and seconds. The first of them, which bring the model
/// and run code that is new there, do not count.
const ENOUGH: (u32, f64) = (5, 1.0);
const FIRST: u32 = 2;
/// They pay if a step takes so much less.
const GAIN: f64 = 1.1;

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
            let drawing = (sampler.divided().is_some())
                .then(|| session.drawing(wish.options, wish.condition, count, seed));
            let most = drawing.as_ref().map_or(0, |d| session.drawers(d));
            let sampler = Dealt {
                sampler,
                drawing: drawing.filter(|_| most > 0),
                most: most as u32,
                helped: Helped::begin(self, id),
                begun: Instant::now(),
                taken: 0,
                alone: Times::default(),
                together: Times::default(),
            };
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

/// The time of steps.
#[derive(Default)]
struct Times {
    steps: u32,
    /// Seconds of all but the first.
    spent: f64,
    first: f64,
}

impl Times {
    /// `first` of them are not like the others.
    fn saw(&mut self, seconds: f64, first: u32) {
        self.steps += 1;
        match self.steps <= first {
            true => self.first = seconds,
            false => self.spent += seconds,
        }
    }

    /// Seconds of a step.
    fn each(&self, first: u32) -> f64 {
        match self.steps.saturating_sub(first) {
            0 => self.first,
            more => self.spent / f64::from(more),
        }
    }
}

/// A sampler whose steps are dealt out to helpers where those pay.
struct Dealt<'a> {
    sampler: Box<dyn Sampler>,
    /// What helpers are told, if there may be any.
    drawing: Option<Drawing>,
    /// The most helpers.
    most: u32,
    helped: Helped<'a>,
    begun: Instant,
    taken: usize,
    alone: Times,
    together: Times,
}

impl Dealt<'_> {
    async fn step(&mut self) -> Result<bool> {
        let Some(drawing) = &self.drawing else {
            return self.sampler.next().await;
        };
        let begun = Instant::now();
        let crew = self.helped.crew().filter(|crew| crew.size() > 0);
        let left = match crew {
            Some(crew) => crew.draw(drawing, &mut *self.sampler).await?,
            None => self.sampler.next().await?,
        };
        let seconds = begun.elapsed().as_secs_f64();
        match crew {
            Some(_) => self.together.saw(seconds, FIRST),
            None => self.alone.saw(seconds, 1),
        }
        self.taken += 1;
        let wanted = if left { self.wanted() } else { 0 };
        if wanted > 0 && crew.is_none() && !drawing.is_exact() {
            self.drawing = None;
            return Ok(left);
        }
        self.helped.ask(wanted);
        Ok(left)
    }

    /// How many helpers are worth having.
    fn wanted(&self) -> u32 {
        let (each, (steps, spent)) = (self.alone.each(1), ENOUGH);
        let judged = self.together.steps >= steps + FIRST && self.together.spent >= spent;
        if each < SHORT || judged && self.together.each(FIRST) * GAIN > each {
            return 0;
        }
        let left = each * self.sampler.steps().saturating_sub(self.taken) as f64;
        let pays = match (self.helped.crew(), self.helped.is_ready()) {
            (Some(_), _) => true,
            (None, true) => left >= LONG_ENOUGH,
            (None, false) => left >= LONG && self.begun.elapsed().as_secs_f64() >= ALONE,
        };
        if pays { self.most } else { 0 }
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
