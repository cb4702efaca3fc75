//! A question about a model.

use burn::tensor::{Device, Tensor, TensorData};

use super::{Path, View};
use crate::{
    data::{Batch, Binarize, DataInfo, Dataset, ImageSet, PointSet, test_batch},
    error::{Error, Result},
    model::{Dealer, Model},
    rng::{Purpose, Rng},
};

/// A question about a model.
pub struct PlotRequest<'a> {
    /// Id of the plot.
    pub plot: &'a str,
    /// Where its scrubber stands, in [0, 1].
    pub at: f32,
    /// What the reader points at.
    pub pointer: Option<[f32; 2]>,
    /// Points that the reader placed.
    pub marks: &'a [[f32; 2]],
    /// The image or images that it is asked with, as the model sees them.
    pub images: Option<Batch>,
    /// The part of the image that is meant: 1 for each of its pixels in it, else 0.
    pub mask: Option<Vec<u8>>,
    /// The text that it is asked with.
    pub text: &'a str,
    /// Texts that it is asked with, one a line.
    pub lines: &'a str,
    /// A vector for each of them, as [`PlotInputs::vectors`](super::PlotInputs::vectors) says.
    pub vectors: &'a [u8],
    /// Actions that are taken before the model's own, by their letters.
    pub actions: &'a str,
    /// What is changed in a world while something acts in it.
    pub changes: &'a str,
    /// How strongly walls push away what is planned, from 0 to 1.
    pub walls: f32,
    /// The language of the text and the one to translate it into, by their codes.
    pub languages: [&'a str; 2],
    /// How many points, lines, draws or steps.
    pub count: usize,
    /// Seed of its noise.
    pub seed: u64,
    /// Columns and rows of a field or a map.
    pub resolution: usize,
    /// How a walk between two codes goes.
    pub path: Path,
    /// What the model learns.
    pub info: &'a DataInfo,
    /// The data itself, if it is at hand.
    pub data: Option<&'a Dataset>,
    /// Where to compute.
    pub device: Device,
    /// The model as it was before it was trained here, if it was.
    pub before: Option<&'a dyn Model>,
    /// Who is told of a long answer as it grows, if anybody.
    pub report: Option<&'a dyn Fn(View)>,
    /// Who may have help for what takes long, if anybody.
    pub dealer: Option<&'a dyn Dealer>,
}

impl<'a> PlotRequest<'a> {
    /// For a plot of a model of such data, one of it, with nothing that it could be asked with.
    pub fn new(plot: &'a str, info: &'a DataInfo, device: Device) -> Self {
        Self {
            plot,
            at: 0.0,
            pointer: None,
            marks: &[],
            images: None,
            mask: None,
            text: "",
            lines: "",
            vectors: &[],
            actions: "",
            changes: "",
            walls: 0.0,
            languages: [""; 2],
            count: 1,
            seed: 0,
            resolution: 8,
            path: Path::default(),
            info,
            data: None,
            device,
            before: None,
            report: None,
            dealer: None,
        }
    }

    /// The error for a plot that is not there.
    pub fn unknown(&self) -> Error {
        Error::bad_option("plot", self.plot, "this model does not offer it")
    }

    /// The error for a number that is out of range.
    fn bad(&self, name: &str, value: impl std::fmt::Display, range: &str) -> Error {
        Error::bad_option(name, value, format!("it must lie between {range}"))
    }

    /// Refuse numbers that no plot in 2-D can be drawn with.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn check(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.at) {
            return Err(self.bad("at", self.at, "0 and 1"));
        }
        self.check_count(5000)?;
        if !(8..=256).contains(&self.resolution) {
            return Err(self.bad("resolution", self.resolution, "8 and 256"));
        }
        match self.pointer.iter().flatten().find(|v| !v.is_finite()) {
            Some(v) => Err(Error::bad_option("pointer", v, "finite numbers are needed")),
            None => Ok(()),
        }
    }

    /// Refuse a count of none, or of more than `most`.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn check_count(&self, most: usize) -> Result<()> {
        match (1..=most).contains(&self.count) {
            true => Ok(()),
            false => Err(self.bad("count", self.count, &format!("1 and {most}"))),
        }
    }

    /// The images that it is asked with, `count` of them.
    ///
    /// # Errors
    /// [`Error::BadOption`] if there are others.
    pub fn images(&self, count: usize) -> Result<&Batch> {
        match &self.images {
            Some(images) if images.len() == count => Ok(images),
            other => {
                let found = other.as_ref().map_or(0, Batch::len);
                let needed = match count {
                    1 => "one is needed".into(),
                    n => format!("{n} are needed"),
                };
                Err(Error::bad_option(
                    "image",
                    format!("{found} images"),
                    needed,
                ))
            }
        }
    }

    /// The images that the model learns.
    ///
    /// # Errors
    /// [`Error::BadData`] if they are not at hand or do not fit the model.
    pub fn image_set(&self) -> Result<&ImageSet> {
        let name = &self.info.name;
        let set = self.data.ok_or_else(|| Error::BadData {
            name: name.clone(),
            reason: "it has not been loaded yet".into(),
        })?;
        self.info.space.must_fit(&set.info().space, name)?;
        set.images()
    }

    /// The points that the model learns.
    fn points(&self) -> Option<&PointSet> {
        self.data.and_then(|data| data.points().ok())
    }

    /// Held-out points, `count` of them; none where the data is something else.
    pub fn data_batch(&self) -> Batch {
        match (self.points(), self.data) {
            (Some(_), Some(set)) => test_batch(set, 0, self.count, 0, Binarize::None),
            _ => Batch::Points { xy: Vec::new() },
        }
    }

    /// Left, right, bottom, top of what is drawn in 2-D.
    pub fn window(&self) -> [f32; 4] {
        self.points().map_or([0.0; 4], PointSet::window)
    }

    /// N(0, 1) noise that belongs to the request, `[count, 2]`.
    pub fn noise(&self) -> Tensor<2> {
        Rng::new(self.seed, Purpose::Sample, 0).normal_tensor([self.count, 2], &self.device)
    }

    /// The middles of a field's cells, from the top left, row by row: `[resolution², 2]`.
    pub fn cells(&self) -> Tensor<2> {
        let points = cells(self.window(), self.resolution);
        let n = self.resolution;
        Tensor::from_data(TensorData::new(points, [n * n, 2]), &self.device)
    }
}

/// The middles of `n` × `n` cells over a window, from the top left, row by row.
pub fn cells([left, right, bottom, top]: [f32; 4], n: usize) -> Vec<f32> {
    let at = |i: usize, from: f32, to: f32| from + (i as f32 + 0.5) * (to - from) / n as f32;
    (0..n * n)
        .flat_map(|i| [at(i % n, left, right), at(i / n, top, bottom)])
        .collect()
}

/// Horizontal and vertical lines over [−extent, extent]², `count` each way, as polylines:
/// `[2 · count, points, 2]`.
pub fn grid_lines(extent: f32, count: usize, points: usize, device: &Device) -> Tensor<3> {
    let at = |i: usize, n: usize| extent * (2.0 * i as f32 / (n - 1).max(1) as f32 - 1.0);
    let mut xy = Vec::with_capacity(4 * count * points);
    for vertical in [false, true] {
        for line in 0..count {
            for point in 0..points {
                let (a, b) = (at(point, points), at(line, count));
                xy.extend(if vertical { [b, a] } else { [a, b] });
            }
        }
    }
    Tensor::from_data(TensorData::new(xy, [2 * count, points, 2]), device)
}
