//! `playground evaluate` for models that act, and `playground rollout`.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{Place, bar::bar, card, files::write, manifest, speech, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{
        Dataset, EpisodeSet, PathSet,
        episodes::{numbers, write_line},
        paths,
    },
    error::{Error, Result},
    evaluate::acting::{MOST_STEPS, Success, agreement, success},
    model::Played,
    rng::{Purpose, Rng},
    worlds::rooms::{
        Change, Expert, Mission, Task,
        layout::{self, Form, Naming, UNSAID},
    },
};

/// Missions of each form that are measured.
const COUNT: usize = 500;
/// Held-out episodes along which its next action is compared with the expert's.
const EPISODES: usize = 200;

/// What is measured: its name in the manifest, what it is, which missions, and the goal in hundredths.
const MEASURED: [(&str, &str, Option<Form>, Naming, f64); 5] = [
    ("goTo", "go to", Some(Form::GoTo), Naming::Said, 98.0),
    ("pickUp", "pick up", Some(Form::PickUp), Naming::Said, 98.0),
    ("openDoor", "open", Some(Form::Open), Naming::Said, 98.0),
    ("twoParts", "two parts", Some(Form::Two), Naming::Said, 90.0),
    (
        "unsaid",
        "colour and thing never named together",
        None,
        Naming::Unsaid,
        85.0,
    ),
];

/// Measure how often a model does what it is told.
///
/// # Errors
/// What the model and the data say.
pub fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let mut set = EpisodeSet::named(&meta.data.name, &meta.data.options)?;
    if id.contains("-choice") {
        let Dataset::Episodes(choice) = Dataset::Episodes(set).for_choice() else {
            return Ok(());
        };
        set = choice;
    }
    let seed = set.seed();
    say!("{id}: {} parameters", model.num_params());
    let bar = bar(MEASURED.len());
    let mut found = Vec::new();
    for (i, &(.., form, naming, _)) in MEASURED.iter().enumerate() {
        found.push(pollster::block_on(success(
            &*model, seed, form, naming, COUNT,
        ))?);
        bar.set_position(i as u64 + 1);
    }
    let episodes: Vec<_> = (0..EPISODES).map(|i| set.held_out(i)).collect();
    let agreed = pollster::block_on(agreement(&*model, &episodes))?;
    bar.finish_and_clear();
    for ((_, name, .., goal), success) in MEASURED.iter().zip(&found) {
        say!(
            "{name:<38} {:.1} % of {} (goal {goal} %), {:.3} times the expert's steps",
            success.percent(),
            success.count,
            success.steps_ratio()
        );
    }
    let spoken = speech::measure(&*model, &set)?;
    let steps = steps_ratio(&found);
    say!("{:<38} {steps:.3}", "steps beside the expert's");
    say!("{:<38} {:.1} %", "next action as the expert's", agreed[0]);
    say!("{:<38} {:.1} %", "plan in words as the expert's", agreed[1]);
    if let Some(mut entry) = entry {
        let rounded = |value: f64, by: f64| json!((value * by).round() / by);
        for ((key, ..), success) in MEASURED.iter().zip(&found) {
            entry
                .metrics
                .insert((*key).into(), rounded(success.percent(), 10.0));
        }
        entry
            .metrics
            .insert("stepsRatio".into(), rounded(steps, 1000.0));
        entry
            .metrics
            .insert("sameAction".into(), rounded(agreed[0], 10.0));
        entry
            .metrics
            .insert("samePlan".into(), rounded(agreed[1], 10.0));
        let mut card = page(&entry, &meta, &found, agreed);
        if let Some(spoken) = &spoken {
            for (key, value) in speech::metrics(spoken) {
                entry.metrics.insert(key.into(), rounded(value, 10.0));
            }
            card += &speech::page(spoken);
        }
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// Steps of all missions that were done as a multiple of the expert's.
fn steps_ratio(found: &[Success]) -> f64 {
    let sum = |of: fn(&Success) -> usize| found.iter().map(of).sum::<usize>() as f64;
    sum(|s| s.steps) / sum(|s| s.expert).max(1.0)
}

/// The card that is served beside the checkpoint.
fn page(entry: &manifest::ModelEntry, meta: &Meta, found: &[Success], agreed: [f64; 2]) -> String {
    let batch = meta.train["batch_size"].as_u64().unwrap_or(0);
    let mishaps = meta.data.options["mishaps"].as_f64().unwrap_or(0.0);
    let never: Vec<String> = UNSAID
        .iter()
        .map(|&(colour, sort)| {
            let colour = crate::worlds::rooms::COLOURS[usize::from(colour)];
            format!("{colour} {}", sort.word())
        })
        .collect();
    let data = format!(
        "episodes of an expert in worlds of one to four rooms that are drawn from a seed without end; at {:.0} % of the \
         steps a random action is taken instead, and the expert goes on from there. No mission names a {}",
        100.0 * mishaps,
        never.join(", a ")
    );
    let training = format!(
        "{} steps of {batch} episodes ({:.0} thousand episodes), {:.0} minutes on a processor",
        meta.step,
        meta.seen as f64 / 1e3,
        meta.seconds / 60.0
    );
    let mut rows = String::new();
    for ((_, name, .., goal), success) in MEASURED.iter().zip(found) {
        let _ = writeln!(
            rows,
            "| {name} | {:.1} % | {goal} % | {:.3} |",
            success.percent(),
            success.steps_ratio()
        );
    }
    format!(
        "{head}\
         Missions that are done within {MOST_STEPS} steps, in hundredths, {COUNT} of each kind in worlds of a seed from \
         which nothing was learned, with the likeliest action at each step; `playground evaluate`. Only missions count \
         that the expert does within as many steps without knowing the world. Steps are those of missions that were done, \
         as a multiple of what the expert takes for the same. Higher is better, but fewer steps are.\n\n\
         | missions | this checkpoint | goal | steps beside the expert's |\n|---|---|---|---|\n{rows}\
         | all | | | {:.3} (goal 1.15) |\n\n\
         Along {EPISODES} episodes of the expert its likeliest action is the expert's at {:.1} % of the moments, and what it \
         says that it is up to is what the expert says at {:.1} %.\n",
        steps_ratio(found),
        agreed[0],
        agreed[1],
        head = card::head(entry, meta, "", &data, &training),
    )
}

/// Where something is done.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum World {
    /// Rooms.
    Rooms,
    /// The maze.
    Maze,
}

/// What `playground rollout` is asked.
#[derive(clap::Args)]
pub struct Arguments {
    /// Name of a shipped checkpoint, or a .safetensors file; without one the expert acts.
    id: Option<String>,
    /// The world; in the maze it is the expert that goes.
    #[arg(long, value_enum, default_value_t = World::Rooms)]
    world: World,
    /// The mission; without one each world has its own.
    #[arg(long)]
    mission: Option<String>,
    /// What is changed in each world under way, such as "5:3,4 to 6,2; 9:2,2 red ball": before which step, column and
    /// row, and what becomes of that cell.
    #[arg(long, default_value = "")]
    changes: String,
    /// Episodes.
    #[arg(long, default_value_t = 10)]
    count: usize,
    /// Seed of worlds and missions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// File for the episodes, one JSON object a line.
    #[arg(long, default_value = "episodes.jsonl")]
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Play episodes and write them down.
///
/// # Errors
/// What the model and the mission say; [`Error::Io`].
pub fn rollout(arguments: &Arguments) -> Result<()> {
    if !(1..=100_000).contains(&arguments.count) {
        let reason = "1 to 100000 are possible";
        return Err(Error::bad_option("count", arguments.count, reason));
    }
    if arguments.world == World::Maze {
        return in_maze(arguments);
    }
    let mission = arguments
        .mission
        .as_deref()
        .map(Mission::parse)
        .transpose()?;
    let changes = Change::parse_all(&arguments.changes)?;
    let opened = arguments.id.as_deref().map(|id| arguments.place.open(id));
    let opened = opened.transpose()?;
    let mut lines = String::new();
    let mut done = 0;
    for i in 0..arguments.count {
        let drawn = layout::draw(arguments.seed, i as u64, None, Naming::Said);
        let task = match &mission {
            Some(mission) => Task::new(drawn.rooms, mission.clone()),
            None => drawn,
        };
        let played = play(task, opened.as_ref(), &changes)?;
        done += usize::from(played.task.is_done());
        let place = (arguments.seed, i as u64, played.task.is_done());
        let mission = &played.task.mission;
        lines += &write_line(&played.moments, &played.actions, mission, &changes, place)?;
        lines.push('\n');
    }
    write(Path::new(&arguments.out), lines.as_bytes())?;
    say!(
        "{done} of {} missions done; episodes in {}",
        arguments.count,
        arguments.out.display()
    );
    Ok(())
}

/// Paths of the expert through mazes.
fn in_maze(arguments: &Arguments) -> Result<()> {
    if arguments.id.is_some() || arguments.mission.is_some() || !arguments.changes.is_empty() {
        return Err(Error::Unsupported {
            what: "In the maze the expert goes, and without a mission".into(),
        });
    }
    let set = PathSet::new(&Value::Null)?;
    let mut lines = String::new();
    for i in 0..arguments.count as u64 {
        lines += &paths::write_line(&set.draw(arguments.seed, i), arguments.seed, i)?;
        lines.push('\n');
    }
    write(Path::new(&arguments.out), lines.as_bytes())?;
    let (count, out) = (arguments.count, arguments.out.display());
    say!("{count} paths in {out}");
    Ok(())
}

/// One episode, by a model or by the expert, in a world that is changed under way.
fn play(task: Task, opened: Option<&Opened>, changes: &[Change]) -> Result<Played> {
    let mut expert = Expert::new(&task);
    let mut played = Played::new(task);
    let acting = opened.map(|opened| {
        opened.model.acting().ok_or_else(|| Error::Unsupported {
            what: "This needs a model that acts".into(),
        })
    });
    let mut following = acting
        .transpose()?
        .map(|acting| acting.follow(&played.words));
    let mut ahead = changes.iter().peekable();
    while !played.task.is_done() && played.actions.len() < MOST_STEPS {
        let step = played.actions.len();
        let mut rooms = played.task.rooms.clone();
        while let Some(change) = ahead.next_if(|change| change.step == step) {
            change.apply(&mut rooms)?;
        }
        played.put_into(rooms);
        played.look();
        expert.look(&played.task.rooms);
        let advice = expert.next(&played.task).ok().flatten();
        if let (Some((right, goal)), Some(moment)) = (advice, played.moments.last_mut()) {
            (moment.right, moment.goal) = (Some(right), numbers(goal));
        }
        let action = match (&mut following, played.moments.last()) {
            // Where nothing can be done any more there is nothing to learn; but in a world that has changed, the
            // expert may believe so for no good reason.
            (Some(_), _) if advice.is_none() && changes.is_empty() => break,
            (Some(following), Some(now)) => {
                let mut rng = Rng::new(0, Purpose::Sample, 0);
                pollster::block_on(following.next(now))?.draw(0.0, &mut rng)
            }
            _ => match advice {
                Some((right, _)) => right,
                None => break,
            },
        };
        played.act(action);
    }
    match ahead.next() {
        Some(change) => {
            let reason = "the episode has ended before";
            Err(Error::bad_option("changes", change, reason))
        }
        None => Ok(played),
    }
}
