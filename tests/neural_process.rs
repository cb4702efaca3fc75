//! The neural process against PyTorch (tests/reference/neural_process.py), sets of hands, and what is made of them.

use std::rc::Rc;

use crate::common::{
    self, by_formula, count, counts, digest, number, packed, pause, root, signed, values,
};
use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    bytes::Bytes,
    checkpoint::{self, Precision},
    data::{
        Batch, Binarize, DataInfo, ImageSet, Space, Stream,
        images::{Images, Standing},
        input::{ImageInput, LetterInput, prepare},
        test_images,
    },
    error::Code,
    families::neural_process::{NeuralProcess, NeuralProcessConfig},
    model::{Family, Model, TrainConfig},
    nn::weights::Weights,
    optim::{Hyper, Optimizer},
    options::Options,
    plots::{font, outline},
    protocol::{PlotInputs, View, ViewQuery},
    rng::{Purpose, Rng},
    session::Session,
    training::Trainer,
};
use serde_json::{Value, json};

/// A case's model with weights from the formula.
fn build(case: &Value, device: &Device) -> NeuralProcess {
    let size = counts(&case["size"]);
    let mut info = DataInfo::new("letters", Space::grey(size[0], size[1]));
    info.classes = (0..count(&case["classes"]))
        .map(|c| c.to_string())
        .collect();
    let config = NeuralProcessConfig::from_json(&case["config"]).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = NeuralProcess::init(&config, &info, &mut rng, device).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    by_formula(&mut weights);
    Family::with_weights(model, weights).expect("they fit")
}

#[test]
fn beliefs_images_losses_and_gradients_are_pytorchs() {
    let path = root("tests/reference/neural_process.json");
    let text = std::fs::read_to_string(path).expect("a committed file");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let device = Device::flex().autodiff();
    for case in &cases {
        let model = build(case, &device);
        let (size, together) = (counts(&case["size"]), count(&case["together"]));
        let (shown, classes) = (counts(&case["shown"]), count(&case["classes"]));
        let n = together * shown.len();
        let labels: Vec<u32> = (0..n).map(|i| (i * 7 % classes) as u32).collect();
        let pixels = signed(1000, n * size[0] * size[1], 0.5);
        let pixels: Vec<f32> = pixels
            .iter()
            .map(|&v| (f64::from(v) + 0.5) as f32)
            .collect();
        let x = TensorData::new(pixels, [n, 1, size[0], size[1]]);
        let x = Tensor::<4>::from_data(x, &device);
        let d = count(&case["config"]["latent_dim"]);
        let epsilon = TensorData::new(signed(1001, shown.len() * d, 1.5), [shown.len(), d]);
        let epsilon = Tensor::<2>::from_data(epsilon, &device);

        let plain = |t: Tensor<2>| values(t.without_autodiff());
        let first = model.read(x.clone().narrow(0, 0, together), &labels[..together]);
        digest("mean", &plain(first.mean), &case["mean"]);
        digest("precision", &plain(first.precision), &case["precision"]);
        let mut z = Vec::new();
        for hand in 0..shown.len() {
            let from = hand * together;
            let belief = model.read(
                x.clone().narrow(0, from, together),
                &labels[from..from + together],
            );
            let drawn = belief.mean + epsilon.clone().narrow(0, hand, 1) / belief.precision.sqrt();
            z.push(drawn.repeat_dim(0, together));
        }
        let logits = model.decode(Tensor::cat(z, 0), &labels);
        digest(
            "logits",
            &values(logits.without_autodiff()),
            &case["logits"],
        );

        let losses = model.bound(x, &labels, &shown, epsilon);
        for (name, value) in &losses {
            let got = f64::from(values(value.clone().without_autodiff())[0]);
            let want = number(&case["losses"][*name]);
            assert!(
                (got - want).abs() < 1e-5 * want.abs().max(1.0),
                "{name}: {got}, {want}"
            );
        }
        let mut adam = Optimizer::default();
        adam.step(model.net().clone(), &losses[0].1, Hyper::new(1e-3));
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

/// Letters of so many hands, 8 × 8: where its bar is says the class, how dark it is the hand.
fn letters(train: usize, test: usize) -> ImageSet {
    let part = |hands: usize, offset: usize| -> (Vec<u8>, Vec<u8>) {
        let mut all = (Vec::new(), Vec::new());
        for hand in 0..hands {
            for class in 0..36u8 {
                let ink = 3 + ((hand + offset) % 12) as u8;
                let dark =
                    |i: usize| i % 8 == usize::from(class % 6) || i / 8 == usize::from(class / 6);
                all.0.extend((0..64).map(|i| if dark(i) { ink } else { 0 }));
                all.1.push(class);
            }
        }
        all
    };
    let ((a, b), (c, d)) = (part(train, 0), part(test, 5));
    ImageSet::unpack(&packed("glyphs", [8, 8], (&a, &b), (&c, &d))).expect("a data file")
}

fn config() -> Value {
    json!({"channels": 4, "hidden": 16, "latent_dim": 4})
}

#[test]
fn batches_are_of_whole_hands_and_an_epoch_shows_every_letter_once() {
    let (hands, count) = (6, 24);
    let set = letters(hands, 1);
    let ink = |image: &[f32]| (image.iter().copied().fold(0f32, f32::max) * 15.0).round() as u32;
    let mut stream = Stream::new(3, 0);
    let mut seen = std::collections::BTreeSet::new();
    let mut batches = Vec::new();
    let data = set.clone().into();
    for _ in 0..hands * 36 / count {
        let batch = stream
            .next(&data, count, 0, Binarize::None)
            .expect("a batch");
        let Batch::Images { values, labels, .. } = &batch else {
            panic!("images")
        };
        for (images, labels) in values.chunks(12 * 64).zip(labels.chunks(12)) {
            let hand = ink(&images[..64]);
            for (image, &label) in images.chunks(64).zip(labels) {
                assert_eq!(ink(image), hand, "one hand");
                assert!(seen.insert((hand, label)), "{hand} {label} twice");
            }
        }
        batches.push(values.clone());
    }
    assert_eq!(seen.len(), hands * 36);
    // It goes on from where it was, and other seeds see other things.
    let mut later = Stream::new(3, 2 * count as u64);
    let Batch::Images { values, .. } = later.next(&data, count, 0, Binarize::None).expect("one")
    else {
        panic!("images")
    };
    assert_eq!(values, batches[2]);
    let mut other = Stream::new(4, 0);
    let Batch::Images { values, .. } = other.next(&data, count, 0, Binarize::None).expect("one")
    else {
        panic!("images")
    };
    assert_ne!(values, batches[0]);
    // Of as many images as are no whole hands, the last hand is cut.
    let batch = Stream::new(1, 0)
        .next(&data, 32, 0, Binarize::None)
        .expect("one");
    assert_eq!(batch.len(), 32);
    let Batch::Images { labels, .. } = test_images(&set, 0, 36, Binarize::None) else {
        panic!("images")
    };
    assert_ne!(labels, (0..36).collect::<Vec<u32>>());
    let mut sorted = labels;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..36).collect::<Vec<u32>>());
}

#[test]
fn a_hand_varies_as_one_and_anew_each_time() {
    // All letters are alike, so that what differs is how they were changed.
    let part = |hands: u8| -> (Vec<u8>, Vec<u8>) {
        let letter = (0..64).map(|i| if (2..5).contains(&(i % 8)) { 15 } else { 0 });
        let images = letter.cycle().take(64 * 36 * usize::from(hands)).collect();
        (images, (0..36 * hands).map(|i| i % 36).collect())
    };
    let ((a, b), (c, d)) = (part(2), part(1));
    let set = ImageSet::unpack(&packed("glyphs", [8, 8], (&a, &b), (&c, &d))).expect("a data file");
    let set = set.into();
    let mut stream = Stream::new(3, 0);
    stream.vary(1.0);
    let mut ways = std::collections::BTreeSet::new();
    for _ in 0..2 {
        let batch = stream.next(&set, 72, 0, Binarize::None).expect("a batch");
        let Batch::Images { values, .. } = batch else {
            panic!("images")
        };
        for hand in values.chunks(12 * 64) {
            let first: Vec<u32> = hand[..64].iter().map(|v| (v * 255.0) as u32).collect();
            for image in hand.chunks(64) {
                assert_eq!(image, &hand[..64], "one hand, one way");
            }
            ways.insert(first);
        }
    }
    assert_eq!(ways.len(), 12, "each time another way");
}

/// A session with a model that has learned for so many steps.
fn learned(set: &ImageSet, steps: usize) -> Session {
    let train = json!({"batch_size": 48, "learning_rate": 4e-3, "ema": 0.0});
    let train = TrainConfig::from_json(&train).expect("options");
    let (data, device) = (Rc::new(set.clone().into()), Device::flex());
    let trainer = Trainer::new("neural-process", &config(), train, data, 5, &device);
    let mut trainer = trainer.expect("a training");
    for _ in 0..steps {
        trainer.step().expect("a step");
    }
    let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("about it");
    let model = trainer.averaged();
    let bytes = checkpoint::write(&*model, &meta, Precision::Single);
    let bytes = pollster::block_on(bytes).expect("a file");
    Session::open(&bytes, None, &device).expect("a session")
}

/// Letters of the test set, by number.
fn given(of: &[u32]) -> Vec<LetterInput> {
    let letter = |&index: &u32| LetterInput {
        image: ImageInput::Test { index },
        label: index % 36,
    };
    of.iter().map(letter).collect()
}

fn ask(at: f32, letters: Vec<LetterInput>) -> ViewQuery {
    common::plot(
        "alphabet",
        PlotInputs {
            at,
            letters,
            count: 1,
            seed: 3,
            resolution: 8,
            ..PlotInputs::default()
        },
    )
}

#[test]
fn an_alphabet_is_in_the_hand_of_its_examples() {
    let set = letters(12, 8);
    let session = learned(&set, 300);
    let data = Rc::new(set.clone().into());
    let viewer = session.viewer(None, Some(data)).expect("a viewer");
    let look = |query: &ViewQuery| pollster::block_on(viewer.view(query, pause));
    let sheet = |query: &ViewQuery| {
        outline::tiles(&look(query).expect("a sheet"), 1)
            .expect("images")
            .0
    };
    let ink = |image: &[f32]| image.iter().copied().fold(0f32, f32::max);
    for hand in [0u32, 3, 6] {
        let made = sheet(&ask(0.5, given(&[hand * 36 + 2, hand * 36 + 20])));
        assert_eq!(made.len(), 36);
        let truth = |class: usize| set.test.image(hand as usize * 36 + class);
        let want = f32::from(truth(0)[0]) / 255.0;
        let mean = (0..36).map(|c| ink(&made[c])).sum::<f32>() / 36.0;
        assert!((mean - want).abs() < 0.12, "hand {hand}: {mean} for {want}");
        // What was given stays as it is.
        let bytes: Vec<u8> = made[20].iter().map(|v| (v * 255.0).round() as u8).collect();
        assert_eq!(bytes, truth(20));
    }
    let [mean, own, halfway, other] = [0.0, 0.5, 0.75, 1.0].map(|at| sheet(&ask(at, given(&[1]))));
    assert!(mean != own && own != halfway && halfway != other);
    assert_eq!(
        mean,
        sheet(&ask(0.0, given(&[40]))),
        "the average hand is one"
    );
    assert_eq!(
        other,
        sheet(&ask(1.0, given(&[40]))),
        "the other hand does not depend on the examples"
    );
    for (bad, code) in [
        (ask(0.0, Vec::new()), Code::BadOption),
        (ask(0.0, given(&[0; 9])), Code::BadOption),
        (ask(f32::NAN, given(&[0])), Code::BadOption),
        (ask(0.0, given(&[100_000])), Code::BadImage),
        (
            ask(
                0.0,
                vec![LetterInput {
                    image: ImageInput::Test { index: 0 },
                    label: 36,
                }],
            ),
            Code::BadOption,
        ),
    ] {
        let answer = look(&bad).map(|_| ());
        assert_eq!(answer.map_err(|e| e.code()), Err(code), "{bad:?}");
    }
}

#[test]
fn a_drawn_letter_stands_on_the_base_line() {
    let mut info = DataInfo::new("glyphs", Space::grey(32, 32));
    info.classes = vec!["A".into()];
    // A bar, small and in a corner of the pad.
    let (side, mut pixels) = (196, vec![0u8; 196 * 196]);
    for y in 20..120 {
        for x in 10..30 {
            pixels[y * side + x] = 255;
        }
    }
    let drawing = ImageInput::Drawing {
        width: side as u32,
        height: side as u32,
        pixels: Bytes(pixels),
    };
    let values = prepare(&drawing, &info, None).expect("an image");
    let inked = |y: usize| values[y * 32..(y + 1) * 32].iter().any(|&v| v > 0.5);
    let rows: Vec<usize> = (0..32).filter(|&y| inked(y)).collect();
    assert_eq!(
        (rows[0], rows[rows.len() - 1]),
        (4, 25),
        "22 rows above the base line at 26"
    );
    let columns: Vec<usize> = (0..32).filter(|x| values[10 * 32 + x] > 0.5).collect();
    assert_eq!(
        columns.iter().sum::<usize>() as f32 / columns.len() as f32,
        15.5
    );
    let empty = ImageInput::Drawing {
        width: 4,
        height: 4,
        pixels: Bytes(vec![0; 16]),
    };
    assert_eq!(
        prepare(&empty, &info, None).expect_err("no ink").code(),
        Code::BadImage
    );
}

/// A sheet of three letters of which the last is empty.
fn sheet() -> View {
    let tile = |i: usize| -> Vec<u8> {
        let inside = |x: usize, y: usize| match i {
            0 => (8..13).contains(&x) && (4..26).contains(&y),
            1 => {
                (5..27).contains(&x)
                    && (4..26).contains(&y)
                    && !((10..22).contains(&x) && (9..21).contains(&y))
            }
            _ => false,
        };
        (0..1024)
            .map(|p| if inside(p % 32, p / 32) { 255 } else { 0 })
            .collect()
    };
    let bytes: Vec<u8> = (0..3).flat_map(tile).collect();
    generative_playground::scene::grid_of_bytes(&bytes, [3, 1, 32, 32], 3)
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    usize::from(bytes[at]) << 8 | usize::from(bytes[at + 1])
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u16_at(bytes, at) << 16 | u16_at(bytes, at + 2)
}

#[test]
fn a_font_has_its_letters_where_they_belong() {
    let classes = ["I", "O", "1"].map(String::from);
    let file = font::ttf(&sheet(), &classes, "My \"hand\"", Standing::LETTERS).expect("a font");
    let words = file.chunks(4).map(|w| u32_at(w, 0) as u32);
    assert_eq!(words.fold(0, u32::wrapping_add), 0xB1B0_AFBA);
    let table = |tag: &[u8]| {
        let entry = (0..u16_at(&file, 4))
            .map(|i| 12 + 16 * i)
            .find(|&e| &file[e..e + 4] == tag);
        let entry = entry.expect("the table");
        &file[u32_at(&file, entry + 8)..][..u32_at(&file, entry + 12)]
    };
    let (maxp, hmtx, loca, glyf) = (
        table(b"maxp"),
        table(b"hmtx"),
        table(b"loca"),
        table(b"glyf"),
    );
    assert_eq!(
        u16_at(maxp, 4),
        5,
        "what is missing, a blank and three letters"
    );
    let glyph = |i: usize| &glyf[u32_at(loca, 4 * i)..u32_at(loca, 4 * i + 4)];
    let signed = |v: usize| v as u16 as i16;
    let bounds = |i: usize| [2, 4, 6, 8].map(|at| signed(u16_at(glyph(i), at)));
    // A capital of 22 pixels is 700 units high; 5 pixels are 159.
    let [left, bottom, right, top] = bounds(2);
    assert!(
        (left - 60).abs() <= 2 && (right - 219).abs() <= 4,
        "{left} {right}"
    );
    assert!(
        bottom.abs() <= 2 && (top - 700).abs() <= 2,
        "{bottom} {top}"
    );
    assert_eq!(u16_at(glyph(2), 0), 1);
    assert_eq!(u16_at(glyph(3), 0), 2, "a ring has two contours");
    assert!(glyph(4).is_empty() && glyph(1).is_empty());
    assert_eq!(u16_at(hmtx, 4 * 2), (right + 60) as usize);
    let text = String::from_utf8_lossy(table(b"name")).replace('\0', "");
    assert!(text.contains("My hand Regular"), "{text}");

    let letters = |names: &[&str]| names.iter().map(|n| (*n).to_string()).collect::<Vec<_>>();
    for wrong in [
        vec![],
        letters(&["AB"]),
        letters(&["\n"]),
        letters(&["A"; 9]),
    ] {
        let error = font::ttf(&sheet(), &wrong, "x", Standing::LETTERS).expect_err("no letters");
        assert_eq!(error.code(), Code::Unsupported);
    }
    let svg = outline::svg(&sheet()).expect("a drawing");
    assert_eq!(svg.matches("<path").count(), 2, "{svg}");
}

/// Fonts of the true letters of held-out hands, for tests/font.py to read.
#[test]
#[ignore = "writes fonts for tests/font.py"]
fn write_fonts() {
    let packed = std::fs::read(root("web/data/glyphs.bin")).expect("the page's letters");
    let set = ImageSet::unpack(&packed).expect("a data file");
    let folder = root("target/fonts");
    std::fs::create_dir_all(&folder).expect("writable");
    for hand in 0..set.test.len() / 36 {
        let bytes = (0..36).flat_map(|class| set.test.image(hand * 36 + class).to_vec());
        let bytes: Vec<u8> = bytes.collect();
        let view = generative_playground::scene::grid_of_bytes(&bytes, [36, 1, 32, 32], 12);
        let name = format!("hand-{hand}");
        let file = font::ttf(&view, &set.info.classes, &name, Standing::LETTERS).expect("a font");
        std::fs::write(folder.join(format!("{name}.ttf")), file).expect("writable");
        let svg = outline::svg(&view).expect("a drawing");
        std::fs::write(folder.join(format!("{name}.svg")), svg).expect("writable");
    }
}

/// Of a set that is not of hands each image stands alone, and no digit is shown before it is asked for.
#[test]
fn data_without_hands_is_a_conditional_autoencoder() {
    let set = common::small_digits(8, 64, 16);
    assert_eq!(set.info.together(), 1);
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let info = set.info.clone();
    let config = NeuralProcessConfig::from_json(&config()).expect("options");
    let model = NeuralProcess::init(&config, &info, &mut rng, &Device::flex()).expect("a model");
    let batch = test_images(&set, 0, 8, Binarize::None);
    let losses = Model::losses(&model, &batch, &mut rng).expect("losses");
    let kl = f64::from(values(losses[2].1.clone())[0]);
    assert!(kl > 0.0, "against the prior: {kl}");
    let _: &Images = &set.test;
}
