//! Which tokens of a text are to be guessed, and what is shown in their places.
//!
//! Devlin et al. 2019, appendix A: about 15 % of the tokens are chosen, by whole words (as in the later release of
//! BERT), in a random order of the words, leaving out those with which there would be too many. Of what is chosen 80 %
//! become gaps, 10 % some other token at random, and 10 % stay as they are, so that the network must make up its mind
//! about every token and not only about gaps, which no text has that it is used on.

use crate::{data::tokenizer::Tokenizer, rng::Rng};

/// Share of the chosen tokens that become gaps.
pub const HIDDEN: f64 = 0.8;
/// Share that become some token at random; the others stay.
pub const REPLACED: f64 = 0.1;

/// Where words begin, as far as single tokens tell: a token goes on with a word if it begins with a letter or a digit
/// and the token before it ends with one.
#[derive(Debug, Clone)]
pub struct Words {
    /// Of each token whether its first and its last character are of a word.
    ends: Vec<[bool; 2]>,
}

impl Words {
    /// Of the tokens of a tokenizer.
    pub fn of(tokenizer: &Tokenizer) -> Self {
        // Bytes of a longer character stand inside it; they are taken for letters, as most of these are.
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '\u{fffd}');
        let ends = (0..tokenizer.len() as u32).map(|id| {
            let piece = tokenizer.piece(id);
            [inside(piece.chars().next()), inside(piece.chars().last())]
        });
        Self {
            ends: ends.collect(),
        }
    }

    /// How many tokens there are.
    pub fn tokens(&self) -> usize {
        self.ends.len()
    }

    /// The words of a text: of each the place of its first token, and the place behind its last. Tokens that do not
    /// exist, as a gap, are words of their own.
    pub fn spans(&self, ids: &[u32]) -> Vec<[usize; 2]> {
        let of = |id: u32| self.ends.get(id as usize).copied().unwrap_or_default();
        let mut spans: Vec<[usize; 2]> = Vec::new();
        for (i, &id) in ids.iter().enumerate() {
            let goes_on = i > 0 && of(id)[0] && of(ids[i - 1])[1];
            match spans.last_mut() {
                Some(span) if goes_on => span[1] = i + 1,
                _ => spans.push([i, i + 1]),
            }
        }
        spans
    }
}

/// The places of a text that are to be guessed, in order: `share` of its tokens, rounded, at least one. By `whole` words,
/// unless no word is short enough.
pub fn choose(ids: &[u32], words: &Words, (share, whole): (f64, bool), rng: &mut Rng) -> Vec<u32> {
    let wanted = ((share * ids.len() as f64).round() as usize).clamp(1, ids.len().max(1));
    let spans = match whole {
        true => words.spans(ids),
        false => (0..ids.len()).map(|i| [i, i + 1]).collect(),
    };
    let order = rng.permutation(spans.len());
    let mut chosen: Vec<u32> = Vec::with_capacity(wanted);
    for i in &order {
        let [from, to] = spans[*i as usize];
        if chosen.len() + to - from <= wanted {
            chosen.extend(from as u32..to as u32);
        }
    }
    if let (true, Some(first)) = (chosen.is_empty(), order.first()) {
        let [from, to] = spans[*first as usize];
        chosen.extend((from as u32..to as u32).take(wanted));
    }
    chosen.sort_unstable();
    chosen
}

/// Texts of which tokens are to be guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is shown, text after text.
    pub shown: Vec<u32>,
    /// The places of what is to be guessed among all of it.
    pub places: Vec<u32>,
    /// What stands there.
    pub targets: Vec<u32>,
}

impl Task {
    /// Of texts of `t` tokens.
    pub fn draw(
        ids: &[u32],
        t: usize,
        words: &Words,
        (share, whole): (f64, bool),
        rng: &mut Rng,
    ) -> Self {
        let gap = words.tokens() as u32;
        let mut task = Self {
            shown: ids.to_vec(),
            places: Vec::new(),
            targets: Vec::new(),
        };
        for (text, ids) in ids.chunks_exact(t.max(1)).enumerate() {
            for place in choose(ids, words, (share, whole), rng) {
                let at = text * t + place as usize;
                let (u, other) = (rng.unit(), rng.below(words.tokens()) as u32);
                task.places.push(at as u32);
                task.targets.push(task.shown[at]);
                if u < HIDDEN {
                    task.shown[at] = gap;
                } else if u < HIDDEN + REPLACED {
                    task.shown[at] = other;
                }
            }
        }
        task
    }
}
