//! Tiles of outputs that stay in vector registers, compiled for several processors.

use crate::kernels::simd::Level;

/// A vector register.
trait Vector: Copy {
    /// Numbers in it.
    const LANES: usize;

    /// All lanes `value`.
    fn splat(value: f32) -> Self;

    /// Numbers from `from` on.
    ///
    /// # Safety
    /// There are at least [`Vector::LANES`].
    unsafe fn load(from: *const f32) -> Self;

    /// Into the first numbers of `to`.
    fn store(self, to: &mut [f32]);

    /// self + b · c.
    fn add_product(self, b: Self, c: Self) -> Self;

    /// The sum of all lanes.
    fn sum(self) -> f32;
}

/// Four lanes in plain Rust, for processors without a kind of their own.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone, Copy)]
struct Plain([f32; 4]);

#[cfg(not(target_family = "wasm"))]
#[allow(unsafe_code)]
impl Vector for Plain {
    const LANES: usize = 4;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller says that there are four.
        Self(unsafe { from.cast::<[f32; 4]>().read() })
    }

    #[inline(always)]
    fn store(self, to: &mut [f32]) {
        to[..4].copy_from_slice(&self.0);
    }

    #[inline(always)]
    fn add_product(self, b: Self, c: Self) -> Self {
        // Where it is one instruction it is taken; elsewhere it would be a call.
        let one = |i: usize| match cfg!(target_arch = "aarch64") {
            true => b.0[i].mul_add(c.0[i], self.0[i]),
            false => self.0[i] + b.0[i] * c.0[i],
        };
        Self([one(0), one(1), one(2), one(3)])
    }

    #[inline(always)]
    fn sum(self) -> f32 {
        (self.0[0] + self.0[2]) + (self.0[1] + self.0[3])
    }
}

#[cfg(target_family = "wasm")]
mod wasm {
    use core::arch::wasm32::{
        f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat, v128, v128_load, v128_store,
    };

    use super::Vector;

    #[allow(unsafe_code)]
    impl Vector for v128 {
        const LANES: usize = 4;

        #[inline(always)]
        fn splat(value: f32) -> Self {
            f32x4_splat(value)
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller says that there are four; no alignment is needed.
            unsafe { v128_load(from.cast()) }
        }

        #[inline(always)]
        fn store(self, to: &mut [f32]) {
            let to = &mut to[..4];
            // SAFETY: there are four numbers; no alignment is needed.
            unsafe { v128_store(to.as_mut_ptr().cast(), self) }
        }

        #[inline(always)]
        fn add_product(self, b: Self, c: Self) -> Self {
            f32x4_add(self, f32x4_mul(b, c))
        }

        #[inline(always)]
        fn sum(self) -> f32 {
            (f32x4_extract_lane::<0>(self) + f32x4_extract_lane::<2>(self))
                + (f32x4_extract_lane::<1>(self) + f32x4_extract_lane::<3>(self))
        }
    }
}

/// The vectors of x86. They are only made in functions that are compiled for them, so after
/// inlining each method is one instruction.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use std::arch::x86_64::*;

    use super::Vector;

    macro_rules! vector {
        ($name:ty, $lanes:literal, $splat:ident, $load:ident, $store:ident, $fma:ident, $sum:ident) => {
            // SAFETY (all of these): the type is only used where the processor has the
            // instructions; loads and stores stay in slices of enough numbers, at any alignment.
            impl Vector for $name {
                const LANES: usize = $lanes;

                #[inline(always)]
                fn splat(value: f32) -> Self {
                    unsafe { $splat(value) }
                }

                #[inline(always)]
                unsafe fn load(from: *const f32) -> Self {
                    unsafe { $load(from) }
                }

                #[inline(always)]
                fn store(self, to: &mut [f32]) {
                    let to = &mut to[..$lanes];
                    unsafe { $store(to.as_mut_ptr(), self) }
                }

                #[inline(always)]
                fn add_product(self, b: Self, c: Self) -> Self {
                    unsafe { $fma(b, c, self) }
                }

                #[inline(always)]
                fn sum(self) -> f32 {
                    unsafe { $sum(self) }
                }
            }
        };
    }

    /// The sum of all lanes.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn sum_of_eight(v: __m256) -> f32 {
        let four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }

    vector!(
        __m512,
        16,
        _mm512_set1_ps,
        _mm512_loadu_ps,
        _mm512_storeu_ps,
        _mm512_fmadd_ps,
        _mm512_reduce_add_ps
    );
    vector!(
        __m256,
        8,
        _mm256_set1_ps,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_fmadd_ps,
        sum_of_eight
    );
}

/// Sums over taps for some channels at all places: see [`Level::correlate`].
pub struct Pass<'a> {
    /// Planes that are read.
    pub source: &'a [f32],
    /// From a place to what each tap reads.
    pub offsets: &'a [usize],
    /// For each tile of channels and each tap a weight for each channel.
    pub weights: &'a [f32],
    /// Images in each plane.
    pub images: usize,
    /// From one image to the next.
    pub image: usize,
    /// Places of an image.
    pub places: usize,
}

/// What is done with a tile of channels of an image: number of the tile, number of the image, and
/// the places of each channel.
pub type Store<'a> = &'a mut dyn FnMut(usize, usize, &[f32]);

/// Σ over taps for `R` channels at `C` vectors of places.
#[inline(always)]
#[allow(unsafe_code, clippy::needless_range_loop)] // What closures do to vectors is not always inlined.
fn tile<V: Vector, const R: usize, const C: usize>(
    weights: &[[f32; R]],
    offsets: &[usize],
    source: &[f32],
) -> [[V; C]; R] {
    let mut sums = [[V::splat(0.0); C]; R];
    for (w, &at) in weights.iter().zip(offsets) {
        let Some(x) = source.get(at..at + C * V::LANES) else {
            break;
        };
        let mut vectors = [V::splat(0.0); C];
        for c in 0..C {
            // SAFETY: `x` has C vectors.
            vectors[c] = unsafe { V::load(x.as_ptr().add(c * V::LANES)) };
        }
        for r in 0..R {
            let w = V::splat(w[r]);
            for c in 0..C {
                sums[r][c] = sums[r][c].add_product(w, vectors[c]);
            }
        }
    }
    sums
}

#[inline(always)]
fn correlate<V: Vector, const R: usize, const C: usize>(
    pass: &Pass,
    rows: &mut Vec<f32>,
    store: Store,
) {
    let width = C * V::LANES;
    let taps = pass.offsets.len();
    let length = pass.places.next_multiple_of(width);
    rows.resize(R * length, 0.0);
    let tiles = pass.weights.as_chunks::<R>().0;
    for (t, weights) in tiles.chunks_exact(taps).enumerate() {
        for image in 0..pass.images {
            let source = &pass.source[image * pass.image..];
            for at in (0..length).step_by(width) {
                let sums = tile::<V, R, C>(weights, pass.offsets, &source[at..]);
                for (row, sums) in rows.chunks_exact_mut(length).zip(&sums) {
                    for (c, sum) in sums.iter().enumerate() {
                        sum.store(&mut row[at + c * V::LANES..]);
                    }
                }
            }
            store(t, image, rows);
        }
    }
}

/// What [`Level::dot_products`] walks along.
pub struct Walk<'a> {
    /// Planes of dy from the first place on, one for each channel of the group.
    pub dy: &'a [f32],
    /// Planes of the image.
    pub x: &'a [f32],
    /// From one plane to the next.
    pub plane: usize,
    /// From a place to what each tap reads.
    pub offsets: &'a [usize],
    /// Places in all.
    pub places: usize,
}

/// Σ over places of dy of `R` channels times x at `T` taps; `places` is a multiple of the lanes.
#[inline(always)]
#[allow(unsafe_code, clippy::needless_range_loop)] // What closures do to vectors is not always inlined.
fn dots<V: Vector, const R: usize, const T: usize>(
    dy: [&[f32]; R],
    x: [&[f32]; T],
    places: usize,
) -> [[f32; T]; R] {
    let dy = dy.map(|s| s[..places].as_ptr());
    let x = x.map(|s| s[..places].as_ptr());
    let mut sums = [[V::splat(0.0); T]; R];
    for at in (0..places - (V::LANES - 1)).step_by(V::LANES) {
        let mut vectors = [V::splat(0.0); T];
        for t in 0..T {
            // SAFETY: each slice has `places` numbers, and at + LANES is no more than that.
            vectors[t] = unsafe { V::load(x[t].add(at)) };
        }
        for r in 0..R {
            // SAFETY: as above.
            let dy = unsafe { V::load(dy[r].add(at)) };
            for t in 0..T {
                sums[r][t] = sums[r][t].add_product(dy, vectors[t]);
            }
        }
    }
    let mut out = [[0f32; T]; R];
    for r in 0..R {
        for t in 0..T {
            out[r][t] = sums[r][t].sum();
        }
    }
    out
}

#[inline(always)]
fn dot_products<V: Vector, const R: usize, const T: usize>(walk: &Walk, dw: &mut [f32]) {
    let taps = walk.offsets.len();
    let channels = dw.len() / taps;
    let places = walk.places.next_multiple_of(V::LANES);
    for first in (0..channels).step_by(R) {
        // Beyond the last channel and the last tap these are taken again, and dropped.
        let dy = std::array::from_fn(|r| &walk.dy[(first + r).min(channels - 1) * walk.plane..]);
        for tap in (0..taps).step_by(T) {
            let x = std::array::from_fn(|t| &walk.x[walk.offsets[(tap + t).min(taps - 1)]..]);
            let sums = dots::<V, R, T>(dy, x, places);
            for (row, sums) in dw.chunks_exact_mut(taps).skip(first).zip(&sums) {
                row[tap..].iter_mut().zip(sums).for_each(|(d, s)| *d += s);
            }
        }
    }
}

#[cfg(target_family = "wasm")]
type FourLanes = core::arch::wasm32::v128;
#[cfg(not(target_family = "wasm"))]
type FourLanes = Plain;

/// The two walks, compiled for certain processors.
#[cfg(target_arch = "x86_64")]
mod compiled {
    use std::arch::x86_64::{__m256, __m512};

    use super::{Pass, Store, Walk};

    #[target_feature(enable = "avx512f")]
    pub fn correlate_avx512(pass: &Pass, rows: &mut Vec<f32>, store: Store) {
        super::correlate::<__m512, 8, 2>(pass, rows, store);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn correlate_avx2(pass: &Pass, rows: &mut Vec<f32>, store: Store) {
        super::correlate::<__m256, 4, 2>(pass, rows, store);
    }

    #[target_feature(enable = "avx512f")]
    pub fn dot_products_avx512(walk: &Walk, dw: &mut [f32]) {
        super::dot_products::<__m512, 4, 4>(walk, dw);
    }

    #[target_feature(enable = "avx2,fma")]
    pub fn dot_products_avx2(walk: &Walk, dw: &mut [f32]) {
        super::dot_products::<__m256, 4, 2>(walk, dw);
    }
}

#[allow(unsafe_code)] // Functions for certain processors may only be called on them.
impl Level {
    /// Channels that a tile computes together.
    pub fn channels(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => 8,
            _ => 4,
        }
    }

    /// Sums over taps at all places, for each tile of channels and each image; `rows` is a buffer.
    pub fn correlate(self, pass: &Pass, rows: &mut Vec<f32>, store: Store) {
        match self {
            Self::Four => correlate::<FourLanes, 4, 2>(pass, rows, store),
            // SAFETY: this level is only chosen where the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { compiled::correlate_avx2(pass, rows, store) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { compiled::correlate_avx512(pass, rows, store) },
        }
    }

    /// Adds Σ over places of dy times x at each tap to dw, `[channels, taps]`.
    pub fn dot_products(self, walk: &Walk, dw: &mut [f32]) {
        match self {
            Self::Four => dot_products::<FourLanes, 4, 2>(walk, dw),
            // SAFETY: this level is only chosen where the processor has the instructions.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { compiled::dot_products_avx2(walk, dw) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { compiled::dot_products_avx512(walk, dw) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    const TAPS: usize = 7;
    const OFFSETS: [usize; TAPS] = [0, 1, 2, 9, 10, 200, 203];

    /// Every level computes the sums, not only the one that this processor takes.
    #[test]
    fn all_levels_correlate() {
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let source = rng.normal(600);
        for level in Level::all() {
            let together = level.channels();
            let (tiles, images, image, places) = (2, 2, 90, 77);
            let weights = rng.normal(tiles * TAPS * together);
            let pass = Pass {
                source: &source,
                offsets: &OFFSETS,
                weights: &weights,
                images,
                image,
                places,
            };
            let mut seen = 0;
            level.correlate(&pass, &mut Vec::new(), &mut |t, i, rows| {
                let length = rows.len() / together;
                for (r, row) in rows.chunks_exact(length).enumerate() {
                    for (place, got) in row.iter().enumerate().take(places) {
                        let products = OFFSETS.iter().enumerate().map(|(k, offset)| {
                            let w = weights[(t * TAPS + k) * together + r];
                            f64::from(w) * f64::from(source[i * image + place + offset])
                        });
                        let want: f64 = products.sum();
                        let error = (f64::from(*got) - want).abs();
                        assert!(error < 1e-5, "{level:?} {t} {i} {r} {place}: {got}, {want}");
                        seen += 1;
                    }
                }
            });
            assert_eq!(seen, tiles * images * together * places);
        }
    }

    #[test]
    fn all_levels_sum_products() {
        let mut rng = Rng::new(2, Purpose::Evaluate, 0);
        let (channels, plane, places) = (5, 300, 77);
        let x = rng.normal(600);
        let mut dy = rng.normal(channels * plane);
        // Behind the places lie zeros, as in planes.
        for plane in dy.chunks_exact_mut(plane) {
            plane[places..].fill(0.0);
        }
        for level in Level::all() {
            let walk = Walk {
                dy: &dy,
                x: &x,
                plane,
                offsets: &OFFSETS,
                places,
            };
            let start = rng.normal(channels * TAPS);
            let mut got = start.clone();
            level.dot_products(&walk, &mut got);
            for (i, got) in got.iter().enumerate() {
                let (channel, tap) = (i / TAPS, i % TAPS);
                let products = (0..places)
                    .map(|p| f64::from(dy[channel * plane + p]) * f64::from(x[OFFSETS[tap] + p]));
                let want = f64::from(start[i]) + products.sum::<f64>();
                let error = (f64::from(*got) - want).abs();
                assert!(error < 1e-4, "{level:?} {channel} {tap}: {got}, {want}");
            }
        }
    }
}
