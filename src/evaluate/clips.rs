//! How well a model of clips goes on with one, and does what it is told.
//!
//! Both are measured without any network. The first frames of held-out clips are given; what the model makes
//! of the others is compared with the true ones, beside two ways to go on that need no model
//! ([`crate::data::clips::track`]). Sentences about one thing are obeyed where what is followed
//! through the first frames goes the way that is said, at the pace that is said; of people the walk that is
//! nearest to what is seen has to be the one that is said.

use crate::{
    data::{
        ClipSet,
        clips::{
            FRAME, FRAMES, Kind, Mover, SIDE, STRAIGHT, Sentence, TEST, Thing, follow, people,
            track, words,
        },
        scenes::{COLOURS, SHAPES},
    },
    device::floats,
    error::{Error, Result},
    model::{Condition, Model, finish},
    plots::clips::{KNOWN, condition, held_out},
    rng::{Purpose, Rng},
};

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
    /// Of everything straight on; of people who walk on the spot, of the frames before once again.
    pub straight: Vec<f64>,
}

/// The mean of the frames.
pub fn mean(frames: &[f64]) -> f64 {
    frames.iter().sum::<f64>() / frames.len().max(1) as f64
}

/// Adds the mean square difference of each frame.
fn add(sums: &mut [f64], made: &[f32], truth: &[f32]) {
    let size = truth.len() / sums.len();
    let frames = made.chunks_exact(size).zip(truth.chunks_exact(size));
    for (sum, (made, truth)) in sums.iter_mut().zip(frames) {
        let squares = made.iter().zip(truth);
        let squares = squares.map(|(a, b)| f64::from(a - b).powi(2));
        *sum += squares.sum::<f64>() / size as f64;
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
        let known = KNOWN * clip.len() / FRAMES;
        let truth = &clip[known..];
        let all = [
            made[known..].to_vec(),
            track::standing(&clip, set.kind().channels(), KNOWN),
            track::going_on(set.kind(), &clip, KNOWN).1,
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

/// Whether a clip of a kind does what is said of one thing.
fn does(kind: Kind, clip: &[f32], mover: Mover) -> bool {
    match kind {
        Kind::Digits => track::obeys(clip, &mover),
        Kind::Scenes => follow::obeys(
            clip,
            &Sentence {
                movers: vec![mover],
            },
        ),
        Kind::People => people::obeys(clip, &mover),
    }
}

/// Any thing of a kind.
fn any(kind: Kind, rng: &mut Rng) -> Thing {
    match kind {
        Kind::Digits => Thing::Digit(rng.below(10) as u8),
        Kind::Scenes => Thing::Shape {
            large: Some(rng.below(2) == 1),
            colour: rng.below(COLOURS.len()),
            shape: SHAPES[rng.below(SHAPES.len())],
        },
        Kind::People => people::Walk::draw(rng).mover().thing,
    }
}

/// The share of `count` sentences about one thing that clips of a kind obey. `progress` is told how many are done and
/// may cancel.
///
/// # Errors
/// [`Error::Cancelled`]; what options, model and device say.
pub async fn obeyed(
    model: &dyn Model,
    options: &serde_json::Value,
    (kind, count, guidance): (Kind, usize, Option<f64>),
    mut progress: impl FnMut(usize) -> bool,
) -> Result<f64> {
    let mut obeyed = 0;
    for number in 0..count {
        let mut rng = Rng::new(SEED, Purpose::Evaluate, number as u64);
        let thing = any(kind, &mut rng);
        let mover = words::draw(thing, &mut rng);
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
        obeyed += usize::from(does(kind, &clip, mover));
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
    /// Of the first frame alone and a sentence that sends its thing another way: obeyed.
    pub redirected: f64,
    /// Of a clip and a sentence with another thing: its middle stays, in each frame, within [`NEAR`] pixels of
    /// where the first one's was, in the mean of the frames. Of people: the clothes are those that are said, and the
    /// steps are the same.
    pub on_path: f64,
}

/// How near the middle of another thing has to stay, pixels.
pub const NEAR: f32 = 2.0;
/// By how much noise a thing is exchanged.
pub const STRENGTH: f64 = 0.75;
/// How strongly altered clips follow their sentence.
const GUIDANCE: f64 = 2.0;

/// Alters `count` held-out clips of one thing. `progress` is told how many are done and may cancel.
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
    let kind = set.kind();
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
        let mut other = words::draw(first.thing, &mut rng);
        let frame = &clip[..clip.len() / FRAMES];
        while other.direction == first.direction || !has_room(frame, &other) {
            other = words::draw(first.thing, &mut rng);
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
        redirected += usize::from(does(kind, &sent, other));
        let mut exchanged = first;
        while !differs(first.thing, exchanged.thing) {
            exchanged.thing = any(kind, &mut rng);
        }
        let (prompt, guidance) = told(exchanged);
        let asked = Condition {
            prompt,
            guidance,
            start: Some(clip.clone()),
            strength: Some(STRENGTH),
            ..Condition::default()
        };
        let altered = made(model, options, &asked, i).await?;
        let clips = [clip.as_slice(), altered.as_slice()];
        on_path += usize::from(match kind {
            Kind::People => in_step(clips, exchanged),
            _ => stays(clips, [first.thing, exchanged.thing]),
        });
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

/// Whether two things are not the same, shapes neither in colour nor in shape, and people in nothing that they wear.
fn differs(a: Thing, b: Thing) -> bool {
    match (a, b) {
        (
            Thing::Shape { colour, shape, .. },
            Thing::Shape {
                colour: other,
                shape: another,
                ..
            },
        ) => colour != other && shape != another,
        (Thing::Person(worn), Thing::Person(others)) => {
            worn.iter().zip(others).all(|(a, b)| *a != b)
        }
        _ => a != b,
    }
}

/// Whether the ink of a frame can move so as long as nothing turns. Who walks on the spot has room.
fn has_room(frame: &[f32], mover: &Mover) -> bool {
    if matches!(mover.thing, Thing::Person(_)) {
        return true;
    }
    let far = (mover.pace() * (STRAIGHT - 1)) as isize;
    let ground = track::ground(frame.len() / FRAME);
    let ink = |i: usize| {
        let channels = ground.iter().enumerate();
        channels
            .map(|(c, g)| (frame[c * FRAME + i] - g).abs())
            .fold(0.0, f32::max)
    };
    let inked = (0..FRAME).filter(|&i| ink(i) > 0.1);
    let mut places = inked.map(|i| [(i % SIDE) as isize, (i / SIDE) as isize]);
    let inside = |v: isize| (0..SIDE as isize).contains(&v);
    places.all(|[x, y]| {
        let [dx, dy] = mover.direction.map(|way| isize::from(way) * far);
        inside(x + dx) && inside(y + dy)
    })
}

/// Where the one thing of a clip is in each frame.
fn places(clip: &[f32], thing: Thing) -> Vec<Option<[f32; 2]>> {
    match thing {
        Thing::Digit(_) => clip.chunks_exact(FRAME).map(track::middle).collect(),
        Thing::Shape { colour, .. } => {
            let seen = follow::follow(clip, colour).into_iter();
            seen.map(|seen| seen.map(|seen| seen.at)).collect()
        }
        // On the spot: see `in_step`.
        Thing::Person(_) => Vec::new(),
    }
}

/// Whether somebody who is said to wear other clothes wears them in a clip that was made, and takes the steps of the
/// clip before.
fn in_step([clip, made]: [&[f32]; 2], said: Mover) -> bool {
    let (Some((before, _)), Some(after)) = (people::read(clip), people::seen(made)) else {
        return false;
    };
    let steps = |walk: people::Walk| (walk.way, walk.quick, walk.first);
    after.is(&said) && steps(before) == steps(after)
}

/// Whether what moves in a clip that was made, another `thing`, stays, in the mean of its frames, near to what
/// moves in the clip before, the first thing of which is `was`.
fn stays([clip, made]: [&[f32]; 2], [was, thing]: [Thing; 2]) -> bool {
    let frames = places(clip, was).into_iter().zip(places(made, thing));
    let mut sum = 0.0;
    for (a, b) in frames {
        let (Some(a), Some(b)) = (a, b) else {
            return false;
        };
        sum += (a[0] - b[0]).hypot(a[1] - b[1]);
    }
    sum / FRAMES as f32 <= NEAR
}
