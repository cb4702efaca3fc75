//! Random play: what happens in rooms if nobody is after anything.
//!
//! Steps are drawn by weights. Where something lies before the agent it is handled more often, so that more is seen of
//! what comes of it than by even odds; nothing is aimed at.

use super::{Episode, LENGTH, Moment, Odometer, numbers};
use crate::{
    rng::Rng,
    worlds::rooms::{ACTIONS, Action, Cell, FRONT, Kind, OWN, Sight, Task, cell_of, expert::Goal},
};

/// The weight of an action that can do nothing where the agent stands.
const IDLE: f64 = 0.25;

/// The weight of each action, by what is seen.
pub fn weights(sight: &Sight) -> [f64; ACTIONS.len()] {
    let front = cell_of(sight[FRONT]);
    let free = !matches!(cell_of(sight[OWN]), Some(Cell::Thing(_)));
    let pick_up = match front {
        Some(Cell::Thing(_)) if free => 4.0,
        _ => IDLE,
    };
    let drop = match front {
        Some(Cell::Empty) if !free => 1.0,
        _ => IDLE,
    };
    let toggle = match front {
        Some(Cell::Door(..)) => 4.0,
        Some(Cell::Thing(thing)) if thing.kind == Kind::Box => 1.0,
        _ => IDLE,
    };
    let forward = match front.is_some_and(Cell::is_free) {
        true => 6.0,
        false => 1.0,
    };
    [2.0, 2.0, forward, pick_up, drop, toggle]
}

/// An action of random play.
pub fn random(sight: &Sight, rng: &mut Rng) -> Action {
    let weights = weights(sight);
    let mut left = rng.unit() * weights.iter().sum::<f64>();
    let drawn = weights.iter().position(|w| {
        left -= w;
        left < 0.0
    });
    // Rounding may leave a little over.
    ACTIONS[drawn.unwrap_or(0)]
}

/// [`LENGTH`] moments of random play in a task's world, whose mission nobody is after. [`Moment::right`] is what was
/// done.
pub fn random_play(mut task: Task, rng: &mut Rng) -> Episode {
    let odometer = Odometer::new(&task.rooms);
    let words = task.mission.tokens();
    let mut last = None;
    let moments = (0..LENGTH).map(|_| {
        let (place, turned) = odometer.read(&task.rooms);
        let sight = task.rooms.sight();
        let action = random(&sight, rng);
        task.rooms.act(action);
        Moment {
            sight,
            place,
            turned,
            last: last.replace(action),
            right: Some(action),
            goal: numbers(Goal::Explore),
        }
    });
    Episode {
        moments: moments.collect(),
        words,
    }
}
