//! Pictures of what a model answers, in the page's colours, by day and by night.

use crate::{
    bytes::Bytes,
    error::{Error, Result},
    scene::{Layer, Role, View},
};

/// The colours of a picture.
pub struct Palette {
    ink: [u8; 3],
    paper: [u8; 3],
    model: [u8; 3],
    noise: [u8; 3],
    guess: [u8; 3],
    data: [u8; 3],
    guide: [u8; 3],
}

/// Those of the page by day.
pub const LIGHT: Palette = Palette {
    ink: [0x1b, 0x1d, 0x22],
    paper: [0xfb, 0xfb, 0xf9],
    model: [0xbf, 0x34, 0x1b],
    noise: [0x2a, 0x4b, 0xcb],
    guess: [0x1d, 0x7d, 0x5e],
    data: [0x5a, 0x5e, 0x66],
    guide: [0xd8, 0xd9, 0xd5],
};

/// Those of the page by night.
pub const DARK: Palette = Palette {
    ink: [0xe9, 0xe7, 0xe1],
    paper: [0x14, 0x16, 0x1a],
    model: [0xff, 0x8d, 0x6f],
    noise: [0x97, 0xaa, 0xff],
    guess: [0x63, 0xc9, 0xa3],
    data: [0xa6, 0xa9, 0xaf],
    guide: [0x34, 0x37, 0x3d],
};

/// Pixels of a file to one of CSS.
const SCALE: f32 = 2.0;
/// Around what is drawn, pixels of CSS.
const EDGE: f32 = 8.0;
/// Between tiles, as a part of one.
const GAP: f32 = 0.06;
/// The side of a plot for which its strokes are meant.
const SIDE: f32 = 480.0;

/// A finished picture.
pub struct Picture {
    /// Pixels of CSS.
    pub size: [u32; 2],
    /// A PNG with twice as many each way.
    pub png: Vec<u8>,
}

/// What there is to draw, whatever the colours.
pub enum Drawing {
    /// Tiles in rows.
    Tiles {
        /// They.
        tiles: Vec<Tile>,
        /// In a row.
        columns: usize,
        /// Between them, as a part of one.
        gap: f32,
    },
    /// A drawing in 2-D.
    Plot {
        /// Left, right, bottom, top.
        window: [f32; 4],
        /// From the bottom up.
        layers: Vec<Layer>,
    },
}

/// An image of its own.
pub struct Tile {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

impl Drawing {
    /// The drawing of a view; images of samples (`loose`) in as many columns as suit the width.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for what is no picture.
    pub fn of(view: View, columns: Option<usize>, loose: bool, width: u32) -> Result<Self> {
        match view {
            View::Plot { window, layers, .. } => Ok(Self::Plot { window, layers }),
            View::Image { columns: given, .. } => {
                let tiles = tiles(&view);
                let fitting = || columns_for(tiles.len(), width as usize);
                let columns = match (columns, loose) {
                    (Some(columns), _) => columns,
                    (None, true) => fitting(),
                    (None, false) => given as usize,
                };
                let gap = if loose { GAP } else { 0.0 };
                Ok(Self::Tiles {
                    columns: columns.clamp(1, tiles.len().max(1)),
                    tiles,
                    gap,
                })
            }
            View::Raster { image, .. } => Self::of(*image, Some(1), false, width),
            View::Reconstruction { input, output, .. } => {
                let mut all = tiles(&input);
                all.extend(tiles(&output));
                let columns = columns.unwrap_or_else(|| columns_for(all.len(), width as usize));
                Ok(Self::Tiles {
                    columns: columns.clamp(1, all.len().max(1)),
                    tiles: all,
                    gap: GAP,
                })
            }
            _ => Err(Error::Unsupported {
                what:
                    "This view is no picture: there are pictures of samples and other images, and \
                       of plots in 2-D; the page's Share dialog makes one of a text"
                        .into(),
            }),
        }
    }

    /// The picture, `width` pixels of CSS wide.
    ///
    /// # Errors
    /// [`Error::Internal`] if encoding fails.
    pub fn picture(&self, width: u32, palette: &Palette) -> Result<Picture> {
        let inner = (width as f32 - 2.0 * EDGE).max(16.0);
        let mut sheet;
        match self {
            Self::Tiles {
                tiles,
                columns,
                gap,
            } => {
                let rows = tiles.len().div_ceil(*columns);
                let side = inner / (*columns as f32 + gap * (*columns as f32 - 1.0));
                let ratio = tiles
                    .first()
                    .map_or(1.0, |t| t.height as f32 / t.width as f32);
                let height = rows as f32 * side * ratio + (rows as f32 - 1.0) * gap * side;
                sheet = Sheet::new(inner, height, palette.paper);
                for (i, tile) in tiles.iter().enumerate() {
                    let (column, row) = ((i % columns) as f32, (i / columns) as f32);
                    let at = [column * side * (1.0 + gap), row * side * (ratio + gap)];
                    sheet.tile(tile, at, [side, side * ratio], palette.ink);
                }
            }
            Self::Plot { window, layers } => {
                sheet = Sheet::new(inner, inner, palette.paper);
                for layer in layers {
                    sheet.layer(layer, *window, inner, palette);
                }
            }
        }
        sheet.finish()
    }
}

/// Columns for so many tiles, as the page has them: a little wider than tall, the last row full if it can be.
fn columns_for(tiles: usize, width: usize) -> usize {
    let least = width.div_ceil(130).max(1);
    let most = (width / 34).max(least);
    let ideal = ((tiles as f64 * 1.9).sqrt().round() as usize).clamp(least, most);
    (0..=4)
        .flat_map(|spread| [ideal.saturating_sub(spread), ideal + spread])
        .find(|&columns| (least..=most).contains(&columns) && tiles.is_multiple_of(columns))
        .unwrap_or(ideal)
        .min(tiles.max(1))
}

/// The tiles of an image.
fn tiles(view: &View) -> Vec<Tile> {
    let View::Image {
        width,
        height,
        columns,
        rows,
        rgba,
        ..
    } = view
    else {
        return Vec::new();
    };
    let (columns, rows) = ((*columns).max(1) as usize, (*rows).max(1) as usize);
    let (whole, w, h) = (
        *width as usize,
        *width as usize / columns,
        *height as usize / rows,
    );
    let pixels = rgba.0.as_chunks::<4>().0;
    (0..columns * rows)
        .map(|i| {
            let (left, top) = (i % columns * w, i / columns * h);
            let row = |y: usize| {
                pixels
                    .iter()
                    .skip((top + y) * whole + left)
                    .take(w)
                    .copied()
            };
            Tile {
                width: w,
                height: h,
                pixels: (0..h).flat_map(row).collect(),
            }
        })
        // The last row need not be full.
        .filter(|tile| tile.pixels.iter().any(|p| p[3] > 0))
        .collect()
}

/// Paper that is drawn on, in pixels of the file.
struct Sheet {
    width: usize,
    height: usize,
    rgb: Vec<[f32; 3]>,
}

impl Sheet {
    /// Paper around so many pixels of CSS.
    fn new(width: f32, height: f32, paper: [u8; 3]) -> Self {
        // Whole pixels of CSS, so that a page can say its size.
        let side =
            |length: f32| ((length + 2.0 * EDGE).round() * SCALE).clamp(2.0, 8192.0) as usize;
        let (width, height) = (side(width), side(height));
        Self {
            width,
            height,
            rgb: vec![paper.map(f32::from); width * height],
        }
    }

    fn blend(&mut self, x: usize, y: usize, colour: [f32; 3], alpha: f32) {
        if x >= self.width || y >= self.height {
            return;
        }
        let alpha = alpha.clamp(0.0, 1.0);
        if let Some(pixel) = self.rgb.get_mut(y * self.width + x) {
            for (old, new) in pixel.iter_mut().zip(colour) {
                *old += (new - *old) * alpha;
            }
        }
    }

    /// An image, its corner and its size in pixels of CSS; grey ones are printed in ink.
    fn tile(&mut self, tile: &Tile, at: [f32; 2], size: [f32; 2], ink: [u8; 3]) {
        let grey = tile.pixels.iter().all(|[r, g, b, _]| r == g && g == b);
        let [left, top] = at.map(|v| (v + EDGE) * SCALE);
        let [width, height] = size.map(|v| v * SCALE);
        for y in 0..height.ceil() as usize {
            for x in 0..width.ceil() as usize {
                let [u, v] = [
                    (x as f32 + 0.5) / width * tile.width as f32 - 0.5,
                    (y as f32 + 0.5) / height * tile.height as f32 - 0.5,
                ];
                let [r, g, b, a] = tile.at(u, v);
                let (x, y) = (left as usize + x, top as usize + y);
                match grey {
                    true => self.blend(x, y, ink.map(f32::from), r / 255.0),
                    false => self.blend(x, y, [r, g, b], a / 255.0),
                }
            }
        }
    }

    fn layer(&mut self, layer: &Layer, window: [f32; 4], side: f32, palette: &Palette) {
        let place = |[x, y]: [f32; 2]| -> Option<[f32; 2]> {
            let [left, right, bottom, top] = window;
            let p = [(x - left) / (right - left), (top - y) / (top - bottom)];
            p.iter()
                .all(|v| v.is_finite())
                .then(|| p.map(|v| (v.clamp(-4.0, 5.0) * side + EDGE) * SCALE))
        };
        // Strokes are as thick as in the page's own drawings of this size.
        let stroke = |width: f32| width * SCALE * side / SIDE / 2.0;
        let colour = |role: &Role| match role {
            Role::Data => palette.data,
            Role::Model => palette.model,
            Role::Noise => palette.noise,
            Role::Guess => palette.guess,
            Role::Guide => palette.guide,
        };
        let mut mask = Mask::new(self.width, self.height);
        match layer {
            Layer::Points { role, xy } => {
                for p in pairs(xy).filter_map(place) {
                    mask.line(p, p, stroke(3.0));
                }
                self.print(&mask, colour(role), 0.6);
            }
            Layer::Lines {
                role,
                xy,
                length,
                filled,
            } => {
                let points: Vec<_> = pairs(xy).map(place).collect();
                for line in points.chunks((*length).max(1) as usize) {
                    mask.polyline(line, *filled, stroke(1.0));
                }
                if *filled {
                    let mut inside = Mask::new(self.width, self.height);
                    for line in points.chunks((*length).max(1) as usize) {
                        inside.fill(&line.iter().flatten().copied().collect::<Vec<_>>());
                    }
                    self.print(&inside, colour(role), 0.25);
                }
                self.print(&mask, colour(role), 1.0);
            }
            Layer::Arrows { role, xy, d } => {
                for (from, by) in pairs(xy).zip(pairs(d)) {
                    let to = [from[0] + by[0], from[1] + by[1]];
                    if let (Some(a), Some(b)) = (place(from), place(to)) {
                        mask.arrow(a, b, stroke(1.2), 5.0 * SCALE * side / SIDE);
                    }
                }
                self.print(&mask, colour(role), 1.0);
            }
            // A poster is too small for them.
            Layer::Words { .. } => {}
            Layer::Field {
                columns,
                rows,
                values,
                low,
                high,
                diverging,
            } => {
                let field = Field {
                    columns: *columns as usize,
                    rows: *rows as usize,
                    values: numbers(values).collect(),
                };
                let span = (high - low).max(f32::MIN_POSITIVE);
                let whole = (side * SCALE) as usize;
                for y in 0..whole {
                    for x in 0..whole {
                        let value = field.at(x as f32 / whole as f32, y as f32 / whole as f32);
                        let share = ((value - low) / span).clamp(0.0, 1.0);
                        let (role, strength) = match (diverging, share > 0.5) {
                            (false, _) => (palette.model, share),
                            (true, true) => (palette.noise, 2.0 * share - 1.0),
                            (true, false) => (palette.model, 1.0 - 2.0 * share),
                        };
                        // What is not finite is drawn as nothing.
                        let strength = if strength.is_finite() {
                            strength * 0.86
                        } else {
                            0.0
                        };
                        let edge = (EDGE * SCALE) as usize;
                        self.blend(x + edge, y + edge, role.map(f32::from), strength);
                    }
                }
            }
        }
    }

    fn print(&mut self, mask: &Mask, colour: [u8; 3], alpha: f32) {
        for (i, &covered) in mask.covered.iter().enumerate() {
            if covered > 0.0 {
                self.blend(
                    i % self.width,
                    i / self.width,
                    colour.map(f32::from),
                    alpha * covered,
                );
            }
        }
    }

    fn finish(self) -> Result<Picture> {
        let bytes: Vec<u8> = self
            .rgb
            .iter()
            .flatten()
            .map(|v| v.round().clamp(0.0, 255.0) as u8)
            .collect();
        let internal = |e: png::EncodingError| Error::Internal {
            reason: e.to_string(),
        };
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(internal)?;
        writer.write_image_data(&bytes).map_err(internal)?;
        writer.finish().map_err(internal)?;
        let size = [self.width, self.height].map(|v| (v as f32 / SCALE).round() as u32);
        Ok(Picture { size, png: out })
    }
}

impl Tile {
    /// Between its pixels, bilinear.
    fn at(&self, x: f32, y: f32) -> [f32; 4] {
        let place = |v: f32, n: usize| {
            let v = v.clamp(0.0, n.saturating_sub(1) as f32);
            (
                v as usize,
                (v as usize + 1).min(n.saturating_sub(1)),
                v.fract(),
            )
        };
        let ((x0, x1, fx), (y0, y1, fy)) = (place(x, self.width), place(y, self.height));
        let pixel = |x: usize, y: usize| {
            let found = self.pixels.get(y * self.width + x).copied();
            found.unwrap_or_default().map(f32::from)
        };
        let (a, b, c, d) = (pixel(x0, y0), pixel(x1, y0), pixel(x0, y1), pixel(x1, y1));
        std::array::from_fn(|i| {
            let (above, below) = (a[i] + (b[i] - a[i]) * fx, c[i] + (d[i] - c[i]) * fx);
            above + (below - above) * fy
        })
    }
}

/// A function over the window.
struct Field {
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

impl Field {
    /// Between the middles of its cells, bilinear; `u` and `v` from 0 to 1.
    fn at(&self, u: f32, v: f32) -> f32 {
        let place = |share: f32, n: usize| {
            let at = (share * n as f32 - 0.5).clamp(0.0, n.saturating_sub(1) as f32);
            (
                at as usize,
                (at as usize + 1).min(n.saturating_sub(1)),
                at.fract(),
            )
        };
        let ((x0, x1, fx), (y0, y1, fy)) = (place(u, self.columns), place(v, self.rows));
        let value = |x: usize, y: usize| {
            self.values
                .get(y * self.columns + x)
                .copied()
                .unwrap_or(f32::NAN)
        };
        let above = value(x0, y0) + (value(x1, y0) - value(x0, y0)) * fx;
        let below = value(x0, y1) + (value(x1, y1) - value(x0, y1)) * fx;
        above + (below - above) * fy
    }
}

/// How much of each pixel is covered, whatever covers it how often.
struct Mask {
    width: usize,
    height: usize,
    covered: Vec<f32>,
}

impl Mask {
    fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            covered: vec![0.0; width * height],
        }
    }

    /// A line with round ends, half as thick as `reach` says; a disc where both ends are one.
    fn line(&mut self, a: [f32; 2], b: [f32; 2], reach: f32) {
        let bounds = |i: usize, most: usize| {
            let low = (a[i].min(b[i]) - reach - 1.0).max(0.0) as usize;
            let high = (a[i].max(b[i]) + reach + 2.0).clamp(0.0, most as f32) as usize;
            low..high
        };
        let along = [b[0] - a[0], b[1] - a[1]];
        let length = along[0] * along[0] + along[1] * along[1];
        for y in bounds(1, self.height) {
            for x in bounds(0, self.width) {
                let from = [x as f32 + 0.5 - a[0], y as f32 + 0.5 - a[1]];
                let share =
                    (from[0] * along[0] + from[1] * along[1]) / length.max(f32::MIN_POSITIVE);
                let share = share.clamp(0.0, 1.0);
                let far = (from[0] - share * along[0]).hypot(from[1] - share * along[1]);
                let covered = (reach + 0.5 - far).clamp(0.0, 1.0);
                if let Some(old) = self.covered.get_mut(y * self.width + x) {
                    *old = old.max(covered);
                }
            }
        }
    }

    /// Lines from point to point, broken where one is nowhere.
    fn polyline(&mut self, line: &[Option<[f32; 2]>], closed: bool, reach: f32) {
        for pair in line.windows(2) {
            if let [Some(a), Some(b)] = pair {
                self.line(*a, *b, reach);
            }
        }
        if let (true, Some(Some(a)), Some(Some(b))) = (closed, line.last(), line.first()) {
            self.line(*a, *b, reach);
        }
    }

    fn arrow(&mut self, a: [f32; 2], b: [f32; 2], reach: f32, barb: f32) {
        self.line(a, b, reach);
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        if length < 1.0 {
            return;
        }
        let share = (0.3 * length).min(barb) / length;
        for turn in [0.6, -0.6] {
            let back = [
                b[0] - share * (dx - turn * dy),
                b[1] - share * (dy + turn * dx),
            ];
            self.line(b, back, reach);
        }
    }

    /// What lies within a polygon, by the even-odd rule, on four lines to a pixel.
    fn fill(&mut self, polygon: &[[f32; 2]]) {
        const LINES: usize = 4;
        for y in 0..self.height * LINES {
            let at = (y as f32 + 0.5) / LINES as f32;
            let mut crossings: Vec<f32> = (0..polygon.len())
                .filter_map(|i| {
                    let (a, b) = (polygon[i], polygon[(i + 1) % polygon.len()]);
                    ((a[1] <= at) != (b[1] <= at))
                        .then(|| a[0] + (at - a[1]) / (b[1] - a[1]) * (b[0] - a[0]))
                })
                .collect();
            crossings.sort_by(f32::total_cmp);
            for pair in crossings.chunks_exact(2) {
                let (from, to) = (
                    pair[0].clamp(0.0, self.width as f32),
                    pair[1].clamp(0.0, self.width as f32),
                );
                for x in from as usize..to.ceil() as usize {
                    let part = (to.min(x as f32 + 1.0) - from.max(x as f32)).clamp(0.0, 1.0);
                    if let Some(old) = self.covered.get_mut(y / LINES * self.width + x) {
                        *old = (*old + part / LINES as f32).min(1.0);
                    }
                }
            }
        }
    }
}

fn numbers(bytes: &Bytes) -> impl Iterator<Item = f32> {
    bytes
        .0
        .as_chunks::<4>()
        .0
        .iter()
        .map(|v| f32::from_le_bytes(*v))
}

fn pairs(bytes: &Bytes) -> impl Iterator<Item = [f32; 2]> {
    let mut all = numbers(bytes);
    std::iter::from_fn(move || Some([all.next()?, all.next()?]))
}
