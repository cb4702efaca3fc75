//! Music: what could stand at a place, and what a reader wrote.

use crate::{
    bytes::Bytes,
    data::{
        groove,
        score::{HOLD, REST, Roll, RollInput, SYMBOLS, VOICES, abc, engrave, midi, name_of, pitch},
    },
    device::floats,
    error::{Error, Result},
    families::orderless::{allowed, weigh},
    model::Model,
    scene::{Number, View},
};

/// The most that are told.
const LIKELIEST: usize = 6;

/// The likeliest notes of a voice in a sixteenth, given all that is not to be made, and what of it was made already.
///
/// # Errors
/// [`Error::BadScore`], [`Error::BadOption`], [`Error::Unsupported`], and what the device reports.
pub async fn chances(
    model: &dyn Model,
    input: &RollInput,
    [voice, step]: [u32; 2],
) -> Result<View> {
    let orderless = model.orderless().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not guess music", model.title()),
    })?;
    let asked = input.asked()?;
    let (voice, step, steps) = (voice as usize, step as usize, asked.score.steps());
    if voice >= VOICES || step >= steps {
        let reason = "it must lie within the music";
        return Err(Error::bad_option("step", step, reason));
    }
    let at = voice * steps + step;
    let mut hidden = asked.free;
    hidden[at] = true;
    let logits = floats(orderless.guess(&[asked.score], &[&hidden])).await?;
    let row = (step * VOICES + voice) * SYMBOLS;
    let weights = weigh(&logits[row..row + SYMBOLS], 1.0, |s| {
        allowed(s, step, false)
    });
    let mut order: Vec<usize> = (0..SYMBOLS).collect();
    order.sort_by(|&a, &b| weights[b].total_cmp(&weights[a]));
    let numbers = order.into_iter().take(LIKELIEST).map(|symbol| {
        let symbol_id = symbol as u8;
        let title = match symbol_id {
            REST => "rest".into(),
            HOLD => "goes on".into(),
            s => pitch(s).map_or_else(String::new, name_of),
        };
        Number {
            id: format!("symbol-{symbol}"),
            title,
            value: Some(weights[symbol]),
            unit: String::new(),
            digits: 2,
            at_most: false,
        }
    });
    Ok(View::Numbers {
        numbers: numbers.collect(),
    })
}

/// What a reader wrote, as it stands on the grid.
///
/// # Errors
/// [`Error::BadScore`].
pub fn written(input: &RollInput) -> Result<View> {
    let asked = input.asked()?;
    let roll = Roll {
        tempo: input.tempo,
        ..Roll::of(&asked.score, |_| true)
    };
    Ok(View::Scores { scores: vec![roll] })
}

/// Pixels of a sixteenth and of a semitone in a [`picture`].
const CELL: [usize; 2] = [4, 3];
/// Colours of the voices, from the highest, readable by day and by night.
const COLOURS: [[u8; 3]; VOICES] = [
    [214, 106, 60],
    [156, 122, 40],
    [64, 140, 96],
    [76, 124, 196],
];

/// A score as a picture: time goes to the right, pitch upwards, a voice has a colour.
pub fn picture(roll: &Roll) -> View {
    if roll.drums {
        return drums(roll);
    }
    let [wide, high] = CELL;
    let rows = usize::from(roll.high - roll.low) + 1;
    let (width, height) = (roll.steps as usize * wide, rows * high);
    let mut rgba = vec![0u8; width * height * 4];
    let mut paint = |x: usize, y: usize, colour: [u8; 4]| {
        if x < width && y < height {
            rgba[(y * width + x) * 4..][..4].copy_from_slice(&colour);
        }
    };
    for &bar in roll.bars.iter().filter(|&&bar| bar > 0) {
        for y in 0..height {
            paint(bar as usize * wide, y, [128, 128, 128, 110]);
        }
    }
    for (voice, [r, g, b]) in roll.voices.iter().zip(COLOURS) {
        for note in &voice.notes {
            let top = usize::from(roll.high.saturating_sub(note.pitch)) * high;
            let from = note.start as usize * wide;
            // A gap of a pixel tells a note struck again from one that goes on.
            for x in from..from + note.length as usize * wide - 1 {
                (top..top + high).for_each(|y| paint(x, y, [r, g, b, 255]));
            }
        }
    }
    View::Image {
        width: width as u32,
        height: height as u32,
        columns: 1,
        rows: 1,
        rgba: Bytes(rgba),
        titles: Vec::new(),
    }
}

/// Pixels of a sixteenth and of a drum.
const PAD: [usize; 2] = [6, 12];

/// Drums as a picture: a row for each, the bass drum at the bottom, the harder a hit the taller, moved as it is played.
fn drums(roll: &Roll) -> View {
    let [wide, high] = PAD;
    let rows = roll.voices.len();
    let (width, height) = (roll.steps as usize * wide, rows * high);
    let mut rgba = vec![0u8; width * height * 4];
    let mut paint = |x: usize, y: usize, colour: [u8; 4]| {
        if x < width && y < height {
            rgba[(y * width + x) * 4..][..4].copy_from_slice(&colour);
        }
    };
    for step in (0..roll.steps as usize).step_by(4).skip(1) {
        let alpha = if step % groove::BAR == 0 { 150 } else { 60 };
        (0..height).for_each(|y| paint(step * wide, y, [128, 128, 128, alpha]));
    }
    for (drum, voice) in roll.voices.iter().enumerate() {
        let [r, g, b] = COLOURS[drum % COLOURS.len()];
        let top = (rows - 1 - drum) * high;
        for note in &voice.notes {
            let shift = f64::from(note.shift.unwrap_or(0)) / f64::from(groove::TICKS);
            let from = (note.start as f64 + shift.max(-0.5)) * wide as f64;
            let from = from.round().max(0.0) as usize;
            // The softest stands in the middle of its row, the hardest fills it.
            let velocity = usize::from(note.velocity.unwrap_or(groove::STIFF).min(127));
            let tall = 2 + (high - 4) * velocity / 127;
            let top = top + (high - tall) / 2;
            for x in from..from + wide - 1 {
                (top..top + tall).for_each(|y| paint(x, y, [r, g, b, 255]));
            }
        }
    }
    View::Image {
        width: width as u32,
        height: height as u32,
        columns: 1,
        rows: 1,
        rgba: Bytes(rgba),
        titles: Vec::new(),
    }
}

/// Music as a file, written by `write`; what is no music is refused by saying `what`.
fn file<T: Into<Vec<u8>>>(
    view: &View,
    write: fn(&RollInput) -> Result<T>,
    what: &str,
) -> Result<Vec<u8>> {
    match view {
        View::Scores { scores } if scores.first().is_some_and(|roll| !roll.drums) => {
            Ok(write(&scores[0].as_input())?.into())
        }
        _ => Err(Error::Unsupported { what: what.into() }),
    }
}

/// Music as MusicXML.
///
/// # Errors
/// [`Error::Unsupported`] for what is no music.
pub fn musicxml(view: &View) -> Result<Vec<u8>> {
    file(view, engrave::write, "Only music is saved as MusicXML")
}

/// Music in ABC notation.
///
/// # Errors
/// [`Error::Unsupported`] for what is no music.
pub fn abc(view: &View) -> Result<Vec<u8>> {
    file(view, abc::write, "Only music is written as ABC")
}

/// Music as a MIDI file.
///
/// # Errors
/// [`Error::Unsupported`] for what is no music.
pub fn midi(view: &View) -> Result<Vec<u8>> {
    if let View::Scores { scores } = view
        && let Some(drums) = scores.first().filter(|roll| roll.drums)
    {
        return groove::midi::write(&drums.as_input());
    }
    file(view, midi::write, "Only music is saved as MIDI")
}
