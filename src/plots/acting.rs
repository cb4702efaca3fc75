//! The plot of every model that acts: it is told what to do, and one watches it.

use super::{changing::Changes, seeing::captions, success, teaching};
use crate::{
    data::episodes::LENGTH,
    error::{Error, Result},
    model::{Acting, Played},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::{EpisodeMoment, PlotInput, PlotRequest, PlotSpec, View, grid_of_bytes},
    worlds::rooms::{
        ACTIONS, Action, Cell, Change, Expert, Mission, Noun, Part, Rooms, Task,
        draw::{self, Picture},
        expert::Goal,
        layout::{self, Naming, SIDE},
        mission::MOST_OF_PLAN,
    },
};

/// Steps after which an episode ends.
pub(super) const MOST_STEPS: usize = 64;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "follow",
            "Follow an instruction",
            "The agent sees no more than the bright cells before it, and none behind walls and closed doors. At each step it reads the mission, looks at what is in sight and back at what it has seen and done, and takes the likeliest action. Words and cells are marked by how much it attends to them, on average over its layers and heads. Take the controls at any step, and see how it goes on from there; or change the world under it, at any step.",
        )
        .with(PlotInput::Mission)
        .answered("episode"),
        teaching::show(),
        teaching::ask(),
        success::spec(),
    ]
}

/// The world of a seed, with the mission that was asked for, if one was.
pub(super) fn task_of(request: &PlotRequest<'_>) -> Result<Task> {
    let task = layout::draw(request.seed, 0, None, Naming::Said);
    match request.text.trim() {
        "" => Ok(task),
        text => Ok(Task::new(task.rooms, Mission::parse_plan(text)?)),
    }
}

/// Actions by their letters.
pub(super) fn actions_of(letters: &str) -> Result<Vec<Action>> {
    let bad = |reason: &str| Err(Error::bad_option("actions", letters, reason));
    if letters.len() > MOST_STEPS {
        return bad("64 actions are the most");
    }
    let actions: Option<Vec<Action>> = letters.chars().map(Action::of_letter).collect();
    match actions {
        Some(actions) => Ok(actions),
        None => bad("its letters are L, R, F, P, D and T"),
    }
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadOption`] for a mission that is not understood, for actions that are none and for changes that cannot be
/// made; what the device reports.
pub async fn answer(acting: &dyn Acting, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let task = task_of(request)?;
    let given = actions_of(request.actions)?;
    let all = Change::parse_all(request.changes)?;
    let mut changes = Changes::new(&task, &all);
    let suggestions = suggestions(&task);
    let best = Expert::new(&task).carry_out(task.clone());
    let mut expert = Expert::new(&task);
    let mut stages = Stages::new(&task);
    let mut task = task;
    let (mut moments, mut worlds, mut goals) = (Vec::new(), Vec::new(), Vec::new());
    let mut following = None;
    let mut decided_at = Vec::new();
    loop {
        let step = task.steps;
        let over = task.is_done() || step >= MOST_STEPS;
        // The world is another before it is looked at.
        let touched = changes.make(&mut task, over)?;
        if !touched.is_empty() {
            stages.put_into(&task.rooms);
        }
        changes.note(&task.rooms);
        let played = stages.now(&task);
        played.look();
        let mut world = draw::world(&task.rooms, SIDE);
        draw::edge(&mut world, &task.rooms, &touched);
        worlds.push(world);
        expert.look(&task.rooms);
        let stuck = changes.stuck().is_some() && step >= given.len() && !changes.more();
        if over || stuck {
            break;
        }
        if played.moments.len() == 1 {
            following = Some(acting.follow(&played.words));
        }
        let (Some(following), Some(now)) = (&mut following, played.moments.last()) else {
            break;
        };
        let decision = following.next(now).await?;
        let mut rng = Rng::new(request.seed, Purpose::Sample, step as u64);
        let own = given.get(step).copied();
        let action = own.unwrap_or_else(|| decision.draw(0.0, &mut rng));
        let advice = expert.next(&task).ok().flatten();
        goals.push(decision.goal);
        moments.push(EpisodeMoment {
            taken: action as u32,
            given: own.is_some(),
            probabilities: decision.probabilities(),
            words: Vec::new(),
            plan: decision.goal.to_string(),
            expert: advice.map(|(action, _)| action as u32),
            done: task.done as u32,
            sees: String::new(),
            in_truth: String::new(),
        });
        decided_at.extend(played.moments.last().map(|moment| moment.sight));
        played.act(action);
        task.act(action);
        pause().await;
    }
    let captions = captions(acting, &decided_at).await?;
    for (moment, [sees, in_truth]) in moments.iter_mut().zip(captions) {
        (moment.sees, moment.in_truth) = (sees, in_truth);
    }
    let words = task.mission.words();
    let (mut sights, mut decided) = (Vec::new(), moments.iter_mut());
    for (stage, first) in stages.with_first_words() {
        // The end is not decided about.
        let steps = stage.actions.len();
        let from = steps.saturating_sub(LENGTH);
        let attended = match &stage.moments[from..steps] {
            [] => Vec::new(),
            these => acting.attends(&stage.words, these).await?,
        };
        for (i, moment) in stage.moments.iter().enumerate() {
            let there = i.checked_sub(from).and_then(|i| attended.get(i));
            let cells = there.map_or(&[][..], |attended| &attended.cells);
            sights.push(draw::sight(&moment.sight, cells));
            let Some(shown) = (i < steps).then(|| decided.next()).flatten() else {
                continue;
            };
            if let Some(there) = there {
                shown.words = vec![0.0; words.len()];
                shown.words[first..first + there.words.len()].copy_from_slice(&there.words);
            }
        }
    }
    let outcome = match (changes.stuck(), task.is_done()) {
        (_, true) => "Done.".into(),
        (Some(stuck), _) => format!("This cannot be done: {stuck}."),
        _ => "Not done after 64 steps.".into(),
    };
    // In a world that has changed the expert would have taken another way.
    let best = best.ok().filter(|task| task.is_done() && !changes.any());
    let expert_steps = best.map(|task| task.steps as u32);
    Ok(View::Episode {
        worlds: Box::new(sheet(&worlds)),
        sights: Box::new(sheet(&sights)),
        caption: "What it sees, and where it looks".into(),
        mission: task.mission.to_string(),
        words,
        actions: ACTIONS.iter().map(|a| a.name().into()).collect(),
        letters: ACTIONS.iter().map(|a| a.letter()).collect(),
        moments,
        outcome,
        plan: plan_of(&goals),
        suggestions,
        done: task.is_done(),
        expert_steps,
        lesson: None,
        changing: Some(Box::new(changes.told())),
        at_end: Vec::new(),
    })
}

/// What an agent is told of a task, stage by stage: all of a mission at once, of a longer plan a part at a time, each
/// without what was before it.
struct Stages {
    missions: Vec<Mission>,
    /// Those that have begun.
    played: Vec<Played>,
}

impl Stages {
    fn new(task: &Task) -> Self {
        Self {
            missions: task.mission.told(),
            played: Vec::new(),
        }
    }

    /// The world is another one: what is under way goes on in it.
    fn put_into(&mut self, rooms: &Rooms) {
        if let Some(last) = self.played.last_mut() {
            last.put_into(rooms.clone());
        }
    }

    /// The stage at hand, the next one if the last is done.
    fn now(&mut self, task: &Task) -> &mut Played {
        let next = match self.played.last() {
            Some(last) if !last.task.is_done() => None,
            _ => self.missions.get(self.played.len()).cloned(),
        };
        if let Some(mission) = next {
            self.played
                .push(Played::new(Task::new(task.rooms.clone(), mission)));
        }
        let at = self.played.len() - 1;
        &mut self.played[at]
    }

    /// The stages that have begun, and where the words of each begin among those of the whole.
    fn with_first_words(&self) -> impl Iterator<Item = (&Played, usize)> {
        self.played.iter().scan(0, |first, stage| {
            let at = *first;
            // Between two parts stands “then”.
            *first += stage.words.len() + 1;
            Some((stage, at))
        })
    }
}

/// What was said of goals, one after the other, as a mission. Looking around and laying down belong to the other goals.
fn plan_of(goals: &[Goal]) -> String {
    let mut parts: Vec<Part> = Vec::new();
    for goal in goals {
        let part = match *goal {
            Goal::GoTo(noun) => Part::GoTo(noun),
            Goal::PickUp(noun) => Part::PickUp(noun),
            Goal::Open(noun) => Part::Open(noun),
            Goal::Explore | Goal::Drop => continue,
        };
        let alone = Mission { parts: vec![part] }.to_string();
        let understood = Mission::parse(&alone).is_ok();
        if understood && parts.last() != Some(&part) && parts.len() < MOST_OF_PLAN {
            parts.push(part);
        }
    }
    Mission { parts }.to_string()
}

/// Missions about what lies in a world: nothing twice, and not too many.
pub(super) fn suggestions(task: &Task) -> Vec<String> {
    /// The most.
    const MOST: usize = 5;
    let mut parts: Vec<Part> = Vec::new();
    for (i, (_, cell)) in task.rooms.cells().enumerate() {
        let part = match (Noun::in_cell(cell), cell) {
            (Some(noun), Cell::Door(..)) => Part::Open(noun),
            (Some(noun), _) if i % 2 == 0 => Part::PickUp(noun),
            (Some(noun), _) => Part::GoTo(noun),
            (None, _) => continue,
        };
        if !parts.contains(&part) && parts.len() < MOST {
            parts.push(part);
        }
    }
    let one = |&part: &Part| Mission { parts: vec![part] };
    let mut all: Vec<Mission> = parts.iter().map(one).collect();
    if let [first, .., last] = parts[..] {
        all.push(Mission {
            parts: vec![first, last],
        });
    }
    all.iter().map(Mission::to_string).collect()
}

/// Pictures of one size in a row.
pub(super) fn sheet(pictures: &[Picture]) -> View {
    table(pictures, pictures.len())
}

/// Pictures of one size in rows of so many.
pub(super) fn table(pictures: &[Picture], columns: usize) -> View {
    let side = pictures.first().map_or(0, |picture| picture.side);
    let bytes: Vec<Vec<u8>> = pictures.iter().map(Picture::channels).collect();
    let bytes = bytes.concat();
    grid_of_bytes(&bytes, [pictures.len(), 3, side, side], columns)
}
