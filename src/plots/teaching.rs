//! Learning by doing: the reader plays an episode by hand, or the agent plays and asks where it is unsure.
//!
//! What the reader does is what is right there (Pomerleau 1989). In the second case the agent acts by itself as long as
//! it is sure enough, and else waits to be told, as in confidence-based autonomy (Chernova & Veloso 2009, "Interactive
//! Policy Learning through Confidence-Based Autonomy", arXiv:1401.3439). Labels at states to which the imitator itself
//! has come are those of DAgger (Ross, Gordon & Bagnell 2011, arXiv:1011.0686).

use super::acting::{MOST_STEPS, actions_of, sheet};
use crate::{
    data::episodes::{Demonstration, LENGTH, numbers, write_line},
    error::{Error, Result},
    model::{Acting, Decision, Played},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::{EpisodeMoment, Lesson, Pending, PlotInput, PlotRequest, PlotSpec, Shown, View},
    worlds::rooms::{
        ACTIONS, Action, Expert, Task,
        draw::{self, Picture},
        expert::Goal,
        layout::{self, Naming, SIDE},
    },
};

/// Where the reader plays.
pub(super) const SHOW: &str = "show";
/// Where the agent plays and asks.
pub(super) const ASK: &str = "ask";
/// The largest threshold of doubt that can be set; no agent that has learned a little comes near an even guess.
pub const MOST_DOUBT: f32 = 0.5;
/// Worlds of a seed that can be played in.
const WORLDS: usize = 1_000_000;

/// The plot in which the reader plays.
pub(super) fn show() -> PlotSpec {
    PlotSpec::new(
        SHOW,
        "Show it yourself",
        "Play missions by hand, with the buttons or with the arrow keys, p, d and t. Each mission that you carry out is a demonstration, and your action at each moment is what is right there. Ten of them are enough to see something; then let it learn from them, from nothing or from what it knows already.",
    )
    .with(PlotInput::Demonstrations)
    .answered("episode")
}

/// The plot in which the agent asks.
pub(super) fn ask() -> PlotSpec {
    PlotSpec::new(
        ASK,
        "Let it ask",
        "The agent plays by itself. Where it is less sure than you allow, it stops and asks; your answer is taken, and kept as what is right at that moment. How unsure it is, is the entropy of its actions, as a share of that of an even guess.",
    )
    .with(PlotInput::Demonstrations)
    .along("doubt allowed")
    .answered("episode")
}

/// Actions and who took them: a large letter for the reader, a small one for the agent.
fn history(letters: &str) -> Result<Vec<(Action, bool)>> {
    let theirs = letters.chars().map(|letter| letter.is_ascii_uppercase());
    let actions = actions_of(&letters.to_ascii_uppercase())?;
    Ok(actions.into_iter().zip(theirs).collect())
}

/// An episode as far as it has come.
struct Episode {
    played: Played,
    expert: Expert,
    /// A letter for each action.
    history: String,
    worlds: Vec<Picture>,
    moments: Vec<EpisodeMoment>,
    doubts: Vec<f32>,
}

impl Episode {
    fn new(task: Task) -> Self {
        Self {
            expert: Expert::new(&task),
            played: Played::new(task),
            history: String::new(),
            worlds: Vec::new(),
            moments: Vec::new(),
            doubts: Vec::new(),
        }
    }

    fn task(&self) -> &Task {
        &self.played.task
    }

    fn is_over(&self) -> bool {
        self.task().is_done() || self.history.len() >= MOST_STEPS
    }

    /// Notes what is known now; what the expert would do.
    fn look(&mut self) -> Option<(Action, Goal)> {
        self.worlds.push(draw::world(&self.task().rooms, SIDE));
        self.played.look();
        self.expert.look(&self.played.task.rooms);
        self.expert.next(&self.played.task).ok().flatten()
    }

    /// What the agent decides now.
    async fn decide(&self, acting: &dyn Acting) -> Result<Decision> {
        let decided = acting.decide(&[self.played.told(LENGTH)]).await?;
        let none = || Error::Internal {
            reason: "an agent decided nothing".into(),
        };
        decided.into_iter().next().ok_or_else(none)
    }

    /// Do something; if it is the reader who does, it is what is right.
    fn act(
        &mut self,
        action: Action,
        theirs: bool,
        decision: Option<&Decision>,
        advice: Option<(Action, Goal)>,
    ) {
        self.moments.push(EpisodeMoment {
            taken: action as u32,
            given: theirs,
            probabilities: decision.map_or(Vec::new(), Decision::probabilities),
            words: Vec::new(),
            plan: decision.map_or(String::new(), |decision| decision.goal.to_string()),
            expert: advice.map(|(action, _)| action as u32),
            done: self.task().done as u32,
            sees: String::new(),
            in_truth: String::new(),
        });
        self.doubts.extend(decision.map(Decision::doubt));
        if let Some(moment) = self.played.moments.last_mut()
            && theirs
        {
            moment.right = Some(action);
            moment.goal = numbers(advice.map_or(Goal::Explore, |(_, goal)| goal));
        }
        let letter = action.letter();
        self.history.push(match theirs {
            true => letter,
            false => letter.to_ascii_lowercase(),
        });
        self.played.act(action);
    }

    /// It as a line, if it has ended and there is something to learn in it.
    fn line(&self, seed: u64, number: u64, asks: bool) -> Result<Option<String>> {
        let done = self.task().is_done();
        let answered = self.moments.iter().any(|moment| moment.given);
        if !self.is_over() || !answered || !(done || asks) {
            return Ok(None);
        }
        let Played {
            task,
            moments,
            actions,
            ..
        } = &self.played;
        let place = (seed, number, done);
        write_line(moments, actions, &task.mission, &[], place).map(Some)
    }

    fn view(self, lesson: Lesson, expert_steps: Option<u32>) -> View {
        let task = self.task();
        let outcome = match (task.is_done(), self.is_over()) {
            (true, _) => "Done.",
            (_, true) => "Not done after 64 steps.",
            _ => "",
        };
        let sights = self.played.moments.iter();
        let mut sights: Vec<Picture> = sights.map(|m| draw::sight(&m.sight, &[])).collect();
        // The end is seen as well.
        if sights.len() < self.worlds.len() {
            sights.push(draw::sight(&task.rooms.sight(), &[]));
        }
        View::Episode {
            worlds: Box::new(sheet(&self.worlds)),
            sights: Box::new(sheet(&sights)),
            caption: "What it sees".into(),
            mission: task.mission.to_string(),
            words: task.mission.words(),
            actions: ACTIONS.iter().map(|a| a.name().into()).collect(),
            letters: ACTIONS.iter().map(|a| a.letter()).collect(),
            outcome: outcome.into(),
            plan: String::new(),
            suggestions: Vec::new(),
            done: task.is_done(),
            expert_steps,
            moments: self.moments,
            lesson: Some(Box::new(lesson)),
            changing: None,
            at_end: Vec::new(),
        }
    }
}

/// Draw one of them: the world of the seed with the number that is asked for, and what has been done in it. The agent
/// goes on by itself until it is unsure, where it asks.
///
/// # Errors
/// [`Error::BadOption`] for actions that are none and for a number that is too large; [`Error::BadData`] for lines that
/// are no episodes; what the device reports.
pub async fn answer(acting: &dyn Acting, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let asks = request.plot == ASK;
    if request.count >= WORLDS {
        let reason = format!("it must lie below {WORLDS}");
        return Err(Error::bad_option("count", request.count, reason));
    }
    let threshold = MOST_DOUBT * request.at.clamp(0.0, 1.0);
    let given = history(request.actions)?;
    let own = Demonstration::read(request.lines)?;
    let number = request.count as u64;
    let task = layout::draw(request.seed, number, None, Naming::Said);
    let best = Expert::new(&task).carry_out(task.clone());
    let mut episode = Episode::new(task);
    let mut pending = None;
    let mut given = given.into_iter();
    loop {
        if episode.is_over() {
            episode
                .worlds
                .push(draw::world(&episode.task().rooms, SIDE));
            break;
        }
        let advice = episode.look();
        let next = given.next();
        let decision = match asks {
            true => Some(episode.decide(acting).await?),
            false => None,
        };
        let doubt = decision.as_ref().map_or(0.0, Decision::doubt);
        let (action, theirs) = match (next, &decision) {
            (Some(next), _) => next,
            (None, Some(decision)) if doubt <= threshold => {
                let mut rng = Rng::new(request.seed, Purpose::Sample, episode.history.len() as u64);
                (decision.draw(0.0, &mut rng), false)
            }
            (None, decision) => {
                pending = Some(Pending {
                    probabilities: decision
                        .as_ref()
                        .map_or(Vec::new(), Decision::probabilities),
                    doubt,
                    expert: advice.map(|(action, _)| action.letter()),
                });
                break;
            }
        };
        episode.act(action, theirs, decision.as_ref(), advice);
        pause().await;
    }
    let lesson = Lesson {
        history: episode.history.clone(),
        pending,
        doubts: episode.doubts.clone(),
        threshold,
        line: episode.line(request.seed, number, asks)?,
        asks,
        own: own.iter().map(shown).collect(),
    };
    let steps = best.ok().filter(Task::is_done).map(|task| task.steps);
    Ok(episode.view(lesson, steps.map(|steps| steps as u32)))
}

/// A demonstration for people.
fn shown(demonstration: &Demonstration) -> Shown {
    Shown {
        mission: demonstration.mission.clone(),
        steps: demonstration.episode.moments.len() as u32,
        answers: demonstration.answers() as u32,
        done: demonstration.done,
        held_out: demonstration.held_out,
    }
}
