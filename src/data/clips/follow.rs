//! Which coloured shapes move in a clip and how, found from its pixels without any network.
//!
//! Each thing is known by its colour. In each frame every shape of that colour is laid on every place, in both sizes;
//! where it has most ink in common with what is seen there, there it is. What another colour hides is left out of the
//! count, so that a thing is followed while it passes behind another one.

use super::{FRAME, FRAMES, Mover, SIDE, STRAIGHT, Sentence, Thing, sprite::Sprite};
use crate::data::scenes::{self, COLOURS, SHAPES, Shape};

/// Ink in common, of all that either has, by which a shape counts as seen.
const LIKE: f32 = 0.7;
/// How much of a thing has to be in sight for its shape to be judged, of its ink.
const IN_SIGHT: f32 = 0.95;
/// Less of its ink in sight tells nothing of its place.
const SOME: f32 = 0.3;
/// A pixel's share of ink that counts.
const INK: f32 = 0.1;
/// The share of the frames in which a thing has to be what it is said to be.
const MOST: f64 = 0.75;
/// Frames of the first few in which a thing has to be seen so that its motion is known.
const FEW: usize = 3;

/// A thing in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Its shape.
    pub shape: Shape,
    /// Whether it is a large one.
    pub large: bool,
    /// Column and row of the middle of its box.
    pub at: [f32; 2],
    /// How much of its ink nothing hides, 0 to 1.
    pub in_sight: f32,
}

/// The one thing of a colour in each frame of a clip in colour, where one is to be seen.
pub fn follow(clip: &[f32], colour: usize) -> Vec<Option<Seen>> {
    let size = |large: bool| SHAPES.map(|shape| Sprite::shape(colour, shape, large));
    let sprites = [size(false), size(true)].concat();
    let frames = clip.chunks_exact(3 * FRAME);
    frames.map(|frame| find(frame, colour, &sprites)).collect()
}

fn find(frame: &[f32], colour: usize, sprites: &[Sprite]) -> Option<Seen> {
    let (shown, inks) = scenes::inks(frame, INK);
    if !shown.contains(&colour) {
        return None;
    }
    // Of this colour at each pixel; nothing is known where another one is.
    let seen = |one: &Option<(usize, f32)>| match one {
        Some((ink, share)) if *ink == colour => Some(*share),
        Some(_) => None,
        None => Some(0.0),
    };
    let ink: Vec<Option<f32>> = inks.iter().map(seen).collect();
    let all: f32 = ink.iter().flatten().sum();
    // A box with most of the ink has its median in it.
    let middle = median(&ink);
    let mut best: Option<(f32, Seen)> = None;
    for sprite in sprites {
        let Thing::Shape { shape, large, .. } = sprite.thing else {
            continue;
        };
        let size = [sprite.width, sprite.height];
        let range = |axis: usize| {
            let first = (middle[axis] + 1).saturating_sub(size[axis]);
            first..=middle[axis].min(SIDE - size[axis])
        };
        let places = range(1).flat_map(|top| range(0).map(move |left| [left, top]));
        for [left, top] in places {
            let (mut both, mut open, mut whole) = (0.0, 0.0, 0.0);
            for y in 0..sprite.height {
                for x in 0..sprite.width {
                    let share = sprite.at(x as isize, y as isize);
                    whole += share;
                    if let Some(seen) = ink[(top + y) * SIDE + left + x] {
                        both += seen.min(share);
                        open += share;
                    }
                }
            }
            let like = both / (all + open - both).max(1e-6);
            if best.is_none_or(|(most, _)| like > most) {
                let half = [sprite.width, sprite.height].map(|side| side as f32 / 2.0);
                let seen = Seen {
                    shape,
                    large: large == Some(true),
                    at: [left as f32 + half[0], top as f32 + half[1]],
                    in_sight: open / whole,
                };
                best = Some((like, seen));
            }
        }
    }
    let (like, seen) = best?;
    (like >= LIKE && seen.in_sight >= SOME).then_some(seen)
}

/// The column and the row with half of the ink before them.
fn median(ink: &[Option<f32>]) -> [usize; 2] {
    [0, 1].map(|axis| {
        let mut along = [0.0; SIDE];
        for (i, ink) in ink.iter().enumerate() {
            along[[i % SIDE, i / SIDE][axis]] += ink.unwrap_or_default();
        }
        let mut left = along.iter().sum::<f32>() / 2.0;
        let passed = |ink: &f32| {
            left -= ink;
            left <= 0.0
        };
        along.iter().position(passed).unwrap_or(SIDE - 1)
    })
}

/// Whether a clip in colour shows what is said of it: things of those colours, and none of another colour in most
/// frames; each of the shape (and size) that is said wherever it is wholly in sight, in three of four frames; and
/// each on the way that is said through the first frames, in which nothing turns yet, at the pace if one is said. Of a
/// thing that another one hides in these frames the way is not judged.
pub fn obeys(clip: &[f32], sentence: &Sentence) -> bool {
    if clip.len() != 3 * FRAME * FRAMES {
        return false;
    }
    let mut frames_of = [0; COLOURS.len()];
    for frame in clip.chunks_exact(3 * FRAME) {
        for colour in scenes::inks(frame, INK).0 {
            frames_of[colour] += 1;
        }
    }
    let shown = frames_of.iter().filter(|&&frames| 2 * frames > FRAMES);
    shown.count() <= sentence.movers.len()
        && (sentence.movers.iter()).all(|mover| moves(clip, mover, sentence.movers.len() > 1))
}

/// Whether a thing is there as it is said, maybe behind another one at times.
fn moves(clip: &[f32], mover: &Mover, behind: bool) -> bool {
    let Thing::Shape {
        large,
        colour,
        shape,
    } = mover.thing
    else {
        return false;
    };
    let seen = follow(clip, colour);
    let whole = |seen: &Option<Seen>| seen.filter(|s| s.in_sight >= IN_SIGHT);
    let judged: Vec<Seen> = seen.iter().filter_map(whole).collect();
    let is_it = |s: &&Seen| s.shape == shape && large.is_none_or(|large| large == s.large);
    let right = judged.iter().filter(is_it).count();
    let most = |n: usize, of: usize| n as f64 >= MOST * of as f64;
    if right == 0 || !most(right, judged.len()) || !(behind || most(judged.len(), FRAMES)) {
        return false;
    }
    let first: Vec<Option<Seen>> = seen[..STRAIGHT].iter().map(whole).collect();
    let Some(speed) = speed(&first) else {
        return behind;
    };
    let way = speed.map(|s| if s.abs() < 0.5 { 0 } else { s.signum() as i8 });
    let quick = speed[0].abs().max(speed[1].abs()) >= 1.5;
    way == mover.direction && mover.quick.is_none_or(|said| said == quick)
}

/// The number of a frame, and where a thing is in it.
type Place = (f32, [f32; 2]);

/// Pixels a frame along each axis, by least squares.
fn speed(seen: &[Option<Seen>]) -> Option<[f32; 2]> {
    let places = seen.iter().enumerate();
    let places: Vec<Place> = places
        .filter_map(|(frame, s)| Some((frame as f32, s.as_ref()?.at)))
        .collect();
    if places.len() < FEW {
        return None;
    }
    let mean =
        |of: &dyn Fn(&Place) -> f32| places.iter().map(of).sum::<f32>() / places.len() as f32;
    let frame = mean(&|p| p.0);
    let spread = mean(&|p| (p.0 - frame).powi(2));
    Some([0, 1].map(|axis| {
        let at = mean(&|p| p.1[axis]);
        mean(&|p| (p.0 - frame) * (p.1[axis] - at)) / spread
    }))
}
