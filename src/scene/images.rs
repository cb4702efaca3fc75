//! Images as pictures.

use burn::tensor::Tensor;

use super::View;
use crate::{bytes::Bytes, device::floats, error::Result};

/// Read images `[n, channels, height, width]` in [0, 1] and lay them out as a grid of `columns`.
///
/// # Errors
/// What the device reports.
pub async fn grid(images: Tensor<4>, columns: usize) -> Result<View> {
    let dims = images.dims();
    let values = floats(images).await?;
    let bytes: Vec<u8> = values.iter().map(|&v| byte(v)).collect();
    Ok(grid_of_bytes(&bytes, dims, columns))
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

/// A value in [0, 1] as a byte; beyond it the nearest, and 0 for what is no number. Written so that the
/// compiler makes vector code of it.
#[inline(always)]
pub(crate) fn byte(value: f32) -> u8 {
    let value = value * 255.0 + 0.5;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    value as i32 as u8
}

/// Lay out images as a grid: `n` of 1 (grey) or 3 channels of `height` × `width` bytes. Missing
/// tiles are transparent.
pub fn grid_of_bytes(
    bytes: &[u8],
    [n, channels, height, width]: [usize; 4],
    columns: usize,
) -> View {
    let columns = columns.clamp(1, n.max(1));
    let rows = n.div_ceil(columns).max(1);
    let row_bytes = columns * width * 4;
    let mut rgba = vec![0u8; rows * height * row_bytes];
    let size = height * width;
    for (i, tile) in bytes.chunks_exact((channels * size).max(1)).enumerate() {
        let (row, column) = (i / columns, i % columns);
        // Grey is red, green and blue at once.
        let channel = |c: usize| &tile[c.min(channels - 1) * size..][..size];
        let [red, green, blue] = [0, 1, 2].map(channel);
        for y in 0..height {
            let start = (row * height + y) * row_bytes + column * width * 4;
            let out = rgba[start..start + width * 4].as_chunks_mut::<4>().0;
            let rows = [red, green, blue].map(|channel| channel[y * width..][..width].iter());
            let [red, green, blue] = rows;
            let colours = red.zip(green).zip(blue);
            for (pixel, ((r, g), b)) in out.iter_mut().zip(colours) {
                *pixel = [*r, *g, *b, 255];
            }
        }
    }
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
    fn bytes_are_the_nearest() {
        for i in -300..=600 {
            let value = i as f32 / 256.0;
            let want = (f64::from(value) * 255.0 + 0.5).floor().clamp(0.0, 255.0);
            assert_eq!(f64::from(byte(value)), want, "{value}");
        }
        assert_eq!(byte(f32::NAN), 0);
        assert_eq!(byte(f32::INFINITY), 255);
        assert_eq!(byte(f32::NEG_INFINITY), 0);
    }

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
