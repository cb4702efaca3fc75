//! Low-rank adapters of a transformer's matrices.
//!
//! Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685, equation 3. A matrix W that
//! stays as it is gets an update of rank r, of which only the two thin factors are learned:
//!
//! ```text
//! W' = W + (α/r) A B          A [d_in, r] ~ N(0, 1/d_in),  B [r, d_out] = 0 at first
//! ```
//!
//! Rows are inputs here, so the paper's B A is A B. The sum is taken before the network is run, in training as in use:
//! there is one network, and it needs to know nothing of adapters.

use burn::{
    module::{Module, ModuleMapper, Param, ParamId},
    tensor::{Device, Tensor},
};

use super::{
    init,
    linear::matmul,
    transformer::{Block, Shape, matrix},
};
use crate::rng::Rng;

/// An update of rank r of one matrix.
#[derive(Module, Debug)]
pub struct Lora {
    /// `[d_in, r]`.
    a: Param<Tensor<2>>,
    /// `[r, d_out]`.
    b: Param<Tensor<2>>,
}

impl Lora {
    /// An update that is nothing yet, of a matrix `[d_in, d_out]`; of a rank above the matrix's own it has that.
    pub fn init([d_in, d_out]: [usize; 2], rank: usize, rng: &mut Rng, device: &Device) -> Self {
        let rank = rank.min(d_in).min(d_out);
        let none = |_: &mut Rng| vec![0.0; rank * d_out];
        Self {
            a: matrix([d_in, rank], (d_in as f32).powf(-0.5), rng, device),
            b: init::parameter([rank, d_out], rng, device, none),
        }
    }

    /// W + (α/r) A B.
    ///
    /// # Shapes
    /// - w, output: `[d_in, d_out]`
    pub fn adapt(&self, w: Tensor<2>, alpha: f32) -> Tensor<2> {
        let rank = self.b.val().dims()[0] as f32;
        w + matmul(self.a.val(), self.b.val() * (alpha / rank))
    }
}

/// Which matrices of a block have an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Those of the attention.
    pub attention: bool,
    /// Those of the perceptron.
    pub mlp: bool,
}

/// The updates of a block's matrices.
#[derive(Module, Debug)]
pub struct Adapters {
    qkv: Option<Lora>,
    proj: Option<Lora>,
    up: Option<Lora>,
    down: Option<Lora>,
}

impl Adapters {
    /// Updates that are nothing yet, of a block of this shape.
    pub fn init(
        shape: &Shape,
        chosen: Chosen,
        rank: usize,
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let (c, f) = (shape.n_embd, shape.hidden);
        let wide = if shape.swiglu { 2 * f } else { f };
        let mut of = |yes: bool, dims| yes.then(|| Lora::init(dims, rank, rng, device));
        Self {
            qkv: of(chosen.attention, [c, 3 * c]),
            proj: of(chosen.attention, [c, c]),
            up: of(chosen.mlp, [c, wide]),
            down: of(chosen.mlp, [f, c]),
        }
    }

    /// A block with its matrices updated.
    pub fn adapt(&self, mut block: Block, alpha: f32) -> Block {
        let adapt = |w: &mut Param<Tensor<2>>, lora: &Option<Lora>| {
            if let Some(lora) = lora {
                *w = Param::initialized(ParamId::new(), lora.adapt(w.val(), alpha));
            }
        };
        adapt(&mut block.qkv, &self.qkv);
        adapt(&mut block.proj, &self.proj);
        adapt(&mut block.up, &self.up);
        adapt(&mut block.down, &self.down);
        block
    }
}

/// The same weights, of which no gradient is asked.
pub fn frozen<M: Module>(module: M) -> M {
    struct Freeze;
    impl ModuleMapper for Freeze {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let (value, tracked) = (param.val(), param.lazy_device().is_autodiff());
            let value = value.without_autodiff();
            let value = if tracked { value.autodiff() } else { value };
            Param::initialized(param.id, value)
        }
    }
    module.map(&mut Freeze)
}
