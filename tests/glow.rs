//! Flows of images: every part backwards, log-determinants against dense ones, the bound against an
//! integral, and what a training learns.

use crate::common::{self, values};
use burn::tensor::{Tensor, TensorData};
use generative_playground::{
    data::{Batch, DataInfo, Space},
    device,
    error::Code,
    families::glow::{Dequantization, Glow, GlowConfig, Mixing},
    model::{Condition, Density, DensityOptions, Family, Model, StepContext},
    nn::weights::Weights,
    optim::Hyper,
    options::Options,
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

/// A model all of whose weights are at work.
fn build(config: &Value, shape: [usize; 3]) -> Glow {
    let config = GlowConfig::from_json(config).expect("options");
    let [channels, height, width] = shape;
    let space = Space::Image {
        channels,
        height,
        width,
    };
    let mut rng = Rng::new(2, Purpose::Init, 0);
    let info = DataInfo::new("own", space);
    let glow = Glow::init(&config, &info, &mut rng, &device::cpu()).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&glow)).expect("weights");
    for (name, data) in &mut weights {
        let shape = data.shape().as_slice().to_vec();
        // Noise far from even would take many draws to see through.
        let size = if name.starts_with("dequantizers") {
            0.3
        } else {
            0.8
        };
        let fan = shape.iter().skip(1).product::<usize>().max(4) as f32;
        let drawn = rng.normal(shape.iter().product());
        let drawn: Vec<f32> = drawn.into_iter().map(|v| size * v / fan.sqrt()).collect();
        *data = TensorData::new(drawn, shape);
    }
    Family::with_weights(glow, weights).expect("they fit")
}

fn images(n: usize, [c, h, w]: [usize; 3], seed: u64) -> Tensor<4> {
    let drawn = Rng::new(seed, Purpose::Data, 0).uniform(n * c * h * w);
    let drawn: Vec<f32> = drawn.into_iter().map(|u| 0.02 + 0.96 * u).collect();
    Tensor::from_data(TensorData::new(drawn, [n, c, h, w]), &device::cpu())
}

const CONFIGS: [(&str, [usize; 3]); 4] = [
    (
        r#"{"scales": 1, "steps": 2, "channels": 6, "checkerboards": 0}"#,
        [1, 2, 2],
    ),
    (
        r#"{"scales": 1, "steps": 2, "channels": 6, "checkerboards": 2}"#,
        [1, 2, 4],
    ),
    (
        r#"{"scales": 2, "steps": 1, "channels": 4, "checkerboards": 1}"#,
        [1, 4, 4],
    ),
    (
        r#"{"scales": 2, "steps": 2, "channels": 4, "checkerboards": 1, "mixing": "reverse"}"#,
        [3, 4, 4],
    ),
];

#[test]
fn there_and_back_is_where_it_was() {
    for (config, shape) in CONFIGS {
        let glow = build(&serde_json::from_str(config).expect("JSON"), shape);
        let v = images(3, shape, 1);
        let (z, _) = glow.forward(v.clone());
        let back = values(glow.inverse(z));
        for (got, want) in back.iter().zip(values(v)) {
            assert!((got - want).abs() < 1e-4, "{config}: {got} for {want}");
        }
    }
}

/// log |det| of a matrix by elimination in double precision.
fn log_determinant(mut a: Vec<f64>, d: usize) -> f64 {
    let mut sum = 0.0;
    for i in 0..d {
        let pivot = (i..d).max_by(|&p, &q| a[p * d + i].abs().total_cmp(&a[q * d + i].abs()));
        let pivot = pivot.expect("a row");
        for j in 0..d {
            a.swap(i * d + j, pivot * d + j);
        }
        sum += a[i * d + i].abs().ln();
        for row in i + 1..d {
            let by = a[row * d + i] / a[i * d + i];
            for j in i..d {
                a[row * d + j] -= by * a[i * d + j];
            }
        }
    }
    sum
}

#[test]
fn its_log_determinant_is_that_of_its_jacobian() {
    for (config, shape) in CONFIGS {
        let glow = build(&serde_json::from_str(config).expect("JSON"), shape);
        let d = shape.iter().product::<usize>();
        let v = images(1, shape, 5);
        let (_, logabsdet) = glow.forward(v.clone());
        // Column by column, by central differences.
        const H: f32 = 2e-3;
        let at = values(v);
        let z = |i: usize, by: f32| {
            let mut moved = at.clone();
            moved[i] += by;
            let [c, h, w] = shape;
            let moved = TensorData::new(moved, [1, c, h, w]);
            values(glow.forward(Tensor::from_data(moved, &device::cpu())).0)
        };
        let mut jacobian = vec![0f64; d * d];
        for i in 0..d {
            let (up, down) = (z(i, H), z(i, -H));
            for (j, (u, l)) in up.iter().zip(&down).enumerate() {
                jacobian[j * d + i] = f64::from(u - l) / f64::from(2.0 * H);
            }
        }
        let (got, want) = (
            f64::from(values(logabsdet)[0]),
            log_determinant(jacobian, d),
        );
        assert!(
            (got - want).abs() < 0.02 * (1.0 + want.abs()),
            "{config}: {got} for {want}"
        );
    }
}

/// Over all images of 2×2 pixels with 2 levels, by a sum: the bound is below the truth and comes
/// close to it with many draws of the truth, an integral over the cell.
#[test]
fn the_bound_is_below_what_an_integral_finds() {
    for dequantization in ["uniform", "variational"] {
        let config = json!({
            "levels": 2, "scales": 1, "steps": 1, "channels": 4, "checkerboards": 1,
            "dequantization": dequantization,
        });
        let glow = build(&config, [1, 2, 2]);
        let mut all = 0.0;
        for code in 0..16u32 {
            let x: Vec<f32> = (0..4).map(|i| (code >> i & 1) as f32).collect();
            // P(x) = ∫ p(v) dv over the cell, by midpoints of u = sin² t, which lie closer together
            // towards black and white, where the logit is steep.
            const N: usize = 10;
            let points = N.pow(4);
            let mut v = Vec::with_capacity(4 * points);
            let mut weights = Vec::with_capacity(points);
            for i in 0..points {
                let mut weight = 1f64;
                for k in 0..4u32 {
                    let t = ((i / N.pow(k)) % N) as f64 + 0.5;
                    let t = t / N as f64 * std::f64::consts::FRAC_PI_2;
                    weight *= std::f64::consts::FRAC_PI_2 * (2.0 * t).sin();
                    v.push((x[k as usize] + t.sin().powi(2) as f32) / 2.0);
                }
                weights.push(weight);
            }
            let v = Tensor::from_data(TensorData::new(v, [points, 1, 2, 2]), &device::cpu());
            let (z, logabsdet) = glow.forward(v);
            let rows = values(z);
            let sum: f64 = (rows.chunks_exact(4).zip(values(logabsdet)).zip(&weights))
                .map(|((z, l), weight)| {
                    let square: f64 = z.iter().map(|&v| f64::from(v).powi(2)).sum();
                    let log_p = f64::from(l) - 0.5 * square - 2.0 * std::f64::consts::TAU.ln();
                    weight * log_p.exp()
                })
                .sum();
            let truth = sum / points as f64 / 16.0;
            all += truth;
            let batch = Batch::unlabelled([1, 1, 2, 2], x.clone());
            let estimate = |k: usize| {
                let options = DensityOptions {
                    importance_samples: k,
                };
                let mut rng = Rng::new(3, Purpose::Evaluate, u64::from(code));
                f64::from(values(glow.log_prob(&batch, options, &mut rng).expect("a bound"))[0])
            };
            let many = estimate(10_000);
            // Noise that avoids black and white, as a flow's does, would take too many draws.
            assert!(
                dequantization != "uniform" || (many - truth.ln()).abs() < 0.15,
                "{x:?}: {many} for {}",
                truth.ln()
            );
            let each = (0..300).map(|i| {
                let mut rng = Rng::new(4, Purpose::Evaluate, i);
                let plain = DensityOptions {
                    importance_samples: 0,
                };
                f64::from(values(glow.log_prob(&batch, plain, &mut rng).expect("a bound"))[0])
            });
            let mean = each.sum::<f64>() / 300.0;
            assert!(
                mean < truth.ln() + 0.1,
                "{dequantization}: {mean} above {}",
                truth.ln()
            );
        }
        // What is left lies beyond black and white, where the logit goes on.
        assert!(
            (0.5..1.03).contains(&all),
            "{dequantization}: probabilities sum to {all}"
        );
    }
}

/// log q(u|x) is that of ε less log |det ∂u/∂ε|, here by central differences.
#[test]
fn noise_between_levels_has_the_density_that_is_told() {
    let config = json!({
        "levels": 4, "scales": 1, "steps": 1, "channels": 4, "dequantization": "variational",
    });
    let glow = build(&config, [1, 2, 4]);
    let tensor = |values: Vec<f32>| -> Tensor<4> {
        Tensor::from_data(TensorData::new(values, [1, 1, 2, 4]), &device::cpu())
    };
    let levels = tensor((0..8).map(|i| (i % 4) as f32).collect());
    let epsilon = Rng::new(8, Purpose::Evaluate, 0).normal(8);
    let (_, log_q) = glow.noise_between(levels.clone(), tensor(epsilon.clone()));
    const H: f32 = 1e-2;
    let u = |i: usize, by: f32| {
        let mut moved = epsilon.clone();
        moved[i] += by;
        values(glow.noise_between(levels.clone(), tensor(moved)).0)
    };
    let mut jacobian = vec![0f64; 64];
    for i in 0..8 {
        for (j, (up, down)) in u(i, H).iter().zip(u(i, -H)).enumerate() {
            jacobian[j * 8 + i] = f64::from(up - down) / f64::from(2.0 * H);
        }
    }
    let square: f64 = epsilon.iter().map(|&e| f64::from(e).powi(2)).sum();
    let log_n = -0.5 * square - 4.0 * std::f64::consts::TAU.ln();
    let (got, want) = (
        f64::from(values(log_q)[0]),
        log_n - log_determinant(jacobian, 8),
    );
    assert!((got - want).abs() < 0.01, "{got} for {want}");
}

#[test]
fn the_first_step_standardises_and_training_lowers_the_bits() {
    for (mixing, dequantization) in [
        (Mixing::Convolution, Dequantization::Uniform),
        (Mixing::Reverse, Dequantization::Variational),
    ] {
        let config = GlowConfig {
            levels: 4,
            scales: 2,
            steps: 2,
            channels: 8,
            checkerboards: 1,
            mixing,
            dequantization,
        };
        let mut rng = Rng::new(3, Purpose::Init, 0);
        let device = device::cpu().autodiff();
        let mut glow =
            Glow::init(&config, &common::info(8, 8), &mut rng, &device).expect("a model");
        let mut optimizers = Model::optimizers(&glow);
        let batch = common::stripes(16, [1.0, 0.0]);
        let mut losses = Vec::new();
        for step in 0..150 {
            let mut context = StepContext {
                hyper: Hyper::new(3e-3),
                step,
                rng: &mut Rng::new(3, Purpose::Train, step),
                optimizers: &mut optimizers,
                only: None,
            };
            let found = Family::train_step(&mut glow, &batch, &mut context).expect("a step");
            losses.push(values(found[0].1.clone())[0]);
        }
        assert!(losses.iter().all(|l| l.is_finite()));
        let last = losses[140..].iter().sum::<f32>() / 10.0;
        // Two images: 1 bit of 64 pixels is what there is to tell.
        assert!(
            last < 0.6 * losses[0],
            "{mixing:?}: {} to {last}",
            losses[0]
        );
        let sampler = Family::sampler(&glow, &Default::default(), &Condition::default(), 4, 1);
        let pixels = values(
            common::drawn(sampler.expect("a sampler"))
                .images()
                .expect("images"),
        );
        assert!(pixels.iter().all(|p| (0.0..=1.0).contains(p)));
    }
}

#[test]
fn images_that_cannot_be_halved_are_refused() {
    let config = GlowConfig {
        scales: 3,
        ..GlowConfig::default()
    };
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let refused = Glow::init(&config, &common::info(28, 28), &mut rng, &device::cpu());
    assert_eq!(
        refused.expect_err("too many scales").code(),
        Code::BadOption
    );
}
