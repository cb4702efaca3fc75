//! Products with quantised weights.

use std::sync::Arc;

use super::Suite;
use crate::{
    error::{Error, Result},
    kernels::quantised::DeviceMatrix,
    open::{matrix::Matrix, quant::Kind},
    rng::{Purpose, Rng},
};

impl Suite {
    /// Each kind with one row of x and with six: a whole tile and a part of one, of a matrix that is no whole number of
    /// workgroups.
    pub(super) async fn quantised(&mut self) -> Result<()> {
        const DIMS: [usize; 2] = [70, 768];
        for kind in [
            Kind::F16,
            Kind::Q8_0,
            Kind::Q4_0,
            Kind::Q4_1,
            Kind::Q4K,
            Kind::Q6K,
        ] {
            self.drawn += 1;
            let rng = Rng::new(1, Purpose::Evaluate, self.drawn);
            let matrix = random(kind, DIMS, rng).ok_or_else(|| Error::Internal {
                reason: format!("{kind:?}"),
            })?;
            let there = DeviceMatrix::new(&matrix, &self.device);
            for n in [1, 6] {
                let x = self.normal([n, DIMS[1]], 1.0);
                let name = format!("{} times {n} rows", kind.name());
                self.keep(&name, there.times(x)).await?;
            }
        }
        Ok(())
    }
}

/// Whole numbers of any size, with scales between 1/16 and 1/8.
fn random(kind: Kind, dims: [usize; 2], mut rng: Rng) -> Option<Matrix> {
    let bytes = kind.bytes(dims[1])? * dims[0];
    let mut data: Vec<u8> = (0..bytes).map(|_| rng.below(256) as u8).collect();
    let (_, each) = kind.block();
    for block in data.chunks_exact_mut(each) {
        // The upper byte of each number of 16 bits: a sign and an exponent.
        let uppers: &[usize] = match kind {
            Kind::F16 | Kind::Q8_0 | Kind::Q4_0 => &[1],
            Kind::Q4_1 | Kind::Q4K => &[1, 3],
            Kind::Q6K => &[209],
            Kind::F32 | Kind::Bf16 => &[],
        };
        for &at in uppers {
            block[at] = 0x2c | block[at] & 0x83;
        }
    }
    Matrix::new(kind, dims, Arc::new(data), 0)
}
