//! Convolutions on the CPU: forward and both gradients, on plain slices.
//!
//! Nothing is gathered into a matrix of patches. Each channel of an image is copied once into a
//! *plane*: its rows with zeros between them, `pitch` numbers apart. With a stride s the plane is
//! split into s × s *phases*, so that neighbouring outputs read neighbouring numbers. An output at
//! (y, x) then has the place y · pitch + x, every tap of the kernel is a fixed distance from that
//! place, and all three passes are walks along planes:
//!
//! ```text
//! out[co, place]  = Σ_ci,tap w[co, ci, tap]  x[ci, place + offset(tap)]
//! dx[ci, place]   = Σ_co,tap w[co, ci, tap] dy[co, place − offset(tap)]      one phase at a time
//! dw[co, ci, tap] = Σ_place dy[co, place] x[ci, place + offset(tap)]
//! ```
//!
//! Zeros behind one row serve the next one as zeros before it. Tiles of outputs stay in registers.
//! Measured against a matrix of patches and a product (`examples/conv_speed.rs`): twice as fast
//! natively, a tenth in wasm, where most 3 × 3 convolutions go another way (`winograd.rs`).

use std::cell::RefCell;

use super::{
    planes::{Axis, Grid, Row, Shape},
    tiles::{Pass, Walk},
    winograd::{self, Buffers, Winograd},
};
use crate::kernels::simd::Level;

/// One direction of a convolution with its weights packed for the tiles.
struct Direction {
    level: Level,
    /// Channels of a group that are computed.
    channels: usize,
    /// Channels of a group that are read.
    sources: usize,
    groups: usize,
    /// Height and width of what is computed.
    size: [usize; 2],
    parts: Vec<Part>,
}

/// What is computed in one go: the whole output, or one phase of an image.
struct Part {
    taps: Vec<[usize; 2]>,
    /// By group, tile, source, tap and channel of the tile.
    weights: Vec<f32>,
    /// Where results go.
    way: [Row; 2],
}

impl Direction {
    /// From `image` to `out`.
    fn forward(shape: &Shape, w: &[f32]) -> Self {
        let [kh, kw] = shape.kernel;
        let [channels, sources] = [shape.c_out, shape.c_in].map(|c| c / shape.groups);
        let whole = |size| Row {
            from: 0,
            to: size,
            start: 0,
            step: 1,
        };
        let taps = (0..kh).flat_map(|y| (0..kw).map(move |x| [y, x]));
        let mut direction = Self {
            level: Level::best(),
            channels,
            sources,
            groups: shape.groups,
            size: shape.out,
            parts: Vec::new(),
        };
        let at =
            |g: usize, channel: usize, source: usize| (g * channels + channel) * sources + source;
        let way = shape.out.map(whole);
        let part = direction.part(taps.collect(), way, shape, w, at);
        direction.parts.push(part);
        direction
    }

    /// From `out` to `image`: the gradient by the input, or a transposed convolution.
    fn back(shape: &Shape, w: &[f32]) -> Self {
        let grid = Grid::new(shape, 1);
        let [kh, kw] = shape.kernel;
        let [channels, sources] = [shape.c_in, shape.c_out].map(|c| c / shape.groups);
        let mut direction = Self {
            level: Level::best(),
            channels,
            sources,
            groups: shape.groups,
            size: shape.image,
            parts: Vec::new(),
        };
        let at =
            |g: usize, channel: usize, source: usize| (g * sources + source) * channels + channel;
        let ways = grid.image_ways(Axis::computed_row);
        for (phase, way) in ways.into_iter().enumerate() {
            let [ry, rx] = [phase / grid.columns.stride, phase % grid.columns.stride];
            let ys = (0..kh).filter(|&k| grid.rows.tap(k).0 == ry);
            let taps = ys.flat_map(|y| {
                let xs = (0..kw).filter(|&k| grid.columns.tap(k).0 == rx);
                xs.map(move |x| [y, x])
            });
            let taps = taps.collect();
            let part = direction.part(taps, way, shape, w, at);
            direction.parts.push(part);
        }
        direction
    }

    /// Packs the weights of some taps; `at` says where in `w` a group's channel and source meet.
    fn part(
        &self,
        taps: Vec<[usize; 2]>,
        way: [Row; 2],
        shape: &Shape,
        w: &[f32],
        at: impl Fn(usize, usize, usize) -> usize,
    ) -> Part {
        let [kh, kw] = shape.kernel;
        let together = self.level.channels();
        let mut weights = Vec::new();
        for g in 0..self.groups {
            for first in (0..self.channels).step_by(together) {
                for source in 0..self.sources {
                    for [y, x] in &taps {
                        weights.extend((first..first + together).map(|channel| {
                            match channel < self.channels {
                                true => w[(at(g, channel, source) * kh + y) * kw + x],
                                false => 0.0,
                            }
                        }));
                    }
                }
            }
        }
        Part { taps, weights, way }
    }

    /// Computes the images of a grid from their planes into `out`.
    fn run(
        &self,
        grid: &Grid,
        offset: impl Fn(usize, [usize; 2]) -> usize,
        planes: &[f32],
        bias: Option<&[f32]>,
        out: &mut [f32],
        scratch: &mut (Vec<f32>, Vec<usize>),
    ) {
        let (size, (rows, offsets)) = (self.size, scratch);
        let all = self.groups * self.channels;
        for part in &self.parts {
            let [ys, xs] = part.way;
            if ys.from >= ys.to || xs.from >= xs.to {
                continue;
            }
            let taps = self.sources * part.taps.len();
            if taps == 0 {
                fill(out, size, part.way, bias);
                continue;
            }
            let each = part.weights.len() / self.groups;
            for g in 0..self.groups {
                offsets.clear();
                for source in g * self.sources..(g + 1) * self.sources {
                    offsets.extend(part.taps.iter().map(|&tap| offset(source, tap)));
                }
                let pass = Pass {
                    source: planes,
                    offsets,
                    weights: &part.weights[g * each..(g + 1) * each],
                    images: grid.images,
                    image: grid.image,
                    places: (ys.to - 1) * grid.columns.pitch + xs.to,
                };
                let together = self.level.channels();
                self.level.correlate(&pass, rows, &mut |tile, image, rows| {
                    let length = rows.len() / together;
                    let first = tile * together;
                    let some = rows.chunks_exact(length).take(self.channels - first);
                    for (r, row) in some.enumerate() {
                        let channel = g * self.channels + first + r;
                        let bias = bias.map_or(0.0, |b| b[(image * all + channel) % b.len()]);
                        let start = (image * all + channel) * size[0] * size[1];
                        let out = &mut out[start..start + size[0] * size[1]];
                        store(row, grid.columns.pitch, part.way, bias, out, size[1]);
                    }
                });
            }
        }
    }
}

/// Writes computed places plus `bias` to where they belong in one channel of an image.
fn store(row: &[f32], pitch: usize, [ys, xs]: [Row; 2], bias: f32, out: &mut [f32], w: usize) {
    for y in ys.from..ys.to {
        let line = &row[y * pitch + xs.from..y * pitch + xs.to];
        let at = (ys.start + (y - ys.from) * ys.step) * w + xs.start;
        let out = &mut out[at..];
        match xs.step {
            1 => out.iter_mut().zip(line).for_each(|(o, v)| *o = v + bias),
            step => {
                let out = out.iter_mut().step_by(step);
                out.zip(line).for_each(|(o, v)| *o = v + bias);
            }
        }
    }
}

/// Places that no tap reaches hold the bias.
fn fill(out: &mut [f32], [h, w]: [usize; 2], [ys, xs]: [Row; 2], bias: Option<&[f32]>) {
    let channels = bias.map_or(1, <[f32]>::len);
    for (i, out) in out.chunks_exact_mut(h * w).enumerate() {
        let bias = bias.map_or(0.0, |b| b[i % channels]);
        for y in ys.from..ys.to {
            let at = (ys.start + (y - ys.from) * ys.step) * w + xs.start;
            let line = out[at..].iter_mut().step_by(xs.step);
            line.take(xs.to - xs.from).for_each(|o| *o = bias);
        }
    }
}

/// Buffers of a thread.
#[derive(Default)]
struct Scratch {
    image: Vec<f32>,
    out: Vec<f32>,
    tile: (Vec<f32>, Vec<usize>),
    winograd: Buffers,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Most parts that a batch is cut into: gradients by weights are summed over these in order.
const CHUNKS: usize = 8;
/// Places that are worked on together where images are small.
const BLOCK: usize = 1024;

/// Images of a chunk, and of a block in it; the same for any number of threads. In a browser, where
/// there is one thread, all of them are one chunk.
fn cut(shape: &Shape) -> (usize, usize) {
    let chunks = if cfg!(target_family = "wasm") {
        1
    } else {
        CHUNKS
    };
    let chunk = shape.n.div_ceil(chunks).max(1);
    let block = BLOCK / Grid::new(shape, 1).image;
    (chunk, block.clamp(1, chunk))
}

/// Calls `f` with each chunk, on all threads, and gathers what it returns in order.
fn each<I: Send, T: Send>(
    chunks: impl Iterator<Item = I>,
    f: impl Fn(I) -> T + Sync + Send,
) -> Vec<T> {
    #[cfg(target_family = "wasm")]
    return chunks.map(f).collect();
    #[cfg(not(target_family = "wasm"))]
    {
        use rayon::prelude::*;
        let chunks: Vec<I> = chunks.collect();
        chunks.into_par_iter().map(f).collect()
    }
}

/// The biases from the `i`th image on, where each image has its own.
fn biases(bias: Option<&[f32]>, i: usize, channels: usize) -> Option<&[f32]> {
    bias.map(|b| {
        if b.len() == channels {
            b
        } else {
            &b[i * channels..]
        }
    })
}

/// The convolution: `image` `[n, c_in, h, w]`, `w` `[c_out, c_in / groups, kh, kw]` and `bias`
/// `[c_out]` or `[n, c_out]` to `out` `[n, c_out, oh, ow]`.
///
/// # Panics
/// If a slice has another size.
pub fn forward(shape: &Shape, image: &[f32], w: &[f32], bias: Option<&[f32]>, out: &mut [f32]) {
    shape.check(image.len(), w.len(), out.len());
    if out.is_empty() {
        return;
    }
    let (chunk, block) = cut(shape);
    if let Some(fast) = Winograd::forward(shape, w, Level::best()) {
        let sizes = [shape.image_size(), shape.out_size()].map(|size| chunk * size);
        let chunks = image.chunks(sizes[0]).zip(out.chunks_mut(sizes[1]));
        each(chunks.enumerate(), |(i, (image, out))| {
            let bias = biases(bias, i * chunk, shape.c_out);
            let images = image.len() / shape.image_size();
            SCRATCH.with_borrow_mut(|s| fast.run(images, image, bias, out, &mut s.winograd));
        });
        return;
    }
    let direction = Direction::forward(shape, w);
    let chunks = image.chunks(chunk * shape.image_size());
    let chunks = chunks.zip(out.chunks_mut(chunk * shape.out_size()));
    each(chunks.enumerate(), |(i, (image, out))| {
        SCRATCH.with_borrow_mut(|scratch| {
            let blocks = image.chunks(block * shape.image_size());
            let blocks = blocks.zip(out.chunks_mut(block * shape.out_size()));
            for (j, (image, out)) in blocks.enumerate() {
                let bias = biases(bias, i * chunk + j * block, shape.c_out);
                let grid = Grid::new(shape, image.len() / shape.image_size());
                grid.lay_image(image, &mut scratch.image);
                let offset = |channel, tap| grid.offset(channel, tap);
                let tile = &mut scratch.tile;
                direction.run(&grid, offset, &scratch.image, bias, out, tile);
            }
        });
    });
}

/// The way back: the gradient by the convolution's input from that of its output; with `bias`
/// `[c_in]` a transposed convolution. `out` `[n, c_out, oh, ow]` to `image` `[n, c_in, h, w]`.
///
/// # Panics
/// If a slice has another size.
pub fn back(shape: &Shape, out: &[f32], w: &[f32], bias: Option<&[f32]>, image: &mut [f32]) {
    shape.check(image.len(), w.len(), out.len());
    if image.is_empty() {
        return;
    }
    let (chunk, block) = cut(shape);
    if let Some(fast) = Winograd::back(shape, w, Level::best()) {
        let sizes = [shape.out_size(), shape.image_size()].map(|size| chunk * size);
        let chunks = out.chunks(sizes[0]).zip(image.chunks_mut(sizes[1]));
        each(chunks, |(out, image)| {
            let images = image.len() / shape.image_size();
            SCRATCH.with_borrow_mut(|s| fast.run(images, out, bias, image, &mut s.winograd));
        });
        return;
    }
    let direction = Direction::back(shape, w);
    let chunks = out.chunks(chunk * shape.out_size());
    let chunks = chunks.zip(image.chunks_mut(chunk * shape.image_size()));
    each(chunks, |(out, image)| {
        SCRATCH.with_borrow_mut(|scratch| {
            let blocks = out.chunks(block * shape.out_size());
            let blocks = blocks.zip(image.chunks_mut(block * shape.image_size()));
            for (out, image) in blocks {
                let grid = Grid::new(shape, out.len() / shape.out_size());
                grid.lay_out(out, &mut scratch.out);
                let offset = |channel, tap| grid.offset_back(channel, tap);
                let tile = &mut scratch.tile;
                direction.run(&grid, offset, &scratch.out, bias, image, tile);
            }
        });
    });
}

/// The gradient by the weight, `[c_out, c_in / groups, kh, kw]`, from `image` and the gradient by
/// the output, `dy`. Of a transposed convolution it is the same with the two exchanged.
///
/// # Panics
/// If a slice has another size.
pub fn weight_gradient(shape: &Shape, image: &[f32], dy: &[f32]) -> Vec<f32> {
    shape.check(image.len(), shape.weight_size(), dy.len());
    let mut dw = vec![0.0; shape.weight_size()];
    if image.is_empty() || dy.is_empty() {
        return dw;
    }
    let level = Level::best();
    let (chunk, block) = cut(shape);
    let chunks = image.chunks(chunk * shape.image_size());
    let chunks = chunks.zip(dy.chunks(chunk * shape.out_size()));
    if winograd::fits(shape, level) {
        let parts = each(chunks, |(image, dy)| {
            SCRATCH.with_borrow_mut(|s| winograd::products(shape, image, dy, &mut s.winograd))
        });
        return winograd::weight_gradient(shape, parts);
    }
    let parts = each(chunks, |(image, dy)| {
        let mut dw = vec![0.0; shape.weight_size()];
        SCRATCH.with_borrow_mut(|scratch| {
            let blocks = image.chunks(block * shape.image_size());
            for (image, dy) in blocks.zip(dy.chunks(block * shape.out_size())) {
                let grid = Grid::new(shape, image.len() / shape.image_size());
                grid.lay_image(image, &mut scratch.image);
                grid.lay_out(dy, &mut scratch.out);
                add_weight_gradient(level, shape, &grid, scratch, &mut dw);
            }
        });
        dw
    });
    for part in parts {
        dw.iter_mut().zip(part).for_each(|(d, p)| *d += p);
    }
    dw
}

/// Adds what the planes in `scratch` give.
fn add_weight_gradient(
    level: Level,
    shape: &Shape,
    grid: &Grid,
    scratch: &mut Scratch,
    dw: &mut [f32],
) {
    let [kh, kw] = shape.kernel;
    let [c_in, c_out] = [shape.c_in, shape.c_out].map(|c| c / shape.groups);
    let offsets = &mut scratch.tile.1;
    let origin = grid.rows.lead * grid.columns.pitch + grid.columns.lead;
    for (g, dw) in dw.chunks_exact_mut(c_out * c_in * kh * kw).enumerate() {
        offsets.clear();
        for channel in g * c_in..(g + 1) * c_in {
            for y in 0..kh {
                offsets.extend((0..kw).map(|x| grid.offset(channel, [y, x])));
            }
        }
        let walk = Walk {
            dy: &scratch.out[g * c_out * grid.plane + origin..],
            x: &scratch.image,
            plane: grid.plane,
            offsets,
            places: grid.images * grid.image,
        };
        level.dot_products(&walk, dw);
    }
}

/// The gradient by the bias, `[channels]`: the sum of `dy` `[n, channels, pixels]` over everything
/// else.
pub fn bias_gradient(dy: &[f32], channels: usize, pixels: usize) -> Vec<f32> {
    let mut sums = vec![0f64; channels];
    for image in dy.chunks_exact(channels * pixels) {
        for (sum, row) in sums.iter_mut().zip(image.chunks_exact(pixels)) {
            let mut lanes = [0f32; 8];
            let (chunks, rest) = row.as_chunks::<8>();
            for chunk in chunks {
                lanes.iter_mut().zip(chunk).for_each(|(l, v)| *l += v);
            }
            *sum += f64::from(lanes.iter().chain(rest).sum::<f32>());
        }
    }
    sums.into_iter().map(|s| s as f32).collect()
}
