//! Worlds in which something can be done.

pub mod rooms;
