//! One row at a time through a transformer's blocks, on host memory.
//!
//! For one row the book-keeping of tensors costs a fifth of the time that writing takes (measured),
//! so this is the one pass that is written out beside [`Block::forward`]; its parts are the kernels'.

use super::transformer::{Block, EPSILON, Shape};
use crate::kernels::{
    activation::Activation,
    attention::attend_rows,
    gated::gate_row,
    gemm::{View, gemm},
    host::values,
    norm::norm_row,
};

/// A block's weights on the host, row by row; shapes as in [`Block`].
#[derive(Debug)]
pub struct Decoder {
    norm_1: Vec<f32>,
    qkv: Vec<f32>,
    proj: Vec<f32>,
    norm_2: Vec<f32>,
    up: Vec<f32>,
    down: Vec<f32>,
}

/// y = x W, or y += x W with `add`.
fn product(x: &[f32], w: &[f32], y: &mut [f32], add: bool) {
    let (k, n) = (x.len(), y.len());
    gemm(View::new(x, 1, k), View::new(w, k, n), y, n, add);
}

impl Decoder {
    /// A block's weights, read once. The block must lie on the host.
    pub fn new(block: &Block) -> Self {
        Self {
            norm_1: values(block.norm_1.val()),
            qkv: values(block.qkv.val()),
            proj: values(block.proj.val()),
            norm_2: values(block.norm_2.val()),
            up: values(block.up.val()),
            down: values(block.down.val()),
        }
    }

    /// `x` `[C]` at position `at` through the block, in place; `cache` holds the keys and values of
    /// the rows before it, `[at, C]` each, and then its own too.
    pub fn next(&self, shape: &Shape, x: &mut [f32], at: usize, cache: &mut [Vec<f32>; 2]) {
        let (c, f) = (shape.n_embd, shape.hidden);
        let mut h = vec![0f32; c];
        norm_row(x, &self.norm_1, shape.norm, EPSILON, &mut h);
        let mut qkv = vec![0f32; 3 * c];
        product(&h, &self.qkv, &mut qkv, false);
        if let Some(angles) = &shape.angles {
            angles.turn(&mut qkv[..2 * c], at, false);
        }
        let mixed = attend_rows(&qkv, c, shape.n_head, cache);
        product(&mixed, &self.proj, x, true);
        norm_row(x, &self.norm_2, shape.norm, EPSILON, &mut h);
        let mut up = vec![0f32; if shape.swiglu { 2 * f } else { f }];
        product(&h, &self.up, &mut up, false);
        if shape.swiglu {
            let mut gated = vec![0f32; f];
            gate_row(&up, &mut gated);
            up = gated;
        } else {
            Activation::Gelu.apply(&mut up);
        }
        product(&up, &self.down, x, true);
    }
}
