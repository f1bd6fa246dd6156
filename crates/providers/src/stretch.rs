//! Another pace for sound that has only its own, with the pitch kept.
//!
//! WSOLA (Verhelst and Roelands, 1993): windows of 30 ms are laid over each other half way, and each is taken from where
//! it continues the one before it best, within 8 ms of where the pace says.

use audio::Pcm;

const WINDOW_MS: u32 = 30;
const SEARCH_MS: u32 = 8;
/// Places that the first look passes over, in samples.
const COARSE: usize = 4;
/// Slower or faster than this is no speech any more.
const RANGE: std::ops::RangeInclusive<f32> = 0.5..=2.0;
/// A pace nearer to 1 than this is not worth the work.
const SAME: f32 = 0.01;

/// Changes the pace as sound comes. At pace 1 it passes untouched.
pub(crate) struct Stretch {
    pace: f32,
    input: Pcm,
    /// Where in `input` the next window is due, before the search.
    due: f64,
    /// The second half of the last window, not yet laid over the next; empty before the first.
    tail: Vec<f32>,
    /// What would naturally follow the last window.
    follows: usize,
}

impl Stretch {
    /// `pace` 2 is twice as fast; kept between one half and two.
    pub(crate) fn by(pace: f32) -> Stretch {
        let pace = match pace.is_finite() {
            true => pace.clamp(*RANGE.start(), *RANGE.end()),
            false => 1.0,
        };
        Stretch {
            pace,
            input: Pcm::default(),
            due: 0.0,
            tail: Vec::new(),
            follows: 0,
        }
    }

    /// What is ready with this further sound.
    pub(crate) fn feed(&mut self, pcm: Pcm) -> Pcm {
        if (self.pace - 1.0).abs() < SAME || pcm.is_empty() {
            return pcm;
        }
        self.input.append(&pcm);
        self.windows()
    }

    /// The rest.
    pub(crate) fn end(&mut self, pcm: Pcm) -> Pcm {
        let mut out = self.feed(pcm);
        if self.input.is_empty() {
            return out;
        }
        // Silence behind the end lets the last windows be taken; what it adds is cut off again.
        let (half, search) = self.sizes();
        let padded = self.input.samples.len() + 2 * half + 2 * search;
        let left = (self.input.samples.len() as f64 - self.due).max(0.0) / f64::from(self.pace);
        self.input.samples.resize(padded, 0.0);
        let mut rest = self.windows();
        rest.samples.truncate(left as usize);
        match out.is_empty() {
            true => rest,
            false => {
                out.append(&rest);
                out
            }
        }
    }

    fn sizes(&self) -> (usize, usize) {
        let samples = |ms: u32| (self.input.rate * ms / 1000) as usize;
        (samples(WINDOW_MS) / 2, samples(SEARCH_MS))
    }

    /// Lays as many windows as the input reaches for.
    fn windows(&mut self) -> Pcm {
        let (half, search) = self.sizes();
        let mut out = Pcm::new(self.input.rate, Vec::new());
        if half == 0 {
            return out;
        }
        while self.due as usize + search + 2 * half <= self.input.samples.len()
            && self.follows + half <= self.input.samples.len()
        {
            let at = self.best(half, search);
            let window = &self.input.samples[at..at + 2 * half];
            let rise = |i: usize| 0.5 - 0.5 * (std::f32::consts::PI * i as f32 / half as f32).cos();
            match self.tail.is_empty() {
                true => out.samples.extend(&window[..half]),
                false => out.samples.extend(
                    (0..half).map(|i| self.tail[i] * (1.0 - rise(i)) + window[i] * rise(i)),
                ),
            }
            self.tail = window[half..].to_vec();
            self.follows = at + half;
            self.due += half as f64 * f64::from(self.pace);
        }
        self.forget(search);
        out
    }

    /// The place around `due` that is most like what would follow by itself.
    fn best(&self, half: usize, search: usize) -> usize {
        let due = self.due as usize;
        if self.tail.is_empty() {
            return due;
        }
        let samples = &self.input.samples;
        let wanted = &samples[self.follows..self.follows + half];
        let likeness = |at: &usize| -> f32 {
            let there = &samples[*at..*at + half];
            let power: f32 = there.iter().step_by(2).map(|s| s * s).sum();
            let dot = wanted.iter().zip(there).step_by(2).map(|(a, b)| a * b);
            dot.sum::<f32>() / (power + 1e-6).sqrt()
        };
        let best = |places: &mut dyn Iterator<Item = usize>| {
            places
                .map(|at| (likeness(&at), at))
                .max_by(|a, b| a.0.total_cmp(&b.0))
                .map_or(due, |(_, at)| at)
        };
        // Likeness changes slowly: a look at every fourth place finds the hill, a second one its top.
        let (first, last) = (due.saturating_sub(search), due + search);
        let near = best(&mut (first..=last).step_by(COARSE));
        best(&mut (near.saturating_sub(COARSE).max(first)..=(near + COARSE).min(last)))
    }

    /// Drops input that no window can reach any more.
    fn forget(&mut self, search: usize) {
        let keep = (self.due as usize).saturating_sub(search).min(self.follows);
        let drop = keep.min(self.input.samples.len());
        self.input.samples.drain(..drop);
        self.due -= drop as f64;
        self.follows -= drop;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 24_000;

    fn voice(ms: u32) -> Pcm {
        let samples = (0..RATE * ms / 1000).map(|i| {
            let t = i as f32 / RATE as f32;
            (t * 150.0 * std::f32::consts::TAU).sin() * 0.4 * (0.6 + 0.4 * (t * 25.0).sin())
        });
        Pcm::new(RATE, samples.collect())
    }

    fn stretched(pace: f32, portion: usize) -> Pcm {
        let mut stretch = Stretch::by(pace);
        let mut out = Pcm::new(RATE, Vec::new());
        for part in voice(2000).samples.chunks(portion) {
            let pcm = stretch.feed(Pcm::new(RATE, part.to_vec()));
            out.samples.extend(pcm.samples);
        }
        out.samples.extend(stretch.end(Pcm::default()).samples);
        out
    }

    fn crossings(pcm: &Pcm) -> f32 {
        let up = pcm
            .samples
            .windows(2)
            .filter(|w| w[0] < 0.0 && w[1] >= 0.0)
            .count();
        up as f32 * 1000.0 / pcm.duration_ms() as f32
    }

    #[test]
    fn the_length_changes_and_the_pitch_does_not() {
        for pace in [0.5, 0.8, 0.9, 1.25, 2.0] {
            let out = stretched(pace, 1000);
            let wanted = 2000.0 / pace;
            let length = out.duration_ms() as f32;
            assert!(
                (length - wanted).abs() < 60.0,
                "{pace}: {length} ms, not {wanted}"
            );
            assert!(
                (crossings(&out) - 150.0).abs() < 3.0,
                "{pace}: {} Hz",
                crossings(&out)
            );
            assert!(
                out.samples.iter().all(|s| s.abs() <= 0.5),
                "{pace}: louder than before"
            );
        }
    }

    #[test]
    fn portions_make_no_difference() {
        assert_eq!(stretched(0.8, 480), stretched(0.8, 7001));
    }

    #[test]
    fn its_own_pace_passes_untouched() {
        assert_eq!(stretched(1.0, 999), voice(2000));
    }
}
