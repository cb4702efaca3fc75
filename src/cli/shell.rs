//! `playground completions` and `playground man`: what a shell and `man` know of the commands, from where they
//! are declared.

use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use super::{
    Cli,
    files::write,
    terminal::{self, say},
};
use crate::error::{Error, Result};

/// Print what a shell completes the commands and options by.
pub fn completions(shell: Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "playground", &mut script);
    terminal::write(&String::from_utf8_lossy(&script));
}

/// Print the man page of the program; with a folder, write it there, and beside it a page for each
/// command.
///
/// # Errors
/// [`Error::Io`].
pub fn man(out: Option<&PathBuf>) -> Result<()> {
    let mut program = Cli::command();
    program.build();
    let Some(out) = out else {
        terminal::write(&page(program)?.1);
        return Ok(());
    };
    let commands: Vec<_> = program.get_subcommands().cloned().collect();
    for command in std::iter::once(program).chain(commands) {
        let (name, text) = page(command)?;
        let file = out.join(name);
        write(&file, text.as_bytes())?;
        say!("{}", file.display());
    }
    Ok(())
}

/// The page of a command: the name of its file, and what stands in it.
fn page(command: Command) -> Result<(String, String)> {
    let page = Man::new(command);
    let name = page.get_filename();
    let mut roff = Vec::new();
    page.render(&mut roff)
        .map_err(|e| Error::io(Path::new(&name), &e))?;
    Ok((name, String::from_utf8_lossy(&roff).into_owned()))
}
