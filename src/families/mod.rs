//! One file per family: config, module, objective, sampler.

pub mod autoregressive;
pub mod ddpm;
pub mod gan;
pub mod gpt;
pub mod planar;
pub mod realnvp;
pub mod vae;
