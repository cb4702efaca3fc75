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
    model::{Sampler, Samples},
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
        Samples::Texts(texts) => Ok(text::texts(texts, 0)),
    }
}

/// What a sampler has come to, as [`samples`] shows it; of texts only what is new since `sent` tokens
/// of each were told.
///
/// # Errors
/// What the device reports.
pub async fn under_way(
    sampler: &dyn Sampler,
    columns: usize,
    window: [f32; 4],
    sent: &mut usize,
) -> Result<View> {
    match sampler.state_from(*sent) {
        Samples::Texts(texts) => {
            let start = *sent;
            *sent += texts.iter().map(Vec::len).max().unwrap_or(0);
            Ok(text::texts(texts, start))
        }
        state => samples(state, columns, window).await,
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

/// Read images `[n, 1, height, width]` in [0, 1] and lay them out as a grid of `columns`.
///
/// # Errors
/// What the device reports.
pub async fn grid(images: Tensor<4>, columns: usize) -> Result<View> {
    let [n, _, height, width] = images.dims();
    let data = images.into_data_async().await?;
    let values = data.as_slice::<f32>().map_err(|e| Error::Internal {
        reason: format!("{e:?}"),
    })?;
    let grey: Vec<u8> = values.iter().map(|&v| (v * 255.0 + 0.5) as u8).collect();
    Ok(grid_of_bytes(&grey, [n, height, width], columns))
}

/// Lay out `n` grey images of `height` × `width` bytes as a grid; missing tiles are transparent.
pub fn grid_of_bytes(grey: &[u8], [n, height, width]: [usize; 3], columns: usize) -> View {
    let columns = columns.clamp(1, n.max(1));
    let rows = n.div_ceil(columns).max(1);
    let row_bytes = columns * width * 4;
    let mut rgba = vec![0u8; rows * height * row_bytes];
    for (i, tile) in grey.chunks_exact((height * width).max(1)).enumerate() {
        let (row, column) = (i / columns, i % columns);
        for (y, line) in tile.chunks_exact(width).enumerate() {
            let start = (row * height + y) * row_bytes + column * width * 4;
            let out = rgba[start..start + width * 4].as_chunks_mut::<4>().0;
            for (pixel, &v) in out.iter_mut().zip(line) {
                *pixel = [v, v, v, 255];
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
            what: "Only pictures can be saved as PNG".into(),
        });
    };
    let internal = |e: png::EncodingError| Error::Internal {
        reason: e.to_string(),
    };
    let (width, scale) = (*width as usize, scale.clamp(1, 16));
    // Grey when every pixel is: a third of the bytes.
    let mut pixels = Vec::with_capacity(rgba.0.len() * scale * scale / 4);
    for line in rgba.0.chunks_exact(width * 4) {
        let wide: Vec<u8> = line
            .chunks_exact(4)
            .flat_map(|p| std::iter::repeat_n(p[0], scale))
            .collect();
        for _ in 0..scale {
            pixels.extend_from_slice(&wide);
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, (width * scale) as u32, *height * scale as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::High);
    let mut writer = encoder.write_header().map_err(internal)?;
    writer.write_image_data(&pixels).map_err(internal)?;
    writer.finish().map_err(internal)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::tests::Counting, protocol::Token};

    #[test]
    fn a_growing_text_is_told_once_and_whole() {
        let (mut sampler, mut sent, mut told) = (Counting::new(500), 0, Vec::<Token>::new());
        for _ in 0..sampler.steps() {
            sampler.step().expect("a step");
            let view = pollster::block_on(under_way(&sampler, 1, [0.0; 4], &mut sent));
            let View::Texts { texts } = view.expect("a view") else {
                panic!("texts")
            };
            assert_eq!(texts[0].start as usize, told.len());
            told.extend(texts[0].tokens.clone());
        }
        assert_eq!(told, sampler.tokens);
        assert_eq!(sampler.handed_out.get(), 500, "each token once");
    }

    #[test]
    fn tiles_lie_where_they_should() {
        // Three 1×2 images in two columns.
        let view = grid_of_bytes(&[1, 2, 3, 4, 5, 6], [3, 1, 2], 2);
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
}
