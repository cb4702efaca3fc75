//! The part of MusicXML that the chorales use (W3C, "MusicXML 4.0").
//!
//! A file is a zip with the score in it. Of a score all is read that decides what sounds and when: parts, bars and
//! their metre, notes, rests, ties, fermatas, pick-ups, bars that a repeat divides. Repeats are played once. What is
//! not on the grid of sixteenths is told in [`Counts`].

use std::io::Read;

use flate2::read::DeflateDecoder;
use roxmltree::{Document, Node, ParsingOptions};

use super::{HOLD, REST, Score, VOICES, context, symbol};
use crate::error::{Error, Result};

/// Bytes of the largest score, unpacked.
const LIMIT: u64 = 32 << 20;

/// What of files was met, and what of it is not on the grid.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Scores that begin with a pick-up.
    pub pick_ups: usize,
    /// Scores with repeats, which are played once.
    pub repeats: usize,
    /// Ties.
    pub ties: usize,
    /// Scores with fermatas.
    pub fermatas: usize,
    /// Rests.
    pub rests: usize,
    /// Scores whose parts are of different length; the shorter ones are filled with rests.
    pub unequal: usize,
    /// Notes that begin or end between two sixteenths.
    pub off_grid: usize,
    /// Grace notes, which are left out.
    pub grace: usize,
    /// Notes beyond the lowest or the highest, which are left out.
    pub beyond: usize,
}

fn bad(reason: impl Into<String>) -> Error {
    Error::BadScore {
        reason: reason.into(),
    }
}

/// The score in an .mxl file: the one that its container names, else its only one.
///
/// # Errors
/// [`Error::BadScore`].
pub fn unzip(bytes: &[u8]) -> Result<String> {
    let files = directory(bytes).ok_or_else(|| bad("it is no zip file"))?;
    let named = files.iter().find(|f| f.name == "META-INF/container.xml");
    let wanted = match named {
        Some(file) => {
            let text = inflate(bytes, file)?;
            let xml = parse(&text)?;
            let root = xml.descendants().find(|n| n.has_tag_name("rootfile"));
            root.and_then(|n| n.attribute("full-path").map(String::from))
        }
        None => None,
    };
    let score = match wanted {
        Some(wanted) => files.iter().find(|f| f.name == wanted),
        None => files.iter().find(|f| {
            let inside = !f.name.starts_with("META-INF/");
            inside && (f.name.ends_with(".xml") || f.name.ends_with(".musicxml"))
        }),
    };
    inflate(bytes, score.ok_or_else(|| bad("it holds no score"))?)
}

struct File {
    name: String,
    method: u16,
    packed: usize,
    at: usize,
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*two))
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*four)).ok()
}

/// The directory at the end of a zip (PKWARE, ".ZIP File Format Specification", 4.3.12 and 4.3.16).
fn directory(bytes: &[u8]) -> Option<Vec<File>> {
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let (count, mut at) = (short(bytes, end + 10)?, long(bytes, end + 16)?);
    let mut files = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let lengths = [28, 30, 32].map(|i| short(bytes, at + i).map(usize::from));
        let [name, extra, comment] = [lengths[0]?, lengths[1]?, lengths[2]?];
        let text = bytes.get(at + 46..at + 46 + name)?;
        files.push(File {
            name: String::from_utf8_lossy(text).into_owned(),
            method: short(bytes, at + 10)?,
            packed: long(bytes, at + 20)?,
            at: long(bytes, at + 42)?,
        });
        at += 46 + name + extra + comment;
    }
    Some(files)
}

fn inflate(bytes: &[u8], file: &File) -> Result<String> {
    let data = || -> Option<&[u8]> {
        let (name, extra) = (short(bytes, file.at + 26)?, short(bytes, file.at + 28)?);
        let at = file.at + 30 + usize::from(name) + usize::from(extra);
        bytes.get(at..at.checked_add(file.packed)?)
    };
    let data = data().ok_or_else(|| bad("its zip file ends too early"))?;
    let mut out = Vec::new();
    let read = match file.method {
        0 => data.take(LIMIT).read_to_end(&mut out),
        8 => DeflateDecoder::new(data).take(LIMIT).read_to_end(&mut out),
        other => return Err(bad(format!("it is packed by a method {other}"))),
    };
    read.map_err(|e| bad(format!("it cannot be unpacked: {e}")))?;
    String::from_utf8(out).map_err(|_| bad("it is no UTF-8"))
}

fn parse(text: &str) -> Result<Document<'_>> {
    let options = ParsingOptions {
        // A type is declared on top; no entity of it is used.
        allow_dtd: true,
        nodes_limit: 1_000_000,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|e| bad(e.to_string()))
}

/// A time as a fraction of a quarter, exactly: 10080 can be divided by all that composers divide by.
type Time = i64;
const QUARTER: Time = 10_080;
const SIXTEENTH: Time = QUARTER / 4;

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|n| n.has_tag_name(name))
}

fn number(node: Node, name: &str) -> Option<i64> {
    child(node, name)?.text()?.trim().parse().ok()
}

struct Sounding {
    from: Time,
    to: Time,
    pitch: i64,
    fermata: bool,
}

/// What a part has.
#[derive(Default)]
struct Line {
    notes: Vec<Sounding>,
    /// Beginning, length and full length of each bar.
    bars: Vec<[Time; 3]>,
    length: Time,
}

/// A score of four parts; nothing for one of more or fewer.
///
/// # Errors
/// [`Error::BadScore`].
pub fn read(text: &str, counts: &mut Counts) -> Result<Option<Score>> {
    let xml = parse(text)?;
    let parts: Vec<Node> = xml
        .root_element()
        .children()
        .filter(|n| n.has_tag_name("part"))
        .collect();
    if parts.len() != VOICES {
        return Ok(None);
    }
    let repeats = xml.descendants().any(|n| n.has_tag_name("repeat"));
    let voices = parts.into_iter().map(|part| voice(part, counts));
    let voices = voices.collect::<Result<Vec<_>>>()?;
    counts.repeats += usize::from(repeats);
    let fermatas = voices.iter().flat_map(|v| &v.notes).any(|n| n.fermata);
    counts.fermatas += usize::from(fermatas);
    let length = voices.iter().map(|v| v.length).max().unwrap_or(0);
    counts.unequal += usize::from(voices.iter().any(|v| v.length != length));
    let begins = voices[0]
        .bars
        .first()
        .is_some_and(|[_, is, full]| is < full);
    counts.pick_ups += usize::from(begins);
    Ok(Some(on_grid(&voices, length, counts)))
}

/// Reads a part bar by bar.
fn voice(part: Node, counts: &mut Counts) -> Result<Line> {
    let mut out = Line::default();
    let (mut divisions, mut full) = (1, 4 * QUARTER);
    // The note that a tie holds on to.
    let mut tied: Option<usize> = None;
    for bar in part.children().filter(|n| n.has_tag_name("measure")) {
        let (begin, mut now, mut end) = (out.length, out.length, out.length);
        for event in bar.children().filter(Node::is_element) {
            let lasts = number(event, "duration").unwrap_or(0) * QUARTER / divisions;
            match event.tag_name().name() {
                "attributes" => {
                    divisions = number(event, "divisions")
                        .unwrap_or(divisions)
                        .clamp(1, 10_080);
                    if let Some(time) = child(event, "time") {
                        let (beats, kind) = (number(time, "beats"), number(time, "beat-type"));
                        let (beats, kind) = (beats.unwrap_or(4), kind.unwrap_or(4).max(1));
                        full = (beats * 4 * QUARTER / kind).clamp(SIXTEENTH, 24 * SIXTEENTH);
                    }
                }
                "backup" => now -= lasts,
                "forward" => now += lasts,
                "note" if child(event, "grace").is_some() => counts.grace += 1,
                "note" => {
                    tied = note(event, [now, now + lasts], &mut out, tied, counts)?;
                    now += lasts;
                    // What is only stepped over at the end is no music.
                    end = end.max(now);
                }
                _ => {}
            }
        }
        out.bars.push([begin, end - begin, full]);
        out.length = end;
    }
    Ok(out)
}

/// Puts a note into its part; gives which one a tie goes on from.
fn note(
    event: Node,
    [from, to]: [Time; 2],
    out: &mut Line,
    tied: Option<usize>,
    counts: &mut Counts,
) -> Result<Option<usize>> {
    let Some(pitch) = child(event, "pitch") else {
        counts.rests += 1;
        return Ok(None);
    };
    let step = child(pitch, "step")
        .and_then(|n| n.text())
        .unwrap_or_default();
    let above = match step.trim() {
        "C" => 0,
        "D" => 2,
        "E" => 4,
        "F" => 5,
        "G" => 7,
        "A" => 9,
        "B" => 11,
        other => return Err(bad(format!("it has a note called {other}"))),
    };
    let octave = number(pitch, "octave").ok_or_else(|| bad("it has a note without an octave"))?;
    let pitch = 12 * (octave + 1) + above + number(pitch, "alter").unwrap_or(0);
    let ties = |kind: &str| {
        let mut ties = event.children().filter(|n| n.has_tag_name("tie"));
        ties.any(|n| n.attribute("type") == Some(kind))
    };
    let fermata = event.descendants().any(|n| n.has_tag_name("fermata"));
    let before = tied.filter(|&i| ties("stop") && out.notes[i].pitch == pitch);
    let at = match before {
        Some(i) => {
            counts.ties += 1;
            out.notes[i].to = to;
            out.notes[i].fermata |= fermata;
            i
        }
        None => {
            out.notes.push(Sounding {
                from,
                to,
                pitch,
                fermata,
            });
            out.notes.len() - 1
        }
    };
    Ok(ties("start").then_some(at))
}

/// In each sixteenth what sounds when it begins.
fn on_grid(voices: &[Line], length: Time, counts: &mut Counts) -> Score {
    let up = |t: Time| usize::try_from((t + SIXTEENTH - 1).div_euclid(SIXTEENTH)).unwrap_or(0);
    let steps = up(length);
    let mut score = Score {
        cells: vec![REST; VOICES * steps],
        context: places(&voices[0].bars, steps),
    };
    let mut fermatas = vec![false; steps];
    for (i, voice) in voices.iter().enumerate() {
        for note in &voice.notes {
            let off = [note.from, note.to].iter().any(|t| t % SIXTEENTH != 0);
            counts.off_grid += usize::from(off);
            let Some(begins) = u8::try_from(note.pitch).ok().and_then(symbol) else {
                counts.beyond += 1;
                continue;
            };
            let cells = up(note.from)..up(note.to);
            for step in cells.clone() {
                score.cells[i * steps + step] = if step == cells.start { begins } else { HOLD };
                fermatas[step] |= note.fermata;
            }
        }
    }
    for (context_of, fermata) in score.context.iter_mut().zip(fermatas) {
        if fermata {
            *context_of = context(usize::from(*context_of), true);
        }
    }
    score
}

/// The place of each sixteenth in its bar. A bar that is too short begins late if it is the first, and goes on
/// with the one before it if both together are no longer than one: a repeat divides it.
fn places(bars: &[[Time; 3]], steps: usize) -> Vec<u8> {
    let mut out = vec![0; steps];
    let mut before: Option<Time> = None;
    for (i, &[begin, length, full]) in bars.iter().enumerate() {
        let offset = match before {
            _ if length >= full => 0,
            None if i == 0 => full - length,
            Some(filled) if filled + length <= full => filled,
            _ => 0,
        };
        before = (length < full && offset + length < full).then_some(offset + length);
        let from = usize::try_from(begin / SIXTEENTH).unwrap_or(0);
        let count = usize::try_from(length / SIXTEENTH).unwrap_or(0);
        let first = usize::try_from(offset / SIXTEENTH).unwrap_or(0);
        for (step, place) in out.iter_mut().skip(from).take(count).zip(first..) {
            *step = context(place, false);
        }
    }
    out
}
