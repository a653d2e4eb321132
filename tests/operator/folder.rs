//! A tenant with its own folder, in which `crm import` and `crm export` run.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use contract_tests::{
    client::Tenant,
    crm,
    stack::{TestStack, shared_stack},
};
use serde_json::{Value, json};

use crate::rig::unknown_tenant;

/// A tenant with its folder and key.
pub struct Folder {
    pub tenant: String,
    pub khoros: Tenant,
    stack: &'static TestStack,
    path: PathBuf,
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Folder {
    pub fn new() -> Self {
        Self::on(shared_stack())
    }

    /// The same on this stack.
    pub fn on(stack: &'static TestStack) -> Self {
        let tenant = unknown_tenant();
        stack.tenant_put(&tenant);
        let path = std::env::temp_dir().join(format!("crm-{}-{tenant}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let mut folder = Self {
            khoros: Tenant {
                base: stack.base_url(),
                authorization: String::new(),
            },
            tenant,
            stack,
            path,
        };
        let key = folder.document(&["keys", "create", "--label", "Khoros"], 0);
        key["value"].as_str().unwrap().clone_into(&mut folder.khoros.authorization);
        folder
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path.join(name), content).unwrap();
    }

    /// A file of JSON lines.
    pub fn write_lines(&self, name: &str, lines: &[Value]) {
        let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
        self.write(name, lines.join("\n"));
    }

    /// A symbolic link to another file.
    pub fn link(&self, name: &str, to: &str) {
        std::os::unix::fs::symlink(to, self.path.join(name)).unwrap();
    }

    /// The path of a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path.join(name)).unwrap_or_default()
    }

    /// The lines of a file of JSON lines.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        self.read(name)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The names of the files.
    pub fn files(&self) -> Vec<String> {
        let names = fs::read_dir(&self.path).unwrap();
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = crm::crm(self.stack.endpoint(), &self.tenant, words);
        command.current_dir(&self.path);
        command
    }

    /// Runs `crm` with these words in the folder.
    #[track_caller]
    pub fn crm(&self, words: &[&str], code: i32) -> String {
        let output = self.command(words).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        said(&output)
    }

    /// The JSON document of an import or another long command, which must end with this exit code.
    #[track_caller]
    pub fn document(&self, words: &[&str], code: i32) -> Value {
        let output = self.command(&[words, &["--json"]].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("one document: {output:?}"))
    }

    /// Imports a file at full speed. Returns the document and the results.
    #[track_caller]
    pub fn import(&self, object: &str, name: &str, options: &[&str], code: i32) -> (Value, Vec<Value>) {
        let words = [&["import", object, name, "--rate", "100000"], options].concat();
        let document = self.document(&words, code);
        let results = self.lines(document["results"].as_str().unwrap());
        (document, results)
    }

    /// All records as an export to JSON lines writes them, sorted.
    #[track_caller]
    pub fn export(&self, object: &str) -> Vec<String> {
        let mut lines: Vec<String> = self
            .crm(&["export", object, "-", "--format", "jsonl"], 0)
            .lines()
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    }
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// How many rows were created, updated, unchanged and rejected.
pub fn counts(document: &Value) -> [u64; 4] {
    ["created", "updated", "unchanged", "rejected"].map(|kind| document["counts"][kind].as_u64().unwrap())
}

/// An interaction of a case.
pub fn interaction(id: &str, body: &str) -> Value {
    json!({"created": "2026-01-02T03:04:05.006Z", "body": body, "linkUrl": "https://x.com/i/1", "serviceId": id, "service": "twitter",
        "contentType": "post"})
}
