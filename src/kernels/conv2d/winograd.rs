//! 3 × 3 convolutions of stride 1 with fewer than half of the products (Lavin & Gray 2016, "Fast
//! Algorithms for Convolutional Neural Networks", arXiv:1509.09308, section 4.1; after Winograd).
//!
//! Outputs are computed in tiles of 2 × 2. With d the 4 × 4 numbers that a tile reads and g the
//! kernel, its outputs are Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A: sixteen products where the plain sum has 36.
//! Summed over channels they are sixteen products of matrices, one for each place in the tile.

use super::{planes::Shape, tiles::Pass};
use crate::kernels::simd::{Level, vectorised};

/// Products of a tile.
const PLACES: usize = 16;
/// Tiles that are worked on together, so that what belongs to them stays in the cache.
const TILES: usize = 64;
/// Places that a level may compute together.
const WIDEST: usize = 32;
/// Fewer channels than this are not worth the way there and back.
const CHANNELS: usize = 16;

/// One direction of a convolution with its kernels transformed.
pub struct Winograd {
    level: Level,
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
    /// By place, tile of channels, source and channel of the tile.
    weights: Vec<f32>,
}

/// Buffers of a thread.
#[derive(Default)]
pub struct Buffers {
    /// Bᵀ d B by place, source and tile.
    sources: Vec<f32>,
    /// The products by place, channel and tile.
    products: Vec<f32>,
    lines: Vec<f32>,
    rows: Vec<f32>,
}

/// G g Gᵀ.
fn kernel(g: [[f32; 3]; 3]) -> [f32; PLACES] {
    let along = |[a, b, c]: [f32; 3]| [a, 0.5 * (a + b + c), 0.5 * (a - b + c), c];
    let rows = g.map(along); // [3][4]
    let mut out = [0f32; PLACES];
    for x in 0..4 {
        let column = along([rows[0][x], rows[1][x], rows[2][x]]);
        for (y, v) in column.into_iter().enumerate() {
            out[y * 4 + x] = v;
        }
    }
    out
}

vectorised! {
    /// Bᵀ d B for a row of tiles: four lines of numbers, `2 (tiles + 1)` each, to `tiles` numbers from
    /// `at` on for each of the sixteen places.
    fn transform(lines: &mut [f32], out: &mut [&mut [f32]], at: usize, tiles: usize) {
        let length = 2 * (tiles + 1);
        let (first, rest) = lines.split_at_mut(length);
        let (second, rest) = rest.split_at_mut(length);
        let (third, fourth) = rest.split_at_mut(length);
        let middle = second.iter_mut().zip(third.iter_mut());
        let outer = first.iter_mut().zip(&mut fourth[..length]);
        for ((a, d), (b, c)) in outer.zip(middle) {
            (*a, *b, *c, *d) = (*a - *c, *b + *c, *c - *b, *b - *d);
        }
        for (line, out) in lines.chunks_exact(length).zip(out.chunks_exact_mut(4)) {
            let pairs = line.as_chunks::<2>().0;
            let [p, q, r, s] = out else { continue };
            let (p, q) = (&mut p[at..][..tiles], &mut q[at..][..tiles]);
            let (r, s) = (&mut r[at..][..tiles], &mut s[at..][..tiles]);
            let numbers = pairs[..tiles].iter().zip(&pairs[1..][..tiles]);
            let places = p.iter_mut().zip(q).zip(r.iter_mut().zip(s));
            for (([a, b], [c, d]), ((p, q), (r, s))) in numbers.zip(places) {
                (*p, *q, *r, *s) = (a - c, b + c, c - b, b - d);
            }
        }
    }
}

vectorised! {
    /// Aᵀ m A for a row of tiles, from `at` on: upper left, upper right, lower left and lower right
    /// outputs, `tiles` numbers each, plus `bias`.
    fn transform_back(m: &[&[f32]], at: usize, tiles: usize, bias: f32, out: &mut [f32]) {
        let (upper, lower) = out.split_at_mut(2 * tiles);
        let (a, b) = upper.split_at_mut(tiles);
        let (c, d) = lower.split_at_mut(tiles);
        let (a, b) = (&mut a[..tiles], &mut b[..tiles]);
        let (c, d) = (&mut c[..tiles], &mut d[..tiles]);
        let mut rows = [&m[0][..tiles]; PLACES];
        for (row, m) in rows.iter_mut().zip(m) {
            *row = &m[at..][..tiles];
        }
        let m = rows;
        for i in 0..tiles {
            let (mut up, mut low) = ([0f32; 4], [0f32; 4]);
            for x in 0..4 {
                up[x] = m[x][i] + m[4 + x][i] + m[8 + x][i];
                low[x] = m[4 + x][i] - m[8 + x][i] - m[12 + x][i];
            }
            a[i] = up[0] + up[1] + up[2] + bias;
            b[i] = up[1] - up[2] - up[3] + bias;
            c[i] = low[0] + low[1] + low[2] + bias;
            d[i] = low[1] - low[2] - low[3] + bias;
        }
    }
}

impl Winograd {
    /// Vectors of eight lanes and more multiply faster than they can be fed with transformed numbers:
    /// natively the plain sum took half the time.
    fn fits(shape: &Shape, level: Level) -> bool {
        level == Level::Four
            && shape.kernel == [3; 2]
            && shape.stride == [1; 2]
            && shape.dilation == [1; 2]
            && shape.groups == 1
            && shape.padding.iter().all(|&p| p <= 2)
            && shape.c_in.min(shape.c_out) >= CHANNELS
    }

    /// From `image` to `out`, where it is worth it.
    pub fn forward(shape: &Shape, w: &[f32], level: Level) -> Option<Self> {
        let (channels, sources) = (shape.c_out, shape.c_in);
        Self::fits(shape, level).then(|| {
            let mut direction = Self {
                level,
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
        Self::fits(shape, level).then(|| {
            let mut direction = Self {
                level,
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

    fn pack(&mut self, w: impl Fn(usize, usize, usize) -> f32) {
        let together = self.level.channels();
        let padded = self.channels.next_multiple_of(together);
        let each = padded * self.sources;
        self.weights = vec![0.0; PLACES * each];
        for channel in 0..self.channels {
            let (tile, r) = (channel / together, channel % together);
            for source in 0..self.sources {
                let row = |y: usize| [0, 1, 2].map(|x| w(channel, source, y * 3 + x));
                let at = (tile * self.sources + source) * together + r;
                for (place, v) in kernel([row(0), row(1), row(2)]).into_iter().enumerate() {
                    self.weights[place * each + at] = v;
                }
            }
        }
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
        let [down, across] = self.size.map(|s| s.div_ceil(2));
        let together = (TILES / across).max(1);
        for first in (0..images * down).step_by(together) {
            let rows = first..(first + together).min(images * down);
            let tiles = rows.len() * across;
            let stride = tiles.next_multiple_of(WIDEST);
            self.read(rows.clone(), source, stride, buffers);
            self.multiply(tiles, stride, buffers);
            self.write(rows, stride, bias, out, buffers);
        }
    }

    /// Transforms what some rows of tiles read; a row is counted through all images.
    fn read(
        &self,
        rows: std::ops::Range<usize>,
        source: &[f32],
        stride: usize,
        buffers: &mut Buffers,
    ) {
        let [down, across] = self.size.map(|s| s.div_ceil(2));
        let ([h, w], [py, px]) = (self.source, self.padding);
        let length = 2 * (across + 1);
        let each = self.sources * stride;
        buffers.sources.resize(PLACES * each, 0.0);
        buffers.lines.resize(4 * length, 0.0);
        let mut places: Vec<&mut [f32]> = buffers.sources.chunks_exact_mut(each).collect();
        for (i, row) in rows.enumerate() {
            let (image, ty) = (row / down, row % down);
            for channel in 0..self.sources {
                let plane = &source[(image * self.sources + channel) * h * w..][..h * w];
                for (y, line) in buffers.lines.chunks_exact_mut(length).enumerate() {
                    let from = (2 * ty + y).checked_sub(py).filter(|&y| y < h);
                    let Some(from) = from else {
                        line.fill(0.0);
                        continue;
                    };
                    let from = &plane[from * w..][..w.min(length - px)];
                    line[..px].fill(0.0);
                    line[px..px + from.len()].copy_from_slice(from);
                    line[px + from.len()..].fill(0.0);
                }
                let at = channel * stride + i * across;
                transform(&mut buffers.lines, &mut places, at, across);
            }
        }
    }

    /// Sums the products over sources.
    fn multiply(&self, tiles: usize, stride: usize, buffers: &mut Buffers) {
        let together = self.level.channels();
        let padded = self.channels.next_multiple_of(together);
        let offsets: Vec<usize> = (0..self.sources).map(|s| s * stride).collect();
        buffers.products.resize(PLACES * padded * stride, 0.0);
        let places = buffers.sources.chunks_exact(self.sources * stride);
        let products = buffers.products.chunks_exact_mut(padded * stride);
        let weights = self.weights.chunks_exact(padded * self.sources);
        for ((source, products), weights) in places.zip(products).zip(weights) {
            let pass = Pass {
                source,
                offsets: &offsets,
                weights,
                images: 1,
                image: 0,
                places: tiles,
            };
            self.level
                .correlate(&pass, &mut buffers.rows, &mut |tile, _, rows| {
                    let length = rows.len() / together;
                    for (r, row) in rows.chunks_exact(length).enumerate() {
                        let at = (tile * together + r) * stride;
                        products[at..at + tiles].copy_from_slice(&row[..tiles]);
                    }
                });
        }
    }

    /// Transforms the products back and writes them.
    fn write(
        &self,
        rows: std::ops::Range<usize>,
        stride: usize,
        bias: Option<&[f32]>,
        out: &mut [f32],
        buffers: &mut Buffers,
    ) {
        let [down, across] = self.size.map(|s| s.div_ceil(2));
        let [h, w] = self.size;
        let each = buffers.products.len() / PLACES;
        let places: Vec<&[f32]> = buffers.products.chunks_exact(each).collect();
        buffers.lines.resize(4 * (across + 1).max(across) * 2, 0.0);
        for (i, row) in rows.enumerate() {
            let (image, ty) = (row / down, row % down);
            for channel in 0..self.channels {
                let plane = image * self.channels + channel;
                let bias = bias.map_or(0.0, |b| b[plane % b.len()]);
                let at = channel * stride + i * across;
                let four = &mut buffers.lines[..4 * across];
                transform_back(&places, at, across, bias, four);
                let (upper, lower) = four.split_at(2 * across);
                for (y, pair) in [upper, lower].into_iter().enumerate() {
                    if 2 * ty + y >= h {
                        continue;
                    }
                    let line = &mut out[(plane * h + 2 * ty + y) * w..][..w];
                    let (left, right) = pair.split_at(across);
                    let (pairs, rest) = line.as_chunks_mut::<2>();
                    for (to, (l, r)) in pairs.iter_mut().zip(left.iter().zip(right)) {
                        *to = [*l, *r];
                    }
                    if let [last] = rest {
                        *last = left[across - 1];
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::host;
    use super::*;
    use crate::rng::{Purpose, Rng};

    /// Natively [`host`] takes the plain sums, which `tests/convolution.rs` holds to the formula.
    #[test]
    fn both_directions_are_the_plain_sums() {
        for (n, [c_in, c_out], image, padding) in [
            (3, [16, 33], [7, 10], [1, 1]),
            (2, [17, 16], [5, 3], [0, 2]),
            (1, [16, 16], [1, 70], [1, 1]),
            (9, [20, 24], [14, 14], [1, 1]),
            (2, [32, 48], [28, 28], [1, 1]),
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
        }
    }
}
