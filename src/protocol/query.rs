//! Questions about a model.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    bytes::{Bytes, Floats},
    data::{input::ImageInput, score::RollInput},
    plots::{nearest, success},
    scene::PlotInputs,
};

/// A question about a model. Which ones a family answers follows from its capabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "type",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[allow(clippy::large_enum_variant)] // One at a time.
pub enum ViewQuery {
    /// Data images to choose from → `View::Image`.
    DataImages {
        /// Index of the first test image.
        start: u32,
        /// How many.
        count: u32,
    },
    /// Decode points of the latent space → `View::Image`, one tile a point.
    Decode {
        /// `latent_dim` numbers for each point.
        z: Floats,
    },
    /// q(z|x) of one image → `View::Posterior`.
    Encode {
        /// The image.
        image: ImageInput,
    },
    /// One of the plots that the family offers ([`FamilySpace::plots`](super::FamilySpace::plots)).
    Plot {
        /// Its id.
        plot: String,
        /// What it is asked with.
        #[serde(default)]
        inputs: PlotInputs,
    },
    /// The data that the model learns → `View::Plot` with its points and, where it is known and
    /// asked for, its true density.
    Data {
        /// How many points, at most 5,000.
        count: u32,
        /// Columns and rows of the true density; 0 = without.
        resolution: u32,
    },
    /// What could stand where the reader points → `View::Numbers`: the likeliest notes with their probabilities, all
    /// else being as it is.
    Chances {
        /// The music.
        score: RollInput,
        /// The voice, from the highest.
        voice: u32,
        /// The sixteenth.
        step: u32,
    },
    /// Music as it is written, on the grid → `View::Scores`.
    Score {
        /// It.
        score: RollInput,
    },
    /// A chorale that is held out → `View::Scores`: as many sixteenths of it as the model sees at once.
    HeldOut {
        /// Which.
        index: u32,
    },
    /// A MIDI file → `View::Scores`.
    Midi {
        /// Its bytes.
        bytes: Bytes,
    },
    /// A melody that was hummed, as a WAV file → `View::Scores`.
    Hummed {
        /// Its bytes.
        bytes: Bytes,
    },
    /// How close the model comes to its data → `View::Numbers`.
    Metrics {
        /// Points to judge by, 200 to 10,000.
        count: u32,
        /// Seed of the samples.
        seed: u32,
    },
}

impl ViewQuery {
    /// Whether the model before its training is asked as well.
    pub fn compares(&self) -> bool {
        matches!(self, Self::Plot { plot, .. } if plot == success::ID)
    }

    /// Whether the answer needs the data that the model learned, if that can be had: one of its examples is asked
    /// for or given, or samples are compared with it.
    pub fn needs_data(&self) -> bool {
        let test = |image: &ImageInput| matches!(image, ImageInput::Test { .. });
        match self {
            Self::DataImages { .. } | Self::Data { .. } | Self::HeldOut { .. } => true,
            Self::Encode { image } => test(image),
            Self::Plot { plot, inputs } => {
                let letters = inputs.letters.iter().map(|letter| &letter.image);
                let given = inputs.image.iter().chain(&inputs.to).chain(letters);
                plot == nearest::ID || given.into_iter().any(test)
            }
            _ => false,
        }
    }
}
