//! Layers that the networks of speech share, on the host: rows of numbers in, rows out.

use super::tensors::Tensors;
use crate::{
    error::Result,
    kernels::{
        activation::exact_gelu,
        gemm::{View, gemm},
        math::{add, add_products, layer_norm, softmax, transposed},
    },
};

/// x W + b.
pub(super) struct Dense {
    weight: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
}

impl Dense {
    pub(super) fn load(from: &Tensors, name: &str, inputs: usize, outputs: usize) -> Result<Self> {
        Ok(Self {
            weight: from.floats(&format!("{name}.weight"), &[inputs, outputs])?,
            bias: from.floats(&format!("{name}.bias"), &[outputs])?,
            inputs,
        })
    }

    pub(super) fn apply(&self, x: &[f32]) -> Vec<f32> {
        let (rows, outputs) = (x.len() / self.inputs, self.bias.len());
        let mut out = self.bias.repeat(rows);
        let weight = View::new(&self.weight, self.inputs, outputs);
        gemm(
            View::new(x, rows, self.inputs),
            weight,
            &mut out,
            outputs,
            true,
        );
        out
    }
}

/// A convolution along rows that keeps their number: each output sees `width` neighbouring rows.
pub(super) struct Conv {
    /// `width · inputs` × `outputs`.
    weight: Vec<f32>,
    bias: Vec<f32>,
    inputs: usize,
    width: usize,
}

impl Conv {
    pub(super) fn load(
        from: &Tensors,
        name: &str,
        [outputs, inputs, width]: [usize; 3],
    ) -> Result<Self> {
        let stored = from.floats(&format!("{name}.weight"), &[outputs, inputs, width])?;
        let mut weight = vec![0.0; stored.len()];
        for (i, &value) in stored.iter().enumerate() {
            let (o, c, k) = (i / (inputs * width), i / width % inputs, i % width);
            weight[(k * inputs + c) * outputs + o] = value;
        }
        let bias = from.floats(&format!("{name}.bias"), &[outputs])?;
        Ok(Self {
            weight,
            bias,
            inputs,
            width,
        })
    }

    pub(super) fn apply(&self, x: &[f32]) -> Vec<f32> {
        let (rows, outputs) = (x.len() / self.inputs, self.bias.len());
        let edge = vec![0.0; self.width / 2 * self.inputs];
        let padded = [edge.as_slice(), x, edge.as_slice()].concat();
        // Windows overlap: each begins one row after the one before.
        let window = self.width * self.inputs;
        let windows = View::strided(&padded, rows, window, self.inputs);
        let mut out = self.bias.repeat(rows);
        let weight = View::new(&self.weight, window, outputs);
        gemm(windows, weight, &mut out, outputs, true);
        out
    }
}

/// Layer normalisation (Ba et al. 2016, arXiv:1607.06450).
pub(super) struct LayerNorm {
    gain: Vec<f32>,
    shift: Vec<f32>,
}

impl LayerNorm {
    pub(super) fn load(from: &Tensors, name: &str, width: usize) -> Result<Self> {
        Ok(Self {
            gain: from.floats(&format!("{name}.weight"), &[width])?,
            shift: from.floats(&format!("{name}.bias"), &[width])?,
        })
    }

    pub(super) fn apply(&self, mut x: Vec<f32>) -> Vec<f32> {
        let width = self.gain.len();
        for row in x.chunks_mut(width) {
            layer_norm(row, &self.gain, &self.shift);
        }
        x
    }
}

/// A block of ConvNeXt (Liu et al. 2022, arXiv:2201.03545) along rows: each channel sees its neighbours,
/// then each row is looked at by two layers, and a scaled part of that is added.
pub(super) struct ConvNext {
    /// `taps` × `width`.
    depthwise: Vec<f32>,
    bias: Vec<f32>,
    dilation: usize,
    norm: LayerNorm,
    up: Dense,
    down: Dense,
    gamma: Vec<f32>,
}

/// Sizes of a [`ConvNext`] block.
#[derive(Clone, Copy)]
pub(super) struct BlockSize {
    pub(super) width: usize,
    pub(super) hidden: usize,
    pub(super) taps: usize,
    pub(super) dilation: usize,
}

impl ConvNext {
    pub(super) fn load(from: &Tensors, name: &str, size: BlockSize) -> Result<Self> {
        let BlockSize {
            width,
            hidden,
            taps,
            dilation,
        } = size;
        let stored = from.floats(&format!("{name}.dw.weight"), &[width, 1, taps])?;
        Ok(Self {
            depthwise: transposed(&stored, [width, taps]),
            bias: from.floats(&format!("{name}.dw.bias"), &[width])?,
            dilation,
            norm: LayerNorm::load(from, &format!("{name}.norm"), width)?,
            up: Dense::load(from, &format!("{name}.pw1"), width, hidden)?,
            down: Dense::load(from, &format!("{name}.pw2"), hidden, width)?,
            gamma: from.floats(&format!("{name}.gamma"), &[width])?,
        })
    }

    pub(super) fn apply(&self, x: &mut [f32]) {
        let width = self.bias.len();
        let rows = x.len() / width;
        let mut seen = self.bias.repeat(rows);
        let half = self.depthwise.len() / width / 2;
        for (row, out) in seen.chunks_mut(width).enumerate() {
            for (tap, weight) in self.depthwise.chunks(width).enumerate() {
                let from = (row + tap * self.dilation).checked_sub(half * self.dilation);
                let Some(from) = from.filter(|&from| from < rows) else {
                    continue;
                };
                let input = &x[from * width..][..width];
                add_products(out, weight, input);
            }
        }
        let mut inner = self.up.apply(&self.norm.apply(seen));
        exact_gelu(&mut inner);
        let out = self.down.apply(&inner);
        for (x, out) in x.chunks_mut(width).zip(out.chunks(width)) {
            add_products(x, out, &self.gamma);
        }
    }
}

/// A block of a transformer with the norms in front (Vaswani et al. 2017; Xiong et al. 2020,
/// arXiv:2002.04745); every row sees every other.
pub(super) struct TransformerBlock {
    norms: [LayerNorm; 2],
    qkv: Dense,
    out: Dense,
    up: Dense,
    down: Dense,
    heads: usize,
}

impl TransformerBlock {
    pub(super) fn load(
        from: &Tensors,
        name: &str,
        [width, hidden, heads]: [usize; 3],
    ) -> Result<Self> {
        let layer = |part: &str, i, o| Dense::load(from, &format!("{name}.{part}"), i, o);
        let norm = |i| LayerNorm::load(from, &format!("{name}.norm{i}"), width);
        Ok(Self {
            norms: [norm(1)?, norm(2)?],
            qkv: layer("self_attn.in_proj", width, 3 * width)?,
            out: layer("self_attn.out_proj", width, width)?,
            up: layer("linear1", width, hidden)?,
            down: layer("linear2", hidden, width)?,
            heads,
        })
    }

    pub(super) fn apply(&self, x: &mut [f32]) {
        let [first, second] = &self.norms;
        let seen = self.attention(&first.apply(x.to_vec()));
        add(x, &self.out.apply(&seen));
        let mut inner = self.up.apply(&second.apply(x.to_vec()));
        exact_gelu(&mut inner);
        add(x, &self.down.apply(&inner));
    }

    fn attention(&self, x: &[f32]) -> Vec<f32> {
        let width = self.out.inputs;
        let (rows, each) = (x.len() / width, width / self.heads);
        let qkv = self.qkv.apply(x);
        let mut out = vec![0.0; rows * width];
        let mut scores = vec![0.0; rows * rows];
        for head in 0..self.heads {
            let part = |i: usize| {
                let from = &qkv[i * width + head * each..];
                View::strided(from, rows, each, 3 * width)
            };
            gemm(part(0), part(1).t(), &mut scores, rows, false);
            for row in scores.chunks_mut(rows) {
                softmax(row, 1.0 / (each as f32).sqrt());
            }
            let weights = View::new(&scores, rows, rows);
            gemm(weights, part(2), &mut out[head * each..], width, false);
        }
        out
    }
}

/// Rows of a table, one for each number; numbers beyond it take the first.
pub(super) fn rows_of(
    table: &[f32],
    width: usize,
    numbers: impl Iterator<Item = usize>,
) -> Vec<f32> {
    let mut out = Vec::new();
    for n in numbers {
        let row = table.get(n * width..(n + 1) * width);
        out.extend_from_slice(row.unwrap_or(&table[..width]));
    }
    out
}
