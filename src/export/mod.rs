//! A model as one page of PyTorch: a script that loads the saved file and draws from it what the program
//! itself draws from the same noise.

use crate::{
    data::{DataInfo, is_name, tokenizer::Vocabulary},
    error::{Error, Result},
    model::Model,
};

/// What all pages have in common; and around it pages by what they draw, with a place for the family's own part.
const COMMON: &str = include_str!("page.py");
const IMAGES: &str = include_str!("images.py");
const TEXT: &str = include_str!("text.py");
/// What the parts of several families ask for.
const UNET: &str = include_str!("../nn/unet.py");
const SOLVER: &str = include_str!("../families/ddpm/solver.py");

/// What a page draws.
enum Kind<'a> {
    Images([usize; 3]),
    /// Of these characters, one for each token.
    Text(&'a str),
}

fn kind(data: &DataInfo) -> Option<Kind<'_>> {
    if let Some(vocabulary) = data.space.vocabulary() {
        // The pages know no pieces of words.
        return match vocabulary {
            Vocabulary::Characters { alphabet } => Some(Kind::Text(alphabet)),
            _ => None,
        };
    }
    // Nor do they read sentences.
    let shape = data.space.image().ok().filter(|_| data.words.is_empty());
    shape.map(Kind::Images)
}

/// Whether there is a page for such a model.
pub fn has_page(model: &dyn Model, data: &DataInfo) -> bool {
    page(model).is_some() && kind(data).is_some()
}

/// The family's own part of the page. The U-Net of the pages takes each pixel by itself.
fn page(model: &dyn Model) -> Option<&'static str> {
    let config = model.config().ok()?;
    let squares = config.get("squares").and_then(serde_json::Value::as_bool);
    model.page().filter(|_| squares != Some(true))
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
    let part = page(model).ok_or_else(unsupported)?;
    let kind = kind(data).ok_or_else(unsupported)?;
    if !is_name(name) {
        let reason = "small letters, digits and hyphens are possible";
        return Err(Error::bad_option("name", name, reason));
    }
    let config = model.config()?;
    let told = config
        .get("conditional")
        .and_then(serde_json::Value::as_bool);
    let classes = match told {
        Some(true) => data.classes.len(),
        _ => 0,
    };
    let (page, what, shape, alphabet) = match kind {
        Kind::Images([c, h, w]) => (IMAGES, "images", format!("{c}, {h}, {w}"), ""),
        Kind::Text(alphabet) => (TEXT, "text", String::new(), alphabet),
    };
    let of = if is_name(&data.name) {
        &data.name
    } else {
        what
    };
    let parts = [
        ("# __COMMON__\n", COMMON.to_string()),
        ("# __MODEL__\n", part.to_string()),
        ("# __UNET__\n", UNET.to_string()),
        ("# __SOLVER__\n", SOLVER.to_string()),
        ("__TITLE__", format!("{}, {of}", model.title())),
        ("__PAPER__", model.paper().to_string()),
        ("__FILE__", format!("{name}.safetensors")),
        ("__NAME__", name.to_string()),
        ("__CONFIG__", config.to_string()),
        ("__SHAPE__", shape),
        ("__CLASSES__", classes.to_string()),
        // A string of JSON is one of Python. A reader's letters come last, so that none are taken for a hole.
        (
            "__VOCABULARY__",
            serde_json::Value::from(alphabet).to_string(),
        ),
    ];
    let page = parts.iter().fold(page.to_string(), |page, (hole, text)| {
        page.replace(hole, text)
    });
    Ok(page)
}
