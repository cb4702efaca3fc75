//! Questions about a model.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Bytes;

/// A question about a model. Which ones a family answers follows from its capabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ViewQuery {
    /// Data images to choose from → [`View::Image`].
    DataImages {
        /// Index of the first test image.
        start: u32,
        /// How many.
        count: u32,
    },
    /// Decoded images over the plane of a two-dimensional latent space → [`View::Image`].
    LatentMosaic {
        /// Tiles along each side, 2 to 64.
        columns: u32,
        /// The plane's half-width: z runs over [−extent, extent]².
        extent: f32,
    },
    /// The encoded test set: means of q(z|x) (first two dimensions) by class → [`View::Points`].
    LatentPoints {
        /// How many test images, at most 2,000.
        count: u32,
    },
    /// Decode points of the latent space → [`View::Image`], one tile a point.
    Decode {
        /// `latent_dim` numbers for each point.
        z: Vec<f32>,
    },
    /// q(z|x) of one image → [`View::Posterior`].
    Encode {
        /// The image.
        image: ImageInput,
    },
    /// Encode, draw, decode → [`View::Reconstruction`].
    Reconstruct {
        /// The image.
        image: ImageInput,
        /// Seed of ε.
        seed: u32,
        /// How many draws, 1 to 64.
        draws: u32,
    },
    /// One of the looks that the family offers ([`FamilyInfo::looks`]) → [`View::Plot`].
    Look {
        /// Its id.
        look: String,
        /// Where its scrubber stands, 0 to 1.
        at: f32,
        /// What the reader points at, in the window's coordinates.
        pointer: Option<[f32; 2]>,
        /// How many points or lines, at most 5,000.
        count: u32,
        /// Seed of its noise.
        seed: u32,
        /// Columns and rows of a field, 8 to 256.
        resolution: u32,
    },
    /// The data that the model learns → [`View::Plot`] with its points and, where it is known and
    /// asked for, its true density.
    Data {
        /// How many points, at most 5,000.
        count: u32,
        /// Columns and rows of the true density; 0 = without.
        resolution: u32,
    },
    /// How close the model comes to its data → [`View::Numbers`].
    Metrics {
        /// Points to judge by, 200 to 10,000.
        count: u32,
        /// Seed of the samples.
        seed: u32,
    },
    /// How probable each token of a text is, given those before it → [`View::Texts`]; a text longer
    /// than the context is read in pieces that overlap.
    ReadText {
        /// It.
        text: String,
    },
    /// Which tokens each token looks at, by layer and head → [`View::Matrices`].
    Attention {
        /// The text; of a long one, the end.
        text: String,
    },
    /// What the model would guess if it ended after each layer → [`View::Table`].
    LogitLens {
        /// The text; of a long one, the end.
        text: String,
    },
    /// Decode on a path between two encoded images → [`View::Image`], one tile a step.
    Interpolate {
        /// Where it starts.
        from: ImageInput,
        /// Where it ends.
        to: ImageInput,
        /// Positions in [0, 1].
        at: Vec<f32>,
        /// How to walk.
        path: Path,
    },
}

/// How an interpolation walks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Path {
    /// z = (1 − t) a + t b.
    Linear,
    /// Along the great circle (White 2016, arXiv:1609.04468).
    Spherical,
}

/// An image given to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ImageInput {
    /// From the test split of the session's data set.
    Test {
        /// Its index.
        index: u32,
    },
    /// Pixels, row by row; resized to fit the model. A dark-on-light picture is inverted.
    Rgba {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// 4 · width · height bytes.
        pixels: Bytes,
    },
    /// A drawing: light ink on black, one byte a pixel. Centred by its mass, as MNIST is.
    Drawing {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// width · height bytes.
        pixels: Bytes,
    },
}
