//! What a model can do besides training and sampling.

use burn::tensor::Tensor;

use super::{DensityKind, Reading, Samples};
use crate::{
    data::{Batch, tokenizer::Tokenizer},
    error::Result,
    nn::standard::Standard,
    rng::Rng,
};

/// How to estimate a density.
#[derive(Debug, Clone, Copy)]
pub struct DensityOptions {
    /// Importance samples for each example; 0 = the model's own exact value or bound.
    pub importance_samples: usize,
}

/// It can say how probable data is.
pub trait Density {
    /// What [`Density::log_prob`] is with these options.
    fn kind(&self, options: DensityOptions) -> DensityKind;

    /// log p(x) of each example, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_prob(&self, batch: &Batch, options: DensityOptions, rng: &mut Rng) -> Result<Tensor<1>>;

    /// Levels of a pixel, of a model of images whose pixels have levels.
    fn levels(&self) -> Option<usize> {
        None
    }

    /// The probability of each level of each pixel given the pixels before it, `[pixels, levels]`, of a
    /// model that goes pixel by pixel.
    fn pixelwise(&self, batch: &Batch) -> Option<Result<Tensor<2>>> {
        let _ = batch;
        None
    }
}

/// It has a latent vector.
pub trait Latent {
    /// Length of the vector.
    fn latent_dim(&self) -> usize;

    /// Mean and log-variance of q(z|x), each `[n, latent_dim]`.
    ///
    /// # Errors
    /// What the device reports.
    fn encode(&self, batch: &Batch) -> Result<(Tensor<2>, Tensor<2>)>;

    /// What z `[n, latent_dim]` stands for: the mean of p(x|z).
    ///
    /// # Errors
    /// What the device reports.
    fn decode(&self, z: Tensor<2>) -> Result<Samples>;

    /// log p(x|z) of each example, nats, `[n]`.
    ///
    /// # Errors
    /// What the device reports.
    fn log_likelihood(&self, batch: &Batch, z: Tensor<2>) -> Result<Tensor<1>>;
}

/// It maps points to noise and back, layer by layer, on the scale of its [`Standard`].
pub trait Invertible {
    /// Layers.
    fn depth(&self) -> usize;

    /// The scale on which its layers work.
    fn standard(&self) -> Standard;

    /// Layer `layer` from data to noise: points `[n, 2]` and logabsdet `[n]`.
    fn forward_layer(&self, layer: usize, x: Tensor<2>) -> (Tensor<2>, Tensor<1>);

    /// The way back through layer `layer`: points `[n, 2]` and logabsdet `[n]`.
    fn inverse_layer(&self, layer: usize, z: Tensor<2>) -> (Tensor<2>, Tensor<1>);
}

/// What a [`Language`] does inside while it reads a text of T tokens.
#[derive(Debug, Clone)]
pub struct Insight {
    /// The weight that each token gives to each before it, for each layer and head in turn:
    /// `[layers, heads, T, T]`.
    pub attention: Vec<f32>,
    /// Layers.
    pub layers: usize,
    /// Heads of a layer.
    pub heads: usize,
    /// What the model would guess if it ended after the embedding, after each layer, and at its
    /// end ("logit lens", nostalgebraist 2020): logits `[layers + 1, T, vocabulary]`.
    pub lens: Vec<f32>,
}

/// It reads text token by token and says what may come next.
pub trait Language {
    /// Its tokens.
    fn tokenizer(&self) -> &Tokenizer;

    /// The most tokens that it looks back on, T.
    fn block_size(&self) -> usize;

    /// Logits of the token after each of `ids` (at most T), row by row: `[n, vocabulary]`.
    fn logits<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Vec<f32>>;

    /// What it does inside while it reads `ids` (at most T).
    fn insight<'a>(&'a self, ids: &'a [u32]) -> Reading<'a, Insight>;
}
