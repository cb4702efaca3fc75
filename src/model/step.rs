//! One training step.

use burn::{module::Module, tensor::Tensor};

use super::Sum;
use crate::{
    nn::weights,
    optim::{Hyper, Optimizer},
    rng::Rng,
};

/// Named losses of one step, scalars `[1]` left on the device.
pub type Losses = Vec<(&'static str, Tensor<1>)>;

/// What a training step gets besides its data.
pub struct StepContext<'a> {
    /// Learning rate and the optimizers' other numbers.
    pub hyper: Hyper,
    /// Steps before this one.
    pub step: u64,
    /// Noise of this step.
    pub rng: &'a mut Rng,
    /// One optimizer for each of [`Family::NETWORKS`](super::Family::NETWORKS).
    pub optimizers: &'a mut [Optimizer],
    /// The only network that moves, if not all do.
    pub only: Option<usize>,
}

impl StepContext<'_> {
    /// Whether this network moves in this step.
    pub fn moves(&self, network: usize) -> bool {
        self.only.is_none_or(|only| only == network)
    }

    /// One optimizer step of `network` down `loss` (a scalar, `[1]`).
    pub fn descend<M: Module>(&mut self, network: usize, net: &mut M, loss: &Tensor<1>) {
        let (optimizer, hyper) = (&mut self.optimizers[network], self.hyper);
        weights::replace(net, |net| optimizer.step(net, loss, hyper));
    }

    /// One optimizer step of `network` down the gradients of a sum. Its losses.
    pub fn end<M: Module>(&mut self, network: usize, net: &mut M, sum: Sum) -> Losses {
        let (optimizer, hyper) = (&mut self.optimizers[network], self.hyper);
        optimizer.take(sum.gradients);
        weights::replace(net, |net| optimizer.apply(net, hyper));
        sum.losses
    }
}

/// Losses to be reported: outside autodiff.
pub fn plain(losses: Losses) -> Losses {
    losses
        .into_iter()
        .map(|(name, value)| (name, value.without_autodiff()))
        .collect()
}
