//! What can be seen of a model.
//!
//! A plot is declared by a [`PlotSpec`] and answered with a generic picture. Those that every model
//! with a capability gives are made here, one file for each capability; the others are the family's
//! own ([`Family::plots`](crate::model::Family::plots)).

mod acting;
mod changing;
pub mod clips;
pub mod edit;
mod files;
mod film;
pub mod font;
pub mod hear;
mod imagining;
mod invertible;
mod language;
pub mod latent;
mod likelihood;
pub mod masked;
pub mod nearest;
pub mod outline;
mod pca;
mod planning;
mod points;
pub mod score;
mod seeing;
pub mod sentences;
pub mod success;
pub mod svg;
pub mod teaching;
mod translation;
pub mod umap;

pub use files::{csv, enlarged, png};
pub use film::{FILM_LIMIT, Film, gif};
pub use points::data;

use burn::tensor::Tensor;

use crate::{
    data::SpaceKind,
    error::{Error, Result},
    evaluate::imagining::imagining_of,
    families,
    model::{
        Acting, Capabilities, Condition, ConditionKind, FamilyInfo, Language, Latent, Masked,
        Model, Planning, Sampler, Samples, Translation, finish,
    },
    open::{guest, meaning},
    pause::Pause,
    scene::{self, PlotRequest, PlotSpec, Role, Scene, View, grid, token},
};

/// All families with everything that can be seen of their models, in the order of the page.
pub fn families() -> Vec<FamilyInfo> {
    families::infos().into_iter().map(with_plots).collect()
}

/// The same, and behind them what models of other programs can do, which are opened and never made.
pub fn described() -> Vec<FamilyInfo> {
    let mut all = families();
    all.push(with_plots(guest::info()));
    all.push(with_plots(meaning::info()));
    all
}

fn with_plots(mut family: FamilyInfo) -> FamilyInfo {
    for space in &mut family.spaces {
        let mut plots = general(space.kind, &family.capabilities, &family.conditions);
        // The family's own word counts.
        plots.retain(|plot| space.plots.iter().all(|own| own.id != plot.id));
        plots.append(&mut space.plots);
        // What the model makes comes first.
        plots.sort_by_key(|plot| plot.id != "samples");
        space.plots = plots;
    }
    family
}

/// What can be seen of every model with these capabilities that honours these conditions.
fn general(
    kind: SpaceKind,
    capabilities: &Capabilities,
    conditions: &[ConditionKind],
) -> Vec<PlotSpec> {
    let mut all = Vec::new();
    match kind {
        SpaceKind::Points | SpaceKind::Classes | SpaceKind::Energy => {
            all.extend(points::specs(capabilities.density));
            if capabilities.invertible {
                all.extend(invertible::specs());
            }
        }
        SpaceKind::Image => {
            all.push(PlotSpec::new("samples", "Samples", "What the model makes."));
            if conditions.contains(&ConditionKind::Label) {
                let help = "Samples by class: each column was asked for as one class, and each row begins with the same noise.";
                all.push(PlotSpec::new("classes", "Classes", help).with_classes());
            }
            all.extend(edit::specs(conditions));
            if capabilities.latent {
                all.extend(latent::specs());
            }
            all.extend(capabilities.density.into_iter().flat_map(likelihood::specs));
            all.push(nearest::spec(conditions));
            all.push(hear::spec());
        }
        SpaceKind::Video => {
            all.push(PlotSpec::new("samples", "Clips", "What the model makes."));
            all.extend(clips::specs(conditions));
        }
        SpaceKind::Score => {
            all.push(PlotSpec::new("samples", "Music", "What the model makes."));
        }
        SpaceKind::Groove => {
            all.push(PlotSpec::new("samples", "Drums", "What the model plays."));
        }
        // What can be seen of one that neither writes nor guesses is its own.
        SpaceKind::Text if !capabilities.language => {}
        SpaceKind::Text => {
            all.push(PlotSpec::new("samples", "Text", "What the model writes."));
            if capabilities.masked {
                all.extend(masked::specs());
            } else if capabilities.language {
                all.extend(language::specs());
            }
        }
        SpaceKind::Pairs => all.extend(translation::specs()),
        // What can be seen of them is the family's own.
        SpaceKind::Functions => {}
        SpaceKind::Paths => all.extend(planning::specs()),
        // What is told a mission acts; what is not imagines.
        SpaceKind::Episodes if !conditions.contains(&ConditionKind::Prompt) => {
            all.extend(imagining::specs());
        }
        SpaceKind::Episodes => {
            all.extend(acting::specs());
            all.extend(seeing::specs());
            all.push(PlotSpec::new(
                "samples",
                "Episodes",
                "The model acts in worlds of its own.",
            ));
        }
    }
    all
}

/// Draw a plot; between parts of a long answer the thread is given back.
///
/// # Errors
/// [`Error::BadOption`], [`Error::Unsupported`], and what the device reports.
pub async fn answer(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    if let Some(encoder) = model.sentences() {
        return sentences::answer(encoder, request, pause).await;
    }
    match request.info.space.kind() {
        kind if kind.in_plane() => points::answer(model, request, pause).await,
        SpaceKind::Paths => planning::answer(planning_of(model)?, request, pause).await,
        _ => match request.plot {
            "latent" | "codes" | "reconstruct" | "interpolate" | "attributes" | "become" => {
                latent::answer(latent_of(model)?, request).await
            }
            "classes" => classes(model, request, pause).await,
            "likelihood" | "pixels" => likelihood::answer(model, request, pause).await,
            "complete" | "enlarge" | "sketch" | "instruct" => {
                edit::answer(model, request, pause).await
            }
            nearest::ID => nearest::answer(model, request, pause).await,
            hear::ID => hear::answer(model, request, pause).await,
            "continue" | "between" | "repaint" | "redirect" | "alter" => {
                clips::answer(model, request, pause).await
            }
            "fill" | "steps" | "read" | "attention" | "shots" if model.masked().is_some() => {
                masked::answer(model, request, pause).await
            }
            "read" | "attention" | "lens" => {
                language::answer(language_of(model)?, request, pause).await
            }
            "follow" => acting::answer(acting_of(model)?, request, pause).await,
            "imagine" | "plan" | "futures" | "drift" => {
                imagining::answer(imagining_of(model)?, request, pause).await
            }
            "see" => seeing::answer(acting_of(model)?, request, pause).await,
            teaching::SHOW | teaching::ASK => {
                teaching::answer(acting_of(model)?, request, pause).await
            }
            success::ID => success::answer(model, request, pause).await,
            "translate" => translation::answer(translation_of(model)?, request).await,
            _ => model.plot(request)?.read(request.window()).await,
        },
    }
}

/// Rows of a plot by class.
const ROWS: usize = 4;

/// Samples of each class in a column of its own.
async fn classes(model: &dyn Model, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let classes = request.info.classes.len();
    let options = model.preview()?;
    let mut columns = Vec::with_capacity(classes);
    for label in 0..classes as u32 {
        let condition = Condition {
            label: Some(label),
            ..Condition::default()
        };
        let mut sampler = model
            .sampler(&options, &condition, ROWS, request.seed)
            .map_err(|error| match error {
                Error::BadOption { .. } => Error::Unsupported {
                    what: "This model was trained without classes".into(),
                },
                error => error,
            })?;
        columns.push(finish(&mut *sampler).await?.images()?);
        pause().await;
    }
    if columns.is_empty() {
        return Err(Error::Unsupported {
            what: "This data has no classes".into(),
        });
    }
    // [rows, classes, channels, height, width], row by row.
    let all: Tensor<5> = Tensor::stack(columns, 1);
    let [rows, n, c, h, w] = all.dims();
    grid(all.reshape([rows * n, c, h, w]), classes).await
}

/// The latent space of a model.
///
/// # Errors
/// [`Error::Unsupported`] if it has none.
pub fn latent_of(model: &dyn Model) -> Result<&dyn Latent> {
    model.latent().ok_or_else(|| Error::Unsupported {
        what: format!("A {} has no latent space", model.title()),
    })
}

fn language_of(model: &dyn Model) -> Result<&dyn Language> {
    model.language().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not read text", model.title()),
    })
}

fn masked_of(model: &dyn Model) -> Result<&dyn Masked> {
    model.masked().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not fill gaps", model.title()),
    })
}

fn acting_of(model: &dyn Model) -> Result<&dyn Acting> {
    model.acting().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not act", model.title()),
    })
}

/// A question that a model could be asked about what it sees, if it has a voice.
pub fn question_for(model: &dyn Model) -> Option<String> {
    let speaking = model.acting()?.speaking();
    speaking.map(|_| seeing::EXAMPLE.to_string())
}

fn planning_of(model: &dyn Model) -> Result<&dyn Planning> {
    model.planning().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not plan", model.title()),
    })
}

fn translation_of(model: &dyn Model) -> Result<&dyn Translation> {
    model.translation().ok_or_else(|| Error::Unsupported {
        what: format!("A {} does not translate", model.title()),
    })
}

/// Samples as a view: images as a grid of `columns`, points as a plot of `window`.
///
/// # Errors
/// What the device reports.
pub async fn samples(samples: Samples, columns: usize, window: [f32; 4]) -> Result<View> {
    match samples {
        Samples::Images(images) => grid(images, columns).await,
        Samples::Clips(clips) => scene::clips(clips, Vec::new(), Vec::new()).await,
        Samples::Points(points) => {
            let scene = Scene::new(format!("{} samples", points.dims()[0]));
            scene.points(Role::Model, points).read(window).await
        }
        Samples::Paths { maze, paths } => planning::drawn(&maze, paths).await,
        Samples::Texts(texts) => Ok(token::texts(texts, 0)),
        Samples::Scores(scores) => Ok(View::Scores { scores }),
    }
}

/// What a sampler has made, as [`samples`] shows it.
///
/// # Errors
/// What the device reports.
pub async fn made(sampler: &dyn Sampler, columns: usize, window: [f32; 4]) -> Result<View> {
    under_way(sampler, columns, window, &mut 0).await
}

/// What a sampler has come to, as [`samples`] shows it; of texts only what is new since `sent` tokens
/// of each were told.
///
/// # Errors
/// What the device reports.
pub async fn under_way(
    sampler: &dyn Sampler,
    columns: usize,
    window: [f32; 4],
    sent: &mut usize,
) -> Result<View> {
    match sampler.state_from(*sent) {
        Samples::Texts(texts) if sampler.revises() => Ok(token::anew(texts)),
        Samples::Texts(texts) => {
            let start = *sent;
            *sent += texts.iter().map(Vec::len).max().unwrap_or(0);
            Ok(token::texts(texts, start))
        }
        state => samples(state, columns, window).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{drive, tests::Counting},
        scene::Token,
    };

    #[test]
    fn a_growing_text_is_told_once_and_whole() {
        let (mut sampler, mut sent, mut told) = (Counting::new(500), 0, Vec::<Token>::new());
        let all = drive(&mut sampler, async |sampler, _| {
            let view = under_way(sampler, 1, [0.0; 4], &mut sent).await?;
            let View::Texts { texts } = view else {
                panic!("texts")
            };
            assert_eq!(texts[0].start as usize, told.len());
            told.extend(texts[0].tokens.clone());
            Ok(())
        });
        pollster::block_on(all).expect("samples");
        assert_eq!(told, sampler.tokens);
        assert_eq!(sampler.handed_out.get(), 500, "each token once");
    }
}
