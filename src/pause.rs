//! Giving the thread back.

use std::{future::Future, pin::Pin};

/// A pause that lets other work on the thread have its turn: a macrotask in the browser.
pub type Pause = fn() -> Pin<Box<dyn Future<Output = ()>>>;
