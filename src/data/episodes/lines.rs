//! Episodes as JSON Lines: an object for each, as `playground rollout` writes them.
//!
//! ```text
//! { "seed": 1, "number": 0, "mission": "go to the red ball", "done": true, "steps": [
//!     { "sight": [49 numbers], "place": [0, 0], "turned": 0, "action": "F", "expert": "F",
//!       "goal": "look around" }, … ] }
//! ```
//!
//! Of a step `action` is what was done, `expert` what the expert would have done (`null` where nobody was asked), and
//! `goal` what the expert was up to. Where the world was changed under way, `changes` says how, as
//! [`Change`] is written; what was seen stands in the steps, so such an episode is learned from like any other.

use serde::{Deserialize, Serialize};

use super::{Episode, FAR, LENGTH, Moment, goal_of, numbers};
use crate::{
    error::{Error, Result},
    worlds::rooms::{Action, Change, Mission, SEEN, cell_of, expert::Goal},
};

/// The most episodes that are read.
pub const MOST_LINES: usize = 100_000;

/// An episode as it is written.
#[derive(Serialize, Deserialize)]
struct Line {
    seed: u64,
    number: u64,
    mission: String,
    done: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    changes: String,
    steps: Vec<Step>,
}

#[derive(Serialize, Deserialize)]
struct Step {
    sight: Vec<u8>,
    place: [i8; 2],
    turned: u8,
    action: char,
    #[serde(default)]
    expert: Option<char>,
    goal: String,
}

/// An episode of the world `number` of a seed as a line, without its end: its moments, what was done at each, what was
/// changed in the world, and whether the mission was done.
///
/// # Errors
/// What JSON says.
pub fn write_line(
    moments: &[Moment],
    actions: &[Action],
    mission: &Mission,
    changes: &[Change],
    (seed, number, done): (u64, u64, bool),
) -> Result<String> {
    let step = |(moment, action): (&Moment, &Action)| Step {
        sight: moment.sight.to_vec(),
        place: moment.place,
        turned: moment.turned,
        action: action.letter(),
        expert: moment.right.map(Action::letter),
        goal: goal_of(moment.goal).to_string(),
    };
    let line = Line {
        seed,
        number,
        mission: mission.to_string(),
        done,
        changes: Change::write_all(changes),
        steps: moments.iter().zip(actions).map(step).collect(),
    };
    serde_json::to_string(&line).map_err(|e| Error::BadData {
        name: super::NAME.into(),
        reason: e.to_string(),
    })
}

/// The episodes of a file, each the first [`LENGTH`] moments of it. Empty lines do not matter.
///
/// # Errors
/// [`Error::BadData`] says which line is none, and why.
pub fn read_lines(text: &str) -> Result<Vec<Episode>> {
    let read = read_told(text, MOST_LINES)?;
    match read.is_empty() {
        true => Err(Error::BadData {
            name: super::NAME.into(),
            reason: "there are no episodes in the file".into(),
        }),
        false => Ok(read.into_iter().map(|(episode, ..)| episode).collect()),
    }
}

/// At most so many episodes, each with its mission as a sentence and whether that was done.
pub(super) fn read_told(text: &str, most: usize) -> Result<Vec<(Episode, String, bool)>> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let mut out = Vec::new();
    for (at, line) in lines {
        let bad = |reason: String| Error::BadData {
            name: super::NAME.into(),
            reason: format!("line {} is no episode: {reason}", at + 1),
        };
        if out.len() == most {
            return Err(bad(format!("{most} are the most")));
        }
        let line: Line = serde_json::from_str(line).map_err(|e| bad(e.to_string()))?;
        let episode = episode(&line).map_err(bad)?;
        out.push((episode, line.mission, line.done));
    }
    Ok(out)
}

fn episode(line: &Line) -> std::result::Result<Episode, String> {
    let mission = Mission::parse(&line.mission).map_err(|e| e.to_string())?;
    Change::parse_all(&line.changes).map_err(|e| e.to_string())?;
    if line.steps.is_empty() {
        return Err("it has no steps".into());
    }
    let letter = |letter: char| Action::of_letter(letter).ok_or(format!("“{letter}” is no action"));
    let (mut moments, mut last) = (Vec::new(), None);
    for step in line.steps.iter().take(LENGTH) {
        let sight: [u8; SEEN] =
            (step.sight[..].try_into()).map_err(|_| format!("{SEEN} cells are seen"))?;
        if sight
            .iter()
            .any(|&symbol| symbol != 0 && cell_of(symbol).is_none())
        {
            return Err("a cell is of no kind".into());
        }
        let far = |v: i8| usize::from(v.unsigned_abs()) > FAR;
        if step.place.iter().any(|&v| far(v)) || step.turned > 3 {
            return Err("a place is too far away, or a turn none".into());
        }
        let goal = Goal::parse(&step.goal).ok_or_else(|| "a goal is not understood".to_string())?;
        moments.push(Moment {
            sight,
            place: step.place,
            turned: step.turned,
            last,
            right: step.expert.map(letter).transpose()?,
            goal: numbers(goal),
        });
        last = Some(letter(step.action)?);
    }
    if moments.iter().all(|moment| moment.right.is_none()) {
        return Err("nobody says what would have been right".into());
    }
    Ok(Episode {
        words: mission.tokens(),
        moments,
    })
}
