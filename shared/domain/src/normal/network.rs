//! Social networks: the hosts of their profiles, the forms of a profile's address, and the part of an address that is the handle.
//!
//! One row per form. Sources are the networks' own documents: of X the web intents (`intent/user?screen_name=`) and the fragments (`#!/`) of
//! before 2012; of Facebook its help on user names (full stops do not count) and the links
//! of its Graph API; of Instagram its help on links to the application (`_u`)
//! and ig.me; of Threads its move from `threads.net` to `threads.com` in 2025; of `LinkedIn` its help on public profiles, with hosts by
//! country; of Telegram its deep links; of `WhatsApp` its links to begin a conversation; of LINE its URL schemes; of Bluesky the AT Protocol
//! (handles are domains, in any letter case); of Mastodon its documents of profiles, and RFC 7565 (`acct:`); of the others their own links.
//! The help of `YouTube` on channel URLs has four names, each given apart: a handle (`/@name`), a channel's id, a custom URL (`/c/name`, which
//! since 2016 is also `/name`) and a legacy user name (`/user/name`). So `/@name` and `/c/name` may be two channels.

/// A network.
#[derive(Debug, Clone, Copy)]
pub struct Network {
    /// The name of the network in the data model.
    pub name: &'static str,
    /// The hosts of its profiles. Normal forms have the first one.
    pub hosts: &'static [&'static str],
    /// The forms of a profile's address. The first one that fits counts.
    places: &'static [Place],
    /// Words that stand in the place of a handle and are none.
    no_handles: &'static [&'static str],
    /// Whether a handle is the same with and without its full stops.
    ignores_full_stops: bool,
}

/// One form of a profile's address.
#[derive(Debug)]
struct Place {
    /// The path, with the query parameter if the handle is in one. `{}` is the handle, `*` is any segment.
    at: &'static str,
    /// The normal form of such an address.
    address: &'static str,
    /// The normal form of the handle. It has a prefix where the network has several kinds of names.
    handle: &'static str,
    /// The form of the handle.
    only: Only,
}

/// The kinds of text in the place of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Only {
    /// A handle, in any letter case.
    Handle,
    /// A number.
    Number,
    /// An id whose letter case counts.
    Id,
    /// A telephone number in international form, in which only the digits count.
    Telephone,
}

/// A form with a handle.
const fn handle(at: &'static str, address: &'static str) -> Place {
    Place {
        at,
        address,
        handle: "{}",
        only: Only::Handle,
    }
}

const fn number(at: &'static str, address: &'static str) -> Place {
    Place {
        only: Only::Number,
        ..handle(at, address)
    }
}

const fn telephone(at: &'static str, address: &'static str) -> Place {
    Place {
        only: Only::Telephone,
        ..handle(at, address)
    }
}

/// A form with another kind of name than the network's handles.
const fn other(at: &'static str, form: &'static str) -> Place {
    Place {
        handle: form,
        ..handle(at, form)
    }
}

const fn network(
    name: &'static str,
    hosts: &'static [&'static str],
    places: &'static [Place],
    no_handles: &'static [&'static str],
) -> Network {
    Network {
        name,
        hosts,
        places,
        no_handles,
        ignores_full_stops: false,
    }
}

/// Marks a network that ignores full stops in handles.
const fn ignoring_full_stops(network: Network) -> Network {
    Network {
        ignores_full_stops: true,
        ..network
    }
}

/// Mastodon, on any server: any host with `/@name`.
pub const MASTODON: &str = "mastodon";

/// Names of hosts that are servers of the Fediverse. Servers address a profile as `/users/name` (`ActivityPub`), beside `/@name`. Other
/// sites have such paths, too. Therefore only `/@name` is a profile on other hosts.
const SERVERS: [&str; 8] = [
    "mastodon",
    "mstdn",
    "masto",
    "fosstodon",
    "hachyderm",
    "mas.to",
    "infosec.exchange",
    "chaos.social",
];

/// Whether this is the host of a server of the Fediverse, by its name.
pub fn is_server(host: &str) -> bool {
    SERVERS
        .iter()
        .any(|name| host.split('.').any(|label| label == *name) || host == *name)
}

/// All networks.
const NETWORKS: &[Network] = &[
    network(
        "twitter",
        &["x.com", "twitter.com"],
        &[
            handle("intent/user?screen_name={}", "{}"),
            handle("intent/follow?screen_name={}", "{}"),
            number("intent/user?user_id={}", "i/user/{}"),
            number("intent/follow?user_id={}", "i/user/{}"),
            number("i/user/{}", "i/user/{}"),
            handle("@{}", "{}"),
            handle("{}", "{}"),
        ],
        &[
            "about",
            "account",
            "compose",
            "download",
            "explore",
            "hashtag",
            "home",
            "i",
            "intent",
            "jobs",
            "login",
            "logout",
            "messages",
            "notifications",
            "privacy",
            "search",
            "settings",
            "share",
            "signup",
            "tos",
            "who_to_follow",
        ],
    ),
    ignoring_full_stops(network(
        "facebook",
        &["facebook.com", "fb.com", "fb.me", "m.me", "messenger.com"],
        &[
            number("profile.php?id={}", "profile.php?id={}"),
            number("people/*/{}", "profile.php?id={}"),
            number("pages/*/{}", "profile.php?id={}"),
            number("messages/t/{}", "profile.php?id={}"),
            handle("messages/t/{}", "{}"),
            number("t/{}", "profile.php?id={}"),
            handle("t/{}", "{}"),
            handle("pg/{}", "{}"),
            number("{}", "profile.php?id={}"),
            handle("@{}", "{}"),
            handle("{}", "{}"),
        ],
        &[
            "ads",
            "business",
            "dialog",
            "events",
            "friends",
            "gaming",
            "groups",
            "hashtag",
            "help",
            "home",
            "home.php",
            "l.php",
            "login",
            "login.php",
            "marketplace",
            "media",
            "messages",
            "notes",
            "p",
            "pages",
            "people",
            "permalink.php",
            "pg",
            "photo",
            "photo.php",
            "photos",
            "plugins",
            "policies",
            "profile.php",
            "public",
            "reel",
            "reels",
            "search",
            "settings",
            "share",
            "sharer",
            "sharer.php",
            "stories",
            "story.php",
            "t",
            "video.php",
            "videos",
            "watch",
        ],
    )),
    network(
        "instagram",
        &["instagram.com", "instagr.am", "ig.me"],
        &[
            handle("_u/{}", "{}"),
            handle("stories/{}", "{}"),
            handle("m/{}", "{}"),
            handle("@{}", "{}"),
            handle("{}", "{}"),
        ],
        &[
            "_u",
            "about",
            "accounts",
            "developer",
            "direct",
            "explore",
            "legal",
            "m",
            "p",
            "reel",
            "reels",
            "s",
            "share",
            "stories",
            "tv",
            "web",
        ],
    ),
    network(
        "tiktok",
        &["tiktok.com"],
        &[handle("@{}", "@{}"), handle("{}", "@{}")],
        &[
            "about",
            "business",
            "channel",
            "discover",
            "embed",
            "explore",
            "following",
            "foryou",
            "legal",
            "live",
            "login",
            "music",
            "search",
            "signup",
            "t",
            "tag",
            "upload",
            "v",
            "video",
        ],
    ),
    network(
        "threads",
        &["threads.net", "threads.com"],
        &[handle("@{}", "@{}"), handle("{}", "@{}")],
        &["activity", "login", "search", "settings", "t"],
    ),
    network(
        "linkedin",
        &["linkedin.com"],
        &[
            handle("in/{}", "in/{}"),
            handle("mwlite/in/{}", "in/{}"),
            handle("comm/in/{}", "in/{}"),
        ],
        &[],
    ),
    network(
        "youtube",
        &["youtube.com"],
        &[
            Place {
                only: Only::Id,
                ..handle("channel/{}", "channel/{}")
            },
            other("c/{}", "c/{}"),
            other("user/{}", "user/{}"),
            other("profile?user={}", "user/{}"),
            handle("@{}", "@{}"),
            other("{}", "c/{}"),
        ],
        &[
            "about",
            "account",
            "ads",
            "attribution_link",
            "c",
            "channel",
            "clip",
            "creators",
            "e",
            "embed",
            "feed",
            "gaming",
            "hashtag",
            "kids",
            "live",
            "playlist",
            "post",
            "premium",
            "profile",
            "redirect",
            "results",
            "shorts",
            "signin",
            "source",
            "t",
            "trending",
            "user",
            "v",
            "watch",
        ],
    ),
    network(
        "reddit",
        &["reddit.com"],
        &[handle("user/{}", "user/{}"), handle("u/{}", "user/{}")],
        &[],
    ),
    network(
        "pinterest",
        &[
            "pinterest.com",
            "pinterest.at",
            "pinterest.ca",
            "pinterest.ch",
            "pinterest.cl",
            "pinterest.co.kr",
            "pinterest.co.uk",
            "pinterest.com.au",
            "pinterest.com.mx",
            "pinterest.de",
            "pinterest.dk",
            "pinterest.es",
            "pinterest.fr",
            "pinterest.ie",
            "pinterest.it",
            "pinterest.jp",
            "pinterest.nz",
            "pinterest.ph",
            "pinterest.pt",
            "pinterest.se",
        ],
        &[handle("{}", "{}")],
        &[
            "about",
            "business",
            "categories",
            "ideas",
            "login",
            "pin",
            "search",
            "settings",
            "today",
            "topics",
        ],
    ),
    network(
        "snapchat",
        &["snapchat.com"],
        &[handle("add/{}", "add/{}"), handle("@{}", "add/{}")],
        &[],
    ),
    network(
        "telegram",
        &["t.me", "telegram.me", "telegram.dog"],
        &[handle("s/{}", "{}"), handle("@{}", "{}"), handle("{}", "{}")],
        &[
            "addlist",
            "addstickers",
            "c",
            "iv",
            "joinchat",
            "login",
            "proxy",
            "s",
            "share",
            "socks",
        ],
    ),
    network(
        "vk",
        &["vk.com", "vk.ru", "vkontakte.ru"],
        &[handle("{}", "{}")],
        &[
            "about", "away.php", "feed", "groups", "im", "login", "music", "search", "settings", "video",
        ],
    ),
    network(
        "bluesky",
        &["bsky.app"],
        &[handle("profile/@{}", "profile/{}"), handle("profile/{}", "profile/{}")],
        &[],
    ),
    network(
        "medium",
        &["medium.com"],
        &[handle("@{}", "@{}")],
        &["about", "blog", "help", "policy"],
    ),
    network(
        "github",
        &["github.com", "gist.github.com"],
        &[handle("{}", "{}")],
        &[
            "about",
            "apps",
            "collections",
            "enterprise",
            "explore",
            "features",
            "issues",
            "join",
            "login",
            "marketplace",
            "new",
            "notifications",
            "orgs",
            "pricing",
            "pulls",
            "search",
            "security",
            "settings",
            "sponsors",
            "topics",
            "trending",
        ],
    ),
    network(
        "twitch",
        &["twitch.tv"],
        &[handle("{}", "{}")],
        &[
            "directory",
            "downloads",
            "jobs",
            "p",
            "search",
            "settings",
            "subscriptions",
            "turbo",
            "videos",
            "wallet",
        ],
    ),
    network("xing", &["xing.com"], &[handle("profile/{}", "profile/{}")], &[]),
    network(
        "weibo",
        &["weibo.com", "weibo.cn"],
        &[
            number("u/{}", "u/{}"),
            number("profile/{}", "u/{}"),
            handle("n/{}", "n/{}"),
            number("{}", "u/{}"),
            handle("{}", "{}"),
        ],
        &["detail", "login", "n", "p", "profile", "search", "status", "tv", "u"],
    ),
    network(
        "line",
        &["line.me", "page.line.me"],
        &[
            handle("ti/p/~{}", "{}"),
            handle("R/ti/p/~{}", "{}"),
            handle("R/ti/p/@{}", "{}"),
            handle("ti/p/@{}", "{}"),
            handle("@{}", "{}"),
            handle("{}", "{}"),
        ],
        &["R", "en", "ja", "ti"],
    ),
    network(
        "whatsapp",
        &["wa.me", "api.whatsapp.com", "whatsapp.com", "web.whatsapp.com"],
        &[telephone("{}", "{}"), telephone("send?phone={}", "{}")],
        &[],
    ),
];

/// The networks whose profiles are known.
pub fn networks() -> impl Iterator<Item = &'static str> {
    NETWORKS.iter().map(|network| network.name).chain([MASTODON])
}

/// A profile, as its address names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The network.
    pub network: &'static str,
    /// The address in the network's normal form.
    pub address: String,
    /// The handle, without full stops where they do not count.
    pub handle: String,
    /// The handle as it is written.
    pub handle_as_written: String,
    /// Whether letter case counts.
    pub is_cased: bool,
}

/// The network that has this host.
pub fn of_host(host: &str) -> Option<&'static Network> {
    NETWORKS.iter().find(|network| network.hosts.contains(&host))
}

/// The digits of a telephone number, if there is nothing else but separators.
fn digits_of_telephone(name: &str) -> Option<String> {
    let is_separator = |sign: char| matches!(sign, '+' | '-' | '.' | '(' | ')' | ' ');
    let is_number = name.chars().all(|sign| sign.is_ascii_digit() || is_separator(sign));
    is_number.then(|| name.chars().filter(char::is_ascii_digit).collect())
}

/// Whether full stops do not count in the handles of a network: on Facebook `john.smith` and `johnsmith` are one user.
pub fn ignores_full_stops(name: &str) -> bool {
    NETWORKS
        .iter()
        .any(|network| network.name == name && network.ignores_full_stops)
}

/// A handle without its full stops, unless it has nothing else.
pub fn without_full_stops(handle: &str) -> String {
    let rest = handle.replace('.', "");
    if rest.is_empty() { handle.to_owned() } else { rest }
}

impl Network {
    /// The profile at a path with these parameters; both without percent-encoding.
    pub fn profile(&self, path: &[String], parameters: &[(String, String)]) -> Option<Found> {
        self.places.iter().find_map(|place| {
            let name = place.name_in(path, parameters)?;
            let digits = (place.only == Only::Telephone).then(|| digits_of_telephone(name)).flatten();
            let name = Some(digits.as_deref().unwrap_or(name)).filter(|name| self.is_name(place, name))?;
            let plain = if self.ignores_full_stops {
                without_full_stops(name)
            } else {
                name.to_owned()
            };
            Some(Found {
                network: self.name,
                address: format!("{}/{}", self.hosts[0], place.address.replace("{}", &plain)),
                handle: place.handle.replace("{}", &plain),
                handle_as_written: place.handle.replace("{}", name),
                is_cased: place.only == Only::Id,
            })
        })
    }

    /// Whether a path leads to a page of the network's own, such as `x.com/home`.
    pub fn is_own_page(&self, path: &[String]) -> bool {
        let first = path.first();
        first.is_some_and(|first| self.no_handles.iter().any(|other| other.eq_ignore_ascii_case(first)))
    }

    fn is_name(&self, place: &Place, name: &str) -> bool {
        let is_possible =
            !name.is_empty() && !name.contains(['/', '?', '#', '%', '&', '@', '+']) && !name.contains(char::is_whitespace);
        let is_number = name.bytes().all(|digit| digit.is_ascii_digit());
        is_possible
            && !self.no_handles.iter().any(|other| other.eq_ignore_ascii_case(name))
            && (is_number || !matches!(place.only, Only::Number | Only::Telephone))
    }
}

impl Place {
    /// The text in the place of the handle.
    fn name_in<'p>(&self, path: &'p [String], parameters: &'p [(String, String)]) -> Option<&'p str> {
        let (at, parameter) = self
            .at
            .split_once('?')
            .map_or((self.at, None), |(at, parameter)| (at, Some(parameter)));
        let mut name = None;
        let mut segments = path.iter();
        for wanted in at.split('/').filter(|wanted| !wanted.is_empty()) {
            let segment = segments.next()?;
            match wanted.strip_suffix("{}") {
                Some(before) => name = Some(segment.strip_prefix(before)?),
                None if wanted == "*" || wanted.eq_ignore_ascii_case(segment) => {}
                None => return None,
            }
        }
        match parameter.and_then(|parameter| parameter.strip_suffix("={}")) {
            Some(wanted) => parameters
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str()),
            None => name,
        }
    }
}
