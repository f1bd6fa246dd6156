//! Every fault, at every company.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use audio::Loudness;
use provider_sim::{Company, Fault, Pace, Sim};

use crate::ask::{client, decoded, heard, json_of, length, start, wanted};

#[tokio::test]
async fn without_a_fault_the_sound_is_as_long_as_the_text_and_audible() {
    for company in Company::ALL {
        let sim = start(company).await;
        let answer = wanted(&client(), &sim, company).send().await;
        let pcm = heard(company, answer.expect("it answers")).await;
        assert_eq!(pcm.duration_ms(), length(), "{company:?}");
        let level = Loudness::measure(&pcm).active_rms_dbfs;
        assert!((-30.0..-10.0).contains(&level), "{company:?}: {level}");
        let seen = sim.seen();
        assert_eq!(seen.len(), 1, "{company:?}");
        assert!(!seen[0].hung_up, "{company:?}");
    }
}

#[tokio::test]
async fn companies_are_not_equally_loud() {
    let level = async |company| {
        let sim = start(company).await;
        let answer = wanted(&client(), &sim, company).send().await;
        let pcm = heard(company, answer.expect("it answers")).await;
        Loudness::measure(&pcm).active_rms_dbfs
    };
    let step = level(Company::ElevenLabs).await - level(Company::XttsApi).await;
    assert!((6.0..10.0).contains(&step), "{step} dB");
}

#[tokio::test]
async fn the_same_words_sound_the_same_and_other_words_do_not() {
    let sim = start(Company::XttsApi).await;
    let ask = |text: &str| {
        let url = format!(
            "{}/tts_stream?language=en&speaker_wav=male&text={text}",
            sim.url()
        );
        async move {
            client()
                .get(url)
                .send()
                .await
                .expect("it answers")
                .bytes()
                .await
        }
    };
    let first = ask("abc").await.expect("it arrives");
    assert_eq!(first, ask("abc").await.expect("it arrives"));
    assert_ne!(first, ask("bca").await.expect("it arrives"));
}

#[tokio::test]
async fn refused_connections_are_refused_until_it_is_taken_back() {
    for company in Company::ALL {
        let sim = start(company).await;
        let kept = client();
        let send = async |client: &reqwest::Client| wanted(client, &sim, company).send().await;
        heard(company, send(&kept).await.expect("it answers")).await;
        sim.fault(Fault::Refuse);
        let refused = send(&client()).await.expect_err("nobody listens");
        assert_eq!(
            kind(&refused),
            Some(io::ErrorKind::ConnectionRefused),
            "{refused:?}"
        );
        send(&kept).await.expect_err("what stood was closed");
        sim.fault(Fault::None);
        heard(company, send(&kept).await.expect("it answers again")).await;
        assert_eq!(sim.connects(), 2, "{company:?}");
    }
}

#[tokio::test]
async fn a_black_hole_reads_and_never_answers() {
    for company in Company::ALL {
        let sim = start(company).await;
        sim.fault(Fault::BlackHole);
        let mut request = Box::pin(wanted(&client(), &sim, company).send());
        let seen = async {
            while sim.seen().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            answer = &mut request => panic!("{company:?}: {answer:?}"),
            () = seen => {}
        }
        let waited = tokio::time::timeout(Duration::from_millis(30), &mut request).await;
        assert!(waited.is_err(), "{company:?}: {waited:?}");
        drop(request);
        hung_up(&sim).await;
        assert!(sim.seen()[0].hung_up_after_ms >= Some(30));
    }
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    for company in Company::ALL {
        let sim = start(company).await;
        sim.fault(Fault::Reset);
        let error = wanted(&client(), &sim, company)
            .send()
            .await
            .expect_err("it breaks");
        assert_eq!(
            kind(&error),
            Some(io::ErrorKind::ConnectionReset),
            "{error:?}"
        );
        assert!(!sim.seen()[0].hung_up, "it was not the client");
    }
}

#[tokio::test]
async fn a_slow_answer_comes_late_and_whole() {
    for company in Company::ALL {
        let sim = start(company).await;
        sim.fault(Fault::Slow { first_ms: 80 });
        let begun = Instant::now();
        let answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        assert!(begun.elapsed() >= Duration::from_millis(80));
        assert_eq!(heard(company, answer).await.duration_ms(), length());
    }
}

#[tokio::test]
async fn a_dripping_answer_is_the_same_answer() {
    for company in [Company::Deepgram, Company::ElevenLabs, Company::Google] {
        let sim = start(company).await;
        sim.fault(Fault::Drip);
        let answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        assert_eq!(
            heard(company, answer).await.duration_ms(),
            length(),
            "{company:?}"
        );
    }
}

#[tokio::test]
async fn drops_fall_at_their_pace() {
    let sim = start(Company::OpenAi).await;
    sim.pace(Pace {
        drip_ms: 1,
        ..Pace::default()
    });
    sim.fault(Fault::Drip);
    let begun = Instant::now();
    let answer = client()
        .get(format!("{}/none", sim.url()))
        .send()
        .await
        .expect("it answers");
    let bytes = answer.bytes().await.expect("it arrives").len() as u64;
    assert!(bytes > 100);
    assert!(
        begun.elapsed() >= Duration::from_millis(bytes),
        "{bytes} bytes"
    );
}

#[tokio::test]
async fn a_status_comes_with_the_wait_and_the_company_s_words() {
    for company in Company::ALL {
        for code in [401, 429, 500, 503] {
            let sim = start(company).await;
            sim.fault(Fault::Status {
                code,
                retry_after_s: Some(7),
            });
            let answer = wanted(&client(), &sim, company)
                .send()
                .await
                .expect("it answers");
            assert_eq!(answer.status(), code, "{company:?}");
            assert_eq!(answer.headers()["retry-after"], "7");
            assert!(!answer.bytes().await.expect("it arrives").is_empty());
        }
    }
}

#[tokio::test]
async fn errors_have_the_documented_shape() {
    let of = async |company, code| {
        let sim = start(company).await;
        sim.fault(Fault::Status {
            code,
            retry_after_s: None,
        });
        json_of(
            wanted(&client(), &sim, company)
                .send()
                .await
                .expect("it answers"),
        )
        .await
    };
    assert_eq!(
        of(Company::Deepgram, 429).await["err_code"],
        "Too Many Requests"
    );
    assert_eq!(
        of(Company::Deepgram, 401).await["err_msg"],
        "Invalid credentials."
    );
    let busy = of(Company::ElevenLabs, 429).await;
    assert_eq!(busy["detail"]["status"], "too_many_concurrent_requests");
    assert_eq!(
        of(Company::OpenAi, 429).await["error"]["code"],
        "rate_limit_exceeded"
    );
    assert_eq!(
        of(Company::Google, 429).await["error"]["status"],
        "RESOURCE_EXHAUSTED"
    );
    assert_eq!(
        of(Company::Kokoro, 500).await["detail"]["error"],
        "processing_error"
    );
}

#[tokio::test]
async fn garbage_has_the_right_head() {
    for company in Company::ALL {
        let sim = start(company).await;
        let right = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        sim.fault(Fault::Garbage);
        let answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        assert_eq!(answer.status(), 200);
        assert_eq!(
            answer.headers()["content-type"],
            right.headers()["content-type"]
        );
        let body = answer.bytes().await.expect("it arrives");
        assert!(body.starts_with(b"<!DOCTYPE html>"), "{company:?}");
    }
}

#[tokio::test]
async fn a_lie_about_the_type_has_the_right_body() {
    for company in Company::ALL {
        let sim = start(company).await;
        let right = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        sim.fault(Fault::LyingType);
        let answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        assert_ne!(
            answer.headers()["content-type"],
            right.headers()["content-type"]
        );
        assert_eq!(heard(company, answer).await.duration_ms(), length());
    }
}

#[tokio::test]
async fn a_cut_leaves_so_many_bytes_and_an_error() {
    for company in Company::ALL {
        let sim = start(company).await;
        sim.fault(Fault::Cut { after_bytes: 1234 });
        let mut answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it begins");
        assert_eq!(answer.status(), 200);
        let mut arrived = 0;
        let error = loop {
            match answer.chunk().await {
                Ok(Some(piece)) => arrived += piece.len(),
                Ok(None) => panic!("{company:?}: an end as if nothing had happened"),
                Err(error) => break error,
            }
        };
        assert_eq!(arrived, 1234, "{company:?}: {error}");
        assert!(!sim.seen()[0].hung_up, "it was not the client");
    }
}

#[tokio::test]
async fn an_empty_answer_is_a_good_one_without_sound() {
    for company in Company::ALL {
        let sim = start(company).await;
        sim.fault(Fault::Empty);
        let answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        assert!(heard(company, answer).await.is_empty(), "{company:?}");
    }
}

#[tokio::test]
async fn a_silent_answer_is_as_long_as_it_should_be() {
    for company in Company::ALL {
        let sim = start(company).await;
        sim.fault(Fault::SilentAudio);
        let answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        let pcm = heard(company, answer).await;
        assert_eq!(pcm.duration_ms(), length());
        let loudest = pcm.samples.iter().fold(0.0f32, |most, s| most.max(s.abs()));
        assert!(loudest < 0.001, "{company:?}: {loudest}");
    }
}

#[tokio::test]
async fn listed_faults_meet_one_request_each() {
    let sim = start(Company::Piper).await;
    let status = |code| Fault::Status {
        code,
        retry_after_s: None,
    };
    sim.faults(vec![status(500), Fault::Refuse, status(429)]);
    let client = client();
    let mut met = Vec::new();
    for _ in 0..4 {
        let answer = wanted(&client, &sim, Company::Piper).send().await;
        met.push(answer.map_or(0, |answer| answer.status().as_u16()));
    }
    assert_eq!(met, [500, 0, 429, 200]);
}

#[tokio::test]
async fn pieces_come_at_the_pace_and_a_hang_up_is_seen() {
    for company in [
        Company::OpenAi,
        Company::Deepgram,
        Company::ElevenLabs,
        Company::XttsStreaming,
    ] {
        let sim = start(company).await;
        sim.pace(Pace {
            chunk_ms: 100,
            every_ms: 50,
            ..Pace::default()
        });
        let begun = Instant::now();
        let answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        let body = answer.bytes().await.expect("it arrives");
        let pieces = length().div_ceil(100);
        assert!(begun.elapsed() >= Duration::from_millis((pieces - 1) * 50));
        assert_eq!(decoded(company, &body).duration_ms(), length());
        let mut answer = wanted(&client(), &sim, company)
            .send()
            .await
            .expect("it answers");
        answer.chunk().await.expect("a first piece arrives");
        drop(answer);
        while !sim.seen()[1].hung_up {
            tokio::task::yield_now().await;
        }
        assert!(!sim.seen()[0].hung_up);
    }
}

#[tokio::test]
async fn connections_are_kept_and_counted() {
    let sim = start(Company::Google).await;
    let client = client();
    for _ in 0..3 {
        let answer = wanted(&client, &sim, Company::Google)
            .send()
            .await
            .expect("it answers");
        answer.bytes().await.expect("it arrives");
    }
    assert_eq!(sim.connects(), 1);
    let over: Vec<u64> = sim.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(over, [1, 1, 1]);
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let sim = start(Company::Kokoro).await;
    let url = sim.url();
    sim.fault(Fault::BlackHole);
    let client = client();
    let pending = tokio::spawn(wanted(&client, &sim, Company::Kokoro).send());
    while sim.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(sim);
    pending
        .await
        .expect("it does not panic")
        .expect_err("the answer never comes");
    client.get(url).send().await.expect_err("nobody listens");
}

async fn hung_up(sim: &Sim) {
    while !sim.seen()[0].hung_up {
        tokio::task::yield_now().await;
    }
}

/// What the operating system said.
fn kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    let mut error = Some(error);
    while let Some(inner) = error {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        error = inner.source();
    }
    None
}
