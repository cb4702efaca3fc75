//! The agent against PyTorch (tests/reference/agent.py); what a decision may see; episodes that repeat; learning; what
//! is typed by readers.

use std::{pin::Pin, rc::Rc};

use crate::common::{count, digest, gradients_of, number, root, strong, values};
use burn::tensor::Device;
use generative_playground::{
    checkpoint,
    data::{
        Batch, DataInfo, Dataset, EpisodeSet, Space, Stream,
        episodes::{Episode, LENGTH, Moment},
    },
    device,
    error::Code,
    evaluate::acting::{MOST_STEPS, outcomes},
    families::agent::{Agent, AgentConfig},
    kernels::host::by_formulas,
    model::{Acting, Condition, Family, Played, SideBySide, TrainConfig, finish},
    options::Options,
    plots,
    rng::{Purpose, Rng},
    scene::{PlotRequest, View},
    training::Trainer,
    worlds::rooms::{
        ACTIONS, Expert, Mission, Noun, Part, SEEN, Task,
        layout::{self, Naming},
    },
};
use serde_json::{Value, json};

fn info() -> DataInfo {
    DataInfo::new("rooms", Space::Episodes { steps: LENGTH })
}

/// A model with weights from the formula of the reference.
fn build(config: &Value, device: &Device) -> Agent {
    let config = AgentConfig::from_json(config).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = Agent::init(&config, &info(), &mut rng, device).expect("a model");
    strong(model)
}

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/agent.json")).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn episodes(case: &Value) -> Vec<Episode> {
    let moment = |m: &Value| {
        let mut sight = [0; SEEN];
        for (to, from) in sight.iter_mut().zip(list(&m["sight"])) {
            *to = count(from) as u8;
        }
        let place = |i: usize| number(&m["place"][i]) as i8;
        let goal = |i: usize| count(&m["goal"][i]) as u8;
        Moment {
            sight,
            place: [place(0), place(1)],
            turned: count(&m["turned"]) as u8,
            last: ACTIONS.get(count(&m["last"])).copied(),
            right: ACTIONS.get(count(&m["right"])).copied(),
            goal: [goal(0), goal(1), goal(2)],
        }
    };
    let episode = |e: &Value| Episode {
        words: list(&e["words"]).iter().map(|w| count(w) as u32).collect(),
        moments: list(&e["moments"]).iter().map(moment).collect(),
    };
    list(&case["episodes"]).iter().map(episode).collect()
}

fn told(episodes: &[Episode]) -> Vec<(&[u32], &[Moment])> {
    let each = episodes.iter();
    each.map(|e| (&e.words[..], &e.moments[..])).collect()
}

/// The gradient of every weight, by name, and the loss.
fn gradients(model: &Agent, batch: &Batch) -> (f64, Vec<(String, Vec<f32>)>) {
    let mut rng = Rng::new(0, Purpose::Train, 0);
    let losses = Family::losses(model, batch, &mut rng).expect("losses");
    let loss = f64::from(values(losses[0].1.clone().without_autodiff())[0]);
    (loss, gradients_of(model.net().clone(), &losses[0].1))
}

#[test]
fn a_pass_its_attention_its_loss_and_its_gradients_are_pytorchs() {
    let case = reference();
    let model = build(&case["config"], &Device::flex().autodiff());
    let episodes = episodes(&case);
    let logits = model.logits(&told(&episodes)).without_autodiff();
    digest("logits", &values(logits), &case["logits"]);
    let first = &episodes[0];
    let attended = model.attends(&first.words, &first.moments);
    let attended = pollster::block_on(attended).expect("attention");
    let words: Vec<f32> = attended.iter().flat_map(|a| a.words.clone()).collect();
    let cells: Vec<f32> = attended.iter().flat_map(|a| a.cells.clone()).collect();
    for (name, got) in [("words", words), ("cells", cells)] {
        let want = list(&case[name]);
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(want) {
            let apart = (f64::from(*got) - number(want)).abs();
            assert!(apart < 1e-5, "{name}: {got} {want}");
        }
    }
    let (loss, found) = gradients(&model, &Batch::Episodes { episodes });
    assert!((loss - number(&case["loss"])).abs() < 1e-5, "{loss}");
    let wanted = case["gradients"].as_object().expect("a table");
    assert_eq!(found.len(), wanted.len());
    for (name, got) in found {
        digest(&name, &got, &wanted[&name]);
    }
}

#[test]
fn kernels_and_formulas_agree() {
    let case = reference();
    let batch = Batch::Episodes {
        episodes: episodes(&case),
    };
    let model = build(&case["config"], &Device::flex().autodiff());
    let (loss, got) = gradients(&model, &batch);
    let (want_loss, want) = by_formulas(|| gradients(&model, &batch));
    assert!((loss - want_loss).abs() < 1e-5);
    for ((name, got), (_, want)) in got.iter().zip(&want) {
        let size = want.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
        for (a, b) in got.iter().zip(want) {
            assert!((a - b).abs() < 2e-4 * size, "{name}: {a} {b}");
        }
    }
}

#[test]
fn a_decision_sees_the_mission_and_the_past_and_no_other_episode() {
    let case = reference();
    let model = build(&case["config"], &device::cpu());
    let before = episodes(&case);
    let rows = |episodes: &[Episode]| {
        let logits = values(model.logits(&told(episodes)));
        let rows = logits.chunks_exact(ACTIONS.len()).map(<[f32]>::to_vec);
        rows.collect::<Vec<_>>()
    };
    let plain = rows(&before);
    // The last episode's third moment: its first two decisions stay, and so do those of others.
    let mut other = before.clone();
    other[2].moments[2].sight = [1; SEEN];
    let after = rows(&other);
    let first = plain.len() - before[2].moments.len();
    assert_eq!(plain[..first + 2], after[..first + 2]);
    for i in first + 2..plain.len() {
        assert_ne!(plain[i], after[i], "{i}");
    }
    // A word of its mission: all of its decisions, and no others.
    let mut other = before.clone();
    other[2].words[3] = 8;
    let after = rows(&other);
    assert_eq!(plain[..first], after[..first]);
    for i in first..plain.len() {
        assert_ne!(plain[i], after[i], "{i}");
    }
    // Decided alone or beside others.
    let together = told(&before);
    let all = pollster::block_on(model.decide(&together)).expect("decisions");
    for (one, decision) in together.iter().zip(all) {
        let alone = pollster::block_on(model.decide(&[*one])).expect("a decision");
        let pairs = decision
            .probabilities()
            .into_iter()
            .zip(alone[0].probabilities());
        for (a, b) in pairs {
            assert!((a - b).abs() < 1e-6, "{a} {b}");
        }
    }
}

#[test]
fn episodes_repeat_by_their_seed_and_go_on_where_they_were() {
    let set = EpisodeSet::new(&json!({"mishaps": 0.3})).expect("a set");
    assert_eq!(set.draw(4, 7), set.draw(4, 7));
    assert_ne!(set.draw(4, 7), set.draw(5, 7));
    assert_ne!(set.held_out(3), set.held_out(4));
    let data: Dataset = set.into();
    let next = |stream: &mut Stream| {
        let none = generative_playground::data::Binarize::None;
        let batch = stream.next(&data, 3, 0, none).expect("a batch");
        batch.episodes().expect("episodes").to_vec()
    };
    let mut stream = Stream::new(9, 0);
    let both = [next(&mut stream), next(&mut stream)];
    assert_eq!(next(&mut Stream::new(9, 3)), both[1]);
    assert_ne!(both[0], both[1]);
    for episode in both.iter().flatten() {
        assert!((1..=LENGTH).contains(&episode.moments.len()));
        assert_eq!(episode.moments[0].last, None);
        assert_eq!(
            (episode.moments[0].place, episode.moments[0].turned),
            ([0, 0], 0)
        );
    }
    for wrong in [
        json!({"mishaps": 0.9}),
        json!({"mishaps": -1}),
        json!({"x": 1}),
    ] {
        let code = EpisodeSet::new(&wrong).err().map(|e| e.code());
        assert_eq!(code, Some(Code::BadOption));
    }
}

/// A small model after so many steps.
fn trained(steps: usize) -> Trainer {
    let set = EpisodeSet::new(&Value::Null).expect("a set");
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32});
    let train = json!({
        "batch_size": 16, "learning_rate": 0.01, "optimizer": "muon", "warmup": 10, "clip": 1.0, "steps": steps,
    });
    let train = TrainConfig::from_json(&train).expect("options");
    let data = Rc::new(Dataset::from(set));
    let trainer = Trainer::new("agent", &config, train, data, 1, &device::cpu());
    let mut trainer = trainer.expect("a trainer");
    for _ in 0..steps {
        trainer.step().expect("a step");
    }
    trainer
}

#[test]
fn a_small_model_learns_what_the_expert_does() {
    let trainer = trained(150);
    let held_out = pollster::block_on(trainer.held_out(64)).expect("losses");
    let of = |name: &str| held_out.iter().find(|(n, _)| *n == name).expect("a loss").1;
    // Guessing among six actions costs 1.79 nats, and their frequencies alone about 1.3.
    assert!(of("action") < 1.1, "{held_out:?}");
    // Verb, colour and sort together begin at ln 5 + ln 7 + ln 5.
    assert!(of("plan") < 3.5, "{held_out:?}");
}

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

#[test]
fn what_readers_type_is_followed_or_refused_with_a_sentence() {
    let trainer = trained(2);
    let (model, info) = (trainer.averaged(), info());
    let follow = |text: &str, actions: &str| {
        let mut request = PlotRequest::new("follow", &info, device::cpu());
        (request.text, request.actions, request.seed) = (text, actions, 5);
        pollster::block_on(plots::answer(&*model, &request, pause))
    };
    let code = |text: &str, actions: &str| follow(text, actions).err().map(|e| e.code());
    assert_eq!(code("dance", ""), Some(Code::BadOption));
    assert_eq!(code("", "LRX"), Some(Code::BadOption));
    assert_eq!(code("", &"F".repeat(65)), Some(Code::BadOption));
    assert_eq!(code(&"go to ".repeat(100_000), ""), Some(Code::BadOption));
    let View::Episode {
        moments,
        worlds,
        outcome,
        mission,
        ..
    } = follow("", "LLR").expect("a view")
    else {
        panic!("an episode")
    };
    let begun: Vec<u32> = moments.iter().take(3).map(|m| m.taken).collect();
    assert_eq!(begun, [0, 0, 1]);
    assert!(moments[..3].iter().all(|m| m.given) && !moments[3..].iter().any(|m| m.given));
    for moment in &moments {
        let sum: f32 = moment.probabilities.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        let sum: f32 = moment.words.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
    }
    let View::Image { columns, .. } = *worlds else {
        panic!("an image")
    };
    assert_eq!(columns as usize, moments.len() + 1);
    assert!(
        outcome.starts_with("Done") || outcome.starts_with("Not done"),
        "{outcome}"
    );
    assert_eq!(
        mission,
        layout::draw(5, 0, None, Naming::Said).mission.to_string()
    );
    // Where there is no such thing.
    let rooms = layout::draw(5, 0, None, Naming::Said).rooms;
    let there = |mission: &str| {
        let parsed =
            generative_playground::worlds::rooms::Mission::parse(mission).expect("a mission");
        let noun = parsed.parts[0].noun();
        rooms.cells().any(|(_, cell)| noun.is_in(cell))
    };
    let colours = generative_playground::worlds::rooms::COLOURS;
    let missing = colours
        .map(|c| format!("go to the {c} box"))
        .into_iter()
        .find(|m| !there(m));
    let View::Episode {
        outcome,
        moments,
        expert_steps,
        ..
    } = follow(&missing.expect("one"), "").expect("a view")
    else {
        panic!("an episode")
    };
    assert!(outcome.contains("there is no"), "{outcome}");
    assert!(moments.is_empty() && expert_steps.is_none());

    // Samples are the same by their seed, and told their mission.
    let clips = |condition: &Condition, seed: u64| {
        let mut sampler = model
            .sampler(&Value::Null, condition, 1, seed)
            .expect("a sampler");
        let samples = pollster::block_on(finish(&mut *sampler)).expect("samples");
        values(samples.clips().expect("clips").reshape([-1]))
    };
    let told = Condition::prompt("open the door");
    assert_eq!(clips(&told, 3), clips(&told, 3));
    assert_ne!(clips(&told, 3), clips(&told, 4));
    // No more frames than the longest episode has, so far.
    let mut sampler = model
        .sampler(&Value::Null, &Condition::default(), 3, 3)
        .expect("a sampler");
    for frames in 1..4 {
        let clips = sampler.state().clips().expect("clips");
        assert_eq!(clips.dims()[..3], [3, frames, 3]);
        pollster::block_on(sampler.next()).expect("a step");
    }
    let wrong = model.sampler(&Value::Null, &Condition::prompt("<b>"), 1, 3);
    assert_eq!(wrong.err().map(|e| e.code()), Some(Code::BadOption));
}

#[test]
fn a_long_episode_keeps_its_window() {
    let model = build(&reference()["config"], &device::cpu());
    let mut played = Played::new(layout::draw(1, 1, None, Naming::Said));
    for i in 0..100 {
        played.look();
        let told = played.told(LENGTH);
        assert!(told.1.len() <= LENGTH);
        let decision = pollster::block_on(model.decide(&[told])).expect("a decision");
        assert!(decision[0].probabilities().iter().all(|p| p.is_finite()));
        played.act(ACTIONS[i % 3]);
    }
}

#[test]
fn a_long_plan_is_told_part_by_part() {
    let trainer = trained(2);
    let (model, info) = (trainer.averaged(), info());
    let rooms = layout::draw(5, 0, None, Naming::Said).rooms;
    let nouns = rooms.cells().filter_map(|(_, cell)| Noun::in_cell(cell));
    let goes: Vec<String> = nouns.map(|noun| Part::GoTo(noun).to_string()).collect();
    let plan = [0, 1, 0, 1].map(|i| goes[i].clone()).join(", then ");
    // What the expert would do, who knows the world.
    let mut task = Task::new(rooms, Mission::parse_plan(&plan).expect("a plan"));
    let (expert, mut letters) = (Expert::knowing(&task), String::new());
    while let Some((action, _)) = expert.next(&task).expect("a way") {
        letters.push(action.letter());
        task.act(action);
    }
    assert!(task.is_done() && letters.len() <= 64, "{letters}");
    let follow = |text: &str| {
        let mut request = PlotRequest::new("follow", &info, device::cpu());
        (request.text, request.actions, request.seed) = (text, &letters, 5);
        pollster::block_on(plots::answer(&*model, &request, pause))
    };
    let View::Episode {
        words,
        moments,
        done,
        outcome,
        sights,
        plan: said,
        ..
    } = follow(&plan).expect("a view")
    else {
        panic!("an episode")
    };
    assert!(done && outcome == "Done.");
    assert_eq!(moments.len(), letters.len());
    let View::Image { columns, .. } = *sights else {
        panic!("an image")
    };
    assert_eq!(columns as usize, moments.len() + 1);
    // Each part stands between two “then”, and at each moment no word of another part is read.
    let part_of: Vec<usize> = (words.iter())
        .scan(0, |part, word| {
            *part += usize::from(word == "then");
            Some(*part)
        })
        .collect();
    assert_eq!(part_of.last(), Some(&3));
    for moment in &moments {
        assert_eq!(moment.words.len(), words.len());
        let sum: f32 = moment.words.iter().sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        for ((weight, word), &part) in moment.words.iter().zip(&words).zip(&part_of) {
            let its = part == moment.done as usize && word != "then";
            assert_eq!(
                *weight > 0.0,
                its,
                "{word} of part {part} at part {}",
                moment.done
            );
        }
    }
    assert!(
        said.is_empty() || Mission::parse_plan(&said).is_ok(),
        "{said}"
    );
    let too_long = vec![goes[0].clone(); 9].join(" then ");
    let code = follow(&too_long).err().map(|e| e.code());
    assert_eq!(code, Some(Code::BadOption));
    assert!(
        Mission::parse(&plan).is_err(),
        "a mission has three parts at most"
    );
}

#[test]
fn many_episodes_side_by_side_go_as_if_each_were_read_anew() {
    let model = build(&reference()["config"], &device::cpu());
    assert!(model.remembers());
    let mut side_by_side = SideBySide::default();
    let tasks = (0..9).map(|i| layout::draw(3, i, None, Naming::Said));
    let mut played: Vec<Played> = tasks.map(Played::new).collect();
    let mut rng = Rng::new(1, Purpose::Evaluate, 0);
    for step in 0..LENGTH {
        // Some end sooner than others.
        let live: Vec<usize> = (0..9).filter(|i| step < 8 * (i + 1)).collect();
        live.iter().for_each(|&i| played[i].look());
        let next = side_by_side.next(&model, &played, &live);
        let got = pollster::block_on(next).expect("decisions");
        let told: Vec<_> = live.iter().map(|&i| played[i].told(LENGTH)).collect();
        let want = pollster::block_on(model.decide(&told)).expect("decisions");
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(&want) {
            let pairs = got.probabilities().into_iter().zip(want.probabilities());
            for (a, b) in pairs {
                assert!((a - b).abs() < 1e-5, "{step}: {a} {b}");
            }
            assert_eq!(got.goal, want.goal);
        }
        for &i in &live {
            played[i].act(ACTIONS[rng.below(ACTIONS.len())]);
        }
    }
}

/// As cards count it: the same actions, and so the same numbers, as when all is read anew at each step.
#[test]
fn what_is_counted_on_cards_does_not_depend_on_how_episodes_are_read() {
    let bytes = std::fs::read(root("web/checkpoints/agent-rooms.safetensors")).expect("a file");
    let opened = checkpoint::open(&bytes, None, &device::cpu()).expect("a model");
    let acting = opened.model.acting().expect("it acts");
    let tasks: Vec<Task> = (0..40)
        .map(|i| layout::draw(8, i, None, Naming::Said))
        .collect();
    let found = outcomes(&*opened.model, tasks.clone(), 8, None);
    let found = pollster::block_on(found).expect("episodes");
    let mut anew: Vec<Played> = tasks.into_iter().map(Played::new).collect();
    for _ in 0..MOST_STEPS {
        let mut live: Vec<_> = anew.iter_mut().filter(|p| !p.task.is_done()).collect();
        live.iter_mut().for_each(|played| played.look());
        let told: Vec<_> = live.iter().map(|played| played.told(LENGTH)).collect();
        let decisions = pollster::block_on(acting.decide(&told)).expect("decisions");
        for (played, decision) in live.iter_mut().zip(&decisions) {
            played.act(decision.draw(0.0, &mut Rng::new(8, Purpose::Evaluate, 0)));
        }
    }
    for (found, anew) in found.iter().zip(&anew) {
        assert_eq!(found.actions, anew.actions);
        assert_eq!(found.moments, anew.moments);
    }
}
