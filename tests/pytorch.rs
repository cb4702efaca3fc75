//! A model's page of PyTorch draws what the program draws from the same noise.

mod common;

use std::{fs, path::Path};

use common::root;
use generative_playground::{
    checkpoint::{self, Opened, Precision},
    data::{DataInfo, Space, SpaceKind},
    device,
    error::Code,
    export, families, hash,
    model::{Condition, finish},
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

const SEED: u64 = 5;
const COUNT: usize = 2;

/// Shipped models, options of their samplers, and what samples are to fit.
fn cases() -> Vec<(&'static str, Value, Condition)> {
    let label = |label, guidance| Condition {
        label: Some(label),
        guidance,
        ..Condition::default()
    };
    let solver = |steps| json!({"sampler": "dpm-solver", "steps": steps});
    vec![
        ("vae-mnist", json!({}), Condition::default()),
        ("gan-mnist", json!({}), label(3, None)),
        ("ddpm-mnist", solver(15), label(4, Some(1.0))),
        ("ddpm-mnist", solver(6), label(7, Some(2.5))),
        ("ddpm-mnist-few", solver(15), label(2, Some(1.0))),
    ]
}

fn opened(id: &str) -> Opened {
    let bytes = fs::read(root(&format!("web/checkpoints/{id}.safetensors"))).expect("shipped");
    checkpoint::open(&bytes, None, &device::cpu()).expect("opens")
}

fn page(id: &str, opened: &Opened) -> String {
    export::pytorch(&*opened.model, &opened.meta.data, id).expect("a page")
}

/// What is needed to run the pages, for tests/reference/pages.py.
#[test]
#[ignore = "writes for PyTorch; see tests/reference/pages.py"]
fn write_for_pytorch() {
    let out = std::env::var("PAGES").expect("PAGES names a folder");
    let out = Path::new(&out);
    let mut all = Vec::new();
    for (id, options, condition) in cases() {
        let opened = opened(id);
        fs::write(out.join(format!("{id}.py")), page(id, &opened)).expect("writable");
        let weights = checkpoint::write(&*opened.model, &opened.meta, Precision::Single);
        let weights = pollster::block_on(weights).expect("written");
        fs::write(out.join(format!("{id}.safetensors")), weights).expect("writable");
        let config = opened.model.config().expect("a config");
        let size = match id {
            "vae-mnist" => config["latent_dim"].as_u64(),
            "gan-mnist" => config["z_dim"].as_u64(),
            _ => Some(784),
        };
        let noise =
            Rng::new(SEED, Purpose::Sample, 0).normal(COUNT * size.expect("a size") as usize);
        all.push(json!({
            "id": id, "noise": noise, "label": condition.label, "guidance": condition.guidance,
            "steps": options.get("steps"),
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
        let opened = opened(id);
        // PyTorch ran this very page; after a change it has to be run again.
        let sha256 = hash::sha256(page(id, &opened).as_bytes());
        assert_eq!(found["page"], json!(sha256), "{id}");
        let mut sampler = (opened.model)
            .sampler(&options, &condition, COUNT, SEED)
            .expect("a sampler");
        let images = pollster::block_on(finish(&mut *sampler)).expect("samples");
        let images = images.images().expect("images").into_data();
        let ours = images.try_to_vec::<f32>().expect("numbers");
        let theirs = found["images"].as_array().expect("images");
        assert_eq!(ours.len(), theirs.len());
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
}
