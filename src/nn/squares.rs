//! Images at half their size and back: averages over squares of 2 × 2 pixels, pixels as squares, and squares
//! as channels.

use burn::tensor::Tensor;

use crate::error::{Error, Result};

/// Averages over squares of 2 × 2: `[n, channels, height, width]` → `[n, channels, height/2, width/2]`.
///
/// # Errors
/// [`Error::Unsupported`] where a side is odd.
pub fn averages(x: Tensor<4>) -> Result<Tensor<4>> {
    let [n, channels, height, width] = x.dims();
    if height % 2 + width % 2 > 0 {
        return Err(Error::Unsupported {
            what: format!("Images of {height} × {width} pixels cannot be halved"),
        });
    }
    let rows = x.reshape([n * channels * height / 2, 2, width / 2, 2]);
    let halved = rows.mean_dim(3).mean_dim(1);
    Ok(halved.reshape([n, channels, height / 2, width / 2]))
}

/// Each pixel as a square of 2 × 2: `[n, channels, height, width]` → `[n, channels, 2 height, 2 width]`.
pub fn repeated(y: Tensor<4>) -> Tensor<4> {
    let [n, channels, height, width] = y.dims();
    let rows = y.reshape([n * channels * height, 1, width, 1]);
    let doubled = rows.repeat_dim(3, 2).repeat_dim(1, 2);
    doubled.reshape([n, channels, 2 * height, 2 * width])
}

/// 2×2 pixels become 4 channels: `[n, c, h, w]` → `[n, 4c, h/2, w/2]`.
pub fn squeeze(x: Tensor<4>) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let x = x.reshape([n, c, h / 2, 2, w / 2, 2]);
    x.permute([0, 1, 3, 5, 2, 4])
        .reshape([n, 4 * c, h / 2, w / 2])
}

/// The way back.
pub fn unsqueeze(x: Tensor<4>) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let x = x.reshape([n, c / 4, 2, 2, h, w]);
    x.permute([0, 1, 4, 2, 5, 3])
        .reshape([n, c / 4, 2 * h, 2 * w])
}
