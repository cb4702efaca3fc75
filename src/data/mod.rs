//! Data as seeded streams of batches.

pub mod bpe;
pub mod images;
pub mod input;
pub mod plane;
pub mod text;
pub mod tokenizer;

use std::borrow::Cow;

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    model::Binarize,
    protocol::DataKind,
    rng::{Purpose, Rng},
};
pub use images::ImageSet;
pub use plane::PointSet;
pub use text::TextSet;
use tokenizer::Vocabulary;

/// What a family must know of its data to build a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataInfo {
    /// Name of the set, for example `mnist`.
    pub name: String,
    /// What it is made of.
    #[serde(default)]
    pub kind: DataKind,
    /// SHA-256 of what it was read from; empty for a toy.
    pub sha256: String,
    /// Rows of an image; 0 for points.
    pub height: usize,
    /// Pixels in a row; 0 for points.
    pub width: usize,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// Mean of each pixel over the training images, in [0, 1], may be empty; or of each
    /// coordinate of a point.
    #[serde(default)]
    pub mean: Vec<f32>,
    /// Standard deviation of the points' coordinates, both together; models of the plane work on
    /// (x − mean) / scale. Of a text, characters in a held-out token, on average. 1 for images.
    #[serde(default = "one")]
    pub scale: f32,
    /// Options of a toy or a text, with which it can be made again; null for others.
    #[serde(default)]
    pub options: serde_json::Value,
    /// How a text becomes tokens; `None` for others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocabulary: Option<Vocabulary>,
}

fn one() -> f32 {
    1.0
}

impl DataInfo {
    /// Images of `height` × `width` pixels.
    pub fn images(name: &str, height: usize, width: usize) -> Self {
        Self {
            name: name.into(),
            kind: DataKind::Images,
            sha256: String::new(),
            height,
            width,
            classes: Vec::new(),
            mean: Vec::new(),
            scale: 1.0,
            options: serde_json::Value::Null,
            vocabulary: None,
        }
    }

    /// Points of the plane, or an energy on it.
    pub fn plane(name: &str, kind: DataKind, mean: [f32; 2], scale: f32) -> Self {
        Self {
            kind,
            mean: mean.to_vec(),
            scale,
            ..Self::images(name, 0, 0)
        }
    }

    /// Refuse what no shipped family can model, before anything is allocated for it.
    ///
    /// # Errors
    /// [`Error::CheckpointSchema`].
    pub fn check(&self) -> Result<()> {
        let schema = |reason: String| Err(Error::CheckpointSchema { reason });
        if self.classes.len() > 256 {
            return schema(format!("{} classes", self.classes.len()));
        }
        if self.kind == DataKind::Images {
            let side = 1..=64;
            if side.contains(&self.height) && side.contains(&self.width) {
                return Ok(());
            }
            return schema(format!("images of {} × {} pixels", self.height, self.width));
        }
        if self.kind == DataKind::Text {
            return match &self.vocabulary {
                Some(vocabulary) => vocabulary.check(),
                None => schema("a text without a vocabulary".into()),
            };
        }
        let finite = self.mean.iter().all(|m| m.is_finite() && m.abs() < 1e6);
        if self.mean.len() == 2 && finite && (1e-6..1e6).contains(&self.scale) {
            return Ok(());
        }
        schema("points without a mean and a scale".into())
    }

    /// Refuse another kind of data than `kinds`.
    ///
    /// # Errors
    /// [`Error::Unsupported`].
    pub fn need(&self, kinds: &[DataKind], family: &str) -> Result<()> {
        if kinds.contains(&self.kind) {
            return Ok(());
        }
        let name = |kind: &DataKind| match kind {
            DataKind::Images => "pictures",
            DataKind::Points => "points of the plane",
            DataKind::Energy => "energies on the plane",
            DataKind::Text => "text",
        };
        let known: Vec<_> = kinds.iter().map(name).collect();
        Err(Error::Unsupported {
            what: format!(
                "A {family} is made for {}, not for {}",
                known.join(" and "),
                name(&self.kind)
            ),
        })
    }
}

/// A set to learn from.
#[derive(Debug, Clone)]
pub enum Dataset {
    /// Grey images.
    Images(ImageSet),
    /// Points of the plane, or an energy on it.
    Points(PointSet),
    /// Text as tokens.
    Text(TextSet),
}

impl Dataset {
    /// Name, shape, classes.
    pub fn info(&self) -> &DataInfo {
        match self {
            Dataset::Images(set) => &set.info,
            Dataset::Points(set) => &set.info,
            Dataset::Text(set) => &set.info,
        }
    }

    /// Training examples, tokens for text; 0 where new ones are drawn for ever.
    pub fn train_len(&self) -> usize {
        match self {
            Dataset::Images(set) => set.train.len(),
            Dataset::Points(set) => set.train_len(),
            Dataset::Text(set) => set.train().len(),
        }
    }

    /// Held-out examples, tokens for text.
    pub fn test_len(&self) -> usize {
        match self {
            Dataset::Images(set) => set.test.len(),
            Dataset::Points(set) => set.test_len(),
            Dataset::Text(set) => set.test().len(),
        }
    }

    /// It as images.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn images(&self) -> Result<&ImageSet> {
        match self {
            Dataset::Images(set) => Ok(set),
            _ => Err(self.bad("it holds no pictures")),
        }
    }

    /// It as points of the plane.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn points(&self) -> Result<&PointSet> {
        match self {
            Dataset::Points(set) => Ok(set),
            _ => Err(self.bad("it holds no points of the plane")),
        }
    }

    /// It as text.
    ///
    /// # Errors
    /// [`Error::BadData`] if it holds something else.
    pub fn text(&self) -> Result<&TextSet> {
        match self {
            Dataset::Text(set) => Ok(set),
            _ => Err(self.bad("it holds no text")),
        }
    }

    fn bad(&self, reason: &str) -> Error {
        Error::BadData {
            name: self.info().name.clone(),
            reason: reason.into(),
        }
    }
}

impl From<ImageSet> for Dataset {
    fn from(set: ImageSet) -> Self {
        Dataset::Images(set)
    }
}

impl From<PointSet> for Dataset {
    fn from(set: PointSet) -> Self {
        Dataset::Points(set)
    }
}

impl From<TextSet> for Dataset {
    fn from(set: TextSet) -> Self {
        Dataset::Text(set)
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
    /// Points of the plane: x, y, x, y, …
    Points {
        /// `2 · count` values.
        xy: Vec<f32>,
    },
    /// Windows of a text.
    Tokens {
        /// `count · (length + 1)` tokens: each is read to guess the one after it.
        ids: Vec<u32>,
        /// Guesses in each window.
        length: usize,
    },
    /// No examples: the model draws its own and asks an energy about them.
    Draws {
        /// How many.
        count: usize,
    },
}

impl Batch {
    /// The batch in parts of at most `size` examples, in order, each with its share of the whole.
    pub fn parts(&self, size: usize) -> Vec<(Cow<'_, Batch>, f64)> {
        let count = self.len();
        if size >= count {
            return vec![(Cow::Borrowed(self), 1.0)];
        }
        let size = size.max(1);
        let parts = (0..count).step_by(size).map(|from| {
            let to = (from + size).min(count);
            let part = |values: &[f32]| {
                let each = values.len() / count;
                values[from * each..to * each].to_vec()
            };
            let part = match self {
                Batch::Images { pixels, .. } => Batch::Images {
                    count: to - from,
                    pixels: part(pixels),
                },
                Batch::Points { xy } => Batch::Points { xy: part(xy) },
                Batch::Tokens { ids, length } => Batch::Tokens {
                    ids: ids[from * (length + 1)..to * (length + 1)].to_vec(),
                    length: *length,
                },
                Batch::Draws { .. } => Batch::Draws { count: to - from },
            };
            (Cow::Owned(part), (to - from) as f64 / count as f64)
        });
        parts.collect()
    }

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
            _ => Err(Error::Unsupported {
                what: "This needs pictures".into(),
            }),
        }
    }

    /// Its points as `[n, 2]` on `device`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds no points.
    pub fn points(&self, device: &Device) -> Result<Tensor<2>> {
        match self {
            Batch::Points { xy } => {
                let data = TensorData::new(xy.clone(), [xy.len() / 2, 2]);
                Ok(Tensor::from_data(data, device))
            }
            _ => Err(Error::Unsupported {
                what: "This needs points of the plane".into(),
            }),
        }
    }

    /// Its tokens, windows of `length` + 1.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds no text.
    pub fn tokens(&self) -> Result<(&[u32], usize)> {
        match self {
            Batch::Tokens { ids, length } => Ok((ids, *length)),
            _ => Err(Error::Unsupported {
                what: "This needs text".into(),
            }),
        }
    }

    /// How many examples.
    pub fn len(&self) -> usize {
        match self {
            Batch::Tokens { ids, length } => ids.len() / (length + 1),
            Batch::Images { count, .. } | Batch::Draws { count } => *count,
            Batch::Points { xy } => xy.len() / 2,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// An endless stream of training batches: each epoch in a new order, each image with new
/// binarization noise, points of an endless toy drawn anew. What comes next follows from the seed
/// and the number of examples `seen` alone, so a stream resumes by that number.
#[derive(Debug, Clone)]
pub struct Stream {
    seed: u64,
    seen: u64,
    epoch: Option<(u64, Vec<u32>)>,
}

impl Stream {
    /// The stream of `seed` after `seen` examples.
    pub fn new(seed: u64, seen: u64) -> Self {
        Self {
            seed,
            seen,
            epoch: None,
        }
    }

    /// Examples seen so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The next `count` training examples of `set`: of a text, windows of `length` tokens, which
    /// cover it once an epoch from a new start each time.
    ///
    /// # Errors
    /// [`Error::BadData`] if the set has none.
    pub fn next(
        &mut self,
        set: &Dataset,
        count: usize,
        length: usize,
        binarize: Binarize,
    ) -> Result<Batch> {
        match set {
            Dataset::Text(set) => {
                let n = set.windows(length);
                let epochs = (self.seen..self.seen + count as u64).map(|seen| seen / n as u64);
                let shifts: Vec<u64> = epochs.collect();
                let order = self.order(n, count, &set.info.name)?;
                self.seen += count as u64;
                let mut ids = Vec::with_capacity(count * (length + 1));
                for (i, epoch) in order.into_iter().zip(shifts) {
                    let shift = Rng::new(self.seed, Purpose::Data, epoch).below(length);
                    ids.extend(text::window(set.train(), i * length + shift, length));
                }
                Ok(Batch::Tokens { ids, length })
            }
            Dataset::Images(set) => {
                let order = self.order(set.train.len(), count, &set.info.name)?;
                let mut noise = Rng::new(self.seed, Purpose::Binarize, self.seen);
                let mut pixels = Vec::with_capacity(count * set.pixels());
                for i in order {
                    push(&mut pixels, set.train.image(i), binarize, &mut noise);
                }
                self.seen += count as u64;
                Ok(Batch::Images { count, pixels })
            }
            Dataset::Points(set) if set.info.kind == DataKind::Energy => {
                self.seen += count as u64;
                Ok(Batch::Draws { count })
            }
            Dataset::Points(set) if set.train_len() == 0 => {
                let xy = set.draw(&mut Rng::new(self.seed, Purpose::Data, self.seen), count);
                self.seen += count as u64;
                Ok(Batch::Points { xy })
            }
            Dataset::Points(set) => {
                let order = self.order(set.train_len(), count, &set.info.name)?;
                self.seen += count as u64;
                let xy = order.iter().flat_map(|&i| set.train_point(i)).collect();
                Ok(Batch::Points { xy })
            }
        }
    }

    /// Indices of the next `count` of `n` examples.
    fn order(&mut self, n: usize, count: usize, name: &str) -> Result<Vec<usize>> {
        if n == 0 {
            return Err(Error::BadData {
                name: name.into(),
                reason: "it has nothing to learn from".into(),
            });
        }
        let mut out = Vec::with_capacity(count);
        for seen in self.seen..self.seen + count as u64 {
            let (epoch, at) = (seen / n as u64, (seen % n as u64) as usize);
            let order = match self.epoch.take() {
                Some((e, order)) if e == epoch => order,
                _ => Rng::new(self.seed, Purpose::Shuffle, epoch).permutation(n),
            };
            out.push(order[at] as usize);
            self.epoch = Some((epoch, order));
        }
        Ok(out)
    }
}

/// Seed of the test set's fixed binarization: one for everybody, so that numbers compare.
pub const TEST_SEED: u64 = 20_131_220;

/// Held-out examples `start..start + count`; images with the fixed binarization of [`TEST_SEED`],
/// text as windows of `length` tokens one after the other. What is left of a text after its last
/// whole window is one more example, a shorter window, which comes in a batch of its own.
pub fn test_batch(
    set: &Dataset,
    start: usize,
    count: usize,
    length: usize,
    binarize: Binarize,
) -> Batch {
    match set {
        Dataset::Text(set) => {
            let (tokens, step) = (set.test(), length.max(1));
            let guesses = tokens.len().saturating_sub(1);
            let (whole, left) = (guesses / step, guesses % step);
            let (end, length) = match start < whole {
                true => (whole, step),
                false => (whole + usize::from(left > 0), left.max(1)),
            };
            let windows = start..(start + count).min(end);
            let ids = windows.flat_map(|i| text::window(tokens, i * step, length));
            Batch::Tokens {
                ids: ids.collect(),
                length,
            }
        }
        Dataset::Images(set) => test_images(set, start, count, binarize),
        Dataset::Points(set) if set.info.kind == DataKind::Energy => Batch::Draws { count },
        Dataset::Points(set) => {
            let end = (start + count).min(set.test_len());
            let xy = (start.min(end)..end).flat_map(|i| set.test_point(i));
            Batch::Points { xy: xy.collect() }
        }
    }
}

/// As [`test_batch`], of images.
pub fn test_images(set: &ImageSet, start: usize, count: usize, binarize: Binarize) -> Batch {
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
