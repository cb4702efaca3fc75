//! A monotone map of one number in each row, whose parameters stand in the row: what a coupling
//! layer does to the coordinate that it moves.

use std::fmt::Debug;

use burn::tensor::Tensor;

use super::{
    columns::column,
    host::{Array, Kernel, apply},
};

/// What a map does to each row, and its derivatives by the number and by the row's parameters.
pub struct Rows {
    /// y, `[n]`.
    pub y: Vec<f32>,
    /// ln ∂y/∂x, `[n]`.
    pub slope: Vec<f32>,
    /// ∂y/∂x, `[n]`.
    pub y_x: Vec<f32>,
    /// ∂ ln slope/∂x, `[n]`.
    pub slope_x: Vec<f32>,
    /// ∂y/∂parameters, `[n, p]`.
    pub y_raw: Vec<f32>,
    /// ∂ ln slope/∂parameters, `[n, p]`.
    pub slope_raw: Vec<f32>,
}

/// A family of such maps.
pub trait Monotone: Debug + Send + Sync + 'static {
    /// Numbers `xs` `[n]` with parameters `raws` `[n, p]`; without `derivatives` their fields stay
    /// empty.
    fn rows(&self, xs: &[f32], raws: &[f32], p: usize, derivatives: bool) -> Rows;
}

/// y and ln ∂y/∂x on the host, differentiable.
///
/// # Shapes
/// - x: `[n, 1]`
/// - raw: `[n, p]`
/// - output: `[n, 1]` and `[n]`
pub(super) fn moved(map: impl Monotone, x: Tensor<2>, raw: Tensor<2>) -> (Tensor<2>, Tensor<1>) {
    let both: Tensor<2> = apply(Moved(map), vec![x.into_dispatch(), raw.into_dispatch()]);
    (column(both.clone(), 0), column(both, 1).squeeze_dim(1))
}

/// Gives y and ln ∂y/∂x beside each other, `[n, 2]`.
#[derive(Debug)]
struct Moved<M>(M);

impl<M: Monotone> Kernel for Moved<M> {
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (x, raw) = (&inputs[0], &inputs[1]);
        let (n, p) = (raw.dims()[0], raw.dims()[1]);
        let rows = self.0.rows(x.values(), raw.values(), p, training);
        let both = rows.y.iter().zip(&rows.slope);
        let out = Array::new(both.flat_map(|(y, l)| [*y, *l]).collect(), &[n, 2]);
        if !training {
            return (out, Vec::new());
        }
        let kept = vec![
            Array::new(rows.y_x, &[n, 1]),
            Array::new(rows.slope_x, &[n, 1]),
            Array::new(rows.y_raw, &[n, p]),
            Array::new(rows.slope_raw, &[n, p]),
        ];
        (out, kept)
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let by = |y: &Array, slope: &Array| {
            let p = y.dims()[1].max(1);
            let rows = y
                .values()
                .chunks_exact(p)
                .zip(slope.values().chunks_exact(p));
            let rows = rows.zip(grad.values().as_chunks::<2>().0);
            let mut out = Vec::with_capacity(y.values().len());
            for ((y, slope), [by_y, by_slope]) in rows {
                out.extend(y.iter().zip(slope).map(|(y, s)| by_y * y + by_slope * s));
            }
            Array::new(out, y.dims())
        };
        vec![
            wanted[0].then(|| by(&kept[0], &kept[1])),
            wanted[1].then(|| by(&kept[2], &kept[3])),
        ]
    }
}
