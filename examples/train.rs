//! Trains a coupling flow on two moons and keeps it: `cargo run --release --example train [STEPS]`.

use std::{error::Error, fs, rc::Rc};

use generative_playground::{
    checkpoint::{self, Precision},
    data::{Dataset, PointSet},
    device, families,
    training::Trainer,
};
use serde_json::json;

fn main() -> Result<(), Box<dyn Error>> {
    let steps: u64 = std::env::args().nth(1).map_or(Ok(300), |n| n.parse())?;
    let data = Rc::new(Dataset::Points(PointSet::toy("moons", &json!({}), 1)?));

    // What the family starts from on such data, with two things said otherwise.
    let (config, train) = families::with_defaults(
        "realnvp",
        &data.info().space,
        &json!({ "couplings": 6 }),
        &json!({ "steps": steps }),
    )?;
    let mut trainer = Trainer::new("realnvp", &config, train, data, 1, &device::cpu())?;
    pollster::block_on(trainer.run(100, |trainer, losses| {
        if let Some(losses) = losses {
            println!("step {}: {losses:.3?}", trainer.step_count());
        }
        Ok(true) // Go on.
    }))?;

    // The page, the command line and the example `evaluate` open it.
    let meta = checkpoint::meta_of(&trainer, Vec::new())?;
    let model = trainer.averaged();
    let bytes = pollster::block_on(checkpoint::write(&*model, &meta, Precision::Half))?;
    let out = std::env::temp_dir().join("moons.safetensors");
    fs::write(&out, &bytes)?;
    println!("{} bytes in {}", bytes.len(), out.display());
    Ok(())
}
