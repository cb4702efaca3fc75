//! [`Request::CheckOptions`](crate::protocol::Request::CheckOptions).

use serde_json::{Map, Value};

use crate::{
    data::{pictures::PictureOptions, points, text::TextOptions},
    error::{Error, Result},
    model::TrainConfig,
    options, plots,
    protocol::{ErrorInfo, OptionScope, Outcome},
};

pub(super) fn check_options(
    scope: OptionScope,
    family: &str,
    entries: &[(String, String)],
) -> Result<Outcome> {
    let schema = match scope {
        OptionScope::Train => options::schema::<TrainConfig>(),
        OptionScope::Data => options::schema::<points::ToyOptions>(),
        OptionScope::Text => options::schema::<TextOptions>(),
        OptionScope::Pictures => options::schema::<PictureOptions>(),
        OptionScope::Config | OptionScope::Sample => {
            let found = plots::described().into_iter().find(|f| f.id == family);
            let info = found.ok_or_else(|| Error::UnknownFamily { id: family.into() })?;
            match scope {
                OptionScope::Config => info.config_schema,
                _ => info.sample_schema,
            }
        }
    };
    let (mut values, mut errors) = (Map::new(), Vec::new());
    for (name, text) in entries {
        match options::parse_text(&schema, name, text) {
            Ok(value) => {
                values.insert(name.clone(), value);
            }
            Err(error) => errors.push(ErrorInfo::from(&error)),
        }
    }
    Ok(Outcome::Options {
        values: Value::Object(values),
        errors,
    })
}
