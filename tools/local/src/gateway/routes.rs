//! Choosing the function of a request.

use std::{borrow::Cow, collections::BTreeMap};

use anyhow::{Result, ensure};
use percent_encoding::percent_decode_str;

use crate::template::FunctionDefinition;

/// API Gateway's name for the route of requests that match no other.
const CATCH_ALL: &str = "$default";
/// API Gateway's name for any method.
const ANY_METHOD: &str = "ANY";

/// All routes of all functions, the more specific ones first.
pub(super) struct Routes {
    routes: Vec<CompiledRoute>,
    catch_all: Option<usize>,
}

/// The function for a request.
#[derive(Debug, PartialEq)]
pub(super) struct Match<'a> {
    /// Its place in the list of functions.
    pub(super) function: usize,
    /// The route key, for example `GET /api/v1/customer/{id}` or `$default`.
    pub(super) route_key: &'a str,
    pub(super) parameters: BTreeMap<&'a str, Cow<'a, str>>,
}

struct CompiledRoute {
    function: usize,
    key: String,
    method: String,
    segments: Vec<Segment>,
}

/// A segment of a route's path, declared in the order of preference. Routes are compared segment by segment, and the
/// first that matches wins.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Segment {
    Literal(String),
    Parameter(String),
    /// `{name+}`: all remaining segments, at the end of a path.
    Greedy(String),
}

impl Routes {
    pub(super) fn new(functions: &[FunctionDefinition]) -> Result<Self> {
        let mut routes = Vec::new();
        let mut catch_all = None;
        for (index, function) in functions.iter().enumerate() {
            if function.catch_all {
                ensure!(catch_all.replace(index).is_none(), "there is more than one {CATCH_ALL} route");
            }
            routes.extend(function.routes.iter().map(|route| CompiledRoute {
                function: index,
                key: route.to_string(),
                method: route.method.clone(),
                segments: segments(&route.path).map(Segment::new).collect(),
            }));
        }
        routes.sort_by(|one, other| one.preference().cmp(&other.preference()));
        Ok(Self { routes, catch_all })
    }

    /// The function for a method and a path, which is still percent-encoded.
    pub(super) fn find<'a>(&'a self, method: &str, path: &'a str) -> Option<Match<'a>> {
        let sent: Vec<Cow<'_, str>> = segments(path).map(decode).collect();
        match self.routes.iter().find(|route| route.matches(method, &sent)) {
            Some(route) => Some(Match {
                function: route.function,
                route_key: &route.key,
                parameters: route.parameters(&sent),
            }),
            None => self.catch_all.map(|function| Match {
                function,
                route_key: CATCH_ALL,
                parameters: BTreeMap::new(),
            }),
        }
    }
}

impl CompiledRoute {
    fn preference(&self) -> impl Ord {
        (self.segments.clone(), self.method == ANY_METHOD)
    }

    fn matches(&self, method: &str, sent: &[Cow<'_, str>]) -> bool {
        let is_greedy = matches!(self.segments.last(), Some(Segment::Greedy(_)));
        let has_more = is_greedy && self.segments.len() < sent.len();
        (self.method == method || self.method == ANY_METHOD)
            && (self.segments.len() == sent.len() || has_more)
            && self
                .segments
                .iter()
                .zip(sent)
                .all(|(segment, value)| segment.matches(value, has_more))
    }

    fn parameters<'a>(&'a self, sent: &[Cow<'a, str>]) -> BTreeMap<&'a str, Cow<'a, str>> {
        let values = self.segments.iter().enumerate().filter_map(|(at, segment)| match segment {
            Segment::Literal(_) => None,
            Segment::Parameter(name) => Some((name.as_str(), sent[at].clone())),
            Segment::Greedy(name) => Some((name.as_str(), Cow::Owned(sent[at..].join("/")))),
        });
        values.collect()
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(name) => match name.strip_suffix('+') {
                Some(name) => Self::Greedy(name.to_owned()),
                None => Self::Parameter(name.to_owned()),
            },
            None => Self::Literal(text.to_owned()),
        }
    }

    /// Whether the value matches the segment. The value of a greedy segment may begin with a slash, if more follows.
    fn matches(&self, value: &str, has_more: bool) -> bool {
        match self {
            Self::Literal(text) => text == value,
            Self::Parameter(_) => !value.is_empty(),
            Self::Greedy(_) => has_more || !value.is_empty(),
        }
    }
}

/// The segments of a path, without the empty one before the first slash. An empty last one is kept, because
/// `/customer/` is not `/customer`.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

/// Percent-decodes a segment. A segment that does not decode to UTF-8 stays as it is.
fn decode(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment).decode_utf8().unwrap_or(Cow::Borrowed(segment))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::template::Route;

    fn function(routes: &[&str], catch_all: bool) -> FunctionDefinition {
        let routes = routes.iter().map(|route| {
            let (method, path) = route.split_once(' ').unwrap();
            Route {
                method: method.to_owned(),
                path: path.to_owned(),
            }
        });
        let (name, timeout) = (String::new(), Duration::ZERO);
        FunctionDefinition {
            name,
            timeout,
            memory_megabytes: 0,
            routes: routes.collect(),
            catch_all,
        }
    }

    fn routes() -> Routes {
        let functions = [
            function(&["GET /customer/{id}", "PATCH /customer/{id}"], false),
            function(&["GET /customer/search"], false),
            function(&["GET /customer/{id}/cases/{case}"], false),
            function(&["ANY /any", "ANY /customer/{id}"], false),
            function(&["GET /any"], false),
            function(&["ANY /greedy/{rest+}", "GET /greedy/{id}"], false),
            function(&[], true),
        ];
        Routes::new(&functions).unwrap()
    }

    #[track_caller]
    fn check(method: &str, path: &str, route_key: &str, parameters: &[(&str, &str)]) {
        let routes = routes();
        let found = routes.find(method, path).unwrap();
        assert_eq!(found.route_key, route_key);
        let found: Vec<_> = found.parameters.iter().map(|(name, value)| (*name, value.as_ref())).collect();
        assert_eq!(found, parameters);
    }

    #[test]
    fn literals_win_over_parameters() {
        check("GET", "/customer/search", "GET /customer/search", &[]);
        check("GET", "/customer/c1", "GET /customer/{id}", &[("id", "c1")]);
        check("PATCH", "/customer/search", "PATCH /customer/{id}", &[("id", "search")]);
    }

    #[test]
    fn any_method_comes_after_the_methods() {
        check("GET", "/any", "GET /any", &[]);
        check("BREW", "/any", "ANY /any", &[]);
        check("DELETE", "/customer/c1", "ANY /customer/{id}", &[("id", "c1")]);
    }

    #[test]
    fn parameters_are_one_segment_and_decoded() {
        check(
            "GET",
            "/customer/a%20b%2Fc/cases/%C3%A9",
            "GET /customer/{id}/cases/{case}",
            &[("case", "é"), ("id", "a b/c")],
        );
        check("GET", "/customer/%ff%20", "GET /customer/{id}", &[("id", "%ff%20")]);
        check("GET", "/customer/100%", "GET /customer/{id}", &[("id", "100%")]);
    }

    #[test]
    fn a_greedy_parameter_takes_what_is_left_and_comes_last() {
        check("GET", "/greedy/a", "GET /greedy/{id}", &[("id", "a")]);
        check("POST", "/greedy/a", "ANY /greedy/{rest+}", &[("rest", "a")]);
        check("GET", "/greedy/a/b%20c/", "ANY /greedy/{rest+}", &[("rest", "a/b c/")]);
        check("GET", "/greedy//a", "ANY /greedy/{rest+}", &[("rest", "/a")]);
        check("GET", "/greedy/", "$default", &[]);
        check("GET", "/greedy", "$default", &[]);
    }

    #[test]
    fn the_rest_goes_to_the_catch_all() {
        for path in [
            "/",
            "/customer",
            "/customer/",
            "/customer/c1/",
            "//customer/c1",
            "/customer/c1/cases",
            "/customer/c1/cases/",
        ] {
            check("GET", path, "$default", &[]);
        }
        check("get", "/customer/search", "ANY /customer/{id}", &[("id", "search")]);
        check("HEAD", "/nothing", "$default", &[]);
    }

    #[test]
    fn without_catch_all_there_may_be_none() {
        let routes = Routes::new(&[function(&["GET /a"], false)]).unwrap();
        assert_eq!(routes.find("GET", "/b"), None);
        assert_eq!(routes.find("POST", "/a"), None);
        assert!(Routes::new(&[function(&[], true), function(&[], true)]).is_err());
    }
}
