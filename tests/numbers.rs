//! Numbers in words, compared with ICU and with npm's n2words (tests/reference/spelling.py).

use crate::common;
use std::collections::BTreeMap;

use generative_playground::{checkpoint::sha256, data::numbers};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    numbers: Vec<u32>,
    languages: BTreeMap<String, Language>,
}

#[derive(Deserialize)]
struct Language {
    icu: Vec<String>,
    sha256: String,
    n2words: Vec<String>,
}

fn reference() -> Reference {
    let text = std::fs::read(common::root("tests/reference/spelling.json")).expect("the file");
    serde_json::from_slice(&text).expect("the reference")
}

#[test]
fn numbers_are_spelled_as_icu_spells_them_by_the_same_rules() {
    let reference = reference();
    assert_eq!(reference.languages.len(), numbers::all().len());
    for language in numbers::all() {
        let want = &reference.languages[&language.code];
        for (&n, want) in reference.numbers.iter().zip(&want.icu) {
            assert_eq!(&language.words(n), want, "{n} in {}", language.code);
        }
        let mut all = String::new();
        for n in (0..=numbers::MOST).step_by(23) {
            all += &language.words(n);
            all.push('\n');
        }
        assert_eq!(sha256(all.as_bytes()), want.sha256, "{}", language.code);
    }
}

/// Spaces and hyphens, about which the two agree in few languages, are left out. What differs besides:
/// - de: before a thousand that is counted n2words has "eins" and CLDR "ein" (101000).
/// - es: "dieciseis" without its accent (16); "uno" where CLDR shortens it to "un" before "mil" (21000).
/// - it: "ventuno" where CLDR has "ventun" before "mila" (21000), and "tré" inside a word (23537).
/// - nl: "één" with accents at the end (1); hundreds up to 99, "elfhonderd", where CLDR counts thousands (1100).
/// - da: "treds" for "tres" (60), which is not Danish spelling; "tusinde og" for "tusind" (1100).
#[test]
fn n2words_spells_numbers_alike_but_for_what_is_explained() {
    let reference = reference();
    let bare = |text: &str| text.replace([' ', '-'], "");
    let mut found = Vec::new();
    for language in numbers::all() {
        let theirs = &reference.languages[&language.code].n2words;
        let each = reference.numbers.iter().zip(theirs);
        let differs = |(n, text): &(&u32, &String)| bare(&language.words(**n)) != bare(text);
        found.push((language.code.as_str(), each.filter(differs).count()));
    }
    let want = [
        ("en", 0),
        ("de", 2),
        ("fr", 0),
        ("es", 15),
        ("it", 5),
        ("nl", 7),
        ("da", 111),
        ("tr", 0),
    ];
    assert_eq!(found, want, "of {} numbers", reference.numbers.len());
}
