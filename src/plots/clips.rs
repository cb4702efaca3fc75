//! Plots of models of clips: how one goes on, and what lies between two ends of it, beside the true clip and
//! what needs no model.

use burn::tensor::{Tensor, TensorData};

use crate::{
    data::{
        ClipSet,
        clips::{FRAMES, SIDE, TEST, VALUES, track},
    },
    error::{Error, Result},
    model::{Condition, ConditionKind, Model, finish_pausing},
    pause::Pause,
    scene::{self, PlotRequest, PlotSpec, View},
};

/// Values of a frame.
const FRAME: usize = SIDE * SIDE;
/// Frames that are given to go on from.
pub const KNOWN: usize = FRAMES / 2;
/// Frames that are given at each end, to fill in between.
const ENDS: usize = FRAMES / 4;

/// The plots of models that honour these conditions.
pub fn specs(conditions: &[ConditionKind]) -> Vec<PlotSpec> {
    if !conditions.contains(&ConditionKind::Known) {
        return Vec::new();
    }
    vec![
        PlotSpec::new(
            "continue",
            "Go on",
            "The first eight frames of a clip that it has never seen are given, and the model makes the other eight. Beside it the true clip, and two ways to go on without a model: the last frame again and again, and everything straight on as it moved last.",
        )
        .with_data()
        .answered("clips"),
        PlotSpec::new(
            "between",
            "Fill in between",
            "The first four and the last four frames of a clip that it has never seen are given, and the model makes those between. Beside it the true clip, and what a cross-fade makes of both ends.",
        )
        .with_data()
        .answered("clips"),
    ]
}

/// What a clip is asked with: its values, those that are given where `given` is true of their frame.
pub fn condition(clip: &[f32], given: impl Fn(usize) -> bool) -> Condition {
    let mask = (0..clip.len()).map(|i| u8::from(given(i / FRAME)));
    Condition {
        known: Some(clip.to_vec()),
        mask: Some(mask.collect()),
        ..Condition::default()
    }
}

/// Held-out clip `i` as values in [0, 1].
pub fn held_out(set: &ClipSet, i: usize) -> Vec<f32> {
    let clip = set.held_out(i % TEST);
    clip.pixels.iter().map(|&p| f32::from(p) / 255.0).collect()
}

/// A clip whose frames from `known` on are these.
fn with(clip: &[f32], known: usize, rest: Vec<f32>) -> Vec<f32> {
    [&clip[..known * FRAME], &rest].concat()
}

/// Each pixel on a straight line from the last frame given before to the first one given after.
fn faded(clip: &[f32]) -> Vec<f32> {
    let mut out = clip.to_vec();
    let (from, to) = (ENDS - 1, FRAMES - ENDS);
    for frame in from + 1..to {
        let t = (frame - from) as f32 / (to - from) as f32;
        for i in 0..FRAME {
            out[frame * FRAME + i] = clip[from * FRAME + i] * (1.0 - t) + clip[to * FRAME + i] * t;
        }
    }
    out
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadData`] where the clips are not at hand, and what the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let name = &request.info.name;
    let set = request.data.ok_or_else(|| Error::BadData {
        name: name.clone(),
        reason: "it has not been loaded yet".into(),
    })?;
    request.info.space.must_fit(&set.info().space, name)?;
    let clip = held_out(set.clips()?, request.seed as usize);
    let goes_on = request.plot == "continue";
    let given = |frame: usize| match goes_on {
        true => frame < KNOWN,
        false => frame < ENDS || frame + ENDS >= FRAMES,
    };
    let options = serde_json::Value::Null;
    let asked = condition(&clip, given);
    let mut sampler = model.sampler(&options, &asked, 1, request.seed)?;
    let made = finish_pausing(&mut *sampler, pause).await?.clips()?;
    let (others, titles) = match goes_on {
        true => (
            vec![
                with(&clip, KNOWN, track::standing(&clip, KNOWN)),
                with(&clip, KNOWN, track::straight_on(&clip, KNOWN)),
            ],
            vec!["True clip", "Model", "Last frame repeated", "Straight on"],
        ),
        false => (vec![faded(&clip)], vec!["True clip", "Model", "Cross-fade"]),
    };
    let row = |values: Vec<f32>| -> Tensor<5> {
        let data = TensorData::new(values, [1, FRAMES, VALUES / FRAMES / FRAME, SIDE, SIDE]);
        Tensor::from_data(data, &request.device)
    };
    let mut all = vec![row(clip), made];
    all.extend(others.into_iter().map(row));
    let titles = titles.into_iter().map(String::from).collect();
    let given = (0..FRAMES).map(given).collect();
    scene::clips(Tensor::cat(all, 0), titles, given).await
}
