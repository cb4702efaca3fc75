//! Text to tokens and back.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Most tokens in a vocabulary.
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
}

impl Vocabulary {
    /// The characters of `text`, by their code points.
    pub fn characters(text: &str) -> Self {
        let mut all: Vec<char> = text.chars().collect();
        all.sort_unstable();
        all.dedup();
        Self::Characters {
            alphabet: all.into_iter().collect(),
        }
    }

    /// How many tokens.
    pub fn len(&self) -> usize {
        match self {
            Vocabulary::Characters { alphabet } => alphabet.chars().count(),
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
        }
        Ok(())
    }
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
    Characters(HashMap<char, u32>),
}

impl Tokenizer {
    /// The tokenizer of a vocabulary.
    ///
    /// # Errors
    /// As [`Vocabulary::check`].
    pub fn new(vocabulary: Vocabulary) -> Result<Self> {
        vocabulary.check()?;
        let (pieces, coder) = match &vocabulary {
            Vocabulary::Characters { alphabet } => (
                alphabet
                    .chars()
                    .map(|c| c.to_string().into_bytes())
                    .collect(),
                Coder::Characters(alphabet.chars().zip(0..).collect()),
            ),
        };
        Ok(Self {
            vocabulary,
            pieces,
            coder,
        })
    }

    /// What it was made of.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
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
        match &self.coder {
            Coder::Characters(ids) => text
                .chars()
                .map(|c| {
                    ids.get(&c)
                        .copied()
                        .ok_or(Error::UnknownCharacter { found: c })
                })
                .collect(),
        }
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
