use audio::{Encoding, Format, Pcm, Wav, WavError};
use proptest::prelude::*;

use crate::tone;

fn pcm16(rate: u32) -> Format {
    Format {
        encoding: Encoding::Pcm16,
        rate,
    }
}

/// A valid file with `bytes` written over it at `at`.
fn with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = Wav::encode(&tone(8000, 440.0, 0.5, 20), pcm16(8000));
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

#[test]
fn what_is_written_can_be_read() {
    let sound = tone(8000, 440.0, 0.5, 250);
    for encoding in [Encoding::Pcm16, Encoding::Mulaw, Encoding::Alaw] {
        let file = Wav::encode(
            &sound,
            Format {
                encoding,
                rate: 8000,
            },
        );
        let back = Wav::decode(&file).expect("our own file");
        assert_eq!((back.rate, back.samples.len()), (8000, sound.samples.len()));
        let worst = sound
            .samples
            .iter()
            .zip(&back.samples)
            .map(|(a, b)| (a - b).abs());
        assert!(worst.fold(0.0, f32::max) < 0.02, "{encoding:?}");
    }
}

#[test]
fn a_phone_clip_is_format_7_with_a_fact_chunk() {
    let file = Wav::encode(&tone(8000, 440.0, 0.5, 25), Format::PHONE);
    assert_eq!(&file[..4], b"RIFF");
    assert_eq!(
        u32::from_le_bytes([file[4], file[5], file[6], file[7]]) as usize,
        file.len() - 8
    );
    assert_eq!(&file[8..22], b"WAVEfmt \x12\0\0\0\x07\0");
    // one channel, 8000 Hz, 8000 bytes a second, blocks of 1, 8 bits, no extension
    assert_eq!(
        &file[22..38],
        b"\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0\0\0"
    );
    assert_eq!(&file[38..50], b"fact\x04\0\0\0\xc8\0\0\0");
    assert_eq!(&file[50..58], b"data\xc8\0\0\0");
}

#[test]
fn an_odd_number_of_bytes_is_padded() {
    let file = Wav::encode(&Pcm::new(8000, vec![0.1; 3]), Format::PHONE);
    assert_eq!(file.len() % 2, 0);
    assert_eq!(Wav::decode(&file).map(|p| p.samples.len()), Ok(3));
}

#[test]
fn another_rate_is_resampled_on_the_way_out() {
    let file = Wav::encode(&tone(24_000, 440.0, 0.5, 500), Format::PHONE);
    let back = Wav::decode(&file).expect("our own file");
    assert_eq!((back.rate, back.duration_ms()), (8000, 500));
}

#[test]
fn stereo_interleaves_and_pads_the_shorter_side() {
    let left = Pcm::new(8000, vec![0.5, 0.5, 0.5]);
    let right = Pcm::new(8000, vec![-0.25]);
    let file = Wav::encode_stereo(&left, &right);
    assert_eq!(&file[20..24], b"\x01\0\x02\0");
    let samples: Vec<i16> = file[44..]
        .chunks(2)
        .map(|b| i16::from_le_bytes([b[0], b[1]]))
        .collect();
    assert_eq!(samples, [16384, -8192, 16384, 0, 16384, 0]);
    let mixed = Wav::decode(&file).expect("our own file");
    assert_eq!(mixed.samples, [0.125, 0.25, 0.25]);
}

#[test]
fn lying_headers_are_named() {
    let check = |file: Vec<u8>, error: WavError| assert_eq!(Wav::decode(&file), Err(error));
    check(with(24, &0u32.to_le_bytes()), WavError::Rate(0));
    check(
        with(24, &4_000_000_000u32.to_le_bytes()),
        WavError::Rate(4_000_000_000),
    );
    check(with(22, &65535u16.to_le_bytes()), WavError::Channels(65535));
    check(with(22, &0u16.to_le_bytes()), WavError::Channels(0));
    check(
        with(34, &0u16.to_le_bytes()),
        WavError::Unsupported { code: 1, bits: 0 },
    );
    check(
        with(20, &0x55u16.to_le_bytes()),
        WavError::Unsupported {
            code: 0x55,
            bits: 16,
        },
    );
    let lie = WavError::Truncated {
        chunk: "data".into(),
        declared: 5000,
        present: 320,
    };
    check(with(40, &5000u32.to_le_bytes()), lie);
    check(with(36, b"junk"), WavError::NoData);
    check(with(12, b"junk"), WavError::NoFormat);
    check(with(0, b"RIFX"), WavError::NotWav);
    check(
        b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0\x01\0\x01\0".to_vec(),
        WavError::ShortFormat(4),
    );
    check(Vec::new(), WavError::NotWav);
}

#[test]
fn a_cut_file_is_refused_with_the_reason() {
    let file = Wav::encode(&tone(8000, 440.0, 0.5, 100), pcm16(8000));
    let error = Wav::decode(&file[..file.len() / 2]).expect_err("half a file");
    assert!(error.to_string().contains("cut short"), "{error}");
}

#[test]
fn a_piped_file_that_never_learned_its_length_is_read_to_its_end() {
    for unknown in [0xFFFF_FFFFu32, 0x7FFF_F000] {
        let read = Wav::decode(&with(40, &unknown.to_le_bytes())).expect("a piped file");
        assert_eq!(read.samples.len(), 160);
    }
}

#[test]
fn other_people_s_files_are_read() {
    let wav = |code: u16, bits: u16, data: &[u8]| {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0".to_vec();
        file.extend(code.to_le_bytes());
        file.extend(1u16.to_le_bytes());
        file.extend(16_000u32.to_le_bytes());
        file.extend([0; 6]);
        file.extend(bits.to_le_bytes());
        file.extend(b"LIST\x03\0\0\0abc\0data");
        file.extend((data.len() as u32).to_le_bytes());
        file.extend(data);
        Wav::decode(&file).expect("a known encoding").samples
    };
    assert_eq!(wav(1, 8, &[128, 192, 64]), [0.0, 0.5, -0.5]);
    assert_eq!(wav(1, 24, &[0, 0, 0x40, 0, 0, 0xC0]), [0.5, -0.5]);
    assert_eq!(wav(1, 32, &[0, 0, 0, 0x40]), [0.5]);
    assert_eq!(
        wav(
            3,
            32,
            &[0.25f32.to_le_bytes(), f32::NAN.to_le_bytes()].concat()
        ),
        [0.25, 0.0]
    );
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Wav::decode(&bytes);
    }

    #[test]
    fn no_damage_makes_the_reader_panic_or_dream(at in 0usize..60, value: u8, cut in 0usize..400) {
        let mut file = with(0, b"RIFF");
        file[at] = value;
        file.truncate(cut);
        if let Ok(pcm) = Wav::decode(&file) {
            prop_assert!(pcm.samples.len() <= file.len());
            prop_assert!(pcm.samples.iter().all(|s| s.is_finite()));
        }
    }
}
