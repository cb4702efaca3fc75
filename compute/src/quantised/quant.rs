//! How the numbers of a weight lie in a file, and what each is worth.
//!
//! Blocks of weights share a scale d and, in some, an offset m: w = d·q + m with whole numbers q of few bits.
//! The forms are those of GGUF (github.com/ggml-org/ggml, `ggml-quants.h`), little-endian:
//!
//! ```text
//! Q8_0   32 weights:  d f16 | q 32 × i8                                       w = d·q
//! Q4_0   32 weights:  d f16 | q 16 bytes, weight j in the low half of byte j, j + 16 in the high   w = d·(q − 8)
//! Q4_1   32 weights:  d f16 | m f16 | q as in Q4_0                            w = d·q + m
//! Q4_K  256 weights:  d f16 | e f16 | 12 bytes: 8 scales s and 8 offsets o of 6 bits | q 128 bytes
//!                     w = d·s·q − e·o, one s and o for each 32
//! Q6_K  256 weights:  low 4 bits 128 bytes | high 2 bits 64 bytes | s 16 × i8 | d f16   w = d·s·(q − 32)
//! ```
//!
//! [`Kind::numbers`] turns a row into numbers, plainly. Products do not go by way of it: see [`Part`].

use super::lanes::{self, Shorts};

/// How a weight's numbers lie in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 32 bits.
    F32,
    /// 16 bits, IEEE.
    F16,
    /// The upper 16 of 32 bits.
    Bf16,
    /// 8 bits in blocks of 32.
    Q8_0,
    /// 4 bits in blocks of 32 around zero.
    Q4_0,
    /// 4 bits in blocks of 32 with an offset.
    Q4_1,
    /// 4 bits in blocks of 256 with scales of their own for each 32.
    Q4K,
    /// 6 bits in blocks of 256 with scales of their own for each 16.
    Q6K,
}

impl Kind {
    /// Weights of a block, and its bytes.
    pub const fn block(self) -> (usize, usize) {
        match self {
            Kind::F32 => (1, 4),
            Kind::F16 | Kind::Bf16 => (1, 2),
            Kind::Q8_0 => (32, 34),
            Kind::Q4_0 => (32, 18),
            Kind::Q4_1 => (32, 20),
            Kind::Q4K => (256, 144),
            Kind::Q6K => (256, 210),
        }
    }

    /// The kind that GGUF has under a number.
    pub const fn of_gguf(number: u32) -> Option<Self> {
        Some(match number {
            0 => Kind::F32,
            1 => Kind::F16,
            2 => Kind::Q4_0,
            3 => Kind::Q4_1,
            8 => Kind::Q8_0,
            12 => Kind::Q4K,
            14 => Kind::Q6K,
            30 => Kind::Bf16,
            _ => return None,
        })
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::F32 => "F32",
            Kind::F16 => "F16",
            Kind::Bf16 => "BF16",
            Kind::Q8_0 => "Q8_0",
            Kind::Q4_0 => "Q4_0",
            Kind::Q4_1 => "Q4_1",
            Kind::Q4K => "Q4_K",
            Kind::Q6K => "Q6_K",
        }
    }

    /// Bytes of `n` weights in whole blocks; nothing where they do not make such, or for too many.
    pub const fn bytes(self, n: usize) -> Option<usize> {
        let (weights, bytes) = self.block();
        if !n.is_multiple_of(weights) {
            return None;
        }
        (n / weights).checked_mul(bytes)
    }

    /// Whether each number of whole blocks is one. Products take numbers of 16 bits as if none of them were infinite
    /// or no number, so that this is to be asked before.
    pub fn finite(self, data: &[u8]) -> bool {
        // Exponents of nothing but ones stand for what is no number.
        let half = |b: &[u8], at: usize| b.get(at + 1).is_some_and(|high| high & 0x7c != 0x7c);
        let (_, bytes) = self.block();
        let mut blocks = data.chunks_exact(bytes);
        match self {
            Kind::F32 => blocks.all(|b| single(b).is_finite()),
            Kind::Bf16 => blocks.all(|b| f32::from_le_bytes([0, 0, b[0], b[1]]).is_finite()),
            Kind::F16 | Kind::Q8_0 | Kind::Q4_0 => blocks.all(|b| half(b, 0)),
            Kind::Q4_1 | Kind::Q4K => blocks.all(|b| half(b, 0) && half(b, 2)),
            Kind::Q6K => blocks.all(|b| half(b, 208)),
        }
    }

    /// The numbers of whole blocks.
    pub fn numbers(self, data: &[u8], out: &mut [f32]) {
        let (weights, bytes) = self.block();
        let blocks = data.chunks_exact(bytes).zip(out.chunks_exact_mut(weights));
        match self {
            Kind::F32 => blocks.for_each(|(b, out)| out[0] = single(b)),
            Kind::F16 => blocks.for_each(|(b, out)| out[0] = half(b)),
            Kind::Bf16 => {
                blocks.for_each(|(b, out)| out[0] = f32::from_le_bytes([0, 0, b[0], b[1]]))
            }
            Kind::Q8_0 | Kind::Q4_0 | Kind::Q4_1 | Kind::Q4K | Kind::Q6K => {
                blocks.for_each(|(b, mut out)| {
                    self.whole(b, &mut |q, worth| {
                        let (here, rest) = std::mem::take(&mut out).split_at_mut(q.len());
                        here.iter_mut().zip(q).for_each(|(w, &q)| *w = worth.of(q));
                        out = rest;
                    });
                });
            }
        }
    }

    /// The whole numbers of a block, from 0 on, as many at a time as share what they are worth; none of kinds without
    /// such.
    pub(super) fn whole(self, b: &[u8], put: &mut impl FnMut(&[u8], Worth)) {
        let mut q = [0u8; 32];
        match self {
            Kind::F32 | Kind::F16 | Kind::Bf16 => (),
            Kind::Q8_0 => {
                q.iter_mut().zip(&b[2..]).for_each(|(q, b)| *q = b ^ 0x80);
                put(&q, Worth::around(half(b), 128.0));
            }
            Kind::Q4_0 => {
                halves_of(&b[2..], &mut q);
                put(&q, Worth::around(half(b), 8.0));
            }
            Kind::Q4_1 => {
                halves_of(&b[4..], &mut q);
                put(&q, Worth::from(half(b), half(&b[2..])));
            }
            Kind::Q4K => {
                let (d, e) = (half(b), half(&b[2..]));
                for part in 0..8 {
                    let (s, o) = six_bits(&b[4..16], part);
                    let bytes = &b[16 + part / 2 * 32..];
                    for (q, b) in q.iter_mut().zip(bytes) {
                        *q = b >> (part % 2 * 4) & 15;
                    }
                    put(&q, Worth::from(d * f32::from(s), -e * f32::from(o)));
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
                    put(&q[..16], Worth::around(d, 32.0));
                }
            }
        }
    }
}

/// What whole numbers are worth: w = d·(q − zero) + m.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    pub(super) d: f32,
    zero: f32,
    m: f32,
}

impl Worth {
    fn around(d: f32, zero: f32) -> Self {
        Self { d, zero, m: 0.0 }
    }

    fn from(d: f32, m: f32) -> Self {
        Self { d, zero: 0.0, m }
    }

    fn of(self, q: u8) -> f32 {
        self.d * (f32::from(q) - self.zero) + self.m
    }

    /// What 0 is worth.
    pub(super) fn least(self) -> f32 {
        self.of(0)
    }
}

/// Weight j in the low half of byte j, j + 16 in the high.
fn halves_of(bytes: &[u8], q: &mut [u8; 32]) {
    let (low, high) = q.split_at_mut(16);
    for ((low, high), b) in low.iter_mut().zip(high).zip(bytes) {
        (*low, *high) = (b & 15, b >> 4);
    }
}

/// Scale and offset of 6 bits of one of eight parts, out of 12 bytes.
#[inline(always)]
fn six_bits(b: &[u8], part: usize) -> (u8, u8) {
    match part {
        0..4 => (b[part] & 63, b[part + 4] & 63),
        _ => (
            (b[part + 4] & 15) | (b[part - 4] >> 6) << 4,
            (b[part + 4] >> 4) | (b[part] >> 6) << 4,
        ),
    }
}

#[inline(always)]
fn single(b: &[u8]) -> f32 {
    b.first_chunk::<4>().map_or(0.0, |b| f32::from_le_bytes(*b))
}

/// A number of 16 bits, IEEE. Without branches: most of wasm's time for a block would go there. What is infinite or
/// no number comes out as ±65,536 or more: see [`Kind::finite`].
#[inline(always)]
pub fn half(b: &[u8]) -> f32 {
    let Some(&b) = b.first_chunk::<2>() else {
        return 0.0;
    };
    let h = u32::from(u16::from_le_bytes(b));
    // The exponent moves by 112, by a product that is right for small numbers, too.
    let magnitude = f32::from_bits((h & 0x7fff) << 13) * f32::from_bits(0x7780_0000);
    f32::from_bits(magnitude.to_bits() | (h & 0x8000) << 16)
}

/// 32 weights for products of whole numbers: w = d·q + m.
pub struct Part {
    /// q, with scales of 8 bits in it where halves of the part have their own.
    pub q: [Shorts; 4],
    /// d.
    pub d: f32,
    /// m.
    pub m: f32,
}

/// A kind whose weights are whole numbers in blocks.
pub trait Blocks {
    /// Bytes of a block.
    const BYTES: usize;
    /// Parts of a block.
    const PARTS: usize;
    /// Whether there are offsets.
    const OFFSETS: bool;

    /// Part `part` of a block.
    fn part(block: &[u8], part: usize) -> Part;
}

/// [`Kind::Q8_0`].
pub struct Q8_0;
/// [`Kind::Q4_0`].
pub struct Q4_0;
/// [`Kind::Q4_1`].
pub struct Q4_1;
/// [`Kind::Q4K`].
pub struct Q4K;
/// [`Kind::Q6K`].
pub struct Q6K;

impl Blocks for Q8_0 {
    const BYTES: usize = 34;
    const PARTS: usize = 1;
    const OFFSETS: bool = false;

    #[inline(always)]
    fn part(b: &[u8], _: usize) -> Part {
        let [a, c] = lanes::signed(lanes::sixteen(b, 2));
        let [e, g] = lanes::signed(lanes::sixteen(b, 18));
        Part {
            q: [a, c, e, g],
            d: half(b),
            m: 0.0,
        }
    }
}

/// Halves of bytes: first the low ones.
#[inline(always)]
fn halves(b: lanes::Bytes) -> [Shorts; 4] {
    let [a, c] = lanes::unsigned(lanes::bits(b, 0, 4));
    let [e, g] = lanes::unsigned(lanes::bits(b, 4, 4));
    [a, c, e, g]
}

impl Blocks for Q4_0 {
    const BYTES: usize = 18;
    const PARTS: usize = 1;
    const OFFSETS: bool = false;

    #[inline(always)]
    fn part(b: &[u8], _: usize) -> Part {
        Part {
            q: halves(lanes::sixteen(b, 2)).map(|q| lanes::less(q, 8)),
            d: half(b),
            m: 0.0,
        }
    }
}

impl Blocks for Q4_1 {
    const BYTES: usize = 20;
    const PARTS: usize = 1;
    const OFFSETS: bool = true;

    #[inline(always)]
    fn part(b: &[u8], _: usize) -> Part {
        Part {
            q: halves(lanes::sixteen(b, 4)),
            d: half(b),
            m: half(&b[2..]),
        }
    }
}

impl Blocks for Q4K {
    const BYTES: usize = 144;
    const PARTS: usize = 8;
    const OFFSETS: bool = true;

    #[inline(always)]
    fn part(b: &[u8], part: usize) -> Part {
        let (s, o) = six_bits(&b[4..16], part);
        let (at, from) = (16 + part / 2 * 32, (part % 2 * 4) as u32);
        let [a, c] = lanes::unsigned(lanes::bits(lanes::sixteen(b, at), from, 4));
        let [e, g] = lanes::unsigned(lanes::bits(lanes::sixteen(b, at + 16), from, 4));
        Part {
            q: [a, c, e, g],
            d: half(b) * f32::from(s),
            m: -half(&b[2..]) * f32::from(o),
        }
    }
}

impl Blocks for Q6K {
    const BYTES: usize = 210;
    const PARTS: usize = 8;
    const OFFSETS: bool = false;

    /// Scale times q is at most 2¹² in size; with numbers of 16 bits, four sums of eight products hold them.
    #[inline(always)]
    fn part(b: &[u8], part: usize) -> Part {
        let (half_of, k) = (part / 4, part % 4);
        let sixteen = |l: usize| {
            let low = lanes::sixteen(b, 64 * half_of + 32 * (k % 2) + l);
            let low = lanes::bits(low, if k < 2 { 0 } else { 4 }, 4);
            let high = lanes::bits(lanes::sixteen(b, 128 + 32 * half_of + l), 2 * k as u32, 2);
            let scale = i16::from(b[192 + 8 * half_of + 2 * k + l / 16] as i8);
            lanes::unsigned(lanes::either(low, high))
                .map(|q| lanes::scaled(lanes::less(q, 32), scale))
        };
        let ([a, c], [e, g]) = (sixteen(0), sixteen(16));
        Part {
            q: [a, c, e, g],
            d: half(&b[208..]),
            m: 0.0,
        }
    }
}
