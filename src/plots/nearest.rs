//! Samples beside the training images that are most like them, so that copying can be seen.

use generative_playground_compute::pixels;

use crate::{
    data::images::Images,
    device::floats,
    error::Result,
    model::{Condition, ConditionKind, Model, finish_pausing},
    pause::Pause,
    scene::{PlotInput, PlotRequest, PlotSpec, View, grid_of_bytes},
};

/// Its id.
pub const ID: &str = "nearest";
/// Samples, in one row.
const DRAWS: usize = 8;
/// How strongly they follow what they are told.
const GUIDANCE: f64 = 2.0;

/// The plot of models that honour these conditions.
pub fn spec(conditions: &[ConditionKind]) -> PlotSpec {
    let help = "Above, samples; below each, the training image nearest to it, by the distance of their pixels. Where the two rows are the same pictures, the model has learned them by heart.";
    let spec = PlotSpec::new(ID, "Nearest", help).with_data();
    match conditions.contains(&ConditionKind::Prompt) {
        true => spec.with(PlotInput::Sentence),
        false => spec,
    }
}

/// Draw it.
///
/// # Errors
/// [`Error::BadData`](crate::error::Error::BadData) where the data is not at hand, and what the device
/// reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let set = request.image_set()?;
    let condition = Condition {
        prompt: (!request.text.is_empty()).then(|| request.text.into()),
        guidance: (!request.text.is_empty()).then_some(GUIDANCE),
        ..Condition::default()
    };
    let mut sampler = model.sampler(&model.preview()?, &condition, DRAWS, request.seed)?;
    let images = finish_pausing(&mut *sampler, pause).await?.images()?;
    let [n, channels, height, width] = images.dims();
    let values = floats(images).await?;
    let mut bytes = pixels::bytes(&values);
    for sample in bytes.clone().chunks_exact(channels * height * width) {
        bytes.extend(set.train.image(nearest(sample, &set.train)));
        pause().await;
    }
    Ok(grid_of_bytes(&bytes, [2 * n, channels, height, width], n))
}

/// The index of the image with the least sum of squared differences from `sample`; of several the first.
pub fn nearest(sample: &[u8], images: &Images) -> usize {
    let distance = |i: &usize| -> u64 {
        let pairs = sample.iter().zip(images.image(*i));
        let squares = pairs.map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2));
        squares.map(u64::from).sum()
    };
    (0..images.len()).min_by_key(distance).unwrap_or(0)
}
