//! Models of other programs: what their files give beside PyTorch, and what broken ones give.

use std::{path::PathBuf, sync::Arc};

use crate::common::{Dice, memory::largest};
use burn::tensor::Tensor;
use generative_playground::{
    checkpoint::{self, Opened, Precision, Tuning},
    data::{Binarize, test_batch, tokenizer::Vocabulary},
    device,
    error::{Code, Error},
    kernels::{host::values, quantised::DeviceMatrix},
    model::{Condition, Language, Model, Samples, finish},
    open::{
        self,
        guest::Guest,
        matrix::{Matrix, Rows},
        on_device::OnDevice,
        quant::Kind,
        tokenizer::{gguf, json},
    },
    rng::{Purpose, Rng},
    training::Trainer,
};
use serde_json::{Value, json};

const FILES: [&str; 8] = [
    "llama.gguf",
    "qwen3.gguf",
    "gpt2.gguf",
    "llama.tar",
    "qwen2.tar",
    "gpt2.tar",
    "llama2c.bin",
    "stories.gguf",
];

fn reference(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/reference")
        .join(name)
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(reference("opened").join(name)).expect("tests/reference/opened.py wrote it")
}

fn expected() -> Value {
    serde_json::from_slice(&file("expected.json")).expect("JSON")
}

fn numbers(value: &Value) -> Vec<f32> {
    let all = value.as_array().expect("a list");
    all.iter()
        .map(|x| x.as_f64().expect("a number") as f32)
        .collect()
}

fn guest(name: &str) -> Guest {
    Guest::new(open::open(file(name)).unwrap_or_else(|e| panic!("{name}: {e}")))
}

#[test]
fn logits_are_those_of_pytorch() {
    let expected = expected();
    for name in FILES.into_iter().filter(|name| !expected[name].is_null()) {
        let opened = open::open(file(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let ids: Vec<u32> = numbers(&expected[name]["ids"])
            .iter()
            .map(|&id| id as u32)
            .collect();
        let (decoder, width) = (&opened.decoder, opened.decoder.shape.width);
        // At once, and token by token behind what was read before.
        let whole = decoder.read(&ids, &mut Default::default(), None);
        let mut cache = Default::default();
        let mut last = decoder.read(&ids[..3], &mut cache, None);
        for id in &ids[3..] {
            last = decoder.read(&[*id], &mut cache, None);
        }
        let last_of = |stream: &[f32]| decoder.logits(&stream[stream.len() - width..]);
        // The same in tensors, as on a GPU.
        let there = OnDevice::new(decoder, &device::cpu());
        let mut cache = Default::default();
        there.read(decoder, &ids[..3], &mut cache);
        let stream = there.read(decoder, &ids[3..], &mut cache);
        assert_eq!(cache.len(), ids.len());
        let stream = stream.slice([ids.len() - 4..ids.len() - 3, 0..width]);
        let in_tensors = pollster::block_on(there.logits(&decoder.shape, stream)).expect("numbers");
        for logits in [last_of(&whole), last_of(&last), in_tensors] {
            for (ours, theirs) in logits.iter().zip(numbers(&expected[name]["logits"])) {
                assert!(
                    (ours - theirs).abs() < 1e-4,
                    "{name}: {ours} where PyTorch has {theirs}"
                );
            }
        }
    }
}

#[test]
fn eight_bits_say_what_32_said() {
    let ids = [1, 9, 262, 200, 269];
    let logits = |name: &str| {
        let decoder = open::open(file(name))
            .unwrap_or_else(|e| panic!("{name}: {e}"))
            .decoder;
        let stream = decoder.read(&ids, &mut Default::default(), None);
        decoder.logits(&stream)
    };
    let (single, eight) = (logits("llama2c.bin"), logits("stories.gguf"));
    // A weight is off by half a step of 127 at most, some 0.6 % of a typical one, and two layers add up.
    let size = |all: &mut dyn Iterator<Item = f32>| all.map(|x| x * x).sum::<f32>().sqrt();
    let off = size(&mut single.iter().zip(&eight).map(|(a, b)| a - b));
    let share = off / size(&mut single.iter().copied());
    assert!(share < 0.04, "off by {share}");
    assert_ne!(single, eight);
}

#[test]
fn blocks_are_what_numpy_makes_of_them() {
    let expected = expected();
    for kind in [Kind::Q8_0, Kind::Q4_0, Kind::Q4_1, Kind::Q4K, Kind::Q6K] {
        let case = &expected[kind.name()];
        let hex = case["bytes"].as_str().expect("bytes").as_bytes();
        let digit = |b: u8| (b as char).to_digit(16).expect("a digit") as u8;
        let bytes: Vec<u8> = hex
            .chunks_exact(2)
            .map(|d| digit(d[0]) << 4 | digit(d[1]))
            .collect();
        let matrix = Matrix::new(kind, [3, 512], Arc::new(bytes), 0).expect("it fits");
        let theirs = numbers(&case["numbers"]);
        assert_eq!(matrix.numbers(), theirs, "{}", kind.name());
        let there = DeviceMatrix::new(&matrix, &device::cpu());
        let identity = Tensor::eye(512, &device::cpu());
        let unpacked = values(there.times(identity).transpose());
        for (ours, theirs) in unpacked.iter().zip(&theirs) {
            // An offset is taken off afterwards, which rounds once more.
            assert!(
                (ours - theirs).abs() <= 2e-6,
                "{}: {ours} for {theirs}",
                kind.name()
            );
        }
        let x = numbers(&case["x"]);
        let off = |row: &[f32]| 2e-6 * row.iter().zip(&x).map(|(w, x)| (w * x).abs()).sum::<f32>();
        let most: Vec<f32> = theirs.chunks_exact(512).map(off).collect();
        // One row of x, and six: a whole tile and two more.
        for n in [1, 6] {
            let many: Vec<f32> = x.iter().copied().cycle().take(n * x.len()).collect();
            let products = matrix.times(&Rows::new(&many, n));
            for row in products.chunks_exact(3) {
                for ((ours, theirs), most) in row.iter().zip(numbers(&case["product"])).zip(&most) {
                    assert!(
                        (ours - theirs).abs() <= *most,
                        "{}: {ours} for {theirs}",
                        kind.name()
                    );
                }
            }
        }
    }
}

#[test]
fn tokens_are_those_of_the_library_that_wrote_them() {
    let cases: Value = serde_json::from_slice(&file("tokens.json")).expect("JSON");
    let texts = cases["texts"].as_array().expect("texts");
    for (name, case) in cases["tokenizers"].as_object().expect("tokenizers") {
        let bytes = serde_json::to_vec(&case["file"]).expect("JSON");
        let tokenizer = json::read(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        for (text, ids) in texts.iter().zip(case["ids"].as_array().expect("ids")) {
            let text = text.as_str().expect("a text");
            let theirs: Vec<u32> = numbers(ids).iter().map(|&id| id as u32).collect();
            assert_eq!(tokenizer.encode(text), theirs, "{name}: {text:?}");
        }
    }
}

/// What stands between the parts of a string.
const BETWEEN: [&str; 14] = [
    "", " ", "  ", "\n", ", ", "'s ", " 12345 ", "\t", "—", "\u{301}", " \n\n ", "’", "🇩🇪", "x²",
];

/// The strings of tests/reference/tokens_many.py.
fn strings(texts: &[Vec<char>]) -> Vec<String> {
    let mut dice = Dice(22);
    let mut below = |n: usize| dice.below(n);
    let mut string = || {
        let mut made = String::new();
        for part in 0..2 + below(2) {
            let text = &texts[below(texts.len())];
            let (start, long) = (below(text.len() + 1), below(24));
            if part > 0 {
                made += BETWEEN[below(BETWEEN.len())];
            }
            made.extend(text.iter().skip(start).take(long));
        }
        made
    };
    (0..2000).map(|_| string()).collect()
}

#[test]
fn two_thousand_strings_in_twenty_languages_have_the_same_tokens() {
    let json = |name: &str| -> Value { serde_json::from_slice(&file(name)).expect("JSON") };
    let (cases, many) = (json("tokens.json"), json("tokens-many.json"));
    let texts = cases["texts"].as_array().expect("texts").iter().take(20);
    let texts = texts.map(|text| text.as_str().expect("a text").chars().collect());
    let strings = strings(&texts.collect::<Vec<_>>());
    for (string, first) in strings.iter().zip(many["first"].as_array().expect("some")) {
        assert_eq!(Some(string.as_str()), first.as_str());
    }
    let mut all = Vec::new();
    for (name, case) in cases["tokenizers"].as_object().expect("tokenizers") {
        let bytes = serde_json::to_vec(&case["file"]).expect("JSON");
        let tokenizer = json::read(&bytes).expect("a tokenizer");
        let digests = many["digests"][name].as_str().expect("digests");
        for (i, string) in strings.iter().enumerate() {
            let mut h = 0x811c_9dc5_u32;
            for byte in tokenizer
                .encode(string)
                .iter()
                .flat_map(|id| id.to_le_bytes())
            {
                h = (h ^ u32::from(byte)).wrapping_mul(0x0100_0193);
            }
            let own = format!("{:04x}", (h >> 16) ^ (h & 0xffff));
            if own != digests[4 * i..4 * i + 4] {
                all.push(format!("{name}: {string:?}"));
            }
        }
    }
    assert!(
        all.is_empty(),
        "{} others, the first {:?}",
        all.len(),
        &all[..all.len().min(5)]
    );
}

/// A tokenizer of llama2.c with a comma, and a few letters, behind the tokens of bytes.
fn with_bytes(byte: impl Fn(u8) -> String) -> Vec<u8> {
    let mut out = 8u32.to_le_bytes().to_vec();
    let first = ["<unk>", "<s>", "</s>"].map(String::from);
    let last = [",", "a", " a", " ", "ü"].map(String::from);
    let all = first.into_iter().chain((0..=255).map(byte)).chain(last);
    for (id, text) in all.enumerate() {
        let score = if id < 259 { 0.0 } else { 250.0 - id as f32 };
        out.extend(score.to_le_bytes());
        out.extend((text.len() as u32).to_le_bytes());
        out.extend(text.as_bytes());
    }
    out
}

/// A small model of llama2.c with random weights, which could be one of ours, and its tokenizer.
fn like_ours() -> Vec<u8> {
    let [c, f, layers, heads, vocabulary, context] = [24, 64, 2, 2, 264, 32];
    let head = [c, f, layers, heads, heads, vocabulary, context];
    let mut out: Vec<u8> = head
        .iter()
        .flat_map(|&n| (n as i32).to_le_bytes())
        .collect();
    let mut dice = Dice(11);
    let mut put = |count: usize, mean: f32, spread: f32| {
        for _ in 0..count {
            let u = dice.below(1 << 16) as f32 / f32::from(u16::MAX) - 0.5;
            out.extend((mean + spread * u).to_le_bytes());
        }
    };
    put(vocabulary * c, 0.0, 2.0);
    put(layers * c, 1.0, 0.4);
    for _ in 0..4 {
        put(layers * c * c, 0.0, 0.6);
    }
    put(layers * c, 1.0, 0.4);
    for _ in 0..3 {
        put(layers * f * c, 0.0, 0.6);
    }
    put(c, 1.0, 0.4);
    // Sines and cosines, which are computed.
    put(context * c / heads, 0.0, 0.0);
    out.extend(with_bytes(|b| format!("<0x{b:02X}>")));
    out
}

/// A model of another program as one of ours.
fn ours(guest: Guest) -> Result<Opened, Error> {
    let data = guest.data();
    let opened = Opened::guest(Box::new(guest), data).expect("a model");
    let own = opened.as_gpt(&device::cpu())?;
    Ok(own.expect("it is none of ours"))
}

#[test]
fn what_could_be_ours_is_the_same_as_ours() {
    let guest = Guest::new(open::open(like_ours()).expect("a model"));
    let own = ours(guest.clone()).expect("it could be ours");
    assert_eq!(own.model.family(), "gpt");
    // As it was saved, and opened again.
    let bytes = checkpoint::write(&*own.model, &own.meta, Precision::Single);
    let bytes = pollster::block_on(bytes).expect("a file");
    let again = checkpoint::open(&bytes, None, &device::cpu()).expect("a checkpoint");
    for own in [&own.model, &again.model] {
        let language = own.language().expect("it writes");
        for text in ["a a,ü € a\n", "", " ", "\u{0}aaa,,", "</s>a<s>", "a  a"] {
            let ids = language.tokenizer().encode(text).expect("tokens");
            assert_eq!(
                ids,
                guest.tokenizer().encode(text).expect("tokens"),
                "{text:?}"
            );
            let [a, b] = [language.tokenizer(), guest.tokenizer()].map(|t| t.bytes(&ids));
            assert_eq!(a, b, "{text:?}");
        }
        let ids = [1, 260, 259, 3 + 65, 261, 12, 263, 260, 260, 2];
        let read = |l: &dyn Language| pollster::block_on(l.logits(&ids)).expect("logits");
        let (ours, theirs) = (read(language), read(&guest));
        assert_eq!(ours.len(), theirs.len());
        let off = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
        let off = off.fold(0.0, f32::max);
        let size = theirs.iter().fold(0.0f32, |a, b| a.max(b.abs()));
        assert!(off < 1e-5 * size, "{off} of {size}");
        // The same draws: the same text.
        let options =
            json!({"length": 20, "temperature": 0.7, "top_k": 0, "top_p": 0.9, "repetition": 1.1});
        let write = |model: &dyn Model, prompt: &str| {
            let condition = Condition {
                prompt: Some(prompt.into()),
                ..Condition::default()
            };
            let mut sampler = model
                .sampler(&options, &condition, 1, 5)
                .expect("a sampler");
            let made = pollster::block_on(finish(&mut *sampler)).expect("a text");
            let Samples::Texts(texts) = made else {
                panic!("no texts");
            };
            let texts = texts.into_iter().next().unwrap_or_default();
            texts.into_iter().map(|t| t.text).collect::<String>()
        };
        for prompt in ["", "a a", ","] {
            assert_eq!(write(&**own, prompt), write(&guest, prompt), "{prompt:?}");
        }
    }
}

#[test]
fn what_could_be_ours_is_fine_tuned_and_its_adapters_are_a_file() {
    let guest = Guest::new(open::open(like_ours()).expect("a model"));
    let own = ours(guest).expect("it could be ours");
    let text = "a a a, a a, a a a a, a ü. ".repeat(40);
    let tuning = Tuning {
        config: &json!({ "rank": 2, "matrices": "all" }),
        train: &json!({ "steps": 30, "batch_size": 8, "learning_rate": 1e-2 }),
        name: "own",
        text: &text,
        text_options: &Value::Null,
        seed: 3,
    };
    let mut trainer = pollster::block_on(own.tune(&tuning, &device::cpu())).expect("a training");
    let held_out =
        |trainer: &Trainer| pollster::block_on(trainer.held_out(4)).expect("a loss")[0].1;
    let before = held_out(&trainer);
    pollster::block_on(trainer.run(30, |_, _| Ok(true))).expect("thirty steps");
    let after = held_out(&trainer);
    assert!(after < 0.7 * before, "{before} → {after}");
    let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("about it");
    let tuned = trainer.averaged();
    let adapter = pollster::block_on(checkpoint::write_adapter(&*tuned, &meta)).expect("a file");
    let adapted = pollster::block_on(own.adapt(&adapter, &device::cpu())).expect("it fits");
    let loss = |model: &dyn Model| {
        let batch = test_batch(&trainer.data, 0, 4, model.block_size(), Binarize::None);
        let losses = model.losses(&batch, &mut Rng::new(0, Purpose::Evaluate, 0));
        losses.expect("a loss")[0].1.clone().into_scalar::<f32>()
    };
    assert_eq!(loss(&*adapted.model), loss(&*tuned));
}

#[test]
fn what_could_not_be_ours_says_why() {
    for (name, why) in [
        ("llama.gguf", "share keys"),
        ("gpt2.gguf", "another way"),
        ("llama2c.bin", "share keys"),
    ] {
        let error = ours(guest(name)).err().expect("it cannot");
        assert_eq!(error.code(), Code::Unsupported);
        assert!(error.to_string().contains(why), "{name}: {error}");
    }
    // A vocabulary that was tampered with.
    for bad in [
        json!({"pieces": ["a"], "ranks": [], "unknown": null, "begin": null, "ends": [], "special": [], "line": true, "prefix": true}),
        json!({"pieces": ["a"], "ranks": [0], "unknown": 7, "begin": null, "ends": [], "special": [], "line": true, "prefix": true}),
        json!({"pieces": ["a"], "ranks": [0], "unknown": null, "begin": 1, "ends": [], "special": [], "line": true, "prefix": true}),
        json!({"pieces": ["a"], "ranks": [0], "unknown": null, "begin": null, "ends": [], "special": [1], "line": true, "prefix": true}),
        json!({"pieces": ["a", ""], "ranks": [0, 1], "unknown": null, "begin": null, "ends": [], "special": [1], "line": true, "prefix": true}),
        json!({"pieces": ["a".repeat(5000)], "ranks": [0], "unknown": null, "begin": null, "ends": [], "special": [], "line": true, "prefix": true}),
    ] {
        let mut vocabulary = bad.clone();
        vocabulary["type"] = json!("sentences");
        let vocabulary: Vocabulary = serde_json::from_value(vocabulary).expect("its form is right");
        let code = vocabulary.check().map_err(|e| e.code());
        assert_eq!(code, Err(Code::CheckpointSchema), "{bad}");
    }
}

#[test]
fn a_comma_is_no_byte() {
    // As llama2.c of today writes them, and as files of before do.
    let names: [fn(u8) -> String; 2] = [|b| format!("<0x{b:02X}>"), |b| char::from(b).to_string()];
    for name in names {
        let tokenizer = gguf::of_llama2c(&with_bytes(name), 264).expect("a tokenizer");
        let euro = [0xe2, 0x82, 0xac].map(|b| 3 + b);
        let want = [&[261, 259, 260, 263][..], &euro].concat();
        assert_eq!(tokenizer.encode("a,aü€"), want);
        assert_eq!(
            tokenizer.encode("\n")[1..],
            [3 + 10],
            "a line ends with a byte"
        );
    }
}

fn write(guest: &Guest, options: Value, prompt: &str) -> Result<String, Error> {
    let mut sampler = guest.sampler(&options, &Condition::prompt(prompt), 1, 7)?;
    match pollster::block_on(finish(&mut *sampler))? {
        Samples::Texts(texts) => Ok(texts.iter().flatten().map(|t| t.text.as_str()).collect()),
        _ => panic!("a text"),
    }
}

#[test]
fn it_writes_and_chats_and_goes_beyond_its_context() {
    let guest = guest("qwen3.gguf");
    let options = json!({ "length": 60, "chat": false });
    let text = write(&guest, options.clone(), "low lower").expect("a text");
    assert!(text.starts_with("low lower"), "{text:?}");
    assert_eq!(text, write(&guest, options, "low lower").expect("a text"));
    let said = write(&guest, json!({ "length": 2 }), "slow").expect("a text");
    let begin = "<|im_start|>system\nBe low<|im_end|>\n<|im_start|>user\nslow<|im_end|>\n<|im_start|>assistant\n";
    assert!(said.starts_with(begin), "{said:?}");
    // What comes next goes behind all that was said.
    let next = write(&guest, json!({ "length": 1, "reply": "low" }), &said).expect("a text");
    assert!(
        next.contains("<|im_end|>\n<|im_start|>user\nlow<|im_end|>\n<|im_start|>assistant\n"),
        "{next:?}"
    );
    let refused = write(&self::guest("gpt2.gguf"), json!({ "reply": "low" }), "slow");
    assert_eq!(refused.map_err(|e| e.code()), Err(Code::BadOption));
}

#[test]
fn it_is_looked_into() {
    for name in FILES {
        let guest = guest(name);
        let ids = guest.tokenizer().encode("slow lower").expect("tokens");
        let insight = pollster::block_on(guest.insight(&ids, true)).expect("an insight");
        let n = insight.tokens.len();
        assert_eq!(
            insight.attention.len(),
            insight.layers * insight.heads * n * n
        );
        for row in insight.attention.chunks_exact(n) {
            assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-4, "{name}");
        }
        assert_eq!(insight.lens.len(), (insight.layers + 1) * n);
        // What is read off at the end is what the model guesses.
        let logits = pollster::block_on(Language::logits(&guest, &ids)).expect("logits");
        let v = guest.tokenizer().len();
        let best = |row: &[f32]| {
            (0..v)
                .max_by(|&a, &b| row[a].total_cmp(&row[b]))
                .unwrap_or(0) as u32
        };
        assert_eq!(logits.len(), ids.len() * v, "{name}");
        assert_eq!(
            best(&logits[(ids.len() - 1) * v..]),
            insight.lens.last().expect("a guess").0,
            "{name}"
        );
    }
}

#[test]
fn the_beginning_says_how_large_it_is() {
    for name in FILES {
        let whole = file(name);
        let size = whole.len() as u64;
        let opened = open::open(whole.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let opening = open::peek(whole.clone(), size).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(opening.parameters, opened.parameters as u64);
        assert!(opening.memory > size && opening.seconds > 0.0);
        if !name.ends_with(".tar") {
            let head = open::peek(whole[..whole.len() / 2].to_vec(), size)
                .unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(
                (head.parameters, head.memory),
                (opening.parameters, opening.memory)
            );
        }
        let refused = open::peek(whole, 3 << 30).map_err(|e| e.code());
        assert_eq!(refused, Err(Code::CheckpointTooLarge));
    }
}

#[test]
fn what_is_missing_is_told() {
    let told = |bytes: Vec<u8>| match open::open(bytes) {
        Ok(_) => panic!("it opened"),
        Err(error) => error.to_string(),
    };
    let files = |names: &[&str]| {
        let all = open::bundle::files(&file("qwen2.tar")).expect("files");
        let bytes = file("qwen2.tar");
        let kept = all
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()));
        let kept: Vec<(&str, &[u8])> = kept
            .map(|(name, at)| (name.as_str(), &bytes[at.clone()]))
            .collect();
        open::bundle::tar(&kept)
    };
    let all = ["model.safetensors", "config.json", "tokenizer.json"];
    assert!(open::open(files(&all)).is_ok());
    assert!(told(files(&all[..2])).contains("tokenizer.json is missing"));
    assert!(told(files(&[all[0], all[2]])).contains("config.json is missing"));
    assert!(told(files(&all[1..])).contains("no file of weights"));
    let whole = file("llama.gguf");
    assert!(told(whole[..whole.len() - 1].to_vec()).contains("cut off"));
    assert!(told(b"a text".to_vec()).contains("none of the files"));
}

/// Each file with bytes of its first part changed, cut off or doubled: a typed error or a model, never more memory
/// than four times the file.
#[test]
fn mutants_are_refused_or_read() {
    let rounds: u64 = std::env::var("GP_MUTANTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(400);
    let mut dice = Dice(16);
    let mut next = |below: usize| dice.below(below);
    for name in FILES {
        let whole = file(name);
        let head = whole.len().min(24_000);
        for round in 0..rounds {
            let mut bytes = whole.clone();
            for _ in 0..=next(3) {
                let at = next(head);
                match next(6) {
                    0 => bytes[at] ^= 1 << next(8),
                    1 => bytes[at] = [0, 255, 127, 128][next(4)],
                    2 => bytes[at..at + 8.min(whole.len() - at)].fill([0, 255][next(2)]),
                    3 => bytes.truncate(next(whole.len())),
                    4 => drop(bytes.splice(at..at, [next(256) as u8; 4])),
                    _ => {
                        let from = next(head);
                        bytes.copy_within(
                            from..from + 16.min(whole.len() - from),
                            at.min(whole.len() - 16),
                        );
                    }
                }
                if bytes.len() < whole.len() {
                    break;
                }
            }
            let most = 4 * bytes.len() + (1 << 16);
            let (largest, opened) = largest(|| open::open(bytes));
            assert!(
                largest <= most,
                "{name}, round {round}: {largest} bytes at once"
            );
            if let (Ok(opened), true) = (opened, round % 8 == 0) {
                let guest = Guest::new(opened);
                // A weight that is no number is told of where it is met.
                let _ = write(&guest, json!({ "length": 3 }), "low");
            }
        }
    }
}
