//! Images from a reader, made to look like the data a model knows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    DataInfo, ImageSet,
    images::{self, Standing},
    scenes,
};
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
    /// Pixels, row by row, alpha not multiplied in; resized to fit the model. A dark-on-light one is
    /// inverted; where the colours say nothing, the ink is in the alpha.
    Rgba {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// 4 · width · height bytes.
        pixels: Bytes,
    },
    /// A drawing: light ink on black, one byte a pixel. Centred by its mass, as MNIST is; black ink on their
    /// paper, where it was drawn, for scenes.
    Drawing {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// width · height bytes.
        pixels: Bytes,
    },
}

/// An image of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LetterInput {
    /// The image.
    pub image: ImageInput,
    /// Its class, by number.
    pub label: u32,
}

/// A clip of the reader's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ClipInput {
    /// Pixels in a row of a frame.
    pub width: u32,
    /// Rows of a frame.
    pub height: u32,
    /// Frame by frame and row by row, alpha not multiplied in: 4 · width · height bytes for each frame.
    pub pixels: Bytes,
}

impl ClipInput {
    /// As a clip of that size: frames evenly from first to last, grey, light on black; where clips are in colour,
    /// black on the paper of scenes. Light paper is turned into black before that, and of a picture that is neither,
    /// what most of it looks like is taken for its ground.
    ///
    /// # Errors
    /// [`Error::BadImage`] for sizes that do not fit, and for a clip in which nothing is to be seen.
    pub fn fitted(&self, [frames, channels, height, width]: [usize; 4]) -> Result<Vec<f32>> {
        /// Most frames that are handed over.
        const MOST: usize = 256;
        /// The share of a clip's values that are taken for its ground, and for its brightest.
        const GROUND: f32 = 0.5;
        const BRIGHT: f32 = 0.998;
        let bad = |reason: &str| Error::BadImage {
            reason: reason.into(),
        };
        let sides = [self.width, self.height].map(|side| side.min(SIDE_LIMIT) as usize);
        let size = 4 * sides[0] * sides[1];
        let bytes = &self.pixels.0;
        let given = bytes.len().checked_div(size).unwrap_or(0);
        if given == 0 || given > MOST || given * size != bytes.len() {
            return Err(bad("its frames do not have the size that is stated"));
        }
        let frame = |i: usize| {
            let part = &bytes[i * size..(i + 1) * size];
            let value = |i: usize| {
                let [r, g, b, a] = [0, 1, 2, 3].map(|c| f32::from(part[4 * i + c]) / 255.0);
                over(1.0, luma([r, g, b, a]), a)
            };
            Grey::new(self.width, self.height, size, 4, value)
        };
        let all = (0..frames).map(|i| frame(i * given / frames));
        let mut all = all.collect::<Result<Vec<Grey>>>()?;
        let border = all.iter().map(Grey::border_mean).sum::<f32>() / frames.max(1) as f32;
        if border > 0.5 {
            for grey in &mut all {
                grey.values.iter_mut().for_each(|v| *v = 1.0 - *v);
            }
        }
        let clip: Vec<f32> = (all.iter())
            .flat_map(|grey| grey.fitted([height, width]))
            .collect();
        let mut sorted = clip.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let at = |share: f32| sorted[((sorted.len() - 1) as f32 * share) as usize];
        let (ground, bright) = (at(GROUND), at(BRIGHT));
        if bright - ground < 0.05 {
            return Err(bad("there is nothing to be seen in it"));
        }
        let value = |v: &f32| ((v - ground) / (bright - ground)).clamp(0.0, 1.0);
        let each = clip.chunks_exact((height * width).max(1));
        let frame = |frame: &[f32]| {
            let light: Vec<f32> = frame.iter().map(value).collect();
            match channels {
                3 => scenes::inked(&light),
                _ => light.repeat(channels),
            }
        };
        Ok(each.flat_map(frame).collect())
    }
}

/// Which part of an image is meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MaskInput {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// width · height bytes: 0 where nothing is meant.
    pub pixels: Bytes,
}

impl MaskInput {
    /// For each pixel of an image of that size 1 if a quarter of it is meant, else 0, row by row.
    ///
    /// # Errors
    /// [`Error::BadImage`] for sizes that do not fit.
    pub fn fitted(&self, [height, width]: [usize; 2]) -> Result<Vec<u8>> {
        let p = &self.pixels.0;
        let meant = |i: usize| f32::from(u8::from(p[i] > 0));
        let grey = Grey::new(self.width, self.height, p.len(), 1, meant)?;
        Ok(grey
            .fitted([height, width])
            .iter()
            .map(|&v| u8::from(v >= 0.25))
            .collect())
    }
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
            // On the paper of scenes, where it was drawn.
            if scenes::is_scenes(&info.name) {
                let ink = ink.fitted(side);
                return Ok(scenes::inked(&ink));
            }
            let known = images::known(&info.name).ok();
            if known.is_some_and(|set| set.paper) {
                let values: Vec<f32> = ink.fitted(side).iter().map(|v| 1.0 - v).collect();
                return Ok(values.repeat(channels));
            }
            let values = match known.and_then(|set| set.hands) {
                Some(standing) => ink.standing(side, standing)?,
                None => ink.centred(side)?,
            };
            Ok(values.repeat(channels))
        }
        ImageInput::Rgba {
            width,
            height,
            pixels,
        } => {
            let p = &pixels.0;
            let pixel = |i: usize| [0, 1, 2, 3].map(|c| f32::from(p[4 * i + c]) / 255.0);
            let channel = |value: &dyn Fn([f32; 4]) -> f32| {
                Grey::new(*width, *height, p.len(), 4, |i| value(pixel(i)))
            };
            let alpha = channel(&|p| p[3])?;
            let drawn = Drawn::by(&alpha, |i| luma(pixel(i)));
            if channels == 1 {
                let grey = match drawn {
                    Drawn::InAlpha { .. } => alpha,
                    Drawn::Over(paper) => channel(&|p| over(paper, luma(p), p[3]))?,
                };
                return ink(grey, info, side);
            }
            let paper = match drawn {
                // Light ink shows on dark paper.
                Drawn::InAlpha { light } => f32::from(u8::from(!light)),
                Drawn::Over(paper) => paper,
            };
            let mut out = Vec::with_capacity(channels * side[0] * side[1]);
            for c in 0..3 {
                out.extend(channel(&|p| over(paper, p[c], p[3]))?.fitted(side));
            }
            Ok(out)
        }
    }
}

/// A value of a pixel that lies on paper.
fn over(paper: f32, value: f32, alpha: f32) -> f32 {
    value * alpha + paper * (1.0 - alpha)
}

/// Rec. 601 luma.
fn luma([r, g, b, _]: [f32; 4]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Where a picture is.
#[derive(Debug, PartialEq)]
enum Drawn {
    /// In its alpha channel: ink of one colour, or strokes on nothing.
    InAlpha {
        /// Whether the ink is nearer to white than to black.
        light: bool,
    },
    /// In its colours, on paper of this brightness.
    Over(f32),
}

impl Drawn {
    /// As a person sees it, for whom transparency is nothing and not a colour: what is opaque all over
    /// is in its colours. Of what is not, strokes are their alpha, whatever their colour; a card with
    /// something on it, with a transparent margin, lies on paper of its own brightness.
    fn by(alpha: &Grey, luma: impl Fn(usize) -> f32) -> Self {
        /// What counts as visible.
        const VISIBLE: f32 = 0.1;
        /// A standard deviation of brightness that no eye takes for a drawing.
        const PLAIN: f32 = 0.1;
        let seen = |v: f32| f64::from(v > VISIBLE);
        let mut sums = [0f64; 3];
        for (i, &a) in alpha.values.iter().enumerate() {
            let (a, l) = (f64::from(a), f64::from(luma(i)));
            sums = [sums[0] + a, sums[1] + a * l, sums[2] + a * l * l];
        }
        let [mass, mean, squares] = [sums[0].max(1e-9), sums[1], sums[2]];
        let (mean, squares) = (mean / mass, squares / mass);
        if alpha.values.iter().all(|&a| a > 0.99) {
            return Drawn::Over(1.0);
        }
        let plain = (squares - mean * mean).max(0.0).sqrt() < f64::from(PLAIN);
        let (area, filled) = match alpha.ink(VISIBLE) {
            Some(ink) => (
                ink.area(),
                alpha.values.iter().map(|&a| seen(a)).sum::<f64>(),
            ),
            None => (1.0, 0.0),
        };
        match plain || filled < 0.5 * area {
            true => Drawn::InAlpha { light: mean > 0.5 },
            false => Drawn::Over(if mean > 0.5 { 1.0 } else { 0.0 }),
        }
    }
}

/// A grey image as ink on black: a dark-on-light one is inverted.
fn ink(mut grey: Grey, info: &DataInfo, side: [usize; 2]) -> Result<Vec<f32>> {
    if grey.border_mean() > 0.5 {
        grey.values.iter_mut().for_each(|v| *v = 1.0 - *v);
    }
    match images::known(&info.name) {
        Ok(set) if set.centred => grey.centred(side),
        Ok(set) if let Some(standing) = set.hands => grey.standing(side, standing),
        _ => Ok(grey.fitted(side)),
    }
}

/// Where ink lies.
struct Ink {
    /// The upper left corner of its box.
    corner: [usize; 2],
    /// Columns and rows of its box.
    size: [usize; 2],
    /// Its centre of mass.
    centre: [f32; 2],
}

impl Ink {
    /// Pixels of its box.
    fn area(&self) -> f64 {
        (self.size[0] * self.size[1]) as f64
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

    /// The box around what is above `least`, its mass and its centre of mass; nothing if nothing is.
    fn ink(&self, least: f32) -> Option<Ink> {
        let (mut left, mut right) = (usize::MAX, 0);
        let (mut top, mut bottom) = (usize::MAX, 0);
        let (mut mass, mut mx, mut my) = (0.0, 0.0, 0.0);
        for (i, &v) in self.values.iter().enumerate() {
            if v > least {
                let (x, y) = (i % self.width, i / self.width);
                (left, right) = (left.min(x), right.max(x));
                (top, bottom) = (top.min(y), bottom.max(y));
                mass += v;
                mx += v * (x as f32 + 0.5);
                my += v * (y as f32 + 0.5);
            }
        }
        (mass > 0.0).then(|| Ink {
            corner: [left, top],
            size: [right + 1 - left, bottom + 1 - top],
            centre: [mx / mass, my / mass],
        })
    }

    /// As MNIST was made (yann.lecun.com/exdb/mnist): the ink's box is scaled to fit 20 of 28
    /// pixels, and its centre of mass is put in the middle.
    fn centred(&self, side: [usize; 2]) -> Result<Vec<f32>> {
        let ink = self.ink(0.1).ok_or_else(|| Error::BadImage {
            reason: "there is no ink on it".into(),
        })?;
        let box_side = ink.size[0].max(ink.size[1]) as f32;
        let scale = side[0].min(side[1]) as f32 * (20.0 / 28.0) / box_side;
        Ok(self.placed(side, scale, ink.centre))
    }

    /// As a capital: its ink as high as one, unless it would be too wide, on the base line, in the middle.
    fn standing(&self, [height, width]: [usize; 2], standing: Standing) -> Result<Vec<f32>> {
        let ink = self.ink(0.1).ok_or_else(|| Error::BadImage {
            reason: "there is no ink on it".into(),
        })?;
        let [wide, high] = ink.size.map(|v| v as f32);
        let [left, top] = ink.corner.map(|v| v as f32);
        let size = height as f32;
        // A dot does not become as high as a letter.
        let scale = (standing.capital * size / high).min((width - 1) as f32 / wide);
        let scale = scale.min(2.0 * size / self.height.max(self.width) as f32);
        // What then lies in the middle of the image from top to bottom.
        let middle = top + high + (size / 2.0 - standing.base * size) / scale;
        Ok(self.placed([height, width], scale, [left + wide / 2.0, middle]))
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
    fn a_mask_covers_what_it_touches_by_a_quarter() {
        // Four pixels of the mask for one of the image; one of the four, then none, then all.
        let mask = |pixels: Vec<u8>| MaskInput {
            width: 6,
            height: 2,
            pixels: Bytes(pixels),
        };
        let row = vec![9, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 1];
        assert_eq!(mask(row).fitted([1, 3]).expect("a mask"), [1, 0, 1]);
        assert!(mask(vec![0; 11]).fitted([1, 3]).is_err());
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

    /// 100 × 100 pixels: `ink` where a seven is, `paper` elsewhere; along its edges alpha is a half.
    fn seven(paper: [u8; 4], ink: [u8; 4]) -> ImageInput {
        let mut pixels = Vec::new();
        for i in 0..10_000 {
            let (x, y) = (i % 100, i / 100);
            let bar = (20..28).contains(&y) && (30..70).contains(&x);
            let leg = (28..80).contains(&y) && (60..68).contains(&x);
            pixels.extend(if bar || leg { ink } else { paper });
        }
        ImageInput::Rgba {
            width: 100,
            height: 100,
            pixels: Bytes(pixels),
        }
    }

    #[test]
    fn a_picture_with_alpha_is_taken_as_it_is_seen() {
        let taken = |input: &ImageInput| prepare(input, &info(), None).expect("ink");
        let want = taken(&seven([0, 0, 0, 255], [255; 4]));
        assert!(want[0] == 0.0 && want.iter().sum::<f32>() > 30.0);
        for (what, paper, ink) in [
            ("white on nothing", [255, 255, 255, 0], [255; 4]),
            ("white on nothing that is black", [0; 4], [255; 4]),
            ("light grey on nothing", [0; 4], [200, 200, 200, 255]),
            ("black on nothing", [0; 4], [0, 0, 0, 255]),
            ("black on white nothing", [255, 255, 255, 0], [0, 0, 0, 255]),
            ("black on white", [255; 4], [0, 0, 0, 255]),
            // A stencil: what is cut out of a card is what is seen.
            ("a hole in a black card", [0, 0, 0, 255], [0; 4]),
            ("a hole in a white card", [255; 4], [0; 4]),
        ] {
            assert_eq!(taken(&seven(paper, ink)), want, "{what}");
        }
        // Half transparent ink is half as dark, as it is on paper.
        let pale = taken(&seven([0; 4], [255, 255, 255, 128]));
        for (pale, want) in pale.iter().zip(&want) {
            assert!((pale - want * 128.0 / 255.0).abs() < 1e-5);
        }
    }

    #[test]
    fn a_card_with_a_transparent_margin_is_read_by_its_colours() {
        for (card, ink) in [(255, 0), (0, 255)] {
            let ImageInput::Rgba { mut pixels, .. } =
                seven([card, card, card, 255], [ink, ink, ink, 255])
            else {
                panic!("pixels")
            };
            for (i, pixel) in pixels.0.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let (x, y) = (i % 100, i / 100);
                if !(5..95).contains(&x) || !(5..95).contains(&y) {
                    *pixel = [255, 255, 255, 0];
                }
            }
            let card = ImageInput::Rgba {
                width: 100,
                height: 100,
                pixels,
            };
            let want = prepare(&seven([0, 0, 0, 255], [255; 4]), &info(), None).expect("ink");
            assert_eq!(prepare(&card, &info(), None).expect("ink"), want, "{ink}");
        }
    }

    #[test]
    fn a_transparent_picture_in_colour_shows() {
        let colour = DataInfo::new(
            "photos",
            crate::data::Space::Image {
                channels: 3,
                height: 28,
                width: 28,
            },
        );
        let shown = |ink: [u8; 4]| prepare(&seven([0; 4], ink), &colour, None).expect("an image");
        let spread = |values: &[f32]| {
            let [low, high] = [f32::min, f32::max].map(|f| values.iter().copied().reduce(f));
            high.unwrap_or(0.0) - low.unwrap_or(0.0)
        };
        for ink in [
            [255; 4],
            [200, 200, 200, 255],
            [0, 0, 0, 255],
            [255, 0, 0, 255],
        ] {
            assert!(spread(&shown(ink)) > 0.5, "{ink:?}");
        }
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
