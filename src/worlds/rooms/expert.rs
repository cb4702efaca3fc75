//! An expert that plans: what is to be learned from, and what a learner is measured by.
//!
//! It keeps a map of what it has seen and asks before each step for the cheapest way in it (Dijkstra 1959; every step
//! costs one) to a pose from which the next thing can be done: the goal; if that has not been seen, a pose from which
//! something unseen can be; a key, if only a locked door is left; something in the way, to be laid
//! elsewhere. What it is
//! up to it says in words. [`Expert::knowing`] has the whole map from the beginning.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    Action, COLOURS, Cell, Door, Kind, Mission, Noun, OWN, Part, Pose, Rooms, SEEN, Task, Thing,
    mission::Sort, visible,
};

/// Steps after which a mission counts as failed.
pub const MOST_STEPS: usize = 128;
/// What it costs to clear a cell on which something lies.
const CLEARING: u32 = 14;

/// What it is up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// See more of the world.
    Explore,
    /// Go to it.
    GoTo(Noun),
    /// Pick it up.
    PickUp(Noun),
    /// Open it.
    Open(Noun),
    /// Lay down what is carried.
    Drop,
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Goal::Explore => f.write_str("look around"),
            Goal::GoTo(noun) => Part::GoTo(noun).fmt(f),
            Goal::PickUp(noun) => Part::PickUp(noun).fmt(f),
            Goal::Open(noun) => Part::Open(noun).fmt(f),
            Goal::Drop => f.write_str("drop it"),
        }
    }
}

impl Goal {
    /// What is written as [`Display`](std::fmt::Display) writes it.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = [Goal::Explore, Goal::Drop];
        if let Some(goal) = bare.into_iter().find(|goal| goal.to_string() == text) {
            return Some(goal);
        }
        match Mission::parse(text).ok()?.parts[..] {
            [Part::GoTo(noun)] => Some(Goal::GoTo(noun)),
            [Part::PickUp(noun)] => Some(Goal::PickUp(noun)),
            [Part::Open(noun)] => Some(Goal::Open(noun)),
            _ => None,
        }
    }
}

/// Why a mission cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stuck {
    /// There is no such thing.
    Missing(Noun),
    /// There is no way to it.
    Unreachable(Noun),
    /// There was such a thing before the world was changed.
    Gone(Noun),
    /// There was a way to it before that.
    CutOff(Noun),
}

impl Stuck {
    /// The same where the world was changed, and the mission could be done before.
    #[must_use]
    pub fn by_change(self) -> Self {
        match self {
            Stuck::Missing(noun) => Stuck::Gone(noun),
            Stuck::Unreachable(noun) => Stuck::CutOff(noun),
            same => same,
        }
    }
}

impl std::fmt::Display for Stuck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Stuck::Missing(noun)
        | Stuck::Unreachable(noun)
        | Stuck::Gone(noun)
        | Stuck::CutOff(noun)) = self;
        let colour = noun.colour.map(|c| COLOURS[usize::from(c) % COLOURS.len()]);
        let colour = colour.map_or(String::new(), |c| format!("{c} "));
        let sort = noun.sort.word();
        match self {
            Stuck::Missing(_) => write!(f, "there is no {colour}{sort} in this world"),
            Stuck::Unreachable(_) => write!(f, "there is no way to the {colour}{sort}"),
            Stuck::Gone(_) => write!(f, "there is no {colour}{sort} any more"),
            Stuck::CutOff(_) => write!(f, "there is no way to the {colour}{sort} any more"),
        }
    }
}

/// What may be gone through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passing {
    /// What is free, and doors that can be opened.
    Plain,
    /// Also cells on which something lies, at a price.
    Clearing,
    /// Also locked doors.
    Unlocking,
}

/// A way: the poses that it goes through, the first where it begins.
type Way = Vec<Pose>;

/// See the module's documentation.
#[derive(Debug, Clone)]
pub struct Expert {
    width: usize,
    height: usize,
    /// What it knows of each cell.
    map: Vec<Option<Cell>>,
}

impl Expert {
    /// One that knows nothing of a world but its size.
    pub fn new(task: &Task) -> Self {
        let [width, height] = task.rooms.size();
        Self {
            width,
            height,
            map: vec![None; width * height],
        }
    }

    /// One that knows all of it.
    pub fn knowing(task: &Task) -> Self {
        let mut expert = Self::new(task);
        for ((_, cell), known) in task.rooms.cells().zip(&mut expert.map) {
            *known = Some(cell);
        }
        expert
    }

    fn index(&self, [x, y]: [isize; 2]) -> Option<usize> {
        let inside =
            (0..self.width as isize).contains(&x) && (0..self.height as isize).contains(&y);
        inside.then(|| y as usize * self.width + x as usize)
    }

    /// What it knows of a cell; outside the world are walls.
    fn known(&self, at: [isize; 2]) -> Option<Cell> {
        self.index(at).map_or(Some(Cell::Wall), |i| self.map[i])
    }

    /// Notes what is seen.
    pub fn look(&mut self, rooms: &Rooms) {
        let visible = rooms.visible();
        for (i, _) in visible.iter().enumerate().filter(|(_, seen)| **seen) {
            let at = rooms.pose.seen(i);
            if let Some(place) = self.index(at) {
                self.map[place] = Some(rooms.cell(at));
            }
        }
    }

    /// What to do next, and to what end; call [`Expert::look`] before. Nothing to do is nothing.
    ///
    /// # Errors
    /// [`Stuck`] where what it knows leaves no way.
    pub fn next(&self, task: &Task) -> Result<Option<(Action, Goal)>, Stuck> {
        let Some(part) = task.part() else {
            return Ok(None);
        };
        let (rooms, noun) = (&task.rooms, part.noun());
        if let Part::GoTo(noun) = part
            && rooms.carried.is_some_and(|thing| noun.is(thing))
            && !self.cells().any(|(_, cell)| noun.is_in(cell))
            && let Some(action) = self.drop(rooms, |_| true)
        {
            return Ok(Some((action, Goal::Drop)));
        }
        if let Part::PickUp(noun) = part
            && rooms.carried.is_some_and(|thing| noun.is(thing))
            && let Some(action) = self.drop(rooms, |_| true)
        {
            return Ok(Some((action, Goal::Drop)));
        }
        let goal = match part {
            Part::GoTo(noun) => Goal::GoTo(noun),
            Part::PickUp(noun) => Goal::PickUp(noun),
            Part::Open(noun) => Goal::Open(noun),
        };
        let targets = |passing: Passing| {
            self.search(rooms, passing, |pose| {
                self.known(pose.place(1, 0)).is_some_and(|cell| match cell {
                    Cell::Door(colour, Door::Locked) if matches!(part, Part::Open(_)) => {
                        noun.is_in(cell)
                            && (passing == Passing::Unlocking || rooms.carried == Some(key(colour)))
                    }
                    cell => noun.is_in(cell),
                })
            })
        };
        if let Some(way) = targets(Passing::Plain) {
            return Ok(Some(self.reach(rooms, &way, goal)));
        }
        if let Some(way) = self.search(rooms, Passing::Plain, |pose| self.reveals(pose)) {
            return Ok(Some((self.along(&way), Goal::Explore)));
        }
        // All that can be seen from here is known; something has to be moved or unlocked.
        for passing in [Passing::Unlocking, Passing::Clearing] {
            let way =
                targets(passing).or_else(|| self.search(rooms, passing, |pose| self.reveals(pose)));
            if let Some(next) = way.and_then(|way| self.clear(rooms, &way, goal, 0)) {
                return Ok(Some(next));
            }
        }
        let there = self.cells().any(|(_, cell)| noun.is_in(cell));
        let carried = rooms.carried.is_some_and(|thing| noun.is(thing));
        Err(match there || carried {
            true => Stuck::Unreachable(noun),
            false => Stuck::Missing(noun),
        })
    }

    /// Whether it does what is to be done within [`MOST_STEPS`].
    pub fn finishes(self, task: &Task) -> bool {
        self.carry_out(task.clone())
            .is_ok_and(|task| task.is_done())
    }

    /// Acts until all is done, or [`MOST_STEPS`] have been taken.
    ///
    /// # Errors
    /// As [`Expert::next`].
    pub fn carry_out(mut self, mut task: Task) -> Result<Task, Stuck> {
        while task.steps < MOST_STEPS {
            self.look(&task.rooms);
            let Some((action, _)) = self.next(&task)? else {
                break;
            };
            task.act(action);
        }
        Ok(task)
    }

    fn cells(&self) -> impl Iterator<Item = ([isize; 2], Cell)> + '_ {
        let place = |i: usize| [(i % self.width) as isize, (i / self.width) as isize];
        let known = self.map.iter().enumerate();
        known.filter_map(move |(i, cell)| cell.map(|cell| (place(i), cell)))
    }

    /// What it takes to go on into a cell, in steps; nothing where that is not possible.
    fn price(&self, rooms: &Rooms, at: [isize; 2], passing: Passing) -> Option<u32> {
        Some(match self.known(at)? {
            cell if cell.is_free() => 1,
            Cell::Door(_, Door::Closed) => 2,
            Cell::Door(colour, Door::Locked) if rooms.carried == Some(key(colour)) => 2,
            Cell::Door(_, Door::Locked) if passing == Passing::Unlocking => 4 * CLEARING,
            Cell::Thing(_) if passing != Passing::Plain => CLEARING,
            _ => return None,
        })
    }

    /// The cheapest way to a pose that will do; of equals always the same.
    fn search(
        &self,
        rooms: &Rooms,
        passing: Passing,
        will_do: impl Fn(Pose) -> bool,
    ) -> Option<Way> {
        let place = |pose: Pose| {
            4 * (usize::from(pose.y) * self.width + usize::from(pose.x)) + usize::from(pose.facing)
        };
        let size = 4 * self.width * self.height;
        let (mut best, mut before) = (vec![u32::MAX; size], vec![None; size]);
        let mut open = BinaryHeap::new();
        best[place(rooms.pose)] = 0;
        open.push(Reverse((0, 0, rooms.pose)));
        let mut met = 0u32;
        while let Some(Reverse((cost, _, pose))) = open.pop() {
            if cost > best[place(pose)] {
                continue;
            }
            if will_do(pose) {
                let mut way = vec![pose];
                while let Some(last) = before[place(way[way.len() - 1])] {
                    way.push(last);
                }
                way.reverse();
                return Some(way);
            }
            let front = pose.place(1, 0);
            let ahead = self.price(rooms, front, passing).map(|price| {
                let [x, y] = front.map(|v| v as u8);
                (Pose { x, y, ..pose }, price)
            });
            let turns = [(pose.turned(1), 1), (pose.turned(3), 1)];
            for (next, price) in ahead.into_iter().chain(turns) {
                if cost + price < best[place(next)] {
                    best[place(next)] = cost + price;
                    before[place(next)] = Some(pose);
                    met += 1;
                    open.push(Reverse((cost + price, met, next)));
                }
            }
        }
        None
    }

    /// Whether something unknown would be seen from there that can be more than the corner of a wall.
    fn reveals(&self, pose: Pose) -> bool {
        let known = |i: usize| self.known(pose.seen(i));
        let beside = |[x, y]: [isize; 2]| [[x - 1, y], [x + 1, y], [x, y - 1], [x, y + 1]];
        let wall = |at: [isize; 2]| self.known(at) == Some(Cell::Wall);
        let corner = |i: usize| beside(pose.seen(i)).into_iter().all(wall);
        let own = |i: usize| i == OWN;
        let seen = visible(|i| own(i) || known(i).is_none_or(Cell::is_clear));
        (0..SEEN).any(|i| seen[i] && known(i).is_none() && !corner(i))
    }

    /// The first step along a way that is longer than one pose.
    fn along(&self, way: &Way) -> Action {
        let &[from, to, ..] = way.as_slice() else {
            return Action::Left; // Of a way that is at its end; nobody asks.
        };
        if to.facing == from.facing {
            return match self.known(from.place(1, 0)) {
                Some(Cell::Door(_, Door::Closed | Door::Locked)) => Action::Toggle,
                _ => Action::Forward,
            };
        }
        match to.facing == from.turned(1).facing {
            true => Action::Right,
            false => Action::Left,
        }
    }

    /// The next step on the way to what is to be done at its end.
    fn reach(&self, rooms: &Rooms, way: &Way, goal: Goal) -> (Action, Goal) {
        if let Goal::PickUp(_) = goal
            && rooms.carried.is_some()
        {
            // Hands have to be free, and what is laid down must not lie in the way.
            let end = way[way.len() - 1];
            let stays = |at: [isize; 2]| {
                let mut after = self.clone();
                if let Some(i) = after.index(at) {
                    after.map[i] = Some(Cell::Wall);
                }
                let found = after.search(rooms, Passing::Plain, |pose| {
                    pose.place(1, 0) == end.place(1, 0)
                });
                found.is_some()
            };
            if let Some(action) = self.drop(rooms, stays) {
                return (action, Goal::Drop);
            }
        }
        let action = match (way.len(), goal) {
            (1, Goal::PickUp(_)) => Action::PickUp,
            (1, Goal::Open(_)) => Action::Toggle,
            _ => self.along(way),
        };
        (action, goal)
    }

    /// The next step towards laying down what is carried, where `will_do` allows it: not near a door if that can be
    /// helped.
    fn drop(&self, rooms: &Rooms, will_do: impl Fn([isize; 2]) -> bool) -> Option<Action> {
        rooms.carried?;
        let is_door = |(_, cell): &([isize; 2], Cell)| matches!(cell, Cell::Door(..));
        let doors: Vec<[isize; 2]> = self.cells().filter(is_door).map(|(at, _)| at).collect();
        let far = |[x, y]: [isize; 2]| {
            let steps = doors.iter().map(|at| at[0].abs_diff(x) + at[1].abs_diff(y));
            steps.min().unwrap_or(usize::MAX)
        };
        let find = |away: usize| {
            self.search(rooms, Passing::Plain, |pose| {
                let front = pose.place(1, 0);
                self.known(front) == Some(Cell::Empty) && far(front) > away && will_do(front)
            })
        };
        let way = [2, 1, 0].into_iter().find_map(find)?;
        Some(match way.len() {
            1 => Action::Drop,
            _ => self.along(&way),
        })
    }

    /// The next step towards making the first obstacle on a way go away.
    fn clear(&self, rooms: &Rooms, way: &Way, goal: Goal, depth: usize) -> Option<(Action, Goal)> {
        let steps = way.windows(2).filter(|two| two[0].facing == two[1].facing);
        let end = way.last().map(|pose| pose.place(1, 0));
        let cells = steps.map(|two| two[0].place(1, 0));
        let through: Vec<[isize; 2]> = cells.collect();
        let blocked = through.iter().copied().chain(match goal {
            // To open a door is what is left to do at the end of the way.
            Goal::Open(_) => end.filter(|&at| matches!(self.known(at), Some(Cell::Door(..)))),
            _ => None,
        });
        for at in blocked {
            match self.known(at) {
                Some(Cell::Thing(thing)) => {
                    if rooms.carried.is_some() {
                        let off = |place: [isize; 2]| !through.contains(&place);
                        return Some((self.drop(rooms, off)?, Goal::Drop));
                    }
                    let goal = Goal::PickUp(Noun::of(thing));
                    let way = self.search(rooms, Passing::Plain, |pose| pose.place(1, 0) == at)?;
                    return Some(self.reach(rooms, &way, goal));
                }
                Some(Cell::Door(colour, Door::Locked)) if rooms.carried != Some(key(colour)) => {
                    return self.fetch(rooms, colour, depth);
                }
                _ => {}
            }
        }
        None
    }

    /// The next step towards a key; behind locked doors may be keys of others.
    fn fetch(&self, rooms: &Rooms, colour: u8, depth: usize) -> Option<(Action, Goal)> {
        let noun = Noun {
            sort: Sort::Thing(Kind::Key),
            colour: Some(colour),
        };
        let before = |pose: Pose| self.known(pose.place(1, 0)).is_some_and(|c| noun.is_in(c));
        let goal = Goal::PickUp(noun);
        if let Some(way) = self.search(rooms, Passing::Plain, before) {
            return Some(self.reach(rooms, &way, goal));
        }
        let way = self
            .search(rooms, Passing::Clearing, before)
            .or_else(|| self.search(rooms, Passing::Unlocking, before))?;
        match depth < COLOURS.len() {
            true => self.clear(rooms, &way, goal, depth + 1),
            false => None,
        }
    }
}

fn key(colour: u8) -> Thing {
    Thing {
        kind: Kind::Key,
        colour,
    }
}
