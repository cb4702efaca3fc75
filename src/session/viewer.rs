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
        let loaded = || {
            let (bad, data) = (|reason: &str| self.bad_data(reason), self.data());
            let set = set.ok_or_else(|| bad("it has not been loaded yet"))?;
            if [set.info.height, set.info.width] != [data.height, data.width] {
                return Err(bad("its images are of another size than this model's"));
            }
            Ok(set)
        };
        let images = |inputs: &[&ImageInput]| -> Result<Batch> {
            let mut pixels = Vec::new();
            for image in inputs {
                pixels.extend(input::prepare(image, self.data(), set)?);
            }
            Ok(Batch::Images {
                count: inputs.len(),
                pixels,
            })
        };
        let side = [self.data().height, self.data().width];
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
                let grey: Vec<u8> = (start.min(end)..end)
                    .flat_map(|i| test.image(i))
                    .copied()
                    .collect();
                let n = end - start.min(end);
                Ok(views::grid_of_bytes(&grey, [n, side[0], side[1]], n))
            }
            ViewQuery::LatentMosaic { columns, extent } => {
                views::latent::mosaic(latent()?, *columns, *extent, &self.device).await
            }
            ViewQuery::LatentPoints { count } => {
                let test = &loaded()?.test;
                let n = (*count as usize).clamp(1, 2000).min(test.len());
                let pixels = (0..n)
                    .flat_map(|i| test.image(i))
                    .map(|&p| f32::from(p) / 255.0)
                    .collect();
                let classes = (0..n).filter_map(|i| test.label(i)).collect();
                views::latent::points(latent()?, &Batch::Images { count: n, pixels }, classes).await
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
                views::latent::reconstruct(latent()?, &batch, side, seed, *draws, &self.device)
                    .await
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
