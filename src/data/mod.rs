//! Data as seeded streams of batches.

pub mod images;
pub mod input;

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    family::Binarize,
    rng::{Purpose, Rng},
};
pub use images::ImageSet;

/// What a family must know of its data to build a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataInfo {
    /// Name of the set, for example `mnist`.
    pub name: String,
    /// SHA-256 of what it was read from.
    pub sha256: String,
    /// Rows of an image.
    pub height: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Mean of each pixel over the training images, in [0, 1]; may be empty.
    #[serde(default)]
    pub mean: Vec<f32>,
}

impl DataInfo {
    /// Refuse sizes that no shipped family can model, before anything is allocated for them.
    ///
    /// # Errors
    /// [`Error::CheckpointSchema`].
    pub fn check(&self) -> Result<()> {
        let side = 1..=64;
        if side.contains(&self.height) && side.contains(&self.width) && self.classes.len() <= 256 {
            return Ok(());
        }
        Err(Error::CheckpointSchema {
            reason: format!("images of {} × {} pixels", self.height, self.width),
        })
    }
}

/// Examples for one step.
#[derive(Debug, Clone)]
pub enum Batch {
    /// Grey images, row by row, values in [0, 1].
    Images {
        /// How many.
        count: usize,
        /// `count · height · width` values.
        pixels: Vec<f32>,
    },
}

impl Batch {
    /// Its images as `[n, pixels]` on `device`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds no images.
    pub fn pixels(&self, device: &Device) -> Result<Tensor<2>> {
        match self {
            Batch::Images { count, pixels } => {
                let width = pixels.len() / (*count).max(1);
                let data = TensorData::new(pixels.clone(), [*count, width]);
                Ok(Tensor::from_data(data, device))
            }
        }
    }

    /// How many examples.
    pub fn len(&self) -> usize {
        match self {
            Batch::Images { count, .. } => *count,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An endless stream of training batches: each epoch in a new order, each image with new
/// binarization noise. What comes next follows from the seed and the number of images `seen`
/// alone, so a stream resumes by that number.
#[derive(Debug, Clone)]
pub struct Stream {
    seed: u64,
    seen: u64,
    epoch: Option<(u64, Vec<u32>)>,
}

impl Stream {
    /// The stream of `seed` after `seen` images.
    pub fn new(seed: u64, seen: u64) -> Self {
        Self {
            seed,
            seen,
            epoch: None,
        }
    }

    /// Images seen so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The next `count` training images of `set`.
    ///
    /// # Errors
    /// [`Error::BadData`] if the set has none.
    pub fn next(&mut self, set: &ImageSet, count: usize, binarize: Binarize) -> Result<Batch> {
        let n = set.train.len() as u64;
        if n == 0 {
            return Err(Error::BadData {
                name: set.info.name.clone(),
                reason: "it has no training images".into(),
            });
        }
        let mut pixels = Vec::with_capacity(count * set.pixels());
        let mut noise = Rng::new(self.seed, Purpose::Binarize, self.seen);
        for _ in 0..count {
            let (epoch, at) = (self.seen / n, (self.seen % n) as usize);
            let order = match self.epoch.take() {
                Some((e, order)) if e == epoch => order,
                _ => Rng::new(self.seed, Purpose::Shuffle, epoch).permutation(n as usize),
            };
            push(
                &mut pixels,
                set.train.image(order[at] as usize),
                binarize,
                &mut noise,
            );
            self.epoch = Some((epoch, order));
            self.seen += 1;
        }
        Ok(Batch::Images { count, pixels })
    }
}

/// Seed of the test set's fixed binarization: one for everybody, so that numbers compare.
pub const TEST_SEED: u64 = 20_131_220;

/// Test images `start..start + count` with the fixed binarization of [`TEST_SEED`].
pub fn test_batch(set: &ImageSet, start: usize, count: usize, binarize: Binarize) -> Batch {
    let end = (start + count).min(set.test.len());
    let mut pixels = Vec::new();
    for i in start.min(end)..end {
        let mut noise = Rng::new(TEST_SEED, Purpose::TestSet, i as u64);
        push(&mut pixels, set.test.image(i), binarize, &mut noise);
    }
    Batch::Images {
        count: end - start.min(end),
        pixels,
    }
}

fn push(out: &mut Vec<f32>, image: &[u8], binarize: Binarize, noise: &mut Rng) {
    match binarize {
        Binarize::Dynamic => out.extend(noise.bernoulli_pixels(image)),
        Binarize::None => out.extend(image.iter().map(|&p| f32::from(p) / 255.0)),
    }
}
