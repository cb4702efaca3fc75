//! Diffusion: schedules, the chain's closed form, samplers and density where the truth is known,
//! gradients, and PyTorch's numbers (tests/reference/ddpm.py).

use std::{f64::consts::FRAC_PI_2, rc::Rc};

use crate::common::{self, root, signed, unit, values};
use burn::tensor::{Tensor, TensorData};
use generative_playground::{
    data::{Batch, DataInfo, Dataset, PointSet, Space, SpaceKind},
    device,
    error::Code,
    families::ddpm::{
        Ddpm, DdpmConfig, DdpmSampleOptions, Level, NoiseSchedule, Predict, Prediction, Process,
        Reverse, SamplerKind, alphas_cumprod, log_prob, p_sample,
    },
    model::{self, Condition, DensityOptions, Family, TrainConfig},
    nn::{unet, weights::Weights},
    optim::{Hyper, Optimizer},
    options::Options,
    protocol::View,
    rng::{Purpose, Rng},
    scene::{PlotRequest, cells},
    training::Trainer,
};
use serde_json::{Value, json};

const PREDICTIONS: [Prediction; 4] = [
    Prediction::Noise,
    Prediction::X0,
    Prediction::V,
    Prediction::Velocity,
];
const SCHEDULES: [NoiseSchedule; 3] = [
    NoiseSchedule::Linear,
    NoiseSchedule::Cosine,
    NoiseSchedule::Even,
];

fn process(prediction: Prediction, schedule: NoiseSchedule, timesteps: usize) -> Process {
    Process::new(&DdpmConfig {
        timesteps,
        schedule,
        prediction,
        ..DdpmConfig::default()
    })
}

fn points(xy: &[f32]) -> Tensor<2> {
    Tensor::from_data(
        TensorData::new(xy.to_vec(), [xy.len() / 2, 2]),
        &device::cpu(),
    )
}

fn info() -> DataInfo {
    DataInfo::new(
        "custom",
        Space::Points {
            mean: [0.0, 0.0],
            scale: 1.0,
        },
    )
}

#[test]
fn schedules_are_their_formulas() {
    // Ho et al.: β from 1e-4 to 0.02 in 1000 equal steps.
    let linear = alphas_cumprod(NoiseSchedule::Linear, 1000);
    let mut product = 1.0;
    for (t, got) in linear.iter().enumerate().skip(1) {
        product *= 1.0 - (1e-4 + (t - 1) as f64 * (0.02 - 1e-4) / 999.0);
        assert!((got - product).abs() < 1e-14, "{t}");
    }
    // Nichol & Dhariwal, equation 17, while β ≤ 0.999.
    for timesteps in [10, 100, 1000] {
        let cosine = alphas_cumprod(NoiseSchedule::Cosine, timesteps);
        let f = |t: usize| {
            let angle = (t as f64 / timesteps as f64 + 0.008) / 1.008 * FRAC_PI_2;
            angle.cos().powi(2)
        };
        for (t, got) in cosine.iter().enumerate().take(timesteps) {
            assert!((got - f(t) / f(0)).abs() < 1e-12, "{t} of {timesteps}");
        }
        assert!((1.0 - cosine[timesteps] / cosine[timesteps - 1] - 0.999).abs() < 1e-9);
    }
    // Kingma et al.: log-SNR linear in time.
    let even = alphas_cumprod(NoiseSchedule::Even, 100);
    for (t, got) in even.iter().enumerate().skip(1) {
        let log_snr = (got / (1.0 - got)).ln();
        assert!(
            (log_snr - (13.0 - 22.0 * (t - 1) as f64 / 99.0)).abs() < 1e-8,
            "{t}"
        );
    }
    // All begin with the data, fall, and end with noise, however few the steps.
    for schedule in SCHEDULES {
        for timesteps in [10, 37, 100, 1000] {
            let all = alphas_cumprod(schedule, timesteps);
            assert_eq!((all.len(), all[0]), (timesteps + 1, 1.0));
            assert!(all.windows(2).all(|w| 0.0 < w[1] && w[1] < w[0]));
            assert!(
                all[timesteps] < 1e-3,
                "{schedule:?} {timesteps}: {}",
                all[timesteps]
            );
        }
    }
}

#[test]
fn q_sample_is_the_chain_in_one_go() {
    for schedule in SCHEDULES {
        let process = process(Prediction::Noise, schedule, 100);
        let bars = alphas_cumprod(schedule, 100);
        // x_t = √(1−β) x_{t−1} + √β ε: x_0 = 1 has mean and variance
        let (mut mean, mut variance) = (1.0f64, 0.0f64);
        for t in 1..=100usize {
            let beta = 1.0 - bars[t] / bars[t - 1];
            mean *= (1.0 - beta).sqrt();
            variance = (1.0 - beta) * variance + beta;
            let Level { alpha, sigma, time } = process.level(t);
            assert!((alpha - mean).abs() < 1e-12 && (sigma * sigma - variance).abs() < 1e-12);
            assert!((time - t as f64 / 100.0).abs() < 1e-12);
        }
        let (x0, epsilon) = (signed(1, 6, 2.0), signed(2, 6, 2.0));
        let levels = [3, 50, 100].map(|t| process.level(t));
        let got = values(Process::q_sample(points(&x0), points(&epsilon), &levels));
        for (i, got) in got.iter().enumerate() {
            let Level { alpha, sigma, .. } = levels[i / 2];
            let want = alpha * f64::from(x0[i]) + sigma * f64::from(epsilon[i]);
            assert!((f64::from(*got) - want).abs() < 1e-6);
        }
    }
}

#[test]
fn ddim_with_all_the_noise_is_the_posterior() {
    // Ho et al., equations 6 and 7, for one step and for respaced ones. 1 − ᾱ, about 1e-5 at the
    // data, loses five digits.
    for schedule in SCHEDULES {
        let process = process(Prediction::Noise, schedule, 100);
        let bars = alphas_cumprod(schedule, 100);
        for (t, s) in [
            (100, 99),
            (57, 56),
            (2, 1),
            (1, 0),
            (100, 60),
            (30, 3),
            (8, 0),
        ] {
            let (bar_t, bar_s) = (bars[t], bars[s]);
            let alpha = bar_t / bar_s;
            let by_x0 = bar_s.sqrt() * (1.0 - alpha) / (1.0 - bar_t);
            let by_x = alpha.sqrt() * (1.0 - bar_s) / (1.0 - bar_t);
            let variance = (1.0 - alpha) * (1.0 - bar_s) / (1.0 - bar_t);
            let [a, b, c] = p_sample(process.level(t), process.level(s), 1.0);
            assert!((c * c - variance).abs() < 1e-9, "{t} to {s}");
            // x_t = √ᾱ x̂₀ + √(1−ᾱ) ε̂, whatever x̂₀ and ε̂ are.
            assert!(
                (a - (by_x0 + by_x * bar_t.sqrt())).abs() < 1e-9,
                "{t} to {s}"
            );
            assert!((b - by_x * (1.0 - bar_t).sqrt()).abs() < 1e-7, "{t} to {s}");
            // Any η keeps the marginal: x_s has the noise of its level.
            for eta in [0.0, 0.3, 1.0] {
                let [a, b, c] = p_sample(process.level(t), process.level(s), eta);
                assert!((a * a - bar_s).abs() < 1e-12);
                assert!((b * b + c * c - (1.0 - bar_s)).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn the_right_answer_says_what_x0_and_the_noise_were() {
    let (x0, epsilon) = (signed(1, 40, 2.0), signed(2, 40, 2.0));
    for prediction in PREDICTIONS {
        let process = process(prediction, NoiseSchedule::Linear, 100);
        for t in [1, 30, 70] {
            let level = process.level(t);
            let x = Process::q_sample(points(&x0), points(&epsilon), &[level]);
            let answer = process.target(points(&x0), points(&epsilon), &[level]);
            let guess = process.guess(x, answer, level);
            for (got, want) in [(guess.x0, &x0), (guess.noise, &epsilon)] {
                for (got, want) in values(got).iter().zip(want) {
                    assert!(
                        (got - want).abs() < 2e-4,
                        "{prediction:?} at {t}: {got}, {want}"
                    );
                }
            }
        }
    }
}

#[test]
fn levels_lead_from_noise_to_data() {
    for prediction in PREDICTIONS {
        for schedule in SCHEDULES {
            for timesteps in [10, 100, 1000] {
                for steps in [1, 2, 9, 25, 100, 1000] {
                    let process = process(prediction, schedule, timesteps);
                    let levels = process.levels(steps);
                    assert!(levels.windows(2).all(|w| w[0].time > w[1].time));
                    assert_eq!(levels[levels.len() - 1], process.level(0));
                    assert!(levels[0].alpha < 0.1 && levels.len() <= steps + 1);
                }
            }
        }
    }
}

/// Standard deviations of a Gaussian with independent coordinates, for which every answer is known.
/// Standardised, as all data is before it is noised.
const SPREAD: [f64; 2] = [0.5, 1.322_875_7];
const CENTRE: [f64; 2] = [0.0, 0.0];

/// What a perfect network answers for that Gaussian.
fn perfect(process: &Process, prediction: Prediction) -> Box<Predict> {
    let levels: Vec<Level> = (0..=process.timesteps())
        .map(|t| process.level(t))
        .collect();
    Box::new(move |x: Tensor<2>, time: f64, _: f64| {
        let Level { alpha, sigma, .. } = match prediction {
            Prediction::Velocity => Level {
                time,
                alpha: 1.0 - time,
                sigma: time,
            },
            _ => levels[(time * (levels.len() - 1) as f64).round() as usize],
        };
        let row = |of: &dyn Fn(usize) -> f64| {
            Tensor::<2>::from_floats([[of(0) as f32, of(1) as f32]], &x.device())
        };
        // E[ε|x] = sigma (x − alpha m) / (alpha² s² + sigma²), and so on.
        let total = |d: usize| (alpha * SPREAD[d]).powi(2) + sigma * sigma;
        let off = x.clone() - row(&|d| alpha * CENTRE[d]);
        let noise = off.clone() * row(&|d| sigma / total(d));
        let x0 = off * row(&|d| alpha * SPREAD[d].powi(2) / total(d)) + row(&|d| CENTRE[d]);
        match prediction {
            Prediction::Noise => noise,
            Prediction::X0 => x0,
            Prediction::V => noise * alpha - x0 * sigma,
            Prediction::Velocity => noise - x0,
        }
    })
}

fn walk(
    prediction: Prediction,
    schedule: NoiseSchedule,
    options: &DdpmSampleOptions,
    x: Tensor<2>,
) -> Vec<f32> {
    let process = process(prediction, schedule, 1000);
    let predict = perfect(&process, prediction);
    let mut walk = Reverse::new(process, predict, options, x, 3);
    for _ in 0..walk.steps() {
        walk.step();
    }
    values(walk.x())
}

#[test]
fn the_ode_carries_noise_to_a_gaussian() {
    let noise = Rng::new(1, Purpose::Sample, 0).normal(200);
    for (sampler, steps, tolerance) in [
        (SamplerKind::Ode, 50, 0.01),
        (SamplerKind::Ddim, 500, 0.02),
        (SamplerKind::DpmSolver, 60, 0.02),
    ] {
        for prediction in PREDICTIONS {
            for schedule in SCHEDULES {
                let options = DdpmSampleOptions {
                    sampler,
                    steps,
                    eta: 0.0,
                    resample: 1,
                };
                let got = walk(prediction, schedule, &options, points(&noise));
                for (i, got) in got.iter().enumerate() {
                    let d = i % 2;
                    let want = CENTRE[d] + SPREAD[d] * f64::from(noise[i]);
                    let error = (f64::from(*got) - want).abs();
                    assert!(
                        error < tolerance * (1.0 + want.abs()),
                        "{sampler:?} {prediction:?} {schedule:?}: {got} for {want}"
                    );
                }
            }
        }
    }
}

#[test]
fn fresh_noise_keeps_the_gaussian() {
    const N: usize = 4000;
    for (sampler, eta) in [(SamplerKind::Ddpm, 0.0), (SamplerKind::Ddim, 0.5)] {
        for prediction in [Prediction::Noise, Prediction::Velocity] {
            let options = DdpmSampleOptions {
                sampler,
                steps: 200,
                eta,
                ..DdpmSampleOptions::default()
            };
            let noise = Rng::new(1, Purpose::Sample, 0).normal(2 * N);
            let got = walk(prediction, NoiseSchedule::Cosine, &options, points(&noise));
            for d in 0..2 {
                let one: Vec<f64> = got
                    .iter()
                    .skip(d)
                    .step_by(2)
                    .map(|&v| f64::from(v))
                    .collect();
                let mean = one.iter().sum::<f64>() / N as f64;
                let spread =
                    (one.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / N as f64).sqrt();
                assert!(
                    (mean - CENTRE[d]).abs() < 0.06 * SPREAD[d],
                    "{sampler:?} {prediction:?} {mean}"
                );
                assert!(
                    (spread / SPREAD[d] - 1.0).abs() < 0.05,
                    "{sampler:?} {prediction:?} {spread}"
                );
            }
        }
    }
}

#[test]
fn the_density_of_a_gaussian_is_its_own() {
    let n = 40;
    let window = [-3.0, 4.0, -7.0, 7.0];
    let xy = cells(window, n);
    let area = f64::from((window[1] - window[0]) * (window[3] - window[2])) / (n * n) as f64;
    for prediction in PREDICTIONS {
        for schedule in SCHEDULES {
            let process = process(prediction, schedule, 100);
            let predict = perfect(&process, prediction);
            let got = values(log_prob(&process, &*predict, points(&xy)));
            let mut mass = 0.0;
            for (got, x) in got.iter().zip(xy.as_chunks::<2>().0) {
                let want: f64 = (0..2)
                    .map(|d| {
                        let z = (f64::from(x[d]) - CENTRE[d]) / SPREAD[d];
                        -0.5 * z * z - SPREAD[d].ln() - 0.5 * std::f64::consts::TAU.ln()
                    })
                    .sum();
                let got = f64::from(*got);
                mass += got.exp() * area;
                if want > -4.0 {
                    assert!(
                        (got - want).abs() < 0.12,
                        "{prediction:?} {schedule:?} {x:?}: {got} for {want}"
                    );
                }
            }
            assert!(
                (mass - 1.0).abs() < 0.005,
                "{prediction:?} {schedule:?}: {mass}"
            );
        }
    }
}

fn moons() -> PointSet {
    PointSet::toy("moons", &Value::Null, 1).expect("a toy")
}

fn trained(config: Value, steps: u64) -> Box<dyn model::Model> {
    let train = json!({ "batch_size": 256, "learning_rate": 2e-3, "ema": 0.98 });
    let train = TrainConfig::from_json(&train).expect("options");
    let data = Rc::new(moons().into());
    let trainer = Trainer::new("ddpm", &config, train, data, 1, &device::cpu());
    let mut trainer = trainer.expect("a training");
    for _ in 0..steps {
        trainer.step().expect("a step");
    }
    trainer.averaged()
}

#[test]
fn a_trained_density_integrates_to_one_and_finds_the_data() {
    for prediction in ["v", "velocity"] {
        let config =
            json!({ "hidden": 64, "embedding": 32, "frequency": 10.0, "prediction": prediction });
        let model = trained(config, 1000);
        let n = 60;
        let window = [-8.0, 8.0, -8.0, 8.0];
        let density = model.density().expect("it has one");
        let exactly = DensityOptions {
            importance_samples: 0,
        };
        let ask = |xy: Vec<f32>| {
            let mut rng = Rng::new(0, Purpose::Evaluate, 0);
            let got = density.log_prob(&Batch::Points { xy }, exactly, &mut rng);
            values(got.expect("a density"))
        };
        let area = (16.0 / n as f64).powi(2);
        let grid = ask(cells(window, n));
        let mass: f64 = grid.iter().map(|&v| f64::from(v).exp() * area).sum();
        let set = moons();
        let held_out: Vec<f32> = (0..500).flat_map(|i| set.test_point(i)).collect();
        let nll = -ask(held_out).iter().map(|&v| f64::from(v)).sum::<f64>() / 500.0;
        println!("{prediction}: mass {mass:.4}, −log p {nll:.3}");
        assert!((mass - 1.0).abs() < 0.02, "{prediction}: {mass}");
        // A Gaussian of the data's covariance has 3.6.
        assert!(nll < 2.7, "{prediction}: {nll}");
    }
}

#[test]
fn every_plot_can_be_drawn() {
    let set = moons();
    for prediction in ["noise", "velocity"] {
        let config =
            json!({ "hidden": 16, "embedding": 8, "timesteps": 20, "prediction": prediction });
        let model = trained(config, 2);
        let data: Dataset = set.clone().into();
        for plot in Ddpm::plots(SpaceKind::Points) {
            for at in [0.0, 0.4, 1.0] {
                let request = PlotRequest {
                    at,
                    count: 50,
                    seed: 1,
                    resolution: 16,
                    data: Some(&data),
                    ..PlotRequest::new(&plot.id, data.info(), device::cpu())
                };
                let scene = model.plot(&request).expect("a picture");
                let view = pollster::block_on(scene.read(set.window())).expect("a view");
                let View::Plot { layers, label, .. } = view else {
                    panic!("a plot")
                };
                assert!(
                    !layers.is_empty() && !label.is_empty(),
                    "{} at {at}",
                    plot.id
                );
            }
        }
    }
}

#[test]
fn options_that_do_not_go_together_are_refused() {
    for (json, ok) in [
        (json!({ "sampler": "ode", "steps": 10 }), true),
        (json!({ "sampler": "ode", "eta": 0.5 }), false),
        (json!({ "sampler": "ddim", "eta": 0.5 }), true),
        (json!({ "sampler": "ddpm", "eta": 1.0 }), false),
        (json!({ "steps": 0 }), false),
        (json!({ "eta": 1.5 }), false),
    ] {
        assert_eq!(DdpmSampleOptions::from_json(&json).is_ok(), ok, "{json}");
    }
    for (json, ok) in [
        (json!({ "embedding": 64 }), true),
        (json!({ "embedding": 63 }), false),
        (json!({ "timesteps": 9 }), false),
        (json!({ "prediction": "score" }), false),
    ] {
        assert_eq!(DdpmConfig::from_json(&json).is_ok(), ok, "{json}");
    }
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let mut fits = |json: Value, [height, width]: [usize; 2]| {
        let config = DdpmConfig::from_json(&json).expect("options");
        let images = common::info(height, width);
        Ddpm::init(&config, &images, &mut rng, &device::cpu()).is_ok()
    };
    let small = json!({ "channels": 8 });
    assert!(fits(small.clone(), [28, 28]) && !fits(small, [28, 30]));
    assert!(fits(json!({ "channels": 8, "levels": 1 }), [5, 7]));
    assert!(!fits(json!({ "network": "mlp" }), [28, 28]));
    let unet = DdpmConfig::from_json(&json!({ "network": "unet" })).expect("options");
    assert!(Ddpm::init(&unet, &info(), &mut rng, &device::cpu()).is_err());
    assert!(DdpmConfig::from_json(&json!({ "channels": 12 })).is_err());
    let text = Space::examples()
        .into_iter()
        .find(|s| s.kind() == SpaceKind::Text);
    assert!(Ddpm::defaults(&text.expect("a text")).is_none());
    // The presets' options are good.
    for preset in Ddpm::presets() {
        DdpmConfig::from_json(&preset.config).expect("options");
        TrainConfig::from_json(&preset.train).expect("options");
    }
}

#[test]
fn the_same_seed_walks_the_same_way() {
    let model = trained(json!({ "hidden": 16, "embedding": 8 }), 2);
    let options = json!({ "sampler": "ddpm", "steps": 10 });
    let sample = |seed: u64, count: usize| {
        let sampler = model.sampler(&options, &Condition::default(), count, seed);
        let samples = common::drawn(sampler.expect("a sampler"));
        values(samples.points().expect("points"))
    };
    assert_eq!(sample(5, 30), sample(5, 30));
    assert_ne!(sample(5, 30), sample(6, 30));
}

fn with_formula_weights(config: &DdpmConfig, autodiff: bool) -> Ddpm {
    let device = if autodiff {
        device::cpu().autodiff()
    } else {
        device::cpu()
    };
    let model = Ddpm::init(config, &info(), &mut Rng::new(0, Purpose::Init, 0), &device);
    let model = model.expect("a model");
    let mut weights = pollster::block_on(model.weights()).expect("weights");
    for (i, (_, data)) in weights.iter_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        let scale = match shape.as_slice() {
            [d_in, _] => (3.0 / *d_in as f64).sqrt(),
            _ => 0.1,
        };
        let n = shape.iter().product();
        *data = TensorData::new(signed(i as u32 + 1, n, scale), shape);
    }
    model.with_weights(weights).expect("they fit")
}

/// x₀, noise and levels that the script uses too.
fn inputs(model: &Ddpm, n: usize) -> (Tensor<2>, Tensor<2>, Vec<Level>) {
    let steps =
        (0..n as u32).map(|i| 1 + (unit(1002, i) * model.config().timesteps as f64) as usize);
    let tensor = |salt, scale| points(&signed(salt, 2 * n, scale));
    let levels = steps.map(|t| model.process().level(t)).collect();
    (tensor(1000, 1.5), tensor(1001, 2.0), levels)
}

/// The gradient of the loss by every weight: (1 − β₁) of it is Adam's first moment after one step.
fn gradient(model: &Ddpm, n: usize) -> Weights {
    let (x0, epsilon, levels) = inputs(model, n);
    let loss = model.loss(x0, epsilon, &levels, unet::Told::default());
    let mut adam = Optimizer::default();
    adam.step(model.net().clone(), &loss, Hyper::new(1e-3));
    let moments = pollster::block_on(adam.read()).expect("moments");
    moments
        .into_iter()
        .filter_map(|(name, data)| {
            let m = data.as_slice::<f32>().expect("floats");
            let g: Vec<f32> = m.iter().map(|m| m / (1.0 - 0.9f32)).collect();
            let n = g.len();
            Some((
                name.strip_suffix(".m")?.to_string(),
                TensorData::new(g, [n]),
            ))
        })
        .collect()
}

fn slice<'a>(weights: &'a Weights, name: &str) -> &'a [f32] {
    weights[name].as_slice::<f32>().expect("floats")
}

#[test]
fn gradients_agree_with_central_differences() {
    for prediction in PREDICTIONS {
        let config = DdpmConfig {
            prediction,
            hidden: 16,
            layers: 2,
            embedding: 8,
            ..DdpmConfig::default()
        };
        let learner = with_formula_weights(&config, true);
        let gradients = gradient(&learner, 16);
        let model = with_formula_weights(&config, false);
        let weights = pollster::block_on(model.weights()).expect("weights");
        let loss = |weights: Weights| {
            let model = model.clone().with_weights(weights).expect("they fit");
            let (x0, epsilon, levels) = inputs(&model, 16);
            f64::from(values(model.loss(x0, epsilon, &levels, unet::Told::default()))[0])
        };
        for name in weights.keys() {
            let (values, gradient) = (slice(&weights, name), slice(&gradients, name));
            let size = gradient.iter().fold(0f32, |a, v| a.max(v.abs()));
            for k in 0..3 {
                let i = (unit(9, k) * values.len() as f64) as usize;
                let aside = |by: f32| {
                    let mut moved = values.to_vec();
                    moved[i] += by;
                    let mut all = weights.clone();
                    let shape = weights[name].shape().as_slice().to_vec();
                    all.insert(name.clone(), TensorData::new(moved, shape));
                    loss(all)
                };
                let want = (aside(3e-3) - aside(-3e-3)) / 6e-3;
                let error = (f64::from(gradient[i]) - want).abs();
                assert!(
                    error < 0.03 * f64::from(size) + 2e-4,
                    "{prediction:?} {name}[{i}]: {} for {want}",
                    gradient[i]
                );
            }
        }
    }
}

#[test]
fn answers_losses_and_gradients_are_pytorchs() {
    let text =
        std::fs::read_to_string(root("tests/reference/ddpm.json")).expect("a committed file");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    for case in &cases {
        let config = DdpmConfig::from_json(&case["config"]).expect("options");
        let model = with_formula_weights(&config, true);
        let (x0, epsilon, levels) = inputs(&model, 12);
        let what = case["config"].to_string();
        let number = |v: &Value| v.as_f64().expect("a number");
        let mut worst = 0f64;
        let mut close = |name: &str, got: f64, want: &Value, size: f64| {
            let error = (got - number(want)).abs() / size.max(1e-30);
            assert!(
                error < 1e-4,
                "{what} {name}: {got} where PyTorch has {want}"
            );
            worst = worst.max(error);
        };
        let mut digest = |name: &str, got: &[f32], want: &Value| {
            for (i, head) in want["head"].as_array().expect("a list").iter().enumerate() {
                close(name, f64::from(got[i]), head, number(&want["largest"]));
            }
            let norm = number(&want["norm"]);
            let square: f64 = got.iter().map(|&v| f64::from(v).powi(2)).sum();
            close(name, square.sqrt(), &want["norm"], norm);
            let probe = signed(777, got.len(), 1.0);
            let probe: f64 = got
                .iter()
                .zip(probe)
                .map(|(&v, p)| f64::from(v) * f64::from(p))
                .sum();
            close(name, probe, &want["probe"], norm);
        };
        let times: Vec<f64> = levels.iter().map(|l| l.time).collect();
        let x = Process::q_sample(x0.clone(), epsilon.clone(), &levels);
        digest(
            "answer",
            &values(
                model
                    .forward(x, &times, unet::Told::default())
                    .without_autodiff(),
            ),
            &case["answer"],
        );
        let gradients = gradient(&model, 12);
        let want = case["gradients"].as_object().expect("a table");
        assert_eq!(gradients.len(), want.len());
        for (name, want) in want {
            digest(name, slice(&gradients, name), want);
        }
        let loss = f64::from(
            values(
                model
                    .loss(x0, epsilon, &levels, unet::Told::default())
                    .without_autodiff(),
            )[0],
        );
        close("loss", loss, &case["loss"], number(&case["loss"]));
        println!("{what}: largest error {worst:.1e}");
    }
}

#[test]
fn a_model_of_images_learns_what_its_samples_show() {
    let config = json!({ "channels": 8, "levels": 2, "timesteps": 100, "prediction": "v" });
    let config = DdpmConfig::from_json(&config).expect("options");
    let device = device::cpu().autodiff();
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let mut model = Ddpm::init(&config, &common::info(8, 8), &mut rng, &device).expect("a model");
    let mut optimizers = model::Model::optimizers(&model);
    let batch = common::stripes(16, [0.9, 0.1]);
    let mut losses = Vec::new();
    for step in 0..400 {
        let mut context = model::StepContext {
            hyper: Hyper::new(5e-3),
            step,
            rng: &mut Rng::new(3, Purpose::Train, step),
            optimizers: &mut optimizers,
            only: None,
        };
        let found = Family::train_step(&mut model, &batch, &mut context).expect("a step");
        losses.push(values(found[0].1.clone())[0]);
    }
    // At first the network answers zero, so the loss is the mean square of v: 0.8² α̂ and 1, mixed.
    assert!((0.6..1.1).contains(&losses[0]), "{}", losses[0]);
    let last = losses[380..].iter().sum::<f32>() / 20.0;
    assert!(last < 0.25 * losses[0], "{} to {last}", losses[0]);

    let draw = |options: Value, seed: u64| {
        let options = DdpmSampleOptions::from_json(&options).expect("options");
        let sampler = Family::sampler(&model, &options, &Condition::default(), 12, seed);
        let sampler = sampler.expect("a sampler");
        let steps = sampler.steps();
        let images = common::drawn(sampler).images().expect("images");
        assert_eq!(images.dims(), [12, 1, 8, 8]);
        (values(images), steps)
    };
    for sampler in ["ddpm", "ddim", "ode"] {
        let (pixels, _) = draw(json!({ "sampler": sampler, "steps": 20 }), 5);
        // The two examples are 0.57 apart, their mean 0.28 from each.
        for image in pixels.chunks_exact(64) {
            let distance = |example: usize| {
                let Batch::Images { values, .. } = common::stripes(2, [0.9, 0.1]) else {
                    panic!("images");
                };
                let example = &values[example * 64..(example + 1) * 64];
                let pairs = image.iter().zip(example);
                (pairs.map(|(a, b)| (a - b).powi(2)).sum::<f32>() / 64.0).sqrt()
            };
            let nearest = distance(0).min(distance(1));
            assert!(
                nearest < 0.2,
                "{sampler}: {nearest} from the nearest stripes"
            );
        }
    }
    // One step is one pass, and pixels stay in range whatever the model says.
    let (pixels, steps) = draw(json!({ "steps": 1 }), 6);
    assert_eq!(steps, 1);
    assert!(pixels.iter().all(|p| (0.0..=1.0).contains(p)));
    assert!(Family::density(&model).is_none());
}

/// Stripes of two classes, and a model of them that has learned.
fn conditional() -> Ddpm {
    let config = json!({
        "channels": 8, "levels": 2, "timesteps": 100, "prediction": "v", "conditional": true,
        "label_dropout": 0.2,
    });
    let config = DdpmConfig::from_json(&config).expect("options");
    let device = device::cpu().autodiff();
    let mut info = common::info(8, 8);
    info.classes = vec!["upright".into(), "level".into()];
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let mut model = Ddpm::init(&config, &info, &mut rng, &device).expect("a model");
    let mut optimizers = model::Model::optimizers(&model);
    let batch = common::stripes(16, [0.9, 0.1]);
    for step in 0..300 {
        let mut context = model::StepContext {
            hyper: Hyper::new(5e-3),
            step,
            rng: &mut Rng::new(3, Purpose::Train, step),
            optimizers: &mut optimizers,
            only: None,
        };
        Family::train_step(&mut model, &batch, &mut context).expect("a step");
    }
    model
}

#[test]
fn a_class_a_mask_and_a_start_are_kept_to() {
    let model = conditional();
    let draw = |options: Value, condition: Condition| {
        let options = DdpmSampleOptions::from_json(&options).expect("options");
        let sampler = Family::sampler(&model, &options, &condition, 6, 11).expect("a sampler");
        values(common::drawn(sampler).images().expect("images"))
    };
    let steps = json!({ "sampler": "dpm-solver", "steps": 12 });
    let of_class = |label: u32, guidance: Option<f64>| Condition {
        label: Some(label),
        guidance,
        ..Condition::default()
    };
    let Batch::Images { values: both, .. } = common::stripes(2, [0.9, 0.1]) else {
        panic!("images");
    };
    let distance = |image: &[f32], class: usize| {
        let pairs = image.iter().zip(&both[class * 64..]);
        (pairs.map(|(a, b)| (a - b).powi(2)).sum::<f32>() / 64.0).sqrt()
    };
    for (label, guidance) in [(0, None), (1, None), (0, Some(2.0)), (1, Some(2.0))] {
        let pixels = draw(steps.clone(), of_class(label, guidance));
        for image in pixels.chunks_exact(64) {
            let (right, wrong) = (label as usize, 1 - label as usize);
            assert!(
                distance(image, right) < 0.2 && distance(image, wrong) > 0.4,
                "class {label}, guidance {guidance:?}"
            );
        }
    }

    // Guidance 0 knows no class, and 1 is the same as none stated.
    let none = draw(steps.clone(), of_class(0, Some(0.0)));
    assert_eq!(none, draw(steps.clone(), of_class(1, Some(0.0))));
    let plain = draw(steps.clone(), of_class(1, None));
    assert_eq!(plain, draw(steps.clone(), of_class(1, Some(1.0))));

    // Known pixels come out as they went in, whatever they are, and the rest fits them.
    let known: Vec<f32> = (0..64).map(|i| both[i] + 0.001 * i as f32 / 63.0).collect();
    let mask: Vec<u8> = (0..64).map(|i| u8::from(i < 32)).collect();
    for sampler in ["ddpm", "ddim", "dpm-solver", "ode"] {
        let condition = Condition {
            known: Some(known.clone()),
            mask: Some(mask.clone()),
            ..Condition::default()
        };
        let options = json!({ "sampler": sampler, "steps": 20, "resample": 4 });
        let pixels = draw(options, condition);
        for image in pixels.chunks_exact(64) {
            assert_eq!(image[..32], known[..32], "{sampler}");
        }
        let fits = pixels
            .chunks_exact(64)
            .filter(|image| distance(image, 0) < 0.2);
        assert!(fits.count() >= 4, "{sampler}: the rest does not fit");
    }

    // A start at strength 0 is the picture itself, at a low one close to it.
    let start = |strength: f64| Condition {
        start: Some(both[64..].to_vec()),
        strength: Some(strength),
        guidance: Some(0.0),
        ..Condition::default()
    };
    for image in draw(steps.clone(), start(0.0)).chunks_exact(64) {
        assert!(distance(image, 1) < 1e-6);
    }
    for image in draw(steps.clone(), start(0.4)).chunks_exact(64) {
        assert!(distance(image, 1) < 0.2);
    }

    let refused = |condition: Condition| {
        let options = DdpmSampleOptions::default();
        Family::sampler(&model, &options, &condition, 1, 0)
            .err()
            .expect("an error")
            .code()
    };
    assert_eq!(refused(of_class(2, None)), Code::BadOption);
    let short = Condition {
        start: Some(vec![0.5; 63]),
        ..Condition::default()
    };
    assert_eq!(refused(short), Code::BadOption);
    let nowhere = Condition {
        strength: Some(0.5),
        ..Condition::default()
    };
    assert_eq!(refused(nowhere), Code::BadOption);
    let coarse = |n: usize| Condition {
        coarse: Some(vec![0.5; n]),
        ..Condition::default()
    };
    assert_eq!(refused(coarse(15)), Code::BadOption);
    let ode = DdpmSampleOptions::from_json(&json!({ "sampler": "ode" })).expect("options");
    let by_ode = Family::sampler(&model, &ode, &coarse(16), 1, 0).err();
    assert_eq!(by_ode.expect("an error").code(), Code::BadOption);
}

#[test]
fn averages_over_squares_are_kept_to_by_every_sampler() {
    let model = conditional();
    let coarse: Vec<f32> = (0..16).map(|i| (i * 7 % 16) as f32 / 15.0).collect();
    for sampler in ["ddpm", "ddim", "dpm-solver"] {
        let options = json!({ "sampler": sampler, "steps": 12 });
        let options = DdpmSampleOptions::from_json(&options).expect("options");
        let condition = Condition {
            coarse: Some(coarse.clone()),
            ..Condition::default()
        };
        let sampler_of = Family::sampler(&model, &options, &condition, 3, 5).expect("a sampler");
        let pixels = values(common::drawn(sampler_of).images().expect("images"));
        for image in pixels.chunks_exact(64) {
            for (i, wanted) in coarse.iter().enumerate() {
                let at = 16 * (i / 4) + 2 * (i % 4);
                let sum: f32 = [0, 1, 8, 9].iter().map(|d| image[at + d]).sum();
                let off = (sum / 4.0 - wanted).abs();
                assert!(off < 2e-3, "{sampler}: square {i} is off by {off}");
            }
        }
    }
}
