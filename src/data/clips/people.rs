//! People who walk on the spot: a small figure of its own in coloured clothes, drawn by rules, and read back without
//! any network.
//!
//! What is worn and which way somebody goes is said; the skin and the step with which a clip begins are not. A round
//! of two steps takes [`ROUND`] poses. Whoever walks slowly passes one of them in a frame, whoever walks quickly two.
//!
//! ```text
//! a       = 2π pose / ROUND
//! foot    = (5 cos a, −3 max(0, sin a))           from below the hip; the other foot half a round later
//! hand    = (−4 cos a, 0)                         from below the shoulder
//! ```

use std::f32::consts::TAU;

use super::{Clip, FRAME, FRAMES, Mover, SIDE, Sentence, Thing};
use crate::{
    data::scenes::{COLOURS, INKS, PAPER},
    rng::Rng,
};

/// Poses of a round of two steps.
pub const ROUND: usize = 16;
/// The ways somebody can go, to the right and down.
pub const WAYS: [[i8; 2]; 4] = [[0, 1], [0, -1], [-1, 0], [1, 0]];
/// Garments that can be named: hair, shirt, trousers.
pub const WORN: usize = 3;
/// Tones of skin, as bytes of red, green and blue.
const SKINS: [[u8; 3]; 4] = [
    [244, 208, 178],
    [214, 162, 120],
    [160, 108, 74],
    [96, 64, 46],
];
const SHOE: [u8; 3] = [70, 52, 44];
const EYE: [u8; 3] = [30, 28, 32];
/// What is farther off is darker, so that one leg is told from the other.
const FAR: f32 = 0.72;
/// A sleeve that lies on its shirt.
const SLEEVE: f32 = 0.86;
/// The share of garments that a sentence names.
const NAMED: f64 = 0.75;
/// Root mean square difference of a value from the figure that fits best, above which nobody walks as it is read. The
/// noise of half a byte of all values is 0.02 to 0.04; legs of another pose in every frame make 0.1 and more.
const NEAR: f64 = 0.08;

/// What a pixel shows.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Paper,
    Shoe,
    Eye,
    Skin,
    /// A garment by its number, and how bright it is.
    Worn(usize, f32),
}

const HAIR: Part = Part::Worn(0, 1.0);
const SHIRT: Part = Part::Worn(1, 1.0);
const TROUSERS: Part = Part::Worn(2, 1.0);

/// A frame of parts.
struct Figure([Part; FRAME]);

impl Figure {
    /// Somebody who goes way `way` of [`WAYS`], in a pose.
    fn new(way: usize, pose: usize) -> Self {
        let mut figure = Self([Part::Paper; FRAME]);
        let angle = TAU * (pose % ROUND) as f32 / ROUND as f32;
        match way {
            0 => figure.upright(angle, true),
            1 => figure.upright(angle, false),
            _ => figure.sideways(angle),
        }
        if way == 3 {
            for row in figure.0.chunks_exact_mut(SIDE) {
                row.reverse();
            }
        }
        figure
    }

    /// Columns and rows from and up to.
    fn fill(&mut self, [left, right]: [i32; 2], [top, bottom]: [i32; 2], part: Part) {
        let inside = |v: i32| v.clamp(0, SIDE as i32) as usize;
        for y in inside(top)..inside(bottom) {
            self.0[y * SIDE + inside(left)..y * SIDE + inside(right)].fill(part);
        }
    }

    /// Seen from the front or from behind: feet rise in turns, and the arm beside a foot that is behind is the longer.
    fn upright(&mut self, angle: f32, front: bool) {
        let up = raised(angle);
        let legs = [
            ([12, 16], [10, 12], angle),
            ([16, 20], [20, 22], angle + TAU / 2.0),
        ];
        for (leg, arm, angle) in legs {
            let lift = (3.0 * angle.sin().max(0.0)).round() as i32;
            self.fill(leg, [20 - up, 28 - lift], TROUSERS);
            self.fill(leg, [28 - lift, 30 - lift], Part::Shoe);
            // Seen from behind, what is in front is hidden a little more.
            let ahead = if front { angle.cos() } else { -angle.cos() };
            let hand = 18 - up + (1.5 * ahead).round() as i32;
            self.fill(arm, [13 - up, hand], Part::Worn(1, SLEEVE));
            self.fill(arm, [hand, hand + 2], Part::Skin);
        }
        self.fill([12, 20], [12 - up, 21 - up], SHIRT);
        self.fill([12, 20], [4 - up, 12 - up], Part::Skin);
        if front {
            self.fill([11, 21], [3 - up, 6 - up], HAIR);
            for side in [[11, 12], [20, 21]] {
                self.fill(side, [6 - up, 9 - up], HAIR);
            }
            for eye in [[14, 15], [17, 18]] {
                self.fill(eye, [7 - up, 9 - up], Part::Eye);
            }
        } else {
            self.fill([11, 21], [3 - up, 11 - up], HAIR);
        }
    }

    /// Seen from the side, on the way to the left.
    fn sideways(&mut self, angle: f32) {
        let up = raised(angle);
        for (angle, bright) in [(angle + TAU / 2.0, FAR), (angle, 1.0)] {
            let lift = (3.0 * angle.sin().max(0.0)).round() as i32;
            let (hip, ground) = (20 - up, 28 - lift);
            let foot = -5.0 * angle.cos();
            for y in hip..ground {
                let along = (y - hip) as f32 / (ground - hip) as f32;
                let left = 14 + (foot * along).round() as i32;
                self.fill([left, left + 4], [y, y + 1], Part::Worn(2, bright));
            }
            let left = 13 + foot.round() as i32;
            self.fill([left, left + 5], [ground, ground + 2], Part::Shoe);
        }
        self.fill([13, 19], [12 - up, 21 - up], SHIRT);
        let swing = 4.0 * angle.cos();
        for y in 13..18 {
            let left = 15 + (swing * (y - 13) as f32 / 5.0).round() as i32;
            self.fill(
                [left, left + 3],
                [y - up, y + 1 - up],
                Part::Worn(1, SLEEVE),
            );
        }
        let left = 15 + swing.round() as i32;
        self.fill([left, left + 2], [18 - up, 20 - up], Part::Skin);
        self.fill([12, 20], [4 - up, 12 - up], Part::Skin);
        self.fill([12, 21], [3 - up, 6 - up], HAIR);
        self.fill([17, 21], [6 - up, 10 - up], HAIR);
        self.fill([13, 14], [7 - up, 9 - up], Part::Eye);
    }
}

/// Pixels by which somebody is higher whose feet pass each other.
fn raised(angle: f32) -> i32 {
    i32::from(angle.cos().abs() < 0.5)
}

/// What a part looks like, on somebody of these colours and this skin.
fn colour(part: Part, worn: [usize; WORN], skin: usize) -> [f32; 3] {
    match part {
        Part::Paper => PAPER.map(f32::from),
        Part::Shoe => SHOE.map(f32::from),
        Part::Eye => EYE.map(f32::from),
        Part::Skin => SKINS[skin].map(f32::from),
        Part::Worn(garment, bright) => INKS[worn[garment]].map(|v| (f32::from(v) * bright).round()),
    }
}

/// Somebody, and how they walk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Walk {
    /// Index of the colour of each garment.
    pub worn: [usize; WORN],
    /// Index of the tone of the skin.
    pub skin: usize,
    /// Index of the way.
    pub way: usize,
    /// Whether two poses pass in a frame, or one.
    pub quick: bool,
    /// The pose of the first frame.
    pub first: usize,
}

impl Walk {
    /// One that is drawn from `rng`.
    pub fn draw(rng: &mut Rng) -> Self {
        Self {
            worn: [(); WORN].map(|()| rng.below(COLOURS.len())),
            skin: rng.below(SKINS.len()),
            way: rng.below(WAYS.len()),
            quick: rng.below(2) == 1,
            first: rng.below(ROUND),
        }
    }

    /// The pose of a frame.
    pub fn pose(&self, frame: usize) -> usize {
        (self.first + frame * if self.quick { 2 } else { 1 }) % ROUND
    }

    /// All frames of it as bytes, in each red, green and blue, row by row.
    pub fn pixels(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(3 * FRAME * FRAMES);
        for frame in 0..FRAMES {
            let figure = Figure::new(self.way, self.pose(frame));
            let seen = figure.0.map(|part| colour(part, self.worn, self.skin));
            for channel in 0..3 {
                out.extend(seen.iter().map(|rgb| rgb[channel] as u8));
            }
        }
        out
    }

    /// What moves and how, all of it said.
    pub fn mover(&self) -> Mover {
        Mover {
            thing: Thing::Person(self.worn.map(Some)),
            direction: WAYS[self.way],
            quick: Some(self.quick),
        }
    }

    /// Whether it is what is said.
    pub fn is(&self, said: &Mover) -> bool {
        let Thing::Person(worn) = said.thing else {
            return false;
        };
        let mut garments = worn.iter().zip(self.worn);
        garments.all(|(said, worn)| said.is_none_or(|said| said == worn))
            && WAYS[self.way] == said.direction
            && said.quick.is_none_or(|quick| quick == self.quick)
    }
}

/// A clip of somebody, of whom not all is said.
pub(super) fn clip(rng: &mut Rng) -> Clip {
    let walk = Walk::draw(rng);
    let mut mover = walk.mover();
    if let Thing::Person(worn) = &mut mover.thing {
        for garment in worn {
            *garment = garment.filter(|_| rng.unit() < NAMED);
        }
    }
    mover.quick = mover.quick.filter(|_| rng.unit() < NAMED);
    Clip {
        pixels: walk.pixels(),
        sentence: Sentence {
            movers: vec![mover],
        },
        middles: vec![[[SIDE as f32 / 2.0; 2]; FRAMES]],
    }
}

/// How far off each choice is for a way and a pose of a frame: squares, summed over the pixels that show it.
#[derive(Clone, Copy, Default)]
struct Off {
    /// Paper, shoes and eyes, which nobody chooses.
    fixed: f64,
    worn: [[f64; COLOURS.len()]; WORN],
    skin: [f64; SKINS.len()],
}

impl Off {
    fn of(frame: &[f32], figure: &Figure) -> Self {
        let mut off = Self::default();
        let far = |i: usize, rgb: [f32; 3]| -> f64 {
            let each = rgb.iter().enumerate();
            each.map(|(c, &v)| f64::from(frame[c * FRAME + i] - v / 255.0).powi(2))
                .sum()
        };
        for (i, &part) in figure.0.iter().enumerate() {
            match part {
                Part::Skin => {
                    for (skin, sum) in off.skin.iter_mut().enumerate() {
                        *sum += far(i, colour(part, [0; WORN], skin));
                    }
                }
                Part::Worn(garment, _) => {
                    for (ink, sum) in off.worn[garment].iter_mut().enumerate() {
                        *sum += far(i, colour(part, [ink; WORN], 0));
                    }
                }
                _ => off.fixed += far(i, colour(part, [0; WORN], 0)),
            }
        }
        off
    }

    fn add(&mut self, other: &Self) {
        self.fixed += other.fixed;
        for (sums, more) in self.worn.iter_mut().zip(&other.worn) {
            sums.iter_mut()
                .zip(more)
                .for_each(|(sum, more)| *sum += more);
        }
        let skins = self.skin.iter_mut().zip(&other.skin);
        skins.for_each(|(sum, more)| *sum += more);
    }

    /// The colours and the skin that are least far off, and how far.
    fn best(&self) -> ([usize; WORN], usize, f64) {
        let (skin, off) = least(&self.skin);
        let worn = self.worn.map(|sums| least(&sums));
        let sum = self.fixed + off + worn.iter().map(|(_, off)| off).sum::<f64>();
        (worn.map(|(ink, _)| ink), skin, sum)
    }
}

/// The least number and where it stands.
fn least(all: &[f64]) -> (usize, f64) {
    let each = all.iter().copied().enumerate();
    each.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
}

/// Who walks in a clip in colour, and how far it is from that at root mean square: of all walks the nearest one. Nothing
/// for a clip of another size.
pub fn read(clip: &[f32]) -> Option<(Walk, f64)> {
    if clip.len() != 3 * FRAME * FRAMES {
        return None;
    }
    let frames: Vec<&[f32]> = clip.chunks_exact(3 * FRAME).collect();
    let mut best: Option<(Walk, f64)> = None;
    for way in 0..WAYS.len() {
        let poses: Vec<Figure> = (0..ROUND).map(|pose| Figure::new(way, pose)).collect();
        let off = |frame: &&[f32]| poses.iter().map(|figure| Off::of(frame, figure)).collect();
        let off: Vec<Vec<Off>> = frames.iter().map(off).collect();
        for (quick, first) in [false, true]
            .into_iter()
            .flat_map(|q| (0..ROUND).map(move |f| (q, f)))
        {
            let mut walk = Walk {
                worn: [0; WORN],
                skin: 0,
                way,
                quick,
                first,
            };
            let mut sum = Off::default();
            for (frame, off) in off.iter().enumerate() {
                sum.add(&off[walk.pose(frame)]);
            }
            let far;
            (walk.worn, walk.skin, far) = sum.best();
            if best.is_none_or(|(_, nearest)| far < nearest) {
                best = Some((walk, far));
            }
        }
    }
    best.map(|(walk, far)| (walk, (far / clip.len() as f64).sqrt()))
}

/// Who walks in a clip in colour, if somebody does: the walk that is nearest to it, if it is near.
pub fn seen(clip: &[f32]) -> Option<Walk> {
    read(clip)
        .filter(|(_, far)| *far <= NEAR)
        .map(|(walk, _)| walk)
}

/// Whether a clip in colour shows what is said of somebody.
pub fn obeys(clip: &[f32], said: &Mover) -> bool {
    seen(clip).is_some_and(|walk| walk.is(said))
}
