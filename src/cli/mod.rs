//! One file per subcommand, over the application layer.
