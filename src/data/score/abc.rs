//! Music in ABC notation ("The abc music standard 2.1", abcnotation.com), from which a program in the page draws a
//! score.
//!
//! Two voices share a staff, as chorales are printed: soprano and alto with a treble clef, tenor and bass with that of
//! F. Names of notes, bars and ties are those of [`engrave`](super::engrave).

use std::fmt::Write as _;

use super::{
    RollInput, VOICES,
    engrave::{Event, FIFTHS, bars_of, beats_of, events, fermatas, key_of, spelled, tempo_of},
};
use crate::error::Result;

/// Major keys from six flats to six sharps.
const KEYS: [&str; 13] = [
    "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#",
];
/// Each voice with its clef and which way its stems go.
const PARTS: [(&str, &str, &str); VOICES] = [
    ("S", "treble", "up"),
    ("A", "treble", "down"),
    ("T", "bass", "up"),
    ("B", "bass", "down"),
];
/// Sixteenths that are joined by a beam.
const BEAM: u32 = 4;

/// Write a score as one tune.
///
/// # Errors
/// [`Error::BadScore`](crate::error::Error::BadScore).
pub fn write(roll: &RollInput) -> Result<String> {
    // What is no score is refused.
    roll.asked()?;
    let (key, bars, fermatas) = (key_of(roll), bars_of(roll), fermatas(roll));
    let usual = bars.iter().map(|(from, to)| to - from).max().unwrap_or(16);
    let (beats, kind) = beats_of(usual);
    let name = KEYS[(key + 6) as usize];
    let mut out = String::from("X:1\n");
    let _ = writeln!(out, "M:{beats}/{kind}\nL:1/16\nQ:1/4={}", tempo_of(roll));
    out.push_str("%%score {(S A) (T B)}\n");
    for (voice, clef, stem) in PARTS {
        let _ = writeln!(out, "V:{voice} clef={clef} stem={stem}");
    }
    let _ = writeln!(out, "K:{name}");
    for (voice, (part, ..)) in PARTS.iter().enumerate() {
        let notes = roll.voices.get(voice).map_or(&[][..], Vec::as_slice);
        let events = events(notes, &bars, roll.steps);
        let _ = write!(out, "[V:{part}]");
        for (i, &(from, to)) in bars.iter().enumerate() {
            // The upper voice of each staff tells where a line of the hymn ends.
            let held: &[(u32, u32)] = if voice % 2 == 0 { &fermatas } else { &[] };
            let inside = events.iter().filter(|e| (from..to).contains(&e.from));
            bar(&mut out, inside, from, key, held);
            out.push_str(if i + 1 == bars.len() { " |]" } else { " |" });
        }
        out.push('\n');
    }
    Ok(out)
}

/// The events of a bar that begins at `from`. A sign before a note holds for the rest of its bar.
fn bar<'a>(
    out: &mut String,
    events: impl Iterator<Item = &'a Event>,
    from: u32,
    key: i32,
    fermatas: &[(u32, u32)],
) {
    let mut signs: Vec<((&str, i32), i32)> = Vec::new();
    for event in events {
        // Notes without a space between them share a beam.
        if (event.from - from).is_multiple_of(BEAM) || event.length >= BEAM {
            out.push(' ');
        }
        let end = event.from + event.length;
        let is_held = |&(first, last): &(u32, u32)| event.from >= first && end == last;
        if event.pitch.is_some() && fermatas.iter().any(is_held) {
            out.push_str("!fermata!");
        }
        match event.pitch {
            None => out.push('z'),
            Some(pitch) => {
                let (step, alter, octave) = spelled(pitch, key);
                let told = signs
                    .iter()
                    .rev()
                    .find(|(which, _)| *which == (step, octave));
                if told.map_or(signed(step, key), |(_, alter)| *alter) != alter {
                    out.push_str(match alter {
                        -2 => "__",
                        -1 => "_",
                        1 => "^",
                        2 => "^^",
                        _ => "=",
                    });
                    signs.push(((step, octave), alter));
                }
                out.push_str(&letter(step, octave));
            }
        }
        if event.length != 1 {
            let _ = write!(out, "{}", event.length);
        }
        if event.tied[1] {
            out.push('-');
        }
    }
}

/// How a key alters a step.
fn signed(step: &str, key: i32) -> i32 {
    let place = FIFTHS.iter().position(|s| *s == step).unwrap_or(0) as i32;
    // The scale is seven neighbours from `key` on, which step `place` is in with this alteration.
    (key - place + 6).div_euclid(7)
}

/// A step in an octave: C of the one in the middle is a capital.
fn letter(step: &str, octave: i32) -> String {
    match octave {
        ..=4 => step.to_owned() + &",".repeat((4 - octave) as usize),
        _ => step.to_lowercase() + &"'".repeat((octave - 5) as usize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_as_many_signs_as_it_says() {
        for key in -6..=6 {
            let signs: i32 = FIFTHS.iter().map(|step| signed(step, key)).sum();
            assert_eq!(signs, key);
        }
        assert_eq!(
            (signed("F", 1), signed("C", 1), signed("B", -1)),
            (1, 0, -1)
        );
        assert_eq!(
            [2, 3, 4, 5, 6].map(|o| letter("A", o)),
            ["A,,", "A,", "A", "a", "a'"]
        );
    }
}
