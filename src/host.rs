//! The worker without its shell: requests in, answers out, sessions in between.
//!
//! Runs on one thread. Every request is a future of its own; long ones give the thread back
//! between slices ([`Host::pause`]), so that a cancel or a look at the same session gets its turn.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};

use async_lock::Mutex;
use burn::tensor::Device;
use serde_json::{Map, Value};
use web_time::{Duration, Instant};

use crate::{
    data::{plane, text::TextOptions},
    error::{Error, Result},
    family::{self, Samples, TrainConfig},
    options,
    protocol::{
        Answer, Bytes, Envelope, ErrorInfo, Fault, OptionScope, Outcome, Progress, Reply, Request,
        View, ViewQuery,
    },
    session::{Library, Session},
    views::{self, Pause},
};

/// How long a slice of training may hold the thread.
const SLICE: Duration = Duration::from_millis(40);

/// Pixels of the largest picture that is written.
const PICTURE_LIMIT: u64 = 32 << 20;

/// See the module's documentation.
pub struct Host {
    device: Device,
    pause: Pause,
    rest: Pause,
    emit: Box<dyn Fn(Answer)>,
    sessions: RefCell<HashMap<u32, Rc<Mutex<Session>>>>,
    library: RefCell<Library>,
    cancelled: RefCell<HashSet<u32>>,
    running: RefCell<HashSet<u32>>,
}

impl Host {
    /// A host that computes on `device` and sends answers to `emit`.
    pub fn new(device: Device, pause: Pause, emit: Box<dyn Fn(Answer)>) -> Self {
        Self {
            device,
            pause,
            rest: pause,
            emit,
            sessions: RefCell::default(),
            library: RefCell::default(),
            cancelled: RefCell::default(),
            running: RefCell::default(),
        }
    }

    /// Wait by `rest`, a few milliseconds without work, where there is nothing to do yet.
    #[must_use]
    pub fn with_rest(mut self, rest: Pause) -> Self {
        self.rest = rest;
        self
    }

    /// The device it computes on.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Answer one request: any number of progress messages, then exactly one end.
    pub async fn handle(&self, envelope: Envelope) {
        let id = envelope.id;
        self.running.borrow_mut().insert(id);
        let reply = match self.answer(id, envelope.request).await {
            Ok(outcome) => Reply::Ok { outcome },
            Err(error) => Reply::Error {
                error: ErrorInfo::from(&error),
            },
        };
        self.running.borrow_mut().remove(&id);
        self.cancelled.borrow_mut().remove(&id);
        (self.emit)(Answer { id, reply });
    }

    fn progress(&self, id: u32, progress: Progress) {
        let reply = Reply::Progress { progress };
        (self.emit)(Answer { id, reply });
    }

    fn is_cancelled(&self, id: u32) -> bool {
        self.cancelled.borrow().contains(&id)
    }

    fn session(&self, session: u32) -> Result<Rc<Mutex<Session>>> {
        let found = self.sessions.borrow().get(&session).cloned();
        found.ok_or(Error::UnknownSession { session })
    }

    /// Put a new session in the place of the old one, if there was one.
    fn put(&self, number: u32, session: Session) -> Result<Outcome> {
        let model = session.info()?;
        let session = Rc::new(Mutex::new(session));
        self.sessions.borrow_mut().insert(number, session);
        Ok(Outcome::Model { model })
    }

    async fn answer(&self, id: u32, request: Request) -> Result<Outcome> {
        match request {
            Request::Describe => Ok(Outcome::Description {
                families: family::infos(),
                train_schema: options::schema::<TrainConfig>(),
                data_schema: options::schema::<plane::PlaneOptions>(),
                text_schema: options::schema::<TextOptions>(),
                toys: plane::toys(),
                presets: family::presets(),
            }),
            Request::LoadPoints { source } => {
                let set = self.library.borrow_mut().put_points(&source)?;
                let points = set.points()?;
                Ok(Outcome::Points {
                    count: points.count() as u32,
                    window: points.window(),
                })
            }
            Request::LoadText {
                name,
                bytes,
                sha256,
                options,
            } => {
                let mut library = self.library.borrow_mut();
                let set = library.put_text(&name, &bytes, sha256.as_deref(), &options)?;
                let text = set.text()?.describe();
                Ok(Outcome::Text { text })
            }
            Request::LoadData {
                name,
                bytes,
                sha256,
            } => {
                let mut library = self.library.borrow_mut();
                library.put(&name, &bytes, sha256.as_deref())?;
                Ok(Outcome::Done)
            }
            Request::Open {
                session,
                bytes,
                sha256,
            } => self.put(
                session,
                Session::open(&bytes.0, sha256.as_deref(), &self.device)?,
            ),
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
                let new = Session::create(&family, &config, &train, data, seed, &self.device)?;
                self.put(session, new)
            }
            Request::Pace {
                family,
                config,
                train,
                data,
                data_options,
            } => {
                let data = self.library.borrow_mut().make(&data, &data_options, 0)?;
                let mut session = Session::create(&family, &config, &train, data, 0, &self.device)?;
                let parameters = session.model().num_params() as u32;
                let seconds = session.pace(self.pause).await?;
                Ok(Outcome::Pace {
                    seconds,
                    parameters,
                })
            }
            Request::Dispose { session } => {
                self.sessions.borrow_mut().remove(&session);
                Ok(Outcome::Done)
            }
            Request::Sample {
                session,
                count,
                seed,
                options,
            } => {
                let view = self.sample(id, session, count, seed, &options).await?;
                Ok(Outcome::View { view })
            }
            Request::ExportSamples {
                session,
                count,
                seed,
                options,
                scale,
            } => {
                let view = self.sample(id, session, count, seed, &options).await?;
                let name = self.session(session)?.lock().await.file_name();
                if let View::Plot { layers, .. } = &view {
                    return Ok(Outcome::File {
                        name: format!("{name}-seed-{seed}.csv"),
                        mime: "text/csv".into(),
                        bytes: Bytes(views::csv(layers)),
                    });
                }
                if let View::Image { width, height, .. } = &view {
                    let pixels = u64::from(*width) * u64::from(*height) * u64::from(scale).pow(2);
                    if pixels > PICTURE_LIMIT {
                        let reason = "the picture would be too large; take fewer samples or less";
                        return Err(Error::bad_option("scale", scale, reason));
                    }
                }
                Ok(Outcome::File {
                    name: format!("{name}-seed-{seed}.png"),
                    mime: "image/png".into(),
                    bytes: Bytes(views::png(&view, scale as usize)?),
                })
            }
            Request::View {
                session,
                query,
                snapshot,
            } => {
                let view = self.view(session, &query, snapshot).await?;
                Ok(Outcome::View { view })
            }
            Request::ExportView {
                session,
                query,
                snapshot,
            } => {
                let view = self.view(session, &query, snapshot).await?;
                let name = self.session(session)?.lock().await.file_name();
                Ok(Outcome::File {
                    name: format!("{name}.svg"),
                    mime: "image/svg+xml".into(),
                    bytes: Bytes(views::svg::svg(&view)?.into_bytes()),
                })
            }
            Request::Train {
                session,
                steps,
                rate,
                seconds,
                player,
            } => {
                let limits = Limits {
                    steps,
                    rate,
                    seconds,
                };
                self.train(id, session, limits, player.as_deref()).await
            }
            Request::SetTrain { session, train } => {
                let session = self.session(session)?;
                session.lock().await.set_train(&train)?;
                Ok(Outcome::Done)
            }
            Request::ShowSnapshot {
                session,
                index,
                count,
            } => {
                let session = self.session(session)?;
                let view = session.lock().await.show_snapshot(index, count).await?;
                Ok(Outcome::View { view })
            }
            Request::RestoreSnapshot { session, index } => {
                let session = self.session(session)?;
                let mut session = session.lock().await;
                session.restore_snapshot(index).await?;
                let model = session.info()?;
                Ok(Outcome::Model { model })
            }
            Request::Export { session, resumable } => {
                let session = self.session(session)?;
                let session = session.lock().await;
                Ok(Outcome::File {
                    name: format!("{}.safetensors", session.file_name()),
                    mime: "application/octet-stream".into(),
                    bytes: Bytes(session.export(resumable).await?),
                })
            }
            Request::CheckOptions {
                scope,
                family,
                entries,
            } => check_options(scope, &family, &entries),
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

    async fn view(&self, number: u32, query: &ViewQuery, snapshot: Option<u32>) -> Result<View> {
        let viewer = {
            let session = self.session(number)?;
            let session = session.lock().await;
            let set = self.library.borrow().get(&session.data().name);
            session.viewer(snapshot, set)?
        };
        viewer.view(query, self.pause).await
    }

    async fn sample(
        &self,
        id: u32,
        session: u32,
        count: u32,
        seed: u32,
        options: &Value,
    ) -> Result<View> {
        let session = self.session(session)?;
        let (mut sampler, window) = {
            let session = session.lock().await;
            (session.sampler(options, count, seed)?, session.window())
        };
        // About four wide to three high.
        let columns = (f64::from(count) * 4.0 / 3.0).sqrt().ceil() as usize;
        let (of, mut shown, mut sent) = (sampler.steps(), Instant::now(), 0);
        for step in 1..=of {
            sampler.step()?;
            sampler.settle().await?;
            if sampler.ended() {
                break;
            }
            if step < of && shown.elapsed() > Duration::from_millis(100) {
                shown = Instant::now();
                let state = sampler.state();
                let view = match state {
                    // Only what is new: a long text would cross again and again.
                    Samples::Texts(texts) => views::text::added(&texts, &mut sent),
                    state => views::samples(state, columns, window).await?,
                };
                let (step, of) = (step as u32, of as u32);
                let view = Some(view);
                self.progress(id, Progress::Sampling { step, of, view });
                (self.pause)().await;
                if self.is_cancelled(id) {
                    return Err(Error::Cancelled);
                }
            }
        }
        views::samples(sampler.state(), columns, window).await
    }

    async fn train(
        &self,
        id: u32,
        number: u32,
        limits: Limits,
        player: Option<&str>,
    ) -> Result<Outcome> {
        let Limits {
            steps,
            rate,
            seconds,
        } = limits;
        if let Some(rate) = rate.filter(|r| !(0.1..=10_000.0).contains(r)) {
            let reason = "it must lie between 0.1 and 10000";
            return Err(Error::bad_option("rate", rate, reason));
        }
        let session = self.session(number)?;
        let until = {
            let mut session = session.lock().await;
            // A training keeps its data, whatever has come under the same name since.
            if !session.is_training() {
                let data = {
                    let info = session.data();
                    self.library.borrow_mut().make_for(info, session.seed())?
                };
                session.prepare_training(data).await?;
            }
            session.set_player(player)?;
            session.resume_clock();
            steps.map(|s| session.step() + u64::from(s))
        };
        let computed = session.lock().await.computed();
        let started = Instant::now();
        let mut paid_steps = 0f32;
        loop {
            // A cancel ends it well: what was learned stays. So does another model's arrival.
            let replaced = !matches!(
                self.sessions.borrow().get(&number),
                Some(s) if Rc::ptr_eq(s, &session)
            );
            let mut held = session.lock().await;
            let spent = (held.computed() - computed).as_secs_f32();
            let done =
                until.is_some_and(|u| held.step() >= u) || seconds.is_some_and(|s| spent >= s);
            if done || replaced || self.is_cancelled(id) {
                let state = held.train_state();
                return Ok(Outcome::Trained { state });
            }
            let due = rate.is_none_or(|r| started.elapsed().as_secs_f32() * r >= paid_steps);
            if due {
                // Slow motion takes one step at a time.
                let slice = if rate.is_some() {
                    Duration::ZERO
                } else {
                    SLICE
                };
                let news = held.train_slice(slice, until).await?;
                paid_steps += 1.0;
                if let Some(state) = news.state {
                    let samples = news.samples;
                    self.progress(id, Progress::Training { state, samples });
                }
                if let Some((step, bytes)) = news.saved {
                    let (step, bytes) = (step as u32, Bytes(bytes));
                    self.progress(id, Progress::Snapshot { step, bytes });
                }
            }
            drop(held);
            // Slow motion waits for its next step without keeping the thread busy.
            if due {
                (self.pause)().await;
            } else {
                (self.rest)().await;
            }
        }
    }
}

/// When a training stops by itself, and how fast it may go.
struct Limits {
    steps: Option<u32>,
    rate: Option<f32>,
    seconds: Option<f32>,
}

fn check_options(
    scope: OptionScope,
    family: &str,
    entries: &[(String, String)],
) -> Result<Outcome> {
    let schema = match scope {
        OptionScope::Train => options::schema::<TrainConfig>(),
        OptionScope::Data => options::schema::<plane::PlaneOptions>(),
        OptionScope::Text => options::schema::<TextOptions>(),
        OptionScope::Config | OptionScope::Sample => {
            let found = family::infos().into_iter().find(|f| f.id == family);
            let info = found.ok_or_else(|| Error::UnknownFamily { id: family.into() })?;
            match scope {
                OptionScope::Config => info.config_schema,
                _ => info.sample_schema,
            }
        }
    };
    let (mut values, mut errors) = (Map::new(), Vec::new());
    for (name, text) in entries {
        match options::parse_text(&schema, name, text) {
            Ok(value) => {
                values.insert(name.clone(), value);
            }
            Err(error) => errors.push(ErrorInfo::from(&error)),
        }
    }
    Ok(Outcome::Options {
        values: Value::Object(values),
        errors,
    })
}
