//! Sounds as images and images as sounds: the transform and the bands against SciPy (tests/reference/spectrogram.py),
//! the way there and back, Griffin and Lim's algorithm, recordings of all kinds, and the set that the voice of the site
//! speaks.

use std::{f64::consts::PI, pin::Pin, rc::Rc};

use crate::common::{Page, root, small_of_images};
use generative_playground::{
    bytes::Bytes,
    data::{
        Dataset, ImageSet,
        pictures::PictureSource,
        sound::{
            BANDS, Ear, FRAMES, HOP, NAME, RATE, SHAPE,
            cut::{one_second, resampled},
            is_sound, phase, recordings, wav,
        },
    },
    device,
    error::{Code, Error},
    families,
    model::{Condition, finish},
    plots,
    protocol::{Outcome, PlotInputs, Request, ViewQuery},
    rng::{Purpose, Rng},
    scene::{PlotRequest, View},
    speech::{Voice, digits, sound},
    training::Trainer,
};
use serde_json::{Value, json};

/// What runs to its end in one go is never interrupted.
fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/spectrogram.json"));
    serde_json::from_str(&text.expect("a committed file")).expect("JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let all = value.as_array().expect("an array").iter();
    all.map(|v| v.as_f64().expect("a number")).collect()
}

/// As in the script.
fn tones() -> Vec<f32> {
    let value = |k: usize| {
        let t = k as f64 / RATE as f64;
        let tone = |turns: f64| (2.0 * PI * turns).sin();
        let sum = 0.5 * tone(200.0 * t + 300.0 * t * t)
            + 0.25 * tone(3000.0 * t - 900.0 * t * t)
            + 0.1 * tone(1234.5 * t);
        (sum * (PI * t).sin()) as f32
    };
    (0..RATE).map(value).collect()
}

fn voice() -> Voice {
    let file =
        |name: &str| std::fs::read(root("web/voices").join(name)).expect("a file of the site");
    Voice::open(&file("heart.safetensors"), &file("english.safetensors")).expect("a voice")
}

fn set() -> ImageSet {
    let packed =
        std::fs::read(root("web/data/spoken-digits.bin")).expect("web/data/spoken-digits.bin");
    ImageSet::unpack(&packed).expect("a set")
}

#[test]
fn bands_transform_and_picture_are_scipys() {
    let (ear, want) = (Ear::default(), reference());
    for filter in want["filters"].as_array().expect("filters") {
        let entries: Vec<Vec<f64>> = filter
            .as_array()
            .expect("entries")
            .iter()
            .map(numbers)
            .collect();
        let mut whole = vec![0.0; ear.stft().bins()];
        entries.iter().for_each(|e| whole[e[1] as usize] = e[2]);
        let got = ear.filter(entries[0][0] as usize);
        for (got, want) in got.iter().zip(whole) {
            assert!((f64::from(*got) - want).abs() < 1e-5, "{got} {want}");
        }
    }
    let spectrum = ear.stft().forward(&tones(), FRAMES);
    for entry in want["spectrum"].as_array().expect("entries") {
        let [frame, bin, re, im] = numbers(entry)[..] else {
            panic!("four numbers")
        };
        let got = spectrum[frame as usize * ear.stft().bins() + bin as usize];
        for (got, want) in got.iter().zip([re, im]) {
            assert!(
                (f64::from(*got) - want).abs() < 1e-5,
                "{frame} {bin}: {got} {want}"
            );
        }
    }
    let image = ear.image(&tones());
    let wanted = numbers(&want["image"]);
    assert_eq!(
        (image.len(), wanted.len()),
        (BANDS * FRAMES, BANDS * FRAMES)
    );
    for (got, want) in image.iter().zip(wanted) {
        assert!((f64::from(*got) - want).abs() < 1e-5, "{got} {want}");
    }
}

#[test]
fn griffin_and_lim_come_nearer_in_every_round() {
    let ear = Ear::default();
    let spectrum = ear.stft().forward(&tones(), FRAMES);
    let magnitudes: Vec<f32> = spectrum.iter().map(|[a, b]| a.hypot(*b)).collect();
    let find = |momentum| phase::found(ear.stft(), HOP, &magnitudes, 60, momentum, 1).1;
    let (plain, fast) = (find(phase::PLAIN), find(phase::FAST));
    for pair in plain.windows(2) {
        assert!(pair[1] <= pair[0] * (1.0 + 1e-4), "{pair:?}");
    }
    let last = |off: &[f32]| off.last().copied().expect("rounds");
    println!(
        "off by {} at first, {} in the end, {} by the fast way",
        plain[0],
        last(&plain),
        last(&fast)
    );
    assert!(last(&plain) < 0.5 * plain[0], "{plain:?}");
    assert!(
        last(&fast) < last(&plain),
        "{} {}",
        last(&fast),
        last(&plain)
    );
}

/// The mean difference of two images, in decibels.
fn decibels(a: &[f32], b: &[f32]) -> f32 {
    let sum: f32 = a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum();
    60.0 * sum / a.len() as f32
}

#[test]
fn a_picture_comes_back_from_the_sound_that_is_made_of_it() {
    let (ear, set) = (Ear::default(), set());
    let mut worst = 0f32;
    for i in 0..10 {
        let image: Vec<f32> = set
            .test
            .image(i)
            .iter()
            .map(|&v| f32::from(v) / 255.0)
            .collect();
        let sound = ear.sound(&image, 32, 3);
        assert_eq!(sound.len(), RATE);
        let peak = sound.iter().fold(0f32, |m, v| m.max(v.abs()));
        assert!((0.5..0.9001).contains(&peak), "{peak}");
        assert!(sound[0].abs() < 1e-3 && sound[RATE - 1].abs() < 1e-3);
        worst = worst.max(decibels(&image, &ear.image(&sound)));
        assert_eq!(sound, ear.sound(&image, 32, 3), "a seed repeats");
    }
    println!("off by {worst} dB at most");
    assert!(worst < 2.0, "{worst} dB");
}

#[test]
fn silence_and_nonsense_make_no_noise() {
    let ear = Ear::default();
    assert!(ear.image(&vec![0.0; RATE]).iter().all(|&v| v == 0.0));
    for image in [
        vec![0.0; BANDS * FRAMES],
        vec![f32::NAN; BANDS * FRAMES],
        vec![-3.0; BANDS * FRAMES],
        Vec::new(),
    ] {
        assert!(ear.sound(&image, 4, 0).iter().all(|&v| v == 0.0));
    }
    for value in [1.0, 7.0, f32::INFINITY] {
        let sound = ear.sound(&vec![value; BANDS * FRAMES], 8, 0);
        assert!(sound.iter().all(|v| v.abs() <= 0.9001));
    }
}

#[test]
fn a_recording_of_any_rate_becomes_the_same_second() {
    let tone = |rate: f32, hertz: f32, seconds: f32| -> Vec<f32> {
        let value =
            |k: usize| (2.0 * PI * f64::from(hertz) * k as f64 / f64::from(rate)).sin() as f32;
        (0..(rate * seconds) as usize).map(value).collect()
    };
    let want = tone(8000.0, 440.0, 0.5);
    for rate in [8000.0, 11_025.0, 16_000.0, 44_100.0, 48_000.0, 26_543.0] {
        let got = resampled(&tone(rate, 440.0, 0.5), rate, 8000.0).expect("a rate");
        assert!(got.len().abs_diff(want.len()) <= 1);
        // Ends have only half of the kernel.
        for (k, (got, want)) in got.iter().zip(&want).enumerate().skip(100).take(3800) {
            assert!((got - want).abs() < 5e-3, "{rate}, {k}: {got} {want}");
        }
        // What is too high to be heard at the new rate is gone, and not mirrored.
        if rate > 12_000.0 {
            let high = resampled(&tone(rate, 5000.0, 0.5), rate, 8000.0).expect("a rate");
            assert!(high[100..3800].iter().all(|v| v.abs() < 1e-2), "{rate}");
        }
    }
    // The loudest second of four, with what is heard in its middle.
    let mut long: Vec<f32> = (0..32_000)
        .map(|k| if k % 2 == 0 { 1e-4 } else { -1e-4 })
        .collect();
    long[20_000..22_000].copy_from_slice(&tone(8000.0, 300.0, 0.25));
    let second = one_second(&long).expect("a sound");
    let loud: Vec<usize> = (0..RATE).filter(|&k| second[k].abs() > 0.1).collect();
    let (first, last) = (loud[0], loud[loud.len() - 1]);
    assert!((first + last).abs_diff(RATE) < 4 * HOP, "{first} {last}");
    // A short one has silence about it.
    let short = one_second(&tone(8000.0, 300.0, 0.25)).expect("a sound");
    assert!(
        short[..2000]
            .iter()
            .chain(&short[6000..])
            .all(|&v| v == 0.0)
    );
}

/// A WAV file of a tone.
fn file(encoding: u16, bits: u16, channels: u16, rate: u32, n: usize) -> Vec<u8> {
    let mut data = Vec::new();
    for k in 0..n {
        let v = 0.5 * (2.0 * PI * 300.0 * k as f64 / f64::from(rate)).sin();
        for _ in 0..channels {
            match (encoding, bits) {
                (3, _) => data.extend((v as f32).to_le_bytes()),
                (_, 8) => data.push((v * 127.0 + 128.0).round() as u8),
                (_, 16) => data.extend(((v * 32767.0) as i16).to_le_bytes()),
                (_, 24) => data.extend(&((v * 8_388_607.0) as i32).to_le_bytes()[..3]),
                _ => data.extend(((v * 2_147_483_647.0) as i32).to_le_bytes()),
            }
        }
    }
    let mut out = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
    let each = channels * bits / 8;
    out.extend(encoding.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend((rate * u32::from(each)).to_le_bytes());
    out.extend(each.to_le_bytes());
    out.extend(bits.to_le_bytes());
    out.extend(b"LIST\x03\0\0\0abc\0data");
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    out
}

#[test]
fn wav_files_of_all_plain_kinds_are_read() {
    for (encoding, bits) in [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32)] {
        for channels in [1, 2] {
            let (rate, sound) =
                wav::read(&file(encoding, bits, channels, 11_025, 2000)).expect("a WAV file");
            assert_eq!((rate, sound.len()), (11_025, 2000));
            for (k, got) in sound.iter().enumerate() {
                let want = 0.5 * (2.0 * PI * 300.0 * k as f64 / 11_025.0).sin();
                assert!(
                    (f64::from(*got) - want).abs() < 0.01,
                    "{bits} {k}: {got} {want}"
                );
            }
        }
    }
    // What this program writes, and what is written as it comes.
    let own = sound::wav(&tones());
    assert_eq!(wav::read(&own).expect("a WAV file").0, 24_000);
    let mut open = file(1, 16, 1, 8000, 100);
    let at = open.len() - 204;
    open[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(wav::read(&open).expect("a WAV file").1.len(), 100);
}

#[test]
fn hostile_recordings_are_refused_with_a_sentence() {
    let refused = |result: Result<(), Error>| {
        let error = result.expect_err("refused");
        assert_eq!(error.code(), Code::BadData, "{error}");
    };
    let read = |bytes: &[u8]| wav::read(bytes).map(|_| ());
    refused(read(b""));
    refused(read(b"RIFF\0\0\0\0WAVE"));
    refused(read(&vec![0; 17 << 20]));
    refused(read(&file(1, 16, 1, 500, 100)));
    refused(read(&file(2, 16, 1, 8000, 100)));
    refused(read(&file(1, 12, 1, 8000, 100)));
    refused(read(&file(1, 8, 1, 1000, 21_000)));
    refused(read(&file(1, 16, 1, 8000, 100)[..100]));
    refused(one_second(&[0.0; 100]).map(|_| ()));
    refused(one_second(&[]).map(|_| ()));
    refused(one_second(&[f32::NAN, f32::INFINITY]).map(|_| ()));
    refused(resampled(&[0.0; 10], f32::NAN, 8000.0).map(|_| ()));
    refused(resampled(&[0.0; 30_000], 1000.0, 8000.0).map(|_| ()));
    assert!(
        resampled(&[], 48_000.0, 8000.0)
            .expect("nothing")
            .is_empty()
    );
    // Thousands of mutants: each is read or refused, and of what is read a second can be asked.
    let (mut rng, mut read_all) = (Rng::new(1, Purpose::Evaluate, 0), 0);
    for round in 0..4000 {
        let [encoding, bits] = [[1, 16], [1, 8], [1, 24], [3, 32]][round % 4];
        let mut bytes = file(encoding, bits, 1 + (round % 2) as u16, 8000, 60);
        for _ in 0..1 + rng.below(6) {
            let at = rng.below(bytes.len().min(70));
            bytes[at] = match rng.below(3) {
                0 => rng.below(256) as u8,
                1 => 255,
                _ => bytes[at] ^ (1 << rng.below(8)),
            };
        }
        bytes.truncate(bytes.len() - rng.below(3) * rng.below(40));
        let taken = wav::read(&bytes)
            .and_then(|(rate, sound)| resampled(&sound, rate as f32, 8000.0))
            .and_then(|sound| one_second(&sound));
        match taken {
            Ok(second) => {
                read_all += 1;
                assert!(second.len() == RATE && second.iter().all(|v| v.is_finite()));
            }
            Err(error) => assert_eq!(error.code(), Code::BadData),
        }
    }
    assert!((200..3900).contains(&read_all), "{read_all}");
}

#[test]
fn the_packed_digits_are_what_the_voice_says() {
    let (set, voice, ear) = (set(), voice(), Ear::default());
    assert_eq!(
        (set.train.len(), set.test.len(), set.shape()),
        (600, 100, SHAPE)
    );
    assert!(is_sound(&set.info) && set.info.classes.len() == 10);
    let mut places = [0, 0];
    let (mut other, mut all) = (0, 0);
    for take in 0..digits::TAKES {
        for digit in 0..10 {
            let held_out = usize::from(digits::is_held_out(digit, take));
            let (part, place) = ([&set.train, &set.test][held_out], places[held_out]);
            places[held_out] += 1;
            assert_eq!(part.label(place), Some(digit as u8));
            // A part of them: all take long.
            if (take + 3 * digit) % 7 != 0 {
                continue;
            }
            let image = ear.image(&digits::said(&voice, digit, take).expect("a word"));
            for (value, packed) in image.iter().zip(part.image(place)) {
                let level = (value * 15.0).round() * 17.0;
                // Another machine may round the last bit of a product otherwise.
                assert!((level - f32::from(*packed)).abs() < 17.5, "{digit} {take}");
                other += usize::from(level != f32::from(*packed));
                all += 1;
            }
        }
    }
    println!("{other} of {all} levels are others");
    assert!(other * 1000 < all, "{other} of {all}");
    assert_eq!(places, [600, 100]);
    // No pair of speed and pitch is in both parts, and every pitch and every speed is in each.
    let held = |digit| (0..digits::TAKES).filter(move |&take| digits::is_held_out(digit, take));
    assert!((0..10).all(|digit| held(digit).count() == 10));
}

#[test]
fn recordings_of_a_folder_are_taken_by_their_names() {
    let folder = std::env::temp_dir().join(format!("spoken-{}", std::process::id()));
    let of = folder.join(NAME).join("recordings");
    std::fs::create_dir_all(&of).expect("a folder");
    for (name, loud) in [
        ("3_ann_0", 0.01),
        ("3_ann_7", 0.9),
        ("5_bob_12", 0.2),
        ("7_bob_4", 0.5),
    ] {
        let sound: Vec<f32> = tones().iter().map(|v| v * loud).collect();
        std::fs::write(of.join(format!("{name}.wav")), sound::wav(&sound)).expect("a file");
    }
    std::fs::write(of.join("notes.txt"), "no recording").expect("a file");
    let set = ImageSet::from_folder(NAME, &folder).expect("a set");
    assert_eq!((set.train.len(), set.test.len()), (2, 2));
    assert_eq!((set.train.label(0), set.train.label(1)), (Some(3), Some(5)));
    assert_eq!((set.test.label(0), set.test.label(1)), (Some(3), Some(7)));
    // However loud they are, they look alike.
    let (a, b) = (set.test.image(0), set.train.image(0));
    let off: u32 = a
        .iter()
        .zip(b)
        .map(|(a, b)| u32::from(a.abs_diff(*b)))
        .sum();
    assert!(off < 2 * a.len() as u32, "{off}");
    std::fs::write(of.join("9_bob_9.wav"), b"RIFF").expect("a file");
    let refused = recordings::from_folder(&folder).expect_err("refused");
    assert!(refused.to_string().contains("9_bob_9.wav"), "{refused}");
    std::fs::remove_dir_all(&folder).expect("removed");
}

/// So many recordings as a page hands them over: the words of the voice, labelled by turns.
fn own(n: usize, labels: &[&str]) -> PictureSource {
    let voice = voice();
    let mut pixels = Vec::new();
    for i in 0..n {
        let said = digits::said(&voice, i % 3, 5 * i % digits::TAKES).expect("a word");
        pixels.extend(sound::samples(&said));
    }
    PictureSource {
        side: 0,
        pixels: Bytes(pixels),
        labels: (0..n).map(|i| (i % labels.len()) as u32).collect(),
        classes: labels.iter().map(|l| (*l).into()).collect(),
        options: Value::Null,
        sounds: true,
    }
}

#[test]
fn a_readers_recordings_are_a_set_and_can_be_heard() {
    let page = Page::new();
    // A WAV file becomes its loudest second.
    let file = file(1, 16, 2, 44_100, 44_100 * 3);
    let Outcome::Second { sound } = page
        .ask(Request::CutSecond { file: Bytes(file) })
        .expect("a second")
    else {
        panic!("a second")
    };
    assert_eq!(sound.0.len(), 2 * RATE);
    for bytes in [b"RIFF".to_vec(), sound::wav(&[0.0; 9000])] {
        let refused = page
            .ask(Request::CutSecond { file: Bytes(bytes) })
            .expect_err("refused");
        assert_eq!(refused.code, Code::BadData, "{}", refused.message);
    }
    let taken = |source: PictureSource| match page.ask(Request::LoadPictures { source }) {
        Ok(Outcome::Pictures { pictures, preview }) => {
            assert!(matches!(preview, View::Image { height: 32, .. }));
            Ok(pictures)
        }
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error),
    };
    let source = own(12, &["10", "yes", "9"]);
    let info = taken(source.clone()).expect("a set");
    assert_eq!(
        (info.train + info.held_out, info.held_out, info.duplicates),
        (12, 1, 0)
    );
    let names: Vec<&str> = info.classes.iter().map(|class| &*class.name).collect();
    assert_eq!(
        names,
        ["9", "10", "yes"],
        "numbers in the order of their values"
    );
    // In another order, and one of them twice, they are the same set.
    let each = 2 * RATE;
    let mut turned = source.clone();
    turned.pixels.0.rotate_left(3 * each);
    turned.pixels.0.extend_from_within(..each);
    turned.labels.extend_from_within(..1);
    let again = taken(turned).expect("a set");
    assert_eq!((&again.name, again.duplicates), (&info.name, 1));
    for wrong in [
        own(9, &["1"]),
        PictureSource {
            pixels: Bytes(source.pixels.0[1..].to_vec()),
            ..source.clone()
        },
        PictureSource {
            labels: vec![0; 5],
            ..source.clone()
        },
        PictureSource {
            labels: vec![7; 12],
            ..source.clone()
        },
        PictureSource {
            pixels: Bytes(vec![1; 1001 * each]),
            labels: Vec::new(),
            ..source.clone()
        },
    ] {
        assert_eq!(taken(wrong).expect_err("refused").code, Code::BadData);
    }
    // A model that learns them can be heard, and says that they are sounds.
    let created = page.ask(Request::Create {
        session: 1,
        family: "vae".into(),
        config: json!({"hidden": 16}),
        train: json!({"steps": 2}),
        data: info.name.clone(),
        data_options: Value::Null,
        seed: 1,
    });
    let Ok(Outcome::Model { model }) = created else {
        panic!("{created:?}")
    };
    assert!(model.sound && model.classes == names);
    let query = ViewQuery::Plot {
        plot: "hear".into(),
        inputs: PlotInputs {
            count: 16,
            resolution: 28,
            ..PlotInputs::default()
        },
    };
    let heard = page.ask(Request::View {
        session: 1,
        query,
        snapshot: None,
    });
    let Ok(Outcome::View {
        view: View::Sounds { sounds, given, .. },
    }) = heard
    else {
        panic!("{heard:?}")
    };
    assert!(given.contains(&false) && given.contains(&true));
    assert!(
        sounds
            .iter()
            .all(|sound| sound.0.len() == each && sound.0.iter().any(|b| *b != 0))
    );
}

/// Every family of images takes a step on it, and its samples can be heard.
#[test]
fn every_family_of_images_learns_spoken_digits_and_is_heard() {
    let small = small_of_images();
    let data = Rc::new(Dataset::from(set()));
    let mut heard = 0;
    for family in plots::families() {
        let specs = family.spaces.iter().flat_map(|space| &space.plots);
        let Some(spec) = specs.into_iter().find(|plot| plot.id == "hear") else {
            continue;
        };
        assert!(spec.needs_sound && spec.needs_data);
        let config = small.iter().find(|(id, _)| *id == family.id);
        let (_, config) = config.unwrap_or_else(|| panic!("{} is not tried here", family.id));
        let train = json!({ "batch_size": 8, "steps": 1 });
        let (config, train) =
            families::with_defaults(&family.id, &data.info().space, config, &train)
                .expect("options");
        let trainer = Trainer::new(&family.id, &config, train, data.clone(), 1, &device::cpu());
        let mut trainer = trainer.unwrap_or_else(|e| panic!("{}: {e}", family.id));
        pollster::block_on(trainer.run(1, |_, _| Ok(true))).expect("a step");
        heard += 1;
        let model = trainer.averaged();
        // Others take long, pixel by pixel.
        if !["vae", "gan", "ddpm"].contains(&&*family.id) {
            continue;
        }
        let request = PlotRequest {
            data: Some(&data),
            seed: 5,
            ..PlotRequest::new("hear", data.info(), device::cpu())
        };
        let answer = pollster::block_on(plots::answer(&*model, &request, pause));
        let View::Sounds {
            sheet,
            rate,
            sounds,
            titles,
            given,
        } = answer.expect("sounds")
        else {
            panic!("sounds")
        };
        assert_eq!(
            (rate, sounds.len(), titles.len(), given.len()),
            (8000, 20, 20, 20),
            "{}",
            family.id
        );
        assert!(sounds.iter().all(|sound| sound.0.len() == 2 * RATE));
        assert!(given[..10].iter().all(|g| !g) && given[10..].iter().all(|g| *g));
        assert!(
            (10..20).all(|i| titles[i] == (i - 10).to_string()),
            "{titles:?}"
        );
        // A model that was told which digit to say says each.
        let named = titles[..10] == titles[10..];
        assert_eq!(named, family.id != "vae", "{}: {titles:?}", family.id);
        let View::Image {
            width,
            height,
            columns,
            ..
        } = *sheet
        else {
            panic!("an image")
        };
        assert_eq!((width, height, columns), (5 * 64, 4 * 32, 5));
        let sampler = model.sampler(&json!({}), &Condition::default(), 2, 1);
        let images = pollster::block_on(finish(&mut *sampler.expect("a sampler"))).expect("images");
        assert_eq!(images.images().expect("images").dims(), [2, 1, 32, 64]);
    }
    assert_eq!(heard, small.len());
}
