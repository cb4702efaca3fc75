//! A few rows at a time through attention and perceptrons, on host memory: for models that go on by one piece or one
//! moment, and keep what they made of those before as keys and values.
//!
//! As in [`decoder`](super::decoder) the book-keeping of tensors would cost more than the products; the parts are the
//! kernels'.

use burn::{module::Param, tensor::Tensor};

use super::transformer::EPSILON;
use crate::kernels::{
    activation::Activation,
    gemm::{View, gemm},
    host::{Array, array},
    norm::{Norm, norm_row},
    packed::attend_row,
};

/// A weight on the host, as it lies in memory.
pub fn weight<const D: usize>(param: &Param<Tensor<D>>) -> Array {
    array(param.val())
}

/// Row `i` of a table.
pub fn row(table: &Array, i: usize) -> &[f32] {
    let c = table.dims()[1];
    &table.values()[i * c..(i + 1) * c]
}

/// Rows `x` times a matrix `w` `[k, m]`, `[n, m]`.
pub fn product(x: &[f32], w: &Array) -> Vec<f32> {
    let [k, m] = [0, 1].map(|i| w.dims()[i]);
    let mut out = vec![0f32; x.len() / k.max(1) * m];
    add_product(x, w, &mut out);
    out
}

/// Rows `x` times a matrix `w` `[k, m]`, added to `y`.
fn add_product(x: &[f32], w: &Array, y: &mut [f32]) {
    let [k, m] = [0, 1].map(|i| w.dims()[i]);
    let x = View::new(x, x.len() / k.max(1), k);
    gemm(x, View::new(w.values(), k, m), y, m, true);
}

/// Rows `x` times the transpose of `w` `[m, k]`, `[n, m]`.
pub fn product_transposed(x: &[f32], w: &Array) -> Vec<f32> {
    let [m, k] = [0, 1].map(|i| w.dims()[i]);
    let n = x.len() / k.max(1);
    let mut out = vec![0f32; n * m];
    gemm(
        View::new(x, n, k),
        View::new(w.values(), m, k).t(),
        &mut out,
        m,
        false,
    );
    out
}

/// Rows divided by their root mean square, times a gain.
pub fn normed(x: &[f32], gain: &Array) -> Vec<f32> {
    let mut out = vec![0f32; x.len()];
    let c = gain.values().len().max(1);
    for (x, out) in x.chunks_exact(c).zip(out.chunks_exact_mut(c)) {
        norm_row(x, gain.values(), Norm::Rms, EPSILON, out);
    }
    out
}

/// How rows look at what has keys and values.
#[derive(Debug)]
pub struct Looking {
    /// `[C, C]`.
    pub q: Array,
    /// `[C, C]`.
    pub proj: Array,
    /// Heads.
    pub heads: usize,
}

impl Looking {
    /// `x` `[n, C]` with what each row takes, in place. `h` are the same rows, normed; row `i` looks at all keys and
    /// values `kv(i)`, `[m, 2C]`.
    pub fn forward<'a>(&self, x: &mut [f32], h: &[f32], kv: impl Fn(usize) -> &'a [f32]) {
        let c = self.q.dims()[0].max(1);
        let q = product(h, &self.q);
        let mut mixed = vec![0f32; q.len()];
        let each = q.chunks_exact(c).zip(mixed.chunks_exact_mut(c));
        for (i, (q, mixed)) in each.enumerate() {
            attend_row(q, kv(i), self.heads, mixed);
        }
        add_product(&mixed, &self.proj, x);
    }
}

/// What is thought about each row by itself.
#[derive(Debug)]
pub struct Thinking {
    /// `[C]`.
    pub norm: Array,
    /// `[C, F]`.
    pub up: Array,
    /// `[F, C]`.
    pub down: Array,
}

impl Thinking {
    /// `x` `[n, C]`, in place.
    pub fn forward(&self, x: &mut [f32]) {
        let mut up = product(&normed(x, &self.norm), &self.up);
        Activation::Gelu.apply(&mut up);
        add_product(&up, &self.down, x);
    }
}
