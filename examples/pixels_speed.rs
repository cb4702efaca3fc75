//! Sampling pixel by pixel, keeping what was computed against asking the whole network for each pixel:
//! `cargo run --release --example pixels_speed [CHECKPOINT...]`.
//!
//! Sixteen images from each checkpoint. The whole network is asked for the probabilities of all pixels of the
//! sixteen, as a sampler that keeps nothing would do once for each pixel; the median of twenty passes is multiplied
//! by the number of pixels.

use std::{error::Error, fs, time::Instant};

use generative_playground::{
    checkpoint,
    data::Batch,
    device,
    model::{Condition, finish},
};
use serde_json::json;

const IMAGES: usize = 16;
const PASSES: usize = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        paths = ["pixelcnn-mnist", "pixelrnn-mnist"]
            .map(|id| format!("web/checkpoints/{id}.safetensors"))
            .to_vec();
    }
    for path in paths {
        let model = checkpoint::open(&fs::read(&path)?, None, &device::cpu())?.model;
        let mut kept = Vec::new();
        let mut images = Vec::new();
        let mut shape = [0; 4];
        for seed in 0..5 {
            let start = Instant::now();
            let mut sampler = model.sampler(&json!({}), &Condition::default(), IMAGES, seed)?;
            let made = pollster::block_on(finish(&mut *sampler))?.images()?;
            shape = made.dims();
            images = made
                .into_data()
                .try_into_vec::<f32>()
                .map_err(|e| format!("{e:?}"))?;
            kept.push(start.elapsed().as_secs_f64());
        }
        let batch = Batch::unlabelled(shape, images);
        let density = model.density().ok_or("no density")?;
        let mut passes = Vec::new();
        for _ in 0..PASSES {
            let start = Instant::now();
            let rows = density.pixelwise(&batch).ok_or("not a model of pixels")??;
            rows.into_data();
            passes.push(start.elapsed().as_secs_f64());
        }
        let [kept, pass] = [kept, passes].map(|mut seconds| {
            seconds.sort_by(f64::total_cmp);
            seconds[seconds.len() / 2]
        });
        let pixels = shape[2] * shape[3];
        let whole = pass * pixels as f64;
        println!(
            "{path}: {IMAGES} images in {kept:.2} s; \
             {pixels} passes of the whole network {whole:.1} s, {:.1} times as long",
            whole / kept
        );
    }
    Ok(())
}
