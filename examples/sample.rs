//! Draws images from a model of images: `cargo run --release --example sample [FILE [CLASS]]`, by itself
//! from the shipped GAN.

use std::{error::Error, fs, path::Path};

use generative_playground::{
    checkpoint, device,
    model::{Condition, finish},
    plots,
    scene::grid,
};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let shipped =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("web/checkpoints/gan-mnist.safetensors");
    let mut given = std::env::args().skip(1);
    let path = given.next().map_or(shipped, Into::into);
    let label = given.next().map(|class| class.parse()).transpose()?;

    // Size, container, options, shapes and numbers are checked; what is wrong is said in a sentence.
    let opened = checkpoint::open(&fs::read(&path)?, None, &device::cpu())?;
    println!(
        "{} of {}, {} weights",
        opened.model.title(),
        opened.meta.data.name,
        opened.model.num_params()
    );

    // A model that does not know classes says so, if it is asked for one.
    let condition = Condition {
        label,
        ..Condition::default()
    };
    let mut sampler = opened.model.sampler(&json!({}), &condition, 16, 7)?;
    let images = pollster::block_on(finish(&mut *sampler))?.images()?; // [16, channels, height, width]

    let view = pollster::block_on(grid(images, 8))?;
    let out = std::env::temp_dir().join("samples.png");
    fs::write(&out, plots::png(&view, 2)?)?;
    println!("{}", out.display());
    Ok(())
}
