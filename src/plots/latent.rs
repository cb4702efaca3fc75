//! Plots of every model with a latent space.

use burn::tensor::{Device, Tensor, TensorData};

use crate::{
    bytes::Bytes,
    data::{Batch, ImageSet},
    device::floats,
    error::{Error, Result},
    model::Latent,
    rng::{Purpose, Rng},
    scene::{Path, PlotInput, PlotRequest, PlotSpec, View, grid},
};

/// Half the side of the map: z runs over [−EXTENT, EXTENT]².
const EXTENT: f32 = 3.0;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    vec![
        PlotSpec::new(
            "latent",
            "Latent space",
            "Every tile is one point (z₁, z₂) of the latent space, decoded on this machine; each dot is a test image, placed by the encoder, which was never told the classes. Move over the map to decode the point under you.",
        )
        .with(PlotInput::Pointer),
        PlotSpec::new(
            "codes",
            "Codes",
            "Where the encoder puts the test images: the first two numbers of each mean, by class.",
        ),
        PlotSpec::new(
            "reconstruct",
            "Reconstruct",
            "The encoder turns the image x into a whole region of codes, q(z|x). Each image on the right is decoded from another code drawn from that region. Everything is computed on this machine; what you draw stays on it.",
        )
        .with(PlotInput::Image),
        PlotSpec::new(
            "interpolate",
            "Interpolate",
            "Both images are encoded, and points on the way between their codes are decoded, on this machine. Fading between the pixels would show two ghosts; here every frame is one image.",
        )
        .with(PlotInput::Pair),
        PlotSpec::new(
            "attributes",
            "Attributes",
            "The picture as the model has it, then bolder, more slanted and wider, or less so: to its code is added what the codes of bold images have more than those of thin ones, and likewise for the others. No one told the model of these words.",
        )
        .with(PlotInput::Image)
        .along("strength"),
        PlotSpec::new(
            "become",
            "Another class",
            "The picture on its way to each class: to its code is added the way from the mean code of the nearest class to that of the other one. What the code says besides the class stays, and so does something of the hand.",
        )
        .with(PlotInput::Image)
        .along("change")
        .with_classes(),
    ]
}

/// Draw one of them.
///
/// # Errors
/// [`Error::Unsupported`], [`Error::BadOption`], [`Error::BadData`] and what the device reports.
pub async fn answer(latent: &dyn Latent, request: &PlotRequest<'_>) -> Result<View> {
    match request.plot {
        "latent" => map(latent, request).await,
        "codes" => means(latent, request).await,
        "reconstruct" => reconstruct(latent, request).await,
        "interpolate" => interpolate(latent, request).await,
        "attributes" => attributes(latent, request).await,
        "become" => other_classes(latent, request).await,
        _ => Err(request.unknown()),
    }
}

/// z `[n, latent_dim]` from numbers row by row.
fn codes(latent: &dyn Latent, z: Vec<f32>, device: &Device) -> Result<Tensor<2>> {
    let d = latent.latent_dim();
    if z.is_empty() || !z.len().is_multiple_of(d) || z.len() > 1024 * d {
        return Err(Error::bad_option(
            "z",
            format!("{} numbers", z.len()),
            format!("1 to 1024 times {d} numbers are needed"),
        ));
    }
    if let Some(v) = z.iter().find(|v| !v.is_finite()) {
        return Err(Error::bad_option("z", v, "finite numbers are needed"));
    }
    let n = z.len() / d;
    Ok(Tensor::from_data(TensorData::new(z, [n, d]), device))
}

/// Decode points of the latent space, one tile each.
///
/// # Errors
/// [`Error::BadOption`] and what the device reports.
pub async fn decode(latent: &dyn Latent, z: Vec<f32>, device: &Device) -> Result<View> {
    grid(latent.decode(codes(latent, z, device)?)?.images()?, 32).await
}

/// A two-dimensional latent space as tiles: tile (row, column) shows
/// z = (−e + (column + ½) 2e/n, e − (row + ½) 2e/n) for extent e and n tiles a side.
async fn map(latent: &dyn Latent, request: &PlotRequest<'_>) -> Result<View> {
    if latent.latent_dim() != 2 {
        return Err(Error::Unsupported {
            what: format!(
                "A map needs a code of 2 numbers, and this model's has {}",
                latent.latent_dim()
            ),
        });
    }
    let n = request.resolution;
    if !(2..=64).contains(&n) {
        let reason = "it must lie between 2 and 64";
        return Err(Error::bad_option("resolution", n, reason));
    }
    let at = |i: usize| (i as f32 + 0.5) * 2.0 * EXTENT / n as f32 - EXTENT;
    let z = (0..n * n)
        .flat_map(|i| [at(i % n), -at(i / n)])
        .collect::<Vec<_>>();
    let z = Tensor::from_data(TensorData::new(z, [n * n, 2]), &request.device);
    grid(latent.decode(z)?.images()?, n).await
}

/// The first two dimensions of the means of q(z|x) for the first test images.
async fn means(latent: &dyn Latent, request: &PlotRequest<'_>) -> Result<View> {
    let set = request.image_set()?;
    let n = request.count.clamp(1, 2000).min(set.test.len());
    let classes = (0..n).filter_map(|i| set.test.label(i)).collect();
    let (mu, _) = latent.encode(&first_of(set, n))?;
    let d = latent.latent_dim();
    let mu = floats(mu).await?;
    let xy = mu
        .chunks_exact(d)
        // A code of one number lies on a line.
        .flat_map(|z| [z[0], z.get(1).copied().unwrap_or(0.0)])
        .flat_map(f32::to_le_bytes)
        .collect();
    Ok(View::Points {
        xy: Bytes(xy),
        classes: Bytes(classes),
    })
}

/// Test images whose codes tell of attributes and classes.
const TELLING: usize = 1000;
/// The longest way along an attribute, in differences of the bold to the thin quarter and the like.
const FARTHEST: f32 = 1.5;

/// Codes `[n, latent_dim]` of the first test images, row by row.
async fn telling(latent: &dyn Latent, set: &ImageSet) -> Result<Vec<f32>> {
    let n = TELLING.min(set.test.len());
    floats(latent.encode(&first_of(set, n))?.0).await
}

/// The mean of some codes; zeros of none.
fn mean_of<'a>(codes: impl Iterator<Item = &'a [f32]>, d: usize) -> Vec<f32> {
    let (mut sum, mut count) = (vec![0f32; d], 0);
    for code in codes {
        sum.iter_mut().zip(code).for_each(|(s, z)| *s += z);
        count += 1;
    }
    sum.iter().map(|s| s / count.max(1) as f32).collect()
}

/// How bold, slanted and wide an image is: its mean, and of the ink how far columns go along with rows and
/// how far they spread. Moments of the first channel; zeros for an image without ink.
fn looks(pixels: &[u8], width: usize) -> [f32; 3] {
    let ink: f32 = pixels.iter().map(|&p| f32::from(p)).sum();
    if ink == 0.0 {
        return [0.0; 3];
    }
    let places = || {
        let place =
            |(i, &p): (usize, &u8)| (f32::from(p) / ink, (i % width) as f32, (i / width) as f32);
        pixels.iter().enumerate().map(place)
    };
    let (x, y) = places().fold((0.0, 0.0), |(x, y), (p, c, r)| (x + p * c, y + p * r));
    let moment =
        |of: fn(f32, f32) -> f32| -> f32 { places().map(|(p, c, r)| p * of(c - x, r - y)).sum() };
    let (xx, xy, yy) = (
        moment(|c, _| c * c),
        moment(|c, r| c * r),
        moment(|_, r| r * r),
    );
    // Rows count downwards: what leans to the right goes to the left on its way down.
    [ink, -xy / yy.max(1e-3), xx.sqrt()]
}

/// Attribute arithmetic (Larsen et al. 2016, arXiv:1512.09300, section 5): the mean code of the quarter of
/// images that have most of an attribute less that of the quarter that have least.
async fn attributes(latent: &dyn Latent, request: &PlotRequest<'_>) -> Result<View> {
    let (set, d) = (request.image_set()?, latent.latent_dim());
    let mu = floats(latent.encode(request.images(1)?)?.0).await?;
    let codes_of_set = telling(latent, set).await?;
    let [_, height, width] = set.shape();
    let all: Vec<[f32; 3]> = (0..codes_of_set.len() / d)
        .map(|i| looks(&set.test.image(i)[..height * width], width))
        .collect();
    let mut z = mu.clone();
    for attribute in 0..3 {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|&a, &b| all[a][attribute].total_cmp(&all[b][attribute]));
        let quarter = (order.len() / 4).max(1).min(order.len());
        let mean = |of: &[usize]| mean_of(of.iter().map(|&i| &codes_of_set[i * d..(i + 1) * d]), d);
        let (least, most) = (
            mean(&order[..quarter]),
            mean(&order[order.len() - quarter..]),
        );
        let t = (2.0 * request.at - 1.0) * FARTHEST;
        z.extend((0..d).map(|j| mu[j] + t * (most[j] - least[j])));
    }
    grid(
        latent
            .decode(codes(latent, z, &request.device)?)?
            .images()?,
        4,
    )
    .await
}

/// The image's code with the way from its class to each other one added.
async fn other_classes(latent: &dyn Latent, request: &PlotRequest<'_>) -> Result<View> {
    let (set, d) = (request.image_set()?, latent.latent_dim());
    let classes = request.info.classes.len();
    if classes == 0 {
        return Err(Error::Unsupported {
            what: "This data has no classes".into(),
        });
    }
    let mu = floats(latent.encode(request.images(1)?)?.0).await?;
    let codes_of_set = telling(latent, set).await?;
    let means: Vec<Vec<f32>> = (0..classes)
        .map(|class| {
            let codes = codes_of_set.chunks_exact(d).enumerate();
            let of_class = codes.filter(|(i, _)| set.test.label(*i) == Some(class as u8));
            mean_of(of_class.map(|(_, code)| code), d)
        })
        .collect();
    let distance =
        |mean: &Vec<f32>| -> f32 { mean.iter().zip(&mu).map(|(m, z)| (m - z).powi(2)).sum() };
    let nearest = (means.iter()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
    let nearest = nearest.cloned().unwrap_or_default();
    let z = means
        .iter()
        .flat_map(|mean| (0..d).map(|j| mu[j] + request.at * (mean[j] - nearest[j])))
        .collect();
    grid(
        latent
            .decode(codes(latent, z, &request.device)?)?
            .images()?,
        classes.div_ceil(2),
    )
    .await
}

/// The first `n` test images as they are.
fn first_of(set: &ImageSet, n: usize) -> Batch {
    let [channels, height, width] = set.shape();
    let values = (0..n).flat_map(|i| set.test.image(i));
    Batch::unlabelled(
        [n, channels, height, width],
        values.map(|&p| f32::from(p) / 255.0).collect(),
    )
}

/// KL(N(mu, sigma²) ‖ N(0, 1)) of each dimension, nats.
fn kl(mu: &[f32], logvar: &[f32]) -> Vec<f32> {
    mu.iter()
        .zip(logvar)
        .map(|(m, l)| 0.5 * (m * m + l.exp() - 1.0 - l))
        .collect()
}

fn sigma(logvar: &[f32]) -> Vec<f32> {
    logvar.iter().map(|l| (0.5 * l).exp()).collect()
}

/// q(z|x) of one image.
///
/// # Errors
/// What the device reports.
pub async fn posterior(latent: &dyn Latent, image: &Batch) -> Result<View> {
    let (mu, logvar) = latent.encode(image)?;
    let (mu, logvar) = (floats(mu).await?, floats(logvar).await?);
    Ok(View::Posterior {
        sigma: sigma(&logvar),
        kl: kl(&mu, &logvar),
        mu,
    })
}

/// Encode one image, draw z from q(z|x), decode.
async fn reconstruct(latent: &dyn Latent, request: &PlotRequest<'_>) -> Result<View> {
    request.check_count(64)?;
    let (image, device) = (request.images(1)?, &request.device);
    let (mu, logvar) = latent.encode(image)?;
    let (mu, logvar) = (floats(mu).await?, floats(logvar).await?);
    let (d, n) = (latent.latent_dim(), request.count);
    let sigma = sigma(&logvar);
    let epsilon = Rng::new(request.seed, Purpose::Posterior, 0).normal(n * d);
    let z: Vec<f32> = epsilon
        .iter()
        .enumerate()
        .map(|(i, e)| mu[i % d] + sigma[i % d] * e)
        .collect();
    let codes = Tensor::<2>::from_data(TensorData::new(z.clone(), [n, d]), device);
    let likelihood = latent.log_likelihood(&image.repeated(n), codes.clone())?;
    let likelihood = floats(likelihood).await?;
    Ok(View::Reconstruction {
        input: Box::new(grid(image.images(device)?, 1).await?),
        output: Box::new(grid(latent.decode(codes)?.images()?, 8).await?),
        reconstruction: -likelihood.iter().sum::<f32>() / n as f32,
        kl: kl(&mu, &logvar).iter().sum(),
        mu,
        sigma,
        z,
    })
}

/// Decode on a path between the means of two encoded images: `count` steps, both ends among them.
async fn interpolate(latent: &dyn Latent, request: &PlotRequest<'_>) -> Result<View> {
    request.check_count(64)?;
    let d = latent.latent_dim();
    let mu = floats(latent.encode(request.images(2)?)?.0).await?;
    let (a, b) = mu.split_at(d);
    let last = (request.count - 1).max(1) as f32;
    let along = (0..request.count).map(|i| i as f32 / last);
    let z = along.flat_map(|t| walk(a, b, t, request.path)).collect();
    let images = latent
        .decode(codes(latent, z, &request.device)?)?
        .images()?;
    grid(images, request.count).await
}

/// The point at `t` on the way from `a` to `b`.
fn walk(a: &[f32], b: &[f32], t: f32, path: Path) -> Vec<f32> {
    let dot = |u: &[f32], v: &[f32]| u.iter().zip(v).map(|(x, y)| x * y).sum::<f32>();
    let (na, nb) = (dot(a, a).sqrt(), dot(b, b).sqrt());
    let angle = (dot(a, b) / (na * nb)).clamp(-1.0, 1.0).acos();
    let (wa, wb) = match path {
        // Where the directions agree or oppose, the circle is not defined.
        Path::Spherical if angle.is_finite() && angle.sin().abs() > 1e-4 => (
            ((1.0 - t) * angle).sin() / angle.sin(),
            (t * angle).sin() / angle.sin(),
        ),
        _ => (1.0 - t, t),
    };
    a.iter().zip(b).map(|(x, y)| wa * x + wb * y).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_and_end_where_they_should() {
        let (a, b) = ([1.0, 0.0, 2.0], [0.5, -1.0, 0.0]);
        for path in [Path::Linear, Path::Spherical] {
            for (t, want) in [(0.0, a), (1.0, b)] {
                let got = walk(&a, &b, t, path);
                assert!(got.iter().zip(want).all(|(x, y)| (x - y).abs() < 1e-6));
            }
        }
        // Between unit vectors the great circle stays on the sphere.
        let got = walk(&[1.0, 0.0], &[0.0, 1.0], 0.3, Path::Spherical);
        assert!((got[0].hypot(got[1]) - 1.0).abs() < 1e-6);
        assert_eq!(
            walk(&[0.0, 0.0], &[2.0, 0.0], 0.5, Path::Spherical),
            [1.0, 0.0]
        );
    }
}
