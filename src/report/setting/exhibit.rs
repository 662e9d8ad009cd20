//! An exhibit in words: caption, note, what it shows, what was asked, what it rests on and what it cannot say.

use super::super::document::{Body, Exhibit, Fact, FactValue, HeatMap, Plot, Report, Table};
use super::super::page::{Block, Cell, Figure, Span, Tone};
use super::super::words::{TEXT_CHARS, Words};
use super::super::{ReportError, names, picture};
use super::{Setting, evidence_id, exhibit_id, finding_id, limits_id};
use crate::model::{Dataset, FieldId, Kind, Value, field};
use crate::present::{Zone, display};

/// Evidence files that are named with their paths under an exhibit; of more, their numbers are there.
const NAMED: usize = 8;
/// Fields of an event at most.
const FIELDS: usize = 1000;
/// Lines of raw text in the body.
const LINES: usize = 400;

impl Setting<'_> {
    pub(super) fn exhibits(&mut self, report: &Report) -> Result<(), ReportError> {
        for (at, exhibit) in report.exhibits.iter().enumerate() {
            if at == 0 {
                self.heading(1, "exhibits", self.words.tr("exhibits"), true);
            }
            self.exhibit(report, exhibit, at > 0)?;
        }
        Ok(())
    }

    pub(super) fn caption(&self, exhibit: &Exhibit) -> String {
        match exhibit.caption.trim() {
            "" => self.kind(exhibit),
            caption => self.words.label(caption),
        }
    }

    fn kind(&self, exhibit: &Exhibit) -> String {
        self.words.named(&format!("kind-{}", exhibit.kind), &exhibit.kind)
    }

    fn exhibit(&mut self, report: &Report, exhibit: &Exhibit, new_page: bool) -> Result<(), ReportError> {
        let words = self.words;
        let name = self.exhibit_name(exhibit.number);
        let title = format!("{name}: {}", self.caption(exhibit));
        self.heading(2, &exhibit_id(exhibit.number), title, new_page);
        let mut facts = vec![(words.tr("exhibit-kind"), Cell::plain(self.kind(exhibit)))];
        if let Some(number) = exhibit.finding {
            let finding = report.findings.iter().find(|finding| finding.number == number);
            let name = self.finding_name(number);
            let span = match finding {
                Some(finding) => Span::place(format!("{name}: {}", self.finding_title(finding)), finding_id(number)),
                None => Span::plain(name),
            };
            facts.push((words.tr("exhibit-finding"), Cell::of(span)));
        }
        facts.push((words.tr("exhibit-frozen"), self.stamp(&exhibit.frozen)));
        self.blocks.push(Block::Facts(facts));
        self.paragraphs(&exhibit.note);
        if let Some(sentence) = self.sentence(exhibit) {
            self.blocks.push(Block::Paragraph(vec![Span::strong(sentence)], Tone::Plain));
        }
        for (at, body) in exhibit.body.iter().enumerate() {
            self.body(exhibit, at, body)?;
        }
        self.asked(report, exhibit);
        Ok(())
    }

    /// What an event that is an exhibit by itself means.
    fn sentence(&self, exhibit: &Exhibit) -> Option<String> {
        let is_fields = |table: &&Table| table.title.as_deref() == Some("fields");
        let tables =
            exhibit.body.iter().filter_map(|body| if let Body::Table(table) = body { Some(table) } else { None });
        let table = tables.filter(|_| exhibit.kind == "event").find(is_fields)?;
        let json =
            exhibit.body.iter().find_map(|body| if let Body::Raw(text) = body { Some(text.as_str()) } else { None });
        let fields: Vec<(FieldId, Value)> = table
            .rows
            .read(0, FIELDS)
            .ok()?
            .into_iter()
            .filter_map(|row| {
                let mut cells = row.into_iter();
                let field = field::by_name(Dataset::Events, &cells.next()?.to_text())?;
                let value = cells.next()?;
                // A frozen value is text.
                match (&value, field.kind) {
                    (Value::Text(text), Kind::Time) => Some((field, Value::Time(Zone::default().parse(text)?))),
                    _ => Some((field, value)),
                }
            })
            .collect();
        // Those of a flow record are others.
        fields.iter().any(|(field, _)| field.name() == "event_name").then(|| self.words.sentence(&fields, json))
    }

    fn body(&mut self, exhibit: &Exhibit, at: usize, body: &Body) -> Result<(), ReportError> {
        let caption = self.caption(exhibit);
        match body {
            Body::Table(table) => {
                // The parts of a page about one thing say it each for itself.
                if table.rows.is_empty() && exhibit.body.len() == 1 {
                    self.nothing_matched(exhibit);
                }
                self.table(table, caption)
            }
            Body::Plot(plot) => {
                self.plot(plot, format!("figure-{}-{}", exhibit.number, at + 1), &caption);
                Ok(())
            }
            Body::Heat(map) => {
                self.heat(map, format!("figure-{}-{}", exhibit.number, at + 1), &caption);
                Ok(())
            }
            Body::Text(text) => {
                self.paragraphs(text);
                Ok(())
            }
            Body::Raw(text) => {
                self.raw(text);
                Ok(())
            }
        }
    }

    /// That the answer has no rows, and what was asked for.
    fn nothing_matched(&mut self, exhibit: &Exhibit) {
        let words = self.words;
        self.blocks.push(Block::Paragraph(vec![Span::strong(words.tr("rows-none-matched"))], Tone::Plain));
        let is_asked = |fact: &&Fact| ["dataset", "filter", "range"].contains(&fact.name.as_str());
        let asked: Vec<_> =
            exhibit.question.iter().filter(is_asked).map(|fact| words.fact(fact, names::JSON)).collect();
        if !asked.is_empty() {
            self.blocks.push(Block::Facts(asked));
        }
    }

    fn raw(&mut self, text: &str) {
        let words = self.words;
        let lines: Vec<&str> = text.lines().collect();
        let shown =
            lines.iter().take(LINES).map(|line| words.cut(&line.replace('\t', "    "), TEXT_CHARS / 10, names::JSON));
        self.blocks.push(Block::Lines(shown.collect()));
        if lines.len() > LINES {
            let (some, all) = (display::count(LINES as u64), display::count(lines.len() as u64));
            let text = words.with("lines-cut", &[("shown", &some), ("all", &all), ("file", names::JSON)]);
            self.blocks.push(Block::Paragraph(vec![Span::plain(text)], Tone::Notice));
        }
    }

    fn heat(&mut self, map: &HeatMap, id: String, caption: &str) {
        let words = self.words;
        let title = picture::heat_title(map, words);
        let most =
            crate::present::chart::axis_number(map.heat.most as f64, map.measure == crate::query::Measure::Bytes);
        let days = display::count(map.heat.days.len() as u64);
        let about = words.with("alt-heat-most", &[("days", &days), ("most", &most)]);
        let alt = format!("{} {caption}. {title}. {about}", words.tr("alt-heat"));
        let figure = Figure { id, scene: picture::of_heat(map), alt, caption: vec![Span::plain(title)] };
        self.blocks.push(Block::Figure(Box::new(figure)));
        if map.heat.days.iter().any(|day| day.hours.contains(&None)) {
            self.remark(words.tr("figure-gaps"));
        }
        let name = &map.attachment;
        self.files("attached-values", &[names::attachment(name), names::exact(name), names::picture(name, "svg")]);
    }

    fn plot(&mut self, plot: &Plot, id: String, caption: &str) {
        let words = self.words;
        self.part(plot.title.as_deref());
        let figure = Figure {
            id,
            scene: picture::scene(plot, words),
            alt: alt(plot, words, caption),
            caption: vec![Span::plain(picture::title(plot, words))],
        };
        self.blocks.push(Block::Figure(Box::new(figure)));
        if !plot.chart.gaps.is_empty() {
            self.remark(words.tr("figure-gaps"));
        }
        if plot.chart.left_out > 0 {
            self.remark(words.with("figure-left-out", &[("count", &display::count(plot.chart.left_out))]));
        }
        if plot.chart.untimed > 0 {
            self.remark(words.with("figure-untimed", &[("count", &display::count(plot.chart.untimed))]));
        }
        let name = &plot.attachment;
        self.files("attached-values", &[names::attachment(name), names::exact(name), names::picture(name, "svg")]);
    }

    /// What was asked, what the answer was, what it rests on and what it cannot say.
    fn asked(&mut self, report: &Report, exhibit: &Exhibit) {
        let words = self.words;
        let facts = |facts: &[Fact]| facts.iter().map(|fact| words.fact(fact, names::JSON)).collect::<Vec<_>>();
        self.heading(3, &format!("exhibit-question-{}", exhibit.number), words.tr("exhibit-question"), false);
        self.blocks.push(Block::Facts(facts(&exhibit.question)));
        self.heading(3, &format!("exhibit-facts-{}", exhibit.number), words.tr("exhibit-facts"), false);
        let mut list = self.with_totals(&exhibit.facts);
        if !exhibit.evidence.is_empty() {
            list.push((words.tr("exhibit-evidence"), self.evidence_files(report, &exhibit.evidence)));
        }
        if !exhibit.sources.is_empty() {
            list.push((words.tr("exhibit-limits"), self.limits_of(report, &exhibit.sources)));
        }
        self.blocks.push(Block::Facts(list));
    }

    /// Facts, those over all rows on one line.
    fn with_totals(&self, facts: &[Fact]) -> Vec<(String, Cell)> {
        let words = self.words;
        let is_total = |fact: &&Fact| fact.name.starts_with("total-");
        let part = |fact: &Fact| {
            let value = match &fact.value {
                FactValue::Time(time) => words.time_line(*time),
                value => {
                    words.fact_value(value, names::JSON).lines.concat().into_iter().map(|span| span.text).collect()
                }
            };
            let name = words.fact(fact, names::JSON).0;
            words.with("total", &[("name", &name), ("value", &value)])
        };
        let totals: Vec<String> = facts.iter().filter(is_total).map(part).collect();
        let mut list = Vec::new();
        for (at, fact) in facts.iter().enumerate() {
            let is_first = !facts.iter().take(at).any(|fact| is_total(&fact));
            match (is_total(&fact), is_first) {
                (false, _) => list.push(words.fact(fact, names::JSON)),
                (true, true) => list.push((words.tr("totals"), Cell::plain(totals.join(&words.tr("total-between"))))),
                (true, false) => {}
            }
        }
        list
    }

    fn evidence_files(&self, report: &Report, evidence: &[u32]) -> Cell {
        let words = self.words;
        if evidence.len() > NAMED {
            let count = display::count(evidence.len() as u64);
            let numbers = runs(evidence).join(", ");
            return Cell::plain(words.with("exhibit-files", &[("count", &count), ("numbers", &numbers)]));
        }
        Cell { lines: evidence.iter().map(|number| self.evidence_item(report, *number)).collect(), remark: None }
    }

    fn evidence_item(&self, report: &Report, number: u32) -> Vec<Span> {
        let name = self.words.with("evidence-number", &[("number", &number.to_string())]);
        let file = report.appendix.evidence.iter().find(|evidence| evidence.number == number);
        match (file, self.evidence_places.get(&number)) {
            (Some(evidence), Some(line)) => {
                let path = Span::mono(self.words.label(&evidence.path));
                vec![Span::place(name, evidence_id(*line)), Span::plain(" "), path]
            }
            _ => vec![Span::plain(name)],
        }
    }

    /// Where it is reported what these logs never record.
    fn limits_of(&self, report: &Report, sources: &[String]) -> Cell {
        let words = self.words;
        let mut line = vec![Span::plain(words.tr("limits-see")), Span::plain(" ")];
        for (at, source) in sources.iter().enumerate() {
            if at > 0 {
                line.push(Span::plain(", "));
            }
            let name = words.named(&format!("source-{source}"), source);
            let is_told = report.appendix.limits.iter().any(|(known, _)| known == source);
            line.push(if is_told { Span::place(name, limits_id(source)) } else { Span::plain(name) });
        }
        Cell { lines: vec![line], remark: None }
    }
}

/// `3, 5-8`: numbers that follow each other as one.
pub(super) fn runs(numbers: &[u32]) -> Vec<String> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*number) => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    let name =
        |(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first}\u{2013}{last}") };
    runs.iter().map(name).collect()
}

/// What a figure shows, for those who do not see it: the greatest value of each line, and when.
fn alt(plot: &Plot, words: &Words, caption: &str) -> String {
    let chart = &plot.chart;
    let kind = words.tr("alt-chart");
    let mut text = format!("{kind} {caption}. {}.", picture::title(plot, words));
    for (line, name) in chart.lines.iter().zip(picture::names(plot, words)).take(12) {
        let Some((at, most)) = line.exact.iter().enumerate().max_by_key(|(at, value)| (**value, usize::MAX - at))
        else {
            continue;
        };
        let Some(start) = chart.starts.get(at) else { continue };
        let time = words.time_line(crate::model::Timestamp::from_secs(*start));
        let most = crate::present::chart::axis_number(*most as f64, picture::is_bytes(plot));
        text.push(' ');
        text.push_str(&words.with("alt-line", &[("name", &name), ("most", &most), ("time", &time)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn numbers_that_follow_each_other_stand_as_one() {
        assert_eq!(runs(&[3, 5, 6, 7, 9]), ["3", "5\u{2013}7", "9"]);
        assert!(runs(&[]).is_empty());
    }
}
