//! Operations that burn lacks or runs slowly: one file each, with the forward and the backward pass
//! for the CPU beside each other.
//!
//! The entry points take and return tensors and are differentiable. On the CPU they run as one
//! operation on host memory ([`host`]); on any other device they are the plain formula in tensors,
//! or a kernel of WebGPU where one is measured to pay. Tests hold each to automatic
//! differentiation of the formula and to finite differences.

pub mod activation;
pub mod affine;
pub mod attention;
pub mod bernoulli;
pub mod columns;
pub mod conv2d;
pub mod cross_entropy;
pub mod elementwise;
pub mod embedding;
pub mod gated;
pub mod gemm;
pub mod group_norm;
pub mod host;
pub mod linear;
pub mod lstm;
pub mod math;
pub mod mixture;
pub mod monotone;
pub mod norm;
pub mod outer;
pub mod packed;
pub mod planar;
pub mod quantised;
pub mod reduce;
pub mod residual;
pub mod rotary;
pub mod rq_spline;
pub mod simd;
pub mod stft;
pub mod waves;
#[cfg(all(feature = "webgpu", target_family = "wasm"))]
pub mod webgpu;
