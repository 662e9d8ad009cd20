//! The matrix: a column for each tactic, in it the techniques that rules are about. A cell is coloured by how many events
//! they match, says the number, and opens their rules.

use crate::analysis::monitor::{Monitored, RuleMatches};
use crate::filter::rules;
use crate::present::display;
use crate::present::rules::{group_text, rule_text};
use crate::session::rules::{Rules, RulesAction};
use crate::session::{Action, App};
use crate::ui::focus::{self, Arrows, group_ui};
use crate::ui::theme::{self, size};
use egui::{Align2, Id, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, accesskit::Role, pos2, vec2};

/// Groups of rules that are tactics, in the order of ATT&CK.
const TACTICS: [&str; 9] = [
    "initial-access",
    "persistence",
    "privilege-escalation",
    "defence-evasion",
    "credential-access",
    "discovery",
    "lateral-movement",
    "exfiltration",
    "impact",
];

/// Techniques that only rules of other groups are about, and the tactic of each.
const OTHERS: [(&str, &str); 2] = [("T1686.001", "defence-evasion"), ("T1133", "initial-access")];

/// Points of a cell.
const HEIGHT: f32 = 34.0;
const LEAST: f32 = 96.0;

struct Cell<'a> {
    technique: &'static str,
    rules: Vec<&'a RuleMatches>,
    matches: u64,
}

/// The techniques of a tactic: those that its rules are about, with all rules about them. Those with a match first.
fn cells<'a>(found: &'a Monitored, tactic: &str) -> Vec<Cell<'a>> {
    let mut cells: Vec<Cell<'a>> = Vec::new();
    let of_group = rules().iter().filter(|rule| rule.group == tactic).filter_map(|rule| rule.attack[1]);
    let others = OTHERS.iter().filter(|(_, of)| *of == tactic).map(|(technique, _)| *technique);
    for technique in of_group.chain(others) {
        if cells.iter().any(|cell| cell.technique == technique) {
            continue;
        }
        let is_here = |of: &&RuleMatches| {
            let is_other = !TACTICS.contains(&of.rule.group);
            of.rule.attack[1] == Some(technique) && (of.rule.group == tactic || is_other)
        };
        let rules: Vec<&RuleMatches> = found.rules.iter().filter(is_here).collect();
        let matches = rules.iter().map(|of| of.matches).sum();
        cells.push(Cell { technique, rules, matches });
    }
    cells.sort_by(|one, other| other.matches.cmp(&one.matches).then_with(|| one.technique.cmp(other.technique)));
    cells
}

pub(super) fn matrix_ui(ui: &mut Ui, app: &App, shown: &Rules, found: &Monitored, out: &mut Vec<Action>) {
    let t = &app.texts;
    ui.weak(t.tr("rules-matrix-about"));
    ui.add_space(size::GAP);
    let columns: Vec<(&str, Vec<Cell<'_>>)> = TACTICS.iter().map(|tactic| (*tactic, cells(found, tactic))).collect();
    let most = columns.iter().flat_map(|(_, cells)| cells).map(|cell| cell.matches).max().unwrap_or(0);
    ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| {
        let width = ((ui.available_width() - size::SCROLLBAR) / columns.len() as f32 - size::GAP).max(LEAST);
        group_ui(ui, Id::unique("matrix"), Arrows::Along, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing = vec2(size::GAP, 2.0);
                for (tactic, cells) in &columns {
                    ui.vertical(|ui| {
                        ui.set_width(width);
                        let name = group_text(t, tactic).unwrap_or_else(|| (*tactic).to_owned());
                        ui.add(egui::Label::new(egui::RichText::new(name).strong().small()).truncate());
                        for cell in cells {
                            cell_ui(ui, app, (shown, cell), (width, most), out);
                        }
                    });
                }
            });
        });
    });
}

fn cell_ui(
    ui: &mut Ui,
    app: &App,
    (shown, cell): (&Rules, &Cell<'_>),
    (width, most): (f32, u64),
    out: &mut Vec<Action>,
) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    let count = display::count(cell.matches);
    let args = [("technique", cell.technique), ("count", &*count)];
    let name = t.tr_args("rules-cell", &args);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    focus::home(ui, response.id);
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    // A few events are seen beside very many.
    let strength = if most == 0 || cell.matches == 0 {
        0.0
    } else {
        0.2 + 0.6 * ((cell.matches as f32).ln_1p() / (most as f32).ln_1p())
    };
    let ground = if response.hovered() { p.hovered } else { p.surface };
    ui.painter().rect_filled(rect, 3.0, ground);
    if strength > 0.0 {
        // Tinted, so that the text keeps its contrast; a bar says as much without colour.
        ui.painter().rect_filled(rect, 3.0, p.bad.gamma_multiply(strength * size::BAR_TINT * 2.0));
        let bar = Rect::from_min_size(pos2(rect.left(), rect.bottom() - 3.0), vec2(rect.width() * strength, 3.0));
        ui.painter().rect_filled(bar, 0.0, p.bad);
    }
    let edge = if response.has_focus() || shown.technique() == Some(cell.technique) { p.accent } else { p.line };
    ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.0, edge), StrokeKind::Inside);
    let ink = if cell.matches == 0 { p.weak } else { p.text };
    let at = rect.shrink2(vec2(5.0, 3.0));
    ui.painter().text(at.left_top(), Align2::LEFT_TOP, cell.technique, theme::small(), ink);
    ui.painter().text(at.right_bottom() - vec2(0.0, 2.0), Align2::RIGHT_BOTTOM, count, theme::grid_figure(), ink);
    if response.clicked() {
        out.push(Action::Rules(RulesAction::Technique(Some(cell.technique))));
    }
    response.on_hover_ui(|ui| {
        ui.strong(&name);
        for of in &cell.rules {
            let rule = rule_text(t, of.rule.id).map_or_else(|| of.rule.id.to_owned(), |text| text.name);
            ui.label(format!("{rule}: {}", display::count(of.matches)));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn every_technique_of_a_rule_has_its_place() {
        let of = |rule| RuleMatches {
            rule,
            matches: 1,
            failed: 0,
            actors: 0,
            first: None,
            last: None,
            series: Arc::default(),
        };
        let found = Monitored { rules: rules().iter().map(of).collect(), events: 1, span: None };
        let shown: Vec<&str> =
            TACTICS.iter().flat_map(|tactic| cells(&found, tactic)).map(|cell| cell.technique).collect();
        for rule in rules() {
            assert!(rule.attack[1].is_none_or(|technique| shown.contains(&technique)), "{}", rule.id);
        }
        for (technique, tactic) in OTHERS {
            assert!(TACTICS.contains(&tactic));
            let is_own =
                |rule: &&crate::filter::Rule| rule.attack[1] == Some(technique) && TACTICS.contains(&rule.group);
            assert_eq!(rules().iter().find(is_own), None, "{technique} has a tactic by its rules");
        }
    }
}
