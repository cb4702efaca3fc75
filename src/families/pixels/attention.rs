//! Attention of a pixel to those before it (Chen et al. 2018, "PixelSNAIL", arXiv:1712.09763; Chen et al.
//! 2020, "Generative Pretraining from Pixels").
//!
//! ```text
//! x' = x + W_o attention(W norm(x) + W_place φ(place))
//! ```
//!
//! A pixel's row x knows of what comes before the pixel alone, so it may look at its own row and at all
//! earlier ones. φ are sines and cosines of line and column, from which a query can ask for a place.

use std::f32::consts::TAU;

use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor, TensorData},
};

use super::Kept;
use crate::{
    error::Result,
    kernels::{
        attention::{Caches, Mask, attention, attention_next},
        host::values,
        norm::{Norm, norm},
    },
    nn::{
        init,
        linear::{linear, matmul},
    },
    rng::Rng,
};

/// Numbers of a query.
const WIDTH: usize = 16;
/// The shortest wave of a place is so many pixels long; each other is twice as long as the one before.
const SHORTEST: f32 = 4.0;
/// Waves of a place in each direction.
const WAVES: usize = 5;
/// Numbers that say where a pixel is.
const PLACE: usize = 4 * WAVES;
/// Part of the usual size that the output's weights begin with.
const QUIET: f32 = 0.5;

/// One layer of attention over rows of p numbers.
#[derive(Module, Debug)]
pub struct Attention {
    /// Of the normalisation, `[p]`.
    gain: Param<Tensor<1>>,
    /// p → 3p.
    qkv: Linear,
    /// `[PLACE, 3p]`.
    place: Param<Tensor<2>>,
    /// p → p.
    out: Linear,
}

/// Heads of a layer of p numbers: of about `WIDTH` each.
pub fn heads(p: usize) -> usize {
    let most = (p / WIDTH).max(1);
    (1..=most).rev().find(|n| p.is_multiple_of(*n)).unwrap_or(1)
}

/// φ of every pixel, `[h w, PLACE]`.
fn places([h, w]: [usize; 2], device: &Device) -> Tensor<2> {
    let wave = |at: usize, k: usize| TAU / SHORTEST / (1 << k) as f32 * at as f32;
    let mut all = Vec::with_capacity(h * w * PLACE);
    for i in 0..h * w {
        for at in [i / w, i % w] {
            all.extend((0..WAVES).flat_map(|k| <[f32; 2]>::from(wave(at, k).sin_cos())));
        }
    }
    Tensor::from_data(TensorData::new(all, [h * w, PLACE]), device)
}

impl Attention {
    /// A fresh one.
    pub fn init(p: usize, rng: &mut Rng, device: &Device) -> Self {
        Self {
            gain: init::parameter([p], rng, device, |_| vec![1.0; p]),
            qkv: init::linear(p, 3 * p, 1.0, rng, device),
            place: init::linear(PLACE, 3 * p, 1.0, rng, device).weight,
            out: init::linear(p, p, QUIET, rng, device),
        }
    }

    fn qkv(&self, x: Tensor<2>) -> Tensor<2> {
        linear(&self.qkv, norm(x, self.gain.val(), Norm::Rms, 1e-5))
    }

    /// What each place adds to queries, keys and values, `[h w, 3p]`.
    fn at_places(&self, size: [usize; 2]) -> Tensor<2> {
        matmul(places(size, &self.place.val().device()), self.place.val())
    }

    /// Rows of the pixels of images, `[n h w, p]`, to as many.
    pub fn forward(&self, x: Tensor<2>, size: [usize; 2]) -> Tensor<2> {
        let ([rows, p], t) = (x.dims(), size[0] * size[1]);
        let qkv = self.qkv(x.clone()).reshape([rows / t, t, 3 * p]);
        let qkv = qkv + self.at_places(size).unsqueeze::<3>();
        let qkv = qkv.reshape([rows, 3 * p]);
        x + linear(&self.out, attention(qkv, t, heads(p), &Mask::Causal))
    }
}

/// [`Attention::forward`] pixel by pixel.
pub struct Looking {
    layer: Attention,
    /// `[h w, 3p]`.
    places: Tensor<2>,
    caches: Caches,
    /// Pixels so far.
    at: usize,
}

impl Looking {
    /// Before the first pixel of `count` images.
    pub fn new(layer: &Attention, size: [usize; 2], count: usize, on_host: bool) -> Self {
        Self {
            places: layer.at_places(size),
            layer: layer.clone(),
            caches: Caches::new(on_host, count),
            at: 0,
        }
    }

    /// Keys and values of all pixels so far on the host, `[n, 2 · pixels · p]`.
    pub fn kept(&self) -> Tensor<2> {
        let device = self.layer.gain.val().device();
        let all: &[[Vec<f32>; 2]] = match &self.caches {
            Caches::Host(all) => all,
            Caches::Device(_) => &[],
        };
        let each = all.iter().flatten().flatten().copied();
        let values: Vec<f32> = each.collect();
        let n = all.len();
        let size = [n, values.len() / n.max(1)];
        Tensor::from_data(TensorData::new(values, size), &device)
    }

    /// Goes on from what it had kept after so many pixels.
    ///
    /// # Errors
    /// [`Error::BadRequest`](crate::error::Error::BadRequest) if that is something else.
    pub fn go_on(&mut self, pixels: usize, kept: &mut Kept) -> Result<()> {
        let half = pixels * self.layer.gain.dims()[0];
        let rows = kept.next(2 * half)?;
        let (all, [n, _]) = (values(rows.clone()), rows.dims());
        let cut = |i: usize| {
            let own = &all[2 * i * half..2 * (i + 1) * half];
            [own[..half].to_vec(), own[half..].to_vec()]
        };
        self.caches = Caches::Host((0..n).map(cut).collect());
        self.at = pixels;
        Ok(())
    }

    /// The row of the next pixel of each image, `[n, p]`.
    pub fn next(&mut self, x: Tensor<2>) -> Tensor<2> {
        let [_, p] = x.dims();
        let place = self.places.clone().slice([self.at..self.at + 1, 0..3 * p]);
        self.at += 1;
        let qkv = self.layer.qkv(x.clone()) + place;
        x + linear(
            &self.layer.out,
            attention_next(qkv, heads(p), &mut self.caches),
        )
    }
}
