//! The transformer of a model that was trained elsewhere.
//!
//! One reading of a text serves GPT-2 (Radford et al. 2019) and the models after Llama (Touvron et al. 2023,
//! arXiv:2302.13971): Qwen, Mistral, SmolLM and TinyStories among them. Each token's vector x is added to by two
//! branches a layer:
//!
//! ```text
//! x ← x + W_o · attention(norm(x))          attention: softmax(q kᵀ / √d) v, head by head
//! x ← x + W_down · (silu(W_gate h) ⊙ W_up h)   h = norm(x); of GPT-2: x + W_down · gelu(W_up h)
//! logits = W · norm(x)                      W: the embedding itself, where the two are tied
//! ```
//!
//! Several heads of queries may share one of keys and values (Ainslie et al. 2023, arXiv:2305.13245). Positions
//! are vectors that are added (GPT-2) or angles by which queries and keys are turned (Su et al. 2021,
//! arXiv:2104.09864). Weights stay as they lie in the file ([`Matrix`]); what was read is kept ([`Cache`]).

use super::matrix::{Matrix, Rows, add_scaled, dot};
pub use crate::kernels::norm::Norm;
use crate::nn::softmax::softmax;

/// The sizes of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What its file calls it.
    pub architecture: String,
    /// Layers.
    pub layers: usize,
    /// Numbers that stand for a token.
    pub width: usize,
    /// Heads of queries.
    pub heads: usize,
    /// Heads of keys and values.
    pub kv_heads: usize,
    /// Numbers of a head.
    pub head_width: usize,
    /// Numbers inside a perceptron.
    pub hidden: usize,
    /// The most tokens that it was made to look back on.
    pub context: usize,
    /// Tokens.
    pub vocabulary: usize,
    /// Of a branch.
    pub norm: Norm,
    /// What is added to a variance.
    pub epsilon: f32,
    /// Of a perceptron.
    pub activation: Activation,
    /// How queries and keys are turned; not where positions have vectors.
    pub rope: Option<Rope>,
}

/// What a perceptron does between its matrices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// silu(gate) ⊙ up.
    Swiglu,
    /// gelu(up), by tanh.
    Gelu,
}

/// How a position turns a query or a key: pair i by position · base^(−2i/d).
#[derive(Debug, Clone, PartialEq)]
pub struct Rope {
    /// The base.
    pub base: f32,
    /// Whether number i is paired with i + d/2; otherwise neighbours are.
    pub halves: bool,
    /// What each angle is divided by; none where all is left as it is.
    pub factors: Vec<f32>,
}

impl Rope {
    /// The angle by which position 1 turns each pair of a head of `d` numbers.
    pub fn angles(&self, d: usize) -> Vec<f64> {
        let angle = |i: usize| {
            let factor = self.factors.get(i).copied().unwrap_or(1.0);
            f64::from(self.base).powf(-2.0 * i as f64 / d as f64) / f64::from(factor)
        };
        (0..d / 2).map(angle).collect()
    }
}

/// A norm's weights.
pub struct Gain {
    /// Factor.
    pub gain: Vec<f32>,
    /// What is added.
    pub bias: Option<Vec<f32>>,
}

/// A matrix, and what is added behind it.
pub struct Linear {
    /// The matrix.
    pub weight: Matrix,
    /// What is added.
    pub bias: Option<Vec<f32>>,
}

impl Linear {
    /// What becomes of rows.
    pub fn of(&self, x: &Rows) -> Vec<f32> {
        let mut y = self.weight.times(x);
        if let Some(bias) = &self.bias {
            y.chunks_exact_mut(bias.len())
                .for_each(|row| add_scaled(row, bias, 1.0));
        }
        y
    }
}

/// A layer.
pub struct Layer {
    /// Before attention.
    pub attention_norm: Gain,
    /// Queries.
    pub q: Linear,
    /// Keys.
    pub k: Linear,
    /// Values.
    pub v: Linear,
    /// Of each head of queries and of keys, where these are normalised (Qwen3).
    pub qk_norm: Option<[Gain; 2]>,
    /// Back to the stream.
    pub out: Linear,
    /// Before the perceptron.
    pub mlp_norm: Gain,
    /// What is let through.
    pub gate: Option<Linear>,
    /// Into the perceptron.
    pub up: Linear,
    /// Back to the stream.
    pub down: Linear,
}

/// All weights.
pub struct Decoder {
    /// Its sizes.
    pub shape: Shape,
    /// What stands for each token.
    pub embedding: Matrix,
    /// What stands for each position.
    pub positions: Option<Matrix>,
    /// Its layers.
    pub layers: Vec<Layer>,
    /// At the end.
    pub norm: Gain,
    /// What is guessed, if it is not the embedding.
    pub head: Option<Matrix>,
}

/// Keys and values of what was read, layer by layer.
#[derive(Clone, Default)]
pub struct Cache {
    layers: Vec<[Vec<f32>; 2]>,
    read: usize,
}

impl Cache {
    /// Tokens that were read.
    pub fn len(&self) -> usize {
        self.read
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }

    /// Forget what came behind the first `n` tokens.
    pub fn keep(&mut self, n: usize) {
        let n = n.min(self.read);
        for side in self.layers.iter_mut().flatten() {
            side.truncate(side.len() / self.read.max(1) * n);
        }
        self.read = n;
    }
}

/// What happens inside while a text is read.
#[derive(Default)]
pub struct Inside {
    /// The weight that each token gives to each before it: layers, heads, tokens, tokens.
    pub attention: Vec<f32>,
    /// The stream after the embedding and after each layer.
    pub streams: Vec<Vec<f32>>,
}

impl Decoder {
    /// Read tokens that follow on those of `cache`, and give the stream at the end, `[n, width]`.
    ///
    /// Tokens beyond the vocabulary and places beyond the context are the caller's to leave out.
    pub fn read(
        &self,
        ids: &[u32],
        cache: &mut Cache,
        mut inside: Option<&mut Inside>,
    ) -> Vec<f32> {
        let from = cache.read;
        let mut x = self.embedded(ids, from);
        cache
            .layers
            .resize_with(self.layers.len(), Default::default);
        if let Some(inside) = &mut inside {
            inside.streams.push(x.clone());
        }
        for (layer, kept) in self.layers.iter().zip(&mut cache.layers) {
            self.layer(layer, &mut x, from, kept, inside.as_deref_mut());
            if let Some(inside) = &mut inside {
                inside.streams.push(x.clone());
            }
        }
        cache.read += ids.len();
        x
    }

    /// What stands for tokens, the first of them at place `from`: `[n, width]`.
    pub fn embedded(&self, ids: &[u32], from: usize) -> Vec<f32> {
        let c = self.shape.width;
        let mut x = vec![0.0; ids.len() * c];
        for (i, (row, &id)) in x.chunks_exact_mut(c).zip(ids).enumerate() {
            self.embedding.row(id as usize, row);
            if let Some(positions) = &self.positions {
                let mut place = vec![0.0; c];
                positions.row(from + i, &mut place);
                add_scaled(row, &place, 1.0);
            }
        }
        x
    }

    /// Logits of the token after each place of a stream: `[n, vocabulary]`.
    pub fn logits(&self, stream: &[f32]) -> Vec<f32> {
        let n = stream.len() / self.shape.width;
        let h = self.normalised(stream, &self.norm);
        self.head
            .as_ref()
            .unwrap_or(&self.embedding)
            .times(&Rows::new(&h, n))
    }

    fn normalised(&self, x: &[f32], by: &Gain) -> Vec<f32> {
        let mut h = x.to_vec();
        self.normalise(&mut h, by);
        h
    }

    fn normalise(&self, x: &mut [f32], by: &Gain) {
        let n = by.gain.len();
        for row in x.chunks_exact_mut(n) {
            if self.shape.norm == Norm::Layer {
                let mean = row.iter().sum::<f32>() / n as f32;
                row.iter_mut().for_each(|x| *x -= mean);
            }
            let scale = 1.0 / (dot(row, row) / n as f32 + self.shape.epsilon).sqrt();
            row.iter_mut()
                .zip(&by.gain)
                .for_each(|(x, g)| *x *= scale * g);
            if let Some(bias) = &by.bias {
                add_scaled(row, bias, 1.0);
            }
        }
    }

    fn layer(
        &self,
        layer: &Layer,
        x: &mut [f32],
        from: usize,
        kept: &mut [Vec<f32>; 2],
        inside: Option<&mut Inside>,
    ) {
        let n = x.len() / self.shape.width;
        let h = self.normalised(x, &layer.attention_norm);
        let h = Rows::new(&h, n);
        let (mut q, mut k, v) = (layer.q.of(&h), layer.k.of(&h), layer.v.of(&h));
        if let Some([for_q, for_k]) = &layer.qk_norm {
            self.normalise(&mut q, for_q);
            self.normalise(&mut k, for_k);
        }
        if let Some(rope) = &self.shape.rope {
            self.turn(rope, &mut q, self.shape.heads, from);
            self.turn(rope, &mut k, self.shape.kv_heads, from);
        }
        kept[0].extend_from_slice(&k);
        kept[1].extend_from_slice(&v);
        let mixed = self.attend(&q, from, kept, inside);
        add_scaled(x, &layer.out.of(&Rows::new(&mixed, n)), 1.0);

        let h = self.normalised(x, &layer.mlp_norm);
        let h = Rows::new(&h, n);
        let mut up = layer.up.of(&h);
        match &layer.gate {
            Some(gate) => {
                let gate = gate.of(&h);
                let silu = |x: f32| x / (1.0 + (-x).exp());
                up.iter_mut()
                    .zip(gate)
                    .for_each(|(up, gate)| *up *= silu(gate));
            }
            None => up.iter_mut().for_each(|x| *x = gelu(*x)),
        }
        add_scaled(x, &layer.down.of(&Rows::new(&up, n)), 1.0);
    }

    /// Turn the heads of each token by its position.
    fn turn(&self, rope: &Rope, x: &mut [f32], heads: usize, from: usize) {
        let d = self.shape.head_width;
        let angles = rope.angles(d);
        for (t, token) in x.chunks_exact_mut(heads * d).enumerate() {
            let turns: Vec<(f32, f32)> = angles
                .iter()
                .map(|angle| {
                    let (sin, cos) = (angle * (from + t) as f64).sin_cos();
                    (sin as f32, cos as f32)
                })
                .collect();
            for head in token.chunks_exact_mut(d) {
                for (i, &(sin, cos)) in turns.iter().enumerate() {
                    let (a, b) = if rope.halves {
                        (i, i + d / 2)
                    } else {
                        (2 * i, 2 * i + 1)
                    };
                    let (x, y) = (head[a], head[b]);
                    head[a] = x * cos - y * sin;
                    head[b] = x * sin + y * cos;
                }
            }
        }
    }

    /// What each token's heads take over from the tokens up to it: `[n, heads · head width]`.
    fn attend(
        &self,
        q: &[f32],
        from: usize,
        kept: &[Vec<f32>; 2],
        inside: Option<&mut Inside>,
    ) -> Vec<f32> {
        let (heads, d) = (self.shape.heads, self.shape.head_width);
        let (kv, shared) = (self.shape.kv_heads * d, heads / self.shape.kv_heads);
        let n = q.len() / (heads * d);
        let mut out = vec![0.0; q.len()];
        let scale = 1.0 / (d as f32).sqrt();
        let mut weights = vec![0.0; from + n];
        let mut seen = inside.map(|inside| {
            let at = inside.attention.len();
            inside.attention.resize(at + heads * n * n, 0.0);
            &mut inside.attention[at..]
        });
        for head in 0..heads {
            let at = head / shared * d;
            for t in 0..n {
                let place = t * heads * d + head * d;
                let (q, weights) = (&q[place..place + d], &mut weights[..=from + t]);
                let keys = kept[0].chunks_exact(kv);
                for (w, k) in weights.iter_mut().zip(keys) {
                    *w = scale * dot(q, &k[at..at + d]);
                }
                softmax(weights);
                let values = kept[1].chunks_exact(kv);
                for (w, v) in weights.iter().zip(values) {
                    add_scaled(&mut out[place..place + d], &v[at..at + d], *w);
                }
                if let Some(seen) = &mut seen {
                    let row = head * n * n + t * n;
                    seen[row..=row + t].copy_from_slice(&weights[from..]);
                }
            }
        }
        out
    }
}

/// By tanh, as GPT-2 has it.
fn gelu(x: f32) -> f32 {
    0.5 * x * (1.0 + (0.797_884_6 * (x + 0.044_715 * x * x * x)).tanh())
}
