//! A reader with a text: the host asked as the page asks it, from the text to the model and back.

use crate::common;

use generative_playground::{
    error::Code,
    protocol::{
        Bytes, Envelope, ErrorInfo, ModelInfo, Outcome, Progress, Reply, Request, Text, TextInfo,
        TrainState, View, ViewQuery,
    },
};
use serde_json::{Value, json};

/// A text that repeats itself enough to be learned in a few steps, and not exactly.
fn song() -> String {
    let verse = |n: usize| {
        let next = match n {
            1 => "no more bottles".into(),
            n => format!("{} bottles", n - 1),
        };
        format!("{n} bottles on the wall, {n} bottles, take one down, {next} on the wall.\n")
    };
    (1..=99).rev().map(verse).collect()
}

common::own_page!();

impl Page {
    fn new() -> Self {
        Self(common::Page::new())
    }

    fn ask(&self, request: Request) -> (Result<Outcome, ErrorInfo>, Vec<Progress>) {
        self.answers.borrow_mut().clear();
        pollster::block_on(self.host.handle(Envelope { id: 1, request }));
        let mut progress = Vec::new();
        for answer in self.answers.borrow_mut().drain(..) {
            match answer.reply {
                Reply::Progress { progress: news } => progress.push(news),
                Reply::Ok { outcome } => return (Ok(outcome), progress),
                Reply::Error { error } => return (Err(error), progress),
            }
        }
        panic!("no end");
    }

    fn load(&self, name: &str, bytes: &[u8]) -> Result<TextInfo, ErrorInfo> {
        let request = Request::LoadText {
            name: name.into(),
            bytes: Bytes(bytes.to_vec()),
            sha256: None,
            options: Value::Null,
        };
        match self.ask(request).0? {
            Outcome::Text { text } => Ok(text),
            other => panic!("{other:?}"),
        }
    }

    fn create(&self, data: &str, train: Value) -> Result<ModelInfo, ErrorInfo> {
        let request = Request::Create {
            session: 1,
            family: "gpt".into(),
            config: json!({"n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": 32}),
            train,
            data: data.into(),
            data_options: Value::Null,
            seed: 5,
        };
        match self.ask(request).0? {
            Outcome::Model { model } => Ok(model),
            other => panic!("{other:?}"),
        }
    }

    fn train(&self, steps: u32) -> TrainState {
        let request = Request::Train {
            session: 1,
            steps: Some(steps),
            rate: None,
            seconds: None,
            network: None,
            keep: None,
        };
        match self.ask(request).0 {
            Ok(Outcome::Trained { state }) => state,
            other => panic!("{other:?}"),
        }
    }

    fn write(&self, seed: u32, options: Value) -> Result<(Text, Vec<Text>), ErrorInfo> {
        let (options, condition) = common::asked(options);
        let request = Request::Sample {
            session: 1,
            count: 1,
            seed,
            options,
            condition,
        };
        let (outcome, progress) = self.ask(request);
        let early = progress.into_iter().filter_map(|p| match p {
            Progress::Sampling { view, .. } => Some(text(view.expect("a view"))),
            _ => None,
        });
        let early = early.collect();
        match outcome? {
            Outcome::View { view } => Ok((text(view), early)),
            other => panic!("{other:?}"),
        }
    }

    fn view(&self, query: ViewQuery) -> Result<View, ErrorInfo> {
        let request = Request::View {
            session: 1,
            query,
            snapshot: None,
        };
        match self.ask(request).0? {
            Outcome::View { view } => Ok(view),
            other => panic!("{other:?}"),
        }
    }

    fn export(&self, resumable: bool) -> Vec<u8> {
        let request = Request::Export {
            session: 1,
            resumable,
        };
        match self.ask(request).0 {
            Ok(Outcome::File { bytes, .. }) => bytes.0,
            other => panic!("{other:?}"),
        }
    }

    fn open(&self, bytes: Vec<u8>) -> ModelInfo {
        let request = Request::Open {
            session: 1,
            bytes: Bytes(bytes),
            sha256: None,
        };
        match self.ask(request).0 {
            Ok(Outcome::Model { model }) => model,
            other => panic!("{other:?}"),
        }
    }
}

fn text(view: View) -> Text {
    match view {
        View::Texts { mut texts } => texts.remove(0),
        other => panic!("{other:?}"),
    }
}

fn plain(text: &Text) -> String {
    text.tokens.iter().map(|t| t.text.as_str()).collect()
}

#[test]
fn a_reader_trains_on_a_text_and_goes_on_after_a_reload() {
    let page = Page::new();
    let told = page.load("song", song().as_bytes()).expect("a text");
    assert_eq!(told.characters as usize, song().chars().count());
    assert_eq!(told.train + told.held_out, told.characters);
    assert_eq!(told.held_out, told.characters.div_ceil(10));
    assert!(song().starts_with(&told.beginning) && song().contains(&told.held_out_beginning));
    let model = page
        .create("song", json!({"batch_size": 8}))
        .expect("a model");
    assert_eq!(common::text_space(&model), (32, told.vocabulary, 1.0));

    page.train(60);
    // The last point of the curve is the mean of what came after the one before.
    let state = page.train(5);
    let curve = state.losses.iter().find(|c| c.name == "loss").expect("one");
    let last = *curve.values.last().expect("a value");
    assert!(
        last < 2.6,
        "chance is {:.2}: {last}",
        (told.vocabulary as f32).ln()
    );

    // The page is closed and opened again: the file and the text are all there is.
    let file = page.export(true);
    page.train(20);
    let (there, _) = page.write(3, json!({"length": 50})).expect("a text");
    let again = Page::new();
    again.open(file);
    again.load("song", song().as_bytes()).expect("a text");
    again.train(20);
    assert_eq!(
        again.write(3, json!({"length": 50})).expect("a text").0,
        there
    );
}

#[test]
fn what_it_writes_comes_piece_by_piece() {
    let page = Page::new();
    page.load("song", song().as_bytes()).expect("a text");
    page.create("song", json!({"batch_size": 8}))
        .expect("a model");
    page.train(30);
    let options = json!({"prompt": "9 bottles", "length": 20000, "temperature": 1.0});
    let (whole, early) = page.write(1, options).expect("a text");
    assert_eq!(whole.tokens.len(), 20_009);
    assert!(plain(&whole).starts_with("9 bottles"));
    assert!(whole.tokens[..9].iter().all(|t| t.given) && !whole.tokens[9].given);
    let mut so_far = Vec::new();
    for part in early {
        assert_eq!(part.start as usize, so_far.len());
        so_far.extend(part.tokens);
    }
    assert!(!so_far.is_empty(), "it takes more than a moment");
    assert_eq!(so_far[..], whole.tokens[..so_far.len()]);
    for token in &whole.tokens[9..] {
        let best = &token.alternatives[0];
        let own = token.log_prob.expect("drawn").exp();
        assert!(own <= best.prob * 1.0001);
        assert!(token.alternatives.iter().map(|a| a.prob).sum::<f32>() < 1.0001);
    }
}

#[test]
fn what_is_read_is_as_probable_as_when_it_was_written() {
    let page = Page::new();
    page.load("song", song().as_bytes()).expect("a text");
    page.create("song", json!({"batch_size": 8}))
        .expect("a model");
    page.train(30);
    // Within one context both see the same past.
    let options = json!({"prompt": "7", "length": 30, "temperature": 1.0});
    let (written, _) = page.write(2, options).expect("a text");
    let query = common::plot_of_text("read", plain(&written));
    let read = text(page.view(query).expect("a view"));
    assert_eq!(read.tokens[0].log_prob, None);
    for (read, written) in read.tokens.iter().zip(&written.tokens).skip(1) {
        let (a, b) = (
            read.log_prob.expect("read"),
            written.log_prob.expect("written"),
        );
        assert!((a - b).abs() < 1e-4, "{a}, {b}");
    }
    // A long text is read in pieces, each token with at least half a context before it.
    let long: String = song().chars().take(500).collect();
    let query = common::plot_of_text("read", long.clone());
    let read = text(page.view(query).expect("a view"));
    assert_eq!(plain(&read), long);
    assert!(
        read.tokens[1..]
            .iter()
            .all(|t| t.log_prob.is_some_and(f32::is_finite))
    );
}

#[test]
fn attention_and_lens_show_the_end_of_a_text() {
    let page = Page::new();
    page.load("song", song().as_bytes()).expect("a text");
    page.create("song", json!({"batch_size": 8}))
        .expect("a model");
    let long = common::plot_of_text("attention", song());
    let View::Matrices {
        tokens,
        layers,
        heads,
        values,
    } = page.view(long).expect("a view")
    else {
        panic!("matrices")
    };
    assert_eq!((tokens.len(), layers, heads), (32, 2, 2));
    let numbers: Vec<f32> = values
        .0
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&b| f32::from_le_bytes(b))
        .collect();
    assert_eq!(numbers.len(), 4 * 32 * 32);
    for (i, row) in numbers.chunks_exact(32).enumerate() {
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(row[i % 32 + 1..].iter().all(|&w| w == 0.0), "the future");
    }
    let lens = common::plot_of_text("lens", "9 bottles");
    let View::Table {
        columns,
        rows,
        cells,
    } = page.view(lens).expect("a view")
    else {
        panic!("a table")
    };
    assert_eq!((columns.concat().as_str(), rows.len()), ("9 bottles", 3));
    assert_eq!(cells.len(), 27);
    assert!(cells.iter().all(|c| (0.0..=1.0).contains(&c.value)));
}

#[test]
fn what_cannot_be_done_says_so_and_loses_nothing() {
    let page = Page::new();
    page.load("song", song().as_bytes()).expect("a text");
    page.create("song", json!({"batch_size": 8}))
        .expect("a model");
    let before = page.write(1, json!({"length": 20})).expect("a text").0;
    let code = |result: Result<_, ErrorInfo>| result.expect_err("an error").code;
    assert_eq!(
        code(page.write(1, json!({"prompt": "Ωμέγα"}))),
        Code::UnknownCharacter
    );
    assert_eq!(code(page.write(1, json!({"length": 0}))), Code::BadOption);
    assert_eq!(
        code(page.write(1, json!({"temperature": -1}))),
        Code::BadOption
    );
    let read = |text: &str| page.view(common::plot_of_text("read", text));
    assert_eq!(read("").expect_err("nothing").code, Code::BadData);
    assert_eq!(
        read("日").expect_err("unknown").code,
        Code::UnknownCharacter
    );
    assert_eq!(
        page.load("song", b"").expect_err("empty").code,
        Code::BadData
    );
    assert_eq!(
        page.load("song", b"\xff\xfe\x00").expect_err("binary").code,
        Code::BadData
    );
    assert_eq!(
        page.create("sonnets", json!({}))
            .expect_err("not there")
            .code,
        Code::BadData
    );
    assert_eq!(
        page.write(1, json!({"length": 20})).expect("a text").0,
        before
    );
    // The text that was there can still be learned.
    page.train(2);
    let latent = ViewQuery::Decode {
        z: vec![0.0, 0.0].into(),
    };
    assert_eq!(
        page.view(latent).expect_err("no latents").code,
        Code::Unsupported
    );
}

#[test]
fn a_pace_is_measured_and_changes_nothing() {
    let page = Page::new();
    page.load("song", song().as_bytes()).expect("a text");
    page.create("song", json!({"batch_size": 8}))
        .expect("a model");
    let before = page.export(true);
    let request = Request::Pace {
        family: "gpt".into(),
        config: json!({"n_layer": 1, "n_embd": 32}),
        train: Value::Null,
        data: "song".into(),
        data_options: Value::Null,
    };
    let (outcome, _) = page.ask(request);
    let Ok(Outcome::Pace {
        seconds,
        parameters,
    }) = outcome
    else {
        panic!("{outcome:?}")
    };
    assert!(seconds > 0.0 && seconds < 10.0 && parameters > 10_000);
    assert_eq!(page.export(true), before);
}

#[test]
fn learning_by_heart_is_noticed() {
    let page = Page::new();
    // Nothing in the held-out part follows from what comes before it.
    let mut noise = String::from("abcdefghijklmnopqrstuvwxyz");
    let mut state = 7u64;
    for _ in 0..400 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        noise.push(char::from(b'a' + (state >> 33) as u8 % 26));
    }
    page.load("noise", noise.as_bytes()).expect("a text");
    page.create("noise", json!({"batch_size": 8, "warmup": 0}))
        .expect("a model");
    // Each end of a training is a look at what is held out.
    let states: Vec<_> = (0..12).map(|_| page.train(15)).collect();
    assert_eq!(states[0].overfitting, None);
    let noticed = states.last().expect("some").overfitting;
    assert!(noticed.is_some_and(|step| step < 120), "{noticed:?}");
}

#[test]
fn a_model_goes_on_in_its_own_tokens_on_another_text_of_the_same_name() {
    let page = Page::new();
    page.load("song", song().as_bytes()).expect("a text");
    page.create("song", json!({})).expect("a model");
    let file = page.export(true);
    let kinds = common::text_space(&page.open(file.clone())).1;

    // Fewer letters: at hand are tokens of another vocabulary, which mean something else to it.
    let other = "bottles take the wall, no more.\n".repeat(30);
    let told = page.load("song", other.as_bytes()).expect("another");
    assert!(told.vocabulary < kinds);
    assert_eq!(common::text_space(&page.open(file.clone())).1, kinds);
    assert_eq!(page.train(2).step, 2);
    // A new model has the vocabulary of the text again.
    let new = page.create("song", json!({})).expect("a model");
    assert_eq!(common::text_space(&new).1, told.vocabulary);

    // Letters that it does not know are told of, not guessed.
    let foreign = "бутылка на стене. ".repeat(40);
    page.load("song", foreign.as_bytes()).expect("a third");
    page.open(file);
    let request = Request::Train {
        session: 1,
        steps: Some(1),
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    };
    let error = page.ask(request).0.expect_err("letters it does not know");
    assert_eq!(error.code, Code::UnknownCharacter);
}
