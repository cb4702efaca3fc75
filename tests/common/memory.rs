//! What a thread allocates: other tests run beside it.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, with its sizes counted.
struct Watched;

thread_local! {
    static NOW: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// Counts what changed, in bytes, and the block that was asked for.
fn count(bytes: isize, asked: usize) {
    // Nothing is counted while a thread ends.
    let _ = NOW.try_with(|now| {
        now.set(now.get() + bytes);
        let _ = MOST.try_with(|most| most.set(most.get().max(now.get())));
        let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(asked)));
    });
}

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize, layout.size());
        unsafe { System.alloc(layout) }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize, layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        count(-(layout.size() as isize), 0);
        unsafe { System.dealloc(place, layout) }
    }
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both blocks may be there while one is copied to the other.
        count(size as isize, size);
        count(-(layout.size() as isize), 0);
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

/// Bytes that `what` needs at once on this thread, and what it gives.
pub fn peak<T>(what: impl FnOnce() -> T) -> (isize, T) {
    let before = NOW.get();
    MOST.set(before);
    let result = what();
    (MOST.get() - before, result)
}

/// Bytes of the largest block that `what` asks for on this thread, and what it gives.
pub fn largest<T>(what: impl FnOnce() -> T) -> (usize, T) {
    LARGEST.set(0);
    let result = what();
    (LARGEST.get(), result)
}
