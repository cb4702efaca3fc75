//! Plots of models that can be given a picture, or a part of one, to go on from.

use burn::tensor::Tensor;

use crate::{
    data::{
        Batch,
        scenes::{
            self,
            edit::{self, Edit},
        },
    },
    device::floats,
    error::{Error, Result},
    model::{Condition, ConditionKind, Model, finish_pausing},
    nn::squares::{averages, repeated},
    pause::Pause,
    scene::{PlotInput, PlotRequest, PlotSpec, View, grid},
};

/// Pictures that are made of one.
const DRAWS: usize = 8;
/// In a row.
const COLUMNS: usize = 4;
/// How strongly they follow what they are told.
const GUIDANCE: f64 = 2.0;

/// The plots of models that honour these conditions.
pub fn specs(conditions: &[ConditionKind]) -> Vec<PlotSpec> {
    let mut all = Vec::new();
    let told = |spec: PlotSpec| match conditions.contains(&ConditionKind::Prompt) {
        true => spec.with(PlotInput::Sentence),
        false => spec,
    };
    if conditions.contains(&ConditionKind::Known) {
        let help = "What you paint over is drawn anew, each time another way, to fit the rest; the pixels that stay are exactly as they were.";
        all.push(told(
            PlotSpec::new("complete", "Fill in", help).with(PlotInput::Mask),
        ));
    }
    if conditions.contains(&ConditionKind::Start) {
        let help = "Your picture is put under part of the noise, and the model finds its way back from there. Little noise keeps nearly everything; much of it keeps little more than where the ink was, and what comes back is more and more the model’s own.";
        all.push(told(
            PlotSpec::new("sketch", "From a sketch", help)
                .with(PlotInput::Image)
                .along("noise"),
        ));
    }
    if conditions.contains(&ConditionKind::Coarse) {
        let help = "The first image is all that the model is given of yours: the averages over squares of 2 × 2 pixels. The others are what it takes the detail for. Each has exactly these averages, so all of them are possible, and which one was yours nobody can tell.";
        all.push(PlotSpec::new("enlarge", "Enlarge", help).with(PlotInput::Image));
    }
    if [ConditionKind::Known, ConditionKind::Prompt]
        .iter()
        .all(|kind| conditions.contains(kind))
    {
        let help = "Say what is to change: make it blue, make the circle a large square, remove the ring, add a green ring left of it. What is in the picture is read without a network; the model is told in a sentence what is to be there afterwards, and draws anew no more than the part that changes. The first picture is yours.";
        let example = edit::EXAMPLE.into();
        all.push(
            PlotSpec::new("instruct", "Change by words", help)
                .with(PlotInput::Image)
                .with(PlotInput::Instruction { example }),
        );
    }
    all
}

/// A picture of so many channels that stays where `anew` is 0.
fn keeping(picture: &[f32], anew: &[u8], channels: usize) -> Condition {
    let stays: Vec<u8> = anew.iter().map(|&m| u8::from(m == 0)).collect();
    Condition {
        known: Some(picture.to_vec()),
        // The same in each channel.
        mask: Some(stays.repeat(channels)),
        ..Condition::default()
    }
}

/// Whether a model of these words understands changes that are asked for in words: they are read from scenes.
pub fn understands(words: &[String]) -> bool {
    words == scenes::words::vocabulary()
}

/// What a model of scenes has to keep of a picture and what it is told, for a change that is asked for in words;
/// and the change.
///
/// # Errors
/// [`Error::BadOption`] for what is not understood or not possible; [`Error::Unsupported`].
pub fn instructed(
    model_words: &[String],
    picture: &[f32],
    change: &str,
) -> Result<(Condition, Edit)> {
    if !understands(model_words) {
        return Err(Error::Unsupported {
            what: "Only models of scenes understand changes".into(),
        });
    }
    let found = scenes::read(picture).filter(|found| !found.is_empty());
    let found = found.ok_or_else(|| {
        let reason =
            "there is nothing in the picture that is a thing of scenes, or something else besides";
        Error::bad_option("prompt", change, reason)
    })?;
    let edit = edit::edit(&found, change)?;
    let condition = Condition {
        prompt: Some(edit.demand.sentence()),
        guidance: Some(GUIDANCE),
        ..keeping(picture, &edit.anew, 3)
    };
    Ok((condition, edit))
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadOption`] and what the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let Batch::Images { shape, values, .. } = request.images(1)? else {
        return Err(request.unknown());
    };
    // Where the first picture is not one of the model's.
    let mut first = None;
    let told = Condition {
        prompt: (!request.text.is_empty()).then(|| request.text.into()),
        guidance: (!request.text.is_empty()).then_some(GUIDANCE),
        ..Condition::default()
    };
    let condition = match request.plot {
        "enlarge" => {
            let found = averages(request.images(1)?.images(&request.device)?)?;
            first = Some(repeated(found.clone()));
            Condition {
                coarse: Some(floats(found).await?),
                ..Condition::default()
            }
        }
        "complete" => {
            let size = shape[2] * shape[3];
            let anew = request.mask.clone().unwrap_or_else(|| vec![0; size]);
            Condition {
                prompt: told.prompt,
                guidance: told.guidance,
                ..keeping(values, &anew, shape[1])
            }
        }
        "instruct" => {
            first = Some(request.images(1)?.images(&request.device)?);
            instructed(&request.info.words, values, request.text)?.0
        }
        _ => Condition {
            start: Some(values.clone()),
            strength: Some(f64::from(request.at)),
            ..told
        },
    };
    let draws = DRAWS - usize::from(first.is_some());
    let mut sampler = model.sampler(&model.preview()?, &condition, draws, request.seed)?;
    let mut images = finish_pausing(&mut *sampler, pause).await?.images()?;
    if let Some(first) = first {
        images = Tensor::cat(vec![first, images], 0);
    }
    grid(images, COLUMNS).await
}
