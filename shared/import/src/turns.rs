//! Applies rows of the same record one after the other, in the file's order, while all others run in parallel.

use std::collections::HashMap;

use tokio::sync::oneshot::{self, error::TryRecvError};

/// The number of keys from which unused ones are removed.
const MANY: usize = 1_024;

/// The last row in line for each key.
#[derive(Debug, Default)]
pub struct Turns {
    last: HashMap<String, oneshot::Receiver<()>>,
}

/// A row's place in the lines of its keys. When it is dropped, the next row gets its turn.
#[derive(Debug)]
pub struct Turn {
    before: Vec<oneshot::Receiver<()>>,
    _after: Vec<oneshot::Sender<()>>,
}

impl Turns {
    /// Takes a place in the lines of these keys.
    pub fn take(&mut self, keys: Vec<String>) -> Turn {
        if self.last.len() >= MANY {
            self.last
                .retain(|_, last| matches!(last.try_recv(), Err(TryRecvError::Empty)));
        }
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for key in keys {
            let (done, wait) = oneshot::channel();
            before.extend(self.last.insert(key, wait));
            after.push(done);
        }
        Turn { before, _after: after }
    }
}

impl Turn {
    /// Waits until all rows before are done.
    pub async fn wait(&mut self) {
        for before in self.before.drain(..) {
            // The end of the other row is the signal, so this is always an error.
            let _ = before.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_free(turn: &mut Turn) -> bool {
        turn.before
            .iter_mut()
            .all(|before| matches!(before.try_recv(), Err(TryRecvError::Closed)))
    }

    #[test]
    fn a_row_waits_for_the_row_before_it_with_any_of_its_keys() {
        let mut turns = Turns::default();
        let mut take = |keys: &[&str]| turns.take(keys.iter().map(|key| (*key).to_owned()).collect());
        let first = take(&["a", "b"]);
        let (mut other, mut second) = (take(&["c"]), take(&["b"]));
        let mut third = take(&["a", "b"]);
        assert!(is_free(&mut other));
        assert!(!is_free(&mut second) && !is_free(&mut third));
        drop(first);
        assert!(is_free(&mut second) && !is_free(&mut third));
        drop(second);
        assert!(is_free(&mut third));
    }

    #[test]
    fn what_is_done_is_forgotten() {
        let mut turns = Turns::default();
        for number in 0..10 * MANY {
            drop(turns.take(vec![number.to_string()]));
        }
        assert!(turns.last.len() <= MANY);
    }
}
