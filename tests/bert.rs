//! BERT: what it makes of texts and its gradients beside PyTorch, which tokens are hidden, that nothing of a hidden
//! token leaks, pseudo-likelihoods, filling gaps, an n-gram, and learning from few examples.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::rc::Rc;

use crate::common::{self, count, counts, number, signed};
use burn::tensor::{Device, TensorData};
use generative_playground::{
    data::{Batch, DataInfo, Dataset, Space, TextSet, labelled::Labelled, tokenizer::Vocabulary},
    device,
    error::Code,
    evaluate::{
        few_shot::{Method, Plan, Trial, fit, regression},
        masked::{measure, pseudo_log_probs},
        ngram::Ngram,
    },
    families::{
        self,
        bert::{
            Bert, BertConfig,
            masking::{Task, Words, choose},
        },
    },
    model::{Condition, Family, Masked, Model, Samples, TrainConfig, drive},
    optim::{Hyper, Optimizer},
    options::Options,
    pause::Pause,
    plots,
    rng::{Purpose, Rng},
    scene::{PlotRequest, View, token::log_sum_exp},
    training::Trainer,
};
use serde_json::{Value, json};

const PAUSE: Pause = || Box::pin(async {});

const TEXT: &str = "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a wife. However little known the feelings or views of such a man may be on his first entering a neighbourhood, this truth is so well fixed in the minds of the surrounding families, that he is considered as the rightful property of some one or other of their daughters. ";

fn text(tokens: &str, vocabulary: usize) -> TextSet {
    let options = json!({ "tokens": tokens, "vocabulary": vocabulary, "held_out": 0.2 });
    TextSet::new("austen", &TEXT.repeat(6), &options).expect("a text")
}

fn small() -> BertConfig {
    BertConfig {
        n_layer: 2,
        n_head: 2,
        n_embd: 16,
        block_size: 32,
        ..BertConfig::default()
    }
}

/// A model whose weights are large enough for every part to matter.
fn model(config: &BertConfig, info: &DataInfo, device: &Device) -> Bert {
    let mut rng = Rng::new(3, Purpose::Init, 0);
    let model = Bert::init(config, info, &mut rng, device).expect("a model");
    let mut weights = pollster::block_on(Family::weights(&model)).expect("weights");
    for data in weights.values_mut() {
        let noise = rng.normal(data.num_elements());
        let values = data.as_mut_slice::<f32>().expect("floats");
        let both = values.iter_mut().zip(noise);
        both.for_each(|(w, e)| *w += 0.2 * e);
    }
    Family::with_weights(model, weights).expect("they fit")
}

fn logits(model: &Bert, ids: &[u32], t: usize, places: &[u32]) -> Vec<f32> {
    pollster::block_on(model.guess(ids, t, places)).expect("logits")
}

fn close(got: &[f32], want: &[f64], tolerance: f64, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    let size = want.iter().fold(1e-6f64, |m, v| m.max(v.abs()));
    for (i, (a, b)) in got.iter().zip(want).enumerate() {
        let off = (f64::from(*a) - b).abs();
        assert!(off <= tolerance * size, "{what}, {i}: {a}, {b}");
    }
}

fn floats(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

#[test]
fn logits_loss_and_gradients_are_those_of_pytorch() {
    let path = common::root("tests/reference/bert.json");
    let text = std::fs::read_to_string(path).expect("a committed file");
    let reference: Value = serde_json::from_str(&text).expect("JSON");
    let (v, t, n) = (
        count(&reference["vocabulary"]),
        count(&reference["length"]),
        count(&reference["texts"]),
    );
    let alphabet: String = ('a'..).take(v).collect();
    let info = DataInfo::new(
        "letters",
        Space::Text {
            vocabulary: Vocabulary::Characters { alphabet },
            characters_per_token: 1.0,
        },
    );
    let config = BertConfig::from_json(&reference["config"]).expect("a config");
    let device = device::cpu().autodiff();
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let fresh = Bert::init(&config, &info, &mut rng, &device).expect("a model");
    let mut weights = pollster::block_on(Family::weights(&fresh)).expect("weights");
    for (salt, (name, data)) in (0..).zip(weights.iter_mut()) {
        let shape = data.shape().as_slice().to_vec();
        assert_eq!(shape, counts(&reference["shapes"][name]), "{name}");
        let size = shape.iter().product();
        let values = match shape.len() {
            1 => signed(salt, size, 0.3).iter().map(|v| 1.0 + v).collect(),
            _ => signed(salt, size, 0.4),
        };
        *data = TensorData::new(values, shape);
    }
    let model = Family::with_weights(fresh, weights).expect("they fit");
    let ids = |name: &str| -> Vec<u32> {
        let all = counts(&reference[name]).into_iter();
        all.map(|id| id as u32).collect()
    };
    let task = Task {
        shown: ids("shown"),
        places: ids("places"),
        targets: ids("targets"),
    };
    assert_eq!(task.shown.len(), n * t);
    let got = logits(&model, &task.shown, t, &task.places);
    close(&got, &floats(&reference["logits"]), 2e-5, "logits");
    let loss = model.loss_of(task, t, None);
    let value: f32 = loss.clone().into_scalar();
    assert!(
        (f64::from(value) - number(&reference["loss"])).abs() < 1e-5,
        "{value}"
    );
    // A tenth of the gradient is Adam's first moment after one step.
    let mut optimizer = Optimizer::default();
    optimizer.step(Family::net(&model).clone(), &loss, Hyper::new(1e-3));
    let moments = pollster::block_on(optimizer.read()).expect("moments");
    let mut seen = 0;
    for (name, m) in moments.iter().filter(|(name, _)| name.ends_with(".m")) {
        let name = name.trim_end_matches(".m");
        let grad: Vec<f32> = m
            .as_slice::<f32>()
            .expect("floats")
            .iter()
            .map(|m| 10.0 * m)
            .collect();
        common::digest(name, &grad, &reference["gradients"][name]);
        seen += 1;
    }
    assert_eq!(seen, reference["shapes"].as_object().expect("names").len());
}

#[test]
fn fifteen_per_cent_are_chosen_by_whole_words_and_hidden_in_eight_of_ten_cases() {
    let set = text("bpe", 320);
    let words = Words::of(&set.tokenizer);
    let (t, v) = (64, set.tokenizer.len());
    let ids: Vec<u32> = set.train().iter().map(|&id| id.into()).collect();
    let mut rng = Rng::new(1, Purpose::Train, 0);
    let (mut tokens, mut chosen, mut hidden, mut kept, mut other) = (0, 0, 0, 0, 0);
    let mut multiple = 0;
    for round in 0..400 {
        let from = (round * 7) % (ids.len() - t);
        let window = &ids[from..from + t];
        let task = Task::draw(window, t, &words, (0.15, true), &mut rng);
        tokens += t;
        chosen += task.places.len();
        // 15 % of 64 are 9.6; a long word may not fit any more.
        assert!(
            (7..=10).contains(&task.places.len()),
            "{}",
            task.places.len()
        );
        for (&place, &target) in task.places.iter().zip(&task.targets) {
            assert_eq!(window[place as usize], target);
            match task.shown[place as usize] {
                id if id as usize == v => hidden += 1,
                id if id == target => kept += 1,
                _ => other += 1,
            }
        }
        for span in words.spans(window) {
            let inside = (span[0]..span[1]).filter(|&i| task.places.contains(&(i as u32)));
            let n = inside.count();
            assert!(n == 0 || n == span[1] - span[0], "a word is hidden in part");
            multiple += usize::from(n > 1);
        }
        let untouched = (0..t).filter(|&i| !task.places.contains(&(i as u32)));
        assert!(untouched.into_iter().all(|i| task.shown[i] == window[i]));
    }
    assert!(multiple > 100, "words of several tokens are among them");
    let share = |n: usize, of: usize| n as f64 / of as f64;
    assert!(
        (share(chosen, tokens) - 0.15).abs() < 0.01,
        "{}",
        share(chosen, tokens)
    );
    // Binomial: three standard errors of about 3,800 are 0.02.
    assert!(
        (share(hidden, chosen) - 0.8).abs() < 0.02,
        "{}",
        share(hidden, chosen)
    );
    // A token at random is the right one in one case of V.
    assert!(
        (share(kept, chosen) - 0.1).abs() < 0.02,
        "{}",
        share(kept, chosen)
    );
    assert!(
        (share(other, chosen) - 0.1).abs() < 0.02,
        "{}",
        share(other, chosen)
    );
}

#[test]
fn words_are_letters_and_digits_side_by_side() {
    let set = text("characters", 300);
    let words = Words::of(&set.tokenizer);
    let ids = set.tokenizer.encode("a man, his wife.").expect("tokens");
    let spans = words.spans(&ids);
    let spelt: Vec<String> = spans
        .iter()
        .map(|[from, to]| set.tokenizer.decode(&ids[*from..*to]))
        .collect();
    assert_eq!(spelt, ["a", " ", "man", ",", " ", "his", " ", "wife", "."]);
    // A text of one long word still has something to guess.
    let ids = set.tokenizer.encode("neighbourhood").expect("tokens");
    let mut rng = Rng::new(1, Purpose::Train, 0);
    assert_eq!(choose(&ids, &words, (0.15, true), &mut rng).len(), 2);
    assert_eq!(choose(&ids[..1], &words, (0.15, true), &mut rng), [0]);
}

#[test]
fn nothing_of_a_hidden_token_leaks_and_everything_else_is_seen() {
    let set = text("bpe", 300);
    let model = model(&small(), &set.info, &device::cpu());
    let ids: Vec<u32> = set.train()[..32].iter().map(|&id| id.into()).collect();
    let place = 13;
    let guesses = |ids: &[u32]| {
        let mut shown = ids.to_vec();
        shown[place] = model.gap();
        logits(&model, &shown, 32, &[place as u32])
    };
    let before = guesses(&ids);
    let mut other = ids.clone();
    other[place] = (ids[place] + 1) % 300;
    assert_eq!(before, guesses(&other), "the hidden token is not seen");
    for i in [0, 12, 14, 31] {
        let mut other = ids.clone();
        other[i] = (ids[i] + 1) % 300;
        assert_ne!(before, guesses(&other), "token {i} is seen");
    }
    // Texts that go through the network together do not see each other.
    let two = [ids.clone(), other].concat();
    let alone = logits(&model, &ids, 32, &[5]);
    let together = logits(&model, &two, 32, &[5]);
    close(
        &together,
        &alone.iter().map(|&v| v.into()).collect::<Vec<_>>(),
        1e-6,
        "rows",
    );
}

#[test]
fn the_pseudo_likelihood_is_its_definition() {
    let set = text("bpe", 300);
    let model = model(&small(), &set.info, &device::cpu());
    // Shorter than what is seen at once, and longer.
    for n in [1, 7, 32, 75] {
        let ids: Vec<u32> = set.train()[..n].iter().map(|&id| id.into()).collect();
        let got = pollster::block_on(pseudo_log_probs(&model, &ids, PAUSE)).expect("numbers");
        assert_eq!(got.len(), n);
        for i in 0..n {
            let from = i.saturating_sub(16).min(n.saturating_sub(32));
            let mut window = ids[from..(from + 32).min(n)].to_vec();
            window[i - from] = model.gap();
            let t = window.len();
            let row = logits(&model, &window, t, &[(i - from) as u32]);
            let want = row[ids[i] as usize] - log_sum_exp(&row);
            assert!((got[i] - want).abs() < 1e-5, "{n}, {i}: {}, {want}", got[i]);
        }
    }
}

/// The tokens of the first draft.
fn drafted(samples: Samples) -> Vec<generative_playground::scene::Token> {
    let Samples::Texts(mut texts) = samples else {
        panic!("texts")
    };
    texts.remove(0)
}

#[test]
fn filling_leaves_what_was_given_and_goes_from_the_surest_on() {
    let set = text("bpe", 300);
    let model = model(&small(), &set.info, &device::cpu());
    let prompt = "It is a ___ universally [MASK], that ____ man must be in ___ of a wife.";
    let given = [
        "It is a",
        " universally",
        ", that",
        " man must be in",
        " of a wife.",
    ];
    for options in [
        json!({ "temperature": 0.0 }),
        json!({ "order": "left", "at_once": 3 }),
        json!({ "order": "random", "sweeps": 0 }),
    ] {
        let condition = Condition::prompt(prompt);
        let draw = |seed| {
            let mut sampler = Model::sampler(&model, &options, &condition, 2, seed).expect("one");
            let (mut open, mut steps) = (4, 0);
            let told = drive(&mut *sampler, async |sampler, step| {
                steps = step;
                let draft = drafted(sampler.state());
                let text: String = draft.iter().map(|t| t.text.as_str()).collect();
                let mut rest = text.as_str();
                for part in given {
                    let at = rest
                        .find(part)
                        .unwrap_or_else(|| panic!("{part} in {text}"));
                    rest = &rest[at + part.len()..];
                }
                let gaps = draft.iter().filter(|t| t.id == model.gap()).count();
                assert!(gaps <= open);
                open = gaps;
                Ok(())
            });
            pollster::block_on(told).expect("samples");
            assert_eq!(open, 0);
            assert!(steps <= sampler.steps(), "{steps}");
            drafted(sampler.state())
        };
        let first = draw(1);
        assert_eq!(first, draw(1), "a seed repeats");
        let made = first.iter().filter(|t| !t.given);
        assert!(
            made.clone()
                .all(|t| t.log_prob.is_some() && t.alternatives.len() > 1)
        );
        assert_eq!(made.count(), 4);
    }
    // One step, and it is the gap whose likeliest token is the most probable.
    let condition = Condition::prompt(prompt);
    let options = json!({ "temperature": 0.0, "sweeps": 0 });
    let mut sampler = Model::sampler(&model, &options, &condition, 1, 1).expect("one");
    let ids: Vec<u32> = drafted(sampler.state()).iter().map(|t| t.id).collect();
    let places: Vec<u32> = (0..ids.len() as u32)
        .filter(|&p| ids[p as usize] == model.gap())
        .collect();
    let rows = logits(&model, &ids, ids.len(), &places);
    let mut best = (0, 0, f32::MIN);
    for (row, &place) in rows.chunks_exact(set.tokenizer.len()).zip(&places) {
        for (id, logit) in row.iter().enumerate() {
            let log_prob = logit - log_sum_exp(row);
            if log_prob > best.2 {
                best = (place, id as u32, log_prob);
            }
        }
    }
    assert!(pollster::block_on(sampler.next()).expect("a step"));
    let after = drafted(sampler.state());
    let changed: Vec<u32> = (0..ids.len() as u32)
        .filter(|&p| after[p as usize].id != ids[p as usize])
        .collect();
    assert_eq!(changed, [best.0]);
    assert_eq!(after[best.0 as usize].id, best.1);
    assert!((after[best.0 as usize].log_prob.expect("one") - best.2).abs() < 1e-5);
}

#[test]
fn texts_longer_than_the_context_are_filled_too() {
    let set = text("characters", 300);
    let model = model(&small(), &set.info, &device::cpu());
    let options = json!({ "length": 90, "sweeps": 1 });
    let mut sampler =
        Model::sampler(&model, &options, &Condition::prompt("such a"), 1, 4).expect("one");
    let done = drive(&mut *sampler, async |_, _| Ok(()));
    pollster::block_on(done).expect("samples");
    let draft = drafted(sampler.state());
    assert_eq!(draft.len(), 96);
    let text: String = draft.iter().map(|t| t.text.as_str()).collect();
    assert!(text.starts_with("such a"), "{text}");
    assert!(draft.iter().all(|t| t.id != model.gap()));
    let unknown = Model::sampler(&model, &options, &Condition::prompt("漢 ___"), 1, 4);
    assert!(unknown.is_err());
}

#[test]
fn it_learns_a_text_by_heart() {
    let set = text("bpe", 512);
    let v = set.tokenizer.len();
    let data: Rc<Dataset> = Rc::new(set.into());
    let train = TrainConfig::from_json(&json!({
        "batch_size": 8, "learning_rate": 0.004, "warmup": 5, "optimizer": "muon"
    }));
    let config = json!({ "n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": 32 });
    let train = train.expect("options");
    let mut trainer =
        Trainer::new("bert", &config, train, data.clone(), 1, &device::cpu()).expect("a training");
    let held_out = |trainer: &Trainer| {
        let all = pollster::block_on(trainer.held_out(16)).expect("losses");
        f64::from(all[0].1)
    };
    let before = held_out(&trainer);
    assert!(
        (before - (v as f64).ln()).abs() < 0.3,
        "nothing is known: {before}"
    );
    for _ in 0..500 {
        trainer.step().expect("a step");
    }
    let after = held_out(&trainer);
    assert!(after < 0.35 * before, "{before} to {after}");
    // What it fills in is what stood there.
    let model = trainer.model.valid();
    let condition =
        Condition::prompt("a single man in ___ of a good ___, must be in want of a ___.");
    let options = json!({ "temperature": 0.0, "sweeps": 0 });
    let mut sampler = model.sampler(&options, &condition, 1, 1).expect("one");
    pollster::block_on(drive(&mut *sampler, async |_, _| Ok(()))).expect("samples");
    let text: String = drafted(sampler.state())
        .iter()
        .map(|t| t.text.as_str())
        .collect();
    assert_eq!(
        text,
        "a single man in possession of a good fortune, must be in want of a wife."
    );
    let set = data.text().expect("a text");
    let found =
        pollster::block_on(measure(&*model, set, (8, 2), PAUSE, |_| true)).expect("numbers");
    assert!(found.masked.accuracy() > 0.7, "{}", found.masked.accuracy());
    assert!(found.pseudo.accuracy() > 0.7, "{}", found.pseudo.accuracy());
    assert_eq!(found.pseudo.count, 2 * 32);
}

#[test]
fn plots_answer_and_say_what_is_wrong() {
    let set = text("bpe", 300);
    let bert = model(&small(), &set.info, &device::cpu());
    let ask = |plot: &str, text: &str, at: f32| {
        let request = PlotRequest {
            text,
            at,
            ..PlotRequest::new(plot, &set.info, device::cpu())
        };
        pollster::block_on(plots::answer(&bert, &request, PAUSE))
    };
    let filled = |plot: &str, at: f32| {
        let View::Texts { texts } = ask(plot, "a ___ man in ___ of it", at).expect("a view") else {
            panic!("texts")
        };
        texts[0].tokens.clone()
    };
    let tokens = filled("fill", 0.0);
    let gaps: Vec<_> = tokens.iter().filter(|t| t.text == " ___").collect();
    assert_eq!(gaps.len(), 2);
    let total: f32 = gaps[0].alternatives.iter().map(|a| a.prob).sum();
    assert!(gaps[0].alternatives.len() == 6 && total > 0.0 && total <= 1.0);
    assert!(tokens.iter().all(|t| t.given != (t.text == " ___")));
    for (at, open) in [(0.0, 2), (0.5, 1), (1.0, 0)] {
        let left = filled("steps", at);
        assert_eq!(left.iter().filter(|t| t.text == " ___").count(), open);
    }
    for (plot, text) in [
        ("fill", ""),
        ("fill", "no gap"),
        ("steps", ""),
        ("read", ""),
        ("attention", ""),
    ] {
        let error = ask(plot, text, 0.0).expect_err("nothing to do");
        assert_eq!(error.code(), Code::BadData, "{plot}");
    }
    let long = "a man ".repeat(5000);
    for plot in ["fill", "steps", "read", "attention"] {
        ask(plot, &long, 0.0).expect_err("too long");
    }
    let View::Matrices {
        tokens,
        values,
        layers,
        heads,
    } = ask("attention", "a ___ man", 0.0).expect("a view")
    else {
        panic!("matrices")
    };
    assert_eq!((tokens[1].as_str(), layers, heads), ("___", 2, 2));
    let n = tokens.len();
    let rows: Vec<f32> = values
        .0
        .as_chunks::<4>()
        .0
        .iter()
        .map(|&b| f32::from_le_bytes(b))
        .collect();
    assert_eq!(rows.len(), 4 * n * n);
    assert!(
        rows.chunks(n)
            .all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5)
    );
    assert!(rows.iter().all(|w| *w > 0.0), "every token looks at all");
}

#[test]
fn the_trigram_is_its_formula() {
    // 0 1 0 1 2: after 0 always 1; after (0 1) once 0 and once 2.
    let ngram = Ngram::learn(&[0, 1, 0, 1, 2], 4);
    let none = ngram.next(&[]);
    // c = 2, 2, 1, 0 of 5, three different ones, under a uniform quarter.
    let unigram = |c: f64| (c + 3.0 * 0.25) / 8.0;
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a}, {b}");
    for (p, c) in none.iter().zip([2.0, 2.0, 1.0, 0.0]) {
        close(*p, unigram(c));
    }
    // After 1: 0 once, 2 once.
    let bigram = |c: f64, below: f64| (c + 2.0 * below) / 4.0;
    let trigram = ngram.next(&[3, 0, 1]);
    close(trigram[0], (1.0 + 2.0 * bigram(1.0, unigram(2.0))) / 4.0);
    close(trigram[3], (2.0 * bigram(0.0, unigram(0.0))) / 4.0);
    close(trigram.iter().sum(), 1.0);
    // From both sides: in proportion to the probability of the whole text.
    let ids = [0u32, 1, 0, 1, 2];
    let whole = |ids: &[u32]| -> f64 {
        (0..ids.len())
            .map(|i| ngram.next(&ids[..i])[ids[i] as usize])
            .product()
    };
    for i in 0..ids.len() {
        let mut all = ids.to_vec();
        let each: Vec<f64> = (0..4)
            .map(|token| {
                all[i] = token;
                whole(&all)
            })
            .collect();
        let total: f64 = each.iter().sum();
        for (p, want) in ngram.both_sides(&ids, i).iter().zip(&each) {
            close(*p, want / total);
        }
    }
}

#[test]
fn a_logistic_regression_stands_where_its_gradient_is_nought() {
    let mut rng = Rng::new(2, Purpose::Data, 0);
    let rows: Vec<Vec<(u32, f32)>> = (0..60)
        .map(|i| {
            let mut x = rng.normal(5);
            x[i % 3] += 1.0;
            let length = x.iter().map(|v| v * v).sum::<f32>().sqrt();
            (0..).zip(x.iter().map(|v| v / length)).collect()
        })
        .collect();
    let examples: Vec<(usize, u32)> = (0..45).map(|i| (i, (i % 3) as u32)).collect();
    let w: Vec<f64> = fit(&rows, &examples, 5, 3)
        .iter()
        .map(|&v| v.into())
        .collect();
    // The loss by finite differences, in double precision.
    let loss = |w: &[f64]| -> f64 {
        let decay: f64 = w[..15].iter().map(|v| v * v).sum::<f64>() * 0.5e-3;
        let each = examples.iter().map(|&(i, class)| {
            let logit = |c: usize| {
                let x = rows[i]
                    .iter()
                    .map(|&(j, v)| f64::from(v) * w[j as usize * 3 + c]);
                x.sum::<f64>() + w[15 + c]
            };
            let total: f64 = (0..3).map(|c| logit(c).exp()).sum();
            total.ln() - logit(class as usize)
        });
        each.sum::<f64>() / 45.0 + decay
    };
    for i in 0..w.len() {
        let at = |by: f64| {
            let mut w = w.clone();
            w[i] += by;
            loss(&w)
        };
        let slope = (at(1e-4) - at(-1e-4)) / 2e-4;
        assert!(slope.abs() < 2e-3, "{i}: {slope}");
    }
    let tests: Vec<(usize, u32)> = (45..60).map(|i| (i, 0)).collect();
    let guesses = regression(&rows, &examples, &tests, 3);
    let right = guesses.iter().zip(45..).filter(|(g, i)| **g == i % 3);
    assert!(right.count() >= 9);
}

#[test]
fn few_examples_are_drawn_alike_for_all_and_networks_learn_from_them() {
    let authors = Labelled::authors().expect("the shipped sentences");
    assert_eq!(authors.classes.len(), 6);
    assert!(authors.by_class().iter().all(|places| places.len() == 160));
    assert!(
        authors
            .texts
            .iter()
            .all(|(text, _)| (40..=150).contains(&text.len()))
    );
    // Two classes that a few words tell apart.
    let lines: String = (0..80)
        .map(|i| match i % 2 {
            0 => format!("a\tthe good man is in want of a wife {i}\n"),
            _ => format!("b\tthe minds of families are fixed on views {i}\n"),
        })
        .collect();
    let data = Labelled::of(&lines);
    let options = json!({ "tokens": "bpe", "vocabulary": 300 });
    let set = TextSet::new("own", &format!("{TEXT}{lines}"), &options).expect("a text");
    let bert = model(&small(), &set.info, &device::cpu());
    let plan = Plan {
        shots: &[1, 8],
        tuned_shots: &[8],
        draws: 3,
        tuned_draws: 2,
        tests: 10,
        steps: 24,
        seed: 5,
    };
    let run = |plan: Plan| {
        pollster::block_on(async {
            let mut trial = Trial::new(&bert, &data, plan, PAUSE)
                .await
                .expect("a trial");
            let mut told = 0;
            while trial.next().await.expect("a trial") {
                told += 1;
            }
            let view = plots_chart(&trial);
            (told, trial.curves(), view)
        })
    };
    let (told, curves, view) = run(plan.clone());
    assert_eq!(told, 2 * 3 * 2 + 2 * 2);
    let methods: Vec<Method> = curves.iter().map(|c| c.0).collect();
    assert_eq!(methods, Method::ALL);
    for (method, points) in &curves {
        let [few, more] = [points[0], points[1]];
        assert_eq!(
            few.mean.is_none(),
            matches!(method, Method::Tuned | Method::Scratch)
        );
        assert!(more.mean.expect("one") > 0.8, "{method:?}: {more:?}");
        assert!(more.spread.is_some());
    }
    let View::Chart {
        ticks,
        curves: drawn,
        level,
        ..
    } = view
    else {
        panic!("a chart")
    };
    assert_eq!(
        (ticks, drawn.len(), level.map(|l| l.1)),
        (vec!["1".into(), "8".into()], 4, Some(0.5))
    );
    assert_eq!(run(plan.clone()).1, curves, "a seed repeats");
    let short = Plan { tests: 100, ..plan };
    assert!(pollster::block_on(Trial::new(&bert, &data, short, PAUSE)).is_err());
}

fn plots_chart(trial: &Trial) -> View {
    plots::masked::chart(trial)
}

#[test]
fn features_and_the_outline_are_of_the_whole_network() {
    let set = text("bpe", 300);
    let bert = model(&small(), &set.info, &device::cpu());
    let ids: Vec<u32> = set.train()[..9].iter().map(|&id| id.into()).collect();
    let features = pollster::block_on(bert.features(&ids)).expect("numbers");
    assert_eq!(features.len(), 16);
    let outline = families::outline("bert", &json!({}), &set.info, &device::cpu()).expect("one");
    assert!(outline.cost().multiply_adds > 0.0);
    let batch = Batch::Tokens {
        ids: (0..32).collect(),
        length: 31,
    };
    let loss = Family::losses(&bert, &batch, &mut Rng::new(0, Purpose::Evaluate, 0));
    let again = Family::losses(&bert, &batch, &mut Rng::new(0, Purpose::Evaluate, 0));
    let value = |l: generative_playground::model::Losses| l[0].1.clone().into_scalar::<f32>();
    assert_eq!(value(loss.expect("a loss")), value(again.expect("a loss")));
}
