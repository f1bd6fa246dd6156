//! The matrix: parts that are ill against ways of being ill, and what callers heard.

use std::{collections::BTreeMap, fmt, sync::Arc};

use carrier_sim::Network;
use futures::{StreamExt, future::join_all, stream};
use tokio::sync::Semaphore;

use super::{
    ear::Heard,
    faults::{Column, NotApplicable},
    house::call,
    world::{Part, World, questions},
};

/// One cell.
pub type Cell = Result<Heard, NotApplicable>;

/// What callers heard.
pub struct Matrix {
    rows: Vec<(Part, Vec<Cell>)>,
    calls: usize,
}

/// Fills it: so many calls in each cell and so many of them at once, in so many rows at once.
pub async fn run(parts: &[Part], calls: (usize, usize), rows: usize) -> Matrix {
    let room = Arc::new(Semaphore::new(rows));
    let filled = parts.iter().map(|part| {
        let (room, part) = (room.clone(), *part);
        async move {
            let _place = room.acquire().await.expect("nobody closes it");
            (part, row(part, calls).await)
        }
    });
    Matrix {
        rows: join_all(filled).await,
        calls: calls.0,
    }
}

async fn row(part: Part, (calls, at_once): (usize, usize)) -> Vec<Cell> {
    let Some(mut world) = World::of(part).await else {
        return Column::ALL
            .map(|_| Err("its server was not started"))
            .into();
    };
    let mut cells = Vec::new();
    let mut was_ill = false;
    for column in Column::ALL {
        let network = world.house.network();
        if was_ill {
            world.heal(&network).await;
        }
        let cell = cell(&mut world, &network, column, (calls, at_once)).await;
        was_ill = cell.is_ok();
        eprintln!("{part}, {}: {cell:?}", column.name());
        cells.push(cell);
    }
    cells
}

async fn cell(
    world: &mut World,
    network: &Network,
    column: Column,
    (calls, at_once): (usize, usize),
) -> Cell {
    world.fall(column)?;
    let questions = questions();
    world.talk(3 * calls * questions.len());
    let mut heard = Heard::default();
    let placed = (0..calls).map(|_| call(network, &questions));
    let mut reports = stream::iter(placed).buffer_unordered(at_once);
    while let Some(report) = reports.next().await {
        heard.and(Heard::of(&report, questions.len()));
    }
    Ok(heard)
}

impl Matrix {
    /// Fills the cells once more, each while nothing else goes on, in which something came late and nothing else was wrong.
    /// What was heard then takes their place.
    pub async fn again(&mut self, calls: (usize, usize)) {
        for (part, cells) in &mut self.rows {
            for (column, cell) in Column::ALL.into_iter().zip(cells) {
                let Ok(heard) = cell else { continue };
                if heard.late.is_empty() || !heard.wrong.is_empty() {
                    continue;
                }
                eprintln!("{part}, {}, beside others: {:?}", column.name(), heard.late);
                let mut world = World::of(*part).await.expect("its server is there");
                let network = world.house.network();
                *cell = self::cell(&mut world, &network, column, calls).await;
                eprintln!("{part}, {}, alone: {cell:?}", column.name());
            }
        }
    }

    /// What should not have been heard, cell by cell.
    pub fn failed(&self) -> Vec<String> {
        let mut failed = Vec::new();
        for (part, cells) in &self.rows {
            for (column, cell) in Column::ALL.iter().zip(cells) {
                let few = cell.iter().flat_map(Heard::faults).take(4);
                failed.extend(few.map(|wrong| format!("{part}, {}: {wrong}", column.name())));
            }
        }
        failed
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} calls in each cell. Longest silence after a filler or sentence / before the first sound of a turn, ms:\n",
            self.calls
        )?;
        write!(f, "{:<27}", "")?;
        for column in Column::ALL {
            write!(f, "{:>12}", column.name())?;
        }
        writeln!(f)?;
        let mut reasons: BTreeMap<NotApplicable, char> = BTreeMap::new();
        for (part, cells) in &self.rows {
            write!(f, "{part:<27}")?;
            for cell in cells {
                let text = match cell {
                    Ok(heard) => {
                        let mark = heard.faults().next().map_or("", |_| "!");
                        format!("{mark}{:.0}/{:.0}", heard.gap_ms, heard.first_ms)
                    }
                    Err(why) => {
                        let next = char::from(b'a' + reasons.len() as u8);
                        format!("n/a {}", reasons.entry(why).or_insert(next))
                    }
                };
                write!(f, "{text:>12}")?;
            }
            writeln!(f)?;
        }
        writeln!(f)?;
        let mut reasons: Vec<(char, &str)> =
            reasons.into_iter().map(|(why, at)| (at, why)).collect();
        reasons.sort_unstable();
        for (at, why) in reasons {
            writeln!(f, "n/a {at}: {why}")?;
        }
        Ok(())
    }
}
