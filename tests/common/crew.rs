//! Helpers of a training in the thread that trains: what they send comes while the crew waits, the last first.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::Pin,
    rc::Rc,
    task::Poll,
};

use burn::tensor::TensorData;
use generative_playground::{
    device,
    host::Host,
    training::{Crew, Helper, Line},
};

/// What is wrong with a helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// It says nothing.
    Mute,
    /// It falls silent after so many answers.
    MuteAfter(usize),
    /// What it sends is cut short.
    Cut,
    /// What it sends lacks numbers.
    Short,
    /// It is told of another model than is trained.
    Deaf,
}

/// Hears what is sent.
type Hear = Rc<dyn Fn(u32, &[u8], Vec<f32>)>;
type Message = (Hear, u32, Vec<u8>, Vec<f32>);

thread_local! {
    static SENT: RefCell<Vec<Message>> = const { RefCell::new(Vec::new()) };
}

/// Hands over what was sent last.
pub fn deliver() -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async {
        let sent = SENT.with_borrow_mut(Vec::pop);
        if let Some((hear, number, head, numbers)) = sent {
            hear(number, &head, numbers);
        }
    })
}

/// The same, after others have had their turn.
pub fn deliver_in_turn() -> Pin<Box<dyn Future<Output = ()>>> {
    let mut waited = false;
    Box::pin(async move {
        poll_fn(|context| match std::mem::replace(&mut waited, true) {
            true => Poll::Ready(()),
            false => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
        })
        .await;
        deliver().await;
    })
}

struct Local {
    hear: Hear,
    number: u32,
    helper: RefCell<Helper>,
    fault: Fault,
    answers: Rc<Cell<usize>>,
}

impl Line for Local {
    fn send(&self, head: &[u8], numbers: &[TensorData]) {
        if self.fault == Fault::Mute || (self.fault == Fault::Deaf && numbers.is_empty()) {
            return;
        }
        let numbers: Vec<f32> = numbers.iter().flat_map(|n| n.iter::<f32>()).collect();
        let reply = |mut head: Vec<u8>, numbers: &[TensorData]| {
            let mut numbers: Vec<f32> = numbers.iter().flat_map(|n| n.iter::<f32>()).collect();
            match self.fault {
                Fault::Cut => head.truncate(head.len() / 2),
                Fault::Short => numbers.truncate(numbers.len() - 1),
                Fault::MuteAfter(n) if self.answers.get() >= n => return,
                _ => {}
            }
            self.answers.set(self.answers.get() + 1);
            let message = (self.hear.clone(), self.number, head, numbers);
            SENT.with_borrow_mut(|sent| sent.push(message));
        };
        let mut helper = self.helper.borrow_mut();
        pollster::block_on(helper.hear(head, &numbers, reply));
    }
}

fn line(hear: Hear, number: u32, fault: Fault) -> Local {
    Local {
        hear,
        number,
        helper: RefCell::new(Helper::new(&device::cpu())),
        fault,
        answers: Rc::default(),
    }
}

/// One more helper. What it counts is how often it answered.
pub fn join(crew: &Rc<Crew>, number: u32, fault: Fault) -> Rc<Cell<usize>> {
    let to = Rc::downgrade(crew);
    let hear = move |number, head: &[u8], numbers: Vec<f32>| {
        if let Some(crew) = to.upgrade() {
            crew.hear(number, head, Box::new(numbers));
        }
    };
    let line = line(Rc::new(hear), number, fault);
    let answers = line.answers.clone();
    crew.join(number, Box::new(line));
    answers
}

/// One more helper of a host.
pub fn join_host(host: &Rc<Host>, number: u32, fault: Fault) {
    let to = Rc::downgrade(host);
    let hear = move |number, head: &[u8], numbers: Vec<f32>| {
        if let Some(host) = to.upgrade() {
            host.crew().hear(number, head, Box::new(numbers));
        }
    };
    let line = line(Rc::new(hear), number, fault);
    host.crew().join(number, Box::new(line));
}

/// A crew of so many helpers, of whom nothing is wrong.
pub fn of(helpers: u32) -> Rc<Crew> {
    let crew = Rc::new(Crew::new(deliver));
    for number in 0..helpers {
        join(&crew, number, Fault::None);
    }
    crew
}
