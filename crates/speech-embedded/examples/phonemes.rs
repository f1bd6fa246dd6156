//! Prints how the built-in voice would pronounce each line of its input.
//!
//! `cargo run -p speech-embedded --example phonemes -- MODELS < sentences.txt`

#![allow(clippy::print_stdout, reason = "it is a command")]

use std::{env, error::Error, io, path::Path};

use speech_embedded::Pronunciation;

fn main() -> Result<(), Box<dyn Error>> {
    let dir = env::args()
        .nth(1)
        .ok_or("phonemes MODELS < sentences.txt")?;
    let pronunciation = Pronunciation::open(Path::new(&dir))?;
    for line in io::stdin().lines() {
        let line = line?;
        let phonemes = pronunciation.of(&line)?;
        println!("{line}\t{}", phonemes.join(" "));
    }
    Ok(())
}
