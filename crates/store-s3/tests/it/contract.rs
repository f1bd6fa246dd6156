use std::sync::Arc;

use store::{MemoryObjects, Objects, contract};
use store_s3::{S3Store, Settings};

use crate::world::{Raw, endpoint, settings, sound, store, tiers};

#[tokio::test]
async fn s3_keeps_objects() {
    let Some(endpoint) = endpoint() else { return };
    // Before anybody asked what the server can do, and after.
    let s3 = store(&endpoint).await;
    contract::objects(&s3).await;
    assert!(s3.probe().await.unwrap().conditional);
    contract::objects(&s3).await;
}

#[tokio::test]
async fn s3_keeps_recipes() {
    let Some(endpoint) = endpoint() else { return };
    contract::recipes(&store(&endpoint).await).await;
}

#[tokio::test]
async fn s3_without_added_checksums_keeps_objects() {
    let Some(endpoint) = endpoint() else { return };
    let settings = Settings {
        few_checksums: true,
        ..settings(&endpoint)
    };
    contract::objects(&S3Store::open(settings).await.unwrap()).await;
}

#[tokio::test]
async fn tiers_with_s3_keep_objects_and_recipes() {
    let Some(endpoint) = endpoint() else { return };
    let tiers = tiers(&Arc::default(), &Arc::new(store(&endpoint).await), 30_000);
    contract::objects(&tiers).await;
    contract::recipes(&tiers).await;
}

#[tokio::test]
async fn what_was_read_is_not_swept() {
    let Some(endpoint) = endpoint() else { return };
    let s3 = store(&endpoint).await;
    let read = s3.put(sound(1)).await.unwrap();
    let idle = s3.put(sound(2)).await.unwrap();
    s3.get(&read).await.unwrap().unwrap();
    assert_eq!(s3.sweep(0, &[]).await, Ok(1));
    assert_eq!(s3.get(&idle).await, Ok(None));
    assert_eq!(s3.sweep(0, std::slice::from_ref(&read)).await, Ok(0));
    assert_eq!(
        s3.get(&read).await,
        Ok(Some(sound(1))),
        "renewed, and the same"
    );
}

#[tokio::test]
async fn a_sweep_leaves_the_names_of_others_alone() {
    let Some(endpoint) = endpoint() else { return };
    let settings = settings(&endpoint);
    let s3 = S3Store::open(settings.clone()).await.unwrap();
    let raw = Raw::to(&settings);
    raw.put("audio/notes.txt", "mine").await;
    raw.put("else/where", "mine").await;
    s3.put(sound(1)).await.unwrap();
    assert_eq!(s3.sweep(0, &[]).await, Ok(1));
    assert_eq!(raw.names().await, ["audio/notes.txt", "else/where"]);
}

#[tokio::test]
async fn a_probe_leaves_nothing_behind() {
    let Some(endpoint) = endpoint() else { return };
    let settings = settings(&endpoint);
    let s3 = S3Store::open(settings.clone()).await.unwrap();
    let found = s3.probe().await.unwrap();
    assert_eq!(found.warnings, Vec::<String>::new());
    assert_eq!(Raw::to(&settings).names().await, Vec::<String>::new());
    let memory = Arc::<MemoryObjects>::default();
    assert_eq!(tiers(&memory, &Arc::new(s3), 30_000).health().await, Ok(()));
}
