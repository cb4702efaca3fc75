//! How much like the data a model's images are.
//!
//! The Fréchet distance ([`frechet`](super::frechet)) of many samples to the test images, on the features
//! of a frozen [`Classifier`], beside that of as many training images: the floor, what data itself
//! reaches. It must not be compared with distances on Inception's features. And the classes that the
//! classifier sees: their shares, and how often the one that was asked for.

use super::{
    classifier::{Classifier, Seen},
    frechet::Gaussian,
};
use crate::{
    data::ImageSet,
    error::{Error, Result},
    model::{Condition, Model, finish},
};

/// Samples that are made at once.
const CHUNK: usize = 50;

/// How much like the data a model's images are.
#[derive(Debug, Clone, PartialEq)]
pub struct Fidelity {
    /// Samples.
    pub n: usize,
    /// Fréchet distance of the samples to the test images.
    pub frechet: f64,
    /// That of as many training images.
    pub floor: f64,
    /// Largest share of a class among the samples, times the number of classes.
    pub most: f64,
    /// Smallest share of a class among the samples, times the number of classes.
    pub least: f64,
    /// Share of samples that are seen as the class that was asked for; `None` for a model that takes
    /// none.
    pub agreement: Option<f64>,
}

/// Measures `count` samples of a model, made with sampling options `options` (JSON) and, of a model
/// that takes classes, of each class in turn with `guidance`. `progress` is told the samples made so
/// far and may cancel.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn fidelity(
    model: &dyn Model,
    classifier: &Classifier,
    set: &ImageSet,
    options: &serde_json::Value,
    (count, guidance): (usize, Option<f64>),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Fidelity> {
    let classes = set.info.classes.len();
    let condition = |label: usize| Condition {
        label: Some(label as u32),
        guidance,
        ..Condition::default()
    };
    let takes = model.sampler(options, &condition(0), 1, 0).is_ok();
    let (mut seen, mut agreed) = (Seen::default(), 0);
    let mut chunk = 0;
    while seen.classes.len() < count {
        let n = CHUNK.min(count - seen.classes.len());
        let label = chunk % classes.max(1);
        let condition = match takes {
            true => condition(label),
            false => Condition::default(),
        };
        let mut sampler = model.sampler(options, &condition, n, chunk as u64)?;
        let images = finish(&mut *sampler).await?.images()?;
        let more = classifier.look(images).await?;
        agreed += more.classes.iter().filter(|&&class| class == label).count();
        seen.features.extend(more.features);
        seen.classes.extend(more.classes);
        chunk += 1;
        if !progress(seen.classes.len()) {
            return Err(Error::Cancelled);
        }
    }
    let d = super::classifier::FEATURES;
    let test = classifier
        .look_at(&set.test, set, 0..set.test.len())
        .await?;
    let train = 0..count.min(set.train.len());
    let train = classifier.look_at(&set.train, set, train).await?;
    let test = Gaussian::of(&test.features, d);
    let shares = (0..classes).map(|class| {
        let n = seen.classes.iter().filter(|&&c| c == class).count();
        n as f64 / count as f64 * classes as f64
    });
    let shares: Vec<f64> = shares.collect();
    Ok(Fidelity {
        n: count,
        frechet: Gaussian::of(&seen.features, d).distance(&test),
        floor: Gaussian::of(&train.features, d).distance(&test),
        most: shares.iter().copied().fold(0.0, f64::max),
        least: shares.iter().copied().fold(f64::INFINITY, f64::min),
        agreement: takes.then(|| agreed as f64 / count as f64),
    })
}
