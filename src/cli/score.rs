//! Models of music on the command line: what is measured, and the packed set.

use std::{io::Read, path::Path, time::Instant};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

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
    data::score::{
        Part, Roll, Score, ScoreSet, VOICES, from_pitches, is_score, musicxml,
        writing::{Fault, rates},
    },
    error::{Error, Result},
    evaluate::{
        Estimate,
        score::{Tokens, made, negative_log_likelihood},
    },
    families::orderless::OrderlessSampleOptions,
    model::{Condition, finish},
};

/// Bars that are timed.
const TRIES: usize = 9;
/// Pieces that are made.
const PIECES: usize = 64;

/// Published values on JSB Chorales: nats a token of the valid or test part, and what they are of.
const PUBLISHED: [(&str, &str); 3] = [
    (
        "0.335",
        "Music Transformer with relative attention in time and pitch, validation (Huang et al. 2018, arXiv:1809.04281, table 2)",
    ),
    ("0.417", "Transformer, validation (the same)"),
    ("0.436", "Coconet, chronological, validation (the same)"),
];

/// What was measured.
struct Measured {
    own: Estimate,
    /// On the validation and the test part of JSB Chorales.
    jsb: Option<[Estimate; 2]>,
    /// Seconds in which a bar is made anew.
    seconds: f64,
    /// Of Bach's held-out chorales, of pieces made of nothing, and of harmonised sopranos.
    rates: [[f64; 4]; 3],
}

/// Measure a model of music.
///
/// # Errors
/// What the model and the data say.
pub(super) fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let (model, meta) = (opened.model, opened.meta);
    let steps = meta.data.space.steps()?;
    if !is_score(&meta.data.name) {
        let what = format!("Nothing is measured of music of {}", meta.data.name);
        return Err(Error::Unsupported { what });
    }
    let entry = keep
        .then(|| manifest::model(&place.checkpoints, id))
        .transpose()?;
    let set = ScoreSet::from_folder(&place.data)?;
    note_other_data(&set.info, &meta.data);
    say!(
        "{id}: {} parameters, {}",
        model.num_params(),
        meta.data.name
    );
    let valid = of_jsb(&*model, &place.data, "valid", steps)?;
    let held_out: Vec<&Score> = set.of(Part::Test).map(|(_, score)| score).collect();
    let own = guessed(&*model, &held_out, (steps, Tokens::Symbols))?;
    told("held-out chorales, symbols", &own);
    let test = of_jsb(&*model, &place.data, "test", steps)?;
    let jsb = valid.zip(test).map(|(valid, test)| [valid, test]);
    let windows = |score: &&Score| score.steps() >= steps;
    let of_bach: Vec<Score> = held_out
        .iter()
        .copied()
        .filter(windows)
        .map(|s| s.part(0, steps))
        .collect();
    let pieces = &of_bach[..PIECES.min(of_bach.len())];
    let make = |melody: bool| {
        let told = bar(pieces.len());
        let made = pollster::block_on(made(&*model, &Value::Null, pieces, melody, |done| {
            told.set_position(done as u64);
            true
        }));
        told.finish_and_clear();
        made
    };
    let (free, harmonised) = (make(false)?, make(true)?);
    let all = [
        rates(held_out.iter().copied()),
        rates(free.iter()),
        rates(harmonised.iter()),
    ];
    for (fault, i) in Fault::ALL.into_iter().zip(0..) {
        let [bach, free, melody] = all.map(|rates| rates[i]);
        say!(
            "{:<18} Bach {bach:.2}  made {free:.2}  harmonised {melody:.2}",
            fault.title()
        );
    }
    let seconds = bar_seconds(&*model, pieces)?;
    say!("a bar of four voices made anew: {seconds:.3} s");
    if let Some(mut entry) = entry {
        let measured = Measured {
            own,
            jsb,
            seconds,
            rates: all,
        };
        let rounded = |value: f64| json!((value * 1e3).round() / 1e3);
        entry
            .metrics
            .insert("natsPerToken".into(), rounded(own.mean));
        let seconds = json!((seconds * 1e2).round() / 1e2);
        entry.metrics.insert("secondsPerBar".into(), seconds);
        if let Some([_, test]) = jsb {
            entry
                .metrics
                .insert("natsPerTokenJsb".into(), rounded(test.mean));
        }
        let parallels = |rates: [f64; 4]| rounded(rates[0] + rates[1]);
        entry.metrics.insert("parallels".into(), parallels(all[1]));
        entry
            .metrics
            .insert("parallelsBach".into(), parallels(all[0]));
        let card = page(&entry, &meta, &set, &measured);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// Seconds that this thread has computed; those that went by where the system does not say.
fn computed(begun: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat");
    let nanoseconds = told
        .ok()
        .and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or(begun.elapsed().as_secs_f64(), |n| n / 1e9)
}

/// Seconds of computing, in the middle of several tries, in which the second of four bars is made anew in all voices.
fn bar_seconds(model: &dyn crate::model::Model, pieces: &[Score]) -> Result<f64> {
    let (begun, mut all) = (Instant::now(), Vec::new());
    for (i, piece) in pieces.iter().take(TRIES).enumerate() {
        let mut input = Roll::of(piece, |_| true).as_input();
        input.free = (0..VOICES as u32).map(|voice| [voice, 16, 16]).collect();
        let condition = Condition {
            score: Some(input),
            ..Condition::default()
        };
        let before = computed(begun);
        let mut sampler = model.sampler(&Value::Null, &condition, 1, i as u64)?;
        pollster::block_on(finish(&mut *sampler))?.scores()?;
        all.push(computed(begun) - before);
    }
    all.sort_by(f64::total_cmp);
    Ok(all.get(all.len() / 2).copied().unwrap_or_default())
}

fn told(what: &str, estimate: &Estimate) {
    say!(
        "{what:<28} {:.4} ± {:.4} nats a token, {:.3} a sixteenth, {} sixteenths",
        estimate.mean,
        estimate.standard_error,
        estimate.mean * VOICES as f64,
        estimate.n
    );
}

fn guessed(
    model: &dyn crate::model::Model,
    scores: &[&Score],
    (steps, tokens): (usize, Tokens),
) -> Result<Estimate> {
    let all = scores.iter().map(|score| score.steps()).sum();
    let told = bar(all);
    let how = (steps, tokens);
    let done = pollster::block_on(negative_log_likelihood(model, scores, how, |done| {
        told.set_position(done as u64);
        true
    }));
    told.finish_and_clear();
    done
}

/// How well a part of JSB Chorales is guessed, by pitches.
fn of_jsb(
    model: &dyn crate::model::Model,
    data: &Path,
    part: &str,
    steps: usize,
) -> Result<Option<Estimate>> {
    let Some(scores) = jsb(data, part)? else {
        return Ok(None);
    };
    let scores: Vec<&Score> = scores.iter().collect();
    let estimate = guessed(model, &scores, (steps, Tokens::Pitches))?;
    told(&format!("JSB-16th {part}, pitches"), &estimate);
    Ok(Some(estimate))
}

/// A part of JSB Chorales in sixteenths, if the folder has it.
fn jsb(data: &Path, part: &str) -> Result<Option<Vec<Score>>> {
    let path = data.join("jsb-chorales").join("Jsb16thSeparated.json.gz");
    if !path.exists() {
        say!(
            "note: {} is not there; nothing is measured on it",
            path.display()
        );
        return Ok(None);
    }
    let bad = |reason: String| Error::BadData {
        name: "jsb-chorales".into(),
        reason,
    };
    let mut text = String::new();
    let bytes = read(&path)?;
    let unpacked = GzDecoder::new(&bytes[..])
        .take(64 << 20)
        .read_to_string(&mut text);
    unpacked.map_err(|e| bad(e.to_string()))?;
    let mut all: std::collections::BTreeMap<String, Vec<Vec<[f64; VOICES]>>> =
        serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
    let pieces = all
        .remove(part)
        .ok_or_else(|| bad(format!("it has no part {part}")))?;
    let score = |piece: Vec<[f64; VOICES]>| {
        let frames: Vec<[i32; VOICES]> = piece.iter().map(|f| f.map(|p| p as i32)).collect();
        from_pitches(&frames)
    };
    Ok(Some(pieces.into_iter().map(score).collect()))
}

/// The card that is served beside the checkpoint.
fn page(entry: &manifest::ModelEntry, meta: &Meta, set: &ScoreSet, measured: &Measured) -> String {
    let count = |part: Part| set.of(part).count();
    let data = format!(
        "`chorales`, the {} chorales in four parts of the music21 corpus (PyPI `music21` 10.5.1; the compositions are in \
         the public domain), {} to learn from, {} to choose by, {} held out, the last two with what is held out in \
         JSB Chorales; each window of four bars in any key in which no voice leaves its range; SHA-256 of the packed \
         file: `{}`",
        set.pieces.len(),
        count(Part::Train),
        count(Part::Choice),
        count(Part::Test),
        meta.data.sha256
    );
    let training = format!(
        "{} steps, {} windows, {:.0} minutes on one core",
        meta.step,
        meta.seen,
        meta.seconds / 60.0
    );
    let own = &measured.own;
    let row = |name: &str, rates: [f64; 4]| {
        let each = rates.map(|r| format!("{r:.2}"));
        format!("| {name} | {} |\n", each.join(" | "))
    };
    let published: String = PUBLISHED
        .iter()
        .map(|(value, source)| format!("| {value} | {source} |\n"))
        .collect();
    let jsb = match &measured.jsb {
        Some([valid, test]) => format!(
            "On JSB Chorales (github.com/czhuang/JSB-Chorales-dataset, `Jsb16thSeparated`; reference data, not shipped) \
             pitches alone are tokens, as in published numbers: the probabilities that a note goes on and that it is \
             struck again are added, and the model is told neither bars nor fermatas. {} sixteenths, all of the \
             test part.\n\n| nats a token | |\n|---|---|\n\
             | {:.3} ± {:.3} | this checkpoint, test, {:.2} nats a sixteenth |\n\
             | {:.3} ± {:.3} | this checkpoint, validation |\n{published}\n",
            test.n,
            test.mean,
            test.standard_error,
            test.mean * VOICES as f64,
            valid.mean,
            valid.standard_error,
        ),
        None => String::new(),
    };
    format!(
        "{head}\
         −log p of a token, each guessed from all before it: sixteenth by sixteenth, in each the voices from the soprano \
         down; `playground evaluate`. A guess sees at least the 32 sixteenths before, where there are as many. Lower is better.\n\n\
         On all {n} sixteenths of the held-out chorales, with symbols (a pitch, a rest, or: it goes on) as tokens: \
         **{mean:.3} ± {error:.3} nats a token**, {frame:.2} a sixteenth.\n\n\
         {jsb}\
         What the rules of part-writing forbid, in a hundred sixteenths (src/data/score/writing.rs); Bach's own rate \
         is that of the held-out chorales, the others those of {pieces} pieces of four bars made at temperature 0.8 to \
         their metre and fermatas, without and with their soprano.\n\n\
         | | parallel fifths | parallel octaves | out of range | doubled thirds |\n|---|---|---|---|---|\n\
         {bach}{free}{melody}\n\
         One bar of four is made anew in all voices in {seconds:.2} s of processor time, natively and in one thread: \
         the middle of {TRIES} tries with {steps} steps each.\n",
        head = card::head(entry, meta, "", &data, &training),
        n = own.n,
        mean = own.mean,
        error = own.standard_error,
        frame = own.mean * VOICES as f64,
        pieces = PIECES,
        seconds = measured.seconds,
        steps = OrderlessSampleOptions::default().steps,
        bach = row("Bach", measured.rates[0]),
        free = row("made of nothing", measured.rates[1]),
        melody = row("soprano harmonised", measured.rates[2]),
    )
}

/// Write the packed set of the chorales: those of four parts among the .mxl files of `folder`.
///
/// # Errors
/// [`Error::Io`], and what is wrong with a file.
pub(super) fn pack(folder: &Path, split: &Path) -> Result<Vec<u8>> {
    let text = String::from_utf8_lossy(&read(split)?).into_owned();
    let part_of = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('\t'));
        lines
            .find(|(n, _)| *n == name)
            .and_then(|(_, part)| Part::named(part))
    };
    let entries = std::fs::read_dir(folder).map_err(|e| Error::io(folder, &e))?;
    let mut paths: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "mxl"));
    paths.sort();
    let mut counts = musicxml::Counts::default();
    let (mut pieces, mut others) = (Vec::new(), 0);
    for path in &paths {
        let score = musicxml::unzip(&read(path)?)?;
        let Some(score) = musicxml::read(&score, &mut counts)? else {
            others += 1;
            continue;
        };
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        pieces.push((name.clone(), part_of(&name).unwrap_or(Part::Train), score));
    }
    let steps: usize = pieces.iter().map(|p| p.2.steps()).sum();
    say!(
        "{} chorales in four parts, {others} others left out, {steps} sixteenths: {counts:?}",
        pieces.len()
    );
    ScoreSet::pack(&pieces)
}
