//! `playground sample ID`.

use std::path::{Path, PathBuf};

use burn::tensor::Tensor;
use serde_json::{Map, Value, json};

use super::{
    Place,
    files::{read, write},
    idle,
    poster::picture,
    terminal::{self, say},
    text,
};
use crate::{
    checkpoint::Opened,
    data::{
        PointSet, SpaceKind, groove,
        score::{RollInput, VOICES, humming, midi},
        sound::{Ear, RATE, is_sound},
    },
    device::floats,
    error::{Error, Result},
    model::{Condition, Sampler, Samples, drive, finish},
    plots::{self, hear::ROUNDS},
    scene::{View, grid},
    speech::sound::wav_at,
};

/// What is drawn, and where it goes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Name of a shipped checkpoint, or a .safetensors file.
    id: String,
    /// How many: 32 images, 1000 points or 1 text without it.
    #[arg(long)]
    count: Option<usize>,
    /// Seed.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Standard deviation of what the sampler starts from; of a text, what logits are divided by.
    #[arg(long)]
    temperature: Option<f64>,
    /// Another option of the model's sampler, for example steps=50 or top_k=5; may be given several
    /// times.
    #[arg(long = "option", value_name = "NAME=VALUE")]
    options: Vec<String>,
    /// Of images: the number of the class to draw, of a model that knows classes.
    #[arg(long)]
    label: Option<u32>,
    /// Of images: how strongly they follow the class, 1 as the model learned it.
    #[arg(long)]
    guidance: Option<f64>,
    /// Of texts: what they begin with.
    #[arg(long)]
    prompt: Option<String>,
    /// Of chorales: the melody to put three voices under, as a MIDI file, whose highest voice it is, or as a WAV file in
    /// which it is hummed.
    #[arg(long)]
    melody: Option<PathBuf>,
    /// Of texts: tokens of each; 500 without it.
    #[arg(long)]
    length: Option<usize>,
    /// Of images: how many in a row; 8 without it.
    #[arg(long)]
    columns: Option<usize>,
    /// Of images: pixels of the file for one pixel of a sample; 2 without it.
    #[arg(long)]
    scale: Option<usize>,
    /// The file: a .png for images (grid.png without it) or a .gif of how they come about, a .wav where they
    /// are sounds, a .csv or .svg for points (points.csv without it), any for texts (the terminal without it;
    /// several are parted by a line of ---).
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Draw samples of any model.
///
/// # Errors
/// What the model and its options say; [`Error::BadOption`] for an option that would do nothing.
pub fn run(arguments: &Arguments) -> Result<()> {
    let opened = arguments.place.open(&arguments.id)?;
    let kind = opened.meta.data.space.kind();
    let what = format!("a model of {} does not take it", kind.name());
    let written = matches!(
        kind,
        SpaceKind::Text | SpaceKind::Pairs | SpaceKind::Episodes
    );
    if !written && opened.meta.data.words.is_empty() {
        idle("prompt", arguments.prompt.as_ref(), &what)?;
    }
    if kind != SpaceKind::Score {
        let melody = arguments.melody.as_ref().map(|path| path.display());
        idle("melody", melody, &what)?;
    }
    if kind != SpaceKind::Text {
        idle("length", arguments.length.as_ref(), &what)?;
    }
    let pixels = matches!(
        kind,
        SpaceKind::Image | SpaceKind::Video | SpaceKind::Episodes
    );
    if kind != SpaceKind::Image {
        idle("label", arguments.label.as_ref(), &what)?;
    }
    if !pixels {
        idle("columns", arguments.columns.as_ref(), &what)?;
        idle("scale", arguments.scale.as_ref(), &what)?;
        idle("guidance", arguments.guidance.as_ref(), &what)?;
    }
    match kind {
        SpaceKind::Image => images(arguments, &opened),
        SpaceKind::Video | SpaceKind::Episodes => clips(arguments, &opened),
        SpaceKind::Points | SpaceKind::Classes | SpaceKind::Energy => points(arguments, &opened),
        SpaceKind::Functions => functions(arguments, &opened, [200, 2000]),
        SpaceKind::Paths => functions(arguments, &opened, [16, 64]),
        SpaceKind::Text | SpaceKind::Pairs => texts(arguments, &opened),
        SpaceKind::Score | SpaceKind::Groove => scores(arguments, &opened),
    }
}

/// A number of the command line within its range, or what it is without one.
fn within(name: &str, given: Option<usize>, otherwise: usize, most: usize) -> Result<usize> {
    let value = given.unwrap_or(otherwise);
    match (1..=most).contains(&value) {
        true => Ok(value),
        false => Err(Error::bad_option(
            name,
            value,
            format!("1 to {most} are possible"),
        )),
    }
}

fn has_ending(out: &Path, ending: &str) -> bool {
    out.extension()
        .is_some_and(|e| e.eq_ignore_ascii_case(ending))
}

/// Refuse a file of an option with another ending than these.
fn ends_in(option: &str, file: &Path, endings: &[&str]) -> Result<()> {
    let ending = file.extension().unwrap_or_default().to_string_lossy();
    match endings.iter().any(|e| ending.eq_ignore_ascii_case(e)) {
        true => Ok(()),
        false => {
            let reason = format!("its name has to end in .{}", endings.join(" or ."));
            Err(Error::bad_option(option, file.display(), reason))
        }
    }
}

fn sampler(arguments: &Arguments, opened: &Opened, count: usize) -> Result<Box<dyn Sampler>> {
    let options = sampler_options(arguments)?;
    let condition = Condition {
        prompt: arguments.prompt.clone(),
        label: arguments.label,
        guidance: arguments.guidance,
        score: arguments.melody.as_deref().map(melody).transpose()?,
        ..Condition::default()
    };
    opened
        .model
        .sampler(&options, &condition, count, arguments.seed)
}

/// The highest voice of a file, and three beneath it that are to be made.
fn melody(path: &Path) -> Result<RollInput> {
    ends_in("melody", path, &["mid", "midi", "wav"])?;
    let file = read(path)?;
    let mut roll = match has_ending(path, "wav") {
        true => humming::read(&file)?,
        false => midi::read(&file)?,
    };
    roll.voices.truncate(1);
    roll.free = (1..VOICES as u32)
        .map(|voice| [voice, 0, roll.steps])
        .collect();
    Ok(roll)
}

fn drawn(arguments: &Arguments, opened: &Opened, count: usize) -> Result<Samples> {
    let mut sampler = sampler(arguments, opened, count)?;
    pollster::block_on(finish(&mut *sampler))
}

fn images(arguments: &Arguments, opened: &Opened) -> Result<()> {
    let count = within("count", arguments.count, 32, 10_000)?;
    let columns = within("columns", arguments.columns, 8, 10_000)?;
    let scale = within("scale", arguments.scale, 2, 16)?;
    let out = arguments.out.clone().unwrap_or_else(|| "grid.png".into());
    let heard = is_sound(&opened.meta.data);
    let endings: &[&str] = if heard {
        &["png", "gif", "wav"]
    } else {
        &["png", "gif"]
    };
    ends_in("out", &out, endings)?;
    let bytes = if has_ending(&out, "wav") {
        sounds(drawn(arguments, opened, count)?, arguments.seed)?
    } else if has_ending(&out, "gif") {
        let mut sampler = sampler(arguments, opened, count)?;
        film(&pollster::block_on(frames(&mut *sampler, columns))?, scale)?
    } else {
        let samples = drawn(arguments, opened, count)?;
        let view = pollster::block_on(grid(samples.images()?, columns))?;
        plots::png(&view, scale)?
    };
    write(&out, &bytes)?;
    told(arguments, count, &out);
    Ok(())
}

/// Images of sounds as one sound, one after the other.
fn sounds(samples: Samples, seed: u64) -> Result<Vec<u8>> {
    let images = samples.images()?;
    let each = images.dims()[1..].iter().product();
    let values = pollster::block_on(floats(images))?;
    let ear = Ear::default();
    let all = values.chunks_exact(each);
    let sound: Vec<f32> = all
        .flat_map(|image| ear.sound(image, ROUNDS, seed))
        .collect();
    Ok(wav_at(&sound, RATE))
}

/// Clips as a PNG, a row for each and a column for each frame, or as a GIF that shows them side by side.
fn clips(arguments: &Arguments, opened: &Opened) -> Result<()> {
    let count = within("count", arguments.count, 8, 64)?;
    let scale = within("scale", arguments.scale, 2, 16)?;
    let columns = within("columns", arguments.columns, 4, 64)?;
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| "samples.png".into());
    ends_in("out", &out, &["png", "gif"])?;
    let clips = drawn(arguments, opened, count)?.clips()?;
    let [n, frames, c, h, w] = clips.dims();
    let bytes = if has_ending(&out, "gif") {
        let frame = |i: usize| {
            let frame = clips.clone().narrow(1, i, 1).reshape([n, c, h, w]);
            pollster::block_on(grid(frame, columns))
        };
        film(&(0..frames).map(frame).collect::<Result<Vec<_>>>()?, scale)?
    } else {
        // Of an episode every fourth frame says enough.
        let every = match opened.meta.data.space.kind() {
            SpaceKind::Episodes => 4,
            _ => 1,
        };
        let kept: Vec<_> = (0..frames)
            .step_by(every)
            .map(|i| clips.clone().narrow(1, i, 1))
            .collect();
        let columns = kept.len();
        let sheet = Tensor::cat(kept, 1).reshape([n * columns, c, h, w]);
        plots::png(&pollster::block_on(grid(sheet, columns))?, scale)?
    };
    write(&out, &bytes)?;
    told(arguments, count, &out);
    Ok(())
}

/// Frames of a film, about.
const FRAMES: usize = 48;
/// How long each stays, hundredths of a second.
const DELAY: u16 = 8;

/// What a sampler has come to, some [`FRAMES`] times on its way and at its end.
async fn frames(sampler: &mut dyn Sampler, columns: usize) -> Result<Vec<View>> {
    let steps = sampler.steps();
    let every = steps.div_ceil(FRAMES).max(1);
    let mut frames = vec![grid(sampler.state().images()?, columns).await?];
    drive(sampler, async |sampler, step| {
        if step % every == 0 || step == steps {
            frames.push(grid(sampler.state().images()?, columns).await?);
        }
        Ok(())
    })
    .await?;
    Ok(frames)
}

/// Images as a GIF, each of their pixels `scale` × `scale`.
fn film(frames: &[View], scale: usize) -> Result<Vec<u8>> {
    let mut rgba = Vec::new();
    let mut size = [0u32; 2];
    for frame in frames {
        let View::Image {
            width,
            height,
            rgba: pixels,
            ..
        } = frame
        else {
            continue;
        };
        size = [*width * scale as u32, *height * scale as u32];
        let pixels = pixels.0.as_chunks::<4>().0;
        rgba.extend(plots::enlarged(pixels, *width as usize, scale, 4));
    }
    let side = |pixels: u32| {
        u16::try_from(pixels)
            .map_err(|_| Error::bad_option("scale", scale, "a GIF has at most 65535 pixels a side"))
    };
    plots::gif(&plots::Film {
        width: side(size[0])?,
        height: side(size[1])?,
        delay: DELAY,
        rgba: &rgba,
    })
}

/// Guesses against true values of functions: as a table, as SVG or as a small PNG.
fn functions(arguments: &Arguments, opened: &Opened, [usual, most]: [usize; 2]) -> Result<()> {
    /// Pixels of CSS of the PNG.
    const SIDE: u32 = 224;
    let count = within("count", arguments.count, usual, most)?;
    let out = arguments.out.clone().unwrap_or_else(|| "points.csv".into());
    ends_in("out", &out, &["csv", "svg", "png"])?;
    let samples = drawn(arguments, opened, count)?;
    let window = PointSet::window_of(&opened.meta.data);
    let view = pollster::block_on(plots::samples(samples, 1, window))?;
    let bytes = match &view {
        _ if has_ending(&out, "png") => picture(view.clone(), SIDE)?,
        View::Plot { layers, .. } if has_ending(&out, "csv") => plots::csv(layers, None),
        view => plots::svg::svg(view)?.into_bytes(),
    };
    write(&out, &bytes)?;
    told(arguments, count, &out);
    Ok(())
}

fn points(arguments: &Arguments, opened: &Opened) -> Result<()> {
    let count = within("count", arguments.count, 1000, 1_000_000)?;
    let out = arguments.out.clone().unwrap_or_else(|| "points.csv".into());
    ends_in("out", &out, &["csv", "svg"])?;
    let samples = drawn(arguments, opened, count)?;
    let data = &opened.meta.data;
    let view = pollster::block_on(plots::samples(samples, 1, PointSet::window_of(data)))?;
    let svg = has_ending(&out, "svg");
    let bytes = match &view {
        View::Plot { layers, .. } if !svg => plots::csv(layers, data.units.as_ref()),
        view => plots::svg::svg(view)?.into_bytes(),
    };
    write(&out, &bytes)?;
    told(arguments, count, &out);
    Ok(())
}

/// Music as a MIDI file, or as a picture of its notes.
fn scores(arguments: &Arguments, opened: &Opened) -> Result<()> {
    within("count", arguments.count, 1, 1)?;
    let out = arguments.out.clone().unwrap_or_else(|| "music.mid".into());
    ends_in("out", &out, &["mid", "png"])?;
    let scores = drawn(arguments, opened, 1)?.scores()?;
    for roll in &scores {
        let bytes = match has_ending(&out, "png") {
            true => plots::png(&plots::score::picture(roll), 2)?,
            false if roll.drums => groove::midi::write(&roll.as_input())?,
            false => midi::write(&roll.as_input())?,
        };
        write(&out, &bytes)?;
    }
    told(arguments, scores.len(), &out);
    Ok(())
}

/// Write texts to a file; to the terminal without one, a single text token by token.
fn texts(arguments: &Arguments, opened: &Opened) -> Result<()> {
    let count = within("count", arguments.count, 1, 200)?;
    let mut options = sampler_options(arguments)?;
    let writes = opened.meta.data.space.kind() == SpaceKind::Text;
    if let Some(options) = options.as_object_mut()
        && writes
    {
        options.entry("length").or_insert(json!(500));
        options.entry("temperature").or_insert(json!(1.0));
    }
    let condition = match &arguments.prompt {
        None if !writes => Condition::default(),
        prompt => Condition::prompt(prompt.as_deref().unwrap_or_default()),
    };
    let mut sampler = opened
        .model
        .sampler(&options, &condition, count, arguments.seed)?;
    if count == 1 && arguments.out.is_none() {
        return text::write_out(&mut *sampler, terminal::write, terminal::is_closed);
    }
    let Samples::Texts(texts) = pollster::block_on(finish(&mut *sampler))? else {
        return Err(Error::Unsupported {
            what: "This needs a model of text".into(),
        });
    };
    let spelt = texts.iter().map(|tokens| {
        let pieces = tokens.iter().map(|token| token.text.as_str());
        pieces.collect::<String>() + "\n"
    });
    // A translation is a line.
    let all = spelt
        .collect::<Vec<_>>()
        .join(if writes { "---\n" } else { "" });
    match &arguments.out {
        Some(out) => {
            write(out, all.as_bytes())?;
            told(arguments, count, out);
        }
        None => terminal::write(&all),
    }
    Ok(())
}

fn told(arguments: &Arguments, count: usize, out: &Path) {
    let samples = if count == 1 { "sample" } else { "samples" };
    say!("{count} {samples} of {} in {}", arguments.id, out.display());
}

/// The options of the model's sampler, from those of the command line.
///
/// # Errors
/// [`Error::BadOption`] if one is no NAME=VALUE, or is given twice.
fn sampler_options(arguments: &Arguments) -> Result<Value> {
    let mut all = Map::new();
    all.extend(
        arguments
            .temperature
            .map(|t| ("temperature".into(), json!(t))),
    );
    all.extend(arguments.length.map(|n| ("length".into(), json!(n))));
    add_options(&mut all, &arguments.options)?;
    Ok(Value::Object(all))
}

/// Options given as NAME=VALUE.
///
/// # Errors
/// [`Error::BadOption`] if one is no such pair, or is given twice.
pub fn add_options(all: &mut Map<String, Value>, given: &[String]) -> Result<()> {
    for option in given {
        let Some((name, value)) = option.split_once('=') else {
            let reason = "a name and a value are needed, such as steps=50";
            return Err(Error::bad_option("option", option, reason));
        };
        // What is no number is a word.
        let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
        if all.insert(name.into(), value).is_some() {
            return Err(Error::bad_option("option", option, "it was given already"));
        }
    }
    Ok(())
}
