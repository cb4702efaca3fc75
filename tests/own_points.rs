//! A reader's own points, through the same door as the page: their scale and their units.

use crate::common;
use generative_playground::{
    checkpoint,
    protocol::{Bytes, Outcome, PointSource, Request, SpaceInfo},
};
use serde_json::{Value, json};

common::own_page!();

impl Page {
    fn new() -> Self {
        Self(common::Page::new())
    }

    fn load(&self, rows: &[[f64; 2]]) -> Outcome {
        let text: String = rows.iter().map(|[x, y]| format!("{x},{y}\n")).collect();
        let bytes = Bytes(text.into_bytes());
        self.outcome(Request::LoadPoints {
            source: PointSource::Csv { bytes },
        })
    }

    fn create(&self) {
        self.outcome(Request::Create {
            session: 1,
            family: "realnvp".into(),
            config: json!({ "couplings": 2, "hidden": 8 }),
            train: json!({ "batch_size": 32 }),
            data: "custom".into(),
            data_options: Value::Null,
            seed: 3,
        });
    }

    fn train(&self, steps: u32) {
        self.outcome(Request::Train {
            session: 1,
            steps: Some(steps),
            rate: Some(10_000.0),
            seconds: None,
            network: None,
            keep: None,
        });
    }

    fn file(&self, request: Request) -> Vec<u8> {
        match self.outcome(request) {
            Outcome::File { bytes, .. } => bytes.0,
            other => panic!("{other:?}"),
        }
    }

    fn saved(&self) -> Vec<u8> {
        self.file(Request::Export {
            session: 1,
            resumable: true,
        })
    }

    fn csv(&self) -> Vec<[f64; 2]> {
        let bytes = self.file(Request::ExportSamples {
            session: 1,
            count: 400,
            seed: 1,
            options: Value::Null,
            condition: Default::default(),
            scale: 1,
        });
        let text = String::from_utf8(bytes).expect("text");
        let number = |field: &str| field.parse().expect("a number");
        let row = |line: &str| {
            let (x, y) = line.split_once(',').expect("two columns");
            [number(x), number(y)]
        };
        text.lines().skip(1).map(row).collect()
    }
}

/// Mean and standard deviation of a coordinate.
fn moments(rows: &[[f64; 2]], d: usize) -> (f64, f64) {
    let n = rows.len() as f64;
    let mean = rows.iter().map(|p| p[d]).sum::<f64>() / n;
    let variance = rows.iter().map(|p| (p[d] - mean).powi(2)).sum::<f64>() / n;
    (mean, variance.sqrt())
}

/// Metres and kilograms.
fn people() -> Vec<[f64; 2]> {
    let angle = |i: usize| i as f64 * 0.61;
    let person = |t: f64| [1.75 + 0.2 * t.sin(), 75.0 + 30.0 * (t * 0.7).cos()];
    (0..500).map(angle).map(person).collect()
}

#[test]
fn samples_come_back_in_the_reader_s_units() {
    let page = Page::new();
    let people = people();
    let Outcome::Points { units, window, .. } = page.load(&people) else {
        panic!("points")
    };
    let [left, right, bottom, top] = units.expect("they were scaled");
    // The window is a ninth larger than what was given.
    let middle = |a: f64, b: f64| (a + b) / 2.0;
    assert!((middle(left, right) - 1.75).abs() < 1e-3 && (middle(bottom, top) - 75.0).abs() < 0.1);
    assert!(
        (right - left - 0.4 * 4.0 / 3.6).abs() < 1e-3
            && (top - bottom - 60.0 * 4.0 / 3.6).abs() < 0.1
    );
    page.create();
    page.train(150);
    let close = |rows: &[[f64; 2]]| {
        for d in 0..2 {
            let ((mean, sd), (want, spread)) = (moments(rows, d), moments(&people, d));
            assert!((mean - want).abs() < 0.3 * spread, "{mean} for {want}");
            assert!((0.6..1.5).contains(&(sd / spread)), "{sd} for {spread}");
        }
    };
    close(&page.csv());
    // As in the file of the model, wherever it is opened.
    let other = Page::new();
    let opened = other.outcome(Request::Open {
        session: 1,
        bytes: Bytes(page.saved()),
        sha256: None,
    });
    let Outcome::Model { model } = opened else {
        panic!("a model")
    };
    let SpaceInfo::Points {
        window: of_model,
        units: own,
    } = model.space
    else {
        panic!("points")
    };
    assert_eq!((of_model, own), (window, units));
    close(&other.csv());
}

#[test]
fn a_model_that_goes_on_with_other_points_keeps_its_mean_and_scale() {
    let page = Page::new();
    page.load(&people());
    page.create();
    page.train(40);
    let first = page.saved();
    let space = |bytes: &[u8]| checkpoint::inspect(bytes).expect("it opens").0.data.space;

    // Most of these lie in a corner: their mean and scale are others.
    let other: Vec<[f64; 2]> = (0..200)
        .map(|i| {
            if i < 190 {
                (i as f64).sin().abs()
            } else {
                10.0
            }
        })
        .map(|v| [v, v * v])
        .collect();
    let goes_on = Page::new();
    goes_on.load(&other);
    goes_on.outcome(Request::Open {
        session: 1,
        bytes: Bytes(first.clone()),
        sha256: None,
    });
    goes_on.train(5);
    let second = goes_on.saved();
    assert_eq!(
        space(&second),
        space(&first),
        "what the weights were trained with"
    );
    let units = |bytes: &[u8]| checkpoint::inspect(bytes).expect("it opens").0.data.units;
    assert_ne!(
        units(&second),
        units(&first),
        "the units are those of the new points"
    );
    // What is opened looks like what was saved.
    let opened = Page::new();
    opened.outcome(Request::Open {
        session: 1,
        bytes: Bytes(second),
        sha256: None,
    });
    let (want, found) = (goes_on.csv(), opened.csv());
    for (want, found) in want.iter().zip(&found) {
        for d in 0..2 {
            let close = (want[d] - found[d]).abs() <= 1e-4 * want[d].abs().max(1.0);
            assert!(close, "{want:?} {found:?}");
        }
    }
}
