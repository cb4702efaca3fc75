//! Adam (Kingma & Ba 2014, arXiv:1412.6980): one step of one parameter.
//!
//! The arithmetic is burn's [`burn::optim::Adam`]. On the CPU it runs in one pass over memory
//! instead of burn's twelve; a test holds the two equal.

use burn::{
    optim::{AdamConfig, AdamState, AdaptiveMomentumState, Optimizer as _},
    tensor::{Tensor, TensorData},
};

use generative_playground_compute::adam;

use super::Hyper;
use crate::device;

const EPSILON: f32 = 1e-8;

/// First and second moment of a parameter, flat.
pub type Moments = (Tensor<1>, Tensor<1>);

/// One step of a flat parameter: its `time`-th, counted from 1.
pub fn step(
    value: Tensor<1>,
    grad: Tensor<1>,
    moments: Moments,
    time: usize,
    hyper: Hyper,
) -> (Tensor<1>, Moments) {
    if device::is_cpu(&value.device()) {
        fused(value, grad, moments, time, hyper)
    } else {
        by_burn(value, grad, moments, time, hyper)
    }
}

/// burn's own Adam on one flat parameter.
fn by_burn(
    value: Tensor<1>,
    grad: Tensor<1>,
    (m, v): Moments,
    time: usize,
    hyper: Hyper,
) -> (Tensor<1>, Moments) {
    let adam = AdamConfig::new()
        .with_beta_1(hyper.beta_1)
        .with_beta_2(hyper.beta_2)
        .with_epsilon(EPSILON)
        .build();
    // burn counts the step itself.
    let state = AdamState::new(AdaptiveMomentumState::new(time - 1, m, v));
    let (value, state) = adam.step(hyper.lr, value, grad.clone(), Some(state));
    let moments = match state {
        Some(state) => (state.momentum.moment_1, state.momentum.moment_2),
        // `Optimizer::step` may return no state; burn's Adam always does.
        None => (grad.zeros_like(), grad.zeros_like()),
    };
    (value, moments)
}

/// The same in one pass over host memory.
fn fused(
    value: Tensor<1>,
    grad: Tensor<1>,
    (m, v): Moments,
    time: usize,
    hyper: Hyper,
) -> (Tensor<1>, Moments) {
    let device = value.device();
    let mut value = host(value);
    let (mut m, mut v, grad) = (host(m), host(v), host(grad));
    let time = time as i32;
    let Hyper { beta_1, beta_2, .. } = hyper;
    let sqrt_correction_2 = (1.0 - beta_2.powi(time)).sqrt();
    let rate = hyper.lr as f32 * sqrt_correction_2 / (1.0 - beta_1.powi(time));
    let epsilon = EPSILON * sqrt_correction_2;
    if let (Ok(x), Ok(m), Ok(v), Ok(g)) = (
        value.as_mut_slice::<f32>(),
        m.as_mut_slice::<f32>(),
        v.as_mut_slice::<f32>(),
        grad.as_slice::<f32>(),
    ) {
        let how = adam::Step {
            beta_1,
            beta_2,
            rate,
            epsilon,
        };
        adam::step(x, m, v, g, how);
    }
    let put = |data| Tensor::from_data(data, &device);
    (put(value), (put(m), put(v)))
}

/// The tensor's own memory where nobody else holds it, else a copy.
#[allow(clippy::disallowed_methods)] // Only called for CPU tensors, which never wait.
fn host(tensor: Tensor<1>) -> TensorData {
    tensor.into_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn one_pass_equals_burn() {
        let device = device::cpu();
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let start = rng.normal_tensor([257], &device);
        let start_zeros = start.zeros_like();
        let (mut a, mut b) = (start.clone(), start);
        let zeros = || (start_zeros.clone(), start_zeros.clone());
        let (mut ma, mut mb) = (zeros(), zeros());
        for t in 1..=20 {
            let grad = rng.normal_tensor([257], &device);
            let (next, state) = fused(a, grad.clone(), ma, t, Hyper::new(1e-2));
            (a, ma) = (next, state);
            let (next, state) = by_burn(b, grad, mb, t, Hyper::new(1e-2));
            (b, mb) = (next, state);
        }
        let difference: f32 = (a - b).abs().max().into_scalar();
        assert!(difference < 1e-6, "{difference}");
    }
}
