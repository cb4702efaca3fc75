//! Pictures whose numbers are still on the device.

use burn::tensor::{Device, Tensor, TensorData};

use super::{Bars, Key, Layer, Number, PlotRequest, Role, View, grid};
use crate::{bytes::Bytes, data::Batch, device::floats, error::Result};

/// How a field's values are laid on colours.
enum Range {
    /// From nothing at 0 to full near the largest.
    Density,
    /// Both ways from a middle; full at this distance from it.
    Around(f32, f32),
}

#[allow(clippy::large_enum_variant)] // A handful of them, for a moment.
enum SceneLayer {
    Points(Role, Tensor<2>),
    Field(Tensor<1>, Range, usize),
    Lines(Role, Tensor<3>, bool),
    Arrows(Role, Tensor<2>, Tensor<2>),
}

/// A picture whose numbers are still on the device.
#[derive(Default)]
pub struct Scene {
    window: Option<[f32; 4]>,
    layers: Vec<SceneLayer>,
    label: String,
    numbers: Vec<Number>,
    measured: Vec<(Number, Tensor<1>)>,
    bars: Option<(String, Tensor<1>)>,
    images: Option<(Tensor<4>, usize)>,
    titles: Vec<String>,
    key: Vec<Key>,
}

impl Scene {
    /// A picture of `label`.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// Drawn in other coordinates than the data's: left, right, bottom, top.
    #[must_use]
    pub fn window(mut self, window: [f32; 4]) -> Self {
        self.window = Some(window);
        self
    }

    /// Points `[n, 2]`.
    #[must_use]
    pub fn points(mut self, role: Role, xy: Tensor<2>) -> Self {
        self.layers.push(SceneLayer::Points(role, xy));
        self
    }

    /// The request's held-out points.
    #[must_use]
    pub fn data(self, request: &PlotRequest) -> Self {
        match request.data_batch().points(&request.device) {
            Ok(xy) if xy.dims()[0] > 0 => self.points(Role::Data, xy),
            _ => self,
        }
    }

    /// A density over the window's cells, `[resolution²]`, from 0 up.
    #[must_use]
    pub fn density(mut self, values: Tensor<1>) -> Self {
        let columns = side(&values);
        let field = SceneLayer::Field(values, Range::Density, columns);
        self.layers.push(field);
        self
    }

    /// A function over the window's cells, `[resolution²]`, that means something on both sides of
    /// `middle`; drawn full at `reach` from it.
    #[must_use]
    pub fn diverging(mut self, values: Tensor<1>, middle: f32, reach: f32) -> Self {
        let columns = side(&values);
        let range = Range::Around(middle, reach);
        self.layers.push(SceneLayer::Field(values, range, columns));
        self
    }

    /// As [`Scene::diverging`], over a window that is twice as wide as high: `[resolution, 2 · resolution]`.
    #[must_use]
    pub fn diverging_twice(mut self, values: Tensor<2>, middle: f32, reach: f32) -> Self {
        let [rows, columns] = values.dims();
        let field = SceneLayer::Field(
            values.reshape([rows * columns]),
            Range::Around(middle, reach),
            columns,
        );
        self.layers.push(field);
        self
    }

    /// Points of two classes, moved by `by`, in a colour for each class.
    #[must_use]
    pub fn classes(mut self, batch: &Batch, by: [f32; 2], device: &Device) -> Self {
        let Batch::Classed { xy, classes } = batch else {
            return self;
        };
        for (class, role) in [(0, Role::Model), (1, Role::Noise)] {
            let points = xy.as_chunks::<2>().0.iter().zip(classes);
            let points = points.filter(|(_, c)| **c == class);
            let xy: Vec<f32> = points
                .flat_map(|(p, _)| [p[0] + by[0], p[1] + by[1]])
                .collect();
            let n = xy.len() / 2;
            if n > 0 {
                let data = TensorData::new(xy, [n, 2]);
                self = self.points(role, Tensor::from_data(data, device));
            }
        }
        self
    }

    /// Polylines `[lines, points, 2]`.
    #[must_use]
    pub fn lines(mut self, role: Role, lines: Tensor<3>) -> Self {
        self.layers.push(SceneLayer::Lines(role, lines, false));
        self
    }

    /// Closed polylines `[lines, points, 2]`, filled.
    #[must_use]
    pub fn shapes(mut self, role: Role, lines: Tensor<3>) -> Self {
        self.layers.push(SceneLayer::Lines(role, lines, true));
        self
    }

    /// Circles around the origin.
    #[must_use]
    pub fn circles(self, radii: &[f32], device: &Device) -> Self {
        const POINTS: usize = 97;
        let xy: Vec<f32> = radii
            .iter()
            .flat_map(|r| {
                (0..POINTS).flat_map(move |i| {
                    let a = std::f32::consts::TAU * i as f32 / (POINTS - 1) as f32;
                    [r * a.cos(), r * a.sin()]
                })
            })
            .collect();
        let data = TensorData::new(xy, [radii.len(), POINTS, 2]);
        self.lines(Role::Guide, Tensor::from_data(data, device))
    }

    /// Arrows from `xy` `[n, 2]` by `d` `[n, 2]`.
    #[must_use]
    pub fn arrows(mut self, role: Role, xy: Tensor<2>, d: Tensor<2>) -> Self {
        self.layers.push(SceneLayer::Arrows(role, xy, d));
        self
    }

    /// A number to stand beside it.
    #[must_use]
    pub fn number(mut self, number: Number) -> Self {
        self.numbers.push(number);
        self
    }

    /// A number to stand beside it whose value, `[1]`, is still on the device.
    #[must_use]
    pub fn measured(mut self, number: Number, value: Tensor<1>) -> Self {
        self.measured.push((number, value));
        self
    }

    /// What is drawn in the colour of a role, for its key.
    #[must_use]
    pub fn key(mut self, role: Role, text: &str) -> Self {
        let text = text.into();
        self.key.push(Key { role, text });
        self
    }

    /// Bars to stand beside it, `[n]`.
    #[must_use]
    pub fn bars(mut self, title: impl Into<String>, values: Tensor<1>) -> Self {
        self.bars = Some((title.into(), values));
        self
    }

    /// Images `[n, channels, height, width]` in [0, 1] as a grid of `columns`, and nothing else.
    #[must_use]
    pub fn images(mut self, images: Tensor<4>, columns: usize) -> Self {
        self.images = Some((images, columns));
        self
    }

    /// What each of its images is.
    #[must_use]
    pub fn titled(mut self, titles: Vec<String>) -> Self {
        self.titles = titles;
        self
    }

    /// Read everything.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn read(self, window: [f32; 4]) -> Result<View> {
        if let Some((images, columns)) = self.images {
            let mut view = grid(images, columns).await?;
            if let View::Image { titles, .. } = &mut view {
                *titles = self.titles;
            }
            return Ok(view);
        }
        let mut layers = Vec::new();
        for layer in self.layers {
            layers.push(match layer {
                SceneLayer::Points(role, xy) => {
                    let xy = Bytes::of_floats(&floats(xy).await?);
                    Layer::Points { role, xy }
                }
                SceneLayer::Field(values, range, columns) => {
                    field(&floats(values).await?, &range, columns)
                }
                SceneLayer::Lines(role, lines, filled) => {
                    let length = lines.dims()[1] as u32;
                    let xy = Bytes::of_floats(&floats(lines).await?);
                    Layer::Lines {
                        role,
                        xy,
                        length,
                        filled,
                    }
                }
                SceneLayer::Arrows(role, xy, d) => Layer::Arrows {
                    role,
                    xy: Bytes::of_floats(&floats(xy).await?),
                    d: Bytes::of_floats(&floats(d).await?),
                },
            });
        }
        let mut numbers = self.numbers;
        for (number, value) in self.measured {
            let value = floats(value).await?.first().map(|&v| f64::from(v));
            let value = value.filter(|v| v.is_finite());
            numbers.push(Number { value, ..number });
        }
        let bars = match self.bars {
            Some((title, values)) => Some(Bars {
                title,
                values: floats(values).await?,
            }),
            None => None,
        };
        Ok(View::Plot {
            window: self.window.unwrap_or(window),
            layers,
            label: self.label,
            numbers,
            bars,
            key: self.key,
        })
    }
}

/// A named number.
pub fn number(id: &str, title: &str, value: f64, unit: &str, digits: u32) -> Number {
    Number {
        id: id.into(),
        title: title.into(),
        value: value.is_finite().then_some(value),
        unit: unit.into(),
        digits,
        at_most: false,
    }
}

/// Columns of a square field.
fn side(values: &Tensor<1>) -> usize {
    (values.dims()[0] as f64).sqrt() as usize
}

/// A field of so many columns; what is not finite is drawn as nothing.
fn field(values: &[f32], range: &Range, columns: usize) -> Layer {
    let rows = values.len() / columns.max(1);
    let (low, high, diverging) = match *range {
        Range::Around(middle, reach) => (middle - reach, middle + reach, true),
        Range::Density => {
            let mut sorted: Vec<f32> = values.iter().copied().filter(|v| v.is_finite()).collect();
            sorted.sort_by(f32::total_cmp);
            let at = |q: f32| {
                let i = (q * sorted.len().saturating_sub(1) as f32) as usize;
                sorted.get(i).copied().unwrap_or(0.0)
            };
            // Near the largest value, but a few cells far above the others do not darken the rest.
            let high = at(0.99).max(0.25 * at(1.0)).max(f32::MIN_POSITIVE);
            (0.0, high, false)
        }
    };
    let finite: Vec<f32> = values
        .iter()
        .map(|&v| if v.is_finite() { v } else { low })
        .collect();
    Layer::Field {
        columns: columns as u32,
        rows: rows as u32,
        values: Bytes::of_floats(&finite),
        low,
        high,
        diverging,
    }
}
