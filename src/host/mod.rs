//! The worker without its shell: requests in, answers out, sessions in between.
//!
//! Runs on one thread. Every request is a future of its own; long ones give the thread back
//! between slices (`Host::pause`), so that a cancel or a look at the same session gets its turn.

mod answer;
mod options;
mod sampling;
mod training;

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use async_lock::Mutex;
use burn::tensor::Device;

use crate::{
    error::{Error, Result},
    pause::Pause,
    protocol::{Answer, Envelope, ErrorInfo, Outcome, Progress, Reply},
    session::{Library, Session},
};

/// See the module's documentation.
pub struct Host {
    device: Device,
    pause: Pause,
    rest: Pause,
    emit: Box<dyn Fn(Answer)>,
    sessions: RefCell<HashMap<u32, Rc<Mutex<Session>>>>,
    library: RefCell<Library>,
    cancelled: RefCell<HashSet<u32>>,
    running: RefCell<HashSet<u32>>,
}

impl Host {
    /// A host that computes on `device` and sends answers to `emit`.
    pub fn new(device: Device, pause: Pause, emit: Box<dyn Fn(Answer)>) -> Self {
        Self {
            device,
            pause,
            rest: pause,
            emit,
            sessions: RefCell::default(),
            library: RefCell::default(),
            cancelled: RefCell::default(),
            running: RefCell::default(),
        }
    }

    /// Wait by `rest`, a few milliseconds without work, where there is nothing to do yet.
    #[must_use]
    pub fn with_rest(mut self, rest: Pause) -> Self {
        self.rest = rest;
        self
    }

    /// The device it computes on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Answer one request: any number of progress messages, then exactly one end.
    pub async fn handle(&self, envelope: Envelope) {
        let id = envelope.id;
        self.running.borrow_mut().insert(id);
        let reply = match self.answer(id, envelope.request).await {
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

    fn session(&self, session: u32) -> Result<Rc<Mutex<Session>>> {
        let found = self.sessions.borrow().get(&session).cloned();
        found.ok_or(Error::UnknownSession { session })
    }

    /// Put a new session in the place of the old one, if there was one.
    fn put(&self, number: u32, session: Session) -> Result<Outcome> {
        let model = session.info()?;
        let session = Rc::new(Mutex::new(session));
        self.sessions.borrow_mut().insert(number, session);
        Ok(Outcome::Model { model })
    }
}
