use audio::G711;
use serde_json::Value;

fn vectors() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fixtures/vectors/g711.json"
    );
    serde_json::from_slice(&std::fs::read(path).expect("the vectors are in the repository"))
        .expect("the vectors are JSON")
}

fn table(name: &str) -> Vec<f32> {
    let vectors = vectors();
    let table = vectors[name].as_array().expect("a table");
    table
        .iter()
        .map(|v| v.as_f64().expect("a number") as f32 / 32768.0)
        .collect()
}

#[test]
fn every_byte_decodes_as_the_reference_does() {
    let bytes: Vec<u8> = (0..=255).collect();
    assert_eq!(G711::decode_mulaw(&bytes), table("ulaw_decode"));
    assert_eq!(G711::decode_alaw(&bytes), table("alaw_decode"));
}

#[test]
fn every_byte_survives_decoding_and_encoding() {
    let bytes: Vec<u8> = (0..=255).collect();
    let back = G711::encode_mulaw(&G711::decode_mulaw(&bytes));
    for (byte, back) in bytes.iter().zip(back) {
        // Minus zero and zero are one sound.
        let same = *byte == back || (*byte == 0x7F && back == 0xFF);
        assert!(same, "mu-law {byte:#04x} came back as {back:#04x}");
    }
    assert_eq!(G711::encode_alaw(&G711::decode_alaw(&bytes)), bytes);
}

#[test]
fn encoding_is_within_one_step_of_the_nearest_value() {
    let (mulaw, alaw) = (table("ulaw_decode"), table("alaw_decode"));
    for value in (-32768i32..=32767).step_by(7) {
        let sample = value as f32 / 32768.0;
        for (decoded, table) in [
            (
                G711::decode_mulaw(&G711::encode_mulaw(&[sample]))[0],
                &mulaw,
            ),
            (G711::decode_alaw(&G711::encode_alaw(&[sample]))[0], &alaw),
        ] {
            let best = table
                .iter()
                .map(|t| (t - sample).abs())
                .fold(f32::MAX, f32::min);
            let step = 1.0 / 2048.0 + sample.abs() / 16.0;
            assert!(
                (decoded - sample).abs() <= best + step,
                "{value} became {decoded}"
            );
        }
    }
}

#[test]
fn silence_and_nonsense_are_silence() {
    assert_eq!(
        G711::encode_mulaw(&[0.0, f32::NAN]),
        vec![G711::MULAW_SILENCE; 2]
    );
    assert_eq!(
        G711::encode_alaw(&[0.0, f32::NAN]),
        vec![G711::ALAW_SILENCE; 2]
    );
}

#[test]
fn beyond_full_scale_saturates_instead_of_wrapping() {
    let loud = G711::decode_mulaw(&G711::encode_mulaw(&[7.0, -7.0, f32::INFINITY]));
    assert!(
        loud[0] > 0.97 && loud[1] < -0.97 && loud[2] > 0.97,
        "{loud:?}"
    );
}
