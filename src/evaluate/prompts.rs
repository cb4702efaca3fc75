//! How well a model of scenes paints what it is told.
//!
//! Sentences of pairs that were shown in training, and others in each of which a pair was not; one picture
//! for each, read back without a network (`scenes::read`). A sentence counts where all of it holds: each
//! thing with its colour, shape and size, how many there are and no more, and where they are.

use crate::{
    data::scenes::{COLOURS, Demand, Scene, is_seen, paint, read, satisfies},
    device::floats,
    error::{Error, Result},
    model::{Condition, Model, finish},
    plots::edit::instructed,
    rng::{Purpose, Rng},
};

/// Seed of the sentences.
const SEED: u64 = 1001;

/// Shares of sentences.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Obeyed {
    /// Of which all holds.
    pub whole: f64,
    /// Of which all holds but, perhaps, where one thing is from the other.
    pub things: f64,
}

/// The shares of `count` sentences that pictures satisfy, made with sampling options `options` (JSON) and
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
) -> Result<Obeyed> {
    let (mut whole, mut things) = (0, 0);
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
        let anywhere = Demand {
            relation: None,
            ..scene.demand.clone()
        };
        let holds = |demand: &Demand| found.as_ref().is_some_and(|f| satisfies(f, demand));
        whole += usize::from(holds(&scene.demand));
        things += usize::from(holds(&anywhere));
        if !progress(number + 1) {
            return Err(Error::Cancelled);
        }
    }
    let share = |n: usize| n as f64 / count.max(1) as f64;
    Ok(Obeyed {
        whole: share(whole),
        things: share(things),
    })
}

/// The share of `count` changes of scenes, each of one thing's colour, that a picture satisfies: all is as the
/// sentence of the changed scene says, and nothing else is there. `progress` is told how many are done and may
/// cancel.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn edited(
    model: &dyn Model,
    model_words: &[String],
    options: &serde_json::Value,
    count: usize,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<f64> {
    let (mut done, mut satisfied) = (0, 0);
    for number in 0u64.. {
        if done == count {
            break;
        }
        let mut rng = Rng::new(SEED + 1, Purpose::Evaluate, number);
        let scene = Scene::draw(&mut rng, true);
        let thing = scene.objects[rng.below(scene.objects.len())];
        let colour = rng.below(COLOURS.len());
        let change = format!(
            "make the {} {} {}",
            COLOURS[thing.colour],
            thing.shape.name(),
            COLOURS[colour]
        );
        let picture: Vec<f32> = paint(&scene.objects)
            .iter()
            .map(|&byte| f32::from(byte) / 255.0)
            .collect();
        // Some ask for a pair that was never shown, or name no single thing.
        if !is_seen(colour, thing.shape) {
            continue;
        }
        let (condition, edit) = match instructed(model_words, &picture, &change) {
            Ok(both) => both,
            Err(Error::BadOption { .. }) => continue,
            Err(error) => return Err(error),
        };
        let mut sampler = model.sampler(options, &condition, 1, number)?;
        let pixels = floats(finish(&mut *sampler).await?.images()?).await?;
        satisfied +=
            usize::from(read(&pixels).is_some_and(|found| satisfies(&found, &edit.demand)));
        done += 1;
        if !progress(done) {
            return Err(Error::Cancelled);
        }
    }
    Ok(satisfied as f64 / count.max(1) as f64)
}
