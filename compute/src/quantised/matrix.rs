//! Weights as they lie in the file, and products with them.
//!
//! A weight is never unpacked as a whole. What it is multiplied with becomes whole numbers, 32 to a scale
//! ([`Rows`]), and each 32 weights meet them as whole numbers too: eight products and four sums to an
//! instruction. The instruction takes numbers of 16 bits. What these leave over becomes 16 bits more, which are
//! multiplied as well: half as fast, and what comes out is what the unpacked weights would give.

use std::{ops::Range, sync::Arc};

use super::{
    lanes,
    quant::{Blocks, Kind, Part, Q4_0, Q4_1, Q4K, Q6K, Q8_0},
};

/// Numbers to a scale.
const PART: usize = 32;
/// Rows of numbers that meet a row of weights together.
const TILE: usize = 4;

/// A matrix `[rows, columns]` within a file. Clones share it.
#[derive(Debug, Clone)]
pub struct Matrix {
    kind: Kind,
    rows: usize,
    columns: usize,
    file: Arc<Vec<u8>>,
    place: Range<usize>,
}

/// What 16 bits leave over is counted in such parts of their last bit.
const REST: f32 = 65534.0;

/// What a matrix is multiplied with: `[n, columns]`, as numbers, and as `scale · (q + rest / REST)`.
pub struct Rows<'a> {
    n: usize,
    columns: usize,
    numbers: &'a [f32],
    q: Vec<i16>,
    rest: Vec<i16>,
    scales: Vec<f32>,
    sums: Vec<f32>,
}

/// One of them.
#[derive(Clone, Copy)]
struct Row<'a> {
    q: &'a [[i16; PART]],
    rest: &'a [[i16; PART]],
    scales: &'a [f32],
    sums: &'a [f32],
}

impl<'a> Rows<'a> {
    /// `n` rows of numbers.
    pub fn new(numbers: &'a [f32], n: usize) -> Self {
        let columns = numbers.len() / n.max(1);
        let mut rows = Self {
            n,
            columns,
            numbers,
            q: Vec::new(),
            rest: Vec::new(),
            scales: Vec::new(),
            sums: Vec::new(),
        };
        if columns.is_multiple_of(PART) {
            rows.quantise();
        }
        rows
    }

    fn quantise(&mut self) {
        self.q.reserve_exact(self.numbers.len());
        self.rest.reserve_exact(self.numbers.len());
        self.scales.reserve_exact(self.numbers.len() / PART);
        self.sums.reserve_exact(self.numbers.len() / PART);
        for part in self.numbers.chunks_exact(PART) {
            let most = part.iter().fold(0.0f32, |m, x| m.max(x.abs()));
            let scale = most / 32767.0;
            let by = if scale > 0.0 { 1.0 / scale } else { 0.0 };
            // Half away from zero, by the cast, which cuts off.
            let round = |x: f32| (x + 0.5f32.copysign(x)) as i16;
            for x in part {
                let q = round(x * by);
                self.q.push(q);
                self.rest.push(round((x * by - f32::from(q)) * REST));
            }
            self.scales.push(scale);
            self.sums.push(part.iter().sum());
        }
    }

    /// Row `i` as whole numbers, what they leave over, scales and sums.
    fn row(&self, i: usize) -> Row<'_> {
        let (c, p) = (self.columns, self.columns / PART);
        Row {
            q: self.q[i * c..(i + 1) * c].as_chunks().0,
            rest: self.rest[i * c..(i + 1) * c].as_chunks().0,
            scales: &self.scales[i * p..(i + 1) * p],
            sums: &self.sums[i * p..(i + 1) * p],
        }
    }
}

impl Matrix {
    /// A matrix at a place of a file; nothing where it does not fit there.
    pub fn new(
        kind: Kind,
        [rows, columns]: [usize; 2],
        file: Arc<Vec<u8>>,
        start: usize,
    ) -> Option<Self> {
        let bytes = kind.bytes(columns)?.checked_mul(rows)?;
        let place = start..start.checked_add(bytes)?;
        file.get(place.clone())?;
        Some(Self {
            kind,
            rows,
            columns,
            file,
            place,
        })
    }

    /// Rows and columns.
    pub fn dims(&self) -> [usize; 2] {
        [self.rows, self.columns]
    }

    /// How its numbers lie.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.file.get(self.place.clone()).unwrap_or_default()
    }

    /// Some of its rows.
    pub fn part(&self, rows: Range<usize>) -> Option<Self> {
        let each = self.place.len() / self.rows.max(1);
        let start = self.place.start + each * rows.start;
        (rows.end <= self.rows).then(|| Self {
            rows: rows.len(),
            place: start..start + each * rows.len(),
            ..self.clone()
        })
    }

    /// The same, laid out the other way; of kinds without blocks.
    pub fn transposed(&self) -> Option<Self> {
        let (1, each) = self.kind.block() else {
            return None;
        };
        let bytes = self.bytes();
        let mut turned = Vec::with_capacity(bytes.len());
        for c in 0..self.columns {
            for r in 0..self.rows {
                let at = (r * self.columns + c) * each;
                turned.extend_from_slice(&bytes[at..at + each]);
            }
        }
        Self::new(self.kind, [self.columns, self.rows], Arc::new(turned), 0)
    }

    /// Row `i` as numbers.
    pub fn row(&self, i: usize, out: &mut [f32]) {
        let each = self.place.len() / self.rows.max(1);
        if let Some(row) = self.bytes().get(i * each..(i + 1) * each) {
            self.kind.numbers(row, out);
        }
    }

    /// All of it as numbers, of small ones.
    pub fn numbers(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.rows * self.columns];
        self.kind.numbers(self.bytes(), &mut out);
        out
    }

    /// `out[i][r] = Σ weights[r][c] · x[i][c]` for each row i of `x`: `[n, rows]`.
    pub fn times(&self, x: &Rows) -> Vec<f32> {
        let mut out = vec![0.0; x.n * self.rows];
        /// Rows of weights that one thread takes at a time.
        const SHARE: usize = 64;
        let each = self.place.len() / self.rows.max(1);
        if self.place.is_empty() || x.n == 0 {
            return out;
        }
        let shares = self.bytes().chunks(each * SHARE);
        let work = |share: &[u8]| {
            let rows = share.chunks_exact(each);
            match self.kind {
                Kind::F32 | Kind::F16 | Kind::Bf16 => plain(self.kind, rows, x),
                Kind::Q8_0 => whole::<Q8_0>(rows, x),
                Kind::Q4_0 => whole::<Q4_0>(rows, x),
                Kind::Q4_1 => whole::<Q4_1>(rows, x),
                Kind::Q4K => whole::<Q4K>(rows, x),
                Kind::Q6K => whole::<Q6K>(rows, x),
            }
        };
        // Each share gives [its rows, n].
        let mut put = |(s, share): (usize, Vec<f32>)| {
            for (r, row) in share.chunks_exact(x.n).enumerate() {
                for (i, &y) in row.iter().enumerate() {
                    out[i * self.rows + s * SHARE + r] = y;
                }
            }
        };
        #[cfg(not(target_family = "wasm"))]
        if self.rows * self.columns * x.n >= 1 << 18 {
            use rayon::prelude::*;
            let shares: Vec<&[u8]> = shares.collect();
            let done: Vec<Vec<f32>> = shares.into_par_iter().map(work).collect();
            done.into_iter().enumerate().for_each(put);
            return out;
        }
        shares.map(work).enumerate().for_each(&mut put);
        out
    }
}

/// Rows of plain numbers with all rows of `x`: `[rows, n]`.
fn plain<'a>(kind: Kind, rows: impl Iterator<Item = &'a [u8]>, x: &Rows) -> Vec<f32> {
    let mut weights = vec![0.0; x.columns];
    let mut out = Vec::new();
    for row in rows {
        kind.numbers(row, &mut weights);
        out.extend(x.numbers.chunks_exact(x.columns).map(|x| dot(&weights, x)));
    }
    out
}

/// Σ a·b, in eight sums.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let (whole_a, whole_b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest = whole_a.remainder().iter().zip(whole_b.remainder());
    let rest: f32 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in whole_a.zip(whole_b) {
        for i in 0..8 {
            sums[i] += a[i] * b[i];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

/// `sum += v · by`.
pub fn add_scaled(sum: &mut [f32], v: &[f32], by: f32) {
    sum.iter_mut().zip(v).for_each(|(s, v)| *s += by * v);
}

/// Rows of whole numbers with all rows of `x`: `[rows, n]`.
fn whole<'a, B: Blocks>(rows: impl Iterator<Item = &'a [u8]>, x: &Rows) -> Vec<f32> {
    let mut out = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for row in rows {
        if x.n == 1 {
            out.push(single::<B>(row, x));
            continue;
        }
        // Unpacked once for all rows of x.
        parts.clear();
        for block in row.chunks_exact(B::BYTES) {
            parts.extend((0..B::PARTS).map(|part| B::part(block, part)));
        }
        let mut i = 0;
        while i + TILE <= x.n {
            out.extend(tile::<TILE, B>(&parts, x, i));
            i += TILE;
        }
        for i in i..x.n {
            out.extend(tile::<1, B>(&parts, x, i));
        }
    }
    out
}

/// 32 products of whole numbers, as four numbers.
#[inline(always)]
fn products(part: &Part, q: &[i16; PART]) -> lanes::Floats {
    let q = q.as_chunks::<8>().0;
    let each = |i: usize| lanes::madd(part.q[i], lanes::shorts(&q[i]));
    lanes::float(lanes::add(
        lanes::add(each(0), each(1)),
        lanes::add(each(2), each(3)),
    ))
}

/// `sum` and the products of part `p` of a row of `x` with 32 weights.
#[inline(always)]
fn met(sum: lanes::Floats, part: &Part, x: &Row, p: usize) -> lanes::Floats {
    let whole = products(part, &x.q[p]);
    let both = lanes::plus(whole, products(part, &x.rest[p]), lanes::splat(1.0 / REST));
    lanes::plus(sum, both, lanes::splat(part.d * x.scales[p]))
}

/// A row of weights with the one row of `x`.
fn single<B: Blocks>(row: &[u8], x: &Rows) -> f32 {
    let x = x.row(0);
    let (mut sum, mut offset) = (lanes::zero(), 0.0);
    for (b, block) in row.chunks_exact(B::BYTES).enumerate() {
        for i in 0..B::PARTS {
            let (part, p) = (B::part(block, i), b * B::PARTS + i);
            sum = met(sum, &part, &x, p);
            if B::OFFSETS {
                offset += part.m * x.sums[p];
            }
        }
    }
    lanes::total(sum) + offset
}

/// A row of weights with `N` rows of `x` from row `from` on.
fn tile<const N: usize, B: Blocks>(parts: &[Part], x: &Rows, from: usize) -> [f32; N] {
    let rows: [Row; N] = std::array::from_fn(|i| x.row(from + i));
    let (mut sum, mut offset) = ([lanes::zero(); N], [0.0; N]);
    for (p, part) in parts.iter().enumerate() {
        for i in 0..N {
            sum[i] = met(sum[i], part, &rows[i], p);
            if B::OFFSETS {
                offset[i] += part.m * rows[i].sums[p];
            }
        }
    }
    std::array::from_fn(|i| lanes::total(sum[i]) + offset[i])
}
