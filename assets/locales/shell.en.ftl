## The window's frame: navigation, halves, recent cases, unsaved texts, saved views

nav-group-case = Case
nav-group-explore = Explore
nav-group-conclude = Conclude

command-split = Two views side by side
command-split-tip = Show a second view of the case beside this one; again to return to one view
command-other-half = Go to the other half
command-other-half-tip = Continue in the view beside this one
command-navigation = Toggle names in the navigation
command-navigation-tip = Show the names and counts of the views, or their icons only
split-left = View in the left half
split-right = View in the right half
split-close = Close this half

start-missing = not found

banner-unsaved = { $count ->
    [one] One text that was not saved when the program ended is back in its field.
   *[other] { $count } texts that were not saved when the program ended are back in their fields.
}
banner-unsaved-show = Show
banner-unsaved-later = Hide
banner-unsaved-later-tip = The texts stay in their fields until you save or discard them
unsaved-title = Unsaved texts
unsaved-text = These texts were typed and not saved. Each is in its field again; save it there, or discard it.
unsaved-go = Go to the field
unsaved-copy = Copy
unsaved-discard = Discard
unsaved-no-place = What it was written about is no longer in the case. You can copy the text.
unsaved-field = Not saved
unsaved-note = Note on { $what }
unsaved-edited-note = Changed note on { $what }
unsaved-finding = Finding { $what }
unsaved-exhibit = Exhibit { $what }
unsaved-new-exhibit = New exhibit
unsaved-report = Report: { $what }
unsaved-statement = SQL statement

command-saved-views = Saved views...
command-saved-views-tip = Save what is on screen (view, filters, time range, order, columns) under a name in the case, or return to a saved view
views-name = Name
views-save = Save this view
views-replaces = A view of this name exists and will be replaced
views-tip = The view, its filters, time range, order and columns are saved in the case file.
views-none = No saved views
views-open = Open { $name }
views-remove = Remove { $name }
notice-view-saved = View saved
notice-view-removed = View removed
change-view-save = save the view { $name }
change-view-remove = remove the saved view { $name }
