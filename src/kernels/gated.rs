//! SwiGLU's gate (Shazeer 2020, arXiv:2002.05202): v ⊙ silu(g).

use burn::tensor::Tensor;

use super::{
    elementwise,
    host::{Array, Kernel, apply, is_host},
    math::{block_rows, by_rows, sigmoid},
};

/// Numbers in a block of rows, the unit that threads share out.
const BLOCK: usize = 1 << 15;

/// The first half of each row times silu of the second.
///
/// # Shapes
/// - x: `[n, 2f]`
/// - output: `[n, f]`
pub fn gated(x: Tensor<2>) -> Tensor<2> {
    if is_host(&x) {
        return apply(Gated, vec![x.into_dispatch()]);
    }
    let [n, wide] = x.dims();
    let f = wide / 2;
    let value = x.clone().slice([0..n, 0..f]);
    value * elementwise::silu(x.slice([0..n, f..2 * f]))
}

/// One row of [`gated`] on the host: `[2f]` into `[f]`.
pub fn gate_row(row: &[f32], out: &mut [f32]) {
    let (value, gate) = row.split_at(out.len());
    for ((o, v), g) in out.iter_mut().zip(value).zip(gate) {
        *o = v * g * sigmoid(*g);
    }
}

#[derive(Debug)]
struct Gated;

impl Kernel for Gated {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let x = &inputs[0];
        let (n, f) = (x.dims()[0], x.dims()[1] / 2);
        let mut out = vec![0f32; n * f];
        by_rows(&mut out, f, block_rows(f, BLOCK), |first, out| {
            let rows = x.values()[first * 2 * f..].chunks_exact(2 * f);
            for (row, out) in rows.zip(out.chunks_exact_mut(f)) {
                gate_row(row, out);
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
                for i in 0..f {
                    let (g, s) = (gate[i], sigmoid(gate[i]));
                    by_value[i] = d[i] * g * s;
                    by_gate[i] = d[i] * value[i] * s * (1.0 + g * (1.0 - s));
                }
            }
        });
        vec![Some(Array::new(out, x.dims()))]
    }
}
