//! The U-Net against PyTorch (tests/reference/unet.py), and what it promises of itself.

use crate::common::{by_formula, count, counts, digest, number, root, signed, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    nn::{
        conv::{conv, conv_upsampled},
        init,
        unet::{self, Told, UNet, UNetConfig},
        weights::{self, Weights},
    },
    optim::{Hyper, Optimizer, ParameterGroup},
    rng::{Purpose, Rng},
};
use serde_json::Value;

fn rng(seed: u64) -> Rng {
    Rng::new(seed, Purpose::Evaluate, 0)
}

/// A case's network with weights from the formula.
fn build(case: &Value, device: &Device) -> UNet {
    let config = UNetConfig {
        channels: counts(&case["image"])[0],
        beside: count(&case["beside"]),
        frames: count(&case["frames"]),
        widths: counts(&case["widths"]),
        groups: count(&case["groups"]),
        heads: count(&case["heads"]),
        depth: count(&case["depth"]),
        classes: count(&case["classes"]),
        words: 0,
        context: 0,
        steps: false,
    };
    let net = UNet::init(&config, &mut rng(0), device);
    let mut weights: Weights = pollster::block_on(weights::read(&net)).expect("weights");
    by_formula(&mut weights);
    weights::load(net, weights).expect("they fit")
}

#[test]
fn answers_gradients_and_steps_of_muon_are_pytorchs() {
    let path = root("tests/reference/unet.json");
    let text = std::fs::read_to_string(path).expect("a committed file");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let device = Device::flex().autodiff();
    for case in &cases {
        let net = build(case, &device);
        let image = counts(&case["image"]);
        // Three images, or two clips.
        let n = match count(&case["frames"]) {
            1 => 3,
            frames => 2 * frames,
        };
        let of = |salt: u32, channels: usize| {
            let dims = [n, channels, image[1], image[2]];
            let values = signed(salt, dims.iter().product(), 1.5);
            Tensor::<4>::from_data(TensorData::new(values, dims), &device)
        };
        let times: Vec<f64> = case["times"]
            .as_array()
            .expect("a list")
            .iter()
            .map(number)
            .collect();
        let times: Vec<f64> = match times.len() {
            1 => times,
            _ => times.into_iter().cycle().take(n).collect(),
        };
        let labels: Vec<u32> = counts(&case["labels"]).iter().map(|&i| i as u32).collect();
        let told = Told {
            labels: &labels,
            ..Told::default()
        };
        let answer = net.forward(of(1000, image[0] + count(&case["beside"])), &times, told);
        digest(
            "answer",
            &values(answer.clone().without_autodiff()),
            &case["answer"],
        );
        let loss = (answer - of(1001, image[0])).square().mean();
        let value = f64::from(values(loss.clone().without_autodiff())[0]);
        let want = number(&case["loss"]);
        assert!((value - want).abs() < 1e-5 * want, "{value}, {want}");

        let gradients = Optimizer::gradients(&net, &loss);
        let groups = ParameterGroup::of_hidden("unet", &net, unet::inside);
        let mut muon = Optimizer::new(&groups);
        muon.take(gradients.clone());
        let hyper = Hyper {
            muon: true,
            ..Hyper::new(1.0)
        };
        let before = pollster::block_on(weights::read(&net)).expect("weights");
        let after = muon.apply(net.clone(), hyper);
        let after = pollster::block_on(weights::read(&after)).expect("weights");
        for (name, want) in case["muon"].as_object().expect("a table") {
            let of = |weights: &Weights| weights[name].as_slice::<f32>().expect("floats").to_vec();
            let pairs = of(&after).into_iter().zip(of(&before));
            let moved: Vec<f32> = pairs.map(|(after, before)| after - before).collect();
            digest(&format!("Muon, {name}"), &moved, want);
        }

        // (1 − β₁) of the gradient is Adam's first moment after one step.
        let mut adam = Optimizer::default();
        adam.take(gradients);
        adam.apply(net, Hyper::new(1e-3));
        let moments = pollster::block_on(adam.read()).expect("moments");
        let want = case["gradients"].as_object().expect("a table");
        for (name, want) in want {
            let moment = moments[&format!("{name}.m")]
                .as_slice::<f32>()
                .expect("floats");
            let got: Vec<f32> = moment.iter().map(|m| m / (1.0 - 0.9f32)).collect();
            digest(name, &got, want);
        }
        assert_eq!(
            moments.keys().filter(|k| k.ends_with(".m")).count(),
            want.len()
        );
    }
}

#[test]
fn it_answers_nothing_at_first_and_learns_from_there() {
    let config = UNetConfig {
        channels: 1,
        beside: 0,
        frames: 1,
        widths: vec![8, 16],
        groups: 4,
        heads: 2,
        depth: 0,
        classes: 0,
        words: 0,
        context: 0,
        steps: false,
    };
    let device = Device::flex();
    let net = UNet::init(&config, &mut rng(1), &device);
    let x = rng(2).normal_tensor([2, 1, 8, 8], &device);
    let answer = values(net.forward(x, &[0.5], Told::default()));
    assert!(answer.iter().all(|v| *v == 0.0));
}

/// A convolution of the doubled image, written out.
#[test]
fn an_upsampled_convolution_sees_each_pixel_four_times() {
    let device = Device::flex();
    for [n, c_in, c_out, h, w] in [[1, 1, 1, 1, 1], [2, 3, 5, 4, 7], [3, 8, 4, 7, 7]] {
        let mut layer = init::conv([c_in, c_out], 3, 1, 1.0, &mut rng(3), &device);
        layer.bias = layer.bias.map(|b| b.map(|b| b + 0.5));
        let values_in = rng(4).normal(n * c_in * h * w);
        let mut doubled = vec![0f32; 4 * values_in.len()];
        for (i, v) in doubled.iter_mut().enumerate() {
            let (x, y, image) = (i % (2 * w), i / (2 * w) % (2 * h), i / (4 * h * w));
            *v = values_in[(image * h + y / 2) * w + x / 2];
        }
        let x = Tensor::<4>::from_data(TensorData::new(values_in, [n, c_in, h, w]), &device);
        let doubled = TensorData::new(doubled, [n, c_in, 2 * h, 2 * w]);
        let want = values(conv(&layer, Tensor::from_data(doubled, &device)));
        let got = values(conv_upsampled(&layer, x));
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(want) {
            assert!(
                (got - want).abs() < 2e-6 * want.abs().max(1.0),
                "{got}, {want}"
            );
        }
    }
}
