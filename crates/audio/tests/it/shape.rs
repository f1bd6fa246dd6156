use audio::{Edges, Encoding, Format, Pcm, edges, peaks, trim};

use crate::tone;

fn padded(head: u32, tail: u32) -> Pcm {
    let parts = [
        Pcm::silence(8000, head),
        tone(8000, 300.0, 0.4, 400),
        Pcm::silence(8000, tail),
    ];
    Pcm::concat(&parts)
}

#[test]
fn edges_are_measured_to_a_frame() {
    let found = edges(&padded(250, 600));
    assert!(found.head_silence_ms.abs_diff(250) <= 5, "{found:?}");
    assert!(found.tail_silence_ms.abs_diff(600) <= 5, "{found:?}");
}

#[test]
fn trimming_leaves_at_most_what_was_allowed_and_all_of_the_sound() {
    let clip = trim(&padded(250, 600), 40, 80);
    let left = edges(&clip);
    assert!(
        left.head_silence_ms <= 40 && left.tail_silence_ms <= 80,
        "{left:?}"
    );
    assert!(
        clip.duration_ms().abs_diff(40 + 400 + 80) <= 10,
        "{}",
        clip.duration_ms()
    );
}

#[test]
fn trimming_adds_nothing() {
    let tight = tone(8000, 300.0, 0.4, 400);
    assert_eq!(trim(&tight, 40, 80), tight);
    let pause = Pcm::silence(8000, 700);
    assert_eq!(trim(&pause, 40, 80), pause);
    assert_eq!(
        edges(&pause),
        Edges {
            head_silence_ms: 700,
            tail_silence_ms: 700
        }
    );
}

#[test]
fn a_cut_through_noise_does_not_click() {
    let mut clip = padded(300, 300);
    clip.samples
        .iter_mut()
        .enumerate()
        .for_each(|(i, s)| *s += if i % 2 == 0 { 0.002 } else { -0.002 });
    let cut = trim(&clip, 40, 80);
    assert!(cut.samples[0].abs() < 0.0003 && cut.samples[cut.samples.len() - 1].abs() < 0.0003);
}

#[test]
fn peaks_outline_the_sound() {
    let outline = peaks(&padded(400, 400), 12);
    assert_eq!(outline.len(), 12);
    assert!(
        outline[..3].iter().chain(&outline[9..]).all(|p| *p == 0.0),
        "{outline:?}"
    );
    assert!(outline[5] > 0.39 && outline[5] <= 0.41, "{outline:?}");
    assert!(peaks(&Pcm::default(), 4).iter().all(|p| *p == 0.0));
    assert!(peaks(&padded(1, 1), 0).is_empty());
    assert_eq!(
        peaks(&Pcm::new(8000, vec![0.5, -0.25]), 4),
        [0.5, 0.5, 0.25, 0.25]
    );
    assert_eq!(peaks(&Pcm::default(), usize::MAX).len(), audio::MAX_BUCKETS);
}

#[test]
fn durations_and_joins() {
    assert_eq!(Pcm::silence(24_000, 1500).duration_ms(), 1500);
    assert_eq!(Pcm::new(0, vec![0.0; 5]).duration_ms(), 0);
    let joined = Pcm::concat(&[
        Pcm::default(),
        Pcm::silence(8000, 100),
        tone(24_000, 300.0, 0.1, 50),
    ]);
    assert_eq!((joined.rate, joined.duration_ms()), (8000, 150));
}

#[test]
fn formats_have_stable_names() {
    let json = serde_json::to_string(&Format::PHONE).expect("plain data");
    assert_eq!(json, r#"{"encoding":"mulaw","rate":8000}"#);
}

#[test]
fn bare_bytes_come_back() {
    let sound = tone(8000, 440.0, 0.3, 100);
    for encoding in [Encoding::Pcm16, Encoding::Mulaw, Encoding::Alaw] {
        let format = Format {
            encoding,
            rate: 8000,
        };
        let bytes = format.encode(&sound);
        assert_eq!(bytes.len(), sound.samples.len() * format.bytes_per_sample());
        let back = format.decode(&bytes);
        for (a, b) in sound.samples.iter().zip(&back.samples) {
            assert!((a - b).abs() < 0.012, "{encoding:?}: {a} {b}");
        }
    }
}
