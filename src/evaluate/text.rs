//! How well a model of text guesses: exact likelihoods.

use super::Estimate;
use crate::{
    data::{Binarize, TextSet, test_batch},
    error::{Error, Result},
    model::Model,
    rng::{Purpose, Rng},
};

/// −log p of the held-out part, nats a token, exact.
///
/// The text is cut into windows of the context, one after the other; every token but the first is
/// guessed once, from what precedes it in its window. In expectation this is the loss on random
/// windows by which nanoGPT (github.com/karpathy/nanoGPT) judges, without its chance. The standard
/// error is over windows. `go_on` hears how many are done and the mean so far.
///
/// # Errors
/// [`Error::Unsupported`] if it is no model of text; [`Error::Cancelled`] if `go_on` says so.
pub async fn negative_log_likelihood(
    model: &dyn Model,
    data: TextSet,
    go_on: impl Fn(usize, f64) -> bool,
) -> Result<Estimate> {
    let length = model.block_size();
    if length == 0 {
        return Err(Error::Unsupported {
            what: "This needs a model of text".into(),
        });
    }
    let data = data.into();
    let (mut sum, mut squares, mut n) = (0f64, 0f64, 0usize);
    loop {
        let batch = test_batch(&data, n, 1, length, Binarize::None);
        if batch.is_empty() {
            break;
        }
        let rng = &mut Rng::new(0, Purpose::Evaluate, 0);
        for (_, loss) in model.losses(&batch, rng)? {
            let loss: f32 = loss.into_scalar_async().await?;
            sum += f64::from(loss);
            squares += f64::from(loss) * f64::from(loss);
        }
        n += 1;
        if !go_on(n, sum / n as f64) {
            return Err(Error::Cancelled);
        }
    }
    let mean = sum / n.max(1) as f64;
    let variance = (squares / n.max(1) as f64 - mean * mean).max(0.0);
    Ok(Estimate {
        mean,
        standard_error: (variance / n.max(1) as f64).sqrt(),
        n,
    })
}
