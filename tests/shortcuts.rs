//! Shortcuts of a diffusion model: walks by exact answers, and what training makes of few steps.

use crate::common::values;
use burn::tensor::{Tensor, TensorData};
use generative_playground::{
    data::{Batch, DataInfo, Space},
    device,
    error::Code,
    families::ddpm::{
        Ddpm, DdpmConfig, DdpmSampleOptions, Level, Predict, Prediction, Process, Reverse,
        SamplerKind, p_sample,
    },
    model::{Condition, Family, Samples, StepContext, TrainConfig},
    nn::unet::Told,
    optim::Optimizer,
    options::Options,
    rng::{Purpose, Rng},
};

const CENTRE: f64 = 0.3;
const SPREAD: f64 = 0.5;

fn config(prediction: Prediction) -> DdpmConfig {
    DdpmConfig {
        timesteps: 1000,
        prediction,
        channels: 8,
        levels: 1,
        shortcuts: true,
        ..DdpmConfig::default()
    }
}

fn few(steps: usize) -> DdpmSampleOptions {
    DdpmSampleOptions {
        sampler: SamplerKind::Shortcut,
        steps,
        ..DdpmSampleOptions::default()
    }
}

/// The level of a time, as the process has it.
fn level(process: &Process, time: f64) -> Level {
    let t = (time * process.timesteps() as f64).round() as usize;
    match process.level(t) {
        // The straight path has every time.
        found if (found.alpha + found.sigma - 1.0).abs() < 1e-9 => Level {
            time,
            alpha: 1.0 - time,
            sigma: time,
        },
        found => found,
    }
}

/// For data N(centre, spread²) the ODE takes x to αₛm + (x − αm) rₛ/r, with r² = α²s² + σ² (both ends have the
/// same place in their normal distribution). Any step of any length has therefore an exact answer.
fn exact(process: &Process, prediction: Prediction) -> Box<Predict> {
    let process = process.clone();
    Box::new(move |x, time, step| {
        let (from, to) = (level(&process, time), level(&process, time - step));
        let wide = |l: Level| ((l.alpha * SPREAD).powi(2) + l.sigma.powi(2)).sqrt();
        let there = (x.clone() - from.alpha * CENTRE) * (wide(to) / wide(from)) + to.alpha * CENTRE;
        // x_s = a x̂₀ + b ε̂, where both are linear in x and the answer.
        let [a, b, _] = p_sample(from, to, 0.0);
        let (alpha, sigma) = (from.alpha, from.sigma);
        let [by_x, by_answer] = match prediction {
            Prediction::Noise => unreachable!("it has no shortcuts"),
            Prediction::X0 => [b / sigma, a - b * alpha / sigma],
            Prediction::V => [a * alpha + b * sigma, b * alpha - a * sigma],
            Prediction::Velocity => [a + b, b * alpha - a * sigma],
        };
        (there - x * by_x) / by_answer
    })
}

#[test]
fn exact_answers_lead_to_the_same_end_in_any_number_of_steps() {
    let noise = Rng::new(1, Purpose::Sample, 0).normal(100);
    for prediction in [Prediction::X0, Prediction::V, Prediction::Velocity] {
        let process = Process::new(&config(prediction));
        for steps in [1, 2, 4, 8, 16] {
            let x = TensorData::new(noise.clone(), [50, 2]);
            let x = Tensor::from_data(x, &device::cpu());
            let predict = exact(&process, prediction);
            let mut walk = Reverse::new(process.clone(), predict, &few(steps), x, 3);
            assert_eq!(walk.steps(), steps);
            while walk.step() {}
            for (got, z) in values(walk.x()).iter().zip(&noise) {
                let want = CENTRE + SPREAD * f64::from(*z);
                let error = (f64::from(*got) - want).abs();
                assert!(error < 0.01, "{prediction:?} {steps}: {got} for {want}");
            }
        }
    }
}

#[test]
fn a_walk_of_half_as_many_steps_covers_two_of_them() {
    for prediction in [Prediction::V, Prediction::Velocity] {
        let process = Process::new(&config(prediction));
        for steps in [1, 2, 4, 8] {
            let (rough, fine) = (process.shortcuts(steps), process.shortcuts(2 * steps));
            assert_eq!((rough.len(), fine.len()), (steps + 1, 2 * steps + 1));
            for (i, level) in rough.iter().enumerate() {
                assert_eq!(*level, fine[2 * i]);
            }
            assert_eq!((rough[0].time, rough[steps].time), (1.0, 0.0));
        }
        // Other numbers of steps allow the next smaller one.
        for (asked, taken) in [(3, 2), (7, 4), (40, 16), (1000, 16)] {
            assert_eq!(process.shortcuts(asked), process.shortcuts(taken));
        }
    }
}

/// Images of 4 × 4 that are all dark or all light.
fn plain(rng: &mut Rng, n: usize) -> Batch {
    let one = |u: f32| [if u < 0.5 { 0.0 } else { 1.0 }; 16];
    let pixels = rng.uniform(n).into_iter().flat_map(one).collect();
    Batch::unlabelled([n, 1, 4, 4], pixels)
}

fn greyness(model: &Ddpm, options: &DdpmSampleOptions) -> f32 {
    let mut sampler = model
        .sampler(options, &Condition::default(), 64, 5)
        .expect("a walk");
    while pollster::block_on(sampler.next()).expect("a step") {}
    let Samples::Images(images) = sampler.state() else {
        panic!("no images")
    };
    let pixels: Vec<f32> = images.into_data().iter().collect();
    let light = pixels.iter().filter(|&&v| v > 0.5).count() as f32 / pixels.len() as f32;
    assert!((0.2..0.8).contains(&light), "both kinds: {light}");
    pixels.iter().map(|v| v.min(1.0 - v)).sum::<f32>() / pixels.len() as f32
}

#[test]
fn one_step_tells_dark_from_light_once_it_is_learned() {
    let space = Space::Image {
        channels: 1,
        height: 4,
        width: 4,
    };
    let info = DataInfo::new("custom", space);
    let device = device::cpu().autodiff();
    let mut rng = Rng::new(2, Purpose::Init, 0);
    let mut model = Ddpm::init(&config(Prediction::V), &info, &mut rng, &device).expect("a model");
    let groups = model.parameter_groups();
    let mut optimizers = vec![Optimizer::new(groups.iter())];
    let train = TrainConfig {
        learning_rate: 5e-3,
        steps: 800,
        ..TrainConfig::default()
    };
    for step in 0..train.steps {
        let mut rng = Rng::new(3, Purpose::Train, step);
        let batch = plain(&mut rng, 32);
        let mut context = StepContext {
            hyper: train.hyper_at(step),
            step,
            rng: &mut rng,
            optimizers: &mut optimizers,
            only: None,
        };
        let losses = model.train_step(&batch, &mut context).expect("a step");
        assert_eq!(
            losses.iter().map(|l| l.0).collect::<Vec<_>>(),
            ["loss", "shortcut"]
        );
    }
    let ddim = |steps| DdpmSampleOptions {
        sampler: SamplerKind::Ddim,
        steps,
        ..DdpmSampleOptions::default()
    };
    // One step of DDIM from pure noise leads to the mean of all images, which is grey.
    let [one, few_steps, ordinary] = [few(1), few(4), ddim(1)].map(|o| greyness(&model, &o));
    assert!(ordinary > 0.2, "{ordinary}");
    assert!(one < 0.7 * ordinary, "{one} of {ordinary}");
    assert!(few_steps < 0.1, "{few_steps}");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let noise = config(Prediction::Noise);
    assert_eq!(noise.check().expect_err("refused").code(), Code::BadOption);
    let short = DdpmConfig {
        timesteps: 20,
        ..config(Prediction::V)
    };
    assert_eq!(short.check().expect_err("refused").code(), Code::BadOption);
    let without = DdpmConfig {
        shortcuts: false,
        ..config(Prediction::V)
    };
    let space = Space::Image {
        channels: 1,
        height: 4,
        width: 4,
    };
    let info = DataInfo::new("custom", space);
    let mut rng = Rng::new(2, Purpose::Init, 0);
    let model = Ddpm::init(&without, &info, &mut rng, &device::cpu()).expect("a model");
    let asked = model.sampler(&few(4), &Condition::default(), 1, 1);
    assert_eq!(asked.err().expect("refused").code(), Code::BadOption);
}

#[test]
fn a_network_of_eight_channels_is_told_the_time() {
    let space = Space::Image {
        channels: 1,
        height: 4,
        width: 4,
    };
    let info = DataInfo::new("custom", space);
    let mut rng = Rng::new(2, Purpose::Init, 0);
    let model = Ddpm::init(&config(Prediction::V), &info, &mut rng, &device::cpu()).expect("one");
    let mut weights = pollster::block_on(Family::weights(&model)).expect("weights");
    for data in weights.values_mut() {
        let shape = data.shape().as_slice().to_vec();
        let n = shape.iter().product();
        *data = TensorData::new(rng.normal(n), shape);
    }
    let model = model.with_weights(weights).expect("they fit");
    let x = Tensor::from_data(TensorData::new(rng.normal(16), [1, 16]), &device::cpu());
    let at = |time| values(model.forward(x.clone(), &[time], Told::default()));
    let change = at(0.2).into_iter().zip(at(0.7)).map(|(a, b)| (a - b).abs());
    assert!(change.fold(0.0, f32::max) > 1e-2);
}
