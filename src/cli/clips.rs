//! Models of clips on the command line.

use serde_json::{Value, json};

use super::{Place, bar::bar, card, files::write, manifest, note_other_data, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::clips::{ClipSet, Kind},
    error::{Error, Result},
    evaluate::clips::{Altered, Continuation, NEAR, STRENGTH, altered, continued, mean, obeyed},
};

/// Clips that are measured, without an option that says otherwise.
const CLIPS: usize = 200;
/// Sentences.
const SENTENCES: usize = 200;
/// Clips that are altered, each in two ways.
const ALTERED: usize = 100;

/// What a model is compared with that goes on with a clip.
struct Baseline {
    name: &'static str,
    /// On the card.
    title: &'static str,
    /// Metrics: its error, and the model's over it.
    error: &'static str,
    ratio: &'static str,
}

fn going_on(kind: Kind) -> Baseline {
    match kind {
        Kind::People => Baseline {
            name: "the same again",
            title: "the frames before once again",
            error: "againError",
            ratio: "continuationOverAgain",
        },
        _ => Baseline {
            name: "straight on",
            title: "straight on, as tracked",
            error: "straightError",
            ratio: "continuationOverStraight",
        },
    }
}

/// What is measured, and how.
pub(super) struct Wish<'a> {
    /// Name of the checkpoint.
    pub(super) id: &'a str,
    /// Options of the sampler.
    pub(super) options: &'a Value,
    /// How many clips, and as many sentences.
    pub(super) count: Option<usize>,
    /// How strongly clips follow their sentence.
    pub(super) guidance: Option<f64>,
    /// Whether to keep the result.
    pub(super) keep: bool,
}

/// Measure a model of clips.
///
/// # Errors
/// What the model and the data say.
pub(super) fn run(opened: Opened, wish: &Wish, place: &Place) -> Result<()> {
    let (model, meta) = (opened.model, opened.meta);
    let Some(kind) = Kind::of(&meta.data.name) else {
        let what = format!("Nothing is measured of clips of {}", meta.data.name);
        return Err(Error::Unsupported { what });
    };
    let entry = wish
        .keep
        .then(|| manifest::model(&place.checkpoints, wish.id))
        .transpose()?;
    let set = ClipSet::from_folder(kind, &meta.data.options, &place.data)?;
    note_other_data(&set.info, &meta.data);
    let id = wish.id;
    say!(
        "{id}: {} parameters, {}",
        model.num_params(),
        meta.data.name
    );
    let (n, sentences) = (wish.count.unwrap_or(CLIPS), wish.count.unwrap_or(SENTENCES));
    let told = bar(n);
    let errors = pollster::block_on(continued(&*model, &set, wish.options, n, |done| {
        told.set_position(done as u64);
        true
    }));
    told.finish_and_clear();
    let errors = errors?;
    let ratio = mean(&errors.model) / mean(&errors.straight);
    let other = going_on(kind);
    let row = |name: &str, frames: &[f64]| {
        let each: Vec<String> = frames.iter().map(|e| format!("{e:.4}")).collect();
        say!("{name:<22} {:.4}   {}", mean(frames), each.join(" "));
    };
    row("model", &errors.model);
    row("last frame repeated", &errors.standing);
    row(other.name, &errors.straight);
    say!("{:<22} {ratio:.3}", format!("model / {}", other.name));
    let told = bar(sentences);
    let asked = (kind, sentences, wish.guidance);
    let words = pollster::block_on(obeyed(&*model, wish.options, asked, |done| {
        told.set_position(done as u64);
        true
    }));
    told.finish_and_clear();
    let words = words?;
    say!("{:<22} {words:.3} of {sentences} sentences", "words obeyed");
    let told = bar(ALTERED);
    let n_altered = wish.count.unwrap_or(ALTERED);
    let changed = pollster::block_on(altered(&*model, &set, wish.options, n_altered, |done| {
        told.set_position(done as u64);
        true
    }));
    told.finish_and_clear();
    let changed = changed?;
    say!(
        "{:<22} {:.3} of {}",
        "sent another way",
        changed.redirected,
        changed.count
    );
    say!(
        "{:<22} {:.3} of {}",
        "another thing, on path",
        changed.on_path,
        changed.count
    );
    if let Some(mut entry) = entry {
        let rounded = |value: f64, to: f64| json!((value * to).round() / to);
        let all = [
            ("continuationError", rounded(mean(&errors.model), 1e5)),
            ("standingError", rounded(mean(&errors.standing), 1e5)),
            (other.error, rounded(mean(&errors.straight), 1e5)),
            (other.ratio, rounded(ratio, 1e3)),
            ("wordsObeyed", rounded(words, 1e3)),
            ("clipsRedirected", rounded(changed.redirected, 1e3)),
            ("clipsOnPath", rounded(changed.on_path, 1e3)),
        ];
        for (key, value) in all {
            entry.metrics.insert(key.into(), value);
        }
        let card = page(
            (&entry, &meta, kind),
            &errors,
            (n, words, sentences),
            &changed,
        );
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// The card that is served beside the checkpoint.
fn page(
    (entry, meta, kind): (&manifest::ModelEntry, &Meta, Kind),
    errors: &Continuation,
    (n, words, sentences): (usize, f64, usize),
    changed: &Altered,
) -> String {
    let row = |name: &str, frames: &[f64]| {
        let each: Vec<String> = frames.iter().map(|e| format!("{e:.4}")).collect();
        format!("| {name} | {:.4} | {} |\n", mean(frames), each.join(", "))
    };
    let data = match kind {
        Kind::Digits => format!(
            "`moving-digits`, clips of 16 frames of 32 × 32 drawn by this program (src/data/clips/) from MNIST \
             (LeCun, Cortes & Burges); training clips of the 60,000 training digits, held-out ones of the 10,000 \
             others; SHA-256 of the four files in order: `{}`",
            meta.data.sha256
        ),
        Kind::Scenes => "`moving-scenes`, clips of 16 frames of 32 × 32 of coloured shapes, drawn by this program \
                         (src/data/clips/) without end; held-out ones are from another seed"
            .into(),
        Kind::People => "`walking-people`, clips of 16 frames of 32 × 32 of people who walk on the spot, drawn by this \
                         program (src/data/clips/people.rs) without end; held-out ones are from another seed"
            .into(),
    };
    let judged = match kind {
        Kind::Digits => {
            "the digit, followed by its ink and without a network through the first five frames, goes the way and at \
             the pace that is said. Which digit it is, is not judged"
        }
        Kind::Scenes => {
            "a thing of that colour and no other, found without a network, has the shape and the size that are said \
             in three of four frames, and goes the way and at the pace that is said through the first five"
        }
        Kind::People => {
            "of all walks in all clothes, ways and paces, drawn pose by pose, the one nearest to the clip is within .08 of \
             it (root mean square), and is the one that is said"
        }
    };
    let [redirected, on_path, noise] =
        [changed.redirected, changed.on_path, STRENGTH].map(|share| 100.0 * share);
    let count = changed.count;
    let changes = match kind {
        Kind::People => format!(
            "Of {count} held-out clips, the first frame alone and a sentence with another way: {redirected:.1} % go that \
             way. The whole clip under {noise:.0} % of the noise and a sentence with other clothes: in {on_path:.1} % \
             they are worn, and the steps are those of the clip.\n"
        ),
        _ => format!(
            "Of {count} held-out clips of one thing, the first frame alone and a sentence with another way: \
             {redirected:.1} % go that way. The whole clip under {noise:.0} % of the noise and a sentence with another \
             thing: in {on_path:.1} % the middle of the ink stays, in the mean of the frames, within {NEAR} pixels of \
             where it was.\n"
        ),
    };
    let training = format!(
        "{} steps, {} clips, {:.0} minutes by the clock",
        meta.step,
        meta.seen,
        meta.seconds / 60.0
    );
    format!(
        "{head}\
         The first eight frames of {n} held-out clips are given. Mean square error of a pixel (values from 0 \
         to 1), all eight frames that follow and each of them; `playground evaluate`. Lower is better.\n\n\
         | | frames 9 to 16 | each |\n|---|---|---|\n\
         {model}{standing}{straight}\n\
         Of {sentences} sentences about one thing, {words:.1} % are obeyed: {judged}.\n\n\
         {changes}",
        head = card::head(entry, meta, "", &data, &training),
        model = row("this checkpoint", &errors.model),
        standing = row("last frame repeated", &errors.standing),
        straight = row(going_on(kind).title, &errors.straight),
        words = words * 100.0,
    )
}
