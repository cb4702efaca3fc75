//! How close a model of the plane comes to its data.

use crate::{
    data::PointSet,
    error::Result,
    family::Model,
    protocol::Number,
    views::{
        Pause,
        plane::{log_prob, number},
    },
};

/// What can be measured of `model` with `count` held-out points and as many samples.
///
/// # Errors
/// What the device reports.
pub async fn metrics(
    model: &Model,
    set: &PointSet,
    count: usize,
    seed: u64,
    pause: Pause,
) -> Result<Vec<Number>> {
    let mut out = Vec::new();
    let count = count.min(set.test_len());
    let test: Vec<f32> = (0..count).flat_map(|i| set.test_point(i)).collect();
    if let Some(density) = model.density() {
        let values = log_prob(density, &test, seed, pause).await?;
        let nll = -values.iter().map(|&v| f64::from(v)).sum::<f64>() / count.max(1) as f64;
        out.push(number("nll", "−log p of held-out points", nll, "nats", 3));
        if let Some(truth) = set.log_density(&test) {
            let entropy = -truth.iter().sum::<f64>() / count.max(1) as f64;
            out.push(number(
                "klToTruth",
                "KL to the truth",
                nll - entropy,
                "nats",
                3,
            ));
        }
    }
    Ok(out)
}
