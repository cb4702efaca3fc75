//! PixelRNN: its LSTM against formulas, finite differences and PyTorch (tests/reference/pixelrnn.py), what
//! each pixel sees, exact probabilities, and a sampler that remembers.

use crate::common::{digest, number, pixels, root, signed, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::{Batch, DataInfo, Space},
    device,
    families::{
        pixelrnn::{PixelRnn, PixelRnnConfig},
        pixels::PixelModel,
    },
    kernels::{host::by_formulas, lstm},
    model::Family,
    nn::weights,
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};
use serde_json::Value;

fn model(config: PixelRnnConfig, [height, width]: [usize; 2], device: &Device) -> PixelRnn {
    let data = DataInfo::new("none", Space::grey(height, width));
    let mut rng = Rng::new(3, Purpose::Init, 0);
    PixelRnn::init(&config, &data, &mut rng, device).expect("a model")
}

fn config(levels: usize, layers: usize) -> PixelRnnConfig {
    PixelRnnConfig {
        levels,
        units: 5,
        layers,
        reach: 2,
    }
}

/// By the gradient of each pixel's logits. An image wider than the first convolution reaches: the last
/// pixel of a row is seen by all of the next.
#[test]
fn no_pixel_sees_itself_or_what_follows_and_every_earlier_one_is_seen() {
    let device = device::cpu().autodiff();
    for (levels, layers, reach) in [(2, 1, 1), (2, 1, 2), (5, 2, 2), (2, 3, 1)] {
        let config = PixelRnnConfig {
            reach,
            ..config(levels, layers)
        };
        let model = model(config, [4, 7], &device);
        let name = format!("{levels} levels, {layers} layers, reach {reach}");
        pixels::sees_all_before_and_nothing_else(&model, &device, &name);
    }
}

#[test]
fn the_probabilities_of_all_images_add_up_to_one() {
    let thin = [(2, [1, 5]), (2, [5, 1]), (2, [1, 1])];
    let all = [(2, [4, 4]), (2, [2, 7]), (3, [2, 4])];
    for (levels, size) in all.into_iter().chain(thin) {
        for layers in [1, 2] {
            let model = model(config(levels, layers), size, &device::cpu());
            let total = pixels::total_probability(&model);
            assert!((total - 1.0).abs() < 1e-5, "{levels} {size:?}: {total}");
        }
    }
}

#[test]
fn a_sampler_that_remembers_chooses_as_the_whole_network_does() {
    for (levels, layers) in [(2, 1), (4, 1), (2, 3)] {
        let model = model(config(levels, layers), [6, 7], &device::cpu());
        let chooses = || pixels::chooses_as_the_whole_network_does(&model, &device::cpu());
        chooses();
        // As on a device on which the kernels do not run.
        by_formulas(chooses);
    }
}

#[test]
fn known_pixels_stay_exactly_as_they_were_and_the_rest_follows_them() {
    pixels::keeps_what_is_known(&model(config(2, 2), [4, 4], &device::cpu()));
}

/// The states of one image by the formulas, pixel by pixel, in double precision.
fn states(x: &[f32], weight: &[f32], [h, w]: [usize; 2], p: usize, mirrored: bool) -> Vec<f64> {
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    let mut state = vec![0f64; h * w * p];
    let mut memory = vec![0f64; h * w * p];
    for y in 0..h {
        for step in 0..w {
            let place = |x: usize| y * w + if mirrored { w - 1 - x } else { x };
            let at = place(step);
            let above = (y > 0).then(|| at - w);
            let left = (step > 0).then(|| place(step - 1));
            let gate = |gate: usize, k: usize| {
                let column = gate * p + k;
                let from = |cell: Option<usize>, first: usize| {
                    cell.map_or(0.0, |cell| {
                        let of = |j: usize| {
                            state[cell * p + j] * f64::from(weight[(first + j) * 4 * p + column])
                        };
                        (0..p).map(of).sum()
                    })
                };
                f64::from(x[at * 4 * p + column]) + from(above, 0) + from(left, p)
            };
            let new: Vec<(f64, f64)> = (0..p)
                .map(|k| {
                    let before = left.map_or(0.0, |left| memory[left * p + k]);
                    let c = sigmoid(gate(1, k)) * before + sigmoid(gate(2, k)) * gate(3, k).tanh();
                    (sigmoid(gate(0, k)) * c.tanh(), c)
                })
                .collect();
            for (k, (h, c)) in new.into_iter().enumerate() {
                (state[at * p + k], memory[at * p + k]) = (h, c);
            }
        }
    }
    state
}

#[test]
fn states_along_diagonals_are_those_of_the_formula_pixel_by_pixel() {
    let p = 3;
    for size @ [h, w] in [[4, 6], [6, 4], [1, 5], [5, 1], [1, 1]] {
        for mirrored in [false, true] {
            for n in [1, 9] {
                let x = signed(1, n * h * w * 4 * p, 2.0);
                let weight = signed(2, 8 * p * p, 1.5);
                let run = || {
                    let device = device::cpu();
                    let data = TensorData::new(x.clone(), [n * h * w, 4 * p]);
                    let x = Tensor::<2>::from_data(data, &device);
                    let data = TensorData::new(weight.clone(), [2 * p, 4 * p]);
                    let weight = Tensor::<2>::from_data(data, &device);
                    values(lstm::diagonal(x, weight, size, mirrored))
                };
                for (i, got) in [run(), by_formulas(run)].iter().enumerate() {
                    let images = x.chunks(h * w * 4 * p).zip(got.chunks(h * w * p));
                    for (x, got) in images {
                        let want = states(x, &weight, size, p, mirrored);
                        for (got, want) in got.iter().zip(want) {
                            let error = (f64::from(*got) - want).abs();
                            assert!(error < 1e-6, "{size:?} {mirrored} {i}: {got} {want}");
                        }
                    }
                }
            }
        }
    }
}

/// Gradients by finite differences of the formula in double precision, and those of the formula in
/// tensors.
#[test]
fn gradients_along_diagonals_are_those_of_finite_differences() {
    let (p, size @ [h, w]) = (2, [3, 4]);
    for mirrored in [false, true] {
        for n in [1, 6] {
            let x = signed(3, n * h * w * 4 * p, 2.0);
            let weight = signed(4, 8 * p * p, 1.5);
            let weigh = signed(5, n * h * w * p, 1.0);
            let run = || {
                let device = device::cpu().autodiff();
                let data = TensorData::new(x.clone(), [n * h * w, 4 * p]);
                let x = Tensor::<2>::from_data(data, &device).require_grad();
                let data = TensorData::new(weight.clone(), [2 * p, 4 * p]);
                let weight = Tensor::<2>::from_data(data, &device).require_grad();
                let data = TensorData::new(weigh.clone(), [n * h * w, p]);
                let weigh = Tensor::<2>::from_data(data, &device);
                let loss = lstm::diagonal(x.clone(), weight.clone(), size, mirrored) * weigh;
                let grads = loss.sum().backward();
                let of = |x: Tensor<2>| values(x.grad(&grads).expect("a gradient"));
                [of(x), of(weight)].concat()
            };
            let loss = |x: &[f32], weight: &[f32]| -> f64 {
                let images = x.chunks(h * w * 4 * p).zip(weigh.chunks(h * w * p));
                let of = |(x, weigh): (&[f32], &[f32])| {
                    let states = states(x, weight, size, p, mirrored);
                    let pairs = states.iter().zip(weigh);
                    pairs.map(|(s, w)| s * f64::from(*w)).sum::<f64>()
                };
                images.map(of).sum()
            };
            let step = 2f32.powi(-10);
            let mut want = Vec::new();
            for i in 0..x.len() {
                let [mut up, mut down] = [x.clone(), x.clone()];
                (up[i], down[i]) = (up[i] + step, down[i] - step);
                let wide = f64::from(up[i]) - f64::from(down[i]);
                want.push((loss(&up, &weight) - loss(&down, &weight)) / wide);
            }
            for i in 0..weight.len() {
                let [mut up, mut down] = [weight.clone(), weight.clone()];
                (up[i], down[i]) = (up[i] + step, down[i] - step);
                let wide = f64::from(up[i]) - f64::from(down[i]);
                want.push((loss(&x, &up) - loss(&x, &down)) / wide);
            }
            for got in [run(), by_formulas(run)] {
                assert_eq!(got.len(), want.len());
                for (got, want) in got.iter().zip(&want) {
                    let error = (f64::from(*got) - want).abs();
                    assert!(
                        error < 3e-6 * (1.0 + want.abs()),
                        "{mirrored}: {got} {want}"
                    );
                }
            }
        }
    }
}

/// One step with its slopes, by the kernel and by tensors, against PyTorch's own LSTM cell; then a whole
/// model: logits, the loss and all gradients.
#[test]
fn an_lstm_row_and_a_whole_model_are_those_of_pytorch() {
    let path = root("tests/reference/pixelrnn.json");
    let text = std::fs::read_to_string(path).expect("a reference");
    let reference: Value = serde_json::from_str(&text).expect("json");
    let (n, p) = (7, 6);
    let run = || {
        let device = device::cpu().autodiff();
        let tensor = |salt: u32, wide: usize, scale: f64| {
            let data = TensorData::new(signed(salt, n * wide, scale), [n, wide]);
            Tensor::<2>::from_data(data, &device)
        };
        let gates = tensor(21, 4 * p, 2.0).require_grad();
        let memory = tensor(22, p, 1.0).require_grad();
        let out = lstm::cell(gates.clone(), memory.clone());
        let grads = (out.clone() * tensor(23, 2 * p, 1.0)).sum().backward();
        let of = |x: Tensor<2>| values(x.grad(&grads).expect("a gradient"));
        [values(out), of(gates), of(memory)]
    };
    for got in [run(), by_formulas(run)] {
        for (name, got) in ["out", "gates", "memory"].iter().zip(got) {
            digest(name, &got, &reference["cell"][name]);
        }
    }
    for case in reference["models"].as_array().expect("a list") {
        whole_model(case);
    }
}

fn whole_model(case: &Value) {
    let of = |name: &str| number(&case[name]) as usize;
    let config = PixelRnnConfig {
        levels: of("levels"),
        units: of("units"),
        layers: of("layers"),
        reach: of("reach"),
    };
    let (size @ [h, w], n) = ([of("height"), of("width")], of("images"));
    let device = device::cpu().autodiff();
    let mut rnn = model(config, size, &device);
    // Weight k in the order of names is made of stream 100 + k.
    let mut shapes = weights::shapes(rnn.net());
    shapes.sort();
    let made = shapes.iter().enumerate().map(|(k, (name, dims))| {
        let numbers = signed(100 + k as u32, dims.iter().product(), 0.6);
        (name.clone(), TensorData::new(numbers, dims.clone()))
    });
    rnn = rnn.with_weights(made.collect()).expect("they fit");
    let top = of("levels") as f32 - 1.0;
    let made = signed(99, n * h * w, 0.5).into_iter();
    let made: Vec<f32> = made
        .map(|v| ((v + 0.5) * top + 0.5).floor() / top)
        .collect();
    let batch = Batch::unlabelled([n, 1, h, w], made.clone());
    let x = Tensor::<4>::from_data(TensorData::new(made, [n, 1, h, w]), &device);
    digest("logits", &values(rnn.logits(x)), &case["logits"]);
    let mut rng = Rng::new(0, Purpose::Evaluate, 0);
    let losses = rnn.losses(&batch, &mut rng).expect("a loss");
    let loss = f64::from(values(losses[0].1.clone())[0]);
    assert!((loss / number(&case["loss"]) - 1.0).abs() < 1e-5, "{loss}");
    // After its first step Adam's first moment is (1 − β₁) times the gradient.
    let mut adam = Optimizer::default();
    adam.step(rnn.net().clone(), &losses[0].1, Hyper::new(1e-3));
    let moments = pollster::block_on(adam.read()).expect("moments");
    let wanted = case["gradients"].as_object().expect("a table");
    assert_eq!(shapes.len(), wanted.len());
    for (name, want) in wanted {
        let m = &moments[&format!("{name}.m")];
        let m = m.as_slice::<f32>().expect("floats").iter();
        let gradient: Vec<f32> = m.map(|m| m / (1.0 - 0.9f32)).collect();
        digest(name, &gradient, want);
    }
}
