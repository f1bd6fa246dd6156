//! Where clips are finished: threads of their own, as many as there are cores, that let requests pass.
//!
//! The decision: levelling and encoding a clip is arithmetic for milliseconds, and the requests of all calls wait behind
//! whatever keeps their core. So it is done neither on the threads that answer nor on those that wait for disks.

use std::{sync::Arc, thread};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Threads for arithmetic.
pub(crate) struct Workshop {
    pool: Arc<ThreadPool>,
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
            .build()?;
        Ok(Self {
            pool: Arc::new(pool),
            desks: Semaphore::new(cores),
        })
    }

    /// Does `work` and gives what came of it; the error says that it panicked.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, String> {
        let _desk = self.desks.acquire().await.map_err(|e| e.to_string())?;
        let pool = self.pool.clone();
        // A blocking thread waits beside it, so that the runtime knows of work under way (its clock stands still for it).
        let done = spawn_blocking(move || pool.install(work)).await;
        done.map_err(|error| format!("the work on it was cut off: {error}"))
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
