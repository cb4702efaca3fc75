//! Checkpoints: safetensors with everything needed to know what they are.
//!
//! The tensors are the model's weights by name (f16 or f32) and, in a resumable file, the
//! optimizers' moments as `optimizer/<network>/<weight>.m` and `.v` (f32) and the running average of
//! the weights as `average/<weight>`, if there is one. One metadata entry,
//! `playground`, holds a [`Meta`] as JSON. Loading checks, in this order: size, hash, container,
//! schema and options, names and shapes, finite numbers. Any failure is a typed error, and what
//! was loaded before is untouched, because a model is built aside and handed over at the end.

mod meta;
mod tuning;
mod upgrade;

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    rc::Rc,
};

use burn::tensor::{DType, Device, TensorData};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::Deserialize;

use crate::{
    data::{DataInfo, Dataset},
    error::{Error, Result},
    families,
    model::{Model, TrainConfig},
    nn::weights::Weights,
    optim::{Optimizer, ParameterGroup},
    options::Options,
    training::{Budget, FILE_LIMIT, Origin, Trainer},
};

pub use crate::hash::sha256;
pub use meta::{Meta, meta_of};
pub use tuning::{Tuning, is_adapter, write_adapter};

/// No checkpoint of this program is larger, whether it is written or read.
pub const SIZE_LIMIT: usize = FILE_LIMIT;

/// Before the names of the averaged weights in a resumable file.
const AVERAGE: &str = "average/";
/// Before the names of the optimizers' moments there.
const MOMENTS: &str = "optimizer/";

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

impl Opened {
    /// A model of another program, about which nothing is known but its data.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub fn guest(model: Box<dyn Model>, data: DataInfo) -> Result<Self> {
        let meta = Meta::guest(&*model, data)?;
        Ok(Self {
            model,
            meta,
            moments: Weights::new(),
            trained: None,
        })
    }
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
    serialize(
        model.weights().await?,
        Weights::new(),
        &meta,
        precision,
        None,
    )
}

/// Write everything a training needs to go on.
///
/// # Errors
/// As [`write()`].
pub async fn write_resumable(trainer: &Trainer, meta: &Meta) -> Result<Vec<u8>> {
    let mut moments = Weights::new();
    for (network, optimizer) in trainer.model.networks().iter().zip(&trainer.optimizers) {
        for (name, data) in optimizer.read().await? {
            moments.insert(format!("{MOMENTS}{network}/{name}"), data);
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
    serialize(weights, moments, &meta, Precision::Single, None)
}

/// Write an opened model with all that its file had to train on with, so that nothing is lost by saving it again.
///
/// # Errors
/// As [`write()`].
pub async fn write_opened(opened: &Opened, meta: &Meta) -> Result<Vec<u8>> {
    let own = opened.model.weights().await?;
    let mut moments = opened.moments.clone();
    let weights = match opened.trained.clone() {
        Some(trained) => {
            let average = own.into_iter();
            moments.extend(average.map(|(name, data)| (format!("{AVERAGE}{name}"), data)));
            trained
        }
        None => own,
    };
    serialize(weights, moments, meta, Precision::Single, None)
}

fn serialize(
    weights: Weights,
    moments: Weights,
    meta: &Meta,
    precision: Precision,
    more: Option<(&str, String)>,
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
    let mut about = HashMap::from([(meta::ENTRY.to_string(), json)]);
    about.extend(more.map(|(name, text)| (name.to_string(), text)));
    let about = Some(about);
    let file = safetensors::serialize(views, about).map_err(|e| internal(e.to_string()))?;
    check_size(&file)?;
    Ok(file)
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
    let meta = meta::read(bytes)?;
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

/// Refuse a file that is not the one that is promised.
pub(crate) fn check_hash(bytes: &[u8], promised: Option<&str>) -> Result<()> {
    if let Some(promised) = promised {
        let found = sha256(bytes);
        if !found.eq_ignore_ascii_case(promised) {
            return Err(Error::CheckpointHash { found });
        }
    }
    Ok(())
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

/// An older file in today's format, its tensors as they are; `None` for one that is in it already.
///
/// # Errors
/// As [`inspect`].
pub fn convert(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    check_size(bytes)?;
    let tensors = parse(bytes)?;
    let mut json = meta::json(bytes)?;
    let before = json.clone();
    upgrade::upgrade(&mut json);
    if json == before {
        meta::read(bytes)?;
        return Ok(None);
    }
    let about = HashMap::from([(meta::ENTRY.to_string(), json.to_string())]);
    let internal = |e: safetensors::SafeTensorError| Error::Internal {
        reason: e.to_string(),
    };
    let converted = safetensors::serialize(tensors.iter(), Some(about)).map_err(internal)?;
    meta::read(&converted)?;
    Ok(Some(converted))
}

/// Open a checkpoint on `device`, which must be outside autodiff.
///
/// # Errors
/// [`Error::CheckpointTooLarge`], [`Error::CheckpointHash`], [`Error::CheckpointParse`],
/// [`Error::CheckpointSchema`], [`Error::UnknownFamily`], [`Error::BadOption`],
/// [`Error::CheckpointShape`], [`Error::CheckpointNotFinite`].
pub fn open(bytes: &[u8], promised: Option<&str>, device: &Device) -> Result<Opened> {
    check_size(bytes)?;
    check_hash(bytes, promised)?;
    let tensors = parse(bytes)?;
    let meta = meta::read(bytes)?;
    if is_adapter(bytes) {
        return Err(Error::AdapterBase {
            needed: meta.from.unwrap_or_else(|| "?".into()),
            found: "none".into(),
        });
    }
    let outline = families::outline(&meta.family, &meta.config, &meta.data, device)?;
    check_shapes(&tensors, &expected(&tensors, &meta, &*outline))?;
    let (mut weights, mut moments) = (Weights::new(), Weights::new());
    let mut average = Weights::new();
    for (name, tensor) in tensors.iter() {
        let data = floats(name, &tensor)?;
        if name.starts_with(MOMENTS) {
            moments.insert(name.to_string(), data);
        } else if let Some(name) = name.strip_prefix(AVERAGE) {
            average.insert(name.to_string(), data);
        } else {
            weights.insert(name.to_string(), data);
        }
    }
    let (model, trained) = match average.is_empty() {
        true => (outline.with_weights(weights)?, None),
        false => (outline.with_weights(average)?, Some(weights)),
    };
    Ok(Opened {
        model,
        meta,
        moments,
        trained,
    })
}

/// Names and shapes of all tensors that a file must hold: the weights of its model, and with each
/// their average and their moments where it has such.
fn expected(
    tensors: &SafeTensors,
    meta: &Meta,
    outline: &dyn Model,
) -> BTreeMap<String, Vec<usize>> {
    let shapes = outline.shapes();
    let averaged = tensors.names().iter().any(|n| n.starts_with(AVERAGE));
    let mut expected = BTreeMap::new();
    if averaged {
        let each = shapes.iter();
        expected.extend(each.map(|(name, dims)| (format!("{AVERAGE}{name}"), dims.clone())));
    }
    expected.extend(shapes);
    for group in outline.parameter_groups() {
        let network = outline.networks().iter().position(|&n| n == group.network);
        let time = network.and_then(|i| meta.optimizers.get(i));
        // Before the first step there is nothing to keep.
        if time.is_none_or(|&time| time == 0) {
            continue;
        }
        for parameter in &group.parameters {
            let n = parameter.dims.iter().product();
            for moment in ["m", "v"] {
                let name = format!("{MOMENTS}{}/{}.{moment}", group.network, parameter.name);
                expected.insert(name, vec![n]);
            }
        }
    }
    expected
}

/// Refuse a file whose tensors are not those expected, before any of them is read.
fn check_shapes(tensors: &SafeTensors, expected: &BTreeMap<String, Vec<usize>>) -> Result<()> {
    let wrong = |reason: String| Err(Error::CheckpointShape { reason });
    for (name, tensor) in tensors.iter() {
        let (name, dtype) = (short(name), tensor.dtype());
        match expected.get(name.as_ref()) {
            None => return wrong(format!("{name} has no place in this model")),
            Some(dims) if dims != tensor.shape() => {
                let shape = tensor.shape();
                return wrong(format!("{name} is {shape:?} where {dims:?} is needed"));
            }
            Some(_) if !matches!(dtype, Dtype::F32 | Dtype::F16) => {
                return wrong(format!(
                    "{name} has the type {dtype:?} where F32 or F16 is needed"
                ));
            }
            Some(_) => {}
        }
    }
    match expected.keys().find(|name| tensors.tensor(name).is_err()) {
        Some(name) => wrong(format!("{name} is missing")),
        None => Ok(()),
    }
}

/// A name from a file as it can be shown.
fn short(name: &str) -> Cow<'_, str> {
    /// Characters of the longest name of a weight, and some.
    const MOST: usize = 100;
    match name.len() <= MOST && name.bytes().all(|b| b.is_ascii_graphic()) {
        true => name.into(),
        false => {
            let start: String = name.chars().take(MOST).collect();
            format!("{}…", start.escape_default()).into()
        }
    }
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
        if !meta.data.classes.is_empty() && meta.data.classes.len() < info.classes.len() {
            let (known, there) = (meta.data.classes.len(), info.classes.len());
            return Err(Error::BadData {
                name: info.name.clone(),
                reason: format!("this model knows {known} of its {there} classes"),
            });
        }
        let train = TrainConfig::from_json(&meta.train)?;
        Budget::of(device).check(&meta.family, &meta.config, &train, &meta.data)?;
        // The weights belong to the mean and scale that they were trained with.
        let data = match &*data {
            Dataset::Points(set) => Rc::new(set.clone().standardized_as(&meta.data.space).into()),
            _ => data,
        };
        let autodiff = device.clone().autodiff();
        let model = families::outline(&meta.family, &meta.config, &meta.data, &autodiff)?
            .with_weights(match self.trained.clone() {
                Some(trained) => trained,
                None => self.model.weights().await?,
            })?;
        let mut moments = self.moments;
        let mut optimizers = Vec::new();
        let groups = model.parameter_groups();
        for (i, network) in model.networks().iter().enumerate() {
            let time = meta.optimizers.get(i).copied().unwrap_or(0);
            let prefix = format!("{MOMENTS}{network}/");
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
        let mut trainer = Trainer::resume(
            model, optimizers, train, data, meta.seed, meta.step, meta.seen,
        );
        trainer.remember(Origin {
            id: meta.from,
            data: meta.before,
        });
        trainer.average = self.trained.is_some().then_some(self.model);
        Ok(trainer)
    }
}
