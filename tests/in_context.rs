//! The in-context learner and regression against PyTorch and numpy (tests/reference/in_context.py), and what is made
//! of examples.

use crate::common::{by_formula, count, digest, number, pause, root, signed, values};
use burn::tensor::Device;
use generative_playground::{
    data::{
        Batch, DataInfo, FunctionSet, Space,
        functions::{self, Class, Prior},
        posterior::{self, Posterior},
        regression::{Method, weights},
        rivals::Rival,
    },
    device,
    error::Code,
    families::in_context::{InContext, InContextConfig},
    model::{Condition, Family, finish},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    protocol::{Layer, PlotInputs, Role, View, ViewQuery},
    rng::{Purpose, Rng},
    session::Session,
};
use serde_json::{Value, json};
use std::rc::Rc;

fn reference() -> Value {
    read("in_context.json")
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let text = std::fs::read_to_string(root("tests/reference").join(name));
    serde_json::from_str(&text.expect("a committed file")).expect("JSON")
}

/// A small model of functions of three inputs with weights from the formula.
fn small(device: &Device) -> InContext {
    let options = json!({"inputs": 3, "length": 7, "noise": 0.5});
    let info = FunctionSet::new("functions", &options).expect("a set").info;
    let config = json!({"n_layer": 2, "n_head": 2, "n_embd": 16});
    let config = InContextConfig::from_json(&config).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = InContext::init(&config, &info, &mut rng, device).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    by_formula(&mut weights);
    Family::with_weights(model, weights).expect("they fit")
}

/// Four prompts of seven pairs, as tests/reference/in_context.py has them.
fn prompts() -> Vec<f32> {
    signed(1000, 4 * 7 * 5, 2.0)
}

#[test]
fn guesses_losses_and_gradients_are_pytorchs() {
    let want = reference();
    let model = small(&Device::flex().autodiff());
    let guesses = values(model.guess(&prompts(), 7).without_autodiff());
    digest("guesses", &guesses, &want["guesses"]);
    let batch = Batch::Functions {
        inputs: 3,
        length: 7,
        rows: prompts(),
    };
    let mut rng = Rng::new(0, Purpose::Train, 0);
    let losses = Family::losses(&model, &batch, &mut rng).expect("losses");
    for (name, value) in &losses {
        let got = f64::from(values(value.clone().without_autodiff())[0]);
        let want = number(&want[*name]);
        assert!(
            (got - want).abs() < 1e-5 * want.abs(),
            "{name}: {got}, {want}"
        );
    }
    let mut adam = Optimizer::default();
    adam.step(model.net().clone(), &losses[0].1, Hyper::new(1e-3));
    let moments = pollster::block_on(adam.read()).expect("moments");
    let want = want["gradients"].as_object().expect("a table");
    for (name, want) in want {
        let moment = moments[&format!("{name}.m")].as_slice::<f32>();
        let got: Vec<f32> = (moment.expect("floats").iter())
            .map(|m| m / (1.0 - 0.9f32))
            .collect();
        digest(name, &got, want);
    }
    let moved = moments.keys().filter(|k| k.ends_with(".m")).count();
    assert_eq!(moved, want.len());
}

#[test]
fn regression_is_numpys() {
    let x: Vec<f64> = signed(1001, 45, 2.0).into_iter().map(f64::from).collect();
    let y: Vec<f64> = signed(1002, 9, 3.0).into_iter().map(f64::from).collect();
    for case in reference()["regression"].as_array().expect("a list") {
        let k = count(&case["pairs"]);
        let methods = [
            ("squares", Method::LeastSquares),
            ("ridge", Method::Ridge(0.25)),
            ("lasso", Method::Lasso(0.1)),
        ];
        for (name, method) in methods {
            let got = weights(method, &x[..5 * k], &y[..k], 5);
            for (got, want) in got.iter().zip(case[name].as_array().expect("a list")) {
                let want = number(want);
                assert!((got - want).abs() < 1e-6, "{name} of {k}: {got}, {want}");
            }
        }
    }
}

#[test]
fn the_best_guess_is_numpys() {
    let (x, y) = (signed(1001, 45, 2.0), signed(1002, 9, 3.0));
    let at = signed(1003, 20, 2.0);
    let prior = Prior {
        noise: 0.5,
        function: 1.3,
    };
    for case in reference()["posterior"].as_array().expect("a list") {
        for (name, class) in [("sparse", Class::Sparse), ("trees", Class::Trees)] {
            let mut known = Posterior::new(class, 5, prior).expect("few shapes");
            for i in 0..count(&case["pairs"]) {
                known.learn(&x[5 * i..][..5], f64::from(y[i]));
            }
            let want = case[name].as_array().expect("a list");
            assert_eq!(want.len(), 4);
            for (i, want) in want.iter().enumerate() {
                let (got, want) = (known.guess(&at[5 * i..][..5]), number(want));
                assert!((got - want).abs() < 1e-5, "{name}: {got}, {want}");
            }
        }
    }
    // Of linear functions it is ridge regression.
    let mut known = Posterior::new(Class::Linear, 5, prior).expect("one shape");
    for i in 0..9 {
        known.learn(&x[5 * i..][..5], f64::from(y[i]));
    }
    let of = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
    let w = weights(Method::Ridge(0.25 / 1.69), &of(&x), &of(&y), 5);
    let want: f64 = w.iter().zip(of(&at)).map(|(w, x)| w * x).sum();
    assert!((known.guess(&at[..5]) - want).abs() < 1e-9);
    // Where there are too many to weigh, nothing is said.
    assert!(Posterior::new(Class::Trees, 11, prior).is_none());
    assert!(Posterior::new(Class::Sparse, 16, prior).is_none());
    assert!(Posterior::new(Class::Sparse, 12, prior).is_some());
}

#[test]
fn a_grown_tree_is_scikit_learns() {
    let (x, y) = (signed(1004, 105, 2.0), signed(1005, 21, 3.0));
    let pair = |i: usize| [&x[5 * i..][..5], &[y[i], 0.0]].concat();
    let got = posterior::grown(&(0..21).flat_map(pair).collect::<Vec<_>>(), 5);
    assert_eq!(got[0], 0.0, "nothing is known before the first pair");
    let want: Vec<Option<f64>> = read("grown_tree.json");
    assert_eq!(want.len(), 20);
    assert!(want.iter().flatten().count() >= 10);
    for (k, (got, want)) in got[1..].iter().zip(want).enumerate() {
        assert!(
            want.is_none_or(|want| (got - want).abs() < 1e-5),
            "{k}: {got}, {want:?}"
        );
    }
}

#[test]
fn no_guess_is_better_than_the_best() {
    for class in [Class::Sparse, Class::Trees] {
        let set = FunctionSet::new(class.set(), &Value::Null).expect("a set");
        let rows: Vec<f32> = (0..1500).flat_map(|i| set.held_out(i)).collect();
        let errors = |rival: Rival| rival.errors(class, &set, &rows).expect("few shapes");
        let best = errors(Rival::Best);
        for &rival in Rival::of(class) {
            for (k, (best, other)) in best.iter().zip(errors(rival)).enumerate() {
                assert!(*best <= 1.03 * other, "{class:?} {rival:?} after {k}");
            }
        }
        assert!(best[15] < 0.5 * errors(Rival::Ridge)[15], "{class:?}");
    }
}

#[test]
fn a_guess_follows_from_what_comes_before_it_alone() {
    let model = small(&device::cpu());
    let before = values(model.guess(&prompts(), 7));
    let mut changed = prompts();
    // The fifth pair of every prompt: y and f(x) first, then x as well.
    for prompt in changed.chunks_exact_mut(35) {
        prompt[4 * 5 + 3] += 1.0;
        prompt[4 * 5 + 4] -= 3.0;
    }
    let after = values(model.guess(&changed, 7));
    let same = |at: usize| (0..4).all(|p| before[7 * p + at] == after[7 * p + at]);
    assert!((0..5).all(same), "its own y is not looked at");
    assert!(!same(5), "but all that follow read it");
    for prompt in changed.chunks_exact_mut(35) {
        prompt[4 * 5] += 1.0;
    }
    let after = values(model.guess(&changed, 7));
    let same = |at: usize| (0..4).all(|p| before[7 * p + at] == after[7 * p + at]);
    assert!((0..4).all(same) && !same(4));
}

#[test]
fn it_learns_and_a_seed_repeats_it() {
    let set = || {
        Rc::new(
            FunctionSet::new("functions-linear", &json!({"inputs": 2, "length": 6}))
                .expect("it")
                .into(),
        )
    };
    let run = |steps: u64| {
        let config = json!({"n_layer": 2, "n_head": 2, "n_embd": 32});
        let train = json!({"batch_size": 64, "learning_rate": 0.003, "warmup": 20, "ema": 0.9});
        let session = Session::create("in-context", &config, &train, set(), 3, &device::cpu());
        let mut session = session.expect("a session");
        while session.step() < steps {
            let slice = session.train_slice(std::time::Duration::ZERO, Some(steps));
            pollster::block_on(slice).expect("a step");
        }
        let held = session.train_state().losses;
        let last = |name: &str| {
            let curve = held.iter().find(|c| {
                c.name == name && c.split == generative_playground::training::Split::HeldOut
            });
            curve
                .and_then(|c| c.values.last().copied())
                .expect("a loss")
        };
        last("squareError")
    };
    let (early, late) = (run(1), run(600));
    assert!(late < 0.85 * early, "{early:?} and {late:?}");
    assert_eq!(run(1), early);
}

fn session() -> Session {
    let set = FunctionSet::new("functions", &Value::Null).expect("a set");
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 16});
    let set = Rc::new(set.into());
    Session::create("in-context", &config, &Value::Null, set, 3, &device::cpu()).expect("it")
}

fn ask(session: &Session, plot: &str, inputs: PlotInputs) -> Result<View, Code> {
    let query = ViewQuery::Plot {
        plot: plot.into(),
        inputs,
    };
    let viewer = session.viewer(None, None).expect("a viewer");
    pollster::block_on(viewer.view(&query, pause)).map_err(|e| e.code())
}

#[test]
fn examples_of_a_reader_become_a_curve() {
    let session = session();
    let of = |marks: Vec<[f32; 2]>| PlotInputs {
        marks,
        ..PlotInputs::default()
    };
    let View::Plot { layers, key, .. } =
        ask(&session, "curve", of(vec![[-0.5, 1.0], [0.5, -1.0]])).expect("a curve")
    else {
        panic!("a plot")
    };
    let of_role = |role: Role| {
        layers.iter().find_map(|layer| match layer {
            Layer::Lines { role: r, xy, .. } if *r == role => Some(xy.0.len() / 8),
            Layer::Points { role: r, xy } if *r == role => Some(xy.0.len() / 8),
            _ => None,
        })
    };
    assert_eq!(
        of_role(Role::Model),
        of_role(Role::Noise),
        "both everywhere"
    );
    assert_eq!(of_role(Role::Data), Some(2));
    assert_eq!(key.len(), 3);
    assert!(ask(&session, "curve", of(Vec::new())).is_ok());
    assert!(ask(&session, "curve", of(vec![[0.0, 0.0]; 15])).is_ok());
    for marks in [
        vec![[0.0, 0.0]; 16],
        vec![[2.0, 0.0]],
        vec![[0.0, f32::NAN]],
        vec![[f32::INFINITY, 0.0]],
        vec![[0.0, 1e9]],
    ] {
        assert_eq!(
            ask(&session, "curve", of(marks)).err(),
            Some(Code::BadOption)
        );
    }
    let count = |count| PlotInputs {
        count,
        ..PlotInputs::default()
    };
    assert_eq!(
        ask(&session, "samples", count(5001)).err(),
        Some(Code::BadOption)
    );
    for plot in ["samples", "errors", "sparse", "trees", "outside"] {
        assert!(ask(&session, plot, count(100)).is_ok(), "{plot}");
    }
}

#[test]
fn samples_are_pairs_of_truth_and_guess() {
    let model = session().model();
    let draw = |examples: usize| {
        let options = json!({"examples": examples});
        let mut sampler = model
            .sampler(&options, &Condition::default(), 40, 7)
            .expect("a sampler");
        let drawn = pollster::block_on(finish(&mut *sampler)).expect("samples");
        values(drawn.points().expect("points"))
    };
    let set = FunctionSet::new("functions", &Value::Null).expect("a set");
    for examples in [0, 4, 15] {
        let drawn = draw(examples);
        for i in 0..40 {
            let prompt = set.prompt(&mut Rng::new(7, Purpose::Sample, i as u64));
            assert_eq!(drawn[2 * i], prompt[examples * 7 + 6]);
        }
    }
    assert_eq!(draw(63), draw(15), "as many as there can be");
}

#[test]
fn data_of_another_size_is_refused() {
    let model = small(&device::cpu());
    let set = FunctionSet::new(Class::Linear.set(), &json!({"inputs": 4})).expect("a set");
    let batch = set.batch([set.held_out(0)]);
    assert!(Family::losses(&model, &batch, &mut Rng::new(0, Purpose::Train, 0)).is_err());
    let mut info = DataInfo::new(
        "functions",
        Space::Functions {
            inputs: 9,
            length: 16,
            noise: 0.5,
        },
    );
    let config = InContextConfig::default();
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let made = InContext::init(&config, &info, &mut rng, &device::cpu());
    assert!(made.is_err(), "its options say five inputs");
    info.space = Space::Functions {
        inputs: 99,
        length: 16,
        noise: 0.5,
    };
    assert!(info.check().is_err());
    assert_eq!(functions::names().count(), 5);
}
