//! Following a plan: a controller that pushes the point towards a place that moves along the plan.
//!
//! ```text
//! a = STIFF (x* − x) + DAMPED (v* − v)
//! ```
//!
//! x* moves along the plan with the speed v*. With DAMPED² = 4 STIFF the point comes to it without swinging.

use super::{Body, Place, TICK, Task, along, distance, length};

/// Cells per second² for a cell.
const STIFF: f32 = 25.0;
/// Cells per second² for a cell per second.
const DAMPED: f32 = 10.0;
/// Speed along the plan, in cells per second.
pub const SPEED: f32 = 1.5;
/// Seconds that are left at its end to come to rest.
const REST: f32 = 2.0;
/// How near to the goal counts as there, in cells.
pub const NEAR: f32 = 0.25;

/// What came of following a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Ride {
    /// Where the point was, tick by tick, from the start.
    pub track: Vec<Body>,
    /// Whether it came to the goal.
    pub arrived: bool,
    /// Ticks in which it ran into a wall.
    pub bumps: usize,
}

/// Follows a plan from the task's start.
pub fn follow(task: &Task, plan: &[Place]) -> Ride {
    let whole = length(plan);
    // No plan is so long that this would not end.
    let ticks = ((whole.min(200.0) / SPEED + REST) / TICK).ceil() as usize;
    let mut body = Body {
        at: task.start,
        velocity: [0.0; 2],
    };
    let (mut track, mut bumps) = (vec![body], 0);
    for tick in 1..=ticks {
        let far = SPEED * TICK * tick as f32;
        let (to, next) = (along(plan, far), along(plan, far + SPEED * TICK));
        let push = [0, 1].map(|i| {
            let speed = (next[i] - to[i]) / TICK;
            STIFF * (to[i] - body.at[i]) + DAMPED * (speed - body.velocity[i])
        });
        let after = task.maze.step(body, push);
        // Only a wall takes all of a speed away.
        let stopped = |i: usize| after.velocity[i] == 0.0 && body.velocity[i].abs() > 0.05;
        bumps += usize::from(stopped(0) || stopped(1));
        body = after;
        track.push(body);
        if far >= whole && distance(body.at, task.goal) < NEAR / 2.0 {
            break;
        }
    }
    Ride {
        arrived: distance(body.at, task.goal) < NEAR,
        track,
        bumps,
    }
}
