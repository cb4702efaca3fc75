//! Bytes as a reader's text, and as the vocabulary of a checkpoint.
#![no_main]

use generative_playground::data::{
    TextSet,
    tokenizer::{Tokenizer, Vocabulary},
};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    // A first line may be a vocabulary for the rest.
    let mut parts = bytes.splitn(2, |&b| b == b'\n');
    let (first, rest) = (parts.next().unwrap_or(&[]), parts.next().unwrap_or(&[]));
    if let (Ok(vocabulary), Ok(text)) = (
        serde_json::from_slice::<Vocabulary>(first),
        std::str::from_utf8(rest),
    ) && let Ok(tokenizer) = Tokenizer::new(vocabulary)
        && let Ok(ids) = tokenizer.encode(text)
    {
        assert!(ids.iter().all(|&id| (id as usize) < tokenizer.len()));
        assert_eq!(tokenizer.decode(&ids), text);
    }
    let Ok(text) = TextSet::read(bytes) else {
        return;
    };
    for options in [
        json!({}),
        json!({"tokens": "bpe", "vocabulary": 300, "held_out": 0.3}),
    ] {
        if let Ok(set) = TextSet::new("fuzz", &text, &options) {
            assert_eq!(set.text(), text);
            set.describe();
        }
    }
});
