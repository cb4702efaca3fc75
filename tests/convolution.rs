//! Convolutions against a plain sum in double precision, burn's own, finite differences and PyTorch.

use crate::common::{root, signed};
use burn::tensor::{
    Device, Tensor, TensorData, module,
    ops::{ConvOptions, ConvTransposeOptions},
};
use generative_playground::{
    kernels::conv2d::{
        Shape, conv_transpose2d, conv2d,
        host::{back, bias_gradient, forward, weight_gradient},
    },
    rng::{Purpose, Rng},
};
use serde_json::Value;

/// One set of sizes: images, channels in and out, groups; then for each axis image, kernel, stride,
/// padding before and after, dilation.
fn shape([n, c_in, c_out, groups]: [usize; 4], axes: [[usize; 6]; 2]) -> Shape {
    let of = |i: usize| axes.map(|a| a[i]);
    let out = axes.map(|[size, kernel, stride, before, after, dilation]| {
        (size + before + after - (kernel - 1) * dilation - 1) / stride + 1
    });
    Shape {
        n,
        c_in,
        c_out,
        groups,
        image: of(0),
        kernel: of(1),
        out,
        stride: of(2),
        padding: of(3),
        dilation: of(5),
    }
}

fn same(axis: [usize; 6]) -> [[usize; 6]; 2] {
    [axis, axis]
}

fn shapes() -> Vec<Shape> {
    let mut all = vec![
        // A U-Net's.
        shape([2, 1, 32, 1], same([28, 3, 1, 1, 1, 1])),
        shape([3, 32, 32, 1], same([14, 3, 2, 1, 1, 1])),
        shape([17, 64, 5, 1], same([7, 3, 1, 1, 1, 1])),
        shape([2, 9, 1, 1], same([28, 3, 1, 1, 1, 1])),
        shape([2, 12, 7, 1], same([7, 1, 1, 0, 0, 1])),
        // A DCGAN's and a masked convolution's.
        shape([2, 16, 8, 1], same([28, 4, 2, 1, 1, 1])),
        shape([2, 6, 10, 1], same([4, 4, 1, 0, 0, 1])),
        shape([2, 3, 6, 1], same([12, 7, 1, 3, 3, 1])),
        shape([2, 3, 6, 1], same([12, 5, 1, 2, 2, 2])),
        // Enough channels for tiles of 2 × 2, at odd and even sizes.
        shape([3, 16, 33, 1], [[7, 3, 1, 1, 1, 1], [10, 3, 1, 1, 1, 1]]),
        shape([2, 17, 16, 1], [[5, 3, 1, 0, 0, 1], [3, 3, 1, 2, 2, 1]]),
        shape([2, 16, 16, 1], [[1, 3, 1, 1, 1, 1], [70, 3, 1, 2, 0, 1]]),
        shape([9, 20, 24, 1], same([14, 3, 1, 1, 1, 1])),
        // Groups.
        shape([2, 6, 9, 3], same([8, 3, 1, 1, 1, 1])),
        shape([2, 8, 8, 8], same([9, 3, 2, 1, 1, 1])),
        // Odd ones: axes that differ, padding wider than the kernel, strides that skip pixels, a
        // kernel as large as the image, padding on one side alone, one pixel.
        shape([2, 3, 4, 1], [[5, 3, 2, 0, 0, 1], [11, 2, 3, 1, 1, 2]]),
        shape([2, 2, 3, 1], same([5, 3, 1, 4, 4, 1])),
        shape([2, 2, 3, 1], same([9, 2, 4, 1, 1, 1])),
        shape([2, 2, 3, 1], same([10, 1, 3, 0, 0, 1])),
        shape([3, 2, 3, 1], [[4, 4, 1, 0, 0, 1], [6, 6, 1, 0, 0, 1]]),
        shape([2, 2, 5, 1], same([8, 2, 1, 0, 1, 1])),
        shape([2, 2, 5, 1], same([8, 3, 1, 2, 0, 1])),
        shape([1, 1, 1, 1], same([1, 1, 1, 0, 0, 1])),
        shape([9, 5, 6, 1], [[1, 1, 1, 0, 0, 1], [33, 5, 2, 2, 2, 3]]),
    ];
    // And some at random.
    let mut rng = Rng::new(5, Purpose::Evaluate, 0);
    let mut below = |n: usize| (rng.uniform(1)[0] * n as f32) as usize;
    while all.len() < 80 {
        let groups = 1 + below(3);
        let mut axis = || {
            let [kernel, dilation] = [1 + below(4), 1 + below(3)];
            let [before, after] = [below(4), below(4)];
            let reach = (kernel - 1) * dilation + 1;
            let size = reach.saturating_sub(before + after).max(1) + below(9);
            [size, kernel, 1 + below(4), before, after, dilation]
        };
        let axes = [axis(), axis()];
        let channels = [1 + below(9), 1 + below(9)].map(|c| c * groups);
        all.push(shape(
            [1 + below(10), channels[0], channels[1], groups],
            axes,
        ));
    }
    all
}

/// Calls `f` with the places in image, weight and output of every product of a convolution.
fn products(s: &Shape, mut f: impl FnMut(usize, usize, usize)) {
    let [in_each, out_each] = [s.c_in / s.groups, s.c_out / s.groups];
    let ([h, w], [oh, ow], [kh, kw]) = (s.image, s.out, s.kernel);
    for n in 0..s.n {
        for co in 0..s.c_out {
            for i in 0..in_each {
                let ci = co / out_each * in_each + i;
                for (y, x) in (0..oh).flat_map(|y| (0..ow).map(move |x| (y, x))) {
                    for (ky, kx) in (0..kh).flat_map(|y| (0..kw).map(move |x| (y, x))) {
                        let iy = (y * s.stride[0] + ky * s.dilation[0]).checked_sub(s.padding[0]);
                        let ix = (x * s.stride[1] + kx * s.dilation[1]).checked_sub(s.padding[1]);
                        let (Some(iy), Some(ix)) = (iy, ix) else {
                            continue;
                        };
                        if iy < h && ix < w {
                            f(
                                ((n * s.c_in + ci) * h + iy) * w + ix,
                                ((co * in_each + i) * kh + ky) * kw + kx,
                                ((n * s.c_out + co) * oh + y) * ow + x,
                            );
                        }
                    }
                }
            }
        }
    }
}

fn close(label: &str, got: &[f32], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{label}");
    let size = want.iter().fold(1.0f64, |m, v| m.max(v.abs()));
    for (i, (got, want)) in got.iter().zip(want).enumerate() {
        let error = (f64::from(*got) - want).abs() / size;
        assert!(error < 3e-6, "{label}: {got} at {i}, {want} wanted");
    }
}

#[test]
fn all_passes_are_the_plain_sums() {
    for s in shapes() {
        let mut rng = Rng::new(6, Purpose::Evaluate, 0);
        let image = rng.normal(s.n * s.c_in * s.image[0] * s.image[1]);
        let w = rng.normal(s.c_out * s.c_in / s.groups * s.kernel[0] * s.kernel[1]);
        let out = rng.normal(s.n * s.c_out * s.out[0] * s.out[1]);
        let [bias_out, bias_in] = [s.c_out, s.c_in].map(|c| rng.normal(c));
        let at = |values: &[f32], i: usize| f64::from(values[i]);

        let biased = |bias: &[f32], size: [usize; 2]| -> Vec<f64> {
            let pixels = size[0] * size[1];
            let total = s.n * bias.len() * pixels;
            (0..total)
                .map(|i| at(bias, i / pixels % bias.len()))
                .collect()
        };
        let mut want = biased(&bias_out, s.out);
        let mut want_back = biased(&bias_in, s.image);
        let mut want_weight = vec![0f64; w.len()];
        products(&s, |i, k, o| {
            want[o] += at(&image, i) * at(&w, k);
            want_back[i] += at(&out, o) * at(&w, k);
            want_weight[k] += at(&image, i) * at(&out, o);
        });
        // What is there before has to be overwritten.
        let mut got = vec![f32::NAN; out.len()];
        forward(&s, &image, &w, Some(&bias_out), &mut got);
        close(&format!("forward {s:?}"), &got, &want);
        let mut got = vec![f32::NAN; image.len()];
        back(&s, &out, &w, Some(&bias_in), &mut got);
        close(&format!("back {s:?}"), &got, &want_back);
        let got = weight_gradient(&s, &image, &out);
        close(&format!("weight {s:?}"), &got, &want_weight);
        let pixels = s.out[0] * s.out[1];
        let mut want = vec![0f64; s.c_out];
        for (i, dy) in out.iter().enumerate() {
            want[i / pixels % s.c_out] += f64::from(*dy);
        }
        close(
            &format!("bias {s:?}"),
            &bias_gradient(&out, s.c_out, pixels),
            &want,
        );
    }
}

fn leaf<const D: usize>(values: Vec<f32>, dims: [usize; D]) -> Tensor<D> {
    let device = Device::flex().autodiff();
    Tensor::from_data(TensorData::new(values, dims), &device).require_grad()
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.without_autodiff().into_data();
    data.as_slice::<f32>().expect("floats").to_vec()
}

type Operation<'a> = &'a dyn Fn(Tensor<4>, Tensor<4>, Option<Tensor<1>>) -> Tensor<4>;

/// Value and all gradients of Σ out · (random numbers).
fn value_and_gradients(f: Operation, x: [usize; 4], w: [usize; 4], c_out: usize) -> [Vec<f32>; 4] {
    let mut rng = Rng::new(7, Purpose::Evaluate, 0);
    let x = leaf(rng.normal(x.iter().product()), x);
    let w = leaf(rng.normal(w.iter().product()), w);
    let b = leaf(rng.normal(c_out), [c_out]);
    let out = f(x.clone(), w.clone(), Some(b.clone()));
    let weights = rng.normal(out.dims().iter().product());
    let weights = TensorData::new(weights, out.dims());
    let weights = Tensor::<4>::from_data(weights, &Device::flex().autodiff());
    let grads = (out.clone() * weights).sum().backward();
    let gradient = |t: Option<Tensor<4>>| numbers(t.expect("a gradient"));
    [
        numbers(out),
        gradient(x.grad(&grads)),
        gradient(w.grad(&grads)),
        numbers(b.grad(&grads).expect("a gradient")),
    ]
}

#[test]
fn tensors_agree_with_burns_own() {
    for s in shapes() {
        let [each_in, each_out] = [s.c_in / s.groups, s.c_out / s.groups];
        let x = [s.n, s.c_in, s.image[0], s.image[1]];
        let w = [s.c_out, each_in, s.kernel[0], s.kernel[1]];
        let options = ConvOptions::new(s.stride, s.padding, s.dilation, s.groups);
        let reach = |i: usize| (s.kernel[i] - 1) * s.dilation[i] + 1;
        if [0, 1]
            .iter()
            .any(|&i| reach(i) > s.image[i] + 2 * s.padding[i])
        {
            continue; // Only fits with padding on one side.
        }
        let ours = |x, w, b| conv2d(x, w, b, options.clone());
        let theirs = |x, w, b| module::conv2d(x, w, b, options.clone());
        let got = value_and_gradients(&ours, x, w, s.c_out);
        let want = value_and_gradients(&theirs, x, w, s.c_out);
        for (got, want) in got.iter().zip(&want) {
            let want: Vec<f64> = want.iter().map(|&v| f64::from(v)).collect();
            close(&format!("{s:?}"), got, &want);
        }

        let w = [s.c_in, each_out, s.kernel[0], s.kernel[1]];
        let whole = |i: usize| (s.image[i] - 1) * s.stride[i] + reach(i);
        if [0, 1].iter().any(|&i| whole(i) <= 2 * s.padding[i]) {
            continue; // Nothing would be left.
        }
        let padding_out = s.stride.map(|stride| stride - 1);
        let options =
            ConvTransposeOptions::new(s.stride, s.padding, padding_out, s.dilation, s.groups);
        let ours = |x, w, b| conv_transpose2d(x, w, b, options.clone());
        let theirs = |x, w, b| module::conv_transpose2d(x, w, b, options.clone());
        let got = value_and_gradients(&ours, x, w, s.c_out);
        let want = value_and_gradients(&theirs, x, w, s.c_out);
        for (got, want) in got.iter().zip(&want) {
            let want: Vec<f64> = want.iter().map(|&v| f64::from(v)).collect();
            close(&format!("transposed {s:?}"), got, &want);
        }
    }
}

#[test]
fn gradients_are_finite_differences() {
    let (x, w) = ([2, 3, 5, 6], [4, 3, 3, 3]);
    let f = |x: &[f32], k: &[f32]| -> f64 {
        let x = Tensor::<4>::from_data(TensorData::new(x.to_vec(), [2, 3, 5, 6]), &Device::flex());
        let k = Tensor::<4>::from_data(TensorData::new(k.to_vec(), w), &Device::flex());
        let options = ConvOptions::new([2, 1], [1, 2], [1, 2], 1);
        let out = numbers(conv2d(x, k, None, options));
        out.iter().map(|v| f64::from(*v).powi(2)).sum()
    };
    let mut rng = Rng::new(8, Purpose::Evaluate, 0);
    let [x_values, w_values] = [x, w].map(|d| rng.normal(d.iter().product()));
    let (tx, tw) = (leaf(x_values.clone(), x), leaf(w_values.clone(), w));
    let options = ConvOptions::new([2, 1], [1, 2], [1, 2], 1);
    let loss = conv2d(tx.clone(), tw.clone(), None, options).square().sum();
    let grads = loss.backward();
    let by_x = numbers(tx.grad(&grads).expect("a gradient"));
    let by_w = numbers(tw.grad(&grads).expect("a gradient"));
    let step = 1e-2;
    let check = |label: &str, got: f32, f: &dyn Fn(f32) -> f64| {
        let want = (f(step) - f(-step)) / f64::from(2.0 * step);
        let error = (f64::from(got) - want).abs() / want.abs().max(1.0);
        assert!(error < 2e-3, "{label}: {got}, {want}");
    };
    for i in (0..x_values.len()).step_by(7) {
        check("x", by_x[i], &|d| {
            let mut x = x_values.clone();
            x[i] += d;
            f(&x, &w_values)
        });
    }
    for i in (0..w_values.len()).step_by(5) {
        check("w", by_w[i], &|d| {
            let mut w = w_values.clone();
            w[i] += d;
            f(&x_values, &w)
        });
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let s = shape([13, 6, 8, 1], same([14, 3, 1, 1, 1, 1]));
    let mut rng = Rng::new(9, Purpose::Evaluate, 0);
    let image = rng.normal(s.n * s.c_in * 14 * 14);
    let out = rng.normal(s.n * s.c_out * 14 * 14);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let pool = pool.build().expect("threads");
        pool.install(|| weight_gradient(&s, &image, &out))
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn convolutions_are_pytorchs() {
    let path = root("tests/reference/convolution.json");
    let text = std::fs::read_to_string(path).expect("a committed file");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert!(cases.len() > 8);
    for case in &cases {
        let dims = |name: &str| -> Vec<usize> {
            let list = case[name].as_array().expect("a list");
            list.iter()
                .map(|v| v.as_u64().expect("a count") as usize)
                .collect()
        };
        let four = |name: &str| -> [usize; 4] { dims(name).try_into().expect("four") };
        let two = |name: &str| -> [usize; 2] { dims(name).try_into().expect("two") };
        let groups = case["groups"].as_u64().expect("a count") as usize;
        let (x, w, c_out) = (four("x"), four("weight"), dims("bias")[0]);
        let value = |salt: u32, n: usize| signed(salt, n, 1.0);
        let x = leaf(value(1, x.iter().product()), x);
        let w = leaf(value(2, w.iter().product()), w);
        let b = leaf(value(3, c_out), [c_out]);
        let [stride, padding, dilation] = ["stride", "padding", "dilation"].map(two);
        let args = (x.clone(), w.clone(), Some(b.clone()));
        let out = match case["transposed"] == true {
            false => {
                let options = ConvOptions::new(stride, padding, dilation, groups);
                conv2d(args.0, args.1, args.2, options)
            }
            true => {
                let more = two("output_padding");
                let options = ConvTransposeOptions::new(stride, padding, more, dilation, groups);
                conv_transpose2d(args.0, args.1, args.2, options)
            }
        };
        let weights = TensorData::new(value(4, out.dims().iter().product()), out.dims());
        let weights = Tensor::<4>::from_data(weights, &Device::flex().autodiff());
        let grads = (out.clone() * weights).sum().backward();
        let got = [
            ("out", numbers(out)),
            ("by_x", numbers(x.grad(&grads).expect("a gradient"))),
            ("by_weight", numbers(w.grad(&grads).expect("a gradient"))),
            ("by_bias", numbers(b.grad(&grads).expect("a gradient"))),
        ];
        for (name, got) in got {
            let want = case[name].as_array().expect("numbers").iter();
            let want: Vec<f64> = want.map(|v| v.as_f64().expect("a number")).collect();
            // Some of many numbers, and a probe of all.
            let (probe, some) = want.split_last().expect("numbers");
            let sum = |f: &dyn Fn(usize) -> f64| (0..got.len()).map(f).sum::<f64>();
            let probes = signed(5, got.len(), 1.0);
            let mine = sum(&|i| f64::from(got[i]) * f64::from(probes[i]));
            let size = sum(&|i| f64::from(got[i]).powi(2)).sqrt().max(1.0);
            assert!((mine - probe).abs() / size < 3e-6, "{name} {case:?}");
            let step = got.len().div_ceil(some.len());
            let got: Vec<f32> = got.iter().copied().step_by(step).collect();
            close(&format!("{name} {case:?}"), &got, some);
        }
    }
}
