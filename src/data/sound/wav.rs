//! WAV files (Microsoft & IBM 1991, RIFF): samples of 8, 16, 24 or 32 bits, or of floating point, of one channel or
//! several.

use super::cut::{LONGEST, bad};
use crate::error::Result;

/// The most bytes of a file.
const MOST: usize = 16 << 20;
/// Numbers of the encodings.
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xFFFE;

/// How the samples of a file are written.
struct Format {
    encoding: u16,
    channels: usize,
    rate: u32,
    bytes: usize,
}

/// Samples a second, and the mean of all channels, in [−1, 1].
///
/// # Errors
/// [`Error::BadSound`](crate::error::Error::BadSound) for what is no such file.
pub fn read(file: &[u8]) -> Result<(u32, Vec<f32>)> {
    if file.len() > MOST {
        return bad("it has more than 16 MiB".into());
    }
    if file.get(..4) != Some(b"RIFF") || file.get(8..12) != Some(b"WAVE") {
        return bad("it is no WAV file".into());
    }
    let (mut rest, mut format) = (&file[12..], None);
    while let Some((head, after)) = rest.split_at_checked(8) {
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        // Who writes a file as it comes does not know its length.
        let open = size == 0 || size == u32::MAX;
        let size = if open { after.len() } else { size as usize };
        match &head[..4] {
            b"fmt " => format = Some(format_of(after.get(..size).unwrap_or_default())?),
            b"data" => {
                let Some(format) = format else {
                    return bad("it does not say how its samples are written".into());
                };
                return match after.get(..size) {
                    Some(data) => samples(&format, data),
                    None => bad("it is cut short".into()),
                };
            }
            _ => {}
        }
        // Chunks begin at even places.
        rest = after
            .get(size.saturating_add(size % 2)..)
            .unwrap_or_default();
    }
    bad("there are no samples in it".into())
}

fn format_of(chunk: &[u8]) -> Result<Format> {
    let word = |at: usize| Some(u16::from_le_bytes([*chunk.get(at)?, *chunk.get(at + 1)?]));
    let parts = (|| {
        let [encoding, channels, low, high, bits] =
            [word(0)?, word(2)?, word(4)?, word(6)?, word(14)?];
        let encoding = if encoding == EXTENSIBLE {
            word(24)?
        } else {
            encoding
        };
        Some((
            encoding,
            channels,
            u32::from(high) << 16 | u32::from(low),
            bits,
        ))
    })();
    let Some((encoding, channels, rate, bits)) = parts else {
        return bad("it does not say how its samples are written".into());
    };
    let known = match encoding {
        PCM => [8, 16, 24, 32].contains(&bits),
        FLOAT => bits == 32,
        _ => false,
    };
    if !known {
        return bad("its samples are written in another way than the plain ones".into());
    }
    if !(1..=32).contains(&channels) || !(1000..=400_000).contains(&rate) {
        return bad(format!(
            "it has {channels} channels of {rate} samples a second"
        ));
    }
    Ok(Format {
        encoding,
        channels: usize::from(channels),
        rate,
        bytes: usize::from(bits / 8),
    })
}

fn samples(format: &Format, data: &[u8]) -> Result<(u32, Vec<f32>)> {
    let frames = data.chunks_exact(format.bytes * format.channels);
    if frames.len() > LONGEST * format.rate as usize {
        return bad(format!("it is longer than {LONGEST} seconds"));
    }
    let one = |b: &[u8]| match (format.encoding, b) {
        (FLOAT, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
        // Of eight bits they are without a sign.
        (_, &[a]) => (f32::from(a) - 128.0) / 128.0,
        (_, &[a, b]) => f32::from(i16::from_le_bytes([a, b])) / 32768.0,
        (_, &[a, b, c]) => i32::from_le_bytes([0, a, b, c]) as f32 / 2f32.powi(31),
        (_, &[a, b, c, d]) => i32::from_le_bytes([a, b, c, d]) as f32 / 2f32.powi(31),
        _ => 0.0,
    };
    let mean = |frame: &[u8]| {
        frame.chunks_exact(format.bytes).map(one).sum::<f32>() / format.channels as f32
    };
    let sound: Vec<f32> = frames.map(mean).collect();
    match sound.iter().all(|v| v.is_finite()) {
        true => Ok((format.rate, sound)),
        false => bad("a sample of it is not a number".into()),
    }
}
