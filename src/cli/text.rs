//! Texts: `playground sample` and `playground evaluate` for models that write.

use serde_json::json;

use super::{Place, bar::bar, card, files::write, manifest, note_other_data, terminal::say};
use crate::{
    checkpoint::{Meta, Opened},
    data::{DataInfo, TextSet},
    error::{Error, Result},
    evaluate::{
        Estimate,
        text::{negative_log_likelihood, with_context},
    },
    model::{Sampler, Samples, drive},
};

/// Published values to stand beside ours: data set, nats a character, source.
const PUBLISHED: [(&str, &str, &str); 3] = [
    (
        "tinyshakespeare",
        "1.88",
        "nanoGPT, 0.80 M parameters, context 64, 2,000 steps of 12 (github.com/karpathy/nanoGPT, README)",
    ),
    (
        "tinyshakespeare",
        "1.4697",
        "nanoGPT, 10.65 M parameters, context 256 (the same)",
    ),
    (
        "tinyshakespeare",
        "1.4655",
        "the same model again (Lu et al. 2024, The AI Scientist, arXiv:2408.06292)",
    ),
];

/// Take a sampler's steps and hand each token to `out` as soon as it is there, until nobody reads
/// them any more.
///
/// # Errors
/// What the device reports.
pub fn write_out(
    sampler: &mut dyn Sampler,
    mut out: impl FnMut(&str),
    is_closed: impl Fn() -> bool,
) -> Result<()> {
    let mut shown = 0;
    let written = drive(sampler, async |sampler, _| {
        if sampler.revises() {
            return Ok(());
        }
        if let Samples::Texts(texts) = sampler.state_from(shown) {
            for token in texts.iter().flatten() {
                out(&token.text);
                shown += 1;
            }
        }
        match is_closed() {
            true => Err(Error::Cancelled),
            false => Ok(()),
        }
    });
    match pollster::block_on(written) {
        Err(Error::Cancelled) => return Ok(()),
        other => other?,
    }
    // What may change until the end is written then.
    if sampler.revises()
        && let Samples::Texts(texts) = sampler.state()
    {
        texts.iter().flatten().for_each(|token| out(&token.text));
    }
    out("\n");
    Ok(())
}

/// The text that a model learned from, in the model's tokens: the file's own lines, for a set already shuffled would
/// be shuffled again and lines that were learned from be held out. Whether it is another text now is said.
///
/// # Errors
/// What [`TextSet::from_folder`] says.
pub(super) fn set_of(data: &DataInfo, place: &Place) -> Result<TextSet> {
    let vocabulary = data.space.vocabulary().cloned();
    let set = TextSet::from_folder(&data.name, &data.options, vocabulary, &place.data)?;
    note_other_data(&set.info, data);
    Ok(set)
}

/// Measure how well a checkpoint guesses the part of its text that was held out.
pub fn run(id: &str, opened: Opened, keep: bool, place: &Place) -> Result<()> {
    let entry = keep.then(|| manifest::model(&place.checkpoints, id));
    let entry = entry.transpose()?;
    let (model, meta) = (opened.model, opened.meta);
    let set = set_of(&meta.data, place)?;
    let per_token = set.characters_per_token();
    let (characters, held_out) = (set.characters, set.test_characters);
    let windows = (set.test().len() - 1).div_ceil(model.block_size().max(1));
    let bar = bar(3 * windows);
    let show = |done: usize, mean: f64| {
        bar.set_position(done as u64);
        bar.set_message(format!("{mean:.4}"));
        true
    };
    let with_context = pollster::block_on(with_context(&*model, &set, show));
    let estimate = pollster::block_on(negative_log_likelihood(&*model, set, |done, mean| {
        show(2 * windows + done, mean)
    }));
    bar.finish_and_clear();
    let (estimate, with_context) = (estimate?, with_context?);
    let nats = estimate.mean / per_token;
    say!(
        "{id}: {} parameters, the last {held_out} of {characters} characters of {}, {} windows of {} tokens",
        model.num_params(),
        meta.data.name,
        estimate.n,
        model.block_size(),
    );
    say!(
        "{nats:.4} ± {:.4} nats a character, {:.4} bits",
        estimate.standard_error / per_token,
        nats / std::f64::consts::LN_2,
    );
    say!(
        "{:.4} ± {:.4} nats a character with at least {} tokens before each guess",
        with_context.mean / per_token,
        with_context.standard_error / per_token,
        model.block_size() / 2,
    );
    for (_, value, source) in PUBLISHED.iter().filter(|p| p.0 == meta.data.name) {
        say!("{value:<8} {source}");
    }
    if let Some(mut entry) = entry {
        let rounded = |value: f64| json!((value * 1e4).round() / 1e4);
        entry
            .metrics
            .insert("natsPerCharacter".into(), rounded(nats));
        entry
            .metrics
            .insert("heldOutCharacters".into(), json!(held_out));
        entry.metrics.insert(
            "natsWithContext".into(),
            rounded(with_context.mean / per_token),
        );
        let measured = [&estimate, &with_context];
        let card = page(&entry, &meta, measured, [characters, held_out], per_token);
        write(&place.checkpoints.join(&entry.card), card.as_bytes())?;
        manifest::put(&place.checkpoints, entry)?;
    }
    Ok(())
}

/// The card that is served beside the checkpoint.
fn page(
    entry: &manifest::ModelEntry,
    meta: &Meta,
    [estimate, with_context]: [&Estimate; 2],
    [characters, held_out]: [usize; 2],
    per_token: f64,
) -> String {
    let published: String = PUBLISHED
        .iter()
        .filter(|p| p.0 == meta.data.name)
        .map(|(_, value, source)| format!("| {value} | {source} |\n"))
        .collect();
    let source = match meta.data.name.as_str() {
        "tinyshakespeare" => {
            "tinyshakespeare, lines from Shakespeare's plays (public domain) as collected in \
             github.com/karpathy/char-rnn, data/tinyshakespeare/input.txt"
        }
        "names" => {
            "names.txt of github.com/karpathy/makemore (MIT licence), first names most common in \
             the USA in 2018 (ssa.gov)"
        }
        name => name,
    };
    let context = meta.config["block_size"].as_u64().unwrap_or(0);
    let batch = meta.train["batch_size"].as_u64().unwrap_or(0);
    let data = format!(
        "{source}; {characters} characters, of which the last {held_out} are held out; SHA-256 `{}`. The text is \
         not shipped",
        meta.data.sha256
    );
    let training = format!(
        "{} steps of {batch} windows of {context} tokens ({:.1} million tokens), {:.0} minutes on two cores",
        meta.step,
        (meta.seen * context) as f64 / 1e6,
        meta.seconds / 60.0
    );
    format!(
        "{head}\
         −log p of the whole part held out, exact, in {n} windows of the context one after the \
         other, the last of them shorter, ± one standard error over windows; `playground evaluate`. Lower is better.\n\n\
         | nats a character | |\n|---|---|\n\
         | {nats:.4} ± {error:.4} ({bits:.3} bits) | this checkpoint |\n\
         | {context_nats:.4} ± {context_error:.4} | this checkpoint, with at least {half} tokens before each guess: \
         {context_n} windows that begin {half} tokens after one another, of which the last {half} guesses count |\n\
         {published}",
        head = card::head(entry, meta, "", &data, &training),
        n = estimate.n,
        nats = estimate.mean / per_token,
        error = estimate.standard_error / per_token,
        context_nats = with_context.mean / per_token,
        context_error = with_context.standard_error / per_token,
        context_n = with_context.n,
        half = context / 2,
        bits = estimate.mean / per_token / std::f64::consts::LN_2,
    )
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::model::tests::Counting;

    #[test]
    fn a_text_of_n_tokens_is_written_from_n_tokens() {
        let (mut sampler, mut out) = (Counting::new(500), String::new());
        write_out(&mut sampler, |text| out.push_str(text), || false).expect("it is written");
        let want: String = sampler.tokens.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(out, want + "\n");
        assert_eq!(sampler.handed_out.get(), 500, "each token once");
    }

    #[test]
    fn a_text_that_nobody_reads_any_more_ends() {
        let (mut sampler, read) = (Counting::new(500), Cell::new(0));
        let reader = |_: &str| read.set(read.get() + 1);
        write_out(&mut sampler, reader, || read.get() == 20).expect("it ends quietly");
        assert_eq!((sampler.tokens.len(), read.get()), (20, 20));
    }
}
