//! What asking is worth: agents that learn further from answers of the expert, where they are unsure of what to do, at
//! moments drawn by lot, or along the expert's own way.
//!
//! All begin with the same weights, play in the same worlds, get as many answers and take as many steps. An answer is
//! what the expert would do at that moment, and is done. Only the first of them asks as in the page
//! ([`plots::teaching`](crate::plots::teaching)); the second has labels at states to which the agent itself has come,
//! as DAgger has (Ross, Gordon & Bagnell 2011, arXiv:1011.0686), and the third is behavioural cloning.

use std::rc::Rc;

use burn::tensor::Device;
use serde_json::{Value, json};

use super::acting::{MOST_STEPS, outcomes, tasks};
use crate::{
    data::{
        Dataset, EpisodeSet,
        episodes::{Episode, LENGTH, numbers, played},
    },
    error::{Error, Result},
    families,
    model::{Acting, Model, Played},
    rng::{Purpose, Rng},
    training::Trainer,
    worlds::rooms::{
        Expert, Task,
        layout::{self, Naming},
    },
};

/// Where the expert is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Where the agent is unsure.
    Unsure,
    /// At moments of the agent's way that are drawn by lot.
    Anywhere,
    /// Along the expert's own way.
    Shown,
}

impl Asked {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Unsure, Self::Anywhere, Self::Shown];

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unsure => "asked where it is unsure",
            Self::Anywhere => "asked at moments drawn by lot",
            Self::Shown => "shown whole episodes",
        }
    }
}

/// How it is measured.
#[derive(Debug, Clone)]
pub struct Study {
    /// Options of the agent.
    pub config: Value,
    /// Episodes of the expert that it begins with.
    pub begin: usize,
    /// Steps on those.
    pub begin_steps: usize,
    /// Answers after each round, all together.
    pub answers: Vec<usize>,
    /// Steps after each round, on all that there is.
    pub steps: usize,
    /// How unsure it has to be to ask.
    pub threshold: f32,
    /// The share of moments drawn by lot.
    pub lot: f64,
    /// Unseen missions on which success is measured.
    pub missions: usize,
}

/// Worlds to play in have this bit, by which no world to begin with is met again.
const LATER: u64 = 1 << 40;
/// The seed of the missions on which success is measured.
const HELD_OUT: u64 = 0x5242_0001_0000_0000;

impl Study {
    /// Shares of missions done with one seed: to begin with, then after each round, in each of [`Asked::ALL`].
    /// `report` is told after each part.
    ///
    /// # Errors
    /// What the family and the device report.
    pub fn run(
        &self,
        seed: u64,
        device: &Device,
        report: &dyn Fn(),
    ) -> Result<(f64, Vec<Vec<f64>>)> {
        let expert = |number: u64| {
            let task = layout::draw(seed, number, None, Naming::Said);
            played(task, 0.0, &mut Rng::new(seed, Purpose::Data, number))
        };
        let first: Vec<Episode> = (0..self.begin as u64).map(expert).collect();
        let begun = self.trained(None, &first, self.begin_steps, seed, device)?;
        let begin = self.success(&*begun)?;
        report();
        let mut found = Vec::new();
        for asked in Asked::ALL {
            let (mut model, mut all) = (begun.clone(), first.clone());
            let (mut shares, mut world, mut given) = (Vec::new(), LATER, 0);
            for &answers in &self.answers {
                while given < answers {
                    let task = layout::draw(seed, world, None, Naming::Said);
                    let mut rng = Rng::new(seed, Purpose::Evaluate, world);
                    world += 1;
                    let left = answers - given;
                    let (episode, n) = self.collect(&*model, asked, task, left, &mut rng)?;
                    given += n;
                    if n > 0 {
                        all.push(episode);
                    }
                }
                model = self.trained(Some(&*model), &all, self.steps, seed ^ world, device)?;
                shares.push(self.success(&*model)?);
                report();
            }
            found.push(shares);
        }
        Ok((begin, found))
    }

    /// An episode in which the expert says at most `most` times what is right, and how often it did.
    fn collect(
        &self,
        model: &dyn Model,
        asked: Asked,
        task: Task,
        most: usize,
        rng: &mut Rng,
    ) -> Result<(Episode, usize)> {
        let acting = acting_of(model)?;
        let mut expert = Expert::new(&task);
        let mut played = Played::new(task);
        let mut given = 0;
        while !played.task.is_done() && played.actions.len() < MOST_STEPS && given < most {
            played.look();
            expert.look(&played.task.rooms);
            let Ok(Some((right, goal))) = expert.next(&played.task) else {
                break;
            };
            let decided = match asked {
                Asked::Shown => None,
                _ => pollster::block_on(acting.decide(&[played.told(LENGTH)]))?.pop(),
            };
            let asks = match (asked, &decided) {
                (Asked::Unsure, Some(decision)) => decision.doubt() > self.threshold,
                (Asked::Anywhere, Some(_)) => rng.unit() < self.lot,
                _ => true,
            };
            let action = match decided {
                Some(decision) if !asks => decision.draw(0.0, rng),
                _ => {
                    if let Some(moment) = played.moments.last_mut() {
                        (moment.right, moment.goal) = (Some(right), numbers(goal));
                    }
                    given += 1;
                    right
                }
            };
            played.act(action);
        }
        let Played { words, moments, .. } = played;
        Ok((Episode { words, moments }, given))
    }

    /// A model after so many steps on these episodes, from scratch or from where another is.
    fn trained(
        &self,
        from: Option<&dyn Model>,
        episodes: &[Episode],
        steps: usize,
        seed: u64,
        device: &Device,
    ) -> Result<Box<dyn Model>> {
        let set = EpisodeSet::new(&json!({"expert": 0.0}))?;
        let set = set.with(episodes.to_vec(), String::new());
        let (rate, warmup) = match from {
            None => (3e-3, 50),
            Some(_) => (1e-3, 10),
        };
        let train = json!({"learning_rate": rate, "batch_size": 16, "warmup": warmup});
        let (config, train) =
            families::with_defaults("agent", &set.info.space, &self.config, &train)?;
        let data: Rc<Dataset> = Rc::new(set.into());
        let mut trainer = Trainer::new("agent", &config, train, data, seed, device)?;
        if let Some(from) = from {
            let weights = pollster::block_on(from.weights())?;
            pollster::block_on(trainer.begin_with(weights))?;
        }
        for _ in 0..steps {
            trainer.step()?;
        }
        Ok(trainer.averaged())
    }

    /// The share of unseen missions that it does.
    fn success(&self, model: &dyn Model) -> Result<f64> {
        let all: Vec<Task> = tasks(HELD_OUT, 0, None)
            .take(self.missions)
            .map(|(task, _)| task)
            .collect();
        let mut done = 0;
        for group in all.chunks(64) {
            let played = pollster::block_on(outcomes(model, group.to_vec(), 0, None))?;
            done += played.iter().filter(|p| p.task.is_done()).count();
        }
        Ok(done as f64 / self.missions.max(1) as f64)
    }
}

fn acting_of(model: &dyn Model) -> Result<&dyn Acting> {
    model.acting().ok_or_else(|| Error::Unsupported {
        what: "This needs a model that acts".into(),
    })
}
