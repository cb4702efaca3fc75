//! One answer for each [`Request`].

use std::rc::Rc;

use super::{Host, dealing::Steps, options::check_options, sampling::Wish, training::Limits};
use crate::{
    checkpoint::Tuning,
    data::{
        DataInfo, Dataset, ImageSet, SpaceKind, clips, episodes, functions,
        images::Standing,
        pairs, paths,
        pictures::PictureOptions,
        points::{self, Units},
        scenes,
        sound::own::second_of,
        text::TextOptions,
    },
    error::{Error, Result},
    export, families,
    model::{Dealer, TrainConfig},
    open, options, plots,
    protocol::{Bytes, Fault, FileForm, Made, Outcome, Progress, Request, View, ViewQuery},
    scene::grid_of_bytes,
    session::{Session, pace_of},
    speech::sound::samples,
};

/// Pixels of the largest image that is written.
const PICTURE_LIMIT: u64 = 32 << 20;

impl Host {
    /// Do what is asked.
    pub(super) async fn answer(&self, id: u32, request: Request) -> Result<Outcome> {
        match request {
            Request::Describe => Ok(description()),
            Request::LoadPoints { .. }
            | Request::LoadText { .. }
            | Request::LoadPictures { .. }
            | Request::CutSecond { .. }
            | Request::LoadData { .. } => self.load(request),
            Request::Open { .. } | Request::Create { .. } | Request::Dispose { .. } => {
                self.place(request).await
            }
            Request::Tune { .. } | Request::Adapt { .. } => self.tune(request).await,
            Request::Peek { head, size } => {
                let size = size as u64;
                let opening = open::peek(head.0, size)?;
                Ok(Outcome::Opening { opening })
            }
            Request::Pace { .. } => self.pace(request).await,
            Request::Sample { .. } => {
                let view = self.draw(id, &request).await?;
                Ok(Outcome::View { view })
            }
            Request::View {
                session,
                query,
                snapshot,
            } => {
                let view = self.view(id, session, &query, snapshot).await?;
                Ok(Outcome::View { view })
            }
            Request::Train {
                session,
                steps,
                rate,
                seconds,
                network,
                keep,
            } => {
                let limits = Limits {
                    steps,
                    rate,
                    seconds,
                    keep: keep.unwrap_or(true),
                };
                self.train(id, session, limits, network.as_deref()).await
            }
            Request::SetTrain { session, train } => {
                let session = self.session(session)?;
                session.session.lock().await.set_train(&train)?;
                Ok(Outcome::Done)
            }
            Request::ShowSnapshot { .. } | Request::RestoreSnapshot { .. } => {
                self.snapshot(request).await
            }
            Request::Export { .. }
            | Request::ExportAdapter { .. }
            | Request::ExportPage { .. }
            | Request::ExportView { .. }
            | Request::ExportSamples { .. } => self.export(id, request).await,
            Request::ExportFilm {
                name,
                width,
                height,
                delay,
                rgba,
            } => film_file(&name, width, height, delay, &rgba),
            Request::CheckOptions {
                scope,
                family,
                entries,
            } => check_options(scope, &family, &entries),
            Request::LoadVoice { .. } => self.load_voice(&request),
            Request::Speak { .. } => self.speak(id, &request).await,
            Request::Cancel { target } => {
                if self.running.borrow().contains(&target) {
                    self.cancelled.borrow_mut().insert(target);
                }
                Ok(Outcome::Done)
            }
            Request::Fault { kind } => match kind {
                #[allow(clippy::panic)] // What was asked for.
                Fault::Panic => panic!("a panic on request"),
                Fault::LoseDevice => Err(Error::Unsupported {
                    what: "The graphics device belongs to the worker's shell".into(),
                }),
            },
        }
    }

    /// Draw the samples that a request asks for.
    async fn draw(&self, id: u32, request: &Request) -> Result<View> {
        match request {
            Request::Sample {
                session,
                count,
                seed,
                options,
                condition,
            }
            | Request::ExportSamples {
                session,
                count,
                seed,
                options,
                condition,
                ..
            } => {
                let wish = Wish {
                    session: *session,
                    count: *count,
                    seed: *seed,
                    options,
                    condition,
                };
                self.sample(id, wish).await
            }
            other => Err(misrouted(other)),
        }
    }

    /// How long a step of a training would take.
    async fn pace(&self, request: Request) -> Result<Outcome> {
        let Request::Pace {
            family,
            config,
            train,
            data,
            data_options,
        } = request
        else {
            return Err(misrouted(&request));
        };
        let data = self.library.borrow_mut().make(&data, &data_options, 0)?;
        let (budget, device) = (self.budget, &self.device);
        let (seconds, parameters) =
            pace_of(budget, &family, &config, &train, data, device, self.pause).await?;
        Ok(Outcome::Pace {
            seconds,
            parameters,
        })
    }

    /// Keep data that is handed over.
    fn load(&self, request: Request) -> Result<Outcome> {
        let loaded = self.put_data(request)?;
        self.tidy();
        Ok(loaded)
    }

    fn put_data(&self, request: Request) -> Result<Outcome> {
        let mut library = self.library.borrow_mut();
        match request {
            Request::LoadPoints { source } => {
                let set = library.put_points(&source)?;
                let points = set.points()?;
                Ok(Outcome::Points {
                    count: points.count() as u32,
                    window: points.window(),
                    units: points.info.units.map(|u| u.of_window(points.window())),
                    skipped: points.skipped.clone(),
                })
            }
            Request::LoadText {
                name,
                bytes,
                sha256,
                options,
            } => {
                let set = library.put_text(&name, &bytes, sha256.as_deref(), &options)?;
                let text = match &*set {
                    Dataset::Pairs(pairs) => pairs.describe(),
                    Dataset::Episodes(episodes) => episodes.describe(),
                    set => set.text()?.describe(),
                };
                Ok(Outcome::Text { text })
            }
            Request::LoadPictures { source } => {
                let (set, pictures) = library.put_pictures(&source)?;
                let preview = some_of(set.images()?);
                Ok(Outcome::Pictures { pictures, preview })
            }
            Request::CutSecond { file } => Ok(Outcome::Second {
                sound: Bytes(samples(&second_of(&file.0)?)),
            }),
            Request::LoadData {
                name,
                bytes,
                sha256,
            } => {
                library.put(&name, &bytes, sha256.as_deref())?;
                Ok(Outcome::Done)
            }
            other => Err(misrouted(&other)),
        }
    }

    /// Begin or end a session.
    async fn place(&self, request: Request) -> Result<Outcome> {
        match request {
            Request::Open {
                session,
                bytes,
                sha256,
            } => {
                let opened = match open::is_foreign(&bytes.0) {
                    true => {
                        let asked = self.asked;
                        Session::guest(bytes.0, sha256.as_deref(), &self.device, asked).await?
                    }
                    false => Session::open(&bytes.0, sha256.as_deref(), &self.device)?,
                };
                self.put(session, opened.within(self.budget))
            }
            Request::Create {
                session,
                family,
                config,
                train,
                data,
                data_options,
                seed,
            } => {
                let seed = u64::from(seed);
                let data = self.library.borrow_mut().make(&data, &data_options, seed)?;
                let (budget, device) = (self.budget, &self.device);
                let new =
                    Session::create_within(budget, &family, &config, &train, data, seed, device)?;
                self.put(session, new)
            }
            Request::Dispose { session } => {
                self.sessions.borrow_mut().remove(&session);
                Ok(Outcome::Done)
            }
            other => Err(misrouted(&other)),
        }
    }

    /// Go on with a model: on a text, or by adapters that were trained before.
    async fn tune(&self, request: Request) -> Result<Outcome> {
        match request {
            Request::Tune {
                session,
                base,
                config,
                train,
                data,
                data_options,
                seed,
            } => {
                if episodes::is_own(&data) {
                    let data = self.library.borrow_mut().make(&data, &data_options, 0)?;
                    let (budget, device) = (self.budget, &self.device);
                    let new = Session::imitate(budget, &base.0, data, &train, seed.into(), device)
                        .await?;
                    return self.put(session, new);
                }
                let text = self.library.borrow_mut().text(&data)?;
                let tuning = Tuning {
                    config: &config,
                    train: &train,
                    name: &data,
                    text: &text,
                    text_options: &data_options,
                    seed: seed.into(),
                };
                let new = Session::tune(self.budget, &base.0, &tuning, &self.device).await?;
                self.put(session, new)
            }
            Request::Adapt {
                session,
                base,
                bytes,
            } => {
                let new = Session::adapt(&base.0, &bytes.0, &self.device).await?;
                self.put(session, new.within(self.budget))
            }
            other => Err(misrouted(&other)),
        }
    }

    /// Look at a past snapshot, or go back to it.
    async fn snapshot(&self, request: Request) -> Result<Outcome> {
        match request {
            Request::ShowSnapshot {
                session,
                index,
                count,
            } => {
                let session = self.session(session)?;
                let view = session
                    .session
                    .lock()
                    .await
                    .show_snapshot(index, count, self.pause)
                    .await?;
                Ok(Outcome::View { view })
            }
            Request::RestoreSnapshot { session, index } => {
                let session = self.session(session)?;
                let mut session = session.session.lock().await;
                session.restore_snapshot(index).await?;
                let model = session.info()?;
                Ok(Outcome::Model { model })
            }
            other => Err(misrouted(&other)),
        }
    }

    /// Answer a question about a model.
    pub(super) async fn view(
        &self,
        id: u32,
        number: u32,
        query: &ViewQuery,
        snapshot: Option<u32>,
    ) -> Result<View> {
        let slot = self.session(number)?;
        let (viewer, steps) = {
            let session = slot.session.lock().await;
            let mut library = self.library.borrow_mut();
            let set = library.at_hand(session.data(), query.needs_data());
            let viewer = match query.compares() {
                true => session.comparing(snapshot, set)?,
                false => session.viewer(snapshot, set)?,
            };
            let steps = session.density(snapshot, &viewer).map(|drawing| Steps {
                host: self,
                id,
                most: session.drawers(&drawing),
                drawing: Rc::new(drawing),
            });
            (viewer, steps)
        };
        let report = |view| self.progress(id, Progress::Viewing { view });
        let dealer = steps.as_ref().map(|steps| steps as &dyn Dealer);
        viewer.watched(query, self.pause, &report, dealer).await
    }

    /// Write a file.
    async fn export(&self, id: u32, request: Request) -> Result<Outcome> {
        match request {
            Request::Export { session, resumable } => {
                let session = self.session(session)?;
                let session = session.session.lock().await;
                Ok(Outcome::File {
                    name: format!("{}.safetensors", session.file_name()),
                    mime: "application/octet-stream".into(),
                    bytes: Bytes(session.export(resumable).await?),
                })
            }
            Request::ExportAdapter { session } => {
                let slot = self.session(session)?;
                let session = slot.session.lock().await;
                Ok(Outcome::File {
                    name: format!("{}-adapter.safetensors", session.file_name()),
                    mime: "application/octet-stream".into(),
                    bytes: Bytes(session.export_adapter().await?),
                })
            }
            Request::ExportPage { session } => {
                let slot = self.session(session)?;
                let session = slot.session.lock().await;
                let name = session.file_name();
                let page = export::pytorch(&*session.model(), session.data(), &name)?;
                Ok(Outcome::File {
                    name: format!("{name}.py"),
                    mime: "text/x-python".into(),
                    bytes: Bytes(page.into_bytes()),
                })
            }
            Request::ExportView {
                session,
                query,
                form,
                snapshot,
            } => {
                let slot = self.session(session)?;
                let view = self.view(id, session, &query, snapshot).await?;
                let (name, info) = {
                    let session = slot.session.lock().await;
                    (session.file_name(), session.data().clone())
                };
                view_file(&view, form, &name, &info)
            }
            Request::ExportSamples {
                session,
                seed,
                scale,
                ..
            } => {
                let slot = self.session(session)?;
                let view = self.draw(id, &request).await?.still();
                let (name, units) = {
                    let session = slot.session.lock().await;
                    (session.file_name(), session.data().units)
                };
                samples_file(&view, &format!("{name}-seed-{seed}"), scale, units.as_ref())
            }
            other => Err(misrouted(&other)),
        }
    }
}

/// The error for a request that [`Host::answer`] sent to the wrong function.
fn misrouted(request: &Request) -> Error {
    let text = format!("{request:?}");
    let name = text.split([' ', '{']).next().unwrap_or_default();
    Error::Internal {
        reason: format!("nobody answers the request {name}"),
    }
}

/// The first images of a set, to see what they are like.
fn some_of(set: &ImageSet) -> View {
    const SOME: usize = 60;
    let n = set.train.len().min(SOME);
    let bytes: Vec<u8> = (0..n).flat_map(|i| set.train.image(i)).copied().collect();
    let [channels, height, width] = set.shape();
    grid_of_bytes(&bytes, [n, channels, height, width], n)
}

/// Samples as a file: points as CSV in the reader's units, images as PNG.
fn samples_file(view: &View, name: &str, scale: u32, units: Option<&Units>) -> Result<Outcome> {
    if let View::Plot { layers, .. } = view {
        return Ok(Outcome::File {
            name: format!("{name}.csv"),
            mime: "text/csv".into(),
            bytes: Bytes(plots::csv(layers, units)),
        });
    }
    if let View::Image { width, height, .. } = view {
        let pixels = u64::from(*width) * u64::from(*height) * u64::from(scale).pow(2);
        if pixels > PICTURE_LIMIT {
            let reason = "the image would be too large; take fewer samples or a smaller scale";
            return Err(Error::bad_option("scale", scale, reason));
        }
    }
    Ok(Outcome::File {
        name: format!("{name}.png"),
        mime: "image/png".into(),
        bytes: Bytes(plots::png(view, scale as usize)?),
    })
}

/// Pixels of a saved image for one of the model's.
const ENLARGED: usize = 8;

/// What was looked at as a file.
fn view_file(view: &View, form: FileForm, name: &str, info: &DataInfo) -> Result<Outcome> {
    let image = matches!(view, View::Image { .. });
    let (ending, mime, bytes) = match form {
        FileForm::Svg if image => (
            "svg",
            "image/svg+xml",
            plots::outline::svg(view)?.into_bytes(),
        ),
        FileForm::Svg => ("svg", "image/svg+xml", plots::svg::svg(view)?.into_bytes()),
        FileForm::Png => ("png", "image/png", plots::png(view, ENLARGED)?),
        FileForm::MusicXml => {
            let mime = "application/vnd.recordare.musicxml+xml";
            ("musicxml", mime, plots::score::musicxml(view)?)
        }
        FileForm::Abc => ("abc", "text/vnd.abc", plots::score::abc(view)?),
        FileForm::Midi => ("mid", "audio/midi", plots::score::midi(view)?),
        FileForm::Ttf => {
            let bytes = plots::font::ttf(view, &info.classes, name, Standing::LETTERS)?;
            ("ttf", "font/ttf", bytes)
        }
    };
    Ok(Outcome::File {
        name: format!("{name}.{ending}"),
        mime: mime.into(),
        bytes: Bytes(bytes),
    })
}

/// Pictures in a row as a file.
fn film_file(name: &str, width: u16, height: u16, delay: u16, rgba: &Bytes) -> Result<Outcome> {
    let bytes = plots::gif(&plots::Film {
        width,
        height,
        delay,
        rgba: &rgba.0,
    })?;
    Ok(Outcome::File {
        name: format!("{name}.gif"),
        mime: "image/gif".into(),
        bytes: Bytes(bytes),
    })
}

/// Everything that can be chosen from.
fn description() -> Outcome {
    Outcome::Description {
        families: plots::described(),
        train_schema: options::schema::<TrainConfig>(),
        data_schema: options::schema::<points::ToyOptions>(),
        text_schema: options::schema::<TextOptions>(),
        picture_schema: options::schema::<PictureOptions>(),
        toys: points::toys(),
        made: vec![
            Made {
                name: scenes::NAME.into(),
                kind: SpaceKind::Image,
                of: None,
            },
            Made {
                name: pairs::NAME.into(),
                kind: SpaceKind::Pairs,
                of: None,
            },
            Made {
                name: episodes::NAME.into(),
                kind: SpaceKind::Episodes,
                of: None,
            },
            Made {
                name: episodes::PLAY.into(),
                kind: SpaceKind::Episodes,
                of: None,
            },
            Made {
                name: paths::NAME.into(),
                kind: SpaceKind::Paths,
                of: None,
            },
        ]
        .into_iter()
        .chain(clips::Kind::ALL.map(|kind| Made {
            name: kind.name().into(),
            kind: SpaceKind::Video,
            of: kind.source().map(String::from),
        }))
        .chain(functions::names().map(|name| Made {
            name: name.into(),
            kind: SpaceKind::Functions,
            of: None,
        }))
        .collect(),
        presets: families::presets(),
    }
}
