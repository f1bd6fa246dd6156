//! A process that is killed, and one that may write no further: each is this test binary, started again as a child.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use bytes::Bytes;
use events::TurnId;
use store::{
    FolderObjects, Known, Message, Note, ObjectKey, Objects, Recipe, RecipeKey, Recipes, Records,
    SqliteRecords, StoreError,
};

use crate::world::{NOON, ask, call, claim, key, shop, turn};

const FOLDER: &str = "STORE_TEST_CHILD_FOLDER";
const HALF_AN_HOUR: u64 = 30 * 60_000;

/// What the child does, over and over, until it is killed or refused: a turn, a reservation, a message, a clip, what is
/// known of the clip. It says each step that it was told is done. Without the variable there is no child, and nothing to do.
#[tokio::test]
async fn as_a_child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let folder = Path::new(&folder);
    let records = SqliteRecords::open(folder).await.unwrap();
    let objects = FolderObjects::open(folder.join("audio")).unwrap();
    let lease = claim(&records, "a").await;
    for n in 0..2_000 {
        let mut told = turn(&lease, n, &"x".repeat(60));
        told.answer.as_mut().unwrap().key = key(n);
        let told = records.commit(told).await;
        let full = told.is_err();
        say("turn", n, told);
        say("reservation", n, reserve(&records, n).await);
        let left = records.leave_message(TurnId(n), 1, message(n)).await;
        say("message", n, left);
        let clip = if full {
            vec![7; 1 << 20].into()
        } else {
            sound(n)
        };
        say("clip", n, objects.put(clip).await);
        say("note", n, objects.note(&recipe(n), note(n)).await);
        if full {
            return;
        }
    }
}

/// One line per step, `<step> <n> ok` or `<step> <n> <why not>`; nothing is buffered, so a killed child has said it.
fn say<T>(step: &str, n: u32, done: Result<T, StoreError>) {
    let line = match &done {
        Ok(_) => format!("\n{step} {n} ok\n"),
        Err(e) => format!("\n{step} {n} {e}\n"),
    };
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

async fn reserve(records: &SqliteRecords, n: u32) -> Result<store::Reservation, StoreError> {
    let start = NOON + u64::from(n) * HALF_AN_HOUR;
    let mut wanted = ask(start, "Ada", "+1");
    wanted.parallel = 1;
    records.reserve(&call("a"), TurnId(n), 0, wanted).await
}

fn message(n: u32) -> Message {
    Message {
        business: shop(),
        call: call("a"),
        at: NOON + u64::from(n),
        name: "Ada".to_owned(),
        phone: "+1".to_owned(),
        text: format!("message {n}"),
    }
}

fn sound(n: u32) -> Bytes {
    format!("sound {n} ").repeat(800).into()
}

/// What makes the n-th clip.
fn recipe(n: u32) -> RecipeKey {
    let text = format!("sound {n}");
    Recipe {
        tenant: None,
        provider: "a",
        model: "b",
        voice: "c",
        settings: "d",
        text: &text,
        format: "e",
        version: 1,
    }
    .key()
}

/// What is known of it.
fn note(n: u32) -> Note {
    Note {
        known: Known::Made(format!("{{\"clip\": {n}}}").repeat(20)),
        until: NOON,
    }
}

/// Starts the child in `folder`. With `limit`, no file of it grows beyond so many bytes.
fn child(folder: &Path, limit: Option<u64>) -> (Child, BufReader<ChildStdout>) {
    let own = std::env::current_exe().unwrap();
    // The shell's unit is 512 bytes or 1 kB; ignoring the signal turns it into an error of the write.
    let limit = limit.map_or("unlimited".to_owned(), |bytes| (bytes / 512).to_string());
    let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .arg(own)
        .args([
            "--exact",
            "killed::as_a_child",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap());
    (child, said)
}

/// How many of each step were done, by what the child said, and its complaints.
#[derive(Debug, Default)]
struct Said {
    turns: u32,
    reservations: u32,
    messages: u32,
    clips: u32,
    notes: u32,
    complaints: Vec<String>,
}

impl Said {
    fn take(&mut self, line: &str) {
        let mut words = line.splitn(3, ' ');
        let step = words.next().unwrap_or_default();
        let count = match step {
            "turn" => &mut self.turns,
            "reservation" => &mut self.reservations,
            "message" => &mut self.messages,
            "clip" => &mut self.clips,
            "note" => &mut self.notes,
            _ => return,
        };
        match words.nth(1) {
            Some("ok") => *count += 1,
            Some(why) => self.complaints.push(format!("{step}: {why}")),
            None => {}
        }
    }
}

/// All that was said to be done is there, at most one step more of each, and the store goes on.
async fn check(folder: &Path, said: &Said) {
    let records = SqliteRecords::open(folder).await.unwrap();
    assert_eq!(records.notes(), [] as [String; 0], "{said:?}");
    let events = records.events(&call("a")).await.unwrap().len();
    assert!(
        (said.turns as usize..=said.turns as usize + 1).contains(&events),
        "{events}: {said:?}"
    );
    for n in 0..said.turns {
        assert!(
            records.answer(&key(n)).await.unwrap().is_some(),
            "answer {n}"
        );
    }
    let end = NOON + 200_000 * HALF_AN_HOUR;
    let stored = records.reservations(&shop(), NOON, end).await.unwrap();
    let made = said.reservations as usize;
    assert!(
        (made..=made + 1).contains(&stored.len()),
        "{}: {said:?}",
        stored.len()
    );
    for (n, there) in (0..).zip(&stored) {
        let again = reserve(&records, n).await.unwrap();
        assert_eq!(again.id, there.id, "a repetition finds the first");
    }
    let next = u32::try_from(stored.len()).unwrap();
    let new = reserve(&records, next).await.unwrap();
    assert!(
        stored.iter().all(|there| there.id != new.id),
        "the next one is new"
    );
    let messages = records.messages(&shop()).await.unwrap().len();
    let left = (said.messages as usize).min(200);
    assert!(
        (left..=left + 1).contains(&messages),
        "{messages}: {said:?}"
    );
    let objects = FolderObjects::open(folder.join("audio")).unwrap();
    for n in 0..said.clips {
        let bytes = objects.get(&ObjectKey::of(&sound(n))).await.unwrap();
        assert_eq!(bytes, Some(sound(n)), "clip {n}");
    }
    for n in 0..said.notes {
        assert_eq!(
            objects.find(&recipe(n)).await,
            Ok(Some(note(n))),
            "note {n}"
        );
    }
    // The one that was being written is there or not; a part of it is neither found nor in the way.
    let (last_clip, last_note) = (ObjectKey::of(&sound(said.clips)), recipe(said.notes));
    let clip = objects.get(&last_clip).await.unwrap();
    assert!(clip.is_none_or(|bytes| bytes == sound(said.clips)));
    let known = objects.find(&last_note).await.unwrap();
    assert!(known.is_none_or(|known| known == note(said.notes)));
    assert_eq!(objects.put(sound(said.clips)).await, Ok(last_clip));
    assert_eq!(objects.note(&last_note, note(said.notes)).await, Ok(()));
    let lease = claim(&records, "a").await;
    let next = turn(&lease, lease.events, "after");
    records.commit(next).await.unwrap();
}

#[tokio::test]
async fn a_killed_process_has_kept_what_it_said() {
    for lines in [1, 2, 3, 4, 5, 9, 14, 19, 23, 40] {
        let home = tempfile::tempdir().unwrap();
        let (mut child, mut out) = child(home.path(), None);
        let mut said = Said::default();
        let mut line = String::new();
        for _ in 0..1_000 {
            line.clear();
            assert_ne!(
                out.read_line(&mut line).unwrap(),
                0,
                "the child ended: {said:?}"
            );
            said.take(line.trim());
            if said.turns + said.reservations + said.messages + said.clips + said.notes >= lines {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        out.lines()
            .map_while(Result::ok)
            .for_each(|line| said.take(&line));
        assert_eq!(said.complaints, [] as [String; 0]);
        check(home.path(), &said).await;
    }
}

#[tokio::test]
async fn a_full_disk_is_told_and_leaves_nothing_half_written() {
    let home = tempfile::tempdir().unwrap();
    // Room for the tables and some turns, and not for the megabyte that the child tries at the end.
    let (mut child, out) = child(home.path(), Some(400_000));
    let mut said = Said::default();
    out.lines()
        .map_while(Result::ok)
        .for_each(|line| said.take(&line));
    child.wait().unwrap();
    assert!(said.turns > 0, "{said:?}");
    let told = |what: &str, file: &str| {
        let mut all = said.complaints.iter();
        all.any(|why| why.starts_with(what) && why.contains(file) && why.contains("full"))
    };
    assert!(told("turn", "calls.db"), "{said:?}");
    assert!(told("clip", "audio"), "{said:?}");
    let drafts = std::fs::read_dir(home.path().join("audio/making")).unwrap();
    assert_eq!(drafts.count(), 0, "no half clip is left");
    check(home.path(), &said).await;
}
