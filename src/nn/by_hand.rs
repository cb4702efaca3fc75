//! The gradient of an [`Mlp`] written out, for the CPU.
//!
//! Automatic differentiation runs one pass over memory for each operation and keeps every result.
//! For networks this small that costs more than the products do. Here a layer's bias and ReLU are
//! one pass, thin products are plain loops, and only the wide ones go to [`gemm`]. A test
//! holds the two equal.

use burn::tensor::{Device, Tensor, TensorData};

use super::mlp::Mlp;
use crate::kernels::{
    gemm::{View, gemm},
    math::{add_scaled, dot, transposed},
};

/// Products with at most so many rows or columns on one side are plain loops.
const THIN: usize = 16;
/// A layer's weights on the host: `weight` is `[d_in, d_out]`.
struct Weights {
    d_in: usize,
    d_out: usize,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

/// What a pass left behind for the way back.
pub struct Tape {
    layers: Vec<Weights>,
    /// What went into each layer, `[n, d_in]`; after the first it has been through a ReLU.
    inputs: Vec<Vec<f32>>,
}

/// Gradients of one layer's weight and bias.
pub struct LayerGradient {
    /// `[d_in, d_out]`.
    pub weight: Vec<f32>,
    /// `[d_out]`.
    pub bias: Vec<f32>,
}

/// A tensor's numbers; only for the CPU's, which never wait.
#[allow(clippy::disallowed_methods)] // See above.
pub(crate) fn host<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap_or_default()
}

/// Through the network, outside autodiff: `x` is `[n, d_in]`, row by row.
pub fn forward(mlp: &Mlp, x: Vec<f32>, n: usize) -> (Vec<f32>, Tape) {
    let layers: Vec<Weights> = mlp
        .layers()
        .iter()
        .map(|layer| {
            let weight = layer.weight.val().without_autodiff();
            let [d_in, d_out] = weight.dims();
            Weights {
                d_in,
                d_out,
                weight: host(weight),
                bias: match &layer.bias {
                    Some(bias) => host(bias.val().without_autodiff()),
                    None => vec![0.0; d_out],
                },
            }
        })
        .collect();
    let last = layers.len().saturating_sub(1);
    let (mut h, mut inputs) = (x, Vec::with_capacity(layers.len()));
    for (l, layer) in layers.iter().enumerate() {
        let Weights { d_in, d_out, .. } = *layer;
        let mut out = if d_out <= THIN {
            let columns = transposed(&layer.weight, [d_in, d_out]);
            let mut out = Vec::with_capacity(n * d_out);
            for row in h.chunks_exact(d_in) {
                out.extend(columns.chunks_exact(d_in).map(|w| dot(row, w)));
            }
            out
        } else if d_in <= THIN {
            let mut out = vec![0.0; n * d_out];
            for (row, out) in h.chunks_exact(d_in).zip(out.chunks_exact_mut(d_out)) {
                for (x, w) in row.iter().zip(layer.weight.chunks_exact(d_out)) {
                    add_scaled(out, *x, w);
                }
            }
            out
        } else {
            let mut out = vec![0.0; n * d_out];
            let weight = View::new(&layer.weight, d_in, d_out);
            gemm(View::new(&h, n, d_in), weight, &mut out, d_out, false);
            out
        };
        for out in out.chunks_exact_mut(d_out) {
            for (z, b) in out.iter_mut().zip(&layer.bias) {
                let value = *z + b;
                // A call to fmaxf would keep this loop out of vector registers.
                *z = if l == last || value > 0.0 { value } else { 0.0 };
            }
        }
        inputs.push(std::mem::replace(&mut h, out));
    }
    (h, Tape { layers, inputs })
}

/// Back through the network: from the gradient of the output, `[n, d_out]`, that of the input,
/// `[n, d_in]`, and that of each layer.
pub fn backward(tape: Tape, gradient: Vec<f32>, n: usize) -> (Vec<f32>, Vec<LayerGradient>) {
    let Tape { layers, inputs } = tape;
    let mut g = gradient;
    let mut out = Vec::with_capacity(layers.len());
    for (l, (layer, input)) in layers.into_iter().zip(inputs).enumerate().rev() {
        let Weights {
            d_in,
            d_out,
            weight,
            ..
        } = layer;
        let mut bias = vec![0.0; d_out];
        for g in g.chunks_exact(d_out) {
            add_scaled(&mut bias, 1.0, g);
        }
        let (by_weight, mut by_input);
        if d_out <= THIN {
            let columns = transposed(&weight, [d_in, d_out]);
            let mut w = vec![0.0; d_in * d_out]; // [d_out, d_in]
            by_input = vec![0.0; n * d_in];
            let rows = input
                .chunks_exact(d_in)
                .zip(by_input.chunks_exact_mut(d_in));
            for (g, (x, gx)) in g.chunks_exact(d_out).zip(rows) {
                for (j, &g) in g.iter().enumerate() {
                    let span = j * d_in..(j + 1) * d_in;
                    add_scaled(&mut w[span.clone()], g, x);
                    add_scaled(gx, g, &columns[span]);
                }
            }
            by_weight = transposed(&w, [d_out, d_in]);
        } else if d_in <= THIN {
            let mut w = vec![0.0; d_in * d_out];
            by_input = Vec::with_capacity(n * d_in);
            for (g, x) in g.chunks_exact(d_out).zip(input.chunks_exact(d_in)) {
                for (x, w) in x.iter().zip(w.chunks_exact_mut(d_out)) {
                    add_scaled(w, *x, g);
                }
                by_input.extend(weight.chunks_exact(d_out).map(|w| dot(g, w)));
            }
            by_weight = w;
        } else {
            let (x, gradient) = (View::new(&input, n, d_in), View::new(&g, n, d_out));
            let mut w = vec![0.0; d_in * d_out];
            gemm(x.t(), gradient, &mut w, d_out, false);
            by_weight = w;
            by_input = vec![0.0; n * d_in];
            let weight = View::new(&weight, d_in, d_out);
            gemm(gradient, weight.t(), &mut by_input, d_in, false);
        }
        if l > 0 {
            // Nothing flows back where the ReLU gave 0.
            for (g, x) in by_input.iter_mut().zip(&input) {
                *g = if *x > 0.0 { *g } else { 0.0 };
            }
        }
        g = by_input;
        out.push(LayerGradient {
            weight: by_weight,
            bias,
        });
    }
    out.reverse();
    (g, out)
}

/// Σ w·g over all weights: a scalar inside autodiff whose gradient by every weight is g.
pub fn carry(mlp: &Mlp, gradients: Vec<LayerGradient>) -> Tensor<1> {
    let device = Device::flex();
    let mut sum: Option<Tensor<1>> = None;
    let mut add = |term: Tensor<1>| {
        sum = Some(match sum.take() {
            Some(sum) => sum + term,
            None => term,
        });
    };
    for (layer, gradient) in mlp.layers().iter().zip(gradients) {
        let shape = layer.weight.val().dims();
        let g = Tensor::<2>::from_data(TensorData::new(gradient.weight, shape), &device);
        add((layer.weight.val() * g.autodiff()).sum());
        if let Some(bias) = &layer.bias {
            let [d] = bias.val().dims();
            let g = Tensor::<1>::from_data(TensorData::new(gradient.bias, [d]), &device);
            add((bias.val() * g.autodiff()).sum());
        }
    }
    sum.unwrap_or_else(|| Tensor::zeros([1], &device.autodiff()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn by_hand_equals_autodiff() {
        for sizes in [
            vec![2, 128, 128, 2],
            vec![9, 24, 47],
            vec![20, 32, 40, 24],
            vec![3, 5],
        ] {
            let device = Device::flex();
            let mut rng = Rng::new(1, Purpose::Init, 0);
            let mlp = Mlp::init(&sizes, 1.0, &mut rng, &device.clone().autodiff());
            let (n, d_in, d_out) = (33, sizes[0], sizes[sizes.len() - 1]);
            let x = rng.normal(n * d_in);
            let weight = rng.normal(n * d_out);
            let tensor = |v: Vec<f32>, d: usize| -> Tensor<2> {
                Tensor::from_data(TensorData::new(v, [n, d]), &device).autodiff()
            };
            let input = tensor(x.clone(), d_in).require_grad();
            let y = mlp.forward(input.clone());
            let loss = (y.clone() * tensor(weight.clone(), d_out)).sum();
            let want = loss.backward();
            let (got_y, tape) = forward(&mlp, x, n);
            let (got_x, gradients) = backward(tape, weight, n);
            let close = |got: &[f32], want: Vec<f32>, what: &str| {
                assert_eq!(got.len(), want.len());
                let size = want.iter().fold(1.0f32, |m, v| m.max(v.abs()));
                for (a, b) in got.iter().zip(want) {
                    assert!((a - b).abs() < 1e-5 * size, "{sizes:?}, {what}: {a}, {b}");
                }
            };
            close(&got_y, host(y.without_autodiff()), "y");
            close(&got_x, host(input.grad(&want).expect("a gradient")), "x");
            let carried = carry(&mlp, gradients).backward();
            for layer in mlp.layers() {
                let w = layer.weight.val();
                let (a, b) = (w.grad(&carried), w.grad(&want));
                close(&host(a.expect("W")), host(b.expect("W")), "W");
                let bias = layer.bias.as_ref().expect("a bias").val();
                let (a, b) = (bias.grad(&carried), bias.grad(&want));
                close(&host(a.expect("b")), host(b.expect("b")), "b");
            }
        }
    }
}
