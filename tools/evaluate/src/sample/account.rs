//! Accounts on networks.

use super::dice::Dice;

/// Networks on which people write to companies.
pub const NETWORKS: [&str; 5] = ["twitter", "facebook", "instagram", "tiktok", "linkedin"];

/// An account on a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// The network.
    pub network: &'static str,
    /// Without `@`.
    pub text: String,
}

impl Handle {
    /// The key of the account, which no other account has.
    pub fn key(&self) -> String {
        key(self.network, &self.text)
    }

    /// The address of the profile.
    pub fn url(&self, dice: &mut Dice) -> String {
        let text = &self.text;
        match self.network {
            "twitter" => format!(
                "https://{}/{text}",
                dice.pick(&["x.com", "twitter.com", "mobile.twitter.com"])
            ),
            "facebook" => format!(
                "https://{}/{text}",
                dice.pick(&["www.facebook.com", "facebook.com", "m.facebook.com"])
            ),
            "instagram" => format!("https://www.instagram.com/{text}/"),
            "tiktok" => format!("https://www.tiktok.com/@{text}"),
            _ => format!("https://www.linkedin.com/in/{text}"),
        }
    }
}

/// The key of an account, which no other account has.
pub fn key(network: &str, text: &str) -> String {
    format!("{network} {text}")
}
