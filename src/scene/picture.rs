//! Pictures: what the page draws.

use serde::Serialize;
use ts_rs::TS;

use crate::{bytes::Bytes, data::score::Roll};

/// Something to draw. The page knows these kinds and no model.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum View {
    /// Pictures of equal size, already laid out as a grid.
    Image {
        /// Pixels in a row of the whole.
        width: u32,
        /// Rows of the whole.
        height: u32,
        /// Tiles in a row.
        columns: u32,
        /// Rows of tiles.
        rows: u32,
        /// 4 · width · height bytes.
        rgba: Bytes,
        /// What each tile is; empty where they are all of a kind.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<String>>")]
        titles: Vec<String>,
    },
    /// Clips, one below the other.
    Clips {
        /// All frames (a [`View::Image`] with a row for each clip and a column for each frame).
        sheet: Box<View>,
        /// What each clip is; empty where they are all samples.
        titles: Vec<String>,
        /// For each frame whether it was given, and not made.
        given: Vec<bool>,
    },
    /// Points in 2-D.
    Points {
        /// x, y, x, y, … as little-endian f32.
        xy: Bytes,
        /// The class of each, or empty.
        classes: Bytes,
    },
    /// A drawing in 2-D.
    Plot {
        /// Left, right, bottom, top of what is drawn.
        window: [f32; 4],
        /// What is drawn, from the bottom up.
        layers: Vec<Layer>,
        /// What it is, in a few words: "exact density", "after layer 3 of 8".
        label: String,
        /// Numbers to stand beside it.
        numbers: Vec<Number>,
        /// Bars to stand beside it, one for each layer of a flow, for example.
        bars: Option<Bars>,
        /// What its colours stand for; empty where the caption says it.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<Key>>")]
        key: Vec<Key>,
    },
    /// Texts, token by token.
    Texts {
        /// They.
        texts: Vec<Text>,
    },
    /// Square matrices over the same tokens, one for each layer and head.
    Matrices {
        /// The tokens: rows look at columns.
        tokens: Vec<String>,
        /// Layers.
        layers: u32,
        /// Heads of a layer.
        heads: u32,
        /// `layers · heads` matrices of f32, row by row, little-endian.
        values: Bytes,
    },
    /// A table of words with a number each.
    Table {
        /// Heads of the columns.
        columns: Vec<String>,
        /// Heads of the rows.
        rows: Vec<String>,
        /// Cells, row by row.
        cells: Vec<Cell>,
    },
    /// A translation.
    Translation {
        /// What was read, piece by piece, after its languages.
        read: Vec<String>,
        /// What was guessed, piece by piece, and the end.
        written: Vec<String>,
        /// Its pieces, each with what else could have stood there.
        tokens: Vec<Token>,
        /// The likeliest translations, best first.
        proposals: Vec<Proposal>,
        /// Layers of the decoder.
        layers: u32,
        /// Heads of a layer.
        heads: u32,
        /// Where it looked: `layers · heads` matrices of f32 with a row for each piece that was guessed and a
        /// column for each that was read, row by row, little-endian.
        alignment: Bytes,
    },
    /// Curves over places that lie at equal distances.
    Chart {
        /// What runs to the right.
        across: String,
        /// What runs upwards.
        up: String,
        /// The places.
        ticks: Vec<String>,
        /// Lowest and highest value that is drawn.
        range: [f32; 2],
        /// They.
        curves: Vec<Curve>,
        /// A value to compare with, and what it is.
        level: Option<(String, f32)>,
    },
    /// Texts with a bar each, the largest first.
    Ranking {
        /// What the bars are.
        title: String,
        /// What the shares are; empty where there are none.
        share: String,
        /// Where bars may begin and end; they start from nought.
        range: [f32; 2],
        /// They.
        rows: Vec<Ranked>,
        /// Numbers to stand beside it.
        numbers: Vec<Number>,
    },
    /// What an agent does in a world, moment by moment.
    Episode {
        /// The world from above at each moment, and at the end (a [`View::Image`] of a row of tiles).
        worlds: Box<View>,
        /// What the agent sees at each, likewise.
        sights: Box<View>,
        /// What is to be seen there.
        caption: String,
        /// The mission as a sentence.
        mission: String,
        /// Its words.
        words: Vec<String>,
        /// What can be done, for people.
        actions: Vec<String>,
        /// A letter for each of them.
        letters: String,
        /// The moments before each action.
        moments: Vec<EpisodeMoment>,
        /// What came of it, as a sentence.
        outcome: String,
        /// What the model said that it is up to, one thing after the other, as a mission; empty for nothing.
        plan: String,
        /// Missions that this world has something for.
        suggestions: Vec<String>,
        /// Whether the mission is done.
        done: bool,
        /// Steps that the expert takes for it; `null` where it cannot be done.
        expert_steps: Option<u32>,
        /// Where the reader plays or answers: how that goes on, and what they have played before.
        lesson: Option<Box<Lesson>>,
        /// Where the reader can change the world: how, and what they have changed.
        changing: Option<Box<Changing>>,
        /// What the model makes of each action at the end, as [`EpisodeMoment::probabilities`] before; empty where
        /// nothing is decided there.
        at_end: Vec<f32>,
    },
    /// Music.
    Scores {
        /// It, one or several pieces.
        scores: Vec<Roll>,
    },
    /// Sounds, each with its picture.
    Sounds {
        /// The pictures (a [`View::Image`] with a tile for each).
        sheet: Box<View>,
        /// Samples a second.
        rate: u32,
        /// Of each the samples, 16 bits, little-endian.
        sounds: Vec<Bytes>,
        /// What each is; empty where nothing is known of it.
        titles: Vec<String>,
        /// For each whether it is of the data, and not made.
        given: Vec<bool>,
    },
    /// Named numbers.
    Numbers {
        /// They.
        numbers: Vec<Number>,
    },
    /// An image of which each pixel can be asked about, in the order of reading.
    Raster {
        /// It as the model sees it (a [`View::Image`] of one tile).
        image: Box<View>,
        /// Levels of a pixel; 0 where it has none.
        levels: u32,
        /// The level of each pixel.
        values: Bytes,
        /// The probability of each level of each pixel, given the pixels before it: `pixels · levels` of
        /// f32, little-endian; empty where the model does not go pixel by pixel.
        probabilities: Bytes,
        /// Numbers to stand beside it.
        numbers: Vec<Number>,
    },
    /// A diagonal Gaussian.
    Posterior {
        /// Means.
        mu: Vec<f32>,
        /// Standard deviations.
        sigma: Vec<f32>,
        /// KL(q‖p) of each dimension, nats.
        kl: Vec<f32>,
    },
    /// An image, its code and what comes back.
    Reconstruction {
        /// The image as the model sees it (a [`View::Image`] of one tile).
        input: Box<View>,
        /// Means.
        mu: Vec<f32>,
        /// Standard deviations.
        sigma: Vec<f32>,
        /// The drawn z, `latent_dim` numbers for each.
        z: Vec<f32>,
        /// One tile a draw.
        output: Box<View>,
        /// −log p(x|z) averaged over the draws, nats.
        reconstruction: f32,
        /// KL(q‖p), nats.
        kl: f32,
    },
}

impl View {
    /// It as one image, if it is pictures: of clips all their frames.
    #[must_use]
    pub fn still(self) -> Self {
        match self {
            View::Clips { sheet, .. } | View::Sounds { sheet, .. } => *sheet,
            view => view,
        }
    }
}

/// A text, or what was added to it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Text {
    /// How many tokens came before these (progress carries only what is new).
    pub start: u32,
    /// They.
    pub tokens: Vec<Token>,
    /// Whether they take the place of all that was told before.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub anew: bool,
}

/// A token of a text and what else could have stood there.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text. A character that takes several tokens stands with the last of them.
    pub text: String,
    /// log p of it under the model, given those before it, nats; `null` for the first.
    pub log_prob: Option<f32>,
    /// The most probable tokens at this place, best first.
    pub alternatives: Vec<Alternative>,
    /// Whether it was given, not drawn.
    pub given: bool,
}

/// What could have stood at a place.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// Its number in the vocabulary.
    pub id: u32,
    /// Its text.
    pub text: String,
    /// Its probability under the model.
    pub prob: f32,
}

/// A curve of a [`View::Chart`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Curve {
    /// What it is.
    pub title: String,
    /// Its value at each place, where there is one.
    pub values: Vec<Option<f32>>,
    /// How far it may be off at each place, up and down.
    pub errors: Vec<Option<f32>>,
}

/// A row of a [`View::Ranking`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Ranked {
    /// Its place among what was asked with, from 0.
    pub place: u32,
    /// What it is.
    pub text: String,
    /// Its bar.
    pub value: f32,
    /// Its share of all, 0 to 1.
    pub share: Option<f32>,
}

/// A [`View::Episode`] that the reader plays, or in which the agent asks them.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Lesson {
    /// What was done, a letter for each moment: large where the reader did it, small where the agent did. What comes
    /// next is put behind it.
    pub history: String,
    /// The moment at which somebody is waited for; `null` at the end.
    pub pending: Option<Pending>,
    /// How unsure the agent was at each moment, 0 to 1; empty where the reader plays alone.
    pub doubts: Vec<f32>,
    /// How unsure it has to be to ask.
    pub threshold: f32,
    /// The episode as a line of JSON, if it has ended and can be learned from.
    pub line: Option<String>,
    /// Whether the agent plays.
    pub asks: bool,
    /// What was played before.
    pub own: Vec<Shown>,
}

/// The moment at which a [`Lesson`] waits for an answer.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// The probability of each action under the model; empty where the reader plays alone.
    pub probabilities: Vec<f32>,
    /// How unsure that is, 0 to 1.
    pub doubt: f32,
    /// What the expert would do, by its letter; `null` where there is no way.
    pub expert: Option<char>,
}

/// The world of a [`View::Episode`], which the reader can change.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Changing {
    /// Cells in a row and in a column of each picture of the world.
    pub side: u32,
    /// Column and row, in such a picture, of the world's first cell.
    pub first: [u32; 2],
    /// Columns and rows of the world.
    pub size: [u32; 2],
    /// What its cells can be.
    pub spots: Vec<Spot>,
    /// At each moment, and at the end, what each cell is, row by row: a place among those.
    pub cells: Vec<Vec<u32>>,
    /// What was changed, in its order.
    pub made: Vec<Changed>,
    /// Why the mission can be done no more, or never could.
    pub stuck: Option<Hindrance>,
}

/// A cell of a world that can be changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Spot {
    /// What it is.
    pub name: String,
    /// What can be made of it, as a change is written.
    pub choices: Vec<String>,
    /// Whether what is there can be moved.
    pub moves: bool,
}

/// A change of a world.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Changed {
    /// Steps that were taken before it.
    pub step: u32,
    /// As it is written.
    pub written: String,
    /// What was there, and what became of it.
    pub told: String,
}

/// Why a mission cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Hindrance {
    /// There is no such thing.
    Missing,
    /// There is no way to it.
    Unreachable,
    /// There is no such thing since the world was changed.
    Gone,
    /// There is no way to it since then.
    CutOff,
}

/// An episode that was played before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Its mission.
    pub mission: String,
    /// Its moments.
    pub steps: u32,
    /// Those at which somebody said what is right.
    pub answers: u32,
    /// Whether its mission was done.
    pub done: bool,
    /// Whether it is held out.
    pub held_out: bool,
}

/// A moment of a [`View::Episode`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EpisodeMoment {
    /// What was done, a place among the actions.
    pub taken: u32,
    /// Whether the reader did it.
    pub given: bool,
    /// The probability of each action under the model.
    pub probabilities: Vec<f32>,
    /// How much the model attends to each word of the mission; they add up to one.
    pub words: Vec<f32>,
    /// What the model says that it is up to.
    pub plan: String,
    /// What the expert would do, a place among the actions; `null` where there is no way.
    pub expert: Option<u32>,
    /// Parts of the mission that are done.
    pub done: u32,
    /// What the model says that it sees; empty for one without a voice.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub sees: String,
    /// What there is to be seen, where that is something else.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub in_truth: String,
}

/// A translation that a model might give.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// It.
    pub text: String,
    /// Its probability under the model, given the text.
    pub prob: f32,
    /// Whether it came to its end.
    pub ended: bool,
}

/// A cell of a [`View::Table`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// What stands in it.
    pub text: String,
    /// From 0 (not at all) to 1 (fully).
    pub value: f32,
}

/// A named number.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Number {
    /// Stable name, for example `klToTruth`.
    pub id: String,
    /// For people, for example `KL(data‖model)`.
    pub title: String,
    /// Its value; `null` where it is not finite.
    pub value: Option<f64>,
    /// For example `nats`.
    pub unit: String,
    /// Digits after the point that mean something.
    pub digits: u32,
    /// Whether it is an upper bound: what it stands for is so much or less.
    pub at_most: bool,
}

impl Number {
    /// It as an upper bound.
    #[must_use]
    pub fn at_most(mut self) -> Self {
        self.at_most = true;
        self
    }
}

/// Named bars.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Bars {
    /// What they are.
    pub title: String,
    /// One value for each, in order.
    pub values: Vec<f32>,
}

/// What a colour of a [`View::Plot`] stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// The colour.
    pub role: Role,
    /// What is drawn in it.
    pub text: String,
}

/// What something in a plot stands for; the page gives each its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// From the data.
    Data,
    /// From the model.
    Model,
    /// Noise, or on the way from it.
    Noise,
    /// A guess at what will come out.
    Guess,
    /// A help for the eye: axes, a chosen line.
    Guide,
}

/// A layer of a [`View::Plot`].
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Layer {
    /// Points.
    Points {
        /// What they stand for.
        role: Role,
        /// x, y, x, y, … as little-endian f32.
        xy: Bytes,
    },
    /// A function in 2-D, over the whole window.
    Field {
        /// Values in a row.
        columns: u32,
        /// Rows, from the top down.
        rows: u32,
        /// Values as little-endian f32, at the middles of the cells.
        values: Bytes,
        /// The value that is drawn as nothing.
        low: f32,
        /// The value that is drawn full.
        high: f32,
        /// Whether values on both sides of the middle between `low` and `high` differ in kind (a
        /// discriminator's), so that the middle is drawn as nothing.
        diverging: bool,
    },
    /// Polylines of equal length.
    Lines {
        /// What they stand for.
        role: Role,
        /// x, y, x, y, … as little-endian f32, one line after another.
        xy: Bytes,
        /// Points in each line.
        length: u32,
        /// Whether they are closed and filled.
        filled: bool,
    },
    /// Arrows.
    Arrows {
        /// What they stand for.
        role: Role,
        /// Where they start: x, y, x, y, … as little-endian f32.
        xy: Bytes,
        /// How far they reach, likewise.
        d: Bytes,
    },
    /// Words beside points. Where there is no room for all, the first ones have it.
    Words {
        /// What they stand for.
        role: Role,
        /// x, y, x, y, … of the points, as little-endian f32.
        xy: Bytes,
        /// For each point.
        words: Vec<String>,
    },
}
