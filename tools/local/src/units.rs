//! The capacity units that calls to DynamoDB consume, as the database counts them.

use std::ops::AddAssign;

use hyper::body::Bytes;
use serde_json::Value;

/// Capacity units, those of the indexes included.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// Read units: 4 KB each, and half as much for eventually consistent reads.
    pub read: f64,
    /// Write units: 1 KB each, and twice as much in a transaction.
    pub written: f64,
}

impl AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.written += other.written;
    }
}

impl Units {
    /// Read and write units together.
    pub fn total(self) -> f64 {
        self.read + self.written
    }
}

/// The same request with a request for its units. That breaks its signature, which the embedded database does not
/// check.
///
/// # Errors
/// When the request is not JSON.
pub fn asking(request: &Bytes) -> Result<Bytes, serde_json::Error> {
    let mut request: Value = serde_json::from_slice(request)?;
    request["ReturnConsumedCapacity"] = "TOTAL".into();
    Ok(request.to_string().into())
}

/// The units in an answer: one count, or one per table.
pub fn units(operation: &str, answer: &Value) -> Units {
    let counts = match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().collect(),
        one => vec![one],
    };
    let total = counts.iter().filter_map(|count| count["CapacityUnits"].as_f64()).sum();
    match operation {
        "GetItem" | "BatchGetItem" | "Query" => Units {
            read: total,
            written: 0.0,
        },
        _ => Units {
            read: 0.0,
            written: total,
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_units_of_an_answer_are_added_up() {
        let check = |operation: &str, answer: Value, read, written| assert_eq!(units(operation, &answer), Units { read, written });
        check(
            "Query",
            json!({"ConsumedCapacity": {"TableName": "t", "CapacityUnits": 2.5}}),
            2.5,
            0.0,
        );
        check(
            "TransactWriteItems",
            json!({"ConsumedCapacity": [{"CapacityUnits": 2}, {"CapacityUnits": 0.5}]}),
            0.0,
            2.5,
        );
        check("GetItem", json!({"Item": {}}), 0.0, 0.0);
    }
}
