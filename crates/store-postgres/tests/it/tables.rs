//! Making the tables: at once, again, and where they cannot be made.

use store::{Records, contract};
use store_postgres::Settings;

use crate::world::{
    Raw, as_user, fresh, instance, new_call, of_database, open, refused, settings, url,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_that_start_at_once_make_the_tables_once() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let settings = settings.clone();
            tokio::spawn(async move {
                let records = open(&settings).await;
                records.claim(&new_call(), &instance()).await.unwrap().epoch
            })
        })
        .collect();
    for start in starts {
        assert_eq!(start.await.unwrap(), 1);
    }
    let mut raw = Raw::to(&url).await;
    let steps = format!("SELECT count(*) FROM {}.steps", settings.schema);
    assert_eq!(raw.count(&steps).await, 1);
}

#[tokio::test]
async fn what_is_there_is_used_again() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    let call = new_call();
    let first = open(&settings).await.claim(&call, &instance()).await;
    assert_eq!(first.unwrap().epoch, 1);
    let second = open(&settings).await.claim(&call, &instance()).await;
    assert_eq!(second.unwrap().epoch, 2);
}

#[tokio::test]
async fn tables_of_a_newer_program_are_refused_and_left_alone() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    drop(open(&settings).await);
    let mut raw = Raw::to(&url).await;
    let schema = &settings.schema;
    raw.run(&format!("INSERT INTO {schema}.steps (step) VALUES (77)"))
        .await;
    let said = refused(settings.clone()).await;
    assert!(
        said.contains("newer version of this program (step 77"),
        "{said}"
    );
    raw.run(&format!("DELETE FROM {schema}.steps WHERE step = 77"))
        .await;
    drop(open(&settings).await);
}

/// Another program's tables in the same database, of the same names.
#[tokio::test]
async fn it_keeps_to_its_own_schema() {
    let Some(url) = url() else { return };
    let mut raw = Raw::to(&url).await;
    let database = fresh("shared");
    raw.run(&format!("CREATE DATABASE {database}")).await;
    let url = of_database(&url, &database);
    let mut raw = Raw::to(&url).await;
    raw.run("CREATE TABLE public.calls (x int); CREATE TABLE public.steps (x int)")
        .await;
    contract::records(&open(&settings(&url)).await).await;
    assert_eq!(raw.count("SELECT count(*) FROM public.calls").await, 0);
}

#[tokio::test]
async fn a_user_without_rights_is_told_what_to_ask_for() {
    let Some(url) = url() else { return };
    let mut raw = Raw::to(&url).await;
    let user = fresh("poor");
    raw.run(&format!("CREATE ROLE {user} LOGIN PASSWORD 'pw'"))
        .await;
    let settings = settings(&as_user(&url, &user, "pw"));
    let said = refused(settings.clone()).await;
    assert!(said.contains("CREATE SCHEMA frontdesk"), "{said}");
    // With a schema of its own it needs no other right.
    let schema = &settings.schema;
    raw.run(&format!("CREATE SCHEMA {schema} AUTHORIZATION {user}"))
        .await;
    open(&settings).await.health().await.unwrap();
}

#[tokio::test]
async fn a_database_that_lacks_letters_is_refused() {
    let Some(url) = url() else { return };
    let mut raw = Raw::to(&url).await;
    let database = fresh("latin");
    raw.run(&format!(
        "CREATE DATABASE {database} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    ))
    .await;
    let said = refused(settings(&of_database(&url, &database))).await;
    assert!(
        said.contains("LATIN1") && said.contains("--encoding=UTF8"),
        "{said}"
    );
}

#[tokio::test]
async fn a_server_that_only_reads_is_said() {
    let Some(url) = url() else { return };
    let settings = settings(&url);
    drop(open(&settings).await);
    let url = format!("{url}?options=-c%20default_transaction_read_only=on");
    let records = open(&Settings { url, ..settings }).await;
    let said = records.health().await.unwrap_err().to_string();
    assert!(said.contains("name the primary"), "{said}");
}
