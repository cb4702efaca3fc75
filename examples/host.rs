//! The worker's host as a program, so that a test can put it behind the page's own client
//! (`tests/walk/native.mjs`): lines of JSON in, a line out for each.
//!
//!     host COMMANDS OUTCOMES
//!
//! `{"host": 1, "now": 12.5, "post": Envelope}` hands a request to a host, which is made if there is
//! none of that number; `{"host": 1, "now": 12.5, "turn": 7}` gives the thread to request 7 once;
//! `{"host": 1, "end": true}` ends a host as the end of its worker would. What comes out is
//! `{"answers": [Answer], "pending": whether the request goes on, "panic": what it said}`.
//!
//! Time passes only as the commands say, and a little at every look at it: a walk of hours takes
//! milliseconds, and is the same each time.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    env,
    error::Error,
    ffi::c_int,
    fs::File,
    future::{Future, poll_fn},
    io::{BufRead, BufReader, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll, Waker},
};

use generative_playground::{
    device,
    host::Host,
    protocol::{Answer, Envelope},
};
use serde::{Deserialize, Serialize};

/// Nanoseconds, as the host sees them whose turn it is.
static NOW: AtomicU64 = AtomicU64::new(0);
/// Nanoseconds that pass at every look.
const TICK: u64 = 20_000_000;

/// As C has it on 64 bits.
#[repr(C)]
pub struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

/// Stands in for the system's clock in all of the program: `Instant::now` asks it.
///
/// # Safety
/// `time` is a place for a time, as its callers promise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(_clock: c_int, time: *mut Timespec) -> c_int {
    let now = NOW.fetch_add(TICK, Ordering::Relaxed) as i64;
    // SAFETY: see above.
    unsafe {
        *time = Timespec {
            seconds: now / 1_000_000_000,
            nanoseconds: now % 1_000_000_000,
        };
    }
    0
}

#[derive(Deserialize)]
struct Command {
    host: u32,
    /// Milliseconds.
    #[serde(default)]
    now: f64,
    post: Option<Envelope>,
    turn: Option<u32>,
    #[serde(default)]
    end: bool,
}

#[derive(Default, Serialize)]
struct Done {
    answers: Vec<Answer>,
    pending: bool,
    panic: Option<String>,
}

type Running = Pin<Box<dyn Future<Output = ()>>>;

/// A host with the requests that are under way.
struct Life {
    host: Rc<Host>,
    answers: Rc<RefCell<Vec<Answer>>>,
    running: HashMap<u32, Running>,
    /// Nanoseconds at its last turn.
    now: u64,
}

impl Life {
    fn new() -> Self {
        let answers = Rc::<RefCell<Vec<Answer>>>::default();
        let kept = answers.clone();
        let emit = Box::new(move |answer| kept.borrow_mut().push(answer));
        Self {
            host: Rc::new(Host::new(device::cpu(), pause, emit)),
            answers,
            running: HashMap::new(),
            now: 0,
        }
    }

    fn act(&mut self, command: Command) -> Done {
        let now = (command.now * 1e6) as u64;
        NOW.store(now.max(self.now), Ordering::Relaxed);
        let done = match (command.post, command.turn) {
            (Some(envelope), _) => self.post(envelope),
            (None, Some(id)) => self.turn(id),
            (None, None) => Done::default(),
        };
        self.now = NOW.load(Ordering::Relaxed);
        done
    }

    fn post(&mut self, envelope: Envelope) -> Done {
        let (id, host) = (envelope.id, self.host.clone());
        let future = Box::pin(async move { host.handle(envelope).await });
        self.running.insert(id, future);
        self.turn(id)
    }

    /// Gives the thread to a request, until it gives it back.
    fn turn(&mut self, id: u32) -> Done {
        let mut done = Done::default();
        if let Some(mut future) = self.running.remove(&id) {
            let mut context = Context::from_waker(Waker::noop());
            let poll = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(&mut context)));
            match poll {
                Ok(Poll::Ready(())) => {}
                Ok(Poll::Pending) => {
                    self.running.insert(id, future);
                    done.pending = true;
                }
                Err(panic) => {
                    let text = panic.downcast_ref::<String>().cloned();
                    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).into()));
                    done.panic = Some(text.unwrap_or_default());
                }
            }
        }
        done.answers = self.answers.take();
        done
    }
}

/// Gives the thread back once.
fn pause() -> Pin<Box<dyn Future<Output = ()>>> {
    let given = Cell::new(false);
    Box::pin(poll_fn(move |_| match given.replace(true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    }))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = env::args().skip(1);
    let mut path = || paths.next().ok_or("host COMMANDS OUTCOMES");
    let commands = BufReader::new(File::open(path()?)?);
    let mut outcomes = File::options().write(true).open(path()?)?;
    // Whoever reads the outcomes says what is wrong.
    std::panic::set_hook(Box::new(|_| {}));
    let mut lives = HashMap::new();
    for line in commands.lines() {
        let command: Command = serde_json::from_str(&line?)?;
        if command.end {
            lives.remove(&command.host);
            continue;
        }
        let life = lives.entry(command.host).or_insert_with(Life::new);
        let mut line = serde_json::to_vec(&life.act(command))?;
        line.push(b'\n');
        outcomes.write_all(&line)?;
    }
    Ok(())
}
