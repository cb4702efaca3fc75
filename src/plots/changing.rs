//! A world that the reader changes while an agent is under way in it.

use std::iter::Peekable;

use crate::{
    error::{Error, Result},
    scene::{Changed, Changing, Hindrance, Spot},
    worlds::rooms::{Change, Expert, Rooms, Task, expert::Stuck, layout::SIDE},
};

/// What is changed, step by step, and what the page is told of it.
pub(super) struct Changes<'a> {
    ahead: Peekable<std::slice::Iter<'a, Change>>,
    made: Vec<Changed>,
    /// What a cell can be: the wall around the world, or another cell; which way an agent looks there.
    kinds: Vec<(Spot, bool)>,
    cells: Vec<Vec<u32>>,
    size: [usize; 2],
    /// Whether the mission could be done at some moment before the last change.
    possible: bool,
    /// Why it cannot be done now.
    stuck: Option<Stuck>,
}

impl<'a> Changes<'a> {
    /// Those of a task.
    pub fn new(task: &Task, all: &'a [Change]) -> Self {
        let stuck = Expert::knowing(task).carry_out(task.clone()).err();
        Self {
            ahead: all.iter().peekable(),
            made: Vec::new(),
            kinds: Vec::new(),
            cells: Vec::new(),
            size: task.rooms.size(),
            possible: stuck.is_none(),
            stuck,
        }
    }

    /// Makes those that come before the next step. Gives the cells that they are about.
    ///
    /// # Errors
    /// [`Error::BadOption`] for one that is refused, and for one that would come when all is over.
    pub fn make(&mut self, task: &mut Task, over: bool) -> Result<Vec<[isize; 2]>> {
        let mut touched = Vec::new();
        while let Some(change) = self
            .ahead
            .next_if(|change| over || change.step == task.steps)
        {
            if over {
                let reason = "the episode has ended before";
                return Err(Error::bad_option("changes", change, reason));
            }
            let told = change.told(&task.rooms);
            change.apply(&mut task.rooms)?;
            self.made.push(Changed {
                step: change.step as u32,
                written: change.to_string(),
                told,
            });
            touched.extend(change.cells());
        }
        if !touched.is_empty() {
            let now = Expert::knowing(task).carry_out(task.clone()).err();
            self.stuck = match self.possible {
                true => now.map(Stuck::by_change),
                false => now,
            };
            self.possible |= now.is_none();
        }
        Ok(touched)
    }

    /// Whether some are still to come.
    pub fn more(&mut self) -> bool {
        self.ahead.peek().is_some()
    }

    /// Whether something was changed.
    pub fn any(&self) -> bool {
        !self.made.is_empty()
    }

    /// Why the mission cannot be done, as the world is now.
    pub fn stuck(&self) -> Option<Stuck> {
        self.stuck
    }

    /// Notes what each cell is at this moment.
    pub fn note(&mut self, rooms: &Rooms) {
        let [width, height] = self.size;
        let place = |i: usize| [(i % width) as u8, (i / width) as u8];
        let edge = |[x, y]: [u8; 2]| {
            let [x, y] = [x, y].map(usize::from);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        };
        let mut cells = Vec::with_capacity(width * height);
        for at in (0..width * height).map(place) {
            let (name, edge) = (rooms.name_of(at), edge(at));
            // An agent's choices follow from which way it looks, and those of all others from what they are.
            let agent = name == "agent";
            let alike = |(spot, of): &(Spot, bool)| spot.name == name && *of == edge && !agent;
            let known = self.kinds.iter().position(alike);
            let known = known.unwrap_or_else(|| {
                let (choices, moves) = rooms.choices(at);
                let spot = Spot {
                    name,
                    choices,
                    moves,
                };
                let same = self
                    .kinds
                    .iter()
                    .position(|kind| *kind == (spot.clone(), edge));
                same.unwrap_or_else(|| {
                    self.kinds.push((spot, edge));
                    self.kinds.len() - 1
                })
            });
            cells.push(known as u32);
        }
        self.cells.push(cells);
    }

    /// What the page is told.
    pub fn told(self) -> Changing {
        let first = self.size.map(|n| (SIDE.saturating_sub(n) / 2) as u32);
        Changing {
            side: SIDE as u32,
            first,
            size: self.size.map(|n| n as u32),
            spots: self.kinds.into_iter().map(|(spot, _)| spot).collect(),
            cells: self.cells,
            made: self.made,
            stuck: self.stuck.map(|stuck| match stuck {
                Stuck::Missing(_) => Hindrance::Missing,
                Stuck::Unreachable(_) => Hindrance::Unreachable,
                Stuck::Gone(_) => Hindrance::Gone,
                Stuck::CutOff(_) => Hindrance::CutOff,
            }),
        }
    }
}
