//! Generative models that sample and train inside the reader's browser.
#![deny(missing_docs)]
pub mod checkpoint;
#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod data;
pub mod device;
pub mod error;
pub mod evaluate;
pub mod families;
pub mod host;
pub mod kernels;
pub mod model;
pub mod nn;
pub mod optim;
pub mod options;
pub mod parity;
pub mod protocol;
pub mod rng;
pub mod session;
pub mod training;
pub mod views;
#[cfg(target_family = "wasm")]
pub mod worker;
pub use {model as family, training as train};
