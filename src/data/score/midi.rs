//! Standard MIDI files, in and out.

use midly::{
    Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind,
    num::{u4, u7, u15, u24, u28},
};

use super::{HIGH, LOW, MOST_STEPS, Note, RollInput, VOICES};
use crate::error::{Error, Result};

/// Bytes of the largest file that is read.
const LIMIT: usize = 4 << 20;
/// Notes of the longest one.
const NOTES: usize = 100_000;
/// The channel of drums, which have no pitch.
const DRUMS: u8 = 9;
/// Ticks of a sixteenth in files that are written.
const TICKS: u32 = 120;
/// Quarters a minute, unless something else is said.
pub const TEMPO: u32 = 80;

fn bad(reason: impl Into<String>) -> Error {
    Error::BadScore {
        reason: reason.into(),
    }
}

/// A note of a file: where it stands, in sixteenths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sounding {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) pitch: u8,
}

/// Reads a file: its voices are its tracks and channels from the highest to the lowest, or, where all is in one, what
/// sounds at once from the top. Notes are moved to the nearest sixteenth, and by octaves to where the grid has them.
///
/// # Errors
/// [`Error::BadScore`].
pub fn read(bytes: &[u8]) -> Result<RollInput> {
    if bytes.len() > LIMIT {
        return Err(bad("its file is larger than 4 MB"));
    }
    let smf = Smf::parse(bytes).map_err(|e| bad(format!("it is no MIDI file: {e}")))?;
    let Timing::Metrical(quarter) = smf.header.timing else {
        return Err(bad("its times are in seconds, not in notes"));
    };
    let quarter = u64::from(quarter.as_int()).max(1);
    let mut lines: Vec<Vec<Sounding>> = Vec::new();
    let (mut bar, mut tempo, mut count) = (16, TEMPO, 0);
    for track in &smf.tracks {
        let mut channels: [Vec<Sounding>; 16] = Default::default();
        let mut open: Vec<(u8, u8, u64)> = Vec::new();
        let mut now = 0u64;
        for event in track {
            now = now.saturating_add(u64::from(event.delta.as_int()));
            // To the nearest sixteenth.
            let at = now.saturating_mul(8).saturating_add(quarter) / (2 * quarter);
            match event.kind {
                TrackEventKind::Meta(MetaMessage::TimeSignature(beats, kind, ..)) => {
                    let whole = 16u32.checked_shr(u32::from(kind)).unwrap_or(0);
                    bar = (u32::from(beats) * whole).clamp(4, super::PLACES as u32);
                }
                TrackEventKind::Meta(MetaMessage::Tempo(micros)) => {
                    tempo = (60_000_000 / micros.as_int().max(1)).clamp(20, 300);
                }
                TrackEventKind::Midi { channel, message } if channel.as_int() != DRUMS => {
                    let channel = channel.as_int();
                    let (key, begins) = match message {
                        MidiMessage::NoteOn { key, vel } => (key.as_int(), vel.as_int() > 0),
                        MidiMessage::NoteOff { key, .. } => (key.as_int(), false),
                        _ => continue,
                    };
                    if let Some(i) = open.iter().position(|o| (o.0, o.1) == (channel, key)) {
                        let (_, pitch, from) = open.swap_remove(i);
                        let to = at.max(from + 1);
                        channels[usize::from(channel)].push(Sounding { from, to, pitch });
                    }
                    if begins {
                        count += 1;
                        open.push((channel, key, at));
                    }
                    if count > NOTES {
                        return Err(bad(format!("it has more than {NOTES} notes")));
                    }
                }
                _ => {}
            }
        }
        lines.extend(channels.into_iter().filter(|notes| !notes.is_empty()));
    }
    if lines.is_empty() {
        return Err(bad("it has no notes"));
    }
    Ok(on_grid(voices(lines), bar, tempo))
}

/// Four lines from the highest to the lowest.
fn voices(mut lines: Vec<Vec<Sounding>>) -> Vec<Vec<Sounding>> {
    if let [all] = &mut lines[..] {
        // What begins at once is parted from the top.
        all.sort_by_key(|n| (n.from, std::cmp::Reverse(n.pitch)));
        let mut parted: Vec<Vec<Sounding>> = vec![Vec::new(); VOICES];
        for note in all.iter() {
            let free = |line: &Vec<Sounding>| line.last().is_none_or(|last| last.to <= note.from);
            if let Some(line) = parted.iter_mut().find(|line| free(line)) {
                line.push(*note);
            }
        }
        return parted;
    }
    let mean = |notes: &[Sounding]| {
        notes.iter().map(|n| u64::from(n.pitch)).sum::<u64>() * 100 / notes.len().max(1) as u64
    };
    lines.sort_by_key(|notes| std::cmp::Reverse(mean(notes)));
    lines.truncate(VOICES);
    lines
}

/// Lines as voices of whole bars.
pub(super) fn on_grid(lines: Vec<Vec<Sounding>>, bar: u32, tempo: u32) -> RollInput {
    let last = lines.iter().flatten().map(|n| n.to).max().unwrap_or(0);
    let whole = last
        .div_ceil(u64::from(bar))
        .max(1)
        .saturating_mul(u64::from(bar));
    // What does not fit is left out, in whole bars.
    let most = MOST_STEPS as u64 / u64::from(bar) * u64::from(bar);
    let steps = whole.min(most) as u32;
    let voices = lines.into_iter().map(|mut notes| {
        notes.sort_by_key(|n| (n.from, n.pitch));
        let mut out: Vec<Note> = Vec::new();
        for note in notes.iter().filter(|n| n.from < u64::from(steps)) {
            let start = note.from as u32;
            // One voice sings one note at a time: the newer one, or the higher of a chord.
            if let Some(before) = out.last_mut() {
                if before.start == start {
                    out.pop();
                } else {
                    before.length = before.length.min(start - before.start);
                }
            }
            out.push(Note {
                start,
                length: (note.to.min(u64::from(steps)) as u32 - start).max(1),
                pitch: near(note.pitch),
                ..Note::default()
            });
        }
        out
    });
    RollInput {
        steps,
        voices: voices.collect(),
        free: Vec::new(),
        bars: (0..steps).step_by(bar as usize).collect(),
        fermatas: Vec::new(),
        tempo,
    }
}

/// The same note in the octave where the grid has it.
fn near(pitch: u8) -> u8 {
    match pitch {
        p if p < LOW => p + 12 * (LOW - p).div_ceil(12),
        p if p > HIGH => p - 12 * (p - HIGH).div_ceil(12),
        p => p,
    }
}

/// Writes a file of a track for each voice, and one for the tempo and the metre.
///
/// # Errors
/// [`Error::BadScore`].
pub fn write(roll: &RollInput) -> Result<Vec<u8>> {
    // What is no score is refused.
    roll.asked()?;
    let tempo = if roll.tempo == 0 {
        TEMPO
    } else {
        roll.tempo.clamp(20, 300)
    };
    let event = |delta: u32, kind| TrackEvent {
        delta: u28::new(delta),
        kind,
    };
    let longest = roll
        .bars
        .windows(2)
        .map(|w| w[1].saturating_sub(w[0]))
        .max();
    let beats = (longest.unwrap_or(16) / 4).clamp(1, 6) as u8;
    let end = |delta: u32| event(delta, TrackEventKind::Meta(MetaMessage::EndOfTrack));
    let mut tracks = vec![vec![
        event(
            0,
            TrackEventKind::Meta(MetaMessage::Tempo(u24::new(60_000_000 / tempo))),
        ),
        event(
            0,
            TrackEventKind::Meta(MetaMessage::TimeSignature(beats, 2, 24, 8)),
        ),
        end(0),
    ]];
    for (i, notes) in roll.voices.iter().enumerate() {
        let mut events: Vec<(u32, bool, u8)> = Vec::new();
        for note in notes {
            events.push((note.start, true, note.pitch));
            events.push((note.start + note.length, false, note.pitch));
        }
        // A note ends before the next one begins.
        events.sort_by_key(|&(at, begins, pitch)| (at, begins, pitch));
        let name = super::NAMES[i.min(VOICES - 1)].as_bytes();
        let mut track = vec![event(0, TrackEventKind::Meta(MetaMessage::TrackName(name)))];
        let mut now = 0;
        for (at, begins, pitch) in events {
            let key = u7::new(pitch.min(127));
            let message = match begins {
                true => MidiMessage::NoteOn {
                    key,
                    vel: u7::new(80),
                },
                false => MidiMessage::NoteOff {
                    key,
                    vel: u7::new(0),
                },
            };
            let channel = u4::new(i.min(15) as u8);
            let kind = TrackEventKind::Midi { channel, message };
            track.push(event((at - now) * TICKS, kind));
            now = at;
        }
        track.push(end(roll.steps.saturating_sub(now) * TICKS));
        tracks.push(track);
    }
    let header = Header::new(
        Format::Parallel,
        Timing::Metrical(u15::new((4 * TICKS) as u16)),
    );
    let mut out = Vec::new();
    let smf = Smf { header, tracks };
    smf.write_std(&mut out).map_err(|e| bad(e.to_string()))?;
    Ok(out)
}
