//! What `playground evaluate` measures of agents that say what they see.

use std::fmt::Write as _;

use super::terminal::say;
use crate::{
    data::EpisodeSet,
    error::Result,
    evaluate::{
        Tally,
        speaking::{answers, questions},
    },
    model::Model,
    worlds::rooms::question::KINDS,
};

/// Questions of each kind.
const COUNT: usize = 500;
/// The goal of descriptions, in hundredths.
const GOAL: f64 = 95.0;

/// Answers by kind: of what was named together in training, and of what was not.
pub type Spoken = [[Tally; KINDS.len()]; 2];

/// Measure how often it says what is to be seen, and answers right, if it speaks.
///
/// # Errors
/// What the device reports.
pub fn measure(model: &dyn Model, set: &EpisodeSet) -> Result<Option<Spoken>> {
    if model.acting().and_then(|a| a.speaking()).is_none() {
        return Ok(None);
    }
    let asked = questions(set, COUNT);
    let mut found = Spoken::default();
    for (found, asked) in found.iter_mut().zip(&asked) {
        for (found, asked) in found.iter_mut().zip(asked) {
            *found = pollster::block_on(answers(model, asked))?;
        }
    }
    for (kind, name) in KINDS.iter().enumerate() {
        let [said, unsaid] = [&found[0][kind], &found[1][kind]];
        say!(
            "{name:<38} {:.1} % of {}; never named together: {}",
            said.percent(),
            said.count,
            share(unsaid)
        );
    }
    Ok(Some(found))
}

fn share(answers: &Tally) -> String {
    match answers.count {
        0 => "–".into(),
        count => format!("{:.1} % of {count}", answers.percent()),
    }
}

/// Descriptions, and questions of all kinds together.
fn sums(found: &[Tally; KINDS.len()]) -> [Tally; 2] {
    let answered = found[1..].iter().fold(Tally::default(), |a, b| a.and(*b));
    [found[0], answered]
}

/// Metrics for the manifest, in hundredths.
pub fn metrics(found: &Spoken) -> [(&'static str, f64); 4] {
    let [[caption, answer], [caption_unsaid, answer_unsaid]] = [sums(&found[0]), sums(&found[1])];
    [
        ("captions", caption.percent()),
        ("answers", answer.percent()),
        ("captionsUnsaid", caption_unsaid.percent()),
        ("answersUnsaid", answer_unsaid.percent()),
    ]
}

/// What a card says of it.
pub fn page(found: &Spoken) -> String {
    let mut rows = String::new();
    for (kind, name) in KINDS.iter().enumerate() {
        let goal = if kind == 0 {
            format!("{GOAL} %")
        } else {
            String::new()
        };
        let (said, unsaid) = (share(&found[0][kind]), share(&found[1][kind]));
        let _ = writeln!(rows, "| {name} | {said} | {goal} | {unsaid} |");
    }
    let [[_, answered], [_, unsaid]] = [sums(&found[0]), sums(&found[1])];
    format!(
        "\n## What it says\n\n\
         Answers that are the grammar's word for word, in hundredths, to {COUNT} questions of each kind about views of the \
         expert in worlds from which nothing was learned, one view of an episode; `playground evaluate`. At each place the \
         likeliest word is said. In the last column question or answer names a colour and a thing together that were \
         never named so in training.\n\n\
         | question | this checkpoint | goal | never named together |\n|---|---|---|---|\n{rows}\
         | all but the first | {} | | {} |\n",
        share(&answered),
        share(&unsaid),
    )
}
