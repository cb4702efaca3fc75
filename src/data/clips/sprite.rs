//! What moves in clips: digits and coloured shapes, cut out.

use super::{SIDE, Thing};
use crate::{
    data::scenes::{self, COLOURS, INKS, Object, SHAPES, Shape},
    rng::Rng,
};

/// What counts as ink, of 255.
const INK: u8 = 24;
/// Halved digits lose ink at their edges; this much is given back.
const STRONGER: u32 = 3;

/// A thing, cut out around its ink.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sprite {
    pub(super) thing: Thing,
    pub(super) width: usize,
    pub(super) height: usize,
    /// How much of each pixel it covers, row by row.
    ink: Vec<u8>,
}

impl Sprite {
    /// A digit of an image of `width` pixels in a row, at half its size; nothing where there is no ink.
    pub(super) fn digit(image: &[u8], width: usize, label: u8) -> Option<Self> {
        let height = image.len() / width.max(1);
        let (columns, rows) = (width / 2, height / 2);
        let at = |x: usize, y: usize| u32::from(image[y * width + x]);
        let half = |i: usize| {
            let (x, y) = (2 * (i % columns), 2 * (i / columns));
            let sum = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1);
            (sum * STRONGER / 8).min(255) as u8
        };
        let small: Vec<u8> = (0..columns * rows).map(half).collect();
        let inked = (0..small.len()).filter(|&i| small[i] >= INK);
        let (mut left, mut right, mut top, mut bottom) = (columns, 0, rows, 0);
        for i in inked {
            (left, right) = (left.min(i % columns), right.max(i % columns));
            (top, bottom) = (top.min(i / columns), bottom.max(i / columns));
        }
        if right < left || bottom < top {
            return None;
        }
        let (width, height) = (right + 1 - left, bottom + 1 - top);
        let cut = (0..width * height)
            .map(|i| small[(top + i / width) * columns + left + i % width])
            .collect();
        Some(Self {
            thing: Thing::Digit(label),
            width,
            height,
            ink: cut,
        })
    }

    /// How much ink it has at a place seen from its corner, 0 to 1.
    pub(super) fn at(&self, x: isize, y: isize) -> f32 {
        let inside = |v: isize, size: usize| v >= 0 && v < size as isize;
        match inside(x, self.width) && inside(y, self.height) {
            true => f32::from(self.ink[y as usize * self.width + x as usize]) / 255.0,
            false => 0.0,
        }
    }

    /// Whether there is ink there or beside it.
    pub(super) fn near(&self, x: isize, y: isize) -> bool {
        let around = |i: isize| self.at(x + i % 3 - 1, y + i / 3 - 1);
        (0..9).any(|i| around(i) > 0.3)
    }

    /// A coloured shape of a size, in a box just around it.
    pub(super) fn shape(colour: usize, shape: Shape, large: bool) -> Self {
        let mut object = Object {
            shape,
            colour,
            large,
            at: [0.0; 2],
        };
        let side = object.extent() as usize;
        object.at = [object.extent() / 2.0; 2];
        let covered = |i: usize| {
            let share = scenes::coverage(&object, i / side * SIDE + i % side);
            (share * 255.0).round() as u8
        };
        Self {
            thing: Thing::Shape {
                large: Some(large),
                colour,
                shape,
            },
            width: side,
            height: side,
            ink: (0..side * side).map(covered).collect(),
        }
    }

    /// Any coloured shape.
    pub(super) fn any_shape(rng: &mut Rng) -> Self {
        let (colour, shape) = (rng.below(COLOURS.len()), SHAPES[rng.below(SHAPES.len())]);
        Self::shape(colour, shape, rng.below(2) == 1)
    }

    /// Lays it over a frame of red, green and blue in its own colour.
    pub(super) fn paint(&self, [left, top]: [isize; 2], frame: &mut [u8]) {
        let Thing::Shape { colour, .. } = self.thing else {
            return;
        };
        for (i, &ink) in self.ink.iter().enumerate() {
            let (x, y) = (
                left + (i % self.width) as isize,
                top + (i / self.width) as isize,
            );
            let inside = |v: isize| (0..SIDE as isize).contains(&v);
            if ink == 0 || !inside(x) || !inside(y) {
                continue;
            }
            let share = f32::from(ink) / 255.0;
            for (channel, &full) in INKS[colour].iter().enumerate() {
                let value = &mut frame[(channel * SIDE + y as usize) * SIDE + x as usize];
                let mixed = f32::from(*value) * (1.0 - share) + f32::from(full) * share;
                *value = mixed.round() as u8;
            }
        }
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.ink.len()
    }
}
