//! What moves weights.

pub mod adam;
mod groups;
pub mod muon;
mod optimizer;

pub use groups::{Parameter, ParameterGroup, Rule, as_matrix};
pub use optimizer::{Gradients, Hyper, Matrix, Optimizer, add_gradients};
