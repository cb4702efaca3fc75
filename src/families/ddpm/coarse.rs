//! Images of which the averages over squares of 2 × 2 pixels are known.
//!
//! With A the averages and A⁺ each of them repeated over its square, x + A⁺(y − A x) is the image nearest
//! to x with the averages y (Wang, Yu & Zhang 2023, arXiv:2212.00490, equation 11). Pixels have a range
//! besides, so it is taken several times, back in the range in between.

use burn::tensor::{Device, Tensor, TensorData};

use super::{DdpmSampleOptions, SamplerKind};
use crate::{
    error::{Error, Result},
    model::{Condition, Example},
    nn::squares::{averages, repeated},
};

/// Times that averages and range are seen to.
const TIMES: usize = 12;

/// What is known.
pub struct Coarse {
    /// `[1, channels, height/2, width/2]`, in the numbers of the model, −1 to 1.
    averages: Tensor<4>,
}

impl Coarse {
    /// What a condition says, if it says so.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    pub fn of(
        asked: &Condition,
        example: Example,
        options: &DdpmSampleOptions,
        device: &Device,
    ) -> Result<Option<Self>> {
        let refused = match (&asked.coarse, example) {
            (None, _) => return Ok(None),
            (_, Example::Points(_)) => "points have no pixels to average",
            _ if options.sampler == SamplerKind::Ode => {
                "the sampler “ode” cannot be held to averages; take another"
            }
            (_, Example::Image([channels, height, width])) => {
                let size = [channels, height, width];
                let values = asked.coarse(size)?.unwrap_or_default().to_vec();
                let values = TensorData::new(values, [1, channels, height / 2, width / 2]);
                let averages = Tensor::from_data(values, device).clamp(0.0, 1.0) * 2.0 - 1.0;
                return Ok(Some(Self { averages }));
            }
        };
        Err(Error::bad_option("coarse", "averages", refused))
    }

    /// Images `[n, d]` with these averages and all numbers in the range.
    pub fn held(&self, x: Tensor<2>, [low, high]: [f64; 2]) -> Tensor<2> {
        let [_, channels, height, width] = self.averages.dims();
        let [n, d] = x.dims();
        let mut x = x.reshape([n, channels, 2 * height, 2 * width]);
        for _ in 0..TIMES {
            let Ok(found) = averages(x.clone()) else {
                break; // Both sides are even.
            };
            let missing = self.averages.clone() - found;
            x = (x + repeated(missing)).clamp(low, high);
        }
        x.reshape([n, d])
    }
}
