//! Answers to questions about a model at one moment.

use std::rc::Rc;

use burn::tensor::Device;

use crate::{
    data::{
        Batch, DataInfo, Dataset, PointSet, Space, SpaceKind, groove,
        input::{self, ClipInput, ImageInput, LetterInput},
        score::{Roll, humming, midi},
    },
    error::{Error, Result},
    evaluate,
    model::{Dealer, Model},
    pause::Pause,
    plots,
    protocol::ViewQuery,
    scene::{PlotInputs, PlotRequest, View, grid_of_bytes},
};

/// A model at one moment, to be looked at. See [`Session::viewer`](super::Session::viewer).
pub struct Viewer {
    pub(super) model: Box<dyn Model>,
    pub(super) info: DataInfo,
    pub(super) set: Option<Rc<Dataset>>,
    pub(super) device: Device,
    /// The model before its training, where a question compares it.
    pub(super) before: Option<Box<dyn Model>>,
}

impl Viewer {
    /// Answer a question about the model; between parts of a long answer the thread is given back.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if the model cannot answer it, the errors of the plots, and what the
    /// device reports.
    pub async fn view(&self, query: &ViewQuery, pause: Pause) -> Result<View> {
        self.watched(query, pause, &|_| (), None).await
    }

    /// As [`Viewer::view`]; `report` hears of a long answer as it grows, and `dealer` may have help for what takes long.
    ///
    /// # Errors
    /// As [`Viewer::view`].
    pub async fn watched(
        &self,
        query: &ViewQuery,
        pause: Pause,
        report: &dyn Fn(View),
        dealer: Option<&dyn Dealer>,
    ) -> Result<View> {
        match query {
            ViewQuery::Plot { plot, inputs } => {
                let mut request = self.request(plot, inputs)?;
                request.report = Some(report);
                request.dealer = dealer;
                plots::answer(&*self.model, &request, pause).await
            }
            ViewQuery::Data { count, resolution } => {
                let (count, resolution) = (*count as usize, *resolution as usize);
                plots::data(self.points()?, count, resolution, &self.device).await
            }
            ViewQuery::Chances { score, voice, step } => {
                plots::score::chances(&*self.model, score, [*voice, *step]).await
            }
            ViewQuery::HeldOut { index } => {
                let set = self.set()?;
                if let Dataset::Grooves(set) = set {
                    let groove = set.held_out(*index as usize % set.test_len().max(1));
                    let scores = vec![groove.roll(|_, _| true, |_, _, note| note)];
                    return Ok(View::Scores { scores });
                }
                let set = set.scores()?;
                let score = set.held_out(*index as usize % set.test_len().max(1));
                plots::score::written(&Roll::of(&score, |_| true).as_input())
            }
            ViewQuery::Score { score } if self.drums() => Ok(View::Scores {
                scores: vec![groove::Asked::of(score)?.written()],
            }),
            ViewQuery::Midi { bytes } if self.drums() => Ok(View::Scores {
                scores: vec![groove::Asked::of(&groove::midi::read(&bytes.0)?)?.written()],
            }),
            ViewQuery::Score { score } => plots::score::written(score),
            ViewQuery::Midi { bytes } => plots::score::written(&midi::read(&bytes.0)?),
            ViewQuery::Hummed { bytes } => plots::score::written(&humming::read(&bytes.0)?),
            ViewQuery::Metrics { count, seed } => self.metrics(*count, *seed, pause, dealer).await,
            ViewQuery::DataImages { start, count } => self.data_images(*start, *count),
            ViewQuery::Decode { z } => {
                plots::latent::decode(plots::latent_of(&*self.model)?, z.0.clone(), &self.device)
                    .await
            }
            ViewQuery::Encode { image } => {
                let latent = plots::latent_of(&*self.model)?;
                plots::latent::posterior(latent, &self.images(&[image])?).await
            }
        }
    }

    /// Whether what it is about are drums.
    fn drums(&self) -> bool {
        self.info.space.kind() == SpaceKind::Groove
    }

    /// The request for a plot, its images as the model sees them.
    fn request<'a>(&'a self, plot: &'a str, inputs: &'a PlotInputs) -> Result<PlotRequest<'a>> {
        let images: Vec<_> = inputs.image.iter().chain(&inputs.to).collect();
        let letters = &inputs.letters;
        Ok(PlotRequest {
            plot,
            at: inputs.at,
            pointer: inputs.pointer,
            marks: &inputs.marks,
            images: match images.is_empty() {
                _ if !letters.is_empty() => Some(self.letters(letters)?),
                _ if inputs.clip.is_some() => self.clip(inputs.clip.as_ref())?,
                true => None,
                false => Some(self.images(&images)?),
            },
            mask: match &inputs.mask {
                None => None,
                Some(mask) => {
                    let [height, width] = match self.info.space {
                        Space::Video { height, width, .. } => [height, width],
                        _ => self
                            .info
                            .space
                            .image()
                            .map(|[_, height, width]| [height, width])?,
                    };
                    Some(mask.fitted([height, width])?)
                }
            },
            text: &inputs.text,
            lines: &inputs.lines,
            vectors: &inputs.vectors.0,
            actions: &inputs.actions,
            changes: &inputs.changes,
            walls: inputs.walls,
            languages: [&inputs.from, &inputs.into],
            count: inputs.count as usize,
            seed: u64::from(inputs.seed),
            resolution: inputs.resolution as usize,
            path: inputs.path,
            info: &self.info,
            data: self.set.as_deref(),
            device: self.device.clone(),
            before: self.before.as_deref(),
            report: None,
            dealer: None,
        })
    }

    /// A reader's images, or those of the data set.
    fn images(&self, inputs: &[&ImageInput]) -> Result<Batch> {
        let set = match self.set.as_deref() {
            Some(Dataset::Images(set)) => Some(set),
            _ => None,
        };
        let [channels, height, width] = self.info.space.image()?;
        let mut values = Vec::new();
        for image in inputs {
            values.extend(input::prepare(image, &self.info, set)?);
        }
        Ok(Batch::unlabelled(
            [inputs.len(), channels, height, width],
            values,
        ))
    }

    /// A reader's clip; its frames are channels.
    fn clip(&self, clip: Option<&ClipInput>) -> Result<Option<Batch>> {
        let size = self.info.space.clip()?;
        let [frames, channels, height, width] = size;
        let values = clip.map(|clip| clip.fitted(size)).transpose()?;
        let shape = [1, frames * channels, height, width];
        Ok(values.map(|values| Batch::unlabelled(shape, values)))
    }

    /// A reader's images with their classes.
    fn letters(&self, letters: &[LetterInput]) -> Result<Batch> {
        /// The most of them.
        const MOST: usize = 8;
        if letters.len() > MOST {
            let reason = format!("{MOST} are possible");
            return Err(Error::bad_option("letters", letters.len(), reason));
        }
        let classes = self.info.classes.len().max(1);
        if let Some(letter) = letters.iter().find(|l| l.label as usize >= classes) {
            let reason = format!("its classes are 0 to {}", classes - 1);
            return Err(Error::bad_option("label", letter.label, reason));
        }
        let images: Vec<_> = letters.iter().map(|letter| &letter.image).collect();
        let mut batch = self.images(&images)?;
        if let Batch::Images { labels, .. } = &mut batch {
            labels.extend(letters.iter().map(|letter| letter.label));
        }
        Ok(batch)
    }

    fn bad_data(&self, reason: &str) -> Error {
        Error::BadData {
            name: self.info.name.clone(),
            reason: reason.into(),
        }
    }

    fn set(&self) -> Result<&Dataset> {
        let set = self.set.as_deref();
        set.ok_or_else(|| self.bad_data("it has not been loaded yet"))
    }

    fn points(&self) -> Result<&PointSet> {
        self.set()?.points()
    }

    /// How close the model comes to its points.
    async fn metrics(
        &self,
        count: u32,
        seed: u32,
        pause: Pause,
        dealer: Option<&dyn Dealer>,
    ) -> Result<View> {
        let count = (count as usize).clamp(200, 10_000);
        let set = self.points()?;
        if !set.is_whole() {
            return Err(self.bad_data("its points are not at hand"));
        }
        let (model, seed) = (&*self.model, seed.into());
        let numbers = evaluate::points::metrics(model, set, count, seed, pause, dealer).await?;
        Ok(View::Numbers { numbers })
    }

    /// Test images `start..start + count` in a row.
    fn data_images(&self, start: u32, count: u32) -> Result<View> {
        let set = self.set()?;
        let space = &self.info.space;
        space.must_fit(&set.info().space, &self.info.name)?;
        let (test, [channels, height, width]) = (&set.images()?.test, space.image()?);
        let start = (start as usize).min(test.len());
        let end = (start + count.min(400) as usize).min(test.len());
        let bytes: Vec<u8> = (start..end).flat_map(|i| test.image(i)).copied().collect();
        let n = end - start;
        Ok(grid_of_bytes(&bytes, [n, channels, height, width], n))
    }
}
