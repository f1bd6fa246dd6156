//! Where clips are finished: threads of their own, as many as there are cores, that let requests pass.
//!
//! The decision: levelling and encoding a clip is arithmetic for milliseconds, and the requests of all calls wait behind
//! whatever keeps their core. So it is done neither on the threads that answer nor on those that wait for disks.

use std::thread;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::sync::{Semaphore, oneshot};

/// Threads for arithmetic.
pub(crate) struct Workshop {
    pool: ThreadPool,
    /// A job that finds no free thread waits here, where it is forgotten if nobody waits for it any more.
    desks: Semaphore,
}

impl Workshop {
    pub(crate) fn open() -> Result<Self, ThreadPoolBuildError> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let pool = ThreadPoolBuilder::new()
            .num_threads(cores)
            .thread_name(|n| format!("clips-{n}"))
            .start_handler(|_| tts::behind_requests())
            // Whoever waits for the job is told; without a handler the whole process would end.
            .panic_handler(|_| tracing::error!("a clip could not be finished: its thread panicked"))
            .build()?;
        let desks = Semaphore::new(cores);
        Ok(Self { pool, desks })
    }

    /// Does `work` and gives what came of it; the error says that it panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, String> {
        let _desk = self.desks.acquire().await.map_err(|e| e.to_string())?;
        let (done, result) = oneshot::channel();
        self.pool.spawn(move || {
            // Nobody may be waiting any more.
            let _ = done.send(work());
        });
        result
            .await
            .map_err(|_| "the work on it was cut off".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_job_that_panics_harms_no_other() {
        let workshop = Workshop::open().expect("threads");
        let broken: Result<u32, _> = workshop.run(|| panic!("on purpose")).await;
        assert!(broken.is_err());
        assert_eq!(workshop.run(|| 7).await, Ok(7));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn its_threads_let_others_pass() {
        let nice = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux has it");
            // The 19th field; the second may hold blanks and ends with a bracket.
            let fields = stat.rsplit(')').next().expect("it has fields").to_owned();
            fields.split_whitespace().nth(16).expect("nice").to_owned()
        };
        let workshop = Workshop::open().expect("threads");
        let (mine, theirs) = (nice(), workshop.run(nice).await.expect("no panic"));
        let number = |text: String| text.parse::<i32>().expect("a number");
        assert!(number(theirs) > number(mine));
    }
}
