//! E-mail addresses.

use email_address::{EmailAddress, Options};

use super::fold::case_folded;

/// Trimmed, without `mailto:`, case-folded, the domain in its ASCII form: `Jane@Bücher.example` = `jane@xn--bcher-kva.example`.
pub fn email(raw: &str) -> String {
    // Accents stay: `jose@` and `josé@` are two mailboxes.
    let folded = case_folded(raw);
    let address = folded.trim_start_matches("mailto:").trim();
    match address.rsplit_once('@') {
        // A domain that cannot exist stays as it is: lenient IDNA would rewrite it differently every time.
        Some((local, domain)) => format!(
            "{local}@{}",
            idna::domain_to_ascii_strict(domain).unwrap_or_else(|_| domain.to_owned())
        ),
        // Not an address; only a search can bring it here, and it will find nothing.
        None => folded.trim().to_owned(),
    }
}

/// Whether this is one address with a dotted domain, such as `jane@example.com`.
pub fn is_email(raw: &str) -> bool {
    let options = Options::default()
        .without_display_text()
        .without_domain_literal()
        .with_required_tld();
    EmailAddress::parse_with_options(raw.trim(), options).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address() {
        for spelling in ["jane@example.com", " JANE@Example.COM ", "mailto:Jane@example.com"] {
            assert_eq!(email(spelling), "jane@example.com", "{spelling}");
        }
        assert_eq!(email("a@BÜCHER.example"), email("a@xn--bcher-kva.example"));
        assert_ne!(email("jose@x.example"), email("josé@x.example"));
    }

    #[test]
    fn what_is_an_address() {
        for good in [
            "jane@example.com",
            "jane+tag@mail.example.org",
            " j.o'neil@x.co ",
            "用户@例子.广告",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "jane",
            "jane@",
            "@example.com",
            "jane@localhost",
            "jane@@example.com",
            "Jane <jane@example.com>",
            "a b@x.com",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
