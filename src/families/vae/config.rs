//! Options of a VAE.

use burn::tensor::Tensor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Error, Result},
    kernels,
    options::Options,
};

/// Options of a [`Vae`](super::Vae).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VaeConfig {
    /// Fully connected layers, or convolutions.
    #[schemars(title = "Architecture")]
    pub architecture: Architecture,
    /// Units in each hidden layer.
    #[schemars(title = "Hidden units", range(min = 16, max = 512))]
    pub hidden: usize,
    /// Hidden layers in the encoder, and as many in the decoder (fully connected only).
    #[schemars(title = "Layers", range(min = 1, max = 3))]
    pub layers: usize,
    /// Numbers in the code z.
    #[schemars(title = "Latent size", range(min = 2, max = 64))]
    pub latent_dim: usize,
    /// Nonlinearity of the hidden layers.
    #[schemars(title = "Activation")]
    pub activation: Activation,
    /// Weight of the KL term; 1 is the evidence lower bound.
    #[schemars(title = "β", range(min = 0.0, max = 20.0))]
    pub beta: f64,
    /// Nats of KL that each latent dimension has for free.
    #[schemars(title = "Free bits", range(min = 0.0, max = 5.0))]
    pub free_bits: f64,
    /// Draws of z for each image; more than one trains the importance-weighted bound.
    #[schemars(title = "Importance samples", range(min = 1, max = 50))]
    pub importance_samples: usize,
}

impl Default for VaeConfig {
    fn default() -> Self {
        Self {
            architecture: Architecture::Mlp,
            hidden: 400,
            layers: 1,
            latent_dim: 20,
            activation: Activation::Relu,
            beta: 1.0,
            free_bits: 0.0,
            importance_samples: 1,
        }
    }
}

impl Options for VaeConfig {
    fn check(&self) -> Result<()> {
        if self.importance_samples > 1 && (self.beta != 1.0 || self.free_bits != 0.0) {
            return Err(Error::bad_option(
                "importance_samples",
                self.importance_samples,
                "the importance-weighted bound has no separate KL term; set beta to 1 and \
                 free_bits to 0",
            ));
        }
        Ok(())
    }
}

/// The shape of the networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    /// Fully connected.
    Mlp,
    /// Two convolutions down, two up, one hidden layer at the bottom.
    Conv,
}

/// Nonlinearity of the hidden layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// max(0, x).
    Relu,
    /// tanh x, as in Burda et al.
    Tanh,
}

impl Activation {
    pub(super) fn kernel(self) -> kernels::activation::Activation {
        match self {
            Activation::Relu => kernels::activation::Activation::Relu,
            Activation::Tanh => kernels::activation::Activation::Tanh,
        }
    }

    pub(super) fn apply<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        self.kernel().tensors(x)
    }

    pub(super) fn gain(self) -> f32 {
        match self {
            Activation::Relu => std::f32::consts::SQRT_2,
            Activation::Tanh => 1.0,
        }
    }
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VaeSampleOptions {
    /// Standard deviation of z: 1 samples the model, less stays closer to its mean.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for VaeSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for VaeSampleOptions {}
