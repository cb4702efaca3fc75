//! The in-context learner and regression against PyTorch and numpy (tests/reference/in_context.py), and what is made
//! of examples.

mod common;

use burn::tensor::Device;
use common::{by_formula, count, digest, number, pause, root, signed, values};
use generative_playground::{
    data::{
        Batch, DataInfo, FunctionSet, Space,
        functions::{self, Class},
        regression::{Method, weights},
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
    let text = std::fs::read_to_string(root("tests/reference/in_context.json"));
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
    for plot in ["samples", "errors", "sparse", "outside"] {
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
