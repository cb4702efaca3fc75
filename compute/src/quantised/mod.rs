//! Weights as other programs' files hold them, and products with them.

mod lanes;
pub mod matrix;
pub mod quant;
pub mod units;
