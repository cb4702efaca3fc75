//! Free text as the words of captions.
//!
//! A vocabulary of many words is not a small language with a grammar of its own: nobody can know which words are
//! in it. So a text is read with good will. Only letters and digits matter; articles and the like that it does
//! not have are passed over; of a plural that it does not have the singular is taken. For any other word that it
//! does not have the nearest ones are named.

use super::scenes::words::{CONTEXT, NOTHING};
use crate::error::{Error, Result};

/// Words of a vocabulary from which on it is free text.
const MANY: usize = 256;
/// Words that are named in the place of one that is not known.
const NAMED: usize = 4;
/// Letters of the longest word that is compared with others.
const LONGEST: usize = 30;
/// What may be said without any meaning.
const EMPTY: [&str; 12] = [
    "a", "an", "the", "of", "and", "with", "in", "on", "some", "is", "to", "at",
];

/// A text to begin with.
pub const EXAMPLE: &str = "smiling cat with heart eyes";

/// Whether texts in these words are free.
pub fn is_free(vocabulary: &[String]) -> bool {
    vocabulary.len() > MANY
}

/// A text as the tokens of a vocabulary (the first for no word), filled up to [`CONTEXT`].
///
/// # Errors
/// [`Error::BadOption`] names a word that is not known, or says that there are too many, or none.
pub fn tokens(text: &str, vocabulary: &[String]) -> Result<Vec<u32>> {
    let bad = |reason: String| Error::bad_option("prompt", text, reason);
    let mut tokens = Vec::new();
    let lower = text.to_lowercase().replace('’', "'");
    let sign = |c: char| !c.is_alphanumeric() && c != '\'';
    for word in lower.split(sign).filter(|word| !word.is_empty()) {
        match place(word, vocabulary) {
            Some(token) => tokens.push(token),
            None if EMPTY.contains(&word) => {}
            None => {
                let reason = format!(
                    "“{word}” is none of the {} words it has learned; near to it are {}",
                    vocabulary.len() - 1,
                    nearest(word, vocabulary).join(", ")
                );
                return Err(bad(reason));
            }
        }
        if tokens.len() > CONTEXT {
            return Err(bad(format!("{CONTEXT} words are the most")));
        }
    }
    if tokens.is_empty() && !text.trim().is_empty() {
        return Err(bad("there is no word in it".into()));
    }
    tokens.resize(CONTEXT, NOTHING);
    Ok(tokens)
}

/// The token of a word, or of its singular.
fn place(word: &str, vocabulary: &[String]) -> Option<u32> {
    let at = |word: &str| vocabulary.iter().position(|known| known == word);
    let singular = |ending: &str| {
        word.strip_suffix(ending)
            .filter(|w| !w.is_empty())
            .and_then(at)
    };
    let found = at(word)
        .or_else(|| singular("s"))
        .or_else(|| singular("es"));
    found.map(|token| token as u32)
}

/// The words that are most like one.
fn nearest<'a>(word: &str, vocabulary: &'a [String]) -> Vec<&'a str> {
    let word: Vec<char> = word.chars().take(LONGEST).collect();
    let mut all: Vec<(usize, &str)> = (vocabulary.iter().skip(1))
        .map(|known| (distance(&word, known), known.as_str()))
        .collect();
    all.sort_unstable();
    all.truncate(NAMED);
    all.into_iter().map(|(_, known)| known).collect()
}

/// Letters to be put in, left out or exchanged to make one word of another (Levenshtein 1966).
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, sign) in b.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, letter) in a.iter().enumerate() {
            let exchanged = before + usize::from(*letter != sign);
            before = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[a.len()]
}
