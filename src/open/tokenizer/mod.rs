//! Text to the tokens of a model that was trained elsewhere, and back.
//!
//! A tokenizer first takes out the tokens that stand for themselves, such as `<|im_end|>`. What is left is
//! changed ([`Change`]), cut into words (`words.rs`), and each word becomes tokens: by merging neighbours
//! (`merging.rs`; Sennrich et al. 2016, arXiv:1508.07909), by the likeliest pieces (Kudo 2018, arXiv:1804.10959),
//! or by the longest (WordPiece; Schuster & Nakajima 2012).

pub mod gguf;
pub mod json;
pub mod kept;
mod letters;
mod merging;
mod words;

use std::collections::HashMap;

use super::bad;
use crate::error::Result;
use merging::{NONE, Symbol, merge};
pub use words::Cut;

/// What stands for a space in SentencePiece's tokens.
const LOW_LINE: char = '▁';
/// The longest token, in bytes.
const LONGEST: usize = 1 << 10;

/// A tokenizer.
#[derive(Debug, Clone, Default)]
pub struct Tokenizer {
    /// The bytes that each token writes.
    pieces: Vec<Box<[u8]>>,
    /// Tokens that stand for themselves, longest first.
    special: Vec<(Box<str>, u32)>,
    changes: Vec<Change>,
    prefix: Prefix,
    cuts: Vec<Cut>,
    model: Model,
    /// The token with which a text begins, where texts do.
    pub begin: Option<u32>,
    /// Tokens that end a text.
    pub ends: Vec<u32>,
}

/// What happens to a text before it is cut.
#[derive(Debug, Clone)]
pub enum Change {
    /// As WordPiece's texts are cleaned: control characters away, spaces around Chinese ones.
    Clean,
    /// Small letters.
    Lower,
    /// Letters without their accents.
    Plain,
    /// One text for another.
    Replace(String, String),
}

/// Where a space is put before a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Prefix {
    /// Nowhere.
    #[default]
    Never,
    /// At its beginning.
    First,
    /// There, and behind each token that stands for itself; unless one is there.
    Missing,
    /// There too, whether or not one is there.
    Always,
}

/// How a word becomes tokens.
#[derive(Debug, Clone, Default)]
pub enum Model {
    /// Not at all.
    #[default]
    None,
    /// Merges of bytes, those learned first first.
    Bytes {
        /// The token of each byte, or `u32::MAX`.
        bytes: Box<[u32; 256]>,
        /// What two tokens become, and when.
        merges: HashMap<(u32, u32), (u32, u32)>,
        /// Words that are tokens are taken whole.
        whole: Option<HashMap<Box<[u8]>, u32>>,
    },
    /// The same with characters; those that are no tokens become bytes, if these are tokens.
    Characters {
        /// Tokens by their text.
        ids: HashMap<Box<str>, u32>,
        /// What two tokens become, and when.
        merges: HashMap<(u32, u32), (u32, u32)>,
        /// What has no token.
        unknown: Unknown,
    },
    /// Merges of characters into tokens, best first.
    Scores {
        /// Tokens by their text, and how good each is.
        ids: HashMap<Box<str>, (u32, f32)>,
        /// What has no token.
        unknown: Unknown,
    },
    /// The likeliest pieces.
    Unigram {
        /// Tokens by their text, and log p of each.
        ids: HashMap<Box<str>, (u32, f32)>,
        /// The longest of them, in bytes, and the least log p.
        extremes: (usize, f32),
        /// What has no token.
        unknown: Unknown,
    },
    /// The longest piece first; pieces within a word are marked.
    WordPiece {
        /// Tokens by their text.
        ids: HashMap<Box<str>, u32>,
        /// Before pieces within a word.
        mark: Box<str>,
        /// What has no tokens.
        unknown: u32,
    },
}

/// What becomes of characters that are no tokens.
#[derive(Debug, Clone, Default)]
pub struct Unknown {
    /// Their bytes.
    pub bytes: Option<Box<[u32; 256]>>,
    /// Else this.
    pub token: Option<u32>,
}

impl Unknown {
    fn put(&self, text: &str, out: &mut Vec<u32>) {
        match (&self.bytes, self.token) {
            (Some(bytes), _) => out.extend(text.bytes().map(|b| bytes[b as usize])),
            (None, Some(token)) if out.last() != Some(&token) => out.push(token),
            _ => {}
        }
    }
}

impl Tokenizer {
    /// How many tokens.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// What each token writes.
    pub fn pieces(&self) -> &[Box<[u8]>] {
        &self.pieces
    }

    /// Whether a space before a text is part of no text.
    pub fn has_prefix(&self) -> bool {
        self.prefix != Prefix::Never
    }

    /// A token that stands for itself.
    pub fn special(&self, text: &str) -> Option<u32> {
        self.special.iter().find(|(s, _)| **s == *text).map(|s| s.1)
    }

    /// The tokens of a text, without one that begins it.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        let (mut out, mut from, mut at) = (Vec::new(), 0, 0);
        while at < text.len() {
            let here = &text.as_bytes()[at..];
            let found = self
                .special
                .iter()
                .find(|(s, _)| here.starts_with(s.as_bytes()));
            match found {
                Some((special, id)) if text.is_char_boundary(at) => {
                    self.plain(&text[from..at], from == 0, &mut out);
                    out.push(*id);
                    at += special.len();
                    from = at;
                }
                _ => at += 1,
            }
        }
        self.plain(&text[from..], from == 0, &mut out);
        out
    }

    /// The tokens of a text in which none stands for itself.
    fn plain(&self, text: &str, first: bool, out: &mut Vec<u32>) {
        if text.is_empty() {
            return;
        }
        let mut text = std::borrow::Cow::Borrowed(text);
        let lines = self
            .changes
            .iter()
            .any(|c| matches!(c, Change::Replace(from, _) if from == " "));
        let there = text.starts_with(' ') || (lines && text.starts_with(LOW_LINE));
        let wants = match self.prefix {
            Prefix::Never => false,
            Prefix::First => first && !there,
            Prefix::Missing => !there,
            Prefix::Always => true,
        };
        if wants {
            text = format!(" {text}").into();
        }
        for change in &self.changes {
            text = words::change(change, &text).into();
        }
        let mut parts = vec![&*text];
        for cut in &self.cuts {
            parts = parts
                .into_iter()
                .flat_map(|part| words::cut(cut, part))
                .collect();
        }
        for word in parts {
            self.model.encode(word, out);
        }
    }
}

/// What a model made of a text that begins with such a token writes without the space that is part of no text.
pub fn without_prefix(text: &str) -> &str {
    text.strip_prefix(' ').unwrap_or(text)
}

impl Model {
    fn encode(&self, word: &str, out: &mut Vec<u32>) {
        match self {
            Model::None => {}
            Model::Bytes {
                bytes,
                merges,
                whole,
            } => {
                if let Some(id) = whole.as_ref().and_then(|whole| whole.get(word.as_bytes())) {
                    out.push(*id);
                    return;
                }
                let each = word.bytes().enumerate();
                let symbols = each
                    .map(|(i, b)| Symbol::new(i, i + 1, bytes[b as usize]))
                    .collect();
                let merged = merge(symbols, |a, b| merges.get(&(a.id, b.id)).copied());
                out.extend(merged.iter().map(|s| s.id).filter(|&id| id != NONE));
            }
            Model::Characters {
                ids,
                merges,
                unknown,
            } => {
                let symbols = characters(word, |c| ids.get(c).copied());
                let merged = merge(symbols, |a, b| merges.get(&(a.id, b.id)).copied());
                put(&merged, word, unknown, out);
            }
            Model::Scores { ids, unknown } => {
                let symbols = characters(word, |c| ids.get(c).map(|t| t.0));
                let merged = merge(symbols, |a, b| {
                    let &(id, score) = ids.get(word.get(a.start..b.end)?)?;
                    Some((order(score), id))
                });
                put(&merged, word, unknown, out);
            }
            Model::Unigram {
                ids,
                extremes,
                unknown,
            } => unigram(word, ids, *extremes, unknown, out),
            Model::WordPiece { ids, mark, unknown } => match word_pieces(word, ids, mark) {
                Some(pieces) => out.extend(pieces),
                None => out.push(*unknown),
            },
        }
    }
}

fn characters(word: &str, id: impl Fn(&str) -> Option<u32>) -> Vec<Symbol> {
    let each = word
        .char_indices()
        .map(|(start, c)| (start, start + c.len_utf8()));
    each.map(|(start, end)| Symbol::new(start, end, id(&word[start..end]).unwrap_or(NONE)))
        .collect()
}

fn put(symbols: &[Symbol], word: &str, unknown: &Unknown, out: &mut Vec<u32>) {
    for symbol in symbols {
        match symbol.id {
            NONE => unknown.put(&word[symbol.start..symbol.end], out),
            id => out.push(id),
        }
    }
}

/// Numbers in the opposite order of scores.
fn order(score: f32) -> u32 {
    let bits = score.to_bits();
    // As they are ordered, from the lowest on.
    let rising = if bits >> 31 == 1 {
        !bits
    } else {
        bits | 1 << 31
    };
    !rising
}

/// Of all ways to cut a word into tokens, the one of the highest sum.
fn unigram(
    word: &str,
    ids: &HashMap<Box<str>, (u32, f32)>,
    (longest, least): (usize, f32),
    unknown: &Unknown,
    out: &mut Vec<u32>,
) {
    /// How much worse than the worst token what is no token is.
    const PENALTY: f32 = 10.0;
    let worst = least - PENALTY;
    // The best sum up to each place, where its last piece begins, and that piece.
    let mut best: Vec<(f32, usize, u32)> = vec![(f32::NEG_INFINITY, 0, NONE); word.len() + 1];
    best[0].0 = 0.0;
    for (start, c) in word.char_indices() {
        let sum = best[start].0;
        let most = word.len().min(start + longest.max(4));
        let mut alone = false;
        for end in (start + 1..=most).filter(|&end| word.is_char_boundary(end)) {
            if let Some(&(id, score)) = ids.get(&word[start..end]) {
                alone |= end == start + c.len_utf8();
                if sum + score > best[end].0 {
                    best[end] = (sum + score, start, id);
                }
            }
        }
        let end = start + c.len_utf8();
        if !alone && sum + worst > best[end].0 {
            best[end] = (sum + worst, start, NONE);
        }
    }
    let (mut end, mut way) = (word.len(), Vec::new());
    while end > 0 {
        let (_, start, id) = best[end];
        way.push(Symbol::new(start, end, id));
        end = start;
    }
    way.reverse();
    put(&way, word, unknown, out);
}

fn word_pieces(word: &str, ids: &HashMap<Box<str>, u32>, mark: &str) -> Option<Vec<u32>> {
    /// Words of more characters are unknown.
    const MOST: usize = 100;
    if word.chars().count() > MOST {
        return None;
    }
    let (mut out, mut start) = (Vec::new(), 0);
    while start < word.len() {
        let ends = (start + 1..=word.len())
            .rev()
            .filter(|&end| word.is_char_boundary(end));
        let mut found = ends.filter_map(|end| {
            let piece = &word[start..end];
            let id = if start == 0 {
                ids.get(piece)
            } else {
                ids.get(format!("{mark}{piece}").as_str())
            };
            Some((*id?, end))
        });
        let (id, end) = found.next()?;
        out.push(id);
        start = end;
    }
    Some(out)
}

/// The byte for which a character stands in GPT-2's tokens, where each byte is a character that can be seen.
fn byte_of(c: char) -> Option<u8> {
    let plain = |b: u32| matches!(b, 33..=126 | 161..=172 | 174..=255);
    let code = c as u32;
    if plain(code) {
        return u8::try_from(code).ok();
    }
    // The others in their order, from 256 on.
    let at = usize::try_from(code.checked_sub(256)?).ok()?;
    (0..256)
        .filter(|&b| !plain(b))
        .nth(at)
        .and_then(|b| u8::try_from(b).ok())
}

/// The bytes of a token of GPT-2's kind.
fn bytes_of(token: &str) -> Option<Vec<u8>> {
    token.chars().map(byte_of).collect()
}

/// The byte of a token such as `<0x0A>`.
fn byte_token(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2)
        .then(|| u8::from_str_radix(digits, 16).ok())
        .flatten()
}

/// The tokens of bytes; vocabularies need not hold those that no text has.
fn bytes_by(id: impl Fn(u8) -> Option<u32>) -> Box<[u32; 256]> {
    let mut bytes = Box::new([NONE; 256]);
    for b in 0..=255u8 {
        bytes[b as usize] = id(b).unwrap_or(NONE);
    }
    bytes
}

/// The tokens of all bytes, if all are tokens.
fn all_bytes(id: impl Fn(u8) -> Option<u32>) -> Option<Box<[u32; 256]>> {
    let mut bytes = Box::new([0; 256]);
    for b in 0..=255u8 {
        bytes[b as usize] = id(b)?;
    }
    Some(bytes)
}

/// Merges of two tokens, from texts with a space between them.
fn merges<'a>(
    lines: impl Iterator<Item = (&'a str, &'a str)>,
    id: impl Fn(&str) -> Option<u32>,
) -> HashMap<(u32, u32), (u32, u32)> {
    let mut merges = HashMap::new();
    let mut joined = String::new();
    for ((a, b), rank) in lines.zip(0..) {
        joined.clear();
        joined.push_str(a);
        joined.push_str(b);
        // A merge of what are no tokens is never asked for.
        if let (Some(a), Some(b), Some(ab)) = (id(a), id(b), id(&joined)) {
            merges.entry((a, b)).or_insert((rank, ab));
        }
    }
    merges
}

/// What a token of SentencePiece's kind writes.
fn sentence_piece(token: &str) -> Vec<u8> {
    match byte_token(token) {
        Some(byte) => vec![byte],
        None => token.replace(LOW_LINE, " ").into_bytes(),
    }
}

/// Refuse what is too long, or too many.
fn check(tokens: usize, mut longest: impl Iterator<Item = usize>) -> Result<()> {
    match (1..=1 << 20).contains(&tokens) && longest.all(|n| n <= LONGEST) {
        true => Ok(()),
        false => Err(bad("its vocabulary cannot be right")),
    }
}
