//! How well a model of clips goes on with one, and does what it is told.
//!
//! Both are measured without any network. The first frames of held-out clips are given; what the model makes
//! of the others is compared with the true ones, beside two ways to go on that need no model
//! ([`crate::data::clips::track`]). Sentences about one digit are obeyed where what is followed
//! through the first frames goes the way that is said, at the pace that is said.

use crate::{
    data::{
        ClipSet,
        clips::{FRAMES, Mover, SIDE, STRAIGHT, Sentence, TEST, track, words},
    },
    device::floats,
    error::{Error, Result},
    model::{Condition, Model, finish},
    plots::clips::{KNOWN, condition, held_out},
    rng::{Purpose, Rng},
};

/// Values of a frame.
const FRAME: usize = SIDE * SIDE;
/// Seed of the sentences.
const SEED: u64 = 1002;

/// Errors of clips that go on after [`KNOWN`] frames: the mean square of a pixel's difference, values in
/// [0, 1], frame by frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Continuation {
    /// Of the model.
    pub model: Vec<f64>,
    /// Of the last frame again and again.
    pub standing: Vec<f64>,
    /// Of everything straight on.
    pub straight: Vec<f64>,
}

/// The mean of the frames.
pub fn mean(frames: &[f64]) -> f64 {
    frames.iter().sum::<f64>() / frames.len().max(1) as f64
}

/// Adds the mean square difference of each frame.
fn add(sums: &mut [f64], made: &[f32], truth: &[f32]) {
    let frames = made.chunks_exact(FRAME).zip(truth.chunks_exact(FRAME));
    for (sum, (made, truth)) in sums.iter_mut().zip(frames) {
        let squares = made.iter().zip(truth);
        let squares = squares.map(|(a, b)| f64::from(a - b).powi(2));
        *sum += squares.sum::<f64>() / FRAME as f64;
    }
}

/// How `count` held-out clips go on. `progress` is told how many are done and may cancel.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn continued(
    model: &dyn Model,
    set: &ClipSet,
    options: &serde_json::Value,
    count: usize,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Continuation> {
    let mut sums = [0, 1, 2].map(|_| vec![0.0; FRAMES - KNOWN]);
    for i in 0..count {
        let clip = held_out(set, i);
        let asked = condition(&clip, |frame| frame < KNOWN);
        let mut sampler = model.sampler(options, &asked, 1, i as u64)?;
        let made = floats(finish(&mut *sampler).await?.clips()?).await?;
        let truth = &clip[KNOWN * FRAME..];
        let all = [
            made[KNOWN * FRAME..].to_vec(),
            track::standing(&clip, KNOWN),
            track::straight_on(&clip, KNOWN),
        ];
        for (sum, made) in sums.iter_mut().zip(all) {
            add(sum, &made, truth);
        }
        if !progress(i + 1) {
            return Err(Error::Cancelled);
        }
    }
    let [model, standing, straight] =
        sums.map(|sum| sum.iter().map(|s| s / count.max(1) as f64).collect());
    Ok(Continuation {
        model,
        standing,
        straight,
    })
}

/// The share of `count` sentences about one digit that clips obey. `progress` is told how many are done and
/// may cancel.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn obeyed(
    model: &dyn Model,
    options: &serde_json::Value,
    (count, guidance): (usize, Option<f64>),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<f64> {
    let mut obeyed = 0;
    for number in 0..count {
        let mut rng = Rng::new(SEED, Purpose::Evaluate, number as u64);
        let digit = rng.below(10) as u8;
        let mover = words::draw(digit, &mut rng);
        let sentence = Sentence {
            movers: vec![mover],
        };
        let asked = Condition {
            prompt: Some(sentence.to_string()),
            guidance,
            ..Condition::default()
        };
        let mut sampler = model.sampler(options, &asked, 1, number as u64)?;
        let clip = floats(finish(&mut *sampler).await?.clips()?).await?;
        obeyed += usize::from(track::obeys(&clip, &mover));
        if !progress(number + 1) {
            return Err(Error::Cancelled);
        }
    }
    Ok(obeyed as f64 / count.max(1) as f64)
}

/// What is followed of altered clips.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Altered {
    /// Clips.
    pub count: usize,
    /// Of the first frame alone and a sentence that sends its digit another way: obeyed.
    pub redirected: f64,
    /// Of a clip and a sentence with another digit: its middle stays, in each frame, within [`NEAR`] pixels of
    /// where the first one's was, in the mean of the frames.
    pub on_path: f64,
}

/// How near the middle of another digit has to stay, pixels.
pub const NEAR: f32 = 2.0;
/// By how much noise a digit is exchanged.
pub const STRENGTH: f64 = 0.75;
/// How strongly altered clips follow their sentence.
const GUIDANCE: f64 = 2.0;

/// Alters `count` held-out clips of one digit. `progress` is told how many are done and may cancel.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn altered(
    model: &dyn Model,
    set: &ClipSet,
    options: &serde_json::Value,
    count: usize,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<Altered> {
    let (mut done, mut redirected, mut on_path) = (0, 0, 0);
    for i in 0..TEST {
        if done == count {
            break;
        }
        let [first] = set.held_out(i).sentence.movers[..] else {
            continue;
        };
        let clip = held_out(set, i);
        let mut rng = Rng::new(SEED + 1, Purpose::Evaluate, i as u64);
        let mut other = words::draw(first.digit, &mut rng);
        while other.direction == first.direction || !has_room(&clip[..FRAME], &other) {
            other = words::draw(first.digit, &mut rng);
        }
        let told = |mover: Mover| {
            let movers = vec![mover];
            (Some(Sentence { movers }.to_string()), Some(GUIDANCE))
        };
        let (prompt, guidance) = told(other);
        let asked = Condition {
            prompt,
            guidance,
            ..condition(&clip, |frame| frame == 0)
        };
        let sent = made(model, options, &asked, i).await?;
        redirected += usize::from(track::obeys(&sent, &other));
        let exchanged = Mover {
            digit: (first.digit + 1 + rng.below(9) as u8) % 10,
            ..first
        };
        let (prompt, guidance) = told(exchanged);
        let asked = Condition {
            prompt,
            guidance,
            start: Some(clip.clone()),
            strength: Some(STRENGTH),
            ..Condition::default()
        };
        let exchanged = made(model, options, &asked, i).await?;
        on_path += usize::from(stays(&clip, &exchanged));
        done += 1;
        if !progress(done) {
            return Err(Error::Cancelled);
        }
    }
    let share = |n: usize| n as f64 / done.max(1) as f64;
    Ok(Altered {
        count: done,
        redirected: share(redirected),
        on_path: share(on_path),
    })
}

/// The clip that is made.
async fn made(
    model: &dyn Model,
    options: &serde_json::Value,
    asked: &Condition,
    seed: usize,
) -> Result<Vec<f32>> {
    let mut sampler = model.sampler(options, asked, 1, seed as u64)?;
    floats(finish(&mut *sampler).await?.clips()?).await
}

/// Whether the ink of a frame can move so as long as no digit turns.
fn has_room(frame: &[f32], mover: &Mover) -> bool {
    let far = (mover.pace() * (STRAIGHT - 1)) as isize;
    let inked = (0..FRAME).filter(|&i| frame[i] > 0.1);
    let mut places = inked.map(|i| [(i % SIDE) as isize, (i / SIDE) as isize]);
    let inside = |v: isize| (0..SIDE as isize).contains(&v);
    places.all(|[x, y]| {
        let [dx, dy] = mover.direction.map(|way| isize::from(way) * far);
        inside(x + dx) && inside(y + dy)
    })
}

/// Whether what moves in one clip stays, in the mean of its frames, near to what moves in another.
fn stays(clip: &[f32], made: &[f32]) -> bool {
    let frames = clip.chunks_exact(FRAME).zip(made.chunks_exact(FRAME));
    let mut sum = 0.0;
    for (a, b) in frames {
        let (Some(a), Some(b)) = (track::middle(a), track::middle(b)) else {
            return false;
        };
        sum += (a[0] - b[0]).hypot(a[1] - b[1]);
    }
    sum / FRAMES as f32 <= NEAR
}
