//! What a model of a world can be asked, and how plans are made in it.

use std::{cmp::Ordering, collections::HashSet};

use super::Reading;
use crate::{
    error::Result,
    pause::Pause,
    rng::Rng,
    worlds::rooms::{
        ACTIONS, Action, Memory, Part, SEEN, SYMBOLS, Sight, Symbol,
        memory::{MOTIONS, Motion},
    },
};

/// It imagines what an action brings.
pub trait Imagining {
    /// What it expects of each of these.
    fn expect<'a>(&'a self, asked: &'a [Asked<'a>]) -> Reading<'a, Vec<Expected>>;
}

/// What is remembered before a step, the step, and what it may do.
pub type Asked<'a> = (&'a Memory, Action, Part);

/// What an [`Imagining`] model expects of one action.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The probability of each symbol at each place of the next view, `[SEEN · SYMBOLS]`. Given what was before, places
    /// are independent of each other.
    pub cells: Vec<f32>,
    /// The probability of each of [`MOTIONS`].
    pub motion: [f32; MOTIONS.len()],
    /// The probability that what is to be done is done by it.
    pub done: f32,
}

/// The place of the largest number.
fn largest(values: &[f32]) -> usize {
    let all = values.iter().enumerate();
    all.max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(i, _)| i)
}

/// A place, as likely as it says.
fn draw(values: &[f32], rng: &mut Rng) -> usize {
    let mut left = rng.unit() * f64::from(values.iter().sum::<f32>());
    let drawn = values.iter().position(|&p| {
        left -= f64::from(p);
        left < 0.0
    });
    // Rounding may leave a little over.
    drawn.unwrap_or_else(|| largest(values))
}

impl Expected {
    /// Of each place.
    fn places(&self) -> impl Iterator<Item = &[f32]> {
        self.cells.chunks_exact(SYMBOLS)
    }

    fn sight(&self, mut pick: impl FnMut(&[f32]) -> usize) -> Sight {
        let mut sight = [0; SEEN];
        for (symbol, place) in sight.iter_mut().zip(self.places()) {
            *symbol = pick(place) as Symbol;
        }
        sight
    }

    /// The likeliest motion, and the likeliest symbol of each place.
    pub fn likeliest(&self) -> (Motion, Sight) {
        (MOTIONS[largest(&self.motion)], self.sight(largest))
    }

    /// A motion and a view as likely as it says.
    pub fn draw(&self, rng: &mut Rng) -> (Motion, Sight) {
        let motion = MOTIONS[draw(&self.motion, rng)];
        (motion, self.sight(|place| draw(place, rng)))
    }

    /// How unsure it is of each place: the probability that it is not what it likeliest is.
    pub fn doubts(&self) -> Vec<f32> {
        let doubt = |place: &[f32]| 1.0 - place[largest(place)];
        self.places().map(doubt).collect()
    }

    /// The entropy of the whole view, nats.
    pub fn entropy(&self) -> f32 {
        let nats = |&p: &f32| if p > 0.0 { -p * p.ln() } else { 0.0 };
        self.cells.iter().map(nats).sum()
    }

    /// −log p of a view, nats.
    pub fn surprise(&self, sight: &Sight) -> f64 {
        let places = self.places().zip(sight);
        let nats = |(place, &symbol): (&[f32], &Symbol)| {
            let p = place.get(usize::from(symbol)).copied().unwrap_or(0.0);
            -f64::from(p.max(f32::MIN_POSITIVE)).ln()
        };
        places.map(nats).sum()
    }
}

/// How far a plan may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// Steps.
    pub depth: usize,
    /// Imagined futures that are followed at once.
    pub width: usize,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            depth: 12,
            width: 32,
        }
    }
}

/// What each further step takes from what is promised at its end.
const DISCOUNT: f32 = 0.97;
/// What is imagined to be done with at least this probability ends a search.
const SURE: f32 = 0.5;

/// Futures that are kept though they do not end with what is to be done.
const OTHERS: usize = 8;

/// A future as it was imagined.
#[derive(Debug, Clone, PartialEq)]
pub struct Future {
    /// What is done.
    pub actions: Vec<Action>,
    /// What is remembered after each.
    pub states: Vec<Memory>,
    /// The probability that the last of them does what is to be done.
    pub done: f32,
    /// How unsure the model is of the view after the last, nats.
    pub entropy: f32,
}

impl Future {
    /// What it is worth if it is to do something: sooner is better.
    pub fn promise(&self) -> f32 {
        self.done * DISCOUNT.powi(self.actions.len() as i32 - 1)
    }

    /// What it is worth if something new is to be seen.
    fn news(&self) -> f32 {
        self.entropy * DISCOUNT.powi(self.actions.len() as i32 - 1)
    }
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Plans {
    /// Futures, the one to take first: those that end with what is to be done, by their promise, then the others, by
    /// how much of them the model does not know.
    pub futures: Vec<Future>,
    /// For each action the largest promise of the futures that begin with it.
    pub promises: [f32; ACTIONS.len()],
    /// What the model was asked.
    pub asked: usize,
}

fn descending(a: f32, b: f32) -> Ordering {
    b.total_cmp(&a)
}

/// Searches the futures that a model imagines, step by step, for one that ends with `part` done: a beam over sequences of
/// actions, each followed by what is likeliest. Futures that come to the same are followed once, so that with a wide beam
/// it is a breadth-first search in imagination. If a step has a wider frontier than the beam, those futures are followed of
/// which the model is surest. If none does what is to be done, the first of the plans is that whose end it knows the least
/// of (Sekar et al. 2020, "Planning to Explore via Self-Supervised World Models", arXiv:2005.05960). What is `refuted` is
/// not begun with.
///
/// # Errors
/// What the device reports.
pub async fn search(
    model: &dyn Imagining,
    memory: &Memory,
    part: Part,
    limits: Search,
    refuted: &[Action],
    pause: Pause,
) -> Result<Plans> {
    struct Node {
        future: Future,
        /// Sum of the entropies on the way.
        unsure: f32,
    }
    let root = Node {
        future: Future {
            actions: Vec::new(),
            states: Vec::new(),
            done: 0.0,
            entropy: 0.0,
        },
        unsure: 0.0,
    };
    let mut known: HashSet<Memory> = HashSet::from([memory.clone()]);
    let (mut frontier, mut promises, mut count) = (vec![root], [0f32; ACTIONS.len()], 0);
    let (mut reached, mut others) = (Vec::new(), Vec::new());
    for depth in 0..limits.depth {
        let open = |action: &Action| depth > 0 || !refuted.contains(action);
        let steps = frontier.iter().enumerate().flat_map(|(i, node)| {
            let state = node.future.states.last().unwrap_or(memory);
            let actions = ACTIONS.into_iter().filter(open);
            actions.map(move |action| (i, (state, action, part)))
        });
        let (from, asked): (Vec<usize>, Vec<Asked>) = steps.unzip();
        if asked.is_empty() {
            break;
        }
        count += asked.len();
        let expected = model.expect(&asked).await?;
        let mut next: Vec<Node> = Vec::new();
        for ((&i, &(state, action, _)), expected) in from.iter().zip(&asked).zip(&expected) {
            let (motion, sight) = expected.likeliest();
            let after = state.after(motion, sight);
            let before = &frontier[i];
            let mut future = before.future.clone();
            future.actions.push(action);
            future.done = expected.done;
            future.entropy = expected.entropy();
            let first = future.actions[0] as usize;
            promises[first] = promises[first].max(future.promise());
            let unsure = before.unsure + future.entropy;
            let is_new = known.insert(after.clone());
            future.states.push(after);
            if expected.done >= SURE {
                reached.push(future);
            } else if is_new {
                next.push(Node { future, unsure });
            }
        }
        others.extend(next.iter().map(|node| node.future.clone()));
        others.sort_by(|a: &Future, b| descending(a.news(), b.news()));
        others.truncate(OTHERS);
        if !reached.is_empty() {
            break;
        }
        next.sort_by(|a, b| a.unsure.total_cmp(&b.unsure));
        next.truncate(limits.width);
        frontier = next;
        pause().await;
    }
    reached.sort_by(|a, b| descending(a.promise(), b.promise()));
    let futures = reached.into_iter().chain(others).collect();
    Ok(Plans {
        futures,
        promises,
        asked: count,
    })
}

/// An agent that plans in its imagination. It follows a plan as long as what it sees is what it imagined, and else makes
/// another one.
#[derive(Debug, Clone)]
pub struct Planner {
    limits: Search,
    memory: Memory,
    /// What is left of the plan: actions, and what should be remembered after each; the next one last.
    plan: Vec<(Action, Memory)>,
    /// What was tried and came out otherwise than it was imagined, and as what was remembered then.
    refuted: Vec<(Memory, Action)>,
    /// What came of the last search.
    plans: Option<Plans>,
    /// Searches so far.
    searches: usize,
}

impl Planner {
    /// At the beginning, when this is seen.
    pub fn new(sight: Sight, limits: Search) -> Self {
        Self {
            limits,
            memory: Memory::new(sight),
            plan: Vec::new(),
            refuted: Vec::new(),
            plans: None,
            searches: 0,
        }
    }

    /// What it remembers.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// What it is about to do, one thing after the other.
    pub fn ahead(&self) -> impl Iterator<Item = Action> + '_ {
        self.plan.iter().rev().map(|(action, _)| *action)
    }

    /// What came of its last search.
    pub fn plans(&self) -> Option<&Plans> {
        self.plans.as_ref()
    }

    /// Searches so far.
    pub fn searches(&self) -> usize {
        self.searches
    }

    /// Forgets its plan: something else is to be done.
    pub fn anew(&mut self) {
        self.plan.clear();
        self.plans = None;
    }

    /// What to do next; `None` where nothing is left to try.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn next(
        &mut self,
        model: &dyn Imagining,
        part: Part,
        pause: Pause,
    ) -> Result<Option<Action>> {
        if self.plan.is_empty() {
            let here = self.refuted.iter().filter(|(at, _)| *at == self.memory);
            let refuted: Vec<Action> = here.map(|&(_, action)| action).collect();
            let plans = search(model, &self.memory, part, self.limits, &refuted, pause).await?;
            self.searches += 1;
            if let Some(best) = plans.futures.first() {
                let steps = best
                    .actions
                    .iter()
                    .copied()
                    .zip(best.states.iter().cloned());
                self.plan = steps.rev().collect();
            }
            self.plans = Some(plans);
        }
        Ok(self.plan.last().map(|(action, _)| *action))
    }

    /// This was done, and this came of it.
    pub fn saw(&mut self, action: Action, motion: Motion, sight: Sight) {
        let before = self.memory.clone();
        self.memory.step(motion, sight);
        match self.plan.pop() {
            Some((planned, imagined)) if planned == action && imagined == self.memory => {}
            Some((planned, _)) => {
                self.plan.clear();
                if planned == action && before == self.memory {
                    self.refuted.push((before, action));
                }
            }
            None => {}
        }
    }
}
