//! What the models spend their time in: kernels, products with quantised weights, seeded noise, memory.
//!
//! A package of its own, since the rest is compiled for size in what a browser downloads, and this for speed.
#![deny(missing_docs)]
pub mod adam;
pub mod device;
pub mod heap;
pub mod kernels;
pub mod pixels;
pub mod quantised;
pub mod rng;
