//! Adam (Kingma & Ba 2014, arXiv:1412.6980) over a whole module, with its state in the open.
//!
//! The arithmetic is burn's [`burn::optim::Adam`]. What is ours is the book-keeping: burn's
//! `ModuleOptimizer` reads its state synchronously when it is saved, which a browser's GPU cannot
//! do; here the moments are tensors by name, read like any weights. On the CPU the update runs in
//! one pass over memory instead of burn's twelve; a test holds the two equal.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    optim::{AdamConfig, AdamState, AdaptiveMomentumState, Optimizer},
    tensor::{Device, Gradients, Tensor, TensorData},
};

use super::muon;
use crate::{
    device,
    error::{Error, Result},
    nn::weights::Weights,
};

const EPSILON: f32 = 1e-8;

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
    /// Share of each matrix that a step at learning rate 1 takes off, beside Adam's own (AdamW,
    /// Loshchilov & Hutter 2017, arXiv:1711.05101); gains and biases keep theirs.
    pub weight_decay: f32,
    /// Matrices of a list called `layers` move by Muon ([`muon`](super::muon)).
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

/// The state of one optimizer.
#[derive(Clone, Debug, Default)]
pub struct Adam {
    /// Steps taken.
    time: usize,
    /// First and second moment of each parameter, flat.
    moments: BTreeMap<String, (Tensor<1>, Tensor<1>)>,
}

impl Adam {
    /// One step down the gradients of `loss` (a scalar, `[1]`).
    pub fn step<M: Module>(&mut self, module: M, loss: &Tensor<1>, hyper: Hyper) -> M {
        self.step_with(module, loss.backward(), hyper)
    }

    /// One step down gradients at hand.
    pub fn step_with<M: Module>(&mut self, module: M, mut gradients: Gradients, hyper: Hyper) -> M {
        self.time += 1;
        let shorten = (hyper.clip > 0.0).then(|| shortening(&module, &gradients, hyper.clip));
        module.map(&mut Step {
            adam: self,
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
            adam: self,
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

    /// What [`Adam::read`] gave, for a module whose parameters are `sizes` (name, length).
    ///
    /// # Errors
    /// [`Error::CheckpointShape`] if a moment is missing, left over or has another length.
    pub fn restore(
        time: usize,
        mut weights: Weights,
        sizes: &[(String, usize)],
        device: &Device,
    ) -> Result<Self> {
        let mut moments = BTreeMap::new();
        let wrong = |name: &str, what: &str| Error::CheckpointShape {
            reason: format!("the optimizer's state of {name} {what}"),
        };
        // Before the first step there is nothing to keep.
        if time > 0 {
            for (name, n) in sizes {
                let mut take = |suffix: &str| {
                    let data = weights
                        .remove(&format!("{name}.{suffix}"))
                        .ok_or_else(|| wrong(name, "is missing"))?;
                    if data.shape().as_slice() != [*n] {
                        return Err(wrong(name, "has another length"));
                    }
                    Ok(Tensor::from_data(data, device))
                };
                moments.insert(name.clone(), (take("m")?, take("v")?));
            }
        }
        match weights.keys().next() {
            Some(name) => Err(wrong(name, "belongs to no parameter")),
            None => Ok(Self { time, moments }),
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
    adam: &'a mut Adam,
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
        let moments = self.adam.moments.remove(&name);
        let (time, hyper) = (self.adam.time, self.hyper);
        let moments_out = &mut self.adam.moments;
        param.map(|value| {
            let dims = value.dims();
            let n = dims.iter().product::<usize>();
            let value = value.without_autodiff().reshape([n]);
            let moments = moments.unwrap_or_else(|| (grad.zeros_like(), grad.zeros_like()));
            let matrix = (dims.len() == 2).then(|| [dims[0], dims[1]]);
            let value = match matrix {
                Some(_) if hyper.weight_decay > 0.0 => {
                    value * (1.0 - hyper.lr * f64::from(hyper.weight_decay))
                }
                _ => value,
            };
            let inside = name.starts_with("layers.");
            let (value, moments) = if let (true, true, Some(dims)) = (hyper.muon, inside, matrix) {
                let (m, v) = moments;
                let (value, m) = muon::step(value, grad, m, dims, hyper.lr);
                (value, (m, v))
            } else if device::is_cpu(&value.device()) {
                fused(value, grad, moments, time, hyper)
            } else {
                by_burn(value, grad, moments, time, hyper)
            };
            moments_out.insert(name, moments);
            value.reshape(dims).autodiff().require_grad()
        })
    }
}

type Moments = (Tensor<1>, Tensor<1>);

/// burn's own Adam on one flat parameter.
fn by_burn(
    value: Tensor<1>,
    grad: Tensor<1>,
    (m, v): Moments,
    time: usize,
    hyper: Hyper,
) -> (Tensor<1>, Moments) {
    let adam = AdamConfig::new()
        .with_beta_1(hyper.beta_1)
        .with_beta_2(hyper.beta_2)
        .with_epsilon(EPSILON)
        .build();
    // burn counts the step itself.
    let state = AdamState::new(AdaptiveMomentumState::new(time - 1, m, v));
    let (value, state) = adam.step(hyper.lr, value, grad.clone(), Some(state));
    let moments = match state {
        Some(state) => (state.momentum.moment_1, state.momentum.moment_2),
        // `Optimizer::step` may return no state; burn's Adam always does.
        None => (grad.zeros_like(), grad.zeros_like()),
    };
    (value, moments)
}

/// The same in one pass over host memory.
fn fused(
    value: Tensor<1>,
    grad: Tensor<1>,
    (m, v): Moments,
    time: usize,
    hyper: Hyper,
) -> (Tensor<1>, Moments) {
    let device = value.device();
    let mut value = host(value);
    let (mut m, mut v, grad) = (host(m), host(v), host(grad));
    let time = time as i32;
    let Hyper { beta_1, beta_2, .. } = hyper;
    let sqrt_correction_2 = (1.0 - beta_2.powi(time)).sqrt();
    let rate = hyper.lr as f32 * sqrt_correction_2 / (1.0 - beta_1.powi(time));
    let epsilon = EPSILON * sqrt_correction_2;
    if let (Ok(x), Ok(m), Ok(v), Ok(g)) = (
        value.as_mut_slice::<f32>(),
        m.as_mut_slice::<f32>(),
        v.as_mut_slice::<f32>(),
        grad.as_slice::<f32>(),
    ) {
        for (((x, m), v), &g) in x.iter_mut().zip(m).zip(v).zip(g) {
            *m = beta_1 * *m + (1.0 - beta_1) * g;
            *v = beta_2 * *v + (1.0 - beta_2) * g * g;
            *x -= rate * *m / (v.sqrt() + epsilon);
        }
    }
    let put = |data| Tensor::from_data(data, &device);
    (put(value), (put(m), put(v)))
}

/// The tensor's own memory where nobody else holds it, else a copy.
#[allow(clippy::disallowed_methods)] // Only called for CPU tensors, which never wait.
fn host(tensor: Tensor<1>) -> TensorData {
    tensor.into_data()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn one_pass_equals_burn() {
        let device = device::cpu();
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let start = rng.normal_tensor([257], &device);
        let start_zeros = start.zeros_like();
        let (mut a, mut b) = (start.clone(), start);
        let zeros = || (start_zeros.clone(), start_zeros.clone());
        let (mut ma, mut mb) = (zeros(), zeros());
        for t in 1..=20 {
            let grad = rng.normal_tensor([257], &device);
            let (next, state) = fused(a, grad.clone(), ma, t, Hyper::new(1e-2));
            (a, ma) = (next, state);
            let (next, state) = by_burn(b, grad, mb, t, Hyper::new(1e-2));
            (b, mb) = (next, state);
        }
        let difference: f32 = (a - b).abs().max().into_scalar();
        assert!(difference < 1e-6, "{difference}");
    }
}
