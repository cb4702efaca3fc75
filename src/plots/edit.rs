//! Plots of models that can be given a picture, or a part of one, to go on from.

use burn::tensor::Tensor;

use crate::{
    data::Batch,
    device::floats,
    error::Result,
    model::{Condition, ConditionKind, Model, finish_pausing},
    nn::squares::{averages, repeated},
    pause::Pause,
    scene::{PlotInput, PlotRequest, PlotSpec, View, grid},
};

/// Pictures that are made of one.
const DRAWS: usize = 8;
/// In a row.
const COLUMNS: usize = 4;

/// The plots of models that honour these conditions.
pub fn specs(conditions: &[ConditionKind]) -> Vec<PlotSpec> {
    let mut all = Vec::new();
    if conditions.contains(&ConditionKind::Known) {
        let help = "What you paint over is drawn anew, each time another way, to fit the rest; the pixels that stay are exactly as they were.";
        all.push(PlotSpec::new("complete", "Fill in", help).with(PlotInput::Mask));
    }
    if conditions.contains(&ConditionKind::Start) {
        let help = "Your picture is put under part of the noise, and the model finds its way back from there. Little noise keeps nearly everything; much of it keeps little more than where the ink was, and what comes back is more and more the model’s own.";
        all.push(
            PlotSpec::new("sketch", "From a sketch", help)
                .with(PlotInput::Image)
                .along("noise"),
        );
    }
    if conditions.contains(&ConditionKind::Coarse) {
        let help = "The first image is all that the model is given of yours: the averages over squares of 2 × 2 pixels. The others are what it takes the detail for. Each has exactly these averages, so all of them are possible, and which one was yours nobody can tell.";
        all.push(PlotSpec::new("enlarge", "Enlarge", help).with(PlotInput::Image));
    }
    all
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadOption`](crate::error::Error::BadOption) and what the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let Batch::Images { shape, values, .. } = request.images(1)? else {
        return Err(request.unknown());
    };
    let mut coarse = None;
    let condition = match request.plot {
        "enlarge" => {
            let found = averages(request.images(1)?.images(&request.device)?)?;
            coarse = Some(repeated(found.clone()));
            Condition {
                coarse: Some(floats(found).await?),
                ..Condition::default()
            }
        }
        "complete" => {
            let size = shape[2] * shape[3];
            let anew = request.mask.clone().unwrap_or_else(|| vec![0; size]);
            let stays = anew.iter().map(|&m| u8::from(m == 0));
            Condition {
                known: Some(values.clone()),
                // The same in each channel.
                mask: Some(stays.collect::<Vec<_>>().repeat(shape[1])),
                ..Condition::default()
            }
        }
        _ => Condition {
            start: Some(values.clone()),
            strength: Some(f64::from(request.at)),
            ..Condition::default()
        },
    };
    let draws = DRAWS - usize::from(coarse.is_some());
    let mut sampler = model.sampler(&model.preview()?, &condition, draws, request.seed)?;
    let mut images = finish_pausing(&mut *sampler, pause).await?.images()?;
    if let Some(coarse) = coarse {
        images = Tensor::cat(vec![coarse, images], 0);
    }
    grid(images, COLUMNS).await
}
