//! `frontdesk demo`: everything on embedded defaults, and one caller who books.

use std::process::ExitCode;

use anyhow::Context;
use carrier_sim::{CallReport, NetworkConfig};
use store::Reservation;

use crate::{
    cli,
    commands::{banner, place, speech, within},
    config::Live,
    house::House,
    log::say,
    replay::Recorder,
    shutdown::Signals,
    telephone::{self, Print, Scripted},
};

/// When the caller would like to come. A demo that is run again asks for the next one, since the first is taken.
const TIMES: [&str; 12] = [
    "Next Tuesday at ten in the morning.",
    "Next Wednesday at eleven in the morning.",
    "Next Thursday at two in the afternoon.",
    "Next Tuesday at three in the afternoon.",
    "Next Wednesday at ten in the morning.",
    "Next Thursday at eleven in the morning.",
    "Next Tuesday at two in the afternoon.",
    "Next Wednesday at three in the afternoon.",
    "Next Thursday at ten in the morning.",
    "Next Tuesday at eleven in the morning.",
    "Next Wednesday at two in the afternoon.",
    "Next Thursday at three in the afternoon.",
];
/// How far ahead bookings are looked for, ms.
const AHEAD_MS: u64 = 60 * 86_400_000;

/// What the caller says: a question, then a booking.
fn sentences(time: &'static str) -> [&'static str; 7] {
    [
        "Hi, are you open on Saturday?",
        "Great, I would like to book a cleaning please.",
        time,
        "My name is Sam Lee.",
        "Yes, that number is fine.",
        "Yes, that is right.",
        "No, that is all, thank you. Goodbye.",
    ]
}

/// Places the call, prints what the caller heard, and says whether it ended with a booking.
///
/// # Errors
/// What is in the way, and what to do.
pub async fn run(live: Live, demo: cli::Demo) -> anyhow::Result<ExitCode> {
    say("Frontdesk demo: one booking call over a simulated phone network, with signed webhooks.");
    let mut signals = Signals::watch();
    within(live, async |house| {
        banner(house);
        let time = TIMES[bookings(house).await?.len() % TIMES.len()];
        let recorder = Recorder::start(&house.app.switchboard, demo.record.clone());
        let report = dial(house, time).await?;
        recorder.finish(&report.call_sid)?;
        if let Some(recording) = &report.recording {
            std::fs::write(&demo.out, recording.to_wav())
                .with_context(|| format!("cannot write {}", demo.out.display()))?;
            say(format_args!(
                "What the caller heard: {}",
                demo.out.display()
            ));
        }
        say(telephone::summary(&report));
        let good = report.is_clean() && booked(house, &report).await?;
        if !demo.exit {
            say("Still serving; stop with Ctrl-C.");
            signals.next().await;
        }
        Ok(if good {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    })
    .await
}

async fn dial(house: &House, time: &'static str) -> anyhow::Result<CallReport> {
    let config = NetworkConfig {
        record: true,
        rtt_ms: 100,
        ..house.network.clone()
    };
    let talker = Scripted(sentences(time).into_iter().map(speech).collect());
    place(house, config, "demo caller", None, talker, Print::default()).await
}

/// The bookings to come, of the business that is called.
async fn bookings(house: &House) -> anyhow::Result<Vec<Reservation>> {
    let parts = house.app.switchboard.parts();
    let loaded = house.live.current();
    let Some(file) = loaded.businesses.first() else {
        return Ok(Vec::new());
    };
    let now = parts.clock.now();
    let found = parts
        .records
        .reservations(&file.business.id, now, now + AHEAD_MS)
        .await?;
    Ok(found)
}

/// Prints what this call booked; false when that is nothing.
async fn booked(house: &House, report: &CallReport) -> anyhow::Result<bool> {
    let made = bookings(house).await?;
    let mine = made
        .iter()
        .find(|booking| booking.call.as_str() == report.call_sid);
    match mine {
        Some(booking) => say(format_args!(
            "Booked: {} for {}, reference {}",
            booking.ask.service, booking.ask.name, booking.id
        )),
        None => say("Nothing was booked."),
    }
    Ok(mine.is_some())
}
