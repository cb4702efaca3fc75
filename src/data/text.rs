//! Text to learn from.

use std::{borrow::Cow, io::Read as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    DataInfo, Space,
    fit::{Fitted, fit},
    tokenizer::{Tokenizer, Vocabulary},
};
use crate::{
    error::{Error, Result},
    hash::sha256,
    options::{self, Options},
    rng::{Purpose, Rng},
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
    /// How many tokens byte-pair encoding makes: 256 are the bytes, the others what is frequent.
    #[schemars(title = "Vocabulary", range(min = 300, max = 8192))]
    pub vocabulary: usize,
    /// Put the lines in another order, the same each time: for lists, so that what is held out is
    /// like the rest.
    #[schemars(title = "Shuffle lines")]
    pub shuffle: bool,
    /// Share of the text, at its end, that is held out.
    #[schemars(title = "Held out", range(min = 0.01, max = 0.5))]
    pub held_out: f64,
    /// Write letters that a model's vocabulary lacks in a plainer way, and leave out those that have none.
    #[schemars(title = "Fit letters", extend("x-recipe" = true))]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fit: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            tokens: Tokens::Characters,
            vocabulary: 512,
            shuffle: false,
            held_out: 0.1,
            fit: false,
        }
    }
}

impl Options for TextOptions {}

impl TextOptions {
    /// `text` with its lines as they are learned from.
    fn ordered<'a>(&self, text: &'a str) -> Cow<'a, str> {
        // A text of one line has none to shuffle, and its vocabulary may hold no line end.
        if !self.shuffle || !text.contains('\n') {
            return Cow::Borrowed(text);
        }
        let lines: Vec<&str> = text.lines().collect();
        let order = Rng::new(0, Purpose::Shuffle, 0).permutation(lines.len());
        let mut out = String::with_capacity(text.len() + 1);
        for i in order {
            out.push_str(lines[i as usize]);
            out.push('\n');
        }
        Cow::Owned(out)
    }

    /// What of `text` is learned from, and what is held out: between characters, the first
    /// ⌊(1 − held out) n⌋ of them and the others.
    fn split<'a>(&self, text: &'a str) -> (&'a str, &'a str) {
        let kept = ((1.0 - self.held_out) * text.chars().count() as f64) as usize;
        let at = text.char_indices().nth(kept).map_or(text.len(), |(i, _)| i);
        text.split_at(at)
    }
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tokens {
    /// A character.
    Characters,
    /// A word or a part of one, as byte-pair encoding finds them; any text has such tokens.
    #[schemars(title = "pieces of words")]
    Bpe,
}

/// A text to learn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextInfo {
    /// Its name.
    pub name: String,
    /// Characters.
    pub characters: u32,
    /// Tokens in its vocabulary.
    pub vocabulary: u32,
    /// Some of them, for people, the most frequent first.
    pub pieces: Vec<String>,
    /// Tokens to learn from.
    pub train: u32,
    /// Tokens held out.
    pub held_out: u32,
    /// How it begins.
    pub beginning: String,
    /// Where the part held out begins.
    pub held_out_beginning: String,
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
    /// What had to be changed for its vocabulary, as a sentence.
    pub told: Option<String>,
    train: Vec<u16>,
    test: Vec<u16>,
}

fn bad(reason: impl Into<String>, hint: &str) -> Error {
    Error::BadText {
        reason: reason.into(),
        hint: hint.into(),
    }
}

/// What bytes seem to be that are no text in UTF-8, and what would help.
fn no_text(bytes: &[u8], at: usize) -> Error {
    let known: [(&[u8], &str); 5] = [
        (
            b"%PDF",
            "It is a PDF: copy its text, or save it as plain text.",
        ),
        (
            b"PK\x03\x04",
            "It is an archive, or a document of a word processor: save it as plain text.",
        ),
        (
            b"\xd0\xcf\x11\xe0",
            "It is a document of a word processor: save it as plain text.",
        ),
        (b"\x89PNG", "It is an image; a text is needed."),
        (b"\xff\xd8\xff", "It is an image; a text is needed."),
    ];
    // UTF-16 writes a character as two bytes, one of which is the same for most of a script.
    let one = |odd: usize| {
        let mut counts = [0; 256];
        let every_second = bytes.iter().skip(odd).step_by(2).take(1000);
        every_second.for_each(|&b| counts[usize::from(b)] += 1);
        let most = (0..0x20).map(|b| counts[b]).max().unwrap_or(0);
        most * 2 > counts.iter().sum::<usize>()
    };
    let zeros = bytes.contains(&0);
    let wide = bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
        || zeros && one(0) != one(1);
    let hint = if let Some((_, hint)) = known.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        hint
    } else if wide {
        "It looks like UTF-16: save it as UTF-8."
    } else if zeros {
        "It looks like a program's data; a text is needed."
    } else {
        "It may be in an older encoding, such as Latin-1: save it as a text file in UTF-8."
    };
    bad(format!("it is no text in UTF-8 (see byte {at})"), hint)
}

impl TextSet {
    /// The text of a file, as it is or gzipped; a byte order mark is left out.
    ///
    /// # Errors
    /// [`Error::BadText`] if it is not UTF-8 or too long.
    pub fn read(bytes: &[u8]) -> Result<Cow<'_, str>> {
        let mut unpacked = Vec::new();
        let packed = bytes.starts_with(&[0x1f, 0x8b]);
        if packed {
            let gz = flate2::read::MultiGzDecoder::new(bytes);
            gz.take(LONGEST as u64 + 1)
                .read_to_end(&mut unpacked)
                .map_err(|e| bad(format!("it cannot be unpacked ({e})"), "Use a text file."))?;
        }
        let plain = if packed { &unpacked } else { bytes };
        if plain.len() > LONGEST {
            let reason = format!("it is longer than {} MB", LONGEST >> 20);
            return Err(bad(reason, "Take a part of it."));
        }
        if let Err(error) = std::str::from_utf8(plain) {
            return Err(no_text(plain, error.valid_up_to()));
        }
        // No text has this character; UTF-16 and data have many.
        if let Some(at) = plain.iter().position(|&b| b == 0) {
            return Err(no_text(plain, at));
        }
        let mark = if plain.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        let text = match packed {
            true => {
                unpacked.drain(..mark);
                String::from_utf8(unpacked).map(Cow::Owned).ok()
            }
            false => std::str::from_utf8(&bytes[mark..]).map(Cow::Borrowed).ok(),
        };
        text.ok_or_else(|| no_text(bytes, 0))
    }

    /// Tokens of `text`: the last part of them is held out.
    ///
    /// # Errors
    /// [`Error::BadText`] if it is too short to learn from; [`Error::BadOption`].
    pub fn new(name: &str, text: &str, options: &Value) -> Result<Self> {
        /// Most characters that are tokens each.
        const MOST: usize = 8192;
        let options = TextOptions::from_json(options)?;
        let vocabulary = match options.tokens {
            Tokens::Characters => Vocabulary::characters(text),
            Tokens::Bpe => {
                Vocabulary::bpe(options.split(&options.ordered(text)).0, options.vocabulary)
            }
        };
        if options.tokens == Tokens::Characters && vocabulary.len() > MOST {
            let reason = format!("it has {} different characters", vocabulary.len());
            return Err(bad(
                reason,
                "Choose byte-pair encoding, which takes any text.",
            ));
        }
        Self::with(name, text, vocabulary, &options)
    }

    /// The same with a vocabulary at hand, to go on with a model that has one.
    ///
    /// # Errors
    /// [`Error::BadText`] if it is too short to learn from; [`Error::UnknownCharacter`];
    /// [`Error::BadData`] for a name that is none.
    pub fn with(
        name: &str,
        text: &str,
        vocabulary: Vocabulary,
        options: &TextOptions,
    ) -> Result<Self> {
        const LONGER: &str = "Use a longer one: a few pages at least.";
        super::check_name(name)?;
        let fitted = match options.fit {
            true => Some(fit(text, &Tokenizer::new(vocabulary.clone())?)?),
            false => None,
        };
        let (whole, text, told) = match &fitted {
            Some(Fitted { text: plain, told }) => (text, plain.as_str(), told.clone()),
            None => (text, text, None),
        };
        let ordered = options.ordered(text);
        let (learned, held_out) = options.split(&ordered);
        let mut characters = ordered.chars();
        let Some(first) = characters.next() else {
            const HINT: &str = "Paste or drop a text, or choose one of the books.";
            return Err(bad("it is empty", HINT));
        };
        if characters.all(|c| c == first) {
            return Err(bad(
                format!("it has no other character than {first:?}"),
                LONGER,
            ));
        }
        let test_characters = held_out.chars().count();
        let characters = learned.chars().count() + test_characters;
        let tokenizer = Tokenizer::new(vocabulary.clone())?;
        let encode = |text: &str| -> Result<Vec<u16>> {
            let mut ids = Vec::with_capacity(text.len() / 4);
            // A vocabulary has at most 2¹⁶ tokens.
            tokenizer.encode_each(text, |id| ids.push(id as u16))?;
            Ok(ids)
        };
        let (train, test) = (encode(learned)?, encode(held_out)?);
        if train.len() < 2 || test.len() < 2 {
            return Err(bad(
                format!("{characters} characters are too few to learn from"),
                LONGER,
            ));
        }
        let space = Space::Text {
            vocabulary,
            characters_per_token: test_characters as f32 / test.len() as f32,
        };
        let info = DataInfo {
            sha256: sha256(whole.as_bytes()),
            options: options::to_json(options)?,
            ..DataInfo::new(name, space)
        };
        Ok(Self {
            info,
            tokenizer,
            characters,
            test_characters,
            told,
            train,
            test,
        })
    }

    /// The only text in `folder`/`name`, as `.txt` or `.txt.gz`, in the tokens of `vocabulary`, or
    /// in its own without one.
    ///
    /// # Errors
    /// [`Error::BadData`] for a name that is none, [`Error::FileNotFound`], and what
    /// [`TextSet::read`], [`TextSet::new`] and [`TextSet::with`] say.
    #[cfg(not(target_family = "wasm"))]
    pub fn from_folder(
        name: &str,
        options: &Value,
        vocabulary: Option<Vocabulary>,
        folder: &std::path::Path,
    ) -> Result<Self> {
        let bytes = super::read_only_file(name, &[".txt", ".txt.gz"], folder)?;
        let text = Self::read(&bytes)?;
        match vocabulary {
            Some(vocabulary) => {
                Self::with(name, &text, vocabulary, &TextOptions::from_json(options)?)
            }
            None => Self::new(name, &text, options),
        }
    }

    /// About it, for the page.
    pub fn describe(&self) -> TextInfo {
        /// Characters of each excerpt.
        const EXCERPT: usize = 200;
        /// Tokens shown.
        const PIECES: usize = 100;
        let mut counts = vec![0u32; self.tokenizer.len()];
        for &token in self.train.iter().chain(&self.test) {
            counts[usize::from(token)] += 1;
        }
        let mut by_count: Vec<u32> = (0..counts.len() as u32).collect();
        by_count.sort_by_key(|&t| std::cmp::Reverse(counts[t as usize]));
        let excerpt = |tokens: &[u16]| -> String {
            let some: Vec<u32> = tokens.iter().take(EXCERPT).map(|&t| t.into()).collect();
            self.tokenizer.decode(&some).chars().take(EXCERPT).collect()
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

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        let n = self.train.len() / 10;
        self.test = self.train.split_off(self.train.len() - n);
        let tokens: Vec<u32> = self.test.iter().map(|&id| id.into()).collect();
        let characters = self.tokenizer.decode(&tokens).chars().count();
        // What is put aside is no longer part of the text.
        self.characters -= self.test_characters;
        self.test_characters = characters;
        self
    }

    /// The whole text, its lines in the order in which they are learned from.
    pub fn text(&self) -> String {
        let ids = self.train.iter().chain(&self.test).map(|&t| t.into());
        self.tokenizer.decode(&ids.collect::<Vec<_>>())
    }

    /// Tokens to learn from.
    pub fn train(&self) -> &[u16] {
        &self.train
    }

    /// Tokens held out.
    pub fn test(&self) -> &[u16] {
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
pub fn window(tokens: &[u16], start: usize, length: usize) -> impl Iterator<Item = u32> + '_ {
    let n = tokens.len().max(1);
    (start..=start + length).filter_map(move |i| tokens.get(i % n).map(|&t| t.into()))
}
