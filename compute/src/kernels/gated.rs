//! Gates: half of the numbers decide how much of the other half passes.
//!
//! - SwiGLU (Shazeer 2020, arXiv:2002.05202): v ⊙ silu(g);
//! - the gate of a PixelCNN or a WaveNet (van den Oord et al. 2016, arXiv:1606.05328, equation 2):
//!   tanh(v) ⊙ σ(g).

use burn::tensor::Tensor;

use super::{
    elementwise,
    host::{Array, Kernel, apply, is_host},
    math::{block_rows, by_rows, sigmoid, tanh},
};

/// Numbers in a block of rows, the unit that threads share out.
const BLOCK: usize = 1 << 15;

/// The first half of each row times silu of the second.
///
/// # Shapes
/// - x: `[n, 2f]`
/// - output: `[n, f]`
pub fn gated(x: Tensor<2>) -> Tensor<2> {
    gate(x, Gate::Silu)
}

/// tanh of the first half of each row times σ of the second.
///
/// # Shapes
/// As [`gated`].
pub fn tanh_gated(x: Tensor<2>) -> Tensor<2> {
    gate(x, Gate::Tanh)
}

fn gate(x: Tensor<2>, gate: Gate) -> Tensor<2> {
    if is_host(&x) {
        return apply(gate, vec![x.into_dispatch()]);
    }
    let [n, wide] = x.dims();
    let f = wide / 2;
    let value = x.clone().slice([0..n, 0..f]);
    let by = x.slice([0..n, f..2 * f]);
    match gate {
        Gate::Silu => value * elementwise::silu(by),
        Gate::Tanh => elementwise::tanh(value) * elementwise::sigmoid(by),
    }
}

/// One row of [`gated`] on the host: `[2f]` into `[f]`.
pub fn gate_row(row: &[f32], out: &mut [f32]) {
    let (value, gate) = row.split_at(out.len());
    for ((o, v), g) in out.iter_mut().zip(value).zip(gate) {
        *o = v * g * sigmoid(*g);
    }
}

/// How a number of the first half passes.
#[derive(Debug, Clone, Copy)]
enum Gate {
    Silu,
    Tanh,
}

impl Gate {
    fn row(self, row: &[f32], out: &mut [f32]) {
        match self {
            Gate::Silu => gate_row(row, out),
            Gate::Tanh => {
                let (value, by) = row.split_at(out.len());
                for ((o, v), g) in out.iter_mut().zip(value).zip(by) {
                    *o = tanh(*v) * sigmoid(*g);
                }
            }
        }
    }
}

impl Kernel for Gate {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let x = &inputs[0];
        let (n, f) = (x.dims()[0], x.dims()[1] / 2);
        let mut out = vec![0f32; n * f];
        by_rows(&mut out, f, block_rows(f, BLOCK), |first, out| {
            let rows = x.values()[first * 2 * f..].chunks_exact(2 * f);
            for (row, out) in rows.zip(out.chunks_exact_mut(f)) {
                self.row(row, out);
            }
        });
        let out = Array::new(out, &[n, f]);
        (out, if training { inputs } else { Vec::new() })
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let x = &kept[0];
        let f = x.dims()[1] / 2;
        let mut out = vec![0f32; x.values().len()];
        by_rows(&mut out, 2 * f, block_rows(2 * f, BLOCK), |first, out| {
            let rows = x.values()[first * 2 * f..].chunks_exact(2 * f);
            let grads = grad.values()[first * f..].chunks_exact(f);
            for ((row, d), out) in rows.zip(grads).zip(out.chunks_exact_mut(2 * f)) {
                let ((value, gate), (by_value, by_gate)) = (row.split_at(f), out.split_at_mut(f));
                match self {
                    Gate::Silu => {
                        for i in 0..f {
                            let (g, s) = (gate[i], sigmoid(gate[i]));
                            by_value[i] = d[i] * g * s;
                            by_gate[i] = d[i] * value[i] * s * (1.0 + g * (1.0 - s));
                        }
                    }
                    Gate::Tanh => {
                        for i in 0..f {
                            let (t, s) = (tanh(value[i]), sigmoid(gate[i]));
                            by_value[i] = d[i] * s * (1.0 - t * t);
                            by_gate[i] = d[i] * t * s * (1.0 - s);
                        }
                    }
                }
            }
        });
        vec![Some(Array::new(out, x.dims()))]
    }
}
