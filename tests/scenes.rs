//! Scenes: what is drawn, what is said of it, and what is read back from pixels.

use generative_playground::{
    bytes::Bytes,
    data::{
        input::{ImageInput, prepare},
        scenes::{
            self, COLOURS, Found, INKS, Object, PAPER, SHAPES, SIDE, Scene, Shape, is_seen, words,
        },
    },
    rng::{Purpose, Rng},
};

fn values(pixels: &[u8]) -> Vec<f32> {
    pixels.iter().map(|&p| f32::from(p) / 255.0).collect()
}

fn drawn(number: u64, seen: bool) -> Scene {
    Scene::draw(&mut Rng::new(11, Purpose::Evaluate, number), seen)
}

#[test]
fn what_is_drawn_is_read_back_and_is_what_was_said() {
    let wanted = std::env::var("PLAYGROUND_SCENES").ok();
    let n = wanted.and_then(|n| n.parse().ok()).unwrap_or(2000);
    for number in 0..n {
        let scene = drawn(number, number % 3 > 0);
        let sentence = scene.demand.sentence();
        assert_eq!(words::parse(&sentence).expect("understood"), scene.demand);
        let found = scenes::read(&values(&scenes::paint(&scene.objects)));
        let found = found.unwrap_or_else(|| panic!("{number}: {sentence}: nothing of scenes"));
        assert!(
            scenes::satisfies(&found, &scene.demand),
            "{number}: {sentence}: {:?} as {found:?}",
            scene.objects
        );
        // Each thing where it was put, by distance.
        for object in &scene.objects {
            let near = |f: &&Found| (f.at[0] - object.at[0]).hypot(f.at[1] - object.at[1]) < 1.5;
            let one = found.iter().find(near).expect("something there");
            assert_eq!(
                (one.shape, one.colour, one.large),
                (object.shape, object.colour, object.large)
            );
        }
    }
    println!("{n} scenes");
}

#[test]
fn scenes_by_hand_are_read() {
    // Painted by a formula of its own: full pixels, nothing in between.
    let mut pixels: Vec<u8> = PAPER.iter().flat_map(|&p| vec![p; SIDE * SIDE]).collect();
    let mut fill = |x: usize, y: usize, colour: usize| {
        for c in 0..3 {
            pixels[c * SIDE * SIDE + y * SIDE + x] = INKS[colour][c];
        }
    };
    for y in 4..12 {
        for x in 3..11 {
            fill(x, y, 0); // a small red square
        }
    }
    for y in 14..27 {
        for x in 9..22 {
            let (dx, dy) = (x as f32 - 15.0, y as f32 - 20.0);
            if dx.hypot(dy) <= 6.5 {
                fill(x, y, 5); // a large blue circle
            }
        }
    }
    let found = scenes::read(&values(&pixels)).expect("things");
    let is =
        |sentence: &str| scenes::satisfies(&found, &words::parse(sentence).expect("understood"));
    for right in [
        "a small red square above a large blue circle",
        "A blue circle, and a red square.",
        "red square above blue circle",
        "a blue circle below a red square",
    ] {
        assert!(is(right), "{right}");
    }
    for wrong in [
        "a red square",
        "a large red square and a blue circle",
        "a red square left of a blue circle",
        "a red square below a blue circle",
        "a blue square and a red circle",
        "two red squares",
        "a red square and a blue circle and a green ring",
        "a red square and a blue ring",
    ] {
        assert!(!is(wrong), "{wrong}");
    }
    // Nothing, noise and a blot are no scenes.
    assert_eq!(
        scenes::read(&values(&vec![246; 3 * SIDE * SIDE])).map(|f| f.len()),
        Some(0)
    );
    let noise = Rng::new(1, Purpose::Evaluate, 0).uniform(3 * SIDE * SIDE);
    assert!(scenes::read(&noise).is_none_or(|f| !is_one(&f)));
    let blot: Vec<f32> = (0..3 * SIDE * SIDE)
        .map(|i| {
            if i % SIDE < 25 && i / SIDE % SIDE < 6 {
                0.1
            } else {
                0.96
            }
        })
        .collect();
    assert!(scenes::read(&blot).is_none());
}

fn is_one(found: &[Found]) -> bool {
    found.len() == 1
}

#[test]
fn a_fifth_of_the_pairs_is_never_shown() {
    let pairs = (0..8).flat_map(|c| SHAPES.map(|s| (c, s)));
    let hidden: Vec<(usize, Shape)> = pairs.filter(|&(c, s)| !is_seen(c, s)).collect();
    assert!((9..=11).contains(&hidden.len()), "{}", hidden.len());
    for shape in SHAPES {
        let shown = (0..8).filter(|&c| is_seen(c, shape)).count();
        assert!(shown >= 5);
    }
    for colour in 0..8 {
        let shown = SHAPES.iter().filter(|&&s| is_seen(colour, s)).count();
        assert!(shown >= 4);
    }
    for number in 0..300 {
        assert!(drawn(number, true).objects.iter().all(Object::is_seen));
        assert!(!drawn(number, false).objects.iter().all(Object::is_seen));
    }
}

#[test]
fn what_is_not_understood_is_said() {
    let vocabulary = words::vocabulary();
    for sentence in [
        "",
        "a",
        "a red",
        "a cat",
        "a red cat",
        "a red circle left of",
        "a red circle left a blue ring",
        "a red circle left of a blue ring above a green cross",
        "a red circle and a red circle",
        "a red circle and a blue ring and a green cross and a cyan square",
        "<script>alert(1)</script>",
        "ein roter Kreis",
        &"a ".repeat(500),
    ] {
        assert!(words::parse(sentence).is_err(), "{sentence}");
    }
    let tokens = words::tokens(
        "An ORANGE ring, above two small black crosses.",
        &vocabulary,
    );
    let tokens = tokens.expect("known");
    assert_eq!(tokens.len(), words::CONTEXT);
    let back: Vec<&str> = tokens
        .iter()
        .map(|&t| vocabulary[t as usize].as_str())
        .collect();
    assert_eq!(
        back.join(" ").trim_end(),
        "a orange ring above two small black crosses"
    );
    for unknown in ["a pink ring", "<b>", &"a ".repeat(17)] {
        assert!(words::tokens(unknown, &vocabulary).is_err(), "{unknown}");
    }
}

/// What a change says of a scene of these things: the sentence, and how many pixels may change.
fn changed(objects: &[Object], change: &str) -> Result<(String, Vec<u8>), String> {
    let found = scenes::read(&values(&scenes::paint(objects))).expect("things");
    match scenes::edit::edit(&found, change) {
        Ok(edit) => Ok((edit.demand.sentence(), edit.anew)),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn changes_in_words_say_what_is_to_be_seen_and_where() {
    let thing = |shape, colour, large, at| Object {
        shape,
        colour,
        large,
        at,
    };
    let circle = thing(Shape::Circle, 0, false, [8.0, 16.0]);
    let square = thing(Shape::Square, 5, true, [22.0, 16.0]);
    let both = [circle, square];
    let sentence = |objects: &[Object], change: &str| changed(objects, change).map(|c| c.0);
    for (change, want) in [
        (
            "make it green",
            "a large green square right of a small red circle",
        ),
        (
            "make the circle green",
            "a large blue square right of a small green circle",
        ),
        (
            "Make the red one a ring.",
            "a large blue square right of a small red ring",
        ),
        (
            "make the square small",
            "a small blue square right of a small red circle",
        ),
        (
            "turn the large blue square into a yellow cross",
            "a large yellow cross right of a small red circle",
        ),
        ("remove the square", "a small red circle"),
        (
            "add a black ring",
            "a small black ring and a large blue square and a small red circle",
        ),
        (
            "make the square a small red circle",
            "two small red circles",
        ),
    ] {
        assert_eq!(sentence(&both, change).as_deref(), Ok(want), "{change}");
    }
    assert_eq!(
        sentence(&[square], "add a large red circle above it").as_deref(),
        Ok("a large red circle above a large blue square")
    );
    assert_eq!(
        sentence(&[circle], "make it blue").as_deref(),
        Ok("a small blue circle")
    );
    for change in [
        "make it blue",
        "make the green one red",
        "make the circle",
        "make the circle red",
        "paint it blue",
        "remove the circle and the square",
        "add a ring",
        "",
        "<b>make</b> it blue",
    ] {
        assert!(sentence(&both, change).is_err(), "{change}");
    }
    assert!(sentence(&[circle], "remove it").is_err());

    // What is drawn anew is where the thing is, and nothing of the others.
    let (_, anew) = changed(&both, "make the circle large").expect("understood");
    let at = |[x, y]: [f32; 2]| anew[y as usize * SIDE + x as usize];
    assert_eq!((at(circle.at), at([8.0, 10.5]), at(square.at)), (1, 1, 0));
    assert!((225..330).contains(&anew.iter().map(|&m| usize::from(m)).sum::<usize>()));
    let (_, anew) = changed(&[square], "add a red ring left of it").expect("understood");
    let columns = || {
        anew.iter()
            .enumerate()
            .filter(|(_, m)| **m == 1)
            .map(|(i, _)| i % SIDE)
    };
    assert_eq!(
        (columns().min(), columns().max()),
        (Some(0), Some(21)),
        "left of its middle"
    );
    assert_eq!(anew[16 * SIDE + 18], 0, "the square stays");
}

#[test]
fn a_drawing_is_black_ink_on_the_paper_where_it_was_drawn() {
    let set = scenes::dataset(&serde_json::json!({"count": 100})).expect("scenes");
    // Twice as fine as the scene: a disc, left of the middle.
    let side = 2 * SIDE;
    let ink = |i: usize| {
        let (x, y) = ((i % side) as f32 + 0.5, (i / side) as f32 + 0.5);
        u8::from((x - 20.0).hypot(y - 32.0) < 13.0) * 255
    };
    let drawing = ImageInput::Drawing {
        width: side as u32,
        height: side as u32,
        pixels: Bytes((0..side * side).map(ink).collect()),
    };
    let picture = prepare(&drawing, &set.info, None).expect("a picture");
    let found = scenes::read(&picture).expect("things");
    assert_eq!(found.len(), 1, "{found:?}");
    let Found {
        shape,
        colour,
        large,
        at,
        ..
    } = found[0];
    assert_eq!(
        (shape, COLOURS[colour], large),
        (Shape::Circle, "black", true)
    );
    assert!(
        (at[0] - 10.0).abs() < 0.5 && (at[1] - 16.0).abs() < 0.5,
        "{at:?}"
    );
}
