//! Files that nobody should have sent: a committed corpus, each with its code, and mutants of real
//! files through the full load path.
//!
//! `PLAYGROUND_MUTANTS=1000000 cargo test --release --test native malformed::mutants -- --nocapture` for
//! many; `PLAYGROUND_MUTANT=17` for one.

use std::{
    pin::Pin,
    rc::Rc,
    time::{Duration, Instant},
};

use crate::common::{
    self,
    files::{count, header, meta, mutant, panics, poke, raw, split, with, without},
    packed, plain_data, root,
};
use generative_playground::{
    checkpoint::{self, Precision},
    data::{Dataset, ImageSet},
    device,
    error::{Code, Error, Result},
    model::{Condition, TrainConfig, finish},
    options::Options,
    protocol::{ImageInput, PlotInputs, View, ViewQuery},
    session::Session,
    training::Trainer,
};
use serde_json::{Value, json};

/// The set behind the corpus: twelve images of 2 × 2 pixels.
fn tiny_data() -> (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>) {
    let pixels = |n: u8| (0..n * 4).map(|i| i * 7 % 16).collect::<Vec<u8>>();
    let labels = |n: u8| (0..n).map(|i| i % 10).collect::<Vec<u8>>();
    (pixels(12), labels(12), pixels(5), labels(5))
}

fn tiny_set() -> ImageSet {
    let (a, b, c, d) = tiny_data();
    ImageSet::unpack(&packed("mnist", [2, 2], (&a, &b), (&c, &d))).expect("a data file")
}

fn tiny_trainer() -> Trainer {
    let config = json!({"hidden": 16, "latent_dim": 2});
    let train = TrainConfig::from_json(&json!({"batch_size": 8})).expect("options");
    let mut trainer = Trainer::new(
        "vae",
        &config,
        train,
        Rc::new(tiny_set().into()),
        1,
        &device::cpu(),
    )
    .expect("a training");
    for _ in 0..3 {
        trainer.step().expect("a step");
    }
    trainer
}

/// A file that holds weights, and one that can be trained on.
fn real_files() -> [Vec<u8>; 3] {
    let trainer = tiny_trainer();
    let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("meta");
    let model = trainer.model.valid();
    let write = |precision| pollster::block_on(checkpoint::write(&*model, &meta, precision));
    [
        write(Precision::Half).expect("writes"),
        write(Precision::Single).expect("writes"),
        pollster::block_on(checkpoint::write_resumable(&trainer, &meta)).expect("writes"),
    ]
}

/// Ask a session about its model.
fn look(session: &Session, query: &ViewQuery, set: Rc<Dataset>) -> Result<View> {
    let pause = || -> Pin<Box<dyn Future<Output = ()>>> { Box::pin(async {}) };
    pollster::block_on(session.viewer(None, Some(set))?.view(query, pause))
}

/// All that happens to a file on its way into a session and a training.
fn load(bytes: &[u8], set: &Rc<Dataset>) -> Result<()> {
    let device = device::cpu();
    checkpoint::inspect(bytes)?;
    let opened = checkpoint::open(bytes, None, &device)?;
    let mut session = Session::open(bytes, None, &device)?;
    session.info()?;
    let mut sampler = session.sampler(&Value::Null, &Condition::default(), 2, 3)?;
    let samples = pollster::block_on(finish(&mut *sampler))?;
    pollster::block_on(generative_playground::plots::samples(samples, 2, [0.0; 4]))?;
    let image = ImageInput::Test { index: 1 };
    for query in [
        ViewQuery::DataImages { start: 1, count: 2 },
        common::plot(
            "codes",
            PlotInputs {
                count: 3,
                ..PlotInputs::default()
            },
        ),
        common::plot(
            "reconstruct",
            PlotInputs {
                image: Some(image),
                seed: 1,
                count: 2,
                ..PlotInputs::default()
            },
        ),
    ] {
        // A set of another size is refused here, and that is an answer too.
        let _ = look(&session, &query, set.clone());
    }
    pollster::block_on(session.export(true))?;
    if opened.is_resumable() {
        let mut trainer = pollster::block_on(opened.into_trainer(set.clone(), &device))?;
        trainer.step()?;
        pollster::block_on(trainer.held_out(2))?;
    } else {
        pollster::block_on(session.prepare_training(set.clone()))?;
        pollster::block_on(session.train_slice(Duration::ZERO, None))?;
    }
    Ok(())
}

/// The file as format 1 had it.
fn format_1(bytes: &[u8]) -> Vec<u8> {
    meta(bytes, |m| {
        m.as_object_mut().expect("a table").remove("format");
        let data = m["data"].as_object_mut().expect("a table");
        let space = data.remove("space").expect("a space");
        data.insert("kind".into(), "images".into());
        data.insert("height".into(), space["height"].clone());
        data.insert("width".into(), space["width"].clone());
        data.insert("mean".into(), json!([]));
        data.insert("scale".into(), json!(1.0));
    })
}

const MU: &str = "encoder.mu.bias";

/// A file of the corpus: name, its code, and the file.
type Row = (&'static str, Option<Code>, Vec<u8>);

/// Every file of the corpus: name, its code (none for a good one), how it is made from
/// [`real_files`].
fn corpus() -> Vec<Row> {
    use Code::*;
    let [half, single, resumable] = real_files();
    let text = |s: &str| s.as_bytes().to_vec();
    let (head, data) = split(&single);
    let head_text = head.to_string();
    let cut = |n: usize| single[..n].to_vec();
    let offsets = |v: Value| header(&single, |h| h[MU]["data_offsets"] = v);
    let shape = |v: Value| header(&single, |h| h[MU]["shape"] = v);
    let dtype = |v: &str| header(&half, |h| h[MU]["dtype"] = v.into());
    let put = |file: &[u8], path: &str, v: Value| {
        meta(file, |m| match m.pointer_mut(path) {
            Some(place) => *place = v,
            None => panic!("{path}"),
        })
    };
    let of = |path: &str, v: Value| put(&single, path, v);
    let config = |v: Value| of("/config", v);
    let entry = |i: usize| head[MU]["data_offsets"][i].as_u64().expect("an offset");
    let (start, end) = (entry(0), entry(1));
    let moment = format!("optimizer/model/{MU}.m");
    let mut trailing = single.clone();
    trailing.push(0);
    let mut not_utf8 = single.clone();
    not_utf8[12] = 0xff;
    let length = |n: u64| [n.to_le_bytes().as_slice(), &single[8..]].concat();
    let twice = head_text.replacen(
        '{',
        &format!("{{\"{MU}\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}},"),
        1,
    );
    let deep = "[".repeat(300);
    let mut table = vec![
        ("valid-half", None, half.clone()),
        ("valid-single", None, single.clone()),
        ("valid-resumable", None, resumable.clone()),
        ("format-1-half", None, format_1(&half)),
        ("format-1-single", None, format_1(&single)),
        ("format-1-resumable", None, format_1(&resumable)),
        // Not the container.
        ("empty", Some(CheckpointParse), Vec::new()),
        ("cut-in-length", Some(CheckpointParse), cut(5)),
        ("cut-in-header", Some(CheckpointParse), cut(200)),
        ("cut-in-data", Some(CheckpointParse), cut(single.len() - 3)),
        (
            "cut-before-data",
            Some(CheckpointParse),
            cut(single.len() - data.len()),
        ),
        ("trailing-byte", Some(CheckpointParse), trailing),
        (
            "a-zip",
            Some(CheckpointParse),
            text("PK\u{3}\u{4}\u{14}\0\0\0\u{8}\0 and so on, as PyTorch's files begin"),
        ),
        (
            "a-page",
            Some(CheckpointParse),
            text("<!doctype html><title>404 Not Found</title>"),
        ),
        (
            "a-pointer",
            Some(CheckpointParse),
            text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
        ),
        ("zeros", Some(CheckpointParse), vec![0; 64]),
        (
            "header-length-huge",
            Some(CheckpointParse),
            length(u64::MAX),
        ),
        (
            "header-length-beyond-file",
            Some(CheckpointParse),
            length(1 << 20),
        ),
        ("header-length-zero", Some(CheckpointParse), length(0)),
        (
            "header-not-json",
            Some(CheckpointParse),
            raw(b"{'single': quotes}", &data),
        ),
        ("header-not-utf8", Some(CheckpointParse), not_utf8),
        ("header-a-list", Some(CheckpointParse), raw(b"[]", &[])),
        (
            "header-deep",
            Some(CheckpointParse),
            raw(format!("{{\"a\":{deep}").as_bytes(), &[]),
        ),
        (
            "metadata-a-number",
            Some(CheckpointParse),
            header(&single, |h| h["__metadata__"]["playground"] = 3.into()),
        ),
        // Its ranges.
        (
            "ranges-overlap",
            Some(CheckpointParse),
            offsets(json!([start - 4, end - 4])),
        ),
        (
            "range-beyond-file",
            Some(CheckpointParse),
            offsets(json!([1u64 << 40, (1u64 << 40) + 8])),
        ),
        (
            "range-reversed",
            Some(CheckpointParse),
            offsets(json!([end, start])),
        ),
        (
            "range-negative",
            Some(CheckpointParse),
            offsets(json!([-8, 0])),
        ),
        (
            "range-overflows",
            Some(CheckpointParse),
            offsets(json!([u64::MAX - 7, u64::MAX])),
        ),
        (
            "shape-overflows",
            Some(CheckpointParse),
            shape(json!([1u64 << 40, 1u64 << 40])),
        ),
        (
            "shape-not-its-range",
            Some(CheckpointParse),
            shape(json!([3])),
        ),
        (
            "name-twice",
            Some(CheckpointParse),
            raw(twice.as_bytes(), &data),
        ),
        ("type-unknown", Some(CheckpointParse), dtype("F7")),
        // Its tensors.
        ("type-bf16", Some(CheckpointShape), dtype("BF16")),
        ("type-i16", Some(CheckpointShape), dtype("I16")),
        (
            "shape-transposed",
            Some(CheckpointShape),
            header(&single, |h| {
                h["encoder.mu.weight"]["shape"] = json!([2, 16])
            }),
        ),
        (
            "shape-of-another-rank",
            Some(CheckpointShape),
            shape(json!([1, 2])),
        ),
        (
            "tensor-missing",
            Some(CheckpointShape),
            without(&single, MU),
        ),
        (
            "tensor-extra",
            Some(CheckpointShape),
            with(&single, "decoder.secret"),
        ),
        (
            "tensor-renamed",
            Some(CheckpointShape),
            with(&without(&single, MU), "encoder.mu.bia"),
        ),
        (
            "no-tensors",
            Some(CheckpointShape),
            raw(
                json!({"__metadata__": head["__metadata__"]})
                    .to_string()
                    .as_bytes(),
                &[],
            ),
        ),
        (
            "weight-nan",
            Some(CheckpointNotFinite),
            poke(&single, MU, &f32::NAN.to_le_bytes()),
        ),
        (
            "weight-infinite",
            Some(CheckpointNotFinite),
            poke(&single, MU, &f32::NEG_INFINITY.to_le_bytes()),
        ),
        (
            "weight-infinite-half",
            Some(CheckpointNotFinite),
            poke(&half, MU, &[0x00, 0x7c]),
        ),
        // What it says about itself.
        (
            "metadata-absent",
            Some(CheckpointSchema),
            header(&single, |h| {
                h.as_object_mut().expect("a table").remove("__metadata__");
            }),
        ),
        (
            "metadata-of-others",
            Some(CheckpointSchema),
            header(&single, |h| h["__metadata__"] = json!({"format": "pt"})),
        ),
        (
            "metadata-not-json",
            Some(CheckpointSchema),
            header(&single, |h| {
                h["__metadata__"]["playground"] = "family: vae".into()
            }),
        ),
        (
            "metadata-deep",
            Some(CheckpointSchema),
            header(&single, |h| {
                h["__metadata__"]["playground"] = format!("{{\"family\":{deep}").into()
            }),
        ),
        (
            "metadata-incomplete",
            Some(CheckpointSchema),
            meta(&single, |m| {
                m.as_object_mut().expect("a table").remove("seed");
            }),
        ),
        (
            "metadata-of-wrong-types",
            Some(CheckpointSchema),
            of("/seed", json!("one")),
        ),
        (
            "family-unknown",
            Some(UnknownFamily),
            of("/family", json!("boltzmann")),
        ),
        (
            "schema-newer",
            Some(CheckpointSchema),
            of("/schema", json!(999)),
        ),
        (
            "schema-negative",
            Some(CheckpointSchema),
            of("/schema", json!(-1)),
        ),
        (
            "format-newer",
            Some(CheckpointSchema),
            of("/format", json!(3)),
        ),
        (
            "space-unknown",
            Some(CheckpointSchema),
            of("/data/space/kind", json!("smells")),
        ),
        (
            "space-of-another-family",
            Some(Unsupported),
            of(
                "/data/space",
                json!({"kind": "energy", "mean": [0, 0], "scale": 1}),
            ),
        ),
        (
            "image-channels",
            Some(CheckpointSchema),
            of("/data/space/channels", json!(2)),
        ),
        (
            "image-size-huge",
            Some(CheckpointSchema),
            of("/data/space/height", json!(u32::MAX)),
        ),
        (
            "image-size-zero",
            Some(CheckpointSchema),
            of("/data/space/width", json!(0)),
        ),
        (
            "image-size-other",
            Some(CheckpointShape),
            of("/data/space/width", json!(3)),
        ),
        (
            "steps-huge",
            Some(CheckpointSchema),
            of("/step", json!(u64::MAX)),
        ),
        (
            "images-seen-huge",
            Some(CheckpointSchema),
            of("/seen", json!(u64::MAX)),
        ),
        (
            "config-out-of-range",
            Some(BadOption),
            config(json!({"hidden": 100_000_000})),
        ),
        (
            "config-negative",
            Some(BadOption),
            config(json!({"latent_dim": -2})),
        ),
        (
            "config-unknown-option",
            Some(BadOption),
            config(json!({"heads": 8})),
        ),
        (
            "config-of-wrong-type",
            Some(BadOption),
            config(json!({"hidden": "wide"})),
        ),
        ("config-a-list", Some(BadOption), config(json!([1, 2]))),
        (
            "config-contradictory",
            Some(BadOption),
            config(json!({"importance_samples": 5, "beta": 2.0})),
        ),
        (
            "config-of-another-size",
            Some(CheckpointShape),
            config(json!({"hidden": 17, "latent_dim": 2})),
        ),
        (
            "convolutions-of-odd-images",
            Some(Unsupported),
            config(json!({"architecture": "conv"})),
        ),
        (
            "train-out-of-range",
            Some(BadOption),
            of("/train/batch_size", json!(1u64 << 40)),
        ),
        (
            "train-unknown-option",
            Some(BadOption),
            of("/train", json!({"momentum": 0.9})),
        ),
        // The optimizer.
        (
            "optimizers-too-many",
            Some(CheckpointSchema),
            of("/optimizers", json!([3, 3])),
        ),
        (
            "optimizer-steps-huge",
            Some(CheckpointSchema),
            of("/optimizers", json!([u64::MAX])),
        ),
        (
            "moment-missing",
            Some(CheckpointShape),
            without(&resumable, &moment),
        ),
        (
            "moment-extra",
            Some(CheckpointShape),
            with(&resumable, "optimizer/model/ghost.m"),
        ),
        (
            "moment-of-no-network",
            Some(CheckpointShape),
            with(&resumable, "optimizer/critic/ghost.m"),
        ),
        (
            "moment-of-another-shape",
            Some(CheckpointShape),
            header(&resumable, |h| h[&moment]["shape"] = json!([1, 2])),
        ),
        (
            "moment-nan",
            Some(CheckpointNotFinite),
            poke(&resumable, &moment, &f32::NAN.to_le_bytes()),
        ),
        (
            "moments-not-declared",
            Some(CheckpointShape),
            put(&resumable, "/optimizers", json!([])),
        ),
        (
            "data-of-another-name",
            Some(BadData),
            of("/data/name", json!("fashion")),
        ),
    ];
    table.extend(lists_and_names(&single));
    table
}

/// Lists of uneven length, numbers that are none, names that are paths and labels that are pages.
fn lists_and_names(single: &[u8]) -> Vec<Row> {
    let losses = |steps: Value, values: Value| {
        meta(single, |m| {
            let curve =
                json!({"name": "loss", "split": "heldOut", "steps": steps, "values": values});
            m["losses"] = json!([curve]);
        })
    };
    let of = |path: &str, value: Value| {
        meta(single, |m| match m.pointer_mut(path) {
            Some(place) => *place = value,
            None => panic!("{path}"),
        })
    };
    let eight = json!([1, 2, 3, 4, 5, 6, 7, 8]);
    let long = "x".repeat(61);
    let rows = [
        ("losses-without-steps", losses(json!([]), eight.clone())),
        ("losses-without-values", losses(eight.clone(), json!([]))),
        ("losses-one-short", losses(json!([1, 2, 3]), json!([1, 2]))),
        ("losses-infinite", losses(json!([1]), json!([1e300]))),
        ("losses-out-of-order", losses(json!([2, 1]), json!([1, 1]))),
        ("losses-negative-step", losses(json!([-1]), json!([1]))),
        (
            "losses-beyond-its-step",
            losses(json!([1, 4]), json!([1, 1])),
        ),
        (
            "losses-without-a-name",
            meta(single, |m| {
                let curve = json!({"name": long, "split": "train", "steps": [], "values": []});
                m["losses"] = json!([curve]);
            }),
        ),
        ("id-a-path", of("/id", json!("../../secret"))),
        ("id-empty", of("/id", json!(""))),
        ("id-long", of("/id", json!(long))),
        ("data-name-a-path", of("/data/name", json!("/etc/passwd"))),
        (
            "data-name-with-escapes",
            of("/data/name", json!("\u{1b}[2J")),
        ),
        ("class-long", of("/data/classes", json!([long]))),
        ("class-of-two-lines", of("/data/classes", json!(["a\nb"]))),
        ("hash-that-is-none", of("/data/sha256", json!("no hash"))),
        ("seconds-negative", of("/seconds", json!(-1))),
        ("seconds-infinite", of("/seconds", json!(1e300))),
        ("epoch-negative", of("/epoch", json!(-0.5))),
    ];
    let refused = rows.map(|(name, bytes)| (name, Some(Code::CheckpointSchema), bytes));
    let mut rows: Vec<Row> = refused.into();
    // As large as options allow, in a file of a kilobyte: 185 million weights are named, none is there.
    let nothing = json!({"__metadata__": split(single).0["__metadata__"]});
    let declared = meta(&raw(nothing.to_string().as_bytes(), &[]), |m| {
        let alphabet: String = ('\u{4e00}'..).take(64).collect();
        m["family"] = "gpt".into();
        m["config"] =
            json!({"n_layer": 12, "n_head": 12, "n_embd": 768, "block_size": 1024, "tied": false});
        m["data"]["space"] = json!({
            "kind": "text", "characters_per_token": 1.0,
            "vocabulary": {"type": "characters", "alphabet": alphabet},
        });
    });
    rows.push((
        "declares-the-largest",
        Some(Code::CheckpointShape),
        declared,
    ));
    rows
}

/// Writes tests/corpus.
#[test]
#[ignore = "writes committed files"]
fn write_corpus() {
    let folder = root("tests/corpus");
    std::fs::create_dir_all(&folder).expect("writable");
    for (name, _, bytes) in corpus() {
        std::fs::write(folder.join(format!("{name}.safetensors")), bytes).expect("writable");
    }
    // For fuzz/targets/request.rs.
    let (a, b, c, d) = tiny_data();
    let data = packed("mnist", [2, 2], (&a, &b), (&c, &d));
    std::fs::write(folder.join("data.bin"), data).expect("writable");
}

#[test]
fn every_file_of_the_corpus_gets_its_code() {
    let set = Rc::new(tiny_set().into());
    let table = corpus();
    let mut files = 0;
    for file in std::fs::read_dir(root("tests/corpus")).expect("the corpus") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|e| e != "safetensors") {
            continue;
        }
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let row = table.iter().find(|(n, _, _)| *n == name);
        let (_, want, _) = row.unwrap_or_else(|| panic!("{name} is not in the table"));
        let bytes = std::fs::read(&path).expect("readable");
        assert!(bytes.len() <= 7000, "{name} has {} bytes", bytes.len());
        let got = load(&bytes, &set).err().map(|e| (e.code(), e));
        assert_eq!(got.as_ref().map(|g| g.0), *want, "{name}: {got:?}");
        if let Some((_, error)) = got {
            assert!(error.recoverable(), "{name}: what was there stays usable");
            assert!(error.to_string().chars().count() < 400, "{name}: {error}");
        }
        files += 1;
    }
    assert_eq!(files, table.len());
}

#[test]
fn what_is_too_large_for_a_committed_file() {
    let set = Rc::new(tiny_set().into());
    let [_, single, _] = real_files();
    let code = |bytes: &[u8]| load(bytes, &set).err().map(|e| e.code());
    let curve = |n: usize| json!({"name": "loss", "split": "train", "steps": vec![1; n], "values": vec![0.5; n]});
    let long = meta(&single, |m| m["losses"] = json!([curve(100_001)]));
    assert_eq!(code(&long), Some(Code::CheckpointSchema));
    let many = meta(&single, |m| m["losses"] = json!(vec![curve(1); 65]));
    assert_eq!(code(&many), Some(Code::CheckpointSchema));
    let classes = meta(&single, |m| m["data"]["classes"] = json!(vec!["x"; 257]));
    assert_eq!(code(&classes), Some(Code::CheckpointSchema));
    let large = vec![0u8; checkpoint::SIZE_LIMIT + 1];
    assert_eq!(code(&large), Some(Code::CheckpointTooLarge));
    let promised = checkpoint::open(&single, Some(&"0".repeat(64)), &device::cpu());
    assert_eq!(promised.err().map(|e| e.code()), Some(Code::CheckpointHash));
    let right = checkpoint::sha256(&single).to_uppercase();
    assert!(checkpoint::open(&single, Some(&right), &device::cpu()).is_ok());
}

#[test]
fn data_that_nobody_packed_is_refused() {
    let (a, b, c, d) = tiny_data();
    let bad = |bytes: &[u8]| match ImageSet::unpack(bytes) {
        Err(Error::BadData { .. }) => {}
        other => panic!("{:?}", other.map(|s| s.info)),
    };
    // No images, in either part; then classes and sizes that are not.
    bad(&packed("mnist", [2, 2], (&[], &[]), (&c, &d)));
    bad(&packed("mnist", [2, 2], (&a, &b), (&[], &[])));
    bad(&packed("cats", [2, 2], (&a, &b), (&c, &d)));
    bad(&packed("mnist", [2, 2], (&a, &[11; 12]), (&c, &d)));
    bad(&packed(
        "mnist",
        [1, 65],
        (&[0; 65], &[1]),
        (&[0; 65], &[1]),
    ));
    bad(&packed("mnist", [0, 2], (&[], &[1]), (&[], &[1])));
    bad(&plain_data("mnist", [2, 2], (&a, &b), (&c, &d)));
    bad(&std::fs::read(root("tests/corpus/valid-half.safetensors")).expect("the corpus"));
}

#[test]
fn mutants_of_real_files_never_panic() {
    let set = Rc::new(tiny_set().into());
    let files = real_files();
    let mut codes = std::collections::BTreeMap::<&str, u64>::new();
    let start = Instant::now();
    let numbers = count();
    let failures = panics(numbers.clone(), |number| {
        let code = match load(&mutant(number, &files), &set) {
            Ok(()) => "loads",
            Err(error) => {
                assert_ne!(error.code(), Code::Internal, "{error}");
                error.code().as_str()
            }
        };
        *codes.entry(code).or_default() += 1;
    });
    let n = numbers.end - numbers.start;
    println!(
        "{n} mutants in {:.0} s: {codes:?}",
        start.elapsed().as_secs_f64()
    );
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn mutants_of_a_data_file_never_panic() {
    let (a, b, c, d) = tiny_data();
    let plain = [
        plain_data("mnist", [2, 2], (&a, &b), (&c, &d)),
        plain_data("fashion", [1, 4], (&a, &b), (&c, &d)),
    ];
    let zipped: Vec<Vec<u8>> = plain.iter().map(|p| zip(p)).collect();
    let numbers = count();
    let failures = panics(
        numbers.start..numbers.end.div_ceil(4).max(numbers.start + 1),
        |number| {
            // In the archive, and in what is archived.
            let bytes = if number % 3 == 0 {
                mutant(number, &zipped)
            } else {
                zip(&mutant(number, &plain))
            };
            let Ok(set) = ImageSet::unpack(&bytes) else {
                return;
            };
            let set: Rc<Dataset> = Rc::new(set.into());
            let config = json!({"hidden": 16, "latent_dim": 2});
            let session = Session::create(
                "vae",
                &config,
                &json!({"batch_size": 8}),
                set.clone(),
                1,
                &device::cpu(),
            );
            let mut session = session.expect("any data that unpacks can be learned");
            pollster::block_on(session.train_slice(Duration::ZERO, Some(1))).expect("a step");
            let inputs = PlotInputs {
                count: 9,
                ..PlotInputs::default()
            };
            let query = common::plot("codes", inputs);
            look(&session, &query, set.clone()).expect("a view");
        },
    );
    assert!(failures.is_empty(), "{failures:#?}");
}

fn zip(plain: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(plain, flate2::Compression::fast())
        .read_to_end(&mut out)
        .expect("packs");
    out
}
