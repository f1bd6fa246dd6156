//! `frontdesk prewarm`: first what it will cost, then the work.
//!
//! The decision: what costs money is asked for, at a terminal by a question and elsewhere by `--yes`. Standard output
//! carries the result only; the progress is on standard error.

use std::{
    io::{BufRead, IsTerminal, Write},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use agent::Business;
use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use switchboard::{FillerProgress, PrewarmPlan};

use crate::{config::Live, house::House, log::say};

/// Without a terminal a line comes so often.
const LINE: Duration = Duration::from_secs(5);

/// `frontdesk prewarm`
#[derive(Args, Debug)]
pub struct Prewarm {
    /// Only this business [default: all]
    #[arg(long, value_name = "BUSINESS")]
    pub business: Option<String>,
    /// Say what would be spoken and what it would cost, and speak nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before it costs something
    #[arg(long)]
    pub yes: bool,
    /// Print JSON lines
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// What is in the way, and what to do.
pub async fn run(live: Live, options: Prewarm) -> anyhow::Result<ExitCode> {
    let house = House::open(live).await?;
    let businesses = chosen(&house, options.business.as_deref())?;
    if !options.dry_run {
        house.warm_up().await?;
    }
    let mut plans = Vec::new();
    for business in businesses {
        let plan = house.app.switchboard.prewarm_plan(&business).await?;
        announce(&plan, options.json)?;
        plans.push((business, plan));
    }
    if options.dry_run {
        return Ok(ExitCode::SUCCESS);
    }
    let usd: f64 = plans.iter().map(|(_, plan)| plan.usd).sum();
    if usd > 0.0 && !options.yes && !agreed(usd)? {
        say("Nothing was spoken.");
        return Ok(ExitCode::from(1));
    }
    let mut good = true;
    for (business, plan) in &plans {
        good &= work(&house, business, plan, options.json).await?;
    }
    Ok(ExitCode::from(u8::from(!good)))
}

fn chosen(house: &House, wanted: Option<&str>) -> anyhow::Result<Vec<Arc<Business>>> {
    let files = &house.live.current().businesses;
    let all = files.iter().map(|file| &file.business);
    let chosen = all.filter(|b| wanted.is_none_or(|wanted| wanted == b.id.as_str()));
    let chosen: Vec<Arc<Business>> = chosen.map(Arc::clone).collect();
    if chosen.is_empty() {
        let known: Vec<&str> = files.iter().map(|file| file.business.id.as_str()).collect();
        anyhow::bail!(
            "there is no business `{}`; known are {}",
            wanted.unwrap_or_default(),
            known.join(", ")
        );
    }
    Ok(chosen)
}

/// The estimate, before anything is done.
fn announce(plan: &PrewarmPlan, json: bool) -> anyhow::Result<()> {
    if json {
        say(serde_json::to_string(plan)?);
        return Ok(());
    }
    let cost = match &plan.price {
        Some(price) => format!(
            "≈ ${:.2} at {} (${} a million, {} {})",
            plan.usd, plan.provider, price.usd_per_million, price.source, price.date
        ),
        None => format!("free at {}", plan.provider),
    };
    say(format_args!(
        "{}: {} sentences, {} there already, {} to speak: ~ {} characters, {}",
        plan.business,
        plan.sentences,
        plan.found,
        plan.missing.len(),
        plan.characters,
        cost.trim_end()
    ));
    Ok(())
}

fn agreed(usd: f64) -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        anyhow::bail!("it would cost about ${usd:.2}; try: frontdesk prewarm --yes");
    }
    eprint!("It costs about ${usd:.2}. Continue? [y/N] ");
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

/// Does the work of one plan; true when everything was spoken.
async fn work(
    house: &House,
    business: &Arc<Business>,
    plan: &PrewarmPlan,
    json: bool,
) -> anyhow::Result<bool> {
    let mut shown = Shown::new(plan);
    let tell = |progress: &FillerProgress| shown.tell(progress);
    let made = house.app.switchboard.prewarm(business, plan, tell).await;
    shown.bar.finish_and_clear();
    if json {
        say(serde_json::to_string(&made)?);
    } else {
        say(format_args!(
            "{}: {} of {} ready, {} failed",
            business.id,
            made.done,
            made.total,
            made.failed.len()
        ));
        made.failed
            .iter()
            .for_each(|why| say(format_args!("  {why}")));
    }
    Ok(made.failed.is_empty())
}

/// The progress: a bar for somebody who watches, else a line now and then.
struct Shown {
    bar: ProgressBar,
    what: String,
    line: Instant,
}

impl Shown {
    fn new(plan: &PrewarmPlan) -> Self {
        let target = ProgressDrawTarget::stderr();
        let bar = ProgressBar::with_draw_target(Some(plan.sentences as u64), target);
        let template = "{prefix} [{bar:30}] {pos}/{len} · {msg} · {per_sec} · ETA {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(plan.business.to_string());
        Self {
            bar,
            what: plan.business.to_string(),
            line: Instant::now(),
        }
    }

    fn tell(&mut self, progress: &FillerProgress) {
        let (found, failed) = (progress.found, progress.failed.len());
        self.bar.set_position((progress.done + failed) as u64);
        self.bar
            .set_message(format!("{found} cached · {failed} failed"));
        if self.bar.is_hidden() && self.line.elapsed() >= LINE {
            self.line = Instant::now();
            let FillerProgress { done, total, .. } = progress;
            eprintln!("{}: {done} of {total}, {failed} failed", self.what);
        }
    }
}
