//! The training loop, the same natively and in the worker.
//!
//! A [`Trainer`] owns model, optimizers, data stream and step count, and advances one step at a
//! time; whoever drives it decides when to look and when to stop. Losses stay on the device and
//! are summed there; [`Trainer::take_losses`] reads their means.

use std::sync::atomic::{AtomicU64, Ordering};

mod budget;
mod crew;
mod curves;
mod drawing;
mod helper;
#[cfg(not(target_family = "wasm"))]
pub mod threads;
mod trainer;
mod trial;

pub use budget::{Budget, FILE_LIMIT, Plan};
pub use crew::{Crew, Line, MOST_HELPERS};
pub use curves::{LossCurve, Split, record};
pub use drawing::{Drawing, Wished, Work, pointwise};
pub use helper::{Helper, Numbers};
pub use trainer::{Origin, Trainer};
pub use trial::Trial;

/// A number that nothing else in this process has: it tells trainings, drawings and weights from others.
pub fn next_number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}
