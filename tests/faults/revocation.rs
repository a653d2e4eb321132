//! A revoked key stops working within a minute. The minute begins with the first test of the process and passes while
//! others run. The test itself waits for the rest; its name makes it run late.

use std::{
    sync::{LazyLock, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use contract_tests::client::at_once;

use crate::rig::{Rig, within};

const META: &str = "/meta/object/customer";

static REVOCATION: LazyLock<Mutex<Option<JoinHandle<()>>>> =
    LazyLock::new(|| Mutex::new(Some(thread::spawn(check_refused_within_a_minute))));

/// Begins the minute, unless it has begun.
pub fn begin() {
    LazyLock::force(&REVOCATION);
}

fn check_refused_within_a_minute() {
    let rig = Rig::shared();
    let watched = rig.tenant();
    let ask_several = || at_once(4, |_| watched.get(META).status);
    assert_eq!(ask_several(), [200; 4]);
    let mut key = watched.key.clone();
    key.revoked = true;
    rig.stack.key_put(&watched.authorization, &key);
    within(Duration::from_mins(1), "every process refuses the key", || {
        // Asking without pauses would slow the other tests down.
        thread::sleep(Duration::from_millis(500));
        ask_several().iter().all(|status| *status == 401).then_some(())
    });
}

#[test]
fn a_revoked_key_is_refused_within_a_minute_by_every_process() {
    begin();
    let minute = REVOCATION.lock().unwrap().take().expect("only this test waits for it");
    assert!(minute.join().is_ok(), "its own message is above");
}
