//! What every card of a shipped checkpoint begins with.

use super::manifest::ModelEntry;
use crate::checkpoint::Meta;

/// What the model is (`about` it besides its size), what it learned from, how, and its file, to the title of
/// what is measured. `training` says how long it took.
pub(super) fn head(
    entry: &ModelEntry,
    meta: &Meta,
    about: &str,
    data: &str,
    training: &str,
) -> String {
    let begun = meta.from.as_ref().map_or(String::new(), |from| {
        format!(", begun with the weights of `{from}`, whose own training is on its card")
    });
    format!(
        "# {id}\n\n\
         {title}. Family `{family}`, {parameters} parameters{about}.\n\n\
         - **Data**: {data}.\n\
         - **Recipe**: `recipes/{id}.toml`, seed {seed}{begun}.\n\
         - **Training**: {training}; config `{config}`, training `{train}`.\n\
         - **File**: `{file}`, {bytes} bytes, half precision, SHA-256 `{sha}`.\n\
         - **Licence of the weights**: {licence}.\n\n\
         ## Measured\n\n",
        id = entry.id,
        title = entry.title,
        family = entry.family,
        parameters = entry.parameters,
        seed = meta.seed,
        config = meta.config,
        train = meta.train,
        file = entry.file,
        bytes = entry.bytes,
        sha = entry.sha256,
        licence = entry.licence,
    )
}
