//! Worlds and missions drawn from a seed.

use super::{
    COLOURS, Cell, Door, Expert, KINDS, Kind, Mission, Noun, Part, Pose, Rooms, Task, Thing,
    mission::Sort,
};
use crate::rng::{Purpose, Rng};

/// Columns and rows of the largest world that is drawn.
pub const SIDE: usize = 13;
/// Tries until a world has a mission that can be done.
const TRIES: usize = 200;
/// The seed and the number of an episode behind which no two worlds are alike.
type Key = (u64, u64);

/// Which missions are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// None that names a thing of [`UNSAID`].
    Said,
    /// Those that name one.
    Unsaid,
}

/// What kind of mission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Go to something.
    GoTo,
    /// Pick something up.
    PickUp,
    /// Open a door.
    Open,
    /// Two of these.
    Two,
}

/// Colours and sorts that no mission to learn from names together, though such things lie around in its worlds.
pub const UNSAID: [(u8, Sort); 4] = [
    (0, Sort::Thing(Kind::Key)),
    (1, Sort::Thing(Kind::Ball)),
    (3, Sort::Thing(Kind::Box)),
    (4, Sort::Door),
];

/// Whether a noun is one of [`UNSAID`].
pub fn is_unsaid(noun: Noun) -> bool {
    let this = |&(colour, sort): &(u8, Sort)| noun.sort == sort && noun.colour == Some(colour);
    UNSAID.iter().any(this)
}

/// A world of a seed with a mission that can be done in it.
pub fn draw(seed: u64, number: u64, form: Option<Form>, naming: Naming) -> Task {
    let mut rng = Rng::new(seed, Purpose::World, number);
    let form = form.unwrap_or_else(|| match rng.below(20) {
        0..6 => Form::GoTo,
        6..11 => Form::PickUp,
        11..13 => Form::Open,
        _ => Form::Two,
    });
    for _ in 0..TRIES {
        let rooms = world(&mut rng);
        for _ in 0..4 {
            let Some(mission) = mission(&rooms, form, naming, &mut rng) else {
                continue;
            };
            let task = Task::new(rooms.clone(), mission);
            if !is_there(&task) && Expert::knowing(&task).finishes(&task) {
                return task;
            }
        }
    }
    fallback((seed, number))
}

/// One room with one ball: what is drawn where nothing else could be found.
fn fallback((seed, number): Key) -> Task {
    let ball = Thing {
        kind: Kind::Ball,
        colour: ((seed ^ number) % COLOURS.len() as u64) as u8,
    };
    let mut rooms = Rooms::new(7, 7);
    rooms.put([4, 4], Cell::Thing(ball));
    let parts = vec![Part::GoTo(Noun::of(ball))];
    Task::new(rooms, Mission { parts })
}

/// Whether the agent stands there already.
fn is_there(task: &Task) -> bool {
    let before = task.rooms.cell(task.rooms.front());
    matches!(task.part(), Some(Part::GoTo(noun)) if noun.is_in(before))
}

/// One to four rooms behind each other and side by side, with doors between them and things on the floor.
fn world(rng: &mut Rng) -> Rooms {
    let [columns, rows] = [[1, 1], [2, 1], [1, 2], [2, 2], [2, 2]][rng.below(5)];
    // From wall to wall.
    let room = match columns * rows {
        1 => 5 + rng.below(3),
        _ => 5 + rng.below(2),
    };
    let mut rooms = Rooms::new(columns * room + 1, rows * room + 1);
    for line in 1..columns {
        (0..=rows * room).for_each(|y| rooms.put([(line * room) as isize, y as isize], Cell::Wall));
    }
    for line in 1..rows {
        (0..=columns * room)
            .for_each(|x| rooms.put([x as isize, (line * room) as isize], Cell::Wall));
    }
    doors(&mut rooms, [columns, rows], room, rng);
    things(&mut rooms, 2 + columns * rows / 2 + rng.below(3), rng);
    let free: Vec<[isize; 2]> = empty(&rooms).collect();
    if let Some(&[x, y]) = free.get(rng.below(free.len())) {
        rooms.pose = Pose {
            x: x as u8,
            y: y as u8,
            facing: rng.below(4) as u8,
        };
    }
    rooms
}

/// Doors, so that all rooms hang together; of a ring of four rooms one wall may have none. Some are open, and one
/// may be locked, with its key somewhere.
fn doors(rooms: &mut Rooms, [columns, rows]: [usize; 2], room: usize, rng: &mut Rng) {
    let mut walls: Vec<[usize; 3]> = Vec::new();
    for y in 0..rows {
        for x in 0..columns {
            if x + 1 < columns {
                walls.push([x, y, 0]);
            }
            if y + 1 < rows {
                walls.push([x, y, 1]);
            }
        }
    }
    if walls.len() == 4 && rng.below(2) == 0 {
        walls.swap_remove(rng.below(4));
    }
    let locked = (rng.below(6) == 0).then(|| rng.below(walls.len().max(1)));
    let mut key = None;
    for (i, [x, y, way]) in walls.into_iter().enumerate() {
        let along = (1 + rng.below(room - 1)) as isize;
        let [left, top] = [x, y].map(|v| (v * room) as isize);
        let at = match way {
            0 => [left + room as isize, top + along],
            _ => [left + along, top + room as isize],
        };
        let colour = rng.below(COLOURS.len()) as u8;
        let state = match locked == Some(i) {
            true => Door::Locked,
            false if rng.below(4) == 0 => Door::Open,
            false => Door::Closed,
        };
        rooms.put(at, Cell::Door(colour, state));
        if state == Door::Locked {
            key = Some(Thing {
                kind: Kind::Key,
                colour,
            });
        }
    }
    if let Some(key) = key {
        lay(rooms, key, rng);
    }
}

/// Cells on which something can lie without standing in a door's way.
fn empty(rooms: &Rooms) -> impl Iterator<Item = [isize; 2]> + '_ {
    let beside = |[x, y]: [isize; 2]| [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]];
    rooms.cells().filter_map(move |(at, cell)| {
        let door = |at: [isize; 2]| matches!(rooms.cell(at), Cell::Door(..));
        (cell == Cell::Empty && !beside(at).into_iter().any(door)).then_some(at)
    })
}

fn lay(rooms: &mut Rooms, thing: Thing, rng: &mut Rng) {
    let free: Vec<[isize; 2]> = empty(rooms).collect();
    if let Some(&at) = free.get(rng.below(free.len())) {
        rooms.put(at, Cell::Thing(thing));
    }
}

fn things(rooms: &mut Rooms, count: usize, rng: &mut Rng) {
    for _ in 0..count {
        let thing = Thing {
            kind: KINDS[rng.below(KINDS.len())],
            colour: rng.below(COLOURS.len()) as u8,
        };
        lay(rooms, thing, rng);
    }
}

/// A mission about what is there.
fn mission(rooms: &Rooms, form: Form, naming: Naming, rng: &mut Rng) -> Option<Mission> {
    let forms = match form {
        Form::Two => {
            let one = |rng: &mut Rng| {
                [
                    Form::GoTo,
                    Form::PickUp,
                    Form::GoTo,
                    Form::PickUp,
                    Form::Open,
                ][rng.below(5)]
            };
            vec![one(rng), one(rng)]
        }
        form => vec![form],
    };
    let mut parts = Vec::new();
    for form in forms {
        parts.push(part(rooms, form, rng)?);
    }
    let named: Vec<Noun> = parts.iter().map(|part: &Part| part.noun()).collect();
    let unsaid = named.iter().any(|&noun| is_unsaid(noun));
    // Nothing is done twice to the same.
    let twice = named.len() == 2
        && named[0].sort == named[1].sort
        && (named[0].colour == named[1].colour || named.iter().any(|noun| noun.colour.is_none()));
    (unsaid == (naming == Naming::Unsaid) && !twice).then_some(Mission { parts })
}

fn part(rooms: &Rooms, form: Form, rng: &mut Rng) -> Option<Part> {
    let fits = |cell: Cell| match (form, cell) {
        (Form::GoTo, Cell::Door(..)) | (_, Cell::Thing(_)) => form != Form::Open,
        (Form::Open, Cell::Door(_, state)) => state != Door::Open,
        _ => false,
    };
    let nouns = rooms.cells().filter(|&(_, cell)| fits(cell));
    let nouns: Vec<Noun> = nouns.filter_map(|(_, cell)| Noun::in_cell(cell)).collect();
    let mut noun = *nouns.get(rng.below(nouns.len()))?;
    if rng.below(8) == 0 {
        noun.colour = None;
    }
    Some(match form {
        Form::PickUp => Part::PickUp(noun),
        Form::Open => Part::Open(noun),
        _ => Part::GoTo(noun),
    })
}
