//! How well a model makes the letters of a hand from a few of them.
//!
//! Of each held-out hand a few letters, drawn from a fixed seed, are shown to the model; all others that it makes
//! are judged, as bytes, as a reader sees them. A letter is read by the classifier of the set, which no model was
//! trained with. It is like its hand where it is nearer (in squared differences of pixels) to the true letter than
//! to the same letter of another held-out hand, drawn at random.

use crate::{
    data::{Batch, ImageSet},
    device,
    error::{Error, Result},
    evaluate::classifier::Classifier,
    model::Model,
    plots::{self, outline::tiles},
    rng::{Purpose, Rng},
    scene::PlotRequest,
};
use burn::tensor::{Tensor, TensorData};

/// Seed of what is shown and what is compared with.
const SEED: u64 = 2018;

/// Shares of made letters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Letters {
    /// Letters that were made and judged.
    pub count: usize,
    /// Read as what they are to be.
    pub read: f64,
    /// The same of the true letters.
    pub read_true: f64,
    /// Nearer to the true letter than to that of another hand.
    pub nearer: f64,
}

/// Judges the held-out hands of a set, `shown` letters of each given. `progress` is told how many are done and
/// may cancel.
///
/// # Errors
/// [`Error::BadData`] for a set that is not of hands; [`Error::Cancelled`]; what model and device say.
pub async fn letters(
    model: &dyn Model,
    classifier: &Classifier,
    set: &ImageSet,
    shown: usize,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Letters> {
    let classes = set.info.classes.len();
    let hands = set.test.len() / classes.max(1);
    if set.info.together() == 1 || hands < 2 || shown >= classes {
        return Err(Error::BadData {
            name: set.info.name.clone(),
            reason: "it does not hold letters of several hands".into(),
        });
    }
    let truth = |hand: usize, class: usize| -> Vec<f32> {
        let image = set.test.image(hand * classes + class);
        image.iter().map(|&p| f32::from(p) / 255.0).collect()
    };
    let (mut count, mut read, mut read_true, mut nearer) = (0usize, 0usize, 0usize, 0usize);
    for hand in 0..hands {
        let mut rng = Rng::new(SEED, Purpose::Evaluate, hand as u64);
        let order = rng.permutation(classes);
        let (given, others) = order.split_at(shown);
        let made = alphabet(model, set, given, |class| truth(hand, class)).await?;
        let judged: Vec<usize> = others.iter().map(|&class| class as usize).collect();
        let [seen, seen_true] = [
            read_as(classifier, set, judged.iter().map(|&c| made[c].clone())).await?,
            read_as(classifier, set, judged.iter().map(|&c| truth(hand, c))).await?,
        ];
        for (i, &class) in judged.iter().enumerate() {
            let other = (hand + 1 + rng.below(hands - 1)) % hands;
            let far = |to: usize| distance(&made[class], &truth(to, class));
            nearer += usize::from(far(hand) < far(other));
            read += usize::from(seen[i] == class);
            read_true += usize::from(seen_true[i] == class);
        }
        count += judged.len();
        if !progress(hand + 1) {
            return Err(Error::Cancelled);
        }
    }
    let share = |n: usize| n as f64 / count.max(1) as f64;
    Ok(Letters {
        count,
        read: share(read),
        read_true: share(read_true),
        nearer: share(nearer),
    })
}

/// What the model makes of the letters `given`, an image of each class.
async fn alphabet(
    model: &dyn Model,
    set: &ImageSet,
    given: &[u32],
    truth: impl Fn(usize) -> Vec<f32>,
) -> Result<Vec<Vec<f32>>> {
    let [channels, height, width] = set.shape();
    let images = Batch::Images {
        shape: [given.len(), channels, height, width],
        values: given.iter().flat_map(|&c| truth(c as usize)).collect(),
        labels: given.to_vec(),
        captions: Vec::new(),
    };
    let request = PlotRequest {
        at: 0.5,
        images: Some(images),
        seed: SEED,
        ..PlotRequest::new("alphabet", &set.info, device::cpu())
    };
    let view = plots::answer(model, &request, || Box::pin(std::future::ready(()))).await?;
    let (images, _) = tiles(&view, 1)?;
    match images.len() == set.info.classes.len() {
        true => Ok(images),
        false => Err(request.unknown()),
    }
}

/// The classes that the classifier sees.
async fn read_as(
    classifier: &Classifier,
    set: &ImageSet,
    images: impl ExactSizeIterator<Item = Vec<f32>>,
) -> Result<Vec<usize>> {
    let [channels, height, width] = set.shape();
    let shape = [images.len(), channels, height, width];
    let values: Vec<f32> = images.flatten().collect();
    let images = Tensor::from_data(TensorData::new(values, shape), &device::cpu());
    Ok(classifier.look(images).await?.classes)
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}
