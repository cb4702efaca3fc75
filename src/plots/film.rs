//! Pictures one after the other as a file: a GIF that repeats for ever.

use color_quant::NeuQuant;
use gif::{Encoder, Frame, Repeat};

use crate::error::{Error, Result};

/// Pixels of all frames of the largest film.
pub const FILM_LIMIT: u64 = 24 << 20;
/// Colours of a GIF.
const COLORS: usize = 256;
/// Pixels, at most, that the colours are chosen by.
const LOOKED_AT: usize = 1 << 16;
/// How long the last frame stays, in frames.
const REST: u16 = 12;

/// What a film is made of.
#[derive(Debug, Clone, Copy)]
pub struct Film<'a> {
    /// Pixels of a frame.
    pub width: u16,
    /// Pixels of a frame.
    pub height: u16,
    /// How long a frame stays, hundredths of a second.
    pub delay: u16,
    /// Red, green, blue and a byte that does not count for each pixel, row by row, frame by frame.
    pub rgba: &'a [u8],
}

impl Film<'_> {
    fn frames(&self) -> Result<Vec<&[[u8; 4]]>> {
        let size = usize::from(self.width) * usize::from(self.height);
        let pixels = self.rgba.as_chunks::<4>().0;
        if size == 0 || pixels.is_empty() || !self.rgba.len().is_multiple_of(4 * size) {
            let reason = "it has to have whole frames of at least one pixel";
            return Err(Error::bad_option("film", self.rgba.len(), reason));
        }
        if pixels.len() as u64 > FILM_LIMIT {
            let reason = "it would be too large; take fewer or smaller frames";
            return Err(Error::bad_option("film", self.rgba.len(), reason));
        }
        Ok(pixels.chunks_exact(size).collect())
    }
}

/// The colours of a film, red, green and blue each, and which of them each pixel has.
struct Palette {
    colors: Vec<u8>,
    nearest: Box<dyn FnMut([u8; 3]) -> u8>,
}

impl Palette {
    /// All colours where they are few, as those of grey images are; else those that suit best.
    fn of(pixels: &[[u8; 4]]) -> Self {
        let mut found = std::collections::BTreeMap::new();
        for [r, g, b, _] in pixels {
            let next = found.len();
            found.entry([*r, *g, *b]).or_insert(next as u8);
            if found.len() > COLORS {
                return Self::chosen(pixels);
            }
        }
        let mut colors = vec![0u8; 3 * found.len()];
        for (color, &at) in &found {
            colors[3 * usize::from(at)..][..3].copy_from_slice(color);
        }
        let nearest = Box::new(move |color| found.get(&color).copied().unwrap_or_default());
        Self { colors, nearest }
    }

    /// By a network that learns them (Dekker 1994, "Kohonen neural networks for optimal colour
    /// quantization").
    fn chosen(pixels: &[[u8; 4]]) -> Self {
        let step = pixels.len().div_ceil(LOOKED_AT) | 1; // Odd: not always the same column.
        let some = pixels.iter().step_by(step);
        let some: Vec<u8> = some.flat_map(|&[r, g, b, _]| [r, g, b, 255]).collect();
        let network = NeuQuant::new(1, COLORS, &some);
        let colors = network.color_map_rgb();
        let mut known = std::collections::HashMap::new();
        let nearest = Box::new(move |[r, g, b]: [u8; 3]| {
            *known
                .entry([r, g, b])
                .or_insert_with(|| network.index_of(&[r, g, b, 255]) as u8)
        });
        Self { colors, nearest }
    }
}

/// The part of a frame that differs from the one before: left, top, width and height.
fn changed(before: &[u8], now: &[u8], width: usize) -> [usize; 4] {
    let (mut left, mut right, mut top, mut bottom) = (width, 0, usize::MAX, 0);
    let rows = before.chunks_exact(width).zip(now.chunks_exact(width));
    for (y, (before, now)) in rows.enumerate() {
        let differs = |x: &usize| before[*x] != now[*x];
        if let Some(first) = (0..width).find(differs) {
            left = left.min(first);
            right = right.max((0..width).rev().find(differs).unwrap_or(first));
            top = top.min(y);
            bottom = y;
        }
    }
    match top {
        usize::MAX => [0, 0, 1, 1],
        _ => [left, top, right - left + 1, bottom - top + 1],
    }
}

/// The film as a GIF. Grey images keep every value; coloured ones have 256 colours for the whole film. Of
/// each frame only what differs from the one before is written, and the last one stays a while.
///
/// # Errors
/// [`Error::BadOption`] if there are no whole frames or too many pixels; [`Error::Internal`] if encoding
/// fails.
pub fn gif(film: &Film) -> Result<Vec<u8>> {
    let frames = film.frames()?;
    let width = usize::from(film.width);
    let mut palette = Palette::of(film.rgba.as_chunks::<4>().0);
    let failed = |e: gif::EncodingError| Error::Internal {
        reason: e.to_string(),
    };
    let mut out = Vec::new();
    let mut encoder =
        Encoder::new(&mut out, film.width, film.height, &palette.colors).map_err(failed)?;
    encoder.set_repeat(Repeat::Infinite).map_err(failed)?;
    let mut before: Vec<u8> = Vec::new();
    for (i, pixels) in frames.iter().enumerate() {
        let now: Vec<u8> = pixels
            .iter()
            .map(|&[r, g, b, _]| (palette.nearest)([r, g, b]))
            .collect();
        let [left, top, columns, rows] = match before.is_empty() {
            true => [0, 0, width, usize::from(film.height)],
            false => changed(&before, &now, width),
        };
        let part: Vec<u8> = now
            .chunks_exact(width)
            .skip(top)
            .take(rows)
            .flat_map(|row| &row[left..left + columns])
            .copied()
            .collect();
        let last = i + 1 == frames.len();
        encoder
            .write_frame(&Frame {
                left: left as u16,
                top: top as u16,
                delay: film.delay.saturating_mul(if last { REST } else { 1 }),
                ..Frame::from_indexed_pixels(columns as u16, rows as u16, part, None)
            })
            .map_err(failed)?;
        before = now;
    }
    drop(encoder);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The frames as a reader of GIFs draws them one over the other, red, green and blue, and their delays.
    fn shown(file: &[u8]) -> (Vec<Vec<u8>>, Vec<u16>) {
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(file).expect("a GIF");
        let (width, height) = (usize::from(decoder.width()), usize::from(decoder.height()));
        let mut canvas = vec![0u8; 3 * width * height];
        let (mut frames, mut delays) = (Vec::new(), Vec::new());
        while let Some(frame) = decoder.read_next_frame().expect("a frame") {
            for (i, pixel) in frame.buffer.as_chunks::<4>().0.iter().enumerate() {
                let columns = usize::from(frame.width);
                let x = usize::from(frame.left) + i % columns;
                let y = usize::from(frame.top) + i / columns;
                canvas[3 * (y * width + x)..][..3].copy_from_slice(&pixel[..3]);
            }
            frames.push(canvas.clone());
            delays.push(frame.delay);
        }
        (frames, delays)
    }

    #[test]
    fn a_grey_film_comes_back_to_the_last_value() {
        let (width, height, frames) = (19u16, 7u16, 5usize);
        let size = usize::from(width) * usize::from(height);
        // A square that walks over all values of grey; the last frame is as the one before.
        let value = |frame: usize, at: usize| match at % 19 {
            x if x / 4 == frame.min(3) => (at * 7 + frame.min(3) * 50) as u8,
            _ => 255,
        };
        let rgba: Vec<u8> = (0..frames * size)
            .flat_map(|i| [[value(i / size, i % size); 3].as_slice(), &[255]].concat())
            .collect();
        let delay = 8;
        let film = Film {
            width,
            height,
            delay,
            rgba: &rgba,
        };
        let (seen, delays) = shown(&gif(&film).expect("encodes"));
        assert_eq!(seen.len(), frames);
        for (frame, seen) in seen.iter().enumerate() {
            let want: Vec<u8> = (0..size).flat_map(|at| [value(frame, at); 3]).collect();
            assert_eq!(*seen, want, "frame {frame}");
        }
        assert_eq!(delays, [8, 8, 8, 8, 96]);
    }

    #[test]
    fn many_colours_become_near_ones() {
        let (width, height) = (64u16, 64u16);
        let rgba: Vec<u8> = (0..2 * 64 * 64)
            .flat_map(|i| [(i % 64 * 4) as u8, (i / 64 % 64 * 4) as u8, 90, 0])
            .collect();
        let film = Film {
            width,
            height,
            delay: 4,
            rgba: &rgba,
        };
        let (seen, _) = shown(&gif(&film).expect("encodes"));
        let pixels = rgba[..4 * 64 * 64].as_chunks::<4>().0;
        let error = pixels.iter().zip(seen[0].as_chunks::<3>().0);
        let error: f64 = error
            .flat_map(|(a, b)| (0..3).map(|c| f64::from(a[c]) - f64::from(b[c])))
            .map(|e| e * e)
            .sum();
        // 4096 colours on a square: 256 of them leave a distance of about 16 / √12 along each side.
        let rms = (error / (3.0 * 4096.0)).sqrt();
        assert!(rms < 6.0, "{rms}");
    }

    #[test]
    fn what_is_no_film_is_refused() {
        for (width, height, bytes) in [(0, 4, 16), (2, 2, 0), (2, 2, 17), (2, 3, 16)] {
            let rgba = vec![0; bytes];
            let film = Film {
                width,
                height,
                delay: 4,
                rgba: &rgba,
            };
            assert!(matches!(gif(&film), Err(Error::BadOption { .. })));
        }
        let rgba = vec![0; 4 * (FILM_LIMIT as usize + 1)];
        let film = Film {
            width: 1,
            height: 1,
            delay: 4,
            rgba: &rgba,
        };
        assert!(matches!(gif(&film), Err(Error::BadOption { .. })));
    }
}
