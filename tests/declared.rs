//! What the page has to know before it runs: `web/element/equations.json`, all equations of models in TeX, of
//! which it makes formulas when it is built; and what is written in English for readers, `web/lang/declared.json`,
//! by which `tests/lang` tells what another language lacks. What is declared stands there with its place, and so does what models
//! say beside their plots; errors are read off the source.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{self, Page};
use generative_playground::{
    bytes::Bytes,
    data::{EpisodeSet, SpaceKind, TextSet},
    device, families, plots,
    protocol::{ModelInfo, Outcome, PlotInput, PlotInputs, Request, View, ViewQuery},
};
use serde_json::{Value, json};

/// Texts, each with the place where it was found first.
#[derive(Default)]
struct Found(BTreeMap<String, String>);

impl Found {
    fn add(&mut self, place: &str, text: &str) {
        let text = text.replace('`', "").replace('\n', " ").trim().to_string();
        if !text.is_empty() {
            self.0.entry(text).or_insert_with(|| place.into());
        }
    }

    /// Labels, helps and choices of a form, as `web/client/schema.ts` reads them.
    fn schema(&mut self, place: &str, schema: &Value) {
        for (name, option) in schema["properties"].as_object().into_iter().flatten() {
            if option["x-recipe"] == true {
                continue;
            }
            let place = format!("{place}.{name}");
            self.add(&place, option["title"].as_str().unwrap_or(name));
            self.add(&place, option["description"].as_str().unwrap_or(""));
            for choice in option["oneOf"].as_array().into_iter().flatten() {
                let label = choice["title"].as_str().or(choice["const"].as_str());
                self.add(&place, label.unwrap_or(""));
                self.add(&place, choice["description"].as_str().unwrap_or(""));
            }
            for choice in option["enum"].as_array().into_iter().flatten() {
                self.add(&place, choice.as_str().unwrap_or(""));
            }
        }
    }

    fn view(&mut self, place: &str, view: &View) {
        let numbers = match view {
            View::Plot {
                label,
                numbers,
                bars,
                key,
                ..
            } => {
                self.add(place, label);
                for key in key {
                    self.add(place, &key.text);
                }
                if let Some(bars) = bars {
                    self.add(place, &bars.title);
                }
                numbers
            }
            View::Numbers { numbers } => numbers,
            View::Ranking {
                title,
                share,
                numbers,
                ..
            } => {
                self.add(place, title);
                self.add(place, share);
                numbers
            }
            View::Chart {
                across,
                up,
                curves,
                level,
                ..
            } => {
                self.add(place, across);
                self.add(place, up);
                curves
                    .iter()
                    .for_each(|curve| self.add(place, &curve.title));
                if let Some((level, _)) = level {
                    self.add(place, level);
                }
                return;
            }
            _ => return,
        };
        for number in numbers {
            self.add(place, &number.title);
            self.add(place, &number.unit);
        }
    }
}

/// The losses of a GAN.
const LOSSES: [&str; 4] = ["minimax", "non-saturating", "least-squares", "relativistic"];

fn create(page: &Page, family: &str, config: Value, data: &str) -> ModelInfo {
    let request = Request::Create {
        session: 1,
        family: family.into(),
        config,
        train: json!({ "batch_size": 64 }),
        data: data.into(),
        data_options: Value::Null,
        seed: 3,
    };
    match page.outcome(request) {
        Outcome::Model { model } => model,
        other => panic!("{other:?}"),
    }
}

/// What a small model of points says beside its plots.
fn answers(found: &mut Found, family: &str, config: Value, data: &str, plots: &[String]) {
    let page = Page::new();
    create(&page, family, config, data);
    let trained = page.outcome(Request::Train {
        session: 1,
        steps: Some(1),
        rate: None,
        seconds: None,
        network: None,
        keep: None,
    });
    let Outcome::Trained { state } = trained else {
        panic!("{trained:?}");
    };
    for loss in &state.losses {
        found.add(&format!("{family}.loss"), &loss.name);
    }
    let queries = plots.iter().flat_map(|plot| {
        [0.0, 0.4, 1.0].map(|at| ViewQuery::Plot {
            plot: plot.clone(),
            inputs: PlotInputs {
                at,
                pointer: Some([0.5, -0.5]),
                count: 16,
                resolution: 8,
                ..PlotInputs::default()
            },
        })
    });
    // Of functions and paths there are no points to be near to.
    let metrics = (!["functions", "maze"].contains(&data)).then_some(ViewQuery::Metrics {
        count: 100,
        seed: 1,
    });
    for query in queries.chain(metrics) {
        let request = Request::View {
            session: 1,
            query: query.clone(),
            snapshot: None,
        };
        let Outcome::View { view } = page.outcome(request) else {
            panic!("{query:?}");
        };
        found.view(&format!("{family} on {data}"), &view);
    }
}

/// What a sentence encoder says beside its plots.
fn of_encoder(found: &mut Found) {
    let page = Page::new();
    let file = std::fs::read(common::root("tests/reference/opened/encoder.gguf"));
    let open = Request::Open {
        session: 1,
        bytes: Bytes(file.expect("a committed file")),
        sha256: None,
    };
    page.outcome(open);
    let lines = "a: the rain\na: rain\na: rains\nb: sun\nb: sunny\nb: suns";
    for plot in ["labels", "search", "map", "learn", "shots"] {
        let inputs = PlotInputs {
            text: "a sunny day".into(),
            lines: lines.into(),
            ..PlotInputs::default()
        };
        let query = common::plot(plot, inputs);
        let request = Request::View {
            session: 1,
            query,
            snapshot: None,
        };
        let Outcome::View { view } = page.outcome(request) else {
            panic!("{plot}");
        };
        found.view(&format!("encoder.{plot}"), &view);
    }
}

fn declared() -> BTreeMap<String, String> {
    let mut found = Found::default();
    let Outcome::Description {
        families,
        train_schema,
        data_schema,
        text_schema,
        picture_schema,
        toys,
        made: _,
        presets,
    } = Page::new().outcome(Request::Describe)
    else {
        panic!("a description");
    };
    for f in &families {
        let id = &f.id;
        found.add(&format!("{id}.title"), &f.title);
        found.schema(&format!("{id}.config"), &f.config_schema);
        found.schema(&format!("{id}.sample"), &f.sample_schema);
        if f.networks.len() > 1 {
            f.networks.iter().for_each(|n| found.add(id, n));
        }
        for space in &f.spaces {
            for size in &space.sizes {
                found.add(&format!("{id}.size"), &size.title);
            }
            for plot in &space.plots {
                let place = format!("{id}.{}", plot.id);
                found.add(&place, &plot.title);
                found.add(&place, &plot.help);
                for input in &plot.inputs {
                    match input {
                        PlotInput::Scrubber { along } => found.add(&place, along),
                        PlotInput::Lines { title, .. } => found.add(&place, title),
                        _ => {}
                    }
                }
            }
            let plots: Vec<_> = space.plots.iter().map(|p| p.id.clone()).collect();
            match space.kind {
                SpaceKind::Points => {
                    for data in ["moons", "ring", "circle"] {
                        answers(&mut found, id, json!({}), data, &plots);
                    }
                }
                SpaceKind::Classes => answers(&mut found, id, json!({}), "two-moons", &plots),
                SpaceKind::Energy => answers(&mut found, id, json!({}), "u1", &plots),
                SpaceKind::Functions => {
                    let small = json!({"n_layer": 1, "n_head": 2, "n_embd": 16});
                    answers(&mut found, id, small, "functions", &plots);
                }
                SpaceKind::Paths => {
                    let small = json!({"n_layer": 1, "n_head": 2, "n_embd": 16, "channels": 8});
                    answers(&mut found, id, small, "maze", &plots);
                }
                SpaceKind::Image
                | SpaceKind::Video
                | SpaceKind::Text
                | SpaceKind::Pairs
                | SpaceKind::Score
                | SpaceKind::Groove
                | SpaceKind::Episodes => {}
            }
        }
    }
    found.schema("train", &train_schema);
    found.schema("data", &data_schema);
    found.schema("text", &text_schema);
    found.schema("pictures", &picture_schema);
    for toy in &toys {
        found.add(&format!("toys.{}", toy.id), &toy.title);
    }
    for preset in &presets {
        found.add(&format!("presets.{}", preset.id), &preset.title);
        found.add(&format!("presets.{}", preset.id), &preset.why);
    }
    of_encoder(&mut found);
    // What a discriminator says depends on its loss.
    for loss in LOSSES {
        let plots = ["discriminator".into()];
        answers(&mut found, "gan", json!({ "loss": loss }), "moons", &plots);
    }
    found.0
}

/// Every line of every equation that a config can ask for.
fn equations() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for family in plots::families() {
        all.extend(family.spaces.into_iter().flat_map(|s| s.equation));
    }
    let text = TextSet::new("own", &"A text. ".repeat(20), &Value::Null).expect("a text");
    let whole = json!({ "method": "whole" });
    let whole = families::outline("tuned", &whole, &text.info, &device::cpu());
    all.extend(whole.expect("a model").equation(SpaceKind::Text));
    let rooms = EpisodeSet::new(&Value::Null).expect("a set").info;
    let voice = families::outline("agent", &json!({ "n_say": 1 }), &rooms, &device::cpu());
    all.extend(voice.expect("a model").equation(SpaceKind::Episodes));
    let mut add = |family: &str, config: Value, data: &str| {
        all.extend(create(&Page::new(), family, config, data).equation);
    };
    for (beta, free_bits) in [(1.0, 0.0), (4.0, 0.0), (1.0, 0.5), (4.0, 0.5)] {
        let config = json!({ "beta": beta, "free_bits": free_bits });
        add("vae", config, "moons");
    }
    add("vae", json!({ "importance_samples": 5 }), "moons");
    for loss in LOSSES {
        for (r1, r2) in [(0.0, 0.0), (0.1, 0.0), (0.0, 0.1), (0.1, 0.1)] {
            let config = json!({ "loss": loss, "r1": r1, "r2": r2 });
            add("gan", config, "moons");
        }
    }
    for kind in ["planar", "radial", "both"] {
        for data in ["moons", "u1"] {
            add("planar", json!({ "kind": kind }), data);
        }
    }
    for transform in ["affine", "spline"] {
        add("realnvp", json!({ "transform": transform }), "moons");
    }
    for beta in [0.1, 1.0] {
        let small = json!({ "beta": beta, "channels": 8, "denoiser_channels": 8 });
        add("latent-diffusion", small, "scenes");
    }
    for prediction in ["noise", "x0", "v", "velocity"] {
        add("ddpm", json!({ "prediction": prediction }), "moons");
    }
    all
}

/// Every equation that differs in something that is optimised differs on the page.
#[test]
fn equations_follow_the_config() {
    let of = |family: &str, config: Value, data: &str| {
        create(&Page::new(), family, config, data)
            .equation
            .join("\n")
    };
    assert_ne!(
        of("ddpm", json!({ "prediction": "noise" }), "moons"),
        of("ddpm", json!({ "prediction": "v" }), "moons")
    );
    let relativistic = of(
        "gan",
        json!({ "loss": "relativistic", "r1": 0.01 }),
        "moons",
    );
    assert!(relativistic.contains(r"\sigma(d(x) - d(G(z)))") && relativistic.contains("R_1 ="));
    assert!(
        !of(
            "gan",
            json!({ "loss": "relativistic", "r1": 0.0, "r2": 0.0 }),
            "moons"
        )
        .contains("R_")
    );
    assert!(
        of(
            "gan",
            json!({ "loss": "minimax", "r1": 0.0, "r2": 0.0 }),
            "moons"
        )
        .contains(r"\min_G \max_D")
    );
    // Points are carried to noise, where the determinants add; noise to an energy's plane, where they are taken off.
    assert!(of("planar", json!({}), "moons").contains(r"\log p(x)"));
    assert!(of("planar", json!({}), "u1").contains(r"\log q(z_0) - \sum"));
    assert!(!of("vae", json!({ "beta": 1.0 }), "moons").contains(r"\beta"));
    assert!(of("vae", json!({ "beta": 4.0 }), "moons").contains(r"\beta"));
}

#[test]
fn all_equations_are_on_file() {
    on_file("web/element/equations.json", &equations());
}

/// Fails where a file is out of date, and writes it anew.
fn on_file(path: &str, want: &impl serde::Serialize) {
    let want = serde_json::to_string_pretty(want).expect("texts") + "\n";
    let file = common::root(path);
    if std::fs::read_to_string(&file).unwrap_or_default() != want {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(&file, want).expect("writes");
        panic!("{path} was out of date and has been written anew");
    }
}

#[test]
fn what_is_declared_in_english_is_on_file() {
    on_file("web/lang/declared.json", &declared());
}
