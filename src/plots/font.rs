//! A sheet of letters as a font file: TrueType, with outlines traced around the ink.
//!
//! The tables and their fields are those of the OpenType specification 1.9 (Microsoft, "OpenType font file"),
//! as few of them as browsers want. A font of an alphabet takes no more than a few kilobytes, and writing it
//! directly keeps a library for all that fonts can be out of the module.

use super::outline::{Outline, tiles, trace};
use crate::{
    data::images::Standing,
    error::{Error, Result},
    scene::View,
};

/// Units of the em square.
const EM: f32 = 1000.0;
/// Height of a capital in these units.
const CAPITAL: f32 = 700.0;
/// White on each side of a letter.
const BEARING: f32 = 60.0;
/// Advance of a blank.
const BLANK: u16 = 300;
/// What is above the base line at most, as lines of text are set.
const ASCENT: i16 = 800;
/// As of ascenders, below it.
const DESCENT: i16 = -220;

/// A letter, ready to be written.
struct Glyph {
    /// The code point; nothing for one that stands for what is missing.
    code: Option<char>,
    advance: u16,
    /// x, y upwards, whether it is on the curve.
    contours: Vec<Vec<(i16, i16, bool)>>,
}

impl Glyph {
    /// Left, bottom, right, top.
    fn bounds(&self) -> [i16; 4] {
        let points = || self.contours.iter().flatten();
        let of = |value: fn(&(i16, i16, bool)) -> i16| {
            let low = points().map(value).min().unwrap_or(0);
            (low, points().map(value).max().unwrap_or(0))
        };
        let ((left, right), (bottom, top)) = (of(|p| p.0), of(|p| p.1));
        [left, bottom, right, top]
    }

    /// Its entry of the table `glyf`; nothing for a blank.
    fn bytes(&self) -> Vec<u8> {
        if self.contours.is_empty() {
            return Vec::new();
        }
        let mut out = Table::default();
        out.i16(self.contours.len() as i16);
        self.bounds().into_iter().for_each(|v| out.i16(v));
        let mut last = 0usize;
        for contour in &self.contours {
            last += contour.len();
            out.u16((last - 1) as u16);
        }
        out.u16(0); // No instructions.
        let points: Vec<_> = self.contours.iter().flatten().collect();
        points.iter().for_each(|p| out.0.push(u8::from(p.2)));
        for axis in [|p: &(i16, i16, bool)| p.0, |p: &(i16, i16, bool)| p.1] {
            let mut before = 0;
            for p in &points {
                out.i16(axis(p) - before);
                before = axis(p);
            }
        }
        out.0.resize(out.0.len().next_multiple_of(4), 0);
        out.0
    }
}

/// Numbers as font files have them: the large end first.
#[derive(Default)]
struct Table(Vec<u8>);

impl Table {
    fn u16(&mut self, v: u16) {
        self.0.extend(v.to_be_bytes());
    }
    fn i16(&mut self, v: i16) {
        self.0.extend(v.to_be_bytes());
    }
    fn u32(&mut self, v: u32) {
        self.0.extend(v.to_be_bytes());
    }
    fn u16s(&mut self, all: &[u16]) {
        all.iter().for_each(|&v| self.u16(v));
    }
}

/// The images of a sheet as a font called `name`; the name of each class is its letter. Small letters that the
/// sheet has not are written as capitals.
///
/// # Errors
/// [`Error::Unsupported`] for a view that is no sheet of images, or classes that are no letters.
pub fn ttf(view: &View, classes: &[String], name: &str, standing: Standing) -> Result<Vec<u8>> {
    let (images, wide) = tiles(view, 1)?;
    let letter = |class: &String| {
        let mut signs = class.chars();
        signs
            .next()
            .filter(|c| signs.next().is_none() && !c.is_control() && *c as u32 <= 0xFFFF)
    };
    let letters: Option<Vec<char>> = classes.iter().map(letter).collect();
    let Some(letters) = letters.filter(|l| !l.is_empty() && l.len() <= images.len()) else {
        return Err(Error::Unsupported {
            what: "A font needs classes that are letters, and an image of each".into(),
        });
    };
    let high = images[0].len() / wide.max(1);
    let scale = CAPITAL / (standing.capital * high as f32);
    let base = standing.base * high as f32;
    let blank = |code: Option<char>| Glyph {
        code,
        advance: BLANK,
        contours: Vec::new(),
    };
    let mut glyphs = vec![blank(None), blank(Some(' '))];
    for (&code, image) in letters.iter().zip(&images) {
        glyphs.push(glyph(code, &trace(image, wide), base, scale));
    }
    Ok(file(&glyphs, &map(&glyphs), name))
}

/// An outline in units of the font.
fn glyph(code: char, outline: &Outline, base: f32, scale: f32) -> Glyph {
    let xs = || outline.iter().flatten().map(|p| p.x);
    let left = xs().fold(f32::MAX, f32::min);
    let right = xs().fold(f32::MIN, f32::max);
    if outline.is_empty() {
        return Glyph {
            code: Some(code),
            advance: BLANK,
            contours: Vec::new(),
        };
    }
    let contour = |points: &Vec<super::outline::Point>| {
        let mut out: Vec<(i16, i16, bool)> = Vec::with_capacity(points.len());
        for p in points {
            let x = (BEARING + (p.x - left) * scale).round() as i16;
            out.push((x, ((base - p.y) * scale).round() as i16, p.on));
        }
        out.dedup();
        out
    };
    Glyph {
        code: Some(code),
        advance: (2.0 * BEARING + (right - left) * scale).round() as u16,
        contours: outline
            .iter()
            .map(contour)
            .filter(|c| c.len() >= 3)
            .collect(),
    }
}

/// Code points and their glyphs, in order.
fn map(glyphs: &[Glyph]) -> Vec<(u16, u16)> {
    let mut all: Vec<(u16, u16)> = Vec::new();
    for (i, glyph) in glyphs.iter().enumerate() {
        all.extend(glyph.code.map(|code| (code as u16, i as u16)));
    }
    for small in 'a'..='z' {
        let has = |c: char| all.iter().find(|(code, _)| *code == c as u16).copied();
        if let (None, Some((_, glyph))) = (has(small), has(small.to_ascii_uppercase())) {
            all.push((small as u16, glyph));
        }
    }
    all.sort_unstable();
    all.dedup_by_key(|(code, _)| *code);
    all
}

/// Σ of the 32-bit words.
fn checksum(bytes: &[u8]) -> u32 {
    let word = |chunk: &[u8]| {
        let mut four = [0; 4];
        four[..chunk.len()].copy_from_slice(chunk);
        u32::from_be_bytes(four)
    };
    bytes.chunks(4).map(word).fold(0, u32::wrapping_add)
}

/// The file: a directory of the tables, and they themselves.
fn file(glyphs: &[Glyph], map: &[(u16, u16)], name: &str) -> Vec<u8> {
    let (mut glyf, mut loca) = (Vec::new(), Table::default());
    for glyph in glyphs {
        loca.u32(glyf.len() as u32);
        glyf.extend(glyph.bytes());
    }
    loca.u32(glyf.len() as u32);
    let mut tables: Vec<(&[u8; 4], Vec<u8>)> = vec![
        (b"OS/2", os2(glyphs, map)),
        (b"cmap", cmap(map)),
        (b"glyf", glyf),
        (b"head", head(glyphs)),
        (b"hhea", hhea(glyphs)),
        (b"hmtx", hmtx(glyphs)),
        (b"loca", loca.0),
        (b"maxp", maxp(glyphs)),
        (b"name", names(name)),
        (b"post", post()),
    ];
    let n = tables.len() as u16;
    let (mut out, mut body) = (Table::default(), Vec::new());
    out.u32(0x0001_0000);
    let power = 1u16 << n.ilog2();
    out.u16s(&[n, 16 * power, n.ilog2() as u16, 16 * (n - power)]);
    let start = 12 + 16 * tables.len();
    let mut head_at = 0;
    for (tag, bytes) in &mut tables {
        if *tag == b"head" {
            head_at = start + body.len();
        }
        out.0.extend(*tag);
        out.u32(checksum(bytes));
        out.u32((start + body.len()) as u32);
        out.u32(bytes.len() as u32);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        body.extend_from_slice(bytes);
    }
    out.0.extend(body);
    // So that the sum over the whole file is this number.
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&out.0));
    out.0[head_at + 8..head_at + 12].copy_from_slice(&adjustment.to_be_bytes());
    out.0
}

/// Left, bottom, right, top of all glyphs.
fn extent(glyphs: &[Glyph]) -> [i16; 4] {
    let inked = glyphs.iter().filter(|g| !g.contours.is_empty());
    let all: Vec<_> = inked.map(Glyph::bounds).collect();
    let low = |i: usize| all.iter().map(|b| b[i]).min().unwrap_or(0);
    let high = |i: usize| all.iter().map(|b| b[i]).max().unwrap_or(0);
    [low(0), low(1), high(2), high(3)]
}

fn head(glyphs: &[Glyph]) -> Vec<u8> {
    let mut out = Table::default();
    out.u32(0x0001_0000);
    out.u32(0x0001_0000);
    out.u32(0); // Adjusted at the end.
    out.u32(0x5F0F_3CF5);
    out.u16s(&[0b1011, EM as u16]);
    // Made and changed, seconds since 1904: one moment for all, so that the same letters give the same file.
    for _ in 0..2 {
        out.u32(0);
        out.u32(3_600_000_000);
    }
    extent(glyphs).into_iter().for_each(|v| out.i16(v));
    // Regular, readable from 8 pixels, left to right, long offsets.
    out.u16s(&[0, 8, 2, 1, 0]);
    out.0
}

fn hhea(glyphs: &[Glyph]) -> Vec<u8> {
    let [left, _, right, _] = extent(glyphs);
    let widest = glyphs.iter().map(|g| g.advance).max().unwrap_or(0);
    let inked = || glyphs.iter().filter(|g| !g.contours.is_empty());
    let behind = inked().map(|g| g.advance as i16 - g.bounds()[2]).min();
    let mut out = Table::default();
    out.u32(0x0001_0000);
    [ASCENT, DESCENT, 90].into_iter().for_each(|v| out.i16(v));
    out.u16(widest);
    let [behind, right] = [behind.unwrap_or(0), right];
    [left, behind, right, 1, 0, 0, 0, 0, 0, 0, 0]
        .into_iter()
        .for_each(|v| out.i16(v));
    out.u16(glyphs.len() as u16);
    out.0
}

fn hmtx(glyphs: &[Glyph]) -> Vec<u8> {
    let mut out = Table::default();
    for glyph in glyphs {
        out.u16(glyph.advance);
        out.i16(glyph.bounds()[0]);
    }
    out.0
}

fn maxp(glyphs: &[Glyph]) -> Vec<u8> {
    let points = |g: &Glyph| g.contours.iter().map(Vec::len).sum::<usize>();
    let most = |count: &dyn Fn(&Glyph) -> usize| glyphs.iter().map(count).max().unwrap_or(0) as u16;
    let mut out = Table::default();
    out.u32(0x0001_0000);
    out.u16s(&[
        glyphs.len() as u16,
        most(&points),
        most(&|g| g.contours.len()),
    ]);
    // No glyphs of glyphs, and no instructions.
    out.u16s(&[0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.0
}

/// One table of format 4, for Unicode and for Windows.
fn cmap(map: &[(u16, u16)]) -> Vec<u8> {
    // Rows of codes that follow each other, and glyphs that do as well: first, last, difference.
    let mut segments: Vec<(u16, u16, u16)> = Vec::new();
    for &(code, glyph) in map {
        let difference = glyph.wrapping_sub(code);
        match segments.last_mut() {
            Some((_, last, d)) if *d == difference && last.checked_add(1) == Some(code) => {
                *last = code
            }
            _ => segments.push((code, code, difference)),
        }
    }
    if segments.last().is_none_or(|&(_, last, _)| last < 0xFFFF) {
        segments.push((0xFFFF, 0xFFFF, 1));
    }
    let n = segments.len() as u16;
    let power = 1u16 << n.ilog2();
    let mut out = Table::default();
    out.u16s(&[0, 2]);
    for platform in [[0, 3], [3, 1]] {
        out.u16s(&platform);
        out.u32(20);
    }
    out.u16s(&[
        4,
        16 + 8 * n,
        0,
        2 * n,
        2 * power,
        n.ilog2() as u16,
        2 * (n - power),
    ]);
    segments.iter().for_each(|s| out.u16(s.1));
    out.u16(0);
    segments.iter().for_each(|s| out.u16(s.0));
    segments.iter().for_each(|s| out.u16(s.2));
    segments.iter().for_each(|_| out.u16(0));
    out.0
}

fn os2(glyphs: &[Glyph], map: &[(u16, u16)]) -> Vec<u8> {
    let inked: Vec<_> = glyphs.iter().filter(|g| !g.contours.is_empty()).collect();
    let sum: u32 = inked.iter().map(|g| u32::from(g.advance)).sum();
    let mean = sum / inked.len().max(1) as u32;
    let mut out = Table::default();
    // Version 4, regular weight and width, may be embedded.
    out.u16s(&[4, mean as u16, 400, 5, 0]);
    // Sizes and places of subscripts, superscripts and of the line that strikes out; no class of fonts.
    for v in [650, 600, 0, 75, 650, 600, 0, 350, 50, 350, 0] {
        out.i16(v);
    }
    out.0.extend([0; 10]);
    [1, 0, 0, 0].into_iter().for_each(|v| out.u32(v)); // Basic Latin.
    out.0.extend(b"NONE");
    let first = map.first().map_or(0, |m| m.0);
    let last = map.last().map_or(0, |m| m.0);
    out.u16s(&[0x40, first, last]);
    [ASCENT, DESCENT, 90].into_iter().for_each(|v| out.i16(v));
    let [_, bottom, _, top] = extent(glyphs);
    out.u16s(&[top.max(ASCENT) as u16, bottom.min(DESCENT).unsigned_abs()]);
    [1, 0].into_iter().for_each(|v| out.u32(v)); // Latin 1.
    out.u16s(&[500, CAPITAL as u16, 0, 32, 1]);
    out.0
}

fn post() -> Vec<u8> {
    let mut out = Table::default();
    out.u32(0x0003_0000);
    out.u32(0);
    [-100, 50].into_iter().for_each(|v| out.i16(v));
    (0..5).for_each(|_| out.u32(0));
    out.0
}

/// What the font is called, in the letters that names of fonts may have.
fn names(name: &str) -> Vec<u8> {
    let plain = |c: &char| c.is_ascii_alphanumeric() || *c == ' ' || *c == '-';
    let family: String = name.chars().filter(plain).take(40).collect();
    let family = if family.trim().is_empty() {
        "Alphabet".into()
    } else {
        family
    };
    let joined: String = family.chars().filter(|c| *c != ' ').collect();
    let all = [
        (1, family.clone()),
        (2, "Regular".into()),
        (3, format!("{joined}-Regular 1.0")),
        (4, format!("{family} Regular")),
        (5, "Version 1.0".into()),
        (6, format!("{joined}-Regular")),
    ];
    let (mut out, mut text) = (Table::default(), Table::default());
    out.u16s(&[0, all.len() as u16, 6 + 12 * all.len() as u16]);
    for (id, value) in &all {
        let start = text.0.len() as u16;
        value.encode_utf16().for_each(|unit| text.u16(unit));
        out.u16s(&[3, 1, 0x409, *id, text.0.len() as u16 - start, start]);
    }
    out.0.extend(text.0);
    out.0
}
