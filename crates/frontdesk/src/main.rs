//! Frontdesk answers a business's phone.
//!
//! The binary reads the configuration, joins the parts and runs. Nothing is decided here that another crate could decide.

mod bench;
mod cli;
mod commands;
mod config;
mod demo;
mod house;
mod join;
mod log;
mod phone;
mod prewarm;
mod replay;
mod shutdown;
mod telephone;
mod voice;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(code) => code,
        Err(error) => {
            log::complain(&error);
            ExitCode::from(2)
        }
    }
}
