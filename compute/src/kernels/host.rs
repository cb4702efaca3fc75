//! How an operation of our own joins burn's CPU back end and its automatic differentiation.
//!
//! A [`Kernel`] computes on plain slices: a forward pass, and beside it the backward pass. [`apply`]
//! runs it on tensors; inside autodiff it also puts one node on the graph that calls the backward
//! pass. So one fused loop over memory replaces a dozen operations and their book-keeping, and
//! models stay tensor code. [`is_host`] says whether a tensor can take part; elsewhere a kernel's
//! entry point uses the formula in tensors.

use std::{cell::Cell, fmt::Debug, sync::Arc};

use burn::{
    backend::{
        Autodiff, Backend, Dispatch, DispatchTensor, DispatchTensorKind, Flex,
        autodiff::{
            checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
            grads::Gradients,
            ops::{Backward, Ops, OpsKind},
        },
        backend_extension,
        tensor::FloatTensor,
    },
    tensor::{Tensor, TensorData},
};

use crate::device;

type Primitive = FloatTensor<Flex>;

/// A contiguous array of `f32` on the host. Clones share memory.
#[derive(Clone, Debug)]
pub struct Array(Primitive);

impl Array {
    /// An array of these extents, row by row.
    pub fn new(values: Vec<f32>, dims: &[usize]) -> Self {
        Self(Primitive::from_data(TensorData::new(values, dims.to_vec())))
    }

    /// Its extents.
    pub fn dims(&self) -> &[usize] {
        self.0.layout().shape()
    }

    /// Its values, row by row.
    pub fn values(&self) -> &[f32] {
        self.0.as_slice().unwrap_or_default()
    }

    /// Its values: the memory itself where nobody else holds it, else a copy.
    pub fn into_values(self) -> Vec<f32> {
        let data = self.0.into_data();
        data.try_into_vec().unwrap_or_default()
    }

    fn of(tensor: Primitive) -> Self {
        match tensor.as_slice::<f32>() {
            Some(_) => Self(tensor),
            None => Self(tensor.to_contiguous()),
        }
    }
}

/// An operation on host memory with its own backward pass.
pub trait Kernel: Debug + Send + Sync + 'static {
    /// Returns the output, and what the backward pass needs (only asked for while `training`).
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>);

    /// Returns the gradient by each input that is `wanted`, from what [`Kernel::forward`] kept and
    /// the gradient by its output.
    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>>;
}

thread_local! {
    static FORMULAS: Cell<bool> = const { Cell::new(false) };
}

/// What `f` gives when every kernel uses its formula in tensors, on the CPU too: what it is compared
/// with.
pub fn by_formulas<T>(f: impl FnOnce() -> T) -> T {
    let before = FORMULAS.replace(true);
    let result = f();
    FORMULAS.set(before);
    result
}

/// Whether a tensor lies on the host, inside autodiff or outside, so that kernels run there.
pub fn is_host<const D: usize>(tensor: &Tensor<D>) -> bool {
    let device = tensor.device();
    (device::is_cpu(&device) || device::is_cpu_autodiff(&device)) && !FORMULAS.get()
}

/// A host tensor's values, row by row, outside autodiff: the memory itself where nobody else holds it.
#[allow(clippy::disallowed_methods)] // Only for tensors of the host, which never wait.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.without_autodiff().into_data();
    data.try_into_vec().unwrap_or_default()
}

/// A host tensor's values, outside autodiff, in memory that both share.
///
/// # Panics
/// If it lies elsewhere ([`is_host`]).
pub fn array<const D: usize>(tensor: Tensor<D>) -> Array {
    match tensor.without_autodiff().into_dispatch().kind {
        DispatchTensorKind::Flex(tensor) => Array::of(tensor.float()),
        _ => unreachable!("the tensor lies on the host"),
    }
}

/// Runs a kernel on one to four tensors of the host, differentiably.
///
/// # Panics
/// If a tensor lies elsewhere ([`is_host`]) or their number is another.
pub fn apply<const D: usize>(kernel: impl Kernel, inputs: Vec<DispatchTensor>) -> Tensor<D> {
    let kernel: Arc<dyn Kernel> = Arc::new(kernel);
    let mut inputs = inputs.into_iter();
    let out = match std::array::from_fn(|_| inputs.next()) {
        [Some(a), None, None, None] => Dispatch::host_1(kernel, a),
        [Some(a), Some(b), None, None] => Dispatch::host_2(kernel, a, b),
        [Some(a), Some(b), Some(c), None] => Dispatch::host_3(kernel, a, b, c),
        [Some(a), Some(b), Some(c), Some(d)] => Dispatch::host_4(kernel, a, b, c, d),
        _ => unreachable!("a kernel has one to four inputs"),
    };
    Tensor::from_dispatch(out)
}

/// The one operation that is registered with burn, for each number of inputs.
#[backend_extension(Flex, Autodiff)]
pub trait HostOps: Backend {
    /// A kernel of one input.
    fn host_1(kernel: Arc<dyn Kernel>, a: FloatTensor<Self>) -> FloatTensor<Self>;

    /// A kernel of two inputs.
    fn host_2(
        kernel: Arc<dyn Kernel>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// A kernel of three inputs.
    fn host_3(
        kernel: Arc<dyn Kernel>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// A kernel of four inputs.
    fn host_4(
        kernel: Arc<dyn Kernel>,
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        d: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

/// Implements [`HostOps`] by a function over an array of inputs.
macro_rules! by_array {
    ($run:expr) => {
        fn host_1(kernel: Arc<dyn Kernel>, a: FloatTensor<Self>) -> FloatTensor<Self> {
            $run(kernel, [a])
        }
        fn host_2(
            kernel: Arc<dyn Kernel>,
            a: FloatTensor<Self>,
            b: FloatTensor<Self>,
        ) -> FloatTensor<Self> {
            $run(kernel, [a, b])
        }
        fn host_3(
            kernel: Arc<dyn Kernel>,
            a: FloatTensor<Self>,
            b: FloatTensor<Self>,
            c: FloatTensor<Self>,
        ) -> FloatTensor<Self> {
            $run(kernel, [a, b, c])
        }
        fn host_4(
            kernel: Arc<dyn Kernel>,
            a: FloatTensor<Self>,
            b: FloatTensor<Self>,
            c: FloatTensor<Self>,
            d: FloatTensor<Self>,
        ) -> FloatTensor<Self> {
            $run(kernel, [a, b, c, d])
        }
    };
}

fn plain<const N: usize>(kernel: Arc<dyn Kernel>, inputs: [Primitive; N]) -> Primitive {
    let inputs = inputs.into_iter().map(Array::of).collect();
    kernel.forward(inputs, false).0.0
}

impl HostOps for Flex {
    by_array!(plain);
}

impl<C: CheckpointStrategy> HostOps for Autodiff<Flex, C> {
    by_array!(differentiable::<C, _>);
}

#[derive(Debug)]
struct HostBackward;

impl<const N: usize> Backward<Flex, N> for HostBackward {
    type State = (Arc<dyn Kernel>, Vec<Array>);

    fn backward(
        self,
        ops: Ops<Self::State, N>,
        grads: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let (kernel, kept) = ops.state;
        let grad = Array::of(grads.consume::<Flex>(&ops.node));
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let found = kernel.backward(kept, grad, &wanted);
        for (parent, gradient) in ops.parents.into_iter().zip(found) {
            if let (Some(parent), Some(gradient)) = (parent, gradient) {
                grads.register::<Flex>(parent.id, gradient.0);
            }
        }
    }
}

fn differentiable<C: CheckpointStrategy, const N: usize>(
    kernel: Arc<dyn Kernel>,
    inputs: [FloatTensor<Autodiff<Flex, C>>; N],
) -> FloatTensor<Autodiff<Flex, C>> {
    let nodes = inputs.each_ref().map(|input| input.node());
    let inputs: Vec<Array> = inputs
        .into_iter()
        .map(|input| Array::of(input.into_primitive()))
        .collect();
    match HostBackward.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prep) => {
            let (out, kept) = kernel.forward(inputs, true);
            prep.finish((kernel, kept), out.0)
        }
        OpsKind::UnTracked(prep) => prep.finish(kernel.forward(inputs, false).0.0),
    }
}
