//! A model's page of PyTorch draws what the program draws from the same noise.

use std::{fs, path::Path};

use crate::common::root;
use burn::tensor::TensorData;
use generative_playground::{
    checkpoint::{self, Meta, Opened, Precision},
    data::{DataInfo, Space, SpaceKind, tokenizer::Vocabulary},
    device,
    error::Code,
    export,
    families::{self, glow::Glow, gpt::Gpt, pixelcnn::PixelCnn, pixelrnn::PixelRnn},
    hash,
    model::{Condition, Family, Model, Samples, finish},
    nn::weights,
    options::Options,
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

const SEED: u64 = 5;
const COUNT: usize = 2;

/// Models, options of their samplers, and what samples are to fit.
fn cases() -> Vec<(&'static str, Value, Condition)> {
    let label = |label, guidance| Condition {
        label: Some(label),
        guidance,
        ..Condition::default()
    };
    let prompt = |prompt: &str| Condition {
        prompt: Some(prompt.into()),
        ..Condition::default()
    };
    let plain = Condition::default;
    let solver = |steps| json!({"sampler": "dpm-solver", "steps": steps});
    let written = |length, temperature: f64| json!({"length": length, "temperature": temperature});
    vec![
        ("vae-mnist", json!({}), plain()),
        ("gan-mnist", json!({}), label(3, None)),
        ("ddpm-mnist", solver(15), label(4, Some(1.0))),
        ("ddpm-mnist", solver(6), label(7, Some(2.5))),
        ("ddpm-mnist-few", solver(15), label(2, Some(1.0))),
        ("latent-mnist", solver(15), label(5, Some(1.0))),
        ("latent-mnist", solver(7), label(8, Some(2.0))),
        ("pixelcnn-mnist", json!({}), plain()),
        ("pixelcnn-attention", json!({}), plain()),
        ("pixelrnn-two", json!({}), plain()),
        ("pixelrnn-levels", json!({}), plain()),
        ("glow-colour", json!({}), plain()),
        ("glow-reversed", json!({}), plain()),
        // Longer than its context, and with a prompt.
        ("gpt-names", written(80, 0.8), plain()),
        ("gpt-shakespeare", written(40, 1.0), prompt("ROMEO:\n")),
        ("gpt-older", written(30, 1.3), prompt("\"\\'é")),
    ]
}

/// A model whose weights are none of those that it begins with.
fn made<F: Family>(config: Value, space: Space) -> (Box<dyn Model>, DataInfo) {
    let data = DataInfo::new("made", space);
    let mut rng = Rng::new(SEED, Purpose::Init, 0);
    let config = F::Config::from_json(&config).expect("options");
    let model = F::init(&config, &data, &mut rng, &device::cpu()).expect("a model");
    let each = weights::list(model.net()).into_iter();
    let shaken = each.map(|(name, dims, values)| {
        let values = values.into_data().try_to_vec::<f32>().expect("numbers");
        let noise = rng.normal(values.len());
        let values: Vec<f32> = (values.iter().zip(noise))
            .map(|(v, e)| v + 0.1 * e)
            .collect();
        (name, TensorData::new(values, dims))
    });
    let model = model.with_weights(shaken.collect()).expect("they fit");
    (Box::new(model), data)
}

/// The model of a case, the data that it knows, and what is written into its file.
fn subject(id: &str) -> (Box<dyn Model>, DataInfo, Meta) {
    let of = |(channels, height, width)| Space::Image {
        channels,
        height,
        width,
    };
    let (model, data) = match id {
        "pixelcnn-attention" => made::<PixelCnn>(
            json!({"levels": 4, "channels": 32, "layers": 3, "reach": 2, "attention": 2}),
            of((1, 7, 10)),
        ),
        "pixelrnn-two" => {
            made::<PixelRnn>(json!({"units": 6, "layers": 2, "reach": 2}), of((1, 9, 11)))
        }
        "pixelrnn-levels" => made::<PixelRnn>(json!({"levels": 5, "units": 4}), of((1, 6, 5))),
        "glow-colour" => made::<Glow>(
            json!({"levels": 16, "scales": 2, "steps": 2, "channels": 8, "checkerboards": 3}),
            of((3, 8, 12)),
        ),
        "glow-reversed" => made::<Glow>(
            json!({"scales": 1, "steps": 3, "channels": 4, "mixing": "reverse"}),
            of((1, 6, 6)),
        ),
        "gpt-older" => {
            let config = json!({
                "n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 8, "tied": false,
                "positions": "learned", "norm": "layer", "mlp": "gelu",
            });
            let vocabulary = Vocabulary::characters("\0\"\"\"\\'é𝄞ab__VOCABULARY__\u{2028}");
            let text = Space::Text {
                vocabulary,
                characters_per_token: 1.0,
            };
            made::<Gpt>(config, text)
        }
        _ => {
            let Opened { model, meta, .. } = opened(id);
            return (model, meta.data.clone(), meta);
        }
    };
    // The pages read weights alone.
    let Opened { meta, .. } = opened("vae-mnist");
    (model, data, meta)
}

fn opened(id: &str) -> Opened {
    let bytes = fs::read(root(&format!("web/checkpoints/{id}.safetensors"))).expect("shipped");
    checkpoint::open(&bytes, None, &device::cpu()).expect("opens")
}

/// The noise that belongs to [`SEED`], of one sample after the other.
fn noise(model: &dyn Model, data: &DataInfo, options: &Value, prompt: usize) -> Vec<f64> {
    let config = model.config().expect("a config");
    let mut rng = Rng::new(SEED, Purpose::Sample, 0);
    let pixels = || {
        data.space
            .image()
            .expect("images")
            .iter()
            .product::<usize>()
    };
    let size = match model.family() {
        "gpt" => {
            let length = options["length"].as_u64().expect("a length");
            let places = (0..COUNT as u64).flat_map(|i| (0..length).map(move |t| (i, t)));
            let unit =
                |(i, t)| Rng::new(SEED, Purpose::Sample, i << 32 | (prompt as u64 + t)).unit();
            return places.map(unit).collect();
        }
        "pixelcnn" | "pixelrnn" => {
            // Pixel after pixel, of all samples at once.
            let levels = config["levels"].as_u64().expect("levels") as usize;
            let each = if levels == 2 { 1 } else { levels };
            let drawn: Vec<Vec<f32>> = (0..pixels()).map(|_| rng.uniform(COUNT * each)).collect();
            let of = |i: usize| {
                drawn
                    .iter()
                    .flat_map(move |d| d[i * each..(i + 1) * each].to_vec())
            };
            return (0..COUNT).flat_map(of).map(f64::from).collect();
        }
        "vae" => config["latent_dim"].as_u64().expect("a size") as usize,
        "latent-diffusion" => {
            // A quarter of the height and of the width.
            let [_, height, width] = data.space.image().expect("images");
            let kept = config["latent_channels"].as_u64().expect("a number") as usize;
            kept * height * width / 16
        }
        "gan" => config["z_dim"].as_u64().expect("a size") as usize,
        _ => pixels(),
    };
    rng.normal(COUNT * size)
        .into_iter()
        .map(f64::from)
        .collect()
}

fn prompt_of(condition: &Condition) -> &str {
    condition.prompt.as_deref().unwrap_or_default()
}

/// What is needed to run the pages, for tests/reference/pages.py.
#[test]
#[ignore = "writes for PyTorch; see tests/reference/pages.py"]
fn write_for_pytorch() {
    let out = std::env::var("PAGES").expect("PAGES names a folder");
    let out = Path::new(&out);
    let mut all = Vec::new();
    for (id, options, condition) in cases() {
        let (model, data, meta) = subject(id);
        let page = export::pytorch(&*model, &data, id).expect("a page");
        fs::write(out.join(format!("{id}.py")), page).expect("writable");
        let weights = checkpoint::write(&*model, &meta, Precision::Single);
        let weights = pollster::block_on(weights).expect("written");
        fs::write(out.join(format!("{id}.safetensors")), weights).expect("writable");
        let prompt = prompt_of(&condition);
        all.push(json!({
            "id": id, "noise": noise(&*model, &data, &options, prompt.chars().count()),
            "label": condition.label, "guidance": condition.guidance, "steps": options.get("steps"),
            "prompt": prompt, "temperature": options.get("temperature"), "count": COUNT,
        }));
    }
    fs::write(out.join("cases.json"), Value::from(all).to_string()).expect("writable");
}

#[test]
fn pages_draw_the_samples_of_the_program() {
    let found = fs::read_to_string(root("tests/reference/pages.json")).expect("written");
    let found: Vec<Value> = serde_json::from_str(&found).expect("JSON");
    assert_eq!(found.len(), cases().len());
    for ((id, options, condition), found) in cases().into_iter().zip(&found) {
        let (model, data, _) = subject(id);
        // PyTorch ran this very page; after a change it has to be run again.
        let page = export::pytorch(&*model, &data, id).expect("a page");
        assert_eq!(found["page"], json!(hash::sha256(page.as_bytes())), "{id}");
        let sampler = model.sampler(&options, &condition, COUNT, SEED);
        let samples = pollster::block_on(finish(&mut *sampler.expect("a sampler")));
        let images = match samples.expect("samples") {
            Samples::Texts(texts) => {
                let told = |text: &Vec<_>| -> String {
                    text.iter()
                        .map(|t: &generative_playground::scene::Token| &*t.text)
                        .collect()
                };
                let ours: Vec<String> = texts.iter().map(told).collect();
                assert_eq!(found["texts"], json!(ours), "{id}");
                continue;
            }
            samples => samples.images().expect("images").into_data(),
        };
        let ours = images.try_to_vec::<f32>().expect("numbers");
        let theirs = found["images"].as_array().expect("images");
        assert_eq!(ours.len(), theirs.len());
        // What is all alike would say nothing.
        assert!(ours.iter().any(|v| (v - ours[0]).abs() > 0.1), "{id}");
        for (i, (a, b)) in ours.iter().zip(theirs).enumerate() {
            let error = (f64::from(*a) - b.as_f64().expect("a number")).abs();
            assert!(error < 1e-3, "{id}, pixel {i}: {a}, {b}");
        }
    }
}

#[test]
fn what_has_no_page_says_so() {
    let space = Space::examples()
        .into_iter()
        .find(|s| s.kind() == SpaceKind::Points)
        .expect("points");
    let data = DataInfo::new("moons", space);
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let model = families::init("vae", &json!({}), &data, &mut rng, &device::cpu());
    let model = model.expect("a model");
    let error = export::pytorch(&*model, &data, "vae").expect_err("no page of points");
    assert!(error.to_string().contains("PyTorch"), "{error}");
    // A name cannot be part of the script's code.
    let Opened { model, meta, .. } = opened("vae-mnist");
    for name in ["", "a\"b", "a\nimport os", "../x"] {
        export::pytorch(&*model, &meta.data, name).expect_err("no such name");
    }
}

#[test]
fn a_model_that_is_told_sentences_has_no_page() {
    let opened = opened("ddpm-scenes");
    assert!(!export::has_page(&*opened.model, &opened.meta.data));
    let page = export::pytorch(&*opened.model, &opened.meta.data, "ddpm-scenes");
    assert_eq!(page.expect_err("refused").code(), Code::Unsupported);
    // Nor has one of pieces of words.
    let text = Space::Text {
        vocabulary: Vocabulary::Bpe { merges: Vec::new() },
        characters_per_token: 1.0,
    };
    let (model, data) = made::<Gpt>(json!({"n_layer": 1, "n_embd": 16}), text);
    assert!(!export::has_page(&*model, &data));
}
