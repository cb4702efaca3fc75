//! A family of one's own, in one file: a single Gaussian in 2-D, learned by maximum likelihood.
//! `cargo run --release --example new_family`
//!
//! ```text
//! x = m + L ε,  ε ~ N(0, I),  L lower triangular with exp(s) on its diagonal
//! log p(x) = −½ ‖ε‖² − s₁ − s₂ − log 2π,  ε = L⁻¹ (x − m)
//! ```
//!
//! In the program itself such a file would stand in src/families/, with a line in its list; form, attributes,
//! links, checks and plots follow from what is declared here.

use std::{error::Error, f64::consts::TAU, rc::Rc};

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor},
};
use generative_playground::{
    data::{Batch, DataInfo, Dataset, PointSet, Space, SpaceKind},
    device,
    error::Result,
    model::{
        Capabilities, Condition, Defaults, Density, DensityKind, DensityOptions, Family, Losses,
        Model, OnePass, Sampler, Samples, Schedule, TrainConfig, finish,
    },
    options::Options,
    rng::{Purpose, Rng},
    training::Trainer,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Options of a [`Gaussian`]: title and range are what the form shows and what is checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Config {
    /// Standard deviation that it starts from.
    #[schemars(title = "Width", range(min = 0.1, max = 10.0))]
    width: f64,
}

impl Default for Config {
    fn default() -> Self {
        Self { width: 1.0 }
    }
}

impl Options for Config {}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct SampleOptions {
    /// Scale of ε: 1 samples the model, 0 only its mean.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    temperature: f64,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for SampleOptions {}

/// The weights.
#[derive(Module, Debug)]
struct Net {
    /// m, `[1, 2]`.
    mean: Param<Tensor<2>>,
    /// s, the logarithms of the diagonal of L, `[1, 2]`.
    log_scale: Param<Tensor<2>>,
    /// The number below it, `[1, 1]`.
    slant: Param<Tensor<2>>,
}

#[derive(Clone, Debug)]
struct Gaussian {
    config: Config,
    net: Net,
}

/// The columns of `[n, 2]`, each `[n, 1]`.
fn columns(x: Tensor<2>) -> [Tensor<2>; 2] {
    let [n, _] = x.dims();
    [0, 1].map(|d| x.clone().slice([0..n, d..d + 1]))
}

impl Gaussian {
    /// log p(x), nats, `[n]`, for x `[n, 2]`.
    fn log_prob_of(&self, x: Tensor<2>) -> Tensor<1> {
        let [x1, x2] = columns(x - self.net.mean.val());
        let [s1, s2] = columns(self.net.log_scale.val());
        let first = x1 * s1.clone().neg().exp();
        let second = (x2 - first.clone() * self.net.slant.val()) * s2.clone().neg().exp();
        let squares = first.square() + second.square(); // [n, 1]
        (squares * -0.5 - s1 - s2 - TAU.ln()).squeeze_dim::<1>(1)
    }
}

impl Family for Gaussian {
    type Config = Config;
    type SampleOptions = SampleOptions;
    type Net = Net;

    const ID: &'static str = "gaussian";
    const TITLE: &'static str = "One Gaussian";
    const PAPER: &'static str = "Gauss 1809, Theoria motus corporum coelestium";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(_: &Config, _: SpaceKind) -> Vec<String> {
        vec![r"\max_{m,L}\ \mathbb{E}_x\left[\log\mathcal{N}(x;\,m,\,LL^\top)\right]".into()]
    }

    fn defaults(space: &Space) -> Option<Defaults<Config>> {
        let train = TrainConfig {
            batch_size: 256,
            learning_rate: 0.01,
            schedule: Schedule::Cosine,
            ..TrainConfig::default()
        };
        matches!(space, Space::Points { .. }).then(|| Defaults::new(Config::default(), train))
    }

    fn init(config: &Config, _: &DataInfo, _: &mut Rng, device: &Device) -> Result<Self> {
        let start = |values: Tensor<2>| Param::from_tensor(values);
        let width = config.width.ln();
        let net = Net {
            mean: start(Tensor::zeros([1, 2], device)),
            log_scale: start(Tensor::full([1, 2], width, device)),
            slant: start(Tensor::zeros([1, 1], device)),
        };
        Ok(Self {
            config: config.clone(),
            net,
        })
    }

    fn config(&self) -> &Config {
        &self.config
    }

    fn net(&self) -> &Net {
        &self.net
    }

    fn net_mut(&mut self) -> &mut Net {
        &mut self.net
    }

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        let x = batch.points(&self.net.mean.val().device())?;
        Ok(vec![("loss", self.log_prob_of(x).mean().neg())])
    }

    fn sampler(
        &self,
        options: &SampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let Net {
            mean,
            log_scale,
            slant,
        } = Family::valid(self).net;
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let noise = rng.normal_tensor([count, 2], &mean.val().device()) * options.temperature;
        let start = Samples::Points(noise.clone());
        Ok(Box::new(OnePass::new(start, move || {
            let [e1, e2] = columns(noise);
            let [s1, s2] = columns(log_scale.val().exp());
            let x = Tensor::cat(vec![e1.clone() * s1, e1 * slant.val() + e2 * s2], 1);
            Ok(Samples::Points(x + mean.val()))
        })))
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

impl Density for Gaussian {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        Ok(self.log_prob_of(batch.points(&self.net.mean.val().device())?))
    }
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let data = Rc::new(Dataset::Points(PointSet::toy("moons", &json!({}), 1)?));
    let Some(Defaults {
        config, mut train, ..
    }) = Gaussian::defaults(&data.info().space)
    else {
        return Err("it models points".into());
    };
    train.steps = 1000;
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let device = device::cpu().autodiff();
    let model: Box<dyn Model> = Box::new(Gaussian::init(&config, data.info(), &mut rng, &device)?);
    let optimizers = model.optimizers();
    let mut trainer = Trainer::resume(model, optimizers, train, data.clone(), 1, 0, 0);
    pollster::block_on(trainer.run(250, |trainer, losses| {
        if let Some(losses) = losses {
            println!("step {}: {losses:.3?}", trainer.step_count());
        }
        Ok(true)
    }))?;

    // The best Gaussian has the mean of the data, and so have its samples, but for chance.
    let model = trainer.averaged();
    let mut sampler = model.sampler(&json!({}), &Condition::default(), 10_000, 7)?;
    let points = pollster::block_on(finish(&mut *sampler))?.points()?;
    println!("mean of the samples: {}", points.mean_dim(0).to_data());
    println!("mean of the data: {:?}", data.info().space.moments());
    Ok(())
}
