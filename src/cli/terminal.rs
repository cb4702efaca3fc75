//! What is said in the terminal. Nothing else in the command line writes there.

use std::{
    borrow::Cow,
    fmt::Arguments,
    io::{ErrorKind, Write, stderr, stdout},
    path::Path,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::error::{Error, Result};

/// Whether nobody reads standard output any more, as behind `| head`.
static CLOSED: AtomicBool = AtomicBool::new(false);
/// Why standard output took no more, where somebody wants it: a full disk, for example.
static FAILED: OnceLock<Error> = OnceLock::new();

/// Print a line, as `println!` would.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::terminal::line(format_args!($($text)*)) };
}
pub(super) use say;

/// Print a line. Where nobody reads it any more it is dropped in silence, so that what is under way,
/// such as a training, goes on.
pub fn line(text: Arguments) {
    write(&format!("{text}\n"));
}

/// Print a text as [`line`] does, without ending the line.
pub fn write(text: &str) {
    if is_closed() {
        return;
    }
    let mut out = stdout().lock();
    let written = out.write_all(printable(text).as_bytes());
    if let Err(error) = written.and_then(|()| out.flush()) {
        CLOSED.store(true, Ordering::Relaxed);
        if error.kind() != ErrorKind::BrokenPipe {
            // The first reason counts.
            let _ = FAILED.set(Error::io(Path::new("standard output"), &error));
        }
    }
}

/// Whether what is printed is lost.
pub fn is_closed() -> bool {
    CLOSED.load(Ordering::Relaxed)
}

/// That everything could be printed that somebody wanted to read.
///
/// # Errors
/// [`Error::Io`].
pub fn check() -> Result<()> {
    FAILED.get().map_or(Ok(()), |error| Err(error.clone()))
}

/// Print a line to standard error, if it takes it.
pub fn complain(text: &str) {
    let _ = writeln!(stderr(), "{}", printable(text));
}

/// A text without what would steer a terminal: names and texts come from files of strangers.
fn printable(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    // A line end of two characters is one of one.
    let plain = text.replace('\r', "");
    Cow::Owned(plain.replace(steers, "\u{fffd}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(printable("a\tb\r\nc é 🙂"), "a\tb\nc é 🙂");
        let hostile = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m\u{8}\u{7f}\0";
        let shown = printable(hostile);
        assert_eq!(shown.matches('\u{fffd}').count(), 7);
        assert!(!shown.contains(char::is_control), "{shown:?}");
    }
}
