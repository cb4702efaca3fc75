//! How long a step of a training would take, told within a second or two however large it is.

use std::rc::Rc;

use burn::tensor::Device;
use serde_json::Value;
use web_time::Instant;

use super::Session;
use crate::{
    data::{Binarize, Dataset, Stream},
    error::Result,
    families,
    model::Model,
    pause::Pause,
    rng::{Purpose, Rng},
    training::Budget,
};

/// Operations of a step that is simply taken a few times: a third of a second in a browser.
const QUICK: f64 = 5e9;

/// Seconds of a step and trainable numbers, for a training within `budget`. A quick step is taken; of
/// any other the loss of a few examples is timed, and the rest reckoned from that.
///
/// # Errors
/// As [`Session::create`], and what the device reports.
pub async fn pace_of(
    budget: Budget,
    family: &str,
    config: &Value,
    train: &Value,
    data: Rc<Dataset>,
    device: &Device,
    pause: Pause,
) -> Result<(f32, u32)> {
    let (full, options) = families::with_defaults(family, &data.info().space, config, train)?;
    let plan = budget.check(family, &full, &options, data.info())?;
    let parameters = plan.parameters as u32;
    if plan.work <= QUICK {
        let mut session = Session::create_within(budget, family, config, train, data, 0, device)?;
        return Ok((session.pace(pause).await?, parameters));
    }
    let model = families::outline(family, &full, data.info(), device)?;
    let seconds = loss_seconds(&*model, &data, options.binarize, plan.loss, pause).await?;
    Ok(((plan.work * seconds) as f32, parameters))
}

/// Seconds of one floating-point operation of `model` while it computes losses, where that of one
/// example takes `work` operations.
async fn loss_seconds(
    model: &dyn Model,
    data: &Dataset,
    binarize: Binarize,
    work: f64,
    pause: Pause,
) -> Result<f64> {
    // A text can be cut short; anything else is at least one example.
    let block = model.block_size();
    let length = (block as f64 * QUICK / work.max(1.0)) as usize;
    let length = length.clamp(block.min(8), block);
    let share = if block == 0 {
        1.0
    } else {
        length as f64 / block as f64
    };
    let count = ((QUICK / (work * share).max(1.0)) as usize).clamp(1, 512);
    let batch = Stream::new(0, 0).next(data, count, length, binarize)?;
    let mut seconds = f64::INFINITY;
    // The first time compiles and allocates.
    for _ in 0..2 {
        pause().await;
        let start = Instant::now();
        let losses = model.losses(&batch, &mut Rng::new(0, Purpose::Evaluate, 0))?;
        for (_, loss) in losses {
            let _: f32 = loss.into_scalar_async().await?;
        }
        seconds = start.elapsed().as_secs_f64().min(seconds);
    }
    Ok(seconds / (work * share * batch.len().max(1) as f64))
}
