//! Text to tokens and back.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::bpe::{self, Merger};
use crate::{
    error::{Error, Result},
    open::{self, tokenizer::kept::Kept},
};

/// Most tokens in a vocabulary: each fits into 16 bits.
pub const MOST_TOKENS: usize = 1 << 16;

/// How text becomes tokens: what a checkpoint keeps of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Vocabulary {
    /// One token for each character that occurs.
    Characters {
        /// They, in the order of their tokens.
        alphabet: String,
    },
    /// Given pieces: of those that a text goes on with, the longest is its next token.
    Pieces {
        /// They, in the order of their tokens.
        pieces: Vec<String>,
    },
    /// The 256 bytes, and pieces of words.
    Bpe {
        /// The two tokens that each further one is made of; see [`bpe`].
        merges: Vec<(u32, u32)>,
    },
    /// SentencePiece's, of a model of another program that is gone on from.
    Sentences(Kept),
    /// That of a model of another program, which stands in its own file and in no checkpoint.
    #[serde(skip)]
    Opened {
        /// How many tokens.
        tokens: usize,
    },
}

impl Vocabulary {
    /// The characters of `text`, by their code points.
    pub fn characters(text: &str) -> Self {
        let mut seen = vec![false; char::MAX as usize + 1];
        text.chars().for_each(|c| seen[c as usize] = true);
        Self::Characters {
            alphabet: ('\0'..=char::MAX).filter(|&c| seen[c as usize]).collect(),
        }
    }

    /// About `size` tokens that byte-pair encoding finds in `text`, fewer if it is short. Of a long
    /// text it looks at parts.
    pub fn bpe(text: &str, size: usize) -> Self {
        /// Bytes that are looked at.
        const ENOUGH: usize = 4 << 20;
        /// Parts in which they lie.
        const PARTS: usize = 16;
        /// Bytes of different words that are taken: more has a text in which few words come again.
        const DIFFERENT: usize = 1 << 20;
        let (mut counts, mut different) = (HashMap::<&str, u64>::new(), 0);
        let mut count = |part| {
            for word in bpe::words(part) {
                if different < DIFFERENT {
                    *counts.entry(word).or_insert_with(|| {
                        different += word.len();
                        0
                    }) += 1;
                } else if let Some(n) = counts.get_mut(word) {
                    *n += 1;
                }
            }
        };
        if text.len() <= ENOUGH {
            count(text);
        } else {
            for i in 0..PARTS {
                let start = text.floor_char_boundary(i * (text.len() / PARTS));
                let end = text.floor_char_boundary(start + ENOUGH / PARTS);
                count(&text[start..end]);
            }
        }
        Self::Bpe {
            merges: bpe::learn(&counts, size.min(MOST_TOKENS).saturating_sub(256)),
        }
    }

    /// How many tokens.
    pub fn len(&self) -> usize {
        match self {
            Vocabulary::Characters { alphabet } => alphabet.chars().count(),
            Vocabulary::Pieces { pieces } => pieces.len(),
            Vocabulary::Bpe { merges } => 256 + merges.len(),
            Vocabulary::Sentences(kept) => kept.len(),
            Vocabulary::Opened { tokens } => *tokens,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Refuse what no text gives.
    ///
    /// # Errors
    /// [`Error::CheckpointSchema`].
    pub fn check(&self) -> Result<()> {
        /// Bytes of a piece.
        const LONGEST: usize = 64;
        let schema = |reason: String| Err(Error::CheckpointSchema { reason });
        if !(1..=MOST_TOKENS).contains(&self.len()) {
            return schema(format!("a vocabulary of {} tokens", self.len()));
        }
        match self {
            Vocabulary::Characters { alphabet } => {
                let mut seen: Vec<char> = alphabet.chars().collect();
                seen.sort_unstable();
                seen.dedup();
                if seen.len() != self.len() {
                    return schema("a character that is two tokens".into());
                }
            }
            Vocabulary::Pieces { pieces } => {
                let all: HashSet<&String> = pieces.iter().collect();
                if all.len() != pieces.len() {
                    return schema("a piece that is two tokens".into());
                }
                if !pieces.iter().all(|p| (1..=LONGEST).contains(&p.len())) {
                    return schema("a piece that is empty or too long".into());
                }
            }
            Vocabulary::Bpe { merges } => {
                bpe::pieces(merges)?;
            }
            Vocabulary::Sentences(kept) => kept.check()?,
            Vocabulary::Opened { .. } => return schema("a vocabulary that is elsewhere".into()),
        }
        Ok(())
    }
}

/// The bytes that each token writes.
fn written(coder: &open::tokenizer::Tokenizer) -> Vec<Vec<u8>> {
    coder.pieces().iter().map(|piece| piece.to_vec()).collect()
}

/// A [`Vocabulary`], ready for use.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    vocabulary: Vocabulary,
    /// The bytes of each token.
    pieces: Vec<Vec<u8>>,
    coder: Coder,
}

#[derive(Debug, Clone)]
enum Coder {
    /// The tokens of ASCII, `u32::MAX` for none, and of the other characters.
    Characters(Box<[u32; 128]>, HashMap<char, u32>),
    /// The tokens of pieces, and the length of the longest in bytes.
    Pieces(HashMap<String, u32>, usize),
    Bpe(Merger),
    Opened(Arc<open::tokenizer::Tokenizer>),
}

impl Tokenizer {
    /// The tokenizer of a vocabulary.
    ///
    /// # Errors
    /// As [`Vocabulary::check`].
    pub fn new(vocabulary: Vocabulary) -> Result<Self> {
        vocabulary.check()?;
        let (pieces, coder) = match &vocabulary {
            Vocabulary::Characters { alphabet } => {
                let (mut ascii, mut others) = (Box::new([u32::MAX; 128]), HashMap::new());
                for (c, id) in alphabet.chars().zip(0..) {
                    match ascii.get_mut(c as usize) {
                        Some(place) => *place = id,
                        None => {
                            others.insert(c, id);
                        }
                    }
                }
                let pieces = alphabet.chars().map(|c| c.to_string().into_bytes());
                (pieces.collect(), Coder::Characters(ascii, others))
            }
            Vocabulary::Pieces { pieces } => {
                let longest = pieces.iter().map(String::len).max().unwrap_or(0);
                let ids = pieces.iter().cloned().zip(0..).collect();
                let pieces = pieces.iter().map(|piece| piece.clone().into_bytes());
                (pieces.collect(), Coder::Pieces(ids, longest))
            }
            Vocabulary::Bpe { merges } => (bpe::pieces(merges)?, Coder::Bpe(Merger::new(merges))),
            Vocabulary::Sentences(kept) => {
                let coder = Arc::new(kept.tokenizer()?);
                (written(&coder), Coder::Opened(coder))
            }
            Vocabulary::Opened { .. } => {
                return Err(Error::CheckpointSchema {
                    reason: "a vocabulary that is elsewhere".into(),
                });
            }
        };
        Ok(Self {
            vocabulary,
            pieces,
            coder,
        })
    }

    /// That of a model of another program.
    pub fn opened(coder: Arc<open::tokenizer::Tokenizer>) -> Self {
        Self {
            vocabulary: Vocabulary::Opened {
                tokens: coder.len(),
            },
            pieces: written(&coder),
            coder: Coder::Opened(coder),
        }
    }

    /// What it was made of.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The token with which a text begins, where texts have one.
    pub fn begin(&self) -> Option<u32> {
        self.of_elsewhere().and_then(|coder| coder.begin)
    }

    /// Whether a token ends a text.
    pub fn is_end(&self, token: u32) -> bool {
        self.of_elsewhere()
            .is_some_and(|coder| coder.ends.contains(&token))
    }

    /// What a text's first token writes, without a space that is part of no text.
    pub fn at_first<'a>(&self, text: &'a str) -> &'a str {
        match self.of_elsewhere() {
            Some(coder) if coder.has_prefix() => open::tokenizer::without_prefix(text),
            _ => text,
        }
    }

    fn of_elsewhere(&self) -> Option<&open::tokenizer::Tokenizer> {
        match &self.coder {
            Coder::Opened(coder) => Some(coder),
            _ => None,
        }
    }

    /// How many tokens.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The tokens of `text`.
    ///
    /// # Errors
    /// [`Error::UnknownCharacter`] for what its vocabulary does not hold.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let mut ids = Vec::new();
        self.encode_each(text, |id| ids.push(id))?;
        Ok(ids)
    }

    /// Give the tokens of `text` to `take`, one after the other.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`]; those before it have been given by then.
    pub fn encode_each(&self, text: &str, mut take: impl FnMut(u32)) -> Result<()> {
        match &self.coder {
            Coder::Characters(ascii, others) => {
                for c in text.chars() {
                    let id = match ascii.get(c as usize) {
                        Some(&id) => id,
                        None => others.get(&c).copied().unwrap_or(u32::MAX),
                    };
                    if id == u32::MAX {
                        return Err(Error::UnknownCharacter { found: c });
                    }
                    take(id);
                }
            }
            Coder::Pieces(ids, longest) => {
                let mut rest = text;
                while let Some(found) = rest.chars().next() {
                    let most = rest.floor_char_boundary(*longest);
                    let ends = (1..=most).rev().filter(|&end| rest.is_char_boundary(end));
                    let mut known = ends.filter_map(|end| Some((end, *ids.get(&rest[..end])?)));
                    let Some((end, id)) = known.next() else {
                        return Err(Error::UnknownCharacter { found });
                    };
                    take(id);
                    rest = &rest[end..];
                }
            }
            Coder::Bpe(merger) => merger.encode(text, take),
            Coder::Opened(coder) => coder.encode(text).into_iter().for_each(take),
        }
        Ok(())
    }

    /// The bytes of tokens; those that do not exist give none.
    pub fn bytes(&self, tokens: &[u32]) -> Vec<u8> {
        let known = tokens.iter().filter_map(|&t| self.pieces.get(t as usize));
        known.flatten().copied().collect()
    }

    /// The text of tokens; what is not UTF-8 becomes U+FFFD.
    pub fn decode(&self, tokens: &[u32]) -> String {
        String::from_utf8_lossy(&self.bytes(tokens)).into_owned()
    }

    /// A token for people: its text, with U+FFFD for part of a character.
    pub fn piece(&self, token: u32) -> String {
        self.decode(&[token])
    }
}

/// Spells tokens one after the other: a character that takes several of them comes out with its
/// last.
#[derive(Debug, Clone, Default)]
pub struct Speller {
    pending: Vec<u8>,
}

impl Speller {
    /// The text that `token` completes.
    pub fn push(&mut self, tokenizer: &Tokenizer, token: u32) -> String {
        if let Some(bytes) = tokenizer.pieces.get(token as usize) {
            self.pending.extend_from_slice(bytes);
        }
        let mut out = String::new();
        loop {
            match std::str::from_utf8(&self.pending) {
                Ok(text) => {
                    out.push_str(text);
                    self.pending.clear();
                    return out;
                }
                Err(error) => {
                    let (good, rest) = self.pending.split_at(error.valid_up_to());
                    out.push_str(&String::from_utf8_lossy(good));
                    match error.error_len() {
                        // What is there may still become a character.
                        None => {
                            self.pending = rest.to_vec();
                            return out;
                        }
                        Some(n) => {
                            out.push('\u{fffd}');
                            self.pending = rest[n..].to_vec();
                        }
                    }
                }
            }
        }
    }
}
