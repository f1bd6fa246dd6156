//! `provider-sim COMPANY [--port N]`: prints the address and, on the next line, the key that it accepts; serves until
//! stdin closes.

use std::io::Write as _;
use std::process::ExitCode;

use provider_sim::{Company, Sim};
use tokio::io::AsyncReadExt as _;

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
    let mut out = std::io::stdout();
    writeln!(out, "{}\n{}", sim.url(), sim.key())
        .and_then(|()| out.flush())
        .map_err(|error| format!("cannot print the address: {error}"))?;
    // Whatever comes in is not for us; the end of it is.
    let mut ignored = [0; 1024];
    while tokio::io::stdin()
        .read(&mut ignored)
        .await
        .is_ok_and(|count| count > 0)
    {}
    Ok(())
}
