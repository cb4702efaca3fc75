//! Experiments keep their promises: each is set up as its link does, trained for its steps in the host, and
//! what its plot shows then is what its words say.
//!
//! `PLAYGROUND_PRESET_SEEDS=5 cargo test --release --test native presets::` for other seeds than a link's own.

use std::path::Path;

use crate::common::Page;
use generative_playground::{
    bytes::Bytes,
    data::PointSet,
    evaluate::{knn, points::count_modes},
    families,
    model::Preset,
    protocol::{Outcome, PlotInputs, Request, SpaceInfo, TrainState, View, ViewQuery},
    rng::{Purpose, Rng},
    scene::{Layer, Role},
};
use serde_json::{Value, json};

type Xy = [f32; 2];

/// The seeds to try: a link's own is 1.
fn seeds() -> std::ops::RangeInclusive<u32> {
    let most = std::env::var("PLAYGROUND_PRESET_SEEDS").ok();
    1..=most.and_then(|n| n.parse().ok()).unwrap_or(1)
}

fn preset(id: &str) -> Preset {
    let all = families::presets();
    let found = all.into_iter().find(|p| p.id == id);
    found.unwrap_or_else(|| panic!("there is no experiment {id}"))
}

/// A training on its way.
struct Lab {
    page: Page,
    preset: Preset,
    seed: u32,
    window: [f32; 4],
}

impl Lab {
    /// As the lab sets up an experiment.
    fn new(preset: Preset, seed: u32) -> Self {
        let page = Page::new();
        let request = Request::Create {
            session: 1,
            family: preset.family.clone(),
            config: preset.config.clone(),
            train: preset.train.clone(),
            data: preset.data.clone(),
            data_options: Value::Null,
            seed,
        };
        let Outcome::Model { model } = page.outcome(request) else {
            panic!("{}: no model", preset.id);
        };
        let (SpaceInfo::Points { window, .. } | SpaceInfo::Energy { window }) = model.space else {
            panic!("{}: no model of points", preset.id);
        };
        Self {
            page,
            preset,
            seed,
            window,
        }
    }

    /// Trained to its end.
    fn trained(id: &str, seed: u32) -> Self {
        let lab = Self::new(preset(id), seed);
        lab.train(lab.preset.steps);
        lab
    }

    fn train(&self, steps: u32) -> TrainState {
        let request = Request::Train {
            session: 1,
            steps: Some(steps),
            rate: Some(10_000.0),
            seconds: None,
            network: None,
            keep: Some(false),
        };
        match self.page.outcome(request) {
            Outcome::Trained { state } => state,
            other => panic!("{}: {other:?}", self.preset.id),
        }
    }

    /// Layers of a plot, where the experiment puts its scrubber.
    fn layers(&self, plot: &str) -> Vec<Layer> {
        let inputs = PlotInputs {
            at: self.preset.at,
            count: 1000,
            seed: self.seed,
            resolution: 64,
            ..PlotInputs::default()
        };
        let query = ViewQuery::Plot {
            plot: plot.into(),
            inputs,
        };
        let view = Request::View {
            session: 1,
            query,
            snapshot: None,
        };
        match self.page.outcome(view) {
            Outcome::View {
                view: View::Plot { layers, .. },
            } => layers,
            other => panic!("{}: {other:?}", self.preset.id),
        }
    }

    /// The points that its own plot shows of a role.
    fn shown(&self, role: Role) -> Vec<Xy> {
        points(&self.layers(&self.preset.plot), role)
    }

    fn inside(&self, xy: &[Xy]) -> f64 {
        let [left, right, bottom, top] = self.window;
        let within = |p: &&Xy| p[0] > left && p[0] < right && p[1] > bottom && p[1] < top;
        xy.iter().filter(within).count() as f64 / xy.len() as f64
    }

    /// The k-nearest-neighbour KL of samples, bits.
    fn knn(&self, samples: &[Xy]) -> f64 {
        let set = PointSet::toy(&self.preset.data, &Value::Null, 7).expect("a toy");
        let real = set.draw(&mut Rng::new(7, Purpose::Evaluate, 0), samples.len());
        let real: Vec<Xy> = real.as_chunks().0.to_vec();
        knn::kl_divergence(&real, samples, 5).expect("enough points")
    }

    /// Shares of the samples nearest to each mode, the largest first, with the place of the largest.
    fn modes(&self, samples: &[Xy]) -> (Vec<f64>, usize, usize, f64) {
        let set = PointSet::toy(&self.preset.data, &Value::Null, 1).expect("a toy");
        let counted = count_modes(&set.modes().expect("a set of modes"), samples);
        let mut shares: Vec<f64> = counted
            .histogram
            .iter()
            .map(|&n| n as f64 / samples.len() as f64)
            .collect();
        let first = (0..shares.len()).max_by(|&a, &b| shares[a].total_cmp(&shares[b]));
        shares.sort_by(|a, b| b.total_cmp(a));
        let first = first.expect("modes");
        (shares, first, counted.reached, counted.high_quality)
    }
}

fn pairs(bytes: &Bytes) -> Vec<Xy> {
    let floats = bytes.0.as_chunks::<4>().0;
    let floats: Vec<f32> = floats.iter().map(|&b| f32::from_le_bytes(b)).collect();
    floats.as_chunks().0.to_vec()
}

fn points(layers: &[Layer], wanted: Role) -> Vec<Xy> {
    let found = layers.iter().find_map(|layer| match layer {
        Layer::Points { role, xy } if *role == wanted => Some(pairs(xy)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no points of {wanted:?}"))
}

/// How much longer the lines of a plot are than the way from their first points to their last.
fn bend(layers: &[Layer]) -> f64 {
    let lines = layers.iter().find_map(|layer| match layer {
        Layer::Lines { xy, length, .. } => Some((pairs(xy), *length as usize)),
        _ => None,
    });
    let (xy, length) = lines.expect("paths");
    let far = |a: Xy, b: Xy| f64::from((a[0] - b[0]).hypot(a[1] - b[1]));
    let of = |line: &[Xy]| {
        let along: f64 = line.windows(2).map(|w| far(w[0], w[1])).sum();
        along / far(line[0], line[length - 1]).max(1e-3)
    };
    let mut bends: Vec<f64> = xy.chunks(length).map(of).collect();
    bends.sort_by(f64::total_cmp);
    bends[bends.len() / 2]
}

/// The same experiment with other options.
fn but(id: &str, config: Value) -> Lab {
    let lab = Lab::new(
        Preset {
            config,
            ..preset(id)
        },
        1,
    );
    lab.train(lab.preset.steps);
    lab
}

#[test]
fn eight_modes_are_all_found() {
    for seed in seeds() {
        let lab = Lab::trained("gan-ring", seed);
        let (shares, _, reached, good) = lab.modes(&lab.shown(Role::Model));
        assert_eq!(reached, 8, "seed {seed}");
        assert!(good > 0.85, "seed {seed}: {good}");
        assert!(shares[7] > 0.05, "seed {seed}: {shares:?}");
    }
}

#[test]
fn modes_collapse_to_one_or_two() {
    for seed in seeds() {
        let lab = Lab::trained("gan-mode-collapse", seed);
        let fakes = lab.shown(Role::Model);
        let (shares, ..) = lab.modes(&fakes);
        assert!(shares[0] + shares[1] > 0.9, "seed {seed}: {shares:?}");
        assert!(lab.inside(&fakes) > 0.5, "seed {seed}: they can be seen");
    }
}

#[test]
fn fakes_run_round_and_round() {
    for seed in seeds() {
        let lab = Lab::new(preset("gan-oscillation"), seed);
        let mut places = Vec::new();
        let mut crowded = 0;
        for _ in 0..lab.preset.steps / 100 {
            lab.train(100);
            let (shares, first, ..) = lab.modes(&lab.shown(Role::Model));
            places.push(first);
            crowded += usize::from(shares[0] + shares[1] > 0.6);
        }
        let moves = places.windows(2).filter(|w| w[0] != w[1]).count();
        assert!(moves >= 3, "seed {seed}: {places:?}");
        assert!(crowded >= 4, "seed {seed}: {crowded} of {}", places.len());
    }
}

#[test]
fn a_code_that_nobody_reads_says_nothing() {
    for seed in seeds() {
        let lab = Lab::trained("vae-ignored-code", seed);
        let codes = lab.shown(Role::Data);
        let far = codes.iter().flatten().fold(0.0f32, |m, v| m.max(v.abs()));
        assert!(far < 0.3, "seed {seed}: a mean at {far}");
        // One cloud, with points where two moons have none.
        let cloud = points(&lab.layers("samples"), Role::Model);
        assert!(lab.knn(&cloud) > 0.8, "seed {seed}");
    }
}

#[test]
fn two_couplings_are_too_few_and_the_usual_number_is_not() {
    for seed in seeds() {
        let lab = Lab::trained("realnvp-too-few", seed);
        let kl = lab.knn(&lab.shown(Role::Model));
        assert!(kl > 0.25, "seed {seed}: {kl}");
    }
    let more = but("realnvp-too-few", json!({ "couplings": 8, "hidden": 64 }));
    let kl = more.knn(&more.shown(Role::Model));
    assert!(kl < 0.2, "eight of them: {kl}");
}

#[test]
fn one_gaussian_fills_the_gap() {
    let gap = |lab: &Lab| {
        let samples = points(&lab.layers("samples"), Role::Model);
        let outer = samples.iter().map(|p| p[0].hypot(p[1]));
        let r = outer.fold(0.0f32, f32::max) * 0.2;
        let near = samples.iter().filter(|p| p[0].hypot(p[1]) < r).count();
        near as f64 / samples.len() as f64
    };
    for seed in seeds() {
        let lab = Lab::trained("mdn-one-component", seed);
        assert!(gap(&lab) > 0.02, "seed {seed}: {}", gap(&lab));
    }
    let more = but(
        "mdn-one-component",
        json!({ "components": 8, "hidden": 64 }),
    );
    assert!(gap(&more) < 0.01, "eight of them: {}", gap(&more));
}

#[test]
fn ten_steps_of_noise_are_too_few() {
    for seed in seeds() {
        let lab = Lab::trained("ddpm-few-steps", seed);
        let kl = lab.knn(&lab.shown(Role::Model));
        assert!(kl > 0.4, "seed {seed}: {kl}");
    }
    let mut config = preset("ddpm-few-steps").config;
    config["timesteps"] = 100.into();
    let more = but("ddpm-few-steps", config);
    let kl = more.knn(&more.shown(Role::Model));
    assert!(kl < 0.3, "a hundred of them: {kl}");
}

#[test]
fn what_learns_straight_lines_walks_on_bent_ones() {
    for seed in seeds() {
        let lab = Lab::trained("ddpm-straight", seed);
        let bend = bend(&lab.layers(&lab.preset.plot));
        assert!(bend > 1.1, "seed {seed}: {bend}");
        let samples = points(&lab.layers("samples"), Role::Model);
        let kl = lab.knn(&samples);
        assert!(kl < 0.3, "seed {seed}: {kl}");
    }
}

#[test]
fn samples_lie_in_both_halves_of_an_energy() {
    for seed in seeds() {
        let lab = Lab::trained("planar-energy", seed);
        let samples = lab.shown(Role::Model);
        let right = samples.iter().filter(|p| p[0] > 0.0).count() as f64 / samples.len() as f64;
        assert!((0.35..0.65).contains(&right), "seed {seed}: {right}");
        let request = json!({
            "type": "view", "session": 1, "snapshot": null,
            "query": { "type": "metrics", "count": 1000, "seed": 1 },
        });
        let request = serde_json::from_value(request).expect("a request");
        let Outcome::View {
            view: View::Numbers { numbers },
        } = lab.page.outcome(request)
        else {
            panic!("numbers");
        };
        let kl = numbers.iter().find(|n| n.id == "reverseKl");
        let kl = kl.and_then(|n| n.value).expect("measured");
        assert!(kl < 0.25, "seed {seed}: {kl}");
    }
}

/// Links of the chapters name experiments that there are, and no experiment is left without a promise that is
/// looked at here.
#[test]
fn every_experiment_and_every_link_to_one() {
    let here = include_str!("presets.rs");
    let all = families::presets();
    for preset in &all {
        let quoted = format!("\"{}\"", preset.id);
        assert!(here.contains(&quoted), "{} is not looked at", preset.id);
        assert!((0.0..=1.0).contains(&preset.at));
    }
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/pages");
    let mut links = 0;
    for entry in std::fs::read_dir(pages).expect("chapters") {
        let text = std::fs::read(entry.expect("a file").path()).expect("readable");
        for after in String::from_utf8_lossy(&text).split("preset=").skip(1) {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let id = &after[..end.unwrap_or(after.len())];
            // The attribute by itself, where it is only named.
            if id.is_empty() {
                continue;
            }
            assert!(all.iter().any(|p| p.id == id), "a link to {id}");
            links += 1;
        }
    }
    assert!(links >= 5);
}
