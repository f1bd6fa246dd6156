//! The waterfall: what each turn's wait was made of, on one common axis.

use events::{At, Ledger, Stage, TurnRow};
use serde::Serialize;

/// Longer waits are drawn to here and say so, ms.
const LONGEST: u32 = 20_000;

/// One stretch, in percent of the axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Stretch {
    pub kind: &'static str,
    pub x: f32,
    pub w: f32,
    pub ms: u32,
    pub label: &'static str,
}

/// A moment of the work behind it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Mark {
    pub x: f32,
    pub name: String,
    pub ms: u32,
}

/// One turn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Row {
    pub turn: u32,
    /// When it began, ms since the call began.
    pub from: u32,
    pub words: Option<String>,
    pub stretches: Vec<Stretch>,
    /// Where the answer starts, percent; `None` = it never did.
    pub answer_x: Option<f32>,
    pub answer: Option<u32>,
    pub first: Option<u32>,
    pub dead: u32,
    pub fillers: u32,
    pub marks: Vec<Mark>,
    /// More silence than the operator wants.
    pub over: bool,
    /// The whole row in a sentence, for those who do not see it.
    pub told: String,
}

/// All turns of a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Waterfall {
    pub rows: Vec<Row>,
    /// The axis: where, and its label.
    pub ticks: Vec<(f32, String)>,
    /// Where the operator's target is, percent.
    pub target_x: f32,
    pub target: u32,
}

impl Waterfall {
    /// The waterfall of a call that began at `began`; `target` is the most dead air that is fine, ms.
    pub fn of(ledger: &Ledger, began: At, target: u32) -> Self {
        let turns = ledger.turns.iter();
        let longest = turns.clone().map(extent).max().unwrap_or(0);
        let (axis, step) = axis(longest.max(target));
        let rows = turns.map(|turn| row(turn, began, axis, target)).collect();
        let ticks = (0..=axis / step)
            .map(|i| (share(i * step, axis), tick(i * step)))
            .collect();
        Self {
            rows,
            ticks,
            target_x: share(target, axis),
            target,
        }
    }
}

fn tick(ms: u32) -> String {
    match ms % 1000 {
        0 => format!("{} s", ms / 1000),
        _ => format!("{:.1} s", f64::from(ms) / 1000.0),
    }
}

fn extent(turn: &TurnRow) -> u32 {
    let ends = turn.segments.iter().map(|(_, _, to)| *to);
    ends.chain(turn.answer_ms).max().unwrap_or(0).min(LONGEST)
}

/// A length for the axis with room for the answer's beginning, and the distance of its ticks.
fn axis(longest: u32) -> (u32, u32) {
    let wanted = (longest + longest / 8).clamp(1_000, LONGEST);
    let steps = [250, 500, 1_000, 2_000, 5_000];
    let step = steps
        .into_iter()
        .find(|step| wanted / step <= 6)
        .unwrap_or(5_000);
    (wanted.div_ceil(step) * step, step)
}

fn share(ms: u32, axis: u32) -> f32 {
    (ms.min(axis) as f32 / axis.max(1) as f32 * 10_000.0).round() / 100.0
}

fn row(turn: &TurnRow, began: At, axis: u32, target: u32) -> Row {
    let stretches: Vec<Stretch> = turn
        .segments
        .iter()
        .map(|segment| stretch(segment, axis))
        .collect();
    let marks = turn.marks.iter().map(|(name, ms)| Mark {
        x: share(*ms, axis),
        name: name.clone(),
        ms: *ms,
    });
    let mut marks: Vec<Mark> = marks.filter(|mark| mark.ms <= axis).collect();
    marks.sort_by_key(|mark| mark.ms);
    Row {
        turn: turn.turn.0,
        from: u32::try_from(turn.began.since(began)).unwrap_or(u32::MAX),
        words: turn.words.clone(),
        told: told(turn, &stretches),
        stretches,
        answer_x: turn.answer_ms.map(|ms| share(ms, axis)),
        answer: turn.answer_ms,
        first: turn.first_sound_ms,
        dead: turn.dead_air_ms,
        fillers: turn.fillers,
        marks,
        over: turn.dead_air_ms > target,
    }
}

fn stretch((stage, from, to): &(Stage, u32, u32), axis: u32) -> Stretch {
    let (kind, label) = match stage {
        Stage::Held => ("held", "silent while we worked"),
        Stage::Carrier => ("carrier", "silent while the carrier came back"),
        Stage::Filler => ("filler", "filler heard"),
    };
    Stretch {
        kind,
        label,
        x: share(*from, axis),
        w: share(*to, axis) - share(*from, axis),
        ms: to.saturating_sub(*from),
    }
}

fn told(turn: &TurnRow, stretches: &[Stretch]) -> String {
    let parts = stretches
        .iter()
        .map(|s| format!("{} {}", super::words::ms(s.ms), s.label));
    let mut told: Vec<String> = parts.collect();
    told.push(match turn.answer_ms {
        Some(ms) => format!("answer after {}", super::words::ms(ms)),
        None => "no answer was heard".into(),
    });
    told.join(", then ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_has_room_and_few_ticks() {
        for longest in [0, 90, 1_000, 1_500, 3_300, 8_000, 14_000, 20_000, 90_000] {
            let (axis, step) = axis(longest);
            assert!(
                axis >= longest.min(LONGEST) && axis <= LONGEST + 5_000,
                "{longest}: {axis}"
            );
            assert!(
                (1..=8).contains(&(axis / step)),
                "{longest}: {axis} / {step}"
            );
        }
    }

    #[test]
    fn stretches_stand_one_behind_the_other_and_are_told() {
        let mut turn = TurnRow::default();
        turn.answer_ms = Some(1_000);
        turn.dead_air_ms = 300;
        turn.segments = vec![
            (Stage::Held, 0, 100),
            (Stage::Filler, 100, 800),
            (Stage::Carrier, 800, 1_000),
        ];
        let row = row(&turn, At(0), 2_000, 250);
        let places: Vec<_> = row.stretches.iter().map(|s| (s.kind, s.x, s.w)).collect();
        assert_eq!(
            places,
            [
                ("held", 0.0, 5.0),
                ("filler", 5.0, 35.0),
                ("carrier", 40.0, 10.0)
            ]
        );
        assert!(row.over);
        assert_eq!(
            row.told,
            "0.10 s silent while we worked, then 0.70 s filler heard, then 0.20 s silent while the carrier came back, then answer after 1.00 s"
        );
    }
}
