//! The social networks that pages know by name.

use crm_domain::Role;

/// A network of handles and interactions.
struct Network {
    /// Its name in requests and data models.
    names: &'static [&'static str],
    /// Its usual name.
    title: &'static str,
    /// Its mark, in letters: pages fetch no pictures from anybody.
    mark: &'static str,
    /// The address of a profile, up to the handle.
    profiles: Option<&'static str>,
}

const NETWORKS: &[Network] = &[
    network(&["twitter", "x"], "X", "X", Some("https://x.com/")),
    network(&["facebook"], "Facebook", "f", Some("https://www.facebook.com/")),
    network(&["instagram"], "Instagram", "IG", Some("https://www.instagram.com/")),
    network(&["linkedin"], "LinkedIn", "in", None),
    network(&["youtube"], "YouTube", "YT", Some("https://www.youtube.com/@")),
    network(&["tiktok"], "TikTok", "TT", Some("https://www.tiktok.com/@")),
    network(&["whatsapp"], "WhatsApp", "WA", None),
    network(&["email"], "E-mail", "@", None),
    network(&["sms"], "SMS", "☎\u{FE0E}", None),
];

const fn network(
    names: &'static [&'static str],
    title: &'static str,
    mark: &'static str,
    profiles: Option<&'static str>,
) -> Network {
    Network {
        names,
        title,
        mark,
        profiles,
    }
}

fn find(name: &str) -> Option<&'static Network> {
    let is_named = |network: &&Network| network.names.iter().any(|known| known.eq_ignore_ascii_case(name));
    NETWORKS.iter().find(is_named)
}

/// The mark of a network; a dot for an unknown one.
pub fn mark(name: &str) -> &'static str {
    find(name).map_or("•", |network| network.mark)
}

/// The usual name of a network; an unknown one is shown as it was written.
pub fn title(name: &str) -> &str {
    find(name).map_or(name, |network| network.title)
}

/// The address of a handle's profile, on networks where the handle alone determines it. `normal` is the handle's
/// normal form; only plain ones are put into an address.
pub fn profile(network: &str, normal: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let profiles = find(network)?.profiles?;
    (!normal.is_empty() && normal.bytes().all(is_plain)).then(|| format!("{profiles}{normal}"))
}

/// The mark of a contact point that belongs to no network.
pub fn mark_of(role: Role) -> &'static str {
    match role {
        Role::Email => "@",
        Role::Phone => "☎\u{FE0E}",
        Role::ProfileUrl => "↗\u{FE0E}",
        _ => "•",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_handle_has_a_profile() {
        assert_eq!(profile("Twitter", "ada_l").as_deref(), Some("https://x.com/ada_l"));
        assert_eq!(profile("tiktok", "ada.l").as_deref(), Some("https://www.tiktok.com/@ada.l"));
        for (network, handle) in [
            ("twitter", "ada/../login"),
            ("twitter", "ädä"),
            ("twitter", ""),
            ("whatsapp", "ada"),
            ("myspace", "ada"),
        ] {
            assert_eq!(profile(network, handle), None, "{network} {handle}");
        }
    }

    #[test]
    fn an_unknown_network_keeps_its_name() {
        assert_eq!((title("Mastodon"), mark("Mastodon")), ("Mastodon", "•"));
        assert_eq!((title("X"), mark("X")), ("X", "X"));
    }
}
