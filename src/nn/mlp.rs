//! The plain network: linear layers with a ReLU between them.

use burn::{
    module::Module,
    nn::Linear,
    tensor::{Device, Tensor},
};

use super::{init, linear::activated};
use crate::{kernels::activation::Activation, rng::Rng};

/// x → W_L relu(… relu(W_1 x + b_1) …) + b_L.
#[derive(Module, Debug)]
pub struct Mlp {
    layers: Vec<Linear>,
}

impl Mlp {
    /// A network with these layer sizes, input and output included; `gain` scales the last
    /// layer's weights: 1 keeps the variance, 0 makes the output zero at first.
    pub fn init(sizes: &[usize], gain: f32, rng: &mut Rng, device: &Device) -> Self {
        let last = sizes.len().saturating_sub(2);
        let layers = sizes.windows(2).enumerate().map(|(i, size)| {
            let gain = if i == last {
                gain
            } else {
                std::f32::consts::SQRT_2
            };
            init::linear(size[0], size[1], gain, rng, device)
        });
        Self {
            layers: layers.collect(),
        }
    }

    /// # Shapes
    /// - x: `[n, d_in]`
    /// - output: `[n, d_out]`
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let last = self.layers.len().saturating_sub(1);
        let mut h = x;
        for (i, layer) in self.layers.iter().enumerate() {
            let activation = if i < last {
                Activation::Relu
            } else {
                Activation::Identity
            };
            h = activated(layer, h, activation);
        }
        h
    }

    /// The same with another bias in the last layer.
    #[must_use]
    pub fn with_last_bias(mut self, bias: &[f32]) -> Self {
        if let Some(last) = self.layers.last_mut() {
            last.bias = last.bias.take().map(|old| {
                old.map(|old| {
                    Tensor::from_floats(bias, &old.device()).set_require_grad(old.is_require_grad())
                })
            });
        }
        self
    }

    /// Where its weights are.
    pub fn device(&self) -> Device {
        match self.layers.first() {
            Some(layer) => layer.weight.val().device(),
            None => Device::flex(),
        }
    }
}
