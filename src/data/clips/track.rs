//! What moves in a clip and how, found from its pixels; and how it would go on in a straight line. No
//! network takes part.

use super::{FRAME as PIXELS, FRAMES, Kind, Mover, SIDE, STRAIGHT};
use crate::data::scenes;

/// What counts as ink.
const INK: f32 = 0.25;
/// What counts as a pixel of a thing.
const FAINT: f32 = 0.05;
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

/// Whether the one digit of a clip in grey begins to move as it is said: its middle, followed through the first
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

/// How a clip of a kind goes on without a model, and what that is called: people, who walk on the spot, as before once
/// again, anything else straight on.
pub fn going_on(kind: Kind, clip: &[f32], known: usize) -> (&'static str, Vec<f32>) {
    match kind {
        Kind::People => ("The same again", again(clip, known)),
        _ => ("Straight on", straight_on(clip, kind.channels(), known)),
    }
}

/// How a clip goes on that does again what it did: frames `known` to the end, each as it was `known` frames before.
/// Whoever walks is back in the same pose after a round.
pub fn again(clip: &[f32], known: usize) -> Vec<f32> {
    let size = clip.len() / FRAMES;
    let all = (known..FRAMES).map(|frame| frame % known.max(1) * size);
    all.flat_map(|at| clip[at..at + size].iter().copied())
        .collect()
}

/// How a clip of so many colours goes on when all that is to be seen moves straight on: each thing of the last
/// frame before `known`, a set of pixels of a colour that hang together, is followed back through the frames before
/// by the shift that fits best, and shifted on. Frames `known` to the end.
pub fn straight_on(clip: &[f32], channels: usize, known: usize) -> Vec<f32> {
    let size = channels * PIXELS;
    let frame = |i: usize| &clip[i * size..(i + 1) * size];
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
    let ground = ground(channels);
    let empty = ground.iter().flat_map(|&value| [value; PIXELS]);
    let mut out = empty.collect::<Vec<f32>>().repeat(FRAMES - known);
    for (ahead, shown) in out.chunks_exact_mut(size).enumerate() {
        for (thing, shift) in &things {
            for &i in thing {
                let Some(to) = moved(i, shift.map(|s| s * (ahead as isize + 1))) else {
                    continue;
                };
                // Of two that meet, what is farther from the ground.
                let far = |pixels: &[f32], at: usize| -> f32 {
                    let each = ground.iter().enumerate();
                    each.map(|(c, g)| (pixels[c * PIXELS + at] - g).abs()).sum()
                };
                if far(last, i) > far(shown, to) {
                    for c in 0..channels {
                        shown[c * PIXELS + to] = last[c * PIXELS + i];
                    }
                }
            }
        }
    }
    out
}

/// What is seen where nothing is: black, or the paper of scenes.
pub fn ground(channels: usize) -> Vec<f32> {
    match channels {
        1 => vec![0.0],
        _ => scenes::PAPER.map(|value| f32::from(value) / 255.0).to_vec(),
    }
}

/// The last frame before `known` again and again.
pub fn standing(clip: &[f32], channels: usize, known: usize) -> Vec<f32> {
    let size = channels * PIXELS;
    clip[(known - 1) * size..known * size].repeat(FRAMES - known)
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
    let ground = ground(last.len() / PIXELS);
    let mut best = ([0; 2], f32::INFINITY);
    let each = -FASTEST..=FASTEST;
    for shift in each.clone().flat_map(|y| each.clone().map(move |x| [x, y])) {
        let mut off = 0.0;
        for back in 1..=BACK {
            let Some(frame) = before(back) else { continue };
            for &i in thing {
                let there = moved(i, shift.map(|s| -s * back as isize));
                for (c, &nothing) in ground.iter().enumerate() {
                    let value = there.map_or(nothing, |from| frame[c * PIXELS + from]);
                    off += (last[c * PIXELS + i] - value).powi(2);
                }
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

/// Pixels with something in them that hang together, corners included; of a frame in colour, those of each colour.
fn parts(frame: &[f32]) -> Vec<Vec<usize>> {
    if frame.len() == PIXELS {
        let inked: Vec<bool> = frame.iter().map(|&v| v > FAINT).collect();
        return scenes::parts(&inked);
    }
    let (shown, inks) = scenes::inks(frame, FAINT);
    let of = |ink: usize| {
        let inked = inks.iter().map(|one| one.is_some_and(|(of, _)| of == ink));
        scenes::parts(&inked.collect::<Vec<bool>>())
    };
    shown.into_iter().flat_map(of).collect()
}
