//! Spoken digits natively: recordings of a folder, or the set that ships.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::{
    Ear, NAME, SHAPE,
    cut::{one_second, resampled},
    wav,
};
use crate::{
    data::{
        ImageSet,
        images::{Images, Own},
        shipped,
    },
    error::{Error, Result},
    hash::hex,
};

/// An image of each digit's recording, with the digit.
pub type Taken = Vec<(Vec<u8>, u8)>;

/// The set of such images.
///
/// # Errors
/// [`Error::BadData`] if there is nothing to learn from or to test on.
pub fn set(sha256: String, train: Taken, test: Taken) -> Result<ImageSet> {
    let size = SHAPE.iter().product();
    ImageSet::own(Own {
        name: NAME.into(),
        sha256,
        options: serde_json::Value::Null,
        shape: SHAPE,
        classes: (0..10).map(|digit| digit.to_string()).collect(),
        train: Images::of(train.into_iter(), size),
        test: Images::of(test.into_iter(), size),
    })
}

/// From `folder/spoken-digits/recordings/`, or else the packed set, in that folder or the one that ships with the site.
/// Recordings are named as those of the Free Spoken Digit Dataset (Jackson 2016): `DIGIT_SPEAKER_NUMBER.wav`; numbers 0
/// to 4 are held out, as there.
///
/// # Errors
/// [`Error::Io`]; [`Error::BadSound`] and [`Error::BadData`] for recordings that cannot be used.
pub fn from_folder(folder: &Path) -> Result<ImageSet> {
    let folder_of = folder.join(NAME).join("recordings");
    if !folder_of.is_dir() {
        return ImageSet::unpack(&shipped::from_folder(folder, NAME)?);
    }
    let io = |e: std::io::Error| Error::io(&folder_of, &e);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder_of).map_err(io)? {
        let name = entry
            .map_err(io)?
            .file_name()
            .to_string_lossy()
            .into_owned();
        if let Some((label, number)) = parts(&name) {
            files.push((number, name, label));
        }
    }
    // All speakers and digits by turns.
    files.sort();
    let (ear, mut hash) = (Ear::default(), Sha256::new());
    let (mut train, mut test) = (Taken::new(), Taken::new());
    for (number, name, label) in files {
        let path = folder_of.join(&name);
        let bytes = std::fs::read(&path).map_err(|e| Error::io(&path, &e))?;
        hash.update(&bytes);
        let image = image(&ear, &bytes).map_err(|error| match error {
            Error::BadSound { reason } => Error::BadSound {
                reason: format!("{name}: {reason}"),
            },
            error => error,
        })?;
        let part = if number < 5 { &mut test } else { &mut train };
        part.push((image, label));
    }
    set(hex(&hash.finalize()), train, test)
}

/// The digit and the number of a recording by its name.
fn parts(name: &str) -> Option<(u8, u32)> {
    let mut parts = name.strip_suffix(".wav")?.split('_');
    let digit = parts.next()?.parse().ok().filter(|digit| *digit < 10)?;
    Some((digit, parts.next_back()?.parse().ok()?))
}

/// The image of a WAV file, in bytes.
fn image(ear: &Ear, file: &[u8]) -> Result<Vec<u8>> {
    let (rate, sound) = wav::read(file)?;
    let second = one_second(&resampled(&sound, rate as f32, super::RATE as f32)?)?;
    Ok(bytes(&ear.image(&second)))
}

/// Values in [0, 1] as bytes.
pub fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().map(|v| (v * 255.0).round() as u8).collect()
}
