//! Group norm against its formula in double precision, automatic differentiation of it, finite
//! differences and PyTorch.

use crate::common::{root, signed};
use burn::tensor::{Device, Tensor, TensorData, activation};
use generative_playground::{
    kernels::group_norm::group_norm,
    rng::{Purpose, Rng},
};
use serde_json::Value;

const EPSILON: f32 = 1e-5;

fn leaf<const D: usize>(values: Vec<f32>, dims: [usize; D]) -> Tensor<D> {
    let device = Device::flex().autodiff();
    Tensor::from_data(TensorData::new(values, dims), &device).require_grad()
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.without_autodiff().into_data();
    data.as_slice::<f32>().expect("floats").to_vec()
}

/// The formula in tensors.
fn formula(x: Tensor<4>, gain: Tensor<1>, bias: Tensor<1>, groups: usize, silu: bool) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let x = x.reshape([n, groups, c / groups * h * w]);
    let x = x.clone() - x.mean_dim(2);
    let deviation = (x.clone().square().mean_dim(2) + EPSILON).sqrt();
    let x = (x / deviation).reshape([n, c, h, w]);
    let x = x * gain.reshape([1, c, 1, 1]) + bias.reshape([1, c, 1, 1]);
    if silu { activation::silu(x) } else { x }
}

/// The formula in double precision.
fn exact(
    x: &[f32],
    gain: &[f32],
    bias: &[f32],
    [n, groups, pixels]: [usize; 3],
    silu: bool,
) -> Vec<f64> {
    let c = gain.len();
    let size = c / groups * pixels;
    let mut out = Vec::new();
    for (i, x) in x.chunks_exact(size).enumerate().take(n * groups) {
        let x: Vec<f64> = x.iter().map(|&v| f64::from(v)).collect();
        let mean = x.iter().sum::<f64>() / size as f64;
        let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / size as f64;
        for (j, v) in x.iter().enumerate() {
            let channel = i % groups * (c / groups) + j / pixels;
            let u = (v - mean) / (variance + f64::from(EPSILON)).sqrt();
            let z = f64::from(gain[channel]) * u + f64::from(bias[channel]);
            out.push(if silu { z / (1.0 + (-z).exp()) } else { z });
        }
    }
    out
}

fn close(label: &str, got: &[f32], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{label}");
    let size = want.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(*got) - want).abs() / size;
        assert!(error < tolerance, "{label}: {got} at {i}, {want} wanted");
    }
}

/// Images, channels, height, width, groups.
const SHAPES: [[usize; 5]; 8] = [
    [1, 1, 1, 1, 1],
    [2, 32, 28, 28, 8],
    [3, 12, 7, 5, 4],
    [2, 6, 3, 3, 1],
    [2, 6, 3, 3, 6],
    [4, 64, 7, 7, 8],
    [1, 96, 4, 4, 8],
    [5, 4, 1, 1, 2],
];

#[test]
fn values_and_gradients_are_those_of_the_formula() {
    for [n, c, h, w, groups] in SHAPES {
        for silu in [false, true] {
            let mut rng = Rng::new(3, Purpose::Evaluate, 0);
            let [x, gain, bias, weights] =
                [n * c * h * w, c, c, n * c * h * w].map(|n| rng.normal(n));
            let label = format!("{:?} {silu}", [n, c, h, w, groups]);
            let run = |ours: bool| {
                let x = leaf(x.clone(), [n, c, h, w]);
                let (gain, bias) = (leaf(gain.clone(), [c]), leaf(bias.clone(), [c]));
                let of = (x.clone(), gain.clone(), bias.clone());
                let out = match ours {
                    true => group_norm(of.0, of.1, of.2, groups, EPSILON, silu),
                    false => formula(of.0, of.1, of.2, groups, silu),
                };
                let weights = TensorData::new(weights.clone(), [n, c, h, w]);
                let weights = Tensor::<4>::from_data(weights, &Device::flex().autodiff());
                let grads = (out.clone() * weights).sum().backward();
                [
                    numbers(out),
                    numbers(x.grad(&grads).expect("a gradient")),
                    numbers(gain.grad(&grads).expect("a gradient")),
                    numbers(bias.grad(&grads).expect("a gradient")),
                ]
            };
            let (got, want) = (run(true), run(false));
            close(
                &label,
                &got[0],
                &exact(&x, &gain, &bias, [n, groups, h * w], silu),
                2e-6,
            );
            if c / groups * h * w == 1 {
                continue; // Nothing but ε is left of the deviation; gradients are zero.
            }
            for (got, want) in got.iter().zip(&want).skip(1) {
                let want: Vec<f64> = want.iter().map(|&v| f64::from(v)).collect();
                close(&label, got, &want, 2e-5);
            }
        }
    }
}

#[test]
fn gradients_are_finite_differences() {
    let dims = [2, 4, 3, 3];
    let mut rng = Rng::new(4, Purpose::Evaluate, 0);
    let [x, gain, bias, weights] = [72, 4, 4, 72].map(|n| rng.normal(n));
    let tensors = [
        leaf(x.clone(), dims).reshape([72]),
        leaf(gain.clone(), [4]),
        leaf(bias.clone(), [4]),
    ];
    let x_leaf = leaf(x.clone(), dims);
    let out = group_norm(
        x_leaf.clone(),
        tensors[1].clone(),
        tensors[2].clone(),
        2,
        EPSILON,
        true,
    );
    let w = Tensor::<4>::from_data(
        TensorData::new(weights.clone(), dims),
        &Device::flex().autodiff(),
    );
    let grads = (out * w).sum().backward();
    let found = [
        numbers(x_leaf.grad(&grads).expect("a gradient")),
        numbers(tensors[1].grad(&grads).expect("a gradient")),
        numbers(tensors[2].grad(&grads).expect("a gradient")),
    ];
    let f = |inputs: &[Vec<f32>; 3]| -> f64 {
        let out = exact(&inputs[0], &inputs[1], &inputs[2], [2, 2, 9], true);
        out.iter()
            .zip(&weights)
            .map(|(o, w)| o * f64::from(*w))
            .sum()
    };
    let inputs = [x, gain, bias];
    for (which, found) in found.iter().enumerate() {
        for (i, got) in found.iter().enumerate() {
            let at = |step: f32| {
                let mut inputs = inputs.clone();
                inputs[which][i] += step;
                (f(&inputs), f64::from(inputs[which][i]))
            };
            let ((high, right), (low, left)) = (at(1e-3), at(-1e-3));
            let want = (high - low) / (right - left);
            let error = (f64::from(*got) - want).abs() / want.abs().max(1.0);
            assert!(error < 1e-4, "{which} {i}: {got}, {want}");
        }
    }
}

/// Moments of many numbers far from zero, where one running sum of squares would lose everything.
#[test]
fn large_images_far_from_zero_keep_their_digits() {
    let (c, side) = (2, 512);
    let mut rng = Rng::new(5, Purpose::Evaluate, 0);
    let x: Vec<f32> = rng
        .normal(c * side * side)
        .iter()
        .map(|v| 1000.0 + v)
        .collect();
    let want = exact(&x, &[1.0; 2], &[0.0; 2], [1, 1, side * side], false);
    let x = Tensor::<4>::from_data(TensorData::new(x, [1, c, side, side]), &Device::flex());
    let all = |value: f32| Tensor::<1>::from_floats([value; 2], &Device::flex());
    let got = numbers(group_norm(x, all(1.0), all(0.0), 1, EPSILON, false));
    // A number near 1000 is itself known to 6e-5.
    close("far", &got, &want, 1e-4);
}

#[test]
fn group_norm_is_pytorchs() {
    let path = root("tests/reference/group_norm.json");
    let text = std::fs::read_to_string(path).expect("a committed file");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert!(cases.len() > 4);
    for case in &cases {
        let dims = case["x"].as_array().expect("a list").iter();
        let dims: Vec<usize> = dims
            .map(|v| v.as_u64().expect("a count") as usize)
            .collect();
        let dims: [usize; 4] = dims.try_into().expect("four");
        let (n, c) = (dims.iter().product(), dims[1]);
        let x = leaf(signed(1, n, 1.0), dims);
        let (gain, bias) = (leaf(signed(2, c, 1.0), [c]), leaf(signed(3, c, 1.0), [c]));
        let groups = case["groups"].as_u64().expect("a count") as usize;
        let silu = case["silu"] == true;
        let out = group_norm(x.clone(), gain.clone(), bias.clone(), groups, EPSILON, silu);
        let weights = TensorData::new(signed(4, n, 1.0), dims);
        let weights = Tensor::<4>::from_data(weights, &Device::flex().autodiff());
        let grads = (out.clone() * weights).sum().backward();
        for (name, got) in [
            ("out", numbers(out)),
            ("by_x", numbers(x.grad(&grads).expect("a gradient"))),
            ("by_gain", numbers(gain.grad(&grads).expect("a gradient"))),
            ("by_bias", numbers(bias.grad(&grads).expect("a gradient"))),
        ] {
            let want = case[name].as_array().expect("numbers").iter();
            let want: Vec<f64> = want.map(|v| v.as_f64().expect("a number")).collect();
            // Some of many numbers, and a probe of all.
            let (probe, some) = want.split_last().expect("numbers");
            let probes = signed(5, got.len(), 1.0);
            let pairs = got.iter().zip(&probes);
            let mine: f64 = pairs.map(|(g, p)| f64::from(*g) * f64::from(*p)).sum();
            let size = got
                .iter()
                .map(|g| f64::from(*g).powi(2))
                .sum::<f64>()
                .sqrt();
            assert!((mine - probe).abs() / size.max(1.0) < 1e-5, "{name} {case}");
            let step = got.len().div_ceil(some.len());
            let got: Vec<f32> = got.iter().copied().step_by(step).collect();
            close(name, &got, some, 1e-5);
        }
    }
}
