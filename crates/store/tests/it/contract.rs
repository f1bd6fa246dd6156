use std::sync::Arc;

use events::SystemClock;
use store::{
    FolderObjects, Layer, MemoryFlights, MemoryObjects, MemoryRecords, SqliteRecords, Tiers,
    contract,
};

#[tokio::test]
async fn memory_keeps_records() {
    contract::records(&MemoryRecords::new()).await;
}

#[tokio::test]
async fn sqlite_keeps_records() {
    let home = tempfile::tempdir().unwrap();
    contract::records(&SqliteRecords::open(home.path()).await.unwrap()).await;
}

#[tokio::test]
async fn memory_keeps_objects() {
    contract::objects(&MemoryObjects::default()).await;
}

#[tokio::test]
async fn a_folder_keeps_objects() {
    let home = tempfile::tempdir().unwrap();
    contract::objects(&FolderObjects::open(home.path()).unwrap()).await;
}

#[tokio::test]
async fn memory_keeps_recipes() {
    contract::recipes(&MemoryObjects::default()).await;
}

#[tokio::test]
async fn a_folder_keeps_recipes() {
    let home = tempfile::tempdir().unwrap();
    contract::recipes(&FolderObjects::open(home.path()).unwrap()).await;
}

#[tokio::test]
async fn memory_gives_turns() {
    contract::flights(&MemoryFlights::new(Arc::new(SystemClock::new()))).await;
}

#[tokio::test]
async fn tiers_keep_objects_and_recipes() {
    let home = tempfile::tempdir().unwrap();
    let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
    let layers = vec![
        Layer::new("memory", Arc::new(MemoryObjects::default())).at_most(1 << 20),
        Layer::new("folder", folder).durable().within(5_000, 5_000),
    ];
    let tiers = Tiers::new(layers, Arc::new(SystemClock::new()));
    contract::objects(&tiers).await;
    contract::recipes(&tiers).await;
}
