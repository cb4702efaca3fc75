//! Paths through mazes as JSON Lines: an object for each, as `playground rollout --world maze` writes them.
//!
//! ```text
//! { "seed": 1, "number": 0, "walls": "..#…/…", "start": [0.4, 6.1], "goal": [5.5, 0.6],
//!   "path": [[0.4, 6.1], …, [5.5, 0.6]] }
//! ```
//!
//! Walls are rows from the top down; places are in cells, x to the right and y upwards, at equal distances.

use serde::{Deserialize, Serialize};

use super::{LENGTH, NAME, Path};
use crate::{
    error::{Error, Result},
    worlds::maze::{Maze, Place, Task, distance},
};

/// The most paths that are read.
const MOST_LINES: usize = 100_000;
/// How far a path's ends may lie from start and goal, in cells.
const NEAR: f32 = 1e-3;

/// A path as it is written.
#[derive(Serialize, Deserialize)]
struct Line {
    seed: u64,
    number: u64,
    walls: String,
    start: Place,
    goal: Place,
    path: Vec<Place>,
}

/// Path `number` of a seed as a line, without its end.
///
/// # Errors
/// What JSON says.
pub fn write_line(path: &Path, seed: u64, number: u64) -> Result<String> {
    let line = Line {
        seed,
        number,
        walls: path.task.maze.to_string(),
        start: path.task.start,
        goal: path.task.goal,
        path: path.places.clone(),
    };
    serde_json::to_string(&line).map_err(|e| Error::BadData {
        name: NAME.into(),
        reason: e.to_string(),
    })
}

/// The paths of a file. Empty lines do not matter.
///
/// # Errors
/// [`Error::BadData`] says which line is none, and why.
pub fn read_lines(text: &str) -> Result<Vec<Path>> {
    let lines = text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim().is_empty());
    let mut out = Vec::new();
    for (at, line) in lines {
        let bad = |reason: String| Error::BadData {
            name: NAME.into(),
            reason: format!("line {} is no path: {reason}", at + 1),
        };
        if out.len() == MOST_LINES {
            return Err(bad(format!("{MOST_LINES} are the most")));
        }
        let line: Line = serde_json::from_str(line).map_err(|e| bad(e.to_string()))?;
        out.push(path(line).map_err(bad)?);
    }
    match out.is_empty() {
        true => Err(Error::BadData {
            name: NAME.into(),
            reason: "there are no paths in the file".into(),
        }),
        false => Ok(out),
    }
}

fn path(line: Line) -> std::result::Result<Path, String> {
    let maze = Maze::parse(&line.walls).map_err(|e| e.to_string())?;
    let task = Task::new(maze, line.start, line.goal).map_err(|e| e.to_string())?;
    let places = line.path;
    if places.len() != LENGTH {
        return Err(format!(
            "it has {} places, and {LENGTH} are needed",
            places.len()
        ));
    }
    if places.iter().flatten().any(|v| !v.is_finite()) {
        return Err("two finite numbers are needed".into());
    }
    let ends = [(places[0], task.start), (places[LENGTH - 1], task.goal)];
    if ends.iter().any(|&(a, b)| distance(a, b) > NEAR) {
        return Err("it does not lead from the start to the goal".into());
    }
    match maze.admits(&places) {
        true => Ok(Path { task, places }),
        false => Err("it runs into a wall".into()),
    }
}
