//! Every route of every dialect, in one table.
//!
//! The router of `make watch`, the SAM template, the local gateway and the black-box tests are held against this table by
//! tests, so that none of them can drift. A request that no row fits goes to one of [`CATCH_ALLS`].

use crate::access::Permission;

/// One row: what a caller asks for, and the Lambda function that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The HTTP method, upper case.
    pub method: &'static str,
    /// The path as API Gateway writes it, parameters in braces.
    pub path: &'static str,
    /// The name of the binary, and so of the Lambda function.
    pub function: &'static str,
    /// What the caller's key must allow: any one of these. None where it is not a key that opens the route ([`crate::access::link`]).
    pub permissions: &'static [Permission],
}

/// A function that answers the paths and methods that no row fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CatchAll {
    /// As API Gateway writes them, for any method. Without paths it is the `$default` route.
    pub paths: &'static [&'static str],
    /// The name of the binary, and so of the Lambda function.
    pub function: &'static str,
}

/// What answers the rest. Omnidesk's has paths of its own, since clients spell its actions as they like, while API Gateway compares
/// them to the letter.
pub const CATCH_ALLS: &[CatchAll] = &[
    CatchAll {
        paths: &[],
        function: "khoros-unknown-route",
    },
    CatchAll {
        paths: &["/api/v2/customer", "/api/v2/customer/", "/api/v2/customer/{action+}"],
        function: "omnidesk-unknown-route",
    },
];

/// All routes, in the order of their contract.
pub const ROUTES: &[Route] = &[
    khoros("GET", "/api/v1/meta/object/{type}", "khoros-define-object-structures"),
    khoros("POST", "/api/v1/customers", "khoros-search-customers"),
    khoros("POST", "/api/v1/customer/bestmatch", "khoros-bestmatch-customers"),
    khoros("GET", "/api/v1/customer/{id}", "khoros-find-customer"),
    khoros("GET", "/api/v1/customer/{id}/cases", "khoros-find-cases"),
    khoros("POST", "/api/v1/customer", "khoros-create-customer"),
    khoros("PATCH", "/api/v1/customer/{id}", "khoros-update-customer"),
    khoros("POST", "/api/v1/case", "khoros-create-case"),
    khoros("GET", "/api/v1/case/{id}", "khoros-lookup-case"),
    khoros("PATCH", "/api/v1/case/{id}", "khoros-update-case"),
    page("/agent/customer/{id}", "agent-customer-page"),
    page("/agent/case/{id}", "agent-case-page"),
    page("/agent/asset/{name}", "agent-asset"),
    khoros("GET", "/api/v1/openapi.json", "khoros-openapi"),
    Route {
        method: "GET",
        path: "/core/customermgr/v3/customer",
        function: "egain-search-customers",
        permissions: &[Permission::EgainClient, Permission::EgainUser, Permission::EgainCustomer],
    },
    omnidesk_read("GET", "/api/v2/customer", "omnidesk-get-index"),
    omnidesk_read("GET", "/api/v2/customer/{id}", "omnidesk-get-item"),
    omnidesk_write("POST", "/api/v2/customer", "omnidesk-post-index"),
    omnidesk_write("PUT", "/api/v2/customer", "omnidesk-put-index"),
    omnidesk_write("PUT", "/api/v2/customer/{id}", "omnidesk-put-item"),
    omnidesk_write("DELETE", "/api/v2/customer/{id}", "omnidesk-delete-item"),
    omnidesk_read(
        "POST",
        "/api/v2/customer/SearchByPrimaryExternalID",
        "omnidesk-search-by-primary-external-id",
    ),
    omnidesk_read(
        "POST",
        "/api/v2/customer/SearchByCustomerChannelValue",
        "omnidesk-search-by-customer-channel-value",
    ),
    omnidesk_write("POST", "/api/v2/customer/addChannelOnly", "omnidesk-add-channel-only"),
    omnidesk_write("PUT", "/api/v2/customer/updateCustomer", "omnidesk-update-customer"),
    omnidesk_write("DELETE", "/api/v2/customer/channel/{id}", "omnidesk-delete-item-channel"),
    omnidesk_write("DELETE", "/api/v2/customer/purgeData/{id}", "omnidesk-delete-item-purge-data"),
    omnidesk_read(
        "GET",
        "/api/v2/customer/timelineByCustomerExternalID",
        "omnidesk-timeline-by-customer-external-id",
    ),
    omnidesk_write("POST", "/api/v2/customer/externalEvent", "omnidesk-external-event"),
    omnidesk_write("POST", "/api/v2/customer/syncWithCRM", "omnidesk-sync-with-crm"),
    omnidesk_write("POST", "/api/v2/customer/createCustomerCRUD", "omnidesk-create-customer-crud"),
];

const fn khoros(method: &'static str, path: &'static str, function: &'static str) -> Route {
    Route {
        method,
        path,
        function,
        permissions: &[Permission::Khoros],
    }
}

/// A page that a browser opens, or what such a page needs.
const fn page(path: &'static str, function: &'static str) -> Route {
    Route {
        method: "GET",
        path,
        function,
        permissions: &[],
    }
}

const fn omnidesk_read(method: &'static str, path: &'static str, function: &'static str) -> Route {
    Route {
        method,
        path,
        function,
        permissions: &[Permission::CustomerRead],
    }
}

const fn omnidesk_write(method: &'static str, path: &'static str, function: &'static str) -> Route {
    Route {
        permissions: &[Permission::CustomerCud],
        ..omnidesk_read(method, path, function)
    }
}

/// How a request's path and method relate to the table.
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
    let mut of_path: Vec<(&'static Route, Vec<(&'static str, &'a str)>)> = ROUTES
        .iter()
        .filter_map(|route| Some((route, parameters(route.path, path)?)))
        .collect();
    of_path.sort_by_key(|(_, parameters)| parameters.len());
    let methods = of_path.iter().map(|(route, _)| route.method).collect::<Vec<_>>();
    match of_path.into_iter().find(|(route, _)| route.method == method) {
        Some((route, parameters)) => Lookup::Found(route, parameters),
        None if methods.is_empty() => Lookup::Unknown,
        None => Lookup::OtherMethods(methods),
    }
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
        check("GET", "/api/v1/customer/C1/cases", "khoros-find-cases", &[("id", "C1")]);
    }

    #[test]
    fn what_does_not_exist_says_how() {
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
    fn only_pages_go_without_a_key() {
        for route in ROUTES {
            assert_eq!(route.permissions.is_empty(), route.path.starts_with("/agent/"), "{route:?}");
        }
    }

    #[test]
    fn no_two_rows_are_alike() {
        for (at, route) in ROUTES.iter().enumerate() {
            for other in &ROUTES[at + 1..] {
                assert_ne!((route.method, route.path), (other.method, other.path));
                assert_ne!(route.function, other.function, "one function per operation");
            }
        }
    }
}
