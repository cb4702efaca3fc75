//! What a network of images knows of a sentence: attention from pixels to words against the formula written
//! out in double precision, gradients against finite differences, and what sentences promise.

use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    nn::{
        unet::{Told, UNet, UNetConfig},
        weights::{self, Weights},
        words::{CrossAttention, Encoder},
    },
    optim::{Hyper, Optimizer},
    rng::{Purpose, Rng},
};

fn rng(seed: u64) -> Rng {
    Rng::new(seed, Purpose::Evaluate, 0)
}

fn floats(data: &TensorData) -> Vec<f64> {
    let values = data.clone().try_to_vec::<f32>().expect("numbers");
    values.into_iter().map(f64::from).collect()
}

/// Weights of N(0, scale²) for all that a module has.
fn drawn(all: Weights, seed: u64, scale: f32) -> Weights {
    let mut rng = rng(seed);
    all.into_iter()
        .map(|(name, data)| {
            let shape = data.shape().as_slice().to_vec();
            let values = rng.normal(shape.iter().product());
            let values: Vec<f32> = values.iter().map(|v| scale * v).collect();
            (name, TensorData::new(values, shape))
        })
        .collect()
}

#[test]
fn attention_from_pixels_to_words_is_the_formula() {
    let device = Device::flex();
    let (n, places, context, c, wide, heads) = (2, 5, 3, 8, 6, 2);
    let net = CrossAttention::init(c, wide, heads, &mut rng(1), &device);
    let all = drawn(
        pollster::block_on(weights::read(&net)).expect("weights"),
        2,
        0.5,
    );
    let net = weights::load(net, all.clone()).expect("they fit");
    let of = |name: &str| floats(&all[name]);
    let [wq, bq, wkv, bkv, wo, bo] = [
        "q.weight",
        "q.bias",
        "kv.weight",
        "kv.bias",
        "out.weight",
        "out.bias",
    ]
    .map(of);
    for sentences in [n, 1] {
        let rows = rng(3).normal(n * places * c);
        let words = rng(4).normal(sentences * context * wide);
        let x = Tensor::<3>::from_data(TensorData::new(rows.clone(), [n, places, c]), &device);
        let told = TensorData::new(words.clone(), [sentences, context, wide]);
        let (out, seen) = net.forward(x, Tensor::<3>::from_data(told, &device));
        let (out, seen) = (floats(&out.into_data()), floats(&seen.into_data()));
        let d = c / heads;
        let product = |row: &[f32], weight: &[f64], bias: &[f64], column: usize| {
            let width = bias.len();
            let each = row.iter().enumerate();
            bias[column]
                + each
                    .map(|(i, v)| f64::from(*v) * weight[i * width + column])
                    .sum::<f64>()
        };
        for image in 0..n {
            let sentence = if sentences == 1 { 0 } else { image };
            let word = |j: usize| &words[(sentence * context + j) * wide..][..wide];
            for place in 0..places {
                let row = &rows[(image * places + place) * c..][..c];
                let mut mixed = vec![0.0; c];
                for head in 0..heads {
                    let q = |i: usize| product(row, &wq, &bq, head * d + i);
                    let score = |j: usize| {
                        let k = |i: usize| product(word(j), &wkv, &bkv, head * d + i);
                        (0..d).map(|i| q(i) * k(i)).sum::<f64>() / (d as f64).sqrt()
                    };
                    let scores: Vec<f64> = (0..context).map(|j| score(j).exp()).collect();
                    let sum: f64 = scores.iter().sum();
                    for (j, score) in scores.iter().enumerate() {
                        let weight = score / sum;
                        let at = ((image * heads + head) * places + place) * context + j;
                        assert!((seen[at] - weight).abs() < 1e-5);
                        for i in 0..d {
                            let v = product(word(j), &wkv, &bkv, c + head * d + i);
                            mixed[head * d + i] += weight * v;
                        }
                    }
                }
                for column in 0..c {
                    let each = mixed.iter().enumerate();
                    let want = bo[column] + each.map(|(i, v)| v * wo[i * c + column]).sum::<f64>();
                    let got = out[(image * places + place) * c + column];
                    assert!((got - want).abs() < 1e-4, "{got} {want}");
                }
            }
        }
    }
}

fn config() -> UNetConfig {
    UNetConfig {
        channels: 3,
        beside: 0,
        frames: 1,
        widths: vec![8, 16],
        groups: 4,
        heads: 2,
        depth: 0,
        classes: 0,
        words: 9,
        context: 4,
        steps: false,
    }
}

fn network(device: &Device) -> (UNet, Weights) {
    let net = UNet::init(&config(), &mut rng(5), device);
    let all = drawn(
        pollster::block_on(weights::read(&net)).expect("weights"),
        6,
        0.2,
    );
    (weights::load(net, all.clone()).expect("they fit"), all)
}

#[test]
fn sentences_are_told_one_by_one_and_their_order_counts() {
    let device = Device::flex();
    let (net, _) = network(&device);
    let x = rng(7).normal_tensor([2, 3, 8, 8], &device);
    let answer = |x: Tensor<4>, tokens: &[u32]| {
        let told = Told {
            tokens,
            ..Told::default()
        };
        floats(&net.forward(x, &[0.4], told).into_data())
    };
    let [a, b] = [[1, 2, 3, 0], [3, 2, 1, 0]];
    let both = answer(x.clone(), &[a, b].concat());
    let first = answer(x.clone().narrow(0, 0, 1), &a);
    let second = answer(x.clone().narrow(0, 1, 1), &b);
    let far = |a: &[f64], b: &[f64]| {
        let all = a.iter().zip(b).map(|(a, b)| (a - b).abs());
        all.fold(0.0, f64::max)
    };
    let half = both.len() / 2;
    assert!(far(&both[..half], &first) < 1e-5 && far(&both[half..], &second) < 1e-5);
    assert!(
        far(&first, &answer(x.clone().narrow(0, 0, 1), &b)) > 1e-3,
        "order"
    );
    // One sentence for all is the same one for each; nothing said is no word; what is no word is none.
    assert!(far(&answer(x.clone(), &a), &answer(x.clone(), &[a, a].concat())) < 1e-5);
    assert_eq!(answer(x.clone(), &[]), answer(x.clone(), &[0; 4]));
    assert_eq!(answer(x.clone(), &[1, 99, 0, 0]), answer(x, &[1, 0, 0, 0]));
}

#[test]
fn gradients_of_words_are_those_of_finite_differences() {
    let device = Device::flex().autodiff();
    let (net, all) = network(&device);
    let tokens = [1, 2, 3, 0, 8, 7, 0, 0];
    let loss = |net: &UNet| {
        let x = rng(8).normal_tensor([2, 3, 4, 4], &device);
        let told = Told {
            tokens: &tokens,
            ..Told::default()
        };
        net.forward(x, &[0.3, 0.9], told).square().mean()
    };
    let hyper = Hyper::new(1e-3);
    let value = loss(&net);
    let mut adam = Optimizer::default();
    adam.step(net, &value, hyper);
    // After the first step the first moment is a tenth of the gradient.
    let moments = pollster::block_on(adam.read()).expect("moments");
    let mut checked = 0;
    for (name, data) in &all {
        if !["words.", "told.", "look."]
            .iter()
            .any(|part| name.contains(part))
        {
            continue;
        }
        let gradient = floats(&moments[&format!("{name}.m")]);
        let gradient: Vec<f64> = gradient.iter().map(|m| 10.0 * m).collect();
        // Along the gradient itself, where the difference is largest.
        let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
        if norm < 1e-4 {
            continue;
        }
        let h = 1e-2;
        let moved = |sign: f64| {
            let mut all = all.clone();
            let values = floats(data);
            let each = values.iter().zip(&gradient);
            let each = each
                .map(|(v, g)| (v + sign * h * g / norm) as f32)
                .collect::<Vec<_>>();
            all.insert(name.clone(), TensorData::new(each, data.shape()));
            let net = weights::load(UNet::init(&config(), &mut rng(5), &device), all);
            f64::from(loss(&net.expect("fits")).into_scalar::<f32>())
        };
        let slope = (moved(1.0) - moved(-1.0)) / (2.0 * h);
        assert!(
            (slope - norm).abs() < 0.02 * norm + 2e-5,
            "{name}: {slope} along a gradient of {norm}"
        );
        checked += 1;
    }
    assert!(checked > 15, "{checked}");
}

#[test]
fn an_encoder_reads_words_in_their_places() {
    let device = Device::flex();
    let encoder = Encoder::init(9, 4, [8, 2], &mut rng(9), &device);
    let read = |tokens: &[u32]| floats(&encoder.forward(tokens).into_data());
    assert_eq!(encoder.context(), 4);
    assert_eq!(read(&[1, 2, 3, 4, 5, 6, 7, 8]).len(), 2 * 4 * 8);
    assert_ne!(read(&[1, 2, 0, 0]), read(&[2, 1, 0, 0]));
    assert_eq!(read(&[1, 2, 3, 4]), read(&[1, 2, 3, 4, 0, 0, 0, 0])[..32]);
}
