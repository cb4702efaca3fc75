//! Progress in the terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// How far a measurement of `n` examples is.
pub fn bar(n: usize) -> ProgressBar {
    let bar = ProgressBar::new(n as u64);
    let style = "{elapsed_precise} {wide_bar} {pos}/{len} left {eta_precise} {msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar
}

/// How far a training of `steps` steps is, from step `at` on.
pub fn steps_bar(steps: u64, at: u64) -> ProgressBar {
    let bar = ProgressBar::new(steps).with_position(at);
    let style = "{elapsed_precise} {wide_bar} {pos}/{len} {per_sec} left {eta_precise} {msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.reset_eta();
    bar
}
