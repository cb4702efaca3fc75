//! Steps that are dealt out to helpers where those pay.

use std::rc::Rc;

use web_time::Instant;

use super::{Host, helped::Helped};
use crate::{
    error::Error,
    model::{Dealer, Divided, Reading, step_alone},
    training::{Crew, Drawing},
};

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

/// Knows whether helpers pay for the steps of something, and asks for them.
pub(super) struct Dealing<'a> {
    /// What helpers are told, if there may be any.
    drawing: Option<Rc<Drawing>>,
    /// The most helpers.
    most: u32,
    helped: Helped<'a>,
    begun: Instant,
    taken: usize,
    alone: Times,
    together: Times,
}

impl<'a> Dealing<'a> {
    /// For a request, with `most` helpers at most.
    pub(super) fn begin(host: &'a Host, id: u32, drawing: Rc<Drawing>, most: usize) -> Self {
        Self {
            drawing: (most > 0).then_some(drawing),
            most: most as u32,
            helped: Helped::begin(host, id),
            begun: Instant::now(),
            taken: 0,
            alone: Times::default(),
            together: Times::default(),
        }
    }

    /// The helpers that there are, and what they are told.
    pub(super) fn help(&self) -> Option<(&'a Crew, Rc<Drawing>)> {
        let drawing = self.drawing.clone()?;
        let crew = self.helped.crew().filter(|crew| crew.size() > 0)?;
        Some((crew, drawing))
    }

    /// A step of so many took so many seconds, with helpers or without; whether more are left.
    pub(super) fn took(&mut self, seconds: f64, helped: bool, left: bool, steps: usize) {
        let Some(drawing) = &self.drawing else {
            return;
        };
        match helped {
            true => self.together.saw(seconds, FIRST),
            false => self.alone.saw(seconds, 1),
        }
        self.taken += 1;
        let wanted = if left { self.wanted(steps) } else { 0 };
        if wanted > 0 && !helped && !drawing.is_exact() {
            self.drawing = None;
            return;
        }
        self.helped.ask(wanted);
    }

    /// How many helpers are worth having.
    fn wanted(&self, steps: usize) -> u32 {
        let (each, (enough, spent)) = (self.alone.each(1), ENOUGH);
        let judged = self.together.steps >= enough + FIRST && self.together.spent >= spent;
        if each < SHORT || judged && self.together.each(FIRST) * GAIN > each {
            return 0;
        }
        let left = each * steps.saturating_sub(self.taken) as f64;
        let pays = match (self.helped.crew(), self.helped.is_ready()) {
            (Some(_), _) => true,
            (None, true) => left >= LONG_ENOUGH,
            (None, false) => left >= LONG && self.begun.elapsed().as_secs_f64() >= ALONE,
        };
        if pays { self.most } else { 0 }
    }
}

/// Who takes all steps for a request, which may be cancelled between two.
pub(super) struct Steps<'a> {
    pub(super) host: &'a Host,
    pub(super) id: u32,
    /// What helpers are told.
    pub(super) drawing: Rc<Drawing>,
    /// The most helpers.
    pub(super) most: usize,
}

impl Dealer for Steps<'_> {
    fn take_all<'a>(&'a self, divided: &'a mut dyn Divided, steps: usize) -> Reading<'a, ()> {
        Box::pin(async move {
            let drawing = self.drawing.clone();
            let mut dealing = Dealing::begin(self.host, self.id, drawing, self.most);
            loop {
                let (begun, help) = (Instant::now(), dealing.help());
                let left = match &help {
                    Some((crew, drawing)) => crew.draw(drawing, divided).await?,
                    None => step_alone(divided)?,
                };
                let seconds = begun.elapsed().as_secs_f64();
                dealing.took(seconds, help.is_some(), left, steps);
                if !left {
                    return Ok(());
                }
                (self.host.pause)().await;
                if self.host.is_cancelled(self.id) {
                    return Err(Error::Cancelled);
                }
            }
        })
    }
}
