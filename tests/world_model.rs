//! The world model against PyTorch (tests/reference/world_model.py); what is remembered; imagination with a perfect
//! model against the world, and plans in it against brute force; learning; what is typed by readers.

use std::{pin::Pin, rc::Rc};

use crate::common::{self, count, digest, gradients_of, number, root, signed, values};
use burn::tensor::{Device, TensorData};
use generative_playground::{
    data::{
        Batch, DataInfo, Dataset, EpisodeSet, Space,
        episodes::{self, LENGTH, PLAY},
    },
    device,
    error::Code,
    evaluate::imagining::{drift, means, next_view, runs},
    families::world_model::{Step, WorldModel, WorldModelConfig, questions, steps},
    kernels::host::by_formulas,
    model::{
        Asked, Condition, Expected, Family, Imagining, Losses, Planner, Reading, Samples, Search,
        TrainConfig, ready, search,
    },
    nn::weights::Weights,
    options::Options,
    plots,
    rng::{Purpose, Rng},
    scene::{PlotRequest, View},
    training::Trainer,
    worlds::rooms::{
        ACTIONS, Action, Cell, FRONT, Kind, Memory, Noun, OWN, Part, Pose, Rooms, SEEN, SYMBOLS,
        Sight, Task, Thing, draw,
        layout::{self, Naming},
        memory::{AROUND, MOTIONS, Motion, REACH, is_done},
        mission::Sort,
        symbol,
    },
};
use serde_json::{Value, json};

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

fn info() -> DataInfo {
    DataInfo::new(PLAY, Space::Episodes { steps: LENGTH })
}

/// A model with weights from the formula of the reference.
fn build(config: &Value, device: &Device) -> WorldModel {
    let config = WorldModelConfig::from_json(config).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = WorldModel::init(&config, &info(), &mut rng, device).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    for (i, (name, data)) in weights.iter_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        let n = shape.iter().product();
        let scale = match (shape.len(), name.as_str()) {
            (1, _) => 0.3,
            (_, "shift") => 0.1,
            _ => 0.4,
        };
        let mut all = signed(i as u32 + 1, n, scale);
        if shape.len() == 1 {
            all.iter_mut().for_each(|v| *v += 1.0);
        }
        *data = TensorData::new(all, shape);
    }
    Family::with_weights(model, weights).expect("they fit")
}

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/world_model.json")).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn sight_of(value: &Value) -> Sight {
    let mut sight = [0; SEEN];
    for (to, from) in sight.iter_mut().zip(list(value)) {
        *to = count(from) as u8;
    }
    sight
}

type Questions = [(Part, bool); 4];

/// The steps of the reference, and what is asked about each.
fn told(case: &Value) -> (Vec<Step>, Vec<Questions>) {
    let (mut all, mut asked) = (Vec::new(), Vec::new());
    for episode in list(&case["episodes"]) {
        let mut memory = Memory::new(sight_of(&episode["first"]));
        for step in list(&episode["steps"]) {
            let (action, motion) = (
                ACTIONS[count(&step["action"])],
                MOTIONS[count(&step["motion"])],
            );
            let after = memory.after(motion, sight_of(&step["sight"]));
            all.push(Step {
                memory: memory.clone(),
                action,
                motion,
                after: after.clone(),
            });
            memory = after;
            let questions = list(&step["asked"]);
            asked.push(std::array::from_fn(|i| {
                let [verb, colour, sort, done] = [0, 1, 2, 3].map(|k| count(&questions[i][k]));
                let noun = Noun {
                    sort: Sort::ALL[sort],
                    colour: (colour < 6).then_some(colour as u8),
                };
                let part = [Part::GoTo, Part::PickUp, Part::Open][verb](noun);
                (part, done == 1)
            }));
        }
    }
    (all, asked)
}

fn plain(losses: &Losses) -> Vec<(&'static str, f64)> {
    let value =
        |loss: &burn::tensor::Tensor<1>| f64::from(values(loss.clone().without_autodiff())[0]);
    losses
        .iter()
        .map(|(name, loss)| (*name, value(loss)))
        .collect()
}

/// The gradient of every weight, by name.
fn gradients(model: &WorldModel, losses: &Losses) -> Vec<(String, Vec<f32>)> {
    gradients_of(model.net().clone(), &losses[0].1)
}

#[test]
fn a_pass_its_losses_and_its_gradients_are_pytorchs() {
    let case = reference();
    let (steps, asked) = told(&case);
    let last = steps.len() - 1;
    let around: Vec<usize> = steps[last].memory.around().map(usize::from).to_vec();
    assert_eq!(around, common::counts(&case["around"]));
    let model = build(&case["config"], &Device::flex().autodiff());
    let losses = model.step_losses(&steps, &asked);
    for (name, got) in plain(&losses) {
        let want = number(&case["losses"][name]);
        assert!((got - want).abs() < 1e-5, "{name}: {got} {want}");
    }
    let found = gradients(&model, &losses);
    let wanted = case["gradients"].as_object().expect("a table");
    assert_eq!(found.len(), wanted.len());
    for (name, got) in found {
        digest(&name, &got, &wanted[&name]);
    }
    for (i, at) in [0, last].into_iter().enumerate() {
        let one = [(&steps[at].memory, steps[at].action, asked[at][0].0)];
        let expected = pollster::block_on(model.expect(&one)).expect("it");
        let mut all = expected[0].cells.clone();
        all.extend(expected[0].motion);
        all.push(expected[0].done);
        digest("expected", &all, &case["expected"][i]);
    }
}

#[test]
fn kernels_and_formulas_agree() {
    let case = reference();
    let (steps, asked) = told(&case);
    let run = || {
        let model = build(&case["config"], &Device::flex().autodiff());
        let losses = model.step_losses(&steps, &asked);
        (plain(&losses)[0].1, gradients(&model, &losses))
    };
    let ((loss, got), (want_loss, want)) = (run(), by_formulas(run));
    assert!((loss - want_loss).abs() < 1e-5);
    for ((name, got), (_, want)) in got.iter().zip(&want) {
        let size = want.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
        for (a, b) in got.iter().zip(want) {
            assert!((a - b).abs() < 2e-4 * size, "{name}: {a} {b}");
        }
    }
}

/// Worlds in which random things happen, with what is remembered of them: calls `each` with the world before a step, the
/// action, the world after it, and what was remembered before.
fn walk(worlds: u64, mut each: impl FnMut(&Rooms, Action, &Rooms, &Memory)) {
    for number in 0..worlds {
        let mut rooms = layout::draw(31, number, None, Naming::Said).rooms;
        let mut rng = Rng::new(31, Purpose::Data, number);
        let mut memory = Memory::new(rooms.sight());
        for _ in 0..60 {
            let action = episodes::random(&rooms.sight(), &mut rng);
            let before = rooms.clone();
            rooms.act(action);
            each(&before, action, &rooms, &memory);
            memory.step(Motion::between(before.pose, rooms.pose), rooms.sight());
        }
    }
}

#[test]
fn what_is_remembered_was_there_and_moves_as_the_agent_does() {
    let (mut known, mut hidden) = (0, 0);
    walk(20, |before, _, _, memory| {
        let visible = before.visible();
        for (i, &symbol_there) in memory.around().iter().enumerate() {
            let (row, column) = ((i / AROUND) as isize, (i % AROUND) as isize);
            let at = before
                .pose
                .place(REACH as isize - row, column - REACH as isize);
            let seen = (0..SEEN).any(|j| visible[j] && before.pose.seen(j) == at);
            // Nobody else is in this world: what it last saw of a cell is there still.
            if symbol_there != 0 {
                assert_eq!(symbol_there, symbol(before.cell(at)));
                known += usize::from(seen);
                hidden += usize::from(!seen);
            } else {
                assert!(!seen);
            }
        }
        assert_eq!(*memory.sight(), before.sight());
    });
    assert!(known > 10_000 && hidden > 10_000, "{known} {hidden}");
}

#[test]
fn a_moved_view_is_the_next_one_where_all_is_known_and_nothing_else_changes() {
    let (mut whole, mut all) = (0, 0);
    walk(40, |before, action, after, memory| {
        let motion = Motion::between(before.pose, after.pose);
        let moved = memory.moved(motion);
        let known = memory.knows(motion);
        let next = after.sight();
        let handled = matches!(action, Action::PickUp | Action::Drop | Action::Toggle);
        all += 1;
        // All that is seen then was seen before.
        if !handled && (0..SEEN).all(|i| next[i] == 0 || known[i]) {
            assert_eq!(moved, next);
            whole += 1;
        }
    });
    assert!(2 * whole > all, "{whole} of {all}");
}

#[test]
fn what_is_done_follows_from_two_views() {
    let mut found = [[0; 2]; 3];
    walk(60, |before, action, after, memory| {
        let (held, seen) = (before.carried, after.sight());
        for sort in Sort::ALL {
            for colour in [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(5)] {
                let noun = Noun { sort, colour };
                for (kind, part) in [Part::GoTo(noun), Part::PickUp(noun), Part::Open(noun)]
                    .into_iter()
                    .enumerate()
                {
                    let done = part.is_done_by(action, held, after);
                    assert_eq!(done, is_done(part, action, memory.sight(), &seen), "{part}");
                    found[kind][usize::from(done)] += 1;
                }
            }
        }
    });
    assert!(found.iter().flatten().all(|&n| n > 20), "{found:?}");
}

#[test]
fn steps_of_episodes_are_those_of_the_world_and_questions_have_both_answers() {
    let set = EpisodeSet::named(PLAY, &Value::Null).expect("a set");
    let (mut yes, mut asked) = ([0; 3], [0; 3]);
    for number in 0..40 {
        let episode = set.draw(3, number);
        assert_eq!(episode, set.draw(3, number));
        assert_eq!(episode.moments.len(), LENGTH);
        let steps = steps(&episode.moments);
        assert_eq!(steps.len(), LENGTH - 1);
        // Played again, the same comes of it.
        let mut rooms = layout::draw(3, number, None, Naming::Said).rooms;
        for (i, step) in steps.iter().enumerate() {
            assert_eq!(*step.memory.sight(), rooms.sight());
            assert_eq!(Some(step.action), episode.moments[i].right);
            let before = rooms.clone();
            rooms.act(step.action);
            assert_eq!(step.motion, Motion::between(before.pose, rooms.pose));
            assert_eq!(*step.after.sight(), rooms.sight());
            let mut rng = Rng::new(1, Purpose::Train, i as u64);
            for (part, done) in questions(step, &mut rng) {
                assert_eq!(done, part.is_done_by(step.action, before.carried, &rooms));
                let kind = match part {
                    Part::GoTo(_) => 0,
                    Part::PickUp(_) => 1,
                    Part::Open(_) => 2,
                };
                asked[kind] += 1;
                yes[kind] += usize::from(done);
            }
        }
    }
    for (yes, asked) in yes.iter().zip(asked) {
        let no = asked - yes;
        assert!(100 * yes > asked && 4 * no > asked, "{yes} of {asked}");
    }
    assert_ne!(set.draw(3, 0), set.draw(4, 0));
    assert_ne!(set.held_out(0), set.held_out(1));
    // Files may hold anything.
    let mut odd = set.draw(3, 0).moments;
    for (i, moment) in odd.iter_mut().enumerate() {
        moment.place = [i8::MIN, i8::MAX].map(|v| if i % 2 == 0 { v } else { 0 });
        moment.turned = i as u8;
        moment.last = None;
    }
    assert!(steps(&odd).is_empty() && steps(&[]).is_empty());
    odd.iter_mut().for_each(|m| m.last = Some(Action::Forward));
    for _ in steps(&odd) {}
}

/// A model that is never wrong: it has the world itself, and knows it by what is remembered of it.
struct Perfect {
    seen: std::cell::RefCell<std::collections::HashMap<Memory, Rooms>>,
}

impl Perfect {
    fn of(rooms: &Rooms) -> Self {
        let first = (Memory::new(rooms.sight()), rooms.clone());
        Self {
            seen: std::cell::RefCell::new([first].into()),
        }
    }
}

fn certain(motion: Motion, sight: &Sight, done: bool) -> Expected {
    let mut cells = vec![0.0; SEEN * SYMBOLS];
    for (i, &symbol) in sight.iter().enumerate() {
        cells[i * SYMBOLS + usize::from(symbol)] = 1.0;
    }
    Expected {
        cells,
        motion: MOTIONS.map(|m| f32::from(u8::from(m == motion))),
        done: f32::from(u8::from(done)),
    }
}

impl Imagining for Perfect {
    fn expect<'a>(&'a self, asked: &'a [Asked<'a>]) -> Reading<'a, Vec<Expected>> {
        let each = asked.iter().map(|&(memory, action, part)| {
            let before = self.seen.borrow()[memory].clone();
            let mut rooms = before.clone();
            rooms.act(action);
            let motion = Motion::between(before.pose, rooms.pose);
            let done = part.is_done_by(action, before.carried, &rooms);
            let after = memory.after(motion, rooms.sight());
            self.seen.borrow_mut().insert(after, rooms.clone());
            certain(motion, &rooms.sight(), done)
        });
        ready(Ok(each.collect()))
    }
}

#[test]
fn imagined_with_a_perfect_model_a_future_is_the_worlds() {
    let rooms = layout::draw(2, 5, None, Naming::Said).rooms;
    let model = Perfect::of(&rooms);
    let mut rng = Rng::new(8, Purpose::Evaluate, 0);
    let (mut world, mut memory) = (rooms.clone(), Memory::new(rooms.sight()));
    let part = Part::GoTo(Noun {
        sort: Sort::Door,
        colour: None,
    });
    for _ in 0..64 {
        let action = ACTIONS[rng.below(ACTIONS.len())];
        let expected = pollster::block_on(model.expect(&[(&memory, action, part)])).expect("it");
        let (motion, sight) = expected[0].likeliest();
        assert_eq!(expected[0].draw(&mut rng), (motion, sight));
        memory.step(motion, sight);
        world.act(action);
        assert_eq!(*memory.sight(), world.sight());
        assert_eq!(expected[0].entropy(), 0.0);
        assert_eq!(expected[0].surprise(&world.sight()), 0.0);
        assert!(expected[0].doubts().iter().all(|d| *d == 0.0));
    }
}

/// The fewest steps in which a part can be done in a world, by trying everything, up to so many.
fn fewest(rooms: &Rooms, part: Part, most: usize) -> Option<usize> {
    let mut frontier = vec![rooms.clone()];
    let mut met: std::collections::HashSet<Rooms> = [rooms.clone()].into();
    for steps in 1..=most {
        let mut next = Vec::new();
        for rooms in &frontier {
            for action in ACTIONS {
                let mut after = rooms.clone();
                after.act(action);
                if part.is_done_by(action, rooms.carried, &after) {
                    return Some(steps);
                }
                if met.insert(after.clone()) {
                    next.push(after);
                }
            }
        }
        frontier = next;
    }
    None
}

#[test]
fn plans_in_a_perfect_imagination_are_as_short_as_any() {
    let wide = Search {
        depth: 7,
        width: 4000,
    };
    let (mut done, mut never) = (0, 0);
    for number in 0..24 {
        let Task { rooms, mission, .. } = layout::draw(77, number, None, Naming::Said);
        let part = mission.parts[0];
        let best = fewest(&rooms, part, wide.depth);
        let model = Perfect::of(&rooms);
        let memory = Memory::new(rooms.sight());
        let plans = search(&model, &memory, part, wide, &[], pause);
        let plans = pollster::block_on(plans).expect("plans");
        let first = &plans.futures[0];
        match best {
            Some(steps) => {
                assert_eq!(first.actions.len(), steps, "{mission}");
                assert_eq!(first.done, 1.0);
                // Carried out, it does it, and with the last step.
                let mut task = Task::new(rooms, mission);
                for (action, state) in first.actions.iter().zip(&first.states) {
                    assert_eq!(task.done, 0);
                    task.act(*action);
                    assert_eq!(*state.sight(), task.rooms.sight());
                }
                assert_eq!(task.done, 1);
                let largest = plans.promises.iter().fold(0f32, |m, p| m.max(*p));
                assert_eq!(plans.promises[first.actions[0] as usize], largest);
                done += 1;
            }
            None => {
                assert_eq!(first.done, 0.0);
                never += 1;
            }
        }
        // What is refuted is not begun with.
        let refuted = [first.actions[0]];
        let others = search(&model, &memory, part, wide, &refuted, pause);
        let others = pollster::block_on(others).expect("plans");
        assert!(others.futures.iter().all(|f| f.actions[0] != refuted[0]));
    }
    assert!(done > 5 && never > 0, "{done} {never}");
}

/// A model that believes that walking works everywhere, and else knows nothing.
struct Credulous;

impl Imagining for Credulous {
    fn expect<'a>(&'a self, asked: &'a [Asked<'a>]) -> Reading<'a, Vec<Expected>> {
        let each = asked.iter().map(|&(memory, action, _)| match action {
            Action::Forward => certain(Motion::Ahead, &memory.moved(Motion::Ahead), true),
            Action::Left => certain(Motion::Left, &memory.moved(Motion::Left), false),
            _ => certain(Motion::Stays, memory.sight(), false),
        });
        ready(Ok(each.collect()))
    }
}

#[test]
fn what_came_out_otherwise_is_not_tried_again() {
    // Before a wall.
    let mut rooms = Rooms::new(7, 7);
    rooms.pose = Pose {
        x: 1,
        y: 1,
        facing: 3,
    };
    let part = Part::GoTo(Noun {
        sort: Sort::Thing(Kind::Ball),
        colour: None,
    });
    let mut planner = Planner::new(rooms.sight(), Search::default());
    let next = |planner: &mut Planner| {
        pollster::block_on(planner.next(&Credulous, part, pause)).expect("it")
    };
    assert_eq!(next(&mut planner), Some(Action::Forward));
    assert_eq!(planner.searches(), 1);
    planner.saw(Action::Forward, Motion::Stays, rooms.sight());
    let after = next(&mut planner).expect("something else");
    assert_ne!(after, Action::Forward);
    assert_eq!(planner.searches(), 2);
    // What the reader does instead is no plan that failed.
    planner.saw(Action::Drop, Motion::Stays, rooms.sight());
    assert!(next(&mut planner).is_some());
}

#[test]
fn a_planner_with_a_perfect_model_keeps_to_its_plan() {
    let mut rooms = Rooms::new(7, 7);
    let key = Thing {
        kind: Kind::Key,
        colour: 2,
    };
    rooms.put([4, 2], Cell::Thing(key));
    let part = Part::PickUp(Noun::of(key));
    let model = Perfect::of(&rooms);
    // To a perfect model all futures are alike, and a narrow beam might leave out the right one.
    let wide = Search {
        depth: 12,
        width: 4000,
    };
    let mut planner = Planner::new(rooms.sight(), wide);
    let best = fewest(&rooms, part, 12).expect("a way");
    let (mut steps, mut done) = (0, false);
    while !done {
        let action = pollster::block_on(planner.next(&model, part, pause)).expect("it");
        let action = action.expect("a plan");
        let (carried, pose) = (rooms.carried, rooms.pose);
        rooms.act(action);
        steps += 1;
        done = part.is_done_by(action, carried, &rooms);
        planner.saw(action, Motion::between(pose, rooms.pose), rooms.sight());
        assert_eq!(planner.memory().sight(), &rooms.sight());
    }
    assert_eq!((steps, planner.searches()), (best, 1));
}

/// A small model after so many steps.
fn trained(count: usize) -> Trainer {
    let set = EpisodeSet::named(PLAY, &Value::Null).expect("a set");
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32});
    let train = json!({
        "batch_size": 8, "learning_rate": 0.006, "optimizer": "muon", "warmup": 10, "clip": 1.0, "steps": count,
    });
    let train = TrainConfig::from_json(&train).expect("options");
    let data = Rc::new(Dataset::from(set));
    let trainer = Trainer::new("world-model", &config, train, data, 1, &device::cpu());
    let mut trainer = trainer.expect("a trainer");
    for _ in 0..count {
        trainer.step().expect("a step");
    }
    trainer
}

#[test]
fn a_small_model_learns_what_actions_bring() {
    let trainer = trained(150);
    let held_out = pollster::block_on(trainer.held_out(16)).expect("losses");
    let of = |name: &str| held_out.iter().find(|(n, _)| *n == name).expect("a loss").1;
    // Without a look at what was before, cells cost 1.1 nats by how often each symbol is where.
    assert!(of("view") < 0.75, "{held_out:?}");
    assert!(of("motion") < 0.2, "{held_out:?}");
    assert!(of("reward") < 0.6, "{held_out:?}");
}

#[test]
fn episodes_without_a_step_teach_nothing() {
    let model = build(&reference()["config"], &Device::flex().autodiff());
    let mut episode = EpisodeSet::named(PLAY, &Value::Null)
        .expect("a set")
        .draw(1, 1);
    episode.moments.truncate(1);
    let batch = Batch::Episodes {
        episodes: vec![episode],
    };
    let losses = Family::losses(&model, &batch, &mut Rng::new(0, Purpose::Train, 0));
    let losses = losses.expect("losses");
    assert!(plain(&losses).iter().all(|(_, loss)| *loss == 0.0));
    for (name, gradient) in gradients(&model, &losses) {
        assert!(gradient.iter().all(|g| *g == 0.0), "{name}");
    }
}

#[test]
fn what_readers_ask_is_drawn_or_refused_with_a_sentence() {
    let trainer = trained(2);
    let (model, info) = (trainer.averaged(), info());
    let ask = |plot: &str, text: &str, actions: &str| {
        let mut request = PlotRequest::new(plot, &info, device::cpu());
        (request.text, request.actions, request.seed) = (text, actions, 5);
        pollster::block_on(plots::answer(&*model, &request, pause))
    };
    for plot in ["imagine", "plan", "futures"] {
        let code = |text: &str, actions: &str| ask(plot, text, actions).err().map(|e| e.code());
        assert_eq!(code("dance", ""), Some(Code::BadOption));
        assert_eq!(code(&"go to ".repeat(100_000), ""), Some(Code::BadOption));
        if plot != "futures" {
            assert_eq!(code("", "LRX"), Some(Code::BadOption));
            assert_eq!(code("", &"F".repeat(65)), Some(Code::BadOption));
        }
    }
    assert_eq!(
        ask("dream", "", "").err().map(|e| e.code()),
        Some(Code::BadOption)
    );
    // What the reader does is done in both worlds, and nothing else.
    let given = |view: View| {
        let View::Episode {
            moments,
            worlds,
            sights,
            ..
        } = view
        else {
            panic!("an episode")
        };
        for sheet in [worlds, sights] {
            let View::Image { columns, .. } = *sheet else {
                panic!("an image")
            };
            assert_eq!(columns as usize, moments.len() + 1);
        }
        moments
    };
    let view = ask("imagine", "", "LLRFFT").expect("a view");
    // At the end stands what it makes of each action next: as if one more had been taken.
    let View::Episode { at_end, .. } = &view else {
        panic!("an episode")
    };
    let at_end = at_end.clone();
    assert_eq!(at_end.len(), ACTIONS.len());
    assert!(at_end.iter().all(|p| (0.0..=1.0).contains(p)));
    let moments = given(view);
    let longer = given(ask("imagine", "", "LLRFFTL").expect("a view"));
    assert_eq!(longer[6].probabilities, at_end);
    let taken: Vec<u32> = moments.iter().map(|m| m.taken).collect();
    assert_eq!(taken, [0, 0, 1, 2, 2, 5]);
    assert!(moments.iter().all(|m| m.given));
    let alone = given(ask("imagine", "", "").expect("a view"));
    assert!(alone.len() == 12 && alone.iter().all(|m| !m.given));
    let moments = given(ask("plan", "", "LLR").expect("a view"));
    assert!(moments[..3].iter().all(|m| m.given) && !moments[3..].iter().any(|m| m.given));
    for moment in alone.iter().chain(&moments) {
        assert_eq!(moment.probabilities.len(), ACTIONS.len());
        assert!(moment.probabilities.iter().all(|p| (0.0..=1.0).contains(p)));
    }
    // What cannot be done is told.
    let rooms = layout::draw(5, 0, None, Naming::Said).rooms;
    let there = |colour: u8| {
        let noun = Noun {
            sort: Sort::Thing(Kind::Box),
            colour: Some(colour),
        };
        rooms.cells().any(|(_, cell)| noun.is_in(cell))
    };
    let missing = (0..6).find(|c| !there(*c)).expect("a colour");
    let colour = generative_playground::worlds::rooms::COLOURS[usize::from(missing)];
    let View::Episode { outcome, .. } =
        ask("plan", &format!("go to the {colour} box"), "").expect("a view")
    else {
        panic!("an episode")
    };
    assert!(outcome.starts_with("This cannot be done"), "{outcome}");
    let View::Clips { titles, given, .. } = ask("futures", "", "").expect("a view") else {
        panic!("clips")
    };
    assert!((1..=4).contains(&titles.len()) && given[0] && !given[1..].iter().any(|g| *g));
    let View::Chart { ticks, curves, .. } = ask("drift", "", "").expect("a view") else {
        panic!("a chart")
    };
    assert_eq!((ticks.len(), curves.len()), (12, 3));
    for curve in curves {
        assert!(
            curve
                .values
                .iter()
                .flatten()
                .all(|v| (0.0..=100.0).contains(v))
        );
    }
}

#[test]
fn dreams_begin_in_a_world_and_repeat() {
    let trainer = trained(2);
    let model = trainer.averaged();
    let dream = |seed: u64, draw: bool| {
        let options = json!({"draw": draw});
        let sampler = model.sampler(&options, &Condition::default(), 2, seed);
        let Samples::Clips(clips) = common::drawn(sampler.expect("a sampler")) else {
            panic!("clips")
        };
        assert_eq!(clips.dims(), [2, 25, 3, 84, 84]);
        values(clips)
    };
    let first = dream(4, true);
    assert_eq!(first, dream(4, true));
    assert_ne!(first, dream(5, true));
    let frame = 3 * 84 * 84;
    let sight = layout::draw(4, 0, None, Naming::Said).rooms.sight();
    let begun: Vec<f32> = draw::sight(&sight, &[]).values().collect();
    assert_eq!(first[..frame], begun);
    assert_eq!(dream(4, false)[..frame], begun);
}

#[test]
fn errors_are_counted_as_by_hand() {
    // A perfect memory of what does not change is never wrong about it, and knows nothing new.
    let set = EpisodeSet::named(PLAY, &Value::Null).expect("a set");
    let all = steps(&set.held_out(0).moments);
    let model = build(&reference()["config"], &device::cpu());
    let found = pollster::block_on(next_view(&model, &all)).expect("it");
    assert_eq!(found.model.all.count, all.len() * SEEN);
    let known: usize = all
        .iter()
        .map(|step| {
            let (next, known) = (step.after.sight(), step.memory.knows(step.motion));
            let handled = |i: usize| {
                let deed = matches!(step.action, Action::PickUp | Action::Drop | Action::Toggle);
                deed && [FRONT, OWN].contains(&i) && step.memory.sight()[i] != next[i]
            };
            (0..SEEN)
                .filter(|&i| next[i] != 0 && known[i] && !handled(i))
                .count()
        })
        .sum();
    assert_eq!(found.moved.known.count, known);
    // Wrong only where what it did not know hid something from view.
    assert!(
        found.moved.known.percent() > 97.0,
        "{:?}",
        found.moved.known
    );
    assert_eq!(found.moved.handled.right, 0);
    assert_eq!(found.done.count + found.undone.count, all.len());
    let runs = runs(&set, 12, 0, 3);
    let drift = pollster::block_on(drift(&model, &runs, pause)).expect("it");
    assert_eq!((runs.len(), drift.copied.len()), (3, 3));
    for (run, row) in runs.iter().zip(&drift.copied) {
        for (step, got) in run.iter().zip(row) {
            let (first, truth) = (run[0].memory.sight(), step.after.sight());
            let seen: Vec<usize> = (0..SEEN).filter(|&i| truth[i] != 0).collect();
            let wrong = seen.iter().filter(|&&i| truth[i] != first[i]).count();
            assert!((got - wrong as f64 / seen.len() as f64).abs() < 1e-9);
        }
    }
    let means = means(&[[0.1; 12], [0.3; 12]]);
    assert!((means[0].0 - 0.2).abs() < 1e-9 && (means[0].1 - 0.02f64.sqrt() / 2.0).abs() < 1e-9);
}
