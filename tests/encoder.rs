//! Sentence encoders out of other programs' files, against PyTorch (tests/reference/encoder.py), and broken ones.

use crate::common::{self, Page, number, root};
use generative_playground::{
    bytes::Bytes,
    error::Code,
    open::{self, bundle, encoder},
    protocol::{Layer, Outcome, PlotInputs, Request, View},
};
use serde_json::Value;

/// What `recipes/open/minilm.mjs` makes of it, in 8 bits.
fn in_gguf() -> Vec<u8> {
    std::fs::read(root("tests/reference/opened/encoder.gguf")).expect("a committed file")
}

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
    // Mutants of its header.
    let mut dice = common::Dice(16);
    let gguf =
        std::fs::read(root("tests/reference/opened/encoder.gguf")).expect("a committed file");
    for turn in 0..6000 {
        let mut bytes = if turn % 2 == 0 { &whole } else { &gguf }.clone();
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

#[test]
fn eight_bits_are_near_pytorch() {
    let bytes = in_gguf();
    assert!(encoder::is(&bytes));
    let encoder = encoder::open(bytes).expect("an encoder");
    assert_eq!(encoder.name, "tiny-encoder");
    let text = std::fs::read_to_string(root("tests/reference/opened/encoder.json"));
    let cases: Vec<Value> = serde_json::from_str(&text.expect("a file")).expect("JSON");
    for case in &cases {
        let text = case["text"].as_str().expect("a text");
        let want: Vec<u32> = serde_json::from_value(case["tokens"].clone()).expect("tokens");
        assert_eq!(encoder.tokens(text), want, "{text:?}");
        let vector = encoder.vector(text).expect("a vector");
        let want = case["vector"]
            .as_array()
            .expect("a list")
            .iter()
            .map(number);
        let cosine: f64 = vector
            .iter()
            .zip(want)
            .map(|(a, b)| f64::from(*a) * b)
            .sum();
        assert!(cosine > 0.999, "{text:?}: {cosine}");
    }
}

#[test]
fn what_is_no_number_is_refused_wherever_it_stands() {
    let whole = file();
    let files = bundle::files(&whole).expect("an archive");
    let (_, place) = files
        .iter()
        .find(|(n, _)| n == "model.safetensors")
        .expect("it");
    let n = u64::from_le_bytes(whole[place.start..place.start + 8].try_into().expect("8"));
    let start = place.start + 8 + n as usize;
    let table: Value = serde_json::from_slice(&whole[place.start + 8..start]).expect("JSON");
    for (name, line) in table.as_object().expect("a table") {
        let end = line["data_offsets"][1].as_u64().expect("a number") as usize;
        // NaN, and infinity.
        for last in [[0xff, 0xff], [0x00, 0x7c]] {
            let mut bytes = whole.clone();
            bytes[start + end - 2..start + end].copy_from_slice(&last);
            let error = encoder::open(bytes).err();
            let error = error.unwrap_or_else(|| panic!("{name} with {last:?} was opened"));
            assert_eq!(error.code(), Code::BadModelFile);
            assert!(error.to_string().contains(name.as_str()), "{error}");
        }
    }
    // The scale of the first block of GGUF's first matrix, which begins where all zeros after the table end.
    let mut bytes = in_gguf();
    let n = bytes.len();
    bytes[n - 3000..].fill(0xff);
    let error = encoder::open(bytes).err().map(|e| e.code());
    assert_eq!(error, Some(Code::BadModelFile));
}

#[test]
fn its_size_is_told_before_it_is_opened() {
    let bytes = in_gguf();
    let size = bytes.len() as u64;
    let opening = open::peek(bytes, size).expect("an opening");
    assert!(opening.encoder);
    assert_eq!(
        (&*opening.name, &*opening.weights),
        ("tiny-encoder", "Q8_0")
    );
    assert_eq!((&*opening.licence, opening.context), ("apache-2.0", 24));
    let bytes = file();
    let size = bytes.len() as u64;
    let opening = open::peek(bytes, size).expect("an opening");
    assert!(opening.encoder && opening.format == "safetensors");
}

/// The page with the encoder open.
fn page() -> Page {
    let page = Page::new();
    let request = Request::Open {
        session: 1,
        bytes: Bytes(in_gguf()),
        sha256: None,
    };
    let Outcome::Model { model } = ask(&page, request).expect("a model") else {
        panic!("a model");
    };
    assert_eq!(model.family, "encoder");
    page
}

fn ask(page: &Page, request: Request) -> Result<Outcome, Code> {
    page.ask(request).map_err(|error| error.code)
}

fn plot(page: &Page, plot: &str, text: &str, lines: &str, vectors: Vec<u8>) -> Result<View, Code> {
    let inputs = PlotInputs {
        text: text.into(),
        lines: lines.into(),
        vectors: Bytes(vectors),
        seed: 1,
        ..PlotInputs::default()
    };
    let query = common::plot(plot, inputs);
    let request = Request::View {
        session: 1,
        query,
        snapshot: None,
    };
    match ask(page, request)? {
        Outcome::View { view } => Ok(view),
        other => panic!("{other:?}"),
    }
}

#[test]
fn labels_are_ranked_by_their_cosine() {
    let page = page();
    let view = plot(
        &page,
        "labels",
        "the rain",
        "low, The Rain ,, a sunny day",
        vec![],
    );
    let View::Ranking { rows, .. } = view.expect("a ranking") else {
        panic!("a ranking");
    };
    assert_eq!(rows.len(), 3);
    assert_eq!((&*rows[0].text, rows[0].place), ("The Rain", 1));
    assert!((rows[0].value - 1.0).abs() < 1e-5);
    assert!(rows.windows(2).all(|r| r[0].value >= r[1].value));
    let encoder = encoder::open(in_gguf()).expect("an encoder");
    let near = encoder.nearest("the rain", &["low", "The Rain", "a sunny day"]);
    for (row, (place, value)) in rows.iter().zip(near.expect("an order")) {
        assert_eq!(row.place as usize, place);
        assert!((row.value - value).abs() < 1e-6);
        // The softmax by its definition.
        let sum: f32 = rows.iter().map(|r| (r.value / 0.05).exp()).sum();
        let share = row.share.expect("a share");
        assert!((share - (row.value / 0.05).exp() / sum).abs() < 1e-4);
    }
    for (text, lines) in [("", "low"), ("low", " \n "), (&"a ".repeat(20_000), "low")] {
        assert_eq!(
            plot(&page, "labels", text, lines, vec![]),
            Err(Code::BadData)
        );
    }
    assert_eq!(
        plot(&page, "labels", "low", &"a\n".repeat(500), vec![]),
        Err(Code::BadData)
    );
    assert!(plot(&page, "read", "low", "low", vec![]).is_err());
}

#[test]
fn passages_are_found_with_and_without_vectors_that_are_kept() {
    let page = page();
    let encoder = encoder::open(in_gguf()).expect("an encoder");
    let passages = ["low lower", "a sunny day", "the rain.", "days in the sun"];
    let lines = passages.join("\n");
    let found = |vectors| match plot(&page, "search", "the rain", &lines, vectors) {
        Ok(View::Ranking { rows, .. }) => rows,
        other => panic!("{other:?}"),
    };
    let without = found(vec![]);
    assert_eq!(without[0].place, 2);
    let whole = |text: &str| -> Vec<u8> {
        let vector = encoder.vector(text).expect("a vector");
        let most = vector.iter().fold(0f32, |m, x| m.max(x.abs()));
        let each = vector
            .iter()
            .map(|x| (x / most * 127.0).round() as i8 as u8);
        each.collect()
    };
    // One is missing, and is read.
    let mut kept: Vec<u8> = passages.iter().flat_map(|p| whole(p)).collect();
    kept[32..64].fill(0);
    for (a, b) in without.iter().zip(found(kept)) {
        assert_eq!(a.place, b.place);
        assert!((a.value - b.value).abs() < 5e-3);
    }
    // Those of another model are of no use, nor are too few.
    assert_eq!(found(vec![5; 4 * 32]), without);
    assert_eq!(found(vec![5; 3]), without);
}

#[test]
fn a_map_keeps_the_same_together() {
    let page = page();
    let lines = "the rain\nlow lower\nTHE RAIN\ndays";
    let Ok(View::Plot {
        layers,
        window,
        numbers,
        ..
    }) = plot(&page, "map", "the Rain", lines, vec![])
    else {
        panic!("a plot");
    };
    let points = |at: usize| match &layers[at] {
        Layer::Points { xy, .. } => {
            let numbers = xy.0.as_chunks::<4>().0.iter();
            numbers
                .map(|b| f32::from_le_bytes(*b))
                .collect::<Vec<f32>>()
        }
        other => panic!("{other:?}"),
    };
    let (all, own) = (points(0), points(1));
    assert_eq!((all.len(), own.len()), (8, 2));
    for i in 0..2 {
        assert!((all[i] - all[4 + i]).abs() < 1e-5 && (all[i] - own[i]).abs() < 1e-5);
    }
    let held = numbers[0].value.expect("a number");
    // Three different vectors lie in a plane.
    assert!((held - 100.0).abs() < 1e-3, "{held}");
    assert!((window[1] - window[0] - (window[3] - window[2])).abs() < 1e-5);
    assert_eq!(
        plot(&page, "map", "low", "low\nday", vec![]),
        Err(Code::BadData)
    );
}

#[test]
fn labels_of_the_readers_own_are_learned() {
    let page = page();
    let lines =
        "wet: the rain\nwet: rain in rain\nwet: rains\ndry: sunny day\ndry: a sunny sun\ndry: suns";
    let view = plot(&page, "learn", "the rains", lines, vec![]).expect("a ranking");
    let View::Ranking { rows, .. } = view else {
        panic!("a ranking");
    };
    assert_eq!(rows[0].text, "wet");
    assert!((rows.iter().map(|r| r.value).sum::<f32>() - 1.0).abs() < 1e-5);
    let curve = || plot(&page, "shots", "", lines, vec![]).expect("a chart");
    let View::Chart { ticks, curves, .. } = curve() else {
        panic!("a chart");
    };
    assert_eq!(ticks, ["1"]);
    assert_eq!(curves.len(), 2);
    let share = curves[0].values[0].expect("a share");
    assert!((0.5..=1.0).contains(&share), "{share}");
    assert_eq!(curve(), curve(), "a seed repeats");
    for lines in ["wet rain", "wet: the rain\nwet: rains", "wet:\ndry: sun"] {
        assert_eq!(
            plot(&page, "learn", "low", lines, vec![]),
            Err(Code::BadData),
            "{lines}"
        );
    }
    let few = "wet: rain\ndry: sun";
    assert_eq!(plot(&page, "shots", "", few, vec![]), Err(Code::BadData));
}
