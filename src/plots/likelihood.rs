//! How probable a model of images finds an image, and of one that goes pixel by pixel what it expected of
//! each pixel.

use crate::{
    bytes::Bytes,
    data::Batch,
    device::floats,
    error::{Error, Result},
    model::{Condition, Density, DensityKind, DensityOptions, Model, finish_pausing},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::{Number, PlotInput, PlotRequest, PlotSpec, View, grid, number},
};

/// Importance samples behind a bound.
const SAMPLES: usize = 16;

/// The plots of models of images with such a density.
pub fn specs(density: DensityKind) -> Vec<PlotSpec> {
    let help = match density {
        DensityKind::Exact => {
            "How probable the model finds your image, exactly. Where it goes pixel by pixel, “Surprise” shows what it had not expected: −log₂ of the probability of each pixel, given those before it."
        }
        DensityKind::LowerBound | DensityKind::ImportanceWeighted => {
            "How probable the model finds your image: at least so probable, for what is computed is a bound."
        }
        // What goes along an equation is computed for points alone.
        DensityKind::FlowOde => return Vec::new(),
    };
    let spec = PlotSpec::new("likelihood", "Likelihood", help);
    vec![spec.with(PlotInput::Image).answered("raster").comparable()]
}

/// Draw one of them, or of a model that goes pixel by pixel one of its samples (`pixels`).
///
/// # Errors
/// [`Error::Unsupported`], [`Error::BadOption`] and what the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let density = model.density().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not say how probable an image is", model.title()),
    })?;
    let image = match request.plot {
        "pixels" => sample(model, request.seed, pause).await?,
        _ => request.images(1)?.clone(),
    };
    let Batch::Images { shape, values, .. } = image else {
        return Err(request.unknown());
    };
    // A model of levels is asked about levels.
    let levels = density.levels();
    let top = levels.map(|levels| (levels.max(2) - 1) as f32);
    let nearest = |v: f32| top.map_or(v, |top| (v.clamp(0.0, 1.0) * top).round() / top);
    let values: Vec<f32> = values.into_iter().map(nearest).collect();
    let batch = Batch::unlabelled(shape, values.clone());
    let probabilities = match density.pixelwise(&batch) {
        Some(found) => floats(found?).await?,
        None => Vec::new(),
    };
    let level = |v: &f32| top.map_or(0, |top| (v * top).round() as u8);
    Ok(View::Raster {
        image: Box::new(grid(batch.images(&request.device)?, 1).await?),
        levels: levels.unwrap_or(0) as u32,
        values: Bytes(values.iter().map(level).collect()),
        probabilities: Bytes::of_floats(&probabilities),
        numbers: numbers(density, &batch, request.seed).await?,
    })
}

/// −log p of an image, in nats and in bits for each of its values.
async fn numbers(density: &dyn Density, image: &Batch, seed: u64) -> Result<Vec<Number>> {
    let Batch::Images { values, .. } = image else {
        return Ok(Vec::new());
    };
    let options = DensityOptions {
        importance_samples: SAMPLES,
    };
    let mut rng = Rng::new(seed, Purpose::Evaluate, 0);
    let log_prob = floats(density.log_prob(image, options, &mut rng)?).await?;
    let nats = -f64::from(log_prob.first().copied().unwrap_or(f32::NAN));
    let mut all = vec![number("nats", "−log p(x)", nats, "nats", 1)];
    if density.levels().is_some() {
        let bits = nats / std::f64::consts::LN_2 / values.len() as f64;
        all.push(number("bits", "Per dimension", bits, "bits", 3));
    }
    Ok(match density.kind(options) {
        DensityKind::Exact => all,
        _ => all.into_iter().map(Number::at_most).collect(),
    })
}

/// One image of the model's own.
async fn sample(model: &dyn Model, seed: u64, pause: Pause) -> Result<Batch> {
    let mut sampler = model.sampler(&model.preview()?, &Condition::default(), 1, seed)?;
    let images = finish_pausing(&mut *sampler, pause).await?.images()?;
    let shape = images.dims();
    Ok(Batch::unlabelled(shape, floats(images).await?))
}
