//! A reader's own points: a table as text, or a drawing.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    bytes::Bytes,
    error::{Error, Result},
};

/// A reader's points in 2-D.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum PointSource {
    /// Text with two numbers in a line, apart by comma, semicolon, tab or space; a first line of
    /// names and a first column without a name are skipped.
    Csv {
        /// The text, UTF-8.
        bytes: Bytes,
    },
    /// Drawn points.
    Drawn {
        /// x, y, x, y, … as little-endian f32, in the window's coordinates.
        xy: Bytes,
        /// The class of each, 0 or 1, a byte each; nothing for points without classes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        classes: Option<Bytes>,
    },
}

/// Points that are accepted.
pub const MAX_POINTS: usize = 1_000_000;
/// Bytes of a table that are accepted.
pub const MAX_BYTES: usize = 64 << 20;
/// Half the side of the square that a table is scaled into; the window is a little larger.
const REACH: f64 = 3.6;
/// A drawing lies in the window already.
const WINDOW: f64 = 4.0;
/// One scale serves both axes, so that a circle stays one, unless one axis is so many times as wide as
/// the other: metres beside kilograms would be a hairline.
const APART: f64 = 5.0;
/// Rows that say whether the first one is like them.
const ENOUGH_ROWS: usize = 10;

/// A reader's own units: x = middle + scale · w of a point w in the window, for each axis.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Units {
    /// What lies in the middle of the window.
    pub middle: [f64; 2],
    /// What one unit of the window is.
    pub scale: [f64; 2],
}

impl Units {
    /// A point of the window in the reader's units.
    pub fn own(&self, w: [f32; 2]) -> [f64; 2] {
        [0, 1].map(|d| self.middle[d] + self.scale[d] * f64::from(w[d]))
    }

    /// A point of the window in the reader's units, as text with the digits that an f32 has.
    pub fn shown(&self, w: [f32; 2]) -> [String; 2] {
        let own = self.own(w);
        [0, 1].map(|d| {
            // A coordinate of the window has about six digits after the point.
            let digits = 6.0 - self.scale[d].log10().floor();
            match digits {
                0.0..16.0 => format!("{:.*}", digits as usize, own[d]),
                _ => format!("{:e}", own[d]),
            }
        })
    }

    /// Left, right, bottom, top of a window in the reader's units.
    pub fn of_window(&self, [left, right, bottom, top]: [f32; 4]) -> [f64; 4] {
        let ([left, bottom], [right, top]) = (self.own([left, bottom]), self.own([right, top]));
        [left, right, bottom, top]
    }

    /// Whether they are numbers that points can be scaled by.
    pub(in crate::data) fn are_sound(&self) -> bool {
        let all = self.middle.iter().chain(&self.scale);
        all.into_iter().all(|v| v.is_finite()) && self.scale.iter().all(|&s| s > 0.0)
    }
}

/// A reader's points inside the window.
pub(super) struct Placed {
    /// They.
    pub points: Vec<[f32; 2]>,
    /// How they were scaled; none where they are as they were drawn.
    pub units: Option<Units>,
    /// What of a table is no point, in sentences.
    pub skipped: Option<String>,
    /// The class of each; none where they have no classes.
    pub classes: Vec<u32>,
    /// How many of them one movement of a pen leaves, near to each other.
    pub together: usize,
}

/// Points that a pen leaves at each place.
const SPRAY: usize = 3;

const TWO_NUMBERS: &str = "Each line needs two numbers, for example 0.5, -1.2.";
const SOME_POINTS: &str =
    "Give at least two different points; a few hundred are good to learn from.";

fn bad(reason: impl Into<String>, hint: &str) -> Error {
    Error::BadPoints {
        reason: reason.into(),
        hint: hint.into(),
    }
}

fn too_many(found: impl std::fmt::Display) -> Error {
    bad(
        format!("there are {found}, and at most 1,000,000 are accepted"),
        "Take a random part of them: a few thousand show the same.",
    )
}

/// The points, finite, not all in one place, and inside the window.
///
/// # Errors
/// [`Error::BadPoints`].
pub(super) fn points(source: &PointSource) -> Result<Placed> {
    let (table, drawn) = match source {
        PointSource::Csv { bytes } => (table(&bytes.0)?, false),
        PointSource::Drawn { xy, .. } => (drawing(&xy.0)?, true),
    };
    let classes = match source {
        PointSource::Drawn {
            classes: Some(classes),
            ..
        } => of_two(&classes.0, table.points.len())?,
        _ => Vec::new(),
    };
    let points = table.points;
    if points.is_empty() {
        return Err(bad("there are none", SOME_POINTS));
    }
    if points.len() == 1 {
        return Err(bad("there is only one", SOME_POINTS));
    }
    let (low, high) = extent(&points);
    // Halves first: the difference of two numbers near the largest is none.
    let half = [0, 1].map(|d| high[d] / 2.0 - low[d] / 2.0);
    let (smaller, larger) = (half[0].min(half[1]), half[0].max(half[1]));
    let same = || {
        let reason = format!("all {} of them are the same", points.len());
        bad(reason, SOME_POINTS)
    };
    if larger <= 0.0 {
        return Err(same());
    }
    let reach = match smaller > 0.0 && larger / smaller > APART {
        true => half,
        false => [larger; 2],
    };
    let inside = |v: f64| v.abs() <= WINDOW;
    let keep = drawn && low.into_iter().chain(high).all(inside);
    let middle = [0, 1].map(|d| low[d] / 2.0 + high[d] / 2.0);
    let placed: Vec<[f32; 2]> = points
        .iter()
        .map(|p| {
            [0, 1].map(|d| match keep {
                true => p[d] as f32,
                false => ((p[d] - middle[d]) / reach[d] * REACH) as f32,
            })
        })
        .collect();
    // Differences that f32 or the division cannot hold.
    if placed.iter().all(|p| *p == placed[0]) || placed.iter().flatten().any(|v| !v.is_finite()) {
        return Err(same());
    }
    let units = Units {
        middle,
        scale: reach.map(|r| (r / REACH).max(f64::MIN_POSITIVE)),
    };
    let skipped = (!table.skipped.is_empty()).then(|| table.skipped.join(" "));
    Ok(Placed {
        points: placed,
        units: (!keep).then_some(units),
        skipped,
        classes,
        together: if drawn { SPRAY } else { 1 },
    })
}

/// The classes of `count` points, of which there are two.
fn of_two(bytes: &[u8], count: usize) -> Result<Vec<u32>> {
    if bytes.len() != count || bytes.iter().any(|&class| class > 1) {
        let reason = "what class each of them has is not known";
        return Err(bad(reason, "Draw them again."));
    }
    if count > 0 && bytes.iter().all(|class| *class == bytes[0]) {
        return Err(bad(
            "all of them are of one class",
            "Draw some of the other class as well.",
        ));
    }
    Ok(bytes.iter().map(|&class| u32::from(class)).collect())
}

/// The least and the largest of each coordinate; the origin without points.
fn extent(points: &[[f64; 2]]) -> ([f64; 2], [f64; 2]) {
    let first = points.first().copied().unwrap_or_default();
    let (mut low, mut high) = (first, first);
    for p in points {
        for d in 0..2 {
            low[d] = low[d].min(p[d]);
            high[d] = high[d].max(p[d]);
        }
    }
    (low, high)
}

/// Points as they were given.
struct Table {
    points: Vec<[f64; 2]>,
    skipped: Vec<String>,
}

fn drawing(bytes: &[u8]) -> Result<Table> {
    let (points, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(bad("the drawing is cut off", "Draw it again."));
    }
    if points.len() > MAX_POINTS {
        return Err(too_many(points.len()));
    }
    let number = |p: &[u8; 8], at: usize| {
        f64::from(f32::from_le_bytes([p[at], p[at + 1], p[at + 2], p[at + 3]]))
    };
    let points: Vec<_> = points
        .iter()
        .map(|p| [number(p, 0), number(p, 4)])
        .collect();
    if points.iter().flatten().any(|v| !v.is_finite()) {
        return Err(bad("a drawn one is nowhere", "Draw it again."));
    }
    Ok(Table {
        points,
        skipped: Vec::new(),
    })
}

fn table(bytes: &[u8]) -> Result<Table> {
    if bytes.len() > MAX_BYTES {
        let reason = format!(
            "the table has {} MB, and at most {} MB are accepted",
            bytes.len() >> 20,
            MAX_BYTES >> 20
        );
        return Err(bad(
            reason,
            "Take a random part of its lines, at most 1,000,000.",
        ));
    }
    let newlines = |bytes: &[u8]| bytes.iter().filter(|&&b| b == b'\n').count();
    // Before anything is parsed. A header and a few remarks come on top.
    let lines = newlines(bytes);
    if lines > MAX_POINTS + 1000 {
        return Err(too_many(format!("{lines} lines")));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = 1 + newlines(&bytes[..e.valid_up_to()]);
        let reason = format!("line {line} is not UTF-8 text");
        bad(
            reason,
            "Save the table as CSV in UTF-8, not as a spreadsheet.",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A tab at the beginning parts an empty field from the next.
    let numbered = text
        .lines()
        .zip(1..)
        .map(|(line, at)| (line.trim_matches([' ', '\r']), at));
    let mut rows = numbered
        .filter(|(line, _)| !line.trim().is_empty() && !line.starts_with('#'))
        .peekable();
    let mut table = Table {
        points: Vec::with_capacity(lines + 1),
        skipped: Vec::new(),
    };
    let Some((first, at)) = rows.next() else {
        return Ok(table);
    };
    let second = rows.peek().map_or("", |(line, _)| line);
    let index = unnamed_first(first) && fields(second).0.count() == 3;
    if index {
        let left_out = "The first column, which has no name, was left out.";
        table.skipped.push(left_out.into());
    } else if !names(first) {
        table.points.push(row(first, at, false)?);
    }
    let counted = counts_columns(first);
    if index && counted {
        table.skipped.push(header(first, at));
    }
    for (line, at) in rows {
        table.points.push(row(line, at, index)?);
    }
    if counted && !index && stands_apart(&table.points) {
        table.points.remove(0);
        table.skipped.push(header(first, at));
    }
    if table.points.len() > MAX_POINTS {
        return Err(too_many(table.points.len()));
    }
    Ok(table)
}

/// Fields of a line, empty ones too. Where semicolons or tabs part them, a comma is a decimal point.
fn all_fields(line: &str) -> (impl Iterator<Item = &str>, bool) {
    let by = [';', '\t', ','].into_iter().find(|&c| line.contains(c));
    let parts = line.split(move |c: char| match by {
        Some(by) => c == by,
        None => c.is_whitespace(),
    });
    let parts = parts.map(|part| part.trim().trim_matches('"'));
    (parts, by != Some(','))
}

/// Fields of a line that are not empty.
fn fields(line: &str) -> (impl Iterator<Item = &str>, bool) {
    let (parts, comma) = all_fields(line);
    (parts.filter(|part| !part.is_empty()), comma)
}

fn parse(field: &str, comma: bool) -> Option<f64> {
    match field.parse() {
        Err(_) if comma => field.replace(',', ".").parse().ok(),
        other => other.ok(),
    }
}

/// Whether nothing in a line is a number.
fn names(line: &str) -> bool {
    let (mut parts, comma) = fields(line);
    parts.all(|part| parse(part, comma).is_none())
}

/// Whether the first of three columns has no name, as programs that number their rows write it.
fn unnamed_first(line: &str) -> bool {
    let mut parts = all_fields(line).0;
    parts.next() == Some("") && parts.filter(|part| !part.is_empty()).count() == 2
}

/// Whether a line is two whole numbers, the second the next after the first: so programs name columns
/// that have no names.
fn counts_columns(line: &str) -> bool {
    let whole: Option<Vec<u64>> = fields(line).0.map(|part| part.parse().ok()).collect();
    matches!(whole.as_deref(), Some(&[a, b]) if a.checked_add(1) == Some(b))
}

/// Whether the first point lies further outside the others than they reach: no point of theirs then,
/// but a header of numbers.
fn stands_apart(points: &[[f64; 2]]) -> bool {
    let Some((first, others)) = points.split_first() else {
        return false;
    };
    let (low, high) = extent(others);
    others.len() >= ENOUGH_ROWS
        && (0..2).any(|d| {
            let reach = high[d] - low[d];
            low[d] - first[d] > reach || first[d] - high[d] > reach
        })
}

/// That a line was taken for a header.
fn header(line: &str, at: usize) -> String {
    let shown: String = line.chars().take(24).collect();
    format!("Line {at}, “{shown}”, was taken for the names of the columns.")
}

/// The two numbers of line `at`, behind the number of the row where it has one.
fn row(line: &str, at: usize, index: bool) -> Result<[f64; 2]> {
    let (parts, comma) = all_fields(line);
    let parts = parts
        .skip(usize::from(index))
        .filter(|part| !part.is_empty());
    let mut point = [0.0; 2];
    let mut count = 0;
    for part in parts {
        let value = parse(part, comma).ok_or_else(|| {
            let shown: String = part.chars().take(24).collect();
            bad(format!("line {at} holds text, “{shown}”"), TWO_NUMBERS)
        })?;
        if !value.is_finite() {
            let shown: String = part.chars().take(24).collect();
            let reason = format!("“{shown}” in line {at} is no finite number");
            return Err(bad(reason, "Remove the line or give it a value."));
        }
        if let Some(place) = point.get_mut(count) {
            *place = value;
        }
        count += 1;
    }
    match count {
        2 => Ok(point),
        1 => Err(bad(format!("line {at} has one number"), TWO_NUMBERS)),
        0 => Err(bad(format!("line {at} has no number"), TWO_NUMBERS)),
        n => Err(bad(
            format!("line {at} has {n} numbers"),
            "Keep the two columns that are to be x and y.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(text: impl AsRef<[u8]>) -> Result<Placed> {
        points(&PointSource::Csv {
            bytes: Bytes(text.as_ref().to_vec()),
        })
    }

    fn csv(text: impl AsRef<[u8]>) -> Result<Vec<[f32; 2]>> {
        placed(text).map(|placed| placed.points)
    }

    /// 300 rows around (1000 ± 5, 2000 ± 5), each begun with `index(i)`.
    fn far(header: &str, index: impl Fn(usize) -> String) -> String {
        let row = |i: usize| {
            let (x, y) = ((i as f64).sin() * 5.0, (i as f64 * 1.7).cos() * 5.0);
            format!("{}{:.3},{:.3}\n", index(i), 1000.0 + x, 2000.0 + y)
        };
        format!("{header}\n{}", (0..300).map(row).collect::<String>())
    }

    #[test]
    fn a_header_of_numbers_is_no_point() {
        let plain = placed(far("x,y", |_| String::new())).expect("points");
        assert_eq!((plain.points.len(), &plain.skipped), (300, &None));
        for (header, indexed, words) in [
            ("0,1", false, "Line 1, “0,1”, was taken for the names"),
            ("\"0\",\"1\"", false, "was taken for the names"),
            ("1,2", false, "was taken for the names"),
            (
                ",0,1",
                true,
                "The first column, which has no name, was left out. Line 1, “,0,1”",
            ),
            (
                ",x,y",
                true,
                "The first column, which has no name, was left out.",
            ),
            ("\"\",\"V1\",\"V2\"", true, "The first column"),
        ] {
            let index = |i: usize| match indexed {
                true => format!("{i},"),
                false => String::new(),
            };
            let found = placed(far(header, index)).expect(header);
            assert_eq!(found.points, plain.points, "{header}");
            assert_eq!(found.units, plain.units, "{header}");
            let skipped = found.skipped.expect("it is told");
            assert!(skipped.contains(words), "{header}: {skipped}");
        }
        // Rows that are named by words, parted by tabs.
        let named = "\ta\tb\nanna\t1\t2\nolga\t3\t3\n";
        assert_eq!(csv(named).expect("points"), [[-3.6, -1.8], [3.6, 1.8]]);
    }

    #[test]
    fn a_first_point_like_the_others_stays_one() {
        let circle = |i: usize| {
            let t = i as f64 * 0.1;
            format!("{},{}\n", t.sin(), t.cos())
        };
        let text: String = (0..60).map(circle).collect();
        assert!(text.starts_with("0,1\n"));
        let found = placed(text).expect("points");
        assert_eq!((found.points.len(), found.skipped), (60, None));
        // Two rows say nothing about a third; and 7,3 is nobody's name for columns.
        assert_eq!(csv("0,1\n1000,2000\n1001,2001\n").expect("points").len(), 3);
        assert_eq!(
            csv(far("7,3", |_| String::new())).expect("points").len(),
            301
        );
    }

    #[test]
    fn units_lead_back_to_what_was_given() {
        let table: Vec<[f64; 2]> = (0..500)
            .map(|i| f64::from(i) * 0.37)
            .map(|t| [1.75 + 0.25 * t.sin(), 77.0 + 32.0 * (t * 0.7).cos()])
            .collect();
        let text: String = table.iter().map(|[x, y]| format!("{x},{y}\n")).collect();
        let found = placed(text).expect("points");
        let units = found.units.expect("it was scaled");
        for (want, &w) in table.iter().zip(&found.points) {
            let own = units.own(w);
            for d in 0..2 {
                assert!(
                    (own[d] - want[d]).abs() < 1e-6 * want[d],
                    "{own:?} {want:?}"
                );
                let shown: f64 = units.shown(w)[d].parse().expect("a number");
                assert!((shown - want[d]).abs() < 2e-6 * want[d], "{shown} {want:?}");
            }
        }
        // Metres beside kilograms are a cloud: each axis fills the window.
        let (low, high) = extent(
            &found
                .points
                .iter()
                .map(|p| p.map(f64::from))
                .collect::<Vec<_>>(),
        );
        for d in 0..2 {
            assert!(low[d] < -3.59 && high[d] > 3.59, "{low:?} {high:?}");
        }
        let [left, right, bottom, top] = units.of_window([-4.0, 4.0, -4.0, 4.0]);
        assert!(left < 1.5 && right > 2.0 && bottom < 45.0 && top > 109.0);
        // Centimetres beside kilograms keep their proportions.
        let square = placed("150,45\n200,110\n")
            .expect("points")
            .units
            .expect("scaled");
        assert_eq!(square.scale[0], square.scale[1]);
    }

    #[test]
    fn tables_of_many_forms_are_read() {
        let want = vec![[-3.6, -1.8], [3.6, 1.8]];
        for text in [
            "1,2\n3,3\n",
            "x,y\n1,2\n3,3",
            "\u{feff}x;y\r\n1;2\r\n\r\n3;3\r\n",
            "# mine\n1\t2\n\n3\t3\n",
            "1 2\n3   3",
            "\"a\",\"b\"\n\"1.0\",\"2.0\"\n\"3.0\",\"3.0\"\n",
            "1,0;2,0\n3,0;3,0",
            " 1 , 2 \n 3 , 3 ",
            "1,2,\n3,3,\n",
        ] {
            assert_eq!(csv(text).expect(text), want, "{text:?}");
        }
        // Numbers at the ends of what f64 holds.
        assert!(csv("1e308 1e308\n-1e308 -1e308\n0 0").is_ok());
        assert!(csv("1e-320 0\n0 0").is_ok());
    }

    #[test]
    fn what_is_no_table_is_told_where_and_why() {
        for (text, words) in [
            (&b""[..], "there are none"),
            (b"x,y\n", "there are none"),
            (b"# nothing\n\n", "there are none"),
            (b"1,2\n", "only one"),
            (b"1,2\n1,2\n1,2\n", "all 3 of them are the same"),
            (b"1,2\n3,apple\n", "line 2 holds text, “apple”"),
            (b"x,y\n\n1,2\n3\n", "line 4 has one number"),
            (b"1,2\n1,2,3\n", "line 2 has 3 numbers"),
            (b"1,2\nNaN,3\n", "in line 2 is no finite number"),
            (b"1,2\ninf,3\n", "in line 2 is no finite number"),
            (b"1,2\n1e999,3\n", "in line 2 is no finite number"),
            (b"1,2\n\xff\xfe,3\n", "line 2 is not UTF-8"),
            (b"<!doctype html>\n<html>\n", "line 2 holds text"),
            (b"1,2\n;;\n", "line 2 has no number"),
        ] {
            let error = csv(text).expect_err("refused");
            assert!(error.to_string().contains(words), "{error}");
            assert!(!error.hint().is_empty() && error.code().as_str() == "bad-data");
        }
    }

    #[test]
    fn ten_million_rows_are_refused_before_they_are_read() {
        // Whoever reads it stops at the second line.
        let text = format!("1,2\n3,apple\n{}", "1,2\n".repeat(10_000_000));
        let error = csv(text).expect_err("too many");
        assert!(error.to_string().contains("at most 1,000,000"), "{error}");
        let error = csv(vec![b'1'; MAX_BYTES + 1]).expect_err("too large");
        assert!(error.to_string().contains("at most 64 MB"), "{error}");
    }

    #[test]
    fn drawings_stay_where_they_were_drawn() {
        let draw = |xy: &[f32]| {
            let bytes = xy.iter().flat_map(|v| v.to_le_bytes()).collect();
            points(&PointSource::Drawn {
                xy: Bytes(bytes),
                classes: None,
            })
            .map(|placed| placed.points)
        };
        let kept = draw(&[1.0, 2.0, 1.5, 2.0]).expect("two points");
        assert_eq!(kept, [[1.0, 2.0], [1.5, 2.0]]);
        assert!(draw(&[]).is_err());
        assert!(draw(&[1.0, 2.0]).is_err());
        assert!(draw(&[1.0, 2.0, 1.0, 2.0]).is_err());
        assert!(draw(&[1.0, 2.0, f32::NAN, 2.0]).is_err());
        assert!(draw(&[1.0, 2.0, 3.0]).is_err());
        let far = draw(&[100.0, 0.0, -100.0, 0.0]).expect("two points");
        assert_eq!(far, [[3.6, 0.0], [-3.6, 0.0]]);
    }
}
