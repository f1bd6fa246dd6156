//! What a server can suffer, and what is said then.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant},
};

use events::TurnId;
use futures::future::join_all;
use store::{Message, Records, StoreError};
use store_postgres::{PostgresRecords, Settings};

use crate::world::{
    NOON, Raw, as_user, ask, commit, free_port, fresh, instance, new_business, new_call,
    of_database, open, refused, settings, until, url,
};

#[tokio::test]
async fn a_wrong_password_is_said_and_never_shown() {
    let Some(url) = url() else { return };
    let wrong = refused(settings(&url.replace("s3cret", "gue55"))).await;
    assert!(
        wrong.contains("password is wrong") && !wrong.contains("gue55"),
        "{wrong}"
    );
    let nobody = refused(settings(&as_user(&url, "nobody-here", "gue55"))).await;
    assert!(
        nobody.contains("password is wrong") && !nobody.contains("gue55"),
        "{nobody}"
    );
}

/// What does not pass by itself is not waited for.
#[tokio::test]
async fn a_missing_database_is_said_at_once() {
    let Some(url) = url() else { return };
    let settings = settings(&of_database(&url, "no_such"));
    let mut told = 0;
    let minute = Duration::from_secs(60);
    let opened = PostgresRecords::open_within(settings, minute, |_| told += 1).await;
    let said = opened.err().expect("it is refused").to_string();
    assert!(
        said.contains("no_such") && said.contains("createdb"),
        "{said}"
    );
    assert_eq!(told, 0);
}

#[tokio::test]
async fn a_server_that_is_not_there_or_is_another_is_said() {
    let port = free_port();
    let gone = refused(settings(&format!("postgres://a:b@127.0.0.1:{port}/x"))).await;
    assert!(
        gone.contains(&format!("127.0.0.1:{port}/x")) && gone.contains("nobody listens"),
        "{gone}"
    );
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (mut client, _) = other.accept().unwrap();
        let _ = client.read(&mut [0; 4096]);
        let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let url = format!("postgres://a:b@127.0.0.1:{port}/x?sslmode=disable");
    let odd = refused(settings(&url)).await;
    assert!(odd.contains("is PostgreSQL that answers"), "{odd}");
    thread.join().unwrap();
}

/// A server that takes connections and says nothing costs the deadline.
#[tokio::test]
async fn a_black_hole_costs_its_deadline() {
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = hole.local_addr().unwrap().port();
    let settings = Settings {
        connect_ms: 200,
        ..settings(&format!("postgres://a:b@127.0.0.1:{port}/x"))
    };
    let from = Instant::now();
    let said = refused(settings).await;
    assert!(said.contains("no connection came"), "{said}");
    let ms = from.elapsed().as_millis();
    assert!((200..5_000).contains(&ms), "{ms}");
}

#[tokio::test]
async fn fewer_connections_than_wished_for_are_shared() {
    let Some(url) = url() else { return };
    let mut raw = Raw::to(&url).await;
    let user = fresh("few");
    raw.run(&format!(
        "CREATE ROLE {user} LOGIN SUPERUSER PASSWORD 'pw'; ALTER ROLE {user} NOSUPERUSER CONNECTION LIMIT 2"
    ))
    .await;
    let settings = Settings {
        connections: 8,
        ..settings(&as_user(&url, &user, "pw"))
    };
    let schema = &settings.schema;
    raw.run(&format!("CREATE SCHEMA {schema} AUTHORIZATION {user}"))
        .await;
    let records = open(&settings).await;
    let calls: Vec<_> = (0..40).map(|_| new_call()).collect();
    let instance = instance();
    let claims = calls.iter().map(|call| records.claim(call, &instance));
    for lease in join_all(claims).await {
        assert_eq!(lease.unwrap().epoch, 1);
    }
    // And when there is none at all, after the wait.
    raw.run(&format!("ALTER ROLE {user} CONNECTION LIMIT 0"))
        .await;
    let said = refused(Settings {
        wait_ms: 100,
        ..settings.clone()
    })
    .await;
    assert!(said.contains("no connection left"), "{said}");
}

#[tokio::test]
async fn what_takes_too_long_is_given_up_and_said() {
    let Some(url) = url() else { return };
    let settings = Settings {
        answer_ms: 300,
        connections: 1,
        ..settings(&url)
    };
    let records = open(&settings).await;
    let schema = &settings.schema;
    let mut raw = Raw::to(&url).await;
    raw.run(&format!(
        "BEGIN; LOCK TABLE {schema}.calls IN ACCESS EXCLUSIVE MODE"
    ))
    .await;
    let from = Instant::now();
    let late = records.claim(&new_call(), &instance()).await.unwrap_err();
    let (ms, late) = (from.elapsed().as_millis(), late.to_string());
    assert!((300..5_000).contains(&ms), "{ms}");
    let server_or_we = late.contains("took too long") || late.contains("no answer came");
    assert!(server_or_we, "{late}");
    raw.run("ROLLBACK").await;
    until("it goes on", async || {
        records.claim(&new_call(), &instance()).await.is_ok()
    })
    .await;
}

/// All connections are busy and stay so: the next one is told, after its wait.
#[tokio::test]
async fn a_full_pool_is_said() {
    let Some(url) = url() else { return };
    let settings = Settings {
        connections: 1,
        wait_ms: 200,
        ..settings(&url)
    };
    let records = Arc::new(open(&settings).await);
    let schema = &settings.schema;
    let mut raw = Raw::to(&url).await;
    raw.run(&format!(
        "BEGIN; LOCK TABLE {schema}.calls IN ACCESS EXCLUSIVE MODE"
    ))
    .await;
    let busy = records.clone();
    let waiting = tokio::spawn(async move { busy.claim(&new_call(), &instance()).await });
    waits_for(&url, schema, "calls").await;
    let said = records.health().await.unwrap_err().to_string();
    assert!(said.contains("all connections are in use"), "{said}");
    raw.run("ROLLBACK").await;
    assert_eq!(waiting.await.unwrap().unwrap().epoch, 1);
}

/// Until somebody waits for this table.
async fn waits_for(url: &str, schema: &str, table: &str) {
    let mut raw = Raw::to(url).await;
    let waiting = format!(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{schema}.{table}'::regclass"
    );
    until("somebody waits", async || raw.count(&waiting).await > 0).await;
}

/// Somebody who hangs up in the middle leaves neither half a booking nor a lock.
#[tokio::test]
async fn what_is_given_up_half_way_is_undone() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let records = Arc::new(open(&settings).await);
    let schema = &settings.schema;
    let business = new_business();
    let mut raw = Raw::to(&url).await;
    // The calendar is locked before the effects are read.
    raw.run(&format!(
        "BEGIN; LOCK TABLE {schema}.effects IN ACCESS EXCLUSIVE MODE"
    ))
    .await;
    let (other, wanted) = (records.clone(), ask(&business, NOON, 1));
    let call = new_call();
    let task = tokio::spawn(async move { other.reserve(&call, TurnId(1), 0, wanted).await });
    waits_for(&url, schema, "effects").await;
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());
    raw.run("ROLLBACK").await;
    let wanted = ask(&business, NOON, 1);
    let next = records.reserve(&new_call(), TurnId(1), 0, wanted).await;
    assert!(next.is_ok(), "{next:?}");
    let all = records.reservations(&business, NOON, NOON + 1).await;
    assert_eq!(all.unwrap().len(), 1);
}

/// The server ends a session (an administrator, a time limit, a failover): nobody notices.
#[tokio::test]
async fn sessions_that_the_server_ends_cost_no_error() {
    let Some(url) = url() else { return };
    let settings = Settings {
        ..settings(&format!("{url}?application_name={}", fresh("ended")))
    };
    let name = settings.url.rsplit_once('=').unwrap().1.to_owned();
    let records = open(&settings).await;
    let business = new_business();
    let lease = records.claim(&new_call(), &instance()).await.unwrap();
    let mut raw = Raw::to(&url).await;
    for seq in 0..10 {
        let beats: Vec<_> = join_all((0..3).map(|_| records.health())).await;
        assert!(beats.iter().all(Result::is_ok), "{beats:?}");
        let ended = raw
            .count(&format!(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{name}'"
            ))
            .await;
        assert!(ended > 0);
        let done = records.commit(commit(&lease, &business, seq)).await;
        assert_eq!(done, Ok(()), "{seq}");
    }
    assert_eq!(records.events(&lease.call).await.unwrap().len(), 10);
}

#[tokio::test]
async fn a_nul_is_kept_as_an_unknown_letter() {
    let Some(url) = url() else { return };
    let records = open(&settings(&url)).await;
    let (business, call) = (new_business(), new_call());
    let message = Message {
        business: business.clone(),
        call: call.clone(),
        at: NOON,
        name: "A\0da".to_owned(),
        phone: "\0".to_owned(),
        text: "süß \u{1f600}\0".to_owned(),
    };
    records.leave_message(TurnId(1), 0, message).await.unwrap();
    let kept = records.messages(&business).await.unwrap();
    let words = (kept[0].name.as_str(), kept[0].text.as_str());
    assert_eq!(words, ("A\u{fffd}da", "süß \u{1f600}\u{fffd}"));
    let mut wanted = ask(&business, NOON, 1);
    wanted.name = "A\0da".to_owned();
    let made = records
        .reserve(&call, TurnId(1), 0, wanted.clone())
        .await
        .unwrap();
    assert_eq!(made.ask.name, "A\u{fffd}da");
    let again = records.reserve(&call, TurnId(2), 0, wanted).await.unwrap();
    assert_eq!(again.id, made.id);
    let unknown = records.cancel("\0").await;
    assert_eq!(unknown, Err(StoreError::NotFound));
    assert!(records.forget_caller("\0").await.is_ok());
}

#[tokio::test]
async fn many_old_calls_and_answers_go_in_steps() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let (one, two) = (open(&settings).await, open(&settings).await);
    let schema = &settings.schema;
    let mut raw = Raw::to(&url).await;
    raw.run(&format!(
        "INSERT INTO {schema}.calls (call, epoch, instance, business, started, ended, turns, events)
         SELECT 'old-' || n, 1, '', 'shop', 100, 200, 0, 0 FROM generate_series(1, 2500) AS n;
         INSERT INTO {schema}.answers (hash, call, made, body)
         SELECT 'h' || n, 'live', 100, '' FROM generate_series(1, 2500) AS n"
    ))
    .await;
    let (a, b) = (events::At(1_000), events::At(1_000));
    let done = futures::join!(one.sweep(a, b), two.sweep(a, b));
    let gone = done.0.unwrap().calls + done.1.unwrap().calls;
    assert_eq!(gone, 2_500, "each once");
    let left = format!(
        "SELECT (SELECT count(*) FROM {schema}.calls) + (SELECT count(*) FROM {schema}.answers)"
    );
    assert_eq!(raw.count(&left).await, 0);
}
