//! Scenes as pixels.

use super::{INKS, Object, PAPER, Shape};

/// Rows and columns of a scene.
pub const SIDE: usize = 32;
/// Places inside a pixel at which it is asked what covers it, along each side.
const WITHIN: usize = 4;

impl Shape {
    /// Whether the shape covers a place, with its middle at (0, 0) and its sides at ±1; y goes down.
    pub fn covers(self, [x, y]: [f32; 2]) -> bool {
        let radius = x.hypot(y);
        match self {
            Shape::Circle => radius <= 1.0,
            Shape::Square => x.abs().max(y.abs()) <= 0.92,
            Shape::Triangle => y.abs() <= 1.0 && x.abs() <= (y + 1.0) / 2.0,
            Shape::Diamond => x.abs() + y.abs() <= 1.0,
            Shape::Ring => (0.5..=1.0).contains(&radius),
            Shape::Cross => x.abs().min(y.abs()) <= 0.3 && x.abs().max(y.abs()) <= 1.0,
        }
    }
}

/// How much of a pixel, `row · SIDE + column`, a thing covers: 0 to 1.
pub(in crate::data) fn coverage(object: &Object, pixel: usize) -> f32 {
    let half = object.extent() / 2.0;
    let corner = [pixel % SIDE, pixel / SIDE];
    let covered = (0..WITHIN * WITHIN).filter(|i| {
        let inside = [i % WITHIN, i / WITHIN];
        let place = [0, 1].map(|axis| {
            let at = (inside[axis] as f32 + 0.5) / WITHIN as f32;
            (corner[axis] as f32 + at - object.at[axis]) / half
        });
        object.shape.covers(place)
    });
    covered.count() as f32 / (WITHIN * WITHIN) as f32
}

/// The pixels of things on paper: red, green and blue one after the other, each row by row.
pub fn paint(objects: &[Object]) -> Vec<u8> {
    let mut out = Vec::with_capacity(3 * SIDE * SIDE);
    for channel in PAPER {
        out.extend(std::iter::repeat_n(channel, SIDE * SIDE));
    }
    for object in objects {
        for pixel in 0..SIDE * SIDE {
            let share = coverage(object, pixel);
            for (channel, &ink) in INKS[object.colour].iter().enumerate() {
                let value = &mut out[channel * SIDE * SIDE + pixel];
                let mixed = f32::from(*value) * (1.0 - share) + f32::from(ink) * share;
                *value = mixed.round() as u8;
            }
        }
    }
    out
}
