//! Values of images as bytes, and as the pixels of a picture.

/// Values in [0, 1] as bytes; beyond it the nearest, and 0 for what is no number.
pub fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().map(|&v| byte(v)).collect()
}

/// Written so that the compiler makes vector code of it.
#[inline(always)]
fn byte(value: f32) -> u8 {
    let value = value * 255.0 + 0.5;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    value as i32 as u8
}

/// Images as a grid of tiles: `n` of 1 (grey) or 3 channels of `height` × `width` bytes. Missing tiles are
/// transparent. Returns red, green, blue and opacity of each pixel, and rows and columns of tiles.
pub fn grid(
    bytes: &[u8],
    [n, channels, height, width]: [usize; 4],
    columns: usize,
) -> (Vec<u8>, [usize; 2]) {
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
    (rgba, [rows, columns])
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
        assert_eq!(
            bytes(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
            [0, 255, 0]
        );
    }
}
