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

use super::{matrix::Matrix, quant::Kind};

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
                matrix.kind().whole(block, &mut |q, worth| {
                    for q in q.chunks_exact(weights(bits)) {
                        all.put(unit * rows + r, q, [worth.d, worth.least()]);
                        unit += 1;
                    }
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
