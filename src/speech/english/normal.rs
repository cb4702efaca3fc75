//! What is written otherwise than it is said: times, dates, units, abbreviations, currencies, signs. Plain
//! numbers, ordinals, years, dollars and per cent are read later, word by word.
//!
//! Rules and tables are those of hibari-tts (Apache-2.0), so that the voice is asked for what it learned.

use serde::Deserialize;

use super::{
    numbers::{cardinal, ordinal, roman},
    pattern::{Found, Pattern, any_of, literal},
};
use crate::error::{Error, Result};

type Pairs<T> = Vec<(String, T)>;

/// What stands for what.
#[derive(Deserialize)]
struct Tables {
    months: Pairs<String>,
    titles: Pairs<String>,
    abbreviations: Pairs<String>,
    /// One and many.
    units: Pairs<[String; 2]>,
    symbols: Pairs<String>,
    currency: Pairs<[String; 2]>,
    roman_cardinal: Vec<String>,
    roman_ordinal: Vec<String>,
}

/// See the module's documentation.
pub(super) struct Normalizer {
    tables: Tables,
    space: Pattern,
    time: Pattern,
    iso_date: Pattern,
    us_date: Pattern,
    big_money: Pattern,
    cents: Pattern,
    currency: Pattern,
    degrees: Pattern,
    unit: Pattern,
    month_day: Pattern,
    day_month: Pattern,
    title: Pattern,
    abbreviation: Pattern,
    number: Pattern,
    hash: Pattern,
    roman_cardinal: Pattern,
    roman_ordinal: Pattern,
    phone: Pattern,
    fraction: Pattern,
    range: Pattern,
    plus: Pattern,
    symbols: Vec<Pattern>,
    before_stop: Pattern,
}

const NUMBER: &str = r"\d+(?:,\d{3})*(?:\.\d+)?";
const SCALE: &str = r"(?:\s?(hundred|thousand|million|billion|trillion|[kKmMbB]\b))";
const ROMAN: &str = r"((?=[IVXLC])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))";

fn first<T>(pairs: &Pairs<T>) -> String {
    any_of(pairs.iter().map(|(word, _)| word.as_str()))
}

fn said<'a, T>(pairs: &'a Pairs<T>, word: &str) -> Option<&'a T> {
    let found = pairs.iter().find(|(known, _)| known == word);
    found.map(|(_, said)| said)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let head = letters.next().map(|c| c.to_uppercase().collect::<String>());
    head.unwrap_or_default() + letters.as_str()
}

impl Normalizer {
    pub(super) fn new(tables: &[u8]) -> Result<Self> {
        let tables: Tables = serde_json::from_slice(tables).map_err(|e| {
            let reason = format!("tables: {e}");
            Error::CheckpointSchema { reason }
        })?;
        let months = tables.months.iter();
        let names: Vec<String> = months
            .flat_map(|(short, name)| [name.clone(), capital(short)])
            .chain(["Sept".into()])
            .collect();
        let months = any_of(names.iter().map(String::as_str));
        let named = |words: &[String]| any_of(words.iter().map(String::as_str));
        let (n, p) = (NUMBER, |text: String| Pattern::new(&text));
        let sign = |(sign, _): &(String, String)| match "=<>~".contains(sign.as_str()) {
            true => p(format!(r"(?<=\S) ?{} ?(?=\S)", literal(sign))),
            false => p(literal(sign)),
        };
        Ok(Self {
            space: Pattern::new(r"\s+"),
            time: Pattern::new(
                r"\b(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s?([AaPp])\.?[Mm]\.?(?![A-Za-z]))?(?!\d)",
            ),
            iso_date: Pattern::new(r"\b(\d{4})-(\d{2})-(\d{2})\b"),
            us_date: Pattern::new(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b"),
            big_money: p(format!("([$£€])({n}){SCALE}")),
            cents: p(format!(r"(?<![\w.])({n})\s?¢")),
            currency: p(format!(r"(?<!\w)([¥₹₩]|Rs\.?|USD|EUR|GBP)\s?({n}){SCALE}?")),
            degrees: p(format!(r"(?<![\w.])(-?{n})\s?°\s?([CF])?(?!\w)")),
            unit: p(format!(
                r"(?<![\w.])(-?{n})\s?({})(?!\w)",
                first(&tables.units)
            )),
            month_day: p(format!(
                r"\b({months})\.? (\d{{1,2}})(?:st|nd|rd|th)?\b(?![\d:%])(,? \d{{4}}\b)?"
            )),
            day_month: p(format!(r"\b(the )?(\d{{1,2}}) (?:of )?({months})\b\.?")),
            title: p(format!(r"\b({})\.? (?=[A-Z])", first(&tables.titles))),
            abbreviation: p(format!(
                r"(?<![\w.])({})(?!\w)",
                first(&tables.abbreviations)
            )),
            number: Pattern::new(r"\b(No|Nos)\. ?(?=\d)"),
            hash: Pattern::new(r"(?<![\w&])#(?=\d)"),
            roman_cardinal: p(format!(
                r"\b({}) {ROMAN}\b(?![.'’]\w)",
                named(&tables.roman_cardinal)
            )),
            roman_ordinal: p(format!(
                r"\b({}) {ROMAN}\b(?![.'’]\w)",
                named(&tables.roman_ordinal)
            )),
            phone: Pattern::new(r"(?<![\w.\-])(?:\d{3}-)?\d{3}-\d{4}(?![\w.\-])"),
            fraction: Pattern::new(r"(?<![\w./])(\d{1,2})/(\d{1,2})(?![\w./])"),
            range: Pattern::new(r"(?<![\w.\-])(\d{1,4})\s?[-–]\s?(\d{1,4})(?![\w.\-%])"),
            plus: Pattern::new(r"(?<![\w+])\+(?=\d)"),
            symbols: tables.symbols.iter().map(sign).collect(),
            before_stop: Pattern::new(r" +([,.;:!?])"),
            tables,
        })
    }

    /// Whether a full stop behind this word may be that of a title.
    pub(super) fn is_title(&self, word: &str) -> bool {
        said(&self.tables.titles, word).is_some()
    }

    pub(super) fn apply(&self, text: &str) -> String {
        let text: Vec<char> = text.trim().chars().collect();
        let text = self.space.replace(&text, |_, _| " ".into());
        let same = text.into_iter().map(|c| match c {
            '’' => '\'',
            '‒' => '-',
            '―' => '—',
            c => c,
        });
        let text = self.amounts(same.collect());
        let text = self.words(text);
        let mut text = self.plus.replace(&text, |_, _| "plus ".into());
        for (pattern, (_, word)) in self.symbols.iter().zip(&self.tables.symbols) {
            text = pattern.replace(&text, |_, _| match word.as_str() {
                "" => " ".into(),
                word => format!(" {word} "),
            });
        }
        let text = self.space.replace(&text, |_, _| " ".into());
        let text = self.before_stop.replace(&text, |f, t| group(f, t, 1));
        let text: String = text.into_iter().collect();
        text.trim().into()
    }

    /// Times, dates, money and what is measured.
    fn amounts(&self, text: Vec<char>) -> Vec<char> {
        let tables = &self.tables;
        let text = self.time.replace(&text, time);
        let text = self.iso_date.replace(&text, |f, t| {
            let [y, m, d] = [1, 2, 3].map(|i| group(f, t, i));
            self.date(&y, &m, &d).unwrap_or_else(|| group(f, t, 0))
        });
        let text = self.us_date.replace(&text, |f, t| {
            let [a, b, y] = [1, 2, 3].map(|i| group(f, t, i));
            let y = match (y.len(), number(&y)) {
                (2, 31..) => format!("19{y}"),
                (2, _) => format!("20{y}"),
                _ => y,
            };
            let (m, d) = if number(&a) <= 12 { (a, b) } else { (b, a) };
            self.date(&y, &m, &d).unwrap_or_else(|| group(f, t, 0))
        });
        let money = |sign: &str, many: bool| {
            let words = said(&tables.currency, sign.trim_end_matches('.'));
            let words = words.map(|w| w[usize::from(many)].as_str());
            words.unwrap_or_default().to_string()
        };
        let text = self.big_money.replace(&text, |f, t| {
            let [sign, n, scale] = [1, 2, 3].map(|i| group(f, t, i));
            format!("{n} {} {}", scaled(&scale), money(&sign, true))
        });
        let text = self.cents.replace(&text, |f, t| {
            let n = group(f, t, 1);
            format!("{n} {}", money("¢", !is_one(&n)))
        });
        let text = self.currency.replace(&text, |f, t| {
            let [sign, n, scale] = [1, 2, 3].map(|i| group(f, t, i));
            match scale.as_str() {
                "" => format!("{n} {}", money(&sign, !is_one(&n))),
                scale => format!("{n} {} {}", scaled(scale), money(&sign, true)),
            }
        });
        let text = self.degrees.replace(&text, |f, t| {
            let [n, scale] = [1, 2].map(|i| group(f, t, i));
            let words = if is_one(&n) { "degree" } else { "degrees" };
            let scale = match scale.as_str() {
                "C" => " Celsius",
                "F" => " Fahrenheit",
                _ => "",
            };
            format!("{n} {words}{scale}")
        });
        self.unit.replace(&text, |f, t| {
            let [n, unit] = [1, 2].map(|i| group(f, t, i));
            let words = said(&tables.units, &unit);
            let words = words.map_or("", |w| w[usize::from(!is_one(&n))].as_str());
            format!("{n} {words}")
        })
    }

    /// Dates in words, titles, abbreviations, Roman numbers, telephones, fractions and ranges.
    fn words(&self, text: Vec<char>) -> Vec<char> {
        let tables = &self.tables;
        let text = self.month_day.replace(&text, |f, t| {
            let [month, day, year] = [1, 2, 3].map(|i| group(f, t, i));
            match number(&day) {
                1..=31 => format!("{} {}{year}", self.month(&month), ordinal(&day)),
                _ => group(f, t, 0),
            }
        });
        let text = self.day_month.replace(&text, |f, t| {
            let [day, month] = [2, 3].map(|i| group(f, t, i));
            match number(&day) {
                1..=31 => format!("the {} of {}", ordinal(&day), self.month(&month)),
                _ => group(f, t, 0),
            }
        });
        let text = self.title.replace(&text, |f, t| {
            let word = said(&tables.titles, &group(f, t, 1));
            format!("{} ", word.map_or("", String::as_str))
        });
        let text = self.abbreviation.replace(&text, |f, t| {
            let short = group(f, t, 1);
            let word = said(&tables.abbreviations, &short).map_or("", String::as_str);
            // A full stop that ends the text as well stays.
            let stop = f.end() == t.len() && short.ends_with('.');
            format!("{word}{}", if stop { "." } else { "" })
        });
        let text = self
            .number
            .replace(&text, |f, t| match group(f, t, 1).as_str() {
                "No" => "Number ".into(),
                _ => "Numbers ".into(),
            });
        let text = self.hash.replace(&text, |_, _| "number ".into());
        let text = self.roman_cardinal.replace(&text, |f, t| {
            format!("{} {}", group(f, t, 1), roman(&group(f, t, 2)))
        });
        let text = self.roman_ordinal.replace(&text, |f, t| {
            let n = roman(&group(f, t, 2)).to_string();
            format!("{} the {}", group(f, t, 1), ordinal(&n))
        });
        let text = self.phone.replace(&text, |f, t| {
            let digits = t[f.start()..f.end()].iter().map(|&c| match c {
                '-' => ", ".to_string(),
                c => c.to_string(),
            });
            digits.collect::<Vec<_>>().join(" ")
        });
        let text = self.fraction.replace(&text, |f, t| {
            let [a, b] = [1, 2].map(|i| group(f, t, i));
            self.fraction(&a, &b)
        });
        self.range.replace(&text, |f, t| {
            format!("{} to {}", group(f, t, 1), group(f, t, 2))
        })
    }

    fn month(&self, name: &str) -> &str {
        let short: String = name.to_lowercase().chars().take(3).collect();
        said(&self.tables.months, &short).map_or("", String::as_str)
    }

    fn date(&self, year: &str, month: &str, day: &str) -> Option<String> {
        let (m, d) = (number(month), number(day));
        let (_, name) = self.tables.months.get(m.checked_sub(1)?)?;
        let year = if year.is_empty() {
            String::new()
        } else {
            format!(", {year}")
        };
        (1..=31)
            .contains(&d)
            .then(|| format!("{name} {}{year}", ordinal(day)))
    }

    fn fraction(&self, a: &str, b: &str) -> String {
        const PARTS: [&str; 11] = [
            "", "", "half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth",
            "tenth",
        ];
        let (above, below) = (number(a), number(b));
        let words = match (above, below) {
            (1, 2) => "one half".into(),
            (1.., 3..=10) if above < below => {
                let many = if above == 1 { "" } else { "s" };
                format!("{above} {}{many}", PARTS[below])
            }
            (1..=12, 1..=31) => self.date("", a, b).unwrap_or_default(),
            _ => String::new(),
        };
        match words.as_str() {
            "" => format!("{above} slash {below}"),
            _ => words,
        }
    }
}

fn group(found: &Found, text: &[char], i: usize) -> String {
    found.group(text, i).unwrap_or_default()
}

fn number(digits: &str) -> usize {
    digits.parse().unwrap_or(usize::MAX)
}

fn is_one(n: &str) -> bool {
    matches!(n.replace(',', "").as_str(), "1" | "1.0" | "-1")
}

fn scaled(word: &str) -> &str {
    match word {
        "k" | "K" => "thousand",
        "m" | "M" => "million",
        "b" | "B" => "billion",
        word => word,
    }
}

fn time(f: &Found, t: &[char]) -> String {
    let [h, m, s, half] = [1, 2, 3, 4].map(|i| group(f, t, i));
    let second = if s.is_empty() { 0 } else { number(&s) };
    if number(&h) > 24 || number(&m) > 59 || second > 59 {
        return group(f, t, 0);
    }
    let mut words = cardinal(&h);
    match number(&m) {
        0 if half.is_empty() && s.is_empty() => words += " o'clock",
        0 => {}
        1..10 => words += &format!(" oh {}", cardinal(&m)),
        _ => words += &format!(" {}", cardinal(&m)),
    }
    if !s.is_empty() {
        let unit = if second == 1 { "second" } else { "seconds" };
        words += &format!(" and {} {unit}", cardinal(&s));
    }
    if !half.is_empty() {
        // With full stops, so that the letters are spelled.
        let stop = if t.get(f.end()) == Some(&'.') {
            ""
        } else {
            "."
        };
        words += &format!(" {}.M{stop}", half.to_uppercase());
    }
    words
}
