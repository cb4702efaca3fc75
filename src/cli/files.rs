//! Files: read whole; written whole or not at all, by one program at a time, and kept by the disk.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// Read a file whole.
///
/// # Errors
/// [`Error::FileNotFound`], [`Error::Io`].
pub fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::io(path, &e))
}

/// Write a file: the claim to it is held only as long as that takes.
///
/// # Errors
/// As [`Output::claim`] and [`Output::write`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    Output::claim(path)?.write(bytes)
}

/// A file that only this program writes, until it is dropped.
pub struct Output {
    path: PathBuf,
    lock: PathBuf,
    /// Held open, for with it the lock would go.
    _held: File,
}

impl Output {
    /// Claim `path`, whether it is there or not.
    ///
    /// # Errors
    /// [`Error::InUse`] if another program has it; [`Error::Io`].
    pub fn claim(path: &Path) -> Result<Self> {
        Self::lock(path, |file| match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(Error::InUse {
                path: path.display().to_string(),
            }),
            Err(TryLockError::Error(e)) => supported(Err(e), path),
            Ok(()) => Ok(()),
        })
    }

    /// Claim `path`, waiting for whoever has it.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn wait_for(path: &Path) -> Result<Self> {
        Self::lock(path, |file| supported(file.lock(), path))
    }

    fn lock(path: &Path, take: impl Fn(&File) -> Result<()>) -> Result<Self> {
        let folder = folder_of(path);
        std::fs::create_dir_all(folder).map_err(|e| Error::io(folder, &e))?;
        let lock = beside(path, ".", ".lock");
        loop {
            let mut options = OpenOptions::new();
            let file = options.create(true).truncate(false).write(true).open(&lock);
            let file = file.map_err(|e| Error::io(&lock, &e))?;
            take(&file)?;
            // Whoever had it has removed it on leaving: then this is no longer the file of that name.
            if is_still(&file, &lock) {
                return Ok(Self {
                    path: path.into(),
                    lock,
                    _held: file,
                });
            }
        }
    }

    /// Write the file: beside it first, down to the disk, then in its place.
    ///
    /// # Errors
    /// [`Error::Io`]; what was there then stays.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        let aside = beside(&self.path, "", ".part");
        let put = || -> std::io::Result<()> {
            let mut file = File::create(&aside)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        put().map_err(|e| Error::io(&aside, &e))?;
        std::fs::rename(&aside, &self.path).map_err(|e| Error::io(&self.path, &e))?;
        // Only with its folder is the new name on the disk. Not every system opens folders.
        if let Ok(folder) = File::open(folder_of(&self.path)) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// Write the file as [`Output::write`] does; what was there stays as [`previous`].
    ///
    /// # Errors
    /// [`Error::Io`]; what was there then stays where it is.
    pub fn write_and_keep(&self, bytes: &[u8]) -> Result<()> {
        let previous = previous(&self.path);
        if self.path.exists() {
            let failed = |e: std::io::Error| Error::io(&previous, &e);
            match std::fs::remove_file(&previous) {
                Err(e) if e.kind() != ErrorKind::NotFound => return Err(failed(e)),
                _ => {}
            }
            // A second name for it costs nothing; not every disk gives one.
            std::fs::hard_link(&self.path, &previous)
                .or_else(|_| std::fs::copy(&self.path, &previous).map(|_| ()))
                .map_err(failed)?;
        }
        self.write(bytes)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // Still locked, so that nobody else has it.
        let _ = std::fs::remove_file(&self.lock);
    }
}

/// Where the generation before that of `path` is kept: x.previous.safetensors for x.safetensors.
pub fn previous(path: &Path) -> PathBuf {
    let mut ending = OsString::from("previous");
    if let Some(extension) = path.extension() {
        ending.push(".");
        ending.push(extension);
    }
    path.with_extension(ending)
}

/// The file's whole name, extension and all, between two others.
fn beside(path: &Path, before: &str, after: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(path.file_name().unwrap_or_default());
    name.push(after);
    path.with_file_name(name)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A disk without locks is written without.
fn supported(locked: std::io::Result<()>, path: &Path) -> Result<()> {
    match locked {
        Err(e) if e.kind() != ErrorKind::Unsupported => Err(Error::io(path, &e)),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn is_still(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |about: std::fs::Metadata| (about.dev(), about.ino());
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(file), Ok(path)) => id(file) == id(path),
        _ => false,
    }
}

/// Elsewhere an open file is not removed.
#[cfg(not(unix))]
fn is_still(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("playground-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("writable");
        path
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder").flatten();
        let mut names: Vec<_> = entries
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn one_generation_is_kept_behind() {
        let folder = folder("generations");
        let path = folder.join("x.safetensors");
        let output = Output::claim(&path).expect("nobody's");
        // What an earlier write left when it was killed is in nobody's way.
        std::fs::write(folder.join("x.safetensors.part"), b"half").expect("writable");
        for (bytes, before) in [(b"1", None), (b"2", Some(b"1")), (b"3", Some(b"2"))] {
            output.write_and_keep(bytes).expect("writable");
            assert_eq!(read(&path).expect("there"), bytes);
            let kept = read(&folder.join("x.previous.safetensors")).ok();
            assert_eq!(kept, before.map(|b| b.to_vec()));
        }
        drop(output);
        assert_eq!(names(&folder), ["x.previous.safetensors", "x.safetensors"]);
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn files_that_differ_in_their_ending_alone_are_apart() {
        let folder = folder("endings");
        let model = Output::claim(&folder.join("x.safetensors")).expect("nobody's");
        let card = Output::claim(&folder.join("x.md")).expect("another file");
        let aside = |o: &Output| beside(&o.path, "", ".part");
        assert_ne!(aside(&model), aside(&card));
        drop((model, card));
        std::fs::remove_dir_all(folder).expect("removed");
    }

    #[test]
    fn only_one_writes_at_a_time() {
        let folder = folder("locks");
        let path = folder.join("x.bin");
        let first = Output::claim(&path).expect("nobody's");
        let second = Output::claim(&path).map(|_| ()).expect_err("taken");
        assert!(matches!(second, Error::InUse { .. }), "{second}");
        assert!(write(&path, b"other").is_err() && !path.exists());
        drop(first);
        write(&path, b"mine").expect("free again");

        // Nothing is lost between reading and writing, however many do it at once.
        write(&path, b"0").expect("writable");
        let add = || {
            for _ in 0..50 {
                let output = Output::wait_for(&path).expect("in turn");
                let text = String::from_utf8(read(&path).expect("there")).expect("text");
                let next = text.parse::<u32>().expect("a number") + 1;
                output.write(next.to_string().as_bytes()).expect("writable");
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(add);
            }
        });
        assert_eq!(read(&path).expect("there"), b"200");
        assert_eq!(names(&folder), ["x.bin"]);
        std::fs::remove_dir_all(folder).expect("removed");
    }
}
