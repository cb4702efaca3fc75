//! Images made a little different each time they are seen, so that few of them stand for more.
//!
//! An image is slanted, widened or narrowed, and its bright parts are thickened or thinned (Simard, Steinkraus &
//! Platt 2003, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis"). What is in
//! one hand changes in the same way, so that it stays in one hand.

use crate::rng::Rng;

/// Largest slant at full strength: so many columns a row.
const SLANT: f32 = 0.3;
/// Largest change of width at full strength, as a logarithm.
const WIDTH: f32 = 0.25;
/// How far at full strength a pixel goes to the brightest, or the darkest, of its neighbours.
const WEIGHT: f32 = 0.8;

/// One way to change images.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variation {
    slant: f32,
    /// Columns of the image as it is for one of the image that is made.
    narrow: f32,
    /// Thicker where positive, thinner where negative.
    weight: f32,
}

impl Variation {
    /// One that is drawn, of a strength from 0 to 1.
    pub fn draw(strength: f64, rng: &mut Rng) -> Self {
        let mut between = |most: f32| (2.0 * rng.unit() as f32 - 1.0) * most * strength as f32;
        Self {
            slant: between(SLANT),
            narrow: between(WIDTH).exp(),
            weight: between(WEIGHT),
        }
    }

    /// An image `[channels, height, width]` so changed. Beyond its edges it is as it is there.
    pub fn of(&self, image: &[u8], [_, height, width]: [usize; 3]) -> Vec<u8> {
        let planes = image.chunks_exact((height * width).max(1));
        planes
            .flat_map(|plane| {
                let bent = self.bent(plane, [height, width]);
                self.weighed(&bent, [height, width])
            })
            .collect()
    }

    /// Slanted and widened about its middle, between pixels in proportion.
    fn bent(&self, plane: &[u8], [height, width]: [usize; 2]) -> Vec<f32> {
        let middle = [height, width].map(|size| (size as f32 - 1.0) / 2.0);
        let last = width.saturating_sub(1);
        let at = |i: usize| {
            let (y, x) = (i / width, i % width);
            let row = &plane[y * width..(y + 1) * width];
            let from = (x as f32 - middle[1]) * self.narrow + (y as f32 - middle[0]) * self.slant;
            let from = (from + middle[1]).clamp(0.0, last as f32);
            let left = from as usize;
            let part = from - left as f32;
            let [a, b] = [left, (left + 1).min(last)].map(|x| f32::from(row[x]));
            a + (b - a) * part
        };
        (0..height * width).map(at).collect()
    }

    /// Each pixel on its way to the brightest or the darkest of itself and the four beside it.
    fn weighed(&self, plane: &[f32], [height, width]: [usize; 2]) -> Vec<u8> {
        let at = |i: usize| {
            let (y, x) = (i / width, i % width);
            let beside = [
                (y > 0).then(|| i - width),
                (y + 1 < height).then(|| i + width),
                (x > 0).then(|| i - 1),
                (x + 1 < width).then(|| i + 1),
            ];
            let values = beside.into_iter().flatten().map(|j| plane[j]);
            let extreme = match self.weight > 0.0 {
                true => values.fold(plane[i], f32::max),
                false => values.fold(plane[i], f32::min),
            };
            (plane[i] + (extreme - plane[i]) * self.weight.abs()).round() as u8
        };
        (0..height * width).map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    /// A bar of three columns in the middle of 9 × 9 pixels.
    fn bar() -> Vec<u8> {
        (0..81)
            .map(|i| if (3..6).contains(&(i % 9)) { 200 } else { 0 })
            .collect()
    }

    fn sum(image: &[u8]) -> f64 {
        image.iter().map(|&v| f64::from(v)).sum()
    }

    const NONE: Variation = Variation {
        slant: 0.0,
        narrow: 1.0,
        weight: 0.0,
    };

    #[test]
    fn no_strength_changes_nothing() {
        let mut rng = Rng::new(1, Purpose::Data, 0);
        assert_eq!(Variation::draw(0.0, &mut rng).of(&bar(), [1, 9, 9]), bar());
    }

    #[test]
    fn a_slant_moves_rows_and_keeps_their_ink() {
        let slanted = Variation { slant: 0.5, ..NONE };
        let made = slanted.of(&bar(), [1, 9, 9]);
        for (y, row) in made.chunks(9).enumerate() {
            assert!((sum(row) - 600.0).abs() <= 2.0, "{row:?}");
            let middle: f64 = (0..9).map(|x| x as f64 * f64::from(row[x])).sum::<f64>() / sum(row);
            let want = 4.0 - 0.5 * (y as f64 - 4.0);
            assert!((middle - want).abs() < 0.02, "{middle} {want}");
        }
    }

    #[test]
    fn widths_and_weights_are_those_asked_for() {
        let wide = Variation {
            narrow: 0.5,
            ..NONE
        };
        assert!((sum(&wide.of(&bar(), [1, 9, 9])) / sum(&bar()) - 2.0).abs() < 0.02);
        // A full step of weight is a column on either side.
        let thick = Variation {
            weight: 1.0,
            ..NONE
        };
        assert_eq!(sum(&thick.of(&bar(), [1, 9, 9])), sum(&bar()) * 5.0 / 3.0);
        let thin = Variation {
            weight: -1.0,
            ..NONE
        };
        assert_eq!(sum(&thin.of(&bar(), [1, 9, 9])), sum(&bar()) / 3.0);
        // Each plane of an image in colour alike.
        let colour = [bar(), bar(), bar()].concat();
        assert_eq!(thin.of(&colour, [3, 9, 9]).len(), 243);
    }
}
