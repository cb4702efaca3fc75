//! Answers to questions about a model at one moment.

use std::rc::Rc;

use burn::tensor::Device;

use crate::{
    data::{Batch, DataInfo, Dataset, ImageSet, PointSet, input},
    error::{Error, Result},
    evaluate,
    model::Model,
    protocol::{ImageInput, View, ViewQuery},
    views::{self, Pause, plane::LookRequest},
};

/// A model at one moment, to be looked at. See [`Session::viewer`](super::Session::viewer).
pub struct Viewer {
    pub(super) model: Box<dyn Model>,
    pub(super) info: DataInfo,
    pub(super) set: Option<Rc<Dataset>>,
    pub(super) device: Device,
}

impl Viewer {
    fn data(&self) -> &DataInfo {
        &self.info
    }

    fn bad_data(&self, reason: &str) -> Error {
        Error::BadData {
            name: self.info.name.clone(),
            reason: reason.into(),
        }
    }

    /// `count` images of the model's shape.
    fn batch(&self, count: usize, values: Vec<f32>) -> Result<Batch> {
        let [channels, height, width] = self.data().space.image()?;
        Ok(Batch::Images {
            shape: [count, channels, height, width],
            values,
        })
    }

    fn points(&self) -> Result<&PointSet> {
        match &self.set {
            Some(set) => set.points(),
            None => Err(self.bad_data("it has not been loaded yet")),
        }
    }

    /// Answer a question about the model; between parts of a long answer the thread is given back.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the model cannot answer it, the errors of the views, and what the
    /// device reports.
    pub async fn view(&self, query: &ViewQuery, pause: Pause) -> Result<View> {
        let model = &*self.model;
        let set: Option<&ImageSet> = match self.set.as_deref() {
            Some(Dataset::Images(set)) => Some(set),
            _ => None,
        };
        let latent = || {
            model.latent().ok_or_else(|| Error::Unsupported {
                what: format!("A {} has no latent space", model.title()),
            })
        };
        let language = || {
            model.language().ok_or_else(|| Error::Unsupported {
                what: format!("A {} does not read text", model.title()),
            })
        };
        let loaded = || -> Result<&ImageSet> {
            let set = set.ok_or_else(|| self.bad_data("it has not been loaded yet"))?;
            let data = self.data();
            data.space.must_fit(&set.info.space, &data.name)?;
            Ok(set)
        };
        let images = |inputs: &[&ImageInput]| -> Result<Batch> {
            let mut values = Vec::new();
            for image in inputs {
                values.extend(input::prepare(image, self.data(), set)?);
            }
            self.batch(inputs.len(), values)
        };
        match query {
            ViewQuery::Look {
                look,
                at,
                pointer,
                count,
                seed,
                resolution,
            } => {
                let request = LookRequest {
                    look,
                    at: *at,
                    pointer: *pointer,
                    count: *count as usize,
                    seed: u64::from(*seed),
                    resolution: *resolution as usize,
                    data: self.points()?,
                    device: self.device.clone(),
                };
                views::plane::answer(model, &request, pause).await
            }
            ViewQuery::Data { count, resolution } => {
                let (count, resolution) = (*count as usize, *resolution as usize);
                views::plane::data(self.points()?, count, resolution, &self.device).await
            }
            ViewQuery::Metrics { count, seed } => {
                let count = (*count as usize).clamp(200, 10_000);
                let set = self.points()?;
                if !set.is_whole() {
                    return Err(self.bad_data("its points are not at hand"));
                }
                let numbers =
                    evaluate::plane::metrics(model, set, count, u64::from(*seed), pause).await?;
                Ok(View::Numbers { numbers })
            }
            ViewQuery::DataImages { start, count } => {
                let test = &loaded()?.test;
                let start = *start as usize;
                let end = (start + (*count).min(400) as usize).min(test.len());
                let bytes: Vec<u8> = (start.min(end)..end)
                    .flat_map(|i| test.image(i))
                    .copied()
                    .collect();
                let n = end - start.min(end);
                let [channels, height, width] = self.data().space.image()?;
                Ok(views::grid_of_bytes(
                    &bytes,
                    [n, channels, height, width],
                    n,
                ))
            }
            ViewQuery::LatentMosaic { columns, extent } => {
                views::latent::mosaic(latent()?, *columns, *extent, &self.device).await
            }
            ViewQuery::LatentPoints { count } => {
                let test = &loaded()?.test;
                let n = (*count as usize).clamp(1, 2000).min(test.len());
                let values = (0..n)
                    .flat_map(|i| test.image(i))
                    .map(|&p| f32::from(p) / 255.0)
                    .collect();
                let classes = (0..n).filter_map(|i| test.label(i)).collect();
                views::latent::points(latent()?, &self.batch(n, values)?, classes).await
            }
            ViewQuery::Decode { z } => {
                views::latent::decode(latent()?, z.clone(), &self.device).await
            }
            ViewQuery::Encode { image } => {
                views::latent::posterior(latent()?, &images(&[image])?).await
            }
            ViewQuery::Reconstruct { image, seed, draws } => {
                let batch = images(&[image])?;
                let seed = u64::from(*seed);
                views::latent::reconstruct(latent()?, &batch, seed, *draws, &self.device).await
            }
            ViewQuery::ReadText { text } => views::text::read(language()?, text, pause).await,
            ViewQuery::Attention { text } => views::text::attention(language()?, text).await,
            ViewQuery::LogitLens { text } => views::text::logit_lens(language()?, text).await,
            ViewQuery::Interpolate { from, to, at, path } => {
                let pair = images(&[from, to])?;
                views::latent::interpolate(latent()?, &pair, at, *path, &self.device).await
            }
        }
    }
}
