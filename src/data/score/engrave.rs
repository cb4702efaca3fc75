//! Music as MusicXML (W3C, "MusicXML 4.0"), for programs that print it.
//!
//! The grid knows pitches and no names of notes. These are those of the major or minor key in which the music has most
//! of its time: twelve neighbours on the line of fifths around it. What is longer than a note can be written, or goes
//! over a bar line, is tied.

use std::fmt::Write as _;

use super::{NAMES, Note, RollInput, VOICES};
use crate::error::Result;

/// Sixteenths that one note can last, with what it is called and whether it has a dot.
const LENGTHS: [(u32, &str, bool); 8] = [
    (16, "whole", false),
    (12, "half", true),
    (8, "half", false),
    (6, "quarter", true),
    (4, "quarter", false),
    (3, "eighth", true),
    (2, "eighth", false),
    (1, "16th", false),
];
/// Clefs, from the highest voice: sign, line, octaves that it stands lower.
const CLEFS: [(&str, u32, u32); VOICES] = [("G", 2, 0), ("G", 2, 0), ("G", 2, 1), ("F", 4, 0)];
/// The names of notes along the line of fifths.
pub(super) const FIFTHS: [&str; 7] = ["F", "C", "G", "D", "A", "E", "B"];
/// Quarters a minute where nothing is said.
const TEMPO: u32 = 72;

/// Where a pitch stands on the line of fifths, from F on, in a key of so many sharps (flats below 0).
fn place(pitch: u8, key: i32) -> i32 {
    // A fifth is seven semitones, and F the first on the line.
    let on_line = (i32::from(pitch) - 5) * 7;
    // The scale has seven neighbours; three before and two behind complete the twelve.
    let first = key - 3;
    first + (on_line - first).rem_euclid(12)
}

/// Step, alteration and octave of a pitch.
pub(super) fn spelled(pitch: u8, key: i32) -> (&'static str, i32, i32) {
    let place = place(pitch, key);
    let alter = place.div_euclid(7);
    let step = FIFTHS[place.rem_euclid(7) as usize];
    // C flat and B sharp stand in the octave of what they are named after.
    let octave = (i32::from(pitch) - alter).div_euclid(12) - 1;
    (step, alter, octave)
}

/// The key, as its number of sharps, in which most of the music lies; of several the one with the fewest signs.
pub(super) fn key_of(roll: &RollInput) -> i32 {
    let mut heard = [0u64; 12];
    for note in roll.voices.iter().flatten() {
        heard[usize::from(note.pitch % 12)] += u64::from(note.length);
    }
    let within = |key: i32| -> u64 {
        // From the subdominant to the leading note.
        let scale = (key..key + 7).map(|place| (place * 7 + 5).rem_euclid(12) as usize);
        scale.map(|class| heard[class]).sum()
    };
    let keys = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6];
    let mut best = keys[0];
    for key in keys {
        if within(key) > within(best) {
            best = key;
        }
    }
    best
}

/// What a voice does in a stretch of a bar.
pub(super) struct Event {
    pub(super) from: u32,
    pub(super) length: u32,
    pub(super) pitch: Option<u8>,
    /// Whether it is tied to what came before, and to what follows.
    pub(super) tied: [bool; 2],
}

/// A voice's notes and rests, cut at bar lines and into lengths that can be written.
pub(super) fn events(notes: &[Note], bars: &[(u32, u32)], steps: u32) -> Vec<Event> {
    let mut all: Vec<(u32, u32, Option<u8>)> = Vec::new();
    let mut now = 0;
    for note in notes {
        if note.start > now {
            all.push((now, note.start, None));
        }
        // A note that begins earlier than the one before ends was given by nobody.
        let from = note.start.max(now);
        let end = (note.start + note.length).min(steps);
        if end > from {
            all.push((from, end, Some(note.pitch)));
            now = end;
        }
    }
    if now < steps {
        all.push((now, steps, None));
    }
    let mut out = Vec::new();
    for (from, end, pitch) in all {
        let mut at = from;
        while at < end {
            let bar = bars
                .iter()
                .find(|(first, last)| (*first..*last).contains(&at));
            let to = bar.map_or(end, |(_, last)| end.min(*last));
            let fits = LENGTHS.iter().find(|(length, ..)| *length <= to - at);
            let length = fits.map_or(1, |(length, ..)| *length);
            let sounds = pitch.is_some();
            out.push(Event {
                from: at,
                length,
                pitch,
                tied: [sounds && at > from, sounds && at + length < end],
            });
            at += length;
        }
    }
    out
}

/// First and last sixteenth of each bar, with what stands before the first bar line.
pub(super) fn bars_of(roll: &RollInput) -> Vec<(u32, u32)> {
    let mut starts: Vec<u32> = roll.bars.iter().copied().chain([0]).collect();
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([roll.steps]);
    starts.iter().copied().zip(ends).collect()
}

/// Stretches over which there is a fermata: first sixteenth and the one after the last.
pub(super) fn fermatas(roll: &RollInput) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    let mut sorted = roll.fermatas.clone();
    sorted.sort_unstable();
    for step in sorted {
        match out.last_mut() {
            Some((_, end)) if step <= *end => *end = step + 1,
            _ => out.push((step, step + 1)),
        }
    }
    out
}

/// Beats of a bar of so many sixteenths, and what one is: quarters where it is made of them.
pub(super) fn beats_of(sixteenths: u32) -> (u32, u32) {
    match sixteenths % 4 {
        0 => (sixteenths / 4, 4),
        _ => (sixteenths, 16),
    }
}

/// Quarters a minute.
pub(super) fn tempo_of(roll: &RollInput) -> u32 {
    match roll.tempo {
        0 => TEMPO,
        tempo => tempo.clamp(20, 300),
    }
}

/// Write a score as one partwise document.
///
/// # Errors
/// [`Error::BadScore`](crate::error::Error::BadScore).
pub fn write(roll: &RollInput) -> Result<String> {
    // What is no score is refused.
    roll.asked()?;
    let (key, bars, fermatas) = (key_of(roll), bars_of(roll), fermatas(roll));
    let usual = bars.iter().map(|(from, to)| to - from).max().unwrap_or(16);
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE score-partwise PUBLIC \"-//Recordare//DTD MusicXML 4.0 Partwise//EN\" \
         \"http://www.musicxml.org/dtds/partwise.dtd\">\n<score-partwise version=\"4.0\">\n<part-list>\n",
    );
    for (i, name) in NAMES.iter().enumerate() {
        let _ = writeln!(
            out,
            "<score-part id=\"P{n}\"><part-name>{name}</part-name></score-part>",
            n = i + 1
        );
    }
    out.push_str("</part-list>\n");
    for voice in 0..VOICES {
        let _ = writeln!(out, "<part id=\"P{}\">", voice + 1);
        let notes = roll.voices.get(voice).map_or(&[][..], Vec::as_slice);
        let events = events(notes, &bars, roll.steps);
        for (i, &(from, to)) in bars.iter().enumerate() {
            measure(&mut out, (i, from, to), usual, &bars);
            if i == 0 {
                attributes(&mut out, voice, key, usual, tempo_of(roll));
            }
            for event in events.iter().filter(|e| (from..to).contains(&e.from)) {
                let end = event.from + event.length;
                let holds = fermatas
                    .iter()
                    .any(|&(first, last)| event.from >= first && end == last);
                note(&mut out, event, key, holds);
            }
            if i + 1 == bars.len() {
                out.push_str(
                    "<barline location=\"right\"><bar-style>light-heavy</bar-style></barline>\n",
                );
            }
            out.push_str("</measure>\n");
        }
        out.push_str("</part>\n");
    }
    out.push_str("</score-partwise>\n");
    Ok(out)
}

/// The beginning of a bar. One that is shorter than the others at the beginning is a pick-up, and has no number.
fn measure(out: &mut String, (i, from, to): (usize, u32, u32), usual: u32, bars: &[(u32, u32)]) {
    let pick_up = bars
        .first()
        .is_some_and(|(first, last)| last - first < usual)
        && bars.len() > 1;
    let number = i + usize::from(!pick_up);
    let short = match to - from < usual {
        true => " implicit=\"yes\"",
        false => "",
    };
    let _ = writeln!(out, "<measure number=\"{number}\"{short}>");
}

fn attributes(out: &mut String, voice: usize, key: i32, usual: u32, tempo: u32) {
    let (beats, kind) = beats_of(usual);
    let (sign, line, lower) = CLEFS[voice];
    let octave = match lower {
        0 => String::new(),
        n => format!("<clef-octave-change>-{n}</clef-octave-change>"),
    };
    let _ = writeln!(
        out,
        "<attributes><divisions>4</divisions><key><fifths>{key}</fifths></key>\
         <time><beats>{beats}</beats><beat-type>{kind}</beat-type></time>\
         <clef><sign>{sign}</sign><line>{line}</line>{octave}</clef></attributes>"
    );
    if voice == 0 {
        let _ = writeln!(
            out,
            "<direction placement=\"above\"><direction-type><metronome><beat-unit>quarter</beat-unit>\
             <per-minute>{tempo}</per-minute></metronome></direction-type><sound tempo=\"{tempo}\"/></direction>"
        );
    }
}

fn note(out: &mut String, event: &Event, key: i32, fermata: bool) {
    out.push_str("<note>");
    match event.pitch {
        None => out.push_str("<rest/>"),
        Some(pitch) => {
            let (step, alter, octave) = spelled(pitch, key);
            let alter = match alter {
                0 => String::new(),
                n => format!("<alter>{n}</alter>"),
            };
            let _ = write!(
                out,
                "<pitch><step>{step}</step>{alter}<octave>{octave}</octave></pitch>"
            );
        }
    }
    let _ = write!(out, "<duration>{}</duration>", event.length);
    let ties = [("stop", event.tied[0]), ("start", event.tied[1])];
    for (kind, _) in ties.iter().filter(|(_, there)| *there) {
        let _ = write!(out, "<tie type=\"{kind}\"/>");
    }
    let called = LENGTHS.iter().find(|(length, ..)| *length == event.length);
    if let Some((_, name, dotted)) = called {
        let dot = if *dotted { "<dot/>" } else { "" };
        let _ = write!(out, "<type>{name}</type>{dot}");
    }
    let tied: String = (ties.iter().filter(|(_, there)| *there))
        .map(|(kind, _)| format!("<tied type=\"{kind}\"/>"))
        .collect();
    let held = if fermata { "<fermata/>" } else { "" };
    if !tied.is_empty() || fermata {
        let _ = write!(out, "<notations>{tied}{held}</notations>");
    }
    out.push_str("</note>\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_spelled_in_their_key() {
        let name = |pitch, key| {
            let (step, alter, octave) = spelled(pitch, key);
            (step, alter, octave)
        };
        assert_eq!(name(60, 0), ("C", 0, 4));
        assert_eq!(name(66, 0), ("F", 1, 4));
        assert_eq!(name(70, 0), ("B", -1, 4));
        assert_eq!(name(66, -6), ("G", -1, 4));
        assert_eq!(name(59, -6), ("C", -1, 4));
        assert_eq!(name(61, 2), ("C", 1, 4));
        assert_eq!(name(60, 6), ("B", 1, 3));
        // Whatever the key, a name is the pitch that it was made of.
        for key in -6..=6 {
            for pitch in 36..=81 {
                let (step, alter, octave) = spelled(pitch, key);
                let above = [
                    ("C", 0),
                    ("D", 2),
                    ("E", 4),
                    ("F", 5),
                    ("G", 7),
                    ("A", 9),
                    ("B", 11),
                ];
                let above = above.iter().find(|(s, _)| *s == step).expect("a step").1;
                assert_eq!(12 * (octave + 1) + above + alter, i32::from(pitch), "{key}");
                assert!(alter.abs() <= 2, "{key} {pitch}");
            }
        }
    }

    #[test]
    fn the_key_is_that_of_the_scale() {
        let scale = |pitches: &[u8]| RollInput {
            steps: 64,
            voices: vec![
                (0..)
                    .zip(pitches)
                    .map(|(i, &pitch)| Note {
                        start: 4 * i,
                        length: 4,
                        pitch,
                        given: true,
                        ..Note::default()
                    })
                    .collect(),
            ],
            ..RollInput::default()
        };
        assert_eq!(key_of(&scale(&[60, 62, 64, 65, 67, 69, 71])), 0);
        assert_eq!(key_of(&scale(&[62, 64, 66, 67, 69, 71, 73])), 2);
        assert_eq!(key_of(&scale(&[63, 65, 67, 68, 70, 72, 74])), -3);
        assert_eq!(key_of(&scale(&[])), 0);
    }
}
