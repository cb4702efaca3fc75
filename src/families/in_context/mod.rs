//! In-context learning: a transformer that learns a function from the examples in its prompt, without a step of
//! training.
//!
//! Garg, Tsipras, Liang & Valiant 2022, "What Can Transformers Learn In-Context? A Case Study of Simple Function
//! Classes", arXiv:2208.01066.
//!
//! A prompt is x_1, y_1, x_2, y_2, … of one function f that no other prompt has. From each prefix the transformer
//! guesses what comes next (equation 3, with weights c_k):
//!
//! ```text
//! loss = E_f,x  1/n Σ_k c_k (ŷ(x_1, y_1, …, x_k, y_k, x_{k+1}) − f(x_{k+1}))²          k = 0 … n − 1
//! ```
//!
//! What makes it smallest is E[f(x) | prompt], whatever the weights are. Here c_k is one over what the best guess of a
//! linear function is off after k examples (`data/regression.rs`), so that late guesses, whose errors are small, count
//! as much as early ones, and 1 is about as far down as the loss can go. It is compared with f, and not with the noisy
//! y, which has the same minimum and less noise in its gradient.
//!
//! A row of the transformer holds a question and the example before it, so that n examples take n rows and not 2n.
//! Nothing says where a row stands, since the order of examples means nothing: only the causal mask tells what came
//! before.

mod plots;

use burn::{
    module::{Module, Param},
    nn::Linear,
    tensor::{Device, Tensor, TensorData},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    data::{Batch, DataInfo, FunctionSet, Space, SpaceKind, functions, regression},
    error::{Error, Result},
    kernels::{activation::Activation, attention::Mask, linear as matrices},
    model::{
        Capabilities, Condition, ConditionKind, Cost, Defaults, Family, Losses, OnePass,
        OptimizerKind, Sampler, Samples, Schedule, Size, TrainConfig, config_and_net,
    },
    nn::{
        init,
        linear::linear,
        transformer::{Block, INIT, Pass, Shape, even_heads, gain, matrix},
        weights,
    },
    optim::ParameterGroup,
    options::Options,
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Scene},
};

/// Rows that go through the network together while it trains.
const MICRO_BATCH: usize = 1024;

/// Options of an [`InContext`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InContextConfig {
    /// Layers, each of attention and an MLP.
    #[schemars(title = "Layers", range(min = 1, max = 12))]
    pub n_layer: usize,
    /// Attention heads in a layer.
    #[schemars(title = "Heads", range(min = 1, max = 16))]
    pub n_head: usize,
    /// Width of the residual stream: numbers that stand for a question and the example before it.
    #[schemars(title = "Width", range(min = 16, max = 512))]
    pub n_embd: usize,
}

impl Default for InContextConfig {
    fn default() -> Self {
        Self {
            n_layer: 4,
            n_head: 4,
            n_embd: 64,
        }
    }
}

impl Options for InContextConfig {
    fn check(&self) -> Result<()> {
        even_heads(self.n_head, self.n_embd)
    }
}

impl InContextConfig {
    fn shape(&self) -> Shape {
        Shape::gated(self.n_head, self.n_embd, Mask::Causal)
    }
}

/// Options of its sampler.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InContextSampleOptions {
    /// Examples of a function that the model is shown before it guesses one of its values.
    #[schemars(title = "Examples", range(min = 0, max = 63))]
    pub examples: usize,
}

impl Default for InContextSampleOptions {
    fn default() -> Self {
        Self { examples: 10 }
    }
}

impl Options for InContextSampleOptions {}

/// The weights.
#[derive(Module, Debug)]
pub struct Net {
    /// From a row `[2d + 2]` to the stream.
    read: Linear,
    layers: Vec<Block>,
    /// `[C]`.
    norm_f: Param<Tensor<1>>,
    /// What is guessed, `[C, 1]`.
    head: Param<Tensor<2>>,
}

/// The model. See the module's documentation.
#[derive(Clone, Debug)]
pub struct InContext {
    config: InContextConfig,
    shape: Shape,
    /// Functions like those that it learns from.
    set: FunctionSet,
    net: Net,
}

impl InContext {
    /// The device of its weights.
    fn device(&self) -> Device {
        self.net.head.val().device()
    }

    /// d.
    fn inputs(&self) -> usize {
        self.set.options().inputs
    }

    /// What values are divided by to be of about unit scale.
    fn scale(&self) -> f32 {
        (self.inputs() as f32).sqrt()
    }

    /// Rows of the network: for each pair its x, then x and y of the pair before, zeros for the first, and 1 if there
    /// is one before: `[n · t, 2d + 2]`.
    fn rows(&self, pairs: &[f32], t: usize) -> Tensor<2> {
        let d = self.inputs();
        let mut rows = Vec::with_capacity(pairs.len() * 2);
        for prompt in pairs.chunks_exact(t * (d + 2)) {
            let mut before: Option<&[f32]> = None;
            for pair in prompt.chunks_exact(d + 2) {
                rows.extend(&pair[..d]);
                match before {
                    Some(before) => {
                        rows.extend(&before[..d]);
                        rows.extend([before[d] / self.scale(), 1.0]);
                    }
                    None => rows.extend(std::iter::repeat_n(0.0, d + 2)),
                }
                before = Some(pair);
            }
        }
        let n = rows.len() / (2 * d + 2);
        Tensor::from_data(TensorData::new(rows, [n, 2 * d + 2]), &self.device())
    }

    /// What is guessed for each pair from those before it.
    ///
    /// # Shapes
    /// - pairs: prompts of `t` pairs, each x, y and f(x), `n · t · (d + 2)` numbers; y and f(x) of the last are not
    ///   looked at
    /// - output: `[n, t]`
    pub fn guess(&self, pairs: &[f32], t: usize) -> Tensor<2> {
        let n = pairs.len() / (t * (self.inputs() + 2)).max(1);
        let mut x = linear(&self.net.read, self.rows(pairs, t)); // [n t, C]
        let mut pass = Pass::Whole {
            t,
            dropout: None,
            weights: None,
        };
        for block in &self.net.layers {
            x = block.forward(&self.shape, x, &mut pass);
        }
        let x = self.shape.norm(x, &self.net.norm_f);
        let guess = matrices::linear(x, self.net.head.val(), None, Activation::Identity);
        guess.reshape([n, t]) * self.scale()
    }

    /// The squares of what guesses are off f(x), `[n, t]`.
    pub fn squares(&self, pairs: &[f32], t: usize) -> Tensor<2> {
        let d = self.inputs();
        let guess = self.guess(pairs, t);
        let right: Vec<f32> = pairs.chunks_exact(d + 2).map(|pair| pair[d + 1]).collect();
        let right = Tensor::from_data(TensorData::new(right, guess.dims()), &guess.device());
        (guess - right).square()
    }
}

impl Family for InContext {
    type Config = InContextConfig;
    type SampleOptions = InContextSampleOptions;
    type Net = Net;

    const ID: &'static str = "in-context";
    const TITLE: &'static str = "In-context learner";
    const PAPER: &'static str = "Garg, Tsipras, Liang & Valiant 2022, What Can Transformers Learn In-Context? A Case Study of Simple Function Classes, arXiv:2208.01066";
    const SCHEMA_VERSION: u32 = 1;
    const CONDITIONS: &'static [ConditionKind] = &[];
    const CAPABILITIES: Capabilities = Capabilities::NONE;

    fn equation(_: &Self::Config, _: SpaceKind) -> Vec<String> {
        super::equations::in_context()
    }

    fn defaults(space: &Space) -> Option<Defaults<InContextConfig>> {
        if !matches!(space, Space::Functions { .. }) {
            return None;
        }
        let size = |id: &str, title: &str, [n_layer, n_head, n_embd]: [usize; 3], steps| Size {
            id: id.into(),
            title: title.into(),
            config: serde_json::json!({"n_layer": n_layer, "n_head": n_head, "n_embd": n_embd}),
            steps,
        };
        Some(Defaults {
            config: InContextConfig::default(),
            train: TrainConfig {
                batch_size: 64,
                learning_rate: 3e-3,
                optimizer: OptimizerKind::Muon,
                beta_2: 0.99,
                warmup: 100,
                clip: 1.0,
                ema: 0.99,
                schedule: Schedule::Constant,
                ..TrainConfig::default()
            },
            sizes: vec![
                size("small", "Small", [2, 2, 32], 3000),
                size("medium", "Medium", [4, 4, 64], 6000),
                size("large", "Large", [6, 4, 96], 10_000),
            ],
        })
    }

    fn init(
        config: &InContextConfig,
        data: &DataInfo,
        rng: &mut Rng,
        device: &Device,
    ) -> Result<Self> {
        config.check()?;
        let (d, ..) = data.space.functions()?;
        let set = FunctionSet::new(&data.name, &data.options)?;
        set.info.space.must_fit(&data.space, &data.name)?;
        let (c, shape) = (config.n_embd, config.shape());
        let read = init::linear(2 * d + 2, c, 1.0, rng, device);
        let layers = (0..config.n_layer)
            .map(|_| Block::init(&shape, config.n_layer, rng, device))
            .collect();
        Ok(Self {
            config: config.clone(),
            shape,
            set,
            net: Net {
                read,
                layers,
                norm_f: gain(c, device),
                head: matrix([c, 1], INIT, rng, device),
            },
        })
    }

    config_and_net!();

    fn parameter_groups(&self) -> Vec<ParameterGroup> {
        let inside = |name: &str| name.starts_with("layers.");
        ParameterGroup::of_hidden(Self::NETWORKS[0], &self.net, inside)
    }

    /// The weighted loss, and beside it the mean square of what all guesses are off.
    fn losses(&self, batch: &Batch, _: &mut Rng) -> Result<Losses> {
        let (d, t, rows) = batch.functions()?;
        self.set.info.space.must_fit(
            &Space::Functions {
                inputs: d,
                length: t,
                noise: self.set.options().noise as f32,
            },
            &self.set.info.name,
        )?;
        let squares = self.squares(rows, t);
        let noise = self.set.options().noise.max(0.1);
        let weights: Vec<f32> = (0..t)
            .map(|k| (1.0 / regression::expected(d, k, noise)) as f32)
            .collect();
        let weights = Tensor::<2>::from_data(TensorData::new(weights, [1, t]), &squares.device());
        Ok(vec![
            ("loss", (squares.clone() * weights).mean()),
            ("squareError", squares.mean()),
        ])
    }

    fn micro_batch(&self) -> usize {
        (MICRO_BATCH / self.set.options().length).max(1)
    }

    fn cost(&self) -> Cost {
        let t = self.set.options().length as f64;
        let (layers, heads) = (self.config.n_layer as f64, self.config.n_head as f64);
        let c = self.config.n_embd as f64;
        Cost::of(&weights::shapes(&self.net), |_| t)
            .plus(layers * t * t * c, layers * heads * t * t)
    }

    /// Of `count` functions the true value and what is guessed of it after some examples, as points.
    fn sampler(
        &self,
        options: &InContextSampleOptions,
        _: &Condition,
        count: usize,
        seed: u64,
    ) -> Result<Box<dyn Sampler>> {
        let model = Family::valid(self);
        let examples = options.examples.min(self.set.options().length - 1);
        let start = Tensor::zeros([count, 2], &model.device());
        Ok(Box::new(OnePass::new(Samples::Points(start), move || {
            Ok(Samples::Points(model.guessed(count, examples, seed)))
        })))
    }

    fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
        plots::plots(kind)
    }

    fn plot(&self, request: &PlotRequest) -> Result<Scene> {
        plots::plot(&Family::valid(self), request)
    }
}

impl InContext {
    /// True values of `count` functions and what is guessed of them after so many examples: `[count, 2]`.
    fn guessed(&self, count: usize, examples: usize, seed: u64) -> Tensor<2> {
        let (d, t) = (self.inputs(), examples + 1);
        let (mut pairs, mut right) = (Vec::new(), Vec::with_capacity(count));
        for i in 0..count {
            let mut rng = Rng::new(seed, Purpose::Sample, i as u64);
            let prompt = self.set.prompt(&mut rng);
            right.push(prompt[examples * (d + 2) + d + 1]);
            pairs.extend(&prompt[..t * (d + 2)]);
        }
        let guess = self.guess(&pairs, t).narrow(1, examples, 1); // [count, 1]
        let right = Tensor::from_data(TensorData::new(right, [count, 1]), &guess.device());
        Tensor::cat(vec![right, guess], 1)
    }

    /// The curve that follows from the reader's examples (u, y), at each of `places`: `[1, places, 2]`.
    ///
    /// # Errors
    /// [`Error::BadOption`] for more examples than it has learned to read.
    pub fn curve(&self, examples: &[[f32; 2]], places: &[f32]) -> Result<Tensor<3>> {
        let most = self.set.options().length - 1;
        if examples.len() > most {
            let reason = format!("{most} are possible");
            return Err(Error::bad_option("marks", examples.len(), reason));
        }
        let d = self.inputs();
        let pair = |u: f32, y: f32| {
            let mut pair = functions::cosines(u, d);
            pair.extend([y, y]);
            pair
        };
        let shown: Vec<f32> = examples.iter().flat_map(|&[u, y]| pair(u, y)).collect();
        let prompts = places
            .iter()
            .flat_map(|&u| [shown.clone(), pair(u, 0.0)].concat());
        let t = examples.len() + 1;
        let guess = self.guess(&prompts.collect::<Vec<_>>(), t); // [places, t]
        let n = places.len();
        let u = Tensor::from_data(TensorData::new(places.to_vec(), [n, 1]), &guess.device());
        let y = guess.narrow(1, examples.len(), 1);
        Ok(Tensor::cat(vec![u, y], 1).reshape([1, n, 2]))
    }
}
