//! Densities of points in 2-D.

use crate::{
    data::Batch,
    device::floats,
    error::Result,
    model::{Density, DensityKind, DensityOptions},
    pause::Pause,
    rng::{Purpose, Rng},
};

/// Importance samples behind each cell of an estimated density.
pub const IMPORTANCE_SAMPLES: usize = 64;
/// Points whose density is asked for at once; between two such the thread is given back.
const CHUNK: usize = 512;

/// How densities in 2-D are asked for: exactly where that is possible.
pub fn density_options(density: &dyn Density) -> DensityOptions {
    let exact = DensityOptions {
        importance_samples: 0,
    };
    match density.kind(exact) {
        DensityKind::LowerBound => DensityOptions {
            importance_samples: IMPORTANCE_SAMPLES,
        },
        _ => exact,
    }
}

/// log p(x) at points x, y, x, y, …, a chunk at a time.
///
/// # Errors
/// What the device reports.
pub async fn log_prob(
    density: &dyn Density,
    xy: &[f32],
    seed: u64,
    pause: Pause,
) -> Result<Vec<f32>> {
    let options = density_options(density);
    let mut out = Vec::with_capacity(xy.len() / 2);
    for (i, chunk) in xy.chunks(2 * CHUNK).enumerate() {
        let batch = Batch::Points { xy: chunk.to_vec() };
        let mut rng = Rng::new(seed, Purpose::Evaluate, i as u64);
        out.extend(floats(density.log_prob(&batch, options, &mut rng)?).await?);
        pause().await;
    }
    Ok(out)
}
