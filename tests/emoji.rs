//! Emoji from words: free text, captions in several wordings, and what guidance leads towards.

#![allow(missing_docs)]

use burn::tensor::{Device, Tensor, TensorData};
use generative_playground::{
    data::{
        DataInfo, Space, free,
        scenes::words::{CONTEXT, tokens},
    },
    error::Code,
    export,
    families::ddpm::Ddpm,
    model::{Condition, Family, Model, finish},
    nn::{squares::squeeze, unet::Told, weights},
    options::Options,
    rng::{Purpose, Rng},
};
use serde_json::json;

/// More words than a small language has, some of them real.
fn vocabulary() -> Vec<String> {
    let real = [
        "", "red", "apple", "cat", "heart", "glasses", "glass", "smiling", "box",
    ];
    let filler = (0..400).map(|i| format!("word{i}"));
    real.map(String::from).into_iter().chain(filler).collect()
}

fn said(text: &str) -> Result<Vec<u32>, String> {
    let all = tokens(text, &vocabulary()).map_err(|error| error.to_string())?;
    assert_eq!(all.len(), CONTEXT);
    Ok(all.into_iter().filter(|&token| token > 0).collect())
}

#[test]
fn free_text_is_read_with_good_will() {
    assert!(free::is_free(&vocabulary()));
    assert_eq!(said("A red apple!"), Ok(vec![1, 2]));
    assert_eq!(said("two-word RED/apples").map_err(|_| ()), Err(()));
    assert_eq!(said("the cats, smiling"), Ok(vec![3, 7]));
    assert_eq!(said("boxes"), Ok(vec![8]));
    // The plural is a word of its own.
    assert_eq!(said("glasses glass"), Ok(vec![5, 6]));
    assert_eq!(said(""), Ok(Vec::new()));
    assert_eq!(said("  "), Ok(Vec::new()));
}

#[test]
fn what_is_not_known_is_named_with_what_is_near() {
    let unknown = said("a red aple").expect_err("unknown");
    assert!(
        unknown.contains("“aple”") && unknown.contains("apple"),
        "{unknown}"
    );
    assert!(!unknown.contains("word399"), "{unknown}");
    let bold = "<b>".repeat(9);
    let long = "x".repeat(100_000);
    let many = "apple ".repeat(CONTEXT + 1);
    for text in [
        "ein roter Apfel",
        "<script>alert(1)</script>",
        "…",
        "苹果",
        &bold,
        &long,
        &many,
    ] {
        assert!(said(text).is_err(), "{text}");
    }
    assert!(said(&"apple ".repeat(CONTEXT)).is_ok());
}

fn made(squares: bool, [height, width]: [usize; 2]) -> Result<Ddpm, Code> {
    let data = DataInfo {
        words: vocabulary(),
        classes: ["one", "other"].map(String::from).into(),
        ..DataInfo::new(
            "emoji",
            Space::Image {
                channels: 3,
                height,
                width,
            },
        )
    };
    let config = json!({"channels": 8, "levels": 2, "squares": squares, "conditional": true, "prediction": "v"});
    let config = <Ddpm as Family>::Config::from_json(&config).expect("options");
    let mut rng = Rng::new(1, Purpose::Init, 0);
    let model =
        Ddpm::init(&config, &data, &mut rng, &Device::flex()).map_err(|error| error.code())?;
    // An answer that is zero at first would say nothing.
    let each = weights::list(model.net()).into_iter();
    let shaken = each.map(|(name, dims, values)| {
        let values = values.into_data().try_to_vec::<f32>().expect("numbers");
        let noise = rng.normal(values.len());
        let values: Vec<f32> = values.iter().zip(noise).map(|(v, e)| v + 0.1 * e).collect();
        (name, TensorData::new(values, dims))
    });
    Ok(model.with_weights(shaken.collect()).expect("they fit"))
}

#[test]
fn squares_are_channels_and_images_come_back_as_they_were() {
    let model = made(true, [8, 12]).expect("fits");
    let x = Rng::new(2, Purpose::Evaluate, 0).normal_tensor([2, 3 * 8 * 12], &Device::flex());
    let answer = model.forward(x, &[0.4], Told::default());
    assert_eq!(answer.dims(), [2, 3 * 8 * 12]);
    // Four channels of a pixel and those of its neighbours: the order of pixels in a square is kept.
    let pixels: Vec<f32> = (0..16).map(|i| i as f32).collect();
    let image = Tensor::<4>::from_data(TensorData::new(pixels, [1, 1, 4, 4]), &Device::flex());
    let squares = squeeze(image)
        .into_data()
        .try_to_vec::<f32>()
        .expect("numbers");
    assert_eq!(squares[..4], [0.0, 2.0, 8.0, 10.0]);
    // Halved twice by its levels and its squares.
    assert_eq!(made(true, [8, 10]).err(), Some(Code::BadOption));
    assert!(made(false, [8, 10]).is_ok());
    let cost = |squares: bool| Family::cost(&made(squares, [32, 32]).expect("fits")).multiply_adds;
    assert!(cost(true) < 0.5 * cost(false));
    let data = DataInfo::new(
        "made",
        Space::Image {
            channels: 3,
            height: 8,
            width: 12,
        },
    );
    assert!(!export::has_page(&model, &data));
    assert!(export::has_page(
        &made(false, [8, 12]).expect("fits"),
        &data
    ));
}

#[test]
fn without_words_a_class_is_kept_and_guidance_leads_to_the_words() {
    let model = made(true, [8, 12]).expect("fits");
    let draw = |prompt: Option<&str>, label: Option<u32>, guidance: f64| {
        let condition = Condition {
            prompt: prompt.map(String::from),
            label,
            guidance: Some(guidance),
            ..Condition::default()
        };
        let options = json!({"sampler": "ddim", "steps": 2});
        let mut sampler = Model::sampler(&model, &options, &condition, 1, 3).expect("a sampler");
        let images = pollster::block_on(finish(&mut *sampler)).expect("samples");
        let images = images.images().expect("images").into_data();
        images.try_to_vec::<f32>().expect("numbers")
    };
    assert_eq!(
        draw(Some("red apple"), Some(1), 0.0),
        draw(None, Some(1), 1.0)
    );
}
