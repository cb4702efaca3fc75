//! Long short-term memory (Hochreiter & Schmidhuber 1997), one step of it, and along the diagonals of
//! images.
//!
//! A step takes what was computed for the gates and the memory c, and makes a new memory and a state h:
//!
//! ```text
//! c' = σ(f) c + σ(i) tanh(g)        h = σ(o) tanh(c')
//! ```
//!
//! Along diagonals (van den Oord et al. 2016, arXiv:1601.06759, section 3.3) a pixel follows two, the one
//! above and the one to its left: both states go into its gates, and the memory comes from the left:
//!
//! ```text
//! [o, f, i, g] = x + [h_above, h_left] W        c = c_left
//! ```
//!
//! All pixels of a diagonal can be computed at once, so an image of h × w takes h + w − 1 steps. On the
//! CPU they are products of few rows, several images to a product, and nothing is skewed: a diagonal is
//! gathered where it lies.

use burn::tensor::{Tensor, TensorData};

use super::{
    elementwise,
    gemm::{View, gemm},
    host::{Array, Kernel, apply, is_host},
    linear::matmul,
    math::{block_rows, by_rows, sigmoid, tanh},
};

/// Images that go along their diagonals together.
const IMAGES: usize = 4;
/// Numbers in a block of rows of [`cell`].
const BLOCK: usize = 1 << 14;

/// One step.
///
/// # Shapes
/// - gates: `[n, 4p]`, what is computed for o, f, i and g
/// - memory: `[n, p]`
/// - output: `[n, 2p]`, the state and the new memory
pub fn cell(gates: Tensor<2>, memory: Tensor<2>) -> Tensor<2> {
    if is_host(&gates) {
        let inputs = vec![gates.into_dispatch(), memory.into_dispatch()];
        return apply(Cell, inputs);
    }
    let [state, memory] = step(gates, memory);
    Tensor::cat(vec![state, memory], 1)
}

/// [`cell`] by its formula.
fn step(gates: Tensor<2>, memory: Tensor<2>) -> [Tensor<2>; 2] {
    let [n, p] = memory.dims();
    let [o, f, i, g] = [0, 1, 2, 3].map(|k| gates.clone().slice([0..n, k * p..(k + 1) * p]));
    let memory = elementwise::sigmoid(f) * memory + elementwise::sigmoid(i) * elementwise::tanh(g);
    let state = elementwise::sigmoid(o) * elementwise::tanh(memory.clone());
    [state, memory]
}

/// States of all pixels of images, along diagonals from the top left corner, or with `mirrored` from the
/// top right one; what lies outside an image is zero.
///
/// # Shapes
/// - gates: `[n h w, 4p]`, what each pixel's input says to its gates
/// - weight: `[2p, 4p]`: for the state above, then for the state to the left
/// - output: `[n h w, p]`
pub fn diagonal(
    gates: Tensor<2>,
    weight: Tensor<2>,
    size: [usize; 2],
    mirrored: bool,
) -> Tensor<2> {
    if is_host(&gates) {
        let inputs = vec![gates.into_dispatch(), weight.into_dispatch()];
        return apply(Diagonal { size, mirrored }, inputs);
    }
    let ([h, w], device) = (size, gates.device());
    let [rows, wide] = gates.dims();
    let (n, p) = (rows / (h * w), wide / 4);
    let turned = |x: Tensor<4>| if mirrored { x.flip([2]) } else { x };
    // Each row a column further to the right than the one above it.
    let x = turned(gates.reshape([n, h, w, wide]));
    let x = Tensor::cat(vec![x, Tensor::zeros([n, h, h, wide], &device)], 2);
    let x = x.reshape([n, h * (w + h), wide]);
    let x = x.slice([0..n, 0..h * (w + h - 1), 0..wide]);
    let x = x.reshape([n, h, w + h - 1, wide]);
    let mut state = Tensor::<3>::zeros([n, h, p], &device);
    let mut memory = Tensor::<2>::zeros([n * h, p], &device);
    let mut all = Vec::with_capacity(w + h - 1);
    for d in 0..w + h - 1 {
        let zero = Tensor::zeros([n, 1, p], &device);
        let above = Tensor::cat(vec![zero, state.clone().slice([0..n, 0..h - 1, 0..p])], 1);
        let both = Tensor::cat(vec![above, state], 2).reshape([n * h, 2 * p]);
        let gates = x.clone().slice([0..n, 0..h, d..d + 1, 0..wide]);
        let gates = gates.reshape([n * h, wide]) + matmul(both, weight.clone());
        let [new, after] = step(gates, memory);
        let inside = (0..n * h).map(|i| f32::from((i % h) <= d && d < i % h + w));
        let inside = TensorData::new(inside.collect::<Vec<f32>>(), [n * h, 1]);
        let inside = Tensor::<2>::from_data(inside, &device);
        memory = after * inside.clone();
        state = (new * inside).reshape([n, h, p]);
        all.push(state.clone());
    }
    let y: Tensor<4> = Tensor::stack(all, 2); // [n, h, w + h − 1, p]
    let y = y.reshape([n, h * (w + h - 1), p]);
    let y = Tensor::cat(vec![y, Tensor::zeros([n, h, p], &device)], 1);
    let y = y.reshape([n, h, w + h, p]).slice([0..n, 0..h, 0..w, 0..p]);
    turned(y).reshape([rows, p])
}

/// One step of a row on the host: gates `[4p]` become what they let pass, the memory is the new one.
fn cell_row(gates: &mut [f32], memory: &mut [f32], state: &mut [f32]) {
    let p = memory.len();
    let (o, rest) = gates.split_at_mut(p);
    let (f, rest) = rest.split_at_mut(p);
    let (i, g) = rest.split_at_mut(p);
    for k in 0..p {
        (o[k], f[k], i[k], g[k]) = (sigmoid(o[k]), sigmoid(f[k]), sigmoid(i[k]), tanh(g[k]));
        memory[k] = f[k] * memory[k] + i[k] * g[k];
        state[k] = o[k] * tanh(memory[k]);
    }
}

/// The gradient of the gates `[4p]`, into `out`, from what they let pass, the memory before and after, and
/// the gradients of the state and of the memory; the latter becomes that of the memory before.
fn cell_back(
    passed: &[f32],
    [before, after]: [&[f32]; 2],
    by_state: &[f32],
    by_memory: &mut [f32],
    out: &mut [f32],
) {
    let p = by_state.len();
    for k in 0..p {
        let [o, f, i, g] = [0, 1, 2, 3].map(|gate| passed[gate * p + k]);
        let t = tanh(after[k]);
        let c = by_memory[k] + by_state[k] * o * (1.0 - t * t);
        out[k] = by_state[k] * t * o * (1.0 - o);
        out[p + k] = c * before[k] * f * (1.0 - f);
        out[2 * p + k] = c * g * i * (1.0 - i);
        out[3 * p + k] = c * i * (1.0 - g * g);
        by_memory[k] = c * f;
    }
}

#[derive(Debug)]
struct Cell;

impl Kernel for Cell {
    /// Keeps what the gates let pass, the memory before, and the output.
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (gates, memory) = (&inputs[0], &inputs[1]);
        let (n, p) = (memory.dims()[0], memory.dims()[1]);
        // State, memory and what passed, side by side.
        let mut rows = vec![0f32; n * 6 * p];
        by_rows(&mut rows, 6 * p, block_rows(6 * p, BLOCK), |first, rows| {
            for (k, row) in rows.chunks_exact_mut((6 * p).max(1)).enumerate() {
                let at = first + k;
                let (state, rest) = row.split_at_mut(p);
                let (new, passed) = rest.split_at_mut(p);
                new.copy_from_slice(&memory.values()[at * p..][..p]);
                passed.copy_from_slice(&gates.values()[at * 4 * p..][..4 * p]);
                cell_row(passed, new, state);
            }
        });
        let each = rows.chunks_exact((6 * p).max(1));
        let out = Array::new(
            each.flat_map(|row| &row[..2 * p]).copied().collect(),
            &[n, 2 * p],
        );
        if !training {
            return (out, Vec::new());
        }
        (out, vec![Array::new(rows, &[n, 6 * p]), memory.clone()])
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let (rows, memory) = (&kept[0], &kept[1]);
        let (n, p) = (memory.dims()[0], memory.dims()[1]);
        let mut gates = vec![0f32; n * 4 * p];
        let mut by_memory = vec![0f32; n * p];
        let each = rows.values().chunks_exact((6 * p).max(1));
        let each = each.zip(memory.values().chunks_exact(p.max(1)));
        let grads = grad.values().chunks_exact((2 * p).max(1));
        let outs = gates
            .chunks_exact_mut((4 * p).max(1))
            .zip(by_memory.chunks_exact_mut(p.max(1)));
        for (((row, before), grad), (gates, by_memory)) in each.zip(grads).zip(outs) {
            by_memory.copy_from_slice(&grad[p..]);
            cell_back(
                &row[2 * p..],
                [before, &row[p..2 * p]],
                &grad[..p],
                by_memory,
                gates,
            );
        }
        vec![
            Some(Array::new(gates, &[n, 4 * p])),
            Some(Array::new(by_memory, &[n, p])),
        ]
    }
}

#[derive(Debug)]
struct Diagonal {
    size: [usize; 2],
    mirrored: bool,
}

impl Diagonal {
    /// Where the pixel in row `y` and column `x`, as the walk sees it, stands in image `i`.
    fn place(&self, i: usize, y: usize, x: usize) -> usize {
        let [h, w] = self.size;
        (i * h + y) * w + if self.mirrored { w - 1 - x } else { x }
    }

    /// Rows that diagonal `d` crosses, the first and one more than the last.
    fn crossed(&self, d: usize) -> [usize; 2] {
        let [h, w] = self.size;
        [(d + 1).saturating_sub(w), (d + 1).min(h)]
    }

    /// The pixels of diagonal `d` in `images` images: which they are among its rows, and where they stand.
    fn along(&self, d: usize, images: usize) -> impl Iterator<Item = ([usize; 2], usize)> + '_ {
        let [top, end] = self.crossed(d);
        (top..end).flat_map(move |y| (0..images).map(move |i| ([y, i], self.place(i, y, d - y))))
    }

    /// Walks through images; `rows` gets for each pixel its state, and where they have room its memory
    /// and what its gates let pass: `[p]` or `[6p]`.
    fn walk(&self, rows: &mut [f32], wide: usize, gates: &[f32], weight: &[f32], p: usize) {
        let [h, w] = self.size;
        let b = rows.len() / (h * w * wide).max(1);
        // Of the diagonal before; the row above the image is zero.
        let mut states = vec![0f32; (h + 1) * b * p];
        let mut memories = vec![0f32; h * b * p];
        let mut diagonal = vec![0f32; h * b * 4 * p];
        let (above, left) = weight.split_at(4 * p * p);
        for d in 0..h + w - 1 {
            let [top, end] = self.crossed(d);
            let (n, from) = ((end - top) * b, top * b * p);
            let diagonal = &mut diagonal[..n * 4 * p];
            for ((_, at), row) in self.along(d, b).zip(diagonal.chunks_exact_mut(4 * p)) {
                row.copy_from_slice(&gates[at * 4 * p..][..4 * p]);
            }
            for (from, weight) in [(from, above), (from + b * p, left)] {
                let states = View::new(&states[from..from + n * p], n, p);
                gemm(states, View::new(weight, p, 4 * p), diagonal, 4 * p, true);
            }
            for (([y, i], at), row) in self.along(d, b).zip(diagonal.chunks_exact_mut(4 * p)) {
                let memory = &mut memories[(y * b + i) * p..][..p];
                let state = &mut states[((y + 1) * b + i) * p..][..p];
                cell_row(row, memory, state);
                let out = &mut rows[at * wide..(at + 1) * wide];
                out[..p].copy_from_slice(state);
                if wide > p {
                    out[p..2 * p].copy_from_slice(memory);
                    out[2 * p..].copy_from_slice(row);
                }
            }
        }
    }

    /// Walks back: the gradients of the gates `[4p]` of each pixel into `out`, from what [`Diagonal::walk`]
    /// left and the gradients of the states.
    fn back(&self, out: &mut [f32], rows: &[f32], grad: &[f32], weight: &[f32], p: usize) {
        let [h, w] = self.size;
        let b = out.len() / (h * w * 4 * p).max(1);
        let mut by_states = vec![0f32; (h + 1) * b * p];
        let mut by_memories = vec![0f32; h * b * p];
        let mut diagonal = vec![0f32; h * b * 4 * p];
        let nothing = vec![0f32; p];
        let (above, left) = weight.split_at(4 * p * p);
        for d in (0..h + w - 1).rev() {
            let [top, end] = self.crossed(d);
            let (n, from) = ((end - top) * b, top * b * p);
            let diagonal = &mut diagonal[..n * 4 * p];
            for (([y, i], at), gates) in self.along(d, b).zip(diagonal.chunks_exact_mut(4 * p)) {
                let row = &rows[at * 6 * p..][..6 * p];
                let before = match d - y {
                    0 => &nothing[..],
                    x => &rows[self.place(i, y, x - 1) * 6 * p + p..][..p],
                };
                let by_state = &mut by_states[((y + 1) * b + i) * p..][..p];
                let more = &grad[at * p..][..p];
                by_state.iter_mut().zip(more).for_each(|(s, g)| *s += g);
                let by_memory = &mut by_memories[(y * b + i) * p..][..p];
                cell_back(
                    &row[2 * p..],
                    [before, &row[p..2 * p]],
                    by_state,
                    by_memory,
                    gates,
                );
                out[at * 4 * p..][..4 * p].copy_from_slice(gates);
            }
            by_states.fill(0.0);
            let gates = View::new(diagonal, n, 4 * p);
            for (from, weight) in [(from, above), (from + b * p, left)] {
                let weight = View::new(weight, p, 4 * p).t();
                gemm(gates, weight, &mut by_states[from..], p, true);
            }
        }
    }

    /// The weight's gradient from images `[h w, 6p]` and the gradients of their gates, added to `out`.
    fn by_weight(&self, out: &mut [f32], rows: &[f32], gates: &[f32], p: usize) {
        let [h, w] = self.size;
        let mut before = vec![0f32; h * w * 2 * p];
        let images = rows.chunks_exact(h * w * 6 * p);
        for (rows, gates) in images.zip(gates.chunks_exact(h * w * 4 * p)) {
            for (y, x) in (0..h).flat_map(|y| (0..w).map(move |x| (y, x))) {
                let pair = &mut before[self.place(0, y, x) * 2 * p..][..2 * p];
                if y > 0 {
                    pair[..p].copy_from_slice(&rows[self.place(0, y - 1, x) * 6 * p..][..p]);
                }
                if x > 0 {
                    pair[p..].copy_from_slice(&rows[self.place(0, y, x - 1) * 6 * p..][..p]);
                }
            }
            let before = View::new(&before, h * w, 2 * p).t();
            gemm(before, View::new(gates, h * w, 4 * p), out, 4 * p, true);
        }
    }
}

impl Kernel for Diagonal {
    /// Keeps the weight, and each pixel's state, memory and what its gates let pass.
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (gates, weight) = (&inputs[0], &inputs[1]);
        let (n, p) = (gates.dims()[0], weight.dims()[1] / 4);
        let wide = if training { 6 * p } else { p };
        let cells = IMAGES * self.size[0] * self.size[1];
        let mut rows = vec![0f32; n * wide];
        by_rows(&mut rows, wide, cells, |first, rows| {
            for (k, rows) in rows.chunks_mut(cells * wide).enumerate() {
                let from = (first + k * cells) * 4 * p;
                self.walk(rows, wide, &gates.values()[from..], weight.values(), p);
            }
        });
        if !training {
            return (Array::new(rows, &[n, p]), Vec::new());
        }
        let states = rows.chunks_exact(wide.max(1)).flat_map(|row| &row[..p]);
        let out = Array::new(states.copied().collect(), &[n, p]);
        (out, vec![Array::new(rows, &[n, wide]), weight.clone()])
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let (rows, weight) = (&kept[0], &kept[1]);
        let (n, p) = (rows.dims()[0], weight.dims()[1] / 4);
        let cells = IMAGES * self.size[0] * self.size[1];
        let mut gates = vec![0f32; n * 4 * p];
        by_rows(&mut gates, 4 * p, cells, |first, out| {
            for (k, out) in out.chunks_mut(cells * 4 * p).enumerate() {
                let from = first + k * cells;
                let (rows, grad) = (&rows.values()[from * 6 * p..], &grad.values()[from * p..]);
                self.back(out, rows, grad, weight.values(), p);
            }
        });
        let by_weight = wanted[1].then(|| {
            let size = 8 * p * p;
            let mut parts = vec![0f32; n.div_ceil(cells) * size];
            by_rows(&mut parts, size, 1, |first, parts| {
                for (k, out) in parts.chunks_mut(size).enumerate() {
                    let block = (first + k) * cells..((first + k + 1) * cells).min(n);
                    let rows = &rows.values()[block.start * 6 * p..block.end * 6 * p];
                    let gates = &gates[block.start * 4 * p..block.end * 4 * p];
                    self.by_weight(out, rows, gates, p);
                }
            });
            let mut sum = vec![0f32; size];
            for part in parts.chunks_exact(size) {
                sum.iter_mut().zip(part).for_each(|(s, v)| *s += v);
            }
            Array::new(sum, &[2 * p, 4 * p])
        });
        vec![Some(Array::new(gates, &[n, 4 * p])), by_weight]
    }
}
