//! Clips: what is said of them and what is to be seen, the tracker, and what a model of clips promises.

use crate::common::{self, mnist, small_digits};
use burn::tensor::Device;
use generative_playground::{
    bytes::Bytes,
    data::{
        Batch, ClipSet, DataInfo, Dataset, Stream, TEST_SEED,
        clips::{FRAME, FRAMES, Kind, SIDE, STRAIGHT, VALUES, track, words},
        input::ClipInput,
        scenes::words as scenes_words,
    },
    error::{Code, Result},
    families::{
        self,
        video::{Given, Video},
    },
    model::{Condition, Family, Model, TrainConfig, finish},
    options::Options,
    plots,
    rng::{Purpose, Rng},
    scene::{PlotRequest, View},
    training::Budget,
};
use serde_json::{Value, json};

fn set(two: f64) -> ClipSet {
    ClipSet::of(mnist(), &json!({ "two": two })).expect("clips")
}

fn rng(i: u64) -> Rng {
    Rng::new(5, Purpose::Evaluate, i)
}

#[test]
fn what_is_said_of_clips_is_understood() {
    let set = set(0.5);
    let vocabulary = words::vocabulary(Kind::Digits);
    for i in 0..2000 {
        let clip = set.draw(&mut rng(i));
        let said = clip.sentence.to_string();
        assert_eq!(words::parse(&said).expect("understood"), clip.sentence);
        let loud = said.to_uppercase() + ".";
        assert_eq!(words::parse(&loud).expect("understood"), clip.sentence);
        let tokens = scenes_words::tokens(&said, &vocabulary).expect("its words");
        let known: Vec<&str> = (tokens.iter())
            .map(|&t| vocabulary[t as usize].as_str())
            .filter(|word| !word.is_empty())
            .collect();
        assert_eq!(known.join(" "), said.replace(',', ""));
    }
    assert_eq!(
        words::example(Kind::Digits),
        "a 3 going up and right, slowly"
    );
    for wrong in [
        "",
        "a 3",
        "a 3 going",
        "a 3 going up and slowly",
        "a 3 going up and down",
        "a 3 going up over",
        "a 3 going up over a 4 going down over a 5 going up",
        "a dog going up",
        "a 3 going up slowly quickly",
        "<script>alert(1)</script>",
        "eine 3 geht nach oben",
    ] {
        let error = words::parse(wrong).expect_err(wrong);
        assert_eq!(error.code(), Code::BadOption, "{wrong}");
    }
}

#[test]
fn clips_show_what_is_said() {
    let set = set(0.0);
    for i in 0..1000 {
        let clip = set.draw(&mut rng(i));
        let [mut mover] = clip.sentence.movers[..] else {
            panic!("one digit")
        };
        let pixels = clip.values();
        assert!(track::obeys(&pixels, &mover), "{}", clip.sentence);
        // Another way is not obeyed, nor is another pace.
        let way = mover.direction;
        mover.direction = [-way[0], -way[1]];
        assert!(!track::obeys(&pixels, &mover));
        mover.direction = way;
        let quick = track::obeys(
            &pixels,
            &words::Mover {
                quick: Some(true),
                ..mover
            },
        );
        let slow = track::obeys(
            &pixels,
            &words::Mover {
                quick: Some(false),
                ..mover
            },
        );
        assert!(quick != slow);
        assert!(mover.quick.is_none_or(|said| said == quick));
    }
    let nothing = vec![0.0; VALUES];
    let mover = words::draw(words::Thing::Digit(1), &mut rng(0));
    assert!(!track::obeys(&nothing, &mover));
    assert!(!track::obeys(&nothing[FRAME..], &mover));
}

#[test]
fn digits_turn_at_the_walls_and_nowhere_else() {
    let set = set(1.0);
    let mut turns = 0;
    for i in 0..300 {
        let clip = set.draw(&mut rng(i));
        assert_eq!(clip.middles.len(), 2);
        for (middles, mover) in clip.middles.iter().zip(&clip.sentence.movers) {
            for (axis, &way) in mover.direction.iter().enumerate() {
                let steps: Vec<f32> = (1..FRAMES)
                    .map(|f| middles[f][axis] - middles[f - 1][axis])
                    .collect();
                let way = f32::from(way);
                for (frame, step) in steps.iter().enumerate() {
                    let turning = step.signum() != way && *step != 0.0;
                    turns += usize::from(turning);
                    assert!(step.abs() <= 2.0);
                    assert!(!(turning && frame + 1 < STRAIGHT));
                    assert!(way != 0.0 || *step == 0.0);
                }
                let at = |f: usize| middles[f][axis];
                assert!(
                    (0..FRAMES).all(|f| (3.0..=SIDE as f32 - 0.5).contains(&at(f)) || at(f) > 0.0)
                );
            }
        }
    }
    assert!(turns > 300, "{turns}");
}

#[test]
fn one_passes_behind_the_other() {
    // Where both digits overlap the front one is seen as it is, and no grey shows in it.
    let (one, two) = (set(0.0), set(1.0));
    let mut met = 0;
    for i in 0..200 {
        let clip = two.draw(&mut rng(i));
        let bright = clip.pixels.iter().filter(|&&p| p > 200).count();
        assert!(bright > FRAMES, "the one in front is bright");
        let boxes = |f: usize| {
            let [a, b] = [clip.middles[0][f], clip.middles[1][f]];
            (a[0] - b[0]).abs().max((a[1] - b[1]).abs())
        };
        met += usize::from((0..FRAMES).any(|f| boxes(f) < 6.0));
    }
    assert!(met > 80, "{met} of 200 meet");
    assert!(one.draw(&mut rng(0)).sentence.movers.len() == 1);
}

#[test]
fn what_goes_straight_on_is_extrapolated_to_the_last_bit() {
    let set = set(0.0);
    let (mut straight, mut turned) = (0, 0);
    for i in 0..300 {
        let clip = set.draw(&mut rng(i));
        let pixels = clip.values();
        let known = FRAMES / 2;
        let middles = &clip.middles[0];
        let step = |f: usize| [0, 1].map(|a| middles[f][a] - middles[f - 1][a]);
        let even = (known - 2..FRAMES).all(|f| step(f) == step(known - 1));
        let made = track::straight_on(&pixels, 1, known);
        assert_eq!(made.len(), (FRAMES - known) * FRAME);
        let far = made.iter().zip(&pixels[known * FRAME..]);
        let far = far.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        if even {
            straight += 1;
            // Ink too faint to be a thing of its own is left out.
            assert!(far < 0.06, "{}: {far}", clip.sentence);
        } else {
            turned += usize::from(far > 0.3);
        }
    }
    assert!(straight > 20 && turned > 50, "{straight}, {turned}");
    let clip = set.held_out(3).values();
    let still = track::standing(&clip, 1, 5);
    assert_eq!(still[..FRAME], clip[4 * FRAME..5 * FRAME]);
    assert_eq!(still.len(), 11 * FRAME);
}

#[test]
fn a_stream_of_clips_goes_on_where_it_stopped() {
    let data: Dataset = set(0.3).into();
    let mut whole = Stream::new(TEST_SEED, 0);
    let next = |stream: &mut Stream, n: usize| {
        let batch = stream.next(&data, n, 0, TrainConfig::default().binarize);
        let batch = batch.expect("clips");
        (
            batch.pixels(&Device::flex()).expect("pixels").into_data(),
            batch.captions().to_vec(),
        )
    };
    let (first, all) = (next(&mut whole, 4), next(&mut whole, 4));
    let again = next(&mut Stream::new(TEST_SEED, 4), 4);
    assert_eq!(again.1, all.1);
    assert_eq!(
        again.0.as_slice::<f32>().expect("floats"),
        all.0.as_slice::<f32>().expect("floats")
    );
    assert_ne!(first.1, all.1);
    let held = set(0.3);
    assert_eq!(held.held_out(7), held.held_out(7));
    assert!(ClipSet::of(&small_digits(14, 16, 8), &Value::Null).is_ok());
    let error = ClipSet::of(mnist(), &json!({ "two": 2.0 })).expect_err("too large a share");
    assert_eq!(error.code(), Code::BadOption);
}

fn small(device: &Device) -> (Video, DataInfo) {
    let info = set(0.3).info;
    let config = families::video::VideoConfig {
        channels: 8,
        levels: 2,
        ..Default::default()
    };
    let mut rng = Rng::new(1, Purpose::Init, 0);
    (
        Video::init(&config, &info, &mut rng, device).expect("a model"),
        info,
    )
}

fn clips(model: &dyn Model, condition: &Condition, seed: u64) -> Result<Vec<f32>> {
    let mut sampler = model.sampler(&json!({ "steps": 3 }), condition, 2, seed)?;
    let made = pollster::block_on(finish(&mut *sampler))?.clips()?;
    Ok(made.into_data().try_to_vec::<f32>().expect("floats"))
}

#[test]
fn what_is_given_comes_out_as_it_went_in() {
    let model = common::learned_clips(set(0.3));
    let clip = set(1.0).held_out(1).values();
    let whole = |frame: usize| !(4..12).contains(&frame);
    let part = |i: usize| i % SIDE < 9 || i / SIDE % SIDE > 20;
    let frames: Vec<u8> = (0..VALUES).map(|i| u8::from(whole(i / FRAME))).collect();
    let region: Vec<u8> = (0..VALUES).map(|i| u8::from(part(i))).collect();
    for mask in [frames, region] {
        let condition = Condition {
            known: Some(clip.clone()),
            mask: Some(mask.clone()),
            ..Condition::default()
        };
        let made = clips(&*model, &condition, 4).expect("clips");
        for (made, seed) in made.chunks_exact(VALUES).zip(0..) {
            let mut free = 0;
            for i in 0..VALUES {
                if mask[i] == 1 {
                    assert_eq!(
                        made[i].to_bits(),
                        clip[i].to_bits(),
                        "clip {seed}, value {i}"
                    );
                } else {
                    free += usize::from(made[i] != clip[i]);
                }
            }
            assert!(free > 1000, "{free}");
        }
        assert_eq!(made, clips(&*model, &condition, 4).expect("clips"));
        assert_ne!(made, clips(&*model, &condition, 5).expect("clips"));
    }
}

#[test]
fn sentences_are_heard_and_what_is_none_is_refused() {
    let model = common::learned_clips(set(0.3));
    let told = |prompt: &str| clips(&*model, &Condition::prompt(prompt), 9);
    let up = told("a 3 going up and right, slowly").expect("clips");
    assert_eq!(up, told("A 3 going UP and right slowly.").expect("clips"));
    assert_ne!(up, told("a 3 going down").expect("clips"));
    assert_eq!(told("").expect("clips").len(), 2 * VALUES);
    let long = "a ".repeat(4000);
    for wrong in [
        "a dog",
        "<b>3</b>",
        "ein 3 nach oben",
        long.as_str(),
        "3 going up 😀",
    ] {
        let error = told(wrong).expect_err(wrong);
        assert_eq!(error.code(), Code::BadOption);
    }
    let condition = Condition {
        known: Some(vec![0.0; 7]),
        mask: Some(vec![1; 7]),
        ..Condition::default()
    };
    assert_eq!(
        clips(&*model, &condition, 1).expect_err("7").code(),
        Code::BadOption
    );
    let short = model.sampler(
        &json!({ "sampler": "shortcut" }),
        &Condition::default(),
        1,
        1,
    );
    assert!(short.is_err_and(|e| e.code() == Code::BadOption));
    let label = Condition {
        label: Some(3),
        ..Condition::default()
    };
    assert_eq!(
        clips(&*model, &label, 1).expect_err("a class").code(),
        Code::Unsupported
    );
}

#[test]
fn only_what_is_not_given_counts() {
    // The loss of a fresh model, whose answer is zero, is the mean of x₀² over what is not given.
    let (model, _) = small(&Device::flex().autodiff());
    let data: Dataset = set(0.3).into();
    let batch = Stream::new(1, 0).next(&data, 6, 0, TrainConfig::default().binarize);
    let batch = batch.expect("clips");
    let losses = Family::losses(&model, &batch, &mut rng(0)).expect("losses");
    let loss: f32 = losses[0].1.clone().into_scalar();
    assert!((0.2..1.6).contains(&loss), "{loss}");
    let size = [FRAMES, 1, SIDE, SIDE];
    let ends = Given::ends(size, [3, 2]);
    let known: Vec<Option<f32>> = (0..VALUES)
        .map(|i| (i / FRAME < 3 || i / FRAME >= 14).then_some(0.5))
        .collect();
    assert_eq!(Given::of(&known, size), ends);
    assert_eq!(Given::of(&vec![None; VALUES], size), Given::nothing(size));
    assert!(options_refused());
}

#[test]
fn a_browser_can_train_what_it_starts_from() {
    let info = set(0.3).info;
    let (config, train) = families::with_defaults("video", &info.space, &Value::Null, &Value::Null)
        .expect("defaults");
    for budget in [Budget::BROWSER_CPU, Budget::BROWSER_GPU] {
        budget
            .check("video", &config, &train, &info)
            .expect("it fits");
    }
    let images = DataInfo::new("mnist", generative_playground::data::Space::grey(28, 28));
    let refused = families::init("video", &config, &images, &mut rng(0), &Device::flex());
    assert!(refused.is_err_and(|e| e.code() == Code::Unsupported));
}

fn options_refused() -> bool {
    let odd = families::video::VideoConfig::from_json(&json!({ "channels": 12 }));
    odd.is_err_and(|e| e.code() == Code::BadOption)
}

/// What is answered to a plot: each clip's values, and which frames are given.
fn plotted(model: &dyn Model, request: PlotRequest<'_>) -> Result<(Vec<Vec<f32>>, Vec<bool>)> {
    let pause = || Box::pin(std::future::ready(())) as std::pin::Pin<Box<dyn Future<Output = ()>>>;
    let view = pollster::block_on(plots::answer(model, &request, pause))?;
    let View::Clips { sheet, given, .. } = view else {
        panic!("clips");
    };
    let View::Image {
        rgba,
        width,
        columns,
        rows,
        ..
    } = *sheet
    else {
        panic!("a sheet");
    };
    assert_eq!(columns as usize, FRAMES);
    let value = |clip: usize, i: usize| {
        let (frame, y, x) = (i / FRAME, i / SIDE % SIDE, i % SIDE);
        let at = (clip * SIDE + y) * width as usize + frame * SIDE + x;
        f32::from(rgba.0[4 * at]) / 255.0
    };
    let clip = |clip: usize| (0..VALUES).map(|i| value(clip, i)).collect();
    Ok(((0..rows as usize).map(clip).collect(), given))
}

#[test]
fn a_clip_is_altered_where_it_is_meant_and_nowhere_else() {
    let model = common::learned_clips(set(0.3));
    let data: Dataset = set(0.3).into();
    let info = data.info().clone();
    let own = set(0.0).held_out(2).values();
    let ask = |plot: &'static str, text: &'static str, at: f32, mask: Option<Vec<u8>>| {
        let images = Batch::unlabelled([1, FRAMES, SIDE, SIDE], own.clone());
        let request = PlotRequest {
            at,
            images: Some(images),
            mask,
            text,
            count: 1,
            seed: 4,
            resolution: 8,
            data: Some(&data),
            ..PlotRequest::new(plot, &info, Device::flex())
        };
        plotted(&*model, request)
    };
    let same = |a: &[f32], b: &[f32]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.003);
    let band = |i: usize| (12..20).contains(&(i % SIDE));
    let mask = (0..FRAME).map(|i| u8::from(band(i))).collect();
    let (shown, given) = ask("repaint", "", 0.0, Some(mask)).expect("clips");
    assert!(same(&shown[0], &own) && !given.contains(&true));
    assert!((0..VALUES).all(|i| band(i) || (shown[1][i] - own[i]).abs() < 0.003));
    assert!(!same(&shown[1], &own));
    let (shown, given) = ask("redirect", "a 4 going left", 0.0, None).expect("clips");
    assert!(given[0] && !given[1..].contains(&true));
    assert!(same(&shown[1][..FRAME], &own[..FRAME]));
    let (right, _) = ask("redirect", "a 4 going right", 0.0, None).expect("clips");
    assert!(!same(&shown[1], &right[1]));
    let (shown, _) = ask("alter", "a 4 going left", 0.0, None).expect("clips");
    assert!(same(&shown[1], &own));
    let (noisy, _) = ask("alter", "a 4 going left", 0.8, None).expect("clips");
    assert!(!same(&noisy[1], &own));
    let error = ask("alter", "a dog", 0.5, None).expect_err("no word of its");
    assert_eq!(error.code(), Code::BadOption);
}

/// A clip of so many frames of 8 × 8 pixels, each a grey value by its frame and place.
fn brought(frames: usize, grey: impl Fn(usize, usize, usize) -> u8) -> ClipInput {
    let pixel = |i: usize| {
        let v = grey(i / 64, i / 8 % 8, i % 8);
        [v, v, v, 255]
    };
    ClipInput {
        width: 8,
        height: 8,
        pixels: Bytes((0..64 * frames).flat_map(pixel).collect()),
    }
}

#[test]
fn a_readers_clip_becomes_light_on_black_and_of_sixteen_frames() {
    let size = [FRAMES, 1, SIDE, SIDE];
    // A dot that goes a pixel to the right every fourth frame of 32, dark on light paper.
    let dot = |frame: usize, y: usize, x: usize| if y == 3 && x == frame / 4 { 40 } else { 220 };
    let clip = brought(32, dot).fitted(size).expect("a clip");
    assert_eq!(clip.len(), VALUES);
    for frame in 0..FRAMES {
        let at = |y: usize, x: usize| clip[frame * FRAME + (4 * y + 1) * SIDE + 4 * x + 1];
        let x = frame / 2;
        assert!(at(3, x) > 0.95, "frame {frame}: {}", at(3, x));
        assert!(at(3, (x + 3) % 8) < 0.05 && at(6, x) < 0.05);
    }
    // On a dark ground nothing is turned round.
    let light =
        |frame: usize, y: usize, x: usize| 260u16.saturating_sub(dot(frame, y, x).into()) as u8;
    let same = brought(32, light).fitted(size).expect("a clip");
    assert!(clip.iter().zip(&same).all(|(a, b)| (a - b).abs() < 0.01));
    let mut cut = brought(16, dot);
    cut.pixels.0.pop();
    let (empty, plain) = (brought(0, dot), brought(16, |_, _, _| 90));
    let huge = ClipInput {
        width: u32::MAX,
        height: u32::MAX,
        ..brought(16, dot)
    };
    let many = brought(257, dot);
    for wrong in [cut, empty, plain, huge, many] {
        assert_eq!(wrong.fitted(size).expect_err("none").code(), Code::BadImage);
    }
}
