//! Images from a reader, made to look like the data a model knows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DataInfo, ImageSet, images};
use crate::{
    bytes::Bytes,
    error::{Error, Result},
};

/// An image given to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ImageInput {
    /// From the test split of the session's data set.
    Test {
        /// Its index.
        index: u32,
    },
    /// Pixels, row by row; resized to fit the model. A dark-on-light one is inverted.
    Rgba {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// 4 · width · height bytes.
        pixels: Bytes,
    },
    /// A drawing: light ink on black, one byte a pixel. Centred by its mass, as MNIST is.
    Drawing {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// width · height bytes.
        pixels: Bytes,
    },
}

/// An image's longest side.
const SIDE_LIMIT: u32 = 8192;

/// Values in [0, 1], channel by channel and row by row, at the model's size.
///
/// # Errors
/// [`Error::BadImage`] for an index that is not there, sizes that do not fit, or no ink at all;
/// [`Error::BadData`] if test images are asked for before the set was loaded; [`Error::Unsupported`]
/// if the model's data is not images.
pub fn prepare(input: &ImageInput, info: &DataInfo, set: Option<&ImageSet>) -> Result<Vec<f32>> {
    let [channels, height, width] = info.space.image()?;
    let side = [height, width];
    match input {
        ImageInput::Test { index } => {
            let set = set.ok_or_else(|| Error::BadData {
                name: info.name.clone(),
                reason: "it has not been loaded yet".into(),
            })?;
            let image = set.test.image(*index as usize);
            if image.is_empty() {
                return Err(Error::BadImage {
                    reason: "there is no test image of that number".into(),
                });
            }
            info.space.must_fit(&set.info.space, &info.name)?;
            Ok(image.iter().map(|&p| f32::from(p) / 255.0).collect())
        }
        ImageInput::Drawing {
            width,
            height,
            pixels,
        } => {
            let ink = Grey::new(*width, *height, pixels.0.len(), 1, |i| {
                f32::from(pixels.0[i]) / 255.0
            })?;
            Ok(ink.centred(side)?.repeat(channels))
        }
        ImageInput::Rgba {
            width,
            height,
            pixels,
        } => {
            let channel = |value: fn([f32; 4]) -> f32| {
                let p = &pixels.0;
                Grey::new(*width, *height, p.len(), 4, |i| {
                    value([0, 1, 2, 3].map(|c| f32::from(p[4 * i + c]) / 255.0))
                })
            };
            if channels == 1 {
                return ink(channel(luma)?, info, side);
            }
            let each: [fn([f32; 4]) -> f32; 3] = [
                |p| over_white(p[0], p[3]),
                |p| over_white(p[1], p[3]),
                |p| over_white(p[2], p[3]),
            ];
            let mut out = Vec::with_capacity(channels * side[0] * side[1]);
            for value in each {
                out.extend(channel(value)?.fitted(side));
            }
            Ok(out)
        }
    }
}

/// A value over white, so that transparency reads as paper.
fn over_white(value: f32, alpha: f32) -> f32 {
    value * alpha + (1.0 - alpha)
}

/// Rec. 601 luma.
fn luma([r, g, b, a]: [f32; 4]) -> f32 {
    over_white(0.299 * r + 0.587 * g + 0.114 * b, a)
}

/// A grey image as ink on black: a dark-on-light one is inverted.
fn ink(mut grey: Grey, info: &DataInfo, side: [usize; 2]) -> Result<Vec<f32>> {
    if grey.border_mean() > 0.5 {
        grey.values.iter_mut().for_each(|v| *v = 1.0 - *v);
    }
    match images::known(&info.name) {
        Ok(set) if set.centred => grey.centred(side),
        _ => Ok(grey.fitted(side)),
    }
}

/// One channel of an image.
struct Grey {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Grey {
    fn new(
        width: u32,
        height: u32,
        bytes: usize,
        bytes_each: usize,
        value: impl Fn(usize) -> f32,
    ) -> Result<Self> {
        let bad = |reason: String| Err(Error::BadImage { reason });
        if width == 0 || height == 0 || width > SIDE_LIMIT || height > SIDE_LIMIT {
            return bad(format!("it has {width} × {height} pixels"));
        }
        let (width, height) = (width as usize, height as usize);
        if bytes != width * height * bytes_each {
            return bad("its pixels are not as many as its size says".into());
        }
        Ok(Self {
            width,
            height,
            values: (0..width * height).map(value).collect(),
        })
    }

    fn border_mean(&self) -> f32 {
        let (w, h) = (self.width, self.height);
        let at = |x: usize, y: usize| self.values[y * w + x];
        let sum: f32 = (0..w).map(|x| at(x, 0) + at(x, h - 1)).sum::<f32>()
            + (0..h).map(|y| at(0, y) + at(w - 1, y)).sum::<f32>();
        sum / (2 * (w + h)) as f32
    }

    /// As MNIST was made (yann.lecun.com/exdb/mnist): the ink's box is scaled to fit 20 of 28
    /// pixels, and its centre of mass is put in the middle.
    fn centred(&self, side: [usize; 2]) -> Result<Vec<f32>> {
        let (mut left, mut right) = (usize::MAX, 0);
        let (mut top, mut bottom) = (usize::MAX, 0);
        let (mut mass, mut mx, mut my) = (0.0, 0.0, 0.0);
        for (i, &v) in self.values.iter().enumerate() {
            if v > 0.1 {
                let (x, y) = (i % self.width, i / self.width);
                (left, right) = (left.min(x), right.max(x));
                (top, bottom) = (top.min(y), bottom.max(y));
                mass += v;
                mx += v * (x as f32 + 0.5);
                my += v * (y as f32 + 0.5);
            }
        }
        if mass == 0.0 {
            return Err(Error::BadImage {
                reason: "there is no ink on it".into(),
            });
        }
        let box_side = (right + 1 - left).max(bottom + 1 - top) as f32;
        let scale = side[0].min(side[1]) as f32 * (20.0 / 28.0) / box_side;
        Ok(self.placed(side, scale, [mx / mass, my / mass]))
    }

    /// Scaled to fit, its middle in the middle.
    fn fitted(&self, side: [usize; 2]) -> Vec<f32> {
        let (w, h) = (self.width as f32, self.height as f32);
        let scale = (side[1] as f32 / w).min(side[0] as f32 / h);
        self.placed(side, scale, [w / 2.0, h / 2.0])
    }

    /// Scaled by `scale` with the point `centre` in the middle; each output pixel is the mean of
    /// the area it covers.
    fn placed(&self, [height, width]: [usize; 2], scale: f32, centre: [f32; 2]) -> Vec<f32> {
        /// Looks in each output pixel, along each side.
        const LOOKS: usize = 4;
        let mut out = Vec::with_capacity(height * width);
        for y in 0..height {
            for x in 0..width {
                let mut sum = 0.0;
                for j in 0..LOOKS * LOOKS {
                    let sub = |k: usize| (k as f32 + 0.5) / LOOKS as f32;
                    let u = x as f32 + sub(j % LOOKS) - width as f32 / 2.0;
                    let v = y as f32 + sub(j / LOOKS) - height as f32 / 2.0;
                    let (u, v) = (u / scale + centre[0], v / scale + centre[1]);
                    if u >= 0.0 && v >= 0.0 && u < self.width as f32 && v < self.height as f32 {
                        sum += self.values[v as usize * self.width + u as usize];
                    }
                }
                out.push(sum / (LOOKS * LOOKS) as f32);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> DataInfo {
        DataInfo::new("mnist", crate::data::Space::grey(28, 28))
    }

    #[test]
    fn a_drawing_is_centred_by_its_mass() {
        // A bar in the corner of a large canvas.
        let (w, h) = (200u32, 200u32);
        let mut pixels = vec![0u8; (w * h) as usize];
        for y in 10..50 {
            for x in 5..13 {
                pixels[y * w as usize + x] = 255;
            }
        }
        let input = ImageInput::Drawing {
            width: w,
            height: h,
            pixels: Bytes(pixels),
        };
        let out = prepare(&input, &info(), None).expect("ink");
        let mass: f32 = out.iter().sum();
        let mean = |f: fn(usize) -> usize| {
            out.iter()
                .enumerate()
                .map(|(i, v)| v * f(i) as f32)
                .sum::<f32>()
                / mass
        };
        assert!((mean(|i| i % 28) - 13.5).abs() < 0.3);
        assert!((mean(|i| i / 28) - 13.5).abs() < 0.3);
        // 20 rows of 28 hold ink, and 4 columns.
        assert!((mass - 80.0).abs() < 6.0, "{mass}");
    }

    #[test]
    fn paper_is_turned_to_night() {
        let mut pixels = vec![255u8; 40 * 40 * 4];
        for y in 10..30 {
            for x in 18..22 {
                pixels[(y * 40 + x) * 4..][..3].fill(0);
            }
        }
        let input = ImageInput::Rgba {
            width: 40,
            height: 40,
            pixels: Bytes(pixels),
        };
        let out = prepare(&input, &info(), None).expect("ink");
        assert!(out[0] == 0.0 && out.iter().copied().fold(0.0, f32::max) > 0.9);
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let drawing = |width, height, n| ImageInput::Drawing {
            width,
            height,
            pixels: Bytes(vec![0; n]),
        };
        for input in [
            drawing(0, 0, 0),
            drawing(4, 4, 15),
            drawing(4, 4, 16),
            drawing(u32::MAX, u32::MAX, 1),
            ImageInput::Test { index: 3 },
        ] {
            assert!(prepare(&input, &info(), None).is_err(), "{input:?}");
        }
    }
}
