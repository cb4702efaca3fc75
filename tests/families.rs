//! Files of every family with all that a file can hold (averages, moments of one and of two networks,
//! losses, vocabularies), and mutants of them through the full load path.
//!
//! `PLAYGROUND_MUTANTS=1000000 cargo test --release --test native families::mutants -- --nocapture` for
//! many; `PLAYGROUND_MUTANT=17` for one.

use std::{collections::BTreeMap, ops::Range, pin::Pin, rc::Rc, time::Instant};

use crate::common::{
    self,
    files::{count, header, meta, mutant, panics, split, with, without},
    root, small_digits,
};
use burn::tensor::Tensor;
use generative_playground::{
    checkpoint::{self, Precision},
    data::{
        ClipSet, DataInfo, Dataset, EpisodeSet, FunctionSet, GrooveSet, PairSet, PathSet, PointSet,
        ScoreSet, Space, TextSet, episodes,
    },
    device,
    error::{Code, Result},
    families,
    model::{Condition, OptimizerKind, TrainConfig, finish},
    options::Options,
    protocol::{PlotInputs, ViewQuery},
    session::Session,
    training::{LossCurve, Split, Trainer},
};
use serde_json::{Value, json};

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

/// A small model of a family, and data for it.
struct Small {
    family: &'static str,
    config: Value,
    train: Value,
    data: Rc<Dataset>,
}

fn small_models() -> Vec<Small> {
    let toy = |name: &str| -> Rc<Dataset> {
        Rc::new(PointSet::toy(name, &Value::Null, 1).expect("a toy").into())
    };
    let words = "the rain in spain stays mainly in the plain. ".repeat(8);
    let text = |options: Value| -> Rc<Dataset> {
        Rc::new(
            TextSet::new("own", &words, &options)
                .expect("a text")
                .into(),
        )
    };
    let of = |family, data, config, train| Small {
        family,
        config,
        train,
        data,
    };
    let plain = json!({"batch_size": 8, "ema": 0.0});
    let averaged = json!({"batch_size": 8, "ema": 0.9});
    let images = || -> Rc<Dataset> { Rc::new(small_digits(4, 16, 8).into()) };
    let clips = || -> Rc<Dataset> {
        let digits = small_digits(14, 16, 8);
        Rc::new(ClipSet::of(&digits, &Value::Null).expect("clips").into())
    };
    let numbers = || -> Rc<Dataset> {
        let options = json!({"languages": "en", "most": 99});
        Rc::new(PairSet::new("numbers", &options).expect("numbers").into())
    };
    let scores = || -> Rc<Dataset> {
        let packed = std::fs::read(root("web/data/chorales.bin")).expect("the site's set");
        Rc::new(ScoreSet::unpack(&packed).expect("chorales").into())
    };
    let grooves = || -> Rc<Dataset> {
        let packed = std::fs::read(root("web/data/grooves.bin")).expect("the site's set");
        Rc::new(GrooveSet::unpack(&packed).expect("grooves").into())
    };
    let gpt = json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 8});
    let learned = json!({
        "n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 8, "positions": "learned",
        "norm": "layer", "mlp": "gelu", "tied": false,
    });
    let point_net = json!({"timesteps": 10, "hidden": 16, "layers": 1, "embedding": 8});
    let unet = json!({"timesteps": 10, "channels": 8, "levels": 1});
    vec![
        of(
            "vae",
            images(),
            json!({"hidden": 16, "latent_dim": 2}),
            averaged.clone(),
        ),
        of(
            "vae",
            images(),
            json!({"architecture": "conv", "hidden": 16, "latent_dim": 2}),
            plain.clone(),
        ),
        of(
            "vae",
            toy("moons"),
            json!({"hidden": 16, "latent_dim": 2}),
            averaged.clone(),
        ),
        of(
            "gan",
            toy("8gaussians"),
            json!({"hidden": 16, "layers": 1}),
            averaged.clone(),
        ),
        of(
            "in-context",
            Rc::new(
                FunctionSet::new("functions", &Value::Null)
                    .expect("functions")
                    .into(),
            ),
            json!({"n_layer": 1, "n_head": 2, "n_embd": 16}),
            averaged.clone(),
        ),
        of(
            "planar",
            toy("u1"),
            json!({"layers": 2, "kind": "both"}),
            plain.clone(),
        ),
        of(
            "realnvp",
            toy("moons"),
            json!({"couplings": 2, "hidden": 8, "layers": 1}),
            averaged.clone(),
        ),
        of("ddpm", toy("moons"), point_net, averaged.clone()),
        of("ddpm", images(), unet, plain.clone()),
        of(
            "ddpm",
            images(),
            json!({"timesteps": 10, "channels": 8, "levels": 1, "conditional": true}),
            averaged.clone(),
        ),
        of(
            "latent-diffusion",
            images(),
            json!({"channels": 8, "latent_channels": 1, "denoiser_channels": 8}),
            averaged.clone(),
        ),
        of(
            "neural-process",
            images(),
            json!({"channels": 2, "hidden": 8, "latent_dim": 2}),
            averaged.clone(),
        ),
        of(
            "gan",
            images(),
            json!({"hidden": 16, "channels": 4, "z_dim": 4, "conditional": true}),
            averaged.clone(),
        ),
        of(
            "glow",
            images(),
            json!({"scales": 1, "steps": 1, "channels": 4, "dequantization": "variational"}),
            averaged.clone(),
        ),
        of(
            "video",
            clips(),
            json!({"channels": 8, "levels": 3}),
            averaged.clone(),
        ),
        of(
            "seq2seq",
            numbers(),
            json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 24}),
            averaged.clone(),
        ),
        of(
            "agent",
            Rc::new(EpisodeSet::new(&Value::Null).expect("episodes").into()),
            json!({"n_layer": 1, "n_head": 2, "n_embd": 16}),
            averaged.clone(),
        ),
        of(
            "diffuser",
            Rc::new(PathSet::new(&Value::Null).expect("paths").into()),
            json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "channels": 8, "sweeps": 2}),
            averaged.clone(),
        ),
        of(
            "world-model",
            Rc::new(
                EpisodeSet::named(episodes::PLAY, &Value::Null)
                    .expect("episodes")
                    .into(),
            ),
            json!({"n_layer": 1, "n_head": 2, "n_embd": 16}),
            averaged.clone(),
        ),
        of(
            "orderless",
            scores(),
            json!({"n_layer": 1, "n_head": 1, "n_embd": 16, "hidden": 16}),
            averaged.clone(),
        ),
        of(
            "drums",
            grooves(),
            json!({"n_layer": 1, "n_head": 1, "n_embd": 16, "hidden": 16}),
            averaged.clone(),
        ),
        of(
            "mdn",
            toy("circles"),
            json!({"components": 2, "hidden": 8, "layers": 1}),
            averaged.clone(),
        ),
        of(
            "bayes",
            toy("two-moons"),
            json!({"components": 2, "hidden": 8, "layers": 1}),
            averaged.clone(),
        ),
        of("kl", toy("hills"), json!({"components": 2}), plain.clone()),
        of(
            "pixelcnn",
            images(),
            json!({"channels": 4, "layers": 1, "reach": 1}),
            plain.clone(),
        ),
        of(
            "pixelcnn",
            images(),
            json!({"channels": 4, "layers": 2, "reach": 1, "levels": 4, "attention": 1}),
            averaged.clone(),
        ),
        of(
            "pixelrnn",
            images(),
            json!({"units": 4, "layers": 2, "reach": 1}),
            averaged.clone(),
        ),
        of(
            "gpt",
            text(Value::Null),
            gpt.clone(),
            json!({"batch_size": 8, "ema": 0.5}),
        ),
        of(
            "tuned",
            text(Value::Null),
            json!({"rank": 2, "matrices": "all", "base": gpt.clone()}),
            averaged.clone(),
        ),
        of(
            "tuned",
            text(Value::Null),
            json!({"method": "whole", "base": gpt}),
            json!({"batch_size": 8}),
        ),
        of(
            "gpt",
            text(json!({"tokens": "bpe", "vocabulary": 300})),
            learned,
            plain.clone(),
        ),
        of(
            "bert",
            text(json!({"tokens": "bpe", "vocabulary": 300})),
            json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "block_size": 8}),
            plain,
        ),
    ]
}

/// A file of weights and one to train on, of a model that has taken two steps.
fn files_of(small: &Small) -> [Vec<u8>; 2] {
    let train = TrainConfig::from_json(&small.train).expect("options");
    let (data, device) = (small.data.clone(), device::cpu());
    let trainer = Trainer::new(small.family, &small.config, train, data, 1, &device);
    let mut trainer = trainer.unwrap_or_else(|e| panic!("{}: {e}", small.family));
    for _ in 0..2 {
        trainer.step().expect("a step");
    }
    let curve = |split| LossCurve {
        name: "loss".into(),
        split,
        steps: vec![0, 0, 0, 1, 1, 1, 2, 2],
        values: (1..=8).map(|v| v as f32).collect(),
    };
    let losses = vec![curve(Split::Train), curve(Split::HeldOut)];
    let mut meta = checkpoint::meta_of(&trainer, losses).expect("about it");
    meta.id = Some("small".into());
    let model = trainer.averaged();
    let half = checkpoint::write(&*model, &meta, Precision::Half);
    let resumable = checkpoint::write_resumable(&trainer, &meta);
    [
        pollster::block_on(half).expect("it can be written"),
        pollster::block_on(resumable).expect("it can be written"),
    ]
}

/// All that happens to a file on its way into a session and a training.
fn load(bytes: &[u8], data: &Rc<Dataset>) -> Result<()> {
    let device = device::cpu();
    checkpoint::inspect(bytes)?;
    let mut session = Session::open(bytes, None, &device)?;
    session.info()?;
    let mut sampler = session.sampler(&Value::Null, &Condition::default(), 1, 3)?;
    pollster::block_on(finish(&mut *sampler))?;
    let inputs = || PlotInputs {
        count: 2,
        resolution: 3,
        text: "the".into(),
        ..PlotInputs::default()
    };
    for id in [
        "density",
        "layers",
        "codes",
        "reconstruct",
        "read",
        "conditional",
        "discriminator",
        "pixels",
        "translate",
        "follow",
    ] {
        let query = ViewQuery::Plot {
            plot: id.into(),
            inputs: inputs(),
        };
        // A plot that it does not have is refused, and that is an answer too.
        let viewer = session.viewer(None, Some(data.clone()))?;
        let _ = pollster::block_on(viewer.view(&query, pause));
    }
    pollster::block_on(session.prepare_training(data.clone()))?;
    pollster::block_on(session.train_slice(Default::default(), Some(0)))?;
    let file = pollster::block_on(session.export(true))?;
    checkpoint::open(&file, None, &device)?;
    Ok(())
}

/// Writes files of every family for fuzz/targets/checkpoint.rs.
#[test]
#[ignore = "writes files for cargo-fuzz"]
fn write_seeds() {
    let folder = common::root("fuzz/corpus/checkpoint");
    std::fs::create_dir_all(&folder).expect("writable");
    for (i, small) in small_models().iter().enumerate() {
        for (bytes, kind) in files_of(small).iter().zip(["half", "resumable"]) {
            let name = format!("{i}-{}-{kind}.safetensors", small.family);
            std::fs::write(folder.join(name), bytes).expect("writable");
        }
    }
}

#[test]
fn files_of_every_family_load_and_what_is_missing_or_left_over_is_told() {
    let mut seen = BTreeMap::new();
    for small in small_models() {
        let [half, resumable] = files_of(&small);
        let family = small.family;
        load(&half, &small.data).unwrap_or_else(|e| panic!("{family}: {e}"));
        load(&resumable, &small.data).unwrap_or_else(|e| panic!("{family}: {e}"));
        let opened = checkpoint::open(&resumable, None, &device::cpu()).expect("it loads");
        let again = pollster::block_on(checkpoint::write_opened(&opened, &opened.meta));
        assert!(again.expect("a file") == resumable, "{family} saved again");
        let (head, _) = split(&resumable);
        let names: Vec<&String> = head.as_object().expect("a table").keys().collect();
        for name in names.into_iter().filter(|name| *name != "__metadata__") {
            let code = |bytes: &[u8]| {
                let opened = checkpoint::open(bytes, None, &device::cpu());
                opened.err().map(|e| e.code())
            };
            let gone = code(&without(&resumable, name));
            assert_eq!(gone, Some(Code::CheckpointShape), "{family} without {name}");
            let other = header(&resumable, |h| {
                let shape = h[name]["shape"].as_array_mut().expect("a list");
                shape.insert(0, 1.into());
            });
            assert_eq!(
                code(&other),
                Some(Code::CheckpointShape),
                "{family}: {name}"
            );
            let kind = name.split('/').next().expect("a part");
            *seen.entry(kind.to_string()).or_insert(0) += 1;
        }
        for ghost in ["ghost", "average/ghost", "optimizer/model/ghost.m"] {
            let opened = checkpoint::open(&with(&resumable, ghost), None, &device::cpu());
            let code = opened.err().map(|e| e.code());
            assert_eq!(code, Some(Code::CheckpointShape), "{family} with {ghost}");
        }
    }
    assert!(seen["average"] > 20 && seen["optimizer"] > 100, "{seen:?}");
}

#[test]
fn vocabularies_that_nobody_has_are_refused() {
    let models = small_models();
    let of = |place: usize, vocabulary: Value| {
        let [half, _] = files_of(&models[models.len() - place]);
        let file = meta(&half, |m| m["data"]["space"]["vocabulary"] = vocabulary);
        let opened = checkpoint::open(&file, None, &device::cpu());
        opened.err().map(|e| e.code())
    };
    let characters = |alphabet: &str| json!({"type": "characters", "alphabet": alphabet});
    let merges = |merges: Value| json!({"type": "bpe", "merges": merges});
    let refused = Some(Code::CheckpointSchema);
    assert_eq!(of(2, characters("")), refused);
    assert_eq!(of(2, characters("aa")), refused);
    assert_eq!(of(2, characters("abc")), Some(Code::CheckpointShape));
    assert_eq!(of(2, json!({"type": "syllables"})), refused);
    for bad in [
        json!([[0, 256]]),
        json!([[0, u32::MAX]]),
        json!([[-1, 2]]),
        json!([[1]]),
        json!(vec![[1, 2]; 70_000]),
    ] {
        assert_eq!(of(1, merges(bad)), refused);
    }
    assert_eq!(of(1, merges(json!([]))), Some(Code::CheckpointShape));
}

/// What tests/dealt.rs shows of some, of every family whose sampler says so.
#[test]
fn steps_that_can_be_dealt_out_are_the_same_in_parts() {
    let mut families = 0;
    for small in small_models() {
        let [half, _] = files_of(&small);
        let opened = checkpoint::open(&half, None, &device::cpu()).expect("it opens");
        let sampler = (opened.model).sampler(&Value::Null, &Condition::default(), 8, 3);
        let Ok(mut sampler) = sampler else { continue };
        let Some(divided) = sampler.divided() else {
            continue;
        };
        families += 1;
        let bits = |found: Tensor<2>| -> Vec<u32> {
            let data = found.into_data();
            data.iter::<f32>().map(f32::to_bits).collect()
        };
        for step in 0..3 {
            let rows = divided.ahead().expect("a step");
            let of = |samples: Range<usize>| {
                let rows = rows.clone().slice([samples.clone(), 0..rows.dims()[1]]);
                divided.step_of(step, samples, rows).expect("a part")
            };
            let (whole, parts) = (of(0..8), [of(0..4), of(4..8)].map(bits));
            assert!(
                bits(whole.clone()) == parts.concat(),
                "{} {step}",
                small.family
            );
            divided.take(whole).expect("a step");
            assert_eq!(divided.taken(), step + 1);
        }
    }
    assert!(families >= 5, "{families}");
}

#[test]
fn an_outline_has_the_names_and_shapes_of_a_model() {
    for small in small_models() {
        let info: &DataInfo = small.data.info();
        let device = device::cpu();
        let outline = families::outline(small.family, &small.config, info, &device);
        let outline = outline.expect("an outline");
        let [half, _] = files_of(&small);
        let opened = checkpoint::open(&half, None, &device).expect("it opens");
        assert_eq!(outline.shapes(), opened.model.shapes(), "{}", small.family);
        let (_, tensors) = checkpoint::inspect(&half).expect("a file");
        assert_eq!(outline.shapes().len(), tensors.len());
        for (name, _, shape) in tensors {
            assert!(outline.shapes().contains(&(name, shape)));
        }
    }
}

#[test]
fn costs_are_those_counted_by_hand() {
    let cost = |family: &str, config: Value, space: Space| {
        let info = DataInfo::new("own", space);
        let outline = families::outline(family, &config, &info, &device::cpu());
        outline.expect("an outline").cost().multiply_adds
    };
    // 784 → 400 → (20, 20), 20 → 400 → 784; the decoder three times for three draws.
    let (encoder, decoder) = (784 * 400 + 2 * 400 * 20, 20 * 400 + 400 * 784);
    let vae = cost("vae", json!({}), Space::grey(28, 28));
    assert_eq!(vae, f64::from(encoder + decoder));
    let thrice = json!({"importance_samples": 3});
    assert_eq!(
        cost("vae", thrice, Space::grey(28, 28)),
        f64::from(encoder + 3 * decoder)
    );
    // Convolutions of 3 × 3 to 14 × 14 and 7 × 7, of 4 × 4 back.
    let conv = cost("vae", json!({"architecture": "conv"}), Space::grey(28, 28));
    let bottom = 32 * 49;
    let down = 9 * 16 * 196 + 9 * 16 * 32 * 49 + bottom * 400 + 2 * 400 * 20;
    let up = 20 * 400 + 400 * bottom + 16 * 32 * 16 * 49 + 16 * 16 * 196;
    assert_eq!(conv, f64::from(down + up));
    // Each token: queries, keys, values and what leaves attention; an MLP of four times the width;
    // the logits; and half of all pairs of tokens twice.
    let (t, c, v) = (32, 64, 2);
    let gpt = json!({"n_layer": 3, "n_head": 2, "n_embd": c, "block_size": t, "mlp": "gelu"});
    let is_text = |space: &Space| space.vocabulary().is_some();
    let text = Space::examples().into_iter().find(is_text);
    let text = text.expect("an example of text");
    let layers = 3 * (t * 12 * c * c + t * t * c);
    assert_eq!(cost("gpt", gpt, text), f64::from(layers + t * c * v));
    // One level of eight channels on 4 × 4 pixels: time 8 → 32 → 32; a block is two convolutions and
    // a shift, the last with twice the channels and a skip; attention over 16 pixels.
    let unet = cost(
        "ddpm",
        json!({"channels": 8, "levels": 1}),
        Space::grey(4, 4),
    );
    let time = 8 * 32 + 32 * 32;
    let block = 16 * 2 * 9 * 64 + 32 * 8;
    let last = 16 * (9 * 128 + 9 * 64 + 128) + 32 * 8;
    let attention = 16 * (8 * 24 + 64) + 2 * 16 * 16 * 8;
    let ends = 2 * 16 * 9 * 8;
    assert_eq!(unet, f64::from(time + 3 * block + last + attention + ends));
    // The first convolution's rows above and pixels to the left; of each LSTM the gates twice; what is
    // made of both; the head.
    let rnn = cost("pixelrnn", json!({"units": 8}), Space::grey(4, 4));
    let (c, gates) = (16, 4 * 8);
    let near = c * (3 * 7 + 3);
    let layer = 2 * (c * gates + c * gates) + 8 * c;
    assert_eq!(rnn, f64::from(16 * (near + layer + c * c + c)));
}

#[test]
fn mutants_of_every_family_never_panic() {
    let models = small_models();
    let files: Vec<Vec<Vec<u8>>> = models.iter().map(|small| files_of(small).into()).collect();
    let mut codes = BTreeMap::<&str, u64>::new();
    let (start, numbers) = (Instant::now(), count());
    let failures = panics(numbers.clone(), |number| {
        let family = number as usize % models.len();
        let code = match load(&mutant(number, &files[family]), &models[family].data) {
            Ok(()) => "loads",
            Err(error) => {
                assert_ne!(error.code(), Code::Internal, "{error}");
                error.code().as_str()
            }
        };
        *codes.entry(code).or_default() += 1;
    });
    let n = numbers.end - numbers.start;
    let seconds = start.elapsed().as_secs_f64();
    println!("{n} mutants in {seconds:.0} s: {codes:?}");
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Bits of all weights after two steps with so many helpers, and of the losses; with how many parts a step has.
fn trained_with(small: &Small, optimizer: OptimizerKind, helpers: u32) -> (Vec<u32>, usize) {
    let device = device::cpu();
    let train = TrainConfig {
        optimizer,
        ..TrainConfig::from_json(&small.train).expect("options")
    };
    let new = |train| {
        let data = small.data.clone();
        Trainer::new(small.family, &small.config, train, data, 5, &device).expect("a training")
    };
    // Enough for several parts, the last of which is smaller.
    let most = new(train.clone()).model.micro_batch();
    let batch_size = match most {
        usize::MAX => 8,
        most => 2 * most + 1,
    };
    let mut trainer = new(TrainConfig {
        batch_size,
        ..train
    });
    let crew = common::crew::of(helpers);
    let mut bits = Vec::new();
    pollster::block_on(async {
        for _ in 0..2 {
            trainer.step_with(&crew).await.expect("a step");
            let losses = trainer.take_losses().await.expect("losses");
            bits.extend(losses.iter().map(|(_, loss)| loss.to_bits()));
        }
        for weights in trainer.model.weights().await.expect("weights").values() {
            bits.extend(weights.iter::<f32>().map(f32::to_bits));
        }
    });
    let family = small.family;
    assert_eq!(crew.size(), helpers as usize, "{family} lost a helper");
    (bits, trainer.parts())
}

#[test]
fn every_family_learns_the_same_to_the_last_bit_from_any_number_of_workers() {
    let mut helped = Vec::new();
    for small in small_models() {
        let family = small.family;
        for optimizer in [OptimizerKind::Adam, OptimizerKind::Muon] {
            let (alone, parts) = trained_with(&small, optimizer, 0);
            for workers in [2, 3, 5] {
                let (bits, _) = trained_with(&small, optimizer, workers - 1);
                assert!(
                    bits == alone,
                    "{family} by {optimizer:?} with {workers} workers"
                );
            }
            if parts > 1 {
                helped.push(family);
            }
        }
    }
    helped.dedup();
    assert!(helped.len() >= 11, "{helped:?}");
}
