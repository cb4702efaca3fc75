//! How often an agent does what it is told, and how many steps it takes for it.

use crate::{
    error::{Error, Result},
    model::{Model, Played, SideBySide},
    pause::Pause,
    rng::{Purpose, Rng},
    worlds::rooms::{
        Expert, Task,
        layout::{self, Form, Naming},
    },
};

/// Steps within which a mission has to be done.
pub const MOST_STEPS: usize = 64;
/// Worlds that are acted in at once.
const AT_ONCE: usize = 64;

/// What came of missions of one form.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Success {
    /// Missions.
    pub count: usize,
    /// Those that were done.
    pub done: usize,
    /// Steps taken for those, all together.
    pub steps: usize,
    /// Steps that the expert takes for the same.
    pub expert: usize,
}

impl Success {
    /// How many are done, in hundredths.
    pub fn percent(&self) -> f64 {
        100.0 * self.done as f64 / self.count.max(1) as f64
    }

    /// Its steps as a multiple of the expert's, over missions that were done.
    pub fn steps_ratio(&self) -> f64 {
        self.steps as f64 / self.expert.max(1) as f64
    }
}

/// `count` missions of a form in worlds of a seed, done with the likeliest action at each step. Only those count that
/// the expert does within [`MOST_STEPS`] without knowing the world.
///
/// # Errors
/// [`Error::Unsupported`] for a model that does not act, and what the device reports.
pub async fn success(
    model: &dyn Model,
    seed: u64,
    form: Option<Form>,
    naming: Naming,
    count: usize,
) -> Result<Success> {
    // Each form has worlds of its own.
    let first = form.map_or(0, |form| 1 + form as u64) << 32;
    let mut drawn = tasks_of(seed, first, form, naming).take(count);
    let mut found = Success::default();
    loop {
        let (group, experts): (Vec<_>, Vec<_>) = drawn.by_ref().take(AT_ONCE).unzip();
        if group.is_empty() {
            return Ok(found);
        }
        let played = outcomes(model, group, seed, None).await?;
        for (played, expert) in played.iter().zip(&experts) {
            found.count += 1;
            if played.task.is_done() {
                found.done += 1;
                found.steps += played.task.steps;
                found.expert += expert;
            }
        }
    }
}

/// Missions in worlds of a seed, from `first` on, that the expert does within [`MOST_STEPS`] without knowing the world,
/// and its steps. There is no end to them.
pub fn tasks(seed: u64, first: u64, form: Option<Form>) -> impl Iterator<Item = (Task, usize)> {
    tasks_of(seed, first, form, Naming::Said)
}

fn tasks_of(
    seed: u64,
    first: u64,
    form: Option<Form>,
    naming: Naming,
) -> impl Iterator<Item = (Task, usize)> {
    (first..).filter_map(move |number| {
        let task = layout::draw(seed, number, form, naming);
        let best = Expert::new(&task).carry_out(task.clone()).ok()?;
        (best.is_done() && best.steps <= MOST_STEPS).then_some((task, best.steps))
    })
}

/// What comes of tasks that a model does at once, with the likeliest action at each step; between steps the thread is
/// given back where there is a `pause`.
///
/// # Errors
/// [`Error::Unsupported`] for a model that does not act, and what the device reports.
pub async fn outcomes(
    model: &dyn Model,
    tasks: Vec<Task>,
    seed: u64,
    pause: Option<Pause>,
) -> Result<Vec<Played>> {
    let acting = model.acting().ok_or_else(|| Error::Unsupported {
        what: "This needs a model that acts".into(),
    })?;
    let mut played: Vec<Played> = tasks.into_iter().map(Played::new).collect();
    let mut side_by_side = SideBySide::default();
    for step in 0..MOST_STEPS {
        let live: Vec<usize> = (0..played.len())
            .filter(|&i| !played[i].task.is_done())
            .collect();
        if live.is_empty() {
            break;
        }
        live.iter().for_each(|&i| played[i].look());
        let decisions = side_by_side.next(acting, &played, &live).await?;
        for (&i, decision) in live.iter().zip(&decisions) {
            let mut rng = Rng::new(seed, Purpose::Evaluate, step as u64);
            played[i].act(decision.draw(0.0, &mut rng));
        }
        if let Some(pause) = pause {
            pause().await;
        }
    }
    Ok(played)
}

/// How often its next action and its plan are the expert's, at the moments of held-out episodes: both in hundredths.
///
/// # Errors
/// As [`success`].
pub async fn agreement(
    model: &dyn Model,
    episodes: &[crate::data::episodes::Episode],
) -> Result<[f64; 2]> {
    let acting = model.acting().ok_or_else(|| Error::Unsupported {
        what: "This needs a model that acts".into(),
    })?;
    let (mut count, mut right) = (0usize, [0usize; 2]);
    for episode in episodes {
        let n = episode.moments.len();
        let told: Vec<(&[u32], _)> = (1..=n)
            .map(|t| (&episode.words[..], &episode.moments[..t]))
            .collect();
        let decisions = acting.decide(&told).await?;
        for (decision, moment) in decisions.iter().zip(&episode.moments) {
            let mut rng = Rng::new(0, Purpose::Evaluate, 0);
            count += 1;
            right[0] += usize::from(Some(decision.draw(0.0, &mut rng)) == moment.right);
            right[1] += usize::from(crate::data::episodes::numbers(decision.goal) == moment.goal);
        }
    }
    Ok(right.map(|n| 100.0 * n as f64 / count.max(1) as f64))
}
