//! How it is known who acted: the steps of a lineage and what there is to say besides, in sentences. A step opens its event.

use crate::analysis::lineage::{ChainNote, ChainStep, EventChain};
use crate::model::{Dataset, Timestamp};
use crate::present::principal;
use crate::present::text::Texts;
use crate::present::{display, unique_id};
use crate::session::{Action, App};
use crate::ui::theme::{self, size};
use egui::{Button, Label, RichText, Ui};

/// Who it is, in few words.
pub(crate) fn short(name: &str) -> String {
    display::visible(&display::clipped(&principal::short(name)).0).into_owned()
}

/// What a proof is, in a few words.
pub(crate) fn proof(texts: &Texts, name: &str) -> String {
    texts.named(&format!("lineage-proof-{}", name.replace('_', "-")), name)
}

/// What an actor is.
pub(crate) fn kind(texts: &Texts, name: &str) -> String {
    texts.named(&format!("lineage-kind-{}", name.replace('_', "-")), name)
}

pub(crate) fn time(app: &App, secs: Option<i64>) -> Option<String> {
    Some(format!("{} {}", app.zone.format(Timestamp::from_secs(secs?)), app.zone.name()))
}

/// A note as a sentence.
pub(crate) fn note(texts: &Texts, ChainNote { name, value }: &ChainNote) -> String {
    let value = display::visible(&display::clipped(value).0).into_owned();
    texts.tr_args(&format!("lineage-note-{}", name.replace('_', "-")), &[("value", &value)])
}

/// Who acted, then step by step how that is known, then the notes. Issues that fit equally come before the name.
pub(crate) fn chain_ui(ui: &mut Ui, app: &App, chain: &EventChain, out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    let is_doubt = |note: &&ChainNote| note.name == "conflict";
    for doubt in chain.notes.iter().filter(is_doubt) {
        ui.add(Label::new(RichText::new(note(t, doubt)).color(p.warning)).wrap());
    }
    ui.horizontal_wrapped(|ui| {
        ui.weak(t.tr("lineage-actor"));
        if chain.actor.is_empty() {
            ui.label(t.tr("lineage-nobody"));
            return;
        }
        let name = ui.strong(short(&chain.actor));
        name.on_hover_text(&*display::visible(&chain.actor));
        ui.weak(kind(t, chain.actor_type));
        if unique_id::is_followed(&chain.actor) && ui.add(Button::new(t.tr("menu-follow")).small()).clicked() {
            out.push(Action::FollowKey(chain.actor.clone()));
        }
    });
    for (at, step) in chain.steps.iter().enumerate().skip(1) {
        ui.horizontal_wrapped(|ui| step_ui(ui, app, (at, step), out));
    }
    if chain.steps.len() == 1 {
        ui.add(Label::new(RichText::new(proof(t, chain.proof)).color(p.weak)).wrap());
    }
    for told in chain.notes.iter().filter(|note| !is_doubt(note)) {
        ui.add(Label::new(RichText::new(format!("• {}", note(t, told))).color(p.weak)).wrap());
    }
}

fn step_ui(ui: &mut Ui, app: &App, (at, step): (usize, &ChainStep), out: &mut Vec<Action>) {
    let (t, p) = (&app.texts, theme::palette(ui));
    ui.spacing_mut().item_spacing.x = size::GAP;
    ui.weak(format!("{at}."));
    ui.label(proof(t, step.proof.unwrap_or("")));
    ui.label("→");
    ui.label(short(&step.caller)).on_hover_text(&*display::visible(&step.caller));
    if let Some(record) = step.record {
        let text = [Some(step.event_name.clone()), time(app, step.time)].into_iter().flatten().collect::<Vec<_>>();
        let text = RichText::new(display::visible(&text.join(" ")).into_owned()).color(p.accent);
        if ui.add(Button::new(text).frame(false)).on_hover_text(t.tr("lineage-open")).clicked() {
            out.push(Action::ShowRecord(Dataset::Events, record));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::help;
    use crate::present::text::Language;

    #[test]
    fn every_proof_kind_and_note_has_its_words() {
        const NOTES: [&str; 16] = [
            "via",
            "masked_key",
            "masked_id",
            "before_issue",
            "after_expiry",
            "nearest_before",
            "candidates",
            "conflict",
            "cycle",
            "limit",
            "missing",
            "name_differs",
            "login",
            "launched_by",
            "known_as",
            "on_behalf_of",
        ];
        let fields = help::fields(Dataset::Events);
        let of = |name: &str| fields.iter().find(|field| field.name == name).map(|field| field.values).unwrap();
        for language in Language::ALL {
            let texts = Texts::new(language);
            let has = |part: &str, name: &str| {
                let id = format!("lineage-{part}-{}", name.replace('_', "-"));
                assert!(texts.has(&id), "{} {id}", language.code());
            };
            of("actor_proof").iter().for_each(|name| has("proof", name));
            of("actor_type").iter().for_each(|name| has("kind", name));
            NOTES.iter().for_each(|name| has("note", name));
        }
    }
}
