//! The list of families.

use burn::tensor::Device;
use serde_json::Value;

use super::{Family, Model, TrainConfig};
use crate::{
    data::DataInfo,
    error::{Error, Result},
    families::{
        autoregressive::Autoregressive, ddpm::Ddpm, gan::Gan, gpt::Gpt, planar::Planar,
        realnvp::RealNvp, vae::Vae,
    },
    options::{self, Options},
    protocol::{DataKind, FamilyInfo, Preset},
    rng::Rng,
};

/// All families, in the order of the page.
const FAMILIES: [Entry; 7] = [
    Entry::of::<Vae>(),
    Entry::of::<Gan>(),
    Entry::of::<Planar>(),
    Entry::of::<RealNvp>(),
    Entry::of::<Ddpm>(),
    Entry::of::<Autoregressive>(),
    Entry::of::<Gpt>(),
];

/// What is asked of a family before there is a model of it.
struct Entry {
    id: &'static str,
    schema_version: u32,
    networks: &'static [&'static str],
    kinds: &'static [DataKind],
    info: fn() -> FamilyInfo,
    presets: fn() -> Vec<Preset>,
    defaults: fn(DataKind) -> (Value, Value),
    full_config: fn(&Value) -> Result<Value>,
    init: fn(&Value, &DataInfo, &mut Rng, &Device) -> Result<Box<dyn Model>>,
}

impl Entry {
    const fn of<F: Family>() -> Self {
        Self {
            id: F::ID,
            schema_version: F::SCHEMA_VERSION,
            networks: F::NETWORKS,
            kinds: F::DATA,
            info: F::info,
            presets: F::presets,
            defaults: |kind| match kind {
                DataKind::Images => (Value::Null, Value::Null),
                DataKind::Text => (Value::Null, F::text_train()),
                DataKind::Points | DataKind::Energy => (F::plane_config(), F::plane_train()),
            },
            full_config: |config| options::to_json(&F::Config::from_json(config)?),
            init: |config, data, rng, device| {
                let config = F::Config::from_json(config)?;
                Ok(Box::new(F::init(&config, data, rng, device)?))
            },
        }
    }

    fn find(id: &str) -> Result<&'static Self> {
        const ALL: &[Entry] = &FAMILIES;
        let found = ALL.iter().find(|entry| entry.id == id);
        found.ok_or_else(|| Error::UnknownFamily { id: id.into() })
    }
}

/// What all families declare, in the order of the page.
pub fn infos() -> Vec<FamilyInfo> {
    FAMILIES.iter().map(|entry| (entry.info)()).collect()
}

/// All presets, in the order of the page.
pub fn presets() -> Vec<Preset> {
    FAMILIES
        .iter()
        .flat_map(|entry| (entry.presets)())
        .collect()
}

/// A fresh model of the family called `id`.
///
/// # Errors
/// [`Error::UnknownFamily`], [`Error::BadOption`], [`Error::Unsupported`].
pub fn init(
    id: &str,
    config: &Value,
    data: &DataInfo,
    rng: &mut Rng,
    device: &Device,
) -> Result<Box<dyn Model>> {
    (Entry::find(id)?.init)(config, data, rng, device)
}

/// The config of the family called `id` with every default filled in, as JSON.
///
/// # Errors
/// [`Error::UnknownFamily`], [`Error::BadOption`].
pub fn full_config(id: &str, config: &Value) -> Result<Value> {
    (Entry::find(id)?.full_config)(config)
}

/// What a training of the family called `id` starts from on this kind of data, before anybody asks
/// for something else: config and training options.
///
/// # Errors
/// [`Error::UnknownFamily`].
pub fn defaults(id: &str, kind: DataKind) -> Result<(Value, Value)> {
    Ok((Entry::find(id)?.defaults)(kind))
}

/// The config and the training options of a new model: what is asked for, over what its family
/// starts from on such data. The same for page and command line.
///
/// # Errors
/// [`Error::UnknownFamily`]; [`Error::BadOption`] for training options.
pub fn with_defaults(
    id: &str,
    kind: DataKind,
    config: &Value,
    train: &Value,
) -> Result<(Value, TrainConfig)> {
    let (base_config, base_train) = defaults(id, kind)?;
    let over = |base: Value, given: &Value| match (base, given) {
        (Value::Object(mut base), Value::Object(given)) => {
            base.extend(given.clone());
            Value::Object(base)
        }
        (base, Value::Null) => base,
        (_, given) => given.clone(),
    };
    let train = TrainConfig::from_json(&over(base_train, train))?;
    Ok((over(base_config, config), train))
}

/// The kinds of data that the family called `id` models.
///
/// # Errors
/// [`Error::UnknownFamily`].
pub fn kinds(id: &str) -> Result<&'static [DataKind]> {
    Ok(Entry::find(id)?.kinds)
}

/// Schema version and networks of the family called `id`.
///
/// # Errors
/// [`Error::UnknownFamily`].
pub fn schema(id: &str) -> Result<(u32, &'static [&'static str])> {
    let entry = Entry::find(id)?;
    Ok((entry.schema_version, entry.networks))
}
