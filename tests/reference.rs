//! Forward passes, losses, gradients and ten steps of Adam against PyTorch (tests/reference/vae.py).

use crate::common::{self, root, signed, unit, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::Batch,
    device,
    families::vae::{Vae, VaeConfig},
    model::{Family, StepContext},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    rng::{Purpose, Rng},
};
use serde_json::Value;

/// The largest error allowed, relative to the size of what is compared.
const TOLERANCE: f64 = 1e-4;
const SEED: u64 = 42;
const STEPS: u64 = 10;

fn json(name: &str) -> Vec<Value> {
    let path = root("tests/reference").join(name);
    let text = std::fs::read_to_string(&path).expect("a committed file");
    serde_json::from_str(&text).expect("JSON")
}

fn count(case: &Value, name: &str) -> usize {
    case[name].as_u64().expect("a count") as usize
}

/// The case's model with weights from the formula, on `device`.
fn build(case: &Value, device: &Device) -> Vae {
    let config = VaeConfig::from_json(&case["config"]).expect("options");
    let info = common::info(count(case, "height"), count(case, "width"));
    let vae = Vae::init(&config, &info, &mut Rng::new(0, Purpose::Init, 0), device);
    let vae = vae.expect("a model");
    let mut weights = pollster::block_on(vae.weights()).expect("weights");
    for (i, (name, data)) in weights.iter_mut().enumerate() {
        let shape = data.shape().as_slice().to_vec();
        let fan_in = match shape.as_slice() {
            [d_in, _] => *d_in,
            [a, _, _, _] if name.starts_with("decoder") => a * 4,
            [_, b, _, _] => b * 9,
            _ => 0,
        };
        let scale = if name.ends_with(".weight") {
            (3.0 / fan_in as f64).sqrt()
        } else {
            0.1
        };
        let n = shape.iter().product();
        *data = TensorData::new(signed(i as u32 + 1, n, scale), shape);
    }
    vae.with_weights(weights).expect("they fit")
}

fn batch(case: &Value) -> Batch {
    let [n, height, width] = ["batch", "height", "width"].map(|name| count(case, name));
    let pixels = n * height * width;
    Batch::unlabelled(
        [n, 1, height, width],
        (0..pixels as u32).map(|i| unit(1000, i) as f32).collect(),
    )
}

/// The noise of a training step, as the program draws it.
fn noise(step: u64) -> Rng {
    Rng::new(SEED, Purpose::Train, step)
}

struct Comparison {
    what: String,
    worst: f64,
}

impl Comparison {
    fn number(&mut self, name: &str, got: f64, want: &Value, size: f64) {
        let want = want.as_f64().expect("a number");
        let error = (got - want).abs() / size.max(1e-30);
        assert!(
            error <= TOLERANCE,
            "{}, {name}: {got} where PyTorch has {want}",
            self.what
        );
        self.worst = self.worst.max(error);
    }

    fn list(&mut self, name: &str, got: &[f32], want: &Value) {
        let want = want.as_array().expect("a list");
        assert_eq!(got.len(), want.len(), "{name}");
        for (i, (got, want)) in got.iter().zip(want).enumerate() {
            let size = want.as_f64().expect("a number").abs().max(1.0);
            self.number(&format!("{name}[{i}]"), f64::from(*got), want, size);
        }
    }

    /// Against a `digest` of the script.
    fn digest(&mut self, name: &str, got: &[f32], want: &Value) {
        let of = |key: &str| want[key].as_f64().expect("a number");
        let (largest, norm) = (of("largest"), of("norm"));
        for (i, want) in want["head"].as_array().expect("a list").iter().enumerate() {
            self.number(&format!("{name}[{i}]"), f64::from(got[i]), want, largest);
        }
        let square: f64 = got.iter().map(|&v| f64::from(v) * f64::from(v)).sum();
        self.number(&format!("|{name}|"), square.sqrt(), &want["norm"], norm);
        let probe = signed(777, got.len(), 1.0);
        let probe: f64 = got
            .iter()
            .zip(probe)
            .map(|(&v, p)| f64::from(v) * f64::from(p))
            .sum();
        self.number(&format!("{name} probed"), probe, &want["probe"], norm);
    }
}

fn slice(weights: &Weights, name: &str) -> Vec<f32> {
    let data = weights
        .get(name)
        .unwrap_or_else(|| panic!("no weight {name}"));
    data.as_slice::<f32>().expect("floats").to_vec()
}

fn compare(case: &Value, want: &Value) -> f64 {
    let mut comparison = Comparison {
        what: case["name"].to_string(),
        worst: 0.0,
    };
    let device = device::cpu();
    let vae = build(case, &device);
    let batch = batch(case);
    let (n, k) = (count(case, "batch"), count(case, "draws"));

    // Forward.
    let x = batch.pixels(&device).expect("images");
    let (mu, logvar) = vae.encode(x);
    comparison.list("mu", &values(mu.clone()), &want["mu"]);
    comparison.list("logvar", &values(logvar.clone()), &want["logvar"]);
    let d = vae.config().latent_dim;
    let each = |t: Tensor<2>| -> Tensor<2> {
        t.unsqueeze_dim::<3>(1).repeat_dim(1, k).reshape([n * k, d])
    };
    let epsilon = noise(0).normal_tensor([n * k, d], &device);
    let z = Vae::reparameterize(each(mu), each(logvar), epsilon);
    comparison.digest("logits", &values(vae.decode(z)), &want["logits"]);
    for (name, value) in vae.losses(&batch, &mut noise(0)).expect("losses") {
        let (got, want) = (f64::from(values(value)[0]), &want["losses"][name]);
        comparison.number(
            name,
            got,
            want,
            want.as_f64().expect("a number").abs().max(1.0),
        );
    }

    // After its first step Adam's first moment is (1 − β₁) times the gradient.
    let mut learner = build(case, &device.clone().autodiff());
    let mut optimizers = [Optimizer::default()];
    let lr = case["learning_rate"].as_f64().expect("a number");
    for step in 0..STEPS {
        let mut rng = noise(step);
        let mut context = StepContext {
            hyper: Hyper::new(lr),
            step,
            rng: &mut rng,
            optimizers: &mut optimizers,
            only: None,
        };
        let losses = learner.train_step(&batch, &mut context).expect("a step");
        let (_, loss) = losses.into_iter().next().expect("the loss");
        let want_loss = &want["steps"][step as usize];
        let size = want_loss.as_f64().expect("a number").abs().max(1.0);
        let got = f64::from(values(loss)[0]);
        comparison.number(&format!("loss of step {step}"), got, want_loss, size);
        if step == 0 {
            let moments = pollster::block_on(optimizers[0].read()).expect("moments");
            let gradients = want["gradients"].as_object().expect("a table");
            assert_eq!(moments.len(), 2 * gradients.len());
            for (name, want) in gradients {
                let mut gradient = slice(&moments, &format!("{name}.m"));
                gradient.iter_mut().for_each(|m| *m /= 1.0 - 0.9f32);
                comparison.digest(&format!("gradient of {name}"), &gradient, want);
            }
        }
    }
    let weights = pollster::block_on(learner.weights()).expect("weights");
    for (name, want) in want["weights"].as_object().expect("a table") {
        let name = name.as_str();
        comparison.digest(name, &slice(&weights, name), want);
    }
    comparison.worst
}

#[test]
fn forward_losses_gradients_and_ten_steps_are_pytorchs() {
    let (cases, wants) = (json("cases.json"), json("vae.json"));
    assert_eq!(cases.len(), wants.len());
    for (case, want) in cases.iter().zip(&wants) {
        assert_eq!(case["name"], want["name"]);
        println!(
            "{}: largest error {:.1e}",
            case["name"],
            compare(case, want)
        );
    }
}

#[test]
fn the_committed_noise_is_the_programs() {
    for (case, noise) in json("cases.json").iter().zip(json("noise.json")) {
        for step in 0..STEPS {
            let want: Vec<f32> = draws(case, step);
            let got: Vec<f32> =
                serde_json::from_value(noise[step as usize].clone()).expect("numbers");
            // The logarithm behind the tail may differ in its last bit between systems.
            assert!(got.iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }
}

fn draws(case: &Value, step: u64) -> Vec<f32> {
    let d = case["config"]["latent_dim"].as_u64().expect("a count") as usize;
    noise(step).normal(count(case, "batch") * count(case, "draws") * d)
}

/// Writes tests/reference/noise.json, which vae.py reads.
#[test]
#[ignore = "writes a committed file"]
fn write_noise() {
    let all: Vec<Vec<Vec<f32>>> = json("cases.json")
        .iter()
        .map(|case| (0..STEPS).map(|step| draws(case, step)).collect())
        .collect();
    let text = serde_json::to_string(&all)
        .expect("JSON")
        .replace("]],", "]],\n");
    std::fs::write(root("tests/reference/noise.json"), text + "\n").expect("writable");
}
