//! The secret that signs links to agent pages on a laptop.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use uuid::Uuid;

/// A new random secret.
pub fn random() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// The secret beside a data file, so that links outlive a restart like the data. It is created if it is missing.
pub fn beside(data: &Path) -> Result<String> {
    let path = path(data);
    let secret = random();
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    match made {
        Ok(mut file) => {
            file.write_all(secret.as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
        }
        Err(error) => Err(error).with_context(|| format!("cannot make {}", path.display())),
    }
}

/// The file of the secret: `crm.db.link-secret` for `crm.db`.
fn path(data: &Path) -> PathBuf {
    let mut name = data.as_os_str().to_owned();
    name.push(".link-secret");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_file_keeps_its_secret() {
        let data = std::env::temp_dir().join(format!("{}.db", random()));
        let secret = beside(&data).unwrap();
        assert_eq!(beside(&data).unwrap(), secret);
        assert_ne!(secret, random());
        std::fs::remove_file(path(&data)).unwrap();
        assert_ne!(beside(&data).unwrap(), secret);
        std::fs::remove_file(path(&data)).unwrap();
    }
}
