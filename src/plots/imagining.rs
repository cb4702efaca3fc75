//! The plots of every model that imagines a world: what it imagines beside what comes about, and plans made in it.

use super::acting::{MOST_STEPS, actions_of, sheet, suggestions, task_of};
use crate::{
    data::{
        EpisodeSet,
        episodes::{self, PLAY},
    },
    error::Result,
    evaluate::imagining::{AHEAD, Drift, anything, drift, means, runs, wrong},
    model::{Asked, Expected, Future, Imagining, Planner, Search, search},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::{Curve, EpisodeMoment, PlotInput, PlotRequest, PlotSpec, View},
    worlds::rooms::{
        ACTIONS, Action, Expert, Memory, SEEN, Sight, Task,
        draw::{self, Picture},
        layout::SIDE,
        memory::Motion,
    },
};

/// Steps of random play that are shown where the reader has done nothing.
const SHOWN: usize = AHEAD;
/// Steps after which a planner ends.
const PATIENCE: usize = 40;
/// How far it searches in a page.
const LIMITS: Search = Search {
    depth: 10,
    width: 24,
};
/// Futures that are shown.
const FUTURES: usize = 4;
/// Episodes over which the drift is averaged.
const EPISODES: usize = 24;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "imagine",
            "Imagine",
            "From the first view on nothing is looked at any more. Top left is what the agent truly sees, beside it what the model takes for likeliest, below that one future drawn as the model believes; cells with an edge are not as they truly are. Bottom right the edges are the model’s own doubts. Beside each action stands how much of the view the model expects to get wrong after it. Do something, step by step.",
        )
        .with(PlotInput::Mission)
        .answered("episode"),
        PlotSpec::new(
            "plan",
            "Plan in imagination",
            "The agent has never been shown how anything is done. It tries sequences of actions in its imagination until one ends with the mission done, and follows that as long as it sees what it imagined. Beside each action stands the most that a future which begins with it promised. Top left is what it truly sees, beside it what it had imagined of it; below, how its plan ends and how another one does. Steer it, and it plans anew.",
        )
        .with(PlotInput::Mission)
        .answered("episode"),
        PlotSpec::new(
            "futures",
            "Futures",
            "Plans from the first view of this world, played in imagination, with the probability that the model gives to having done the mission at their end. Where no future does it, those come first whose end the model is least sure of: there is something to see.",
        )
        .with(PlotInput::Mission)
        .answered("clips"),
        PlotSpec::new(
            "drift",
            "Errors that grow",
            "The share of the cells in sight that are imagined wrongly, the more steps the model goes on from its own imagination; means over 24 episodes of random play, of which it has seen the first view alone. Beside it the first view unchanged, and what was remembered at the beginning, moved by rule: that is never wrong about what stays as it is, and knows nothing of what comes into view.",
        )
        .answered("chart"),
        PlotSpec::new(
            "samples",
            "Dreams",
            "Random play in imagination. Only the first view is that of a world.",
        ),
    ]
}

/// Draw one of them.
///
/// # Errors
/// [`Error::BadOption`](crate::error::Error::BadOption) for a mission that is not understood and for actions that are
/// none; what the device reports.
pub async fn answer(
    model: &dyn Imagining,
    request: &PlotRequest<'_>,
    pause: Pause,
) -> Result<View> {
    match request.plot {
        "imagine" => imagine(model, request, pause).await,
        "plan" => plan(model, request, pause).await,
        "futures" => futures(model, request, pause).await,
        "drift" => chart(model, request, pause).await,
        _ => Err(request.unknown()),
    }
}

/// 1 for each cell that is not as imagined, among those in sight or imagined to be.
fn faults(imagined: &Sight, truth: &Sight) -> Vec<f32> {
    let pairs = imagined.iter().zip(truth);
    pairs.map(|(a, b)| f32::from(u8::from(a != b))).collect()
}

/// The answer to one question.
async fn ask(model: &dyn Imagining, asked: Asked<'_>) -> Result<Option<Expected>> {
    Ok(model.expect(&[asked]).await?.into_iter().next())
}

/// What both episodes share.
struct Film {
    worlds: Vec<Picture>,
    sights: Vec<Picture>,
    moments: Vec<EpisodeMoment>,
    /// What is thought of the actions at the end.
    at_end: Vec<f32>,
}

impl Film {
    fn new() -> Self {
        Self {
            worlds: Vec::new(),
            sights: Vec::new(),
            moments: Vec::new(),
            at_end: Vec::new(),
        }
    }

    fn view(self, caption: &str, task: &Task, suggestions: Vec<String>, outcome: String) -> View {
        let mission = task.mission.to_string();
        View::Episode {
            worlds: Box::new(sheet(&self.worlds)),
            sights: Box::new(sheet(&self.sights)),
            caption: caption.into(),
            words: task.mission.words(),
            mission,
            actions: ACTIONS.iter().map(|a| a.name().into()).collect(),
            letters: ACTIONS.iter().map(|a| a.letter()).collect(),
            moments: self.moments,
            lesson: None,
            changing: None,
            at_end: self.at_end,
            outcome,
            plan: String::new(),
            suggestions,
            done: task.is_done(),
            expert_steps: None,
        }
    }
}

/// The reader's actions, or else random play, in the world and in imagination alone.
async fn imagine(model: &dyn Imagining, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let mut task = task_of(request)?;
    let given = actions_of(request.actions)?;
    let suggestions = suggestions(&task);
    let mut rng = Rng::new(request.seed, Purpose::Sample, 0);
    let steps = match given.len() {
        0 => SHOWN,
        n => n,
    };
    let mut likeliest = Memory::new(task.rooms.sight());
    let mut drawn = likeliest.clone();
    let mut doubts = vec![0.0; SEEN];
    let mut film = Film::new();
    for step in 0..=steps {
        let truth = task.rooms.sight();
        film.worlds.push(draw::world(&task.rooms, SIDE));
        let marked = |sight: &Sight| draw::sight(sight, &faults(sight, &truth));
        film.sights.push(draw::four([
            &draw::sight(&truth, &[]),
            &marked(likeliest.sight()),
            &marked(drawn.sight()),
            &draw::sight(likeliest.sight(), &doubts),
        ]));
        let part = task.part().unwrap_or(anything());
        let asked = ACTIONS.map(|action| (&likeliest, action, part));
        let expected = model.expect(&asked).await?;
        let unsure = |e: &Expected| e.doubts().iter().sum::<f32>() / SEEN as f32;
        let probabilities = expected.iter().map(unsure).collect();
        if step == steps {
            film.at_end = probabilities;
            break;
        }
        let random = episodes::random(&truth, &mut rng);
        let action = given.get(step).copied().unwrap_or(random);
        film.moments.push(EpisodeMoment {
            taken: action as u32,
            given: step < given.len(),
            probabilities,
            words: Vec::new(),
            plan: String::new(),
            expert: None,
            done: task.done as u32,
            sees: String::new(),
            in_truth: String::new(),
        });
        if let Some(one) = expected.get(action as usize) {
            doubts = one.doubts();
            let (motion, sight) = one.likeliest();
            likeliest.step(motion, sight);
        }
        if let Some(one) = ask(model, (&drawn, action, part)).await? {
            let (motion, sight) = one.draw(&mut rng);
            drawn.step(motion, sight);
        }
        task.act(action);
        pause().await;
    }
    let percent = (100.0 * wrong(likeliest.sight(), &task.rooms.sight())).round();
    let outcome = format!("Imagined wrongly in the end: {percent} % of what is in sight.");
    let caption = "Seen, imagined; one drawn, and how unsure it is";
    Ok(film.view(caption, &task, suggestions, outcome))
}

/// Actions in words.
fn said(actions: impl Iterator<Item = Action>) -> String {
    actions.map(Action::name).collect::<Vec<_>>().join(", ")
}

/// An agent that plans, unless the reader steers.
async fn plan(model: &dyn Imagining, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let mut task = task_of(request)?;
    let given = actions_of(request.actions)?;
    let suggestions = suggestions(&task);
    let possible = Expert::knowing(&task).carry_out(task.clone());
    let best = Expert::new(&task).carry_out(task.clone());
    let mut expert = Expert::new(&task);
    let mut planner = Planner::new(task.rooms.sight(), LIMITS);
    let mut imagined = task.rooms.sight();
    let mut film = Film::new();
    let patience = PATIENCE.max(given.len()).min(MOST_STEPS);
    loop {
        expert.look(&task.rooms);
        let truth = task.rooms.sight();
        film.worlds.push(draw::world(&task.rooms, SIDE));
        let over = match task.part() {
            None => None,
            _ if task.steps >= patience => None,
            _ if possible.is_err() && task.steps >= given.len() => None,
            Some(part) => planner
                .next(model, part, pause)
                .await?
                .map(|own| (part, own)),
        };
        let blank = Memory::new([0; SEEN]);
        let ends = |which: usize| {
            let plans = planner.plans().filter(|_| over.is_some());
            let future = plans.and_then(|plans| plans.futures.get(which));
            let last = future.and_then(|future| future.states.last());
            draw::sight(last.unwrap_or(&blank).sight(), &[])
        };
        film.sights.push(draw::four([
            &draw::sight(&truth, &[]),
            &draw::sight(&imagined, &faults(&imagined, &truth)),
            &ends(0),
            &ends(1),
        ]));
        let Some((part, own)) = over else {
            break;
        };
        let action = given.get(task.steps).copied().unwrap_or(own);
        let promises = planner.plans().map(|plans| plans.promises.to_vec());
        let advice = expert.next(&task).ok().flatten();
        film.moments.push(EpisodeMoment {
            taken: action as u32,
            given: task.steps < given.len(),
            probabilities: promises.unwrap_or_default(),
            words: Vec::new(),
            plan: said(planner.ahead()),
            expert: advice.map(|(action, _)| action as u32),
            done: task.done as u32,
            sees: String::new(),
            in_truth: String::new(),
        });
        if let Some(one) = ask(model, (planner.memory(), action, part)).await? {
            imagined = one.likeliest().1;
        }
        let (pose, done) = (task.rooms.pose, task.done);
        task.act(action);
        let motion = Motion::between(pose, task.rooms.pose);
        planner.saw(action, motion, task.rooms.sight());
        if task.done > done {
            planner.anew();
        }
        pause().await;
    }
    let (steps, searches) = (task.steps, planner.searches());
    let outcome = match (&possible, task.is_done()) {
        (_, true) => format!("Done. Searches in imagination: {searches}."),
        (Err(stuck), _) => format!("This cannot be done: {stuck}."),
        _ => format!("Not done after {steps} steps and {searches} searches."),
    };
    let caption = "Seen, imagined; how its plan ends, and another";
    let mut view = film.view(caption, &task, suggestions, outcome);
    if let View::Episode { expert_steps, .. } = &mut view {
        let best = best.ok().filter(Task::is_done);
        *expert_steps = best.map(|task| task.steps as u32);
    }
    Ok(view)
}

/// The futures of a search from the first view.
async fn futures(model: &dyn Imagining, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let task = task_of(request)?;
    let memory = Memory::new(task.rooms.sight());
    let part = task.part().unwrap_or(anything());
    let plans = search(model, &memory, part, LIMITS, &[], pause).await?;
    let shown: Vec<&Future> = plans.futures.iter().take(FUTURES).collect();
    let longest = shown.iter().map(|future| future.states.len()).max();
    let frames = 1 + longest.unwrap_or(0);
    let mut pictures = Vec::with_capacity(frames * shown.len());
    for future in &shown {
        let states = std::iter::once(&memory).chain(&future.states);
        let mut sights: Vec<Picture> = states.map(|m| draw::sight(m.sight(), &[])).collect();
        // A future that ends sooner waits for the others.
        while let Some(last) = sights.last().filter(|_| sights.len() < frames) {
            sights.push(last.clone());
        }
        pictures.extend(sights);
    }
    let title = |future: &&Future| {
        let (percent, steps) = ((100.0 * future.done).round(), future.actions.len());
        format!("{percent} % at step {steps}")
    };
    Ok(View::Clips {
        sheet: Box::new(super::acting::table(&pictures, frames)),
        titles: shown.iter().map(title).collect(),
        given: (0..frames).map(|frame| frame == 0).collect(),
    })
}

/// How errors grow with the steps that are imagined.
async fn chart(model: &dyn Imagining, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let set = EpisodeSet::named(PLAY, &serde_json::Value::Null)?;
    let first = request.seed as usize % episodes::TEST;
    let Drift {
        model,
        copied,
        moved,
    } = drift(model, &runs(&set, 0, first, EPISODES), pause).await?;
    let curve = |title: &str, rows: &[[f64; AHEAD]]| {
        let means = means(rows);
        Curve {
            title: title.into(),
            values: means
                .iter()
                .map(|(mean, _)| Some(100.0 * *mean as f32))
                .collect(),
            errors: means
                .iter()
                .map(|(_, error)| Some(100.0 * *error as f32))
                .collect(),
        }
    };
    let curves = vec![
        curve("Imagined", &model),
        curve("First view unchanged", &copied),
        curve("Remembered and moved by rule", &moved),
    ];
    let highest = curves
        .iter()
        .flat_map(|curve| curve.values.iter().flatten());
    let top = highest.fold(10f32, |most, v| most.max(*v));
    Ok(View::Chart {
        across: "Steps imagined".into(),
        up: "Cells imagined wrongly, %".into(),
        ticks: (1..=AHEAD).map(|k| k.to_string()).collect(),
        range: [0.0, (top / 10.0).ceil() * 10.0],
        curves,
        level: None,
    })
}
