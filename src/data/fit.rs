//! A text in the letters that a model knows.
//!
//! A model of characters has a fixed alphabet. Of a text that it is to go on learning, typographic marks and accents it
//! does not know are written with plainer ones, and what cannot be written at all is left out; how much that was is said.

use std::collections::BTreeMap;

use super::tokenizer::Tokenizer;
use crate::error::{Error, Result};

/// Plainer ways to write a character, the first that is known counts.
fn plainer(c: char) -> &'static [&'static str] {
    match c {
        '“' | '”' | '„' | '«' | '»' | '"' => &["\"", "'"],
        '‘' | '’' | '‚' | '‹' | '›' | '`' | '´' | '′' => &["'"],
        '—' | '―' => &["--", "-"],
        '–' | '‐' | '‑' | '−' => &["-"],
        '…' => &["..."],
        '\t' | '\u{a0}' | '\u{2009}' | '\u{202f}' => &[" "],
        '\u{2028}' | '\u{2029}' => &["\n"],
        'à' | 'á' | 'â' | 'ã' | 'å' => &["a"],
        'À' | 'Á' | 'Â' | 'Ã' | 'Å' => &["A"],
        'ä' => &["ae", "a"],
        'Ä' => &["Ae", "A"],
        'æ' => &["ae"],
        'Æ' => &["Ae"],
        'ç' => &["c"],
        'Ç' => &["C"],
        'è' | 'é' | 'ê' | 'ë' => &["e"],
        'È' | 'É' | 'Ê' | 'Ë' => &["E"],
        'ì' | 'í' | 'î' | 'ï' => &["i"],
        'Ì' | 'Í' | 'Î' | 'Ï' => &["I"],
        'ñ' => &["n"],
        'Ñ' => &["N"],
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' => &["o"],
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' => &["O"],
        'ö' => &["oe", "o"],
        'Ö' => &["Oe", "O"],
        'œ' => &["oe"],
        'Œ' => &["Oe"],
        'ù' | 'ú' | 'û' => &["u"],
        'Ù' | 'Ú' | 'Û' => &["U"],
        'ü' => &["ue", "u"],
        'Ü' => &["Ue", "U"],
        'ß' => &["ss"],
        _ => &[],
    }
}

/// A text in letters that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// It.
    pub text: String,
    /// What had to be changed, as a sentence; nothing if nothing had.
    pub told: Option<String>,
}

/// `text` as a model with this vocabulary can read it.
///
/// # Errors
/// [`Error::BadText`] if more than a fifth of it would have to be left out.
pub fn fit(text: &str, tokenizer: &Tokenizer) -> Result<Fitted> {
    /// Characters that are named.
    const NAMED: usize = 8;
    let known = |piece: &str| tokenizer.encode(piece).is_ok();
    // What each character becomes, found once.
    let mut written: BTreeMap<char, Option<String>> = BTreeMap::new();
    let mut missing: BTreeMap<char, usize> = BTreeMap::new();
    let (mut all, mut changed, mut left) = (0usize, 0usize, 0usize);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        all += 1;
        let becomes = written.entry(c).or_insert_with(|| {
            let own = c.to_string();
            if known(&own) {
                return Some(own);
            }
            let other_case = [c.to_lowercase().to_string(), c.to_uppercase().to_string()];
            let plain = plainer(c).iter().map(|&piece| piece.to_string());
            plain.chain(other_case).find(|piece| known(piece))
        });
        match becomes {
            Some(piece) => {
                changed += usize::from(!piece.chars().eq([c]));
                out.push_str(piece);
            }
            // Line ends of other systems have two characters, of which one is enough.
            None if c == '\r' => {}
            None => {
                left += 1;
                *missing.entry(c).or_default() += 1;
            }
        }
    }
    let mut by_count: Vec<(usize, char)> = missing.into_iter().map(|(c, n)| (n, c)).collect();
    by_count.sort_by_key(|&(n, c)| (std::cmp::Reverse(n), c));
    let named = by_count.iter().take(NAMED).map(|(_, c)| c.escape_debug());
    let shown = named.map(|c| c.to_string()).collect::<Vec<_>>().join(" ");
    if left * 5 > all {
        return Err(Error::BadText {
            reason: format!("the model does not know {left} of its {all} characters: {shown}"),
            hint: "Take a text in letters that it knows, or train a new model on this one.".into(),
        });
    }
    let told = match (changed, left) {
        (0, 0) => None,
        (_, 0) => Some(format!(
            "The model lacks some letters of this text: {changed} were written in a plainer way."
        )),
        _ => Some(format!(
            "The model lacks some letters of this text: {changed} were written in a plainer way, and {left} were left out ({shown})."
        )),
    };
    Ok(Fitted { text: out, told })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::tokenizer::Vocabulary;

    #[test]
    fn what_a_model_lacks_is_written_plainly_or_left_out() {
        let tokenizer = Tokenizer::new(Vocabulary::characters("abcdefgß'- \n")).expect("tokens");
        let fitted = fit("“A”—bäd\r\nß [é]", &tokenizer).expect("a text");
        assert_eq!(fitted.text, "'a'--baed\nß e");
        let told = fitted.told.expect("a sentence");
        assert!(told.contains("6 were written"), "{told}");
        assert!(told.contains("2 were left out ([ ])"), "{told}");
        assert_eq!(fit("abc", &tokenizer).expect("a text").told, None);
        let error = fit("новый", &tokenizer).expect_err("nothing is left");
        assert!(matches!(error, Error::BadText { .. }), "{error}");
    }
}
