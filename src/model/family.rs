//! The contract that every model family keeps.

use burn::{module::Module, tensor::Device};

use super::{
    Acting, Capabilities, Condition, ConditionKind, Cost, Defaults, Density, Drummer, FamilyInfo,
    FamilySpace, Imagining, Invertible, Language, Latent, Losses, Masked, Orderless, Planning,
    Preset, Sampler, StepContext, Sum, Translation, condition::with_conditions, parts,
};
use crate::{
    data::{Batch, DataInfo, Space, SpaceKind},
    error::Result,
    nn::weights::{self, Weights},
    optim::ParameterGroup,
    options::{self, Options},
    rng::Rng,
    scene::{PlotRequest, PlotSpec, Scene},
};

/// The accessors of a [`Family`] whose fields are `config` and `net`.
macro_rules! config_and_net {
    () => {
        fn config(&self) -> &Self::Config {
            &self.config
        }

        fn net(&self) -> &Self::Net {
            &self.net
        }

        fn net_mut(&mut self) -> &mut Self::Net {
            &mut self.net
        }
    };
}
pub(crate) use config_and_net;

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
    /// Raised when old checkpoints no longer fit.
    const SCHEMA_VERSION: u32;
    /// What is optimised separately: one network for most, two for a GAN.
    const NETWORKS: &'static [&'static str] = &["model"];
    /// Its part of a page of PyTorch (see [`export`](crate::export)). Of images: `NOISE`, the length of the noise
    /// of one sample, `DRAW`, which draws it, and a function `sample(noise, labels)`. Of text: a function
    /// `write(noise, prompt, temperature)`.
    const PAGE: Option<&'static str> = None;
    /// The family whose models its own begin with, if they cannot begin with drawn weights.
    const FROM: Option<&'static str> = None;
    /// What a sampler can be asked for besides a number of samples.
    const CONDITIONS: &'static [ConditionKind] = &[];

    /// What is optimised, in TeX, a line for each equation, on data of a kind.
    fn equation(config: &Self::Config, kind: SpaceKind) -> Vec<String>;

    /// What it starts from on such data; `None` if it does not model it.
    fn defaults(space: &Space) -> Option<Defaults<Self::Config>>;

    /// A fresh model with weights drawn from `rng`, for data of a space for which there are
    /// [`Family::defaults`].
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::error::Error::Unsupported) if this config does not fit the data.
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
    /// processor's caches, and each may be computed by another worker.
    fn micro_batch(&self) -> usize {
        usize::MAX
    }

    /// Examples of a batch that belong together: no part ends between them.
    fn together(&self) -> usize {
        1
    }

    /// Whether a step is one update by the gradients of [`Family::training_losses`], summed over parts of the
    /// batch. A family that writes [`Family::train_step`] itself says no.
    const IN_PARTS: bool = true;

    /// What there is to do with a batch before the first gradient of a step.
    ///
    /// # Errors
    /// What the device reports.
    fn prepare(&mut self, batch: &Batch, context: &mut StepContext) -> Result<()> {
        let _ = (batch, context);
        Ok(())
    }

    /// What training on one example costs; of most networks each layer is used once.
    fn cost(&self) -> Cost {
        Cost::of(&weights::shapes(self.net()), |_| 1.0)
    }

    /// Sampling options for the samples that a training shows of itself: fewer steps, where many
    /// would hold it up.
    fn preview(&self) -> Self::SampleOptions {
        Self::SampleOptions::default()
    }

    /// One optimizer step (of a GAN: one update of each network). Returns named losses.
    ///
    /// # Errors
    /// What the device reports.
    fn train_step(&mut self, batch: &Batch, context: &mut StepContext) -> Result<Losses> {
        self.prepare(batch, context)?;
        let mut sum = Sum::default();
        let parts = parts(batch, self.micro_batch(), self.together());
        for (i, (part, share)) in parts.iter().enumerate() {
            let mut rng = context.rng.part(i as u64);
            sum.add(Sum::of(self, part, *share, &mut rng)?);
        }
        Ok(context.end(0, self.net_mut(), sum))
    }

    /// A sampler that advances one step at a time, towards samples that fit `condition`, in which
    /// there is nothing but what [`Family::CONDITIONS`] names.
    ///
    /// # Errors
    /// What is wrong with the condition, and what the device reports.
    fn sampler(
        &self,
        options: &Self::SampleOptions,
        condition: &Condition,
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
    /// [`CheckpointShape`](crate::error::Error::CheckpointShape).
    fn with_weights(mut self, new: Weights) -> Result<Self> {
        *self.net_mut() = weights::load(self.net().clone(), new)?;
        Ok(self)
    }

    /// Move these weights, outside autodiff, towards those of `model`: w ← decay · w + (1 − decay) · v.
    fn follow(&mut self, model: &Self, decay: f32) {
        *self.net_mut() = weights::blend(self.net().clone(), model.net(), decay);
    }

    /// What can be seen of its models of such data, besides what every model with its capabilities
    /// shows; a `samples` among them says how its samples come about.
    fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
        let _ = kind;
        Vec::new()
    }

    /// Trainings worth seeing.
    fn presets() -> Vec<Preset> {
        Vec::new()
    }

    /// Draw one of [`Family::plots`].
    ///
    /// # Errors
    /// [`Error::BadOption`](crate::error::Error::BadOption) for a plot it does not offer, and what
    /// the device reports.
    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
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

    /// How it guesses tokens from both sides, if it does.
    fn masked(&self) -> Option<&dyn Masked> {
        None
    }

    /// How it translates, if it does.
    fn translation(&self) -> Option<&dyn Translation> {
        None
    }

    /// How it acts, if it does.
    fn acting(&self) -> Option<&dyn Acting> {
        None
    }

    /// How it plans, if it does.
    fn planning(&self) -> Option<&dyn Planning> {
        None
    }

    /// How it imagines what comes of actions, if it does.
    fn imagining(&self) -> Option<&dyn Imagining> {
        None
    }

    /// How it guesses music, if it does.
    fn orderless(&self) -> Option<&dyn Orderless> {
        None
    }

    /// How it reads drums, if it does.
    fn drummer(&self) -> Option<&dyn Drummer> {
        None
    }

    /// Before the names of those of its weights that can be kept without the others, if there are such.
    fn adapter(&self) -> Option<&'static str> {
        None
    }

    /// What it declares, but for the plots that its capabilities bring.
    fn info() -> FamilyInfo {
        FamilyInfo {
            id: Self::ID.into(),
            title: Self::TITLE.into(),
            paper: Self::PAPER.into(),
            capabilities: Self::CAPABILITIES,
            spaces: Space::examples()
                .iter()
                .filter_map(in_space::<Self>)
                .collect(),
            from: Self::FROM.map(String::from),
            like: None,
            networks: Self::NETWORKS.iter().map(|&p| p.into()).collect(),
            config_schema: options::schema::<Self::Config>(),
            sample_schema: with_conditions(
                options::schema::<Self::SampleOptions>(),
                Self::CONDITIONS,
            ),
            conditions: Self::CONDITIONS.to_vec(),
        }
    }

    /// What else it can do; must agree with [`Family::density`] and [`Family::latent`].
    const CAPABILITIES: Capabilities;
}

fn in_space<F: Family>(space: &Space) -> Option<FamilySpace> {
    let defaults = F::defaults(space)?;
    let coloured = space.coloured();
    Some(FamilySpace {
        kind: space.kind(),
        colour: coloured.is_some_and(|space| F::defaults(&space).is_some()),
        equation: F::equation(&defaults.config, space.kind()),
        // Options always serialize; a test holds that.
        config: options::to_json(&defaults.config).unwrap_or_default(),
        train: options::to_json(&defaults.train).unwrap_or_default(),
        sizes: defaults.sizes,
        plots: F::plots(space.kind()),
    })
}
