use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use store::{FolderObjects, ObjectKey, Objects};

const HOUR: u64 = 60 * 60 * 1000;

fn path(home: &Path, key: &ObjectKey) -> PathBuf {
    let (drawer, rest) = key.as_str().split_at(2);
    home.join(drawer).join(rest)
}

fn age(path: &Path, hours: u64) {
    let then = SystemTime::now() - Duration::from_millis(hours * HOUR);
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(then).unwrap();
}

#[tokio::test]
async fn a_changed_file_is_removed_and_counts_as_absent() {
    let home = tempfile::tempdir().unwrap();
    let objects = FolderObjects::open(home.path()).unwrap();
    let good = Bytes::from_static(b"good audio");
    for bad in [&b"bad! audio"[..], b"good", b""] {
        let key = objects.put(good.clone()).await.unwrap();
        fs::write(path(home.path(), &key), bad).unwrap();
        let restarted = FolderObjects::open(home.path()).unwrap();
        assert_eq!(restarted.get(&key).await, Ok(None), "{bad:?}");
        assert!(!path(home.path(), &key).exists(), "{bad:?}");
        restarted.put(good.clone()).await.unwrap();
        assert_eq!(restarted.get(&key).await, Ok(Some(good.clone())));
        // Also one that it wrote and read itself.
        fs::write(path(home.path(), &key), bad).unwrap();
        assert_eq!(restarted.get(&key).await, Ok(None), "{bad:?}");
        restarted.put(good.clone()).await.unwrap();
        fs::write(path(home.path(), &key), bad).unwrap();
        restarted.put(good.clone()).await.unwrap();
        assert_eq!(restarted.get(&key).await, Ok(Some(good.clone())));
        restarted.delete(&key).await.unwrap();
    }
}

#[tokio::test]
async fn a_put_mends_a_bad_copy() {
    let home = tempfile::tempdir().unwrap();
    let good = Bytes::from_static(b"good audio");
    let key = ObjectKey::of(&good);
    fs::create_dir_all(path(home.path(), &key).parent().unwrap()).unwrap();
    fs::write(path(home.path(), &key), b"bad! audio").unwrap();
    let objects = FolderObjects::open(home.path()).unwrap();
    objects.put(good.clone()).await.unwrap();
    assert_eq!(objects.get(&key).await, Ok(Some(good)));
}

#[tokio::test]
async fn what_was_read_lately_is_not_swept() {
    let home = tempfile::tempdir().unwrap();
    let objects = FolderObjects::open(home.path()).unwrap();
    let read = objects.put(Bytes::from_static(b"read")).await.unwrap();
    let idle = objects.put(Bytes::from_static(b"idle")).await.unwrap();
    age(&path(home.path(), &read), 48);
    age(&path(home.path(), &idle), 48);
    assert!(objects.get(&read).await.unwrap().is_some());
    assert_eq!(objects.sweep(24 * HOUR, &[]).await, Ok(1));
    assert!(objects.get(&read).await.unwrap().is_some());
    assert_eq!(objects.get(&idle).await, Ok(None));
}

#[tokio::test]
async fn drafts_that_a_crash_left_are_removed() {
    let home = tempfile::tempdir().unwrap();
    drop(FolderObjects::open(home.path()).unwrap());
    let (old, new) = (
        home.path().join("making/old"),
        home.path().join("making/new"),
    );
    fs::write(&old, b"half").unwrap();
    fs::write(&new, b"half").unwrap();
    age(&old, 2);
    drop(FolderObjects::open(home.path()).unwrap());
    assert!(!old.exists(), "nobody is writing this any more");
    assert!(new.exists(), "somebody may be writing this");
}

#[tokio::test]
async fn strangers_in_the_folder_are_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let objects = FolderObjects::open(home.path()).unwrap();
    fs::write(home.path().join("README"), b"mine").unwrap();
    fs::create_dir(home.path().join("ab")).unwrap();
    fs::write(home.path().join("ab/notes"), b"mine").unwrap();
    assert_eq!(objects.sweep(0, &[]).await, Ok(0));
    assert!(home.path().join("README").exists());
    assert!(home.path().join("ab/notes").exists());
}

#[tokio::test]
async fn a_folder_that_goes_away_is_named() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("audio");
    let objects = FolderObjects::open(&folder).unwrap();
    assert_eq!(objects.health().await, Ok(()));
    fs::remove_dir_all(&folder).unwrap();
    let e = objects.health().await.unwrap_err().to_string();
    assert!(e.contains(folder.to_str().unwrap()), "{e}");
    fs::write(&folder, b"a file").unwrap();
    let e = FolderObjects::open(&folder).err().unwrap().to_string();
    assert!(e.contains("a file stands where a folder belongs"), "{e}");
}
