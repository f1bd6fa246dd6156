//! Clips, as carriers fetch them.

use ::audio::Wav;

use crate::{
    sample::{clips, params, spoken},
    wire::request,
    world::World,
};

fn clip(world: &World) -> String {
    let xml = spoken(&world.post("/voice/incoming/bright-smile", &params(1)));
    clips(&xml).remove(0)
}

#[test]
fn a_clip_is_a_telephone_wav_that_may_be_kept_for_ever() {
    let world = World::new();
    let reply = world.get(&clip(&world));
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("audio/wav"));
    let control = reply.header("cache-control").expect("a cache control");
    assert_eq!(control, "public, max-age=31536000, immutable");
    assert_eq!(reply.header("accept-ranges"), Some("bytes"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let length = reply.body.len().to_string();
    assert_eq!(reply.header("content-length"), Some(&*length));
    let pcm = Wav::decode(&reply.body).expect("a WAV");
    assert_eq!(pcm.rate, 8_000);
    assert_eq!(&reply.body[20..22], &[7, 0], "mu-law");
}

#[test]
fn who_has_it_already_is_told_so() {
    let world = World::new();
    let path = clip(&world);
    let etag = world.get(&path).header("etag").expect("a tag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
    for known in [
        etag.clone(),
        format!("\"other\", {etag}"),
        format!("W/{etag}"),
        "*".into(),
    ] {
        let reply = world.get_with(&path, &[("If-None-Match", &known)]);
        assert_eq!((reply.status, reply.body.len()), (304, 0), "{known}");
        assert_eq!(reply.header("etag"), Some(&*etag));
        assert!(reply.header("cache-control").is_some());
    }
    let reply = world.get_with(&path, &[("If-None-Match", "\"other\"")]);
    assert_eq!(reply.status, 200);
}

#[test]
fn parts_of_it_can_be_had() {
    let world = World::new();
    let path = clip(&world);
    let whole = world.get(&path).body;
    let size = whole.len();
    let get = |range: &str| world.get_with(&path, &[("Range", range)]);
    for (range, from, to) in [
        ("bytes=0-3".to_owned(), 0, 4),
        ("bytes=100-".to_owned(), 100, size),
        ("bytes=-10".to_owned(), size - 10, size),
        (format!("bytes={}-999999999", size - 1), size - 1, size),
    ] {
        let reply = get(&range);
        assert_eq!(reply.status, 206, "{range}");
        assert_eq!(reply.body, &whole[from..to], "{range}");
        let told = format!("bytes {from}-{}/{size}", to - 1);
        assert_eq!(reply.header("content-range"), Some(&*told));
        assert_eq!(reply.header("content-type"), Some("audio/wav"));
    }
    for range in [
        format!("bytes={size}-"),
        "bytes=-0".into(),
        format!("bytes={}-", u64::MAX),
    ] {
        let reply = get(&range);
        assert_eq!(reply.status, 416, "{range}");
        let told = format!("bytes */{size}");
        assert_eq!(reply.header("content-range"), Some(&*told));
    }
    for range in [
        "bytes=5-2",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes=",
        "bytes=x-y",
        "bytes=99999999999999999999-",
    ] {
        let reply = get(range);
        assert_eq!((reply.status, reply.body.len()), (200, size), "{range}");
    }
}

#[test]
fn its_head_tells_its_length_and_sends_nothing() {
    let world = World::new();
    let path = clip(&world);
    let size = world.get(&path).body.len().to_string();
    let reply = world.send(&request("HEAD", &path, &[], b""));
    assert_eq!((reply.status, reply.body.len()), (200, 0));
    assert_eq!(reply.header("content-length"), Some(&*size));
    assert_eq!(reply.header("content-type"), Some("audio/wav"));
}

#[test]
fn what_was_never_spoken_is_not_there() {
    let world = World::new();
    let path = clip(&world);
    let name = path.split('?').next().expect("a path");
    let hash = &name["/audio/".len()..name.len() - ".wav".len()];
    let turned: String = hash.chars().rev().collect();
    for other in [
        format!("/audio/{turned}.wav"),
        format!("/audio/{}.wav", hash.to_uppercase()),
        format!("/audio/{}.wav", &hash[..63]),
        format!("/audio/{hash}"),
        format!("/audio/{hash}.mp3"),
        format!("/audio/{hash}.wav.wav"),
        format!("/audio/{hash}%2e%2e.wav"),
        "/audio/".into(),
        "/audio/..%2F..%2Fetc%2Fpasswd.wav".into(),
    ] {
        let reply = world.get_with(&other, &[("If-None-Match", "*")]);
        assert_eq!(reply.status, 404, "{other}");
    }
    assert_eq!(
        hash.len(),
        64,
        "the name is the hash: 256 bits that nobody guesses"
    );
}

#[test]
fn this_machine_is_told_the_words_and_nobody_else() {
    let world = World::new();
    let path = clip(&world);
    let words = world.get(&path).header("x-spoken-text").map(str::to_owned);
    let words = words.expect("the built-in network is told");
    assert!(words.contains("Bright%20Smile"), "{words}");
    for (name, value) in [
        ("X-Forwarded-For", "203.0.113.7"),
        ("Forwarded", "for=203.0.113.7"),
        ("X-Forwarded-Host", "frontdesk.example"),
        ("Via", "1.1 proxy"),
    ] {
        let reply = world.get_with(&path, &[(name, value)]);
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("x-spoken-text"), None, "{name}");
    }
}

#[test]
fn a_filler_whose_audio_is_gone_is_spoken_once_more() {
    let world = World::new();
    let switchboard = &world.app.switchboard;
    let (business, _) = (world.app.businesses)().remove(0);
    let made = world.wait(switchboard.generate_fillers(&business, |_| {}));
    assert!(made.expect("the records work").failed.is_empty());
    let rows = world.wait(switchboard.fillers(&business));
    let row = &rows.expect("the records work")[0];
    let name = row.object.clone().expect("it was made");
    let object = store::ObjectKey::parse(&name).expect("a hash");
    let deleted = switchboard.parts().objects.delete(&object);
    world.wait(deleted).expect("the folder works");
    let reply = world.get(&format!("/audio/{name}.wav"));
    assert_eq!(reply.status, 200);
    let pcm = Wav::decode(&reply.body).expect("a WAV");
    assert_eq!(Some(pcm.duration_ms()), row.ms.map(u64::from));
}
