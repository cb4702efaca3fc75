//! The one seeded source of randomness.
//!
//! All noise is drawn on the host from ChaCha8, a counter-based generator, keyed by
//! (seed, purpose, step), and then uploaded. The same key gives the same numbers on every back
//! end, in the browser and natively, in one go or resumed: nothing depends on what was drawn
//! before. No device generator is used for anything a reader can ask to repeat.

use burn::tensor::{Device, Tensor, TensorData};
use rand::{Rng as _, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// What random numbers are for. Two purposes never share numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Initial weights.
    Init = 1,
    /// The order of the training data in one epoch.
    Shuffle = 2,
    /// Binarization of training images.
    Binarize = 3,
    /// Noise inside a training step (ε, dropout, timesteps).
    Train = 4,
    /// What a sampler starts from and adds.
    Sample = 5,
    /// Noise of an evaluation.
    Evaluate = 6,
    /// The test set's fixed binarization.
    TestSet = 7,
    /// Draws from q(z|x) that a reader asked for.
    Posterior = 8,
    /// Points of an endless toy data set.
    Data = 9,
    /// Classes of samples for which none was asked.
    Label = 10,
    /// How training images are changed when they are seen.
    Vary = 11,
    /// Which of several captions of an image is told.
    Caption = 12,
    /// Worlds and missions.
    World = 13,
}

/// A generator for one (seed, purpose, step).
#[derive(Debug, Clone)]
pub struct Rng {
    source: ChaCha8Rng,
    outline: bool,
}

impl Rng {
    /// The generator keyed by `seed`, `purpose` and `step` (the count of whatever advances:
    /// optimizer step, epoch, denoising step, chunk).
    pub fn new(seed: u64, purpose: Purpose, step: u64) -> Self {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
        key[16..24].copy_from_slice(&step.to_le_bytes());
        Self {
            source: ChaCha8Rng::from_seed(key),
            outline: false,
        }
    }

    /// The generator of one part of what this one is for, whatever was drawn from this one before: no two parts
    /// share numbers, and those of part 0 are the first of this one.
    #[must_use]
    pub fn part(&self, part: u64) -> Self {
        let mut source = self.source.clone();
        source.set_word_pos(0);
        source.set_stream(part);
        Self {
            source,
            outline: self.outline,
        }
    }

    /// The generator for the outline of a model, whose weights have names and shapes and no values:
    /// `nn::init` then draws and allocates nothing.
    pub fn outline() -> Self {
        Self {
            outline: true,
            ..Self::new(0, Purpose::Init, 0)
        }
    }

    /// Whether it is that of an outline.
    pub fn is_outline(&self) -> bool {
        self.outline
    }

    /// `n` draws from N(0, 1).
    pub fn normal(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.source.sample(StandardNormal)).collect()
    }

    /// `n` draws from U[0, 1).
    pub fn uniform(&mut self, n: usize) -> Vec<f32> {
        (0..n).map(|_| self.source.random()).collect()
    }

    /// One draw from N(0, 1).
    pub fn gaussian(&mut self) -> f32 {
        self.source.sample(StandardNormal)
    }

    /// One draw from U[0, 1).
    pub fn unit(&mut self) -> f64 {
        self.source.random()
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.source.next_u64()
    }

    /// A draw from 0, …, n − 1; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 {
            0
        } else {
            self.source.random_range(0..n)
        }
    }

    /// A uniformly random order of 0, …, n − 1 (Fisher–Yates).
    pub fn permutation(&mut self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..n as u32).collect();
        for i in (1..n).rev() {
            order.swap(i, self.source.random_range(0..=i));
        }
        order
    }

    /// One Bernoulli draw for each pixel, with probability pixel / 255, as 0.0 or 1.0.
    pub fn bernoulli_pixels(&mut self, pixels: &[u8]) -> Vec<f32> {
        let mut noise = vec![0u8; pixels.len() * 2];
        self.source.fill_bytes(&mut noise);
        pixels
            .iter()
            .zip(noise.as_chunks::<2>().0)
            // P(r < 257 p) = 257 p / 65536 for r uniform on 16 bits: pixel / 255 to 2e-5.
            .map(|(&p, &r)| f32::from(u16::from_le_bytes(r) < u16::from(p) * 257))
            .collect()
    }

    /// N(0, 1) noise of the given shape on `device`.
    pub fn normal_tensor<const D: usize>(
        &mut self,
        shape: [usize; D],
        device: &Device,
    ) -> Tensor<D> {
        let values = self.normal(shape.iter().product());
        Tensor::from_data(TensorData::new(values, shape), device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_share_numbers() {
        let a = Rng::new(7, Purpose::Sample, 0).uniform(8);
        assert_eq!(a, Rng::new(7, Purpose::Sample, 0).uniform(8));
        assert_ne!(a, Rng::new(8, Purpose::Sample, 0).uniform(8));
        assert_ne!(a, Rng::new(7, Purpose::Train, 0).uniform(8));
        assert_ne!(a, Rng::new(7, Purpose::Sample, 1).uniform(8));
    }

    #[test]
    fn normal_has_its_moments() {
        let x = Rng::new(1, Purpose::Evaluate, 0).normal(200_000);
        let n = x.len() as f64;
        let moment = |k: i32| x.iter().map(|&v| f64::from(v).powi(k)).sum::<f64>() / n;
        assert!(moment(1).abs() < 0.01);
        assert!((moment(2) - 1.0).abs() < 0.02);
        assert!((moment(4) - 3.0).abs() < 0.1);
    }

    #[test]
    fn pixels_become_ink_as_often_as_they_are_bright() {
        for p in [0u8, 1, 64, 128, 254, 255] {
            let ink: f32 = Rng::new(3, Purpose::Binarize, p.into())
                .bernoulli_pixels(&vec![p; 100_000])
                .iter()
                .sum();
            let want = f32::from(p) / 255.0;
            assert!((ink / 100_000.0 - want).abs() < 0.006, "{p}");
        }
    }

    #[test]
    fn a_permutation_is_one() {
        let mut p = Rng::new(5, Purpose::Shuffle, 2).permutation(1000);
        assert_ne!(p[..10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        p.sort_unstable();
        assert!(p.iter().enumerate().all(|(i, &v)| i as u32 == v));
    }
}
