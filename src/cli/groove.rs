//! Models of drums on the command line: what is measured, and the packed set.

use std::path::Path;

use serde_json::json;

use super::{
    Place,
    bar::bar,
    card,
    files::{read, write},
    manifest, note_other_data,
    terminal::say,
};
use crate::{
    checkpoint::{Meta, Opened},
    data::{
        groove::{BAR, Groove, GrooveSet, Performance, STYLES, is_groove, midi},
        score::Part,
    },
    error::{Error, Result},
    evaluate::{
        Estimate,
        groove::{Baseline, GUESSED, Guessed, Humanised, Knows, Off, guessed, humanised},
    },
};

/// Bars of a performance that is learned from that are kept, so that the packed set stays small.
const MOST_BARS: usize = 128;
/// Windows that are played by the model, and how often each.
const WINDOWS: usize = 96;
/// See [`WINDOWS`].
const TAKES: usize = 8;

/// What was measured, of the model and of baselines.
struct Measured {
    model: Guessed,
    told: Guessed,
    place: Guessed,
    last_bar: Guessed,
    humanised: Humanised,
}

/// Measure a model of drums.
///
/// # Errors
/// What the model and the data say.
pub(super) fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let (model, meta) = (opened.model, opened.meta);
    let steps = meta.data.space.steps()?;
    if !is_groove(&meta.data.name) {
        let what = format!("Nothing is measured of drums of {}", meta.data.name);
        return Err(Error::Unsupported { what });
    }
    let entry = keep
        .then(|| manifest::model(&place.checkpoints, id))
        .transpose()?;
    let set = GrooveSet::from_folder(&place.data)?;
    note_other_data(&set.info, &meta.data);
    say!(
        "{id}: {} parameters, {}",
        model.num_params(),
        meta.data.name
    );
    let held_out: Vec<&Groove> = set.of(Part::Test).map(|(_, groove)| groove).collect();
    let learned = || set.of(Part::Train).map(|(_, groove)| groove);
    let counted = |knows| Baseline::count(knows, learned());
    let (by_place, by_bar) = (counted(Knows::Place), counted(Knows::LastBar));
    let (place_guessed, last_bar) = (by_place.guessed(&held_out), by_bar.guessed(&held_out));
    told("place in the bar", &place_guessed);
    told("place and the bar before", &last_bar);
    let all = held_out.iter().map(|groove| groove.steps()).sum();
    let guess = |hits_told: bool| {
        let bar = bar(all);
        let done = pollster::block_on(guessed(&*model, &held_out, (steps, hits_told), |done| {
            bar.set_position(done as u64);
            true
        }));
        bar.finish_and_clear();
        done
    };
    let (own, hits_told) = (guess(false)?, guess(true)?);
    told("the model", &own);
    told("the model, hits told", &hits_told);
    let windows: Vec<Groove> = held_out
        .iter()
        .flat_map(|groove| {
            let starts = (0..=groove.steps().saturating_sub(steps)).step_by(steps);
            starts.map(|from| groove.part(from, groove.steps().min(steps)))
        })
        .collect();
    let each = windows.len().div_ceil(WINDOWS).max(1);
    let some: Vec<Groove> = windows.into_iter().step_by(each).collect();
    let bar = bar(some.len());
    let options = json!({ "temperature": 1.0 });
    let played = pollster::block_on(humanised(
        &*model,
        &options,
        &some,
        (&by_place, TAKES),
        |done| {
            bar.set_position(done as u64);
            true
        },
    ));
    bar.finish_and_clear();
    let played = played?;
    for (name, off) in [
        ("stiff", played.stiff),
        ("mean by place", played.mean),
        ("one performance", played.take),
        ("mean of performances", played.takes),
    ] {
        say!(
            "{name:<22} velocity off by {:.2}, offset by {:.2} ms {:?}",
            off.velocity,
            off.milliseconds,
            off.divergence
        );
    }
    if let Some(mut entry) = entry {
        let measured = Measured {
            model: own,
            told: hits_told,
            place: place_guessed,
            last_bar,
            humanised: played,
        };
        let rounded = |value: f64| json!((value * 1e3).round() / 1e3);
        let metrics = &mut entry.metrics;
        metrics.insert(
            "natsPerSixteenth".into(),
            rounded(measured.model.whole.mean),
        );
        metrics.insert(
            "natsPerSixteenthByPlace".into(),
            rounded(measured.place.whole.mean),
        );
        let takes = measured.humanised.takes;
        metrics.insert("velocityOff".into(), rounded(takes.velocity));
        metrics.insert("millisecondsOff".into(), rounded(takes.milliseconds));
        let card = page(&entry, &meta, &set, &measured);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

fn told(what: &str, guessed: &Guessed) {
    let parts = guessed.parts.iter().zip(GUESSED);
    let parts: Vec<String> = parts
        .map(|(e, name)| format!("{name} {:.3}", e.mean))
        .collect();
    say!(
        "{what:<26} {:.3} ± {:.3} nats a sixteenth: {}; {} sixteenths",
        guessed.whole.mean,
        guessed.whole.standard_error,
        parts.join(", "),
        guessed.whole.n
    );
}

/// The card that is served beside the checkpoint.
fn page(entry: &manifest::ModelEntry, meta: &Meta, set: &GrooveSet, measured: &Measured) -> String {
    let count = |part: Part| {
        let bars: usize = set.of(part).map(|(_, g)| g.steps() / BAR).sum();
        format!("{} performances, {bars} bars", set.of(part).count())
    };
    let data = format!(
        "`grooves`, the beats in 4/4 of the [Groove MIDI Dataset](https://magenta.withgoogle.com/datasets/groove) (Gillick, \
         Roberts, Engel, Eck & Bamman 2019, arXiv:1905.06118; CC BY 4.0), in the dataset's own split: {} to learn from \
         (of each at most its first {MOST_BARS} bars), {} to choose by, {} held out. Drums reduced to nine, hits moved to \
         the nearest sixteenth, velocity in eight classes, offset in fifteen. SHA-256 of the packed file: `{}`",
        count(Part::Train),
        count(Part::Choice),
        count(Part::Test),
        meta.data.sha256
    );
    let training = format!(
        "{} steps, {} windows, {:.0} minutes by the clock",
        meta.step,
        meta.seen,
        meta.seconds / 60.0
    );
    let row = |name: &str, guessed: &Guessed| {
        let each = |e: &Estimate| format!("{:.3}", e.mean);
        format!(
            "| {name} | {} | {:.3} ± {:.3} |\n",
            guessed.parts.each_ref().map(each).join(" | "),
            guessed.whole.mean,
            guessed.whole.standard_error
        )
    };
    let off = |name: &str, off: Off| {
        let divergence = match off.divergence {
            Some([velocity, offset]) => format!("{velocity:.3} | {offset:.3}"),
            None => "– | –".into(),
        };
        format!(
            "| {name} | {:.2} | {:.2} | {divergence} |\n",
            off.velocity, off.milliseconds
        )
    };
    let played = &measured.humanised;
    format!(
        "{head}\
         −log p of a sixteenth, in nats, on all {n} sixteenths of the held-out performances; `playground evaluate`. Style and \
         tempo are told. A guess sees at least the 32 sixteenths before, where there are as many. Lower is better. Baselines \
         are counted over what is learned from: how often each drum is hit at each place of the bar, with which velocities \
         and offsets; and the same by what the drum did at that place in the bar before.\n\n\
         | | hits | velocities | offsets | all |\n|---|---|---|---|---|\n\
         {model}{told}{last_bar}{by_place}\n\
         **Humanised**: the hits of windows of four bars are told, all of one velocity and on the grid; velocities and \
         offsets are the model's, at temperature 1. Mean absolute errors of {hits} hits, velocities of MIDI's 0 to 127 and \
         offsets in milliseconds, and the divergence KL(drummers ‖ performances) of the classes over all hits. Truths are \
         classes as well, 16 velocities and a fifteenth of a sixteenth wide.\n\n\
         | | velocity | ms | KL of velocities | KL of offsets |\n|---|---|---|---|---|\n\
         {one}{several}{mean}{stiff}\n\
         The paper's own numbers are no neighbours of these: it judges windows of two bars, offsets as numbers instead \
         of classes, and its models read all hits of a window before they play the first.\n",
        head = card::head(entry, meta, "", &data, &training),
        n = measured.model.whole.n,
        model = row("this checkpoint", &measured.model),
        told = row("this checkpoint, hits told", &measured.told),
        last_bar = row("place and the bar before", &measured.last_bar),
        by_place = row("place in the bar", &measured.place),
        hits = played.hits,
        one = off("one performance", played.take),
        several = off(&format!("mean of {TAKES} performances"), played.takes),
        mean = off("mean of the drum at its place in the bar", played.mean),
        stiff = off("all at 80, on the grid", played.stiff),
    )
}

/// The fields of a line of `info.csv`, which quotes none of them.
fn fields<'a>(line: &'a str, names: &[&str], wanted: [&str; 6]) -> Option<[&'a str; 6]> {
    let fields: Vec<&str> = line.trim_end().split(',').collect();
    let mut out = [""; 6];
    for (out, wanted) in out.iter_mut().zip(wanted) {
        let at = names.iter().position(|name| *name == wanted)?;
        *out = fields.get(at)?;
    }
    Some(out)
}

/// Write the packed set of the grooves: the beats in 4/4 that `info.csv` of `folder` names.
///
/// # Errors
/// [`Error::Io`], and what is wrong with a file.
pub(super) fn pack(folder: &Path) -> Result<Vec<u8>> {
    let bad = |reason: String| Error::BadData {
        name: "grooves".into(),
        reason,
    };
    let table = String::from_utf8_lossy(&read(&folder.join("info.csv"))?).into_owned();
    let mut lines = table.lines();
    let names: Vec<&str> = lines
        .next()
        .unwrap_or_default()
        .trim_end()
        .split(',')
        .collect();
    let wanted = ["id", "style", "bpm", "midi_filename", "split", "beat_type"];
    let mut performances: Vec<Performance> = Vec::new();
    for line in lines.filter(|line| line.contains(",4-4,")) {
        let [id, style, bpm, file, split, kind] = fields(line, &names, wanted)
            .ok_or_else(|| bad(format!("a line of info.csv lacks fields: {line}")))?;
        if kind != "beat" {
            continue;
        }
        let part = match split {
            "train" => Part::Train,
            "validation" => Part::Choice,
            "test" => Part::Test,
            other => return Err(bad(format!("{id} is in a part called {other}"))),
        };
        // “rock/indie” is rock.
        let style = style.split('/').next().unwrap_or_default();
        let number = STYLES.iter().position(|s| *s == style);
        let number = number.ok_or_else(|| bad(format!("{id} is in a style called {style}")))?;
        let tempo: u16 = bpm.parse().map_err(|_| bad(format!("{id} has no tempo")))?;
        let heard = midi::listen(&read(&folder.join(file))?)?;
        let groove = heard.groove(1 + number as u8, usize::from(u16::MAX));
        let mut groove = groove.ok_or_else(|| bad(format!("{id} is too long")))?;
        groove.tempo = tempo;
        if part == Part::Train && groove.steps() > MOST_BARS * BAR {
            groove = groove.part(0, MOST_BARS * BAR);
        }
        performances.push((id.into(), part, groove));
    }
    performances.sort_by(|a, b| a.0.cmp(&b.0));
    let bars: usize = performances.iter().map(|p| p.2.steps() / BAR).sum();
    say!("{} performances, {bars} bars", performances.len());
    GrooveSet::pack(&performances)
}
