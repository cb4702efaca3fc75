//! What may be asked: budgets told before anything is allocated, requests that can be stopped, and
//! trainings that are kept to their last step.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use crate::common::{
    self, files, memory::peak, packed, pause, small_digits, small_digits_packed, turn,
};
use generative_playground::{
    checkpoint,
    data::{DataInfo, Dataset, Space, SpaceKind, TextSet},
    device,
    error::{Code, Error},
    families,
    model::TrainConfig,
    options::Options,
    protocol::{Answer, Bytes, ErrorInfo, Outcome, Progress, Reply, Request, TrainState},
    session::Session,
    training::{Budget, Trainer},
};
use serde_json::{Value, json};

// With a set of images and a text.
common::own_page!();

impl Page {
    fn new(budget: Budget) -> Self {
        let page = Self(common::Page::by_turns(budget));
        let load = Request::LoadData {
            name: "mnist".into(),
            bytes: Bytes(small_digits_packed(7, 200, 50)),
            sha256: None,
        };
        page.ask(load).expect("data");
        let load = Request::LoadText {
            name: "own".into(),
            bytes: Bytes(text().into_bytes()),
            sha256: None,
            options: Value::Null,
        };
        page.ask(load).expect("a text");
        page
    }

    fn ask(&self, request: Request) -> Result<Outcome, ErrorInfo> {
        let id = 1000 + self.answers.borrow().len() as u32;
        let mut running = self.start(id, request);
        while self.end(id).is_none() {
            turn(&mut running);
        }
        self.end(id).expect("an end")
    }

    fn json(&self, request: Value) -> Result<Outcome, ErrorInfo> {
        self.ask(asked(request))
    }

    /// A small model in session 1.
    fn create(&self) {
        let create = json!({
            "type": "create", "session": 1, "family": "vae", "data": "mnist", "seed": 5,
            "config": {"hidden": 16, "latent_dim": 2}, "train": {"batch_size": 8},
        });
        self.json(create).expect("a model");
    }

    /// Train session 1, and all snapshots that came by, with their steps.
    fn train(&self, steps: u32, keep: Option<bool>) -> (TrainState, Vec<(u32, Vec<u8>)>) {
        self.answers.borrow_mut().clear();
        let train = json!({
            "type": "train", "session": 1, "steps": steps, "rate": null, "keep": keep,
        });
        let Ok(Outcome::Trained { state }) = self.json(train) else {
            panic!("it trains");
        };
        let answers = self.answers.borrow();
        let saved = answers.iter().filter_map(|answer| match &answer.reply {
            Reply::Progress {
                progress: Progress::Snapshot { step, bytes },
            } => Some((*step, bytes.0.clone())),
            _ => None,
        });
        (state, saved.collect())
    }
}

fn asked(request: Value) -> Request {
    serde_json::from_value(request).expect("a request")
}

fn text() -> String {
    "the rain in spain stays mainly in the plain. ".repeat(60)
}

fn text_set() -> Rc<Dataset> {
    Rc::new(
        TextSet::new("own", &text(), &Value::Null)
            .expect("a text")
            .into(),
    )
}

fn code<T>(result: Result<T, ErrorInfo>) -> Option<Code> {
    result.err().map(|error| error.code)
}

/// A small file in the page's format that declares the largest GPT and holds no weights; an alphabet of
/// 20,000 signs makes it 185 million.
fn declared() -> Vec<u8> {
    let set = text_set();
    let train = TrainConfig::from_json(&Value::Null).expect("options");
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 8});
    let trainer = Trainer::new("gpt", &config, train, set, 1, &device::cpu()).expect("a training");
    let mut meta = checkpoint::meta_of(&trainer, Vec::new()).expect("about it");
    meta.config = json!({"n_layer": 12, "n_head": 12, "n_embd": 768, "block_size": 1024});
    let head = json!({"__metadata__": {"playground": serde_json::to_string(&meta).expect("JSON")}});
    let file = files::raw(head.to_string().as_bytes(), &[]);
    files::meta(&file, |m| {
        let alphabet: String = ('\u{4e00}'..).take(20_000).collect();
        m["data"]["space"]["vocabulary"]["alphabet"] = alphabet.into();
    })
}

#[test]
fn what_is_too_much_is_told_before_it_is_allocated() {
    const SMALL: isize = 24 << 20;
    // A file whose weights are not there.
    let file = declared();
    let (bytes, opened) = peak(|| checkpoint::open(&file, None, &device::cpu()));
    let error = opened.err().expect("its weights are missing");
    assert_eq!(error.code(), Code::CheckpointShape, "{error}");
    assert!(bytes < SMALL, "{bytes} bytes for a file of {}", file.len());
    // Half-precision weights of another shape are not turned into numbers first.
    let zeros = vec![0; 96 << 20];
    let (mut head, _) = files::split(&file);
    head["ghost"] = json!({"dtype": "F16", "shape": [48 << 20], "data_offsets": [0, 96 << 20]});
    let file = files::raw(head.to_string().as_bytes(), &zeros);
    let (bytes, opened) = peak(|| checkpoint::open(&file, None, &device::cpu()));
    assert_eq!(opened.err().map(|e| e.code()), Some(Code::CheckpointShape));
    assert!(bytes < SMALL, "{bytes} bytes");
    drop((file, zeros));
    // A training whose checkpoints nobody could open, natively too.
    let train = TrainConfig::from_json(&Value::Null).expect("options");
    let config = json!({"n_layer": 12, "n_head": 8, "n_embd": 512, "block_size": 64});
    let new = || Trainer::new("gpt", &config, train.clone(), text_set(), 1, &device::cpu());
    let (bytes, trainer) = peak(new);
    let error = trainer.err().expect("too large to be saved");
    assert_eq!(error.code(), Code::OverBudget);
    assert!(error.to_string().contains("checkpoint"), "{error}");
    assert!(
        error.hint().contains("n_embd") || error.hint().contains("n_layer"),
        "{}",
        error.hint()
    );
    assert!(bytes < SMALL, "{bytes} bytes");
    // The largest that is allowed can be written and read.
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 768, "block_size": 64});
    let trainer = Trainer::new("gpt", &config, train, text_set(), 1, &device::cpu());
    let trainer = trainer.expect("seven million weights");
    let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("about it");
    let file = pollster::block_on(checkpoint::write_resumable(&trainer, &meta)).expect("a file");
    assert!(file.len() <= checkpoint::SIZE_LIMIT);
    drop(checkpoint::open(&file, None, &device::cpu()).expect("it opens"));
}

/// What a form asks by itself for the options of a link, before anybody has pressed a button.
#[test]
fn links_are_answered_at_once() {
    let pace = |[layers, heads, width, context, batch]: [u32; 5]| {
        json!({
            "type": "pace", "family": "gpt", "data": "own",
            "config": {"n_layer": layers, "n_head": heads, "n_embd": width, "block_size": context},
            "train": {"batch_size": batch},
        })
    };
    for (link, budget, estimate) in [
        ([12, 12, 768, 1024, 512], Budget::BROWSER_CPU, false),
        ([12, 12, 768, 1024, 512], Budget::NATIVE, false),
        ([6, 6, 384, 256, 128], Budget::BROWSER_CPU, false),
        ([6, 6, 384, 256, 128], Budget::NATIVE, true),
        ([6, 6, 384, 256, 8], Budget::BROWSER_CPU, true),
        ([2, 2, 48, 48, 16], Budget::BROWSER_CPU, true),
    ] {
        let page = Page::new(budget);
        for kind in ["pace", "create"] {
            let mut request = pace(link);
            request["type"] = kind.into();
            request["session"] = 1.into();
            request["seed"] = 1.into();
            if kind == "create" && estimate {
                continue;
            }
            let start = Instant::now();
            let (bytes, answer) = peak(|| page.json(request));
            // A second or two on a machine with nothing else to do; it was hours.
            assert!(start.elapsed() < Duration::from_secs(20), "{link:?}");
            match answer {
                Ok(Outcome::Pace { seconds, .. }) => {
                    assert!(estimate && seconds > 0.0 && seconds.is_finite(), "{link:?}");
                }
                Err(error) => {
                    assert!(!estimate, "{link:?}: {}", error.message);
                    assert_eq!(error.code, Code::OverBudget);
                    assert!(error.recoverable);
                    assert!(error.hint.starts_with("Lower “"), "{}", error.hint);
                    assert!(bytes < 24 << 20, "{bytes} bytes for {link:?}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn options_of_every_family_have_a_budget_for_their_product() {
    let spaces = Space::examples();
    for info in families::infos() {
        for space in &spaces {
            let Ok((config, train)) =
                families::with_defaults(&info.id, space, &Value::Null, &Value::Null)
            else {
                continue;
            };
            // Energies and functions are those that are known by name.
            let name = match space.kind() {
                SpaceKind::Energy => "u1",
                SpaceKind::Functions => "functions",
                _ => "own",
            };
            let data = DataInfo::new(name, space.clone());
            if !families::kinds(&info.id)
                .expect("it")
                .contains(&space.kind())
            {
                continue;
            }
            // What a form begins with is allowed everywhere.
            for budget in [Budget::BROWSER_CPU, Budget::BROWSER_GPU, Budget::NATIVE] {
                let plan = budget.check(&info.id, &config, &train, &data);
                plan.unwrap_or_else(|e| panic!("{}: {e} {}", info.id, e.hint()));
            }
            let sizes = info.spaces.iter().flat_map(|s| &s.sizes);
            for size in sizes {
                let (config, train) =
                    families::with_defaults(&info.id, space, &size.config, &Value::Null)
                        .expect("options");
                let plan = Budget::BROWSER_CPU.check(&info.id, &config, &train, &data);
                plan.unwrap_or_else(|e| panic!("{} {}: {e}", info.id, size.id));
            }
        }
    }
    // About 184 billion operations for a step are allowed, ten times as many are not.
    let data = DataInfo::new("own", Space::grey(28, 28));
    let train = TrainConfig::from_json(&json!({"batch_size": 512})).expect("options");
    let vae = |hidden: u32| json!({"hidden": hidden, "layers": 3, "importance_samples": 50});
    let plan = Budget::BROWSER_CPU.check("vae", &vae(512), &train, &data);
    let work = plan.expect("it is slow, and allowed").work;
    assert!((1.4e11..2.4e11).contains(&work), "{work}");
    let unet = json!({"channels": 256, "levels": 3});
    let error = Budget::BROWSER_CPU.check("ddpm", &unet, &train, &data);
    assert_eq!(error.err().map(|e| e.code()), Some(Code::OverBudget));
}

#[test]
fn a_batch_that_would_be_too_much_is_refused_while_it_trains_and_in_files() {
    let budget = Budget {
        work: 1e9,
        ..Budget::BROWSER_CPU
    };
    let page = Page::new(budget);
    let create = json!({
        "type": "create", "session": 1, "family": "vae", "data": "mnist", "seed": 5,
        "config": {"hidden": 512, "layers": 3}, "train": {"batch_size": 64},
    });
    page.json(create).expect("a model");
    let set =
        |batch: u32| json!({ "type": "setTrain", "session": 1, "train": {"batch_size": batch} });
    let error = page.json(set(512)).expect_err("eight times the work");
    assert_eq!(error.code, Code::OverBudget);
    assert_eq!(error.hint, "Lower “Batch” (batch_size).");
    assert!(page.json(set(32)).is_ok());
    // A file that asks for it.
    let Ok(Outcome::File { bytes, .. }) =
        page.json(json!({ "type": "export", "session": 1, "resumable": true }))
    else {
        panic!("a file");
    };
    let bytes = files::meta(&bytes.0, |m| m["train"]["batch_size"] = 512.into());
    let open = Request::Open {
        session: 2,
        bytes: Bytes(bytes),
        sha256: None,
    };
    page.ask(open).expect("it can be looked at");
    let train = json!({ "type": "train", "session": 2, "steps": 1, "rate": null });
    assert_eq!(code(page.json(train.clone())), Some(Code::OverBudget));
    page.json(json!({ "type": "setTrain", "session": 2, "train": {"batch_size": 8} }))
        .expect("less");
    page.json(train).expect("and trained");
}

#[test]
fn a_session_is_trained_by_one_request_at_a_time() {
    let page = Page::new(Budget::NATIVE);
    page.create();
    let endless = || asked(json!({ "type": "train", "session": 1, "steps": null, "rate": 1e4 }));
    let mut first = page.start(1, endless());
    let second = page.json(json!({ "type": "train", "session": 1, "steps": 1, "rate": null }));
    let error = second.expect_err("it is being trained");
    assert_eq!(error.code, Code::SessionBusy);
    assert!(error.recoverable && error.hint.contains("Pause"));
    assert!(!turn(&mut first), "the first goes on");
    // Another model in its place can be trained at once, though the first has not ended yet.
    page.create();
    page.json(json!({ "type": "train", "session": 1, "steps": 1, "rate": null }))
        .expect("the new one");
    while !turn(&mut first) {}
    assert!(matches!(page.end(1), Some(Ok(Outcome::Trained { .. }))));
    // After its end, and after a failure, it can be trained again.
    let bad = json!({ "type": "train", "session": 1, "steps": 1, "rate": null, "network": "no" });
    assert_eq!(code(page.json(bad)), Some(Code::BadOption));
    page.json(json!({ "type": "train", "session": 1, "steps": 1, "rate": null }))
        .expect("again");
}

#[test]
fn what_only_looks_can_be_stopped() {
    let page = Page::new(Budget::NATIVE);
    let create = |session: u32| {
        json!({
            "type": "create", "session": session, "family": "ddpm", "data": "moons", "seed": 5,
            "config": {"hidden": 16, "layers": 1, "timesteps": 100}, "train": {"batch_size": 8},
        })
    };
    let query =
        json!({ "type": "plot", "plot": "density", "inputs": { "resolution": 64, "count": 100 } });
    let view = |kind: &str, session: u32| {
        asked(json!({ "type": kind, "session": session, "query": query, "snapshot": null }))
    };
    for (id, kind) in [(1, "view"), (3, "exportView")] {
        for (id, stop) in [
            (id, json!({ "type": "cancel", "target": id })),
            (id + 1, json!({ "type": "dispose", "session": 1 })),
        ] {
            page.json(create(1)).expect("a model");
            page.json(create(2)).expect("another");
            let mut running = page.start(id, view(kind, 1));
            let end = page.end(id);
            assert!(end.is_none(), "a density takes many turns: {end:?}");
            page.json(stop).expect("done");
            assert!(turn(&mut running), "it ends at its next turn");
            let end = page.end(id).expect("an end");
            assert_eq!(end.err().map(|e| e.code), Some(Code::Cancelled));
            page.json(json!({
                "type": "sample", "session": 2, "count": 1, "seed": 0, "options": {},
            }))
            .expect("the other answers");
        }
    }
    // A measurement.
    let pace = json!({
        "type": "pace", "family": "vae", "data": "mnist", "config": {}, "train": {},
    });
    let mut running = page.start(9, asked(pace));
    assert!(page.end(9).is_none());
    page.json(json!({ "type": "cancel", "target": 9 }))
        .expect("done");
    assert!(turn(&mut running));
    assert_eq!(
        page.end(9).expect("an end").err().map(|e| e.code),
        Some(Code::Cancelled)
    );
}

#[test]
fn a_training_is_kept_when_it_ends() {
    let page = Page::new(Budget::NATIVE);
    page.create();
    let (state, saved) = page.train(3, None);
    assert_eq!(state.step, 3);
    assert_eq!(
        saved.iter().map(|s| s.0).collect::<Vec<_>>(),
        [3],
        "one, of the last step"
    );
    let opened = checkpoint::open(&saved[0].1, None, &device::cpu()).expect("it opens");
    assert!(opened.is_resumable() && opened.meta.step == 3);
    assert!(page.train(0, None).1.is_empty(), "nothing is new");
    assert!(page.train(2, Some(false)).1.is_empty(), "it is not wanted");
    assert_eq!(
        page.train(0, None).1.len(),
        1,
        "what was left out comes with the next"
    );
    // It comes before the end.
    page.train(1, None);
    let answers = page.answers.borrow();
    let last_two: Vec<bool> = answers[answers.len() - 2..]
        .iter()
        .map(|answer| {
            matches!(
                answer.reply,
                Reply::Progress {
                    progress: Progress::Snapshot { .. }
                }
            )
        })
        .collect();
    assert_eq!(last_two, [true, false]);
    drop(answers);
    // Of a model that another one has replaced nothing is sent.
    page.answers.borrow_mut().clear();
    let endless = asked(json!({ "type": "train", "session": 1, "steps": null, "rate": 1e4 }));
    let mut running = page.start(1, endless);
    turn(&mut running);
    page.create();
    while !turn(&mut running) {}
    let answers = page.answers.borrow();
    let snapshot = |a: &&Answer| {
        matches!(
            a.reply,
            Reply::Progress {
                progress: Progress::Snapshot { .. }
            }
        )
    };
    assert_eq!(answers.iter().filter(snapshot).count(), 0);
}

#[test]
fn epochs_are_known_after_a_training_was_opened_again() {
    let page = Page::new(Budget::NATIVE);
    page.create();
    let (state, saved) = page.train(100, None);
    assert_eq!(
        state.epoch, 4.0,
        "100 batches of 8 are four times 200 images"
    );
    let open = Request::Open {
        session: 2,
        bytes: Bytes(saved[0].1.clone()),
        sha256: None,
    };
    let Ok(Outcome::Model { model }) = page.ask(open) else {
        panic!("it opens");
    };
    assert_eq!((model.state.step, model.state.epoch), (100, 4.0));
}

#[test]
fn a_flow_that_diverges_says_so_and_goes_back() {
    let page = Page::new(Budget::NATIVE);
    let create = json!({
        "type": "create", "session": 1, "family": "realnvp", "data": "moons", "seed": 1,
        "config": {"couplings": 8, "hidden": 64}, "train": {"batch_size": 64},
    });
    page.json(create).expect("a model");
    let train =
        |steps: u32| asked(json!({ "type": "train", "session": 1, "steps": steps, "rate": null }));
    page.ask(train(20)).expect("it trains");
    // Steps that have little to do with the gradient of the moment.
    let wild = json!({"learning_rate": 0.1, "beta_1": 0.999, "beta_2": 0.5});
    page.json(json!({ "type": "setTrain", "session": 1, "train": wild }))
        .expect("options");
    let error = (0..40).find_map(|_| page.ask(train(250)).err());
    let error = error.expect("no flow bears such steps for long");
    assert_eq!(error.code, Code::TrainingDiverged, "{}", error.message);
    assert!(error.recoverable && error.hint.contains("Go back"));
    // All that was kept on the way can be opened and is of a training that still made sense.
    for answer in page.answers.borrow().iter() {
        if let Reply::Progress {
            progress: Progress::Snapshot { bytes, .. },
        } = &answer.reply
        {
            let opened = checkpoint::open(&bytes.0, None, &device::cpu()).expect("it opens");
            let losses = opened.meta.losses.iter().flat_map(|c| &c.values);
            assert!(losses.into_iter().all(|v| v.abs() < 1e15));
        }
    }
    // There is no way on from the wreck, and a slower rate does not help; there is a way back.
    page.json(json!({ "type": "setTrain", "session": 1, "train": {
        "learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999,
    } }))
    .expect("options");
    let step = |page: &Page| {
        let export = json!({ "type": "restoreSnapshot", "session": 1, "index": 0 });
        match page.json(export) {
            Ok(Outcome::Model { model }) => model.step,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(code(page.ask(train(1))), Some(Code::TrainingDiverged));
    let export = page.json(json!({ "type": "export", "session": 1, "resumable": true }));
    assert!(matches!(code(export), None | Some(Code::TrainingDiverged)));
    assert_eq!(step(&page), 0);
    page.ask(train(20)).expect("it trains again");
}

#[test]
fn names_are_names() {
    let page = Page::new(Budget::NATIVE);
    for name in ["../secret", "/etc/passwd", "a b", "", "\u{1b}[2J"] {
        let load = Request::LoadText {
            name: name.into(),
            bytes: Bytes(text().into_bytes()),
            sha256: None,
            options: Value::Null,
        };
        assert_eq!(code(page.ask(load)), Some(Code::BadData), "{name:?}");
        let load = Request::LoadData {
            name: name.into(),
            bytes: Bytes(packed("mnist", [1, 1], (&[0], &[0]), (&[0], &[0]))),
            sha256: None,
        };
        assert_eq!(code(page.ask(load)), Some(Code::BadData), "{name:?}");
    }
}

#[test]
fn a_model_of_images_whose_data_has_the_name_of_a_toy() {
    let device = device::cpu();
    let train = TrainConfig::from_json(&json!({"batch_size": 8})).expect("options");
    let (config, set) = (
        json!({"hidden": 16, "latent_dim": 2}),
        small_digits(7, 20, 10),
    );
    let trainer = Trainer::new("vae", &config, train, Rc::new(set.into()), 1, &device);
    let trainer = trainer.expect("a training");
    let mut meta = checkpoint::meta_of(&trainer, Vec::new()).expect("about it");
    meta.data.name = "moons".into();
    let file = pollster::block_on(checkpoint::write_resumable(&trainer, &meta)).expect("a file");
    let session = Session::open(&file, None, &device).expect("it opens");
    for query in [
        json!({ "type": "data", "count": 20, "resolution": 4 }),
        json!({ "type": "metrics", "count": 200, "seed": 1 }),
        json!({ "type": "plot", "plot": "density", "inputs": { "resolution": 4 } }),
        json!({ "type": "plot", "plot": "codes", "inputs": { "count": 4 } }),
    ] {
        let viewer = session.viewer(None, None).expect("a viewer");
        let query = serde_json::from_value(query).expect("a query");
        let answer = pollster::block_on(viewer.view(&query, pause));
        match answer {
            Err(Error::BadData { .. } | Error::Unsupported { .. } | Error::BadOption { .. }) => {}
            other => panic!("{query:?}: {other:?}"),
        }
    }
}
