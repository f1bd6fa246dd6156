//! Made once, and found again.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use events::{Clock, ManualClock, SystemClock};
use futures::future::join_all;
use store::{
    Cookbook, FolderObjects, Layer, Made, MemoryFlights, MemoryObjects, Recipe, RecipeKey, Source,
    Tiers,
};

fn recipe(text: &str) -> RecipeKey {
    Recipe {
        tenant: None,
        provider: "p",
        model: "",
        voice: "v",
        settings: "",
        text,
        format: "mulaw8000",
        version: 1,
    }
    .key()
}

fn book(clock: Arc<dyn Clock>, layers: Vec<Layer>) -> Cookbook {
    let tiers = Arc::new(Tiers::new(layers, clock.clone()));
    let flights = Arc::new(MemoryFlights::new(clock.clone()));
    Cookbook::new(tiers, flights, clock, 5_000, 2_000)
}

fn memory() -> Vec<Layer> {
    vec![Layer::new("memory", Arc::new(MemoryObjects::default()))]
}

fn hour() -> Result<Made, String> {
    Ok(Made {
        json: "{}".to_owned(),
        keep_ms: 3_600_000,
    })
}

#[tokio::test]
async fn a_hundred_want_it_and_one_makes_it() {
    let book = book(Arc::new(SystemClock::new()), memory());
    let (recipe, makers) = (recipe("Good morning."), AtomicU32::new(0));
    let want = || {
        book.find_or_make(&recipe, || async {
            tokio::task::yield_now().await;
            makers.fetch_add(1, Ordering::SeqCst);
            hour()
        })
    };
    let all = join_all((0..100).map(|_| want())).await;
    let made = all
        .iter()
        .filter(|one| **one == Ok(("{}".to_owned(), Source::Made)));
    assert_eq!((made.count(), makers.load(Ordering::SeqCst)), (1, 1));
    assert!(all.iter().all(Result::is_ok));
}

#[tokio::test]
async fn a_failure_answers_everybody_for_a_moment() {
    let clock = Arc::new(ManualClock::default());
    let book = book(clock.clone(), memory());
    let recipe = recipe("Good morning.");
    let busy = || async { Err("every engine is busy".to_owned()) };
    let first = book.find_or_make(&recipe, busy).await;
    assert_eq!(first, Err("every engine is busy".to_owned()));
    clock.advance(1_999);
    let within = book.find_or_make(&recipe, || async { hour() }).await;
    assert_eq!(within, first, "nobody is asked again so soon");
    clock.advance(1);
    let after = book.find_or_make(&recipe, || async { hour() }).await;
    assert_eq!(after, Ok(("{}".to_owned(), Source::Made)));
}

#[tokio::test]
async fn a_stand_in_is_not_kept() {
    let clock = Arc::new(ManualClock::default());
    let book = book(clock.clone(), memory());
    let recipe = recipe("Good morning.");
    let stand_in = || async {
        Ok(Made {
            json: "1".to_owned(),
            keep_ms: 3_000,
        })
    };
    let (json, _) = book.find_or_make(&recipe, stand_in).await.unwrap();
    assert_eq!(json, "1");
    clock.advance(3_000);
    let (json, source) = book
        .find_or_make(&recipe, || async { hour() })
        .await
        .unwrap();
    assert_eq!((json.as_str(), source), ("{}", Source::Made));
}

#[tokio::test]
async fn after_a_restart_it_is_found_and_once_forgotten_made_again() {
    let home = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let start = || {
        let folder = Arc::new(FolderObjects::open(home.path()).unwrap());
        let mut layers = memory();
        layers.push(
            Layer::new("folder", folder)
                .durable()
                .within(10_000, 10_000),
        );
        book(clock.clone(), layers)
    };
    let recipe = recipe("Good morning.");
    let (_, source) = start()
        .find_or_make(&recipe, || async { hour() })
        .await
        .unwrap();
    assert_eq!(source, Source::Made);
    let restarted = start();
    let (json, source) = restarted
        .find_or_make(&recipe, || async { hour() })
        .await
        .unwrap();
    assert_eq!((json.as_str(), source), ("{}", Source::Found));
    restarted.forget(&recipe).await;
    let (_, source) = start()
        .find_or_make(&recipe, || async { hour() })
        .await
        .unwrap();
    assert_eq!(source, Source::Made);
}
