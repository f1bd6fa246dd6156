//! What the machine did meanwhile: how busy the server was, and how busy everybody else.

use std::{fs, time::Instant};

use serde::{Deserialize, Serialize};

/// Clock ticks a second in `/proc`; Linux fixes it for programs at 100.
const TICKS: f64 = 100.0;

/// Bytes of a page.
const PAGE: f64 = 4096.0;

/// The machine a run was made on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// The processor's own name.
    pub processor: String,
    /// Cores that may be used.
    pub cores: usize,
    /// The core the server had to itself, as far as the neighbours let it.
    pub server_core: usize,
    /// The core the calls came from.
    pub load_core: usize,
    /// Load average over a minute before the run.
    pub load_before: f64,
    /// Load average over a minute after it.
    pub load_after: f64,
}

/// What a process used during a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// Length of the run, s.
    pub seconds: f64,
    /// Processor time of the server, s.
    pub cpu_s: f64,
    /// Its share of one core, percent.
    pub cpu_percent: f64,
    /// What other programs took of the server's core, percent. They make every figure worse.
    pub foreign_percent: f64,
    /// Its resident memory at the end, MB.
    pub rss_mb: f64,
    /// The most it ever was, MB.
    pub rss_peak_mb: f64,
}

/// Watches one process on one core.
pub struct Watch {
    pid: u32,
    core: usize,
    began: Instant,
    cpu: f64,
    busy: f64,
}

impl Machine {
    /// This machine, before a run.
    pub fn here(server_core: usize, load_core: usize, cores: usize) -> Self {
        Self {
            processor: processor(),
            cores,
            server_core,
            load_core,
            load_before: load_average(),
            load_after: 0.0,
        }
    }

    /// The run is over.
    pub fn after(&mut self) {
        self.load_after = load_average();
    }
}

impl Watch {
    /// Watches from now on.
    pub fn start(pid: u32, core: usize) -> Self {
        Self {
            pid,
            core,
            began: Instant::now(),
            cpu: cpu_of(pid),
            busy: busy(core),
        }
    }

    /// What was used since.
    pub fn used(&self) -> Used {
        let seconds = self.began.elapsed().as_secs_f64().max(0.001);
        let cpu_s = cpu_of(self.pid) - self.cpu;
        let foreign = busy(self.core) - self.busy - cpu_s;
        let memory = |name: &str| memory(self.pid, name);
        Used {
            seconds,
            cpu_s,
            cpu_percent: cpu_s / seconds * 100.0,
            foreign_percent: (foreign / seconds * 100.0).max(0.0),
            rss_mb: memory("VmRSS:").unwrap_or_else(|| resident(self.pid)),
            rss_peak_mb: memory("VmHWM:").unwrap_or_default(),
        }
    }
}

/// Processor time of this process so far, its threads included, ms.
pub fn own_cpu_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// The processor's own name.
pub(crate) fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let name = name.and_then(|rest| rest.split_once(':'));
    name.map_or("unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

/// Load average over the last minute.
pub(crate) fn load_average() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split(' ').next().unwrap_or_default();
    first.parse().unwrap_or_default()
}

/// Processor seconds of a process, its threads included.
fn cpu_of(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold blanks; the numbers begin after it.
    let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = rest.split(' ').skip(11).take(2);
    ticks.filter_map(|n| n.parse::<f64>().ok()).sum::<f64>() / TICKS
}

/// Seconds in which a core did something.
fn busy(core: usize) -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let name = format!("cpu{core} ");
    let line = stat.lines().find_map(|line| line.strip_prefix(&name));
    let numbers: Vec<f64> = line
        .unwrap_or_default()
        .split(' ')
        .filter_map(|n| n.parse().ok())
        .collect();
    // user, nice, system, idle, iowait, irq, softirq
    let idle: f64 = numbers.iter().skip(3).take(2).sum();
    (numbers.iter().take(7).sum::<f64>() - idle) / TICKS
}

fn memory(pid: u32, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: f64 = line.trim().split(' ').next()?.parse().ok()?;
    Some(kilobytes / 1024.0)
}

fn resident(pid: u32) -> f64 {
    let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|n| n.parse::<f64>().ok());
    pages.unwrap_or_default() * PAGE / 1_048_576.0
}
