//! What one example is to a network: a row of numbers of about unit scale.

use burn::tensor::{Device, Tensor};

use super::Samples;
use crate::{
    data::{Batch, DataInfo, Space},
    error::{Error, Result},
    nn::standard::Standard,
};

/// How the examples of a space become rows, for models of points and of images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Example {
    /// A row is a standardised point.
    Points(Standard),
    /// Channels, rows, columns. A row is all values of an image, [0, 1] made [−1, 1].
    Image([usize; 3]),
}

impl Example {
    /// That of a space.
    pub fn of(space: &Space) -> Self {
        match *space {
            Space::Image {
                channels,
                height,
                width,
            } => Example::Image([channels, height, width]),
            _ => Example::Points(Standard::of(space.moments())),
        }
    }

    /// Numbers in a row.
    pub fn size(&self) -> usize {
        match self {
            Example::Points(_) => 2,
            Example::Image(shape) => shape.iter().product(),
        }
    }

    /// How many classes a model of them is told: those of the data, if it is to be told any; 0 for points.
    pub fn classes(&self, data: &DataInfo, conditional: bool) -> usize {
        match self {
            Example::Image(_) if conditional => data.classes.len(),
            _ => 0,
        }
    }

    /// A batch as rows `[n, d]`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if it holds something else.
    pub fn rows(&self, batch: &Batch, device: &Device) -> Result<Tensor<2>> {
        match self {
            Example::Points(points) => Ok(points.to_unit(batch.points(device)?)),
            Example::Image(_) => Ok(batch.pixels(device)? * 2.0 - 1.0),
        }
    }

    /// Rows `[n, d]` as samples.
    pub fn samples(&self, rows: Tensor<2>) -> Samples {
        match *self {
            Example::Points(points) => Samples::Points(points.from_unit(rows)),
            Example::Image([channels, height, width]) => {
                let [n, _] = rows.dims();
                let pixels = (rows * 0.5 + 0.5).clamp(0.0, 1.0);
                Samples::Images(pixels.reshape([n, channels, height, width]))
            }
        }
    }

    /// The scale of points.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for images.
    pub fn points(&self) -> Result<Standard> {
        match *self {
            Example::Points(points) => Ok(points),
            Example::Image(_) => Err(Error::Unsupported {
                what: "This needs a model of points in 2-D".into(),
            }),
        }
    }
}
