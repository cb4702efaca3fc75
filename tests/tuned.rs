//! Fine-tuning: low-rank adapters against PyTorch and finite differences, the model before bit for bit, the function
//! class of full rank, adapters as files, and the same through the door of the page.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::collections::BTreeMap;

use crate::common::{self, Page, count, counts, root, signed, unit};
use burn::tensor::{Device, TensorData};
use generative_playground::{
    checkpoint::{self, Opened, Precision, Tuning},
    data::{Batch, DataInfo, TextSet},
    device,
    error::{Code, Error},
    families::{
        gpt::{Gpt, GptConfig},
        tuned::{ADAPTERS, BEFORE, Matrices, Method, NEW, OLD, Tuned, TunedConfig},
    },
    model::{Family, Language, Model, StepContext},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    protocol::{Bytes, ModelInfo, Outcome, Progress, Reply, Request, View},
    rng::{Purpose, Rng},
    training::{Split, Trainer},
};
use serde_json::{Value, json};

const OLD_TEXT: &str =
    "the quick brown fox jumps over the lazy dog. a small bird sings, and the river runs on. ";
const NEW_TEXT: &str =
    "Zwölf “boxing” wizards jump quickly — now & then. Pack my box with five dozen jugs! ";

fn info() -> DataInfo {
    TextSet::new("animals", &OLD_TEXT.repeat(20), &Value::Null)
        .expect("a text")
        .info
}

fn small() -> GptConfig {
    GptConfig {
        n_layer: 2,
        n_head: 2,
        n_embd: 16,
        block_size: 24,
        ..GptConfig::default()
    }
}

fn read(model: &impl Family) -> Weights {
    pollster::block_on(Family::weights(model)).expect("weights")
}

/// A model before, whose weights are large enough for every part to matter.
fn base(seed: u64) -> Gpt {
    let mut rng = Rng::new(seed, Purpose::Init, 0);
    let model = Gpt::init(&small(), &info(), &mut rng, &device::cpu()).expect("a model");
    let mut weights = read(&model);
    for data in weights.values_mut() {
        let noise = rng.normal(data.num_elements());
        let values = data.as_mut_slice::<f32>().expect("floats");
        values
            .iter_mut()
            .zip(noise)
            .for_each(|(v, e)| *v += 0.1 * e);
    }
    model.with_weights(weights).expect("they fit")
}

fn checkpoint_of(model: &Gpt, id: &str, text: &str) -> Vec<u8> {
    // What a training of this program would say of it.
    let data = TextSet::new("animals", text, &Value::Null).expect("a text");
    let config = serde_json::to_value(Family::config(model)).expect("JSON");
    let trainer = Trainer::new(
        "gpt",
        &config,
        Default::default(),
        std::rc::Rc::new(data.into()),
        1,
        &device::cpu(),
    );
    let mut meta = checkpoint::meta_of(&trainer.expect("a training"), Vec::new()).expect("meta");
    meta.id = Some(id.into());
    pollster::block_on(checkpoint::write(model, &meta, Precision::Single)).expect("a file")
}

fn opened(seed: u64, id: &str) -> (Vec<u8>, Opened) {
    let bytes = checkpoint_of(&base(seed), id, &OLD_TEXT.repeat(20));
    let opened = checkpoint::open(&bytes, None, &device::cpu()).expect("a model");
    (bytes, opened)
}

fn tune(opened: &Opened, config: Value, seed: u64) -> Trainer {
    let text = NEW_TEXT.to_lowercase().repeat(20);
    let tuning = Tuning {
        config: &config,
        train: &json!({ "batch_size": 8, "learning_rate": 1e-2 }),
        name: "wizards",
        text: &text,
        text_options: &Value::Null,
        seed,
    };
    pollster::block_on(opened.tune(&tuning, &device::cpu())).expect("a training")
}

fn steps(trainer: &mut Trainer, n: usize) {
    (0..n).for_each(|_| trainer.step().expect("a step"));
}

fn weights(model: &dyn Model) -> Weights {
    pollster::block_on(model.weights()).expect("weights")
}

fn logits(model: &dyn Model, text: &str) -> Vec<f32> {
    let language = model.language().expect("a language");
    let ids = language.tokenizer().encode(text).expect("known letters");
    pollster::block_on(language.logits(&ids)).expect("logits")
}

/// What a model writes behind a prompt.
fn after(model: &dyn Model, prompt: &str, options: &Value) -> Result<String, Error> {
    use generative_playground::model::{Condition, Samples};
    let sampler = model.sampler(options, &Condition::prompt(prompt), 1, 5)?;
    match common::drawn(sampler) {
        Samples::Texts(texts) => Ok(texts[0].iter().map(|t| t.text.as_str()).collect()),
        _ => panic!("no texts"),
    }
}

/// What a model writes.
fn written(model: &dyn Model, options: Value) -> String {
    after(model, "the ", &options).expect("words")
}

// ---- The mathematics

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/lora.json")).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

fn texts(salt: u32, n: usize, v: usize) -> Vec<u32> {
    let each = (0..n as u32).map(|i| (unit(salt, i) * v as f64) as u32);
    each.collect()
}

/// The model of the reference, with its weights.
fn referred(case: &Value, device: &Device) -> Tuned {
    let alphabet: String = ('a'..).take(count(&case["vocabulary"])).collect();
    let data = TextSet::new("letters", &alphabet.repeat(20), &Value::Null).expect("a text");
    let config = TunedConfig {
        rank: count(&case["rank"]),
        alpha: case["alpha"].as_f64().expect("a number"),
        matrices: Matrices::All,
        base: GptConfig::from_json(&case["config"]).expect("a config"),
        ..TunedConfig::default()
    };
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let fresh = Tuned::init(&config, &data.info, &mut rng, device).expect("a model");
    let shapes = case["shapes"].as_object().expect("shapes");
    let mut all = Weights::new();
    for (salt, (name, shape)) in shapes.iter().enumerate() {
        let shape = counts(shape);
        let n = shape.iter().product();
        let values = match shape.len() {
            1 => {
                let around = signed(salt as u32, n, 0.3).into_iter();
                around.map(|v| (1.0 + f64::from(v)) as f32).collect()
            }
            _ => signed(salt as u32, n, 0.4),
        };
        all.insert(format!("{BEFORE}{name}"), TensorData::new(values, shape));
    }
    for (salt, (name, shape)) in case["factors"].as_object().expect("s").iter().enumerate() {
        let shape = counts(shape);
        let values = signed(500 + salt as u32, shape.iter().product(), 0.3);
        all.insert(name.clone(), TensorData::new(values, shape));
    }
    fresh.with_weights(all).expect("they fit")
}

fn floats(value: &Value) -> Vec<f64> {
    let numbers = value.as_array().expect("numbers").iter();
    numbers.map(|v| v.as_f64().expect("one")).collect()
}

#[test]
fn adapters_are_those_of_pytorch() {
    let case = reference();
    let [v, length, batch] = ["vocabulary", "length", "batch"].map(|name| count(&case[name]));
    let mut model = referred(&case, &Device::flex().autodiff());
    let ids = texts(100, length, v);
    let got = pollster::block_on(Language::logits(&model, &ids)).expect("logits");
    for (got, want) in got.iter().zip(floats(&case["logits"])) {
        assert!(
            (f64::from(*got) - want).abs() < 2e-5 * (1.0 + want.abs()),
            "{got} {want}"
        );
    }
    let number = |name: &str| case[name].as_f64().expect("a number");
    let hyper = Hyper {
        beta_2: number("beta_2") as f32,
        clip: number("clip") as f32,
        ..Hyper::new(number("lr"))
    };
    let before = read(&model);
    let mut optimizers = [Optimizer::new(&Family::parameter_groups(&model))];
    for (step, want) in floats(&case["losses"]).into_iter().enumerate() {
        let batch = Batch::Tokens {
            ids: texts(1000 + step as u32, batch * (length + 1), v),
            length,
        };
        let mut context = StepContext {
            hyper,
            step: step as u64,
            rng: &mut Rng::new(0, Purpose::Train, 0),
            optimizers: &mut optimizers,
            only: None,
        };
        let losses = Family::train_step(&mut model, &batch, &mut context).expect("a step");
        assert_eq!(losses[0].0, NEW);
        let got: f32 = losses[0].1.clone().into_scalar();
        assert!(
            (f64::from(got) - want).abs() < 1e-4 * want,
            "step {step}: {got} {want}"
        );
    }
    let after = read(&model);
    for (name, want) in case["trained"].as_object().expect("factors") {
        let got = after[name].as_slice::<f32>().expect("floats");
        for (got, want) in got.iter().zip(floats(want)) {
            assert!(
                (f64::from(*got) - want).abs() < 1e-4,
                "{name}: {got} {want}"
            );
        }
    }
    let frozen = |w: &Weights| -> BTreeMap<_, _> {
        let all = w.iter().filter(|(name, _)| name.starts_with(BEFORE));
        all.map(|(n, d)| (n.clone(), d.clone())).collect()
    };
    assert_eq!(frozen(&before), frozen(&after), "the model before stays");
}

#[test]
fn gradients_are_those_of_pytorch_and_of_finite_differences() {
    let case = reference();
    let [v, length, batch] = ["vocabulary", "length", "batch"].map(|name| count(&case[name]));
    let mut model = referred(&case, &Device::flex().autodiff());
    let ids = texts(1000, batch * (length + 1), v);
    let tokens = Batch::Tokens { ids, length };
    // Without moments, one step of a tiny rate is the gradient's sign; the first moment is the gradient itself.
    let mut optimizers = [Optimizer::new(&Family::parameter_groups(&model))];
    let weights = read(&model);
    let mut context = StepContext {
        hyper: Hyper {
            beta_1: 0.0,
            ..Hyper::new(1e-12)
        },
        step: 0,
        rng: &mut Rng::new(0, Purpose::Train, 0),
        optimizers: &mut optimizers,
        only: None,
    };
    Family::train_step(&mut model, &tokens, &mut context).expect("a step");
    let moments = pollster::block_on(optimizers[0].read()).expect("moments");
    assert!(
        moments.keys().all(|name| name.starts_with(ADAPTERS)),
        "nothing else learns"
    );
    let plain = referred(&case, &device::cpu());
    let loss_at = |weights: &Weights| -> f64 {
        let model = plain
            .clone()
            .with_weights(weights.clone())
            .expect("they fit");
        let losses = Family::losses(&model, &tokens, &mut Rng::new(0, Purpose::Evaluate, 0));
        let loss: f32 = losses.expect("losses")[0].1.clone().into_scalar();
        f64::from(loss)
    };
    for (name, want) in case["gradients"].as_object().expect("gradients") {
        let got = moments[&format!("{name}.m")]
            .as_slice::<f32>()
            .expect("floats")
            .to_vec();
        for (got, want) in got.iter().zip(floats(want)) {
            assert!(
                (f64::from(*got) - want).abs() < 1e-5 + 1e-3 * want.abs(),
                "{name}: {got} {want}"
            );
        }
        let place = got.len() / 2;
        let moved = |by: f32| {
            let mut weights = weights.clone();
            let data = weights.get_mut(name).expect("a factor");
            data.as_mut_slice::<f32>().expect("floats")[place] += by;
            loss_at(&weights)
        };
        let h = 1e-2;
        let slope = (moved(h) - moved(-h)) / (2.0 * f64::from(h));
        assert!(
            (slope - f64::from(got[place])).abs() < 5e-4,
            "{name}: {slope} {}",
            got[place]
        );
    }
}

#[test]
fn adapters_off_are_the_model_before_bit_for_bit() {
    let (_, before) = opened(3, "base");
    for config in [
        json!({ "rank": 2, "matrices": "all" }),
        json!({ "method": "whole" }),
    ] {
        let mut trainer = tune(&before, config.clone(), 1);
        let text = "the river runs";
        // Nothing has been learned yet.
        assert_eq!(
            logits(&*trainer.averaged(), text),
            logits(&*before.model, text),
            "{config}"
        );
        steps(&mut trainer, 5);
        let after = trainer.averaged();
        assert_ne!(
            logits(&*after, text),
            logits(&*before.model, text),
            "{config}"
        );
        let options =
            |strength: f64| json!({ "strength": strength, "length": 60, "temperature": 1.0 });
        let plain = written(&*before.model, json!({ "length": 60, "temperature": 1.0 }));
        assert_eq!(written(&*after, options(0.0)), plain, "{config}");
        assert_ne!(written(&*after, options(1.0)), plain, "{config}");
        let all = weights(&*after);
        for (name, data) in weights(&*before.model) {
            assert_eq!(all[&format!("{BEFORE}{name}")], data, "{name}");
        }
    }
}

#[test]
fn between_before_and_after_lies_a_straight_line() {
    let (_, before) = opened(3, "base");
    for config in [json!({ "rank": 3 }), json!({ "method": "whole" })] {
        let mut trainer = tune(&before, config, 1);
        steps(&mut trainer, 5);
        let all = weights(&*trainer.averaged());
        let typed: TunedConfig =
            TunedConfig::from_json(&trainer.model.config().expect("JSON")).expect("a config");
        let mut rng = Rng::new(0, Purpose::Init, 0);
        let fresh = Tuned::init(&typed, trainer.data.info(), &mut rng, &device::cpu());
        let model = fresh.expect("a model").with_weights(all).expect("they fit");
        let [start, middle, end] = [0.0, 0.25, 1.0].map(|s| read(&model.at(s)));
        for (name, data) in &middle {
            let [a, b, c] = [&start[name], data, &end[name]]
                .map(|d| d.as_slice::<f32>().expect("floats").to_vec());
            for ((a, b), c) in a.iter().zip(b).zip(c) {
                assert!((b - (0.75 * a + 0.25 * c)).abs() < 1e-5, "{name}");
            }
        }
    }
}

#[test]
fn at_full_rank_an_adapter_is_any_update() {
    let (_, before) = opened(3, "base");
    let mut whole = tune(&before, json!({ "method": "whole" }), 1);
    steps(&mut whole, 10);
    let whole = weights(&*whole.averaged());
    let mut adapted = tune(
        &before,
        json!({ "rank": 256, "matrices": "all", "alpha": 8.0 }),
        1,
    );
    let mut all = weights(&*adapted.model);
    // What whole fine-tuning made of the layers' matrices, by factors one of which is the identity.
    let mut target = weights(&*before.model);
    for (name, data) in &target.clone() {
        let Some(place) = name
            .strip_prefix("layers.")
            .filter(|_| data.shape().len() == 2)
        else {
            continue;
        };
        let new = whole[&format!("after.{name}")].clone();
        let dims = data.shape().as_slice().to_vec();
        let rank = dims[0].min(dims[1]);
        let (old, new_values) = (
            data.as_slice::<f32>().unwrap(),
            new.as_slice::<f32>().unwrap(),
        );
        let scale = rank as f32 / 8.0;
        let update: Vec<f32> = new_values
            .iter()
            .zip(old)
            .map(|(n, o)| (n - o) * scale)
            .collect();
        let one: Vec<f32> = (0..rank * rank)
            .map(|i| f32::from(u8::from(i / rank == i % rank)))
            .collect();
        let (a, b) = match dims[0] <= dims[1] {
            true => (one, update),
            false => (update, one),
        };
        let shapes = ([dims[0], rank], [rank, dims[1]]);
        let at = format!("{ADAPTERS}{place}");
        assert_eq!(all[&format!("{at}.a")].shape().as_slice(), shapes.0, "{at}");
        all.insert(format!("{at}.a"), TensorData::new(a, shapes.0));
        all.insert(format!("{at}.b"), TensorData::new(b, shapes.1));
        target.insert(name.clone(), new);
    }
    adapted.model = adapted.model.clone().with_weights(all).expect("they fit");
    let target = before.model.clone().with_weights(target).expect("they fit");
    let text = "a small bird sings";
    for (got, want) in logits(&*adapted.averaged(), text)
        .iter()
        .zip(logits(&*target, text))
    {
        assert!((got - want).abs() < 1e-4, "{got} {want}");
    }
}

// ---- Files

#[test]
fn adapters_are_files_of_their_own_and_refuse_another_base() {
    let (file, before) = opened(3, "base");
    let mut trainer = tune(&before, json!({ "rank": 2 }), 1);
    steps(&mut trainer, 4);
    let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("meta");
    let after = trainer.averaged();
    let bytes = pollster::block_on(checkpoint::write_adapter(&*after, &meta)).expect("a file");
    assert!(
        bytes.len() < file.len() / 2,
        "{} of {}",
        bytes.len(),
        file.len()
    );
    assert!(checkpoint::is_adapter(&bytes) && !checkpoint::is_adapter(&file));
    let on = |base: &Opened, bytes: &[u8]| pollster::block_on(base.adapt(bytes, &device::cpu()));
    let again = on(&before, &bytes).expect("they belong together");
    assert_eq!(weights(&*again.model), weights(&*after));
    assert_eq!(again.meta.from.as_deref(), Some("base"));
    // From a model with adapters, its base is asked.
    assert!(on(&again, &bytes).is_ok());
    // By itself it is nothing; on another model it does not fit, were a single weight another.
    let alone = checkpoint::open(&bytes, None, &device::cpu())
        .err()
        .expect("refused");
    assert_eq!(alone.code(), Code::AdapterBase);
    let (_, other) = opened(4, "other");
    let refused = on(&other, &bytes).err().expect("refused");
    assert!(
        matches!(refused, Error::AdapterBase { ref needed, ref found }
        if needed == "base" && found == "other"),
        "{refused}"
    );
    assert_eq!(
        on(&before, &file).err().expect("refused").code(),
        Code::CheckpointSchema
    );
    // A file in which something is wrong ends with an error.
    for cut in (0..bytes.len()).step_by(97) {
        assert!(on(&before, &bytes[..cut]).is_err(), "{cut}");
    }
    for place in (0..bytes.len()).step_by(13) {
        let mut bad = bytes.clone();
        bad[place] ^= 0x55;
        let _ = on(&before, &bad);
    }
    let whole = tune(&before, json!({ "method": "whole" }), 1);
    let none = pollster::block_on(checkpoint::write_adapter(&*whole.averaged(), &meta));
    assert_eq!(none.expect_err("refused").code(), Code::Unsupported);
}

#[test]
fn only_a_gpt_is_tuned_and_options_are_checked() {
    let (_, before) = opened(3, "base");
    let fails = |config: Value, text: &str| -> Error {
        let tuning = Tuning {
            config: &config,
            train: &Value::Null,
            name: "wizards",
            text,
            text_options: &Value::Null,
            seed: 1,
        };
        let failed = pollster::block_on(before.tune(&tuning, &device::cpu()));
        failed.err().expect("refused")
    };
    assert_eq!(
        fails(json!({ "rank": 0 }), NEW_TEXT).code(),
        Code::BadOption
    );
    assert_eq!(
        fails(json!({ "method": "half" }), NEW_TEXT).code(),
        Code::BadOption
    );
    assert_eq!(fails(Value::Null, "").code(), Code::BadData);
    assert_eq!(
        fails(Value::Null, &"Ничего общего. ".repeat(20)).code(),
        Code::BadData
    );
    let path = root("web/checkpoints/bert-books.safetensors");
    let bytes = std::fs::read(path).expect("a shipped model");
    let bert = checkpoint::open(&bytes, None, &device::cpu()).expect("a model");
    let tuning = Tuning {
        config: &Value::Null,
        train: &Value::Null,
        name: "wizards",
        text: NEW_TEXT,
        text_options: &Value::Null,
        seed: 1,
    };
    let failed = pollster::block_on(bert.tune(&tuning, &device::cpu()));
    assert_eq!(failed.err().expect("refused").code(), Code::Unsupported);
    let _ = Method::Lora;
}

// ---- The page

fn placed(page: &Page, request: Request) -> ModelInfo {
    match page.ask(request) {
        Ok(Outcome::Model { model }) => model,
        other => panic!("{other:?}"),
    }
}

fn load(page: &Page) {
    let text = "I say — and mean it! “Café” is a word of 4 letters [see above].\n".repeat(40);
    let request = Request::LoadText {
        name: "mine".into(),
        bytes: Bytes(text.into_bytes()),
        sha256: None,
        options: Value::Null,
    };
    assert!(matches!(page.ask(request), Ok(Outcome::Text { .. })));
}

fn begin(page: &Page, base: &[u8]) -> ModelInfo {
    load(page);
    let request = Request::Tune {
        session: 1,
        base: Bytes(base.to_vec()),
        config: json!({ "rank": 2 }),
        train: json!({ "batch_size": 8 }),
        data: "mine".into(),
        data_options: Value::Null,
        seed: 7,
    };
    placed(page, request)
}

/// The last snapshot of a training of so many steps.
fn train(page: &Page, steps: u32) -> Vec<u8> {
    let request = Request::Train {
        session: 1,
        steps: Some(steps),
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    };
    assert!(matches!(page.ask(request), Ok(Outcome::Trained { .. })));
    let answers = page.answers.borrow();
    let mut snapshots = answers.iter().filter_map(|a| match &a.reply {
        Reply::Progress {
            progress: Progress::Snapshot { bytes, .. },
        } => Some(bytes.0.clone()),
        _ => None,
    });
    snapshots.next_back().expect("a snapshot")
}

fn text_of(page: &Page, strength: f64) -> String {
    let request = Request::Sample {
        session: 1,
        count: 1,
        seed: 3,
        options: json!({ "strength": strength, "length": 40 }),
        condition: Default::default(),
    };
    match page.ask(request) {
        Ok(Outcome::View {
            view: View::Texts { texts },
        }) => texts[0].tokens.iter().map(|t| t.text.as_str()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shipped_model_goes_on_in_the_page() {
    let path = root("web/checkpoints/gpt-shakespeare.safetensors");
    let base = std::fs::read(path).expect("a shipped model");
    let page = Page::new();
    let info = begin(&page, &base);
    assert_eq!(
        (info.family.as_str(), info.data.as_str()),
        ("tuned", "mine")
    );
    assert!(info.adapter);
    // 2 × (136 + 3 · 136) + 2 × (136 + 136) numbers in each of six layers.
    assert_eq!(info.parameters, 6 * 2 * (136 + 408 + 136 + 136));
    let told = info.changed.clone().expect("what had to be changed");
    assert!(told.contains("written in a plainer way"), "{told}");
    let curve = |info: &ModelInfo, name: &str| {
        let found = info.state.losses.iter();
        let mut found = found.filter(|c| c.name == name && c.split == Split::HeldOut);
        found.next().expect("a curve").clone()
    };
    let (new, old) = (curve(&info, NEW), curve(&info, OLD));
    for curve in [&new, &old] {
        assert_eq!(curve.steps, [0], "before the first step");
    }
    // Below the 1.5 nats a character of the model’s card, which are of all that was held out.
    assert!((1.1..1.5).contains(&old.values[0]), "{old:?}");
    assert!(new.values[0] > old.values[0], "{new:?}");
    let first = train(&page, 2);
    let second = train(&page, 1);
    let writes = text_of(&page, 1.0);
    // The same seed, whole and resumed.
    let whole = Page::new();
    begin(&whole, &base);
    let last = train(&whole, 3);
    assert_eq!(text_of(&whole, 1.0), writes);
    let open = |bytes: &[u8]| checkpoint::open(bytes, None, &device::cpu()).expect("a model");
    assert_eq!(weights(&*open(&last).model), weights(&*open(&second).model));
    let other = Page::new();
    load(&other);
    let request = Request::Open {
        session: 1,
        bytes: Bytes(first),
        sha256: None,
    };
    assert_eq!(placed(&other, request).step, 2);
    let resumed = train(&other, 1);
    assert_eq!(
        weights(&*open(&resumed).model),
        weights(&*open(&second).model)
    );
    let meta = open(&resumed).meta;
    assert_eq!(meta.from.as_deref(), Some("gpt-shakespeare"));
    assert_eq!(meta.before.as_deref(), Some("tinyshakespeare"));
    // At 0 it is the shipped model.
    let plain = Page::new();
    let request = Request::Open {
        session: 1,
        bytes: Bytes(base.clone()),
        sha256: None,
    };
    placed(&plain, request);
    let request = Request::Sample {
        session: 1,
        count: 1,
        seed: 3,
        options: json!({ "length": 40 }),
        condition: Default::default(),
    };
    let Ok(Outcome::View {
        view: View::Texts { texts },
    }) = plain.ask(request)
    else {
        panic!("no text");
    };
    let before: String = texts[0].tokens.iter().map(|t| t.text.as_str()).collect();
    assert_eq!(text_of(&page, 0.0), before);
    // The adapter as a file, and back.
    let Ok(Outcome::File { name, bytes, .. }) = page.ask(Request::ExportAdapter { session: 1 })
    else {
        panic!("no file");
    };
    assert!(name.ends_with("-adapter.safetensors"), "{name}");
    assert!(bytes.0.len() < 60_000, "{}", bytes.0.len());
    let request = Request::Adapt {
        session: 1,
        base: Bytes(base),
        bytes,
    };
    let back = placed(&plain, request);
    assert_eq!((back.family.as_str(), back.step), ("tuned", 3));
    assert_eq!(text_of(&plain, 1.0), writes);
}

// ---- A talk

const TALK: &str =
    "you:\nsing, bird\n\nfox:\nthe bird sings\n\nyou:\njump, dog\n\nfox:\nthe dog jumps\n\n";

fn tune_talk(text: &str, train: Value) -> Trainer {
    // It knows the letters of a talk.
    let old = format!("{OLD_TEXT}:\n").repeat(20);
    let data = TextSet::new("animals", &old, &Value::Null).expect("a text");
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let model = Gpt::init(&small(), &data.info, &mut rng, &device::cpu()).expect("a model");
    let bytes = checkpoint_of(&model, "animals", &old);
    let opened = checkpoint::open(&bytes, None, &device::cpu()).expect("a model");
    let tuning = Tuning {
        config: &json!({ "method": "whole" }),
        train: &train,
        name: "talk",
        text,
        text_options: &json!({ "held_out": 0.1 }),
        seed: 1,
    };
    pollster::block_on(opened.tune(&tuning, &device::cpu())).expect("a training")
}

/// What it says, always from its likeliest tokens.
fn said(model: &dyn Model, prompt: &str, options: Value) -> Result<String, Error> {
    let mut all = json!({ "temperature": 0.0, "length": 40 });
    for (name, value) in options.as_object().expect("options") {
        all[name] = value.clone();
    }
    after(model, prompt, &all)
}

#[test]
fn a_model_that_learns_a_talk_is_asked_in_its_form_and_answers() {
    use generative_playground::evaluate::talk as evaluate;
    let mut trainer = tune_talk(
        &TALK.repeat(30),
        json!({ "batch_size": 8, "learning_rate": 1e-2 }),
    );
    let config = trainer.model.config().expect("JSON");
    assert_eq!(
        config["chat"],
        json!({ "asks": "you", "answers": "fox" }),
        "{config}"
    );
    steps(&mut trainer, 150);
    let model = &*trainer.model;

    // The prompt stands in the form of the talk, unless that is not wanted or it has the form already.
    let form = "you:\nsing, bird\n\nfox:\n";
    let answered = said(model, "sing, bird", json!({})).expect("words");
    assert_eq!(answered.trim_end(), format!("{form}the bird sings"));
    let plain = said(model, form, json!({ "chat": false, "stop": "\n\n" })).expect("words");
    assert_eq!(answered, plain);
    assert_eq!(
        said(model, form, json!({})).expect("words").trim_end(),
        answered.trim_end()
    );
    let bare = said(model, "sing, bird", json!({ "chat": false })).expect("words");
    assert!(bare.starts_with("sing, bird"), "{bare}");

    // A reply comes behind all that was said.
    let next = said(model, &answered, json!({ "reply": "jump, dog" })).expect("words");
    let whole = format!(
        "{}\n\nyou:\njump, dog\n\nfox:\nthe dog jumps",
        answered.trim_end()
    );
    assert_eq!(next.trim_end(), whole);

    // What is counted is what is said word by word; the model before says none of it.
    let talk = serde_json::from_value(config["chat"].clone()).expect("a talk");
    let exchanges = evaluate::held_out(&talk, trainer.data.text().expect("a text"), 9);
    assert_eq!(exchanges.len(), 2, "each question once");
    let right = |strength| pollster::block_on(evaluate::right(model, &exchanges, strength));
    assert_eq!(right(1.0).expect("a count"), 2);
    assert_eq!(right(0.0).expect("a count"), 0);

    // It is kept with the model.
    let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("meta");
    let bytes = pollster::block_on(checkpoint::write(model, &meta, Precision::Single));
    let back = checkpoint::open(&bytes.expect("a file"), None, &device::cpu()).expect("a model");
    assert_eq!(
        said(&*back.model, "sing, bird", json!({})).expect("words"),
        answered
    );
}

#[test]
fn a_model_that_learned_no_talk_takes_no_replies() {
    let trainer = tune(&opened(1, "animals").1, json!({}), 1);
    let config = trainer.model.config().expect("JSON");
    assert_eq!(config.get("chat"), None);
    let refused = said(&*trainer.model, "the ", json!({ "reply": "well" }));
    assert!(
        matches!(refused, Err(Error::BadOption { .. })),
        "{refused:?}"
    );
    assert!(
        said(&*trainer.model, "the ", json!({}))
            .expect("words")
            .starts_with("the ")
    );
}
