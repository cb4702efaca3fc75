//! Whole numbers up to a million in words, by CLDR's rules ("rule-based number format", Unicode Technical
//! Standard 35, part 3).
//!
//! A rule says from which number on it holds, and a text: `100/10 << hundred[ >>]`. The largest power of the
//! radix that fits into its number is what it divides by: `<<` is what comes out, `>>` what is left, `==` the
//! number itself, each spelled by the same set of rules or by the one that is named between the arrows. What
//! stands in brackets is left out where nothing is left.
//!
//! `numbers/rules.txt` holds the rules; `recipes/numbers/pack.mjs` takes them from npm's `cldr-rbnf`.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

/// The largest number that is spelled.
pub const MOST: u32 = 1_000_000;

const RULES: &str = include_str!("numbers/rules.txt");

static ALL: LazyLock<Vec<Spelling>> = LazyLock::new(|| parse(RULES));

/// How a language spells numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spelling {
    /// For example `de`.
    pub code: String,
    /// The sets of rules; the first is the one to begin with.
    sets: Vec<Vec<Rule>>,
}

/// From its base on, up to the next rule of its set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    base: u32,
    /// What is divided by.
    divisor: u32,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    what: What,
    /// Whether it is left out where nothing is left.
    optional: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum What {
    Text(String),
    /// n / divisor, by a set of rules.
    Quotient(usize),
    /// n mod divisor, likewise.
    Rest(usize),
    /// n.
    Same(usize),
}

/// All languages, in the order of the file.
pub fn all() -> &'static [Spelling] {
    &ALL
}

/// The language called `code`.
pub fn find(code: &str) -> Option<&'static Spelling> {
    ALL.iter().find(|language| language.code == code)
}

impl Spelling {
    /// `n` in words; nothing beyond [`MOST`].
    pub fn words(&self, n: u32) -> String {
        let mut out = String::new();
        if n <= MOST {
            self.spell(0, n, &mut out);
        }
        out
    }

    fn spell(&self, set: usize, n: u32, out: &mut String) {
        let rules = self.sets.get(set).map_or(&[][..], Vec::as_slice);
        let mut at = rules.partition_point(|rule| rule.base <= n);
        // A rule for what is left steps back where nothing is, unless it begins there itself.
        let back = |rule: &Rule| {
            let rest = |part: &Part| matches!(part.what, What::Rest(_));
            let begins = rule.base.is_multiple_of(rule.divisor);
            rule.parts.iter().any(rest) && !begins && n.is_multiple_of(rule.divisor)
        };
        if at > 1 && back(&rules[at - 1]) {
            at -= 1;
        }
        let Some(rule) = at.checked_sub(1).map(|at| &rules[at]) else {
            return;
        };
        let left = n % rule.divisor;
        for part in &rule.parts {
            if part.optional && left == 0 {
                continue;
            }
            match &part.what {
                What::Text(text) => out.push_str(text),
                What::Quotient(set) => self.spell(*set, n / rule.divisor, out),
                What::Rest(set) => self.spell(*set, left, out),
                What::Same(set) => self.spell(*set, n, out),
            }
        }
    }

    /// The texts that stand in its rules, each once.
    pub fn texts(&self) -> BTreeSet<&str> {
        let parts = self.sets.iter().flatten().flat_map(|rule| &rule.parts);
        let texts = parts.filter_map(|part| match &part.what {
            What::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.filter(|text| !text.is_empty()).collect()
    }
}

/// The languages of a file of rules; what is none of the above is skipped.
fn parse(text: &str) -> Vec<Spelling> {
    let lines = || text.lines().filter(|line| !line.starts_with('#'));
    // The place of each set in its language, which texts may name before it comes.
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    let (mut code, mut count) = ("", 0);
    for line in lines() {
        match line.strip_prefix('@') {
            Some(next) => (code, count) = (next, 0),
            None if line.starts_with('%') => {
                places.insert((code, line), count);
                count += 1;
            }
            None => {}
        }
    }
    let mut all: Vec<Spelling> = Vec::new();
    for line in lines() {
        if let Some(code) = line.strip_prefix('@') {
            all.push(Spelling {
                code: code.into(),
                sets: Vec::new(),
            });
            continue;
        }
        let Some(language) = all.last_mut() else {
            continue;
        };
        if line.starts_with('%') {
            language.sets.push(Vec::new());
            continue;
        }
        let own = language.sets.len().saturating_sub(1);
        let find = |name: &str| match name {
            "" => Some(own),
            name => places.get(&(language.code.as_str(), name)).copied(),
        };
        if let (Some(rule), Some(set)) = (rule(line, find), language.sets.last_mut()) {
            set.push(rule);
        }
    }
    all
}

/// A line `base/radix text`.
fn rule(line: &str, find: impl Fn(&str) -> Option<usize>) -> Option<Rule> {
    let (head, text) = line.split_once(' ')?;
    let (base, radix) = head.split_once('/')?;
    let (base, radix): (u32, u32) = (base.parse().ok()?, radix.parse().ok()?);
    if radix < 2 {
        return None;
    }
    let mut divisor = 1;
    while divisor <= base / radix {
        divisor *= radix;
    }
    let (mut parts, mut optional, mut rest) = (Vec::new(), false, text);
    while let Some(sign) = rest.chars().next() {
        let after = &rest[sign.len_utf8()..];
        match sign {
            '[' | ']' => {
                optional = sign == '[';
                rest = after;
            }
            '<' | '>' | '=' => {
                let (name, tail) = after.split_once(sign)?;
                let set = find(name)?;
                let what = match sign {
                    '<' => What::Quotient(set),
                    '>' => What::Rest(set),
                    _ => What::Same(set),
                };
                parts.push(Part { what, optional });
                rest = tail;
            }
            _ => {
                let end = rest.find(['[', ']', '<', '>', '=']).unwrap_or(rest.len());
                let what = What::Text(rest[..end].into());
                parts.push(Part { what, optional });
                rest = &rest[end..];
            }
        }
    }
    Some(Rule {
        base,
        divisor,
        parts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_rules_is_read() {
        let lines = RULES.lines().filter(|line| !line.starts_with('#'));
        let rules = lines.filter(|line| !line.starts_with(['@', '%'])).count();
        let read = |language: &Spelling| language.sets.iter().map(Vec::len).sum::<usize>();
        assert_eq!(all().iter().map(read).sum::<usize>(), rules);
        assert!(all().len() >= 8);
    }

    #[test]
    fn rules_of_every_kind_are_followed() {
        let words = |code: &str, n: u32| find(code).expect("a language").words(n);
        assert_eq!(words("en", 0), "zero");
        assert_eq!(words("en", 700), "seven hundred");
        assert_eq!(
            words("en", 721_045),
            "seven hundred twenty-one thousand forty-five"
        );
        assert_eq!(words("de", 21), "einundzwanzig");
        assert_eq!(words("fr", 71), "soixante-et-onze");
        assert_eq!(words("fr", 80), "quatre-vingts");
        assert_eq!(words("fr", 95), "quatre-vingt-quinze");
        assert_eq!(words("es", 100_000), "cien mil");
        assert_eq!(words("it", 28), "ventotto");
        assert_eq!(words("nl", 22), "tweeëntwintig");
        assert_eq!(words("da", 51), "enoghalvtreds");
        assert_eq!(words("tr", MOST), "bir milyon");
        assert_eq!(words("tr", MOST + 1), "");
    }
}
