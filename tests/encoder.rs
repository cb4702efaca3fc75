//! Sentence encoders out of other programs' files, against PyTorch (tests/reference/encoder.py), and broken ones.

mod common;

use common::{number, root};
use generative_playground::{
    error::Code,
    open::{bundle, encoder},
};
use serde_json::Value;

fn file() -> Vec<u8> {
    std::fs::read(root("tests/reference/opened/encoder.tar")).expect("a committed file")
}

#[test]
fn tokens_and_vectors_are_pytorchs() {
    let bytes = file();
    assert!(encoder::is(&bytes));
    let encoder = encoder::open(bytes).expect("an encoder");
    let text = std::fs::read_to_string(root("tests/reference/opened/encoder.json"));
    let cases: Vec<Value> = serde_json::from_str(&text.expect("a file")).expect("JSON");
    for case in &cases {
        let text = case["text"].as_str().expect("a text");
        let want: Vec<u32> = serde_json::from_value(case["tokens"].clone()).expect("tokens");
        assert_eq!(encoder.tokens(text), want, "{text:?}");
        let vector = encoder.vector(text).expect("a vector");
        for (got, want) in vector
            .iter()
            .zip(case["vector"].as_array().expect("a list"))
        {
            let want = number(want);
            assert!(
                (f64::from(*got) - want).abs() < 1e-4,
                "{text:?}: {got}, {want}"
            );
        }
        let length: f32 = vector.iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-5);
    }
}

#[test]
fn the_same_text_is_nearest_whatever_its_case() {
    let encoder = encoder::open(file()).expect("an encoder");
    let texts = ["low", "The Rain", "a sunny day"];
    let near = encoder.nearest("the rain", &texts).expect("an order");
    assert_eq!(near[0].0, 1);
    assert!((near[0].1 - 1.0).abs() < 1e-5, "{near:?}");
    assert!(near.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    let other = encoder.nearest("low", &["the rain"]).expect("an order");
    let back = near.iter().find(|(place, _)| *place == 0).expect("it");
    assert!(
        (other[0].1 - back.1).abs() < 1e-5,
        "it is the same both ways"
    );
    assert!(encoder.nearest("low", &[]).expect("none").is_empty());
}

#[test]
fn broken_files_are_refused_and_never_panic() {
    let whole = file();
    let files = bundle::files(&whole).expect("an archive");
    let part = |name: &str| {
        let (_, place) = files.iter().find(|(n, _)| n == name).expect("it");
        whole[place.clone()].to_vec()
    };
    let names = ["model.safetensors", "config.json", "tokenizer.json"];
    let with = |name: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let mut parts: Vec<(&str, Vec<u8>)> = names.map(|n| (n, part(n))).into();
        parts
            .iter_mut()
            .filter(|(n, _)| *n == name)
            .for_each(|(_, bytes)| change(bytes));
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (*n, b.as_slice())).collect();
        bundle::tar(&parts)
    };
    let config = |from: &str, to: &str| {
        with("config.json", &|bytes| {
            let text = String::from_utf8_lossy(bytes).replace(from, to);
            *bytes = text.into_bytes();
        })
    };
    for (from, to) in [
        ("\"hidden_size\": 32", "\"hidden_size\": 31"),
        ("\"hidden_size\": 32", "\"hidden_size\": 4294967296"),
        ("\"num_attention_heads\": 4", "\"num_attention_heads\": 0"),
        ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3"),
        ("\"num_hidden_layers\": 2", "\"num_hidden_layers\": -1"),
        (
            "\"max_position_embeddings\": 24",
            "\"max_position_embeddings\": 25",
        ),
        ("\"gelu\"", "\"swish\""),
        ("\"vocab_size\": 15", "\"vocab_size\": 7"),
        ("1e-12", "7"),
        ("}", ""),
    ] {
        let error = encoder::open(config(from, to)).err().map(|e| e.code());
        assert_eq!(error, Some(Code::BadModelFile), "{from} {to}");
    }
    let cut = with("model.safetensors", &|bytes| {
        bytes.truncate(bytes.len() / 2)
    });
    assert!(encoder::open(cut).is_err());
    let empty = with("tokenizer.json", &|bytes| bytes.clear());
    assert!(encoder::open(empty).is_err());
    assert!(!encoder::is(&config("\"bert\"", "\"llama\"")));
    assert!(!encoder::is(b"GGUF"));
    // Of weights that are no numbers nothing is made that is none.
    let odd = with("model.safetensors", &|bytes| {
        let n = bytes.len();
        bytes[n - 4000..].fill(0xff);
    });
    if let Ok(encoder) = encoder::open(odd)
        && let Ok(vector) = encoder.vector("the rain")
    {
        assert!(vector.iter().all(|x| x.is_finite()));
    }
    // Mutants of its header.
    let mut dice = common::Dice(16);
    for _ in 0..3000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + dice.below(4) {
            let at = dice.below(bytes.len());
            bytes[at] = dice.below(256) as u8;
        }
        if encoder::is(&bytes)
            && let Ok(encoder) = encoder::open(bytes)
        {
            let _ = encoder.vector("The rain in a sunny day.");
        }
    }
}
