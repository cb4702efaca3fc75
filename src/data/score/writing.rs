//! Part-writing: what the rules of four-part harmony forbid, counted.
//!
//! The rules are those of every textbook (for example Aldwell & Schachter, *Harmony and Voice Leading*): two voices
//! do not move in parallel perfect fifths, octaves or unisons; each stays in the range that singers have; the third of
//! a major triad in root position is not doubled. Bach breaks them now and then, so his own rate stands beside a
//! model's.

use super::{HOLD, Score, VOICES};

/// What is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Two voices move in the same direction from a perfect fifth to another one.
    Fifths,
    /// The same for octaves and unisons.
    Octaves,
    /// A note that begins outside of its voice's range.
    Range,
    /// A major triad in root position whose third is there twice.
    Doubling,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fifths, Self::Octaves, Self::Range, Self::Doubling];

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Fifths => "Parallel fifths",
            Self::Octaves => "Parallel octaves",
            Self::Range => "Out of range",
            Self::Doubling => "Doubled third",
        }
    }
}

/// What singers of each voice are asked for, in MIDI: C4 to A5, F3 to D5, C3 to A4, E2 to E4.
pub const RANGES: [[u8; 2]; VOICES] = [[60, 81], [53, 74], [48, 69], [40, 64]];

/// What is forbidden in a score: the sixteenth at which it comes about, and what it is.
pub fn faults(score: &Score) -> Vec<(usize, Fault)> {
    let voices: Vec<Vec<u8>> = (0..VOICES).map(|v| score.sounding(v)).collect();
    let mut out = Vec::new();
    for i in 0..score.steps() {
        let now = |v: usize| i16::from(voices[v][i]);
        for v in 0..VOICES {
            let begins = score.voice(v)[i] != HOLD && now(v) > 0;
            let [low, high] = RANGES[v];
            if begins && !(low..=high).contains(&voices[v][i]) {
                out.push((i, Fault::Range));
            }
        }
        let begins = (0..VOICES).any(|v| score.voice(v)[i] != HOLD);
        if begins && doubled_third([0, 1, 2, 3].map(now)) {
            out.push((i, Fault::Doubling));
        }
        if i == 0 {
            continue;
        }
        let before = |v: usize| i16::from(voices[v][i - 1]);
        for a in 0..VOICES {
            for b in a + 1..VOICES {
                let notes = [before(a), before(b), now(a), now(b)];
                if notes.contains(&0) {
                    continue;
                }
                let (by_a, by_b) = (now(a) - before(a), now(b) - before(b));
                let interval = (now(a) - now(b)).rem_euclid(12);
                let same = interval == (before(a) - before(b)).rem_euclid(12);
                if by_a == 0 || by_a.signum() != by_b.signum() || !same {
                    continue;
                }
                match interval {
                    0 => out.push((i, Fault::Octaves)),
                    7 => out.push((i, Fault::Fifths)),
                    _ => {}
                }
            }
        }
    }
    out
}

/// Whether the bass has the root of a major triad, and two voices above it the third.
fn doubled_third(notes: [i16; VOICES]) -> bool {
    let bass = notes[VOICES - 1];
    if notes.contains(&0) {
        return false;
    }
    let above = |interval: i16| {
        let voices = notes
            .iter()
            .filter(move |&&n| (n - bass).rem_euclid(12) == interval);
        voices.count()
    };
    above(4) == 2 && above(7) >= 1 && above(0) + above(4) + above(7) == VOICES
}

/// How often each of [`Fault::ALL`] comes about in a hundred sixteenths.
pub fn rates<'a>(scores: impl Iterator<Item = &'a Score>) -> [f64; 4] {
    let (mut counts, mut steps) = ([0usize; 4], 0);
    for score in scores {
        steps += score.steps();
        for (_, fault) in faults(score) {
            counts[fault as usize] += 1;
        }
    }
    counts.map(|n| 100.0 * n as f64 / steps.max(1) as f64)
}
