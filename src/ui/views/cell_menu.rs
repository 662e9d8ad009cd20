//! The menu of a value in any table: filter by it, its pair, details of its address, the time around it, copies.

use crate::filter::{Filter, Target, clause};
use crate::model::{Address, IndicatorKind, Label, TimeRange, Timestamp, Value};
use crate::present::display;
use crate::session::indicators::{NewLabel, TypedIndicators, kind_of};
use crate::session::record_columns::ShownColumn;
use crate::session::{Action, App, Dialog};
use crate::ui::theme;
use egui::{Frame, Margin, RichText, Ui};

/// A value and where it is.
pub(crate) struct MenuValue<'a> {
    pub column: ShownColumn,
    pub value: &'a Value,
    /// The filter that keeps the row's two addresses, in either direction.
    pub pair: Option<Filter>,
}

/// Entries of a cell's menu. The first of them takes the keyboard when the menu was opened by a key.
pub(crate) struct Items {
    takes_focus: bool,
}

impl Items {
    pub(crate) fn new(takes_focus: bool) -> Self {
        Self { takes_focus }
    }

    pub(crate) fn item(&mut self, ui: &mut Ui, text: String, action: Action, out: &mut Vec<Action>) {
        let button = ui.button(text);
        if std::mem::take(&mut self.takes_focus) {
            button.request_focus();
        }
        if button.clicked() {
            out.push(action);
            ui.close();
        }
    }
}

/// What the menu is about.
pub(crate) fn head_ui(ui: &mut Ui, text: &str) {
    let short: String = text.chars().take(60).collect();
    // As far in as the texts of the entries below it.
    let head = Frame::new().inner_margin(Margin::symmetric(ui.spacing().button_padding.x as i8, 2));
    head.show(ui, |ui| ui.label(RichText::new(short).color(theme::palette(ui).weak)));
}

/// Records between two addresses, in either direction.
pub(crate) fn pair_clause(one: &str, other: &str) -> Filter {
    let is = |address: &str| clause::target_clause(&Value::Text(address.to_owned()), Target::EitherAddress, false);
    is(one).and(is(other))
}

/// What every value offers.
pub(crate) fn value_items_ui(ui: &mut Ui, app: &App, items: &mut Items, of: &MenuValue<'_>, out: &mut Vec<Action>) {
    let (t, MenuValue { column, value, pair }) = (&app.texts, of);
    let dataset = column.field.dataset;
    items.item(ui, t.tr("menu-only"), Action::Narrow(dataset, column.clause(value, false)), out);
    items.item(ui, t.tr("menu-exclude"), Action::Narrow(dataset, column.clause(value, true)), out);
    if let Some(clause) = pair {
        items.item(ui, t.tr("menu-pair"), Action::Narrow(dataset, clause.clone()), out);
    }
    if let Value::Text(text) = value
        && Address::parse(text.as_bytes()).is_some()
    {
        items.item(ui, t.tr("menu-address"), Action::ShowAddress(text.clone()), out);
    }
    if let Value::Text(text) = value
        && let Some(kind) = watched_kind(column, text)
    {
        watch_items_ui(ui, app, items, text, kind, out);
    }
    if let Value::Time(time) = value {
        for (text, secs) in [(t.tr("menu-around-5m"), 300), (t.tr("menu-around-1h"), 3600)] {
            let bound = |sign: i64| Some(Timestamp(time.0.saturating_add(sign * secs * 1000)));
            items.item(ui, text, Action::SetRange(TimeRange { from: bound(-1), to: bound(1) }), out);
        }
    }
    ui.separator();
    if let Some(text) = display::literal(value) {
        items.item(ui, t.tr("menu-copy-value"), Action::Copy(text), out);
    }
}

/// What an address offers that is in no field; nothing where the text is none.
pub(crate) fn address_items_ui(ui: &mut Ui, app: &App, items: &mut Items, text: &str, out: &mut Vec<Action>) {
    if Address::parse(text.as_bytes()).is_none() {
        return;
    }
    items.item(ui, app.texts.tr("menu-address"), Action::ShowAddress(text.to_owned()), out);
    if let Some(kind) = kind_of(text) {
        watch_items_ui(ui, app, items, text, kind, out);
    }
}

/// To search for a value from now on, and to give it a name.
fn watch_items_ui(ui: &mut Ui, app: &App, items: &mut Items, text: &str, kind: IndicatorKind, out: &mut Vec<Action>) {
    let t = &app.texts;
    let add = Dialog::AddIndicators(TypedIndicators::of(text.to_owned(), Some(kind)));
    items.item(ui, t.tr("menu-add-indicator"), Action::Dialog(Some(add)), out);
    if Label::KINDS.contains(&kind) {
        let label = NewLabel { thing: text.to_owned(), kind: Some(kind), ..NewLabel::default() };
        items.item(ui, t.tr("menu-label"), Action::Dialog(Some(Dialog::Label(label))), out);
    }
}

/// What a value would be among indicators: by its field where that says it, else by its form.
fn watched_kind(column: &ShownColumn, text: &str) -> Option<IndicatorKind> {
    Some(match column.name() {
        "event_name" => IndicatorKind::EventName,
        "user_agent" => IndicatorKind::UserAgent,
        "user_identity_user_name" | "session_issuer_user_name" | "user_identity_principal_id" => {
            IndicatorKind::Principal
        }
        "user_identity_access_key_id" => IndicatorKind::AccessKey,
        "interface_id" => IndicatorKind::Interface,
        name if name.ends_with("_arn") => IndicatorKind::Arn,
        name if name.ends_with("account_id") => IndicatorKind::Account,
        name if name.contains("addr") || name.contains("ip_address") => kind_of(text)?,
        _ => return None,
    })
}
