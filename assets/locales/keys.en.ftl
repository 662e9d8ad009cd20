# Keyboard, panes, sizes and motion.

command-next-pane = Next pane
command-next-pane-tip = Move the keyboard to the next part of the window
command-previous-pane = Previous pane
command-previous-pane-tip = Move the keyboard to the previous part of the window
command-focus-time = Go to the time range
command-focus-time-tip = Enter the start of the time range
command-reduce-motion = Reduced motion on or off
command-reduce-motion-tip = No animations and no blinking cursor; follows the desktop until it is set here
notice-still = Reduced motion is on
notice-moves = Reduced motion is off
notice-drop-waits = Close the dialog before you drop files on the window

pane-menu = Menu bar
pane-navigation = Views
pane-banner = State of the case
pane-filter = Filter
pane-time = Time range
pane-histogram = Histogram
pane-facets = Top values
pane-list = List
pane-main = View
pane-beside = Right view
pane-details = Details of the selection
pane-inspector = Inspector
pane-tour = Tour
pane-status = Status bar
pane-dialog = Dialog

change-filter-apply = filter { $name }
change-filter-clear = clear the filter
change-range = change the time range

palette-query = Query library
palette-value = Value
palette-address = Details of { $value }
palette-flows = Flows: { $filter }
palette-events = CloudTrail: { $filter }
palette-records-tip = Show these records; Back returns to the current view
palette-nothing = No matches. Type what you want to do (filter, time, tag, note, export, report, undo, zoom), or an address, access key, ARN, event ID, interface or port.

choice-dataset = Records
choice-measure = Measure
choice-by = Group by
choice-top = Number of groups
choice-shape = Chart
