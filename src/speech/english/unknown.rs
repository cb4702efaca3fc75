//! Words that no dictionary has: a small transformer reads their letters and says four times for each
//! letter what sounds; what repeats is one sound, and silence is none (CTC, Graves et al. 2006).

use super::super::{
    layers::{Dense, LayerNorm, TransformerBlock, rows_of},
    tensors::Tensors,
};
use crate::{
    error::{Error, Result},
    kernels::math::add,
};

const WIDTH: usize = 128;
const LONGEST: usize = 24;
const SLOTS: usize = 4;

/// See the module's documentation.
pub(super) struct Unknown {
    letters: Vec<char>,
    sounds: Vec<char>,
    embedding: Vec<f32>,
    places: Vec<f32>,
    blocks: Vec<TransformerBlock>,
    norm: LayerNorm,
    head: Dense,
}

impl Unknown {
    pub(super) fn load(from: &Tensors) -> Result<Self> {
        let letters: Vec<char> = from.about("letters")?.chars().collect();
        let sounds: Vec<char> = from.about("sounds")?.chars().collect();
        let choices = SLOTS * (sounds.len() + 1);
        if letters.is_empty() || choices > 4096 {
            let reason = "its alphabets cannot be used".into();
            return Err(Error::CheckpointSchema { reason });
        }
        let block = |i| {
            TransformerBlock::load(
                from,
                &format!("unknown.m.layers.{i}"),
                [WIDTH, 3 * WIDTH, 4],
            )
        };
        Ok(Self {
            embedding: from.floats("unknown.m.emb.weight", &[letters.len() + 1, WIDTH])?,
            places: from.floats("unknown.m.pos", &[LONGEST, WIDTH])?,
            blocks: (0..4).map(block).collect::<Result<_>>()?,
            norm: LayerNorm::load(from, "unknown.m.norm", WIDTH)?,
            head: Dense::load(from, "unknown.m.head", WIDTH, choices)?,
            letters,
            sounds,
        })
    }

    /// How a word is said, if it has a letter at all.
    pub(super) fn say(&self, word: &str) -> Option<String> {
        let letter = |c| self.letters.iter().position(|&known| known == c);
        let ids = word.chars().filter_map(letter).take(LONGEST).map(|i| i + 1);
        let mut x = rows_of(&self.embedding, WIDTH, ids);
        if x.is_empty() {
            return None;
        }
        add(&mut x, &self.places);
        self.blocks.iter().for_each(|block| block.apply(&mut x));
        let scores = self.head.apply(&self.norm.apply(x));
        let (mut said, mut last) = (String::new(), 0);
        for slot in scores.chunks(self.sounds.len() + 1) {
            let mut best = 0;
            for (i, score) in slot.iter().enumerate() {
                if *score > slot[best] {
                    best = i;
                }
            }
            if best != last && best > 0 {
                said.push(self.sounds[best - 1]);
            }
            last = best;
        }
        Some(said)
    }
}
