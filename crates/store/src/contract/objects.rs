//! Audio objects.

use bytes::Bytes;

use super::{fresh, good};
use crate::{Held, ObjectKey, Objects, StoreError};

const HOUR: u64 = 60 * 60 * 1000;

pub(super) async fn all(objects: &dyn Objects) {
    bytes_come_back(objects).await;
    the_same_bytes_have_one_name(objects).await;
    a_deleted_object_is_absent(objects).await;
    an_object_has_a_largest_size(objects).await;
    idle_objects_are_swept(objects).await;
}

fn some_audio() -> Bytes {
    fresh("audio").into_bytes().repeat(300).into()
}

async fn bytes_come_back(objects: &dyn Objects) {
    for bytes in [some_audio(), Bytes::from(vec![0; 1 << 20]), Bytes::new()] {
        let key = good("put", objects.put(bytes.clone()).await);
        assert_eq!(key, ObjectKey::of(&bytes), "the name is the hash");
        for _ in 0..2 {
            let back = good("get", objects.get(&key).await);
            assert_eq!(back.as_ref(), Some(&bytes), "the exact bytes");
        }
    }
}

async fn the_same_bytes_have_one_name(objects: &dyn Objects) {
    let bytes = some_audio();
    let puts = (0..8).map(|_| objects.put(bytes.clone()));
    for key in futures::future::join_all(puts).await {
        assert_eq!(good("put", key), ObjectKey::of(&bytes), "one name");
    }
    let key = ObjectKey::of(&bytes);
    assert_eq!(good("get", objects.get(&key).await), Some(bytes));
}

async fn a_deleted_object_is_absent(objects: &dyn Objects) {
    let bytes = some_audio();
    let key = good("put", objects.put(bytes.clone()).await);
    for _ in 0..2 {
        good("delete", objects.delete(&key).await);
        assert_eq!(good("get", objects.get(&key).await), None, "absent");
    }
    good("put", objects.put(bytes.clone()).await);
    let back = good("get", objects.get(&key).await);
    assert_eq!(back, Some(bytes), "it may come back");
}

async fn an_object_has_a_largest_size(objects: &dyn Objects) {
    let most = vec![7; 8 << 20];
    let more = [&most[..], &[7]].concat();
    let refused = objects.put(more.into()).await;
    let told = matches!(refused, Err(StoreError::Unavailable(_)));
    assert!(told, "8 MB and one byte: {refused:?}");
    let key = good("8 MB", objects.put(most.into()).await);
    good("delete", objects.delete(&key).await);
}

async fn idle_objects_are_swept(objects: &dyn Objects) {
    let kept = good("put", objects.put(some_audio()).await);
    let idle = good("put", objects.put(some_audio()).await);
    let none = good("sweep", objects.sweep(HOUR, &[]).await);
    assert_eq!(none, 0, "nothing has been idle for an hour");
    let keep = [kept.clone()];
    if let Some(held) = good("idle", objects.idle(0, &keep).await) {
        assert!(held.entries >= 1 && held.bytes >= held.entries, "{held:?}");
        let young = good("idle", objects.idle(HOUR, &[]).await);
        assert_eq!(young, Some(Held::default()), "nothing is that old");
    }
    let some = good("sweep", objects.sweep(0, &keep).await);
    assert!(some >= 1, "what is not kept goes");
    assert_eq!(good("get", objects.get(&idle).await), None, "swept");
    let back = good("get", objects.get(&kept).await);
    assert!(back.is_some(), "what is in use stays");
}
