//! What somebody else changes in a world while an agent is under way in it, in a small language.
//!
//! ```text
//! changes   change { ; change }                       at most 64, in the order of their steps
//! change    step : column , row what                  before that step; from the top left, counted from 0
//! what      floor | wall | colour (key | ball | box) | (open | closed | locked) colour door
//!           | to column , row                         what lies there, or the agent that stands there, is moved
//!           | facing (right | down | left | up)       the agent that stands there looks that way
//! ```

use super::{COLOURS, Cell, Door, KINDS, MOST_SIDE, Noun, Rooms, Thing, mission::Sort};
use crate::error::{Error, Result};

/// The most changes.
pub const MOST_CHANGES: usize = 64;
/// The most characters of what is read.
const LONGEST: usize = 2400;
/// The largest number of a step.
const MOST_STEP: usize = 1000;
/// Ways of looking, in the order of [`Pose::facing`](super::Pose).
const WAYS: [&str; 4] = ["right", "down", "left", "up"];
/// How doors are, in the order of [`Door`].
const DOORS: [(&str, Door); 3] = [
    ("open", Door::Open),
    ("closed", Door::Closed),
    ("locked", Door::Locked),
];

/// What becomes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Making {
    /// It becomes this.
    Cell(Cell),
    /// What is there is moved to this column and row.
    To([u8; 2]),
    /// The agent there looks this way.
    Facing(u8),
}

impl Making {
    /// All but moves.
    pub fn all() -> impl Iterator<Item = Self> {
        let colours = || 0..COLOURS.len() as u8;
        let thing = move |kind| {
            colours().map(move |colour| Making::Cell(Cell::Thing(Thing { kind, colour })))
        };
        let door =
            move |(_, state)| colours().map(move |colour| Making::Cell(Cell::Door(colour, state)));
        let bare = [Cell::Empty, Cell::Wall].map(Making::Cell);
        let facing = (0..WAYS.len() as u8).map(Making::Facing);
        (bare.into_iter())
            .chain(KINDS.into_iter().flat_map(thing))
            .chain(DOORS.into_iter().flat_map(door))
            .chain(facing)
    }

    fn parse(words: &[&str]) -> Option<Self> {
        let colour = |word: &str| COLOURS.iter().position(|c| *c == word).map(|c| c as u8);
        Some(match *words {
            ["floor"] => Making::Cell(Cell::Empty),
            ["wall"] => Making::Cell(Cell::Wall),
            ["to", to] => Making::To(place(to)?),
            ["facing", word] => Making::Facing(WAYS.iter().position(|way| *way == word)? as u8),
            [hue, sort] => {
                let kind = KINDS
                    .into_iter()
                    .find(|&kind| Sort::Thing(kind).word() == sort)?;
                let colour = colour(hue)?;
                Making::Cell(Cell::Thing(Thing { kind, colour }))
            }
            [how, hue, "door"] => {
                let (_, state) = DOORS.into_iter().find(|(word, _)| *word == how)?;
                Making::Cell(Cell::Door(colour(hue)?, state))
            }
            _ => return None,
        })
    }
}

impl std::fmt::Display for Making {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Making::Cell(cell) => f.write_str(&called(cell)),
            Making::To([x, y]) => {
                f.write_str("to ")?;
                write!(f, "{x},{y}")
            }
            Making::Facing(way) => {
                f.write_str("facing ")?;
                f.write_str(WAYS[usize::from(way % 4)])
            }
        }
    }
}

/// What a cell holds, in the words of the language above.
pub fn called(cell: Cell) -> String {
    let colour = |colour: u8| COLOURS[usize::from(colour) % COLOURS.len()];
    match cell {
        Cell::Empty => "floor".into(),
        Cell::Wall => "wall".into(),
        Cell::Door(hue, state) => {
            let words = [DOORS[state as usize].0, colour(hue), Sort::Door.word()];
            words.join(" ")
        }
        Cell::Thing(thing) => {
            format!(
                "{} {}",
                colour(thing.colour),
                Sort::Thing(thing.kind).word()
            )
        }
    }
}

/// A column and a row.
fn place(text: &str) -> Option<[u8; 2]> {
    let (x, y) = text.split_once(',')?;
    let number = |text: &str| {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits)?;
        (usize::from(number) < MOST_SIDE).then_some(number)
    };
    Some([number(x)?, number(y)?])
}

/// Why something is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// There is no such cell.
    Outside,
    /// It is part of the wall around the world.
    Edge,
    /// The agent stands there.
    Agent,
    /// The agent stands elsewhere.
    NoAgent,
    /// Something can lie on the floor alone.
    NoFloor,
    /// A door goes into a wall.
    NoWall,
    /// There is nothing there that could be moved.
    Nothing,
    /// What is moved needs a free cell.
    NotFree,
}

impl Refused {
    /// For people.
    pub fn reason(self) -> &'static str {
        match self {
            Refused::Outside => "there is no such cell",
            Refused::Edge => "the wall around the world stays",
            Refused::Agent => "the agent stands there",
            Refused::NoAgent => "the agent does not stand there",
            Refused::NoFloor => "only on the floor can something lie",
            Refused::NoWall => "a door goes into a wall",
            Refused::Nothing => "there is nothing there to be moved",
            Refused::NotFree => "it can only be moved to a free cell",
        }
    }
}

/// One change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Change {
    /// Steps that have been taken before it.
    pub step: usize,
    /// Column and row.
    pub at: [u8; 2],
    /// What becomes of that cell.
    pub making: Making,
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y] = self.at;
        write!(f, "{}:{x},{y} {}", self.step, self.making)
    }
}

impl Change {
    /// What a text says, in its order; nothing of an empty one.
    ///
    /// # Errors
    /// [`Error::BadOption`] says what is not understood.
    pub fn parse_all(text: &str) -> Result<Vec<Self>> {
        let bad = |value: &str, reason: &str| Error::bad_option("changes", value.trim(), reason);
        if text.len() > LONGEST {
            return Err(bad(text, "2400 characters are the most"));
        }
        let mut all: Vec<Self> = Vec::new();
        for piece in text.split(';').filter(|piece| !piece.trim().is_empty()) {
            let change = Self::parse(piece).ok_or_else(|| {
                let like = "it is not understood; “5:3,4 red ball” and “5:3,4 to 6,2” are";
                bad(piece, like)
            })?;
            if all.last().is_some_and(|before| before.step > change.step) {
                return Err(bad(piece, "changes stand in the order of their steps"));
            }
            if all.len() == MOST_CHANGES {
                return Err(bad(piece, "64 changes are the most"));
            }
            all.push(change);
        }
        Ok(all)
    }

    fn parse(piece: &str) -> Option<Self> {
        let (step, rest) = piece.trim().split_once(':')?;
        let words: Vec<&str> = rest.split_whitespace().take(5).collect();
        let (at, words) = words.split_first()?;
        let digits = step.len() < 5 && step.bytes().all(|b| b.is_ascii_digit());
        Some(Self {
            step: step.parse().ok().filter(|&n| digits && n <= MOST_STEP)?,
            at: place(at)?,
            making: Making::parse(words)?,
        })
    }

    /// As it is written, several of them.
    pub fn write_all(all: &[Self]) -> String {
        let each: Vec<String> = all.iter().map(Self::to_string).collect();
        each.join(";")
    }

    /// The cells that it is about.
    pub fn cells(&self) -> impl Iterator<Item = [isize; 2]> {
        let to = match self.making {
            Making::To(to) => Some(to),
            _ => None,
        };
        std::iter::once(self.at)
            .chain(to)
            .map(|at| at.map(isize::from))
    }

    /// What it does to a world, from what is there to what will be: “3,4: red ball → 6,2”.
    pub fn told(&self, rooms: &Rooms) -> String {
        let ([x, y], here) = (self.at, rooms.name_of(self.at));
        match self.making {
            Making::To([u, v]) => format!("{x},{y}: {here} → {u},{v}"),
            making => format!("{x},{y}: {here} → {making}"),
        }
    }

    /// Changes a world.
    ///
    /// # Errors
    /// [`Error::BadOption`] says why not: [`Refused`]. Then nothing is changed.
    pub fn apply(&self, rooms: &mut Rooms) -> Result<()> {
        rooms
            .change(self.at, self.making)
            .map_err(|refused| Error::bad_option("changes", self.to_string(), refused.reason()))
    }
}

fn is_agent(rooms: &Rooms, at: [u8; 2]) -> bool {
    at == [rooms.pose.x, rooms.pose.y]
}

impl Rooms {
    /// Whether something may be made of a cell.
    ///
    /// # Errors
    /// [`Refused`] if not.
    pub fn allows(&self, at: [u8; 2], making: Making) -> Result<(), Refused> {
        let [width, height] = self.size();
        let inside = |[x, y]: [u8; 2]| usize::from(x) < width && usize::from(y) < height;
        let edge = |[x, y]: [u8; 2]| {
            let [x, y] = [x, y].map(usize::from);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        };
        let to = match making {
            Making::To(to) => to,
            _ => at,
        };
        if !inside(at) || !inside(to) {
            return Err(Refused::Outside);
        }
        let cell = |at: [u8; 2]| self.cell(at.map(isize::from));
        let agent = is_agent(self, at);
        let refused = match making {
            Making::Facing(_) => (!agent).then_some(Refused::NoAgent),
            Making::To(to) if agent => (!cell(to).is_free()).then_some(Refused::NotFree),
            Making::To(to) => match cell(at) {
                Cell::Thing(_) if cell(to) == Cell::Empty && !is_agent(self, to) => None,
                Cell::Thing(_) => Some(Refused::NotFree),
                _ => Some(Refused::Nothing),
            },
            Making::Cell(_) if agent => Some(Refused::Agent),
            Making::Cell(_) if edge(at) => Some(Refused::Edge),
            Making::Cell(Cell::Thing(_)) => match cell(at) {
                Cell::Empty | Cell::Thing(_) => None,
                Cell::Wall | Cell::Door(..) => Some(Refused::NoFloor),
            },
            Making::Cell(Cell::Door(..)) => match cell(at) {
                Cell::Wall | Cell::Door(..) => None,
                Cell::Empty | Cell::Thing(_) => Some(Refused::NoWall),
            },
            Making::Cell(Cell::Empty | Cell::Wall) => None,
        };
        refused.map_or(Ok(()), Err)
    }

    /// Makes something of a cell.
    ///
    /// # Errors
    /// [`Refused`], and then nothing is changed.
    pub fn change(&mut self, at: [u8; 2], making: Making) -> Result<(), Refused> {
        self.allows(at, making)?;
        let place = at.map(isize::from);
        match making {
            Making::Cell(cell) => self.put(place, cell),
            Making::Facing(way) => self.pose.facing = way % 4,
            Making::To([x, y]) if is_agent(self, at) => (self.pose.x, self.pose.y) = (x, y),
            Making::To(to) => {
                let thing = self.cell(place);
                self.put(place, Cell::Empty);
                self.put(to.map(isize::from), thing);
            }
        }
        Ok(())
    }

    /// What may be made of a cell, in words, moves left out; and whether what is there can be moved.
    pub fn choices(&self, at: [u8; 2]) -> (Vec<String>, bool) {
        let here = self.cell(at.map(isize::from));
        let other = |making: &Making| match *making {
            Making::Cell(cell) => cell != here,
            Making::Facing(way) => way != self.pose.facing,
            Making::To(_) => false,
        };
        let allowed = Making::all().filter(|&making| self.allows(at, making).is_ok());
        let words = allowed.filter(other).map(|making| making.to_string());
        let moves = is_agent(self, at) || matches!(here, Cell::Thing(_));
        (words.collect(), moves)
    }

    /// What is at a place, in words: “agent”, or what [`called`] says.
    pub fn name_of(&self, at: [u8; 2]) -> String {
        match is_agent(self, at) {
            true => "agent".into(),
            false => called(self.cell(at.map(isize::from))),
        }
    }
}

/// Where the only one of a noun is; nothing if there is none, or more than one.
pub fn only(rooms: &Rooms, noun: Noun) -> Option<[u8; 2]> {
    let mut found = rooms.cells().filter(|&(_, cell)| noun.is_in(cell));
    let (at, _) = found.next()?;
    found.next().is_none().then(|| at.map(|v| v as u8))
}
