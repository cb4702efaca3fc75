//! Models that go on by one piece or one moment on the host, with what they keep, beside the same network of tensors
//! that reads everything.

use crate::common::strong;
use generative_playground::{
    data::{
        DataInfo, Space,
        episodes::{LENGTH, Moment, numbers},
        tokenizer::Vocabulary,
    },
    device,
    families::{
        agent::{Agent, AgentConfig},
        seq2seq::{Decoding, Seq2Seq, Seq2SeqConfig},
    },
    kernels::host::by_formulas,
    model::{Acting, Family, Phrase},
    options::Options,
    rng::{Purpose, Rng},
    worlds::rooms::{ACTIONS, SEEN, SYMBOLS, expert::Goal},
};
use serde_json::json;

fn agent() -> Agent {
    let config = AgentConfig::from_json(&json!({"n_layer": 2, "n_head": 2, "n_embd": 16}));
    let info = DataInfo::new("rooms", Space::Episodes { steps: LENGTH });
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = Agent::init(&config.expect("options"), &info, &mut rng, &device::cpu());
    strong(model.expect("a model"))
}

/// Moments of no world.
fn moments(count: usize) -> Vec<Moment> {
    let mut rng = Rng::new(5, Purpose::Evaluate, 0);
    let mut moment = || {
        let mut sight = [1; SEEN];
        for symbol in &mut sight {
            if rng.below(4) == 0 {
                *symbol = rng.below(SYMBOLS) as u8;
            }
        }
        let last = rng.below(ACTIONS.len() + 1);
        Moment {
            sight,
            place: [rng.below(31) as i8 - 15, rng.below(31) as i8 - 15],
            turned: rng.below(4) as u8,
            last: ACTIONS.get(last).copied(),
            right: None,
            goal: numbers(Goal::Explore),
        }
    };
    (0..count).map(|_| moment()).collect()
}

#[test]
fn an_episode_that_is_followed_gets_the_decisions_of_one_that_is_read_anew() {
    let model = agent();
    let (words, moments) = ([2u32, 3, 6, 9, 13, 5, 0, 1], moments(LENGTH + 3));
    for by_tensors in [false, true] {
        let mut following = match by_tensors {
            false => model.follow(&words),
            true => by_formulas(|| model.follow(&words)),
        };
        for (t, moment) in moments.iter().enumerate() {
            let next = pollster::block_on(following.next(moment)).expect("a decision");
            let told = &moments[(t + 1).saturating_sub(LENGTH)..=t];
            // A whole pass takes long.
            if t > 5 && t % 16 != 0 && t < LENGTH - 1 {
                continue;
            }
            let whole = pollster::block_on(model.decide(&[(&words, told)])).expect("a decision");
            assert_eq!(next.goal, whole[0].goal);
            let pairs = next
                .probabilities()
                .into_iter()
                .zip(whole[0].probabilities());
            for (a, b) in pairs {
                assert!((a - b).abs() < 1e-5, "{t}: {a} {b}");
            }
        }
    }
}

#[test]
fn translations_go_on_alike_as_rows_and_as_tensors() {
    let space = Space::Pairs {
        vocabulary: Vocabulary::Pieces {
            pieces: ["a", "b", "c", "d", "e", "f"].map(String::from).to_vec(),
        },
        languages: ["digits", "en", "de"].map(String::from).to_vec(),
        examples: Vec::new(),
    };
    let config = json!({"n_layer": 2, "n_head": 2, "n_embd": 16, "block_size": 12});
    let config = Seq2SeqConfig::from_json(&config).expect("options");
    let info = DataInfo::new("numbers", space);
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = Seq2Seq::init(&config, &info, &mut rng, &device::cpu()).expect("a model");
    let model = strong(model);
    let phrase = |from, to, source: &[u32]| Phrase {
        from,
        to,
        source: source.to_vec(),
    };
    let phrases = [phrase(0, 1, &[0, 3, 2]), phrase(2, 0, &[5])];
    // As a beam goes: one path is followed twice, another is left.
    let steps: [&[(usize, u32)]; 4] = [
        &[(0, 7), (1, 6)],
        &[(0, 1), (0, 4), (1, 5)],
        &[(1, 2), (2, 0), (1, 3)],
        &[(2, 5)],
    ];
    let run = || {
        let mut decoding = Decoding::new(&model, &phrases);
        let each = steps.map(|picks| {
            let logits = pollster::block_on(decoding.next(picks)).expect("logits");
            assert_eq!(logits.len(), picks.len());
            logits.concat()
        });
        each.concat()
    };
    let (rows, tensors) = (run(), by_formulas(run));
    assert_eq!(rows.len(), 9 * 10);
    for (a, b) in rows.iter().zip(&tensors) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
}
