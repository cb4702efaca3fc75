//! The allocator of the wasm modules. A small block that is freed waits in a list for the next of its
//! size: a training step of a small network asks for some thousand blocks of the same few sizes, and
//! looking for a place among all free ones costs more than some of its arithmetic.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::UnsafeCell,
    ptr::{copy_nonoverlapping, null_mut, write_bytes},
};

/// Bytes of the largest block that waits.
const LARGEST: usize = 16 << 10;
/// Up to here sizes are rounded to multiples of [`STEP`].
const FINE: usize = 512;
const STEP: usize = 16;
/// Sizes for each doubling from there on.
const PARTS: usize = 4;
const SIZES: usize = FINE / STEP + 1 + PARTS * (LARGEST / FINE).ilog2() as usize;
/// What every block is aligned to.
const ALIGN: usize = 8;

/// Hands out the system's memory, by sizes.
pub struct Heap {
    /// The first free block of each size; each free block begins with the address of the next.
    free: UnsafeCell<[*mut u8; SIZES]>,
}

// SAFETY: wasm modules without atomics have one thread; elsewhere there is only a test's own heap.
#[allow(unsafe_code)]
unsafe impl Sync for Heap {}

impl Heap {
    /// One that holds nothing.
    pub const fn new() -> Self {
        Self {
            free: UnsafeCell::new([null_mut(); SIZES]),
        }
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

/// The list of a block and how many bytes it has, if it is one that waits.
fn class(layout: Layout) -> Option<(usize, usize)> {
    let (size, align) = (layout.size(), layout.align());
    if size > LARGEST || align > ALIGN {
        return None;
    }
    if size <= FINE {
        let steps = size.div_ceil(STEP).max(1);
        return Some((steps, steps * STEP));
    }
    let doubling = (size - 1).ilog2();
    let part = (1usize << doubling) / PARTS;
    let parts = (size - (1 << doubling)).div_ceil(part);
    let list = FINE / STEP + (doubling - FINE.ilog2()) as usize * PARTS + parts;
    Some((list, (1 << doubling) + parts * part))
}

// SAFETY: a block is handed out once until it comes back, since only blocks that came back are in a
// list; a block of a list has the size and alignment of all that ask there.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((list, size)) = class(layout) else {
            return unsafe { System.alloc(layout) };
        };
        unsafe {
            let first = &raw mut (*self.free.get())[list];
            let block = *first;
            if block.is_null() {
                return System.alloc(Layout::from_size_align_unchecked(size, ALIGN));
            }
            *first = block.cast::<*mut u8>().read();
            block
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let Some((list, _)) = class(layout) else {
            return unsafe { System.dealloc(block, layout) };
        };
        unsafe {
            let first = &raw mut (*self.free.get())[list];
            block.cast::<*mut u8>().write(*first);
            *first = block;
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if class(layout).is_none() {
            return unsafe { System.alloc_zeroed(layout) };
        }
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                write_bytes(block, 0, layout.size());
            }
            block
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // The caller sees to it that this is a layout.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (class(layout), class(wanted)) {
            (None, None) => unsafe { System.realloc(block, layout, size) },
            (Some(a), Some(b)) if a == b => block,
            _ => unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    copy_nonoverlapping(block, moved, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            },
        }
    }
}

#[cfg(test)]
#[allow(unsafe_code)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn every_size_fits_its_list() {
        let mut before = (0, 0);
        for size in 1..=LARGEST {
            let (list, bytes) =
                class(Layout::from_size_align(size, 8).expect("a layout")).expect("it waits");
            assert!(
                bytes >= size && bytes <= size + (size / PARTS).max(STEP),
                "{size}: {bytes}"
            );
            assert!(
                list < SIZES && bytes.is_multiple_of(ALIGN),
                "{size}: list {list}"
            );
            // A list has one size, and lists rise with it.
            assert!(
                before == (list, bytes) || (list > before.0 && bytes > before.1),
                "{size}"
            );
            before = (list, bytes);
        }
        let large = Layout::from_size_align(LARGEST + 1, 8).expect("a layout");
        assert_eq!(class(large), None);
        let aligned = Layout::from_size_align(64, 16).expect("a layout");
        assert_eq!(class(aligned), None);
    }

    /// Blocks of all sizes, grown, shrunk and freed in any order, keep what was written to them.
    #[test]
    fn blocks_keep_what_is_in_them() {
        let heap = Heap::new();
        let mut rng = Rng::new(1, Purpose::Evaluate, 0);
        let mut draw = |below: usize| rng.below(below);
        let mut held: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let filled = |block: *mut u8, n: usize, mark: u8| {
            (0..n).all(|i| unsafe { block.add(i).read() } == mark)
        };
        for turn in 0..20_000 {
            let mark = (turn % 251) as u8 + 1;
            let size = 1 + if draw(2) == 0 {
                draw(600)
            } else {
                draw(40_000)
            };
            let layout = Layout::from_size_align(size, [1, 4, 8, 16][draw(4)]).expect("a layout");
            let picked = draw(held.len().max(1));
            match draw(4) {
                0 | 1 if held.len() < 300 => unsafe {
                    let zeroed = draw(2) == 0;
                    let block = if zeroed {
                        heap.alloc_zeroed(layout)
                    } else {
                        heap.alloc(layout)
                    };
                    assert!(!block.is_null() && block.addr().is_multiple_of(layout.align()));
                    assert!(!zeroed || filled(block, size, 0));
                    write_bytes(block, mark, size);
                    held.push((block, layout, mark));
                },
                2 if !held.is_empty() => unsafe {
                    let (block, before, old) = held.swap_remove(picked);
                    let block = heap.realloc(block, before, size);
                    assert!(filled(block, before.size().min(size), old));
                    write_bytes(block, mark, size);
                    let layout = Layout::from_size_align_unchecked(size, before.align());
                    held.push((block, layout, mark));
                },
                _ if !held.is_empty() => unsafe {
                    let (block, layout, old) = held.swap_remove(picked);
                    assert!(filled(block, layout.size(), old));
                    heap.dealloc(block, layout);
                },
                _ => {}
            }
        }
    }
}
