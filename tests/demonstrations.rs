//! Learning by doing: what a reader plays is what `playground rollout` would have written; the agent asks exactly where
//! it is unsure; hostile files are told; a few demonstrations lower their loss, and the same again.

use std::{pin::Pin, rc::Rc};

use crate::common::values;
use generative_playground::{
    bytes::Bytes,
    data::{
        Batch, DataInfo, Dataset, EpisodeSet, Space,
        episodes::{self, Demonstration, Episode, LENGTH, MOST_OWN},
    },
    device,
    error::{Code, Error},
    evaluate::{
        acting::{outcomes, tasks},
        asking::{Asked, Study},
    },
    families,
    model::{Model, Played, TrainConfig},
    options::Options,
    plots::{self, teaching::MOST_DOUBT},
    protocol::LossCurve,
    rng::{Purpose, Rng},
    scene::{Lesson, PlotRequest, View},
    session::{Library, Session},
    training::{Budget, Trainer},
    worlds::rooms::{
        ACTIONS, Action, Expert,
        layout::{self, Naming},
    },
};
use serde_json::{Value, json};

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

fn info() -> DataInfo {
    DataInfo::new("rooms", Space::Episodes { steps: LENGTH })
}

/// A small agent after so many steps of imitation.
fn agent(steps: usize) -> Box<dyn Model> {
    let set = EpisodeSet::new(&Value::Null).expect("a set");
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32});
    let train = json!({"batch_size": 16, "learning_rate": 0.01, "warmup": 10, "optimizer": "muon"});
    let train = TrainConfig::from_json(&train).expect("options");
    let data = Rc::new(Dataset::from(set));
    let trainer = Trainer::new("agent", &config, train, data, 1, &device::cpu());
    let mut trainer = trainer.expect("a trainer");
    for _ in 0..steps {
        trainer.step().expect("a step");
    }
    trainer.averaged()
}

/// What is asked of a lesson.
#[derive(Clone, Copy, Default)]
struct Asks<'a> {
    plot: &'a str,
    actions: &'a str,
    lines: &'a str,
    number: usize,
    at: f32,
}

fn lesson(model: &dyn Model, asks: Asks<'_>) -> Result<(View, Lesson), Error> {
    let info = info();
    let mut request = PlotRequest::new(asks.plot, &info, device::cpu());
    (request.actions, request.lines, request.seed) = (asks.actions, asks.lines, 9);
    (request.count, request.at) = (asks.number, asks.at);
    let view = pollster::block_on(plots::answer(model, &request, pause))?;
    let View::Episode {
        lesson: Some(lesson),
        ..
    } = &view
    else {
        panic!("a lesson")
    };
    let lesson = Lesson::clone(lesson);
    Ok((view, lesson))
}

/// What the expert does in a world of seed 9, by its letters.
fn expert(number: u64) -> String {
    let mut task = layout::draw(9, number, None, Naming::Said);
    let (mut expert, mut letters) = (Expert::new(&task), String::new());
    while !task.is_done() {
        expert.look(&task.rooms);
        let (action, _) = expert.next(&task).expect("a way").expect("something");
        letters.push(action.letter());
        task.act(action);
    }
    letters
}

/// Demonstrations in so many worlds, as the page records them.
fn shown(model: &dyn Model, count: usize) -> String {
    let line = |number: usize| {
        let (plot, actions) = ("show", &*expert(number as u64));
        let asks = Asks {
            plot,
            actions,
            number,
            ..Asks::default()
        };
        let (_, lesson) = lesson(model, asks).expect("a lesson");
        lesson.line.expect("it has come to its end") + "\n"
    };
    (0..count).map(line).collect()
}

#[test]
fn an_episode_played_by_hand_is_the_line_that_a_rollout_writes() {
    let model = agent(1);
    let whole = expert(3);
    for n in 0..=whole.len() {
        let asks = Asks {
            plot: "show",
            actions: &whole[..n],
            number: 3,
            ..Asks::default()
        };
        let (view, lesson) = lesson(&*model, asks).expect("a lesson");
        let View::Episode {
            worlds,
            sights,
            moments,
            done,
            outcome,
            ..
        } = view
        else {
            panic!("an episode")
        };
        assert_eq!((lesson.history.as_str(), moments.len()), (&whole[..n], n));
        for sheet in [worlds, sights] {
            let View::Image { columns, .. } = *sheet else {
                panic!("images")
            };
            assert_eq!(columns as usize, n + 1);
        }
        let ended = n == whole.len();
        assert_eq!((done, lesson.pending.is_none()), (ended, ended));
        assert_eq!(outcome, if ended { "Done." } else { "" });
        // The expert's advice is there to be asked for.
        let advice = lesson.pending.and_then(|pending| pending.expert);
        assert_eq!(advice, whole.chars().nth(n));
        assert!(lesson.doubts.is_empty() && !lesson.asks);
        let Some(line) = lesson.line else {
            assert!(!ended);
            continue;
        };
        // As `playground rollout --seed 9` writes it, by another way.
        let task = layout::draw(9, 3, None, Naming::Said);
        let mut never = Rng::new(0, Purpose::TestSet, 0);
        let episode = episodes::played(task.clone(), 0.0, &mut never);
        let actions: Vec<Action> = whole.chars().flat_map(Action::of_letter).collect();
        let mission = &task.mission;
        let want = episodes::write_line(&episode.moments, &actions, mission, &[], (9, 3, true));
        assert_eq!(line, want.expect("a line"));
        assert_eq!(episodes::read_lines(&line).expect("it"), [episode]);
    }
    // Not done after the last step: nothing to learn from.
    let turns = "L".repeat(64);
    let asks = Asks {
        plot: "show",
        actions: &turns,
        ..Asks::default()
    };
    let (view, lesson) = lesson(&*model, asks).expect("a lesson");
    assert!(lesson.line.is_none() && lesson.pending.is_none());
    assert!(matches!(view, View::Episode { outcome, .. } if outcome.starts_with("Not done")));
}

#[test]
fn it_asks_exactly_where_it_is_less_sure_than_allowed() {
    let model = agent(120);
    let acting = model.acting().expect("it acts");
    let mut asked = 0;
    for (number, at) in [(0, 0.3), (1, 0.3), (2, 0.5), (3, 0.8), (4, 0.99)] {
        let threshold = MOST_DOUBT * at;
        let mut history = String::new();
        loop {
            let asks = Asks {
                plot: "ask",
                actions: &history,
                number,
                at,
                ..Asks::default()
            };
            let (_, lesson) = lesson(&*model, asks).expect("a lesson");
            assert_eq!(lesson.threshold, threshold);
            assert!(lesson.history.starts_with(&history) && lesson.asks);
            // The entropy at each moment by its definition, in the world played once more.
            let mut played = Played::new(layout::draw(9, number as u64, None, Naming::Said));
            let mut doubts = Vec::new();
            for letter in lesson.history.chars().map(Some).chain([None]) {
                if played.task.is_done() || played.actions.len() == 64 {
                    break;
                }
                played.look();
                let decided = pollster::block_on(acting.decide(&[played.told(LENGTH)]));
                let p = decided.expect("a decision")[0].probabilities();
                let entropy: f64 = p.iter().map(|&p| -f64::from(p) * f64::from(p).ln()).sum();
                doubts.push((entropy / 6f64.ln()) as f32);
                let Some(letter) = letter else { break };
                played.act(Action::of_letter(letter.to_ascii_uppercase()).expect("a letter"));
            }
            for (i, (letter, doubt)) in lesson.history.chars().zip(&doubts).enumerate() {
                let clear = (doubt - threshold).abs() > 1e-5;
                assert!((lesson.doubts[i] - doubt).abs() < 1e-5);
                let answered = letter.is_ascii_uppercase();
                assert!(!clear || answered == (*doubt > threshold), "{number} {i}");
            }
            let Some(pending) = lesson.pending else {
                // Labels stand where it asked, and nowhere else.
                let Some(line) = lesson.line else {
                    assert!(!lesson.history.contains(|c: char| c.is_ascii_uppercase()));
                    break;
                };
                let read = Demonstration::read(&line).expect("a line");
                let labels = read[0].episode.moments.iter().map(|m| m.right);
                let letters = lesson.history.chars().map(Action::of_letter);
                assert!(labels.eq(letters), "{line}");
                break;
            };
            asked += 1;
            assert!(pending.doubt > threshold && pending.doubt <= 1.0);
            assert!((pending.doubt - doubts.last().expect("one")).abs() < 1e-5);
            history = lesson.history.clone();
            history.push(pending.expert.unwrap_or('F'));
        }
    }
    assert!(asked > 10, "{asked}");
}

#[test]
fn hostile_lines_and_actions_are_told() {
    let model = agent(1);
    let good = shown(&*model, 2);
    let code = |plot: &str, actions: &str, lines: &str, number: usize| {
        let asks = Asks {
            plot,
            actions,
            lines,
            number,
            at: 0.5,
        };
        lesson(&*model, asks).err().map(|error| error.code())
    };
    assert_eq!(code("show", "", &good, 0), None);
    for plot in ["show", "ask"] {
        assert_eq!(code(plot, "LRX", "", 0), Some(Code::BadOption));
        assert_eq!(code(plot, "Lß", "", 0), Some(Code::BadOption));
        assert_eq!(code(plot, &"F".repeat(65), "", 0), Some(Code::BadOption));
        assert_eq!(code(plot, "", "", usize::MAX), Some(Code::BadOption));
        assert_eq!(code(plot, "", "{}", 0), Some(Code::BadData));
        assert_eq!(code(plot, "", &"[".repeat(100_000), 0), Some(Code::BadData));
        let many = good.repeat(MOST_OWN);
        assert_eq!(code(plot, "", &many, 0), Some(Code::BadData));
    }
    // Of moments at which nobody says what is right there is nothing to learn, and of one demonstration too little.
    let line = good.lines().next().expect("a line");
    let mut silent: Value = serde_json::from_str(line).expect("JSON");
    for step in silent["steps"].as_array_mut().expect("steps") {
        step["expert"] = Value::Null;
    }
    let mut library = Library::default();
    let mut put = |text: &str| {
        let bytes = Bytes(text.as_bytes().to_vec());
        let set = library.put_text("episodes-1", &bytes, None, &Value::Null);
        set.map_err(|error| error.code())
    };
    for bad in [&silent.to_string(), line, "", "\u{0}", &good[1..]] {
        assert!(put(bad).is_err(), "{bad}");
    }
    let set = put(&good).expect("two");
    let about = set.episodes().expect("episodes").describe();
    let all = Demonstration::read(&good).expect("lines");
    let answers: usize = all.iter().map(Demonstration::answers).sum();
    assert_eq!((about.train, about.held_out), (1, 1));
    assert_eq!(about.characters as usize, answers);
    let held_out: Vec<bool> = all.iter().map(|d| d.held_out).collect();
    assert_eq!(held_out, [false, true]);
    assert_eq!(set.test_len(), 1);
    // Options of a set that was handed over.
    let made = library.make("episodes-1", &json!({"expert": 0.25}), 0);
    assert_eq!(made.expect("it").info().options["expert"], 0.25);
    for bad in [json!({"expert": 2}), json!({"x": 1})] {
        let made = library.make("episodes-1", &bad, 0).err();
        assert_eq!(made.map(|e| e.code()), Some(Code::BadOption));
    }
    assert!(library.make("episodes-2", &Value::Null, 0).is_err());
}

#[test]
fn moments_without_an_answer_teach_nothing_but_are_remembered() {
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32});
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let model = families::init("agent", &config, &info(), &mut rng, &device::cpu());
    let model = model.expect("a model");
    let loss = |episodes: Vec<Episode>| {
        let mut rng = Rng::new(0, Purpose::Train, 0);
        let losses = model.losses(&Batch::Episodes { episodes }, &mut rng);
        let losses = losses.map_err(|error| error.code())?;
        let numbers = losses.into_iter().map(|(_, loss)| values(loss)[0]);
        Ok::<_, Code>(numbers.collect::<Vec<f32>>())
    };
    let set = EpisodeSet::new(&Value::Null).expect("a set");
    let whole = set.held_out(2);
    let n = whole.moments.len();
    assert!(n > 4);
    // With one answer alone the loss is that moment's; all moments' losses have their mean.
    let only = |at: usize| {
        let mut one = whole.clone();
        let others = one.moments.iter_mut().enumerate();
        others.for_each(|(i, moment)| moment.right = moment.right.filter(|_| i == at));
        one
    };
    let each: Vec<Vec<f32>> = (0..n)
        .map(|at| loss(vec![only(at)]).expect("a loss"))
        .collect();
    let all = loss(vec![whole.clone()]).expect("a loss");
    for (i, all) in all.iter().enumerate() {
        let mean = each.iter().map(|each| each[i]).sum::<f32>() / n as f32;
        assert!((mean - all).abs() < 1e-5, "{mean} {all}");
    }
    // What was before an answer is seen, whatever was not answered there.
    let mut other = only(n - 1);
    other.moments[0].sight = [1; 49];
    assert_ne!(loss(vec![other]).expect("a loss"), each[n - 1]);
    let none = only(n);
    assert_eq!(loss(vec![none]), Err(Code::BadData));
}

/// Held-out losses of a session by their steps.
fn held_out(losses: &[LossCurve]) -> Vec<(u32, f32)> {
    use generative_playground::protocol::Split;
    let curve = losses
        .iter()
        .find(|c| c.name == "action" && c.split == Split::HeldOut);
    let curve = curve.expect("a curve");
    curve
        .steps
        .iter()
        .copied()
        .zip(curve.values.iter().copied())
        .collect()
}

#[test]
fn ten_demonstrations_lower_their_loss_from_nothing_and_from_what_is_known_and_the_same_again() {
    let teacher = agent(1);
    let lines = shown(&*teacher, 10);
    let set = EpisodeSet::own("episodes-10", &lines, &json!({"expert": 0.0})).expect("a set");
    assert_eq!(set.test_len(), 2);
    // Nothing but what was shown is learned from.
    let all = episodes::read_lines(&lines).expect("lines");
    let held_out_ones = [all[1].clone(), all[6].clone()];
    for i in 0..60 {
        let drawn = set.draw(1, i);
        assert!(all.contains(&drawn) && !held_out_ones.contains(&drawn));
    }
    let half = set.with_options(&json!({"expert": 0.5})).expect("options");
    let among = (0..400).filter(|&i| all.contains(&half.draw(1, i))).count();
    assert!((150..250).contains(&among), "{among}");

    let data: Rc<Dataset> = Rc::new(set.into());
    let device = device::cpu();
    let train = json!({"learning_rate": 0.003, "batch_size": 8, "warmup": 5});
    let run = |mut session: Session, steps: u64| {
        let hour = web_time::Duration::from_secs(3600);
        for until in [session.step() + 1, steps] {
            let slice = session.train_slice(hour, Some(until));
            pollster::block_on(slice).expect("steps");
        }
        session
    };
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32});
    let fresh = || {
        let session = Session::create("agent", &config, &train, data.clone(), 4, &device);
        run(session.expect("a session"), 20)
    };
    let first = fresh();
    let curve = held_out(&first.train_state().losses);
    let (begin, end) = (curve[0].1, curve.last().expect("one").1);
    assert!(end < begin - 0.1, "{curve:?}");
    assert_eq!(held_out(&fresh().train_state().losses).last(), curve.last());

    // On from a checkpoint: its weights, and smaller steps.
    let base = pollster::block_on(first.export(false)).expect("a file");
    let budget = Budget::of(&device);
    let onward = || {
        let train = Value::Null;
        let session = Session::imitate(budget, &base, data.clone(), &train, 4, &device);
        let session = pollster::block_on(session).expect("a session");
        assert_eq!(session.step(), 0);
        let begins = held_out(&session.train_state().losses)[0].1;
        assert!((begins - end).abs() < 1e-4, "{begins} {end}");
        run(session, 10)
    };
    let second = onward();
    let info = second.info().expect("about it");
    assert_eq!(info.data, "episodes-10");
    assert_eq!(info.train["learning_rate"], 1e-3);
    assert_eq!(
        held_out(&onward().train_state().losses),
        held_out(&second.train_state().losses)
    );
    // It goes on from its own file, with the episodes at hand.
    let saved = pollster::block_on(second.export(true)).expect("a file");
    let mut again = Session::open(&saved, None, &device).expect("a session");
    pollster::block_on(again.prepare_training(data.clone())).expect("a training");
    assert_eq!(again.step(), 10);

    // Success is measured before and now, on the same worlds; of a shipped model now alone.
    let inputs = json!({"type": "plot", "plot": "success", "inputs": {"seed": 2}});
    let query = serde_json::from_value(inputs).expect("a query");
    let curves = |viewer: generative_playground::session::Viewer| {
        let view = pollster::block_on(viewer.view(&query, pause)).expect("a view");
        let View::Chart { curves, ticks, .. } = view else {
            panic!("a chart")
        };
        assert_eq!(ticks, ["10", "20", "30", "40"]);
        curves
    };
    let found = curves(second.comparing(None, None).expect("a viewer"));
    let titles: Vec<&str> = found.iter().map(|c| c.title.as_str()).collect();
    assert_eq!(titles, ["before", "now"]);
    let all: Vec<_> = tasks(0x5242_0000_0000_0002, 0, None).take(40).collect();
    let model = second.model();
    let played = outcomes(
        &*model,
        all.into_iter().map(|(task, _)| task).collect(),
        2,
        None,
    );
    let played = pollster::block_on(played).expect("outcomes");
    let done = played.iter().filter(|p| p.task.is_done()).count();
    assert_eq!(found[1].values[3], Some(done as f32 / 40.0));
    let opened = Session::open(&base, None, &device).expect("a session");
    assert_eq!(
        curves(opened.comparing(None, None).expect("a viewer")).len(),
        1
    );
}

#[test]
fn a_study_gives_each_way_of_asking_as_many_answers() {
    let study = Study {
        config: json!({"n_layer": 1, "n_head": 2, "n_embd": 16}),
        begin: 4,
        begin_steps: 3,
        answers: vec![5, 9],
        steps: 2,
        threshold: 0.2,
        lot: 0.5,
        missions: 6,
    };
    let device = device::cpu();
    let run = || study.run(1, &device, &|| ()).expect("a study");
    let (begin, found) = run();
    assert!((0.0..=1.0).contains(&begin));
    assert_eq!(found.len(), Asked::ALL.len());
    for shares in &found {
        assert_eq!(shares.len(), 2);
        assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)));
    }
    assert_eq!(run(), (begin, found), "it repeats");
    assert_eq!(ACTIONS.len(), 6);
}
