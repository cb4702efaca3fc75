//! The mathematics: gradients, divergences, bounds, densities, and that a training is a function of
//! its seed.

use std::rc::Rc;

use crate::common::{self, Dice, info, mean, model, small_digits, trainer, values, weights};
use burn::tensor::{Tensor, TensorData};
use generative_playground::{
    checkpoint,
    data::{Batch, Binarize, test_batch, test_images},
    device, families,
    families::vae::{Vae, VaeConfig},
    model::{self, Condition, DensityOptions, Family, StepContext},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    rng::{Purpose, Rng},
    training::Trainer,
};
use serde_json::{Value, json};

fn loss(model: &dyn model::Model, batch: &Batch) -> f64 {
    let losses = model.losses(batch, &mut Rng::new(5, Purpose::Train, 0));
    f64::from(values(losses.expect("losses").remove(0).1)[0])
}

/// The gradient of the loss by every weight: (1 − β₁) of it is Adam's first moment after one step.
fn gradient(config: &Value, weights: &Weights, batch: &Batch, side: [usize; 2]) -> Weights {
    let device = device::cpu().autodiff();
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = families::init("vae", config, &info(side[0], side[1]), &mut rng, &device);
    let mut model = model
        .expect("a model")
        .with_weights(weights.clone())
        .expect("they fit");
    let mut optimizers = [Optimizer::default()];
    let mut context = StepContext {
        hyper: Hyper::new(1e-3),
        step: 0,
        only: None,
        rng: &mut Rng::new(5, Purpose::Train, 0),
        optimizers: &mut optimizers,
    };
    model.train_step(batch, &mut context).expect("a step");
    let moments = pollster::block_on(optimizers[0].read()).expect("moments");
    weights
        .iter()
        .map(|(name, data)| {
            let m = moments[&format!("{name}.m")].as_slice::<f32>();
            let g: Vec<f32> = m
                .expect("floats")
                .iter()
                .map(|m| m / (1.0 - 0.9f32))
                .collect();
            (name.clone(), TensorData::new(g, data.shape().as_slice()))
        })
        .collect()
}

fn norm(values: &[f32]) -> f64 {
    values
        .iter()
        .map(|&v| f64::from(v).powi(2))
        .sum::<f64>()
        .sqrt()
}

#[test]
fn gradients_agree_with_central_differences() {
    let cases = [
        (
            json!({"hidden": 16, "latent_dim": 2, "activation": "tanh"}),
            [4, 5],
        ),
        (
            json!({"hidden": 24, "layers": 3, "latent_dim": 4, "activation": "relu"}),
            [5, 3],
        ),
        (
            json!({"hidden": 16, "layers": 2, "latent_dim": 3, "activation": "tanh", "beta": 4.0, "free_bits": 0.05}),
            [4, 4],
        ),
        (
            json!({"hidden": 16, "latent_dim": 3, "activation": "tanh", "importance_samples": 7}),
            [4, 4],
        ),
        (
            json!({"architecture": "conv", "hidden": 16, "latent_dim": 2, "activation": "tanh"}),
            [8, 4],
        ),
        (
            json!({"architecture": "conv", "hidden": 16, "latent_dim": 3, "activation": "relu", "importance_samples": 4}),
            [4, 8],
        ),
    ];
    for (config, side) in cases {
        let size = side[0] * side[1];
        let batch = Batch::unlabelled(
            [6, 1, side[0], side[1]],
            (0..6 * size as u32)
                .map(|i| common::unit(3, i) as f32)
                .collect(),
        );
        let start = model(config.clone(), side[0], side[1], 11);
        let mut at = weights(&*start);
        // Away from the start, where biases are zero and log-variances small.
        for (i, data) in at.values_mut().enumerate() {
            let noise = common::signed(100 + i as u32, data.num_elements(), 0.2);
            let moved = data.as_slice::<f32>().expect("floats").iter().zip(noise);
            let moved: Vec<f32> = moved.map(|(a, b)| a + b).collect();
            *data = TensorData::new(moved, data.shape().as_slice());
        }
        let gradients = gradient(&config, &at, &batch, side);
        let (mut worst, mut largest) = (0f64, 0f64);
        for (index, (name, g)) in gradients.iter().enumerate() {
            let g = g.as_slice::<f32>().expect("floats");
            let along = |direction: &[f32], step: f64| -> f64 {
                let mut moved = at.clone();
                let old = at[name].as_slice::<f32>().expect("floats");
                let new: Vec<f32> = old
                    .iter()
                    .zip(direction)
                    .map(|(w, d)| (f64::from(*w) + step * f64::from(*d)) as f32)
                    .collect();
                moved.insert(
                    name.clone(),
                    TensorData::new(new, at[name].shape().as_slice()),
                );
                loss(
                    &*start.clone().with_weights(moved).expect("they fit"),
                    &batch,
                )
            };
            let length = norm(g);
            largest = largest.max(length);
            // Along the gradient itself, where the signal is largest, and along two others.
            let unit: Vec<f32> = g.iter().map(|v| v / length.max(1e-12) as f32).collect();
            let mut directions = vec![unit];
            for salt in 0..2 {
                let d = common::signed(7 * index as u32 + salt, g.len(), 1.0);
                let n = norm(&d) as f32;
                directions.push(d.iter().map(|v| v / n).collect());
            }
            for direction in directions {
                let want: f64 = g
                    .iter()
                    .zip(&direction)
                    .map(|(a, b)| f64::from(*a) * f64::from(*b))
                    .sum();
                let central = |h: f64| (along(&direction, h) - along(&direction, -h)) / (2.0 * h);
                // Smooth networks: fourth order, where the error of the plain difference cancels.
                // With kinks only a small step helps: those it crosses are not in the gradient.
                let (got, h, share) = if config["activation"] == "relu" {
                    (central(1e-3), 1e-3, 2e-2)
                } else {
                    let h = 0.01;
                    ((4.0 * central(h) - central(2.0 * h)) / 3.0, h, 2e-3)
                };
                let error = (got - want).abs();
                // The loss is read in single precision.
                let rounding = 1e-6 * loss(&*start, &batch).abs() / h;
                assert!(
                    error < share * length + rounding,
                    "{config} {name}: {got} by differences, {want} by backpropagation"
                );
                worst = worst.max(error);
            }
        }
        println!("{config}: largest error {worst:.1e} of gradients up to {largest:.2}");
        assert!(largest > 0.1, "the test compared nothing");
    }
}

#[test]
fn closed_form_kl_is_its_monte_carlo_estimate() {
    let device = device::cpu();
    let (mu, logvar) = ([0.0f32, 1.5, -0.3, 0.7], [0.0f32, -2.0, 1.1, -5.0]);
    let row = |v: [f32; 4]| Tensor::<2>::from_data(TensorData::new(v.to_vec(), [1, 4]), &device);
    let closed = values(Vae::kl(row(mu), row(logvar)));
    assert_eq!(closed[0], 0.0, "q is the prior");
    let n = 200_000;
    let epsilon = Rng::new(1, Purpose::Evaluate, 0).normal(n);
    for j in 0..4 {
        let (m, l) = (f64::from(mu[j]), f64::from(logvar[j]));
        // log q(z) − log p(z) at z = m + ε exp(l/2); ln 2π cancels.
        let (estimate, error) = mean(epsilon.iter().map(|&e| {
            let (e, z) = (f64::from(e), m + f64::from(e) * (l / 2.0).exp());
            -0.5 * (l + e * e) + 0.5 * z * z
        }));
        let difference = (estimate - f64::from(closed[j])).abs();
        assert!(
            difference <= 4.0 * error + 1e-6,
            "{j}: {estimate} ± {error}, {}",
            closed[j]
        );
    }
}

#[test]
fn reparameterized_draws_have_the_moments_of_q() {
    let (mu, logvar, n) = (0.8f32, -1.4f32, 200_000);
    let device = device::cpu();
    let column = |v: f32| Tensor::<2>::from_data(TensorData::new(vec![v; n], [n, 1]), &device);
    let epsilon = Rng::new(2, Purpose::Train, 0).normal_tensor([n, 1], &device);
    let z = values(Vae::reparameterize(column(mu), column(logvar), epsilon));
    let (m, error) = mean(z.iter().map(|&v| f64::from(v)));
    assert!((m - f64::from(mu)).abs() < 4.0 * error);
    let (variance, error) = mean(z.iter().map(|&v| (f64::from(v) - m).powi(2)));
    assert!((variance - f64::from(logvar).exp()).abs() < 4.0 * error);
}

/// A small model of small digits, trained a little.
fn trained(config: Value, steps: usize) -> (Box<dyn model::Model>, Trainer) {
    let data = small_digits(7, 3000, 300);
    let mut trainer = trainer(
        config,
        json!({"batch_size": 64, "learning_rate": 3e-3}),
        data,
        3,
    );
    for _ in 0..steps {
        trainer.step().expect("a step");
    }
    (trainer.model.valid(), trainer)
}

fn log_prob(model: &dyn model::Model, batch: &Batch, samples: usize, seed: u64) -> Vec<f64> {
    let options = DensityOptions {
        importance_samples: samples,
    };
    let density = model.density().expect("a density");
    let mut rng = Rng::new(seed, Purpose::Evaluate, 0);
    let out = density.log_prob(batch, options, &mut rng).expect("values");
    values(out).into_iter().map(f64::from).collect()
}

#[test]
fn more_importance_samples_tighten_the_bound() {
    let (model, trainer) = trained(json!({"hidden": 32, "latent_dim": 6}), 400);
    let batch = test_batch(&trainer.data, 0, 300, 0, Binarize::Dynamic);
    let bounds: Vec<Vec<f64>> = [1u64, 5, 50, 500]
        .map(|k| {
            // Few samples are noisy: the mean over many estimates.
            let runs = (500 / k).min(50);
            let all = (0..runs).map(|seed| log_prob(&*model, &batch, k as usize, seed));
            let sum = all.reduce(|a, b| a.iter().zip(b).map(|(a, b)| a + b).collect());
            let sum = sum.expect("at least one");
            sum.iter().map(|v| v / runs as f64).collect()
        })
        .into();
    let mut gains_seen = Vec::new();
    for pair in bounds.windows(2) {
        let gains = pair[1].iter().zip(&pair[0]).map(|(b, a)| b - a);
        let (gain, error) = mean(gains);
        println!("{gain:.4} nats more, ± {error:.4}");
        gains_seen.push((gain, error));
    }
    // From 1 to 5 to 50 it must be seen; what is left beyond is as small as its error.
    let seen = |i: usize| gains_seen[i].0 / gains_seen[i].1;
    assert!(
        seen(0) > 3.0 && seen(1) > 3.0 && seen(2) > -3.0,
        "{gains_seen:?}"
    );
}

#[test]
fn one_importance_sample_is_the_bound_of_one_draw() {
    let (model, trainer) = trained(json!({"hidden": 32, "latent_dim": 3}), 200);
    let batch = test_batch(&trainer.data, 0, 40, 0, Binarize::Dynamic);
    let latent = model.latent().expect("a latent space");
    let (mu, logvar) = latent.encode(&batch).expect("codes");
    let (m, l) = (values(mu.clone()), values(logvar.clone()));
    let got = log_prob(&*model, &batch, 1, 4);
    // By hand, from its definition: log p(x|z) + log p(z) − log q(z|x).
    let epsilon = Rng::new(4, Purpose::Evaluate, 0).normal(40 * 3);
    let z: Vec<f32> = (0..40 * 3)
        .map(|i| m[i] + (l[i] / 2.0).exp() * epsilon[i])
        .collect();
    let codes = Tensor::from_data(TensorData::new(z.clone(), [40, 3]), &device::cpu());
    let likelihood = values(latent.log_likelihood(&batch, codes).expect("values"));
    let normal = |x: f64, m: f64, l: f64| {
        -0.5 * ((2.0 * std::f64::consts::PI).ln() + l + (x - m).powi(2) / l.exp())
    };
    for i in 0..40 {
        let ratio: f64 = (3 * i..3 * i + 3)
            .map(|j| {
                let (z, m, l) = (f64::from(z[j]), f64::from(m[j]), f64::from(l[j]));
                normal(z, 0.0, 0.0) - normal(z, m, l)
            })
            .sum();
        let want = f64::from(likelihood[i]) + ratio;
        assert!((got[i] - want).abs() < 2e-4, "{} {want}", got[i]);
    }
    // And on average the bound whose KL term is in closed form.
    let differences = (0..400).map(|s| {
        let (a, b) = (
            log_prob(&*model, &batch, 1, s),
            log_prob(&*model, &batch, 0, s),
        );
        mean(a).0 - mean(b).0
    });
    let (difference, error) = mean(differences);
    assert!(difference.abs() < 4.0 * error, "{difference} ± {error}");
}

#[test]
fn importance_sampling_finds_the_integral_over_a_plane_of_codes() {
    let (model, trainer) = trained(json!({"hidden": 32, "latent_dim": 2}), 400);
    let count = 12;
    let batch = test_batch(&trainer.data, 0, count, 0, Binarize::Dynamic);
    let Batch::Images { values: pixels, .. } = &batch else {
        panic!("images")
    };
    let latent = model.latent().expect("a latent space");
    // p(x) = ∫ p(x|z) p(z) dz by the trapezoid rule on [−6, 6]², step 0.04.
    let (side, step) = (301, 0.04f64);
    let at = |i: usize| (i as f64 - 150.0) * step;
    let z: Vec<f32> = (0..side * side)
        .flat_map(|i| [at(i % side) as f32, at(i / side) as f32])
        .collect();
    let n = side * side;
    let codes = Tensor::<2>::from_data(TensorData::new(z, [n, 2]), &device::cpu());
    let sampled: Vec<Vec<f64>> = (0..8).map(|s| log_prob(&*model, &batch, 2000, s)).collect();
    let elbo = log_prob(&*model, &batch, 0, 1);
    let (mut worst, mut gap) = (0f64, 0f64);
    for (i, image) in pixels.chunks_exact(49).enumerate() {
        let copies = Batch::unlabelled([n, 1, 7, 7], image.repeat(n));
        let likelihood = values(
            latent
                .log_likelihood(&copies, codes.clone())
                .expect("values"),
        );
        let terms: Vec<f64> = likelihood
            .iter()
            .enumerate()
            .map(|(j, &l)| {
                let (a, b) = (at(j % side), at(j / side));
                f64::from(l) - 0.5 * (a * a + b * b)
            })
            .collect();
        let max = terms.iter().copied().fold(f64::MIN, f64::max);
        let sum: f64 = terms.iter().map(|t| (t - max).exp()).sum();
        let exact = max + (sum * step * step / (2.0 * std::f64::consts::PI)).ln();
        let (estimate, error) = mean(sampled.iter().map(|s| s[i]));
        let difference = (estimate - exact).abs();
        println!("{exact:9.4} by quadrature, {estimate:9.4} ± {error:.4} sampled");
        assert!(
            difference < 4.0 * error + 0.01,
            "{exact} {estimate} ± {error}"
        );
        worst = worst.max(difference);
        gap += (exact - elbo[i]) / count as f64;
    }
    println!("largest difference {worst:.4} nats; the one-draw bound lies {gap:.3} below");
    assert!(gap > 0.0);
}

#[test]
fn the_same_seed_gives_the_same_samples() {
    let model = model(json!({"hidden": 20, "latent_dim": 3}), 7, 7, 1);
    let draw = |count: usize, seed: u64, temperature: f64| {
        let options = json!({ "temperature": temperature });
        let sampler = model.sampler(&options, &Condition::default(), count, seed);
        let samples = common::drawn(sampler.expect("a sampler"));
        values(samples.images().expect("images"))
    };
    let a = draw(5, 7, 1.0);
    assert_eq!(a, draw(5, 7, 1.0));
    assert_ne!(a, draw(5, 8, 1.0));
    // More samples begin with the same ones (up to the rounding of another blocking of products).
    let more = draw(9, 7, 1.0);
    assert!(a.iter().zip(&more).all(|(x, y)| (x - y).abs() < 1e-6));
    // At temperature zero all are the decoder's picture of z = 0.
    let cold = draw(3, 7, 0.0);
    assert_eq!(cold[..49], cold[49..98]);
}

/// Everything that a training is: weights, moments and where its data stands.
fn everything(trainer: &Trainer) -> Vec<u8> {
    let meta = checkpoint::meta_of(trainer, Vec::new()).expect("meta");
    pollster::block_on(checkpoint::write_resumable(trainer, &meta)).expect("a file")
}

#[test]
fn a_training_may_be_restarted_at_any_step() {
    let configs = [
        json!({"hidden": 16, "latent_dim": 2, "layers": 2, "activation": "tanh"}),
        json!({"hidden": 16, "latent_dim": 3, "importance_samples": 4}),
        json!({"architecture": "conv", "hidden": 16, "latent_dim": 2}),
    ];
    for config in configs {
        let train = json!({"batch_size": 10, "schedule": "cosine", "steps": 12});
        // 33 images: epochs end inside batches.
        let data = small_digits(8, 33, 4);
        let start = || trainer(config.clone(), train.clone(), data.clone(), 6);
        let mut whole = start();
        let mut kept = vec![everything(&whole)];
        for _ in 0..12 {
            whole.step().expect("a step");
            kept.push(everything(&whole));
        }
        let mut again = start();
        for _ in 0..12 {
            again.step().expect("a step");
        }
        assert!(everything(&again) == kept[12], "{config}: two runs differ");
        for (at, file) in kept.iter().enumerate() {
            let opened = checkpoint::open(file, None, &device::cpu()).expect("opens");
            let data = Rc::new(data.clone().into());
            let device = device::cpu();
            let resumed = pollster::block_on(opened.into_trainer(data, &device));
            let mut resumed = resumed.expect("resumes");
            assert_eq!(resumed.step_count(), at as u64);
            while resumed.step_count() < 12 {
                resumed.step().expect("a step");
            }
            assert!(
                everything(&resumed) == kept[12],
                "{config}: restarted at {at}"
            );
        }
    }
}

#[test]
fn a_training_is_not_another_ones() {
    // Seeds and orders differ, so do weights; and a loss falls.
    let data = small_digits(7, 200, 10);
    let make = |seed| {
        let config = json!({"hidden": 16, "latent_dim": 2});
        trainer(config, json!({"batch_size": 20}), data.clone(), seed)
    };
    assert_ne!(everything(&make(1)), everything(&make(2)));
    let mut t = make(1);
    let first = pollster::block_on(t.held_out(10)).expect("losses");
    for _ in 0..60 {
        t.step().expect("a step");
    }
    let last = pollster::block_on(t.held_out(10)).expect("losses");
    assert!(last[0].1 < first[0].1);
}

#[test]
fn free_bits_and_beta_do_what_they_say() {
    // loss = reconstruction + β Σ_j max(λ, KL_j): with a λ above every KL it is constant in KL.
    let batch = test_images(&small_digits(7, 10, 16), 0, 16, Binarize::Dynamic);
    let losses = |config: Value| {
        let config = VaeConfig::from_json(&config).expect("options");
        let mut rng = Rng::new(1, Purpose::Init, 0);
        let vae = Vae::init(&config, &info(7, 7), &mut rng, &device::cpu()).expect("a model");
        let out = vae.losses(&batch, &mut Rng::new(2, Purpose::Train, 0));
        let out: Vec<f64> = out
            .expect("losses")
            .into_iter()
            .map(|(_, v)| f64::from(values(v)[0]))
            .collect();
        (out[0], out[1], out[2])
    };
    let mut dice = Dice(1);
    for _ in 0..20 {
        let beta = dice.below(2000) as f64 / 100.0;
        let (loss, r, kl) = losses(json!({"hidden": 16, "latent_dim": 4, "beta": beta}));
        assert!((loss - (r + beta * kl)).abs() < 1e-3);
        let config = json!({"hidden": 16, "latent_dim": 4, "beta": beta, "free_bits": 5.0});
        let (loss, r, kl) = losses(config);
        assert!(kl < 20.0);
        assert!(
            (loss - (r + beta * 4.0 * 5.0)).abs() < 2e-3,
            "{loss} {r} {beta}"
        );
    }
}
