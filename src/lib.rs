//! Generative models that sample and train inside the reader's browser.
#![deny(missing_docs)]
pub mod bytes;
pub mod checkpoint;
#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod data;
pub mod device;
pub mod error;
pub mod evaluate;
pub mod families;
pub mod hash;
pub mod host;
pub mod kernels;
pub mod model;
pub mod nn;
pub mod optim;
pub mod options;
pub mod parity;
pub mod pause;
pub mod plots;
pub mod protocol;
pub mod rng;
pub mod scene;
pub mod session;
pub mod training;
#[cfg(target_family = "wasm")]
pub mod worker;
