//! Work after the answer, for which the caller does not wait.
//!
//! It runs after Lambda has received the answer and before the function asks for its next call, since Lambda may freeze the process then.
//! It reuses the request's connection. Running it in parallel with the request would open another one.

use std::{cell::RefCell, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt as _, future::LocalBoxFuture};
use tracing::warn;

/// The time limit for all of it. Until then the execution environment cannot take another request.
const PATIENCE: Duration = Duration::from_millis(500);

/// The work to do after the answer.
#[derive(Default)]
pub(crate) struct Afterwards(RefCell<Vec<LocalBoxFuture<'static, ()>>>);

impl Afterwards {
    /// Adds some work.
    pub(crate) fn add(&self, work: impl Future<Output = ()> + 'static) {
        self.0.borrow_mut().push(work.boxed_local());
    }

    /// Does one piece of work after the other. Work that takes too long is dropped, and a panic ends only its own piece.
    pub(crate) async fn finish(&self) {
        self.finish_within(PATIENCE).await;
    }

    async fn finish_within(&self, patience: Duration) {
        let all = self.0.take();
        let work = async {
            for one in all {
                // The panic's own log line says where it happened.
                _ = AssertUnwindSafe(one).catch_unwind().await;
            }
        };
        if tokio::time::timeout(patience, work).await.is_err() {
            warn!("what follows an answer took too long");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn finish(afterwards: &Afterwards, patience: Duration) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(afterwards.finish_within(patience));
    }

    #[test]
    fn work_is_done_once_in_its_order_whatever_fails() {
        let done = Rc::new(RefCell::new(Vec::new()));
        let afterwards = Afterwards::default();
        let note = |number: u32| {
            let done = Rc::clone(&done);
            async move { done.borrow_mut().push(number) }
        };
        afterwards.add(note(1));
        afterwards.add(async { panic!("no reason to end") });
        afterwards.add(note(2));
        finish(&afterwards, PATIENCE);
        finish(&afterwards, PATIENCE);
        assert_eq!(*done.borrow(), [1, 2]);
    }

    #[test]
    fn work_that_takes_too_long_is_dropped() {
        let afterwards = Afterwards::default();
        afterwards.add(std::future::pending());
        finish(&afterwards, Duration::from_millis(1));
        assert!(afterwards.0.borrow().is_empty());
    }
}
