//! What is shown of a VAE.

use burn::tensor::Tensor;
use serde_json::json;

use super::Vae;
use crate::{
    data::SpaceKind,
    error::Result,
    model::{Family, Preset},
    rng::{Purpose, Rng},
    scene::{PlotRequest, PlotSpec, Role, Scene, grid_lines},
};

/// What it shows besides what every model with its capabilities does.
pub fn plots(kind: SpaceKind) -> Vec<PlotSpec> {
    if kind == SpaceKind::Image {
        return vec![PlotSpec::new(
            "samples",
            "Samples",
            "Random codes z, each through the decoder. The same seed gives the same picture anywhere.",
        )];
    }
    vec![
        PlotSpec::new(
            "latent",
            "Latent space",
            "Where the encoder puts the data (first two numbers of z): each point's mean, and the prior's circles at one and two standard deviations.",
        ),
        PlotSpec::new(
            "decoded",
            "Decoded grid",
            "A grid of the latent space, carried to the data by the decoder.",
        ),
        PlotSpec::new(
            "reconstructed",
            "Reconstruction",
            "Data, and where it comes back to after encoding, drawing and decoding.",
        ),
    ]
}

/// Draw one of [`plots`].
///
/// # Errors
/// [`Error::BadOption`](crate::error::Error::BadOption) for a plot it does not offer.
pub fn plot(model: &Vae, request: &PlotRequest) -> Result<Scene> {
    let model = Family::valid(model);
    let device = model.device();
    match request.plot {
        "latent" => {
            let x = model.inputs(&request.data_batch())?;
            let (mu, _) = Vae::encode(&model, x);
            let [n, _] = mu.dims();
            Ok(Scene::new(
                "means of q(z|x), with the prior's circles at 1 and 2 standard deviations",
            )
            .window([-3.5, 3.5, -3.5, 3.5])
            .circles(&[1.0, 2.0], &device)
            .points(Role::Data, mu.slice([0..n, 0..2])))
        }
        "decoded" => {
            let lines = grid_lines(2.5, 15, 61, &device); // [lines, points, 2]
            let [k, n, _] = lines.dims();
            let d = model.config.latent_dim;
            let mut z = lines.reshape([k * n, 2]);
            if d > 2 {
                z = Tensor::cat(vec![z, Tensor::zeros([k * n, d - 2], &device)], 1);
            }
            let x = model.mean_of(Vae::decode(&model, z)).points()?;
            Ok(Scene::new("the latent space from −2.5 to 2.5, decoded")
                .data(request)
                .lines(Role::Model, x.reshape([k, n, 2])))
        }
        "reconstructed" => {
            let batch = request.data_batch();
            let (mu, logvar) = Vae::encode(&model, model.inputs(&batch)?);
            let mut rng = Rng::new(request.seed, Purpose::Posterior, 0);
            let epsilon = rng.normal_tensor(mu.dims(), &device);
            let z = Vae::reparameterize(mu, logvar, epsilon);
            let back = model.mean_of(Vae::decode(&model, z)).points()?;
            let there = batch.points(&device)?;
            Ok(Scene::new("from each point to its reconstruction")
                .points(Role::Data, there.clone())
                .arrows(Role::Guess, there.clone(), back - there))
        }
        _ => Err(request.unknown()),
    }
}

/// Trainings worth seeing.
pub fn presets() -> Vec<Preset> {
    vec![Preset {
        id: "vae-ignored-code".into(),
        title: "A code that nobody reads".into(),
        why: "With β at 20 every nat of information in z costs more than it saves, so the encoder says the same of every point (here all of them lie in the middle), and the decoder, knowing nothing, draws one broad cloud.".into(),
        fails: true,
        family: Vae::ID.into(),
        data: "moons".into(),
        config: json!({ "hidden": 128, "layers": 2, "latent_dim": 2, "beta": 20.0 }),
        train: json!({}),
        plot: "latent".into(),
        at: 1.0,
        steps: 1500,
    }]
}
