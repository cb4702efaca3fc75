//! What models share that go through an image pixel by pixel: levels of grey, the likelihood, and a
//! sampler. [`pixelcnn`](super::pixelcnn) and [`pixelrnn`](super::pixelrnn) differ in the network alone.
//!
//! ```text
//! p(x) = Π_i p(x_i | x_1 … x_{i−1})          pixels row by row, each row from the left
//! loss = −log p(x)                           nats an image, exact
//! ```

pub mod attention;
mod raster;

use burn::{
    module::Param,
    nn::conv::Conv2d,
    tensor::{Device, Tensor, TensorData, activation},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::raster::{Kept, Raster, Walk};
use crate::{
    data::{Batch, Binarize, DataInfo},
    error::{Error, Result},
    kernels::{activation::Activation, bernoulli, cross_entropy::cross_entropy, linear},
    model::{Density, DensityKind, DensityOptions, OptimizerKind, TrainConfig},
    options::Options,
    rng::Rng,
    scene::PlotSpec,
};

/// Sampling options of such models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PixelSampleOptions {
    /// Logits are divided by it: below 1 the likelier values are drawn more often.
    #[schemars(title = "Temperature", range(min = 0.05, max = 2.0))]
    pub temperature: f64,
}

impl Default for PixelSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for PixelSampleOptions {}

/// A network that says of every pixel what it may be, given those before it.
pub trait PixelModel {
    /// The values of a pixel.
    fn levels(&self) -> Levels;

    /// Rows and columns of an image.
    fn size(&self) -> [usize; 2];

    /// Logits of every pixel given those before it.
    ///
    /// # Shapes
    /// - x: `[n, 1, h, w]`, values in [0, 1]
    /// - output: `[n h w, outputs]`, see [`Levels::outputs`]
    fn rows(&self, x: Tensor<4>) -> Tensor<2>;

    /// Where it computes.
    fn device(&self) -> Device;

    /// The same as [`PixelModel::rows`], pixel by pixel: for `count` images at once.
    fn walk(&self, count: usize) -> Box<dyn Walk>;

    /// Logits as images, `[n, outputs, h, w]`.
    fn logits(&self, x: Tensor<4>) -> Tensor<4> {
        as_images(self.rows(x), self.size())
    }

    /// log p(x) of each image, nats, `[n]`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what are no images.
    fn log_prob(&self, batch: &Batch) -> Result<Tensor<1>> {
        let values = PixelModel::levels(self);
        let (x, levels) = values.quantized(batch, &self.device())?;
        let rows = self.rows(x.clone());
        Ok(values.log_prob(x, levels, rows))
    }

    /// The probability of each level of each pixel, `[n h w, levels]`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what are no images.
    fn pixelwise(&self, batch: &Batch) -> Result<Tensor<2>> {
        let values = PixelModel::levels(self);
        let (x, _) = values.quantized(batch, &self.device())?;
        Ok(values.probabilities(self.rows(x)))
    }
}

impl<M: PixelModel> Density for M {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        PixelModel::log_prob(self, batch)
    }

    fn levels(&self) -> Option<usize> {
        Some(PixelModel::levels(self).0)
    }

    fn pixelwise(&self, batch: &Batch) -> Option<Result<Tensor<2>>> {
        Some(PixelModel::pixelwise(self, batch))
    }
}

/// The values of a pixel: 0 to 1 in so many equal steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels(pub usize);

impl Levels {
    /// Numbers that a network gives for a pixel: the logit of white if there are two levels, else one of
    /// each.
    pub fn outputs(self) -> usize {
        if self.0 == 2 { 1 } else { self.0 }
    }

    /// The images with each pixel at its nearest level, `[n, 1, h, w]`, and the levels.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what are no images.
    pub fn quantized(self, batch: &Batch, device: &Device) -> Result<(Tensor<4>, Vec<u32>)> {
        let top = (self.0 - 1) as f32;
        let Batch::Images { shape, values, .. } = batch else {
            return Err(Error::Unsupported {
                what: "This needs images".into(),
            });
        };
        let levels = values.iter().map(|v| (v.clamp(0.0, 1.0) * top).round());
        let levels: Vec<u32> = levels.map(|level| level as u32).collect();
        let values: Vec<f32> = levels.iter().map(|&l| l as f32 / top).collect();
        let x = Tensor::from_data(TensorData::new(values, *shape), device);
        Ok((x, levels))
    }

    /// log p(x) of each image, nats, `[n]`, from [`Levels::quantized`] and the logits of its pixels
    /// `[n h w, outputs]`.
    pub fn log_prob(self, x: Tensor<4>, levels: Vec<u32>, logits: Tensor<2>) -> Tensor<1> {
        let [n, _, h, w] = x.dims();
        if self.0 == 2 {
            return bernoulli::log_prob(x.reshape([n, h * w]), logits.reshape([n, h * w]));
        }
        let each = cross_entropy(logits, levels).reshape([n, h * w]);
        each.sum_dim(1).squeeze_dim::<1>(1).neg()
    }

    /// The probability of each level, `[n, levels]`, from logits `[n, outputs]`.
    pub fn probabilities(self, logits: Tensor<2>) -> Tensor<2> {
        if self.0 == 2 {
            let white = bernoulli::mean(logits);
            return Tensor::cat(vec![white.clone().neg() + 1.0, white], 1);
        }
        activation::softmax(logits.without_autodiff(), 1)
    }

    /// What a pixel of each of n images is drawn with, `[n, outputs]`.
    pub fn noise(self, n: usize, rng: &mut Rng, device: &Device) -> Tensor<2> {
        let mut noise = rng.uniform(n * self.outputs());
        if self.0 > 2 {
            // The largest of logits with Gumbel noise is a draw from their softmax.
            (noise.iter_mut()).for_each(|u| *u = -(-u.max(1e-20).ln()).ln());
        }
        Tensor::from_data(TensorData::new(noise, [n, self.outputs()]), device)
    }

    /// A value for each image, `[n, 1]`, from its logits and its [`noise`](Self::noise).
    pub fn draw(self, logits: Tensor<2>, temperature: f64, noise: Tensor<2>) -> Tensor<2> {
        let logits = logits / temperature;
        if self.0 == 2 {
            return bernoulli::mean(logits).greater(noise).float();
        }
        (logits + noise).argmax(1).float() / (self.0 - 1) as f64
    }

    /// What the last layer's bias begins with: the share of ink, where there is one logit for it.
    pub fn first_bias(self, data: &DataInfo) -> Option<f32> {
        let n = data.pixel_mean.len();
        if self.0 != 2 || n == 0 {
            return None;
        }
        let mean = (data.pixel_mean.iter().sum::<f32>() / n as f32).clamp(0.01, 0.99);
        Some((mean / (1.0 - mean)).ln())
    }
}

/// What can be seen of them besides what every model with a density of images shows.
pub fn plots() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "samples",
            "Samples",
            "Pixel by pixel, row by row, each drawn from what the network says of it given those before. The same seed gives the same image anywhere.",
        ),
        PlotSpec::new(
            "pixels",
            "Pixel by pixel",
            "An image as it was drawn, one pixel after the other. Point at a pixel: what the network said of it, given those before it and nothing else.",
        )
        .answered("raster"),
    ]
}

/// How such models are trained where nothing else is said.
pub fn training() -> TrainConfig {
    TrainConfig {
        batch_size: 16,
        learning_rate: 3e-3,
        optimizer: OptimizerKind::Muon,
        ema: 0.999,
        clip: 1.0,
        binarize: Binarize::Dynamic,
        ..TrainConfig::default()
    }
}

/// A bias of one number.
pub fn single(bias: f32, device: &Device) -> Param<Tensor<1>> {
    Param::from_data(TensorData::new(vec![bias], [1]), device)
}

/// Moves an image down by a row; the first becomes zero.
pub fn down(x: Tensor<4>) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let zero = Tensor::zeros([n, c, 1, w], &x.device());
    Tensor::cat(vec![zero, x.slice([0..n, 0..c, 0..h - 1, 0..w])], 2)
}

/// Moves an image to the right by a column; the first becomes zero.
pub fn right(x: Tensor<4>) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let zero = Tensor::zeros([n, c, h, 1], &x.device());
    Tensor::cat(vec![zero, x.slice([0..n, 0..c, 0..h, 0..w - 1])], 3)
}

/// `[n, c, h, w]` as a row for each pixel, `[n h w, c]`.
pub fn by_pixel(x: Tensor<4>) -> Tensor<2> {
    let [n, c, h, w] = x.dims();
    x.permute([0, 2, 3, 1]).reshape([n * h * w, c])
}

/// The way back from [`by_pixel`].
pub fn as_images(rows: Tensor<2>, [h, w]: [usize; 2]) -> Tensor<4> {
    let [all, c] = rows.dims();
    rows.reshape([all / (h * w), h, w, c]).permute([0, 3, 1, 2])
}

/// A layer as a matrix and a bias.
pub type Matrix = (Tensor<2>, Tensor<1>);

/// A 1 × `taps` convolution as a matrix over `taps` columns that stand side by side.
pub fn matrix(layer: &Conv2d) -> Matrix {
    let [out, c, _, taps] = layer.weight.dims();
    let weight = layer.weight.val().reshape([out, c, taps]);
    let weight = weight.permute([2, 1, 0]).reshape([taps * c, out]); // as columns are laid
    let zero = || Tensor::zeros([out], &layer.weight.val().device());
    let bias = layer.bias.as_ref().map_or_else(zero, |bias| bias.val());
    (weight, bias)
}

/// x W + b.
pub fn times(x: Tensor<2>, (weight, bias): &Matrix) -> Tensor<2> {
    linear::linear(x, weight.clone(), Some(bias.clone()), Activation::Identity)
}
