//! Recipes: how a shipped checkpoint is trained.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;
use serde_json::Value;

use super::{Place, read};
use crate::{
    data::{DataInfo, Dataset, ImageSet, PointSet, SpaceKind, TextSet},
    error::{Error, Result},
    families,
    model::TrainConfig,
};

/// How a shipped checkpoint is trained: `recipes/*.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the checkpoint.
    pub id: String,
    /// Its title in the page.
    pub title: String,
    /// Id of the family.
    pub family: String,
    /// Name of the data set.
    pub data: String,
    /// Options of a toy data set.
    #[serde(default)]
    pub data_options: Value,
    /// SHA-256 of the data, unpacked; it is refused if it has another.
    #[serde(default)]
    pub sha256: Option<String>,
    /// Seed of everything that is drawn.
    pub seed: u64,
    /// The family's options.
    #[serde(default)]
    pub config: Value,
    /// Options of the training.
    #[serde(default)]
    pub train: Value,
    /// What `playground evaluate` should measure, by the id of the metric: at least this many
    /// `modes` and this share of `highQuality`, at most this of all others.
    #[serde(default)]
    pub goals: BTreeMap<String, f64>,
}

impl Recipe {
    /// # Errors
    /// [`Error::FileNotFound`], [`Error::Io`], [`Error::BadRecipe`].
    pub fn read(path: &Path) -> Result<Self> {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        toml::from_str(&text).map_err(|e| Error::BadRecipe {
            path: path.display().to_string(),
            reason: e.to_string().trim_end().replace('\n', " "),
        })
    }

    /// Its data.
    ///
    /// # Errors
    /// What the data set says; [`Error::BadRecipe`] if it is not what the recipe names.
    pub fn load(&self, path: &Path, place: &Place) -> Result<Dataset> {
        let text = families::kinds(&self.family)?.contains(&SpaceKind::Text);
        let data: Dataset = if PointSet::is_toy(&self.data) {
            PointSet::toy(&self.data, &self.data_options, self.seed)?.into()
        } else if text {
            TextSet::from_folder(&self.data, &self.data_options, None, &place.data)?.into()
        } else {
            ImageSet::from_folder(&self.data, &place.data)?.into()
        };
        let found = &data.info().sha256;
        if self.sha256.as_ref().is_some_and(|want| want != found) {
            return Err(Error::BadRecipe {
                path: path.display().to_string(),
                reason: format!("the data called {} has the SHA-256 {found}", self.data),
            });
        }
        Ok(data)
    }

    /// Its model's config and its training: what it asks for, over what its family starts from on
    /// such data.
    ///
    /// # Errors
    /// [`Error::UnknownFamily`], [`Error::BadOption`].
    pub fn options(&self, data: &DataInfo) -> Result<(Value, TrainConfig)> {
        families::with_defaults(&self.family, &data.space, &self.config, &self.train)
    }
}
