//! `playground poster`: a picture of what a widget would show, by day and by night, for a post that is
//! read where nothing runs.

mod draw;
mod link;

use std::{
    path::{Path, PathBuf},
    rc::Rc,
    time::Duration,
};

use serde_json::{Map, Value, json};

use super::{
    Place,
    files::{read, write},
    manifest,
    terminal::say,
};
use crate::{
    bytes::Bytes,
    data::{Dataset, SpaceKind, points},
    device,
    error::{Error, Result},
    model::{Condition, FamilyInfo, TrainConfig, finish},
    options, plots,
    protocol::ViewQuery,
    scene::{PlotInput, PlotInputs, PlotSpec, View},
    session::{Library, Session},
};
use draw::{DARK, Drawing, LIGHT};
use link::Widget;

/// What the page takes where nothing is said.
const MODEL: &str = "vae-mnist";
const DATA: &str = "moons";
/// Attributes that a picture does not show.
const UNSEEN: &[&str] = &[
    "theme",
    "controls",
    "refresh",
    "views",
    "backend",
    "autoplay",
    "keep-training",
    "rate",
    "steps",
    "seconds",
    "t",
    "lang",
    "layer",
    "head",
];
/// Attributes that say what is shown, and no option of a model.
const SHOWN: &[&str] = &[
    "model", "src", "family", "data", "view", "plot", "look", "seed", "count", "columns", "at",
    "z", "image", "from", "to", "path", "text", "overlay",
];
/// How long a training is left to itself between two looks at its step.
const SLICE: Duration = Duration::from_millis(200);

/// Options of `playground poster`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The widget: its attributes as NAME=VALUE (`model=vae-mnist view=samples seed=7`), or the address of
    /// a frame (`https://…/embed.html?…`), as the page's Share dialog gives it.
    #[arg(required = true)]
    widget: Vec<String>,
    /// The file, a .png; the picture by night goes beside it, with -dark in its name.
    #[arg(long, default_value = "poster.png")]
    out: PathBuf,
    /// Its width in pixels of CSS, 120 to 2000; the files have twice as many.
    #[arg(long, default_value_t = 640)]
    width: u32,
    /// Train a model of a family for so many steps before, since a widget begins with one that is untrained.
    #[arg(long, default_value_t = 0)]
    train: u32,
    #[command(flatten)]
    place: Place,
}

/// Make the pictures of a widget.
///
/// # Errors
/// What its attributes, its model and its data say; [`Error::Unsupported`] for a view that is no picture.
pub fn run(arguments: &Arguments) -> Result<()> {
    let Arguments { out, width, .. } = arguments;
    if !(120..=2000).contains(width) {
        return Err(Error::bad_option(
            "width",
            width,
            "120 to 2000 are possible",
        ));
    }
    if !out
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("png"))
    {
        let reason = "its name has to end in .png";
        return Err(Error::bad_option("out", out.display(), reason));
    }
    let widget = Widget::read(&arguments.widget)?;
    let mut scene = Scene::new(arguments, &widget)?;
    let drawing = scene.drawing(arguments)?;
    let dark = beside(out);
    let mut size = [0, 0];
    for (file, palette) in [(out, &LIGHT), (&dark, &DARK)] {
        let picture = drawing.picture(*width, palette)?;
        write(file, &picture.png)?;
        say!("{} bytes in {}", picture.png.len(), file.display());
        size = picture.size;
    }
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    say!(
        "<picture slot=\"poster\"><source srcset=\"{}\" media=\"(prefers-color-scheme: dark)\">\
         <img src=\"{}\" width=\"{}\" height=\"{}\" alt=\"{}, {}\"></picture>",
        name(&dark),
        name(out),
        size[0],
        size[1],
        scene.family.title,
        scene.plot.title,
    );
    Ok(())
}

/// The file by night.
fn beside(out: &Path) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!("{stem}-dark.png"))
}

/// A widget with its model in place.
struct Scene<'a> {
    widget: &'a Widget,
    session: Session,
    library: Library,
    family: FamilyInfo,
    plot: PlotSpec,
    sample: Value,
    seed: u32,
}

impl<'a> Scene<'a> {
    fn new(arguments: &Arguments, widget: &'a Widget) -> Result<Self> {
        if widget.get("element").is_some() {
            return Err(Error::Unsupported {
                what: "There is no picture of a lab; choose one of its models by family=NAME"
                    .into(),
            });
        }
        let mut library = Library::default();
        let seed = number(widget, "seed", 1, 0..=u32::MAX)?;
        let mut session = model(arguments, widget, &mut library, seed)?;
        if arguments.train > 0 {
            train(&mut session, arguments.train)?;
        }
        let id = session.model().family();
        let all = plots::families();
        let family = all.into_iter().find(|f| f.id == id);
        let family = family.ok_or_else(|| Error::UnknownFamily { id: id.into() })?;
        let kind = session.data().space.kind();
        let plots = family
            .spaces
            .iter()
            .find(|s| s.kind == kind)
            .map(|s| &s.plots[..])
            .unwrap_or_default();
        let wished = ["view", "plot", "look"]
            .iter()
            .find_map(|name| widget.get(name));
        let wished = wished.unwrap_or("samples");
        let plot = plots
            .iter()
            .find(|plot| plot.id == wished)
            .cloned()
            .ok_or_else(|| {
                let known: Vec<_> = plots.iter().map(|plot| plot.id.as_str()).collect();
                Error::bad_option(
                    "view",
                    wished,
                    format!("one of {} is expected", known.join(", ")),
                )
            })?;
        let sample = options_of(widget, &family, Scope::Sample)?;
        Ok(Self {
            widget,
            session,
            library,
            family,
            plot,
            sample,
            seed,
        })
    }

    fn drawing(&mut self, arguments: &Arguments) -> Result<Drawing> {
        let columns = match self.widget.get("columns") {
            Some(_) => Some(number(self.widget, "columns", 1, 1..=64)? as usize),
            None => None,
        };
        let kind = self.session.data().space.kind();
        let pictures = matches!(
            kind,
            SpaceKind::Image | SpaceKind::Video | SpaceKind::Episodes
        );
        let loose = pictures && self.plot.id == "samples";
        let view = match kind {
            SpaceKind::Text | SpaceKind::Pairs => View::Texts { texts: Vec::new() },
            SpaceKind::Score | SpaceKind::Groove => match self.samples()? {
                View::Scores { scores } if !scores.is_empty() => plots::score::picture(&scores[0]),
                view => view,
            },
            _ if loose => self.samples()?,
            _ => self.answer(&arguments.place)?,
        }
        .still();
        // A clip is a row of its frames.
        let loose = loose && kind == SpaceKind::Image;
        let mut drawing = Drawing::of(view, columns, loose, arguments.width)?;
        self.lay_over_data(&mut drawing)?;
        Ok(drawing)
    }

    fn samples(&self) -> Result<View> {
        let most = self.session.most_samples() as u32;
        let count = number(self.widget, "count", 32.min(most), 1..=most)?;
        let condition = Condition::default();
        let mut sampler = self
            .session
            .sampler(&self.sample, &condition, count, self.seed)?;
        let drawn = pollster::block_on(finish(&mut *sampler))?;
        pollster::block_on(plots::samples(drawn, count as usize, self.session.window()))
    }

    /// What the data is that belongs to the model, where a plot is asked about it.
    fn data(&mut self, place: Option<&Place>) -> Result<Option<Rc<Dataset>>> {
        let info = self.session.data().clone();
        if let (SpaceKind::Image, Some(place)) = (info.space.kind(), place) {
            images(&mut self.library, place, &info.name)?;
        }
        match info.space.kind() {
            SpaceKind::Points | SpaceKind::Energy => {
                self.library.make_for(&info, self.session.seed()).map(Some)
            }
            _ => Ok(self.library.get(&info.name)),
        }
    }

    fn answer(&mut self, place: &Place) -> Result<View> {
        let asked = |test: fn(&PlotInput) -> bool| self.plot.inputs.iter().any(test);
        let needs = self.plot.needs_data
            || asked(|i| matches!(i, PlotInput::Image | PlotInput::Pair | PlotInput::Mask));
        if asked(|i| matches!(i, PlotInput::Mask)) {
            return Err(Error::Unsupported {
                what: "What is painted over is not in a link; the page's Share dialog makes this picture".into(),
            });
        }
        let set = self.data(needs.then_some(place))?;
        let query = ViewQuery::Plot {
            plot: self.plot.id.clone(),
            inputs: self.inputs()?,
        };
        let viewer = self.session.viewer(None, set)?;
        pollster::block_on(viewer.view(&query, || Box::pin(async {})))
    }

    /// What the plot is asked with, as the page asks.
    fn inputs(&self) -> Result<PlotInputs> {
        let Self { widget, seed, .. } = self;
        let image = |name, otherwise| {
            Ok::<_, Error>(
                json!({"type": "test", "index": number(widget, name, otherwise, 0..=9999)?}),
            )
        };
        let drawn = self.session.data().space.kind() != SpaceKind::Image;
        let (count, resolution) = if drawn { (1000, 96) } else { (16, 28) };
        let mut inputs = json!({"seed": seed, "count": count, "resolution": resolution});
        let mut put = |name: &str, value: Value| inputs[name] = value;
        if let Some(at) = widget.get("at") {
            put("at", json!(share("at", at)?));
        } else {
            put("at", json!(0.5));
        }
        for input in &self.plot.inputs {
            match input {
                PlotInput::Image => put("image", image("image", 0)?),
                PlotInput::Pair => {
                    put("image", image("from", 0)?);
                    put("to", image("to", 1)?);
                    put("path", json!(widget.get("path").unwrap_or("spherical")));
                    put("count", json!(9));
                }
                PlotInput::Pointer => {
                    if let Some(z) = widget.get("z") {
                        let pair: Option<Vec<f32>> =
                            z.split(',').map(|v| v.trim().parse().ok()).collect();
                        let pair = pair.filter(|pair| pair.len() == 2);
                        let reason = "two numbers with a comma between them are expected";
                        put(
                            "pointer",
                            json!(pair.ok_or_else(|| Error::bad_option("z", z, reason))?),
                        );
                    }
                }
                _ => {}
            }
        }
        let given = widget.get("path").unwrap_or_default();
        serde_json::from_value(inputs).map_err(|e| Error::bad_option("path", given, e.to_string()))
    }

    /// Data lies under what is drawn over it, unless that is not wished for.
    fn lay_over_data(&mut self, drawing: &mut Drawing) -> Result<()> {
        let off = matches!(
            self.widget.get("overlay"),
            Some("false" | "off" | "no" | "0")
        );
        let Drawing::Plot { layers, .. } = drawing else {
            return Ok(());
        };
        if off || !self.plot.over_data {
            return Ok(());
        }
        let Ok(set) = self.data(None) else {
            return Ok(());
        };
        let viewer = self.session.viewer(None, set)?;
        let query = ViewQuery::Data {
            count: 1000,
            resolution: 0,
        };
        // A model of somebody's own points is drawn without them.
        if let Ok(View::Plot { layers: data, .. }) =
            pollster::block_on(viewer.view(&query, || Box::pin(async {})))
        {
            let points = data
                .into_iter()
                .filter(|layer| matches!(layer, crate::scene::Layer::Points { .. }));
            // Over a field, and under everything else, as in the page.
            let at = layers
                .iter()
                .take_while(|layer| matches!(layer, crate::scene::Layer::Field { .. }))
                .count();
            layers.splice(at..at, points);
        }
        Ok(())
    }
}

/// A drawing as a PNG, `width` pixels of CSS wide, by day.
///
/// # Errors
/// [`Error::Unsupported`] for what is no picture.
pub(super) fn picture(view: View, width: u32) -> Result<Vec<u8>> {
    Ok(Drawing::of(view, None, false, width)?
        .picture(width, &LIGHT)?
        .png)
}

/// The model of a widget, in a session.
fn model(
    arguments: &Arguments,
    widget: &Widget,
    library: &mut Library,
    seed: u32,
) -> Result<Session> {
    let Arguments { place, train, .. } = arguments;
    let device = device::native(&place.device)?;
    if let Some(id) = widget.get("family").filter(|_| widget.model.is_none()) {
        let all = plots::families();
        let family = all.into_iter().find(|f| f.id == id);
        let family = family.ok_or_else(|| Error::UnknownFamily { id: id.into() })?;
        let [config, options, of_data] = [Scope::Config, Scope::Train, Scope::Data]
            .map(|scope| options_of(widget, &family, scope));
        check_names(widget, &family)?;
        let data = widget.get("data").unwrap_or(DATA);
        if !crate::data::PointSet::is_toy(data) {
            images(library, place, data)?;
        }
        let set = library.make(data, &of_data?, seed.into())?;
        return Session::create(id, &config?, &options?, set, seed.into(), &device);
    }
    if *train > 0 {
        let reason = "only a model of a family is trained first";
        return Err(Error::bad_option("train", train, reason));
    }
    let session = match (&widget.model, widget.get("src")) {
        (Some(bytes), _) => Session::open(bytes, None, &device)?,
        (None, Some(src)) => Session::open(&read(Path::new(src))?, None, &device)?,
        (None, None) => {
            let entry = manifest::model(&place.checkpoints, widget.get("model").unwrap_or(MODEL))?;
            let bytes = read(&place.checkpoints.join(&entry.file))?;
            Session::open(&bytes, Some(&entry.sha256), &device)?
        }
    };
    let all = plots::families();
    if let Some(family) = all.iter().find(|f| f.id == session.model().family()) {
        check_names(widget, family)?;
    }
    Ok(session)
}

/// Which options.
#[derive(Clone, Copy)]
enum Scope {
    Config,
    Train,
    Sample,
    Data,
}

fn schema(family: &FamilyInfo, scope: Scope) -> Value {
    match scope {
        Scope::Config => family.config_schema.clone(),
        Scope::Sample => family.sample_schema.clone(),
        Scope::Train => options::schema::<TrainConfig>(),
        Scope::Data => options::schema::<points::ToyOptions>(),
    }
}

/// An attribute as the option that it is.
fn option_of(attribute: &str) -> String {
    match attribute {
        "hidden-units" => "hidden".into(),
        other => other.replace('-', "_"),
    }
}

/// Options of a scope, among the attributes.
fn options_of(widget: &Widget, family: &FamilyInfo, scope: Scope) -> Result<Value> {
    let schema = schema(family, scope);
    let mut all = Map::new();
    for (attribute, text) in &widget.attributes {
        let name = option_of(attribute);
        let own = SHOWN.contains(&attribute.as_str()) || UNSEEN.contains(&attribute.as_str());
        if own || schema["properties"].get(&name).is_none() {
            continue;
        }
        let boolean = schema["properties"][&name]["type"] == "boolean";
        let text = match text.as_str() {
            "" | "on" | "yes" | "1" if boolean => "true",
            "off" | "no" | "0" if boolean => "false",
            text => text,
        };
        all.insert(name.clone(), options::parse_text(&schema, &name, text)?);
    }
    Ok(Value::Object(all))
}

/// Refuse attributes that mean nothing to a family.
fn check_names(widget: &Widget, family: &FamilyInfo) -> Result<()> {
    for (attribute, text) in &widget.attributes {
        let known = SHOWN.contains(&attribute.as_str()) || UNSEEN.contains(&attribute.as_str());
        let name = option_of(attribute);
        let scopes = [Scope::Config, Scope::Train, Scope::Sample, Scope::Data];
        let has = |scope| schema(family, scope)["properties"].get(&name).is_some();
        if !known && !scopes.into_iter().any(has) {
            return Err(Error::bad_option(
                attribute,
                text,
                "this widget has no such attribute",
            ));
        }
    }
    Ok(())
}

fn number(
    widget: &Widget,
    name: &str,
    otherwise: u32,
    range: std::ops::RangeInclusive<u32>,
) -> Result<u32> {
    let Some(text) = widget.get(name) else {
        return Ok(otherwise);
    };
    let value = text
        .trim()
        .parse()
        .ok()
        .filter(|value| range.contains(value));
    let reason = || {
        format!(
            "a whole number from {} to {} is expected",
            range.start(),
            range.end()
        )
    };
    value.ok_or_else(|| Error::bad_option(name, text, reason()))
}

fn share(name: &str, text: &str) -> Result<f32> {
    let value = text
        .trim()
        .parse()
        .ok()
        .filter(|value| (0.0..=1.0).contains(value));
    value.ok_or_else(|| Error::bad_option(name, text, "a number from 0 to 1 is expected"))
}

/// The page's images of a name, into the library.
fn images(library: &mut Library, place: &Place, name: &str) -> Result<()> {
    // A name, and no way to elsewhere.
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(Error::bad_option(
            "data",
            name,
            "this site does not carry it",
        ));
    }
    if library.get(name).is_none() {
        let file = place
            .checkpoints
            .join("../data")
            .join(format!("{name}.bin"));
        library.put(name, &Bytes(read(&file)?), None)?;
    }
    Ok(())
}

fn train(session: &mut Session, steps: u32) -> Result<()> {
    if steps > 100_000 {
        return Err(Error::bad_option(
            "train",
            steps,
            "at most 100000 are taken",
        ));
    }
    while session.step() < u64::from(steps) {
        pollster::block_on(session.train_slice(SLICE, Some(u64::from(steps))))?;
    }
    Ok(())
}
