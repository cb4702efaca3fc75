//! Recipes: how a shipped checkpoint is trained.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;
use serde_json::Value;

use super::{Place, files::read};
use crate::{
    checkpoint,
    data::{
        ClipSet, DataInfo, Dataset, EpisodeSet, FunctionSet, GrooveSet, ImageSet, PairSet, PathSet,
        PointSet, ScoreSet, SpaceKind, TextSet, clips, episodes, functions, groove, images,
        is_name, pairs, paths, scenes, score,
    },
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
    /// Name of a checkpoint of that family to begin with: what has the same name and shape in both is taken
    /// over, and what only this model has is drawn.
    #[serde(default)]
    pub from: Option<String>,
    /// Name of the data set.
    pub data: String,
    /// Options of a toy data set or of a text.
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
        let bad = |reason: String| Error::BadRecipe {
            path: path.display().to_string(),
            reason,
        };
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        let recipe: Self =
            toml::from_str(&text).map_err(|e| bad(e.to_string().trim_end().replace('\n', " ")))?;
        // Files and folders are called by them.
        let from = recipe.from.iter().map(|from| ("from", from));
        for (what, name) in [("id", &recipe.id), ("data", &recipe.data)]
            .into_iter()
            .chain(from)
        {
            if !is_name(name) {
                return Err(bad(format!(
                    "its {what} “{name}” is not of small letters, digits and hyphens, at most 60"
                )));
            }
        }
        Ok(recipe)
    }

    /// Its data, for a training with this seed.
    ///
    /// # Errors
    /// What the data set says; [`Error::BadRecipe`] if it is not what the recipe names, or if options
    /// of it would do nothing.
    pub fn load(&self, path: &Path, seed: u64, place: &Place) -> Result<Dataset> {
        let bad = |reason: String| Error::BadRecipe {
            path: path.display().to_string(),
            reason,
        };
        let kinds = families::kinds(&self.family)?;
        let (toy, text) = (
            PointSet::is_toy(&self.data),
            kinds.contains(&SpaceKind::Text),
        );
        if scenes::is_scenes(&self.data) {
            return Ok(scenes::dataset(&self.data_options)?.into());
        }
        if let Some(kind) = clips::Kind::of(&self.data) {
            return Ok(ClipSet::from_folder(kind, &self.data_options, &place.data)?.into());
        }
        if episodes::is_episodes(&self.data) {
            let (options, played) = self.played(path, place)?;
            let set = EpisodeSet::named(&self.data, &options)?;
            return Ok(match played {
                None => set.into(),
                Some((text, sha256)) => set.with(episodes::read_lines(&text)?, sha256).into(),
            });
        }
        if paths::is_paths(&self.data) {
            let (options, played) = self.played(path, place)?;
            let set = PathSet::new(&options)?;
            return Ok(match played {
                None => set.into(),
                Some((text, sha256)) => set.with(paths::read_lines(&text)?, sha256).into(),
            });
        }
        if pairs::is_made(&self.data) {
            return Ok(PairSet::new(&self.data, &self.data_options)?.into());
        }
        if pairs::is_table(&self.data) {
            let set = PairSet::from_folder(&self.data, &self.data_options, &place.data)?;
            return Ok(set.into());
        }
        if functions::is_functions(&self.data) {
            return Ok(FunctionSet::new(&self.data, &self.data_options)?.into());
        }
        if score::is_score(&self.data) {
            return Ok(ScoreSet::from_folder(&place.data)?.into());
        }
        if groove::is_groove(&self.data) {
            return Ok(GrooveSet::from_folder(&place.data)?.into());
        }
        if !toy && !text && !self.data_options.is_null() {
            let reason = format!("the data called {} has no options", self.data);
            return Err(bad(reason));
        }
        let data: Dataset = if toy {
            PointSet::toy(&self.data, &self.data_options, seed)?.into()
        } else if text {
            TextSet::from_folder(&self.data, &self.data_options, None, &place.data)?.into()
        } else if images::known(&self.data).is_err() && kinds.contains(&SpaceKind::Points) {
            PointSet::from_folder(&self.data, &place.data)?.into()
        } else {
            ImageSet::from_folder(&self.data, &place.data)?.into()
        };
        let found = &data.info().sha256;
        if self.sha256.as_ref().is_some_and(|want| want != found) {
            let reason = format!("the data called {} has the SHA-256 {found}", self.data);
            return Err(bad(reason));
        }
        Ok(data)
    }

    /// The options of its data but for `played`, and the text and the hash of the JSON Lines that this names.
    fn played(&self, path: &Path, place: &Place) -> Result<(Value, Option<(String, String)>)> {
        let mut options = self.data_options.clone();
        let Some(played) = options.as_object_mut().and_then(|o| o.remove("played")) else {
            return Ok((options, None));
        };
        let name = played.as_str().ok_or_else(|| Error::BadRecipe {
            path: path.display().to_string(),
            reason: "“played” has to name a file".into(),
        })?;
        let bytes = read(&place.data.join(name))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok((options, Some((text, checkpoint::sha256(&bytes)))))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{checkpoint, options::Options};

    /// What a family starts from may change; how a checkpoint was trained may not.
    #[test]
    fn a_recipe_says_how_its_checkpoint_was_trained() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut seen, mut wrong) = (0, Vec::new());
        for entry in std::fs::read_dir(root.join("recipes")).expect("recipes") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|e| e != "toml") {
                continue;
            }
            let recipe = Recipe::read(&path).expect("a recipe");
            let file = root.join(format!("web/checkpoints/{}.safetensors", recipe.id));
            let Ok(bytes) = std::fs::read(file) else {
                continue;
            };
            let (meta, _) = checkpoint::inspect(&bytes).expect("a checkpoint");
            let (config, asked) = recipe.options(&meta.data).expect("options");
            let train = TrainConfig::from_json(&meta.train).expect("options");
            // Some were stopped sooner, or had a part before; their recipes say so.
            let asked = TrainConfig {
                steps: train.steps,
                ..asked
            };
            if asked != train {
                wrong.push(format!("{}: {asked:?}, not {train:?}", recipe.id));
            }
            // What came later is not in older files.
            for (name, value) in meta.config.as_object().expect("a config") {
                if config.get(name) != Some(value) {
                    let id = &recipe.id;
                    wrong.push(format!("{id}: {name} {:?}, not {value}", config.get(name)));
                }
            }
            seen += 1;
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(seen >= 30, "{seen} recipes");
    }
}
