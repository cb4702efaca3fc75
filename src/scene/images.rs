//! Images as pictures.

use burn::tensor::Tensor;
use generative_playground_compute::pixels;

use super::View;
use crate::{bytes::Bytes, device::floats, error::Result};

/// Read images `[n, channels, height, width]` in [0, 1] and lay them out as a grid of `columns`.
///
/// # Errors
/// What the device reports.
pub async fn grid(images: Tensor<4>, columns: usize) -> Result<View> {
    let dims = images.dims();
    let values = floats(images).await?;
    Ok(grid_of_bytes(&pixels::bytes(&values), dims, columns))
}

/// Read clips `[n, frames, channels, height, width]` in [0, 1], each called by one of `titles` if there are any.
///
/// # Errors
/// What the device reports.
pub async fn clips(clips: Tensor<5>, titles: Vec<String>, given: Vec<bool>) -> Result<View> {
    let [n, frames, c, h, w] = clips.dims();
    let sheet = grid(clips.reshape([n * frames, c, h, w]), frames).await?;
    let mut given = given;
    given.resize(frames, false);
    Ok(View::Clips {
        sheet: Box::new(sheet),
        titles,
        given,
    })
}

/// Lay out images as a grid: `n` of 1 (grey) or 3 channels of `height` × `width` bytes. Missing
/// tiles are transparent.
pub fn grid_of_bytes(bytes: &[u8], dims: [usize; 4], columns: usize) -> View {
    let (rgba, [rows, columns]) = pixels::grid(bytes, dims, columns);
    let [_, _, height, width] = dims;
    View::Image {
        width: (columns * width) as u32,
        height: (rows * height) as u32,
        columns: columns as u32,
        rows: rows as u32,
        rgba: Bytes(rgba),
        titles: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_lie_where_they_should() {
        // Three 1×2 images in two columns.
        let view = grid_of_bytes(&[1, 2, 3, 4, 5, 6], [3, 1, 1, 2], 2);
        let View::Image {
            width,
            height,
            rgba,
            ..
        } = &view
        else {
            panic!("an image")
        };
        assert_eq!((*width, *height), (4, 2));
        let reds: Vec<u8> = rgba.0.iter().step_by(4).copied().collect();
        assert_eq!(reds, [1, 2, 3, 4, 5, 6, 0, 0]);
    }
}
