//! Tables of translations: a line for each thing, in each column what it is called in a language, between tabs.
//!
//! A first line that begins with `#` names the languages by their codes, `#en⇥de`; without one the columns have numbers.
//! Where the first of these names is `kind`, each line begins with what kind of thing it is.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Bytes of the longest table.
pub const LONGEST: usize = 8 << 20;
/// Languages, at most.
const LANGUAGES: usize = 12;
/// Lines, at most.
const LINES: usize = 100_000;
/// Characters of a text, at most.
const CHARACTERS: usize = 240;
/// Lines of which it is told what is wrong with them.
const TOLD: usize = 4;

/// Texts in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Codes of the languages; of a table that does not name them `column-1` and so on.
    pub languages: Vec<String>,
    /// What kinds of things there are; a single one without a name where the table says none.
    pub kinds: Vec<String>,
    /// The kind of each line, by its place, and its texts.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// A number for a text that depends on nothing else.
pub fn number(text: &str) -> u64 {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(8).fold(0, |n, &b| n << 8 | u64::from(b))
}

/// Whether a text can stand for a language: `de`, `pt-BR`, `column-1`.
pub fn is_code(text: &str) -> bool {
    let part = |p: &str| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric());
    let first = text.split('-').next().unwrap_or_default();
    text.len() <= 20 && first.len() >= 2 && text.split('-').all(part)
}

fn bad(reason: String, hint: &str) -> Error {
    Error::BadText {
        reason,
        hint: hint.into(),
    }
}

impl Table {
    /// Read one.
    ///
    /// # Errors
    /// [`Error::BadText`], which says of the first lines that cannot be used why.
    pub fn read(text: &str) -> Result<Self> {
        let form = "Each line needs the same thing in two languages or more, with a tab between: one⇥eins.";
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > LONGEST {
            let reason = format!("it is longer than {} million bytes", LONGEST >> 20);
            return Err(bad(reason, "Take a part of it."));
        }
        let mut lines = (text.lines().enumerate())
            .map(|(i, line)| (i + 1, line))
            .filter(|(_, line)| !line.trim().is_empty())
            .peekable();
        let named = lines.next_if(|(_, line)| line.starts_with('#'));
        let mut columns: Option<Vec<String>> = None;
        let mut of_kinds = false;
        if let Some((_, line)) = named {
            let mut names: Vec<&str> = line[1..].split('\t').map(str::trim).collect();
            of_kinds = names.first() == Some(&"kind");
            names.drain(..usize::from(of_kinds));
            if let Some(wrong) = names.iter().find(|name| !is_code(name)) {
                let wrong: String = wrong.chars().take(30).collect();
                let reason = format!("line 1 names a language “{wrong}”");
                return Err(bad(reason, "Languages have codes such as en or pt-BR."));
            }
            columns = Some(names.into_iter().map(String::from).collect());
        }
        let mut table = Self::default();
        let mut wrong: Vec<String> = Vec::new();
        let mut count_wrong = 0;
        let mut kinds: HashMap<&str, usize> = HashMap::new();
        for (number, line) in lines {
            let mut cells: Vec<&str> = line.split('\t').map(str::trim).collect();
            let kind = if of_kinds { cells.remove(0) } else { "" };
            let columns = columns.get_or_insert_with(|| {
                let numbers = 1..=cells.len().max(2);
                numbers.map(|i| format!("column-{i}")).collect()
            });
            match fault(&cells, columns.len()) {
                None if table.rows.len() < LINES => {
                    let next = kinds.len();
                    let kind = *kinds.entry(kind).or_insert_with(|| {
                        table.kinds.push(kind.into());
                        next
                    });
                    let texts = cells.into_iter().map(String::from).collect();
                    table.rows.push((kind, texts));
                }
                None => {
                    let reason = format!("it has more than {LINES} lines");
                    return Err(bad(reason, "Take a part of it."));
                }
                Some(fault) => {
                    count_wrong += 1;
                    if wrong.len() < TOLD {
                        wrong.push(format!("line {number} {fault}"));
                    }
                }
            }
        }
        if count_wrong > wrong.len() {
            wrong.push(format!("{} more lines", count_wrong - wrong.len()));
        }
        if !wrong.is_empty() {
            return Err(bad(wrong.join("; "), form));
        }
        table.languages = columns.unwrap_or_default();
        table.check(form)?;
        Ok(table)
    }

    fn check(&self, form: &str) -> Result<()> {
        let codes: HashSet<&String> = self.languages.iter().collect();
        let different: HashSet<&String> = self.rows.iter().map(|(_, row)| &row[0]).collect();
        match self.languages.len() {
            _ if codes.len() < self.languages.len() => {
                let reason = "line 1 names a language twice".into();
                Err(bad(reason, "Give each column its own language."))
            }
            n if n > LANGUAGES => {
                let reason = format!("it has {n} languages, and {LANGUAGES} at most are taken");
                Err(bad(reason, "Leave some columns out."))
            }
            n if n < 2 || different.len() < 2 => {
                let reason = "it has fewer than two lines that begin differently".into();
                Err(bad(reason, form))
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong with a line that should have so many columns.
fn fault(cells: &[&str], columns: usize) -> Option<String> {
    if cells.len() < 2 {
        return Some("has no tab".into());
    }
    if cells.len() != columns {
        return Some(format!("has {} columns and not {columns}", cells.len()));
    }
    for (i, cell) in cells.iter().enumerate() {
        if cell.is_empty() {
            return Some(format!("has nothing in column {}", i + 1));
        }
        if cell.chars().count() > CHARACTERS {
            let n = i + 1;
            return Some(format!(
                "has more than {CHARACTERS} characters in column {n}"
            ));
        }
        if cell.chars().any(char::is_control) {
            return Some(format!("has a control character in column {}", i + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        match Table::read(text) {
            Err(Error::BadText { reason, .. }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn tables_are_read_with_and_without_names() {
        let table = Table::read("\u{feff}one\teins\r\n\r\n two \tzwei\n").expect("a table");
        assert_eq!(table.languages, ["column-1", "column-2"]);
        assert_eq!(table.rows[1].1, ["two", "zwei"]);
        let table = Table::read("#en\tde\tfr\none\teins\tun\ntwo\tzwei\tdeux\n").expect("a table");
        assert_eq!((table.languages.len(), table.rows.len()), (3, 2));
        let table = Table::read("#kind\ten\tde\na\tone\teins\nb\ttwo\tzwei\n").expect("a table");
        assert_eq!(table.kinds, ["a", "b"]);
        assert_eq!(table.rows[1], (1, vec!["two".into(), "zwei".into()]));
    }

    #[test]
    fn what_is_wrong_is_told_by_line() {
        let found = wrong("one\teins\ntwo\n\nthree\tdrei\ttrois\nfour\t\nfive\tfünf\n");
        assert_eq!(
            found,
            "line 2 has no tab; line 4 has 3 columns and not 2; line 5 has nothing in column 2"
        );
        let many = "x\n".repeat(9);
        assert!(wrong(&format!("a\tb\n{many}")).ends_with("line 5 has no tab; 5 more lines"));
        assert!(wrong("#en\ten\na\tb\nc\td\n").contains("twice"));
        assert!(wrong("#english please\tde\na\tb\n").starts_with("line 1 names"));
        assert!(wrong("a\tb\na\tb\n").contains("fewer than two"));
        assert!(wrong("").contains("fewer than two"));
        assert!(wrong(&format!("a\t{}\nb\tc", "x".repeat(300))).starts_with("line 1 has more"));
        assert!(wrong("#\na\tb\nb\tc").starts_with("line 1 names"));
        assert!(wrong("a\tb\u{7}\nb\tc").starts_with("line 1 has a control"));
    }
}
