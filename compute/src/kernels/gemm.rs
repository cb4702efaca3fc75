//! Products of matrices on the host, in place on views of larger buffers.

use super::{
    math::dot,
    outer::{self, COLUMNS, ROWS, Side},
};

/// A matrix in a slice: `rows` × `columns`, with the distances between neighbours.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> View<'a> {
    /// Rows one after the other.
    pub fn new(data: &'a [f32], rows: usize, columns: usize) -> Self {
        Self::strided(data, rows, columns, columns)
    }

    /// Rows `row_stride` apart.
    pub fn strided(data: &'a [f32], rows: usize, columns: usize, row_stride: usize) -> Self {
        Self {
            data,
            rows,
            columns,
            row_stride,
            column_stride: 1,
        }
    }

    /// The same matrix, transposed.
    pub fn t(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// One more than the place of its last number.
    fn end(&self) -> usize {
        match (self.rows, self.columns) {
            (0, _) | (_, 0) => 0,
            (r, c) => (r - 1) * self.row_stride + (c - 1) * self.column_stride + 1,
        }
    }
}

/// out = a × b, or out += a × b with `add`, in a slice whose rows lie `stride` apart.
///
/// # Panics
/// If the shapes do not fit, or a matrix reaches beyond its slice.
pub fn gemm(a: View, b: View, out: &mut [f32], stride: usize, add: bool) {
    let (m, n) = (a.rows, b.columns);
    assert_eq!(a.columns, b.rows, "the shapes fit");
    if m == 0 || n == 0 {
        return;
    }
    assert!(
        stride >= n
            && (m - 1) * stride + n <= out.len()
            && a.end() <= a.data.len()
            && b.end() <= b.data.len(),
        "matrices lie in their slices"
    );
    #[cfg(target_family = "wasm")]
    tiled(a, b, out, stride, add);
    #[cfg(not(target_family = "wasm"))]
    by_crate(a, b, out, stride, add);
}

/// By the crate `gemm`, which chooses its kernel for the processor.
#[cfg(not(target_family = "wasm"))]
#[allow(unsafe_code)]
fn by_crate(a: View, b: View, out: &mut [f32], stride: usize, add: bool) {
    // SAFETY: every place that is read or written lies in its slice (asserted by the caller), rows
    // of `out` do not overlap, and `out` is borrowed alone.
    unsafe {
        gemm::gemm(
            a.rows,
            b.columns,
            a.columns,
            out.as_mut_ptr(),
            1,
            stride as isize,
            add,
            a.data.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

/// Depth of the strips that are packed at a time: those of `b` stay in the nearest cache.
const DEPTH: usize = 512;
/// Rows of `a` that are packed at a time, a multiple of `ROWS`.
const BLOCK: usize = 96;

/// `W` neighbouring lines of a matrix as strips of one number of each, for `lines` lines from
/// `first` on, numbers `from` to `from + depth`; missing lines are zeros. A line's numbers lie
/// `along` apart, lines `across`.
fn pack<const W: usize>(
    out: &mut Vec<[f32; W]>,
    data: &[f32],
    [across, along]: [usize; 2],
    [first, lines]: [usize; 2],
    [from, depth]: [usize; 2],
) {
    out.clear();
    for line in (first..first + lines).step_by(W) {
        let width = W.min(first + lines - line);
        let start = line * across + from * along;
        if across == 1 && width == W {
            out.extend((0..depth).map(|p| {
                let at = start + p * along;
                let mut strip = [0f32; W];
                strip.copy_from_slice(&data[at..at + W]);
                strip
            }));
            continue;
        }
        let base = out.len();
        out.resize(base + depth, [0f32; W]);
        for w in 0..width {
            let line = &data[start + w * across..];
            let numbers = line.iter().step_by(along.max(1));
            for (strip, v) in out[base..].iter_mut().zip(numbers) {
                strip[w] = *v;
            }
        }
    }
}

/// By tiles that stay in registers, over packed strips (Goto & van de Geijn 2008, "Anatomy of
/// high-performance matrix multiplication"): for wasm. `a` is read as it lies where its rows are
/// contiguous.
#[cfg_attr(not(target_family = "wasm"), allow(dead_code))]
fn tiled(a: View, b: View, out: &mut [f32], stride: usize, add: bool) {
    thread_local! {
        static STRIPS: std::cell::RefCell<Strips> = const { std::cell::RefCell::new((Vec::new(), Vec::new())) };
    }
    type Strips = (Vec<[f32; ROWS]>, Vec<[f32; COLUMNS]>);
    let (m, k, n) = (a.rows, a.columns, b.columns);
    if k == 0 && !add {
        out.chunks_mut(stride)
            .take(m)
            .for_each(|row| row[..n].fill(0.0));
    }
    if m <= FEW && b.column_stride == 1 {
        return few_rows(a, b, out, stride, add);
    }
    if m <= FEW && k > 0 && a.column_stride == 1 && b.row_stride == 1 {
        return few_dots(a, b, out, stride, add);
    }
    STRIPS.with_borrow_mut(|(strips_a, strips_b)| {
        for from in (0..k).step_by(DEPTH) {
            let depth = DEPTH.min(k - from);
            let add = add || from > 0;
            let by_column = [b.column_stride, b.row_stride];
            pack(strips_b, b.data, by_column, [0, n], [from, depth]);
            for top in (0..m).step_by(BLOCK) {
                let rows = BLOCK.min(m - top);
                if a.column_stride != 1 {
                    let by_row = [a.row_stride, a.column_stride];
                    pack(strips_a, a.data, by_row, [top, rows], [from, depth]);
                }
                let side = match a.column_stride {
                    1 => Side {
                        data: &a.data[top * a.row_stride + from..],
                        line: a.row_stride,
                        along: 1,
                        tile: ROWS * a.row_stride,
                    },
                    _ => Side {
                        data: strips_a.as_flattened(),
                        line: 1,
                        along: ROWS,
                        tile: ROWS * depth,
                    },
                };
                let strips = Side {
                    data: strips_b.as_flattened(),
                    line: 1,
                    along: COLUMNS,
                    tile: COLUMNS * depth,
                };
                let out = &mut out[top * stride..];
                outer::sums(side, strips, depth, [rows, n], out, stride, add);
            }
        }
    });
}

/// A product of so few rows is done before `b` would be packed. It adds up in another order than one of more rows,
/// in which each row is the same however many others there are.
pub const FEW: usize = 3;

/// Row by row, four rows of `b` at a time.
fn few_rows(a: View, b: View, out: &mut [f32], stride: usize, add: bool) {
    let (k, n) = (a.columns, b.columns);
    for i in 0..a.rows {
        let x = |p: usize| a.data[i * a.row_stride + p * a.column_stride];
        let row = |p: usize| &b.data[p * b.row_stride..p * b.row_stride + n];
        let y = &mut out[i * stride..i * stride + n];
        if !add {
            y.fill(0.0);
        }
        let whole = k / 4 * 4;
        for p in (0..whole).step_by(4) {
            let [x0, x1, x2, x3] = [x(p), x(p + 1), x(p + 2), x(p + 3)];
            let rows = row(p).iter().zip(row(p + 1));
            let rows = rows.zip(row(p + 2).iter().zip(row(p + 3)));
            for (y, ((a, b), (c, d))) in y.iter_mut().zip(rows) {
                *y += (x0 * a + x1 * b) + (x2 * c + x3 * d);
            }
        }
        for p in whole..k {
            let x = x(p);
            y.iter_mut().zip(row(p)).for_each(|(y, w)| *y += x * w);
        }
    }
}

/// Number by number, where the columns of `b` lie in one piece each.
fn few_dots(a: View, b: View, out: &mut [f32], stride: usize, add: bool) {
    let (k, n) = (a.columns, b.columns);
    for i in 0..a.rows {
        let x = &a.data[i * a.row_stride..][..k];
        let out = &mut out[i * stride..i * stride + n];
        for (j, out) in out.iter_mut().enumerate() {
            let product = dot(x, &b.data[j * b.column_stride..][..k]);
            *out = if add { *out + product } else { product };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn both_ways_give_the_sum_of_products() {
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        for [m, k, n] in [
            [1, 1, 1],
            [4, 8, 8],
            [5, 3, 9],
            [97, 513, 17],
            [130, 40, 65],
            [3, 0, 2],
            [2, 7, 19],
            [3, 130, 33],
        ] {
            for (turned_a, turned_b) in [(false, false), (true, false), (false, true), (true, true)]
            {
                let (a, b) = (rng.normal((m + 2) * (k + 2)), rng.normal((k + 2) * (n + 2)));
                let view_a = match turned_a {
                    false => View::strided(&a, m, k, k + 2),
                    true => View::strided(&a, k, m, m + 2).t(),
                };
                let view_b = match turned_b {
                    false => View::strided(&b, k, n, n + 2),
                    true => View::strided(&b, n, k, k + 2).t(),
                };
                let start = rng.normal(m * (n + 3));
                for add in [false, true] {
                    let (mut x, mut y) = (start.clone(), start.clone());
                    tiled(view_a, view_b, &mut x, n + 3, add);
                    by_crate(view_a, view_b, &mut y, n + 3, add);
                    for i in 0..m {
                        for j in 0..n + 3 {
                            let at = i * (n + 3) + j;
                            let mut want = f64::from(start[at]);
                            if j < n {
                                want = if add { want } else { 0.0 };
                                for p in 0..k {
                                    let va = a[i * view_a.row_stride + p * view_a.column_stride];
                                    let vb = b[p * view_b.row_stride + j * view_b.column_stride];
                                    want += f64::from(va) * f64::from(vb);
                                }
                            }
                            for got in [x[at], y[at]] {
                                let error = (f64::from(got) - want).abs();
                                assert!(error < 1e-4, "{m} {k} {n} {i} {j}: {got}, {want}");
                            }
                        }
                    }
                }
            }
        }
    }
}
