//! Latent diffusion: beside PyTorch, what reaches the encoder, and what sampling makes of noise.

use crate::common::{by_formula, count, counts, digest, number, root, signed, values};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::{DataInfo, Space},
    device,
    families::{ddpm::DdpmSampleOptions, latent_diffusion::LatentDiffusion},
    model::{Condition, Family, Latent, Losses, Samples},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

fn build(config: &Value, [channels, height, width]: [usize; 3], classes: usize) -> LatentDiffusion {
    on(
        config,
        [channels, height, width],
        classes,
        &Device::flex().autodiff(),
    )
}

fn on(
    config: &Value,
    [channels, height, width]: [usize; 3],
    classes: usize,
    device: &Device,
) -> LatentDiffusion {
    let space = Space::Image {
        channels,
        height,
        width,
    };
    let mut info = DataInfo::new("images", space);
    info.classes = (0..classes).map(|i| i.to_string()).collect();
    let config = <LatentDiffusion as Family>::Config::from_json(config).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = LatentDiffusion::init(&config, &info, &mut rng, device).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    by_formula(&mut weights);
    Family::with_weights(model, weights).expect("they fit")
}

fn tensor(salt: u32, dims: [usize; 2], scale: f64, device: &Device) -> Tensor<2> {
    let data = TensorData::new(signed(salt, dims[0] * dims[1], scale), dims);
    Tensor::from_data(data, device)
}

/// The losses of a case of the script.
fn losses(model: &LatentDiffusion, case: &Value) -> Losses {
    let device = Device::flex().autodiff();
    let n = 3;
    let labels: Vec<u32> = counts(&case["labels"]).iter().map(|&l| l as u32).collect();
    let levels: Vec<_> = counts(&case["timesteps"])
        .iter()
        .map(|&t| model.process().level(t))
        .collect();
    let size = [n, model.latent_dim()];
    let normal = [1001, 1002].map(|salt| tensor(salt, size, 1.5, &device));
    model.parts(images(case, &device), &labels, normal, &levels)
}

fn images(case: &Value, device: &Device) -> Tensor<2> {
    let pixels = counts(&case["image"]).iter().product();
    tensor(1000, [3, pixels], 0.5, device) + 0.5
}

fn cases() -> Vec<Value> {
    let path = root("tests/reference/latent_diffusion.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("a committed file")).expect("JSON")
}

fn model_of(case: &Value) -> LatentDiffusion {
    let shape: [usize; 3] = counts(&case["image"]).try_into().expect("three sizes");
    build(&case["config"], shape, count(&case["classes"]))
}

/// The gradient of a loss by every weight: (1 − β₁) of it is Adam's first moment after one step.
fn gradients(model: &LatentDiffusion, loss: &Tensor<1>) -> Vec<(String, Vec<f32>)> {
    let mut adam = Optimizer::default();
    adam.step(model.net().clone(), loss, Hyper::new(1e-3));
    let moments = pollster::block_on(adam.read()).expect("moments");
    let each = moments.iter().filter_map(|(name, data)| {
        let m = data.as_slice::<f32>().expect("floats");
        let got = m.iter().map(|m| m / (1.0 - 0.9f32)).collect();
        Some((name.strip_suffix(".m")?.to_string(), got))
    });
    each.collect()
}

#[test]
fn codes_images_losses_and_gradients_are_pytorchs() {
    for case in cases() {
        let model = model_of(&case);
        let x = images(&case, &Device::flex().autodiff());
        let plain = |t: Tensor<2>| values(t.without_autodiff());
        let (mu, logvar) = model.encode(x);
        let epsilon = tensor(1001, mu.dims(), 1.5, &Device::flex().autodiff());
        let z = mu.clone() + (logvar.clone() * 0.5).exp() * epsilon;
        digest("logits", &plain(model.decode(z)), &case["logits"]);
        digest("mu", &plain(mu), &case["mu"]);
        digest("logvar", &plain(logvar), &case["logvar"]);
        let losses = losses(&model, &case);
        for (name, value) in &losses {
            let got = f64::from(values(value.clone().without_autodiff())[0]);
            let want = number(&case["losses"][*name]);
            let error = (got - want).abs() / want.abs().max(1.0);
            assert!(error < 1e-5, "{name}: {got}, {want}");
        }
        let got = gradients(&model, &losses[0].1);
        let want = case["gradients"].as_object().expect("a table");
        assert_eq!(got.len(), want.len());
        for (name, got) in got {
            digest(&name, &got, &want[&name]);
        }
    }
}

#[test]
fn what_the_denoiser_finds_hard_does_not_reach_the_encoder() {
    for case in cases() {
        // The model anew each time: a graph serves one pass back.
        let touched = |name: &str| {
            let model = model_of(&case);
            let mut losses = losses(&model, &case).into_iter();
            let (_, loss) = losses.find(|loss| loss.0 == name).expect("a loss");
            let mut parts: Vec<_> = gradients(&model, &loss)
                .iter()
                .filter(|(_, g)| g.iter().any(|&g| g != 0.0))
                .filter_map(|(name, _)| Some(name.split_once('.')?.0.to_string()))
                .collect();
            parts.dedup();
            parts
        };
        assert_eq!(touched("denoising"), ["denoiser"]);
        assert_eq!(touched("reconstruction"), ["decoder", "encoder"]);
        assert_eq!(touched("kl"), ["encoder"]);
    }
}

#[test]
fn a_sample_is_a_code_that_is_decoded() {
    let config = json!({ "channels": 8, "latent_channels": 2, "denoiser_channels": 8 });
    let model = on(&config, [1, 8, 8], 3, &device::cpu());
    let options = DdpmSampleOptions {
        steps: 4,
        ..DdpmSampleOptions::default()
    };
    let draw = |seed: u64, condition: &Condition| {
        let mut sampler = model
            .sampler(&options, condition, 3, seed)
            .expect("a sampler");
        // Before the first step what is decoded is the noise itself.
        let noise = Rng::new(seed, Purpose::Sample, 0).normal_tensor([3, 8], &device::cpu());
        let Samples::Images(want) = Latent::decode(&model, noise).expect("images") else {
            panic!("images")
        };
        let Samples::Images(got) = sampler.state() else {
            panic!("images")
        };
        assert_eq!(values(got), values(want));
        while pollster::block_on(sampler.next()).expect("a step") {}
        let Samples::Images(end) = sampler.state() else {
            panic!("images")
        };
        assert_eq!(end.dims(), [3, 1, 8, 8]);
        let end = values(end);
        assert!(end.iter().all(|v| (0.0..=1.0).contains(v)), "{end:?}");
        end
    };
    let told = |label: u32, guidance: f64| Condition {
        label: Some(label),
        guidance: Some(guidance),
        ..Condition::default()
    };
    assert_eq!(draw(5, &told(1, 1.0)), draw(5, &told(1, 1.0)));
    assert_ne!(draw(5, &told(1, 1.0)), draw(6, &told(1, 1.0)));
    assert_ne!(
        draw(5, &told(1, 1.0)),
        draw(5, &told(2, 1.0)),
        "the class counts"
    );
    // Without guidance no class does.
    assert_eq!(draw(5, &told(1, 0.0)), draw(5, &told(2, 0.0)));
}

#[test]
fn sizes_without_a_quarter_are_refused() {
    let space = Space::Image {
        channels: 1,
        height: 10,
        width: 8,
    };
    let info = DataInfo::new("images", space);
    let init = |config: Value, info: &DataInfo| {
        let config = <LatentDiffusion as Family>::Config::from_json(&config)?;
        let mut rng = Rng::new(0, Purpose::Init, 0);
        LatentDiffusion::init(&config, info, &mut rng, &device::cpu()).map(drop)
    };
    let error = init(json!({}), &info)
        .expect_err("10 has no quarter")
        .to_string();
    assert!(error.contains("10 × 8"), "{error}");
    let space = Space::Image {
        channels: 1,
        height: 28,
        width: 28,
    };
    let info = DataInfo::new("images", space);
    let error = init(json!({ "levels": 2 }), &info)
        .expect_err("7 has no half")
        .to_string();
    assert!(error.contains("7 × 7"), "{error}");
    let error = init(json!({ "channels": 12 }), &info)
        .expect_err("no multiple of 8")
        .to_string();
    assert!(error.contains("multiple of 8"), "{error}");
}
