//! Rooms with doors, keys, balls and boxes: a small world whose rules are those of MiniGrid.
//!
//! Chevalier-Boisvert et al. 2023, "Minigrid & Miniworld", arXiv:2306.13831; missions after BabyAI
//! (Chevalier-Boisvert et al. 2019, arXiv:1810.08272). An agent stands in a grid, looks one of four ways, carries
//! at most one thing, and sees 7 × 7 cells before it, but not through walls and closed doors. Nothing is left to
//! chance: a world, and what is done in it, say what comes of it.
//!
//! `tests/reference/minigrid.py` takes 10,000 random steps in PyPI's `minigrid`, and `tests/rooms.rs` takes the same.

pub mod change;
pub mod description;
pub mod draw;
pub mod expert;
pub mod layout;
pub mod memory;
pub mod mission;
pub mod question;

pub use change::{Change, Making, Refused};
pub use expert::Expert;
pub use memory::Memory;
pub use mission::{Mission, Noun, Part};

/// Colours, in the order of their numbers.
pub const COLOURS: [&str; 6] = ["red", "green", "blue", "purple", "yellow", "grey"];
/// Cells in a row and in a column of what the agent sees.
pub const SIGHT: usize = 7;
/// Cells that it sees at once.
pub const SEEN: usize = SIGHT * SIGHT;
/// The place among them where it stands: in the middle of the last row.
pub const OWN: usize = SEEN - 1 - SIGHT / 2;
/// The place of the cell before it.
pub const FRONT: usize = OWN - SIGHT;
/// What a cell of a view can be: see [`Symbol`].
pub const SYMBOLS: usize = 39;
/// The most cells in a row or column of a world.
pub const MOST_SIDE: usize = 32;

/// What can be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It opens locked doors of its colour.
    Key,
    /// A ball.
    Ball,
    /// A box, with nothing in it: opened, it is gone.
    Box,
}

/// All of them, in the order of MiniGrid's numbers.
pub const KINDS: [Kind; 3] = [Kind::Key, Kind::Ball, Kind::Box];

/// Something that can be carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// Its colour, a place in [`COLOURS`].
    pub colour: u8,
}

/// How a door is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Door {
    /// One can see and go through.
    Open,
    /// It opens when it is toggled.
    Closed,
    /// It opens when it is toggled by who carries a key of its colour.
    Locked,
}

/// A cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Floor.
    Empty,
    /// A wall.
    Wall,
    /// A door, by its colour and how it is.
    Door(u8, Door),
    /// Something lies there.
    Thing(Thing),
}

impl Cell {
    /// Whether the agent can stand there.
    pub fn is_free(self) -> bool {
        matches!(self, Cell::Empty | Cell::Door(_, Door::Open))
    }

    /// Whether what is behind it can be seen.
    pub fn is_clear(self) -> bool {
        !matches!(
            self,
            Cell::Wall | Cell::Door(_, Door::Closed | Door::Locked)
        )
    }

    /// MiniGrid's three numbers: what it is, its colour, its state.
    pub fn code(self) -> [u8; 3] {
        match self {
            Cell::Empty => [1, 0, 0],
            Cell::Wall => [2, 5, 0],
            Cell::Door(colour, state) => [4, colour, state as u8],
            Cell::Thing(thing) => [5 + thing.kind as u8, thing.colour, 0],
        }
    }
}

/// A cell of a view as one number: 0 not seen, 1 empty, 2 a wall, then doors (by colour and state), keys, balls
/// and boxes (by colour).
pub type Symbol = u8;

/// The symbol of a cell that is seen.
pub fn symbol(cell: Cell) -> Symbol {
    match cell {
        Cell::Empty => 1,
        Cell::Wall => 2,
        Cell::Door(colour, state) => 3 + 3 * colour + state as u8,
        Cell::Thing(thing) => 21 + 6 * thing.kind as u8 + thing.colour,
    }
}

/// The cell of a symbol; nothing for what is not seen.
pub fn cell_of(symbol: Symbol) -> Option<Cell> {
    match symbol {
        1 => Some(Cell::Empty),
        2 => Some(Cell::Wall),
        3..=20 => {
            let state = [Door::Open, Door::Closed, Door::Locked][usize::from((symbol - 3) % 3)];
            Some(Cell::Door((symbol - 3) / 3, state))
        }
        21..=38 => Some(Cell::Thing(Thing {
            kind: KINDS[usize::from((symbol - 21) / 6)],
            colour: (symbol - 21) % 6,
        })),
        _ => None,
    }
}

/// What can be done, in the order of MiniGrid's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Turn left.
    Left,
    /// Turn right.
    Right,
    /// Go one cell on, if it is free.
    Forward,
    /// Take up what lies before one, if one carries nothing.
    PickUp,
    /// Lay down what one carries, if the cell before one is empty.
    Drop,
    /// Open or close the door, or open the box, before one.
    Toggle,
}

/// All actions.
pub const ACTIONS: [Action; 6] = [
    Action::Left,
    Action::Right,
    Action::Forward,
    Action::PickUp,
    Action::Drop,
    Action::Toggle,
];

impl Action {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Action::Left => "left",
            Action::Right => "right",
            Action::Forward => "forward",
            Action::PickUp => "pick up",
            Action::Drop => "drop",
            Action::Toggle => "toggle",
        }
    }

    /// The letter by which actions are written one after the other.
    pub fn letter(self) -> char {
        ['L', 'R', 'F', 'P', 'D', 'T'][self as usize]
    }

    /// The action of a letter.
    pub fn of_letter(letter: char) -> Option<Self> {
        ACTIONS.into_iter().find(|a| a.letter() == letter)
    }
}

/// Where the agent stands and which way it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pose {
    /// Column.
    pub x: u8,
    /// Row, from the top.
    pub y: u8,
    /// 0 to the right, 1 down, 2 to the left, 3 up.
    pub facing: u8,
}

impl Pose {
    /// The step that a way of looking leads.
    pub fn ahead(facing: u8) -> [isize; 2] {
        [[1, 0], [0, 1], [-1, 0], [0, -1]][usize::from(facing % 4)]
    }

    /// Column and row of a cell so far before it and so far to its right; it may lie outside the world.
    pub fn place(self, before: isize, right: isize) -> [isize; 2] {
        let [dx, dy] = Self::ahead(self.facing);
        let (x, y) = (self.x as isize, self.y as isize);
        [x + before * dx - right * dy, y + before * dy + right * dx]
    }

    /// The same with a turn of so many quarters to the right.
    #[must_use]
    pub fn turned(self, quarters: u8) -> Self {
        Self {
            facing: (self.facing + quarters) % 4,
            ..self
        }
    }

    /// Column and row of the cell that place `i` of a view is.
    pub fn seen(self, i: usize) -> [isize; 2] {
        let (column, row) = ((i % SIGHT) as isize, (i / SIGHT) as isize);
        self.place(SIGHT as isize - 1 - row, column - SIGHT as isize / 2)
    }
}

/// Which places of a view are seen, where `clear` says whether one can see through a place (MiniGrid's `process_vis`:
/// light goes from the agent up and to both sides).
pub fn visible(clear: impl Fn(usize) -> bool) -> [bool; SEEN] {
    let mut seen = [false; SEEN];
    seen[OWN] = true;
    for row in (0..SIGHT).rev() {
        let at = |column: usize| row * SIGHT + column;
        for column in 0..SIGHT - 1 {
            if seen[at(column)] && clear(at(column)) {
                seen[at(column + 1)] = true;
                if row > 0 {
                    seen[at(column + 1) - SIGHT] = true;
                    seen[at(column) - SIGHT] = true;
                }
            }
        }
        for column in (1..SIGHT).rev() {
            if seen[at(column)] && clear(at(column)) {
                seen[at(column - 1)] = true;
                if row > 0 {
                    seen[at(column - 1) - SIGHT] = true;
                    seen[at(column) - SIGHT] = true;
                }
            }
        }
    }
    seen
}

/// What the agent sees: symbols row by row, the farthest first; it stands at [`OWN`] and looks up.
pub type Sight = [Symbol; SEEN];

/// A world and the agent in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rooms {
    width: usize,
    height: usize,
    cells: Vec<Cell>,
    /// Where the agent is.
    pub pose: Pose,
    /// What it carries.
    pub carried: Option<Thing>,
}

impl Rooms {
    /// A floor with walls around it, at most [`MOST_SIDE`] a side; the agent in the corner at the top left.
    pub fn new(width: usize, height: usize) -> Self {
        let (width, height) = (width.clamp(3, MOST_SIDE), height.clamp(3, MOST_SIDE));
        let border = |i: usize| {
            let (x, y) = (i % width, i / width);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        };
        let cell = |i: usize| if border(i) { Cell::Wall } else { Cell::Empty };
        Self {
            width,
            height,
            cells: (0..width * height).map(cell).collect(),
            pose: Pose {
                x: 1,
                y: 1,
                facing: 0,
            },
            carried: None,
        }
    }

    /// Columns and rows.
    pub fn size(&self) -> [usize; 2] {
        [self.width, self.height]
    }

    fn index(&self, [x, y]: [isize; 2]) -> Option<usize> {
        let inside =
            (0..self.width as isize).contains(&x) && (0..self.height as isize).contains(&y);
        inside.then(|| y as usize * self.width + x as usize)
    }

    /// The cell at a column and row; a wall outside.
    pub fn cell(&self, at: [isize; 2]) -> Cell {
        self.index(at).map_or(Cell::Wall, |i| self.cells[i])
    }

    /// Puts something there; outside nothing happens.
    pub fn put(&mut self, at: [isize; 2], cell: Cell) {
        if let Some(i) = self.index(at) {
            self.cells[i] = cell;
        }
    }

    /// All cells with their columns and rows.
    pub fn cells(&self) -> impl Iterator<Item = ([isize; 2], Cell)> + '_ {
        let place = |i: usize| [(i % self.width) as isize, (i / self.width) as isize];
        self.cells
            .iter()
            .enumerate()
            .map(move |(i, &cell)| (place(i), cell))
    }

    /// Column and row of the cell before the agent.
    pub fn front(&self) -> [isize; 2] {
        self.pose.place(1, 0)
    }

    /// Do something; what is not possible changes nothing.
    pub fn act(&mut self, action: Action) {
        let front = self.front();
        let before = self.cell(front);
        match (action, before) {
            (Action::Left, _) => self.pose = self.pose.turned(3),
            (Action::Right, _) => self.pose = self.pose.turned(1),
            (Action::Forward, cell) if cell.is_free() => {
                (self.pose.x, self.pose.y) = (front[0] as u8, front[1] as u8);
            }
            (Action::PickUp, Cell::Thing(thing)) if self.carried.is_none() => {
                self.carried = Some(thing);
                self.put(front, Cell::Empty);
            }
            (Action::Drop, Cell::Empty) => {
                if let Some(thing) = self.carried.take() {
                    self.put(front, Cell::Thing(thing));
                }
            }
            (Action::Toggle, Cell::Door(colour, state)) => {
                let key = Some(Thing {
                    kind: Kind::Key,
                    colour,
                });
                let state = match state {
                    Door::Open => Door::Closed,
                    Door::Closed => Door::Open,
                    Door::Locked if self.carried == key => Door::Open,
                    Door::Locked => Door::Locked,
                };
                self.put(front, Cell::Door(colour, state));
            }
            (Action::Toggle, Cell::Thing(thing)) if thing.kind == Kind::Box => {
                self.put(front, Cell::Empty);
            }
            _ => {}
        }
    }

    /// Which places of its view the agent sees.
    pub fn visible(&self) -> [bool; SEEN] {
        visible(|i| self.cell(self.pose.seen(i)).is_clear())
    }

    /// What the agent sees. At its own place it sees what it carries.
    pub fn sight(&self) -> Sight {
        let visible = self.visible();
        let mut sight = [0; SEEN];
        for (i, symbol_there) in sight.iter_mut().enumerate() {
            if visible[i] {
                *symbol_there = symbol(self.cell(self.pose.seen(i)));
            }
        }
        sight[OWN] = symbol(self.carried.map_or(Cell::Empty, Cell::Thing));
        sight
    }
}

/// A mission under way in a world.
#[derive(Debug, Clone)]
pub struct Task {
    /// The world as it is now.
    pub rooms: Rooms,
    /// What is to be done in it.
    pub mission: Mission,
    /// Parts of the mission that are done.
    pub done: usize,
    /// Steps that were taken.
    pub steps: usize,
}

impl Task {
    /// At its beginning.
    pub fn new(rooms: Rooms, mission: Mission) -> Self {
        Self {
            rooms,
            mission,
            done: 0,
            steps: 0,
        }
    }

    /// The part to be done next; nothing if all are.
    pub fn part(&self) -> Option<Part> {
        self.mission.parts.get(self.done).copied()
    }

    /// Whether everything is done.
    pub fn is_done(&self) -> bool {
        self.done >= self.mission.parts.len()
    }

    /// Do something, and see whether a part of the mission is done by it.
    pub fn act(&mut self, action: Action) {
        let carried = self.rooms.carried;
        self.rooms.act(action);
        self.steps += 1;
        if let Some(part) = self.part()
            && part.is_done_by(action, carried, &self.rooms)
        {
            self.done += 1;
        }
    }
}
