//! The dictionary, and the rules by which words that it does not have follow from those that it has: misaki's
//! (Apache-2.0, hexgrad), which the voice's teacher was trained with.

use super::{
    super::tensors::Tensors,
    numbers::{cardinal, decimal, ordinal, year},
    table::Table,
    tokens::Token,
};
use crate::error::Result;

const PRIMARY: char = 'ˈ';
const SECONDARY: char = 'ˌ';
const VOWELS: &str = "AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ";
const CONSONANTS: &str = "bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ";
/// Behind these, a t in the middle of a word is a tap.
const TAPPED: &str = "AIOWYiuæɑəɛɪɹʊʌ";
const ENDINGS: [&str; 4] = ["st", "nd", "rd", "th"];

/// What follows a word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Next {
    /// Whether it begins with a vowel; `None` at a pause.
    pub(super) vowel: Option<bool>,
    /// Whether it is "to".
    pub(super) to: bool,
}

impl Next {
    /// In front of `token`, where `self` is what follows that.
    pub(super) fn before(self, token: &Token, phonemes: &str) -> Self {
        let pause = |c: char| ";:,.!?—…".contains(c);
        let first = phonemes
            .chars()
            .find(|&c| VOWELS.contains(c) || CONSONANTS.contains(c) || pause(c));
        let vowel = match first {
            None => self.vowel,
            Some(c) if pause(c) => None,
            Some(c) => Some(VOWELS.contains(c)),
        };
        let to = matches!(token.text.as_str(), "to" | "To")
            || token.text == "TO" && matches!(token.tag.as_str(), "TO" | "IN");
        Self { vowel, to }
    }
}

/// Whether a text consists of digits.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

/// How heavy a word's sounds are: diphthongs count twice.
pub(super) fn weight(phonemes: &str) -> usize {
    let one = |c| if "AIOQWYʤʧ".contains(c) { 2 } else { 1 };
    phonemes.chars().map(one).sum()
}

/// Stress marks move right in front of the vowel that they stand before.
fn settled(phonemes: &str) -> String {
    let all: Vec<char> = phonemes.chars().collect();
    let mut placed: Vec<(f32, char)> = Vec::new();
    for (i, &c) in all.iter().enumerate() {
        let vowel = all[i..].iter().position(|&v| VOWELS.contains(v));
        match (c, vowel) {
            (PRIMARY | SECONDARY, Some(j)) => placed.push(((i + j) as f32 - 0.5, c)),
            _ => placed.push((i as f32, c)),
        }
    }
    placed.sort_by(|a, b| a.0.total_cmp(&b.0));
    placed.into_iter().map(|(_, c)| c).collect()
}

/// A word with more or less stress: below −1 none, −1 and −½ weaker, ½ and 1 some, 2 the most.
pub(super) fn stressed(phonemes: String, stress: Option<f32>) -> String {
    let Some(stress) = stress else {
        return phonemes;
    };
    let (primary, secondary) = (phonemes.contains(PRIMARY), phonemes.contains(SECONDARY));
    let vowel = phonemes.chars().any(|c| VOWELS.contains(c));
    let weak = [0.0, -0.5].contains(&stress);
    match () {
        () if stress < -1.0 => phonemes.replace([PRIMARY, SECONDARY], ""),
        () if stress == -1.0 || weak && primary => {
            let without = phonemes.replace(SECONDARY, "");
            without.replace(PRIMARY, &SECONDARY.to_string())
        }
        () if [0.0, 0.5, 1.0].contains(&stress) && !primary && !secondary => match vowel {
            true => settled(&format!("{SECONDARY}{phonemes}")),
            false => phonemes,
        },
        () if stress >= 1.0 && !primary && secondary => {
            phonemes.replace(SECONDARY, &PRIMARY.to_string())
        }
        () if stress > 1.0 && !primary && !secondary && vowel => {
            settled(&format!("{PRIMARY}{phonemes}"))
        }
        () => phonemes,
    }
}

fn parent(tag: &str) -> &str {
    match tag {
        _ if tag.starts_with("VB") => "VERB",
        _ if tag.starts_with("NN") => "NOUN",
        _ if tag.starts_with("ADV") || tag.starts_with("RB") => "ADV",
        _ if tag.starts_with("ADJ") || tag.starts_with("JJ") => "ADJ",
        _ => tag,
    }
}

/// `Word` of `word` or `WORD`.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let head = letters.next().map(|c| c.to_uppercase().collect::<String>());
    head.unwrap_or_default() + &letters.as_str().to_lowercase()
}

fn is_letters(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_alphabetic)
}

fn tail(word: &str) -> &str {
    let mut letters = word.chars();
    letters.next();
    letters.as_str()
}

/// What is asked for a word.
#[derive(Debug, Clone, Copy)]
struct Ask<'a> {
    tag: &'a str,
    stress: Option<f32>,
    next: Option<Next>,
}

const PLAIN: Ask = Ask {
    tag: "",
    stress: None,
    next: None,
};

/// See the module's documentation.
pub(super) struct Lexicon {
    /// Checked by people.
    gold: Table,
    /// Made by rules.
    silver: Table,
}

impl Lexicon {
    pub(super) fn load(from: &Tensors) -> Result<Self> {
        Ok(Self {
            gold: Table::load(from, "gold")?,
            silver: Table::load(from, "silver")?,
        })
    }

    /// A word as it stands, or as it would stand at the beginning of a sentence, or within.
    fn entry<'a>(table: &'a Table, word: &str) -> Option<&'a str> {
        let found = table.get(word);
        if found.is_some() || word.chars().nth(1).is_none() {
            return found;
        }
        let (lower, capital) = (word.to_lowercase(), capitalized(word));
        match word {
            _ if word == lower && capital != word => table.get(&capital),
            _ if word == capital && lower != word => table.get(&lower),
            _ => None,
        }
    }

    fn gold(&self, word: &str) -> Option<&str> {
        Self::entry(&self.gold, word)
    }

    fn silver(&self, word: &str) -> Option<&str> {
        Self::entry(&self.silver, word)
    }

    /// The reading for a part of speech; an empty one is none.
    fn reading(entry: &str, tag: &str) -> Option<String> {
        let all: Vec<(&str, &str)> = entry.split('|').filter_map(|r| r.split_once('=')).collect();
        let of = |tag: &str| all.iter().find(|(t, _)| *t == tag).map(|(_, ps)| *ps);
        let found = match all.is_empty() {
            true => entry,
            false => of(tag)
                .or_else(|| of(parent(tag)))
                .or_else(|| of("DEFAULT"))?,
        };
        (!found.is_empty()).then(|| found.to_string())
    }

    fn has_reading(entry: &str, tag: &str) -> bool {
        entry
            .split('|')
            .any(|r| r.split_once('=').is_some_and(|(t, _)| t == tag))
    }

    /// Letter by letter, the last with the stress.
    fn spelled(&self, word: &str) -> Option<String> {
        let mut said = String::new();
        for c in word.chars().filter(|c| c.is_alphabetic()) {
            let letter: String = c.to_uppercase().collect();
            said += &Self::reading(self.gold(&letter)?, "")?;
        }
        let said = stressed(said, Some(0.0));
        Some(match said.rsplit_once(SECONDARY) {
            Some((before, last)) => format!("{before}{PRIMARY}{last}"),
            None => said,
        })
    }

    /// Words whose sound follows from what is around them.
    fn special(&self, word: &str, ask: Ask) -> Option<String> {
        let Ask { tag, stress, next } = ask;
        let next = next.unwrap_or_default();
        let noun = tag.starts_with("NN");
        let gold = |word: &str, tag: &str| Self::reading(self.gold(word)?, tag);
        let sign = |word: &str| self.lookup(word, PLAIN);
        let dotted = word.trim_matches('.').contains('.')
            && is_letters(&word.replace('.', ""))
            && word.split('.').all(|part| part.chars().count() < 3);
        match word {
            "." if tag == "ADD" => self.lookup(
                "dot",
                Ask {
                    stress: Some(-0.5),
                    ..PLAIN
                },
            ),
            "/" if tag == "ADD" => self.lookup(
                "slash",
                Ask {
                    stress: Some(-0.5),
                    ..PLAIN
                },
            ),
            "%" => sign("percent"),
            "&" => sign("and"),
            "+" => sign("plus"),
            "@" => sign("at"),
            _ if dotted => self.spelled(word),
            "a" | "A" => Some(if tag == "DT" { "ɐ" } else { "ˈA" }.into()),
            "am" | "Am" | "AM" if noun => self.spelled(word),
            "am" | "Am" | "AM" => {
                let strong =
                    next.vowel.is_none() || word != "am" || stress.is_some_and(|s| s > 0.0);
                if strong {
                    gold("am", "")
                } else {
                    Some("ɐm".into())
                }
            }
            "AN" if noun => self.spelled(word),
            "an" | "An" | "AN" => Some("ɐn".into()),
            "I" if tag == "PRP" => Some(format!("{SECONDARY}I")),
            "by" | "By" | "BY" if parent(tag) == "ADV" => Some("bˈI".into()),
            "to" | "To" => self.to(next),
            "TO" if matches!(tag, "TO" | "IN") => self.to(next),
            "in" | "In" => Some(within(tag, next)),
            "IN" if tag != "NNP" => Some(within(tag, next)),
            "the" | "The" => Some(the(next)),
            "THE" if tag == "DT" => Some(the(next)),
            "used" | "Used" | "USED" => {
                let past = matches!(tag, "VBD" | "JJ") && next.to;
                gold("used", if past { "VBD" } else { "DEFAULT" })
            }
            _ if tag == "IN" && matches!(word.to_lowercase().as_str(), "vs" | "vs.") => {
                self.lookup("versus", PLAIN)
            }
            _ => None,
        }
    }

    fn to(&self, next: Next) -> Option<String> {
        match next.vowel {
            None => Self::reading(self.gold("to")?, ""),
            Some(false) => Some("tə".into()),
            Some(true) => Some("tʊ".into()),
        }
    }

    fn is_known(&self, word: &str) -> bool {
        let sign = matches!(word, "%" | "&" | "+" | "@");
        if sign || self.gold(word).is_some() || self.silver(word).is_some() {
            return true;
        }
        if !is_letters(word) || !word.chars().all(|c| c.is_ascii_alphabetic()) {
            return false;
        }
        let rest = tail(word);
        word.len() == 1
            || word == word.to_uppercase() && self.gold(&word.to_lowercase()).is_some()
            || rest == rest.to_uppercase()
    }

    fn lookup(&self, word: &str, ask: Ask) -> Option<String> {
        let (mut word, mut name) = (word.to_string(), false);
        if word == word.to_uppercase() && self.gold(&word).is_none() {
            word = word.to_lowercase();
            name = ask.tag == "NNP";
        }
        let entry = self.gold(&word);
        let entry = if name {
            entry
        } else {
            entry.or_else(|| self.silver(&word))
        };
        let said = entry.and_then(|entry| {
            let pause = ask.next.is_some_and(|next| next.vowel.is_none());
            let tag = if pause && Self::has_reading(entry, "None") {
                "None"
            } else {
                ask.tag
            };
            Self::reading(entry, tag)
        });
        let unsure = said.as_ref().is_none_or(|s| name && !s.contains(PRIMARY));
        let spelled = unsure.then(|| self.spelled(&word)).flatten();
        spelled.or_else(|| said.map(|said| stressed(said, ask.stress)))
    }

    /// With an s behind it.
    fn with_s(stem: &str) -> Option<String> {
        let last = stem.chars().last()?;
        Some(match last {
            _ if "ptkfθ".contains(last) => format!("{stem}s"),
            _ if "szʃʒʧʤ".contains(last) => format!("{stem}ᵻz"),
            _ => format!("{stem}z"),
        })
    }

    fn stem_s(&self, word: &str, ask: Ask) -> Option<String> {
        let n = word.chars().count();
        let cut = |ending: &str, behind: &str| {
            let stem = format!("{}{behind}", word.strip_suffix(ending)?);
            self.is_known(&stem).then_some(stem)
        };
        let one = || (!word.ends_with("ss")).then(|| cut("s", "")).flatten();
        let es = n > 4 && word.ends_with("es") && !word.ends_with("ies");
        let two = || match () {
            () if word.ends_with("'s") => cut("'s", ""),
            () if es => cut("es", ""),
            () => None,
        };
        let ies = || (n > 4).then(|| cut("ies", "y")).flatten();
        if n < 3 || !word.ends_with('s') {
            return None;
        }
        let stem = one().or_else(two).or_else(ies)?;
        Self::with_s(&self.lookup(&stem, ask)?)
    }

    /// With -ed behind it.
    fn with_ed(stem: &str) -> Option<String> {
        let letters: Vec<char> = stem.chars().collect();
        let last = *letters.last()?;
        let tapped = letters.len() > 1 && TAPPED.contains(letters[letters.len() - 2]);
        Some(match last {
            _ if "pkfθʃsʧ".contains(last) => format!("{stem}t"),
            'd' => format!("{stem}ᵻd"),
            't' if letters.len() < 2 => format!("{stem}ɪd"),
            't' if tapped => format!("{}ɾᵻd", &stem[..stem.len() - 1]),
            't' => format!("{stem}ᵻd"),
            _ => format!("{stem}d"),
        })
    }

    fn stem_ed(&self, word: &str, ask: Ask) -> Option<String> {
        let n = word.chars().count();
        let known = |ending: &str| word.strip_suffix(ending).filter(|stem| self.is_known(stem));
        if n < 4 || !word.ends_with('d') {
            return None;
        }
        let one = (!word.ends_with("dd")).then(|| known("d")).flatten();
        let two = || {
            (n > 4 && !word.ends_with("eed"))
                .then(|| known("ed"))
                .flatten()
        };
        let stem = one.or_else(two)?;
        Self::with_ed(&self.lookup(stem, ask)?)
    }

    /// With -ing behind it.
    fn with_ing(stem: &str) -> Option<String> {
        let letters: Vec<char> = stem.chars().collect();
        let last = *letters.last()?;
        let tapped = letters.len() > 1 && TAPPED.contains(letters[letters.len() - 2]);
        Some(match last {
            't' if tapped => format!("{}ɾɪŋ", &stem[..stem.len() - 1]),
            _ => format!("{stem}ɪŋ"),
        })
    }

    fn stem_ing(&self, word: &str, ask: Ask) -> Option<String> {
        let n = word.chars().count();
        let stem = word.strip_suffix("ing").filter(|_| n >= 5)?;
        let with_e = format!("{stem}e");
        let twice = {
            let mut last = stem.chars().rev();
            match (last.next(), last.next()) {
                (Some(a), Some(b)) => {
                    a == b && "bcdgklmnprstvxz".contains(a) || [b, a] == ['c', 'k']
                }
                _ => false,
            }
        };
        let shorter = stem.get(..stem.len().saturating_sub(1)).unwrap_or_default();
        let stem = match () {
            () if n > 5 && self.is_known(stem) => stem,
            () if self.is_known(&with_e) => &with_e,
            () if n > 5 && twice && self.is_known(shorter) => shorter,
            () => return None,
        };
        Self::with_ing(&self.lookup(stem, ask)?)
    }

    fn word(&self, word: &str, ask: Ask) -> Option<String> {
        let special = self.special(word, ask);
        if special.is_some() {
            return special;
        }
        let lower = word.to_lowercase();
        let rest = tail(word);
        let stems = || {
            self.stem_s(&lower, ask)
                .or_else(|| self.stem_ed(&lower, ask))
                .or_else(|| self.stem_ing(&lower, ask))
                .is_some()
        };
        let n = word.chars().count();
        let only_capital = n > 1
            && is_letters(&word.replace('\'', ""))
            && word != lower
            && (ask.tag != "NNP" || n > 7)
            && self.gold(word).is_none()
            && self.silver(word).is_none()
            && (word == word.to_uppercase() || rest == rest.to_lowercase())
            && (self.gold(&lower).is_some() || self.silver(&lower).is_some() || stems());
        let word = if only_capital { lower.as_str() } else { word };
        if self.is_known(word) {
            return self.lookup(word, ask);
        }
        let owner = word.strip_suffix("s'").map(|stem| format!("{stem}'s"));
        let owner = owner.filter(|owner| self.is_known(owner));
        let plain = word.strip_suffix('\'').filter(|plain| self.is_known(plain));
        if let Some(known) = owner.as_deref().or(plain) {
            return self.lookup(known, ask);
        }
        let stress = ask.stress.or(Some(0.5));
        self.stem_s(word, ask)
            .or_else(|| self.stem_ed(word, ask))
            .or_else(|| self.stem_ing(word, Ask { stress, ..ask }))
    }

    /// The sounds of words in a row, without "and".
    fn words(&self, text: &str) -> Vec<String> {
        let words = text.split(|c: char| !c.is_ascii_lowercase());
        let words = words.filter(|w| !w.is_empty() && *w != "and");
        let said = words.filter_map(|word| {
            let stress = (word == "point").then_some(-2.0);
            self.lookup(word, Ask { stress, ..PLAIN })
        });
        said.collect()
    }

    /// A number as it is said, with what stands behind it.
    pub(super) fn number(&self, text: &str, currency: Option<char>, head: bool) -> Option<String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '\'');
        let ending = &text[digits.len()..];
        let (minus, digits) = match digits.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, digits),
        };
        let mut said = Vec::new();
        if minus {
            said.extend(self.lookup("minus", PLAIN));
        }
        let plain = digits.replace(',', "");
        let currency = currency.and_then(money);
        match () {
            () if is_digits(digits) && ENDINGS.contains(&ending) => {
                said.extend(self.words(&ordinal(digits)))
            }
            () if said.is_empty()
                && digits.len() == 4
                && currency.is_none()
                && is_digits(digits) =>
            {
                said.extend(self.words(&year(digits)));
            }
            () if !head && !digits.contains('.') => said.extend(self.in_a_word(&plain)),
            () if digits.matches('.').count() > 1 || !head => {
                for part in plain.split('.').filter(|part| !part.is_empty()) {
                    let zeros = tail(part).chars().all(|c| c == '0');
                    match part.starts_with('0') || part.len() != 2 && !zeros {
                        true => said.extend(self.each_digit(part)),
                        false => said.extend(self.words(&cardinal(part))),
                    }
                }
            }
            () => match currency.filter(|_| is_amount(digits)) {
                Some(units) => said.extend(self.amount(&plain, units)),
                None => said.extend(self.words(&written(digits, &plain, ending))),
            },
        }
        if said.is_empty() {
            return None;
        }
        let said = said.join(" ");
        match ending {
            "s" | "'s" => Self::with_s(&said),
            "ed" | "'d" => Self::with_ed(&said),
            "ing" => Self::with_ing(&said),
            _ => Some(said),
        }
    }

    fn each_digit(&self, digits: &str) -> Vec<String> {
        let one = |c: char| self.words(&cardinal(&c.to_string()));
        digits.chars().flat_map(one).collect()
    }

    /// Digits in the middle of a word: "A380" is "three eighty".
    fn in_a_word(&self, digits: &str) -> Vec<String> {
        if digits.starts_with('0') || digits.len() > 3 {
            return self.each_digit(digits);
        }
        if digits.len() < 3 || digits.ends_with("00") {
            return self.words(&cardinal(digits));
        }
        let (hundreds, rest) = digits.split_at(1);
        let mut said = self.words(&cardinal(hundreds));
        match rest.strip_prefix('0') {
            Some(one) => {
                said.extend(self.lookup(
                    "O",
                    Ask {
                        stress: Some(-2.0),
                        ..PLAIN
                    },
                ));
                said.extend(self.words(&cardinal(one)));
            }
            None => said.extend(self.words(&cardinal(rest))),
        }
        said
    }

    /// An amount of money, like "three dollars and fifty cents".
    fn amount(&self, digits: &str, units: [&str; 2]) -> Vec<String> {
        let parts = digits.split('.').zip(units);
        let parts: Vec<(&str, &str)> = parts.collect();
        let nothing = |part: &str| part.trim_matches('0').is_empty();
        let parts = match parts[..] {
            [_, (small, _)] if nothing(small) => &parts[..1],
            [(large, _), _] if nothing(large) => &parts[1..],
            _ => &parts[..],
        };
        let mut said = Vec::new();
        for (i, (digits, unit)) in parts.iter().enumerate() {
            if i > 0 {
                said.extend(self.lookup("and", PLAIN));
            }
            said.extend(self.words(&cardinal(digits)));
            let one = digits.trim_start_matches('0') == "1" || *unit == "pence";
            said.extend(match one {
                true => self.lookup(unit, PLAIN),
                false => self.stem_s(&format!("{unit}s"), PLAIN),
            });
        }
        said
    }

    /// How a token is said in front of `next`, if the dictionary or the rules know.
    pub(super) fn say(&self, token: &Token, next: Next) -> Option<String> {
        let word = token.alias.unwrap_or(&token.text);
        let word = word
            .replace(['‘', '’'], "'")
            .replace('ﬁ', "fi")
            .replace('ﬂ', "fl");
        let stress = match () {
            () if word == word.to_lowercase() => None,
            () if word == word.to_uppercase() => Some(2.0),
            () => Some(0.5),
        };
        let ask = Ask {
            tag: &token.tag,
            stress,
            next: Some(next),
        };
        if let Some(said) = self.word(&word, ask) {
            let units = token.currency.and_then(money);
            let unit = units.and_then(|[unit, _]| self.stem_s(&format!("{unit}s"), PLAIN));
            return Some(match unit {
                Some(unit) => format!("{said} {unit}"),
                None => said,
            });
        }
        let number = is_number(&word, token.head);
        number
            .then(|| self.number(&word, token.currency, token.head))
            .flatten()
    }
}

fn within(tag: &str, next: Next) -> String {
    let strong = next.vowel.is_none() || tag != "IN";
    if strong { "ˈɪn" } else { "ɪn" }.into()
}

fn the(next: Next) -> String {
    if next.vowel == Some(true) {
        "ði"
    } else {
        "ðə"
    }
    .into()
}

fn money(sign: char) -> Option<[&'static str; 2]> {
    match sign {
        '$' => Some(["dollar", "cent"]),
        '£' => Some(["pound", "pence"]),
        '€' => Some(["euro", "cent"]),
        _ => None,
    }
}

fn is_amount(digits: &str) -> bool {
    match digits.split_once('.') {
        None => true,
        Some((_, cents)) => !cents.contains('.') && cents.len() < 3,
    }
}

/// A number in words.
fn written(digits: &str, plain: &str, ending: &str) -> String {
    match plain.split_once('.') {
        None if ENDINGS.contains(&ending) && !is_digits(digits) => ordinal(plain),
        None => cardinal(plain),
        Some(("", part)) => format!("point {}", super::numbers::digits(part)),
        Some(_) => decimal(plain),
    }
}

fn is_number(word: &str, head: bool) -> bool {
    let endings = ["ing", "'d", "ed", "'s", "st", "nd", "rd", "th", "s"];
    let stem = endings.iter().find_map(|ending| word.strip_suffix(ending));
    let stem = stem.unwrap_or(word);
    let fits = |(i, c): (usize, char)| {
        c.is_ascii_digit() || ",.".contains(c) || head && i == 0 && c == '-'
    };
    word.chars().any(|c| c.is_ascii_digit()) && stem.chars().enumerate().all(fits)
}
