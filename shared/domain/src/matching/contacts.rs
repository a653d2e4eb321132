//! Comparison of e-mail addresses, telephone numbers and references.

use super::bounds::osa_distance;

/// Shorter mailboxes are so many that two can be alike by chance.
const SHORTEST_MAILBOX: usize = 5;
/// If this many of their last digits agree, two telephone numbers are one.
const DIGITS_OF_SUBSCRIBER: usize = 8;

/// An e-mail address as its provider reads it: without a plus and what follows it, and at Google without dots and
/// under one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The part before the `@`, without a plus and what follows it.
    pub local: String,
    /// Its provider.
    pub domain: String,
}

/// How two e-mail addresses agree, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EmailAgreement {
    /// The same mailbox.
    Equal,
    /// One typing error apart.
    Slip,
    /// The same mailbox name at another provider.
    OtherProvider,
    /// No agreement.
    Other,
}

impl Mailbox {
    /// Reads an address in normal form.
    pub fn new(email: &str) -> Self {
        let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
        let bare = local.split('+').next().filter(|bare| !bare.is_empty()).unwrap_or(local);
        let is_google = matches!(domain, "gmail.com" | "googlemail.com");
        Self {
            local: if is_google { bare.replace('.', "") } else { bare.to_owned() },
            domain: if is_google { "gmail.com" } else { domain }.to_owned(),
        }
    }

    /// How this address agrees with another.
    pub fn agreement(&self, other: &Self) -> EmailAgreement {
        if self == other {
            return EmailAgreement::Equal;
        }
        let (ours, theirs) = (letters_and_digits(&self.local), letters_and_digits(&other.local));
        if ours.len() >= SHORTEST_MAILBOX && ours == theirs {
            // Mailboxes at one provider that differ in separators only usually belong to one person.
            return EmailAgreement::OtherProvider;
        }
        let is_near = self.local.len().abs_diff(other.local.len()) <= 1 && digits(&self.local) == digits(&other.local);
        if ours.len() >= SHORTEST_MAILBOX && is_near && self.distance(other) <= 1 {
            return EmailAgreement::Slip;
        }
        EmailAgreement::Other
    }

    /// Whether everything but the first sign is the same.
    pub fn differs_in_initial(&self, other: &Self) -> bool {
        let after_first = |local: &str| local.char_indices().nth(1).map(|(at, _)| local[at..].to_owned());
        self.domain == other.domain && self.local != other.local && after_first(&self.local) == after_first(&other.local)
    }

    fn distance(&self, other: &Self) -> usize {
        if self.domain == other.domain {
            osa_distance(&self.local, &other.local)
        } else if self.local == other.local {
            osa_distance(&self.domain, &other.domain)
        } else {
            usize::MAX
        }
    }
}

/// How two telephone numbers agree, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhoneAgreement {
    /// The same number.
    Equal,
    /// One digit apart.
    Slip,
    /// No agreement.
    Other,
}

/// How two telephone numbers in normal form agree. They agree if only one of them has a country code.
pub fn compare_phones(asked: &str, held: &str) -> PhoneAgreement {
    let (ours, theirs) = (subscriber(asked), subscriber(held));
    let is_long = ours.len() >= DIGITS_OF_SUBSCRIBER && theirs.len() >= DIGITS_OF_SUBSCRIBER;
    if asked == held
        || (is_long && asked.starts_with('+') != held.starts_with('+') && (ours.ends_with(theirs) || theirs.ends_with(ours)))
    {
        PhoneAgreement::Equal
    } else if is_one_digit_apart(asked, held) {
        PhoneAgreement::Slip
    } else {
        PhoneAgreement::Other
    }
}

/// Whether two numbers of one length differ by one digit, or by two neighbours that changed places.
pub fn is_one_digit_apart(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let Some(first) = one.iter().zip(other).position(|(one, other)| one != other) else {
        return false;
    };
    let (ours, theirs) = (&one[first..], &other[first..]);
    let is_swapped = || ours.len() > 1 && ours[0] == theirs[1] && ours[1] == theirs[0] && ours[2..] == theirs[2..];
    one.len() == other.len() && (ours[1..] == theirs[1..] || is_swapped())
}

fn subscriber(phone: &str) -> &str {
    phone.trim_start_matches(['+', '0'])
}

/// The digits of a text.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_mailbox_agree() {
        for (one, other, wanted) in [
            ("jane.doe@gmail.com", "janedoe+shop@googlemail.com", EmailAgreement::Equal),
            ("jane+news@x.example", "jane@x.example", EmailAgreement::Equal),
            ("jane.doe@x.example", "janedoe@x.example", EmailAgreement::OtherProvider),
            ("janedoe@x.example", "janedoe@y.example", EmailAgreement::OtherProvider),
            ("janedoe@x.example", "jnaedoe@x.example", EmailAgreement::Slip),
            ("janedoe7@x.example", "janedoe8@x.example", EmailAgreement::Other),
            ("+@x.example", "@x.example", EmailAgreement::Other),
        ] {
            assert_eq!(Mailbox::new(one).agreement(&Mailbox::new(other)), wanted, "{one} {other}");
        }
    }

    #[test]
    fn addresses_may_differ_in_the_initial_alone() {
        for (one, other, wanted) in [
            ("fmeyer@x.example", "gmeyer@x.example", true),
            ("fmeyer@x.example", "fmeier@x.example", false),
            ("fmeyer@x.example", "gmeyer@y.example", false),
            ("fmeyer@x.example", "fmeyer@x.example", false),
        ] {
            assert_eq!(
                Mailbox::new(one).differs_in_initial(&Mailbox::new(other)),
                wanted,
                "{one} {other}"
            );
        }
    }

    proptest! {
        #[test]
        fn numbers_are_one_digit_apart_as_the_distance_says(one in "[0-3]{1,6}", other in "[0-3]{1,6}") {
            let wanted = one.len() == other.len() && osa_distance(&one, &other) == 1;
            prop_assert_eq!(is_one_digit_apart(&one, &other), wanted);
        }
    }

    #[test]
    fn a_country_code_may_be_missing() {
        assert_eq!(compare_phones("+46708588361", "0708588361"), PhoneAgreement::Equal);
        assert_eq!(compare_phones("+14155552671", "+14155552671"), PhoneAgreement::Equal);
        assert_eq!(compare_phones("+14155552671", "+14155552672"), PhoneAgreement::Slip);
        assert_eq!(compare_phones("+14155552671", "+442079460000"), PhoneAgreement::Other);
    }
}
