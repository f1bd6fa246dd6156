use audio::{Loudness, PEAK_DBFS, Pcm, TARGET_DBFS, level, resample};

use crate::{babble, rms, tone};

#[test]
fn a_steady_tone_measures_its_rms_and_peak() {
    let loudness = Loudness::measure(&tone(8000, 1000.0, 0.5, 4000));
    assert!(
        (loudness.active_rms_dbfs + 9.03).abs() < 0.4,
        "{loudness:?}"
    );
    assert!((loudness.peak_dbfs + 6.02).abs() < 0.05, "{loudness:?}");
}

#[test]
fn pauses_do_not_make_speech_quieter() {
    let speech = babble(8000, 0.5, 3000);
    let paused = Pcm::concat(&[speech.clone(), Pcm::silence(8000, 4000), speech.clone()]);
    let (whole, parted) = (Loudness::measure(&speech), Loudness::measure(&paused));
    assert!(
        (whole.active_rms_dbfs - parted.active_rms_dbfs).abs() < 0.5,
        "{whole:?} {parted:?}"
    );
}

#[test]
fn every_voice_comes_out_at_the_telephone_level() {
    for rate in [8_000, 16_000, 22_050, 24_000, 48_000] {
        for amplitude in [0.02, 0.1, 0.9, 3.0] {
            let mut pcm = babble(rate, amplitude, 2500);
            level(&mut pcm);
            let after = Loudness::measure(&pcm);
            let off = (after.active_rms_dbfs - TARGET_DBFS).abs();
            assert!(off < 1.0, "{rate} Hz at {amplitude}: {after:?}");
            assert!(
                after.peak_dbfs <= PEAK_DBFS,
                "{rate} Hz at {amplitude}: {after:?}"
            );
        }
    }
}

#[test]
fn lonely_peaks_are_held_down_without_a_flat_top() {
    let mut pcm = babble(8000, 0.2, 2000);
    for i in (500..pcm.samples.len()).step_by(1600) {
        pcm.samples[i] = 0.99;
    }
    level(&mut pcm);
    let after = Loudness::measure(&pcm);
    assert!(after.peak_dbfs <= PEAK_DBFS, "{after:?}");
    let ceiling = 10f32.powf(PEAK_DBFS / 20.0) * 0.998;
    let flat = pcm
        .samples
        .windows(2)
        .filter(|w| w.iter().all(|s| s.abs() >= ceiling))
        .count();
    assert_eq!(
        flat, 0,
        "two neighbours at the ceiling would be a clipped wave"
    );
}

#[test]
fn rumble_below_speech_is_taken_out() {
    let mut pcm = babble(16_000, 0.3, 2000);
    let hum = tone(16_000, 50.0, 0.4, 2000);
    pcm.samples
        .iter_mut()
        .zip(&hum.samples)
        .for_each(|(s, h)| *s += h);
    level(&mut pcm);
    let gap = &pcm.samples[16_000 * 3 / 10..16_000 * 38 / 100];
    assert!(rms(gap) < 0.06, "hum is left in a gap: {}", rms(gap));
}

#[test]
fn silence_stays_silence_and_nonsense_becomes_it() {
    let mut silence = Pcm::silence(8000, 500);
    level(&mut silence);
    assert_eq!(silence, Pcm::silence(8000, 500));
    let mut nonsense = Pcm::new(8000, vec![f32::NAN, f32::INFINITY, 0.0, f32::NEG_INFINITY]);
    level(&mut nonsense);
    assert!(nonsense.samples.iter().all(|s| s.is_finite()));
    assert_eq!(Loudness::measure(&Pcm::default()).active_rms_dbfs, -100.0);
}

#[test]
fn resampling_keeps_what_fits_and_removes_what_would_alias() {
    for from in [16_000, 22_050, 24_000, 44_100, 48_000] {
        let kept = resample(&tone(from, 1000.0, 0.5, 1000), 8000);
        assert_eq!(kept.samples.len(), 8000, "from {from}");
        let gain = rms(&kept.samples[800..7200]) / 0.353_55;
        assert!((gain - 1.0).abs() < 0.01, "1 kHz from {from}: {gain}");
        let gone = resample(&tone(from, 5500.0, 0.5, 1000), 8000);
        assert!(
            rms(&gone.samples[800..7200]) < 3e-4,
            "5.5 kHz from {from} folded back"
        );
    }
}

#[test]
fn resampling_adds_no_delay() {
    let mut click = Pcm::silence(24_000, 200);
    click.samples[2400] = 1.0;
    let out = resample(&click, 8000);
    let loudest = (0..out.samples.len()).max_by(|a, b| out.samples[*a].total_cmp(&out.samples[*b]));
    assert!(
        loudest.is_some_and(|at| at.abs_diff(800) <= 1),
        "{loudest:?}"
    );
}

#[test]
fn impossible_rates_give_nothing() {
    for (from, to) in [(0, 8000), (8000, 0), (8000, u32::MAX), (1, 8000)] {
        let out = resample(&Pcm::new(from, vec![0.1; 100]), to);
        assert!(out.is_empty() || from == to);
    }
}
