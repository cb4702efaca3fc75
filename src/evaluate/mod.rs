//! The standard metrics by their standard protocols.
//!
//! Likelihood of binarized images, as in Burda et al. 2016: the test set is binarized once with a
//! fixed seed ([`crate::data::TEST_SEED`]), and log p(x) is estimated with K importance samples
//! from q(z|x); the 1-sample ELBO is reported beside it. Text: [`text`]. 2-D points: [`points`].

pub mod acting;
#[cfg(not(target_family = "wasm"))]
pub mod asking;
pub mod classifier;
pub mod clips;
pub mod density;
pub mod disturbed;
pub mod few_shot;
pub mod fidelity;
pub mod frechet;
pub mod functions;
pub mod groove;
pub mod imagining;
pub mod knn;
pub mod letters;
pub mod masked;
pub mod matcher;
pub mod ngram;
pub mod pictures;
pub mod planning;
pub mod points;
pub mod prompts;
pub mod score;
pub mod shots;
pub mod speaking;
pub mod talk;
pub mod text;
pub mod translation;

use crate::{
    data::{Binarize, ImageSet, test_images},
    error::{Error, Result},
    model::{DensityOptions, Model},
    rng::{Purpose, Rng},
};

/// How many of some are right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// They.
    pub count: usize,
    /// Those that are right.
    pub right: usize,
}

impl Tally {
    /// One more.
    pub fn note(&mut self, right: bool) {
        self.count += 1;
        self.right += usize::from(right);
    }

    /// In hundredths.
    pub fn percent(&self) -> f64 {
        100.0 * self.right as f64 / self.count.max(1) as f64
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            count: self.count + other.count,
            right: self.right + other.right,
        }
    }
}

/// A mean over test images, or over the tokens of a text, with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Mean, nats per image, or per token.
    pub mean: f64,
    /// Standard deviation over images, or over windows of a text, divided by √n.
    pub standard_error: f64,
    /// How many images or windows.
    pub n: usize,
}

impl Estimate {
    /// Mean and standard error of some numbers; of none they are no number and 0.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let (mut n, mut mean, mut squares) = (0usize, 0.0, 0.0);
        for value in values {
            n += 1;
            let gap = value - mean;
            mean += gap / n as f64;
            squares += gap * (value - mean);
        }
        Self {
            mean: if n == 0 { f64::NAN } else { mean },
            standard_error: (squares / (n * n.saturating_sub(1)).max(1) as f64).sqrt(),
            n,
        }
    }
}

/// −log p(x) of the first `count` test images, grey or binarized as `binarize` says, with `samples`
/// importance samples each (0 = the ELBO with one draw). `progress` is called with the images done so far
/// and may cancel.
///
/// # Errors
/// [`Error::Unsupported`] if the model has no density, [`Error::BadOption`] if there is no image to
/// measure, [`Error::Cancelled`], and what the device reports.
pub async fn negative_log_likelihood(
    model: &dyn Model,
    set: &ImageSet,
    binarize: Binarize,
    (count, samples): (usize, usize),
    mut progress: impl FnMut(usize, f64) -> bool,
) -> Result<Estimate> {
    let density = model.density().ok_or_else(|| Error::Unsupported {
        what: format!("A {} has no density", model.title()),
    })?;
    let count = count.min(set.test.len());
    if count == 0 {
        return Err(Error::bad_option("images", count, "at least one is needed"));
    }
    let options = DensityOptions {
        importance_samples: samples,
    };
    // As many images at once as keep the decoder's work in cache.
    let chunk = (2000 / samples.max(1)).clamp(1, 100);
    let (mut sum, mut squares, mut done) = (0f64, 0f64, 0usize);
    while done < count {
        let batch = test_images(set, done, chunk.min(count - done), binarize);
        let mut rng = Rng::new(0, Purpose::Evaluate, 1 + done as u64);
        let values = density
            .log_prob(&batch, options, &mut rng)?
            .into_data_async()
            .await?;
        let values = values.as_slice::<f32>().map_err(|e| Error::Internal {
            reason: format!("{e:?}"),
        })?;
        for &v in values {
            sum -= f64::from(v);
            squares += f64::from(v) * f64::from(v);
        }
        done += batch.len();
        if !progress(done, sum / done as f64) {
            return Err(Error::Cancelled);
        }
    }
    let n = count as f64;
    let mean = sum / n;
    Ok(Estimate {
        mean,
        standard_error: ((squares / n - mean * mean).max(0.0) / n).sqrt(),
        n: count,
    })
}
