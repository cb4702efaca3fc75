//! Drums out of Standard MIDI files, and into them, on channel 10.

use std::collections::BTreeMap;

use midly::{
    Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind,
    num::{u4, u7, u15, u24, u28},
};

use super::{BAR, DRUMS, Groove, Hit, KEYS, MOST_STEPS, STIFF, TICKS};
use crate::{
    data::score::{Note, RollInput},
    error::{Error, Result},
};

/// Bytes of the largest file that is read.
const LIMIT: usize = 4 << 20;
/// Hits of the longest one.
const HITS: usize = 100_000;
/// Channel 10, that of drums.
const CHANNEL: u8 = 9;
/// Quarters a minute, unless something else is said.
pub const TEMPO: u32 = 100;

fn bad(reason: impl Into<String>) -> Error {
    Error::BadScore {
        reason: reason.into(),
    }
}

/// What is heard of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Sixteenth and drum of each hit, its velocity of MIDI and its offset in [`TICKS`]. Of two hits of a drum that are
    /// nearest to one sixteenth the harder one is left.
    pub hits: BTreeMap<(u64, usize), (u8, i32)>,
    /// Quarters a minute.
    pub tempo: u32,
}

/// Reads a file: what is played on channel 10, or, where nothing is, on any.
///
/// # Errors
/// [`Error::BadScore`].
pub fn listen(bytes: &[u8]) -> Result<Heard> {
    if bytes.len() > LIMIT {
        return Err(bad("its file is larger than 4 MB"));
    }
    let smf = Smf::parse(bytes).map_err(|e| bad(format!("it is no MIDI file: {e}")))?;
    let Timing::Metrical(quarter) = smf.header.timing else {
        return Err(bad("its times are in seconds, not in notes"));
    };
    let quarter = u64::from(quarter.as_int()).max(1);
    let (mut on_channel, mut elsewhere) = (BTreeMap::new(), BTreeMap::new());
    let (mut tempo, mut count) = (None, 0);
    for track in &smf.tracks {
        let mut now = 0u64;
        for event in track {
            now = now.saturating_add(u64::from(event.delta.as_int()));
            match event.kind {
                TrackEventKind::Meta(MetaMessage::Tempo(micros)) => {
                    let told = (60_000_000 + micros.as_int() / 2) / micros.as_int().max(1);
                    tempo.get_or_insert(told.clamp(20, 300));
                }
                TrackEventKind::Midi {
                    channel,
                    message: MidiMessage::NoteOn { key, vel },
                } if vel.as_int() > 0 => {
                    let Some(drum) = KEYS.iter().position(|k| k.contains(&key.as_int())) else {
                        continue;
                    };
                    count += 1;
                    if count > HITS {
                        return Err(bad(format!("it has more than {HITS} hits")));
                    }
                    let ticks = TICKS as u64;
                    let tick = now.saturating_mul(4 * ticks) / quarter;
                    let step = tick.saturating_add(ticks / 2) / ticks;
                    let offset = tick as i64 - (step * ticks) as i64;
                    let hit = (vel.as_int(), offset as i32);
                    let all = match channel.as_int() == CHANNEL {
                        true => &mut on_channel,
                        false => &mut elsewhere,
                    };
                    let there = all.entry((step, drum)).or_insert(hit);
                    if there.0 < hit.0 {
                        *there = hit;
                    }
                }
                _ => {}
            }
        }
    }
    let hits = match on_channel.is_empty() {
        true => elsewhere,
        false => on_channel,
    };
    if hits.is_empty() {
        return Err(bad("it has no drums"));
    }
    Ok(Heard {
        hits,
        tempo: tempo.unwrap_or(TEMPO),
    })
}

impl Heard {
    /// It on the grid, in whole bars; nothing for more sixteenths than `most`.
    pub fn groove(&self, style: u8, most: usize) -> Option<Groove> {
        let last = self.hits.keys().next_back()?.0 as usize;
        let steps = (last + 1).next_multiple_of(BAR);
        if steps > most {
            return None;
        }
        let mut groove = Groove::empty(steps);
        groove.style = style;
        groove.tempo = self.tempo as u16;
        for (&(step, drum), &(velocity, ticks)) in &self.hits {
            groove.cells[step as usize * DRUMS + drum] = Hit::new(velocity, ticks).code();
        }
        Some(groove)
    }
}

/// Reads a file as the page has it: its first sixteen bars, from the bar of the first hit on.
///
/// # Errors
/// [`Error::BadScore`].
pub fn read(bytes: &[u8]) -> Result<RollInput> {
    let heard = listen(bytes)?;
    let bar = BAR as u64;
    let first = heard.hits.keys().next().map_or(0, |k| k.0) / bar * bar;
    let within = |step: u64| step.saturating_sub(first) < MOST_STEPS as u64;
    let mut voices: Vec<Vec<Note>> = vec![Vec::new(); DRUMS];
    let mut last = 0;
    for (&(step, drum), &(velocity, ticks)) in heard.hits.iter().filter(|(k, _)| within(k.0)) {
        last = step - first;
        voices[drum].push(Note {
            start: last as u32,
            length: 1,
            pitch: KEYS[drum][0],
            given: true,
            velocity: Some(velocity),
            shift: Some(ticks as i8),
        });
    }
    let steps = (last as usize + 1).next_multiple_of(BAR) as u32;
    Ok(RollInput {
        steps,
        voices,
        bars: (0..steps).step_by(BAR).collect(),
        tempo: heard.tempo,
        ..RollInput::default()
    })
}

/// Writes a file. Hits without a velocity are written as stiff ones. A hit ahead of the first sixteenth comes with it.
///
/// # Errors
/// [`Error::BadScore`].
pub fn write(roll: &RollInput) -> Result<Vec<u8>> {
    super::Asked::of(roll)?;
    let tempo = match roll.tempo {
        0 => TEMPO,
        tempo => tempo.clamp(20, 300),
    };
    let mut events: Vec<(u32, bool, u8, u8)> = Vec::new();
    for (drum, notes) in roll.voices.iter().enumerate() {
        for note in notes {
            let at = note.start as i32 * TICKS + i32::from(note.shift.unwrap_or(0)).clamp(-60, 60);
            let (at, key) = (at.max(0) as u32, KEYS[drum][0]);
            let velocity = note.velocity.unwrap_or(STIFF).clamp(1, 127);
            events.push((at, true, key, velocity));
            events.push((at + TICKS as u32 / 2, false, key, 0));
        }
    }
    // A hit ends before the next one begins.
    events.sort_unstable();
    let event = |delta: u32, kind| TrackEvent {
        delta: u28::new(delta),
        kind,
    };
    let meta = |message| event(0, TrackEventKind::Meta(message));
    let mut track = vec![
        meta(MetaMessage::TrackName(b"Drums")),
        meta(MetaMessage::Tempo(u24::new(60_000_000 / tempo))),
        meta(MetaMessage::TimeSignature(4, 2, 24, 8)),
    ];
    let mut now = 0;
    for (at, begins, key, velocity) in events {
        let (key, vel) = (u7::new(key), u7::new(velocity));
        let message = match begins {
            true => MidiMessage::NoteOn { key, vel },
            false => MidiMessage::NoteOff { key, vel },
        };
        let channel = u4::new(CHANNEL);
        track.push(event(at - now, TrackEventKind::Midi { channel, message }));
        now = at;
    }
    let rest = (roll.steps * TICKS as u32).saturating_sub(now);
    track.push(event(rest, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    let header = Header::new(
        Format::SingleTrack,
        Timing::Metrical(u15::new(4 * TICKS as u16)),
    );
    let smf = Smf {
        header,
        tracks: vec![track],
    };
    let mut out = Vec::new();
    smf.write_std(&mut out).map_err(|e| bad(e.to_string()))?;
    Ok(out)
}
