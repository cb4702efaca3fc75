//! What becomes of a mission if the thing that it is about is moved once, while an agent is on its way to it.
//!
//! Missions have one part, which is about a thing of which the world has one. The agent first does it undisturbed, by
//! its likeliest action at each step. Then it does the same once more, and before a step drawn by lot, after the first
//! and before the last, the thing is moved to a free cell drawn by lot from which the mission can still be done.

use super::{
    Tally,
    acting::{MOST_STEPS, tasks},
};
use crate::{
    error::{Error, Result},
    model::{Acting, Model, Played},
    rng::{Purpose, Rng},
    worlds::rooms::{
        Cell, Change, Expert, Making, Part, Rooms, Task, cell_of, change::only, layout::Form,
    },
};

/// Cells that are tried until one is found from which the mission can still be done.
const TRIES: usize = 40;

/// What was found.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Disturbed {
    /// Missions done undisturbed.
    pub before: Tally,
    /// The same missions, the thing moved once.
    pub after: Tally,
    /// Those of them in which the agent had seen the thing before it was moved.
    pub seen: Tally,
    /// The same, where the expert takes over at the moment of the move, with what it had seen until then.
    pub expert: Tally,
    /// Missions that the expert gives up: it has seen all of the world, and the thing is not where it knows it.
    pub given_up: usize,
    /// Steps of the agent from the move on, where both it and the expert do the mission.
    pub steps: usize,
    /// The expert's steps from there.
    pub expert_steps: usize,
}

/// `count` missions of this seed.
///
/// # Errors
/// [`Error::Unsupported`] for a model that does not act, and what the device reports.
pub async fn disturbed(
    model: &dyn Model,
    seed: u64,
    count: usize,
    tell: &dyn Fn(),
) -> Result<Disturbed> {
    let acting = model.acting().ok_or_else(|| Error::Unsupported {
        what: "This needs a model that acts".into(),
    })?;
    let mut found = Disturbed::default();
    let go_to = tasks(seed, 1 << 40, Some(Form::GoTo));
    let pick_up = tasks(seed, 2 << 40, Some(Form::PickUp));
    let mut number = 0;
    for (task, best) in go_to.zip(pick_up).flat_map(|(one, other)| [one, other]) {
        if found.after.count >= count {
            break;
        }
        number += 1;
        let mut rng = Rng::new(seed, Purpose::Evaluate, (1 << 40) + number);
        let undisturbed = play(acting, task.clone(), None).await?;
        let Some(change) = drawn(&task, &undisturbed, best, &mut rng) else {
            continue;
        };
        let after = play(acting, task.clone(), Some(&change)).await?;
        let expert = taken_over(&task, &undisturbed, &change);
        let done = after.task.is_done();
        found.before.note(undisturbed.task.is_done());
        found.after.note(done);
        let noun = task.mission.parts[0].noun();
        let saw = |symbol: &u8| cell_of(*symbol).is_some_and(|cell| noun.is_in(cell));
        let before = &after.moments[..change.step];
        if before.iter().any(|moment| moment.sight.iter().any(saw)) {
            found.seen.note(done);
        }
        found.given_up += usize::from(expert.is_none());
        let by_expert = expert.filter(|task| task.is_done() && task.steps <= MOST_STEPS);
        found.expert.note(by_expert.is_some());
        if let Some(expert) = by_expert.filter(|_| done) {
            found.steps += after.task.steps - change.step;
            found.expert_steps += expert.steps - change.step;
        }
        tell();
    }
    Ok(found)
}

/// An episode, with its likeliest action at each step.
///
/// # Errors
/// [`Error::BadOption`] for a change that is refused; what the device reports.
pub async fn play(acting: &dyn Acting, task: Task, change: Option<&Change>) -> Result<Played> {
    let mut played = Played::new(task);
    let mut following = acting.follow(&played.words);
    while !played.task.is_done() && played.actions.len() < MOST_STEPS {
        let step = played.actions.len();
        if let Some(change) = change.filter(|change| change.step == step) {
            let mut rooms = played.task.rooms.clone();
            change.apply(&mut rooms)?;
            played.put_into(rooms);
        }
        played.look();
        let Some(now) = played.moments.last() else {
            break;
        };
        let mut rng = Rng::new(0, Purpose::Evaluate, step as u64);
        let action = following.next(now).await?.draw(0.0, &mut rng);
        played.act(action);
    }
    Ok(played)
}

/// A move of what the mission is about while the agent is on its way; nothing where there is no way, or not one thing.
fn drawn(task: &Task, undisturbed: &Played, best: usize, rng: &mut Rng) -> Option<Change> {
    let noun = match task.mission.parts[..] {
        [Part::GoTo(noun) | Part::PickUp(noun)] => noun,
        _ => return None,
    };
    let steps = match undisturbed.task.is_done() {
        true => undisturbed.task.steps.min(best),
        false => best,
    };
    if steps < 2 {
        return None;
    }
    let step = 1 + rng.below(steps - 1);
    let mut now = task.clone();
    undisturbed.actions[..step].iter().for_each(|&a| now.act(a));
    let at = only(&now.rooms, noun)?;
    if !matches!(now.rooms.cell(at.map(isize::from)), Cell::Thing(_)) {
        return None;
    }
    let free = free(&now.rooms, at);
    for _ in 0..TRIES {
        let to = *free.get(rng.below(free.len().max(1)))?;
        let change = Change {
            step,
            at,
            making: Making::To(to),
        };
        let mut after = now.clone();
        change.apply(&mut after.rooms).ok()?;
        if Expert::knowing(&after).finishes(&after) {
            return Some(change);
        }
    }
    None
}

/// Cells to which what lies at a place can be moved.
fn free(rooms: &Rooms, at: [u8; 2]) -> Vec<[u8; 2]> {
    let all = rooms.cells().map(|(to, _)| to.map(|v| v as u8));
    all.filter(|&to| rooms.allows(at, Making::To(to)).is_ok())
        .collect()
}

/// What comes of it if the expert acts from the move on, and has seen until then what the agent saw.
fn taken_over(task: &Task, undisturbed: &Played, change: &Change) -> Option<Task> {
    let (mut now, mut expert) = (task.clone(), Expert::new(task));
    for &action in &undisturbed.actions[..change.step] {
        expert.look(&now.rooms);
        now.act(action);
    }
    change.apply(&mut now.rooms).ok()?;
    expert.carry_out(now).ok()
}
