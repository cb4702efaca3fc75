//! What a picture is made of: what can be asked for ([`PlotSpec`]), a question with its numbers checked
//! ([`PlotRequest`]), a picture whose numbers are still on the device ([`Scene`]), and pictures as
//! the page draws them ([`View`]).

mod images;
mod picture;
mod request;
mod spec;
mod tensors;
pub mod token;

pub use images::{clips, grid, grid_of_bytes};
pub use picture::*;
pub use request::{PlotRequest, cells, grid_lines};
pub use spec::{Path, PlotInput, PlotInputs, PlotSpec};
pub use tensors::{Scene, number};
