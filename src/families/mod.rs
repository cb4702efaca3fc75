//! One file per family: config, module, objective, sampler.

pub mod realnvp;
pub mod vae;
