//! The training loop, the same natively and in the worker.
//!
//! A [`Trainer`] owns model, optimizers, data stream and step count, and advances one step at a
//! time; whoever drives it decides when to look and when to stop. Losses stay on the device and
//! are summed there; [`Trainer::take_losses`] reads their means.

mod budget;
mod crew;
mod curves;
mod helper;
mod trainer;
mod trial;

pub use budget::{Budget, FILE_LIMIT, Plan};
pub use crew::{Crew, Line, MOST_HELPERS};
pub use curves::{LossCurve, Split, record};
pub use helper::{Helper, Numbers};
pub use trainer::{Origin, Trainer};
pub use trial::Trial;
