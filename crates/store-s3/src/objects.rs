//! Audio in the bucket: `audio/<hash>`.

use std::{collections::HashSet, time::SystemTime};

use aws_sdk_s3::{
    error::DisplayErrorContext,
    operation::get_object::GetObjectOutput,
    primitives::ByteStream,
    types::{MetadataDirective, Object},
};
use bytes::{Bytes, BytesMut};
use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture, stream};
use store::{LARGEST_OBJECT, ObjectKey, Objects, StoreError, check_size};

use crate::{
    S3Store,
    words::{code, explain, status},
};

pub(crate) const AUDIO: &str = "audio";
pub(crate) const RECIPES: &str = "recipes";
pub(crate) const PROBES: &str = "probe";

/// Objects that are removed or renewed at once in a sweep.
const AT_ONCE: usize = 8;
/// A probe that is older than this was left by a crash, ms.
const ABANDONED_MS: u64 = 60 * 60_000;

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is there now.
    New,
    /// Something is there already, and it was asked not to be overwritten.
    Kept,
}

/// What a read found.
pub(crate) enum Body {
    Whole(Bytes),
    /// Larger than it may be, or not as it was sent.
    Bad,
    Absent,
}

impl S3Store {
    /// One write; with `only_new` it asks the server to keep what is there.
    pub(crate) async fn write(
        &self,
        name: &str,
        bytes: Bytes,
        only_new: bool,
    ) -> Result<Written, StoreError> {
        let put = self
            .client
            .put_object()
            .bucket(&self.settings.bucket)
            .key(name)
            .content_type(kind(&bytes))
            .set_if_none_match(only_new.then(|| "*".to_owned()))
            .body(ByteStream::from(bytes));
        match put.send().await {
            Ok(_) => Ok(Written::New),
            Err(e) if only_new && status(&e) == 412 => Ok(Written::Kept),
            Err(e) => Err(explain(&self.settings.place(), "write", &e)),
        }
    }

    /// One read of at most `most` bytes.
    pub(crate) async fn fetch(&self, name: &str, most: usize) -> Result<Body, StoreError> {
        let get = self
            .client
            .get_object()
            .bucket(&self.settings.bucket)
            .key(name);
        match get.send().await {
            Ok(found) => self.collect(found, most).await,
            Err(e) if self.is_absence(code(&e), status(&e)) => Ok(Body::Absent),
            Err(e) => Err(explain(&self.settings.place(), "read", &e)),
        }
    }

    fn is_absence(&self, code: Option<&str>, status: u16) -> bool {
        let hidden = || {
            self.hides_absence
                .load(std::sync::atomic::Ordering::Relaxed)
        };
        match code {
            Some("NoSuchKey" | "NotFound") => true,
            Some("AccessDenied") => hidden(),
            Some(_) => false,
            None => status == 404,
        }
    }

    async fn collect(&self, found: GetObjectOutput, most: usize) -> Result<Body, StoreError> {
        let length = found
            .content_length()
            .and_then(|length| usize::try_from(length).ok());
        if length.is_some_and(|length| length > most) {
            return Ok(Body::Bad);
        }
        let mut bytes = BytesMut::with_capacity(length.unwrap_or(0));
        let mut body = found.body;
        while let Some(chunk) = body.next().await {
            match chunk {
                Ok(chunk) if bytes.len() + chunk.len() > most => return Ok(Body::Bad),
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(e) => {
                    let text = DisplayErrorContext(&e).to_string();
                    if text.contains("checksum mismatch") {
                        return Ok(Body::Bad);
                    }
                    return Err(StoreError::Unavailable(format!(
                        "{}: an answer was cut off ({e}): see whether the server runs and is reachable",
                        self.settings.place()
                    )));
                }
            }
        }
        Ok(Body::Whole(bytes.freeze()))
    }

    pub(crate) async fn remove(&self, name: &str) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_object()
            .bucket(&self.settings.bucket)
            .key(name);
        match delete.send().await {
            Ok(_) => Ok(()),
            Err(e) if code(&e) == Some("NoSuchKey") => Ok(()),
            Err(e) => Err(explain(&self.settings.place(), "remove", &e)),
        }
    }

    async fn put_object(&self, bytes: Bytes) -> Result<ObjectKey, StoreError> {
        check_size(bytes.len())?;
        let key = ObjectKey::of(&bytes);
        let name = self.name(AUDIO, key.as_str());
        let written = self
            .write(&name, bytes.clone(), self.is_conditional())
            .await?;
        if written == Written::Kept && self.length(&name).await? != Some(bytes.len()) {
            // What stands there cannot be it.
            self.write(&name, bytes, false).await?;
        }
        Ok(key)
    }

    async fn length(&self, name: &str) -> Result<Option<usize>, StoreError> {
        let head = self
            .client
            .head_object()
            .bucket(&self.settings.bucket)
            .key(name);
        match head.send().await {
            Ok(head) => Ok(head
                .content_length()
                .and_then(|length| usize::try_from(length).ok())),
            Err(e) if status(&e) == 404 => Ok(None),
            Err(e) => Err(explain(&self.settings.place(), "read", &e)),
        }
    }

    async fn get_object(&self, key: &ObjectKey) -> Result<Option<Bytes>, StoreError> {
        let name = self.name(AUDIO, key.as_str());
        match self.fetch(&name, LARGEST_OBJECT).await? {
            Body::Whole(bytes) if ObjectKey::of(&bytes) == *key => {
                self.remember(name);
                Ok(Some(bytes))
            }
            Body::Whole(_) | Body::Bad => {
                // Keys that may only read cannot remove it; it is absent all the same.
                let _ = self.remove(&name).await;
                Ok(None)
            }
            Body::Absent => Ok(None),
        }
    }

    /// Removes what is idle in a folder, and writes anew what is older than half of that and was read.
    async fn sweep_folder(
        &self,
        folder: &str,
        idle_ms: u64,
        spare: impl Fn(&str) -> bool,
    ) -> Result<u64, StoreError> {
        let start = self.name(folder, "");
        let read: HashSet<String> = {
            let mut all = self.read();
            all.extract_if(|name| name.starts_with(&start)).collect()
        };
        let mut removed = 0;
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(&self.settings.bucket)
            .prefix(&start)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|e| explain(&self.settings.place(), "list", &e))?;
            let aged = page.contents().iter().filter_map(|object| {
                let name = object.key()?;
                let rest = name.strip_prefix(&start)?;
                (!spare(rest)).then(|| (name.to_owned(), age_ms(object)))
            });
            let work = aged.map(|(name, age)| {
                let was_read = read.contains(&name);
                async move {
                    if was_read {
                        if age >= idle_ms / 2 {
                            self.renew(&name).await?;
                        }
                        return Ok(0);
                    }
                    if age < idle_ms {
                        return Ok(0);
                    }
                    self.remove(&name).await.map(|()| 1)
                }
            });
            let counts = stream::iter(work.collect::<Vec<_>>()).buffer_unordered(AT_ONCE);
            removed += counts
                .try_fold(0, |sum, n| async move { Ok(sum + n) })
                .await?;
        }
        Ok(removed)
    }

    /// Copies an object onto itself, which makes it young.
    async fn renew(&self, name: &str) -> Result<(), StoreError> {
        let copy = self
            .client
            .copy_object()
            .bucket(&self.settings.bucket)
            .key(name)
            .copy_source(format!("{}/{name}", self.settings.bucket))
            .metadata_directive(MetadataDirective::Replace)
            .content_type("audio/wav");
        match copy.send().await {
            Ok(_) => Ok(()),
            // Somebody removed it in between.
            Err(e) if status(&e) == 404 => Ok(()),
            Err(e) => Err(explain(&self.settings.place(), "copy", &e)),
        }
    }
}

/// How long ago it was written, by this machine's clock, ms.
fn age_ms(object: &Object) -> u64 {
    let written = object
        .last_modified()
        .and_then(|at| u64::try_from(at.secs()).ok());
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    now.as_secs().saturating_sub(written.unwrap_or(u64::MAX)) * 1_000
}

/// What carriers and browsers are told that it is.
fn kind(bytes: &[u8]) -> &'static str {
    match bytes {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => "audio/wav",
        [b'I', b'D', b'3', ..] | [0xff, 0xfb, ..] => "audio/mpeg",
        _ => "application/octet-stream",
    }
}

impl Objects for S3Store {
    fn put(&self, bytes: Bytes) -> BoxFuture<'_, Result<ObjectKey, StoreError>> {
        self.within(self.put_object(bytes)).boxed()
    }

    fn get<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Option<Bytes>, StoreError>> {
        self.within(self.get_object(key)).boxed()
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StoreError>> {
        async move {
            let name = self.name(AUDIO, key.as_str());
            self.read().remove(&name);
            self.within(self.remove(&name)).await
        }
        .boxed()
    }

    /// A read counts from the next sweep of the process that read.
    fn sweep<'a>(
        &'a self,
        idle_ms: u64,
        keep: &'a [ObjectKey],
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        async move {
            let keep: HashSet<&str> = keep.iter().map(ObjectKey::as_str).collect();
            let strange = |rest: &str| ObjectKey::parse(rest).is_none();
            self.sweep_folder(PROBES, ABANDONED_MS, |_| false).await?;
            self.sweep_folder(RECIPES, idle_ms, strange).await?;
            self.sweep_folder(AUDIO, idle_ms, |rest| keep.contains(rest) || strange(rest))
                .await
        }
        .boxed()
    }

    fn health(&self) -> BoxFuture<'_, Result<(), StoreError>> {
        async { self.probe().await.map(drop) }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audio_is_told_by_its_first_bytes() {
        assert_eq!(kind(b"RIFF\x00\x00\x00\x00WAVEfmt "), "audio/wav");
        assert_eq!(kind(b"ID3\x04"), "audio/mpeg");
        assert_eq!(kind(b"RIFF"), "application/octet-stream");
        assert_eq!(kind(b""), "application/octet-stream");
    }
}
