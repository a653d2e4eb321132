//! Web addresses, profile URLs above all.

use url::Url;

use super::fold::text;

/// Sub-domains that show the same page in another dress.
const DRESSES: [&str; 4] = ["www.", "m.", "mobile.", "mbasic."];

/// Networks that moved: the old host is the new one.
const MOVED: [(&str, &str); 2] = [("twitter.com", "x.com"), ("fb.com", "facebook.com")];

/// Networks whose paths ignore letter case, since their first segment is a handle.
const HANDLES_IN_PATHS: [&str; 6] = [
    "x.com",
    "facebook.com",
    "instagram.com",
    "tiktok.com",
    "linkedin.com",
    "threads.net",
];

/// Where networks have their profiles, and the names that their handles carry in the data model.
const NETWORKS: [(&str, &str); 22] = [
    ("x.com/", "twitter"),
    ("facebook.com/", "facebook"),
    ("instagram.com/", "instagram"),
    ("tiktok.com/", "tiktok"),
    ("threads.net/", "threads"),
    ("linkedin.com/in/", "linkedin"),
    ("youtube.com/", "youtube"),
    ("youtube.com/c/", "youtube"),
    ("youtube.com/user/", "youtube"),
    ("reddit.com/user/", "reddit"),
    ("reddit.com/u/", "reddit"),
    ("pinterest.com/", "pinterest"),
    ("snapchat.com/add/", "snapchat"),
    ("t.me/", "telegram"),
    ("vk.com/", "vk"),
    ("bsky.app/profile/", "bluesky"),
    ("medium.com/", "medium"),
    ("github.com/", "github"),
    ("twitch.tv/", "twitch"),
    ("xing.com/profile/", "xing"),
    ("weibo.com/", "weibo"),
    ("line.me/", "line"),
];
/// The networks whose profiles are known; some more than once.
pub fn networks() -> impl Iterator<Item = &'static str> {
    NETWORKS.iter().map(|(_, network)| *network)
}

/// Addresses of these networks that are no profiles although they look like one.
const NO_PROFILES: [&str; 3] = ["profile.php", "watch", "home"];

/// Query parameters that say where a reader came from, not what is shown; further ones begin with `utm_`.
const TRACKING: [&str; 13] = [
    "fbclid", "gclid", "igshid", "igsh", "mibextid", "ref", "ref_src", "ref_url", "s", "t", "si", "lang", "hl",
];

/// Without scheme, `www.` or `m.`, port, user, fragment, tracking parameters and trailing slash; the host in lower case;
/// `twitter.com` is `x.com`. What is no web address stays as folded text.
pub fn web_address(raw: &str) -> String {
    // Folding can make an address of what was none (a stray accent in the host): the normal form of that is an address, too.
    let Some(url) = parse(raw).or_else(|| parse(&text(raw))) else {
        return text(raw);
    };
    let host = canonical_host(url.host_str().unwrap_or_default());
    let mut path = url.path().trim_end_matches('/').to_owned();
    if HANDLES_IN_PATHS.contains(&host.as_str()) {
        path = path.to_lowercase();
    }
    let query = kept_query(&url);
    if query.is_empty() {
        format!("{host}{path}")
    } else {
        format!("{host}{path}?{query}")
    }
}

/// The network and the handle that a profile's address names, where the network puts handles into paths: `https://x.com/Jane` is
/// `jane` on `twitter`.
pub fn profile(raw: &str) -> Option<(&'static str, String)> {
    let address = web_address(raw);
    NETWORKS.iter().find_map(|(place, network)| {
        let path = address.strip_prefix(place)?;
        let is_handle = !path.is_empty() && !path.contains(['/', '?']) && !NO_PROFILES.contains(&path);
        is_handle.then(|| (*network, path.trim_start_matches('@').to_lowercase()))
    })
}

/// Whether this is an `http` or `https` address with a dotted host; the scheme may be left out.
pub fn is_web_address(raw: &str) -> bool {
    parse(raw).is_some()
}

fn parse(raw: &str) -> Option<Url> {
    let spelled = raw.trim();
    if spelled.is_empty()
        || spelled
            .chars()
            .any(|character| character.is_whitespace() || character.is_control())
    {
        return None;
    }
    let has_scheme = spelled
        .split_once("://")
        .is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
    let url = if has_scheme {
        Url::parse(spelled).ok()?
    } else {
        Url::parse(&format!("https://{}", spelled.trim_start_matches('/'))).ok()?
    };
    let dotted = url.domain().is_some_and(|domain| domain.trim_matches('.').contains('.'));
    // `mailto:jane@example.com` would otherwise read as user `mailto` on host `example.com`.
    let anonymous = url.username().is_empty() && url.password().is_none();
    (dotted && anonymous && matches!(url.scheme(), "http" | "https")).then_some(url)
}

fn canonical_host(host: &str) -> String {
    let mut bare = host.trim_end_matches('.');
    // A host may wear several; what is left must still be a dotted name.
    while let Some(rest) = DRESSES
        .iter()
        .find_map(|dress| bare.strip_prefix(dress))
        .map(|rest| rest.trim_start_matches('.'))
        .filter(|rest| rest.contains('.'))
    {
        bare = rest;
    }
    MOVED
        .iter()
        .find(|(old, _)| *old == bare)
        .map_or(bare, |(_, new)| new)
        .to_owned()
}

fn kept_query(url: &Url) -> String {
    let mut kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default().to_lowercase();
            !name.is_empty() && !name.starts_with("utm_") && !TRACKING.contains(&name.as_str())
        })
        .collect();
    kept.sort_unstable();
    kept.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(normal: &str, spellings: &[&str]) {
        for spelling in spellings {
            assert_eq!(web_address(spelling), normal, "{spelling}");
            assert!(is_web_address(spelling), "{spelling}");
        }
    }

    #[test]
    fn spellings_of_one_address() {
        check(
            "x.com/janedoe",
            &[
                "https://twitter.com/JaneDoe",
                "http://www.twitter.com/janedoe/",
                "x.com/janedoe",
                "https://mobile.twitter.com/janedoe?s=20&t=abc",
                "HTTPS://X.COM/janedoe#top",
            ],
        );
        check(
            "facebook.com/profile.php?id=42",
            &[
                "https://m.facebook.com/profile.php?id=42&ref=bookmarks",
                "facebook.com/profile.php?fbclid=x&id=42",
            ],
        );
        check(
            "blog.example/Jane",
            &["https://blog.example/Jane/", "blog.example/Jane?utm_source=x"],
        );
        check("example.com", &["https://example.com", "example.com/", "www.example.com"]);
    }

    #[test]
    fn profiles() {
        assert_eq!(
            profile("https://twitter.com/JaneDoe/"),
            Some(("twitter", "janedoe".to_owned()))
        );
        assert_eq!(profile("https://www.tiktok.com/@Jane"), Some(("tiktok", "jane".to_owned())));
        assert_eq!(
            profile("https://www.linkedin.com/in/Jane-Doe/"),
            Some(("linkedin", "jane-doe".to_owned()))
        );
        assert_eq!(profile("https://youtube.com/@Jane"), Some(("youtube", "jane".to_owned())));
        for none in [
            "https://facebook.com/profile.php?id=1",
            "https://x.com/jane/status/1",
            "https://x.com",
            "https://blog.example/jane",
            "https://www.youtube.com/watch?v=1",
            "https://www.linkedin.com/company/acme",
        ] {
            assert_eq!(profile(none), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_address() {
        for bad in [
            "",
            "jane",
            "javascript:alert(1)",
            "ftp://example.com/x",
            "https://",
            "not a url",
            "http://localhost/x",
            "data:text/html,x",
            "mailto:jane@example.com",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
        assert_eq!(web_address("Not A URL"), "not a url");
    }
}
