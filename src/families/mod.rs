//! One file per family: config, module, objective, sampler.

pub mod vae;
