//! Records as operators see them: as members of a JSON document, or as words on a line.

use crm_domain::Actor;

pub use crm_service::document::{case, change, customer, entry, event, fields, party};

/// The actor in words.
pub fn who(actor: &Actor) -> String {
    let parts = [
        Some(actor.agent.as_deref().map_or_else(|| "unnamed agent".to_owned(), printable)),
        actor.initiative.map(|initiative| format!("initiative {initiative}")),
        actor.company.map(|company| format!("company {company}")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A stored text on one line, without control characters that could affect a terminal.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_text_moves_no_cursor() {
        assert_eq!(printable("a\u{1b}[2Jb\r\nc"), "a [2Jb  c");
    }
}
