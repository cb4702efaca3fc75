//! Measures a model of 2-D points, by itself the one that the example `train` keeps:
//! `cargo run --release --example evaluate [FILE]`.

use std::{error::Error, fs};

use generative_playground::{
    checkpoint,
    data::PointSet,
    device,
    evaluate::points::{Protocol, report},
    pause::Pause,
};

fn main() -> Result<(), Box<dyn Error>> {
    let kept = std::env::temp_dir().join("moons.safetensors");
    let path = std::env::args_os().nth(1).map_or(kept, Into::into);
    let opened = checkpoint::open(&fs::read(&path)?, None, &device::cpu())?;

    // A toy data set is made anew from what the file says about it; so its true density is known.
    let data = &opened.meta.data;
    let set = PointSet::toy(&data.name, &data.options, opened.meta.seed)?;

    // `Protocol::FULL` is what published numbers are compared by; this is a glance.
    let pause: Pause = || Box::pin(std::future::ready(()));
    let metrics = report(&*opened.model, &set, Protocol::glance(2000), 1, pause, None);
    for metric in pollster::block_on(metrics)? {
        let error = metric.standard_error.map(|e| format!(" ± {e:.3}"));
        println!(
            "{:<40} {:.3}{} {}",
            metric.title,
            metric.value,
            error.unwrap_or_default(),
            metric.unit
        );
    }
    Ok(())
}
