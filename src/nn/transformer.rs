//! A transformer's blocks (Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762), with
//! a norm before each branch as in GPT-2.
//!
//! With N rows (tokens of all sequences), C = `n_embd`, F = `hidden`:
//!
//! ```text
//! x += drop(attention(norm(x) qkv) proj)                  [N, C]
//! x += drop(act(norm(x) up) down)
//! ```

use std::sync::Arc;

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData},
};

use super::{dropout::Dropout, init};
use crate::{
    error::{Error, Result},
    kernels::{
        activation::Activation,
        attention::{Cache, Mask, attention, attention_cached, attention_weights},
        gated::gated,
        linear::linear,
        norm::{Norm, norm},
        rotary::{Angles, rotary},
    },
    rng::Rng,
};

/// Added to variances.
pub const EPSILON: f32 = 1e-5;
/// Standard deviation of fresh weights, as in GPT-2.
pub const INIT: f32 = 0.02;

/// Whether as many heads share a width evenly.
///
/// # Errors
/// What [`Error::bad_option`] makes, if they do not.
pub fn even_heads(n_head: usize, n_embd: usize) -> Result<()> {
    match n_embd.is_multiple_of(n_head) {
        true => Ok(()),
        false => {
            let reason = format!("the width {n_embd} is not divisible by it");
            Err(Error::bad_option("n_head", n_head, reason))
        }
    }
}

/// Whether as many heads share a width in pairs of numbers, as rotary positions turn them.
///
/// # Errors
/// What [`Error::bad_option`] makes, if they do not.
pub fn rotary_heads(n_head: usize, n_embd: usize) -> Result<()> {
    match n_embd.is_multiple_of(2 * n_head) {
        true => Ok(()),
        false => {
            let reason = "the width must be a multiple of twice as many heads";
            Err(Error::bad_option("n_head", n_head, reason))
        }
    }
}

/// What all blocks of a transformer are made of.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Heads.
    pub n_head: usize,
    /// C.
    pub n_embd: usize,
    /// F.
    pub hidden: usize,
    /// What comes before each branch.
    pub norm: Norm,
    /// Gated with SiLU, so that `up` is `[C, 2F]`; else GELU.
    pub swiglu: bool,
    /// Angles of rotary positions, if they are rotary.
    pub angles: Option<Arc<Angles>>,
    /// What a token may look at.
    pub mask: Mask,
}

/// F of a gated perceptron with as many weights as one of four times the width without a gate, to the next multiple
/// of 16.
pub fn gated_hidden(n_embd: usize) -> usize {
    (8 * n_embd).div_ceil(3).next_multiple_of(16)
}

impl Shape {
    /// Root-mean-square norms and gated perceptrons; no rotary positions.
    pub fn gated(n_head: usize, n_embd: usize, mask: Mask) -> Self {
        Self {
            n_head,
            n_embd,
            hidden: gated_hidden(n_embd),
            norm: Norm::Rms,
            swiglu: true,
            angles: None,
            mask,
        }
    }
}

/// A layer's weights.
#[derive(Module, Debug)]
pub struct Block {
    /// `[C]`.
    pub(super) norm_1: Param<Tensor<1>>,
    /// `[C, 3C]`: queries, keys, values.
    pub(super) qkv: Param<Tensor<2>>,
    /// `[C, C]`.
    pub(super) proj: Param<Tensor<2>>,
    /// `[C]`.
    pub(super) norm_2: Param<Tensor<1>>,
    /// `[C, F]`, or `[C, 2F]`: what is gated, then its gate.
    pub(super) up: Param<Tensor<2>>,
    /// `[F, C]`.
    pub(super) down: Param<Tensor<2>>,
}

/// How far a pass looks, and what it leaves behind.
pub enum Pass<'a> {
    /// Sequences of `t` rows, each by itself, with dropout or without.
    Whole {
        /// Rows of a sequence.
        t: usize,
        /// Zeros while training.
        dropout: Option<&'a mut Dropout>,
        /// Where the attention's weights are noted, `[b, heads, t, t]` of each layer.
        weights: Option<&'a mut Vec<Tensor<4>>>,
    },
    /// The next rows of one sequence.
    Next {
        /// Rows that were read before.
        from: usize,
        /// The layer's keys and values.
        cache: &'a mut Cache,
    },
}

/// A matrix of N(0, σ²).
pub fn matrix(dims: [usize; 2], sigma: f32, rng: &mut Rng, device: &Device) -> Param<Tensor<2>> {
    init::parameter(dims, rng, device, |rng| {
        let values = rng.normal(dims[0] * dims[1]).into_iter();
        values.map(|e| e * sigma).collect()
    })
}

/// A gain of ones.
pub fn gain(c: usize, device: &Device) -> Param<Tensor<1>> {
    Param::from_data(TensorData::new(vec![1f32; c], [c]), device)
}

impl Block {
    /// Fresh weights of one of `layers` blocks. The branches' ends are smaller, so that the stream
    /// does not grow with the depth (GPT-2).
    pub fn init(shape: &Shape, layers: usize, rng: &mut Rng, device: &Device) -> Self {
        let (c, f) = (shape.n_embd, shape.hidden);
        let wide = if shape.swiglu { 2 * f } else { f };
        let end = INIT / (2.0 * layers as f32).sqrt();
        Self {
            norm_1: gain(c, device),
            qkv: matrix([c, 3 * c], INIT, rng, device),
            proj: matrix([c, c], end, rng, device),
            norm_2: gain(c, device),
            up: matrix([c, wide], INIT, rng, device),
            down: matrix([f, c], end, rng, device),
        }
    }

    /// # Shapes
    /// - x: `[n, C]`, sequence after sequence
    /// - output: the same
    pub fn forward(&self, shape: &Shape, x: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        let h = shape.norm(x.clone(), &self.norm_1);
        let qkv = linear(h, self.qkv.val(), None, Activation::Identity); // [n, 3C]
        let mixed = self.attend(shape, qkv, pass);
        let added = linear(mixed, self.proj.val(), None, Activation::Identity);
        let x = x + pass.drop(added);
        let h = shape.norm(x.clone(), &self.norm_2);
        let activated = match shape.swiglu {
            true => gated(linear(h, self.up.val(), None, Activation::Identity)),
            false => linear(h, self.up.val(), None, Activation::Gelu),
        }; // [n, F]
        let added = linear(activated, self.down.val(), None, Activation::Identity);
        x + pass.drop(added)
    }

    /// `[n, 3C]` → `[n, C]`.
    fn attend(&self, shape: &Shape, qkv: Tensor<2>, pass: &mut Pass) -> Tensor<2> {
        let (t, from) = match pass {
            Pass::Whole { t, .. } => (*t, 0),
            Pass::Next { from, .. } => (qkv.dims()[0], *from),
        };
        let qkv = match &shape.angles {
            Some(angles) => rotary(qkv, angles, t, from),
            None => qkv,
        };
        match pass {
            Pass::Whole { weights, .. } => {
                if let Some(weights) = weights {
                    weights.push(attention_weights(qkv.clone(), t, shape.n_head, &shape.mask));
                }
                attention(qkv, t, shape.n_head, &shape.mask)
            }
            Pass::Next { cache, .. } => attention_cached(qkv, shape.n_head, cache),
        }
    }
}

impl Shape {
    /// `x` `[n, C]`, normalised.
    pub fn norm(&self, x: Tensor<2>, gain: &Param<Tensor<1>>) -> Tensor<2> {
        norm(x, gain.val(), self.norm, EPSILON)
    }
}

impl Pass<'_> {
    /// `x` with dropout, if there is some.
    pub fn drop(&mut self, x: Tensor<2>) -> Tensor<2> {
        match self {
            Pass::Whole {
                dropout: Some(dropout),
                ..
            } => dropout.apply(x),
            _ => x,
        }
    }
}
