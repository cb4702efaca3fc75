//! Clips of coloured shapes: what is said of them, where they go, what hides what, and who follows them.

use crate::common;
use burn::tensor::Device;
use generative_playground::{
    bytes::Bytes,
    data::{
        ClipSet, Dataset, Space, Stream,
        clips::{
            Clip, FRAME, FRAMES, Kind, Mover, SIDE, STRAIGHT, Sentence, Thing, follow, track, words,
        },
        input::ClipInput,
        scenes::{self, COLOURS, INKS, Object, PAPER, SHAPES, words as scenes_words},
    },
    error::Code,
    evaluate::clips::{self as judged, mean},
    model::{Condition, TrainConfig, finish},
    plots,
    rng::{Purpose, Rng},
    scene::{PlotRequest, View},
    training::Budget,
};
use serde_json::{Value, json};

/// Values of a clip.
const VALUES: usize = 3 * FRAME * FRAMES;

fn set(two: f64) -> ClipSet {
    ClipSet::scenes(&json!({ "two": two })).expect("clips")
}

fn rng(i: u64) -> Rng {
    Rng::new(5, Purpose::Evaluate, i)
}

/// What a thing is, in its true size. A sentence does not always say it.
fn object(thing: Thing, large: bool, at: [f32; 2]) -> Object {
    let Thing::Shape { colour, shape, .. } = thing else {
        panic!("a shape")
    };
    Object {
        shape,
        colour,
        large,
        at,
    }
}

/// Sizes of the things of a clip, by which the painter of scenes makes its first frame; the first in front.
fn sizes(clip: &Clip) -> Vec<bool> {
    let movers = &clip.sentence.movers;
    let all = (0..1 << movers.len()).map(|bits| (0..movers.len()).map(move |i| bits >> i & 1 == 1));
    let off = |sizes: &Vec<bool>| far(&painted(clip, sizes, 0), &clip.pixels[..3 * FRAME]);
    let all = all.map(Iterator::collect::<Vec<bool>>);
    all.min_by_key(off).expect("sizes")
}

/// A frame by the painter of scenes, which lays one thing over the other.
fn painted(clip: &Clip, sizes: &[bool], frame: usize) -> Vec<u8> {
    let movers = clip.sentence.movers.iter().zip(&clip.middles).zip(sizes);
    let objects = movers.map(|((mover, at), &large)| object(mover.thing, large, at[frame]));
    let mut objects: Vec<Object> = objects.collect();
    objects.reverse();
    scenes::paint(&objects)
}

/// The largest difference.
fn far(a: &[u8], b: &[u8]) -> u8 {
    let each = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    each.max().unwrap_or_default()
}

#[test]
fn what_is_said_of_moving_shapes_is_understood() {
    let vocabulary = words::vocabulary(Kind::Scenes);
    let (mut sized, mut paced, mut longest) = (0, 0, 0);
    let set = set(0.4);
    for i in 0..3000 {
        let clip = set.draw(&mut rng(i));
        let said = clip.sentence.to_string();
        assert_eq!(words::parse(&said).expect("understood"), clip.sentence);
        let tokens = scenes_words::tokens(&said, &vocabulary).expect("its words");
        let known = tokens.iter().map(|&t| vocabulary[t as usize].as_str());
        let known: Vec<&str> = known.filter(|word| !word.is_empty()).collect();
        assert_eq!(known.join(" "), said.replace(',', ""));
        longest = longest.max(known.len());
        for mover in &clip.sentence.movers {
            let Thing::Shape { large, .. } = mover.thing else {
                panic!("a shape")
            };
            sized += usize::from(large.is_some());
            paced += usize::from(mover.quick.is_some());
        }
        if let [a, b] = clip.sentence.movers[..] {
            assert!(
                object(a.thing, true, [0.0; 2]).colour != object(b.thing, true, [0.0; 2]).colour
            );
        }
    }
    assert!(sized > 800 && paced > 800, "{sized}, {paced}");
    assert_eq!(longest, 15);
    let example = "a small red circle going up and right, slowly";
    assert_eq!(words::example(Kind::Scenes), example);
    for wrong in [
        "a red going up",
        "a circle going up",
        "a small circle going up",
        "a pink circle going up",
        "a red small circle going up",
        "a red circle up",
        "a red circle going",
        "a red circle going up over",
        "two red circles going up",
        "<script>alert(1)</script>",
        "ein roter Kreis",
    ] {
        let error = words::parse(wrong).expect_err(wrong);
        assert_eq!(error.code(), Code::BadOption, "{wrong}");
    }
    // A model of shapes has no word for digits, nor one of digits for shapes.
    assert!(scenes_words::tokens("a 3 going up", &vocabulary).is_err());
    assert!(scenes_words::tokens(example, &words::vocabulary(Kind::Digits)).is_err());
}

#[test]
fn shapes_go_straight_and_turn_at_the_walls() {
    // By another way than the set's: step for step, with a velocity that is reversed where a side would leave
    // the picture.
    let set = set(1.0);
    let mut turns = 0;
    for i in 0..500 {
        let clip = set.draw(&mut rng(i));
        let sizes = sizes(&clip);
        for ((mover, middles), large) in clip.sentence.movers.iter().zip(&clip.middles).zip(sizes) {
            let half = object(mover.thing, large, [0.0; 2]).extent() / 2.0;
            for axis in 0..2 {
                let pace = (middles[1][axis] - middles[0][axis]).abs();
                assert!([0.0, 1.0, 2.0].contains(&pace));
                assert_eq!(pace == 0.0, mover.direction[axis] == 0);
                let (mut at, mut velocity) =
                    (middles[0][axis], pace * f32::from(mover.direction[axis]));
                for (frame, middle) in middles.iter().enumerate() {
                    assert_eq!(at, middle[axis], "{}, frame {frame}", clip.sentence);
                    assert!((half..=SIDE as f32 - half).contains(&at));
                    let mut next = at + velocity;
                    let (low, high) = (half, SIDE as f32 - half);
                    if next < low || next > high {
                        // As far behind the wall as it would have gone through it.
                        next = if next < low { 2.0 * low } else { 2.0 * high } - next;
                        velocity = -velocity;
                        turns += 1;
                        assert!(frame + 1 >= STRAIGHT);
                    }
                    at = next;
                }
            }
        }
    }
    assert!(turns > 500, "{turns}");
}

#[test]
fn what_is_in_front_hides_what_is_behind() {
    let set = set(1.0);
    let (mut met, mut several) = (0, 0);
    for i in 0..300 {
        let clip = set.draw(&mut rng(i));
        let sizes = sizes(&clip);
        several += usize::from(sizes.len() > 1);
        for frame in 0..FRAMES {
            let shown = &clip.pixels[3 * FRAME * frame..3 * FRAME * (frame + 1)];
            let far = far(&painted(&clip, &sizes, frame), shown);
            assert!(far <= 2, "{}, frame {frame}: {far}", clip.sentence);
            if let [a, b] = clip.middles[..] {
                let apart = [0, 1].map(|axis| (a[frame][axis] - b[frame][axis]).abs());
                if apart[0].max(apart[1]) < 5.0 {
                    met += 1;
                    // Its middle, if it is not a hole, is of the colour of the front one.
                    let front = object(clip.sentence.movers[0].thing, sizes[0], a[frame]);
                    if front.shape != scenes::Shape::Ring {
                        let [x, y] = a[frame].map(|v| v as usize);
                        let at = [0, 1, 2].map(|c| shown[(c * SIDE + y) * SIDE + x]);
                        assert_eq!(at, INKS[front.colour]);
                    }
                }
            }
        }
    }
    assert!(several > 290 && met > 300, "{several}, {met}");
}

/// How often a clip's sentence is obeyed, and how often a thing wholly in sight is read as it was drawn, of
/// `count` clips.
fn read_right(two: f64, count: u64) -> [f64; 2] {
    let set = set(two);
    let (mut obeyed, mut right, mut judged) = (0, 0, 0);
    for i in 0..count {
        let clip = set.draw(&mut rng(i));
        let (pixels, sizes) = (clip.values(), sizes(&clip));
        obeyed += usize::from(follow::obeys(&pixels, &clip.sentence));
        let things = clip.sentence.movers.iter().zip(&clip.middles).zip(sizes);
        for ((mover, middles), large) in things {
            let truth = object(mover.thing, large, [0.0; 2]);
            let seen = follow::follow(&pixels, truth.colour);
            assert!(two > 0.0 || !seen.contains(&None));
            let whole = seen
                .iter()
                .zip(middles)
                .filter_map(|(s, at)| Some((s.as_ref()?, at)));
            for (seen, at) in whole.filter(|(s, _)| s.in_sight > 0.95) {
                let same = (seen.shape, seen.large) == (truth.shape, truth.large);
                right += usize::from(same && seen.at == *at);
                judged += 1;
            }
        }
    }
    [(obeyed, count as usize), (right, judged)].map(|(n, of)| n as f64 / of as f64)
}

#[test]
fn the_follower_finds_what_the_set_has_drawn() {
    assert_eq!(read_right(0.0, 300), [1.0, 1.0]);
    // Where two meet, the edge of one on the other is of neither colour: of 150 clips of two, 147 are read in full.
    let [obeyed, right] = read_right(1.0, 150);
    assert!(obeyed >= 0.95 && right >= 0.98, "{obeyed}, {right}");
}

#[test]
fn the_follower_takes_nothing_else_for_it() {
    let one = set(0.0);
    for i in 0..60 {
        let clip = one.draw(&mut rng(i));
        let pixels = clip.values();
        let other = |change: &dyn Fn(&mut Mover)| {
            let mut sentence = clip.sentence.clone();
            change(&mut sentence.movers[0]);
            assert!(!follow::obeys(&pixels, &sentence), "{sentence}");
        };
        other(&|mover| mover.direction = mover.direction.map(|way| -way));
        let [x, y] = clip.sentence.movers[0].direction;
        other(&|mover| mover.direction = if x == y { [x, -y] } else { [y, x] });
        if let Some(quick) = clip.sentence.movers[0].quick {
            other(&|mover| mover.quick = Some(!quick));
        }
        other(&|mover| {
            if let Thing::Shape { colour, .. } = &mut mover.thing {
                *colour = (*colour + 1) % COLOURS.len();
            }
        });
        other(&|mover| {
            if let Thing::Shape { shape, .. } = &mut mover.thing {
                *shape = SHAPES[(*shape as usize + 1) % SHAPES.len()];
            }
        });
        if let Thing::Shape {
            large: Some(size), ..
        } = clip.sentence.movers[0].thing
        {
            other(&|mover| {
                if let Thing::Shape { large, .. } = &mut mover.thing {
                    *large = Some(!size);
                }
            });
        }
    }
    let paper = PAPER.map(|v| [f32::from(v) / 255.0; FRAME]).concat();
    let sentence = words::parse("a red circle going up").expect("understood");
    assert!(!follow::obeys(&paper.repeat(FRAMES), &sentence));
    assert!(!follow::obeys(&[], &sentence));
    let digit = words::parse("a 3 going up").expect("understood");
    assert!(!follow::obeys(&one.held_out(0).values(), &digit));
}

#[test]
fn shapes_that_go_straight_on_are_extrapolated_to_the_last_bit() {
    let (mut straight, mut turned) = (0, 0);
    let set = set(0.0);
    for i in 0..200 {
        let clip = set.draw(&mut rng(i));
        let (pixels, known) = (clip.values(), FRAMES / 2);
        let middles = &clip.middles[0];
        let step = |f: usize| [0, 1].map(|a| middles[f][a] - middles[f - 1][a]);
        let even = (known - 2..FRAMES).all(|f| step(f) == step(known - 1));
        let made = track::straight_on(&pixels, 3, known);
        let truth = &pixels[known * 3 * FRAME..];
        assert_eq!(made.len(), truth.len());
        let far = made.iter().zip(truth).map(|(a, b)| (a - b).abs());
        let far = far.fold(0.0, f32::max);
        if even {
            straight += 1;
            // A trace of ink too faint to be of a thing is left out.
            assert!(far < 0.06, "{}: {far}", clip.sentence);
        } else {
            turned += usize::from(far > 0.3);
        }
    }
    assert!(straight > 20 && turned > 50, "{straight}, {turned}");
    let clip = set.held_out(3).values();
    let still = track::standing(&clip, 3, 5);
    assert_eq!(still[..3 * FRAME], clip[4 * 3 * FRAME..5 * 3 * FRAME]);
    assert_eq!(still.len(), 11 * 3 * FRAME);
}

#[test]
fn a_model_of_clips_in_colour_keeps_what_is_given_and_hears_what_is_said() {
    let model = common::learned_clips(set(0.3));
    let clip = set(1.0).held_out(1).values();
    let made = |condition: &Condition| {
        let mut sampler = model.sampler(&json!({ "steps": 3 }), condition, 1, 7)?;
        let made = pollster::block_on(finish(&mut *sampler))?.clips()?;
        Ok::<Vec<f32>, generative_playground::error::Error>(
            made.into_data().try_to_vec::<f32>().expect("floats"),
        )
    };
    let given = plots::clips::condition(&clip, |frame| !(3..=12).contains(&frame));
    let whole = made(&given).expect("clips");
    assert_eq!(whole.len(), VALUES);
    for (i, (made, clip)) in whole.iter().zip(&clip).enumerate() {
        let frame = i / (3 * FRAME);
        let given = !(3..=12).contains(&frame);
        assert!(!given || made.to_bits() == clip.to_bits(), "frame {frame}");
    }
    assert!((whole.iter().zip(&clip)).filter(|(a, b)| a != b).count() > 1000);
    let told = |prompt: &str| made(&Condition::prompt(prompt));
    let red = told("a red circle going up").expect("clips");
    assert_ne!(red, told("a blue circle going up").expect("clips"));
    for wrong in ["a 3 going up", "a dog", "a pink circle going up"] {
        assert_eq!(told(wrong).expect_err(wrong).code(), Code::BadOption);
    }
    assert!((0.0..=1.0).contains(&red.iter().copied().fold(0.0, f32::max)));
}

#[test]
fn every_plot_of_clips_is_drawn_in_colour() {
    let model = common::learned_clips(set(0.3));
    let data: Dataset = set(0.3).into();
    let info = data.info().clone();
    for plot in ["continue", "between", "repaint", "redirect", "alter"] {
        let request = PlotRequest {
            at: 0.6,
            mask: (plot == "repaint").then(|| vec![1; FRAME]),
            text: if plot == "continue" || plot == "between" {
                ""
            } else {
                "a red circle going up"
            },
            count: 1,
            seed: 4,
            resolution: 8,
            data: Some(&data),
            ..PlotRequest::new(plot, &info, Device::flex())
        };
        let pause =
            || Box::pin(std::future::ready(())) as std::pin::Pin<Box<dyn Future<Output = ()>>>;
        let view = pollster::block_on(plots::answer(&*model, &request, pause)).expect(plot);
        let View::Clips { sheet, titles, .. } = view else {
            panic!("clips");
        };
        let View::Image {
            rgba,
            columns,
            rows,
            width,
            ..
        } = *sheet
        else {
            panic!("a sheet");
        };
        assert_eq!((columns as usize, rows as usize), (FRAMES, titles.len()));
        // The first frame of the first row is the clip's own, in its own colours.
        let clip = set(0.3).held_out(4).pixels;
        for i in 0..FRAME {
            let at = 4 * (i / SIDE * width as usize + i % SIDE);
            let true_colour = [0, 1, 2].map(|c| clip[c * FRAME + i]);
            assert!(
                far(&rgba.0[at..at + 3], &true_colour) <= 1,
                "{plot}, pixel {i}"
            );
        }
    }
}

#[test]
fn clips_that_are_right_are_judged_so() {
    // What a model is measured by gives a straight line its due, and a model that has learned nothing none.
    let model = common::learned_clips(set(0.3));
    let set = set(0.0);
    let options = json!({ "steps": 2 });
    let errors = pollster::block_on(judged::continued(&*model, &set, &options, 6, |_| true));
    let errors = errors.expect("errors");
    let at = |i: usize| set.held_out(i).values();
    let known = 3 * FRAME * FRAMES / 2;
    let by_hand: f64 = (0..6)
        .map(|i| {
            let clip = at(i);
            let made = track::standing(&clip, 3, FRAMES / 2);
            let squares = made
                .iter()
                .zip(&clip[known..])
                .map(|(a, b)| f64::from(a - b).powi(2));
            squares.sum::<f64>() / known as f64 / 6.0
        })
        .sum();
    assert!((mean(&errors.standing) - by_hand).abs() < 1e-9);
    assert!(mean(&errors.model) > mean(&errors.straight));
    let asked = (Kind::Scenes, 4, None);
    let words = pollster::block_on(judged::obeyed(&*model, &options, asked, |_| true));
    assert_eq!(words.expect("a share"), 0.0);
    let altered = pollster::block_on(judged::altered(&*model, &set, &options, 3, |_| true));
    let altered = altered.expect("shares");
    assert_eq!((altered.count, altered.redirected), (3, 0.0));
    let cancelled = pollster::block_on(judged::continued(&*model, &set, &options, 6, |_| false));
    assert_eq!(cancelled.expect_err("cancelled").code(), Code::Cancelled);
}

#[test]
fn moving_shapes_repeat_and_can_be_trained_in_a_browser() {
    let data: Dataset = set(0.3).into();
    let next = |from: u64| {
        let batch = Stream::new(9, from).next(&data, 3, 0, TrainConfig::default().binarize);
        let batch = batch.expect("clips");
        (
            batch.captions().to_vec(),
            batch
                .pixels(&Device::flex())
                .expect("pixels")
                .into_data()
                .try_to_vec::<f32>()
                .expect("floats"),
        )
    };
    assert_eq!(next(3), next(3));
    assert_ne!(next(0).0, next(3).0);
    let info = data.info();
    let Space::Video {
        frames,
        channels,
        height,
        width,
    } = info.space
    else {
        panic!("clips")
    };
    assert_eq!([frames, channels, height, width], [FRAMES, 3, SIDE, SIDE]);
    let defaults = generative_playground::families::with_defaults(
        "video",
        &info.space,
        &Value::Null,
        &Value::Null,
    );
    let (config, train) = defaults.expect("defaults");
    for budget in [Budget::BROWSER_CPU, Budget::BROWSER_GPU] {
        budget
            .check("video", &config, &train, info)
            .expect("it fits");
    }
    assert_eq!(
        ClipSet::scenes(&json!({ "two": -1.0 }))
            .expect_err("no share")
            .code(),
        Code::BadOption
    );
    let several = Sentence {
        movers: set(1.0).held_out(5).sentence.movers,
    };
    assert_eq!(several.movers.len(), 2);
}

#[test]
fn a_readers_clip_becomes_black_on_the_paper_of_scenes() {
    let pixel = |i: usize| {
        let (frame, y, x) = (i / 64, i / 8 % 8, i % 8);
        let v = if y == 3 && x == frame / 2 { 250 } else { 10 };
        [v, v, v, 255]
    };
    let clip = ClipInput {
        width: 8,
        height: 8,
        pixels: Bytes((0..64 * FRAMES).flat_map(pixel).collect()),
    };
    let values = clip.fitted([FRAMES, 3, SIDE, SIDE]).expect("a clip");
    assert_eq!(values.len(), VALUES);
    for frame in 0..FRAMES {
        let at = |c: usize, y: usize, x: usize| {
            values[((frame * 3 + c) * SIDE + 4 * y + 1) * SIDE + 4 * x + 1] * 255.0
        };
        for c in 0..3 {
            assert!((at(c, 3, frame / 2) - f32::from(INKS[7][c])).abs() < 15.0);
            assert!((at(c, 6, frame / 2) - f32::from(PAPER[c])).abs() < 15.0);
        }
    }
}
