//! One file per family: config, module, objective, sampler.

pub mod autoregressive;
pub mod planar;
pub mod realnvp;
pub mod gan;
pub mod vae;
