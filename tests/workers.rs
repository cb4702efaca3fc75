//! Trainings whose steps are dealt out to helpers: helpers that say nothing, cut their answers short or come and go
//! change nothing of what is learned; and the worker's host asks for helpers where they pay.

use std::{cell::RefCell, rc::Rc};

use crate::common::{
    crew::{self, Fault, deliver, deliver_in_turn, join},
    small_digits,
};
use generative_playground::{
    data::{Dataset, TextSet},
    device,
    error::Code,
    host::Host,
    model::TrainConfig,
    options::Options,
    protocol::{Answer, Bytes, Envelope, Outcome, Progress, Reply, Request},
    training::{Crew, Trainer, threads::Threads},
};
use serde_json::{Value, json};
use web_time::{Duration, Instant};

const WORDS: &str = "the rain in spain stays mainly in the plain. ";

/// A small transformer with dropout, whose steps have six parts.
fn trainer() -> Trainer {
    let text = TextSet::new("own", &WORDS.repeat(8), &Value::Null).expect("a text");
    let data: Rc<Dataset> = Rc::new(text.into());
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 64, "dropout": 0.1});
    let train = TrainConfig {
        batch_size: 44,
        ..TrainConfig::from_json(&json!({"optimizer": "muon", "clip": 1.0})).expect("options")
    };
    Trainer::new("gpt", &config, train, data, 3, &device::cpu()).expect("a training")
}

/// The bits of all weights.
fn bits(trainer: &Trainer) -> Vec<u32> {
    let weights = pollster::block_on(trainer.model.weights()).expect("weights");
    let all = weights.values().flat_map(|w| w.iter::<f32>());
    all.map(f32::to_bits).collect()
}

/// What is learned in four steps by one worker.
fn alone() -> Vec<u32> {
    let mut trainer = trainer();
    for _ in 0..4 {
        trainer.step().expect("a step");
    }
    bits(&trainer)
}

fn together(crew: &Crew) -> Vec<u32> {
    let mut trainer = trainer();
    assert!(trainer.parts() >= 6, "{}", trainer.parts());
    for _ in 0..4 {
        pollster::block_on(trainer.step_with(crew)).expect("a step");
    }
    bits(&trainer)
}

#[test]
fn a_helper_that_fails_is_lost_and_no_step_with_it() {
    let alone = alone();
    for fault in [
        Fault::Mute,
        Fault::MuteAfter(1),
        Fault::MuteAfter(4),
        Fault::Cut,
        Fault::Short,
        Fault::Deaf,
    ] {
        let crew = Rc::new(Crew::new(deliver).with_patience(Duration::from_millis(200)));
        join(&crew, 7, Fault::None);
        join(&crew, 8, fault);
        assert!(together(&crew) == alone, "{fault:?}");
        assert_eq!(crew.take_lost(), [8], "{fault:?}");
        assert_eq!(crew.take_lost(), [] as [u32; 0], "told once");
        assert_eq!(crew.size(), 1);
    }
}

#[test]
fn threads_that_help_learn_the_same() {
    let alone = alone();
    for workers in [1, 2, 4] {
        let threads = Threads::hire(workers, &device::cpu()).expect("threads");
        assert_eq!(threads.crew().size(), workers - 1);
        let mut trainer = trainer();
        trainer.config.steps = 4;
        let training = trainer.run_with(Some(threads.crew()), 4, |_, _| Ok(true));
        pollster::block_on(threads.during(training)).expect("four steps");
        assert!(bits(&trainer) == alone, "{workers} workers");
        assert_eq!(threads.crew().take_lost(), [] as [u32; 0]);
        assert_eq!(threads.crew().size(), workers - 1);
    }
}

#[test]
fn what_another_size_cannot_take_is_drawn() {
    let given = pollster::block_on(trainer().model.weights()).expect("weights");
    let text = TextSet::new("own", &"zebras quiz a lynx. ".repeat(20), &Value::Null);
    let data: Rc<Dataset> = Rc::new(text.expect("a text").into());
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 64});
    let train = TrainConfig::default();
    let new = || {
        let made = Trainer::new(
            "gpt",
            &config,
            train.clone(),
            data.clone(),
            9,
            &device::cpu(),
        );
        made.expect("a training")
    };
    let mut after = new();
    let strict = pollster::block_on(after.begin_with(given.clone()));
    assert_eq!(strict.map_err(|e| e.code()), Err(Code::CheckpointShape));
    let before = pollster::block_on(new().model.weights()).expect("weights");
    let drawn = pollster::block_on(after.begin_near(given.clone())).expect("what fits");
    let weights = pollster::block_on(after.model.weights()).expect("weights");
    assert!(!drawn.is_empty() && drawn.len() < weights.len());
    for (name, values) in &weights {
        let fits = given[name].shape() == values.shape();
        let from = if fits { &given } else { &before };
        assert_eq!(values, &from[name], "{name}");
    }
    assert!(
        weights
            .iter()
            .any(|(name, w)| given[name].shape() != w.shape())
    );
}

#[test]
fn helpers_come_and_go_between_and_within_steps() {
    let alone = alone();
    let crew = Rc::new(Crew::new(deliver));
    let mut trainer = trainer();
    let step = |trainer: &mut Trainer| {
        pollster::block_on(trainer.step_with(&crew)).expect("a step");
    };
    step(&mut trainer);
    let first = join(&crew, 1, Fault::None);
    join(&crew, 2, Fault::None);
    step(&mut trainer);
    assert!(first.get() > 0, "it computed something");
    // What the first one has sent when it leaves is not waited for.
    crew.leave(1);
    let before = first.get();
    step(&mut trainer);
    assert_eq!(first.get(), before);
    join(&crew, 3, Fault::None);
    // Another training of the same helpers in between.
    let mut other = common_trainer();
    pollster::block_on(other.step_with(&crew)).expect("a step");
    step(&mut trainer);
    assert!(bits(&trainer) == alone);
    assert_eq!(crew.take_lost(), [] as [u32; 0]);
}

/// A training of another family.
fn common_trainer() -> Trainer {
    let data: Rc<Dataset> = Rc::new(small_digits(4, 16, 8).into());
    let config = json!({"timesteps": 10, "channels": 8, "levels": 1});
    let train = TrainConfig::from_json(&json!({"batch_size": 64})).expect("options");
    Trainer::new("ddpm", &config, train, data, 3, &device::cpu()).expect("a training")
}

#[test]
fn what_comes_too_late_or_from_nobody_is_left_alone() {
    let crew = crew::of(1);
    crew.hear(99, &[], Box::new(vec![]));
    assert_eq!(crew.size(), 1);
    for head in [vec![], vec![0; 8], vec![255; 400], vec![1; 64]] {
        let crew = crew::of(1);
        crew.hear(0, &head, Box::new(vec![0.0; 3]));
        assert_eq!(crew.take_lost(), [0]);
    }
}

/// What a host said of its training, and the checkpoint at its end.
#[derive(Default)]
struct Heard {
    asked: Vec<(u32, Vec<u32>)>,
    most: u32,
    saved: Vec<u8>,
    failed: bool,
    steps: u32,
}

/// Trains for so many steps in a host; helpers that are asked for come if `come`, the first of them silent.
fn hosted(steps: u32, come: bool) -> Heard {
    let heard = Rc::new(RefCell::new(Heard::default()));
    let told = heard.clone();
    let emit = move |answer: Answer| {
        let mut heard = told.borrow_mut();
        match answer.reply {
            Reply::Progress { progress } => match progress {
                Progress::Helpers { count, lost } => heard.asked.push((count, lost)),
                Progress::Training { state, .. } => heard.most = heard.most.max(state.workers),
                Progress::Snapshot { bytes, .. } => heard.saved = bytes.0,
                _ => {}
            },
            Reply::Ok {
                outcome: Outcome::Trained { state },
            } => heard.steps = state.step,
            Reply::Ok { .. } => {}
            Reply::Error { error } => {
                eprintln!("{error:?}");
                heard.failed = true;
            }
        }
    };
    let host = Rc::new(Host::new(device::cpu(), deliver_in_turn, Box::new(emit)));
    let ask = |id, request| host.handle(Envelope { id, request });
    pollster::block_on(async {
        ask(
            1,
            Request::LoadText {
                name: "own".into(),
                bytes: Bytes(WORDS.repeat(40).into_bytes()),
                sha256: None,
                options: Value::Null,
            },
        )
        .await;
        ask(
            2,
            Request::Create {
                session: 1,
                family: "gpt".into(),
                config: json!({"n_layer": 2, "n_head": 2, "n_embd": 64, "block_size": 64}),
                train: json!({"batch_size": 32}),
                data: "own".into(),
                data_options: Value::Null,
                seed: 5,
            },
        )
        .await;
        let train = ask(
            3,
            Request::Train {
                session: 1,
                steps: Some(steps),
                rate: None,
                seconds: None,
                network: None,
                keep: None,
            },
        );
        let mut train = std::pin::pin!(train);
        let mut joined = false;
        std::future::poll_fn(|context| {
            if come && !joined && !heard.borrow().asked.is_empty() {
                joined = true;
                // As the page does: a worker that answers nothing, and one that helps.
                crew::join_host(&host, 1, Fault::Mute);
                crew::join_host(&host, 2, Fault::None);
            }
            let polled = train.as_mut().poll(context);
            context.waker().wake_by_ref();
            polled
        })
        .await;
    });
    heard.take()
}

#[test]
fn a_host_asks_for_helpers_once_a_training_has_lasted_and_learns_the_same() {
    let begun = Instant::now();
    let few = hosted(4, false);
    let spent = begun.elapsed().as_secs_f64();
    assert!(
        !few.failed && (few.asked.is_empty() || spent > 2.0),
        "a short training asks nobody"
    );
    // As many steps as take some seconds.
    let steps = (20.0 * 4.0 / spent).clamp(60.0, 4000.0) as u32;
    let alone = hosted(steps, false);
    let helped = hosted(steps, true);
    assert!(!alone.failed && !helped.failed);
    assert_eq!([alone.steps, helped.steps], [steps, steps]);
    assert!(alone.asked[0].0 >= 1 && alone.asked[0].1.is_empty());
    assert_eq!(
        alone.asked.last().map(|a| a.0),
        Some(0),
        "in the end nobody is needed"
    );
    assert_eq!([alone.most, helped.most.min(2)], [1, 2]);
    let lost: Vec<u32> = helped.asked.iter().flat_map(|a| a.1.clone()).collect();
    assert_eq!(lost, [1], "the one that says nothing is told");
    // The files differ in their losses' history, which depends on when it was looked.
    let weights = |heard: &Heard| {
        let opened = generative_playground::checkpoint::open(&heard.saved, None, &device::cpu());
        let model = opened.expect("a checkpoint").model;
        let weights = pollster::block_on(model.weights()).expect("weights");
        let all: Vec<u32> = (weights.values())
            .flat_map(|w| w.iter::<f32>().map(f32::to_bits).collect::<Vec<_>>())
            .collect();
        all
    };
    assert!(weights(&alone) == weights(&helped));
}
