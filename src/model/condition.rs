//! What is asked of a sampler besides how many.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::{
    data::{
        groove,
        scenes::words,
        score::{Asked, RollInput},
    },
    error::{Error, Result},
    options::{self, Options},
    rng::{Purpose, Rng},
};

/// What samples are to fit. What is left out is free.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct Condition {
    /// What the text begins with.
    #[schemars(title = "Prompt", length(max = 20000))]
    pub prompt: Option<String>,
    /// The class to draw from.
    #[schemars(title = "Class", range(min = 0, max = 255), extend("x-data" = ["image"]))]
    pub label: Option<u32>,
    /// How strongly samples follow the condition; 1 = as the model learned it.
    #[schemars(title = "Guidance", range(min = 0.0, max = 20.0), extend("x-data" = ["image"], "default" = 1.0))]
    pub guidance: Option<f64>,
    /// Values of one example, as many as it has; those count where `mask` is 1.
    pub known: Option<Vec<f32>>,
    /// For each value 1 if it is known, 0 if it is to be drawn.
    pub mask: Option<Vec<u8>>,
    /// Where a walk or a path begins: an image, or a point.
    pub start: Option<Vec<f32>>,
    /// How far from `start` samples may lead: 0 nowhere, 1 as if it were not there.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub strength: Option<f64>,
    /// Averages over squares of 2 × 2 pixels, channel by channel and row by row: samples are images that
    /// have these.
    pub coarse: Option<Vec<f32>>,
    /// Where a path ends.
    pub goal: Option<Vec<f32>>,
    /// Walls of a maze, row by row from the top: # for a wall and . for floor, with / between rows.
    #[schemars(length(max = 200))]
    pub walls: Option<String>,
    /// Music of which some is given and some is to be made.
    pub score: Option<RollInput>,
}

impl Options for Condition {}

/// The conditions that a family can honour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ConditionKind {
    /// [`Condition::prompt`].
    Prompt,
    /// [`Condition::label`].
    Label,
    /// [`Condition::guidance`].
    Guidance,
    /// [`Condition::known`] and [`Condition::mask`].
    Known,
    /// [`Condition::start`].
    Start,
    /// [`Condition::strength`].
    Strength,
    /// [`Condition::coarse`].
    Coarse,
    /// [`Condition::goal`].
    Goal,
    /// [`Condition::walls`].
    Walls,
    /// [`Condition::score`].
    Score,
}

impl ConditionKind {
    /// Its field.
    pub fn name(self) -> &'static str {
        match self {
            ConditionKind::Prompt => "prompt",
            ConditionKind::Label => "label",
            ConditionKind::Guidance => "guidance",
            ConditionKind::Known => "known",
            ConditionKind::Start => "start",
            ConditionKind::Strength => "strength",
            ConditionKind::Coarse => "coarse",
            ConditionKind::Goal => "goal",
            ConditionKind::Walls => "walls",
            ConditionKind::Score => "score",
        }
    }
}

impl Condition {
    /// Nothing but a prompt.
    pub fn prompt(text: &str) -> Self {
        Self {
            prompt: Some(text.into()),
            ..Self::default()
        }
    }

    /// What is asked.
    fn asked(&self) -> impl Iterator<Item = ConditionKind> {
        let known = self.known.is_some() || self.mask.is_some();
        let all = [
            (ConditionKind::Prompt, self.prompt.is_some()),
            (ConditionKind::Label, self.label.is_some()),
            (ConditionKind::Guidance, self.guidance.is_some()),
            (ConditionKind::Known, known),
            (ConditionKind::Start, self.start.is_some()),
            (ConditionKind::Strength, self.strength.is_some()),
            (ConditionKind::Coarse, self.coarse.is_some()),
            (ConditionKind::Goal, self.goal.is_some()),
            (ConditionKind::Walls, self.walls.is_some()),
            (ConditionKind::Score, self.score.is_some()),
        ];
        all.into_iter().filter(|a| a.1).map(|a| a.0)
    }

    /// Refuse what a family called `title` does not honour, and values out of range.
    ///
    /// # Errors
    /// [`Error::Unsupported`], [`Error::BadOption`].
    pub fn check_for(&self, honoured: &[ConditionKind], title: &str) -> Result<()> {
        if let Some(kind) = self.asked().find(|kind| !honoured.contains(kind)) {
            let name = kind.name();
            return Err(Error::Unsupported {
                what: format!("{title} cannot sample with the condition “{name}”"),
            });
        }
        options::check_all(self)
    }

    /// The class of each of `count` samples, of a model that knows `classes` of them: the one that is
    /// asked for, else one drawn at random for each. Nothing for a model that knows none.
    ///
    /// # Errors
    /// [`Error::BadOption`] for a class that there is not.
    pub fn labels(&self, classes: usize, count: usize, seed: u64) -> Result<Vec<u32>> {
        match self.label {
            Some(label) if classes == 0 => {
                let reason = "this model was trained without classes, so none can be asked for";
                Err(Error::bad_option("label", label, reason))
            }
            Some(label) if label as usize >= classes => {
                let reason = format!("its classes are 0 to {}", classes - 1);
                Err(Error::bad_option("label", label, reason))
            }
            Some(label) => Ok(vec![label; count]),
            None if classes == 0 => Ok(Vec::new()),
            None => {
                let mut rng = Rng::new(seed, Purpose::Label, 0);
                Ok((0..count).map(|_| rng.below(classes) as u32).collect())
            }
        }
    }

    /// The words of the prompt as tokens of a vocabulary; nothing where there is no prompt.
    ///
    /// # Errors
    /// [`Error::BadOption`] for words that are not known, and for any where the vocabulary is empty.
    pub fn tokens(&self, vocabulary: &[String]) -> Result<Vec<u32>> {
        match &self.prompt {
            Some(prompt) if vocabulary.is_empty() => {
                let reason = "this model was trained without captions, so it knows no words";
                Err(Error::bad_option("prompt", prompt, reason))
            }
            Some(prompt) => words::tokens(prompt, vocabulary),
            None => Ok(Vec::new()),
        }
    }

    /// Where to start, for examples of `count` values.
    ///
    /// # Errors
    /// [`Error::BadOption`] if it has another length or is not finite, and for a strength without a
    /// start.
    pub fn start(&self, count: usize) -> Result<Option<&[f32]>> {
        match (&self.start, self.strength) {
            (Some(start), _) => {
                check_values("start", start, count)?;
                Ok(Some(start))
            }
            (None, Some(strength)) => {
                let reason = "it says how far to go from a start, and there is none";
                Err(Error::bad_option("strength", strength, reason))
            }
            (None, None) => Ok(None),
        }
    }

    /// The averages over squares, for images `[channels, height, width]`.
    ///
    /// # Errors
    /// [`Error::BadOption`] if they are as many as no such image has, or not finite.
    pub fn coarse(&self, [channels, height, width]: [usize; 3]) -> Result<Option<&[f32]>> {
        let Some(coarse) = &self.coarse else {
            return Ok(None);
        };
        if height % 2 + width % 2 > 0 {
            let reason = format!("{height} × {width} pixels cannot be halved");
            return Err(Error::bad_option("coarse", coarse.len(), reason));
        }
        check_values("coarse", coarse, channels * height * width / 4)?;
        Ok(Some(coarse))
    }

    /// The music, on the grid; without any, `steps` sixteenths of which all is to be made, in bars of 4/4 and lines of
    /// two bars.
    ///
    /// # Errors
    /// [`Error::BadScore`].
    pub fn score(&self, steps: usize) -> Result<Asked> {
        match &self.score {
            Some(roll) => roll.asked(),
            None => Ok(Asked::anything(steps)),
        }
    }

    /// The drums, on the grid; without any, `steps` sixteenths of which all is to be made.
    ///
    /// # Errors
    /// [`Error::BadScore`].
    pub fn groove(&self, steps: usize) -> Result<groove::Asked> {
        match &self.score {
            Some(roll) => groove::Asked::of(roll),
            None => Ok(groove::Asked::anything(steps)),
        }
    }

    /// The known values and their mask, for examples of `count` values.
    ///
    /// # Errors
    /// [`Error::BadOption`] if either is missing, of another length, or not finite.
    pub fn known(&self, count: usize) -> Result<Option<Vec<Option<f32>>>> {
        let (known, mask) = match (&self.known, &self.mask) {
            (None, None) => return Ok(None),
            (known, mask) => (
                known.as_deref().unwrap_or_default(),
                mask.as_deref().unwrap_or_default(),
            ),
        };
        check_values("known", known, count)?;
        check_length("mask", mask.len(), count)?;
        let each = known.iter().zip(mask);
        Ok(Some(each.map(|(&v, &m)| (m != 0).then_some(v)).collect()))
    }
}

fn check_length(name: &str, length: usize, count: usize) -> Result<()> {
    match length == count {
        true => Ok(()),
        false => {
            let reason = format!("{count} are needed");
            Err(Error::bad_option(name, format!("{length} values"), reason))
        }
    }
}

fn check_values(name: &str, values: &[f32], count: usize) -> Result<()> {
    check_length(name, values.len(), count)?;
    match values.iter().find(|v| !v.is_finite()) {
        Some(v) => Err(Error::bad_option(name, v, "finite numbers are needed")),
        None => Ok(()),
    }
}

/// A schema of sampling options with the conditions of `honoured` that a form can ask for.
pub(crate) fn with_conditions(mut schema: Value, honoured: &[ConditionKind]) -> Value {
    let conditions = options::schema::<Condition>();
    for name in honoured.iter().map(|kind| kind.name()) {
        let mut property = conditions["properties"][name].clone();
        if property["title"].is_null() {
            continue;
        }
        // An option that may be absent: its type alone matters to a form.
        if let Some(types) = property["type"].as_array() {
            property["type"] = types.first().cloned().unwrap_or_default();
        }
        if let Some(property) = property.as_object_mut() {
            property.insert("x-order".into(), (-1).into());
            // Where nothing is said, there is nothing to show, unless its declaration says what holds then.
            property.retain(|key, value| key != "default" || !value.is_null());
        }
        schema["properties"][name] = property;
    }
    schema
}
