//! The menu of a value, in any table, in the inspector and in a comparison: filter by it, its pair, details of its address,
//! the time around it, tags, copies.

use crate::filter::{Filter, JsonPath, Target, clause};
use crate::model::conclusions::Subject;
use crate::model::{Address, Dataset, IndicatorKind, Label, TimeRange, Timestamp, Value, field};
use crate::present::display;
use crate::present::unique_id::is_followed;
use crate::query::{GroupBy, own_field};
use crate::questions::COMPARED;
use crate::session::indicators::{NewLabel, TypedIndicators, kind_of};
use crate::session::record_columns::ShownColumn;
use crate::session::timeline::TimelineAction;
use crate::session::{Action, App, Command, Dialog, Link, View};
use crate::ui::theme;
use egui::{Frame, Margin, RichText, Ui};

/// What a value is called in filters, and so what it can be filtered by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Place {
    Column(ShownColumn),
    /// A value in an event's JSON.
    Path(JsonPath),
    /// A further value of a flow record.
    Extra(String),
}

impl Place {
    fn clause(&self, value: &Value, exclude: bool) -> Filter {
        match self {
            Place::Column(column) => column.clause(value, exclude),
            Place::Path(path) => clause::target_clause(value, Target::Path(path.clone()), exclude),
            Place::Extra(name) => clause::target_clause(value, Target::Extra(name.as_str().into()), exclude),
        }
    }

    /// As filters write it.
    pub(crate) fn name(&self) -> String {
        match self {
            Place::Column(column) => column.name().to_owned(),
            Place::Path(path) => path.to_string(),
            Place::Extra(name) => format!("extra.{name}"),
        }
    }

    /// The name of its field; in the JSON, of the field that has the same value.
    fn field(&self) -> Option<&'static str> {
        match self {
            Place::Column(column) => Some(column.name()),
            Place::Path(path) => {
                let path = path.to_string();
                field::event_columns().find(|field| field.event_path() == Some(&*path)).map(|field| field.name())
            }
            Place::Extra(_) => None,
        }
    }

    /// What a value would be among indicators: by its field where that says it, else by its form.
    fn watched_kind(&self, text: &str) -> Option<IndicatorKind> {
        let by_field = self.field().and_then(|field| watched_kind(field, text));
        match self {
            Place::Column(_) => by_field,
            Place::Path(_) | Place::Extra(_) => by_field.or_else(|| leaf_kind(text)),
        }
    }

    /// Does it say who it was?
    fn names_principal(&self) -> bool {
        self.field().is_some_and(|field| PRINCIPALS.contains(&field))
    }
}

/// Fields that name who it was.
const PRINCIPALS: [&str; 4] =
    ["user_identity_arn", "user_identity_principal_id", "user_identity_user_name", "session_issuer_arn"];

/// A value and where it is.
pub(crate) struct MenuValue<'a> {
    pub dataset: Dataset,
    pub place: Place,
    pub value: &'a Value,
    /// The filter that keeps the row's two addresses, in either direction.
    pub pair: Option<Filter>,
}

impl<'a> MenuValue<'a> {
    pub(crate) fn of(column: ShownColumn, value: &'a Value, pair: Option<Filter>) -> Self {
        Self { dataset: column.field.dataset, place: Place::Column(column), value, pair }
    }
}

/// Of the record that a value is of.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct MenuRecord {
    pub time: Option<Timestamp>,
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
        out.extend(self.is_chosen(ui, text).then_some(action));
    }

    /// The same, for what is not worth making in every frame that shows the menu.
    pub(crate) fn is_chosen(&mut self, ui: &mut Ui, text: String) -> bool {
        let button = ui.button(text);
        if std::mem::take(&mut self.takes_focus) {
            button.request_focus();
        }
        if button.clicked() {
            ui.close();
        }
        button.clicked()
    }
}

/// Letters of what a menu is about.
const HEAD: usize = 60;

/// What the menu is about.
pub(crate) fn head_ui(ui: &mut Ui, text: &str) {
    let whole = text.chars().count() <= HEAD;
    let short: String = if whole { text.to_owned() } else { text.chars().take(HEAD - 1).chain(['…']).collect() };
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
    let (t, MenuValue { dataset, place, value, pair }) = (&app.texts, of);
    items.item(ui, t.tr("menu-only"), Action::Narrow(*dataset, place.clause(value, false)), out);
    items.item(ui, t.tr("menu-exclude"), Action::Narrow(*dataset, place.clause(value, true)), out);
    if let Some(clause) = pair {
        items.item(ui, t.tr("menu-pair"), Action::Narrow(*dataset, clause.clone()), out);
    }
    if let Value::Text(text) = value
        && Address::parse(text.as_bytes()).is_some()
    {
        items.item(ui, t.tr("menu-address"), Action::ShowAddress(text.clone()), out);
    }
    if let Value::Text(text) = value
        && let Some(kind) = place.watched_kind(text)
    {
        watch_items_ui(ui, app, items, text, kind, out);
    }
    if let Value::Text(text) = value {
        follow_item_ui(ui, app, items, text, out);
    }
    if let Value::Time(time) = value {
        around_items_ui(ui, app, items, *time, ["menu-around-5m", "menu-around-1h"], out);
    }
    session_item_ui(ui, app, items, of, out);
    hourly_item_ui(ui, app, items, of, out);
    ui.separator();
    if let Some(text) = display::literal(value) {
        items.item(ui, t.tr("menu-copy-value"), Action::Copy(text), out);
    }
}

/// The call that a role session began with: by its access key, or by its ARN. At any time, whatever else is asked for.
fn session_item_ui(ui: &mut Ui, app: &App, items: &mut Items, of: &MenuValue<'_>, out: &mut Vec<Action>) {
    let MenuValue { dataset: Dataset::Events, value: Value::Text(text), .. } = of else { return };
    let path = match text.as_str() {
        key if key.starts_with("ASIA") => "responseElements.credentials.accessKeyId",
        arn if arn.starts_with("arn:") && arn.contains(":assumed-role/") => "responseElements.assumedRoleUser.arn",
        _ => return,
    };
    let Ok(path) = JsonPath::parse(path) else { return };
    let filter = clause::target_clause(of.value, Target::Path(path), false).to_string();
    let (dataset, range, duplicates) = (Dataset::Events, TimeRange::default(), app.duplicates);
    let link = Link { view: View::Records(dataset), dataset, filter, range, duplicates };
    items.item(ui, app.texts.tr("menu-session"), Action::Follow(link), out);
}

/// Who talked with it, or what was called, and how much in each hour.
fn hourly_item_ui(ui: &mut Ui, app: &App, items: &mut Items, of: &MenuValue<'_>, out: &mut Vec<Action>) {
    let MenuValue { dataset, place, value, .. } = of;
    if matches!(value, Value::Null | Value::Time(_)) {
        return;
    }
    let event_name = GroupBy::Field(own_field(Dataset::Events, "event_name"));
    let (key, by) = match dataset {
        Dataset::Flows => ("menu-hourly-pairs", GroupBy::Pair),
        Dataset::Events if place.names_principal() => ("menu-hourly-events", event_name),
        Dataset::Events => ("menu-hourly-principals", GroupBy::Principal),
    };
    // An address is asked about as one end, whichever.
    let clause = match value {
        Value::Text(text) if *dataset == Dataset::Flows && Address::parse(text.as_bytes()).is_some() => {
            clause::target_clause(value, Target::EitherAddress, false)
        }
        _ => place.clause(value, false),
    };
    items.item(ui, app.texts.tr(key), Action::Timeline(TimelineAction::Hourly(*dataset, clause, by)), out);
}

/// The page of a key, a session, a principal or an instance.
pub(crate) fn follow_item_ui(ui: &mut Ui, app: &App, items: &mut Items, text: &str, out: &mut Vec<Action>) {
    if is_followed(text) {
        items.item(ui, app.texts.tr("menu-follow"), Action::FollowKey(text.to_owned()), out);
    }
}

fn around_items_ui(ui: &mut Ui, app: &App, items: &mut Items, time: Timestamp, keys: [&str; 2], out: &mut Vec<Action>) {
    for (key, secs) in keys.into_iter().zip([300, 3600]) {
        let bound = |sign: i64| Some(Timestamp(time.0.saturating_add(sign * secs * 1000)));
        items.item(ui, app.texts.tr(key), Action::SetRange(TimeRange { from: bound(-1), to: bound(1) }), out);
    }
}

/// The whole menu of a value of a record, wherever it is shown: in a cell of the table, in the inspector, in a comparison.
pub(crate) fn record_items_ui(
    ui: &mut Ui,
    app: &App,
    items: &mut Items,
    of: &MenuValue<'_>,
    record: MenuRecord,
    out: &mut Vec<Action>,
) {
    let t = &app.texts;
    value_items_ui(ui, app, items, of, out);
    if !matches!(of.place, Place::Column(_)) {
        let copied = format!("{} = {}", of.place.name(), display::literal(of.value).unwrap_or_default());
        items.item(ui, t.tr("menu-copy-field"), Action::Copy(copied), out);
        items.item(ui, t.tr("menu-copy-path"), Action::Copy(of.place.name()), out);
    }
    items.item(ui, t.tr("menu-copy-rows"), Action::CopyRows, out);
    column_item_ui(ui, app, items, of, out);
    ui.separator();
    if let (Some(time), false) = (record.time, matches!(of.value, Value::Time(_))) {
        around_items_ui(ui, app, items, time, ["menu-record-5m", "menu-record-1h"], out);
    }
    if let (Value::Text(who), true) = (of.value, of.place.names_principal()) {
        let dialog = Action::Dialog(Some(Dialog::TagsAndNotes(Subject::Principal(who.clone()))));
        items.item(ui, t.tr("menu-principal-written"), dialog, out);
    }
    items.item(ui, t.tr("menu-tag-rows"), Action::Command(Command::TagRows), out);
    if app
        .records()
        .is_some_and(|records| usize::try_from(records.selection.len()).is_ok_and(|n| COMPARED.contains(&n)))
    {
        items.item(ui, t.tr("menu-compare"), Action::Command(Command::Compare), out);
    }
    items.item(ui, t.tr("menu-add-exhibit"), Action::Command(Command::AddExhibit), out);
}

/// A column is copied; a field that is none becomes one.
fn column_item_ui(ui: &mut Ui, app: &App, items: &mut Items, of: &MenuValue<'_>, out: &mut Vec<Action>) {
    let (Place::Column(column), Some(records)) = (&of.place, app.records()) else { return };
    if records.pages.columns().contains(column) {
        items.item(ui, app.texts.tr("menu-copy-column"), Action::CopyColumn(column.name()), out);
        return;
    }
    let mut columns = records.columns.clone();
    if let Some(setting) = columns.iter_mut().find(|setting| setting.key == column.name()) {
        setting.visible = true;
        let text = app.texts.tr_args("menu-show-column", &[("field", column.name())]);
        items.item(ui, text, Action::SetColumns(of.dataset, columns), out);
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
    let add = Dialog::AddIndicators(TypedIndicators::of(t, text.to_owned(), Some(kind)));
    items.item(ui, t.tr("menu-add-indicator"), Action::Dialog(Some(add)), out);
    if Label::KINDS.contains(&kind) {
        let label = NewLabel { thing: text.to_owned(), kind: Some(kind), ..NewLabel::default() };
        items.item(ui, t.tr("menu-label"), Action::Dialog(Some(Dialog::Label(label))), out);
    }
}

/// By the field where that says it, else by the form.
fn watched_kind(field: &str, text: &str) -> Option<IndicatorKind> {
    Some(match field {
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

/// Of a value whose place says nothing: what has an unmistakable form.
fn leaf_kind(text: &str) -> Option<IndicatorKind> {
    kind_of(text).filter(|kind| {
        matches!(
            kind,
            IndicatorKind::Address | IndicatorKind::Arn | IndicatorKind::AccessKey | IndicatorKind::Interface
        )
    })
}
