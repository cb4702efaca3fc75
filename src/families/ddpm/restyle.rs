//! An image as it would look as another class, its shape kept.
//!
//! The probability-flow ODE carries the image to a noise level without telling the network a class, and
//! back again with each class (Song, Meng & Ermon 2021, arXiv:2010.02502, section 5.3; edits by such an
//! inversion as in Hertz et al. 2022, arXiv:2208.01626). Nothing is drawn: at no noise at all the image
//! comes back as it was, and the more noise, the less of its shape is kept.

use burn::tensor::Tensor;

use super::{Ddpm, Told};
use crate::error::{Error, Result};

/// Steps from the image to noise.
const STEPS: usize = 20;
/// How strongly the way back follows the class.
const GUIDANCE: f64 = 4.0;
/// And how strongly words that are told besides.
const WORDS_GUIDANCE: f64 = 1.5;

impl Ddpm {
    /// x₀ `[1, d]` as each class, `[classes, d]`, by the noise of a time `depth` from 0 (none) to 1. On both ways the
    /// network is told what the image is of, if that is known: one sentence of `tokens`, or none.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that knows no classes.
    pub fn restyled(&self, x0: Tensor<2>, depth: f64, tokens: &[u32]) -> Result<Tensor<2>> {
        if self.classes == 0 {
            return Err(Error::Unsupported {
                what: "This model was trained without classes".into(),
            });
        }
        let mut levels = self.process.levels(STEPS);
        levels.reverse();
        levels.retain(|level| level.time <= depth + 1e-9);
        let mut x = x0;
        let answer = self.predict(Told {
            tokens: tokens.to_vec(),
            guidance: 1.0,
            ..Told::default()
        });
        for pair in levels.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            // At the data no network was trained: there the first level's answer serves.
            let ([a, b], time) = match from.sigma == 0.0 {
                true => (self.process.noising(to), to.time),
                false => (self.process.ode(from, to), from.time),
            };
            x = x.clone() * a + answer(x, time, 0.0) * b;
        }
        let mut x = x.repeat_dim(0, self.classes);
        let answer = self.predict(Told {
            labels: (0..self.classes as u32).collect(),
            // Of images of which nothing is said and no class is told, a model of words has seen few.
            guidance: match (tokens.is_empty(), self.words.is_empty()) {
                (false, _) => WORDS_GUIDANCE,
                (true, false) => 1.0,
                (true, true) => GUIDANCE,
            },
            tokens: tokens.to_vec(),
        });
        for pair in levels.windows(2).rev() {
            let (to, from) = (pair[0], pair[1]);
            let [a, b] = self.process.ode(from, to);
            x = x.clone() * a + answer(x, from.time, 0.0) * b;
        }
        Ok(x)
    }
}
