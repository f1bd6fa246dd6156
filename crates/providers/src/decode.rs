//! Sound out of bytes that come in any portions.
//!
//! A status of success proves nothing: a proxy's page, another encoding or noise would all be played to the caller at
//! full level. So the beginning is judged before any of it passes: by its header where there is one, and where there is
//! none by what speech cannot be.

use audio::{Encoding, Format, Pcm, Wav};

/// A header with everything that programs put into it is shorter.
const LONGEST_HEADER: usize = 64 * 1024;
/// Programs that write to a pipe leave about this much, or nothing, as the length.
const UNKNOWN_LENGTH: u32 = 0x7FFF_F000;
/// Samples without a header that are judged before they pass.
const JUDGED: usize = 512;

/// Bytes to sound, as they come.
pub(crate) struct Decoder {
    stage: Stage,
    pending: Vec<u8>,
}

enum Stage {
    /// A WAV header must come.
    Header,
    /// The body of a WAV file: what its format chunk says, and how many bytes are still announced.
    Body { shape: Shape, left: Option<u64> },
    /// Bytes without a header, not judged yet.
    Unjudged(Format),
    /// Bytes without a header that look like sound.
    Raw(Format),
}

/// What is needed to read a piece from the middle of a WAV file.
struct Shape {
    /// A header whose length is unknown, to be put before the piece.
    header: Vec<u8>,
    /// Bytes of one moment: all channels.
    frame: usize,
    rate: u32,
}

impl Decoder {
    /// For a WAV file, whatever its header says of its length.
    pub(crate) fn wav() -> Decoder {
        Decoder {
            stage: Stage::Header,
            pending: Vec::new(),
        }
    }

    /// For samples without a header; a WAV file in their place is read all the same.
    pub(crate) fn raw(format: Format) -> Decoder {
        Decoder {
            stage: Stage::Unjudged(format),
            pending: Vec::new(),
        }
    }

    /// For 16-bit samples without a header.
    pub(crate) fn pcm16(rate: u32) -> Decoder {
        let encoding = Encoding::Pcm16;
        Decoder::raw(Format { encoding, rate })
    }

    /// The sound that is complete with these further bytes; may be empty.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Result<Pcm, String> {
        self.pending.extend_from_slice(bytes);
        self.step(false)
    }

    /// The rest. What was announced must have come.
    pub(crate) fn end(&mut self) -> Result<Pcm, String> {
        let pcm = self.step(true)?;
        match self.stage {
            Stage::Header if self.pending.is_empty() => Err("it answered without any sound".into()),
            Stage::Header => Err("its answer ended before the sound began".into()),
            Stage::Body {
                left: Some(left @ 1..),
                ..
            } => Err(format!("its sound is cut off: {left} bytes are missing")),
            _ => Ok(pcm),
        }
    }

    fn step(&mut self, ended: bool) -> Result<Pcm, String> {
        if let Stage::Unjudged(format) = self.stage {
            let enough = JUDGED * format.bytes_per_sample();
            if self.pending.len() < enough && !ended {
                return Ok(Pcm::default());
            }
            self.stage = match self.pending.starts_with(b"RIFF") {
                true => Stage::Header,
                false => {
                    judge(format, &self.pending[..self.pending.len().min(enough)])?;
                    Stage::Raw(format)
                }
            };
        }
        if let Stage::Header = self.stage
            && let Some((shape, left, begins)) = header(&self.pending)?
        {
            self.pending.drain(..begins);
            self.stage = Stage::Body { shape, left };
        }
        self.complete()
    }

    /// All whole samples that are there.
    fn complete(&mut self) -> Result<Pcm, String> {
        match &mut self.stage {
            Stage::Header | Stage::Unjudged(_) => Ok(Pcm::default()),
            Stage::Raw(format) => {
                let width = format.bytes_per_sample();
                let whole = self.pending.len() - self.pending.len() % width;
                let pcm = format.decode(&self.pending[..whole]);
                self.pending.drain(..whole);
                Ok(pcm)
            }
            Stage::Body { shape, left } => {
                let there = self.pending.len() as u64;
                let mine = left.map_or(there, |left| left.min(there)) as usize;
                let whole = mine - mine % shape.frame;
                let pcm = shape.decode(&self.pending[..whole])?;
                self.pending.drain(..whole);
                if let Some(left) = left {
                    *left -= whole as u64;
                    // What follows the sound, such as the title, is no sound.
                    if *left < shape.frame as u64 && there as usize >= mine && mine != whole {
                        *left = 0;
                    }
                    if *left == 0 {
                        self.pending.clear();
                    }
                }
                Ok(pcm)
            }
        }
    }
}

impl Shape {
    fn new(fmt: &[u8]) -> Result<Shape, String> {
        let mut header = b"RIFF\xff\xff\xff\xffWAVEfmt ".to_vec();
        header.extend((fmt.len() as u32).to_le_bytes());
        header.extend(fmt);
        header.extend(vec![0; fmt.len() % 2]);
        header.extend(b"data\xff\xff\xff\xff");
        let empty = Wav::decode(&header).map_err(|e| format!("its sound cannot be read: {e}"))?;
        // Judged by the line above: at least 16 bytes, one or two channels, whole bytes a sample.
        let field = |at: usize| usize::from(u16::from_le_bytes([fmt[at], fmt[at + 1]]));
        Ok(Shape {
            frame: field(2) * field(14) / 8,
            rate: empty.rate,
            header,
        })
    }

    fn decode(&self, body: &[u8]) -> Result<Pcm, String> {
        if body.is_empty() {
            return Ok(Pcm::new(self.rate, Vec::new()));
        }
        let file = [&self.header, body].concat();
        Wav::decode(&file).map_err(|e| format!("its sound cannot be read: {e}"))
    }
}

/// The format, the length of the sound where it is known, and where it begins; `None` when more bytes are needed.
fn header(bytes: &[u8]) -> Result<Option<(Shape, Option<u64>, usize)>, String> {
    let begins = &bytes[..bytes.len().min(4)];
    if !b"RIFF".starts_with(begins) || (bytes.len() >= 12 && &bytes[8..12] != b"WAVE") {
        return Err(unlike_sound(bytes)
            .unwrap_or("its answer is not the WAV file that it promises")
            .into());
    }
    let mut shape = None;
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        if &head[..4] == b"data" {
            let shape = shape.ok_or("its WAV header has no format")?;
            let known = (1..UNKNOWN_LENGTH).contains(&length);
            return Ok(Some((shape, known.then_some(u64::from(length)), at + 8)));
        }
        if length as usize > LONGEST_HEADER {
            return Err("its WAV header is damaged".into());
        }
        let end = at + 8 + length as usize;
        if &head[..4] == b"fmt " {
            match bytes.get(at + 8..end) {
                Some(fmt) => shape = Some(Shape::new(fmt)?),
                None => return Ok(None),
            }
        }
        // Chunks begin at even places.
        at = end + length as usize % 2;
    }
    match at > LONGEST_HEADER {
        true => Err("its WAV header does not end".into()),
        false => Ok(None),
    }
}

/// Whether the beginning of an answer without a header can be speech.
fn judge(format: Format, bytes: &[u8]) -> Result<(), String> {
    if let Some(what) = unlike_sound(bytes) {
        return Err(what.into());
    }
    let samples = format.decode(bytes).samples;
    if samples.len() < JUDGED / 2 {
        return Ok(());
    }
    let power: f32 = samples.iter().map(|s| s * s).sum();
    let level = (power / samples.len() as f32).sqrt();
    let next: f32 = samples.windows(2).map(|w| w[0] * w[1]).sum();
    // Loud, and no sample knows the one before it: that is noise, or another encoding. Of 18 000 such windows from
    // recordings of speech not one is like that.
    if level > 0.2 && next.abs() < 0.25 * power {
        return Err("its sound is noise: another encoding than the one asked for".into());
    }
    Ok(())
}

/// What bytes obviously are, when that is not sound of ours.
fn unlike_sound(bytes: &[u8]) -> Option<&'static str> {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    if begins(b"ID3") || begins(b"OggS") || begins(b"fLaC") {
        return Some("it sent a compressed format that was not asked for");
    }
    let start = &bytes[..bytes.len().min(64)];
    let first = start.iter().find(|b| !b.is_ascii_whitespace());
    let text = start
        .iter()
        .all(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7E));
    match first {
        Some(b'{' | b'[') if text => Some("it answered with JSON instead of sound"),
        Some(b'<') if text => {
            Some("it answered with a page instead of sound; is the base URL that of its API?")
        }
        Some(_) if text => Some("it answered with text instead of sound"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PCM16: Format = Format {
        encoding: Encoding::Pcm16,
        rate: 8000,
    };

    fn tone() -> Pcm {
        let sample = |i: u32| (i as f32 * 0.2).sin() * 0.3;
        Pcm::new(8000, (0..4000).map(sample).collect())
    }

    fn fed(mut decoder: Decoder, bytes: &[u8], portion: usize) -> Result<Pcm, String> {
        let mut whole = Pcm::default();
        for chunk in bytes.chunks(portion) {
            let pcm = decoder.feed(chunk)?;
            if !pcm.is_empty() {
                whole.append(&pcm);
            }
        }
        let pcm = decoder.end()?;
        if !pcm.is_empty() {
            whole.append(&pcm);
        }
        Ok(whole)
    }

    fn with_length(file: &[u8], length: u32) -> Vec<u8> {
        let mut file = file.to_vec();
        file[40..44].copy_from_slice(&length.to_le_bytes());
        file
    }

    #[test]
    fn portions_make_no_difference() {
        let file = Wav::encode(&tone(), PCM16);
        let raw = PCM16.encode(&tone());
        let mulaw = Wav::encode(&tone(), Format::PHONE);
        let expected = PCM16.decode(&raw);
        for portion in [1, 2, 3, 7, 44, 45, 1000, 9000] {
            assert_eq!(
                fed(Decoder::wav(), &file, portion).as_ref(),
                Ok(&expected),
                "{portion}"
            );
            assert_eq!(
                fed(Decoder::pcm16(8000), &raw, portion).as_ref(),
                Ok(&expected),
                "{portion}"
            );
            assert_eq!(
                fed(Decoder::pcm16(8000), &file, portion).as_ref(),
                Ok(&expected),
                "{portion}"
            );
            let mulaw = fed(Decoder::wav(), &mulaw, portion);
            assert_eq!(
                mulaw,
                Ok(Format::PHONE.decode(&Format::PHONE.encode(&tone())))
            );
        }
    }

    #[test]
    fn a_length_of_zero_or_more_than_anything_is_unknown() {
        let file = Wav::encode(&tone(), PCM16);
        for length in [0, u32::MAX, 0x7FFF_FFFF, 0x7FFF_F000] {
            let read = fed(Decoder::wav(), &with_length(&file, length), 100);
            assert_eq!(read.map(|pcm| pcm.samples.len()), Ok(4000), "{length}");
        }
    }

    #[test]
    fn a_file_that_is_shorter_than_it_says_is_cut_off() {
        let file = Wav::encode(&tone(), PCM16);
        let cut = fed(Decoder::wav(), &file[..4000], 100);
        assert!(cut.is_err_and(|e| e.contains("cut off")));
        for at in 0..44 {
            assert!(fed(Decoder::wav(), &file[..at], 7).is_err(), "{at}");
        }
    }

    #[test]
    fn what_follows_the_sound_is_left_out() {
        let mut file = Wav::encode(&tone(), PCM16);
        file.extend(b"LIST\x04\0\0\0abcd");
        for portion in [1, 50, 100_000] {
            let read = fed(Decoder::wav(), &file, portion);
            assert_eq!(read.map(|pcm| pcm.samples.len()), Ok(4000));
        }
    }

    #[test]
    fn other_things_are_not_sound() {
        let noise: Vec<u8> = (0..4000u32)
            .map(|i| (i.wrapping_mul(2_654_435_761).rotate_left(i % 31) >> 13) as u8)
            .collect();
        let page = b"<html><body>Bad gateway</body></html>".repeat(40);
        let json = br#"{"error":{"code":"invalid_api_key"}}"#.to_vec();
        for bytes in [noise, page, json, b"ID3\x04\0\0\0\0\0\0".repeat(400)] {
            let shown = String::from_utf8_lossy(&bytes[..10]).into_owned();
            assert!(fed(Decoder::wav(), &bytes, 300).is_err(), "{shown}");
            assert!(fed(Decoder::pcm16(8000), &bytes, 300).is_err(), "{shown}");
        }
    }

    #[test]
    fn damaged_headers_are_refused() {
        let file = Wav::encode(&tone(), PCM16);
        for at in 0..44 {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut bad = file.clone();
                bad[at] = value;
                // Whatever is made of it, it ends and it does not panic.
                let _ = fed(Decoder::wav(), &bad, 33);
            }
        }
        let mut endless = b"RIFF\0\0\0\0WAVE".to_vec();
        endless.extend(
            b"junk\0\x10\0\0"
                .iter()
                .chain(&[0; 4096])
                .cycle()
                .take(100_000),
        );
        assert!(fed(Decoder::wav(), &endless, 4000).is_err());
    }
}
