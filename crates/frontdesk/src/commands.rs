//! What each command does.

use std::{collections::VecDeque, path::Path, process::ExitCode, time::Duration};

use anyhow::Context;
use carrier_sim::{Input, Network, NetworkConfig, Script, Step};
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin};

use crate::{
    bench::{self, Bench},
    cli::{self, Cli, Command, ConfigCommand, Fillers, Models},
    config::{Config, Env, Live, Loaded, Paths, Watcher},
    demo,
    house::House,
    log::{self, say},
    prewarm,
    replay::{self, Recorder},
    shutdown::{self, Asked, Grace, Signals},
    telephone::{self, Print, Scripted, Talker},
    voice,
};

/// Does what the command line says.
///
/// # Errors
/// What went wrong, and what to do.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Some(Command::Bench(Bench::Webhook(options))) => return bench::webhook(options),
        Some(Command::Replay(options)) => return replay::replay(options),
        _ => {}
    }
    let env = Env::of_process();
    let paths = Paths::find(cli.common.config.as_deref(), &env);
    let flags = cli.common.flags();
    let loaded = match Config::load(&paths, &env, &flags) {
        Ok(loaded) => loaded,
        Err(errors) => {
            eprintln!("{}", errors.check());
            return Ok(ExitCode::from(2));
        }
    };
    if let Some(Command::Config(command)) = &cli.command {
        show(command, &loaded);
        return Ok(ExitCode::SUCCESS);
    }
    log::start(&loaded.config.log);
    let live = Live::new(paths, env, flags, loaded);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(dispatch(cli, live))
}

async fn dispatch(cli: Cli, live: Live) -> anyhow::Result<ExitCode> {
    match cli.command {
        None | Some(Command::Serve) => serve(live).await,
        Some(Command::Demo(demo)) => demo::run(live, demo).await,
        Some(Command::Call(call)) => self::call(live, call).await,
        Some(Command::Fillers(command)) => fillers(live, command).await,
        Some(Command::Prewarm(options)) => prewarm::run(live, options).await,
        Some(Command::Models(command)) => models(&live, &command),
        Some(Command::Bench(Bench::Server(pipeline))) => bench::server(live, &pipeline).await,
        // These were done before there was a runtime.
        Some(Command::Config(_) | Command::Bench(Bench::Webhook(_)) | Command::Replay(_)) => {
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn show(command: &ConfigCommand, loaded: &Loaded) {
    match command {
        ConfigCommand::Check => say(loaded.check()),
        ConfigCommand::Show { origin } => say(loaded.show(*origin)),
        ConfigCommand::Example => say(crate::config::example().trim_end()),
    }
}

pub fn banner(house: &House) {
    let config = &house.live.current().config;
    let url = &house.network.base_url;
    say(format_args!("Frontdesk {}", env!("CARGO_PKG_VERSION")));
    say(format_args!("├─ Console:   {url}/console"));
    say(format_args!("├─ API:       {url}/admin/v1/businesses"));
    say(format_args!(
        "├─ Webhooks:  {}/voice/incoming/{{business}}",
        house.app.settings.public_url
    ));
    say(format_args!("├─ Health:    {url}/readyz?verbose"));
    say(format_args!(
        "├─ Data:      {}",
        config.store.data_dir.display()
    ));
    say(format_args!(
        "└─ Simulated: {}",
        house.app.settings.simulated.join("; ")
    ));
}

/// Serves until a signal comes; the voice is opened behind it.
async fn serve(live: Live) -> anyhow::Result<ExitCode> {
    let watcher =
        Watcher::start(live.clone()).context("the configuration's files cannot be watched")?;
    let mut signals = Signals::watch();
    let house = House::open(live).await?;
    banner(&house);
    house.start_background();
    let (handle, server) = web::serve(house.app.clone(), house.listener.try_clone()?, 2)?;
    let warm = async {
        match house.warm_up().await {
            Ok(ready) => {
                tracing::info!(ready, "the voice and its fillers are ready");
                house.start_prewarm();
            }
            Err(error) => tracing::error!(
                error = format!("{error:#}"),
                "no built-in voice; callers hear the next rung"
            ),
        }
        std::future::pending().await
    };
    let stop = async {
        let asked = tokio::select! {
            asked = signals.next() => asked,
            asked = warm => asked,
        };
        let grace = grace(&house, asked);
        shutdown::drain(&house.app, &handle, grace).await;
    };
    let (served, ()) = tokio::join!(server, stop);
    drop(watcher);
    served?;
    Ok(ExitCode::SUCCESS)
}

/// How much time a stop has.
fn grace(house: &House, asked: Asked) -> Grace {
    let limits = &house.live.current().config.limits;
    let idle = asked == Asked::Interrupt && house.app.switchboard.count() == 0;
    let seconds = |s: u32| Duration::from_secs(s.into());
    Grace {
        lame_duck: if idle {
            Duration::ZERO
        } else {
            seconds(limits.lame_duck_s)
        },
        drain: seconds(limits.drain_s),
    }
}

/// A house on a free port, serving, with its voice ready; `act` then uses it.
pub async fn within<T>(
    live: Live,
    act: impl AsyncFnOnce(&House) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let house = House::open(live).await?;
    house.start_background();
    let (handle, server) = web::serve(house.app.clone(), house.listener.try_clone()?, 1)?;
    let work = async {
        let result = match house.warm_up().await {
            Ok(_) => act(&house).await,
            Err(error) => Err(error),
        };
        shutdown::drain(&house.app, &handle, Grace::only(Duration::from_secs(2))).await;
        result
    };
    let (served, result) = tokio::join!(server, work);
    served?;
    result
}

pub fn speech(text: &str) -> Input {
    Input::Speech {
        text: text.to_owned(),
        spoken_ms: None,
    }
}

pub async fn place(
    house: &House,
    config: NetworkConfig,
    from: &str,
    business: Option<&str>,
    talker: impl Talker,
    print: Print,
) -> anyhow::Result<carrier_sim::CallReport> {
    let first = house
        .live
        .current()
        .businesses
        .first()
        .map(|file| file.business.id.to_string());
    let business = business
        .map(str::to_owned)
        .or(first)
        .context("no business is configured")?;
    let from = if from.starts_with('+') {
        from
    } else {
        "+15550100123"
    };
    let network = Network::new(config)?;
    let report = telephone::place(
        &house.app.switchboard,
        &network,
        from,
        &business,
        talker,
        print,
    )
    .await;
    report.context("the simulated network lost the call")
}

/// A person at the terminal.
struct Typed(Lines<BufReader<Stdin>>);

impl Talker for Typed {
    async fn next(&mut self) -> Option<Input> {
        let line = self.0.next_line().await.ok()??;
        let line = line.trim();
        Some(match line.split_once(' ').unwrap_or((line, "")) {
            ("/hangup" | "/quit", _) => Input::HangUp,
            ("/silence", _) | ("", _) => Input::Silence,
            ("/dtmf", keys) => Input::Digits {
                digits: keys.to_owned(),
            },
            _ => speech(line),
        })
    }
}

/// What the terminal or a file has to say.
enum Either {
    Typed(Typed),
    Scripted(Scripted),
}

impl Talker for Either {
    async fn next(&mut self) -> Option<Input> {
        match self {
            Either::Typed(typed) => typed.next().await,
            Either::Scripted(scripted) => scripted.next().await,
        }
    }
}

async fn call(live: Live, call: cli::Call) -> anyhow::Result<ExitCode> {
    within(live, async |house| {
        let config = NetworkConfig {
            record: call.out.is_some(),
            rtt_ms: call.rtt,
            speed: call.speed,
            ..house.network.clone()
        };
        let talker = match &call.script {
            Some(file) => Either::Scripted(Scripted(inputs(file)?)),
            None => {
                say("Type what the caller says. /silence, /dtmf 1, /hangup.");
                Either::Typed(Typed(BufReader::new(tokio::io::stdin()).lines()))
            }
        };
        let print = Print {
            xml: call.dump_xml,
            json: call.json,
        };
        let recorder = Recorder::start(&house.app.switchboard, call.record.clone());
        let report = place(
            house,
            config,
            &call.from,
            call.business.as_deref(),
            talker,
            print,
        )
        .await?;
        recorder.finish(&report.call_sid)?;
        if let (Some(file), Some(recording)) = (&call.out, &report.recording) {
            std::fs::write(file, recording.to_wav())
                .with_context(|| format!("cannot write {}", file.display()))?;
        }
        if !call.json {
            say(telephone::summary(&report));
        }
        Ok(if report.is_clean() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    })
    .await
}

fn inputs(file: &Path) -> anyhow::Result<VecDeque<Input>> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let script = Script::from_toml(&text).with_context(|| file.display().to_string())?;
    let input = |turn: carrier_sim::Turn| match turn.step {
        Step::Say(text) | Step::Barge(text) => Input::Speech {
            text,
            spoken_ms: None,
        },
        Step::Digits(digits) => Input::Digits { digits },
        Step::Silence => Input::Silence,
        Step::HangUp(_) => Input::HangUp,
    };
    Ok(script.turns.into_iter().map(input).collect())
}

async fn fillers(live: Live, command: Fillers) -> anyhow::Result<ExitCode> {
    let house = House::open(live).await?;
    let (wanted, json) = match &command {
        Fillers::Generate { business } => (business.clone(), false),
        Fillers::List { business, json } => (business.clone(), *json),
    };
    if matches!(command, Fillers::Generate { .. }) {
        house.warm_up().await?;
    }
    for file in &house.live.current().businesses {
        if wanted
            .as_deref()
            .is_some_and(|wanted| wanted != file.business.id.as_str())
        {
            continue;
        }
        for row in house.app.switchboard.fillers(&file.business).await? {
            if json {
                say(serde_json::to_string(&row)?);
            } else {
                let (ms, level) = (row.ms.unwrap_or(0), row.level_dbfs.unwrap_or(0.0));
                say(format_args!(
                    "{:<10} {:<10?} {ms:>5} ms {level:>6.1} dBFS  {}",
                    row.class.name(),
                    row.state,
                    row.text
                ));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn models(live: &Live, command: &Models) -> anyhow::Result<ExitCode> {
    let loaded = live.current();
    let dir = voice::models_dir(&loaded.config.speech, &loaded.config.store.data_dir);
    if matches!(command, Models::Install) {
        voice::install(&dir)?;
    }
    let missing = speech_embedded::models::missing(&dir);
    if missing.is_empty() {
        say(format_args!(
            "the built-in voice is complete in {}",
            dir.display()
        ));
        return Ok(ExitCode::SUCCESS);
    }
    missing
        .iter()
        .for_each(|what| say(format_args!("missing: {what}")));
    say("install it with: frontdesk models install");
    Ok(ExitCode::from(1))
}
