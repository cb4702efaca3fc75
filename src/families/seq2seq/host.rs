//! Translations under way in host memory: the next pieces of several go through the decoder as plain rows.

use super::Seq2Seq;
use crate::{
    kernels::host::{Array, values},
    model::Family,
    nn::rows::{Looking, Thinking, normed, product, product_transposed, row, weight},
};

/// A layer of the decoder, and keys and values of what was read.
#[derive(Debug)]
struct Layer {
    norm_1: Array,
    /// `[C, 2C]`.
    kv: Array,
    own: Looking,
    norm_2: Array,
    cross: Looking,
    mlp: Thinking,
    /// Of each text `[m, 2C]`.
    read: Vec<Vec<f32>>,
}

/// The decoder.
#[derive(Debug)]
pub(super) struct Host {
    table: Array,
    written_at: Array,
    layers: Vec<Layer>,
    norm: Array,
}

/// For each layer keys and values of what was written, `[length, 2C]`.
pub(super) type Written = Vec<Vec<f32>>;

impl Host {
    /// The decoder of a model on the host; `texts` are what the encoder reads.
    pub(super) fn new(model: &Seq2Seq, texts: &[Vec<u32>]) -> Self {
        let net = model.net();
        let memory = values(model.encode(texts, None));
        let (heads, c) = (model.config.n_head, model.config.n_embd);
        let layers = net.decoder.iter().map(|layer| {
            let kv = product(&memory, &weight(&layer.cross.kv));
            let mut from = 0;
            let read = texts.iter().map(|text| {
                let to = from + text.len() * 2 * c;
                let part = kv[from..to].to_vec();
                from = to;
                part
            });
            let looking = |attention: &super::Attention| Looking {
                q: weight(&attention.q),
                proj: weight(&attention.proj),
                heads,
            };
            Layer {
                norm_1: weight(&layer.norm_1),
                kv: weight(&layer.own.kv),
                own: looking(&layer.own),
                norm_2: weight(&layer.norm_2),
                cross: looking(&layer.cross),
                mlp: Thinking {
                    norm: weight(&layer.norm_3),
                    up: weight(&layer.mlp.up),
                    down: weight(&layer.mlp.down),
                },
                read: read.collect(),
            }
        });
        Self {
            table: weight(&net.table),
            written_at: weight(&net.written_at),
            layers: layers.collect(),
            norm: weight(&net.decoder_norm),
        }
    }

    /// Nothing written.
    pub(super) fn nothing(&self) -> Written {
        vec![Vec::new(); self.layers.len()]
    }

    /// Logits `[n, V]` of what comes behind `ids`, the pieces in place `at` of n translations: of each the text, and
    /// what was written, to which its piece is added.
    pub(super) fn next(&self, ids: &[u32], at: usize, rows: &mut [(usize, Written)]) -> Vec<f32> {
        let place = row(&self.written_at, at);
        let embedded = ids.iter().flat_map(|&id| {
            let piece = row(&self.table, id as usize);
            piece.iter().zip(place).map(|(piece, place)| piece + place)
        });
        let mut y: Vec<f32> = embedded.collect();
        for (i, layer) in self.layers.iter().enumerate() {
            let h = normed(&y, &layer.norm_1);
            let kv = product(&h, &layer.kv);
            for ((_, written), kv) in rows.iter_mut().zip(kv.chunks_exact(layer.kv.dims()[1])) {
                written[i].extend_from_slice(kv);
            }
            layer.own.forward(&mut y, &h, |row| &rows[row].1[i]);
            let h = normed(&y, &layer.norm_2);
            layer
                .cross
                .forward(&mut y, &h, |row| &layer.read[rows[row].0]);
            layer.mlp.forward(&mut y);
        }
        product_transposed(&normed(&y, &self.norm), &self.table)
    }
}
