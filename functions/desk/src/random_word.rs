//! A word that nobody guesses.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use crm_domain::error::Error;

/// Draws one.
///
/// # Errors
/// When the system has no random bits.
pub fn random_word() -> Result<String, Error> {
    let mut bits = [0_u8; 16];
    getrandom::fill(&mut bits).map_err(|error| Error::internal("draw a random word", error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bits))
}
