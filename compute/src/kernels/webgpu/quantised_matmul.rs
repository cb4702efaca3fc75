//! Products with quantised weights for WebGPU devices.
//!
//! A workgroup takes some rows of the matrix. Threads beside each other stand for rows beside each other and read
//! units that lie side by side ([`Units`](crate::quantised::units)); eight threads share the units of a row and put
//! their sums together in the workgroup's memory. A unit is unpacked in registers, once for several rows of x. It
//! needs no subgroups.

use burn::backend::tensor::{FloatTensor, IntTensor};
use burn::backend::{Backend, Cube, Dispatch, backend_extension};
use burn::tensor::{DType, Int, Shape, Tensor};
use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_cubecl::tensor::CubeTensor;
use cubecl::ir::{ElemType, FloatKind};
use cubecl::prelude::*;

use crate::quantised::units::{WORDS, weights};

/// Rows of the matrix that a workgroup takes.
const ROWS: usize = 32;
/// Threads that share a row.
const SHARES: usize = 8;
/// Rows of x that meet a unit together.
const TILE: usize = 4;
/// Numbers of x that are read at once.
const WIDTH: usize = 4;

/// x Wᵀ, with the weights of a [`DeviceMatrix`](crate::kernels::quantised::DeviceMatrix).
///
/// # Shapes
/// - x: `[n, columns]`
/// - words: `[units, rows, 4]`
/// - worth: `[units, rows, 2]`
/// - output: `[n, rows]`
pub fn quantised_matmul(
    x: Tensor<2>,
    words: Tensor<3, Int>,
    worth: Tensor<3>,
    bits: usize,
) -> Tensor<2> {
    Tensor::from_dispatch(<Dispatch as QuantisedMatmul>::quantised_matmul(
        x.into_dispatch(),
        words.into_dispatch(),
        worth.into_dispatch(),
        bits,
    ))
}

/// The operation behind [`quantised_matmul`]; nothing is differentiated through it.
#[backend_extension(Cube)]
pub trait QuantisedMatmul: Backend {
    /// See [`quantised_matmul`].
    fn quantised_matmul(
        x: FloatTensor<Self>,
        words: IntTensor<Self>,
        worth: FloatTensor<Self>,
        bits: usize,
    ) -> FloatTensor<Self>;
}

impl QuantisedMatmul for Cube {
    fn quantised_matmul(
        x: CubeTensor,
        words: CubeTensor,
        worth: CubeTensor,
        bits: usize,
    ) -> CubeTensor {
        let (x, words, worth) = (
            into_contiguous(x),
            into_contiguous(words),
            into_contiguous(worth),
        );
        let (n, columns) = (x.meta.shape()[0], x.meta.shape()[1]);
        let (units, rows) = (words.meta.shape()[0], words.meta.shape()[1]);
        assert_eq!(columns, units * weights(bits), "as many numbers as weights");
        let client = x.client.clone();
        let out = empty_device_contiguous_dtype(
            client.clone(),
            x.device.clone(),
            Shape::from(vec![n, rows]),
            DType::F32,
        );
        let tile = if n == 1 { 1 } else { TILE };
        let (along, down) = (rows.div_ceil(ROWS), n.div_ceil(tile));
        // SAFETY: rows beyond the matrix read nothing, rows beyond x read its last one, and every write is guarded
        // by the output's extents. The operands' lengths follow from the extents above.
        unsafe {
            quantised_matmul_kernel::launch_unchecked(
                &client,
                CubeCount::Static(along as u32, down as u32, 1),
                CubeDim::new_2d(ROWS as u32, SHARES as u32),
                WIDTH,
                WORDS,
                2usize,
                x.into_buffer_arg(),
                words.into_buffer_arg(),
                worth.into_buffer_arg(),
                out.clone().into_buffer_arg(),
                SizesLaunch::new(n, rows, columns, units),
                bits,
                tile,
                ElemType::Float(FloatKind::F32),
            )
        };
        out
    }
}

/// The extents of one product.
#[derive(CubeLaunch, CubeType)]
struct Sizes {
    n: usize,
    rows: usize,
    columns: usize,
    units: usize,
}

/// One invocation: every eighth unit of a row with `tile` rows of x.
#[cube(launch_unchecked)]
#[allow(clippy::too_many_arguments)]
fn quantised_matmul_kernel<F: Float, L: Size, W: Size, P: Size>(
    x: &[Vector<F, L>],
    words: &[Vector<u32, W>],
    worth: &[Vector<F, P>],
    out: &mut [F],
    sizes: &Sizes,
    #[comptime] bits: usize,
    #[comptime] tile: usize,
    #[define(F)] _dtype: ElemType,
) {
    let lane = UNIT_POS_X as usize;
    let share = UNIT_POS_Y as usize;
    let row = CUBE_POS_X as usize * ROWS + lane;
    let first = CUBE_POS_Y as usize * tile;
    let mut sums = Array::<F>::new(tile);
    #[unroll]
    for i in 0..tile {
        sums[i] = F::from_int(0);
    }
    // Lines of x in a word.
    let lines = comptime!(32 / bits / WIDTH);
    if row < sizes.rows {
        let mut unit = share;
        while unit < sizes.units {
            let quad = words[unit * sizes.rows + row];
            let pair = worth[unit * sizes.rows + row];
            let mut products = Array::<Vector<F, L>>::new(tile);
            let mut totals = Array::<Vector<F, L>>::new(tile);
            #[unroll]
            for i in 0..tile {
                products[i] = Vector::new(F::from_int(0));
                totals[i] = Vector::new(F::from_int(0));
            }
            #[unroll]
            for w in 0..WORDS {
                let word = quad.extract(w);
                #[unroll]
                for l in 0..lines {
                    let mut q = Vector::<F, L>::empty();
                    #[unroll]
                    for e in 0..WIDTH {
                        let from = comptime!(((l * WIDTH + e) * bits) as u32);
                        let mask = comptime!((1u32 << bits) - 1);
                        q.insert(e, F::cast_from((word >> from) & mask));
                    }
                    #[unroll]
                    for i in 0..tile {
                        // Beyond the end the last row again, which is not written.
                        let at = clamp_max(first + i, sizes.n - 1) * (sizes.columns / WIDTH)
                            + (unit * WORDS + w) * lines
                            + l;
                        let v = x[at];
                        products[i] += q * v;
                        totals[i] += v;
                    }
                }
            }
            let d = pair.extract(0usize);
            let m = pair.extract(1usize);
            #[unroll]
            for i in 0..tile {
                #[unroll]
                for e in 0..WIDTH {
                    sums[i] += d * products[i].extract(e) + m * totals[i].extract(e);
                }
            }
            unit += SHARES;
        }
    }
    let mut shared = Shared::<[F]>::new_slice(comptime!(ROWS * SHARES * tile));
    #[unroll]
    for i in 0..tile {
        shared[(i * SHARES + share) * ROWS + lane] = sums[i];
    }
    sync_cube();
    if share == 0 && row < sizes.rows {
        #[unroll]
        for i in 0..tile {
            if first + i < sizes.n {
                let mut sum = F::from_int(0);
                #[unroll]
                for s in 0..SHARES {
                    sum += shared[(i * SHARES + s) * ROWS + lane];
                }
                out[(first + i) * sizes.rows + row] = sum;
            }
        }
    }
}
