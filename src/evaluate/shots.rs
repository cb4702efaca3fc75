//! A reader's own labels, learned from a reader's own examples: logistic regressions on vectors of sentences and on
//! counts of words, as in [`few_shot`](super::few_shot).

use std::{collections::HashMap, rc::Rc};

use super::few_shot::{Point, counts, fit, logits, point, regression};
use crate::{
    data::labelled::Labelled,
    nn::softmax::softmax,
    rng::{Purpose, Rng},
};

/// Examples of each label that are tried.
const SHOTS: [usize; 6] = [1, 2, 4, 8, 16, 32];
/// Draws of examples.
const DRAWS: usize = 20;

/// A row as the regressions take it: places and values.
type Row = Vec<(u32, f32)>;

fn row(vector: &[f32]) -> Row {
    (0..).zip(vector.iter().copied()).collect()
}

/// The probability of each label for a text, by its vector and those of all examples, each of length 1.
pub fn probabilities(vectors: &[Rc<[f32]>], data: &Labelled, own: &[f32]) -> Vec<f32> {
    let rows: Vec<Row> = vectors.iter().map(|v| row(v)).collect();
    let examples = (0..).zip(&data.texts).map(|(i, (_, class))| (i, *class));
    let (width, classes) = (own.len(), data.classes.len());
    let weights = fit(&rows, &examples.collect::<Vec<_>>(), width, classes);
    let mut out = logits(&row(own), &weights, width, classes);
    softmax(&mut out);
    out
}

/// How much is told right after learning from k of each label: trials under way.
pub struct Shots<'a> {
    data: &'a Labelled,
    seed: u64,
    shots: Vec<usize>,
    vectors: Vec<Row>,
    words: Vec<Row>,
    draw: usize,
    /// By method and k the shares so far.
    shares: [Vec<Vec<f64>>; 2],
}

impl<'a> Shots<'a> {
    /// Before the first one; nothing where a label has fewer than three examples.
    pub fn new(
        vectors: &[Rc<[f32]>],
        tokens: &[Vec<u32>],
        data: &'a Labelled,
        seed: u64,
    ) -> Option<Self> {
        let least = data.by_class().iter().map(Vec::len).min().unwrap_or(0);
        // Two of each are left to be asked about.
        let shots = SHOTS.iter().copied().filter(|k| k + 2 <= least);
        let shots: Vec<usize> = shots.collect();
        // Few of a large vocabulary occur.
        let mut places: HashMap<u32, u32> = HashMap::new();
        let ids = tokens.iter().map(|ids| {
            let each = ids.iter().map(|id| {
                let next = places.len() as u32;
                *places.entry(*id).or_insert(next)
            });
            each.collect()
        });
        let ids: Vec<Vec<u32>> = ids.collect();
        let none = vec![Vec::new(); shots.len()];
        (!shots.is_empty()).then(|| Self {
            words: counts(&ids, places.len()),
            vectors: vectors.iter().map(|v| row(v)).collect(),
            data,
            seed,
            draw: 0,
            shares: [none.clone(), none],
            shots,
        })
    }

    /// Numbers of examples that are tried.
    pub fn shots(&self) -> &[usize] {
        &self.shots
    }

    /// Try the next draw; false if there is none.
    #[expect(clippy::should_implement_trait)] // Nothing comes of a trial by itself.
    pub fn next(&mut self) -> bool {
        if self.draw == DRAWS {
            return false;
        }
        let mut rng = Rng::new(self.seed, Purpose::Shuffle, self.draw as u64);
        let most = self.shots.last().copied().unwrap_or(0);
        let (mut pool, mut tests) = (Vec::new(), Vec::new());
        for (places, class) in self.data.by_class().into_iter().zip(0u32..) {
            let order = rng.permutation(places.len());
            let places = order.iter().map(|&i| (places[i as usize], class));
            let mut places: Vec<(usize, u32)> = places.collect();
            tests.extend(places.split_off(most));
            pool.push(places);
        }
        let classes = self.data.classes.len();
        for (k, &shots) in self.shots.iter().enumerate() {
            let examples = pool.iter().flat_map(|class| class.iter().take(shots));
            let examples: Vec<(usize, u32)> = examples.copied().collect();
            for (rows, shares) in [&self.vectors, &self.words]
                .into_iter()
                .zip(&mut self.shares)
            {
                let guessed = regression(rows, &examples, &tests, classes);
                let right = guessed.iter().zip(&tests).filter(|(g, (_, c))| *g == c);
                shares[k].push(right.count() as f64 / tests.len() as f64);
            }
        }
        self.draw += 1;
        true
    }

    /// What has come of each method, k by k.
    pub fn curves(&self) -> Vec<(&'static str, Vec<Point>)> {
        let titles = ["vectors of sentences", "bag of words"];
        let points = |shares: &Vec<Vec<f64>>| shares.iter().map(|s| point(s)).collect();
        titles
            .into_iter()
            .zip(self.shares.iter().map(points))
            .collect()
    }
}
