//! PixelCNN: what each pixel sees, exact probabilities, and a sampler that keeps what it knows.

mod common;

use burn::tensor::{Device, Tensor, TensorData};
use common::values;
use generative_playground::{
    data::{Batch, DataInfo, Space},
    device,
    families::pixelcnn::{PixelCnn, PixelCnnConfig, PixelCnnSampleOptions},
    kernels::gated::tanh_gated,
    model::{Condition, Density, DensityOptions, Family, finish},
    rng::{Purpose, Rng},
};

const EXACT: DensityOptions = DensityOptions {
    importance_samples: 0,
};

fn cpu() -> Device {
    device::cpu()
}

/// A model whose weights are larger than those of a fresh one, so that every path through it counts.
fn model(config: PixelCnnConfig, [height, width]: [usize; 2], device: &Device) -> PixelCnn {
    let data = DataInfo::new("none", Space::grey(height, width));
    let mut rng = Rng::new(3, Purpose::Init, 0);
    PixelCnn::init(&config, &data, &mut rng, device).expect("a model")
}

fn config(levels: usize) -> PixelCnnConfig {
    PixelCnnConfig {
        levels,
        channels: 6,
        layers: 5,
        reach: 2,
    }
}

fn images(n: usize, [height, width]: [usize; 2], pixels: Vec<f32>) -> Batch {
    Batch::unlabelled([n, 1, height, width], pixels)
}

/// Seen are all earlier pixels and no other: by the gradient of one pixel's logits.
#[test]
fn no_pixel_sees_itself_or_what_follows_and_every_earlier_one_is_seen() {
    let device = cpu().autodiff();
    for levels in [2, 5] {
        let size = [5, 6];
        let model = model(config(levels), size, &device);
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let pixels = TensorData::new(rng.uniform(30), [1, 1, 5, 6]);
        for at in 0..30 {
            let x = Tensor::<4>::from_data(pixels.clone(), &device).require_grad();
            let logits = model.logits(x.clone());
            let [_, c, _, _] = logits.dims();
            // Different weights, lest what the logits share should cancel.
            let one = logits.slice([0..1, 0..c, at / 6..at / 6 + 1, at % 6..at % 6 + 1]);
            let weigh: Vec<f32> = (0..c).map(|i| 1.0 + i as f32).collect();
            let weigh = Tensor::<4>::from_data(TensorData::new(weigh, [1, c, 1, 1]), &device);
            let gradients = (one * weigh).sum().backward();
            let gradient = values(x.grad(&gradients).expect("a gradient"));
            for (i, g) in gradient.iter().enumerate() {
                assert_eq!(
                    *g != 0.0,
                    i < at,
                    "{levels} levels: pixel {at} sees {i}: {g}"
                );
            }
        }
    }
}

#[test]
fn the_probabilities_of_all_binary_images_add_up_to_one() {
    let device = cpu();
    for size in [[4, 4], [2, 7]] {
        let count = 1 << (size[0] * size[1]);
        let model = model(config(2), size, &device);
        let mut total = 0.0;
        for first in (0..count).step_by(4096) {
            let n = 4096.min(count - first);
            let bits = (first..first + n)
                .flat_map(|i| (0..size[0] * size[1]).map(move |b| (i >> b & 1) as f32));
            let batch = images(n, size, bits.collect());
            let log_prob = Density::log_prob(
                &model,
                &batch,
                EXACT,
                &mut Rng::new(0, Purpose::Evaluate, 0),
            );
            let log_prob = values(log_prob.expect("a density"));
            total += log_prob.iter().map(|v| f64::from(*v).exp()).sum::<f64>();
        }
        assert!((total - 1.0).abs() < 1e-5, "{size:?}: {total}");
    }
}

#[test]
fn the_probabilities_of_all_images_of_three_levels_add_up_to_one() {
    let device = cpu();
    let model = model(config(3), [2, 4], &device);
    let count = 3usize.pow(8);
    let digits = (0..count).flat_map(|i| (0..8).map(move |d| (i / 3usize.pow(d) % 3) as f32 / 2.0));
    let batch = images(count, [2, 4], digits.collect());
    let log_prob = Density::log_prob(
        &model,
        &batch,
        EXACT,
        &mut Rng::new(0, Purpose::Evaluate, 0),
    );
    let total: f64 = values(log_prob.expect("a density"))
        .iter()
        .map(|v| f64::from(*v).exp())
        .sum();
    assert!((total - 1.0).abs() < 1e-5, "{total}");
}

/// The sampler keeps columns; the whole network, asked anew for every pixel, chooses the same.
#[test]
fn a_sampler_that_keeps_what_it_knows_chooses_as_the_whole_network_does() {
    let device = cpu();
    for levels in [2, 4] {
        let (size, n, seed) = ([6, 7], 3, 11);
        let model = model(config(levels), size, &device);
        let options = PixelCnnSampleOptions { temperature: 0.9 };
        let mut sampler = model
            .sampler(&options, &Condition::default(), n, seed)
            .expect("a sampler");
        let samples = pollster::block_on(finish(&mut *sampler))
            .expect("samples")
            .images()
            .expect("images");
        let drawn = values(samples);

        // The same random numbers, in the order of the pixels.
        let mut rng = Rng::new(seed, Purpose::Sample, 0);
        let mut image = vec![0f32; n * 42];
        for at in 0..42 {
            let x = Tensor::<4>::from_data(TensorData::new(image.clone(), [n, 1, 6, 7]), &device);
            let logits = values(model.logits(x));
            let c = logits.len() / (n * 42);
            let noise = rng.uniform(if levels == 2 { n } else { n * levels });
            for i in 0..n {
                let logit = |k: usize| f64::from(logits[(i * c + k) * 42 + at]) / 0.9;
                image[i * 42 + at] = if levels == 2 {
                    let p = 1.0 / (1.0 + (-logit(0)).exp());
                    f32::from(p > f64::from(noise[i]))
                } else {
                    let gumbel = |k: usize| -(-f64::from(noise[i * levels + k]).ln()).ln();
                    let score = |k: &usize| logit(*k) + gumbel(*k);
                    let best = (0..levels)
                        .max_by(|a, b| score(a).total_cmp(&score(b)))
                        .expect("one");
                    best as f32 / (levels - 1) as f32
                };
            }
        }
        assert_eq!(drawn, image, "{levels} levels");
        let ink: f32 = image.iter().sum();
        assert!(
            ink > 3.0 && ink < n as f32 * 42.0 - 3.0,
            "something is drawn: {ink}"
        );
    }
}

#[test]
fn known_pixels_stay_exactly_as_they_were_and_the_rest_follows_them() {
    let device = cpu();
    let model = model(config(2), [4, 4], &device);
    let options = PixelCnnSampleOptions::default();
    let draw = |condition: &Condition| {
        let mut sampler = model.sampler(&options, condition, 8, 5).expect("a sampler");
        let samples = pollster::block_on(finish(&mut *sampler)).expect("samples");
        values(samples.images().expect("images"))
    };
    let known: Vec<f32> = (0..16).map(|i| (i % 3 == 0) as u8 as f32).collect();
    let mask: Vec<u8> = (0..16).map(|i| u8::from(i < 8)).collect();
    let condition = Condition {
        known: Some(known.clone()),
        mask: Some(mask),
        ..Condition::default()
    };
    let (free, fixed) = (draw(&Condition::default()), draw(&condition));
    for image in fixed.chunks(16) {
        assert_eq!(image[..8], known[..8]);
    }
    assert_ne!(free, fixed);
    let wrong = Condition {
        known: Some(known),
        mask: Some(vec![1; 3]),
        ..Condition::default()
    };
    assert!(model.sampler(&options, &wrong, 1, 0).is_err());
}

#[test]
fn its_gate_is_the_formula_with_its_slopes() {
    let device = cpu().autodiff();
    let mut rng = Rng::new(2, Purpose::Evaluate, 0);
    let numbers: Vec<f32> = rng.normal(5 * 14).iter().map(|v| v * 3.0).collect();
    let x =
        Tensor::<2>::from_data(TensorData::new(numbers.clone(), [5, 14]), &device).require_grad();
    let y = tanh_gated(x.clone());
    let weigh = rng.normal(5 * 7);
    let weights = Tensor::<2>::from_data(TensorData::new(weigh.clone(), [5, 7]), &device);
    let gradients = (y.clone() * weights).sum().backward();
    let (out, slopes) = (values(y), values(x.grad(&gradients).expect("a gradient")));
    for row in 0..5 {
        for i in 0..7 {
            let (v, g) = (
                f64::from(numbers[row * 14 + i]),
                f64::from(numbers[row * 14 + 7 + i]),
            );
            let (t, s) = (v.tanh(), 1.0 / (1.0 + (-g).exp()));
            let w = f64::from(weigh[row * 7 + i]);
            let close = |a: f32, b: f64| {
                assert!((f64::from(a) - b).abs() < 2e-6 * (1.0 + b.abs()), "{a} {b}")
            };
            close(out[row * 7 + i], t * s);
            close(slopes[row * 14 + i], w * s * (1.0 - t * t));
            close(slopes[row * 14 + 7 + i], w * t * s * (1.0 - s));
        }
    }
}
