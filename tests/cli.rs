//! The native command line, run as a user runs it.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use crate::common::{
    Dice,
    native::{Folder, playground, refused, run},
    root,
};
use generative_playground::{
    checkpoint,
    data::{EpisodeSet, PathSet, PointSet, episodes, paths},
    device,
    error::Code,
    nn::weights::Weights,
    rng::{Purpose, Rng},
    session::Session,
    worlds::rooms::{
        Pose,
        layout::{self, Naming},
    },
};
use serde_json::Value;

#[test]
fn inspect_tells_good_files_from_bad_ones() {
    // The corpus's files and codes are held together by tests/malformed.rs.
    let inspect = |name: &str| {
        let path = root("tests/corpus").join(format!("{name}.safetensors"));
        run(&["inspect", &path.display().to_string()])
    };
    for (name, code) in [
        ("a-page", "checkpoint-parse"),
        ("cut-in-data", "checkpoint-parse"),
        ("header-length-huge", "checkpoint-parse"),
        ("metadata-absent", "checkpoint-schema"),
        ("metadata-of-others", "checkpoint-schema"),
        ("schema-newer", "checkpoint-schema"),
        ("family-unknown", "unknown-family"),
        ("config-out-of-range", "bad-option"),
        ("tensor-missing", "checkpoint-shape"),
        ("weight-nan", "checkpoint-not-finite"),
    ] {
        let output = inspect(name);
        refused(&output, code);
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
    for name in ["valid-half", "valid-resumable"] {
        let output = inspect(name);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{name}");
        assert!(
            text.contains("family    vae") && text.contains("encoder.mu.weight"),
            "{text}"
        );
    }
}

/// The names of all commands, as `--help` lists them.
fn commands() -> Vec<String> {
    let help = String::from_utf8(run(&["--help"]).stdout).expect("UTF-8");
    let (_, list) = help.split_once("Commands:\n").expect("a list of commands");
    let names = list.lines().take_while(|line| !line.is_empty());
    let names = names.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    names.map(str::to_string).collect()
}

#[test]
fn every_shell_completes_every_command() {
    let commands = commands();
    assert!(commands.len() > 9, "{commands:?}");
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        let script = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(output.status.success() && script.ends_with('\n'), "{shell}");
        for command in &commands {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    assert!(!run(&["completions", "abacus"]).status.success());
}

#[test]
fn bash_completes_what_is_begun() {
    let script = String::from_utf8(run(&["completions", "bash"]).stdout).expect("UTF-8");
    let complete = |words: &str, last: usize| {
        let ask = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD={last}; \
             _playground playground \"${{COMP_WORDS[$COMP_CWORD]}}\" \"${{COMP_WORDS[$COMP_CWORD-1]}}\"; \
             echo \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash").args(["--norc", "-c", &ask]).output();
        String::from_utf8(output.expect("bash").stdout).expect("UTF-8")
    };
    assert_eq!(complete("playground tr", 1).trim(), "train");
    assert_eq!(
        complete("playground sample --temp", 2).trim(),
        "--temperature"
    );
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let page = String::from_utf8(run(&["man"]).stdout).expect("UTF-8");
    assert!(page.contains(".TH playground 1"), "{page}");
    let folder = Folder::new("man");
    let out = folder.0.display().to_string();
    assert!(run(&["man", "--out", &out]).status.success());
    for command in commands().iter().filter(|name| *name != "help") {
        assert!(
            page.contains(&format!("playground\\-{command}(1)")),
            "{command}"
        );
        let path = folder.path(&format!("playground-{command}.1"));
        let text = std::fs::read_to_string(&path).expect("a page");
        assert!(
            text.contains(".SH NAME") && text.contains(".SH OPTIONS"),
            "{command}"
        );
    }
    let again = std::fs::read_to_string(folder.path("playground.1")).expect("a page");
    assert_eq!(again, page);
    refused(&run(&["man", "--out", "/dev/null/no"]), "io");
}

#[test]
fn what_is_not_there_is_said() {
    refused(&run(&["inspect", "no/such.safetensors"]), "file-not-found");
    let unknown = run(&["sample", "vae-moon"]);
    refused(&unknown, "unknown-model");
    refused(&run(&["sample", "no/such.safetensors"]), "file-not-found");
    refused(&run(&["train", "no/such.toml"]), "file-not-found");
    refused(&run(&["train", "Cargo.toml"]), "bad-recipe");
    let place = ["--data", "no/such/folder"];
    let output = run(&[&["train", "recipes/vae-mnist-2d.toml"], &place[..]].concat());
    refused(&output, "file-not-found");
    let valid = root("tests/corpus/valid-half.safetensors");
    let valid = valid.display().to_string();
    let output = run(&["sample", &valid, "--device", "abacus"]);
    refused(&output, "device-unavailable");
    assert_eq!(output.status.code(), Some(3));
    refused(
        &run(&["sample", &valid, "--temperature", "9"]),
        "bad-option",
    );
    // Arguments that clap refuses.
    assert_eq!(run(&["paint"]).status.code(), Some(2));
    assert!(run(&["--help"]).status.success());
}

#[test]
fn a_text_is_read_aloud_into_a_file() {
    let folder = Folder::new("say");
    let file = |name: &str| folder.path(name).display().to_string();
    let say = |text: &str, out: &str, more: &[&str]| {
        run(&[&["say", text, "--out", &file(out)], more].concat())
    };
    let output = say("Hello there. It is 5 o'clock.", "one.wav", &["--phonemes"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.starts_with("həlˈO ðˈɛɹ.\n"),
        "{said}"
    );
    std::fs::write(folder.path("text.txt"), "Hello there. It is 5 o'clock.").expect("writable");
    let text = format!("@{}", file("text.txt"));
    assert!(say(&text, "two.wav", &[]).status.success());
    assert!(
        say(&text, "fast.wav", &["--speed", "2", "--pitch", "-3"])
            .status
            .success()
    );
    let read = |name: &str| std::fs::read(folder.path(name)).expect("it was written");
    let [one, two, fast] = ["one.wav", "two.wav", "fast.wav"].map(read);
    assert!(
        one == two && one.starts_with(b"RIFF"),
        "the same sound each time"
    );
    let share = fast.len() as f32 / one.len() as f32;
    assert!((0.4..0.7).contains(&share), "twice as fast: {share}");
    refused(&say("Hello.", "no.wav", &["--speed", "9"]), "bad-option");
    refused(&say(" ", "no.wav", &[]), "bad-data");
    refused(&say("@no/such.txt", "no.wav", &[]), "file-not-found");
    refused(
        &say("Hello.", "no.wav", &["--voices", "no/such"]),
        "file-not-found",
    );
    assert!(!folder.path("no.wav").exists());
}

#[test]
fn samples_are_the_same_each_time() {
    let folder = Folder::new("sample");
    let valid = root("tests/corpus/valid-half.safetensors");
    let draw = |name: &str, seed: &str| {
        let (file, out) = (valid.display().to_string(), folder.path(name));
        let out = out.display().to_string();
        let output = run(&[
            "sample", &file, "--count", "6", "--seed", seed, "--out", &out,
        ]);
        assert!(output.status.success(), "{output:?}");
        std::fs::read(folder.path(name)).expect("a picture")
    };
    let first = draw("a.png", "3");
    assert!(first.starts_with(b"\x89PNG"));
    assert_eq!(first, draw("b.png", "3"));
    assert_ne!(first, draw("c.png", "4"));
}

/// The four files of a set of 8 × 8 images.
fn write_idx(folder: &Path) {
    std::fs::create_dir_all(folder).expect("writable");
    let zip = |name: &str, plain: &[u8]| {
        use std::io::Write;
        let file = std::fs::File::create(folder.join(name)).expect("writable");
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(plain).expect("writable");
        encoder.finish().expect("writable");
    };
    let mut dice = Dice(1);
    for (part, n) in [("train", 400u32), ("t10k", 50)] {
        let mut images = vec![0, 0, 8, 3];
        let mut labels = vec![0, 0, 8, 1];
        for size in [n, 8, 8] {
            images.extend_from_slice(&size.to_be_bytes());
        }
        labels.extend_from_slice(&n.to_be_bytes());
        for _ in 0..n {
            let bar = dice.below(8);
            images.extend((0..64).map(|i| if i % 8 == bar { 230 } else { 10 }));
            labels.push(bar as u8);
        }
        zip(&format!("{part}-images-idx3-ubyte.gz"), &images);
        zip(&format!("{part}-labels-idx1-ubyte.gz"), &labels);
    }
}

const RECIPE: &str = r#"
id = "bars"
title = "Bars"
family = "vae"
data = "mnist"
seed = 4

[config]
hidden = 16
latent_dim = 2

[train]
batch_size = 16
schedule = "cosine"
steps = 6000
"#;

/// Weights and position at the end; times and curves may differ.
fn finished(folder: &Folder, name: &str) -> (Weights, u64, u64) {
    let bytes = std::fs::read(folder.path(name).join("bars.safetensors")).expect("a checkpoint");
    let opened = checkpoint::open(&bytes, None, &device::cpu()).expect("it opens");
    let weights = pollster::block_on(opened.model.weights()).expect("weights");
    (weights, opened.meta.step, opened.meta.seen)
}

#[test]
fn a_training_that_is_killed_goes_on_to_the_same_end() {
    let folder = Folder::new("train");
    write_idx(&folder.path("data/mnist"));
    std::fs::write(folder.path("bars.toml"), RECIPE).expect("writable");
    let train = |name: &str, more: &[&str]| {
        let path = |name: &str| folder.path(name).display().to_string();
        let (runs, checkpoints) = (path(&format!("{name}-runs")), path(name));
        let (recipe, data) = (path("bars.toml"), path("data"));
        let mut command = playground(&["train", &recipe, "--data", &data]);
        command
            .args(["--runs", &runs, "--checkpoints", &checkpoints])
            .args(more);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let done = |command: &mut Command| assert!(command.status().expect("it starts").success());
    done(&mut train("whole", &[]));
    let want = finished(&folder, "whole");
    assert_eq!((want.1, want.2), (6000, 96_000));

    // Stopped in the middle with what is needed to go on, then killed again and again.
    done(&mut train("killed", &["--minutes", "0.003"]));
    let state = folder.path("killed-runs/bars.safetensors");
    let bytes = std::fs::read(&state).expect("a state to go on from");
    let (meta, _) = checkpoint::inspect(&bytes).expect("it opens");
    assert!(meta.step > 0 && !meta.optimizers.is_empty());
    for delay in [30, 80, 150] {
        let mut child = train("killed", &["--minutes", "0.002"])
            .spawn()
            .expect("it starts");
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        let bytes = std::fs::read(&state).expect("the state is whole");
        checkpoint::open(&bytes, None, &device::cpu()).expect("the state opens");
    }
    done(&mut train("killed", &[]));
    let got = finished(&folder, "killed");
    assert_eq!((got.1, got.2), (want.1, want.2));
    for (name, data) in &want.0 {
        assert_eq!(
            data, &got.0[name],
            "{name} (stopped first at {})",
            meta.step
        );
    }

    // A state that was damaged is refused by its code, and --restart begins again.
    std::fs::write(&state, &bytes[..bytes.len() / 2]).expect("writable");
    let output = train("killed", &[])
        .stderr(Stdio::piped())
        .output()
        .expect("it starts");
    refused(&output, "checkpoint-parse");
    done(&mut train("killed", &["--restart", "--minutes", "0.001"]));
}

#[test]
fn a_recipe_of_the_plane_is_trained_and_measured() {
    let folder = Folder::new("plane");
    let path = folder.path("quick.toml");
    let recipe = "id = \"quick\"\ntitle = \"Quick\"\nfamily = \"realnvp\"\ndata = \"ring\"\nseed = 3\n\
                  [config]\ncouplings = 2\nhidden = 8\n[train]\nbatch_size = 32\nsteps = 20\n\
                  [goals]\nklToTruth = 100\nmodes = 9\n";
    std::fs::write(&path, recipe).expect("writable");
    let path = path.display().to_string();
    let evaluate = || {
        let output = run(&["evaluate", &path, "--seeds", "3", "--jobs", "2", "--write"]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let text = evaluate();
    for words in [
        "seed 3 ",
        "seed 5 ",
        "KL(data‖model)",
        "≤ 100, met",
        "≥ 9, missed",
        "7.9 PacGAN2",
        "k-NN KL, k = 5",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let results = || std::fs::read_to_string(folder.path("RESULTS.md")).expect("written");
    let rows = |text: &str| text.matches("| quick |").count();
    let first = results();
    assert_eq!(rows(&first), 6);
    // Measured again, the rows are replaced; the numbers follow from the seeds.
    evaluate();
    assert_eq!(rows(&results()), 6);

    // Trained, it stays with the runs, and is measured from there.
    let (runs, site) = (folder.path("runs"), folder.path("site"));
    let place = ["--checkpoints", &site.display().to_string()].map(str::to_owned);
    let runs_text = runs.display().to_string();
    let output = run(&["train", &path, "--runs", &runs_text, &place[0], &place[1]]);
    assert!(output.status.success(), "{output:?}");
    assert!(!site.exists());
    let model = runs.join("quick.model.safetensors").display().to_string();
    let output = run(&["evaluate", &model]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && text.contains("PacGAN2"),
        "{text}"
    );
}

#[test]
fn older_checkpoints_are_converted_with_what_is_said_of_them() {
    let folder = Folder::new("convert");
    let old = std::fs::read(root("tests/corpus/format-1-half.safetensors")).expect("the corpus");
    let file = folder.path("old.safetensors");
    std::fs::write(&file, &old).expect("writable");
    let (bytes, sha256) = (old.len(), checkpoint::sha256(&old));
    let manifest = serde_json::json!({
        "version": 1, "data": [],
        "models": [{
            "id": "old", "family": "vae", "title": "Old", "data": "mnist",
            "file": "old.safetensors", "bytes": bytes, "sha256": sha256, "card": "old.md",
            "licence": "MIT", "parameters": 1, "latentDim": 2, "metrics": { "is5000": 84.5 },
        }],
    });
    std::fs::write(folder.path("manifest.json"), manifest.to_string()).expect("writable");
    let card = format!("`old.safetensors`, {bytes} bytes, SHA-256 `{sha256}`.");
    std::fs::write(folder.path("old.md"), card).expect("writable");

    let path = file.display().to_string();
    assert!(run(&["convert", &path]).status.success());
    let new = std::fs::read(&file).expect("a file");
    let (before, after) = (checkpoint::inspect(&old), checkpoint::inspect(&new));
    let (mut before, mut after) = (before.expect("opens"), after.expect("opens"));
    before.1.sort();
    after.1.sort();
    assert_eq!(before, after, "what it says and holds stays");
    let weights = |bytes: &[u8]| {
        let opened = checkpoint::open(bytes, None, &device::cpu()).expect("opens");
        pollster::block_on(opened.model.weights()).expect("weights")
    };
    assert_eq!(weights(&old), weights(&new));
    // In so many words: no table of the old kind is left in it.
    let text = String::from_utf8_lossy(&new).into_owned();
    assert!(
        text.contains(r#"\"format\":2"#) && !text.contains(r#"\"height\":0"#),
        "{text}"
    );
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).expect("text");
    let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
    let entry = &manifest["models"][0];
    assert_eq!(entry["sha256"], checkpoint::sha256(&new));
    assert_eq!(entry["bytes"], new.len());
    assert_eq!(entry["metrics"]["is5000"], 84.5);
    let card = read("old.md");
    assert!(
        card.contains(&checkpoint::sha256(&new)) && card.contains(&format!("{} bytes", new.len()))
    );

    // Twice is once; what is no checkpoint stays as it is.
    assert!(run(&["convert", &path]).status.success());
    assert_eq!(std::fs::read(&file).expect("a file"), new);
    std::fs::write(&file, b"no checkpoint").expect("writable");
    refused(&run(&["convert", &path]), "checkpoint-parse");
    assert_eq!(std::fs::read(&file).expect("a file"), b"no checkpoint");
}

#[test]
fn a_recipe_without_options_trains_what_the_page_would() {
    let folder = Folder::new("empty");
    // Each of them starts from other options on points than it would on its own.
    for family in ["realnvp", "ddpm", "gan"] {
        let recipe = folder.path("empty.toml");
        let text = format!(
            "id = \"{family}\"\ntitle = \"\"\nfamily = \"{family}\"\ndata = \"moons\"\nseed = 1\n\
             [train]\nsteps = 1\n"
        );
        std::fs::write(&recipe, text).expect("writable");
        let (recipe, runs) = (recipe.display().to_string(), folder.path("runs"));
        let runs_text = runs.display().to_string();
        let output = run(&["train", &recipe, "--runs", &runs_text]);
        assert!(output.status.success(), "{output:?}");
        let file = runs.join(format!("{family}.model.safetensors"));
        let (meta, _) = checkpoint::inspect(&std::fs::read(file).expect("a file")).expect("opens");
        let data = PointSet::toy("moons", &Value::Null, 1).expect("a toy");
        let (none, steps) = (Value::Null, serde_json::json!({ "steps": 1 }));
        let data = std::rc::Rc::new(data.into());
        let page = Session::create(family, &none, &steps, data, 1, &device::cpu());
        let page = page.expect("a session").info().expect("a description");
        assert_eq!(
            (meta.config, meta.train),
            (page.config, page.train),
            "{family}"
        );
    }
}

/// A recipe of few steps and what it says when it is trained.
struct Quick<'a> {
    folder: &'a Folder,
    name: &'a str,
}

impl Quick<'_> {
    fn train(&self, recipe: &str, more: &[&str]) -> Output {
        let path = |name: String| self.folder.path(&name).display().to_string();
        let file = path(format!("{}.toml", self.name));
        std::fs::write(&file, recipe).expect("writable");
        let places = [
            path("data".into()),
            path("runs".into()),
            path("site".into()),
        ];
        let [data, runs, site] = places.each_ref().map(String::as_str);
        let arguments = [
            "train",
            &file,
            "--data",
            data,
            "--runs",
            runs,
            "--checkpoints",
            site,
        ];
        run(&[&arguments[..], more].concat())
    }

    /// It cannot go on with this recipe, for this reason; begun anew it can.
    fn differs(&self, recipe: &str, why: &str) {
        let output = self.train(recipe, &[]);
        refused(&output, "bad-recipe");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let words = format!("was begun with another {why}; --restart begins anew");
        assert!(error.contains(&words), "{words}: {error}");
    }
}

#[test]
fn a_training_goes_on_only_with_what_it_began_with() {
    let folder = Folder::new("resume");
    let recipe = |family: &str, data: &str, seed: u32, options: &str, train: &str| {
        format!(
            "id = \"r\"\ntitle = \"\"\nfamily = \"{family}\"\ndata = \"{data}\"\nseed = {seed}\n\
             [data_options]\n{options}\n[train]\nbatch_size = 16\n{train}\n"
        )
    };
    let points = Quick {
        folder: &folder,
        name: "points",
    };
    let done = |output: Output| {
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("text")
    };
    done(points.train(&recipe("realnvp", "8gaussians", 1, "", "steps = 2"), &[]));
    let other = |family, data, seed, options| recipe(family, data, seed, options, "steps = 3");
    points.differs(
        &other("realnvp", "8gaussians", 1, "noise = 5.0"),
        "choice of data options",
    );
    points.differs(
        &other("realnvp", "8gaussians", 1, "points = 50"),
        "choice of data options",
    );
    points.differs(&other("realnvp", "moons", 1, ""), "data set");
    points.differs(&other("mdn", "8gaussians", 1, ""), "family");
    points.differs(&other("realnvp", "8gaussians", 2, ""), "seed");
    let config = other("realnvp", "8gaussians", 1, "") + "[config]\ncouplings = 2\n";
    points.differs(&config, "config");
    // Longer, it goes on, and the generation before is kept.
    let state = folder.path("runs/r.safetensors");
    let before = std::fs::read(&state).expect("a file");
    let longer = done(points.train(&other("realnvp", "8gaussians", 1, ""), &[]));
    assert!(!longer.contains("note:"), "{longer}");
    assert_eq!(
        std::fs::read(folder.path("runs/r.previous.safetensors")).expect("kept"),
        before
    );
    // A cosine that is planned anew is told.
    let cosine = "schedule = \"cosine\"\nsteps = 6";
    let cosine = recipe("realnvp", "8gaussians", 1, "", cosine);
    let text = done(points.train(&cosine, &[]));
    assert!(text.contains("planned were 3 steps, now 6"), "{text}");
    done(points.train(&config, &["--restart"]));
    // A damaged state is refused, and where the one before it lies is said.
    std::fs::write(&state, b"damaged").expect("writable");
    let output = points.train(&config, &[]);
    refused(&output, "checkpoint-parse");
    assert!(String::from_utf8_lossy(&output.stderr).contains("r.previous.safetensors"));

    let texts = Quick {
        folder: &folder,
        name: "texts",
    };
    std::fs::create_dir_all(folder.path("data/song")).expect("writable");
    let song = |verse: &str| std::fs::write(folder.path("data/song/song.txt"), verse.repeat(50));
    song("row, row, row your boat\n").expect("writable");
    let config = "[config]\nn_layer = 1\nn_head = 1\nn_embd = 16\nblock_size = 16\n";
    let text = |options: &str, steps: u32| {
        recipe("gpt", "song", 1, options, &format!("steps = {steps}")).replace("\"r\"", "\"t\"")
            + config
    };
    done(texts.train(&text("held_out = 0.1", 2), &[]));
    texts.differs(&text("held_out = 0.5", 3), "choice of data options");
    texts.differs(&text("shuffle = true", 3), "choice of data options");
    song("row, row, row our boat\n").expect("writable");
    texts.differs(&text("held_out = 0.1", 3), "version of its data");
    done(texts.train(&text("held_out = 0.1", 3), &["--restart"]));
}

#[test]
fn two_trainings_of_one_recipe_do_not_mix() {
    let folder = Folder::new("twice");
    let recipe = "id = \"slow\"\ntitle = \"\"\nfamily = \"realnvp\"\ndata = \"moons\"\nseed = 1\n\
                  [train]\nsteps = 1000000\n";
    let twice = Quick {
        folder: &folder,
        name: "slow",
    };
    std::fs::write(folder.path("slow.toml"), recipe).expect("writable");
    let path = |name: &str| folder.path(name).display().to_string();
    let (file, runs) = (path("slow.toml"), path("runs"));
    let mut first = playground(&["train", &file, "--runs", &runs]);
    let mut first = first
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lock = folder.path("runs/.slow.safetensors.lock");
    while !lock.exists() {
        std::thread::sleep(Duration::from_millis(20));
        assert!(first.try_wait().expect("a child").is_none(), "it trains");
    }
    std::thread::sleep(Duration::from_millis(50));
    let second = twice.train(recipe, &["--minutes", "0"]);
    first.kill().expect("it can be killed");
    first.wait().expect("it ends");
    refused(&second, "io");
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("is being written by another playground")
    );
    // Who was killed is in nobody's way.
    assert!(twice.train(recipe, &["--minutes", "0"]).status.success());
    assert!(!lock.exists());
}

#[test]
fn names_that_are_paths_lead_nowhere() {
    let folder = Folder::new("names");
    let quick = Quick {
        folder: &folder,
        name: "bad",
    };
    for (id, data) in [
        ("../x", "moons"),
        ("/x", "moons"),
        ("x", "../moons"),
        ("x\u{1b}", "moons"),
        ("X", "moons"),
    ] {
        let recipe =
            format!("id = {id:?}\ntitle = \"\"\nfamily = \"realnvp\"\ndata = {data:?}\nseed = 1\n");
        refused(
            &quick.train(&recipe.replace("\\u{1b}", "\\u001b"), &[]),
            "bad-recipe",
        );
    }
    let valid = std::fs::read(root("tests/corpus/valid-half.safetensors")).expect("the corpus");
    let opened = checkpoint::open(&valid, None, &device::cpu()).expect("it opens");
    let written = |change: &dyn Fn(&mut checkpoint::Meta)| {
        let mut meta = opened.meta.clone();
        change(&mut meta);
        let bytes = checkpoint::write(&*opened.model, &meta, checkpoint::Precision::Single);
        let file = folder.path("hostile.safetensors");
        std::fs::write(&file, pollster::block_on(bytes).expect("bytes")).expect("writable");
        file.display().to_string()
    };
    for name in ["../../etc", "/etc", "a/b", "", "A"] {
        let file = written(&|meta| meta.data.name = name.into());
        refused(&run(&["evaluate", &file]), "checkpoint-schema");
    }
    // What a stranger's file says steers no terminal, whether it is taken or refused.
    type Change = fn(&mut checkpoint::Meta);
    let changes: [Change; 4] = [
        |meta| meta.id = Some("\u{1b}[2J\u{9b}0m".into()),
        |meta| meta.data.sha256 = "\u{1b}]0;title\u{7}".into(),
        |meta| meta.family = "\u{1b}[31m".into(),
        |meta| meta.data.name = "\u{1b}[31m".into(),
    ];
    for change in &changes {
        let output = run(&["inspect", &written(change)]);
        for stream in [output.stdout, output.stderr] {
            let text = String::from_utf8(stream).expect("text");
            assert!(
                !text.contains(|c: char| c.is_control() && c != '\n'),
                "{text:?}"
            );
        }
    }
}

#[test]
fn a_file_that_lost_its_metadata_is_told_how_to_keep_it() {
    for name in ["metadata-absent", "metadata-of-others"] {
        let file = root("tests/corpus").join(format!("{name}.safetensors"));
        let output = run(&["inspect", &file.display().to_string()]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            error.contains("save_file(tensors, path, metadata="),
            "{error}"
        );
    }
}

#[test]
fn episodes_are_written_down_and_learned_from() {
    let folder = Folder::new("episodes");
    let path = |name: &str| folder.path(name).display().to_string();
    let file = path("played.jsonl");
    let output = run(&["rollout", "--count", "6", "--seed", "9", "--out", &file]);
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(&file).expect("a file");
    let read = episodes::read_lines(&text).expect("episodes");
    // What the expert does in the same worlds, by another way than the file.
    for (i, episode) in read.iter().enumerate() {
        let task = layout::draw(9, i as u64, None, Naming::Said);
        let mut never = Rng::new(0, Purpose::TestSet, 0);
        assert_eq!(*episode, episodes::played(task, 0.0, &mut never), "{i}");
    }
    assert_eq!(read.len(), 6);
    // A world that is changed under way, and what is told of a change that cannot be made.
    let other = path("changed.jsonl");
    let changed = |changes: &str| {
        let more = ["--changes", changes, "--out", &other];
        run(&[&["rollout", "--count", "1", "--seed", "9"], &more[..]].concat())
    };
    let Pose { x, y, facing } = layout::draw(9, 0, None, Naming::Said).rooms.pose;
    let way = ["right", "down", "left", "up"][usize::from(facing + 2) % 4];
    let output = changed(&format!("0:{x},{y} facing {way}"));
    assert!(output.status.success(), "{output:?}");
    let line = std::fs::read_to_string(&other).expect("a file");
    assert!(
        line.contains(&format!("\"changes\":\"0:{x},{y} facing {way}\"")),
        "{line}"
    );
    let turned = episodes::read_lines(&line).expect("an episode");
    assert_ne!(turned[0].moments[0].sight, read[0].moments[0].sight);
    for wrong in [
        format!("0:{x},{y} wall"),
        format!("64:{x},{y} facing {way}"),
        "x".into(),
    ] {
        refused(&changed(&wrong), "bad-option");
    }
    // Half of what is learned from is among them.
    let set = EpisodeSet::new(&Value::Null).expect("a set");
    let set = set.with(read.clone(), "digest".into());
    let among = (0..400).filter(|&i| read.contains(&set.draw(1, i))).count();
    assert!((150..250).contains(&among), "{among}");
    assert_eq!(set.draw(1, 7), set.draw(1, 7));
    // A recipe names the file; with none, or another, it is told.
    let quick = Quick {
        folder: &folder,
        name: "imitates",
    };
    let recipe = |played: &str| {
        format!(
            "id = \"imitates\"\ntitle = \"\"\nfamily = \"agent\"\ndata = \"rooms\"\nseed = 1\n\
             [data_options]\nplayed = {played}\n[config]\nn_layer = 1\nn_head = 2\nn_embd = 16\n\
             [train]\nsteps = 2\nbatch_size = 8\n"
        )
    };
    std::fs::create_dir_all(folder.path("data")).expect("writable");
    refused(
        &quick.train(&recipe("\"played.jsonl\""), &[]),
        "file-not-found",
    );
    refused(&quick.train(&recipe("7"), &[]), "bad-recipe");
    std::fs::copy(&file, folder.path("data/played.jsonl")).expect("copied");
    let output = quick.train(&recipe("\"played.jsonl\""), &[]);
    assert!(output.status.success(), "{output:?}");
    std::fs::write(folder.path("data/played.jsonl"), format!("{text}\n{{}}")).expect("writable");
    let output = quick.train(&recipe("\"played.jsonl\""), &["--restart"]);
    refused(&output, "bad-data");
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 8 is no episode"));
}

#[test]
fn paths_through_mazes_are_written_down_and_learned_from() {
    let folder = Folder::new("paths");
    let path = |name: &str| folder.path(name).display().to_string();
    let file = path("played.jsonl");
    let rollout = |more: &[&str]| {
        let all = [
            "rollout", "--world", "maze", "--count", "7", "--seed", "9", "--out", &file,
        ];
        run(&[&all[..], more].concat())
    };
    refused(
        &rollout(&["--mission", "go to the red ball"]),
        "unsupported",
    );
    let output = rollout(&[]);
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(&file).expect("a file");
    // To the last bit what the expert goes in these mazes.
    let read = paths::read_lines(&text).expect("paths");
    let set = PathSet::new(&Value::Null).expect("a set");
    let want: Vec<_> = (0..7).map(|i| set.draw(9, i)).collect();
    assert_eq!(read, want);
    let again = (0..)
        .zip(&read)
        .map(|(i, path)| paths::write_line(path, 9, i).expect("a line") + "\n");
    assert_eq!(again.collect::<String>(), text);
    // Half of what is learned from is among them.
    let set = set.with(read.clone(), "digest".into());
    let among = (0..400).filter(|&i| read.contains(&set.draw(1, i))).count();
    assert!((150..250).contains(&among), "{among}");
    let quick = Quick {
        folder: &folder,
        name: "plans",
    };
    let recipe = "id = \"plans\"\ntitle = \"\"\nfamily = \"diffuser\"\ndata = \"maze\"\nseed = 1\n\
                  [data_options]\nplayed = \"played.jsonl\"\n[train]\nsteps = 2\nbatch_size = 8\n";
    std::fs::create_dir_all(folder.path("data")).expect("writable");
    refused(&quick.train(recipe, &[]), "file-not-found");
    std::fs::copy(&file, folder.path("data/played.jsonl")).expect("copied");
    let output = quick.train(recipe, &[]);
    assert!(output.status.success(), "{output:?}");

    // What is no path.
    let line = text.lines().next().expect("a line");
    let good: Value = serde_json::from_str(line).expect("JSON");
    type Change = fn(&mut Value);
    let changes: [Change; 8] = [
        |v| v["walls"] = "x".into(),
        |v| v["start"] = serde_json::json!([-1, 3]),
        |v| v["start"] = v["goal"].clone(),
        |v| v["goal"] = serde_json::json!([1e300, 3]),
        |v| v["path"] = Value::Array(Vec::new()),
        |v| v["path"][4] = serde_json::json!([100, 100]),
        |v| v["path"][0] = serde_json::json!([0.5]),
        |v| v["number"] = (-1).into(),
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad);
        let error = paths::read_lines(&format!("{line}\n\n{bad}\n")).expect_err("bad");
        assert_eq!(error.code(), Code::BadData, "{i}");
        assert!(error.to_string().contains("line 3"), "{error}");
    }
    assert!(paths::read_lines(" \n").is_err());
}

#[test]
fn what_is_no_episode_is_refused() {
    let task = layout::draw(3, 0, None, Naming::Said);
    let mut rng = Rng::new(0, Purpose::TestSet, 0);
    let episode = episodes::played(task.clone(), 0.0, &mut rng);
    let actions: Vec<_> = episode.moments.iter().flat_map(|m| m.right).collect();
    let line = episodes::write_line(&episode.moments, &actions, &task.mission, &[], (3, 0, true))
        .expect("a line");
    assert_eq!(episodes::read_lines(&line).expect("it"), [episode]);
    let good: Value = serde_json::from_str(&line).expect("JSON");
    type Change = fn(&mut Value);
    let changes: [Change; 10] = [
        |v| v["mission"] = "dance".into(),
        |v| v["steps"] = Value::Array(Vec::new()),
        |v| v["steps"][0]["sight"] = Value::Array(Vec::new()),
        |v| v["steps"][0]["sight"][0] = 39.into(),
        |v| v["steps"][0]["place"][0] = 16.into(),
        |v| v["steps"][0]["turned"] = 4.into(),
        |v| v["steps"][0]["action"] = "X".into(),
        |v| v["steps"][0]["expert"] = "".into(),
        |v| v["steps"][0]["goal"] = "open the ball".into(),
        |v| v["seed"] = (-1).into(),
    ];
    for (i, change) in changes.iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad);
        let error = episodes::read_lines(&format!("{line}\n\n{bad}\n")).expect_err("bad");
        assert_eq!(error.code(), Code::BadData, "{i}");
        assert!(error.to_string().contains("line 3"), "{error}");
    }
    assert!(episodes::read_lines("\n \n").is_err());
    let mut dice = Dice(5);
    for _ in 0..3000 {
        let mut bytes = line.clone().into_bytes();
        for _ in 0..1 + dice.below(3) {
            let at = dice.below(bytes.len());
            bytes[at] = dice.below(128) as u8;
        }
        let _ = episodes::read_lines(&String::from_utf8_lossy(&bytes));
    }
}
