//! Kernels of WebGPU.

pub mod quantised_matmul;
pub mod tiled_matmul;
