//! Helpers that are threads of this program: a training on all cores, natively.
//!
//! A core does more with a part of its own than with a share of each product, so each helper is a pool of one to rayon,
//! and so is the thread at hand of a program that only trains ([`Threads::of_program`]). What is learned is the same to
//! the last bit either way.

use std::{num::NonZero, rc::Rc, thread, time::Duration};

use async_channel::{Receiver, Sender, unbounded};
use burn::tensor::{Device, TensorData};
use rayon::ThreadPoolBuilder;

use super::{Crew, Helper, Line};
use crate::{
    device,
    error::{Error, Result},
};

/// How long a thread may take that others leave no time: as good as for ever.
const PATIENCE: Duration = Duration::from_secs(3600);

/// A head and numbers.
type Message = (Vec<u8>, Vec<f32>);

fn message(head: &[u8], numbers: &[TensorData]) -> Message {
    let lists = numbers.iter().flat_map(TensorData::as_slice::<f32>);
    (head.to_vec(), lists.collect::<Vec<_>>().concat())
}

/// The way to a thread, which ends when this is dropped.
struct Way(Sender<Message>);

impl Line for Way {
    fn send(&self, head: &[u8], numbers: &[TensorData]) {
        // A thread that is gone shows by the answer that does not come.
        let _ = self.0.try_send(message(head, numbers));
    }
}

/// A crew whose helpers are threads.
pub struct Threads {
    crew: Rc<Crew>,
    /// What helpers send; nothing when one is gone.
    answers: Receiver<(u32, Option<Message>)>,
}

impl Threads {
    /// For a program that does nothing else, steps of so many parts: as many as are wished for, or as there are cores.
    ///
    /// # Errors
    /// As [`hire`](Self::hire).
    pub fn of_program(
        wished: Option<NonZero<usize>>,
        parts: usize,
        device: &Device,
    ) -> Result<Self> {
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let workers = wished.map_or_else(cores, NonZero::get).min(parts);
        if workers > 1 && device::is_cpu(device) {
            let pool = ThreadPoolBuilder::new().num_threads(1);
            // Where there is a pool already, work goes there as before.
            let _ = pool.use_current_thread().build_global();
            return Self::hire(workers, device);
        }
        Self::hire(1, device)
    }

    /// So many that work, the one at hand among them.
    ///
    /// # Errors
    /// [`Error::Internal`] if the system gives no thread.
    pub fn hire(workers: usize, device: &Device) -> Result<Self> {
        // A thread that ends says so; one that is slow is waited for.
        let crew = Crew::new(|| Box::pin(std::future::pending())).with_patience(PATIENCE);
        let crew = Rc::new(crew);
        let (answer, answers) = unbounded();
        let failed = |error: std::io::Error| Error::Internal {
            reason: format!("no thread for a helper: {error}"),
        };
        for number in 1..workers as u32 {
            let (work, asked) = unbounded();
            let (answer, device) = (answer.clone(), device.clone());
            thread::Builder::new()
                .name(format!("helper {number}"))
                .spawn(move || help(number, &asked, &answer, &device))
                .map_err(failed)?;
            crew.join(number, Box::new(Way(work)));
        }
        Ok(Self { crew, answers })
    }

    /// Whom the parts of a step are dealt out to.
    pub fn crew(&self) -> &Crew {
        &self.crew
    }

    /// What `work` comes to, while it is told what helpers send.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let listen = async {
            while let Ok((number, answer)) = self.answers.recv().await {
                match answer {
                    Some((head, numbers)) => self.crew.hear(number, &head, Box::new(numbers)),
                    None => self.crew.leave(number),
                }
            }
            std::future::pending().await
        };
        futures_lite::future::or(work, listen).await
    }
}

/// Tells that a thread is gone, however it ends.
struct Last<'a>(u32, &'a Sender<(u32, Option<Message>)>);

impl Drop for Last<'_> {
    fn drop(&mut self) {
        let _ = self.1.try_send((self.0, None));
    }
}

/// Does what is asked for as long as somebody may ask.
fn help(
    number: u32,
    asked: &Receiver<Message>,
    answer: &Sender<(u32, Option<Message>)>,
    device: &Device,
) {
    let _last = Last(number, answer);
    let _pool = ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build();
    let mut helper = Helper::new(device);
    while let Ok((head, numbers)) = asked.recv_blocking() {
        pollster::block_on(helper.hear(&head, &numbers, |head, numbers| {
            let _ = answer.try_send((number, Some(message(&head, numbers))));
        }));
    }
}
