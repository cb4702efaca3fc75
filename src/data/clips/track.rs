//! What moves in a clip and how, found from its pixels; and how it would go on in a straight line. No
//! network takes part.

use super::{FRAMES, Mover, SIDE, STRAIGHT};
use crate::data::scenes;

/// Pixels of a frame.
const PIXELS: usize = SIDE * SIDE;
/// What counts as ink.
const INK: f32 = 0.25;
/// Less ink than that is no digit.
const LEAST: f32 = 4.0;
/// Farthest that anything moves in a frame, pixels.
const FASTEST: isize = 3;
/// Frames before the last one known by which motion is found.
const BACK: usize = 2;

/// Where the middle of the ink of a frame is, `[column, row]`; nothing where there is hardly any.
pub fn middle(frame: &[f32]) -> Option<[f32; 2]> {
    let (mut mass, mut sum) = (0.0, [0.0; 2]);
    for (i, &value) in frame.iter().enumerate().filter(|(_, v)| **v > INK) {
        mass += value;
        sum[0] += value * ((i % SIDE) as f32 + 0.5);
        sum[1] += value * ((i / SIDE) as f32 + 0.5);
    }
    (mass >= LEAST).then(|| sum.map(|s| s / mass))
}

/// Whether the one digit of a clip begins to move as it is said: its middle, followed through the first
/// frames, in which nothing turns yet, goes that way, and at that pace if one is said. Something must be
/// there to the end.
pub fn obeys(clip: &[f32], mover: &Mover) -> bool {
    let middles: Vec<Option<[f32; 2]>> = clip.chunks_exact(PIXELS).map(middle).collect();
    if middles.len() != FRAMES || middles.iter().any(Option::is_none) {
        return false;
    }
    let steps = (STRAIGHT - 1) as f32;
    let (Some(from), Some(to)) = (middles[0], middles[STRAIGHT - 1]) else {
        return false;
    };
    let speed = [0, 1].map(|axis| (to[axis] - from[axis]) / steps);
    let way = speed.map(|s| if s.abs() < 0.5 { 0 } else { s.signum() as i8 });
    let quick = speed[0].abs().max(speed[1].abs()) >= 1.5;
    way == mover.direction && mover.quick.is_none_or(|said| said == quick)
}

/// How a clip goes on when all that is to be seen moves straight on: each thing of the last frame before
/// `known`, a set of pixels that hang together, is followed back through the frames before by the shift
/// that fits best, and shifted on. Frames `known` to the end, 32 · 32 values each.
pub fn straight_on(clip: &[f32], known: usize) -> Vec<f32> {
    let frame = |i: usize| &clip[i * PIXELS..(i + 1) * PIXELS];
    let last = frame(known - 1);
    let things: Vec<(Vec<usize>, [isize; 2])> = parts(last)
        .into_iter()
        .map(|thing| {
            let shift = shift_of(&thing, last, |back| {
                (known > back).then(|| frame(known - 1 - back))
            });
            (thing, shift)
        })
        .collect();
    let mut out = vec![0.0f32; (FRAMES - known) * PIXELS];
    for (ahead, shown) in out.chunks_exact_mut(PIXELS).enumerate() {
        for (thing, shift) in &things {
            for &i in thing {
                if let Some(to) = moved(i, shift.map(|s| s * (ahead as isize + 1))) {
                    shown[to] = shown[to].max(last[i]);
                }
            }
        }
    }
    out
}

/// The last frame before `known` again and again.
pub fn standing(clip: &[f32], known: usize) -> Vec<f32> {
    clip[(known - 1) * PIXELS..known * PIXELS].repeat(FRAMES - known)
}

/// A pixel moved by a shift, if it stays in the picture.
fn moved(i: usize, [dx, dy]: [isize; 2]) -> Option<usize> {
    let (x, y) = ((i % SIDE) as isize + dx, (i / SIDE) as isize + dy);
    let within = |v: isize| v >= 0 && v < SIDE as isize;
    (within(x) && within(y)).then(|| y as usize * SIDE + x as usize)
}

/// By how much a thing of the last frame moves in a frame: the shift by which it lies best on the frames
/// before.
fn shift_of<'a>(
    thing: &[usize],
    last: &[f32],
    before: impl Fn(usize) -> Option<&'a [f32]>,
) -> [isize; 2] {
    let mut best = ([0; 2], f32::INFINITY);
    let each = -FASTEST..=FASTEST;
    for shift in each.clone().flat_map(|y| each.clone().map(move |x| [x, y])) {
        let mut off = 0.0;
        for back in 1..=BACK {
            let Some(frame) = before(back) else { continue };
            for &i in thing {
                let there = moved(i, shift.map(|s| -s * back as isize));
                let value = there.map_or(0.0, |from| frame[from]);
                off += (last[i] - value).powi(2);
            }
        }
        // Of shifts that fit as well, the smallest.
        let size = (shift[0].abs() + shift[1].abs()) as f32;
        let off = off + 1e-4 * size;
        if off < best.1 {
            best = (shift, off);
        }
    }
    best.0
}

/// Pixels with something in them that hang together, corners included.
fn parts(frame: &[f32]) -> Vec<Vec<usize>> {
    let inked: Vec<bool> = frame.iter().map(|&v| v > 0.05).collect();
    scenes::parts(&inked)
}
