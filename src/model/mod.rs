//! The contract that every model family keeps.
//!
//! A family declares what it is ([`Family`]) and, by capability traits, what else it can do
//! ([`Density`], [`Latent`], [`Invertible`], [`Language`]). The rest of the program holds a
//! [`Model`], its object-safe form. Controls, plots, metrics, attributes and conformance tests follow
//! from the declarations; the families themselves and the list of all stand in
//! [`crate::families`].

mod acting;
mod capabilities;
mod condition;
mod defaults;
mod describe;
mod example;
mod family;
mod imagining;
#[expect(clippy::module_inception)] // It holds the trait of that name.
mod model;
mod parts;
mod planning;
mod sampler;
mod step;
mod train_config;

pub use acting::*;
pub use capabilities::*;
pub(crate) use condition::with_conditions;
pub use condition::{Condition, ConditionKind};
pub use defaults::*;
pub use describe::*;
pub use example::Example;
pub use family::*;
pub use imagining::*;
pub use model::Model;
pub use parts::{Sum, part_count, parts, sample_parts};
pub use planning::*;
pub use sampler::*;
pub use step::*;
pub use train_config::*;

pub use crate::nn::cost::Cost;
