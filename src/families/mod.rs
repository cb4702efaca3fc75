//! One file per family: config, module, objective, sampler; and the list of all.

pub mod agent;
pub mod bayes;
pub mod bert;
pub mod ddpm;
pub mod diffuser;
pub mod drums;
mod equations;
pub mod gan;
pub mod glow;
pub mod gpt;
pub mod in_context;
pub mod kl;
pub mod latent_diffusion;
pub mod mdn;
pub mod neural_process;
pub mod orderless;
pub mod pixelcnn;
pub mod pixelrnn;
pub mod pixels;
pub mod planar;
pub mod realnvp;
pub mod seq2seq;
pub mod tuned;
pub mod vae;
pub mod video;
pub mod world_model;

use burn::tensor::Device;
use serde_json::Value;

use self::{
    agent::Agent, bayes::Bayes, bert::Bert, ddpm::Ddpm, diffuser::Diffuser, drums::Drums, gan::Gan,
    glow::Glow, gpt::Gpt, in_context::InContext, kl::Kl, latent_diffusion::LatentDiffusion,
    mdn::Mdn, neural_process::NeuralProcess, orderless::OrderlessTransformer, pixelcnn::PixelCnn,
    pixelrnn::PixelRnn, planar::Planar, realnvp::RealNvp, seq2seq::Seq2Seq, tuned::Tuned, vae::Vae,
    video::Video, world_model::WorldModel,
};
use crate::{
    data::{DataInfo, Space, SpaceKind},
    error::{Error, Result},
    model::{Defaults, Family, FamilyInfo, Model, Preset, TrainConfig},
    options::{self, Options},
    rng::Rng,
};

/// All families, in the order of the page.
const FAMILIES: [Entry; 24] = [
    Entry::of::<Vae>(),
    Entry::of::<Gan>(),
    Entry::of::<Planar>(),
    Entry::of::<RealNvp>(),
    Entry::of::<Glow>(),
    Entry::of::<Ddpm>(),
    Entry::of::<LatentDiffusion>(),
    Entry::of::<Video>(),
    Entry::of::<NeuralProcess>(),
    Entry::of::<Mdn>(),
    Entry::of::<PixelCnn>(),
    Entry::of::<PixelRnn>(),
    Entry::of::<Gpt>(),
    Entry::of::<Tuned>(),
    Entry::of::<Bert>(),
    Entry::of::<InContext>(),
    Entry::of::<Seq2Seq>(),
    Entry::of::<OrderlessTransformer>(),
    Entry::of::<Drums>(),
    Entry::of::<Agent>(),
    Entry::of::<Diffuser>(),
    Entry::of::<WorldModel>(),
    Entry::of::<Bayes>(),
    Entry::of::<Kl>(),
];

/// What is asked of a family before there is a model of it.
struct Entry {
    id: &'static str,
    schema_version: u32,
    networks: &'static [&'static str],
    info: fn() -> FamilyInfo,
    presets: fn() -> Vec<Preset>,
    defaults: fn(&Space) -> Option<Start>,
    full_config: fn(&Value) -> Result<Value>,
    init: Init,
}

/// Config and training options to start from.
type Start = Result<(Value, TrainConfig)>;
/// See [`init`].
type Init = fn(&Value, &DataInfo, &mut Rng, &Device) -> Result<Box<dyn Model>>;

impl Entry {
    const fn of<F: Family>() -> Self {
        Self {
            id: F::ID,
            schema_version: F::SCHEMA_VERSION,
            networks: F::NETWORKS,
            info: F::info,
            presets: F::presets,
            defaults: |space| {
                let Defaults { config, train, .. } = F::defaults(space)?;
                Some(options::to_json(&config).map(|config| (config, train)))
            },
            full_config: |config| options::to_json(&F::Config::from_json(config)?),
            init: |config, data, rng, device| {
                let config = F::Config::from_json(config)?;
                if F::defaults(&data.space).is_none() {
                    return Err(not_for::<F>(&data.space));
                }
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

/// What all families declare, in the order of the page; see also
/// [`plots::families`](crate::plots::families).
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

/// The outline of a model of the family called `id`: its weights have names and shapes, and no values
/// for which anything would be drawn or allocated.
///
/// # Errors
/// As [`init`].
pub fn outline(
    id: &str,
    config: &Value,
    data: &DataInfo,
    device: &Device,
) -> Result<Box<dyn Model>> {
    init(id, config, data, &mut Rng::outline(), device)
}

/// The config of the family called `id` with every default filled in, as JSON.
///
/// # Errors
/// [`Error::UnknownFamily`], [`Error::BadOption`].
pub fn full_config(id: &str, config: &Value) -> Result<Value> {
    (Entry::find(id)?.full_config)(config)
}

/// The options with which a training of the family called `id` begins on such data: what is asked
/// for, over [`Family::defaults`]. The same for page and command line.
///
/// # Errors
/// [`Error::UnknownFamily`]; [`Error::BadOption`] for training options.
pub fn with_defaults(
    id: &str,
    space: &Space,
    config: &Value,
    train: &Value,
) -> Result<(Value, TrainConfig)> {
    let Some(defaults) = (Entry::find(id)?.defaults)(space) else {
        // What it cannot model is told when a model is made.
        return Ok((config.clone(), TrainConfig::from_json(train)?));
    };
    let (base, base_train) = defaults?;
    let config = match (base, config) {
        (Value::Object(mut base), Value::Object(config)) => {
            base.extend(config.clone());
            Value::Object(base)
        }
        (base, Value::Null) => base,
        (_, config) => config.clone(),
    };
    Ok((config, base_train.with_json(train)?))
}

/// The kinds of data that the family called `id` models.
///
/// # Errors
/// [`Error::UnknownFamily`].
pub fn kinds(id: &str) -> Result<Vec<SpaceKind>> {
    let entry = Entry::find(id)?;
    let models = |space: &Space| (entry.defaults)(space).is_some();
    let spaces = Space::examples().into_iter().filter(models);
    Ok(spaces.map(|space| space.kind()).collect())
}

/// Schema version and networks of the family called `id`.
///
/// # Errors
/// [`Error::UnknownFamily`].
pub fn schema(id: &str) -> Result<(u32, &'static [&'static str])> {
    let entry = Entry::find(id)?;
    Ok((entry.schema_version, entry.networks))
}

/// The error for data that a family does not model.
fn not_for<F: Family>(space: &Space) -> Error {
    let models = |space: &Space| F::defaults(space).is_some();
    let spaces = Space::examples().into_iter().filter(models);
    let names: Vec<_> = spaces.map(|space| space.kind().name()).collect();
    let (title, other) = (F::TITLE, space.kind().name());
    if names.contains(&other) {
        return Error::Unsupported {
            what: format!("{title} models grey images, not those in colour"),
        };
    }
    Error::Unsupported {
        what: format!("{title} models {}, not {other}", names.join(" and ")),
    }
}
