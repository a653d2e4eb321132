//! The acting user, from the context headers (contract section 1).

use crm_domain::{Actor, normal::is_email};
use crm_lambda::http::Request;

/// The acting user. A malformed header is ignored and logged.
pub fn actor(request: &Request) -> Actor {
    Actor {
        agent: context_header(request, "x-sf-user-email", agent).or_else(|| context_header(request, "x-sf-email", agent)),
        initiative: context_header(request, "x-sf-initiative", integer),
        company: context_header(request, "x-sf-company-id", integer),
        user: None,
    }
}

fn context_header<T>(request: &Request, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut values = request.headers.get_all(name).iter();
    let value = values.next()?;
    // A header that is sent twice is ignored. API Gateway joins the values with a comma, which no
    // single value contains.
    let only = values.next().is_none().then_some(value);
    let read = only.and_then(|value| value.to_str().ok()).map(str::trim).and_then(read);
    if read.is_none() {
        tracing::info!(trace = request.trace, header = name, "ignored a malformed context header");
    }
    read
}

/// A number that consists of digits only, without sign or fraction, of at most 64 bits.
fn integer(value: &str) -> Option<i64> {
    let is_digits = value.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| value.parse().ok()).flatten()
}

fn agent(value: &str) -> Option<String> {
    is_email(value).then(|| value.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor_of(headers: &[(&'static str, &str)]) -> Actor {
        let mut request = Request::default();
        for (name, value) in headers {
            request.headers.append(*name, value.parse().unwrap());
        }
        actor(&request)
    }

    #[test]
    fn context_headers_are_notes_and_never_an_error() {
        let both = [
            ("x-sf-email", "Ann@x.example"),
            ("x-sf-initiative", "7"),
            ("x-sf-company-id", "none"),
        ];
        let wanted = Actor {
            agent: Some("ann@x.example".to_owned()),
            initiative: Some(7),
            company: None,
            user: None,
        };
        assert_eq!(actor_of(&both), wanted);
        assert_eq!(actor_of(&[("x-sf-user-email", "not an address")]), Actor::default());
    }

    #[test]
    fn a_company_is_one_number() {
        let company = |values: &[&str]| {
            let headers: Vec<_> = values.iter().map(|value| ("x-sf-company-id", *value)).collect();
            actor_of(&headers).company
        };
        for (values, wanted) in [
            (&["7"][..], Some(7)),
            (&[" 7 "], Some(7)),
            (&["007"], Some(7)),
            (&["9223372036854775807"], Some(i64::MAX)),
            (&["9223372036854775808"], None),
            (&["+7"], None),
            (&["-7"], None),
            (&["7.0"], None),
            (&["7,8"], None),
            (&["7, 7"], None),
            (&["7 8"], None),
            (&["٧"], None),
            (&[""], None),
            (&["7", "8"], None),
            (&["7", "7"], None),
        ] {
            let is_ascii = values.iter().all(|value| value.is_ascii());
            if is_ascii {
                assert_eq!(company(values), wanted, "{values:?}");
            } else {
                assert_eq!(integer(values[0]), wanted, "{values:?}");
            }
        }
    }
}
