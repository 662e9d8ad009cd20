//! What an examiner does on a first day with a case, step by step.

use crate::driver::Driver;
use coldtrail::model::Dataset;
use coldtrail::present::chart::Shape;
use coldtrail::query::{BinWidth, GroupBy};
use coldtrail::session::timeline::{Plan, TimelineAction};
use coldtrail::session::{Action, View};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2};
use std::path::Path;
use std::time::{Duration, Instant};

type Result = std::result::Result<(), String>;

/// The table's middle on the screen.
const MIDDLE: Pos2 = Pos2::new(700.0, 700.0);

pub(crate) fn looking(driver: &mut Driver) -> Result {
    opening(driver)?;
    scrolling(driver, "flows", "Flows")?;
    sorting(driver, "flows", &["bytes", "srcaddr", "dstport", "start (UTC)"])?;
    filtering(driver, Dataset::Flows, &FLOW_FILTERS)?;
    facets(driver, "flows")?;
    inspecting(driver)?;
    events(driver)?;
    pairs(driver)?;
    timeline(driver)?;
    address(driver)?;
    switching(driver)
}

/// `scratch` is where exports go, `more` holds flow logs that the case does not have.
pub(crate) fn writing(driver: &mut Driver, scratch: &Path, more: &Path) -> Result {
    leaving(driver, scratch)?;
    coming(driver, more)
}

const FLOW_FILTERS: [&str; 4] = ["dstport = 443", "srcaddr in 10.0.0.0/9 and bytes > 10000", "action = REJECT", ""];
const EVENT_FILTERS: [&str; 4] =
    ["error_code = AccessDenied", "requestParameters.bucketName exists", "any contains ransom", ""];

fn opening(driver: &mut Driver) -> Result {
    driver.step("open: overview, until every figure is in");
    driver.settle()?;
    driver.step("flows: first page, count and histogram");
    driver.key_with(Modifiers::COMMAND, Key::Num3);
    driver.settle()?;
    match driver.window().app.view {
        View::Records(Dataset::Flows) => Ok(()),
        other => Err(format!("{other:?} is shown instead of the flows")),
    }
}

/// The wheel, pages, the ends and the bar of a table that is on the screen.
fn scrolling(driver: &mut Driver, view: &str, table: &str) -> Result {
    driver.step(format!("{view}: wheel"));
    driver.point(MIDDLE);
    (0..300).for_each(|_| driver.wheel(3.0));
    driver.settle()?;
    driver.step(format!("{view}: fast wheel, down and up"));
    (0..150).for_each(|_| driver.wheel(200.0));
    (0..150).for_each(|_| driver.wheel(-150.0));
    driver.settle()?;
    driver.step(format!("{view}: page down"));
    driver.click(MIDDLE);
    (0..150).for_each(|_| driver.key(Key::PageDown));
    driver.settle()?;
    driver.step(format!("{view}: end and home"));
    for key in [Key::End, Key::Home, Key::End, Key::Home] {
        driver.key(key);
        driver.settle()?;
    }
    driver.step(format!("{view}: scroll bar from end to end"));
    let bar = driver.find(Role::ScrollBar, table)?;
    let at = |part: f32| Pos2::new(bar.center().x, bar.top() + 12.0 + (bar.height() - 24.0) * part);
    driver.point(at(0.0));
    driver.button(at(0.0), true);
    for part in (0..=240).chain((0..240).rev()) {
        driver.point(at(part as f32 / 240.0));
    }
    driver.button(at(0.0), false);
    driver.settle()
}

/// Clicks on headers, with the wheel going on meanwhile.
fn sorting(driver: &mut Driver, view: &str, columns: &[&str]) -> Result {
    for column in columns {
        driver.step(format!("{view}: sort by {column}"));
        driver.click_on(Role::ColumnHeader, column)?;
        driver.point(MIDDLE);
        (0..30).for_each(|_| driver.wheel(3.0));
        driver.settle()?;
    }
    Ok(())
}

fn filtering(driver: &mut Driver, dataset: Dataset, filters: &[&str]) -> Result {
    for filter in filters {
        let name = if filter.is_empty() { "no filter" } else { filter };
        driver.step(name);
        driver.key_with(Modifiers::COMMAND, Key::F);
        driver.frames(2);
        driver.key_with(Modifiers::COMMAND, Key::A);
        driver.key(Key::Backspace);
        for letter in filter.chars() {
            driver.text(&letter.to_string());
        }
        driver.key(Key::Enter);
        driver.settle()?;
        let case = driver.window().app.case.as_ref().ok_or("no case")?;
        let applied = case.records(dataset).applied();
        if applied != *filter {
            return Err(format!("{applied} is in force instead of {filter}"));
        }
    }
    Ok(())
}

/// The top values beside the table, put away again.
fn facets(driver: &mut Driver, view: &str) -> Result {
    driver.step(format!("{view}: top values"));
    for _ in 0..2 {
        driver.key(Key::F9);
        driver.settle()?;
    }
    Ok(())
}

fn events(driver: &mut Driver) -> Result {
    driver.step("events: first page, count and histogram");
    driver.key_with(Modifiers::COMMAND, Key::Num5);
    driver.settle()?;
    scrolling(driver, "events", "CloudTrail")?;
    filtering(driver, Dataset::Events, &EVENT_FILTERS)?;
    facets(driver, "events")?;
    driver.step("events: down row by row, each inspected");
    driver.click(MIDDLE);
    (0..120).for_each(|_| driver.key(Key::ArrowDown));
    driver.settle()
}

/// Both kinds of records leave as Parquet while their table is scrolled.
fn leaving(driver: &mut Driver, scratch: &Path) -> Result {
    for (key, name) in [(Key::Num3, "flows"), (Key::Num5, "events")] {
        driver.key_with(Modifiers::COMMAND, key);
        driver.settle()?;
        driver.step(format!("{name}: the wheel while they are exported"));
        let path = scratch.join(format!("{name}.parquet"));
        driver.key_with(Modifiers::COMMAND, Key::S);
        driver.frames(4);
        driver.key_with(Modifiers::COMMAND, Key::A);
        driver.text(path.to_str().ok_or("the folder's name is no text")?);
        driver.key(Key::Enter);
        driver.point(MIDDLE);
        let begun = Instant::now();
        while !path.exists() {
            driver.wheel(3.0);
            if begun.elapsed() > Duration::from_secs(300) {
                return Err(format!("{} was not written", path.display()));
            }
        }
    }
    Ok(())
}

/// Flow logs come in while the table is scrolled.
fn coming(driver: &mut Driver, more: &Path) -> Result {
    driver.key_with(Modifiers::COMMAND, Key::Num3);
    driver.settle()?;
    driver.step("flows: the wheel while a million more are imported");
    driver.ask(Action::Dropped(vec![more.to_owned()]));
    driver.point(MIDDLE);
    (0..120).for_each(|_| driver.wheel(3.0));
    while driver.window().app.jobs.running().is_some() {
        driver.wheel(3.0);
    }
    driver.settle()
}

fn inspecting(driver: &mut Driver) -> Result {
    driver.step("flows: down row by row, each inspected");
    driver.click(MIDDLE);
    for _ in 0..120 {
        driver.key(Key::ArrowDown);
    }
    driver.settle()?;
    driver.step("flows: all selected, and let go");
    driver.key_with(Modifiers::COMMAND, Key::A);
    driver.settle()?;
    driver.key(Key::ArrowDown);
    driver.settle()
}

fn pairs(driver: &mut Driver) -> Result {
    driver.step("pairs: first page");
    driver.key_with(Modifiers::COMMAND, Key::Num4);
    driver.settle()?;
    scrolling(driver, "pairs", "Pairs")?;
    sorting(driver, "pairs", &["records", "srcaddr", "bytes per record", "last seen", "total bytes"])?;
    for name in ["Only external", "Combine directions", "Count the same traffic once"] {
        driver.step(format!("pairs: {name}"));
        driver.click_on(Role::CheckBox, name)?;
        driver.settle()?;
    }
    driver.step("pairs: every pair anew");
    for name in ["Combine directions", "Only external"] {
        driver.click_on(Role::CheckBox, name)?;
        driver.settle()?;
    }
    let pairs = driver.window().app.case.as_ref().and_then(|case| case.pairs.len()).unwrap_or(0);
    if pairs == 0 { Err("there are no pairs".to_owned()) } else { Ok(()) }
}

fn timeline(driver: &mut Driver) -> Result {
    driver.step("timeline: bytes by action");
    driver.key_with(Modifiers::COMMAND, Key::Num6);
    driver.settle()?;
    driver.step("timeline: pointer over the plot");
    for x in 0..120 {
        driver.point(Pos2::new(400.0 + 10.0 * x as f32, 400.0));
    }
    driver.settle()?;
    let by = Some(GroupBy::Pair);
    for (name, shape, bin) in [
        ("bars", Shape::Bars, 3600),
        ("bars", Shape::Bars, 300),
        ("areas", Shape::Area, 300),
        ("lines", Shape::Lines, 300),
        ("heat map", Shape::Heat, 300),
    ] {
        driver.step(format!("timeline: twenty pairs in bins of {bin} s, {name}"));
        driver.ask(Action::Timeline(TimelineAction::Bin(BinWidth::Secs(bin))));
        driver
            .ask(Action::Timeline(TimelineAction::Change(0, Plan { by, shape, top: 20, ..Plan::of(Dataset::Flows) })));
        driver.settle()?;
        for x in 0..60 {
            driver.point(Pos2::new(400.0 + 20.0 * x as f32, 400.0));
        }
    }
    driver.step("timeline: NAT alarm");
    driver.click_on(Role::Button, "NAT alarm")?;
    driver.settle()?;
    driver.step("timeline: back to the flows without a filter");
    driver.key_with(Modifiers::ALT, Key::ArrowLeft);
    driver.settle()
}

fn address(driver: &mut Driver) -> Result {
    driver.step("address page of the greatest sender");
    let case = driver.window().app.case.as_ref().ok_or("no case")?;
    let list = case.glance.lists(Dataset::Flows).find(|(name, ..)| *name == "talkers");
    let table = list.and_then(|(.., list)| list).map(|list| &list.table).ok_or("no talkers")?;
    let row = table.rows.first().ok_or("nobody talks")?;
    let Some(coldtrail::model::Value::Text(address)) = row.key.first() else { return Err("no address".to_owned()) };
    let address = address.clone();
    driver.ask(Action::ShowAddress(address));
    driver.settle()
}

/// Faster than any view can answer.
fn switching(driver: &mut Driver) -> Result {
    driver.step("from view to view, not waiting for answers");
    let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];
    for _ in 0..5 {
        for key in keys {
            driver.key_with(Modifiers::COMMAND, key);
            driver.frames(5);
        }
    }
    driver.settle()
}
