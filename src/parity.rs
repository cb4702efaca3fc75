//! Every tensor operation and shape that the models use, as numbers to compare between back ends.
//!
//! All inputs come from our own [`Rng`], so two devices that agree give the same [`Case`]s up to
//! rounding. The browser's tests run it on both back ends; natively a test holds it finite and the
//! same each time.

mod images;
mod quantised;
mod tails;

use burn::{
    nn::Linear,
    tensor::{Device, Tensor, TensorData, activation},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    data::{
        Batch, DataInfo, EpisodeSet, FunctionSet, GrooveSet, PairSet, PathSet, ScoreSet, Space,
        SpaceKind, TextSet, clips, functions,
        groove::{self, Groove},
        scenes::words::CONTEXT,
        score::{Asked, Note, STEPS},
    },
    error::{Error, Result},
    families,
    families::vae::Vae,
    kernels::bernoulli,
    model::{Condition, DensityOptions, Samples, StepContext, finish},
    nn::{init, linear},
    optim::{Hyper, Optimizer, ParameterGroup},
    plots,
    protocol::Token,
    rng::{Purpose, Rng},
};

/// One operation's result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// What was computed.
    pub name: String,
    /// All of it, or, for large tensors, a sample and three sums that any change would move.
    pub values: Vec<f32>,
}

/// Larger results are digested.
const WHOLE: usize = 256;

struct Suite {
    device: Device,
    cases: Vec<Case>,
    drawn: u64,
}

/// Evaluate everything on `device`, which must be outside autodiff.
///
/// # Errors
/// What the device reports.
pub async fn run(device: &Device) -> Result<Vec<Case>> {
    let mut suite = Suite {
        device: device.clone(),
        cases: Vec::new(),
        drawn: 0,
    };
    suite.elementwise().await?;
    suite.reductions().await?;
    suite.layers().await?;
    suite.images().await?;
    suite.quantised().await?;
    suite.objective().await?;
    suite.optimizer().await?;
    suite.models().await?;
    suite.tails().await?;
    Ok(suite.cases)
}

impl Suite {
    /// Numbers from N(0, scale²) that no other call gets.
    fn normal<const D: usize>(&mut self, shape: [usize; D], scale: f32) -> Tensor<D> {
        self.drawn += 1;
        let mut rng = Rng::new(1, Purpose::Evaluate, self.drawn);
        rng.normal_tensor(shape, &self.device) * scale
    }

    /// The same, inside autodiff and tracked.
    fn tracked<const D: usize>(&mut self, shape: [usize; D]) -> Tensor<D> {
        self.normal(shape, 1.0).autodiff().require_grad()
    }

    async fn keep<const D: usize>(&mut self, name: &str, tensor: Tensor<D>) -> Result<()> {
        let data = tensor.into_data_async().await?;
        let all = data.as_slice::<f32>().map_err(|e| Error::Internal {
            reason: format!("{name}: {e:?}"),
        })?;
        let values = if all.len() <= WHOLE {
            all.to_vec()
        } else {
            let n = all.len();
            let root = (n as f64).sqrt();
            let sum = |f: &dyn Fn(usize) -> f64| (0..n).map(f).sum::<f64>() / root;
            // The probe's weights walk through [−1, 1) by the golden ratio.
            let weight = |i: usize| (i as f64 * 0.618_033_988_749_895).fract() * 2.0 - 1.0;
            let size = sum(&|i| f64::from(all[i]).powi(2)) / root;
            let sums = [
                sum(&|i| f64::from(all[i])),
                sum(&|i| f64::from(all[i]) * weight(i)),
                size.sqrt(),
            ];
            let step = n / 64;
            let some = (0..64).map(|i| all[i * step]);
            some.chain(sums.map(|v| v as f32)).collect()
        };
        self.cases.push(Case {
            name: name.into(),
            values,
        });
        Ok(())
    }

    /// `f` of tracked numbers and its gradient under weights that differ from entry to entry.
    async fn with_gradient<const D: usize, const E: usize>(
        &mut self,
        name: &str,
        shape: [usize; D],
        f: impl Fn(Tensor<D>) -> Tensor<E>,
    ) -> Result<()> {
        let x = self.tracked(shape);
        let y = f(x.clone());
        let weights = self.normal(y.dims(), 1.0).autodiff();
        let gradients = (y.clone() * weights).sum().backward();
        self.keep(name, y.without_autodiff()).await?;
        match x.grad(&gradients) {
            Some(gradient) => self.keep(&format!("{name}, gradient"), gradient).await,
            None => Err(Error::Internal {
                reason: format!("{name} has no gradient"),
            }),
        }
    }

    async fn elementwise(&mut self) -> Result<()> {
        let shape = [3, 37];
        self.with_gradient("relu", shape, activation::relu).await?;
        self.with_gradient("tanh", shape, Tensor::tanh).await?;
        self.with_gradient("sigmoid", shape, activation::sigmoid)
            .await?;
        self.with_gradient("softplus", shape, softplus).await?;
        self.with_gradient("exp", shape, Tensor::exp).await?;
        self.with_gradient("log", shape, |x| (x.square() + 0.1).log())
            .await?;
        self.with_gradient("square", shape, |x| x.square()).await?;
        self.with_gradient("negate", shape, Tensor::neg).await?;
        self.with_gradient("clamp from below", shape, |x| x.clamp_min(0.25))
            .await?;
        self.with_gradient("scale and shift", shape, |x| x * 0.5 - 1.0)
            .await?;
        // Far from zero, where a careless formula overflows.
        let wide = self.normal([2, 100], 40.0);
        self.keep("sigmoid, wide", activation::sigmoid(wide.clone()))
            .await?;
        self.keep("softplus, wide", softplus(wide)).await
    }

    async fn reductions(&mut self) -> Result<()> {
        for shape in [[1, 1], [5, 33], [128, 20], [100, 784]] {
            let name = |what: &str| format!("{what} {shape:?}");
            let x = self.normal(shape, 1.0);
            self.keep(&name("sum"), x.clone().sum()).await?;
            self.keep(&name("mean"), x.clone().mean()).await?;
            self.keep(&name("sum of rows"), x.clone().sum_dim(1))
                .await?;
            self.keep(&name("mean of columns"), x.clone().mean_dim(0))
                .await?;
            self.keep(&name("maximum of rows"), x.max_dim(1)).await?;
        }
        self.with_gradient("mean of columns, then sum", [7, 20], |x| {
            x.mean_dim(0).sum()
        })
        .await?;
        self.with_gradient("log mean exp", [6, 50], |x| {
            let max = x.clone().max_dim(1).detach();
            (x - max.clone()).exp().sum_dim(1).log() + max
        })
        .await?;
        self.with_gradient("repeat each row", [5, 3], |x| {
            let each = x.unsqueeze_dim::<3>(1).repeat_dim(1, 7);
            each.reshape([35, 3])
        })
        .await
    }

    async fn layers(&mut self) -> Result<()> {
        // (rows, d_in, d_out): training, one image, odd sizes, the importance-weighted batch.
        for [n, d_in, d_out] in [
            [128, 784, 400],
            [128, 400, 20],
            [128, 20, 400],
            [128, 400, 784],
            [1, 784, 300],
            [1, 2, 256],
            [33, 49, 17],
            [7, 17, 3],
            [8, 512, 64],
            [576, 2, 256],
        ] {
            let name = format!("linear [{n}, {d_in}] × [{d_in}, {d_out}]");
            let mut rng = Rng::new(2, Purpose::Init, d_in as u64);
            let layer = init::linear(d_in, d_out, 1.0, &mut rng, &self.autodiff());
            let x = self.tracked([n, d_in]);
            let y = linear::linear(&layer, x.clone());
            let weights = self.normal([n, d_out], 1.0).autodiff();
            let gradients = (y.clone() * weights).sum().backward();
            self.keep(&name, y.without_autodiff()).await?;
            let Linear { weight, bias } = &layer;
            let bias = bias.as_ref().and_then(|b| b.val().grad(&gradients));
            let found = (x.grad(&gradients), weight.val().grad(&gradients), bias);
            let (Some(gx), Some(gw), Some(gb)) = found else {
                return Err(missing(&name));
            };
            self.keep(&format!("{name}, gradient of x"), gx).await?;
            self.keep(&format!("{name}, gradient of W"), gw).await?;
            self.keep(&format!("{name}, gradient of b"), gb).await?;
        }
        Ok(())
    }

    async fn objective(&mut self) -> Result<()> {
        for (n, k, pixels) in [(128, 1, 784), (5, 1, 49), (6, 5, 61), (1, 64, 784)] {
            let mut rng = Rng::new(5, Purpose::Evaluate, pixels as u64);
            let x = TensorData::new(rng.uniform(n * pixels), [n, pixels]);
            let x = Tensor::<2>::from_data(x, &self.device);
            let name = format!("log p(x|z) [{n} · {k}, {pixels}]");
            self.with_gradient(&name, [n * k, pixels], |logits| {
                bernoulli::log_prob(x.clone(), logits * 3.0)
            })
            .await?;
        }
        let logvar = self.normal([128, 20], 1.0);
        let epsilon = self.normal([128, 20], 1.0);
        let kl = |mu| Vae::kl(mu, logvar.clone().autodiff());
        self.with_gradient("KL", [128, 20], kl).await?;
        let draw =
            |l| Vae::reparameterize(epsilon.clone().autodiff(), l, epsilon.clone().autodiff());
        self.with_gradient("reparameterize", [128, 20], draw).await
    }

    async fn optimizer(&mut self) -> Result<()> {
        let mut rng = Rng::new(6, Purpose::Init, 0);
        let mut layer = init::linear(37, 11, 1.0, &mut rng, &self.autodiff());
        let mut optimizer = Optimizer::default();
        for _ in 0..3 {
            let x = self.normal([9, 37], 1.0).autodiff();
            let loss = linear::linear(&layer, x).square().mean();
            layer = optimizer.step(layer, &loss, Hyper::new(1e-2));
        }
        let weight = layer.weight.val().without_autodiff();
        self.keep("three steps of Adam", weight).await?;

        // Three matrices of one shape, which a card moves together, and one of another.
        let mut net: Vec<Linear> = [[24, 24], [24, 24], [24, 24], [24, 9]]
            .map(|[d_in, d_out]| init::linear(d_in, d_out, 1.0, &mut rng, &self.autodiff()))
            .into();
        let groups = ParameterGroup::of_hidden("net", &net, |_| true);
        let mut optimizer = Optimizer::new(&groups);
        let hyper = Hyper {
            muon: true,
            ..Hyper::new(1e-1)
        };
        for _ in 0..2 {
            let x = self.normal([40, 24], 1.0).autodiff();
            let y = net.iter().fold(x, |x, layer| linear::linear(layer, x));
            net = optimizer.step(net, &y.square().mean(), hyper);
        }
        for (i, layer) in net.iter().enumerate() {
            let weight = layer.weight.val().without_autodiff();
            self.keep(&format!("two steps of Muon, matrix {i}"), weight)
                .await?;
        }
        Ok(())
    }

    async fn models(&mut self) -> Result<()> {
        let mlp = json!({"hidden": 400, "latent_dim": 20});
        let tanh = json!({"hidden": 33, "layers": 3, "latent_dim": 2, "activation": "tanh",
            "beta": 2.0, "free_bits": 0.1});
        let weighted = json!({"hidden": 32, "latent_dim": 5, "importance_samples": 5});
        let conv = json!({"architecture": "conv", "hidden": 64, "latent_dim": 8});
        for (name, config, shape) in [
            ("VAE", mlp, [32, 1, 28, 28]),
            ("deep VAE", tanh, [9, 1, 7, 5]),
            ("importance-weighted VAE", weighted, [8, 1, 6, 6]),
            ("convolutional VAE", conv.clone(), [16, 1, 28, 28]),
            ("convolutional VAE in colour", conv, [4, 3, 12, 8]),
        ] {
            let [_, channels, height, width] = shape;
            let space = Space::Image {
                channels,
                height,
                width,
            };
            let info = DataInfo::new("mnist", space);
            let batch = Batch::unlabelled(
                shape,
                Rng::new(7, Purpose::Shuffle, 0).uniform(shape.iter().product()),
            );
            self.model(name, "vae", &config, &info, &batch).await?;
        }
        let diffusion = json!({ "channels": 8, "levels": 2 });
        let told = json!({ "channels": 8, "levels": 2, "conditional": true });
        let latent = json!({ "channels": 8, "latent_channels": 2, "denoiser_channels": 8 });
        let gan = json!({
            "channels": 4, "hidden": 32, "z_dim": 5, "conditional": true, "r1": 0.1, "r2": 0.1,
        });
        let glow = json!({ "scales": 1, "steps": 2, "channels": 8, "levels": 16 });
        let mixed = json!({
            "scales": 2, "steps": 2, "channels": 8, "checkerboards": 1,
            "dequantization": "variational",
        });
        let looking = json!({ "channels": 8, "layers": 2, "levels": 5, "attention": 1 });
        let hands = json!({ "channels": 8, "hidden": 16, "latent_dim": 4 });
        let memory = json!({ "units": 6, "layers": 2 });
        for (name, family, config, shape) in [
            ("diffusion of images", "ddpm", diffusion, [6, 3, 4, 6]),
            ("class-conditional diffusion", "ddpm", told, [6, 1, 4, 4]),
            ("latent diffusion", "latent-diffusion", latent, [4, 3, 8, 8]),
            ("GAN of images", "gan", gan, [6, 1, 8, 8]),
            ("neural process", "neural-process", hands, [6, 1, 8, 8]),
            ("Glow", "glow", glow, [6, 1, 4, 6]),
            ("Glow in colour at two scales", "glow", mixed, [4, 3, 8, 4]),
            ("PixelCNN with attention", "pixelcnn", looking, [4, 1, 5, 6]),
            ("PixelRNN", "pixelrnn", memory, [4, 1, 5, 6]),
        ] {
            self.of_images(name, family, &config, shape).await?;
        }
        self.clips().await?;
        self.others().await
    }

    /// A small model of clips that are told sentences.
    async fn clips(&mut self) -> Result<()> {
        let (frames, side) = (4, 8);
        let space = Space::Video {
            frames,
            channels: 1,
            height: side,
            width: side,
        };
        let mut info = DataInfo::new("moving-digits", space);
        info.words = clips::words::vocabulary(clips::Kind::Digits);
        let words = info.words.len() as u32;
        let shape = [6, frames, side, side];
        let batch = Batch::Images {
            shape,
            values: Rng::new(7, Purpose::Shuffle, 0).uniform(shape.iter().product()),
            labels: Vec::new(),
            captions: (0..6 * CONTEXT as u32).map(|i| i * i % words).collect(),
        };
        let config = json!({ "channels": 8, "levels": 2 });
        self.model("clips", "video", &config, &info, &batch).await
    }

    /// A family on images of any shape, of three classes.
    async fn of_images(
        &mut self,
        name: &str,
        family: &str,
        config: &Value,
        shape: [usize; 4],
    ) -> Result<()> {
        let [_, channels, height, width] = shape;
        let space = Space::Image {
            channels,
            height,
            width,
        };
        let values = Rng::new(7, Purpose::Shuffle, 0).uniform(shape.iter().product());
        let batch = Batch::Images {
            shape,
            values,
            labels: (0..shape[0] as u32).map(|i| i % 3).collect(),
            captions: Vec::new(),
        };
        let mut info = DataInfo::new("mnist", space);
        info.classes = ["a", "b", "c"].map(String::from).to_vec();
        self.model(name, family, config, &info, &batch).await
    }

    /// Every family that models points, an energy or text, with its own small config.
    async fn others(&mut self) -> Result<()> {
        for family in plots::families() {
            for space in &family.spaces {
                let (info, batch) = match space.kind {
                    SpaceKind::Image | SpaceKind::Video => continue,
                    SpaceKind::Score => {
                        let score = Asked::anything(STEPS).score;
                        let set = ScoreSet::batch(std::iter::repeat_n(score, 4));
                        (
                            DataInfo::new("chorales", Space::Score { steps: STEPS }),
                            set,
                        )
                    }
                    SpaceKind::Groove => {
                        let mut groove = Groove::empty(groove::STEPS);
                        for (i, code) in groove.cells.iter_mut().enumerate() {
                            *code = if i % 7 == 0 {
                                (i % groove::CODES) as u8
                            } else {
                                0
                            };
                        }
                        let set = GrooveSet::batch(std::iter::repeat_n(groove, 4));
                        let space = Space::Groove {
                            steps: groove::STEPS,
                        };
                        (DataInfo::new(groove::NAME, space), set)
                    }
                    SpaceKind::Functions => {
                        let set = FunctionSet::new(functions::NAME, &Value::Null)?;
                        let batch = set.batch((0..8).map(|i| set.held_out(i)));
                        (set.info, batch)
                    }
                    SpaceKind::Text => (
                        TextSet::new("letters", &LETTERS.repeat(20), &Value::Null)?.info,
                        Batch::Tokens {
                            ids: (0..5 * 25).map(|i| i * i % LETTERS.len() as u32).collect(),
                            length: 24,
                        },
                    ),
                    SpaceKind::Episodes => {
                        let set = EpisodeSet::new(&Value::Null)?;
                        let episodes = (0..6).map(|i| set.draw(7, i)).collect();
                        (set.info, Batch::Episodes { episodes })
                    }
                    SpaceKind::Paths => {
                        let set = PathSet::new(&Value::Null)?;
                        let batch = PathSet::batch((0..3).map(|i| set.held_out(i)));
                        (set.info, batch)
                    }
                    SpaceKind::Pairs => {
                        let set = PairSet::new("numbers-en-tr", &json!({"most": 999}))?;
                        let numbers = [0, 7, 21, 305, 999, 140].into_iter().enumerate();
                        let pairs = numbers.map(|(i, n)| set.pair(n, set.direction(i)));
                        let pairs = pairs.collect::<Result<_>>()?;
                        (set.info, Batch::Pairs { pairs })
                    }
                    SpaceKind::Points => (
                        DataInfo::new(
                            "moons",
                            Space::Points {
                                mean: [0.3, -0.2],
                                scale: 1.4,
                            },
                        ),
                        Batch::Points {
                            xy: Rng::new(7, Purpose::Shuffle, 0).normal(2 * 64),
                        },
                    ),
                    SpaceKind::Classes => (
                        DataInfo::new(
                            "two-moons",
                            Space::Classes {
                                mean: [0.3, -0.2],
                                scale: 1.4,
                            },
                        ),
                        Batch::Classed {
                            xy: Rng::new(7, Purpose::Shuffle, 0).normal(2 * 64),
                            classes: (0..64).map(|i| u32::from(i % 3 == 0)).collect(),
                        },
                    ),
                    SpaceKind::Energy => (
                        DataInfo::new(
                            "u1",
                            Space::Energy {
                                mean: [0.0; 2],
                                scale: 1.0,
                            },
                        ),
                        Batch::Draws { count: 64 },
                    ),
                };
                let name = format!("{} of {}", family.title, info.name);
                let mut configs = match space.kind {
                    SpaceKind::Text if family.capabilities.masked => vec![json!({
                        "n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 25, "dropout": 0.2,
                    })],
                    SpaceKind::Text if family.id == "tuned" => ["lora", "whole"]
                        .map(|method| json!({ "method": method, "base": text_config(false) }))
                        .to_vec(),
                    SpaceKind::Text => vec![text_config(false), text_config(true)],
                    _ => vec![space.config.clone()],
                };
                if family.id == "realnvp" {
                    configs.push(json!({ "transform": "spline", "couplings": 3, "hidden": 32 }));
                }
                if family.id == "planar" {
                    configs.push(json!({ "kind": "radial", "layers": 6 }));
                }
                for config in configs {
                    let name = format!("{name} {config}");
                    self.model(&name, &family.id, &config, &info, &batch)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Two whole training steps, samples, a density and a code.
    ///
    /// Of a model of points, of text or of a diffusion the gradients are compared and not the trained weights, and what
    /// follows is asked of the untrained model: where a gradient is zero but for rounding (the bias
    /// of a relativistic discriminator), Adam makes a whole step of it, either way.
    async fn model(
        &mut self,
        name: &str,
        family: &str,
        config: &serde_json::Value,
        info: &DataInfo,
        batch: &Batch,
    ) -> Result<()> {
        let mut rng = Rng::new(7, Purpose::Init, 0);
        let mut model = families::init(family, config, info, &mut rng, &self.autodiff())?;
        let mut optimizers = model.optimizers();
        let small = info.space.kind() != SpaceKind::Image || family != "vae";
        let untrained = model.valid();
        for step in 0..2 {
            let mut context = StepContext {
                hyper: Hyper::new(if small { 1e-5 } else { 1e-3 }),
                step,
                rng: &mut Rng::new(7, Purpose::Train, step),
                optimizers: &mut optimizers,
                only: None,
            };
            for (loss, value) in model.train_step(batch, &mut context)? {
                self.keep(&format!("{name}, step {step}, {loss}"), value)
                    .await?;
            }
            for (network, optimizer) in model.networks().iter().zip(&optimizers) {
                if step > 0 || !small {
                    continue;
                }
                // After the first step the first moment is a tenth of the gradient.
                let mut gradient = Vec::new();
                for (_, data) in optimizer
                    .read()
                    .await?
                    .iter()
                    .filter(|(n, _)| n.ends_with(".m"))
                {
                    gradient.extend(floats(data)?);
                }
                let n = gradient.len();
                let flat = Tensor::<1>::from_data(TensorData::new(gradient, [n]), &self.device);
                self.keep(&format!("{name}, gradient of the {network}"), flat)
                    .await?;
            }
        }
        let model = if small { untrained } else { model.valid() };
        for (weight, data) in model.weights().await? {
            let n = data.num_elements();
            let flat = Tensor::<1>::from_data(TensorData::new(floats(&data)?, [n]), &self.device);
            self.keep(&format!("{name}, trained {weight}"), flat)
                .await?;
        }
        if let Some(language) = model.language() {
            let ids: Vec<u32> = (0..24).map(|i| i * i % LETTERS.len() as u32).collect();
            let insight = language.insight(&ids, true).await?;
            for (what, values) in [
                ("logits", language.logits(&ids).await?),
                ("attention", insight.attention),
                (
                    "logit lens",
                    insight.lens.iter().map(|guess| guess.1).collect(),
                ),
            ] {
                let n = values.len();
                let values = Tensor::<1>::from_data(TensorData::new(values, [n]), &self.device);
                self.keep(&format!("{name}, {what}"), values).await?;
            }
        }
        if let Some(masked) = model.masked() {
            let mut ids: Vec<u32> = (0..24).map(|i| i * i % LETTERS.len() as u32).collect();
            ids[7] = masked.gap();
            for (what, values) in [
                ("guesses", masked.guess(&ids, 24, &[7, 12]).await?),
                ("attention", masked.insight(&ids).await?.attention),
                ("features", masked.features(&ids).await?),
            ] {
                let n = values.len();
                let values = Tensor::<1>::from_data(TensorData::new(values, [n]), &self.device);
                self.keep(&format!("{name}, {what}"), values).await?;
            }
        }
        // Long enough for a text to outgrow its context; drawn, and always the likeliest.
        let asked = match info.space.kind() {
            SpaceKind::Text => vec![
                json!({ "length": 40 }),
                json!({ "length": 40, "temperature": 0.0 }),
            ],
            _ => vec![Value::Null],
        };
        for options in asked {
            let mut sampler = model.sampler(&options, &Condition::default(), 6, 11)?;
            let samples = finish(&mut *sampler).await?;
            let title = match &options {
                Value::Null => format!("{name}, samples"),
                options => format!("{name}, samples {options}"),
            };
            match samples {
                Samples::Images(images) => self.keep(&title, images).await?,
                Samples::Clips(clips) => self.keep(&title, clips).await?,
                Samples::Points(points) => self.keep(&title, points).await?,
                Samples::Paths { paths, .. } => self.keep(&title, paths).await?,
                Samples::Scores(scores) => {
                    let notes = scores.iter().flat_map(|s| &s.voices).flat_map(|v| &v.notes);
                    let told = |n: &Note| [n.start as f32, n.length as f32, f32::from(n.pitch)];
                    let values: Vec<f32> = notes.flat_map(told).collect();
                    let n = values.len();
                    let values = Tensor::<1>::from_data(TensorData::new(values, [n]), &self.device);
                    self.keep(&title, values).await?;
                }
                Samples::Texts(texts) => {
                    let told = |token: &Token| [token.id as f32, token.log_prob.unwrap_or(0.0)];
                    let values: Vec<f32> = texts.iter().flatten().flat_map(told).collect();
                    let n = values.len();
                    let values = Tensor::<1>::from_data(TensorData::new(values, [n]), &self.device);
                    self.keep(&title, values).await?;
                }
            }
        }
        // An energy's batch holds no points to ask about.
        let asked = match batch {
            Batch::Draws { count } => &Batch::Points {
                xy: Rng::new(7, Purpose::Shuffle, 0).normal(2 * count),
            },
            batch => batch,
        };
        if let Some(density) = model.density() {
            for importance_samples in [0, 5] {
                let options = DensityOptions { importance_samples };
                let mut rng = Rng::new(7, Purpose::Evaluate, 0);
                let values = density.log_prob(asked, options, &mut rng)?;
                self.keep(&format!("{name}, log p, K = {importance_samples}"), values)
                    .await?;
            }
        }
        if let Some(latent) = model.latent() {
            let (mu, logvar) = latent.encode(batch)?;
            self.keep(&format!("{name}, mu"), mu).await?;
            self.keep(&format!("{name}, logvar"), logvar).await?;
        }
        Ok(())
    }

    fn autodiff(&self) -> Device {
        self.device.clone().autodiff()
    }
}

/// The alphabet of the texts.
const LETTERS: &str = "abcdefghij\n";

/// A small model of text, of the newer parts or of GPT-2's.
fn text_config(classic: bool) -> Value {
    let [positions, norm, mlp] = match classic {
        true => ["learned", "layer", "gelu"],
        false => ["rotary", "rms", "swiglu"],
    };
    json!({
        "n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 24, "dropout": 0.2,
        "positions": positions, "norm": norm, "mlp": mlp, "tied": !classic,
    })
}

/// ln(1 + exp x) without overflow, as [`bernoulli::log_prob`] has it.
fn softplus(x: Tensor<2>) -> Tensor<2> {
    activation::relu(x.clone()) + x.abs().neg().exp().log1p()
}

fn missing(name: &str) -> Error {
    Error::Internal {
        reason: format!("{name} has no gradient"),
    }
}

fn floats(data: &TensorData) -> Result<Vec<f32>> {
    let values = data.as_slice::<f32>().map_err(|e| Error::Internal {
        reason: format!("{e:?}"),
    })?;
    Ok(values.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{device, kernels::host::by_formulas};

    #[test]
    fn everything_is_finite_and_the_same_each_time() {
        let suite = || pollster::block_on(run(&device::cpu())).expect("it runs");
        let first = suite();
        assert!(first.len() > 150, "{}", first.len());
        for case in &first {
            assert!(!case.values.is_empty(), "{}", case.name);
            assert!(case.values.iter().all(|v| v.is_finite()), "{}", case.name);
            if case.name.starts_with("exact: ") {
                let right = case.values.iter().all(|v| (v - 1.0).abs() < 1e-5);
                assert!(right, "{}: {:?}", case.name, case.values);
            }
        }
        let mut names: Vec<_> = first.iter().map(|c| c.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), first.len(), "names are unique");
        assert_eq!(first, suite());
    }

    #[test]
    fn what_other_devices_compute_is_right_far_from_zero() {
        let suite = || pollster::block_on(run(&device::cpu())).expect("it runs");
        let cases = by_formulas(suite);
        let exact = cases.iter().filter(|case| case.name.starts_with("exact: "));
        assert!(exact.clone().count() > 60, "{}", exact.count());
        for case in exact {
            let right = case.values.iter().all(|v| (v - 1.0).abs() < 1e-5);
            assert!(right, "{}: {:?}", case.name, case.values);
        }
    }
}
