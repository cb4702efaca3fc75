//! Reading and writing the weights of any burn module by name.
//!
//! A weight's name is its path in the module tree, `encoder.hidden.0.weight`. Reads are
//! asynchronous, because a browser's GPU cannot be waited for.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Tensor, TensorData},
};

use crate::error::{Error, Result};

/// Weights by name, on the host.
pub type Weights = BTreeMap<String, TensorData>;

/// Names and shapes of weights, in the order of the module tree.
pub type Shapes = Vec<(String, Vec<usize>)>;

/// The weights of a module, still on its device: names, shapes and flat values.
pub fn list<M: Module>(module: &M) -> Vec<(String, Vec<usize>, Tensor<1>)> {
    struct List {
        path: Vec<String>,
        found: Vec<(String, Vec<usize>, Tensor<1>)>,
    }
    impl ModuleVisitor for List {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let value = param.val().without_autodiff();
            let n = value.dims().iter().product::<usize>();
            let dims = value.dims().to_vec();
            self.found
                .push((self.path.join("."), dims, value.reshape([n])));
        }
    }
    let mut list = List {
        path: Vec::new(),
        found: Vec::new(),
    };
    module.visit(&mut list);
    list.found
}

/// Names and shapes of a module's weights; nothing is allocated for an outline.
pub fn shapes<M: Module>(module: &M) -> Shapes {
    struct List {
        path: Vec<String>,
        found: Shapes,
    }
    impl ModuleVisitor for List {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let dims = param.lazy_shape().as_slice().to_vec();
            self.found.push((self.path.join("."), dims));
        }
    }
    let mut list = List {
        path: Vec::new(),
        found: Vec::new(),
    };
    module.visit(&mut list);
    list.found
}

/// Read all weights of a module.
///
/// # Errors
/// What the device reports: [`Error::DeviceLost`], [`Error::OutOfMemory`], [`Error::Internal`].
pub async fn read<M: Module>(module: &M) -> Result<Weights> {
    let mut weights = Weights::new();
    for (name, dims, value) in list(module) {
        let (bytes, _, dtype) = value.into_data_async().await?.into_parts();
        weights.insert(name, TensorData::from_bytes(bytes, dims, dtype));
    }
    Ok(weights)
}

/// Put `weights` into `module`. Every weight of the module must be there, with its shape, and no
/// other.
///
/// # Errors
/// [`Error::CheckpointShape`] says which name or shape does not fit; the module is then dropped,
/// so callers build a fresh one and keep the old.
pub fn load<M: Module>(module: M, weights: Weights) -> Result<M> {
    struct Load {
        path: Vec<String>,
        weights: Weights,
        failure: Option<String>,
    }
    impl ModuleMapper for Load {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_string());
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let name = self.path.join(".");
            let shape = param.lazy_shape();
            let failure = match self.weights.remove(&name) {
                None => format!("{name} is missing"),
                Some(data) if data.shape().as_slice() != shape.as_slice() => format!(
                    "{name} is {:?} where {:?} is needed",
                    data.shape().as_slice(),
                    shape.as_slice()
                ),
                Some(data) => {
                    let device = param.lazy_device();
                    // To ask an outline's parameter would make its zeros.
                    let trained = match param.is_initialized() {
                        true => param.is_require_grad(),
                        false => device.is_autodiff(),
                    };
                    let value = Tensor::from_data(data, &device).set_require_grad(trained);
                    return Param::initialized(param.id, value);
                }
            };
            self.failure.get_or_insert(failure);
            param
        }
    }
    let mut load = Load {
        path: Vec::new(),
        weights,
        failure: None,
    };
    let module = module.map(&mut load);
    if let Some(name) = load.weights.keys().next() {
        load.failure
            .get_or_insert(format!("{name} has no place in this model"));
    }
    match load.failure {
        None => Ok(module),
        Some(reason) => Err(Error::CheckpointShape { reason }),
    }
}

/// `average`, outside autodiff, moved towards `module`: w ← decay · w + (1 − decay) · v.
pub fn blend<M: Module>(average: M, module: &M, decay: f32) -> M {
    struct Blend {
        values: std::vec::IntoIter<(String, Vec<usize>, Tensor<1>)>,
        decay: f32,
    }
    impl ModuleMapper for Blend {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let Some((_, dims, value)) = self.values.next() else {
                return param;
            };
            debug_assert_eq!(dims, param.val().dims());
            let decay = self.decay;
            param.map(|old| {
                let dims = old.dims();
                old * decay + value.reshape(dims) * (1.0 - decay)
            })
        }
    }
    average.map(&mut Blend {
        values: list(module).into_iter(),
        decay,
    })
}

/// Put what `f` makes of `module` in its place.
///
/// It is moved through and not cloned, so that an optimizer can write in place what nobody else
/// holds. Should `f` panic, `module` is left with weights of zero, and whoever catches the panic takes
/// up an earlier state.
pub fn replace<M: Module>(module: &mut M, f: impl FnOnce(M) -> M) {
    /// Zeros in the place of each weight, made only if somebody asks for them.
    struct Hollow;
    impl ModuleMapper for Hollow {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let (device, shape) = (param.lazy_device(), param.lazy_shape());
            let (trained, dims) = (param.is_require_grad(), shape.clone());
            let zeros = move |device: &Device, trained: bool| {
                Tensor::zeros(dims, device).set_require_grad(trained)
            };
            Param::uninitialized(param.id, zeros, device, trained, shape)
        }
    }
    let hollow = module.clone().map(&mut Hollow);
    *module = f(std::mem::replace(module, hollow));
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::{
        device,
        nn::init,
        rng::{Purpose, Rng},
    };

    #[test]
    fn a_panic_while_weights_move_can_be_caught() {
        let device = device::cpu().autodiff();
        let mut rng = Rng::new(1, Purpose::Init, 0);
        let mut layer = init::linear(3, 2, 1.0, &mut rng, &device);
        let before = pollster::block_on(read(&layer)).expect("weights");
        replace(&mut layer, |layer| layer);
        assert_eq!(pollster::block_on(read(&layer)).expect("weights"), before);
        let moved = AssertUnwindSafe(|| replace(&mut layer, |_| panic!("on purpose")));
        assert!(catch_unwind(moved).is_err());
        // What is left can be dropped, read and given other weights.
        let zeros = pollster::block_on(read(&layer)).expect("weights");
        assert!(zeros.values().all(|w| w.iter::<f32>().all(|v| v == 0.0)));
        let layer = load(layer, before.clone()).expect("they fit");
        assert!(layer.weight.val().is_require_grad());
        assert_eq!(pollster::block_on(read(&layer)).expect("weights"), before);
    }
}
