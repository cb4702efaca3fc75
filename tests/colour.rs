//! Images in colour: a set in, samples out, natively and in the page.

use std::{
    cell::RefCell,
    collections::HashMap,
    future::Future,
    io::{Cursor, Read, Write},
    path::Path,
    pin::Pin,
    process::Command,
    rc::Rc,
};

use generative_playground::{
    device,
    host::Host,
    model::Condition,
    protocol::{Answer, Bytes, Envelope, Outcome, Reply, Request, SpaceInfo, View, ViewQuery},
};
use safetensors::{Dtype, tensor::TensorView};
use serde_json::{Value, json};

/// Rows and columns of the images.
const SIDE: usize = 8;
/// What every image shows in red, green and blue, in units of 17.
const COLOUR: [u8; 3] = [15, 6, 0];

/// `n` images, each of one colour in its left half and black in its right, times `unit`.
fn images(n: usize, unit: u8) -> Vec<u8> {
    let half = |v: u8| {
        let pixel = move |i: usize| if i % SIDE < SIDE / 2 { v * unit } else { 0 };
        (0..SIDE * SIDE).map(pixel)
    };
    (0..n)
        .flat_map(|_| COLOUR.into_iter().flat_map(half))
        .collect()
}

/// The page's data file.
fn packed() -> Vec<u8> {
    let (images, labels) = (images(64, 1), vec![0u8; 64]);
    let of = |shape: Vec<usize>, bytes| TensorView::new(Dtype::U8, shape, bytes).expect("fits");
    let images = || of(vec![64, 3, SIDE, SIDE], &images);
    let labels = || of(vec![64], &labels);
    let tensors = [
        ("train_images", images()),
        ("train_labels", labels()),
        ("test_images", images()),
        ("test_labels", labels()),
    ];
    let about = HashMap::from([("name".to_string(), "fashion".to_string())]);
    let plain = safetensors::serialize(tensors, Some(about)).expect("serializes");
    let mut out = Vec::new();
    flate2::read::GzEncoder::new(plain.as_slice(), flate2::Compression::fast())
        .read_to_end(&mut out)
        .expect("packs");
    out
}

/// The four files of the command line's data set.
fn write_idx(folder: &Path) {
    std::fs::create_dir_all(folder).expect("writable");
    for part in ["train", "t10k"] {
        let header = |magic: u8, sizes: &[u32]| {
            let sizes = sizes.iter().flat_map(|n| n.to_be_bytes());
            [0, 0, 8, magic]
                .into_iter()
                .chain(sizes)
                .collect::<Vec<u8>>()
        };
        let mut pixels = header(4, &[64, 3, SIDE as u32, SIDE as u32]);
        pixels.extend(images(64, 17));
        let mut labels = header(1, &[64]);
        labels.extend([0; 64]);
        for (kind, plain) in [("images-idx3", pixels), ("labels-idx1", labels)] {
            let path = folder.join(format!("{part}-{kind}-ubyte.gz"));
            let file = std::fs::File::create(path).expect("writable");
            let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            encoder.write_all(&plain).expect("writable");
            encoder.finish().expect("writable");
        }
    }
}

/// Whether the left half of a tile has the colour, and the right half is black.
fn shows_the_colour(pixel: impl Fn(usize, usize) -> [u8; 3]) {
    for (x, want) in [(1, COLOUR.map(|v| v * 17)), (6, [0; 3])] {
        for y in [1, 6] {
            let got = pixel(x, y);
            let near = got.iter().zip(want).all(|(&g, w)| g.abs_diff(w) < 40);
            assert!(near, "({x}, {y}) is {got:?} where {want:?} was learned");
        }
    }
}

#[test]
fn the_command_line_learns_colours_and_draws_them() {
    let folder = std::env::temp_dir().join(format!("playground-colour-{}", std::process::id()));
    write_idx(&folder.join("data/fashion-mnist"));
    for config in ["hidden = 32", "architecture = \"conv\"\nhidden = 32"] {
        let recipe = format!(
            "id = \"colour\"\ntitle = \"Colour\"\nfamily = \"vae\"\ndata = \"fashion\"\nseed = 1\n\
             [config]\nlatent_dim = 2\n{config}\n[train]\nlearning_rate = 0.01\nsteps = 200\n"
        );
        std::fs::write(folder.join("colour.toml"), recipe).expect("writable");
        let run = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_playground"))
                .current_dir(&folder)
                .args(arguments)
                .args(["--data", "data", "--checkpoints", "."])
                .output()
                .expect("it starts");
            assert!(output.status.success(), "{output:?}");
        };
        run(&["train", "colour.toml", "--restart"]);
        run(&[
            "sample",
            "colour",
            "--count",
            "6",
            "--columns",
            "3",
            "--scale",
            "2",
            "--out",
            "out.png",
        ]);
        let file = std::fs::read(folder.join("out.png")).expect("a picture");
        let mut reader = png::Decoder::new(Cursor::new(file))
            .read_info()
            .expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut bytes).expect("an image");
        assert_eq!(info.color_type, png::ColorType::Rgb);
        assert_eq!((info.width, info.height), (3 * 16, 2 * 16));
        for (row, column) in [(0, 0), (1, 2)] {
            shows_the_colour(|x, y| {
                let at = 3 * ((16 * row + 2 * y) * 48 + 16 * column + 2 * x);
                [bytes[at], bytes[at + 1], bytes[at + 2]]
            });
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
}

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(std::future::ready(()))
}

#[test]
fn the_page_shows_colours_as_they_are() {
    let answers = Rc::new(RefCell::new(Vec::<Answer>::new()));
    let kept = answers.clone();
    let emit = Box::new(move |answer| kept.borrow_mut().push(answer));
    let host = Host::new(device::cpu(), pause, emit);
    let ask = |request| -> Outcome {
        pollster::block_on(host.handle(Envelope { id: 1, request }));
        match answers.borrow_mut().pop().expect("an answer").reply {
            Reply::Ok { outcome } => outcome,
            other => panic!("{other:?}"),
        }
    };
    ask(Request::LoadData {
        name: "fashion".into(),
        bytes: Bytes(packed()),
        sha256: None,
    });
    let made = ask(Request::Create {
        session: 1,
        family: "vae".into(),
        config: json!({ "hidden": 32, "latent_dim": 2 }),
        train: json!({ "learning_rate": 0.01 }),
        data: "fashion".into(),
        data_options: Value::Null,
        seed: 1,
    });
    let Outcome::Model { model } = made else {
        panic!("a model")
    };
    let space = SpaceInfo::Image {
        channels: 3,
        width: 8,
        height: 8,
    };
    assert_eq!(model.space, space);
    // Amounts of light, not chances of ink.
    assert_eq!(model.train["binarize"], "none");

    let query = ViewQuery::DataImages { start: 0, count: 2 };
    let data = ask(Request::View {
        session: 1,
        query,
        snapshot: None,
    });
    ask(Request::Train {
        session: 1,
        steps: Some(200),
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    });
    let drawn = ask(Request::Sample {
        session: 1,
        count: 2,
        seed: 3,
        options: Value::Null,
        condition: Condition::default(),
    });
    for (outcome, exact) in [(data, true), (drawn, false)] {
        let Outcome::View {
            view: View::Image { width, rgba, .. },
        } = outcome
        else {
            panic!("images")
        };
        let pixel = |x: usize, y: usize| -> [u8; 3] {
            let at = 4 * (y * width as usize + x);
            assert_eq!(rgba.0[at + 3], 255);
            [rgba.0[at], rgba.0[at + 1], rgba.0[at + 2]]
        };
        shows_the_colour(pixel);
        if exact {
            assert_eq!(pixel(0, 0), COLOUR.map(|v| v * 17));
        }
    }
}
