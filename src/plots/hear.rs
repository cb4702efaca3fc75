//! Samples of a model of sounds, to be heard.

use generative_playground_compute::pixels;

use crate::{
    bytes::Bytes,
    data::{
        ImageSet,
        sound::{Ear, RATE, is_sound},
    },
    device::floats,
    error::{Error, Result},
    model::{Condition, Model, finish_pausing},
    pause::Pause,
    scene::{PlotRequest, PlotSpec, View, grid_of_bytes},
    speech::sound::samples,
};

/// Its id.
pub const ID: &str = "hear";
/// Samples, where the model knows no classes; as many held-out sounds stand below them.
const COUNT: usize = 10;
/// Pictures in a row.
const COLUMNS: usize = 5;
/// Rounds in which the phase of a sound is found.
pub const ROUNDS: usize = 32;

/// The plot.
pub fn spec() -> PlotSpec {
    let help = "Press a picture to hear it. A model makes only the picture: how loud each band of frequencies is, from the lowest at the bottom to the highest at the top, in one second from left to right. The sound is one that looks like it, found by Griffin and Lim’s algorithm. Below, recordings that the model has never seen, by the same way from picture to sound.";
    PlotSpec::new(ID, "Hear", help)
        .with_data()
        .with_sound()
        .answered("sounds")
}

/// Draw it.
///
/// # Errors
/// [`Error::Unsupported`] for images that are no sounds, [`Error::BadData`] where the data is not at hand, and what the
/// device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    if !is_sound(request.info) {
        return Err(Error::Unsupported {
            what: "The images of this model are no sounds".into(),
        });
    }
    let set = request.image_set()?;
    let (mut values, labels) = made(model, request, pause).await?;
    let test = of_each(set, &labels, request.info.classes.len(), request.seed);
    for &i in &test {
        values.extend(set.test.image(i).iter().map(|&v| f32::from(v) / 255.0));
    }
    let names = &request.info.classes;
    let name = |label: usize| names.get(label).cloned().unwrap_or_default();
    let of_data = test
        .iter()
        .map(|&i| set.test.label(i).map_or(0, usize::from));
    let titles = match labels.as_slice() {
        [] => vec![String::new(); COUNT],
        labels => labels.iter().map(|&label| name(label)).collect(),
    };
    let given = [vec![false; titles.len()], vec![true; test.len()]].concat();
    let shape = set.shape();
    let mut sounds = Vec::with_capacity(given.len());
    let ear = Ear::default();
    for image in values.chunks_exact(shape.iter().product()) {
        sounds.push(Bytes(samples(&ear.sound(image, ROUNDS, request.seed))));
        pause().await;
    }
    let [channels, height, width] = shape;
    let dims = [sounds.len(), channels, height, width];
    Ok(View::Sounds {
        sheet: Box::new(grid_of_bytes(&pixels::bytes(&values), dims, COLUMNS)),
        rate: RATE as u32,
        sounds,
        titles: titles.into_iter().chain(of_data.map(name)).collect(),
        given,
    })
}

/// Samples, image by image, and their classes: one of each that the model was told, or [`COUNT`] of none.
async fn made(
    model: &dyn Model,
    request: &PlotRequest<'_>,
    pause: Pause,
) -> Result<(Vec<f32>, Vec<usize>)> {
    let options = model.preview()?;
    let sampler = |label: Option<u32>, n: usize| {
        let condition = Condition {
            label,
            ..Condition::default()
        };
        model.sampler(&options, &condition, n, request.seed)
    };
    let classes = request.info.classes.len();
    let (mut values, mut labels) = (Vec::new(), Vec::new());
    for label in 0..classes {
        match sampler(Some(label as u32), 1) {
            Ok(mut sampler) => {
                values.extend(floats(finish_pausing(&mut *sampler, pause).await?.images()?).await?);
                labels.push(label);
            }
            // It was trained without classes.
            Err(Error::BadOption { .. } | Error::Unsupported { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    if labels.is_empty() {
        let mut sampler = sampler(None, COUNT)?;
        values = floats(finish_pausing(&mut *sampler, pause).await?.images()?).await?;
    }
    Ok((values, labels))
}

/// Held-out sounds: one of each class that was made, or of each that there is; where there are none, the first.
fn of_each(set: &ImageSet, labels: &[usize], classes: usize, seed: u64) -> Vec<usize> {
    let count = set.test.len();
    if classes < 2 {
        return (0..COUNT.min(count)).collect();
    }
    let all: Vec<usize> = (0..classes).collect();
    let wanted = if labels.is_empty() { &all } else { labels };
    let one = |label: &usize| {
        let of = |&i: &usize| set.test.label(i).map(usize::from) == Some(*label);
        let all: Vec<usize> = (0..count).filter(of).collect();
        (!all.is_empty()).then(|| all[seed as usize % all.len()])
    };
    wanted.iter().filter_map(one).collect()
}
