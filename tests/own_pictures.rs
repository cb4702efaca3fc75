//! A reader's own pictures, through the same door as the page: sizes, colours, classes, duplicates, limits, and
//! what a model that learned them can do without them.

use crate::common::{self, Page, small_of_images};
use generative_playground::{
    data::{
        ImageSet, SpaceKind,
        pictures::{self, LEAST, MOST, PictureInfo, PictureSource},
    },
    plots::nearest::nearest,
    protocol::{Bytes, Code, ModelInfo, Outcome, PlotInputs, Request, SpaceInfo, View},
};
use serde_json::{Value, json};

/// `n` pictures of `side` × `side`, each pixel by `pixel(picture, x, y)`.
fn source(n: usize, side: usize, pixel: impl Fn(usize, usize, usize) -> [u8; 4]) -> PictureSource {
    let mut pixels = Vec::with_capacity(4 * n * side * side);
    for picture in 0..n {
        for i in 0..side * side {
            pixels.extend(pixel(picture, i % side, i / side));
        }
    }
    PictureSource {
        side: side as u32,
        pixels: Bytes(pixels),
        labels: Vec::new(),
        classes: Vec::new(),
        options: Value::Null,
        sounds: false,
    }
}

/// A grey noise that is another one for each picture.
fn noise(picture: usize, x: usize, y: usize) -> [u8; 4] {
    let v = (common::unit(picture as u32, (64 * y + x) as u32) * 256.0) as u8;
    [v, v, v, 255]
}

fn with(mut source: PictureSource, options: Value) -> PictureSource {
    source.options = options;
    source
}

fn labelled(mut source: PictureSource, labels: Vec<u32>, classes: &[&str]) -> PictureSource {
    source.labels = labels;
    source.classes = classes.iter().map(|c| c.to_string()).collect();
    source
}

fn read(source: &PictureSource) -> (ImageSet, PictureInfo) {
    pictures::read(source).expect("a set")
}

fn all_images(set: &ImageSet) -> Vec<Vec<u8>> {
    [&set.train, &set.test]
        .into_iter()
        .flat_map(|part| (0..part.len()).map(|i| part.image(i).to_vec()))
        .collect()
}

#[test]
fn pictures_of_the_right_size_are_taken_as_they_are() {
    let (set, info) = read(&source(30, 28, noise));
    assert_eq!(set.shape(), [1, 28, 28], "grey, since none has a colour");
    assert_eq!((info.train + info.held_out, info.duplicates), (30, 0));
    let found = all_images(&set);
    for picture in 0..30 {
        let want: Vec<u8> = (0..784)
            .map(|i| noise(picture, i % 28, i / 28)[0])
            .collect();
        assert!(found.contains(&want), "picture {picture}");
    }
}

#[test]
fn smaller_pixels_are_means_of_areas() {
    // 56 pixels made 28: means of squares of four, in double precision.
    let given = with(source(20, 56, noise), json!({ "colour": "grey" }));
    let found = all_images(&read(&given).0);
    for picture in 0..20 {
        let mean = |i: usize| {
            let (x, y) = (2 * (i % 28), 2 * (i / 28));
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let sum: f64 = four
                .iter()
                .map(|(a, b)| f64::from(noise(picture, x + a, y + b)[0]))
                .sum();
            sum / 4.0
        };
        let close =
            |image: &Vec<u8>| (0..784).all(|i| (f64::from(image[i]) - mean(i)).abs() < 0.51 + 1e-3);
        assert!(found.iter().any(close), "picture {picture}");
    }
    // Neither a whole multiple nor a part: what is plain stays plain, and the mean stays.
    let plain = source(20, 45, |n, _, _| [7 * n as u8, 0, 0, 255]);
    let (set, _) = read(&with(plain, json!({ "colour": "colour", "side": "32" })));
    assert_eq!(set.shape(), [3, 32, 32]);
    for image in all_images(&set) {
        let red = image[0];
        assert!(image[..1024].iter().all(|&v| v == red) && red % 7 == 0);
        assert!(image[1024..].iter().all(|&v| v == 0));
    }
}

#[test]
fn colours_are_kept_where_there_are_any() {
    let coloured = |n: usize, x: usize, y: usize| match n {
        0 => [200, 40, 10, 255],
        _ => noise(n, x, y),
    };
    assert_eq!(read(&source(25, 28, coloured)).1.channels, 3);
    let grey = with(source(25, 28, coloured), json!({ "colour": "grey" }));
    let (set, _) = read(&grey);
    assert_eq!(set.shape(), [1, 28, 28]);
    // 0.299 · 200 + 0.587 · 40 + 0.114 · 10 = 84.42
    assert!(all_images(&set).contains(&vec![84; 784]));
}

#[test]
fn transparency_lies_on_white_paper() {
    // A grey square on nothing, half transparent at its rim; the colour of nothing must not show.
    let card = |n: usize, x: usize, y: usize| match (x, y) {
        (10..18, 10..18) => [n as u8, n as u8, n as u8, 255],
        (9, 10..18) => [0, 0, 0, 128],
        _ => [255, 0, 0, 0],
    };
    let (set, info) = read(&source(20, 28, card));
    assert_eq!(info.channels, 1);
    for image in all_images(&set) {
        assert_eq!((image[0], image[10 * 28 + 9]), (255, 127));
        assert!(image[12 * 28 + 12] < 20);
    }
    // White on nothing would be white on white.
    let chalk = |n: usize, x: usize, _: usize| match x == n {
        true => [255, 255, 255, 255],
        false => [255, 255, 255, 0],
    };
    for image in all_images(&read(&source(20, 28, chalk)).0) {
        let lines: Vec<usize> = (0..28).filter(|&x| image[x] == 255).collect();
        assert_eq!(lines.len(), 1);
        assert_eq!(image.iter().filter(|&&v| v == 0).count(), 27 * 28);
    }
    // A white card that is opaque stays white.
    let blank = source(20, 28, |n, x, y| match (x, y) {
        (0, 0) => [n as u8, n as u8, n as u8, 255],
        _ => [255; 4],
    });
    assert_eq!(all_images(&read(&blank).0)[0][30], 255);
}

#[test]
fn ink_on_paper_becomes_light_on_black_if_asked_for() {
    // Dark strokes on grey paper with some grain.
    let photographed = |n: usize, x: usize, y: usize| {
        let v = match (8 + n / 18..20 + n / 18).contains(&y) && x == 5 + n % 18 {
            true => 40,
            false => 170 + noise(n, x, y)[0] / 20,
        };
        [v, v, v, 255]
    };
    let given = source(36, 28, photographed);
    let plain = all_images(&read(&given).0);
    assert!(plain.iter().all(|image| image[0] > 160), "as it is seen");
    for image in all_images(&read(&with(given, json!({ "ink": true }))).0) {
        assert_eq!(image.iter().filter(|&&v| v == 0).count(), 784 - 12);
        assert_eq!(image.iter().filter(|&&v| v > 250).count(), 12);
    }
    // What is light on dark already stays so.
    let night = source(20, 28, |n, x, _| {
        [if x == n { 255 } else { 0 }; 4].map(|v| v)
    });
    let night = with(night, json!({ "ink": true }));
    let opaque = PictureSource {
        pixels: Bytes(
            night
                .pixels
                .0
                .chunks(4)
                .flat_map(|p| [p[0], p[1], p[2], 255])
                .collect(),
        ),
        ..night
    };
    for image in all_images(&read(&opaque).0) {
        assert_eq!(image.iter().filter(|&&v| v == 255).count(), 28);
    }
}

#[test]
fn duplicates_are_told_and_left_out() {
    let (set, info) = read(&source(60, 28, |n, x, y| noise(n % 40, x, y)));
    assert_eq!(info.duplicates, 20);
    assert_eq!(info.train + info.held_out, 40);
    let mut images = all_images(&set);
    images.sort();
    images.dedup();
    assert_eq!(
        images.len(),
        40,
        "none is held out and learned from as well"
    );
    // They are counted after scaling: here 56 pixels say what 28 do.
    let twice = |n: usize, x: usize, y: usize| noise(n % 20, x / 2, y / 2);
    assert_eq!(read(&source(40, 56, twice)).1.duplicates, 20);
}

#[test]
fn folders_are_classes() {
    let labels: Vec<u32> = (0..60).map(|i| [2, 0, 1, 1][i % 4]).collect();
    let given = labelled(source(60, 28, noise), labels, &["dog", "cat", "10", "2"]);
    let (set, info) = read(&given);
    let counts: Vec<_> = (info.classes.iter())
        .map(|c| (c.name.as_str(), c.count))
        .collect();
    assert_eq!(counts, [("10", 15), ("cat", 30), ("dog", 15)]);
    assert_eq!(set.info.classes, ["10", "cat", "dog"]);
    for part in [&set.train, &set.test] {
        for i in 0..part.len() {
            let image = part.image(i);
            let n = (0..60).find(|&n| (0..784).all(|p| image[p] == noise(n, p % 28, p / 28)[0]));
            let n = n.expect("one of them");
            let want = ["dog", "cat", "10"][[2, 0, 1, 1][n % 4]];
            let label = usize::from(part.label(i).expect("a class"));
            assert_eq!(["10", "cat", "dog"][label], want);
        }
    }
    // Each class is held out in its share, and none is held out whole.
    for class in 0..3 {
        let held = (0..set.test.len()).filter(|&i| set.test.label(i) == Some(class));
        assert!((1..=4).contains(&held.count()), "class {class}");
    }
    let (without, _) = read(&with(given, json!({ "classes": false })));
    assert!(without.info.classes.is_empty());
    // A class alone is none.
    let one = labelled(source(20, 28, noise), vec![0; 20], &["all"]);
    assert!(read(&one).1.classes.is_empty());
    // Names that no checkpoint would take.
    let odd = format!("a\nb{}", "x".repeat(100));
    let labels = (0..20).map(|i| i % 2).collect();
    let odd = labelled(source(20, 28, noise), labels, &[&odd, " \t "]);
    let (set, _) = read(&odd);
    set.info.check().expect("sound");
    assert!(set.info.classes.iter().any(|c| c.starts_with("a b")));
}

#[test]
fn the_same_pictures_are_the_same_set_in_any_order() {
    let labels = |turn: usize| (0..40).map(|i| ((i + turn) % 40 % 2) as u32).collect();
    let turned = |turn: usize| {
        let given = source(40, 28, |n, x, y| noise((n + turn) % 40, x, y));
        labelled(given, labels(turn), &["a", "b"])
    };
    let ((a, one), (b, two)) = (read(&turned(0)), read(&turned(17)));
    assert_eq!(one, two);
    assert_eq!((a.train, a.test, a.info), (b.train, b.test, b.info));
    // Other options, classes or pictures are another set.
    let names = [
        one.name,
        read(&with(turned(0), json!({ "classes": false }))).1.name,
        read(&with(turned(0), json!({ "mirror": true }))).1.name,
        read(&labelled(turned(0), labels(0), &["a", "c"])).1.name,
        read(&source(41, 28, noise)).1.name,
    ];
    let mut others = names.to_vec();
    others.sort();
    others.dedup();
    assert_eq!(others.len(), names.len(), "{names:?}");
    assert!(names.iter().all(|name| name.starts_with(pictures::PREFIX)));
}

#[test]
fn mirror_images_are_learned_from_and_not_held_out() {
    let given = with(source(20, 28, noise), json!({ "mirror": true }));
    let (set, info) = read(&given);
    assert_eq!(set.train.len(), 2 * info.train as usize);
    assert_eq!(set.test.len(), info.held_out as usize);
    for i in 0..info.train as usize {
        let (image, mirrored) = (set.train.image(i), set.train.image(i + info.train as usize));
        for p in 0..784 {
            assert_eq!(image[p], mirrored[p / 28 * 28 + 27 - p % 28]);
        }
    }
}

/// The error's code, sentence and hint.
fn refused(source: &PictureSource) -> (Code, String, String) {
    let error = pictures::read(source).expect_err("refused");
    (error.code(), error.to_string(), error.hint())
}

#[test]
fn what_cannot_be_learned_from_is_refused_with_a_sentence() {
    let cases = [
        (
            source(LEAST - 1, 28, noise),
            "20 at least are needed, and there are 19",
        ),
        (source(0, 28, noise), "there are 0"),
        (source(300, 28, |_, _, _| [9; 4]), "there is 1"),
        (
            source(MOST + 1, 8, noise),
            "they are 5001, and 5000 is the most",
        ),
        (source(20, 7, noise), "each has 7 × 7 pixels"),
        (source(20, 65, noise), "each has 65 × 65 pixels"),
        (
            labelled(source(20, 28, noise), vec![0; 19], &["a"]),
            "19 labels came with 20",
        ),
        (
            labelled(source(20, 28, noise), vec![3; 20], &["a"]),
            "not among the classes",
        ),
    ];
    for (source, reason) in cases {
        let (code, message, hint) = refused(&source);
        assert_eq!(code, Code::BadData, "{message}");
        assert!(message.contains(reason), "{message}");
        assert!(hint.ends_with('.'), "{hint}");
    }
    let mut cut = source(20, 28, noise);
    cut.pixels.0.pop();
    assert!(refused(&cut).1.contains("not as many"));
    let huge = PictureSource {
        side: u32::MAX,
        ..source(1, 8, noise)
    };
    assert!(refused(&huge).1.contains("4294967295"));
    let folders: Vec<String> = (0..65).map(|i| format!("f{i}")).collect();
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let many = labelled(source(65, 28, noise), (0..65).collect(), &folders);
    assert!(refused(&many).1.contains("they lie in 65 folders"));
    // Each class with one picture: something is held out all the same.
    let many = labelled(source(40, 28, noise), (0..40).collect(), &folders);
    assert!(read(&many).1.held_out >= 1);
    let bad = with(source(20, 28, noise), json!({ "side": "30" }));
    assert_eq!(refused(&bad).0, Code::BadOption);
    let bad = with(source(20, 28, noise), json!({ "sides": 30 }));
    assert_eq!(refused(&bad).0, Code::BadOption);
}

#[test]
fn the_most_pictures_are_taken() {
    let most = source(MOST, 8, noise);
    let (set, info) = read(&most);
    assert_eq!((info.train + info.held_out) as usize, MOST);
    assert_eq!(set.train.len(), info.train as usize);
}

#[test]
fn the_nearest_image_is_the_nearest() {
    let (set, info) = read(&source(60, 28, noise));
    for i in [0, 7, info.train as usize - 1] {
        let mut image = set.train.image(i).to_vec();
        assert_eq!(nearest(&image, &set.train), i);
        for v in image.iter_mut().step_by(3) {
            *v = v.saturating_add(30);
        }
        let square = |j: usize| -> f64 {
            let pairs = image.iter().zip(set.train.image(j));
            pairs
                .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
                .sum()
        };
        let want = (0..set.train.len()).min_by(|&a, &b| square(a).total_cmp(&square(b)));
        assert_eq!(Some(nearest(&image, &set.train)), want);
    }
}

fn create(page: &Page, family: &str, config: Value, data: &str) -> ModelInfo {
    let made = page.outcome(Request::Create {
        session: 1,
        family: family.into(),
        config,
        train: json!({ "batch_size": 8 }),
        data: data.into(),
        data_options: Value::Null,
        seed: 3,
    });
    match made {
        Outcome::Model { model } => model,
        other => panic!("{other:?}"),
    }
}

fn train() -> Request {
    Request::Train {
        session: 1,
        steps: Some(1),
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    }
}

fn load(page: &Page, source: PictureSource) -> PictureInfo {
    match page.outcome(Request::LoadPictures { source }) {
        Outcome::Pictures { pictures, preview } => {
            assert!(matches!(preview, View::Image { columns, .. } if columns > 0));
            pictures
        }
        other => panic!("{other:?}"),
    }
}

fn coloured() -> PictureSource {
    let given = source(24, 16, |n, x, y| {
        let [v, ..] = noise(n, x / 4, y / 4);
        [v, 255 - v, 40 * (n % 2) as u8, 255]
    });
    labelled(given, (0..24).map(|i| i % 2).collect(), &["plain", "blue"])
}

#[test]
fn every_family_of_images_learns_them() {
    let small = small_of_images();
    let page = Page::new();
    let all = generative_playground::plots::families();
    for family in &all {
        let Some(space) = family.spaces.iter().find(|s| s.kind == SpaceKind::Image) else {
            continue;
        };
        let (_, config) = small
            .iter()
            .find(|(id, _)| *id == family.id)
            .unwrap_or_else(|| panic!("{} models images, and is not tried here", family.id));
        assert!(
            space
                .plots
                .iter()
                .any(|p| p.id == "nearest" && p.needs_data)
        );
        for side in ["28", "32"] {
            let colour = if space.colour { "auto" } else { "grey" };
            let options = json!({ "side": side, "colour": colour });
            let data = load(&page, with(coloured(), options));
            let model = create(&page, &family.id, config.clone(), &data.name);
            assert_eq!(model.classes, ["blue", "plain"]);
            let SpaceInfo::Image { channels, .. } = model.space else {
                panic!("images")
            };
            assert_eq!(channels == 3, space.colour, "{}", family.id);
            page.outcome(train());
            let query = common::plot("nearest", PlotInputs::default());
            let view = page.outcome(Request::View {
                session: 1,
                query,
                snapshot: None,
            });
            let Outcome::View {
                view: View::Image { columns, rows, .. },
            } = view
            else {
                panic!("{view:?}")
            };
            assert_eq!((columns, rows), (8, 2), "{}", family.id);
        }
    }
}

#[test]
fn a_model_goes_on_with_its_pictures_and_can_be_looked_at_without_them() {
    let page = Page::new();
    let data = load(&page, coloured());
    create(
        &page,
        "vae",
        json!({ "hidden": 16, "latent_dim": 2 }),
        &data.name,
    );
    page.outcome(train());
    let exported = page.outcome(Request::Export {
        session: 1,
        resumable: true,
    });
    let Outcome::File { bytes, .. } = exported else {
        panic!("a file")
    };
    let open = || Request::Open {
        session: 1,
        bytes: bytes.clone(),
        sha256: None,
    };

    let other = Page::new();
    let Outcome::Model { model } = other.outcome(open()) else {
        panic!("a model")
    };
    assert_eq!(model.data, data.name, "it says what it learned");
    let sample = Request::Sample {
        session: 1,
        count: 4,
        seed: 1,
        options: Value::Null,
        condition: Default::default(),
    };
    other.outcome(sample);
    for request in [
        train(),
        Request::Create {
            session: 2,
            family: "vae".into(),
            config: Value::Null,
            train: Value::Null,
            data: data.name.clone(),
            data_options: Value::Null,
            seed: 1,
        },
    ] {
        let error = other.ask(request).expect_err("no pictures");
        assert_eq!(error.code, Code::BadData);
        assert_eq!(
            error.message,
            "The pictures that this model learned are not here."
        );
        assert!(error.hint.contains("bring the same pictures"));
    }
    // Others do not do; what fails leaves those before in place; the same do.
    load(&other, source(30, 28, noise));
    other.ask(train()).expect_err("others");
    let again = load(&other, coloured());
    assert_eq!(again.name, data.name);
    let few = source(3, 28, noise);
    other
        .ask(Request::LoadPictures { source: few })
        .expect_err("too few");
    let Outcome::Trained { state } = other.outcome(train()) else {
        panic!("trained")
    };
    assert_eq!(state.step, 2);
}
