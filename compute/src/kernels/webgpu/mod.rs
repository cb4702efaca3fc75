//! Kernels of WebGPU.

pub mod tiled_matmul;
