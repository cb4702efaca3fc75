//! Mutants of what a reader brings as text: tables of points, drawings, texts, vocabularies, messages.
//! Those of checkpoints and data files are in tests/malformed.rs and tests/families.rs.
//!
//! `PLAYGROUND_MUTANTS=1000000 cargo test --release --test native mutants:: -- --nocapture` for many.

use crate::common::files::{count, mutant, panics};
use generative_playground::{
    bytes::Bytes,
    data::{
        PointSet, TextSet,
        points::PointSource,
        tokenizer::{Tokenizer, Vocabulary},
    },
    protocol::Envelope,
};
use serde_json::json;

fn none(failures: Vec<(u64, String)>, n: usize, what: &str) {
    println!("{n} mutants of {what}");
    assert!(failures.is_empty(), "{what}: {failures:#?}");
}

#[test]
fn mutants_of_points_never_panic() {
    let table = |head: &str, between: &str| -> Vec<u8> {
        let rows = (0..20).map(|i| {
            let (x, y) = (f64::from(i) * 0.37 - 3.0, f64::from(i * i % 17) * 1e-3);
            format!("{x}{between}{y:e}\r\n")
        });
        (head.to_string() + &rows.collect::<String>()).into_bytes()
    };
    let drawn = (0..40).flat_map(|i| (i as f32 * 0.1 - 2.0).to_le_bytes());
    let files = [
        table("x,y\n", ","),
        table("", "\t"),
        table("\"a, b\";c;d\n", ";"),
        drawn.collect(),
    ];
    let numbers = count();
    let n = (numbers.end - numbers.start) as usize;
    let failures = panics(numbers, |number| {
        let bytes = Bytes(mutant(number, &files));
        let source = match number % 4 {
            0 => PointSource::Drawn {
                xy: bytes,
                classes: None,
            },
            _ => PointSource::Csv { bytes },
        };
        let Ok(set) = PointSet::custom(&source) else {
            return;
        };
        assert!(set.count() >= 2);
        assert!(set.window().iter().all(|v| v.is_finite()));
        assert!(set.info.space.check().is_ok());
    });
    none(failures, n, "points");
}

#[test]
fn mutants_of_texts_never_panic() {
    let files: Vec<Vec<u8>> = [
        "the rain in Spain\nstays mainly\nin the plain. ".repeat(6),
        "Ünïcödé — “quotes” 中文 \u{1f600}\u{0301} ".repeat(5),
        "\u{feff}a\r\nb\u{0}c\u{2028}d".repeat(8),
    ]
    .map(String::into_bytes)
    .to_vec();
    let numbers = count();
    let n = (numbers.end - numbers.start) as usize;
    let failures = panics(numbers, |number| {
        let bytes = mutant(number, &files);
        let Ok(text) = TextSet::read(&bytes) else {
            return;
        };
        let options = match number % 8 {
            0 => json!({"tokens": "bpe", "vocabulary": 260, "held_out": 0.3}),
            _ => json!({}),
        };
        if let Ok(set) = TextSet::new("own", &text, &options) {
            assert_eq!(set.text(), text);
            set.describe();
        }
    });
    none(failures, n, "texts");
}

#[test]
fn mutants_of_vocabularies_and_messages_never_panic() {
    let text = "the rain in spain stays mainly in the plain. ".repeat(80);
    let options = json!({"tokens": "bpe", "vocabulary": 300});
    let set = TextSet::new("own", &text, &options).expect("a text");
    let generative_playground::data::Space::Text { vocabulary, .. } = &set.info.space else {
        panic!("a text");
    };
    let vocabulary = serde_json::to_vec(vocabulary).expect("JSON");
    let message = json!({
        "id": 3, "type": "view", "session": 1, "snapshot": null,
        "query": {"type": "plot", "plot": "complete", "inputs": {"at": 0.5, "count": 8,
            "image": {"type": "test", "index": 3}, "pointer": [0.5, -1e3]}},
    });
    let files = [vocabulary, serde_json::to_vec(&message).expect("JSON")];
    let numbers = count();
    let n = (numbers.end - numbers.start) as usize;
    let failures = panics(numbers, |number| {
        let bytes = mutant(number, &files);
        let _ = serde_json::from_slice::<Envelope>(&bytes);
        let Ok(vocabulary) = serde_json::from_slice::<Vocabulary>(&bytes) else {
            return;
        };
        let Ok(tokenizer) = Tokenizer::new(vocabulary) else {
            return;
        };
        if let Ok(ids) = tokenizer.encode(&text) {
            assert!(ids.iter().all(|&id| (id as usize) < tokenizer.len()));
            assert_eq!(tokenizer.decode(&ids), text);
        }
    });
    none(failures, n, "vocabularies and messages");
}
