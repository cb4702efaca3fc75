//! A point with inertia among walls.
//!
//! The floor is a square of [`SIDE`] × [`SIDE`] cells, each free or a wall, with a wall around it. A point on it has a
//! place and a velocity; what is done is to push it, for one [`TICK`] at a time:
//!
//! ```text
//! v ← v + a TICK,   x ← x + v TICK           |a| ≤ MOST_PUSH, |v| ≤ MOST_SPEED
//! ```
//!
//! first along one axis, then along the other. On each axis every wall on the way is looked at, so that none is passed
//! through at any speed; the point stops at it, and its velocity into the wall is gone. Places are in cells: x to the
//! right, y upwards.

pub mod expert;
pub mod follow;
pub mod layout;

use crate::error::{Error, Result};

/// Cells in a row and in a column.
pub const SIDE: usize = 7;
/// Cells in all.
pub const CELLS: usize = SIDE * SIDE;
/// Seconds of a step.
pub const TICK: f32 = 0.05;
/// The hardest push, in cells per second².
pub const MOST_PUSH: f32 = 8.0;
/// The highest speed, in cells per second.
pub const MOST_SPEED: f32 = 4.0;
/// How far from a wall a point stands that has run into it, in cells.
const GAP: f32 = 1e-3;

/// A place: x to the right, y upwards, in cells.
pub type Place = [f32; 2];

/// Column from the left and row from the bottom.
pub type Cell = [usize; 2];

/// Walls and floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Maze {
    walls: [bool; CELLS],
}

impl Default for Maze {
    /// Floor alone.
    fn default() -> Self {
        Self {
            walls: [false; CELLS],
        }
    }
}

/// A point that moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Body {
    /// Where it is.
    pub at: Place,
    /// Its velocity, in cells per second.
    pub velocity: [f32; 2],
}

/// A maze, where to begin, and where to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Task {
    /// Walls.
    pub maze: Maze,
    /// Where it begins, on the floor.
    pub start: Place,
    /// Where it ends, on the floor.
    pub goal: Place,
}

impl Maze {
    /// Of rows from the top down, each of [`SIDE`] signs, `#` for a wall and `.` for floor, with `/` or a new line
    /// between them.
    ///
    /// # Errors
    /// [`Error::BadOption`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || {
            let reason =
                format!("{SIDE} rows of {SIDE} signs are expected, # or ., with / between");
            Error::bad_option("walls", text, reason)
        };
        // Nothing longer is read.
        if text.len() > 4 * CELLS {
            return Err(bad());
        }
        let rows: Vec<&str> = text.trim().split(['/', '\n']).map(str::trim).collect();
        if rows.len() != SIDE {
            return Err(bad());
        }
        let mut maze = Self::default();
        for (row, signs) in rows.iter().rev().enumerate() {
            if signs.chars().count() != SIDE {
                return Err(bad());
            }
            for (column, sign) in signs.chars().enumerate() {
                match sign {
                    '#' => maze.put([column, row], true),
                    '.' => {}
                    _ => return Err(bad()),
                }
            }
        }
        Ok(maze)
    }

    /// Makes a cell a wall, or floor; outside nothing happens.
    pub fn put(&mut self, [x, y]: Cell, wall: bool) {
        if x < SIDE && y < SIDE {
            self.walls[y * SIDE + x] = wall;
        }
    }

    /// Whether a cell is a wall; all around there is one.
    pub fn is_wall(&self, x: isize, y: isize) -> bool {
        let side = 0..SIDE as isize;
        !side.contains(&x) || !side.contains(&y) || self.walls[y as usize * SIDE + x as usize]
    }

    /// Whether a cell is floor.
    pub fn is_floor(&self, [x, y]: Cell) -> bool {
        !self.is_wall(x as isize, y as isize)
    }

    /// For each cell whether it is a wall, row by row from the bottom.
    pub fn walls(&self) -> &[bool; CELLS] {
        &self.walls
    }

    /// Whether a place is on the floor.
    pub fn has(&self, place: Place) -> bool {
        cell_of(place).is_some_and(|cell| self.is_floor(cell))
    }

    /// Whether every place of a straight way is farther than `margin` from all walls, in cells; with a margin of 0,
    /// whether it meets none.
    pub fn is_clear(&self, a: Place, b: Place, margin: f32) -> bool {
        let side = SIDE as f32;
        let inside = |p: Place| p.iter().all(|&v| v > margin && v < side - margin);
        if !inside(a) || !inside(b) {
            return false;
        }
        let range = |axis: usize| {
            let (low, high) = (a[axis].min(b[axis]), a[axis].max(b[axis]));
            let first = (low - margin).floor().max(0.0) as usize;
            first..=((high + margin).floor() as usize).min(SIDE - 1)
        };
        range(1).all(|y| {
            range(0).all(|x| !self.walls[y * SIDE + x] || box_distance(a, b, [x, y]) > margin)
        })
    }

    /// Whether a path of straight ways meets no wall.
    pub fn admits(&self, path: &[Place]) -> bool {
        path.windows(2)
            .all(|way| self.is_clear(way[0], way[1], 0.0))
    }

    /// A step of a point that is pushed, in cells per second².
    #[must_use]
    pub fn step(&self, body: Body, push: [f32; 2]) -> Body {
        let push = limited(push, MOST_PUSH);
        let mut body = body;
        let faster = [0, 1].map(|i| body.velocity[i] + push[i] * TICK);
        body.velocity = limited(faster, MOST_SPEED);
        for axis in 0..2 {
            self.slide(&mut body, axis);
        }
        body
    }

    /// Moves a point along one axis, as far as it comes.
    fn slide(&self, body: &mut Body, axis: usize) {
        let to = body.at[axis] + body.velocity[axis] * TICK;
        let wall = |along: isize| {
            let across = body.at[1 - axis].floor() as isize;
            match axis {
                0 => self.is_wall(along, across),
                _ => self.is_wall(across, along),
            }
        };
        let here = body.at[axis].floor() as isize;
        let forward = body.velocity[axis] > 0.0;
        let mut cell = here;
        let end = to.floor() as isize;
        let stop = loop {
            if cell == end {
                break None;
            }
            let next = if forward { cell + 1 } else { cell - 1 };
            if wall(next) {
                let edge = if forward { next } else { cell } as f32;
                break Some(if forward { edge - GAP } else { edge + GAP });
            }
            cell = next;
        };
        match stop {
            Some(edge) => {
                // Never back from where it stands.
                let at = body.at[axis];
                body.at[axis] = if forward { edge.max(at) } else { edge.min(at) };
                body.velocity[axis] = 0.0;
            }
            None => body.at[axis] = to,
        }
    }
}

impl std::fmt::Display for Maze {
    /// As [`Maze::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for row in (0..SIDE).rev() {
            for column in 0..SIDE {
                f.write_str(if self.is_floor([column, row]) {
                    "."
                } else {
                    "#"
                })?;
            }
            if row > 0 {
                f.write_str("/")?;
            }
        }
        Ok(())
    }
}

impl Task {
    /// From one place of the floor to another.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a place that is not on the floor.
    pub fn new(maze: Maze, start: Place, goal: Place) -> Result<Self> {
        for (name, place) in [("start", start), ("goal", goal)] {
            if !maze.has(place) {
                let value = format!("{}, {}", place[0], place[1]);
                return Err(Error::bad_option(
                    name,
                    value,
                    "it must lie on the floor of the maze",
                ));
            }
        }
        Ok(Self { maze, start, goal })
    }
}

/// The cell of a place, if it is within the maze.
pub fn cell_of(place: Place) -> Option<Cell> {
    let side = 0.0..SIDE as f32;
    let inside = place.iter().all(|v| side.contains(v));
    inside.then(|| place.map(|v| v as usize))
}

/// The middle of a cell.
pub fn middle([x, y]: Cell) -> Place {
    [x as f32 + 0.5, y as f32 + 0.5]
}

/// The length of a path, in cells.
pub fn length(path: &[Place]) -> f32 {
    path.windows(2).map(|way| distance(way[0], way[1])).sum()
}

/// How far two places are apart.
pub fn distance(a: Place, b: Place) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// `count` places along a path, from its beginning to its end, at equal distances along it.
pub fn resampled(path: &[Place], count: usize) -> Vec<Place> {
    let all = length(path);
    let at = |i: usize| all * i as f32 / (count.max(2) - 1) as f32;
    (0..count).map(|i| along(path, at(i))).collect()
}

/// The place so far along a path; its end beyond that.
pub fn along(path: &[Place], mut far: f32) -> Place {
    for way in path.windows(2) {
        let whole = distance(way[0], way[1]);
        if far < whole {
            let share = far / whole;
            return [0, 1].map(|i| way[0][i] + share * (way[1][i] - way[0][i]));
        }
        far -= whole;
    }
    path.last().copied().unwrap_or_default()
}

/// The place of a cell, its edges included, that is nearest to a place.
pub fn nearest_in([x, y]: Cell, place: Place) -> Place {
    let near = |v: f32, low: usize| v.clamp(low as f32, (low + 1) as f32);
    [near(place[0], x), near(place[1], y)]
}

/// How far a straight way is from a cell; 0 where they meet.
fn box_distance(a: Place, b: Place, cell: Cell) -> f32 {
    let low = cell.map(|v| v as f32);
    let (mut enter, mut leave) = (0f32, 1f32);
    for axis in 0..2 {
        let d = b[axis] - a[axis];
        let (from, to) = (low[axis] - a[axis], low[axis] + 1.0 - a[axis]);
        if d.abs() < 1e-9 {
            if from > 0.0 || to < 0.0 {
                leave = -1.0;
            }
        } else {
            let (first, last) = (from / d, to / d);
            enter = enter.max(first.min(last));
            leave = leave.min(first.max(last));
        }
    }
    if enter <= leave {
        return 0.0;
    }
    let ends = [a, b].map(|end| distance(end, nearest_in(cell, end)));
    let corners = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
        .map(|[x, y]| way_distance(a, b, [low[0] + x, low[1] + y]));
    ends.into_iter()
        .chain(corners)
        .fold(f32::INFINITY, f32::min)
}

/// How far a place is from a straight way.
fn way_distance(a: Place, b: Place, place: Place) -> f32 {
    let d = [b[0] - a[0], b[1] - a[1]];
    let square = d[0] * d[0] + d[1] * d[1];
    let dot = (place[0] - a[0]) * d[0] + (place[1] - a[1]) * d[1];
    let share = if square > 0.0 {
        (dot / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    distance(place, [a[0] + share * d[0], a[1] + share * d[1]])
}

/// A vector made no longer than `most`; what is not finite counts as nothing.
fn limited(v: [f32; 2], most: f32) -> [f32; 2] {
    let size = v[0].hypot(v[1]);
    match size.is_finite() {
        false => [0.0; 2],
        true if size > most => v.map(|v| v * most / size),
        true => v,
    }
}
