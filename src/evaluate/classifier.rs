//! A classifier of small images, whose features measure what others make.
//!
//! It serves for nothing else: no model is trained with it, and its weights are frozen once it is
//! trained (`playground classifier`). Convolutions as in LeNet (LeCun et al. 1998), without anything
//! that depends on the other images of a batch.
//!
//! ```text
//! loss = −log softmax(W h(x) + b) at the class of x          features h(x), 128 numbers
//! ```

use std::ops::Range;

use burn::{
    module::Module,
    nn::{Linear, conv::Conv2d},
    tensor::{Device, Tensor, TensorData},
};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use crate::{
    data::{ImageSet, images::Images},
    device::floats,
    error::{Error, Result},
    kernels::{activation::Activation, cross_entropy::cross_entropy, reduce},
    nn::{
        conv::conv,
        init,
        linear::{activated, linear},
        weights::{self, Weights},
    },
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};

/// Numbers in a feature.
pub const FEATURES: usize = 128;
/// Channels of the two sizes.
const CHANNELS: [usize; 2] = [24, 48];
/// Images that go through it at once.
const CHUNK: usize = 50;
/// Images of a step.
const BATCH: usize = 64;
/// Adam's learning rate at first; it falls along half a cosine.
const LEARNING_RATE: f64 = 1.5e-3;
/// Images are moved by up to so many pixels while it trains.
const SHIFT: usize = 2;
/// Share of the features that is left out of each guess while it trains.
const DROPOUT: f32 = 0.4;

/// Its weights.
#[derive(Module, Debug)]
pub struct Classifier {
    /// At whole, half and quarter size.
    convolutions: Vec<Conv2d>,
    hidden: Linear,
    output: Linear,
}

impl Classifier {
    /// With weights drawn from `rng`, for images of a set.
    pub fn init(set: &ImageSet, rng: &mut Rng, device: &Device) -> Self {
        let [channels, height, width] = set.shape();
        let [a, b] = CHANNELS;
        let gain = std::f32::consts::SQRT_2;
        let sizes = [(channels, a, 1), (a, a, 2), (a, b, 1), (b, b, 2)];
        let layer = |&(c_in, c_out, stride): &(usize, usize, usize), rng: &mut Rng| {
            init::conv([c_in, c_out], 3, stride, gain, rng, device)
        };
        let convolutions = sizes.iter().map(|size| layer(size, rng)).collect();
        let bottom = b * height.div_ceil(4) * width.div_ceil(4);
        Self {
            convolutions,
            hidden: init::linear(bottom, FEATURES, gain, rng, device),
            output: init::linear(FEATURES, set.info.classes.len(), 1.0, rng, device),
        }
    }

    /// Images `[n, channels, h, w]` in [0, 1] → features `[n, 128]`.
    pub fn features(&self, x: Tensor<4>) -> Tensor<2> {
        let mut h = x * 2.0 - 1.0;
        for layer in &self.convolutions {
            h = Activation::Relu.tensors(conv(layer, h));
        }
        let [n, c, height, width] = h.dims();
        activated(
            &self.hidden,
            h.reshape([n, c * height * width]),
            Activation::Relu,
        )
    }

    /// Features `[n, 128]` → logits `[n, classes]`.
    pub fn logits(&self, features: Tensor<2>) -> Tensor<2> {
        linear(&self.output, features)
    }

    /// Trains on the training images but the last `held_out`, each moved by a few pixels and, if
    /// `mirrored`, half of them mirrored. `after` is told steps taken, steps in all and the mean loss
    /// every 100 steps.
    ///
    /// # Errors
    /// What the device and `after` report.
    pub async fn train(
        mut self,
        set: &ImageSet,
        plan: &Plan,
        mut after: impl FnMut(usize, usize, f64) -> Result<()>,
    ) -> Result<Self> {
        let device = self.output.weight.val().device();
        let n = set.train.len().saturating_sub(plan.held_out).max(1);
        let steps = (n * plan.epochs / BATCH).max(1);
        let mut adam = Optimizer::default();
        let mut sum = 0.0;
        for step in 0..steps {
            let mut rng = Rng::new(plan.seed, Purpose::Train, step as u64);
            let mut images = Vec::with_capacity(BATCH * set.values());
            let mut labels = Vec::with_capacity(BATCH);
            for _ in 0..BATCH {
                let i = rng.below(n);
                moved(
                    &mut images,
                    set.train.image(i),
                    set.shape(),
                    plan.mirrored,
                    &mut rng,
                );
                labels.extend(set.train.label(i).map(u32::from));
            }
            let features = self.features(tensor(images, set, &device));
            let features = dropped(features, DROPOUT, &mut rng);
            let loss = reduce::mean(cross_entropy(self.logits(features), labels));
            self = adam.step(self, &loss, Hyper::new(learning_rate(step, steps)));
            sum += f64::from(floats(loss.without_autodiff()).await?[0]);
            if (step + 1).is_multiple_of(100) {
                after(step + 1, steps, sum / 100.0)?;
                sum = 0.0;
            }
        }
        Ok(self)
    }

    /// Features and classes, as it guesses them, of images `[n, channels, h, w]` in [0, 1].
    ///
    /// # Errors
    /// What the device reports.
    pub async fn look(&self, images: Tensor<4>) -> Result<Seen> {
        let mut seen = Seen::default();
        for part in images.split(CHUNK, 0) {
            let features = self.features(part);
            let logits = self.logits(features.clone());
            let [_, classes] = logits.dims();
            for row in floats(logits).await?.chunks_exact(classes.max(1)) {
                let best = (0..classes).max_by(|&a, &b| row[a].total_cmp(&row[b]));
                seen.classes.push(best.unwrap_or(0));
            }
            seen.features.extend(floats(features).await?);
        }
        Ok(seen)
    }

    /// Share of images of the set that it classifies rightly, those of a range of either split.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn accuracy(
        &self,
        images: &Images,
        set: &ImageSet,
        range: Range<usize>,
    ) -> Result<f64> {
        let total = range.len().max(1) as f64;
        let seen = self.look_at(images, set, range.clone()).await?;
        let pairs = range.zip(&seen.classes);
        let right = pairs.filter(|&(i, &class)| images.label(i).map(usize::from) == Some(class));
        Ok(right.count() as f64 / total)
    }

    /// As [`Classifier::look`], at images of a split of the set.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn look_at(
        &self,
        images: &Images,
        set: &ImageSet,
        range: Range<usize>,
    ) -> Result<Seen> {
        let device = self.output.weight.val().device();
        let pixels = range.flat_map(|i| images.image(i));
        let pixels = pixels.map(|&p| f32::from(p) / 255.0).collect();
        self.look(tensor(pixels, set, &device)).await
    }
}

impl Classifier {
    /// Its weights as a safetensors file, in half precision.
    ///
    /// # Errors
    /// What the device reports; [`Error::Internal`] if serialization fails.
    pub async fn to_bytes(&self) -> Result<Vec<u8>> {
        to_half(self).await
    }

    /// What [`Classifier::to_bytes`] wrote, for images of the same set.
    ///
    /// # Errors
    /// [`Error::CheckpointParse`] for a file that is none;
    /// [`Error::CheckpointShape`] for one of another network.
    pub fn from_bytes(bytes: &[u8], set: &ImageSet, device: &Device) -> Result<Self> {
        let empty = Self::init(set, &mut Rng::outline(), device);
        weights::load(empty, from_half(bytes)?)
    }
}

/// The weights of a module as a safetensors file, in half precision.
pub(super) async fn to_half<M: Module>(module: &M) -> Result<Vec<u8>> {
    let internal = |reason: String| Error::Internal { reason };
    let mut tensors = Vec::new();
    for (name, data) in weights::read(module).await? {
        let shape = data.shape().as_slice().to_vec();
        let values = data.as_slice::<f32>();
        let values = values.map_err(|e| internal(format!("{e:?}")))?.iter();
        let half = values.flat_map(|&v| half::f16::from_f32(v).to_le_bytes());
        tensors.push((name, shape, half.collect::<Vec<u8>>()));
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F16, shape.clone(), bytes);
        Ok((name, view.map_err(|e| internal(e.to_string()))?))
    });
    let views = views.collect::<Result<Vec<_>>>()?;
    safetensors::serialize(views, None).map_err(|e| internal(e.to_string()))
}

/// What [`to_half`] wrote.
pub(super) fn from_half(bytes: &[u8]) -> Result<Weights> {
    let bad = |e: safetensors::SafeTensorError| Error::CheckpointParse {
        reason: e.to_string(),
    };
    let mut found = Weights::new();
    for (name, tensor) in SafeTensors::deserialize(bytes).map_err(bad)?.tensors() {
        let pairs = tensor.data().as_chunks::<2>().0.iter();
        let values = pairs.map(|&b| half::f16::from_le_bytes(b).to_f32());
        let values: Vec<f32> = values.collect();
        found.insert(name, TensorData::new(values, tensor.shape().to_vec()));
    }
    Ok(found)
}

/// How a classifier is trained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How often each image is seen, about.
    pub epochs: usize,
    /// Training images at the end that it never sees, to judge it by.
    pub held_out: usize,
    /// Whether half of what it sees is mirrored.
    pub mirrored: bool,
    /// Seed of everything that is drawn.
    pub seed: u64,
}

/// What a classifier says of images.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Their features, one row after the other.
    pub features: Vec<f32>,
    /// Their classes.
    pub classes: Vec<usize>,
}

fn tensor(pixels: Vec<f32>, set: &ImageSet, device: &Device) -> Tensor<4> {
    let [channels, height, width] = set.shape();
    let n = pixels.len() / set.values().max(1);
    Tensor::from_data(
        TensorData::new(pixels, [n, channels, height, width]),
        device,
    )
}

/// Features, a `share` of which is left out and the rest scaled up. The weights that are shipped were trained with
/// these draws, not with those of [`Dropout`](crate::nn::dropout::Dropout).
pub(super) fn dropped(features: Tensor<2>, share: f32, rng: &mut Rng) -> Tensor<2> {
    let (size, device) = (features.dims(), features.device());
    let keep = rng.uniform(size[0] * size[1]).into_iter();
    let keep = keep.map(|u| match u < share {
        true => 0.0,
        false => 1.0 / (1.0 - share),
    });
    let keep = TensorData::new(keep.collect::<Vec<f32>>(), size);
    features * Tensor::from_data(keep, &device)
}

/// The learning rate of a step: it falls like a cosine.
pub(super) fn learning_rate(step: usize, steps: usize) -> f64 {
    let turn = std::f64::consts::PI * step as f64 / steps as f64;
    (LEARNING_RATE * 0.5 * (1.0 + turn.cos())).max(1e-5)
}

/// Appends an image in [0, 1], moved by up to [`SHIFT`] pixels each way and perhaps mirrored; what comes
/// in is black.
pub(super) fn moved(
    out: &mut Vec<f32>,
    image: &[u8],
    shape: [usize; 3],
    mirrored: bool,
    rng: &mut Rng,
) {
    let [channels, height, width] = shape;
    let [dy, dx] = [0, 1].map(|_| rng.below(2 * SHIFT + 1));
    let mirror = mirrored && rng.below(2) == 1;
    for c in 0..channels {
        for y in 0..height {
            for x in 0..width {
                let x = if mirror { width - 1 - x } else { x };
                let from = |at: usize, by: usize, size: usize| {
                    (at + by).checked_sub(SHIFT).filter(|&at| at < size)
                };
                let pixel = from(y, dy, height).zip(from(x, dx, width));
                let pixel = pixel.map_or(0, |(y, x)| image[(c * height + y) * width + x]);
                out.push(f32::from(pixel) / 255.0);
            }
        }
    }
}
