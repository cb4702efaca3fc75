//! Plots of models that can be given a picture, or a part of one, to go on from.

use crate::{
    data::Batch,
    error::Result,
    model::{Condition, ConditionKind, Model, finish_pausing},
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
    let condition = match request.plot {
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
    let mut sampler = model.sampler(&model.preview()?, &condition, DRAWS, request.seed)?;
    let images = finish_pausing(&mut *sampler, pause).await?.images()?;
    grid(images, COLUMNS).await
}
