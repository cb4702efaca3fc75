//! What a model that acts can be asked.

use super::Reading;
use crate::{
    data::episodes::{self, LENGTH, Moment, Odometer},
    error::Result,
    rng::Rng,
    scene::token::log_sum_exp,
    worlds::rooms::{ACTIONS, Action, Rooms, SEEN, Sight, Task, description, expert::Goal},
};

/// It acts in a world: it is told a mission and sees what happens, and decides what to do.
pub trait Acting {
    /// What it decides at the last moment of each of these episodes, at most
    /// [`LENGTH`](crate::data::episodes::LENGTH) moments each.
    fn decide<'a>(&'a self, told: &'a [(&'a [u32], &'a [Moment])]) -> Reading<'a, Vec<Decision>>;

    /// An episode with a mission of these words, of which nothing has been seen yet.
    fn follow(&self, words: &[u32]) -> Box<dyn Deciding>;

    /// Whether an episode that it follows is not read anew for each decision, so that several of them are decided
    /// about sooner one by one than together.
    fn remembers(&self) -> bool {
        false
    }

    /// Where it looks at each moment of an episode.
    fn attends<'a>(&'a self, words: &'a [u32], moments: &'a [Moment])
    -> Reading<'a, Vec<Attended>>;

    /// How it says what it sees, if it does.
    fn speaking(&self) -> Option<&dyn Speaking> {
        None
    }
}

/// It is asked about what it sees, and answers in words.
pub trait Speaking {
    /// What it answers about each view to the question beside it, in tokens of
    /// [`description`](crate::worlds::rooms::description); at each place the likeliest word. Where it looks
    /// meanwhile is found out only where `look` says so.
    fn say<'a>(
        &'a self,
        sights: &'a [Sight],
        questions: &'a [Vec<u32>],
        look: bool,
    ) -> Reading<'a, Vec<Utterance>>;
}

/// What a [`Speaking`] model says.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    /// Its words, without the end.
    pub words: Vec<u32>,
    /// log p of them all and of the end, nats.
    pub log_prob: f32,
    /// Whether it came to an end.
    pub ended: bool,
    /// How much it attended to each cell of its view, on average over its words, layers and heads; they add up to one
    /// where that was asked for.
    pub cells: Vec<f32>,
}

impl Default for Utterance {
    fn default() -> Self {
        Self {
            words: Vec::new(),
            log_prob: 0.0,
            ended: false,
            cells: vec![0.0; SEEN],
        }
    }
}

impl Utterance {
    /// As a sentence.
    pub fn text(&self) -> String {
        description::text(&self.words)
    }
}

/// An episode that is decided about moment by moment.
pub trait Deciding {
    /// What [`Acting::decide`] decides at the next moment, told all since the first, or the last
    /// [`LENGTH`](crate::data::episodes::LENGTH) of them.
    fn next<'a>(&'a mut self, moment: &'a Moment) -> Reading<'a, Decision>;
}

/// Several episodes that are decided about side by side: each as it is followed, where a model remembers, else all at
/// once.
#[derive(Default)]
pub struct SideBySide {
    following: Vec<Option<Box<dyn Deciding>>>,
}

impl SideBySide {
    /// What is decided at the last moments of those of `played` that `live` names. Between two calls each of them takes
    /// one step, or is named no more.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn next(
        &mut self,
        acting: &dyn Acting,
        played: &[Played],
        live: &[usize],
    ) -> Result<Vec<Decision>> {
        let episodes = || live.iter().filter_map(|&i| Some((i, played.get(i)?)));
        if !acting.remembers() {
            let told: Vec<_> = episodes().map(|(_, one)| one.told(LENGTH)).collect();
            return acting.decide(&told).await;
        }
        self.following.resize_with(played.len(), || None);
        let mut decisions = Vec::with_capacity(live.len());
        for (i, one) in episodes() {
            let following = self.following[i].get_or_insert_with(|| acting.follow(&one.words));
            if let Some(now) = one.moments.last() {
                decisions.push(following.next(now).await?);
            }
        }
        Ok(decisions)
    }
}

/// Where an [`Acting`] model looks at one moment, on average over its layers and heads.
#[derive(Debug, Clone, PartialEq)]
pub struct Attended {
    /// At each word of the mission; they add up to one.
    pub words: Vec<f32>,
    /// At each cell of its view; they add up to one.
    pub cells: Vec<f32>,
}

/// What an [`Acting`] model decides.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    logits: Vec<f32>,
    /// What it says that it is up to.
    pub goal: Goal,
}

impl Decision {
    /// Of the logits of actions, and behind them of verb, colour and sort of what it is up to.
    pub fn of(logits: &[f32]) -> Self {
        let (actions, mut rest) = logits.split_at(ACTIONS.len().min(logits.len()));
        let goal = episodes::GOALS.map(|n| {
            let (these, after) = rest.split_at(n.min(rest.len()));
            rest = after;
            let best = these.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            best.map_or(0, |(i, _)| i as u8)
        });
        Self {
            logits: actions.to_vec(),
            goal: episodes::goal_of(goal),
        }
    }

    /// The probability of each action.
    pub fn probabilities(&self) -> Vec<f32> {
        let sum = log_sum_exp(&self.logits);
        self.logits.iter().map(|l| (l - sum).exp()).collect()
    }

    /// How unsure it is: the entropy of its actions as a share of the most, −Σ p ln p / ln 6. It is 0 if it is sure of
    /// one, and 1 if all are alike to it.
    pub fn doubt(&self) -> f32 {
        let each = self.probabilities().into_iter().filter(|&p| p > 0.0);
        let entropy: f32 = each.map(|p| -p * p.ln()).sum();
        (entropy / (ACTIONS.len() as f32).ln()).clamp(0.0, 1.0)
    }

    /// An action, as likely as it believes at a temperature; at 0 the likeliest.
    pub fn draw(&self, temperature: f64, rng: &mut Rng) -> Action {
        let scale = match temperature {
            0.0 => 1e6,
            t => (1.0 / t) as f32,
        };
        let scaled: Vec<f32> = self.logits.iter().map(|l| l * scale).collect();
        let sum = log_sum_exp(&scaled);
        let mut left = rng.unit();
        let drawn = scaled.iter().position(|l| {
            left -= f64::from((l - sum).exp());
            left < 0.0
        });
        // Rounding may leave a little over.
        ACTIONS[drawn.unwrap_or(0)]
    }
}

/// An episode as an agent plays it.
#[derive(Debug, Clone)]
pub struct Played {
    /// The world as it is now, and the mission.
    pub task: Task,
    /// Words of the mission.
    pub words: Vec<u32>,
    /// What it knew at each moment; what the expert would have done is not known.
    pub moments: Vec<Moment>,
    /// What it did.
    pub actions: Vec<Action>,
    odometer: Odometer,
}

impl Played {
    /// At its beginning.
    pub fn new(task: Task) -> Self {
        Self {
            words: task.mission.tokens(),
            odometer: Odometer::new(&task.rooms),
            moments: Vec::new(),
            actions: Vec::new(),
            task,
        }
    }

    /// Notes what is known now; to be called once before each action.
    pub fn look(&mut self) {
        let (place, turned) = self.odometer.read(&self.task.rooms);
        self.moments.push(Moment {
            sight: self.task.rooms.sight(),
            place,
            turned,
            last: self.actions.last().copied(),
            right: None,
            goal: episodes::numbers(Goal::Explore),
        });
    }

    /// Do something.
    pub fn act(&mut self, action: Action) {
        self.task.act(action);
        self.actions.push(action);
    }

    /// Somebody else has changed the world to this one. What it knew before stays as it was, and where it was put
    /// elsewhere, its wheels have not counted that.
    pub fn put_into(&mut self, rooms: Rooms) {
        self.odometer = self.odometer.lifted(self.task.rooms.pose, rooms.pose);
        self.task.rooms = rooms;
    }

    /// The mission and the last moments, at most so many.
    pub fn told(&self, most: usize) -> (&[u32], &[Moment]) {
        let from = self.moments.len().saturating_sub(most);
        (&self.words, &self.moments[from..])
    }
}
