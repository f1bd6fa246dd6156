use store::{FolderObjects, MemoryObjects, MemoryRecords, SqliteRecords, contract};

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
