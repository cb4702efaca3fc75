//! The network of a voice: phonemes in, a spectrum for every 12.5 ms out.
//!
//! Two networks that were trained apart, each with an encoder of its own. The *prosody* network says how
//! long each phoneme lasts and how high and how loud it is, as in FastSpeech 2 (Ren et al. 2020,
//! arXiv:2006.04558): the durations repeat the encoder's rows until there is one for every 25 ms, the
//! **length regulator**, and each of these becomes two frames. The *decoder* makes of the phonemes of
//! every frame, its pitch and its loudness the five parts of a spectrum of which [`sound`](super::sound)
//! makes sound, much as Vocos does (Siuzdak 2023, arXiv:2306.00814): no upsampling, blocks of ConvNeXt at
//! the rate of the frames, and one inverse Fourier transform.
//!
//! The weights are those of hibari-tts 0.2.1 (Apache-2.0, Maureese Williams), whose voice was taught by
//! Kokoro-82M; `recipes/voice/convert.py` makes our file of it.

use super::{
    layers::{BlockSize, Conv, ConvNext, Dense, LayerNorm, TransformerBlock, rows_of},
    tensors::Tensors,
};
use crate::{error::Result, kernels::activation::exact_gelu};

/// Symbols that have a row in the tables.
const SYMBOLS: usize = 178;
/// Frequencies of a spectrum.
pub const BINS: usize = 601;
/// Parts of a spectrum: loudness and phase of the harmonics, loudness of the noise, loudness and phase of
/// the rest.
pub const PARTS: usize = 5;
/// Frames for each unit of duration.
pub const FRAMES: usize = 2;

/// No symbol lasts longer: ten seconds, in units of 25 ms.
const LONGEST: f32 = 400.0;

const DECODER: BlockSize = BlockSize {
    width: 256,
    hidden: 768,
    taps: 7,
    dilation: 1,
};

/// Phonemes as rows that know of each other: blocks of ConvNeXt see the neighbours, then one block of a
/// transformer is applied several times, with the same weights (Dehghani et al. 2018, arXiv:1807.03819).
struct Encoder {
    embedding: Vec<f32>,
    width: usize,
    convs: Vec<ConvNext>,
    attention: TransformerBlock,
    rounds: usize,
    norm: LayerNorm,
}

impl Encoder {
    fn load(from: &Tensors, name: &str, width: usize, rounds: usize) -> Result<Self> {
        let size = BlockSize {
            width,
            hidden: 2 * width,
            taps: 5,
            dilation: 1,
        };
        let conv = |i| ConvNext::load(from, &format!("{name}.convs.{i}"), size);
        Ok(Self {
            embedding: from.floats(&format!("{name}.emb.weight"), &[SYMBOLS, width])?,
            width,
            convs: (0..2).map(conv).collect::<Result<_>>()?,
            attention: TransformerBlock::load(
                from,
                &format!("{name}.attn"),
                [width, 2 * width, 2],
            )?,
            rounds,
            norm: LayerNorm::load(from, &format!("{name}.norm"), width)?,
        })
    }

    fn apply(&self, ids: &[usize]) -> Vec<f32> {
        let mut x = rows_of(&self.embedding, self.width, ids.iter().copied());
        self.convs.iter().for_each(|conv| conv.apply(&mut x));
        (0..self.rounds).for_each(|_| self.attention.apply(&mut x));
        self.norm.apply(x)
    }
}

/// Says how long, how high and how loud.
struct ProsodyNet {
    text: Encoder,
    durations: [Conv; 2],
    into: Conv,
    blocks: Vec<ConvNext>,
    out: Conv,
}

/// Makes the spectrum.
struct Decoder {
    text: Encoder,
    into: Conv,
    blocks: Vec<ConvNext>,
    norm: LayerNorm,
    head: Dense,
}

/// A voice's weights; see the module's documentation.
pub struct Network {
    prosody: ProsodyNet,
    decoder: Decoder,
}

/// How a sentence is to be spoken.
#[derive(Debug, Clone, PartialEq)]
pub struct Prosody {
    /// Of each symbol, in units of 25 ms.
    pub durations: Vec<usize>,
    /// Of each frame, in Hz; 0 or below where there is none.
    pub pitch: Vec<f32>,
    /// Of each frame; on the scale that the decoder learned.
    pub loudness: Vec<f32>,
}

impl Network {
    /// Of a file's tensors.
    pub(super) fn load(from: &Tensors) -> Result<Self> {
        let size = |dilation| BlockSize {
            width: 192,
            hidden: 384,
            taps: 7,
            dilation,
        };
        let spread = [1, 2, 4, 8, 1, 2];
        let block =
            |(i, d): (usize, &usize)| ConvNext::load(from, &format!("pn.pro.{i}"), size(*d));
        let prosody = ProsodyNet {
            text: Encoder::load(from, "pn.text", 192, 6)?,
            durations: [
                Conv::load(from, "pn.dur.0", [192, 192, 3])?,
                Conv::load(from, "pn.dur.2", [1, 192, 1])?,
            ],
            into: Conv::load(from, "pn.pro_in", [192, 192, 1])?,
            blocks: spread
                .iter()
                .enumerate()
                .map(block)
                .collect::<Result<_>>()?,
            out: Conv::load(from, "pn.pro_out", [2 * FRAMES, 192, 1])?,
        };
        let block = |i| ConvNext::load(from, &format!("m.dec.{i}"), DECODER);
        let width = DECODER.width;
        let decoder = Decoder {
            text: Encoder::load(from, "m.text", 128, 4)?,
            into: Conv::load(from, "m.dec_in", [width, 130, 7])?,
            blocks: (0..8).map(block).collect::<Result<_>>()?,
            norm: LayerNorm::load(from, "m.dec_norm", width)?,
            head: Dense::load(from, "m.head", width, PARTS * BINS)?,
        };
        Ok(Self { prosody, decoder })
    }

    /// How the voice would speak these symbols, `speed` times as fast as it learned to; or with
    /// `durations` of somebody's choice.
    pub fn prosody(&self, ids: &[usize], speed: f32, durations: Option<&[usize]>) -> Prosody {
        let net = &self.prosody;
        let text = net.text.apply(ids);
        let durations = match durations {
            Some(given) if given.len() == ids.len() => given.to_vec(),
            _ => {
                let [first, second] = &net.durations;
                let mut inner = first.apply(&text);
                exact_gelu(&mut inner);
                let logs = second.apply(&inner);
                let length = |log: &f32| {
                    ((log.exp() - 1.0) / speed)
                        .round_ties_even()
                        .clamp(1.0, LONGEST)
                };
                logs.iter().map(|log| length(log) as usize).collect()
            }
        };
        let mut x = rows_of(&text, net.text.width, repeated(&durations));
        x = net.into.apply(&x);
        net.blocks.iter().for_each(|block| block.apply(&mut x));
        // Of each unit: the pitch of its frames, then their loudness.
        let out = net.out.apply(&x);
        let (units, _) = out.as_chunks::<{ 2 * FRAMES }>();
        let pitch = units.iter().flat_map(|[a, b, ..]| [100.0 * a, 100.0 * b]);
        let loudness = units.iter().flat_map(|[.., a, b]| [5.0 * a, 5.0 * b]);
        Prosody {
            durations,
            pitch: pitch.collect(),
            loudness: loudness.collect(),
        }
    }

    /// The spectrum of these symbols, spoken like this: for each frame its [`PARTS`] one after the other.
    pub fn spectrum(&self, ids: &[usize], prosody: &Prosody) -> Vec<f32> {
        let net = &self.decoder;
        let (text, width) = (net.text.apply(ids), net.text.width);
        let mut rows = Vec::new();
        for (frame, symbol) in repeated(&prosody.durations)
            .flat_map(|symbol| [symbol; FRAMES])
            .enumerate()
        {
            let of = |curve: &[f32]| curve.get(frame).copied().unwrap_or(0.0);
            rows.extend_from_slice(&text[symbol * width..][..width]);
            rows.push((1.0 + of(&prosody.pitch).max(0.0)).ln() / 5.0);
            rows.push(of(&prosody.loudness) / 5.0);
        }
        let mut x = net.into.apply(&rows);
        net.blocks.iter().for_each(|block| block.apply(&mut x));
        net.head.apply(&net.norm.apply(x))
    }
}

/// Each symbol's place as often as it is long.
fn repeated(durations: &[usize]) -> impl Iterator<Item = usize> {
    let symbols = durations.iter().enumerate();
    symbols.flat_map(|(symbol, &n)| std::iter::repeat_n(symbol, n))
}
