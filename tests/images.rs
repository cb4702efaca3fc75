//! Models of images beside each other: what can be seen of each, and what is measured of them.

use std::{pin::Pin, rc::Rc};

use crate::common::small_digits;
use generative_playground::{
    bytes::Bytes,
    data::{
        Dataset, SpaceKind,
        images::ImageSet,
        input::{ImageInput, MaskInput},
    },
    device,
    error::{Code, Result},
    evaluate::{
        classifier::{Classifier, Plan},
        fidelity::fidelity,
    },
    model::TrainConfig,
    options::Options,
    plots,
    protocol::{PlotInputs, View, ViewQuery},
    rng::{Purpose, Rng},
    scene::grid,
    session::Session,
    training::Trainer,
};
use serde_json::{Value, json};

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

/// A session with a model of a family that has taken three steps, and its data.
fn session(family: &str, config: &Value) -> (Session, Rc<Dataset>) {
    session_of(family, config, small_digits(14, 40, 20))
}

fn session_of(family: &str, config: &Value, set: ImageSet) -> (Session, Rc<Dataset>) {
    use generative_playground::checkpoint::{self, Precision};
    let data: Rc<Dataset> = Rc::new(set.into());
    let train = TrainConfig::from_json(&json!({"batch_size": 8, "ema": 0.0, "binarize": "none"}));
    let trainer = Trainer::new(
        family,
        config,
        train.expect("options"),
        data.clone(),
        1,
        &device::cpu(),
    );
    let mut trainer = trainer.expect("a trainer");
    for _ in 0..3 {
        trainer.step().expect("a step");
    }
    let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("about it");
    let model = trainer.averaged();
    let file = checkpoint::write(&*model, &meta, Precision::Single);
    let file = pollster::block_on(file).expect("a file");
    let session = Session::open(&file, None, &device::cpu()).expect("a session");
    (session, data)
}

fn plot(session: &Session, data: &Rc<Dataset>, id: &str, at: f32) -> Result<View> {
    let query = ViewQuery::Plot {
        plot: id.into(),
        inputs: PlotInputs {
            at,
            count: 6,
            seed: 4,
            resolution: 8,
            image: Some(ImageInput::Test { index: 3 }),
            mask: Some(MaskInput {
                width: 2,
                height: 2,
                pixels: Bytes(vec![0, 0, 1, 1]),
            }),
            ..PlotInputs::default()
        },
    };
    let viewer = session.viewer(None, Some(data.clone()))?;
    pollster::block_on(viewer.view(&query, pause))
}

/// Samples with the seed of [`plot`], as a grid of `columns`.
fn samples(session: &Session, options: &Value, count: u32, columns: usize) -> Vec<u8> {
    let mut sampler = session
        .sampler(options, &Default::default(), count, 4)
        .expect("a sampler");
    let drawn = generative_playground::model::finish(&mut *sampler);
    let images = pollster::block_on(drawn).and_then(|s| s.images());
    pixels(&pollster::block_on(grid(images.expect("images"), columns)).expect("a grid"))
}

fn pixels(view: &View) -> Vec<u8> {
    let View::Image { rgba, .. } = view else {
        panic!("an image");
    };
    rgba.0.clone()
}

fn close(got: &[u8], want: &[u8]) -> bool {
    got.len() == want.len() && got.iter().zip(want).all(|(a, b)| a.abs_diff(*b) <= 1)
}

#[test]
fn scrubbers_end_at_the_samples_themselves() {
    let glow = json!({"scales": 1, "steps": 2, "channels": 4, "checkerboards": 1});
    let (session_, data) = session("glow", &glow);
    let end = pixels(&plot(&session_, &data, "generate", 1.0).expect("a plot"));
    assert!(close(&end, &samples(&session_, &Value::Null, 6, 8)));
    assert_ne!(
        end,
        pixels(&plot(&session_, &data, "generate", 0.0).expect("a plot"))
    );

    let gan = json!({"hidden": 16, "channels": 4, "z_dim": 4, "conditional": true});
    let (session_, data) = session("gan", &gan);
    let start = pixels(&plot(&session_, &data, "walk", 0.0).expect("a plot"));
    assert!(close(&start, &samples(&session_, &Value::Null, 6, 8)));
    assert_ne!(
        start,
        pixels(&plot(&session_, &data, "walk", 1.0).expect("a plot"))
    );

    let ddpm = json!({"timesteps": 50, "channels": 8, "levels": 1, "conditional": true});
    let (session_, data) = session("ddpm", &ddpm);
    let end = pixels(&plot(&session_, &data, "reverse", 1.0).expect("a plot"));
    let options = json!({"sampler": "ddim", "steps": 20});
    let want = samples(&session_, &options, 3, 3);
    // Above the images, below what is predicted of them: at the end the same.
    assert!(close(&end[..want.len()], &want) && close(&end[want.len()..], &want));
    assert!(plot(&session_, &data, "reverse", 0.3).is_ok());
}

#[test]
fn each_class_has_a_column_of_its_own() {
    let gan = json!({"hidden": 16, "channels": 4, "z_dim": 4, "conditional": true});
    let (told, data) = session("gan", &gan);
    let View::Image { columns, rows, .. } = plot(&told, &data, "classes", 0.0).expect("a plot")
    else {
        panic!("an image");
    };
    assert_eq!((columns, rows), (10, 4));
    let (untold, data) = session(
        "gan",
        &json!({"hidden": 16, "channels": 4, "conditional": false}),
    );
    let error = plot(&untold, &data, "classes", 0.0).expect_err("no classes");
    assert_eq!(error.code(), Code::Unsupported);
}

#[test]
fn what_is_not_painted_over_stays() {
    let ddpm = json!({"timesteps": 50, "channels": 8, "levels": 1, "conditional": true});
    for (family, config) in [
        ("ddpm", ddpm),
        (
            "pixelcnn",
            json!({"channels": 4, "layers": 1, "levels": 16}),
        ),
    ] {
        let (session, data) = session(family, &config);
        let Dataset::Images(set) = &*data else {
            panic!("images");
        };
        let want = set.test.image(3);
        let View::Image { rgba, width, .. } =
            plot(&session, &data, "complete", 0.0).expect("a plot")
        else {
            panic!("an image");
        };
        // Eight tiles, of each the upper half as it was.
        for tile in 0..8 {
            for (i, want) in want[..14 * 7].iter().enumerate() {
                let (x, y) = (tile % 4 * 14 + i % 14, tile / 4 * 14 + i / 14);
                let got = rgba.0[4 * (y * width as usize + x)];
                assert_eq!(got, *want, "{family}, tile {tile}");
            }
        }
    }
}

#[test]
fn every_plot_that_is_declared_is_answered() {
    for family in plots::families() {
        let Some(space) = family.spaces.iter().find(|s| s.kind == SpaceKind::Image) else {
            continue;
        };
        let (session, data) = match family.id.as_str() {
            "glow" => session("glow", &json!({"scales": 1, "steps": 1, "channels": 4})),
            "gan" => session(
                "gan",
                &json!({"hidden": 16, "channels": 4, "conditional": true}),
            ),
            "ddpm" => session(
                "ddpm",
                &json!({"channels": 8, "levels": 1, "conditional": true}),
            ),
            "pixelcnn" => session("pixelcnn", &json!({"channels": 4, "layers": 1})),
            "pixelrnn" => session("pixelrnn", &json!({"units": 4})),
            _ => continue,
        };
        // Models that were told sentences are asked in tests/words.rs and tests/edits.rs, those of sounds in
        // tests/spoken.rs.
        let others = ["samples", "words", "instruct", "hear"];
        let asked = (space.plots.iter()).filter(|spec| !others.contains(&&*spec.id));
        for spec in asked {
            let answer = plot(&session, &data, &spec.id, 0.5);
            let name = format!("{} {}", family.id, spec.id);
            let answer = answer.unwrap_or_else(|e| panic!("{name}: {e}"));
            if let Some(kind) = spec.answer {
                let answer = serde_json::to_value(answer).expect("JSON");
                assert_eq!(answer["kind"], *kind, "{name}");
            }
        }
    }
}

/// What needs classes says so, and nothing else needs them.
#[test]
fn plots_of_models_without_classes_are_those_that_are_declared_so() {
    for (id, config) in [
        ("ddpm", json!({"channels": 8, "levels": 1})),
        ("gan", json!({"hidden": 16, "channels": 4})),
        ("vae", json!({"hidden": 16, "latent_dim": 2})),
    ] {
        let mut set = small_digits(14, 40, 20);
        set.info.classes.clear();
        let (session, data) = session_of(id, &config, set);
        let families = plots::families();
        let family = families.iter().find(|f| f.id == id).expect("a family");
        let space = family.spaces.iter().find(|s| s.kind == SpaceKind::Image);
        let space = space.expect("images");
        for spec in &space.plots {
            // Those are asked elsewhere.
            if ["samples", "words", "instruct", "interpolate"].contains(&&*spec.id) {
                continue;
            }
            let refused = plot(&session, &data, &spec.id, 0.5).err();
            let code = refused.map(|e| e.code());
            let want = (spec.needs_classes || spec.needs_sound).then_some(Code::Unsupported);
            assert_eq!(code, want, "{id} {}", spec.id);
        }
    }
}

struct Raster {
    levels: usize,
    values: Vec<u8>,
    probabilities: Vec<f32>,
    numbers: Vec<(String, f64)>,
    /// Whether each is a bound.
    at_most: Vec<bool>,
}

fn raster(session: &Session, data: &Rc<Dataset>, id: &str) -> Raster {
    let View::Raster {
        levels,
        values,
        probabilities,
        numbers,
        ..
    } = plot(session, data, id, 0.0).expect("a plot")
    else {
        panic!("a raster");
    };
    let each = probabilities.0.as_chunks::<4>().0.iter();
    let number =
        |n: &generative_playground::scene::Number| (n.id.clone(), n.value.expect("finite"));
    Raster {
        levels: levels as usize,
        values: values.0,
        probabilities: each.map(|b| f32::from_le_bytes(*b)).collect(),
        numbers: numbers.iter().map(number).collect(),
        at_most: numbers.iter().map(|n| n.at_most).collect(),
    }
}

/// What is told of each pixel adds up to what is told of the image; a sample is the sampler's.
#[test]
fn surprises_of_pixels_add_up_to_that_of_the_image() {
    for (family, levels, config) in [
        ("pixelcnn", 2, json!({"channels": 4, "layers": 1})),
        (
            "pixelcnn",
            9,
            json!({"channels": 4, "layers": 1, "levels": 9}),
        ),
        ("pixelrnn", 2, json!({"units": 4})),
    ] {
        let (session, data) = session(family, &config);
        for id in ["likelihood", "pixels"] {
            let raster = raster(&session, &data, id);
            assert_eq!(raster.levels, levels);
            assert_eq!(raster.at_most, [false, false]);
            assert_eq!(raster.values.len(), 14 * 14);
            let rows = raster.probabilities.chunks(levels);
            let mut nats = 0.0;
            for (row, value) in rows.zip(&raster.values) {
                let total: f32 = row.iter().sum();
                assert!((total - 1.0).abs() < 1e-5, "{family} {id}: {total}");
                nats -= f64::from(row[usize::from(*value)]).ln();
            }
            let of = |name: &str| raster.numbers.iter().find(|n| n.0 == name).expect(name).1;
            assert!((nats / of("nats") - 1.0).abs() < 1e-4, "{family} {id}");
            let bits = of("nats") / 2f64.ln() / 196.0;
            assert!((bits / of("bits") - 1.0).abs() < 1e-9, "{family} {id}");
            if id == "pixels" {
                let want = samples(&session, &Value::Null, 1, 1);
                let top = levels as f32 - 1.0;
                let got = raster.values.iter().map(|v| f32::from(*v) / top * 255.0);
                let got: Vec<u8> = got.map(|v| (v + 0.5) as u8).collect();
                let grey: Vec<u8> = want.chunks(4).map(|pixel| pixel[0]).collect();
                assert!(close(&got, &grey), "{family}");
            }
        }
    }
}

/// A bound is called one, and of a model of levels there are bits; what has no density says so.
#[test]
fn how_probable_an_image_is_is_told_by_every_density_of_images() {
    let (glow, data) = session("glow", &json!({"scales": 1, "steps": 1, "channels": 4}));
    let (vae, _) = session("vae", &json!({"hidden": 16, "latent_dim": 2}));
    for (session, levels) in [(&glow, 256), (&vae, 2)] {
        let raster = raster(session, &data, "likelihood");
        assert_eq!(raster.levels, levels);
        assert!(raster.probabilities.is_empty());
        assert_eq!(raster.numbers[0].0, "nats");
        assert!(raster.numbers[0].1 > 0.0);
        assert_eq!(raster.numbers[1].0, "bits");
        assert_eq!(raster.at_most, [true, true]);
    }
    let (gan, data) = session("gan", &json!({"hidden": 16, "channels": 4}));
    let error = plot(&gan, &data, "likelihood", 0.0).expect_err("no density");
    assert_eq!(error.code(), Code::Unsupported);
}

/// A classifier that has learned little still tells noise from what it knows, and its file is itself.
#[test]
fn a_classifier_measures_how_far_samples_are_from_data() {
    let set = small_digits(14, 400, 100);
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let fresh = Classifier::init(&set, &mut rng, &device::cpu().autodiff());
    let plan = Plan {
        epochs: 40,
        held_out: 50,
        mirrored: false,
        seed: 1,
    };
    let trained =
        pollster::block_on(fresh.train(&set, &plan, |_, _, _| Ok(()))).expect("a training");
    let file = pollster::block_on(trained.to_bytes()).expect("a file");
    let classifier = Classifier::from_bytes(&file, &set, &device::cpu()).expect("it opens");
    assert!(Classifier::from_bytes(&file[..file.len() / 2], &set, &device::cpu()).is_err());
    let right = classifier.accuracy(&set.train, &set, 350..400);
    let right = pollster::block_on(right).expect("an accuracy");
    assert!(right > 0.5, "{right} of held-out digits");

    let measure = |family: &str, config: Value| {
        let (session, _) = session(family, &config);
        let info = session.info().expect("about it");
        assert_eq!(info.family, family);
        let model = session.model();
        let found = fidelity(
            &*model,
            &classifier,
            &set,
            &Value::Null,
            (100, None),
            |_| true,
        );
        pollster::block_on(found).expect("measures")
    };
    let gan = measure(
        "gan",
        json!({"hidden": 16, "channels": 4, "conditional": true}),
    );
    // Three steps make no digits.
    assert!(gan.frechet > 3.0 * gan.floor && gan.floor > 0.0, "{gan:?}");
    assert!(gan.least <= 1.0 && gan.most >= 1.0 && gan.agreement.is_some());
    let glow = measure("glow", json!({"scales": 1, "steps": 1, "channels": 4}));
    assert_eq!(glow.agreement, None);
}
