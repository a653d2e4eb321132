//! What follows an answer: work that the caller does not wait for.
//!
//! It is done when Lambda has the answer, and before the function asks for its next call, after which Lambda may freeze it. It uses
//! the connection that the request has used: beside the request, it would open another one.

use std::{cell::RefCell, panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt as _, future::LocalBoxFuture};
use tracing::warn;

/// How long all of it may take: meanwhile the execution environment is of no use to the next request.
const PATIENCE: Duration = Duration::from_millis(500);

/// What is left to do once the answer is out.
#[derive(Default)]
pub(crate) struct Afterwards(RefCell<Vec<LocalBoxFuture<'static, ()>>>);

impl Afterwards {
    /// Adds some work.
    pub(crate) fn add(&self, work: impl Future<Output = ()> + 'static) {
        self.0.borrow_mut().push(work.boxed_local());
    }

    /// Does the work, one after the other. What takes too long is given up, and a panic ends nothing but its own work.
    pub(crate) async fn finish(&self) {
        self.finish_within(PATIENCE).await;
    }

    async fn finish_within(&self, patience: Duration) {
        let all = self.0.take();
        let work = async {
            for one in all {
                // The panic's own line says where.
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
    fn what_takes_too_long_is_given_up() {
        let afterwards = Afterwards::default();
        afterwards.add(std::future::pending());
        finish(&afterwards, Duration::from_millis(1));
        assert!(afterwards.0.borrow().is_empty());
    }
}
