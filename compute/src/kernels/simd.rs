//! Loops compiled for the vector instructions of the processor at hand.
//!
//! Native builds run on any processor of their kind, so by default the compiler takes only what all
//! of them have. In wasm there is nothing to choose.

use std::ops::{Add, Mul, Sub};

/// The vector instructions that loops are compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Four lanes: wasm's, and any processor's.
    Four,
    /// Eight lanes with a fused multiply-add.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// Sixteen.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Level {
    /// The best that this processor has.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                return Self::Avx512;
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        Self::Four
    }

    /// All that this processor has.
    #[cfg(test)]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Four];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                all.push(Self::Avx2);
            }
            if is_x86_feature_detected!("avx512f") {
                all.push(Self::Avx512);
            }
        }
        all
    }
}

/// Four numbers that are worked on at once: a vector register in wasm.
#[derive(Clone, Copy)]
pub struct Four(four::Numbers);

#[cfg(target_family = "wasm")]
mod four {
    use core::arch::wasm32::{
        f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, f32x4_sub, i32x4_shuffle,
        v128,
    };

    pub type Numbers = v128;

    #[inline(always)]
    pub fn make([a, b, c, d]: [f32; 4]) -> v128 {
        f32x4(a, b, c, d)
    }

    #[inline(always)]
    pub fn numbers(v: v128) -> [f32; 4] {
        [
            f32x4_extract_lane::<0>(v),
            f32x4_extract_lane::<1>(v),
            f32x4_extract_lane::<2>(v),
            f32x4_extract_lane::<3>(v),
        ]
    }

    #[inline(always)]
    pub fn add(a: v128, b: v128) -> v128 {
        f32x4_add(a, b)
    }

    #[inline(always)]
    pub fn subtract(a: v128, b: v128) -> v128 {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    pub fn multiply(a: v128, b: v128) -> v128 {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    pub fn splat(k: f32) -> v128 {
        f32x4_splat(k)
    }

    #[inline(always)]
    pub fn turned([a, b, c, d]: [v128; 4]) -> [v128; 4] {
        let (p, q) = (
            i32x4_shuffle::<0, 4, 1, 5>(a, b),
            i32x4_shuffle::<2, 6, 3, 7>(a, b),
        );
        let (r, s) = (
            i32x4_shuffle::<0, 4, 1, 5>(c, d),
            i32x4_shuffle::<2, 6, 3, 7>(c, d),
        );
        [
            i32x4_shuffle::<0, 1, 4, 5>(p, r),
            i32x4_shuffle::<2, 3, 6, 7>(p, r),
            i32x4_shuffle::<0, 1, 4, 5>(q, s),
            i32x4_shuffle::<2, 3, 6, 7>(q, s),
        ]
    }
}

#[cfg(not(target_family = "wasm"))]
mod four {
    pub type Numbers = [f32; 4];

    #[inline(always)]
    pub fn make(numbers: [f32; 4]) -> Numbers {
        numbers
    }

    #[inline(always)]
    pub fn numbers(v: Numbers) -> [f32; 4] {
        v
    }

    #[inline(always)]
    pub fn add(a: Numbers, b: Numbers) -> Numbers {
        std::array::from_fn(|i| a[i] + b[i])
    }

    #[inline(always)]
    pub fn subtract(a: Numbers, b: Numbers) -> Numbers {
        std::array::from_fn(|i| a[i] - b[i])
    }

    #[inline(always)]
    pub fn multiply(a: Numbers, b: Numbers) -> Numbers {
        std::array::from_fn(|i| a[i] * b[i])
    }

    #[inline(always)]
    pub fn splat(k: f32) -> Numbers {
        [k; 4]
    }

    #[inline(always)]
    pub fn turned(rows: [Numbers; 4]) -> [Numbers; 4] {
        std::array::from_fn(|i| rows.map(|row| row[i]))
    }
}

impl Four {
    /// The same number four times.
    #[inline(always)]
    pub fn splat(k: f32) -> Self {
        Self(four::splat(k))
    }

    /// The four numbers at a place.
    ///
    /// # Safety
    /// They can be read.
    #[allow(unsafe_code)]
    #[inline(always)]
    pub unsafe fn load(from: *const f32) -> Self {
        // SAFETY: by the caller; a vector need not be aligned more than its numbers.
        Self(unsafe { from.cast::<four::Numbers>().read_unaligned() })
    }

    /// Puts them at a place.
    ///
    /// # Safety
    /// They can be written there.
    #[allow(unsafe_code)]
    #[inline(always)]
    pub unsafe fn store(self, to: *mut f32) {
        // SAFETY: by the caller; a vector need not be aligned more than its numbers.
        unsafe { to.cast::<four::Numbers>().write_unaligned(self.0) }
    }

    /// Rows as columns.
    #[inline(always)]
    pub fn turned(rows: [Self; 4]) -> [Self; 4] {
        four::turned(rows.map(|row| row.0)).map(Self)
    }
}

impl From<[f32; 4]> for Four {
    #[inline(always)]
    fn from(numbers: [f32; 4]) -> Self {
        Self(four::make(numbers))
    }
}

impl From<Four> for [f32; 4] {
    #[inline(always)]
    fn from(four: Four) -> Self {
        four::numbers(four.0)
    }
}

impl Add for Four {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self(four::add(self.0, other.0))
    }
}

impl Sub for Four {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self(four::subtract(self.0, other.0))
    }
}

impl Mul for Four {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self(four::multiply(self.0, other.0))
    }
}

impl Mul<f32> for Four {
    type Output = Self;

    #[inline(always)]
    fn mul(self, k: f32) -> Self {
        self * Self::splat(k)
    }
}

/// Makes of a function one that is compiled for each level, and chosen by the processor. What it
/// calls has to be inlined into it, so that the compiler can turn its loops into vector code.
macro_rules! vectorised {
    (
        $(#[$doc:meta])*
        fn $name:ident($($argument:ident: $type:ty),* $(,)?) $body:block
    ) => {
        $(#[$doc])*
        #[allow(unsafe_code, clippy::too_many_arguments)]
        fn $name($($argument: $type),*) {
            #[inline(always)]
            fn four($($argument: $type),*) $body
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($argument: $type),*) {
                four($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            fn avx512($($argument: $type),*) {
                four($($argument),*)
            }
            match $crate::kernels::simd::Level::best() {
                $crate::kernels::simd::Level::Four => four($($argument),*),
                // SAFETY: this level is only chosen where the processor has the instructions.
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::simd::Level::Avx2 => unsafe { avx2($($argument),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                $crate::kernels::simd::Level::Avx512 => unsafe { avx512($($argument),*) },
            }
        }
    };
}
pub(crate) use vectorised;
