//! What becomes of a given image: attributes, other classes.

use std::{pin::Pin, rc::Rc};

use crate::common::{mnist, root};
use burn::tensor::{Tensor, TensorData};
use generative_playground::{
    data::{
        Dataset,
        input::ImageInput,
        scenes::{self, SIDE},
    },
    device,
    evaluate::classifier::Classifier,
    protocol::{PlotInputs, View, ViewQuery},
    session::Session,
};

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

/// The tiles of a plot of a shipped model for a test image, grey values in [0, 1].
fn tiles(id: &str, plot: &str, index: u32, at: f32) -> Vec<Vec<f32>> {
    let file = std::fs::read(root(&format!("web/checkpoints/{id}.safetensors"))).expect("shipped");
    let session = Session::open(&file, None, &device::cpu()).expect("a session");
    let data: Rc<Dataset> = Rc::new(mnist().clone().into());
    let query = ViewQuery::Plot {
        plot: plot.into(),
        inputs: PlotInputs {
            at,
            image: Some(ImageInput::Test { index }),
            seed: 1,
            count: 16,
            ..PlotInputs::default()
        },
    };
    let viewer = session.viewer(None, Some(data)).expect("a viewer");
    let view = pollster::block_on(viewer.view(&query, pause)).expect("a plot");
    pictures(view, 1)
}

/// The tiles of a picture, so many channels of each, values in [0, 1].
fn pictures(view: View, channels: usize) -> Vec<Vec<f32>> {
    let View::Image {
        width,
        columns,
        rows,
        rgba,
        ..
    } = view
    else {
        panic!("an image");
    };
    let (width, columns) = (width as usize, columns as usize);
    let side = width / columns;
    let tile = |tile: usize| {
        let (left, top) = (tile % columns * side, tile / columns * side);
        let value = |i: usize| {
            let (c, y, x) = (i / side / side, i / side % side, i % side);
            f32::from(rgba.0[4 * ((top + y) * width + left + x) + c]) / 255.0
        };
        (0..channels * side * side).map(value).collect()
    };
    (0..columns * rows as usize).map(tile).collect()
}

fn image(index: usize) -> Vec<f32> {
    mnist()
        .test
        .image(index)
        .iter()
        .map(|&p| f32::from(p) / 255.0)
        .collect()
}

fn far(a: &[f32], b: &[f32]) -> f32 {
    let sum: f32 = a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum();
    (sum / a.len() as f32).sqrt()
}

/// The classes that the measuring classifier sees.
fn seen(images: &[Vec<f32>]) -> Vec<usize> {
    let file = std::fs::read(root("recipes/classifiers/mnist.safetensors")).expect("kept");
    let classifier = Classifier::from_bytes(&file, mnist(), &device::cpu()).expect("opens");
    let values = TensorData::new(images.concat(), [images.len(), 1, 28, 28]);
    let x = Tensor::<4>::from_data(values, &device::cpu());
    let logits = classifier.logits(classifier.features(x)).into_data();
    let logits = logits.try_to_vec::<f32>().expect("numbers");
    let best = |row: &[f32]| {
        (0..10)
            .max_by(|&a, &b| row[a].total_cmp(&row[b]))
            .expect("ten")
    };
    logits.chunks_exact(10).map(best).collect()
}

#[test]
fn without_noise_an_image_stays_and_with_much_it_becomes_each_class_in_its_own_shape() {
    let (mut right, mut all, mut nearer) = (0, 0, 0);
    for index in 0..8 {
        for tile in tiles("ddpm-mnist", "restyle", index, 0.0) {
            assert!(far(&tile, &image(index as usize)) < 0.003);
        }
        let restyled = tiles("ddpm-mnist", "restyle", index, 0.6);
        assert_eq!(restyled.len(), 10);
        let found = seen(&restyled);
        right += (0..10).filter(|&class| found[class] == class).count();
        // What came of another image as the same class is farther from this one.
        let other = tiles("ddpm-mnist", "restyle", index + 8, 0.6);
        let me = image(index as usize);
        let closer = |class: &usize| far(&restyled[*class], &me) < far(&other[*class], &me);
        nearer += (0..10).filter(closer).count();
        all += 10;
    }
    println!("{right} of {all} seen as the class, {nearer} nearer to their own image");
    assert!(right >= all * 8 / 10, "{right} of {all} seen as the class");
    assert!(nearer >= all * 7 / 10, "{nearer} of {all} keep their shape");
}

/// Ink, slant and width by their moments, in double precision.
fn looks(image: &[f32]) -> [f64; 3] {
    let ink: f64 = image.iter().map(|&p| f64::from(p)).sum();
    let mean = |of: &dyn Fn(f64, f64) -> f64| {
        let each = image.iter().enumerate();
        each.map(|(i, &p)| f64::from(p) * of((i % 28) as f64, (i / 28) as f64))
            .sum::<f64>()
            / ink
    };
    let (x, y) = (mean(&|c, _| c), mean(&|_, r| r));
    let xy = mean(&|c, r| (c - x) * (r - y));
    let yy = mean(&|_, r| (r - y) * (r - y));
    [ink, -xy / yy, mean(&|c, _| (c - x) * (c - x)).sqrt()]
}

#[test]
fn attributes_are_added_to_codes() {
    for index in [0, 3, 8, 18] {
        let [less, as_it_is, more] =
            [0.0, 0.5, 1.0].map(|at| tiles("vae-mnist", "attributes", index, at));
        for tiles in [&less, &as_it_is, &more] {
            assert_eq!(tiles.len(), 4);
            // The first stays.
            assert!(far(&tiles[0], &as_it_is[0]) < 1e-6);
        }
        for attribute in 0..3 {
            let tile = attribute + 1;
            assert!(far(&as_it_is[tile], &as_it_is[0]) < 1e-6);
            let [a, b, c] = [&less, &as_it_is, &more].map(|tiles| looks(&tiles[tile])[attribute]);
            assert!(
                a < b && b < c,
                "image {index}, attribute {attribute}: {a} {b} {c}"
            );
        }
    }
}

#[test]
fn a_code_goes_to_other_classes() {
    let mut right = 0;
    for index in 0..10 {
        let start = tiles("vae-mnist", "become", index, 0.0);
        assert!(start.iter().all(|tile| far(tile, &start[0]) < 1e-6));
        let end = tiles("vae-mnist", "become", index, 1.0);
        let found = seen(&end);
        right += (0..10).filter(|&class| found[class] == class).count();
        // One of them is its own class: it has not moved.
        assert!(end.iter().any(|tile| far(tile, &start[0]) < 1e-6));
    }
    println!("{right} of 100 seen as the class");
    assert!(right >= 70, "{right} of 100");
}

/// Averages over squares of 2 × 2 pixels of an image of 28 × 28.
fn halved(image: &[f32]) -> Vec<f32> {
    let at = |row: usize, column: usize| image[28 * row + column];
    let square = |i: usize| {
        let (row, column) = (2 * (i / 14), 2 * (i % 14));
        (at(row, column) + at(row, column + 1) + at(row + 1, column) + at(row + 1, column + 1))
            / 4.0
    };
    (0..196).map(square).collect()
}

/// What its averages leave out: the mean square of what pixels differ from that of their square.
fn detail(image: &[f32]) -> f32 {
    let coarse = halved(image);
    let each = (0..784).map(|i| image[i] - coarse[14 * (i / 56) + i % 28 / 2]);
    each.map(|d| d * d).sum::<f32>() / 784.0
}

#[test]
fn a_coarse_image_is_given_detail_and_keeps_its_averages() {
    let (mut right, mut all) = (0, 0);
    let (mut made, mut true_detail) = (0.0, 0.0);
    for index in 0..10 {
        let truth = image(index);
        let coarse = halved(&truth);
        let tiles = tiles("ddpm-mnist", "enlarge", index as u32, 0.0);
        assert_eq!(tiles.len(), 8);
        assert!(detail(&tiles[0]) < 1e-6, "the first is coarse");
        for tile in &tiles {
            let found = halved(tile);
            let worst = found.iter().zip(&coarse).map(|(a, b)| (a - b).abs());
            // Half a step of 255, and what the range leaves of an average.
            assert!(worst.fold(0.0, f32::max) < 0.01, "image {index}");
        }
        assert!(far(&tiles[1], &tiles[2]) > 0.01, "draws differ");
        let truth_seen = seen(std::slice::from_ref(&truth))[0];
        right += (seen(&tiles[1..]).iter())
            .filter(|&&class| class == truth_seen)
            .count();
        all += 7;
        made += tiles[1..].iter().map(|tile| detail(tile)).sum::<f32>() / 7.0;
        true_detail += detail(&truth);
    }
    let ratio = made / true_detail;
    println!("{right} of {all} seen as the class, {ratio:.2} of the detail");
    assert!(right >= all * 9 / 10, "{right} of {all}");
    assert!((0.6..1.4).contains(&ratio), "{ratio} of the detail");
}

/// Pictures of a plot of the shipped model of scenes, for a test image and a text: red, green and blue of each.
fn scenes_of(
    data: &Rc<Dataset>,
    plot: &str,
    index: u32,
    text: &str,
) -> Result<Vec<Vec<f32>>, String> {
    let file = std::fs::read(root("web/checkpoints/ddpm-scenes.safetensors")).expect("shipped");
    let session = Session::open(&file, None, &device::cpu()).expect("a session");
    let inputs = PlotInputs {
        image: Some(ImageInput::Test { index }),
        seed: 1,
        at: 0.5,
        text: text.into(),
        ..PlotInputs::default()
    };
    let query = ViewQuery::Plot {
        plot: plot.into(),
        inputs,
    };
    let viewer = session.viewer(None, Some(data.clone())).expect("a viewer");
    let view = pollster::block_on(viewer.view(&query, pause)).map_err(|e| e.to_string())?;
    Ok(pictures(view, 3))
}

#[test]
fn a_change_in_words_is_made_and_the_rest_stays() {
    let set = scenes::dataset(&serde_json::json!({"count": 100})).expect("scenes");
    let picture = |i: usize| -> Vec<f32> {
        set.test
            .image(i)
            .iter()
            .map(|&p| f32::from(p) / 255.0)
            .collect()
    };
    let two = |i: &usize| {
        scenes::read(&picture(*i)).is_some_and(|f| f.len() == 2 && f[0].shape != f[1].shape)
    };
    let index = (0..100).find(two).expect("two things");
    let found = scenes::read(&picture(index)).expect("things");
    let change = format!("make the {} large and", found[0].shape.name());
    let data: Rc<Dataset> = Rc::new(set.clone().into());
    assert!(
        scenes_of(&data, "instruct", index as u32, &change).is_err(),
        "too much is said"
    );
    let colour = if found[0].colour == 5 { "red" } else { "blue" };
    let change = format!("make the {} {colour}", found[0].shape.name());
    let edit = scenes::edit::edit(&found, &change).expect("understood");
    let made = scenes_of(&data, "instruct", index as u32, &change).expect("pictures");
    assert_eq!(made[0], picture(index), "the first is the reader's");
    let mut right = 0;
    for made in &made[1..] {
        for (i, (new, old)) in made.iter().zip(picture(index)).enumerate() {
            assert!(
                edit.anew[i % (SIDE * SIDE)] == 1 || *new == old,
                "{i} had to stay"
            );
        }
        right +=
            usize::from(scenes::read(made).is_some_and(|f| scenes::satisfies(&f, &edit.demand)));
    }
    assert!(
        right >= 4,
        "{right} of {} are what was asked for",
        made.len() - 1
    );
}

#[test]
fn what_is_made_of_a_sketch_follows_a_sentence() {
    let set = scenes::dataset(&serde_json::json!({"count": 100})).expect("scenes");
    let data: Rc<Dataset> = Rc::new(set.into());
    let told = |text: &str| scenes_of(&data, "sketch", 0, text);
    assert_ne!(told(""), told("a large green circle"));
    assert!(told("a large purple unicorn").is_err());
}
