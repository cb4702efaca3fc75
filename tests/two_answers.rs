//! The two families that explain rather than compete: a boundary beside two densities, and both directions
//! of KL. Compared with formulas in double precision that share no code with them.

#![allow(clippy::cast_possible_truncation)]

use std::{collections::BTreeMap, rc::Rc};

use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    bytes::Bytes,
    data::{
        Batch, DataInfo, Dataset, PointSet, Space,
        points::{PointSource, energy, ln_z},
    },
    device, families,
    families::{
        bayes::{Bayes, BayesConfig},
        kl::{Kl, KlConfig},
    },
    model::{DensityOptions, Family, Model, StepContext, TrainConfig},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    plots,
    rng::{Purpose, Rng},
    scene::{Number, PlotRequest, View},
    training::Trainer,
};
use serde_json::{Value, json};

use crate::common::{self, signed, values};

/// Numbers by their names.
type Named = BTreeMap<String, Vec<f64>>;

fn named(weights: Weights) -> Named {
    let numbers = |data: TensorData| {
        let values = data.as_slice::<f32>().expect("floats");
        values.iter().map(|&v| f64::from(v)).collect()
    };
    let each = weights.into_iter();
    each.map(|(name, data)| (name, numbers(data))).collect()
}

fn toy(name: &str) -> Rc<Dataset> {
    Rc::new(PointSet::toy(name, &Value::Null, 1).expect("a toy").into())
}

fn trained(family: &str, config: &Value, train: &Value, data: &str, steps: usize) -> Trainer {
    let train = TrainConfig::from_json(train).expect("options");
    let trainer = Trainer::new(family, config, train, toy(data), 1, &device());
    let mut trainer = trainer.expect("a training");
    for _ in 0..steps {
        trainer.step().expect("a step");
    }
    trainer
}

/// The numbers beside a plot.
fn beside(model: &dyn Model, data: &str, plot: &str, pointer: [f32; 2]) -> Vec<Number> {
    let set = toy(data);
    let request = PlotRequest {
        pointer: Some(pointer),
        count: 64,
        seed: 1,
        resolution: 16,
        data: Some(&set),
        ..PlotRequest::new(plot, set.info(), device())
    };
    let answer = plots::answer(model, &request, common::pause);
    match pollster::block_on(answer).expect("a plot") {
        View::Plot { numbers, .. } => numbers,
        other => panic!("{other:?}"),
    }
}

fn value(numbers: &[Number], id: &str) -> f64 {
    let found = numbers.iter().find(|n| n.id == id);
    found.and_then(|n| n.value).expect("a number")
}

const LN_TAU: f64 = 1.837_877_066_409_345_3;

/// ln of a mixture of Gaussians, from logits, means and Cholesky factors as they lie in a file.
fn mixture(logits: &[f64], means: &[f64], factors: &[f64], x: [f64; 2]) -> f64 {
    let k = logits.len();
    let all: f64 = logits.iter().map(|l| l.exp()).sum();
    let sum: f64 = (0..k)
        .map(|i| {
            // Σ = L Lᵀ, inverted as a matrix of two rows.
            let (a, b, c) = (factors[i].exp(), factors[k + i].exp(), factors[2 * k + i]);
            let (s11, s12, s22) = (a * a, a * c, c * c + b * b);
            let det = s11 * s22 - s12 * s12;
            let (d1, d2) = (x[0] - means[i], x[1] - means[k + i]);
            let square = (s22 * d1 * d1 - 2.0 * s12 * d1 * d2 + s11 * d2 * d2) / det;
            logits[i].exp() / all * (-0.5 * square - LN_TAU - 0.5 * det.ln()).exp()
        })
        .sum();
    sum.ln()
}

fn device() -> Device {
    device::cpu()
}

fn classes(mean: [f32; 2], scale: f32) -> DataInfo {
    DataInfo::new("two-moons", Space::Classes { mean, scale })
}

#[test]
fn a_drawing_in_two_classes_keeps_them() {
    let points: Vec<[f32; 2]> = (0..90)
        .map(|i| [i as f32 / 30.0 - 1.5, (i % 7) as f32 / 7.0])
        .collect();
    let of = |i: usize| u8::from(points[i][0] > 0.0);
    let source = |classes: Vec<u8>| PointSource::Drawn {
        xy: Bytes(
            points
                .iter()
                .flatten()
                .flat_map(|v| v.to_le_bytes())
                .collect(),
        ),
        classes: Some(Bytes(classes)),
    };
    let set = PointSet::custom(&source((0..90).map(of).collect())).expect("points");
    assert!(set.is_classed());
    for held_out in [false, true] {
        let count = if held_out {
            set.test_len()
        } else {
            set.train_len()
        };
        let Batch::Classed { xy, classes } = set.batch(held_out, 0..count) else {
            panic!("points with classes")
        };
        assert_eq!(classes.len(), count);
        for (p, class) in xy.as_chunks::<2>().0.iter().zip(classes) {
            assert_eq!(class, u32::from(p[0] > 0.0));
        }
    }
    for wrong in [vec![0; 90], vec![1; 3], vec![2; 90]] {
        PointSet::custom(&source(wrong)).expect_err("no two classes");
    }
}

#[test]
fn what_a_movement_of_the_pen_leaves_is_learned_or_held_out_as_a_whole() {
    // Three points at each of 40 places.
    let points = (0..120).flat_map(|i| [(i / 3) as f32 / 20.0 - 1.0, (i % 3) as f32 * 0.01]);
    let xy = Bytes(points.flat_map(f32::to_le_bytes).collect());
    let set = PointSet::custom(&PointSource::Drawn { xy, classes: None }).expect("points");
    assert_eq!((set.train_len(), set.test_len()), (108, 12));
    for i in 0..set.test_len() {
        let held = set.test_point(i);
        for j in 0..set.train_len() {
            assert!((set.train_point(j)[0] - held[0]).abs() > 0.04, "{held:?}");
        }
    }
}

#[test]
fn no_seed_of_a_training_draws_the_points_held_out() {
    for seed in [1, 20_131_220] {
        let set = PointSet::toy("two-moons", &json!({ "points": 50 }), seed).expect("a toy");
        assert_ne!(set.train_point(0), set.test_point(0));
    }
}

/// A small model whose numbers nothing is special about.
fn odd(config: &Value, mean: [f32; 2], scale: f32, device: &Device) -> Bayes {
    let config = BayesConfig::from_json(config).expect("options");
    let mut rng = Rng::new(5, Purpose::Init, 0);
    let model = Bayes::init(&config, &classes(mean, scale), &mut rng, device).expect("a model");
    let mut weights = pollster::block_on(Family::weights(&model)).expect("weights");
    for (i, data) in weights.values_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        *data = TensorData::new(signed(i as u32 + 1, shape.iter().product(), 0.7), shape);
    }
    model.with_weights(weights).expect("they fit")
}

#[test]
fn bayes_is_bayes() {
    let (mean, scale) = ([0.4f32, -0.3], 1.7f32);
    let config = json!({ "components": 3, "hidden": 8, "layers": 1 });
    let model = odd(&config, mean, scale, &device());
    let w = named(pollster::block_on(Family::weights(&model)).expect("weights"));
    let prior = 1.0 / (1.0 + (-w["prior"][0]).exp());
    let places = [[0.0f32, 0.0], [1.3, -2.0], [-3.5, 3.0], [5.0, 5.0]];
    let x = Tensor::<2>::from_floats(places, &device());
    let (joint, gap) = (values(model.joint(x.clone())), values(model.by_bayes(x)));
    for (i, place) in places.iter().enumerate() {
        let u = [0, 1].map(|d| f64::from((place[d] - mean[d]) / scale));
        let ln = |class: usize| {
            let part = |name: &str| w[&format!("worlds.{class}.{name}")].as_slice();
            let share = if class == 0 { prior } else { 1.0 - prior };
            let log_prob = mixture(part("logits"), part("means"), part("factors"), u);
            share.ln() + log_prob - 2.0 * f64::from(scale).ln()
        };
        for class in 0..2 {
            let (got, want) = (f64::from(joint[2 * i + class]), ln(class));
            assert!(
                (got - want).abs() < 2e-5 * (1.0 + want.abs()),
                "{got} {want}"
            );
        }
        // p(0|x) = p(0) p(x|0) / (p(0) p(x|0) + p(1) p(x|1))
        let want = ln(0).exp() / (ln(0).exp() + ln(1).exp());
        let got = 1.0 / (1.0 + (-f64::from(gap[i])).exp());
        assert!((got - want).abs() < 1e-4, "{got} {want}");
    }
}

/// The gradient of the loss by each weight: all of Adam's first moment at β₁ = 0, after one move.
fn gradient(mut model: impl Family, batch: &Batch) -> Named {
    let mut optimizers = [Optimizer::default()];
    let mut context = StepContext {
        hyper: Hyper {
            beta_1: 0.0,
            ..Hyper::new(1e-3)
        },
        rng: &mut Rng::new(1, Purpose::Train, 0),
        optimizers: &mut optimizers,
        step: 0,
        only: None,
    };
    model.train_step(batch, &mut context).expect("a step");
    let moments = pollster::block_on(optimizers[0].read()).expect("moments");
    let first = moments.into_iter().filter(|(name, _)| name.ends_with(".m"));
    let first = first.map(|(name, data)| (name.trim_end_matches(".m").to_string(), data));
    named(first.collect())
}

/// The loss by finite differences of `model`, outside autodiff, for each weight.
fn differences<F: Family>(model: &F, batch: &Batch) -> Named {
    let weights = pollster::block_on(Family::weights(model)).expect("weights");
    let loss = |weights: Weights| {
        let model = model.clone().with_weights(weights).expect("they fit");
        let losses = model.losses(batch, &mut Rng::new(1, Purpose::Train, 0));
        f64::from(values(losses.expect("losses").remove(0).1)[0])
    };
    let h = 1e-2f32;
    let mut all = Named::new();
    for (name, data) in &weights {
        let shape = data.shape().as_slice().to_vec();
        let at = data.as_slice::<f32>().expect("floats").to_vec();
        let slopes = (0..at.len()).map(|i| {
            let moved = |by: f32| {
                let (mut weights, mut at) = (weights.clone(), at.clone());
                at[i] += by;
                weights.insert(name.clone(), TensorData::new(at, shape.clone()));
                loss(weights)
            };
            (moved(h) - moved(-h)) / f64::from(2.0 * h)
        });
        all.insert(name.clone(), slopes.collect());
    }
    all
}

fn same(got: &Named, want: &Named) {
    assert_eq!(got.len(), want.len());
    for (name, want) in want {
        for (got, want) in got[name].iter().zip(want) {
            let close = (got - want).abs() < 4e-4 + 0.01 * want.abs();
            assert!(close, "{name}: {got} {want}");
        }
    }
}

fn some_points() -> Batch {
    Batch::Classed {
        xy: signed(77, 80, 2.0),
        classes: (0..40).map(|i| u32::from(i % 3 == 0)).collect(),
    }
}

#[test]
fn gradients_are_those_of_the_loss() {
    let config = json!({ "layers": 0, "components": 2 });
    let of = |device: &Device| odd(&config, [0.0; 2], 1.0, device);
    let got = gradient(of(&device().autodiff()), &some_points());
    same(&got, &differences(&of(&device()), &some_points()));
    // The closed forms: of the network the mean of (p(0|x) − [y = 0]) x, of the share p(0) − [y = 0].
    let model = of(&device());
    let Batch::Classed { xy, classes } = some_points() else {
        panic!("points with classes")
    };
    let x = Tensor::<2>::from_data(TensorData::new(xy.clone(), [40, 2]), &device());
    let logits = values(model.answer(x));
    let first = |i: usize| f64::from(u32::from(classes[i] == 0));
    let error = |i: usize| 1.0 / (1.0 + (-f64::from(logits[i])).exp()) - first(i);
    let mean = |f: &dyn Fn(usize) -> f64| (0..40).map(f).sum::<f64>() / 40.0;
    for d in 0..2 {
        let want = mean(&|i| error(i) * f64::from(xy[2 * i + d]));
        let got = got["answer.layers.0.weight"][d];
        assert!((got - want).abs() < 1e-6, "{got} {want}");
    }
    let w = named(pollster::block_on(Family::weights(&model)).expect("weights"));
    let share = 1.0 / (1.0 + (-w["prior"][0]).exp());
    let want = mean(&|i| share - first(i));
    assert!(
        (got["prior"][0] - want).abs() < 1e-6,
        "{:?} {want}",
        got["prior"]
    );
}

#[test]
fn gradients_of_both_divergences_are_those_of_their_values() {
    let config = KlConfig {
        components: 2,
        start: -0.7,
    };
    let of = |device: &Device| {
        let mut rng = Rng::new(1, Purpose::Init, 0);
        Kl::init(&config, toy("hills").info(), &mut rng, device).expect("a model")
    };
    let batch = Batch::Draws { count: 8 };
    let got = gradient(of(&device().autodiff()), &batch);
    same(&got, &differences(&of(&device()), &batch));
}

#[test]
fn one_gaussian_for_a_class_comes_to_the_means_and_covariances_of_its_points() {
    // The maximum of the likelihood in closed form: moments of the class.
    let train = json!({ "batch_size": 512, "learning_rate": 0.03, "ema": 0.98 });
    let trainer = trained(
        "bayes",
        &json!({ "components": 1, "layers": 0 }),
        &train,
        "two-gaussians",
        400,
    );
    let set = PointSet::toy("two-gaussians", &Value::Null, 1).expect("a toy");
    let model = trainer.averaged();
    let n = 20_000;
    let density = model.density().expect("a density");
    let Batch::Classed { xy, .. } = set.batch(true, 0..n) else {
        panic!("classes")
    };
    let truth = set.log_density(&xy).expect("a density");
    let options = DensityOptions {
        importance_samples: 0,
    };
    let mut rng = Rng::new(0, Purpose::Evaluate, 0);
    let got = values(
        density
            .log_prob(&Batch::Points { xy }, options, &mut rng)
            .expect("log p"),
    );
    let kl = got
        .iter()
        .zip(&truth)
        .map(|(&q, p)| p - f64::from(q))
        .sum::<f64>()
        / n as f64;
    // The model holds the truth.
    assert!((-0.003..0.01).contains(&kl), "{kl}");
}

#[test]
fn far_from_all_data_the_learned_answer_is_sure_and_the_density_is_next_to_nothing() {
    let trainer = trained(
        "bayes",
        &json!({}),
        &json!({ "batch_size": 256, "learning_rate": 0.01 }),
        "two-moons",
        200,
    );
    let far = beside(&*trainer.averaged(), "two-moons", "both", [4.0, 4.0]);
    let sure = value(&far, "learned");
    assert!(!(0.02..0.98).contains(&sure), "{sure}");
    assert!(value(&far, "density") < -6.0);
}

/// KL both ways between two hills and one Gaussian, by a lattice in double precision.
fn divergences(name: &str, w: &Named, fit: &str) -> [f64; 2] {
    let part = |part: &str| w[&format!("{fit}.{part}")].as_slice();
    let set = PointSet::toy(name, &Value::Null, 1).expect("an energy");
    let (n, reach) = (200usize, 8.0f64);
    let side = 2.0 * reach / n as f64;
    let at = |i: usize| (i as f64 + 0.5) * side - reach;
    let xy: Vec<f32> = (0..n * n)
        .flat_map(|i| [at(i % n) as f32, at(i / n) as f32])
        .collect();
    let ln_p = set.log_density(&xy).expect("a density");
    let mut sums = [0.0; 2];
    for (i, ln_p) in ln_p.iter().enumerate() {
        let x = [at(i % n), at(i / n)];
        let ln_q = mixture(part("logits"), part("means"), part("factors"), x);
        sums[0] += ln_p.exp() * (ln_p - ln_q) * side * side;
        sums[1] += ln_q.exp() * (ln_q - ln_p) * side * side;
    }
    sums
}

#[test]
fn both_divergences_are_those_of_an_integral() {
    for (name, components) in [
        ("hills", 1),
        ("hills-far", 1),
        ("hills-close", 2),
        ("u1", 2),
    ] {
        let config = json!({ "components": components, "start": -0.4 });
        let trainer = trained("kl", &config, &json!({ "learning_rate": 0.02 }), name, 60);
        let model = trainer.averaged();
        let w = named(common::weights(&*model));
        let numbers = beside(&*model, name, "fits", [0.0; 2]);
        for (fit, ids) in [
            ("forward", ["redForward", "redReverse"]),
            ("reverse", ["blueForward", "blueReverse"]),
        ] {
            let want = divergences(name, &w, fit);
            for (id, want) in ids.iter().zip(want) {
                let got = value(&numbers, id);
                assert!(
                    (got - want).abs() < 0.004 + 0.002 * want,
                    "{name} {id}: {got} {want}"
                );
            }
        }
    }
}

#[test]
fn forward_covers_and_reverse_seeks() {
    let trainer = trained(
        "kl",
        &json!({}),
        &json!({ "learning_rate": 0.02 }),
        "hills-far",
        700,
    );
    let model = trainer.averaged();
    let w = named(common::weights(&*model));
    // The forward fit has the mean and the variances of the target: 2.5² + 0.6² along, 0.6² across.
    let (means, factors) = (&w["forward.means"], &w["forward.factors"]);
    assert!(means[0].abs() < 0.02 && means[1].abs() < 0.02, "{means:?}");
    assert!(
        ((2.0 * factors[0]).exp() - 6.61).abs() < 0.1
            && ((2.0 * factors[1]).exp() - 0.36).abs() < 0.01
    );
    // The reverse fit is one hill: it pays log 2 for the other.
    let (means, factors) = (&w["reverse.means"], &w["reverse.factors"]);
    assert!((means[0] - 2.5).abs() < 0.02, "{means:?}");
    assert!(
        ((2.0 * factors[0]).exp() - 0.36).abs() < 0.01,
        "{factors:?}"
    );
    let numbers = beside(&*model, "hills-far", "fits", [0.0; 2]);
    assert!((value(&numbers, "blueReverse") - 2f64.ln()).abs() < 0.01);
    assert!(value(&numbers, "blueForward") > 10.0);
    assert!(value(&numbers, "redReverse") > 2f64.ln());
}

#[test]
fn the_hills_are_two_gaussians() {
    for (name, distance) in [("hills-close", 1.6f64), ("hills", 3.2), ("hills-far", 5.0)] {
        // ln Z = ln 2 + ln 2πσ².
        let want = 2f64.ln() + LN_TAU + 0.36f64.ln();
        assert!((ln_z(name).expect("an energy") - want).abs() < 1e-6);
        let x = [[0.3f32, -0.7], [2.0, 0.1]];
        let got = values(energy(name, Tensor::from_floats(x, &device())).expect("an energy"));
        for (x, got) in x.iter().zip(got) {
            let hill =
                |c: f64| (-((f64::from(x[0]) - c).powi(2) + f64::from(x[1]).powi(2)) / 0.72).exp();
            let want = -(hill(distance / 2.0) + hill(-distance / 2.0)).ln();
            assert!((f64::from(got) - want).abs() < 1e-5);
        }
    }
}

#[test]
fn what_they_do_not_model_is_told() {
    let mut rng = Rng::new(1, Purpose::Init, 0);
    for (family, data) in [
        ("bayes", "moons"),
        ("kl", "two-moons"),
        ("mdn", "two-moons"),
    ] {
        let info = PointSet::toy(data, &Value::Null, 1).expect("a toy").info;
        let refused = families::init(family, &json!({}), &info, &mut rng, &device());
        assert!(refused.is_err(), "{family} on {data}");
    }
    let nowhere = DataInfo::new(
        "u9",
        Space::Energy {
            mean: [0.0; 2],
            scale: 1.0,
        },
    );
    assert!(Kl::init(&KlConfig::default(), &nowhere, &mut rng, &device()).is_err());
}
