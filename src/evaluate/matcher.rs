//! A matcher of small pictures and captions, which measures whether a picture is of what was asked for.
//!
//! It serves for nothing else: no model is trained with it, and its weights are frozen once it is trained
//! (`playground classifier`). A picture and a caption each become a direction in one space; those that belong
//! together are drawn together, against all others of a batch (CLIP, Radford et al. 2021, arXiv:2103.00020).
//! A caption is no more than its words, each with a direction of its own. The features of the picture also tell
//! whose hand it is in.
//!
//! ```text
//! s_ij = τ ⟨u_i / ‖u_i‖, c_j / ‖c_j‖⟩      u = W h(x),  c = Σ words of the caption
//! loss = −½ mean_i (log softmax_j s_ij + log softmax_j s_ji) at i = j, and that of the hand
//! ```

use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor, TensorData},
};

use super::classifier::{Classifier, FEATURES, dropped, from_half, learning_rate, moved, to_half};
use crate::{
    data::{
        ImageSet,
        images::Images,
        scenes::words::{CONTEXT, NOTHING},
    },
    device::floats,
    error::Result,
    kernels::{cross_entropy::cross_entropy, embedding::embedding, reduce},
    nn::{
        init,
        linear::{linear, matmul},
        weights,
    },
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};

/// How sharply likeness is told apart, τ.
const SHARPNESS: f64 = 12.0;
/// Pictures of a step.
const BATCH: usize = 128;
/// Share of the features that is left out of each guess while it trains.
const DROPOUT: f32 = 0.2;

/// Its weights.
#[derive(Module, Debug)]
pub struct Matcher {
    pictures: Classifier,
    project: Linear,
    /// A direction for each word: `[words, 128]`.
    table: Param<Tensor<2>>,
}

/// Rows of length one.
fn unit(x: Tensor<2>) -> Tensor<2> {
    let length = (x.clone().square().sum_dim(1) + 1e-8).sqrt();
    x / length
}

impl Matcher {
    /// With weights drawn from `rng`, for pictures and words of a set.
    pub fn init(set: &ImageSet, rng: &mut Rng, device: &Device) -> Self {
        let words = set.info.words.len();
        Self {
            pictures: Classifier::init(set, rng, device),
            project: init::linear(FEATURES, FEATURES, 1.0, rng, device),
            table: init::parameter([words, FEATURES], rng, device, |rng| {
                rng.normal(words * FEATURES)
            }),
        }
    }

    /// What of it looks at pictures, whose classes are the hands.
    pub fn into_classifier(self) -> Classifier {
        self.pictures
    }

    /// Directions of captions, `n · context` tokens: `[n, 128]`.
    fn heard(&self, tokens: &[u32]) -> Tensor<2> {
        let n = tokens.len() / CONTEXT;
        let rows = embedding(self.table.val(), tokens).reshape([n, CONTEXT, FEATURES]);
        let counts = tokens
            .iter()
            .map(|&token| f32::from(u8::from(token != NOTHING)));
        let counts = TensorData::new(counts.collect::<Vec<f32>>(), [n, CONTEXT, 1]);
        let counts = Tensor::<3>::from_data(counts, &rows.device());
        unit((rows * counts).sum_dim(1).reshape([n, FEATURES]))
    }

    /// Trains on the training pictures, each moved by a few pixels and half of them mirrored. `after` is told
    /// steps taken, steps in all and the mean loss every 20 steps.
    ///
    /// # Errors
    /// What the device and `after` report.
    pub async fn train(
        mut self,
        set: &ImageSet,
        epochs: usize,
        seed: u64,
        mut after: impl FnMut(usize, usize, f64) -> Result<()>,
    ) -> Result<Self> {
        let device = self.project.weight.val().device();
        let n = set.train.len();
        let steps = (n * epochs / BATCH).max(1);
        let mut adam = Optimizer::default();
        let mut sum = 0.0;
        for step in 0..steps {
            let mut rng = Rng::new(seed, Purpose::Train, step as u64);
            let (mut pixels, mut hands, mut tokens) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..BATCH {
                let i = rng.below(n);
                moved(&mut pixels, set.train.image(i), set.shape(), true, &mut rng);
                hands.extend(set.train.label(i).map(u32::from));
                let said = set.train.caption(i, rng.below(set.train.captions()));
                tokens.extend(said.iter().map(|&token| u32::from(token)));
            }
            let [channels, height, width] = set.shape();
            let pixels = TensorData::new(pixels, [BATCH, channels, height, width]);
            let features = self.pictures.features(Tensor::from_data(pixels, &device));
            let features = dropped(features, DROPOUT, &mut rng);
            let seen = unit(linear(&self.project, features.clone()));
            let alike = matmul(seen, self.heard(&tokens).transpose()) * SHARPNESS;
            let own: Vec<u32> = (0..BATCH as u32).collect();
            let loss = reduce::mean(cross_entropy(alike.clone(), own.clone()))
                + reduce::mean(cross_entropy(alike.transpose(), own));
            let hand = reduce::mean(cross_entropy(self.pictures.logits(features), hands));
            let loss = loss * 0.5 + hand;
            self = adam.step(self, &loss, Hyper::new(learning_rate(step, steps)));
            sum += f64::from(floats(loss.without_autodiff()).await?[0]);
            if (step + 1).is_multiple_of(20) {
                after(step + 1, steps, sum / 20.0)?;
                sum = 0.0;
            }
        }
        Ok(self)
    }

    /// Directions of pictures, values in [0, 1], row by row, and whose hand each seems to be in.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn look(
        &self,
        pictures: &[Vec<f32>],
        set: &ImageSet,
    ) -> Result<(Vec<Vec<f32>>, Vec<usize>)> {
        let device = self.project.weight.val().device();
        let [channels, height, width] = set.shape();
        let (mut directions, mut hands) = (Vec::new(), Vec::new());
        for part in pictures.chunks(BATCH) {
            let shape = [part.len(), channels, height, width];
            let pixels = Tensor::from_data(TensorData::new(part.concat(), shape), &device);
            let features = self.pictures.features(pixels);
            let logits = self.pictures.logits(features.clone());
            let [_, classes] = logits.dims();
            for row in floats(logits).await?.chunks_exact(classes.max(1)) {
                let best = (0..classes).max_by(|&a, &b| row[a].total_cmp(&row[b]));
                hands.push(best.unwrap_or(0));
            }
            let rows = floats(unit(linear(&self.project, features))).await?;
            directions.extend(rows.chunks_exact(FEATURES).map(<[f32]>::to_vec));
        }
        Ok((directions, hands))
    }

    /// Directions of captions, each of `context` tokens.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn read(&self, captions: &[Vec<u32>]) -> Result<Vec<Vec<f32>>> {
        let rows = floats(self.heard(&captions.concat())).await?;
        Ok(rows.chunks_exact(FEATURES).map(<[f32]>::to_vec).collect())
    }

    /// Its weights as a safetensors file, in half precision.
    ///
    /// # Errors
    /// As [`Classifier::to_bytes`].
    pub async fn to_bytes(&self) -> Result<Vec<u8>> {
        to_half(self).await
    }

    /// What [`Matcher::to_bytes`] wrote, for the same set.
    ///
    /// # Errors
    /// As [`Classifier::from_bytes`].
    pub fn from_bytes(bytes: &[u8], set: &ImageSet, device: &Device) -> Result<Self> {
        let empty = Self::init(set, &mut Rng::outline(), device);
        weights::load(empty, from_half(bytes)?)
    }
}

/// An image of a split as values in [0, 1].
pub fn values(images: &Images, i: usize) -> Vec<f32> {
    let image = images.image(i).iter();
    image.map(|&p| f32::from(p) / 255.0).collect()
}
