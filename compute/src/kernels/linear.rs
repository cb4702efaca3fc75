//! A linear layer with its bias and activation: act(x W + b).
//!
//! Thin layers are plain loops, wide ones go to `gemm`; bias and activation are one pass while the
//! block is in the cache.

use burn::tensor::Tensor;

use super::{
    activation::Activation,
    gemm::{View, gemm},
    host::{Array, Kernel, apply, is_host},
    math::{add_scaled, block_rows, by_rows, column_sums, dot, exact_dot, transposed},
    reduce::add_bias,
};

/// Layers with at most so many inputs or outputs are plain loops.
const THIN: usize = 16;
/// Multiplications in a block of rows, the unit that threads share out.
pub(super) const BLOCK: usize = 1 << 21;
/// Rows of a block at least: each block packs the weights anew.
pub(super) const ROWS: usize = 64;

/// lhs × rhs over the last two dimensions.
///
/// In the browser's WebGPU module this is our own kernel, several times faster there than burn's
/// untuned one; elsewhere it is burn's.
pub fn matmul<const D: usize>(lhs: Tensor<D>, rhs: Tensor<D>) -> Tensor<D> {
    #[cfg(all(feature = "webgpu", target_family = "wasm"))]
    return super::webgpu::tiled_matmul::matmul(lhs, rhs);
    #[cfg(not(all(feature = "webgpu", target_family = "wasm")))]
    lhs.matmul(rhs)
}

/// act(x W + b).
///
/// # Shapes
/// - x: `[n, d_in]`
/// - weight: `[d_in, d_out]`
/// - bias: `[d_out]`
/// - output: `[n, d_out]`
pub fn linear(
    x: Tensor<2>,
    weight: Tensor<2>,
    bias: Option<Tensor<1>>,
    activation: Activation,
) -> Tensor<2> {
    if !is_host(&weight) {
        let product = matmul(x, weight);
        return activation.tensors(match bias {
            Some(bias) => add_bias(product, bias),
            None => product,
        });
    }
    let kernel = Linear {
        activation,
        transposed: false,
    };
    let mut inputs = vec![x.into_dispatch(), weight.into_dispatch()];
    inputs.extend(bias.map(Tensor::into_dispatch));
    apply(kernel, inputs)
}

/// x Wᵀ, for a matrix that stands for something else row by row, such as an embedding.
///
/// # Shapes
/// - x: `[n, d_in]`
/// - weight: `[d_out, d_in]`
/// - output: `[n, d_out]`
pub fn linear_transposed(x: Tensor<2>, weight: Tensor<2>) -> Tensor<2> {
    if !is_host(&weight) {
        return matmul(x, weight.transpose());
    }
    let kernel = Linear {
        activation: Activation::Identity,
        transposed: true,
    };
    apply(kernel, vec![x.into_dispatch(), weight.into_dispatch()])
}

#[derive(Debug)]
pub(super) struct Linear {
    pub(super) activation: Activation,
    /// The weight is `[d_out, d_in]`.
    pub(super) transposed: bool,
}

impl Linear {
    /// `[d_in, d_out]`.
    fn size(&self, weight: &Array) -> [usize; 2] {
        match (weight.dims(), self.transposed) {
            (&[a, b], false) => [a, b],
            (&[a, b], true) => [b, a],
            _ => [0, 0],
        }
    }
}

impl Kernel for Linear {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (x, weight, bias) = (&inputs[0], &inputs[1], inputs.get(2));
        let (n, [d_in, d_out]) = (x.dims()[0], self.size(weight));
        let (x_values, w) = (x.values(), weight.values());
        let thin = if d_out <= THIN && !self.transposed {
            transposed(w, [d_in, d_out])
        } else {
            Vec::new()
        };
        let fused = self.activation.slope_from_output() || !training;
        let mut out = vec![0f32; n * d_out];
        let rows = block_rows(d_in * d_out, BLOCK).max(ROWS);
        by_rows(&mut out, d_out, rows, |first, out| {
            let m = out.len() / d_out.max(1);
            let x = &x_values[first * d_in..(first + m) * d_in];
            if d_out <= THIN {
                let columns = if self.transposed { w } else { &thin };
                for (row, out) in x.chunks_exact(d_in.max(1)).zip(out.chunks_exact_mut(d_out)) {
                    for (out, column) in out.iter_mut().zip(columns.chunks_exact(d_in)) {
                        // Differences of scores are divided by small steps.
                        *out = match d_out {
                            1 => exact_dot(row, column),
                            _ => dot(row, column),
                        };
                    }
                }
            } else if d_in <= THIN && !self.transposed {
                for (row, out) in x.chunks_exact(d_in.max(1)).zip(out.chunks_exact_mut(d_out)) {
                    for (x, w) in row.iter().zip(w.chunks_exact(d_out)) {
                        add_scaled(out, *x, w);
                    }
                }
            } else {
                let weight = match self.transposed {
                    true => View::new(w, d_out, d_in).t(),
                    false => View::new(w, d_in, d_out),
                };
                gemm(View::new(x, m, d_in), weight, out, d_out, false);
            }
            if let Some(bias) = bias {
                for out in out.chunks_exact_mut(d_out) {
                    out.iter_mut().zip(bias.values()).for_each(|(o, b)| *o += b);
                }
            }
            if fused {
                self.activation.apply(out);
            }
        });
        let out = Array::new(out, &[n, d_out]);
        if !training {
            return (out, Vec::new());
        }
        let mut kept = vec![x.clone(), weight.clone()];
        match self.activation {
            Activation::Identity => (out, kept),
            _ if fused => {
                kept.push(out.clone());
                (out, kept)
            }
            activation => {
                let mut activated = out.values().to_vec();
                activation.apply(&mut activated);
                kept.push(out);
                (Array::new(activated, &[n, d_out]), kept)
            }
        }
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let (x, weight) = (&kept[0], &kept[1]);
        let (n, [d_in, d_out]) = (x.dims()[0], self.size(weight));
        let mut g = grad.into_values();
        if let Some(kept) = kept.get(2) {
            self.activation.backward(kept.values(), &mut g);
        }
        let by_bias =
            (wanted.get(2) == Some(&true)).then(|| Array::new(column_sums(&g, d_out), &[d_out]));
        let by_weight = wanted[1].then(|| self.by_weight(x.values(), &g, [n, d_in, d_out]));
        let by_x = wanted[0].then(|| self.by_input(weight.values(), &g, [n, d_in, d_out]));
        vec![by_x, by_weight, by_bias]
    }
}

impl Linear {
    /// xᵀ g, or its transpose.
    pub(super) fn by_weight(&self, x: &[f32], g: &[f32], [n, d_in, d_out]: [usize; 3]) -> Array {
        let mut out = vec![0f32; d_in * d_out];
        // The result has `across` columns, one block of its rows a thread.
        let (left, down, right, across) = match self.transposed {
            false => (x, d_in, g, d_out),
            true => (g, d_out, x, d_in),
        };
        let dims = [down, across];
        if down <= THIN {
            for (left, right) in left
                .chunks_exact(down.max(1))
                .zip(right.chunks_exact(across.max(1)))
            {
                for (l, out) in left.iter().zip(out.chunks_exact_mut(across)) {
                    add_scaled(out, *l, right);
                }
            }
        } else if across <= THIN {
            let mut turned = vec![0f32; d_in * d_out];
            for (left, right) in left
                .chunks_exact(down)
                .zip(right.chunks_exact(across.max(1)))
            {
                for (r, out) in right.iter().zip(turned.chunks_exact_mut(down)) {
                    add_scaled(out, *r, left);
                }
            }
            out = transposed(&turned, [across, down]);
        } else {
            let rows = block_rows(n * across, BLOCK).max(ROWS).next_multiple_of(16);
            by_rows(&mut out, across, rows, |first, out| {
                let m = out.len() / across;
                let left = View::strided(&left[first..], n, m, down).t();
                gemm(left, View::new(right, n, across), out, across, false);
            });
        }
        Array::new(out, &dims)
    }

    /// g Wᵀ.
    pub(super) fn by_input(&self, w: &[f32], g: &[f32], [n, d_in, d_out]: [usize; 3]) -> Array {
        let mut out = vec![0f32; n * d_in];
        let turned = if d_out <= THIN && !self.transposed {
            transposed(w, [d_in, d_out])
        } else {
            Vec::new()
        };
        let rows = block_rows(d_in * d_out, BLOCK).max(ROWS);
        by_rows(&mut out, d_in, rows, |first, out| {
            let m = out.len() / d_in.max(1);
            let g = &g[first * d_out..(first + m) * d_out];
            if d_out <= THIN {
                let rows = if self.transposed { w } else { &turned };
                for (g, out) in g.chunks_exact(d_out.max(1)).zip(out.chunks_exact_mut(d_in)) {
                    for (g, w) in g.iter().zip(rows.chunks_exact(d_in)) {
                        add_scaled(out, *g, w);
                    }
                }
            } else if d_in <= THIN && !self.transposed {
                for (g, out) in g.chunks_exact(d_out).zip(out.chunks_exact_mut(d_in)) {
                    for (out, w) in out.iter_mut().zip(w.chunks_exact(d_out)) {
                        *out = dot(g, w);
                    }
                }
            } else {
                let weight = match self.transposed {
                    true => View::new(w, d_out, d_in),
                    false => View::new(w, d_in, d_out).t(),
                };
                gemm(View::new(g, m, d_out), weight, out, d_in, false);
            }
        });
        Array::new(out, &[n, d_in])
    }
}
