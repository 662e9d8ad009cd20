//! What is remembered beyond this run: how the window looks and what is shown in it.

use crate::app::failure::Cause;
use crate::model::{Dataset, FieldId};
use crate::present::display::dataset_key;
use crate::present::text::{Language, Texts};
use crate::session::Command;
use crate::session::action::Effect;
use crate::session::settings::{self, ThemeChoice, WindowPlace};
use crate::session::state::{App, Message, UserError};

impl App {
    /// Until a language is chosen, the window speaks that of the desktop.
    pub fn speak_as_the_system(&mut self, language: Language) {
        if Language::of_code(&self.settings.language).is_none() {
            self.speak(language);
        }
    }

    pub(super) fn speak(&mut self, language: Language) {
        if self.texts.language() == language {
            return;
        }
        self.texts = Texts::new(language);
        // It is put into words already, and would stay in the other language.
        self.notice = None;
    }

    /// Is it what is set now: the view, theme, language or part of the window that is shown?
    pub fn is_set(&self, command: Command) -> bool {
        match command {
            Command::Show(view) => self.case.is_some() && self.view == view,
            Command::ToggleSplit => self.split.is_some(),
            Command::ToggleInspector => self.show_inspector,
            Command::ToggleHistogram => self.show_histogram,
            Command::ThemeSystem => self.settings.theme == ThemeChoice::System,
            Command::ThemeLight => self.settings.theme == ThemeChoice::Light,
            Command::ThemeDark => self.settings.theme == ThemeChoice::Dark,
            Command::Language(language) => self.texts.language() == language,
            Command::ReduceMotion => self.is_still(),
            _ => false,
        }
    }

    pub(super) fn set_theme(&mut self, theme: ThemeChoice) {
        self.settings.theme = theme;
        self.effects.push(Effect::Theme(theme));
    }

    pub(super) fn set_scale(&mut self, scale: f32) {
        self.settings.scale = Some(scale);
        self.effects.push(Effect::Scale(scale));
    }

    /// The fields that are facets beside a table; the usual ones where none are named.
    pub(super) fn set_facets(&mut self, dataset: Dataset, fields: Option<&[FieldId]>) {
        let Some(case) = &mut self.case else { return };
        let (facets, table) = (&mut case.records_mut(dataset).facets, dataset_key(dataset));
        match fields {
            Some(fields) => {
                facets.choose(fields);
                self.settings.facets.insert(table.to_owned(), facets.names());
            }
            None => {
                facets.choose(&facets.usual());
                self.settings.facets.remove(table);
            }
        }
    }

    /// A part of the window, in sight or put away.
    pub(super) fn show_part(&mut self, part: &'static str, shown: bool) {
        match part {
            settings::INSPECTOR => self.show_inspector = shown,
            _ => self.show_histogram = shown,
        }
        if shown {
            self.settings.hidden.remove(part);
        } else {
            self.settings.hidden.insert(part.to_owned(), true);
        }
    }

    /// Where the window is; written with whatever is written next, and at the end.
    pub fn note_window(&mut self, place: WindowPlace) {
        let before = self.window_place.or(self.settings.window);
        self.window_place = Some(match before {
            // The size that it has when it is no longer maximized.
            Some(before) if place.maximized => WindowPlace { maximized: true, ..before },
            _ => place,
        });
    }

    /// Once a frame: they are written after one in which nothing changed, so that a drag is written once.
    pub(super) fn poll_settings(&mut self) {
        if self.saved == self.settings || self.seen == self.settings {
            return self.save_settings();
        }
        self.seen = self.settings.clone();
        // For that frame.
        (self.waker)();
    }

    /// Written only where something changed since the last time.
    pub(super) fn save_settings(&mut self) {
        if self.saved == self.settings {
            return;
        }
        // With it goes what changes too often to be written by itself.
        self.remember_layout();
        self.settings.window = self.window_place.or(self.settings.window);
        self.saved = self.settings.clone();
        let Some(folder) = &self.config else { return };
        if let Err(error) = settings::save(folder, &self.settings) {
            let cause = Cause::Settings { path: folder.clone(), error };
            self.errors.push(UserError::new(Message::new("error-settings"), cause.told()).at(folder));
        }
    }
}
