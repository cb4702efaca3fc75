//! Every kernel against automatic differentiation of its formula, and against finite differences.

use std::sync::Arc;

use burn::tensor::{Bool, Device, Tensor, TensorData, activation};
use generative_playground::{
    kernels::{
        activation::Activation,
        attention::{Cache, Mask, attention, attention_cached, attention_weights},
        cross_entropy::cross_entropy,
        embedding::embedding,
        gated::gated,
        host::by_formulas,
        linear::{linear, linear_transposed},
        mixture,
        norm::{Norm, norm},
        planar::{planar, radial},
        residual::residual,
        rotary::{Angles, rotary},
        waves::waves,
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

/// [`both`] for a kernel that is given as its formula in tensors, which stands in its own file too.
fn close(
    label: &str,
    inputs: &[(Vec<f32>, [usize; 2])],
    kernel: impl Fn(&[Tensor<2>]) -> Tensor<2>,
    formula: impl Fn(&[Tensor<2>]) -> Tensor<2>,
) {
    both(label, inputs, kernel, formula, 2e-5);
}

#[test]
fn norms() {
    let mut rng = Rng::new(4, Purpose::Evaluate, 0);
    for [n, c] in [[1, 3], [5, 16], [130, 48], [17, 129]] {
        for kind in [Norm::Rms, Norm::Layer] {
            let inputs = [
                (
                    rng.normal(n * c).iter().map(|v| 3.0 * v + 0.5).collect(),
                    [n, c],
                ),
                (rng.normal(c), [1, c]),
            ];
            let kernel =
                |t: &[Tensor<2>]| norm(t[0].clone(), t[1].clone().reshape([c]), kind, 1e-5);
            let formula = |t: &[Tensor<2>]| {
                let x = match kind {
                    Norm::Rms => t[0].clone(),
                    Norm::Layer => t[0].clone() - t[0].clone().mean_dim(1),
                };
                let sigma = (x.clone().square().mean_dim(1) + 1e-5).sqrt();
                x / sigma * t[1].clone()
            };
            close(&format!("{kind:?} {n} {c}"), &inputs, kernel, formula);
        }
    }
}

#[test]
fn gates() {
    let mut rng = Rng::new(5, Purpose::Evaluate, 0);
    for [n, f] in [[1, 1], [9, 7], [70, 48]] {
        let inputs = [(rng.normal(n * 2 * f), [n, 2 * f])];
        let formula = |t: &[Tensor<2>]| {
            let value = t[0].clone().slice([0..n, 0..f]);
            let gate = t[0].clone().slice([0..n, f..2 * f]);
            value * gate.clone() * activation::sigmoid(gate)
        };
        let kernel = |t: &[Tensor<2>]| gated(t[0].clone());
        close(&format!("{n} {f}"), &inputs, kernel, formula);
    }
}

#[test]
fn cross_entropies() {
    let mut rng = Rng::new(6, Purpose::Evaluate, 0);
    for [n, v] in [[1, 2], [40, 65], [7, 300]] {
        let logits: Vec<f32> = rng.normal(n * v).iter().map(|l| 4.0 * l).collect();
        let targets: Vec<u32> = (0..n).map(|i| ((i * 13 + 1) % v) as u32).collect();
        let chosen: Vec<f32> = targets
            .iter()
            .flat_map(|&t| (0..v as u32).map(move |j| f32::from(u8::from(j == t))))
            .collect();
        let inputs = [(logits, [n, v])];
        let kernel = |t: &[Tensor<2>]| cross_entropy(t[0].clone(), targets.clone()).reshape([n, 1]);
        let formula = |t: &[Tensor<2>]| {
            let device = Device::flex().autodiff();
            let chosen = Tensor::<2>::from_data(TensorData::new(chosen.clone(), [n, v]), &device);
            (activation::log_softmax(t[0].clone(), 1) * chosen)
                .sum_dim(1)
                .neg()
        };
        close(&format!("{n} {v}"), &inputs, kernel, formula);
    }
}

#[test]
fn embeddings() {
    let mut rng = Rng::new(7, Purpose::Evaluate, 0);
    let (v, c) = (11, 5);
    let ids = [3, 0, 3, 10, 7, 3];
    let chosen: Vec<f32> = ids
        .iter()
        .flat_map(|&id| (0..v as u32).map(move |j| f32::from(u8::from(j == id))))
        .collect();
    let inputs = [(rng.normal(v * c), [v, c])];
    let formula = |t: &[Tensor<2>]| {
        let chosen = TensorData::new(chosen.clone(), [ids.len(), v]);
        Tensor::<2>::from_data(chosen, &Device::flex().autodiff()).matmul(t[0].clone())
    };
    close("rows", &inputs, |t| embedding(t[0].clone(), &ids), formula);
}

/// Rotation as products of 2 × 2 matrices.
#[test]
fn rotations() {
    let mut rng = Rng::new(8, Purpose::Evaluate, 0);
    let (b, t, heads, d, from) = (2, 5, 3, 4, 7);
    let c = heads * d;
    let angles = Arc::new(Angles::new(16, d));
    let inputs = [(rng.normal(b * t * 3 * c), [b * t, 3 * c])];
    // One matrix for all rows would have to know their positions: row by row instead.
    let formula = |x: &[Tensor<2>]| {
        let rows = (0..b * t).map(|row| {
            let mut matrix = vec![0f32; 9 * c * c];
            for i in 0..3 * c {
                matrix[i * 3 * c + i] = 1.0;
            }
            for head in 0..2 * heads {
                for i in 0..d / 2 {
                    let place = (from + row % t) as f64;
                    let angle = place * 10_000f64.powf(-(2.0 * i as f64) / d as f64);
                    let (lo, hi) = (head * d + i, head * d + d / 2 + i);
                    matrix[lo * 3 * c + lo] = angle.cos() as f32;
                    matrix[lo * 3 * c + hi] = angle.sin() as f32;
                    matrix[hi * 3 * c + lo] = -angle.sin() as f32;
                    matrix[hi * 3 * c + hi] = angle.cos() as f32;
                }
            }
            let matrix = TensorData::new(matrix, [3 * c, 3 * c]);
            let matrix = Tensor::<2>::from_data(matrix, &Device::flex().autodiff());
            x[0].clone().slice([row..row + 1, 0..3 * c]).matmul(matrix)
        });
        Tensor::cat(rows.collect(), 0)
    };
    close(
        "turned",
        &inputs,
        |x| rotary(x[0].clone(), &angles, t, from),
        formula,
    );
}

/// Attention head by head, in plain tensors.
fn attention_formula(qkv: Tensor<2>, t: usize, heads: usize, allowed: &[bool]) -> Tensor<2> {
    let [n, wide] = qkv.dims();
    let (c, d) = (wide / 3, wide / 3 / heads);
    let device = Device::flex().autodiff();
    let hidden: Vec<bool> = allowed.iter().map(|a| !a).collect();
    let hidden = Tensor::<2, Bool>::from_data(TensorData::new(hidden, [t, t]), &device);
    let sequences = (0..n / t).map(|s| {
        let each = (0..heads).map(|h| {
            let part = |i: usize| {
                let at = i * c + h * d;
                qkv.clone().slice([s * t..(s + 1) * t, at..at + d])
            };
            let scores = part(0).matmul(part(1).transpose()) / (d as f64).sqrt();
            let scores = scores.mask_fill(hidden.clone(), -1e9);
            activation::softmax(scores, 1).matmul(part(2))
        });
        Tensor::cat(each.collect(), 1)
    });
    Tensor::cat(sequences.collect(), 0)
}

#[test]
fn attentions() {
    let mut rng = Rng::new(10, Purpose::Evaluate, 0);
    for [b, t, heads, d] in [[1, 1, 1, 4], [2, 5, 3, 4], [1, 70, 2, 8], [3, 129, 1, 16]] {
        let c = heads * d;
        let causal: Vec<bool> = (0..t * t).map(|i| i % t <= i / t).collect();
        let some: Vec<bool> = (0..t * t).map(|i| i % t == i / t || i % 3 == 0).collect();
        for (mask, allowed) in [
            (Mask::Causal, causal),
            (Mask::Full, vec![true; t * t]),
            (Mask::Allowed(some.clone().into()), some),
        ] {
            let inputs = [(rng.normal(b * t * 3 * c), [b * t, 3 * c])];
            let kernel = |x: &[Tensor<2>]| attention(x[0].clone(), t, heads, &mask);
            let formula = |x: &[Tensor<2>]| attention_formula(x[0].clone(), t, heads, &allowed);
            close(
                &format!("{b} {t} {heads} {d} {mask:?}"),
                &inputs,
                kernel,
                formula,
            );
            // The weights that are shown are those that mix.
            let x = leaf(inputs[0].0.clone(), inputs[0].1);
            let weights = attention_weights(x, t, heads, &mask);
            let rows: Tensor<4> = weights.sum_dim(3);
            assert!(numbers(rows).iter().all(|s| (s - 1.0).abs() < 1e-5));
        }
        // In pieces, with a cache, it is what it is at once.
        let qkv = rng.normal(t * 3 * c);
        let tensor = |rows: std::ops::Range<usize>| -> Tensor<2> {
            let part = qkv[rows.start * 3 * c..rows.end * 3 * c].to_vec();
            Tensor::from_data(TensorData::new(part, [rows.len(), 3 * c]), &Device::flex())
        };
        let want = numbers(attention(tensor(0..t), t, heads, &Mask::Causal));
        for on_host in [true, false] {
            let mut cache = Cache::new(on_host);
            let mut got = Vec::new();
            for piece in [0..t / 2, t / 2..t - t / 4, t - t / 4..t] {
                if !piece.is_empty() {
                    got.extend(numbers(attention_cached(tensor(piece), heads, &mut cache)));
                }
            }
            assert!(worst(&got, &want) < 1e-5, "{t} {heads} {on_host}");
        }
    }
}

/// Attention that has become sharp, as it does while a model learns: scores lie far apart, and gradients are small. With
/// numbers below the smallest normal one a processor computes many times more slowly.
#[test]
fn sharp_attention_is_the_formula_without_subnormal_numbers() {
    let (t, heads, d) = (70, 2, 8);
    let c = heads * d;
    let mut rng = Rng::new(11, Purpose::Evaluate, 0);
    let everywhere = vec![true; t * t];
    let some: Vec<bool> = (0..t * t).map(|i| i % t == i / t || i % 3 == 0).collect();
    for (mask, allowed) in [
        (Mask::Full, everywhere),
        (Mask::Allowed(some.clone().into()), some),
    ] {
        let qkv: Vec<f32> = rng.normal(t * 3 * c).iter().map(|v| 6.0 * v).collect();
        let found = [true, false].map(|by_kernel| {
            let x = leaf(qkv.clone(), [t, 3 * c]);
            let out = match by_kernel {
                true => attention(x.clone(), t, heads, &mask),
                false => attention_formula(x.clone(), t, heads, &allowed),
            };
            let gradients = (out.clone() * 1e-6).square().sum().backward();
            (
                numbers(out),
                numbers(x.grad(&gradients).expect("a gradient")),
            )
        });
        let [(got, got_grad), (want, want_grad)] = found;
        assert!(worst(&got, &want) < 1e-5, "{mask:?}");
        let largest = want_grad.iter().fold(0.0f32, |m, v| m.max(v.abs()));
        let scaled = |values: &[f32]| values.iter().map(|v| v / largest).collect::<Vec<f32>>();
        assert!(
            worst(&scaled(&got_grad), &scaled(&want_grad)) < 1e-4,
            "{mask:?}"
        );
        let subnormal = got.iter().chain(&got_grad).filter(|v| v.is_subnormal());
        assert_eq!(subnormal.count(), 0, "{mask:?}");
    }
}

#[test]
fn sines_and_cosines_of_numbers() {
    let mut rng = Rng::new(4, Purpose::Evaluate, 0);
    for (n, k, scale) in [(1, 1, 1.0), (7, 2, 3.0), (40, 1, 300.0), (3, 2, 1e5)] {
        let x: Vec<f32> = rng.normal(n * k).iter().map(|v| v * scale).collect();
        let inputs = [(x, [n, k])];
        let kernel = |t: &[Tensor<2>]| waves(t[0].clone(), vec![25.0, 4.0, 0.3]);
        let formula = |t: &[Tensor<2>]| by_formulas(|| kernel(t));
        both(&format!("{n} {k} {scale}"), &inputs, kernel, formula, 2e-5);
    }
}

/// z `[n, 2]` and a sum `[n, 1]` of state `[n, 3]`.
fn halves(state: &Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let [n, _] = state.dims();
    let cut = |from, to| state.clone().slice([0..n, from..to]);
    (cut(0, 2), cut(2, 3))
}

/// Equations 10 to 12 and appendix A.1 of Rezende & Mohamed 2015, as they are printed.
fn planar_formula(t: &[Tensor<2>]) -> Tensor<2> {
    let (z, sum) = halves(&t[0]);
    let [w, u, b] = [1, 2, 3].map(|i| t[i].clone());
    let product = (w.clone() * u.clone()).sum_dim(1);
    let m = activation::softplus(product.clone(), 1.0) - 1.0;
    let u = u + w.clone() * (m - product) / w.clone().square().sum_dim(1);
    let h = ((z.clone() * w.clone()).sum_dim(1) + b).tanh();
    let slope = h.clone().square().neg() + 1.0;
    let det = slope * (u.clone() * w).sum_dim(1) + 1.0;
    Tensor::cat(vec![z + h * u, sum + det.log()], 1)
}

/// Equations 13 and 14 and appendix A.2.
fn radial_formula(t: &[Tensor<2>]) -> Tensor<2> {
    let (z, sum) = halves(&t[0]);
    let positive = activation::softplus(t[2].clone(), 1.0) + 1e-3;
    let alpha = positive.clone().slice([0..1, 0..1]);
    let beta = positive.slice([0..1, 1..2]) - alpha.clone();
    let from = z.clone() - t[1].clone();
    let r = from.clone().square().sum_dim(1).sqrt();
    let h = (r.clone() + alpha).recip();
    let one = h.clone() * beta.clone() + 1.0;
    let other = one.clone() - h.clone().square() * r * beta.clone();
    Tensor::cat(vec![z + from * h * beta, sum + one.log() + other.log()], 1)
}

#[test]
fn planar_and_radial_layers() {
    let mut rng = Rng::new(5, Purpose::Evaluate, 0);
    for n in [1, 9, 700] {
        for scale in [0.3f32, 1.0, 2.0] {
            let mut draw = |d: [usize; 2]| {
                let values = rng.normal(d[0] * d[1]);
                (values.iter().map(|v| v * scale).collect(), d)
            };
            let inputs = [draw([n, 3]), draw([1, 2]), draw([1, 2]), draw([1, 1])];
            let [state, first, second, _] = inputs.clone();
            let kernel =
                |t: &[Tensor<2>]| planar(t[0].clone(), t[1].clone(), t[2].clone(), t[3].clone());
            both(
                &format!("planar {n} {scale}"),
                &inputs,
                kernel,
                planar_formula,
                1e-4,
            );
            let kernel = |t: &[Tensor<2>]| radial(t[0].clone(), t[1].clone(), t[2].clone());
            let inputs = [state, first, second];
            both(
                &format!("radial {n} {scale}"),
                &inputs,
                kernel,
                radial_formula,
                1e-4,
            );
        }
    }
}

#[test]
fn residual_layers() {
    let mut rng = Rng::new(6, Purpose::Evaluate, 0);
    for (n, d) in [(1, 1), (5, 16), (33, 40), (300, 256)] {
        let inputs = [[n, d], [d, d], [1, d]].map(|dims| (rng.normal(dims[0] * dims[1]), dims));
        let kernel =
            |t: &[Tensor<2>]| residual(t[0].clone(), t[1].clone(), t[2].clone().reshape([d]));
        let formula = |t: &[Tensor<2>]| {
            let [h, weight, bias] = [0, 1, 2].map(|i| t[i].clone());
            h.clone() + activation::relu(h).matmul(weight) + bias
        };
        both(&format!("{n} {d}"), &inputs, kernel, formula, 2e-5);
    }
}

#[test]
fn mixtures_of_gaussians() {
    let mut rng = Rng::new(7, Purpose::Evaluate, 0);
    for (m, n, k) in [(1, 1, 1), (1, 40, 3), (9, 9, 12), (300, 300, 5)] {
        let mut parameters = rng.normal(m * 3 * k);
        // One width below the least, where others keep the sum above 0.
        if k > 1 {
            parameters[2 * k] = -9.0;
        }
        let inputs = [(parameters, [m, 3 * k]), (rng.normal(n), [n, 1])];
        let kernel =
            |t: &[Tensor<2>]| mixture::log_prob(t[0].clone(), t[1].clone()).reshape([n, 1]);
        // The logarithm of a sum of normal densities.
        let formula = |t: &[Tensor<2>]| {
            let part = |i: usize| t[0].clone().slice([0..m, i * k..(i + 1) * k]);
            let log_sigma = part(2).clamp_min(-6.0);
            let z = (t[1].clone() - part(1)) / log_sigma.clone().exp();
            let weights = activation::softmax(part(0), 1);
            let density = (z.square() * -0.5 - log_sigma).exp() / std::f64::consts::TAU.sqrt();
            (weights * density).sum_dim(1).log()
        };
        both(&format!("{m} {n} {k}"), &inputs, kernel, formula, 5e-5);
    }
}
