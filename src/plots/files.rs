//! Pictures as files: PNG and CSV.

use crate::{
    data::points::Units,
    error::{Error, Result},
    scene::{Layer, Role, View},
};

/// The points of a plot's model layers as CSV, in the reader's own units where there are some.
pub fn csv(layers: &[Layer], units: Option<&Units>) -> Vec<u8> {
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
                let [x, y] = match units {
                    Some(units) => units.shown([x, y]),
                    None => [x.to_string(), y.to_string()],
                };
                out.push_str(&format!("{x},{y}\n"));
            }
        }
    }
    out.into_bytes()
}

/// The first `kept` bytes of each pixel of rows of `width`, each pixel `scale` × `scale`.
pub fn enlarged(pixels: &[[u8; 4]], width: usize, scale: usize, kept: usize) -> Vec<u8> {
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
    bytes
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
    let bytes = enlarged(pixels, width, scale, kept);
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
    use crate::scene::grid_of_bytes;

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
