//! Whatever comes in as options or pictures: an answer or a typed error, never a panic, and never a
//! value outside its declared range.

use crate::common::{info, small_digits};
use generative_playground::{
    data::input,
    families::vae::{VaeConfig, VaeSampleOptions},
    model::TrainConfig,
    options::{self, Options},
    protocol::{Bytes, Envelope, ImageInput},
};
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

/// Any JSON, biased to what options look like.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-3i64..600).prop_map(Value::from),
        any::<f64>().prop_map(|v| Number::from_f64(v).map_or(Value::Null, Value::from)),
        (-1.0..25.0f64).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name(), inner, 0..5)
                .prop_map(|m| Value::Object(m.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn word() -> impl Strategy<Value = String> {
    let words: &'static [&'static str] = &[
        "mlp", "conv", "relu", "tanh", "dynamic", "none", "constant", "cosine", "Conv",
    ];
    prop::sample::select(words).prop_map(String::from)
}

fn name() -> impl Strategy<Value = String> {
    let names: &'static [&'static str] = &[
        "architecture",
        "hidden",
        "layers",
        "latent_dim",
        "activation",
        "beta",
        "free_bits",
        "importance_samples",
        "batch_size",
        "learning_rate",
        "binarize",
        "schedule",
        "steps",
        "temperature",
    ];
    prop_oneof![
        12 => prop::sample::select(names).prop_map(String::from),
        1 => ".{0,8}",
    ]
}

/// A table that is nearly right.
fn table() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(name(), any_json(), 0..4)
        .prop_map(|m| Value::Object(m.into_iter().collect::<Map<_, _>>()))
}

/// Every value of accepted options is in its range or among its choices, and they survive a trip
/// through JSON.
fn holds<T: Options + PartialEq + std::fmt::Debug>(given: &Value) -> Result<bool, TestCaseError> {
    let Ok(accepted) = T::from_json(given) else {
        return Ok(false);
    };
    let schema = options::schema::<T>();
    let values = options::to_json(&accepted).expect("JSON");
    for (name, value) in values.as_object().expect("a table") {
        let property = &schema["properties"][name];
        if let Some(number) = value.as_f64() {
            let low = property["minimum"].as_f64().expect("a lower limit");
            let high = property["maximum"].as_f64().expect("an upper limit");
            prop_assert!((low..=high).contains(&number), "{name} = {number}");
        }
    }
    prop_assert_eq!(T::from_json(&values).expect("its own JSON"), accepted);
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn options_from_json(given in prop_oneof![any_json(), table()]) {
        holds::<VaeConfig>(&given)?;
        holds::<TrainConfig>(&given)?;
        holds::<VaeSampleOptions>(&given)?;
    }

    #[test]
    fn options_from_text(
        name in name(),
        text in prop_oneof![
            ".{0,12}",
            word(),
            any::<f64>().prop_map(|v| v.to_string()),
            any::<i64>().prop_map(|v| v.to_string()),
            (-3i64..600).prop_map(|v| v.to_string()),
            prop::sample::select(["inf", "NaN", "-0", "+1", "1e3", "0x10", "１", " 1", "true"].as_slice())
                .prop_map(String::from),
        ],
    ) {
        for (schema, accepts) in [
            (options::schema::<VaeConfig>(), holds::<VaeConfig> as fn(&Value) -> _),
            (options::schema::<TrainConfig>(), holds::<TrainConfig>),
            (options::schema::<VaeSampleOptions>(), holds::<VaeSampleOptions>),
        ] {
            if let Ok(value) = options::parse_text(&schema, &name, &text) {
                let one = Map::from_iter([(name.clone(), value)]);
                // What was parsed alone is accepted, unless it does not go with the defaults.
                prop_assert!(accepts(&Value::Object(one))?, "{name}={text}");
            }
        }
    }

    #[test]
    fn requests_from_json(value in any_json(), text in ".{0,60}") {
        let envelope = json!({"id": 1, "request": value});
        let _ = serde_json::from_value::<Envelope>(envelope);
        let _ = serde_json::from_str::<Envelope>(&text);
    }

    #[test]
    fn pictures_of_any_kind(
        kind in 0..3,
        width in prop_oneof![0u32..40, Just(8192), Just(8193), any::<u32>()],
        height in prop_oneof![0u32..40, Just(1), any::<u32>()],
        right_length in any::<bool>(),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        ink in any::<u8>(),
        side in (1usize..=64, 1usize..=64),
        fashion in any::<bool>(),
    ) {
        let area = u64::from(width) * u64::from(height);
        let each = if kind == 0 { 1 } else { 4 };
        let length = if right_length && area <= 20_000 { area as usize * each } else { bytes.len() };
        let pixels: Vec<u8> = (0..length)
            .map(|i| bytes.get(i % bytes.len().max(1)).copied().unwrap_or(ink))
            .collect();
        let pixels = Bytes(pixels);
        let input = match kind {
            0 => ImageInput::Drawing { width, height, pixels },
            1 => ImageInput::Rgba { width, height, pixels },
            _ => ImageInput::Test { index: width },
        };
        let mut info = info(side.0, side.1);
        if fashion {
            info.name = "fashion".into();
        }
        if let Ok(out) = input::prepare(&input, &info, None) {
            prop_assert_eq!(out.len(), side.0 * side.1);
            prop_assert!(out.iter().all(|v| (-1e-5..=1.0 + 1e-5).contains(v)));
        }
    }
}

#[test]
fn a_test_image_fits_or_is_refused() {
    let set = small_digits(7, 10, 10);
    let input = ImageInput::Test { index: 3 };
    let out = input::prepare(&input, &set.info, Some(&set)).expect("an image");
    assert_eq!(out.len(), 49);
    assert!(input::prepare(&input, &info(14, 14), Some(&set)).is_err());
}
