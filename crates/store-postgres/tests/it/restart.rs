//! A server that is started late, killed in the middle of calls, and asked for over TLS.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use events::TurnId;
use store::{Records, StoreError};
use store_postgres::{PostgresRecords, Settings};

use crate::world::{
    NOON, Server, ask, commit, instance, new_business, new_call, open, refused, settings, until,
};

const PATIENCE: Duration = Duration::from_secs(60);

async fn late(server: &Server) -> (Settings, PostgresRecords, usize) {
    let settings = settings(&server.url());
    let mut told = Vec::new();
    let opened =
        PostgresRecords::open_within(settings.clone(), PATIENCE, |e| told.push(e.to_string()))
            .await;
    let records = opened.unwrap_or_else(|e| panic!("{e} {told:?}"));
    assert!(told.iter().all(|e| e.contains("127.0.0.1")), "{told:?}");
    (settings, records, told.len())
}

/// What was committed is there after kill -9, nobody else's epoch is, and the calls go on without a restart of ours.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_in_the_middle_of_calls_loses_nothing() {
    let Some(mut server) = Server::begin() else {
        return;
    };
    let (_, records, waited) = late(&server).await;
    assert!(waited > 0, "it was not ready at once");
    let (records, down) = (Arc::new(records), Arc::new(AtomicBool::new(false)));
    let calls: Vec<_> = (0..4)
        .map(|_| tokio::spawn(talk(records.clone(), down.clone())))
        .collect();
    until("the calls are under way", async || {
        let all = store::CallFilter {
            limit: 200,
            ..store::CallFilter::default()
        };
        let rows = records.calls(all).await.unwrap();
        rows.iter().filter(|row| row.turns > 10).count() == 4
    })
    .await;
    server.kill();
    let refused = records.health().await.unwrap_err().to_string();
    assert!(
        refused.contains("start it") || refused.contains("listens"),
        "{refused}"
    );
    down.store(true, Ordering::SeqCst);
    server.start_again().await;
    for call in calls {
        let (call, said) = call.await.unwrap();
        let stored = records.events(&call).await.unwrap();
        assert_eq!(stored.len(), said as usize);
        assert_eq!(records.claim(&call, &instance()).await.unwrap().epoch, 2);
    }
}

/// Commits turn after turn, each until it is taken; some more after the server was down. Says how many.
async fn talk(records: Arc<PostgresRecords>, down: Arc<AtomicBool>) -> (events::CallId, u32) {
    let business = new_business();
    let lease = records.claim(&new_call(), &instance()).await.unwrap();
    let (mut seq, mut after) = (0, 0);
    while after < 5 {
        let was_down = down.load(Ordering::SeqCst);
        let next = commit(&lease, &business, seq);
        match records.commit(next).await {
            Ok(()) => {
                seq += 1;
                after += u32::from(was_down);
            }
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(10)).await,
            Err(e) => panic!("turn {seq}: {e}"),
        }
    }
    (lease.call, seq)
}

#[tokio::test]
async fn connections_that_a_restart_broke_cost_no_error() {
    let Some(mut server) = Server::begin() else {
        return;
    };
    let (_, records, _) = late(&server).await;
    let business = new_business();
    let beats = futures::future::join_all((0..3).map(|_| records.health())).await;
    assert!(beats.iter().all(Result::is_ok), "{beats:?}");
    server.kill();
    server.start_again().await;
    for n in 0..4 {
        let wanted = ask(&business, NOON + n * 3_600_000, 1);
        let made = records.reserve(&new_call(), TurnId(1), 0, wanted).await;
        assert!(made.is_ok(), "{n}: {made:?}");
    }
}

#[tokio::test]
async fn tls_is_used_as_the_url_says() {
    let Some(server) = Server::begin() else {
        return;
    };
    let (good, _, _) = late(&server).await;
    let certificate = server.certificate();
    let (url, named) = (server.url(), server.url().replace("127.0.0.1", "localhost"));
    let with = |url: &str, query: String| Settings {
        url: format!("{url}?{query}"),
        ..good.clone()
    };
    let root = format!("sslrootcert={}", certificate.display());
    for (url, query) in [
        (&url, "sslmode=disable".to_owned()),
        (&url, "sslmode=require".to_owned()),
        (&named, format!("sslmode=verify-full&{root}")),
    ] {
        open(&with(url, query)).await.health().await.unwrap();
    }
    for (url, query) in [
        (&named, "sslmode=verify-full".to_owned()),
        (&url, format!("sslmode=verify-full&{root}")),
    ] {
        let said = refused(with(url, query)).await;
        assert!(
            said.contains("not trusted") && !said.contains("s3cret"),
            "{said}"
        );
    }
}
