//! The desk's two cookies: the token of a sign-in, and a random word that the form of the sign-in repeats.
//!
//! A deployment's cookies begin with `__Host-`: browsers then take them over TLS only, and from this host alone. The local stack has no
//! TLS, so there they are called otherwise and lack `Secure`. Nothing on Lambda is taken for the local stack.

use crm_lambda::{http::Request, local::is_local_stack};
use crm_service::sign_in::LASTS;

const TOKEN: [&str; 2] = ["__Host-desk", "desk"];
const WORD: [&str; 2] = ["__Host-desk-form", "desk-form"];

fn name([deployed, local]: [&'static str; 2]) -> &'static str {
    if is_local_stack() { local } else { deployed }
}

/// The token of a sign-in.
pub fn token(request: &Request) -> Option<&str> {
    request.cookie(name(TOKEN))
}

/// The word that the form repeats.
pub fn word(request: &Request) -> Option<&str> {
    request.cookie(name(WORD)).filter(|word| !word.is_empty())
}

/// Sets the token for as long as it is valid.
pub fn of_token(token: &str) -> String {
    set(TOKEN, token, &format!("; Max-Age={LASTS}"))
}

/// Takes the token away.
pub fn no_token() -> String {
    set(TOKEN, "", "; Max-Age=0")
}

/// Sets the word until the browser closes.
pub fn of_word(word: &str) -> String {
    set(WORD, word, "")
}

/// No script reads it, and no other site's pages send it.
fn set(names: [&'static str; 2], value: &str, age: &str) -> String {
    let secure = if is_local_stack() { "" } else { "; Secure" };
    format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}", name(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployments_cookies_are_for_tls_and_this_host() {
        // Tests run without the variable by which the local stack says that it is one.
        assert_eq!(
            of_token("t"),
            "__Host-desk=t; Path=/; HttpOnly; SameSite=Strict; Max-Age=28800; Secure"
        );
        assert_eq!(
            no_token(),
            "__Host-desk=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0; Secure"
        );
        assert_eq!(of_word("w"), "__Host-desk-form=w; Path=/; HttpOnly; SameSite=Strict; Secure");
    }
}
