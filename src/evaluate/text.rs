//! How well a model of text guesses: exact likelihoods.

use super::Estimate;
use crate::{
    data::{Binarize, Dataset, TextSet, test_batch},
    error::{Error, Result},
    model::Model,
    rng::{Purpose, Rng},
};

/// −log p of the held-out part, nats a token, exact.
///
/// The text is cut into windows of the context, one after the other, the last of them shorter; every
/// token but the first is guessed once, from what precedes it in its window, and all guesses weigh
/// the same. In expectation this is the loss on random windows by which nanoGPT
/// (github.com/karpathy/nanoGPT) judges, without its chance, but for the last window. The standard
/// error is over windows. `go_on` hears how many are done and the mean so far.
///
/// # Errors
/// [`Error::Unsupported`] if it is no model of text; [`Error::BadData`] if there is nothing to guess;
/// [`Error::Cancelled`] if `go_on` says so.
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
    let data: Dataset = data.into();
    // Of each window: its guesses, and the mean of −log p over them.
    let mut windows: Vec<(f64, f64)> = Vec::new();
    let (mut sum, mut guesses) = (0f64, 0f64);
    loop {
        let batch = test_batch(&data, windows.len(), 1, length, Binarize::None);
        if batch.is_empty() {
            break;
        }
        let (_, length) = batch.tokens()?;
        let rng = &mut Rng::new(0, Purpose::Evaluate, 0);
        let mut nats = 0f64;
        for (_, loss) in model.losses(&batch, rng)? {
            let loss: f32 = loss.into_scalar_async().await?;
            nats += f64::from(loss);
        }
        sum += nats * length as f64;
        guesses += length as f64;
        windows.push((length as f64, nats));
        if !go_on(windows.len(), sum / guesses) {
            return Err(Error::Cancelled);
        }
    }
    if guesses == 0.0 {
        return Err(Error::BadData {
            name: data.info().name.clone(),
            reason: "none of it is held out to be guessed".into(),
        });
    }
    let mean = sum / guesses;
    // Of a ratio of sums over windows: with windows all alike, σ / √n.
    let squares = windows.iter().map(|(n, nats)| (n * (nats - mean)).powi(2));
    Ok(Estimate {
        mean,
        standard_error: squares.sum::<f64>().sqrt() / guesses,
        n: windows.len(),
    })
}
