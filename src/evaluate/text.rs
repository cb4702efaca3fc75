//! How well a model of text guesses: exact likelihoods.

use super::Estimate;
use crate::{
    data::{Binarize, DataInfo, Dataset, TextSet, test_batch, text::window},
    error::{Error, Result},
    model::Model,
    rng::{Purpose, Rng},
    scene::token::log_sum_exp,
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
    let mut judged = Judged::default();
    loop {
        let batch = test_batch(&data, judged.windows.len(), 1, length, Binarize::None);
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
        judged.add(length as f64, nats, &go_on)?;
    }
    judged.estimate(data.info())
}

/// Windows of a text whose guesses have been judged.
#[derive(Default)]
struct Judged {
    /// Of each window: its guesses, and the mean of −log p over them.
    windows: Vec<(f64, f64)>,
    /// −log p of all guesses together, nats.
    nats: f64,
    guesses: f64,
}

impl Judged {
    /// One more; `go_on` is asked whether another is wanted.
    fn add(&mut self, guesses: f64, mean: f64, go_on: impl Fn(usize, f64) -> bool) -> Result<()> {
        self.nats += mean * guesses;
        self.guesses += guesses;
        self.windows.push((guesses, mean));
        match go_on(self.windows.len(), self.nats / self.guesses) {
            true => Ok(()),
            false => Err(Error::Cancelled),
        }
    }

    /// The mean over all guesses.
    fn estimate(self, info: &DataInfo) -> Result<Estimate> {
        if self.guesses == 0.0 {
            return Err(Error::BadData {
                name: info.name.clone(),
                reason: "none of it is held out to be guessed".into(),
            });
        }
        let mean = self.nats / self.guesses;
        // Of a ratio of sums over windows: with windows all alike, σ / √n.
        let squares = self
            .windows
            .iter()
            .map(|(n, nats)| (n * (nats - mean)).powi(2));
        Ok(Estimate {
            mean,
            standard_error: squares.sum::<f64>().sqrt() / self.guesses,
            n: self.windows.len(),
        })
    }
}

/// −log p of the held-out part, nats a token, exact, where each guess but the first ones has at least half of
/// the context to look back on.
///
/// Windows of the context T begin T/2 tokens after one another; of each but the first only the last T/2 guesses
/// count, so that every token but the first is guessed once, as [`negative_log_likelihood`] does, and none that
/// stands at the beginning of a window from little. The standard error is over windows. `go_on` hears how many
/// are done and the mean so far.
///
/// # Errors
/// As [`negative_log_likelihood`].
pub async fn with_context(
    model: &dyn Model,
    data: &TextSet,
    go_on: impl Fn(usize, f64) -> bool,
) -> Result<Estimate> {
    let Some(language) = model.language().filter(|l| l.block_size() > 1) else {
        return Err(Error::Unsupported {
            what: "This needs a model of text".into(),
        });
    };
    let (length, half) = (language.block_size(), language.block_size() / 2);
    let tokens = data.test();
    let classes = language.tokenizer().vocabulary().len();
    let (mut judged, mut from) = (Judged::default(), 0usize);
    while from + usize::from(from > 0) * (length - half) + 1 < tokens.len() {
        let read = length.min(tokens.len() - 1 - from);
        // What is read, and what comes after the last of it.
        let ids: Vec<u32> = window(tokens, from, read).collect();
        let logits = language.logits(&ids[..read]).await?;
        let counted = if from == 0 { 0 } else { length - half };
        let nats: f64 = (counted..read)
            .map(|i| {
                let row = &logits[i * classes..(i + 1) * classes];
                f64::from(log_sum_exp(row) - row[ids[i + 1] as usize])
            })
            .sum();
        let guesses = (read - counted) as f64;
        judged.add(guesses, nats / guesses, &go_on)?;
        from += half;
    }
    judged.estimate(&data.info)
}
