//! What an agent remembers: the last that it saw of each cell, by its own count of its steps and turns.
//!
//! It knows neither where in the world it stands nor how large that is. Its map begins where it began, and it looks up
//! there.

use super::{
    Action, Cell, Door, FRONT, OWN, Part, Pose, SEEN, Sight, Symbol, cell_of, symbol, visible,
};

/// Cells on each side of the agent that it can be asked about.
pub const REACH: usize = 6;
/// Cells in a row and in a column of what lies around it.
pub const AROUND: usize = 2 * REACH + 1;
/// Cells of all that.
pub const NEAR: usize = AROUND * AROUND;
/// The furthest that it remembers, from where it began.
const FAR: usize = 16;
/// Cells in a row and in a column of its map.
const SPAN: usize = 2 * FAR + 1;

/// What a step does to where the agent stands and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Motion {
    /// Nothing.
    Stays,
    /// A quarter to the left.
    Left,
    /// A quarter to the right.
    Right,
    /// One cell on.
    Ahead,
}

/// All of them.
pub const MOTIONS: [Motion; 4] = [Motion::Stays, Motion::Left, Motion::Right, Motion::Ahead];

impl Motion {
    /// From one pose to the next.
    pub fn between(before: Pose, after: Pose) -> Self {
        if (before.x, before.y) != (after.x, after.y) {
            return Motion::Ahead;
        }
        match (after.facing + 4 - before.facing % 4) % 4 {
            1 => Motion::Right,
            3 => Motion::Left,
            _ => Motion::Stays,
        }
    }

    /// The pose that it leads to; at the edge of the map it leads nowhere.
    fn from(self, pose: Pose) -> Pose {
        match self {
            Motion::Stays => pose,
            Motion::Left => pose.turned(3),
            Motion::Right => pose.turned(1),
            Motion::Ahead => {
                let [x, y] = pose.place(1, 0);
                let inside = 0..SPAN as isize;
                match inside.contains(&x) && inside.contains(&y) {
                    true => Pose {
                        x: x as u8,
                        y: y as u8,
                        ..pose
                    },
                    false => pose,
                }
            }
        }
    }
}

/// See the module's documentation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Memory {
    /// Row by row; 0 for what it has not seen.
    map: Vec<Symbol>,
    pose: Pose,
    sight: Sight,
}

impl Memory {
    /// At the beginning, when this is seen.
    pub fn new(sight: Sight) -> Self {
        let (x, y) = (FAR as u8, FAR as u8);
        let mut memory = Self {
            map: vec![0; SPAN * SPAN],
            pose: Pose { x, y, facing: 3 },
            sight,
        };
        memory.note();
        memory
    }

    /// A step has done this, and now this is seen.
    pub fn step(&mut self, motion: Motion, sight: Sight) {
        self.pose = motion.from(self.pose);
        self.sight = sight;
        self.note();
    }

    /// The same after such a step.
    #[must_use]
    pub fn after(&self, motion: Motion, sight: Sight) -> Self {
        let mut next = self.clone();
        next.step(motion, sight);
        next
    }

    fn index([x, y]: [isize; 2]) -> Option<usize> {
        let inside = 0..SPAN as isize;
        (inside.contains(&x) && inside.contains(&y)).then_some(y as usize * SPAN + x as usize)
    }

    /// What it last saw of a cell; 0 for nothing.
    fn known(&self, at: [isize; 2]) -> Symbol {
        Self::index(at).map_or(0, |i| self.map[i])
    }

    fn note(&mut self) {
        for (i, &there) in self.sight.iter().enumerate() {
            if let Some(at) = Self::index(self.pose.seen(i)) {
                match i {
                    // What is seen there is what is carried. What it stands on it saw before it went there.
                    OWN if self.map[at] == 0 => self.map[at] = symbol(Cell::Empty),
                    OWN => {}
                    _ if there != 0 => self.map[at] = there,
                    _ => {}
                }
            }
        }
    }

    /// What it sees now.
    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// What it remembers of the [`NEAR`] cells around it, row by row, the farthest before it first.
    pub fn around(&self) -> [Symbol; NEAR] {
        let mut near = [0; NEAR];
        for (i, symbol) in near.iter_mut().enumerate() {
            let (row, column) = ((i / AROUND) as isize, (i % AROUND) as isize);
            let reach = REACH as isize;
            *symbol = self.known(self.pose.place(reach - row, column - reach));
        }
        near
    }

    /// Whether it remembers something of the cells of the view that it would have after a motion.
    pub fn knows(&self, motion: Motion) -> [bool; SEEN] {
        let pose = motion.from(self.pose);
        let mut known = [false; SEEN];
        for (i, known) in known.iter_mut().enumerate() {
            *known = self.known(pose.seen(i)) != 0;
        }
        known
    }

    /// The view that it would have after a motion if nothing else changed: what it remembers, moved, as far as the light
    /// goes. Cells of which it knows nothing count as empty.
    pub fn moved(&self, motion: Motion) -> Sight {
        let pose = motion.from(self.pose);
        let known = |i: usize| match self.known(pose.seen(i)) {
            0 => symbol(Cell::Empty),
            symbol => symbol,
        };
        let lit = visible(|i| cell_of(known(i)).is_none_or(Cell::is_clear));
        let mut sight = [0; SEEN];
        for (i, symbol) in sight.iter_mut().enumerate() {
            if lit[i] {
                *symbol = known(i);
            }
        }
        sight[OWN] = self.sight[OWN];
        sight
    }
}

/// Whether an action has done a part of a mission, by what was seen before and after it; see
/// [`Part::is_done_by`].
pub fn is_done(part: Part, action: Action, before: &Sight, after: &Sight) -> bool {
    let front = cell_of(after[FRONT]);
    match part {
        Part::GoTo(noun) => front.is_some_and(|cell| noun.is_in(cell)),
        Part::PickUp(noun) => {
            let free = !matches!(cell_of(before[OWN]), Some(Cell::Thing(_)));
            let held = cell_of(after[OWN]).is_some_and(|cell| noun.is_in(cell));
            action == Action::PickUp && free && held
        }
        Part::Open(noun) => {
            let open = matches!(front, Some(Cell::Door(_, Door::Open)));
            action == Action::Toggle && open && front.is_some_and(|cell| noun.is_in(cell))
        }
    }
}
