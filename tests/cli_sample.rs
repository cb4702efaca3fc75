//! `playground sample` and `playground evaluate`: every kind of model, and no option that does nothing.

use std::{path::Path, process::Stdio};

use crate::common::{
    native::{Folder, playground, refused, run},
    root,
};
use generative_playground::{
    checkpoint,
    data::score::{Note, RollInput, midi},
    device,
};

/// A recipe of a tiny model, trained in moments; the model's file.
fn trained(folder: &Folder, id: &str, family: &str, data: &str, more: &str) -> String {
    let recipe = folder.path(&format!("{id}.toml"));
    let text = format!(
        "id = \"{id}\"\ntitle = \"\"\nfamily = \"{family}\"\ndata = \"{data}\"\nseed = 1\n{more}\n"
    );
    std::fs::write(&recipe, text).expect("writable");
    let places = ["data", "runs", "site"].map(|name| folder.path(name).display().to_string());
    let [data, runs, site] = &places;
    let output = run(&[
        "train",
        &recipe.display().to_string(),
        "--data",
        data,
        "--runs",
        runs,
        "--checkpoints",
        site,
    ]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    let (_, file) = text.trim_end().rsplit_once(" bytes in ").expect("a file");
    file.into()
}

const FLOW: &str = "[config]\ncouplings = 2\nhidden = 8\n[train]\nbatch_size = 32\nsteps = 10";

fn sample(file: &str, out: &Path, more: &[&str]) -> Vec<u8> {
    let out_text = out.display().to_string();
    let output = run(&[&["sample", file, "--out", &out_text], more].concat());
    assert!(output.status.success(), "{output:?}");
    std::fs::read(out).expect("a file")
}

#[test]
fn models_of_every_kind_are_sampled_into_files() {
    let folder = Folder::new("kinds");
    for family in ["vae", "gan", "planar", "realnvp", "ddpm", "mdn"] {
        let more = "[train]\nbatch_size = 16\nsteps = 2";
        let file = trained(&folder, family, family, "moons", more);
        let csv = sample(
            &file,
            &folder.path("p.csv"),
            &["--count", "7", "--seed", "3"],
        );
        let csv = String::from_utf8(csv).expect("text");
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("x,y"), "{family}");
        let number = |text: &str| text.parse::<f64>().expect("a number").is_finite();
        let rows = lines.map(|line| line.split(',').filter(|f| number(f)).count());
        assert_eq!(rows.collect::<Vec<_>>(), [2; 7], "{family}");
        let svg = sample(&file, &folder.path("p.svg"), &["--count", "7"]);
        assert!(svg.starts_with(b"<svg "), "{family}");
    }
    let energy = trained(&folder, "energy", "planar", "u1", "[train]\nsteps = 2");
    assert!(sample(&energy, &folder.path("u.csv"), &[]).starts_with(b"x,y\n"));

    // Five texts, and the first is what a single one would be.
    let names = ["--seed", "3", "--length", "40"];
    let five = sample(
        "gpt-names",
        &folder.path("names.txt"),
        &[&["--count", "5"], &names[..]].concat(),
    );
    let five = String::from_utf8(five).expect("text");
    let texts: Vec<_> = five.split("\n---\n").collect();
    assert_eq!(texts.len(), 5);
    let one = run(&[&["sample", "gpt-names"], &names[..]].concat());
    assert_eq!(
        String::from_utf8_lossy(&one.stdout),
        format!("{}\n", texts[0])
    );
    let greedy = ["--length", "9", "--option", "top_k=1"];
    let file = |seed: &str, name: &str| {
        sample(
            "gpt-names",
            &folder.path(name),
            &[&["--seed", seed], &greedy[..]].concat(),
        )
    };
    assert_eq!(
        file("1", "a.txt"),
        file("2", "b.txt"),
        "the option is heeded"
    );
}

#[test]
fn options_that_would_do_nothing_are_refused() {
    let folder = Folder::new("idle");
    let points = trained(&folder, "flow", "realnvp", "moons", FLOW);
    let image = root("tests/corpus/valid-half.safetensors")
        .display()
        .to_string();
    let recipe = "recipes/points/realnvp-moons.toml";
    let out = folder.path("out.bmp").display().to_string();
    let out = out.as_str();
    for arguments in [
        &["sample", &image, "--prompt", "a"][..],
        &["sample", &image, "--length", "9"],
        &["sample", &image, "--out", out],
        &["sample", &image, "--count", "0"],
        &["sample", &image, "--scale", "0"],
        &["sample", &image, "--columns", "0"],
        &["sample", &image, "--option", "steps"],
        &["sample", &image, "--option", "nonsense=1"],
        &[
            "sample",
            &image,
            "--temperature",
            "1",
            "--option",
            "temperature=1",
        ],
        &["sample", &points, "--columns", "3"],
        &["sample", &points, "--scale", "3"],
        &["sample", &points, "--prompt", "a"],
        &["sample", &points, "--out", out],
        &["sample", "gpt-names", "--columns", "3"],
        &["sample", "gpt-names", "--scale", "3"],
        &["sample", "gpt-names", "--count", "100000"],
        &["evaluate", &points, "--images", "3"],
        &["evaluate", &points, "--seeds", "3"],
        &["evaluate", &points, "--write"],
        &["evaluate", "gpt-names", "--samples", "3"],
        &["evaluate", "gpt-names", "--jobs", "3"],
        &["evaluate", &image, "--seeds", "3"],
        &["evaluate", &image, "--images", "0"],
        &["evaluate", &image, "--samples", "0"],
        &["evaluate", recipe, "--images", "3"],
        &["evaluate", recipe, "--seeds", "0"],
        &["evaluate", recipe, "--jobs", "0"],
        &["pack", "mnist", "--train", "0", "--test", "1"],
    ] {
        let output = run(arguments);
        refused(&output, "bad-option");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    let unknown = run(&["sample", "gpt-names", "--prompt", "Ünder"]);
    refused(&unknown, "unknown-character");
    assert_eq!(unknown.status.code(), Some(2));
    // A result that could not be kept is told before hours of measuring.
    refused(&run(&["evaluate", &image, "--write"]), "unknown-model");
}

#[test]
fn a_table_is_learned_measured_and_sampled_in_its_own_units() {
    let folder = Folder::new("table");
    std::fs::create_dir_all(folder.path("data/people")).expect("writable");
    let person = |i: usize| {
        let t = i as f64;
        format!(
            "{},{}\n",
            1.75 + 0.2 * t.sin(),
            75.0 + 30.0 * (t * 0.7).cos()
        )
    };
    let table: String = (0..400).map(person).collect();
    let csv = folder.path("data/people/people.csv");
    std::fs::write(&csv, format!("metres,kilograms\n{table}")).expect("writable");
    let file = trained(
        &folder,
        "people",
        "mdn",
        "people",
        "[train]\nbatch_size = 32\nsteps = 300",
    );
    let text = sample(&file, &folder.path("p.csv"), &["--count", "500"]);
    let text = String::from_utf8(text).expect("text");
    let column = |d: usize| {
        let number = |line: &str| line.split(',').nth(d)?.parse::<f64>().ok();
        let mut values: Vec<f64> = text.lines().skip(1).filter_map(number).collect();
        values.sort_by(f64::total_cmp);
        (values[50], values[450])
    };
    // Nine tenths of the samples lie where the people are, and fill the place.
    let ((low, high), (light, heavy)) = (column(0), column(1));
    assert!(low > 1.5 && high < 2.0 && high - low > 0.2, "{low} {high}");
    assert!(
        light > 40.0 && heavy < 110.0 && heavy - light > 30.0,
        "{light} {heavy}"
    );

    let data = folder.path("data").display().to_string();
    let output = run(&["evaluate", &file, "--data", &data]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    assert!(
        shown.contains("−log p of held-out points, scaled"),
        "{shown}"
    );
    assert!(!shown.contains("note:"), "{shown}");
    // Another table is told, none is asked for.
    let half: String = (0..200).map(person).collect();
    std::fs::write(&csv, half).expect("writable");
    let output = run(&["evaluate", &file, "--data", &data]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("note: this is not the very data"));
    std::fs::remove_file(&csv).expect("removed");
    let output = run(&["evaluate", &file, "--data", &data]);
    refused(&output, "bad-data");
    assert!(String::from_utf8_lossy(&output.stderr).contains("Put the table there"));
}

#[test]
fn parameters_are_counted_once() {
    let folder = Folder::new("count");
    let more =
        "[config]\ncouplings = 2\nhidden = 8\n[train]\nbatch_size = 32\nsteps = 10\nema = 0.9";
    trained(&folder, "counted", "realnvp", "moons", more);
    let count = |file: &Path| {
        let output = run(&["inspect", &file.display().to_string()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().last().expect("a line");
        line.strip_suffix(" parameters")
            .expect("a count")
            .to_string()
    };
    let state = folder.path("runs/counted.safetensors");
    let bytes = std::fs::read(&state).expect("a file");
    let opened = checkpoint::open(&bytes, None, &device::cpu()).expect("it opens");
    assert_eq!(count(&state), opened.model.num_params().to_string());
    assert_eq!(
        count(&state),
        count(&folder.path("runs/counted.model.safetensors"))
    );
}

#[test]
fn nobody_has_to_read_to_the_end() {
    let folder = Folder::new("pipe");
    let runs = folder.path("runs").display().to_string();
    let recipe = folder.path("long.toml");
    let text = "id = \"long\"\ntitle = \"\"\nfamily = \"realnvp\"\ndata = \"moons\"\nseed = 1\n\
                [config]\ncouplings = 2\nhidden = 8\n[train]\nbatch_size = 32\nsteps = 4100\n";
    std::fs::write(&recipe, text).expect("writable");
    let recipe = recipe.display().to_string();
    let image = root("tests/corpus/valid-half.safetensors")
        .display()
        .to_string();
    for arguments in [
        &["inspect", &image][..],
        &["sample", "gpt-names", "--length", "20000"],
        &["sample", "gpt-names", "--length", "50", "--count", "3"],
        &["evaluate", &recipe, "--seeds", "2"],
        &["train", &recipe, "--runs", &runs],
        &["--help"],
    ] {
        let mut command = playground(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        // The reader is gone before anything is written.
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!error.contains("panicked"), "{arguments:?}: {error}");
        let code = output.status.code();
        assert!(
            matches!(code, Some(0 | 141)),
            "{arguments:?}: {code:?} {error}"
        );
    }
    // The training went on to its end.
    let state = std::fs::read(folder.path("runs/long.safetensors")).expect("a file");
    let (meta, _) = checkpoint::inspect(&state).expect("it opens");
    assert_eq!(meta.step, 4100);
    // Nor does a full disk look like success.
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let output = playground(&["inspect", &image]).stdout(full).output();
        refused(&output.expect("it starts"), "io");
    }
}

#[test]
fn a_film_ends_with_what_a_picture_shows() {
    let folder = Folder::new("film");
    let more = [
        "--count",
        "3",
        "--columns",
        "3",
        "--scale",
        "2",
        "--option",
        "steps=4",
    ];
    let png = sample("ddpm-mnist", &folder.path("last.png"), &more);
    let film = sample("ddpm-mnist", &folder.path("film.gif"), &more);
    let decoder = png::Decoder::new(std::io::Cursor::new(png));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut last = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut last).expect("an image");
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    let (width, height) = (info.width as usize, info.height as usize);
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut film = options.read_info(&film[..]).expect("a GIF");
    assert_eq!(
        (usize::from(film.width()), usize::from(film.height())),
        (width, height)
    );
    let (mut canvas, mut frames) = (vec![0u8; width * height], 0);
    while let Some(frame) = film.read_next_frame().expect("a frame") {
        for (i, pixel) in frame.buffer.as_chunks::<4>().0.iter().enumerate() {
            let columns = usize::from(frame.width);
            let (x, y) = (
                usize::from(frame.left) + i % columns,
                usize::from(frame.top) + i / columns,
            );
            canvas[y * width + x] = pixel[0];
        }
        frames += 1;
    }
    // The noise at first, and each of four steps.
    assert_eq!(frames, 5);
    assert_eq!(canvas, last[..width * height]);
}

#[test]
fn a_melody_is_harmonised() {
    let folder = Folder::new("melody");
    let chorales = root("web/checkpoints/chorales.safetensors");
    let chorales = chorales.display().to_string();
    let pitches = [67, 69, 71, 72, 71, 69, 67];
    let notes = pitches.iter().enumerate().map(|(i, &pitch)| Note {
        start: 4 * i as u32,
        length: 4,
        pitch,
        ..Note::default()
    });
    let given = RollInput {
        steps: 32,
        voices: vec![notes.collect()],
        bars: vec![0, 16],
        ..RollInput::default()
    };
    let file = folder.path("given.mid");
    std::fs::write(&file, midi::write(&given).expect("a file")).expect("writable");
    let file = file.display().to_string();
    let more = ["--melody", &file, "--option", "steps=4"];
    let made = sample(&chorales, &folder.path("made.mid"), &more);
    let made = midi::read(&made).expect("music");
    assert_eq!(made.voices[0], given.voices[0]);
    assert_eq!(made.voices.len(), 4);
    assert!(made.voices.iter().all(|notes| notes.len() > 3));
    // What has no melody, and what does not sing.
    let silent = folder.path("silent.wav").display().to_string();
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend([8000u32.to_le_bytes(), 16_000u32.to_le_bytes()].concat());
    bytes.extend(*b"\x02\0\x10\0data");
    bytes.extend(16_000u32.to_le_bytes());
    bytes.resize(bytes.len() + 16_000, 0);
    std::fs::write(&silent, bytes).expect("writable");
    refused(
        &run(&["sample", &chorales, "--melody", &silent]),
        "bad-data",
    );
    let digits = root("web/checkpoints/vae-mnist.safetensors");
    let digits = digits.display().to_string();
    refused(&run(&["sample", &digits, "--melody", &file]), "bad-option");
}
