//! Convolutions beside a matrix of patches and a product: `cargo run --release --example
//! conv_speed`. Milliseconds and billions of floating-point operations a second, batches of 16.

use std::{hint::black_box, time::Instant};

use generative_playground::{
    kernels::{
        conv2d::{
            Shape,
            host::{back, forward, weight_gradient},
        },
        gemm::{View, gemm},
    },
    rng::{Purpose, Rng},
};

/// Channels in and out, side of the image, of the kernel, stride, padding.
const SHAPES: [[usize; 6]; 11] = [
    [1, 32, 28, 3, 1, 1],
    [32, 32, 28, 3, 1, 1],
    [96, 32, 28, 3, 1, 1],
    [64, 64, 28, 3, 1, 1],
    [32, 64, 14, 3, 1, 1],
    [64, 64, 14, 3, 1, 1],
    [64, 64, 7, 3, 1, 1],
    [32, 32, 28, 3, 2, 1],
    [16, 32, 28, 4, 2, 1],
    [32, 1, 28, 3, 1, 1],
    [96, 32, 28, 1, 1, 0],
];

/// One image's patches, `[c_in kh kw, oh ow]`.
fn patches(s: &Shape, image: &[f32], out: &mut [f32]) {
    let ([h, w], [oh, ow], [kh, kw]) = (s.image, s.out, s.kernel);
    for (i, row) in out.chunks_exact_mut(oh * ow).enumerate() {
        let (c, ky, kx) = (i / (kh * kw), i / kw % kh, i % kw);
        for (y, line) in row.chunks_exact_mut(ow).enumerate() {
            let from = (y * s.stride[0] + ky).checked_sub(s.padding[0]);
            let Some(from) = from.filter(|&y| y < h) else {
                line.fill(0.0);
                continue;
            };
            let from = &image[(c * h + from) * w..][..w];
            let first = s.padding[1]
                .saturating_sub(kx)
                .div_ceil(s.stride[1])
                .min(ow);
            line.fill(0.0);
            let start = (first * s.stride[1] + kx).saturating_sub(s.padding[1]);
            let numbers = from.iter().skip(start).step_by(s.stride[1]);
            line[first..]
                .iter_mut()
                .zip(numbers)
                .for_each(|(to, from)| *to = *from);
        }
    }
}

fn best(mut f: impl FnMut()) -> f64 {
    let time = |f: &mut dyn FnMut()| {
        let start = Instant::now();
        f();
        start.elapsed().as_secs_f64()
    };
    f();
    (0..15).map(|_| time(&mut f)).fold(f64::MAX, f64::min)
}

fn main() {
    println!("channels, side, kernel, stride, padding: forward, by input, by weight; patches");
    for [c_in, c_out, side, kernel, stride, padding] in SHAPES {
        let out = (side + 2 * padding - kernel) / stride + 1;
        let s = Shape {
            n: 16,
            c_in,
            c_out,
            groups: 1,
            image: [side; 2],
            kernel: [kernel; 2],
            out: [out; 2],
            stride: [stride; 2],
            padding: [padding; 2],
            dilation: [1; 2],
        };
        let taps = c_in * kernel * kernel;
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let x = rng.normal(16 * c_in * side * side);
        let w = rng.normal(c_out * taps);
        let mut y = rng.normal(16 * c_out * out * out);
        let mut dx = vec![0f32; x.len()];
        let dy = y.clone();
        let mut columns = vec![0f32; taps * out * out];
        let seconds = [
            best(|| forward(&s, &x, &w, None, &mut y)),
            best(|| back(&s, &dy, &w, None, &mut dx)),
            best(|| drop(black_box(weight_gradient(&s, &x, &dy)))),
            best(|| {
                let images = x.chunks_exact(c_in * side * side);
                for (x, y) in images.zip(y.chunks_exact_mut(c_out * out * out)) {
                    patches(&s, x, &mut columns);
                    let (w, columns) = (View::new(&w, c_out, taps), &columns);
                    let columns = View::new(columns, taps, out * out);
                    gemm(w, columns, y, out * out, false);
                }
            }),
        ];
        let work = 2.0 * (16 * c_out * taps * out * out) as f64;
        let each = seconds.map(|t| format!("{:7.2} ms {:4.0}", t * 1e3, work / t / 1e9));
        println!(
            "{c_in:3} {c_out:3} {side} {kernel} {stride} {padding}: {}",
            each.join("  ")
        );
    }
}
