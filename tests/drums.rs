//! Drums: the packed grooves against a reading of their own (tests/reference/grooves.py), MIDI, the model against PyTorch
//! (tests/reference/drums.py), and what is asked of its sampler.

use std::{
    io::{Read, Write},
    rc::Rc,
};

use crate::common::{by_formula, count, counts, digest, gradients_of, number, root, values};
use burn::tensor::Device;
use generative_playground::{
    data::{
        Batch, DataInfo, Dataset, Space,
        groove::{
            Asked, BAR, CODES, DRUMS, Groove, GrooveSet, Hit, KEYS, MOST_STEPS, STIFF, STYLES,
            midi, tempo_class,
        },
        score::{Note, Part, Roll, RollInput},
    },
    error::{Code, Error},
    evaluate::groove::{Baseline, Knows, guessed},
    families::drums::{Drums, DrumsConfig},
    model::{Condition, Drummer, Family, Model, TrainConfig, finish},
    nn::weights::Weights,
    options::Options,
    rng::{Purpose, Rng},
    training::Trainer,
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

fn set() -> GrooveSet {
    let packed = std::fs::read(root("web/data/grooves.bin")).expect("web/data/grooves.bin");
    GrooveSet::unpack(&packed).expect("a set")
}

fn reference(file: &str) -> Value {
    let text = std::fs::read_to_string(root("tests/reference").join(file));
    serde_json::from_str(&text.expect("a committed file")).expect("JSON")
}

#[test]
fn all_grooves_are_as_they_were_played() {
    let (set, want) = (set(), reference("grooves.json"));
    let want = want.as_object().expect("an object");
    assert_eq!((set.performances.len(), want.len()), (491, 491));
    for (name, part, groove) in &set.performances {
        let want = &want[name];
        let mut hash = Sha256::new();
        for (step, drum, hit) in groove.hits() {
            hash.update((step as u16).to_le_bytes());
            hash.update([drum as u8, hit.velocity, hit.offset]);
        }
        let hash: String = hash.finalize()[..8]
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        let split = match part {
            Part::Train => "train",
            Part::Choice => "validation",
            Part::Test => "test",
        };
        let style = STYLES[usize::from(groove.style) - 1];
        let got = json!({
            "split": split, "style": style, "tempo": groove.tempo, "steps": groove.steps(),
            "hits": groove.hits().count(), "hash": hash,
        });
        assert_eq!(&got, want, "{name}");
    }
    let bars = |part| -> usize { set.of(part).map(|(_, g)| g.steps() / BAR).sum() };
    let all = [Part::Train, Part::Choice, Part::Test].map(bars);
    assert_eq!((all[1], all[2]), (2071, 2145), "{all:?}");
    assert!(set.train_len() > 10_000 && set.test_len() > 400);
}

#[test]
fn a_damaged_set_is_refused() {
    let all = set().performances;
    let few: Vec<_> = all.into_iter().step_by(17).collect();
    let packed = GrooveSet::pack(&few).expect("packs");
    assert_eq!(GrooveSet::unpack(&packed).expect("a set").performances, few);
    let mut plain = Vec::new();
    let mut gzip = flate2::read::GzDecoder::new(&packed[..]);
    gzip.read_to_end(&mut plain).expect("gzip");
    let mut rng = Rng::new(1, Purpose::Evaluate, 0);
    for i in 0..400 {
        let mut mutant = plain.clone();
        if i % 2 == 0 {
            mutant.truncate(1 + rng.below(mutant.len()));
        }
        for _ in 0..1 + rng.below(4) {
            // The table at the beginning is where a mutant gets furthest.
            let at = rng.below(mutant.len().min(if i % 3 == 0 { 2000 } else { usize::MAX }));
            mutant[at] = rng.bits() as u8;
        }
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(&mutant).expect("memory");
        match GrooveSet::unpack(&out.finish().expect("memory")) {
            Ok(set) => {
                let mut cells = set.performances.iter().flat_map(|p| &p.2.cells);
                assert!(cells.all(|&code| usize::from(code) < CODES));
            }
            Err(e) => assert_eq!(e.code(), Code::BadData),
        }
    }
}

#[test]
fn classes_are_where_they_should_be() {
    for code in 1..CODES as u8 {
        let hit = Hit::of(code).expect("a hit");
        assert_eq!(hit.code(), code);
        assert_eq!(Hit::new(hit.level(), hit.ticks()), hit);
    }
    assert_eq!((Hit::of(0), Hit::of(CODES as u8)), (None, None));
    let on_grid = Hit::new(STIFF, 0);
    assert_eq!((on_grid.ticks(), on_grid.offset), (0, 7));
    let of = |ticks| Hit::new(64, ticks).offset;
    assert_eq!(
        [-60, -53, -52, 3, 4, 59, 60, 1000].map(of),
        [0, 0, 1, 7, 8, 14, 14, 14]
    );
    let tempi = [0, 1, 69, 70, 120, 300, u32::MAX].map(tempo_class);
    assert_eq!(tempi, [0, 1, 1, 2, 4, 10, 10]);
    let keys: Vec<u8> = KEYS.iter().flat_map(|keys| keys.iter().copied()).collect();
    assert!(
        keys.iter()
            .enumerate()
            .all(|(i, key)| !keys[..i].contains(key))
    );
}

#[test]
fn a_groove_comes_back_from_midi_as_it_was() {
    let set = set();
    for i in (0..set.test_len()).step_by(11) {
        let mut groove = set.held_out(i);
        // Nothing comes before the beginning of a file.
        for code in &mut groove.cells[..DRUMS] {
            if let Some(hit) = Hit::of(*code) {
                *code = Hit {
                    offset: hit.offset.max(7),
                    ..hit
                }
                .code();
            }
        }
        let input = groove.roll(|_, _| true, |_, _, note| note).as_input();
        let back = midi::read(&midi::write(&input).expect("a file")).expect("a file");
        assert_eq!((&back.voices, back.tempo), (&input.voices, input.tempo));
        assert_eq!(Asked::of(&back).expect("drums").groove.cells, groove.cells);
    }
    let Err(e) = midi::read(b"MThd") else {
        panic!("it is no file");
    };
    assert_eq!(e.code(), Code::BadData);
    // Melodies are no drums.
    let bass = RollInput {
        steps: 16,
        voices: vec![vec![]],
        ..RollInput::default()
    };
    assert!(midi::read(&midi::write(&bass).expect("a file")).is_err());
}

#[test]
fn a_hostile_file_is_refused_or_read() {
    let groove = set().held_out(5);
    let input = groove.roll(|_, _| true, |_, _, note| note).as_input();
    let file = midi::write(&input).expect("a file");
    let mut rng = Rng::new(3, Purpose::Evaluate, 0);
    for _ in 0..3000 {
        let mut mutant = file.clone();
        for _ in 0..1 + rng.below(4) {
            let at = rng.below(mutant.len());
            mutant[at] = rng.bits() as u8;
        }
        if rng.unit() < 0.2 {
            mutant.truncate(rng.below(mutant.len()));
        }
        match midi::read(&mutant) {
            Ok(input) => {
                assert!(input.steps as usize <= MOST_STEPS);
                Asked::of(&input).expect("drums");
            }
            Err(e) => assert!(matches!(e, Error::BadScore { .. }), "{e}"),
        }
    }
}

fn hit(start: u32, velocity: Option<u8>) -> Note {
    Note {
        start,
        length: 1,
        pitch: 36,
        velocity,
        ..Note::default()
    }
}

#[test]
fn what_is_no_groove_is_refused() {
    let of = |steps, voices: Vec<Vec<Note>>, free: Vec<[u32; 3]>| RollInput {
        steps,
        voices,
        free,
        ..RollInput::default()
    };
    for bad in [
        of(0, vec![], vec![]),
        of(100_000, vec![], vec![]),
        of(16, vec![vec![]; DRUMS + 1], vec![]),
        of(16, vec![vec![hit(16, None)]], vec![]),
        of(16, vec![vec![hit(u32::MAX, Some(1))]], vec![]),
        of(16, vec![], vec![[9, 0, 1]]),
        of(16, vec![], vec![[0, 10, u32::MAX]]),
    ] {
        assert_eq!(Asked::of(&bad).expect_err("refused").code(), Code::BadData);
    }
    let asked = of(
        16,
        vec![vec![hit(0, None), hit(4, Some(200)), hit(9, None)]],
        vec![[0, 8, 8]],
    );
    let asked = Asked::of(&asked).expect("drums");
    let at = |step: usize| (asked.free[step * DRUMS], asked.played[step * DRUMS]);
    assert_eq!(
        [0, 4, 5, 9].map(at),
        [(false, true), (false, false), (false, false), (true, true)]
    );
    assert_eq!(
        asked.groove.hits().count(),
        2,
        "what is free is not there yet"
    );
    assert_eq!(asked.groove.hit(4, 0).expect("a hit").velocity, 7);
}

// ---- The model

fn model(steps: usize) -> Drums {
    let device = Device::flex().autodiff();
    let config = json!({"n_layer": 2, "n_head": 2, "n_embd": 16, "hidden": 32, "dropout": 0.0});
    let config = DrumsConfig::from_json(&config).expect("options");
    let info = DataInfo::new("grooves", Space::Groove { steps });
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = Drums::init(&config, &info, &mut rng, &device).expect("a model");
    let mut weights: Weights = pollster::block_on(Family::weights(&model)).expect("weights");
    by_formula(&mut weights);
    Family::with_weights(model, weights).expect("they fit")
}

/// −log p of each cell: whether it is hit, with which velocity and which offset.
fn nats(model: &Drums, groove: &Groove, told: bool) -> Vec<f32> {
    let mut out = vec![0.0; 3 * groove.cells.len()];
    let parts = Drummer::nats(model, std::slice::from_ref(groove), told);
    for (part, found) in parts.into_iter().enumerate() {
        let Some(found) = found else { continue };
        for (cell, value) in found.cells.into_iter().zip(values(found.nats)) {
            out[3 * cell + part] = value;
        }
    }
    out
}

fn written(want: &Value) -> Groove {
    Groove {
        cells: counts(&want["cells"])
            .into_iter()
            .map(|c| c as u8)
            .collect(),
        style: count(&want["style"]) as u8,
        tempo: count(&want["tempo"]) as u16,
    }
}

#[test]
fn nats_and_gradients_are_pytorchs() {
    let want = reference("drums.json");
    let groove = written(&want);
    let model = model(groove.steps());
    let batch = GrooveSet::batch(std::iter::once(groove.clone()));
    for (case, told) in [("continued", false), ("humanised", true)] {
        let found = nats(&model, &groove, told);
        digest(case, &found, &want[case]);
        // A training draws what is told; the draw that tells the same has the same loss.
        let all = f64::from(found.iter().sum::<f32>()) / groove.steps() as f64;
        let loss = |seed: u64| {
            let mut rng = Rng::new(seed, Purpose::Train, 0);
            let losses = Family::losses(&model, &batch, &mut rng).expect("losses");
            losses.into_iter().next().expect("a loss").1
        };
        let same = |seed: &u64| (f64::from(values(loss(*seed).inner())[0]) - all).abs() < 1e-4;
        let seed = (0..400).find(same).expect("a draw that tells the same");
        let gradients = gradients_of(model.net().clone(), &loss(seed));
        let squares = gradients
            .iter()
            .flat_map(|g| &g.1)
            .map(|g| f64::from(*g).powi(2));
        let norm = squares.sum::<f64>().sqrt() * groove.steps() as f64;
        let want = number(&want[format!("{case}Gradient")]);
        assert!(
            (norm - want).abs() < 1e-3 * want,
            "{case}: {norm} for {want}"
        );
    }
}

#[test]
fn probabilities_sum_to_one() {
    let model = model(16);
    let mut total = 0.0;
    for mask in 0..1usize << DRUMS {
        let mut groove = Groove::empty(4);
        for drum in 0..DRUMS {
            groove.cells[DRUMS + drum] = if mask >> drum & 1 == 1 { 50 } else { 0 };
        }
        let nats = nats(&model, &groove, false);
        let sixteenth = nats[3 * DRUMS..6 * DRUMS].chunks_exact(3);
        total += (-f64::from(sixteenth.map(|n| n[0]).sum::<f32>())).exp();
    }
    assert!((total - 1.0).abs() < 1e-4, "{total}");
    for told in [false, true] {
        let mut total = 0.0;
        for code in 1..CODES as u8 {
            let mut groove = Groove::empty(4);
            groove.cells[DRUMS + 1] = 33;
            groove.cells[DRUMS + 4] = code;
            let nats = nats(&model, &groove, told);
            let at = 3 * (DRUMS + 4);
            total += (-f64::from(nats[at + 1] + nats[at + 2])).exp();
        }
        assert!((total - 1.0).abs() < 1e-4, "{total}");
    }
}

#[test]
fn what_comes_later_is_seen_where_it_is_told_alone() {
    let model = model(32);
    let groove = set().held_out(3).part(0, 32);
    for (told, sees) in [(false, 0), (true, 7)] {
        let before = nats(&model, &groove, told);
        for step in [9, 20, 31] {
            let mut other = groove.clone();
            for drum in 0..DRUMS {
                let code = &mut other.cells[step * DRUMS + drum];
                *code = if *code == 0 { 60 } else { 0 };
            }
            let after = nats(&model, &other, told);
            let first = before.iter().zip(&after).position(|(a, b)| a != b);
            let first = first.expect("it is seen") / (3 * DRUMS);
            assert!(
                (step - sees..=step).contains(&first),
                "{step} {told}: {first}"
            );
            assert!(!told || first < step, "what is told is seen ahead");
            // How hits to come are played is not told.
            let mut louder = groove.clone();
            for code in &mut louder.cells[step * DRUMS..(step + 1) * DRUMS] {
                *code = Hit::of(*code).map_or(0, |hit| {
                    Hit {
                        velocity: 7 - hit.velocity,
                        ..hit
                    }
                    .code()
                });
            }
            let after = nats(&model, &louder, told);
            assert_eq!(before[..3 * step * DRUMS], after[..3 * step * DRUMS]);
        }
        // Within a sixteenth a drum sees those before it.
        let mut other = groove.clone();
        let at = 8 * DRUMS + 5;
        other.cells[at] = if other.cells[at] == 0 { 60 } else { 0 };
        let after = nats(&model, &other, false);
        let before = nats(&model, &groove, false);
        let hits =
            |all: &[f32]| -> Vec<f32> { (0..5).map(|drum| all[3 * (8 * DRUMS + drum)]).collect() };
        assert_eq!(hits(&before), hits(&after));
    }
}

fn played(model: &Drums, input: RollInput, options: Value, count: usize, seed: u64) -> Vec<Roll> {
    let condition = Condition {
        score: Some(input),
        ..Condition::default()
    };
    let sampler = Model::sampler(model, &options, &condition, count, seed);
    let mut sampler = sampler.expect("a sampler");
    let made = pollster::block_on(finish(&mut *sampler)).expect("drums");
    made.scores().expect("drums")
}

fn stiff(groove: &Groove) -> RollInput {
    let without = |_, _, note: Note| Note {
        velocity: None,
        shift: None,
        ..note
    };
    groove.roll(|_, _| true, without).as_input()
}

#[test]
fn a_groove_is_humanised_and_goes_on() {
    let model = model(64);
    for i in [0, 40, 300] {
        let groove = set().held_out(i).part(0, 32);
        let input = stiff(&groove);
        let options = json!({"temperature": 1.0});
        let made = played(&model, input.clone(), options.clone(), 2, 4);
        assert_eq!(
            made,
            played(&model, input.clone(), options.clone(), 2, 4),
            "a seed repeats"
        );
        assert_ne!(made[0], made[1]);
        for roll in &made {
            let back = Asked::of(&roll.as_input()).expect("drums").groove;
            let places = |g: &Groove| g.hits().map(|(s, d, _)| (s, d)).collect::<Vec<_>>();
            assert_eq!(
                places(&back),
                places(&groove),
                "no hit is moved, made or lost"
            );
            assert!(roll.drums && roll.voices.iter().flat_map(|v| &v.notes).all(|n| n.given));
        }
        let machine = played(&model, input.clone(), json!({"touch": 0.0}), 1, 4);
        let mut notes = machine[0].voices.iter().flat_map(|v| &v.notes);
        assert!(notes.all(|n| n.velocity == Some(STIFF) && n.shift == Some(0)));
        // What has been played stays to the last bit, and the next bar is made.
        let mut goes_on = groove.part(0, 16).roll(|_, _| true, |_, _, n| n).as_input();
        for note in goes_on.voices.iter_mut().flatten() {
            note.velocity = note.velocity.map(|v| v + 3);
        }
        let given = goes_on.clone();
        goes_on.steps = 32;
        goes_on.free = (0..DRUMS as u32).map(|drum| [drum, 16, 16]).collect();
        let made = &played(&model, goes_on, options, 1, 8)[0];
        for (voice, given) in made.voices.iter().zip(&given.voices) {
            let (old, new): (Vec<Note>, Vec<Note>) = voice.notes.iter().partition(|n| n.start < 16);
            assert!(new.iter().all(|n| !n.given) && old.iter().all(|n| n.given));
            let told = |n: &Note| (n.start, n.velocity, n.shift);
            let told_of = |notes: &[Note]| notes.iter().map(told).collect::<Vec<_>>();
            assert_eq!(told_of(&old), told_of(given));
        }
        assert!(
            made.voices
                .iter()
                .flat_map(|v| &v.notes)
                .any(|n| n.start >= 16)
        );
    }
    // More than it sees at once.
    let long = RollInput {
        steps: 96,
        free: vec![[0, 0, 96], [2, 80, 16]],
        ..RollInput::default()
    };
    let made = &played(&model, long, Value::Null, 1, 1)[0];
    assert!(made.voices[0].notes.iter().any(|n| n.start > 70));
    assert!(made.voices[2].notes.iter().all(|n| n.start >= 80));
    assert!(made.voices[1].notes.is_empty());
}

#[test]
fn a_sample_is_drawn_from_the_models_own_guess() {
    let model = model(16);
    let n = 3000;
    let free = RollInput {
        steps: 4,
        free: (0..DRUMS as u32).map(|drum| [drum, 0, 4]).collect(),
        ..RollInput::default()
    };
    let made = played(&model, free, json!({"temperature": 1.0}), n, 2);
    // Silence of the first two drums, and then of the third.
    let silence = nats(&model, &Groove::empty(4), false);
    let silent = |drums: usize| {
        let all = made.iter().filter(|roll| {
            let mut first = roll.voices[..drums].iter().flat_map(|v| &v.notes);
            first.all(|note| note.start > 0)
        });
        all.count() as f64 / n as f64
    };
    for drums in 1..=3 {
        let want: f32 = (0..drums).map(|drum| silence[3 * drum]).sum();
        let want = f64::from(-want).exp();
        let error = (want * (1.0 - want) / n as f64).sqrt();
        let found = silent(drums);
        assert!(
            (found - want).abs() < 4.5 * error,
            "{drums}: {found} for {want}"
        );
    }
}

#[test]
fn it_learns_more_than_can_be_counted() {
    let set = set();
    let test: Vec<&Groove> = set.of(Part::Test).map(|p| p.1).take(8).collect();
    let learned = || set.of(Part::Train).map(|p| p.1);
    let [place, bar] = [Knows::Place, Knows::LastBar].map(|knows| {
        let baseline = Baseline::count(knows, learned());
        baseline.guessed(&test).whole.mean
    });
    assert!(bar < place, "{bar} {place}");
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32, "hidden": 64, "dropout": 0.0});
    let train = json!({"batch_size": 8, "learning_rate": 1e-2, "ema": 0.0, "warmup": 0});
    let train = TrainConfig::from_json(&train).expect("options");
    let data = Rc::new(Dataset::from(set.clone()));
    let trainer = Trainer::new("drums", &config, train, data, 1, &Device::flex());
    let mut trainer = trainer.expect("a training");
    let whole = |trainer: &Trainer| {
        let model = &trainer.model;
        let found = pollster::block_on(guessed(&**model, &test, (64, false), |_| true));
        found.expect("nats").whole
    };
    let before = whole(&trainer);
    for _ in 0..80 {
        trainer.step().expect("a step");
    }
    let after = whole(&trainer);
    assert_eq!(before.n, test.iter().map(|g| g.steps()).sum::<usize>());
    // From nine coins, and log 120 a hit.
    assert!(before.mean > 9.0, "{}", before.mean);
    assert!(
        after.mean < 0.75 * before.mean,
        "{} {}",
        after.mean,
        before.mean
    );
}

#[test]
fn a_batch_is_read_alike_whatever_is_beside_it() {
    let (set, model) = (set(), model(64));
    let grooves: Vec<Groove> = (0..3).map(|i| set.held_out(7 * i)).collect();
    let Some(all) = &Drummer::nats(&model, &grooves, false)[0] else {
        panic!("hits");
    };
    let all = values(all.nats.clone());
    for (groove, found) in grooves.iter().zip(all.chunks_exact(64 * DRUMS)) {
        let alone = nats(&model, groove, false);
        let alone = alone.chunks_exact(3).map(|n| n[0]);
        assert!(alone.zip(found).all(|(a, b)| (a - b).abs() < 1e-5));
    }
    let silence = GrooveSet::batch(std::iter::once(Groove::empty(64)));
    for seed in 0..20 {
        let mut rng = Rng::new(seed, Purpose::Train, 0);
        let losses = Family::losses(&model, &silence, &mut rng).expect("losses");
        assert!(values(losses[0].1.clone().inner())[0].is_finite());
    }
    assert!(matches!(silence, Batch::Scores { steps: 64, .. }));
}
