//! Buttons that show a sign, or a word that says too little by itself.

use egui::{Button, Response, Ui, WidgetInfo, accesskit::Role};

/// Screen readers have its whole name.
pub(crate) fn named_button(ui: &mut Ui, enabled: bool, button: Button<'_>, name: &str) -> Response {
    let response = ui.add_enabled(enabled, button);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    response
}
