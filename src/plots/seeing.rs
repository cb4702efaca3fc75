//! The plot of models that say what they see: one asks them, all along an episode.

use super::acting::{MOST_STEPS, sheet};
use crate::{
    data::episodes::LENGTH,
    error::{Error, Result},
    model::{Acting, Played},
    pause::Pause,
    rng::{Purpose, Rng},
    scene::{PlotInput, PlotRequest, PlotSpec, View},
    worlds::rooms::{
        Sight, draw,
        layout::{self, Naming},
        question::Question,
    },
};

/// Views of an episode that are asked about, at most.
const VIEWS: usize = 8;
/// The question to begin with.
pub const EXAMPLE: Question = Question::Scene;

/// The plots.
pub fn specs() -> Vec<PlotSpec> {
    let example = EXAMPLE.to_string();
    vec![
        PlotSpec::new(
            "see",
            "Ask what it sees",
            "Up to eight views of the agent on its way through a world that it has never seen; it stands at the bottom and looks up. Below each is what it answers, the likeliest word at each place, and how probable it finds the whole answer; where that is wrong, what is right follows. Cells are marked by how much it attends to what lies there, on average over the answer's words, layers and heads.",
        )
        .with(PlotInput::Question { example })
        .answered("image"),
    ]
}

/// What it answers.
///
/// # Errors
/// [`Error::BadOption`] for a question that is not understood; [`Error::Unsupported`] for a model without a voice; what
/// the device reports.
pub async fn answer(acting: &dyn Acting, request: &PlotRequest<'_>, pause: Pause) -> Result<View> {
    let question = match request.text.trim() {
        "" => EXAMPLE,
        text => Question::parse(text)?,
    };
    let speaking = acting.speaking().ok_or_else(|| Error::Unsupported {
        what: "This model was trained without a voice".into(),
    })?;
    let sights = seen_on_the_way(acting, request.seed, pause).await?;
    let count = VIEWS.min(sights.len());
    let spread = |i: usize| i * (sights.len() - 1) / count.saturating_sub(1).max(1);
    let chosen: Vec<Sight> = (0..count).map(|i| sights[spread(i)]).collect();
    let questions = vec![question.tokens(); count];
    let said = speaking.say(&chosen, &questions, true).await?;
    let (mut pictures, mut titles) = (Vec::new(), Vec::new());
    for (sight, said) in chosen.iter().zip(said) {
        pictures.push(draw::sight(sight, &said.cells));
        let (text, right) = (said.text(), question.answer(sight));
        let percent = (100.0 * said.log_prob.exp()).round();
        titles.push(match text == right {
            true => format!("{text} · {percent} %"),
            false => format!("{text} · {percent} %. Right is: {right}"),
        });
    }
    let mut view = sheet(&pictures);
    if let View::Image { titles: below, .. } = &mut view {
        *below = titles;
    }
    Ok(view)
}

/// What a model sees while it does the mission of a seed's world.
async fn seen_on_the_way(acting: &dyn Acting, seed: u64, pause: Pause) -> Result<Vec<Sight>> {
    let mut played = Played::new(layout::draw(seed, 0, None, Naming::Said));
    loop {
        played.look();
        let step = played.actions.len();
        if played.task.is_done() || step >= MOST_STEPS {
            break;
        }
        let decided = acting.decide(&[played.told(LENGTH)]).await?;
        let Some(decision) = decided.into_iter().next() else {
            break;
        };
        let mut rng = Rng::new(seed, Purpose::Sample, step as u64);
        played.act(decision.draw(0.0, &mut rng));
        pause().await;
    }
    Ok(played.moments.iter().map(|moment| moment.sight).collect())
}

/// What a model says that it sees in each of these views, and what is right, where that is something else; nothing of a
/// model without a voice.
///
/// # Errors
/// What the device reports.
pub async fn captions(acting: &dyn Acting, sights: &[Sight]) -> Result<Vec<[String; 2]>> {
    let Some(speaking) = acting.speaking() else {
        return Ok(Vec::new());
    };
    let questions = vec![Question::Scene.tokens(); sights.len()];
    let said = speaking.say(sights, &questions, false).await?;
    let both = said.iter().zip(sights).map(|(said, sight)| {
        let (text, right) = (said.text(), Question::Scene.answer(sight));
        let right = if right == text { String::new() } else { right };
        [text, right]
    });
    Ok(both.collect())
}
