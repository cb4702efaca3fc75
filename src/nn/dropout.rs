//! Dropout (Srivastava et al. 2014): random zeros that a key gives again.

use burn::tensor::{Tensor, TensorData};

use crate::rng::Rng;

/// Zeros a share of what it is applied to and scales up the rest; each use draws new ones.
#[derive(Debug, Clone)]
pub struct Dropout {
    share: f64,
    state: u64,
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dropout {
    /// `None` where nothing is to be dropped. `share` is taken to 1/256.
    pub fn new(share: f64, rng: &mut Rng) -> Option<Self> {
        (share > 0.0).then(|| Self {
            share,
            state: rng.bits(),
        })
    }

    /// 0 or 1/(1 − share), `n` times.
    fn mask(&mut self, n: usize) -> Vec<f32> {
        let below = (self.share * 256.0).round() as u8;
        let kept = 256.0 / (256.0 - f32::from(below));
        let mut out = Vec::with_capacity(n + 7);
        while out.len() < n {
            // SplitMix64 (Steele et al. 2014): eight decisions a draw.
            self.state = self.state.wrapping_add(GOLDEN);
            let mut z = self.state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            out.extend(z.to_le_bytes().map(|b| if b < below { 0.0 } else { kept }));
        }
        out.truncate(n);
        out
    }

    /// `x` with a share of it zero.
    pub fn apply<const D: usize>(&mut self, x: Tensor<D>) -> Tensor<D> {
        let dims = x.dims();
        let mask = TensorData::new(self.mask(dims.iter().product()), dims);
        let device = x.device();
        x * Tensor::from_data(mask, &device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernels::math::sum, rng::Purpose};

    #[test]
    fn it_keeps_its_share_and_the_mean() {
        let dropout = || {
            let mut rng = Rng::new(7, Purpose::Train, 0);
            Dropout::new(0.25, &mut rng).expect("some")
        };
        let mut one = dropout();
        let mask = one.mask(100_000);
        let zeros = mask.iter().filter(|&&m| m == 0.0).count() as f64;
        assert!((zeros / 1e5 - 0.25).abs() < 0.005, "{zeros}");
        assert!((sum(&mask) / 1e5 - 1.0).abs() < 0.01);
        assert_eq!(mask, dropout().mask(100_000));
        assert_ne!(mask, one.mask(100_000));
        assert!(Dropout::new(0.0, &mut Rng::new(7, Purpose::Train, 0)).is_none());
    }
}
