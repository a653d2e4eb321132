//! Addresses of the company's other systems that an operator sets: those that no function will call are refused at once, with the reason.

use crm_outgoing::{Guard, Refusal};

use crate::Misuse;

/// An address as it is set by an option.
pub struct OutgoingAddress<'a> {
    /// The option, such as `--webhook`.
    pub option: &'a str,
    /// The option that allows private networks.
    pub allowing: &'a str,
    /// The URL.
    pub url: &'a str,
    /// Whether it may be in a private network.
    pub is_private_allowed: bool,
    /// Whether the functions are those of the local stack.
    pub is_local: bool,
}

impl OutgoingAddress<'_> {
    /// Refuses what functions would refuse. The addresses of a name are judged when it is called, since only then they count.
    pub fn check(&self) -> Result<(), Misuse> {
        // Its form is checked with the other settings.
        let Ok(url) = self.url.parse() else { return Ok(()) };
        let guard = Guard {
            allows_private: self.is_private_allowed,
            is_local: self.is_local,
        };
        let Self { option, allowing, .. } = self;
        let why = match guard.refusal(&url) {
            None => return Ok(()),
            Some(Refusal::NotEncrypted) => format!("must be an https address; http is allowed only with {allowing}"),
            Some(Refusal::Private) => format!("is an address of a private network: {allowing} allows it"),
            Some(Refusal::ThisMachine) if self.is_local => {
                format!("is an address of this machine: {allowing} allows it on the local stack")
            }
            Some(Refusal::ThisMachine) => "is an address of the machine itself, which is never called".to_owned(),
            Some(Refusal::Reserved) => "is a link-local or reserved address, which is never called".to_owned(),
        };
        Err(Misuse(format!("{option} {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, is_private_allowed: bool, is_local: bool) -> Option<String> {
        let address = OutgoingAddress {
            option: "--webhook",
            allowing: "--webhook-private on",
            url,
            is_private_allowed,
            is_local,
        };
        address.check().err().map(|refused| refused.0)
    }

    #[test]
    fn what_no_function_will_call_is_refused_with_the_reason_and_without_the_url() {
        for (url, is_private_allowed, is_local, wanted) in [
            ("https://hooks.example/?key=xyzzy", false, false, None),
            (
                "http://hooks.example/?key=xyzzy",
                false,
                false,
                Some("--webhook must be an https address"),
            ),
            (
                "https://10.0.0.7/?key=xyzzy",
                false,
                false,
                Some("private network: --webhook-private on"),
            ),
            ("http://10.0.0.7/?key=xyzzy", true, false, None),
            ("https://127.0.0.1/?key=xyzzy", true, false, Some("never called")),
            (
                "https://localhost/?key=xyzzy",
                false,
                true,
                Some("--webhook-private on allows it on the local stack"),
            ),
            ("http://127.0.0.1:9002/?key=xyzzy", true, true, None),
            ("https://169.254.169.254/?key=xyzzy", true, true, Some("link-local")),
        ] {
            let told = refusal(url, is_private_allowed, is_local);
            assert_eq!(told.is_some(), wanted.is_some(), "{url} {told:?}");
            let told = told.unwrap_or_default();
            assert!(told.contains(wanted.unwrap_or_default()) && !told.contains("xyzzy"), "{told}");
        }
    }
}
