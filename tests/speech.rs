//! The voice beside onnxruntime, numpy and the package that it comes from (`tests/reference/voice.py`).

use crate::common;
use generative_playground::{
    error::Code,
    speech::{BINS, Bend, Manner, PARTS, Phoneme, Prosody, Spoken as Said, Voice, sound},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Reference {
    spoken: Vec<Spoken>,
    sound: Sound,
}

#[derive(Deserialize)]
struct Spoken {
    text: String,
    speed: f32,
    phonemes: String,
    ids: Vec<usize>,
    frames: usize,
    every: [usize; 2],
    f0: Vec<f32>,
    parts: Vec<Vec<f32>>,
    sound: Vec<f32>,
}

#[derive(Deserialize)]
struct Sound {
    noise: Vec<f32>,
    real: Vec<f32>,
    imaginary: Vec<f32>,
    back: Vec<f32>,
    pulses: Vec<f32>,
}

fn path(name: &str) -> String {
    format!("{}/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn voice() -> Voice {
    let file = |name: &str| bytes(&format!("web/voices/{name}.safetensors"));
    Voice::open(&file("heart"), &file("english")).unwrap()
}

fn reference() -> Reference {
    serde_json::from_slice(&bytes("tests/reference/voice.json")).unwrap()
}

fn apart(what: &str, ours: impl Iterator<Item = f32>, theirs: &[f32]) -> f32 {
    let ours: Vec<f32> = ours.collect();
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let pairs = ours.iter().zip(theirs);
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn the_network_gives_what_onnxruntime_gives() {
    let voice = voice();
    let spoken = reference().spoken;
    assert_eq!(spoken.len(), 50);
    for case in spoken {
        let (ids, _) = voice.ids(&case.phonemes);
        assert_eq!(ids, case.ids, "{}", case.text);
        let prosody = voice.network().prosody(&ids, case.speed, None);
        assert_eq!(prosody.pitch.len(), case.frames, "{}", case.text);
        let pitch = apart(&case.text, prosody.pitch.iter().copied(), &case.f0);
        assert!(pitch < 2e-2, "{}: pitch is {pitch} Hz apart", case.text);
        let parts = voice.network().spectrum(&ids, &prosody);
        for (i, want) in case.parts.iter().enumerate() {
            let row = |row: &[f32]| row[i * BINS..(i + 1) * BINS].to_vec();
            let part: Vec<f32> = parts.chunks(PARTS * BINS).flat_map(row).collect();
            let apart = apart(&case.text, part.into_iter().step_by(case.every[0]), want);
            assert!(apart < 1e-3, "{}: part {i} is {apart} apart", case.text);
        }
        let stft = sound::stft();
        let spectrum = sound::spectrum(&stft, &parts, &prosody.pitch, None);
        let made = stft.inverse(&spectrum);
        let apart = apart(
            &case.text,
            made.into_iter().step_by(case.every[1]),
            &case.sound,
        );
        // Of the first ones the sound as well: pulses lie where the sum of all pitch before them says, so that what
        // that is off by grows with a sentence.
        if case.every[1] < 100 {
            assert!(apart < 1e-3, "{}: sound is {apart} apart", case.text);
        }
    }
}

#[test]
fn transforms_give_what_scipy_gives() {
    let want = reference().sound;
    let stft = sound::stft();
    let frames = 10;
    let spectrum = stft.forward(&want.noise, frames);
    for (axis, want) in [want.real, want.imaginary].iter().enumerate() {
        let ours = spectrum.iter().map(|z| z[axis]).step_by(53);
        assert!(apart("spectrum", ours, want) < 1e-5);
    }
    let back = stft.inverse(&spectrum);
    assert!(apart("sound", back.iter().copied().step_by(7), &want.back) < 1e-5);
    // There and back, but for the scale of the way there.
    let same = back
        .iter()
        .zip(&want.noise)
        .map(|(a, b)| (a * 300.0 - b).abs());
    assert!(same.fold(0.0, f32::max) < 1e-4);
    let pulses = sound::pulses(&[0.0, 30.0, 80.0, 120.0, 200.0, 35.0, 400.0, 410.0]);
    let apart = apart("pulses", pulses.into_iter().step_by(5), &want.pulses);
    assert!(apart < 2e-2, "pulses of up to 137 are {apart} apart");
}

#[test]
fn words_are_said_as_the_package_says_them() {
    let voice = voice();
    let (mut words, mut same, mut sentences, mut whole) = (0, 0, 0, 0);
    for line in String::from_utf8(bytes("tests/reference/phonemes.tsv"))
        .unwrap()
        .lines()
    {
        let (text, want) = line.split_once('\t').unwrap();
        let said = voice.read(text).unwrap();
        let ours: Vec<String> = said.iter().map(|s| s.phonemes()).collect();
        let ours = ours.join(" / ");
        sentences += 1;
        whole += usize::from(ours == want);
        let (a, b): (Vec<&str>, Vec<&str>) = (ours.split(' ').collect(), want.split(' ').collect());
        words += b.len();
        same += common(&a, &b);
        if ours != want {
            println!("{text}\n  ours   {ours}\n  theirs {want}");
        }
    }
    println!("{same} of {words} words, {whole} of {sentences} sentences");
    assert!(
        words > 5000 && same as f64 / words as f64 >= 0.99,
        "{same} of {words}"
    );
}

/// The longest row of words that both have.
fn common(a: &[&str], b: &[&str]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y {
                corner + 1
            } else {
                above.max(row[j])
            };
            corner = above;
        }
    }
    row[b.len()]
}

#[test]
fn what_is_spoken_fits_together() {
    let voice = voice();
    let said = voice
        .read("Hello there, Mr. Blorptastic! It is 5 o'clock.")
        .unwrap();
    assert_eq!(said.len(), 2);
    let guessed: Vec<&str> = said[0]
        .words
        .iter()
        .filter(|w| w.guessed)
        .map(|w| w.text.as_str())
        .collect();
    assert_eq!(guessed, ["Blorptastic"]);
    for manner in [
        Manner::default(),
        Manner {
            speed: 2.0,
            pitch: 4.0,
            melody: 0.0,
            seed: 3,
        },
    ] {
        let spoken = voice.speak(&said[0], &manner, 0);
        let frames = spoken.pitch.len();
        assert_eq!(spoken.sound.len(), frames * sound::HOP);
        assert_eq!(spoken.picture.len(), frames * sound::ROWS);
        assert!(spoken.sound.iter().all(|v| v.abs() <= 0.98));
        assert!(spoken.sound[0] == 0.0 && spoken.sound.last() == Some(&0.0));
        let symbols: String = spoken.phonemes.iter().map(|p| p.symbol).collect();
        assert_eq!(symbols, said[0].phonemes());
        for pair in spoken.phonemes.windows(2) {
            assert!(pair[0].end == pair[1].start && pair[0].word <= pair[1].word);
        }
        let last = spoken.phonemes.last().unwrap();
        assert_eq!(said[0].words[last.word].text, "!");
        assert!(last.end <= spoken.sound.len() as f32 / sound::RATE as f32 + 1e-4);
        if manner.melody == 0.0 {
            let voiced: Vec<f32> = spoken.pitch.iter().copied().filter(|&p| p > 0.0).collect();
            assert!(
                voiced.iter().all(|p| (p / voiced[0] - 1.0).abs() < 1e-3),
                "a monotone"
            );
        }
        let wav = sound::wav(&spoken.sound);
        assert_eq!(wav.len(), 44 + 2 * spoken.sound.len());
    }
    // The same seed, the same sound; durations of one's own are kept.
    let twice = [0, 0, 1].map(|seed| {
        voice
            .speak(
                &said[1],
                &Manner {
                    seed,
                    ..Manner::default()
                },
                0,
            )
            .sound
    });
    assert!(twice[0] == twice[1] && twice[1] != twice[2]);
    let (ids, _) = voice.ids("həlˈO");
    let given = [3, 2, 4, 1, 1, 5, 2];
    let Prosody {
        durations, pitch, ..
    } = voice.network().prosody(&ids, 1.0, Some(&given));
    assert!(durations == given && pitch.len() == 36);
}

#[test]
fn a_word_is_stretched_and_a_curve_is_dragged() {
    let voice = voice();
    let said = voice.read("Hello there, everybody.").unwrap();
    let manner = Manner::default();
    let plain = voice.speak(&said[0], &manner, 0);
    let bends = |length: f32, pitch: f32, word: usize| -> Vec<Bend> {
        let phonemes = plain.phonemes.iter().enumerate();
        let of_word = phonemes.filter(|(_, p)| p.word == word && p.symbol != ' ');
        let bend = |(i, _)| Bend {
            phoneme: i as u32,
            length,
            pitch,
        };
        of_word.map(bend).collect()
    };
    let long = |spoken: &Said, i: usize| spoken.phonemes[i].end - spoken.phonemes[i].start;
    let named = said[0].words.iter().position(|w| w.text == "everybody");
    let word = named.expect("the word");
    let stretched = voice.speak_bent(&said[0], &manner, &bends(2.0, 0.0, word), 0);
    for i in 0..plain.phonemes.len() {
        let p = &plain.phonemes[i];
        let by = if p.word == word && p.symbol != ' ' {
            2.0
        } else {
            1.0
        };
        let apart = long(&stretched, i) - by * long(&plain, i);
        assert!(apart.abs() < 1e-4, "{:?} {apart}", p.symbol);
    }
    assert_eq!(stretched.sound.len(), stretched.pitch.len() * sound::HOP);
    // Raised by an octave in the word's middle, by nothing far from it, and by no more than that between.
    let raised = voice.speak_bent(&said[0], &manner, &bends(1.0, 12.0, word), 0);
    assert_eq!(raised.pitch.len(), plain.pitch.len());
    let (first, last) = {
        let of_word = plain
            .phonemes
            .iter()
            .filter(|p| p.word == word && p.symbol != ' ');
        let all: Vec<_> = of_word.collect();
        (all[0].clone(), all[all.len() - 1].clone())
    };
    let mut inside = 0;
    for (frame, (a, b)) in raised.pitch.iter().zip(&plain.pitch).enumerate() {
        let at = (frame as f32 + 0.5) * sound::HOP as f32 / sound::RATE as f32;
        if *b == 0.0 {
            continue;
        }
        let octaves = (a / b).log2();
        let middle = |p: &Phoneme| (p.start + p.end) / 2.0;
        if at > middle(&first) && at < middle(&last) {
            inside += 1;
            assert!((octaves - 1.0).abs() < 1e-3, "{at}: {octaves}");
        } else {
            assert!((-1e-3..1.001).contains(&octaves), "{at}: {octaves}");
        }
    }
    assert!(inside > 2, "{inside} frames in the word");
    for (length, pitch) in [
        (0.1, 0.0),
        (5.0, 0.0),
        (f32::NAN, 0.0),
        (1.0, 20.0),
        (1.0, f32::NAN),
    ] {
        let bend = Bend {
            phoneme: 0,
            length,
            pitch,
        };
        assert_eq!(bend.check().map_err(|e| e.code()), Err(Code::BadOption));
    }
}

#[test]
fn texts_that_cannot_be_read_are_told() {
    let voice = voice();
    let code = |text: &str| voice.read(text).map(|s| s.len()).map_err(|e| e.code());
    for text in [
        "",
        " \n ",
        "こんにちは、世界",
        "Привет, мир",
        "\u{0}\u{1}",
        "***",
    ] {
        assert_eq!(code(text), Err(Code::BadData), "{text:?}");
    }
    assert_eq!(code(&"word ".repeat(5000)), Err(Code::BadData));
    assert!(code("Hello. <b onclick=\"x()\">there</b> [a](/b/) [a](b").is_ok());
    // One sentence without a stop is cut.
    let long = voice.read(&"a rose is a rose and ".repeat(100)).unwrap();
    assert!(long.len() > 3 && long.iter().all(|s| s.phonemes().chars().count() <= 401));
    // Texts that a matcher of patterns could lose itself in.
    for bit in [
        "(", "[", "![", "9", ",9", "a.", "'", "-", "I", "x@", "/1", "$1", ")\"!",
    ] {
        let text = format!("{} end", bit.repeat(1000 / bit.len()));
        assert!(voice.read(&text).is_ok(), "{bit}");
    }
    let wrong = Manner {
        speed: f32::NAN,
        ..Manner::default()
    };
    assert_eq!(wrong.check().unwrap_err().code(), Code::BadOption);
}

#[test]
fn any_text_is_read_without_a_panic() {
    let voice = voice();
    let mut dice = common::Dice(1);
    let mut next = |n: usize| dice.below(n);
    let bits = [
        "Dr.",
        "1/2",
        "$",
        "3.5",
        ",",
        "'",
        "’s",
        "-",
        "—",
        "...",
        "12:30",
        "St. ",
        "[a](/",
        "](",
        ")",
        "£1,000",
        "é",
        "ﬁ",
        "1st",
        "10%",
        "²",
        "a@b.c",
        "www.",
        "XIV",
        "Henry ",
        "2024-01-02",
        "\"",
        "(",
        "0.0.0",
        "#1",
        " ",
        "\u{301}",
        "🙂",
        "O'Neil's",
        "ABC",
        "iPhone",
        "5km",
        "99999999999999999999999999999999999999999999",
    ];
    for _ in 0..1500 {
        let text: String = (0..1 + next(9)).map(|_| bits[next(bits.len())]).collect();
        let text = format!("{text} word");
        let said = voice.read(&text);
        assert!(said.is_ok_and(|s| !s.is_empty()), "{text:?}");
    }
}
