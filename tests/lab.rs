//! Every family of the plane, through the same door as the page: what it declares, it does.

use std::rc::Rc;

use crate::common;

use generative_playground::{
    checkpoint::{self, Precision},
    data::{Dataset, PointSet, SpaceKind},
    device,
    error::Code,
    families,
    model::{Condition, DensityOptions, TrainConfig},
    options::Options,
    plots,
    protocol::{
        Bytes, ErrorInfo, FamilyInfo, FamilySpace, FileForm, Layer, ModelInfo, Outcome, PlotInputs,
        PlotSpec, PointSource, Preset, Request, SpaceInfo, TrainState, View, ViewQuery,
    },
    rng::{Purpose, Rng},
    training::Trainer,
};
use serde_json::{Value, json};

common::own_page!();

impl Page {
    fn new() -> Self {
        Self(common::Page::new())
    }

    fn create(&self, family: &FamilyInfo, data: &str, config: Value, train: Value) -> ModelInfo {
        let request = Request::Create {
            session: 1,
            family: family.id.clone(),
            config,
            train,
            data: data.into(),
            data_options: Value::Null,
            seed: 3,
        };
        match self.ask(request) {
            Ok(Outcome::Model { model }) => model,
            other => panic!("{}: {other:?}", family.id),
        }
    }

    fn train(&self, steps: u32, network: Option<&str>) -> Result<TrainState, ErrorInfo> {
        let request = Request::Train {
            session: 1,
            steps: Some(steps),
            rate: Some(10_000.0),
            seconds: None,
            network: network.map(Into::into),
            keep: None,
        };
        match self.ask(request)? {
            Outcome::Trained { state } => Ok(state),
            other => panic!("{other:?}"),
        }
    }

    fn view(&self, query: ViewQuery, snapshot: Option<u32>) -> Result<View, ErrorInfo> {
        let request = Request::View {
            session: 1,
            query,
            snapshot,
        };
        match self.ask(request)? {
            Outcome::View { view } => Ok(view),
            other => panic!("{other:?}"),
        }
    }

    fn file(&self, request: Request) -> Vec<u8> {
        match self.ask(request) {
            Ok(Outcome::File { bytes, .. }) => bytes.0,
            other => panic!("{other:?}"),
        }
    }
}

fn look(id: &str, at: f32) -> ViewQuery {
    common::plot(
        id,
        PlotInputs {
            at,
            pointer: Some([0.5, -0.5]),
            count: 64,
            seed: 9,
            resolution: 16,
            ..PlotInputs::default()
        },
    )
}

/// What can be seen of a family's models of points or energies.
fn plots_of(info: &FamilyInfo) -> &[PlotSpec] {
    let flat = |s: &&FamilySpace| s.kind.in_plane();
    &info.spaces.iter().find(flat).expect("a space").plots
}

/// Families of the plane, each with a data set for every kind that it models.
fn models() -> Vec<(FamilyInfo, &'static str)> {
    let mut out = Vec::new();
    for info in plots::families() {
        for space in info.spaces.clone() {
            match space.kind {
                SpaceKind::Image
                | SpaceKind::Video
                | SpaceKind::Text
                | SpaceKind::Pairs
                | SpaceKind::Score
                | SpaceKind::Groove
                | SpaceKind::Functions
                | SpaceKind::Episodes
                | SpaceKind::Paths => {}
                SpaceKind::Points => out.push((info.clone(), "moons")),
                SpaceKind::Classes => out.push((info.clone(), "two-moons")),
                SpaceKind::Energy => out.push((info.clone(), "u1")),
            }
        }
    }
    assert!(
        out.len() >= 9,
        "six families, one of them on energies too, and two of their own"
    );
    out
}

#[test]
fn every_kind_of_data_that_a_family_models_has_plots() {
    let mut flat = 0;
    for info in plots::families() {
        assert!(!info.spaces.is_empty(), "{}", info.id);
        for space in &info.spaces {
            // A translation is of a text that somebody typed.
            let first = match space.kind {
                SpaceKind::Pairs => "translate",
                _ => "samples",
            };
            assert_eq!(space.plots[0].id, first, "{}", info.id);
            let texts = space.plots.iter().map(|p| [&p.title, &p.help]);
            assert!(texts.flatten().all(|t| !t.is_empty()), "{}", info.id);
            let mut ids: Vec<_> = space.plots.iter().map(|p| &p.id).collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len(), space.plots.len(), "{}: ids are unique", info.id);
        }
        let in_2d = |s: &FamilySpace| s.kind.in_plane();
        flat += usize::from(info.spaces.iter().any(in_2d));
        // What a GPT shows is no plot in 2-D.
        assert!(info.id != "gpt" || !info.spaces.iter().any(in_2d));
    }
    assert!(flat >= 6);
}

/// All numbers of a plot's layers.
fn numbers(view: &View) -> Vec<f32> {
    let View::Plot { layers, .. } = view else {
        panic!("no plot: {view:?}");
    };
    let floats = |bytes: &Bytes| -> Vec<f32> {
        let groups = bytes.0.as_chunks::<4>();
        assert!(groups.1.is_empty());
        groups.0.iter().map(|&b| f32::from_le_bytes(b)).collect()
    };
    layers
        .iter()
        .flat_map(|layer| match layer {
            Layer::Points { xy, .. } | Layer::Lines { xy, .. } | Layer::Words { xy, .. } => {
                floats(xy)
            }
            Layer::Field { values, .. } => floats(values),
            Layer::Arrows { xy, d, .. } => [floats(xy), floats(d)].concat(),
        })
        .collect()
}

#[test]
fn every_plot_of_every_family_answers_before_and_after_training() {
    for (info, data) in models() {
        let page = Page::new();
        let model = page.create(&info, data, json!({}), json!({ "batch_size": 64 }));
        assert_eq!(model.step, 0);
        let (SpaceInfo::Points { window, .. }
        | SpaceInfo::Classes { window }
        | SpaceInfo::Energy { window }) = model.space
        else {
            panic!("a model of points or an energy")
        };
        assert!(window[0] < window[1], "{}: a window", info.id);
        assert!(!plots_of(&info).is_empty());
        for steps in [0, 5] {
            if steps > 0 {
                let state = page.train(steps, None).expect("it trains");
                assert_eq!(state.step, steps);
                assert!(!state.losses.is_empty() && state.seconds > 0.0);
            }
            for shown in plots_of(&info) {
                for at in [0.0, 0.37, 1.0] {
                    let view = page.view(look(&shown.id, at), None);
                    let view = view.unwrap_or_else(|e| panic!("{}, {}: {e:?}", info.id, shown.id));
                    let numbers = numbers(&view);
                    assert!(!numbers.is_empty(), "{}, {}", info.id, shown.id);
                    assert!(
                        numbers.iter().all(|v| v.is_finite()),
                        "{} on {data}, {} at {at}",
                        info.id,
                        shown.id
                    );
                    // The same question has the same answer.
                    assert_eq!(page.view(look(&shown.id, at), None).expect("again"), view);
                }
            }
        }
        let unknown = page.view(look("nothing", 0.0), None).expect_err("no plot");
        assert_eq!(unknown.code, Code::BadOption);
        for at in [-0.1, 1.1, f32::NAN] {
            let wrong = page.view(look("samples", at), None).expect_err("no place");
            assert_eq!(wrong.code, Code::BadOption);
        }
    }
}

#[test]
fn metrics_and_exports_of_every_family() {
    for (info, data) in models() {
        let page = Page::new();
        page.create(&info, data, json!({}), json!({ "batch_size": 64 }));
        page.train(3, None).expect("it trains");
        let metrics = page.view(
            ViewQuery::Metrics {
                count: 300,
                seed: 1,
            },
            None,
        );
        let View::Numbers { numbers } = metrics.expect("metrics") else {
            panic!("numbers");
        };
        if data == "moons" {
            assert_eq!(
                numbers.iter().any(|n| n.id == "nll"),
                info.capabilities.density.is_some(),
                "{}: {numbers:?}",
                info.id
            );
            assert!(numbers.iter().any(|n| n.id == "knnKl"), "{numbers:?}");
        }
        let svg = page.file(Request::ExportView {
            session: 1,
            query: look("samples", 0.0),
            form: FileForm::default(),
            snapshot: None,
        });
        assert!(svg.starts_with(b"<svg") || svg.starts_with(b"<?xml"));
        let csv = page.file(Request::ExportSamples {
            session: 1,
            count: 20,
            seed: 4,
            options: Value::Null,
            scale: 1,
            condition: Condition::default(),
        });
        let csv = String::from_utf8(csv).expect("text");
        assert_eq!(csv.lines().count(), 21, "{csv}");
        assert_eq!(csv.lines().next(), Some("x,y"));
        // A model that was saved opens elsewhere and makes the same points.
        let file = page.file(Request::Export {
            session: 1,
            resumable: false,
        });
        let other = Page::new();
        other
            .ask(Request::Open {
                session: 1,
                bytes: Bytes(file),
                sha256: None,
            })
            .expect("opens");
        let again = other.file(Request::ExportSamples {
            session: 1,
            count: 20,
            seed: 4,
            options: Value::Null,
            scale: 1,
            condition: Condition::default(),
        });
        assert_eq!(String::from_utf8(again).expect("text"), csv, "{}", info.id);
        let different = other.file(Request::ExportSamples {
            session: 1,
            count: 20,
            seed: 5,
            options: Value::Null,
            scale: 1,
            condition: Condition::default(),
        });
        assert_ne!(String::from_utf8(different).expect("text"), csv);
    }
}

#[test]
fn a_training_that_was_saved_goes_on_as_if_nothing_had_happened() {
    for (info, data) in models() {
        let train = json!({ "batch_size": 32, "ema": 0.9, "clip": 1.0 });
        let whole = Page::new();
        whole.create(&info, data, json!({}), train.clone());
        whole.train(7, None).expect("it trains");
        let parts = Page::new();
        parts.create(&info, data, json!({}), train);
        parts.train(4, None).expect("it trains");
        let resumable = Request::Export {
            session: 1,
            resumable: true,
        };
        let saved = parts.file(resumable.clone());
        let later = Page::new();
        later
            .ask(Request::Open {
                session: 1,
                bytes: Bytes(saved),
                sha256: None,
            })
            .expect("opens");
        later.train(3, None).expect("it trains");
        let strip = |page: &Page| -> Vec<f32> {
            let view = page.view(look("samples", 0.0), None).expect("samples");
            numbers(&view)
        };
        for (a, b) in strip(&whole).iter().zip(strip(&later)) {
            assert!((a - b).abs() < 1e-5, "{}: {a}, {b}", info.id);
        }
    }
}

#[test]
fn networks_move_alone() {
    for (info, data) in models() {
        let page = Page::new();
        page.create(&info, data, json!({}), json!({ "batch_size": 32 }));
        for network in &info.networks {
            page.train(1, Some(network)).expect("a step of one network");
        }
        let wrong = page.train(1, Some("nobody")).expect_err("no such network");
        assert_eq!(wrong.code, Code::BadOption);
        page.train(1, None).expect("all of them again");
    }
}

#[test]
fn past_snapshots_can_be_looked_at_and_restored() {
    let (info, data) = models().remove(0);
    let page = Page::new();
    page.create(&info, data, json!({}), json!({ "batch_size": 32 }));
    let state = page.train(30, None).expect("it trains");
    assert!(state.snapshots.len() >= 2 && state.snapshots[0] == 0);
    let then = page.view(look("samples", 0.0), Some(0)).expect("the past");
    let now = page.view(look("samples", 0.0), None).expect("the present");
    assert_ne!(then, now);
    let none = page
        .view(look("samples", 0.0), Some(999))
        .expect_err("none");
    assert_eq!(none.code, Code::BadOption);
    page.ask(Request::RestoreSnapshot {
        session: 1,
        index: 0,
    })
    .expect("restores");
    let restored = page.view(look("samples", 0.0), None).expect("the past");
    for (a, b) in numbers(&then).iter().zip(numbers(&restored)) {
        assert!((a - b).abs() < 1e-2, "half precision apart: {a}, {b}");
    }
}

#[test]
fn a_training_that_explodes_stops_with_a_sentence() {
    for (info, data) in models() {
        let set = PointSet::toy(data, &Value::Null, 1).expect("a toy");
        let train = TrainConfig::from_json(&json!({ "batch_size": 16 })).expect("options");
        let kind = set.info.space.kind();
        let defaults = info.spaces.iter().find(|s| s.kind == kind).expect("it");
        let (set, config) = (Rc::new(set.into()), &defaults.config);
        let device = device::cpu();
        let mut trainer =
            Trainer::new(&info.id, config, train, set, 1, &device).expect("a training");
        trainer.step().expect("a step");
        pollster::block_on(trainer.take_losses()).expect("finite losses");
        let mut weights = common::weights(&*trainer.model);
        for data in weights.values_mut() {
            data.as_mut_slice::<f32>().expect("floats").fill(1e30);
        }
        trainer.model = trainer
            .model
            .clone()
            .with_weights(weights)
            .expect("they fit");
        for _ in 0..3 {
            trainer.step().expect("a step");
        }
        let error = pollster::block_on(trainer.take_losses()).expect_err("it exploded");
        assert_eq!(
            error.code(),
            Code::TrainingDiverged,
            "{} on {data}",
            info.id
        );
        assert!(error.recoverable() && !error.hint().is_empty());
        // Nor can it be saved as though it were a model.
        let meta = checkpoint::meta_of(&trainer, Vec::new()).expect("about it");
        let model = trainer.averaged();
        let saved = pollster::block_on(checkpoint::write(&*model, &meta, Precision::Half));
        let error = saved.expect_err("not finite in half precision");
        assert_eq!(error.code(), Code::CheckpointNotFinite);
    }
}

#[test]
fn presets_are_what_they_say() {
    let infos = plots::families();
    let presets: Vec<Preset> = families::presets();
    assert!(presets.iter().filter(|p| p.fails).count() >= 4);
    for preset in presets {
        let info = infos.iter().find(|f| f.id == preset.family);
        let info = info.unwrap_or_else(|| panic!("{}: no family", preset.id));
        assert!(
            plots_of(info).iter().any(|l| l.id == preset.plot),
            "{}: no plot {}",
            preset.id,
            preset.plot
        );
        assert!(preset.why.ends_with('.') && preset.steps > 0);
        let page = Page::new();
        let model = page.create(info, &preset.data, preset.config, preset.train);
        assert_eq!(model.data, preset.data);
        page.train(1, None).expect("it trains");
    }
}

#[test]
fn points_from_a_reader_train_and_wrong_ones_leave_things_as_they_were() {
    let infos = plots::families();
    let info = infos.iter().find(|f| f.id == "realnvp").expect("a family");
    let page = Page::new();
    let mut text = String::from("x,y\r\n");
    for i in 0..200 {
        let t = i as f32 * 0.1;
        text += &format!("{},{}\r\n", 100.0 + t.cos(), -7.0 + t.sin());
    }
    let csv = |text: &str| Request::LoadPoints {
        source: PointSource::Csv {
            bytes: Bytes(text.as_bytes().to_vec()),
        },
    };
    let Ok(Outcome::Points { count, .. }) = page.ask(csv(&text)) else {
        panic!("points");
    };
    assert_eq!(count, 200);
    page.create(info, "custom", json!({}), json!({ "batch_size": 32 }));
    page.train(3, None).expect("it trains");
    let before = page.view(look("samples", 0.0), None).expect("samples");
    for wrong in [
        "",
        "1,2\n",
        "1,2\n1,2\n1,2\n",
        "a,b\nc,d\n",
        "1,2\n3\n",
        "1,NaN\n2,3\n",
        "1;x\n2;3\n",
    ] {
        let error = page.ask(csv(wrong)).expect_err("refused");
        assert_eq!(error.code, Code::BadData, "{wrong:?}");
        assert!(!error.hint.is_empty());
    }
    assert_eq!(
        page.view(look("samples", 0.0), None).expect("still"),
        before
    );
    page.train(1, None).expect("still");
}

#[test]
fn a_model_of_points_that_are_not_at_hand_can_be_looked_at() {
    for info in plots::families() {
        if !info.spaces.iter().any(|s| s.kind == SpaceKind::Points) {
            continue;
        }
        let page = Page::new();
        let text: String = (0..100)
            .map(|i| format!("{} {}\n", i % 7, i % 11))
            .collect();
        let source = PointSource::Csv {
            bytes: Bytes(text.into_bytes()),
        };
        page.ask(Request::LoadPoints { source }).expect("points");
        page.create(&info, "custom", json!({}), json!({ "batch_size": 16 }));
        page.train(2, None).expect("it trains");
        let file = page.file(Request::Export {
            session: 1,
            resumable: true,
        });
        let other = Page::new();
        other
            .ask(Request::Open {
                session: 1,
                bytes: Bytes(file),
                sha256: None,
            })
            .expect("opens");
        for shown in plots_of(&info) {
            let view = other.view(look(&shown.id, 0.5), None);
            let view = view.unwrap_or_else(|e| panic!("{}, {}: {e:?}", info.id, shown.id));
            assert!(numbers(&view).iter().all(|v| v.is_finite()));
        }
        let metrics = other.view(
            ViewQuery::Metrics {
                count: 300,
                seed: 1,
            },
            None,
        );
        assert_eq!(
            metrics.expect_err("nothing to judge by").code,
            Code::BadData
        );
        let training = other.train(1, None).expect_err("nothing to learn from");
        assert_eq!(training.code, Code::BadData);
    }
}

#[test]
fn the_gaussian_decoder_learns_and_its_density_is_one() {
    // The importance-weighted bound lies below the density, so its integral lies below 1, and near
    // it once the encoder is a good guess.
    let set: Rc<Dataset> = Rc::new(
        PointSet::toy("8gaussians", &Value::Null, 1)
            .expect("a toy")
            .into(),
    );
    let (config, train) = (
        json!({ "hidden": 32, "layers": 2, "latent_dim": 2 }),
        json!({ "batch_size": 128, "learning_rate": 3e-3 }),
    );
    let train = TrainConfig::from_json(&train).expect("options");
    let device = device::cpu();
    let mut trainer = Trainer::new("vae", &config, train, set, 1, &device).expect("a training");
    for _ in 0..600 {
        trainer.step().expect("a step");
    }
    let model = trainer.averaged();
    let density = model.density().expect("a density");
    let (n, half) = (120, 6.0f32);
    let side = 2.0 * half / n as f32;
    let at = |i: usize| (i as f32 + 0.5) * side - half;
    let mut sum = 0.0;
    for row in 0..n {
        let xy = (0..n).flat_map(|i| [at(i), at(row)]).collect();
        let options = DensityOptions {
            importance_samples: 64,
        };
        let mut rng = Rng::new(0, Purpose::Evaluate, row as u64);
        let batch = generative_playground::data::Batch::Points { xy };
        let log_prob = density
            .log_prob(&batch, options, &mut rng)
            .expect("a density");
        let values = common::values(log_prob);
        sum += values.iter().map(|v| f64::from(v.exp())).sum::<f64>();
    }
    let integral = sum * f64::from(side) * f64::from(side);
    assert!((0.9..1.03).contains(&integral), "{integral}");
}
