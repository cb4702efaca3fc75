//! Random walks through the real host: what a page may ask in any order, several things at once. After
//! each walk every request has had exactly one end, and every session still answers.
//!
//! `PLAYGROUND_WALKS=100000 cargo test --release --test native walk:: -- --nocapture` for more than in ./test;
//! `PLAYGROUND_WALK=17` for one, with all that was asked.

use std::{
    collections::BTreeMap,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Waker},
    time::{Duration, Instant},
};

use crate::common::{Dice, Page, packed};
use generative_playground::{
    checkpoint, device,
    error::Code,
    protocol::{Answer, Bytes, Envelope, Outcome, Progress, Reply, Request},
    training::Budget,
};
use serde_json::{Value, json};

/// Sessions that a walk may speak of.
const SESSIONS: usize = 3;
/// Turns after which a request counts as pending for ever.
const TURNS: usize = 20_000;

/// Small models: family, data, config, training options.
fn models() -> Vec<Value> {
    let model = |family: &str, data: &str, config: Value, train: Value| {
        let data_options = if data == "own" {
            json!({})
        } else {
            Value::Null
        };
        json!({
            "type": "create", "family": family, "data": data, "config": config, "train": train,
            "dataOptions": data_options,
        })
    };
    let batch = json!({ "batch_size": 8, "ema": 0.0 });
    let averaged = json!({ "batch_size": 8, "ema": 0.9 });
    let images = json!({ "hidden": 16, "latent_dim": 2 });
    let gpt = json!({ "n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 8 });
    let ddpm = json!({ "timesteps": 10, "hidden": 16, "layers": 1, "embedding": 8 });
    let coupling = json!({ "couplings": 1, "hidden": 8, "layers": 1 });
    vec![
        model("vae", "mnist", images.clone(), batch.clone()),
        model("vae", "mnist", images, averaged.clone()),
        model("gpt", "own", gpt, json!({ "batch_size": 8, "warmup": 0 })),
        model("realnvp", "moons", coupling, averaged.clone()),
        model(
            "mdn",
            "circles",
            json!({ "components": 2, "hidden": 8 }),
            averaged,
        ),
        model("planar", "u1", json!({ "layers": 2 }), batch.clone()),
        model(
            "gan",
            "8gaussians",
            json!({ "hidden": 16, "layers": 1 }),
            batch.clone(),
        ),
        model("ddpm", "moons", ddpm, batch),
    ]
}

/// A tiny set of images, and a text.
fn data() -> [Request; 2] {
    let pixels = |n: u8| (0..n * 4).map(|i| i * 7 % 16).collect::<Vec<u8>>();
    let labels = |n: u8| (0..n).map(|i| i % 10).collect::<Vec<u8>>();
    let images = packed(
        "mnist",
        [2, 2],
        (&pixels(12), &labels(12)),
        (&pixels(5), &labels(5)),
    );
    let text = "the rain in spain stays mainly in the plain. ".repeat(8);
    [
        Request::LoadData {
            name: "mnist".into(),
            bytes: Bytes(images),
            sha256: None,
        },
        Request::LoadText {
            name: "own".into(),
            bytes: Bytes(text.into_bytes()),
            sha256: None,
            options: Value::Null,
        },
    ]
}

/// A page whose worker has its data.
fn page() -> Page {
    let page = Page::by_turns(Budget::NATIVE);
    for (id, request) in (1..).zip(data()) {
        poll_to_end(page.host.handle(Envelope { id, request }));
    }
    page.answers.borrow_mut().clear();
    page
}

/// Ask one thing, alone.
fn ask(page: &Page, id: u32, request: Request) -> Result<Outcome, Code> {
    poll_to_end(page.host.handle(Envelope { id, request }));
    let answers = page.answers.borrow();
    let found = answers.iter().rev().find(|answer| answer.id == id);
    match &found.expect("an answer").reply {
        Reply::Ok { outcome } => Ok(outcome.clone()),
        Reply::Error { error } => Err(error.code),
        Reply::Progress { .. } => panic!("an end comes last"),
    }
}

fn poll_to_end(future: impl Future<Output = ()>) {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..TURNS {
        if future.as_mut().poll(&mut context).is_ready() {
            return;
        }
    }
    panic!("a request that is pending for ever");
}

/// Files that open, and files that do not.
fn files() -> Vec<Vec<u8>> {
    let page = page();
    let mut files = Vec::new();
    for mut model in models() {
        model["session"] = 1.into();
        model["seed"] = 3.into();
        let create = serde_json::from_value(model).expect("a request");
        ask(&page, 10, create).expect("a model");
        let train = json!({ "type": "train", "session": 1, "steps": 2, "rate": null });
        ask(&page, 11, serde_json::from_value(train).expect("a request")).expect("two steps");
        for resumable in [true, false] {
            let export = Request::Export {
                session: 1,
                resumable,
            };
            if let Ok(Outcome::File { bytes, .. }) = ask(&page, 12, export) {
                files.push(bytes.0);
            }
        }
    }
    files
}

/// What is asked, as the page would send it. Files are named by their place in [`files`], and spoilt at
/// a byte.
fn act(dice: &mut Dice, models: &[Value], files: usize) -> Value {
    let session = dice.below(SESSIONS) + 1;
    let seed = dice.below(4);
    let mut create = dice.pick(models).clone();
    let plot = *dice.pick(&[
        "density",
        "codes",
        "reconstruct",
        "read",
        "layers",
        "samples",
        "no",
    ]);
    let count = dice.below(5);
    let query = match dice.below(4) {
        0 => json!({ "type": "data", "count": 20, "resolution": 8 }),
        1 => json!({ "type": "dataImages", "start": 0, "count": 3 }),
        2 => json!({ "type": "encode", "image": { "type": "test", "index": dice.below(9) } }),
        _ => json!({
            "type": "plot", "plot": plot,
            "inputs": { "resolution": 8, "count": count, "seed": seed, "text": "the rain" },
        }),
    };
    let snapshot = *dice.pick(&[None, None, Some(0), Some(1), Some(9)]);
    match dice.below(20) {
        0 | 1 => {
            create["session"] = session.into();
            create["seed"] = seed.into();
            create
        }
        2 | 3 => {
            let spoilt = (dice.below(3) == 0).then(|| dice.next());
            json!({ "open": dice.below(files), "session": session, "spoilt": spoilt })
        }
        4..=7 => {
            let steps = *dice.pick(&[Some(0), Some(1), Some(2), Some(4), None]);
            let rate = match steps {
                None => Some(10_000.0),
                Some(_) => *dice.pick(&[None, Some(10_000.0), Some(-1.0)]),
            };
            let network = *dice.pick(&[None, None, None, Some("generator"), Some("no")]);
            let keep = *dice.pick(&[None, Some(false)]);
            json!({
                "type": "train", "session": session, "steps": steps, "rate": rate,
                "network": network, "keep": keep,
            })
        }
        8 | 9 => json!({ "cancel": dice.below(8) }),
        10 => json!({ "type": "dispose", "session": session }),
        11 => {
            let changes = [
                json!({ "learning_rate": 0.1 }),
                json!({ "batch_size": 16, "ema": 0.5 }),
                json!({ "ema": 0.0 }),
                json!({ "learning_rate": -3 }),
                json!({ "nonsense": 1 }),
                json!([]),
            ];
            let train = dice.pick(&changes);
            json!({ "type": "setTrain", "session": session, "train": train })
        }
        12 | 13 => json!({
            "type": "view", "session": session, "query": query, "snapshot": snapshot,
        }),
        14 => json!({
            "type": "exportView", "session": session, "query": query, "snapshot": snapshot,
        }),
        15 => json!({
            "type": "sample", "session": session, "count": count, "seed": seed,
            "options": *dice.pick(&[&json!({}), &json!({ "temperature": 9 }), &Value::Null]),
        }),
        16 => json!({ "type": "export", "session": session, "resumable": dice.below(2) == 0 }),
        17 => json!({
            "type": "exportSamples", "session": session, "count": count, "seed": seed,
            "options": {}, "scale": dice.below(3),
        }),
        18 => json!({ "type": "restoreSnapshot", "session": session, "index": dice.below(3) }),
        _ => json!({
            "type": "showSnapshot", "session": session, "index": dice.below(3), "count": count,
        }),
    }
}

/// The request of an act; `ids` are those of what was asked before.
fn request(act: &Value, files: &[Vec<u8>], ids: &[u32]) -> Request {
    if let Some(place) = act["open"].as_u64() {
        let mut bytes = files[place as usize].clone();
        if let Some(spoilt) = act["spoilt"].as_u64() {
            let at = spoilt as usize % bytes.len();
            match spoilt % 3 {
                0 => bytes.truncate(at),
                _ => bytes[at] ^= 1 << (spoilt >> 61),
            }
        }
        return Request::Open {
            session: act["session"].as_u64().expect("a number") as u32,
            bytes: Bytes(bytes),
            sha256: None,
        };
    }
    if let Some(back) = act["cancel"].as_u64() {
        // One of the last few, or one that never was.
        let target = ids.iter().rev().nth(back as usize).copied().unwrap_or(9999);
        return Request::Cancel { target };
    }
    serde_json::from_value(act.clone()).unwrap_or_else(|e| panic!("{act}: {e}"))
}

/// Run a walk; `Err` says what is wrong.
fn run(acts: &[Value], order: u64, files: &[Vec<u8>]) -> Result<(), String> {
    let page = page();
    let mut dice = Dice(order);
    let mut context = Context::from_waker(Waker::noop());
    let mut running: Vec<Pin<Box<dyn Future<Output = ()> + '_>>> = Vec::new();
    let mut ids = Vec::new();
    for (id, act) in (100..).zip(acts) {
        let request = request(act, files, &ids);
        ids.push(id);
        // As in a worker: what is posted first begins first.
        let mut future: Pin<Box<dyn Future<Output = ()>>> =
            Box::pin(page.host.handle(Envelope { id, request }));
        if future.as_mut().poll(&mut context).is_pending() {
            running.push(future);
        }
        for _ in 0..dice.below(12) {
            if running.is_empty() {
                break;
            }
            let place = dice.below(running.len());
            if running[place].as_mut().poll(&mut context).is_ready() {
                drop(running.swap_remove(place));
            }
        }
    }
    for &target in &ids {
        let request = Request::Cancel { target };
        poll_to_end(page.host.handle(Envelope { id: 50, request }));
    }
    let mut turns = 0;
    while !running.is_empty() {
        turns += 1;
        if turns > TURNS {
            return Err(format!("{} requests are pending for ever", running.len()));
        }
        let mut still = Vec::new();
        for mut future in running {
            if future.as_mut().poll(&mut context).is_pending() {
                still.push(future);
            }
        }
        running = still;
    }
    check_answers(&page.answers.borrow(), &ids)?;
    check_sessions(&page)
}

/// One end for each request, nothing after it, no error of ours, and snapshots that open.
fn check_answers(answers: &[Answer], ids: &[u32]) -> Result<(), String> {
    let mut ends = BTreeMap::<u32, usize>::new();
    for answer in answers {
        let id = answer.id;
        if ends.contains_key(&id) && id != 50 {
            return Err(format!("request {id} was answered after its end"));
        }
        match &answer.reply {
            Reply::Progress {
                progress: Progress::Snapshot { bytes, .. },
            } => {
                let opened = checkpoint::open(&bytes.0, None, &device::cpu());
                opened.map_err(|e| format!("the snapshot of {id} does not open: {e}"))?;
            }
            Reply::Progress { .. } => {}
            Reply::Ok { .. } => *ends.entry(id).or_default() += 1,
            Reply::Error { error } => {
                *ends.entry(id).or_default() += 1;
                if error.code == Code::Internal {
                    return Err(format!("{id}: {}", error.message));
                }
            }
        }
    }
    match ids.iter().find(|id| !ends.contains_key(id)) {
        Some(id) => Err(format!("request {id} has no end")),
        None => Ok(()),
    }
}

/// Each session draws a sample and writes a file that opens, or is not there.
fn check_sessions(page: &Page) -> Result<(), String> {
    for session in 1..=SESSIONS as u32 {
        let sample = json!({
            "type": "sample", "session": session, "count": 1, "seed": 0, "options": {},
        });
        let sample = serde_json::from_value(sample).expect("a request");
        match ask(page, 51, sample) {
            Ok(Outcome::View { .. }) => {}
            Err(Code::UnknownSession) => continue,
            other => return Err(format!("session {session} draws {other:?}")),
        }
        let export = Request::Export {
            session,
            resumable: true,
        };
        match ask(page, 52, export) {
            Ok(Outcome::File { bytes, .. }) => {
                let opened = checkpoint::open(&bytes.0, None, &device::cpu());
                opened.map_err(|e| format!("what session {session} wrote: {e}"))?;
            }
            Err(Code::TrainingDiverged) => {}
            other => return Err(format!("session {session} writes {other:?}")),
        }
        let train = json!({ "type": "train", "session": session, "steps": 1, "rate": null });
        match ask(page, 53, serde_json::from_value(train).expect("a request")) {
            Ok(Outcome::Trained { .. }) => {}
            // Of a spoilt file the data may not be what it says.
            Err(Code::TrainingDiverged | Code::BadData | Code::BadOption) => {}
            other => return Err(format!("session {session} trains {other:?}")),
        }
    }
    Ok(())
}

/// What is wrong with a walk, panics included.
fn fault(acts: &[Value], order: u64, files: &[Vec<u8>]) -> Option<String> {
    let run = catch_unwind(AssertUnwindSafe(|| run(acts, order, files)));
    match run {
        Ok(result) => result.err(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).into()));
            Some(format!("a panic: {}", text.unwrap_or_default()))
        }
    }
}

/// Leave out of a failing walk whatever can be left out.
fn shrink(mut acts: Vec<Value>, order: u64, files: &[Vec<u8>]) -> Vec<Value> {
    let mut place = 0;
    while place < acts.len() {
        let mut fewer = acts.clone();
        fewer.remove(place);
        match fault(&fewer, order, files) {
            Some(_) => acts = fewer,
            None => place += 1,
        }
    }
    acts
}

#[test]
fn any_walk_ends_well() {
    let read = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let one = read("PLAYGROUND_WALK");
    let walks = read("PLAYGROUND_WALKS").unwrap_or(10_000);
    let numbers = one.map_or(0..walks, |one| one..one + 1);
    let (models, files) = (models(), files());
    // As many as there is time for on a busy machine, unless a number was asked for.
    let most = Duration::from_secs(if read("PLAYGROUND_WALKS").is_some() {
        u64::MAX
    } else {
        25
    });
    let (start, mut taken, mut acts_taken) = (Instant::now(), 0u64, 0);
    for seed in numbers {
        if start.elapsed() > most {
            break;
        }
        let dice = &mut Dice(seed);
        let length = 1 + dice.below(12);
        let acts: Vec<Value> = (0..length)
            .map(|_| act(dice, &models, files.len()))
            .collect();
        if one.is_some() {
            println!("{acts:#?}");
        }
        if let Some(fault) = fault(&acts, seed, &files) {
            let short = shrink(acts, seed, &files);
            let what = serde_json::to_string_pretty(&short).expect("JSON");
            panic!("walk {seed}: {fault}\nshrunk to {what}");
        }
        taken += 1;
        acts_taken += length;
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{taken} walks of {acts_taken} requests in {seconds:.0} s");
    assert!(one.is_some() || taken >= 200, "too few: {taken}");
}
