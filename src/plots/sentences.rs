//! Plots of every model that makes vectors of texts: labels by how near they are, a search by meaning, a map, and
//! classifiers that learn a reader's own labels from few examples.

use std::rc::Rc;

use web_time::Instant;

use super::{pca::Pca, umap};
use crate::{
    bytes::Bytes,
    data::labelled::Labelled,
    error::{Error, Result},
    evaluate::shots::{self, Shots},
    model::Sentences,
    nn::softmax::softmax,
    pause::Pause,
    scene::{
        Curve, Key, Layer, Number, PlotInput, PlotRequest, PlotSpec, Ranked, Role, View, number,
    },
};

/// What cosines are divided by before the softmax that makes shares of them.
pub const TEMPERATURE: f32 = 0.05;
/// The longest text, in bytes; of a longer one the model reads only the beginning anyway.
const MOST_BYTES: usize = 20_000;
/// Lines that a reader brings, and passages that are searched.
const MOST_LINES: usize = 400;
const MOST_PASSAGES: usize = 6000;
/// Passages that are shown, and how much of each, in characters.
const SHOWN: usize = 8;
const EXCERPT: usize = 320;
/// Passages that are read before the thread is given back and the reader is told.
const TOLD: usize = 8;
/// Characters of a sentence that stand beside its point.
const BESIDE: usize = 26;
/// How much a vector that is kept with a passage may differ from what this model makes of it.
const SAME: f32 = 0.99;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    let query = |id, title, help, example: &str| {
        PlotSpec::new(id, title, help).with(PlotInput::Query {
            example: example.into(),
        })
    };
    let lines = |title: &str, example: &str| PlotInput::Lines {
        title: title.into(),
        example: example.into(),
    };
    vec![
        query(
            "labels",
            "Labels",
            "The sentence and each label become vectors, and the bar is the cosine of the angle between them: 1 for the same direction, near 0 for texts that have nothing to do with each other. The share is a softmax of the cosines divided by 0.05. It always adds up to one, so it only tells which label is nearest, and not that any of them fits.",
            "My parcel should have been here on Monday, and nobody answers the phone.",
        )
        .with(lines("Labels, one a line or with commas between them", LABELS))
        .answered("ranking"),
        query(
            "search",
            "Search",
            "Your question and each passage of this site's chapters are vectors. Shown are the passages whose vectors have the largest cosine with that of the question; no word of it has to occur in them. The model knows English, and reads the English chapters.",
            "Why does the generator make the same picture again and again?",
        )
        .with(PlotInput::Passages)
        .answered("ranking"),
        query(
            "map",
            "Map",
            "Each sentence is a point, yours too. Of the directions in which their vectors differ, the two are drawn in which they differ most (principal components); the number says how much of the differences these two hold. Points that lie apart are different. Points that lie together may still differ in what is not drawn.",
            "Is it going to rain?",
        )
        .with(lines("Sentences, one a line", SENTENCES))
        .answered("plot"),
        query(
            "neighbours",
            "Neighbours",
            "Each sentence is a point, yours too, and again the plane has two directions of hundreds. This map (UMAP) keeps to one thing: who is next to whom. Each point pulls at its nearest neighbours, and all others push each other away. So groups can be seen that the two main directions lay on top of each other. How far apart two groups are, how large one is, and which way is up means nothing.",
            "Is it going to rain?",
        )
        .with(lines("Sentences, one a line", SENTENCES))
        .answered("plot"),
        query(
            "learn",
            "Examples",
            "Each line is a label, a colon and an example of it. A logistic regression on the vectors of the examples learns the labels as you type; the network itself stays as it is. The bars are the probabilities that it gives your sentence.",
            "They sent it to my old address.",
        )
        .with(lines("Examples, each as label: text", EXAMPLES))
        .answered("ranking"),
        PlotSpec::new(
            "shots",
            "Learning curve",
            "How many of the other examples are told right after learning from k of each label, drawn 20 times; bars are one standard deviation. The vectors are those of the network, frozen; the bag of words counts tokens and has to learn from the examples alone that two words mean the same. The line is what comes without any example, when each text gets the label whose name is nearest.",
        )
        .with(lines("Examples, each as label: text", EXAMPLES))
        .answered("chart"),
    ]
}

const LABELS: &str =
    "a complaint about delivery\na question about prices\npraise\na request to cancel an order";

const SENTENCES: &str = "The train is twenty minutes late.\nAll flights were cancelled this morning.\nWhere can I park my car?\nThe bus stops right behind the church.\nIt will snow in the mountains tonight.\nTomorrow will be warm and sunny.\nA storm is coming up from the sea.\nFog lay over the fields.\nAdd two eggs and a spoon of sugar.\nLet the dough rest for an hour.\nThe soup needs more salt.\nShe bakes bread every Sunday.\nOur team lost in the last minute.\nHe ran the marathon in three hours.\nThe referee gave a penalty.\nThey train twice a week.";

const EXAMPLES: &str = "delivery: The parcel came two weeks late.\ndelivery: My order still has not arrived.\ndelivery: It was left in the rain by the door.\ndelivery: The courier went to the wrong house.\ndelivery: I waited at home all day for nothing.\ndelivery: Shipping took only one night.\ndelivery: The box was torn when I got it.\ndelivery: Where is the package that I ordered?\nprice: Far too expensive for what it is.\nprice: The same thing costs half as much elsewhere.\nprice: I was charged twice for one item.\nprice: Good value for little money.\nprice: The discount was not taken off my bill.\nprice: Cheaper than I had expected.\nprice: Why does it cost more than last year?\nprice: Please send me my money back.\nquality: The zip broke on the first day.\nquality: The colour faded after one wash.\nquality: It is solid and beautifully made.\nquality: The seams came apart at once.\nquality: The fabric feels soft and warm.\nquality: It stopped working within a week.\nquality: One of the legs wobbles.\nquality: The screen has scratches all over.";

/// Draw one of them.
///
/// # Errors
/// [`Error::BadText`], [`Error::BadOption`] and what the model says of itself.
pub async fn answer(
    model: &dyn Sentences,
    request: &PlotRequest<'_>,
    pause: Pause,
) -> Result<View> {
    match request.plot {
        "labels" => labels(model, request, pause).await,
        "search" => search(model, request, pause).await,
        "map" | "neighbours" => map(model, request, pause).await,
        "learn" => learn(model, request, pause).await,
        "shots" => curve(model, request, pause).await,
        _ => Err(request.unknown()),
    }
}

fn bad<T>(reason: impl Into<String>, hint: &str) -> Result<T> {
    Err(Error::BadText {
        reason: reason.into(),
        hint: hint.into(),
    })
}

/// The sentence that a reader typed.
fn sentence<'a>(request: &'a PlotRequest) -> Result<&'a str> {
    match request.text.trim() {
        "" => bad("it is empty", "Type something."),
        text if text.len() > MOST_BYTES => bad(
            format!("it has more than {MOST_BYTES} bytes"),
            "Take a part of it.",
        ),
        text => Ok(text),
    }
}

/// The lines that a reader typed, those that are not empty; without line ends, what stands between commas.
fn lines<'a>(request: &'a PlotRequest, commas: bool) -> Result<Vec<&'a str>> {
    let text = request.lines.trim();
    let ends: &[char] = match commas && !text.contains('\n') {
        true => &[','],
        false => &['\n'],
    };
    let lines = text.split(ends).map(str::trim).filter(|l| !l.is_empty());
    let lines: Vec<&str> = lines.take(MOST_LINES + 1).collect();
    if lines.len() > MOST_LINES {
        return bad(
            format!("there are more than {MOST_LINES} lines"),
            "Take fewer.",
        );
    }
    if lines.iter().any(|line| line.len() > MOST_BYTES) {
        return bad(
            format!("a line has more than {MOST_BYTES} bytes"),
            "Take a part of it.",
        );
    }
    match lines.is_empty() {
        true => bad("there are no lines", "Write one on each line."),
        false => Ok(lines),
    }
}

/// Vectors of texts; those that are new are read one after the other, and the thread is given back between them.
async fn vectors(model: &dyn Sentences, texts: &[&str], pause: Pause) -> Result<Vec<Rc<[f32]>>> {
    let mut all = Vec::with_capacity(texts.len());
    for text in texts {
        let new = !model.knows(text);
        all.push(model.vector(text)?);
        if new {
            pause().await;
        }
    }
    Ok(all)
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The vector of the sentence, and numbers about how it came: its tokens, and the time, where it was read anew.
fn read(model: &dyn Sentences, text: &str) -> Result<(Rc<[f32]>, Vec<Number>)> {
    let tokens = model.tokens(text).len() as f64;
    let (new, start) = (!model.knows(text), Instant::now());
    let vector = model.vector(text)?;
    let mut numbers = vec![number("tokens", "tokens of your sentence", tokens, "", 0)];
    if new {
        let taken = 1000.0 * start.elapsed().as_secs_f64();
        numbers.push(number("time", "time to read it", taken, "ms", 0));
    }
    Ok((vector, numbers))
}

/// Values, the largest first, each with its place.
fn ranked(values: &[f32]) -> Vec<(usize, f32)> {
    let mut order: Vec<(usize, f32)> = values.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    order
}

/// Labels by how near they are to the sentence.
async fn labels(model: &dyn Sentences, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let (text, labels) = (sentence(request)?, lines(request, true)?);
    let (own, mut numbers) = read(model, text)?;
    let all = vectors(model, &labels, pause).await?;
    let near: Vec<f32> = all.iter().map(|v| cosine(&own, v)).collect();
    let shares = shares(&near);
    let temperature = f64::from(TEMPERATURE);
    numbers.push(number(
        "temperature",
        "temperature of the shares",
        temperature,
        "",
        2,
    ));
    Ok(View::Ranking {
        title: "cosine".into(),
        share: "share".into(),
        range: [-1.0, 1.0],
        rows: ranked(&near)
            .into_iter()
            .map(|(place, value)| Ranked {
                place: place as u32,
                text: labels[place].into(),
                value,
                share: Some(shares[place]),
            })
            .collect(),
        numbers,
    })
}

/// softmax(cosine / temperature)
fn shares(near: &[f32]) -> Vec<f32> {
    let mut shares: Vec<f32> = near.iter().map(|x| x / TEMPERATURE).collect();
    softmax(&mut shares);
    shares
}

/// A vector that is kept in whole numbers with its passage; nothing where it is all noughts.
fn kept(numbers: &[u8]) -> Option<Vec<f32>> {
    let numbers: Vec<f32> = numbers.iter().map(|&b| f32::from(b as i8)).collect();
    let length = cosine(&numbers, &numbers).sqrt();
    (length > 0.0).then(|| numbers.iter().map(|x| x / length).collect())
}

/// Passages by how near they are to the sentence. Those whose vectors were not made by this model are read first.
async fn search(model: &dyn Sentences, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let text = sentence(request)?;
    let passages: Vec<&str> = request.lines.lines().take(MOST_PASSAGES).collect();
    let (own, numbers) = read(model, text)?;
    let width = model.width();
    // One for each passage, or none of any use.
    let fits = request.vectors.len() == passages.len().saturating_mul(width);
    let given: &[u8] = if fits { request.vectors } else { &[] };
    let mut all: Vec<Option<Rc<[f32]>>> = match given {
        [] => vec![None; passages.len()],
        given => given
            .chunks_exact(width.max(1))
            .map(|v| kept(v).map(Rc::from))
            .collect(),
    };
    // Another model would make others of them.
    if let Some(at) = all.iter().position(Option::is_some) {
        let here = model.vector(&cut(passages[at]))?;
        if all[at].as_deref().is_none_or(|v| cosine(v, &here) < SAME) {
            all.fill(None);
        }
    }
    let view = |all: &[Option<Rc<[f32]>>]| {
        let near = |v: &Option<Rc<[f32]>>| v.as_deref().map_or(-2.0, |v| cosine(&own, v));
        let near: Vec<f32> = all.iter().map(near).collect();
        let read = all.iter().flatten().count() as f64;
        let mut numbers = numbers.clone();
        let of = all.len() as f64;
        numbers.push(number("passages", "passages compared", read, "", 0));
        numbers.push(number("all", "passages of the chapters", of, "", 0));
        let best = ranked(&near).into_iter().filter(|(_, v)| *v >= -1.5);
        View::Ranking {
            title: "cosine".into(),
            share: String::new(),
            range: [-1.0, 1.0],
            rows: best
                .take(SHOWN)
                .map(|(place, value)| Ranked {
                    place: place as u32,
                    text: excerpt(passages[place], EXCERPT),
                    value,
                    share: None,
                })
                .collect(),
            numbers,
        }
    };
    let mut new = 0;
    for at in 0..all.len() {
        if all[at].is_some() {
            continue;
        }
        let passage = cut(passages[at]);
        let known = model.knows(&passage);
        all[at] = Some(model.vector(&passage)?);
        if known {
            continue;
        }
        new += 1;
        if new % TOLD == 0 {
            if let Some(report) = request.report {
                report(view(&all));
            }
            pause().await;
        }
    }
    Ok(view(&all))
}

/// As much of a passage as is read.
fn cut(passage: &str) -> String {
    passage[..passage.floor_char_boundary(MOST_BYTES)].into()
}

/// The beginning of a text, to the end of a word.
fn excerpt(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else {
        return text.into();
    };
    let end = text[..end].rfind(' ').unwrap_or(end);
    format!("{} …", text[..end].trim_end_matches([',', ';', ':', ' ']))
}

/// Sentences in the two directions in which they differ most, or as neighbours.
async fn map(model: &dyn Sentences, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let lines = lines(request, false)?;
    if lines.len() < 3 {
        return bad(
            "a map needs three sentences or more",
            "Write one on each line.",
        );
    }
    let own = match request.text.trim() {
        "" => None,
        _ => Some(sentence(request)?),
    };
    let all = vectors(model, &lines, pause).await?;
    let pca = Pca::of(&all.iter().map(|v| &**v).collect::<Vec<_>>());
    let mut placed: Vec<[f32; 2]> = all.iter().map(|v| pca.place(v)).collect();
    let typed = own.map(|text| model.vector(text)).transpose()?;
    let mut mine: Option<[f32; 2]> = typed.as_ref().map(|vector| pca.place(vector));
    let neighbours = request.plot == "neighbours";
    if neighbours {
        let vectors: Vec<&[f32]> = all.iter().map(|v| &**v).chain(typed.as_deref()).collect();
        placed.extend(mine);
        placed = near(&vectors, &placed);
        mine = typed.is_some().then(|| placed.pop()).flatten();
    }
    let own: Vec<([f32; 2], &str)> = mine.zip(own).into_iter().collect();
    let mine: Vec<[f32; 2]> = own.iter().map(|(at, _)| *at).collect();
    let words = |text: &&str| excerpt(text, BESIDE);
    let mut layers = vec![
        Layer::Points {
            role: Role::Model,
            xy: pairs(&placed),
        },
        Layer::Points {
            role: Role::Noise,
            xy: pairs(&mine),
        },
    ];
    layers.push(Layer::Words {
        role: Role::Noise,
        xy: pairs(&mine),
        words: own.iter().map(|(_, text)| words(text)).collect(),
    });
    layers.push(Layer::Words {
        role: Role::Model,
        xy: pairs(&placed),
        words: lines.iter().map(words).collect(),
    });
    let key = |role, text: &str| Key {
        role,
        text: text.into(),
    };
    let held = 100.0 * pca.share();
    let numbers = match neighbours {
        true => Vec::new(),
        false => vec![number("held", "of the differences are drawn", held, "%", 0)],
    };
    Ok(View::Plot {
        window: window(placed.iter().chain(&mine)),
        layers,
        label: match neighbours {
            true => "sentences beside their neighbours".into(),
            false => "sentences in two directions".into(),
        },
        numbers,
        bars: None,
        key: match own.is_empty() {
            true => Vec::new(),
            false => vec![key(Role::Model, "the sentences"), key(Role::Noise, "yours")],
        },
    })
}

/// Where vectors stand on a map of neighbours that begins with these places.
fn near(vectors: &[&[f32]], from: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let far = |a: &[f32], b: &[f32]| f64::from(1.0 - cosine(a, b)).max(0.0);
    let row = |a: &&[f32]| vectors.iter().map(|b| far(a, b)).collect();
    let distances: Vec<Vec<f64>> = vectors.iter().map(row).collect();
    let weights = umap::weights(&distances, umap::neighbours(vectors.len()));
    let places = umap::layout(&weights, from).into_iter();
    places.map(|at| at.map(|v| v as f32)).collect()
}

fn pairs(points: &[[f32; 2]]) -> Bytes {
    Bytes(
        points
            .iter()
            .flatten()
            .flat_map(|v| v.to_le_bytes())
            .collect(),
    )
}

/// A window twice as wide as high, of one scale, around points, with room for words to their right.
fn window<'a>(points: impl Iterator<Item = &'a [f32; 2]>) -> [f32; 4] {
    let mut ends = [f32::MAX, f32::MIN, f32::MAX, f32::MIN];
    for [x, y] in points {
        ends = [
            ends[0].min(*x),
            ends[1].max(*x),
            ends[2].min(*y),
            ends[3].max(*y),
        ];
    }
    let [left, right, bottom, top] = ends;
    let half = (0.6 * (right - left)).max(0.6 * (top - bottom)).max(0.05);
    let (x, y) = (0.5 * (left + right), 0.5 * (bottom + top));
    [x - half, x + half, y - half, y + half]
}

/// Examples that a reader typed, each as `label: text`.
fn examples(lines: &[&str]) -> Result<Labelled> {
    let mut all = String::new();
    for line in lines {
        let parts = line.split_once(':').map(|(l, t)| (l.trim(), t.trim()));
        let Some((label, text)) = parts.filter(|(l, t)| !l.is_empty() && !t.is_empty()) else {
            return bad(
                format!("the line “{}” has no label", excerpt(line, 40)),
                "Begin each line with a label and a colon.",
            );
        };
        let plain = |text: &str| text.replace('\t', " ");
        all.push_str(&format!("{}\t{}\n", plain(label), plain(text)));
    }
    let found = Labelled::of(&all);
    match found.classes.len() {
        2.. => Ok(found),
        _ => bad(
            "there is only one label",
            "Give examples of two labels or more.",
        ),
    }
}

/// What a classifier makes of the sentence that has learned a reader's examples.
async fn learn(model: &dyn Sentences, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let (text, lines) = (sentence(request)?, lines(request, false)?);
    let data = examples(&lines)?;
    let (own, mut numbers) = read(model, text)?;
    let texts: Vec<&str> = data.texts.iter().map(|(text, _)| &**text).collect();
    let all = vectors(model, &texts, pause).await?;
    let shares = shots::probabilities(&all, &data, &own);
    let n = data.texts.len() as f64;
    numbers.push(number("examples", "examples", n, "", 0));
    Ok(View::Ranking {
        title: "probability".into(),
        share: String::new(),
        range: [0.0, 1.0],
        rows: ranked(&shares)
            .into_iter()
            .map(|(place, value)| Ranked {
                place: place as u32,
                text: data.classes[place].clone(),
                value,
                share: None,
            })
            .collect(),
        numbers,
    })
}

/// How much is told right after so many examples.
async fn curve(model: &dyn Sentences, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let lines = lines(request, false)?;
    let data = examples(&lines)?;
    let texts: Vec<&str> = data.texts.iter().map(|(text, _)| &**text).collect();
    let names: Vec<&str> = data.classes.iter().map(|name| &**name).collect();
    let all = vectors(model, &texts, pause).await?;
    let named = vectors(model, &names, pause).await?;
    let tokens: Vec<Vec<u32>> = texts.iter().map(|text| model.tokens(text)).collect();
    let Some(mut trial) = Shots::new(&all, &tokens, &data, request.seed) else {
        return bad("three examples of each label are needed", "Add some lines.");
    };
    let right = data.texts.iter().zip(&all).filter(|((_, class), v)| {
        let near: Vec<f32> = named.iter().map(|name| cosine(v, name)).collect();
        ranked(&near)[0].0 == *class as usize
    });
    let level = right.count() as f32 / data.texts.len() as f32;
    while trial.next() {
        pause().await;
    }
    let curves = trial.curves().into_iter().map(|(title, points)| Curve {
        title: title.into(),
        values: points.iter().map(|p| p.mean.map(|v| v as f32)).collect(),
        errors: points.iter().map(|p| p.spread.map(|v| v as f32)).collect(),
    });
    Ok(View::Chart {
        across: "examples of each label".into(),
        up: "share of the others that are told right".into(),
        ticks: trial.shots().iter().map(usize::to_string).collect(),
        range: [0.0, 1.0],
        curves: curves.collect(),
        level: Some(("by the labels' names alone".into(), level)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_a_softmax() {
        let got = shares(&[0.3, 0.25, -0.7]);
        // e^(0.05/0.05) = e between the first two.
        assert!((got[0] / got[1] - std::f32::consts::E).abs() < 1e-4);
        assert!((got.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(got[2] < 1e-8);
    }

    #[test]
    fn an_excerpt_ends_with_a_word() {
        assert_eq!(excerpt("one two three", 20), "one two three");
        assert_eq!(excerpt("one two, three", 9), "one two …");
        assert_eq!(excerpt("ääääää", 3), "äää …");
    }

    #[test]
    fn a_kept_vector_has_length_one() {
        let got = kept(&[3, 0, (-4i8) as u8]).expect("a vector");
        assert!(
            got.iter()
                .zip([0.6, 0.0, -0.8])
                .all(|(a, b)| (a - b).abs() < 1e-6)
        );
        assert!(kept(&[0, 0]).is_none());
    }
}
