//! What a network of images knows of a sentence: a small encoder, and attention from pixels to words.
//!
//! The encoder is a transformer whose tokens all see each other (Vaswani et al. 2017, arXiv:1706.03762).
//! At each place of an image it is asked which words matter there (cross-attention, Rombach et al. 2022,
//! arXiv:2112.10752, section 3.3):
//!
//! ```text
//! x += out(softmax(q(norm(x)) k(words)ᵀ / √d) v(words))
//! ```

use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor, activation},
};

use super::{
    init,
    linear::{linear, matmul},
    transformer::{self, Block, Pass, Shape},
};
use crate::{
    kernels::{attention::Mask, embedding::embedding, norm::Norm},
    rng::Rng,
};

/// Layers of the encoder.
const LAYERS: usize = 2;

/// Reads a sentence.
#[derive(Module, Debug)]
pub struct Encoder {
    /// `[words, c]`.
    table: Param<Tensor<2>>,
    /// `[context, c]`.
    places: Param<Tensor<2>>,
    blocks: Vec<Block>,
    gain: Param<Tensor<1>>,
    heads: usize,
}

impl Encoder {
    /// For sentences of `context` tokens, each one of `words`, in `c` numbers each.
    pub fn init(
        words: usize,
        context: usize,
        [c, heads]: [usize; 2],
        rng: &mut Rng,
        device: &Device,
    ) -> Self {
        let shape = shape(c, heads);
        Self {
            table: transformer::matrix([words, c], 1.0, rng, device),
            places: transformer::matrix([context, c], 1.0, rng, device),
            blocks: (0..LAYERS)
                .map(|_| Block::init(&shape, LAYERS, rng, device))
                .collect(),
            gain: transformer::gain(c, device),
            heads,
        }
    }

    /// Tokens of a sentence.
    pub fn context(&self) -> usize {
        self.places.lazy_shape()[0]
    }

    /// Sentences, `n · context` tokens, to `[n, context, c]`; what is no word counts as none.
    pub fn forward(&self, tokens: &[u32]) -> Tensor<3> {
        let ([v, c], t) = (self.table.dims(), self.context());
        let tokens: Vec<u32> = (tokens.iter())
            .map(|&token| if (token as usize) < v { token } else { 0 })
            .collect();
        let n = tokens.len() / t;
        let shape = shape(c, self.heads);
        let table = embedding(self.table.val(), &tokens).reshape([n, t, c]);
        let mut x = (table + self.places.val().unsqueeze::<3>()).reshape([n * t, c]);
        for block in &self.blocks {
            let mut pass = Pass::Whole {
                t,
                dropout: None,
                weights: None,
            };
            x = block.forward(&shape, x, &mut pass);
        }
        shape.norm(x, &self.gain).reshape([n, t, c])
    }
}

fn shape(c: usize, heads: usize) -> Shape {
    Shape {
        n_head: heads,
        n_embd: c,
        hidden: 4 * c,
        norm: Norm::Rms,
        swiglu: false,
        angles: None,
        mask: Mask::Full,
    }
}

/// Places of an image look at words.
#[derive(Module, Debug)]
pub struct CrossAttention {
    q: Linear,
    kv: Linear,
    out: Linear,
    heads: usize,
}

impl CrossAttention {
    /// From places of `c` numbers to words of `words`; what it adds is zero at first.
    pub fn init(c: usize, words: usize, heads: usize, rng: &mut Rng, device: &Device) -> Self {
        Self {
            q: init::linear(c, c, 1.0, rng, device),
            kv: init::linear(words, 2 * c, 1.0, rng, device),
            out: init::linear(c, c, 0.0, rng, device),
            heads,
        }
    }

    /// # Shapes
    /// - rows: `[n, places, c]`
    /// - words: `[n or 1, context, c_words]`
    /// - output: what is added to the places, `[n, places, c]`; and how much each looks at each word,
    ///   `[n, heads, places, context]`
    pub fn forward(&self, rows: Tensor<3>, words: Tensor<3>) -> (Tensor<3>, Tensor<4>) {
        let [n, places, c] = rows.dims();
        let [b, t, wide] = words.dims();
        let (heads, d) = (self.heads, c / self.heads);
        let q = linear(&self.q, rows.reshape([n * places, c]));
        let q = q.reshape([n, places, heads, d]).swap_dims(1, 2); // [n, heads, places, d]
        let kv = linear(&self.kv, words.reshape([b * t, wide])).reshape([b, t, 2, heads, d]);
        let part = |i: usize| {
            let part = kv.clone().slice([0..b, 0..t, i..i + 1]);
            let part = part.reshape([b, t, heads, d]).swap_dims(1, 2); // [b, heads, t, d]
            if b == n { part } else { part.repeat_dim(0, n) }
        };
        let scores = matmul(q, part(0).swap_dims(2, 3)) / (d as f64).sqrt();
        let weights = activation::softmax(scores, 3); // [n, heads, places, t]
        let mixed = matmul(weights.clone(), part(1)).swap_dims(1, 2);
        let out = linear(&self.out, mixed.reshape([n * places, c]));
        (out.reshape([n, places, c]), weights)
    }
}
