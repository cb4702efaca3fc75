//! Loops compiled for the vector instructions of the processor at hand.
//!
//! Native builds run on any processor of their kind, so by default the compiler takes only what all
//! of them have. In wasm there is nothing to choose.

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
