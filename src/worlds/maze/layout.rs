//! Mazes and tasks, drawn from a seed without end.
//!
//! Half of the mazes have corridors: rooms at every other cell, joined by a random tree (depth-first search), with some
//! of the walls between them taken away again so that there is more than one way. The others have walls strewn at
//! random, as a reader may draw them.

use super::{
    CELLS, Cell, Maze, SIDE, Task,
    expert::{self, Tolls},
    length, middle,
};
use crate::rng::{Purpose, Rng};

/// The shortest path of a task, in cells.
const SHORTEST: f32 = 2.5;
/// How far from the middle of a cell a path begins or ends, at most.
const AWAY: f32 = 0.2;
/// How much more than others a cell may cost the expert: ways of about the same length are all taken sometimes.
const TOLL: f32 = 0.2;

/// A maze of corridors; `open` is the share of walls between rooms that are taken away from a tree.
pub fn corridors(open: f64, rng: &mut Rng) -> Maze {
    let rooms = SIDE.div_ceil(2);
    let mut maze = Maze::default();
    for cell in 0..CELLS {
        let (x, y) = (cell % SIDE, cell / SIDE);
        maze.put([x, y], x % 2 + y % 2 > 0);
    }
    let first = rng.below(rooms * rooms);
    let mut seen = vec![false; rooms * rooms];
    seen[first] = true;
    let mut stack = vec![first];
    while let Some(&here) = stack.last() {
        let (x, y) = (here % rooms, here / rooms);
        let ways: Vec<usize> = [
            (x > 0, 0),
            (x + 1 < rooms, 1),
            (y > 0, 2),
            (y + 1 < rooms, 3),
        ]
        .into_iter()
        .filter(|way| way.0)
        .map(|(_, way)| {
            [
                here.wrapping_sub(1),
                here + 1,
                here.wrapping_sub(rooms),
                here + rooms,
            ][way]
        })
        .filter(|&next| !seen[next])
        .collect();
        if ways.is_empty() {
            stack.pop();
            continue;
        }
        let next = ways[rng.below(ways.len())];
        // The cell between both rooms, whose middle has their mean coordinates.
        maze.put([x + next % rooms, y + next / rooms], false);
        seen[next] = true;
        stack.push(next);
    }
    for cell in 0..CELLS {
        let (x, y) = (cell % SIDE, cell / SIDE);
        if x % 2 + y % 2 == 1 && rng.unit() < open {
            maze.put([x, y], false);
        }
    }
    maze
}

/// A floor on which each cell is a wall with this probability.
pub fn strewn(density: f64, rng: &mut Rng) -> Maze {
    let mut maze = Maze::default();
    for cell in 0..CELLS {
        maze.put([cell % SIDE, cell / SIDE], rng.unit() < density);
    }
    maze
}

/// A maze of either kind.
pub fn maze(rng: &mut Rng) -> Maze {
    match rng.unit() < 0.5 {
        true => {
            let open = 0.5 * rng.unit();
            corridors(open, rng)
        }
        false => {
            let density = 0.1 + 0.3 * rng.unit();
            strewn(density, rng)
        }
    }
}

/// Random tolls.
fn tolls(rng: &mut Rng) -> Tolls {
    let mut tolls = expert::EVEN;
    for (toll, more) in tolls.iter_mut().zip(rng.uniform(CELLS)) {
        *toll += TOLL * more;
    }
    tolls
}

/// A task in a new maze, and a path of `count` places that the expert takes, where tolls differ by chance.
pub fn task(rng: &mut Rng, count: usize) -> (Task, Vec<super::Place>) {
    loop {
        let maze = maze(rng);
        let tolls = tolls(rng);
        // A few tries in each, since some have no room.
        for _ in 0..4 {
            let mut end = || {
                let cell: Cell = [rng.below(SIDE), rng.below(SIDE)];
                let [x, y] = middle(cell);
                let mut away = || AWAY * (2.0 * rng.unit() as f32 - 1.0);
                (maze.is_floor(cell), [x + away(), y + away()])
            };
            let (start, goal) = (end(), end());
            if !start.0 || !goal.0 {
                continue;
            }
            let task = Task {
                maze,
                start: start.1,
                goal: goal.1,
            };
            let plan = expert::plan(&task, &tolls, count);
            let fits = |path: &Vec<_>| length(path) >= SHORTEST && maze.admits(path);
            if let Some(plan) = plan.filter(fits) {
                return (task, plan);
            }
        }
    }
}

/// Task `number` of a seed, with the expert's path.
pub fn draw(seed: u64, number: u64, count: usize) -> (Task, Vec<super::Place>) {
    task(&mut Rng::new(seed, Purpose::Data, number), count)
}

/// A task with two ways that are exactly equally long: the maze is its own mirror image from left to right, both ends
/// lie in the middle column, and something stands between them.
pub fn fork(seed: u64, number: u64) -> Task {
    let mut rng = Rng::new(seed, Purpose::TestSet, number);
    let column = SIDE / 2;
    loop {
        let mut maze = maze(&mut rng);
        for y in 0..SIDE {
            for x in 0..column {
                let wall = !maze.is_floor([x, y]);
                maze.put([SIDE - 1 - x, y], wall);
            }
        }
        let (low, high) = (rng.below(3), SIDE - 1 - rng.below(3));
        for y in [low, high] {
            maze.put([column, y], false);
        }
        for y in low + 1..high {
            maze.put([column, y], true);
        }
        let task = Task {
            maze,
            start: middle([column, low]),
            goal: middle([column, high]),
        };
        if expert::plan(&task, &expert::EVEN, 32).is_some() {
            return task;
        }
    }
}
