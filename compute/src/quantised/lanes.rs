//! Vectors of whole numbers: eight of 16 bits, sixteen bytes, four sums of 32 bits.
//!
//! What products of quantised weights need, for wasm, for any x86-64 and, in plain Rust, for all others. The
//! same numbers come out everywhere: sums of whole numbers do not depend on their order.

#![allow(unsafe_code)]

pub use imp::{
    Bytes, Floats, Shorts, add, bits, bytes, either, float, less, madd, plus, scaled, shorts,
    signed, splat, total, unsigned, zero,
};

/// Sixteen bytes out of longer data; what is missing is zero.
#[inline(always)]
pub fn sixteen(data: &[u8], at: usize) -> Bytes {
    match data.get(at..).and_then(|rest| rest.first_chunk::<16>()) {
        Some(chunk) => bytes(chunk),
        None => bytes(&[0; 16]),
    }
}

#[cfg(target_arch = "wasm32")]
mod imp {
    use core::arch::wasm32::*;

    pub type Bytes = v128;
    pub type Shorts = v128;
    pub type Sums = v128;
    pub type Floats = v128;

    /// Sixteen bytes.
    #[inline(always)]
    pub fn bytes(data: &[u8; 16]) -> Bytes {
        // SAFETY: sixteen bytes are there; the load asks for no alignment.
        unsafe { v128_load(data.as_ptr().cast()) }
    }

    /// Eight numbers of 16 bits.
    #[inline(always)]
    pub fn shorts(data: &[i16; 8]) -> Shorts {
        // SAFETY: sixteen bytes are there; the load asks for no alignment.
        unsafe { v128_load(data.as_ptr().cast()) }
    }

    /// `width` bits of each byte from bit `from` on.
    #[inline(always)]
    pub fn bits(v: Bytes, from: u32, width: u32) -> Bytes {
        v128_and(u8x16_shr(v, from), u8x16_splat(((1u32 << width) - 1) as u8))
    }

    /// Low four bits of one, and above them the low two of another.
    #[inline(always)]
    pub fn either(low: Bytes, high: Bytes) -> Bytes {
        v128_or(low, u8x16_shl(high, 4))
    }

    /// Bytes from 0 to 255 in 16 bits.
    #[inline(always)]
    pub fn unsigned(v: Bytes) -> [Shorts; 2] {
        [u16x8_extend_low_u8x16(v), u16x8_extend_high_u8x16(v)]
    }

    /// Bytes from −128 to 127 in 16 bits.
    #[inline(always)]
    pub fn signed(v: Bytes) -> [Shorts; 2] {
        [i16x8_extend_low_i8x16(v), i16x8_extend_high_i8x16(v)]
    }

    /// Each less the same.
    #[inline(always)]
    pub fn less(v: Shorts, by: i16) -> Shorts {
        i16x8_sub(v, i16x8_splat(by))
    }

    /// Each times the same.
    #[inline(always)]
    pub fn scaled(v: Shorts, by: i16) -> Shorts {
        i16x8_mul(v, i16x8_splat(by))
    }

    /// Products, neighbours added.
    #[inline(always)]
    pub fn madd(a: Shorts, b: Shorts) -> Sums {
        i32x4_dot_i16x8(a, b)
    }

    #[inline(always)]
    pub fn add(a: Sums, b: Sums) -> Sums {
        i32x4_add(a, b)
    }

    #[inline(always)]
    pub fn float(v: Sums) -> Floats {
        f32x4_convert_i32x4(v)
    }

    #[inline(always)]
    pub fn zero() -> Floats {
        f32x4_splat(0.0)
    }

    #[inline(always)]
    pub fn splat(v: f32) -> Floats {
        f32x4_splat(v)
    }

    /// `sum + v · by`.
    #[inline(always)]
    pub fn plus(sum: Floats, v: Floats, by: Floats) -> Floats {
        f32x4_add(sum, f32x4_mul(v, by))
    }

    #[inline(always)]
    pub fn total(v: Floats) -> f32 {
        (f32x4_extract_lane::<0>(v) + f32x4_extract_lane::<2>(v))
            + (f32x4_extract_lane::<1>(v) + f32x4_extract_lane::<3>(v))
    }
}

#[cfg(target_arch = "x86_64")]
mod imp {
    use core::arch::x86_64::*;

    pub type Bytes = __m128i;
    pub type Shorts = __m128i;
    pub type Sums = __m128i;
    pub type Floats = __m128;

    // SAFETY of all of this module: SSE2 is part of every x86-64 processor, and loads are of arrays of their size.

    #[inline(always)]
    pub fn bytes(data: &[u8; 16]) -> Bytes {
        unsafe { _mm_loadu_si128(data.as_ptr().cast()) }
    }

    #[inline(always)]
    pub fn shorts(data: &[i16; 8]) -> Shorts {
        unsafe { _mm_loadu_si128(data.as_ptr().cast()) }
    }

    #[inline(always)]
    pub fn bits(v: Bytes, from: u32, width: u32) -> Bytes {
        unsafe {
            let shifted = _mm_srl_epi16(v, _mm_cvtsi32_si128(from as i32));
            _mm_and_si128(shifted, _mm_set1_epi8(((1u32 << width) - 1) as u8 as i8))
        }
    }

    #[inline(always)]
    pub fn either(low: Bytes, high: Bytes) -> Bytes {
        unsafe { _mm_or_si128(low, _mm_slli_epi16(high, 4)) }
    }

    #[inline(always)]
    pub fn unsigned(v: Bytes) -> [Shorts; 2] {
        unsafe {
            let zero = _mm_setzero_si128();
            [_mm_unpacklo_epi8(v, zero), _mm_unpackhi_epi8(v, zero)]
        }
    }

    #[inline(always)]
    pub fn signed(v: Bytes) -> [Shorts; 2] {
        unsafe {
            let (low, high) = (_mm_unpacklo_epi8(v, v), _mm_unpackhi_epi8(v, v));
            [_mm_srai_epi16(low, 8), _mm_srai_epi16(high, 8)]
        }
    }

    #[inline(always)]
    pub fn less(v: Shorts, by: i16) -> Shorts {
        unsafe { _mm_sub_epi16(v, _mm_set1_epi16(by)) }
    }

    #[inline(always)]
    pub fn scaled(v: Shorts, by: i16) -> Shorts {
        unsafe { _mm_mullo_epi16(v, _mm_set1_epi16(by)) }
    }

    #[inline(always)]
    pub fn madd(a: Shorts, b: Shorts) -> Sums {
        unsafe { _mm_madd_epi16(a, b) }
    }

    #[inline(always)]
    pub fn add(a: Sums, b: Sums) -> Sums {
        unsafe { _mm_add_epi32(a, b) }
    }

    #[inline(always)]
    pub fn float(v: Sums) -> Floats {
        unsafe { _mm_cvtepi32_ps(v) }
    }

    #[inline(always)]
    pub fn zero() -> Floats {
        unsafe { _mm_setzero_ps() }
    }

    #[inline(always)]
    pub fn splat(v: f32) -> Floats {
        unsafe { _mm_set1_ps(v) }
    }

    #[inline(always)]
    pub fn plus(sum: Floats, v: Floats, by: Floats) -> Floats {
        unsafe { _mm_add_ps(sum, _mm_mul_ps(v, by)) }
    }

    #[inline(always)]
    pub fn total(v: Floats) -> f32 {
        let mut lanes = [0.0f32; 4];
        unsafe { _mm_storeu_ps(lanes.as_mut_ptr(), v) };
        (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
    }
}

#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
mod imp {
    use std::array::from_fn;

    pub type Bytes = [u8; 16];
    pub type Shorts = [i16; 8];
    pub type Sums = [i32; 4];
    pub type Floats = [f32; 4];

    pub fn bytes(data: &[u8; 16]) -> Bytes {
        *data
    }

    pub fn shorts(data: &[i16; 8]) -> Shorts {
        *data
    }

    pub fn bits(v: Bytes, from: u32, width: u32) -> Bytes {
        v.map(|b| (b >> from) & ((1u32 << width) - 1) as u8)
    }

    pub fn either(low: Bytes, high: Bytes) -> Bytes {
        from_fn(|i| low[i] | high[i] << 4)
    }

    pub fn unsigned(v: Bytes) -> [Shorts; 2] {
        [
            from_fn(|i| i16::from(v[i])),
            from_fn(|i| i16::from(v[8 + i])),
        ]
    }

    pub fn signed(v: Bytes) -> [Shorts; 2] {
        [
            from_fn(|i| i16::from(v[i] as i8)),
            from_fn(|i| i16::from(v[8 + i] as i8)),
        ]
    }

    pub fn less(v: Shorts, by: i16) -> Shorts {
        v.map(|x| x.wrapping_sub(by))
    }

    pub fn scaled(v: Shorts, by: i16) -> Shorts {
        v.map(|x| x.wrapping_mul(by))
    }

    pub fn madd(a: Shorts, b: Shorts) -> Sums {
        let product = |i: usize| i32::from(a[i]) * i32::from(b[i]);
        from_fn(|i| product(2 * i).wrapping_add(product(2 * i + 1)))
    }

    pub fn add(a: Sums, b: Sums) -> Sums {
        from_fn(|i| a[i].wrapping_add(b[i]))
    }

    pub fn float(v: Sums) -> Floats {
        v.map(|x| x as f32)
    }

    pub fn zero() -> Floats {
        [0.0; 4]
    }

    pub fn splat(v: f32) -> Floats {
        [v; 4]
    }

    pub fn plus(sum: Floats, v: Floats, by: Floats) -> Floats {
        from_fn(|i| sum[i] + v[i] * by[i])
    }

    pub fn total(v: Floats) -> f32 {
        (v[0] + v[2]) + (v[1] + v[3])
    }
}
