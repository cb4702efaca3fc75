//! SentencePiece's merges as a checkpoint keeps them, so that a model that goes on from one of elsewhere reads a text as
//! that one did.

use serde::{Deserialize, Serialize};

use super::{Change, LONGEST, LOW_LINE, Model, Prefix, Tokenizer, gguf::sentences, order};
use crate::error::{Error, Result};

/// More tokens that stand for themselves has no model.
const MOST_SPECIAL: usize = 1 << 12;

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The text of each token, `<0x0A>` for a byte.
    pieces: Vec<String>,
    /// Which merge comes first, for each token: that with the lowest number.
    ranks: Vec<u32>,
    /// What stands for characters without a token, where bytes do not.
    unknown: Option<u32>,
    /// The token with which a text begins.
    begin: Option<u32>,
    /// Those that end one.
    ends: Vec<u32>,
    /// Those that stand for themselves.
    special: Vec<u32>,
    /// Whether spaces are written as [`LOW_LINE`].
    line: bool,
    /// Whether a space is put before a text.
    prefix: bool,
}

impl Kept {
    /// What is to be kept of a tokenizer; nothing of one of another kind.
    pub fn of(tokenizer: &Tokenizer) -> Option<Self> {
        let Model::Scores { ids, unknown } = &tokenizer.model else {
            return None;
        };
        let prefix = match tokenizer.prefix {
            Prefix::Always => true,
            Prefix::Never => false,
            _ => return None,
        };
        let line = match &tokenizer.changes[..] {
            [] => false,
            [Change::Replace(from, to)] if from == " " && *to == LOW_LINE.to_string() => true,
            _ => return None,
        };
        // A token whose text is another one's as well is never merged to, and writes its piece.
        let mut pieces: Vec<String> = (tokenizer.pieces.iter())
            .map(|piece| String::from_utf8_lossy(piece).into_owned())
            .collect();
        let mut orders = vec![u32::MAX; pieces.len()];
        for (text, &(id, score)) in ids {
            pieces[id as usize] = text.to_string();
            orders[id as usize] = order(score);
        }
        let mut sorted = orders.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let rank = |o: &u32| sorted.binary_search(o).unwrap_or_default() as u32;
        Some(Self {
            ranks: orders.iter().map(rank).collect(),
            pieces,
            unknown: unknown.token,
            begin: tokenizer.begin,
            ends: tokenizer.ends.clone(),
            special: tokenizer.special.iter().map(|s| s.1).collect(),
            line,
            prefix,
        })
    }

    /// How many tokens.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Refuse what no tokenizer is kept as.
    ///
    /// # Errors
    /// [`Error::CheckpointSchema`].
    pub fn check(&self) -> Result<()> {
        let schema = |reason: &str| Error::CheckpointSchema {
            reason: reason.into(),
        };
        let n = self.pieces.len();
        if self.ranks.len() != n || self.pieces.iter().any(|piece| piece.len() > LONGEST) {
            return Err(schema("pieces of a vocabulary that cannot be right"));
        }
        let named = self.begin.iter().chain(&self.unknown);
        let mut named = named.chain(&self.ends).chain(&self.special);
        if named.any(|&id| id as usize >= n) {
            return Err(schema("a token that is not in its vocabulary"));
        }
        // Each is looked for at each place of a text; what is empty would be found there without end.
        let empty = |&id: &u32| self.pieces[id as usize].is_empty();
        if self.special.len() > MOST_SPECIAL || self.special.iter().any(empty) {
            return Err(schema(
                "too many tokens that stand for themselves, or an empty one",
            ));
        }
        Ok(())
    }

    /// The tokenizer.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn tokenizer(&self) -> Result<Tokenizer> {
        self.check()?;
        let tokens = self.pieces.iter().map(|piece| piece.as_bytes());
        let scores = self.ranks.iter().map(|&rank| -(rank as f32));
        let mut tokenizer = sentences(tokens.zip(scores), self.unknown);
        if !self.line {
            tokenizer.changes.clear();
        }
        if !self.prefix {
            tokenizer.prefix = Prefix::Never;
        }
        let own = |&id: &u32| (self.pieces[id as usize].as_str().into(), id);
        tokenizer.special = self.special.iter().map(own).collect();
        tokenizer.begin = self.begin;
        tokenizer.ends.clone_from(&self.ends);
        Ok(tokenizer)
    }
}
