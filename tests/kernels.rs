//! Every kernel against automatic differentiation of its formula, and against finite differences.

mod common;

use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    kernels::{
        activation::Activation,
        linear::{linear, linear_transposed},
    },
    rng::{Purpose, Rng},
};

fn leaf<const D: usize>(values: Vec<f32>, dims: [usize; D]) -> Tensor<D> {
    let device = Device::flex().autodiff();
    Tensor::from_data(TensorData::new(values, dims), &device).require_grad()
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.without_autodiff().into_data();
    data.as_slice::<f32>().expect("floats").to_vec()
}

/// The largest difference, as a share of the largest of `want` (at least 1).
fn worst(got: &[f32], want: &[f32]) -> f32 {
    assert_eq!(got.len(), want.len());
    let size = want.iter().fold(1.0f32, |m, v| m.max(v.abs()));
    let pairs = got.iter().zip(want);
    pairs.fold(0.0f32, |m, (a, b)| m.max((a - b).abs())) / size
}

/// Values and gradients by each matrix of `a` and of `b`, weighed by random numbers.
fn both(
    label: &str,
    inputs: &[(Vec<f32>, [usize; 2])],
    a: impl Fn(&[Tensor<2>]) -> Tensor<2>,
    b: impl Fn(&[Tensor<2>]) -> Tensor<2>,
    tolerance: f32,
) {
    let run = |f: &dyn Fn(&[Tensor<2>]) -> Tensor<2>| {
        let leaves: Vec<_> = inputs.iter().map(|(v, d)| leaf(v.clone(), *d)).collect();
        let out = f(&leaves);
        let weights = Rng::new(9, Purpose::Evaluate, 1).normal(out.dims().iter().product());
        let weights = Tensor::<2>::from_data(
            TensorData::new(weights, out.dims()),
            &Device::flex().autodiff(),
        );
        let grads = (out.clone() * weights).sum().backward();
        let found = leaves
            .iter()
            .map(|l| numbers(l.grad(&grads).expect("a gradient")));
        (numbers(out), found.collect::<Vec<_>>())
    };
    let (value_a, grads_a) = run(&a);
    let (value_b, grads_b) = run(&b);
    let off = worst(&value_a, &value_b);
    assert!(off < tolerance, "{label}: values differ by {off}");
    for (i, (ga, gb)) in grads_a.iter().zip(&grads_b).enumerate() {
        let off = worst(ga, gb);
        assert!(off < tolerance, "{label}: gradient {i} differs by {off}");
    }
}

const ACTIVATIONS: [Activation; 6] = [
    Activation::Identity,
    Activation::Relu,
    Activation::LeakyRelu(0.2),
    Activation::Tanh,
    Activation::Silu,
    Activation::Gelu,
];

#[test]
fn linear_layers() {
    let mut rng = Rng::new(3, Purpose::Evaluate, 0);
    for [n, d_in, d_out] in [
        [1, 1, 1],
        [33, 2, 128],
        [40, 128, 2],
        [7, 20, 40],
        [65, 17, 130],
        [300, 256, 65],
        [2000, 200, 300],
    ] {
        for activation in ACTIVATIONS {
            let inputs = [
                (rng.normal(n * d_in), [n, d_in]),
                (rng.normal(d_in * d_out), [d_in, d_out]),
                (rng.normal(d_out), [1, d_out]),
            ];
            let formula = |t: &[Tensor<2>]| {
                activation.tensors(t[0].clone().matmul(t[1].clone()) + t[2].clone())
            };
            let kernel = |t: &[Tensor<2>]| {
                let bias = Some(t[2].clone().reshape([d_out]));
                linear(t[0].clone(), t[1].clone(), bias, activation)
            };
            let label = format!("{n} {d_in} {d_out} {activation:?}");
            both(&label, &inputs, kernel, formula, 2e-5);
            if activation == Activation::Identity {
                let turned = |t: &[Tensor<2>]| {
                    linear_transposed(t[0].clone(), t[1].clone().transpose()) + t[2].clone()
                };
                both(
                    &format!("{label}, transposed"),
                    &inputs,
                    turned,
                    formula,
                    2e-5,
                );
            }
        }
    }
}

/// The slope of each activation at small, middling and large numbers, by central differences in
/// double precision of its formula.
#[test]
fn activations_against_finite_differences() {
    let formula = |activation: Activation, x: f64| match activation {
        Activation::Identity => x,
        Activation::Relu => x.max(0.0),
        Activation::LeakyRelu(k) => {
            if x > 0.0 {
                x
            } else {
                f64::from(k) * x
            }
        }
        Activation::Tanh => x.tanh(),
        Activation::Silu => x / (1.0 + (-x).exp()),
        Activation::Gelu => {
            let u = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
            0.5 * x * (1.0 + u.tanh())
        }
    };
    let points = [-80.0f32, -20.0, -3.0, -0.7, -0.1, 0.1, 0.7, 3.0, 20.0, 80.0];
    for activation in ACTIVATIONS {
        let x = leaf(points.to_vec(), [points.len(), 1]);
        let one = leaf(vec![1.0], [1, 1]);
        let y = linear(x.clone(), one, None, activation);
        let grads = y.clone().sum().backward();
        let (y, slope) = (numbers(y), numbers(x.grad(&grads).expect("a gradient")));
        for (i, &p) in points.iter().enumerate() {
            let p = f64::from(p);
            let want = formula(activation, p);
            let off = (f64::from(y[i]) - want).abs() / want.abs().max(1.0);
            assert!(off < 1e-6, "{activation:?}({p}) = {}, not {want}", y[i]);
            let h = 1e-5;
            let want = (formula(activation, p + h) - formula(activation, p - h)) / (2.0 * h);
            let off = (f64::from(slope[i]) - want).abs();
            assert!(
                off < 2e-6,
                "{activation:?}'({p}) = {}, not {want}",
                slope[i]
            );
        }
    }
}
