//! The adversarial network: its losses and their gradients by hand and by differences, its
//! penalties, its networks, and PyTorch's numbers (tests/reference/gan.py).

use std::rc::Rc;

use crate::common::{self, digest, mean, number, root, signed, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    checkpoint,
    data::{Batch, DataInfo, Dataset, PointSet, Space},
    device,
    error::Code,
    families,
    families::gan::{Gan, GanConfig, GanSampleOptions, Loss, nearby, spectral_norm, squared_slope},
    kernels::host::by_formulas,
    model::{Condition, Family, StepContext, TrainConfig},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    plots::answer,
    protocol::{Layer, View},
    rng::{Purpose, Rng},
    scene::PlotRequest,
    training::Trainer,
};
use serde_json::{Value, json};

const LOSSES: [Loss; 4] = [
    Loss::Minimax,
    Loss::NonSaturating,
    Loss::LeastSquares,
    Loss::Relativistic,
];
const SEED: u64 = 42;
const STEPS: u64 = 3;
const BATCH: usize = 8;

fn noise(step: u64) -> Rng {
    Rng::new(SEED, Purpose::Train, step)
}

fn row(v: &[f32], device: &Device) -> Tensor<1> {
    Tensor::from_data(TensorData::new(v.to_vec(), [v.len()]), device)
}

/// A model of points with mean (0.5, −0.25) and scale 2, with weights from the formula.
fn build(config: &Value, device: &Device) -> Gan {
    let config = GanConfig::from_json(config).expect("options");
    let info = DataInfo::new(
        "ring",
        Space::Points {
            mean: [0.5, -0.25],
            scale: 2.0,
        },
    );
    let gan = Gan::init(&config, &info, &mut Rng::new(0, Purpose::Init, 0), device);
    let gan = gan.expect("a model");
    let mut weights = pollster::block_on(gan.weights()).expect("weights");
    for (i, (name, data)) in weights.iter_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        let scale = if name.ends_with(".weight") {
            (3.0 / shape[0] as f64).sqrt()
        } else {
            0.1
        };
        let n = shape.iter().product();
        *data = TensorData::new(signed(i as u32 + 1, n, scale), shape);
    }
    gan.with_weights(weights).expect("they fit")
}

fn batch() -> Batch {
    Batch::Points {
        xy: signed(1000, BATCH * 2, 3.0),
    }
}

fn slice(weights: &Weights, name: &str) -> Vec<f32> {
    let data = weights
        .get(name)
        .unwrap_or_else(|| panic!("no weight {name}"));
    data.as_slice::<f32>().expect("floats").to_vec()
}

/// The gradient of the loss of `network` by its own weights: all of Adam's first moment at β₁ = 0,
/// after one move.
fn gradient(config: &Value, network: usize) -> Weights {
    let mut config = config.clone();
    config["d_steps"] = 1.into();
    let mut gan = build(&config, &device::cpu().autodiff());
    let mut optimizers = [Optimizer::default(), Optimizer::default()];
    let mut context = StepContext {
        hyper: Hyper {
            beta_1: 0.0,
            ..Hyper::new(1e-3)
        },
        rng: &mut noise(0),
        optimizers: &mut optimizers,
        step: 0,
        only: Some(network),
    };
    gan.train_step(&batch(), &mut context).expect("a step");
    let moments = pollster::block_on(optimizers[network].read()).expect("moments");
    let name = |n: &str| format!("{}.{}", Gan::NETWORKS[network], n.trim_end_matches(".m"));
    let first = moments.into_iter().filter(|(n, _)| n.ends_with(".m"));
    first.map(|(n, data)| (name(&n), data)).collect()
}

#[test]
fn losses_and_their_gradients_are_those_derived_by_hand() {
    let device = device::cpu().autodiff();
    let sigma = |l: f64| 1.0 / (1.0 + (-l).exp());
    let softplus = |l: f64| l.max(0.0) + (-l.abs()).exp().ln_1p();
    let scores = [-30.0, -3.0, -0.5, 0.0, 0.5, 1.0, 3.0, 30.0f64];
    for (i, &real) in scores.iter().enumerate() {
        let fake = scores[(i * 3 + 1) % scores.len()];
        for loss in LOSSES {
            let leaf = |l: f64| row(&[l as f32], &device).require_grad();
            let (r, f) = (leaf(real), leaf(fake));
            let check = |what: &str, l: Tensor<1>, want: f64, by_real: f64, by_fake: f64| {
                let grads = l.backward();
                let got = [
                    f64::from(values(l)[0]),
                    r.grad(&grads).map_or(0.0, |g| f64::from(values(g)[0])),
                    f.grad(&grads).map_or(0.0, |g| f64::from(values(g)[0])),
                ];
                for (got, want) in got.into_iter().zip([want, by_real, by_fake]) {
                    // Relative, so that a saturated gradient of 1e-13 is compared as well.
                    let close = (got - want).abs() <= 1e-5 * want.abs() + 1e-37;
                    assert!(
                        close,
                        "{loss:?} of the {what} at {real}, {fake}: {got}, {want}"
                    );
                }
            };
            let of_d = loss.of_discriminator(r.clone(), f.clone());
            let of_g = loss.of_generator(|| r.clone(), f.clone());
            match loss {
                Loss::Minimax | Loss::NonSaturating => check(
                    "discriminator",
                    of_d,
                    softplus(-real) + softplus(fake),
                    -sigma(-real),
                    sigma(fake),
                ),
                Loss::LeastSquares => check(
                    "discriminator",
                    of_d,
                    ((real - 1.0).powi(2) + fake.powi(2)) / 2.0,
                    real - 1.0,
                    fake,
                ),
                Loss::Relativistic => check(
                    "discriminator",
                    of_d,
                    softplus(fake - real),
                    -sigma(fake - real),
                    sigma(fake - real),
                ),
            }
            match loss {
                // ln(1 − σ(d')): no gradient where the discriminator is sure of a fake …
                Loss::Minimax => check("generator", of_g, -softplus(fake), 0.0, -sigma(fake)),
                // … where this one has its full strength.
                Loss::NonSaturating => {
                    check("generator", of_g, softplus(-fake), 0.0, -sigma(-fake));
                }
                Loss::LeastSquares => check(
                    "generator",
                    of_g,
                    (fake - 1.0).powi(2) / 2.0,
                    0.0,
                    fake - 1.0,
                ),
                Loss::Relativistic => check(
                    "generator",
                    of_g,
                    softplus(real - fake),
                    sigma(real - fake),
                    -sigma(real - fake),
                ),
            }
        }
    }
}

/// Configs that between them use everything.
fn configs() -> Vec<Value> {
    vec![
        json!({"loss": "minimax", "hidden": 16, "layers": 2, "z_dim": 3, "r1": 0, "r2": 0}),
        json!({"loss": "non-saturating", "hidden": 16, "layers": 1, "z_dim": 2, "r1": 1, "r2": 0}),
        json!({"loss": "least-squares", "hidden": 16, "layers": 3, "z_dim": 5, "r1": 0, "r2": 1}),
        json!({"loss": "relativistic", "hidden": 16, "layers": 2, "z_dim": 4, "r1": 0.5, "r2": 2}),
        json!({"loss": "relativistic", "hidden": 16, "layers": 2, "z_dim": 3, "r1": 0, "r2": 0, "frequencies": 4, "noise_frequencies": 2}),
    ]
}

#[test]
fn gradients_agree_with_central_differences() {
    for config in configs() {
        let plain = build(&config, &device::cpu());
        let at = pollster::block_on(plain.weights()).expect("weights");
        for (network, of) in Gan::NETWORKS.iter().enumerate() {
            let loss = |weights: Weights| -> f64 {
                let model = plain.clone().with_weights(weights).expect("they fit");
                let losses = model.losses(&batch(), &mut noise(0)).expect("losses");
                let mine = losses
                    .into_iter()
                    .filter(|(name, _)| (*name == "generator") == (network == 1));
                let gamma = |name: &str| config[name].as_f64().unwrap_or(1.0);
                mine.map(|(name, l)| gamma(name) * f64::from(values(l)[0]))
                    .sum()
            };
            let gradients = gradient(&config, network);
            assert_eq!(gradients.len(), at.len() / 2, "those of one network");
            let mut largest = 0f64;
            for name in gradients.keys() {
                let g = slice(&gradients, name);
                let length = g.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>().sqrt();
                largest = largest.max(length);
                let moved = |step: f64| {
                    let mut weights = at.clone();
                    let new = slice(&at, name).into_iter().zip(&g);
                    let new: Vec<f32> = new
                        .map(|(w, d)| {
                            (f64::from(w) + step * f64::from(*d) / length.max(1e-12)) as f32
                        })
                        .collect();
                    let shape = at[name].shape().as_slice().to_vec();
                    weights.insert(name.clone(), TensorData::new(new, shape));
                    loss(weights)
                };
                // The losses are read in single precision, and have kinks where a leaky ReLU has
                // one between a point and that nearby: on one side of here, hardly on both.
                let (h, here) = (3e-4, loss(at.clone()));
                let (up, down) = ((moved(h) - here) / h, (here - moved(-h)) / h);
                let rounding = 1e-6 * here.abs().max(1.0) / h;
                let close = |got: f64| (got - length).abs() < 3e-2 * length + rounding;
                assert!(
                    close(up) || close(down) || close((up + down) / 2.0),
                    "{config}, {of}, {name}: {down}, {up} by differences, {length} by backpropagation"
                );
            }
            assert!(largest > 0.02, "{config}, {of}: the test compared nothing");
        }
    }
}

#[test]
fn finite_differences_give_the_squared_slope() {
    let device = device::cpu();
    let n = 100_000;
    let mut rng = Rng::new(1, Purpose::Evaluate, 0);
    let x: Tensor<2> = rng.normal_tensor([n, 2], &device);
    let near = nearby(x.clone(), rng.normal_tensor([n, 2], &device));
    let slope = |d: &dyn Fn(Tensor<2>) -> Tensor<1>| {
        f64::from(values(squared_slope(d(x.clone()), d(near.clone())))[0])
    };
    // d = a · x has ‖∇d‖² = |a|² everywhere.
    let a = Tensor::<2>::from_floats([[3.0, -4.0]], &device);
    let linear = slope(&|x| (x * a.clone()).sum_dim(1).squeeze_dim(1));
    assert!((linear / 25.0 - 1.0).abs() < 0.02, "{linear}");
    // d = x₁² − x₂² has ‖∇d‖² = 4 |x|², whose mean is that over the draws.
    let sign = Tensor::<2>::from_floats([[1.0, -1.0]], &device);
    let quadratic = slope(&|x| (x.square() * sign.clone()).sum_dim(1).squeeze_dim(1));
    let (want, _) = mean(
        values(x.clone())
            .chunks(2)
            .map(|p| 4.0 * f64::from(p[0] * p[0] + p[1] * p[1])),
    );
    assert!((quadratic / want - 1.0).abs() < 0.03, "{quadratic}, {want}");
}

#[test]
fn penalties_of_a_linear_discriminator_are_known() {
    // leaky(a) − leaky(−a) = 1.2 a: a discriminator d(x) = 1.2 (3 x₁ + x₂), by two hidden units.
    let config = json!({"loss": "relativistic", "hidden": 16, "layers": 1, "r1": 2, "r2": 6});
    let gan = build(&config, &device::cpu());
    let mut weights = pollster::block_on(gan.weights()).expect("weights");
    let mut set = |name: &str, at: &[(usize, f32)]| {
        let shape = weights[name].shape().as_slice().to_vec();
        let mut new = vec![0f32; shape.iter().product()];
        at.iter().for_each(|&(i, v)| new[i] = v);
        weights.insert(name.into(), TensorData::new(new, shape));
    };
    let first = [(0, 3.0), (1, -3.0), (16, 1.0), (17, -1.0)];
    set("discriminator.hidden.0.weight", &first);
    set("discriminator.hidden.0.bias", &[]);
    set("discriminator.output.weight", &[(0, 1.0), (1, -1.0)]);
    set("discriminator.output.bias", &[]);
    let gan = gan.with_weights(weights).expect("they fit");
    let batch = Batch::Points {
        xy: signed(5, 40_000, 3.0),
    };
    let losses = gan.losses(&batch, &mut noise(0)).expect("losses");
    let of = |name: &str| {
        let found = losses.iter().find(|l| l.0 == name).expect("a loss");
        f64::from(values(found.1.clone())[0])
    };
    // ½ ‖∇d‖², the same at data and fakes.
    let want = 1.44 * 10.0 / 2.0;
    assert!((of("r1") / want - 1.0).abs() < 0.05, "{}", of("r1"));
    assert!((of("r2") / want - 1.0).abs() < 0.05, "{}", of("r2"));
}

#[test]
fn penalties_fade_to_a_hundredth() {
    let gan = |fade: usize| build(&json!({"fade": fade}), &device::cpu());
    let left = [0, 500, 1000, 5000].map(|step| gan(1000).left(step));
    for (got, want) in left.into_iter().zip([1.0, 0.1, 0.01, 0.01]) {
        assert!((got - want).abs() < 1e-12, "{got}, {want}");
    }
    assert_eq!(gan(0).left(5000), 1.0);
}

#[test]
fn spectral_norms_are_the_largest_singular_values() {
    let device = device::cpu().autodiff();
    // A = U diag(s) Vᵀ with U and V products of Householder reflections.
    let reflect = |n: usize, salt: u32| -> Vec<f64> {
        let v: Vec<f64> = signed(salt, n, 1.0).into_iter().map(f64::from).collect();
        let square: f64 = v.iter().map(|v| v * v).sum();
        (0..n * n)
            .map(|i| f64::from(i / n == i % n) - 2.0 * v[i / n] * v[i % n] / square)
            .collect()
    };
    for (m, n, s) in [
        (5, 3, vec![3.0, 1.0, 0.5]),
        (2, 16, vec![0.7, 0.1]),
        (16, 1, vec![2.5]),
        (12, 12, vec![9.0, 6.0, 6.0, 1.0, 0.0, 0.0]),
    ] {
        let (u, v) = (reflect(m, 1), reflect(n, 2));
        let entry = |i: usize, j: usize| -> f64 {
            let terms = s.iter().enumerate();
            terms.map(|(k, s)| u[i * m + k] * s * v[j * n + k]).sum()
        };
        let a: Vec<f32> = (0..m * n).map(|i| entry(i / n, i % n) as f32).collect();
        let a = Tensor::<2>::from_data(TensorData::new(a, [m, n]), &device).require_grad();
        let norm = spectral_norm(a.clone());
        let gradient = values(a.grad(&norm.backward()).expect("a gradient"));
        let got = f64::from(values(norm)[0]);
        assert!((got / s[0] - 1.0).abs() < 1e-4, "{m} × {n}: {got}");
        // ∂σ/∂A = u₁ v₁ᵀ.
        for (i, g) in gradient.iter().enumerate() {
            let want = u[i / n * m] * v[i % n * n];
            assert!(
                (f64::from(*g) - want).abs() < 5e-3,
                "{m} × {n}: {g}, {want}"
            );
        }
    }
}

#[test]
fn a_discriminator_of_spectral_norm_one_is_lipschitz() {
    let config = json!({"hidden": 64, "layers": 3, "spectral_norm": true});
    let gan = build(&config, &device::cpu());
    let x: Tensor<2> = Rng::new(1, Purpose::Evaluate, 0).normal_tensor([2000, 2], &device::cpu());
    let d = values(gan.score(x.clone(), &[]));
    let x = values(x);
    for i in 1..2000 {
        let distance = (x[2 * i] - x[0]).hypot(x[2 * i + 1] - x[1]);
        assert!((d[i] - d[0]).abs() <= 1.05 * distance);
    }
}

#[test]
fn one_network_moves_at_a_time_and_the_discriminator_as_often_as_asked() {
    let config = json!({"hidden": 16, "layers": 1, "d_steps": 3});
    for only in [None, Some(0), Some(1)] {
        let mut gan = build(&config, &device::cpu().autodiff());
        let before = pollster::block_on(gan.weights()).expect("weights");
        let mut optimizers = [Optimizer::default(), Optimizer::default()];
        let mut context = StepContext {
            hyper: Hyper::new(1e-3),
            rng: &mut noise(0),
            optimizers: &mut optimizers,
            step: 0,
            only,
        };
        let losses = gan.train_step(&batch(), &mut context).expect("a step");
        let names: Vec<_> = losses.iter().map(|l| l.0).collect();
        assert_eq!(names, ["discriminator", "generator", "r1", "r2"]);
        let after = pollster::block_on(gan.weights()).expect("weights");
        for (network, (name, moves)) in Gan::NETWORKS.iter().zip([3, 1]).enumerate() {
            let moved = only.is_none_or(|only| only == network);
            let changed = before.iter().any(|(n, data)| {
                n.starts_with(name) && data.as_slice::<f32>() != after[n].as_slice::<f32>()
            });
            assert_eq!(changed, moved, "{name} with only {only:?}");
            assert_eq!(optimizers[network].time(), if moved { moves } else { 0 });
            if moved {
                let state = pollster::block_on(optimizers[network].read()).expect("moments");
                let of_state = state.keys().filter_map(|n| n.strip_suffix(".m"));
                let groups = gan.parameter_groups();
                let groups = groups.iter().filter(|group| group.network == *name);
                let parameters = groups.flat_map(|group| &group.parameters);
                let mut named: Vec<_> = parameters.map(|p| p.name.as_str()).collect();
                named.sort();
                assert!(
                    of_state.eq(named.iter().copied()),
                    "names of the {name}'s parameters"
                );
            }
        }
    }
}

fn trainer(data: &str, config: &Value, train: &Value) -> Trainer {
    let set = PointSet::toy(data, &Value::Null, 1).expect("a toy");
    let train = TrainConfig::from_json(train).expect("options");
    let data: Rc<Dataset> = Rc::new(set.into());
    Trainer::new("gan", config, train, data, 1, &device::cpu()).expect("a training")
}

#[test]
fn a_training_goes_on_exactly_where_it_was() {
    let config = json!({"hidden": 16, "layers": 2, "d_steps": 2, "fade": 20});
    for train in [
        json!({"batch_size": 32, "ema": 0.9, "beta_1": 0.5}),
        json!({"batch_size": 32, "beta_1": 0.0}),
    ] {
        let mut straight = trainer("ring", &config, &train);
        let mut first = trainer("ring", &config, &train);
        (0..7).for_each(|_| first.step().expect("a step"));
        let meta = checkpoint::meta_of(&first, Vec::new()).expect("meta");
        let bytes = pollster::block_on(checkpoint::write_resumable(&first, &meta)).expect("bytes");
        let opened = checkpoint::open(&bytes, None, &device::cpu()).expect("it opens");
        assert!(opened.is_resumable());
        let device = device::cpu();
        let second = opened.into_trainer(first.data.clone(), &device);
        let mut second = pollster::block_on(second).expect("it goes on");
        (0..6).for_each(|_| second.step().expect("a step"));
        (0..13).for_each(|_| straight.step().expect("a step"));
        for pair in [
            (&straight.model, &second.model),
            (&straight.averaged(), &second.averaged()),
        ] {
            let (a, b) = (common::weights(&**pair.0), common::weights(&**pair.1));
            for (name, data) in &a {
                assert_eq!(data.as_slice::<f32>(), b[name].as_slice::<f32>(), "{name}");
            }
        }
    }
}

/// The numbers in a layer's bytes.
fn floats(bytes: &[u8]) -> Vec<f32> {
    let chunks = bytes.as_chunks::<4>().0.iter();
    chunks.map(|&b| f32::from_le_bytes(b)).collect()
}

fn pause() -> std::pin::Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

#[test]
fn every_plot_answers_for_every_loss() {
    for loss in ["minimax", "non-saturating", "least-squares", "relativistic"] {
        for (data, z) in [("ring", 2), ("moons", 5)] {
            let config = json!({"loss": loss, "hidden": 16, "z_dim": z});
            let trainer = trainer(data, &config, &Value::Null);
            let plots = common::plots("gan");
            for plot in &plots {
                let request = PlotRequest {
                    at: 0.0,
                    count: 50,
                    seed: 1,
                    resolution: 16,
                    data: Some(&trainer.data),
                    ..PlotRequest::new(&plot.id, trainer.data.info(), device::cpu())
                };
                let model = trainer.averaged();
                let view = pollster::block_on(answer(&*model, &request, pause)).expect("a view");
                let View::Plot { layers, .. } = view else {
                    panic!("{} is no plot", plot.id)
                };
                let mut kinds = Vec::new();
                for layer in layers {
                    let (kind, numbers) = match layer {
                        Layer::Points { xy, .. } => ("points", floats(&xy.0)),
                        Layer::Field { values, .. } => ("field", floats(&values.0)),
                        Layer::Lines { xy, .. } => ("lines", floats(&xy.0)),
                        Layer::Arrows { d, .. } => ("arrows", floats(&d.0)),
                        Layer::Words { xy, .. } => ("words", floats(&xy.0)),
                    };
                    assert!(!numbers.is_empty() && numbers.iter().all(|v| v.is_finite()));
                    kinds.push(kind);
                }
                let want: &[&str] = match plot.id.as_str() {
                    "samples" => &["points", "points"],
                    "discriminator" => &["field", "points", "points"],
                    "manifold" => &["points", "lines"],
                    "gradients" => &["points", "points", "arrows"],
                    other => panic!("{other} is not tested"),
                };
                assert_eq!(kinds, want, "{}", plot.id);
            }
        }
    }
}

#[test]
fn arrows_point_where_the_generators_loss_falls() {
    let device = device::cpu();
    for config in configs() {
        let gan = build(&config, &device);
        let tensor = |v: &[f32]| Tensor::from_data(TensorData::new(v.to_vec(), [6, 2]), &device);
        let (x, fake) = (signed(3, 12, 1.5), signed(4, 12, 1.5));
        let told = values(gan.told(tensor(&x), tensor(&fake)));
        let kind = gan.config().loss;
        let loss = |at: &[f32], i: usize| {
            let real = values(gan.score(tensor(&x), &[]))[i];
            let fake = values(gan.score(tensor(at), &[]))[i];
            let real = || row(&[real], &device);
            f64::from(values(kind.of_generator(real, row(&[fake], &device)))[0])
        };
        for i in 0..12 {
            let moved = |h: f32| {
                let mut at = fake.clone();
                at[i] += h;
                loss(&at, i / 2)
            };
            let h = 2e-3;
            let want = -(moved(h) - moved(-h)) / (2.0 * f64::from(h));
            let got = f64::from(told[i]);
            assert!(
                (got - want).abs() < 2e-3 + 0.02 * want.abs(),
                "{config}: {got}, {want} by differences"
            );
        }
    }
}

#[test]
fn presets_and_defaults_can_be_trained() {
    let plots = common::plots("gan");
    for preset in Gan::presets() {
        assert!(plots.iter().any(|l| l.id == preset.plot), "{}", preset.id);
        let mut trainer = trainer(&preset.data, &preset.config, &preset.train);
        trainer.step().expect("a step");
    }
}

#[test]
fn energies_are_refused() {
    let energy = Space::Energy {
        mean: [0.0; 2],
        scale: 1.0,
    };
    let info = DataInfo::new("u1", energy);
    let mut rng = Rng::new(0, Purpose::Init, 0);
    assert!(families::init("gan", &Value::Null, &info, &mut rng, &device::cpu()).is_err());
}

fn json_file(name: &str) -> Value {
    let path = root("tests/reference").join(name);
    let text = std::fs::read_to_string(&path).expect("a committed file");
    serde_json::from_str(&text).expect("JSON")
}

struct Comparison {
    what: String,
    worst: f64,
}

impl Comparison {
    fn number(&mut self, name: &str, got: f64, want: &Value, size: f64) {
        let want = want.as_f64().expect("a number");
        let error = (got - want).abs() / size.max(1e-2);
        let what = &self.what;
        assert!(
            error <= 1e-4,
            "{what}, {name}: {got} where PyTorch has {want}"
        );
        self.worst = self.worst.max(error);
    }

    fn list(&mut self, name: &str, got: &[f32], want: &Value) {
        let want = want.as_array().expect("a list");
        assert_eq!(got.len(), want.len(), "{name}");
        for (got, want) in got.iter().zip(want) {
            let size = want.as_f64().expect("a number").abs().max(1.0);
            self.number(name, f64::from(*got), want, size);
        }
    }

    /// Against a `digest` of the script.
    fn digest(&mut self, name: &str, got: &[f32], want: &Value) {
        let of = |key: &str| want[key].as_f64().expect("a number");
        let (largest, norm) = (of("largest"), of("norm"));
        for (i, want) in want["head"].as_array().expect("a list").iter().enumerate() {
            self.number(&format!("{name}[{i}]"), f64::from(got[i]), want, largest);
        }
        let probe = signed(777, got.len(), 1.0);
        let probe = got.iter().zip(probe);
        let probe: f64 = probe.map(|(&v, p)| f64::from(v) * f64::from(p)).sum();
        self.number(&format!("{name} probed"), probe, &want["probe"], norm);
    }
}

#[test]
fn scores_losses_gradients_and_three_steps_are_pytorchs() {
    let wants = json_file("gan.json");
    for want in wants.as_array().expect("a list") {
        let config = &want["config"];
        let mut comparison = Comparison {
            what: config.to_string(),
            worst: 0.0,
        };
        let device = device::cpu();
        let gan = build(config, &device);
        let z = noise(0).normal_tensor([BATCH, gan.config().z_dim], &device);
        let centre = Tensor::<2>::from_floats([[0.5, -0.25]], &device);
        let fakes = gan.generate(z, &[]) * 2.0 + centre.clone();
        comparison.list("fakes", &values(fakes), &want["fakes"]);
        let x = (batch().points(&device).expect("points") - centre) / 2.0;
        comparison.list("scores", &values(gan.score(x, &[])), &want["scores"]);
        let losses = gan.losses(&batch(), &mut noise(0)).expect("losses");
        assert_eq!(
            losses.len(),
            want["losses"].as_object().expect("a table").len()
        );
        for (name, value) in losses {
            let want = &want["losses"][name];
            let size = want.as_f64().expect("a number").abs().max(1.0);
            comparison.number(name, f64::from(values(value)[0]), want, size);
        }

        let mut learner = build(config, &device.clone().autodiff());
        let mut gradients = gradient(config, 0);
        gradients.extend(gradient(config, 1));
        for (name, want) in want["gradients"].as_object().expect("a table") {
            let got = slice(&gradients, name);
            comparison.digest(&format!("gradient of {name}"), &got, want);
        }

        let mut optimizers = [Optimizer::default(), Optimizer::default()];
        for step in 0..STEPS {
            let mut rng = noise(step);
            let mut context = StepContext {
                hyper: Hyper {
                    beta_1: 0.5,
                    beta_2: 0.99,
                    ..Hyper::new(1e-2)
                },
                rng: &mut rng,
                optimizers: &mut optimizers,
                step,
                only: None,
            };
            let losses = learner.train_step(&batch(), &mut context).expect("a step");
            for (name, value) in losses.into_iter().take(2) {
                let want = &want["steps"][step as usize][name];
                let what = format!("{name} of step {step}");
                comparison.number(&what, f64::from(values(value)[0]), want, 1.0);
            }
        }
        let weights = pollster::block_on(learner.weights()).expect("weights");
        for (name, want) in want["weights"].as_object().expect("a table") {
            // Differences of scores do not depend on the last bias, nor on that of a unit on whose
            // one side all points lie: Adam moves these by rounding alone.
            let difference = config["loss"] == "relativistic";
            if difference && name.starts_with("discriminator") && name.ends_with(".bias") {
                continue;
            }
            comparison.digest(name, &slice(&weights, name), want);
        }
        println!("{config}: largest error {:.1e}", comparison.worst);
    }
}

#[test]
fn the_committed_noise_is_the_programs() {
    let committed: Vec<Vec<f32>> =
        serde_json::from_value(json_file("gan-noise.json")).expect("numbers");
    for (step, want) in committed.iter().enumerate() {
        let got = noise(step as u64).normal(want.len());
        // The logarithm behind the tail may differ in its last bit between systems.
        assert!(got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

/// Writes tests/reference/gan-noise.json, which gan.py reads.
#[test]
#[ignore = "writes a committed file"]
fn write_noise() {
    let all: Vec<Vec<f32>> = (0..STEPS).map(|step| noise(step).normal(160)).collect();
    let text = serde_json::to_string(&all).expect("JSON");
    let text = text.replace("],", "],\n") + "\n";
    std::fs::write(root("tests/reference/gan-noise.json"), text).expect("writable");
}

#[test]
fn sure_scores_keep_their_loss_and_their_slope() {
    sure_scores();
    // And as they are computed on a GPU.
    by_formulas(sure_scores);
}

fn sure_scores() {
    let device = device::cpu().autodiff();
    for score in [20f32, 40.0, 80.0] {
        // Data and fakes told apart beyond doubt.
        let real = Tensor::<1>::from_floats([score], &device).require_grad();
        let fake = Tensor::<1>::from_floats([-score], &device).require_grad();
        let loss = Loss::NonSaturating.of_discriminator(real.clone(), fake.clone());
        let slopes = loss.backward();
        let s = f64::from(score);
        let one = |t: Tensor<1>| f64::from(values(t.without_autodiff())[0]);
        let near = |got: f64, want: f64, what: &str| {
            assert!(
                (got / want - 1.0).abs() < 1e-4,
                "{what} at {score}: {got}, {want}"
            );
        };
        near(one(loss), 2.0 * (-s).exp().ln_1p(), "loss");
        let logistic = 1.0 / (1.0 + s.exp()); // σ(−s)
        near(
            one(real.grad(&slopes).expect("a slope")),
            -logistic,
            "slope of data",
        );
        near(
            one(fake.grad(&slopes).expect("a slope")),
            logistic,
            "slope of fakes",
        );
        // And for the generator, whose fakes fool nobody: it is told all there is to tell.
        let fake = Tensor::<1>::from_floats([-score], &device).require_grad();
        let loss = Loss::NonSaturating.of_generator(|| unreachable!(), fake.clone());
        let slope = one(fake.grad(&loss.backward()).expect("a slope"));
        near(one(loss), s + (-s).exp().ln_1p(), "generator's loss");
        near(slope, -1.0 / (1.0 + (-s).exp()), "generator's slope");
    }
}

/// A case's networks with weights from the formula.
fn build_for_images(case: &Value, device: &Device) -> Gan {
    let config = GanConfig {
        conditional: true,
        ..GanConfig::from_json(&case["config"]).expect("options")
    };
    let side = |i: usize| number(&case["image"][i]) as usize;
    let space = Space::Image {
        channels: side(0),
        height: side(1),
        width: side(2),
    };
    let mut info = DataInfo::new("own", space);
    let classes = number(&case["classes"]) as usize;
    info.classes = (0..classes).map(|i| format!("class {i}")).collect();
    let gan = Gan::init(&config, &info, &mut Rng::new(0, Purpose::Init, 0), device);
    let gan = gan.expect("a model");
    let mut weights = pollster::block_on(gan.weights()).expect("weights");
    for (i, (_, data)) in weights.iter_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        let scale = match shape.as_slice() {
            [_] => 0.1,
            [d_in, _] => (3.0 / *d_in as f64).sqrt(),
            [_, rest @ ..] => (3.0 / rest.iter().product::<usize>() as f64).sqrt(),
            [] => 0.0,
        };
        let n = shape.iter().product();
        *data = TensorData::new(signed(i as u32 + 1, n, scale), shape);
    }
    gan.with_weights(weights).expect("they fit")
}

#[test]
fn convolutions_of_both_networks_are_pytorchs() {
    const BATCH: usize = 4;
    let text = std::fs::read_to_string(root("tests/reference/gan_images.json"));
    let cases: Vec<Value> = serde_json::from_str(&text.expect("a file")).expect("JSON");
    let device = device::cpu().autodiff();
    for case in &cases {
        let gan = build_for_images(case, &device);
        let (z_dim, classes) = (gan.config().z_dim, number(&case["classes"]) as u32);
        let d = case["image"].as_array().expect("a list").iter().map(number);
        let d = d.product::<f64>() as usize;
        let labels: Vec<u32> = match classes {
            0 => Vec::new(),
            n => (0..BATCH as u32).map(|i| i % n).collect(),
        };
        let rows = |salt: u32, size: usize, scale: f64| {
            let values = signed(salt, BATCH * size, scale);
            Tensor::<2>::from_data(TensorData::new(values, [BATCH, size]), &device)
        };
        let (z, x) = (rows(1000, z_dim, 1.5), rows(1001, d, 1.0));
        let fakes = gan.generate(z, &labels);
        digest(
            "fakes",
            &values(fakes.clone().without_autodiff()),
            &case["fakes"],
        );
        let score = |x: Tensor<2>| gan.score(x, &labels);
        digest(
            "scores",
            &values(score(x.clone()).without_autodiff()),
            &case["scores"],
        );
        let of_d =
            Loss::Relativistic.of_discriminator(score(x.clone()), score(fakes.clone().detach()));
        let of_g = Loss::Relativistic.of_generator(|| score(x).detach(), score(fakes));
        for (i, (network, loss)) in ["discriminator", "generator"]
            .into_iter()
            .zip([of_d, of_g])
            .enumerate()
        {
            let got = f64::from(values(loss.clone().without_autodiff())[0]);
            let want = number(&case["losses"][i]);
            assert!((got - want).abs() < 1e-5 * want, "{network}: {got}, {want}");
            // All of the gradient is Adam's first moment at beta_1 = 0.
            let mut adam = Optimizer::default();
            let hyper = Hyper {
                beta_1: 0.0,
                ..Hyper::new(1e-3)
            };
            adam.step(gan.net().clone(), &loss, hyper);
            let moments = pollster::block_on(adam.read()).expect("moments");
            let all = case["gradients"].as_object().expect("a table").iter();
            for (name, want) in all.filter(|(name, _)| name.starts_with(network)) {
                let got = moments[&format!("{name}.m")].as_slice::<f32>();
                digest(name, got.expect("floats"), want);
            }
        }
    }
}

#[test]
fn images_of_a_class_come_out_as_that_class() {
    let config = GanConfig {
        channels: 8,
        hidden: 32,
        z_dim: 4,
        conditional: true,
        r1: 0.1,
        r2: 0.1,
        ..GanConfig::default()
    };
    let mut info = common::info(8, 8);
    info.classes = vec!["upright".into(), "level".into()];
    let device = device::cpu().autodiff();
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let mut gan = Gan::init(&config, &info, &mut rng, &device).expect("a model");
    let mut optimizers = [Optimizer::default(), Optimizer::default()];
    let batch = common::stripes(16, [0.9, 0.1]);
    for step in 0..400 {
        let mut context = StepContext {
            hyper: Hyper {
                beta_1: 0.0,
                ..Hyper::new(3e-3)
            },
            rng: &mut noise(step),
            optimizers: &mut optimizers,
            step,
            only: None,
        };
        gan.train_step(&batch, &mut context).expect("a step");
    }
    // No parameter is left behind.
    for (i, network) in Gan::NETWORKS.iter().enumerate() {
        let moments = pollster::block_on(optimizers[i].read()).expect("moments");
        let groups = gan.parameter_groups().into_iter();
        let mine = groups.filter(|group| group.network == *network);
        for parameter in mine.flat_map(|group| group.parameters) {
            let name = format!("{}.m", parameter.name);
            assert!(moments.contains_key(&name), "{network} {name}");
        }
    }

    let Batch::Images { values: both, .. } = common::stripes(2, [0.9, 0.1]) else {
        panic!("images");
    };
    let draw = |label: Option<u32>| {
        let condition = Condition {
            label,
            ..Condition::default()
        };
        let sampler = Family::sampler(&gan, &GanSampleOptions::default(), &condition, 8, 5);
        sampler.map(|sampler| values(common::drawn(sampler).images().expect("images")))
    };
    let distance = |image: &[f32], class: usize| {
        let pairs = image.iter().zip(&both[class * 64..]);
        (pairs.map(|(a, b)| (a - b).powi(2)).sum::<f32>() / 64.0).sqrt()
    };
    for label in [0, 1] {
        let images = draw(Some(label)).expect("samples");
        for image in images.chunks_exact(64) {
            let (right, wrong) = (label as usize, 1 - label as usize);
            let found = [distance(image, right), distance(image, wrong)];
            assert!(
                found[0] < 0.25 && found[1] > 0.4,
                "class {label}: {found:?}"
            );
        }
    }
    // Without a class each sample is of one or the other.
    let images = draw(None).expect("samples");
    let upright = images
        .chunks_exact(64)
        .filter(|i| distance(i, 0) < distance(i, 1));
    assert!((1..8).contains(&upright.count()));
    assert_eq!(
        draw(Some(2)).expect_err("no such class").code(),
        Code::BadOption
    );
}
