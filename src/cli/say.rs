//! `playground say`: text to speech.

use std::{path::PathBuf, time::Instant};

use super::{
    files::{read, write},
    terminal::say,
};
use crate::{
    error::Result,
    speech::{Manner, Voice, sound, unspeakable},
};

/// What is to be said, and how.
#[derive(clap::Args)]
pub struct Arguments {
    /// The text; or a file of text, with `@` before its name.
    text: String,
    /// The WAV file.
    #[arg(long, default_value = "speech.wav")]
    out: PathBuf,
    /// How fast: 1 as the voice learned it, 0.5 to 2.
    #[arg(long, default_value_t = 1.0)]
    speed: f32,
    /// How much higher or lower, in semitones.
    #[arg(long, default_value_t = 0.0, allow_hyphen_values = true)]
    pitch: f32,
    /// How far the pitch moves about its mean: 1 as the voice would, 0 for a monotone.
    #[arg(long, default_value_t = 1.0)]
    melody: f32,
    /// Of the noise in its hisses.
    #[arg(long, default_value_t = 0)]
    seed: u32,
    /// Print the phonemes of each sentence.
    #[arg(long)]
    phonemes: bool,
    /// Folder with the voice.
    #[arg(long, default_value = "web/voices", env = "PLAYGROUND_VOICES")]
    voices: PathBuf,
}

/// See the module's documentation.
pub fn run(arguments: &Arguments) -> Result<()> {
    let manner = Manner {
        speed: arguments.speed,
        pitch: arguments.pitch,
        melody: arguments.melody,
        seed: arguments.seed,
    };
    manner.check()?;
    let file = |name: &str| read(&arguments.voices.join(format!("{name}.safetensors")));
    let voice = Voice::open(&file("heart")?, &file("english")?)?;
    let text = match arguments.text.strip_prefix('@') {
        Some(path) => String::from_utf8_lossy(&read(path.as_ref())?).into_owned(),
        None => arguments.text.clone(),
    };
    let (begin, mut sound, mut first) = (Instant::now(), Vec::new(), None);
    let sentences = voice.sentences(&text)?;
    let said = sentences.iter().flat_map(|s| voice.english().say(s));
    for (number, sentence) in said.enumerate() {
        if arguments.phonemes {
            say!("{}", sentence.phonemes());
        }
        sound.extend(voice.speak(&sentence, &manner, number).sound);
        first.get_or_insert(begin.elapsed());
    }
    if sound.is_empty() {
        return Err(unspeakable());
    }
    let taken = begin.elapsed().as_secs_f64();
    let seconds = sound.len() as f64 / sound::RATE as f64;
    write(&arguments.out, &sound::wav(&sound))?;
    say!(
        "{seconds:.1} s of sound in {}, made in {taken:.2} s ({:.0} times as fast as it is spoken; the first \
         sentence took {:.0} ms)",
        arguments.out.display(),
        seconds / taken,
        1000.0 * first.unwrap_or_default().as_secs_f64()
    );
    Ok(())
}
