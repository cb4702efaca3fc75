//! How well a model makes pictures of what it is told, in a hand in which it has never seen them.
//!
//! Of some names the model has learned the pictures of all hands but one; that one it is asked for, by name and
//! hand. A [`Matcher`], which no model was trained with, is shown what it makes and orders [`CANDIDATES`] names by
//! how well they fit. And the picture is compared, by squared differences of pixels, with the true one and with
//! those of the same name that it has learned: the nearest of these is what it would have by copying.

use std::collections::HashMap;

use super::matcher::{Matcher, values};
use crate::{
    data::{Batch, ImageSet, images::Images},
    device::{self, floats},
    error::{Error, Result},
    model::{Condition, Model, finish},
    plots::{self, outline::tiles},
    rng::{Purpose, Rng},
    scene::PlotRequest,
};

/// Names among which the right one is looked for.
pub const CANDIDATES: usize = 500;
/// It counts as found among the first so many.
pub const FIRST: usize = 10;
/// Seed of the names beside the right one, and of samples.
const SEED: u64 = 500;

/// A picture that was held out in its hand alone.
#[derive(Debug, Clone)]
pub struct HeldOut {
    /// Its index among the test images.
    pub index: usize,
    /// Its hand.
    pub hand: u32,
    /// Tokens of its name.
    pub name: Vec<u32>,
    /// Training images of the same name.
    pub others: Vec<usize>,
}

fn name(images: &Images, i: usize) -> Vec<u32> {
    let tokens = images.caption(i, 0).iter();
    tokens.map(|&token| u32::from(token)).collect()
}

/// Test pictures whose name has been learned in other hands, and not in theirs: of known words alone, the names of
/// some that were held out whole are those of others.
pub fn held_out(set: &ImageSet) -> Vec<HeldOut> {
    let mut known = HashMap::<Vec<u32>, Vec<usize>>::new();
    for i in 0..set.train.len() {
        known.entry(name(&set.train, i)).or_default().push(i);
    }
    let each = (0..set.test.len()).filter_map(|index| {
        let name = name(&set.test, index);
        let others = known.get(&name)?.clone();
        let hand = set.test.label(index)?;
        if others.iter().any(|&i| set.train.label(i) == Some(hand)) {
            return None;
        }
        Some(HeldOut {
            index,
            hand: u32::from(hand),
            name,
            others,
        })
    });
    each.collect()
}

/// A caption in words.
fn sentence(tokens: &[u32], set: &ImageSet) -> String {
    let words = tokens.iter().filter(|&&token| token > 0);
    let words = words.filter_map(|&token| set.info.words.get(token as usize));
    words.cloned().collect::<Vec<_>>().join(" ")
}

/// What is asked for: a name in a hand.
pub fn asked(held: &HeldOut, set: &ImageSet, guidance: Option<f64>) -> Condition {
    Condition {
        prompt: Some(sentence(&held.name, set)),
        label: Some(held.hand),
        guidance,
        ..Condition::default()
    }
}

/// What the model makes of each by name and hand.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn made(
    model: &dyn Model,
    set: &ImageSet,
    all: &[HeldOut],
    options: &serde_json::Value,
    guidance: Option<f64>,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Vec<Vec<f32>>> {
    let mut pictures = Vec::with_capacity(all.len());
    for held in all {
        let condition = asked(held, set, guidance);
        let mut sampler = model.sampler(options, &condition, 1, SEED + held.index as u64)?;
        pictures.push(floats(finish(&mut *sampler).await?.images()?).await?);
        if !progress(pictures.len()) {
            return Err(Error::Cancelled);
        }
    }
    Ok(pictures)
}

/// What the model makes of a picture of the same name in another hand, brought over by the noise of `strength`
/// from 0 to 1.
///
/// # Errors
/// [`Error::Cancelled`]; what model and device say.
pub async fn restyled(
    model: &dyn Model,
    set: &ImageSet,
    all: &[HeldOut],
    strength: f32,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Vec<Vec<f32>>> {
    let [channels, height, width] = set.shape();
    let mut pictures = Vec::with_capacity(all.len());
    for held in all {
        let text = sentence(&held.name, set);
        let from = held.others.first().copied().unwrap_or_default();
        let request = PlotRequest {
            at: strength,
            images: Some(Batch::unlabelled(
                [1, channels, height, width],
                values(&set.train, from),
            )),
            text: &text,
            seed: SEED,
            ..PlotRequest::new("restyle", &set.info, device::cpu())
        };
        let view = plots::answer(model, &request, || Box::pin(std::future::ready(()))).await?;
        let (images, _) = tiles(&view, channels)?;
        let image = images.get(held.hand as usize);
        pictures.push(image.ok_or_else(|| request.unknown())?.clone());
        if !progress(pictures.len()) {
            return Err(Error::Cancelled);
        }
    }
    Ok(pictures)
}

/// What is found of pictures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// Whose name is among the first [`FIRST`] of [`CANDIDATES`].
    pub found: f64,
    /// Which the matcher takes for the hand that was asked for.
    pub hand: f64,
    /// Nearer to the true one than the nearest that was learned of the same name.
    pub nearer: f64,
}

/// Judges pictures of held-out ones; where there are none, the true ones.
///
/// # Errors
/// [`Error::BadData`] for a set without captions; what the device reports.
pub async fn judge(
    matcher: &Matcher,
    set: &ImageSet,
    all: &[HeldOut],
    pictures: Option<&[Vec<f32>]>,
) -> Result<Judged> {
    let truth: Vec<Vec<f32>> = (all.iter())
        .map(|held| values(&set.test, held.index))
        .collect();
    let pictures = pictures.unwrap_or(&truth);
    let mut names: Vec<Vec<u32>> = (0..set.train.len())
        .map(|i| name(&set.train, i))
        .chain((0..set.test.len()).map(|i| name(&set.test, i)))
        .collect();
    names.sort();
    names.dedup();
    if all.is_empty() || names.len() < CANDIDATES {
        return Err(Error::BadData {
            name: set.info.name.clone(),
            reason: "it does not hold enough pictures with names".into(),
        });
    }
    let directions = matcher.read(&names).await?;
    let (seen, hands) = matcher.look(pictures, set).await?;
    let (mut found, mut hand, mut nearer) = (0, 0, 0);
    for (i, held) in all.iter().enumerate() {
        let alike = |j: usize| -> f32 {
            let pairs = seen[i].iter().zip(&directions[j]);
            pairs.map(|(a, b)| a * b).sum()
        };
        let Ok(own) = names.binary_search(&held.name) else {
            continue;
        };
        let mut rng = Rng::new(SEED, Purpose::Evaluate, held.index as u64);
        let others = rng.permutation(names.len()).into_iter().map(|j| j as usize);
        let others = others.filter(|&j| j != own).take(CANDIDATES - 1);
        let before = others.filter(|&j| alike(j) >= alike(own)).count();
        found += usize::from(before < FIRST);
        hand += usize::from(hands[i] == held.hand as usize);
        let learned = held
            .others
            .iter()
            .map(|&j| distance(&values(&set.train, j), &truth[i]));
        let nearest = learned.fold(f32::INFINITY, f32::min);
        nearer += usize::from(distance(&pictures[i], &truth[i]) < nearest);
    }
    let share = |n: usize| n as f64 / all.len() as f64;
    Ok(Judged {
        found: share(found),
        hand: share(hand),
        nearer: share(nearer),
    })
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}
