//! Whether the bucket can be used, and what its server can do.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use store::{LARGEST_NOTE, StoreError};

use crate::{
    S3Store,
    objects::{Body, PROBES, Written},
    words::{code, explain, status},
};

/// What a bucket that works was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The server keeps what is there when it is asked to (`If-None-Match: *`).
    pub conditional: bool,
    /// What is not as it should be, each with what to do.
    pub warnings: Vec<String>,
}

impl S3Store {
    /// Writes, reads and removes an object, and learns what the server can do. The error says what to do.
    pub async fn probe(&self) -> Result<Found, StoreError> {
        self.within(self.find_out()).await
    }

    async fn find_out(&self) -> Result<Found, StoreError> {
        let name = self.name(PROBES, &uuid::Uuid::new_v4().simple().to_string());
        let place = self.settings.place();
        let hidden = self.ask_for_nothing(&name).await?;
        let said = Bytes::copy_from_slice(name.as_bytes());
        self.write(&name, said.clone(), false).await?;
        let heard = self.fetch(&name, LARGEST_NOTE).await;
        // A server that knows no conditions overwrites, or refuses the header.
        let again = self.write(&name, said.clone(), true).await;
        let removed = self.remove(&name).await;
        match heard? {
            Body::Whole(heard) if heard == said => {}
            _ => {
                return Err(StoreError::Unavailable(format!(
                    "{place}: other bytes come back than were written: see what stands between us and the server"
                )));
            }
        }
        removed?;
        let conditional = again == Ok(Written::Kept);
        self.conditional.store(conditional, Ordering::Relaxed);
        let mut warnings = Vec::new();
        if !conditional {
            warnings.push(format!(
                "{place}: the server does not honour conditional writes, so the same audio may be sent twice; nothing that must happen once may rest on it"
            ));
        }
        warnings.extend(hidden);
        Ok(Found {
            conditional,
            warnings,
        })
    }

    /// Reads what is not there, which also shows whether the keys are right and the bucket exists. Without the right to
    /// list, the answer is that it is forbidden.
    async fn ask_for_nothing(&self, name: &str) -> Result<Option<String>, StoreError> {
        let place = self.settings.place();
        let get = self
            .client
            .get_object()
            .bucket(&self.settings.bucket)
            .key(name);
        let Err(e) = get.send().await else {
            return Err(StoreError::Unavailable(format!(
                "{place}: the server has what nobody wrote: see what stands between us and it"
            )));
        };
        let hidden = code(&e) == Some("AccessDenied");
        if !hidden && !matches!((code(&e), status(&e)), (Some("NoSuchKey"), _) | (None, 404)) {
            return Err(explain(&place, "read", &e));
        }
        self.hides_absence.store(hidden, Ordering::Relaxed);
        Ok(hidden.then(|| {
            format!("{place}: these keys may not list it, so idle audio is never removed: allow s3:ListBucket")
        }))
    }
}
