//! The list of families, and [`Model`], a model of any of them.

use burn::tensor::Device;
use serde_json::Value;

use super::{Density, Family, Invertible, Language, Latent, Losses, Sampler, StepContext};
use crate::{
    data::{Batch, DataInfo},
    error::{Error, Result},
    families,
    nn::weights::Weights,
    options::{self, Options},
    protocol::{DataKind, FamilyInfo, Preset},
    rng::Rng,
    views::plane::{LookRequest, Scene},
};

/// Builds [`Model`] from the list of families.
macro_rules! families {
    ($($(#[$doc:meta])* $variant:ident($family:ty)),* $(,)?) => {
        /// A model of any family. Every method is the family's own.
        #[derive(Clone)]
        #[allow(clippy::large_enum_variant)] // There are never many of them.
        pub enum Model {
            $($(#[$doc])* $variant($family),)*
        }

        /// All families, in the order of the page.
        pub fn infos() -> Vec<FamilyInfo> {
            vec![$(<$family as Family>::info()),*]
        }

        /// All presets, in the order of the page.
        pub fn presets() -> Vec<Preset> {
            [$(<$family as Family>::presets()),*].concat()
        }

        impl Model {
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
            ) -> Result<Self> {
                match id {
                    $(<$family as Family>::ID => {
                        let config = <$family as Family>::Config::from_json(config)?;
                        Ok(Self::$variant(<$family>::init(&config, data, rng, device)?))
                    })*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// The config of the family called `id` with every default filled in, as JSON.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`], [`Error::BadOption`].
            pub fn full_config(id: &str, config: &Value) -> Result<Value> {
                match id {
                    $(<$family as Family>::ID => {
                        options::to_json(&<$family as Family>::Config::from_json(config)?)
                    })*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// What a training of the family called `id` starts from on this kind of data, before
            /// anybody asks for something else: config and training options.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`].
            pub fn defaults(id: &str, kind: DataKind) -> Result<(Value, Value)> {
                match id {
                    $(<$family as Family>::ID if kind == DataKind::Images => {
                        Ok((Value::Null, Value::Null))
                    }
                    <$family as Family>::ID if kind == DataKind::Text => {
                        Ok((Value::Null, <$family as Family>::text_train()))
                    }
                    <$family as Family>::ID => Ok((
                        <$family as Family>::plane_config(),
                        <$family as Family>::plane_train(),
                    )),)*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// The kinds of data that the family called `id` models.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`].
            pub fn kinds(id: &str) -> Result<&'static [DataKind]> {
                match id {
                    $(<$family as Family>::ID => Ok(<$family as Family>::DATA),)*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// Schema version and players of the family called `id`.
            ///
            /// # Errors
            /// [`Error::UnknownFamily`].
            pub fn schema(id: &str) -> Result<(u32, &'static [&'static str])> {
                match id {
                    $(<$family as Family>::ID => Ok((
                        <$family as Family>::SCHEMA_VERSION,
                        <$family as Family>::PLAYERS,
                    )),)*
                    _ => Err(Error::UnknownFamily { id: id.into() }),
                }
            }

            /// Id of its family.
            pub fn family(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$family as Family>::ID,)* }
            }

            /// Title of its family.
            pub fn title(&self) -> &'static str {
                match self { $(Self::$variant(_) => <$family as Family>::TITLE,)* }
            }

            /// Names of its players.
            pub fn players(&self) -> &'static [&'static str] {
                match self { $(Self::$variant(_) => <$family as Family>::PLAYERS,)* }
            }

            /// Its config as JSON.
            ///
            /// # Errors
            /// [`Error::Internal`].
            pub fn config(&self) -> Result<Value> {
                match self { $(Self::$variant(m) => options::to_json(m.config()),)* }
            }

            /// See [`Family::valid`].
            pub fn valid(&self) -> Self {
                match self { $(Self::$variant(m) => Self::$variant(m.valid()),)* }
            }

            /// See [`Family::train_step`].
            ///
            /// # Errors
            /// What the device reports.
            pub fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
                match self { $(Self::$variant(m) => m.train_step(batch, context),)* }
            }

            /// See [`Family::losses`].
            ///
            /// # Errors
            /// What the device reports.
            pub fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
                match self { $(Self::$variant(m) => m.losses(batch, rng),)* }
            }

            /// See [`Family::sampler`]; `options` as JSON.
            ///
            /// # Errors
            /// [`Error::BadOption`] and what the device reports.
            pub fn sampler(&self, options: &Value, count: usize, seed: u64) -> Result<Box<dyn Sampler>> {
                match self {
                    $(Self::$variant(m) => {
                        let options = <$family as Family>::SampleOptions::from_json(options)?;
                        m.sampler(&options, count, seed)
                    })*
                }
            }

            /// See [`Family::num_params`].
            pub fn num_params(&self) -> usize {
                match self { $(Self::$variant(m) => m.num_params(),)* }
            }

            /// See [`Family::parameters`].
            pub fn parameters(&self) -> Vec<Vec<(String, usize)>> {
                match self { $(Self::$variant(m) => m.parameters(),)* }
            }

            /// See [`Family::weights`].
            ///
            /// # Errors
            /// What the device reports.
            pub async fn weights(&self) -> Result<Weights> {
                match self { $(Self::$variant(m) => m.weights().await,)* }
            }

            /// See [`Family::with_weights`].
            ///
            /// # Errors
            /// [`Error::CheckpointShape`].
            pub fn with_weights(self, weights: Weights) -> Result<Self> {
                match self { $(Self::$variant(m) => Ok(Self::$variant(m.with_weights(weights)?)),)* }
            }

            /// See [`Family::follow`].
            pub fn follow(&mut self, model: &Self, decay: f32) {
                match (self, model) {
                    $((Self::$variant(average), Self::$variant(model)) => {
                        average.follow(model, decay)
                    })*
                    #[allow(unreachable_patterns)] // With one family there is no other case.
                    _ => {}
                }
            }

            /// See [`Family::look`].
            ///
            /// # Errors
            /// [`Error::BadOption`] for a look it does not offer, and what the device reports.
            pub fn look(&self, request: &LookRequest) -> Result<Scene> {
                match self { $(Self::$variant(m) => m.look(request),)* }
            }

            /// See [`Family::density`].
            pub fn density(&self) -> Option<&dyn Density> {
                match self { $(Self::$variant(m) => m.density(),)* }
            }

            /// See [`Family::invertible`].
            pub fn invertible(&self) -> Option<&dyn Invertible> {
                match self { $(Self::$variant(m) => m.invertible(),)* }
            }

            /// See [`Family::latent`].
            pub fn latent(&self) -> Option<&dyn Latent> {
                match self { $(Self::$variant(m) => m.latent(),)* }
            }

            /// See [`Family::language`].
            pub fn language(&self) -> Option<&dyn Language> {
                match self { $(Self::$variant(m) => m.language(),)* }
            }

            /// Tokens of a training example; 0 where examples are not text.
            pub fn block_size(&self) -> usize {
                self.language().map_or(0, |l| l.block_size())
            }
        }
    };
}

families! {
    /// Variational autoencoder.
    Vae(families::vae::Vae),
    /// Generative adversarial network.
    Gan(families::gan::Gan),
    /// Planar and radial flow.
    Planar(families::planar::Planar),
    /// Coupling flow.
    RealNvp(families::realnvp::RealNvp),
    /// Diffusion and flow matching.
    Ddpm(families::ddpm::Ddpm),
    /// Autoregressive mixture.
    Autoregressive(families::autoregressive::Autoregressive),
    /// GPT.
    Gpt(families::gpt::Gpt),
}
