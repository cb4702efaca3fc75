//! The expert: A* over cells, then the path drawn taut.
//!
//! Hart, Nilsson & Raphael 1968, "A Formal Basis for the Heuristic Determination of Minimum Cost Paths". From a cell
//! one can go to its eight neighbours, over a corner only where both cells beside it are floor. What it finds is
//! shortened wherever a straight way keeps its distance from walls, and then relaxed: each place moves between its
//! neighbours as far as that distance allows, as a rubber band would.

use super::{CELLS, Cell, Maze, Place, SIDE, Task, cell_of, distance, middle, resampled};

/// How far from walls the expert stays where there is room, in cells.
pub const CLEAR: f32 = 0.25;
/// Places between which a path is relaxed.
const BAND: usize = 64;
/// Times that it is.
const ROUNDS: usize = 24;

/// What it costs to cross each cell, for one cell of way; 1 at least.
pub type Tolls = [f32; CELLS];

/// The same toll everywhere.
pub const EVEN: Tolls = [1.0; CELLS];

/// The cheapest way from a cell to another, with both; nothing where no way leads there.
pub fn route(maze: &Maze, from: Cell, to: Cell, tolls: &Tolls) -> Option<Vec<Cell>> {
    if !maze.is_floor(from) || !maze.is_floor(to) {
        return None;
    }
    let index = |[x, y]: Cell| y * SIDE + x;
    let place = |i: usize| [i % SIDE, i / SIDE];
    // Straight and over corners; no toll is below 1, so this is never too much.
    let ahead = |i: usize| {
        let [x, y] = place(i);
        let (dx, dy) = (x.abs_diff(to[0]) as f32, y.abs_diff(to[1]) as f32);
        dx.max(dy) + (std::f32::consts::SQRT_2 - 1.0) * dx.min(dy)
    };
    let (mut cost, mut before) = ([f32::INFINITY; CELLS], [usize::MAX; CELLS]);
    let (mut open, mut closed) = (vec![index(from)], [false; CELLS]);
    cost[index(from)] = 0.0;
    loop {
        let total = |&&i: &&usize| cost[i] + ahead(i);
        let best = *open.iter().min_by(|a, b| total(a).total_cmp(&total(b)))?;
        if best == index(to) {
            break;
        }
        open.retain(|&i| i != best);
        closed[best] = true;
        let [x, y] = place(best).map(|v| v as isize);
        for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
            let free = |dx: isize, dy: isize| !maze.is_wall(x + dx, y + dy);
            if (dx, dy) == (0, 0) || !(free(dx, dy) && free(dx, 0) && free(0, dy)) {
                continue;
            }
            let next = index([(x + dx) as usize, (y + dy) as usize]);
            let far = ((dx * dx + dy * dy) as f32).sqrt();
            let through = cost[best] + far * (tolls[best] + tolls[next]) / 2.0;
            if !closed[next] && through < cost[next] {
                (cost[next], before[next]) = (through, best);
                if !open.contains(&next) {
                    open.push(next);
                }
            }
        }
    }
    let back = std::iter::successors(Some(index(to)), |&i| {
        Some(before[i]).filter(|&b| b != usize::MAX)
    });
    let mut cells: Vec<Cell> = back.map(place).collect();
    cells.reverse();
    Some(cells)
}

/// A short path for a task: `count` places at equal distances along it; nothing where no way leads to the goal.
pub fn plan(task: &Task, tolls: &Tolls, count: usize) -> Option<Vec<Place>> {
    let (maze, start, goal) = (&task.maze, task.start, task.goal);
    let cells = route(maze, cell_of(start)?, cell_of(goal)?, tolls)?;
    let inner = cells.iter().skip(1).take(cells.len().saturating_sub(2));
    let mut path = vec![start];
    path.extend(inner.map(|&cell| middle(cell)));
    path.push(goal);
    // Where the ends are close to a wall, the path may be as close.
    let mut clear = CLEAR;
    while clear > 0.01
        && ![start, goal]
            .iter()
            .all(|&end| maze.is_clear(end, end, clear))
    {
        clear *= 0.8;
    }
    let path = relaxed(maze, &taut(maze, &path, clear), clear);
    Some(resampled(&path, count))
}

/// A path with those places left out that straight ways pass by.
fn taut(maze: &Maze, path: &[Place], clear: f32) -> Vec<Place> {
    let mut out: Vec<Place> = path.first().copied().into_iter().collect();
    let mut at = 0;
    while at + 1 < path.len() {
        let sees = |&to: &usize| maze.is_clear(path[at], path[to], clear);
        at = (at + 2..path.len()).rev().find(sees).unwrap_or(at + 1);
        out.push(path[at]);
    }
    out
}

/// A path as short as it becomes if each place moves towards the middle of its neighbours, but not close to walls.
fn relaxed(maze: &Maze, path: &[Place], clear: f32) -> Vec<Place> {
    let mut band = resampled(path, BAND);
    for _ in 0..ROUNDS {
        for i in 1..BAND - 1 {
            let (a, b) = (band[i - 1], band[i + 1]);
            let between = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
            if distance(between, band[i]) > 1e-4 && maze.is_clear(between, between, clear) {
                band[i] = between;
            }
        }
    }
    band
}
