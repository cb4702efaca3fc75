//! Outlines traced around the ink of small grey images.
//!
//! The level line at half ink, found cell by cell between the middles of pixels (marching squares; Lorensen &
//! Cline 1987 in three dimensions), is thinned (Douglas & Peucker 1973) and rounded into quadratic Bézier curves,
//! except where two long edges meet. Ink lies on the right of every contour as it is seen, so that the outer ones
//! go clockwise and holes the other way round, as TrueType wants it.

use std::{collections::HashMap, fmt::Write};

use crate::{
    error::{Error, Result},
    scene::View,
};

/// Half ink.
const LEVEL: f32 = 0.5;
/// What a point may be beside the thinned line, in pixels.
const TOLERANCE: f32 = 0.13;
/// How far from its end an edge begins to bend, in pixels, at most.
const BEND: f32 = 1.1;
/// Edges of which both are at least this long meet in a corner where they turn by more than [`TURN`].
const LONG: f32 = 2.5;
/// In radians.
const TURN: f32 = 0.6;
/// Contours around less than this are dust, in square pixels.
const DUST: f32 = 0.6;
/// Pixels of a picture that are traced, at most.
const LIMIT: usize = 1 << 20;

/// A point of an outline, in pixels from the top left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
    /// Whether it lies on the curve, or draws it towards itself.
    pub on: bool,
}

/// Closed contours.
pub type Outline = Vec<Vec<Point>>;

/// The outline of an image of `width` pixels in a row, values in [0, 1].
pub fn trace(values: &[f32], width: usize) -> Outline {
    let rings = rings(values, width);
    let solid = rings.into_iter().filter(|ring| area(ring).abs() >= DUST);
    let thinned = solid.map(|ring| thinned(&ring));
    let real = thinned.filter(|ring| ring.len() >= 3);
    real.map(|ring| rounded(&ring)).collect()
}

/// The directed level lines, closed.
fn rings(values: &[f32], width: usize) -> Vec<Vec<[f32; 2]>> {
    let height = values.len() / width.max(1);
    // The middle of the pixel in that column and row, counted from one before the first.
    let at = |x: usize, y: usize| match (x.checked_sub(1), y.checked_sub(1)) {
        (Some(x), Some(y)) if x < width && y < height => values[y * width + x],
        _ => 0.0,
    };
    // An edge between two middles: its first one, and whether it goes down.
    type Edge = (usize, usize, bool);
    let point = |(x, y, down): Edge| {
        let (a, b) = (at(x, y), at(x + usize::from(!down), y + usize::from(down)));
        let t = ((LEVEL - a) / (b - a)).clamp(0.001, 0.999);
        let (x, y) = (x as f32 - 0.5, y as f32 - 0.5);
        if down { [x, y + t] } else { [x + t, y] }
    };
    let mut next: HashMap<Edge, Edge> = HashMap::new();
    let mut order: Vec<Edge> = Vec::new();
    for y in 0..=height {
        for x in 0..=width {
            let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
            let ink = corners.map(|(x, y)| at(x, y) >= LEVEL);
            // The edges after each corner, clockwise: top, right, bottom, left.
            let edges: [Edge; 4] = [
                (x, y, false),
                (x + 1, y, true),
                (x, y + 1, false),
                (x, y, true),
            ];
            let middle = corners.iter().map(|&(x, y)| at(x, y)).sum::<f32>() / 4.0 >= LEVEL;
            for i in 0..4 {
                // A line goes in where, clockwise, ink ends, and out where it begins: ink stays on its right.
                if !ink[i] || ink[(i + 1) % 4] {
                    continue;
                }
                let begins = |j: &usize| !ink[*j] && ink[(*j + 1) % 4];
                let saddle = ink[i] == ink[(i + 2) % 4] && ink[(i + 1) % 4] == ink[(i + 3) % 4];
                let out = match saddle && !middle {
                    // Two corners of ink that do not touch: around this one.
                    true => Some((i + 3) % 4),
                    false => (1..4).map(|k| (i + k) % 4).find(begins),
                };
                if let Some(out) = out {
                    next.insert(edges[i], edges[out]);
                    order.push(edges[i]);
                }
            }
        }
    }
    let mut rings = Vec::new();
    for start in order {
        let (mut ring, mut edge) = (Vec::new(), start);
        while let Some(to) = next.remove(&edge) {
            ring.push(point(edge));
            edge = to;
        }
        if ring.len() >= 3 {
            rings.push(ring);
        }
    }
    rings
}

/// Twice counted half: positive where it goes clockwise as it is seen.
fn area(ring: &[[f32; 2]]) -> f32 {
    let pairs = ring.iter().zip(ring.iter().cycle().skip(1));
    pairs.map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f32>() / 2.0
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// A ring with fewer points, none of those left out further from it than [`TOLERANCE`].
fn thinned(ring: &[[f32; 2]]) -> Vec<[f32; 2]> {
    // Begun at two points that are far apart, so that neither depends on where the ring was begun.
    let far = |from: usize| {
        let by = |&i: &usize, &j: &usize| {
            distance(ring[i], ring[from]).total_cmp(&distance(ring[j], ring[from]))
        };
        (0..ring.len()).max_by(by).unwrap_or(0)
    };
    let a = far(0);
    let b = far(a);
    let (a, b) = (a.min(b), a.max(b));
    if a == b {
        return Vec::new();
    }
    let back: Vec<[f32; 2]> = ring[b..].iter().chain(&ring[..=a]).copied().collect();
    let mut out = vec![ring[a]];
    half(&ring[a..=b], &mut out);
    half(&back, &mut out);
    out.pop();
    out
}

/// The points that are kept of a line after its first.
fn half(line: &[[f32; 2]], out: &mut Vec<[f32; 2]>) {
    let (Some(&from), Some(&to)) = (line.first(), line.last()) else {
        return;
    };
    let length = distance(from, to).max(1e-6);
    let beside = |p: [f32; 2]| {
        let cross = (to[0] - from[0]) * (p[1] - from[1]) - (to[1] - from[1]) * (p[0] - from[0]);
        (cross / length).abs()
    };
    let inner = 1..line.len().saturating_sub(1);
    let far = inner.max_by(|&i, &j| beside(line[i]).total_cmp(&beside(line[j])));
    match far {
        Some(far) if beside(line[far]) > TOLERANCE => {
            half(&line[..=far], out);
            half(&line[far..], out);
        }
        _ => out.push(to),
    }
}

/// Corners stay, all other points draw the curve towards themselves.
fn rounded(ring: &[[f32; 2]]) -> Vec<Point> {
    let n = ring.len();
    let mut out = Vec::with_capacity(3 * n);
    for i in 0..n {
        let (before, here, after) = (ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]);
        let (a, b) = (distance(before, here), distance(here, after));
        let angle = |p: [f32; 2], q: [f32; 2]| (q[1] - p[1]).atan2(q[0] - p[0]);
        let turn = angle(here, after) - angle(before, here);
        let turn = (turn + std::f32::consts::PI).rem_euclid(std::f32::consts::TAU);
        let turn = (turn - std::f32::consts::PI).abs();
        let point = |[x, y]: [f32; 2], on: bool| Point { x, y, on };
        if a >= LONG && b >= LONG && turn > TURN {
            out.push(point(here, true));
            continue;
        }
        // On an edge between two bends there is one point where both are short, else one for each.
        let along = |to: [f32; 2], length: f32| {
            let t = (BEND / length.max(1e-6)).min(0.5);
            [
                here[0] + t * (to[0] - here[0]),
                here[1] + t * (to[1] - here[1]),
            ]
        };
        let start = point(along(before, a), true);
        if out
            .last()
            .is_none_or(|last: &Point| distance([last.x, last.y], [start.x, start.y]) > 1e-3)
        {
            out.push(start);
        }
        out.push(point(here, false));
        out.push(point(along(after, b), true));
    }
    if let (Some(first), Some(last)) = (out.first().copied(), out.last().copied())
        && out.len() > 3
        && first.on
        && last.on
        && distance([first.x, first.y], [last.x, last.y]) < 1e-3
    {
        out.pop();
    }
    out
}

/// The tiles of a picture of images, row by row, each as values in [0, 1], channel by channel, and their width. Of grey
/// images one channel is asked for, of coloured ones three.
///
/// # Errors
/// [`Error::Unsupported`] for a view of another kind, or one that is too large.
pub fn tiles(view: &View, channels: usize) -> Result<(Vec<Vec<f32>>, usize)> {
    let View::Image {
        width,
        height,
        columns,
        rows,
        rgba,
        ..
    } = view
    else {
        return Err(Error::Unsupported {
            what: "Only images can be traced".into(),
        });
    };
    let [width, height, columns, rows] = [width, height, columns, rows].map(|&v| v as usize);
    if width * height > LIMIT || columns == 0 || rows == 0 || rgba.0.len() != 4 * width * height {
        return Err(Error::Unsupported {
            what: "This picture cannot be traced".into(),
        });
    }
    let (wide, high) = (width / columns, height / rows);
    let mut tiles = Vec::with_capacity(columns * rows);
    for i in 0..columns * rows {
        let (left, top) = (i % columns * wide, i / columns * high);
        let pixel = |j: usize| 4 * ((top + j / wide) * width + left + j % wide);
        // Where there is no image, nothing is opaque.
        if (0..wide * high).any(|j| rgba.0[pixel(j) + 3] == 0) {
            break;
        }
        let value = |c: usize, j: usize| f32::from(rgba.0[pixel(j) + c]) / 255.0;
        let values = (0..channels.min(3)).flat_map(|c| (0..wide * high).map(move |j| value(c, j)));
        tiles.push(values.collect());
    }
    Ok((tiles, wide))
}

/// A sheet of outlines as an SVG, each pixel of the picture one unit, ink in the colour of the text around it.
///
/// # Errors
/// As [`tiles`].
pub fn svg(view: &View) -> Result<String> {
    let (images, wide) = tiles(view, 1)?;
    let View::Image {
        width,
        height,
        columns,
        ..
    } = view
    else {
        return Ok(String::new());
    };
    let high = images.first().map_or(0, |image| image.len() / wide.max(1));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" fill=\"currentColor\">\n"
    );
    for (i, image) in images.iter().enumerate() {
        let (column, row) = (i % *columns as usize, i / *columns as usize);
        let path = path(
            &trace(image, wide),
            [(column * wide) as f32, (row * high) as f32],
        );
        if !path.is_empty() {
            out.push_str(&format!("<path d=\"{path}\"/>\n"));
        }
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// An outline as the path of an SVG.
fn path(outline: &Outline, [left, top]: [f32; 2]) -> String {
    let mut out = String::new();
    for contour in outline {
        let Some(begin) = contour.iter().position(|p| p.on) else {
            continue;
        };
        let n = contour.len();
        let at = |i: usize| contour[(begin + i) % n];
        // Writing to a string cannot fail.
        let _ = write!(out, "M{:.2} {:.2}", at(0).x + left, at(0).y + top);
        let mut i = 1;
        while i <= n {
            let p = at(i);
            if p.on {
                let _ = write!(out, "L{:.2} {:.2}", p.x + left, p.y + top);
                i += 1;
            } else {
                let q = at(i + 1);
                let [a, b, c, d] = [p.x + left, p.y + top, q.x + left, q.y + top];
                let _ = write!(out, "Q{a:.2} {b:.2} {c:.2} {d:.2}");
                i += 2;
            }
        }
        out.push('Z');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 32;

    /// An image of what is inside, each pixel the share of it that is.
    fn image(inside: impl Fn(f32, f32) -> bool) -> Vec<f32> {
        let share = |i: usize| {
            let hits = (0..64).filter(|j| {
                let sub = |k: usize| (k as f32 + 0.5) / 8.0;
                inside(
                    (i % SIDE) as f32 + sub(j % 8),
                    (i / SIDE) as f32 + sub(j / 8),
                )
            });
            hits.count() as f32 / 64.0
        };
        (0..SIDE * SIDE).map(share).collect()
    }

    /// Flattened, curves in pieces.
    fn flat(contour: &[Point]) -> Vec<[f32; 2]> {
        let n = contour.len();
        let begin = contour
            .iter()
            .position(|p| p.on)
            .expect("a point on the curve");
        let (mut out, mut i) = (Vec::new(), 0);
        while i < n {
            let p = contour[(begin + i) % n];
            let q = contour[(begin + i + 1) % n];
            out.push([p.x, p.y]);
            if q.on {
                i += 1;
                continue;
            }
            let r = contour[(begin + i + 2) % n];
            for k in 1..8 {
                let t = k as f32 / 8.0;
                let mix = |a: f32, b: f32, c: f32| {
                    (1.0 - t) * ((1.0 - t) * a + t * b) + t * ((1.0 - t) * b + t * c)
                };
                out.push([mix(p.x, q.x, r.x), mix(p.y, q.y, r.y)]);
            }
            i += 2;
        }
        out
    }

    #[test]
    fn a_disc_and_a_ring_have_their_area_and_direction() {
        let disc = |r: f32| move |x: f32, y: f32| (x - 15.3).hypot(y - 16.2) < r;
        let outline = trace(&image(disc(9.0)), SIDE);
        assert_eq!(outline.len(), 1);
        let found = area(&flat(&outline[0]));
        let wanted = std::f32::consts::PI * 81.0;
        assert!(
            (found - wanted).abs() < 0.02 * wanted,
            "{found} of {wanted}"
        );
        for [x, y] in flat(&outline[0]) {
            let r = (x - 15.3).hypot(y - 16.2);
            assert!((r - 9.0).abs() < 0.2, "{r}");
        }
        let ring = trace(&image(|x, y| disc(9.0)(x, y) && !disc(5.0)(x, y)), SIDE);
        let mut areas: Vec<f32> = ring.iter().map(|c| area(&flat(c))).collect();
        areas.sort_by(f32::total_cmp);
        assert_eq!(areas.len(), 2);
        assert!(
            (areas[0] + std::f32::consts::PI * 25.0).abs() < 4.0,
            "{areas:?}"
        );
        assert!(areas[1] > 0.0);
    }

    #[test]
    fn a_stem_keeps_its_edges() {
        let outline = trace(
            &image(|x, y| (12.0..17.0).contains(&x) && (4.0..26.0).contains(&y)),
            SIDE,
        );
        assert_eq!(outline.len(), 1);
        let found = area(&flat(&outline[0]));
        assert!((found - 110.0).abs() < 1.5, "{found}");
        let (left, right) = outline[0]
            .iter()
            .fold((f32::MAX, 0f32), |(l, r), p| (l.min(p.x), r.max(p.x)));
        assert!(
            (left - 12.0).abs() < 0.05 && (right - 17.0).abs() < 0.05,
            "{left} {right}"
        );
    }

    #[test]
    fn any_numbers_give_closed_contours() {
        let mut seed = 7u32;
        for _ in 0..200 {
            let values: Vec<f32> = (0..81)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    [0.0, 0.5, 1.0, (seed >> 8) as f32 / 16_777_216.0][(seed >> 30) as usize]
                })
                .collect();
            for contour in trace(&values, 9) {
                assert!(contour.len() >= 3);
                assert!(
                    contour
                        .iter()
                        .all(|p| (0.0..=9.0).contains(&p.x) && (0.0..=9.0).contains(&p.y))
                );
                let n = contour.len();
                // No two points in a row draw the curve: each has its ends.
                assert!((0..n).all(|i| contour[i].on || contour[(i + 1) % n].on));
            }
        }
        assert!(trace(&[], 9).is_empty());
        assert!(trace(&[f32::NAN; 81], 9).is_empty());
        assert!(trace(&[0.0; 81], 9).is_empty());
    }
}
