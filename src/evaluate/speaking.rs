//! How often an agent says what is to be seen, and answers right: word for word as the grammar does.

use super::Tally;
use crate::{
    data::EpisodeSet,
    error::{Error, Result},
    model::Model,
    rng::{Purpose, Rng},
    worlds::rooms::{
        Sight,
        question::{KINDS, Question},
    },
};

/// Views that are asked about at once.
const AT_ONCE: usize = 64;
/// Episodes to look for a view in, for each that is wanted.
const EPISODES: usize = 60;

/// Questions of each of [`KINDS`], at most `count`, about views that the expert had in held-out worlds, one of an
/// episode: first those in which no colour and sort are named together that never were in training, then those in which
/// some are.
pub fn questions(set: &EpisodeSet, count: usize) -> [[Vec<(Sight, Question)>; KINDS.len()]; 2] {
    let mut all: [[Vec<(Sight, Question)>; KINDS.len()]; 2] = Default::default();
    for i in 0..EPISODES * count {
        let episode = set.held_out(i);
        let mut rng = Rng::new(set.seed(), Purpose::Evaluate, i as u64);
        if episode.moments.is_empty() {
            continue;
        }
        let sight = episode.moments[rng.below(episode.moments.len())].sight;
        for (kind, _) in KINDS.iter().enumerate() {
            let question = Question::draw(kind, &sight, &mut rng);
            let these = &mut all[usize::from(question.is_unsaid(&sight))][kind];
            if these.len() < count {
                these.push((sight, question));
            }
        }
        let is_full = |these: &Vec<_>| these.len() >= count;
        // About doors before it nothing is asked that names a colour.
        let open = Question::IsDoor(crate::worlds::rooms::Door::Open).kind();
        let unsaid = all[1].iter().enumerate();
        if all[0].iter().all(is_full) && unsaid.filter(|(k, _)| *k != open).all(|(_, t)| is_full(t))
        {
            break;
        }
    }
    all
}

/// How many of these a model answers right, in the grammar's own words.
///
/// # Errors
/// [`Error::Unsupported`] for a model that does not speak, and what the device reports.
pub async fn answers(model: &dyn Model, asked: &[(Sight, Question)]) -> Result<Tally> {
    let speaking = model.acting().and_then(|acting| acting.speaking());
    let speaking = speaking.ok_or_else(|| Error::Unsupported {
        what: "This needs a model that says what it sees".into(),
    })?;
    let mut found = Tally::default();
    for these in asked.chunks(AT_ONCE) {
        let sights: Vec<Sight> = these.iter().map(|(sight, _)| *sight).collect();
        let questions: Vec<Vec<u32>> = these.iter().map(|(_, q)| q.tokens()).collect();
        let said = speaking.say(&sights, &questions, false).await?;
        for ((sight, question), utterance) in these.iter().zip(said) {
            found.note(utterance.text() == question.answer(sight));
        }
    }
    Ok(found)
}
