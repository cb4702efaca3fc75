//! What a checkpoint says about itself.

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::upgrade;
use crate::{
    data::{self, DataInfo},
    error::{Error, Result},
    families,
    model::{Model, TrainConfig},
    options::{self, Options},
    training::{LossCurve, Trainer},
};

/// The entry of the file's metadata that holds a [`Meta`] as JSON.
pub(super) const ENTRY: &str = "playground";
/// Of a file without it: most often its weights were saved anew by a script that dropped it.
const NO_META: &str = "its metadata has no entry “playground”. If a script saved it anew, let the script \
                       keep what stood there, in Python by \
                       save_file(tensors, path, metadata=safe_open(old, \"pt\").metadata())";
/// Bytes of that entry; the largest vocabulary and full loss curves take about a third of it.
const JSON_LIMIT: usize = 8 << 20;
/// Loss curves, and points in one of them.
const CURVES: usize = 64;
const POINTS: usize = 100_000;

/// What a checkpoint says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// Of this table; see `upgrade`.
    pub format: u64,
    /// Id of the family.
    pub family: String,
    /// The family's schema version.
    pub schema: u32,
    /// Name of the checkpoint, for example `vae-mnist`; none for one made in the page.
    #[serde(default)]
    pub id: Option<String>,
    /// Name of the checkpoint whose weights its training began with, if it did not begin with drawn ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Name of the data that those weights had learned from, where it was other data than this training's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The family's config.
    pub config: Value,
    /// Options of the training.
    pub train: Value,
    /// The data it learned from.
    pub data: DataInfo,
    /// Seed of the training.
    pub seed: u64,
    /// Optimizer steps behind it.
    pub step: u64,
    /// Images seen.
    pub seen: u64,
    /// Passes over the data, counting parts; 0 where they were not counted.
    #[serde(default)]
    pub epoch: f64,
    /// Seconds of training, where the trainer kept them.
    #[serde(default)]
    pub seconds: f64,
    /// For a resumable file: the optimizers' step counts, one for each network.
    #[serde(default)]
    pub optimizers: Vec<usize>,
    /// Recorded losses.
    #[serde(default)]
    pub losses: Vec<LossCurve>,
}

/// What a file says about itself, as it stands there.
pub(super) fn json(bytes: &[u8]) -> Result<Value> {
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| Error::CheckpointParse {
        reason: e.to_string(),
    })?;
    let json = header
        .metadata()
        .as_ref()
        .and_then(|m| m.get(ENTRY))
        .ok_or_else(|| schema(NO_META))?;
    if json.len() > JSON_LIMIT {
        return Err(schema(format!("it has {} bytes", json.len())));
    }
    serde_json::from_str(json).map_err(|e| schema(e.to_string()))
}

/// What a file says about itself, in today's words and checked.
///
/// # Errors
/// [`Error::CheckpointParse`], [`Error::CheckpointSchema`], [`Error::UnknownFamily`],
/// [`Error::BadOption`].
pub(super) fn read(bytes: &[u8]) -> Result<Meta> {
    let mut meta = json(bytes)?;
    upgrade::upgrade(&mut meta);
    let meta: Meta = serde_json::from_value(meta).map_err(|e| schema(e.to_string()))?;
    meta.check()?;
    Ok(meta)
}

fn schema(reason: impl Into<String>) -> Error {
    let reason = reason.into();
    Error::CheckpointSchema { reason }
}

impl Meta {
    /// Refuse what no training of this program writes.
    ///
    /// # Errors
    /// [`Error::CheckpointSchema`], [`Error::UnknownFamily`], [`Error::BadOption`].
    fn check(&self) -> Result<()> {
        if self.format != upgrade::FORMAT {
            let (format, known) = (self.format, upgrade::FORMAT);
            return Err(schema(format!("format {format} where {known} is known")));
        }
        let (version, networks) = families::schema(&self.family)?;
        if self.schema != version {
            return Err(schema(format!(
                "version {} of {} where {version} is known",
                self.schema, self.family
            )));
        }
        let names = [&self.id, &self.from, &self.before];
        if names.into_iter().flatten().any(|id| !data::is_name(id)) {
            return Err(schema("its name cannot be that of a model"));
        }
        if !self.optimizers.is_empty() && self.optimizers.len() != networks.len() {
            return Err(schema(format!(
                "{} optimizers for {} networks",
                self.optimizers.len(),
                networks.len()
            )));
        }
        // More than any training takes, and what the arithmetic on them can bear.
        let times = self.optimizers.iter().map(|&t| t as u64);
        if times.chain([self.step]).any(|n| n > i32::MAX as u64) || self.seen > 1 << 53 {
            return Err(schema("its count of steps cannot be right"));
        }
        if ![self.seconds, self.epoch]
            .iter()
            .all(|n| (0.0..1e12).contains(n))
        {
            return Err(schema("its time cannot be right"));
        }
        if self.losses.len() > CURVES {
            return Err(schema("its loss history is too long"));
        }
        self.losses.iter().try_for_each(check_curve)?;
        // What is recorded next would stand before it.
        let last = self.losses.iter().filter_map(|curve| curve.steps.last());
        if last.max().is_some_and(|&last| u64::from(last) > self.step) {
            return Err(schema("a loss history beyond its last step"));
        }
        self.data.check()?;
        TrainConfig::from_json(&self.train)?;
        Ok(())
    }
}

/// Refuse a curve that nobody recorded: a value for each step, finite, in the order of the steps.
fn check_curve(curve: &LossCurve) -> Result<()> {
    if curve.steps.len().max(curve.values.len()) > POINTS {
        return Err(schema("its loss history is too long"));
    }
    if curve.steps.len() != curve.values.len() {
        let (steps, values) = (curve.steps.len(), curve.values.len());
        return Err(schema(format!(
            "a loss with {steps} steps, {values} values"
        )));
    }
    if !data::is_label(&curve.name) {
        return Err(schema("a loss without a name"));
    }
    if !curve.values.iter().all(|v| v.is_finite()) || !curve.steps.is_sorted() {
        return Err(schema("a loss history that was not recorded"));
    }
    Ok(())
}

impl Meta {
    /// Of a model that no training of this program made, and that no checkpoint holds.
    pub(super) fn guest(model: &dyn Model, data: DataInfo) -> Result<Self> {
        Ok(Self {
            format: upgrade::FORMAT,
            family: model.family().into(),
            schema: 0,
            id: None,
            from: None,
            before: None,
            config: model.config()?,
            train: Value::Object(serde_json::Map::new()),
            data,
            seed: 0,
            step: 0,
            seen: 0,
            epoch: 0.0,
            seconds: 0.0,
            optimizers: Vec::new(),
            losses: Vec::new(),
        })
    }
}

/// What a training's checkpoint says about itself.
///
/// # Errors
/// [`Error::Internal`].
pub fn meta_of(trainer: &Trainer, losses: Vec<LossCurve>) -> Result<Meta> {
    let family = trainer.model.family();
    Ok(Meta {
        format: upgrade::FORMAT,
        family: family.into(),
        schema: families::schema(family)?.0,
        id: None,
        from: trainer.origin.id.clone(),
        before: trainer.origin.data.clone(),
        config: trainer.model.config()?,
        train: options::to_json(&trainer.config)?,
        data: trainer.data.info().clone(),
        seed: trainer.seed,
        step: trainer.step_count(),
        seen: trainer.seen(),
        epoch: trainer.epoch(),
        seconds: 0.0,
        optimizers: Vec::new(),
        losses,
    })
}
