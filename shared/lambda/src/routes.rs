//! All routes of all dialects. A function is served by its route, which determines its name, admission and permissions.
//!
//! Tests compare the router of `make watch`, the SAM template with its roles, the OpenAPI documents, the binaries and the local gateway
//! with this table, so that none of them can drift.

use crm_domain::{Permission, error::Error};

pub mod admin;
pub mod agent;
pub mod desk;
pub mod egain;
pub mod khoros;
pub mod omnidesk;

use std::{collections::BTreeSet, sync::Arc};

use crm_service::Session;

use crate::{
    http::{Request, Response},
    table_use::{BY_KEY, BY_LINK, TableUse},
};

/// One route: the requests, the Lambda function that answers them, and how that function uses the table.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// The name of the binary and of the Lambda function.
    pub function: &'static str,
    /// Whether it shows or opens links to the agents' pages, or signs people in. Then it gets the secret that signs.
    pub links: bool,
    /// The HTTP method, upper case, or [`ANY`] for a catch-all.
    pub method: &'static str,
    /// The paths as API Gateway writes them, parameters in braces. A catch-all without paths is the `$default` route.
    pub paths: &'static [&'static str],
    /// How callers are authenticated.
    pub admission: Admission,
    /// How the function uses the table, beside authentication.
    pub table_uses: &'static [TableUse],
}

/// The method of a catch-all, which takes the requests that no other route of its paths takes, as API Gateway writes it.
pub const ANY: &str = "ANY";

/// How callers are authenticated. Each route says so; there is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// By a key with any one of these permissions.
    Key(&'static [Permission]),
    /// By any valid key. Either the answer reveals nothing about a tenant, or the function checks permissions itself.
    AnyKey,
    /// By a key in a form, with any one of these permissions, for all customers. Failures are bounded.
    SignIn(&'static [Permission]),
    /// By a sign-in at the desk, whose key has any one of these permissions. Its forms carry a code that no other site knows.
    SignedIn(&'static [Permission]),
    /// By the signature of the link.
    Link,
    /// Not at all. The answer is the same for everybody, and the function has no table.
    Open,
}

impl Route {
    /// Whether the route is a catch-all.
    pub fn is_catch_all(&self) -> bool {
        self.method == ANY
    }

    /// The methods that it takes: its own and, where monitors ask for a page, `HEAD`. A form of the desk is a page, too: `GET` shows it.
    pub fn methods(&self) -> &[&'static str] {
        match self.admission {
            _ if self.is_catch_all() => std::slice::from_ref(&self.method),
            Admission::Link | Admission::Open => &["GET", "HEAD"],
            Admission::SignedIn(_) if self.method == "POST" => &["GET", "POST"],
            Admission::Key(_) | Admission::AnyKey | Admission::SignIn(_) | Admission::SignedIn(_) => {
                std::slice::from_ref(&self.method)
            }
        }
    }

    /// The permissions of which a key needs one; none if the route is not opened by a key or checks nothing.
    pub fn permissions(&self) -> &'static [Permission] {
        match self.admission {
            Admission::Key(permissions) | Admission::SignIn(permissions) | Admission::SignedIn(permissions) => permissions,
            Admission::AnyKey | Admission::Link | Admission::Open => &[],
        }
    }

    /// All uses of the table by the function.
    pub fn all_table_uses(&self) -> BTreeSet<TableUse> {
        let admission = match self.admission {
            Admission::Key(_) | Admission::AnyKey | Admission::SignIn(_) | Admission::SignedIn(_) => BY_KEY,
            Admission::Link => BY_LINK,
            Admission::Open => &[],
        };
        admission.iter().chain(self.table_uses).copied().collect()
    }

    /// Whether the function writes records. Then it also completes unfinished work of others.
    pub fn writes(&self) -> bool {
        self.table_uses.contains(&TableUse::Put)
    }

    /// Whether most of its requests have contact points: it writes customers without their cases, or finds customers by a contact point. A
    /// page of a link seldom does.
    pub fn reads_contact_points(&self) -> bool {
        let uses = |one| self.table_uses.contains(&one);
        let writes_customers = self.writes() && !uses(TableUse::BatchWrite);
        let is_page = self.admission == Admission::Link;
        !self.is_catch_all() && !is_page && (uses(TableUse::QueryContacts) || writes_customers)
    }

    /// Fails to compile if a binary would serve another function's route.
    ///
    /// # Panics
    /// At compile time, if `binary` is not the name of the function.
    pub const fn assert_served_by(&self, binary: &str) {
        let (wanted, given) = (self.function.as_bytes(), binary.as_bytes());
        assert!(
            wanted.len() == given.len(),
            "the binary has another name than the route's function"
        );
        let mut at = 0;
        while at < wanted.len() {
            assert!(
                wanted[at] == given[at],
                "the binary has another name than the route's function"
            );
            at += 1;
        }
    }
}

/// Declares the routes of one dialect, and the list of them.
macro_rules! table {
    ($($(#[$documentation:meta])* $name:ident = $route:expr;)+) => {
        $($(#[$documentation])* pub static $name: Route = $route;)+
        /// All routes of the dialect.
        pub static ALL: &[&Route] = &[$(&$name),+];
    };
}
use table;

/// All routes, dialect by dialect.
pub fn all() -> impl Iterator<Item = &'static Route> {
    [khoros::ALL, agent::ALL, egain::ALL, omnidesk::ALL, admin::ALL, desk::ALL]
        .into_iter()
        .flatten()
        .copied()
}

/// The routes that are not catch-alls, once per path.
pub fn operations() -> impl Iterator<Item = (&'static Route, &'static str)> {
    let operations = all().filter(|route| !route.is_catch_all());
    operations.flat_map(|route| route.paths.iter().map(move |path| (route, *path)))
}

/// The route that a function of this name serves.
pub fn of_function(function: &str) -> Option<&'static Route> {
    all().find(|route| route.function == function)
}

/// The result of looking up a request's path and method.
#[derive(Debug, PartialEq, Eq)]
pub enum Lookup<'a> {
    /// A route, and the path's parameters by name, still percent-encoded.
    Found(&'static Route, Vec<(&'static str, &'a str)>),
    /// The path exists, but only with these methods.
    OtherMethods(Vec<&'static str>),
    /// No route has this path.
    Unknown,
}

/// Finds the route of a request. A literal segment wins over a parameter, as in API Gateway: `POST /customer/bestmatch` is
/// never the customer called `bestmatch`.
pub fn lookup<'a>(method: &str, path: &'a str) -> Lookup<'a> {
    let mut of_path: Vec<(&'static Route, Vec<(&'static str, &'a str)>)> = operations()
        .filter_map(|(route, pattern)| Some((route, parameters(pattern, path)?)))
        .collect();
    of_path.sort_by_key(|(_, parameters)| parameters.len());
    let methods: Vec<&'static str> = of_path.iter().flat_map(|(route, _)| route.methods()).copied().collect();
    match of_path.into_iter().find(|(route, _)| route.methods().contains(&method)) {
        Some((route, parameters)) => Lookup::Found(route, parameters),
        None if methods.is_empty() => Lookup::Unknown,
        None => Lookup::OtherMethods(methods),
    }
}

/// The error of a catch-all: the path has other methods, or does not exist.
fn refusal(method: &str, path: &str) -> Error {
    match lookup(method, path) {
        Lookup::OtherMethods(methods) => Error::MethodNotAllowed(methods),
        // An existing route reaches a catch-all only if the gateway does not know it. To the caller it does not exist.
        Lookup::Found(..) | Lookup::Unknown => Error::UnknownPath,
    }
}

/// The handler of a catch-all: 404 for a path that does not exist, 405 for a method that a path does not have. The dialect words it.
///
/// # Errors
/// Always.
pub async fn unknown_route(_: Session, request: Arc<Request>) -> Result<Response, Error> {
    Err(refusal(&request.method, &request.path))
}

/// The parameters of `path` if it fits `pattern`; a parameter is one segment that is not empty.
fn parameters<'a>(pattern: &'static str, path: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut found = Vec::new();
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !given.is_empty() => found.push((name, given)),
                None if wanted == given => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, path: &str, function: &str, wanted: &[(&str, &str)]) {
        match lookup(method, path) {
            Lookup::Found(route, parameters) => {
                assert_eq!(route.function, function);
                assert_eq!(parameters, wanted);
            }
            other => panic!("{method} {path}: {other:?}"),
        }
    }

    #[test]
    fn a_literal_wins_over_a_parameter() {
        check("POST", "/api/v1/customer/bestmatch", "khoros-bestmatch-customers", &[]);
        check(
            "GET",
            "/api/v1/customer/bestmatch",
            "khoros-find-customer",
            &[("id", "bestmatch")],
        );
        check("HEAD", "/agent/case/K1", "agent-case-page", &[("id", "K1")]);
        check("GET", "/api/v1/customer/C1/cases", "khoros-find-cases", &[("id", "C1")]);
    }

    #[test]
    fn an_unknown_path_and_an_unknown_method_are_told_apart() {
        assert_eq!(lookup("DELETE", "/api/v1/case"), Lookup::OtherMethods(vec!["POST"]));
        assert_eq!(lookup("PUT", "/api/v1/case/K1"), Lookup::OtherMethods(vec!["GET", "PATCH"]));
        for path in [
            "",
            "/",
            "/api/v1",
            "/api/v1/customer/",
            "/api/v1//customer",
            "/api/v1/customers/",
            "/api/v1/customer/a/b",
        ] {
            assert_eq!(lookup("GET", path), Lookup::Unknown, "{path}");
        }
    }

    #[test]
    fn every_route_except_pages_requires_a_key_with_a_permission() {
        for route in all() {
            let is_under = |beginning: &str| route.paths.iter().any(|path| path.starts_with(beginning));
            let (is_agents, is_desks) = (is_under("/agent/"), is_under("/desk"));
            match route.admission {
                Admission::Key(permissions) => assert!(!permissions.is_empty() && !is_agents && !is_desks, "{route:?}"),
                Admission::SignIn(permissions) | Admission::SignedIn(permissions) => {
                    assert!(!permissions.is_empty() && is_desks && route.links, "{route:?}");
                }
                Admission::AnyKey => assert!(route.is_catch_all(), "{route:?}"),
                Admission::Link => assert!(is_agents, "{route:?}"),
                Admission::Open => assert!((is_agents || is_desks) && route.table_uses.is_empty(), "{route:?}"),
            }
        }
    }

    #[test]
    fn no_two_rows_are_alike() {
        let mut seen = BTreeSet::new();
        for (route, path) in operations() {
            assert!(route.methods().contains(&route.method), "{route:?}");
            for method in route.methods() {
                assert!(seen.insert((*method, path)), "two functions for {method} {path}");
            }
        }
        let functions: BTreeSet<&str> = all().map(|route| route.function).collect();
        assert_eq!(functions.len(), all().count(), "one row per function");
    }
}
