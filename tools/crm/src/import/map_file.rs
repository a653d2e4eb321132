//! Mapping files: the mapping of columns to fields, saved once and used for every export of the same kind.

use std::{fs, path::Path};

use anyhow::Context as _;
use crm_import::{columns::Object, mapping::Column};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Misuse;

/// The content of such a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MapFile {
    object: String,
    /// Fields by columns. An empty field leaves the column out.
    columns: Map<String, Value>,
}

/// Reads a file, as entries of `--map`.
pub fn read(path: &Path, object: Object) -> Result<Vec<String>, Misuse> {
    let refused = |problem: &str| Misuse(format!("{} {problem}", path.display()));
    let text = fs::read_to_string(path).map_err(|error| refused(&format!("cannot be read: {error}")))?;
    let file: MapFile = serde_norway::from_str(&text).map_err(|error| {
        refused(&format!(
            "is not a mapping file: {error}. --save-map writes one: `object: {}`, then `columns:` with a line 'Column: field' for each",
            object.name()
        ))
    })?;
    if file.object != object.name() {
        return Err(refused(&format!("is about {}", file.object)));
    }
    let entry = |(column, field): (String, Value)| match field {
        Value::Null => Ok(format!("{column}=")),
        Value::String(field) => Ok(format!("{column}={field}")),
        _ => Err(refused(&format!("must name a field for the column '{column}', or nothing"))),
    };
    file.columns.into_iter().map(entry).collect()
}

/// Writes a file.
pub fn write(path: &Path, object: Object, columns: &[Column]) -> anyhow::Result<()> {
    let field = |column: &Column| column.field.clone().map_or(Value::Null, Value::String);
    let file = MapFile {
        object: object.name().to_owned(),
        columns: columns.iter().map(|column| (column.name.clone(), field(column))).collect(),
    };
    let text = serde_norway::to_string(&file)?;
    fs::write(path, text).with_context(|| format!("the mapping cannot be written to {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let path = std::env::temp_dir().join(format!("crm-map-{}.yaml", std::process::id()));
        let column = |name: &str, field: Option<&str>| Column {
            name: name.to_owned(),
            field: field.map(str::to_owned),
        };
        let columns = [
            column("E-Mail: a=b", Some("email")),
            column("yes", None),
            column("#4", Some("city")),
        ];
        write(&path, Object::Customers, &columns).unwrap();
        let read_again = read(&path, Object::Customers).unwrap();
        assert_eq!(read_again, ["E-Mail: a=b=email", "yes=", "#4=city"]);
        assert!(read(&path, Object::Cases).unwrap_err().0.contains("is about customers"));
        fs::write(&path, "columns: [a]").unwrap();
        assert!(
            read(&path, Object::Customers)
                .unwrap_err()
                .0
                .contains("is not a mapping file")
        );
        fs::remove_file(path).unwrap();
    }
}
