//! Music: MusicXML against music21 (tests/reference/chorales.py), the packed set, MIDI, rules of part-writing, and the
//! orderless model against PyTorch (tests/reference/orderless.py).

use std::{
    collections::{BTreeMap, HashSet},
    io::{Read, Write},
    rc::Rc,
};

use crate::common::{by_formula, count, counts, digest, root, values};
use burn::tensor::Device;
use generative_playground::{
    data::{
        Binarize, DataInfo, Dataset, Space, Stream,
        score::{
            Asked, HOLD, MOST_STEPS, Note, Part, REST, Roll, RollInput, STEPS, SYMBOLS, Score,
            ScoreSet, UNKNOWN, VOICES, abc, context, engrave, from_pitches, midi, musicxml, pitch,
            symbol, told,
            writing::{Fault, faults},
        },
    },
    error::{Code, Error},
    families::orderless::{OrderlessConfig, OrderlessTransformer, allowed, weigh},
    model::{Condition, Family, Model, Orderless, TrainConfig, finish},
    nn::weights::Weights,
    options::Options,
    rng::{Purpose, Rng},
    training::Trainer,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn set() -> ScoreSet {
    let packed = std::fs::read(root("web/data/chorales.bin")).expect("web/data/chorales.bin");
    ScoreSet::unpack(&packed).expect("a set")
}

fn reference(file: &str) -> Value {
    let text =
        std::fs::read_to_string(root("tests/reference").join(file)).expect("a committed file");
    serde_json::from_str(&text).expect("JSON")
}

/// As tests/reference/chorales.py writes a voice.
fn bytes_of(score: &Score, voice: usize) -> Vec<u8> {
    let sounding = score.sounding(voice);
    let each = score.voice(voice).iter().zip(sounding);
    each.map(|(&s, p)| p + 128 * u8::from(pitch(s).is_some()))
        .collect()
}

#[test]
fn all_chorales_are_as_music21_reads_them() {
    let (set, want) = (set(), reference("chorales.json"));
    let want = want.as_object().expect("an object");
    assert_eq!((set.pieces.len(), want.len()), (364, 364));
    let mut other = Vec::new();
    for (name, _, score) in &set.pieces {
        let want = &want[name];
        assert_eq!(score.steps(), count(&want["length"]), "{name}");
        for voice in 0..VOICES {
            let hash = Sha256::digest(bytes_of(score, voice));
            let hash: String = hash.iter().take(8).map(|b| format!("{b:02x}")).collect();
            if want["voices"][voice] != hash {
                other.push(format!("{name} {voice}"));
            }
        }
    }
    assert_eq!(other, Vec::<String>::new());
}

#[test]
fn parts_do_not_share_a_chorale_and_windows_stay_in_range() {
    let set = set();
    let count = |part| set.of(part).count();
    assert_eq!(
        [Part::Train, Part::Choice, Part::Test].map(count),
        [228, 66, 70]
    );
    let music = |part| -> Vec<&Score> { set.of(part).map(|(_, score)| score).collect() };
    for held_out in [Part::Choice, Part::Test] {
        let learned = music(Part::Train);
        assert!(music(held_out).iter().all(|score| !learned.contains(score)));
    }
    let ranges = set.ranges();
    assert_eq!(ranges, [[57, 81], [53, 74], [48, 69], [36, 64]]);
    let mut keys = HashSet::new();
    for seen in 0..400 {
        let mut rng = Rng::new(3, Purpose::Data, seen);
        let i = seen as usize % set.train_len();
        let drawn = set.draw(i, &mut rng);
        drawn.check().expect("a score");
        keys.insert(drawn.cells.iter().find(|&&s| s > HOLD).copied());
        for (voice, [low, high]) in ranges.iter().enumerate() {
            assert!(drawn.voice(voice).first() != Some(&HOLD));
            let inside = |s: &u8| pitch(*s).is_none_or(|p| (*low..=*high).contains(&p));
            assert!(drawn.voice(voice).iter().all(inside));
        }
    }
    assert!(keys.len() > 12, "in many keys: {}", keys.len());
}

#[test]
fn a_stream_of_windows_goes_on_where_it_was() {
    let data: Dataset = set().into();
    let batch = |stream: &mut Stream, n| stream.next(&data, n, 0, Binarize::None).expect("a batch");
    let mut whole = Stream::new(5, 0);
    let (a, b) = (batch(&mut whole, 3), batch(&mut whole, 2));
    let mut resumed = Stream::new(5, 3);
    assert_eq!(
        batch(&mut resumed, 2).scores().expect("music"),
        b.scores().expect("music")
    );
    assert_ne!(
        a.scores().expect("music").1[..VOICES * STEPS],
        b.scores().expect("music").1[..VOICES * STEPS]
    );
    let held = data.clone().for_choice();
    assert_ne!(held.test_len(), 0);
    assert_eq!(held.train_len(), data.train_len());
}

#[test]
fn a_damaged_set_is_refused() {
    let set = set();
    let few: Vec<_> = set.pieces.iter().take(40).cloned().collect();
    let packed = ScoreSet::pack(&few).expect("packs");
    let again = ScoreSet::unpack(&packed).expect("a set");
    assert_eq!(again.pieces, few);
    // Beneath the compression, where a mutant gets further.
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&packed[..])
        .read_to_end(&mut plain)
        .expect("gzip");
    let mut rng = Rng::new(1, Purpose::Evaluate, 0);
    for _ in 0..300 {
        let mut mutant = plain.clone();
        mutant.truncate(1 + rng.below(mutant.len()));
        for _ in 0..1 + rng.below(4) {
            let at = rng.below(mutant.len());
            mutant[at] = rng.bits() as u8;
        }
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(&mutant).expect("memory");
        match ScoreSet::unpack(&out.finish().expect("memory")) {
            Ok(set) => set
                .pieces
                .iter()
                .for_each(|p| p.2.check().expect("a score")),
            Err(e) => assert_eq!(e.code(), Code::BadData),
        }
    }
}

/// Two bars of 3/4 after a pick-up, the last divided by a repeat; a tie over the bar line, a fermata, a rest, a grace
/// note, a thirty-second, and a bass that ends early.
const SCORE: &str = r#"<?xml version="1.0"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 3.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise><part-list/>
<part id="P1">
 <measure number="0"><attributes><divisions>8</divisions><time><beats>3</beats><beat-type>4</beat-type></time></attributes>
  <note><pitch><step>C</step><octave>5</octave></pitch><duration>8</duration><tie type="start"/></note></measure>
 <measure number="1">
  <note><pitch><step>C</step><octave>5</octave></pitch><duration>8</duration><tie type="stop"/></note>
  <note><grace/><pitch><step>E</step><octave>5</octave></pitch></note>
  <note><pitch><step>F</step><alter>1</alter><octave>5</octave></pitch><duration>1</duration></note>
  <note><pitch><step>G</step><octave>5</octave></pitch><duration>7</duration></note>
  <note><rest/><duration>8</duration></note></measure>
 <measure number="2">
  <note><pitch><step>A</step><octave>4</octave></pitch><duration>16</duration>
   <notations><fermata type="upright"/></notations></note>
  <barline location="right"><repeat direction="backward"/></barline></measure>
 <measure number="3"><note><pitch><step>B</step><alter>-1</alter><octave>4</octave></pitch><duration>8</duration></note></measure>
</part>
PART PART SHORT
</score-partwise>"#;

fn score_text() -> String {
    let note = |step: &str, octave: u8, long: u32| {
        format!(
            "<note><pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{long}</duration></note>"
        )
    };
    let part = |octave: u8, last: &str| {
        format!(
            "<part id=\"P\"><measure><attributes><divisions>8</divisions></attributes>{}</measure>\
             <measure>{}</measure><measure>{}</measure><measure>{last}</measure></part>",
            note("C", octave, 8),
            note("D", octave, 24),
            note("E", octave, 16),
        )
    };
    let (whole, short) = (part(4, &note("F", 4, 8)), part(3, ""));
    SCORE
        .replacen("PART", &whole, 1)
        .replacen("PART", &whole, 1)
        .replace("SHORT", &short)
}

#[test]
fn a_score_is_read_with_all_that_it_has() {
    let mut counts = musicxml::Counts::default();
    let score = musicxml::read(&score_text(), &mut counts)
        .expect("a score")
        .expect("four parts");
    let want = musicxml::Counts {
        pick_ups: 1,
        repeats: 1,
        ties: 1,
        fermatas: 1,
        rests: 1,
        unequal: 1,
        off_grid: 2,
        grace: 1,
        beyond: 0,
    };
    assert_eq!(counts, want);
    let soprano = score.sounding(0);
    let runs = [(72, 8), (78, 1), (79, 3), (0, 4), (69, 8), (70, 4)];
    let want: Vec<u8> = runs.iter().flat_map(|&(p, n)| vec![p; n]).collect();
    assert_eq!(soprano, want);
    let begins = |i: usize| score.voice(0)[i] > HOLD;
    assert!(begins(0) && !begins(4) && begins(8) && begins(9) && !begins(10));
    // The pick-up is the third beat, and so is what the repeat cuts off.
    let places: Vec<usize> = score.context.iter().map(|&c| usize::from(c) % 24).collect();
    let want: Vec<usize> = (8..12).chain(0..12).chain(0..12).collect();
    assert_eq!(places, want);
    let fermatas: Vec<usize> = (0..28).filter(|&i| score.context[i] >= 24).collect();
    assert_eq!(fermatas, (16..24).collect::<Vec<_>>());
    assert_eq!(score.sounding(3)[24..], [0; 4]);
    let one = "<score-partwise><part id=\"P\"/></score-partwise>";
    assert!(musicxml::read(one, &mut counts).expect("a score").is_none());
}

#[test]
fn a_hostile_score_is_refused_or_read() {
    let text = score_text();
    let mut rng = Rng::new(2, Purpose::Evaluate, 0);
    let mut refused = 0;
    for i in 0..2000 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..1 + rng.below(3) {
            let at = rng.below(bytes.len());
            match i % 3 {
                0 => bytes[at] = b'0' + rng.below(75) as u8,
                1 => bytes.truncate(at + 1),
                _ => {
                    let from = rng.below(bytes.len());
                    let piece = bytes[from..(from + 40).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        match musicxml::read(&text, &mut musicxml::Counts::default()) {
            Ok(Some(score)) => score.check().expect("a score"),
            Ok(None) => {}
            Err(e) => {
                assert!(matches!(e, Error::BadScore { .. }), "{e}");
                refused += 1;
            }
        }
    }
    assert!(refused > 500, "{refused}");
    for bytes in [
        &b""[..],
        b"PK\x05\x06",
        b"PK\x01\x02PK\x05\x06aaaaaaaaaaaaaaaaaaaaaaa",
    ] {
        assert_eq!(
            musicxml::unzip(bytes).expect_err("no zip").code(),
            Code::BadData
        );
    }
}

fn note(start: u32, length: u32, pitch: u8) -> Note {
    Note {
        start,
        length,
        pitch,
        ..Note::default()
    }
}

#[test]
fn a_piece_comes_back_from_midi_as_it_was() {
    let set = set();
    for (name, _, score) in set.pieces.iter().step_by(9) {
        let score = score.part(0, score.steps().min(96) / 4 * 4);
        let roll = Roll::of(&score, |_| false).as_input();
        let back = midi::read(&midi::write(&roll).expect("a file")).expect("a file");
        assert_eq!(back.tempo, midi::TEMPO);
        let mut voices = back.voices.clone();
        let mut want = roll.voices.clone();
        // Voices come from the highest to the lowest, and rests between bars at the end are no notes.
        for all in [&mut voices, &mut want] {
            all.retain(|notes| !notes.is_empty());
            all.sort_by_key(|notes| notes.iter().map(|n| (n.start, n.pitch)).collect::<Vec<_>>());
        }
        assert_eq!(voices, want, "{name}");
    }
    let chord = RollInput {
        steps: 16,
        voices: vec![vec![note(0, 4, 72), note(4, 4, 71)], vec![note(0, 8, 64)]],
        bars: vec![0],
        tempo: 100,
        ..RollInput::default()
    };
    let back = midi::read(&midi::write(&chord).expect("a file")).expect("a file");
    assert_eq!(
        (back.voices, back.tempo, back.steps),
        (chord.voices, 100, 16)
    );
}

#[test]
fn every_chorale_comes_back_from_musicxml_as_it_was() {
    let set = set();
    let mut held = [0; 2];
    for (name, _, score) in &set.pieces {
        let steps = score.steps().min(MOST_STEPS);
        let score = score.part(0, steps);
        let roll = Roll::of(&score, |_| true).as_input();
        let text = engrave::write(&roll).expect("MusicXML");
        let read = musicxml::read(&text, &mut musicxml::Counts::default());
        let read = read.expect("it is read").expect("four parts");
        assert_eq!(read.cells, score.cells, "{name}");
        let both = read.context.iter().zip(&score.context);
        for (a, b) in both.filter_map(|(&a, &b)| told(a).zip(told(b))) {
            held = [held[0] + usize::from(a.1), held[1] + usize::from(b.1)];
        }
    }
    // Fermatas stand over notes, and reach as far as these do.
    assert!(held[0].abs_diff(held[1]) * 50 < held[1], "{held:?}");
    let none = RollInput::default();
    assert_eq!(
        engrave::write(&none).expect_err("no score").code(),
        Code::BadData
    );
}

/// What abcjs reads in it is compared with the same notes by `tests/element/notation.test.mjs`.
#[test]
fn scores_are_written_in_abc() {
    let set = set();
    let scores = set.pieces.iter().map(|(_, _, score)| score).step_by(37);
    let written: Vec<Value> = scores
        .map(|score| {
            let score = score.part(0, score.steps().min(120));
            let roll = Roll::of(&score, |_| true).as_input();
            let voices = roll.voices.iter().map(|notes| {
                let numbers = notes.iter().map(|n| json!([n.start, n.length, n.pitch]));
                numbers.collect::<Vec<_>>()
            });
            json!({ "abc": abc::write(&roll).expect("ABC"), "voices": voices.collect::<Vec<_>>() })
        })
        .collect();
    let path = root("tests/reference/abc.json");
    let text = serde_json::to_string(&written).expect("JSON") + "\n";
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    if before != text {
        std::fs::write(&path, text).expect("a file");
        panic!("tests/reference/abc.json was written anew");
    }
    let none = abc::write(&RollInput::default());
    assert_eq!(none.expect_err("no score").code(), Code::BadData);
}

#[test]
fn a_hostile_midi_file_is_refused_or_read() {
    let roll = Roll::of(&set().pieces[0].2.part(0, 64), |_| false).as_input();
    let file = midi::write(&roll).expect("a file");
    let mut rng = Rng::new(4, Purpose::Evaluate, 0);
    let (mut read, mut refused) = (0, 0);
    for i in 0..4000 {
        let mut mutant = file.clone();
        for _ in 0..1 + rng.below(6) {
            let at = rng.below(mutant.len());
            match i % 4 {
                0 => mutant.truncate(at + 1),
                1 => mutant.insert(at, rng.bits() as u8),
                _ => mutant[at] = rng.bits() as u8,
            }
        }
        match midi::read(&mutant) {
            Ok(roll) => {
                let asked = roll.asked().expect("what was read is a score");
                asked.score.check().expect("a score");
                midi::write(&roll).expect("and can be written");
                read += 1;
            }
            Err(e) => {
                assert_eq!(e.code(), Code::BadData);
                refused += 1;
            }
        }
    }
    assert!(
        read > 200 && refused > 200,
        "{read} read, {refused} refused"
    );
    assert_eq!(
        midi::read(&vec![0; 5 << 20]).expect_err("too large").code(),
        Code::BadData
    );
}

#[test]
fn what_a_reader_writes_is_put_on_the_grid() {
    let roll = |voices: Vec<Vec<Note>>, free: Vec<[u32; 3]>| RollInput {
        steps: 16,
        voices,
        free,
        bars: vec![4],
        fermatas: vec![12],
        tempo: 0,
    };
    let asked = roll(
        vec![vec![note(0, 4, 60), note(6, 4, 62)]],
        vec![[0, 8, 8], [1, 0, 16]],
    )
    .asked();
    let asked = asked.expect("a score");
    let soprano = asked.score.voice(0);
    let c = symbol(60).expect("a note");
    assert_eq!(soprano[..4], [c, HOLD, HOLD, HOLD]);
    // The second note begins before what is free, and ends there.
    assert_eq!(soprano[4..8], [REST, REST, c + 2, HOLD]);
    assert!(soprano[8..].iter().all(|&s| s == REST));
    assert!(asked.free[8] && !asked.free[7] && asked.free[16] && !asked.free[32]);
    // One that begins where it is free is free to its end.
    let asked = roll(vec![vec![note(4, 8, 60)]], vec![[0, 4, 4]])
        .asked()
        .expect("a score");
    assert!((4..12).all(|i| asked.free[i]) && !asked.free[12]);
    assert_eq!(
        asked.score.context[..5],
        [12, 13, 14, 15, 0].map(|place| context(place, false))
    );
    for bad in [
        roll(vec![vec![note(0, 4, 20)]], vec![]),
        roll(vec![vec![note(14, 4, 60)]], vec![]),
        roll(vec![vec![note(14, 0, 60)]], vec![]),
        roll(vec![vec![note(u32::MAX, u32::MAX, 60)]], vec![]),
        roll(vec![], vec![[4, 0, 4]]),
        roll(vec![], vec![[0, 10, u32::MAX]]),
        roll(vec![vec![]; 5], vec![]),
        RollInput {
            steps: 100_000,
            ..roll(vec![], vec![])
        },
        RollInput {
            bars: vec![99],
            ..roll(vec![], vec![])
        },
        RollInput {
            fermatas: vec![16],
            ..roll(vec![], vec![])
        },
    ] {
        assert_eq!(bad.asked().expect_err("refused").code(), Code::BadData);
    }
}

#[test]
fn what_the_rules_forbid_is_found() {
    let of = |frames: &[[i32; 4]]| -> Vec<(usize, Fault)> { faults(&from_pitches(frames)) };
    // C major, root doubled, to G major in contrary motion.
    assert_eq!(of(&[[72, 64, 55, 48], [71, 62, 55, 55]]), vec![]);
    // Soprano with tenor and bass, tenor with bass.
    assert_eq!(
        of(&[[67, 64, 60, 48], [69, 65, 62, 50]]),
        vec![(1, Fault::Fifths), (1, Fault::Fifths), (1, Fault::Octaves)]
    );
    assert_eq!(
        of(&[[72, 64, 55, 48], [72, 64, 55, 48]]),
        vec![],
        "nothing moves"
    );
    assert_eq!(
        of(&[[72, 64, 55, 48], [74, 64, 55, 50]]),
        vec![(1, Fault::Octaves)]
    );
    assert_eq!(of(&[[76, 64, 55, 48]]), vec![(0, Fault::Doubling)]);
    assert_eq!(
        of(&[[75, 63, 55, 48]]),
        vec![],
        "of a minor triad it may be"
    );
    assert_eq!(
        of(&[[58, 58, 55, 39]]),
        vec![(0, Fault::Range), (0, Fault::Range)]
    );
}

// ---- The model

fn small(steps: usize, device: &Device) -> OrderlessTransformer {
    with_pitches(steps, false, device)
}

fn with_pitches(steps: usize, pitches: bool, device: &Device) -> OrderlessTransformer {
    let config = json!({"n_layer": 2, "n_head": 2, "n_embd": 16, "hidden": 32, "pitches": pitches});
    let config = OrderlessConfig::from_json(&config).expect("options");
    let info = DataInfo::new("chorales", Space::Score { steps });
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = OrderlessTransformer::init(&config, &info, &mut rng, device).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    by_formula(&mut weights);
    Family::with_weights(model, weights).expect("they fit")
}

fn guess(model: &OrderlessTransformer, score: &Score, hidden: &[bool]) -> Vec<f32> {
    let logits = model.guess(std::slice::from_ref(score), &[hidden]);
    values(logits)
}

#[test]
fn guesses_are_pytorchs() {
    let want = reference("orderless.json");
    let device = Device::flex().autodiff();
    let steps = count(&want["steps"]);
    let model = small(steps, &device);
    let list =
        |key: &str| -> Vec<u32> { counts(&want[key]).into_iter().map(|v| v as u32).collect() };
    let (cells, contexts) = (list("cells"), list("contexts"));
    let hidden: Vec<bool> = counts(&want["hidden"])
        .into_iter()
        .map(|h| h == 1)
        .collect();
    let score = Score {
        cells: cells.iter().map(|&c| c as u8).collect(),
        context: contexts.iter().map(|&c| c as u8).collect(),
    };
    digest("logits", &guess(&model, &score, &hidden), &want["logits"]);
    let model = with_pitches(steps, true, &device);
    digest("pitches", &guess(&model, &score, &hidden), &want["pitches"]);
    let read = model.read(std::slice::from_ref(&score), 2);
    digest("read", &values(read.expect("it reads")), &want["read"]);
}

#[test]
fn a_guess_of_what_comes_next_does_not_see_it() {
    let model = with_pitches(16, true, &Device::flex());
    let score = set().pieces[3].2.part(0, 16);
    let (at, voice) = (7, 2);
    let later = |i: usize| i % 16 > at || i % 16 == at && i / 16 >= voice;
    let row = |score: &Score| {
        let logits = model
            .read(std::slice::from_ref(score), voice)
            .expect("it reads");
        values(logits)[at * SYMBOLS..(at + 1) * SYMBOLS].to_vec()
    };
    let before = row(&score);
    // What comes later may be anything, and so may what the sixteenths to come are.
    let mut other = score.clone();
    for (i, symbol) in other
        .cells
        .iter_mut()
        .enumerate()
        .filter(|(i, _)| later(*i))
    {
        *symbol = 2 + (i % 40) as u8;
    }
    other.context[at + 1..].fill(UNKNOWN);
    assert_eq!(row(&other), before);
    // All that came before it is seen, also the lower voices of the sixteenth before.
    for (of, step) in [(0, 0), (0, at), (1, at), (2, at - 1), (3, at - 1)] {
        let mut seen = score.clone();
        seen.cells[of * 16 + step] = if seen.cells[of * 16 + step] == 20 {
            21
        } else {
            20
        };
        assert_ne!(row(&seen), before, "{of} {step}");
    }
}

#[test]
fn a_guess_does_not_see_what_is_hidden() {
    for (model, steps) in [(false, 16), (false, 40), (true, 16), (true, 40)] {
        let model = with_pitches(16, model, &Device::flex());
        let mut score = set().pieces[3].2.part(0, steps);
        let mut hidden = vec![false; VOICES * steps];
        // A note from its beginning to its end.
        hidden[steps + 6..steps + 14].fill(true);
        score.cells[steps + 6..steps + 14].copy_from_slice(&[12, 1, 1, 1, 1, 1, 1, 1]);
        let before = guess(&model, &score, &hidden);
        assert_eq!(before.len(), steps * VOICES * SYMBOLS);
        score.cells[steps + 6..steps + 14].copy_from_slice(&[30, 1, 1, 1, 8, 1, 1, 1]);
        assert_eq!(guess(&model, &score, &hidden), before);
        let mut seen = score.clone();
        seen.cells[2 * steps + 8] ^= 16;
        assert_ne!(
            guess(&model, &seen, &hidden),
            before,
            "what is shown is seen"
        );
    }
}

fn compose(
    model: &OrderlessTransformer,
    roll: RollInput,
    options: Value,
    count: usize,
    seed: u64,
) -> Vec<Roll> {
    let condition = Condition {
        score: Some(roll),
        ..Condition::default()
    };
    let sampler = Model::sampler(model, &options, &condition, count, seed);
    let mut sampler = sampler.expect("a sampler");
    pollster::block_on(finish(&mut *sampler))
        .expect("music")
        .scores()
        .expect("music")
}

#[test]
fn given_notes_stay_and_seeds_repeat() {
    let model = small(STEPS, &Device::flex());
    for (i, (name, _, score)) in set().pieces.iter().enumerate().step_by(60) {
        let score = score.part(0, STEPS);
        let mut roll = Roll::of(&score, |_| false).as_input();
        let what = match i % 3 {
            0 => (1..4).map(|voice| [voice, 0, STEPS as u32]).collect(),
            1 => (0..4).map(|voice| [voice, 16, 16]).collect(),
            _ => vec![[2, 0, 64], [0, 32, 8]],
        };
        roll.free = what;
        let asked = roll.asked().expect("a score");
        let options = json!({"steps": 6, "temperature": 1.0});
        let made = compose(&model, roll.clone(), options.clone(), 2, 9);
        assert_eq!(
            made,
            compose(&model, roll.clone(), options.clone(), 2, 9),
            "{name}"
        );
        assert_ne!(made[0], made[1], "{name}");
        for made in made {
            // Note by note: neither pitch, beginning nor length.
            let given: Vec<Vec<Note>> = Roll::of(&asked.score, |_| true)
                .voices
                .into_iter()
                .map(|v| v.notes)
                .collect();
            for (voice, given) in made.voices.iter().zip(given) {
                let kept: Vec<Note> = voice.notes.iter().filter(|n| n.given).copied().collect();
                assert_eq!(kept, given, "{name} {}", voice.title);
            }
        }
    }
    let nothing = RollInput {
        free: vec![],
        ..Roll::of(&Score::empty(16), |_| true).as_input()
    };
    assert_eq!(
        compose(&model, nothing, Value::Null, 1, 1)[0].voices[0].notes,
        vec![]
    );
}

#[test]
fn a_step_draws_from_the_models_own_guess() {
    let model = small(16, &Device::flex());
    let score = set().pieces[3].2.part(0, 16);
    let mut roll = Roll::of(&score, |_| false).as_input();
    roll.free = vec![[1, 8, 1]];
    let asked = roll.asked().expect("a score");
    let free: Vec<usize> = (0..asked.free.len()).filter(|&i| asked.free[i]).collect();
    let at = free[0];
    let (voice, step) = (at / 16, at % 16);
    let logits = guess(&model, &asked.score, &asked.free);
    let row = (step * VOICES + voice) * SYMBOLS;
    let want = weigh(&logits[row..row + SYMBOLS], 0.7, |s| allowed(s, step, true));
    assert!((want.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert_eq!(
        want[usize::from(HOLD)],
        0.0,
        "a given note keeps its length"
    );
    let n = 4000;
    let options = json!({"steps": 1, "temperature": 0.7});
    let mut found = BTreeMap::<Option<u8>, f64>::new();
    for made in compose(&model, roll, options, n, 5) {
        let begun = made.voices[voice]
            .notes
            .iter()
            .find(|n| n.start == step as u32);
        *found.entry(begun.map(|n| n.pitch)).or_default() += 1.0;
    }
    for (symbol, p) in want.iter().enumerate() {
        let key = pitch(symbol as u8);
        if key.is_none() && symbol != usize::from(REST) {
            continue;
        }
        let share = found.get(&key).copied().unwrap_or(0.0) / n as f64;
        let error = (p * (1.0 - p) / n as f64).sqrt();
        assert!(
            (share - p).abs() < 4.5 * error + 1e-9,
            "{symbol}: {share} for {p}"
        );
    }
}

#[test]
fn it_learns() {
    let (set, device) = (set(), Device::flex());
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32, "hidden": 64});
    let train = json!({"batch_size": 8, "learning_rate": 1e-2, "ema": 0.0, "warmup": 0});
    let train = TrainConfig::from_json(&train).expect("options");
    let data = Rc::new(Dataset::from(set));
    let trainer = Trainer::new("orderless", &config, train, data, 1, &device);
    let mut trainer = trainer.expect("a training");
    let loss = |trainer: &mut Trainer| {
        let all = pollster::block_on(trainer.held_out(16)).expect("losses");
        f64::from(all[0].1)
    };
    let before = loss(&mut trainer);
    for _ in 0..30 {
        trainer.step().expect("a step");
    }
    let after = loss(&mut trainer);
    // From the logarithm of 48 symbols.
    assert!((before - 48f64.ln()).abs() < 0.1, "{before}");
    assert!(after < 2.2, "{after}");
}

#[test]
fn anything_is_in_bars_of_four() {
    let Asked { score, free } = Asked::anything(64);
    assert!(free.iter().all(|&f| f) && score.cells.iter().all(|&s| s == REST));
    let roll = Roll::of(&score, |_| true);
    assert_eq!(roll.bars, [0, 16, 32, 48]);
    let unknown = Score {
        context: vec![UNKNOWN; 64],
        ..score
    };
    assert!(Roll::of(&unknown, |_| true).bars.is_empty());
}
