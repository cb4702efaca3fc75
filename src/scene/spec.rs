//! What can be asked for.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    bytes::Bytes,
    data::input::{ClipInput, ImageInput, LetterInput, MaskInput},
};

/// A picture that can be made of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlotSpec {
    /// For example `density`.
    pub id: String,
    /// For example `Density`.
    pub title: String,
    /// What is drawn, and how to read it: the caption.
    pub help: String,
    /// What it is asked with besides a count, a seed and a resolution.
    pub inputs: Vec<PlotInput>,
    /// Whether the data is drawn beneath it when the reader wants it.
    pub over_data: bool,
    /// The kind of picture that it is answered with, where another is usual for its inputs.
    pub answer: Option<&'static str>,
    /// Whether the data has to be at hand.
    pub needs_data: bool,
    /// Whether the model has to have learned classes.
    pub needs_classes: bool,
    /// Whether its data has to be sounds.
    pub needs_sound: bool,
    /// Whether other models of the same data can be asked the same, for their numbers to stand beside these.
    pub comparable: bool,
    /// Whether it is twice as wide as high: two pictures side by side.
    pub wide: bool,
    /// Whether it takes long: it begins when the reader asks for it, and is told as it grows.
    pub slow: bool,
}

impl PlotSpec {
    /// A plot without inputs.
    pub fn new(id: &str, title: &str, help: &str) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            help: help.into(),
            inputs: Vec::new(),
            over_data: false,
            answer: None,
            needs_data: false,
            needs_classes: false,
            needs_sound: false,
            comparable: false,
            wide: false,
            slow: false,
        }
    }

    /// It with an input.
    #[must_use]
    pub fn with(mut self, input: PlotInput) -> Self {
        self.inputs.push(input);
        self
    }

    /// It with a scrubber along `along`, for example `layers`.
    #[must_use]
    pub fn along(self, along: &str) -> Self {
        self.with(PlotInput::Scrubber {
            along: along.into(),
        })
    }

    /// It answered with this kind of [`View`](super::View), for example `raster`.
    #[must_use]
    pub fn answered(mut self, kind: &'static str) -> Self {
        self.answer = Some(kind);
        self
    }

    /// It with the data at hand.
    #[must_use]
    pub fn with_data(mut self) -> Self {
        self.needs_data = true;
        self
    }

    /// It of models that have learned classes.
    #[must_use]
    pub fn with_classes(mut self) -> Self {
        self.needs_classes = true;
        self
    }

    /// It of models that have learned sounds.
    #[must_use]
    pub fn with_sound(mut self) -> Self {
        self.needs_sound = true;
        self
    }

    /// It beside that of other models.
    #[must_use]
    pub fn comparable(mut self) -> Self {
        self.comparable = true;
        self
    }

    /// It twice as wide as high.
    #[must_use]
    pub fn twice(mut self) -> Self {
        self.wide = true;
        self
    }

    /// It when the reader asks for it.
    #[must_use]
    pub fn slow(mut self) -> Self {
        self.slow = true;
        self
    }

    /// It over the data.
    #[must_use]
    pub fn over_data(mut self) -> Self {
        self.over_data = true;
        self
    }
}

/// What a plot is asked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum PlotInput {
    /// A place between a beginning (0) and an end (1): [`PlotInputs::at`].
    Scrubber {
        /// What it moves along, for example `layers` or `time`.
        along: String,
    },
    /// A point in the window: [`PlotInputs::pointer`].
    Pointer,
    /// An image: [`PlotInputs::image`].
    Image,
    /// Two images: [`PlotInputs::image`] and [`PlotInputs::to`].
    Pair,
    /// An image and a part of it: [`PlotInputs::image`] and [`PlotInputs::mask`].
    Mask,
    /// A clip: [`PlotInputs::clip`], or a held-out one by the seed.
    Clip,
    /// A text: [`PlotInputs::text`].
    Text,
    /// What a model that knows words is told, if anything: [`PlotInputs::text`].
    Sentence,
    /// What is to be changed, in words: [`PlotInputs::text`].
    Instruction {
        /// One to begin with.
        example: String,
    },
    /// A few images, each with its class: [`PlotInputs::letters`].
    Letters,
    /// A text with gaps: [`PlotInputs::text`].
    Gaps {
        /// One to begin with.
        example: String,
    },
    /// A sentence that is compared with others: [`PlotInputs::text`].
    Query {
        /// One to begin with.
        example: String,
    },
    /// Texts, one a line: [`PlotInputs::lines`].
    Lines {
        /// What they are.
        title: String,
        /// Some to begin with.
        example: String,
    },
    /// The passages of the site's chapters: [`PlotInputs::lines`] and [`PlotInputs::vectors`].
    Passages,
    /// Points that the reader places in the window: [`PlotInputs::marks`].
    Marks,
    /// A mission, actions to begin with, and what is changed in the world: [`PlotInputs::text`],
    /// [`PlotInputs::actions`], [`PlotInputs::changes`].
    Mission,
    /// A question about what a model sees: [`PlotInputs::text`].
    Question {
        /// One to begin with.
        example: String,
    },
    /// Episodes that the reader has played, and the one at hand: [`PlotInputs::lines`], [`PlotInputs::actions`], and the
    /// number of its world, [`PlotInputs::count`].
    Demonstrations,
    /// A maze that the reader may draw, a start and a goal: [`PlotInputs::text`], [`PlotInputs::marks`],
    /// [`PlotInputs::walls`].
    Maze,
    /// A text and two languages: [`PlotInputs::text`], [`PlotInputs::from`], [`PlotInputs::into`].
    Phrase,
}

/// The answers to a plot's inputs; what a plot does not ask for is ignored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, rename_all = "camelCase")]
#[ts(optional_fields)]
pub struct PlotInputs {
    /// Where the scrubber stands, 0 to 1.
    #[ts(as = "Option<f32>")]
    pub at: f32,
    /// What the reader points at, in the window's coordinates.
    pub pointer: Option<[f32; 2]>,
    /// Points that the reader placed, in the window's coordinates.
    #[ts(as = "Option<Vec<[f32; 2]>>")]
    pub marks: Vec<[f32; 2]>,
    /// An image, or the first of two.
    pub image: Option<ImageInput>,
    /// The second image.
    pub to: Option<ImageInput>,
    /// Which part of the image is meant.
    pub mask: Option<MaskInput>,
    /// A clip of the reader's own.
    pub clip: Option<ClipInput>,
    /// Images, each with its class.
    #[ts(as = "Option<Vec<LetterInput>>")]
    pub letters: Vec<LetterInput>,
    /// A text.
    #[ts(as = "Option<String>")]
    pub text: String,
    /// Texts, one a line.
    #[ts(as = "Option<String>")]
    pub lines: String,
    /// What a model made of these lines before, in whole numbers of 8 bits: a vector for each line, all noughts where
    /// there is none.
    #[ts(as = "Option<Bytes>")]
    pub vectors: Bytes,
    /// Actions that are taken before the model's own, by their letters.
    #[ts(as = "Option<String>")]
    pub actions: String,
    /// What is changed in a world while something acts in it: see [`Change`](crate::worlds::rooms::Change).
    #[ts(as = "Option<String>")]
    pub changes: String,
    /// How strongly walls push away what is planned, from 0 to 1.
    #[ts(as = "Option<f32>")]
    pub walls: f32,
    /// The language of the text, by its code; empty for the model's first.
    #[ts(as = "Option<String>")]
    pub from: String,
    /// The language to translate it into; empty for the model's second.
    #[ts(as = "Option<String>")]
    pub into: String,
    /// How many points, lines, draws or steps.
    #[ts(as = "Option<u32>")]
    pub count: u32,
    /// Seed of its noise.
    #[ts(as = "Option<u32>")]
    pub seed: u32,
    /// Columns and rows of a field or a map.
    #[ts(as = "Option<u32>")]
    pub resolution: u32,
    /// How a walk between two codes goes.
    #[ts(as = "Option<Path>")]
    pub path: Path,
}

/// How an interpolation walks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Path {
    /// z = (1 − t) a + t b.
    #[default]
    Linear,
    /// Along the great circle (White 2016, arXiv:1609.04468).
    Spherical,
}
