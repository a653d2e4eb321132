//! Other spellings of actions. API Gateway compares paths exactly, while the vendor's own pages spell an action
//! in several ways (section 1.2).
//!
//! A spelling that no route matches reaches the catch-all (`endpoints`), whose function has every operation in it. A
//! spelling that the route `/{id}` takes for a number reaches the function of that route. Both resolve it here.

use crm_domain::{CustomerId, error::Error};
use crm_lambda::{
    http::Request,
    routes::{Lookup, Route, lookup, omnidesk, operations},
};

use crate::{
    identify::NOT_FOUND,
    parameters::number,
    rules::{ALIASES, PATH, PURGE},
};

/// The customer whose number is the last segment of the path.
pub fn customer_in_path(request: &Request) -> Result<CustomerId, Error> {
    let number = number_in_path(request)?;
    number.and_then(CustomerId::from_number).ok_or(NOT_FOUND)
}

/// The number that is the last segment of the path; `None` for digits that cannot be the number of any object.
pub fn number_in_path(request: &Request) -> Result<Option<u64>, Error> {
    let last = last_segment(&request.path);
    if !is_digits(last) {
        return Err(refusal(&request.method, &canonical(&request.path)));
    }
    Ok(number(last))
}

/// Whether the last segment of the path is this action, in any spelling.
pub fn is_action(request: &Request, action: &str) -> bool {
    last_segment(&request.path).eq_ignore_ascii_case(action)
}

/// The route of a request, in any spelling of its action.
pub fn route(method: &str, path: &str) -> Result<&'static Route, Error> {
    let path = canonical(path);
    match lookup(method, &path) {
        Lookup::Found(route, parameters) if parameters.iter().all(|(_, value)| is_digits(value)) => Ok(route),
        // A purge may come without a number in the path (section 1.3).
        Lookup::Found(route, _) if route.method == PURGE_METHOD && is_bare_purge(&path) => Ok(route),
        _ => Err(refusal(method, &path)),
    }
}

/// The error of a request without a route: its path does not exist, or has other methods.
fn refusal(method: &str, path: &str) -> Error {
    let methods = methods(path);
    if methods.is_empty() || methods.contains(&method) {
        Error::UnknownPath
    } else {
        Error::MethodNotAllowed(methods)
    }
}

/// The methods that a path has; none if it does not exist.
fn methods(path: &str) -> Vec<&'static str> {
    let literal = operations().filter(|(_, literal)| *literal == path);
    let literal: Vec<&'static str> = literal.map(|(route, _)| route.method).collect();
    if !literal.is_empty() {
        return literal;
    }
    if is_bare_purge(path) {
        return vec![PURGE_METHOD];
    }
    match lookup("", path) {
        Lookup::OtherMethods(methods) if is_digits(last_segment(path)) => methods,
        _ => Vec::new(),
    }
}

const PURGE_METHOD: &str = "DELETE";

fn is_bare_purge(path: &str) -> bool {
    path.strip_prefix(PATH).and_then(|rest| rest.strip_prefix('/')) == Some(PURGE)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn last_segment(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path).rsplit('/').next().unwrap_or_default()
}

/// The path in the spelling of the routes, without a trailing slash.
fn canonical(path: &str) -> String {
    let path = path.strip_suffix('/').unwrap_or(path);
    let Some(rest) = path.strip_prefix(PATH) else {
        return path.to_owned();
    };
    let segments = rest.split('/').map(spelled);
    format!("{PATH}{}", segments.collect::<Vec<_>>().join("/"))
}

fn spelled(segment: &str) -> &str {
    let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(segment));
    let segment = alias.map_or(segment, |(_, action)| action);
    let paths = omnidesk::ALL
        .iter()
        .filter(|route| !route.is_catch_all())
        .flat_map(|route| route.paths);
    let actions = paths.filter_map(|path| path.strip_prefix(PATH));
    let mut actions = actions.flat_map(|rest| rest.split('/')).filter(|action| !action.is_empty());
    actions.find(|action| action.eq_ignore_ascii_case(segment)).unwrap_or(segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(method: &str, path: &str, wanted: Result<&str, Option<&[&str]>>) {
        let found = match route(method, &format!("{PATH}{path}")) {
            Ok(route) => Ok(route.function.trim_start_matches("omnidesk-").to_owned()),
            Err(Error::MethodNotAllowed(methods)) => Err(Some(methods)),
            Err(_) => Err(None),
        };
        let wanted = wanted.map(str::to_owned).map_err(|methods| methods.map(<[&str]>::to_vec));
        assert_eq!(found, wanted, "{method} {path}");
    }

    #[test]
    fn an_action_may_be_spelled_in_any_case() {
        check("POST", "/ADDCHANNELONLY", Ok("add-channel-only"));
        check("POST", "/addchannelonly/", Ok("add-channel-only"));
        check("DELETE", "/CHANNEL/7", Ok("delete-item-channel"));
        check("DELETE", "/itemchannel/7", Ok("delete-item-channel"));
        check("DELETE", "/ItemPurgeData/7", Ok("delete-item-purge-data"));
        check("DELETE", "/purgedata", Ok("delete-item"));
        check("GET", "/", Ok("get-index"));
        check("GET", "/7/", Ok("get-item"));
        check("PATCH", "/7", Err(Some(&["GET", "PUT", "DELETE"])));
        check("GET", "/addChannelOnly", Err(Some(&["POST"])));
        check("POST", "/UPDATECUSTOMER", Err(Some(&["PUT"])));
        check("POST", "/purgedata", Err(Some(&["DELETE"])));
        check("POST", "/nosuchaction", Err(None));
        check("GET", "/channel/7", Err(Some(&["DELETE"])));
        check("GET", "/7/8", Err(None));
        check("DELETE", "/channel/x", Err(None));
        check("PATCH", "", Err(Some(&["GET", "POST", "PUT"])));
    }
}
