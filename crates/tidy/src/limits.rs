//! Everything has a limit: no unbounded queue or cache, no HTTP client without a timeout, no task without an owner.

use std::collections::BTreeSet;

use crate::{
    House, Violation,
    house::Room,
    paths::{Named, named},
    source::Source,
};

/// Where a bare spawn may stand, each with its reason.
const SPAWNERS: &[(&str, &str)] = &[
    (
        "crates/switchboard/src/spawn.rs",
        "the one place: every task there has an owner and a token",
    ),
    (
        "crates/frontdesk/src/main.rs",
        "starts the owner of all others",
    ),
    ("crates/carrier-sim/", "a program beside the house"),
    (
        "crates/provider-sim/src/sim.rs",
        "starts what dropping the simulator ends",
    ),
    ("crates/bench/", "a program beside the house"),
    ("crates/tidy/", "holds these words as data"),
];

/// What starts a task that nobody waits for.
const SPAWNS: &[&[&str]] = &[
    &["tokio", "spawn"],
    &["tokio", "task", "spawn"],
    &["tokio", "task", "spawn_local"],
    &["actix_web", "rt", "spawn"],
    &["actix_rt", "spawn"],
];

/// Queues, clients and tasks without a limit.
pub fn check(house: &House) -> Vec<Violation> {
    let mut found = Vec::new();
    for room in &house.rooms {
        let mut factories = BTreeSet::new();
        for source in &room.sources {
            let paths = named(source);
            found.extend(paths.iter().filter_map(|path| unlimited(source, path)));
            found.extend(clients(source, &paths, &mut factories));
            found.extend(caches(source, &paths));
        }
        found.extend(second_factory(room, &factories));
    }
    found
}

fn unlimited(source: &Source, path: &Named) -> Option<Violation> {
    if path.declared {
        return None;
    }
    let at = |what: &str, mend: &str| {
        Some(Violation::new(
            &source.path,
            path.line,
            format!("`{}`: {what}", path.text()),
            mend,
        ))
    };
    let last = path.segments.last()?.as_str();
    if path.segments.len() > 1 && (last == "unbounded" || last == "unbounded_channel") {
        return at(
            "a queue without a limit",
            "use a bounded channel and say what happens when it is full",
        );
    }
    let endless = path.empty_call && last == "channel" && path.segments.iter().any(|s| s == "mpsc");
    if endless {
        return at(
            "the standard library's queue without a limit",
            "use `sync_channel(n)` or a bounded channel and say what happens when it is full",
        );
    }
    let bare = SPAWNS.iter().any(|spawn| path.starts_with(spawn));
    let owner = |(start, _): &(&str, &str)| source.path.starts_with(start);
    if bare && !SPAWNERS.iter().any(owner) {
        return at(
            "a task without an owner",
            "spawn into the owner's `JoinSet` through crates/switchboard/src/spawn.rs",
        );
    }
    let timeless = path.starts_with(&["reqwest", "Client", "new"])
        || path.starts_with(&["reqwest", "get"])
        || path.starts_with(&["reqwest", "Client", "default"]);
    if timeless {
        return at(
            "an HTTP client without a timeout",
            "build it in the crate's one factory with `Client::builder().timeout(..)`",
        );
    }
    None
}

/// HTTP clients that are built without a timeout in the same file; notes the files that build any.
fn clients(
    source: &Source,
    paths: &[Named],
    factories: &mut BTreeSet<(String, usize)>,
) -> Option<Violation> {
    let built = paths.iter().find(|path| {
        path.starts_with(&["reqwest", "Client", "builder"])
            || path.starts_with(&["reqwest", "ClientBuilder", "new"])
    })?;
    factories.insert((source.path.clone(), built.line));
    let timed = source
        .lines()
        .any(|(_, line)| line.contains(".timeout(") || line.contains(".read_timeout("));
    (!timed).then(|| {
        Violation::new(
            &source.path,
            built.line,
            "an HTTP client without a timeout",
            "add `.timeout(..)`, or `.connect_timeout(..)` and `.read_timeout(..)` for a stream",
        )
    })
}

/// Caches that are built without a size in the same file.
fn caches(source: &Source, paths: &[Named]) -> Option<Violation> {
    let built = paths.iter().find(|path| {
        path.starts_with(&["moka"]) && path.ends_with(&["Cache", "builder"]) && !path.declared
    })?;
    let sized = source
        .lines()
        .any(|(_, line)| line.contains(".max_capacity("));
    (!sized).then(|| {
        Violation::new(
            &source.path,
            built.line,
            "a cache without a limit",
            "add `.max_capacity(..)`, and a weigher when its values differ in size",
        )
    })
}

fn second_factory(room: &Room, factories: &BTreeSet<(String, usize)>) -> Vec<Violation> {
    let others = factories.iter().skip(1);
    others
        .map(|(file, line)| {
            Violation::new(
                file,
                *line,
                format!("a second factory of HTTP clients in `{}`", room.name),
                "take the client that the first factory built",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        check(&House::of(&[
            ("crates/web/Cargo.toml", ""),
            ("crates/web/src/lib.rs", text),
        ]))
        .len()
    }

    #[test]
    fn queues_clients_and_tasks_without_a_limit_are_found() {
        for text in [
            "fn f() { tokio::sync::mpsc::unbounded_channel::<u8>(); }",
            "use tokio::sync::mpsc;\nfn f() { mpsc::unbounded_channel::<u8>(); }",
            "fn f() { futures::channel::mpsc::unbounded::<u8>(); }",
            "use std::sync::mpsc::channel;\nfn f() { channel::<u8>(); }",
            "fn f() { tokio::spawn(async {}); }",
            "use tokio::task;\nfn f() { task::spawn(async {}); }",
            "use actix_web::rt;\nfn f() { rt::spawn(async {}); }",
            "fn f() { reqwest::Client::new(); }",
            "use reqwest::Client;\nfn f() { Client::builder().build(); }",
            "use moka::future::Cache;\nfn f() { Cache::builder().build(); }",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
    }

    #[test]
    fn what_has_a_limit_passes() {
        for text in [
            "fn f() { tokio::sync::mpsc::channel::<u8>(8); tokio::sync::oneshot::channel::<u8>(); }",
            "use reqwest::Client;\nfn f() { Client::builder().timeout(T).build(); }",
            "use moka::future::Cache;\nfn f() { Cache::builder().max_capacity(9).build(); }",
            "fn f(tasks: &mut JoinSet<()>) { tasks.spawn(async {}); tokio::task::spawn_blocking(|| ()); }",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }

    #[test]
    fn one_file_of_a_crate_builds_clients() {
        let text = "fn f() { reqwest::Client::builder().timeout(T); }";
        let house = House::of(&[
            ("crates/web/Cargo.toml", ""),
            ("crates/web/src/a.rs", text),
            ("crates/web/src/b.rs", text),
        ]);
        assert_eq!(check(&house).len(), 1);
    }
}
