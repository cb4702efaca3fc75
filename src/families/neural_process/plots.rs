//! What is shown of a neural process.

use burn::tensor::Tensor;

use super::NeuralProcess;
use crate::{
    data::SpaceKind,
    error::{Error, Result},
    model::Family,
    rng::{Purpose, Rng},
    scene::{PlotInput, PlotRequest, PlotSpec, Scene},
};

/// Images in a row of a sheet: 26 letters and 10 digits fill three rows.
const COLUMNS: usize = 12;

/// Where the slider has the hand of the examples.
const OWN: f32 = 0.5;

/// What it shows besides what every model with its capabilities does.
pub fn plots(_: SpaceKind) -> Vec<PlotSpec> {
    let help = "Give one to three examples of a hand, each with its letter. The model guesses the code z of the hand and makes all the others in it. In the middle of the slider is your hand; to the left it becomes the average of all hands, to the right another one, drawn by chance.";
    vec![
        PlotSpec::new("alphabet", "Alphabet", help)
            .with(PlotInput::Letters)
            .along("hand"),
    ]
}

/// Draw one of [`plots`].
///
/// # Errors
/// [`Error::BadOption`](crate::error::Error::BadOption) for a plot it does not offer, or without examples.
pub fn plot(model: &NeuralProcess, request: &PlotRequest) -> Result<Scene> {
    match request.plot {
        "alphabet" => Ok(Scene::new("all classes, in the hand of the examples")
            .images(alphabet(model, request)?, COLUMNS)),
        _ => Err(request.unknown()),
    }
}

/// An image of every class, `[classes, channels, h, w]`: by the hand of the examples, which stay as they are; by one
/// between it and the average hand, z = 0; or by one on the way to another hand.
///
/// # Errors
/// [`Error::BadOption`](crate::error::Error::BadOption) without examples.
fn alphabet(model: &NeuralProcess, request: &PlotRequest) -> Result<Tensor<4>> {
    let model = Family::valid(model);
    let device = model.device();
    let given = match &request.images {
        Some(batch) if batch.labels().is_some() => batch,
        _ => {
            let reason = "at least one example with its class is needed";
            return Err(Error::bad_option("letters", 0, reason));
        }
    };
    if !(0.0..=1.0).contains(&request.at) {
        let reason = "it must lie between 0 and 1";
        return Err(Error::bad_option("at", request.at, reason));
    }
    let labels = model.labels(given);
    let images = given.images(&device)?;
    let own = model.read(images.clone(), &labels).mean;
    let mut rng = Rng::new(request.seed, Purpose::Sample, 0);
    let other = rng.normal_tensor(own.dims(), &device);
    let sheet = match request.at {
        OWN => model.sheet(own),
        at if at < OWN => return Ok(model.sheet(own * (at / OWN))),
        at => {
            let way = (at - OWN) / (1.0 - OWN);
            return Ok(model.sheet(own * (1.0 - way) + other * way));
        }
    };
    let classes = sheet.dims()[0];
    let each = (0..classes).map(|class| {
        let given = labels.iter().position(|&label| label as usize == class);
        match given {
            Some(i) => images.clone().narrow(0, i, 1),
            None => sheet.clone().narrow(0, class, 1),
        }
    });
    Ok(Tensor::cat(each.collect(), 0))
}
