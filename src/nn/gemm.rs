//! Products of matrices on the host, for gradients that are written out.
//!
//! burn's products own their operands and make their results; the passes in
//! [`by_hand`](super::by_hand) and [`transformer`](super::transformer) work in place on views of
//! larger buffers.

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
#[allow(unsafe_code)]
pub fn gemm(a: View, b: View, out: &mut [f32], stride: usize, add: bool) {
    let (m, k, n) = (a.rows, a.columns, b.columns);
    assert_eq!(k, b.rows, "the shapes fit");
    if m == 0 || n == 0 {
        return;
    }
    let last = (m - 1) * stride + n;
    assert!(
        stride >= n && last <= out.len() && a.end() <= a.data.len() && b.end() <= b.data.len(),
        "matrices lie in their slices"
    );
    // SAFETY: every place that is read or written lies in its slice (asserted above), rows of `out`
    // do not overlap, and `out` is borrowed alone.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
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
