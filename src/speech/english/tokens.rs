//! Text into words and signs by spaCy's rules for English (MIT): what stands between spaces loses its
//! prefixes and suffixes, then falls apart at hyphens and slashes; special cases stay whole.

use super::{
    super::tensors::Tensors,
    pattern::{Pattern, literal},
    table::Table,
};
use crate::error::Result;

/// A word or sign, and what is found out about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Token {
    pub(super) text: String,
    /// Its part of speech (Penn Treebank).
    pub(super) tag: String,
    /// Whether a space follows.
    pub(super) space: bool,
    /// How it is said, once that is known.
    pub(super) phonemes: Option<String>,
    /// Whether it begins a word.
    pub(super) head: bool,
    /// Another word to read in its place.
    pub(super) alias: Option<&'static str>,
    /// The sign in front of an amount.
    pub(super) currency: Option<char>,
    /// Whether a pause precedes it.
    pub(super) pause: bool,
    /// Whether the network had to guess.
    pub(super) guessed: bool,
}

/// Characters of the longest word.
const LONGEST: usize = 48;

const QUOTES: &str = "'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉";
const SIGNS: &str = "…,:;!?¿¡()[]{}<>_#*&。？！，、；：～·";
const ICONS: &str = "™®©°§¶†‡•";
const LOWER: &str = "a-zß-öø-ÿ";
const UPPER: &str = "A-ZÀ-ÖØ-Þ";
const LETTER: &str = r"[^\W\d_]";
const MONEY: &str = r"\$|£|€|¥|฿|US\$|C\$|A\$|₽|₹|₩|₪|₺|₴|₦|₫|₱|₲|₵|₸|₼|₾|₿";
const UNITS: &str = "km|km²|km³|m|m²|m³|dm|dm²|dm³|cm|cm²|cm³|mm|mm²|mm³|ha|µm|nm|yd|in|ft|kg|g|mg|µg|t|lb|oz\
    |m/s|km/h|kmh|mph|hPa|Pa|mbar|mb|MB|kb|KB|gb|GB|tb|TB|T|G|M|K|%";
const ADDRESS: &str = concat!(
    r"(?i)^(?:https?|ftp)://\S+$|^www\.\S+$|^[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+$",
    r"|^(?:[\w\-]+\.)+(?:com|org|net|edu|gov|io|co|uk|de|fr|info|biz|us|ca|au|tv|me|ly|ai)(?:/\S*)?$"
);

/// See the module's documentation.
pub(super) struct Tokenizer {
    special: Table,
    prefix: Pattern,
    suffix: Pattern,
    infix: Pattern,
    address: Pattern,
}

fn each(signs: &str) -> String {
    let signs: Vec<String> = signs.chars().map(|c| literal(&c.to_string())).collect();
    signs.join("|")
}

impl Tokenizer {
    pub(super) fn load(from: &Tensors) -> Result<Self> {
        let (signs, quotes) = (each(SIGNS), each(QUOTES));
        let icons = format!("[{}]", literal(ICONS));
        let prefix = format!(r"§|%|=|—|–|\+(?![0-9])|…|{signs}|\.\.+|…|{quotes}|{MONEY}|{icons}");
        let suffix = [
            format!(
                r"…|{signs}|\.\.+|{quotes}|{icons}|'s|'S|’s|’S|—|–|(?<=[0-9])\+|(?<=°[FfCcKk])\."
            ),
            format!(r"(?<=[0-9])(?:{MONEY})|(?<=[0-9])(?:{UNITS})"),
            format!(
                r"(?<=[0-9{LOWER}%²\-\+{}{}])\.|(?<=[{UPPER}][{UPPER}])\.",
                literal(SIGNS),
                literal(QUOTES)
            ),
        ]
        .join("|");
        let infix = [
            format!(r"\.\.+|…|{icons}|(?<=[0-9])[+\-\*^](?=[0-9\-])"),
            format!(r"(?<=[{LOWER}{q}])\.(?=[{UPPER}{q}])", q = literal(QUOTES)),
            format!(r"(?<={LETTER}),(?={LETTER})|(?<=[^\W_])(?:-|–|—|--|---|——|~)(?={LETTER})"),
            format!("(?<=[^\\W_])[:<>=/](?={LETTER})"),
        ]
        .join("|");
        Ok(Self {
            special: Table::load(from, "pieces")?,
            prefix: Pattern::new(&format!("^(?:{prefix})")),
            suffix: Pattern::new(&format!("(?:{suffix})$")),
            infix: Pattern::new(&infix),
            address: Pattern::new(ADDRESS),
        })
    }

    /// The tokens of a text, without tags. What has no space for very long is no word, and is cut.
    pub(super) fn apply(&self, text: &str) -> Vec<Token> {
        let mut out: Vec<Token> = Vec::new();
        let words: Vec<Vec<char>> = text
            .split_whitespace()
            .map(|w| w.chars().collect())
            .collect();
        let parts: Vec<&[char]> = words.iter().flat_map(|word| word.chunks(LONGEST)).collect();
        for (i, part) in parts.iter().enumerate() {
            out.extend(self.split(part).into_iter().map(|text| Token {
                text,
                head: true,
                ..Token::default()
            }));
            if let Some(last) = out.last_mut() {
                last.space = i + 1 < parts.len() || text.ends_with(char::is_whitespace);
            }
        }
        out
    }

    fn special(&self, text: &[char]) -> Option<Vec<String>> {
        let text: String = text.iter().collect();
        let pieces = self.special.get(&text)?;
        Some(pieces.split(' ').map(String::from).collect())
    }

    fn split(&self, word: &[char]) -> Vec<String> {
        if let Some(pieces) = self.special(word) {
            return pieces;
        }
        let string = |text: &[char]| text.iter().collect::<String>();
        let (mut s, mut before, mut behind) = (word, Vec::new(), Vec::new());
        let mut last = usize::MAX;
        while !s.is_empty() && s.len() != last && self.special(s).is_none() {
            last = s.len();
            let prefix = self.prefix.at(s, 0).map_or(0, |f| f.end());
            let (head, rest) = s.split_at(prefix);
            if prefix > 0 && self.special(rest).is_some() {
                before.push(string(head));
                s = rest;
                break;
            }
            let suffix = self.suffix.find(rest, 0).map_or(0, |f| f.end() - f.start());
            let (body, tail) = s.split_at(s.len() - suffix);
            if suffix > 0 && self.special(body).is_some() {
                behind.push(string(tail));
                s = body;
                break;
            }
            if prefix > 0 {
                before.push(string(head));
            }
            if suffix > 0 {
                behind.push(string(tail));
            }
            s = &s[prefix..s.len() - suffix];
        }
        let mut pieces = before;
        pieces.extend(self.inside(s));
        pieces.extend(behind.into_iter().rev());
        match pieces.len() {
            0 | 1 => pieces,
            _ => self.rejoined(pieces),
        }
    }

    fn inside(&self, s: &[char]) -> Vec<String> {
        let string = |text: &[char]| text.iter().collect::<String>();
        if let Some(pieces) = self.special(s) {
            return pieces;
        }
        if s.is_empty() || self.address.at(s, 0).is_some() {
            return (!s.is_empty()).then(|| string(s)).into_iter().collect();
        }
        let (mut pieces, mut from) = (Vec::new(), 0);
        for found in self.infix.all(s) {
            if found.start() == 0 || found.start() == found.end() {
                continue;
            }
            if found.start() > from {
                pieces.push(string(&s[from..found.start()]));
            }
            pieces.push(string(&s[found.start()..found.end()]));
            from = found.end();
        }
        if from < s.len() {
            pieces.push(string(&s[from..]));
        }
        pieces
    }

    /// Neighbours that together are a special case: "Sept" and "." are "Sept.".
    fn rejoined(&self, pieces: Vec<String>) -> Vec<String> {
        let (mut out, mut i) = (Vec::new(), 0);
        while i < pieces.len() {
            let joined = [3, 2].into_iter().find_map(|k| {
                let joined: Vec<char> = pieces.get(i..i + k)?.concat().chars().collect();
                Some((k, self.special(&joined)?))
            });
            match joined {
                Some((k, special)) => {
                    out.extend(special);
                    i += k;
                }
                None => {
                    out.push(pieces[i].clone());
                    i += 1;
                }
            }
        }
        out
    }
}
