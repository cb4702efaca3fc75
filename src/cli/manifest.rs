//! The manifest of what the site serves, and the cards beside the checkpoints.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    files::{Output, read, write},
    recipe::Recipe,
};
use crate::{
    checkpoint::{self, Meta},
    data::{groove, images, score},
    error::{Error, Result},
    model::Model,
};

/// `manifest.json`.
#[derive(Serialize, Deserialize)]
pub struct Manifest {
    version: u32,
    models: Vec<ModelEntry>,
    data: Vec<DataEntry>,
}

/// A checkpoint that is served.
#[derive(Serialize, Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub struct ModelEntry {
    /// Name.
    pub id: String,
    /// Id of its family.
    pub family: String,
    /// Title in the page.
    pub title: String,
    /// Name of its data set.
    pub data: String,
    /// File beside the manifest.
    pub file: String,
    /// Its size.
    pub bytes: usize,
    /// Its hash.
    pub sha256: String,
    /// Its card, beside the manifest.
    pub card: String,
    /// Licence of the weights.
    pub licence: String,
    /// Trainable numbers.
    pub parameters: usize,
    /// Numbers in its latent vector.
    pub latent_dim: usize,
    /// Measured values by name.
    pub metrics: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
struct DataEntry {
    name: String,
    title: String,
    file: String,
    bytes: usize,
    sha256: String,
    licence: String,
    card: String,
}

fn load(folder: &Path) -> Result<Manifest> {
    let path = folder.join("manifest.json");
    if !path.exists() {
        return Ok(Manifest {
            version: 1,
            models: Vec::new(),
            data: Vec::new(),
        });
    }
    serde_json::from_slice(&read(&path)?).map_err(|e| Error::BadData {
        name: path.display().to_string(),
        reason: e.to_string(),
    })
}

/// Change the manifest. Others who want to wait, so that no change is lost.
fn update<T>(folder: &Path, change: impl FnOnce(&mut Manifest) -> T) -> Result<T> {
    let output = Output::wait_for(&folder.join("manifest.json"))?;
    let mut manifest = load(folder)?;
    let result = change(&mut manifest);
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| Error::Internal {
        reason: e.to_string(),
    })?;
    output.write((text + "\n").as_bytes())?;
    Ok(result)
}

/// The entry called `id`.
pub fn model(folder: &Path, id: &str) -> Result<ModelEntry> {
    let manifest = load(folder)?;
    let known = manifest.models.iter().map(|m| m.id.clone()).collect();
    let found = manifest.models.into_iter().find(|m| m.id == id);
    let entry = found.ok_or_else(|| Error::UnknownModel {
        id: id.into(),
        known,
    })?;
    // Beside the manifest, and nowhere else.
    let plain = |file: &str| Path::new(file).file_name() == Some(file.as_ref());
    match plain(&entry.file) && plain(&entry.card) {
        true => Ok(entry),
        false => Err(Error::BadData {
            name: folder.join("manifest.json").display().to_string(),
            reason: format!("the files of {id} are not beside it"),
        }),
    }
}

/// Put or replace a checkpoint's entry; its metrics start empty.
pub fn put_model(
    folder: &Path,
    recipe: &Recipe,
    model: &dyn Model,
    meta: &Meta,
    file: &str,
    bytes: &[u8],
) -> Result<()> {
    let entry = ModelEntry {
        id: recipe.id.clone(),
        family: recipe.family.clone(),
        title: recipe.title.clone(),
        data: meta.data.name.clone(),
        file: file.into(),
        bytes: bytes.len(),
        sha256: checkpoint::sha256(bytes),
        card: format!("{}.md", recipe.id),
        licence: "MIT OR Apache-2.0".into(),
        parameters: model.num_params(),
        latent_dim: model.latent().map_or(0, |l| l.latent_dim()),
        metrics: Map::new(),
    };
    put(folder, entry)
}

/// Put or replace an entry.
pub fn put(folder: &Path, entry: ModelEntry) -> Result<()> {
    update(folder, |manifest| {
        match manifest.models.iter_mut().find(|m| m.id == entry.id) {
            Some(old) => *old = entry,
            None => manifest.models.push(entry),
        }
        manifest.models.sort_by(|a, b| a.id.cmp(&b.id));
    })
}

/// Let the manifest and the card beside a checkpoint tell of its new bytes, where they tell of it.
pub fn replace(file: &Path, old: &[u8], new: &[u8]) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let (before, after) = (checkpoint::sha256(old), checkpoint::sha256(new));
    let about_it = |m: &ModelEntry| m.sha256 == before;
    let path = folder.join("manifest.json");
    if !path.exists() || !load(folder)?.models.iter().any(about_it) {
        return Ok(());
    }
    let card = update(folder, |manifest| {
        let entry = manifest.models.iter_mut().find(|m| m.sha256 == before)?;
        entry.bytes = new.len();
        entry.sha256 = after.clone();
        Some(folder.join(&entry.card))
    })?;
    if let Some(card) = card.filter(|card| card.exists()) {
        let text = String::from_utf8_lossy(&read(&card)?).into_owned();
        let size = |bytes: &[u8]| format!("{} bytes", bytes.len());
        let text = text
            .replace(&before, &after)
            .replace(&size(old), &size(new));
        write(&card, text.as_bytes())?;
    }
    Ok(())
}

/// Put or replace a data file's entry.
pub fn put_data(folder: &Path, name: &str, file: &str, bytes: &[u8]) -> Result<()> {
    let (title, licence) = match name {
        score::NAME => ("Bach's chorales", "public domain"),
        groove::NAME => ("Groove MIDI Dataset", "CC BY 4.0"),
        _ => {
            let known = images::known(name)?;
            (known.title, known.licence)
        }
    };
    let entry = DataEntry {
        name: name.into(),
        title: title.into(),
        file: file.into(),
        bytes: bytes.len(),
        sha256: checkpoint::sha256(bytes),
        licence: licence.into(),
        card: "README.md".into(),
    };
    update(folder, |manifest| {
        match manifest.data.iter_mut().find(|d| d.name == name) {
            Some(old) => *old = entry,
            None => manifest.data.push(entry),
        }
    })
}
