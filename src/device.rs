//! Where tensors live: a real GPU if there is one, else the CPU.
//!
//! In the browser the worker's shell probes `navigator.gpu` first and then loads the module that
//! fits (`worker`); natively the CLI's `--device` chooses among what was compiled in.

#[cfg(any(not(target_family = "wasm"), feature = "webgpu"))]
use burn::tensor::Device;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::error::{Error, Result};

/// A way to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// burn's flex: portable SIMD on the CPU.
    Cpu,
    /// burn's wgpu on the browser's WebGPU.
    Webgpu,
}

/// What a worker computes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceInfo {
    /// The back end in use.
    pub backend: Backend,
    /// The adapter's own name, or what the CPU back end is.
    pub adapter: String,
    /// Whether it is a software adapter: right, but slow.
    pub fallback: bool,
}

pub use generative_playground_compute::device::{cpu, is_cpu, is_cpu_autodiff};

/// The native device called `name`: `flex`, or `wgpu`, `vulkan`, `cuda` where compiled in.
///
/// # Errors
/// [`Error::DeviceUnavailable`] for a name that this build does not carry.
#[cfg(not(target_family = "wasm"))]
pub fn native(name: &str) -> Result<Device> {
    match name {
        "flex" | "cpu" => Ok(cpu()),
        #[cfg(feature = "wgpu")]
        "wgpu" => Ok(Device::wgpu(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "vulkan")]
        "vulkan" => Ok(Device::vulkan(burn::tensor::DeviceKind::DefaultDevice)),
        #[cfg(feature = "cuda")]
        "cuda" => Ok(Device::cuda(0)),
        _ => Err(Error::DeviceUnavailable {
            backend: name.into(),
            reason: "this build does not carry it (cargo features: wgpu, vulkan, cuda)".into(),
        }),
    }
}

/// The browser's WebGPU device. The shell has probed the adapter and wrapped its `requestDevice`
/// before this is called, and names the adapter.
///
/// # Errors
/// [`Error::DeviceUnavailable`] with the browser's words.
#[cfg(all(feature = "webgpu", target_family = "wasm"))]
pub async fn webgpu(fallback: bool) -> Result<(Device, DeviceInfo)> {
    let device =
        Device::wgpu_options()
            .init_async()
            .await
            .map_err(|e| Error::DeviceUnavailable {
                backend: "webgpu".into(),
                reason: e.to_string(),
            })?;
    let info = DeviceInfo {
        backend: Backend::Webgpu,
        adapter: "WebGPU".into(),
        fallback,
    };
    Ok((device, info))
}

/// A tensor's numbers, row by row.
pub(crate) async fn floats<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data_async().await?;
    data.try_into_vec::<f32>().map_err(|e| Error::Internal {
        reason: format!("{e:?}"),
    })
}
