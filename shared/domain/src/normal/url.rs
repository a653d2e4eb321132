//! Web addresses, and the handles and profiles in them.
//!
//! Sources: the WHATWG URL standard (the crate `url`), RFC 3986, chapter 6 (equivalent addresses); for profiles see
//! `network`.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode, percent_encode};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use url::Url;

use super::{
    character::{described, is_blank_character, is_invisible, plain, plain_character},
    fold::{case_folded, text},
    network::{self, Found, MASTODON},
};

/// Subdomains that show the same page in another layout.
const DRESSES: [&str; 11] = [
    "www", "m", "mobile", "mbasic", "touch", "web", "music", "old", "new", "np", "amp",
];
/// Hosts with a subdomain for each country or language: `de.linkedin.com`, `de-de.facebook.com`.
const BY_COUNTRY: [&str; 3] = ["linkedin.com", "facebook.com", "pinterest.com"];
/// Subdomains that are ignored only on known networks; elsewhere `music.example.com` is another page.
const DRESSES_OF_NETWORKS: [&str; 7] = ["touch", "web", "music", "old", "new", "np", "amp"];

/// Hosts that give each user a subdomain: `jane.medium.com`.
const BY_USER: [&str; 2] = ["t.me", "medium.com"];

/// Query parameters that track where a reader came from and do not select what is shown. Those with the prefix `utm_`
/// are ignored, too.
const TRACKING: [&str; 13] = [
    "fbclid", "gclid", "igshid", "igsh", "mibextid", "ref", "ref_src", "ref_url", "s", "t", "si", "lang", "hl",
];

/// The example in messages.
const EXAMPLE: &str = "https://x.com/jane";
const HANDLE_EXAMPLE: &str = "@jane";

/// The address without scheme, `www.` or `m.`, port, user, fragment, tracking parameters and trailing slash, with the
/// host in lower case. All forms that a network has for a profile's address are one: `twitter.com/@Jane/status/1` is
/// `x.com/jane`. A text that is not a web address becomes folded text.
pub fn web_address(raw: &str) -> String {
    // Folding can turn a text into an address, by removing a stray accent in the host. Its normal form is then that
    // address.
    let Some(url) = parse(raw).or_else(|| parse(&text(raw))) else {
        return text(raw);
    };
    if let Some(found) = found(&url) {
        return if found.is_cased {
            found.address
        } else {
            lower(&found.address)
        };
    }
    let host = canonical_host(url.host_str().unwrap_or_default());
    let path = url.path().split('/').filter(|segment| !segment.is_empty());
    let path: String = path.flat_map(|segment| ["/", segment]).collect();
    let mut path = unescaped(&path);
    if network::of_host(&host).is_some() {
        path = lower(&path);
    }
    let query = kept_query(&url);
    let address = if query.is_empty() {
        format!("{host}{path}")
    } else {
        format!("{host}{path}?{query}")
    };
    // The query that was left out may have followed punctuation: `example.com/jane.?utm_source=mail`.
    let bare = spelled(&address);
    if bare.len() < address.len() {
        return web_address(&bare);
    }
    // Plain punctuation can make the host invalid.
    if parse(&address).is_some() { address } else { text(raw) }
}

/// The network and the handle that a profile's address contains, if the network has handles in its addresses:
/// `https://x.com/Jane` is `jane` on `twitter`.
pub fn profile(raw: &str) -> Option<(&'static str, String)> {
    let found = found(&parse(raw)?)?;
    Some((found.network, case_folded(&found.handle)))
}

/// A handle without its `@`s, case-folded: `@NorthWind` is `northwind`. A profile's address becomes the handle in it.
/// `@name@host` is the same as the address of that profile on the host. Any other web address stays an address.
pub fn handle(raw: &str) -> String {
    if let Some(url) = address_of_handle(raw) {
        return found(&url).map_or_else(|| web_address(raw), |found| case_folded(&found.handle));
    }
    let folded = case_folded(raw);
    let bare = bare_handle(&folded);
    if bare == folded { folded } else { handle(bare) }
}

/// [`handle`] on a known network: without full stops if the network ignores them.
pub fn handle_on(raw: &str, network: Option<&str>) -> String {
    let normal = handle(raw);
    if network.is_some_and(network::ignores_full_stops) && may_have_full_stops(raw, &normal) {
        network::without_full_stops(&normal)
    } else {
        normal
    }
}

/// The normal forms in which a handle may be stored: [`handle`], and the same without full stops if its network may
/// ignore them.
pub fn possible_handles(raw: &str, network: Option<&str>) -> Vec<String> {
    let mut forms = vec![handle(raw)];
    if network.is_none_or(network::ignores_full_stops) && may_have_full_stops(raw, &forms[0]) {
        forms.push(network::without_full_stops(&forms[0]));
        forms.dedup();
    }
    forms
}

/// Whether full stops may be ignored. An address has named its network already, and in a handle with a host they
/// belong to the host.
fn may_have_full_stops(raw: &str, normal: &str) -> bool {
    !normal.contains('@') && address_of_handle(raw).is_none()
}

/// A handle as entered, without the `@` before it and without the address around it.
pub fn handle_as_written(raw: &str) -> String {
    let found = address_of_handle(raw).and_then(|url| found(&url));
    found.map_or_else(|| bare_handle(raw.trim()).to_owned(), |found| found.handle_as_written)
}

/// The handle in `@jane`, `u/jane` of Reddit, and `acct:jane@host` of the Fediverse.
fn bare_handle(spelled: &str) -> &str {
    let bare = spelled.trim_start_matches(|sign: char| sign == '@' || is_blank_character(sign) || is_invisible(sign));
    let bare = bare.strip_prefix("acct:").unwrap_or(bare);
    ["/u/", "u/"]
        .iter()
        .find_map(|prefix| bare.strip_prefix(prefix))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(bare)
}

/// The address that was entered as a handle. A handle with full stops looks like a host: `jane.doe`.
fn address_of_handle(raw: &str) -> Option<Url> {
    let spelled = raw.trim().trim_start_matches('@');
    let url = parse(spelled)?;
    let has_path = url.path().bytes().any(|sign| sign != b'/') || url.fragment().is_some_and(|fragment| fragment.starts_with('!'));
    (has_path || spelled.contains("://")).then_some(url)
}

/// Checks that a text can be exactly one handle.
///
/// # Errors
/// A sentence for the agent.
pub fn check_handle(raw: &str) -> Result<(), String> {
    if handle(raw).is_empty() {
        return Err(format!("must be a handle such as {HANDLE_EXAMPLE}"));
    }
    let words = raw.split([' ', ',', ';', '\n', '\t', '|']).filter(|word| !word.is_empty());
    let is_handle = |word: &&str| (word.starts_with('@') && word.len() > 1) || word.contains("://");
    if words.clone().count() > 1 && words.clone().filter(is_handle).count() > 1 {
        return Err(format!(
            "has more than one handle: one handle per field, such as {HANDLE_EXAMPLE}"
        ));
    }
    if words.skip(1).any(|word| is_handle(&word)) {
        return Err(format!(
            "must be a handle alone, such as {HANDLE_EXAMPLE}: there are other words before it"
        ));
    }
    let what = format!("must be a handle such as {HANDLE_EXAMPLE}, or the address of a profile such as {EXAMPLE}");
    match address_of_handle(raw) {
        Some(url) if is_own_page(&url) => Err(format!("{what}: {} is not a profile", web_address(url.as_str()))),
        None if raw.contains("://") => Err(format!("{what}: it is not a web address")),
        _ => Ok(()),
    }
}

/// Whether an address is one of the network's own pages rather than a profile.
fn is_own_page(url: &Url) -> bool {
    let network = network::of_host(&canonical_host(url.host_str().unwrap_or_default()));
    found(url).is_none() && network.is_some_and(|network| network.is_own_page(&path_and_query(url).0))
}

/// Whether this is an `http` or `https` address with a dotted host. The scheme is optional.
pub fn is_web_address(raw: &str) -> bool {
    parse(raw).is_some()
}

/// Checks that a text is exactly one `http` or `https` address.
///
/// # Errors
/// A sentence for the agent.
pub fn check_web_address(raw: &str) -> Result<(), String> {
    if is_web_address(raw) {
        return Ok(());
    }
    let what = format!("must be a web address such as {EXAMPLE}");
    let spelled = spelled(raw);
    let words = spelled.split(is_blank_character).filter(|word| !word.is_empty());
    if words.clone().filter(|word| is_web_address(word)).count() > 1 {
        return Err(format!(
            "has more than one web address: one address per field, such as {EXAMPLE}"
        ));
    }
    if let Some(blank) = raw.trim().chars().find(|&sign| is_blank_character(sign)) {
        return Err(format!("{what}: it has {}", described(blank)));
    }
    let scheme = spelled
        .split_once(':')
        .map(|(scheme, _)| scheme)
        .filter(|scheme| scheme.bytes().all(|letter| letter.is_ascii_alphabetic()));
    Err(match scheme {
        Some(scheme) if !scheme.is_empty() && !["http", "https"].contains(&lower(scheme).as_str()) => {
            format!("{what}: it begins with {}:", lower(scheme))
        }
        _ if spelled.contains('@') => format!("{what}: it has @, as e-mail addresses and handles have"),
        _ => what,
    })
}

fn lower(text: &str) -> String {
    text.to_lowercase().nfc().collect()
}

/// An address in plain characters, without surrounding brackets and punctuation.
fn spelled(raw: &str) -> String {
    let spelled: String = plain(raw).nfkc().map(plain_character).collect();
    let trimmed = spelled.trim().trim_start_matches(['<', '(', '"', '\'', '[']);
    let opened = trimmed.contains('(');
    trimmed
        .trim_end_matches(|sign: char| {
            matches!(sign, '>' | '"' | '\'' | ']' | ',' | ';' | '.') || (sign == ')' && !opened) || is_blank_character(sign)
        })
        .to_owned()
}

fn parse(raw: &str) -> Option<Url> {
    let spelled = spelled(raw);
    if spelled.is_empty() || spelled.chars().any(is_blank_character) {
        return None;
    }
    let has_scheme = spelled
        .split_once("://")
        .is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']));
    let url = if has_scheme {
        Url::parse(&spelled).ok()?
    } else {
        Url::parse(&format!("https://{}", spelled.trim_start_matches('/'))).ok()?
    };
    let dotted = url.domain().is_some_and(|domain| domain.trim_matches('.').contains('.'));
    // Otherwise `mailto:jane@example.com` would be read as user `mailto` on host `example.com`.
    let anonymous = url.username().is_empty() && url.password().is_none();
    (dotted && anonymous && matches!(url.scheme(), "http" | "https")).then_some(url)
}

/// The profile at an address.
fn found(url: &Url) -> Option<Found> {
    let host = canonical_host(url.host_str()?);
    let (mut segments, query) = path_and_query(url);
    let (host, user) = match host.split_once('.') {
        Some((user, rest)) if BY_USER.contains(&rest) => (rest.to_owned(), Some(format!("@{user}"))),
        _ => (host, None),
    };
    segments.splice(0..0, user);
    let parameters = query.split('&').filter_map(|pair| pair.split_once('='));
    let parameters: Vec<(String, String)> = parameters
        .map(|(name, value)| (lower(&decoded(name)), decoded(value)))
        .collect();
    match network::of_host(&host) {
        Some(network) => network.profile(&segments, &parameters),
        None => on_a_server(&host, &segments),
    }
}

/// The segments of an address' path, and its query. Before 2012, X and Facebook had both in the fragment.
fn path_and_query(url: &Url) -> (Vec<String>, &str) {
    let (path, query) = match url.fragment().and_then(|fragment| fragment.strip_prefix('!')) {
        Some(path) if url.path().len() <= 1 => path.split_once('?').unwrap_or((path, "")),
        _ => (url.path(), url.query().unwrap_or_default()),
    };
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    (segments.map(decoded).collect(), query)
}

/// A profile on a server of the Fediverse: `/@name`, `/@name@other.host` on another server, `/users/name` as servers
/// address each other, and each of these below `/web` or `/deck`.
fn on_a_server(host: &str, path: &[String]) -> Option<Found> {
    let mut path = path.iter().skip_while(|segment| matches!(segment.as_str(), "web" | "deck"));
    let first = path.next()?;
    let name = match first.strip_prefix('@') {
        Some(name) => name,
        None if first == "users" && network::is_server(host) => path.next()?,
        None => return None,
    };
    let (name, host) = name.split_once('@').unwrap_or((name, host));
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|sign| sign.is_alphanumeric() || is_combining_mark(sign) || matches!(sign, '_' | '.' | '-'))
    };
    (is_name(name) && is_name(host)).then(|| Found {
        network: MASTODON,
        address: format!("{host}/@{name}"),
        handle: format!("{name}@{host}"),
        handle_as_written: format!("{name}@{host}"),
        is_cased: false,
    })
}

/// A part of an address without percent-encoding, if it is text.
fn decoded(part: &str) -> String {
    let bytes = percent_decode(part.as_bytes());
    let text = bytes.decode_utf8().map_or_else(|_| part.to_owned(), Into::into);
    text.chars().filter(|&sign| !is_invisible(sign)).nfc().collect()
}

/// A path with letters of all scripts decoded and composed, and everything else percent-encoded where needed. So both
/// Unicode forms and both notations of a path are equal.
fn unescaped(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while !rest.is_empty() {
        let end = rest.find('%').unwrap_or(rest.len());
        let (before, after) = rest.split_at(end);
        plain.push_str(before);
        let escaped = after
            .as_bytes()
            .chunks(3)
            .take_while(|code| code.len() == 3 && code[0] == b'%')
            .count()
            * 3;
        if escaped == 0 {
            plain.push_str(&after[..after.len().min(1)]);
            rest = &after[after.len().min(1)..];
            continue;
        }
        let (codes, after) = after.split_at(escaped);
        match percent_decode(codes.as_bytes()).decode_utf8() {
            Ok(text) => plain.extend(text.chars().filter(|&sign| !is_invisible(sign)).map(escaped_again)),
            Err(_) => plain.push_str(&codes.to_uppercase()),
        }
        rest = after;
    }
    plain.nfc().collect()
}

fn escaped_again(sign: char) -> String {
    if sign.is_alphanumeric() || is_combining_mark(sign) || matches!(sign, '-' | '.' | '_' | '~') {
        return sign.to_string();
    }
    let mut bytes = [0; 4];
    percent_encode(sign.encode_utf8(&mut bytes).as_bytes(), NON_ALPHANUMERIC).to_string()
}

fn canonical_host(host: &str) -> String {
    let mut bare = host.trim_end_matches('.');
    // A host may have several such subdomains. What is left must still be a dotted name.
    while let Some((dress, rest)) = bare
        .split_once('.')
        .filter(|(_, rest)| rest.trim_start_matches('.').contains('.'))
    {
        let rest = rest.trim_start_matches('.');
        let is_of_network = network::of_host(rest).is_some();
        let is_dress = DRESSES.contains(&dress) && (is_of_network || !DRESSES_OF_NETWORKS.contains(&dress));
        let is_country = BY_COUNTRY.contains(&rest) && matches!(dress.len(), 2 | 5) && dress != "fb";
        if network::of_host(bare).is_some() || !(is_dress || is_country || dress.is_empty()) {
            break;
        }
        bare = rest;
    }
    network::of_host(bare).map_or(bare, |network| network.hosts[0]).to_owned()
}

fn kept_query(url: &Url) -> String {
    let mut kept: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default().to_lowercase();
            !name.is_empty() && !name.starts_with("utm_") && !TRACKING.contains(&name.as_str())
        })
        .map(unescaped)
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
    fn spellings_of_one_address_have_one_normal_form() {
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
    fn a_profiles_address_names_network_and_handle() {
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
            "https://x.com/i/status/1",
            "https://x.com",
            "https://blog.example/jane",
            "https://www.youtube.com/watch?v=1",
            "https://www.linkedin.com/company/acme",
        ] {
            assert_eq!(profile(none), None, "{none}");
        }
    }

    /// Every documented form of a profile's address, in fields for addresses and for handles.
    #[track_caller]
    fn check_profile(network: &str, handle_wanted: &str, address: &str, spellings: &[&str]) {
        for spelling in spellings {
            assert_eq!(web_address(spelling), address, "{spelling}");
            let found = profile(spelling);
            let found = found.as_ref().map(|(network, handle)| (*network, handle.as_str()));
            assert_eq!(found, Some((network, handle_wanted)), "{spelling}");
            assert_eq!(handle(spelling), handle_wanted, "{spelling}");
            assert_eq!(check_web_address(spelling), Ok(()), "{spelling}");
        }
    }

    #[test]
    fn forms_of_profiles_on_x() {
        check_profile(
            "twitter",
            "h3_ada",
            "x.com/h3_ada",
            &[
                "https://twitter.com/h3_ada",
                "https://x.com/@H3_Ada",
                "x.com/h3_ada/status/1",
                "https://mobile.twitter.com/h3_ada/with_replies?lang=en",
                "https://twitter.com/#!/h3_ada",
                "https://twitter.com/intent/user?screen_name=h3_ada",
                "https://x.com/intent/follow?region=x&screen_name=h3_ada",
                "<https://x.com/h3_ada>",
                "https://x.com/h3_ada,",
                "HTTPS://X.COM/h3_ada#top",
                "ｈｔｔｐｓ：／／ｘ．ｃｏｍ／h3_ada",
                "https://x.com/\u{200B}h3_ada\u{FE0F}",
            ],
        );
        check_profile(
            "twitter",
            "42",
            "x.com/i/user/42",
            &["https://x.com/i/user/42", "twitter.com/intent/user?user_id=42"],
        );
        for none in ["https://x.com/home", "https://x.com/search?q=jane", "x.com/hashtag/jane"] {
            assert_eq!(profile(none), None, "{none}");
        }
    }

    #[test]
    fn forms_of_profiles_on_facebook() {
        check_profile(
            "facebook",
            "42",
            "facebook.com/profile.php?id=42",
            &[
                "https://www.facebook.com/profile.php?id=42&sk=about",
                "https://m.facebook.com/profile.php?sk=about&id=42&ref=bookmarks",
                "https://facebook.com/people/Jane-Doe/42/",
                "https://facebook.com/42",
                "https://facebook.com/#!/profile.php?id=42",
            ],
        );
        check_profile(
            "facebook",
            "janedoe",
            "facebook.com/janedoe",
            &[
                "https://de-de.facebook.com/Jane.Doe/photos",
                "fb.com/jane.doe",
                "https://m.me/jane.doe",
                "https://www.facebook.com/pg/jane.doe/about",
                "https://facebook.com/jane.doe/posts/77?comment_id=1",
            ],
        );
        for none in [
            "https://facebook.com/groups/1",
            "https://facebook.com/watch?v=1",
            "facebook.com/profile.php",
        ] {
            assert_eq!(profile(none), None, "{none}");
        }
    }

    #[test]
    fn youtube_has_four_kinds_of_names_that_stay_apart() {
        check_profile(
            "youtube",
            "jane",
            "youtube.com/@jane",
            &["https://www.youtube.com/@Jane/videos", "m.youtube.com/@jane"],
        );
        check_profile(
            "youtube",
            "c/jane",
            "youtube.com/c/jane",
            &["https://youtube.com/c/Jane", "youtube.com/jane/featured"],
        );
        check_profile(
            "youtube",
            "user/jane",
            "youtube.com/user/jane",
            &["https://www.youtube.com/user/Jane?feature=mhum"],
        );
        check_profile(
            "youtube",
            "ucuzhfz9jikrlrow8lcyjeqq",
            "youtube.com/channel/UCUZHFZ9jIKrLroW8LcyJEQQ",
            &[
                "https://www.youtube.com/channel/UCUZHFZ9jIKrLroW8LcyJEQQ/videos",
                "https://music.youtube.com/channel/UCUZHFZ9jIKrLroW8LcyJEQQ",
            ],
        );
        assert_eq!(handle("UCUZHFZ9jIKrLroW8LcyJEQQ"), "ucuzhfz9jikrlrow8lcyjeqq");
        check_profile(
            "youtube",
            "山田",
            "youtube.com/@山田",
            &["https://youtube.com/@%E5%B1%B1%E7%94%B0", "youtube.com/@山田"],
        );
    }

    /// Networks with a handle, the address of its profile, and other forms of that address.
    const OTHERS: [(&str, &str, &str, &[&str]); 13] = [
        (
            "instagram",
            "jane",
            "instagram.com/jane",
            &[
                "https://www.instagram.com/Jane/",
                "instagram.com/stories/jane/1",
                "instagram.com/_u/jane",
                "https://instagr.am/jane?igsh=x",
                "https://www.instagram.com/jane/reels/",
            ],
        ),
        (
            "tiktok",
            "jane",
            "tiktok.com/@jane",
            &["https://www.tiktok.com/@Jane/video/1", "tiktok.com/jane"],
        ),
        (
            "threads",
            "jane",
            "threads.net/@jane",
            &["https://www.threads.com/@Jane", "https://threads.net/@jane/post/1"],
        ),
        (
            "linkedin",
            "jane-doe",
            "linkedin.com/in/jane-doe",
            &[
                "https://de.linkedin.com/in/Jane-Doe",
                "https://www.linkedin.com/in/jane-doe/de?trk=x",
                "https://uk.linkedin.com/in/jane-doe/",
            ],
        ),
        (
            "linkedin",
            "josé-é",
            "linkedin.com/in/josé-é",
            &[
                "https://linkedin.com/in/jos%C3%A9-%C3%A9",
                "linkedin.com/in/jose\u{301}-e\u{301}",
                "linkedin.com/in/jose%CC%81-%c3%a9",
            ],
        ),
        (
            "bluesky",
            "jane.bsky.social",
            "bsky.app/profile/jane.bsky.social",
            &[
                "https://bsky.app/profile/Jane.BSKY.social",
                "https://BSKY.APP/profile/jane.bsky.social/post/3k",
            ],
        ),
        (
            "mastodon",
            "jane@mastodon.social",
            "mastodon.social/@jane",
            &[
                "https://mastodon.social/@Jane",
                "https://Mastodon.Social/@jane/1",
                "https://other.example/@jane@mastodon.social",
                "https://mastodon.social/users/Jane",
                "https://mastodon.social/users/jane/statuses/1",
            ],
        ),
        (
            "reddit",
            "jane",
            "reddit.com/user/jane",
            &["https://old.reddit.com/u/Jane", "https://www.reddit.com/user/jane/comments"],
        ),
        (
            "pinterest",
            "jane",
            "pinterest.com/jane",
            &["https://www.pinterest.co.uk/Jane/", "https://de.pinterest.com/jane/boards"],
        ),
        (
            "snapchat",
            "jane",
            "snapchat.com/add/jane",
            &["https://www.snapchat.com/add/Jane", "snapchat.com/@jane"],
        ),
        (
            "telegram",
            "jane",
            "t.me/jane",
            &["https://t.me/Jane", "telegram.me/jane", "t.me/s/jane"],
        ),
        (
            "whatsapp",
            "14155552671",
            "wa.me/14155552671",
            &[
                "https://wa.me/14155552671",
                "https://api.whatsapp.com/send?phone=14155552671&text=x",
            ],
        ),
        ("vk", "id42", "vk.com/id42", &["https://m.vk.com/id42", "vk.ru/id42"]),
    ];

    #[test]
    fn forms_of_profiles_on_other_networks() {
        for (network, handle, address, spellings) in OTHERS {
            check_profile(network, handle, address, spellings);
        }
    }

    #[test]
    fn handles_without_addresses_and_addresses_without_profiles() {
        for (handle_wanted, spellings) in [
            (
                "jane@mastodon.social",
                &[
                    "@jane@mastodon.social",
                    "@Jane@Mastodon.Social",
                    "acct:jane@mastodon.social",
                    "jane@mastodon.social",
                ][..],
            ),
            ("jane.bsky.social", &["@jane.bsky.social", "Jane.Bsky.Social"]),
            ("jane", &["u/jane", "/u/Jane", "@@jane"]),
            (
                "blog.example/jane",
                &["https://blog.example/jane", "http://www.blog.example/jane/"],
            ),
        ] {
            for spelling in spellings {
                assert_eq!(handle(spelling), handle_wanted, "{spelling}");
            }
        }
        assert_eq!(handle_as_written("https://x.com/H3_Ada"), "H3_Ada");
        assert_eq!(handle_as_written(" @anaL"), "anaL");
    }

    #[test]
    fn paths_are_equal_in_both_unicode_forms() {
        check(
            "blog.example/josé",
            &[
                "https://blog.example/jos%C3%A9",
                "blog.example/jose\u{301}",
                "blog.example/jos\u{e9}/",
                "blog.example/jos%c3%a9",
            ],
        );
        check("blog.example/a%20b", &["https://blog.example/a%20b"]);
        check("blog.example/a%2Fb", &["https://blog.example/a%2fb"]);
    }

    #[test]
    fn refusals_say_what_is_wrong() {
        for (raw, says) in [
            (
                "javascript:alert(1)",
                "must be a web address such as https://x.com/jane: it begins with javascript:",
            ),
            ("https://x.com/a https://x.com/b", "one address per field"),
            ("https://x.com/jane doe", "it has U+0020 SPACE"),
            ("jane@example.com", "it has @"),
            ("jane", "must be a web address such as https://x.com/jane"),
        ] {
            let wrong = check_web_address(raw).unwrap_err();
            assert!(wrong.contains(says), "{raw}: {wrong}");
        }
        assert_eq!(check_handle("@").unwrap_err(), "must be a handle such as @jane");
        assert!(check_handle("@jane, @doe").unwrap_err().contains("one handle per field"));
        assert_eq!(check_handle("@jane@mastodon.social"), Ok(()));
        assert_eq!(profile("https://blog.example/users/jane"), None);
        for page in [
            "https://x.com/home",
            "x.com/search?q=jane",
            "https://www.instagram.com/p/Cabc/",
        ] {
            let problem = check_handle(page).expect_err(page);
            assert!(problem.ends_with("is not a profile"), "{problem}");
        }
    }

    #[test]
    fn texts_that_are_no_web_address_are_refused() {
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
