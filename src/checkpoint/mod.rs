//! Checkpoints: safetensors with everything needed to know what they are.
//!
//! The tensors are the model's weights by name (f16 or f32) and, in a resumable file, the
//! optimizers' moments as `optimizer/<network>/<weight>.m` and `.v` (f32) and the running average of
//! the weights as `average/<weight>`, if there is one. One metadata entry,
//! `playground`, holds a [`Meta`] as JSON. Loading checks, in this order: size, hash, container,
//! schema and options, names and shapes, finite numbers. Any failure is a typed error, and what
//! was loaded before is untouched, because a model is built aside and handed over at the end.

mod upgrade;

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use burn::tensor::{DType, Device, TensorData};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    data::{DataInfo, Dataset},
    error::{Error, Result},
    families,
    model::{Model, TrainConfig},
    nn::weights::Weights,
    optim::{Optimizer, ParameterGroup},
    options::{self, Options},
    rng::{Purpose, Rng},
    training::{LossCurve, Trainer},
};

pub use crate::hash::sha256;

/// No checkpoint of this program is larger.
pub const SIZE_LIMIT: usize = 256 << 20;

const META: &str = "playground";
/// Of a file without it: most often its weights were saved anew by a script that dropped it.
const NO_META: &str = "its metadata has no entry “playground”. If a script saved it anew, let the script \
                       keep what stood there, in Python by \
                       save_file(tensors, path, metadata=safe_open(old, \"pt\").metadata())";
/// Before the names of the averaged weights in a resumable file.
const AVERAGE: &str = "average/";

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

/// How precisely weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 16 bits: for files that are served.
    Half,
    /// 32 bits: for files that are trained on.
    Single,
}

/// A checkpoint opened and checked: a model outside any training.
#[derive(Clone)]
pub struct Opened {
    /// The model, outside autodiff.
    pub model: Box<dyn Model>,
    /// About it.
    pub meta: Meta,
    /// The optimizers' state of a resumable file, by the names in the file.
    moments: Weights,
    /// The weights that are trained, where the model's are their running average.
    trained: Option<Weights>,
}

/// Write a model.
///
/// # Errors
/// What the device reports; [`Error::CheckpointNotFinite`] if a weight is no number or too large for
/// the precision; [`Error::Internal`] if serialization fails.
pub async fn write(model: &dyn Model, meta: &Meta, precision: Precision) -> Result<Vec<u8>> {
    let meta = Meta {
        optimizers: Vec::new(),
        ..meta.clone()
    };
    serialize(model.weights().await?, Weights::new(), &meta, precision)
}

/// Write everything a training needs to go on.
///
/// # Errors
/// As [`write()`].
pub async fn write_resumable(trainer: &Trainer, meta: &Meta) -> Result<Vec<u8>> {
    let mut moments = Weights::new();
    for (network, optimizer) in trainer.model.networks().iter().zip(&trainer.optimizers) {
        for (name, data) in optimizer.read().await? {
            moments.insert(format!("optimizer/{network}/{name}"), data);
        }
    }
    let meta = Meta {
        optimizers: trainer.optimizers.iter().map(Optimizer::time).collect(),
        ..meta.clone()
    };
    if let Some(average) = &trainer.average {
        for (name, data) in average.weights().await? {
            moments.insert(format!("{AVERAGE}{name}"), data);
        }
    }
    let weights = trainer.model.weights().await?;
    serialize(weights, moments, &meta, Precision::Single)
}

fn serialize(
    weights: Weights,
    moments: Weights,
    meta: &Meta,
    precision: Precision,
) -> Result<Vec<u8>> {
    let internal = |e: String| Error::Internal { reason: e };
    let json = serde_json::to_string(meta).map_err(|e| internal(e.to_string()))?;
    let mut tensors = Vec::new();
    let weights = weights.into_iter().map(|(n, d)| (n, d, precision));
    let moments = moments.into_iter().map(|(n, d)| (n, d, Precision::Single));
    for (name, data, precision) in weights.chain(moments) {
        let shape = data.shape().as_slice().to_vec();
        let values = data
            .as_slice::<f32>()
            .map_err(|e| internal(format!("{name}: {e:?}")))?;
        // What is no number, or too large for the file's precision, could not be opened again.
        let largest = match precision {
            Precision::Single => f32::MAX,
            Precision::Half => half::f16::MAX.to_f32(),
        };
        if !values.iter().all(|v| v.abs() <= largest) {
            return Err(Error::CheckpointNotFinite { tensor: name });
        }
        let (dtype, bytes) = match precision {
            Precision::Single => (Dtype::F32, bytemuck::cast_slice(values).to_vec()),
            Precision::Half => {
                let half = values
                    .iter()
                    .flat_map(|&v| half::f16::from_f32(v).to_le_bytes());
                (Dtype::F16, half.collect())
            }
        };
        tensors.push((name, shape, dtype, bytes));
    }
    let views = tensors
        .iter()
        .map(|(name, shape, dtype, bytes)| {
            let view = TensorView::new(*dtype, shape.clone(), bytes);
            Ok((name, view.map_err(|e| internal(e.to_string()))?))
        })
        .collect::<Result<Vec<_>>>()?;
    safetensors::serialize(views, Some(HashMap::from([(META.to_string(), json)])))
        .map_err(|e| internal(e.to_string()))
}

/// Name, type and shape of a tensor in a file.
pub type TensorInfo = (String, String, Vec<usize>);

/// Read only what a file says about itself; also names, types and shapes of its tensors.
///
/// # Errors
/// As [`open`], except for what concerns the weights.
pub fn inspect(bytes: &[u8]) -> Result<(Meta, Vec<TensorInfo>)> {
    check_size(bytes)?;
    let tensors = parse(bytes)?;
    let meta = meta(bytes)?;
    let list = tensors
        .iter()
        .map(|(name, t)| {
            (
                name.to_string(),
                format!("{:?}", t.dtype()),
                t.shape().to_vec(),
            )
        })
        .collect();
    Ok((meta, list))
}

fn check_size(bytes: &[u8]) -> Result<()> {
    if bytes.len() > SIZE_LIMIT {
        return Err(Error::CheckpointTooLarge {
            bytes: bytes.len(),
            limit: SIZE_LIMIT,
        });
    }
    Ok(())
}

fn parse(bytes: &[u8]) -> Result<SafeTensors<'_>> {
    let parse = |reason: String| Error::CheckpointParse { reason };
    let tensors = SafeTensors::deserialize(bytes).map_err(|e| parse(e.to_string()))?;
    let header = bytes.get(8..).unwrap_or_default();
    let mut names = serde_json::Deserializer::from_slice(header);
    UniqueNames::deserialize(&mut names).map_err(|e| parse(e.to_string()))?;
    Ok(tensors)
}

/// A JSON object in which no name comes twice: the parser would take one of the two in silence.
struct UniqueNames;

impl<'de> Deserialize<'de> for UniqueNames {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = UniqueNames;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<UniqueNames, A::Error> {
                let mut seen = HashSet::new();
                while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                    if let Some(twice) = seen.replace(name) {
                        let reason = format!("{twice} comes twice");
                        return Err(serde::de::Error::custom(reason));
                    }
                }
                Ok(UniqueNames)
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// What a file says about itself, as it stands there.
fn meta_json(bytes: &[u8]) -> Result<Value> {
    let schema = |reason: String| Error::CheckpointSchema { reason };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| Error::CheckpointParse {
        reason: e.to_string(),
    })?;
    let json = header
        .metadata()
        .as_ref()
        .and_then(|m| m.get(META))
        .ok_or_else(|| schema(NO_META.into()))?;
    serde_json::from_str(json).map_err(|e| schema(e.to_string()))
}

/// An older file in today's format, its tensors as they are; `None` for one that is in it already.
///
/// # Errors
/// As [`inspect`].
pub fn convert(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    check_size(bytes)?;
    let tensors = parse(bytes)?;
    let mut json = meta_json(bytes)?;
    let before = json.clone();
    upgrade::upgrade(&mut json);
    if json == before {
        meta(bytes)?;
        return Ok(None);
    }
    let about = HashMap::from([(META.to_string(), json.to_string())]);
    let internal = |e: safetensors::SafeTensorError| Error::Internal {
        reason: e.to_string(),
    };
    let converted = safetensors::serialize(tensors.iter(), Some(about)).map_err(internal)?;
    meta(&converted)?;
    Ok(Some(converted))
}

fn meta(bytes: &[u8]) -> Result<Meta> {
    let schema = |reason: String| Error::CheckpointSchema { reason };
    let mut meta = meta_json(bytes)?;
    upgrade::upgrade(&mut meta);
    let meta: Meta = serde_json::from_value(meta).map_err(|e| schema(e.to_string()))?;
    if meta.format != upgrade::FORMAT {
        let (format, known) = (meta.format, upgrade::FORMAT);
        return Err(schema(format!("format {format} where {known} is known")));
    }
    let (version, networks) = families::schema(&meta.family)?;
    if meta.schema != version {
        return Err(schema(format!(
            "version {} of {} where {version} is known",
            meta.schema, meta.family
        )));
    }
    if !meta.optimizers.is_empty() && meta.optimizers.len() != networks.len() {
        return Err(schema(format!(
            "{} optimizers for {} networks",
            meta.optimizers.len(),
            networks.len()
        )));
    }
    // More than any training takes, and what the arithmetic on them can bear.
    let times = meta.optimizers.iter().map(|&t| t as u64);
    if times.chain([meta.step]).any(|n| n > i32::MAX as u64) || meta.seen > 1 << 53 {
        return Err(schema("its count of steps cannot be right".into()));
    }
    let points = meta
        .losses
        .iter()
        .map(|c| c.values.len().max(c.steps.len()));
    if points.max().unwrap_or(0) > 100_000 || meta.losses.len() > 64 {
        return Err(schema("its loss history is too long".into()));
    }
    meta.data.check()?;
    TrainConfig::from_json(&meta.train)?;
    Ok(meta)
}

/// Open a checkpoint on `device`, which must be outside autodiff.
///
/// # Errors
/// [`Error::CheckpointTooLarge`], [`Error::CheckpointHash`], [`Error::CheckpointParse`],
/// [`Error::CheckpointSchema`], [`Error::UnknownFamily`], [`Error::BadOption`],
/// [`Error::CheckpointShape`], [`Error::CheckpointNotFinite`].
pub fn open(bytes: &[u8], promised: Option<&str>, device: &Device) -> Result<Opened> {
    check_size(bytes)?;
    if let Some(promised) = promised {
        let found = sha256(bytes);
        if !found.eq_ignore_ascii_case(promised) {
            return Err(Error::CheckpointHash { found });
        }
    }
    let tensors = parse(bytes)?;
    let meta = meta(bytes)?;
    let (mut weights, mut moments) = (Weights::new(), Weights::new());
    let mut average = Weights::new();
    for (name, tensor) in tensors.iter() {
        let data = floats(name, &tensor)?;
        if name.starts_with("optimizer/") {
            moments.insert(name.to_string(), data);
        } else if let Some(name) = name.strip_prefix(AVERAGE) {
            average.insert(name.to_string(), data);
        } else {
            weights.insert(name.to_string(), data);
        }
    }
    let mut rng = Rng::new(meta.seed, Purpose::Init, 0);
    let model = families::init(&meta.family, &meta.config, &meta.data, &mut rng, device)?;
    let trained = (!average.is_empty()).then(|| weights.clone());
    let model = model.with_weights(weights)?;
    let model = match trained {
        Some(_) => model.with_weights(average)?,
        None => model,
    };
    Ok(Opened {
        model,
        meta,
        moments,
        trained,
    })
}

fn floats(name: &str, tensor: &TensorView) -> Result<TensorData> {
    let bytes = tensor.data();
    let values: Vec<f32> = match tensor.dtype() {
        Dtype::F32 => bytes
            .as_chunks::<4>()
            .0
            .iter()
            .map(|&b| f32::from_le_bytes(b))
            .collect(),
        Dtype::F16 => bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&b| half::f16::from_le_bytes(b).to_f32())
            .collect(),
        other => {
            return Err(Error::CheckpointShape {
                reason: format!("{name} has the type {other:?} where F32 or F16 is needed"),
            });
        }
    };
    if !values.iter().all(|v| v.is_finite()) {
        return Err(Error::CheckpointNotFinite {
            tensor: name.into(),
        });
    }
    let data = TensorData::new(values, tensor.shape().to_vec());
    debug_assert_eq!(data.dtype(), DType::F32);
    Ok(data)
}

impl Opened {
    /// Whether a training can go on from it exactly where it was.
    pub fn is_resumable(&self) -> bool {
        !self.meta.optimizers.is_empty()
    }

    /// A training that goes on from here on `data`: exactly where it was for a resumable file,
    /// with fresh optimizers for another.
    ///
    /// # Errors
    /// [`Error::BadData`] if the data is of another shape; [`Error::CheckpointShape`] for the
    /// optimizers' state.
    pub async fn into_trainer(self, data: Rc<Dataset>, device: &Device) -> Result<Trainer> {
        let meta = self.meta;
        let info = data.info();
        if info.name != meta.data.name {
            return Err(Error::BadData {
                name: info.name.clone(),
                reason: format!("this model was trained on {}", meta.data.name),
            });
        }
        meta.data.space.must_fit(&info.space, &info.name)?;
        // The weights belong to the mean and scale that they were trained with.
        let data = match &*data {
            Dataset::Points(set) => Rc::new(set.clone().standardized_as(&meta.data.space).into()),
            _ => data,
        };
        let autodiff = device.clone().autodiff();
        let mut rng = Rng::new(meta.seed, Purpose::Init, 0);
        let model = families::init(&meta.family, &meta.config, &meta.data, &mut rng, &autodiff)?
            .with_weights(match self.trained.clone() {
                Some(trained) => trained,
                None => self.model.weights().await?,
            })?;
        let mut moments = self.moments;
        let mut optimizers = Vec::new();
        let groups = model.parameter_groups();
        for (i, network) in model.networks().iter().enumerate() {
            let time = meta.optimizers.get(i).copied().unwrap_or(0);
            let prefix = format!("optimizer/{network}/");
            let (own, others) = moments
                .into_iter()
                .partition::<Weights, _>(|(name, _)| name.starts_with(&prefix));
            moments = others;
            let own = own
                .into_iter()
                .map(|(name, data)| (name[prefix.len()..].to_string(), data))
                .collect();
            let mut groups = groups.clone();
            groups.retain(|group: &ParameterGroup| group.network == *network);
            optimizers.push(Optimizer::restore(time, own, &groups, device)?);
        }
        if let Some(name) = moments.keys().next() {
            return Err(Error::CheckpointShape {
                reason: format!("{name} belongs to no optimizer"),
            });
        }
        let train = TrainConfig::from_json(&meta.train)?;
        let mut trainer = Trainer::resume(
            model, optimizers, train, data, meta.seed, meta.step, meta.seen,
        );
        trainer.average = self.trained.is_some().then_some(self.model);
        Ok(trainer)
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
        config: trainer.model.config()?,
        train: options::to_json(&trainer.config)?,
        data: trainer.data.info().clone(),
        seed: trainer.seed,
        step: trainer.step_count(),
        seen: trainer.seen(),
        seconds: 0.0,
        optimizers: Vec::new(),
        losses,
    })
}
