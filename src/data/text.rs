//! Text to learn from.

use std::io::Read as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    DataInfo,
    tokenizer::{Tokenizer, Vocabulary},
};
use crate::{
    checkpoint,
    error::{Error, Result},
    options::{self, Options},
    protocol::{DataKind, TextInfo},
};

/// The longest text that is taken, in bytes.
pub const LONGEST: usize = 64 << 20;

/// Options of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TextOptions {
    /// What a token is: a character, or a piece of a word that byte-pair encoding found.
    #[schemars(title = "Tokens")]
    pub tokens: Tokens,
    /// Share of the text, at its end, that is held out.
    #[schemars(title = "Held out", range(min = 0.01, max = 0.5))]
    pub held_out: f64,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            tokens: Tokens::Characters,
            held_out: 0.1,
        }
    }
}

impl Options for TextOptions {}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tokens {
    /// A character.
    Characters,
}

/// A text as tokens, its end held out.
#[derive(Debug, Clone)]
pub struct TextSet {
    /// Name, hash, vocabulary.
    pub info: DataInfo,
    /// How it became tokens.
    pub tokenizer: Tokenizer,
    /// Characters of the whole text.
    pub characters: usize,
    /// Characters of the part held out.
    pub test_characters: usize,
    train: Vec<u32>,
    test: Vec<u32>,
}

impl TextSet {
    /// The text of a file, as it is or gzipped.
    ///
    /// # Errors
    /// [`Error::BadText`] if it is not UTF-8 or too long.
    pub fn read(bytes: &[u8]) -> Result<String> {
        let bad = |reason: String, hint: &str| Error::BadText {
            reason,
            hint: hint.into(),
        };
        let long = || {
            let reason = format!("it is longer than {} MB", LONGEST >> 20);
            bad(reason, "Take a part of it.")
        };
        let mut unpacked = Vec::new();
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
            let gz = flate2::read::MultiGzDecoder::new(bytes);
            gz.take(LONGEST as u64 + 1)
                .read_to_end(&mut unpacked)
                .map_err(|e| bad(format!("it cannot be unpacked ({e})"), "Use a text file."))?;
            &unpacked
        } else {
            bytes
        };
        if bytes.len() > LONGEST {
            return Err(long());
        }
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let reason = format!("it is no text in UTF-8 (see byte {})", e.valid_up_to());
            bad(reason, "Save it as a text file in UTF-8.")
        })?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text).into())
    }

    /// Tokens of `text`: the last part of them is held out.
    ///
    /// # Errors
    /// [`Error::BadText`] if it is too short to learn from; [`Error::BadOption`].
    pub fn new(name: &str, text: &str, options: &Value) -> Result<Self> {
        let options = TextOptions::from_json(options)?;
        if text.is_empty() {
            return Err(Error::BadText {
                reason: "it is empty".into(),
                hint: "Paste or drop a text, or choose one of the books.".into(),
            });
        }
        let vocabulary = match options.tokens {
            Tokens::Characters => Vocabulary::characters(text),
        };
        Self::with(name, text, vocabulary, &options)
    }

    /// The same with a vocabulary at hand, to go on with a model that has one.
    ///
    /// # Errors
    /// [`Error::BadText`] if it is too short to learn from; [`Error::UnknownCharacter`].
    pub fn with(
        name: &str,
        text: &str,
        vocabulary: Vocabulary,
        options: &TextOptions,
    ) -> Result<Self> {
        let characters = text.chars().count();
        // The split lies between characters: the first ⌊(1 − held out) n⌋ are learned from.
        let kept = ((1.0 - options.held_out) * characters as f64) as usize;
        let at = text.char_indices().nth(kept).map_or(text.len(), |(i, _)| i);
        let tokenizer = Tokenizer::new(vocabulary.clone())?;
        let (train, test) = (
            tokenizer.encode(&text[..at])?,
            tokenizer.encode(&text[at..])?,
        );
        if train.len() < 2 || test.len() < 2 {
            return Err(Error::BadText {
                reason: format!("{characters} characters are too few to learn from"),
                hint: "Use a longer one: a few pages at least.".into(),
            });
        }
        let info = DataInfo {
            kind: DataKind::Text,
            sha256: checkpoint::sha256(text.as_bytes()),
            options: options::to_json(options)?,
            vocabulary: Some(vocabulary),
            scale: (characters - kept) as f32 / test.len() as f32,
            ..DataInfo::images(name, 0, 0)
        };
        Ok(Self {
            info,
            tokenizer,
            characters,
            test_characters: characters - kept,
            train,
            test,
        })
    }

    /// The only text in `folder`/`name`, as `.txt` or `.txt.gz`.
    ///
    /// # Errors
    /// [`Error::FileNotFound`] and what [`TextSet::read`] and [`TextSet::new`] say.
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(name: &str, options: &Value, folder: &std::path::Path) -> Result<Self> {
        let folder = folder.join(name);
        let entries = std::fs::read_dir(&folder).map_err(|e| Error::io(&folder, &e))?;
        let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
        paths.retain(|p| {
            let name = p.to_string_lossy();
            name.ends_with(".txt") || name.ends_with(".txt.gz")
        });
        paths.sort();
        let path = paths.first().ok_or_else(|| Error::FileNotFound {
            path: folder.join("*.txt").display().to_string(),
        })?;
        let bytes = std::fs::read(path).map_err(|e| Error::io(path, &e))?;
        Self::new(name, &Self::read(&bytes)?, options)
    }

    /// About it, for the page.
    pub fn describe(&self) -> TextInfo {
        /// Characters of each excerpt.
        const EXCERPT: usize = 200;
        /// Tokens shown.
        const PIECES: usize = 100;
        let mut counts = vec![0u32; self.tokenizer.len()];
        for &token in self.train.iter().chain(&self.test) {
            counts[token as usize] += 1;
        }
        let mut by_count: Vec<u32> = (0..counts.len() as u32).collect();
        by_count.sort_by_key(|&t| std::cmp::Reverse(counts[t as usize]));
        let excerpt = |tokens: &[u32]| -> String {
            let some = &tokens[..tokens.len().min(EXCERPT)];
            self.tokenizer.decode(some).chars().take(EXCERPT).collect()
        };
        TextInfo {
            name: self.info.name.clone(),
            characters: self.characters as u32,
            vocabulary: self.tokenizer.len() as u32,
            pieces: by_count
                .into_iter()
                .take(PIECES)
                .map(|t| self.tokenizer.piece(t))
                .collect(),
            train: self.train.len() as u32,
            held_out: self.test.len() as u32,
            beginning: excerpt(&self.train),
            held_out_beginning: excerpt(&self.test),
        }
    }

    /// Tokens to learn from.
    pub fn train(&self) -> &[u32] {
        &self.train
    }

    /// Tokens held out.
    pub fn test(&self) -> &[u32] {
        &self.test
    }

    /// Windows of `length` tokens that the training part holds, at least one.
    pub fn windows(&self, length: usize) -> usize {
        ((self.train.len() - 1) / length.max(1)).max(1)
    }

    /// Characters in a held-out token, on average: nats a token divided by it are nats a character.
    pub fn characters_per_token(&self) -> f64 {
        self.test_characters as f64 / self.test.len() as f64
    }
}

/// `length` + 1 tokens from `start` on, wrapped around where the text is shorter.
pub fn window(tokens: &[u32], start: usize, length: usize) -> impl Iterator<Item = u32> + '_ {
    tokens
        .iter()
        .copied()
        .cycle()
        .skip(start % tokens.len().max(1))
        .take(length + 1)
}
