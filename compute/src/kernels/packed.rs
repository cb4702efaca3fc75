//! Attention of sequences of different lengths that lie one after the other, without padding: each row of
//! queries looks at the keys of its own sequence, which may be the same rows (self-attention) or those of
//! another text (cross-attention; Vaswani et al. 2017, arXiv:1706.03762, section 3.2).
//!
//! The sequences are short, so their few products are plain loops.

use std::sync::Arc;

use burn::tensor::{Bool, Tensor, TensorData, activation};

use super::{
    cross_entropy::softmax,
    host::{Array, Kernel, apply, is_host},
    linear::matmul,
    math::{add_scaled, dot},
};

/// Which rows belong together.
#[derive(Debug, Clone)]
pub struct Sequences {
    /// Rows of queries of each sequence.
    pub queries: Arc<[usize]>,
    /// Rows of keys of each.
    pub keys: Arc<[usize]>,
    /// Whether the i-th query of a sequence sees its first i + 1 keys only.
    pub causal: bool,
}

impl Sequences {
    /// Sequences whose rows look at each other.
    pub fn own(lengths: &[usize], causal: bool) -> Self {
        Self::across(lengths, lengths, causal)
    }

    /// Sequences of queries that look at sequences of keys.
    pub fn across(queries: &[usize], keys: &[usize], causal: bool) -> Self {
        Self {
            queries: queries.into(),
            keys: keys.into(),
            causal,
        }
    }

    /// Of each sequence its rows of queries and of keys: from, how many.
    fn each(&self) -> impl Iterator<Item = [(usize, usize); 2]> + '_ {
        let (mut q, mut k) = (0, 0);
        let both = self.queries.iter().zip(self.keys.iter());
        both.map(move |(&queries, &keys)| {
            let at = [(q, queries), (k, keys)];
            (q, k) = (q + queries, k + keys);
            at
        })
    }

    /// How many keys the `i`-th query of a sequence of `keys` sees.
    fn visible(&self, i: usize, keys: usize) -> usize {
        if self.causal { (i + 1).min(keys) } else { keys }
    }

    /// What is hidden of `[n, m]`.
    fn hidden(&self, n: usize, m: usize) -> Vec<bool> {
        let mut hidden = vec![true; n * m];
        for [(q, queries), (k, keys)] in self.each() {
            for i in 0..queries {
                let row = (q + i) * m + k;
                hidden[row..row + self.visible(i, keys)].fill(false);
            }
        }
        hidden
    }
}

/// softmax(q kᵀ / √d + mask) v for each head.
///
/// # Shapes
/// - q: `[n, c]`, sequence after sequence
/// - kv: `[m, 2c]`, keys beside values
/// - output: `[n, c]`
pub fn packed_attention(
    q: Tensor<2>,
    kv: Tensor<2>,
    heads: usize,
    sequences: &Sequences,
) -> Tensor<2> {
    if is_host(&q) {
        let kernel = Packed {
            heads,
            sequences: sequences.clone(),
        };
        return apply(kernel, vec![q.into_dispatch(), kv.into_dispatch()]);
    }
    let [n, c] = q.dims();
    let m = kv.dims()[0];
    let values = parted(kv.clone().slice([0..m, c..2 * c]), heads);
    let mixed = matmul(weights_of(q, kv, heads, sequences), values);
    mixed.swap_dims(0, 1).reshape([n, c])
}

/// The weights alone, outside autodiff: `[heads, n, m]`, zero between different sequences.
pub fn packed_weights(
    q: Tensor<2>,
    kv: Tensor<2>,
    heads: usize,
    sequences: &Sequences,
) -> Tensor<3> {
    weights_of(
        q.without_autodiff(),
        kv.without_autodiff(),
        heads,
        sequences,
    )
}

/// `[n, c]` → `[heads, n, d]`.
fn parted(x: Tensor<2>, heads: usize) -> Tensor<3> {
    let [n, c] = x.dims();
    x.reshape([n, heads, c / heads]).swap_dims(0, 1)
}

fn weights_of(q: Tensor<2>, kv: Tensor<2>, heads: usize, sequences: &Sequences) -> Tensor<3> {
    let ([n, c], m) = (q.dims(), kv.dims()[0]);
    let keys = parted(kv.slice([0..m, 0..c]), heads);
    let scale = ((c / heads) as f64).sqrt();
    let scores = matmul(parted(q, heads), keys.swap_dims(1, 2)) / scale;
    let hidden = TensorData::new(sequences.hidden(n, m), [1, n, m]);
    let hidden = Tensor::<3, Bool>::from_data(hidden, &scores.device());
    let scores = scores.mask_fill(hidden.expand([heads, n, m]), -1e9);
    activation::softmax(scores, 2)
}

/// [`packed_attention`] of one row of queries on the host, `[c]`, that looks at all rows of `kv`, `[m, 2c]`; what it takes
/// is added to `out`, `[c]`.
pub fn attend_row(q: &[f32], kv: &[f32], heads: usize, out: &mut [f32]) {
    let c = q.len();
    let d = (c / heads.max(1)).max(1);
    let mut weights = vec![0f32; kv.len() / (2 * c).max(1)];
    let each = q.chunks_exact(d).zip(out.chunks_exact_mut(d));
    for (head, (q, out)) in each.enumerate() {
        mix(
            q,
            kv.get(head * d..).unwrap_or_default(),
            c,
            &mut weights,
            out,
        );
    }
}

/// One head of one row: `weights` become those of as many keys, of which `kv` begins with the first, and their values are
/// added to `out`.
#[inline(always)]
fn mix(query: &[f32], kv: &[f32], c: usize, weights: &mut [f32], out: &mut [f32]) {
    let d = query.len();
    for (j, weight) in weights.iter_mut().enumerate() {
        *weight = dot(query, &kv[j * 2 * c..][..d]);
    }
    softmax(weights, 1.0 / (d as f32).sqrt());
    for (j, &weight) in weights.iter().enumerate() {
        add_scaled(out, weight, &kv[j * 2 * c + c..][..d]);
    }
}

#[derive(Debug)]
struct Packed {
    heads: usize,
    sequences: Sequences,
}

impl Packed {
    /// Calls `f` for each head of each row of queries with the place of its numbers in a row, the row, the
    /// rows of keys that it sees (from, how many) and where their weights lie.
    fn walk(&self, c: usize, mut f: impl FnMut(usize, usize, (usize, usize), usize)) {
        let d = c / self.heads;
        let mut at = 0;
        for [(q, queries), (k, keys)] in self.sequences.each() {
            for head in 0..self.heads {
                for i in 0..queries {
                    let visible = self.sequences.visible(i, keys);
                    f(head * d, q + i, (k, visible), at);
                    at += keys;
                }
            }
        }
    }
}

impl Kernel for Packed {
    /// Keeps queries, keys, values and the weights.
    fn forward(&self, inputs: Vec<Array>, training: bool) -> (Array, Vec<Array>) {
        let (q, kv) = (&inputs[0], &inputs[1]);
        let (n, c) = (q.dims()[0], q.dims()[1]);
        let (d, heads) = (c / self.heads, self.heads);
        let size: usize = (self.sequences.each())
            .map(|[(_, queries), (_, keys)]| heads * queries * keys)
            .sum();
        let (mut weights, mut mixed) = (vec![0f32; size], vec![0f32; n * c]);
        let (qs, kvs) = (q.values(), kv.values());
        self.walk(c, |place, row, (from, visible), at| {
            let query = &qs[row * c + place..][..d];
            let seen = kvs.get(from * 2 * c + place..).unwrap_or_default();
            let out = &mut mixed[row * c + place..][..d];
            mix(query, seen, c, &mut weights[at..at + visible], out);
        });
        let mixed = Array::new(mixed, &[n, c]);
        if !training {
            return (mixed, Vec::new());
        }
        let weights = Array::new(weights, &[size]);
        (mixed, vec![q.clone(), kv.clone(), weights])
    }

    fn backward(&self, kept: Vec<Array>, grad: Array, _: &[bool]) -> Vec<Option<Array>> {
        let (q, kv, weights) = (&kept[0], &kept[1], kept[2].values());
        let c = q.dims()[1];
        let d = c / self.heads;
        let scale = 1.0 / (d as f32).sqrt();
        let (qs, kvs, grad) = (q.values(), kv.values(), grad.values());
        let (mut by_q, mut by_kv) = (vec![0f32; qs.len()], vec![0f32; kvs.len()]);
        let mut by_weights = Vec::new();
        self.walk(c, |place, row, (from, visible), at| {
            let weights = &weights[at..at + visible];
            let grad = &grad[row * c + place..][..d];
            let query = &qs[row * c + place..][..d];
            by_weights.clear();
            for (j, &weight) in weights.iter().enumerate() {
                let value = (from + j) * 2 * c + c + place;
                by_weights.push(dot(grad, &kvs[value..][..d]));
                add_scaled(&mut by_kv[value..][..d], weight, grad);
            }
            let along = dot(&by_weights, weights);
            let out = &mut by_q[row * c + place..][..d];
            for (j, (&weight, by)) in weights.iter().zip(&by_weights).enumerate() {
                let by = scale * weight * (by - along);
                let key = (from + j) * 2 * c + place;
                add_scaled(out, by, &kvs[key..][..d]);
                add_scaled(&mut by_kv[key..][..d], by, query);
            }
        });
        vec![
            Some(Array::new(by_q, q.dims())),
            Some(Array::new(by_kv, kv.dims())),
        ]
    }
}
