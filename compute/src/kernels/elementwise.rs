//! Functions of each number by itself whose value and slope stay right far from zero, on every device.
//!
//! On WebGPU burn computes ln(1 + x) from the rounded sum, so that its softplus of −20 is 0 and its
//! log-sigmoid has neither value nor slope from 17 on; and its tanh is guarded against large
//! arguments only in programs compiled for a Mac, though a page may run on one.

use burn::tensor::Tensor;
pub use burn::tensor::activation::{log_softmax, relu, sigmoid, softmax};

use super::host::is_host;

/// ln(1 + eˣ), with slope σ(x); any shape.
pub fn softplus<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    // max(x, 0) + ln(1 + exp(−|x|)); e = exp(−|x|) lies in (0, 1].
    let plain = x.clone().without_autodiff();
    let e = plain.clone().abs().neg().exp();
    let value = relu(plain.clone()) + ln_1p(e);
    if !x.is_autodiff() {
        return value;
    }
    let value = value.autodiff();
    if !x.is_tracked() {
        return value;
    }
    // The slope enters autodiff as a constant g: Σ g·x − stop(Σ g·x) is zero in value and carries g.
    // So it is right at 0 too, where |x| has none.
    let carrier = x * sigmoid(plain).autodiff();
    carrier.clone() - carrier.detach() + value
}

/// ln σ(x) = −ln(1 + e⁻ˣ), with slope σ(−x); any shape.
pub fn log_sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    softplus(x.neg()).neg()
}

/// tanh x; any shape.
pub fn tanh<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    /// From 9.02 on tanh is 1 in single precision.
    const LARGEST: f32 = 15.0;
    if is_host(&x) {
        return x.tanh();
    }
    x.clamp(-LARGEST, LARGEST).tanh()
}

/// x σ(x) (Elfwing et al. 2017, arXiv:1702.03118); any shape.
pub fn silu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.clone() * sigmoid(x)
}

/// GELU's tanh form (Hendrycks & Gimpel 2016, arXiv:1606.08415), which is
/// x σ(2u), u = √(2/π) (x + 0.044715 x³); any shape.
pub fn gelu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    const A: f32 = 1.595_769;
    const B: f32 = 0.044_715 * A;
    let inner = (x.clone().square() * B + A) * x.clone();
    x * sigmoid(inner)
}

/// ln(1 + e) for e in [0, 1]; any shape.
pub fn ln_1p<const D: usize>(e: Tensor<D>) -> Tensor<D> {
    if is_host(&e) {
        return e.log1p();
    }
    // Without a logarithm: 2 artanh(s) with s = e / (2 + e) ≤ 1/3, by its odd series.
    let s = e.clone() / (e + 2.0);
    let q = s.clone().square();
    let mut sum = q.clone() * (1.0 / 13.0) + 1.0 / 11.0;
    for power in [9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = sum * q.clone() + 1.0 / power;
    }
    s * sum * 2.0
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)] // Only CPU tensors are read.
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::{device, kernels::host::by_formulas};

    const AT: [f32; 21] = [
        -80.0, -40.0, -20.0, -17.0, -12.0, -5.0, -2.0, -1.0, -0.5, -1e-3, 0.0, 1e-3, 0.5, 1.0, 2.0,
        5.0, 12.0, 17.0, 20.0, 40.0, 80.0,
    ];

    /// Value and slope of `f` at each of `at`.
    fn of(f: impl Fn(Tensor<1>) -> Tensor<1>, at: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let device = device::cpu().autodiff();
        let data = TensorData::new(at.to_vec(), [at.len()]);
        let x = Tensor::<1>::from_data(data, &device).require_grad();
        let y = f(x.clone());
        let slope = x.grad(&y.clone().sum().backward()).expect("a slope");
        let floats = |t: Tensor<1>| t.into_data().try_into_vec().expect("floats");
        (floats(y.without_autodiff()), floats(slope))
    }

    /// To `within` of each value, or of what single precision tells from 0.
    fn close(name: &str, got: &[f32], want: impl Fn(f64) -> f64, within: f64) {
        for (&got, &x) in got.iter().zip(&AT) {
            let want = want(f64::from(x));
            let error = (f64::from(got) - want).abs();
            assert!(
                error <= within * want.abs() + 1e-37,
                "{name}({x}): {got}, {want}"
            );
        }
    }

    fn logistic(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    fn log_1p_exp(x: f64) -> f64 {
        x.max(0.0) + (-x.abs()).exp().ln_1p()
    }

    #[test]
    fn tails_keep_value_and_slope() {
        for (value, slope) in [of(softplus, &AT), by_formulas(|| of(softplus, &AT))] {
            close("softplus", &value, log_1p_exp, 1e-6);
            close("softplus", &slope, logistic, 1e-5);
        }
        let (value, slope) = of(log_sigmoid, &AT);
        close("log_sigmoid", &value, |x| -log_1p_exp(-x), 1e-6);
        close("log_sigmoid", &slope, |x| logistic(-x), 1e-5);
    }

    #[test]
    fn gates_are_right_to_their_ends() {
        let (value, slope) = of(silu, &AT);
        close("silu", &value, |x| x * logistic(x), 1e-5);
        let silu_slope = |x: f64| logistic(x) * (1.0 + x * logistic(-x));
        for (&got, &x) in slope.iter().zip(&AT) {
            let want = silu_slope(f64::from(x));
            assert!(
                (f64::from(got) - want).abs() < 1e-6,
                "silu'({x}): {got}, {want}"
            );
        }
        let u = |x: f64| (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
        let exact = |x: f64| 0.5 * x * (1.0 + u(x).tanh());
        let (value, slope) = of(gelu, &AT);
        for ((&got, &by), &x) in value.iter().zip(&slope).zip(&AT) {
            let (x, h) = (f64::from(x), 1e-5);
            let error = (f64::from(got) - exact(x)).abs();
            assert!(error < 1e-6 * x.abs().max(1.0), "gelu({x}): {got}");
            let want = (exact(x + h) - exact(x - h)) / (2.0 * h);
            assert!(
                (f64::from(by) - want).abs() < 3e-6,
                "gelu'({x}): {by}, {want}"
            );
        }
        let (value, slope) = of(tanh, &AT);
        close("tanh", &value, f64::tanh, 1e-6);
        for (&got, &x) in slope.iter().zip(&AT) {
            let want = 1.0 - f64::from(x).tanh().powi(2);
            assert!(
                (f64::from(got) - want).abs() < 1e-6,
                "tanh'({x}): {got}, {want}"
            );
        }
    }
}
