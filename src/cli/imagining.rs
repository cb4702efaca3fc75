//! `playground evaluate` for models of a world.

use serde_json::json;

use super::{Place, bar::bar, card, files::write, manifest, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{
        Dataset, EpisodeSet,
        episodes::{PLAY, TEST},
    },
    error::Result,
    evaluate::imagining::{
        AHEAD, Cells, Drift, MOST_STEPS, NextView, Reached, drift, imagining_of, means, next_view,
        reached, runs,
    },
    families::world_model::{Step, steps},
    model::Search,
    pause::Pause,
    worlds::rooms::layout::Form,
};

/// Held-out episodes of which every step is predicted.
const EPISODES: usize = 200;
/// Missions of each form.
const COUNT: usize = 200;
/// Steps imagined of which errors are told.
const TOLD: [usize; 5] = [1, 2, 4, 8, AHEAD];

/// What was measured.
struct Found {
    next: NextView,
    drift: Drift,
    go_to: Reached,
    pick_up: Reached,
}

/// Measure the next view, how errors grow with the steps that are imagined, and plans.
///
/// # Errors
/// What the model and the data say.
pub fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    // Whatever it has learned from, it is measured on random play.
    let mut set = EpisodeSet::named(PLAY, &serde_json::Value::Null)?;
    // What is not kept is for choosing, in worlds of its own.
    if !keep && let Dataset::Episodes(choice) = Dataset::Episodes(set.clone()).for_choice() {
        set = choice;
    }
    say!("{id}: {} parameters", model.num_params());
    let (seed, model) = (set.seed(), imagining_of(&*model)?);
    let pause: Pause = || Box::pin(async {});
    let episodes = (0..EPISODES).flat_map(|i| steps(&set.held_out(i).moments));
    let all: Vec<Step> = episodes.collect();
    let next = pollster::block_on(next_view(model, &all))?;
    let drift = pollster::block_on(drift(model, &runs(&set, AHEAD, 0, TEST), pause))?;
    let missions = |form: Form| {
        let bar = bar(COUNT);
        let told = |found: &Reached| bar.set_position(found.count as u64);
        let limits = Search::default();
        let found = reached(model, (seed, form), COUNT, limits, pause, &told);
        let found = pollster::block_on(found);
        bar.finish_and_clear();
        found
    };
    let found = Found {
        next,
        drift,
        go_to: missions(Form::GoTo)?,
        pick_up: missions(Form::PickUp)?,
    };
    found.tell();
    if let Some(mut entry) = entry {
        for (key, value, by) in found.metrics() {
            entry
                .metrics
                .insert(key.into(), json!((value * by).round() / by));
        }
        let card = page(&entry, &meta, &found);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

impl Found {
    /// Cells by who guesses them.
    fn rows(&self) -> [(&'static str, &Cells); 3] {
        [
            ("this checkpoint", &self.next.model),
            ("the view as it was", &self.next.copied),
            ("moved by rule", &self.next.moved),
        ]
    }

    /// Shares of cells that are imagined wrongly after some numbers of steps, in hundredths.
    fn drifts(&self) -> [(&'static str, Vec<(f64, f64)>); 3] {
        [
            ("this checkpoint", means(&self.drift.model)),
            ("the first view unchanged", means(&self.drift.copied)),
            ("moved by rule", means(&self.drift.moved)),
        ]
    }

    /// For the manifest: names, values, and how finely they are rounded.
    fn metrics(&self) -> Vec<(&'static str, f64, f64)> {
        let cells = &self.next.model;
        vec![
            ("nextView", cells.all.percent(), 10.0),
            ("nextKnown", cells.known.percent(), 10.0),
            ("nextFresh", cells.fresh.percent(), 10.0),
            (
                "imaginedWrong",
                100.0 * means(&self.drift.model)[AHEAD - 1].0,
                10.0,
            ),
            ("plannedGoTo", self.go_to.percent(), 10.0),
            ("plannedPickUp", self.pick_up.percent(), 10.0),
        ]
    }

    fn tell(&self) {
        for (name, cells) in self.rows() {
            say!(
                "{name:<26} all cells {:.2} %, seen before {:.2} %, new {:.2} %, handled {:.2} %",
                cells.all.percent(),
                cells.known.percent(),
                cells.fresh.percent(),
                cells.handled.percent()
            );
        }
        let NextView {
            nats,
            motion,
            done,
            undone,
            ..
        } = self.next;
        say!(
            "{nats:.4} nats a cell; motions {:.2} %; done {:.1} % of {}, not done {:.1} % of {}",
            motion.percent(),
            done.percent(),
            done.count,
            undone.percent(),
            undone.count
        );
        for (name, means) in self.drifts() {
            let each = TOLD.map(|k| format!("{:.1}", 100.0 * means[k - 1].0));
            say!(
                "{name:<26} wrong after {TOLD:?} steps: {} %",
                each.join(", ")
            );
        }
        for (name, found) in [("go to", self.go_to), ("pick up", self.pick_up)] {
            say!(
                "{name:<26} {:.1} % of {} planned, {:.3} times the expert's steps, {:.1} searches; by chance {:.1} %",
                found.percent(),
                found.count,
                found.ratio(),
                found.searches as f64 / found.count.max(1) as f64,
                found.percent_random()
            );
        }
    }
}

/// The card that is served beside the checkpoint.
fn page(entry: &manifest::ModelEntry, meta: &Meta, found: &Found) -> String {
    let batch = meta.train["batch_size"].as_u64().unwrap_or(0);
    let data = "random play in worlds of one to four rooms that are drawn from a seed without end: steps by weights, \
                with what lies before the agent handled more often than by even odds (`src/data/episodes/play.rs`); no \
                expert, no mission. Of each episode of 64 moments 16 steps are learned from";
    let training = format!(
        "{} steps of {batch} episodes ({:.0} thousand episodes), {:.0} minutes on a processor",
        meta.step,
        meta.seen as f64 / 1e3,
        meta.seconds / 60.0
    );
    let cells: String = (found.rows().iter())
        .map(|(name, cells)| {
            format!(
                "| {name} | {:.2} % | {:.2} % | {:.2} % | {:.2} % |\n",
                cells.all.percent(),
                cells.known.percent(),
                cells.fresh.percent(),
                cells.handled.percent()
            )
        })
        .collect();
    let drifts: String = (found.drifts().iter())
        .map(|(name, means)| {
            let each = TOLD.map(|k| {
                let (mean, error) = means[k - 1];
                format!("{:.1} ± {:.1} %", 100.0 * mean, 100.0 * error)
            });
            format!("| {name} | {} |\n", each.join(" | "))
        })
        .collect();
    let reached: String = [("go to", found.go_to), ("pick up", found.pick_up)]
        .iter()
        .map(|(name, found)| {
            format!(
                "| {name} | {:.1} % | {:.3} | {:.1} | {:.1} % |\n",
                found.percent(),
                found.ratio(),
                found.searches as f64 / found.count.max(1) as f64,
                found.percent_random()
            )
        })
        .collect();
    let NextView {
        nats,
        motion,
        done,
        undone,
        ..
    } = found.next;
    format!(
        "{head}\
         The next view after every step of {EPISODES} episodes of random play in worlds of a seed from which nothing \
         was learned; `playground evaluate`. Cells are all 49; those in sight that the agent had seen before; those \
         that come into view for the first time; and the cell before it and what it carries, where they change \
         because something is taken up, laid down, opened or closed. Beside it two guesses without a network: the \
         view as it was, and what is remembered, moved as the agent truly moves, as far as the light goes, with \
         nothing where nothing was seen.\n\n\
         | | all | seen before | new | handled |\n|---|---|---|---|---|\n{cells}\n\
         −log p is {nats:.4} nats a cell. How the agent moves is right at {:.2} % of the steps. Of missions that are \
         done by a step {:.1} % are taken for done, of those that are not {:.1} % for not done.\n\n\
         Cells in sight that are imagined wrongly, where the model has seen {AHEAD} steps of random play, then goes on \
         from its own likeliest imagination and never looks again; means of {TEST} episodes with their standard errors.\n\n\
         | steps imagined | {} |\n|---|---|---|---|---|---|\n{drifts}\n\
         Missions about something in sight at the beginning, {COUNT} of each kind, at most {MOST_STEPS} steps: by a \
         search through what is imagined (beam of {}, {} steps deep), anew wherever something else is seen than was \
         imagined, and by random play. Steps are those of missions that were done, as a multiple of the expert's.\n\n\
         | missions | planned | steps beside the expert's | searches | random play |\n|---|---|---|---|---|\n{reached}",
        motion.percent(),
        done.percent(),
        undone.percent(),
        TOLD.map(|k| k.to_string()).join(" | "),
        Search::default().width,
        Search::default().depth,
        head = card::head(entry, meta, "", data, &training),
    )
}
