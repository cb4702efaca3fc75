//! Densities of points in 2-D.

use std::ops::Range;

use burn::tensor::{Tensor, TensorData};

use crate::{
    data::{Batch, wire::cut_short},
    device::floats,
    error::Result,
    model::{Dealer, Density, DensityKind, DensityOptions, Divided, Pointwise},
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

/// log p(x) at points x, y, x, y, …, a chunk at a time; by the dealer, if there is one, what takes long.
///
/// # Errors
/// What the device reports.
pub async fn log_prob(
    density: &dyn Density,
    xy: &[f32],
    seed: u64,
    pause: Pause,
    dealer: Option<&dyn Dealer>,
) -> Result<Vec<f32>> {
    if let (Some(dealer), Some(pointwise)) = (dealer, density.pointwise()) {
        let mut field = Field::new(pointwise, xy);
        let steps = field.steps();
        dealer.take_all(&mut field, steps).await?;
        return field.log_prob().await;
    }
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

/// Log-densities of many points, of which each step takes a chunk.
pub struct Field<'a> {
    density: &'a dyn Pointwise,
    xy: &'a [f32],
    /// Those of each chunk so far, `[m, 1]`.
    found: Vec<Tensor<2>>,
}

impl<'a> Field<'a> {
    /// The most points of a step.
    pub const CHUNK: usize = CHUNK;

    /// At points x, y, x, y, …
    pub fn new(density: &'a dyn Pointwise, xy: &'a [f32]) -> Self {
        Self {
            density,
            xy,
            found: Vec::new(),
        }
    }

    /// Steps in all.
    pub fn steps(&self) -> usize {
        (self.xy.len() / 2).div_ceil(CHUNK)
    }

    /// log p(x) at all points, when all steps were taken.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn log_prob(self) -> Result<Vec<f32>> {
        let mut out = Vec::with_capacity(self.xy.len() / 2);
        for found in self.found {
            out.extend(floats(found).await?);
        }
        Ok(out)
    }
}

impl Divided for Field<'_> {
    fn taken(&self) -> usize {
        self.found.len()
    }

    fn ahead(&mut self) -> Option<Tensor<2>> {
        let chunk = self.xy.chunks(2 * CHUNK).nth(self.taken())?;
        let data = TensorData::new(chunk.to_vec(), [chunk.len() / 2, 2]);
        Some(Tensor::from_data(data, &self.density.device()))
    }

    fn step_of(&self, _: usize, _: Range<usize>, rows: Tensor<2>) -> Result<Tensor<2>> {
        let [m, wide] = rows.dims();
        if wide != 2 {
            return Err(cut_short());
        }
        Ok(self.density.log_prob_at(rows)?.reshape([m, 1]))
    }

    fn take(&mut self, found: Tensor<2>) -> Result<()> {
        let chunk = self.xy.chunks(2 * CHUNK).nth(self.taken());
        if chunk.is_none_or(|chunk| found.dims() != [chunk.len() / 2, 1]) {
            return Err(cut_short());
        }
        self.found.push(found);
        Ok(())
    }
}
