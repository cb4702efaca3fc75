//! Group normalisation (Wu & He 2018, arXiv:1803.08494) with a gain and a bias for each channel,
//! with SiLU behind it if asked.
//!
//! The channels of an image are normalised in groups: u = (x − mean) / √(var + ε) over the channels
//! and pixels of a group, then gain · u + bias. With one group it is a layer norm of images.

use burn::tensor::{Tensor, activation};

use super::{
    host::{Array, Kernel, apply, is_host},
    math::sigmoid,
    simd::vectorised,
};

/// Partial sums of a loop; the compiler keeps them in vector registers.
const LANES: usize = 16;

/// Images normalised in `groups` groups of channels, times `gain`, plus `bias`; then SiLU if `silu`.
///
/// # Shapes
/// - x: `[n, c, h, w]`
/// - gain, bias: `[c]`
/// - output: `[n, c, h, w]`
///
/// # Panics
/// If the groups do not divide the channels.
pub fn group_norm(
    x: Tensor<4>,
    gain: Tensor<1>,
    bias: Tensor<1>,
    groups: usize,
    epsilon: f32,
    silu: bool,
) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    assert!(
        groups > 0 && c.is_multiple_of(groups),
        "{groups} groups divide {c} channels"
    );
    if !is_host(&gain) {
        let x = x.reshape([n, groups, c / groups * h * w]);
        let x = x.clone() - x.mean_dim(2);
        let scale = (x.clone().square().mean_dim(2) + epsilon).sqrt().recip();
        let x = (x * scale).reshape([n, c, h, w]);
        let x = x * gain.reshape([1, c, 1, 1]) + bias.reshape([1, c, 1, 1]);
        return if silu { activation::silu(x) } else { x };
    }
    let kernel = GroupNorm {
        groups,
        epsilon,
        silu,
    };
    let inputs = [
        x.into_dispatch(),
        gain.into_dispatch(),
        bias.into_dispatch(),
    ];
    apply(kernel, inputs.into())
}

#[derive(Debug)]
struct GroupNorm {
    groups: usize,
    epsilon: f32,
    silu: bool,
}

/// A group of an image: what turns x into u, and its channels' gain and bias.
struct Group<'a> {
    mean: f32,
    scale: f32,
    gain: &'a [f32],
    bias: &'a [f32],
    pixels: usize,
    silu: bool,
}

/// Σ f(x, y) by lanes.
#[inline(always)]
fn sum(x: &[f32], y: &[f32], f: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0f32; LANES];
    let (x, x_rest) = x.as_chunks::<LANES>();
    let (y, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in x.iter().zip(y) {
        for l in 0..LANES {
            lanes[l] += f(x[l], y[l]);
        }
    }
    let rest: f32 = x_rest.iter().zip(y_rest).map(|(x, y)| f(*x, *y)).sum();
    lanes.iter().sum::<f32>() + rest
}

impl Group<'_> {
    /// out = act(gain u + bias), for x of the group.
    #[inline(always)]
    fn forward(&self, x: &[f32], out: &mut [f32]) {
        let rows = x
            .chunks_exact(self.pixels)
            .zip(out.chunks_exact_mut(self.pixels));
        for ((x, out), (gain, bias)) in rows.zip(self.gain.iter().zip(self.bias)) {
            let (a, mean) = (gain * self.scale, self.mean);
            if self.silu {
                for (out, x) in out.iter_mut().zip(x) {
                    let z = a * (x - mean) + bias;
                    *out = z * sigmoid(z);
                }
            } else {
                let each = out.iter_mut().zip(x);
                each.for_each(|(out, x)| *out = a * (x - mean) + bias);
            }
        }
    }

    /// From the gradient by the output to that by x, both in `g`; and for each channel those by
    /// gain and bias.
    ///
    /// With d the gradient by u: ∂x = (d − mean d − u mean(d u)) / σ.
    #[inline(always)]
    fn backward(&self, x: &[f32], g: &mut [f32], by_gain: &mut [f32], by_bias: &mut [f32]) {
        let (mean, scale) = (self.mean, self.scale);
        let rows = x
            .chunks_exact(self.pixels)
            .zip(g.chunks_exact_mut(self.pixels));
        let (mut total, mut along) = (0f64, 0f64);
        for (c, (x, g)) in rows.enumerate() {
            if self.silu {
                let (a, bias) = (self.gain[c] * scale, self.bias[c]);
                for (g, x) in g.iter_mut().zip(x) {
                    let z = a * (x - mean) + bias;
                    let s = sigmoid(z);
                    *g *= s * (1.0 + z * (1.0 - s));
                }
            }
            by_bias[c] = sum(g, x, |g, _| g);
            by_gain[c] = sum(g, x, |g, x| g * ((x - mean) * scale));
            total += f64::from(self.gain[c] * by_bias[c]);
            along += f64::from(self.gain[c] * by_gain[c]);
        }
        let m = x.len() as f64;
        let (total, along) = ((total / m) as f32, (along / m) as f32);
        let rows = x
            .chunks_exact(self.pixels)
            .zip(g.chunks_exact_mut(self.pixels));
        for ((x, g), gain) in rows.zip(self.gain) {
            for (g, x) in g.iter_mut().zip(x) {
                *g = scale * (*g * gain - total - (x - mean) * scale * along);
            }
        }
    }
}

impl GroupNorm {
    /// Mean of a group, and 1/√(var + ε).
    #[inline(always)]
    fn moments(&self, x: &[f32], pixels: usize) -> [f32; 2] {
        let m = x.len() as f64;
        let rows = || x.chunks_exact(pixels);
        let total: f64 = rows().map(|x| f64::from(sum(x, x, |x, _| x))).sum();
        let mean = (total / m) as f32;
        let square = |x: f32, _: f32| (x - mean) * (x - mean);
        let total: f64 = rows().map(|x| f64::from(sum(x, x, square))).sum();
        let scale = (total / m + f64::from(self.epsilon)).sqrt().recip();
        [mean, scale as f32]
    }

    /// The `i`th group of a batch.
    fn group<'a>(
        &self,
        i: usize,
        [mean, scale]: [f32; 2],
        gain: &'a [f32],
        bias: &'a [f32],
        pixels: usize,
    ) -> Group<'a> {
        let each = gain.len() / self.groups;
        let first = i % self.groups * each;
        Group {
            mean,
            scale,
            gain: &gain[first..first + each],
            bias: &bias[first..first + each],
            pixels,
            silu: self.silu,
        }
    }
}

vectorised! {
    /// Normalises one image, and finds its groups' moments.
    fn forward(
        norm: &GroupNorm,
        inputs: [&[f32]; 3],
        pixels: usize,
        out: &mut [f32],
        moments: &mut [[f32; 2]],
    ) {
        let [x, gain, bias] = inputs;
        let size = x.len() / norm.groups;
        let groups = x.chunks_exact(size).zip(out.chunks_exact_mut(size));
        for (i, ((x, out), found)) in groups.zip(moments).enumerate() {
            *found = norm.moments(x, pixels);
            norm.group(i, *found, gain, bias, pixels).forward(x, out);
        }
    }
}

vectorised! {
    /// The gradients of one image: `g` becomes that by x.
    fn backward(
        norm: &GroupNorm,
        inputs: [&[f32]; 3],
        pixels: usize,
        moments: &[[f32; 2]],
        g: &mut [f32],
        by_gain: &mut [f32],
        by_bias: &mut [f32],
    ) {
        let [x, gain, bias] = inputs;
        let size = x.len() / norm.groups;
        let channels = gain.len() / norm.groups;
        let groups = x.chunks_exact(size).zip(g.chunks_exact_mut(size));
        let by = by_gain.chunks_mut(channels).zip(by_bias.chunks_mut(channels));
        for (i, ((x, g), (by_gain, by_bias))) in groups.zip(by).enumerate() {
            let group = norm.group(i, moments[i], gain, bias, pixels);
            group.backward(x, g, by_gain, by_bias);
        }
    }
}

/// Calls `f` with each item, on all threads.
fn each<I: Send>(items: impl Iterator<Item = I>, f: impl Fn(I) + Sync + Send) {
    #[cfg(target_family = "wasm")]
    items.for_each(f);
    #[cfg(not(target_family = "wasm"))]
    {
        use rayon::prelude::*;
        let items: Vec<I> = items.collect();
        items.into_par_iter().for_each(f);
    }
}

impl Kernel for GroupNorm {
    /// Keeps x, gain, bias, and the moments of each group of each image.
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let [x, gain, bias] = [0, 1, 2].map(|i| inputs[i].values());
        let dims = inputs[0].dims().to_vec();
        let [n, pixels] = [dims[0], dims[2] * dims[3]];
        let size = (gain.len() / self.groups * pixels).max(1);
        let mut out = vec![0f32; x.len()];
        let mut moments = vec![[0f32; 2]; n * self.groups];
        let images = x.chunks(size * self.groups);
        let images = images.zip(out.chunks_mut(size * self.groups));
        let images = images.zip(moments.chunks_mut(self.groups));
        each(images, |((x, out), moments)| {
            forward(self, [x, gain, bias], pixels, out, moments);
        });
        let out = Array::new(out, &dims);
        if !training {
            return (out, Vec::new());
        }
        let mut kept = inputs;
        let moments = moments.into_iter().flatten().collect();
        kept.push(Array::new(moments, &[n, self.groups, 2]));
        (out, kept)
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, wanted: &[bool]) -> Vec<Option<Array>> {
        let [x, gain, bias, moments] = [0, 1, 2, 3].map(|i| kept[i].values());
        let (dims, moments) = (kept[0].dims().to_vec(), moments.as_chunks::<2>().0);
        let [n, c, pixels] = [dims[0], dims[1], dims[2] * dims[3]];
        let size = (c / self.groups * pixels).max(1);
        let mut g = grad.into_values();
        // For each image and channel the gradients by gain and bias.
        let mut by = [vec![0f32; n * c], vec![0f32; n * c]];
        let [by_gain, by_bias] = &mut by;
        let images = x.chunks(size * self.groups);
        let images = images.zip(g.chunks_mut(size * self.groups));
        let images = images.zip(moments.chunks(self.groups));
        let images = images.zip(by_gain.chunks_mut(c).zip(by_bias.chunks_mut(c)));
        each(images, |(((x, g), moments), (by_gain, by_bias))| {
            backward(self, [x, gain, bias], pixels, moments, g, by_gain, by_bias);
        });
        let total = |by: &[f32]| {
            let mut sums = vec![0f64; c];
            for row in by.chunks_exact(c) {
                sums.iter_mut()
                    .zip(row)
                    .for_each(|(s, v)| *s += f64::from(*v));
            }
            Array::new(sums.into_iter().map(|s| s as f32).collect(), &[c])
        };
        vec![
            wanted[0].then(|| Array::new(g, &dims)),
            wanted[1].then(|| total(&by[0])),
            wanted[2].then(|| total(&by[1])),
        ]
    }
}
