//! Files with personal data that `crm` writes are readable by their owner only, whatever the umask
//! is.

use std::{os::unix::fs::PermissionsExt as _, process::Command};

use serde_json::json;

use crate::folder::Folder;

/// Runs `crm` with these words and a permissive umask.
#[track_caller]
fn run_openly(folder: &Folder, words: &[&str]) {
    let crm = folder.command(words);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(crm.get_program())
        .args(crm.get_args())
        .envs(crm.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(crm.get_current_dir().unwrap());
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
}

fn mode(folder: &Folder, name: &str) -> u32 {
    let metadata = std::fs::metadata(folder.path(name));
    metadata
        .unwrap_or_else(|error| panic!("{name}: {error}"))
        .permissions()
        .mode()
        & 0o777
}

#[test]
fn exports_results_and_receipts_are_readable_by_their_owner_only() {
    let folder = Folder::new();
    folder.write("people.csv", "externalId,firstName\nA,Ann\n");
    folder.write("old", "somebody else's\n");
    std::fs::set_permissions(folder.path("old"), std::fs::Permissions::from_mode(0o666)).unwrap();
    run_openly(&folder, &["import", "customers", "people.csv", "--results", "results"]);
    run_openly(
        &folder,
        &["import", "customers", "people.csv", "--dry-run", "--results", "old"],
    );
    let runs = folder.document(&["import", "runs"], 0);
    run_openly(&folder, &["export", "customers", "all.csv"]);
    run_openly(&folder, &["export", "customers", "all.jsonl"]);
    run_openly(
        &folder,
        &["import", "undo", runs[0]["run"].as_str().unwrap(), "--results", "undone"],
    );
    let id = folder.khoros.create_customer(&json!({"firstName": "Bob"}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    run_openly(&folder, &["customer", "export", &id, "--output", "person.json"]);
    run_openly(&folder, &["customer", "erase", &id, "--yes", "--receipt", "receipt.json"]);
    for name in [
        "results",
        "old",
        "all.csv",
        "all.jsonl",
        "undone",
        "person.json",
        "receipt.json",
    ] {
        assert_eq!(mode(&folder, name), 0o600, "{name}");
    }
}
