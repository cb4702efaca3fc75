//! Texts with gaps: `I saw ___ in the garden`, or `[MASK]` as in BERT's own vocabulary.

use super::tokenizer::{Tokenizer, Vocabulary};
use crate::{error::Result, scene::Token};

/// What a gap looks like.
pub const GAP: &str = "___";
/// The same as BERT's vocabulary has it.
const MASK: &str = "[MASK]";

/// The first gap of `text`: where it begins and where it ends. Two underscores or more are one.
fn first(text: &str) -> Option<[usize; 2]> {
    let mask = text.find(MASK).map(|at| [at, at + MASK.len()]);
    let line = text.find("__").map(|at| {
        let end = text[at..].find(|c| c != '_').map_or(text.len(), |n| at + n);
        [at, end]
    });
    match (mask, line) {
        (Some(mask), Some(line)) => Some(if mask[0] < line[0] { mask } else { line }),
        (mask, line) => mask.or(line),
    }
}

/// The tokens of a text, each gap of it the token `gap`. Where tokens carry the space before them, that before a gap
/// belongs to what is missing.
///
/// # Errors
/// [`Error::UnknownCharacter`](crate::error::Error::UnknownCharacter).
pub fn encode(tokenizer: &Tokenizer, gap: u32, text: &str) -> Result<Vec<u32>> {
    let spaced = matches!(tokenizer.vocabulary(), Vocabulary::Bpe { .. });
    let (mut ids, mut rest) = (Vec::new(), text);
    while let Some([from, to]) = first(rest) {
        let before = &rest[..from];
        let before = match before.strip_suffix(' ') {
            Some(shorter) if spaced => shorter,
            _ => before,
        };
        tokenizer.encode_each(before, |id| ids.push(id))?;
        ids.push(gap);
        rest = &rest[to..];
    }
    tokenizer.encode_each(rest, |id| ids.push(id))?;
    Ok(ids)
}

/// A gap as it is told to the page: nothing is given or guessed there.
pub fn token(tokenizer: &Tokenizer, gap: u32) -> Token {
    let spaced = matches!(tokenizer.vocabulary(), Vocabulary::Bpe { .. });
    Token {
        id: gap,
        text: if spaced {
            format!(" {GAP}")
        } else {
            GAP.into()
        },
        log_prob: None,
        alternatives: Vec::new(),
        given: false,
    }
}

/// What a token is called: its text, or a gap.
pub fn piece(tokenizer: &Tokenizer, gap: u32, id: u32) -> String {
    match id == gap {
        true => GAP.into(),
        false => tokenizer.piece(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_where_they_stand() {
        let text = "the cat sat on the mat. the cat sat.".repeat(4);
        let tokenizer = Tokenizer::new(Vocabulary::bpe(&text, 280)).expect("a tokenizer");
        let gap = tokenizer.len() as u32;
        let read = |text: &str| {
            let ids = encode(&tokenizer, gap, text).expect("tokens");
            let pieces = ids.iter().map(|&id| piece(&tokenizer, gap, id));
            pieces.collect::<Vec<_>>().concat()
        };
        assert_eq!(read("the ___ sat"), "the___ sat");
        assert_eq!(read("the [MASK] [MASK]____ on_"), "the_________ on_");
        assert_eq!(read("___"), "___");
        assert_eq!(read("no gap [MAS"), "no gap [MAS");
        let count = |text: &str| {
            let ids = encode(&tokenizer, gap, text).expect("tokens");
            ids.into_iter().filter(|&id| id == gap).count()
        };
        assert_eq!(count("a ___ b [MASK] c __ d _ e"), 3);
        // Where characters are tokens, the space before a gap is one of its own.
        let letters = Tokenizer::new(Vocabulary::characters("abc ")).expect("a tokenizer");
        assert_eq!(encode(&letters, 4, "a ___").expect("tokens"), [1, 0, 4]);
    }
}
