//! A model as one page of PyTorch: a script that loads the saved file and draws from it what the program
//! itself draws from the same noise.

use crate::{
    data::{DataInfo, is_name},
    error::{Error, Result},
    model::Model,
};

/// What all pages have in common, with a place for the family's own part.
const PAGE: &str = include_str!("page.py");

/// Whether there is a page for such a model.
pub fn has_page(model: &dyn Model, data: &DataInfo) -> bool {
    // The pages read no sentences.
    model.page().is_some() && data.space.image().is_ok() && data.words.is_empty()
}

/// The script for a model that is saved as `name`.safetensors. Numbers of its config are written into it.
///
/// # Errors
/// [`Error::Unsupported`] where the family has no page for such data.
pub fn pytorch(model: &dyn Model, data: &DataInfo, name: &str) -> Result<String> {
    let unsupported = || Error::Unsupported {
        what: format!(
            "There is no page of PyTorch for a {} of such data",
            model.title()
        ),
    };
    let part = model.page().ok_or_else(unsupported)?;
    if !is_name(name) {
        let reason = "small letters, digits and hyphens are possible";
        return Err(Error::bad_option("name", name, reason));
    }
    let of = if is_name(&data.name) {
        &data.name
    } else {
        "images"
    };
    if !has_page(model, data) {
        return Err(unsupported());
    }
    let [channels, height, width] = data.space.image().map_err(|_| unsupported())?;
    let config = model.config()?;
    let told = config
        .get("conditional")
        .and_then(serde_json::Value::as_bool);
    let classes = match told {
        Some(true) => data.classes.len(),
        _ => 0,
    };
    let parts = [
        ("# __MODEL__\n", part.to_string()),
        ("__TITLE__", format!("{}, {of}", model.title())),
        ("__PAPER__", model.paper().to_string()),
        ("__FILE__", format!("{name}.safetensors")),
        ("__NAME__", name.to_string()),
        ("__CONFIG__", config.to_string()),
        ("__SHAPE__", format!("{channels}, {height}, {width}")),
        ("__CLASSES__", classes.to_string()),
    ];
    let page = parts.iter().fold(PAGE.to_string(), |page, (hole, text)| {
        page.replace(hole, text)
    });
    Ok(page)
}
