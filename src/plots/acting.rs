//! The plot of every model that acts: it is told what to do, and one watches it.

use crate::{
    data::episodes::LENGTH,
    error::{Error, Result},
    model::{Acting, Played},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::{EpisodeMoment, PlotInput, PlotRequest, PlotSpec, View, grid_of_bytes},
    worlds::rooms::{
        ACTIONS, Action, Cell, Expert, Mission, Noun, Part, SIGHT, Task,
        draw::{self, Picture},
        layout::{self, Naming, SIDE},
    },
};

/// Steps after which an episode ends.
const MOST_STEPS: usize = 64;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "follow",
            "Follow an instruction",
            "The agent sees no more than the bright cells before it, and none behind walls and closed doors. At each step it reads the mission, looks at what is in sight and back at what it has seen and done, and takes the likeliest action. Words and cells are marked by how much it attends to them, on average over its layers and heads. Take the controls at any step, and see how it goes on from there.",
        )
        .with(PlotInput::Mission)
        .answered("episode"),
    ]
}

/// The world of a seed, with the mission that was asked for, if one was.
fn task_of(request: &PlotRequest<'_>) -> Result<Task> {
    let task = layout::draw(request.seed, 0, None, Naming::Said);
    match request.text.trim() {
        "" => Ok(task),
        text => Ok(Task::new(task.rooms, Mission::parse(text)?)),
    }
}

/// Actions by their letters.
fn actions_of(letters: &str) -> Result<Vec<Action>> {
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
/// [`Error::BadOption`] for a mission that is not understood and for actions that are none; what the device reports.
pub async fn answer(acting: &dyn Acting, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let task = task_of(request)?;
    let given = actions_of(request.actions)?;
    let suggestions = suggestions(&task);
    let possible = Expert::knowing(&task).carry_out(task.clone());
    let best = Expert::new(&task).carry_out(task.clone());
    let mut expert = Expert::new(&task);
    let mut played = Played::new(task);
    let (mut moments, mut worlds) = (Vec::new(), Vec::new());
    loop {
        played.look();
        worlds.push(draw::world(&played.task.rooms, SIDE));
        expert.look(&played.task.rooms);
        let step = played.actions.len();
        let over = played.task.is_done() || step >= MOST_STEPS;
        if over || (possible.is_err() && step >= given.len()) {
            break;
        }
        let decision = acting.decide(&[played.told(LENGTH)]).await?;
        let Some(decision) = decision.into_iter().next() else {
            break;
        };
        let mut rng = Rng::new(request.seed, Purpose::Sample, step as u64);
        let own = given.get(step).copied();
        let action = own.unwrap_or_else(|| decision.draw(0.0, &mut rng));
        let advice = expert.next(&played.task).ok().flatten();
        moments.push(EpisodeMoment {
            taken: action as u32,
            given: own.is_some(),
            probabilities: decision.probabilities(),
            words: Vec::new(),
            plan: decision.goal.to_string(),
            expert: advice.map(|(action, _)| action as u32),
            done: played.task.done as u32,
        });
        played.act(action);
        pause().await;
    }
    // The end is not decided about.
    let from = moments.len().saturating_sub(LENGTH);
    let decided = &played.moments[from..moments.len()];
    let attended = match decided.is_empty() {
        true => Vec::new(),
        false => acting.attends(&played.words, decided).await?,
    };
    for (moment, attended) in moments.iter_mut().skip(from).zip(&attended) {
        moment.words = attended.words.clone();
    }
    let sights = played.moments.iter().enumerate().map(|(i, moment)| {
        let cells = i.checked_sub(from).and_then(|i| attended.get(i));
        let weights = cells.map_or(&[][..], |attended| &attended.cells);
        draw::sight(&moment.sight, weights)
    });
    let sights: Vec<Picture> = sights.collect();
    let outcome = match (&possible, played.task.is_done()) {
        (_, true) => "Done.".into(),
        (Err(stuck), _) => format!("This cannot be done: {stuck}."),
        _ => "Not done after 64 steps.".into(),
    };
    let expert_steps = best
        .ok()
        .filter(Task::is_done)
        .map(|task| task.steps as u32);
    Ok(View::Episode {
        worlds: Box::new(sheet(&worlds, SIDE)),
        sights: Box::new(sheet(&sights, SIGHT)),
        mission: played.task.mission.to_string(),
        words: played.task.mission.words(),
        actions: ACTIONS.iter().map(|a| a.name().into()).collect(),
        letters: ACTIONS.iter().map(|a| a.letter()).collect(),
        moments,
        outcome,
        suggestions,
        done: played.task.is_done(),
        expert_steps,
    })
}

/// Missions about what lies in a world: nothing twice, and not too many.
fn suggestions(task: &Task) -> Vec<String> {
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

/// Pictures in a row.
fn sheet(pictures: &[Picture], cells: usize) -> View {
    let side = cells * draw::TILE;
    let channel = |picture: &Picture, c: usize| {
        let values = picture.rgb.iter().skip(c).step_by(3);
        values.copied().collect::<Vec<u8>>()
    };
    let bytes = pictures
        .iter()
        .flat_map(|picture| (0..3).flat_map(|c| channel(picture, c)));
    let bytes: Vec<u8> = bytes.collect();
    grid_of_bytes(&bytes, [pictures.len(), 3, side, side], pictures.len())
}
