//! Worlds that are changed while an agent is under way in them: the language of changes, what is refused, an independent
//! replay, what an agent knows of it, what the page is told, and what is written down.

use std::{collections::HashMap, pin::Pin};

use crate::common::root;
use generative_playground::{
    checkpoint,
    data::{
        DataInfo, Space,
        episodes::{self, LENGTH, Odometer},
    },
    device,
    error::{Code, Result},
    evaluate::{
        acting::MOST_STEPS,
        disturbed::{disturbed, play},
    },
    model::{Model, Played},
    plots,
    rng::{Purpose, Rng},
    scene::{Changing, EpisodeMoment, Hindrance, PlotRequest, View},
    worlds::rooms::{
        ACTIONS, Action, COLOURS, Cell, Change, Door, KINDS, Making, Part, Pose, Rooms, Task,
        Thing,
        change::{MOST_CHANGES, called, only},
        layout::{self, Naming},
    },
};

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

fn rng(number: u64) -> Rng {
    Rng::new(17, Purpose::Evaluate, number)
}

fn task(number: u64) -> Task {
    layout::draw(5, number, None, Naming::Said)
}

/// Anything that a change may say, of any cell near a world.
fn anything(rng: &mut Rng, step: usize) -> Change {
    let place = |rng: &mut Rng| [rng.below(14) as u8, rng.below(14) as u8];
    let colour = rng.below(COLOURS.len()) as u8;
    let making = match rng.below(7) {
        0 => Making::Cell(Cell::Empty),
        1 => Making::Cell(Cell::Wall),
        2 => {
            let state = [Door::Open, Door::Closed, Door::Locked][rng.below(3)];
            Making::Cell(Cell::Door(colour, state))
        }
        3 => {
            let kind = KINDS[rng.below(3)];
            Making::Cell(Cell::Thing(Thing { kind, colour }))
        }
        4 => Making::Facing(rng.below(4) as u8),
        _ => Making::To(place(rng)),
    };
    Change {
        step,
        at: place(rng),
        making,
    }
}

#[test]
fn changes_are_read_as_they_are_written() {
    let mut rng = rng(0);
    for n in 0..500 {
        let all: Vec<Change> = (0..n % 9).map(|step| anything(&mut rng, step)).collect();
        let text = Change::write_all(&all);
        assert_eq!(Change::parse_all(&text).expect("changes"), all, "{text}");
    }
    let loose = Change::parse_all(" 5:3,4   red ball ;; 5:3,4 to 6,2;").expect("two");
    assert_eq!(Change::write_all(&loose), "5:3,4 red ball;5:3,4 to 6,2");
    for making in Making::all() {
        let change = Change {
            step: 0,
            at: [1, 2],
            making,
        };
        assert_eq!(
            Change::parse_all(&change.to_string()).expect("one"),
            [change]
        );
    }
    assert_eq!(Making::all().count(), 2 + 18 + 18 + 4);
}

#[test]
fn what_is_no_change_is_refused() {
    let wrong = [
        "x",
        "5",
        "5:3",
        "5:3,4",
        "5:3,4 ",
        ":3,4 wall",
        "-1:3,4 wall",
        "+1:3,4 wall",
        "5:3;4 wall",
        "5:3,4,5 wall",
        "5:32,4 wall",
        "5:3,256 wall",
        "5:3, 4 wall",
        "5:+3,4 wall",
        "1001:3,4 wall",
        "99999999999999999999:3,4 wall",
        "5:3,4 pink ball",
        "5:3,4 red door",
        "5:3,4 ajar red door",
        "5:3,4 red ball red",
        "5:3,4 to",
        "5:3,4 to 6",
        "5:3,4 to 6,2 fast",
        "5:3,4 up",
        "5:3,4 facing",
        "5:3,4 facing north",
        "5:3,4 <img src=x onerror=alert(1)>",
        "6:3,4 wall;5:3,4 floor",
        "5:３,4 wall",
    ];
    for text in wrong {
        let code = Change::parse_all(text).err().map(|e| e.code());
        assert_eq!(code, Some(Code::BadOption), "{text}");
    }
    let many = |n: usize| vec!["5:3,4 wall"; n].join(";");
    assert_eq!(
        Change::parse_all(&many(MOST_CHANGES)).expect("all").len(),
        MOST_CHANGES
    );
    for text in [many(MOST_CHANGES + 1), "5:3,4 wall".repeat(100_000)] {
        let error = Change::parse_all(&text).expect_err("too many");
        assert_eq!(error.code(), Code::BadOption);
        assert!(error.to_string().len() < 300);
    }
    // Thousands of random texts: a typed error or changes, and nothing else.
    let pieces = [
        ":", ",", ";", " ", "5", "3", "12", "99", "to", "wall", "floor", "red", "ball", "door",
        "open", "left", "é", "-", "\0", "\n",
    ];
    let mut rng = rng(1);
    let mut understood = 0;
    for _ in 0..20_000 {
        let n = rng.below(14);
        let text: String = (0..n).map(|_| pieces[rng.below(pieces.len())]).collect();
        match Change::parse_all(&text) {
            Ok(all) => understood += usize::from(!all.is_empty()),
            Err(error) => assert_eq!(error.code(), Code::BadOption, "{text}"),
        }
    }
    assert!(understood < 1000);
}

/// A world as another program would keep it: what is written of each cell, and the agent.
#[derive(Debug, Clone, PartialEq)]
struct Plain {
    cells: HashMap<[i64; 2], String>,
    size: [i64; 2],
    agent: ([i64; 2], String),
}

const WAYS: [&str; 4] = ["right", "down", "left", "up"];

fn plain(rooms: &Rooms) -> Plain {
    let Pose { x, y, facing } = rooms.pose;
    Plain {
        cells: rooms
            .cells()
            .map(|(at, cell)| (at.map(|v| v as i64), called(cell)))
            .collect(),
        size: rooms.size().map(|n| n as i64),
        agent: ([x, y].map(i64::from), WAYS[usize::from(facing)].to_string()),
    }
}

/// Does what a written change says; gives whether it may.
fn by_hand(world: &mut Plain, written: &str) -> bool {
    let (_, rest) = written.split_once(':').expect("a step");
    let (at, what) = rest.split_once(' ').expect("a place");
    let place = |text: &str| {
        let (x, y) = text.split_once(',').expect("two numbers");
        [x, y].map(|v| v.parse::<i64>().expect("a number"))
    };
    let at = place(at);
    let Some(here) = world.cells.get(&at).cloned() else {
        return false;
    };
    let free = |cell: &str| cell == "floor" || cell.starts_with("open ");
    let is_thing = |cell: &str| ["key", "ball", "box"].iter().any(|k| cell.ends_with(k));
    let border = at
        .iter()
        .zip(world.size)
        .any(|(&v, n)| v == 0 || v == n - 1);
    let agent = world.agent.0 == at;
    if let Some(to) = what.strip_prefix("to ") {
        let to = place(to);
        let there = world.cells.get(&to).cloned().unwrap_or_default();
        if agent {
            if free(&there) {
                world.agent.0 = to;
            }
            return free(&there);
        }
        let can = is_thing(&here) && there == "floor" && to != world.agent.0;
        if can {
            world.cells.insert(at, "floor".into());
            world.cells.insert(to, here);
        }
        return can;
    }
    if let Some(way) = what.strip_prefix("facing ") {
        if agent {
            world.agent.1 = way.into();
        }
        return agent;
    }
    let fits = match what {
        "floor" | "wall" => true,
        door if door.ends_with(" door") => here == "wall" || here.ends_with(" door"),
        _ => here == "floor" || is_thing(&here),
    };
    let can = !agent && !border && fits;
    if can {
        world.cells.insert(at, what.into());
    }
    can
}

#[test]
fn a_world_changes_as_an_independent_replay_says_and_not_where_that_is_refused() {
    let mut rng = rng(2);
    let (mut made, mut refused) = (0, HashMap::<String, usize>::new());
    for number in 0..60 {
        let mut rooms = task(number).rooms;
        let mut world = plain(&rooms);
        for step in 0..150 {
            let change = anything(&mut rng, step);
            let before = rooms.clone();
            match change.apply(&mut rooms) {
                Ok(()) => {
                    made += 1;
                    assert!(by_hand(&mut world, &change.to_string()), "{change}");
                }
                Err(error) => {
                    assert_eq!(error.code(), Code::BadOption);
                    assert_eq!(rooms, before, "{change}");
                    assert!(!by_hand(&mut world, &change.to_string()), "{change}");
                    let reason = rooms.allows(change.at, change.making).expect_err("refused");
                    *refused.entry(reason.reason().into()).or_default() += 1;
                }
            }
            assert_eq!(plain(&rooms), world, "{change}");
            // And time goes on.
            rooms.act(ACTIONS[rng.below(ACTIONS.len())]);
            let after = plain(&rooms);
            (world.cells, world.agent) = (after.cells, after.agent);
        }
        // Whatever was done to it, nothing has come out of the world.
        let [width, height] = rooms.size().map(|n| n as isize);
        for (at @ [x, y], cell) in rooms.cells() {
            if x == 0 || y == 0 || x == width - 1 || y == height - 1 {
                assert_eq!(cell, Cell::Wall, "{at:?}");
            }
        }
        assert!(rooms.cell(rooms.pose.place(0, 0)).is_free());
    }
    assert!(made > 1000, "{made}");
    assert_eq!(refused.len(), 8, "every reason: {refused:?}");
}

#[test]
fn what_may_be_made_of_a_cell_is_what_is_not_refused() {
    let rooms = task(3).rooms;
    for (at, _) in rooms.cells() {
        let at = at.map(|v| v as u8);
        let (choices, moves) = rooms.choices(at);
        for choice in &choices {
            let text = format!("0:{},{} {choice}", at[0], at[1]);
            let mut after = rooms.clone();
            Change::parse_all(&text).expect("one")[0]
                .apply(&mut after)
                .expect("allowed");
            assert_ne!(after, rooms, "{text}");
        }
        let anywhere = rooms.cells().any(|(to, _)| {
            let to = to.map(|v| v as u8);
            to != at && rooms.allows(at, Making::To(to)).is_ok()
        });
        assert_eq!(moves, anywhere, "{at:?}");
    }
}

#[test]
fn wheels_do_not_count_what_somebody_carried() {
    let mut rng = rng(4);
    for number in 0..200 {
        let mut rooms = task(number % 20).rooms;
        let mut odometer = Odometer::new(&rooms);
        // What it counts if nobody ever lifts it: the same actions in a world without walls nearby.
        let (mut place, mut turned) = ([0i64; 2], 0u8);
        for _ in 0..30 {
            let before = rooms.pose;
            if rng.below(4) == 0 {
                let free: Vec<_> = (rooms.cells()).filter(|(_, cell)| cell.is_free()).collect();
                let [x, y] = free[rng.below(free.len())].0.map(|v| v as u8);
                let facing = rng.below(4) as u8;
                let to = Pose { x, y, facing };
                let read = odometer.read(&rooms);
                odometer = odometer.lifted(rooms.pose, to);
                rooms.pose = to;
                assert_eq!(odometer.read(&rooms), read);
            } else {
                let action = ACTIONS[rng.below(3)];
                rooms.act(action);
                match action {
                    Action::Left => turned = (turned + 3) % 4,
                    Action::Right => turned = (turned + 1) % 4,
                    _ if rooms.pose != before => match turned {
                        0 => place[0] += 1,
                        1 => place[1] += 1,
                        2 => place[0] -= 1,
                        _ => place[1] -= 1,
                    },
                    _ => {}
                }
            }
            let (read, way) = odometer.read(&rooms);
            assert_eq!(read.map(i64::from), place.map(|v| v.clamp(-15, 15)));
            assert_eq!(way, turned);
        }
    }
}

fn shipped() -> Box<dyn Model> {
    let bytes = std::fs::read(root("web/checkpoints/agent-rooms.safetensors")).expect("a file");
    checkpoint::open(&bytes, None, &device::cpu())
        .expect("a model")
        .model
}

struct Followed {
    moments: Vec<EpisodeMoment>,
    worlds: Vec<u8>,
    sights: Vec<u8>,
    columns: usize,
    outcome: String,
    done: bool,
    expert_steps: Option<u32>,
    changing: Changing,
}

impl Followed {
    /// Row by row, a picture out of a sheet.
    fn picture(&self, sheet: &[u8], at: usize) -> Vec<u8> {
        let across = 4 * sheet.len() / 4 / self.columns;
        let side = ((across / 4) as f64).sqrt() as usize;
        let row = 4 * side * self.columns;
        let rows = sheet.chunks_exact(row);
        rows.flat_map(|row| row[4 * side * at..4 * side * (at + 1)].to_vec())
            .collect()
    }
}

fn follow(
    model: &dyn Model,
    number: u64,
    text: &str,
    actions: &str,
    changes: &str,
) -> Result<Followed> {
    let info = DataInfo::new("rooms", Space::Episodes { steps: LENGTH });
    let mut request = PlotRequest::new("follow", &info, device::cpu());
    (request.text, request.actions, request.changes) = (text, actions, changes);
    request.seed = number;
    let view = pollster::block_on(plots::answer(model, &request, pause))?;
    let View::Episode {
        moments,
        worlds,
        sights,
        outcome,
        done,
        expert_steps,
        changing,
        ..
    } = view
    else {
        panic!("an episode")
    };
    let sheet = |view: View| match view {
        View::Image { rgba, columns, .. } => (rgba.0.to_vec(), columns as usize),
        _ => panic!("an image"),
    };
    let ((worlds, columns), (sights, _)) = (sheet(*worlds), sheet(*sights));
    Ok(Followed {
        moments,
        worlds,
        sights,
        columns,
        outcome,
        done,
        expert_steps,
        changing: *changing.expect("it can be changed"),
    })
}

/// A world of this seed in which a thing is to be gone to or picked up, and it takes some steps.
fn errand(model: &dyn Model) -> (u64, Task, [u8; 2], Followed) {
    for seed in 0..200 {
        let task = layout::draw(seed, 0, None, Naming::Said);
        let [Part::GoTo(noun) | Part::PickUp(noun)] = task.mission.parts[..] else {
            continue;
        };
        let thing = only(&task.rooms, noun)
            .filter(|at| matches!(task.rooms.cell(at.map(isize::from)), Cell::Thing(_)));
        let followed = follow(model, seed, "", "", "").expect("a view");
        if let Some(at) = thing.filter(|_| followed.done && followed.moments.len() > 6) {
            return (seed, task, at, followed);
        }
    }
    panic!("no such world")
}

#[test]
fn an_agent_goes_on_in_another_world_and_the_page_is_told_from_when_on() {
    let model = shipped();
    let (seed, task, at, before) = errand(&*model);
    let [x, y] = at;
    let noun = task.mission.parts[0].noun();
    assert!(before.changing.made.is_empty() && before.changing.stuck.is_none());
    assert!(before.expert_steps.is_some());

    // The thing is gone: the episode is the same until then, and ends with a sentence and a reason.
    let gone = follow(&*model, seed, "", "", &format!("3:{x},{y} floor")).expect("a view");
    assert_eq!(gone.moments, before.moments[..3]);
    for i in 0..3 {
        assert_eq!(
            gone.picture(&gone.worlds, i),
            before.picture(&before.worlds, i)
        );
        assert_eq!(
            gone.picture(&gone.sights, i),
            before.picture(&before.sights, i)
        );
        assert_eq!(gone.changing.cells[i].len(), before.changing.cells[i].len());
    }
    assert_ne!(
        gone.picture(&gone.worlds, 3),
        before.picture(&before.worlds, 3)
    );
    assert_eq!(gone.changing.stuck, Some(Hindrance::Gone));
    let words = noun.to_string();
    let name = words.strip_prefix("the ").expect("an article");
    assert_eq!(
        gone.outcome,
        format!("This cannot be done: there is no {name} any more.")
    );
    assert!(!gone.done && gone.expert_steps.is_none());
    assert_eq!(
        (gone.changing.made[0].step, gone.changing.made.len()),
        (3, 1)
    );
    let cell = called(task.rooms.cell(at.map(isize::from)));
    assert_eq!(
        gone.changing.made[0].told,
        format!("{x},{y}: {cell} → floor")
    );

    // Put back at once, or later, it can be done again; where the agent stands nothing is put.
    let back = format!("3:{x},{y} floor;3:{x},{y} {cell}");
    let back = follow(&*model, seed, "", "", &back).expect("a view");
    assert!(back.changing.stuck.is_none() && back.done);
    assert_eq!(back.moments, before.moments);
    let later = format!("3:{x},{y} floor;5:{x},{y} {cell}");
    let later = follow(&*model, seed, "", "", &later).expect("a view");
    assert!(later.changing.stuck.is_none() && later.moments.len() > 5);
    let again = follow(
        &*model,
        seed,
        "",
        "",
        &format!("3:{x},{y} floor;5:{x},{y} {cell}"),
    );
    let again = again.expect("a view");
    assert_eq!((again.moments, again.worlds), (later.moments, later.worlds));
    let Pose { x: u, y: v, .. } = task.rooms.pose;
    for (changes, reason) in [
        (format!("0:{u},{v} wall"), "the agent stands there"),
        ("0:0,0 floor".into(), "the wall around the world stays"),
        ("0:31,31 floor".into(), "there is no such cell"),
        (
            format!("0:{x},{y} facing up"),
            "the agent does not stand there",
        ),
        (
            format!("0:{x},{y} to {u},{v}"),
            "it can only be moved to a free cell",
        ),
        (format!("63:{x},{y} floor"), "the episode has ended before"),
        (format!("64:{x},{y} floor"), "the episode has ended before"),
        ("dance".into(), "it is not understood"),
    ] {
        let error = follow(&*model, seed, "", "", &changes)
            .err()
            .expect("refused");
        assert_eq!(error.code(), Code::BadOption, "{changes}");
        assert!(error.to_string().contains(reason), "{error}");
    }

    // The reader's actions and changes go together.
    let both = follow(&*model, seed, "", "LLR", &format!("2:{u},{v} facing up")).expect("a view");
    let facing = |moment: usize| {
        let at = usize::from(v) * both.changing.size[0] as usize + usize::from(u);
        both.changing.spots[both.changing.cells[moment][at] as usize].clone()
    };
    assert_eq!(facing(2).name, "agent");
    assert!(facing(2).moves && !facing(2).choices.contains(&"facing up".to_string()));
    assert!(facing(3).choices.contains(&"facing up".to_string()));
}

#[test]
fn a_way_that_is_walled_up_is_told_and_an_agent_that_is_carried_goes_on() {
    let model = shipped();
    let (seed, task, at, _) = errand(&*model);
    let noun = task.mission.parts[0].noun();
    // Walls around the thing, on all sides that are free, before the first step.
    let [x, y] = at.map(isize::from);
    let beside = [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]];
    let free = beside
        .into_iter()
        .filter(|&at| task.rooms.cell(at) == Cell::Empty);
    let walls: Vec<String> = free.map(|[x, y]| format!("0:{x},{y} wall")).collect();
    let closed = follow(&*model, seed, "", "", &walls.join(";")).expect("a view");
    assert_eq!(closed.changing.stuck, Some(Hindrance::CutOff));
    let name = noun.to_string().replace("the ", "");
    assert_eq!(
        closed.outcome,
        format!("This cannot be done: there is no way to the {name} any more.")
    );
    assert!(closed.moments.is_empty());

    // A mission that never could be done is told as before.
    let missing = (0..6u8).find(|&colour| {
        let thing = Thing {
            kind: KINDS[2],
            colour,
        };
        !task
            .rooms
            .cells()
            .any(|(_, cell)| cell == Cell::Thing(thing))
    });
    let colour = COLOURS[usize::from(missing.expect("one"))];
    let text = format!("go to the {colour} box");
    let never = follow(&*model, seed, &text, "", "").expect("a view");
    assert_eq!(never.changing.stuck, Some(Hindrance::Missing));
    // Until somebody puts one there.
    let floor = task
        .rooms
        .cells()
        .find(|&(at, cell)| cell == Cell::Empty && at != task.rooms.pose.place(0, 0));
    let [x, y] = floor.expect("a free cell").0;
    let now = follow(&*model, seed, &text, "", &format!("0:{x},{y} {colour} box")).expect("a view");
    assert!(now.changing.stuck.is_none() && !now.moments.is_empty());

    // Carried elsewhere: what it saw before stays, and its wheels have counted nothing of it.
    let mut played = Played::new(task.clone());
    for action in [Action::Left, Action::Right, Action::Left] {
        played.look();
        played.act(action);
    }
    let seen = played.moments.clone();
    played.look();
    let counted = played.moments.pop().map(|m| (m.place, m.turned));
    let mut rooms = played.task.rooms.clone();
    rooms
        .change([rooms.pose.x, rooms.pose.y], Making::To([x as u8, y as u8]))
        .expect("free");
    played.put_into(rooms);
    played.look();
    assert_eq!(played.moments[..3], seen);
    assert_eq!(played.moments.last().map(|m| (m.place, m.turned)), counted);
    let [px, py] = [played.task.rooms.pose.x, played.task.rooms.pose.y];
    assert_eq!([px as isize, py as isize], [x, y]);
}

#[test]
fn hostile_changes_get_typed_errors_or_an_episode() {
    let model = shipped();
    let mut rng = rng(7);
    let (mut refused, mut shown) = (0, 0);
    for i in 0..4000 {
        let mut step = 0;
        let all: Vec<Change> = (0..1 + rng.below(4))
            .map(|_| {
                step += rng.below(3);
                anything(&mut rng, step)
            })
            .collect();
        // Most are refused before the agent has moved.
        let text = Change::write_all(&all);
        match follow(&*model, i % 7, "", "", &text) {
            Ok(followed) => {
                shown += 1;
                assert_eq!(followed.changing.made.len(), all.len());
                assert_eq!(followed.changing.cells.len(), followed.moments.len() + 1);
                assert!(followed.moments.len() <= MOST_STEPS);
            }
            Err(error) => {
                refused += 1;
                assert_eq!(error.code(), Code::BadOption, "{text}");
            }
        }
        if shown == 60 {
            break;
        }
    }
    assert!(shown > 20 && refused > 200, "{shown} {refused}");
}

#[test]
fn an_episode_with_changes_is_written_read_and_repeated_from_its_line() {
    let model = shipped();
    let (seed, task, at, _) = errand(&*model);
    let acting = model.acting().expect("it acts");
    let free = task.rooms.cells().find(|&(to, _)| {
        let to = to.map(|v| v as u8);
        task.rooms.allows(at, Making::To(to)).is_ok()
    });
    let change = Change {
        step: 2,
        at,
        making: Making::To(free.expect("a free cell").0.map(|v| v as u8)),
    };
    let mut played = pollster::block_on(play(acting, task.clone(), Some(&change))).expect("played");
    for (moment, &action) in played.moments.iter_mut().zip(&played.actions) {
        moment.right = Some(action);
    }
    let place = (seed, 0, played.task.is_done());
    let line = episodes::write_line(
        &played.moments,
        &played.actions,
        &task.mission,
        &[change],
        place,
    );
    let line = line.expect("a line");
    // It is learned from like any other.
    let read = episodes::read_lines(&line).expect("an episode");
    let kept = played.actions.len().min(LENGTH);
    assert_eq!(read[0].moments.len(), kept);
    assert_eq!(read[0].moments, played.moments[..kept]);
    // And repeats from what the line says: seed, number, changes and actions.
    let said: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(said["changes"], change.to_string());
    let mut rooms = layout::draw(
        said["seed"].as_u64().expect("a seed"),
        0,
        None,
        Naming::Said,
    )
    .rooms;
    let all = Change::parse_all(said["changes"].as_str().expect("a text")).expect("changes");
    for (i, step) in said["steps"].as_array().expect("steps").iter().enumerate() {
        for change in all.iter().filter(|change| change.step == i) {
            change.apply(&mut rooms).expect("as before");
        }
        let sight: Vec<u64> = rooms.sight().iter().map(|&s| s.into()).collect();
        assert_eq!(step["sight"], serde_json::json!(sight), "{i}");
        let letter = step["action"].as_str().and_then(|s| s.chars().next());
        rooms.act(letter.and_then(Action::of_letter).expect("an action"));
    }
    assert_eq!(rooms, played.task.rooms);
    // Lines without changes are as they always were, and nonsense is refused.
    let without = episodes::write_line(&played.moments, &played.actions, &task.mission, &[], place);
    assert!(!without.expect("a line").contains("changes"));
    let bad = line.replace(&change.to_string(), "2:9 anything");
    let error = episodes::read_lines(&bad).expect_err("no changes");
    assert_eq!(error.code(), Code::BadData);
    assert!(
        error.to_string().contains("line 1 is no episode"),
        "{error}"
    );
}

#[test]
fn moving_the_thing_once_is_measured_on_the_same_missions() {
    let model = shipped();
    let once = || pollster::block_on(disturbed(&*model, 11, 12, &|| ())).expect("numbers");
    let found = once();
    assert_eq!(found, once());
    for tally in [found.before, found.after, found.expert] {
        assert_eq!(tally.count, 12);
    }
    assert!(found.seen.count <= 12 && found.seen.right <= found.after.right);
    assert!(found.before.right >= 10 && found.expert.right + found.given_up <= 12);
    assert!(found.steps >= found.after.right.saturating_sub(1));
}
