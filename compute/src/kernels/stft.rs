//! The short-time Fourier transform and its inverse, and what is done to spectra number by number.

use std::f64::consts::TAU;

use super::math::{exp, sin_cos};

/// A number of the plane: its real and its imaginary part.
pub type Complex = [f32; 2];

/// Transforms that are made together, each a lane of the vector registers.
const BATCH: usize = 8;
/// The same number of each of them.
type Lanes = [f32; BATCH];

fn times([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a * c - b * d, a * d + b * c]
}

/// Real and imaginary parts of numbers of several transforms.
#[derive(Clone)]
struct Numbers {
    re: Vec<Lanes>,
    im: Vec<Lanes>,
}

impl Numbers {
    fn zeros(n: usize) -> Self {
        let zeros = || vec![[0.0; BATCH]; n];
        Self {
            re: zeros(),
            im: zeros(),
        }
    }
}

/// (re, im) of a batch of numbers.
type Pair = [Lanes; 2];

#[inline(always)]
fn lanes(f: impl Fn(usize) -> f32) -> Lanes {
    std::array::from_fn(f)
}

/// Each times one root.
#[inline(always)]
fn turned([re, im]: Pair, [c, d]: Complex) -> Pair {
    [
        lanes(|i| re[i] * c - im[i] * d),
        lanes(|i| re[i] * d + im[i] * c),
    ]
}

#[inline(always)]
fn sum([a, b]: Pair, [c, d]: Pair) -> Pair {
    [lanes(|i| a[i] + c[i]), lanes(|i| b[i] + d[i])]
}

#[inline(always)]
fn difference([a, b]: Pair, [c, d]: Pair) -> Pair {
    [lanes(|i| a[i] - c[i]), lanes(|i| b[i] - d[i])]
}

/// The discrete Fourier transform of a fixed length, by its prime factors and fours (Cooley & Tukey 1965).
struct Fourier {
    factors: Vec<usize>,
    /// e^{−2πi k/n}.
    roots: Vec<Complex>,
}

/// The largest prime of a length.
const LARGEST: usize = 7;

impl Fourier {
    /// # Panics
    /// If `n` has a prime factor above 7.
    fn new(n: usize) -> Self {
        let (mut factors, mut rest) = (Vec::new(), n);
        for p in [4, 2, 3, 5, LARGEST] {
            while rest.is_multiple_of(p) {
                factors.push(p);
                rest /= p;
            }
        }
        assert_eq!(rest, 1, "the length is a product of small primes");
        let root = |k: usize| {
            let angle = -TAU * k as f64 / n as f64;
            [angle.cos() as f32, angle.sin() as f32]
        };
        let roots = (0..n).map(root).collect();
        Self { factors, roots }
    }

    /// Of `input` into `out`.
    fn forward(&self, input: &Numbers, out: &mut Numbers) {
        self.part(
            [&input.re, &input.im],
            1,
            [&mut out.re, &mut out.im],
            &self.factors,
        );
    }

    /// Of every `stride`-th number of `input`.
    fn part(
        &self,
        [re, im]: [&[Lanes]; 2],
        stride: usize,
        [out_re, out_im]: [&mut [Lanes]; 2],
        factors: &[usize],
    ) {
        let Some((&p, factors)) = factors.split_first() else {
            (out_re[0], out_im[0]) = (re[0], im[0]);
            return;
        };
        let m = out_re.len() / p;
        let parts = out_re.chunks_mut(m).zip(out_im.chunks_mut(m));
        for (q, (out_re, out_im)) in parts.enumerate() {
            let input = [&re[q * stride..], &im[q * stride..]];
            self.part(input, stride * p, [out_re, out_im], factors);
        }
        let out = [out_re, out_im];
        match p {
            2 => self.join::<2>(out, stride),
            3 => self.join::<3>(out, stride),
            4 => self.join_four(out, stride),
            5 => self.join::<5>(out, stride),
            _ => self.join::<LARGEST>(out, stride),
        }
    }

    /// Joins the transforms of P parts by the definition.
    fn join<const P: usize>(&self, [re, im]: [&mut [Lanes]; 2], stride: usize) {
        let (m, n) = (re.len() / P, self.roots.len());
        for k in 0..m {
            let part =
                |q: usize| turned([re[q * m + k], im[q * m + k]], self.roots[q * k * stride]);
            let parts: [Pair; P] = std::array::from_fn(part);
            for r in 0..P {
                let mut all = parts[0];
                for (q, &part) in parts.iter().enumerate().skip(1) {
                    all = sum(all, turned(part, self.roots[q * r * (n / P) % n]));
                }
                [re[r * m + k], im[r * m + k]] = all;
            }
        }
    }

    /// The same of four, which takes no product but those with the roots.
    fn join_four(&self, [re, im]: [&mut [Lanes]; 2], stride: usize) {
        let m = re.len() / 4;
        for k in 0..m {
            let part =
                |q: usize| turned([re[q * m + k], im[q * m + k]], self.roots[q * k * stride]);
            let [a, b, c, d]: [Pair; 4] = std::array::from_fn(part);
            let (even, odd) = (sum(a, c), sum(b, d));
            let ([ur, ui], [vr, vi]) = (difference(a, c), difference(b, d));
            let all = [
                sum(even, odd),
                // v times −i, and times i.
                [lanes(|i| ur[i] + vi[i]), lanes(|i| ui[i] - vr[i])],
                difference(even, odd),
                [lanes(|i| ur[i] - vi[i]), lanes(|i| ui[i] + vr[i])],
            ];
            for (r, all) in all.into_iter().enumerate() {
                [re[r * m + k], im[r * m + k]] = all;
            }
        }
    }
}

/// Short-time Fourier transforms with Hann's window, and back.
pub struct Stft {
    fourier: Fourier,
    window: Vec<f32>,
    hop: usize,
}

impl Stft {
    /// Windows of so many samples, an even product of primes up to 7, each `hop` behind the one before.
    pub fn new(window: usize, hop: usize) -> Self {
        let hann = |k: usize| (0.5 - 0.5 * (TAU * k as f64 / window as f64).cos()) as f32;
        Self {
            fourier: Fourier::new(window),
            window: (0..window).map(hann).collect(),
            hop,
        }
    }

    /// Numbers of a spectrum: from frequency 0 to half of the samples a second.
    pub fn bins(&self) -> usize {
        self.window.len() / 2 + 1
    }

    /// The spectrum of a sound at `frames` places, a row of [`Stft::bins`] for each; the sound goes on beyond its
    /// ends as in a mirror. Scaled so that a cosine of height 1 has 1 where the hop is a quarter of the window.
    pub fn forward(&self, sound: &[f32], frames: usize) -> Vec<Complex> {
        let (n, hop, bins) = (self.window.len(), self.hop, self.bins());
        let half = (n / 2) as isize;
        let last = sound.len() as isize - 1;
        let at = |place: isize| {
            let place = place.abs();
            let place = if place > last {
                2 * last - place
            } else {
                place
            };
            sound.get(place as usize).copied().unwrap_or(0.0)
        };
        let mut out = vec![[0.0; 2]; frames * bins];
        let mut input = Numbers::zeros(n);
        let mut both = input.clone();
        // Two frames in each transform, one as real and one as imaginary numbers.
        for first in (0..frames).step_by(2 * BATCH) {
            for lane in 0..BATCH {
                let start = ((first + 2 * lane) * hop) as isize - half;
                for (k, window) in self.window.iter().enumerate() {
                    let (place, w) = (start + k as isize, window / hop as f32);
                    input.re[k][lane] = w * at(place);
                    input.im[k][lane] = w * at(place + hop as isize);
                }
            }
            self.fourier.forward(&input, &mut both);
            for (i, row) in out[first * bins..]
                .chunks_mut(bins)
                .take(2 * BATCH)
                .enumerate()
            {
                let lane = i / 2;
                for (k, row) in row.iter_mut().enumerate() {
                    let mirror = (n - k) % n;
                    let ([a, b], [c, d]) = (
                        [both.re[k][lane], both.im[k][lane]],
                        [both.re[mirror][lane], both.im[mirror][lane]],
                    );
                    *row = match i % 2 {
                        0 => [0.5 * (a + c), 0.5 * (b - d)],
                        _ => [0.5 * (b + d), 0.5 * (c - a)],
                    };
                }
            }
        }
        out
    }

    /// The sound whose spectrum comes nearest to this one (Griffin & Lim 1984), a hop for each frame. Not scaled:
    /// it undoes a transform without the division by the hop.
    pub fn inverse(&self, spectrum: &[Complex]) -> Vec<f32> {
        let (n, hop, bins) = (self.window.len(), self.hop, self.bins());
        let frames = spectrum.len() / bins;
        let mut sound = vec![0.0f32; (frames - frames.min(1)) * hop + n];
        let mut weight = vec![0.0f32; sound.len()];
        let mut input = Numbers::zeros(n);
        let mut both = input.clone();
        let nothing = vec![[0.0; 2]; bins];
        let frame = |i: usize| spectrum.get(i * bins..(i + 1) * bins).unwrap_or(&nothing);
        for first in (0..frames).step_by(2 * BATCH) {
            for lane in 0..BATCH {
                let (one, two) = (frame(first + 2 * lane), frame(first + 2 * lane + 1));
                // Backwards is forwards with the numbers mirrored at the real axis.
                for (k, (&(mut a), &(mut b))) in one.iter().zip(two).enumerate() {
                    if k == 0 || 2 * k == n {
                        (a[1], b[1]) = (0.0, 0.0);
                    }
                    let mirror = (n - k) % n;
                    (input.re[k][lane], input.im[k][lane]) = (a[0] - b[1], -(a[1] + b[0]));
                    (input.re[mirror][lane], input.im[mirror][lane]) = (a[0] + b[1], a[1] - b[0]);
                }
            }
            self.fourier.forward(&input, &mut both);
            for i in first..frames.min(first + 2 * BATCH) {
                let lane = (i - first) / 2;
                let (part, sign) = match (i - first) % 2 {
                    0 => (&both.re, 1.0 / n as f32),
                    _ => (&both.im, -1.0 / n as f32),
                };
                let places = i * hop..i * hop + n;
                let sums = sound[places.clone()].iter_mut().zip(&mut weight[places]);
                for (((sum, weight), part), w) in sums.zip(part).zip(&self.window) {
                    *sum += w * part[lane] * sign;
                    *weight += w * w;
                }
            }
        }
        let inside = n / 2..n / 2 + frames * hop;
        let inside = inside.start..inside.end.min(sound.len());
        let scaled = sound[inside.clone()].iter().zip(&weight[inside]);
        scaled.map(|(s, w)| s / w.max(1e-11)).collect()
    }
}

/// Each number of a row times e^log e^{i angle}; logarithms count up to `most`, angles up to [`FAR`](super::math::FAR).
pub fn turn(row: &mut [Complex], log: &[f32], angle: &[f32], most: f32) {
    for ((s, log), angle) in row.iter_mut().zip(log).zip(angle) {
        let ((sin, cos), loud) = (sin_cos(*angle), exp(log.min(most)));
        *s = times(*s, [loud * cos, loud * sin]);
    }
}

/// Adds e^log e^{i angle} to each number of a row.
pub fn add_turned(row: &mut [Complex], log: &[f32], angle: &[f32], most: f32) {
    for ((s, log), angle) in row.iter_mut().zip(log).zip(angle) {
        let ((sin, cos), loud) = (sin_cos(*angle), exp(log.min(most)));
        *s = [s[0] + loud * cos, s[1] + loud * sin];
    }
}

/// Adds e^log z to each number of a row, z as real and imaginary parts by turns.
pub fn add_loud(row: &mut [Complex], log: &[f32], z: &[f32], most: f32) {
    for ((s, log), z) in row.iter_mut().zip(log).zip(z.chunks_exact(2)) {
        let loud = exp(log.min(most));
        *s = [s[0] + loud * z[0], s[1] + loud * z[1]];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By the definition, in double precision.
    #[test]
    fn a_transform_is_the_sum_that_defines_it() {
        for n in [1, 2, 6, 20, 28, 60, 1200] {
            let fourier = Fourier::new(n);
            let value = |k: usize, lane: usize, salt: usize| {
                ((k * 7919 + lane * 104_729 + salt * 1_299_709) % 2003) as f32 / 1001.0 - 1.0
            };
            let mut input = Numbers::zeros(n);
            for k in 0..n {
                input.re[k] = lanes(|lane| value(k, lane, 1));
                input.im[k] = lanes(|lane| value(k, lane, 2));
            }
            let mut out = Numbers::zeros(n);
            fourier.forward(&input, &mut out);
            for (lane, r) in [(0, 0), (3, n / 2), (7, n - 1), (5, n / 3)] {
                let mut want = [0.0f64; 2];
                for k in 0..n {
                    let angle = -TAU * (k * r % n) as f64 / n as f64;
                    let [re, im] = [1, 2].map(|salt| f64::from(value(k, lane, salt)));
                    want[0] += re * angle.cos() - im * angle.sin();
                    want[1] += re * angle.sin() + im * angle.cos();
                }
                let got = [out.re[r][lane], out.im[r][lane]].map(f64::from);
                for (got, want) in got.iter().zip(want) {
                    assert!(
                        (got - want).abs() < 2e-5 * (n as f64).sqrt(),
                        "{n}: {got}, {want}"
                    );
                }
            }
        }
    }
}
