//! The encoder-decoder transformer against PyTorch (tests/reference/seq2seq.py); its kernel against automatic
//! differentiation; what sees what; decoding with what is remembered; what is typed by readers.

use crate::common::{count, digest, gradients_of, number, root, strong, values};
use burn::tensor::Device;
use generative_playground::{
    data::{Batch, DataInfo, Dataset, Pair, PairSet, Space, tokenizer::Vocabulary},
    device,
    error::Code,
    families::seq2seq::{Decoding, Seq2Seq, Seq2SeqConfig},
    kernels::host::by_formulas,
    model::{Condition, Family, Phrase, Samples, TrainConfig, Translation, finish},
    options::Options,
    rng::{Purpose, Rng},
    training::Trainer,
};
use serde_json::{Value, json};

fn small() -> DataInfo {
    let space = Space::Pairs {
        vocabulary: Vocabulary::Pieces {
            pieces: ["a", "b", "c", "d", "e", "f"].map(String::from).to_vec(),
        },
        languages: ["digits", "en", "de"].map(String::from).to_vec(),
        examples: Vec::new(),
    };
    DataInfo::new("numbers", space)
}

/// A model with weights from the formula of the reference.
fn build(config: &Value, device: &Device) -> Seq2Seq {
    let config = Seq2SeqConfig::from_json(config).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = Seq2Seq::init(&config, &small(), &mut rng, device).expect("a model");
    strong(model)
}

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/seq2seq.json")).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

fn pairs(case: &Value) -> Vec<Pair> {
    let ids = |list: &Value| {
        let list = list.as_array().expect("a list").iter();
        list.map(|id| count(id) as u32).collect::<Vec<u32>>()
    };
    let pair = |p: &Value| Pair {
        from: count(&p["from"]) as u32,
        to: count(&p["to"]) as u32,
        source: ids(&p["source"]),
        target: ids(&p["target"]),
    };
    case["pairs"]
        .as_array()
        .expect("a list")
        .iter()
        .map(pair)
        .collect()
}

fn phrase(pair: &Pair) -> Phrase {
    Phrase {
        from: pair.from,
        to: pair.to,
        source: pair.source.clone(),
    }
}

/// The gradient of every weight, by name, and the loss.
fn gradients(model: &Seq2Seq, batch: &Batch) -> (f64, Vec<(String, Vec<f32>)>) {
    let mut rng = Rng::new(0, Purpose::Train, 0);
    let losses = Family::losses(model, batch, &mut rng).expect("losses");
    let loss = f64::from(values(losses[0].1.clone().without_autodiff())[0]);
    (loss, gradients_of(model.net().clone(), &losses[0].1))
}

#[test]
fn a_pass_its_attention_its_loss_and_its_gradients_are_pytorchs() {
    let case = reference();
    let model = build(&case["config"], &Device::flex().autodiff());
    let pairs = pairs(&case);
    let (logits, _) = model.forward(&pairs);
    digest(
        "logits",
        &values(logits.without_autodiff()),
        &case["logits"],
    );
    let first = phrase(&pairs[0]);
    let looks = model.looks(&first, &pairs[0].target);
    let looks = pollster::block_on(looks).expect("looks");
    let want = case["cross"].as_array().expect("a list");
    assert_eq!(looks.cross.len(), want.len());
    for (got, want) in looks.cross.iter().zip(want) {
        assert!(
            (f64::from(*got) - number(want)).abs() < 1e-5,
            "{got} {want}"
        );
    }
    let (loss, found) = gradients(&model, &Batch::Pairs { pairs });
    assert!((loss - number(&case["loss"])).abs() < 1e-5, "{loss}");
    let wanted = case["gradients"].as_object().expect("a table");
    assert_eq!(found.len(), wanted.len());
    for (name, got) in found {
        digest(&name, &got, &wanted[&name]);
    }
}

#[test]
fn the_gradient_of_the_kernel_is_that_of_autodiff() {
    let case = reference();
    let batch = Batch::Pairs {
        pairs: pairs(&case),
    };
    let model = build(&case["config"], &Device::flex().autodiff());
    let (loss, got) = gradients(&model, &batch);
    let (want_loss, want) = by_formulas(|| gradients(&model, &batch));
    assert!((loss - want_loss).abs() < 1e-5);
    for ((name, got), (_, want)) in got.iter().zip(&want) {
        let size = want.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
        for (a, b) in got.iter().zip(want) {
            assert!((a - b).abs() < 2e-4 * size, "{name}: {a} {b}");
        }
    }
}

#[test]
fn a_guess_sees_what_was_read_and_what_was_written_before_it_and_no_other_pair() {
    let case = reference();
    let model = build(&case["config"], &device::cpu());
    let pairs = pairs(&case);
    let rows = |pairs: &[Pair]| {
        let (logits, right) = model.forward(pairs);
        let v = model.end() as usize + 1;
        let logits = values(logits);
        assert_eq!(logits.len(), right.len() * v);
        logits
            .chunks_exact(v)
            .map(<[f32]>::to_vec)
            .collect::<Vec<_>>()
    };
    let before = rows(&pairs);
    // The third piece of the last pair's target: its first three guesses stay, the others change.
    let mut other = pairs.clone();
    other[3].target[2] = 4;
    let last = before.len() - pairs[3].target.len() - 1;
    let after = rows(&other);
    assert_eq!(before[..last + 3], after[..last + 3]);
    for i in last + 3..before.len() {
        assert_ne!(before[i], after[i], "{i}");
    }
    // A piece of what the last pair reads: all of its guesses change, and none of the others.
    let mut other = pairs.clone();
    other[3].source[1] = 5;
    let after = rows(&other);
    assert_eq!(before[..last], after[..last]);
    for i in last..before.len() {
        assert_ne!(before[i], after[i], "{i}");
    }
}

#[test]
fn decoding_with_what_is_remembered_gives_the_logits_of_a_whole_pass() {
    let case = reference();
    let pairs = pairs(&case);
    let model = build(&case["config"], &device::cpu());
    let v = model.end() as usize + 1;
    let (logits, _) = model.forward(&pairs);
    let whole = values(logits);
    let mut whole = whole.chunks_exact(v);
    let phrases: Vec<Phrase> = pairs.iter().map(phrase).collect();
    for (i, pair) in pairs.iter().enumerate() {
        let mut decoding = Decoding::new(&model, &phrases);
        // The token of the language, then the pieces.
        let mut next = (i, 6 + pair.to);
        for id in pair.target.iter().copied().chain([0]) {
            // Beside another text, so that rows are told apart.
            let picks = [next, (if next.0 == i { (i + 1) % 4 } else { 1 }, next.1)];
            let logits = pollster::block_on(decoding.next(&picks)).expect("logits");
            let want = whole.next().expect("a row");
            for (a, b) in logits[0].iter().zip(want) {
                assert!((a - b).abs() < 1e-4, "{a} {b}");
            }
            next = (0, id);
        }
    }
}

/// A model of two languages that has learned numbers up to 99.
fn trained() -> (Trainer, PairSet) {
    let set = PairSet::new("numbers", &json!({"languages": "en", "most": 99})).expect("numbers");
    let config = json!({"n_layer": 1, "n_head": 2, "n_embd": 32, "block_size": 16});
    let train = json!({
        "batch_size": 32, "learning_rate": 0.01, "optimizer": "muon", "warmup": 10, "clip": 1.0,
        "schedule": "cosine", "steps": 300,
    });
    let train = TrainConfig::from_json(&train).expect("options");
    let data = std::rc::Rc::new(Dataset::from(set.clone()));
    let trainer = Trainer::new("seq2seq", &config, train, data, 1, &device::cpu());
    let mut trainer = trainer.expect("a trainer");
    for _ in 0..300 {
        trainer.step().expect("a step");
    }
    (trainer, set)
}

#[test]
fn a_small_model_learns_and_beam_greedy_and_samples_agree() {
    let (trainer, set) = trained();
    let model = trainer.averaged();
    let translation = model.translation().expect("it translates");
    let (mut right, mut all) = (0, 0);
    for n in 0..=99 {
        for direction in [[0, 1], [1, 0]] {
            let text = set.text(n, direction[0]);
            let codes = direction.map(|i| translation.languages()[i].clone());
            let phrase = translation
                .phrase(&text, &codes[0], &codes[1])
                .expect("a text");
            let phrases = [phrase.clone()];
            let greedy = pollster::block_on(translation.greedy(&phrases)).expect("greedy");
            let beam = pollster::block_on(translation.beam(&phrase, 4)).expect("a beam");
            all += 1;
            right += usize::from(beam[0].text() == set.text(n, direction[1]));
            // Probabilities of different texts, likeliest first; never less than what greedy finds.
            let probabilities: Vec<f32> = beam.iter().map(|g| g.log_prob.exp()).collect();
            assert!(probabilities.is_sorted_by(|a, b| a >= b) || beam.iter().any(|g| !g.ended));
            assert!(probabilities.iter().sum::<f32>() < 1.0 + 1e-4);
            let written = beam.iter().find(|g| g.ids() == greedy[0]);
            if let Some(written) = written {
                assert!(beam[0].log_prob >= written.log_prob);
            }
            // log p is that of the whole pass.
            let pair = Pair {
                from: phrase.from,
                to: phrase.to,
                source: phrase.source.clone(),
                target: beam[0].ids(),
            };
            let pieces = pair.target.len() as f64 + 1.0;
            let batch = Batch::Pairs { pairs: vec![pair] };
            let mut rng = Rng::new(0, Purpose::Evaluate, 0);
            let losses = model.losses(&batch, &mut rng).expect("losses");
            let loss = f64::from(values(losses[0].1.clone().without_autodiff())[0]);
            assert!((loss * pieces + f64::from(beam[0].log_prob)).abs() < 1e-3);
            let options = json!({"from_language": codes[0], "into_language": codes[1]});
            let condition = Condition::prompt(&text);
            let mut sampler = model
                .sampler(&options, &condition, 1, 3)
                .expect("a sampler");
            let Samples::Texts(texts) = pollster::block_on(finish(&mut *sampler)).expect("texts")
            else {
                panic!("texts")
            };
            let said: String = texts[0]
                .iter()
                .filter(|t| !t.given)
                .map(|t| t.text.as_str())
                .collect();
            assert_eq!(said, translation.tokenizer().decode(&greedy[0]));
        }
    }
    assert!(right * 10 > all * 8, "{right} of {all}");
}

#[test]
fn draws_are_as_likely_as_the_model_says() {
    let (trainer, _) = trained();
    let model = trainer.averaged();
    let translation = model.translation().expect("it translates");
    let phrase = translation.phrase("58", "digits", "en").expect("a text");
    let beam = pollster::block_on(translation.beam(&phrase, 5)).expect("a beam");
    let options = json!({"from_language": "digits", "into_language": "en", "temperature": 1.0});
    let mut sampler = model
        .sampler(&options, &Condition::prompt("58"), 2000, 5)
        .expect("a sampler");
    let Samples::Texts(texts) = pollster::block_on(finish(&mut *sampler)).expect("texts") else {
        panic!("texts")
    };
    let best = beam[0].text();
    let hits = texts.iter().filter(|tokens| {
        let said = tokens.iter().filter(|t| !t.given).map(|t| t.text.as_str());
        said.collect::<String>() == best
    });
    let share = hits.count() as f64 / 2000.0;
    let want = f64::from(beam[0].log_prob.exp());
    assert!((share - want).abs() < 0.05, "{share} {want}");
}

#[test]
fn what_readers_type_is_read_or_refused_with_a_sentence() {
    let (trainer, _) = trained();
    let model = trainer.averaged();
    let translation = model.translation().expect("it translates");
    let of = |text: &str, from: &str, into: &str| translation.phrase(text, from, into);
    let plain = of("forty-two", "en", "digits").expect("a text");
    for same in ["  Forty-Two\n", "forty-two", "FORTY-TWO"] {
        assert_eq!(of(same, "en", "digits").expect("a text"), plain, "{same}");
    }
    assert_eq!(of("7", "", "").expect("a text").to, 1);
    let code = |text: &str, from: &str, into: &str| of(text, from, into).err().map(|e| e.code());
    assert_eq!(code("", "en", "digits"), Some(Code::BadData));
    assert_eq!(code(" \n\t", "en", "digits"), Some(Code::BadData));
    assert_eq!(
        code(&"one-".repeat(40), "en", "digits"),
        Some(Code::BadData)
    );
    assert_eq!(
        code(&"7".repeat(10_000_000), "digits", "en"),
        Some(Code::BadData)
    );
    assert_eq!(code("<b>", "en", "digits"), Some(Code::UnknownCharacter));
    assert_eq!(
        code("\u{202e}", "en", "digits"),
        Some(Code::UnknownCharacter)
    );
    assert_eq!(code("7", "digits", "xx"), Some(Code::BadOption));
    assert_eq!(code("7", "digits", "digits"), Some(Code::BadOption));
    let options = json!({"into_language": "<script>"});
    let sampler = model.sampler(&options, &Condition::prompt("7"), 1, 0);
    assert_eq!(sampler.err().map(|e| e.code()), Some(Code::BadOption));
}
