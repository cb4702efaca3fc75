//! Worlds as pixels.

use super::{COLOURS, Cell, Door, Kind, OWN, Pose, Rooms, SEEN, SIGHT, Sight, Thing, cell_of};

/// Pixels of a cell, along a side.
pub const TILE: usize = 12;
/// Red, green and blue of each of [`COLOURS`].
const RGB: [[u8; 3]; COLOURS.len()] = [
    [214, 60, 54],
    [58, 158, 74],
    [56, 108, 214],
    [146, 82, 196],
    [226, 184, 40],
    [128, 132, 138],
];
const FLOOR: [u8; 3] = [238, 236, 230];
const LINE: [u8; 3] = [222, 219, 211];
const WALL: [u8; 3] = [92, 90, 96];
const UNSEEN: [u8; 3] = [52, 52, 58];
const AGENT: [u8; 3] = [24, 24, 28];
/// Edges of cells that are pointed out.
const MARK: [u8; 3] = [255, 120, 0];
/// How much of a cell that the agent does not see is left of its colours.
const DIM: [u16; 2] = [5, 8];

/// An image, row by row, red, green and blue of each pixel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels in a row and in a column.
    pub side: usize,
    /// `3 · side²` bytes.
    pub rgb: Vec<u8>,
}

impl Picture {
    fn new(cells: usize) -> Self {
        let side = cells * TILE;
        Self {
            side,
            rgb: UNSEEN.repeat(side * side),
        }
    }

    /// Paints a cell; `ink` says the colour of each pixel from its place in the cell, −1 to 1 from its middle.
    fn tile(&mut self, [column, row]: [usize; 2], ink: impl Fn(f32, f32) -> [u8; 3]) {
        for y in 0..TILE {
            for x in 0..TILE {
                let at = |v: usize| (2.0 * v as f32 + 1.0) / TILE as f32 - 1.0;
                let place = 3 * ((row * TILE + y) * self.side + column * TILE + x);
                if let Some(pixel) = self.rgb.get_mut(place..place + 3) {
                    pixel.copy_from_slice(&ink(at(x), at(y)));
                }
            }
        }
    }

    /// Paints a cell as another one is.
    fn copy(&mut self, [from, to]: [[usize; 2]; 2]) {
        let side = self.side;
        let start = |[column, row]: [usize; 2], y| 3 * ((row * TILE + y) * side + column * TILE);
        for y in 0..TILE {
            let (from, to) = (start(from, y), start(to, y));
            if from.max(to) + 3 * TILE <= self.rgb.len() {
                self.rgb.copy_within(from..from + 3 * TILE, to);
            }
        }
    }

    /// Mixes `colour` into a cell's edge, as strongly as `weight` says.
    fn mark(&mut self, [column, row]: [usize; 2], colour: [u8; 3], weight: f32) {
        let edge = |v: usize| v == 0 || v + 1 == TILE;
        let near = |v: usize| v == 1 || v + 2 == TILE;
        for y in 0..TILE {
            for x in 0..TILE {
                if !(edge(x) || edge(y) || near(x) || near(y)) {
                    continue;
                }
                let place = 3 * ((row * TILE + y) * self.side + column * TILE + x);
                if let Some(pixel) = self.rgb.get_mut(place..place + 3) {
                    for (value, &to) in pixel.iter_mut().zip(&colour) {
                        let mixed = f32::from(*value) * (1.0 - weight) + f32::from(to) * weight;
                        *value = mixed as u8;
                    }
                }
            }
        }
    }

    /// Its bytes, channel by channel.
    pub fn channels(&self) -> Vec<u8> {
        let pixels = self.rgb.as_chunks::<3>().0;
        let mut out = vec![0; 3 * pixels.len()];
        let channels = out.chunks_exact_mut(pixels.len().max(1));
        for (c, channel) in channels.enumerate() {
            for (to, pixel) in channel.iter_mut().zip(pixels) {
                *to = pixel[c];
            }
        }
        out
    }

    /// Values in [0, 1], channel by channel.
    pub fn values(&self) -> impl Iterator<Item = f32> + '_ {
        let channel = |c: usize| self.rgb.iter().skip(c).step_by(3);
        (0..3).flat_map(channel).map(|&v| f32::from(v) / 255.0)
    }
}

fn floor(x: f32, y: f32) -> [u8; 3] {
    let edge = 1.0 - 1.2 / TILE as f32;
    if x > edge || y > edge { LINE } else { FLOOR }
}

/// The colour of a place in a cell.
fn ink(cell: Cell, x: f32, y: f32) -> [u8; 3] {
    let rgb = |colour: u8| RGB[usize::from(colour) % RGB.len()];
    match cell {
        Cell::Empty => floor(x, y),
        Cell::Wall => WALL,
        Cell::Door(colour, state) => {
            let frame = x.abs().max(y.abs()) > 0.72;
            let knob = match state {
                Door::Locked => x.abs() < 0.3 && y.abs() < 0.3,
                _ => (x - 0.4).abs() < 0.18 && y.abs() < 0.18,
            };
            match state {
                Door::Open if frame => rgb(colour),
                Door::Open => floor(x, y),
                _ if knob => AGENT,
                _ => rgb(colour),
            }
        }
        Cell::Thing(thing) => match shape(thing.kind, x, y) {
            true => rgb(thing.colour),
            false => floor(x, y),
        },
    }
}

fn shape(kind: Kind, x: f32, y: f32) -> bool {
    match kind {
        Kind::Ball => x * x + y * y < 0.45,
        Kind::Box => {
            let far = x.abs().max(y.abs());
            (0.4..0.75).contains(&far) || (far < 0.75 && y.abs() < 0.12)
        }
        Kind::Key => {
            let ring = x * x + (y + 0.4) * (y + 0.4);
            let shaft = x.abs() < 0.14 && (-0.1..0.85).contains(&y);
            let teeth =
                (0.0..0.45).contains(&x) && ((0.3..0.5).contains(&y) || y > 0.68 && y < 0.85);
            (0.05..0.2).contains(&ring) || shaft || teeth
        }
    }
}

/// An arrowhead that points where the agent looks.
fn arrow(facing: u8, x: f32, y: f32) -> bool {
    let (along, across) = match facing % 4 {
        0 => (x, y),
        1 => (y, x),
        2 => (-x, y),
        _ => (-y, x),
    };
    (-0.6..0.75).contains(&along) && across.abs() < 0.55 * (0.75 - along) / 1.35
}

fn carried(thing: Thing, x: f32, y: f32) -> Option<[u8; 3]> {
    // Small, in the corner.
    let (x, y) = ((x - 0.5) * 2.2, (y + 0.5) * 2.2);
    let inside = x.abs() < 1.0 && y.abs() < 1.0;
    (inside && shape(thing.kind, x, y)).then(|| ink(Cell::Thing(thing), x, y))
}

/// A world from above, in the middle of `side` × `side` cells; what the agent does not see is darker.
pub fn world(rooms: &Rooms, side: usize) -> Picture {
    let mut picture = Picture::new(side);
    let [width, height] = rooms.size();
    let (left, top) = (
        side.saturating_sub(width) / 2,
        side.saturating_sub(height) / 2,
    );
    let visible = rooms.visible();
    let seen = (0..SEEN).filter(|&i| visible[i]);
    let seen: Vec<[isize; 2]> = seen.map(|i| rooms.pose.seen(i)).collect();
    // Most cells look like one that was painted already.
    let mut painted: Vec<(Cell, bool, [usize; 2])> = Vec::new();
    for (at, cell) in rooms.cells() {
        let [x, y] = at.map(|v| v as usize);
        if x + left >= side || y + top >= side {
            continue;
        }
        let (lit, Pose { facing, .. }) = (seen.contains(&at), rooms.pose);
        let own = at == rooms.pose.place(0, 0);
        let place = [x + left, y + top];
        let alike = painted.iter().find(|p| !own && (p.0, p.1) == (cell, lit));
        if let Some(&(.., like)) = alike {
            picture.copy([like, place]);
            continue;
        }
        if !own {
            painted.push((cell, lit, place));
        }
        picture.tile(place, |u, v| {
            if own && let Some(rgb) = rooms.carried.and_then(|thing| carried(thing, u, v)) {
                return rgb;
            }
            if own && arrow(facing, u, v) {
                return AGENT;
            }
            let rgb = ink(cell, u, v);
            match lit {
                true => rgb,
                false => rgb.map(|v| (u16::from(v) * DIM[0] / DIM[1]) as u8),
            }
        });
    }
    picture
}

/// Puts an edge around cells of a world that [`world`] has painted.
pub fn edge(picture: &mut Picture, rooms: &Rooms, cells: &[[isize; 2]]) {
    let size = rooms.size();
    let first = size.map(|n| (picture.side / TILE).saturating_sub(n) / 2);
    for &[x, y] in cells {
        let inside = |v: isize, n: usize| (0..n as isize).contains(&v);
        if inside(x, size[0]) && inside(y, size[1]) {
            picture.mark([x as usize + first[0], y as usize + first[1]], MARK, 1.0);
        }
    }
}

/// What the agent sees; cells with a weight have an edge, as strong as it.
pub fn sight(sight: &Sight, weights: &[f32]) -> Picture {
    let mut picture = Picture::new(SIGHT);
    for (i, &symbol) in sight.iter().enumerate() {
        let at = [i % SIGHT, i / SIGHT];
        let cell = cell_of(symbol);
        if i == OWN {
            let thing = match cell {
                Some(Cell::Thing(thing)) => Some(thing),
                _ => None,
            };
            picture.tile(at, |x, y| {
                let held = thing.and_then(|thing| carried(thing, x, y));
                match arrow(3, x, y) {
                    _ if held.is_some() => held.unwrap_or(AGENT),
                    true => AGENT,
                    false => floor(x, y),
                }
            });
        } else if let Some(cell) = cell {
            picture.tile(at, |x, y| ink(cell, x, y));
        }
        if let Some(&weight) = weights.get(i).filter(|w| **w > 0.0) {
            picture.mark(at, MARK, weight.min(1.0));
        }
    }
    picture
}

/// Four pictures of one size in two rows, with a line between them.
pub fn four(pictures: [&Picture; 4]) -> Picture {
    /// Pixels of the line.
    const BETWEEN: usize = 6;
    let one = pictures.iter().map(|p| p.side).max().unwrap_or(0);
    let side = 2 * one + BETWEEN;
    let mut rgb = LINE.repeat(side * side);
    for (i, picture) in pictures.into_iter().enumerate() {
        let (left, top) = ((one + BETWEEN) * (i % 2), (one + BETWEEN) * (i / 2));
        let rows = picture.rgb.chunks_exact(3 * picture.side.max(1));
        for (y, row) in rows.enumerate() {
            let at = 3 * ((top + y) * side + left);
            if let Some(pixels) = rgb.get_mut(at..at + row.len()) {
                pixels.copy_from_slice(row);
            }
        }
    }
    Picture { side, rgb }
}
