//! Rotary positions: queries and keys turned by their place (Su et al. 2021, RoFormer,
//! arXiv:2104.09864).

use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};

use super::host::{Array, Kernel, apply, is_host};

/// Base of the frequencies.
const BASE: f64 = 10_000.0;

/// cos and sin of every position's angles, `[length, d / 2]` each.
#[derive(Debug, Clone)]
pub struct Angles {
    cos: Vec<f32>,
    sin: Vec<f32>,
    half: usize,
}

impl Angles {
    /// For `length` positions of heads of `d` numbers.
    pub fn new(length: usize, d: usize) -> Self {
        let half = d / 2;
        let (mut cos, mut sin) = (Vec::new(), Vec::new());
        for t in 0..length {
            for i in 0..half {
                let angle = t as f64 * BASE.powf(-(i as f64) / half as f64);
                cos.push(angle.cos() as f32);
                sin.push(angle.sin() as f32);
            }
        }
        Self { cos, sin, half }
    }

    /// Turn a row of heads at position `t`: (a, b) → (a cos − b sin, a sin + b cos) for the two
    /// halves of each head; `back` turns the other way.
    pub fn turn(&self, row: &mut [f32], t: usize, back: bool) {
        let half = self.half;
        let cos = &self.cos[t * half..(t + 1) * half];
        let sin = &self.sin[t * half..(t + 1) * half];
        let sign = if back { -1.0 } else { 1.0 };
        for head in row.chunks_exact_mut(2 * half) {
            let (a, b) = head.split_at_mut(half);
            for (((a, b), c), s) in a.iter_mut().zip(b).zip(cos).zip(sin) {
                let s = sign * s;
                (*a, *b) = (*a * c - *b * s, *a * s + *b * c);
            }
        }
    }
}

/// Queries and keys (the first two thirds of each row) turned by their positions; row i stands at
/// position `from + i mod t`.
///
/// # Shapes
/// - qkv: `[b t, 3c]`
/// - output: the same
pub fn rotary(qkv: Tensor<2>, angles: &Arc<Angles>, t: usize, from: usize) -> Tensor<2> {
    if is_host(&qkv) {
        let angles = angles.clone();
        return apply(Rotary { angles, t, from }, vec![qkv.into_dispatch()]);
    }
    let ([n, wide], device) = (qkv.dims(), qkv.device());
    let half = angles.half;
    let heads = wide / (6 * half);
    let rows = |all: &[f32]| -> Tensor<4> {
        let here = all[from * half..(from + t) * half].to_vec();
        let here = Tensor::<4>::from_data(TensorData::new(here, [1, t, 1, half]), &device);
        here.repeat_dim(0, n / t.max(1)).reshape([n, 1, 1, half])
    };
    let (cos, sin) = (rows(&angles.cos), rows(&angles.sin));
    let c = wide / 3;
    let turned = qkv.clone().slice([0..n, 0..2 * c]);
    let turned = turned.reshape([n, 2 * heads, 2, half]);
    let part = |i: usize| turned.clone().slice([0..n, 0..2 * heads, i..i + 1]);
    let (a, b) = (part(0), part(1));
    let turned = Tensor::cat(
        vec![
            a.clone() * cos.clone() - b.clone() * sin.clone(),
            a * sin + b * cos,
        ],
        2,
    );
    Tensor::cat(
        vec![turned.reshape([n, 2 * c]), qkv.slice([0..n, 2 * c..3 * c])],
        1,
    )
}

#[derive(Debug)]
struct Rotary {
    angles: Arc<Angles>,
    t: usize,
    from: usize,
}

impl Rotary {
    fn turn(&self, qkv: Array, back: bool) -> Array {
        let dims = qkv.dims().to_vec();
        let mut values = qkv.into_values();
        let c = dims[1] / 3;
        for (i, row) in values.chunks_exact_mut(dims[1].max(1)).enumerate() {
            let at = self.from + i % self.t;
            self.angles.turn(&mut row[..2 * c], at, back);
        }
        Array::new(values, &dims)
    }
}

impl Kernel for Rotary {
    fn forward(&self, mut inputs: Vec<Array>, _: bool) -> (Array, Vec<Array>) {
        (self.turn(inputs.swap_remove(0), false), Vec::new())
    }

    fn backward(&self, _: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        vec![Some(self.turn(grad, true))]
    }
}
