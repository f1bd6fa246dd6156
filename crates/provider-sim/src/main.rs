//! `provider-sim COMPANY [--port N]`: prints the address and, on the next line, the key that it accepts; serves until
//! stdin closes. A line of JSON on stdin, such as `[{"words": "One moment.", "calls": [["look_up", "{}"]]}]`, is what the
//! language model will say next; it is answered with `ok`.

use std::io::Write as _;
use std::process::ExitCode;

use provider_sim::{ChatScript, Company, Sim};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

/// The longest line, bytes.
const LINE: u64 = 1 << 20;

const USAGE: &str = "usage: provider-sim COMPANY [--port N]";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), String> {
    let (company, port) = match arguments {
        [company] => (company, "0"),
        [company, flag, port] if flag == "--port" => (company, port.as_str()),
        _ => return Err(USAGE.to_owned()),
    };
    let company: Company = company.parse()?;
    let port = port
        .parse()
        .map_err(|_| format!("`{port}` is not a port; {USAGE}"))?;
    let sim = Sim::start_on(company, port)
        .await
        .map_err(|error| format!("cannot listen on port {port}: {error}"))?;
    print(&format!("{}\n{}", sim.url(), sim.key()))?;
    let mut input = BufReader::new(tokio::io::stdin());
    loop {
        let mut line = String::new();
        let read = (&mut input).take(LINE).read_line(&mut line).await;
        match read.map_err(|error| format!("cannot read from stdin: {error}"))? {
            0 => return Ok(()),
            _ => sim.chat(scripts(&line)?),
        }
        print("ok")?;
    }
}

/// What the model says to one request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(default)]
    words: String,
    #[serde(default)]
    calls: Vec<(String, String)>,
}

fn scripts(line: &str) -> Result<Vec<ChatScript>, String> {
    let said: Vec<Said> = serde_json::from_str(line)
        .map_err(|error| format!("stdin: {error}; write [{{\"words\": \"Hello.\"}}]"))?;
    let script = |said: Said| {
        let calls = said.calls.into_iter();
        calls.fold(
            ChatScript::words(said.words),
            |script, (name, arguments)| script.call(name, arguments),
        )
    };
    Ok(said.into_iter().map(script).collect())
}

fn print(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| format!("cannot print: {error}"))
}
