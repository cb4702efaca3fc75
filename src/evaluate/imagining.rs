//! How well a world is imagined: the next view, views further on without a look at the world, and plans made in it.

use super::Tally;
use crate::{
    data::EpisodeSet,
    error::{Error, Result},
    families::world_model::{Step, questions, steps},
    model::{Asked, Imagining, Model, Planner, Search},
    pause::Pause,
    rng::{Purpose, Rng},
    worlds::rooms::{
        Action, Expert, FRONT, Memory, Noun, OWN, Part, SEEN, Sight, Task, cell_of,
        layout::{self, Form, Naming},
        memory::Motion,
        mission::Sort,
    },
};

/// Steps that are imagined without a look at the world.
pub const AHEAD: usize = 12;
/// Steps within which a mission has to be done.
pub const MOST_STEPS: usize = 64;
/// What the model is asked at once.
const AT_ONCE: usize = 64;

/// What a model of a world is, or that it is none.
///
/// # Errors
/// [`Error::Unsupported`].
pub fn imagining_of(model: &dyn Model) -> Result<&dyn Imagining> {
    model.imagining().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not imagine a world", model.title()),
    })
}

/// Something to ask about where nothing is to be done.
pub fn anything() -> Part {
    Part::GoTo(Noun {
        sort: Sort::Door,
        colour: None,
    })
}

/// Cells of the next view by what could be known of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cells {
    /// All 49.
    pub all: Tally,
    /// Those in sight that were seen before.
    pub known: Tally,
    /// Those in sight that come into view for the first time.
    pub fresh: Tally,
    /// The one before the agent and what it carries, where either changes by what is done: taken up, laid down, opened.
    pub handled: Tally,
}

impl Cells {
    fn note(&mut self, step: &Step, guess: &Sight) {
        let (before, after) = (step.memory.sight(), step.after.sight());
        let known = step.memory.knows(step.motion);
        for i in 0..SEEN {
            let right = guess[i] == after[i];
            self.all.note(right);
            let handled = matches!(step.action, Action::PickUp | Action::Drop | Action::Toggle);
            if handled && (i == FRONT || i == OWN) && before[i] != after[i] {
                self.handled.note(right);
            } else if after[i] != 0 && known[i] {
                self.known.note(right);
            } else if after[i] != 0 {
                self.fresh.note(right);
            }
        }
    }
}

/// What was found of the next view after single steps.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NextView {
    /// What the model takes for likeliest.
    pub model: Cells,
    /// The view as it was.
    pub copied: Cells,
    /// What is remembered, moved as the agent truly moves, as far as the light goes: by rule, without a network. What
    /// was never seen counts as empty.
    pub moved: Cells,
    /// −log p of a cell, nats, in the mean.
    pub nats: f64,
    /// Motions.
    pub motion: Tally,
    /// Missions that are done, and those that are not, taken for what they are.
    pub done: Tally,
    /// See [`NextView::done`].
    pub undone: Tally,
}

/// The next view after each of these steps.
///
/// # Errors
/// What the device reports.
pub async fn next_view(model: &dyn Imagining, steps: &[Step]) -> Result<NextView> {
    let mut found = NextView::default();
    for (chunk, these) in steps.chunks(AT_ONCE).enumerate() {
        // One question for each step, of another kind for each in turn.
        let question = |i: usize, step: &Step| {
            let mut rng = Rng::new(0, Purpose::Evaluate, (chunk * AT_ONCE + i) as u64);
            let all = questions(step, &mut rng);
            all[rng.below(all.len())]
        };
        let each = these.iter().enumerate();
        let asked: Vec<(Part, bool)> = each.map(|(i, step)| question(i, step)).collect();
        let each = these.iter().zip(&asked);
        let told = each.map(|(step, (part, _))| (&step.memory, step.action, *part));
        let expected = model.expect(&told.collect::<Vec<_>>()).await?;
        for ((step, (_, done)), expected) in these.iter().zip(&asked).zip(&expected) {
            let (motion, guess) = expected.likeliest();
            found.nats += expected.surprise(step.after.sight());
            found.motion.note(motion == step.motion);
            found.model.note(step, &guess);
            found.copied.note(step, step.memory.sight());
            found.moved.note(step, &step.memory.moved(step.motion));
            match done {
                true => found.done.note(expected.done >= 0.5),
                false => found.undone.note(expected.done < 0.5),
            }
        }
    }
    found.nats /= (steps.len() * SEEN).max(1) as f64;
    Ok(found)
}

/// What is imagined without a look at the world: of the cells that are truly in sight after each number of steps, the share
/// that is imagined wrongly.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drift {
    /// By the model, always what is likeliest, for each episode and number of steps.
    pub model: Vec<[f64; AHEAD]>,
    /// By the view at the beginning.
    pub copied: Vec<[f64; AHEAD]>,
    /// By what was remembered at the beginning, moved as the agent truly moves.
    pub moved: Vec<[f64; AHEAD]>,
}

/// The mean of each number of steps, and its standard error.
pub fn means(all: &[[f64; AHEAD]]) -> Vec<(f64, f64)> {
    let n = all.len().max(1) as f64;
    let at = |k: usize| {
        let mean = all.iter().map(|row| row[k]).sum::<f64>() / n;
        let square = all.iter().map(|row| (row[k] - mean).powi(2)).sum::<f64>();
        (mean, square.sqrt() / n)
    };
    (0..AHEAD).map(at).collect()
}

/// The share of the cells in sight that are not as imagined.
pub fn wrong(imagined: &Sight, truth: &Sight) -> f64 {
    let mut tally = Tally::default();
    for (i, &there) in truth.iter().enumerate().filter(|(_, there)| **there != 0) {
        tally.note(imagined[i] == there);
    }
    1.0 - tally.right as f64 / tally.count.max(1) as f64
}

/// Runs of [`AHEAD`] steps, one from each of `count` held-out episodes that has so many, after `begin` steps in which
/// something is seen.
pub fn runs(set: &EpisodeSet, begin: usize, from: usize, count: usize) -> Vec<Vec<Step>> {
    let run = |i: usize| {
        let all = steps(&set.held_out(i).moments);
        let run: Vec<Step> = all.into_iter().skip(begin).take(AHEAD).collect();
        (run.len() == AHEAD).then_some(run)
    };
    (from..from + count).filter_map(run).collect()
}

/// How far imagination drifts from the world along these runs.
///
/// # Errors
/// What the device reports.
pub async fn drift(model: &dyn Imagining, runs: &[Vec<Step>], pause: Pause) -> Result<Drift> {
    let empty = || vec![[0.0; AHEAD]; runs.len()];
    let mut found = Drift {
        model: empty(),
        copied: empty(),
        moved: empty(),
    };
    let first = |run: &Vec<Step>| run.first().map(|step| step.memory.clone());
    let mut imagined: Vec<Memory> = runs.iter().filter_map(first).collect();
    let mut rule = imagined.clone();
    let begun = imagined.clone();
    for k in 0..AHEAD {
        for from in (0..runs.len()).step_by(AT_ONCE) {
            let to = (from + AT_ONCE).min(runs.len());
            let asked = (from..to).map(|i| (&imagined[i], runs[i][k].action, anything()));
            let asked: Vec<Asked> = asked.collect();
            let expected = model.expect(&asked).await?;
            for (i, expected) in (from..to).zip(&expected) {
                let step = &runs[i][k];
                let truth = step.after.sight();
                let (motion, sight) = expected.likeliest();
                imagined[i].step(motion, sight);
                let moved = rule[i].moved(step.motion);
                rule[i].step(step.motion, moved);
                found.model[i][k] = wrong(&sight, truth);
                found.copied[i][k] = wrong(begun[i].sight(), truth);
                found.moved[i][k] = wrong(&moved, truth);
            }
            pause().await;
        }
    }
    Ok(found)
}

/// What came of missions about something in sight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// Missions.
    pub count: usize,
    /// Those that the planner does.
    pub planned: usize,
    /// Its steps for those.
    pub steps: usize,
    /// The expert's for the same.
    pub expert: usize,
    /// Searches of the planner, for all missions.
    pub searches: usize,
    /// Those that random play does within as many steps.
    pub random: usize,
}

impl Reached {
    /// Done by the planner, in hundredths.
    pub fn percent(&self) -> f64 {
        100.0 * self.planned as f64 / self.count.max(1) as f64
    }

    /// Done by random play, in hundredths.
    pub fn percent_random(&self) -> f64 {
        100.0 * self.random as f64 / self.count.max(1) as f64
    }

    /// The planner's steps as a multiple of the expert's, over missions that it does.
    pub fn ratio(&self) -> f64 {
        self.steps as f64 / self.expert.max(1) as f64
    }
}

/// Whether what a task is about is in sight at its beginning.
pub fn in_sight(task: &Task) -> bool {
    let sight = task.rooms.sight();
    let cells = sight.iter().enumerate().filter(|(i, _)| *i != OWN);
    task.part().is_some_and(|part| {
        let mut seen = cells.filter_map(|(_, &symbol)| cell_of(symbol));
        seen.any(|cell| part.noun().is_in(cell))
    })
}

/// What a planner does with a task, at most [`MOST_STEPS`] steps.
///
/// # Errors
/// What the device reports.
pub async fn planned(
    model: &dyn Imagining,
    mut task: Task,
    limits: Search,
    pause: Pause,
) -> Result<(Task, usize)> {
    let mut planner = Planner::new(task.rooms.sight(), limits);
    while let Some(part) = task.part() {
        if task.steps >= MOST_STEPS {
            break;
        }
        let Some(action) = planner.next(model, part, pause).await? else {
            break;
        };
        let (pose, done) = (task.rooms.pose, task.done);
        task.act(action);
        planner.saw(
            action,
            Motion::between(pose, task.rooms.pose),
            task.rooms.sight(),
        );
        if task.done > done {
            planner.anew();
        }
    }
    Ok((task, planner.searches()))
}

/// `count` missions of a form, of one part and about something in sight, in worlds of a seed. Only those count that the
/// expert does within [`MOST_STEPS`]; `told` is called after each.
///
/// # Errors
/// What the device reports.
pub async fn reached(
    model: &dyn Imagining,
    (seed, form): (u64, Form),
    count: usize,
    limits: Search,
    pause: Pause,
    told: &dyn Fn(&Reached),
) -> Result<Reached> {
    let mut found = Reached::default();
    // Each form has worlds of its own.
    let first = (1 + form as u64) << 32;
    for number in first..first + 64 * count as u64 {
        if found.count >= count {
            break;
        }
        let task = layout::draw(seed, number, Some(form), Naming::Said);
        if !in_sight(&task) {
            continue;
        }
        let Ok(best) = Expert::new(&task).carry_out(task.clone()) else {
            continue;
        };
        if !best.is_done() || best.steps > MOST_STEPS {
            continue;
        }
        found.count += 1;
        let (end, searches) = planned(model, task.clone(), limits, pause).await?;
        found.searches += searches;
        if end.is_done() {
            found.planned += 1;
            found.steps += end.steps;
            found.expert += best.steps;
        }
        let mut rng = Rng::new(seed, Purpose::Evaluate, number);
        let mut by_chance = task;
        while !by_chance.is_done() && by_chance.steps < MOST_STEPS {
            let action = crate::data::episodes::random(&by_chance.rooms.sight(), &mut rng);
            by_chance.act(action);
        }
        found.random += usize::from(by_chance.is_done());
        told(&found);
    }
    Ok(found)
}
