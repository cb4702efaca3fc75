//! Going on with a model on another text, and adapters as files of their own.
//!
//! A file of adapters is a checkpoint that leaves out the model before: what a file says about itself, and the adapters'
//! tensors alone. One entry more of its metadata, `adapter`, is the fingerprint of the weights that they belong to, a
//! SHA-256 over their names, shapes and values, so that it does not depend on the file they came in.

use std::rc::Rc;

use burn::tensor::{Device, TensorData};
use safetensors::SafeTensors;
use serde_json::{Value, json};

use super::{
    Meta, Opened, Precision, check_shapes, check_size, expected, floats, meta, parse, serialize,
    sha256,
};
use crate::{
    data::{
        DataInfo, Dataset,
        talk::Talk,
        text::{TextOptions, TextSet},
    },
    error::{Error, Result},
    families::{
        self,
        gpt::Gpt,
        tuned::{ADAPTERS, AFTER, BEFORE, Tuned},
    },
    model::{Family, Model, TrainConfig},
    nn::weights::Weights,
    options::{self, Options},
    training::{Origin, Trainer},
};

/// The entry of a file of adapters that names their model.
pub(super) const ADAPTER: &str = "adapter";

/// What a model is to go on learning, and how.
pub struct Tuning<'a> {
    /// Options of the family [`Tuned`], but for those of the model before.
    pub config: &'a Value,
    /// Options of the training; what is left out takes its default.
    pub train: &'a Value,
    /// Name of the text.
    pub name: &'a str,
    /// It.
    pub text: &'a str,
    /// Options of the text.
    pub text_options: &'a Value,
    /// Seed of everything that is drawn.
    pub seed: u64,
}

/// Weights by the names that they had before they were put behind `prefix`; others are left out.
fn behind(weights: Weights, prefix: &str) -> Weights {
    let own = weights.into_iter().filter_map(|(name, data)| {
        let name = name.strip_prefix(prefix)?.to_string();
        Some((name, data))
    });
    own.collect()
}

/// Weights by their names behind `prefix`.
fn under(prefix: &str, weights: &Weights) -> Weights {
    let each = weights.iter();
    each.map(|(name, data)| (format!("{prefix}{name}"), data.clone()))
        .collect()
}

/// The SHA-256 of names, shapes and values.
///
/// # Errors
/// [`Error::Internal`] for weights that are no `f32`.
fn fingerprint(weights: &Weights) -> Result<String> {
    let mut all = Vec::new();
    for (name, data) in weights {
        all.extend_from_slice(name.as_bytes());
        for &dim in data.shape().as_slice() {
            all.push(0);
            all.extend_from_slice(&(dim as u64).to_le_bytes());
        }
        all.extend_from_slice(bytemuck::cast_slice(numbers(name, data)?));
    }
    Ok(sha256(&all))
}

fn numbers<'a>(name: &str, data: &'a TensorData) -> Result<&'a [f32]> {
    data.as_slice::<f32>().map_err(|e| Error::Internal {
        reason: format!("{name}: {e:?}"),
    })
}

/// The fingerprint of the model that a file's adapters belong to; nothing of a file that holds none.
fn wanted(bytes: &[u8]) -> Option<String> {
    let (_, header) = SafeTensors::read_metadata(bytes).ok()?;
    header.metadata().as_ref()?.get(ADAPTER).cloned()
}

/// Whether a file holds adapters of another model, and no model.
pub fn is_adapter(bytes: &[u8]) -> bool {
    wanted(bytes).is_some()
}

/// Write the adapters of a model, without it.
///
/// # Errors
/// [`Error::Unsupported`] for a model without any; as [`write`](super::write()).
pub async fn write_adapter(model: &dyn Model, meta: &Meta) -> Result<Vec<u8>> {
    let prefix = model.adapter().ok_or_else(|| Error::Unsupported {
        what: "This model has no adapter".into(),
    })?;
    let mut weights = model.weights().await?;
    let before = fingerprint(&behind(weights.clone(), BEFORE))?;
    weights.retain(|name, _| name.starts_with(prefix));
    let meta = Meta {
        optimizers: Vec::new(),
        ..meta.clone()
    };
    let more = Some((ADAPTER, before));
    serialize(weights, Weights::new(), &meta, Precision::Single, more)
}

/// The data that a model learns next, of the tokens that it knows.
fn with_vocabulary(base: &DataInfo, tuning: &Tuning<'_>) -> Result<TextSet> {
    let vocabulary = base.space.vocabulary().ok_or(not_text())?;
    let options = TextOptions {
        fit: true,
        ..TextOptions::from_json(tuning.text_options)?
    };
    TextSet::with(tuning.name, tuning.text, vocabulary.clone(), &options)
}

fn not_text() -> Error {
    Error::Unsupported {
        what: "Only a GPT can be fine-tuned here".into(),
    }
}

impl Opened {
    /// A model of another program as one of ours, which can be trained on; nothing of one that is ours.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for one that has what ours have not.
    pub fn as_gpt(&self, device: &Device) -> Result<Option<Opened>> {
        let Some(made) = self.model.as_gpt() else {
            return Ok(None);
        };
        let made = made?;
        let config = options::to_json(&made.config)?;
        let outline = families::outline(Gpt::ID, &config, &made.data, device)?;
        let own = Opened::guest(outline.with_weights(made.weights)?, made.data)?;
        let meta = Meta {
            schema: families::schema(Gpt::ID)?.0,
            id: self.meta.id.clone(),
            train: options::to_json(&TrainConfig::default())?,
            ..own.meta
        };
        Ok(Some(Opened { meta, ..own }))
    }

    /// The model before, of one that was fine-tuned; of a [`Gpt`](families::gpt::Gpt) it itself.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for another model; what the device reports.
    async fn base(&self) -> Result<(Weights, Value)> {
        let (weights, config) = (self.model.weights().await?, self.model.config()?);
        match self.model.family() {
            family if Some(family) == Tuned::FROM => Ok((weights, config)),
            Tuned::ID => Ok((behind(weights, BEFORE), config["base"].clone())),
            _ => Err(not_text()),
        }
    }

    /// What the model before had learned from, and its name.
    fn origin(&self) -> Origin {
        match self.model.family() {
            Tuned::ID => Origin {
                id: self.meta.from.clone(),
                data: self.meta.before.clone(),
            },
            _ => Origin {
                id: self.meta.id.clone(),
                data: Some(self.meta.data.name.clone()),
            },
        }
    }

    /// A training that goes on from these weights on another text. From a model that was fine-tuned it begins again
    /// with the weights before.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that is no GPT; [`Error::BadOption`], [`Error::BadText`],
    /// [`Error::OverBudget`]; what the device reports.
    pub async fn tune(&self, tuning: &Tuning<'_>, device: &Device) -> Result<Trainer> {
        let (weights, base) = self.base().await?;
        let data = with_vocabulary(&self.meta.data, tuning)?;
        let data: Dataset = data.into();
        let mut config = tuning.config.clone();
        if config.is_null() {
            config = Value::Object(serde_json::Map::new());
        }
        config["base"] = base;
        if let Some(talk) = Talk::of(tuning.text) {
            config["chat"] = json!(talk);
        }
        let space = &data.info().space;
        let (config, train) = families::with_defaults(Tuned::ID, space, &config, tuning.train)?;
        let mut trainer = Trainer::new(
            Tuned::ID,
            &config,
            train,
            Rc::new(data),
            tuning.seed,
            device,
        )?;
        let mut given = under(BEFORE, &weights);
        if trainer.model.adapter().is_none() {
            given.extend(under(AFTER, &weights));
        }
        trainer.begin_with(given).await?;
        trainer.remember(self.origin());
        Ok(trainer)
    }

    /// An agent that goes on with these weights and learns from a reader's own episodes. What it knows already is not
    /// to be washed away by a few of them: steps are smaller than from nothing.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that does not act; [`Error::BadOption`], [`Error::OverBudget`]; what the device
    /// reports.
    pub async fn imitate(
        &self,
        data: Rc<Dataset>,
        train: &Value,
        seed: u64,
        device: &Device,
    ) -> Result<Trainer> {
        if self.model.acting().is_none() {
            return Err(Error::Unsupported {
                what: "This needs a model that acts".into(),
            });
        }
        let (family, space) = (self.model.family(), &data.info().space);
        let gently = json!({"learning_rate": 1e-3, "batch_size": 16, "warmup": 10});
        let config = self.model.config()?;
        let (config, gently) = families::with_defaults(family, space, &config, &gently)?;
        let train = gently.with_json(train)?;
        let mut trainer = Trainer::new(family, &config, train, data, seed, device)?;
        trainer.begin_with(self.model.weights().await?).await?;
        trainer.remember(Origin {
            id: self.meta.id.clone().or_else(|| self.meta.from.clone()),
            data: None,
        });
        Ok(trainer)
    }

    /// A file of adapters on the model that they belong to.
    ///
    /// # Errors
    /// [`Error::AdapterBase`] for another model than theirs; as [`open`](super::open()).
    pub async fn adapt(&self, bytes: &[u8], device: &Device) -> Result<Opened> {
        check_size(bytes)?;
        let tensors = parse(bytes)?;
        let meta = meta::read(bytes)?;
        let schema = |reason: &str| Error::CheckpointSchema {
            reason: reason.into(),
        };
        let wanted = wanted(bytes).ok_or_else(|| schema("it holds no adapter"))?;
        if meta.family != Tuned::ID {
            return Err(schema("an adapter of another family"));
        }
        let (weights, base) = self.base().await?;
        let config = families::full_config(Tuned::ID, &meta.config)?;
        let id = |origin: Option<&String>| origin.cloned().unwrap_or_else(|| "?".into());
        if fingerprint(&weights)? != wanted
            || config["base"] != base
            || meta.data.space.vocabulary() != self.meta.data.space.vocabulary()
        {
            return Err(Error::AdapterBase {
                needed: id(meta.from.as_ref()),
                found: id(self.origin().id.as_ref()),
            });
        }
        let outline = families::outline(&meta.family, &meta.config, &meta.data, device)?;
        let mut shapes = expected(&tensors, &meta, &*outline);
        shapes.retain(|name, _| !name.starts_with(BEFORE));
        if shapes.keys().any(|name| !name.starts_with(ADAPTERS)) {
            return Err(schema("an adapter that is none"));
        }
        check_shapes(&tensors, &shapes)?;
        let mut all = under(BEFORE, &weights);
        for (name, tensor) in tensors.iter() {
            all.insert(name.to_string(), floats(name, &tensor)?);
        }
        Ok(Opened {
            model: outline.with_weights(all)?,
            meta,
            moments: Weights::new(),
            trained: None,
        })
    }
}
