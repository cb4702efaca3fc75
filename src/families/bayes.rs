//! Points of two classes, learned twice: as an answer and as a world.
//!
//! A network learns p(y|x), the answer alone (cross-entropy). Beside it a mixture of K Gaussians for
//! each class and a share of the class learn p(x, y) = p(y) p(x|y) (maximum likelihood), from which
//! Bayes' rule gives the same answer:
//!
//! ```text
//! p(y|x) = p(y) p(x|y) / Σ p(y′) p(x|y′)
//! ```
//!
//! The two share no weights and are trained side by side on the same points. With one Gaussian for a
//! class the second is quadratic discriminant analysis; without a hidden layer the first is logistic
//! regression (Ng & Jordan 2001 compare such pairs).

use burn::{
    module::{Module, Param},
    tensor::{Device, Tensor, TensorData, activation},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    data::{Batch, DataInfo, Space, SpaceKind},
    error::{Error, Result},
    kernels::{elementwise, reduce},
    model::{
        Capabilities, Condition, Defaults, Density, DensityKind, DensityOptions, Family, Losses,
        OnePass, Sampler, Samples, TrainConfig, config_and_net,
    },
    nn::{
        gaussians::{Gaussians, Numbers, log_sum_exp},
        mlp::Mlp,
        standard::Standard,
    },
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotInput, PlotRequest, PlotSpec, Role, Scene, number},
};

/// Options of a [`Bayes`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BayesConfig {
    /// Hidden layers of the network; without one it is logistic regression, and its boundary a straight
    /// line.
    #[schemars(title = "Hidden layers", range(min = 0, max = 3))]
    pub layers: usize,
    /// Units in each hidden layer.
    #[schemars(title = "Hidden units", range(min = 4, max = 128))]
    pub hidden: usize,
    /// Gaussians that describe each class.
    #[schemars(title = "Gaussians of a class", range(min = 1, max = 16))]
    pub components: usize,
}

impl Default for BayesConfig {
    fn default() -> Self {
        Self {
            layers: 2,
            hidden: 24,
            components: 6,
        }
    }
}

impl Options for BayesConfig {}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BayesSampleOptions {
    /// Scale of each Gaussian's width: 1 samples the model, 0 only the middles.
    #[schemars(title = "Temperature", range(min = 0.0, max = 2.0))]
    pub temperature: f64,
}

impl Default for BayesSampleOptions {
    fn default() -> Self {
        Self { temperature: 1.0 }
    }
}

impl Options for BayesSampleOptions {}

/// Points of the data that are drawn.
const SHOWN: usize = 300;

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// x → ln p(0|x) − ln p(1|x).
    answer: Mlp,
    /// p(x|y), one for each class.
    worlds: Vec<Gaussians>,
    /// ln p(0) − ln p(1), `[1, 1]`.
    prior: Param<Tensor<2>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct Bayes {
    config: BayesConfig,
    standard: Standard,
    net: Net,
}

impl Bayes {
    /// What the network says: ln p(0|x) − ln p(1|x), `[n]`, for x `[n, 2]` as it is.
    pub fn answer(&self, x: Tensor<2>) -> Tensor<1> {
        let logits = self.net.answer.forward(self.standard.to_unit(x));
        logits.squeeze_dim(1)
    }

    /// ln p(x, y) of both classes, nats, `[n, 2]`, for x `[n, 2]` as it is.
    pub fn joint(&self, x: Tensor<2>) -> Tensor<2> {
        let u = self.standard.to_unit(x);
        let worlds = self.net.worlds.iter().map(|world| {
            let log_prob: Tensor<2> = world.log_prob(u.clone()).unsqueeze_dim(1);
            log_prob
        });
        Tensor::cat(worlds.collect(), 1) + self.priors() + self.standard.logabsdet()
    }

    /// ln p(y) of both classes, `[1, 2]`.
    fn priors(&self) -> Tensor<2> {
        let gap = self.net.prior.val();
        let each = vec![
            elementwise::log_sigmoid(gap.clone()),
            elementwise::log_sigmoid(gap.neg()),
        ];
        Tensor::cat(each, 1)
    }

    /// What follows from the densities by Bayes' rule: ln p(0|x) − ln p(1|x), `[n]`.
    pub fn by_bayes(&self, x: Tensor<2>) -> Tensor<1> {
        let n = x.dims()[0];
        let joint = self.joint(x);
        let of = |class: usize| joint.clone().slice([0..n, class..class + 1]);
        (of(0) - of(1)).squeeze_dim(1)
    }

    fn loss(&self, batch: &Batch) -> Result<Losses> {
        let device = self.device();
        let x = batch.points(&device)?;
        let classes = batch.labels().ok_or_else(|| Error::Unsupported {
            what: "This needs points with classes".into(),
        })?;
        let n = classes.len();
        let first: Vec<f32> = classes.iter().map(|&class| f32::from(class == 0)).collect();
        let first: Tensor<1> = Tensor::from_data(TensorData::new(first, [n]), &device);
        // −ln p(y|x) = ln(1 + exp l) − [y = 0] l.
        let logit = self.answer(x.clone());
        let answer = reduce::mean(elementwise::softplus(logit.clone()) - first.clone() * logit);
        let joint = self.joint(x);
        let of = |class: usize| {
            joint
                .clone()
                .slice([0..n, class..class + 1])
                .squeeze_dim::<1>(1)
        };
        let own = of(0) * first.clone() + of(1) * (first.neg() + 1.0);
        let joint = reduce::mean(own).neg();
        // They share no weights: each lowers its own.
        Ok(vec![
            ("loss", answer.clone() + joint.clone()),
            ("answer", answer),
            ("joint", joint),
        ])
    }

    fn device(&self) -> Device {
        self.net.prior.val().device()
    }

    /// The numbers of p(x), one mixture of all Gaussians of both classes.
    fn all(&self) -> Numbers {
        let priors = self.priors();
        let of = |class: usize| priors.clone().slice([0..1, class..class + 1]);
        let each: Vec<_> = self.net.worlds.iter().map(Gaussians::numbers).collect();
        let with =
            |part: fn(&Numbers) -> Tensor<2>| Tensor::cat(each.iter().map(part).collect(), 1);
        let logits = each
            .iter()
            .enumerate()
            .map(|(class, numbers)| activation::log_softmax(numbers.logits.clone(), 1) + of(class));
        Numbers {
            logits: Tensor::cat(logits.collect(), 1),
            means: with(|numbers| numbers.means.clone()),
            factors: with(|numbers| numbers.factors.clone()),
        }
    }

    /// Two pictures of the window side by side, over the same points.
    fn beside(
        &self,
        request: &PlotRequest,
        label: &str,
        left: Tensor<1>,
        right: Tensor<1>,
    ) -> Scene {
        let side = request.resolution;
        let [from, to, bottom, top] = request.window();
        let width = to - from;
        let square = |values: Tensor<1>| values.reshape([side, side]);
        let field = Tensor::cat(vec![square(left), square(right)], 1);
        let middle = Tensor::from_floats([[[to, bottom], [to, top]]], &request.device);
        let mut scene = Scene::new(label)
            .window([from, to + width, bottom, top])
            .diverging_twice(field, 0.5, 0.5)
            .lines(Role::Guide, middle);
        let data = request.data_batch();
        let data = data.parts(SHOWN).into_iter().next();
        for by in [0.0, width] {
            if let Some((shown, _)) = &data {
                scene = scene.classes(shown, [by, 0.0], &request.device);
            }
        }
        // The place that is asked about, in both pictures; far from the data, if nobody points.
        let [x, y] = request
            .pointer
            .unwrap_or([from + 0.9 * width, top - 0.1 * (top - bottom)]);
        let x = if x > to { x - width } else { x }.clamp(from, to);
        let place = [x, y.clamp(bottom, top)];
        let twice = Tensor::from_floats([place, [place[0] + width, place[1]]], &request.device);
        let at: Tensor<2> = Tensor::from_floats([place], &request.device);
        let density = log_sum_exp(self.joint(at.clone())) / std::f64::consts::LN_10;
        let share = |id: &str, title: &str| number(id, title, 0.0, "", 3);
        scene
            .points(Role::Guess, twice)
            .measured(
                share("learned", "p(red|x), learned"),
                elementwise::sigmoid(self.answer(at.clone())),
            )
            .measured(
                share("byBayes", "p(red|x), by Bayes’ rule"),
                elementwise::sigmoid(self.by_bayes(at)),
            )
            .measured(number("density", "log₁₀ p(x)", 0.0, "", 1), density)
    }
}

impl Family for Bayes {
    type Config = BayesConfig;
    type SampleOptions = BayesSampleOptions;
    type Net = Net;

    const ID: &'static str = "bayes";
    const TITLE: &'static str = "Boundary and densities";
    const PAPER: &'static str = "Ng & Jordan 2001, On Discriminative vs. Generative Classifiers";
    const SCHEMA_VERSION: u32 = 1;
    const CAPABILITIES: Capabilities = Capabilities {
        density: Some(DensityKind::Exact),
        latent: false,
        invertible: false,
        language: false,
        masked: false,
    };

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::bayes()
    }

    fn defaults(space: &Space) -> Option<Defaults<BayesConfig>> {
        matches!(space, Space::Classes { .. }).then(|| {
            Defaults::new(
                BayesConfig::default(),
                TrainConfig {
                    batch_size: 256,
                    learning_rate: 1e-2,
                    ema: 0.98,
                    ..TrainConfig::default()
                },
            )
        })
    }

    fn init(config: &BayesConfig, data: &DataInfo, rng: &mut Rng, device: &Device) -> Result<Self> {
        let mut sizes = vec![2];
        sizes.extend(vec![config.hidden; config.layers]);
        sizes.push(1);
        let answer = Mlp::init(&sizes, 0.1, rng, device);
        // Spread as the data are.
        let worlds = (0..2).map(|_| {
            let means = rng.normal(2 * config.components);
            Gaussians::init(means.as_chunks().0, 0.7, device)
        });
        Ok(Self {
            config: config.clone(),
            standard: Standard::of(data.space.moments()),
            net: Net {
                answer,
                worlds: worlds.collect(),
                prior: Param::from_data(TensorData::new(vec![0.0f32], [1, 1]), device),
            },
        })
    }

    config_and_net!();

    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        self.loss(batch)
    }

    fn sampler(
        &self,
        options: &BayesSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = self.valid();
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let x = model.all().draw(count, options.temperature, &mut rng);
        let x = model.standard.from_unit(x);
        let start = Samples::Points(x.zeros_like());
        Ok(Box::new(OnePass::new(start, move || {
            Ok(Samples::Points(x))
        })))
    }

    fn plots(_: SpaceKind) -> Vec<PlotSpec> {
        let wide = |id: &str, title: &str, help: &str| {
            PlotSpec::new(id, title, help)
                .with(PlotInput::Pointer)
                .twice()
        };
        vec![
            wide(
                "both",
                "Boundary and densities",
                "Left: the learned answer p(y|x), as deep in colour as it is sure, everywhere. Right: p(x, y), the density of each class times its share, which is nothing where there are no data. The green dot is the place that the numbers are about.",
            ),
            wide(
                "answers",
                "Two answers",
                "The same question answered twice, p(y|x). Left: learned. Right: from the densities by Bayes’ rule.",
            ),
        ]
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        let model = self.valid();
        let x = request.cells();
        let learned = elementwise::sigmoid(model.answer(x.clone()));
        match request.plot {
            "both" => {
                let n = x.dims()[0];
                let joint = model.joint(x).exp();
                let of = |class: usize| joint.clone().slice([0..n, class..class + 1]);
                let gap: Tensor<1> = (of(0) - of(1)).squeeze_dim(1);
                let most = gap.clone().abs().max() * 1.4 + 1e-12;
                let shown = gap / most + 0.5;
                let label = "a learned answer, and two densities";
                Ok(model.beside(request, label, learned, shown))
            }
            "answers" => {
                let other = elementwise::sigmoid(model.by_bayes(x));
                let label = "the answer as it was learned, and by Bayes’ rule";
                Ok(model.beside(request, label, learned, other))
            }
            _ => Err(request.unknown()),
        }
    }

    fn density(&self) -> Option<&dyn Density> {
        Some(self)
    }
}

/// p(x) = Σ p(x, y).
impl Density for Bayes {
    fn kind(&self, _: DensityOptions) -> DensityKind {
        DensityKind::Exact
    }

    fn log_prob(&self, batch: &Batch, _: DensityOptions, _: &mut Rng) -> Result<Tensor<1>> {
        Ok(log_sum_exp(self.joint(batch.points(&self.device())?)))
    }
}
