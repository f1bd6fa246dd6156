use futures::future::{join, join_all};
use store::{Records, SqliteRecords, StoreError};

use crate::world::{NOON, ask, call, claim, copy, files_with, key, shop, turn};
use events::TurnId;

const MINUTE: u64 = 60_000;

#[tokio::test]
async fn records_outlive_their_process() {
    let home = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open(home.path()).await.unwrap();
    let lease = claim(&records, "a").await;
    records.commit(turn(&lease, 0, "hello")).await.unwrap();
    drop(records);
    let left = std::fs::read_dir(home.path()).unwrap().count();
    assert_eq!(left, 2, "two files, and no log beside them");
    let records = SqliteRecords::open(home.path()).await.unwrap();
    assert_eq!(records.notes(), [] as [String; 0]);
    let lease = claim(&records, "a").await;
    assert_eq!((lease.epoch, lease.events), (2, 1));
    let answer = records.answer(&key(0)).await.unwrap();
    assert_eq!(answer.as_deref(), Some(&b"<Say>hello</Say>"[..]));
}

#[tokio::test]
async fn two_processes_never_give_one_place_twice() {
    let home = tempfile::tempdir().unwrap();
    let one = SqliteRecords::open(home.path()).await.unwrap();
    let two = SqliteRecords::open(home.path()).await.unwrap();
    let tries = |records, name: &'static str| async move {
        let mut made = 0;
        for n in 0..60_u32 {
            let wanted = ask(NOON + u64::from(n % 4) * 30 * MINUTE, "Ada", "+1");
            let caller = call(&format!("{name}-{n}"));
            let done = Records::reserve(records, &caller, TurnId(0), 0, wanted).await;
            match done {
                Ok(_) => made += 1,
                Err(e) => assert_eq!(e, StoreError::Taken),
            }
        }
        made
    };
    let (a, b) = join(tries(&one, "a"), tries(&two, "b")).await;
    assert_eq!(a + b, 20, "four times, five chairs");
}

#[tokio::test]
async fn a_claim_by_another_process_fences_this_one() {
    let home = tempfile::tempdir().unwrap();
    let one = SqliteRecords::open(home.path()).await.unwrap();
    let two = SqliteRecords::open(home.path()).await.unwrap();
    let old = claim(&one, "a").await;
    one.commit(turn(&old, 0, "hello")).await.unwrap();
    let new = claim(&two, "a").await;
    assert_eq!((new.epoch, new.events), (2, 1));
    let late = one.commit(turn(&old, 1, "late")).await;
    assert_eq!(late, Err(StoreError::Fenced));
    two.commit(turn(&new, 1, "on time")).await.unwrap();
}

#[tokio::test]
async fn nothing_of_a_forgotten_caller_is_left_in_the_files() {
    let (number, name) = ("+15550104242", "Canary Quillfeather");
    let home = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open(home.path()).await.unwrap();
    for n in 0..30_u32 {
        // Every third call is theirs; each is written several times, so that old versions lie about.
        let theirs = n % 3 == 0;
        let from = if theirs { number } else { "+15550100000" };
        let lease = claim(&records, &format!("call-{n}")).await;
        for t in 0..6 {
            let mut told = turn(&lease, t, from);
            told.answer.as_mut().unwrap().key = key(n * 100 + t);
            records.commit(told).await.unwrap();
        }
        let who = if theirs { name } else { "Somebody" };
        let start = NOON + u64::from(n) * 30 * MINUTE;
        let wanted = ask(start, who, from);
        let made = records.reserve(&lease.call, TurnId(1), 0, wanted).await;
        made.unwrap();
        let message = store::Message {
            business: shop(),
            call: lease.call,
            at: NOON,
            name: who.to_owned(),
            phone: from.to_owned(),
            text: format!("This is {who}."),
        };
        records.leave_message(TurnId(2), 0, message).await.unwrap();
    }
    for text in [number, name] {
        assert!(!files_with(home.path(), text).is_empty(), "{text} is there");
    }
    let receipt = records.forget_caller(number).await.unwrap();
    let counts = (receipt.calls, receipt.reservations, receipt.messages);
    assert_eq!(counts, (10, 10, 10));
    for text in [number, name] {
        assert_eq!(files_with(home.path(), text), [] as [&str; 0], "{text}");
    }
    let others = files_with(home.path(), "+15550100000");
    assert_eq!(others, ["books.db", "calls.db"], "the others stay");
}

#[tokio::test]
async fn a_deletion_that_was_cut_off_is_finished_at_the_next_start() {
    let number = "+15550104242";
    let (home, image) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let records = SqliteRecords::open(home.path()).await.unwrap();
    for n in 0..3 {
        let lease = claim(&records, &format!("call-{n}")).await;
        records.commit(turn(&lease, 0, number)).await.unwrap();
    }
    let mut forgetting = records.forget_caller(number);
    // It has just written down what it will do, and the power goes.
    while !files_with(home.path(), number).contains(&"books.db-wal".to_owned()) {
        let _ = futures::poll!(&mut forgetting);
        tokio::task::yield_now().await;
    }
    copy(home.path(), image.path());
    drop(forgetting);
    let reborn = SqliteRecords::open(image.path()).await.unwrap();
    assert!(
        reborn.notes()[0].contains("finished"),
        "{:?}",
        reborn.notes()
    );
    let row = reborn.call(&call("call-1")).await.unwrap();
    assert_eq!(row, None);
    assert_eq!(files_with(image.path(), number), [] as [&str; 0]);
}

#[tokio::test]
async fn a_full_file_says_so_and_goes_on_when_there_is_room() {
    let home = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open_limited(home.path(), 256 << 10)
        .await
        .unwrap();
    let mut stored = 0;
    let full = loop {
        let lease = claim(&records, &format!("call-{stored}")).await;
        let mut told = turn(&lease, 0, &"x".repeat(100));
        told.row.ended = Some(NOON);
        told.answer.as_mut().unwrap().key = key(stored);
        match records.commit(told).await {
            Ok(()) => stored += 1,
            Err(e) => break e,
        }
        assert!(stored < 1000, "256 kB hold no thousand calls");
    };
    let StoreError::Unavailable(text) = full else {
        panic!("{full:?}");
    };
    assert!(text.contains("calls.db") && text.contains("full"), "{text}");
    let kept = records.answer(&key(stored - 1)).await.unwrap();
    assert!(kept.is_some(), "what was accepted is there");
    records.sweep(NOON + 1, NOON + 1).await.unwrap();
    assert_eq!(records.health().await, Ok(()));
    let lease = claim(&records, "next").await;
    records.commit(turn(&lease, 0, "room again")).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    let e = SqliteRecords::open(&file).await.err().unwrap();
    let text = e.to_string();
    assert!(text.contains(file.to_str().unwrap()), "{text}");
    assert!(text.contains("name a folder"), "{text}");
}

#[tokio::test]
async fn a_folder_may_have_any_name() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("a b?c#d%20é&mode=ro");
    let records = SqliteRecords::open(&folder).await.unwrap();
    assert_eq!(records.health().await, Ok(()));
    assert!(folder.join("calls.db").exists());
}

#[tokio::test]
async fn an_asker_who_leaves_does_not_cut_a_write_in_half() {
    let home = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open(home.path()).await.unwrap();
    let leases = join_all((0..40).map(|n| {
        let records = &records;
        async move { claim(records, &format!("call-{n}")).await }
    }))
    .await;
    for (n, lease) in (0..).zip(&leases) {
        let mut told = turn(lease, 0, "gone");
        told.answer.as_mut().unwrap().key = key(n);
        let mut asked = records.commit(told);
        let _ = futures::poll!(&mut asked); // queued, and the asker goes
    }
    // The writer works in order: when this is done, so are they.
    assert_eq!(records.health().await, Ok(()));
    for (n, lease) in (0..).zip(&leases) {
        let row = records.call(&lease.call).await.unwrap();
        let answer = records.answer(&key(n)).await.unwrap();
        let events = records.events(&lease.call).await.unwrap();
        assert!(row.is_some() && answer.is_some() && events.len() == 1);
    }
}
