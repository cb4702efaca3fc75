//! Emoji from words: free text, captions in several wordings, and what guidance leads towards.

#![allow(missing_docs)]

use generative_playground::data::{
    free,
    scenes::words::{CONTEXT, tokens},
};

/// More words than a small language has, some of them real.
fn vocabulary() -> Vec<String> {
    let real = [
        "", "red", "apple", "cat", "heart", "glasses", "glass", "smiling", "box",
    ];
    let filler = (0..400).map(|i| format!("word{i}"));
    real.map(String::from).into_iter().chain(filler).collect()
}

fn said(text: &str) -> Result<Vec<u32>, String> {
    let all = tokens(text, &vocabulary()).map_err(|error| error.to_string())?;
    assert_eq!(all.len(), CONTEXT);
    Ok(all.into_iter().filter(|&token| token > 0).collect())
}

#[test]
fn free_text_is_read_with_good_will() {
    assert!(free::is_free(&vocabulary()));
    assert_eq!(said("A red apple!"), Ok(vec![1, 2]));
    assert_eq!(said("two-word RED/apples").map_err(|_| ()), Err(()));
    assert_eq!(said("the cats, smiling"), Ok(vec![3, 7]));
    assert_eq!(said("boxes"), Ok(vec![8]));
    // The plural is a word of its own.
    assert_eq!(said("glasses glass"), Ok(vec![5, 6]));
    assert_eq!(said(""), Ok(Vec::new()));
    assert_eq!(said("  "), Ok(Vec::new()));
}

#[test]
fn what_is_not_known_is_named_with_what_is_near() {
    let unknown = said("a red aple").expect_err("unknown");
    assert!(
        unknown.contains("“aple”") && unknown.contains("apple"),
        "{unknown}"
    );
    assert!(!unknown.contains("word399"), "{unknown}");
    let bold = "<b>".repeat(9);
    let long = "x".repeat(100_000);
    let many = "apple ".repeat(CONTEXT + 1);
    for text in [
        "ein roter Apfel",
        "<script>alert(1)</script>",
        "…",
        "苹果",
        &bold,
        &long,
        &many,
    ] {
        assert!(said(text).is_err(), "{text}");
    }
    assert!(said(&"apple ".repeat(CONTEXT)).is_ok());
}
