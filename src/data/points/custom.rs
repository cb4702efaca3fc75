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
    /// names is skipped.
    Csv {
        /// The text, UTF-8.
        bytes: Bytes,
    },
    /// Drawn points.
    Drawn {
        /// x, y, x, y, … as little-endian f32, in the window's coordinates.
        xy: Bytes,
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
pub(super) fn points(source: &PointSource) -> Result<Vec<[f32; 2]>> {
    let (points, drawn) = match source {
        PointSource::Csv { bytes } => (table(&bytes.0)?, false),
        PointSource::Drawn { xy } => (drawing(&xy.0)?, true),
    };
    let Some(first) = points.first() else {
        return Err(bad("there are none", SOME_POINTS));
    };
    if points.len() == 1 {
        return Err(bad("there is only one", SOME_POINTS));
    }
    let (mut low, mut high) = (*first, *first);
    for p in &points {
        for d in 0..2 {
            low[d] = low[d].min(p[d]);
            high[d] = high[d].max(p[d]);
        }
    }
    // Halves first: the difference of two numbers near the largest is none.
    let half = [0, 1].map(|d| high[d] / 2.0 - low[d] / 2.0);
    let largest = half[0].max(half[1]);
    let same = || {
        let reason = format!("all {} of them are the same", points.len());
        bad(reason, SOME_POINTS)
    };
    if largest <= 0.0 {
        return Err(same());
    }
    let inside = |v: f64| v.abs() <= WINDOW;
    let keep = drawn && low.into_iter().chain(high).all(inside);
    let middle = [0, 1].map(|d| low[d] / 2.0 + high[d] / 2.0);
    let placed: Vec<[f32; 2]> = points
        .iter()
        .map(|p| {
            [0, 1].map(|d| match keep {
                true => p[d] as f32,
                false => ((p[d] - middle[d]) / largest * REACH) as f32,
            })
        })
        .collect();
    // Differences that f32 or the division cannot hold.
    if placed.iter().all(|p| *p == placed[0]) || placed.iter().flatten().any(|v| !v.is_finite()) {
        return Err(same());
    }
    Ok(placed)
}

fn drawing(bytes: &[u8]) -> Result<Vec<[f64; 2]>> {
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
    Ok(points)
}

fn table(bytes: &[u8]) -> Result<Vec<[f64; 2]>> {
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
    let mut points = Vec::with_capacity(lines + 1);
    let mut first = true;
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let header = std::mem::take(&mut first) && names(line);
        if !header {
            points.push(row(line, i + 1)?);
        }
    }
    if points.len() > MAX_POINTS {
        return Err(too_many(points.len()));
    }
    Ok(points)
}

/// Fields of a line. Where semicolons or tabs part them, a comma is a decimal point.
fn fields(line: &str) -> (impl Iterator<Item = &str>, bool) {
    let by = [';', '\t', ','].into_iter().find(|&c| line.contains(c));
    let parts = line.split(move |c: char| match by {
        Some(by) => c == by,
        None => c.is_whitespace(),
    });
    let parts = parts.map(|part| part.trim().trim_matches('"'));
    (parts.filter(|part| !part.is_empty()), by != Some(','))
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

fn row(line: &str, at: usize) -> Result<[f64; 2]> {
    let (parts, comma) = fields(line);
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

    fn csv(text: impl AsRef<[u8]>) -> Result<Vec<[f32; 2]>> {
        points(&PointSource::Csv {
            bytes: Bytes(text.as_ref().to_vec()),
        })
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
        let start = std::time::Instant::now();
        let error = csv("1,2\n".repeat(10_000_000)).expect_err("too many");
        assert!(error.to_string().contains("at most 1,000,000"), "{error}");
        let error = csv(vec![b'1'; MAX_BYTES + 1]).expect_err("too large");
        assert!(error.to_string().contains("at most 64 MB"), "{error}");
        assert!(start.elapsed().as_secs_f64() < 2.0);
    }

    #[test]
    fn drawings_stay_where_they_were_drawn() {
        let draw = |xy: &[f32]| {
            let bytes = xy.iter().flat_map(|v| v.to_le_bytes()).collect();
            points(&PointSource::Drawn { xy: Bytes(bytes) })
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
