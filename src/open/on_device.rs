//! The same reading as [`network`](super::network)'s, in tensors on a GPU.
//!
//! Weights keep their few bits in the GPU's memory ([`DeviceMatrix`]). What stands for a token is looked up on the
//! host, where the file is; from there on, all stays on the device until the logits are asked for.

use burn::tensor::{Bool, Device, Tensor, TensorData, activation};

use super::network::{Activation, Decoder, Gain, Layer, Linear, Rope, Shape};
use crate::{
    device::floats,
    error::Result,
    kernels::{
        elementwise::{gelu, silu},
        linear::matmul,
        norm::norm,
        quantised::DeviceMatrix,
        reduce::add_bias,
    },
};

/// A decoder's weights in a device's memory.
pub struct OnDevice {
    layers: Vec<DeviceLayer>,
    norm: DeviceGain,
    head: DeviceMatrix,
    device: Device,
}

struct DeviceGain {
    gain: Tensor<1>,
    bias: Option<Tensor<1>>,
}

struct DeviceLinear {
    weight: DeviceMatrix,
    bias: Option<Tensor<1>>,
}

/// The parts of [`Layer`].
struct DeviceLayer {
    attention_norm: DeviceGain,
    q: DeviceLinear,
    k: DeviceLinear,
    v: DeviceLinear,
    qk_norm: Option<[DeviceGain; 2]>,
    out: DeviceLinear,
    mlp_norm: DeviceGain,
    gate: Option<DeviceLinear>,
    up: DeviceLinear,
    down: DeviceLinear,
}

/// Keys and values of what was read, layer by layer: `[kv heads, read, head width]` each.
#[derive(Clone, Default)]
pub struct Cache {
    layers: Vec<Option<[Tensor<3>; 2]>>,
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
}

/// What all layers need to know of the tokens that are read.
struct Places {
    /// cos and sin of the angles, `[n, 1, head width / 2]`.
    turns: Option<[Tensor<3>; 2]>,
    /// What a token may not look at, `[1, n, from + n]`; nothing for a token alone.
    hidden: Option<Tensor<3, Bool>>,
}

fn row(values: &[f32], device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::new(values.to_vec(), [values.len()]), device)
}

impl DeviceGain {
    fn new(by: &Gain, device: &Device) -> Self {
        Self {
            gain: row(&by.gain, device),
            bias: by.bias.as_ref().map(|bias| row(bias, device)),
        }
    }

    /// Each row of `[n, width]` normalised.
    fn of(&self, x: Tensor<2>, shape: &Shape) -> Tensor<2> {
        let y = norm(x, self.gain.clone(), shape.norm, shape.epsilon);
        match &self.bias {
            Some(bias) => add_bias(y, bias.clone()),
            None => y,
        }
    }
}

impl DeviceLinear {
    fn new(linear: &Linear, device: &Device) -> Self {
        Self {
            weight: DeviceMatrix::new(&linear.weight, device),
            bias: linear.bias.as_ref().map(|bias| row(bias, device)),
        }
    }

    fn of(&self, x: Tensor<2>) -> Tensor<2> {
        let y = self.weight.times(x);
        match &self.bias {
            Some(bias) => add_bias(y, bias.clone()),
            None => y,
        }
    }
}

impl DeviceLayer {
    fn new(layer: &Layer, device: &Device) -> Self {
        let gain = |by: &Gain| DeviceGain::new(by, device);
        let linear = |linear: &Linear| DeviceLinear::new(linear, device);
        Self {
            attention_norm: gain(&layer.attention_norm),
            q: linear(&layer.q),
            k: linear(&layer.k),
            v: linear(&layer.v),
            qk_norm: layer.qk_norm.as_ref().map(|both| both.each_ref().map(gain)),
            out: linear(&layer.out),
            mlp_norm: gain(&layer.mlp_norm),
            gate: layer.gate.as_ref().map(linear),
            up: linear(&layer.up),
            down: linear(&layer.down),
        }
    }

    /// x: `[n, width]`; the output is the same.
    fn of(
        &self,
        x: Tensor<2>,
        shape: &Shape,
        places: &Places,
        kept: &mut Option<[Tensor<3>; 2]>,
    ) -> Tensor<2> {
        let n = x.dims()[0];
        let h = self.attention_norm.of(x.clone(), shape);
        let (mut q, mut k) = (self.q.of(h.clone()), self.k.of(h.clone()));
        let v = self.v.of(h);
        if let Some([for_q, for_k]) = &self.qk_norm {
            let each = |y: Tensor<2>, by: &DeviceGain| {
                let (dims, d) = (y.dims(), shape.head_width);
                by.of(y.reshape([dims[0] * dims[1] / d, d]), shape)
                    .reshape(dims)
            };
            (q, k) = (each(q, for_q), each(k, for_k));
        }
        // [heads, n, head width]
        let heads = |y: Tensor<2>, heads: usize, turned: bool| {
            let y = y.reshape([n, heads, shape.head_width]);
            match (&shape.rope, &places.turns) {
                (Some(rope), Some(turns)) if turned => turn(rope, y, turns),
                _ => y,
            }
            .swap_dims(0, 1)
        };
        let (kv, d) = (shape.kv_heads, shape.head_width);
        let q = heads(q, shape.heads, true);
        let (mut k, mut v) = (heads(k, kv, true), heads(v, kv, false));
        if let Some([past_k, past_v]) = kept.take() {
            k = Tensor::cat(vec![past_k, k], 1);
            v = Tensor::cat(vec![past_v, v], 1);
        }
        *kept = Some([k.clone(), v.clone()]);
        // Heads of queries that share one of keys stand below each other.
        let (shared, all) = (shape.heads / kv, k.dims()[1]);
        let q = q.reshape([kv, shared * n, d]);
        let scores = matmul(q, k.swap_dims(1, 2)) / (d as f64).sqrt();
        let scores = scores.reshape([kv * shared, n, all]);
        let scores = match &places.hidden {
            Some(hidden) => scores.mask_fill(hidden.clone().expand([kv * shared, n, all]), -1e9),
            None => scores,
        };
        let weights = activation::softmax(scores, 2).reshape([kv, shared * n, all]);
        let mixed = matmul(weights, v).reshape([shape.heads, n, d]);
        let mixed = mixed.swap_dims(0, 1).reshape([n, shape.heads * d]);
        let x = x + self.out.of(mixed);

        let h = self.mlp_norm.of(x.clone(), shape);
        let inside = match (&self.gate, shape.activation) {
            (Some(gate), _) => silu(gate.of(h.clone())) * self.up.of(h),
            (None, Activation::Gelu | Activation::Swiglu) => gelu(self.up.of(h)),
        };
        x + self.down.of(inside)
    }
}

/// Heads `[n, heads, head width]` turned by their places.
fn turn(rope: &Rope, y: Tensor<3>, [cos, sin]: &[Tensor<3>; 2]) -> Tensor<3> {
    let [n, heads, d] = y.dims();
    // Pairs as two tensors, `[n, heads, d / 2]` each.
    let pairs = match rope.halves {
        true => y.reshape([n, heads, 2, d / 2]).swap_dims(2, 3),
        false => y.reshape([n, heads, d / 2, 2]),
    };
    let part = |i: usize| -> Tensor<3> {
        let one = pairs.clone().slice([0..n, 0..heads, 0..d / 2, i..i + 1]);
        one.reshape([n, heads, d / 2])
    };
    let (a, b) = (part(0), part(1));
    let turned = [
        a.clone() * cos.clone() - b.clone() * sin.clone(),
        a * sin.clone() + b * cos.clone(),
    ];
    let pairs: Tensor<4> = Tensor::stack(turned.to_vec(), if rope.halves { 2 } else { 3 });
    pairs.reshape([n, heads, d])
}

impl OnDevice {
    /// `decoder`'s weights on a device.
    pub fn new(decoder: &Decoder, device: &Device) -> Self {
        let head = decoder.head.as_ref().unwrap_or(&decoder.embedding);
        Self {
            layers: decoder
                .layers
                .iter()
                .map(|layer| DeviceLayer::new(layer, device))
                .collect(),
            norm: DeviceGain::new(&decoder.norm, device),
            head: DeviceMatrix::new(head, device),
            device: device.clone(),
        }
    }

    /// Read tokens that follow on those of `cache`, and give the stream at the end, `[n, width]`.
    ///
    /// Tokens beyond the vocabulary and places beyond the context are the caller's to leave out.
    pub fn read(&self, decoder: &Decoder, ids: &[u32], cache: &mut Cache) -> Tensor<2> {
        let shape = &decoder.shape;
        let x = decoder.embedded(ids, cache.read);
        let mut x = Tensor::from_data(TensorData::new(x, [ids.len(), shape.width]), &self.device);
        let places = self.places(shape, cache.read, ids.len());
        cache.layers.resize_with(self.layers.len(), || None);
        for (layer, kept) in self.layers.iter().zip(&mut cache.layers) {
            x = layer.of(x, shape, &places, kept);
        }
        cache.read += ids.len();
        x
    }

    /// Logits of the token after each place of a stream: `[n, vocabulary]`.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn logits(&self, shape: &Shape, stream: Tensor<2>) -> Result<Vec<f32>> {
        floats(self.head.times(self.norm.of(stream, shape))).await
    }

    fn places(&self, shape: &Shape, from: usize, n: usize) -> Places {
        let turns = shape.rope.as_ref().map(|rope| {
            let half = shape.head_width / 2;
            let angles = rope.angles(shape.head_width);
            let of = |f: fn(f64) -> f64| {
                let each = (from..from + n)
                    .flat_map(|t| angles.iter().map(move |angle| f(angle * t as f64) as f32));
                let each = TensorData::new(each.collect::<Vec<f32>>(), [n, 1, half]);
                Tensor::from_data(each, &self.device)
            };
            [of(f64::cos), of(f64::sin)]
        });
        let hidden = (n > 1).then(|| {
            let each = (0..n).flat_map(|i| (0..from + n).map(move |j| j > from + i));
            let each = TensorData::new(each.collect::<Vec<bool>>(), [1, n, from + n]);
            Tensor::from_data(each, &self.device)
        });
        Places { turns, hidden }
    }
}
