//! How well a model of scenes paints what it is told.
//!
//! Sentences of pairs that were shown in training, and others in each of which a pair was not; one picture
//! for each, read back without a network (`scenes::read`). A sentence counts where all of it holds: each
//! thing with its colour, shape and size, how many there are and no more, and where they are.

use crate::{
    data::scenes::{Scene, read, satisfies},
    device::floats,
    error::{Error, Result},
    model::{Condition, Model, finish},
    rng::{Purpose, Rng},
};

/// Seed of the sentences.
const SEED: u64 = 1001;

/// The share of `count` sentences that pictures satisfy, made with sampling options `options` (JSON) and
/// this `guidance`. With `seen`, of sentences whose pairs were all shown in training. `progress` is told
/// how many are done and may cancel.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn obeyed(
    model: &dyn Model,
    seen: bool,
    options: &serde_json::Value,
    (count, guidance): (usize, Option<f64>),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<f64> {
    let mut satisfied = 0;
    for number in 0..count {
        let scene = Scene::draw(&mut Rng::new(SEED, Purpose::Evaluate, number as u64), seen);
        let condition = Condition {
            prompt: Some(scene.demand.sentence()),
            guidance,
            ..Condition::default()
        };
        let mut sampler = model.sampler(options, &condition, 1, number as u64)?;
        let pixels = floats(finish(&mut *sampler).await?.images()?).await?;
        let found = read(&pixels);
        satisfied += usize::from(found.is_some_and(|found| satisfies(&found, &scene.demand)));
        if !progress(number + 1) {
            return Err(Error::Cancelled);
        }
    }
    Ok(satisfied as f64 / count.max(1) as f64)
}
