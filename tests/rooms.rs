//! Rooms: rules, missions, layouts and the expert.

use std::{collections::HashSet, io::Read as _};

use flate2::read::GzDecoder;
use generative_playground::worlds::rooms::{
    ACTIONS, Action, Cell, Door, Expert, Kind, MOST_SIDE, Mission, Noun, Part, Rooms, Task, Thing,
    cell_of,
    expert::{MOST_STEPS, Stuck},
    layout::{self, Form, Naming, UNSAID},
    mission::{MOST_PARTS, Sort},
    symbol,
};

/// `minigrid` was asked by `tests/reference/minigrid_rooms.py`.
const REFERENCE: &[u8] = include_bytes!("reference/minigrid_rooms.txt.gz");

/// The character of a cell; see the script.
fn character(cell: Option<Cell>) -> char {
    char::from(b'0' + cell.map_or(0, symbol))
}

/// Same grid, same actions, same outcome: after each of 10,000 random steps the pose, what is carried, the cell before
/// the agent, and all that it sees.
#[test]
fn the_rules_are_minigrids() {
    let (mut rooms, mut steps, mut worlds) = (Rooms::new(3, 3), 0, 0);
    let mut text = String::new();
    GzDecoder::new(REFERENCE)
        .read_to_string(&mut text)
        .expect("the reference");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split(' ').collect();
        match parts[..] {
            ["world", width, height, x, y, facing, cells] => {
                let [width, height] = [width, height].map(|v| v.parse::<usize>().expect("a size"));
                rooms = Rooms::new(width, height);
                for (i, byte) in cells.bytes().enumerate() {
                    let at = [(i % width) as isize, (i / width) as isize];
                    rooms.put(at, cell_of(byte - b'0').expect("a cell"));
                }
                let [x, y, facing] = [x, y, facing].map(|v| v.parse::<u8>().expect("a place"));
                (rooms.pose.x, rooms.pose.y, rooms.pose.facing) = (x, y, facing);
                worlds += 1;
            }
            [action, x, y, facing, carried, front, seen] => {
                rooms.act(ACTIONS[action.parse::<usize>().expect("an action")]);
                steps += 1;
                let pose = [x, y, facing].map(|v| v.parse::<u8>().expect("a place"));
                let found = [rooms.pose.x, rooms.pose.y, rooms.pose.facing];
                assert_eq!(found, pose, "step {steps} in world {worlds}");
                let thing = rooms
                    .carried
                    .map_or('-', |t| character(Some(Cell::Thing(t))));
                assert_eq!(thing.to_string(), carried, "step {steps} in world {worlds}");
                let before = character(Some(rooms.cell(rooms.front())));
                assert_eq!(before.to_string(), front, "step {steps} in world {worlds}");
                let sight = rooms.sight();
                let sight: String = sight.iter().map(|&s| character(cell_of(s))).collect();
                assert_eq!(sight, seen, "step {steps} in world {worlds}");
            }
            _ => panic!("a line of the reference: {line}"),
        }
    }
    assert!(
        steps >= 10_000 && worlds >= 100,
        "{steps} steps, {worlds} worlds"
    );
}

#[test]
fn missions_are_read_back() {
    for number in 0..300 {
        for naming in [Naming::Said, Naming::Unsaid] {
            let mission = layout::draw(5, number, None, naming).mission;
            let read = Mission::parse(&mission.to_string()).expect("its own sentence");
            assert_eq!(read, mission);
            let words = mission.words().join(" ");
            assert_eq!(Mission::parse(&words).expect("its own words"), mission);
        }
    }
    let loose = Mission::parse("  Go to A ball. then OPEN door, and then pick up grey key! ");
    let loose = loose.expect("understood").to_string();
    assert_eq!(
        loose,
        "go to the ball, then open the door, then pick up the grey key"
    );
}

#[test]
fn what_is_no_mission_is_told_what_is_understood() {
    let told = |text: &str| Mission::parse(text).expect_err("no mission").to_string();
    for (text, hint) in [
        ("", "“go to”, “pick up” or “open” is missing"),
        ("jump", "“go to”, “pick up” or “open”"),
        ("go to the", "a key, ball, box or door is missing"),
        (
            "go to the pink ball",
            "red, green, blue, purple, yellow, grey",
        ),
        ("go to the red cat", "a key, ball, box or door"),
        ("pick up the red door", "cannot be picked up"),
        ("open the red box", "only doors"),
        ("go to the ball go to the box", "“then” or the end"),
        ("go to the ball then", "is missing at the end"),
    ] {
        assert!(told(text).contains(hint), "{text}: {}", told(text));
    }
    // Hostile ones end as quickly, and are not repeated at length.
    for text in [
        "go to the ball then ".repeat(1000),
        "🧨".repeat(100_000),
        "\u{202e}\0\n\r\t".into(),
        format!("go to the {}", "a".repeat(150)),
        "go to the ball then ".repeat(MOST_PARTS) + "go to the box",
    ] {
        assert!(told(&text).chars().count() < 400, "{}", told(&text));
    }
}

#[test]
fn a_seed_repeats_a_world_and_its_episode() {
    for number in 0..50 {
        let play = || {
            let task = layout::draw(9, number, None, Naming::Said);
            let begun = task.rooms.clone();
            let end = Expert::new(&task).carry_out(task).expect("a way");
            (begun, end.rooms, end.steps)
        };
        assert_eq!(play(), play());
    }
    assert_ne!(
        layout::draw(9, 0, None, Naming::Said).rooms,
        layout::draw(10, 0, None, Naming::Said).rooms
    );
}

#[test]
fn nothing_unsaid_is_named_in_what_is_learned() {
    let unsaid = |part: &Part| {
        let noun = part.noun();
        UNSAID
            .iter()
            .any(|&(c, sort)| noun.sort == sort && noun.colour == Some(c))
    };
    for number in 0..500 {
        let said = layout::draw(3, number, None, Naming::Said).mission;
        assert!(!said.parts.iter().any(unsaid), "{said}");
        let other = layout::draw(3, number, Some(Form::GoTo), Naming::Unsaid).mission;
        assert!(other.parts.iter().any(unsaid), "{other}");
    }
}

/// Drawn missions are those that the expert can do with the whole map; it does them without one, too.
#[test]
fn the_expert_does_what_can_be_done() {
    let mut failed = Vec::new();
    for number in 0..5000 {
        let task = layout::draw(21, number, None, Naming::Said);
        let end = Expert::new(&task).carry_out(task.clone());
        if !end.as_ref().is_ok_and(Task::is_done) {
            failed.push((number, task.mission.to_string(), end.err()));
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

/// All that can be reached in a small world, breadth-first over whole states: whether the mission can be done at all.
fn possible(task: &Task) -> bool {
    let mut seen = HashSet::from([(task.rooms.clone(), task.done)]);
    let mut open = vec![task.clone()];
    while !open.is_empty() {
        let mut next = Vec::new();
        for task in open {
            for action in ACTIONS {
                let mut after = task.clone();
                after.act(action);
                if after.is_done() {
                    return true;
                }
                if seen.insert((after.rooms.clone(), after.done)) {
                    next.push(after);
                }
            }
        }
        assert!(seen.len() < 2_000_000, "a small world");
        open = next;
    }
    false
}

/// In small worlds, some of which have walls without doors and locked doors without keys, the expert
/// says that a mission
/// cannot be done exactly when no sequence of actions at all does it.
#[test]
fn the_expert_says_what_cannot_be_done() {
    let mut state = 12345u64;
    let mut draw = move |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % n
    };
    let (mut can, mut cannot) = (0, 0);
    for world in 0..250 {
        let mut rooms = Rooms::new(6, 4);
        for y in 1..3 {
            rooms.put([3, y], Cell::Wall);
        }
        let state = [Door::Open, Door::Closed, Door::Locked, Door::Locked][draw(4)];
        if draw(6) > 0 {
            rooms.put([3, 1 + draw(2) as isize], Cell::Door(draw(2) as u8, state));
        }
        for _ in 0..1 + draw(2) {
            let at = [1 + draw(4) as isize, 1 + draw(2) as isize];
            let kind = [Kind::Key, Kind::Key, Kind::Ball][draw(3)];
            let colour = draw(2) as u8;
            if rooms.cell(at) == Cell::Empty {
                rooms.put(at, Cell::Thing(Thing { kind, colour }));
            }
        }
        let free: Vec<_> = rooms.cells().filter(|(_, c)| *c == Cell::Empty).collect();
        let ([x, y], _) = free[draw(free.len())];
        (rooms.pose.x, rooms.pose.y, rooms.pose.facing) = (x as u8, y as u8, draw(4) as u8);
        let colour = Some(draw(2) as u8);
        let sort = [Sort::Thing(Kind::Key), Sort::Thing(Kind::Ball), Sort::Door][draw(3)];
        let noun = Noun { sort, colour };
        let part = match sort {
            Sort::Door if draw(2) == 0 => Part::Open(noun),
            Sort::Thing(_) if draw(2) == 0 => Part::PickUp(noun),
            _ => Part::GoTo(noun),
        };
        let parts = vec![part];
        let task = Task::new(rooms, Mission { parts });
        let says = Expert::knowing(&task).carry_out(task.clone());
        let finds = Expert::new(&task).carry_out(task.clone());
        let way = possible(&task);
        assert_eq!(
            says.as_ref().is_ok_and(Task::is_done),
            way,
            "world {world}: {}",
            task.mission
        );
        assert_eq!(
            finds.as_ref().is_ok_and(Task::is_done),
            way,
            "world {world}: {}",
            task.mission
        );
        match way {
            true => can += 1,
            false => {
                cannot += 1;
                let there = task.rooms.cells().any(|(_, cell)| noun.is_in(cell));
                let stuck = says.expect_err("no way");
                assert_eq!(stuck == Stuck::Missing(noun), !there, "world {world}");
            }
        }
    }
    assert!(
        can > 50 && cannot > 50,
        "{can} can be done and {cannot} cannot"
    );
}

#[test]
fn a_world_keeps_its_bounds() {
    let rooms = Rooms::new(usize::MAX, 0);
    assert_eq!(rooms.size(), [MOST_SIDE, 3]);
    let mut rooms = Rooms::new(4, 4);
    for i in 0..4096 {
        rooms.act(ACTIONS[i * i % 7 % 6]);
    }
    assert!(rooms.pose.x < 4 && rooms.pose.y < 4);
    assert_eq!(rooms.cell([-1, 9]), Cell::Wall);
    let task = Task::new(rooms, Mission::parse("go to the ball").expect("a mission"));
    assert!(
        Expert::new(&task)
            .carry_out(task)
            .is_err_and(|stuck| { stuck.to_string() == "there is no ball in this world" })
    );
    assert_eq!(Action::of_letter('F'), Some(Action::Forward));
    assert_eq!(Action::of_letter('x'), None);
    const { assert!(MOST_STEPS >= 64) };
}
