//! One layer of a residual network (He et al. 2016, arXiv:1603.05027): h + relu(h) W + b.

use burn::tensor::Tensor;

use super::{
    activation::Activation,
    gemm::{View, gemm},
    host::{Array, Kernel, apply, is_host},
    linear::{BLOCK, Linear, ROWS, linear},
    math::{add, block_rows, by_rows, column_sums},
};

/// h + relu(h) W + b.
///
/// # Shapes
/// - h, output: `[n, d]`
/// - weight: `[d, d]`
/// - bias: `[d]`
pub fn residual(h: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>) -> Tensor<2> {
    if !is_host(&h) {
        let active = Activation::Relu.tensors(h.clone());
        return h + linear(active, weight, Some(bias), Activation::Identity);
    }
    let inputs = [h.into_dispatch(), weight.into_dispatch()];
    apply(
        Residual,
        [inputs.into(), vec![bias.into_dispatch()]].concat(),
    )
}

#[derive(Debug)]
struct Residual;

const PLAIN: Linear = Linear {
    activation: Activation::Identity,
    transposed: false,
};

impl Kernel for Residual {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let [h, weight, bias] = [0, 1, 2].map(|i| inputs[i].values());
        let &[n, d] = inputs[0].dims() else {
            return (Array::new(Vec::new(), &[0, 0]), Vec::new());
        };
        let mut active = h.to_vec();
        Activation::Relu.apply(&mut active);
        let mut out = h.to_vec();
        by_rows(
            &mut out,
            d,
            block_rows(d * d, BLOCK).max(ROWS),
            |first, out| {
                let m = out.len() / d.max(1);
                out.chunks_exact_mut(d.max(1))
                    .for_each(|row| add(row, bias));
                let active = &active[first * d..(first + m) * d];
                gemm(
                    View::new(active, m, d),
                    View::new(weight, d, d),
                    out,
                    d,
                    true,
                );
            },
        );
        let mut kept = Vec::new();
        if training {
            kept = vec![Array::new(active, &[n, d]), inputs[1].clone()];
        }
        (Array::new(out, &[n, d]), kept)
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let (active, weight) = (kept[0].values(), kept[1].values());
        let &[n, d] = kept[0].dims() else {
            return vec![None, None, None];
        };
        let g = grad.values();
        let by_h = wanted[0].then(|| {
            let mut by_h = PLAIN.by_input(weight, g, [n, d, d]).into_values();
            for ((by_h, g), active) in by_h.iter_mut().zip(g).zip(active) {
                *by_h = g + if *active > 0.0 { *by_h } else { 0.0 };
            }
            Array::new(by_h, &[n, d])
        });
        let by_weight = wanted[1].then(|| PLAIN.by_weight(active, g, [n, d, d]));
        let by_bias = wanted[2].then(|| Array::new(column_sums(g, d), &[d]));
        vec![by_h, by_weight, by_bias]
    }
}
