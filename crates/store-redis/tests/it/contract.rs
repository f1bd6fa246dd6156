use std::sync::Arc;

use store::{FolderObjects, Objects, Recipes, contract};

use crate::world::{Raw, settings, sound, store, url, whole};

#[tokio::test]
async fn redis_keeps_objects() {
    let Some(url) = url() else { return };
    contract::objects(&store(&url)).await;
}

#[tokio::test]
async fn redis_keeps_recipes() {
    let Some(url) = url() else { return };
    contract::recipes(&store(&url)).await;
}

#[tokio::test]
async fn redis_gives_turns() {
    let Some(url) = url() else { return };
    contract::flights(&store(&url)).await;
}

#[tokio::test]
async fn tiers_with_redis_keep_objects_and_recipes() {
    let Some(url) = url() else { return };
    let home = tempfile::tempdir().unwrap();
    let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
    let tiers = whole(Arc::new(store(&url)), folder);
    contract::objects(&tiers).await;
    contract::recipes(&tiers).await;
}

#[tokio::test]
async fn everything_ends_by_itself_and_a_read_puts_the_end_off() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let redis = store_redis::RedisStore::new(settings.clone()).unwrap();
    let mut raw = Raw::to(&url).await;
    let key = redis.put(sound(1)).await.unwrap();
    let name = format!("{}o:{}", settings.prefix, key.as_str());
    let day = 24 * 60 * 60_000;
    let left: i64 = raw.ask(&[b"PTTL", name.as_bytes()]).await;
    assert!((day - 60_000..=day).contains(&left), "{left}");
    raw.ask::<()>(&[b"PEXPIRE", name.as_bytes(), b"60000"])
        .await;
    redis.get(&key).await.unwrap().unwrap();
    let left: i64 = raw.ask(&[b"PTTL", name.as_bytes()]).await;
    assert!((day - 60_000..=day).contains(&left), "{left}");
    // What was not used for an hour is swept by those who say so.
    raw.ask::<()>(&[
        b"PEXPIRE",
        name.as_bytes(),
        (day - 3_600_000).to_string().as_bytes(),
    ])
    .await;
    assert_eq!(redis.sweep(2 * 3_600_000, &[]).await, Ok(0));
    assert_eq!(redis.sweep(3_600_000, &[]).await, Ok(1));
}

#[tokio::test]
async fn a_note_ends_when_it_says() {
    let Some(url) = url() else { return };
    let redis = store(&url);
    let recipe = store::RecipeKey::parse(&"ab".repeat(32)).unwrap();
    let over = store::Note {
        known: store::Known::Failed("busy".to_owned()),
        until: events::At(5),
    };
    redis.note(&recipe, over).await.unwrap();
    assert_eq!(redis.find(&recipe).await, Ok(None));
}
