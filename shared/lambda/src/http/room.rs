//! The largest answer.
//!
//! Lambda accepts answers of at most 6 MB. It counts the JSON in which the body is a string, so quotation marks in the body are escaped
//! once more: a quotation mark in a customer's text takes four bytes. An answer that is too large would fail until the data change.
//! Therefore code that builds a list asks for room for each part.

use std::io;

use serde_json::Value;

/// The largest body in bytes as it is sent. Lambda's limit is 6 MB with the headers and everything else around the body.
const MOST_SENT: usize = 5_900_000;

/// The room that is left in one answer.
#[derive(Debug)]
pub struct AnswerRoom {
    left: usize,
}

impl Default for AnswerRoom {
    fn default() -> Self {
        Self { left: MOST_SENT }
    }
}

impl AnswerRoom {
    /// Reserves room for a part and the comma after it. `false`, and nothing reserved, if it does not fit.
    pub fn take(&mut self, part: &Value) -> bool {
        let mut sent = Sent::default();
        let is_counted = serde_json::to_writer(&mut sent, part).is_ok();
        let left = self.left.checked_sub(sent.bytes + 1).filter(|_| is_counted);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }

    /// The parts from the first one up to the first that does not fit.
    pub fn first_that_fit(&mut self, parts: impl IntoIterator<Item = Value>) -> Vec<Value> {
        parts.into_iter().take_while(|part| self.take(part)).collect()
    }
}

/// Whether a body can be sent.
pub(super) fn fits(body: &str) -> bool {
    sent_bytes(body.as_bytes()) <= MOST_SENT
}

/// The size of a text in bytes inside a JSON string.
fn sent_bytes(text: &[u8]) -> usize {
    let of_byte = |byte: &u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0x00..=0x1f => 6,
        _ => 1,
    };
    text.iter().map(of_byte).sum()
}

/// Counts the bytes of what is written to it, as they will be sent.
#[derive(Default)]
struct Sent {
    bytes: usize,
}

impl io::Write for Sent {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.bytes += sent_bytes(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    proptest! {
        /// Lambda's runtime writes the envelope with the same library.
        #[test]
        fn the_counted_size_is_the_sent_size(body: String) {
            let envelope = serde_json::to_string(&body).unwrap();
            prop_assert_eq!(sent_bytes(body.as_bytes()), envelope.len() - 2);
        }

        #[test]
        fn parts_that_fit_make_an_answer_that_can_be_sent(texts in prop::collection::vec("[\"\\\\a\u{1}ä]{0,60}", 0..30), most in 0_usize..2_000) {
            let mut room = AnswerRoom { left: most };
            let taken = room.first_that_fit(texts.iter().map(|text| json!({"a": text})));
            let sent = sent_bytes(Value::from(taken.clone()).to_string().as_bytes());
            prop_assert!(sent <= most + 2, "{} of {}", sent, most);
            let next = texts.get(taken.len()).map(|text| json!({"a": text}));
            prop_assert!(next.is_none_or(|next| !room.take(&next)), "there was room for more");
        }
    }

    #[test]
    fn a_quotation_mark_in_a_text_takes_four_bytes() {
        let mut room = AnswerRoom { left: 4 + 4 + 1 };
        assert!(room.take(&json!("\"")));
        assert!(!room.take(&json!(1)), "two of the text's own marks and a comma took the rest");
    }
}
