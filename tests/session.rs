//! The host driven natively as the page drives it: requests in, answers out, several at once.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Waker},
};

use crate::common::{self, packed, pause, root, small_digits_packed};
use generative_playground::{
    device,
    error::Code,
    host::Host,
    model::Condition,
    protocol::{
        Answer, Bytes, Envelope, ErrorInfo, ImageInput, ModelInfo, OptionScope, Outcome, Path,
        PlotInputs, Progress, Reply, Request, SpaceInfo, TrainState, View, ViewQuery,
    },
};
use serde_json::{Value, json};

/// No answers to a plot's inputs.
fn none() -> PlotInputs {
    PlotInputs::default()
}

/// Two test images and so many steps between them.
fn pair(count: u32) -> PlotInputs {
    PlotInputs {
        image: Some(ImageInput::Test { index: 0 }),
        to: Some(ImageInput::Test { index: 1 }),
        count,
        ..none()
    }
}

/// A page with a worker.
struct Page {
    host: Host,
    answers: Rc<RefCell<Vec<Answer>>>,
}

impl Page {
    fn new() -> Self {
        let answers = Rc::new(RefCell::new(Vec::new()));
        let kept = answers.clone();
        let emit = Box::new(move |answer| kept.borrow_mut().push(answer));
        Self {
            host: Host::new(device::cpu(), pause, emit),
            answers,
        }
    }

    /// A page with small digits loaded and a small untrained model in session 1.
    fn with_model() -> Self {
        let page = Self::new();
        page.load(small_digits_packed(7, 600, 100));
        page.create(
            1,
            json!({"hidden": 24, "latent_dim": 2}),
            json!({"batch_size": 32}),
        );
        page
    }

    fn load(&self, bytes: Vec<u8>) {
        let bytes = Bytes(bytes);
        let name = "mnist".into();
        let request = Request::LoadData {
            name,
            bytes,
            sha256: None,
        };
        assert!(matches!(self.ask(request), Ok(Outcome::Done)));
    }

    fn create(&self, session: u32, config: Value, train: Value) -> ModelInfo {
        let (family, data) = ("vae".into(), "mnist".into());
        let request = Request::Create {
            session,
            family,
            config,
            train,
            data,
            seed: 5,
            data_options: Value::Null,
        };
        model(self.ask(request))
    }

    /// Send requests at once and poll them in turn until all have ended. While they run, `between`
    /// sees all answers so far after each round and may send one more request.
    fn together(
        &self,
        requests: Vec<(u32, Request)>,
        mut between: impl FnMut(&[Answer]) -> Option<(u32, Request)>,
    ) {
        let handle = |(id, request)| Some(Box::pin(self.host.handle(Envelope { id, request })));
        let mut tasks: Vec<_> = requests.into_iter().map(handle).collect();
        let mut context = Context::from_waker(Waker::noop());
        while tasks.iter().any(Option::is_some) {
            for task in &mut tasks {
                if let Some(future) = task
                    && future.as_mut().poll(&mut context).is_ready()
                {
                    *task = None;
                }
            }
            if let Some(more) = between(&self.answers.borrow()) {
                tasks.push(handle(more));
            }
        }
    }

    /// The end of request `id`.
    fn end(&self, id: u32) -> Result<Outcome, ErrorInfo> {
        let answers = self.answers.borrow();
        let ends: Vec<_> = answers
            .iter()
            .filter(|a| a.id == id && !matches!(a.reply, Reply::Progress { .. }))
            .collect();
        assert_eq!(ends.len(), 1, "one end for each request");
        match &ends[0].reply {
            Reply::Ok { outcome } => Ok(outcome.clone()),
            Reply::Error { error } => Err(error.clone()),
            Reply::Progress { .. } => unreachable!("left out above"),
        }
    }

    fn progress(&self, id: u32) -> Vec<Progress> {
        let answers = self.answers.borrow();
        let of = answers.iter().filter(|a| a.id == id);
        of.filter_map(|a| match &a.reply {
            Reply::Progress { progress } => Some(progress.clone()),
            _ => None,
        })
        .collect()
    }

    /// One request from beginning to end.
    fn ask(&self, request: Request) -> Result<Outcome, ErrorInfo> {
        self.answers.borrow_mut().clear();
        self.together(vec![(7, request)], |_| None);
        // What crosses the boundary can cross it.
        let answers = self.answers.borrow();
        serde_json::to_string(&*answers).expect("serializes");
        drop(answers);
        self.end(7)
    }

    fn code(&self, request: Request) -> Code {
        let shown = format!("{request:?}");
        match self.ask(request) {
            Err(error) => {
                assert!(error.recoverable && !error.hint.is_empty(), "{error:?}");
                error.code
            }
            Ok(_) => panic!("{:.200} was accepted", shown),
        }
    }

    /// A step at a time, so that snapshots come at steps and not at times.
    fn train(&self, session: u32, steps: u32) -> TrainState {
        let (steps, rate) = (Some(steps), Some(10_000.0));
        trained(self.ask(Request::Train {
            session,
            steps,
            rate,
            seconds: None,
            network: None,
            keep: None,
        }))
    }

    fn export(&self, session: u32, resumable: bool) -> Vec<u8> {
        match self.ask(Request::Export { session, resumable }) {
            Ok(Outcome::File { bytes, mime, .. }) => {
                assert_eq!(mime, "application/octet-stream");
                bytes.0
            }
            other => panic!("{other:?}"),
        }
    }

    fn open(&self, session: u32, bytes: Vec<u8>) -> ModelInfo {
        let bytes = Bytes(bytes);
        model(self.ask(Request::Open {
            session,
            bytes,
            sha256: None,
        }))
    }

    fn sample(&self, session: u32, seed: u32) -> View {
        let options = json!({});
        view(self.ask(Request::Sample {
            session,
            count: 6,
            seed,
            options,
            condition: Condition::default(),
        }))
    }

    fn look(&self, session: u32, query: ViewQuery) -> Result<Outcome, ErrorInfo> {
        self.ask(Request::View {
            session,
            query,
            snapshot: None,
        })
    }
}

fn model(outcome: Result<Outcome, ErrorInfo>) -> ModelInfo {
    match outcome {
        Ok(Outcome::Model { model }) => model,
        other => panic!("{other:?}"),
    }
}

fn view(outcome: Result<Outcome, ErrorInfo>) -> View {
    match outcome {
        Ok(Outcome::View { view }) => view,
        other => panic!("{other:?}"),
    }
}

fn trained(outcome: Result<Outcome, ErrorInfo>) -> TrainState {
    match outcome {
        Ok(Outcome::Trained { state }) => state,
        other => panic!("{other:?}"),
    }
}

/// Width, height, columns, rows of a picture.
fn picture(view: &View) -> [u32; 4] {
    let View::Image {
        width,
        height,
        columns,
        rows,
        rgba,
        ..
    } = view
    else {
        panic!("no picture: {view:?}");
    };
    assert_eq!(rgba.0.len() as u32, 4 * width * height);
    [*width, *height, *columns, *rows]
}

fn losses(state: &TrainState, name: &str) -> Vec<f32> {
    let mut curves = state.losses.iter().filter(|c| c.name == name);
    let held_out = curves.next_back().expect("a curve");
    assert_eq!(held_out.steps.len(), held_out.values.len());
    held_out.values.clone()
}

#[test]
fn a_first_visit() {
    let page = Page::new();
    let Ok(Outcome::Description {
        families,
        train_schema,
        ..
    }) = page.ask(Request::Describe)
    else {
        panic!("no description");
    };
    assert_eq!(families[0].id, "vae");
    assert!(families[0].capabilities.latent && families[0].capabilities.density.is_some());
    assert_eq!(
        families[0].config_schema["properties"]["hidden"]["minimum"],
        16
    );
    assert!(train_schema["properties"]["batch_size"]["description"].is_string());

    let bytes = Bytes(std::fs::read(root("web/data/mnist.bin")).expect("the data"));
    let manifest = std::fs::read_to_string(root("web/data/../checkpoints/manifest.json"));
    let manifest: Value = serde_json::from_str(&manifest.expect("the manifest")).expect("JSON");
    let promised = manifest["data"].as_array().into_iter().flatten();
    let promised = promised
        .filter(|d| d["name"] == "mnist")
        .find_map(|d| d["sha256"].as_str());
    let request = Request::LoadData {
        name: "mnist".into(),
        bytes,
        sha256: promised.map(String::from),
    };
    assert!(matches!(page.ask(request), Ok(Outcome::Done)));

    let info = page.create(
        3,
        json!({"hidden": 32, "latent_dim": 2}),
        json!({"batch_size": 16}),
    );
    let space = SpaceInfo::Image {
        channels: 1,
        width: 28,
        height: 28,
    };
    assert_eq!((info.space, info.latent_dim, info.step), (space, 2, 0));
    assert_eq!(info.config["beta"], 1.0, "defaults are filled in");
    assert_eq!(picture(&page.sample(3, 1)), [3 * 28, 2 * 28, 3, 2]);

    let state = page.train(3, 40);
    assert_eq!(state.step, 40);
    assert!(state.snapshots[0] == 0 && state.rate > 0.0);
    let before = losses(&state, "loss")[0];
    let after = *losses(&page.train(3, 120), "loss").last().expect("a value");
    assert!(after < before - 5.0, "{before} then {after}");
    let news = page.progress(7);
    assert!(news.iter().any(|p| matches!(
        p,
        Progress::Training {
            samples: Some(_),
            ..
        }
    )));
    assert!(matches!(
        page.ask(Request::Dispose { session: 3 }),
        Ok(Outcome::Done)
    ));
    assert_eq!(
        page.code(Request::Dispose { session: 3 }.again()),
        Code::UnknownSession
    );
}

/// Asks something of the same session.
trait Again {
    fn again(self) -> Request;
}

impl Again for Request {
    fn again(self) -> Request {
        match self {
            Request::Dispose { session } => Request::Export {
                session,
                resumable: false,
            },
            other => other,
        }
    }
}

#[test]
fn a_cancel_ends_a_training_well() {
    let page = Page::with_model();
    page.answers.borrow_mut().clear();
    let endless = Request::Train {
        session: 1,
        steps: None,
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    };
    let (mut sampled, mut cancelled) = (false, false);
    page.together(vec![(1, endless)], |answers| {
        // A look at the model while it learns, then the cancel.
        if !sampled && answers.iter().any(|a| a.id == 1) {
            sampled = true;
            let options = json!({});
            return Some((
                2,
                Request::Sample {
                    session: 1,
                    count: 4,
                    seed: 0,
                    options,
                    condition: Condition::default(),
                },
            ));
        }
        if !cancelled && answers.iter().any(|a| a.id == 2) {
            cancelled = true;
            return Some((3, Request::Cancel { target: 1 }));
        }
        None
    });
    let state = trained(page.end(1));
    assert!(state.step > 0);
    picture(&view(page.end(2)));
    assert!(matches!(page.end(3), Ok(Outcome::Done)));
    // Its id may be used again at once, and a cancel of nothing is no harm.
    assert!(matches!(
        page.ask(Request::Cancel { target: 99 }),
        Ok(Outcome::Done)
    ));
    assert_eq!(page.train(1, 3).step, state.step + 3);
}

#[test]
fn a_new_model_takes_the_place_of_one_that_trains() {
    let page = Page::with_model();
    let file = page.export(1, false);
    page.answers.borrow_mut().clear();
    let endless = Request::Train {
        session: 1,
        steps: None,
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    };
    let mut sent = false;
    page.together(vec![(1, endless)], |answers| {
        if sent || !answers.iter().any(|a| a.id == 1) {
            return None;
        }
        sent = true;
        let bytes = Bytes(file.clone());
        Some((
            2,
            Request::Open {
                session: 1,
                bytes,
                sha256: None,
            },
        ))
    });
    assert!(trained(page.end(1)).step > 0);
    assert_eq!(model(page.end(2)).step, 0);
}

#[test]
fn two_sessions_take_turns_and_do_not_meet() {
    let alone = Page::with_model();
    alone.train(1, 30);
    let want = alone.sample(1, 4);

    let page = Page::with_model();
    let conv = json!({"architecture": "mlp", "layers": 2, "hidden": 16, "latent_dim": 3});
    page.create(2, conv, json!({"batch_size": 8, "learning_rate": 0.01}));
    page.answers.borrow_mut().clear();
    let request = |session, steps| Request::Train {
        session,
        steps: Some(steps),
        rate: Some(10_000.0),
        seconds: None,
        network: None,
        keep: None,
    };
    page.together(vec![(1, request(1, 30)), (2, request(2, 45))], |_| None);
    assert_eq!(trained(page.end(1)).step, 30);
    assert_eq!(trained(page.end(2)).step, 45);
    assert_eq!(page.sample(1, 4), want);
    assert_ne!(page.sample(2, 4), want);
}

#[test]
fn every_view_answers() {
    let page = Page::with_model();
    page.train(1, 20);
    let test = |index| ImageInput::Test { index };
    let drawing = || {
        let mut pixels = vec![0u8; 900];
        pixels[300..600].fill(255);
        ImageInput::Drawing {
            width: 30,
            height: 30,
            pixels: Bytes(pixels),
        }
    };
    let see = |query| view(page.look(1, query));
    assert_eq!(
        picture(&see(ViewQuery::DataImages {
            start: 95,
            count: 20
        })),
        [35, 7, 5, 1]
    );
    assert_eq!(
        picture(&see(ViewQuery::DataImages {
            start: 4000,
            count: 20
        }))[1],
        7
    );
    assert_eq!(
        picture(&see(common::plot(
            "latent",
            PlotInputs {
                resolution: 5,
                ..none()
            }
        ))),
        [35, 35, 5, 5]
    );
    let View::Points { xy, classes } = see(common::plot(
        "codes",
        PlotInputs {
            count: 60,
            ..none()
        },
    )) else {
        panic!("no points");
    };
    assert_eq!((xy.0.len(), classes.0.len()), (480, 60));
    assert_eq!(
        picture(&see(ViewQuery::Decode {
            z: vec![0.0; 6].into()
        })),
        [21, 7, 3, 1]
    );
    let View::Posterior { mu, sigma, kl } = see(ViewQuery::Encode { image: drawing() }) else {
        panic!("no posterior");
    };
    assert!(mu.len() == 2 && sigma.iter().all(|s| *s > 0.0) && kl.iter().all(|k| *k >= 0.0));
    let again = || {
        see(common::plot(
            "reconstruct",
            PlotInputs {
                image: Some(test(3)),
                seed: 2,
                count: 4,
                ..none()
            },
        ))
    };
    let View::Reconstruction {
        input,
        z,
        output,
        reconstruction,
        kl,
        ..
    } = again()
    else {
        panic!("no reconstruction");
    };
    assert_eq!(
        (picture(&input), picture(&output), z.len()),
        ([7, 7, 1, 1], [28, 7, 4, 1], 8)
    );
    assert!(reconstruction > 0.0 && kl >= 0.0);
    assert_eq!(again(), again());
    for path in [Path::Linear, Path::Spherical] {
        let inputs = PlotInputs {
            image: Some(test(0)),
            to: Some(drawing()),
            count: 3,
            path,
            ..none()
        };
        let query = common::plot("interpolate", inputs);
        assert_eq!(picture(&see(query)), [21, 7, 3, 1]);
    }
    let options = json!({"temperature": 0.5});
    let request = Request::ExportSamples {
        session: 1,
        count: 4,
        seed: 9,
        options,
        scale: 3,
        condition: Condition::default(),
    };
    let Ok(Outcome::File { name, bytes, .. }) = page.ask(request) else {
        panic!("no file");
    };
    assert!(name.ends_with("-seed-9.png") && bytes.0.starts_with(b"\x89PNG"));
}

#[test]
fn snapshots_show_and_restore_the_past() {
    let page = Page::with_model();
    let state = page.train(1, 50);
    assert_eq!(state.snapshots[..6], [0, 5, 10, 15, 20, 25]);
    assert!(state.snapshots.is_sorted_by(|a, b| a < b));
    let show = |index| {
        view(page.ask(Request::ShowSnapshot {
            session: 1,
            index,
            count: 8,
        }))
    };
    let past: Vec<View> = (0..state.snapshots.len() as u32).map(show).collect();
    assert_ne!(past[0], past[past.len() - 1]);
    let info = model(page.ask(Request::RestoreSnapshot {
        session: 1,
        index: 2,
    }));
    assert_eq!(info.step, state.snapshots[2]);
    assert_eq!(info.state.snapshots, state.snapshots[..3]);
    assert!(
        info.state
            .losses
            .iter()
            .all(|c| c.steps.iter().all(|s| *s <= info.step))
    );
    assert_eq!(show(1), past[1]);
    // Training goes on from there, and the slider with it.
    let state = page.train(1, 20);
    assert_eq!(state.step, info.step + 20);
    assert!(state.snapshots.len() > 3 && state.snapshots.is_sorted_by(|a, b| a < b));
    for request in [
        Request::ShowSnapshot {
            session: 1,
            index: 999,
            count: 8,
        },
        Request::RestoreSnapshot {
            session: 1,
            index: 999,
        },
    ] {
        assert_eq!(page.code(request), Code::BadOption);
    }
}

#[test]
fn a_file_goes_on_exactly_where_it_was() {
    let page = Page::with_model();
    page.train(1, 13);
    let file = page.export(1, true);
    page.train(1, 9);
    let (want, want_state) = (page.export(1, true), page.sample(1, 1));

    // In another tab: the data first, then the file.
    let other = Page::new();
    let info = other.open(4, file.clone());
    assert_eq!((info.step, info.state.losses.len() > 2), (13, true));
    let again = other.export(4, true);
    assert_eq!(tensors(&again), tensors(&file), "saved again it is whole");
    let steps = Some(9);
    let request = Request::Train {
        session: 4,
        steps,
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    };
    assert_eq!(
        other.code(request),
        Code::BadData,
        "the data is not there yet"
    );
    other.load(small_digits_packed(7, 600, 100));
    other.train(4, 9);
    assert_eq!(other.sample(4, 1), want_state);
    assert_eq!(tensors(&other.export(4, true)), tensors(&want));

    // A file for looking at has no optimizer, and weights that are the same.
    let small = page.export(1, false);
    assert!(small.len() < want.len() / 2);
    other.open(5, small);
    assert_eq!(other.sample(5, 1), want_state);
}

/// The data of a file: everything but its header.
fn tensors(file: &[u8]) -> &[u8] {
    let n = u64::from_le_bytes(file[..8].try_into().expect("eight")) as usize;
    &file[8 + n..]
}

#[test]
fn wrong_requests_get_their_codes_and_break_nothing() {
    let page = Page::with_model();
    page.train(1, 5);
    let (before, file) = (page.sample(1, 3), page.export(1, true));
    let options = || json!({});
    let create = |family: &str, config: Value, train: Value, data: &str| Request::Create {
        session: 1,
        family: family.into(),
        config,
        train,
        data: data.into(),
        seed: 1,
        data_options: Value::Null,
    };
    let open = |bytes: Vec<u8>, sha256: Option<&str>| Request::Open {
        session: 1,
        bytes: Bytes(bytes),
        sha256: sha256.map(String::from),
    };
    let data = |bytes: Vec<u8>, sha256: Option<&str>| Request::LoadData {
        name: "mnist".into(),
        bytes: Bytes(bytes),
        sha256: sha256.map(String::from),
    };
    let look = |query| Request::View {
        session: 1,
        query,
        snapshot: None,
    };
    let test = |index| ImageInput::Test { index };
    let small = small_digits_packed(7, 20, 20);
    let cases = [
        (
            create("nothing", options(), options(), "mnist"),
            Code::UnknownFamily,
        ),
        (create("vae", options(), options(), "cats"), Code::BadData),
        (
            create("vae", json!({"hidden": 8}), options(), "mnist"),
            Code::BadOption,
        ),
        (
            create("vae", json!({"heads": 8}), options(), "mnist"),
            Code::BadOption,
        ),
        (create("vae", json!(7), options(), "mnist"), Code::BadOption),
        (
            create("vae", options(), json!({"learning_rate": 1.0}), "mnist"),
            Code::BadOption,
        ),
        (
            create("vae", json!({"architecture": "conv"}), options(), "mnist"),
            Code::Unsupported,
        ),
        (open(b"nonsense".to_vec(), None), Code::CheckpointParse),
        (
            open(file[..file.len() / 2].to_vec(), None),
            Code::CheckpointParse,
        ),
        (open(file.clone(), Some("00")), Code::CheckpointHash),
        (data(b"nonsense".to_vec(), None), Code::BadData),
        (data(small.clone(), Some("00")), Code::BadData),
        (
            Request::LoadData {
                name: "fashion".into(),
                bytes: Bytes(small),
                sha256: None,
            },
            Code::BadData,
        ),
        (
            Request::Sample {
                session: 1,
                count: 0,
                seed: 0,
                options: options(),
                condition: Condition::default(),
            },
            Code::BadOption,
        ),
        (
            Request::Sample {
                session: 1,
                count: 401,
                seed: 0,
                options: options(),
                condition: Condition::default(),
            },
            Code::BadOption,
        ),
        (
            Request::Sample {
                session: 1,
                count: 1,
                seed: 0,
                options: json!({"temperature": 3}),
                condition: Condition::default(),
            },
            Code::BadOption,
        ),
        (
            Request::Sample {
                session: 2,
                count: 1,
                seed: 0,
                options: options(),
                condition: Condition::default(),
            },
            Code::UnknownSession,
        ),
        (
            Request::Train {
                session: 2,
                steps: None,
                rate: None,
                seconds: None,
                network: None,
                keep: None,
            },
            Code::UnknownSession,
        ),
        (
            Request::Train {
                session: 1,
                steps: None,
                rate: Some(0.0),
                seconds: None,
                network: None,
                keep: None,
            },
            Code::BadOption,
        ),
        (
            Request::Train {
                session: 1,
                steps: None,
                rate: Some(f32::NAN),
                seconds: None,
                network: None,
                keep: None,
            },
            Code::BadOption,
        ),
        (
            Request::SetTrain {
                session: 1,
                train: json!({"batch_size": 1}),
            },
            Code::BadOption,
        ),
        (
            Request::SetTrain {
                session: 1,
                train: json!({"batch": 16}),
            },
            Code::BadOption,
        ),
        (
            Request::SetTrain {
                session: 2,
                train: options(),
            },
            Code::UnknownSession,
        ),
        (
            look(common::plot(
                "latent",
                PlotInputs {
                    resolution: 1000,
                    ..none()
                },
            )),
            Code::BadOption,
        ),
        (look(common::plot("nothing", none())), Code::BadOption),
        (
            look(ViewQuery::Decode { z: vec![].into() }),
            Code::BadOption,
        ),
        (
            look(ViewQuery::Decode {
                z: vec![1.0; 3].into(),
            }),
            Code::BadOption,
        ),
        (
            look(ViewQuery::Decode {
                z: vec![f32::NAN, 0.0].into(),
            }),
            Code::BadOption,
        ),
        (look(ViewQuery::Encode { image: test(100) }), Code::BadImage),
        (
            look(ViewQuery::Encode {
                image: test(u32::MAX),
            }),
            Code::BadImage,
        ),
        (
            look(ViewQuery::Encode {
                image: ImageInput::Rgba {
                    width: 2,
                    height: 2,
                    pixels: Bytes(vec![0; 15]),
                },
            }),
            Code::BadImage,
        ),
        (
            look(ViewQuery::Encode {
                image: ImageInput::Drawing {
                    width: 9,
                    height: 1,
                    pixels: Bytes(vec![0; 9]),
                },
            }),
            Code::BadImage,
        ),
        (
            look(common::plot(
                "reconstruct",
                PlotInputs {
                    image: Some(test(0)),
                    ..none()
                },
            )),
            Code::BadOption,
        ),
        (look(common::plot("interpolate", pair(65))), Code::BadOption),
        (look(common::plot("interpolate", pair(0))), Code::BadOption),
        (
            Request::CheckOptions {
                scope: OptionScope::Config,
                family: "nothing".into(),
                entries: Vec::new(),
            },
            Code::UnknownFamily,
        ),
    ];
    for (request, want) in cases {
        let shown = format!("{request:?}");
        assert_eq!(page.code(request), want, "{shown:.300}");
    }
    assert_eq!(page.sample(1, 3), before);
    assert_eq!(page.export(1, true), file);
}

#[test]
fn data_of_another_size_is_not_shown_to_a_model() {
    let page = Page::with_model();
    let test = |index| ImageInput::Test { index };
    let bytes = Bytes(page.export(1, false));
    let open = Request::Open {
        session: 2,
        bytes,
        sha256: None,
    };
    page.ask(open).expect("opens");
    page.load(small_digits_packed(14, 20, 20));
    for query in [
        ViewQuery::DataImages { start: 0, count: 3 },
        common::plot("codes", PlotInputs { count: 3, ..none() }),
        ViewQuery::Encode { image: test(0) },
        common::plot(
            "reconstruct",
            PlotInputs {
                image: Some(test(0)),
                count: 1,
                ..none()
            },
        ),
    ] {
        let error = page.look(2, query.clone()).expect_err("another size");
        assert_eq!(error.code, Code::BadData, "{query:?}");
    }
    page.sample(2, 0);
}

#[test]
fn options_as_text_come_back_typed_or_with_their_errors() {
    let page = Page::new();
    let check = |scope, entries: &[(&str, &str)]| {
        let entries = entries
            .iter()
            .map(|(n, v)| (n.to_string(), v.to_string()))
            .collect();
        let request = Request::CheckOptions {
            scope,
            family: "vae".into(),
            entries,
        };
        match page.ask(request) {
            Ok(Outcome::Options { values, errors }) => {
                (values, errors.iter().map(|e| e.code).collect::<Vec<_>>())
            }
            other => panic!("{other:?}"),
        }
    };
    let (values, errors) = check(
        OptionScope::Config,
        &[
            ("hidden", "64"),
            ("beta", "0.5"),
            ("architecture", "conv"),
            ("layers", "two"),
            ("latent_dim", "1"),
            ("activation", "sine"),
            ("colour", "red"),
            ("free_bits", "NaN"),
            ("importance_samples", "1e1"),
        ],
    );
    assert_eq!(
        values,
        json!({"hidden": 64, "beta": 0.5, "architecture": "conv"})
    );
    assert_eq!(errors, [Code::BadOption; 6]);
    let (values, errors) = check(
        OptionScope::Train,
        &[("batch_size", "16"), ("binarize", "none")],
    );
    assert_eq!(
        (values, errors.len()),
        (json!({"batch_size": 16, "binarize": "none"}), 0)
    );
    let (values, _) = check(OptionScope::Sample, &[("temperature", "1")]);
    assert_eq!(values, json!({"temperature": 1.0}));
}

#[test]
fn options_change_while_it_trains() {
    let page = Page::with_model();
    page.answers.borrow_mut().clear();
    let slow = Request::Train {
        session: 1,
        steps: Some(12),
        rate: Some(100.0),
        seconds: None,
        network: None,
        keep: None,
    };
    let train = json!({"learning_rate": 0.01, "batch_size": 64});
    let mut change = Some((2, Request::SetTrain { session: 1, train }));
    let start = std::time::Instant::now();
    page.together(vec![(1, slow)], |_| change.take());
    // Slow motion: the twelfth step is due 110 ms after the first.
    assert!(start.elapsed().as_millis() >= 100, "{:?}", start.elapsed());
    assert_eq!(trained(page.end(1)).step, 12);
    assert!(matches!(page.end(2), Ok(Outcome::Done)));
    let info = page.open(9, page.export(1, true));
    assert_eq!(
        (&info.train["batch_size"], &info.train["learning_rate"]),
        (&json!(64), &json!(0.01))
    );
}

#[test]
fn a_training_that_diverges_says_so_and_can_be_brought_back() {
    let page = Page::new();
    page.load(small_digits_packed(7, 600, 100));
    // Weights of size 1e18 make the first loss infinite.
    page.create(
        1,
        json!({"hidden": 16, "latent_dim": 2, "beta": 20.0}),
        json!({"batch_size": 32}),
    );
    let good = page.train(1, 6);
    assert!(good.snapshots.len() >= 2);
    let mut file = page.export(1, true);
    let n = u64::from_le_bytes(file[..8].try_into().expect("eight")) as usize;
    let header: Value = serde_json::from_slice(&file[8..8 + n]).expect("JSON");
    let at = &header["encoder.logvar.bias"]["data_offsets"][0];
    let at = 8 + n + at.as_u64().expect("an offset") as usize;
    file[at..at + 4].copy_from_slice(&1e18f32.to_le_bytes());
    page.open(2, file);
    let request = |session| Request::Train {
        session,
        steps: Some(400),
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    };
    assert_eq!(page.code(request(2)), Code::TrainingDiverged);
    // Nothing is stuck: the session still answers, and says the same when asked to go on.
    page.sample(2, 0);
    assert_eq!(page.code(request(2)), Code::TrainingDiverged);
    assert_eq!(
        page.code(Request::RestoreSnapshot {
            session: 2,
            index: 77
        }),
        Code::BadOption
    );
    // A step that is far too large: either it stays finite or it says so; the start can be had back.
    let train = json!({"learning_rate": 0.1});
    assert!(page.ask(Request::SetTrain { session: 1, train }).is_ok());
    match page.ask(request(1)) {
        Ok(Outcome::Trained { state }) => {
            assert!(losses(&state, "loss").iter().all(|v| v.is_finite()));
        }
        other => assert_eq!(other.expect_err("an error").code, Code::TrainingDiverged),
    }
    let info = model(page.ask(Request::RestoreSnapshot {
        session: 1,
        index: 0,
    }));
    assert_eq!(info.step, 0);
    // What was exported after all this can be opened.
    page.open(3, page.export(1, true));
}

#[test]
fn a_set_without_classes_or_with_one_image() {
    let page = Page::new();
    page.load(packed("mnist", [4, 4], (&[9; 16], &[1]), (&[3; 16], &[2])));
    let conv = json!({"architecture": "conv", "hidden": 16, "latent_dim": 2});
    page.create(1, conv, json!({"batch_size": 8, "binarize": "none"}));
    assert_eq!(page.train(1, 4).epoch, 32.0);
    let query = common::plot(
        "codes",
        PlotInputs {
            count: 2000,
            ..none()
        },
    );
    assert!(page.look(1, query).is_ok());
}
