//! Matrix multiplication for WebGPU devices.
//!
//! Without autotune burn multiplies with `SimpleUnit`, whose kernels keep their accumulators in
//! private arrays that are indexed in loops: on WebGPU those arrays live in memory instead of
//! registers. The kernel below is the plain alternative. One invocation computes a small
//! rectangle of the output in registers, reads both operands straight from storage buffers, and
//! unrolls everything but the walk along `k`. It needs no subgroups, no workgroup memory and no
//! barrier, takes transposed operands as they lie (so the backward pass copies nothing), and
//! compiles to one short shader per combination of layout, width and tile.
//!
//! [`matmul`] is the entry point. Whatever the kernel does not take (other element types, other
//! backends, broadcast batches) goes to burn's own `matmul`, so it may be called everywhere.

use burn::backend::autodiff::{
    checkpoint::{base::Checkpointer, strategy::CheckpointStrategy},
    grads::Gradients,
    ops::{Backward, Ops, OpsKind},
};
use burn::backend::ops::FloatTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Cube, Dispatch, Flex, backend_extension};
use burn::tensor::{DType, Shape, Tensor};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::ir::{ElemType, FloatKind};
use cubecl::prelude::*;

/// Multiplies two tensors of the same rank over their last two dimensions, differentiably.
///
/// `[.., m, k] × [.., k, n]` gives `[.., m, n]`. Leading dimensions must be equal or broadcast as
/// in [`Tensor::matmul`]. On a WebGPU device `f32` operands take this module's kernel, on any
/// other device this *is* [`Tensor::matmul`].
pub fn matmul<const D: usize>(lhs: Tensor<D>, rhs: Tensor<D>) -> Tensor<D> {
    let (a, b) = (lhs.dims(), rhs.dims());
    if D < 2 || a[..D - 2] != b[..D - 2] {
        // A shared right operand (a linear layer over `[batch, time, features]`) is one wide
        // product, not a batch of narrow ones.
        if D > 2 && b[..D - 2].iter().all(|&extent| extent == 1) {
            let rows = a[..D - 1].iter().product::<usize>();
            let flat = matmul(
                lhs.reshape([rows, a[D - 1]]),
                rhs.reshape([b[D - 2], b[D - 1]]),
            );
            let mut shape = a;
            shape[D - 1] = b[D - 1];
            return flat.reshape(shape);
        }
        return lhs.matmul(rhs);
    }
    Tensor::from_dispatch(<Dispatch as TiledMatmul>::tiled_matmul(
        lhs.into_dispatch(),
        rhs.into_dispatch(),
    ))
}

/// The operation behind [`matmul`]: equal leading dimensions, any backend this crate builds in.
#[backend_extension(Cube, Flex, Autodiff)]
pub trait TiledMatmul: Backend {
    /// `lhs × rhs` over the last two dimensions; the leading ones are equal.
    fn tiled_matmul(lhs: FloatTensor<Self>, rhs: FloatTensor<Self>) -> FloatTensor<Self>;
}

impl TiledMatmul for Flex {
    fn tiled_matmul(lhs: FloatTensor<Self>, rhs: FloatTensor<Self>) -> FloatTensor<Self> {
        Self::float_matmul(lhs, rhs)
    }
}

impl TiledMatmul for Cube {
    fn tiled_matmul(lhs: FloatTensor<Self>, rhs: FloatTensor<Self>) -> FloatTensor<Self> {
        match Plan::new(&lhs, &rhs) {
            Some(plan) => plan.launch(lhs, rhs),
            None => Self::float_matmul(lhs, rhs),
        }
    }
}

impl<B: TiledMatmul, C: CheckpointStrategy> TiledMatmul for Autodiff<B, C> {
    fn tiled_matmul(lhs: FloatTensor<Self>, rhs: FloatTensor<Self>) -> FloatTensor<Self> {
        /// dA = dC · Bᵀ and dB = Aᵀ · dC, each only where it is asked for.
        #[derive(Debug)]
        struct TiledMatmulBackward;

        impl<B: TiledMatmul> Backward<B, 2> for TiledMatmulBackward {
            // The operands, each kept only if the *other* one is tracked.
            type State = (Option<FloatTensor<B>>, Option<FloatTensor<B>>);

            fn backward(
                self,
                ops: Ops<Self::State, 2>,
                grads: &mut Gradients,
                _checkpointer: &mut Checkpointer,
            ) {
                let [lhs_node, rhs_node] = ops.parents;
                let (lhs, rhs) = ops.state;
                let grad = grads.consume::<B>(&ops.node);
                if let (Some(node), Some(rhs)) = (lhs_node, rhs) {
                    let rhs = B::float_transpose(rhs);
                    grads.register::<B>(node.id, B::tiled_matmul(grad.clone(), rhs));
                }
                if let (Some(node), Some(lhs)) = (rhs_node, lhs) {
                    let lhs = B::float_transpose(lhs);
                    grads.register::<B>(node.id, B::tiled_matmul(lhs, grad));
                }
            }
        }

        let (lhs_tracked, rhs_tracked) = (lhs.is_tracked(), rhs.is_tracked());
        match TiledMatmulBackward
            .prepare::<C>([lhs.node(), rhs.node()])
            .compute_bound()
            .stateful()
        {
            OpsKind::Tracked(prep) => {
                let (lhs, rhs) = (lhs.into_primitive(), rhs.into_primitive());
                let state = (
                    rhs_tracked.then(|| lhs.clone()),
                    lhs_tracked.then(|| rhs.clone()),
                );
                prep.finish(state, B::tiled_matmul(lhs, rhs))
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::tiled_matmul(lhs.into_primitive(), rhs.into_primitive()))
            }
        }
    }
}

/// How one operand lies in its buffer, in elements.
#[derive(Clone, Copy, Debug)]
struct Matrices {
    /// The last dimension but one is the contiguous one.
    transposed: bool,
    /// Distance between two lines of the contiguous dimension.
    lead: usize,
    /// Distance between two matrices of the batch.
    batch: usize,
}

impl Matrices {
    /// Reads the layout off shape and strides; `None` if no matrix dimension is contiguous or the
    /// batch is not evenly spaced.
    fn new(shape: &[usize], strides: &[usize]) -> Option<Self> {
        let d = shape.len();
        let (rows, cols) = (shape[d - 2], shape[d - 1]);
        let (row_stride, col_stride) = (strides[d - 2], strides[d - 1]);
        // The stride of an extent of one says nothing, and an extent of one is contiguous along
        // the other dimension in lines of one element.
        let (transposed, lead) = if col_stride == 1 || (cols == 1 && row_stride != 1) {
            (false, if rows == 1 { cols } else { row_stride })
        } else if row_stride == 1 || rows == 1 {
            (true, if cols == 1 { rows } else { col_stride })
        } else {
            return None;
        };
        let mut batch = None;
        for i in (0..d - 2).rev().filter(|&i| shape[i] != 1) {
            let stride = strides[i];
            batch = match batch {
                None => Some((stride, stride * shape[i])),
                Some((inner, next)) if stride == next => Some((inner, next * shape[i])),
                Some(_) => return None,
            };
        }
        let batch = batch.map_or(0, |(stride, _)| stride);
        Some(Self {
            transposed,
            lead,
            batch,
        })
    }

    /// The layout of a freshly written tensor.
    fn contiguous(shape: &[usize]) -> Self {
        let d = shape.len();
        Self {
            transposed: false,
            lead: shape[d - 1],
            batch: shape[d - 2] * shape[d - 1],
        }
    }

    /// The widest vector (one or four elements) that every aligned read along the contiguous
    /// dimension of `extent` elements allows.
    fn width(&self, extent: usize) -> usize {
        if [extent, self.lead, self.batch]
            .iter()
            .all(|x| x.is_multiple_of(4))
        {
            4
        } else {
            1
        }
    }
}

/// What is fixed when the shader is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Blueprint {
    /// Rows of the output per invocation.
    rows: usize,
    /// Columns of the output per invocation.
    cols: usize,
    lhs_transposed: bool,
    rhs_transposed: bool,
    /// `k` is no multiple of four.
    tail: bool,
}

/// The launch of one product.
#[derive(Clone, Copy, Debug)]
struct Plan {
    blueprint: Blueprint,
    lhs: Matrices,
    rhs: Matrices,
    lhs_width: usize,
    rhs_width: usize,
    out_width: usize,
    m: usize,
    n: usize,
    k: usize,
    batches: usize,
    /// Invocations of a workgroup along n and m; 64 in all.
    dim: (u32, u32),
}

/// WebGPU's guaranteed number of workgroups per dimension.
const MAX_WORKGROUPS: usize = 65_535;

/// Outputs from which eight by eight tiles still give a GPU enough invocations to keep busy.
const LARGE_OUTPUT: usize = 1 << 17;

impl Plan {
    /// Plans the product, or `None` if the kernel does not take it.
    fn new(lhs: &CubeTensor, rhs: &CubeTensor) -> Option<Self> {
        if lhs.dtype != DType::F32 || rhs.dtype != DType::F32 || lhs.qparams.is_some() {
            return None;
        }
        let (a, b): (&[usize], &[usize]) = (lhs.meta.shape(), rhs.meta.shape());
        let d = a.len();
        if d < 2 || b.len() != d || a[..d - 2] != b[..d - 2] || a[d - 1] != b[d - 2] {
            return None;
        }
        let (m, n, k) = (a[d - 2], b[d - 1], a[d - 1]);
        let batches = a[..d - 2].iter().product::<usize>();
        // The kernel counts elements in 32 bits, and so does `usize` in a browser.
        let fits = |rows: usize, cols: usize| {
            rows.checked_mul(cols)
                .and_then(|elements| elements.checked_mul(batches))
                .is_some_and(|elements| u32::try_from(elements).is_ok())
        };
        if [m, n, k, batches].contains(&0) || !(fits(m, k) && fits(k, n) && fits(m, n)) {
            return None;
        }
        // An operand that no matrix read can follow is copied before the launch.
        let layout = |shape: &[usize], tensor: &CubeTensor| {
            Matrices::new(shape, tensor.meta.strides()).unwrap_or(Matrices::contiguous(shape))
        };
        let (lhs, rhs) = (layout(a, lhs), layout(b, rhs));
        let (rows, cols, dim) = match m * n * batches >= LARGE_OUTPUT {
            _ if m <= 2 => (1, 4, (64, 1)),
            _ if n <= 2 => (4, 1, (1, 64)),
            true if m >= 32 && n >= 32 => (8, 8, (8, 8)),
            _ => (4, 4, (8, 8)),
        };
        // Lines along m and n must fit into the tile; lines along k always do.
        let lhs_width = match lhs.transposed {
            true if rows < 4 => 1,
            true => lhs.width(m),
            false => lhs.width(k),
        };
        let rhs_width = match rhs.transposed {
            true => rhs.width(k),
            false if cols < 4 => 1,
            false => rhs.width(n),
        };
        let plan = Self {
            blueprint: Blueprint {
                rows,
                cols,
                lhs_transposed: lhs.transposed,
                rhs_transposed: rhs.transposed,
                tail: !k.is_multiple_of(4),
            },
            lhs,
            rhs,
            lhs_width,
            rhs_width,
            out_width: if n.is_multiple_of(4) && cols >= 4 {
                4
            } else {
                1
            },
            m,
            n,
            k,
            batches,
            dim,
        };
        let (x, y) = plan.workgroups();
        (x.max(y).max(batches) <= MAX_WORKGROUPS).then_some(plan)
    }

    /// Workgroups along n and m.
    fn workgroups(&self) -> (usize, usize) {
        (
            self.n.div_ceil(self.blueprint.cols * self.dim.0 as usize),
            self.m.div_ceil(self.blueprint.rows * self.dim.1 as usize),
        )
    }

    /// Records the product on the tensors' device.
    fn launch(self, lhs: CubeTensor, rhs: CubeTensor) -> CubeTensor {
        let readable =
            |tensor: CubeTensor| match Matrices::new(tensor.meta.shape(), tensor.meta.strides()) {
                Some(_) => tensor,
                None => into_contiguous(tensor),
            };
        let (lhs, rhs) = (readable(lhs), readable(rhs));
        let mut shape: Vec<usize> = lhs.meta.shape().to_vec();
        if let Some(last) = shape.last_mut() {
            *last = self.n;
        }
        let client = lhs.client.clone();
        let out = empty_device_contiguous_dtype(
            client.clone(),
            lhs.device.clone(),
            Shape::from(shape),
            DType::F32,
        );
        let (x, y) = self.workgroups();
        // SAFETY: the kernel clamps every read to the operands' extents, which `Plan::new` took
        // from their shapes and strides, and guards every write by the output's.
        unsafe {
            tiled_matmul_kernel::launch_unchecked(
                &client,
                CubeCount::Static(x as u32, y as u32, self.batches as u32),
                CubeDim::new_2d(self.dim.0, self.dim.1),
                self.lhs_width,
                self.rhs_width,
                self.out_width,
                self.blueprint.cols.min(4),
                lhs.into_buffer_arg(),
                rhs.into_buffer_arg(),
                out.clone().into_buffer_arg(),
                ProblemLaunch::new(
                    self.m,
                    self.n,
                    self.k,
                    self.lhs.lead,
                    self.rhs.lead,
                    self.lhs.batch,
                    self.rhs.batch,
                ),
                self.blueprint,
                ElemType::Float(FloatKind::F32),
            )
        };
        out
    }
}

/// The extents and strides of one product, in elements.
#[derive(CubeLaunch, CubeType)]
struct Problem {
    m: usize,
    n: usize,
    k: usize,
    lhs_lead: usize,
    rhs_lead: usize,
    lhs_batch: usize,
    rhs_batch: usize,
}

/// One invocation: `rows × cols` outputs over the whole of `k`.
#[cube(launch_unchecked)]
fn tiled_matmul_kernel<F: Float, L: Size, R: Size, O: Size, V: Size>(
    lhs: &[Vector<F, L>],
    rhs: &[Vector<F, R>],
    out: &mut [Vector<F, O>],
    problem: &Problem,
    #[comptime] blueprint: Blueprint,
    #[define(F)] _dtype: ElemType,
) {
    let rows = comptime!(blueprint.rows);
    let cols = comptime!(blueprint.cols);
    let lhs_width = L::value();
    let rhs_width = R::value();
    let out_width = O::value();
    let width = V::value();
    let lines = comptime!(cols / width);

    let row = (CUBE_POS_Y * CUBE_DIM_Y + UNIT_POS_Y) as usize * rows;
    let col = (CUBE_POS_X * CUBE_DIM_X + UNIT_POS_X) as usize * cols;
    if row >= problem.m || col >= problem.n {
        terminate!();
    }
    let batch = CUBE_POS_Z as usize;

    // Where each line of the operands begins. Past the edge the last one is read again: its
    // products are never written.
    let lhs_lines = comptime!(if blueprint.lhs_transposed {
        rows / lhs_width
    } else {
        rows
    });
    let mut lhs_at = Array::<usize>::new(lhs_lines);
    #[unroll]
    for i in 0..lhs_lines {
        lhs_at[i] = batch * problem.lhs_batch
            + if comptime!(blueprint.lhs_transposed) {
                clamp_max(row + i * lhs_width, problem.m - lhs_width)
            } else {
                clamp_max(row + i, problem.m - 1) * problem.lhs_lead
            };
    }
    let rhs_lines = comptime!(if blueprint.rhs_transposed {
        cols
    } else {
        cols / rhs_width
    });
    let mut rhs_at = Array::<usize>::new(rhs_lines);
    #[unroll]
    for j in 0..rhs_lines {
        rhs_at[j] = batch * problem.rhs_batch
            + if comptime!(blueprint.rhs_transposed) {
                clamp_max(col + j, problem.n - 1) * problem.rhs_lead
            } else {
                clamp_max(col + j * rhs_width, problem.n - rhs_width)
            };
    }

    let mut acc = Array::<Vector<F, V>>::new(comptime!(rows * lines));
    #[unroll]
    for i in 0..comptime!(rows * lines) {
        acc[i] = Vector::new(F::from_int(0));
    }

    let steps = problem.k / 4;
    for step in 0..steps {
        accumulate::<F, L, R, V>(
            lhs,
            rhs,
            &mut acc,
            &lhs_at,
            &rhs_at,
            step * 4,
            problem,
            blueprint,
            4usize,
        );
    }
    if comptime!(blueprint.tail) {
        for at in steps * 4..problem.k {
            accumulate::<F, L, R, V>(
                lhs, rhs, &mut acc, &lhs_at, &rhs_at, at, problem, blueprint, 1usize,
            );
        }
    }

    let base = batch * problem.m * problem.n;
    #[unroll]
    for i in 0..rows {
        if row + i < problem.m {
            let at = base + (row + i) * problem.n + col;
            #[unroll]
            for j in 0..lines {
                let line = acc[i * lines + j];
                if comptime!(out_width == width) {
                    if col + j * width < problem.n {
                        out[(at + j * width) / width] = Vector::cast_from(line);
                    }
                } else {
                    #[unroll]
                    for e in 0..width {
                        if col + j * width + e < problem.n {
                            out[at + j * width + e] = Vector::new(line.extract(e));
                        }
                    }
                }
            }
        }
    }
}

/// Adds the products of `depth` steps along k, from `at` on.
#[cube]
#[allow(clippy::too_many_arguments)]
fn accumulate<F: Float, L: Size, R: Size, V: Size>(
    lhs: &[Vector<F, L>],
    rhs: &[Vector<F, R>],
    acc: &mut Array<Vector<F, V>>,
    lhs_at: &Array<usize>,
    rhs_at: &Array<usize>,
    at: usize,
    problem: &Problem,
    #[comptime] blueprint: Blueprint,
    #[comptime] depth: usize,
) {
    let rows = comptime!(blueprint.rows);
    let cols = comptime!(blueprint.cols);
    let lhs_width = L::value();
    let rhs_width = R::value();
    let width = V::value();
    let lines = comptime!(cols / width);

    // [depth][rows], and [depth][cols] in lines of `width`.
    let mut a = Array::<F>::new(comptime!(depth * rows));
    if comptime!(blueprint.lhs_transposed) {
        #[unroll]
        for q in 0..depth {
            #[unroll]
            for i in 0..comptime!(rows / lhs_width) {
                let line = lhs[(lhs_at[i] + (at + q) * problem.lhs_lead) / lhs_width];
                #[unroll]
                for e in 0..lhs_width {
                    a[q * rows + i * lhs_width + e] = line.extract(e);
                }
            }
        }
    } else {
        #[unroll]
        for i in 0..rows {
            #[unroll]
            for q in 0..comptime!(depth / lhs_width) {
                let line = lhs[(lhs_at[i] + at + q * lhs_width) / lhs_width];
                #[unroll]
                for e in 0..lhs_width {
                    a[(q * lhs_width + e) * rows + i] = line.extract(e);
                }
            }
        }
    }

    let mut b = Array::<Vector<F, V>>::new(comptime!(depth * lines));
    if comptime!(blueprint.rhs_transposed) {
        let reads = comptime!(depth / rhs_width);
        let mut read = Array::<Vector<F, R>>::new(comptime!(cols * reads));
        #[unroll]
        for j in 0..cols {
            #[unroll]
            for q in 0..reads {
                read[j * reads + q] = rhs[(rhs_at[j] + at + q * rhs_width) / rhs_width];
            }
        }
        #[unroll]
        for q in 0..depth {
            #[unroll]
            for j in 0..lines {
                let mut line = Vector::<F, V>::empty();
                #[unroll]
                for e in 0..width {
                    let column = read[(j * width + e) * reads + q / rhs_width];
                    line.insert(e, column.extract(comptime!(q % rhs_width)));
                }
                b[q * lines + j] = line;
            }
        }
    } else {
        #[unroll]
        for q in 0..depth {
            let from = (at + q) * problem.rhs_lead;
            #[unroll]
            for j in 0..lines {
                if comptime!(rhs_width == width) {
                    b[q * lines + j] = Vector::cast_from(rhs[(rhs_at[j] + from) / rhs_width]);
                } else {
                    let mut line = Vector::<F, V>::empty();
                    #[unroll]
                    for e in 0..width {
                        line.insert(e, rhs[rhs_at[j * width + e] + from].extract(0usize));
                    }
                    b[q * lines + j] = line;
                }
            }
        }
    }

    #[unroll]
    for q in 0..depth {
        #[unroll]
        for i in 0..rows {
            let scale = Vector::<F, V>::new(a[q * rows + i]);
            #[unroll]
            for j in 0..lines {
                acc[i * lines + j] += scale * b[q * lines + j];
            }
        }
    }
}
