//! An optimizer over a whole network, with its state in the open.
//!
//! burn's `ModuleOptimizer` reads its state synchronously when it is saved, which a browser's GPU
//! cannot do; here the moments are tensors by name, read like any weights.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Gradients, Tensor, TensorData},
};

use super::{
    adam::{self, Moments},
    groups::{Parameter, ParameterGroup, Rule},
    muon,
};
use crate::{
    device,
    error::{Error, Result},
    nn::weights::Weights,
};

/// How a step moves; ε is 1e-8.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hyper {
    /// Learning rate.
    pub lr: f64,
    /// Decay of the first moment.
    pub beta_1: f32,
    /// Decay of the second moment.
    pub beta_2: f32,
    /// Longest gradient of a whole module; 0 = any.
    pub clip: f32,
    /// Share that a step at learning rate 1 takes off the parameters that decay, beside Adam's own
    /// step (AdamW, Loshchilov & Hutter 2017, arXiv:1711.05101).
    pub weight_decay: f32,
    /// Groups that are meant for Muon ([`muon`](super::muon)) move by it, not by Adam.
    pub muon: bool,
}

impl Hyper {
    /// PyTorch's defaults with learning rate `lr`.
    pub fn new(lr: f64) -> Self {
        Self {
            lr,
            beta_1: 0.9,
            beta_2: 0.999,
            clip: 0.0,
            weight_decay: 0.0,
            muon: false,
        }
    }
}

/// Moves one network; its state is in the open. A parameter of no group moves by Adam and does not
/// decay.
#[derive(Clone, Debug, Default)]
pub struct Optimizer {
    /// Steps taken.
    time: usize,
    /// How the parameters of each group are treated, by name.
    rules: BTreeMap<String, Rule>,
    /// First and second moment of each parameter, flat.
    moments: BTreeMap<String, Moments>,
}

impl Optimizer {
    /// The optimizer of the network that these groups make up, before its first step.
    pub fn new<'a>(groups: impl IntoIterator<Item = &'a ParameterGroup>) -> Self {
        let rules = groups.into_iter().flat_map(|group| {
            let names = group.parameters.iter().map(|p| p.name.clone());
            names.map(|name| (name, group.rule))
        });
        Self {
            rules: rules.collect(),
            ..Self::default()
        }
    }

    /// One step down the gradients of `loss` (a scalar, `[1]`).
    pub fn step<M: Module>(&mut self, module: M, loss: &Tensor<1>, hyper: Hyper) -> M {
        self.step_with(module, loss.backward(), hyper)
    }

    /// One step down gradients at hand.
    pub fn step_with<M: Module>(&mut self, module: M, mut gradients: Gradients, hyper: Hyper) -> M {
        self.time += 1;
        let shorten = (hyper.clip > 0.0).then(|| shortening(&module, &gradients, hyper.clip));
        module.map(&mut Step {
            optimizer: self,
            gradients: Given::ByNode(&mut gradients, shorten.flatten()),
            hyper,
            path: Vec::new(),
        })
    }

    /// One step down gradients on the host (for the CPU): by name, flat. What has none stays.
    pub fn step_by<M: Module>(
        &mut self,
        module: M,
        gradients: BTreeMap<String, Vec<f32>>,
        hyper: Hyper,
    ) -> M {
        let squares = gradients.values().flatten().map(|&g| f64::from(g).powi(2));
        let norm = squares.sum::<f64>().sqrt() as f32;
        let shorten = if hyper.clip > 0.0 {
            (hyper.clip / (norm + 1e-6)).min(1.0)
        } else {
            1.0
        };
        self.time += 1;
        let module = module.map(&mut Step {
            optimizer: self,
            gradients: Given::ByName(gradients, shorten),
            hyper,
            path: Vec::new(),
        });
        // Automatic differentiation forgets weights that are gone when it goes back, and only then.
        let device = device::cpu().autodiff();
        Tensor::<1>::zeros([1], &device)
            .require_grad()
            .sum()
            .backward();
        module
    }

    /// Steps taken.
    pub fn time(&self) -> usize {
        self.time
    }

    /// The moments as weights called `{name}.m` and `{name}.v`.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn read(&self) -> Result<Weights> {
        let mut out = Weights::new();
        for (name, (m, v)) in &self.moments {
            out.insert(format!("{name}.m"), m.clone().into_data_async().await?);
            out.insert(format!("{name}.v"), v.clone().into_data_async().await?);
        }
        Ok(out)
    }

    /// What [`Optimizer::read`] gave, for the network that `groups` make up.
    ///
    /// # Errors
    /// [`Error::CheckpointShape`] if a moment is missing, left over or has another length.
    pub fn restore(
        time: usize,
        mut weights: Weights,
        groups: &[ParameterGroup],
        device: &Device,
    ) -> Result<Self> {
        let mut restored = Self::new(groups);
        restored.time = time;
        let wrong = |name: &str, what: &str| Error::CheckpointShape {
            reason: format!("the optimizer's state of {name} {what}"),
        };
        // Before the first step there is nothing to keep.
        if time > 0 {
            for Parameter { name, dims } in groups.iter().flat_map(|g| &g.parameters) {
                let mut take = |suffix: &str| {
                    let data = weights
                        .remove(&format!("{name}.{suffix}"))
                        .ok_or_else(|| wrong(name, "is missing"))?;
                    if data.shape().as_slice() != [dims.iter().product::<usize>()] {
                        return Err(wrong(name, "has another length"));
                    }
                    Ok(Tensor::from_data(data, device))
                };
                let both = (take("m")?, take("v")?);
                restored.moments.insert(name.clone(), both);
            }
        }
        match weights.keys().next() {
            Some(name) => Err(wrong(name, "belongs to no parameter")),
            None => Ok(restored),
        }
    }
}

/// min(1, clip / ‖gradients‖) over all parameters of `module`, `[1]` on the device (Pascanu et al.
/// 2013, arXiv:1211.5063).
fn shortening<M: Module>(module: &M, gradients: &Gradients, clip: f32) -> Option<Tensor<1>> {
    struct Squares<'a> {
        gradients: &'a Gradients,
        sum: Option<Tensor<1>>,
    }
    impl ModuleVisitor for Squares<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let Some(grad) = param.val().grad(self.gradients) {
                let square = grad.square().sum();
                self.sum = Some(match self.sum.take() {
                    Some(sum) => sum + square,
                    None => square,
                });
            }
        }
    }
    let mut squares = Squares {
        gradients,
        sum: None,
    };
    module.visit(&mut squares);
    let norm = squares.sum?.sqrt();
    Some((norm + 1e-6).recip().mul_scalar(clip).clamp_max(1.0))
}

struct Step<'a> {
    optimizer: &'a mut Optimizer,
    gradients: Given<'a>,
    hyper: Hyper,
    path: Vec<String>,
}

/// Gradients, and by what they are shortened.
#[allow(clippy::large_enum_variant)] // There is one at a time.
enum Given<'a> {
    /// From automatic differentiation.
    ByNode(&'a mut Gradients, Option<Tensor<1>>),
    /// Written out.
    ByName(BTreeMap<String, Vec<f32>>, f32),
}

impl Given<'_> {
    /// The gradient of one parameter, flat.
    fn take<const D: usize>(&mut self, name: &str, value: &Tensor<D>) -> Option<Tensor<1>> {
        match self {
            Given::ByNode(gradients, shorten) => {
                let grad = value.grad_remove(gradients)?;
                let n = grad.dims().iter().product::<usize>();
                let grad = grad.reshape([n]);
                Some(match shorten {
                    Some(shorten) => grad * shorten.clone(),
                    None => grad,
                })
            }
            Given::ByName(gradients, shorten) => {
                let mut grad = gradients.remove(name)?;
                if *shorten < 1.0 {
                    grad.iter_mut().for_each(|g| *g *= *shorten);
                }
                let n = grad.len();
                let device = value.device().inner();
                Some(Tensor::from_data(TensorData::new(grad, [n]), &device))
            }
        }
    }
}

impl ModuleMapper for Step<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.join(".");
        let Some(grad) = self.gradients.take(&name, &param.val()) else {
            return param;
        };
        let moments = self.optimizer.moments.remove(&name);
        let rule = self.optimizer.rules.get(&name).copied().unwrap_or_default();
        let (time, hyper) = (self.optimizer.time, self.hyper);
        let moments_out = &mut self.optimizer.moments;
        param.map(|value| {
            let dims = value.dims();
            let n = dims.iter().product::<usize>();
            let value = value.without_autodiff().reshape([n]);
            let moments = moments.unwrap_or_else(|| (grad.zeros_like(), grad.zeros_like()));
            let value = if rule.decay && hyper.weight_decay > 0.0 {
                value * (1.0 - hyper.lr * f64::from(hyper.weight_decay))
            } else {
                value
            };
            let (value, moments) = match dims.as_slice() {
                &[rows, columns] if rule.muon && hyper.muon => {
                    let (m, v) = moments;
                    let (value, m) = muon::step(value, grad, m, [rows, columns], hyper.lr);
                    (value, (m, v))
                }
                _ => adam::step(value, grad, moments, time, hyper),
            };
            moments_out.insert(name, moments);
            value.reshape(dims).autodiff().require_grad()
        })
    }
}
