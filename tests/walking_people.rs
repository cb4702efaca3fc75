//! Clips of people who walk: what is said of them, how they look and step, and who reads it from the pixels.

use crate::common;
use generative_playground::{
    data::{
        ClipSet,
        clips::{
            FRAME, FRAMES, Kind, Mover, SIDE, Thing,
            people::{self, ROUND, WAYS, Walk},
            track, words,
        },
        scenes::{INKS, words as scenes_words},
    },
    error::Code,
    evaluate::clips::{self as judged, mean},
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

fn rng(i: u64) -> Rng {
    Rng::new(7, Purpose::Evaluate, i)
}

fn values(walk: &Walk) -> Vec<f32> {
    let pixels = walk.pixels();
    pixels.iter().map(|&p| f32::from(p) / 255.0).collect()
}

/// The colour of a pixel of a frame.
fn at(pixels: &[u8], frame: usize, [x, y]: [usize; 2]) -> [u8; 3] {
    [0, 1, 2].map(|c| pixels[(frame * 3 + c) * FRAME + y * SIDE + x])
}

#[test]
fn what_is_said_of_people_is_understood() {
    let set = ClipSet::people(&Value::Null).expect("clips");
    let vocabulary = words::vocabulary(Kind::People);
    let (mut longest, mut shortest) = (0, 99);
    for i in 0..2000 {
        let clip = set.draw(&mut rng(i));
        let said = clip.sentence.to_string();
        assert_eq!(words::parse(&said).expect(&said), clip.sentence);
        let tokens = scenes_words::tokens(&said, &vocabulary).expect("its words");
        let known = tokens.iter().map(|&t| vocabulary[t as usize].as_str());
        let known: Vec<&str> = known.filter(|word| !word.is_empty()).collect();
        assert_eq!(known.join(" "), said.replace(',', ""));
        (longest, shortest) = (longest.max(known.len()), shortest.min(known.len()));
    }
    assert_eq!((longest, shortest), (14, 4));
    let all = "a person with blue hair, a red shirt and green trousers, walking left, slowly";
    assert_eq!(words::parse(all).expect(all).to_string(), all);
    let example = "a person with blue hair and a red shirt, walking left, slowly";
    assert_eq!(words::example(Kind::People), example);
    for right in [
        "A person walking up.",
        "person with a red shirt and blue hair walking down quickly",
    ] {
        assert!(words::parse(right).is_ok(), "{right}");
    }
    for wrong in [
        "a person",
        "a person going left",
        "a person walking",
        "a person walking up and left",
        "a person with walking left",
        "a person with red walking left",
        "a person with red hair and walking left",
        "a person with red hair and blue hair walking left",
        "a person with pink hair walking left",
        "a person walking left over a person walking right",
        "a person with red hair walking left slowly slowly",
    ] {
        let error = words::parse(wrong).expect_err(wrong);
        assert_eq!(error.code(), Code::BadOption, "{wrong}");
    }
    assert!(scenes_words::tokens(all, &words::vocabulary(Kind::Scenes)).is_err());
}

#[test]
fn people_look_and_step_as_they_are_said_to() {
    // Pixels that do not depend on the step, looked up by hand: the top of the head, the chest, and the thigh.
    let worn = [5, 0, 3];
    for (way, _) in WAYS.iter().enumerate() {
        let walk = Walk {
            worn,
            skin: 1,
            way,
            quick: false,
            first: 0,
        };
        let pixels = walk.pixels();
        for frame in 0..FRAMES {
            assert_eq!(
                at(&pixels, frame, [16, 4]),
                INKS[worn[0]],
                "hair, way {way}, frame {frame}"
            );
            let chest = if way < 2 { [16, 14] } else { [18, 12] };
            let chest = if way == 3 {
                [SIDE - 1 - chest[0], chest[1]]
            } else {
                chest
            };
            assert_eq!(
                at(&pixels, frame, chest),
                INKS[worn[1]],
                "shirt, way {way}, frame {frame}"
            );
            assert_eq!(
                at(&pixels, frame, [16, 21]),
                INKS[worn[2]],
                "trousers, way {way}, frame {frame}"
            );
        }
    }
    // From the front there are two eyes, from behind none, from the side one, on the side of the way.
    let eyes = |way: usize| {
        let pixels = Walk {
            worn,
            skin: 0,
            way,
            quick: false,
            first: 2,
        }
        .pixels();
        let row = (0..SIDE).filter(|&x| at(&pixels, 0, [x, 7]) == [30, 28, 32]);
        row.collect::<Vec<usize>>()
    };
    assert_eq!(
        [eyes(0).len(), eyes(1).len(), eyes(2).len(), eyes(3).len()],
        [2, 0, 1, 1]
    );
    assert!(eyes(2)[0] < SIDE / 2 && eyes(3)[0] > SIDE / 2);
    // Whoever walks quickly has the poses of every second frame of a slow round; a round later all is as before.
    let slow = Walk {
        worn,
        skin: 2,
        way: 2,
        quick: false,
        first: 0,
    };
    let quick = Walk {
        quick: true,
        ..slow
    };
    let size = 3 * FRAME;
    let (a, b) = (slow.pixels(), quick.pixels());
    for frame in 0..ROUND / 2 {
        assert_eq!(
            a[2 * frame * size..(2 * frame + 1) * size],
            b[frame * size..(frame + 1) * size]
        );
    }
    assert_eq!(b[..8 * size], b[8 * size..]);
    // No pose is another one: each foot, and each arm, is told from the other.
    for way in 0..WAYS.len() {
        let pixels = Walk { way, ..slow }.pixels();
        let frames: Vec<&[u8]> = pixels.chunks_exact(size).collect();
        for i in 0..ROUND {
            for j in 0..i {
                assert_ne!(frames[i], frames[j], "way {way}, poses {i} and {j}");
            }
        }
    }
    // The other way is the mirror image.
    let right = Walk { way: 3, ..slow }.pixels();
    for (row, other) in a.chunks_exact(SIDE).zip(right.chunks_exact(SIDE)) {
        assert!(row.iter().eq(other.iter().rev()));
    }
}

#[test]
fn all_that_is_drawn_is_read() {
    let set = ClipSet::people(&Value::Null).expect("clips");
    for i in 0..300 {
        let walk = Walk::draw(&mut rng(i));
        let (read, far) = people::read(&values(&walk)).expect("a clip");
        assert_eq!(read, walk);
        assert!(far < 1e-6);
        let clip = set.draw(&mut rng(i));
        assert!(
            people::obeys(&clip.values(), &clip.sentence.movers[0]),
            "{}",
            clip.sentence
        );
    }
}

#[test]
fn what_is_not_as_it_is_said_is_found_out() {
    let walk = Walk {
        worn: [5, 0, 3],
        skin: 1,
        way: 2,
        quick: false,
        first: 3,
    };
    let (clip, said) = (values(&walk), walk.mover());
    assert!(people::obeys(&clip, &said));
    let noisy: Vec<f32> = clip
        .iter()
        .zip(rng(0).normal(clip.len()))
        .map(|(v, n)| v + 0.05 * n)
        .collect();
    assert!(
        people::obeys(&noisy, &said),
        "a little noise does not matter"
    );
    for garment in 0..3 {
        let mut worn = walk.worn.map(Some);
        worn[garment] = Some(7);
        let thing = Thing::Person(worn);
        assert!(
            !people::obeys(&clip, &Mover { thing, ..said }),
            "garment {garment}"
        );
    }
    for direction in [[1, 0], [0, 1], [0, -1]] {
        assert!(!people::obeys(&clip, &Mover { direction, ..said }));
    }
    assert!(!people::obeys(
        &clip,
        &Mover {
            quick: Some(true),
            ..said
        }
    ));
    // Who stands still, turns on the way, has other clothes half-way, or is not there at all does not walk.
    let size = 3 * FRAME;
    let half = FRAMES / 2 * size;
    let still = clip[..size].repeat(FRAMES);
    let joined = |other: Walk| [&clip[..half], &values(&other)[half..]].concat();
    let cases = [
        ("still", still),
        ("turns", joined(Walk { way: 0, ..walk })),
        ("turns round", joined(Walk { way: 3, ..walk })),
        (
            "other clothes",
            joined(Walk {
                worn: [2, 2, 2],
                ..walk
            }),
        ),
        ("nobody", vec![0.95; clip.len()]),
        (
            "backwards",
            clip.chunks_exact(size).rev().flatten().copied().collect(),
        ),
        (
            "aside",
            clip.chunks_exact(SIDE)
                .flat_map(|row| [&row[4..], &row[..4]].concat())
                .collect(),
        ),
    ];
    for (name, clip) in cases {
        let read = people::read(&clip).expect("a clip");
        assert!(!people::obeys(&clip, &said), "{name}: {read:?}");
    }
    assert!(people::read(&clip[1..]).is_none());
    assert!(!people::obeys(&[], &said));
}

#[test]
fn whoever_walks_quickly_does_the_same_again() {
    let walk = Walk {
        worn: [1, 2, 3],
        skin: 0,
        way: 1,
        quick: true,
        first: 5,
    };
    let clip = values(&walk);
    let (title, frames) = track::going_on(Kind::People, &clip, FRAMES / 2);
    assert_eq!(title, "The same again");
    assert_eq!(frames, clip[clip.len() / 2..]);
    let slow = values(&Walk {
        quick: false,
        ..walk
    });
    assert_ne!(track::again(&slow, FRAMES / 2), slow[slow.len() / 2..]);
}

#[test]
fn clips_of_people_are_data_like_others() {
    let set = ClipSet::people(&Value::Null).expect("clips");
    assert_eq!(set.info.name, "walking-people");
    assert_eq!(Kind::of("walking-people"), Some(Kind::People));
    assert_eq!(set.held_out(3), set.held_out(3));
    assert_ne!(set.held_out(3), set.held_out(4));
    let clip = set.held_out(3);
    assert_eq!(clip.pixels.len(), 3 * FRAME * FRAMES);
}

#[test]
fn a_model_of_people_is_measured() {
    let set = || ClipSet::people(&Value::Null).expect("clips");
    let model = common::learned_clips(set());
    let (set, options) = (set(), json!({ "steps": 2 }));
    let errors = pollster::block_on(judged::continued(&*model, &set, &options, 4, |_| true));
    let errors = errors.expect("errors");
    // Half of them walk quickly, and for these the same again is right.
    assert!(mean(&errors.straight) < mean(&errors.standing));
    assert!(mean(&errors.model) > mean(&errors.straight));
    let asked = (Kind::People, 3, None);
    let words = pollster::block_on(judged::obeyed(&*model, &options, asked, |_| true));
    assert_eq!(words.expect("a share"), 0.0);
    let altered = pollster::block_on(judged::altered(&*model, &set, &options, 3, |_| true));
    let altered = altered.expect("shares");
    assert_eq!(
        (altered.count, altered.redirected, altered.on_path),
        (3, 0.0, 0.0)
    );
}
