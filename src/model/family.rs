//! The contract that every model family keeps.

use burn::{module::Module, tensor::Device};
use serde_json::Value;

use super::{Density, Invertible, Language, Latent, Losses, Sampler, StepContext, plain};
use crate::{
    data::{Batch, DataInfo},
    error::Result,
    nn::weights::{self, Weights},
    optim::ParameterGroup,
    options::{self, Options},
    protocol::{Capabilities, DataKind, FamilyInfo, Look, Preset, Size},
    rng::Rng,
    views::plane::{LookRequest, Scene},
};

/// A kind of generative model.
pub trait Family: Sized + Clone + Send + 'static {
    /// Its options.
    type Config: Options;
    /// Its sampling options.
    type SampleOptions: Options;
    /// Its weights.
    type Net: Module;

    /// For example `vae`.
    const ID: &'static str;
    /// For example `Variational autoencoder`.
    const TITLE: &'static str;
    /// Authors, year, title, arXiv number.
    const PAPER: &'static str;
    /// The objective, as plain text.
    const EQUATION: &'static str;
    /// Raised when old checkpoints no longer fit.
    const SCHEMA_VERSION: u32;
    /// What is optimised separately: one network for most, two for a GAN.
    const NETWORKS: &'static [&'static str] = &["model"];
    /// The kinds of data it models.
    const DATA: &'static [DataKind] = &[DataKind::Images];

    /// A fresh model with weights drawn from `rng`.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the data is not of a kind this family models.
    fn init(config: &Self::Config, data: &DataInfo, rng: &mut Rng, device: &Device)
    -> Result<Self>;

    /// Its config.
    fn config(&self) -> &Self::Config;

    /// Its weights.
    fn net(&self) -> &Self::Net;

    /// Its weights, to be changed.
    fn net_mut(&mut self) -> &mut Self::Net;

    /// The same weights outside autodiff, for everything but training.
    fn valid(&self) -> Self {
        let mut model = self.clone();
        *model.net_mut() = self.net().valid();
        model
    }

    /// Named losses, each a mean over the batch; the first is what training lowers.
    ///
    /// # Errors
    /// What the device reports.
    fn losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses>;

    /// [`Family::losses`] as training sees them: with dropout, where there is some.
    ///
    /// # Errors
    /// What the device reports.
    fn training_losses(&self, batch: &Batch, rng: &mut Rng) -> Result<Losses> {
        self.losses(batch, rng)
    }

    /// The most examples that go through the network at once while it trains. The gradients of a
    /// step are summed over such parts of the batch in a fixed order; smaller parts stay in the
    /// processor's caches.
    fn micro_batch(&self) -> usize {
        usize::MAX
    }

    /// One optimizer step (of a GAN: one update of each network). Returns named losses.
    ///
    /// # Errors
    /// What the device reports.
    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        let mut total: Losses = Vec::new();
        for (part, share) in batch.parts(self.micro_batch()) {
            let mut losses = self.training_losses(&part, context.rng)?;
            if share < 1.0 {
                let each = losses.into_iter();
                losses = each.map(|(name, loss)| (name, loss * share)).collect();
            }
            if let Some((_, loss)) = losses.first() {
                context.accumulate(0, self.net(), loss);
            }
            let losses = plain(losses);
            total = match total.is_empty() {
                true => losses,
                false => {
                    let pairs = total.into_iter().zip(losses);
                    pairs.map(|((name, a), (_, b))| (name, a + b)).collect()
                }
            };
        }
        context.apply(0, self.net_mut());
        Ok(total)
    }

    /// A sampler that advances one step at a time.
    ///
    /// # Errors
    /// What the device reports.
    fn sampler(
        &self,
        options: &Self::SampleOptions,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>>;

    /// Trainable numbers.
    fn num_params(&self) -> usize {
        self.net().num_params()
    }

    /// How the optimizers treat the parameters of each of [`Family::NETWORKS`].
    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        ParameterGroup::by_shape(Self::NETWORKS[0], self.net())
    }

    /// All weights, read from the device.
    #[allow(async_fn_in_trait)] // One thread; nothing asks these futures to be Send.
    async fn weights(&self) -> Result<Weights> {
        weights::read(self.net()).await
    }

    /// The same model with other weights.
    ///
    /// # Errors
    /// [`Error::CheckpointShape`].
    fn with_weights(mut self, new: Weights) -> Result<Self> {
        *self.net_mut() = weights::load(self.net().clone(), new)?;
        Ok(self)
    }

    /// Move these weights, outside autodiff, towards those of `model`: w ← decay · w + (1 − decay) · v.
    fn follow(&mut self, model: &Self, decay: f32) {
        *self.net_mut() = weights::blend(self.net().clone(), model.net(), decay);
    }

    /// Its config for the plane, where it differs from the defaults.
    fn plane_config() -> Value {
        Value::Null
    }

    /// Its training options for the plane, where they differ from the defaults.
    fn plane_train() -> Value {
        Value::Null
    }

    /// What it shows of a model of the plane, besides its samples and its density.
    fn looks() -> Vec<Look> {
        Vec::new()
    }

    /// Configs to begin with, from small to large.
    fn sizes() -> Vec<Size> {
        Vec::new()
    }

    /// Trainings worth seeing.
    fn presets() -> Vec<Preset> {
        Vec::new()
    }

    /// Draw one of [`Family::looks`].
    ///
    /// # Errors
    /// [`Error::BadOption`] for a look it does not offer, and what the device reports.
    fn look(&self, request: &LookRequest) -> Result<Scene> {
        Err(request.unknown())
    }

    /// Its density, if it has one.
    fn density(&self) -> Option<&dyn Density> {
        None
    }

    /// Its layers between data and noise, if it has such.
    fn invertible(&self) -> Option<&dyn Invertible> {
        None
    }

    /// Its latent space, if it has one.
    fn latent(&self) -> Option<&dyn Latent> {
        None
    }

    /// How it reads text, if it does.
    fn language(&self) -> Option<&dyn Language> {
        None
    }

    /// Its training options for text, where they differ from the defaults.
    fn text_train() -> Value {
        Value::Null
    }

    /// What it declares, for the page.
    fn info() -> FamilyInfo {
        FamilyInfo {
            id: Self::ID.into(),
            title: Self::TITLE.into(),
            paper: Self::PAPER.into(),
            equation: Self::EQUATION.into(),
            capabilities: Self::CAPABILITIES,
            data: Self::DATA.to_vec(),
            networks: Self::NETWORKS.iter().map(|&p| p.into()).collect(),
            sizes: Self::sizes(),
            looks: crate::views::plane::looks::<Self>(),
            plane_config: Self::plane_config(),
            plane_train: Self::plane_train(),
            config_schema: options::schema::<Self::Config>(),
            sample_schema: options::schema::<Self::SampleOptions>(),
        }
    }

    /// What else it can do; must agree with [`Family::density`] and [`Family::latent`].
    const CAPABILITIES: Capabilities;
}
