//! The exact models of the plane: algebra, gradients, and PyTorch (tests/reference/flows.py).

use crate::common::{self, root, signed, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::{Batch, DataInfo, Space, SpaceKind},
    device,
    error::Code,
    families,
    model::{Condition, DensityOptions, Invertible, Model, StepContext},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

/// Flows of every kind and of several depths.
fn flows() -> Vec<(&'static str, Value)> {
    let mut out = Vec::new();
    for depth in [1, 2, 8, 16] {
        for transform in ["affine", "spline"] {
            let config = json!({ "transform": transform, "couplings": depth, "hidden": 16 });
            out.push(("realnvp", config));
        }
        for kind in ["planar", "radial", "both"] {
            out.push(("planar", json!({ "kind": kind, "layers": 2 * depth })));
        }
    }
    out
}

fn info(kind: SpaceKind) -> DataInfo {
    let (mean, scale) = ([0.25, -0.5], 1.5);
    match kind {
        SpaceKind::Energy => DataInfo::new("u1", Space::Energy { mean, scale }),
        _ => DataInfo::new("moons", Space::Points { mean, scale }),
    }
}

/// A model whose weights have moved away from where they began, as training moves them.
fn moved(family: &str, config: &Value, kind: SpaceKind, by: f32) -> Box<dyn Model> {
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let model =
        families::init(family, config, &info(kind), &mut rng, &device::cpu()).expect("a model");
    let mut weights = common::weights(&*model);
    for data in weights.values_mut() {
        let shape = data.shape().as_slice().to_vec();
        let old = data.as_slice::<f32>().expect("floats");
        let noise = rng.normal(old.len());
        let new: Vec<f32> = old.iter().zip(noise).map(|(w, e)| w + by * e).collect();
        *data = TensorData::new(new, shape);
    }
    model.with_weights(weights).expect("they fit")
}

fn points(n: usize, scale: f32) -> Tensor<2> {
    Rng::new(5, Purpose::Evaluate, 0).normal_tensor([n, 2], &device::cpu()) * scale
}

fn through(flow: &dyn Invertible, x: Tensor<2>, forward: bool) -> (Tensor<2>, Tensor<1>) {
    let [n, _] = x.dims();
    let mut total = Tensor::<1>::zeros([n], &device::cpu());
    let mut x = x;
    let layers: Vec<usize> = match forward {
        true => (0..flow.depth()).collect(),
        false => (0..flow.depth()).rev().collect(),
    };
    for layer in layers {
        let (next, logabsdet) = match forward {
            true => flow.forward_layer(layer, x),
            false => flow.inverse_layer(layer, x),
        };
        x = next;
        total = total + logabsdet;
    }
    (x, total)
}

#[test]
fn inverse_after_forward_is_the_identity_and_the_log_determinants_cancel() {
    let kinds = [SpaceKind::Points, SpaceKind::Energy];
    for (family, config) in flows() {
        for kind in kinds {
            if kind == SpaceKind::Energy && family != "planar" {
                continue;
            }
            let model = moved(family, &config, kind, 0.05);
            let flow = model.invertible().expect("a flow");
            let x = points(500, 1.2);
            let (z, there) = through(flow, x.clone(), true);
            let (back, again) = through(flow, z, false);
            // Where a flow squeezes, single precision loses as much as it squeezes.
            let lost: Vec<f32> = values(there.clone())
                .into_iter()
                .map(|l| l.abs().exp().max(1.0))
                .collect();
            let worst = |errors: Tensor<1>| -> f32 {
                let errors = values(errors).into_iter().zip(&lost);
                errors.fold(0.0, |m, (error, lost)| m.max(error.abs() / lost))
            };
            let sum = worst(there + again);
            let error = worst((back - x).abs().max_dim(1).squeeze_dim(1));
            assert!(
                error < 1e-5,
                "{family} {config} {kind:?}: |x − f⁻¹(f(x))| = {error}"
            );
            assert!(
                sum < 1e-4,
                "{family} {config} {kind:?}: log-determinants add up to {sum}"
            );
        }
    }
}

#[test]
fn log_determinants_are_those_of_the_jacobian() {
    // Central differences; the worst few points lie at kinks of a ReLU.
    const H: f32 = 2e-3;
    for (family, config) in flows() {
        let model = moved(family, &config, SpaceKind::Points, 0.05);
        let flow = model.invertible().expect("a flow");
        let n = 200;
        let x = points(n, 1.2);
        let (_, logabsdet) = through(flow, x.clone(), true);
        let column = |d: usize| -> Vec<f32> {
            let mut step = [[0.0, 0.0]];
            step[0][d] = H;
            let step = Tensor::<2>::from_floats(step, &device::cpu());
            let (ahead, _) = through(flow, x.clone() + step.clone(), true);
            let (behind, _) = through(flow, x.clone() - step, true);
            values((ahead - behind) / (2.0 * H))
        };
        let (a, b) = (column(0), column(1));
        let mut errors: Vec<f32> = values(logabsdet)
            .iter()
            .enumerate()
            .map(|(i, got)| {
                let det = a[2 * i] * b[2 * i + 1] - a[2 * i + 1] * b[2 * i];
                (got - det.abs().ln()).abs()
            })
            .collect();
        errors.sort_by(f32::total_cmp);
        let (median, most) = (errors[n / 2], errors[n * 9 / 10]);
        assert!(median < 2e-3, "{family} {config}: median {median}");
        assert!(most < 2e-2, "{family} {config}: nine of ten below {most}");
    }
}

#[test]
fn densities_integrate_to_one() {
    // Thirty-two planar layers make folds finer than the grid.
    let mut cases = flows();
    cases.retain(|(_, config)| config["layers"] != 32);
    cases.push(("mdn", json!({ "hidden": 16, "components": 5 })));
    for (family, config) in cases {
        let model = moved(family, &config, SpaceKind::Points, 0.05);
        let density = model.density().expect("a density");
        let (n, half) = (320, 12.0f32);
        let side = 2.0 * half / n as f32;
        let at = |i: usize| (i as f32 + 0.5) * side - half;
        let mut sum = 0.0;
        for row in 0..n {
            let xy = (0..n).flat_map(|i| [at(i), at(row)]).collect();
            let options = DensityOptions {
                importance_samples: 0,
            };
            let mut rng = Rng::new(0, Purpose::Evaluate, 0);
            let log_prob = density.log_prob(&Batch::Points { xy }, options, &mut rng);
            let log_prob = values(log_prob.expect("a density"));
            sum += log_prob.iter().map(|v| f64::from(v.exp())).sum::<f64>();
        }
        let integral = sum * f64::from(side) * f64::from(side);
        assert!(
            (integral - 1.0).abs() < 0.01,
            "{family} {config}: {integral}"
        );
    }
}

#[test]
fn the_conditionals_of_the_autoregressive_model_integrate_to_one() {
    use generative_playground::families::mdn::{Mdn, MdnConfig};
    use generative_playground::model::Family;
    let config = MdnConfig::default();
    let mut rng = Rng::new(2, Purpose::Init, 0);
    let model = Mdn::init(&config, &info(SpaceKind::Points), &mut rng, &device::cpu());
    let model = model.expect("a model");
    let (n, half) = (4000, 20.0f32);
    let side = 2.0 * half / n as f32;
    let at = |i: usize| (i as f32 + 0.5) * side - half;
    let column = |f: &dyn Fn(f32) -> [f32; 2]| -> Tensor<2> {
        let xy: Vec<f32> = (0..n).flat_map(|i| f(at(i))).collect();
        Tensor::from_data(TensorData::new(xy, [n, 2]), &device::cpu())
    };
    let integral =
        |log_prob: Tensor<1>| -> f32 { values(log_prob.exp()).iter().sum::<f32>() * side };
    let first = integral(model.log_probs(column(&|v| [v, 0.0])).0);
    assert!((first - 1.0).abs() < 1e-3, "p(x₁): {first}");
    for x1 in [-3.0f32, 0.0, 0.7] {
        let second = integral(model.log_probs(column(&|v| [x1, v])).1);
        assert!((second - 1.0).abs() < 1e-3, "p(x₂ | {x1}): {second}");
    }
}

/// The gradient of the loss by every weight: (1 − β₁) of it is Adam's first moment after one step.
fn gradients(model: &dyn Model, batch: &Batch, device: &Device, config: &Value) -> Weights {
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let family = model.family();
    let kind = match batch {
        Batch::Draws { .. } => SpaceKind::Energy,
        _ => SpaceKind::Points,
    };
    let mut learner = families::init(
        family,
        config,
        &info(kind),
        &mut rng,
        &device.clone().autodiff(),
    )
    .expect("a model")
    .with_weights(common::weights(model))
    .expect("they fit");
    let mut optimizers = [Optimizer::default()];
    let mut context = StepContext {
        hyper: Hyper::new(1e-3),
        step: 1_000_000,
        rng: &mut Rng::new(7, Purpose::Train, 0),
        optimizers: &mut optimizers,
        only: None,
    };
    learner.train_step(batch, &mut context).expect("a step");
    let moments = pollster::block_on(optimizers[0].read()).expect("moments");
    moments
        .into_iter()
        .filter_map(|(name, data)| {
            let name = name.strip_suffix(".m")?.to_string();
            let shape = data.shape().as_slice().to_vec();
            let values = data.as_slice::<f32>().expect("floats");
            let gradient: Vec<f32> = values.iter().map(|v| v / (1.0 - 0.9)).collect();
            Some((name, TensorData::new(gradient, shape)))
        })
        .collect()
}

#[test]
fn gradients_are_those_of_finite_differences() {
    let cases = [
        (
            "realnvp",
            json!({ "hidden": 8, "couplings": 3 }),
            SpaceKind::Points,
        ),
        (
            "realnvp",
            json!({ "hidden": 8, "couplings": 3, "transform": "spline", "bins": 4 }),
            SpaceKind::Points,
        ),
        (
            "planar",
            json!({ "layers": 4, "kind": "both" }),
            SpaceKind::Points,
        ),
        (
            "planar",
            json!({ "layers": 4, "kind": "both" }),
            SpaceKind::Energy,
        ),
        (
            "mdn",
            json!({ "hidden": 8, "components": 3 }),
            SpaceKind::Points,
        ),
    ];
    for (family, config, kind) in cases {
        let model = moved(family, &config, kind, 0.05);
        let batch = match kind {
            SpaceKind::Energy => Batch::Draws { count: 64 },
            _ => Batch::Points {
                xy: values(points(64, 1.5).reshape([128])),
            },
        };
        let got = gradients(&*model, &batch, &device::cpu(), &config);
        let weights = common::weights(&*model);
        let loss = |name: &str, i: usize, by: f32| -> f64 {
            let mut weights = weights.clone();
            let data = weights.get_mut(name).expect("a weight");
            let shape = data.shape().as_slice().to_vec();
            let mut values = data.as_slice::<f32>().expect("floats").to_vec();
            values[i] += by;
            *data = TensorData::new(values, shape);
            let model = model.clone().with_weights(weights).expect("they fit");
            let losses = model.losses(&batch, &mut Rng::new(7, Purpose::Train, 0));
            f64::from(common::values(losses.expect("losses").remove(0).1)[0])
        };
        let mut checked = 0;
        let mut good = 0;
        for (name, gradient) in &got {
            let gradient = gradient.as_slice::<f32>().expect("floats");
            for i in (0..gradient.len()).step_by(gradient.len().div_ceil(3)) {
                const H: f32 = 4e-3;
                let want = (loss(name, i, H) - loss(name, i, -H)) / (2.0 * f64::from(H));
                let error = (f64::from(gradient[i]) - want).abs();
                checked += 1;
                good += usize::from(error < 2e-3 + 0.02 * want.abs());
            }
        }
        // A kink of a ReLU within the step spoils a difference now and then.
        assert!(
            checked >= 15 && good * 20 >= checked * 19,
            "{family} {config}: {good} of {checked}"
        );
    }
}

#[test]
fn pytorch_agrees() {
    let text = std::fs::read_to_string(root("tests/reference/flows.json")).expect("committed");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    for case in &cases {
        let (family, config) = (case["family"].as_str().expect("a family"), &case["config"]);
        let mut rng = Rng::new(0, Purpose::Init, 0);
        let model = families::init(
            family,
            config,
            &info(SpaceKind::Points),
            &mut rng,
            &device::cpu(),
        );
        let model = model.expect("a model");
        let mut weights = common::weights(&*model);
        for (i, data) in weights.values_mut().enumerate() {
            let shape = data.shape().as_slice().to_vec();
            let n = shape.iter().product();
            *data = TensorData::new(signed(i as u32 + 1, n, 0.5), shape);
        }
        let model = model.with_weights(weights).expect("they fit");
        let want = |key: &Value| -> Vec<f64> {
            let list = key.as_array().expect("a list");
            list.iter().map(|v| v.as_f64().expect("a number")).collect()
        };
        let log_prob = want(&case["log_prob"]);
        let batch = Batch::Points {
            xy: signed(1000, 2 * log_prob.len(), 4.0),
        };
        let options = DensityOptions {
            importance_samples: 0,
        };
        let density = model.density().expect("a density");
        let got = density
            .log_prob(&batch, options, &mut rng)
            .expect("a density");
        let compare = |what: &str, got: &[f32], want: &[f64]| {
            let size = want.iter().fold(1.0f64, |m, v| m.max(v.abs()));
            for (got, want) in got.iter().zip(want) {
                let error = (f64::from(*got) - want).abs() / size;
                assert!(
                    error < 1e-4,
                    "{family} {config}, {what}: {got} where PyTorch has {want}"
                );
            }
        };
        compare("log p", &values(got), &log_prob);
        let gradients = gradients(&*model, &batch, &device::cpu(), config);
        let named = case["gradients"].as_object().expect("gradients");
        assert_eq!(gradients.len(), named.len());
        for (name, list) in named {
            let got = gradients[name].as_slice::<f32>().expect("floats");
            compare(name, got, &want(list));
        }
    }
}

#[test]
fn what_is_known_is_kept_and_the_rest_is_drawn_from_its_conditional() {
    let config = json!({ "components": 4, "hidden": 16 });
    let model = moved("mdn", &config, SpaceKind::Points, 0.3);
    let draw = |known: [f32; 2], mask: [u8; 2], count: usize| -> Vec<[f32; 2]> {
        let condition = Condition {
            known: Some(known.to_vec()),
            mask: Some(mask.to_vec()),
            ..Condition::default()
        };
        let sampler = model.sampler(&Value::Null, &condition, count, 3);
        let points = common::drawn(sampler.expect("a sampler")).points();
        let xy = values(points.expect("points"));
        xy.as_chunks::<2>().0.to_vec()
    };
    // Moments of p(x₂ | x₁ = 0.4) by quadrature of the density.
    let density = model.density().expect("a density");
    let at = |i: usize| -20.0 + 40.0 * i as f32 / 8000.0;
    let xy = (0..=8000).flat_map(|i| [0.4, at(i)]).collect();
    let exact = DensityOptions {
        importance_samples: 0,
    };
    let mut rng = Rng::new(0, Purpose::Evaluate, 0);
    let log_p = density.log_prob(&Batch::Points { xy }, exact, &mut rng);
    let p: Vec<f64> = values(log_p.expect("a density"))
        .iter()
        .map(|&v| f64::from(v).exp())
        .collect();
    let moment = |k: i32| -> f64 {
        let weighted = p.iter().enumerate();
        weighted.map(|(i, p)| p * f64::from(at(i)).powi(k)).sum()
    };
    let mean = moment(1) / moment(0);
    let deviation = (moment(2) / moment(0) - mean * mean).sqrt();

    let samples = draw([0.4, 99.0], [1, 0], 20_000);
    assert!(samples.iter().all(|p| (p[0] - 0.4).abs() < 1e-5));
    let (got, error) = common::mean(samples.iter().map(|p| f64::from(p[1])));
    assert!(
        (got - mean).abs() < 5.0 * error,
        "{got} ± {error} for {mean}"
    );
    let squares = samples.iter().map(|p| (f64::from(p[1]) - mean).powi(2));
    let (got, error) = common::mean(squares);
    let want = deviation * deviation;
    assert!(
        (got - want).abs() < 5.0 * error,
        "{got} ± {error} for {want}"
    );

    // All known, and nothing.
    let all = draw([0.4, -1.5], [1, 1], 3);
    assert!(
        all.iter()
            .all(|p| (p[0] - 0.4).abs() + (p[1] + 1.5).abs() < 1e-5)
    );
    let spread = draw([0.0, 0.0], [0, 0], 100);
    assert!(spread.iter().any(|p| (p[0] - spread[0][0]).abs() > 1e-3));
}

#[test]
fn a_condition_that_cannot_be_honoured_is_refused() {
    let mixture = moved("mdn", &json!({}), SpaceKind::Points, 0.0);
    let flow = moved("realnvp", &json!({}), SpaceKind::Points, 0.0);
    let code = |model: &dyn Model, condition: Value| {
        let condition = serde_json::from_value(condition).expect("a condition");
        let sampler = model.sampler(&Value::Null, &condition, 2, 1);
        sampler.err().map(|e| e.code())
    };
    for (condition, want) in [
        (json!({}), None),
        (json!({ "known": [0, 0], "mask": [1, 0] }), None),
        (
            json!({ "known": [0, 0], "mask": [0, 1] }),
            Some(Code::Unsupported),
        ),
        (
            json!({ "known": [0], "mask": [1, 0] }),
            Some(Code::BadOption),
        ),
        (json!({ "mask": [1, 0] }), Some(Code::BadOption)),
        (json!({ "prompt": "a" }), Some(Code::Unsupported)),
        (json!({ "label": 3 }), Some(Code::Unsupported)),
        (json!({ "guidance": 2 }), Some(Code::Unsupported)),
        (json!({ "start": [0, 0] }), Some(Code::Unsupported)),
    ] {
        assert_eq!(code(&*mixture, condition.clone()), want, "{condition}");
        let none = condition == json!({});
        let refused = (!none).then_some(Code::Unsupported);
        assert_eq!(code(&*flow, condition.clone()), refused, "{condition}");
    }
}

#[test]
fn a_planar_layer_keeps_a_positive_determinant_for_any_weights() {
    // wᵀu so far below zero that ln(1 + exp(wᵀu)) − 1 is −1 in single precision; and a w so short
    // that what is added to |w|² must not count.
    for (w, u) in [
        ([1.0, 0.0], [-30.0, 0.5]),
        ([3.0, -4.0], [-60.0, 20.0]),
        ([2e-4, 1e-4], [0.3, -0.7]),
        ([-1e-5, 2e-5], [1.0, 0.5]),
    ] {
        let config = json!({ "kind": "planar", "layers": 1 });
        let mut rng = Rng::new(3, Purpose::Init, 0);
        let data = DataInfo::new(
            "moons",
            Space::Points {
                mean: [0.0; 2],
                scale: 1.0,
            },
        );
        let model = families::init("planar", &config, &data, &mut rng, &device::cpu());
        let put = |values: &[f32]| TensorData::new(values.to_vec(), [1, values.len()]);
        let weights = Weights::from([
            ("layers.0.v".to_string(), put(&w)),
            ("layers.0.u".to_string(), put(&u)),
            ("layers.0.scalars".to_string(), put(&[0.0])),
        ]);
        let model = model
            .expect("a model")
            .with_weights(weights)
            .expect("they fit");
        let density = model.density().expect("a density");
        // On the line where the layer squeezes most, and beside it.
        let xy = vec![0.0f32, 0.0, 0.25, -0.5];
        let log_prob = |xy: &[f32]| -> Vec<f32> {
            let (batch, mut rng) = (
                Batch::Points { xy: xy.to_vec() },
                Rng::new(0, Purpose::Evaluate, 0),
            );
            let options = DensityOptions {
                importance_samples: 0,
            };
            values(density.log_prob(&batch, options, &mut rng).expect("log p"))
        };
        // Equations 10 to 12 and appendix A.1 in double precision.
        let ([w0, w1], [u0, u1]) = (w.map(f64::from), u.map(f64::from));
        let product = w0 * u0 + w1 * u1;
        let s = (product.max(0.0) + (-product.abs()).exp().ln_1p()).max(1e-6);
        let along = (s - 1.0 - product) / (w0 * w0 + w1 * w1);
        let (u0, u1) = (u0 + along * w0, u1 + along * w1);
        for (got, x) in log_prob(&xy).iter().zip(xy.chunks(2)) {
            let (x, y) = (f64::from(x[0]), f64::from(x[1]));
            let h = (w0 * x + w1 * y).tanh();
            let det = 1.0 + (u0 * w0 + u1 * w1) * (1.0 - h * h);
            let (x, y) = (x + u0 * h, y + u1 * h);
            let want = -0.5 * (x * x + y * y) - std::f64::consts::TAU.ln() + det.ln();
            let error = (f64::from(*got) - want).abs();
            assert!(
                error < 2e-4 * want.abs().max(1.0),
                "{w:?}, {u:?}: {got}, {want}"
            );
        }
    }
}

/// No model of points has matrices that are meant for it.
#[test]
fn muon_moves_nothing_of_a_model_of_the_plane() {
    for (family, config) in [
        ("planar", json!({ "layers": 4, "kind": "both" })),
        ("realnvp", json!({ "hidden": 8, "couplings": 3 })),
        ("mdn", json!({ "hidden": 8, "components": 3 })),
        ("ddpm", json!({ "hidden": 16, "embedding": 8 })),
        ("gan", json!({ "hidden": 16, "layers": 2 })),
        ("vae", json!({ "hidden": 16, "latent_dim": 2 })),
    ] {
        let trained = |muon: bool| {
            let device = device::cpu().autodiff();
            let mut rng = Rng::new(3, Purpose::Init, 0);
            let model =
                families::init(family, &config, &info(SpaceKind::Points), &mut rng, &device);
            let mut model = model.expect("a model");
            let mut optimizers = model.optimizers();
            let mut context = StepContext {
                hyper: Hyper {
                    muon,
                    ..Hyper::new(1e-2)
                },
                step: 0,
                rng: &mut Rng::new(7, Purpose::Train, 0),
                optimizers: &mut optimizers,
                only: None,
            };
            let batch = Batch::Points {
                xy: values(points(16, 1.5).reshape([32])),
            };
            model.train_step(&batch, &mut context).expect("a step");
            common::weights(&*model.valid())
        };
        assert!(trained(true) == trained(false), "{family}");
    }
}
