//! A decoder-only transformer with its gradient written out, for the CPU.
//!
//! The same network as [`gpt`](crate::families::gpt) builds of tensors, on host memory: one pass
//! forwards and one back over a few sequences at a time, so that what a pass needs stays in the
//! processor's caches, attention never touches the future, and everything between two products is
//! one loop. Tests hold values and gradients to automatic differentiation and to PyTorch.
//!
//! Rows are tokens. With N tokens, C = `n_embd`, F = `hidden`, H heads of D = C/H, V tokens in the
//! vocabulary:
//!
//! ```text
//! x  = wte[id] (+ wpe[t])                                 [N, C]
//! x += drop(attention(norm(x) qkv) proj)                  each layer
//! x += drop(act(norm(x) up) down)
//! logits = norm(x) headᵀ                                  [N, V]
//! ```

use crate::kernels::{
    gemm::{View, gemm},
    math::{add, dot, exp, multiply, sigmoid, sum},
};

/// Added to variances.
pub const EPSILON: f32 = 1e-5;
/// Base of the rotary frequencies (Su et al. 2021, arXiv:2104.09864).
pub const ROTARY_BASE: f64 = 10_000.0;
/// Tokens of a shard: the part of a batch that one thread carries through at a time.
const SHARD: usize = 512;
/// Rows of attention computed together; columns beyond their last are never touched.
const BAND: usize = 64;

/// What the network is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// H.
    pub n_head: usize,
    /// C.
    pub n_embd: usize,
    /// F.
    pub hidden: usize,
    /// V.
    pub vocabulary: usize,
    /// Divide by the root mean square alone; else take the mean off first.
    pub rms: bool,
    /// Gated with SiLU, so that `up` is `[C, 2F]`; else GELU.
    pub swiglu: bool,
    /// Queries and keys are turned by their position.
    pub rotary: bool,
}

/// A layer's numbers, row by row: weights, or gradients by them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layer {
    /// Gain before attention, `[C]`.
    pub norm_1: Vec<f32>,
    /// `[C, 3C]`: queries, keys, values.
    pub qkv: Vec<f32>,
    /// `[C, C]`.
    pub proj: Vec<f32>,
    /// Gain before the perceptron, `[C]`.
    pub norm_2: Vec<f32>,
    /// `[C, F]`, or `[C, 2F]`: what is gated, then its gate.
    pub up: Vec<f32>,
    /// `[F, C]`.
    pub down: Vec<f32>,
}

/// A network's numbers: weights, or gradients by them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    /// `[V, C]`.
    pub wte: Vec<f32>,
    /// `[T, C]`; empty with rotary positions.
    pub wpe: Vec<f32>,
    /// Layers.
    pub layers: Vec<Layer>,
    /// Gain at the end, `[C]`.
    pub norm_f: Vec<f32>,
    /// `[V, C]`; empty where it is `wte`.
    pub head: Vec<f32>,
}

impl Numbers {
    /// All slices, in a fixed order.
    fn slices_mut(&mut self) -> Vec<&mut Vec<f32>> {
        let mut all = vec![&mut self.wte, &mut self.wpe];
        for l in &mut self.layers {
            all.extend([
                &mut l.norm_1,
                &mut l.qkv,
                &mut l.proj,
                &mut l.norm_2,
                &mut l.up,
                &mut l.down,
            ]);
        }
        all.extend([&mut self.norm_f, &mut self.head]);
        all
    }

    /// The same shapes, filled with zeros.
    pub fn zeros(&self) -> Self {
        let mut zeros = self.clone();
        zeros.slices_mut().into_iter().for_each(|s| s.fill(0.0));
        zeros
    }

    #[cfg(not(target_family = "wasm"))]
    fn add(&mut self, mut other: Self) {
        let other = other.slices_mut();
        for (a, b) in self.slices_mut().into_iter().zip(other) {
            a.iter_mut().zip(b.iter()).for_each(|(a, b)| *a += b);
        }
    }

    fn head(&self) -> &[f32] {
        if self.head.is_empty() {
            &self.wte
        } else {
            &self.head
        }
    }
}

/// Random zeros in what is added to the stream (Srivastava et al. 2014), the same for the same key.
#[derive(Debug, Clone, Copy)]
pub struct Dropout {
    /// Share that becomes zero, to 1/256.
    pub share: f64,
    /// Key of this step.
    pub key: u64,
}

impl Dropout {
    /// 0 or 1/(1 − share) for each of `n` numbers of one sequence at one place (0 = embedding, then
    /// two for each layer).
    pub fn mask(&self, sequence: usize, place: usize, n: usize) -> Vec<f32> {
        let below = (self.share * 256.0).round() as u8;
        let kept = 256.0 / (256.0 - f32::from(below));
        let mut state = self.key ^ ((sequence as u64) << 20 | place as u64).wrapping_mul(GOLDEN);
        let mut out = Vec::with_capacity(n + 7);
        while out.len() < n {
            // SplitMix64 (Steele et al. 2014): eight decisions a draw.
            state = state.wrapping_add(GOLDEN);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            out.extend(z.to_le_bytes().map(|b| if b < below { 0.0 } else { kept }));
        }
        out.truncate(n);
        out
    }
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// GELU's tanh form (Hendrycks & Gimpel 2016, arXiv:1606.08415) as x σ(2u), u = √(2/π)(x + 0.044715 x³).
const GELU_A: f32 = 1.595_769;
const GELU_B: f32 = 0.044_715 * GELU_A;

#[inline(always)]
fn gelu(x: f32) -> f32 {
    x * sigmoid(x * (GELU_A + GELU_B * x * x))
}

#[inline(always)]
fn gelu_slope(x: f32) -> f32 {
    let s = sigmoid(x * (GELU_A + GELU_B * x * x));
    s + x * s * (1.0 - s) * (GELU_A + 3.0 * GELU_B * x * x)
}

/// cos and sin of every position's angles, `[T, D/2]` each.
#[derive(Debug, Clone)]
pub struct Angles {
    cos: Vec<f32>,
    sin: Vec<f32>,
    half: usize,
}

impl Angles {
    /// For `length` positions of heads of `d` numbers.
    pub fn new(length: usize, d: usize) -> Self {
        let half = d / 2;
        let (mut cos, mut sin) = (Vec::new(), Vec::new());
        for t in 0..length {
            for i in 0..half {
                let angle = t as f64 * ROTARY_BASE.powf(-(i as f64) / half as f64);
                cos.push(angle.cos() as f32);
                sin.push(angle.sin() as f32);
            }
        }
        Self { cos, sin, half }
    }

    /// They as rows `[T, D/2]`.
    pub fn rows(&self) -> (&[f32], &[f32]) {
        (&self.cos, &self.sin)
    }

    /// Turn a row of heads at position `t`: (a, b) → (a cos − b sin, a sin + b cos) for the two
    /// halves of each head; `back` turns the other way.
    fn turn(&self, row: &mut [f32], t: usize, back: bool) {
        let half = self.half;
        let cos = &self.cos[t * half..(t + 1) * half];
        let sin = &self.sin[t * half..(t + 1) * half];
        let sign = if back { -1.0 } else { 1.0 };
        for head in row.chunks_exact_mut(2 * half) {
            let (a, b) = head.split_at_mut(half);
            for (((a, b), c), s) in a.iter_mut().zip(b).zip(cos).zip(sin) {
                let s = sign * s;
                (*a, *b) = (*a * c - *b * s, *a * s + *b * c);
            }
        }
    }
}

/// Rows of `x` normalised, and 1/σ of each; without gain.
fn normalise(x: &[f32], c: usize, rms: bool) -> (Vec<f32>, Vec<f32>) {
    let mut out = Vec::with_capacity(x.len());
    let mut scales = Vec::with_capacity(x.len() / c);
    for row in x.chunks_exact(c) {
        let mean = if rms { 0.0 } else { sum(row) / c as f32 };
        let start = out.len();
        out.extend(row.iter().map(|v| v - mean));
        let centred = &mut out[start..];
        let scale = 1.0 / (dot(centred, centred) / c as f32 + EPSILON).sqrt();
        centred.iter_mut().for_each(|v| *v *= scale);
        scales.push(scale);
    }
    (out, scales)
}

/// Rows times gain.
fn gained(unit: &[f32], gain: &[f32]) -> Vec<f32> {
    let mut out = unit.to_vec();
    for row in out.chunks_exact_mut(gain.len()) {
        row.iter_mut().zip(gain).for_each(|(v, g)| *v *= g);
    }
    out
}

/// Back through `gained(normalise(x))`: adds to `dx` and `dgain` what comes from `dy`.
fn normalise_back(
    (unit, scales): &(Vec<f32>, Vec<f32>),
    gain: &[f32],
    rms: bool,
    dy: &[f32],
    dx: &mut [f32],
    dgain: &mut [f32],
) {
    let c = gain.len();
    let mut by_unit = vec![0f32; c];
    let rows = dy.chunks_exact(c).zip(unit.chunks_exact(c)).zip(scales);
    for (((dy, unit), scale), dx) in rows.zip(dx.chunks_exact_mut(c)) {
        for i in 0..c {
            by_unit[i] = dy[i] * gain[i];
            dgain[i] += dy[i] * unit[i];
        }
        let mean = if rms { 0.0 } else { sum(&by_unit) / c as f32 };
        let along = dot(&by_unit, unit) / c as f32;
        for i in 0..c {
            dx[i] += scale * (by_unit[i] - mean - unit[i] * along);
        }
    }
}

/// a `[n, k]` × b `[k, m]`.
fn product(a: &[f32], b: &[f32], [n, k, m]: [usize; 3]) -> Vec<f32> {
    let mut out = vec![0.0; n * m];
    gemm(View::new(a, n, k), View::new(b, k, m), &mut out, m, false);
    out
}

/// Back through `product(a, b)`: adds to `db`, returns what comes to `a`.
fn product_back(
    a: &[f32],
    b: &[f32],
    dy: &[f32],
    db: &mut [f32],
    [n, k, m]: [usize; 3],
) -> Vec<f32> {
    gemm(View::new(a, n, k).t(), View::new(dy, n, m), db, m, true);
    let mut da = vec![0.0; n * k];
    gemm(
        View::new(dy, n, m),
        View::new(b, k, m).t(),
        &mut da,
        k,
        false,
    );
    da
}

/// What a layer leaves behind for the way back.
struct LayerTape {
    unit_1: (Vec<f32>, Vec<f32>),
    h_1: Vec<f32>,
    /// Queries and keys turned.
    qkv: Vec<f32>,
    /// `[B, H, T, T]`; beyond a row's band whatever was there.
    weights: Vec<f32>,
    mixed: Vec<f32>,
    unit_2: (Vec<f32>, Vec<f32>),
    h_2: Vec<f32>,
    up: Vec<f32>,
    activated: Vec<f32>,
}

/// Sequences on their way through.
struct Pass<'a> {
    shape: Shape,
    numbers: &'a Numbers,
    angles: &'a Angles,
    dropout: Option<Dropout>,
    /// Which sequence of the batch is the first.
    first: usize,
    /// B and T.
    size: [usize; 2],
}

impl Pass<'_> {
    fn masks(&self, place: usize) -> Option<Vec<f32>> {
        let (dropout, [b, t]) = (self.dropout?, self.size);
        let n = t * self.shape.n_embd;
        let each = (self.first..self.first + b).map(|i| dropout.mask(i, place, n));
        Some(each.flatten().collect())
    }

    fn embed(&self, ids: impl Iterator<Item = u32>) -> Vec<f32> {
        let (c, t) = (self.shape.n_embd, self.size[1]);
        let mut x = Vec::with_capacity(self.size[0] * t * c);
        for (i, id) in ids.enumerate() {
            x.extend_from_slice(&self.numbers.wte[id as usize * c..(id as usize + 1) * c]);
            if !self.numbers.wpe.is_empty() {
                let at = i % t * c;
                let start = x.len() - c;
                add(&mut x[start..], &self.numbers.wpe[at..at + c]);
            }
        }
        if let Some(mask) = self.masks(0) {
            multiply(&mut x, &mask);
        }
        x
    }

    /// Where queries, keys or values (0, 1, 2) of a head of a sequence begin.
    fn at(&self, sequence: usize, part: usize, head: usize) -> usize {
        let Shape { n_head, n_embd, .. } = self.shape;
        sequence * self.size[1] * 3 * n_embd + part * n_embd + head * (n_embd / n_head)
    }

    fn attend(&self, qkv: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let Shape { n_head, n_embd, .. } = self.shape;
        let ([b, t], d) = (self.size, n_embd / n_head);
        let scale = 1.0 / (d as f32).sqrt();
        let mut weights = vec![0.0; b * n_head * t * t];
        let mut mixed = vec![0.0; b * t * n_embd];
        for (i, weights) in weights.chunks_exact_mut((t * t).max(1)).enumerate() {
            let (sequence, head) = (i / n_head, i % n_head);
            let [q, k, v] = [0, 1, 2].map(|part| &qkv[self.at(sequence, part, head)..]);
            for from in (0..t).step_by(BAND) {
                let to = (from + BAND).min(t);
                let rows = to - from;
                let view = |part, rows| View::strided(part, rows, d, 3 * n_embd);
                let band = &mut weights[from * t..];
                let queries = view(&q[from * 3 * n_embd..], rows);
                gemm(queries, view(k, to).t(), band, t, false);
                for (r, row) in band.chunks_mut(t).take(rows).enumerate() {
                    softmax(&mut row[..to], from + r + 1, scale);
                }
                let out = &mut mixed[(sequence * t + from) * n_embd + head * d..];
                gemm(
                    View::strided(band, rows, to, t),
                    view(v, to),
                    out,
                    n_embd,
                    false,
                );
            }
        }
        (weights, mixed)
    }

    /// What comes to queries, keys and values from `dmixed`.
    fn attend_back(&self, qkv: &[f32], weights: &[f32], dmixed: &[f32]) -> Vec<f32> {
        let Shape { n_head, n_embd, .. } = self.shape;
        let ([_, t], d) = (self.size, n_embd / n_head);
        let (scale, wide) = (1.0 / (d as f32).sqrt(), 3 * n_embd);
        let mut dqkv = vec![0.0; qkv.len()];
        let mut by_weights = vec![0.0; BAND.min(t) * t];
        for (i, weights) in weights.chunks_exact((t * t).max(1)).enumerate() {
            let (sequence, head) = (i / n_head, i % n_head);
            let [at_q, at_k, at_v] = [0, 1, 2].map(|part| self.at(sequence, part, head));
            for from in (0..t).step_by(BAND) {
                let to = (from + BAND).min(t);
                let rows = to - from;
                let dout = &dmixed[(sequence * t + from) * n_embd + head * d..];
                let dout = View::strided(dout, rows, d, n_embd);
                let band = View::strided(&weights[from * t..], rows, to, t);
                let part = |at: usize, n| View::strided(&qkv[at..], n, d, wide);
                gemm(dout, part(at_v, to).t(), &mut by_weights, to, false);
                gemm(band.t(), dout, &mut dqkv[at_v..], wide, true);
                let each = by_weights.chunks_mut(to).zip(weights[from * t..].chunks(t));
                for (by, w) in each.take(rows) {
                    let along = dot(by, &w[..to]);
                    by.iter_mut()
                        .zip(w)
                        .for_each(|(b, w)| *b = scale * w * (*b - along));
                }
                let by = View::new(&by_weights[..rows * to], rows, to);
                gemm(
                    by,
                    part(at_k, to),
                    &mut dqkv[at_q + from * wide..],
                    wide,
                    false,
                );
                gemm(
                    by.t(),
                    part(at_q + from * wide, rows),
                    &mut dqkv[at_k..],
                    wide,
                    true,
                );
            }
        }
        dqkv
    }

    fn turn(&self, qkv: &mut [f32], back: bool) {
        if self.shape.rotary {
            let (c, t) = (self.shape.n_embd, self.size[1]);
            for (i, row) in qkv.chunks_exact_mut(3 * c).enumerate() {
                self.angles.turn(&mut row[..2 * c], i % t, back);
            }
        }
    }

    fn activate(&self, up: &[f32]) -> Vec<f32> {
        let f = self.shape.hidden;
        if !self.shape.swiglu {
            return up.iter().map(|&u| gelu(u)).collect();
        }
        let mut out = vec![0.0; up.len() / 2];
        for (row, out) in up.chunks_exact(2 * f).zip(out.chunks_exact_mut(f)) {
            let (value, gate) = row.split_at(f);
            for ((o, v), g) in out.iter_mut().zip(value).zip(gate) {
                *o = v * g * sigmoid(*g);
            }
        }
        out
    }

    fn activate_back(&self, up: &[f32], dout: &[f32]) -> Vec<f32> {
        let f = self.shape.hidden;
        if !self.shape.swiglu {
            return up
                .iter()
                .zip(dout)
                .map(|(&u, d)| d * gelu_slope(u))
                .collect();
        }
        let mut out = vec![0.0; up.len()];
        let rows = up.chunks_exact(2 * f).zip(dout.chunks_exact(f));
        for ((row, dout), out) in rows.zip(out.chunks_exact_mut(2 * f)) {
            let ((value, gate), (dvalue, dgate)) = (row.split_at(f), out.split_at_mut(f));
            for i in 0..f {
                let (g, s) = (gate[i], sigmoid(gate[i]));
                dvalue[i] = dout[i] * g * s;
                dgate[i] = dout[i] * value[i] * s * (1.0 + g * (1.0 - s));
            }
        }
        out
    }

    fn layer(&self, index: usize, x: &mut [f32]) -> LayerTape {
        let Shape {
            n_embd: c,
            hidden: f,
            rms,
            ..
        } = self.shape;
        let layer = &self.numbers.layers[index];
        let n = x.len() / c;
        let wide = if self.shape.swiglu { 2 * f } else { f };
        let unit_1 = normalise(x, c, rms);
        let h_1 = gained(&unit_1.0, &layer.norm_1);
        let mut qkv = product(&h_1, &layer.qkv, [n, c, 3 * c]);
        self.turn(&mut qkv, false);
        let (weights, mixed) = self.attend(&qkv);
        let mut added = product(&mixed, &layer.proj, [n, c, c]);
        if let Some(mask) = self.masks(1 + 2 * index) {
            multiply(&mut added, &mask);
        }
        add(x, &added);
        let unit_2 = normalise(x, c, rms);
        let h_2 = gained(&unit_2.0, &layer.norm_2);
        let up = product(&h_2, &layer.up, [n, c, wide]);
        let activated = self.activate(&up);
        let mut added = product(&activated, &layer.down, [n, f, c]);
        if let Some(mask) = self.masks(2 + 2 * index) {
            multiply(&mut added, &mask);
        }
        add(x, &added);
        LayerTape {
            unit_1,
            h_1,
            qkv,
            weights,
            mixed,
            unit_2,
            h_2,
            up,
            activated,
        }
    }

    fn layer_back(&self, index: usize, tape: &LayerTape, dx: &mut [f32], grad: &mut Layer) {
        let Shape {
            n_embd: c,
            hidden: f,
            rms,
            ..
        } = self.shape;
        let layer = &self.numbers.layers[index];
        let n = dx.len() / c;
        let wide = if self.shape.swiglu { 2 * f } else { f };
        // The branch's share of what comes down the stream.
        let branch = |dx: &[f32], place: usize| -> Vec<f32> {
            let mut d = dx.to_vec();
            if let Some(mask) = self.masks(place) {
                multiply(&mut d, &mask);
            }
            d
        };
        let d = branch(dx, 2 + 2 * index);
        let dact = product_back(&tape.activated, &layer.down, &d, &mut grad.down, [n, f, c]);
        let dup = self.activate_back(&tape.up, &dact);
        let dh = product_back(&tape.h_2, &layer.up, &dup, &mut grad.up, [n, c, wide]);
        normalise_back(&tape.unit_2, &layer.norm_2, rms, &dh, dx, &mut grad.norm_2);
        let d = branch(dx, 1 + 2 * index);
        let dmixed = product_back(&tape.mixed, &layer.proj, &d, &mut grad.proj, [n, c, c]);
        let mut dqkv = self.attend_back(&tape.qkv, &tape.weights, &dmixed);
        self.turn(&mut dqkv, true);
        let dh = product_back(&tape.h_1, &layer.qkv, &dqkv, &mut grad.qkv, [n, c, 3 * c]);
        normalise_back(&tape.unit_1, &layer.norm_1, rms, &dh, dx, &mut grad.norm_1);
    }

    /// Σ −log p of the sequences' guesses.
    fn judge(&self, ids: &[u32]) -> f64 {
        let Shape {
            n_embd: c,
            vocabulary: v,
            rms,
            ..
        } = self.shape;
        let t = self.size[1];
        let n = self.size[0] * t;
        let windows = || ids.chunks_exact(t + 1);
        let mut x = self.embed(windows().flat_map(|w| w[..t].iter().copied()));
        for i in 0..self.numbers.layers.len() {
            self.layer(i, &mut x);
        }
        let h = gained(&normalise(&x, c, rms).0, &self.numbers.norm_f);
        let head = self.numbers.head();
        let mut logits = vec![0.0; n * v];
        gemm(
            View::new(&h, n, c),
            View::new(head, v, c).t(),
            &mut logits,
            v,
            false,
        );
        let targets = windows().flat_map(|w| w[1..].iter().copied());
        let rows = logits.chunks_exact_mut(v).zip(targets);
        let each = rows.map(|(row, target)| {
            let wanted = row[target as usize];
            f64::from(softmax(row, v, 1.0) - wanted)
        });
        each.sum()
    }

    /// Σ −log p of the sequences' guesses; adds to `grad` what they give, each guess weighing
    /// `each`.
    fn learn(&self, ids: &[u32], each: f32, grad: &mut Numbers) -> f64 {
        let Shape {
            n_embd: c,
            vocabulary: v,
            rms,
            ..
        } = self.shape;
        let t = self.size[1];
        let n = self.size[0] * t;
        let windows = || ids.chunks_exact(t + 1);
        let mut x = self.embed(windows().flat_map(|w| w[..t].iter().copied()));
        let tapes: Vec<_> = (0..self.numbers.layers.len())
            .map(|i| self.layer(i, &mut x))
            .collect();
        let unit = normalise(&x, c, rms);
        let h = gained(&unit.0, &self.numbers.norm_f);
        let head = self.numbers.head();
        let mut logits = vec![0.0; n * v];
        gemm(
            View::new(&h, n, c),
            View::new(head, v, c).t(),
            &mut logits,
            v,
            false,
        );
        let mut loss = 0f64;
        let targets = windows().flat_map(|w| w[1..].iter().copied());
        for (row, target) in logits.chunks_exact_mut(v).zip(targets) {
            let wanted = row[target as usize];
            let log_sum = softmax(row, v, 1.0);
            loss += f64::from(log_sum - wanted);
            row[target as usize] -= 1.0;
            row.iter_mut().for_each(|p| *p *= each);
        }
        // Now the gradient by the logits.
        let mut dh = vec![0.0; n * c];
        gemm(
            View::new(&logits, n, v),
            View::new(head, v, c),
            &mut dh,
            c,
            false,
        );
        let dhead = if grad.head.is_empty() {
            &mut grad.wte
        } else {
            &mut grad.head
        };
        gemm(
            View::new(&logits, n, v).t(),
            View::new(&h, n, c),
            dhead,
            c,
            true,
        );
        let mut dx = vec![0.0; n * c];
        let dgain = &mut grad.norm_f;
        normalise_back(&unit, &self.numbers.norm_f, rms, &dh, &mut dx, dgain);
        for (i, tape) in tapes.iter().enumerate().rev() {
            self.layer_back(i, tape, &mut dx, &mut grad.layers[i]);
        }
        if let Some(mask) = self.masks(0) {
            multiply(&mut dx, &mask);
        }
        let read = windows().flat_map(|w| w[..t].iter().copied());
        for (i, (id, d)) in read.zip(dx.chunks_exact(c)).enumerate() {
            add(&mut grad.wte[id as usize * c..(id as usize + 1) * c], d);
            if !grad.wpe.is_empty() {
                add(&mut grad.wpe[i % t * c..(i % t + 1) * c], d);
            }
        }
        loss
    }
}

/// Softmax of `scale` · the first `n` numbers in place, zeros after them; returns the log of the sum
/// of exponentials.
fn softmax(row: &mut [f32], n: usize, scale: f32) -> f32 {
    let (row, after) = row.split_at_mut(n);
    after.fill(0.0);
    let max = scale * row.iter().fold(f32::NEG_INFINITY, |m, &v| m.max(v));
    row.iter_mut().for_each(|v| *v = exp(scale * *v - max));
    let total = sum(row);
    let over = 1.0 / total;
    row.iter_mut().for_each(|v| *v *= over);
    max + total.ln()
}

/// The mean of −log p over all guesses of a batch, nats, and its gradient.
///
/// `ids` holds windows of `length` + 1 tokens; each below `shape.vocabulary`.
pub fn loss_and_gradient(
    shape: Shape,
    numbers: &Numbers,
    angles: &Angles,
    dropout: Option<Dropout>,
    ids: &[u32],
    length: usize,
) -> (f64, Numbers) {
    let window = length + 1;
    let together = (SHARD / length.max(1)).max(1);
    let guesses = ids.len() / window * length;
    let each = 1.0 / guesses as f32;
    let shards: Vec<&[u32]> = ids.chunks(together * window).collect();
    let learn = |(i, ids): (usize, &[u32]), grad: &mut Numbers| {
        let pass = Pass {
            shape,
            numbers,
            angles,
            dropout,
            first: i * together,
            size: [ids.len() / window, length],
        };
        pass.learn(ids, each, grad)
    };
    // The shards are the same however many threads there are, and so is the order of the sum.
    #[cfg(not(target_family = "wasm"))]
    let (loss, grad) = {
        use rayon::prelude::*;
        let parts: Vec<(f64, Numbers)> = shards
            .into_par_iter()
            .enumerate()
            .map(|shard| {
                let mut grad = numbers.zeros();
                (learn(shard, &mut grad), grad)
            })
            .collect();
        let mut sum = (0.0, numbers.zeros());
        for (loss, grad) in parts {
            sum.0 += loss;
            sum.1.add(grad);
        }
        sum
    };
    #[cfg(target_family = "wasm")]
    let (loss, grad) = {
        let mut grad = numbers.zeros();
        let losses = shards.into_iter().enumerate();
        let loss: f64 = losses.map(|shard| learn(shard, &mut grad)).sum();
        (loss, grad)
    };
    (loss / guesses as f64, grad)
}

/// The mean of −log p over all guesses of a batch, nats.
pub fn loss(shape: Shape, numbers: &Numbers, angles: &Angles, ids: &[u32], length: usize) -> f64 {
    let window = length + 1;
    let together = (SHARD / length.max(1)).max(1);
    let judge = |ids: &[u32]| {
        let pass = Pass {
            shape,
            numbers,
            angles,
            dropout: None,
            first: 0,
            size: [ids.len() / window, length],
        };
        pass.judge(ids)
    };
    #[cfg(not(target_family = "wasm"))]
    let sums: Vec<f64> = {
        use rayon::prelude::*;
        ids.par_chunks(together * window).map(judge).collect()
    };
    #[cfg(target_family = "wasm")]
    let sums: Vec<f64> = ids.chunks(together * window).map(judge).collect();
    sums.iter().sum::<f64>() / (ids.len() / window * length) as f64
}

/// y += x W for one row x, four rows of W `[d_in, d_out]` at a time.
fn add_row_product(x: &[f32], w: &[f32], y: &mut [f32]) {
    let m = y.len();
    let (four, rest) = x.as_chunks::<4>();
    let (wide, narrow) = w.split_at(four.len() * 4 * m);
    for (x, w) in four.iter().zip(wide.chunks_exact(4 * m)) {
        let (w0, w) = w.split_at(m);
        let (w1, w) = w.split_at(m);
        let (w2, w3) = w.split_at(m);
        let rows = w0.iter().zip(w1).zip(w2.iter().zip(w3));
        for (y, ((a, b), (c, d))) in y.iter_mut().zip(rows) {
            *y += (x[0] * a + x[1] * b) + (x[2] * c + x[3] * d);
        }
    }
    for (x, w) in rest.iter().zip(narrow.chunks_exact(m)) {
        y.iter_mut().zip(w).for_each(|(y, w)| *y += x * w);
    }
}

/// Reads one text token by token and keeps what it needs of the past: keys and values of every
/// layer (Pope et al. 2022, arXiv:2211.05102, section 2.1).
#[derive(Debug, Clone)]
pub struct Reader {
    shape: Shape,
    numbers: std::rc::Rc<Numbers>,
    angles: std::sync::Arc<Angles>,
    /// Keys and values, `[T, C]` each, for each layer.
    past: Vec<[Vec<f32>; 2]>,
    logits: Vec<f32>,
}

impl Reader {
    /// At the beginning of a text.
    pub fn new(
        shape: Shape,
        numbers: std::rc::Rc<Numbers>,
        angles: std::sync::Arc<Angles>,
    ) -> Self {
        let past = numbers.layers.iter().map(|_| Default::default()).collect();
        Self {
            shape,
            numbers,
            angles,
            past,
            logits: Vec::new(),
        }
    }

    /// Tokens it remembers.
    pub fn len(&self) -> usize {
        let keys = self.past.first().map_or(0, |[keys, _]| keys.len());
        keys / self.shape.n_embd.max(1)
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Logits of the token after the last one it read, `[V]`.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Begin anew with `ids`, all in one pass.
    pub fn start(&mut self, ids: &[u32]) {
        let c = self.shape.n_embd;
        let numbers = self.numbers.clone();
        let pass = Pass {
            shape: self.shape,
            numbers: &numbers,
            angles: &self.angles,
            dropout: None,
            first: 0,
            size: [1, ids.len()],
        };
        let mut x = pass.embed(ids.iter().copied());
        for (i, past) in self.past.iter_mut().enumerate() {
            let tape = pass.layer(i, &mut x);
            for (part, past) in past.iter_mut().enumerate() {
                past.clear();
                for row in tape.qkv.chunks_exact(3 * c) {
                    past.extend_from_slice(&row[(part + 1) * c..(part + 2) * c]);
                }
            }
        }
        let last = x.len() - c;
        self.finish(&x[last..]);
    }

    /// Read one token more. There must be room for it: `len` below T.
    pub fn push(&mut self, id: u32) {
        let Shape {
            n_head,
            n_embd: c,
            hidden: f,
            rms,
            swiglu,
            ..
        } = self.shape;
        let (t, d) = (self.len(), c / n_head);
        let scale = 1.0 / (d as f32).sqrt();
        let numbers = self.numbers.clone();
        let mut x = numbers.wte[id as usize * c..(id as usize + 1) * c].to_vec();
        if !numbers.wpe.is_empty() {
            add(&mut x, &numbers.wpe[t * c..(t + 1) * c]);
        }
        let mut weights = vec![0.0; t + 1];
        for (layer, [keys, values]) in numbers.layers.iter().zip(&mut self.past) {
            let h = gained(&normalise(&x, c, rms).0, &layer.norm_1);
            let mut qkv = vec![0.0; 3 * c];
            add_row_product(&h, &layer.qkv, &mut qkv);
            if self.shape.rotary {
                self.angles.turn(&mut qkv[..2 * c], t, false);
            }
            keys.extend_from_slice(&qkv[c..2 * c]);
            values.extend_from_slice(&qkv[2 * c..]);
            let mut mixed = vec![0.0; c];
            for (head, out) in mixed.chunks_exact_mut(d).enumerate() {
                let at = head * d;
                let q = &qkv[at..at + d];
                for (w, key) in weights.iter_mut().zip(keys.chunks_exact(c)) {
                    *w = dot(q, &key[at..at + d]);
                }
                softmax(&mut weights, t + 1, scale);
                for (w, value) in weights.iter().zip(values.chunks_exact(c)) {
                    let value = &value[at..at + d];
                    out.iter_mut().zip(value).for_each(|(o, v)| *o += w * v);
                }
            }
            add_row_product(&mixed, &layer.proj, &mut x);
            let h = gained(&normalise(&x, c, rms).0, &layer.norm_2);
            let mut up = vec![0.0; if swiglu { 2 * f } else { f }];
            add_row_product(&h, &layer.up, &mut up);
            if swiglu {
                let (value, gate) = up.split_at_mut(f);
                for (v, g) in value.iter_mut().zip(gate) {
                    *v *= *g * sigmoid(*g);
                }
            } else {
                up.iter_mut().for_each(|u| *u = gelu(*u));
            }
            add_row_product(&up[..f], &layer.down, &mut x);
        }
        self.finish(&x);
    }

    fn finish(&mut self, x: &[f32]) {
        let c = self.shape.n_embd;
        let h = gained(&normalise(x, c, self.shape.rms).0, &self.numbers.norm_f);
        let head = self.numbers.head();
        self.logits.clear();
        self.logits
            .extend(head.chunks_exact(c).map(|row| dot(row, &h)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropout_keeps_its_share_and_the_mean() {
        let dropout = Dropout {
            share: 0.25,
            key: 7,
        };
        let mask = dropout.mask(3, 5, 100_000);
        let zeros = mask.iter().filter(|&&m| m == 0.0).count() as f64;
        assert!((zeros / 1e5 - 0.25).abs() < 0.005, "{zeros}");
        assert!((sum(&mask) / 1e5 - 1.0).abs() < 0.01);
        assert_eq!(mask, dropout.mask(3, 5, 100_000));
        assert_ne!(mask, dropout.mask(4, 5, 100_000));
    }
}
