//! Links that strangers may follow for a while.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use futures::{FutureExt, future::BoxFuture};
use store::{Links, ObjectKey, StoreError};

use crate::{S3Store, objects::AUDIO, words::explain};

/// The longest that a signature holds: a week.
const LONGEST_S: u32 = 7 * 24 * 60 * 60;

impl S3Store {
    async fn presign(&self, key: &ObjectKey, valid_s: u32) -> Result<String, StoreError> {
        if !(1..=LONGEST_S).contains(&valid_s) {
            return Err(StoreError::Unavailable(format!(
                "a link that works for {valid_s} s cannot be made: choose 1 to {LONGEST_S}"
            )));
        }
        let config = PresigningConfig::expires_in(Duration::from_secs(valid_s.into()))
            .map_err(|e| StoreError::Unavailable(format!("a link cannot be made: {e}")))?;
        let get = self
            .public
            .get_object()
            .bucket(&self.settings.bucket)
            .key(self.name(AUDIO, key.as_str()));
        match get.presigned(config).await {
            Ok(link) => Ok(link.uri().to_owned()),
            Err(e) => Err(explain(&self.settings.place(), "make a link", &e)),
        }
    }
}

impl Links for S3Store {
    fn link<'a>(
        &'a self,
        key: &'a ObjectKey,
        valid_s: u32,
    ) -> BoxFuture<'a, Result<String, StoreError>> {
        self.within(self.presign(key, valid_s)).boxed()
    }
}
