//! The base URL that is registered with Khoros, `instanceUrl` (contract section 1).

use std::fmt;

use http_client::{Uri, is_loopback};

use crate::Misuse;

/// The end of every `instanceUrl`.
const ENDING: &str = "/api/v1";

/// A URL that can be registered: absolute, and ending in `/api/v1` without a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceUrl(String);

impl InstanceUrl {
    /// Reads an operator's input. A slash at the end is ignored.
    pub fn parse(text: &str) -> Result<Self, Misuse> {
        let url = text.trim().trim_end_matches('/');
        let uri: Uri = url.parse().map_err(|_| {
            Misuse(format!(
                "{text:?} is not an absolute URL such as https://crm.example.com/api/v1"
            ))
        })?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        if !is_http || uri.host().is_none_or(str::is_empty) {
            return Err(Misuse(format!(
                "{text:?} is not an absolute URL: it must begin with https:// and have a host name, as in https://crm.example.com/api/v1"
            )));
        }
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(Misuse(
                "the URL contains a user name or password: Khoros sends the --auth value only".to_owned(),
            ));
        }
        if url.contains(['?', '#']) {
            return Err(Misuse(format!(
                "{text:?} has a query or a fragment: Khoros appends paths to it, so it must end in {ENDING}"
            )));
        }
        if !url.ends_with(ENDING) {
            return Err(Misuse(Self::explain_ending(url)));
        }
        Ok(Self(url.to_owned()))
    }

    fn explain_ending(url: &str) -> String {
        let base = url.split_once("/api").map_or(url, |(before, _)| before);
        format!(
            "the instanceUrl must end in {ENDING}: Khoros appends /customers, /case and so on to exactly what is registered. \
             Did you mean {base}{ENDING}?"
        )
    }

    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether calls are encrypted.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether it is this very machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

impl fmt::Display for InstanceUrl {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused(url: &str, word: &str) {
        let complaint = InstanceUrl::parse(url).unwrap_err().to_string();
        assert!(complaint.contains(word), "{url}: {complaint}");
    }

    #[test]
    fn a_slash_at_the_end_is_forgiven() {
        assert_eq!(
            InstanceUrl::parse("https://host/stage/api/v1/").unwrap().as_str(),
            "https://host/stage/api/v1"
        );
    }

    #[test]
    fn other_endings_are_explained() {
        check_refused("https://host", "https://host/api/v1?");
        check_refused("https://host/api", "https://host/api/v1?");
        check_refused("https://host/api/v1/customers", "https://host/api/v1?");
        check_refused("https://host/api/v2", "https://host/api/v1?");
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        check_refused("host/api/v1", "absolute");
        check_refused("ftp://host/api/v1", "absolute");
        check_refused("not a url", "absolute");
        check_refused("https://host/api/v1?x=1", "query");
        check_refused("https://me:pw@host/api/v1", "password");
    }

    #[test]
    fn this_machine_is_known() {
        for url in [
            "http://127.0.0.1:9/api/v1",
            "http://localhost/api/v1",
            "http://[::1]:80/api/v1",
        ] {
            assert!(InstanceUrl::parse(url).unwrap().is_loopback(), "{url}");
        }
        assert!(!InstanceUrl::parse("http://10.0.0.1/api/v1").unwrap().is_loopback());
    }
}
