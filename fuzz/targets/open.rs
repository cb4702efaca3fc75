//! Bytes as another program's model: its beginning looked at, opened, written with, looked into.
#![no_main]

use generative_playground::{
    model::{Condition, Language, Model, finish},
    open::{self, guest::Guest, tokenizer::json},
};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    let _ = open::peek(bytes.to_vec(), bytes.len() as u64);
    if let Ok(tokenizer) = json::read(bytes) {
        tokenizer.encode("Some words, 123, ünd mehr.");
    }
    let Ok(opened) = open::open(bytes.to_vec()) else {
        return;
    };
    let guest = Guest::new(opened);
    let options = json!({ "length": 3 });
    if let Ok(mut sampler) = guest.sampler(&options, &Condition::prompt("low"), 1, 0) {
        let _ = pollster::block_on(finish(&mut *sampler));
    }
    if let Ok(ids) = guest.tokenizer().encode("low") {
        let _ = pollster::block_on(guest.insight(&ids, true));
    }
});
