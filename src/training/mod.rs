//! The training loop, the same natively and in the worker.
//!
//! A [`Trainer`] owns model, optimizers, data stream and step count, and advances one step at a
//! time; whoever drives it decides when to look and when to stop. Losses stay on the device and
//! are summed there; [`Trainer::take_losses`] reads their means.

mod budget;
mod curves;
mod trainer;

pub use budget::{Budget, FILE_LIMIT, Plan};
pub use curves::{LossCurve, Split, record};
pub use trainer::{Origin, Trainer};
