//! PixelCNN: what each pixel sees, exact probabilities, and a sampler that keeps what it knows.

use crate::common::{pixels, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::{DataInfo, Space},
    device,
    families::{
        pixelcnn::{PixelCnn, PixelCnnConfig},
        pixels::attention::heads,
    },
    kernels::{gated::tanh_gated, host::by_formulas},
    model::Family,
    rng::{Purpose, Rng},
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
        attention: 0,
    }
}

/// With two layers of attention among them.
fn attentive(levels: usize) -> PixelCnnConfig {
    PixelCnnConfig {
        attention: 2,
        ..config(levels)
    }
}

/// By the gradient of each pixel's logits.
#[test]
fn no_pixel_sees_itself_or_what_follows_and_every_earlier_one_is_seen() {
    let device = cpu().autodiff();
    for config in [config(2), config(5), attentive(2), attentive(5)] {
        let name = format!("{config:?}");
        let model = model(config, [5, 6], &device);
        pixels::sees_all_before_and_nothing_else(&model, &device, &name);
    }
}

/// Where convolutions do not reach, attention does.
#[test]
fn attention_sees_what_the_convolutions_do_not() {
    let device = cpu().autodiff();
    let short = PixelCnnConfig {
        layers: 1,
        reach: 1,
        ..config(2)
    };
    let long = PixelCnnConfig {
        attention: 1,
        ..short.clone()
    };
    let count = |config| {
        let model = model(config, [6, 6], &device);
        let last = pixels::seen(&model, &device).pop().expect("a pixel");
        last.iter().filter(|seen| **seen).count()
    };
    assert!(count(short) < 20);
    assert_eq!(count(long), 35);
}

#[test]
fn attention_makes_heads_that_part_its_numbers() {
    for p in 1..=128 {
        let heads = heads(p);
        assert!(p.is_multiple_of(heads) && heads <= 8, "{p}: {heads}");
    }
    assert_eq!([4, 16, 32, 64].map(heads), [1, 1, 2, 4]);
}

#[test]
fn the_probabilities_of_all_binary_images_add_up_to_one() {
    for (config, size) in [
        (config(2), [4, 4]),
        (config(2), [2, 7]),
        (attentive(2), [4, 4]),
        (attentive(2), [1, 5]),
        (config(2), [5, 1]),
        (config(2), [1, 1]),
    ] {
        let total = pixels::total_probability(&model(config, size, &cpu()));
        assert!((total - 1.0).abs() < 1e-5, "{size:?}: {total}");
    }
}

#[test]
fn the_probabilities_of_all_images_of_three_levels_add_up_to_one() {
    for config in [config(3), attentive(3)] {
        let total = pixels::total_probability(&model(config, [2, 4], &cpu()));
        assert!((total - 1.0).abs() < 1e-5, "{total}");
    }
}

#[test]
fn a_sampler_that_keeps_what_it_knows_chooses_as_the_whole_network_does() {
    for config in [config(2), config(4), attentive(2), attentive(4)] {
        let model = model(config, [6, 7], &cpu());
        let chooses = || pixels::chooses_as_the_whole_network_does(&model, &cpu());
        chooses();
        // As on a device on which the kernels do not run.
        by_formulas(chooses);
    }
}

#[test]
fn known_pixels_stay_exactly_as_they_were_and_the_rest_follows_them() {
    pixels::keeps_what_is_known(&model(config(2), [4, 4], &cpu()));
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
