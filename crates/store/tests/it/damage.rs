use std::{fs, path::Path};

use store::{Records, SqliteRecords};

use crate::world::{NOON, ask, call, claim, copy, key, turn};
use events::TurnId;

/// A folder as a killed process leaves it: the files and their logs, with `turns` accepted.
async fn image(turns: u32) -> tempfile::TempDir {
    let (home, image) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let records = SqliteRecords::open(home.path()).await.unwrap();
    let lease = claim(&records, "a").await;
    for n in 0..turns {
        records.commit(turn(&lease, n, "hello")).await.unwrap();
        let start = NOON + u64::from(n) * 30 * 60_000;
        let made = records
            .reserve(&lease.call, TurnId(n), 0, ask(start, "Ada", "+1"))
            .await;
        made.unwrap();
    }
    copy(home.path(), image.path());
    image
}

/// It serves: it can be written and read, whatever was lost.
async fn serves(folder: &Path) -> Vec<String> {
    let records = SqliteRecords::open(folder).await.unwrap();
    let lease = claim(&records, "after").await;
    records.commit(turn(&lease, 0, "after")).await.unwrap();
    let row = records.call(&lease.call).await.unwrap();
    assert!(row.is_some());
    let start = NOON + 9_000 * 60_000;
    let made = records
        .reserve(&lease.call, TurnId(0), 0, ask(start, "Ada", "+1"))
        .await;
    made.unwrap();
    records.notes().to_vec()
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_was_accepted() {
    let image = image(20).await;
    let records = SqliteRecords::open(image.path()).await.unwrap();
    assert_eq!(records.notes(), [] as [String; 0]);
    for n in 0..20 {
        assert!(records.answer(&key(n)).await.unwrap().is_some(), "{n}");
    }
    let events = records.events(&call("a")).await.unwrap();
    assert_eq!(events.len(), 20);
}

#[tokio::test]
async fn a_process_killed_while_it_writes_keeps_every_call_whole() {
    let home = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open(home.path()).await.unwrap();
    let writes = (0..64_u32).map(|n| {
        let records = &records;
        async move {
            let lease = claim(records, &format!("call-{n}")).await;
            for t in 0..4 {
                let mut told = turn(&lease, t, "hello");
                told.answer.as_mut().unwrap().key = key(n * 10 + t);
                records.commit(told).await.unwrap();
            }
        }
    });
    let mut writing = std::pin::pin!(futures::future::join_all(writes));
    for _ in 0..5 {
        for _ in 0..20 {
            let _ = futures::poll!(&mut writing);
            tokio::task::yield_now().await;
        }
        let image = tempfile::tempdir().unwrap();
        copy(home.path(), image.path());
        whole(&SqliteRecords::open(image.path()).await.unwrap()).await;
    }
    writing.await;
    assert_eq!(whole(&records).await, 64);
}

/// Row, events and answers of a turn are all there or all not; says how many calls there are.
async fn whole(records: &SqliteRecords) -> usize {
    let mut calls = 0;
    for n in 0..64_u32 {
        let id = call(&format!("call-{n}"));
        let events = records.events(&id).await.unwrap();
        let row = records.call(&id).await.unwrap();
        let turns = row.map_or(0, |row| row.turns as usize + 1);
        assert_eq!(turns, events.len(), "call {n}");
        for t in 0..4 {
            let answer = records.answer(&key(n * 10 + t)).await.unwrap();
            assert_eq!(answer.is_some(), (t as usize) < turns, "call {n}, turn {t}");
        }
        calls += usize::from(turns > 0);
    }
    calls
}

#[tokio::test]
async fn a_torn_file_is_opened_or_moved_aside() {
    let image = image(12).await;
    let mut moved = 0;
    for name in ["calls.db", "calls.db-wal", "books.db", "books.db-wal"] {
        let size = fs::metadata(image.path().join(name)).unwrap().len();
        for part in 0..5 {
            let torn = tempfile::tempdir().unwrap();
            copy(image.path(), torn.path());
            let at = size * part / 5 + part * 13 % 512;
            let file = fs::File::options().write(true).open(torn.path().join(name));
            file.unwrap().set_len(at.min(size)).unwrap();
            let notes = serves(torn.path()).await;
            for note in &notes {
                assert!(note.contains(".db.corrupt-1"), "{note}");
            }
            moved += notes.len();
            assert!(
                serves(torn.path()).await.is_empty(),
                "mended: {name} at {at}"
            );
        }
    }
    assert!(moved > 0, "some of it cannot be opened");
}

#[tokio::test]
async fn nonsense_is_moved_aside_whole() {
    let home = tempfile::tempdir().unwrap();
    let nonsense = b"this was never a database, whatever its name says".repeat(100);
    fs::write(home.path().join("books.db"), &nonsense).unwrap();
    let notes = serves(home.path()).await;
    assert_eq!(notes.len(), 1);
    let aside = home.path().join("books.db.corrupt-1");
    assert!(notes[0].contains(aside.to_str().unwrap()), "{}", notes[0]);
    assert_eq!(fs::read(aside).unwrap(), nonsense);
}

#[tokio::test]
async fn damaged_files_do_not_pile_up() {
    let home = tempfile::tempdir().unwrap();
    for n in 1..=9 {
        fs::write(home.path().join(format!("calls.db.corrupt-{n}")), b"").unwrap();
    }
    fs::write(home.path().join("calls.db"), vec![b'x'; 8192]).unwrap();
    let e = SqliteRecords::open(home.path()).await.err().unwrap();
    assert!(e.to_string().contains("remove the ones named"), "{e}");
}

#[tokio::test]
async fn bytes_that_were_changed_never_stop_the_start() {
    let image = image(12).await;
    let first = SqliteRecords::open(image.path()).await.unwrap();
    drop(first); // everything is in the file now, and no log is left
    let size = fs::metadata(image.path().join("calls.db")).unwrap().len();
    for part in 0..6 {
        let bent = tempfile::tempdir().unwrap();
        copy(image.path(), bent.path());
        let path = bent.path().join("calls.db");
        let mut bytes = fs::read(&path).unwrap();
        let at = usize::try_from(size * part / 6).unwrap();
        let end = (at + 64).min(bytes.len());
        bytes[at..end].fill(0xff);
        fs::write(&path, bytes).unwrap();
        serves(bent.path()).await;
    }
}
