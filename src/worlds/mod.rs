//! Worlds in which something can be done.

pub mod maze;
pub mod rooms;
