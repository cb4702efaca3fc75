//! Logits and tokens of a model of another program, to be compared with a reference:
//! `guest_logits FILE < texts.json`, where texts are a JSON list, prints a line of JSON for each.

use std::io::Read;

use generative_playground::{
    error::Result,
    model::{Language, Model},
    open::{self, guest::Guest},
};

fn main() -> Result<()> {
    let path = std::env::args().nth(1).unwrap_or_default();
    let fail = |e: std::io::Error| {
        generative_playground::error::Error::io(std::path::Path::new(&path), &e)
    };
    let guest = Guest::new(open::open(std::fs::read(&path).map_err(fail)?)?);
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).map_err(fail)?;
    let texts: Vec<String> = serde_json::from_str(&input).unwrap_or_default();
    let only_tokens = std::env::args().nth(2).is_some();
    for text in texts {
        let ids = guest.tokenizer().encode(&text)?;
        let logits = match only_tokens {
            true => Vec::new(),
            false => pollster::block_on(Language::logits(&guest, &ids))?,
        };
        let last = logits.len().saturating_sub(guest.tokenizer().len());
        println!(
            "{}",
            serde_json::json!({ "ids": ids, "logits": &logits[last..] })
        );
    }
    let _ = guest.num_params();
    Ok(())
}
