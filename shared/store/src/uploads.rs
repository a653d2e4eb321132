//! Files that were uploaded to be imported. An upload has a head, which says what is done with the file; the text of the file, in parts;
//! and the rows that were rejected, as a file.
//!
//! The text is people's data that no customer's number leads to. So it is kept for a day at most, is deleted as soon as it is not needed any
//! more, and an erasure deletes that of all uploads.

use crm_domain::{Timestamp, error::Error};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    RunId, Store,
    items::{self, key_of},
    keys::{AFTER_REJECTED, AFTER_UPLOADS, PARTS, TenantKeys, UPLOADS},
    transaction::{Refusal, Write},
};

/// How long an upload is kept: a day, in which somebody can look at it and go on.
const KEPT_SECONDS: i64 = 86_400;
/// The most bytes of a text in one item, which holds 400 KB.
const MOST_IN_ITEM: usize = 350_000;
/// How many items are deleted together.
const TOGETHER: usize = 50;

/// An upload: its head, with the version that a change of it requires.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Upload<T> {
    /// The run that imports it.
    pub run: RunId,
    /// What is done with the file.
    pub head: T,
    /// How often the head was stored.
    version: u64,
    /// The time until which it is kept, in seconds since 1970.
    expires: i64,
}

#[derive(Serialize, Deserialize)]
struct TextItem {
    text: String,
    expires: i64,
}

/// What of an upload is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discarded {
    /// The rejected rows.
    RejectedRows,
    /// The text.
    Text,
    /// All of it.
    Everything,
}

impl Store {
    /// Stores a new upload with its text.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn upload_begin<T: Serialize + Clone>(
        &self,
        run: &RunId,
        head: &T,
        text: &str,
        now: Timestamp,
    ) -> Result<Upload<T>, Error> {
        let upload = Upload {
            run: run.clone(),
            head: head.clone(),
            version: 1,
            expires: now.plus_seconds(KEPT_SECONDS).seconds(),
        };
        let mut writes = vec![Write::PutNew(items::write(&self.keys.upload(run.as_str()), &upload)?)];
        for (nth, text) in parts(text).into_iter().enumerate() {
            let key = self.keys.upload_part(run.as_str(), nth);
            writes.push(Write::Put(items::write(&key, &kept(text, upload.expires))?));
        }
        let begun = self.database.transact(writes).await;
        begun.map_err(|refusal| refusal.unexpected("store an upload"))?;
        Ok(upload)
    }

    /// The upload of a run; `None` if there is none, or none any more.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn upload_get<T: DeserializeOwned>(&self, run: &RunId, now: Timestamp) -> Result<Option<Upload<T>>, Error> {
        let found: Option<Upload<T>> = self.database.get_as(self.keys.upload(run.as_str())).await?;
        Ok(found.filter(|upload| upload.expires > now.seconds()))
    }

    /// The tenant's uploads, in no order.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn uploads<T: DeserializeOwned>(&self, now: Timestamp) -> Result<Vec<Upload<T>>, Error> {
        let found = self.query(&self.keys.uploads(), UPLOADS, AFTER_UPLOADS).await?;
        let found: Vec<Upload<T>> = found.into_iter().map(items::read).collect::<Result<_, _>>()?;
        Ok(found.into_iter().filter(|upload| upload.expires > now.seconds()).collect())
    }

    /// The text of an upload; empty if it was deleted.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn upload_text(&self, run: &RunId) -> Result<String, Error> {
        self.upload_texts(TenantKeys::upload_parts(run.as_str())).await
    }

    /// The rejected rows of an upload, as a file; empty if there are none.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn upload_rejected(&self, run: &RunId) -> Result<String, Error> {
        self.upload_texts(TenantKeys::upload_rejected_rows(run.as_str())).await
    }

    async fn upload_texts(&self, (first, last): (String, String)) -> Result<String, Error> {
        let found = self.query(&self.keys.uploads(), &first, &last).await?;
        let texts = found.into_iter().map(|item| Ok(items::read::<TextItem>(item)?.text));
        texts.collect()
    }

    /// Stores what has become of an upload, with further rejected rows, of which the first has this number. `None` if somebody else has
    /// changed it meanwhile.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn upload_put<T: Serialize>(
        &self,
        upload: Upload<T>,
        rejected: Option<(u64, &str)>,
    ) -> Result<Option<Upload<T>>, Error> {
        let version = upload.version;
        let upload = Upload {
            version: version + 1,
            ..upload
        };
        let run = upload.run.as_str();
        let item = items::write(&self.keys.upload(run), &upload)?;
        let mut writes = vec![Write::PutOver { item, version }];
        if let Some((row, text)) = rejected {
            for (nth, text) in parts(text).into_iter().enumerate() {
                let key = self.keys.upload_rejected(run, row, nth);
                writes.push(Write::Put(items::write(&key, &kept(text, upload.expires))?));
            }
        }
        match self.database.transact(writes).await {
            Ok(()) => Ok(Some(upload)),
            Err(Refusal::Conditions(_)) => Ok(None),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }

    /// Deletes a part of an upload, or all of it. The head goes last.
    ///
    /// # Errors
    /// The table cannot be used.
    pub async fn upload_discard(&self, run: &RunId, what: Discarded) -> Result<(), Error> {
        let run = run.as_str();
        if matches!(what, Discarded::RejectedRows | Discarded::Everything) {
            self.discard_between(TenantKeys::upload_rejected_rows(run)).await?;
        }
        if matches!(what, Discarded::Text | Discarded::Everything) {
            self.discard_between(TenantKeys::upload_parts(run)).await?;
        }
        if what == Discarded::Everything {
            self.transact_all(vec![Write::Delete(self.keys.upload(run))]).await?;
        }
        Ok(())
    }

    /// Deletes texts and rejected rows of all uploads. Their heads stay, and say so.
    pub(super) async fn uploads_discard_texts(&self) -> Result<(), Error> {
        self.discard_between((PARTS.to_owned(), AFTER_REJECTED.to_owned())).await
    }

    async fn discard_between(&self, (first, last): (String, String)) -> Result<(), Error> {
        let found = self.query(&self.keys.uploads(), &first, &last).await?;
        let deletes: Vec<Write> = found.iter().filter_map(key_of).map(Write::Delete).collect();
        for part in deletes.chunks(TOGETHER) {
            self.transact_all(part.to_vec()).await?;
        }
        Ok(())
    }
}

fn kept(text: &str, expires: i64) -> TextItem {
    TextItem {
        text: text.to_owned(),
        expires,
    }
}

/// A text in parts that fit into items.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (part, after) = rest.split_at(rest.floor_char_boundary(MOST_IN_ITEM));
        parts.push(part);
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_divided_between_characters() {
        assert!(parts("").is_empty());
        let text = format!("{}ä{}", "x".repeat(MOST_IN_ITEM - 1), "y".repeat(MOST_IN_ITEM));
        let divided = parts(&text);
        assert_eq!(
            divided.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [MOST_IN_ITEM - 1, MOST_IN_ITEM, 2]
        );
        assert_eq!(divided.concat(), text);
    }
}
