//! What the net says of a breath, before it is sound.

/// Values of a frame in each plane.
pub(crate) const BINS: usize = 601;

/// The net's six outputs, each plane of 601 bins with the frame as the fast axis.
pub(crate) struct Planes {
    /// Log magnitude of the pulses.
    pub(crate) harmonic: Vec<f32>,
    /// Phase turn of the pulses, before tanh, in half turns.
    pub(crate) turn: Vec<f32>,
    /// Log magnitude of the noise.
    pub(crate) noise: Vec<f32>,
    /// Log magnitude of the part with a phase of its own.
    pub(crate) free: Vec<f32>,
    /// That phase.
    pub(crate) phase: Vec<f32>,
    /// Pitch of each frame in hertz.
    pub(crate) pitch_hz: Vec<f32>,
}

impl Planes {
    /// Refuses planes whose sizes do not fit together.
    pub(crate) fn checked(self) -> Result<Planes, String> {
        let size = self.pitch_hz.len() * BINS;
        let all = [
            &self.harmonic,
            &self.turn,
            &self.noise,
            &self.free,
            &self.phase,
        ];
        match all.iter().find(|plane| plane.len() != size) {
            Some(odd) => Err(format!(
                "a plane has {} values instead of {size}",
                odd.len()
            )),
            None => Ok(self),
        }
    }
}
