//! E-mail addresses.
//!
//! Letter case does not count, neither in the domain nor, with all relevant providers, before the `@`. A domain has one ASCII form.
//! Accents, plus tags and full stops before the `@` count, because a search is for one address. Best match knows which addresses some
//! providers deliver to one mailbox.
//!
//! Sources: RFC 5321 and RFC 6531 (the form), UTS 46 (domains), RFC 6068 (`mailto:`), RFC 5322 (chapter 3.4) (`Jane Roe <jane@example.com>`).

use email_address::{EmailAddress, Options};
use percent_encoding::percent_decode_str;

use super::{
    character::{described, is_blank_character},
    fold::case_folded,
};

/// The example in messages.
const EXAMPLE: &str = "jane@example.com";

/// The address alone, case-folded, the domain in its ASCII form: `mailto:Jane@Bücher.example` = `jane@xn--bcher-kva.example`.
pub fn email(raw: &str) -> String {
    let folded = case_folded(raw);
    let spelled = in_brackets(&folded).unwrap_or(&folded);
    let address = without_mailto(spelled);
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", ascii_domain(domain)),
        // It is not an address. It can only come from a search, which will find nothing.
        None => folded,
    }
}

/// The ASCII form of a folded domain. A domain that was entered in ASCII form is folded, too, so that `ß` is `ss` in both forms.
fn ascii_domain(domain: &str) -> String {
    // A domain that cannot exist stays as it is: lenient IDNA would rewrite it differently every time.
    let in_ascii = |domain: &str| idna::domain_to_ascii_strict(domain).unwrap_or_else(|_| domain.to_owned());
    let ascii = in_ascii(domain);
    match idna::domain_to_unicode(&ascii) {
        (unicode, Ok(())) if ascii.contains("xn--") => in_ascii(&case_folded(&unicode)),
        _ => ascii,
    }
}

/// The path of a `mailto:` address, without percent-encoding.
fn without_mailto(spelled: &str) -> String {
    let Some(target) = spelled.strip_prefix("mailto:") else {
        return spelled.to_owned();
    };
    let path = target.trim().split('?').next().unwrap_or_default();
    let decoded = percent_decode_str(path)
        .decode_utf8()
        .map_or_else(|_| path.to_owned(), Into::into);
    // Decoded text is folded like everything else, and may begin with `mailto:` again.
    let folded = case_folded(&decoded);
    if folded == spelled { folded } else { without_mailto(&folded) }
}

/// The address of `Jane Roe <jane@example.com>`, and of `<jane@example.com>`.
fn in_brackets(spelled: &str) -> Option<&str> {
    let (_, rest) = spelled.rsplit_once('<')?;
    rest.strip_suffix('>').filter(|address| address.contains('@')).map(str::trim)
}

/// Whether this is one address with a dotted domain, such as `jane@example.com`.
pub fn is_email(raw: &str) -> bool {
    check_email(raw).is_ok()
}

/// Whether this is one address with a dotted domain, and nothing else.
///
/// # Errors
/// A sentence for the agent.
pub fn check_email(raw: &str) -> Result<(), String> {
    let address = email(raw);
    let folded = case_folded(raw);
    if is_address(&address) {
        return match in_brackets(&folded) {
            Some(inner) if folded.len() > inner.len() + 2 => Err(format!("must be the address alone, without a name: {address}")),
            _ => Ok(()),
        };
    }
    Err(mistake(&folded))
}

fn is_address(address: &str) -> bool {
    let options = Options::default()
        .without_display_text()
        .without_domain_literal()
        .with_required_tld();
    // A domain that ends in a full stop is technically the same domain, but no provider writes it so.
    EmailAddress::parse_with_options(address, options).is_ok()
}

/// The message for a text that is not an address.
fn mistake(folded: &str) -> String {
    let address = without_mailto(folded);
    let addresses = address
        .split([',', ';', ' ', '/', '|'])
        .filter(|part| is_address(part.trim_matches(['<', '>', '(', ')', '"'])));
    if addresses.clone().count() > 1 {
        return format!("has more than one e-mail address: one address per field, such as {EXAMPLE}");
    }
    let what = format!("must be an e-mail address such as {EXAMPLE}");
    let at_signs = address.matches('@').count();
    if at_signs == 0 {
        return if address.is_empty() {
            what
        } else {
            format!("{what}: it has no @")
        };
    }
    let wrong = address
        .chars()
        .find(|&sign| is_blank_character(sign) || matches!(sign, ',' | ';' | ':' | '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\\'));
    if let Some(wrong) = wrong {
        return format!("{what}: it has {}", described(wrong));
    }
    if at_signs > 1 {
        return format!("{what}: it has {at_signs} @");
    }
    let (local, domain) = address.split_once('@').unwrap_or_default();
    let odd = domain.chars().find(|sign| {
        !sign.is_alphanumeric() && !matches!(sign, '.' | '-') && !unicode_normalization::char::is_combining_mark(*sign)
    });
    match odd {
        _ if local.is_empty() => format!("{what}: it has nothing before the @"),
        _ if domain.is_empty() => format!("{what}: it has nothing after the @"),
        Some(odd) => format!("{what}: its domain has {}", described(odd)),
        None if !domain.contains('.') => format!("{what}: its domain {domain} has no full stop"),
        None if domain.ends_with('.') || local.ends_with('.') => format!("{what}: it ends in a full stop"),
        None if address.contains("..") => format!("{what}: it has two full stops in a row"),
        None => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_have_one_normal_form() {
        for spelling in [
            "jane@example.com",
            " JANE@Example.COM ",
            "mailto:Jane@example.com",
            "MAILTO:jane%40example.com?subject=Hello",
            "<jane@example.com>",
            "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ",
            "\u{200B}jane@exam\u{AD}ple.com\u{FEFF}",
            "jane@example。com",
        ] {
            assert_eq!(email(spelling), "jane@example.com", "{spelling}");
            assert!(is_email(spelling), "{spelling}");
        }
        assert_eq!(email("a@BÜCHER.example"), email("a@xn--bcher-kva.example"));
        assert_eq!(email("a@straße.example"), email("a@xn--strae-oqa.example"));
        assert_eq!(
            email("jose\u{301}@bu\u{308}cher.example"),
            email("jos\u{e9}@b\u{fc}cher.example")
        );
        assert!(is_email("jose\u{301}@bu\u{308}cher.example"));
        assert_eq!(email("o’neill@x.example"), email("o'neill@x.example"));
        assert_eq!(email("Jane Roe <jane@x.example>"), "jane@x.example", "a search may ask so");
        assert_ne!(email("jose@x.example"), email("josé@x.example"));
        assert_ne!(email("jane+a@x.example"), email("jane@x.example"));
    }

    #[test]
    fn texts_that_are_no_address_are_refused_with_the_reason() {
        for good in [
            "jane@example.com",
            "jane+tag@mail.example.org",
            " j.o'neil@x.co ",
            "用户@例子.广告",
        ] {
            assert!(is_email(good), "{good}");
        }
        for (bad, says) in [
            ("", "such as jane@example.com"),
            ("jane", "it has no @"),
            ("jane@", "it has nothing after the @"),
            ("@example.com", "it has nothing before the @"),
            ("jane@localhost", "its domain localhost has no full stop"),
            ("jane@@example.com", "it has 2 @"),
            (
                "Jane <jane@example.com>",
                "must be the address alone, without a name: jane@example.com",
            ),
            ("\"Roe, Jane\" <jane@example.com>", "must be the address alone"),
            ("a b@x.com", "it has U+0020 SPACE"),
            ("a@x.com, b@x.com", "one address per field"),
            ("a@x.com;b@x.com", "one address per field"),
            ("a@x.com (home)", "it has U+0020 SPACE"),
            ("jane@example.com,", "it has ,"),
            ("jane@example..com", "two full stops"),
            ("jane@example.com.", "it ends in a full stop"),
            ("jane@exa_mple!.com", "its domain has _"),
        ] {
            let wrong = check_email(bad).expect_err(bad);
            assert!(wrong.contains(says), "{bad}: {wrong}");
        }
    }
}
