//! The native command line, run as a user runs it.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use super::root;

/// A folder of one test that is gone when it ends.
pub struct Folder(pub PathBuf);

impl Folder {
    /// An empty folder.
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("playground-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("writable");
        Self(path)
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program with these arguments.
pub fn playground(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playground"));
    command.current_dir(root("")).args(arguments);
    command
}

/// What it says and how it ends.
pub fn run(arguments: &[&str]) -> Output {
    playground(arguments).output().expect("it starts")
}

/// It failed with this code, in the words of an error and not of a panic.
pub fn refused(output: &Output, code: &str) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{code} was expected");
    assert!(error.contains(&format!("[{code}]")), "{code}: {error}");
    assert!(!error.contains("panicked"), "{error}");
}
