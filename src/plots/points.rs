//! Plots of every model of points: its samples, and its density where it has one.

use burn::tensor::{Device, Tensor, TensorData};
use serde_json::Value;

use super::invertible;
use crate::{
    data::{Binarize, PointSet, test_batch},
    error::{Error, Result},
    evaluate::density::{density_options, log_prob},
    model::{Condition, DensityKind, Model, finish_pausing},
    pause::Pause,
    scene::{PlotRequest, PlotSpec, Role, Scene, View, cells},
};

/// The plots of a family whose density is this.
pub fn specs(density: Option<DensityKind>) -> Vec<PlotSpec> {
    let mut all = vec![
        PlotSpec::new("samples", "Samples", "What the model makes, over the data.").over_data(),
    ];
    if let Some(kind) = density {
        let help = match kind {
            DensityKind::Exact => "The model's density p(x), exact.",
            DensityKind::FlowOde => {
                "The model's density p(x), by integrating its probability-flow ODE."
            }
            DensityKind::LowerBound | DensityKind::ImportanceWeighted => {
                "The model's density p(x), estimated with 64 importance samples in each cell."
            }
        };
        all.push(PlotSpec::new("density", "Density", help).over_data());
    }
    all
}

/// Draw a plot of points.
///
/// # Errors
/// [`Error::BadOption`], and what the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    request.check()?;
    let scene = match (request.plot, model.density()) {
        ("samples", _) => {
            let free = Condition::default();
            let mut sampler = model.sampler(&Value::Null, &free, request.count, request.seed)?;
            let samples = finish_pausing(&mut *sampler, pause).await?.points()?;
            let scene = Scene::new(format!("{} samples", request.count)).data(request);
            scene.points(Role::Model, samples)
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
            let values = log_prob(density, &xy, request.seed, pause, request.dealer).await?;
            let n = values.len();
            let p: Vec<f32> = values.iter().map(|v| v.exp()).collect();
            Scene::new(label).density(Tensor::from_data(TensorData::new(p, [n]), &request.device))
        }
        _ => match model
            .invertible()
            .and_then(|flow| invertible::draw(flow, request))
        {
            Some(scene) => scene?,
            None => model.plot(request)?,
        },
    };
    scene.read(request.window()).await
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
    if !batch.is_empty() && !set.is_energy() {
        scene = scene.points(Role::Data, batch.points(device)?);
        if set.is_classed() {
            scene = scene.classes(&batch, [0.0; 2], device);
        }
    }
    scene.read(set.window()).await
}
