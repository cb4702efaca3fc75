//! Generative models that sample and train inside the reader's browser, and natively.
//!
//! # As a library
//!
//! A model of any family is a [`Box<dyn Model>`](model::Model). It comes out of a file by
//! [`checkpoint::open`], is made by [`families::init`], or is trained by a [`Trainer`](training::Trainer), on
//! data that a [`Dataset`](data::Dataset) is. What is drawn from it a [`Sampler`](model::Sampler) makes step by
//! step; [`finish`](model::finish) takes all of them. Options are JSON, checked against what the family
//! declares; errors are [`Error`](error::Error)s with a code, a sentence and a hint.
//!
//! ```
//! use std::rc::Rc;
//! use generative_playground::{
//!     data::{Dataset, PointSet},
//!     device, families,
//!     model::{Condition, finish},
//!     training::Trainer,
//! };
//! use serde_json::json;
//!
//! # fn main() -> generative_playground::error::Result<()> {
//! let data = Rc::new(Dataset::Points(PointSet::toy("moons", &json!({}), 1)?));
//! let space = &data.info().space;
//! let (config, train) = families::with_defaults("mdn", space, &json!({}), &json!({ "steps": 20 }))?;
//!
//! let mut trainer = Trainer::new("mdn", &config, train, data, 1, &device::cpu())?;
//! pollster::block_on(trainer.run(10, |_, _| Ok(true)))?;
//!
//! let model = trainer.averaged();
//! let mut sampler = model.sampler(&json!({ "temperature": 0.8 }), &Condition::default(), 100, 7)?;
//! let points = pollster::block_on(finish(&mut *sampler))?.points()?;
//! assert_eq!(points.dims(), [100, 2]);
//! # Ok(())
//! # }
//! ```
//!
//! Longer ones stand in `examples/`: `sample`, `train`, `evaluate`, and `new_family`, which writes a family of
//! its own. To add one to the program, see [`families`] and [`model::Family`].
//!
//! # Where what is
//!
//! [`families`] and [`model`]: the families, and the contract that each keeps. [`training`], [`optim`],
//! [`data`]: how they learn, and from what. [`checkpoint`], [`export`]: files. [`evaluate`]: how good they are.
//! [`open`]: models of elsewhere. [`plots`], [`scene`]: what can be seen of them. [`session`], [`host`], [`protocol`]: the page's side.
#![deny(missing_docs)]
pub mod bytes;
pub mod checkpoint;
#[cfg(not(target_family = "wasm"))]
pub mod cli;
pub mod data;
pub mod device;
pub mod error;
pub mod evaluate;
pub mod export;
pub mod families;
pub mod hash;
pub mod host;
pub mod model;
pub mod nn;
pub mod open;
pub mod optim;
pub mod options;
pub mod parity;
pub mod pause;
pub mod plots;
pub mod protocol;
pub mod scene;
pub mod session;
pub mod speech;
pub mod training;
#[cfg(target_family = "wasm")]
pub mod worker;
pub mod worlds;

#[doc(inline)]
pub use generative_playground_compute::{heap, kernels, rng};
