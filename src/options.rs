//! Options declared once, as plain structs.
//!
//! A config struct derives serde and [`schemars::JsonSchema`]; its doc comments are the help, its
//! `range` attributes the limits. From its JSON Schema follow the form in the page, the URL state,
//! the element's attributes, the recipe file and the checks here. Nothing lists an option twice.

use std::{any::TypeId, cell::RefCell, collections::HashMap, rc::Rc};

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// A set of options: all have defaults, all are checked against their declared ranges.
pub trait Options: Serialize + DeserializeOwned + JsonSchema + Default + Clone + 'static {
    /// What ranges cannot say: options that do not go together.
    ///
    /// # Errors
    /// [`Error::BadOption`].
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Options from JSON; what is left out takes its default.
    ///
    /// # Errors
    /// [`Error::BadOption`] for an unknown name, a wrong type or a value out of range.
    fn from_json(given: &Value) -> Result<Self> {
        Self::default().with_json(given)
    }

    /// These options with those in `given` in their place.
    ///
    /// # Errors
    /// As [`Options::from_json`].
    fn with_json(&self, given: &Value) -> Result<Self> {
        let mut all = to_json(self)?;
        let given = match given {
            Value::Null => &Map::new(),
            Value::Object(map) => map,
            other => return Err(Error::bad_option("options", other, "a table is needed")),
        };
        let schema = kept_schema::<Self>();
        for (name, value) in given {
            check_value(&schema, name, value)?;
            if let Value::Object(all) = &mut all {
                all.insert(name.clone(), value.clone());
            }
        }
        let options: Self = serde_json::from_value(all)
            .map_err(|e| Error::bad_option("options", "", e.to_string()))?;
        options.check()?;
        Ok(options)
    }
}

/// Options as JSON.
///
/// # Errors
/// [`Error::Internal`] if a struct does not serialize, which a test excludes.
pub fn to_json<T: Serialize>(options: &T) -> Result<Value> {
    serde_json::to_value(options).map_err(|e| Error::Internal {
        reason: e.to_string(),
    })
}

/// The JSON Schema of a set of options, with every reference resolved. JSON objects have no order,
/// so each property carries its place in the declaration as `x-order`.
pub fn schema<T: Options>() -> Value {
    let mut schema = schemars::generate::SchemaSettings::draft2020_12()
        .with(|s| s.inline_subschemas = true)
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    for (place, name) in declared_order(&T::default()).into_iter().enumerate() {
        if let Some(property) = schema["properties"].get_mut(&name) {
            property["x-order"] = place.into();
        }
    }
    schema
}

/// [`schema`], of each set of options made once: it takes longer than the checks by it.
fn kept_schema<T: Options>() -> Rc<Value> {
    thread_local! {
        static KEPT: RefCell<HashMap<TypeId, Rc<Value>>> = RefCell::default();
    }
    let kept = KEPT.with_borrow(|kept| kept.get(&TypeId::of::<T>()).cloned());
    kept.unwrap_or_else(|| {
        let schema = Rc::new(schema::<T>());
        KEPT.with_borrow_mut(|kept| kept.insert(TypeId::of::<T>(), schema.clone()));
        schema
    })
}

/// Names of a struct's fields as they are declared: serde writes them in that order.
fn declared_order<T: Serialize>(options: &T) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'de> Deserialize<'de> for Names {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Names;
                fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                    f.write_str("a struct")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Names, A::Error> {
                    let mut names = Vec::new();
                    while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                        names.push(name);
                    }
                    Ok(Names(names))
                }
            }
            deserializer.deserialize_map(Visitor)
        }
    }
    serde_json::to_string(options)
        .and_then(|text| serde_json::from_str::<Names>(&text))
        .map(|names| names.0)
        .unwrap_or_default()
}

/// Type a text (from a URL or an attribute) by the schema, then check it.
///
/// # Errors
/// [`Error::BadOption`].
pub fn parse_text(schema: &Value, name: &str, text: &str) -> Result<Value> {
    let property = property(schema, name, text)?;
    let bad = |reason: &str| Error::bad_option(name, text, reason);
    let value = match property["type"].as_str() {
        Some("integer") => text
            .parse::<i64>()
            .map_err(|_| bad("a whole number is needed"))?
            .into(),
        Some("number") => {
            let number: f64 = text.parse().map_err(|_| bad("a number is needed"))?;
            serde_json::Number::from_f64(number)
                .ok_or_else(|| bad("a finite number is needed"))?
                .into()
        }
        Some("boolean") => text
            .parse::<bool>()
            .map_err(|_| bad("true or false is needed"))?
            .into(),
        _ => Value::from(text),
    };
    check_value(schema, name, &value)?;
    Ok(value)
}

fn property<'a>(schema: &'a Value, name: &str, value: impl std::fmt::Display) -> Result<&'a Value> {
    let properties = schema["properties"].as_object();
    properties.and_then(|p| p.get(name)).ok_or_else(|| {
        let known: Vec<_> = properties.into_iter().flat_map(|p| p.keys()).collect();
        let known: Vec<_> = known.into_iter().map(String::as_str).collect();
        Error::bad_option(
            name,
            value,
            format!("there is no such option (there are {})", known.join(", ")),
        )
    })
}

/// The values of an `enum`, however schemars wrote it.
fn choices(property: &Value) -> Option<Vec<&str>> {
    if let Some(values) = property["enum"].as_array() {
        return Some(values.iter().filter_map(Value::as_str).collect());
    }
    let one_of = property["oneOf"].as_array()?;
    Some(one_of.iter().filter_map(|v| v["const"].as_str()).collect())
}

/// Check each option by its declared range.
///
/// # Errors
/// [`Error::BadOption`].
pub fn check_all<T: Options>(options: &T) -> Result<()> {
    let schema = kept_schema::<T>();
    for (name, value) in to_json(options)?.as_object().into_iter().flatten() {
        if !value.is_null() {
            check_value(&schema, name, value)?;
        }
    }
    options.check()
}

fn check_value(schema: &Value, name: &str, value: &Value) -> Result<()> {
    let property = property(schema, name, value)?;
    let bad = |reason: String| Err(Error::bad_option(name, value, reason));
    if let Some(choices) = choices(property) {
        return match value.as_str() {
            Some(text) if choices.contains(&text) => Ok(()),
            _ => bad(format!("choose one of {}", choices.join(", "))),
        };
    }
    match property["type"].as_str() {
        Some("integer") if !value.is_i64() && !value.is_u64() => {
            return bad("a whole number is needed".into());
        }
        Some("number") if !value.is_number() => return bad("a number is needed".into()),
        Some("boolean") if !value.is_boolean() => return bad("true or false is needed".into()),
        Some("string") if !value.is_string() => return bad("a text is needed".into()),
        _ => {}
    }
    if let Some(number) = value.as_f64() {
        let (low, high) = (&property["minimum"], &property["maximum"]);
        let below = low.as_f64().is_some_and(|low| number < low);
        let above = high.as_f64().is_some_and(|high| number > high);
        if below || above {
            return bad(format!("it must lie between {low} and {high}"));
        }
    }
    if let (Some(text), Some(most)) = (value.as_str(), property["maxLength"].as_u64())
        && text.chars().count() as u64 > most
    {
        return bad(format!("it must not be longer than {most} characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{families::vae::VaeConfig, model::TrainConfig};

    #[test]
    fn the_schema_knows_the_order_of_declaration() {
        let schema = schema::<VaeConfig>();
        assert_eq!(schema["properties"]["architecture"]["x-order"], 0);
        assert_eq!(schema["properties"]["hidden"]["x-order"], 1);
    }

    #[test]
    fn values_out_of_range_and_unknown_names_are_refused() {
        for (json, ok) in [
            (r#"{"batch_size": 64}"#, true),
            (r#"{"batch_size": 7}"#, false),
            (r#"{"batch_size": 12.5}"#, false),
            (r#"{"learning_rate": 1}"#, false),
            (r#"{"binarize": "none"}"#, true),
            (r#"{"binarize": "static"}"#, false),
            (r#"{"momentum": 0.9}"#, false),
            (r#"[]"#, false),
        ] {
            let value = serde_json::from_str(json).expect("JSON");
            assert_eq!(TrainConfig::from_json(&value).is_ok(), ok, "{json}");
        }
        let together = serde_json::json!({"importance_samples": 5, "beta": 4.0});
        assert!(VaeConfig::from_json(&together).is_err());
    }

    #[test]
    fn text_is_typed_by_the_schema() {
        let schema = schema::<VaeConfig>();
        let parse = |name, text| parse_text(&schema, name, text);
        assert_eq!(parse("latent_dim", "2"), Ok(Value::from(2)));
        assert_eq!(parse("beta", "4"), Ok(Value::from(4.0)));
        for (name, text) in [
            ("latent_dim", "2.5"),
            ("beta", "NaN"),
            ("hidden", ""),
            ("x", "1"),
        ] {
            assert!(parse(name, text).is_err(), "{name}={text}");
        }
    }
}
