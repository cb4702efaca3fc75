//! Episodes: what an expert does in rooms, told in words to do something.
//!
//! There is no end to them: worlds, missions and mishaps are drawn from a seed. What is to be learned is the expert's
//! next action. Sometimes a random action is taken instead, and the expert goes on from there, so that a learner sees
//! how to recover (Laskey et al. 2017, "DART: Noise Injection for Robust Imitation Learning", arXiv:1703.09327): at
//! its own mistakes it will be in places where the expert alone would never have been.

mod lines;
mod own;
mod play;
mod sayings;

pub use lines::{MOST_LINES, read_lines, write_line};
pub use own::{Demonstration, MOST_OWN, is_own};
pub use play::{random, random_play, weights};
pub use sayings::{END, Saying, sayings};

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Batch, DataInfo, Space};
use crate::{
    error::Result,
    options::{self, Options},
    rng::{Purpose, Rng},
    worlds::rooms::{
        ACTIONS, Action, COLOURS, Expert, Noun, Pose, Rooms, Sight, Task,
        expert::{Goal, MOST_STEPS},
        layout::{self, Naming},
        mission::Sort,
    },
};

/// The name of the data set.
pub const NAME: &str = "rooms";
/// The name of that in which nobody is after anything: random play, without an expert.
pub const PLAY: &str = "rooms-play";
/// Moments of an episode that are learned from, at most.
pub const LENGTH: usize = 64;
/// Episodes that are held out.
pub const TEST: usize = 500;
/// The furthest that a place counts from where the episode began, in cells.
pub const FAR: usize = 15;
/// Numbers of the goals' verbs, colours (and none), and sorts (and none).
pub const GOALS: [usize; 3] = [5, COLOURS.len() + 1, Sort::ALL.len() + 1];
/// The seed of held-out worlds; no training draws from it.
const HELD_OUT: u64 = 0x5241_0000_0000_0000;
/// The seed of those by which recipes are chosen.
const FOR_CHOICE: u64 = 0x5241_0000_0000_0001;

/// Whether data of this name is made here.
pub fn is_episodes(name: &str) -> bool {
    name == NAME || name == PLAY
}

/// Options of the data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EpisodeOptions {
    /// Share of the steps in which something else is done than the expert would; random play has no expert.
    #[schemars(title = "Mishaps", range(min = 0.0, max = 0.5))]
    pub mishaps: f64,
    /// Share of the episodes that the expert plays anew, where there are others to learn from.
    #[schemars(title = "Share of the expert", range(min = 0.0, max = 1.0))]
    pub expert: f64,
}

impl Default for EpisodeOptions {
    fn default() -> Self {
        Self {
            mishaps: 0.1,
            expert: 0.5,
        }
    }
}

impl Options for EpisodeOptions {}

/// What an agent knows at one moment, and what the expert would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What it sees.
    pub sight: Sight,
    /// How far before and to the right of where it began it stands, as it looked then, in cells.
    pub place: [i8; 2],
    /// Quarters that it has turned to the right since, 0 to 3.
    pub turned: u8,
    /// What it did last; nothing at the beginning.
    pub last: Option<Action>,
    /// What the expert, or whoever shows it, would do; nothing where nobody was asked.
    pub right: Option<Action>,
    /// What the expert is up to, as numbers: see [`GOALS`].
    pub goal: [u8; 3],
}

/// What happened in a world, with the mission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episode {
    /// Words of the mission, as places in [`WORDS`](crate::worlds::rooms::mission::WORDS).
    pub words: Vec<u32>,
    /// What happened.
    pub moments: Vec<Moment>,
}

/// Where an agent stands as it knows it itself, from where it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odometer {
    /// Column and row of where it believes that it began.
    begun: [isize; 2],
    /// Which way it believes that it looked then.
    facing: u8,
}

impl Odometer {
    /// At the beginning.
    pub fn new(rooms: &Rooms) -> Self {
        let Pose { x, y, facing } = rooms.pose;
        Self {
            begun: [x, y].map(isize::from),
            facing,
        }
    }

    /// How far before and to the right of it a pose is, and how turned.
    fn gone(self, to: Pose) -> ([isize; 2], u8) {
        let [dx, dy] = [to.x as isize - self.begun[0], to.y as isize - self.begun[1]];
        let [ax, ay] = Pose::ahead(self.facing);
        let turned = (to.facing + 4 - self.facing) % 4;
        ([dx * ax + dy * ay, dy * ax - dx * ay], turned)
    }

    /// How far before and to the right of it it stands now, and how it has turned.
    pub fn read(self, rooms: &Rooms) -> ([i8; 2], u8) {
        let (place, turned) = self.gone(rooms.pose);
        let far = |v: isize| v.clamp(-(FAR as isize), FAR as isize) as i8;
        (place.map(far), turned)
    }

    /// It was lifted from one pose to another, of which its wheels noticed nothing.
    #[must_use]
    pub fn lifted(self, from: Pose, to: Pose) -> Self {
        let ([before, right], turned) = self.gone(from);
        let facing = (to.facing + 4 - turned) % 4;
        let [ax, ay] = Pose::ahead(facing);
        let begun = [
            to.x as isize - before * ax + right * ay,
            to.y as isize - before * ay - right * ax,
        ];
        Self { begun, facing }
    }
}

/// A goal as numbers.
pub fn numbers(goal: Goal) -> [u8; 3] {
    let of = |noun: Noun| {
        let colour = noun.colour.map_or(COLOURS.len() as u8, |c| c);
        [colour, noun.sort.place() as u8]
    };
    let none = [COLOURS.len() as u8, Sort::ALL.len() as u8];
    let (verb, [colour, sort]) = match goal {
        Goal::Explore => (0, none),
        Goal::GoTo(noun) => (1, of(noun)),
        Goal::PickUp(noun) => (2, of(noun)),
        Goal::Open(noun) => (3, of(noun)),
        Goal::Drop => (4, none),
    };
    [verb, colour, sort]
}

/// The goal of numbers; of those that do not fit together the nearest.
pub fn goal_of([verb, colour, sort]: [u8; 3]) -> Goal {
    let noun = Noun {
        sort: Sort::ALL[usize::from(sort).min(Sort::ALL.len() - 1)],
        colour: (usize::from(colour) < COLOURS.len()).then_some(colour),
    };
    match verb {
        1 => Goal::GoTo(noun),
        2 => Goal::PickUp(noun),
        3 => Goal::Open(noun),
        4 => Goal::Drop,
        _ => Goal::Explore,
    }
}

/// What the expert does with a task, but for `mishaps` of its steps.
pub fn played(mut task: Task, mishaps: f64, rng: &mut Rng) -> Episode {
    let odometer = Odometer::new(&task.rooms);
    let mut expert = Expert::new(&task);
    let words = task.mission.tokens();
    let (mut moments, mut last) = (Vec::new(), None);
    while task.steps < MOST_STEPS && moments.len() < LENGTH {
        expert.look(&task.rooms);
        // A mishap may have made it impossible.
        let Ok(Some((right, goal))) = expert.next(&task) else {
            break;
        };
        let (place, turned) = odometer.read(&task.rooms);
        moments.push(Moment {
            sight: task.rooms.sight(),
            place,
            turned,
            last,
            right: Some(right),
            goal: numbers(goal),
        });
        let taken = match rng.unit() < mishaps {
            true => ACTIONS[rng.below(ACTIONS.len())],
            false => right,
        };
        task.act(taken);
        last = Some(taken);
    }
    Episode { words, moments }
}

/// Episodes without end, and [`TEST`] in worlds of another seed.
#[derive(Debug, Clone)]
pub struct EpisodeSet {
    /// Name and options.
    pub info: DataInfo,
    options: EpisodeOptions,
    /// Episodes that were played elsewhere, which are learned from besides the expert's.
    played: Arc<[Episode]>,
    /// Those among them that are held out instead of the expert's, if any are.
    kept: Arc<[Episode]>,
    held_out: u64,
}

impl EpisodeSet {
    /// Those of an expert, with these options.
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::error::Error::BadOption).
    pub fn new(options: &serde_json::Value) -> Result<Self> {
        Self::named(NAME, options)
    }

    /// Those called `name`, with these options.
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::error::Error::BadOption).
    pub fn named(name: &str, options: &serde_json::Value) -> Result<Self> {
        let options = EpisodeOptions::from_json(options)?;
        let info = DataInfo {
            options: options::to_json(&options)?,
            ..DataInfo::new(name, Space::Episodes { steps: LENGTH })
        };
        Ok(Self {
            info,
            options,
            played: Arc::new([]),
            kept: Arc::new([]),
            held_out: HELD_OUT,
        })
    }

    /// All that is learned from but the expert's share is drawn from these episodes, which somebody else than the
    /// expert may have played: what the expert would have done stands in them (Ross, Gordon & Bagnell 2011, "A Reduction of
    /// Imitation Learning and Structured Prediction to No-Regret Online Learning", arXiv:1011.0686). `sha256` is that of
    /// their file.
    pub fn with(mut self, episodes: Vec<Episode>, sha256: String) -> Self {
        self.played = episodes.into();
        self.info.sha256 = sha256;
        self
    }

    /// See [`Dataset::for_choice`](super::Dataset::for_choice).
    pub(super) fn for_choice(mut self) -> Self {
        self.held_out = FOR_CHOICE;
        self
    }

    /// Episode `number` of those to learn from with a seed.
    pub fn draw(&self, seed: u64, number: u64) -> Episode {
        let mut rng = Rng::new(seed, Purpose::Data, number);
        if !self.played.is_empty() && rng.unit() >= self.options.expert {
            return self.played[rng.below(self.played.len())].clone();
        }
        let task = layout::draw(seed & !(0xffff << 48), number, None, Naming::Said);
        match self.is_play() {
            true => random_play(task, &mut rng),
            false => played(task, self.options.mishaps, &mut rng),
        }
    }

    /// Whether it is random play.
    fn is_play(&self) -> bool {
        self.info.name == PLAY
    }

    /// Held-out task `i`: a world and a mission.
    pub fn task(&self, i: usize) -> Task {
        layout::draw(self.held_out, i as u64, None, Naming::Said)
    }

    /// Held-out episodes.
    pub fn test_len(&self) -> usize {
        match self.kept.len() {
            0 => TEST,
            kept => kept.min(TEST),
        }
    }

    /// Held-out episode `i` of [`EpisodeSet::test_len`], without mishaps.
    pub fn held_out(&self, i: usize) -> Episode {
        if let Some(episode) = self.kept.get(i) {
            return episode.clone();
        }
        match self.is_play() {
            true => random_play(
                self.task(i),
                &mut Rng::new(self.held_out, Purpose::TestSet, i as u64),
            ),
            false => played(self.task(i), 0.0, &mut Rng::new(0, Purpose::TestSet, 0)),
        }
    }

    /// The seed of its held-out worlds.
    pub fn seed(&self) -> u64 {
        self.held_out
    }

    /// Episodes as a batch.
    pub(super) fn batch(episodes: impl Iterator<Item = Episode>) -> Batch {
        Batch::Episodes {
            episodes: episodes.collect(),
        }
    }
}
