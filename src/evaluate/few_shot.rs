//! What pre-training is worth: classifiers that learn from few examples of each class.
//!
//! A draw puts the texts of each class into a random order; the first k of them are the examples, for every k, and some
//! of those behind the most examples are asked about. All classifiers see the same draws:
//!
//! - frozen: a logistic regression on what the pre-trained network makes of a text,
//! - fine-tuning: the network goes on learning ([`Masked::tune`]),
//! - from scratch: the same with fresh weights,
//! - a bag of words: a logistic regression on how often each token occurs, weighed by its rarity (tf–idf; Spärck Jones
//!   1972) over all texts, whose classes are not looked at. The frozen features are scaled over the same.
//!
//! Logistic regression: rows of unit length, the mean of −log p(class) plus α/2 ‖W‖², by 400 steps of Nesterov's
//! accelerated gradient, of a size that the curvature of the loss, at most ½ + α, allows.

use super::masked::fitting;
use crate::{
    data::labelled::Labelled,
    error::{Error, Result},
    model::{Masked, Tuning},
    nn::softmax::softmax,
    pause::Pause,
    rng::{Purpose, Rng},
};

/// Weight of ‖W‖²/2 in a logistic regression.
const ALPHA: f64 = 1e-3;
/// Its steps.
const STEPS: usize = 400;

/// What learns from the examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A logistic regression on features of the pre-trained network.
    Frozen,
    /// The pre-trained network, all of it.
    Tuned,
    /// The network with fresh weights.
    Scratch,
    /// A logistic regression on counts of tokens.
    Words,
}

impl Method {
    /// In the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Frozen, Self::Tuned, Self::Scratch, Self::Words];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Frozen => "frozen features",
            Self::Tuned => "fine-tuning",
            Self::Scratch => "from scratch",
            Self::Words => "bag of words",
        }
    }

    /// Whether a network learns.
    fn trains(self) -> bool {
        matches!(self, Self::Tuned | Self::Scratch)
    }
}

/// How much is tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Examples of each class, from few to many.
    pub shots: &'static [usize],
    /// Those of them from which networks learn.
    pub tuned_shots: &'static [usize],
    /// Draws of examples.
    pub draws: usize,
    /// Draws from which networks learn.
    pub tuned_draws: usize,
    /// Texts of each class that are asked about.
    pub tests: usize,
    /// Most steps in which a network learns.
    pub steps: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Plan {
    /// As much as a page can wait for.
    pub const LIVE: Self = Self {
        shots: &[1, 2, 4, 8, 16, 32, 64],
        tuned_shots: &[1, 4, 16, 64],
        draws: 20,
        tuned_draws: 1,
        tests: 50,
        steps: 48,
        seed: 0,
    };
    /// As much as a card needs.
    pub const WHOLE: Self = Self {
        tuned_draws: 2,
        steps: 64,
        ..Self::LIVE
    };
}

/// Shares of right answers of a method with k examples.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// Their mean over draws.
    pub mean: Option<f64>,
    /// Their standard deviation, of two draws or more.
    pub spread: Option<f64>,
    /// Draws.
    pub draws: usize,
}

/// What of a draw is learned from, and what is asked about, each with its class.
struct Draw {
    /// Text by text, class by class, the first of each class first.
    pool: Vec<Vec<usize>>,
    tests: Vec<(usize, u32)>,
}

/// Trials under way.
pub struct Trial<'a> {
    masked: &'a dyn Masked,
    data: &'a Labelled,
    plan: Plan,
    pause: Pause,
    /// Tokens of each text.
    ids: Vec<Vec<u32>>,
    /// Features of each text, of unit length: places and values.
    frozen: Vec<Vec<(u32, f32)>>,
    words: Vec<Vec<(u32, f32)>>,
    /// What is left to be tried, last first: method, draw, index of k.
    left: Vec<(Method, usize, usize)>,
    /// Of each method and k the shares so far.
    shares: Vec<Vec<Vec<f64>>>,
}

impl<'a> Trial<'a> {
    /// Before the first one: features of all texts are known.
    ///
    /// # Errors
    /// [`Error::BadData`] if there are too few texts of a class; [`Error::UnknownCharacter`]; what the device reports.
    pub async fn new(
        masked: &'a dyn Masked,
        data: &'a Labelled,
        plan: Plan,
        pause: Pause,
    ) -> Result<Self> {
        let most = plan.shots.last().copied().unwrap_or(0);
        let short = |places: &Vec<usize>| places.len() < most + plan.tests;
        if data.classes.len() < 2 || data.by_class().iter().any(short) {
            return Err(Error::BadData {
                name: "texts with classes".into(),
                reason: format!(
                    "two classes with {} texts each are needed",
                    most + plan.tests
                ),
            });
        }
        let (mut ids, mut rows) = (Vec::new(), Vec::new());
        for (i, (text, _)) in data.texts.iter().enumerate() {
            let tokens = fitting(masked, text)?;
            rows.push(masked.features(&tokens).await?);
            ids.push(tokens);
            if i % 16 == 15 {
                pause().await;
            }
        }
        // Networks come last, for they take long; draws before numbers of examples, so that all curves grow together.
        let mut left = Vec::new();
        for draw in 0..plan.draws {
            for k in 0..plan.shots.len() {
                left.extend([Method::Words, Method::Frozen].map(|m| (m, draw, k)));
            }
        }
        for draw in 0..plan.tuned_draws {
            for (k, _) in plan.shots.iter().enumerate() {
                if plan.tuned_shots.contains(&plan.shots[k]) {
                    left.extend([Method::Tuned, Method::Scratch].map(|m| (m, draw, k)));
                }
            }
        }
        left.reverse();
        Ok(Self {
            words: counts(&ids, masked.tokenizer().len()),
            frozen: standardised(&rows),
            shares: vec![vec![Vec::new(); plan.shots.len()]; Method::ALL.len()],
            masked,
            data,
            plan,
            pause,
            ids,
            left,
        })
    }

    /// What is tried.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Classes.
    pub fn classes(&self) -> usize {
        self.data.classes.len()
    }

    /// Try the next; false if there is none.
    ///
    /// # Errors
    /// What the device reports.
    pub async fn next(&mut self) -> Result<bool> {
        let Some((method, draw, k)) = self.left.pop() else {
            return Ok(false);
        };
        let (drawn, shots) = (self.draw(draw), self.plan.shots[k]);
        let examples: Vec<(usize, u32)> = drawn
            .pool
            .iter()
            .zip(0..)
            .flat_map(|(places, class)| places.iter().take(shots).map(move |&p| (p, class)))
            .collect();
        let guessed = match method {
            Method::Frozen => regression(&self.frozen, &examples, &drawn.tests, self.classes()),
            Method::Words => regression(&self.words, &examples, &drawn.tests, self.classes()),
            method => self.tuned(method, draw, &examples, &drawn.tests).await?,
        };
        let right = guessed.iter().zip(&drawn.tests);
        let right = right.filter(|(guess, (_, class))| *guess == class).count();
        let share = right as f64 / drawn.tests.len() as f64;
        let row = Method::ALL.iter().position(|m| *m == method).unwrap_or(0);
        self.shares[row][k].push(share);
        Ok(true)
    }

    /// The classes that a network tells of the tests.
    async fn tuned(
        &self,
        method: Method,
        draw: usize,
        examples: &[(usize, u32)],
        tests: &[(usize, u32)],
    ) -> Result<Vec<u32>> {
        let batch = 16;
        // Four passes over the examples, as far as the plan allows, and never fewer than 24 steps.
        let steps = (4 * examples.len() / batch).clamp(24, self.plan.steps.max(24));
        let tuning = Tuning {
            examples: examples
                .iter()
                .map(|&(i, c)| (&self.ids[i][..], c))
                .collect(),
            tests: tests.iter().map(|&(i, _)| &self.ids[i][..]).collect(),
            classes: self.classes(),
            pretrained: method == Method::Tuned,
            steps,
            batch,
            rate: 1e-3,
            dropout: 0.1,
            seed: self.plan.seed + draw as u64,
        };
        self.masked.tune(&tuning, self.pause).await
    }

    fn draw(&self, draw: usize) -> Draw {
        let mut rng = Rng::new(self.plan.seed, Purpose::Shuffle, draw as u64);
        let most = self.plan.shots.last().copied().unwrap_or(0);
        let mut drawn = Draw {
            pool: Vec::new(),
            tests: Vec::new(),
        };
        for (places, class) in self.data.by_class().into_iter().zip(0..) {
            let order = rng.permutation(places.len());
            let places: Vec<usize> = order.iter().map(|&i| places[i as usize]).collect();
            let tests = places[most..].iter().take(self.plan.tests);
            drawn.tests.extend(tests.map(|&p| (p, class)));
            drawn.pool.push(places[..most].to_vec());
        }
        drawn
    }

    /// What has come of each method that is tried at all, k by k.
    pub fn curves(&self) -> Vec<(Method, Vec<Point>)> {
        let methods = Method::ALL.iter().zip(&self.shares);
        let tried = methods.filter(|(m, _)| !m.trains() || self.plan.tuned_draws > 0);
        tried
            .map(|(&method, shares)| (method, shares.iter().map(|s| point(s)).collect()))
            .collect()
    }
}

pub(super) fn point(shares: &[f64]) -> Point {
    let n = shares.len() as f64;
    if shares.is_empty() {
        return Point::default();
    }
    let mean = shares.iter().sum::<f64>() / n;
    let squares = shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>();
    Point {
        mean: Some(mean),
        spread: (shares.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
        draws: shares.len(),
    }
}

/// Rows with mean 0 and variance 1 in each column, then of unit length.
fn standardised(rows: &[Vec<f32>]) -> Vec<Vec<(u32, f32)>> {
    let n = rows.len().max(1) as f64;
    let width = rows.first().map_or(0, Vec::len);
    let column = |c: usize| rows.iter().map(move |row| f64::from(row[c]));
    let scales = (0..width).map(|c| {
        let mean = column(c).sum::<f64>() / n;
        let variance = column(c).map(|v| (v - mean).powi(2)).sum::<f64>() / n;
        (mean, variance.sqrt().max(1e-9))
    });
    let scales: Vec<(f64, f64)> = scales.collect();
    let scaled = rows.iter().map(|row| {
        let values = row.iter().zip(&scales).zip(0..);
        values
            .map(|((&v, (mean, sigma)), c)| (c, ((f64::from(v) - mean) / sigma) as f32))
            .collect()
    });
    scaled.map(unit).collect()
}

/// How often each of `tokens` tokens occurs, weighed by log n / texts with it, then of unit length.
pub(super) fn counts(texts: &[Vec<u32>], tokens: usize) -> Vec<Vec<(u32, f32)>> {
    let each = texts.iter().map(|ids| {
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        let groups = sorted.chunk_by(|a, b| a == b);
        groups
            .map(|same| (same[0], same.len() as f32))
            .collect::<Vec<_>>()
    });
    let counts: Vec<Vec<(u32, f32)>> = each.collect();
    let mut with = vec![0f32; tokens];
    for &(token, _) in counts.iter().flatten() {
        with[token as usize] += 1.0;
    }
    let n = texts.len() as f32;
    let weigh = |(token, count): (u32, f32)| (token, count * (n / with[token as usize]).ln());
    let weighed = counts
        .into_iter()
        .map(|row| row.into_iter().map(weigh).collect());
    weighed.map(unit).collect()
}

fn unit(mut row: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    let length = row.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        row.iter_mut().for_each(|(_, v)| *v /= length);
    }
    row
}

/// The classes of `tests` by a logistic regression that learned from `examples`, both by their places among rows of
/// unit length.
pub fn regression(
    rows: &[Vec<(u32, f32)>],
    examples: &[(usize, u32)],
    tests: &[(usize, u32)],
    classes: usize,
) -> Vec<u32> {
    // Columns that no example has would keep weights of nought.
    let used = examples.iter().flat_map(|(i, _)| &rows[*i]);
    let width = used.map(|(c, _)| *c as usize + 1).max().unwrap_or(0);
    let fit = fit(rows, examples, width, classes);
    let best = |(i, _): &(usize, u32)| {
        let logits = logits(&rows[*i], &fit, width, classes);
        let mut best = 0;
        for (class, value) in logits.iter().enumerate() {
            if *value > logits[best] {
                best = class;
            }
        }
        best as u32
    };
    tests.iter().map(best).collect()
}

/// Weights `[width + 1, classes]`, the last row for what all have.
pub fn fit(
    rows: &[Vec<(u32, f32)>],
    examples: &[(usize, u32)],
    width: usize,
    classes: usize,
) -> Vec<f32> {
    let mut weights = vec![0f32; (width + 1) * classes];
    let mut ahead = weights.clone();
    let mut gradient = weights.clone();
    let (n, mut momentum) = (examples.len() as f32, 1f64);
    // Of rows of unit length with one more number: the loss curves by at most half their squared length.
    let rate = (1.0 / (0.5 * 2.0 + ALPHA)) as f32;
    for _ in 0..STEPS {
        let decay = ALPHA as f32;
        for (g, w) in gradient.iter_mut().zip(&ahead) {
            *g = decay * w;
        }
        gradient[width * classes..].fill(0.0);
        for &(i, class) in examples {
            let row = &rows[i];
            let mut p = logits(row, &ahead, width, classes);
            softmax(&mut p);
            p[class as usize] -= 1.0;
            p.iter_mut().for_each(|p| *p /= n);
            let entries = row.iter().map(|&(c, v)| (c as usize, v));
            for (c, v) in entries.filter(|(c, _)| *c < width).chain([(width, 1.0)]) {
                let at = &mut gradient[c * classes..(c + 1) * classes];
                at.iter_mut().zip(&p).for_each(|(g, p)| *g += v * p);
            }
        }
        let next = 0.5 * (1.0 + (1.0 + 4.0 * momentum * momentum).sqrt());
        let push = ((momentum - 1.0) / next) as f32;
        momentum = next;
        for ((w, a), g) in weights.iter_mut().zip(&mut ahead).zip(&gradient) {
            let new = *a - rate * g;
            *a = new + push * (new - *w);
            *w = new;
        }
    }
    weights
}

pub(super) fn logits(
    row: &[(u32, f32)],
    weights: &[f32],
    width: usize,
    classes: usize,
) -> Vec<f32> {
    let mut out = weights[width * classes..(width + 1) * classes].to_vec();
    for &(c, v) in row.iter().filter(|(c, _)| (*c as usize) < width) {
        let at = &weights[c as usize * classes..(c as usize + 1) * classes];
        out.iter_mut().zip(at).for_each(|(o, w)| *o += v * w);
    }
    out
}
