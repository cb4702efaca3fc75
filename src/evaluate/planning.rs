//! How often plans meet no wall, how long they are, and what comes of following them.

use crate::{
    data::{
        PathSet,
        paths::{LENGTH, TEST},
    },
    error::{Error, Result},
    model::{AskedPlans, Model, Planning},
    pause::Pause,
    worlds::maze::{Place, Task, expert, follow::follow, length, resampled},
};

/// Tasks that are planned for at once.
const AT_ONCE: usize = 50;
/// Plans of which one is chosen before it is followed.
pub const CHOICE: usize = 4;
/// Paths for each task with two ways.
const BUNDLE: usize = 16;
/// Tasks with two ways.
pub const FORKS: usize = 200;

/// What came of plans for some tasks, one for each.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Plans {
    /// Tasks.
    pub count: usize,
    /// Plans that meet no wall.
    pub free: usize,
    /// The sum of their lengths, each beside A*'s.
    pub ratios: f64,
    /// Plans by which a point with inertia comes to the goal.
    pub arrived: usize,
    /// Those among them where it ran into no wall.
    pub clean: usize,
}

impl Plans {
    /// Notes one, where A*'s is so long.
    pub fn note(&mut self, task: &Task, plan: &[Place], best: f32) {
        self.count += 1;
        if task.maze.admits(plan) {
            self.free += 1;
            self.ratios += f64::from(length(plan) / best);
        }
        let ride = follow(task, plan);
        self.arrived += usize::from(ride.arrived);
        self.clean += usize::from(ride.arrived && ride.bumps == 0);
    }

    /// Plans that meet no wall, in hundredths.
    pub fn percent_free(&self) -> f64 {
        100.0 * self.free as f64 / self.count.max(1) as f64
    }

    /// How long those are beside A*'s, in the mean.
    pub fn ratio(&self) -> f64 {
        self.ratios / self.free.max(1) as f64
    }

    /// Plans by which a point comes to the goal, in hundredths.
    pub fn percent_arrived(&self) -> f64 {
        100.0 * self.arrived as f64 / self.count.max(1) as f64
    }

    /// Those where it ran into no wall, in hundredths of all.
    pub fn percent_clean(&self) -> f64 {
        100.0 * self.clean as f64 / self.count.max(1) as f64
    }
}

/// How the paths of a bundle are shared out between two ways that are equally long.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Forks {
    /// Tasks.
    pub count: usize,
    /// Those where paths that meet no wall go both ways.
    pub both: usize,
    /// Mean share of the way that fewer of them take; one half at best.
    pub rarer: f64,
    /// Paths that meet no wall, in hundredths.
    pub free: f64,
}

/// The model as one that plans.
///
/// # Errors
/// [`Error::Unsupported`] for any other.
pub fn planner(model: &dyn Model) -> Result<&dyn Planning> {
    model.planning().ok_or_else(|| Error::Unsupported {
        what: "This needs a model that plans".into(),
    })
}

/// A*'s path, as long as it is.
pub fn best(task: &Task) -> Vec<Place> {
    expert::plan(task, &expert::EVEN, LENGTH).unwrap_or_default()
}

/// The plan that is followed: the first that meets no wall, or the first of all if each does.
pub fn chosen<'a>(task: &Task, plans: &'a [Vec<Place>]) -> Option<&'a Vec<Place>> {
    let free = plans.iter().find(|plan| task.maze.admits(plan));
    free.or(plans.first())
}

/// What came of the [`chosen`] of some plans for each of the first `count` held-out tasks, with walls that push so
/// strongly.
///
/// # Errors
/// As [`planner`], and what the device reports.
pub async fn plans(
    model: &dyn Model,
    set: &PathSet,
    count: usize,
    asked: &AskedPlans,
    pause: Pause,
) -> Result<Plans> {
    let planning = planner(model)?;
    let mut found = Plans::default();
    let all: Vec<usize> = (0..count.min(TEST)).collect();
    for (part, indices) in all.chunks(AT_ONCE).enumerate() {
        let tasks: Vec<Task> = indices.iter().map(|&i| set.held_out(i).task).collect();
        let asked = AskedPlans {
            seed: asked.seed + part as u64,
            ..asked.clone()
        };
        let made = planning.plans(&tasks, &asked, pause).await?;
        for (task, bundle) in tasks.iter().zip(made.chunks(asked.count.max(1))) {
            if let Some(plan) = chosen(task, bundle) {
                found.note(task, plan, length(&best(task)));
            }
        }
    }
    Ok(found)
}

/// The same of A*'s paths and of straight ways.
pub fn baselines(set: &PathSet, count: usize) -> [Plans; 2] {
    let mut found = [Plans::default(); 2];
    for i in 0..count.min(TEST) {
        let task = set.held_out(i).task;
        let best = best(&task);
        let straight = resampled(&[task.start, task.goal], LENGTH);
        found[0].note(&task, &best, length(&best));
        found[1].note(&task, &straight, length(&best));
    }
    found
}

/// Whether a path is to the left of a line from start to goal that runs upwards, at most of its places.
fn is_left(task: &Task, path: &[Place]) -> bool {
    let left = path.iter().filter(|place| place[0] < task.start[0]).count();
    2 * left > path.len()
}

/// Bundles for tasks with two ways that are equally long.
///
/// # Errors
/// As [`plans`].
pub async fn forks(
    model: &dyn Model,
    set: &PathSet,
    count: usize,
    asked: &AskedPlans,
    pause: Pause,
) -> Result<Forks> {
    let planning = planner(model)?;
    let mut found = Forks::default();
    let (mut free, mut all) = (0, 0);
    let tasks: Vec<Task> = (0..count).map(|i| set.fork(i)).collect();
    for (part, tasks) in tasks.chunks(8).enumerate() {
        let asked = AskedPlans {
            count: BUNDLE,
            seed: asked.seed + part as u64,
            ..asked.clone()
        };
        let made = planning.plans(tasks, &asked, pause).await?;
        for (task, bundle) in tasks.iter().zip(made.chunks(BUNDLE)) {
            let kept: Vec<_> = bundle
                .iter()
                .filter(|path| task.maze.admits(path))
                .collect();
            let left = kept.iter().filter(|path| is_left(task, path)).count();
            let fewer = left.min(kept.len() - left);
            found.count += 1;
            found.both += usize::from(fewer > 0);
            found.rarer += fewer as f64 / kept.len().max(1) as f64;
            free += kept.len();
            all += bundle.len();
        }
    }
    found.rarer /= found.count.max(1) as f64;
    found.free = 100.0 * f64::from(free as u32) / f64::from((all as u32).max(1));
    Ok(found)
}
