//! Text on its way into a model: tokens that lose nothing, files that are no text, vocabularies
//! that nobody learned.

use std::{collections::HashMap, io::Read as _, time::Instant};

use crate::common::{self, root};
use generative_playground::{
    data::{
        TextSet, bpe,
        text::{LONGEST, window},
        tokenizer::{MOST_TOKENS, Speller, Tokenizer, Vocabulary},
    },
    error::{Code, Error},
    protocol::{
        Bytes, Envelope, ErrorInfo, ModelInfo, Outcome, Progress, Reply, Request, TextInfo, Token,
        View,
    },
};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A play of the site, and what it does not have.
fn corpus() -> String {
    let macbeth = shipped("macbeth");
    let others = "naïve café — “so” 12345 漢字かな交じり文 русский 🙂🙂👩‍👧\r\n\t{}\r\n".repeat(20);
    macbeth[..60_000].to_string() + &others
}

fn shipped(name: &str) -> String {
    let path = root(&format!("web/texts/{name}.txt.gz"));
    let bytes = std::fs::read(path).expect("a text of the site");
    TextSet::read(&bytes).expect("a text").into_owned()
}

fn tokenizer() -> &'static Tokenizer {
    static ONE: std::sync::OnceLock<Tokenizer> = std::sync::OnceLock::new();
    ONE.get_or_init(|| Tokenizer::new(Vocabulary::bpe(&corpus(), 700)).expect("a vocabulary"))
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(bytes, flate2::Compression::fast())
        .read_to_end(&mut out)
        .expect("packs");
    out
}

/// Any text, biased to what tokenizers stumble over.
fn any_text() -> impl Strategy<Value = String> {
    let odd: &'static [&'static str] = &[
        " ",
        "  ",
        "\r\n",
        "\n",
        "\t",
        "'",
        "’s",
        "\u{feff}",
        "\u{0}",
        "🙂",
        "👩‍👩‍👧‍👦",
        "e\u{301}",
        "the",
        " king",
        "1234567",
        "漢字",
        "\u{10ffff}",
        "\u{d7ff}",
        "\u{fffd}",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];
    prop_oneof![
        any::<String>(),
        prop::collection::vec(
            prop_oneof![
                3 => prop::sample::select(odd).prop_map(String::from),
                1 => any::<char>().prop_map(String::from),
                1 => "[a-zA-Z]{1,9}",
            ],
            0..40
        )
        .prop_map(|parts| parts.concat()),
    ]
}

fn spelt(tokenizer: &Tokenizer, ids: &[u32]) -> String {
    let mut speller = Speller::default();
    ids.iter().map(|&id| speller.push(tokenizer, id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn bytes_lose_nothing(text in any_text()) {
        let t = tokenizer();
        let ids = t.encode(&text).expect("any text has tokens");
        prop_assert!(ids.len() <= text.len());
        prop_assert!(ids.iter().all(|&id| (id as usize) < t.len()));
        prop_assert_eq!(t.decode(&ids), text.clone());
        prop_assert_eq!(t.bytes(&ids), text.as_bytes());
        prop_assert_eq!(spelt(t, &ids), text.clone());
        // Each word by itself gives the same: no token crosses a border.
        let mut apart = Vec::new();
        for word in bpe::words(&text) {
            prop_assert!(!word.is_empty() && word.len() <= bpe::LONGEST);
            t.encode_each(word, |id| apart.push(id)).expect("tokens");
        }
        prop_assert!(apart.len() <= text.len());
        prop_assert_eq!(t.decode(&apart), text);
    }

    #[test]
    fn characters_lose_nothing(text in any_text(), more in any_text()) {
        let vocabulary = Vocabulary::characters(&(text.clone() + &more));
        if text.is_empty() && more.is_empty() {
            prop_assert!(vocabulary.check().is_err());
            return Ok(());
        }
        let t = Tokenizer::new(vocabulary).expect("a vocabulary");
        let ids = t.encode(&text).expect("its alphabet covers it");
        prop_assert_eq!(ids.len(), text.chars().count());
        prop_assert_eq!(t.decode(&ids), text.clone());
        prop_assert_eq!(spelt(&t, &ids), text);
    }

    #[test]
    fn an_unknown_character_is_named(text in any_text(), other in any_text()) {
        let Ok(t) = Tokenizer::new(Vocabulary::characters(&text)) else {
            return Ok(());
        };
        match (t.encode(&other), other.chars().find(|&c| !text.contains(c))) {
            (Ok(ids), None) => prop_assert_eq!(t.decode(&ids), other),
            (Err(Error::UnknownCharacter { found }), Some(first)) => prop_assert_eq!(found, first),
            (got, want) => prop_assert!(false, "{got:?}, {want:?}"),
        }
    }

    #[test]
    fn any_tokens_can_be_spelt(ids in prop::collection::vec(0u32..900, 0..60)) {
        let t = tokenizer();
        let lossy = t.decode(&ids);
        // The same but for a character that is cut off at the end, which waits.
        let spelt = spelt(t, &ids);
        prop_assert!(lossy.starts_with(&spelt), "{lossy:?}, {spelt:?}");
        prop_assert_eq!(lossy[spelt.len()..].trim_matches('\u{fffd}'), "");
    }

    #[test]
    fn what_is_learned_is_a_vocabulary(text in any_text(), size in 300usize..600) {
        let vocabulary = Vocabulary::bpe(&text, size);
        prop_assert!((256..=size).contains(&vocabulary.len()));
        vocabulary.check().expect("what is learned is valid");
        let json = serde_json::to_string(&vocabulary).expect("JSON");
        let back: Vocabulary = serde_json::from_str(&json).expect("its own JSON");
        prop_assert_eq!(&back, &vocabulary);
        let t = Tokenizer::new(back).expect("a tokenizer");
        prop_assert_eq!(t.len(), vocabulary.len());
        prop_assert_eq!(t.decode(&t.encode(&text).expect("tokens")), text);
    }

    #[test]
    fn merges_of_any_kind(merges in prop::collection::vec((0u32..400, 0u32..400), 0..40), text in any_text()) {
        // Refused, or good for every text.
        if let Ok(t) = Tokenizer::new(Vocabulary::Bpe { merges }) {
            prop_assert_eq!(t.decode(&t.encode(&text).expect("tokens")), text);
        }
    }
}

#[test]
fn merges_and_tokens_are_those_of_the_reference() {
    let file = std::fs::read_to_string(root("tests/reference/bpe.json")).expect("bpe.json");
    let reference: Value = serde_json::from_str(&file).expect("JSON");
    let text: String = shipped("alice")
        .chars()
        .take(reference["characters"].as_u64().expect("a number") as usize)
        .collect();
    let merges: Vec<(u32, u32)> =
        serde_json::from_value(reference["merges"].clone()).expect("pairs");
    let vocabulary = Vocabulary::bpe(&text, 256 + merges.len());
    assert_eq!(vocabulary, Vocabulary::Bpe { merges });
    let t = Tokenizer::new(vocabulary).expect("a tokenizer");
    for case in reference["cases"].as_array().expect("cases") {
        let text = case["text"].as_str().expect("a text");
        let words: Vec<&str> = bpe::words(text).collect();
        assert_eq!(json!(words), case["words"]);
        assert_eq!(
            json!(t.encode(text).expect("tokens")),
            case["ids"],
            "{text:?}"
        );
    }
}

#[test]
fn vocabularies_that_nobody_learned() {
    let refused = |merges: Vec<(u32, u32)>| {
        let vocabulary = Vocabulary::Bpe { merges };
        let error = Tokenizer::new(vocabulary).expect_err("it is refused");
        assert_eq!(error.code(), Code::CheckpointSchema, "{error}");
        assert!(error.to_string().chars().count() < 300, "{error}");
    };
    // Of itself, of what comes later, of what is not there.
    refused(vec![(256, 97)]);
    refused(vec![(97, 257), (97, 98)]);
    refused(vec![(u32::MAX, u32::MAX)]);
    // The same twice, and the same bytes in other parts.
    refused(vec![(97, 98), (97, 98)]);
    refused(vec![(97, 98), (98, 99), (256, 99), (97, 257)]);
    // Each twice as long as the one before.
    refused(
        (0..60u32)
            .map(|i| if i == 0 { (97, 97) } else { (255 + i, 255 + i) })
            .collect(),
    );
    // More than there are numbers for.
    refused(vec![(97, 98); MOST_TOKENS]);
    let alphabet = |alphabet: &str| {
        let vocabulary = Vocabulary::Characters {
            alphabet: alphabet.into(),
        };
        vocabulary.check().map_err(|e| e.code())
    };
    assert_eq!(alphabet(""), Err(Code::CheckpointSchema));
    assert_eq!(alphabet("abca"), Err(Code::CheckpointSchema));
    let all: String = ('\0'..=char::MAX).take(MOST_TOKENS + 1).collect();
    assert_eq!(alphabet(&all), Err(Code::CheckpointSchema));
    assert_eq!(alphabet("ba"), Ok(()));
    for json in [
        r#"{"type":"bpe"}"#,
        r#"{"type":"bpe","merges":[[1]]}"#,
        r#"{"type":"bpe","merges":[[1,-2]]}"#,
        r#"{"type":"bpe","merges":[[1,4294967296]]}"#,
        r#"{"type":"words","merges":[]}"#,
    ] {
        assert!(serde_json::from_str::<Vocabulary>(json).is_err(), "{json}");
    }
}

common::own_page!();

impl Page {
    fn new() -> Self {
        Self(common::Page::new())
    }

    fn load(&self, name: &str, bytes: &[u8], options: Value) -> Result<TextInfo, ErrorInfo> {
        let request = Request::LoadText {
            name: name.into(),
            bytes: Bytes(bytes.to_vec()),
            sha256: None,
            options,
        };
        match self.ask(request)? {
            Outcome::Text { text } => Ok(text),
            other => panic!("{other:?}"),
        }
    }

    fn create(&self, session: u32, name: &str, options: Value) -> Result<ModelInfo, ErrorInfo> {
        let request = Request::Create {
            session,
            family: "gpt".into(),
            config: json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 16}),
            train: json!({"batch_size": 8}),
            data: name.into(),
            data_options: options,
            seed: 3,
        };
        match self.ask(request)? {
            Outcome::Model { model } => Ok(model),
            other => panic!("{other:?}"),
        }
    }

    fn train(&self, session: u32, steps: u32) -> Result<f32, ErrorInfo> {
        let request = Request::Train {
            session,
            steps: Some(steps),
            rate: None,
            seconds: None,
            network: None,
            keep: None,
        };
        match self.ask(request)? {
            Outcome::Trained { state } => Ok(*state.losses[0].values.last().expect("a loss")),
            other => panic!("{other:?}"),
        }
    }

    /// The text that is written, prompt included, and its tokens.
    fn write(&self, session: u32, options: Value) -> Result<(String, Vec<Token>), ErrorInfo> {
        let (options, condition) = common::asked(options);
        let outcome = self.ask(Request::Sample {
            session,
            count: 1,
            seed: 5,
            options,
            condition,
        })?;
        let mut tokens: Vec<Token> = Vec::new();
        let mut add = |view: &View| {
            if let View::Texts { texts } = view {
                tokens.truncate(texts[0].start as usize);
                tokens.extend(texts[0].tokens.iter().cloned());
            }
        };
        for answer in self.answers.borrow().iter() {
            if let Reply::Progress {
                progress:
                    Progress::Sampling {
                        view: Some(view), ..
                    },
            } = &answer.reply
            {
                add(view);
            }
        }
        match outcome {
            Outcome::View { view } => add(&view),
            other => panic!("{other:?}"),
        }
        Ok((tokens.iter().map(|t| t.text.as_str()).collect(), tokens))
    }

    fn export(&self, session: u32, resumable: bool) -> Vec<u8> {
        match self.ask(Request::Export { session, resumable }) {
            Ok(Outcome::File { bytes, .. }) => bytes.0,
            other => panic!("{other:?}"),
        }
    }

    fn open(&self, session: u32, bytes: Vec<u8>) -> Result<Outcome, ErrorInfo> {
        self.ask(Request::Open {
            session,
            bytes: Bytes(bytes),
            sha256: None,
        })
    }
}

fn bpe_options() -> Value {
    json!({"tokens": "bpe", "vocabulary": 400})
}

#[test]
fn a_model_of_pieces_is_trained_written_and_opened_again() {
    let page = Page::new();
    let text = corpus();
    let info = page
        .load("mine", text.as_bytes(), bpe_options())
        .expect("a text");
    assert_eq!(info.vocabulary, 400);
    assert_eq!(info.characters as usize, text.chars().count());
    assert!((info.train + info.held_out) * 3 < info.characters * 2);
    assert!(text.starts_with(&info.beginning) && !info.beginning.is_empty());
    let model = page.create(1, "mine", bpe_options()).expect("a model");
    let (_, vocabulary, characters_per_token) = common::text_space(&model);
    assert_eq!(vocabulary, 400);
    assert!(characters_per_token > 1.0);
    let begun = page.train(1, 1).expect("a loss");
    assert!((begun - 400f32.ln()).abs() < 0.3, "{begun}");
    assert!(page.train(1, 150).expect("a loss") < begun - 0.5);
    // A prompt that no text held, longer than the context; whole characters come out.
    let prompt = "Größe 🙂 ∀x∈ℝ\r\n".repeat(9);
    let (written, tokens) = page
        .write(1, json!({"prompt": prompt, "length": 40}))
        .expect("a text");
    assert!(written.starts_with(&prompt));
    assert!(tokens.len() > 40 + 16);
    let resumable = page.export(1, true);
    page.open(2, resumable).expect("it opens");
    let again = page.write(2, json!({"prompt": prompt, "length": 40}));
    assert_eq!(again.expect("a text").0, written);
    assert_eq!(
        page.train(1, 3).expect("a loss"),
        page.train(2, 3).expect("the same loss")
    );
    let query = common::plot_of_text("read", "Größe 🙂");
    let seen = page.ask(Request::View {
        session: 1,
        query,
        snapshot: None,
    });
    let Ok(Outcome::View {
        view: View::Texts { texts },
    }) = seen
    else {
        panic!("{seen:?}")
    };
    let read: String = texts[0].tokens.iter().map(|t| t.text.as_str()).collect();
    assert_eq!(read, "Größe 🙂");
}

#[test]
fn a_stop_inside_a_token_is_seen() {
    let page = Page::new();
    let text = "a line\n\nand one\n\n".repeat(200);
    page.load("lines", text.as_bytes(), bpe_options())
        .expect("a text");
    page.create(1, "lines", bpe_options()).expect("a model");
    page.train(1, 80).expect("a loss");
    let options = json!({"prompt": "a line", "length": 200, "stop": "\n"});
    let (written, tokens) = page.write(1, options).expect("a text");
    assert!(tokens.len() < 100, "{written:?}");
    assert!(tokens.last().expect("one").text.contains('\n'));
}

#[test]
fn a_training_goes_on_whatever_is_loaded() {
    let page = Page::new();
    let text = corpus();
    page.load("mine", text.as_bytes(), Value::Null)
        .expect("a text");
    page.create(1, "mine", Value::Null).expect("a model");
    page.train(1, 2).expect("a loss");
    let file = page.export(1, false);
    // Another text comes under the same name.
    let other = "12345 ".repeat(100);
    page.load("mine", other.as_bytes(), Value::Null)
        .expect("a text");
    page.train(1, 2).expect("it keeps its own");
    // A file that knows digits and spaces learns from it with the tokens that it has.
    page.open(2, file.clone()).expect("it opens");
    page.train(2, 2).expect("its tokens cover the other text");
    // A new model has a vocabulary of its own.
    let model = page.create(3, "mine", Value::Null).expect("a model");
    assert_eq!(common::text_space(&model).1, 6);
    // One that it does not cover is refused, and the model stays.
    let greek = "αβγ δε\n".repeat(100);
    page.load("mine", greek.as_bytes(), Value::Null)
        .expect("a text");
    page.open(2, file).expect("it opens");
    let error = page.train(2, 1).expect_err("letters that it does not know");
    assert_eq!(error.code, Code::UnknownCharacter);
    assert_eq!(
        page.write(2, json!({"length": 5})).expect("a text").1.len(),
        5
    );
}

#[test]
fn what_is_no_text_is_refused_and_nothing_is_lost() {
    let page = Page::new();
    let good = "To be, or not to be, that is the question.\n".repeat(5);
    page.load("mine", good.as_bytes(), Value::Null)
        .expect("a text");
    let utf16 = |text: &str, big: bool| -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    };
    let utf16_mark = [vec![0xff, 0xfe], utf16(&good, false)].concat();
    let latin1: Vec<u8> = "Größe und Güte, süß"
        .repeat(9)
        .chars()
        .map(|c| c as u8)
        .collect();
    let bomb = packed(&vec![b'a'; LONGEST + 1]);
    let mut cut = packed(good.repeat(50).as_bytes());
    cut.truncate(cut.len() / 2);
    let ideographs: String = ('\u{4e00}'..'\u{9000}').collect();
    let dice: Vec<u8> = (0..5000u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    // Bytes, a word of the sentence, a word of the hint.
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("empty", vec![], "empty", "Paste"),
        ("only a mark", b"\xef\xbb\xbf".to_vec(), "empty", "Paste"),
        (
            "one character",
            b"a".to_vec(),
            "no other character",
            "longer",
        ),
        (
            "one character, of four bytes",
            "🙂".into(),
            "no other character",
            "longer",
        ),
        (
            "one character, often",
            vec![b'a'; 100_000],
            "no other character",
            "longer",
        ),
        ("two characters", b"ab".to_vec(), "too few", "longer"),
        (
            "ten characters",
            b"abcdefghij".to_vec(),
            "too few",
            "longer",
        ),
        ("UTF-16", utf16(&good, false), "UTF-8", "UTF-16"),
        ("UTF-16, big", utf16(&good, true), "UTF-8", "UTF-16"),
        ("UTF-16 with a mark", utf16_mark, "UTF-8", "UTF-16"),
        (
            "UTF-16, Russian",
            utf16(&"война и мир ".repeat(50), false),
            "UTF-8",
            "UTF-16",
        ),
        ("Latin-1", latin1, "UTF-8", "Latin-1"),
        (
            "a lone surrogate",
            b"good until here \xed\xa0\x80 and then".to_vec(),
            "byte 16",
            "UTF-8",
        ),
        ("overlong", b"slash \xc0\xaf".to_vec(), "byte 6", "UTF-8"),
        (
            "cut in a character",
            "fünf".as_bytes()[..2].to_vec(),
            "byte 1",
            "UTF-8",
        ),
        ("dice", dice, "UTF-8", "data"),
        ("zeros", vec![0; 1000], "UTF-8", "data"),
        ("a zero", b"text\0text, text".to_vec(), "byte 4", "data"),
        (
            "a PDF",
            b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n1 0 obj".to_vec(),
            "UTF-8",
            "PDF",
        ),
        (
            "a document",
            b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0\xdf".to_vec(),
            "UTF-8",
            "plain text",
        ),
        ("too long", vec![b'a'; LONGEST + 1], "64 MB", "part"),
        ("a bomb", bomb, "64 MB", "part"),
        (
            "a bomb in a bomb",
            packed(&packed(&vec![0; 10 << 20])),
            "UTF-8",
            "text",
        ),
        ("cut", cut, "unpacked", "text file"),
        ("half a head", vec![0x1f, 0x8b, 8], "unpacked", "text file"),
        (
            "too many characters",
            ideographs.repeat(3).into(),
            "16896 different",
            "byte-pair",
        ),
    ];
    for (name, bytes, sentence, hint) in cases {
        let error = page.load("mine", &bytes, Value::Null).expect_err(name);
        assert_eq!(error.code, Code::BadData, "{name}: {error:?}");
        assert!(error.message.contains(sentence), "{name}: {error:?}");
        assert!(error.hint.contains(hint), "{name}: {error:?}");
        assert!(error.recoverable, "{name}");
        assert!(error.message.chars().count() < 200, "{name}: {error:?}");
    }
    for options in [
        json!({"tokens": "words"}),
        json!({"vocabulary": 299}),
        json!({"vocabulary": 8193}),
        json!({"vocabulary": 400.5}),
        json!({"held_out": 0.9}),
    ] {
        let error = page
            .load("mine", good.as_bytes(), options.clone())
            .expect_err("refused");
        assert_eq!(error.code, Code::BadOption, "{options}");
    }
    // What was loaded first is there still.
    let model = page.create(1, "mine", Value::Null).expect("a model");
    assert_eq!(common::text_space(&model).1, 17);
    page.train(1, 1).expect("a loss");
    // What is refused as characters can be read in pieces.
    let info = page.load("mine", ideographs.repeat(3).as_bytes(), bpe_options());
    assert_eq!(info.expect("a text").vocabulary, 400);
}

#[test]
fn prompts_that_a_model_does_not_know() {
    let page = Page::new();
    let good = "To be, or not to be, that is the question.\n".repeat(5);
    page.load("mine", good.as_bytes(), Value::Null)
        .expect("a text");
    page.create(1, "mine", Value::Null).expect("a model");
    for (prompt, found) in [
        ("To be 🙂", "🙂"),
        ("\u{fffd}", "\u{fffd}"),
        ("be\r\n", "\\r"),
    ] {
        let error = page
            .write(1, json!({"prompt": prompt}))
            .expect_err("unknown");
        assert_eq!(error.code, Code::UnknownCharacter);
        assert!(error.message.contains(found), "{error:?}");
        let query = common::plot_of_text("read", prompt);
        let seen = page.ask(Request::View {
            session: 1,
            query,
            snapshot: None,
        });
        assert_eq!(seen.expect_err("unknown").code, Code::UnknownCharacter);
    }
    // Far longer than the context of 16; longer than what is taken.
    let long = good.repeat(20);
    let (written, _) = page
        .write(1, json!({"prompt": long, "length": 3}))
        .expect("a text");
    assert!(written.starts_with(&long) && written.len() == long.len() + 3);
    let error = page.write(1, json!({"prompt": "o".repeat(20_001)}));
    assert_eq!(error.expect_err("too long").code, Code::BadOption);
    // A lone surrogate is no JSON text.
    let lone = r#"{"id":1,"request":{"type":"sample","session":1,"count":1,"seed":1,"options":{},"condition":{"prompt":"\ud800"}}}"#;
    assert!(serde_json::from_str::<Envelope>(lone).is_err());
}

#[test]
fn line_ends_marks_and_emoji_stay() {
    let text = "Zoë said: “🙂”\r\nand\tleft — 漢字.\r\n".repeat(30);
    let file = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [file.clone(), packed(&file)] {
        assert_eq!(TextSet::read(&bytes).expect("a text"), text);
        for options in [Value::Null, bpe_options()] {
            let set = TextSet::new("mine", &text, &options).expect("a set");
            assert_eq!(set.text(), text);
            assert_eq!(set.characters, text.chars().count());
            let learned = (0.9 * set.characters as f64) as usize;
            assert_eq!(set.test_characters, set.characters - learned);
        }
    }
}

#[test]
fn windows_wrap_around() {
    let tokens: Vec<u16> = (0..5).collect();
    let cut = |start, length| window(&tokens, start, length).collect::<Vec<_>>();
    assert_eq!(cut(1, 2), [1, 2, 3]);
    assert_eq!(cut(3, 3), [3, 4, 0, 1]);
    assert_eq!(cut(12, 1), [2, 3]);
    assert_eq!(cut(0, 11), [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]);
    assert!(window(&[], 3, 4).next().is_none());
}

#[test]
fn fifty_megabytes() {
    let book = shipped("emma") + &shipped("moby-dick");
    let long = book.repeat((50 << 20) / book.len() + 1);
    let page = Page::new();
    for options in [Value::Null, json!({"tokens": "bpe", "vocabulary": 4096})] {
        let start = Instant::now();
        let info = page
            .load("long", long.as_bytes(), options.clone())
            .expect("a text");
        let seconds = start.elapsed().as_secs_f32();
        println!(
            "{options}: {} MB in {seconds:.2} s, {info:?}",
            long.len() >> 20
        );
        assert!(seconds < 60.0, "{seconds} s");
        page.create(1, "long", options).expect("a model");
        page.train(1, 3).expect("a loss");
    }
    // Without words that come again: digits, and a script without spaces.
    let mut x = 1u32;
    let mut roll = || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        x >> 16
    };
    let script: String = (0..(10 << 20) / 3)
        .map(|_| char::from_u32(0x4e00 + roll() % 3000).expect("a character"))
        .collect();
    let letters: String = (0..10 << 20)
        .map(|_| char::from(b'a' + (roll() % 26) as u8))
        .collect();
    for (name, text) in [("script", script), ("letters", letters)] {
        let start = Instant::now();
        let options = json!({"tokens": "bpe", "vocabulary": 8192});
        let info = page.load("odd", text.as_bytes(), options).expect("a text");
        let seconds = start.elapsed().as_secs_f32();
        println!(
            "{name}: 10 MB in {seconds:.2} s, {} tokens",
            info.train + info.held_out
        );
        assert!(seconds < 60.0, "{name}: {seconds} s");
    }
}

#[test]
fn learning_counts_words_as_often_as_they_occur() {
    // By hand: "ab" 3 + 2 times, then "abc" 3 times; "xy" occurs once and stays.
    let counts = HashMap::from([("abc", 3), ("ab", 2), ("xy", 1)]);
    assert_eq!(bpe::learn(&counts, 10), [(97, 98), (256, 99)]);
    assert_eq!(bpe::learn(&counts, 1), [(97, 98)]);
    assert!(bpe::learn(&HashMap::new(), 10).is_empty());
    // Of equals the one with the smaller tokens; runs merge from the left.
    let counts = HashMap::from([("dc", 2), ("ba", 2), ("aaaaa", 1)]);
    assert_eq!(bpe::learn(&counts, 9), [(97, 97), (98, 97), (100, 99)]);
}

#[test]
fn shuffled_lines_are_the_same_lines_in_the_same_new_order() {
    let list: String = ('a'..='z').map(|c| format!("{c}{c}\n")).collect();
    let options = json!({ "shuffle": true, "held_out": 0.5 });
    let set = TextSet::new("list", &list, &options).expect("a text");
    let text = set.text();
    assert_ne!(text, list);
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, list.lines().collect::<Vec<_>>());
    let again = TextSet::new("list", &list, &options).expect("a text");
    assert_eq!((again.train(), again.test()), (set.train(), set.test()));
    // What it is known by is the text as it was.
    let plain = TextSet::new("list", &list, &Value::Null).expect("a text");
    assert_eq!(set.info.sha256, plain.info.sha256);
}

#[test]
fn a_shuffled_list_holds_out_the_same_lines_for_another_vocabulary() {
    let list: String = (0..400).map(|i| format!("{i} {}\n", i * i % 97)).collect();
    let options = json!({ "shuffle": true });
    let learned = TextSet::new("list", &list, &options).expect("a text");
    let folder = std::env::temp_dir().join(format!("playground-shuffled-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("list")).expect("writable");
    std::fs::write(folder.join("list/list.txt"), &list).expect("writable");
    // One that knows more characters, as that of a model that began with a longer list does.
    let wider = Vocabulary::characters(&format!("{list}xyz"));
    let set = TextSet::from_folder("list", &options, Some(wider.clone()), &folder);
    std::fs::remove_dir_all(&folder).expect("removed");
    let set = set.expect("a text");
    assert_eq!(set.tokenizer.vocabulary(), &wider);
    let text = |set: &TextSet, tokens: &[u16]| {
        let ids: Vec<u32> = tokens.iter().map(|&t| t.into()).collect();
        set.tokenizer.decode(&ids)
    };
    assert_eq!(text(&set, set.test()), text(&learned, learned.test()));
    assert_eq!(text(&set, set.train()), text(&learned, learned.train()));
}

#[test]
fn a_text_without_line_ends_is_learned_shuffled_or_not() {
    let plain = "emma olivia ava ".repeat(200);
    // Lines that end as on the first Macintosh are one line here.
    for text in [plain.clone(), plain.replace("ava ", "ava\r")] {
        for tokens in ["characters", "bpe"] {
            let options =
                |shuffle: bool| json!({ "shuffle": shuffle, "tokens": tokens, "vocabulary": 300 });
            let set = TextSet::new("names", &text, &options(true)).expect("a text");
            let want = TextSet::new("names", &text, &options(false)).expect("a text");
            assert_eq!((set.train(), set.test()), (want.train(), want.test()));
            assert_eq!(set.text(), text);
        }
    }
    // Of two lines the last needs no end.
    let two = format!("{plain}\n{plain}");
    assert!(TextSet::new("names", &two, &json!({ "shuffle": true })).is_ok());
}

#[test]
fn a_name_that_leads_elsewhere_is_no_name() {
    let folder = std::env::temp_dir();
    for name in [
        "../../etc",
        "/etc",
        "a/b",
        "",
        "A",
        "a b",
        &"a".repeat(61),
        "a\u{1b}[2J",
    ] {
        let error = TextSet::from_folder(name, &Value::Null, None, &folder).expect_err("refused");
        assert_eq!(error.code(), Code::BadData, "{name:?}");
    }
}

#[test]
fn short_and_odd_texts_are_learned_or_refused_with_a_reason() {
    let options = json!({ "tokens": "characters" });
    for text in [
        "abcdefghijklmno".to_string(),
        "the same line\n".repeat(30),
        "a\tb\tc\n1\t2\t3\n".repeat(10),
        "\n\n\na\n".repeat(10),
    ] {
        for shuffle in [false, true] {
            let mut options = options.clone();
            options["shuffle"] = shuffle.into();
            let set = TextSet::new("odd", &text, &options).expect("a text");
            assert_eq!(set.text().len(), text.len(), "{text:?}");
            // However long the context is, there is a window of it.
            assert!(set.windows(256) >= 1);
            assert_eq!(window(set.train(), 3, 256).count(), 257);
        }
    }
    let spaces = TextSet::new("odd", &" ".repeat(500), &options).expect_err("refused");
    assert!(
        spaces.to_string().contains("no other character"),
        "{spaces}"
    );
}
