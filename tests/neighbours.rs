//! Maps of neighbours (UMAP) against umap-learn (tests/reference/neighbours.py).

use crate::common::{number, root};
use generative_playground::plots::umap;
use serde_json::Value;

/// As many as in the reference, in three groups.
const N: usize = 42;

/// The formula of the reference.
fn vectors() -> Vec<Vec<f64>> {
    let at = |i: usize, d: usize| {
        let own = if d == i % 3 { 2.0 } else { 0.0 };
        own + 0.6 * (1.7 * (i * (d + 1)) as f64 + 0.3 * (d * d) as f64).sin()
    };
    (0..N).map(|i| (0..8).map(|d| at(i, d)).collect()).collect()
}

fn distances(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let far = |a: &[f64], b: &[f64]| 1.0 - dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    let at = |i: usize, j: usize| if i == j { 0.0 } else { far(&rows[i], &rows[j]) };
    let n = rows.len();
    (0..n).map(|i| (0..n).map(|j| at(i, j)).collect()).collect()
}

fn reference() -> Value {
    let text = std::fs::read_to_string(root("tests/reference/neighbours.json")).expect("a file");
    serde_json::from_str(&text).expect("JSON")
}

/// How far neighbours on the map are neighbours in truth (Venna & Kaski 2001): 1 for all.
fn trustworthiness(distances: &[Vec<f64>], places: &[[f64; 2]], k: usize) -> f64 {
    let n = places.len();
    let mut lost = 0;
    for i in 0..n {
        let order = |far: &dyn Fn(usize) -> f64| {
            let mut all: Vec<usize> = (0..n).filter(|&j| j != i).collect();
            all.sort_by(|&a, &b| far(a).total_cmp(&far(b)));
            all
        };
        let truth = order(&|j| distances[i][j]);
        let drawn = order(&|j| (places[i][0] - places[j][0]).hypot(places[i][1] - places[j][1]));
        for j in &drawn[..k] {
            let rank = truth.iter().position(|t| t == j).expect("there") + 1;
            lost += rank.saturating_sub(k);
        }
    }
    1.0 - 2.0 * lost as f64 / (n * k * (2 * n - 3 * k - 1)) as f64
}

/// Places to begin with that know nothing: on a circle, in an order without meaning.
fn circle(n: usize) -> Vec<[f32; 2]> {
    let angle = |i: usize| (i * 29 % n) as f32 / n as f32 * std::f32::consts::TAU;
    (0..n).map(|i| [angle(i).cos(), angle(i).sin()]).collect()
}

#[test]
fn weights_are_umap_learns() {
    let distances = distances(&vectors());
    for (k, rows) in reference()["weights"].as_object().expect("weights") {
        let weights = umap::weights(&distances, k.parse().expect("a number"));
        for (row, want) in weights.iter().zip(rows.as_array().expect("rows")) {
            for (got, want) in row.iter().zip(want.as_array().expect("a row")) {
                assert!((got - number(want)).abs() < 2e-4, "k {k}: {got}, {want}");
            }
        }
    }
}

#[test]
fn a_map_keeps_neighbours_as_well_as_umap_learn() {
    let distances = distances(&vectors());
    let weights = umap::weights(&distances, 15);
    let start = circle(N);
    let places = umap::layout(&weights, &start);
    let begun: Vec<[f64; 2]> = start
        .iter()
        .map(|at| at.map(|v| 5.0 * f64::from(v)))
        .collect();
    let before = trustworthiness(&distances, &begun, 5);
    let kept = trustworthiness(&distances, &places, 5);
    let theirs = reference()["trustworthiness"]
        .as_array()
        .expect("a list")
        .clone();
    let worst = number(&theirs[0]);
    println!(
        "{before:.3} before, {kept:.3}, umap-learn {worst:.3} to {:.3}",
        number(&theirs[4])
    );
    assert!(
        before < 0.6 && kept > worst - 0.02,
        "{before}, {kept}, {worst}"
    );
    assert!(umap::loss(&weights, &places) < 0.5 * umap::loss(&weights, &begun));
    // The three groups stand apart: who is in it is nearer to its middle than to that of another.
    let middle = |group: usize| {
        let own: Vec<&[f64; 2]> = places.iter().skip(group).step_by(3).collect();
        [0, 1].map(|axis| own.iter().map(|at| at[axis]).sum::<f64>() / own.len() as f64)
    };
    let middles = [0, 1, 2].map(middle);
    for (i, at) in places.iter().enumerate() {
        let far = middles.map(|m| (m[0] - at[0]).hypot(m[1] - at[1]));
        let nearest = (0..3).min_by(|&a, &b| far[a].total_cmp(&far[b]));
        assert_eq!(nearest, Some(i % 3), "{i}: {far:?}");
    }
    assert_eq!(umap::layout(&weights, &start), places, "the same again");
}

#[test]
fn strange_points_have_a_map() {
    for n in 1..6 {
        // All alike, and all equally far apart.
        for far in [0.0, 1.0] {
            let row = |i: usize| (0..n).map(|j| if i == j { 0.0 } else { far }).collect();
            let distances: Vec<Vec<f64>> = (0..n).map(row).collect();
            let weights = umap::weights(&distances, umap::neighbours(n));
            for start in [circle(n), vec![[0.0; 2]; n]] {
                let places = umap::layout(&weights, &start);
                assert!(
                    places.iter().flatten().all(|v| v.is_finite()),
                    "{n} points {far} apart"
                );
            }
        }
    }
    assert_eq!([1, 6, 16, 200].map(umap::neighbours), [2, 3, 6, 15]);
}
