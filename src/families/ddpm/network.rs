//! The network for points: residual, over embedded coordinates and time. Images have a U-Net.

use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor, TensorData, activation},
};

use super::DdpmConfig;
use crate::{
    kernels::waves::waves,
    nn::{
        init,
        linear::{linear, residual},
    },
    rng::Rng,
};

/// The time 1 is embedded like step 1000 of a chain.
const TIME_FREQUENCY: f64 = 1000.0;
/// The slowest wave.
const LEAST_FREQUENCY: f64 = 0.1;

/// sin and cos of x at a geometric row of frequencies (Vaswani et al. 2017, arXiv:1706.03762,
/// section 3.5): `[n, k]` → `[n, k · size]`.
fn embed(x: Tensor<2>, highest: f64, size: usize) -> Tensor<2> {
    let half = size / 2;
    let slower = |i: usize| (LEAST_FREQUENCY / highest).powf(i as f64 / (half - 1) as f64);
    waves(x, (0..half).map(|i| (highest * slower(i)) as f32).collect())
}

/// A residual network over embedded coordinates and time.
#[derive(Module, Debug)]
pub struct PointNet {
    input: Linear,
    time: Linear,
    hidden: Vec<Linear>,
    output: Linear,
}

impl PointNet {
    /// That of a config.
    pub fn init(config: &DdpmConfig, rng: &mut Rng, device: &Device) -> Self {
        let (hidden, size) = (config.hidden, config.embedding);
        // Sines and cosines have a mean square of one half, hence √2. Coordinates and time add up,
        // so each has a share of the variance by its share of the inputs.
        let share = |parts: f32| (2.0 * parts / 3.0).sqrt();
        let input = init::linear(2 * size, hidden, share(2.0), rng, device);
        let time = init::linear(size, hidden, share(1.0), rng, device);
        Self {
            input,
            // One bias is enough.
            time: Linear { bias: None, ..time },
            hidden: (0..config.layers)
                .map(|_| init::linear(hidden, hidden, 1.0, rng, device))
                .collect(),
            output: init::linear(hidden, 2, 0.1, rng, device),
        }
    }

    /// The answer to x_t `[n, 2]` at `times`, one for each row or one for all: `[n, 2]`. `frequency`
    /// is that of the config.
    pub fn forward(&self, x: Tensor<2>, times: &[f64], frequency: f64) -> Tensor<2> {
        let [size, _] = self.time.weight.dims();
        let times: Vec<f32> = times.iter().map(|&t| t as f32).collect();
        let times = TensorData::new(times.clone(), [times.len(), 1]);
        let times = embed(Tensor::from_data(times, &x.device()), TIME_FREQUENCY, size); // [n or 1, embedding]
        let x = embed(x, frequency, size); // [n, 2 embedding]
        let mut h = linear(&self.input, x) + linear(&self.time, times); // [n, hidden]
        for layer in &self.hidden {
            h = residual(layer, h);
        }
        linear(&self.output, activation::relu(h))
    }

    /// Where its weights are.
    pub fn device(&self) -> Device {
        self.output.weight.val().device()
    }
}
