//! Views of a latent space.

use burn::tensor::{Device, Tensor, TensorData};

use super::{floats, grid};
use crate::{
    data::Batch,
    error::{Error, Result},
    model::Latent,
    protocol::{Bytes, Path, View},
    rng::{Purpose, Rng},
};

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

/// The plane of a two-dimensional latent space as tiles: tile (row, column) shows
/// z = (−e + (column + ½) 2e/n, e − (row + ½) 2e/n) for extent e and n tiles a side.
///
/// # Errors
/// [`Error::Unsupported`] if the space has more dimensions; [`Error::BadOption`].
pub async fn mosaic(
    latent: &dyn Latent,
    columns: u32,
    extent: f32,
    device: &Device,
) -> Result<View> {
    if latent.latent_dim() != 2 {
        return Err(Error::Unsupported {
            what: format!(
                "A map needs a code of 2 numbers, and this model's has {}",
                latent.latent_dim()
            ),
        });
    }
    if !(2..=64).contains(&columns) {
        let reason = "it must lie between 2 and 64";
        return Err(Error::bad_option("columns", columns, reason));
    }
    if !(0.1..=10.0).contains(&extent) {
        let reason = "it must lie between 0.1 and 10";
        return Err(Error::bad_option("extent", extent, reason));
    }
    let n = columns as usize;
    let at = |i: usize| (i as f32 + 0.5) * 2.0 * extent / n as f32 - extent;
    let z = (0..n * n)
        .flat_map(|i| [at(i % n), -at(i / n)])
        .collect::<Vec<_>>();
    let z = Tensor::from_data(TensorData::new(z, [n * n, 2]), device);
    grid(latent.decode(z)?.images()?, n).await
}

/// The first two dimensions of the means of q(z|x) for labelled images.
///
/// # Errors
/// What the device reports.
pub async fn points(latent: &dyn Latent, batch: &Batch, classes: Vec<u8>) -> Result<View> {
    let (mu, _) = latent.encode(batch)?;
    let d = latent.latent_dim();
    let mu = floats(mu).await?;
    let xy = mu
        .chunks_exact(d)
        .flat_map(|z| [z[0], z[1]])
        .flat_map(f32::to_le_bytes)
        .collect();
    Ok(View::Points {
        xy: Bytes(xy),
        classes: Bytes(classes),
    })
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
///
/// # Errors
/// [`Error::BadOption`] and what the device reports.
pub async fn reconstruct(
    latent: &dyn Latent,
    image: &Batch,
    seed: u64,
    draws: u32,
    device: &Device,
) -> Result<View> {
    if !(1..=64).contains(&draws) {
        let reason = "it must lie between 1 and 64";
        return Err(Error::bad_option("draws", draws, reason));
    }
    let input = image.images(device)?;
    let (mu, logvar) = latent.encode(image)?;
    let (mu, logvar) = (floats(mu).await?, floats(logvar).await?);
    let (d, n) = (latent.latent_dim(), draws as usize);
    let sigma = sigma(&logvar);
    let epsilon = Rng::new(seed, Purpose::Posterior, 0).normal(n * d);
    let z: Vec<f32> = epsilon
        .iter()
        .enumerate()
        .map(|(i, e)| mu[i % d] + sigma[i % d] * e)
        .collect();
    let codes = Tensor::<2>::from_data(TensorData::new(z.clone(), [n, d]), device);
    let copies = image.repeated(n);
    let likelihood = floats(latent.log_likelihood(&copies, codes.clone())?).await?;
    Ok(View::Reconstruction {
        input: Box::new(grid(input, 1).await?),
        output: Box::new(grid(latent.decode(codes)?.images()?, 8).await?),
        reconstruction: -likelihood.iter().sum::<f32>() / n as f32,
        kl: kl(&mu, &logvar).iter().sum(),
        mu,
        sigma,
        z,
    })
}

/// Decode on a path between the means of two encoded images.
///
/// # Errors
/// [`Error::BadOption`] and what the device reports.
pub async fn interpolate(
    latent: &dyn Latent,
    pair: &Batch,
    at: &[f32],
    path: Path,
    device: &Device,
) -> Result<View> {
    if at.is_empty() || at.len() > 64 || at.iter().any(|t| !(0.0..=1.0).contains(t)) {
        return Err(Error::bad_option(
            "at",
            format!("{at:?}"),
            "1 to 64 positions between 0 and 1 are needed",
        ));
    }
    let d = latent.latent_dim();
    let mu = floats(latent.encode(pair)?.0).await?;
    let (a, b) = mu.split_at(d);
    let z = at.iter().flat_map(|&t| walk(a, b, t, path)).collect();
    let images = latent.decode(codes(latent, z, device)?)?.images()?;
    grid(images, at.len()).await
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
