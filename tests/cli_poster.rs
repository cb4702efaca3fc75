//! `playground poster`: pictures of widgets, by day and by night, beside what they are pictures of.

use std::{io::Cursor, path::Path};

use crate::common::native::{Folder, refused, run};

/// Width, height and pixels, each of three bytes.
fn decoded(file: &Path) -> (usize, usize, Vec<[u8; 3]>) {
    let bytes = std::fs::read(file).expect("a file");
    let decoder = png::Decoder::new(Cursor::new(bytes));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut bytes).expect("an image");
    let pixels = match info.color_type {
        png::ColorType::Grayscale => bytes.iter().map(|&v| [v; 3]).collect(),
        _ => bytes.as_chunks::<3>().0.to_vec(),
    };
    (info.width as usize, info.height as usize, pixels)
}

fn poster(folder: &Folder, widget: &[&str]) -> [(usize, usize, Vec<[u8; 3]>); 2] {
    let out = folder.path("p.png");
    let out = out.display().to_string();
    let output = run(&[&["poster"], widget, &["--out", &out]].concat());
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let files = ["p.png", "p-dark.png"].map(|name| decoded(&folder.path(name)));
    let size = format!("width=\"{}\" height=\"{}\"", files[0].0 / 2, files[0].1 / 2);
    assert!(
        said.contains("slot=\"poster\"") && said.contains(&size),
        "{said}"
    );
    files
}

/// How bright, from 0 to 255, over a part of a picture.
fn mean((width, _, pixels): &(usize, usize, Vec<[u8; 3]>), [left, top, w, h]: [f64; 4]) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for y in top as usize..(top + h) as usize {
        for x in left as usize..(left + w) as usize {
            sum += f64::from(pixels[y * width + x][0]);
            count += 1.0;
        }
    }
    sum / count
}

#[test]
fn samples_are_those_of_the_model_in_ink_on_paper() {
    let folder = Folder::new("poster-samples");
    let model = "model=vae-mnist-2d";
    let [light, dark] = poster(&folder, &[model, "count=8", "columns=4", "seed=5"]);
    let grid = folder.path("grid.png");
    let grid_path = grid.display().to_string();
    let asked = [
        "--count",
        "8",
        "--columns",
        "4",
        "--seed",
        "5",
        "--scale",
        "1",
    ];
    let output = run(&[
        &["sample", "vae-mnist-2d"],
        &asked[..],
        &["--out", &grid_path],
    ]
    .concat());
    assert!(output.status.success(), "{output:?}");
    let grid = decoded(&grid);
    assert_eq!((grid.0, grid.1), (4 * 28, 2 * 28));
    assert_eq!((light.0, dark.0), (1280, 1280));
    // Tiles within an edge of eight pixels, a little apart.
    let side = 624.0 / (4.0 + 3.0 * 0.06) * 2.0;
    for tile in 0..8 {
        let (column, row) = (f64::from(tile % 4), f64::from(tile / 4));
        let ink = mean(&grid, [column * 28.0, row * 28.0, 28.0, 28.0]) / 255.0;
        let at = [
            16.0 + column * side * 1.06,
            16.0 + row * side * 1.06,
            side,
            side,
        ];
        for (picture, paper, full) in [(&light, 251.0, 27.0), (&dark, 20.0, 233.0)] {
            let expected = paper + (full - paper) * ink;
            let found = mean(picture, at);
            assert!(
                (found - expected).abs() < 2.5,
                "tile {tile}: {found}, not {expected}"
            );
        }
    }
    // A link says the same.
    let link =
        "https://a.example/embed.html?model=vae-mnist-2d&count=8&columns=4&seed=5&theme=dark";
    assert_eq!(poster(&folder, &[link])[0], light);
}

#[test]
fn a_plot_is_drawn_where_its_points_are() {
    let folder = Folder::new("poster-plot");
    let widget = ["family=planar", "data=moons", "view=samples", "overlay=off"];
    let [light, dark] = poster(&folder, &[&widget[..], &["--width", "300"]].concat());
    assert_eq!((light.0, light.1, dark.0), (600, 600, 600));
    let marked = |picture: &(usize, usize, Vec<[u8; 3]>), paper: [u8; 3]| -> Vec<bool> {
        picture.2.iter().map(|pixel| *pixel != paper).collect()
    };
    let (by_day, by_night) = (marked(&light, light.2[0]), marked(&dark, dark.2[0]));
    assert_eq!(
        (light.2[0], dark.2[0]),
        ([0xfb, 0xfb, 0xf9], [0x14, 0x16, 0x1a])
    );
    let count = by_day.iter().filter(|&&on| on).count();
    // A thousand discs, some upon others.
    assert!(
        (2_000..120_000).contains(&count),
        "{count} pixels are marked"
    );
    // Nearly the same pixels: the last trace of an edge may round to the colour of the paper.
    let differ = by_day.iter().zip(&by_night).filter(|(a, b)| a != b).count();
    assert!(differ * 50 < count, "{differ} of {count}");
    // An untrained flow leaves noise around the middle as it is: most of it lies in the inner half.
    let inner = (150..450).flat_map(|y| (150..450).map(move |x| y * 600 + x));
    let inside = inner.filter(|&i| by_day[i]).count();
    assert!(inside * 2 > count, "{inside} of {count}");
    let data = poster(
        &folder,
        &[
            "family=planar",
            "data=moons",
            "view=samples",
            "--width",
            "300",
        ],
    );
    assert_ne!(data[0].2, light.2, "the data lies under it");
    let [field, _] = poster(
        &folder,
        &[
            "family=realnvp",
            "plot=density",
            "--train",
            "30",
            "--width",
            "200",
        ],
    );
    assert_eq!((field.0, field.1), (400, 400));
}

#[test]
fn other_views_are_pictures_or_refused_with_a_code() {
    let folder = Folder::new("poster-views");
    for view in ["latent", "reconstruct", "interpolate"] {
        let name = format!("view={view}");
        let [light, _] = poster(&folder, &["model=vae-mnist-2d", &name]);
        let papers = light.2.iter().filter(|&&p| p == light.2[0]).count();
        assert!(papers < light.2.len(), "{view} is blank");
    }
    let out = folder.path("q.png").display().to_string();
    for (widget, code) in [
        (&["model=gpt-names"][..], "unsupported"),
        (&["model=no-such"], "unknown-model"),
        (&["family=no-such"], "unknown-family"),
        (&["view=no-such"], "bad-option"),
        (&["seed=-1"], "bad-option"),
        (&["count=9999"], "bad-option"),
        (&["temprature=1"], "bad-option"),
        (&["temperature=99"], "bad-option"),
        (&["family=planar", "data=../../etc"], "bad-option"),
        (&["element=lab"], "unsupported"),
        (&["nonsense"], "bad-option"),
        (
            &["https://a.example/embed.html#model=AAAA"],
            "checkpoint-parse",
        ),
        (&["src=no/such.safetensors"], "file-not-found"),
        (&["model=vae-mnist-2d", "--width", "5"], "bad-option"),
        (&["model=vae-mnist-2d", "--train", "5"], "bad-option"),
    ] {
        let output = run(&[&["poster"], widget, &["--out", &out]].concat());
        refused(&output, code);
        assert!(!folder.path("q.png").exists(), "{widget:?}");
    }
    refused(
        &run(&["poster", "model=vae-mnist-2d", "--out", "p.jpg"]),
        "bad-option",
    );
}
