//! log p(x|logits) of independent Bernoulli pixels, with its gradient in closed form.
//!
//! log p = Σ_i x_i l_i − softplus(l_i), and ∂ log p / ∂l_i = x_i − σ(l_i). On the CPU value and
//! gradient come from one pass over memory; elsewhere from tensor operations. Either way the
//! gradient enters autodiff as a constant g: Σ g·l − stop(Σ g·l) is zero in value and carries g.
//! It stays first order and it is exact, however the result is combined afterwards.

use burn::tensor::{Tensor, TensorData};

use crate::{
    device,
    kernels::{elementwise, host::is_host, math::exp},
};

/// Σ over pixels of log Bernoulli(x | σ(logits)), nats.
///
/// # Shapes
/// - x: `[n, pixels]`, in [0, 1]
/// - logits: `[n · k, pixels]`: k rows for each x, next to each other
/// - output: `[n · k]`
pub fn log_prob(x: Tensor<2>, logits: Tensor<2>) -> Tensor<1> {
    let plain = logits.clone().without_autodiff();
    let x = x.without_autodiff();
    let tracked = logits.is_tracked();
    let (value, gradient) = if is_host(&plain) {
        fused(x, plain, tracked)
    } else {
        let ([n, pixels], [rows, _]) = (x.dims(), plain.dims());
        let x = if n == rows {
            x
        } else {
            x.unsqueeze_dim::<3>(1)
                .repeat_dim(1, rows / n.max(1))
                .reshape([rows, pixels])
        };
        // x l − softplus(l), its large parts first, so that what is left of them is not lost.
        let tail = elementwise::ln_1p(plain.clone().abs().neg().exp());
        let value = (x.clone() * plain.clone() - elementwise::relu(plain.clone()) - tail)
            .sum_dim(1)
            .squeeze_dim::<1>(1);
        (value, tracked.then(|| x - elementwise::sigmoid(plain)))
    };
    let Some(gradient) = gradient else {
        return value;
    };
    let carrier = (logits * gradient.autodiff())
        .sum_dim(1)
        .squeeze_dim::<1>(1);
    carrier.clone() - carrier.detach() + value.autodiff()
}

/// σ(logits), the probability of ink, outside autodiff; any shape.
#[allow(clippy::disallowed_methods)] // Only CPU tensors are read, which never wait.
pub fn mean<const D: usize>(logits: Tensor<D>) -> Tensor<D> {
    let logits = logits.without_autodiff();
    let device = logits.device();
    if !device::is_cpu(&device) {
        return elementwise::sigmoid(logits);
    }
    let mut data = logits.into_data();
    if let Ok(values) = data.as_mut_slice::<f32>() {
        for l in values {
            *l = sigmoid(*l, exp(-l.abs()));
        }
    }
    Tensor::from_data(data, &device)
}

#[allow(clippy::disallowed_methods)] // Only called for CPU tensors, which never wait.
fn fused(x: Tensor<2>, logits: Tensor<2>, with_gradient: bool) -> (Tensor<1>, Option<Tensor<2>>) {
    let device = logits.device();
    let [n, pixels] = logits.dims();
    let x = x.into_data();
    let mut logits = logits.into_data();
    let mut value = vec![0f32; n];
    if let (Ok(x), Ok(l)) = (x.as_slice::<f32>(), logits.as_mut_slice::<f32>()) {
        rows(x, l, &mut value, pixels, with_gradient);
    }
    let gradient = with_gradient.then(|| Tensor::from_data(logits, &device));
    let value = Tensor::from_data(TensorData::new(value, [n]), &device);
    (value, gradient)
}

/// `out[i]` and row i of `l` from row i of `l` and row i / k of `x`.
fn rows(x: &[f32], l: &mut [f32], out: &mut [f32], pixels: usize, with_gradient: bool) {
    let k = (l.len() / x.len().max(1)).max(1);
    let some = |first: usize, l: &mut [f32], out: &mut [f32]| {
        for (i, (l, out)) in l.chunks_mut(pixels).zip(out).enumerate() {
            let start = (first + i) / k * pixels;
            *out = row(&x[start..start + pixels], l, with_gradient);
        }
    };
    #[cfg(target_family = "wasm")]
    some(0, l, out);
    #[cfg(not(target_family = "wasm"))]
    {
        use rayon::prelude::*;
        // Rows are dealt out to threads in chunks of about this many values.
        const CHUNK: usize = 1 << 15;
        let each = (CHUNK / pixels.max(1)).max(1);
        l.par_chunks_mut(pixels * each)
            .zip(out.par_chunks_mut(each))
            .enumerate()
            .for_each(|(i, (l, out))| some(i * each, l, out));
    }
}

/// One image: returns Σ x l − softplus(l); overwrites `l` with x − σ(l) if asked.
fn row(x: &[f32], l: &mut [f32], with_gradient: bool) -> f32 {
    /// Lanes that the compiler keeps in vector registers.
    const LANES: usize = 8;
    let mut sum = [0f32; LANES];
    let mut l = l.chunks_exact_mut(LANES);
    let mut x = x.chunks_exact(LANES);
    for (l, x) in (&mut l).zip(&mut x) {
        for i in 0..LANES {
            let (value, gradient) = pixel(x[i], l[i]);
            sum[i] += value;
            if with_gradient {
                l[i] = gradient;
            }
        }
    }
    for (l, &x) in l.into_remainder().iter_mut().zip(x.remainder()) {
        let (value, gradient) = pixel(x, *l);
        sum[0] += value;
        if with_gradient {
            *l = gradient;
        }
    }
    sum.iter().sum()
}

/// x l − softplus(l) and x − σ(l), with e = exp(−|l|):
/// softplus(l) = max(l, 0) + ln(1 + e); σ(l) = 1/(1+e) or e/(1+e).
#[inline(always)]
fn pixel(x: f32, l: f32) -> (f32, f32) {
    let e = exp(-l.abs());
    (x * l - l.max(0.0) - ln_1p_unit(e), x - sigmoid(l, e))
}

/// σ(l) where e = exp(−|l|).
#[inline(always)]
fn sigmoid(l: f32, e: f32) -> f32 {
    let inverse = 1.0 / (1.0 + e);
    if l >= 0.0 { inverse } else { e * inverse }
}

/// ln(1 + e) for e in [0, 1]: 2 artanh(s) with s = e / (2 + e) ≤ 1/3, by its odd series. To 1e-7.
#[inline(always)]
fn ln_1p_unit(e: f32) -> f32 {
    let s = e / (2.0 + e);
    let q = s * s;
    2.0 * s
        * (1.0
            + q * (1.0 / 3.0
                + q * (1.0 / 5.0
                    + q * (1.0 / 7.0 + q * (1.0 / 9.0 + q * (1.0 / 11.0 + q * (1.0 / 13.0)))))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn logarithm_against_libm() {
        for i in 0..=20_000 {
            let e = f64::from(i) / 20_000.0;
            let got = f64::from(ln_1p_unit(e as f32));
            assert!((got - (e as f32 as f64).ln_1p()).abs() < 2e-7, "ln_1p({e})");
        }
    }

    #[test]
    fn value_and_gradient_against_f64() {
        let device = device::cpu().autodiff();
        let mut rng = Rng::new(4, Purpose::Evaluate, 0);
        let (n, pixels) = (5, 29);
        let l: Vec<f32> = rng.normal(n * pixels).iter().map(|v| v * 8.0).collect();
        let x = rng.uniform(n * pixels);
        let logits: Tensor<2> =
            Tensor::from_data(TensorData::new(l.clone(), [n, pixels]), &device).require_grad();
        let value = log_prob(
            Tensor::from_data(TensorData::new(x.clone(), [n, pixels]), &device),
            logits.clone(),
        );
        // An upstream gradient that differs from row to row.
        let weights: Tensor<1> = Tensor::from_floats([1.0, -2.0, 0.5, 3.0, 0.1], &device);
        let grads = (value.clone() * weights.clone()).sum().backward();
        let got = logits.grad(&grads).expect("tracked").into_data();
        let got = got.as_slice::<f32>().expect("f32");
        let weights = [1.0, -2.0, 0.5, 3.0, 0.1];
        let value = value.into_data();
        for i in 0..n {
            let mut want = 0.0;
            for j in 0..pixels {
                let (x, l) = (f64::from(x[i * pixels + j]), f64::from(l[i * pixels + j]));
                want += x * l - l.max(0.0) - (-l.abs()).exp().ln_1p();
                let gradient = weights[i] * (x - 1.0 / (1.0 + (-l).exp()));
                assert!((gradient - f64::from(got[i * pixels + j])).abs() < 1e-5);
            }
            assert!((want - f64::from(value.as_slice::<f32>().expect("f32")[i])).abs() < 1e-3);
        }
    }
}
