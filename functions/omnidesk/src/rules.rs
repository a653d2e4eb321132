//! The contract's numbers, names and patterns, in one place, so that they can be corrected where real traffic
//! disagrees.
//!
//! Unmarked ones are documented by the vendor (sections 2 to 4). **Inferred** ones are our choice where nothing is
//! documented.

/// The name of the header and of the parameter that carry the key, and the scheme of an older edition of the vendor's
/// page.
pub const KEY: &str = "apiKey";
/// The path of the list; all others begin with it.
pub const PATH: &str = "/api/v2/customer";
/// The literal names of actions in the vendor's permission lists, with the path segments that they are aliases of.
/// Inferred.
pub const ALIASES: [(&str, &str); 2] = [("itemChannel", "channel"), ("itemPurgeData", "purgeData")];
/// The action that may come without a number in the path.
pub const PURGE: &str = "purgeData";
pub const TIMELINE: &str = "timelineByCustomerExternalID";
pub const UPDATE: &str = "updateCustomer";

pub const DEFAULT_LIMIT: usize = 15;
pub const MOST_LIMIT: usize = 99;
/// The longest query, in characters. Our own bound.
pub const LONGEST_QUERY: usize = 1_000;

/// The largest number that survives JSON.
pub const LARGEST_NUMBER: u64 = (1 << 53) - 1;
/// Longest values, in characters. Inferred.
pub const LONGEST_NAME: usize = 255;
pub const LONGEST_MESSAGE: usize = 4_000;
pub const LONGEST_INITIATOR: usize = 255;
pub const LONGEST_SOURCE_URL: usize = 2_048;
pub const LONGEST_ADDRESS: usize = 255;
/// The longest telephone number, in digits: more than any numbering plan has. Inferred.
pub const LONGEST_TELEPHONE: usize = 32;
/// The default of `initiated_by`. Inferred.
pub const INITIATOR: &str = "API";

/// The prefix of the parameters of custom fields.
pub const CUSTOM: &str = "custom_";
/// Bounds on custom fields. Inferred.
pub const LONGEST_CUSTOM_NAME: usize = 64;
pub const LONGEST_CUSTOM_VALUE: usize = 4_096;
pub const MOST_CUSTOM: usize = 100;
/// The names of standard fields, in this dialect and in the default data model. A custom field cannot have any of them:
/// standard fields have parameters and channel operations of their own (corrections of November 2026).
pub const STANDARD_FIELDS: [&str; 14] = [
    "firstname",
    "lastname",
    "displayName",
    "firstName",
    "lastName",
    "email",
    "email2",
    "phone",
    "phone2",
    "screenName",
    "profileUrl",
    "twitterHandle",
    "facebookHandle",
    "instagramHandle",
];
/// The other parameters of operations that take custom fields. A bare parameter with one of these names, or of a channel
/// pair, is not a custom field.
pub const PARAMETERS: [&str; 21] = [
    KEY,
    "brand_id",
    "brandID",
    "primary_id",
    "primaryID",
    "externalPrimaryID",
    "external_id",
    "customer_id",
    "customerID",
    "firstname",
    "lastname",
    "channel_id",
    "customer_link_channel",
    "search_customer_channel_value",
    "extra_email",
    "extra_telephone",
    "extra_twitter",
    "extra_facebook",
    "ticket_id",
    "noSync",
    "query",
];
/// The largest number of channel pairs in a request. Inferred.
pub const MOST_PAIRS: usize = 50;
pub const PAIR_TYPE: &str = "customerChannelType_";
pub const PAIR_VALUE: &str = "customerChannelValue_";

/// The names of the parameter that adds tickets to a timeline, with any value: a sibling's, and two that clients may
/// guess. Inferred.
pub const TICKET_HISTORY: [&str; 3] = ["getTicketHistory", "ticket_history", "include_tickets"];
/// The largest number of events of a timeline, the newest. Inferred.
pub const MOST_EVENTS: usize = 1_000;

pub const EMAIL: &str = "email";
pub const TELEPHONE: &str = "telephone";
pub const FACEBOOK: &str = "facebook";
pub const TWITTER: &str = "twitter";
/// The names that `channel_id` accepts beside numbers.
pub const NAMED_CHANNELS: [&str; 4] = [EMAIL, TELEPHONE, FACEBOOK, TWITTER];
/// The name of the e-mail channel in answers. Documented by example.
pub const EMAIL_SHOWN: &str = "e-mail";
/// The usual numbers of channel types. 1 and 8 are documented; 2, 3 and 5 are inferred. Of 7, 9, 10, 12 and 13 only
/// the numbers are documented. `crm tenant set --channel` corrects them for a tenant.
pub const CHANNELS: [(u64, &str); 10] = [
    (1, EMAIL),
    (2, TELEPHONE),
    (3, FACEBOOK),
    (5, TWITTER),
    (7, "channel 7"),
    (8, "live chat"),
    (9, "channel 9"),
    (10, "channel 10"),
    (12, "channel 12"),
    (13, "channel 13"),
];

/// The values of syncWithCRM's `channel`. The first is documented by example, the second by a guide.
pub const SYNC_PHONE: &str = "phoneNumber";
pub const SYNC_EMAIL: &str = "email";
/// The largest number of elements in a CRM's answer. Inferred.
pub const MOST_ELEMENTS: usize = 500;

/// Whether a text in NFC is a name: every character is in the documented class (section 3.2).
pub fn is_name(text: &str) -> bool {
    let is_letter = |character: char| {
        character.is_ascii_alphabetic()
            || matches!(character, 'À'..='Ö' | 'Ø'..='Þ' | 'ß'..='ö' | 'ø'..='ÿ' | 'Š' | 'š' | '.' | '-' | '\'' | ' ')
    };
    text.chars().all(is_letter)
}

/// Whether a text is a query: `^[0-9a-zA-Z ]+$`.
pub fn is_query(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_ascii_alphanumeric() || character == ' ')
}

/// Whether a text is a telephone number: `^\+[0-9]+$`, of bounded length.
pub fn is_telephone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (1..=LONGEST_TELEPHONE).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is a Twitter account: `^[a-zA-Z0-9_ ]+$`.
pub fn is_twitter(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | ' '))
}

/// Whether a text is a Facebook account: `^[A-Za-z0-9._-]+$`.
pub fn is_facebook(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_latin_letters_and_little_else() {
        for name in ["Zoë-Anne O'Neil Jr.", "''", "Škoda", "ß", "Þór", "ÿ"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["R2D2", "Łukasz", "a,b", "O\u{2019}Neil", "×", "÷", "李", "a\n", "Zoe\u{308}"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn addresses_have_the_documented_forms() {
        assert!(is_telephone("+31612345678") && is_telephone("+1"));
        assert!(!is_telephone("0612345678") && !is_telephone("+") && !is_telephone("+31 6"));
        assert!(is_twitter("ann_j") && !is_twitter("a-b"));
        assert!(is_facebook("ann.j-1") && !is_facebook("ann j"));
        assert!(is_query("ann jans 7") && !is_query("a@b"));
    }
}
