//! Toys and their metrics against tests/reference/plane.py, which has them by other means.

use crate::common::{root, signed};
use generative_playground::{
    data::{PointSet, points as toys},
    device,
    evaluate::{knn, points::metrics},
    families,
    rng::{Purpose, Rng},
};
use serde_json::{Value, json};

fn reference() -> Value {
    let path = root("tests/reference/plane.json");
    let text = std::fs::read_to_string(path).expect("a committed file");
    serde_json::from_str(&text).expect("JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    let values = value.as_array().expect("a list");
    values
        .iter()
        .map(|v| v.as_f64().expect("a number"))
        .collect()
}

fn set(name: &str) -> PointSet {
    PointSet::toy(name, &Value::Null, 0).expect("a toy")
}

#[test]
fn densities_are_those_of_the_reference() {
    let reference = reference();
    let cases = ["toys", "energies"].map(|part| reference[part].as_object().expect("cases"));
    let mut count = 0;
    for (name, case) in cases.into_iter().flatten() {
        let xy: Vec<f32> = numbers(&case["xy"]).iter().map(|&v| v as f32).collect();
        let found = set(name).log_density(&xy).expect("known");
        let want = numbers(&case["lnP"]);
        for (found, want) in found.iter().zip(&want) {
            let close = (found - want).abs() < 1e-3 * want.abs().max(1.0);
            assert!(close, "{name}: {found} for {want}");
            count += 1;
        }
    }
    assert_eq!(count, 14 * 12);
}

#[test]
fn held_out_points_have_the_reference_s_entropy() {
    for (name, case) in reference()["toys"].as_object().expect("cases") {
        let Some(want) = case["entropy"].as_f64() else {
            continue;
        };
        let set = set(name);
        let xy: Vec<f32> = (0..set.test_len())
            .flat_map(|i| set.test_point(i))
            .collect();
        let ln_p = set.log_density(&xy).expect("known");
        let found = -ln_p.iter().sum::<f64>() / ln_p.len() as f64;
        assert!((found - want).abs() < 0.03, "{name}: {found} for {want}");
    }
}

#[test]
fn the_nearest_neighbours_divergence_is_npeet_s() {
    let x = signed(1, 1000, 1.0);
    let y = signed(2, 1400, 1.2);
    let (x, y) = (x.as_chunks().0, y.as_chunks().0);
    for case in reference()["kldiv"].as_array().expect("cases") {
        let k = case["k"].as_u64().expect("a count") as usize;
        for (name, p, q) in [("xThenY", x, y), ("yThenX", y, x)] {
            let found = knn::kl_divergence(p, q, k).expect("enough points");
            let want = case[name].as_f64().expect("a number");
            assert!(
                (found - want).abs() < 1e-6,
                "{k} {name}: {found} for {want}"
            );
        }
    }
}

#[test]
fn every_toy_is_drawn_where_it_lies() {
    for toy in toys::toys() {
        let set = set(&toy.id);
        let [left, right, bottom, top] = set.window();
        let inside = (0..set.test_len()).filter(|&i| {
            let [x, y] = set.test_point(i);
            left <= x && x <= right && bottom <= y && y <= top
        });
        let share = inside.count() as f64 / set.test_len().max(1) as f64;
        assert!(share > 0.98 || set.test_len() == 0, "{}: {share}", toy.id);
        assert_eq!(
            toy.modes.map(|n| n as usize),
            set.modes().map(|m| m.centres.len())
        );
    }
}

/// What is computed from below of a density is an upper bound of −log p, and is told as one.
#[test]
fn bounds_are_told_as_bounds() {
    let data = set("moons");
    for (family, bound) in [("vae", true), ("realnvp", false)] {
        let mut rng = Rng::new(1, Purpose::Init, 0);
        let config = json!({"hidden": 16});
        let model = families::init(family, &config, &data.info, &mut rng, &device::cpu());
        let model = model.expect("a model");
        let metrics = metrics(&*model, &data, 50, 1, || Box::pin(async {}), None);
        let metrics = pollster::block_on(metrics).expect("metrics");
        let of = |id: &str| metrics.iter().find(|m| m.id == id).expect(id).at_most;
        let found = ["nll", "klToTruth", "knnKl"].map(of);
        assert_eq!(found, [bound, bound, false], "{family}");
    }
}
