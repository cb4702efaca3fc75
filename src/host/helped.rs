//! Whom the crew of helpers helps.

use super::Host;
use crate::{protocol::Progress, training::Crew};

/// The crew of a request for as long as that lasts: only one has it at a time.
pub(super) struct Helped<'a> {
    host: &'a Host,
    id: u32,
    /// How many the page was asked for.
    asked: u32,
}

impl<'a> Helped<'a> {
    pub(super) fn begin(host: &'a Host, id: u32) -> Self {
        Self { host, id, asked: 0 }
    }

    /// Those that help it.
    pub(super) fn crew(&self) -> Option<&'a Crew> {
        let own = self.asked > 0 && self.host.helped.get() == Some(self.id);
        own.then_some(&self.host.crew)
    }

    /// Whether helpers are there that nobody else has.
    pub(super) fn is_ready(&self) -> bool {
        let other = self.host.helped.get().is_some_and(|id| id != self.id);
        !other && self.host.crew.size() > 0
    }

    /// Asks the page for so many, where that is news or some were lost.
    pub(super) fn ask(&mut self, count: u32) {
        match self.host.helped.get() {
            Some(other) if other != self.id => return,
            None if count == 0 => return,
            _ => self.host.helped.set(Some(self.id)),
        }
        let lost = self.host.crew.take_lost();
        if count != self.asked || !lost.is_empty() {
            self.asked = count;
            self.host
                .progress(self.id, Progress::Helpers { count, lost });
        }
    }
}

impl Drop for Helped<'_> {
    fn drop(&mut self) {
        if self.host.helped.get() == Some(self.id) {
            self.ask(0);
            self.host.helped.set(None);
        }
    }
}
