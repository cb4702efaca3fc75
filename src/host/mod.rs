//! The worker without its shell: requests in, answers out, sessions in between.
//!
//! Runs on one thread. Every request is a future of its own; long ones give the thread back
//! between slices (`Host::pause`), so that a cancel or a look at the same session gets its turn.

mod answer;
mod dealing;
mod helped;
mod options;
mod sampling;
mod speech;
mod training;

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::Poll,
};

use async_lock::Mutex;
use burn::tensor::Device;

use crate::{
    error::{Error, Result},
    pause::Pause,
    protocol::{Answer, Envelope, ErrorInfo, Outcome, Progress, Reply},
    session::{Library, SPARE, Session},
    speech::Voice,
    training::{Budget, Crew},
};

/// A session in its place.
struct Slot {
    session: Mutex<Session>,
    /// Name of its data.
    data: String,
    /// Whether a `Request::Train` is under way.
    training: Cell<bool>,
}

/// See the module's documentation.
pub struct Host {
    device: Device,
    /// Whether the reader asked for this device.
    asked: bool,
    pause: Pause,
    rest: Pause,
    emit: Box<dyn Fn(Answer)>,
    budget: Budget,
    sessions: RefCell<HashMap<u32, Rc<Slot>>>,
    library: RefCell<Library>,
    voice: RefCell<Option<Rc<Voice>>>,
    crew: Crew,
    /// The request that the crew helps.
    helped: Cell<Option<u32>>,
    cancelled: RefCell<HashSet<u32>>,
    running: RefCell<HashSet<u32>>,
}

impl Host {
    /// A host that computes on `device` and sends answers to `emit`.
    pub fn new(device: Device, pause: Pause, emit: Box<dyn Fn(Answer)>) -> Self {
        Self {
            budget: Budget::of(&device),
            device,
            asked: false,
            pause,
            rest: pause,
            emit,
            sessions: RefCell::default(),
            library: RefCell::default(),
            voice: RefCell::default(),
            crew: Crew::new(pause),
            helped: Cell::new(None),
            cancelled: RefCell::default(),
            running: RefCell::default(),
        }
    }

    /// Wait by `rest`, a few milliseconds without work, where there is nothing to do yet.
    #[must_use]
    pub fn with_rest(mut self, rest: Pause) -> Self {
        self.rest = rest;
        self.crew = Crew::new(rest);
        self
    }

    /// Compute on the device even where the host would be faster.
    #[must_use]
    pub fn as_asked(mut self, asked: bool) -> Self {
        self.asked = asked;
        self
    }

    /// The workers that help.
    pub fn crew(&self) -> &Crew {
        &self.crew
    }

    /// Let sessions ask for no more than `budget`, where it is not to be the device's.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// The device it computes on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Answer one request: any number of progress messages, then exactly one end.
    pub async fn handle(&self, envelope: Envelope) {
        let Envelope { id, request } = envelope;
        self.running.borrow_mut().insert(id);
        let (only_looks, session) = (request.only_looks(), request.looks_at());
        let answer = self.answer(id, request);
        let answer = if only_looks {
            // It can be dropped wherever it gives the thread back.
            let gone = |session| self.session(session).is_err();
            let there = session.filter(|&session| !gone(session));
            let ended = || self.is_cancelled(id) || there.is_some_and(gone);
            unless(answer, ended).await
        } else {
            answer.await
        };
        let reply = match answer {
            Ok(outcome) => Reply::Ok { outcome },
            Err(error) => Reply::Error {
                error: ErrorInfo::from(&error),
            },
        };
        self.running.borrow_mut().remove(&id);
        self.cancelled.borrow_mut().remove(&id);
        (self.emit)(Answer { id, reply });
    }

    fn progress(&self, id: u32, progress: Progress) {
        let reply = Reply::Progress { progress };
        (self.emit)(Answer { id, reply });
    }

    fn is_cancelled(&self, id: u32) -> bool {
        self.cancelled.borrow().contains(&id)
    }

    fn session(&self, session: u32) -> Result<Rc<Slot>> {
        let found = self.sessions.borrow().get(&session).cloned();
        found.ok_or(Error::UnknownSession { session })
    }

    /// Put a new session in the place of the old one, if there was one.
    fn put(&self, number: u32, session: Session) -> Result<Outcome> {
        let model = session.info()?;
        let slot = Rc::new(Slot {
            data: session.data().name.clone(),
            session: Mutex::new(session),
            training: Cell::new(false),
        });
        self.sessions.borrow_mut().insert(number, slot);
        Ok(Outcome::Model { model })
    }

    /// Let go of data that no session uses, where there is too much of it.
    fn tidy(&self) {
        let sessions = self.sessions.borrow();
        let used: HashSet<&str> = sessions.values().map(|slot| slot.data.as_str()).collect();
        self.library.borrow_mut().tidy(&used, SPARE);
    }
}

/// What `answer` gives, or [`Error::Cancelled`] once `ended` is true: then it is dropped where it
/// last gave the thread back.
async fn unless<T>(answer: impl Future<Output = Result<T>>, ended: impl Fn() -> bool) -> Result<T> {
    let mut answer = pin!(answer);
    poll_fn(|context| match ended() {
        true => Poll::Ready(Err(Error::Cancelled)),
        false => answer.as_mut().poll(context),
    })
    .await
}
