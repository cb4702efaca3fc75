//! What an agent says that it sees: the grammar against plain readings of views, its voice against PyTorch
//! (tests/reference/agent_voice.py), what it may not change, and what readers ask.

use std::{pin::Pin, rc::Rc};

use crate::common::{count, digest, gradients_of, number, root, strong, values};
use burn::tensor::Device;
use generative_playground::{
    data::{
        Batch, DataInfo, Dataset, EpisodeSet, Space,
        episodes::{END, LENGTH, Moment, Saying, sayings},
    },
    device,
    error::Code,
    evaluate::speaking::{answers, questions},
    families::agent::{Agent, AgentConfig},
    kernels::host::by_formulas,
    model::{Decision, Family, Model, Speaking, TrainConfig},
    options::Options,
    plots,
    rng::{Purpose, Rng},
    scene::{PlotRequest, View},
    training::Trainer,
    worlds::rooms::{
        COLOURS, FRONT, KINDS as THINGS, OWN, SEEN, Sight, cell_of,
        description::{
            Description, Item, MOST_NAMED, MOST_SAID, VOCABULARY, text, token, tokens, words,
        },
        layout::{self, Naming, UNSAID, is_unsaid},
        question::{EXAMPLES, KINDS, Question},
    },
};
use serde_json::{Value, json};

/// A view as cluttered as one pleases: each cell free, unseen, a wall, or anything.
fn view(rng: &mut Rng, things: usize) -> Sight {
    let mut sight = [1; SEEN];
    for symbol in &mut sight {
        *symbol = match rng.below(20) {
            n if n < things => 3 + rng.below(36) as u8,
            18 => 0,
            19 => 2,
            _ => 1,
        };
    }
    sight[OWN] = [1, 21 + rng.below(18) as u8][rng.below(2)];
    sight
}

fn views(n: usize) -> impl Iterator<Item = Sight> {
    (0..n).map(|i| {
        let mut rng = Rng::new(3, Purpose::World, i as u64);
        match i % 2 {
            // As worlds show themselves.
            0 => layout::draw(9, i as u64, None, Naming::Said).rooms.sight(),
            _ => view(&mut rng, i % 7),
        }
    })
}

#[test]
fn ten_thousand_descriptions_are_read_back() {
    let (mut most, mut nothing, mut more) = (0, 0, 0);
    for sight in views(10_000) {
        let told = Description::of(&sight);
        let sentence = told.to_string();
        assert_eq!(
            Description::parse(&sentence),
            Some(told.clone()),
            "{sentence}"
        );
        let all = tokens(&sentence);
        assert_eq!(text(&all), sentence);
        most = most.max(all.len());
        nothing += usize::from(told.items.is_empty());
        more += usize::from(told.more);
        // Read plainly: what is named lies there, and nothing that is not named lies nearer.
        let there = (0..SEEN).filter(|&i| i != OWN && sight[i] > 2);
        let steps = |i: usize| (6 - i / 7) + (i % 7).abs_diff(3);
        let mut near: Vec<usize> = there.map(steps).collect();
        near.sort_unstable();
        let named: Vec<usize> = told
            .items
            .iter()
            .map(|item| steps(item.place.index()))
            .collect();
        assert_eq!(named, near[..near.len().min(MOST_NAMED)]);
        assert_eq!(told.more, near.len() > MOST_NAMED);
        for item in &told.items {
            assert_eq!(Some(item.cell), cell_of(sight[item.place.index()]));
        }
    }
    assert!(nothing > 100 && more > 100, "{nothing} {more}");
    assert!(
        most + 1 + Question::Scene.tokens().len() <= MOST_SAID,
        "{most}"
    );
}

#[test]
fn what_is_put_otherwise_is_not_a_description() {
    for wrong in [
        "",
        "a red key",
        "an red key one step ahead",
        "a open red door one step ahead",
        "a red door one step ahead",
        "an open red key one step ahead",
        "a red key one steps ahead",
        "a red key none steps ahead",
        "a red key seven steps ahead",
        "a red key two steps ahead and four left",
        "a red key one step ahead,a red key two steps ahead",
        "and more",
        "a red key one step ahead, and more, and more",
    ] {
        assert_eq!(Description::parse(wrong), None, "{wrong}");
    }
    let long = ["a red key one step ahead"; 5].join(", ");
    assert_eq!(Description::parse(&long), None);
    assert_eq!(Description::parse(&"a ".repeat(100_000)), None);
}

#[test]
fn words_are_told_apart_and_all_are_used() {
    let all: Vec<&str> = words().collect();
    assert_eq!(all.len(), VOCABULARY);
    for (i, word) in all.iter().enumerate() {
        assert_eq!(token(word), Some(i as u32), "{word} stands there twice");
    }
    let mut used = vec![false; VOCABULARY];
    for (i, sight) in views(3000).enumerate() {
        let mut rng = Rng::new(1, Purpose::World, i as u64);
        for kind in 0..KINDS.len() {
            let question = Question::draw(kind, &sight, &mut rng);
            assert_eq!(question.kind(), kind);
            let saying = Saying::of(question, &sight);
            assert_eq!(text(&saying.question), question.to_string());
            let said = &saying.answer[..saying.answer.len() - 1];
            assert_eq!(text(said), question.answer(&sight));
            assert_eq!(saying.answer.last().copied(), token(END));
            for &word in saying.question.iter().chain(&saying.answer) {
                used[word as usize] = true;
            }
        }
    }
    // Only missions tell one to do something.
    let unused = all.iter().zip(used).filter(|(_, used)| !used);
    let unused: Vec<&str> = unused.map(|(word, _)| *word).collect();
    assert_eq!(unused, ["go", "to", "pick", "up", "then"]);
}

/// A word for a symbol, and its place, by nothing but the numbers of MiniGrid's cells.
fn plain(symbol: u8) -> (&'static str, &'static str, &'static str) {
    match symbol {
        3..=20 => {
            let state = ["open", "closed", "locked"][usize::from(symbol - 3) % 3];
            (state, COLOURS[usize::from(symbol - 3) / 3], "door")
        }
        21..=38 => {
            let sort = ["key", "ball", "box"][usize::from(symbol - 21) / 6];
            ("", COLOURS[usize::from(symbol - 21) % 6], sort)
        }
        _ => ("", "", ""),
    }
}

#[test]
fn each_answer_is_what_a_plain_reading_of_the_view_gives() {
    let numbers = [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ];
    let called = |symbol: u8| {
        let (state, colour, sort) = plain(symbol);
        let words = [state, colour, sort].join(" ");
        let article = if state == "open" { "an" } else { "a" };
        format!("{article} {}", words.trim())
    };
    let mut asked = vec![0; KINDS.len()];
    for (i, sight) in views(2000).enumerate() {
        for sort in ["key", "ball", "box", "door"] {
            let colour = [COLOURS[i % 6], ""][(i / 6) % 2];
            let is = |symbol: u8| {
                let (_, c, s) = plain(symbol);
                s == sort && (colour.is_empty() || c == colour)
            };
            let noun = format!("{colour} {sort}");
            let fits = (0..SEEN).filter(|&i| i != OWN && is(sight[i]));
            let fits: Vec<usize> = fits.collect();
            let answer = |question: &str| {
                let parsed = Question::parse(question).expect(question);
                assert_eq!(Question::parse(&parsed.to_string()).expect("again"), parsed);
                (parsed.kind(), parsed.answer(&sight))
            };
            let mut check = |question: String, want: String| {
                let (kind, got) = answer(&question);
                asked[kind] += 1;
                assert_eq!(got, want, "{question}");
            };
            let plural = if sort == "box" {
                "boxes".into()
            } else {
                format!("{sort}s")
            };
            let many = numbers.get(fits.len()).copied().unwrap_or("many");
            check(
                format!("How many {colour} {plural} do you see?"),
                many.into(),
            );
            let yes = |is: bool| if is { "yes".to_string() } else { "no".into() };
            check(format!("is there a {noun}"), yes(!fits.is_empty()));
            let order = |&i: &usize| {
                let (ahead, right) = (6 - i as isize / 7, i as isize % 7 - 3);
                (ahead + right.abs(), right.abs(), right)
            };
            let place = fits.iter().min_by_key(|i| order(i)).map(|&i| {
                let (ahead, right) = (6 - i / 7, i as isize % 7 - 3);
                let steps = |n: usize| match n {
                    1 => "one step".into(),
                    n => format!("{} steps", numbers[n]),
                };
                let side = if right < 0 { "left" } else { "right" };
                let aside = right.unsigned_abs();
                match (ahead, aside) {
                    (n, 0) => format!("{} ahead", steps(n)),
                    (0, n) => format!("{} {side}", steps(n)),
                    (n, m) => format!("{} ahead and {} {side}", steps(n), numbers[m]),
                }
            });
            let carried = is(sight[OWN]);
            let place = if carried {
                Some("you carry it".into())
            } else {
                place
            };
            let want = place.unwrap_or("not in sight".into());
            check(format!("where is the {noun}?"), want);
            let front = sight[FRONT];
            let before = match front {
                0 | 1 => "nothing".into(),
                2 => "a wall".into(),
                symbol => called(symbol),
            };
            check("What's in front of you?".into(), before);
            let state = ["open", "closed", "locked"][i % 3];
            let (found, _, door) = plain(front);
            let want = match door {
                "door" => yes(found == state),
                _ => "there is no door".into(),
            };
            check(format!("is the door ahead {state}?"), want);
            let own = match sight[OWN] {
                1 => "nothing".into(),
                symbol => called(symbol),
            };
            check("What do you have?".into(), own);
            check(
                "WHAT DO YOU SEE".into(),
                Description::of(&sight).to_string(),
            );
        }
    }
    assert!(asked.iter().all(|&n| n >= 8000), "{asked:?}");
}

#[test]
fn what_is_no_question_is_told_what_is_understood() {
    let reason = |text: &str| {
        let error = Question::parse(text).expect_err(text);
        assert_eq!(error.code(), Code::BadOption);
        error.to_string()
    };
    for wrong in [
        "",
        "?",
        "who are you?",
        "<img src=x onerror=alert(1)>",
        "go to the red ball",
        "\0",
    ] {
        assert!(reason(wrong).contains(EXAMPLES), "{wrong}");
    }
    for (wrong, says) in [
        ("where is the pink ball?", "red, green, blue"),
        ("where is", "a key, ball, box or door"),
        ("where is the red key now", "the end"),
        ("how many", "keys, balls, boxes or doors"),
        (
            "how many red cats do you see",
            "keys, balls, boxes or doors",
        ),
        ("how many keys are red", "do you see"),
        ("is the door before you green", "open, closed or locked"),
        ("is there a red", "a key, ball, box or door"),
    ] {
        let told = reason(wrong);
        assert!(told.contains(says), "{wrong}: {told}");
    }
    assert!(reason(&"where is the ".repeat(100_000)).contains("200 characters"));
    for example in EXAMPLES.split(", ") {
        Question::parse(example).expect(example);
    }
}

#[test]
fn what_is_kept_apart_is_never_said_together_in_training() {
    let set = EpisodeSet::new(&json!({"mishaps": 0.3})).expect("a set");
    let episodes: Vec<_> = (0..60).map(|i| set.draw(5, i)).collect();
    let draw = |seed| sayings(&episodes, &mut Rng::new(seed, Purpose::Train, 0));
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
    let [described, answered] = draw(1);
    assert!(
        described.len() > 60 && answered.len() == 360,
        "{}",
        described.len()
    );
    let never: Vec<String> = UNSAID
        .iter()
        .flat_map(|&(colour, sort)| {
            let pair = format!("{} {}", COLOURS[usize::from(colour)], sort.word());
            [pair.replace("box", "boxes"), pair]
        })
        .collect();
    let mut kinds = [0; 7];
    for saying in described.iter().chain(&answered) {
        let told = format!("{} {}", text(&saying.question), text(&saying.answer));
        for pair in &never {
            assert!(!told.contains(pair.as_str()), "{told}");
        }
        let question = Question::parse(&text(&saying.question)).expect("a question");
        kinds[question.kind()] += 1;
    }
    assert!(kinds.iter().all(|&n| n > 30), "{kinds:?}");
    // Such things are in sight all the same, and are asked for where it is measured.
    let unsaid = |sight: &Sight| {
        Item::all(sight)
            .iter()
            .any(|i| i.noun().is_some_and(is_unsaid))
    };
    assert!(answered.iter().any(|saying| unsaid(&saying.sight)));
    for (which, asked) in questions(&set, 20).iter().enumerate() {
        for (kind, asked) in asked.iter().enumerate() {
            // No mission names such things, so they are carried rarely; doors are not asked for by name.
            let wanted = match (which, kind) {
                (1, 5) => 0..=0,
                (1, 6) => 1..=20,
                _ => 20..=20,
            };
            assert!(
                wanted.contains(&asked.len()),
                "{which} {kind}: {}",
                asked.len()
            );
            assert!(asked.iter().all(|(s, q)| q.is_unsaid(s) == (which == 1)));
        }
    }
    assert_eq!(THINGS.len(), 3);
}

fn info() -> DataInfo {
    DataInfo::new("rooms", Space::Episodes { steps: LENGTH })
}

/// A model with weights from the formula of the reference.
fn build(config: &Value, device: &Device) -> Agent {
    let config = AgentConfig::from_json(config).expect("options");
    let mut rng = Rng::new(0, Purpose::Init, 0);
    let model = Agent::init(&config, &info(), &mut rng, device).expect("a model");
    strong(model)
}

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/agent_voice.json")).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

fn said(case: &Value) -> Vec<Saying> {
    let list = |value: &Value| -> Vec<u32> {
        let all = value.as_array().expect("a list").iter();
        all.map(|v| count(v) as u32).collect()
    };
    let saying = |s: &Value| {
        let mut sight = [0; SEEN];
        for (to, from) in sight.iter_mut().zip(list(&s["sight"])) {
            *to = from as u8;
        }
        Saying {
            sight,
            question: list(&s["question"]),
            answer: list(&s["answer"]),
        }
    };
    let all = case["sayings"].as_array().expect("a list");
    all.iter().map(saying).collect()
}

/// The mean surprise and its gradient by every weight that learns.
fn gradients(model: &Agent, sayings: &[Saying]) -> (f64, Vec<(String, Vec<f32>)>) {
    let loss = model.surprise(sayings).expect("a voice").mean();
    let value = f64::from(values(loss.clone().without_autodiff())[0]);
    (value, gradients_of(model.net().clone(), &loss))
}

#[test]
fn what_it_says_and_its_gradients_are_pytorchs() {
    let case = reference();
    let model = build(&case["config"], &Device::flex().autodiff());
    let said = said(&case);
    let surprise = model.surprise(&said).expect("a voice");
    let want = case["surprise"].as_array().expect("a list");
    let got = values(surprise.without_autodiff());
    assert_eq!(got.len(), want.len());
    for (got, want) in got.iter().zip(want) {
        let apart = (f64::from(*got) - number(want)).abs();
        assert!(apart < 1e-4, "{got} {want}");
    }
    let (_, found) = gradients(&model, &said);
    let wanted = case["gradients"].as_object().expect("a table");
    // Its own weights learn, and no others.
    assert_eq!(found.len(), wanted.len());
    for (name, got) in found {
        digest(&name, &got, &wanted[&name]);
    }
}

#[test]
fn kernels_and_formulas_agree() {
    let case = reference();
    let model = build(&case["config"], &Device::flex().autodiff());
    let said = said(&case);
    let (loss, got) = gradients(&model, &said);
    let (want_loss, want) = by_formulas(|| gradients(&model, &said));
    assert!((loss - want_loss).abs() < 1e-5);
    for ((name, got), (_, want)) in got.iter().zip(&want) {
        let size = want.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
        for (a, b) in got.iter().zip(want) {
            assert!((a - b).abs() < 2e-4 * size, "{name}: {a} {b}");
        }
    }
}

#[test]
fn word_by_word_it_says_what_a_whole_pass_makes_likeliest() {
    let model = build(&reference()["config"], &device::cpu());
    let mut rng = Rng::new(2, Purpose::World, 0);
    let sights: Vec<Sight> = (0..6).map(|i| view(&mut rng, i)).collect();
    let draw = |(i, sight): (usize, &Sight)| {
        Question::draw(i % 7, sight, &mut Rng::new(4, Purpose::World, 0)).tokens()
    };
    let asked: Vec<Vec<u32>> = sights.iter().enumerate().map(draw).collect();
    let say = |sights: &[Sight], asked: &[Vec<u32>], look| {
        pollster::block_on(model.say(sights, asked, look)).expect("words")
    };
    let together = say(&sights, &asked, true);
    let end = token(END).expect("the end");
    for (i, utterance) in together.iter().enumerate() {
        let sum: f32 = utterance.cells.iter().sum();
        assert!(
            (sum - 1.0).abs() < 1e-4 || utterance.words.is_empty(),
            "{sum}"
        );
        assert!(utterance.cells.iter().all(|&c| c >= 0.0));
        // Beside others it says the same as alone.
        let alone = &say(&sights[i..=i], &asked[i..=i], false)[0];
        assert_eq!(alone.words, utterance.words);
        assert!((alone.log_prob - utterance.log_prob).abs() < 1e-3);
        assert!(alone.cells.iter().all(|&c| c == 0.0));
        // The whole pass over what was said: the sum is the same, and no other word was likelier.
        let mut answer = utterance.words.clone();
        if utterance.ended {
            answer.push(end);
        }
        let whole = |answer: Vec<u32>| {
            let saying = Saying {
                sight: sights[i],
                question: asked[i].clone(),
                answer,
            };
            values(model.surprise(&[saying]).expect("a voice"))
        };
        let surprise = whole(answer.clone());
        let sum: f32 = surprise.iter().sum();
        assert!(
            (sum + utterance.log_prob).abs() < 1e-3,
            "{sum} {}",
            utterance.log_prob
        );
        for (t, own) in surprise.iter().enumerate().take(6) {
            for other in 0..VOCABULARY as u32 {
                let mut changed = answer[..t].to_vec();
                changed.push(other);
                let other = *whole(changed).last().expect("a word");
                assert!(other > own - 1e-4, "{other} {own}");
            }
        }
    }
    assert!(say(&[], &[], true).is_empty());
}

fn trainer(config: Value, batch_size: usize) -> Trainer {
    let set = EpisodeSet::new(&Value::Null).expect("a set");
    let train = json!({
        "batch_size": batch_size, "learning_rate": 0.01, "optimizer": "muon", "warmup": 5, "clip": 1.0, "ema": 0.9,
    });
    let train = TrainConfig::from_json(&train).expect("options");
    let data = Rc::new(Dataset::from(set));
    Trainer::new("agent", &config, train, data, 1, &device::cpu()).expect("a trainer")
}

/// What a model decides along a few episodes, in bits.
fn decided(model: &dyn Model) -> Vec<Vec<u32>> {
    let set = EpisodeSet::new(&Value::Null).expect("a set");
    let episodes: Vec<_> = (0..4).map(|i| set.held_out(i)).collect();
    let told = episodes.iter().map(|e| (&e.words[..], &e.moments[..]));
    let told: Vec<(&[u32], &[Moment])> = told.collect();
    let decide = model.acting().expect("it acts").decide(&told);
    let bits = |d: &Decision| d.probabilities().iter().map(|p| p.to_bits()).collect();
    pollster::block_on(decide)
        .expect("decisions")
        .iter()
        .map(bits)
        .collect()
}

#[test]
fn a_voice_learns_and_how_it_acts_stays_bit_for_bit() {
    let size = json!({"n_layer": 1, "n_head": 2, "n_embd": 32, "n_say": 1});
    let mut silent = size.clone();
    silent["n_say"] = json!(0);
    let mut before = trainer(silent, 8);
    for _ in 0..3 {
        before.step().expect("a step");
    }
    let given = pollster::block_on(before.averaged().weights()).expect("weights");
    let mut after = trainer(size, 8);
    let drawn = pollster::block_on(after.begin_with(given.clone())).expect("they fit");
    assert!(!drawn.is_empty() && drawn.iter().all(|name| name.starts_with("voice.")));
    let held_out = |trainer: &Trainer| pollster::block_on(trainer.held_out(16)).expect("losses");
    let begun = held_out(&after);
    let names: Vec<&str> = begun.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["loss", "caption", "answer"]);
    // ln 67 for each word, of descriptions and of answers.
    assert!(
        (begun[0].1 - 2.0 * (VOCABULARY as f32).ln()).abs() < 1.0,
        "{begun:?}"
    );
    for _ in 0..60 {
        after.step().expect("a step");
    }
    let learned = held_out(&after);
    assert!(learned[1].1 < 2.0 && learned[2].1 < 2.0, "{learned:?}");
    assert_eq!(decided(&*before.averaged()), decided(&*after.averaged()));
    let kept = pollster::block_on(after.averaged().weights()).expect("weights");
    for (name, data) in &given {
        assert_eq!(kept[name], *data, "{name}");
    }
    assert!(
        before
            .averaged()
            .acting()
            .expect("it acts")
            .speaking()
            .is_none()
    );
    let set = EpisodeSet::new(&Value::Null).expect("a set");
    let asked = &questions(&set, 5)[0][6];
    let found = pollster::block_on(answers(&*after.averaged(), asked)).expect("answers");
    assert_eq!(found.count, 5);
    let code = pollster::block_on(answers(&*before.averaged(), asked)).err();
    assert_eq!(code.map(|e| e.code()), Some(Code::Unsupported));
    // Of nothing nothing is learned, and nothing breaks.
    let model = build(&reference()["config"], &device::cpu());
    let batch = Batch::Episodes {
        episodes: Vec::new(),
    };
    let losses = Family::losses(&model, &batch, &mut Rng::new(0, Purpose::Train, 0));
    assert_eq!(values(losses.expect("losses")[0].1.clone()), [0.0]);
}

fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {})
}

#[test]
fn readers_ask_about_each_view_and_are_answered() {
    let speaks = build(&reference()["config"], &device::cpu());
    let info = info();
    let ask = |model: &dyn Model, plot: &str, text: &str| {
        let mut request = PlotRequest::new(plot, &info, device::cpu());
        (request.text, request.seed) = (text, 5);
        pollster::block_on(plots::answer(model, &request, pause))
    };
    let code = |text: &str| ask(&speaks, "see", text).err().map(|e| e.code());
    for wrong in ["who are you?", "<b>", "where is the pink ball?"] {
        assert_eq!(code(wrong), Some(Code::BadOption), "{wrong}");
    }
    for question in [
        "",
        "what do you see?",
        "Where is the red key?",
        "what do you carry",
    ] {
        let View::Image {
            titles, columns, ..
        } = ask(&speaks, "see", question).expect("a view")
        else {
            panic!("an image")
        };
        assert!((1..=8).contains(&titles.len()) && columns as usize == titles.len());
        assert!(
            titles.iter().all(|title| title.contains(" %")),
            "{titles:?}"
        );
    }
    let View::Episode { moments, .. } = ask(&speaks, "follow", "").expect("a view") else {
        panic!("an episode")
    };
    // Drawn from a formula it says nonsense, and is corrected.
    assert!(
        moments
            .iter()
            .all(|m| Description::parse(&m.in_truth).is_some())
    );
    let silent = trainer(json!({"n_layer": 1, "n_head": 2, "n_embd": 32}), 8);
    let silent = silent.averaged();
    let refused = ask(&*silent, "see", "").err().map(|e| e.code());
    assert_eq!(refused, Some(Code::Unsupported));
    let View::Episode { moments, .. } = ask(&*silent, "follow", "").expect("a view") else {
        panic!("an episode")
    };
    assert!(
        moments
            .iter()
            .all(|m| m.sees.is_empty() && m.in_truth.is_empty())
    );
}
