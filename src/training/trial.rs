//! Whether helpers pay: a step's time with them beside its time without.

/// Steps that are left out: the first allocate, and tell helpers of the model.
const FIRST: u32 = 3;
/// A step that is shorter is not worth a second worker's memory, seconds.
const SHORT: f64 = 0.004;
/// Steps after which it is judged, and seconds.
const ENOUGH: (u32, f64) = (8, 1.0);
/// It pays if a step takes so much less.
const GAIN: f64 = 1.1;

/// The time of steps, lately.
#[derive(Debug, Clone, Copy, Default)]
struct Times {
    steps: u32,
    /// Seconds in all.
    spent: f64,
    /// Seconds of a step.
    mean: f64,
}

impl Times {
    fn saw(&mut self, seconds: f64) {
        self.steps += 1;
        match self.steps.saturating_sub(FIRST) {
            0 => return,
            1 => self.mean = seconds,
            n => self.mean += (seconds - self.mean) / f64::from(n.min(20)),
        }
        self.spent += seconds;
    }
}

/// See the module's documentation.
#[derive(Debug, Clone, Default)]
pub struct Trial {
    alone: Times,
    together: Times,
    /// Workers of the steps of `together`.
    workers: usize,
    /// Steps by helpers took too long once.
    refused: bool,
}

impl Trial {
    /// A step that so many workers took.
    pub fn saw(&mut self, seconds: f64, workers: usize) {
        if workers < 2 {
            return self.alone.saw(seconds);
        }
        if workers != self.workers {
            self.together = Times::default();
            self.workers = workers;
        }
        self.together.saw(seconds);
        let (steps, spent) = ENOUGH;
        let judged = self.together.steps >= steps + FIRST && self.together.spent >= spent;
        self.refused |= judged && self.together.mean * GAIN > self.alone.mean;
    }

    /// Whether helpers are worth having, as far as is known.
    pub fn pays(&self) -> bool {
        !self.refused && self.alone.steps > FIRST && self.alone.mean >= SHORT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A training of steps of so many seconds alone and with a helper.
    fn trial(alone: f64, together: f64) -> Trial {
        let mut trial = Trial::default();
        assert!(!trial.pays(), "nothing is known yet");
        for _ in 0..10 {
            trial.saw(alone, 1);
        }
        for _ in 0..200 {
            trial.saw(together, 2);
        }
        trial
    }

    #[test]
    fn helpers_stay_where_steps_become_shorter() {
        assert!(trial(0.1, 0.06).pays());
        assert!(!trial(0.1, 0.095).pays());
        assert!(!trial(0.1, 0.2).pays());
        assert!(!trial(0.001, 0.0001).pays(), "small models keep one");
    }

    #[test]
    fn slow_first_steps_decide_nothing() {
        let mut trial = trial(0.1, 0.06);
        for seconds in [3.0, 0.2, 0.1, 0.04, 0.04] {
            trial.saw(seconds, 3);
        }
        assert!(trial.pays());
    }
}
