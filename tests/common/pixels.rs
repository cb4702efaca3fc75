//! What models that go through an image pixel by pixel are held to.

use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::Batch,
    families::pixels::{PixelModel, PixelSampleOptions},
    model::{Condition, Density, DensityOptions, Family, finish},
    rng::{Purpose, Rng},
};

use super::values;

const EXACT: DensityOptions = DensityOptions {
    importance_samples: 0,
};

fn images<M: PixelModel>(model: &M, n: usize, pixels: Vec<f32>) -> Batch {
    let [height, width] = model.size();
    Batch::unlabelled([n, 1, height, width], pixels)
}

/// Which pixels each pixel's logits depend on, by the gradient: `[pixel][seen]`.
pub fn seen<M: PixelModel>(model: &M, device: &Device) -> Vec<Vec<bool>> {
    let [h, w] = model.size();
    let mut rng = Rng::new(1, Purpose::Evaluate, 0);
    let pixels = TensorData::new(rng.uniform(h * w), [1, 1, h, w]);
    let each = (0..h * w).map(|at| {
        let x = Tensor::<4>::from_data(pixels.clone(), device).require_grad();
        let logits = model.logits(x.clone());
        let [_, c, _, _] = logits.dims();
        // Different weights, lest what the logits share should cancel.
        let one = logits.slice([0..1, 0..c, at / w..at / w + 1, at % w..at % w + 1]);
        let weigh: Vec<f32> = (0..c).map(|i| 1.0 + i as f32).collect();
        let weigh = Tensor::<4>::from_data(TensorData::new(weigh, [1, c, 1, 1]), device);
        let gradients = (one * weigh).sum().backward();
        let gradient = values(x.grad(&gradients).expect("a gradient"));
        gradient.iter().map(|g| *g != 0.0).collect()
    });
    each.collect()
}

/// Seen are all earlier pixels and no other.
pub fn sees_all_before_and_nothing_else<M: PixelModel>(model: &M, device: &Device, name: &str) {
    for (at, seen) in seen(model, device).iter().enumerate() {
        for (i, seen) in seen.iter().enumerate() {
            assert_eq!(*seen, i < at, "{name}: pixel {at} sees {i}");
        }
    }
}

/// The sum of the probabilities of all images.
pub fn total_probability<M: PixelModel + Density>(model: &M) -> f64 {
    let ([h, w], levels) = (model.size(), PixelModel::levels(model).0);
    let count = levels.pow((h * w) as u32);
    let mut total = 0.0;
    for first in (0..count).step_by(4096) {
        let n = 4096.min(count - first);
        let digits = (first..first + n).flat_map(|i| {
            let digit = move |d: usize| i / levels.pow(d as u32) % levels;
            (0..h * w).map(move |d| digit(d) as f32 / (levels - 1) as f32)
        });
        let batch = images(model, n, digits.collect());
        let mut rng = Rng::new(0, Purpose::Evaluate, 0);
        let log_prob = Density::log_prob(model, &batch, EXACT, &mut rng);
        let log_prob = values(log_prob.expect("a density"));
        total += log_prob.iter().map(|v| f64::from(*v).exp()).sum::<f64>();
    }
    total
}

/// The sampler keeps what it knows; the whole network, asked anew for every pixel, chooses the same.
pub fn chooses_as_the_whole_network_does<M>(model: &M, device: &Device)
where
    M: PixelModel + Family<SampleOptions = PixelSampleOptions>,
{
    let ([h, w], levels) = (model.size(), model.levels().0);
    let (n, seed, size) = (3, 11, h * w);
    let options = PixelSampleOptions { temperature: 0.9 };
    let mut sampler = model
        .sampler(&options, &Condition::default(), n, seed)
        .expect("a sampler");
    let samples = pollster::block_on(finish(&mut *sampler)).expect("samples");
    let drawn = values(samples.images().expect("images"));

    // The same random numbers, in the order of the pixels.
    let mut rng = Rng::new(seed, Purpose::Sample, 0);
    let mut image = vec![0f32; n * size];
    for at in 0..size {
        let x = Tensor::<4>::from_data(TensorData::new(image.clone(), [n, 1, h, w]), device);
        let logits = values(model.logits(x));
        let c = logits.len() / (n * size);
        let noise = rng.uniform(if levels == 2 { n } else { n * levels });
        for i in 0..n {
            let logit = |k: usize| f64::from(logits[(i * c + k) * size + at]) / 0.9;
            image[i * size + at] = if levels == 2 {
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
        ink > 3.0 && ink < (n * size) as f32 - 3.0,
        "something is drawn: {ink}"
    );
}

/// Pixels that are known stay exactly as they were, and what is drawn follows from them.
pub fn keeps_what_is_known<M>(model: &M)
where
    M: PixelModel + Family<SampleOptions = PixelSampleOptions>,
{
    let [h, w] = model.size();
    let size = h * w;
    let options = PixelSampleOptions::default();
    let draw = |condition: &Condition| {
        let mut sampler = model.sampler(&options, condition, 8, 5).expect("a sampler");
        let samples = pollster::block_on(finish(&mut *sampler)).expect("samples");
        values(samples.images().expect("images"))
    };
    let known: Vec<f32> = (0..size).map(|i| (i % 3 == 0) as u8 as f32).collect();
    let mask: Vec<u8> = (0..size).map(|i| u8::from(i < size / 2)).collect();
    let condition = Condition {
        known: Some(known.clone()),
        mask: Some(mask),
        ..Condition::default()
    };
    let (free, fixed) = (draw(&Condition::default()), draw(&condition));
    for image in fixed.chunks(size) {
        assert_eq!(image[..size / 2], known[..size / 2]);
    }
    assert_ne!(free, fixed);
    let wrong = Condition {
        known: Some(known),
        mask: Some(vec![1; 3]),
        ..Condition::default()
    };
    assert!(model.sampler(&options, &wrong, 1, 0).is_err());
}
