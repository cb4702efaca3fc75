//! Attention: softmax(q kᵀ / √d + mask) v for each head (Vaswani et al. 2017, arXiv:1706.03762).
//!
//! Queries, keys and values lie beside each other in rows `[q | k | v]`, as one product makes them;
//! nothing is copied to part the heads. Rows are worked on in bands, so that with a causal mask
//! what lies in a band's future is never touched.

use std::sync::Arc;

use burn::tensor::{Bool, Tensor, TensorData, activation};

use super::{
    cross_entropy::softmax,
    gemm::{View, gemm},
    host::{Array, Kernel, apply, is_host},
    linear::matmul,
    math::{add_scaled, dot},
};

/// Rows of a band.
const BAND: usize = 64;

/// What a row may look at.
#[derive(Debug, Clone, PartialEq)]
pub enum Mask {
    /// Itself and what stands before it.
    Causal,
    /// All rows of its sequence.
    Full,
    /// The rows for which `[t, t]` is true, at least one of them.
    Allowed(Arc<[bool]>),
}

impl Mask {
    /// How many keys the band that ends before `to` of `t` rows can see.
    fn reach(&self, to: usize, t: usize) -> usize {
        match self {
            Mask::Causal => to,
            _ => t,
        }
    }

    /// Turn scores of row `i` into weights, in place.
    fn weigh(&self, scores: &mut [f32], i: usize, t: usize, scale: f32) {
        let visible = match self {
            Mask::Causal => i + 1,
            Mask::Full => scores.len(),
            Mask::Allowed(allowed) => {
                for (score, allowed) in scores.iter_mut().zip(&allowed[i * t..]) {
                    if !allowed {
                        *score = f32::NEG_INFINITY;
                    }
                }
                scores.len()
            }
        };
        let (visible, hidden) = scores.split_at_mut(visible);
        hidden.fill(0.0);
        softmax(visible, scale);
    }

    /// Which of `[t, past + t]` is hidden, as a tensor like `scores` (`[b, heads, t, past + t]`).
    fn hidden(&self, scores: &Tensor<4>, past: usize) -> Option<Tensor<4, Bool>> {
        let dims = scores.dims();
        let (t, all) = (dims[2], dims[3]);
        let hidden: Vec<bool> = match self {
            Mask::Full => return None,
            Mask::Causal => (0..t)
                .flat_map(|i| (0..all).map(move |j| j > past + i))
                .collect(),
            Mask::Allowed(allowed) => allowed.iter().map(|a| !a).collect(),
        };
        let hidden = TensorData::new(hidden, [1, 1, t, all]);
        let hidden = Tensor::<4, Bool>::from_data(hidden, &scores.device());
        Some(hidden.expand(dims))
    }
}

/// Attention within each of `b` sequences of `t` rows.
///
/// # Shapes
/// - qkv: `[b t, 3c]`
/// - output: `[b t, c]`
pub fn attention(qkv: Tensor<2>, t: usize, heads: usize, mask: &Mask) -> Tensor<2> {
    if is_host(&qkv) {
        let mask = mask.clone();
        return apply(Attention { t, heads, mask }, vec![qkv.into_dispatch()]);
    }
    let [q, k, v] = parts(qkv, t, heads);
    let weights = weights_of(q, k, mask, 0);
    joined(matmul(weights, v))
}

/// The weights alone, outside autodiff: `[b, heads, t, t]`.
pub fn attention_weights(qkv: Tensor<2>, t: usize, heads: usize, mask: &Mask) -> Tensor<4> {
    let [q, k, _] = parts(qkv.without_autodiff(), t, heads);
    weights_of(q, k, mask, 0)
}

/// Queries, keys and values, `[b, heads, t, d]` each.
fn parts(qkv: Tensor<2>, t: usize, heads: usize) -> [Tensor<4>; 3] {
    let [n, wide] = qkv.dims();
    let (b, d) = (n / t.max(1), wide / 3 / heads);
    let qkv = qkv.reshape([b, t, 3, heads, d]);
    [0, 1, 2].map(|i| {
        let part = qkv.clone().slice([0..b, 0..t, i..i + 1]);
        part.reshape([b, t, heads, d]).swap_dims(1, 2)
    })
}

fn weights_of(q: Tensor<4>, k: Tensor<4>, mask: &Mask, past: usize) -> Tensor<4> {
    let d = q.dims()[3];
    let scores = matmul(q, k.swap_dims(2, 3)) / (d as f64).sqrt();
    let scores = match mask.hidden(&scores, past) {
        Some(hidden) => scores.mask_fill(hidden, -1e9),
        None => scores,
    };
    activation::softmax(scores, 3)
}

/// `[b, heads, t, d]` → `[b t, c]`.
fn joined(mixed: Tensor<4>) -> Tensor<2> {
    let [b, heads, t, d] = mixed.dims();
    mixed.swap_dims(1, 2).reshape([b * t, heads * d])
}

/// Keys and values of the rows of one sequence that were read before (Pope et al. 2022,
/// arXiv:2211.05102, section 2.1).
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)] // There is one for each layer.
pub enum Cache {
    /// On the host: keys and values, `[length, c]` each.
    Host([Vec<f32>; 2]),
    /// Elsewhere: keys and values, `[1, heads, length, d]` each.
    Device(Option<[Tensor<4>; 2]>),
}

impl Cache {
    /// An empty one.
    pub fn new(on_host: bool) -> Self {
        match on_host {
            true => Cache::Host(Default::default()),
            false => Cache::Device(None),
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        match self {
            Cache::Host(both) => both.iter_mut().for_each(Vec::clear),
            Cache::Device(both) => *both = None,
        }
    }
}

/// Causal attention of the next `t` rows of one sequence, which also look at all that `cache`
/// remembers; it remembers them too. Outside autodiff.
///
/// # Shapes
/// - qkv: `[t, 3c]`
/// - output: `[t, c]`
pub fn attention_cached(qkv: Tensor<2>, heads: usize, cache: &mut Cache) -> Tensor<2> {
    let [t, wide] = qkv.dims();
    match cache {
        Cache::Host(cache) => {
            let device = qkv.device();
            let out = attend_rows(&super::host::values(qkv), wide / 3, heads, cache);
            Tensor::from_data(TensorData::new(out, [t, wide / 3]), &device)
        }
        Cache::Device(cache) => attend_on(cache, qkv, t, heads),
    }
}

/// [`attention_cached`] of the next `t` rows of each of several sequences, in tensors.
fn attend_on(
    cache: &mut Option<[Tensor<4>; 2]>,
    qkv: Tensor<2>,
    t: usize,
    heads: usize,
) -> Tensor<2> {
    let [q, mut k, mut v] = parts(qkv, t, heads);
    let past = cache.as_ref().map_or(0, |[k, _]| k.dims()[2]);
    if let Some([past_k, past_v]) = cache.take() {
        k = Tensor::cat(vec![past_k, k], 2);
        v = Tensor::cat(vec![past_v, v], 2);
    }
    *cache = Some([k.clone(), v.clone()]);
    joined(matmul(weights_of(q, k, &Mask::Causal, past), v))
}

/// [`Cache`]s of several sequences that grow together.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)] // There is one for each layer.
pub enum Caches {
    /// On the host: keys and values of each.
    Host(Vec<[Vec<f32>; 2]>),
    /// Elsewhere: keys and values, `[n, heads, length, d]` each.
    Device(Option<[Tensor<4>; 2]>),
}

impl Caches {
    /// Empty ones of `n` sequences.
    pub fn new(on_host: bool, n: usize) -> Self {
        match on_host {
            true => Caches::Host(vec![Default::default(); n]),
            false => Caches::Device(None),
        }
    }
}

/// [`attention_cached`] of the next row of each of n sequences.
///
/// # Shapes
/// - qkv: `[n, 3c]`
/// - output: `[n, c]`
pub fn attention_next(qkv: Tensor<2>, heads: usize, caches: &mut Caches) -> Tensor<2> {
    let [n, wide] = qkv.dims();
    match caches {
        Caches::Host(caches) => {
            let (device, c) = (qkv.device(), wide / 3);
            let rows = super::host::values(qkv);
            let each = rows.chunks_exact(wide.max(1)).zip(caches);
            let out = each.flat_map(|(row, cache)| attend_rows(row, c, heads, cache));
            Tensor::from_data(TensorData::new(out.collect::<Vec<f32>>(), [n, c]), &device)
        }
        Caches::Device(cache) => attend_on(cache, qkv, 1, heads),
    }
}

/// [`attention_cached`] of rows `[t, 3c]` on the host, whose cache holds `[length, c]` each; returns their
/// mix, `[t, c]`.
pub fn attend_rows(
    qkv: &[f32],
    c: usize,
    heads: usize,
    [keys, values]: &mut [Vec<f32>; 2],
) -> Vec<f32> {
    let (d, past) = (c / heads, keys.len() / c.max(1));
    let scale = 1.0 / (d as f32).sqrt();
    for row in qkv.chunks_exact(3 * c) {
        keys.extend_from_slice(&row[c..2 * c]);
        values.extend_from_slice(&row[2 * c..]);
    }
    let mut out = vec![0f32; qkv.len() / 3];
    let mut weights = vec![0f32; keys.len() / c.max(1)];
    for (i, (row, out)) in qkv
        .chunks_exact(3 * c)
        .zip(out.chunks_exact_mut(c))
        .enumerate()
    {
        let weights = &mut weights[..past + i + 1];
        for (head, out) in out.chunks_exact_mut(d).enumerate() {
            let at = head * d..(head + 1) * d;
            let q = &row[at.clone()];
            for (w, key) in weights.iter_mut().zip(keys.chunks_exact(c)) {
                *w = dot(q, &key[at.clone()]);
            }
            softmax(weights, scale);
            for (w, value) in weights.iter().zip(values.chunks_exact(c)) {
                add_scaled(out, *w, &value[at.clone()]);
            }
        }
    }
    out
}

#[derive(Debug)]
struct Attention {
    t: usize,
    heads: usize,
    mask: Mask,
}

impl Attention {
    /// Weights `[heads, t, t]` (beyond a band's reach whatever was there) and the mix `[t, c]` of one
    /// sequence.
    fn mix(&self, qkv: &[f32], weights: &mut [f32], mixed: &mut [f32]) {
        let (t, heads) = (self.t, self.heads);
        let c = mixed.len() / t;
        let (d, wide) = (c / heads, 3 * c);
        let scale = 1.0 / (d as f32).sqrt();
        for (head, weights) in weights.chunks_exact_mut(t * t).enumerate() {
            let [q, k, v] = [0, 1, 2].map(|part| &qkv[part * c + head * d..]);
            for from in (0..t).step_by(BAND) {
                let rows = BAND.min(t - from);
                let to = self.mask.reach(from + rows, t);
                let band = &mut weights[from * t..];
                let queries = View::strided(&q[from * wide..], rows, d, wide);
                gemm(queries, View::strided(k, to, d, wide).t(), band, t, false);
                for (r, row) in band.chunks_mut(t).take(rows).enumerate() {
                    self.mask.weigh(&mut row[..to], from + r, t, scale);
                }
                let out = &mut mixed[from * c + head * d..];
                let band = View::strided(band, rows, to, t);
                gemm(band, View::strided(v, to, d, wide), out, c, false);
            }
        }
    }

    /// What comes to queries, keys and values of one sequence from the gradient of its mix.
    fn unmix(&self, qkv: &[f32], weights: &[f32], grad: &[f32], out: &mut [f32]) {
        let (t, heads) = (self.t, self.heads);
        let c = grad.len() / t;
        let (d, wide) = (c / heads, 3 * c);
        let scale = 1.0 / (d as f32).sqrt();
        let mut by_weights = vec![0.0; BAND.min(t) * t];
        for (head, weights) in weights.chunks_exact(t * t).enumerate() {
            let [at_q, at_k, at_v] = [0, 1, 2].map(|part| part * c + head * d);
            let part = |at: usize, n| View::strided(&qkv[at..], n, d, wide);
            for from in (0..t).step_by(BAND) {
                let rows = BAND.min(t - from);
                let to = self.mask.reach(from + rows, t);
                let grad = View::strided(&grad[from * c + head * d..], rows, d, c);
                let band = View::strided(&weights[from * t..], rows, to, t);
                gemm(grad, part(at_v, to).t(), &mut by_weights, to, false);
                gemm(band.t(), grad, &mut out[at_v..], wide, true);
                let each = by_weights.chunks_mut(to).zip(weights[from * t..].chunks(t));
                for (by, w) in each.take(rows) {
                    let along = dot(by, &w[..to]);
                    let both = by.iter_mut().zip(w);
                    both.for_each(|(b, w)| *b = scale * w * (*b - along));
                }
                let by = View::new(&by_weights[..rows * to], rows, to);
                let queries = &mut out[at_q + from * wide..];
                gemm(by, part(at_k, to), queries, wide, false);
                let queries = part(at_q + from * wide, rows);
                gemm(by.t(), queries, &mut out[at_k..], wide, true);
            }
        }
    }
}

impl Kernel for Attention {
    /// Keeps `qkv` and the weights.
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let qkv = &inputs[0];
        let (n, c) = (qkv.dims()[0], qkv.dims()[1] / 3);
        let (t, each) = (self.t.max(1), self.heads * self.t * self.t);
        let mut mixed = vec![0f32; n * c];
        let mut weights = vec![0f32; n / t * each];
        let sequence = |((qkv, weights), mixed): ((&[f32], &mut [f32]), &mut [f32])| {
            self.mix(qkv, weights, mixed);
        };
        #[cfg(target_family = "wasm")]
        qkv.values()
            .chunks_exact(t * 3 * c)
            .zip(weights.chunks_exact_mut(each))
            .zip(mixed.chunks_exact_mut(t * c))
            .for_each(sequence);
        #[cfg(not(target_family = "wasm"))]
        {
            use rayon::prelude::*;
            qkv.values()
                .par_chunks_exact(t * 3 * c)
                .zip(weights.par_chunks_exact_mut(each))
                .zip(mixed.par_chunks_exact_mut(t * c))
                .for_each(sequence);
        }
        let mixed = Array::new(mixed, &[n, c]);
        if !training {
            return (mixed, Vec::new());
        }
        let weights = Array::new(weights, &[n / t, self.heads, self.t, self.t]);
        (mixed, vec![qkv.clone(), weights])
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let (qkv, weights) = (&kept[0], &kept[1]);
        let c = qkv.dims()[1] / 3;
        let (t, each) = (self.t.max(1), self.heads * self.t * self.t);
        let mut out = vec![0f32; qkv.values().len()];
        type Sequence<'a> = (((&'a [f32], &'a [f32]), &'a [f32]), &'a mut [f32]);
        let sequence = |(((qkv, weights), grad), out): Sequence| {
            self.unmix(qkv, weights, grad, out);
        };
        #[cfg(target_family = "wasm")]
        qkv.values()
            .chunks_exact(t * 3 * c)
            .zip(weights.values().chunks_exact(each))
            .zip(grad.values().chunks_exact(t * c))
            .zip(out.chunks_exact_mut(t * 3 * c))
            .for_each(sequence);
        #[cfg(not(target_family = "wasm"))]
        {
            use rayon::prelude::*;
            qkv.values()
                .par_chunks_exact(t * 3 * c)
                .zip(weights.values().par_chunks_exact(each))
                .zip(grad.values().par_chunks_exact(t * c))
                .zip(out.par_chunks_exact_mut(t * 3 * c))
                .for_each(sequence);
        }
        vec![Some(Array::new(out, qkv.dims()))]
    }
}
