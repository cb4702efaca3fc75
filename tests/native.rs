//! All native tests in one program: what they share of the models is compiled once.
//!
//! `cargo test --release --test native gan::` for those of a file, `gan::NAME` for one.

mod common;

mod agent;
mod algebra;
mod bert;
mod changed_world;
mod chorales;
mod cli;
mod cli_poster;
mod cli_sample;
mod clips;
mod colour;
mod convolution;
mod ddpm;
mod dealt;
mod declared;
mod demonstrations;
mod drums;
mod edits;
mod emoji;
mod encoder;
mod families;
mod flows;
mod gan;
mod glow;
mod gpt;
mod group_norm;
mod images;
mod in_context;
mod kernels;
mod lab;
mod latent_diffusion;
mod limits;
mod malformed;
mod maze;
mod moving_scenes;
mod mutants;
mod neighbours;
mod neural_process;
mod numbers;
mod opened;
mod own_pictures;
mod own_points;
mod pixelcnn;
mod pixelrnn;
mod points;
mod presets;
mod properties;
mod pytorch;
mod reference;
mod rooms;
mod scenes;
mod seeing;
mod seq2seq;
mod session;
mod shortcuts;
mod speech;
mod spoken;
mod step_by_step;
mod text;
mod tuned;
mod two_answers;
mod unet;
mod walk;
mod walking_people;
mod words;
mod workers;
mod world_model;
mod writing;

/// A file without its line above would be asked by nobody.
#[test]
fn every_file_of_tests_is_asked() {
    let here = include_str!("native.rs");
    let files = std::fs::read_dir(common::root("tests")).expect("a folder");
    let names = files.map(|file| {
        file.expect("a file")
            .file_name()
            .into_string()
            .expect("a name")
    });
    let tests: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".rs").map(Into::into))
        .filter(|name| name != "native")
        .collect();
    assert!(tests.len() > 60, "{tests:?}");
    for name in tests {
        assert!(here.contains(&format!("\nmod {name};\n")), "{name}");
    }
}
