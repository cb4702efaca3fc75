//! The contract that every model family keeps.
//!
//! A family is one file in [`crate::families`]: config, module, objective, sampler. It declares
//! what it is ([`Family`]) and, by capability traits, what else it can do ([`Density`],
//! [`Latent`]). Controls, views, metrics, attributes and conformance tests follow from those
//! declarations. [`Model`] is one enum over the list of families in [`registry`]; adding a
//! family is adding a line there.

mod capabilities;
mod condition;
mod defaults;
mod describe;
mod family;
#[expect(clippy::module_inception)] // It holds the trait of that name.
mod model;
mod sampler;
mod step;
mod train_config;

pub use capabilities::*;
pub use condition::{Condition, ConditionKind};
pub use defaults::*;
pub use describe::*;
pub use family::*;
pub use model::Model;
pub use sampler::*;
pub use step::*;
pub use train_config::*;
