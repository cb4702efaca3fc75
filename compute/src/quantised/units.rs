//! Quantised weights as a GPU reads them.
//!
//! The kinds of a file differ in their blocks. Here all of them are units of sixteen bytes, 32 weights of four bits
//! or 16 of eight, each worth w = d·q + m with q from 0 on. Units that are multiplied with the same numbers lie
//! beside each other, so that threads beside each other, one for each row, read what lies side by side:
//!
//! ```text
//! words  [units, rows, 4]   weight i of a unit in bits i·b mod 32 and on of word i·b / 32
//! worth  [units, rows, 2]   d, m
//! ```

use super::{
    matrix::Matrix,
    quant::{Kind, half, six_bits},
};

/// Words of a unit.
pub const WORDS: usize = 4;

/// A matrix of quantised weights, unit by unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Units {
    /// Bits of a weight: 4 or 8.
    pub bits: usize,
    /// `[units, rows, 4]`, 32 bits each.
    pub words: Vec<i32>,
    /// `[units, rows, 2]`.
    pub worth: Vec<f32>,
}

impl Units {
    /// What `matrix` holds; nothing for kinds whose numbers are not whole.
    pub fn of(matrix: &Matrix) -> Option<Self> {
        let bits = match matrix.kind() {
            Kind::F32 | Kind::F16 | Kind::Bf16 => return None,
            Kind::Q4_0 | Kind::Q4_1 | Kind::Q4K => 4,
            Kind::Q8_0 | Kind::Q6K => 8,
        };
        let [rows, columns] = matrix.dims();
        let units = columns / weights(bits);
        let mut all = Self {
            bits,
            words: vec![0; units * rows * WORDS],
            worth: vec![0.0; units * rows * 2],
        };
        let (_, bytes) = matrix.kind().block();
        let each = matrix.bytes().len() / rows.max(1);
        for (r, row) in matrix.bytes().chunks_exact(each.max(1)).enumerate() {
            let mut unit = 0;
            for block in row.chunks_exact(bytes) {
                unpack(matrix.kind(), block, &mut |q, d, m| {
                    all.put(unit * rows + r, q, [d, m]);
                    unit += 1;
                });
            }
        }
        Some(all)
    }

    fn put(&mut self, at: usize, q: &[u8], worth: [f32; 2]) {
        let words = &mut self.words[at * WORDS..(at + 1) * WORDS];
        for (word, q) in words.iter_mut().zip(q.chunks_exact(32 / self.bits)) {
            let bits = q.iter().enumerate();
            let bits = bits.map(|(i, &q)| u32::from(q) << (i * self.bits));
            *word = bits.sum::<u32>().cast_signed();
        }
        self.worth[at * 2..(at + 1) * 2].copy_from_slice(&worth);
    }
}

/// Weights of a unit.
pub const fn weights(bits: usize) -> usize {
    WORDS * 32 / bits
}

/// The units of a block: what its weights are, d and m.
fn unpack(kind: Kind, b: &[u8], put: &mut impl FnMut(&[u8], f32, f32)) {
    let mut q = [0u8; 32];
    match kind {
        Kind::F32 | Kind::F16 | Kind::Bf16 => (),
        Kind::Q8_0 => {
            let d = half(b);
            for part in b[2..].chunks_exact(16) {
                q.iter_mut().zip(part).for_each(|(q, b)| *q = b ^ 0x80);
                put(&q[..16], d, -128.0 * d);
            }
        }
        Kind::Q4_0 => {
            halves(&b[2..], &mut q);
            put(&q, half(b), -8.0 * half(b));
        }
        Kind::Q4_1 => {
            halves(&b[4..], &mut q);
            put(&q, half(b), half(&b[2..]));
        }
        Kind::Q4K => {
            let (d, e) = (half(b), half(&b[2..]));
            for part in 0..8 {
                let (s, o) = six_bits(&b[4..16], part);
                let bytes = &b[16 + part / 2 * 32..];
                for (q, b) in q.iter_mut().zip(bytes) {
                    *q = b >> (part % 2 * 4) & 15;
                }
                put(&q, d * f32::from(s), -e * f32::from(o));
            }
        }
        Kind::Q6K => {
            for part in 0..16 {
                // Two halves of 128 weights, in each four times 32, in each two scales.
                let (half_of, k, l) = (part / 8, part / 2 % 4, part % 2 * 16);
                let low = &b[64 * half_of + 32 * (k % 2) + l..];
                let high = &b[128 + 32 * half_of + l..];
                for (q, (low, high)) in q[..16].iter_mut().zip(low.iter().zip(high)) {
                    *q = (low >> (k / 2 * 4) & 15) | (high >> (2 * k) & 3) << 4;
                }
                let d = half(&b[208..]) * f32::from(b[192 + part] as i8);
                put(&q[..16], d, -32.0 * d);
            }
        }
    }
}

/// Weight j in the low half of byte j, j + 16 in the high.
fn halves(bytes: &[u8], q: &mut [u8; 32]) {
    let (low, high) = q.split_at_mut(16);
    for ((low, high), b) in low.iter_mut().zip(high).zip(bytes) {
        (*low, *high) = (b & 15, b >> 4);
    }
}
