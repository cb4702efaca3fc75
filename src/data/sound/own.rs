//! A reader's own recordings as a set to learn from.

use std::collections::BTreeMap;

use super::{
    Ear, RATE, SHAPE,
    cut::{bad, one_second, resampled},
    wav,
};
use crate::{
    data::{
        ImageSet,
        images::{Images, Own},
        pictures::{PREFIX, PictureClass, PictureInfo, PictureSource, tidy},
    },
    error::Result,
    hash::sha256,
};

/// Fewer recordings are not learned from.
pub const LEAST: usize = 10;
/// More are not taken.
pub const MOST: usize = 1000;
/// The most classes.
const CLASSES: usize = 64;
/// Of those of a class, so many to one that is held out.
const EVERY: usize = 10;
/// Bytes of a recording: one second of 16 bits.
const EACH: usize = 2 * RATE;

/// The loudest second of a WAV file: [`RATE`] samples.
///
/// # Errors
/// [`Error::BadSound`](crate::error::Error::BadSound).
pub fn second_of(file: &[u8]) -> Result<Vec<f32>> {
    let (rate, sound) = wav::read(file)?;
    one_second(&resampled(&sound, rate as f32, RATE as f32)?)
}

/// The set that recordings make: `pixels` are their samples, [`RATE`] of 16 bits for each. The same ones in any order
/// are the same set.
///
/// # Errors
/// [`Error::BadSound`](crate::error::Error::BadSound) for too few, too many, or samples that do not fit.
pub fn read(source: &PictureSource) -> Result<(ImageSet, PictureInfo)> {
    let bytes = &source.pixels.0;
    let n = bytes.len() / EACH;
    if bytes.len() != n * EACH || !(source.labels.is_empty() || source.labels.len() == n) {
        return bad("their samples are not as many as they should be".into());
    }
    if n > MOST {
        return bad(format!("they are {n}, and {MOST} is the most"));
    }
    let names: Vec<String> = source.classes.iter().map(|name| tidy(name)).collect();
    let label = |i: usize| source.labels.get(i).map(|&label| names.get(label as usize));
    let mut all = BTreeMap::new();
    let ear = Ear::default();
    for (i, clip) in bytes.chunks_exact(EACH).enumerate() {
        let Some(name) = label(i).unwrap_or(Some(&String::new())).cloned() else {
            return bad("a label is not among the classes".into());
        };
        let samples = clip.as_chunks::<2>().0.iter();
        let sound: Vec<f32> = samples
            .map(|pair| f32::from(i16::from_le_bytes(*pair)) / 32768.0)
            .collect();
        let values = ear.image(&sound);
        let image: Vec<u8> = values.iter().map(|v| (v * 255.0).round() as u8).collect();
        // Digits in the order of their values; copies count once.
        let order = (name.parse::<u32>().unwrap_or(u32::MAX), name);
        all.insert((order, sha256(&image)), image);
    }
    if all.len() < LEAST {
        return bad(format!(
            "{LEAST} at least are needed, and there are {}",
            all.len()
        ));
    }
    let mut classes: Vec<String> = all.keys().map(|((_, name), _)| name.clone()).collect();
    classes.dedup();
    if classes.len() > CLASSES {
        return bad(format!(
            "they have {} labels, and {CLASSES} is the most",
            classes.len()
        ));
    }
    let mut text = String::from("sounds");
    text += &format!("{classes:?}");
    let (mut train, mut test) = (Vec::new(), Vec::new());
    let mut counts = vec![0u32; classes.len()];
    for (i, (((_, name), digest), image)) in all.iter().enumerate() {
        let class = classes.iter().position(|class| class == name).unwrap_or(0);
        text += digest;
        text += &class.to_string();
        counts[class] += 1;
        // Within a class they stand in the order of their hashes, which is as good as a random one.
        let part = if i % EVERY == EVERY / 2 {
            &mut test
        } else {
            &mut train
        };
        part.push((image.clone(), class as u8));
    }
    let identity = sha256(text.as_bytes());
    let name = format!("{PREFIX}{}", &identity[..8]);
    let classed = classes.len() > 1;
    let info = PictureInfo {
        name: name.clone(),
        channels: 1,
        side: SHAPE[1] as u32,
        train: train.len() as u32,
        held_out: test.len() as u32,
        duplicates: (n - all.len()) as u32,
        classes: (classes.iter().cloned().zip(counts))
            .filter(|_| classed)
            .map(|(name, count)| PictureClass { name, count })
            .collect(),
    };
    let size = SHAPE.iter().product();
    let set = ImageSet::own(Own {
        name,
        sha256: identity,
        options: serde_json::json!({ "sounds": true }),
        shape: SHAPE,
        classes: if classed { classes } else { Vec::new() },
        train: Images::of(train.into_iter(), size),
        test: Images::of(test.into_iter(), size),
    })?;
    Ok((set, info))
}
