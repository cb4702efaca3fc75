//! What can be seen of a model of the plane.
//!
//! A look is a picture in the plane: samples over the data, the density as a field, a grid that a
//! flow warps. Two looks are made here for every family, `samples` and `density`; the others are
//! the family's own ([`crate::model::Family::look`]). A family describes a look as a [`Scene`] of
//! tensors still on their device; here it is read and becomes a [`View::Plot`].

use burn::tensor::{Device, Tensor, TensorData};
use serde_json::Value;

use super::{Pause, floats};
use crate::{
    data::{Batch, PointSet, test_batch},
    error::{Error, Result},
    model::{Binarize, Density, DensityOptions, Family, Model},
    protocol::{Bars, Bytes, DataKind, DensityKind, Layer, Look, Number, Role, View},
    rng::{Purpose, Rng},
};

/// Importance samples behind each cell of an estimated density.
const IMPORTANCE_SAMPLES: usize = 64;
/// Points whose density is asked for at once; between two such the thread is given back.
const CHUNK: usize = 512;

/// A question about a model of the plane, its numbers checked.
pub struct LookRequest<'a> {
    /// Id of the look.
    pub look: &'a str,
    /// Where its scrubber stands, in [0, 1].
    pub at: f32,
    /// What the reader points at.
    pub pointer: Option<[f32; 2]>,
    /// How many points or lines.
    pub count: usize,
    /// Seed of its noise.
    pub seed: u64,
    /// Columns and rows of a field.
    pub resolution: usize,
    /// The data.
    pub data: &'a PointSet,
    /// Where to compute.
    pub device: Device,
}

impl LookRequest<'_> {
    /// The error for a look that is not there.
    pub fn unknown(&self) -> Error {
        Error::bad_option("look", self.look, "this model does not offer it")
    }

    /// Held-out points, `count` of them.
    pub fn data_batch(&self) -> Batch {
        let set = self.data.clone().into();
        test_batch(&set, 0, self.count, 0, Binarize::None)
    }

    /// Left, right, bottom, top of what is drawn.
    pub fn window(&self) -> [f32; 4] {
        self.data.window()
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

/// A look without scrubber or pointer.
pub fn look(id: &str, title: &str, help: &str) -> Look {
    Look {
        id: id.into(),
        title: title.into(),
        help: help.into(),
        scrub: None,
        pointer: false,
        over_data: false,
    }
}

/// All looks of a family; none for one that does not model the plane.
pub fn looks<F: Family>() -> Vec<Look> {
    let plane = |kind: &DataKind| matches!(kind, DataKind::Points | DataKind::Energy);
    if !F::DATA.iter().any(plane) {
        return Vec::new();
    }
    let mut all = vec![Look {
        over_data: true,
        ..look("samples", "Samples", "What the model makes, over the data.")
    }];
    if let Some(kind) = F::CAPABILITIES.density {
        let help = match kind {
            DensityKind::Exact => "The model's density p(x), exact.",
            DensityKind::FlowOde => {
                "The model's density p(x), by integrating its probability-flow ODE."
            }
            DensityKind::LowerBound | DensityKind::ImportanceWeighted => {
                "The model's density p(x), estimated with 64 importance samples in each cell."
            }
        };
        all.push(Look {
            over_data: true,
            ..look("density", "Density", help)
        });
    }
    if F::CAPABILITIES.invertible {
        all.extend(super::flow::looks());
    }
    all.extend(F::looks());
    all
}

/// How a field's values are laid on colours.
enum Range {
    /// From nothing at 0 to full near the largest.
    Density,
    /// Both ways from a middle; full at this distance from it.
    Around(f32, f32),
}

#[allow(clippy::large_enum_variant)] // A handful of them, for a moment.
enum SceneLayer {
    Points(Role, Tensor<2>),
    Field(Tensor<1>, Range),
    Lines(Role, Tensor<3>, bool),
    Arrows(Role, Tensor<2>, Tensor<2>),
}

/// A picture in the plane whose numbers are still on the device.
#[derive(Default)]
pub struct Scene {
    window: Option<[f32; 4]>,
    layers: Vec<SceneLayer>,
    label: String,
    numbers: Vec<Number>,
    measured: Vec<(Number, Tensor<1>)>,
    bars: Option<(String, Tensor<1>)>,
}

impl Scene {
    /// A picture of `label`.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// Drawn in other coordinates than the data's: left, right, bottom, top.
    #[must_use]
    pub fn window(mut self, window: [f32; 4]) -> Self {
        self.window = Some(window);
        self
    }

    /// Points `[n, 2]`.
    #[must_use]
    pub fn points(mut self, role: Role, xy: Tensor<2>) -> Self {
        self.layers.push(SceneLayer::Points(role, xy));
        self
    }

    /// The request's held-out points.
    #[must_use]
    pub fn data(self, request: &LookRequest) -> Self {
        match request.data_batch().points(&request.device) {
            Ok(xy) if xy.dims()[0] > 0 => self.points(Role::Data, xy),
            _ => self,
        }
    }

    /// A density over the window's cells, `[resolution²]`, from 0 up.
    #[must_use]
    pub fn density(mut self, values: Tensor<1>) -> Self {
        self.layers.push(SceneLayer::Field(values, Range::Density));
        self
    }

    /// A function over the window's cells, `[resolution²]`, that means something on both sides of
    /// `middle`; drawn full at `reach` from it.
    #[must_use]
    pub fn diverging(mut self, values: Tensor<1>, middle: f32, reach: f32) -> Self {
        let range = Range::Around(middle, reach);
        self.layers.push(SceneLayer::Field(values, range));
        self
    }

    /// Polylines `[lines, points, 2]`.
    #[must_use]
    pub fn lines(mut self, role: Role, lines: Tensor<3>) -> Self {
        self.layers.push(SceneLayer::Lines(role, lines, false));
        self
    }

    /// Closed polylines `[lines, points, 2]`, filled.
    #[must_use]
    pub fn shapes(mut self, role: Role, lines: Tensor<3>) -> Self {
        self.layers.push(SceneLayer::Lines(role, lines, true));
        self
    }

    /// Circles around the origin.
    #[must_use]
    pub fn circles(self, radii: &[f32], device: &Device) -> Self {
        const POINTS: usize = 97;
        let xy: Vec<f32> = radii
            .iter()
            .flat_map(|r| {
                (0..POINTS).flat_map(move |i| {
                    let a = std::f32::consts::TAU * i as f32 / (POINTS - 1) as f32;
                    [r * a.cos(), r * a.sin()]
                })
            })
            .collect();
        let data = TensorData::new(xy, [radii.len(), POINTS, 2]);
        self.lines(Role::Guide, Tensor::from_data(data, device))
    }

    /// Arrows from `xy` `[n, 2]` by `d` `[n, 2]`.
    #[must_use]
    pub fn arrows(mut self, role: Role, xy: Tensor<2>, d: Tensor<2>) -> Self {
        self.layers.push(SceneLayer::Arrows(role, xy, d));
        self
    }

    /// A number to stand beside it.
    #[must_use]
    pub fn number(mut self, number: Number) -> Self {
        self.numbers.push(number);
        self
    }

    /// A number to stand beside it whose value, `[1]`, is still on the device.
    #[must_use]
    pub fn measured(mut self, number: Number, value: Tensor<1>) -> Self {
        self.measured.push((number, value));
        self
    }

    /// Bars to stand beside it, `[n]`.
    #[must_use]
    pub fn bars(mut self, title: impl Into<String>, values: Tensor<1>) -> Self {
        self.bars = Some((title.into(), values));
        self
    }

    /// Read everything.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn read(self, window: [f32; 4]) -> Result<View> {
        let mut layers = Vec::new();
        for layer in self.layers {
            layers.push(match layer {
                SceneLayer::Points(role, xy) => {
                    let xy = bytes(&floats(xy).await?);
                    Layer::Points { role, xy }
                }
                SceneLayer::Field(values, range) => field(&floats(values).await?, &range),
                SceneLayer::Lines(role, lines, filled) => {
                    let length = lines.dims()[1] as u32;
                    let xy = bytes(&floats(lines).await?);
                    Layer::Lines {
                        role,
                        xy,
                        length,
                        filled,
                    }
                }
                SceneLayer::Arrows(role, xy, d) => Layer::Arrows {
                    role,
                    xy: bytes(&floats(xy).await?),
                    d: bytes(&floats(d).await?),
                },
            });
        }
        let mut numbers = self.numbers;
        for (number, value) in self.measured {
            let value = floats(value).await?.first().map(|&v| f64::from(v));
            let value = value.filter(|v| v.is_finite());
            numbers.push(Number { value, ..number });
        }
        let bars = match self.bars {
            Some((title, values)) => Some(Bars {
                title,
                values: floats(values).await?,
            }),
            None => None,
        };
        Ok(View::Plot {
            window: self.window.unwrap_or(window),
            layers,
            label: self.label,
            numbers,
            bars,
        })
    }
}

/// A named number.
pub fn number(id: &str, title: &str, value: f64, unit: &str, digits: u32) -> Number {
    Number {
        id: id.into(),
        title: title.into(),
        value: value.is_finite().then_some(value),
        unit: unit.into(),
        digits,
    }
}

fn bytes(values: &[f32]) -> Bytes {
    Bytes(values.iter().flat_map(|v| v.to_le_bytes()).collect())
}

/// A square field; what is not finite is drawn as nothing.
fn field(values: &[f32], range: &Range) -> Layer {
    let side = (values.len() as f64).sqrt() as u32;
    let (low, high, diverging) = match *range {
        Range::Around(middle, reach) => (middle - reach, middle + reach, true),
        Range::Density => {
            let mut sorted: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
            sorted.sort_by(f32::total_cmp);
            let at = |q: f32| {
                let i = (q * sorted.len().saturating_sub(1) as f32) as usize;
                sorted.get(i).copied().unwrap_or(0.0)
            };
            // Near the largest value, but a few cells far above the others do not darken the rest.
            let high = at(0.99).max(0.25 * at(1.0)).max(f32::MIN_POSITIVE);
            (0.0, high, false)
        }
    };
    let finite: Vec<f32> = values
        .iter()
        .map(|&v| if v.is_finite() { v } else { low })
        .collect();
    Layer::Field {
        columns: side,
        rows: side,
        values: bytes(&finite),
        low,
        high,
        diverging,
    }
}

/// Answer a look.
///
/// # Errors
/// [`Error::BadOption`], and what the device reports.
pub async fn answer(model: &dyn Model, request: &LookRequest<'_>, pause: Pause) -> Result<View> {
    if !(0.0..=1.0).contains(&request.at) {
        return Err(Error::bad_option(
            "at",
            request.at,
            "it must lie between 0 and 1",
        ));
    }
    if !(1..=5000).contains(&request.count) {
        let reason = "it must lie between 1 and 5000";
        return Err(Error::bad_option("count", request.count, reason));
    }
    if !(8..=256).contains(&request.resolution) {
        let reason = "it must lie between 8 and 256";
        return Err(Error::bad_option("resolution", request.resolution, reason));
    }
    if let Some(v) = request.pointer.iter().flatten().find(|v| !v.is_finite()) {
        return Err(Error::bad_option("pointer", v, "finite numbers are needed"));
    }
    let scene = match (request.look, model.density()) {
        ("samples", _) => {
            let mut sampler = model.sampler(&Value::Null, request.count, request.seed)?;
            for _ in 0..sampler.steps() {
                sampler.step()?;
                pause().await;
            }
            let scene = Scene::new(format!("{} samples", request.count)).data(request);
            scene.points(Role::Model, sampler.state().points()?)
        }
        ("density", Some(density)) => {
            let options = density_options(density);
            let label = match density.kind(options) {
                DensityKind::Exact => "exact density",
                DensityKind::FlowOde => "density by the probability-flow ODE",
                DensityKind::ImportanceWeighted => {
                    "density, estimated with 64 importance samples in each cell"
                }
                DensityKind::LowerBound => "lower bound of the density",
            };
            let xy = cells(request.window(), request.resolution);
            let values = log_prob(density, &xy, request.seed, pause).await?;
            let n = values.len();
            let p: Vec<f32> = values.iter().map(|v| v.exp()).collect();
            Scene::new(label).density(Tensor::from_data(TensorData::new(p, [n]), &request.device))
        }
        _ => match model
            .invertible()
            .and_then(|flow| super::flow::draw(flow, request))
        {
            Some(scene) => scene?,
            None => model.look(request)?,
        },
    };
    scene.read(request.window()).await
}

/// How densities of the plane are asked for: exactly where that is possible.
pub fn density_options(density: &dyn Density) -> DensityOptions {
    let exact = DensityOptions {
        importance_samples: 0,
    };
    match density.kind(exact) {
        DensityKind::LowerBound => DensityOptions {
            importance_samples: IMPORTANCE_SAMPLES,
        },
        _ => exact,
    }
}

/// log p(x) at points x, y, x, y, …, a chunk at a time.
///
/// # Errors
/// What the device reports.
pub async fn log_prob(
    density: &dyn Density,
    xy: &[f32],
    seed: u64,
    pause: Pause,
) -> Result<Vec<f32>> {
    let options = density_options(density);
    let mut out = Vec::with_capacity(xy.len() / 2);
    for (i, chunk) in xy.chunks(2 * CHUNK).enumerate() {
        let batch = Batch::Points { xy: chunk.to_vec() };
        let mut rng = Rng::new(seed, Purpose::Evaluate, i as u64);
        out.extend(floats(density.log_prob(&batch, options, &mut rng)?).await?);
        pause().await;
    }
    Ok(out)
}

/// The data of a set: its points, and its true density or energy where it is known.
///
/// # Errors
/// [`Error::BadOption`], and what the device reports.
pub async fn data(
    set: &PointSet,
    count: usize,
    resolution: usize,
    device: &Device,
) -> Result<View> {
    if count > 5000 || resolution > 256 {
        let reason = "at most 5000 points and 256 columns";
        return Err(Error::bad_option("count", count, reason));
    }
    let mut scene = Scene::new(set.info.name.clone());
    if resolution > 0
        && let Some(log_density) = set.log_density(&cells(set.window(), resolution))
    {
        let p: Vec<f32> = log_density.iter().map(|&v| v.exp() as f32).collect();
        let n = p.len();
        scene = scene.density(Tensor::from_data(TensorData::new(p, [n]), device));
    }
    let batch = test_batch(&set.clone().into(), 0, count, 0, Binarize::None);
    if !batch.is_empty() && set.info.kind == DataKind::Points {
        scene = scene.points(Role::Data, batch.points(device)?);
    }
    scene.read(set.window()).await
}
