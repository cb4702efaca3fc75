//! What can be seen of a model: from tensors to the generic kinds of [`View`].

pub mod flow;
pub mod latent;
pub mod plane;
pub mod svg;
pub mod text;

use std::{future::Future, pin::Pin};

use burn::tensor::Tensor;

use crate::{
    error::{Error, Result},
    model::Samples,
    protocol::{Bytes, Layer, Role, View},
};

/// A pause that lets other work on the thread have its turn: a macrotask in the browser.
pub type Pause = fn() -> Pin<Box<dyn Future<Output = ()>>>;

/// A tensor's numbers, row by row.
pub(crate) async fn floats<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>> {
    let data = tensor.into_data_async().await?;
    let values = data.as_slice::<f32>().map_err(|e| Error::Internal {
        reason: format!("{e:?}"),
    })?;
    Ok(values.to_vec())
}

/// Samples as a view: images as a grid of `columns`, points as a plot of `window`.
///
/// # Errors
/// What the device reports.
pub async fn samples(samples: Samples, columns: usize, window: [f32; 4]) -> Result<View> {
    match samples {
        Samples::Images(images) => grid(images, columns).await,
        Samples::Points(points) => {
            let scene = plane::Scene::new(format!("{} samples", points.dims()[0]));
            scene.points(Role::Model, points).read(window).await
        }
        Samples::Texts(texts) => Ok(text::added(&texts, &mut 0)),
    }
}

/// The points of a plot's model layers as CSV.
pub fn csv(layers: &[Layer]) -> Vec<u8> {
    let mut out = String::from("x,y\n");
    for layer in layers {
        if let Layer::Points {
            role: Role::Model,
            xy,
        } = layer
        {
            for point in xy.0.as_chunks::<8>().0 {
                let [a, b, c, d, e, f, g, h] = *point;
                let (x, y) = (
                    f32::from_le_bytes([a, b, c, d]),
                    f32::from_le_bytes([e, f, g, h]),
                );
                out.push_str(&format!("{x},{y}\n"));
            }
        }
    }
    out.into_bytes()
}

/// Read images `[n, channels, height, width]` in [0, 1] and lay them out as a grid of `columns`.
///
/// # Errors
/// What the device reports.
pub async fn grid(images: Tensor<4>, columns: usize) -> Result<View> {
    let dims = images.dims();
    let values = floats(images).await?;
    let bytes: Vec<u8> = values.iter().map(|&v| (v * 255.0 + 0.5) as u8).collect();
    Ok(grid_of_bytes(&bytes, dims, columns))
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
        let channel = |c: usize| &tile[c.min(channels - 1) * size..];
        let [red, green, blue] = [0, 1, 2].map(channel);
        for y in 0..height {
            let start = (row * height + y) * row_bytes + column * width * 4;
            let out = rgba[start..start + width * 4].as_chunks_mut::<4>().0;
            for (x, pixel) in out.iter_mut().enumerate() {
                let at = y * width + x;
                *pixel = [red[at], green[at], blue[at], 255];
            }
        }
    }
    View::Image {
        width: (columns * width) as u32,
        height: (rows * height) as u32,
        columns: columns as u32,
        rows: rows as u32,
        rgba: Bytes(rgba),
    }
}

/// A PNG of a [`View::Image`], each pixel `scale` × `scale`.
///
/// # Errors
/// [`Error::Unsupported`] for other views; [`Error::Internal`] if encoding fails.
pub fn png(view: &View, scale: usize) -> Result<Vec<u8>> {
    let View::Image {
        width,
        height,
        rgba,
        ..
    } = view
    else {
        return Err(Error::Unsupported {
            what: "Only images can be saved as PNG".into(),
        });
    };
    let internal = |e: png::EncodingError| Error::Internal {
        reason: e.to_string(),
    };
    let (width, scale) = (*width as usize, scale.clamp(1, 16));
    let pixels = rgba.0.as_chunks::<4>().0;
    // Grey when every pixel is: a third of the bytes.
    let grey = pixels.iter().all(|[r, g, b, _]| r == g && g == b);
    let (kept, color) = match grey {
        true => (1, png::ColorType::Grayscale),
        false => (3, png::ColorType::Rgb),
    };
    let mut bytes = Vec::with_capacity(pixels.len() * kept * scale * scale);
    for line in pixels.chunks_exact(width) {
        let wide: Vec<u8> = line
            .iter()
            .flat_map(|pixel| std::iter::repeat_n(&pixel[..kept], scale))
            .flatten()
            .copied()
            .collect();
        for _ in 0..scale {
            bytes.extend_from_slice(&wide);
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, (width * scale) as u32, *height * scale as u32);
    encoder.set_color(color);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().map_err(internal)?;
    writer.write_image_data(&bytes).map_err(internal)?;
    writer.finish().map_err(internal)?;
    Ok(out)
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
        assert!(png(&view, 3).expect("encodes").starts_with(b"\x89PNG"));
    }

    #[test]
    fn colours_stay_what_they_are() {
        // Two images of one pixel each: red, green and blue of the first, then of the second.
        let view = grid_of_bytes(&[255, 10, 20, 7, 8, 9], [2, 3, 1, 1], 2);
        let View::Image { rgba, .. } = &view else {
            panic!("an image")
        };
        assert_eq!(rgba.0, [255, 10, 20, 255, 7, 8, 9, 255]);
        let file = png(&view, 2).expect("encodes");
        let decoder = png::Decoder::new(std::io::Cursor::new(file));
        let mut reader = decoder.read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("an image");
        assert_eq!(info.color_type, png::ColorType::Rgb);
        let line = [[255, 10, 20], [255, 10, 20], [7, 8, 9], [7, 8, 9]].concat();
        assert_eq!(pixels[..info.buffer_size()], [line.clone(), line].concat());
    }
}
