//! What is in a picture, read from its pixels.
//!
//! Ink is what is far from the paper. What hangs together is one thing; its colour is the ink nearest to
//! the mean of its darkest part. Its shape and size are those that, painted with the same middle of mass,
//! share most of its ink. No network takes part.

use super::{Demand, INKS, Object, PAPER, SHAPES, SIDE, Shape, paint::coverage};

/// A thing that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Its shape.
    pub shape: Shape,
    /// Index of its colour.
    pub colour: usize,
    /// Whether it is a large one.
    pub large: bool,
    /// Column and row of its middle.
    pub at: [f32; 2],
    /// How much ink it and the shape have in common, of all that either has.
    pub overlap: f32,
}

/// How much of its colour a pixel of a thing has, at least.
const INK: f32 = 0.5;
/// Farthest from the way to an ink that a pixel of it may be, of 255.
const NEAR: f32 = 40.0;
/// How much of its colour a pixel has that is all ink, at least.
const FULL: f32 = 0.8;
/// Fewer pixels are no thing.
const LEAST: usize = 9;
/// Least overlap with a shape.
const LIKE: f32 = 0.7;
/// Farthest from an ink that a colour may be, of 255.
const FAR: f32 = 60.0;

/// The things in a picture, red, green and blue of [`SIDE`] rows and columns, values in [0, 1]; nothing
/// if there is something that is no thing of scenes.
pub fn read(pixels: &[f32]) -> Option<Vec<Found>> {
    let colour = |i: usize| [0, 1, 2].map(|c| 255.0 * pixels[c * SIDE * SIDE + i]);
    let inked: Vec<bool> = (0..SIDE * SIDE).map(|i| share(colour(i)) >= INK).collect();
    let mut all = Vec::new();
    for thing in parts(&inked) {
        if thing.len() < LEAST {
            // A speck, but not of nothing.
            if thing.len() > 2 {
                return None;
            }
            continue;
        }
        all.push(recognise(&thing, colour)?);
    }
    Some(all)
}

/// How much ink a pixel has, as if it were of the ink that fits best: 0 paper, 1 all ink.
fn share(colour: [f32; 3]) -> f32 {
    nearest(colour, 0..INKS.len()).map_or(0.0, |(_, _, gone)| gone)
}

/// Which of some inks fits a colour best, and what [`along`] says of it.
fn nearest(colour: [f32; 3], among: impl Iterator<Item = usize>) -> Option<(usize, f32, f32)> {
    let each = among.map(|ink| {
        let (off, gone) = along(&INKS[ink], colour);
        (ink, off, gone)
    });
    each.min_by(|a, b| a.1.total_cmp(&b.1))
}

/// How far a colour lies off the way from the paper to an ink, squared, and how much of the way it has
/// gone.
fn along(ink: &[u8; 3], colour: [f32; 3]) -> (f32, f32) {
    let paper = PAPER.map(f32::from);
    let way = [0, 1, 2].map(|c| f32::from(ink[c]) - paper[c]);
    let gone = [0, 1, 2].map(|c| colour[c] - paper[c]);
    let length: f32 = way.iter().map(|w| w * w).sum();
    let t = way.iter().zip(gone).map(|(w, g)| w * g).sum::<f32>() / length;
    let off: f32 = (0..3).map(|c| (gone[c] - t * way[c]).powi(2)).sum();
    (off, t)
}

/// The colours of things in a picture, and how much of which of them each pixel has: of a pixel with less than
/// `least`, nothing.
pub(in crate::data) fn inks(pixels: &[f32], least: f32) -> (Vec<usize>, Vec<Option<(usize, f32)>>) {
    let colour = |i: usize| [0, 1, 2].map(|c| 255.0 * pixels[c * SIDE * SIDE + i]);
    let mut full = [0; INKS.len()];
    for i in 0..SIDE * SIDE {
        if let Some((ink, off, share)) = nearest(colour(i), 0..INKS.len())
            && share >= FULL
            && off <= NEAR * NEAR
        {
            full[ink] += 1;
        }
    }
    let shown = (0..INKS.len()).filter(|&ink| full[ink] >= LEAST);
    let shown: Vec<usize> = shown.collect();
    let of = |i: usize| {
        let (ink, _, share) = nearest(colour(i), shown.iter().copied())?;
        (share >= least).then_some((ink, share.min(1.0)))
    };
    let each = (0..SIDE * SIDE).map(of).collect();
    (shown, each)
}

/// Pixels of [`SIDE`] × [`SIDE`] that hang together, corners included.
pub(in crate::data) fn parts(inked: &[bool]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; inked.len()];
    let mut all = Vec::new();
    for start in 0..inked.len() {
        if !inked[start] || seen[start] {
            continue;
        }
        seen[start] = true;
        let (mut part, mut next) = (Vec::new(), vec![start]);
        while let Some(at) = next.pop() {
            part.push(at);
            let (column, row) = (at % SIDE, at / SIDE);
            for y in row.saturating_sub(1)..(row + 2).min(SIDE) {
                for x in column.saturating_sub(1)..(column + 2).min(SIDE) {
                    let other = y * SIDE + x;
                    if inked[other] && !seen[other] {
                        seen[other] = true;
                        next.push(other);
                    }
                }
            }
        }
        all.push(part);
    }
    all
}

fn recognise(thing: &[usize], colour: impl Fn(usize) -> [f32; 3]) -> Option<Found> {
    // Colour: the mean of the half that has most ink.
    let mut by_ink: Vec<(f32, usize)> = thing.iter().map(|&i| (share(colour(i)), i)).collect();
    by_ink.sort_by(|a, b| b.0.total_cmp(&a.0));
    let most = &by_ink[..by_ink.len().div_ceil(2)];
    let mean = [0, 1, 2].map(|c| {
        let sum: f32 = most.iter().map(|&(_, i)| colour(i)[c]).sum();
        sum / most.len() as f32
    });
    let distance = |ink: &[u8; 3]| {
        let squares = (0..3).map(|c| (f32::from(ink[c]) - mean[c]).powi(2));
        squares.sum::<f32>().sqrt()
    };
    let (ink, far) = (INKS.iter().map(distance).enumerate()).min_by(|a, b| a.1.total_cmp(&b.1))?;
    if far > FAR {
        return None;
    }
    // Shape and size: which of all, painted there, is most like it.
    let ink_of = |i: usize| along(&INKS[ink], colour(i)).1.clamp(0.0, 1.0);
    let columns = thing.iter().map(|i| i % SIDE);
    let rows = thing.iter().map(|i| i / SIDE);
    let within = |least: usize, most: usize| least.saturating_sub(1)..(most + 2).min(SIDE);
    let (columns, rows) = (
        within(columns.clone().min()?, columns.max()?),
        within(rows.clone().min()?, rows.max()?),
    );
    let places: Vec<usize> =
        (rows.flat_map(|y| columns.clone().map(move |x| y * SIDE + x))).collect();
    let inks: Vec<f32> = places.iter().map(|&i| ink_of(i)).collect();
    let middle = [0, 1].map(|axis| {
        let at = |i: usize| [i % SIDE, i / SIDE][axis] as f32 + 0.5;
        let sum: f32 = places.iter().zip(&inks).map(|(&i, ink)| at(i) * ink).sum();
        sum / inks.iter().sum::<f32>()
    });
    let like = |shape: Shape, large: bool| {
        let mut object = Object {
            shape,
            colour: ink,
            large,
            at: middle,
        };
        // A triangle's middle of mass lies below the middle of its box.
        if shape == Shape::Triangle {
            object.at[1] -= object.extent() / 6.0;
        }
        let (mut both, mut either) = (0.0, 0.0);
        for (&i, &ink) in places.iter().zip(&inks) {
            let painted = coverage(&object, i);
            both += painted.min(ink);
            either += painted.max(ink);
        }
        (object, both / either)
    };
    let all = SHAPES
        .into_iter()
        .flat_map(|s| [like(s, false), like(s, true)]);
    let (object, overlap) = all.max_by(|a, b| a.1.total_cmp(&b.1))?;
    (overlap >= LIKE).then_some(Found {
        shape: object.shape,
        colour: ink,
        large: object.large,
        at: object.at,
        overlap,
    })
}

/// Whether what was found is what a sentence asks for, no more and no less.
pub fn satisfies(found: &[Found], demand: &Demand) -> bool {
    let total: usize = demand.wanted.iter().map(|w| w.count).sum();
    if found.len() != total {
        return false;
    }
    let of = |wanted: &super::Wanted| -> Vec<&Found> {
        let is_one = |f: &&Found| {
            f.shape == wanted.shape
                && f.colour == wanted.colour
                && wanted.large.is_none_or(|large| large == f.large)
        };
        found.iter().filter(is_one).collect()
    };
    // Kinds differ in colour or shape, so that nothing counts twice.
    let each: Vec<Vec<&Found>> = demand.wanted.iter().map(of).collect();
    let enough = each.iter().zip(&demand.wanted);
    if !enough
        .into_iter()
        .all(|(found, wanted)| found.len() == wanted.count)
    {
        return false;
    }
    match (demand.relation, each.as_slice()) {
        (Some(relation), [a, b]) => relation.holds(a[0].at, b[0].at),
        _ => true,
    }
}
