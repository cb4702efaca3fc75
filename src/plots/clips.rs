//! Plots of models of clips: how one goes on, and what lies between two ends of it, beside the true clip and
//! what needs no model.

use burn::tensor::{Tensor, TensorData};

use crate::{
    data::{
        Batch, ClipSet,
        clips::{FRAME, FRAMES, Kind, SIDE, TEST, track},
    },
    error::{Error, Result},
    model::{Condition, ConditionKind, Model, finish_pausing},
    pause::Pause,
    scene::{self, PlotInput, PlotRequest, PlotSpec, View},
};

/// Frames that are given to go on from.
pub const KNOWN: usize = FRAMES / 2;
/// Frames that are given at each end, to fill in between.
const ENDS: usize = FRAMES / 4;

/// How strongly a clip follows its sentence where another is altered.
const GUIDANCE: f64 = 2.0;

/// The plots of models that honour these conditions.
pub fn specs(conditions: &[ConditionKind]) -> Vec<PlotSpec> {
    if !conditions.contains(&ConditionKind::Known) {
        return Vec::new();
    }
    let spec = |id: &str, title: &str, help: &str| {
        PlotSpec::new(id, title, help)
            .with(PlotInput::Clip)
            .with_data()
            .answered("clips")
    };
    let told = |spec: PlotSpec| match conditions.contains(&ConditionKind::Prompt) {
        true => spec.with(PlotInput::Sentence),
        false => spec,
    };
    let mut all = vec![
        spec(
            "continue",
            "Go on",
            "The first eight frames of a clip that it has never seen are given, and the model makes the other eight. Beside it the true clip, and two ways to go on without a model: the last frame again and again, and everything straight on as it moved last, or of people the frames before once again.",
        ),
        spec(
            "between",
            "Fill in between",
            "The first four and the last four frames of a clip that it has never seen are given, and the model makes those between. Beside it the true clip, and what a cross-fade makes of both ends.",
        ),
        told(
            spec(
                "repaint",
                "Paint over",
                "What you paint over is made anew in all frames, to fit the rest, which stays exactly as it was. If something moves through that part, it has to come out again on the other side.",
            )
            .with(PlotInput::Mask),
        ),
    ];
    if conditions.contains(&ConditionKind::Prompt) {
        all.push(told(spec(
            "redirect",
            "Another way",
            "Only the first frame of the clip is given. Your sentence says how it goes on: the same thing, on another way.",
        )));
    }
    if conditions.contains(&ConditionKind::Start) {
        all.push(
            told(spec(
                "alter",
                "Another thing",
                "The whole clip is put under part of the noise, and the model finds its way back from there with your sentence. With the right amount of noise the way stays and the thing is another.",
            ))
            .along("noise"),
        );
    }
    all
}

/// What a clip is asked with: its values, those that are given where `given` is true of their frame.
pub fn condition(clip: &[f32], given: impl Fn(usize) -> bool) -> Condition {
    let size = clip.len() / FRAMES;
    let mask = (0..clip.len()).map(|i| u8::from(given(i / size)));
    Condition {
        known: Some(clip.to_vec()),
        mask: Some(mask.collect()),
        ..Condition::default()
    }
}

/// Held-out clip `i` as values in [0, 1].
pub fn held_out(set: &ClipSet, i: usize) -> Vec<f32> {
    set.held_out(i % TEST).values()
}

/// A clip whose frames from `known` on are these.
fn with(clip: &[f32], known: usize, rest: Vec<f32>) -> Vec<f32> {
    [&clip[..known * clip.len() / FRAMES], &rest].concat()
}

/// Each pixel on a straight line from the last frame given before to the first one given after.
fn faded(clip: &[f32]) -> Vec<f32> {
    let mut out = clip.to_vec();
    let size = clip.len() / FRAMES;
    let (from, to) = (ENDS - 1, FRAMES - ENDS);
    for frame in from + 1..to {
        let t = (frame - from) as f32 / (to - from) as f32;
        for i in 0..size {
            out[frame * size + i] = clip[from * size + i] * (1.0 - t) + clip[to * size + i] * t;
        }
    }
    out
}

/// The reader's clip, or else the held-out one of the seed.
fn clip_of(request: &PlotRequest<'_>) -> Result<Vec<f32>> {
    if let Some(Batch::Images { values, .. }) = &request.images {
        let size = request.info.space.clip()?;
        return match values.len() == size.iter().product::<usize>() {
            true => Ok(values.clone()),
            false => Err(request.unknown()),
        };
    }
    let name = &request.info.name;
    let set = request.data.ok_or_else(|| Error::BadData {
        name: name.clone(),
        reason: "it has not been loaded yet".into(),
    })?;
    request.info.space.must_fit(&set.info().space, name)?;
    Ok(held_out(set.clips()?, request.seed as usize))
}

/// What the model is asked for a plot of a clip.
fn asked(clip: &[f32], request: &PlotRequest<'_>) -> Condition {
    let told = Condition {
        prompt: (!request.text.is_empty()).then(|| request.text.into()),
        guidance: (!request.text.is_empty()).then_some(GUIDANCE),
        ..Condition::default()
    };
    match request.plot {
        "continue" => condition(clip, |frame| frame < KNOWN),
        "between" => condition(clip, |frame| frame < ENDS || frame + ENDS >= FRAMES),
        "redirect" => Condition {
            prompt: told.prompt,
            guidance: told.guidance,
            ..condition(clip, |frame| frame == 0)
        },
        "repaint" => {
            let anew = request.mask.clone().unwrap_or_else(|| vec![0; FRAME]);
            let stays: Vec<u8> = anew.iter().map(|&m| u8::from(m == 0)).collect();
            Condition {
                known: Some(clip.to_vec()),
                mask: Some(stays.repeat(clip.len() / FRAME)),
                ..told
            }
        }
        _ => Condition {
            start: Some(clip.to_vec()),
            strength: Some(f64::from(request.at)),
            ..told
        },
    }
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadData`] where the clips are not at hand, [`Error::BadOption`] for words that are not known, and what
/// the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let clip = clip_of(request)?;
    let channels = clip.len() / FRAMES / FRAME;
    let kind = Kind::of(&request.info.name).unwrap_or(match channels {
        1 => Kind::Digits,
        _ => Kind::Scenes,
    });
    let given = |frame: usize| match request.plot {
        "continue" => frame < KNOWN,
        "between" => frame < ENDS || frame + ENDS >= FRAMES,
        "redirect" => frame == 0,
        _ => false,
    };
    let options = serde_json::Value::Null;
    let mut sampler = model.sampler(&options, &asked(&clip, request), 1, request.seed)?;
    let made = finish_pausing(&mut *sampler, pause).await?.clips()?;
    let (others, titles) = match request.plot {
        "continue" => {
            let (title, frames) = track::going_on(kind, &clip, KNOWN);
            let standing = track::standing(&clip, channels, KNOWN);
            (
                vec![with(&clip, KNOWN, standing), with(&clip, KNOWN, frames)],
                vec!["True clip", "Model", "Last frame repeated", title],
            )
        }
        "between" => (vec![faded(&clip)], vec!["True clip", "Model", "Cross-fade"]),
        _ => (Vec::new(), vec!["Clip", "Altered"]),
    };
    let row = |values: Vec<f32>| -> Tensor<5> {
        let data = TensorData::new(values, [1, FRAMES, channels, SIDE, SIDE]);
        Tensor::from_data(data, &request.device)
    };
    let mut all = vec![row(clip), made];
    all.extend(others.into_iter().map(row));
    let titles = titles.into_iter().map(String::from).collect();
    let given = (0..FRAMES).map(given).collect();
    scene::clips(Tensor::cat(all, 0), titles, given).await
}
