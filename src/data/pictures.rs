//! A reader's own pictures as a set to learn from.
//!
//! The page decodes and crops them; here they become grey or coloured images of one size, duplicates are
//! dropped, and some are held out. The same pictures with the same options are the same set, in whatever
//! order they come: its name says which.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use super::{
    ImageSet,
    images::{Images, Own},
    sound,
};
use crate::{
    bytes::Bytes,
    error::{Error, Result},
    hash::sha256,
    options::{self, Options},
};

/// What the name of every such set begins with.
pub const PREFIX: &str = "pictures-";
/// Fewer pictures are not learned from.
pub const LEAST: usize = 20;
/// More are not taken.
pub const MOST: usize = 5000;
/// The most classes.
const CLASSES: usize = 64;
/// Rows and columns of the pictures that are handed over.
const SIDES: std::ops::RangeInclusive<usize> = 8..=64;

/// Options of a reader's own pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PictureOptions {
    /// Pixels in a row, and rows.
    #[schemars(title = "Picture size")]
    pub side: Side,
    /// Colour has three numbers for each pixel instead of one, so that a step takes longer.
    #[schemars(title = "Colour")]
    pub colour: Colour,
    /// The folder that a picture lies in, or the label that you gave it, is its class: what a model can be
    /// asked for.
    #[schemars(title = "Classes from folders")]
    pub classes: bool,
    /// For what is drawn or written in dark ink: the ink becomes light and the paper black, whatever
    /// its grey, as MNIST has it.
    #[schemars(title = "Dark ink on paper")]
    pub ink: bool,
    /// Learn from each picture and from its mirror image. Not for writing.
    #[schemars(title = "Mirror images too")]
    pub mirror: bool,
}

impl Default for PictureOptions {
    fn default() -> Self {
        Self {
            side: Side::Small,
            colour: Colour::Auto,
            classes: true,
            ink: false,
            mirror: false,
        }
    }
}

impl Options for PictureOptions {}

/// Rows and columns of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Side {
    /// As MNIST has it.
    #[serde(rename = "28")]
    #[schemars(title = "28 × 28")]
    Small,
    /// As CIFAR-10 has it.
    #[serde(rename = "32")]
    #[schemars(title = "32 × 32")]
    Large,
}

impl Side {
    fn pixels(self) -> usize {
        match self {
            Side::Small => 28,
            Side::Large => 32,
        }
    }
}

/// Whether pictures are in colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// In colour if any of them is.
    #[schemars(title = "as they are")]
    Auto,
    /// All in grey.
    #[schemars(title = "grey")]
    Grey,
    /// All in colour.
    #[schemars(title = "in colour")]
    Colour,
}

/// Pictures of a reader's own, decoded and cropped to squares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureSource {
    /// Pixels in a row, and rows, of each: 8 to 64.
    pub side: u32,
    /// `4 · side²` bytes for each: red, green, blue, alpha (not multiplied in), row by row.
    pub pixels: Bytes,
    /// For each its class, an index into `classes`; empty where none is known.
    pub labels: Vec<u32>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// How they become images (those of `pictureSchema`); what is left out takes its default.
    #[serde(default)]
    #[ts(type = "Record<string, unknown>")]
    pub options: Value,
    /// Whether they are recordings: instead of pixels one second of samples for each, 8000 of 16 bits, little-endian.
    #[serde(default)]
    #[ts(as = "Option<bool>", optional)]
    pub sounds: bool,
}

/// A class of a reader's pictures.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PictureClass {
    /// Its name.
    pub name: String,
    /// Pictures in it.
    pub count: u32,
}

/// What became of a reader's pictures.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PictureInfo {
    /// Name of the set.
    pub name: String,
    /// 1 for grey, 3 for colour.
    pub channels: u32,
    /// Rows and columns.
    pub side: u32,
    /// Pictures to learn from, mirror images not counted.
    pub train: u32,
    /// Pictures held out.
    pub held_out: u32,
    /// Pictures that were left out, since there was another one just like them.
    pub duplicates: u32,
    /// The classes; none where the pictures have no classes, or only one.
    pub classes: Vec<PictureClass>,
}

fn bad(reason: impl Into<String>, hint: &str) -> Error {
    Error::BadPictures {
        reason: reason.into(),
        hint: hint.into(),
    }
}

/// One picture as a model sees it.
struct Picture {
    /// Channel by channel, row by row.
    bytes: Vec<u8>,
    class: usize,
    digest: String,
}

/// The set that a reader's pictures make.
///
/// # Errors
/// [`Error::BadPictures`] for too few, too many, or pixels that do not fit; [`Error::BadOption`]; [`Error::BadSound`].
pub fn read(source: &PictureSource) -> Result<(ImageSet, PictureInfo)> {
    if source.sounds {
        return sound::own::read(source);
    }
    let options = PictureOptions::from_json(&source.options)?;
    let side = options.side.pixels();
    let all = pixels(source, side)?;
    let channels = match options.colour {
        Colour::Grey => 1,
        Colour::Colour => 3,
        Colour::Auto if all.iter().any(|picture| is_coloured(picture)) => 3,
        Colour::Auto => 1,
    };
    let (names, labels) = classes(source, all.len(), options.classes)?;
    let mut pictures: Vec<Picture> = all
        .into_iter()
        .zip(labels)
        .map(|(pixels, class)| {
            let bytes = image(&pixels, side, channels, options.ink);
            let digest = sha256(&bytes);
            Picture {
                bytes,
                class,
                digest,
            }
        })
        .collect();
    let given = pictures.len();
    pictures.sort_by(|a, b| (&a.digest, a.class).cmp(&(&b.digest, b.class)));
    pictures.dedup_by(|a, b| a.digest == b.digest);
    let duplicates = given - pictures.len();
    if pictures.len() < LEAST {
        let reason = format!(
            "{LEAST} at least are needed, and there {}",
            match pictures.len() {
                1 => "is 1".into(),
                n => format!("are {n}"),
            }
        );
        return Err(bad(reason, "Add more; copies of one picture count once."));
    }
    let options_json = options::to_json(&options)?;
    let identity = identity(&pictures, &names, &options_json);
    let name = format!("{PREFIX}{}", &identity[..8]);
    let counts: Vec<u32> = (0..names.len())
        .map(|class| pictures.iter().filter(|p| p.class == class).count() as u32)
        .collect();
    let held_out = held_out(&pictures);
    let (mut train, mut test) = (Vec::new(), Vec::new());
    for (picture, held) in pictures.iter().zip(held_out) {
        match held {
            true => test.push(picture),
            false => train.push(picture),
        }
    }
    let info = PictureInfo {
        name: name.clone(),
        channels: channels as u32,
        side: side as u32,
        train: train.len() as u32,
        held_out: test.len() as u32,
        duplicates: duplicates as u32,
        classes: (names.iter().cloned().zip(counts))
            .map(|(name, count)| PictureClass { name, count })
            .collect(),
    };
    let images = |pictures: &[&Picture], mirror: bool| {
        let plain = pictures.iter().map(|p| (p.bytes.clone(), p.class as u8));
        let mirrored = pictures.iter().filter(|_| mirror);
        let mirrored = mirrored.map(|p| (mirrored_rows(&p.bytes, side), p.class as u8));
        Images::of(plain.chain(mirrored), channels * side * side)
    };
    let set = ImageSet::own(Own {
        name,
        sha256: identity,
        options: options_json,
        shape: [channels, side, side],
        classes: names,
        train: images(&train, options.mirror),
        test: images(&test, false),
    })?;
    Ok((set, info))
}

/// What tells one set from another: SHA-256 of its pictures, its classes and its options.
fn identity(pictures: &[Picture], classes: &[String], options: &Value) -> String {
    let mut text = format!("{options} {classes:?}");
    for picture in pictures {
        text.push_str(&picture.digest);
        text.push_str(&picture.class.to_string());
    }
    sha256(text.as_bytes())
}

/// For each picture whether it is held out: every tenth of each class, and never the only one of it.
fn held_out(pictures: &[Picture]) -> Vec<bool> {
    const EVERY: usize = 10;
    let mut order: Vec<usize> = (0..pictures.len()).collect();
    // Within a class they stay in the order of their hashes, which is as good as a random one.
    order.sort_by_key(|&i| pictures[i].class);
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for picture in pictures {
        *counts.entry(picture.class).or_default() += 1;
    }
    let lone = |i: usize| counts.get(&pictures[i].class).is_none_or(|&n| n < 2);
    let mut held = vec![false; pictures.len()];
    for (at, &i) in order.iter().enumerate() {
        held[i] = at % EVERY == EVERY / 2 && !lone(i);
    }
    if !held.contains(&true)
        && let Some(first) = held.first_mut()
    {
        *first = true;
    }
    held
}

/// Names of the classes, sorted, and the class of each of `n` pictures; without classes all are of class 0.
fn classes(source: &PictureSource, n: usize, wanted: bool) -> Result<(Vec<String>, Vec<usize>)> {
    let labels = &source.labels;
    if !labels.is_empty() && labels.len() != n {
        return Err(bad(
            format!("{} labels came with {n} pictures", labels.len()),
            "Choose them again.",
        ));
    }
    let known = source.classes.len();
    if labels.iter().any(|&label| label as usize >= known) {
        let reason = "a label is not among the classes";
        return Err(bad(reason, "Choose them again."));
    }
    let names: Vec<String> = source.classes.iter().map(|name| tidy(name)).collect();
    let mut used: Vec<&String> = labels.iter().map(|&l| &names[l as usize]).collect();
    // Digits in the order of their values.
    used.sort_by_key(|name| (name.parse::<u32>().unwrap_or(u32::MAX), *name));
    used.dedup();
    if !wanted || used.len() < 2 {
        return Ok((Vec::new(), vec![0; n]));
    }
    if used.len() > CLASSES {
        return Err(bad(
            format!("they lie in {} folders", used.len()),
            "At most 64 folders can be classes: take fewer, or switch “Classes from folders” off.",
        ));
    }
    let place: BTreeMap<&String, usize> = used.iter().enumerate().map(|(i, n)| (*n, i)).collect();
    let of = |&label: &u32| place.get(&names[label as usize]).copied().unwrap_or(0);
    let labels = labels.iter().map(of).collect();
    Ok((used.into_iter().cloned().collect(), labels))
}

/// A folder's name as a label.
pub(super) fn tidy(name: &str) -> String {
    let line: String = (name.chars().map(|c| if c.is_control() { ' ' } else { c }))
        .take(60)
        .collect();
    match line.trim() {
        "" => "?".into(),
        trimmed => trimmed.into(),
    }
}

/// Each picture at `side` × `side` pixels, on paper: red, green and blue in [0, 1].
fn pixels(source: &PictureSource, side: usize) -> Result<Vec<Vec<[f32; 3]>>> {
    let from = source.side as usize;
    if !SIDES.contains(&from) {
        let reason = format!("each has {from} × {from} pixels");
        return Err(bad(reason, "Choose them again."));
    }
    let each = 4 * from * from;
    let bytes = &source.pixels.0;
    if !bytes.len().is_multiple_of(each) {
        let reason = "their pixels are not as many as their size says";
        return Err(bad(reason, "Choose them again."));
    }
    if bytes.len() / each > MOST {
        return Err(bad(
            format!("they are {}, and {MOST} is the most", bytes.len() / each),
            "Take a part of them.",
        ));
    }
    let pictures = bytes.chunks_exact(each);
    Ok(pictures.map(|rgba| on_paper(rgba, from, side)).collect())
}

/// A picture on white paper; on black, where nothing could be seen of it on white.
fn on_paper(rgba: &[u8], from: usize, side: usize) -> Vec<[f32; 3]> {
    /// What no eye tells apart.
    const SAME: f32 = 0.02;
    let given: Vec<[f32; 4]> = rgba
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&[r, g, b, a]| {
            let alpha = f32::from(a) / 255.0;
            let colour = |v: u8| f32::from(v) / 255.0 * alpha;
            [colour(r), colour(g), colour(b), alpha]
        })
        .collect();
    let pixels = resized(&given, from, side);
    let on = |paper: f32| -> Vec<[f32; 3]> {
        let laid = |p: &[f32; 4]| [0, 1, 2].map(|c| p[c] + paper * (1.0 - p[3]));
        pixels.iter().map(laid).collect()
    };
    let white = on(1.0);
    let blank = white.iter().flatten().all(|&v| v > 1.0 - SAME);
    let clear = pixels.iter().any(|p| p[3] < 0.5);
    let seen = pixels.iter().any(|p| p[3] > 0.5);
    match blank && clear && seen {
        true => on(0.0),
        false => white,
    }
}

/// A square at another size: each new pixel is the mean of the area that it covers.
fn resized(pixels: &[[f32; 4]], from: usize, to: usize) -> Vec<[f32; 4]> {
    if from == to {
        return pixels.to_vec();
    }
    let scale = from as f32 / to as f32;
    // The old pixels that a new one covers along one side, and how much of each.
    let covered: Vec<Vec<(usize, f32)>> = (0..to)
        .map(|i| {
            let (start, end) = (i as f32 * scale, (i + 1) as f32 * scale);
            let last = (end.ceil() as usize).min(from);
            let part = |k: usize| (end.min(k as f32 + 1.0) - start.max(k as f32)).max(0.0) / scale;
            (start as usize..last).map(|k| (k, part(k))).collect()
        })
        .collect();
    let mut out = Vec::with_capacity(to * to);
    for rows in &covered {
        for columns in &covered {
            let mut sum = [0.0; 4];
            for &(y, a) in rows {
                for &(x, b) in columns {
                    let pixel = pixels[y * from + x];
                    (0..4).for_each(|c| sum[c] += a * b * pixel[c]);
                }
            }
            out.push(sum);
        }
    }
    out
}

/// Whether a person would say that a picture is in colour: a hundredth of it is.
fn is_coloured(pixels: &[[f32; 3]]) -> bool {
    let coloured = |p: &&[f32; 3]| {
        let high = p.iter().copied().fold(0.0, f32::max);
        high - p.iter().copied().fold(1.0, f32::min) > 0.12
    };
    pixels.iter().filter(coloured).count() * 100 > pixels.len()
}

/// The bytes of an image, channel by channel.
fn image(pixels: &[[f32; 3]], side: usize, channels: usize, ink: bool) -> Vec<u8> {
    // Rec. 601 luma.
    let luma = |p: &[f32; 3]| 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
    let mut planes: Vec<Vec<f32>> = match channels {
        1 => vec![pixels.iter().map(luma).collect()],
        _ => (0..3)
            .map(|c| pixels.iter().map(|p| p[c]).collect())
            .collect(),
    };
    let brightness: Vec<f32> = pixels.iter().map(luma).collect();
    if ink && paper(&brightness, side) > 0.5 {
        planes.iter_mut().for_each(|plane| inked(plane, side));
    }
    let byte = |v: &f32| (v.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    planes.iter().flatten().map(byte).collect()
}

/// The brightness of the paper: the median along the border.
fn paper(plane: &[f32], side: usize) -> f32 {
    let on_border = |i: usize| {
        let (x, y) = (i % side, i / side);
        x == 0 || y == 0 || x + 1 == side || y + 1 == side
    };
    let mut border: Vec<f32> = (0..plane.len())
        .filter(|&i| on_border(i))
        .map(|i| plane[i])
        .collect();
    border.sort_by(f32::total_cmp);
    border.get(border.len() / 2).copied().unwrap_or(0.0)
}

/// Dark ink on paper as light on black: paper and its grain become 0, the darkest ink 1.
fn inked(plane: &mut [f32], side: usize) {
    /// The part of the ink's range that is taken for the paper's grain.
    const GRAIN: f32 = 0.15;
    /// Less contrast is none.
    const FAINT: f32 = 0.2;
    let paper = paper(plane, side);
    let darkest = plane.iter().copied().fold(1.0, f32::min);
    let range = (paper - darkest).max(FAINT);
    for v in plane {
        *v = (((paper - *v) / range - GRAIN) / (1.0 - GRAIN)).clamp(0.0, 1.0);
    }
}

/// Each row from right to left.
fn mirrored_rows(bytes: &[u8], side: usize) -> Vec<u8> {
    let rows = bytes.chunks_exact(side);
    rows.flat_map(|row| row.iter().rev().copied()).collect()
}
