//! The OpenAPI documents. Every black-box test compares its answers with them.
#![expect(clippy::expect_used, reason = "what a test stands on reports by panicking")]

use std::{collections::BTreeSet, sync::LazyLock};

use local::stack::root;
use serde_json::Value;

/// An operation of one of the documents.
struct Operation {
    method: String,
    /// The path, with the server's path as prefix.
    path: String,
    statuses: BTreeSet<u16>,
}

static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let folder = std::fs::read_dir(root().join("infra/openapi")).expect("the documents are there");
    let documents = folder.map(|file| std::fs::read_to_string(file.expect("a file").path()).expect("a document"));
    // YAML includes JSON.
    let documents = documents.map(|text| serde_norway::from_str(&text).expect("a document can be read"));
    documents.flat_map(|document: Value| operations(&document)).collect()
});

fn operations(document: &Value) -> Vec<Operation> {
    let server = document["servers"][0]["url"].as_str().unwrap_or_default();
    let prefix = path_of(server);
    let paths = document["paths"].as_object().into_iter().flatten();
    let described = paths.flat_map(|(path, item)| {
        let members = item.as_object().into_iter().flatten();
        members.filter_map(move |(method, operation)| {
            let statuses = operation.get("responses")?.as_object()?.keys();
            Some(Operation {
                method: method.to_uppercase(),
                path: format!("{prefix}{path}"),
                statuses: statuses.filter_map(|status| status.parse().ok()).collect(),
            })
        })
    });
    described.collect()
}

/// The part of a URL after scheme and host.
fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.find('/').map_or("", |slash| &after_scheme[slash..])
}

/// How many segments of a path are parameters of a pattern; `None` if the path does not match. Omnidesk's
/// parameters are numbers, so another spelling of an action does not match.
fn fit(pattern: &str, path: &str) -> Option<usize> {
    let (wanted, given): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    let takes =
        |given: &str| !given.is_empty() && (!pattern.starts_with("/api/v2/") || given.bytes().all(|byte| byte.is_ascii_digit()));
    let fits = |(wanted, given): (&&str, &&str)| wanted == given || (wanted.starts_with('{') && takes(given));
    let is_fit = wanted.len() == given.len() && wanted.iter().zip(&given).all(fits);
    is_fit.then(|| wanted.iter().filter(|segment| segment.starts_with('{')).count())
}

/// Checks that a status is documented, if the operation is.
///
/// # Panics
/// If an operation answers with a status that its document does not list.
#[track_caller]
pub fn check_status(method: &str, url: &str, status: u16) {
    let path = path_of(url).split(['?', '#']).next().unwrap_or_default();
    let fitting = OPERATIONS.iter().filter(|operation| operation.method == method);
    let fitting = fitting.filter_map(|operation| Some((fit(&operation.path, path)?, operation)));
    let Some((_, operation)) = fitting.min_by_key(|(parameters, _)| *parameters) else {
        return;
    };
    assert!(
        operation.statuses.contains(&status),
        "{method} {path} answers {status}, but infra/openapi lists only {:?}",
        operation.statuses
    );
}
