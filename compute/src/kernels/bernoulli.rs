//! log p(x|logits) of independent Bernoulli pixels, with its gradient in closed form.
//!
//! log p = Σ_i x_i l_i − softplus(l_i), and ∂ log p / ∂l_i = x_i − σ(l_i): value and gradient come
//! from one pass over memory.

use burn::tensor::{Tensor, TensorData};

use super::{
    elementwise,
    host::{Array, Kernel, apply, is_host, values},
    math::{LANES, exp},
};

/// Σ over pixels of log Bernoulli(x | σ(logits)), nats. x is not differentiated.
///
/// # Shapes
/// - x: `[n, pixels]`, in [0, 1]
/// - logits: `[n · k, pixels]`: k rows for each x, next to each other
/// - output: `[n · k]`
pub fn log_prob(x: Tensor<2>, logits: Tensor<2>) -> Tensor<1> {
    if is_host(&logits) {
        return apply(
            Bernoulli,
            vec![x.detach().into_dispatch(), logits.into_dispatch()],
        );
    }
    let ([n, pixels], [rows, _]) = (x.dims(), logits.dims());
    let x = match rows / n.max(1) {
        1 => x,
        k => {
            let each = x.unsqueeze_dim::<3>(1).repeat_dim(1, k);
            each.reshape([rows, pixels])
        }
    };
    let plain = logits.clone().without_autodiff();
    let x = x.without_autodiff();
    // x l − softplus(l), its large parts first, so that what is left of them is not lost.
    let tail = elementwise::ln_1p(plain.clone().abs().neg().exp());
    let value = x.clone() * plain.clone() - elementwise::relu(plain.clone()) - tail;
    let value = value.sum_dim(1).squeeze_dim::<1>(1);
    if !logits.is_tracked() {
        return value;
    }
    // The gradient enters autodiff as a constant g: Σ g·l − stop(Σ g·l) is zero in value and
    // carries g.
    let gradient = (x - elementwise::sigmoid(plain)).autodiff();
    let carrier = (logits * gradient).sum_dim(1).squeeze_dim::<1>(1);
    carrier.clone() - carrier.detach() + value.autodiff()
}

/// σ(logits), the probability of ink, outside autodiff; any shape.
pub fn mean<const D: usize>(logits: Tensor<D>) -> Tensor<D> {
    if !is_host(&logits) {
        return elementwise::sigmoid(logits.without_autodiff());
    }
    let (dims, device) = (logits.dims(), logits.device());
    let mut mean = values(logits);
    for l in &mut mean {
        *l = sigmoid(*l, exp(-l.abs()));
    }
    Tensor::from_data(TensorData::new(mean, dims), &device)
}

#[derive(Debug)]
struct Bernoulli;

impl Kernel for Bernoulli {
    /// Keeps the gradient by the logits.
    fn forward(&self, mut inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (logits, x) = (inputs.swap_remove(1), inputs.swap_remove(0));
        let dims = logits.dims().to_vec();
        let (n, pixels) = (dims[0], dims[1].max(1));
        let k = n / x.dims()[0].max(1);
        let mut logits = logits.into_values();
        let mut value = vec![0f32; n];
        let x = x.values();
        let some = |first: usize, l: &mut [f32], out: &mut [f32]| {
            for (i, (l, out)) in l.chunks_exact_mut(pixels).zip(out).enumerate() {
                let start = (first + i) / k * pixels;
                *out = row(&x[start..start + pixels], l, training);
            }
        };
        #[cfg(target_family = "wasm")]
        some(0, &mut logits, &mut value);
        #[cfg(not(target_family = "wasm"))]
        {
            use rayon::prelude::*;
            // Numbers in a block of rows, the unit that threads share out.
            const BLOCK: usize = 1 << 15;
            let each = super::math::block_rows(pixels, BLOCK);
            logits
                .par_chunks_mut(pixels * each)
                .zip(value.par_chunks_mut(each))
                .enumerate()
                .for_each(|(i, (l, out))| some(i * each, l, out));
        }
        let kept = training.then(|| Array::new(logits, &dims));
        (Array::new(value, &[n]), kept.into_iter().collect())
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let by_logits = kept.into_iter().next().map(|kept| {
            let dims = kept.dims().to_vec();
            let mut kept = kept.into_values();
            let rows = kept.chunks_exact_mut(dims[1].max(1)).zip(grad.values());
            rows.for_each(|(row, g)| row.iter_mut().for_each(|v| *v *= g));
            Array::new(kept, &dims)
        });
        vec![None, by_logits]
    }
}

/// One image: returns Σ x l − softplus(l); overwrites `l` with x − σ(l) if asked.
fn row(x: &[f32], l: &mut [f32], with_gradient: bool) -> f32 {
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
    use crate::device;
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
