//! Non-interference over random histories: two worlds with the same clock and ids live through the
//! same history, in which only what others write differs, and whoever owes a card is sent the same
//! bytes in both.
//!
//! `EVENBAR_HISTORY_SEED` repeats a run, `EVENBAR_HISTORY_STEPS` makes it longer: a step is one thing
//! done or one answer, page or mail compared, in both worlds. A failure names the seed.

mod debriefs;
mod moves;
mod world;

use evenbar::db::Url;

use crate::support::dice::{self, Dice};
use crate::support::environment::number;
use crate::support::{Engine, fresh_database};
use world::Worlds;

/// How many moves a history has.
const MOVES: u64 = 120;

/// Steps of a run that nobody asks more of.
const STEPS: [(Engine, u64); 2] = [(Engine::Sqlite, 2_500), (Engine::Postgres, 800)];

#[test]
fn no_history_tells_who_owes_what_others_wrote_on_sqlite() {
    live_through(STEPS[0]);
}

#[test]
fn no_history_tells_who_owes_what_others_wrote_on_postgres() {
    live_through(STEPS[1]);
}

/// Histories one after the other, until so many steps are done.
fn live_through((engine, usual): (Engine, u64)) {
    let seed = number("EVENBAR_HISTORY_SEED").unwrap_or_else(dice::any_seed);
    let wanted = number("EVENBAR_HISTORY_STEPS").unwrap_or(usual);
    println!("EVENBAR_HISTORY_SEED={seed} on {engine:?}");
    let (mut steps, mut compared, mut decided) = (0, 0, 0);
    let mut history = 0;
    while steps < wanted {
        let (Some(one), Some(other)) = (fresh_database(engine), fresh_database(engine)) else {
            return;
        };
        let context = Context { seed, history };
        let urls = [one, other];
        let lived = actix_web::rt::System::new().block_on(live(&urls, context));
        urls.iter().for_each(forget);
        steps += lived.moves + lived.compared;
        compared += lived.compared;
        decided += lived.decided;
        history += 1;
    }
    println!(
        "{steps} steps in {history} histories, {compared} of them compared, {decided} decisions"
    );
    // Histories in which nobody owes would prove nothing.
    assert!(compared * 5 > steps, "only {compared} of {steps} steps compared anything");
}

/// A file that is no longer needed; the databases of PostgreSQL go with their cluster.
fn forget(url: &Url) {
    if let Url::Sqlite(path) = url {
        std::fs::remove_dir_all(path.parent().unwrap_or(path)).ok();
    }
}

/// Which history of which run.
#[derive(Debug, Clone, Copy)]
struct Context {
    seed: u64,
    history: u64,
}

/// How a history went.
struct Lived {
    moves: u64,
    compared: u64,
    decided: u64,
}

async fn live(urls: &[Url; 2], context: Context) -> Lived {
    let mut worlds = Worlds::open(urls, Dice::of(context.seed, context.history)).await;
    let told = TellOnPanic { context, log: std::rc::Rc::clone(&worlds.log) };
    worlds.begin().await;
    assert!(worlds.differ_to_an_outsider().await, "the worlds are the same to everybody");
    let mut moves = 0;
    while moves < MOVES && !worlds.parted {
        worlds.play().await;
        worlds.look().await;
        moves += 1;
    }
    drop(told);
    Lived { moves, compared: worlds.compared, decided: worlds.decided }
}

/// Says which history failed, and what happened in it.
struct TellOnPanic {
    context: Context,
    log: std::rc::Rc<std::cell::RefCell<Vec<String>>>,
}

impl Drop for TellOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Context { seed, history } = self.context;
            println!("EVENBAR_HISTORY_SEED={seed}, history {history}:");
            self.log.borrow().iter().for_each(|line| println!("  {line}"));
        }
    }
}
