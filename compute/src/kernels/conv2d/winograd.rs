//! 3 × 3 convolutions of stride 1 with a quarter of the products (Lavin & Gray 2016, "Fast Algorithms
//! for Convolutional Neural Networks", arXiv:1509.09308, sections 4.1 and 4.3; after Winograd).
//!
//! Outputs are computed in tiles of 4 × 4. With d the 6 × 6 numbers that a tile reads, g the kernel and
//! y the tile:
//!
//! ```text
//! y  = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A                 36 products where the plain sum has 144
//! ∂g = Gᵀ [Σ_tiles (A ∂y Aᵀ) ⊙ (Bᵀ d B)] G        the gradient by the kernel, as many
//! ```
//!
//! Summed over channels, or over tiles, they are 36 products of matrices, one for each *place* in the
//! tile. Four channels are worked on at once.

use super::{
    planes::Shape,
    points::{READ, TILE, of_data, of_gradient, of_kernel, to_kernel, to_outputs},
};
use crate::kernels::{
    outer::{self, Side},
    simd::{Four, Level},
};

/// Products of a tile.
const PLACES: usize = READ * READ;
/// Channels are filled up with zeros to a multiple of this.
const TOGETHER: usize = 8;
/// Transformed numbers of tiles that are worked on together: they stay in the cache.
const NUMBERS: usize = 100_000;
/// Fewer channels than this are not worth the way there and back.
const CHANNELS: usize = 16;

/// Whether it is worth it. Vectors of eight lanes and more multiply faster than they can be fed with
/// transformed numbers: natively the plain sum took half the time.
pub fn fits(shape: &Shape, level: Level) -> bool {
    level == Level::Four
        && shape.kernel == [3; 2]
        && shape.stride == [1; 2]
        && shape.dilation == [1; 2]
        && shape.groups == 1
        && shape.padding.iter().all(|&p| p <= 2)
        && shape.c_in.min(shape.c_out) >= CHANNELS
}

/// Images whose tiles are transformed.
#[derive(Clone, Copy)]
struct Images<'a> {
    values: &'a [f32],
    channels: usize,
    /// Height and width.
    size: [usize; 2],
    /// Zeros before it.
    padding: [usize; 2],
}

impl Images<'_> {
    /// Four channels of them.
    fn quads(&self) -> usize {
        self.channels.next_multiple_of(TOGETHER) / 4
    }

    /// Copies rows `top`, … of an image with `lead` zeros before the first one into lines of `width`
    /// places, four channels to a place. A channel that is not there is the last one again.
    fn lay(&self, image: usize, quad: usize, top: usize, lines: &mut [[f32; 4]], width: usize) {
        let ([h, w], [py, px]) = (self.size, self.padding);
        let plane = |c: usize| {
            let channel = (quad * 4 + c).min(self.channels - 1);
            &self.values[(image * self.channels + channel) * h * w..][..h * w]
        };
        let planes = [0, 1, 2, 3].map(plane);
        for (y, line) in lines.chunks_exact_mut(width).enumerate() {
            let Some(row) = (top + y).checked_sub(py).filter(|&y| y < h) else {
                line.fill([0.0; 4]);
                continue;
            };
            let count = w.min(width - px);
            let [a, b, c, d] = &planes;
            let rows = [a, b, c, d].map(|plane| &plane[row * w..][..count]);
            line[..px].fill([0.0; 4]);
            line[px + count..].fill([0.0; 4]);
            let line = &mut line[px..px + count];
            let [a, b, c, d] = rows.map(|row| row.as_chunks::<4>());
            let (places, rest) = line.as_chunks_mut::<4>();
            for (i, to) in places.iter_mut().enumerate() {
                let four = [a.0[i], b.0[i], c.0[i], d.0[i]];
                *to = Four::turned(four.map(Four::from)).map(Four::into);
            }
            for (i, to) in rest.iter_mut().enumerate() {
                *to = [a.1[i], b.1[i], c.1[i], d.1[i]];
            }
        }
    }

    /// Transforms tiles of `N` × `N` numbers by `f` along both axes. `rows` are rows of tiles, `across`
    /// tiles each, counted through all images, `down` of which are one image; the numbers of a place
    /// are `stride` apart in `out`, and there by tile and channel.
    #[inline(always)]
    fn transform<const N: usize>(
        &self,
        rows: std::ops::Range<usize>,
        [down, across]: [usize; 2],
        f: impl Fn([Four; N]) -> [Four; READ],
        out: &mut [[f32; 4]],
        stride: usize,
    ) {
        let quads = self.quads();
        let width = TILE * across + N - TILE;
        let mut lines = vec![[0f32; 4]; READ * width];
        for (i, row) in rows.enumerate() {
            let (image, top) = (row / down, row % down * TILE);
            for quad in 0..quads {
                self.lay(image, quad, top, &mut lines[..N * width], width);
                for x in 0..width {
                    let column = f(std::array::from_fn(|y| Four::from(lines[y * width + x])));
                    for (y, v) in column.into_iter().enumerate() {
                        lines[y * width + x] = v.into();
                    }
                }
                for (y, line) in lines.chunks_exact(width).enumerate() {
                    for tile in 0..across {
                        let from = &line[tile * TILE..][..N];
                        let places = f(std::array::from_fn(|x| Four::from(from[x])));
                        let at = (i * across + tile) * quads + quad;
                        for (x, v) in places.into_iter().enumerate() {
                            out[(y * READ + x) * stride + at] = v.into();
                        }
                    }
                }
            }
        }
    }
}

/// Rows of tiles that are worked on together, of `across` tiles with so many channels each.
fn together(across: usize, channels: usize) -> usize {
    (NUMBERS / (PLACES * channels * across)).max(1)
}

/// From one place to the next, for so many tiles of so many fours. Neighbours differ in the place in
/// the cache that they fall on.
fn stride(tiles: usize, quads: usize) -> usize {
    tiles.next_multiple_of(4) * quads + 4
}

/// Buffers of a thread.
#[derive(Default)]
pub struct Buffers {
    /// Bᵀ d B by place, tile and channel.
    data: Vec<[f32; 4]>,
    /// The products, or A ∂y Aᵀ, likewise.
    products: Vec<[f32; 4]>,
}

/// One direction of a convolution with its kernels transformed.
pub struct Winograd {
    /// Channels that are read.
    sources: usize,
    /// Channels that are computed.
    channels: usize,
    /// Height and width of what is read.
    source: [usize; 2],
    /// Zeros before it.
    padding: [usize; 2],
    /// Height and width of what is computed.
    size: [usize; 2],
    /// By place, strip of channels, source and channel of the strip.
    weights: Vec<[f32; 4]>,
}

impl Winograd {
    /// From `image` to `out`, where it is worth it.
    pub fn forward(shape: &Shape, w: &[f32], level: Level) -> Option<Self> {
        let (channels, sources) = (shape.c_out, shape.c_in);
        fits(shape, level).then(|| {
            let mut direction = Self {
                sources,
                channels,
                source: shape.image,
                padding: shape.padding,
                size: shape.out,
                weights: Vec::new(),
            };
            direction.pack(|channel, source, tap| w[(channel * sources + source) * 9 + tap]);
            direction
        })
    }

    /// From `out` to `image`, where it is worth it.
    pub fn back(shape: &Shape, w: &[f32], level: Level) -> Option<Self> {
        let (channels, sources) = (shape.c_in, shape.c_out);
        fits(shape, level).then(|| {
            let mut direction = Self {
                sources,
                channels,
                source: shape.out,
                padding: shape.padding.map(|p| 2 - p),
                size: shape.image,
                weights: Vec::new(),
            };
            direction.pack(|channel, source, tap| w[(source * channels + channel) * 9 + 8 - tap]);
            direction
        })
    }

    /// Transforms the kernels, four channels at once.
    fn pack(&mut self, w: impl Fn(usize, usize, usize) -> f32) {
        let padded = self.sources.next_multiple_of(TOGETHER);
        let strips = self.channels.div_ceil(TOGETHER);
        let stride = self.weight_stride();
        self.weights = vec![[0.0; 4]; PLACES * stride];
        for quad in 0..2 * strips {
            let channels = [0, 1, 2, 3].map(|c| (quad * 4 + c).min(self.channels - 1));
            for source in 0..self.sources {
                let tap = |tap| Four::from(channels.map(|channel| w(channel, source, tap)));
                let row = |y: usize| of_kernel([tap(3 * y), tap(3 * y + 1), tap(3 * y + 2)]);
                let [a, b, c] = [row(0), row(1), row(2)];
                let at = (quad / 2 * padded + source) * 2 + quad % 2;
                for (x, ((a, b), c)) in a.into_iter().zip(b).zip(c).enumerate() {
                    let column = of_kernel([a, b, c]);
                    for (y, v) in column.into_iter().enumerate() {
                        self.weights[(y * READ + x) * stride + at] = v.into();
                    }
                }
            }
        }
    }

    /// From the weights of one place to those of the next.
    fn weight_stride(&self) -> usize {
        let strips = self.channels.div_ceil(TOGETHER);
        2 * strips * self.sources.next_multiple_of(TOGETHER) + 4
    }

    /// Computes `images` images from `source` into `out`.
    pub fn run(
        &self,
        images: usize,
        source: &[f32],
        bias: Option<&[f32]>,
        out: &mut [f32],
        buffers: &mut Buffers,
    ) {
        let [down, across] = self.size.map(|s| s.div_ceil(TILE));
        let source = Images {
            values: source,
            channels: self.sources,
            size: self.source,
            padding: self.padding,
        };
        let channels = self.channels.next_multiple_of(TOGETHER);
        let step = together(across, channels + 4 * source.quads());
        for first in (0..images * down).step_by(step) {
            let rows = first..(first + step).min(images * down);
            let tiles = rows.len() * across;
            let strides = [source.quads(), channels / 4].map(|quads| stride(tiles, quads));
            buffers.data.resize(PLACES * strides[0], [0.0; 4]);
            buffers.products.resize(PLACES * strides[1], [0.0; 4]);
            let counts = [down, across];
            source.transform(rows.clone(), counts, of_data, &mut buffers.data, strides[0]);
            self.multiply(tiles, strides, buffers);
            self.write(rows, strides[1], bias, out, &buffers.products);
        }
    }

    /// Sums the products over sources.
    fn multiply(&self, tiles: usize, strides: [usize; 2], buffers: &mut Buffers) {
        let padded = self.sources.next_multiple_of(TOGETHER);
        let strips = self.channels.div_ceil(TOGETHER);
        let data = buffers.data.chunks_exact(strides[0]);
        let products = buffers.products.chunks_exact_mut(strides[1]);
        let weights = self.weights.chunks_exact(self.weight_stride());
        for ((data, products), weights) in data.zip(products).zip(weights) {
            let (data, products) = (data.as_flattened(), products.as_flattened_mut());
            // By tile, and by strip of channels: what lies behind the last tile is not used.
            let rows = Side {
                data,
                line: padded,
                along: 1,
                tile: 4 * padded,
            };
            let weights = Side {
                data: weights.as_flattened(),
                line: 1,
                along: TOGETHER,
                tile: TOGETHER * padded,
            };
            let columns = TOGETHER * strips;
            outer::sums(
                rows,
                weights,
                padded,
                [tiles, columns],
                products,
                columns,
                false,
            );
        }
    }

    /// Transforms the products back and writes them.
    fn write(
        &self,
        rows: std::ops::Range<usize>,
        stride: usize,
        bias: Option<&[f32]>,
        out: &mut [f32],
        products: &[[f32; 4]],
    ) {
        let [down, across] = self.size.map(|s| s.div_ceil(TILE));
        let [h, w] = self.size;
        let quads = self.channels.next_multiple_of(TOGETHER) / 4;
        for (i, row) in rows.enumerate() {
            let (image, top) = (row / down, row % down * TILE);
            for quad in 0..self.channels.div_ceil(4) {
                let plane = image * self.channels + quad * 4;
                let present = (self.channels - quad * 4).min(4);
                let bias = std::array::from_fn(|c| {
                    bias.map_or(0.0, |b| b[(plane + c.min(present - 1)) % b.len()])
                });
                let planes = &mut out[plane * h * w..(plane + present) * h * w];
                for tile in 0..across {
                    let at = (i * across + tile) * quads + quad;
                    let pixels = self.pixels(&products[at..], stride, bias);
                    let left = tile * TILE;
                    let (rows, columns) = ((h - top).min(TILE), (w - left).min(TILE));
                    for (c, plane) in planes.chunks_exact_mut(h * w).enumerate() {
                        let plane = &mut plane[top * w + left..];
                        for (y, pixels) in pixels.iter().enumerate().take(rows) {
                            let out = &mut plane[y * w..];
                            match out.first_chunk_mut::<TILE>() {
                                Some(out) if columns == TILE => *out = pixels[c],
                                _ => (0..columns).for_each(|x| out[x] = pixels[c][x]),
                            }
                        }
                    }
                }
            }
        }
    }

    /// Aᵀ m A plus the bias for a tile: by row and channel its four pixels.
    #[inline(always)]
    fn pixels(&self, m: &[[f32; 4]], stride: usize, bias: [f32; 4]) -> [[[f32; TILE]; 4]; TILE] {
        let mut columns = [[Four::from([0.0; 4]); TILE]; READ];
        for (x, column) in columns.iter_mut().enumerate() {
            let m = std::array::from_fn(|y| Four::from(m[(y * READ + x) * stride]));
            *column = to_outputs(m);
        }
        let bias = Four::from(bias);
        let mut pixels = [[[0f32; TILE]; 4]; TILE];
        for (y, pixels) in pixels.iter_mut().enumerate() {
            let row = to_outputs(columns.map(|column| column[y])).map(|v| v + bias);
            *pixels = Four::turned(row).map(Four::into);
        }
        pixels
    }
}

/// The sums over tiles of (A ∂y Aᵀ) ⊙ (Bᵀ d B), by place, channel of `out` and channel of `image`, both
/// filled up.
pub fn products(shape: &Shape, image: &[f32], dy: &[f32], buffers: &mut Buffers) -> Vec<f32> {
    let data = Images {
        values: image,
        channels: shape.c_in,
        size: shape.image,
        padding: shape.padding,
    };
    let gradient = Images {
        values: dy,
        channels: shape.c_out,
        size: shape.out,
        padding: [0; 2],
    };
    let counts = shape.out.map(|s| s.div_ceil(TILE));
    let [down, across] = counts;
    let quads = [data.quads(), gradient.quads()];
    let each = sum_stride(quads);
    let mut sums = vec![0f32; PLACES * each];
    let images = dy.len() / shape.out_size();
    let step = together(across, 4 * (quads[0] + quads[1]));
    for first in (0..images * down).step_by(step) {
        let rows = first..(first + step).min(images * down);
        let tiles = rows.len() * across;
        let strides = quads.map(|quads| stride(tiles, quads));
        buffers.data.resize(PLACES * strides[0], [0.0; 4]);
        buffers.products.resize(PLACES * strides[1], [0.0; 4]);
        data.transform(rows.clone(), counts, of_data, &mut buffers.data, strides[0]);
        let out = &mut buffers.products;
        gradient.transform(rows, counts, of_gradient, out, strides[1]);
        let places = buffers.data.chunks_exact(strides[0]);
        let places = places.zip(buffers.products.chunks_exact(strides[1]));
        for ((data, gradient), sums) in places.zip(sums.chunks_exact_mut(each)) {
            add_outer(
                &gradient[..tiles * quads[1]],
                &data[..tiles * quads[0]],
                quads,
                sums,
            );
        }
    }
    sums
}

/// sums[r][c] += Σ_tiles dy[tile][r] d[tile][c].
fn add_outer(
    gradient: &[[f32; 4]],
    data: &[[f32; 4]],
    [across, down]: [usize; 2],
    sums: &mut [f32],
) {
    let (rows, columns) = (4 * down, 4 * across);
    let tiles = gradient.len() / down;
    let gradient = Side {
        data: gradient.as_flattened(),
        line: 1,
        along: rows,
        tile: 4,
    };
    let data = Side {
        data: data.as_flattened(),
        line: 1,
        along: columns,
        tile: TOGETHER,
    };
    outer::sums(gradient, data, tiles, [rows, columns], sums, columns, true);
}

/// The gradient by the weight, `[c_out, c_in, 3, 3]`, from the [`products`] of all images.
pub fn weight_gradient(shape: &Shape, parts: Vec<Vec<f32>>) -> Vec<f32> {
    let mut parts = parts.into_iter();
    let mut sums = parts.next().unwrap_or_default();
    for part in parts {
        sums.iter_mut().zip(part).for_each(|(s, p)| *s += p);
    }
    let quads = [shape.c_in, shape.c_out].map(|c| c.next_multiple_of(TOGETHER) / 4);
    let stride = sum_stride(quads) / 4;
    let sums = sums.as_chunks::<4>().0;
    let mut dw = vec![0f32; shape.weight_size()];
    for (row, dw) in dw.chunks_exact_mut(shape.c_in * 9).enumerate() {
        for (quad, dw) in dw.chunks_mut(4 * 9).enumerate() {
            let m = &sums[row * quads[0] + quad..];
            let mut rows = [[Four::from([0.0; 4]); READ]; 3];
            for x in 0..READ {
                let m = std::array::from_fn(|y| Four::from(m[(y * READ + x) * stride]));
                let column = to_kernel(m);
                (0..3).for_each(|y| rows[y][x] = column[y]);
            }
            for (y, row) in rows.into_iter().enumerate() {
                for (x, v) in to_kernel(row).into_iter().enumerate() {
                    let v: [f32; 4] = v.into();
                    let taps = dw[y * 3 + x..].iter_mut().step_by(9);
                    taps.zip(v).for_each(|(tap, v)| *tap = v);
                }
            }
        }
    }
    dw
}

/// From the sums of one place to those of the next.
fn sum_stride(quads: [usize; 2]) -> usize {
    16 * quads[0] * quads[1] + 16
}

#[cfg(test)]
mod tests {
    use super::super::host;
    use super::*;
    use crate::rng::{Purpose, Rng};

    /// Natively [`host`] takes the plain sums, which `tests/convolution.rs` holds to the formula.
    #[test]
    fn all_three_passes_are_the_plain_sums() {
        for (n, [c_in, c_out], image, padding) in [
            (3, [16, 33], [7, 10], [1, 1]),
            (2, [17, 16], [5, 3], [0, 2]),
            (1, [16, 16], [1, 70], [1, 1]),
            (9, [20, 24], [14, 14], [1, 1]),
            (2, [32, 48], [28, 28], [1, 1]),
            (1, [24, 40], [9, 13], [2, 0]),
        ] {
            let shape = Shape {
                n,
                c_in,
                c_out,
                groups: 1,
                image,
                kernel: [3; 2],
                out: [0, 1].map(|i| image[i] + 2 * padding[i] - 2),
                stride: [1; 2],
                padding,
                dilation: [1; 2],
            };
            let mut rng = Rng::new(3, Purpose::Evaluate, 0);
            let x = rng.normal(n * c_in * image[0] * image[1]);
            let dy = rng.normal(n * c_out * shape.out[0] * shape.out[1]);
            let w = rng.normal(c_in * c_out * 9);
            let bias = rng.normal(n * c_out);
            let close = |got: &[f32], want: &[f32]| {
                let size = want.iter().fold(1.0f32, |m, v| m.max(v.abs()));
                for (got, want) in got.iter().zip(want) {
                    assert!((got - want).abs() < 2e-6 * size, "{shape:?}: {got}, {want}");
                }
            };
            let (mut got, mut want) = (vec![f32::NAN; dy.len()], vec![f32::NAN; dy.len()]);
            let fast = Winograd::forward(&shape, &w, Level::Four).expect("it fits");
            fast.run(n, &x, Some(&bias), &mut got, &mut Buffers::default());
            host::forward(&shape, &x, &w, Some(&bias), &mut want);
            close(&got, &want);
            let (mut got, mut want) = (vec![f32::NAN; x.len()], vec![f32::NAN; x.len()]);
            let fast = Winograd::back(&shape, &w, Level::Four).expect("it fits");
            fast.run(n, &dy, None, &mut got, &mut Buffers::default());
            host::back(&shape, &dy, &w, None, &mut want);
            close(&got, &want);
            // In two parts, as two threads take them.
            let ((x_1, x_2), (dy_1, dy_2)) = (
                x.split_at(n / 2 * shape.image_size()),
                dy.split_at(n / 2 * shape.out_size()),
            );
            let parts = [(x_1, dy_1), (x_2, dy_2)]
                .map(|(x, dy)| products(&shape, x, dy, &mut Buffers::default()));
            let got = weight_gradient(&shape, parts.into());
            close(&got, &host::weight_gradient(&shape, &x, &dy));
        }
    }
}
