//! A plot as a vector drawing.
//!
//! Points are one path of round dots to a layer, fields an embedded PNG, colours a style sheet that
//! knows light and dark. Nothing in it refers to anything outside.

use std::fmt::Write as _;

use crate::{
    bytes::Bytes,
    error::{Error, Result},
    scene::{Layer, Role, View},
};

/// Side of the drawing.
const SIDE: f64 = 480.0;

/// The page's colours; `currentColor` is what every drawing program knows.
const STYLE: &str = "\
.paper{fill:#fbfbf9}\
.data{color:#5a5e66}.model{color:#bf341b}.noise{color:#2a4bcb}.guess{color:#1d7d5e}.guide{color:#d8d9d5}\
.point,.line,.arrow{fill:none;stroke:currentColor;stroke-linecap:round;stroke-linejoin:round}\
.point{stroke-width:3;stroke-opacity:.6}.line{stroke-width:1}.arrow{stroke-width:1.2}\
.words{fill:currentColor;font:11px sans-serif}\
.shape{fill:currentColor;fill-opacity:.25;stroke:currentColor}\
@media(prefers-color-scheme:dark){.paper{fill:#14161a}\
.data{color:#a6a9af}.model{color:#ff8d6f}.noise{color:#97aaff}.guess{color:#63c9a3}.guide{color:#34373d}}";

/// Colours of a field: from nothing to the first, or through nothing to both.
const FIELD: [[u8; 3]; 2] = [[191, 52, 27], [42, 75, 203]];

/// A [`View::Plot`] as SVG.
///
/// # Errors
/// [`Error::Unsupported`] for other views.
pub fn svg(view: &View) -> Result<String> {
    let View::Plot {
        window,
        layers,
        label,
        ..
    } = view
    else {
        return Err(Error::Unsupported {
            what: "Only plots can be saved as SVG".into(),
        });
    };
    let window = window.map(f64::from);
    let wide = window[1] - window[0] > 1.5 * (window[3] - window[2]);
    let width = if wide { 2.0 * SIDE } else { SIDE };
    let frame = Frame(window, width);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {SIDE}\" role=\"img\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{SIDE}\"/>\n",
        escape(label)
    );
    for layer in layers {
        draw(&mut out, &frame, layer)?;
    }
    out.push_str("</svg>\n");
    Ok(out)
}

/// From data coordinates to those of the drawing.
struct Frame([f64; 4], f64);

impl Frame {
    /// Where a point lies; nothing if that is no finite number. Far away is far enough.
    fn at(&self, [x, y]: [f32; 2]) -> Option<[f64; 2]> {
        let [left, right, bottom, top] = self.0;
        let x = (f64::from(x) - left) / (right - left) * self.1;
        let y = (top - f64::from(y)) / (top - bottom) * SIDE;
        (x.is_finite() && y.is_finite()).then(|| [x, y].map(|v| v.clamp(-1e5, 1e5)))
    }
}

fn draw(out: &mut String, frame: &Frame, layer: &Layer) -> Result<()> {
    let path = |out: &mut String, role: &Role, kind: &str, d: &str| {
        let role = name(*role);
        if !d.is_empty() {
            // Infallible: a String takes everything.
            let _ = writeln!(out, "<path class=\"{role} {kind}\" d=\"{d}\"/>");
        }
    };
    let mut d = String::new();
    match layer {
        Layer::Points { role, xy } => {
            for p in pairs(xy).filter_map(|p| frame.at(p)) {
                // Of no length, but with a round cap.
                let _ = write!(d, "M{}h0", place(p));
            }
            path(out, role, "point", &d);
        }
        Layer::Lines {
            role,
            xy,
            length,
            filled,
        } => {
            let points: Vec<_> = pairs(xy).collect();
            for line in points.chunks((*length).max(1) as usize) {
                let mut pen = 'M';
                for p in line {
                    match frame.at(*p) {
                        Some(p) => {
                            let _ = write!(d, "{pen}{}", place(p));
                            pen = 'L';
                        }
                        None => pen = 'M',
                    }
                }
                if *filled && pen == 'L' {
                    d.push('Z');
                }
            }
            path(out, role, if *filled { "shape" } else { "line" }, &d);
        }
        Layer::Arrows { role, xy, d: by } => {
            for (from, by) in pairs(xy).zip(pairs(by)) {
                let to = [from[0] + by[0], from[1] + by[1]];
                if let (Some(a), Some(b)) = (frame.at(from), frame.at(to)) {
                    arrow(&mut d, a, b);
                }
            }
            path(out, role, "arrow", &d);
        }
        Layer::Words { role, xy, words } => {
            for (at, words) in pairs(xy).zip(words) {
                if let Some([x, y]) = frame.at(at) {
                    let (role, words) = (name(*role), escape(words));
                    let _ = writeln!(
                        out,
                        "<text class=\"words {role}\" x=\"{:.1}\" y=\"{:.1}\">{words}</text>",
                        x + 6.0,
                        y + 4.0
                    );
                }
            }
        }
        Layer::Field {
            columns,
            rows,
            values,
            low,
            high,
            diverging,
        } => {
            let png = field(*columns, *rows, values, [*low, *high], *diverging)?;
            let _ = writeln!(
                out,
                "<image width=\"{}\" height=\"{SIDE}\" preserveAspectRatio=\"none\" \
                 href=\"data:image/png;base64,{}\"/>",
                frame.1,
                base64(&png)
            );
        }
    }
    Ok(())
}

/// A shaft and two barbs.
fn arrow(d: &mut String, a: [f64; 2], b: [f64; 2]) {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = dx.hypot(dy);
    let _ = write!(d, "M{}L{}", place(a), place(b));
    if length < 0.5 {
        return;
    }
    let barb = (0.3 * length).min(5.0) / length;
    let side = |turn: f64| {
        let (bx, by) = (dx - turn * dy, dy + turn * dx);
        place([b[0] - barb * bx, b[1] - barb * by])
    };
    let _ = write!(d, "M{}L{}L{}", side(0.6), place(b), side(-0.6));
}

fn field(
    columns: u32,
    rows: u32,
    values: &Bytes,
    [low, high]: [f32; 2],
    diverging: bool,
) -> Result<Vec<u8>> {
    let span = (high - low).max(f32::MIN_POSITIVE);
    let rgba: Vec<u8> = numbers(values)
        .flat_map(|v| {
            let share = ((v - low) / span).clamp(0.0, 1.0);
            let (colour, strength) = match (diverging, share > 0.5) {
                (false, _) => (FIELD[0], share),
                (true, up) => (FIELD[usize::from(up)], (2.0 * share - 1.0).abs()),
            };
            let [r, g, b] = colour;
            // NaN becomes 0.
            [r, g, b, (strength * 220.0) as u8]
        })
        .collect();
    let internal = |e: png::EncodingError| Error::Internal {
        reason: e.to_string(),
    };
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, columns, rows);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(internal)?;
    writer.write_image_data(&rgba).map_err(internal)?;
    writer.finish().map_err(internal)?;
    Ok(out)
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Data => "data",
        Role::Model => "model",
        Role::Noise => "noise",
        Role::Guess => "guess",
        Role::Guide => "guide",
    }
}

fn numbers(bytes: &Bytes) -> impl Iterator<Item = f32> {
    let (values, _) = bytes.0.as_chunks::<4>();
    values.iter().map(|v| f32::from_le_bytes(*v))
}

fn pairs(bytes: &Bytes) -> impl Iterator<Item = [f32; 2]> {
    let (pairs, _) = bytes.0.as_chunks::<8>();
    pairs.iter().map(|&[a, b, c, d, e, f, g, h]| {
        [
            f32::from_le_bytes([a, b, c, d]),
            f32::from_le_bytes([e, f, g, h]),
        ]
    })
}

/// Two numbers with a digit after the point each.
fn place([x, y]: [f64; 2]) -> String {
    let tenth = |v: f64| {
        // No minus before nothing.
        let v = (v * 10.0).round() / 10.0 + 0.0;
        format!("{v}")
    };
    format!("{} {}", tenth(x), tenth(y))
}

/// For text and attributes; what XML does not hold is left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() && !"\n\t".contains(c) => {}
            c => out.push(c),
        }
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for part in bytes.chunks(3) {
        let three = [0, 1, 2].map(|i| u32::from(part.get(i).copied().unwrap_or(0)));
        let bits = three[0] << 16 | three[1] << 8 | three[2];
        for i in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * i)) as usize & 63];
            out.push(if i <= part.len() { digit.into() } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tags nest and close, no stray `<` or `&`.
    fn assert_well_formed(xml: &str) {
        let mut open = Vec::new();
        let mut rest = xml;
        while let Some(at) = rest.find('<') {
            let tag = &rest[at + 1..];
            let end = tag.find('>').expect("a tag ends");
            let (tag, after) = (&tag[..end], &tag[end + 1..]);
            assert!(
                !tag.contains('<') && tag.matches('"').count() % 2 == 0,
                "{tag}"
            );
            let name = tag.trim_start_matches('/').split([' ', '/']).next();
            match (tag.starts_with('/'), tag.ends_with('/')) {
                (true, _) => assert_eq!(open.pop(), name),
                (_, true) => {}
                _ => open.push(name.expect("a name")),
            }
            rest = after;
        }
        assert!(open.is_empty());
        let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
        let plain = entities
            .iter()
            .fold(xml.to_owned(), |x, e| x.replace(e, ""));
        assert!(!plain.contains('&'));
    }

    #[test]
    fn a_plot_is_well_formed_and_complete() {
        let xy: Vec<f32> = (0..600).map(|i| (i as f32 * 0.7).sin() * 5.0).collect();
        let mut odd = xy[..40].to_vec();
        (odd[3], odd[8]) = (f32::NAN, f32::INFINITY);
        let view = View::Plot {
            window: [-4.0, 4.0, -4.0, 4.0],
            layers: vec![
                Layer::Field {
                    columns: 8,
                    rows: 8,
                    values: Bytes::of_floats(&xy[..64]),
                    low: -5.0,
                    high: 5.0,
                    diverging: true,
                },
                Layer::Points {
                    role: Role::Data,
                    xy: Bytes::of_floats(&xy),
                },
                Layer::Points {
                    role: Role::Model,
                    xy: Bytes::of_floats(&odd),
                },
                Layer::Lines {
                    role: Role::Guide,
                    xy: Bytes::of_floats(&xy[..80]),
                    length: 10,
                    filled: false,
                },
                Layer::Lines {
                    role: Role::Noise,
                    xy: Bytes::of_floats(&xy[..40]),
                    length: 10,
                    filled: true,
                },
                Layer::Arrows {
                    role: Role::Guess,
                    xy: Bytes::of_floats(&xy[..20]),
                    d: Bytes::of_floats(&xy[20..40]),
                },
            ],
            label: "a <script> & “more” \u{0}\"'".into(),
            numbers: Vec::new(),
            bars: None,
            key: Vec::new(),
        };
        let drawn = svg(&view).expect("a plot");
        assert_well_formed(&drawn);
        assert!(drawn.contains("<title>a &lt;script&gt; &amp; “more” &quot;&#39;</title>"));
        // 300 points, and 20 less two that are nowhere.
        assert_eq!(drawn.matches("h0").count(), 300 + 18);
        let shape = drawn.lines().find(|l| l.contains("noise shape"));
        assert_eq!(shape.expect("drawn").matches('Z').count(), 2);
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"));
        assert_eq!(drawn.matches("data:image/png;base64,iVBOR").count(), 1);
    }

    #[test]
    fn other_views_are_refused() {
        let view = View::Numbers {
            numbers: Vec::new(),
        };
        assert!(svg(&view).is_err());
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
