//! What moves weights.

pub mod adam;
pub mod muon;
