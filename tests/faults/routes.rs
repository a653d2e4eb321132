//! Every place that lists routes has the same ones as `crm_lambda::routes`. `crm_lambda::serve!` asserts at compile time
//! that a binary serves the route of its own name.

use std::collections::{BTreeMap, BTreeSet};

use crm_lambda::{
    routes::{self, Route},
    tasks,
};
use local::{
    stack::{root, template_path},
    template::Template,
};
use serde_json::Value;

/// The methods that a browser or a tool may send.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The function that answers all other paths.
const DEFAULT: &str = "khoros-unknown-route";

/// Method and path to function.
type Table = BTreeMap<(String, String), String>;

fn routes() -> Table {
    routes::operations().flat_map(|(route, path)| rows(route, path)).collect()
}

fn rows(route: &Route, path: &str) -> impl Iterator<Item = ((String, String), String)> {
    route
        .methods()
        .iter()
        .map(move |method| (((*method).to_owned(), path.to_owned()), route.function.to_owned()))
}

fn catch_alls() -> impl Iterator<Item = &'static Route> {
    routes::all().filter(|route| route.is_catch_all())
}

fn functions() -> BTreeSet<String> {
    let of_routes = routes::all().map(|route| route.function);
    let of_tasks = tasks::ALL.iter().map(|task| task.function);
    of_routes.chain(of_tasks).map(str::to_owned).collect()
}

/// The function that answers methods that a path does not have and, in the watch router, paths that match no other
/// row.
fn catch_all(path: &str) -> &'static str {
    let of_path = |under: &str| path == under || path.strip_prefix(under).is_some_and(|rest| rest.starts_with('/'));
    let own = catch_alls().find(|catch_all| catch_all.paths.iter().any(|under| of_path(under)));
    own.map_or(DEFAULT, |own| own.function)
}

/// The rows of cargo-lambda's router. A row without methods takes all of them.
fn watch_router() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    let router = &manifest["workspace"]["metadata"]["lambda"]["watch"]["router"];
    let rows = router.as_array().unwrap().iter().map(|row| {
        let methods: Option<Vec<&str>> = row
            .get("methods")
            .map(|methods| methods.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect());
        let (path, function) = (row["path"].as_str().unwrap(), row["function"].as_str().unwrap());
        router_row(path, methods.as_deref(), function)
    });
    rows.collect()
}

#[test]
fn the_template_has_the_routes() {
    let template = Template::read(&template_path()).unwrap();
    let mut found = Table::new();
    for function in &template.functions {
        for route in &function.routes {
            let before = found.insert((route.method.clone(), route.path.clone()), function.name.clone());
            assert_eq!(before, None, "two functions for {route}");
        }
    }
    let mut wanted = routes();
    for catch_all in catch_alls() {
        wanted.extend(catch_all.paths.iter().flat_map(|path| rows(catch_all, path)));
    }
    assert_eq!(found, wanted);
}

#[test]
fn the_template_has_the_functions() {
    let template = Template::read(&template_path()).unwrap();
    let names: BTreeSet<String> = template.functions.iter().map(|function| function.name.clone()).collect();
    assert_eq!(names, functions());
    assert_eq!(names.len(), template.functions.len(), "one resource per function");
}

#[test]
fn the_template_routes_the_rest_to_the_catch_all() {
    let template = Template::read(&template_path()).unwrap();
    let catch_alls: Vec<&str> = template
        .functions
        .iter()
        .filter(|function| function.catch_all)
        .map(|function| function.name.as_str())
        .collect();
    assert_eq!(catch_alls, [DEFAULT]);
}

/// The watch router's rows according to the route table, in the form that `Cargo.toml` has.
fn wanted_watch_router() -> Vec<String> {
    let mut rows: Vec<String> = routes::operations()
        .map(|(route, path)| router_row(path, Some(route.methods()), route.function))
        .collect();
    let routes = routes();
    let paths: BTreeSet<&String> = routes.keys().map(|(_, path)| path).collect();
    // A method that a path does not have goes to the catch-all.
    rows.extend(paths.into_iter().map(|path| {
        let is_missing = |method: &&str| !routes.contains_key(&((*method).to_owned(), path.clone()));
        let missing: Vec<&str> = METHODS.into_iter().filter(is_missing).collect();
        router_row(path, Some(&missing), catch_all(path))
    }));
    // So does any other path. cargo-lambda's router does not allow a greedy parameter beside one for a single segment.
    let of_omnidesk = ["/api/v2/customer/", "/api/v2/customer/{id}/{action}"];
    let of_egain = ["/core", "/core/", "/core/{*path}"];
    let of_desk = ["/desk/", "/desk/{*path}"];
    let others = of_omnidesk
        .into_iter()
        .chain(of_egain)
        .chain(of_desk)
        .chain(["/{*path}", "/"]);
    rows.extend(others.map(|path| router_row(path, None, catch_all(path))));
    rows
}

fn router_row(path: &str, methods: Option<&[&str]>, function: &str) -> String {
    let methods = methods.map_or(String::new(), |methods| format!("methods = {methods:?}, "));
    format!(r#"{{ path = "{path}", {methods}function = "{function}" }},"#)
}

#[test]
fn the_watch_router_has_the_routes() {
    let (mut found, mut wanted) = (watch_router(), wanted_watch_router());
    found.sort();
    wanted.sort();
    let without = |rows: &[String], others: &[String]| {
        let only = rows.iter().filter(|row| !others.contains(row));
        only.map(String::as_str).collect::<Vec<&str>>().join("\n    ")
    };
    let (missing, foreign) = (without(&wanted, &found), without(&found, &wanted));
    assert_eq!(
        found, wanted,
        "the watch router in Cargo.toml lacks\n    {missing}\nand has rows without a route\n    {foreign}"
    );
}

/// The methods and paths of all operations of a document, with its server's path as prefix.
fn described(document: &Value) -> BTreeSet<(String, String)> {
    let server = document["servers"][0]["url"].as_str().unwrap();
    let (_, after_scheme) = server.split_once("://").unwrap();
    let prefix = after_scheme.find('/').map_or("", |slash| &after_scheme[slash..]);
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, item)| {
            let methods = METHODS.into_iter().filter(|method| item.get(method.to_lowercase()).is_some());
            methods.map(move |method| (method.to_owned(), format!("{prefix}{path}")))
        })
        .collect()
}

#[test]
fn the_openapi_documents_have_the_routes() {
    let documents = std::fs::read_dir(root().join("infra/openapi")).unwrap();
    let described: BTreeSet<(String, String)> = documents
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        // YAML includes JSON.
        .flat_map(|text| described(&serde_norway::from_str(&text).unwrap()))
        .collect();
    // The agents' pages and the desk are for browsers.
    let is_page = |path: &str| path.starts_with("/agent/") || path == "/desk" || path.starts_with("/desk/");
    let wanted = routes().into_keys().filter(|(_, path)| !is_page(path));
    assert_eq!(described, wanted.collect());
}

#[test]
fn every_function_has_its_binary_and_every_binary_its_function() {
    let mut binaries = Vec::new();
    for dialect in std::fs::read_dir(root().join("functions")).unwrap() {
        let Ok(directory) = std::fs::read_dir(dialect.unwrap().path().join("src/bin")) else {
            continue;
        };
        for file in directory {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            binaries.push(name);
        }
    }
    binaries.sort();
    assert_eq!(binaries, functions().into_iter().collect::<Vec<_>>());
}
