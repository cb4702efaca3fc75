//! GPT: its kernels against automatic differentiation and finite differences, causality,
//! the cache, the sampler's distribution.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use crate::common;
use burn::tensor::Device;
use generative_playground::{
    data::{Batch, DataInfo, TextSet},
    device,
    evaluate::text::{negative_log_likelihood, with_context},
    families,
    families::gpt::{Gpt, GptConfig, GptSampleOptions, MlpKind, Norm, Positions, candidates},
    kernels::host::by_formulas,
    model::{self, Condition, Family, Language, Samples, StepContext},
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

const TEXT: &str = "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife.\nHowever little known the feelings or views of such a man may be on his first entering a neighbourhood, this truth is so well fixed in the minds of the surrounding families, that he is considered as the rightful property of some one or other of their daughters.\n";

fn data() -> DataInfo {
    TextSet::new("austen", TEXT, &Value::Null)
        .expect("a text")
        .info
}

fn modern() -> GptConfig {
    GptConfig {
        n_layer: 2,
        n_head: 2,
        n_embd: 16,
        block_size: 96,
        ..GptConfig::default()
    }
}

fn classic() -> GptConfig {
    GptConfig {
        positions: Positions::Learned,
        norm: Norm::Layer,
        mlp: MlpKind::Gelu,
        tied: false,
        ..modern()
    }
}

/// A model whose weights are large enough for every part to matter.
fn model(config: &GptConfig, device: &Device) -> Gpt {
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let model = Gpt::init(config, &data(), &mut rng, device).expect("a model");
    let mut weights = pollster::block_on(model.weights()).expect("weights");
    for data in weights.values_mut() {
        let noise = rng.normal(data.num_elements());
        let values = data.as_mut_slice::<f32>().expect("floats");
        values
            .iter_mut()
            .zip(noise)
            .for_each(|(w, e)| *w += 0.2 * e);
    }
    model.with_weights(weights).expect("they fit")
}

fn ids(n: usize, seed: u64) -> Vec<u32> {
    let v = data().space.vocabulary().expect("one").len();
    let mut rng = Rng::new(seed, Purpose::Evaluate, 0);
    (0..n).map(|_| rng.below(v) as u32).collect()
}

fn logits(model: &Gpt, ids: &[u32]) -> Vec<f32> {
    pollster::block_on(model.logits(ids)).expect("logits")
}

fn close(a: &[f32], b: &[f32], tolerance: f32, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    let size = b.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= tolerance * size, "{what}, {i}: {a}, {b}");
    }
}

/// A tenth of the gradient, which is Adam's first moment after one step, by name; and the loss.
fn gradient(model: &mut Gpt, batch: &Batch) -> (f32, Vec<(String, Vec<f32>)>) {
    let mut optimizers = [Optimizer::default()];
    let losses = model
        .train_step(
            batch,
            &mut StepContext {
                hyper: Hyper::new(1e-3),
                step: 0,
                rng: &mut Rng::new(5, Purpose::Train, 0),
                optimizers: &mut optimizers,
                only: None,
            },
        )
        .expect("a step");
    let loss = losses[0].1.clone().into_scalar();
    let moments = pollster::block_on(optimizers[0].read()).expect("moments");
    let first = moments.into_iter().filter(|(name, _)| name.ends_with(".m"));
    let first = first.map(|(name, m)| (name, m.as_slice::<f32>().expect("floats").to_vec()));
    (loss, first.collect())
}

#[test]
fn the_gradient_of_the_kernels_is_that_of_autodiff() {
    for config in [modern(), classic()] {
        for dropout in [0.0, 0.3] {
            let config = GptConfig {
                dropout,
                ..config.clone()
            };
            // Longer than a band of attention and than a part of a batch.
            let batch = Batch::Tokens {
                ids: ids(7 * 97, 1),
                length: 96,
            };
            let mut by_kernels = model(&config, &Device::flex().autodiff());
            let mut by_tensors = by_kernels.clone();
            let (loss, got) = gradient(&mut by_kernels, &batch);
            let (want_loss, want) = by_formulas(|| gradient(&mut by_tensors, &batch));
            assert!(
                (loss - want_loss).abs() < 1e-5 * want_loss,
                "{loss} {want_loss}"
            );
            assert_eq!(got.len(), want.len());
            for ((name, got), (want_name, want)) in got.iter().zip(want) {
                assert_eq!(*name, want_name);
                close(got, &want, 2e-4, name);
            }
        }
    }
}

#[test]
fn no_logit_sees_the_future() {
    for config in [modern(), classic()] {
        let model = model(&config, &Device::flex());
        let mut text = ids(80, 2);
        let before = logits(&model, &text);
        text[50] = (text[50] + 1) % 20;
        let after = logits(&model, &text);
        let v = before.len() / 80;
        assert_eq!(before[..50 * v], after[..50 * v]);
        assert_ne!(before[50 * v..51 * v], after[50 * v..51 * v]);
    }
}

#[test]
fn the_cache_changes_nothing() {
    for config in [modern(), classic()] {
        let model = model(&config, &Device::flex());
        let text = ids(90, 4);
        let want = logits(&model, &text);
        let v = want.len() / text.len();
        let read = || {
            let mut reader = model.reader();
            reader.start(&text[..13]);
            for i in 13..90 {
                let got = pollster::block_on(reader.logits()).expect("logits");
                close(&got, &want[(i - 1) * v..i * v], 1e-4, "logits");
                reader.push(text[i]);
            }
            assert_eq!(reader.len(), 90);
        };
        read();
        by_formulas(read);
    }
}

fn write(model: &Gpt, options: Value, seed: u64) -> String {
    use generative_playground::options::Options;
    let (options, condition) = common::asked(options);
    let options = GptSampleOptions::from_json(&options).expect("options");
    let sampler = model.sampler(&options, &condition, 1, seed);
    let Samples::Texts(texts) = common::drawn(sampler.expect("a sampler")) else {
        panic!("texts")
    };
    texts[0].iter().map(|t| t.text.as_str()).collect()
}

#[test]
fn a_text_goes_on_as_it_would_have() {
    let model = model(&modern(), &Device::flex());
    let whole = write(&model, json!({"prompt": "It is", "length": 60}), 9);
    assert_eq!(
        whole,
        write(&model, json!({"prompt": "It is", "length": 60}), 9)
    );
    assert_ne!(
        whole,
        write(&model, json!({"prompt": "It is", "length": 60}), 10)
    );
    let begun: String = whole.chars().take(30).collect();
    assert_eq!(
        whole,
        write(&model, json!({"prompt": begun, "length": 35}), 9)
    );
    // Far beyond the context.
    let long = write(&model, json!({"length": 700, "temperature": 0.0}), 1);
    assert_eq!(long.chars().count(), 700);
    let stopped = write(&model, json!({"length": 700, "stop": "e"}), 1);
    assert!(stopped.ends_with('e') && stopped.matches('e').count() == 1);
}

#[test]
fn draws_have_the_frequencies_that_are_promised() {
    // Upper 0.1 % of χ² with 19, 4 and 6 degrees of freedom (Abramowitz & Stegun, table 26.8).
    let mut rng = Rng::new(1, Purpose::Evaluate, 0);
    let logits: Vec<f32> = rng.normal(20).iter().map(|l| 1.5 * l).collect();
    let softmax = |t: f64, kept: &[usize]| -> Vec<f64> {
        let w: Vec<f64> = (0..20)
            .map(|i| {
                if kept.contains(&i) {
                    (f64::from(logits[i]) / t).exp()
                } else {
                    0.0
                }
            })
            .collect();
        let total: f64 = w.iter().sum();
        w.iter().map(|w| w / total).collect()
    };
    let mut order: Vec<usize> = (0..20).collect();
    order.sort_by(|&a, &b| logits[b].total_cmp(&logits[a]));
    let all = softmax(0.7, &order);
    let mut so_far = 0.0;
    let nucleus = order.iter().position(|&i| {
        so_far += softmax(1.0, &order)[i];
        so_far >= 0.8
    });
    let nucleus = &order[..=nucleus.expect("one")];
    let critical = |n: usize| -> f64 {
        // Wilson & Hilferty 1931: χ² is about n (1 − 2/(9n) + 3.09 √(2/(9n)))³ at 0.1 %.
        let n = n as f64;
        n * (1.0 - 2.0 / (9.0 * n) + 3.09 * (2.0 / (9.0 * n)).sqrt()).powi(3)
    };
    let cases = [
        (json!({"temperature": 0.7}), all, 19),
        (
            json!({"temperature": 1.0, "top_k": 5}),
            softmax(1.0, &order[..5]),
            4,
        ),
        (
            json!({"temperature": 1.0, "top_p": 0.8}),
            softmax(1.0, nucleus),
            nucleus.len() - 1,
        ),
    ];
    for (options, want, freedom) in cases {
        use generative_playground::options::Options;
        let options = GptSampleOptions::from_json(&options).expect("options");
        let kept = candidates(&logits, &[], &options);
        let total: f64 = kept.iter().map(|k| k.1).sum();
        assert!((total - 1.0).abs() < 1e-9);
        let n = 20_000;
        let mut counts = [0f64; 20];
        for i in 0..n {
            let mut left = Rng::new(8, Purpose::Sample, i).unit();
            let drawn = kept.iter().find(|(_, p)| {
                left -= p;
                left < 0.0
            });
            counts[drawn.expect("a draw").0 as usize] += 1.0;
        }
        let mut chi2 = 0.0;
        for (count, want) in counts.iter().zip(&want) {
            if *want == 0.0 {
                assert_eq!(*count, 0.0, "{options:?}");
            } else {
                let want = want * n as f64;
                chi2 += (count - want).powi(2) / want;
            }
        }
        assert!(
            chi2 < critical(freedom),
            "{options:?}: χ² {chi2} of {freedom}"
        );
    }
}

#[test]
fn repetition_makes_what_was_there_less_likely() {
    use generative_playground::options::Options;
    let options = json!({"temperature": 1.0, "repetition": 1.5});
    let options = GptSampleOptions::from_json(&options).expect("options");
    let kept = candidates(&[2.0, 1.9, -1.0], &[0, 0, 2], &options);
    // 2 / 1.5 and −1 · 1.5.
    let w: Vec<f64> = [2.0 / 1.5, 1.9, -1.5].map(f64::exp).to_vec();
    let total: f64 = w.iter().sum();
    for (id, p) in kept {
        assert!((p - w[id as usize] / total).abs() < 1e-6, "{id}: {p}");
    }
}

/// The formula of tests/reference/gpt.py, evaluated exactly.
fn unit(salt: u32, i: u32) -> f64 {
    let mut h = i
        .wrapping_mul(2_654_435_761)
        .wrapping_add(salt.wrapping_mul(2_246_822_519))
        .wrapping_add(374_761_393);
    h ^= h >> 15;
    h = h.wrapping_mul(2_246_822_519);
    h ^= h >> 13;
    h = h.wrapping_mul(3_266_489_917);
    h ^= h >> 16;
    f64::from(h >> 8) / f64::from(1 << 24)
}

fn signed(salt: u32, n: usize, scale: f64) -> Vec<f32> {
    (0..n as u32)
        .map(|i| ((unit(salt, i) * 2.0 - 1.0) * scale) as f32)
        .collect()
}

#[test]
fn logits_losses_and_training_are_those_of_pytorch() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/gpt.json");
    let text = std::fs::read_to_string(path).expect("a committed file");
    let reference: Value = serde_json::from_str(&text).expect("JSON");
    let number = |name: &str| reference[name].as_f64().expect("a number");
    let (v, length, batch) = (
        number("vocabulary") as usize,
        number("length") as usize,
        number("batch") as usize,
    );
    let floats = |value: &Value| -> Vec<f64> {
        value
            .as_array()
            .expect("numbers")
            .iter()
            .map(|v| v.as_f64().expect("one"))
            .collect()
    };
    let texts = |salt: u32, n: usize| -> Vec<u32> {
        (0..n as u32)
            .map(|i| (unit(salt, i) * v as f64) as u32)
            .collect()
    };
    let alphabet: String = ('a'..).take(v).collect();
    let info = TextSet::new("letters", &alphabet.repeat(20), &Value::Null)
        .expect("a text")
        .info;
    for (index, case) in reference["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .enumerate()
    {
        use generative_playground::options::Options;
        let config = GptConfig::from_json(&case["config"]).expect("a config");
        let device = Device::flex().autodiff();
        let fresh = Gpt::init(&config, &info, &mut Rng::new(0, Purpose::Init, 0), &device);
        let mut weights =
            pollster::block_on(fresh.as_ref().expect("a model").weights()).expect("w");
        let shapes = case["shapes"].as_object().expect("shapes");
        assert_eq!(weights.len(), shapes.len());
        for (salt, (name, shape)) in shapes.iter().enumerate() {
            let shape: Vec<usize> = floats(shape).iter().map(|&d| d as usize).collect();
            let n = shape.iter().product();
            let values = if shape.len() == 1 {
                let around: Vec<f32> = signed(salt as u32, n, 0.3);
                around
                    .iter()
                    .map(|v| (1.0 + f64::from(*v)) as f32)
                    .collect()
            } else {
                signed(salt as u32, n, 0.4)
            };
            weights.insert(name.clone(), burn::tensor::TensorData::new(values, shape));
        }
        let mut model = fresh
            .expect("a model")
            .with_weights(weights)
            .expect("they fit");
        let got = logits(&model, &texts(100 + index as u32, length));
        for (got, want) in got.iter().zip(floats(&case["logits"])) {
            assert!(
                (f64::from(*got) - want).abs() < 2e-5,
                "{index}: {got}, {want}"
            );
        }
        for tensors in [false, true] {
            let mut model = model.clone();
            train_like_pytorch(
                &mut model,
                case,
                &reference,
                index,
                tensors,
                &texts,
                [batch, length],
            );
        }
        // So that the last clone is not the only one that moved.
        model = model.valid();
        assert_eq!(logits(&model, &texts(7, 3)).len(), 3 * v);
    }
}

fn train_like_pytorch(
    model: &mut Gpt,
    case: &Value,
    reference: &Value,
    index: usize,
    tensors: bool,
    texts: &dyn Fn(u32, usize) -> Vec<u32>,
    [batch, length]: [usize; 2],
) {
    let number = |name: &str| reference[name].as_f64().expect("a number");
    let hyper = Hyper {
        beta_2: number("beta_2") as f32,
        weight_decay: number("weight_decay") as f32,
        clip: number("clip") as f32,
        muon: case["optimizer"] == "muon",
        ..Hyper::new(number("lr"))
    };
    let mut optimizers = [Optimizer::new(&model.parameter_groups())];
    for (step, want) in case["losses"]
        .as_array()
        .expect("losses")
        .iter()
        .enumerate()
    {
        let salt = 1000 * (index as u32 + 1) + step as u32;
        let batch = Batch::Tokens {
            ids: texts(salt, batch * (length + 1)),
            length,
        };
        let mut context = StepContext {
            hyper,
            step: step as u64,
            rng: &mut Rng::new(0, Purpose::Train, 0),
            optimizers: &mut optimizers,
            only: None,
        };
        let mut train = || model.train_step(&batch, &mut context);
        let losses = if tensors { by_formulas(train) } else { train() };
        let got: f32 = losses.expect("a step")[0].1.clone().into_scalar();
        let want = want.as_f64().expect("a loss");
        assert!(
            (f64::from(got) - want).abs() < 2e-5,
            "{index}, {step}: {got}, {want}"
        );
    }
    let weights = pollster::block_on(model.weights()).expect("weights");
    for (name, want) in case["trained"].as_object().expect("weights") {
        let got = weights[name].as_slice::<f32>().expect("floats");
        for (got, want) in got.iter().zip(want.as_array().expect("numbers")) {
            let want = want.as_f64().expect("one");
            assert!(
                (f64::from(*got) - want).abs() < 5e-4,
                "{index}, {name}: {got}, {want}"
            );
        }
    }
}

/// A text of which so much is held out, and a small model of it.
fn times(held_out: f64, block_size: usize) -> (TextSet, Box<dyn model::Model>) {
    let text = "it was the best of times, it was the worst of times. ".repeat(6);
    let options = json!({ "held_out": held_out });
    let set = TextSet::new("times", &text, &options).expect("a text");
    let config = json!({ "n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": block_size });
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let model = families::init("gpt", &config, &set.info, &mut rng, &device::cpu());
    (set, model.expect("a model"))
}

#[test]
fn every_held_out_token_but_the_first_is_judged_once() {
    for (held_out, block_size) in [(0.1, 8), (0.25, 8), (0.5, 16), (0.05, 64)] {
        let (set, model) = times(held_out, block_size);
        let language = model.language().expect("it reads");
        let ids: Vec<u32> = set.test().iter().map(|&t| t.into()).collect();
        let (v, mut nats, mut guesses) = (language.tokenizer().len(), 0f64, 0);
        // Each window begins with the last token of the one before.
        for start in (0..ids.len() - 1).step_by(block_size) {
            let window = &ids[start..(start + block_size + 1).min(ids.len())];
            let read = &window[..window.len() - 1];
            let logits = pollster::block_on(language.logits(read)).expect("logits");
            for (row, &next) in logits.chunks_exact(v).zip(&window[1..]) {
                let sum: f64 = row.iter().map(|&l| f64::from(l).exp()).sum();
                nats += sum.ln() - f64::from(row[next as usize]);
                guesses += 1;
            }
        }
        assert_eq!(guesses, ids.len() - 1);
        let windows = guesses.div_ceil(block_size);
        let estimate = pollster::block_on(negative_log_likelihood(&*model, set, |_, _| true));
        let estimate = estimate.expect("an estimate");
        assert_eq!(estimate.n, windows);
        let difference = (estimate.mean - nats / guesses as f64).abs();
        assert!(difference < 2e-6, "{held_out}, {block_size}: {difference}");
    }
}

#[test]
fn each_guess_but_the_first_ones_looks_back_on_half_the_context() {
    for (held_out, block_size) in [(0.1, 8), (0.25, 9), (0.5, 16), (0.05, 64)] {
        let (set, model) = times(held_out, block_size);
        let language = model.language().expect("it reads");
        let ids: Vec<u32> = set.test().iter().map(|&t| t.into()).collect();
        let half = block_size / 2;
        // Each token by itself: what precedes it, from the beginning of the first window that comes so far, of
        // those that begin every half context.
        let mut nats = 0f64;
        for next in 1..ids.len() {
            let late = next.saturating_sub(block_size).div_ceil(half) * half;
            let read = &ids[late..next];
            let logits = pollster::block_on(language.logits(read)).expect("logits");
            let row = logits
                .chunks_exact(language.tokenizer().len())
                .next_back()
                .expect("a row");
            let sum: f64 = row.iter().map(|&l| f64::from(l).exp()).sum();
            nats += sum.ln() - f64::from(row[ids[next] as usize]);
        }
        let estimate =
            pollster::block_on(with_context(&*model, &set, |_, _| true)).expect("an estimate");
        let difference = (estimate.mean - nats / (ids.len() - 1) as f64).abs();
        assert!(difference < 2e-6, "{held_out}, {block_size}: {difference}");
    }
}

#[test]
fn what_is_new_in_a_text_is_its_end() {
    let model = Gpt::init(
        &modern(),
        &data(),
        &mut Rng::new(1, Purpose::Init, 0),
        &device::cpu(),
    );
    let (options, prompt) = (GptSampleOptions::default(), Condition::prompt("It is"));
    let mut sampler = model
        .expect("a model")
        .sampler(&options, &prompt, 3, 5)
        .expect("a sampler");
    for _ in 0..20 {
        assert!(pollster::block_on(sampler.next()).expect("a token"));
    }
    let texts = |samples| match samples {
        Samples::Texts(texts) => texts,
        _ => panic!("texts"),
    };
    let whole = texts(sampler.state());
    for start in [0, 1, 7, 24, 25, 1000] {
        let new = texts(sampler.state_from(start));
        for (new, whole) in new.iter().zip(&whole) {
            assert_eq!(new.as_slice(), whole.get(start..).unwrap_or_default());
        }
    }
    assert_eq!(whole[0].len(), 25);
}
