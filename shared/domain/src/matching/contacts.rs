//! How e-mail addresses, telephone numbers and references agree.

use super::bounds::osa_distance;

/// Shorter mailboxes are too many to be alike by anything but chance.
const SHORTEST_MAILBOX: usize = 5;
/// So many of the last digits of a telephone number are nobody else's.
const DIGITS_OF_SUBSCRIBER: usize = 8;

/// An e-mail address as its provider reads it: without what stands behind a plus, and at Google without dots and by one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// What stands before the `@`, without what stands behind a plus.
    pub local: String,
    /// Its provider.
    pub domain: String,
}

/// How two e-mail addresses agree, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EmailAgreement {
    /// One mailbox.
    Equal,
    /// A slip of the finger away.
    Slip,
    /// The same name at another provider.
    OtherProvider,
    /// Nothing of it.
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

    /// How it agrees with another.
    pub fn agreement(&self, other: &Self) -> EmailAgreement {
        if self == other {
            return EmailAgreement::Equal;
        }
        let (ours, theirs) = (letters_and_digits(&self.local), letters_and_digits(&other.local));
        if ours.len() >= SHORTEST_MAILBOX && ours == theirs {
            // The same letters with other separators at one provider are mostly one person's, too.
            return EmailAgreement::OtherProvider;
        }
        let is_near = self.local.len().abs_diff(other.local.len()) <= 1 && digits(&self.local) == digits(&other.local);
        if ours.len() >= SHORTEST_MAILBOX && is_near && self.distance(other) <= 1 {
            return EmailAgreement::Slip;
        }
        EmailAgreement::Other
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

/// How two telephone numbers agree, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhoneAgreement {
    /// One number.
    Equal,
    /// One digit away.
    Slip,
    /// Nothing of it.
    Other,
}

/// How two telephone numbers in normal form agree. A country's code that one of them lacks does not tell them apart.
pub fn compare_phones(asked: &str, held: &str) -> PhoneAgreement {
    let (ours, theirs) = (subscriber(asked), subscriber(held));
    let is_long = ours.len() >= DIGITS_OF_SUBSCRIBER && theirs.len() >= DIGITS_OF_SUBSCRIBER;
    if asked == held
        || (is_long && asked.starts_with('+') != held.starts_with('+') && (ours.ends_with(theirs) || theirs.ends_with(ours)))
    {
        PhoneAgreement::Equal
    } else if asked.len() == held.len() && osa_distance(asked, held) == 1 {
        PhoneAgreement::Slip
    } else {
        PhoneAgreement::Other
    }
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
    use super::*;

    #[test]
    fn spellings_of_one_mailbox() {
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
    fn a_country_code_may_be_missing() {
        assert_eq!(compare_phones("+46708588361", "0708588361"), PhoneAgreement::Equal);
        assert_eq!(compare_phones("+14155552671", "+14155552671"), PhoneAgreement::Equal);
        assert_eq!(compare_phones("+14155552671", "+14155552672"), PhoneAgreement::Slip);
        assert_eq!(compare_phones("+14155552671", "+442079460000"), PhoneAgreement::Other);
    }
}
