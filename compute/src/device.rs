//! The device whose memory a kernel can walk along.

use burn::tensor::Device;

/// The CPU device.
pub fn cpu() -> Device {
    Device::flex()
}

/// Whether `device` computes on the host, so that its tensors can be read and written in place
/// without waiting.
pub fn is_cpu(device: &Device) -> bool {
    *device == Device::flex()
}

/// Whether `device` is the CPU's, inside autodiff.
pub fn is_cpu_autodiff(device: &Device) -> bool {
    *device == Device::flex().autodiff()
}
