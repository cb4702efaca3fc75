//! An optimizer over a whole network, with its state in the open.
//!
//! burn's `ModuleOptimizer` reads its state synchronously when it is saved, which a browser's GPU
//! cannot do; here the moments are tensors by name, read like any weights.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Tensor},
};

use super::{
    adam::{self, Moments},
    groups::{Parameter, ParameterGroup, Rule, as_matrix},
    muon,
};
use crate::{
    error::{Error, Result},
    kernels::reduce,
    nn::weights::{self, Shapes, Weights},
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
    /// The gradient of each parameter for the next step, flat.
    pending: Gradients,
    /// Whether they have been shortened.
    shortened: bool,
    /// Directions of the next step by Muon, by the names of the matrices.
    directions: BTreeMap<String, Tensor<1>>,
}

/// A matrix whose step Muon makes orthogonal.
#[derive(Clone, Debug)]
pub struct Matrix {
    /// The parameter's name.
    pub name: String,
    /// Rows and columns.
    pub dims: [usize; 2],
    /// What is to be made orthogonal, flat, row by row.
    pub ahead: Tensor<1>,
}

/// The gradient by each parameter of a module, flat, by name.
pub type Gradients = BTreeMap<String, Tensor<1>>;

/// Adds gradients to others, parameter by parameter.
pub fn add_gradients(sum: &mut Gradients, more: Gradients) {
    for (name, gradient) in more {
        let all = match sum.remove(&name) {
            Some(before) => before + gradient,
            None => gradient,
        };
        sum.insert(name, all);
    }
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

    /// The gradients of `loss` (a scalar, `[1]`) by the parameters of a module.
    pub fn gradients<M: Module>(module: &M, loss: &Tensor<1>) -> Gradients {
        let mut collect = Collect {
            gradients: loss.backward(),
            found: Gradients::new(),
            path: Vec::new(),
        };
        module.visit(&mut collect);
        collect.found
    }

    /// Adds gradients to those of the next step.
    pub fn take(&mut self, gradients: Gradients) {
        add_gradients(&mut self.pending, gradients);
    }

    /// Adds the gradients of `loss` (a scalar, `[1]`) to those of the next step.
    pub fn accumulate<M: Module>(&mut self, module: &M, loss: &Tensor<1>) {
        self.take(Self::gradients(module, loss));
    }

    /// One step down the gradients of `loss` and those that were accumulated before it.
    pub fn step<M: Module>(&mut self, module: M, loss: &Tensor<1>, hyper: Hyper) -> M {
        self.accumulate(&module, loss);
        self.apply(module, hyper)
    }

    /// One step down the gradients that were accumulated. What has none stays.
    pub fn apply<M: Module>(&mut self, module: M, hyper: Hyper) -> M {
        self.time += 1;
        self.shorten(hyper);
        self.look(&module, hyper);
        let module = module.map(&mut Step {
            optimizer: self,
            hyper,
            path: Vec::new(),
        });
        self.pending.clear();
        self.directions.clear();
        self.shortened = false;
        module
    }

    /// Finds the directions of the matrices that Muon moves, unless they are known.
    fn look<M: Module>(&mut self, module: &M, hyper: Hyper) {
        if !hyper.muon || !self.directions.is_empty() {
            return;
        }
        let matrices = self.matrices(&weights::shapes(module), hyper);
        let directions = muon::directions(&matrices);
        for (matrix, direction) in matrices.into_iter().zip(directions) {
            self.know(matrix.name, direction);
        }
    }

    fn shorten(&mut self, hyper: Hyper) {
        if hyper.clip > 0.0 && !self.shortened {
            shorten(&mut self.pending, hyper.clip);
        }
        self.shortened = true;
    }

    /// The matrices that Muon moves by what was accumulated, where most of the time of a step goes: their directions
    /// may be found elsewhere ([`Optimizer::know`]). Nothing may be accumulated after that.
    pub fn matrices(&mut self, shapes: &Shapes, hyper: Hyper) -> Vec<Matrix> {
        if !hyper.muon {
            return Vec::new();
        }
        self.shorten(hyper);
        let found = shapes.iter().filter_map(|(name, dims)| {
            self.rules.get(name).filter(|rule| rule.muon)?;
            let dims = as_matrix(dims)?;
            let grad = self.pending.get(name)?.clone();
            let before = self.moments.get(name).map(|moments| moments.0.clone());
            let before = before.unwrap_or_else(|| grad.zeros_like());
            let momentum = muon::remembered(grad.clone(), before);
            Some(Matrix {
                name: name.clone(),
                dims,
                ahead: muon::ahead(grad, momentum),
            })
        });
        found.collect()
    }

    /// The direction in which a matrix of [`Optimizer::matrices`] moves in the next step, flat.
    pub fn know(&mut self, name: String, direction: Tensor<1>) {
        self.directions.insert(name, direction);
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

/// Multiplies all gradients by min(1, clip / ‖gradients‖) (Pascanu et al. 2013, arXiv:1211.5063).
fn shorten(gradients: &mut Gradients, clip: f32) {
    let mut squares: Option<Tensor<1>> = None;
    for grad in gradients.values() {
        let square = reduce::sum(grad.clone().square());
        squares = Some(match squares.take() {
            Some(sum) => sum + square,
            None => square,
        });
    }
    let Some(squares) = squares else {
        return;
    };
    let by = (squares.sqrt() + 1e-6)
        .recip()
        .mul_scalar(clip)
        .clamp_max(1.0);
    for grad in gradients.values_mut() {
        *grad = std::mem::replace(grad, by.clone()) * by.clone();
    }
}

/// Takes the gradients of a module's parameters, flat, by name.
struct Collect {
    gradients: burn::tensor::Gradients,
    found: Gradients,
    path: Vec<String>,
}

impl ModuleVisitor for Collect {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(grad) = param.val().grad_remove(&mut self.gradients) else {
            return;
        };
        let n = grad.dims().iter().product::<usize>();
        self.found.insert(self.path.join("."), grad.reshape([n]));
    }
}

struct Step<'a> {
    optimizer: &'a mut Optimizer,
    hyper: Hyper,
    path: Vec<String>,
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
        let Some(grad) = self.optimizer.pending.remove(&name) else {
            return param;
        };
        let moments = self.optimizer.moments.remove(&name);
        let direction = self.optimizer.directions.remove(&name);
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
            let (value, moments) = match (direction, as_matrix(&dims)) {
                (Some(direction), Some(matrix)) => {
                    let momentum = muon::remembered(grad, moments.0);
                    let value = muon::step(value, direction, matrix, hyper.lr);
                    (value, (momentum, moments.1))
                }
                _ => adam::step(value, grad, moments, time, hyper),
            };
            moments_out.insert(name, moments);
            value.reshape(dims).autodiff().require_grad()
        })
    }
}
