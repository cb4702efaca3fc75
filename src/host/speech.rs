//! A voice reads a text, sentence by sentence.

use std::rc::Rc;

use super::Host;
use crate::{
    bytes::Bytes,
    error::{Error, Result},
    hash::sha256,
    protocol::{Outcome, Progress, Request, SpokenPhoneme, SpokenSentence, SpokenWord},
    speech::{Bend, MOST_PHONEMES, Manner, Sentence, Spoken, Voice, sound, unspeakable},
};

impl Host {
    /// Keep a voice that is handed over.
    pub(super) fn load_voice(&self, request: &Request) -> Result<Outcome> {
        if let Request::LoadVoice {
            voice,
            english,
            sha256: promised,
        } = request
        {
            for (bytes, promised) in [voice, english].into_iter().zip(promised) {
                let found = sha256(&bytes.0);
                if !found.eq_ignore_ascii_case(promised) {
                    return Err(Error::CheckpointHash { found });
                }
            }
            let voice = Voice::open(&voice.0, &english.0)?;
            *self.voice.borrow_mut() = Some(Rc::new(voice));
        }
        Ok(Outcome::Done)
    }

    /// Read a text aloud. Between sentences the thread is given back, so that a cancel is heard.
    pub(super) async fn speak(&self, id: u32, request: &Request) -> Result<Outcome> {
        let Request::Speak {
            text,
            speed,
            pitch,
            melody,
            seed,
            only,
            bends,
        } = request
        else {
            return Ok(Outcome::Done);
        };
        let manner = Manner {
            speed: *speed,
            pitch: *pitch,
            melody: *melody,
            seed: *seed,
        };
        manner.check()?;
        bends.iter().try_for_each(Bend::check)?;
        if bends.len() > MOST_PHONEMES {
            let reason = format!("a sentence has {MOST_PHONEMES} phonemes at most");
            return Err(Error::bad_option("bends", bends.len(), reason));
        }
        let voice = self.voice.borrow().clone();
        let voice = voice.ok_or_else(|| Error::BadRequest {
            reason: "no voice has been handed over".into(),
        })?;
        let (sentences, mut number) = (voice.sentences(text)?, 0);
        for text in &sentences {
            for sentence in voice.english().say(text) {
                let this = number;
                number += 1;
                if only.is_some_and(|only| only != this) {
                    continue;
                }
                (self.pause)().await;
                let spoken = voice.speak_bent(&sentence, &manner, bends, this as usize);
                let of = this.max(sentences.len() as u32 - 1) + 1;
                let sentence = answer(&sentence, spoken, [this, of]);
                self.progress(id, Progress::Speech { sentence });
            }
        }
        match number {
            0 => Err(unspeakable()),
            _ => Ok(Outcome::Done),
        }
    }
}

fn answer(sentence: &Sentence, spoken: Spoken, [number, of]: [u32; 2]) -> SpokenSentence {
    let word = |w: &crate::speech::Word| SpokenWord {
        text: w.text.clone(),
        space: w.space,
        guessed: w.guessed,
    };
    let phonemes = spoken.phonemes.into_iter().map(|p| SpokenPhoneme {
        symbol: p.symbol.to_string(),
        start: p.start,
        end: p.end,
        word: p.word as u32,
    });
    SpokenSentence {
        number,
        of,
        text: sentence.text.clone(),
        rate: sound::RATE as u32,
        sound: Bytes(sound::samples(&spoken.sound)),
        words: sentence.words.iter().map(word).collect(),
        phonemes: phonemes.collect(),
        pitch: spoken.pitch,
        picture: Bytes(spoken.picture),
        rows: sound::ROWS as u32,
        bands: sound::bands(),
    }
}
